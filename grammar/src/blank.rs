//! Prepares an item for the grammar: comments and blanks of all kinds become spaces, so that the grammar looks for one
//! character between any two tokens. Every byte keeps its place.

use crate::parse::MAX_NESTING;

/// What was found on the way.
pub(crate) struct Prepared {
    /// The item, as long as before.
    pub(crate) text: String,
    /// The first bracket beyond [`MAX_NESTING`]; those in quoted text and comments do not count.
    pub(crate) too_deep: Option<usize>,
}

/// Replaces comments and blanks outside quoted text.
pub(crate) fn prepare(text: &str) -> Prepared {
    let mut prepared = String::with_capacity(text.len());
    let mut depth = 0_usize;
    let mut too_deep = None;
    let mut closing_quote = None;
    let mut in_comment = false;
    for (at, c) in text.char_indices() {
        if c == '\n' {
            // No quoted text goes over the end of a line; one that is not closed there stays a mistake.
            prepared.push(if closing_quote.is_some() { '\n' } else { ' ' });
            (in_comment, closing_quote) = (false, None);
            continue;
        }
        if in_comment {
            spaces(&mut prepared, c);
            continue;
        }
        if let Some(quote) = closing_quote {
            if c == quote {
                closing_quote = None;
            }
            prepared.push(c);
            continue;
        }
        match c {
            '#' => in_comment = true,
            '"' | '＂' => closing_quote = Some(c),
            '“' => closing_quote = Some('”'),
            '(' | '（' | '[' | '［' => depth += 1,
            ')' | '）' | ']' | '］' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_NESTING {
            too_deep = too_deep.or(Some(at));
        }
        if in_comment || matches!(c, '\t' | '\r' | '\u{3000}' | '\u{a0}') {
            spaces(&mut prepared, c);
        } else {
            prepared.push(c);
        }
    }
    Prepared { text: prepared, too_deep }
}

/// As many spaces as the character has bytes.
fn spaces(text: &mut String, c: char) {
    text.extend(std::iter::repeat_n(' ', c.len_utf8()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_keeps_its_place() {
        let text = "甲\u{3000}= 1 # 注 (\n\t“# 文” \u{a0}\"#\r";
        let prepared = prepare(text);
        assert_eq!(prepared.text, "甲   = 1          “# 文”   \"#\r");
        assert_eq!(prepared.text.len(), text.len());
        assert_eq!(prepared.too_deep, None);
    }

    #[test]
    fn brackets_are_counted_outside_texts() {
        let open = "(".repeat(MAX_NESTING);
        assert_eq!(prepare(&format!("{open}\"(\"")).too_deep, None);
        assert_eq!(prepare(&format!("{open}[")).too_deep, Some(MAX_NESTING));
    }
}
