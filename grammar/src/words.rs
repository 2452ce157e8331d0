//! The words of the language, one row per word: grammar rule, English, 中文; and what the grammar's other rules are
//! called in messages.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::diagnostic::{Lang, Text};
use crate::parse::Rule;

/// Every word, with its English and its Chinese form. Units have further forms, see `format/units.rs`.
pub(crate) const WORDS: &[(Rule, &str, &str)] = &[
    (Rule::kw_policy, "policy", "政策"),
    (Rule::kw_library, "library", "规则库"),
    (Rule::kw_amend, "amend", "修订"),
    (Rule::kw_as, "as", "为"),
    (Rule::kw_import, "import", "引入"),
    (Rule::kw_title, "title", "名称"),
    (Rule::kw_source, "source", "依据"),
    (Rule::kw_in_force, "in force", "施行"),
    (Rule::kw_dated_by, "dated by", "适用日期"),
    (Rule::kw_round, "round", "取整"),
    (Rule::kw_enum, "enum", "枚举"),
    (Rule::kw_input, "input", "输入"),
    (Rule::kw_key, "key", "主键"),
    (Rule::kw_optional, "optional", "可缺"),
    (Rule::kw_param, "param", "参数"),
    (Rule::kw_by, "by", "按"),
    (Rule::kw_required, "required", "待定"),
    (Rule::kw_from_file, "from file", "取自文件"),
    (Rule::kw_output, "output", "输出"),
    (Rule::kw_always, "always", "恒有"),
    (Rule::kw_check, "check", "指标"),
    (Rule::kw_severity, "severity", "程度"),
    (Rule::kw_target, "target", "目标"),
    (Rule::kw_warning, "warning", "预警"),
    (Rule::kw_example, "example", "示例"),
    (Rule::kw_params_from, "params from file", "参数取自文件"),
    (Rule::kw_given, "given", "给定"),
    (Rule::kw_expect, "expect", "应得"),
    (Rule::kw_rejected, "rejected", "拒收"),
    (Rule::kw_missing, "missing", "缺"),
    (Rule::kw_add, "add", "增设"),
    (Rule::kw_cite, "cite", "见"),
    (Rule::kw_allow, "allow", "允许"),
    (Rule::kw_from, "from", "自"),
    (Rule::kw_to, "to", "至"),
    (Rule::kw_step, "to", "到"),
    (Rule::kw_steps, "step", "步长"),
    (Rule::kw_tier, "tier", "分档"),
    (Rule::kw_band, "band", "定档"),
    (Rule::kw_ladder, "ladder", "阶梯"),
    (Rule::kw_on, "on", "按"),
    (Rule::kw_share_of, "as share of", "占"),
    (Rule::kw_when, "when", "当"),
    (Rule::kw_otherwise, "otherwise", "其余"),
    (Rule::kw_except, "except", "例外"),
    (Rule::kw_overrides, "overrides", "优先于"),
    (Rule::kw_or, "or", "或"),
    (Rule::kw_and, "and", "且"),
    (Rule::kw_not, "not", "非"),
    (Rule::kw_is_not, "is not", "不为"),
    (Rule::kw_is, "is", "为"),
    (Rule::kw_not_in, "not in", "不属于"),
    (Rule::kw_in, "in", "属于"),
    (Rule::kw_known, "known", "已知"),
    (Rule::kw_true, "true", "是"),
    (Rule::kw_false, "false", "否"),
    (Rule::kw_max, "max", "较大"),
    (Rule::kw_min, "min", "较小"),
    (Rule::kw_clamp, "clamp", "限于"),
    (Rule::kw_row_of, "row of", "所在档"),
    (Rule::kw_earlier, "or earlier", "提前"),
    (Rule::kw_later, "or later", "顺延"),
    (Rule::kw_half_up, "half up", "四舍五入"),
    (Rule::kw_half_even, "half even", "四舍六入五成双"),
    (Rule::kw_down, "down", "舍去"),
    (Rule::kw_up, "up", "进一"),
    (Rule::kw_per, "per", "每"),
    (Rule::kw_each, "per", "每"),
    (Rule::kw_rows, "rows", "每行"),
    (Rule::kw_of, "of", "属于"),
    (Rule::kw_ordered_by, "ordered by", "排序日期"),
    (Rule::kw_insurance_year, "insurance year", "参保年度"),
    (Rule::kw_year, "year", "年"),
    (Rule::kw_month, "month", "月"),
    (Rule::kw_reverses, "reverses", "冲销"),
    (Rule::kw_running, "running", "累计"),
    (Rule::kw_link, "link", "关联"),
    (Rule::kw_next, "next", "下一"),
    (Rule::kw_previous, "previous", "上一"),
    (Rule::kw_split, "split", "分配"),
    (Rule::kw_over, "over", "给"),
    (Rule::kw_sum, "sum", "合计"),
    (Rule::kw_tally, "count", "计数"),
    (Rule::kw_last, "last", "最近"),
    (Rule::kw_total, "total", "总计"),
    (Rule::kw_money, "money", "金额"),
    (Rule::kw_rate, "rate", "比率"),
    (Rule::kw_pp, "pp", "百分点"),
    (Rule::kw_factor, "factor", "系数"),
    (Rule::kw_count, "count", "个数"),
    (Rule::kw_points, "points", "点数"),
    (Rule::kw_date, "date", "日期"),
    (Rule::kw_days, "days", "天数"),
    (Rule::kw_months, "months", "月数"),
    (Rule::kw_years, "years", "年数"),
    (Rule::kw_persons, "persons", "人数"),
    (Rule::kw_cases, "cases", "例数"),
    (Rule::kw_bool, "bool", "是否"),
    (Rule::kw_code, "code", "编码"),
    (Rule::kw_id, "id", "标识"),
    (Rule::unit_pp, "pp", "个百分点"),
    (Rule::unit_yi_yuan, "yi yuan", "亿元"),
    (Rule::unit_wan_yuan, "wan yuan", "万元"),
    (Rule::unit_yuan, "yuan", "元"),
    (Rule::unit_point, "points", "点"),
    (Rule::unit_month, "months", "个月"),
    (Rule::unit_day, "days", "天"),
    (Rule::unit_year, "years", "年"),
    (Rule::unit_person, "persons", "人"),
    (Rule::unit_case, "cases", "例"),
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
    (Rule::literal, "a value", "数值"),
    (Rule::value, "a value", "数值"),
    (Rule::bounds, "the bounds of a row, such as `5..10%`", "档的界限（如 5..10%）"),
    (Rule::bound, "a bound", "界限"),
    (Rule::unit, "a unit", "单位"),
    (Rule::base_unit, "a unit", "单位"),
    (Rule::per, "a unit such as `per point`", "单位（如 每点）"),
    (Rule::unit_percent, "`%`", "“%”"),
    (Rule::type_ref, "a type", "类型"),
    (Rule::type_word, "a type", "类型"),
    (Rule::type_step, "`step`", "“步长”"),
    (Rule::rounding_mode, "`half up`, `half even`, `down` or `up`", "“四舍五入”“四舍六入五成双”“舍去”或“进一”"),
    (Rule::rounding, "a rounding", "取整"),
    (Rule::labels, "a label", "标签"),
    (Rule::compare, "a comparison such as `==`", "比较符（如 ==）"),
    (Rule::expr, "an expression", "算式"),
    (Rule::both, "an expression", "算式"),
    (Rule::negation, "an expression", "算式"),
    (Rule::relation, "an expression", "算式"),
    (Rule::sum, "an expression", "算式"),
    (Rule::product, "an expression", "算式"),
    (Rule::factor, "an expression", "算式"),
    (Rule::members, "a list in brackets", "括号内的列表"),
    (Rule::call, "an expression", "算式"),
    (Rule::reference, "an expression", "算式"),
    (Rule::applied, "an expression", "算式"),
    (Rule::word, "an expression", "算式"),
    (Rule::sign, "a comparison such as `==`", "比较符（如 ==）"),
    (Rule::cell_end, "a value", "数值"),
    (Rule::cell_part, "a value", "数值"),
    (Rule::cell_head, "a value", "数值"),
    (Rule::key_or_value, "a value", "数值"),
    (Rule::verb, "a comparison such as `==`", "比较符（如 ==）"),
    (Rule::round_call, "an expression", "算式"),
    (Rule::row_of, "an expression", "算式"),
    (Rule::between, "an expression", "算式"),
    (Rule::truth, "true or false", "是或否"),
    (Rule::share, "a name and its share, such as `retain 70%`", "名称及其份额（如 留用 70%）"),
    (Rule::grant, "a name and its value, such as `retention = 30%`", "名称及其取值（如 留用率 = 30%）"),
    (Rule::params_file, "a file of parameters", "参数文件"),
    (Rule::setting, "a name and its value", "名称及其数值"),
    (Rule::enum_value, "a name", "名称"),
    (Rule::output_name, "a name", "名称"),
    (Rule::key, "a key", "键"),
    (Rule::keys, "the keys of a table", "表的键"),
    (Rule::cell, "a value", "数值"),
    (Rule::cells, "a value", "数值"),
    (Rule::dated_cells, "values from a date", "自某日起的数值"),
    (Rule::param_value, "the parameter's value", "参数的取值"),
    (Rule::cases, "a case", "情形"),
    (Rule::case, "a case", "情形"),
    (Rule::otherwise, "`otherwise`", "“其余”"),
    (Rule::exception, "an exception", "例外"),
    (Rule::overrides, "`overrides`", "“优先于”"),
    (Rule::guard, "a condition", "条件"),
    (Rule::severity, "a severity", "程度"),
    (Rule::version, "rows from a date", "自某日起的各档"),
    (Rule::step, "a row", "一档"),
    (Rule::valid_from, "a date of effect", "生效日期"),
    (Rule::direction, "`or earlier` or `or later`", "“提前”或“顺延”"),
    (Rule::range, "a range", "范围"),
    (Rule::cite, "a clause", "依据条款"),
    (Rule::allow, "`allow`", "“允许”"),
    (Rule::day_of_year, "a day such as 07-01", "月日（如 07-01）"),
    (Rule::grain, "`per`", "“每”"),
    (Rule::group, "`per`", "“每”"),
    (Rule::period, "a period", "期间"),
    (Rule::grain_key, "a name", "名称"),
    (Rule::tally, "an expression", "算式"),
    (Rule::pick, "an expression", "算式"),
    (Rule::gathering, "`sum`, `count`, `last`, `max` or `min`", "“合计”“计数”“最近”“较大”或“较小”"),
    (Rule::aggregate, "an expression", "算式"),
    (Rule::gathered, "an expression", "算式"),
    (Rule::of_what, "an expression", "算式"),
    (Rule::plain, "a number", "数字"),
    (Rule::plain_unit, "a unit", "单位"),
    (Rule::kept, "an expression", "算式"),
    (Rule::chosen, "`)`", "“)”"),
    (Rule::going_on, "an expression", "算式"),
    (Rule::colon, "`:`", "“:”"),
    (Rule::comma, "`,`", "“,”"),
    (Rule::slash, "`/`", "“/”"),
    (Rule::bar, "`|`", "“|”"),
    (Rule::open, "`(`", "“(”"),
    (Rule::close, "`)`", "“)”"),
    (Rule::bracket_open, "`[`", "“[”"),
    (Rule::bracket_close, "`]`", "“]”"),
    (Rule::dots, "`..`", "“..”"),
    (Rule::dots_end, "`..`", "“..”"),
    (Rule::dots_plain, "`..`", "“..”"),
    (Rule::dots_below, "`..<`", "“..<”"),
    (Rule::dots_up_to, "`..=`", "“..=”"),
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

/// Whether a rule takes up an expression that could end where it stands, other than by computing with it.
pub(crate) fn goes_on(rule: Rule) -> bool {
    use Rule::{compare, direction, kw_and, kw_earlier, kw_in, kw_is, kw_is_not, kw_known, kw_later, kw_not_in, kw_or};
    use Rule::{sign, verb};
    matches!(
        rule,
        compare
            | direction
            | kw_and
            | kw_earlier
            | kw_in
            | kw_is
            | kw_is_not
            | kw_known
            | kw_later
            | kw_not_in
            | kw_or
            | sign
            | verb
    )
}

/// The language that `text`, matched by `rule`, is written in; `None` if it is neither.
pub(crate) fn language_of(rule: Rule, text: &str) -> Option<Lang> {
    is_word(rule).then(|| if text.is_ascii() { Lang::En } else { Lang::Zh })
}

/// Whether a rule is one of the words; asked for every pair, so that it must not be searched for.
pub(crate) fn is_word(rule: Rule) -> bool {
    static KNOWN: LazyLock<Vec<bool>> = LazyLock::new(|| {
        let mut known = Vec::new();
        for (word, ..) in WORDS {
            let place = *word as usize;
            known.resize(known.len().max(place + 1), false);
            if let Some(slot) = known.get_mut(place) {
                *slot = true;
            }
        }
        known
    });
    KNOWN.get(rule as usize).copied().unwrap_or(false)
}

/// Whether a text is one of the language's words, or a part of one.
#[must_use]
pub fn is_keyword(text: &str) -> bool {
    static KNOWN: LazyLock<HashSet<&str>> =
        LazyLock::new(|| WORDS.iter().flat_map(|(_, en, zh)| en.split(' ').chain([*zh])).collect());
    KNOWN.contains(text)
}

/// What a rule is called in messages; words are given in the language of the item they are missing from.
pub(crate) fn describe(rule: Rule, item_lang: Option<Lang>) -> Text {
    if OPERATORS.contains(&rule) {
        return Text::new("an operator", "运算符");
    }
    if let Some((_, en, zh)) = WORDS.iter().find(|(word, ..)| *word == rule) {
        let word = match item_lang {
            Some(Lang::Zh) => Text::new(*zh, *zh),
            Some(Lang::En) => Text::new(*en, *en),
            None => Text::new(*en, *zh),
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
            for word in [en, zh] {
                let pair = FenParser::parse(*rule, word).unwrap().next().unwrap();
                assert_eq!(pair.as_str(), *word);
            }
        }
        let grammar = include_str!("fen.pest");
        let keywords = grammar.lines().filter(|line| line.starts_with("kw_")).count();
        assert_eq!(WORDS.iter().filter(|(rule, ..)| format!("{rule:?}").starts_with("kw_")).count(), keywords);
    }

    #[test]
    fn the_reference_lists_every_word() {
        let reference = include_str!("../../docs/language.md");
        let table = reference.split("\n## Words\n").nth(1).unwrap();
        for (rule, en, zh) in WORDS {
            if format!("{rule:?}").starts_with("kw_") {
                assert!(table.contains(&format!("`{en}` | `{zh}`")), "`{en}` | `{zh}` is missing");
            } else {
                assert!(table.contains(en.trim_end_matches('s')) && table.contains(zh), "{en} {zh} is missing");
            }
        }
    }

    #[test]
    fn every_part_has_a_name() {
        for line in include_str!("fen.pest").lines().filter(|line| line.contains(" = { ") && !line.contains("_item ")) {
            let rule = line.split_whitespace().next().unwrap();
            if rule.starts_with("op_") {
                continue;
            }
            let named = PARTS.iter().chain(WORDS).any(|(part, ..)| format!("{part:?}") == rule);
            let structural = [
                "share_of",
                "given",
                "expected",
                "function",
                "paren",
                "gap",
                "end_of_unit",
                "word",
                "sign",
                "verb",
                "applied",
                "cell_end",
            ];
            assert!(named || structural.contains(&rule), "{rule} has no name for messages");
        }
    }
}
