//! Literate policies: their Markdown, with rules in the place of their blocks.

use fen_grammar::literate::{Outline, Plain, Role, beginning, dialect, needs_space};
use fen_grammar::source::{Source, Span};
use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};

use super::body::Body;
use super::html::{escape, say};

/// What a page knows of the files around it.
pub(super) struct Around<'a> {
    /// The page that shows all of the Markdown, if this one shows a part of it.
    pub(super) whole: Option<String>,
    /// Where a link to a file leads in the site, if it leads anywhere.
    pub(super) page: &'a dyn Fn(&str) -> Option<String>,
    /// A picture, as an address that holds all of it.
    pub(super) picture: &'a dyn Fn(&str) -> Option<String>,
}

/// The body of a literate policy. `rules` shows a block of rules, by its place among all blocks; `None` where it belongs to a policy
/// that the page is not about. What does not begin in one of the places `shown` is left out.
pub(super) fn body(
    source: &Source,
    outline: &Outline,
    shown: &[Span],
    rules: &dyn Fn(usize) -> Option<String>,
    around: &Around<'_>,
) -> Body {
    let text = source.text();
    let offset = beginning(text);
    let markdown = text.get(offset..).unwrap_or_default();
    let mut writer = Writer {
        outline,
        rules,
        around,
        body: Body::default(),
        html: String::new(),
        depth: 0,
        heading: None,
        block: None,
        other_block: false,
        is_in_head: false,
        is_broken: false,
        alternative: None,
        links: Vec::new(),
    };
    for (event, range) in Parser::new_ext(markdown, dialect()).into_offset_iter() {
        let place = offset + range.start;
        if shown.iter().any(|section| section.start <= place && place < section.end) {
            writer.event(&event, place);
        }
    }
    writer.end_words();
    writer.body
}

/// All of a text.
pub(super) const ALL: &[Span] = &[Span { start: 0, end: usize::MAX }];

/// What a page about one policy shows of the Markdown: the sections that have a block of it, and the headings above these.
pub(super) fn sections(text: &str, outline: &Outline) -> Vec<Span> {
    let offset = beginning(text);
    let markdown = text.get(offset..).unwrap_or_default();
    // Its heading's level and end, and where it begins and ends. Before the first heading there is a section without one.
    let mut all: Vec<(usize, usize, Span)> = vec![(0, offset, Span { start: offset, end: usize::MAX })];
    let mut depth = 0_usize;
    for (event, range) in Parser::new_ext(markdown, dialect()).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { level, .. }) if depth == 0 => {
                let start = offset + range.start;
                all.last_mut().into_iter().for_each(|(_, _, section)| section.end = start);
                all.push((level as usize, offset + range.end, Span { start, end: usize::MAX }));
                depth += 1;
            }
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    let mut shown: Vec<Span> = Vec::new();
    // The level below which headings are those of a section that is shown.
    let mut above = 0;
    for (level, end, section) in all.iter().rev() {
        if outline.policy_blocks().any(|block| section.start <= block.span.start && block.span.start < section.end) {
            shown.push(*section);
            above = *level;
        } else if *level > 0 && *level < above {
            shown.push(Span { start: section.start, end: *end });
            above = *level;
        }
    }
    shown.reverse();
    shown
}

struct Writer<'a> {
    outline: &'a Outline,
    rules: &'a dyn Fn(usize) -> Option<String>,
    around: &'a Around<'a>,
    body: Body,
    /// What is written of the block that is open.
    html: String,
    /// Blocks around.
    depth: usize,
    heading: Option<Plain>,
    /// What the block of rules that is open is shown as.
    block: Option<String>,
    /// Another block is open.
    other_block: bool,
    is_in_head: bool,
    /// A line has ended within a paragraph.
    is_broken: bool,
    /// The text of a picture that is open.
    alternative: Option<String>,
    /// Whether each open link leads anywhere.
    links: Vec<bool>,
}

impl Writer<'_> {
    fn event(&mut self, event: &Event<'_>, place: usize) {
        if self.is_broken && !matches!(event, Event::Text(_)) {
            self.is_broken = false;
            self.html.push('\n');
        }
        if let Some(heading) = &mut self.heading {
            heading.add(event);
        }
        match event {
            Event::Start(tag) => self.start(tag, place),
            Event::End(tag) => self.end(*tag),
            Event::Text(text) | Event::Code(text) if self.alternative.is_some() => {
                self.alternative.as_mut().into_iter().for_each(|words| words.push_str(text));
            }
            // The lines of a policy's block are shown with its names linked.
            Event::Text(_) if self.block.is_some() => {}
            Event::Text(text) => {
                if std::mem::take(&mut self.is_broken)
                    && needs_space(self.html.chars().next_back(), text.chars().next())
                {
                    self.html.push('\n');
                }
                self.html += &escape(text);
            }
            Event::Code(text) => self.html += &format!("<code>{}</code>", escape(text)),
            Event::SoftBreak => self.is_broken = true,
            Event::HardBreak => self.html += "<br>",
            Event::Rule => self.end_words(),
            Event::Html(html) | Event::InlineHtml(html) => self.raw(html),
            _ => {}
        }
    }

    /// HTML within Markdown is shown as it is written: a page holds nothing that is not made here. Comments are left out.
    fn raw(&mut self, html: &str) {
        let lower = html.trim().to_ascii_lowercase();
        if lower.starts_with("<br") {
            self.html += "<br>";
        } else if !lower.starts_with("<!--") {
            self.html += &escape(html);
        }
    }

    fn start(&mut self, tag: &Tag<'_>, place: usize) {
        match tag {
            Tag::Paragraph => self.open("<p>"),
            Tag::Heading { .. } => {
                if self.depth == 0 {
                    self.end_words();
                }
                self.depth += 1;
                self.heading = Some(Plain::default());
            }
            Tag::BlockQuote(None) => self.open("<blockquote>"),
            Tag::BlockQuote(Some(_)) => self.open("<aside>"),
            Tag::CodeBlock(kind) => self.start_block(kind, place),
            Tag::HtmlBlock => self.open("<p>"),
            Tag::List(None) => self.open("<ul>"),
            Tag::List(Some(first)) => self.open(&format!("<ol start=\"{first}\">")),
            Tag::Item => self.open("<li>"),
            Tag::Table(_) => self.open("<div class=\"scroll\"><table>"),
            Tag::TableHead => {
                self.is_in_head = true;
                self.open("<thead><tr>");
            }
            Tag::TableRow => self.open("<tr>"),
            Tag::TableCell => self.open(if self.is_in_head { "<th>" } else { "<td>" }),
            Tag::Emphasis => self.html += "<em>",
            Tag::Strong => self.html += "<strong>",
            Tag::Strikethrough => self.html += "<s>",
            Tag::Link { dest_url, .. } => {
                let address = self.address(dest_url);
                if let Some(address) = &address {
                    self.html += &format!("<a href=\"{}\">", escape(address));
                }
                self.links.push(address.is_some());
            }
            Tag::Image { dest_url, .. } => {
                if let Some(picture) = (self.around.picture)(dest_url) {
                    self.html += &format!("<img src=\"{}\" alt=\"", escape(&picture));
                    self.links.push(true);
                } else {
                    self.links.push(false);
                }
                self.alternative = Some(String::new());
            }
            _ => {}
        }
    }

    fn open(&mut self, html: &str) {
        self.depth += 1;
        self.html += html;
    }

    fn close(&mut self, html: &str) {
        self.depth = self.depth.saturating_sub(1);
        self.html += html;
        if self.depth == 0 {
            self.end_words();
        }
    }

    /// What is written so far are words before or after rules.
    fn end_words(&mut self) {
        let html = std::mem::take(&mut self.html);
        if !html.trim().is_empty() {
            self.body.words(&html);
        }
    }

    fn start_block(&mut self, kind: &CodeBlockKind<'_>, place: usize) {
        self.depth += 1;
        let blocks = self.outline.blocks();
        let at = blocks.binary_search_by_key(&place, |block| block.span.start).ok();
        let role = at.and_then(|at| blocks.get(at)).map_or(Role::Other, |block| block.role);
        let is_rules = matches!(kind, CodeBlockKind::Fenced(_)) && matches!(role, Role::Policy | Role::Elsewhere);
        if let Some(html) = at.filter(|_| is_rules).and_then(self.rules) {
            self.block = Some(html);
            return;
        }
        self.other_block = true;
        let note = match role {
            Role::Shown => say("shown only, not part of the policy", "仅供阅读，不是政策内容"),
            Role::Elsewhere => say("part of another policy", "属于另一个政策"),
            _ => String::new(),
        };
        if !note.is_empty() {
            self.html += &format!("<p class=\"note\">{note}</p>");
        }
        self.html += "<pre class=\"shown\"><code>";
    }

    fn end_block(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        if std::mem::take(&mut self.other_block) {
            self.html += "</code></pre>\n";
            if self.depth == 0 {
                self.end_words();
            }
        }
        let Some(html) = self.block.take() else { return };
        if self.depth == 0 {
            self.body.rules(&html);
        } else {
            // Within a list or a quote the rules stay where they stand.
            self.html += &format!("<div class=\"rules\">{html}</div>");
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph | TagEnd::HtmlBlock => self.close("</p>\n"),
            TagEnd::Heading(level) => {
                self.depth = self.depth.saturating_sub(1);
                let text = self.heading.take().map(|heading| heading.text().to_owned()).unwrap_or_default();
                if self.depth == 0 {
                    let html = std::mem::take(&mut self.html);
                    self.body.heading(level as usize, &html, &text);
                } else {
                    // A heading in a quote: the words are written already.
                    self.html += "<br>\n";
                }
            }
            TagEnd::BlockQuote(None) => self.close("</blockquote>\n"),
            TagEnd::BlockQuote(Some(_)) => self.close("</aside>\n"),
            TagEnd::CodeBlock => self.end_block(),
            TagEnd::List(true) => self.close("</ol>\n"),
            TagEnd::List(false) => self.close("</ul>\n"),
            TagEnd::Item => self.close("</li>\n"),
            TagEnd::Table => self.close("</tbody></table></div>\n"),
            TagEnd::TableHead => {
                self.is_in_head = false;
                self.close("</tr></thead><tbody>\n");
            }
            TagEnd::TableRow => self.close("</tr>\n"),
            TagEnd::TableCell => self.close(if self.is_in_head { "</th>" } else { "</td>" }),
            TagEnd::Emphasis => self.html += "</em>",
            TagEnd::Strong => self.html += "</strong>",
            TagEnd::Strikethrough => self.html += "</s>",
            TagEnd::Link if self.links.pop() == Some(true) => self.html += "</a>",
            TagEnd::Image => {
                let words = escape(&self.alternative.take().unwrap_or_default());
                self.html += &words;
                if self.links.pop() == Some(true) {
                    self.html += "\">";
                }
            }
            _ => {}
        }
    }

    /// Where a link leads: out, within the page, or to another page of the site.
    fn address(&self, written: &str) -> Option<String> {
        let lower = written.trim().to_ascii_lowercase();
        if let Some(whole) = self.around.whole.as_ref().filter(|_| lower.starts_with('#')) {
            return Some(format!("{whole}{}", written.trim()));
        }
        if ["https://", "http://", "mailto:", "#"].iter().any(|start| lower.starts_with(start)) {
            return Some(written.trim().to_owned());
        }
        (self.around.page)(written)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use proptest::prelude::*;

    use super::super::code::Code;
    use super::*;

    fn page(markdown: &str) -> String {
        let source = Source::new("a.md", markdown);
        let code =
            Code { source: &source, names: HashSet::from(["b".to_owned()]), defined: HashMap::new(), twin: None };
        let around = Around { whole: None, page: &|_| None, picture: &|_| Some("data:,".to_owned()) };
        let outline = source.outline().unwrap();
        body(&source, outline, ALL, &|at| Some(code.block(&outline.blocks()[at].lines, None)), &around).finish()
    }

    /// Whether everything that is opened is closed.
    fn is_closed(html: &str) -> bool {
        let mut open: Vec<String> = Vec::new();
        for mark in html.split('<').skip(1) {
            let name: String = mark.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
            if mark.starts_with('/') {
                if open.pop() != Some(name) {
                    return false;
                }
            } else if name != "br" && name != "img" {
                open.push(name);
            }
        }
        open.is_empty()
    }

    #[test]
    fn markdown_becomes_html() {
        insta::assert_snapshot!(page(
            "# A & *b*\n\none\ntwo `c<d` **e** ~~f~~<br>g  \nh <i>i</i>\n\n- [x](https://a.b?c&d) [y](javascript:z) ![p\"q](r.png)\n  1. s\n\n> t\n\n```fen\nb = 1 # <u>\n```\n\n\
             <div>\nraw\n</div>\n<!-- gone -->\n\n| v | w |\n|-|-|\n| x | y |\n\n> [!NOTE]\n> z\n\n```sh\nls\n```\n"
        ));
    }

    proptest! {
        #[test]
        fn any_markdown_becomes_closed_html(pieces in prop::collection::vec(prop_oneof![
            Just("```fen\n"), Just("```\n"), Just("~~~sh\n"), Just("> "), Just("- "), Just("1. "), Just("  "), Just("\n"), Just("# "), Just("b = 1\n"),
            Just("> [!TIP]\n"), Just("---\n"), Just("|a|b|\n|-|-|\n"), Just("<!-- "), Just(" -->"), Just("<div>"), Just("*"), Just("**"), Just("~~"), Just("[a](b)"),
            Just("![c"), Just("](d)"), Just("`"), Just("&lt;"), Just("\\"), Just("甲"), Just("==\n"), Just("    "), Just("<br>"), Just("\r\n"), Just("\u{feff}"),
        ], 0..40)) {
            let html = page(&pieces.concat());
            prop_assert!(is_closed(&html), "{html}");
        }
    }
}
