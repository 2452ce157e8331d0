//! The results of a row, and of the groups that it belongs to.

use fen_schema::{Column, Text};

use crate::model::Output;
use crate::walk::{Outcome, Problem, Request, Walk, at, written, written_amount};

impl Walk<'_> {
    pub(crate) fn outputs(&mut self, request: &Request) -> Result<Vec<Output>, Problem> {
        let settled = match &request.outcome {
            Outcome::Settled(settled) => settled.as_slice(),
            Outcome::Reversal(outputs) => return Ok(self.negated(outputs)),
            Outcome::Rejected(_) => return Ok(Vec::new()),
        };
        // By output: its column, phase and place there, and the grain it is given for.
        let mut all: Vec<(Column, usize, usize, Option<Text>)> = Vec::new();
        match &self.schema.plan {
            None => all.extend(
                self.schema.outputs.iter().cloned().enumerate().map(|(place, column)| (column, 0, place, None)),
            ),
            Some(plan) => {
                for results in &plan.results {
                    let per = plan.grains.get(at(results.grain)).filter(|_| results.grain != 0);
                    let outputs = results.outputs.iter().map(|output| {
                        let (phase, place) = (at(output.source.phase), at(output.source.output));
                        (output.column.clone(), phase, place, per.map(|grain| grain.label.clone()))
                    });
                    all.extend(outputs);
                }
            }
        }
        let mut outputs = Vec::new();
        let mut settled = settled.iter();
        for (column, phase, place, per) in all {
            let of_row = if per.is_none() { settled.next() } else { None };
            let differs = |settled: &Option<String>, traced: Option<&String>| {
                let text = |value: Option<&String>| value.cloned().unwrap_or_else(|| "-".to_owned());
                let (settled, traced) = (text(settled.as_ref()), text(traced));
                Problem::Differs { output: column.name.clone(), settled, traced }
            };
            let Some(traced) = self.traced.get(phase).and_then(Option::as_ref) else {
                match of_row {
                    Some(settled @ Some(_)) => return Err(differs(settled, None)),
                    _ => continue,
                }
            };
            let cell = traced.results.get(place).copied().unwrap_or_default();
            let cell = Some(cell).filter(|cell| !(column.optional && *cell == column.layout.none()));
            let seen_of = |phase: usize| self.seen.get(phase).and_then(Option::as_ref);
            let lacking = seen_of(phase).and_then(|seen| seen.lacking.get(place)?.clone());
            let mut value = cell.filter(|_| lacking.is_none()).map(|cell| written(cell, &column));
            let mut is_taken_back = false;
            let mut reason = lacking.map(|cause| cause.reason.clone());
            if let Some(settled) = of_row
                && *settled != value
            {
                let may_be_taken_back = self.schema.plan.as_ref().is_some_and(|plan| plan.reversal.is_some());
                if settled.is_some() || !may_be_taken_back {
                    return Err(differs(settled, value.as_ref()));
                }
                is_taken_back = true;
            }
            // What is computed from totals is not given to a claim that is in none.
            is_taken_back |= seen_of(phase).is_some_and(|seen| seen.left_out.get(place) == Some(&true));
            if is_taken_back {
                value = None;
                reason = Some(Text {
                    en: "the claim is taken back, and counts in no total".into(),
                    zh: "该单据其后被冲销，不计入任何合计".into(),
                });
            }
            let known = self.phase(phase).and_then(|known| known.outputs.get(place)).copied();
            let Some(known) = known else { continue };
            let unit = self.definition(phase, at(known.definition)).map(|definition| self.kind(definition.kind).unit);
            // Why there is no value: then the definition was not needed.
            let present = known.present.filter(|_| cell.is_none());
            let is_needed = present.is_none() && !is_taken_back;
            let step = is_needed.then(|| self.step_of(phase, at(known.definition)));
            let present = present.map(|present| self.step_of(phase, at(present)));
            outputs.push(Output {
                name: column.name.clone(),
                label: column.label.clone(),
                per,
                amount: written_amount(&column, value, unit.unwrap_or_default()),
                step,
                present,
                reason,
            });
        }
        Ok(outputs)
    }

    /// The outputs of a row that takes a claim back: they are not computed anew.
    fn negated(&self, outputs: &[Option<String>]) -> Vec<Output> {
        let output = |(column, value): (&Column, &Option<String>)| {
            let unit = Text {
                zh: if column.unit == "yuan" { "元".into() } else { column.unit.clone() },
                en: column.unit.clone(),
            };
            Output {
                name: column.name.clone(),
                label: column.label.clone(),
                per: None,
                amount: written_amount(column, value.clone(), unit),
                step: None,
                present: None,
                reason: None,
            }
        };
        // Where rows are lines, those of the claim.
        let plan = self.schema.plan.as_ref().filter(|plan| plan.claim != 0);
        let of_claims = plan.and_then(|plan| Some((plan, plan.results.iter().find(|of| of.grain == plan.claim)?)));
        let Some((plan, results)) = of_claims else {
            return self.schema.outputs.iter().zip(outputs).map(output).collect();
        };
        let per = plan.grains.get(at(plan.claim)).map(|grain| grain.label.clone());
        let columns = results.outputs.iter().map(|result| &result.column);
        columns.zip(outputs).map(output).map(|output| Output { per: per.clone(), ..output }).collect()
    }
}
