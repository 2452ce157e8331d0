//! The words around values, in Chinese and English.

use fen_schema::trace::{Gathered, Origin};
use fen_schema::{ColumnType, Language, Text};

use crate::model::{Amount, Rounding};
use crate::node::State;
use crate::numbers::about;

/// One of two texts.
pub(crate) fn say<'t>(lang: Language, en: &'t str, zh: &'t str) -> &'t str {
    match lang {
        Language::En => en,
        Language::Zh => zh,
    }
}

/// A text in a language.
pub(crate) fn pick(text: &Text, lang: Language) -> &str {
    match lang {
        Language::En => &text.en,
        Language::Zh => &text.zh,
    }
}

/// A name, with what people call it if that is something else.
pub(crate) fn called(name: &str, label: &Text, lang: Language) -> String {
    let label = pick(label, lang);
    if label.is_empty() || label == name {
        return name.to_owned();
    }
    match lang {
        Language::En => format!("{name} ({label})"),
        Language::Zh => format!("{name}（{label}）"),
    }
}

/// A value with its unit.
pub(crate) fn amount(amount: &Amount, lang: Language) -> String {
    let Some(value) = amount.value.as_deref() else { return say(lang, "(none)", "（无）").to_owned() };
    if amount.ty == ColumnType::Bool && lang == Language::Zh {
        return if value == "true" { "是" } else { "否" }.to_owned();
    }
    if let Some(label) = &amount.value_label {
        return called(value, label, lang);
    }
    match (amount.shown(pick(&amount.unit, lang)), about(value)) {
        (Some(shown), Some(about)) => format!("{shown} ≈ {about}"),
        (shown, _) => shown.unwrap_or_default(),
    }
}

/// In which row of a ladder or table a value lies.
pub(crate) fn lies_in(subject: &str, value: &str, range: &str, base: Option<(&str, &str)>, lang: Language) -> String {
    match (lang, base) {
        (Language::En, None) => format!("{subject} = {value} lies in {range}"),
        (Language::Zh, None) => format!("{subject} = {value}，落入 {range} 档"),
        (Language::En, Some((base, of))) => format!("{subject} = {value} lies in {range} of {base} = {of}"),
        (Language::Zh, Some((base, of))) => format!("{subject} = {value}，落入 {base}（{of}）的 {range} 档"),
    }
}

/// How a part was rounded, and whether it received something of what was left over.
pub(crate) fn left_over(down: &str, step: &str, extra: bool, lang: Language) -> String {
    match (lang, extra) {
        (Language::En, true) => format!("{down} in whole steps of {step}, and one of the steps that were left over"),
        (Language::En, false) => format!("{down} in whole steps of {step}, and none of those that were left over"),
        (Language::Zh, true) => format!("按 {step} 向下取整得 {down}，另分得一份尾差 {step}"),
        (Language::Zh, false) => format!("按 {step} 向下取整得 {down}，未分得尾差"),
    }
}

/// What became of a day that the month lacks.
pub(crate) fn shifted(direction: &str, lang: Language) -> &'static str {
    match direction {
        "later" => say(
            lang,
            "the month has no such day: the first day of the next month (`or later`)",
            "当月没有对应的日，按“顺延”取次月第一日",
        ),
        _ => say(
            lang,
            "the month has no such day: its last day (`or earlier`)",
            "当月没有对应的日，按“提前”取当月最后一日",
        ),
    }
}

/// How a value was rounded.
pub(crate) fn rounded(exact: &str, rounding: &Rounding, lang: Language) -> String {
    let step = &rounding.step;
    let mode = match rounding.mode.as_str() {
        "half_up" => say(lang, "half up", "四舍五入"),
        "half_even" => say(lang, "half to even", "四舍六入五成双"),
        "down" => say(lang, "down", "舍去尾数"),
        _ => say(lang, "up", "进一"),
    };
    match lang {
        Language::En => format!("{exact} before rounding, rounded {mode} to {step}"),
        Language::Zh => format!("取整前 {exact}，{mode}到 {step}"),
    }
}

/// What an operation does, where its text does not say it.
pub(crate) fn operation(operator: &str, lang: Language) -> Option<&'static str> {
    Some(match operator {
        "max" => say(lang, "the greatest of", "取其中最大者"),
        "min" => say(lang, "the least of", "取其中最小者"),
        "clamp" => say(lang, "a value within its least and its greatest", "限于下限与上限之间"),
        "add_months" => say(lang, "a date some months or years later", "向后推算若干月或年"),
        "sub_months" => say(lang, "a date some months or years earlier", "向前推算若干月或年"),
        "full_months" => say(lang, "full months or years between", "计算整月数或周岁"),
        _ => return None,
    })
}

/// What an alternative is that was taken.
pub(crate) fn taken(role: &str, label: &str, from: Option<&str>, lang: Language) -> String {
    let with = |en: &str, zh: &str| {
        let word = say(lang, en, zh);
        match (label.is_empty(), lang) {
            (true, _) => word.to_owned(),
            (false, Language::En) => format!("{word} {label}"),
            (false, Language::Zh) => format!("{word}{}{label}", if label.is_ascii() { " " } else { "：" }),
        }
    };
    let said = match role {
        "case" => with("case", "适用情形"),
        "otherwise" => with("no case applies; otherwise", "各列明情形均不符合，按其他情形"),
        "exception" if !label.is_empty() && lang == Language::Zh => format!("适用例外“{label}”"),
        "exception" => with("exception", "适用例外"),
        "rule" => with("no exception applies", "不适用任何例外"),
        "row" => with("row", "落入档次"),
        "met" => with("target met", "达标"),
        "missed" => with("target missed", "未达标"),
        "not_applicable" if label.is_empty() => with("not applicable", "不适用"),
        "not_applicable" => match lang {
            Language::En => format!("not applicable: {label} does not hold"),
            Language::Zh => format!("不适用：{label} 不成立"),
        },
        _ => String::new(),
    };
    with_since(said, from, lang)
}

/// Something that was said, and from which day on it applies.
pub(crate) fn with_since(said: String, from: Option<&str>, lang: Language) -> String {
    match (from, lang) {
        (Some(from), Language::En) => format!("{said} ({})", since(from, lang)),
        (Some(from), Language::Zh) => format!("{said}（{}）", since(from, lang)),
        (None, _) => said,
    }
}

/// From which day on something applies.
pub(crate) fn since(from: &str, lang: Language) -> String {
    match lang {
        Language::En => format!("in force from {from}"),
        Language::Zh => format!("自 {from} 起执行"),
    }
}

/// Why an alternative was not taken.
pub(crate) fn passed(state: State, lang: Language) -> &'static str {
    match state {
        State::False => say(lang, "does not apply: the condition is false", "条件不成立，不适用"),
        State::Overridden => {
            say(lang, "holds, but the exception that applies overrides it", "条件成立，但适用的例外优先")
        }
        State::Replaced => say(lang, "replaced by the exception that applies", "由所适用的例外取代"),
        State::NotReached => say(lang, "not asked: one before it applies", "不再判断：已适用在先的情形"),
        State::Elsewhere => say(lang, "another row", "其他档次"),
        State::Later => say(lang, "only applies later", "尚未执行"),
        State::Superseded => say(lang, "no longer applies", "已被新值取代"),
    }
}

/// Where a value comes from that is not of the claim itself.
pub(crate) fn origin(origin: &Origin, lang: Language) -> String {
    match (origin, lang) {
        (Origin::Running(gathered), Language::En) => {
            let per = &gathered.per.en;
            let of = if per.is_empty() { String::new() } else { format!(" of the same {per}") };
            let over = "earlier claims";
            format!("{} {over}{of}{}", function(gathered, lang), condition(gathered, lang))
        }
        (Origin::Running(gathered), Language::Zh) => {
            let per = &gathered.per.zh;
            let of = same(per);
            format!("{of}此前各单据{}的{}", condition(gathered, lang), function(gathered, lang))
        }
        (Origin::Total(gathered), Language::En) => {
            let (over, per) = (&gathered.over.en, &gathered.per.en);
            let of = if per.is_empty() { " of the whole pool".to_owned() } else { format!(" of the same {per}") };
            format!("{} every {over}{of}{}", function(gathered, lang), condition(gathered, lang))
        }
        (Origin::Total(gathered), Language::Zh) => {
            let (over, per) = (&gathered.over.zh, &gathered.per.zh);
            let of = if per.is_empty() { "整个基金池的".to_owned() } else { format!("{}的", same(per)) };
            format!("{of}全部{over}{}的{}", condition(gathered, lang), function(gathered, lang))
        }
        (Origin::Part { split }, Language::En) => format!("its part of the division `{split}`"),
        (Origin::Part { split }, Language::Zh) => format!("按“{split}”分配所得"),
        (Origin::Linked { link, next, per }, Language::En) => {
            let claim = if *next { "a later" } else { "an earlier" };
            let of = if per.en.is_empty() { String::new() } else { format!(" of the same {}", per.en) };
            format!("whether there is {claim} claim{of} (`{link}`)")
        }
        (Origin::Linked { link, next, per }, Language::Zh) => {
            format!("{}是否有{}单据（“{link}”）", same(&per.zh), if *next { "后一" } else { "前一" })
        }
        (Origin::Field { link, next, of }, Language::En) => {
            format!("{of} of the {} claim (`{link}`)", if *next { "next" } else { "previous" })
        }
        (Origin::Field { link, next, of }, Language::Zh) => {
            format!("{}单据（“{link}”）的{of}", if *next { "后一" } else { "前一" })
        }
    }
}

/// What several claims have in common.
fn same(per: &str) -> String {
    let keys: Vec<String> = per.split('、').filter(|key| !key.is_empty()).map(|key| format!("同一{key}")).collect();
    keys.join("、")
}

fn function(gathered: &Gathered, lang: Language) -> String {
    let of = &gathered.of;
    match (gathered.function.as_str(), lang) {
        ("sum", Language::En) => format!("sum of {of} over"),
        ("count", Language::En) => "number of".to_owned(),
        ("max", Language::En) => format!("greatest {of} of"),
        ("min", Language::En) => format!("least {of} of"),
        (_, Language::En) => format!("latest {of} of"),
        ("sum", Language::Zh) => format!(" {of} 合计"),
        ("count", Language::Zh) => "个数".to_owned(),
        ("max", Language::Zh) => format!("最大 {of}"),
        ("min", Language::Zh) => format!("最小 {of}"),
        (_, Language::Zh) => format!("最近一次 {of}"),
    }
}

fn condition(gathered: &Gathered, lang: Language) -> String {
    match (&gathered.when, lang) {
        (None, _) => String::new(),
        (Some(when), Language::En) => format!(" for which {when}"),
        (Some(when), Language::Zh) => format!("（满足 {when}）"),
    }
}
