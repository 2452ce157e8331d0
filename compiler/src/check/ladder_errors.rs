//! What can be wrong with ladders. Where a claim shows the problem, the message contains it.

use fen_grammar::diagnostic::{Label, Problem, Text};
use fen_grammar::source::Span;
use fen_grammar::tree::Name;
use num_rational::BigRational;

use super::types::Type;

/// A bound in another unit than the subject.
pub(super) struct BoundUnit {
    pub(super) span: Span,
    pub(super) name: String,
    pub(super) written: Type,
    /// What bounds of this ladder are.
    pub(super) unit: Text,
    pub(super) has_base: bool,
}

impl Problem for BoundUnit {
    const CODE: &'static str = "fen::tier::unit";

    fn message(&self) -> Text {
        let (name, written, unit) = (&self.name, self.written.name(), &self.unit);
        Text::new(
            format!("this bound is {}, but tiers on `{name}` are bounded by {}", written.en, unit.en),
            format!("此界限是{}，而“{name}”的分档以{}为界", written.zh, unit.zh),
        )
    }

    fn labels(&self) -> Vec<Label> {
        let written = self.written.name();
        vec![Label::new(self.span, format!("this is {}", written.en), format!("这是{}", written.zh))]
    }

    fn help(&self) -> Option<Text> {
        let name = &self.name;
        Some(match (self.written, self.has_base) {
            (Type::Rate, false) => Text::new(
                format!("to bound `{name}` by percents of another amount, define it `{name} = … as share of AMOUNT`"),
                format!("若要按另一数额的百分比分档，请定义“{name} = … 占 某数额”"),
            ),
            (_, true) => Text::new("write the bound in percent, for example `..5%`", "界限请写百分比，例如 ..5%"),
            _ => Text::new("write the unit after the number, for example `..5 yuan`", "请在数字后写明单位，例如 ..5元"),
        })
    }
}

/// A tier that ends below its start.
pub(super) struct BoundsBackwards {
    pub(super) span: Span,
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
        Some(Text::new(
            "exchange the two bounds; a bound without a unit has the unit of the other",
            "请对调两个界限；未写单位的界限以另一界限的单位计",
        ))
    }
}

/// A tier of no width.
pub(super) struct BoundsEmpty {
    pub(super) span: Span,
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
pub(super) struct ShareUnit {
    pub(super) span: Span,
}

impl Problem for ShareUnit {
    const CODE: &'static str = "fen::tier::share_unit";

    fn message(&self) -> Text {
        Text::new("the share of a tier is a percentage", "档内份额须为百分比")
    }

    fn labels(&self) -> Vec<Label> {
        vec![Label::new(self.span, "not a percentage", "不是百分比")]
    }

    fn help(&self) -> Option<Text> {
        Some(Text::new("for example `retain 70%`", "例如“留用 70%”"))
    }
}

/// A part of a whole that is negative or more than the whole.
pub(super) struct ShareOutside {
    pub(super) span: Span,
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
pub(super) struct NegativeBase {
    pub(super) span: Span,
    pub(super) name: String,
    /// `None` if it could not be decided whether there is such a claim.
    pub(super) claim: Option<Text>,
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

/// Amounts between two tiers that belong to neither.
pub(super) struct Gap {
    pub(super) span: Span,
    /// The row below the gap.
    pub(super) below: Span,
    pub(super) name: String,
    pub(super) region: Text,
    pub(super) row: Text,
    pub(super) claim: Text,
}

impl Problem for Gap {
    const CODE: &'static str = "fen::tier::gap";

    fn message(&self) -> Text {
        let (name, region, claim) = (&self.name, &self.region, &self.claim);
        Text::new(
            format!("no tier covers `{name}` in the gap {}: for example with {}", region.en, claim.en),
            format!("“{name}”在{}之间没有对应的档，例如：{}", region.zh, claim.zh),
        )
    }

    fn labels(&self) -> Vec<Label> {
        vec![
            Label::new(self.span, "this tier starts after the gap", "此档在缺口之后开始"),
            Label::new(self.below, "this tier ends before the gap", "此档在缺口之前结束"),
        ]
    }

    fn help(&self) -> Option<Text> {
        let (name, row) = (&self.name, &self.row);
        Some(Text::new(
            format!("add a row `{name} tier {} -> …`", row.en),
            format!("请补一行“{name} 分档 {} -> …”", row.zh),
        ))
    }
}

/// Amounts beyond the lowest or highest tier.
pub(super) struct OpenEnd {
    pub(super) span: Span,
    pub(super) name: String,
    pub(super) region: Text,
    pub(super) row: Text,
    pub(super) is_top: bool,
    pub(super) claim: Text,
}

impl Problem for OpenEnd {
    const CODE: &'static str = "fen::tier::open_end";

    fn message(&self) -> Text {
        let (name, region, claim) = (&self.name, &self.region, &self.claim);
        Text::new(
            format!("no tier covers `{name}` {}: for example with {}", region.en, claim.en),
            format!("“{name}”{}时没有对应的档，例如：{}", region.zh, claim.zh),
        )
    }

    fn labels(&self) -> Vec<Label> {
        vec![if self.is_top {
            Label::new(self.span, "the highest tier ends here", "最高一档到此为止")
        } else {
            Label::new(self.span, "the lowest tier starts here", "最低一档由此开始")
        }]
    }

    fn help(&self) -> Option<Text> {
        let (name, row) = (&self.name, &self.row);
        Some(Text::new(
            format!("add a row `{name} tier {} -> …`, or leave the end of this one open", row.en),
            format!("请补一行“{name} 分档 {} -> …”，或将本档的一端放开", row.zh),
        ))
    }
}

/// Amounts that belong to two tiers.
pub(super) struct Overlap {
    pub(super) span: Span,
    pub(super) other: Span,
    pub(super) name: String,
    pub(super) region: Text,
    pub(super) claim: Text,
}

impl Problem for Overlap {
    const CODE: &'static str = "fen::tier::overlap";

    fn message(&self) -> Text {
        let (name, region, claim) = (&self.name, &self.region, &self.claim);
        Text::new(
            format!("two tiers cover `{name}` {}: for example with {}", region.en, claim.en),
            format!("“{name}”{}同属两档，例如：{}", region.zh, claim.zh),
        )
    }

    fn labels(&self) -> Vec<Label> {
        vec![Label::new(self.span, "this tier", "此档"), Label::new(self.other, "overlaps with this one", "与此档重叠")]
    }

    fn help(&self) -> Option<Text> {
        Some(Text::new("let one tier start where the other ends", "请使后一档从前一档的上限开始"))
    }
}

/// Shares of a tier that do not make a whole.
pub(super) struct SharesSum {
    pub(super) bounds: Span,
    pub(super) sum: BigRational,
    /// Columns of the ladder that get nothing of this tier.
    pub(super) missing: Vec<String>,
    pub(super) claim: Option<Text>,
}

impl Problem for SharesSum {
    const CODE: &'static str = "fen::tier::shares";

    fn message(&self) -> Text {
        let sum = Type::Rate.show(&self.sum).en;
        let (en, zh) = match &self.claim {
            Some(claim) => (format!(": for example with {}", claim.en), format!("，例如：{}", claim.zh)),
            None => (String::new(), String::new()),
        };
        Text::new(
            format!("the shares of this tier add up to {sum}, not 100%{en}"),
            format!("本档各份额合计为{sum}，不是100%{zh}"),
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

/// Whether amounts can lie in a region could not be decided.
pub(super) struct Undecided {
    pub(super) span: Span,
    pub(super) name: String,
    pub(super) region: Text,
}

impl Problem for Undecided {
    const CODE: &'static str = "fen::tier::undecided";

    fn message(&self) -> Text {
        let (name, region) = (&self.name, &self.region);
        Text::new(
            format!(
                "the tiers do not cover `{name}` {} exactly once, and it could not be decided whether a claim comes there",
                region.en
            ),
            format!("各档未恰好覆盖“{name}”{}一次，且无法判定是否会有案例落入其中", region.zh),
        )
    }

    fn labels(&self) -> Vec<Label> {
        vec![Label::new(self.span, "near this tier", "在此档附近")]
    }

    fn help(&self) -> Option<Text> {
        Some(Text::new("let the tiers cover every amount exactly once", "请使各档恰好覆盖全部数额一次"))
    }
}

/// A part of a whole that is neither an output nor used.
pub(super) struct UnusedShare {
    pub(super) name: Name,
    /// Another receiver of the ladder with a similar name.
    pub(super) suggestion: Option<String>,
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
        Some(Text::new(format!("declare it with `output {name}`"), format!("可用“输出 {name}”列为输出")))
    }
}
