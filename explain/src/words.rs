//! The words around values, in Chinese and English.

use fen_schema::trace::{Gathered, Origin};
use fen_schema::{Language, Text};

use crate::model::{Rounding, State};

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
        "add_months" => say(lang, "a date some months later", "按月推算日期"),
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
        "otherwise" => with("no case applies; otherwise", "不属于上述情形，按其他情形"),
        "exception" => with("exception", "适用例外"),
        "rule" => with("no exception applies", "不适用任何例外"),
        "row" => with("row", "落入档次"),
        "met" => with("target met", "达标"),
        "missed" => with("target missed", "未达标"),
        "not_applicable" => with("not applicable", "不适用"),
        _ => String::new(),
    };
    match from {
        Some(from) => match lang {
            Language::En => format!("{said} ({})", since(from, lang)),
            Language::Zh => format!("{said}（{}）", since(from, lang)),
        },
        None => said,
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
        State::False => say(lang, "does not apply: the condition is false", "不适用：条件不成立"),
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
            let of = if per.is_empty() { String::new() } else { format!("同一（{per}）的") };
            format!("{of}在先单据{}的{}", condition(gathered, lang), function(gathered, lang))
        }
        (Origin::Total(gathered), Language::En) => {
            let (over, per) = (&gathered.over.en, &gathered.per.en);
            let of = if per.is_empty() { " of the whole pool".to_owned() } else { format!(" of the same {per}") };
            format!("{} every {over}{of}{}", function(gathered, lang), condition(gathered, lang))
        }
        (Origin::Total(gathered), Language::Zh) => {
            let (over, per) = (&gathered.over.zh, &gathered.per.zh);
            let of = if per.is_empty() { "整个基金池的".to_owned() } else { format!("同一（{per}）的") };
            format!("{of}全部{over}{}的{}", condition(gathered, lang), function(gathered, lang))
        }
        (Origin::Part { split }, Language::En) => format!("its part of the division `{split}`"),
        (Origin::Part { split }, Language::Zh) => format!("按“{split}”分配所得"),
        (Origin::Linked { link, next }, Language::En) => {
            format!("whether there is {} claim (`{link}`)", if *next { "a later" } else { "an earlier" })
        }
        (Origin::Linked { link, next }, Language::Zh) => {
            format!("是否有{}单据（“{link}”）", if *next { "后一" } else { "前一" })
        }
        (Origin::Field { link, next, of }, Language::En) => {
            format!("{of} of the {} claim (`{link}`)", if *next { "next" } else { "previous" })
        }
        (Origin::Field { link, next, of }, Language::Zh) => {
            format!("{}单据（“{link}”）的{of}", if *next { "后一" } else { "前一" })
        }
    }
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
