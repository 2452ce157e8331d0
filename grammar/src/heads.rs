//! Tells from an item's first words which kind of item it is, so that it is parsed by the rule of that kind alone and a
//! mistake is explained in its terms.

use crate::diagnostic::{Lang, nearest};
use crate::parse::Rule;

/// First words, English and Chinese, and the rule of the item they begin.
pub(crate) const HEADS: &[(&str, &str, Rule)] = &[
    ("policy", "政策", Rule::policy_item),
    ("library", "规则库", Rule::library_item),
    ("amend", "修订", Rule::amend_item),
    ("import", "引入", Rule::import_item),
    ("title", "名称", Rule::title_item),
    ("source", "依据", Rule::source_item),
    ("in", "施行", Rule::in_force_item),
    ("dated", "适用日期", Rule::dated_by_item),
    ("round", "取整", Rule::rounding_item),
    ("enum", "枚举", Rule::enum_item),
    ("key", "主键", Rule::input_item),
    ("input", "输入", Rule::input_item),
    ("param", "参数", Rule::param_item),
    ("ladder", "阶梯", Rule::schedule_item),
    ("output", "输出", Rule::output_item),
    ("always", "恒有", Rule::always_item),
    ("check", "指标", Rule::check_item),
    ("example", "示例", Rule::example_item),
    ("rows", "每行", Rule::rows_item),
    ("ordered", "排序日期", Rule::ordered_by_item),
    ("insurance", "参保年度", Rule::insurance_year_item),
    ("reverses", "冲销", Rule::reverses_item),
    ("running", "累计", Rule::running_item),
    ("link", "关联", Rule::link_item),
    ("split", "分配", Rule::split_item),
];

/// What the first words say.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Head {
    /// An item of this kind; its keyword is in this language where it has one.
    Item(Rule, Option<Lang>),
    /// A row of a ladder, but for the word behind its subject.
    Row {
        /// That word.
        word: String,
        /// The one that it is like.
        near: &'static str,
        /// How many bytes there are from it to the end.
        behind: usize,
    },
    /// No item begins like this.
    Unknown {
        /// The first word, possibly empty.
        word: String,
        /// The keyword it may have been meant to be.
        suggestion: Option<&'static str>,
    },
}

/// Reads the first words of an item.
pub(crate) fn head(text: &str) -> Head {
    let (first, rest) = word(text);
    if matches!(first, "add" | "增设") && !rest.starts_with(['=', '＝']) {
        // What is added to a base policy is an item like any other.
        return head(rest);
    }
    let starts_definition = rest.strip_prefix(['=', '＝']).is_some_and(|rest| !rest.starts_with(['=', '＝']));
    if starts_definition && !first.is_empty() {
        return Head::Item(Rule::definition_item, None);
    }
    match word(rest).0 {
        "tier" | "band" => return Head::Item(Rule::ladder_item, Some(Lang::En)),
        "分档" | "定档" => return Head::Item(Rule::ladder_item, Some(Lang::Zh)),
        _ => {}
    }
    for (en, zh, rule) in HEADS {
        if first == *en {
            return Head::Item(*rule, Some(Lang::En));
        }
        if first == *zh {
            return Head::Item(*rule, Some(Lang::Zh));
        }
    }
    let (second, bounds) = word(rest);
    let has_bounds = bounds.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | '．' | '…' | '。' | '-'));
    if has_bounds && let Some(near) = nearest(second, ["tier", "band", "分档", "定档"]) {
        return Head::Row { word: second.to_owned(), near, behind: rest.len() };
    }
    let suggestion = nearest(first, HEADS.iter().flat_map(|(en, zh, _)| [*en, *zh]));
    Head::Unknown { word: first.to_owned(), suggestion }
}

/// The word at the start of `text`, and what follows it and the white space behind it.
fn word(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    (word, rest.trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definitions_may_be_called_like_keywords() {
        assert_eq!(head("title = 3 yuan"), Head::Item(Rule::definition_item, None));
        assert_eq!(head("title \"x\""), Head::Item(Rule::title_item, Some(Lang::En)));
        assert_eq!(head("结余 分档 ..5%"), Head::Item(Rule::ladder_item, Some(Lang::Zh)));
        assert_eq!(head("inptu a: money"), Head::Unknown { word: "inptu".into(), suggestion: Some("input") });
        let row = |word: &str, near, behind| Head::Row { word: word.into(), near, behind };
        assert_eq!(head("增设 费用 分挡 ..5%"), row("分挡", "分档", "分挡 ..5%".len()));
        assert_eq!(head("fee tir 5.."), row("tir", "tier", "tir 5..".len()));
        assert_eq!(head("输人 定金: 金额"), Head::Unknown { word: "输人".into(), suggestion: Some("输入") });
        assert_eq!(head("a == b"), Head::Unknown { word: "a".into(), suggestion: None });
    }
}
