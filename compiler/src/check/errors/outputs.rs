//! What can be wrong with ranges, rounding, outputs and indicators.

use fen_grammar::diagnostic::{Diagnostic, Fix, Label, Problem, Text};
use fen_grammar::source::Span;
use fen_grammar::tree::Name;

use super::{error, t};
use crate::check::literals::example_of;
use crate::check::types::{Measure, Type};

pub(in crate::check) fn range_of_names(name: &Name, span: Span, ty: &Text) -> Diagnostic {
    let text = &name.text;
    let message = t(format!("`{text}` is {}, which has no range", ty.en), format!("“{text}”是{}，没有取值范围", ty.zh));
    error("fen::input::range", message, span, t("this bound", "此界限"))
}

pub(in crate::check) fn range_backwards(name: &Name, span: Span) -> Diagnostic {
    let text = &name.text;
    let message = t(format!("the range of `{text}` ends below its start"), format!("“{text}”的取值范围上限低于下限"));
    error("fen::input::range", message, span, t("this bound", "此界限"))
}

pub(in crate::check) fn range_too_fine(name: &Name, span: Span, step: &Text) -> Diagnostic {
    let text = &name.text;
    let message = t(
        format!("the range of `{text}` is finer than its step, {}", step.en),
        format!("“{text}”的取值范围精于其步长 {}", step.zh),
    );
    error("fen::input::range", message, span, t("this bound", "此界限"))
}

pub(in crate::check) fn range_too_large(name: &Name, span: Span) -> Diagnostic {
    let text = &name.text;
    let message = t(
        format!("the range of `{text}` is beyond all amounts that can be stored"),
        format!("“{text}”的取值范围超出可存储的数额"),
    );
    error("fen::input::range", message, span, t("this bound", "此界限"))
}

/// An output that may fall between two steps while no rounding is declared.
pub(in crate::check) struct InexactOutput {
    pub(in crate::check) name: Name,
    /// What its values are multiples of.
    pub(in crate::check) grid: Option<Text>,
    pub(in crate::check) measure: Measure,
    /// Declares a rounding.
    pub(in crate::check) fix: Option<Fix>,
}

impl Problem for InexactOutput {
    const CODE: &'static str = "fen::output::inexact";

    fn message(&self) -> Text {
        let name = &self.name.text;
        if self.measure == Measure::MONEY {
            return Text::new(
                format!("`{name}` can come to a part of a fen, and the policy does not say how to round"),
                format!("“{name}”可能不足一分，而政策未写明如何取整"),
            );
        }
        Text::new(
            format!("`{name}` cannot be written exactly, and the policy does not say how to round"),
            format!("“{name}”无法精确写出，而政策未写明如何取整"),
        )
    }

    fn labels(&self) -> Vec<Label> {
        match &self.grid {
            Some(grid) => {
                vec![Label::new(self.name.span, format!("exact to {} only", grid.en), format!("仅能精确到{}", grid.zh))]
            }
            None => vec![Label::new(self.name.span, "not exact", "不精确")],
        }
    }

    fn help(&self) -> Option<Text> {
        let Text { en, zh } = step_like(self.measure);
        Some(Text::new(
            format!("say how, for example `round half up to {en}`"),
            format!("请写明取整方式，例如“取整 四舍五入 到 {zh}”"),
        ))
    }

    fn fixes(&self) -> Vec<Fix> {
        self.fix.iter().cloned().collect()
    }
}

pub(in crate::check) fn round_how(span: Span, measure: Measure) -> Diagnostic {
    let (name, example) = (measure.name(), step_like(measure));
    let message =
        t(format!("the policy does not say how {} is rounded", name.en), format!("政策未写明{}如何取整", name.zh));
    error("fen::round::how", message, span, t("rounded here", "在此处取整")).with_help(t(
        format!("declare it once, `round half up to {0}`, or here: `round(x half up to {0})`", example.en),
        format!("请统一声明“取整 四舍五入 到 {0}”，或在此处写明：取整(甲 四舍五入 到 {0})", example.zh),
    ))
}

/// A step as it could be written: `0.01 yuan`.
pub(in crate::check) fn step_like(measure: Measure) -> Text {
    let example = example_of(Type::Measure(measure));
    Text::new(example.en.replacen('5', "0.01", 1), example.zh.replacen('5', "0.01", 1))
}

pub(in crate::check) fn rounding_unit(span: Span, measure: &Text) -> Diagnostic {
    let message = t(
        format!("what is rounded is {}; the step must be too", measure.en),
        format!("被取整的是{}，步长的单位须与之一致", measure.zh),
    );
    error("fen::round::unit", message, span, t("another unit", "另一单位"))
}

pub(in crate::check) fn rounds_no_amount(span: Span, ty: &Text) -> Diagnostic {
    error(
        "fen::round::unit",
        t(format!("{} is not rounded", ty.en), format!("{}不能取整", ty.zh)),
        span,
        t("this rounding", "此处取整"),
    )
}

pub(in crate::check) fn output_type(name: &Name, ty: &Text) -> Diagnostic {
    let text = &name.text;
    error(
        "fen::output::type",
        t(format!("the output `{text}` is {}", ty.en), format!("输出“{text}”是{}", ty.zh)),
        name.span,
        t("not something that is settled", "不能作为结算结果"),
    )
    .with_help(t("columns of the claim pass through by themselves", "案例的各列会原样带出"))
}

pub(in crate::check) fn indicator_name_taken(name: &Name, column: &str) -> Diagnostic {
    let message = t(
        format!("the indicator needs a column `{column}`, which is taken"),
        format!("指标需要“{column}”列，但该名称已被占用"),
    );
    error("fen::name::duplicate", message, name.span, t("give the indicator another name", "请为指标另取名称"))
}
