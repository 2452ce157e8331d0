//! What can be wrong with types and units.

use fen_grammar::diagnostic::{Diagnostic, Fix, Label, Problem, Text};
use fen_grammar::source::Span;
use fen_grammar::tree::Name;

use super::{code, error, near_or, shown_by, t};
use crate::check::types::Measure;

/// Operands of different types.
pub(in crate::check) struct Mismatch {
    /// What is done with them, English and Chinese.
    pub(in crate::check) verb: (&'static str, &'static str),
    pub(in crate::check) left: (Span, Text),
    pub(in crate::check) right: (Span, Text),
    /// A bare number, and how it would be written with a unit.
    pub(in crate::check) without_unit: Option<(Span, Text)>,
    /// The bare number is written there, not a name for it.
    pub(in crate::check) is_written: bool,
}

impl Problem for Mismatch {
    const CODE: &'static str = "fen::type::mismatch";

    fn message(&self) -> Text {
        let (en, zh) = self.verb;
        let (left, right) = (&self.left.1, &self.right.1);
        Text::new(format!("cannot {en} {} and {}", left.en, right.en), format!("{}与{}不能{zh}", left.zh, right.zh))
    }

    fn labels(&self) -> Vec<Label> {
        let label =
            |(span, ty): &(Span, Text)| Label::new(*span, format!("this is {}", ty.en), format!("这是{}", ty.zh));
        match &self.without_unit {
            Some((span, _)) if *span == self.left.0 => vec![label(&self.left), label(&self.right)],
            _ => vec![label(&self.right), label(&self.left)],
        }
    }

    fn help(&self) -> Option<Text> {
        let (_, example) = self.without_unit.as_ref()?;
        Some(Text::new(format!("write the unit: `{}`", example.en), format!("请写明单位：{}", example.zh)))
    }

    fn fixes(&self) -> Vec<Fix> {
        let fix = self.without_unit.as_ref().filter(|_| self.is_written);
        fix.map(|(span, example)| unit_written(*span, example)).into_iter().collect()
    }
}

/// Writes a number with its unit.
fn unit_written(span: Span, text: &Text) -> Fix {
    let title = Text::new(format!("write `{}`", text.en), format!("改为 {}", text.zh));
    Fix::replace(title, span, text.clone())
}

/// `rate + rate`
pub(in crate::check) struct RateSum {
    pub(in crate::check) span: Span,
    pub(in crate::check) subtract: bool,
    /// One of the two is a product, as in a weighted sum.
    pub(in crate::check) is_weighted: bool,
}

impl Problem for RateSum {
    const CODE: &'static str = "fen::type::rate_sum";

    fn message(&self) -> Text {
        let sign = if self.subtract { '-' } else { '+' };
        Text::new(
            format!("rate {sign} rate could mean percentage points or a percentage of the rate"),
            format!("比率 {sign} 比率 有两种读法：增减百分点，或按比例增减"),
        )
    }

    fn labels(&self) -> Vec<Label> {
        vec![Label::new(self.span, "which was meant?", "此处是哪一种？")]
    }

    fn help(&self) -> Option<Text> {
        if self.is_weighted {
            return Some(Text::new(
                "a percentage of a bare number is a rate; in a weighted sum give what is weighted a unit, as in \
                 `input x: points`, or declare the weights as `factor`",
                "没有单位的数乘以百分比仍是比率；加权求和时，请给被加权的数写明单位（如“输入 甲: 点数”），或将权重声明为“系数”",
            ));
        }
        Some(Text::new(
            "for percentage points write `5pp`; for a part of the rate multiply it, as in `rate * 95%`",
            "若指百分点，请写 5个百分点；若指按比例，请写成相乘，例如 比率 * 95%",
        ))
    }
}

/// `money * money`
pub(in crate::check) struct ProductType {
    pub(in crate::check) span: Span,
    pub(in crate::check) left: (Span, Text),
    pub(in crate::check) right: (Span, Text),
}

impl Problem for ProductType {
    const CODE: &'static str = "fen::type::product";

    fn message(&self) -> Text {
        let (left, right) = (&self.left.1, &self.right.1);
        Text::new(
            format!("{} cannot be multiplied by {}", left.en, right.en),
            format!("{}不能与{}相乘", left.zh, right.zh),
        )
    }

    fn labels(&self) -> Vec<Label> {
        let side = |(span, name): &(Span, Text)| Label { span: *span, text: name.clone() };
        vec![
            Label::new(self.span, "this product has no meaning", "此乘积没有意义"),
            side(&self.left),
            side(&self.right),
        ]
    }

    fn help(&self) -> Option<Text> {
        Some(Text::new("one of the two should be a rate or a bare number", "其中之一应为比率或没有单位的数"))
    }
}

/// A division whose result would have no type.
pub(in crate::check) struct QuotientType {
    pub(in crate::check) span: Span,
    pub(in crate::check) left: Text,
    pub(in crate::check) right: Text,
}

impl Problem for QuotientType {
    const CODE: &'static str = "fen::type::quotient";

    fn message(&self) -> Text {
        Text::new(
            format!("cannot divide {} by {}", self.left.en, self.right.en),
            format!("{}不能除以{}", self.left.zh, self.right.zh),
        )
    }

    fn labels(&self) -> Vec<Label> {
        vec![Label::new(self.span, "this division", "此处相除")]
    }

    fn help(&self) -> Option<Text> {
        Some(Text::new(
            "divide by a bare number, a rate, or an amount in the same unit",
            "请除以没有单位的数、比率或同一单位的数",
        ))
    }
}

/// The base of a share is of another type than the share.
pub(in crate::check) struct BaseType {
    pub(in crate::check) name: Name,
    pub(in crate::check) span: Span,
    pub(in crate::check) subject: Text,
    pub(in crate::check) base: Text,
}

impl Problem for BaseType {
    const CODE: &'static str = "fen::share::type";

    fn message(&self) -> Text {
        Text::new(
            format!("{} cannot be a share of {}", self.subject.en, self.base.en),
            format!("{}不能占{}的份额", self.subject.zh, self.base.zh),
        )
    }

    fn labels(&self) -> Vec<Label> {
        vec![
            Label::new(self.span, format!("this is {}", self.base.en), format!("这是{}", self.base.zh)),
            Label::new(self.name.span, format!("this is {}", self.subject.en), format!("这是{}", self.subject.zh)),
        ]
    }
}

pub(in crate::check) fn unit_per_itself(span: Span) -> Diagnostic {
    let message = t("a unit per itself has no meaning", "单位不能以自身为分母");
    error("fen::type::unit", message, span, t("this unit", "此单位"))
}

pub(in crate::check) fn type_without_unit(span: Span, ty: &Text) -> Diagnostic {
    let message = t(format!("{} has neither unit nor step", ty.en), format!("{}没有单位与步长", ty.zh));
    error("fen::type::unit", message, span, t("this type", "此类型"))
}

pub(in crate::check) fn bad_step(span: Span, measure: Measure) -> Diagnostic {
    let is_rate = matches!(measure, Measure::RATE | Measure::PP);
    let (en, zh) = if is_rate { ("step 0.01%", "步长 0.01%") } else { ("step 0.01", "步长 0.01") };
    let message =
        t("a step is 1, 0.1, 0.01 and so on, in the unit of its type", "步长须为 1、0.1、0.01 等，且与类型的单位一致");
    error("fen::type::step", message, span, t("this step", "此步长"))
        .with_help(t(format!("for example `{en}`"), format!("例如“{zh}”")))
}

pub(in crate::check) fn unknown_value(
    name: &str,
    span: Span,
    of: &Text,
    known: &[String],
    near: Option<String>,
) -> Diagnostic {
    let message = t(format!("`{name}` is not {}", of.en), format!("“{name}”不是{}", of.zh));
    error("fen::enum::unknown_value", message, span, near_or(near.as_deref(), "not one of its values", "不在取值之列"))
        .with_fix(near.map(|near| Fix::rename(span, &near)))
        .with_help(t(format!("its values are {}", known.join(", ")), format!("取值有：{}", known.join("、"))))
}

pub(in crate::check) fn unknown_enum_value(name: &str, span: Span) -> Diagnostic {
    let message = t(format!("no enum has the value `{name}`"), format!("没有枚举含有“{name}”"));
    error("fen::enum::unknown_value", message, span, t("not a value of any enum", "不是任何枚举的取值"))
}

pub(in crate::check) fn code_without_quotes(name: &str, span: Span) -> Diagnostic {
    let message = t(format!("`{name}` is a name, not a code"), format!("“{name}”是名称，而不是编码"));
    error("fen::type::literal", message, span, t("a code stands in quotes", "编码须加引号"))
        .with_help(t(format!("write `\"{name}\"`"), format!("请写作 \"{name}\"")))
        .with_fix(Fix::rename(span, &format!("\"{name}\"")))
}

pub(in crate::check) fn ambiguous_value(name: &str, span: Span, having: &[String]) -> Diagnostic {
    let message = t(format!("`{name}` is a value of several enums"), format!("“{name}”是多个枚举的取值"));
    let mut problem = error("fen::enum::ambiguous", message, span, t("which is meant?", "指哪一个？")).with_help(t(
        format!("write the enum before it: {}", having.join(" or ")),
        format!("请在前面写明枚举：{}", having.join(" 或 ")),
    ));
    problem.fixes.extend(having.iter().map(|name| Fix::rename(span, name)));
    problem
}

pub(in crate::check) fn literal_type(
    span: Span,
    written: &Text,
    wanted: &Text,
    with_unit: Option<Text>,
    example: &Text,
) -> Diagnostic {
    let message = t(
        format!("this must be {}, not {}", wanted.en, written.en),
        format!("此处应为{}，而不是{}", wanted.zh, written.zh),
    );
    let here = t(format!("this is {}", written.en), format!("这是{}", written.zh));
    let fix = with_unit.as_ref().map(|text| unit_written(span, text));
    error("fen::type::literal", message, span, here).with_fix(fix).with_help(match with_unit {
        Some(text) => t(format!("write the unit: `{}`", text.en), format!("请写明单位：{}", text.zh)),
        None => t(format!("for example `{}`", example.en), format!("例如“{}”", example.zh)),
    })
}

pub(in crate::check) fn not_an_amount(span: Span, ty: &Text) -> Diagnostic {
    let message = t(format!("{} cannot be computed with", ty.en), format!("{}不能参与计算", ty.zh));
    error("fen::type::not_an_amount", message, span, t(format!("this is {}", ty.en), format!("这是{}", ty.zh)))
}

pub(in crate::check) fn not_a_condition(span: Span, ty: &Text, is_value: bool) -> Diagnostic {
    let message = t(format!("a condition is wanted here, not {}", ty.en), format!("此处应为条件，而不是{}", ty.zh));
    let help = if is_value {
        t("for one of several values write `x in (a, b)`", "若是几个取值之一，请写“甲 属于 (乙, 丙)”")
    } else {
        t("compare it with something, as in `x > 0` or `x is value`", "请与某值比较，例如 甲 > 0 或 甲 为 某值")
    };
    error("fen::type::not_a_condition", message, span, t(format!("this is {}", ty.en), format!("这是{}", ty.zh)))
        .with_help(help)
}

pub(in crate::check) fn no_order(span: Span, ty: &Text) -> Diagnostic {
    let message = t(
        format!("{} has no order; only == and != compare it", ty.en),
        format!("{}没有大小之分，只能用 == 或 != 比较", ty.zh),
    );
    error("fen::type::no_order", message, span, t("this comparison", "此处比较"))
}

pub(in crate::check) fn subject_type(name: &Name, ty: &Text, is_band: bool) -> Diagnostic {
    let (en, zh) = if is_band { ("bands", "定档") } else { ("tiers", "分档") };
    let text = &name.text;
    let message =
        t(format!("`{text}` is {}, which {en} cannot divide", ty.en), format!("“{text}”是{}，不能{zh}", ty.zh));
    error("fen::ladder::subject", message, name.span, t(format!("this is {}", ty.en), format!("这是{}", ty.zh)))
        .with_help(t(
            "tiers divide amounts; bands also take dates; for enums use a table or cases",
            "分档用于数额；定档也可用于日期；枚举请用参数表或分情形",
        ))
}

pub(in crate::check) fn clamp_arguments(span: Span) -> Diagnostic {
    let message = t("clamp takes a value, its least and its greatest", "“限于”须有三项：数值、下限、上限");
    error("fen::call::arguments", message, span, t("not three arguments", "不是三项"))
}

pub(in crate::check) fn limits_cross(span: Span, claim: Option<Text>) -> Diagnostic {
    let code = code(claim.as_ref(), "fen::clamp::crossed");
    error(
        code,
        shown_by("the lower limit can exceed the upper one", "下限会高于上限", claim),
        span,
        t("in this clamp", "此处限于"),
    )
}

pub(in crate::check) fn too_many_row_names(span: Span, most: usize) -> Diagnostic {
    let message = t(
        format!("the ladder has more than {most} rows, too many for the row reached to be named"),
        format!("阶梯超过 {most} 档，无法标出所在档"),
    );
    error("fen::ladder::too_many_rows", message, span, t("asked for here", "在此处引用"))
}
