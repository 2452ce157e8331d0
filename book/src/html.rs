//! Markdown to HTML: what the pages use, and no more.

use pulldown_cmark::{Alignment, CodeBlockKind, Event, HeadingLevel, Parser, Tag, TagEnd};

use crate::blocks::options;
use crate::highlight::{self, Words};
use crate::links::{Target, target};
use crate::pages::{Book, Language, Page};
use crate::slug::Slugs;

/// Text that can stand in HTML, also between quotation marks.
pub(crate) fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => html += "&amp;",
            '<' => html += "&lt;",
            '>' => html += "&gt;",
            '"' => html += "&quot;",
            c => html.push(c),
        }
    }
    html
}

/// Where to write while a heading or code block is open.
enum Open {
    Heading(String, String),
    Code(String, String),
}

struct Writer<'a> {
    book: &'a Book,
    page: &'a Page,
    words: &'a Words,
    html: String,
    open: Option<Open>,
    slugs: Slugs,
    alignments: Vec<Alignment>,
    cell: usize,
    in_head: bool,
    /// By link that is open: whether it is written as one.
    links: Vec<bool>,
}

/// The HTML of a page's Markdown. Links between sources become links between pages of the site.
pub(crate) fn body(book: &Book, page: &Page, words: &Words) -> String {
    let (open, slugs, html) = (None, Slugs::default(), String::new());
    let (alignments, links) = (Vec::new(), Vec::new());
    let mut writer = Writer { book, page, words, html, open, slugs, alignments, cell: 0, in_head: false, links };
    for event in Parser::new_ext(&page.markdown, options()) {
        writer.event(event);
    }
    writer.html
}

fn level(level: HeadingLevel) -> usize {
    level as usize
}

impl Writer<'_> {
    fn push(&mut self, html: &str) {
        match &mut self.open {
            Some(Open::Heading(written, _)) => *written += html,
            _ => self.html += html,
        }
    }

    /// The sign that was written last.
    fn last(&self) -> Option<char> {
        let written = match &self.open {
            Some(Open::Heading(written, _)) => written,
            _ => &self.html,
        };
        written.chars().next_back()
    }

    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => match &mut self.open {
                Some(Open::Code(_, written)) => *written += &text,
                Some(Open::Heading(_, plain)) => {
                    *plain += &text;
                    self.push(&escaped(&text));
                }
                None => self.push(&escaped(&text)),
            },
            Event::Code(text) => {
                if let Some(Open::Heading(_, plain)) = &mut self.open {
                    *plain += &text;
                }
                self.push(&format!("<code>{}</code>", escaped(&text)));
            }
            Event::SoftBreak => {
                // Between Chinese signs the end of a line is no blank.
                let is_blank = self.page.language == Language::English || self.last().is_none_or(|c| c.is_ascii());
                if is_blank {
                    self.push("\n");
                }
            }
            Event::HardBreak => self.push("<br>\n"),
            Event::Rule => self.push("<hr>\n"),
            // Pages have no HTML of their own; what looks like it is text.
            Event::Html(text) | Event::InlineHtml(text) => self.push(&escaped(&text)),
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph => self.push("<p>"),
            Tag::Heading { .. } => self.open = Some(Open::Heading(String::new(), String::new())),
            Tag::CodeBlock(kind) => {
                let info = match kind {
                    CodeBlockKind::Fenced(info) => info.to_string(),
                    CodeBlockKind::Indented => String::new(),
                };
                self.open = Some(Open::Code(info, String::new()));
            }
            Tag::BlockQuote(_) => self.push("<blockquote>\n"),
            Tag::List(None) => self.push("<ul>\n"),
            Tag::List(Some(1)) => self.push("<ol>\n"),
            Tag::List(Some(first)) => self.push(&format!("<ol start=\"{first}\">\n")),
            Tag::Item => self.push("<li>"),
            Tag::Emphasis => self.push("<em>"),
            Tag::Strong => self.push("<strong>"),
            Tag::Table(alignments) => {
                self.alignments = alignments;
                self.push("<div class=\"scroll\"><table>\n");
            }
            Tag::TableHead => {
                (self.cell, self.in_head) = (0, true);
                self.push("<thead><tr>");
            }
            Tag::TableRow => {
                self.cell = 0;
                self.push("<tr>");
            }
            Tag::TableCell => {
                let is_right = self.alignments.get(self.cell) == Some(&Alignment::Right);
                let class = if is_right { " class=\"right\"" } else { "" };
                let name = if self.in_head { "th" } else { "td" };
                self.push(&format!("<{name}{class}>"));
            }
            Tag::Link { dest_url, .. } => {
                let address = self.address(&dest_url);
                self.links.push(address.is_some());
                if let Some(address) = address {
                    self.push(&format!("<a href=\"{}\">", escaped(&address)));
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph => self.push("</p>\n"),
            TagEnd::Heading(at) => {
                if let Some(Open::Heading(written, plain)) = self.open.take() {
                    let (anchor, level) = (self.slugs.next(&plain), level(at));
                    let link =
                        format!("<a class=\"anchor\" href=\"#{anchor}\" aria-hidden=\"true\" tabindex=\"-1\">#</a>");
                    let link = if level == 1 { String::new() } else { link };
                    self.html += &format!("<h{level} id=\"{anchor}\">{written}{link}</h{level}>\n");
                }
            }
            TagEnd::CodeBlock => {
                if let Some(Open::Code(info, text)) = self.open.take() {
                    self.html += &self.code(&info, &text);
                }
            }
            TagEnd::BlockQuote(_) => self.push("</blockquote>\n"),
            TagEnd::List(false) => self.push("</ul>\n"),
            TagEnd::List(true) => self.push("</ol>\n"),
            TagEnd::Item => self.push("</li>\n"),
            TagEnd::Emphasis => self.push("</em>"),
            TagEnd::Strong => self.push("</strong>"),
            TagEnd::Table => self.push("</tbody></table></div>\n"),
            TagEnd::TableHead => {
                self.in_head = false;
                self.push("</tr></thead><tbody>\n");
            }
            TagEnd::TableRow => self.push("</tr>\n"),
            TagEnd::TableCell => {
                let name = if self.in_head { "</th>" } else { "</td>" };
                self.cell += 1;
                self.push(name);
            }
            TagEnd::Link if self.links.pop() == Some(true) => self.push("</a>"),
            _ => {}
        }
    }

    /// A code block under a line that names its file, if it has one.
    fn code(&self, info: &str, text: &str) -> String {
        let words: Vec<&str> = info.split_whitespace().collect();
        let html = match words.as_slice() {
            ["fen", ..] => highlight::policy(text, self.words),
            ["console"] => highlight::console(text),
            _ => escaped(text),
        };
        let is_wrong = |word: &&&str| ["refused", "warned", "rejected"].contains(*word);
        let codes: Vec<&str> =
            words.iter().skip_while(|word| !is_wrong(word)).skip(1).copied().take_while(|word| *word != "by").collect();
        let is_corrected = words.get(1) == Some(&"corrected");
        let name = match words.as_slice() {
            ["fen", "file", name, ..] | ["csv" | "toml" | "js" | "html" | "markdown", name] if !is_corrected => {
                Some((*name).to_owned())
            }
            ["fen", "add", name, ..] => Some(format!("{name} +")),
            _ => None,
        };
        let mut caption = name.map(|name| escaped(&name)).unwrap_or_default();
        if !codes.is_empty() {
            caption += &format!("<span class=\"refused\">✗ {}</span>", escaped(&codes.join(" ")));
        } else if is_corrected {
            caption += "<span class=\"corrected\">✓</span>";
        }
        let class = if codes.is_empty() { "" } else { " wrong" };
        let kind = words.first().copied().unwrap_or("text");
        let caption = if caption.is_empty() { caption } else { format!("<figcaption>{caption}</figcaption>") };
        format!("<figure class=\"code {}{class}\">{caption}<pre><code>{html}</code></pre></figure>\n", escaped(kind))
    }

    /// Where a link leads on the site; nothing for files that the site does not have.
    fn address(&self, link: &str) -> Option<String> {
        match target(self.book, self.page, link) {
            Target::Elsewhere => Some(link.to_owned()),
            Target::File(_) => None,
            Target::Page(page, anchor) => {
                let anchor = anchor.map(|anchor| format!("#{anchor}")).unwrap_or_default();
                // A page that exists in this language is shown in it.
                Some(format!("../{}{anchor}", page.target()))
            }
        }
    }
}
