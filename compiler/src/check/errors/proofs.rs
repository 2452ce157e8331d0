//! What must be proven of every claim: that an input is there, that an indicator applies, that a divisor is not zero.

use fen_grammar::diagnostic::{Diagnostic, Label, Problem, Text};
use fen_grammar::source::Span;

use super::{code, error, shown_by, t};

/// `x / 0`
pub(in crate::check) struct DivisionByZero {
    pub(in crate::check) span: Span,
}

impl Problem for DivisionByZero {
    const CODE: &'static str = "fen::number::division_by_zero";

    fn message(&self) -> Text {
        Text::new("division by zero", "除数为零")
    }

    fn labels(&self) -> Vec<Label> {
        vec![Label::new(self.span, "this is zero", "此处为零")]
    }
}

/// Numbers so long that no input range could make them fit.
pub(in crate::check) struct Hopeless {
    pub(in crate::check) span: Span,
}

impl Problem for Hopeless {
    const CODE: &'static str = "fen::number::endless";

    fn message(&self) -> Text {
        Text::new("this needs numbers of thousands of digits to be exact", "要保持精确，此处需要成百上千位的数")
    }

    fn labels(&self) -> Vec<Label> {
        vec![Label::new(self.span, "far beyond 128 bits", "远超 128 位")]
    }

    fn help(&self) -> Option<Text> {
        Some(Text::new("multiply and divide less often, or by rounder numbers", "请减少乘除的次数，或使用位数较少的数"))
    }
}

pub(in crate::check) fn maybe_missing(span: Span, name: &str, claim: Option<Text>) -> Diagnostic {
    let code = code(claim.as_ref(), "fen::input::maybe_missing");
    let message = shown_by(&format!("`{name}` can be missing here"), &format!("“{name}”在此处可能缺失"), claim);
    error(code, message, span, t("used without knowing that it is there", "未确认其已知即使用"))
        .with_help(t(format!("use it only where `{name} known`"), format!("请只在“{name} 已知”时使用")))
}

pub(in crate::check) fn maybe_not_applicable(span: Span, name: &str, claim: Option<Text>) -> Diagnostic {
    let code = code(claim.as_ref(), "fen::check::not_applicable");
    let message = shown_by(
        &format!("the indicator `{name}` may not apply here"),
        &format!("指标“{name}”在此处可能不适用"),
        claim,
    );
    error(code, message, span, t("used here", "在此处使用")).with_help(t(
        "define the ratio by itself, or guard its use with the indicator's condition",
        "请另行定义该比值，或在指标的条件成立时才使用",
    ))
}

pub(in crate::check) fn maybe_zero(span: Span, claim: Option<Text>) -> Diagnostic {
    let code = code(claim.as_ref(), "fen::number::divisor");
    error(code, shown_by("this divisor can be zero", "此除数可能为零", claim), span, t("can be zero", "可能为零")).with_help(t(
        "divide only where it is not: in a case `when divisor > 0: a / divisor`, or declare its range from above zero",
        "请只在其不为零时相除，例如：当 除数 > 0 : 甲 / 除数；或声明其范围大于零",
    ))
}

pub(in crate::check) fn divisor_too_small(span: Span) -> Diagnostic {
    let message = t(
        "this divisor can come arbitrarily close to zero, so that the quotient has no bound",
        "此除数可以任意接近零，商没有界限",
    );
    error("fen::number::divisor", message, span, t("no least size", "没有最小值"))
        .with_help(t("round it first, or clamp it away from zero", "请先取整，或用“限于”使其远离零"))
}

pub(in crate::check) fn known_of_no_input(span: Span) -> Diagnostic {
    let message = t("only an optional input can be known or not", "只有可缺的输入才有已知与否之分");
    error("fen::input::known", message, span, t("not an input", "不是输入"))
}

pub(in crate::check) fn always_known(span: Span, name: &str) -> Diagnostic {
    let message = t(format!("`{name}` is always known"), format!("“{name}”总是已知"));
    error("fen::input::known", message, span, t("not an optional input", "不是可缺的输入")).with_help(t(
        format!("declare it as `input {name}: TYPE optional`, or leave the condition out"),
        format!("请声明“输入 {name}: 类型 可缺”，或删去此条件"),
    ))
}
