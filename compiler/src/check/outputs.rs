//! Rounding, and what is settled.

use fen_grammar::tree::{Quantity, RoundingMode};
use num_rational::BigRational;

use super::errors::InexactOutput;
use super::literals::measure_of;
use super::program::{Expr, Invariant, Output, Rounding};
use super::types::{Facts, Grid, Kind, Measure, Type, decimals, step_of};
use super::{Checker, MONEY_DECIMALS, errors, label};
use crate::ids::{GrainId, ValueId};
use crate::resolve::program as resolved;
use crate::witness::Witness;

/// The most decimals of an output that is exact by itself.
const MAX_DECIMALS: u32 = 18;

impl Checker<'_> {
    /// What the policy declares for amounts in a unit.
    pub(super) fn rounding_for(&self, measure: Measure) -> Option<Rounding> {
        let fits = |step: &Quantity| {
            measure_of(&step.unit)
                .is_some_and(|unit| unit == measure || (unit == Measure::RATE && measure == Measure::RATIO))
        };
        let declared = self.resolved.header.roundings.iter().find(|rounding| fits(&rounding.step))?;
        Some(Rounding { mode: declared.mode, step: declared.step.value.clone() })
    }

    /// The mode, if the policy declares the same for all it rounds.
    pub(super) fn only_mode(&self) -> Option<RoundingMode> {
        let mut modes = self.resolved.header.roundings.iter().map(|rounding| rounding.mode);
        let first = modes.next()?;
        modes.all(|mode| mode == first).then_some(first)
    }

    /// The step of a rounding of amounts in a unit; `None` if it does not fit, which is reported.
    pub(super) fn rounding_step(&mut self, step: &Quantity, measure: Measure) -> Option<BigRational> {
        let unit = measure_of(&step.unit);
        let fits = unit == Some(measure)
            || (measure == Measure::RATIO && matches!(unit, Some(Measure::RATE | Measure::NUMBER)));
        if !fits {
            self.report(errors::rounding_unit(step.span, &measure.name()));
            return None;
        }
        if step.value <= BigRational::default() {
            self.report(crate::resolve::errors::RoundingStep { span: step.span });
            return None;
        }
        Some(step.value.clone())
    }

    /// How a value is rounded when it is computed; `None` if it stays exact.
    pub(super) fn value_rounding(
        &mut self,
        id: ValueId,
        value: &resolved::Value,
        ty: Type,
        exact: &Facts,
    ) -> Option<Rounding> {
        let is_output = self.resolved.outputs.iter().any(|output| output.value == id);
        let measure = ty.measure();
        if let Some(written) = &value.rounding {
            let Some(measure) = measure else {
                let ty = self.name_of(ty);
                self.report(errors::rounds_no_amount(written.step.span, &ty));
                return None;
            };
            let step = self.rounding_step(&written.step, measure)?;
            return Some(Rounding { mode: written.mode, step });
        }
        // What a ladder divides is whole again only if every part of it is rounded.
        if !is_output && !self.is_part_of_a_whole(&value.body) {
            return None;
        }
        let measure = measure?;
        let declared = self.rounding_for(measure);
        let is_exact = match &declared {
            Some(declared) => exact.grid.is_on(&declared.step),
            None if measure == Measure::MONEY => exact.grid.is_on(&step_of(MONEY_DECIMALS)),
            None => exact_decimals(exact).is_some(),
        };
        if is_exact {
            return None;
        }
        if declared.is_none() && self.resolved.is_whole {
            let grid = exact.grid.step().map(|grid| measure.show(grid));
            let fix = self.rounding_declared(value.name.span, measure);
            self.report(InexactOutput { name: value.name.clone(), grid, measure, fix });
        }
        declared
    }

    pub(super) fn outputs(&mut self) {
        for output in &self.resolved.outputs {
            let Some(value) = self.program.value(output.value) else { continue };
            if self.is_poisoned(output.value) {
                continue;
            }
            if value.ty.is_text() {
                let ty = self.name_of(value.ty);
                self.report(errors::output_type(&output.name, &ty));
                continue;
            }
            // A declared step is shown even where all values are coarser.
            let declared = value.rounding.as_ref().and_then(|rounding| decimals(&rounding.step)).unwrap_or(0);
            let scale = output_scale(value.ty, &value.facts).max(declared);
            let name = output.name.text.clone();
            let label = label(&name, &output.labels);
            // What came of earlier claims may be missing.
            let import = self.running_import(output.value);
            let optional = import.filter(|id| self.program.input(*id).is_some_and(|input| input.is_optional));
            let known = optional.map(|id| Expr::known(id, output.name.span));
            let present = known.map(|known| self.add_value(format!("{name} known"), known, None));
            let (value, grain) = (output.value, GrainId(0));
            self.program.outputs.push(Output { name, value, present, label, scale, grain });
        }
    }

    pub(super) fn invariants(&mut self) {
        for invariant in &self.resolved.invariants {
            self.path.clear();
            let guard = invariant.guard.as_ref().map(|guard| self.condition(guard));
            if let Some(Some(guard)) = &guard {
                self.path.push(guard.clone());
            }
            let condition = self.condition(&invariant.condition);
            let found = condition.as_ref().map(|condition| self.witness(&condition.clone().negated(), &[]));
            self.path.clear();
            let (Some(condition), Some(found)) = (condition, found) else { continue };
            let condition = match guard {
                Some(None) => continue,
                Some(Some(guard)) => guard.negated().or(condition),
                None => condition,
            };
            let (span, text) = (invariant.span, invariant.text.clone());
            let is_proven = found == Some(Witness::Impossible);
            let violated_by = match found {
                Some(Witness::Claim(claim)) => Some(claim),
                _ => None,
            };
            self.program.invariants.push(Invariant { condition, span, text, is_proven, violated_by });
        }
    }
}

/// The decimals that the cells of an output need; values without a grid have been rounded.
pub(super) fn output_scale(ty: Type, facts: &Facts) -> u32 {
    let Some(measure) = ty.measure() else { return 0 };
    let needed = match &facts.grid {
        Grid::Step(step) => decimals(step).unwrap_or(0),
        Grid::Zero | Grid::Free => 0,
    };
    match measure.kind() {
        None if measure == Measure::MONEY => needed.max(MONEY_DECIMALS),
        Some(Kind::Rate | Kind::Ratio | Kind::Points) => needed.max(2),
        _ => needed,
    }
}

/// The decimals of values that are exact by themselves.
fn exact_decimals(facts: &Facts) -> Option<u32> {
    match &facts.grid {
        Grid::Zero => Some(0),
        Grid::Step(step) => decimals(step).filter(|found| *found <= MAX_DECIMALS),
        Grid::Free => None,
    }
}
