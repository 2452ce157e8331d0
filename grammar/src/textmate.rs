//! The TextMate grammar of the editors' folder, made from the table of words. A test keeps the committed file equal to it;
//! `FEN_UPDATE=1` writes it.

use std::path::Path;

use serde_json::{Value, json};

use crate::parse::Rule;
use crate::tokens::{is_type, is_unit};
use crate::words::WORDS;

/// Words that are written as signs of an expression or stand in it.
const OPERATORS: [Rule; 9] = [
    Rule::kw_or,
    Rule::kw_and,
    Rule::kw_not,
    Rule::kw_is,
    Rule::kw_is_not,
    Rule::kw_in,
    Rule::kw_not_in,
    Rule::kw_known,
    Rule::kw_share_of,
];

/// Words that are applied to something in brackets.
const FUNCTIONS: [Rule; 7] =
    [Rule::kw_max, Rule::kw_min, Rule::kw_clamp, Rule::kw_round, Rule::kw_sum, Rule::kw_tally, Rule::kw_total];

/// Other forms of units that the grammar reads.
const MORE_UNITS: [&str; 11] = ["point", "分", "month", "月", "day", "日", "year", "岁", "person", "case", "百分点"];

/// The words of some rules as an alternation: longer ones first, blanks of any length.
fn words(wanted: impl Fn(Rule) -> bool, more: &[&str], is_english: bool) -> String {
    let rows = WORDS.iter().filter(|(rule, ..)| wanted(*rule));
    let mut words: Vec<&str> = rows.flat_map(|(_, en, zh)| [*en, *zh]).chain(more.iter().copied()).collect();
    words.retain(|word| !word.is_empty() && word.is_ascii() == is_english);
    words.sort_unstable_by(|a, b| b.chars().count().cmp(&a.chars().count()).then(a.cmp(b)));
    words.dedup();
    words.join("|").replace(' ', "\\s+")
}

/// Words between characters that belong to no word.
fn whole(wanted: impl Fn(Rule) -> bool + Copy) -> String {
    let (en, zh) = (words(wanted, &[], true), words(wanted, &[], false));
    format!("(?<![\\p{{L}}\\p{{N}}_])(?:{en}|{zh}){END}")
}

/// No word goes on here; 每 begins one of its own.
const END: &str = "(?![\\p{L}\\p{N}_&&[^每]])";

fn grammar() -> Value {
    let is_operator = |rule: Rule| OPERATORS.contains(&rule);
    let is_function = |rule: Rule| FUNCTIONS.contains(&rule);
    let is_constant = |rule: Rule| matches!(rule, Rule::kw_true | Rule::kw_false);
    let is_other =
        |rule: Rule| !is_operator(rule) && !is_function(rule) && !is_constant(rule) && !is_unit(rule) && !is_type(rule);
    let (en, zh) = (words(is_unit, &MORE_UNITS, true), words(is_unit, &MORE_UNITS, false));
    let units = format!("(?<=\\d)\\s*(?:%|％|(?:{zh}|{en}){END})");
    let per = format!("(?:\\b(per)\\s+|(每)\\s*)({zh}|{en}){END}");
    json!({
        "$schema": "https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json",
        "name": "Fen",
        "scopeName": "source.fen",
        "fileTypes": ["fen"],
        "patterns": [
            { "include": "#comment" },
            { "include": "#text" },
            { "include": "#item" },
            { "include": "#expression" },
        ],
        "repository": {
            "comment": { "match": "#.*$", "name": "comment.line.number-sign.fen" },
            "text": {
                "patterns": [
                    { "match": "\"[^\"\\n]*(?:\"|$)", "name": "string.quoted.double.fen" },
                    { "match": "“[^”\\n]*(?:”|$)", "name": "string.quoted.double.fen" },
                    { "match": "＂[^＂\\n]*(?:＂|$)", "name": "string.quoted.double.fen" },
                ],
            },
            "item": {
                "patterns": [{
                    "match": "^(?:(add|增设)\\s+)?([\\p{L}_][\\p{L}\\p{N}_]*)(?=\\s*[=＝](?![=＝]))",
                    "captures": {
                        "1": { "name": "keyword.other.fen" },
                        "2": { "name": "entity.name.variable.fen" },
                    },
                }],
            },
            "expression": {
                "patterns": [
                    { "match": "\\b\\d{4}-\\d{2}-\\d{2}\\b|\\b\\d{2}-\\d{2}\\b", "name": "constant.numeric.date.fen" },
                    { "match": units, "name": "keyword.other.unit.fen" },
                    { "match": "(?<![\\p{L}_])\\d[\\d_]*(?:\\.\\d+)?", "name": "constant.numeric.fen" },
                    {
                        "match": per,
                        "captures": {
                            "1": { "name": "keyword.other.fen" },
                            "2": { "name": "keyword.other.fen" },
                            "3": { "name": "keyword.other.unit.fen" },
                        },
                    },
                    // Before shorter words that they begin with: `in force`.
                    { "match": whole(is_other), "name": "keyword.other.fen" },
                    { "match": whole(is_constant), "name": "constant.language.fen" },
                    { "match": whole(is_function), "name": "support.function.fen" },
                    { "match": whole(is_operator), "name": "keyword.operator.word.fen" },
                    { "match": whole(is_type), "name": "support.type.fen" },
                    { "match": "->|－＞|\\.\\.[=<]?|．．[＝＜]?|[=!<>＝！＜＞]=?|[≤≥≠+\\-*/×÷＋－＊／|｜]", "name": "keyword.operator.fen" },
                    { "match": "[\\p{L}_][\\p{L}\\p{N}_]*", "name": "variable.other.fen" },
                ],
            },
        },
    })
}

#[test]
fn the_committed_grammar_is_made_from_the_words() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../editors/vscode/syntaxes/fen.tmLanguage.json");
    let wanted = format!("{:#}\n", grammar());
    if std::env::var_os("FEN_UPDATE").is_some() {
        std::fs::write(&path, &wanted).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap();
    assert!(committed == wanted, "run the test again with FEN_UPDATE=1, and commit {}", path.display());
}
