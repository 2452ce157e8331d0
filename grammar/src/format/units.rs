//! How units are spelled: by language, by number, and by what a word says beyond the unit.
//!
//! 岁 and 分 are other words than 年 and 点, so they have English words of their own; 日, 月 and 百分点 behind a number are
//! spellings of 天, 个月 and 个百分点.

use crate::diagnostic::Lang;
use crate::parse::Rule;

/// What stands before a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Before<'a> {
    /// A number of them.
    Number(&'a str),
    /// The size of a step.
    Step(&'a str),
    /// `per`
    Per,
}

/// A unit as written in a language; `None` if `rule` is none.
pub(super) fn unit(rule: Rule, text: &str, before: Before<'_>, lang: Lang) -> Option<&'static str> {
    let is_one = match before {
        Before::Number(number) => number == "1",
        // 0.0001 point, but 10 points.
        Before::Step(number) => number == "1" || number.starts_with('0'),
        Before::Per => true,
    };
    let (one, many, zh) = match rule {
        Rule::unit_percent => ("%", "%", "%"),
        Rule::unit_pp => ("pp", "pp", "个百分点"),
        Rule::unit_yuan => ("yuan", "yuan", "元"),
        Rule::unit_wan_yuan => ("wan yuan", "wan yuan", "万元"),
        Rule::unit_yi_yuan => ("yi yuan", "yi yuan", "亿元"),
        Rule::unit_point if is_special(rule, text) => ("mark", "marks", "分"),
        Rule::unit_point => ("point", "points", "点"),
        Rule::unit_month if before == Before::Per => ("month", "months", "月"),
        Rule::unit_month => ("month", "months", "个月"),
        Rule::unit_day => ("day", "days", "天"),
        Rule::unit_year if is_special(rule, text) => ("year of age", "years of age", "岁"),
        Rule::unit_year => ("year", "years", "年"),
        Rule::unit_person => ("person", "persons", "人"),
        Rule::unit_case => ("case", "cases", "例"),
        _ => return None,
    };
    Some(match lang {
        Lang::Zh => zh,
        Lang::En if is_one => one,
        Lang::En => many,
    })
}

/// Whether a word says more than the unit: 分 and 岁, marks and years of age.
pub(super) fn is_special(rule: Rule, text: &str) -> bool {
    match rule {
        Rule::unit_point => matches!(text, "分" | "mark" | "marks"),
        Rule::unit_year => text == "岁" || text.ends_with("age"),
        _ => false,
    }
}

/// Whether a rule is a unit.
pub(super) fn is_unit(rule: Rule) -> bool {
    unit(rule, "", Before::Per, Lang::En).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_agree_with_numbers() {
        let en = |rule, text, before| unit(rule, text, before, Lang::En).unwrap();
        assert_eq!(en(Rule::unit_day, "天", Before::Number("1")), "day");
        assert_eq!(en(Rule::unit_day, "日", Before::Number("15")), "days");
        assert_eq!(en(Rule::unit_point, "点", Before::Step("0.0001")), "point");
        assert_eq!(en(Rule::unit_point, "点", Before::Number("0.5")), "points");
        assert_eq!(en(Rule::unit_year, "岁", Before::Number("60")), "years of age");
        assert_eq!(en(Rule::unit_point, "分", Before::Per), "mark");
    }

    #[test]
    fn months_are_spelled_by_what_stands_before_them() {
        assert_eq!(unit(Rule::unit_month, "month", Before::Per, Lang::Zh), Some("月"));
        assert_eq!(unit(Rule::unit_month, "月", Before::Number("3"), Lang::Zh), Some("个月"));
    }
}
