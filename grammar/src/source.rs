//! Source text and places in it.

use std::sync::Arc;

use crate::literate::{Clause, Outline, is_called, is_markdown, join, split};
use crate::parse::MAX_SOURCE_BYTES;

/// A half-open range of bytes in a source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// The byte after the last one.
    pub end: usize,
}

impl Span {
    /// The smallest span that holds both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// A line and a column, both counted from 1; columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Character in the line, from 1.
    pub column: usize,
}

/// The text of one file with its name. If the name ends in `.md`, it is a policy in literate form; of a file with several policies,
/// `通知.md#住院` is the one called 住院.
#[derive(Clone, Debug)]
pub struct Source {
    name: String,
    text: String,
    outline: Option<Arc<Outline>>,
}

impl Source {
    /// A source called `name` in messages.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let (name, text) = (name.into(), text.into());
        // Texts that are too long are refused by the parser.
        let is_literate = is_markdown(&name) && text.len() <= MAX_SOURCE_BYTES;
        let outline = is_literate.then(|| {
            let whole = Outline::of(&text);
            Arc::new(match split(&name).1 {
                Some(policy) => whole.only(&text, policy),
                None => whole,
            })
        });
        Self { name, text, outline }
    }

    /// What tells the source from others: usually the path, with the policy behind it that is meant of the file.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name used in messages, usually the path.
    #[must_use]
    pub fn file(&self) -> &str {
        split(&self.name).0
    }

    /// The policy of the file that is meant.
    #[must_use]
    pub fn policy(&self) -> Option<&str> {
        split(&self.name).1
    }

    /// Another policy of the same Markdown file, which `#住院` names.
    #[must_use]
    pub fn beside(&self, path: &str) -> Option<Self> {
        let policy = path.strip_prefix('#').filter(|_| self.outline.is_some())?;
        Some(Self::new(join(self.file(), policy), self.text.as_str()))
    }

    /// Of several policies in the file, the one that is called so.
    #[must_use]
    pub fn called(&self, name: &str) -> Option<Self> {
        let policies = self.outline()?.policies();
        let policy = policies.iter().find(|policy| is_called(name, policy))?;
        Some(Self::new(join(self.file(), policy), self.text.as_str()))
    }

    /// The policies that the file holds, each as a source; itself if the file does not name several, or one of them is meant.
    #[must_use]
    pub fn policies(&self) -> Vec<Self> {
        let named = self.outline().map(Outline::policies).unwrap_or_default();
        if self.policy().is_some() || named.is_empty() {
            return vec![self.clone()];
        }
        named.iter().map(|policy| Self::new(join(&self.name, policy), self.text.as_str())).collect()
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What the Markdown holds, if the source is in literate form.
    #[must_use]
    pub fn outline(&self) -> Option<&Outline> {
        self.outline.as_deref()
    }

    /// The text that is compiled: of Markdown, what stands in the policy's blocks, with blanks for everything else. Every byte
    /// is where it is in [`Source::text`].
    #[must_use]
    pub fn code(&self) -> &str {
        self.outline.as_deref().map_or(&self.text, Outline::code)
    }

    /// The lines of code, each from its column 0: those of the file, or of Markdown those of the policy's blocks.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        let outline = self.outline();
        let blocks = outline.into_iter().flat_map(Outline::policy_blocks).flat_map(|block| &block.lines);
        let whole = outline.is_none().then_some(self.text.as_str());
        blocks.map(|line| self.slice(*line)).chain(whole.into_iter().flat_map(str::lines))
    }

    /// The code at `span`; empty where the span leaves the source.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.code().get(span.start..span.end).unwrap_or("")
    }

    /// The line and column of a byte offset; the end of the text where `offset` lies beyond it.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        let before = self.text.get(..offset).unwrap_or(&self.text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        let column = before.get(line_start..).map_or(0, |text| text.chars().count()) + 1;
        Position { line, column }
    }
}

/// Several sources whose places are told apart: each begins where the one before has ended, and one byte further.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    parts: Vec<(usize, Source)>,
    end: usize,
}

impl Sources {
    /// Adds a source; where its places begin.
    pub fn add(&mut self, source: Source) -> usize {
        let start = self.end;
        self.end = start + source.text().len() + 1;
        self.parts.push((start, source));
        start
    }

    /// The sources, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = &Source> {
        self.parts.iter().map(|(_, source)| source)
    }

    /// Where the places of the source called `name` begin.
    #[must_use]
    pub fn start(&self, name: &str) -> Option<usize> {
        self.parts.iter().find(|(_, source)| source.name() == name).map(|(start, _)| *start)
    }

    /// The source that a place lies in, and the place in it.
    #[must_use]
    pub fn locate(&self, span: Span) -> Option<(&Source, Span)> {
        let after = self.parts.partition_point(|(start, _)| *start <= span.start);
        let (start, source) = self.parts.get(after.checked_sub(1)?)?;
        Some((source, Span { start: span.start - start, end: span.end.saturating_sub(*start) }))
    }

    /// Whether a place lies in the source that was added first.
    #[must_use]
    pub fn is_in_first(&self, span: Span) -> bool {
        self.parts.get(1).is_none_or(|(second, _)| span.start < *second)
    }

    /// The code at a place.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.locate(span).map_or("", |(source, span)| source.slice(span))
    }

    /// What is written at a place, be it code or not.
    #[must_use]
    pub fn written(&self, span: Span) -> &str {
        self.locate(span).and_then(|(source, span)| source.text().get(span.start..span.end)).unwrap_or("")
    }

    /// The clause that the source quotes above a place.
    #[must_use]
    pub fn clause_at(&self, span: Span) -> Option<&Clause> {
        let (source, span) = self.locate(span)?;
        source.outline()?.clause_at(span.start)
    }

    /// The clause of this name that the source of a place quotes, if it quotes one only.
    #[must_use]
    pub fn clause_named(&self, span: Span, name: &str) -> Option<&Clause> {
        self.locate(span)?.0.outline()?.clause_named(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters() {
        let source = Source::new("a.fen", "政策 a\r\n输出 b");
        assert_eq!(source.position(0), Position { line: 1, column: 1 });
        assert_eq!(source.position(7), Position { line: 1, column: 4 });
        assert_eq!(source.position(10), Position { line: 2, column: 1 });
        assert_eq!(source.position(999), Position { line: 2, column: 5 });
    }
}
