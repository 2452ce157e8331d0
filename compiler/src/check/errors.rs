//! What can be wrong with types, ranges, rounding, examples and invariants. Ladders have [`super::ladder_errors`].

use fen_grammar::diagnostic::{Label, Problem, Text};
use fen_grammar::source::Span;
use fen_grammar::tree::Name;
use num_rational::BigRational;

use super::types::decimal;

/// Operands of different types.
pub(super) struct Mismatch {
    /// What is done with them, English and Chinese.
    pub(super) verb: (&'static str, &'static str),
    pub(super) left: (Span, Text),
    pub(super) right: (Span, Text),
    pub(super) zero_without_unit: Option<Span>,
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
        match self.zero_without_unit {
            Some(span) if span == self.left.0 => vec![label(&self.left), label(&self.right)],
            _ => vec![label(&self.right), label(&self.left)],
        }
    }

    fn help(&self) -> Option<Text> {
        self.zero_without_unit.map(|_| Text::new("write the unit: `0 yuan`", "请写明单位：0元"))
    }
}

/// `rate + rate`
pub(super) struct RateSum {
    pub(super) span: Span,
    pub(super) subtract: bool,
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
        Some(Text::new("write the resulting rate itself, or multiply the rate", "请直接写出结果比率，或写成比率相乘"))
    }
}

/// `money * money`
pub(super) struct ProductType {
    pub(super) span: Span,
    pub(super) left: Span,
    pub(super) right: Span,
}

impl Problem for ProductType {
    const CODE: &'static str = "fen::type::product";

    fn message(&self) -> Text {
        Text::new("an amount of money cannot be multiplied by an amount of money", "金额不能与金额相乘")
    }

    fn labels(&self) -> Vec<Label> {
        vec![
            Label::new(self.span, "this product has no meaning", "此乘积没有意义"),
            Label::new(self.left, "an amount of money", "金额"),
            Label::new(self.right, "an amount of money", "金额"),
        ]
    }

    fn help(&self) -> Option<Text> {
        Some(Text::new("one of the two should be a rate or a bare number", "其中之一应为比率或没有单位的数"))
    }
}

/// A division whose result would have no type.
pub(super) struct QuotientType {
    pub(super) span: Span,
    pub(super) left: Text,
    pub(super) right: Text,
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
            "divide by a bare number; for a part of an amount, use `as share of` and a ladder",
            "请除以没有单位的数；若要表示占比，请用“占”与分档",
        ))
    }
}

/// A divisor that is not the same for all claims.
pub(super) struct DivisorNotConstant {
    pub(super) span: Span,
}

impl Problem for DivisorNotConstant {
    const CODE: &'static str = "fen::number::divisor";

    fn message(&self) -> Text {
        Text::new("the divisor differs from claim to claim and could be zero", "除数随案例而变，可能为零")
    }

    fn labels(&self) -> Vec<Label> {
        vec![Label::new(self.span, "must be a fixed number", "须为固定的数")]
    }
}

/// `x / 0`
pub(super) struct DivisionByZero {
    pub(super) span: Span,
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
pub(super) struct Hopeless {
    pub(super) span: Span,
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

/// Values that need each other.
pub(super) struct Cycle {
    pub(super) names: Vec<Name>,
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

/// What a bound of an input's range does wrong.
pub(super) enum InputBoundProblem {
    NotMoney,
    TooFine,
    TooLarge,
    Backwards,
}

/// A bound of an input's range that cannot be used.
pub(super) struct InputBound {
    pub(super) name: Name,
    pub(super) span: Span,
    pub(super) problem: InputBoundProblem,
}

impl Problem for InputBound {
    const CODE: &'static str = "fen::input::range";

    fn message(&self) -> Text {
        let name = &self.name.text;
        match self.problem {
            InputBoundProblem::NotMoney => {
                Text::new(format!("the range of `{name}` must be in yuan"), format!("“{name}”的取值范围须以元为单位"))
            }
            InputBoundProblem::TooFine => {
                Text::new(format!("the range of `{name}` is finer than a fen"), format!("“{name}”的取值范围精于一分"))
            }
            InputBoundProblem::TooLarge => Text::new(
                format!("the range of `{name}` is beyond all amounts that can be stored"),
                format!("“{name}”的取值范围超出可存储的数额"),
            ),
            InputBoundProblem::Backwards => Text::new(
                format!("the range of `{name}` ends below its start"),
                format!("“{name}”的取值范围上限低于下限"),
            ),
        }
    }

    fn labels(&self) -> Vec<Label> {
        vec![Label::new(self.span, "this bound", "此界限")]
    }

    fn help(&self) -> Option<Text> {
        Some(Text::new("for example `from 0 yuan to 1_000_000 yuan`", "例如“自 0元 至 100万元”"))
    }
}

/// The policy rounds to something that is not money.
pub(super) struct RoundingUnit {
    pub(super) span: Span,
}

impl Problem for RoundingUnit {
    const CODE: &'static str = "fen::round::unit";

    fn message(&self) -> Text {
        Text::new("the outputs are amounts of money; the rounding step must be too", "输出为金额，取整的单位也须为金额")
    }

    fn labels(&self) -> Vec<Label> {
        vec![Label::new(self.span, "not an amount of money", "不是金额")]
    }

    fn help(&self) -> Option<Text> {
        Some(Text::new("for example `round half up to 0.01 yuan`", "例如“取整 四舍五入 到 0.01元”"))
    }
}

/// An output that may fall between two fen while no rounding is declared.
pub(super) struct InexactOutput {
    pub(super) name: Name,
    /// What its values are multiples of.
    pub(super) grid: Option<Text>,
}

impl Problem for InexactOutput {
    const CODE: &'static str = "fen::output::inexact";

    fn message(&self) -> Text {
        let name = &self.name.text;
        Text::new(
            format!("`{name}` can come to a part of a fen, and the policy does not say how to round"),
            format!("“{name}”可能不足一分，而政策未写明如何取整"),
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
        Some(Text::new(
            "say how, for example `round half up to 0.01 yuan`",
            "请写明取整方式，例如“取整 四舍五入 到 0.01元”",
        ))
    }
}

/// An output that is not money.
pub(super) struct OutputNotMoney {
    pub(super) name: Name,
    pub(super) ty: Text,
}

impl Problem for OutputNotMoney {
    const CODE: &'static str = "fen::output::type";

    fn message(&self) -> Text {
        let name = &self.name.text;
        Text::new(
            format!("the output `{name}` is {}, not an amount of money", self.ty.en),
            format!("输出“{name}”是{}，不是金额", self.ty.zh),
        )
    }

    fn labels(&self) -> Vec<Label> {
        vec![Label::new(self.name.span, "not an amount of money", "不是金额")]
    }
}

/// The base of a share is of another type than the share.
pub(super) struct BaseType {
    pub(super) name: Name,
    pub(super) span: Span,
    pub(super) subject: Text,
    pub(super) base: Text,
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

/// What a line of an example does wrong.
pub(super) enum SettingProblem {
    NotAnInput,
    NotAnOutput,
    Twice,
    /// The type it should have.
    Unit(Text),
    /// The step it should be a multiple of.
    TooFine(BigRational),
}

/// A line of an example that cannot be used.
pub(super) struct ExampleSetting {
    name: Name,
    problem: SettingProblem,
}

impl ExampleSetting {
    pub(super) fn new(name: &Name, problem: SettingProblem) -> Self {
        Self { name: name.clone(), problem }
    }
}

impl Problem for ExampleSetting {
    const CODE: &'static str = "fen::example::setting";

    fn message(&self) -> Text {
        let name = &self.name.text;
        match &self.problem {
            SettingProblem::NotAnInput => Text::new(
                format!("`{name}` is not an input, so that it cannot be given"),
                format!("“{name}”不是输入，不能给定"),
            ),
            SettingProblem::NotAnOutput => Text::new(
                format!("`{name}` is not an output, so that nothing can be expected of it"),
                format!("“{name}”不是输出，不能作为应得结果"),
            ),
            SettingProblem::Twice => {
                Text::new(format!("`{name}` stands twice in this example"), format!("“{name}”在本例中重复"))
            }
            SettingProblem::Unit(ty) => Text::new(format!("`{name}` is {}", ty.en), format!("“{name}”是{}", ty.zh)),
            SettingProblem::TooFine(step) => {
                let step = decimal(step, 0);
                Text::new(
                    format!("`{name}` has at most the decimals of {step}"),
                    format!("“{name}”的小数位数不得多于 {step}"),
                )
            }
        }
    }

    fn labels(&self) -> Vec<Label> {
        vec![Label::new(self.name.span, "in this example", "本例此处")]
    }

    fn help(&self) -> Option<Text> {
        match &self.problem {
            SettingProblem::NotAnInput => Some(Text::new("give inputs only", "只能给定输入")),
            SettingProblem::NotAnOutput => {
                Some(Text::new("declare it with `output`, or expect an output", "请将其列为输出，或改为某项输出"))
            }
            SettingProblem::Unit(_) => Some(Text::new("write the unit after the number", "请在数字后写明单位")),
            SettingProblem::Twice | SettingProblem::TooFine(_) => None,
        }
    }
}

/// A given value that the policy itself would reject.
pub(super) struct ExampleOutOfRange {
    pub(super) span: Span,
    pub(super) name: String,
    pub(super) range: (Text, Text),
}

impl Problem for ExampleOutOfRange {
    const CODE: &'static str = "fen::example::out_of_range";

    fn message(&self) -> Text {
        let name = &self.name;
        Text::new(
            format!("`{name}` is outside the range that its input declares"),
            format!("“{name}”超出其输入所定的范围"),
        )
    }

    fn labels(&self) -> Vec<Label> {
        let (low, high) = &self.range;
        vec![Label::new(
            self.span,
            format!("must lie from {} to {}", low.en, high.en),
            format!("应在{}至{}之间", low.zh, high.zh),
        )]
    }
}

/// An example that does not give every input.
pub(super) struct MissingInput {
    pub(super) span: Span,
    pub(super) names: Vec<String>,
}

impl Problem for MissingInput {
    const CODE: &'static str = "fen::example::missing_input";

    fn message(&self) -> Text {
        Text::new(
            format!("the example does not give {}", self.names.join(", ")),
            format!("示例未给定{}", self.names.join("、")),
        )
    }

    fn labels(&self) -> Vec<Label> {
        vec![Label::new(self.span, "this example", "此示例")]
    }
}

/// An example whose outcome is another one.
pub(super) struct ExampleFailed {
    pub(super) title: String,
    pub(super) span: Span,
    /// Place, name, expected and actual value.
    pub(super) differences: Vec<(Span, String, Text, Text)>,
}

impl Problem for ExampleFailed {
    const CODE: &'static str = "fen::example::failed";

    fn message(&self) -> Text {
        Text::new(
            format!("example \"{}\": the policy gives another result", self.title),
            format!("示例“{}”：按政策计算的结果不同", self.title),
        )
    }

    fn labels(&self) -> Vec<Label> {
        let mut labels: Vec<Label> = self
            .differences
            .iter()
            .map(|(span, name, _, actual)| {
                Label::new(*span, format!("`{name}` comes to {}", actual.en), format!("“{name}”实为{}", actual.zh))
            })
            .collect();
        labels.push(Label::new(self.span, "in this example", "在此示例中"));
        labels
    }
}

/// An invariant that a claim violates.
pub(super) struct InvariantViolated {
    pub(super) span: Span,
    pub(super) claim: Text,
    /// What the two sides come to.
    pub(super) sides: (Text, Text),
}

impl Problem for InvariantViolated {
    const CODE: &'static str = "fen::always::violated";

    fn message(&self) -> Text {
        Text::new(
            format!("this does not always hold: for example with {}", self.claim.en),
            format!("此项并非恒成立，例如：{}", self.claim.zh),
        )
    }

    fn labels(&self) -> Vec<Label> {
        let (left, right) = &self.sides;
        vec![Label::new(
            self.span,
            format!("left side {}, right side {}", left.en, right.en),
            format!("左边为{}，右边为{}", left.zh, right.zh),
        )]
    }
}
