//! What can be wrong with dates.

use fen_grammar::diagnostic::{Diagnostic, Text};
use fen_grammar::source::Span;
use fen_grammar::tree::Name;

use super::{error, t};

pub(in crate::check) fn dated_by_type(name: &Name, is_optional: bool) -> Diagnostic {
    let text = &name.text;
    let (en, zh) = if is_optional { ("can be missing", "可能缺失") } else { ("is not a date", "不是日期") };
    error(
        "fen::date::not_an_input",
        t(format!("`{text}` {en}"), format!("“{text}”{zh}")),
        name.span,
        t("must be a date that every claim has", "须为每个案例都有的日期"),
    )
    .with_help(t(format!("declare it as `input {text}: date`"), format!("请声明为“输入 {text}: 日期”")))
}

pub(in crate::check) fn missing_day(span: Span) -> Diagnostic {
    let message = t(
        "the month may not have such a day: which way does the date go then?",
        "当月可能没有对应日：此时日期如何取？",
    );
    error("fen::date::direction", message, span, t("31 January and one month?", "1月31日加一个月？")).with_help(t(
        "end with `or earlier` (last day of the month) or `or later` (first day of the next)",
        "请在末尾写“提前”（当月最后一日）或“顺延”（次月第一日）",
    ))
}

pub(in crate::check) fn date_arithmetic(span: Span, left: &Text, right: &Text, subtract: bool) -> Diagnostic {
    let (en, zh) = if subtract { ("subtract", "相减") } else { ("add", "相加") };
    let message = t(format!("cannot {en} {} and {}", left.en, right.en), format!("{}与{}不能{zh}", left.zh, right.zh));
    error("fen::date::arithmetic", message, span, t("here", "在此处")).with_help(t(
        "a date and days can be added; between two dates write `days from A to B`",
        "日期可加减天数；两个日期之间请写“天数 自 甲 至 乙”",
    ))
}

pub(in crate::check) fn shift_types(span: Span, date: &Text, by: &Text) -> Diagnostic {
    let message = t(
        format!("months or years are added to a date, not {} to {}", by.en, date.en),
        format!("只能给日期加月数或年数，而此处是{}加{}", date.zh, by.zh),
    );
    error("fen::date::arithmetic", message, span, t("here", "在此处"))
}

pub(in crate::check) fn parts_of_days(span: Span) -> Diagnostic {
    let message = t("only whole days, months and years are added to a date", "只能给日期加整天、整月、整年");
    error("fen::date::arithmetic", message, span, t("can be a part of one", "可能不是整数"))
        .with_help(t("round it first", "请先取整"))
}

pub(in crate::check) fn beyond_calendar(span: Span) -> Diagnostic {
    let message = t("this date can leave the years 1 to 9999", "此日期可能超出公元 1 至 9999 年");
    error("fen::date::calendar", message, span, t("too far away", "相距过远"))
        .with_help(t("declare a narrower range for what is added", "请为所加的数声明更小的范围"))
}

pub(in crate::check) fn not_a_date(span: Span, ty: &Text) -> Diagnostic {
    error(
        "fen::type::not_a_date",
        t(format!("a date is wanted here, not {}", ty.en), format!("此处应为日期，而不是{}", ty.zh)),
        span,
        t("not a date", "不是日期"),
    )
}
