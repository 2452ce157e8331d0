//! What can be wrong with the rows of ladders.

use fen_grammar::diagnostic::{Diagnostic, Fix, Label, Problem, Text};
use fen_grammar::source::Span;
use fen_grammar::tree::Name;
use num_rational::BigRational;

use super::coverage::example;
use super::{error, t};
use crate::check::types::Measure;

/// A tier that ends below its start.
pub(in crate::check) struct BoundsBackwards {
    pub(in crate::check) span: Span,
    /// The bounds with the unit that was likely meant.
    pub(in crate::check) likely: Option<Text>,
}

impl Problem for BoundsBackwards {
    const CODE: &'static str = "fen::tier::backwards";

    fn message(&self) -> Text {
        Text::new("this tier ends below its start", "本档上限低于下限")
    }

    fn labels(&self) -> Vec<Label> {
        vec![Label::new(self.span, "the lower bound comes first", "下限应写在前")]
    }

    fn help(&self) -> Option<Text> {
        Some(match &self.likely {
            Some(bounds) => Text::new(
                format!("a bound without a unit has the unit of the other; write `{}`", bounds.en),
                format!("未写单位的界限以另一界限的单位计；请写 {}", bounds.zh),
            ),
            None => Text::new(
                "exchange the two bounds; a bound without a unit has the unit of the other",
                "请对调两个界限；未写单位的界限以另一界限的单位计",
            ),
        })
    }

    fn fixes(&self) -> Vec<Fix> {
        let fix = |bounds: &Text| {
            let title = Text::new(format!("write `{}`", bounds.en), format!("改为 {}", bounds.zh));
            Fix::replace(title, self.span, bounds.clone())
        };
        self.likely.iter().map(fix).collect()
    }
}

/// A tier of no width.
pub(in crate::check) struct BoundsEmpty {
    pub(in crate::check) span: Span,
}

impl Problem for BoundsEmpty {
    const CODE: &'static str = "fen::tier::empty";

    fn message(&self) -> Text {
        Text::new("this tier holds no amount", "本档不含任何数额")
    }

    fn labels(&self) -> Vec<Label> {
        vec![Label::new(self.span, "both bounds are the same", "上下限相同")]
    }
}

/// A share that is not a percentage.
pub(in crate::check) struct ShareUnit {
    pub(in crate::check) span: Span,
}

impl Problem for ShareUnit {
    const CODE: &'static str = "fen::tier::share_unit";

    fn message(&self) -> Text {
        Text::new("the share of a tier is a percentage, or so much per unit", "档内份额须为百分比，或每单位若干")
    }

    fn labels(&self) -> Vec<Label> {
        vec![Label::new(self.span, "not a percentage", "不是百分比")]
    }

    fn help(&self) -> Option<Text> {
        Some(Text::new("for example `retain 70%`", "例如“留用 70%”"))
    }
}

/// A part of a whole that is negative or more than the whole.
pub(in crate::check) struct ShareOutside {
    pub(in crate::check) span: Span,
}

impl Problem for ShareOutside {
    const CODE: &'static str = "fen::tier::share_outside";

    fn message(&self) -> Text {
        Text::new("where a tier is divided, each share lies from 0% to 100%", "分配时，每份应在 0% 至 100% 之间")
    }

    fn labels(&self) -> Vec<Label> {
        vec![Label::new(self.span, "outside", "超出范围")]
    }
}

/// A base that can be negative, so that the order of the bounds would turn round.
pub(in crate::check) struct NegativeBase {
    pub(in crate::check) span: Span,
    pub(in crate::check) name: String,
    /// `None` if it could not be decided whether there is such a claim.
    pub(in crate::check) claim: Option<Text>,
}

impl Problem for NegativeBase {
    const CODE: &'static str = "fen::share::negative_base";

    fn message(&self) -> Text {
        let name = &self.name;
        match &self.claim {
            Some(claim) => Text::new(
                format!("what `{name}` is a share of can be negative: for example with {}", claim.en),
                format!("“{name}”所占的总额可能为负，例如：{}", claim.zh),
            ),
            None => Text::new(
                format!("it could not be decided whether what `{name}` is a share of can be negative"),
                format!("无法判定“{name}”所占的总额是否可能为负"),
            ),
        }
    }

    fn labels(&self) -> Vec<Label> {
        vec![Label::new(self.span, "must never be negative", "不得为负")]
    }

    fn help(&self) -> Option<Text> {
        Some(Text::new("keep it from zero up with `max(…, 0 yuan)`", "可用“较大(…, 0元)”使其不低于零"))
    }
}

/// Shares of a tier that do not make a whole.
pub(in crate::check) struct SharesSum {
    pub(in crate::check) bounds: Span,
    pub(in crate::check) sum: BigRational,
    /// Columns of the ladder that get nothing of this tier.
    pub(in crate::check) missing: Vec<String>,
    pub(in crate::check) claim: Option<Text>,
}

impl Problem for SharesSum {
    const CODE: &'static str = "fen::tier::shares";

    fn message(&self) -> Text {
        let sum = Measure::RATE.show(&self.sum).en;
        let claim = example(self.claim.as_ref());
        Text::new(
            format!("the shares of this tier add up to {sum}, not 100%{}", claim.en),
            format!("本档各份额合计为{sum}，不是100%{}", claim.zh),
        )
    }

    fn labels(&self) -> Vec<Label> {
        vec![Label::new(self.bounds, "the shares of this tier", "本档的份额")]
    }

    fn help(&self) -> Option<Text> {
        let missing = self.missing.join(", ");
        Some(if missing.is_empty() {
            Text::new("change the shares so that they add up to 100%", "请使各份额合计为100%")
        } else {
            Text::new(
                format!("say who gets the rest; this row gives nothing to {missing}"),
                format!("请写明其余归谁；本档未分给{}", self.missing.join("、")),
            )
        })
    }
}

/// A part of a whole that is neither an output nor used.
pub(in crate::check) struct UnusedShare {
    pub(in crate::check) name: Name,
    /// Another receiver of the ladder with a similar name.
    pub(in crate::check) suggestion: Option<String>,
}

impl Problem for UnusedShare {
    const CODE: &'static str = "fen::tier::unused_share";

    fn message(&self) -> Text {
        let name = &self.name.text;
        Text::new(
            format!("`{name}` receives a share, but nothing uses it: that money would be lost"),
            format!("“{name}”分得一份，却无处使用，这部分金额会丢失"),
        )
    }

    fn labels(&self) -> Vec<Label> {
        vec![match &self.suggestion {
            Some(near) => Label::new(self.name.span, format!("did you mean `{near}`?"), format!("是否想写“{near}”？")),
            None => Label::new(self.name.span, "used nowhere", "各处均未使用"),
        }]
    }

    fn help(&self) -> Option<Text> {
        let name = &self.name.text;
        Some(Text::new(
            format!(
                "declare it with `output {name}`; where the fund pays only a part, name that one receiver alone and leave out \
                 `{name}`; a tier that pays nothing is `0%`"
            ),
            format!("可用“输出 {name}”列为输出；只报销其中一部分的，删去“{name}”，只写一方；不付的档写 0%"),
        ))
    }

    fn fixes(&self) -> Vec<Fix> {
        self.suggestion.iter().map(|near| Fix::rename(self.name.span, near)).collect()
    }
}

pub(in crate::check) fn grant_missing(span: Span, name: &Name) -> Diagnostic {
    let text = &name.text;
    let message = t(format!("this row does not say what `{text}` is"), format!("本档未写明“{text}”"));
    error("fen::band::missing", message, span, t("this row", "本档"))
        .with_label(name.span, t("another row does", "其他档写了"))
}

pub(in crate::check) fn share_units_differ(span: Span, first: Span) -> Diagnostic {
    let message = t("the rows yield amounts in different units", "各档所得的单位不一致");
    error("fen::tier::share_unit", message, span, t("another unit", "另一单位"))
        .with_label(first, t("than here", "此处的单位"))
}

pub(in crate::check) fn steps_differ(span: Span, first: Span) -> Diagnostic {
    let message = t("a ladder has either tiers or bands", "一个阶梯只能全是分档或全是定档");
    error("fen::ladder::mixed", message, span, t("another kind of row", "另一种档"))
        .with_label(first, t("than here", "与此处不同"))
}

pub(in crate::check) fn ladder_argument(span: Span, written: &Text, wanted: &Text) -> Diagnostic {
    let message = t(
        format!("this ladder is applied to {}, not to {}", wanted.en, written.en),
        format!("此阶梯用于{}，而不是{}", wanted.zh, written.zh),
    );
    error("fen::ladder::argument", message, span, t(format!("this is {}", written.en), format!("这是{}", written.zh)))
}

pub(in crate::check) fn percent_bound(span: Span, name: &str, wanted: &Text) -> Diagnostic {
    let message = t(
        format!("this bound is a rate, but `{name}` is bounded by {}", wanted.en),
        format!("此界限是比率，而“{name}”以{}为界", wanted.zh),
    );
    error("fen::type::literal", message, span, t("this is a rate", "这是比率")).with_help(t(
        format!("to bound `{name}` by percents of another amount, define it `{name} = … as share of AMOUNT`"),
        format!("若要按另一数额的百分比分档，请定义“{name} = … 占 某数额”"),
    ))
}
