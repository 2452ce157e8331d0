//! Source text to tree and diagnostics, item by item.

use std::num::NonZeroUsize;
use std::sync::Once;

use pest::Parser;
use pest::error::{Error, ErrorVariant, InputLocation};
use pest::iterators::Pair;

use crate::cut::cut;
use crate::diagnostic::{Diagnostic, Lang, Text};
use crate::errors::{Limit, MixedLanguages, NotInColumn0, TooLarge, Unexpected, UnknownItem};
use crate::heads::{Head, head};
use crate::read::Reader;
use crate::source::Span;
use crate::tree::{File, Item};
use crate::words::{describe, language_of};

/// The longest source that is read.
pub const MAX_SOURCE_BYTES: usize = 8 << 20;
/// The longest item that is read.
pub const MAX_ITEM_BYTES: usize = 256 << 10;
/// How deep brackets may stand inside one another.
pub const MAX_NESTING: usize = 64;

/// A backstop only: with the limits above no item that people write comes near it.
const MAX_PARSER_CALLS: usize = 50_000_000;

#[allow(missing_docs, reason = "pest generates the rules without documentation")]
mod generated {
    #[derive(pest_derive::Parser)]
    #[grammar = "fen.pest"]
    pub(crate) struct FenParser;
}

pub(crate) use generated::{FenParser, Rule};

/// Parses a source. The tree holds every good item; there is a diagnostic for every bad one, in source order.
#[must_use]
pub fn parse(text: &str) -> (File, Vec<Diagnostic>) {
    static LIMIT: Once = Once::new();
    LIMIT.call_once(|| pest::set_call_limit(NonZeroUsize::new(MAX_PARSER_CALLS)));

    let mut file = File::default();
    let mut diagnostics = Vec::new();
    if text.len() > MAX_SOURCE_BYTES {
        let span = Span { start: 0, end: 0 };
        diagnostics.push(TooLarge { span, what: Limit::Source(MAX_SOURCE_BYTES) }.into());
        return (file, diagnostics);
    }
    for piece in cut(text) {
        if !piece.starts_in_column_0 {
            diagnostics.push(NotInColumn0 { span: piece.span }.into());
            file.broken.push(piece.span);
            continue;
        }
        match parse_item(text.get(piece.span.start..piece.span.end).unwrap_or(""), piece.span) {
            Ok(item) => file.items.push(item),
            Err(diagnostic) => {
                diagnostics.push(*diagnostic);
                file.broken.push(piece.span);
            }
        }
    }
    (file, diagnostics)
}

fn parse_item(text: &str, span: Span) -> Result<Item, Box<Diagnostic>> {
    if text.len() > MAX_ITEM_BYTES {
        return Err(Box::new(TooLarge { span: first_line(text, span), what: Limit::Item(MAX_ITEM_BYTES) }.into()));
    }
    if let Some(at) = nests_too_deep(text) {
        let span = Span { start: span.start + at, end: span.start + at + 1 };
        return Err(Box::new(TooLarge { span, what: Limit::Nesting(MAX_NESTING) }.into()));
    }
    let (rule, head_lang) = match head(text) {
        Head::Item(rule, lang) => (rule, lang),
        Head::Unknown { word, suggestion } => return Err(Box::new(unknown_item(text, span, word, suggestion))),
    };
    let pair = FenParser::parse(rule, text)
        .map_err(|error| Box::new(unexpected(text, span, head_lang, &error)))?
        .next()
        .ok_or_else(|| Box::new(crate::errors::Internal { span }.into()))?;
    let lang = one_language(&pair, span)?;
    let kind = Reader::new(span.start).item(pair).map_err(|error| Box::new(error.into_diagnostic(span)))?;
    Ok(Item { span, lang, kind })
}

/// The offset of the first bracket beyond [`MAX_NESTING`]; brackets in quoted text and comments do not count.
fn nests_too_deep(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut closing_quote = None;
    let mut in_comment = false;
    for (at, c) in text.char_indices() {
        if c == '\n' {
            in_comment = false;
            closing_quote = None;
        } else if in_comment {
        } else if let Some(quote) = closing_quote {
            if c == quote {
                closing_quote = None;
            }
        } else {
            match c {
                '#' => in_comment = true,
                '"' | '＂' => closing_quote = Some(c),
                '“' => closing_quote = Some('”'),
                '(' | '（' => depth += 1,
                ')' | '）' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        if depth > MAX_NESTING {
            return Some(at);
        }
    }
    None
}

/// The language of the item's words, or a diagnostic if it has words of both.
fn one_language(pair: &Pair<'_, Rule>, item: Span) -> Result<Option<Lang>, Box<Diagnostic>> {
    let mut first: Option<(Span, Lang, String)> = None;
    for word in pair.clone().into_inner().flatten() {
        let Some(lang) = language_of(word.as_rule(), word.as_str()) else { continue };
        let span = Span { start: item.start + word.as_span().start(), end: item.start + word.as_span().end() };
        match &first {
            None => first = Some((span, lang, word.as_str().to_owned())),
            Some(earlier) if earlier.1 != lang => {
                let second = (span, lang, word.as_str().to_owned());
                return Err(Box::new(MixedLanguages { first: earlier.clone(), second }.into()));
            }
            Some(_) => {}
        }
    }
    Ok(first.map(|(_, lang, _)| lang))
}

fn unknown_item(text: &str, span: Span, word: String, suggestion: Option<&'static str>) -> Diagnostic {
    if word.is_empty() {
        let end = text.chars().next().map_or(span.start, |c| span.start + c.len_utf8());
        let found = Span { start: span.start, end };
        let word = text.chars().take(1).collect();
        return UnknownItem { span: found, word, suggestion: None }.into();
    }
    let found = Span { start: span.start, end: span.start + word.len() };
    UnknownItem { span: found, word, suggestion }.into()
}

/// Turns pest's error into one in the user's words.
fn unexpected(text: &str, item: Span, lang: Option<Lang>, error: &Error<Rule>) -> Diagnostic {
    let at = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    };
    let ErrorVariant::ParsingError { positives, .. } = &error.variant else {
        return TooLarge { span: first_line(text, item), what: Limit::Work }.into();
    };
    let mut expected: Vec<Text> = Vec::new();
    for rule in positives {
        let text = describe(*rule, lang);
        if !expected.contains(&text) {
            expected.push(text);
        }
    }
    let rest = text.get(at..).unwrap_or("");
    let found = token(rest);
    let start = item.start + at;
    let span = if found.is_empty() {
        Span { start: item.end.saturating_sub(last_char_len(text)), end: item.end }
    } else {
        Span { start, end: start + found.len() }
    };
    Unexpected { span, found: found.to_owned(), expected }.into()
}

/// The word, number or sign at the start of `text`, at most 40 characters of it.
fn token(text: &str) -> &str {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let mut chars = text.char_indices();
    let end = match chars.next() {
        None => 0,
        Some((_, c)) if !is_part(c) => c.len_utf8(),
        Some(_) => text
            .char_indices()
            .take(40)
            .take_while(|(_, c)| is_part(*c))
            .map(|(at, c)| at + c.len_utf8())
            .last()
            .unwrap_or(0),
    };
    text.get(..end).unwrap_or("")
}

fn last_char_len(text: &str) -> usize {
    text.chars().next_back().map_or(0, char::len_utf8)
}

fn first_line(text: &str, span: Span) -> Span {
    let length = text.lines().next().map_or(0, str::len);
    Span { start: span.start, end: span.start + length.min(120) }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    /// Each diagnostic in one line: place, code, message, first label.
    fn report(text: &str) -> String {
        let (_, diagnostics) = parse(text);
        let lines: Vec<String> = diagnostics
            .iter()
            .map(|d| {
                let label = d.labels.first().unwrap();
                let culprit = text.get(label.span.start..label.span.end).unwrap();
                format!(
                    "{culprit:?} {} | {} | {} | {} | {}",
                    d.code, d.message.en, label.text.en, d.message.zh, label.text.zh
                )
            })
            .collect();
        lines.join("\n")
    }

    #[test]
    fn items_fail_one_by_one() {
        let source = "polcy a.b\ninput x money\nsurplus tier 5..10 retain 70%\n)\noutput\nx = 1 +\n";
        assert_snapshot!(report(source), @r#"
        "polcy" fen::syntax::unknown_item | no item begins with `polcy` | did you mean `policy`? | 没有以“polcy”开头的条目 | 是否想写“policy”？
        "money" fen::syntax::unexpected | `money` is not expected here | expected `:` | 此处不应出现“money” | 此处应为“:”
        "retain" fen::syntax::unexpected | `retain` is not expected here | expected a unit or `->` | 此处不应出现“retain” | 此处应为单位或“->”
        ")" fen::syntax::unknown_item | no item begins with `)` | not the start of an item | 没有以“)”开头的条目 | 不是条目的开头
        "t" fen::syntax::unexpected | the item ends too early | expected a name | 本条没有写完 | 此处应为名称
        "+" fen::syntax::unexpected | the item ends too early | expected an expression | 本条没有写完 | 此处应为算式
        "#);
    }

    #[test]
    fn languages_mix_between_items_only() {
        assert_eq!(report("输入 甲: 金额 自 0元 至 1亿元\noutput 甲"), "");
        assert_snapshot!(report("输入 甲: money 自 0元 至 1亿元\ninput a: money from 0元"), @r#"
        "money" fen::syntax::mixed_languages | English and Chinese words are mixed in one item | `money` is English | 同一条目内混用了英文与中文词语 | “money”是英文
        "元" fen::syntax::mixed_languages | English and Chinese words are mixed in one item | `元` is Chinese | 同一条目内混用了英文与中文词语 | “元”是中文
        "#);
    }

    #[test]
    fn full_width_punctuation_equals_ascii() {
        let wide = "输入 甲：金额 自 0元 至 1_000万元 “甲” ／ “A”\n乙＝较大（甲 － 1元，0元）＊ 50％\n恒有 乙 ＜＝ 甲\n乙 分档 ．．5％ －＞ 丙 100％";
        assert_eq!(report(wide), "");
    }

    #[test]
    fn hostile_input_is_refused_quickly() {
        let deep = format!("x = {}1{}", "(".repeat(100_000), ")".repeat(100_000));
        assert_snapshot!(report(&deep), @r#""(" fen::syntax::too_large | more than 64 brackets inside one another | here | 括号嵌套超过 64 层 | 在此处"#);
        let long = format!("x = 1{}", " + 1".repeat(20_000));
        let signs = format!("x = {}1", "-".repeat(200_000));
        let calls = format!("x = {}1{}", "max(".repeat(60), ")".repeat(60));
        let open = format!("x = {}", "max(1, ".repeat(60));
        assert!(report(&long).contains("more than 200 operations"));
        assert_eq!(report(&signs), "");
        assert_eq!(report(&calls), "");
        assert!(report(&open).contains("ends too early"));
        assert!(parse(&"x".repeat(MAX_SOURCE_BYTES + 1)).1[0].message.en.contains("larger"));
        assert!(report(&format!("x = {}", "y".repeat(MAX_ITEM_BYTES))).contains("longer"));
    }

    #[test]
    fn quantities_are_exact() {
        let (file, _) = parse("a = 5%\nb = 1_000.25 yuan\nc = 1.5亿元\nd = 92万元");
        let values: Vec<String> = file
            .items
            .iter()
            .map(|item| match &item.kind {
                crate::tree::ItemKind::Definition(definition) => match &definition.value.kind {
                    crate::tree::ExprKind::Quantity(quantity) => quantity.value.to_string(),
                    other => format!("{other:?}"),
                },
                other => format!("{other:?}"),
            })
            .collect();
        assert_eq!(values, ["1/20", "4001/4", "150000000", "920000"]);
    }
}
