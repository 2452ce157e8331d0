//! Source text and places in it.

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

/// The text of one file with its name.
#[derive(Clone, Debug)]
pub struct Source {
    name: String,
    text: String,
}

impl Source {
    /// A source called `name` in messages.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into() }
    }

    /// The name used in messages, usually the path.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text at `span`; empty where the span leaves the source.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.start..span.end).unwrap_or("")
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

    /// The source that a place lies in, and the place in it.
    #[must_use]
    pub fn locate(&self, span: Span) -> Option<(&Source, Span)> {
        let after = self.parts.partition_point(|(start, _)| *start <= span.start);
        let (start, source) = self.parts.get(after.checked_sub(1)?)?;
        Some((source, Span { start: span.start - start, end: span.end.saturating_sub(*start) }))
    }

    /// The text at a place.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.locate(span).map_or("", |(source, span)| source.slice(span))
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
