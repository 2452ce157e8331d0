//! A text with its lines: bytes for the compiler, lines and characters for editors, in the units that both have agreed on.

use fen_compiler::Span;
use tower_lsp_server::ls_types::{Position, Range, TextDocumentContentChangeEvent};

/// What the characters of a position are counted in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// Bytes.
    Utf8,
    /// Units of UTF-16, which every editor knows.
    #[default]
    Utf16,
}

/// A text and where its lines begin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Text {
    content: String,
    /// The first is 0. Lines end with `\n`, `\r\n` or `\r`.
    lines: Vec<usize>,
}

impl Text {
    pub(crate) fn new(content: impl Into<String>) -> Self {
        let content = content.into();
        let mut lines = vec![0];
        let bytes = content.as_bytes();
        for (at, byte) in bytes.iter().enumerate() {
            let ends = match byte {
                b'\n' => true,
                b'\r' => bytes.get(at + 1) != Some(&b'\n'),
                _ => false,
            };
            if ends {
                lines.push(at + 1);
            }
        }
        Self { content, lines }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.content
    }

    /// The text of a line without its end, and where it begins.
    fn line(&self, line: usize) -> (usize, &str) {
        let Some(start) = self.lines.get(line).copied() else { return (self.content.len(), "") };
        let end = self.lines.get(line + 1).copied().unwrap_or(self.content.len());
        let text = self.content.get(start..end).unwrap_or_default();
        (start, text.trim_end_matches(['\n', '\r']))
    }

    /// The byte at a position; the end of the line or of the text where the position lies beyond it.
    pub(crate) fn offset(&self, position: Position, encoding: Encoding) -> usize {
        let (start, line) = self.line(usize::try_from(position.line).unwrap_or(usize::MAX));
        let wanted = usize::try_from(position.character).unwrap_or(usize::MAX);
        let mut units = 0;
        for (at, c) in line.char_indices() {
            units += width(c, encoding);
            // A position inside a character is that of the character.
            if units > wanted {
                return start + at;
            }
        }
        start + line.len()
    }

    /// The position of a byte; the end of the text where it lies beyond it.
    pub(crate) fn position(&self, offset: usize, encoding: Encoding) -> Position {
        let offset = offset.min(self.content.len());
        let line = self.lines.partition_point(|start| *start <= offset).saturating_sub(1);
        let (start, text) = self.line(line);
        let mut units = 0;
        for (at, c) in text.char_indices() {
            if start + at + c.len_utf8() > offset {
                break;
            }
            units += width(c, encoding);
        }
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Position::new(count(line), count(units))
    }

    pub(crate) fn range(&self, span: Span, encoding: Encoding) -> Range {
        Range::new(self.position(span.start, encoding), self.position(span.end, encoding))
    }

    pub(crate) fn span(&self, range: Range, encoding: Encoding) -> Span {
        let (start, end) = (self.offset(range.start, encoding), self.offset(range.end, encoding));
        Span { start, end: end.max(start) }
    }

    /// The text after a change; the whole of it is replaced if the change names no place.
    pub(crate) fn changed(&self, change: &TextDocumentContentChangeEvent, encoding: Encoding) -> Self {
        let Some(range) = change.range else { return Self::new(change.text.as_str()) };
        self.replaced(&[(self.span(range, encoding), change.text.clone())])
    }

    /// The text after replacements that do not overlap.
    pub(crate) fn replaced(&self, edits: &[(Span, String)]) -> Self {
        let mut edits: Vec<&(Span, String)> = edits.iter().collect();
        edits.sort_by_key(|(span, _)| span.start);
        let (mut content, mut at) = (String::with_capacity(self.content.len()), 0);
        for (span, text) in edits {
            content.push_str(self.content.get(at..span.start).unwrap_or_default());
            content.push_str(text);
            at = span.end;
        }
        content.push_str(self.content.get(at..).unwrap_or_default());
        Self::new(content)
    }
}

fn width(c: char, encoding: Encoding) -> usize {
    match encoding {
        Encoding::Utf8 => c.len_utf8(),
        Encoding::Utf16 => c.len_utf16(),
    }
}

/// Where places of an older text lie in a newer one: what is before the first difference stays, what is behind the last one
/// moves along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shift {
    same_before: usize,
    old_end: usize,
    new_end: usize,
}

impl Shift {
    pub(crate) fn between(old: &str, new: &str) -> Self {
        let (old_bytes, new_bytes) = (old.as_bytes(), new.as_bytes());
        let mut before = old_bytes.iter().zip(new_bytes).take_while(|(a, b)| a == b).count();
        while !old.is_char_boundary(before) || !new.is_char_boundary(before) {
            before -= 1;
        }
        let most = old.len().min(new.len()) - before;
        let mut behind =
            old_bytes.iter().rev().zip(new_bytes.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
        while !old.is_char_boundary(old.len() - behind) || !new.is_char_boundary(new.len() - behind) {
            behind -= 1;
        }
        Self { same_before: before, old_end: old.len() - behind, new_end: new.len() - behind }
    }

    /// The replacement that makes the newer text of the older one; `None` if they are equal.
    pub(crate) fn edit(&self, new: &str) -> Option<(Span, String)> {
        let text = new.get(self.same_before..self.new_end).unwrap_or_default();
        let span = Span { start: self.same_before, end: self.old_end };
        (!text.is_empty() || span.start < span.end).then(|| (span, text.to_owned()))
    }

    /// Where a byte of the newer text was in the older one.
    pub(crate) fn back(&self, offset: usize) -> Option<usize> {
        if offset <= self.same_before {
            Some(offset)
        } else if offset >= self.new_end {
            Some(offset - self.new_end + self.old_end)
        } else {
            None
        }
    }

    /// Where a place of the older text is in the newer one; `None` if it was changed.
    pub(crate) fn forth(&self, span: Span) -> Option<Span> {
        if span.end <= self.same_before {
            Some(span)
        } else if span.start >= self.old_end {
            let moved = |at: usize| at - self.old_end + self.new_end;
            Some(Span { start: moved(span.start), end: moved(span.end) })
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn positions_count_units_of_utf_16() {
        let text = Text::new("a😀b\r\n政策 c\rd\n");
        let at = |offset| text.position(offset, Encoding::Utf16);
        assert_eq!(at(5), Position::new(0, 3));
        assert_eq!(at(6), Position::new(0, 4));
        assert_eq!(at(8), Position::new(1, 0));
        assert_eq!(at(14), Position::new(1, 2));
        assert_eq!(at(17), Position::new(2, 0));
        assert_eq!(at(99), Position::new(3, 0));
        assert_eq!(text.position(5, Encoding::Utf8), Position::new(0, 5));
        // In the middle of a surrogate pair, beyond a line, beyond the text.
        assert_eq!(text.offset(Position::new(0, 2), Encoding::Utf16), 1);
        assert_eq!(text.offset(Position::new(0, 99), Encoding::Utf16), 6);
        assert_eq!(text.offset(Position::new(9, 0), Encoding::Utf16), text.as_str().len());
    }

    #[test]
    fn places_move_with_what_is_typed_before_them() {
        let shift = Shift::between("输入 甲: 金额\n输出 乙", "输入 甲乙: 金额\n输出 乙");
        let (old, new) = ("输入 甲: 金额\n输出 乙", "输入 甲乙: 金额\n输出 乙");
        let place = |text: &str, part: &str| {
            let start = text.rfind(part).unwrap();
            Span { start, end: start + part.len() }
        };
        assert_eq!(shift.forth(place(old, "输出 乙")), Some(place(new, "输出 乙")));
        assert_eq!(shift.forth(place(old, "输入")), Some(place(new, "输入")));
        assert_eq!(shift.back(new.rfind("输出").unwrap()), old.rfind("输出"));
    }

    const PARTS: [&str; 8] = ["a", "政", "😀", "\n", "\r\n", "\r", "é", " "];

    fn texts() -> impl Strategy<Value = String> {
        prop::collection::vec(prop::sample::select(&PARTS[..]), 0..30).prop_map(|parts| parts.concat())
    }

    proptest! {
        /// Every place in a text has a position that leads back to it, unless it lies inside the end of a line.
        #[test]
        fn positions_lead_back(content in texts()) {
            let text = Text::new(content.clone());
            for encoding in [Encoding::Utf8, Encoding::Utf16] {
                for (at, _) in content.char_indices() {
                    let back = text.offset(text.position(at, encoding), encoding);
                    let (before, behind) = content.split_at(at);
                    let is_in_end = before.ends_with('\r') && behind.starts_with('\n');
                    prop_assert_eq!(back, if is_in_end { at - 1 } else { at });
                }
            }
        }

        /// Changes at any place and in any order leave a text like that of an editor, and never panic.
        #[test]
        fn changes_apply(content in texts(), insert in texts(), a in 0_u32..8, b in 0_u32..12, c in 0_u32..8, d in 0_u32..12) {
            let text = Text::new(content);
            let range = Some(Range::new(Position::new(a, b), Position::new(c, d)));
            let change = TextDocumentContentChangeEvent { range, range_length: None, text: insert.clone() };
            let changed = text.changed(&change, Encoding::Utf16);
            prop_assert!(changed.as_str().contains(&insert));
            prop_assert_eq!(&Text::new(changed.as_str()), &changed);
            let shift = Shift::between(text.as_str(), changed.as_str());
            for (at, _) in changed.as_str().char_indices() {
                if let Some(back) = shift.back(at) {
                    prop_assert!(text.as_str().is_char_boundary(back));
                }
            }
        }
    }
}
