//! Claims explained: settled, watched on their way, and traced.

use std::error::Error;

use arrow_array::Array;
use fen_compiler::{Cells, Policy, StreamCells};
use fen_explain::{Explanation, Outcome, Request, explain};
use fen_runtime::{Cell, Runtime, Settlement, Stream, format_cell};
use fen_schema::{Column, Schema};

use crate::module::{batch_of, cell, codes};
use crate::streams::texts;

/// A policy whose claims are explained one by one; it settles every row by itself.
pub struct Explainer {
    policy: fen_runtime::Policy,
    codes: Vec<String>,
    /// The module.
    pub wasm: Vec<u8>,
}

impl Explainer {
    /// Compiles a policy and loads its module.
    ///
    /// # Errors
    /// If the compiler or the runtime refuses it.
    pub fn new(runtime: &Runtime, policy: &Policy) -> Result<Self, Box<dyn Error>> {
        let wasm = policy.compile().map_err(|_| "the module was not written")?.wasm;
        Ok(Self { policy: runtime.load(&wasm)?, codes: codes(&wasm)?, wasm })
    }

    /// What the module says of itself.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        self.policy.schema()
    }

    /// The codes that the module knows.
    #[must_use]
    pub fn codes(&self) -> &[String] {
        &self.codes
    }

    /// Whether it tells how its results come about.
    #[must_use]
    pub fn has_trace(&self) -> bool {
        self.policy.has_trace()
    }

    /// The cells of a claim as they stand in a file.
    #[must_use]
    pub fn texts(&self, claim: &Cells) -> Vec<Option<String>> {
        let inputs = claim.inputs.iter().zip(&self.schema().inputs);
        inputs.map(|(cell, column)| cell.map(|cell| self.text(cell, column))).collect()
    }

    /// The values of the parameters of a claim, as text.
    #[must_use]
    pub fn parameters(&self, claim: &Cells) -> Vec<(String, String)> {
        let parameters = claim.parameters.iter().zip(&self.schema().parameters);
        parameters.map(|(cell, column)| (column.name.clone(), self.text(*cell, column))).collect()
    }

    fn text(&self, cell: i128, column: &Column) -> String {
        let mut text = String::new();
        if column.ty.is_text() {
            let known = usize::try_from(cell).ok().and_then(|at| self.codes.get(at));
            return known.map_or_else(|| format!("(not listed {cell})"), Clone::clone);
        }
        format_cell(Cell::Number(cell), column, &mut text);
        text
    }

    /// Settles a claim and explains what came of it. That the trace agrees with the settlement is asked on the way.
    ///
    /// # Errors
    /// If it does not, or the claim cannot be settled.
    pub fn explain(&self, claim: &Cells, all: bool) -> Result<Explanation, Box<dyn Error>> {
        let (rows, parameters) = (vec![claim.inputs.clone()], claim.parameters.clone());
        self.explain_row(&StreamCells { rows, parameters, texts: Vec::new() }, 0, 1, all)
    }

    /// The same of a row of a stream, which is settled in batches of so many rows.
    ///
    /// # Errors
    /// The same.
    pub fn explain_row(
        &self,
        cells: &StreamCells,
        row: usize,
        batch: usize,
        all: bool,
    ) -> Result<Explanation, Box<dyn Error>> {
        let claim =
            Cells { inputs: cells.rows.get(row).cloned().unwrap_or_default(), parameters: cells.parameters.clone() };
        let mut parameters = self.policy.parameters();
        for (name, text) in self.parameters(&claim) {
            parameters.set(&name, &text)?;
        }
        let texts = texts(&self.codes, cells);
        let mut stream = Stream::new(&self.policy, parameters.clone())?;
        stream.watch(u64::try_from(row)?);
        let mut outcome = None;
        let passes = stream.passes();
        for pass in 1..=passes {
            let mut first = 0;
            for rows in cells.rows.chunks(batch.max(1)) {
                let some: Vec<&[Option<i128>]> = rows.iter().map(Vec::as_slice).collect();
                let settlement = stream.settle(&batch_of(&self.schema().inputs, &some, &texts)?)?;
                if pass == passes && (first..first + rows.len()).contains(&row) {
                    outcome = Some(self.outcome(&settlement, row - first, &claim)?);
                }
                first += rows.len();
            }
            stream.end_pass()?;
        }
        let outcome = outcome.ok_or("no such row")?;
        let numbers = (0..cells.rows.len()).map(u64::try_from).collect::<Result<Vec<_>, _>>()?;
        let numbers = numbers.into_iter().map(|row| (row, row + 1)).collect();
        let request = Request { row: u64::try_from(row)? + 1, texts: self.texts(&claim), outcome, all, numbers };
        Ok(explain(&self.policy, &parameters, &stream.seen(u64::try_from(row)?), &request)
            .map_err(|problem| problem.text().en)?)
    }

    fn outcome(&self, settlement: &Settlement, row: usize, claim: &Cells) -> Result<Outcome, Box<dyn Error>> {
        if let Some(rejected) = settlement.rejects().iter().find(|rejected| rejected.row == row) {
            return Ok(Outcome::Rejected(rejected.cause.as_ref().clone()));
        }
        let columns = settlement.outputs().columns().iter().zip(&self.schema().outputs);
        let outputs = columns.map(|(array, column)| {
            let cell = if array.is_null(row) { None } else { cell(array, row)? };
            Ok(cell.map(|cell| self.text(cell, column)))
        });
        let outputs = outputs.collect::<Result<_, Box<dyn Error>>>()?;
        let reversal = self.schema().plan.as_ref().and_then(|plan| plan.reversal);
        let reverses =
            reversal.and_then(|reversal| claim.inputs.get(usize::try_from(reversal.reverses).ok()?).copied()?);
        Ok(if reverses.is_some() { Outcome::Reversal(outputs) } else { Outcome::Settled(outputs) })
    }
}
