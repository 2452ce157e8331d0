//! What can be wrong with cases and exceptions.

use fen_grammar::diagnostic::{Diagnostic, Fix, Label, Problem, Severity, Text};
use fen_grammar::source::Span;
use fen_grammar::tree::Name;

use super::{code, error, near_or, shown_by, t};
use crate::resolve::program::Exception;

/// Values that need each other.
pub(in crate::check) struct Cycle {
    pub(in crate::check) names: Vec<Name>,
}

impl Problem for Cycle {
    const CODE: &'static str = "fen::name::cycle";

    fn message(&self) -> Text {
        let names: Vec<&str> = self.names.iter().take(8).map(|name| name.text.as_str()).collect();
        Text::new(
            format!("these values depend on themselves: {}", names.join(", ")),
            format!("这些量互相依赖，无法计算：{}", names.join("、")),
        )
    }

    fn labels(&self) -> Vec<Label> {
        let names = self.names.iter().take(8);
        names.map(|name| Label::new(name.span, "part of the circle", "循环的一环")).collect()
    }

    fn help(&self) -> Option<Text> {
        Some(Text::new("compute one of them without the others", "请将其中之一改为不依赖其他各项"))
    }
}

pub(in crate::check) fn uncovered(name: &Name, claim: Option<Text>) -> Diagnostic {
    let code = code(claim.as_ref(), "fen::case::gap");
    let text = &name.text;
    let message = shown_by(
        &format!("no case of `{text}` applies to some claims"),
        &format!("“{text}”没有适用于某些案例的情形"),
        claim,
    );
    error(code, message, name.span, t("its cases are not complete", "情形不完整"))
        .with_help(t("add a case for it, or `otherwise: …`", "请补一种情形，或写“其余: …”"))
}

pub(in crate::check) fn idle_case(span: Span, is_first: bool) -> Diagnostic {
    let message = if is_first {
        t("no claim comes to this case: nothing meets its condition", "没有案例会落入此情形：其条件不可能成立")
    } else {
        t(
            "no claim comes to this case: those before it take all that would",
            "没有案例会落入此情形：前面的情形已全部包含",
        )
    };
    error("fen::case::shadowed", message, span, t("never applies", "永不适用"))
        .with_help(t("leave it out, or put it before the case that takes its claims", "请删去，或移到包含它的情形之前"))
}

pub(in crate::check) fn idle_otherwise(span: Span) -> Diagnostic {
    let message =
        t("no claim comes to `otherwise`: the cases are complete without it", "没有案例会落入“其余”：各情形已经完整");
    let mut diagnostic =
        error("fen::case::idle_otherwise", message, span, t("never applies", "永不适用")).with_help(t(
            "leave it out; then a new value that no case covers is noticed",
            "请删去；这样日后新增取值而无对应情形时会被发现",
        ));
    diagnostic.severity = Severity::Warning;
    diagnostic
}

pub(in crate::check) fn idle_exception(span: Span) -> Diagnostic {
    let message = t("no claim comes to this exception", "没有案例会落入此例外");
    error("fen::exception::idle", message, span, t("never applies", "永不适用")).with_help(t(
        "leave it out, or correct its condition; exceptions that override it may take all its claims",
        "请删去或改正其条件；优先于它的例外可能已包含其全部案例",
    ))
}

pub(in crate::check) fn exceptions_overlap(
    name: &Name,
    one: &Exception,
    other: &Exception,
    claim: Option<Text>,
) -> Diagnostic {
    let code = code(claim.as_ref(), "fen::exception::overlap");
    let text = &name.text;
    let message = shown_by(
        &format!("two exceptions of `{text}` hold together for some claims"),
        &format!("“{text}”的两项例外对某些案例同时成立"),
        claim,
    );
    error(code, message, other.span, t("this exception", "此例外")).with_label(one.span, t("and this one", "与此例外")).with_help(t(
        "make their conditions exclude each other, or say which comes first: name one, `except NAME when …`, and end the other with `overrides NAME`",
        "请使条件互斥，或写明先后：为其一命名（例外 名称 当 …），在另一项末尾写“优先于 名称”",
    ))
}

pub(in crate::check) fn exception_named_twice(name: &Name, earlier: Span) -> Diagnostic {
    let text = &name.text;
    error(
        "fen::exception::name",
        t(format!("two exceptions are called `{text}`"), format!("两项例外都名为“{text}”")),
        name.span,
        t("again here", "再次出现"),
    )
    .with_label(earlier, t("first here", "最先在此"))
}

pub(in crate::check) fn unknown_exception(name: &Name, near: Option<&str>) -> Diagnostic {
    let text = &name.text;
    let message = t(format!("no other exception here is called `{text}`"), format!("此处没有其他名为“{text}”的例外"));
    error(
        "fen::exception::name",
        message,
        name.span,
        near_or(near, "not an exception of this definition", "不是本定义的例外"),
    )
    .with_fix(near.map(|near| Fix::rename(name.span, near)))
}

pub(in crate::check) fn exceptions_in_circle(span: Span) -> Diagnostic {
    let message = t("these exceptions override each other in a circle", "这些例外循环优先");
    error("fen::exception::circle", message, span, t("overrides itself in the end", "最终优先于自身"))
        .with_help(t("leave out one `overrides` of the circle", "请删去循环中的一处“优先于”"))
}
