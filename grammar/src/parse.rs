//! Source text to tree and diagnostics, item by item.

use std::num::NonZeroUsize;
use std::sync::Once;

use pest::Parser;
use pest::error::{Error, ErrorVariant, InputLocation};
use pest::iterators::Pair;

use crate::blank::prepare;
use crate::cut::{Piece, cut, cut_lines};
use crate::diagnostic::{Diagnostic, Lang, Text};
use crate::errors::{
    Limit, MixedLanguages, NoBlocks, NotInColumn0, OtherName, TooLarge, UnclosedBlock, Unexpected, UnknownItem,
    UnknownRow, UnnamedBlock,
};
use crate::heads::{Head, head};
use crate::hints::hint;
use crate::kept;
use crate::literate::{Block, Role, is_called};
use crate::read::Reader;
use crate::remedies::{Failed, near, remedies};
use crate::source::{Source, Span};
use crate::thousands::thousands;
use crate::tree::{File, Item, ItemKind};
use crate::words::{describe, goes_on, language_of};

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
    parse_at(text, 0)
}

/// Parses a source that is one of several: `offset` is added to every place.
#[must_use]
pub fn parse_at(text: &str, offset: usize) -> (File, Vec<Diagnostic>) {
    if text.len() > MAX_SOURCE_BYTES {
        return too_large(offset);
    }
    pieces(text, &cut(text), offset)
}

/// Parses a source; of Markdown, each of the policy's blocks. `offset` is added to every place.
#[must_use]
pub fn parse_source(source: &Source, offset: usize) -> (File, Vec<Diagnostic>) {
    let Some(outline) = source.outline() else { return parse_at(source.text(), offset) };
    let at = |span: Span| Span { start: offset + span.start, end: offset + span.end };
    let opening = |block: &Block| at(first_line(source.text().get(block.span.start..).unwrap_or_default(), block.span));
    let mut diagnostics = Vec::new();
    let mut file = File::default();
    // What is wrong with the blocks of one policy is nothing to the others.
    let is_asked =
        |block: &&Block| source.policy().is_none_or(|policy| outline.policy_at(block.span.start) == Some(policy));
    for block in outline.blocks().iter().filter(is_asked) {
        if !block.is_closed {
            // Everything to the end of the file is in the block; what of it is meant as code is not known.
            diagnostics.push(UnclosedBlock { span: opening(block) }.into());
            file.broken.push(at(block.span));
        } else if block.policy.is_none()
            && matches!(block.role, Role::Policy | Role::Elsewhere)
            && let Some(before) = outline.policy_at(block.span.start)
        {
            diagnostics.push(UnnamedBlock { span: opening(block), before: before.to_owned() }.into());
            file.broken.push(at(block.span));
        }
    }
    if diagnostics.is_empty() && outline.policy_blocks().next().is_none() {
        let span = at(first_line(source.text(), Span::default()));
        diagnostics.push(NoBlocks { span }.into());
        file.broken.push(span);
    }
    for block in outline.policy_blocks().filter(|block| block.is_closed) {
        let lines = block.lines.iter().map(|line| (line.start, source.slice(*line)));
        let (more, problems) = pieces(source.code(), &cut_lines(lines), offset);
        file.items.extend(more.items);
        file.broken.extend(more.broken);
        diagnostics.extend(problems);
    }
    diagnostics.extend(source.policy().into_iter().filter_map(|policy| other_name(&file, policy)));
    (file, diagnostics)
}

/// The policy of a file is not called what its blocks say.
fn other_name(file: &File, block: &str) -> Option<Diagnostic> {
    let name = file.items.iter().find_map(|item| match &item.kind {
        ItemKind::Policy(name) | ItemKind::Library(name) => Some(name),
        ItemKind::Amend(amend) => Some(&amend.name),
        _ => None,
    })?;
    let (span, is_it) = (name.span, is_called(&name.text, block));
    let (name, block) = (name.text.clone(), block.to_owned());
    (!is_it).then(|| OtherName { span, name, block }.into())
}

fn too_large(offset: usize) -> (File, Vec<Diagnostic>) {
    let span = Span { start: offset, end: offset };
    (File::default(), vec![TooLarge { span, what: Limit::Source(MAX_SOURCE_BYTES) }.into()])
}

fn pieces(text: &str, pieces: &[Piece], offset: usize) -> (File, Vec<Diagnostic>) {
    static LIMIT: Once = Once::new();
    LIMIT.call_once(|| pest::set_call_limit(NonZeroUsize::new(MAX_PARSER_CALLS)));

    let mut file = File::default();
    let mut diagnostics = Vec::new();
    for piece in pieces {
        let span = Span { start: offset + piece.span.start, end: offset + piece.span.end };
        if !piece.starts_in_column_0 {
            diagnostics.push(NotInColumn0 { span }.into());
            file.broken.push(span);
            continue;
        }
        match parse_item(text.get(piece.span.start..piece.span.end).unwrap_or(""), span) {
            Ok(item) => file.items.push(item),
            Err(diagnostic) => {
                diagnostics.push(*diagnostic);
                file.broken.push(span);
            }
        }
    }
    (file, diagnostics)
}

fn parse_item(text: &str, span: Span) -> Result<Item, Box<Diagnostic>> {
    if text.len() > MAX_ITEM_BYTES {
        return Err(Box::new(TooLarge { span: first_line(text, span), what: Limit::Item(MAX_ITEM_BYTES) }.into()));
    }
    let prepared = prepare(text);
    if let Some(at) = prepared.too_deep {
        let span = Span { start: span.start + at, end: span.start + at + 1 };
        return Err(Box::new(TooLarge { span, what: Limit::Nesting(MAX_NESTING) }.into()));
    }
    let (rule, head_lang) = match head(text) {
        Head::Item(rule, lang) => (rule, lang),
        Head::Row { word, near, behind } => {
            let at = span.start + text.len().saturating_sub(behind);
            return Err(Box::new(UnknownRow { span: Span { start: at, end: at + word.len() }, word, near }.into()));
        }
        Head::Unknown { word, suggestion } => return Err(Box::new(unknown_item(text, span, word, suggestion))),
    };
    if let Some(number) = thousands(&prepared.text) {
        return Err(Box::new(number.at(span.start).into()));
    }
    let pair = FenParser::parse(rule, &prepared.text)
        .map_err(|error| Box::new(unexpected(text, rule, span, head_lang, &error)))?
        .next()
        .ok_or_else(|| Box::new(crate::errors::Internal { span }.into()))?;
    let lang = one_language(&pair, span)?;
    let is_added = pair.clone().into_inner().any(|pair| pair.as_rule() == Rule::kw_add);
    let reader = Reader::new(span.start);
    let allows = reader.allows(&pair).map_err(|error| Box::new(error.into_diagnostic(span)))?;
    let kind = reader.item(pair).map_err(|error| Box::new(error.into_diagnostic(span)))?;
    Ok(Item { span, lang, is_added, allows, kind })
}

/// The language of the item's words, or a diagnostic if it has words of both.
fn one_language(pair: &Pair<'_, Rule>, item: Span) -> Result<Option<Lang>, Box<Diagnostic>> {
    if let Ok(lang) = mixture(pair, &[]) {
        return Ok(lang);
    }
    // Names may be words of the other language.
    mixture(pair, &kept::places(pair)).map_err(|words| {
        let [first, second] = words.map(|(word, lang)| {
            let span = Span { start: item.start + word.as_span().start(), end: item.start + word.as_span().end() };
            (span, lang, word.as_str().to_owned())
        });
        Box::new(MixedLanguages { first, second }.into())
    })
}

/// The language of the words of a pair, but for those at `names`; or the first two that differ.
fn mixture<'a>(pair: &Pair<'a, Rule>, names: &[usize]) -> Result<Option<Lang>, [(Pair<'a, Rule>, Lang); 2]> {
    let mut first: Option<(Pair<'a, Rule>, Lang)> = None;
    for word in pair.clone().into_inner().flatten() {
        let Some(lang) = language_of(word.as_rule(), word.as_str()) else { continue };
        if names.contains(&word.as_span().start()) {
            continue;
        }
        match &first {
            None => first = Some((word, lang)),
            Some((_, earlier)) if *earlier == lang => {}
            Some(earlier) => return Err([earlier.clone(), (word, lang)]),
        }
    }
    Ok(first.map(|(_, lang)| lang))
}

fn unknown_item(text: &str, span: Span, word: String, suggestion: Option<&'static str>) -> Diagnostic {
    if word.is_empty() {
        let end = text.chars().next().map_or(span.start, |c| span.start + c.len_utf8());
        let found = Span { start: span.start, end };
        let word = text.chars().take(1).collect();
        return UnknownItem { span: found, word, suggestion: None }.into();
    }
    // Behind `add` stands an item like any other.
    let behind =
        ["add", "增设"].iter().find_map(|add| text.strip_prefix(add)).map_or(0, |rest| text.len() - rest.len());
    let at = text.get(behind..).and_then(|rest| rest.find(&word)).map_or(0, |at| behind + at);
    let found = Span { start: span.start + at, end: span.start + at + word.len() };
    UnknownItem { span: found, word, suggestion }.into()
}

/// Reads the pairs of an item that was parsed before; `None` if it has an error.
pub(crate) fn with_pairs<T>(text: &str, read: impl FnOnce(Pair<'_, Rule>) -> T) -> Option<T> {
    let prepared = prepare(text);
    let Head::Item(rule, _) = head(text) else { return None };
    let pair = FenParser::parse(rule, &prepared.text).ok()?.next()?;
    Some(read(pair))
}

/// Turns pest's error into one in the user's words.
fn unexpected(text: &str, rule: Rule, item: Span, lang: Option<Lang>, error: &Error<Rule>) -> Diagnostic {
    let at = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    };
    let ErrorVariant::ParsingError { positives, .. } = &error.variant else {
        return TooLarge { span: first_line(text, item), what: Limit::Work }.into();
    };
    let expected = expected(positives, lang);
    let rest = text.get(at..).unwrap_or("");
    let found = token(rest);
    let start = item.start + at;
    let span = if found.is_empty() {
        Span { start: item.end.saturating_sub(last_char_len(text)), end: item.end }
    } else {
        Span { start, end: start + found.len() }
    };
    let hint = hint(text.get(..at).unwrap_or(""), rest, found, positives);
    let failed = Failed { text, rule, at, found, expected: positives };
    let near = if hint.is_none() { near(&failed) } else { None };
    let fixes = remedies(&failed, item.start);
    Unexpected { span, found: found.to_owned(), expected, near, hint, fixes }.into()
}

/// How far an item of a kind can be read, and what could stand there; `None` if all of it can be read.
pub(crate) fn failure(rule: Rule, text: &str) -> Option<(usize, Vec<Rule>)> {
    let error = FenParser::parse(rule, &prepare(text).text).err()?;
    let at = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    };
    match error.variant {
        ErrorVariant::ParsingError { positives, .. } => Some((at, positives)),
        ErrorVariant::CustomError { .. } => Some((at, Vec::new())),
    }
}

/// What could stand at a place. Where an expression can go on in any way, the ways are one entry.
fn expected(positives: &[Rule], lang: Option<Lang>) -> Vec<Text> {
    let may_go_on = positives.iter().any(|rule| matches!(rule, Rule::op_add | Rule::op_mul));
    let is_noise = |rule: &Rule| {
        let opens = matches!(rule, Rule::open | Rule::bracket_open | Rule::of_what | Rule::gathered);
        let goes_on = may_go_on && (goes_on(*rule) || opens);
        goes_on || (*rule == Rule::kw_per && positives.len() > 1)
    };
    let mut expected: Vec<Text> = Vec::new();
    for rule in positives.iter().filter(|rule| !is_noise(rule)) {
        let text = describe(*rule, lang);
        if !expected.contains(&text) {
            expected.push(text);
        }
    }
    if expected.is_empty() {
        // Something that may stand elsewhere, such as a second period.
        expected.push(Text::new("something else", "其他内容"));
    }
    expected
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

    #[test]
    fn what_begins_no_item_is_pointed_to_behind_add() {
        let pointed = |text: &str| {
            let (_, diagnostics) = parse(text);
            diagnostics.first().and_then(|found| text.get(found.offset()..)).map(str::to_owned)
        };
        assert_eq!(pointed("add 分档x 5\n").as_deref(), Some("分档x 5\n"));
        assert_eq!(pointed("inptu a\n").as_deref(), Some("inptu a\n"));
    }

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

    /// A key may be called like a period of the other language.
    #[test]
    fn keys_called_year() {
        use crate::tree::ItemKind;
        for (text, names) in [
            ("输出 总 每 year", vec!["year"]),
            ("累计 前 = 合计 支付 每 人 每 year", vec!["人", "year"]),
            ("output t per 年", vec!["年"]),
        ] {
            let (file, problems) = parse(text);
            assert!(problems.is_empty(), "{text}: {problems:?}");
            let per = match &file.items[0].kind {
                ItemKind::Output(output) => output.per.clone(),
                ItemKind::Running(running) => running.aggregate.per.clone(),
                _ => None,
            };
            let per = per.unwrap();
            let keys: Vec<&str> = per.keys.iter().map(|key| key.text.as_str()).collect();
            assert!(keys == names && per.period.is_none(), "{text}: {keys:?}");
            assert_eq!(crate::format(text, None).unwrap(), format!("{text}\n"));
        }
        // There it would be the period.
        assert!(crate::format("输出 总 每 year", Some(Lang::En)).is_err());
    }

    #[test]
    fn labels_stand_on_either_side_of_a_rounding() {
        use crate::tree::ItemKind;
        for text in
            ["output y \"标\" / \"S\" round half up to 0.01 yuan", "output y round half up to 0.01 yuan \"标\" / \"S\""]
        {
            let (file, problems) = parse(text);
            assert!(problems.is_empty(), "{problems:?}");
            let ItemKind::Output(output) = &file.items[0].kind else { panic!("{text}") };
            assert!(output.columns[0].labels.len() == 2 && output.columns[0].rounding.is_some(), "{text}");
            assert_eq!(crate::format(text, None).unwrap(), format!("{text}\n"));
        }
        assert_eq!(report("y = 当 a ≠ 1 : 2\n  其余 : 3"), "");
        assert_eq!(crate::format("恒有 a ≠ 1\n", None).unwrap(), "恒有 a != 1\n");
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

    /// A range among the keys of a cell ends at its own bound: it takes neither the key before it nor the value behind it.
    #[test]
    fn ranges_in_cells() {
        use crate::tree::{CellKey, ItemKind, ParamValue};
        let keys = |cells: &str| {
            let (file, problems) = parse(&format!("param t by level, years: rate = {cells}"));
            assert_eq!(problems.len(), 0, "{cells}");
            let Some(ItemKind::Param(param)) = file.items.first().map(|item| &item.kind) else { return Vec::new() };
            let ParamValue::Cells(versions) = &param.value else { return Vec::new() };
            let cells = versions.iter().flat_map(|(_, cells)| cells);
            let ranges = |key: &CellKey| match key {
                CellKey::Range(bounds) => {
                    format!("{}..{}", u8::from(bounds.low.is_some()), u8::from(bounds.high.is_some()))
                }
                CellKey::Value(_) => "value".to_owned(),
            };
            cells.map(|cell| cell.keys.iter().map(ranges).collect::<Vec<_>>().join(" ")).collect::<Vec<_>>()
        };
        assert_eq!(
            keys("county ..<60 80%, true 60.. 90%, \"A\" 5..=60 5%"),
            ["value 0..1", "value 1..0", "value 1..1"]
        );
        assert_eq!(keys("..<60 5..<7 80%, 60.. 7.. 90%, .. ..=2022-01-01 1%"), ["0..1 1..1", "1..0 1..0", "0..0 0..1"]);
    }

    /// Behind a value a text is a label; before one it is a key.
    #[test]
    fn labels_of_parameters() {
        use crate::tree::{ItemKind, ParamValue};
        for (text, rows, labels) in [
            ("参数 乙: 金额 = 4元 \"乙\"", 1, 1),
            ("参数 乙: 比率 = 50% \"甲\" / \"a\" 见 \"三\"", 1, 2),
            ("param t by level: money = county 1 yuan, city 2 yuan \"表\" / \"T\"", 2, 2),
            ("param t by drug: money = \"A\" 1 yuan, \"B\" 2 yuan \"T\"", 2, 1),
            ("param t by drug, level: money = \"A\" county 1 yuan, \"B\" ..<60 2 yuan", 2, 0),
            ("param t by drug, other: money = \"A\" \"B\" 1 yuan", 1, 0),
            ("param t: money from 2022-01-01: 1 yuan from 2023-01-01: 2 yuan \"T\" cite \"x\"", 2, 1),
        ] {
            let (file, problems) = parse(text);
            assert!(problems.is_empty(), "{text}: {problems:?}");
            let ItemKind::Param(param) = &file.items[0].kind else { panic!("{text}") };
            let ParamValue::Cells(versions) = &param.value else { panic!("{text}") };
            let count: usize = versions.iter().map(|(_, cells)| cells.len()).sum();
            assert_eq!((count, param.labels.len()), (rows, labels), "{text}");
            let formatted = crate::format(text, None).unwrap();
            assert_eq!(crate::format(&formatted, None).unwrap(), formatted);
        }
    }

    #[test]
    fn the_order_of_an_input_is_said() {
        let hint = |text: &str| parse(text).1.first().and_then(|found| found.help.clone()).unwrap();
        assert!(hint("输入 甲: 金额 自 0元 至 9元 步长 0.1").zh.contains("紧跟类型"));
        assert!(hint("输入 甲: 金额 自 0元 至 9元 可缺").zh.contains("范围（“自”）之前"));
        assert!(hint("input a: money from 0 yuan to 9 yuan optional").en.contains("before the range"));
        assert!(hint("input a: money optional step 0.1").en.contains("directly behind the type"));
    }

    #[test]
    fn units_stand_behind_types_without_a_space() {
        let (file, problems) = parse("输入 单价: 金额每点 步长 0.0001\n输入 床日: 点数每天");
        assert_eq!(problems.len(), 0);
        for item in &file.items {
            let ItemKind::Input(input) = &item.kind else { panic!("no input") };
            assert!(matches!(input.ty.base, crate::tree::TypeBase::Word(_)));
        }
    }

    #[test]
    fn quantities_are_exact() {
        let (file, _) = parse("a = 5%\nb = 1_000.25 yuan\nc = 1.5亿元\nd = 92万元");
        use crate::tree::{DefinitionBody, ExprKind, ItemKind, LiteralKind};
        let values: Vec<String> = file
            .items
            .iter()
            .filter_map(|item| match &item.kind {
                ItemKind::Definition(definition) => Some(&definition.body),
                _ => None,
            })
            .filter_map(|body| match body {
                DefinitionBody::Expr(expr) => Some(&expr.kind),
                DefinitionBody::Cases(..) => None,
            })
            .map(|kind| match kind {
                ExprKind::Literal(LiteralKind::Quantity(quantity)) => quantity.value.to_string(),
                other => format!("{other:?}"),
            })
            .collect();
        assert_eq!(values, ["1/20", "4001/4", "150000000", "920000"]);
    }

    /// Every kind of item and expression, in both languages.
    #[test]
    fn the_whole_language_is_read() {
        let english = r#"policy a.b
library a.c
amend a.b as a.d from file "b.fen"
import level, standard from "common.fen"
dated by discharged
enum level = township "乡镇" / "Township" | county | city
key person: id
input discharged: date from 2020-01-01 to 2030-12-31
input previous: level optional "上次" / "Previous"
input score: count from 0 to 100
input price: money per point step 0.0001 from 0 yuan per point
param standard by level: money
  from 2022-01-01: township 200 yuan, county 400 yuan
  from 2023-01-01: township 250 yuan
param cut: pp from 0pp to 20pp = required  "降低" / "Cut"  cite "x"
param cap: money = 150_000 yuan
param cap2: money from 2022-01-01: 300 yuan from 2023-01-01: 400 yuan
param points_of by drg: points step 0.01 from file "points.csv"
param rate by level, years: rate = county ..<60 80%, county 60.. 90%, "AA1" ..=5 3%
deductible = standard[hospital]
  except down when referral is down : 0 yuan cite "c"
  except when referral is up and previous known : max(standard[hospital] - standard[previous], 0 yuan) overrides down
limit = when standing is not assisted or x in (a, b) : 400_000 yuan
  otherwise : 200_000 yuan round half up to 0.01 yuan
age = years from birth to discharged
late = discharged + 3 months or earlier
member = drug in base_points and not (drug not in ("A", "B"))
reached = round(min(schedule(before + burden), limit))
other = round(x half even to 100 yuan)
row = row of schedule(x)
row2 = row of surplus
score band ..<60 -> retention = 0%, label = county
surplus tier ..5% -> retain 100% from 2023-01-01 cite "y"
ladder schedule on money
  tier ..10_000 yuan -> 0%
  tier 10_000.. -> 60%
ladder bonus on count
  from 2022-01-01
  band ..<60 -> 0%
  band 60.. -> 30%
check in_county = visits_in / visits >= 90% cite "q" severity target
  when visits > 0
always fund <= eligible when eligible <= total
output points round half up to 0.0001 point, readmitted
add example "x" given a 1 yuan, l county, d 2022-01-01, b true, c "AA1", m missing, rate[county] 5% expect rejected
"#;
        assert_eq!(report(english), "");
        let chinese = r#"政策 甲.乙
规则库 甲.丙
修订 甲.乙 为 甲.丁 取自文件 "b.fen"
引入 级别、标准 自 "common.fen"
适用日期 出院日期
枚举 级别 = 乡镇 | 县级 | 市级
主键 参保人: 标识
输入 出院日期: 日期 自 2020-01-01 至 2030-12-31
输入 上次: 级别 可缺
输入 单价: 金额每点 步长 0.0001 自 0元每点
参数 标准 按 级别: 金额
  自 2022-01-01: 乡镇 200元, 县级 400元
参数 降低: 百分点 自 0个百分点 至 20个百分点 = 待定
参数 点数表 按 病组: 点数 步长 0.01 取自文件 "points.csv"
起付线 = 标准[医院]
  例外 下转 当 转诊 为 下转 : 0元 见 "三"
  例外 当 转诊 为 上转 且 上次 已知 : 较大(标准[医院] - 标准[上次], 0元) 优先于 下转
限额 = 当 身份 不为 救助 或 甲 属于 (乙, 丙) : 40万元
  其余 : 20万元
年龄 = 年数 自 出生日期 至 出院日期
到期 = 出院日期 + 3个月 提前
甲乙 = 药品 属于 点数表 且 非 (药品 不属于 ("A", "B"))
达到 = 取整(较小(阶梯表(此前 + 费用), 限额))
其他 = 取整(甲 四舍六入五成双 到 100元)
档次 = 所在档 阶梯表(甲)
得分 定档 ..<60 -> 留用率 = 0%
阶梯 阶梯表 按 金额
  分档 ..1万元 -> 0%
  分档 1万元.. -> 60%
指标 就诊率 = 县内 / 全部 >= 90% 见 "五" 程度 目标 当 全部 > 0
恒有 支付 <= 范围内 当 范围内 <= 总额
增设 示例 "例" 给定 甲 1元, 乙 县级, 丙 是, 丁 缺 应得 拒收
"#;
        assert_eq!(report(chinese), "");
    }
}
