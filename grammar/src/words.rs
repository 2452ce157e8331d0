//! The words of the language, one row per word: grammar rule, English, 中文; and what the grammar's other rules are
//! called in messages.

use crate::diagnostic::{Lang, Text};
use crate::parse::Rule;

/// Every word that has an English and a Chinese form. The units 万元 and 亿元 exist in Chinese only.
pub(crate) const WORDS: &[(Rule, &str, &str)] = &[
    (Rule::kw_policy, "policy", "政策"),
    (Rule::kw_title, "title", "名称"),
    (Rule::kw_source, "source", "依据"),
    (Rule::kw_in_force, "in force", "施行"),
    (Rule::kw_round, "round", "取整"),
    (Rule::kw_input, "input", "输入"),
    (Rule::kw_output, "output", "输出"),
    (Rule::kw_always, "always", "恒有"),
    (Rule::kw_example, "example", "示例"),
    (Rule::kw_given, "given", "给定"),
    (Rule::kw_expect, "expect", "应得"),
    (Rule::kw_cite, "cite", "见"),
    (Rule::kw_from, "from", "自"),
    (Rule::kw_to, "to", "至"),
    (Rule::kw_step, "to", "到"),
    (Rule::kw_tier, "tier", "分档"),
    (Rule::kw_share_of, "as share of", "占"),
    (Rule::kw_money, "money", "金额"),
    (Rule::kw_max, "max", "较大"),
    (Rule::kw_min, "min", "较小"),
    (Rule::kw_half_up, "half up", "四舍五入"),
    (Rule::kw_half_even, "half even", "四舍六入五成双"),
    (Rule::kw_down, "down", "舍去"),
    (Rule::kw_up, "up", "进一"),
    (Rule::unit_yi_yuan, "", "亿元"),
    (Rule::unit_wan_yuan, "", "万元"),
    (Rule::unit_yuan, "yuan", "元"),
];

/// What stands in the source where a rule without a fixed word is expected.
const PARTS: &[(Rule, &str, &str)] = &[
    (Rule::name, "a name", "名称"),
    (Rule::dotted_name, "a name", "名称"),
    (Rule::string, "a quoted text", "引号内的文字"),
    (Rule::date, "a date such as 2022-08-01", "日期（如 2022-08-01）"),
    (Rule::number, "a number", "数字"),
    (Rule::quantity, "an amount", "数额"),
    (Rule::signed_quantity, "an amount", "数额"),
    (Rule::bounds, "the bounds of the tier, such as `5..10%`", "档的界限（如 5..10%）"),
    (Rule::unit, "a unit", "单位"),
    (Rule::unit_percent, "`%`", "“%”"),
    (Rule::type_name, "a type", "类型"),
    (Rule::rounding_mode, "a rounding mode", "取整方式"),
    (Rule::labels, "a label", "标签"),
    (Rule::compare, "a comparison such as `==`", "比较符（如 ==）"),
    (Rule::sum, "an expression", "算式"),
    (Rule::product, "an expression", "算式"),
    (Rule::factor, "an expression", "算式"),
    (Rule::comparison, "a comparison", "比较式"),
    (Rule::share, "a name and its share, such as `retain 70%`", "名称及其份额（如 留用 70%）"),
    (Rule::setting, "a name and its value", "名称及其数值"),
    (Rule::colon, "`:`", "“:”"),
    (Rule::comma, "`,`", "“,”"),
    (Rule::slash, "`/`", "“/”"),
    (Rule::open, "`(`", "“(”"),
    (Rule::close, "`)`", "“)”"),
    (Rule::dots, "`..`", "“..”"),
    (Rule::arrow, "`->`", "“->”"),
    (Rule::equals, "`=`", "“=”"),
    (Rule::EOI, "the end of the item", "本条结束"),
];

/// Parts of an expression; in a list of what could stand somewhere, they are one entry.
const OPERATORS: &[Rule] = &[
    Rule::op_add,
    Rule::op_sub,
    Rule::op_mul,
    Rule::op_div,
    Rule::op_eq,
    Rule::op_ne,
    Rule::op_le,
    Rule::op_ge,
    Rule::op_lt,
    Rule::op_gt,
];

/// The language that `text`, matched by `rule`, is written in; `None` if it is neither.
pub(crate) fn language_of(rule: Rule, text: &str) -> Option<Lang> {
    WORDS.iter().any(|(word, ..)| *word == rule).then(|| if text.is_ascii() { Lang::En } else { Lang::Zh })
}

/// What a rule is called in messages; words are given in the language of the item they are missing from.
pub(crate) fn describe(rule: Rule, item_lang: Option<Lang>) -> Text {
    if OPERATORS.contains(&rule) {
        return Text::new("an operator", "运算符");
    }
    if let Some((_, en, zh)) = WORDS.iter().find(|(word, ..)| *word == rule) {
        let word = match item_lang {
            Some(Lang::Zh) => Text::new(*zh, *zh),
            Some(Lang::En) if !en.is_empty() => Text::new(*en, *en),
            Some(Lang::En) => Text::new(*zh, *zh),
            None => Text::new(if en.is_empty() { *zh } else { *en }, *zh),
        };
        return Text::new(format!("`{}`", word.en), format!("“{}”", word.zh));
    }
    PARTS
        .iter()
        .find(|(part, ..)| *part == rule)
        .map_or_else(|| Text::new("something else", "其他内容"), |(_, en, zh)| Text::new(*en, *zh))
}

#[cfg(test)]
mod tests {
    use pest::Parser;

    use super::*;
    use crate::parse::FenParser;

    #[test]
    fn table_and_grammar_agree() {
        for (rule, en, zh) in WORDS {
            for word in [en, zh].into_iter().filter(|word| !word.is_empty()) {
                let pair = FenParser::parse(*rule, word).unwrap().next().unwrap();
                assert_eq!(pair.as_str(), *word);
            }
        }
        let grammar = include_str!("fen.pest");
        let keywords = grammar.lines().filter(|line| line.starts_with("kw_")).count();
        assert_eq!(WORDS.iter().filter(|(rule, ..)| format!("{rule:?}").starts_with("kw_")).count(), keywords);
    }

    #[test]
    fn every_part_has_a_name() {
        for line in include_str!("fen.pest").lines().filter(|line| line.contains(" = { ") && !line.contains("_item ")) {
            let rule = line.split_whitespace().next().unwrap();
            if rule.starts_with("op_") {
                continue;
            }
            let named = PARTS.iter().chain(WORDS).any(|(part, ..)| format!("{part:?}") == rule);
            let structural =
                ["range", "cite", "output_name", "share_of", "given", "expected", "call", "function", "paren", "gap"];
            assert!(named || structural.contains(&rule), "{rule} has no name for messages");
        }
    }
}
