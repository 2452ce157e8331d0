//! What can be wrong with what the rows of a ladder cover. Where a claim shows the problem, the message contains it.

use fen_grammar::diagnostic::{Fix, Label, Problem, Text};
use fen_grammar::source::Span;

/// Amounts between two tiers that belong to neither.
pub(in crate::check) struct Gap {
    pub(in crate::check) span: Span,
    /// The row below the gap.
    pub(in crate::check) below: Span,
    pub(in crate::check) name: String,
    pub(in crate::check) region: Text,
    pub(in crate::check) row: Text,
    /// Adds the row.
    pub(in crate::check) fix: Option<Fix>,
    pub(in crate::check) claim: Option<Text>,
    pub(in crate::check) is_band: bool,
}

/// `: for example with …`, if there is a claim.
pub(super) fn example(claim: Option<&Text>) -> Text {
    claim.map_or_else(
        || Text::new("", ""),
        |claim| Text::new(format!(": for example with {}", claim.en), format!("，例如：{}", claim.zh)),
    )
}

/// What a row is called.
fn row_word(is_band: bool) -> &'static str {
    if is_band { "band" } else { "tier" }
}

impl Problem for Gap {
    const CODE: &'static str = "fen::tier::gap";

    fn message(&self) -> Text {
        let (name, region, claim, row) =
            (&self.name, &self.region, example(self.claim.as_ref()), row_word(self.is_band));
        Text::new(
            format!("no {row} covers `{name}` in the gap {}{}", region.en, claim.en),
            format!("“{name}”在{}之间没有对应的档{}", region.zh, claim.zh),
        )
    }

    fn labels(&self) -> Vec<Label> {
        vec![
            Label::new(self.span, "this row starts after the gap", "此档在缺口之后开始"),
            Label::new(self.below, "this row ends before the gap", "此档在缺口之前结束"),
        ]
    }

    fn help(&self) -> Option<Text> {
        let row = &self.row;
        Some(Text::new(format!("add a row `{} -> …`", row.en), format!("请补一行“{} -> …”", row.zh)))
    }

    fn fixes(&self) -> Vec<Fix> {
        self.fix.iter().cloned().collect()
    }
}

/// Amounts beyond the lowest or highest tier.
pub(in crate::check) struct OpenEnd {
    pub(in crate::check) span: Span,
    pub(in crate::check) name: String,
    pub(in crate::check) region: Text,
    pub(in crate::check) row: Text,
    /// Adds the row.
    pub(in crate::check) fix: Option<Fix>,
    pub(in crate::check) is_top: bool,
    pub(in crate::check) claim: Option<Text>,
    pub(in crate::check) is_band: bool,
}

impl Problem for OpenEnd {
    const CODE: &'static str = "fen::tier::open_end";

    fn message(&self) -> Text {
        let (name, region, claim, row) =
            (&self.name, &self.region, example(self.claim.as_ref()), row_word(self.is_band));
        Text::new(
            format!("no {row} covers `{name}` {}{}", region.en, claim.en),
            format!("“{name}”{}时没有对应的档{}", region.zh, claim.zh),
        )
    }

    fn labels(&self) -> Vec<Label> {
        vec![if self.is_top {
            Label::new(self.span, "the highest row ends here", "最高一档到此为止")
        } else {
            Label::new(self.span, "the lowest row starts here", "最低一档由此开始")
        }]
    }

    fn help(&self) -> Option<Text> {
        let row = &self.row;
        Some(Text::new(
            format!("add a row `{} -> …`, or leave the end of this one open", row.en),
            format!("请补一行“{} -> …”，或将本档的一端放开", row.zh),
        ))
    }

    fn fixes(&self) -> Vec<Fix> {
        self.fix.iter().cloned().collect()
    }
}

/// Amounts that belong to two tiers.
pub(in crate::check) struct Overlap {
    pub(in crate::check) span: Span,
    pub(in crate::check) other: Span,
    pub(in crate::check) name: String,
    pub(in crate::check) region: Text,
    pub(in crate::check) claim: Option<Text>,
    pub(in crate::check) is_band: bool,
}

impl Problem for Overlap {
    const CODE: &'static str = "fen::tier::overlap";

    fn message(&self) -> Text {
        let (name, region, claim, row) =
            (&self.name, &self.region, example(self.claim.as_ref()), row_word(self.is_band));
        Text::new(
            format!("two {row}s cover `{name}` {}{}", region.en, claim.en),
            format!("“{name}”{}同属两档{}", region.zh, claim.zh),
        )
    }

    fn labels(&self) -> Vec<Label> {
        vec![Label::new(self.span, "this row", "此档"), Label::new(self.other, "overlaps with this one", "与此档重叠")]
    }

    fn help(&self) -> Option<Text> {
        Some(Text::new("let one row start where the other ends", "请使后一档从前一档的上限开始"))
    }
}

/// Whether amounts can lie in a region could not be decided.
pub(in crate::check) struct Undecided {
    pub(in crate::check) span: Span,
    pub(in crate::check) name: String,
    pub(in crate::check) region: Text,
    pub(in crate::check) is_band: bool,
}

impl Problem for Undecided {
    const CODE: &'static str = "fen::tier::undecided";

    fn message(&self) -> Text {
        let (name, region, row) = (&self.name, &self.region, row_word(self.is_band));
        Text::new(
            format!(
                "the {row}s do not cover `{name}` {} exactly once, and it could not be decided whether a claim comes there",
                region.en
            ),
            format!("各档未恰好覆盖“{name}”{}一次，且无法判定是否会有案例落入其中", region.zh),
        )
    }

    fn labels(&self) -> Vec<Label> {
        vec![Label::new(self.span, "near this row", "在此档附近")]
    }

    fn help(&self) -> Option<Text> {
        Some(Text::new("let the rows cover every amount exactly once", "请使各档恰好覆盖全部数额一次"))
    }
}
