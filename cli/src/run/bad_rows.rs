//! What a run does with rows that cannot be read.

use fen_runtime::{Cause, Cell, parse_cell};
use fen_schema::{Column, Schema};

use crate::error::{Error, Outcome};

/// How the rows of a policy are read. A policy that settles each row by itself never sees those that cannot be read; one
/// that looks beyond the row gets all of them, since a bad row may belong to a claim that is rejected with it.
pub(crate) struct BadRows {
    keeps: bool,
    /// Whether the module rejects a row of which no more than that is given.
    is_told: bool,
    /// Inputs that say which claim a row belongs to: all that is given of a bad row.
    keys: Vec<usize>,
    /// The inputs of a row that takes a claim back: what it takes back, and its own claim.
    reversal: Option<([usize; 2], Column)>,
}

impl BadRows {
    pub(crate) fn new(schema: &Schema) -> Self {
        let place = |input: u32| usize::try_from(input).unwrap_or(usize::MAX);
        let Some(plan) = &schema.plan else {
            return Self { keeps: false, is_told: true, keys: Vec::new(), reversal: None };
        };
        let claim = plan.grains.get(place(plan.claim)).filter(|_| plan.claim != 0);
        let reversal = plan.reversal.and_then(|reversal| {
            let reverses = place(reversal.reverses);
            Some(([reverses, place(reversal.claim)], schema.inputs.get(reverses)?.clone()))
        });
        let keys: Vec<usize> =
            claim.map(|claim| claim.keys.iter().map(|key| place(*key)).collect()).unwrap_or_default();
        let is_told = schema.inputs.iter().enumerate().any(|(at, input)| !input.optional && !keys.contains(&at));
        Self { keeps: true, is_told, keys, reversal }
    }

    /// Whether the module is given bad rows.
    pub(crate) fn keeps(&self) -> bool {
        self.keeps
    }

    /// Stops the run at a bad row that the module would take for a good one, since every input of it may be missing.
    pub(crate) fn refuse(&self, row: u64, cause: &Cause) -> Outcome<()> {
        if self.is_told {
            return Ok(());
        }
        let (en, zh) = (&cause.reason.en, &cause.reason.zh);
        Err(Error::new(
            "fen::run::bad_row",
            format!("row {row} cannot be read ({en}), and what it belongs to would be settled without it; correct it"),
            format!("第 {row} 行无法读取（{zh}），其所属的单据或合计会缺少该行；请更正后再运行"),
        ))
    }

    /// Whether an input says which claim a row belongs to.
    pub(crate) fn is_key(&self, input: usize) -> bool {
        self.keys.contains(&input)
    }

    /// The only inputs that are read of a row that takes a claim back; `None` for other rows.
    pub(crate) fn reversal_reads<'r>(&self, text: impl Fn(usize) -> Option<&'r str>) -> Option<&[usize; 2]> {
        let (inputs, column) = self.reversal.as_ref()?;
        let [reverses, _] = inputs;
        let names_a_claim = text(*reverses).is_some_and(|text| matches!(parse_cell(text, column), Ok(Cell::Text(_))));
        names_a_claim.then_some(inputs)
    }
}
