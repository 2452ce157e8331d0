//! Numbers that are not written as numbers are: with a comma before their thousands, which would be read as two (`1,500` is 1
//! and 500), or with zeros in front.

use crate::diagnostic::{Fix, Label, Problem, Text};
use crate::source::Span;
use crate::tokens::is_part;

/// A number whose thousands are set apart by commas.
pub(crate) struct Thousands {
    pub(crate) span: Span,
    /// As it is written: `1,500`.
    pub(crate) written: String,
    /// Where its commas stand.
    commas: Vec<Span>,
    /// As it is to be written: `1_500`.
    joined: String,
}

impl Thousands {
    /// The same, in a source in which its text begins at `offset`.
    pub(crate) fn at(mut self, offset: usize) -> Self {
        for span in self.commas.iter_mut().chain([&mut self.span]) {
            *span = Span { start: span.start + offset, end: span.end + offset };
        }
        self
    }
}

impl Problem for Thousands {
    const CODE: &'static str = "fen::syntax::thousands";

    fn message(&self) -> Text {
        let written = &self.written;
        Text::new(format!("`{written}` would be read as several numbers"), format!("“{written}”会读成几个数"))
    }

    fn labels(&self) -> Vec<Label> {
        let joined = &self.joined;
        vec![Label::new(self.span, format!("one number is written `{joined}`"), format!("一个数请写作 {joined}"))]
    }

    fn help(&self) -> Option<Text> {
        let joined = &self.joined;
        Some(Text::new(
            format!("thousands are set apart as in `{joined}`; between two numbers a space follows the comma"),
            format!("千位分隔请写作 {joined}；若是两个数，请在逗号后空一格"),
        ))
    }

    fn fixes(&self) -> Vec<Fix> {
        let title = Text::new(format!("write `{}`", self.joined), format!("改为“{}”", self.joined));
        let edit = |span: &Span| crate::diagnostic::Edit { span: *span, text: Text::new("_", "_") };
        vec![Fix { title, edits: self.commas.iter().map(edit).collect() }]
    }
}

/// A number that begins with zeros that say nothing.
pub(crate) struct LeadingZeros {
    pub(crate) span: Span,
    /// The number without them.
    pub(crate) right: String,
}

impl Problem for LeadingZeros {
    const CODE: &'static str = "fen::syntax::leading_zeros";

    fn message(&self) -> Text {
        Text::new("a number does not begin with zeros", "数的开头不写多余的 0")
    }

    fn labels(&self) -> Vec<Label> {
        let right = &self.right;
        vec![Label::new(self.span, format!("as a number, this is `{right}`"), format!("作为数，写作 {right}"))]
    }

    fn help(&self) -> Option<Text> {
        let right = &self.right;
        Some(Text::new(
            format!("write `{right}`; a code whose zeros matter stands in double quotes, such as `\"007\"`"),
            format!("请写 {right}；其中的 0 有意义的编码须加双引号，如 \"007\""),
        ))
    }

    fn fixes(&self) -> Vec<Fix> {
        vec![Fix::rename(self.span, &self.right)]
    }
}

/// The first number with a comma before its thousands in an item whose comments are blanks already: one to three digits, a comma, three digits.
pub(crate) fn thousands(text: &str) -> Option<Thousands> {
    let mut closing = None;
    // Of most items nothing but the commas is looked at.
    for (at, c) in text.char_indices() {
        match (closing, c) {
            (None, '"' | '＂') => closing = Some(c),
            (None, '“') => closing = Some('”'),
            (Some(quote), c) if c == quote || c == '\n' => closing = None,
            (None, ',' | '，') => {
                if let Some(found) = number(text, at) {
                    return Some(found);
                }
            }
            _ => {}
        }
    }
    None
}

/// The number whose first comma stands at `comma`.
fn number(text: &str, comma: usize) -> Option<Thousands> {
    let before = text.get(..comma)?;
    let digits = before.bytes().rev().take_while(u8::is_ascii_digit).count();
    let start = comma - digits;
    let first = before.get(start..)?;
    let is_number = (1..=3).contains(&digits) && !first.starts_with('0');
    let stands_before = before.get(..start)?;
    if !is_number || is_inside(stands_before) {
        return None;
    }
    let (mut commas, mut end, mut joined) = (Vec::new(), comma, first.to_owned());
    while let Some((group, length)) = group(text.get(end..)?) {
        commas.push(Span { start: end, end: end + length });
        joined = joined + "_" + group;
        end += length + group.len();
    }
    if commas.is_empty() {
        return None;
    }
    let decimals = decimals(text.get(end..)?);
    let end = end + decimals.len();
    joined += decimals;
    Some(Thousands { span: Span { start, end }, written: text.get(start..end)?.to_owned(), commas, joined })
}

/// Whether digits behind `before` are a part of something else: of a name, of decimals or of a date.
fn is_inside(before: &str) -> bool {
    let is_decimal = before.strip_suffix('.').is_some_and(|whole| whole.ends_with(|c: char| c.is_ascii_digit()));
    let month = before.strip_suffix('-').map(str::as_bytes).unwrap_or_default();
    let is_day = match month {
        [.., a, b, b'-', c, d] => [a, b, c, d].iter().all(|byte| byte.is_ascii_digit()),
        _ => false,
    };
    before.ends_with(is_part) || is_decimal || is_day
}

/// Three digits behind a comma, with nothing that belongs to a longer number, and how long the comma is.
fn group(text: &str) -> Option<(&str, usize)> {
    let behind = text.strip_prefix([',', '，'])?;
    let (digits, rest) = behind.split_at_checked(3)?;
    let is_group = digits.bytes().all(|byte| byte.is_ascii_digit());
    let goes_on = rest.starts_with(|c: char| c.is_ascii_digit() || c == '_');
    (is_group && !goes_on).then_some((digits, text.len() - behind.len()))
}

/// `.50` at the start of a text; two dots are those of a range.
fn decimals(text: &str) -> &str {
    let digits = text.strip_prefix('.').map_or(0, |rest| rest.bytes().take_while(u8::is_ascii_digit).count());
    if digits == 0 { "" } else { text.get(..=digits).unwrap_or_default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_told_from_lists() {
        let found = |text: &str| thousands(text).map(|found| format!("{} -> {}", found.written, found.joined));
        assert_eq!(found("上限 = 较小(人次, 1,500)").as_deref(), Some("1,500 -> 1_500"));
        assert_eq!(found("省级 15，000元").as_deref(), Some("15，000 -> 15_000"));
        assert_eq!(found("x = 1,234,567.50 yuan").as_deref(), Some("1,234,567.50 -> 1_234_567.50"));
        assert_eq!(found("x = max(5-1,500..)").as_deref(), Some("1,500 -> 1_500"));
        for list in [
            "x = max(a, 1, 500)",
            "x in (100, 200)",
            "x = max(a1,500)",
            "x = max(0.85,100)",
            "x in (2022-01-15,500)",
            "x in (1500,200)",
            "x in (1,2000)",
            "x in (1,20)",
            "title \"1,500\" “2,500”",
            "x = max(0,500)",
        ] {
            assert_eq!(found(list), None, "{list}");
        }
    }
}
