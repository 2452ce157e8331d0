//! Markdown to plain text: what a quote or a heading says, without marks.

use pulldown_cmark::{Event, Tag, TagEnd};

/// Plain text under construction.
#[derive(Clone, Debug, Default)]
pub struct Plain {
    text: String,
    /// A line of the Markdown has ended within a paragraph.
    is_broken: bool,
    /// The number of the next item of each open list; `None` if items are not numbered.
    lists: Vec<Option<u64>>,
}

impl Plain {
    /// What has been said so far.
    #[must_use]
    pub fn text(&self) -> &str {
        self.text.trim()
    }

    /// Adds what an event says.
    pub fn add(&mut self, event: &Event<'_>) {
        match event {
            Event::Text(text) | Event::Code(text) => self.words(text),
            Event::SoftBreak => self.is_broken = true,
            Event::HardBreak => self.line(),
            Event::InlineHtml(html) if html.to_ascii_lowercase().starts_with("<br") => self.line(),
            Event::Start(Tag::List(first)) => {
                self.lists.push(*first);
                self.line();
            }
            Event::End(TagEnd::List(_)) => {
                self.lists.pop();
                self.line();
            }
            Event::Start(Tag::Item) => self.item(),
            Event::Start(Tag::Paragraph) if self.is_after_mark() => {}
            Event::Start(Tag::Paragraph | Tag::Heading { .. } | Tag::CodeBlock(_) | Tag::TableHead | Tag::TableRow)
            | Event::End(TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::CodeBlock | TagEnd::Item) => self.line(),
            Event::Start(Tag::TableCell) if !self.text.is_empty() && !self.text.ends_with('\n') => {
                self.text.push_str(" | ");
            }
            _ => {}
        }
    }

    /// A mark of a list's item has just been written.
    fn is_after_mark(&self) -> bool {
        self.text.ends_with(' ') && !self.lists.is_empty()
    }

    fn item(&mut self) {
        self.line();
        match self.lists.last_mut() {
            Some(Some(number)) => {
                self.text.push_str(&format!("{number}. "));
                *number = number.saturating_add(1);
            }
            _ => self.text.push_str("- "),
        }
    }

    fn words(&mut self, words: &str) {
        if std::mem::take(&mut self.is_broken) && needs_space(self.text.chars().next_back(), words.chars().next()) {
            self.text.push(' ');
        }
        self.text.push_str(words);
    }

    /// Goes on in a new line.
    pub fn line(&mut self) {
        self.is_broken = false;
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }
}

/// Whether two lines of a paragraph are joined by a space, by the characters on both sides; those of Chinese are not.
#[must_use]
pub fn needs_space(before: Option<char>, after: Option<char>) -> bool {
    let is_wide = |c: char| matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}');
    let joins = |c: Option<char>| c.is_none_or(|c| c.is_whitespace() || is_wide(c));
    !joins(before) && !joins(after)
}
