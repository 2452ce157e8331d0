//! A source as words, numbers and signs, each with what it is; also of items that cannot be parsed.

use std::collections::HashSet;
use std::sync::LazyLock;

use pest::Parser;

use crate::blank::prepare;
use crate::cut::cut;
use crate::heads::{Head, head};
use crate::parse::{FenParser, MAX_ITEM_BYTES, MAX_SOURCE_BYTES, Rule};
use crate::source::Span;
use crate::words::{WORDS, is_word};

/// One token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub kind: TokenKind,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// `# …`
    Comment,
    /// A quoted text.
    Text,
    /// A number or date.
    Number,
    /// `yuan`, `%`, …
    Unit,
    /// A word of the language.
    Keyword,
    /// A word of the language that is a type.
    Type,
    /// A name.
    Name,
    /// A sign.
    Sign,
}

/// All tokens of a source in its order. In items that can be parsed, words of the language that are used as names are
/// names; in others, every such word is taken for one of the language.
#[must_use]
pub fn tokens(text: &str) -> Vec<Token> {
    if text.len() > MAX_SOURCE_BYTES {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut at = 0;
    for piece in cut(text) {
        lex(text, Span { start: at, end: piece.span.start }, &mut found);
        let first = found.len();
        lex(text, piece.span, &mut found);
        let item = text.get(piece.span.start..piece.span.end).unwrap_or_default();
        let words = words_of(item);
        for token in found.iter_mut().skip(first).filter(|token| token.kind == TokenKind::Name) {
            let start = token.span.start - piece.span.start;
            token.kind = match &words {
                Some(words) => {
                    let place = words.partition_point(|(span, _)| span.end <= start);
                    let word = words.get(place).filter(|(span, _)| span.start <= start);
                    word.map_or(TokenKind::Name, |(_, kind)| *kind)
                }
                None => kind_of_word(text.get(token.span.start..token.span.end).unwrap_or_default()),
            };
        }
        at = piece.span.end;
    }
    lex(text, Span { start: at, end: text.len() }, &mut found);
    found
}

/// The tokens of a text that need not be a whole item.
pub(crate) fn tokens_of_part(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    lex(text, Span { start: 0, end: text.len() }, &mut found);
    for token in found.iter_mut().filter(|token| token.kind == TokenKind::Name) {
        token.kind = kind_of_word(text.get(token.span.start..token.span.end).unwrap_or_default());
    }
    found
}

/// Where the words of the language stand in an item, in its order; `None` if it cannot be parsed.
fn words_of(item: &str) -> Option<Vec<(Span, TokenKind)>> {
    let Head::Item(rule, _) = head(item) else { return None };
    let prepared = prepare(item);
    if item.len() > MAX_ITEM_BYTES || prepared.too_deep.is_some() {
        return None;
    }
    let pairs = FenParser::parse(rule, &prepared.text).ok()?;
    let words = pairs.flatten().filter_map(|pair| {
        let kind = kind_of_rule(pair.as_rule())?;
        Some((Span { start: pair.as_span().start(), end: pair.as_span().end() }, kind))
    });
    Some(words.collect())
}

fn kind_of_rule(rule: Rule) -> Option<TokenKind> {
    if !is_word(rule) {
        return None;
    }
    Some(match rule {
        _ if is_unit(rule) => TokenKind::Unit,
        _ if is_type(rule) => TokenKind::Type,
        _ => TokenKind::Keyword,
    })
}

pub(crate) fn is_unit(rule: Rule) -> bool {
    use Rule::{unit_case, unit_day, unit_month, unit_person, unit_point, unit_pp, unit_year, unit_yuan};
    use Rule::{unit_percent, unit_wan_yuan, unit_yi_yuan};
    matches!(
        rule,
        unit_pp
            | unit_yi_yuan
            | unit_wan_yuan
            | unit_yuan
            | unit_point
            | unit_month
            | unit_day
            | unit_year
            | unit_person
            | unit_case
            | unit_percent
    )
}

pub(crate) fn is_type(rule: Rule) -> bool {
    use Rule::{kw_bool, kw_cases, kw_code, kw_count, kw_date, kw_days, kw_factor, kw_id, kw_money, kw_months};
    use Rule::{kw_persons, kw_points, kw_pp, kw_rate, kw_years};
    matches!(
        rule,
        kw_money
            | kw_rate
            | kw_pp
            | kw_factor
            | kw_count
            | kw_points
            | kw_date
            | kw_days
            | kw_months
            | kw_years
            | kw_persons
            | kw_cases
            | kw_bool
            | kw_code
            | kw_id
    )
}

fn kind_of_word(word: &str) -> TokenKind {
    static KNOWN: LazyLock<[HashSet<&'static str>; 2]> = LazyLock::new(|| {
        let words = |wanted: fn(Rule) -> bool| {
            let rows = WORDS.iter().filter(move |(rule, ..)| wanted(*rule));
            rows.flat_map(|(_, en, zh)| en.split(' ').chain([*zh])).filter(|word| !word.is_empty()).collect()
        };
        [words(is_unit), words(|rule| !is_unit(rule))]
    });
    let [units, words] = &*KNOWN;
    if units.contains(word) {
        TokenKind::Unit
    } else if words.contains(word) {
        TokenKind::Keyword
    } else {
        TokenKind::Name
    }
}

/// Cuts a part of a text into tokens; words are names.
fn lex(text: &str, part: Span, found: &mut Vec<Token>) {
    let Some(content) = text.get(part.start..part.end) else { return };
    let mut chars = content.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let kind = match c {
            _ if c.is_whitespace() || c == '\u{feff}' => continue,
            '#' => {
                while chars.next_if(|(_, c)| *c != '\n').is_some() {}
                TokenKind::Comment
            }
            '"' | '＂' | '“' => {
                let close = if c == '“' { '”' } else { c };
                while chars.next_if(|(_, c)| *c != close && *c != '\n').is_some() {}
                chars.next_if(|(_, c)| *c == close);
                TokenKind::Text
            }
            '%' | '％' => TokenKind::Unit,
            _ if c.is_ascii_digit() => {
                let mut last = c;
                while let Some((_, next)) = chars.peek().copied() {
                    let goes_on = next.is_ascii_digit() || next == '_' || next == '-' && last.is_ascii_digit();
                    // A point belongs to a number, two of them to a range.
                    let is_point = next == '.' && is_decimal(content, &mut chars);
                    // `2022-08-01` is one token, `5-3` is three.
                    if !(goes_on || is_point) || next == '-' && !is_date(content, at) {
                        break;
                    }
                    last = next;
                    chars.next();
                }
                TokenKind::Number
            }
            _ if is_part(c) => {
                while chars.next_if(|(_, c)| is_part(*c)).is_some() {}
                TokenKind::Name
            }
            _ => TokenKind::Sign,
        };
        let mut end = chars.peek().map_or(content.len(), |(at, _)| *at);
        if kind == TokenKind::Comment {
            end = at + content.get(at..end).map_or(0, |comment| comment.trim_end().len());
        }
        found.push(Token { span: Span { start: part.start + at, end: part.start + end }, kind });
    }
}

/// Whether a digit follows the point that comes next.
fn is_decimal(content: &str, chars: &mut std::iter::Peekable<std::str::CharIndices<'_>>) -> bool {
    let Some((at, _)) = chars.peek() else { return false };
    content.get(at + 1..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// Whether a date such as `2022-08-01`, or a day such as `07-01`, begins here.
fn is_date(content: &str, at: usize) -> bool {
    let bytes = content.as_bytes().get(at..).unwrap_or_default();
    let is = |pattern: &[u8]| {
        let fits = |(byte, wanted): (&u8, &u8)| if *wanted == b'0' { byte.is_ascii_digit() } else { byte == wanted };
        bytes.len() >= pattern.len() && bytes.iter().zip(pattern).all(fits)
    };
    is(b"0000-00-00") || is(b"00-00")
}

/// Whether a character can belong to a word or a name.
#[must_use]
pub fn is_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let tokens = tokens(text);
        let shown = tokens.iter().map(|token| {
            let kind = format!("{:?}", token.kind);
            format!("{}:{}", text.get(token.span.start..token.span.end).unwrap(), kind.get(..1).unwrap())
        });
        shown.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn words_of_the_language_may_be_names() {
        assert_eq!(shown("round = 5 yuan # x\n"), "round:N =:S 5:N yuan:U # x:C");
        assert_eq!(shown("input total: money from 0 yuan"), "input:K total:N ::S money:T from:K 0:N yuan:U");
        assert_eq!(shown("in force from 2022-08-01"), "in:K force:K from:K 2022-08-01:N");
        assert_eq!(
            shown("输入 甲：金额每点 自 0.5元 “甲 乙”"),
            "输入:K 甲:N ：:S 金额每点:T 自:K 0.5:N 元:U “甲 乙”:T"
        );
    }

    #[test]
    fn items_that_cannot_be_parsed_have_tokens_too() {
        assert_eq!(shown("x = max(a, 5..\n  \"open\n"), "x:N =:S max:K (:S a:N ,:S 5:N .:S .:S \"open:T");
        assert_eq!(shown("x tier 5..10% -> a 5-3"), "x:N tier:K 5:N .:S .:S 10:N %:U -:S >:S a:N 5:N -:S 3:N");
    }
}
