//! From Markdown to its outline.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::{Block, Clause, Outline, Plain, Role};
use crate::source::Span;
use crate::tokens::is_part;

/// The Markdown that is read: CommonMark with the tables, struck text and notes (`> [!NOTE]`) that most viewers know.
#[must_use]
pub fn dialect() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_GFM
}

/// Where the Markdown of a file begins: behind a byte order mark, and behind the settings between two lines `---` that some
/// tools put at the head of a file.
#[must_use]
pub fn beginning(text: &str) -> usize {
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let start = text.len() - body.len();
    let mut end = 0;
    for (at, line) in body.split_inclusive('\n').enumerate() {
        end += line.len();
        match (at, line.trim_end()) {
            (0, "---") => {}
            (0, _) => return start,
            (_, "---") => return start + end,
            // Only what can be nothing else is left out.
            (_, line) if line.is_empty() || line.starts_with("```") || line.starts_with("~~~") => return start,
            (_, line) if !line.contains(':') && !line.starts_with([' ', '-', '#']) => return start,
            _ => {}
        }
    }
    start
}

impl Outline {
    /// Reads Markdown.
    #[must_use]
    pub fn of(markdown: &str) -> Self {
        let offset = beginning(markdown);
        let body = markdown.get(offset..).unwrap_or_default();
        let mut scanner = Scanner { offset, markdown, ..Scanner::default() };
        for (event, range) in Parser::new_ext(body, dialect()).into_offset_iter() {
            let span = Span { start: scanner.offset + range.start, end: scanner.offset + range.end };
            scanner.event(&event, span);
        }
        scanner.leave_quote();
        let Scanner { blocks, clauses, headings, .. } = scanner;
        let mut policies: Vec<String> = Vec::new();
        for name in blocks.iter().filter_map(|block| block.policy.as_ref()) {
            if !policies.contains(name) {
                policies.push(name.clone());
            }
        }
        Self { code: code(markdown, &blocks), blocks, clauses, policies, headings }
    }

    /// The outline of the same Markdown with one of its policies: the blocks of others are not compiled.
    #[must_use]
    pub fn only(mut self, markdown: &str, policy: &str) -> Self {
        let others = self.blocks.iter_mut().filter(|block| block.role == Role::Policy);
        for block in others.filter(|block| block.policy.as_deref() != Some(policy)) {
            block.role = Role::Elsewhere;
        }
        self.code = code(markdown, &self.blocks);
        self
    }
}

/// The Markdown with everything but the policy's blocks blank.
fn code(markdown: &str, blocks: &[Block]) -> String {
    let policy = blocks.iter().filter(|block| block.role == Role::Policy);
    blank_but(markdown, policy.flat_map(|block| &block.lines))
}

/// The text with spaces for every byte outside of `kept`, which are in order. Ends of lines stay.
fn blank_but<'a>(text: &str, kept: impl Iterator<Item = &'a Span>) -> String {
    let mut code = String::with_capacity(text.len());
    let blank = |code: &mut String, range: Range<usize>| {
        for c in text.get(range).unwrap_or_default().chars() {
            if matches!(c, '\n' | '\r') {
                code.push(c);
            } else {
                code.extend(std::iter::repeat_n(' ', c.len_utf8()));
            }
        }
    };
    let mut at = 0;
    for span in kept {
        blank(&mut code, at..span.start);
        code.push_str(text.get(span.start..span.end).unwrap_or_default());
        at = span.end;
    }
    blank(&mut code, at..text.len());
    code
}

/// Where the scanner is.
#[derive(Default)]
struct Scanner<'a> {
    markdown: &'a str,
    /// Where the Markdown begins.
    offset: usize,
    blocks: Vec<Block>,
    clauses: Vec<Clause>,
    headings: Vec<usize>,
    /// The heading above, as text.
    heading: Option<String>,
    /// The heading that is being read.
    open_heading: Option<Plain>,
    /// The quotes around; `false` for notes, which quote nothing.
    quotes: Vec<bool>,
    /// How many of them are notes.
    notes: usize,
    /// The text of the outermost quote.
    quoted: Plain,
    /// The clause that what follows implements.
    clause: Option<usize>,
    /// Nothing stands between the last quote and here.
    is_after_quote: bool,
    /// Within a fenced block.
    is_in_block: bool,
}

impl Scanner<'_> {
    fn event(&mut self, event: &Event<'_>, span: Span) {
        match event {
            Event::Start(Tag::BlockQuote(kind)) => self.begin_quote(kind.is_none(), span),
            Event::End(TagEnd::BlockQuote(_)) => self.end_quote(),
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => self.begin_block(info, span),
            Event::End(TagEnd::CodeBlock) if self.is_in_block => self.end_block(event),
            Event::Text(text) if self.is_in_block => self.code(event, text, span),
            _ => {
                if !self.is_quoting() {
                    self.leave_quote();
                }
                self.prose(event, span);
            }
        }
    }

    fn is_quoting(&self) -> bool {
        !self.quotes.is_empty() && self.notes == 0
    }

    fn begin_quote(&mut self, is_quote: bool, span: Span) {
        self.quotes.push(is_quote);
        self.notes += usize::from(!is_quote);
        if !self.is_quoting() {
            self.leave_quote();
        } else if self.quotes.len() == 1 {
            let goes_on = self.clause.filter(|_| self.is_after_quote).and_then(|at| self.clauses.get_mut(at));
            if let Some(clause) = goes_on {
                clause.span.end = span.end;
                self.quoted.line();
            } else {
                self.clause = Some(self.clauses.len());
                self.clauses.push(Clause { heading: self.heading.clone(), text: String::new(), span });
                self.quoted = Plain::default();
            }
        }
    }

    fn end_quote(&mut self) {
        self.is_after_quote |= self.is_quoting() && self.quotes.len() == 1;
        self.notes -= usize::from(self.quotes.pop() == Some(false));
    }

    /// Something else than another quote follows a quote: that is all of the clause.
    fn leave_quote(&mut self) {
        if !std::mem::take(&mut self.is_after_quote) {
            return;
        }
        if let Some(clause) = self.clause.and_then(|at| self.clauses.get_mut(at)) {
            clause.text = self.quoted.text().to_owned();
            // A quote of nothing is none.
            if clause.text.is_empty() {
                self.clause = None;
            }
        }
    }

    fn begin_block(&mut self, info: &str, span: Span) {
        self.is_in_block = true;
        self.leave_quote();
        let (info, lines) = (info.trim().to_owned(), Vec::new());
        let (role, policy) = role(&info);
        self.blocks.push(Block { span, info, role, policy, is_closed: false, lines, clause: self.clause });
    }

    fn code(&mut self, event: &Event<'_>, text: &str, span: Span) {
        let markdown = self.markdown;
        let Some(block) = self.blocks.last_mut() else { return };
        let mut start = span.start;
        // Where a container takes a part of a tab, the rest of it is text without a place; the line begins at the tab then.
        if span.start == span.end && !text.is_empty() && markdown.get(..start).is_some_and(|text| text.ends_with('\t'))
        {
            block.lines.push(Span { start: start - 1, end: start });
        }
        for line in markdown.get(span.start..span.end).unwrap_or_default().split_inclusive('\n') {
            let end = start + line.len();
            // `\r` before `\n` is left out by the parser.
            let goes_on = |open: &&mut Span| {
                !markdown.get(open.start..open.end).is_some_and(|text| text.ends_with('\n'))
                    && markdown.get(open.end..start).is_some_and(|between| between.bytes().all(|byte| byte == b'\r'))
            };
            match block.lines.last_mut().filter(goes_on) {
                Some(open) => open.end = end,
                None => block.lines.push(Span { start, end }),
            }
            start = end;
        }
        if block.role == Role::Other && !text.is_empty() && self.is_quoting() {
            self.quoted.add(event);
        }
    }

    fn end_block(&mut self, event: &Event<'_>) {
        self.is_in_block = false;
        let Some(block) = self.blocks.last_mut() else { return };
        let text = self.markdown.get(block.span.start..block.span.end).unwrap_or_default();
        let fence = text.chars().next().unwrap_or('`');
        let opening = text.find('\n').map_or(block.span.end, |at| block.span.start + at + 1);
        let content_end = block.lines.last().map_or(opening, |line| line.end).max(opening);
        // Behind the code there is nothing but a closing fence, and what quotes around it put before it.
        block.is_closed = self.markdown.get(content_end..block.span.end).is_some_and(|rest| rest.contains(fence));
        if self.is_quoting() {
            self.quoted.add(event);
        }
    }

    fn prose(&mut self, event: &Event<'_>, span: Span) {
        if self.is_quoting() {
            self.quoted_prose(event);
            return;
        }
        match event {
            Event::Start(Tag::Heading { .. }) => {
                self.clause = None;
                self.headings.push(span.start);
                self.open_heading = Some(Plain::default());
            }
            Event::End(TagEnd::Heading(_)) => {
                self.heading =
                    self.open_heading.take().map(|plain| plain.text().to_owned()).filter(|text| !text.is_empty());
            }
            Event::Rule => self.clause = None,
            _ => {
                if let Some(heading) = &mut self.open_heading {
                    heading.add(event);
                }
            }
        }
    }

    /// A heading that begins the quote is that of the clause.
    fn quoted_prose(&mut self, event: &Event<'_>) {
        match event {
            Event::Start(Tag::Heading { .. }) if self.quoted.text().is_empty() => {
                self.open_heading = Some(Plain::default());
            }
            Event::End(TagEnd::Heading(_)) if self.open_heading.is_some() => {
                let heading = self.open_heading.take().map(|plain| plain.text().to_owned());
                let clause = self.clause.and_then(|at| self.clauses.get_mut(at));
                if let (Some(clause), Some(heading)) = (clause, heading.filter(|text| !text.is_empty())) {
                    clause.heading = Some(heading);
                }
            }
            _ => match &mut self.open_heading {
                Some(heading) => heading.add(event),
                None => self.quoted.add(event),
            },
        }
    }
}

/// What a block is for, and the policy that it belongs to, by what stands behind its fence.
fn role(info: &str) -> (Role, Option<String>) {
    let mut words = info.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty());
    if !words.next().is_some_and(|word| word.eq_ignore_ascii_case("fen")) {
        return (Role::Other, None);
    }
    if words.clone().any(|word| ["ignore", "refused"].contains(&word)) {
        return (Role::Shown, None);
    }
    // What other tools put there, such as `title="…"` or `{.numbered}`, is no name.
    let is_name = |word: &&str| word.chars().all(|c| is_part(c) || c == '.');
    (Role::Policy, words.next().filter(is_name).map(str::to_owned))
}
