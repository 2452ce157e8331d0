//! What can be wrong with the size of numbers.

use fen_grammar::diagnostic::{Label, Problem, Text};
use fen_grammar::source::Span;

/// An integer on the way to a value may need more than 128 bits.
pub(super) struct TooLargeNumber {
    pub(super) span: Span,
    pub(super) name: String,
    pub(super) bits: u64,
    /// The range of the value itself.
    pub(super) range: Option<(Text, Text)>,
}

impl Problem for TooLargeNumber {
    const CODE: &'static str = "fen::number::too_large";

    fn message(&self) -> Text {
        let (name, bits) = (&self.name, self.bits);
        Text::new(
            format!("computing `{name}` exactly may need numbers of {bits} bits; the most is 128"),
            format!("精确计算“{name}”可能需要 {bits} 位，而上限为 128 位"),
        )
    }

    fn labels(&self) -> Vec<Label> {
        vec![match &self.range {
            Some((low, high)) => Label::new(
                self.span,
                format!("ranges from {} to {}", low.en, high.en),
                format!("取值自{}至{}", low.zh, high.zh),
            ),
            None => Label::new(self.span, "in this policy", "本政策"),
        }]
    }

    fn help(&self) -> Option<Text> {
        Some(Text::new(
            "narrow the ranges of the inputs it depends on, write rates with fewer decimals, or round quotients before \
             going on with them",
            "请缩小其所依赖输入的取值范围，减少比率的小数位数，或先将商取整再参与后续计算",
        ))
    }
}

/// A policy that computes more than one function of a module can hold.
pub(super) struct TooManyOperations {
    pub(super) operations: usize,
    pub(super) most: usize,
}

impl Problem for TooManyOperations {
    const CODE: &'static str = "fen::policy::too_large";

    fn message(&self) -> Text {
        let (operations, most) = (self.operations, self.most);
        Text::new(
            format!("the policy computes {operations} intermediate values for a claim; {most} are the most"),
            format!("本政策每例须计算 {operations} 个中间值，上限为 {most} 个"),
        )
    }

    fn labels(&self) -> Vec<Label> {
        vec![Label::new(Span::default(), "in this policy", "本政策")]
    }

    fn help(&self) -> Option<Text> {
        Some(Text::new("divide it into several policies", "请拆分为几份政策"))
    }
}
