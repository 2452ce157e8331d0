//! Cuts a source into items by indentation alone.

use crate::source::Span;

/// The text of one item, not parsed yet.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// From its first character to the end of its last line that is neither blank nor a comment.
    pub(crate) span: Span,
    /// False for indented text before the first item, which belongs to nothing.
    pub(crate) starts_in_column_0: bool,
}

/// Cuts `text` into items. Every character that is not white space or comment belongs to exactly one piece.
pub(crate) fn cut(text: &str) -> Vec<Piece> {
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut start = text.len() - body.len();
    let lines = body.split_inclusive('\n').map(|line| {
        start += line.len();
        (start - line.len(), line)
    });
    cut_lines(lines)
}

/// Cuts lines, each with its place, into items; column 0 is where a line begins.
pub(crate) fn cut_lines<'a>(lines: impl Iterator<Item = (usize, &'a str)>) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for (content_start, line) in lines {
        let content = line.trim();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        let indent = line.len() - line.trim_start().len();
        let span = Span { start: content_start + indent, end: content_start + line.trim_end().len() };
        match pieces.last_mut() {
            Some(open) if indent > 0 => open.span.end = span.end,
            _ => pieces.push(Piece { span, starts_in_column_0: indent == 0 }),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(source: &str) -> Vec<&str> {
        cut(source).iter().map(|piece| source.get(piece.span.start..piece.span.end).unwrap()).collect()
    }

    #[test]
    fn continuation_lines_are_indented() {
        assert_eq!(texts("a\n  b\n# c\n\n  d\ne # f\n"), ["a\n  b\n# c\n\n  d", "e # f"]);
        assert_eq!(texts("a\r\n\u{3000}b\r\ne"), ["a\r\n\u{3000}b", "e"]);
    }

    #[test]
    fn byte_order_mark_is_not_text() {
        assert_eq!(texts("\u{feff}a\nb"), ["a", "b"]);
    }

    #[test]
    fn leading_indented_text_stands_alone() {
        let pieces = cut("  a\nb");
        assert_eq!(pieces.iter().map(|piece| piece.starts_in_column_0).collect::<Vec<_>>(), [false, true]);
    }
}
