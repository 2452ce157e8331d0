//! Splits: amounts divided by weights without losing anything.

use fen_grammar::tree::Comparison;
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};

use super::errors::InexactOutput;
use super::grains::ROWS;
use super::literals::RATE_DECIMALS;
use super::program::{Expr, ExprKind, Function, Origin, Program, Split};
use super::types::{Facts, Kind, Measure, decimals, step_of};
use super::{Checker, MONEY_DECIMALS, errors, label};
use crate::exact;
use crate::ids::SplitId;

impl Program {
    /// How many units of a part's cell a step of it is.
    pub(crate) fn step_of_part(&self, split: SplitId) -> BigInt {
        let part = self.inputs.iter().find(|input| input.origin == Origin::Part(split));
        let step = part.and_then(|part| Some((part.facts.grid.step()?, step_of(part.scale))));
        step.map_or_else(BigInt::one, |(step, unit)| exact::floor(step, &unit)).max(BigInt::one())
    }
}

impl Checker<'_> {
    /// What a split gives. Its grains are known in the end, see [`super::spread`].
    pub(super) fn part(&mut self, id: SplitId) -> Option<Expr> {
        let split = self.resolved.splits.get(id.0)?;
        let amount = self.expr(&split.amount);
        let weight = self.expr(&split.weight);
        let (amount, weight) = (amount?, weight?);
        let Some(measure) = amount.ty.measure() else {
            let ty = self.name_of(amount.ty);
            self.report(errors::not_an_amount(amount.span, &ty));
            return None;
        };
        if !self.can_be_taken(Function::Sum, &weight) {
            return None;
        }
        if weight.facts.low.is_negative() {
            let zero = Expr::constant(weight.ty, BigRational::zero(), weight.span);
            if let Some(claim) = self.find(weight.clone().compare(Comparison::Lt, zero)) {
                self.report(errors::negative_weight(weight.span, claim));
                return None;
            }
        }
        let declared = self.rounding_for(measure);
        let is_exact = match &declared {
            Some(declared) => amount.facts.grid.is_on(&declared.step),
            None if measure == Measure::MONEY => amount.facts.grid.is_on(&step_of(MONEY_DECIMALS)),
            None => amount.facts.grid.step().and_then(decimals).is_some(),
        };
        if !is_exact && declared.is_none() {
            let grid = amount.facts.grid.step().map(|grid| measure.show(grid));
            let fix = self.rounding_declared(split.name.span, measure);
            self.report(InexactOutput { name: split.name.clone(), grid, measure, fix });
            return None;
        }
        let step = match &declared {
            Some(declared) => declared.step.clone(),
            None if measure == Measure::MONEY => step_of(MONEY_DECIMALS),
            None => step_of(amount.facts.grid.step().and_then(decimals)?.max(decimals_of(measure))),
        };
        let facts = if is_exact { amount.facts.clone() } else { amount.facts.round(&step) };
        let zero = BigRational::zero();
        let facts = Facts::range(facts.low.min(zero.clone()), facts.high.max(zero), step);
        let ty = amount.ty;
        let amount = match amount.kind {
            ExprKind::Value(value) if is_exact => value,
            _ => self.add_value(format!("{}: divided", split.name.text), amount, declared.filter(|_| !is_exact)),
        };
        let weight = self.value_of(&format!("{}: weight", split.name.text), weight);
        let (name, label) = (split.name.text.clone(), label(&split.name.text, &split.labels));
        self.program.splits.push(Split {
            name: name.clone(),
            label: label.clone(),
            amount,
            weight,
            grain: ROWS,
            pool: ROWS,
        });
        let own = SplitId(self.program.splits.len() - 1);
        self.split_sources.push(id);
        let import = self.add_import(name, label, ty, facts, Origin::Part(own));
        self.input_expr(import, split.name.span)
    }
}

/// The decimals of an amount for which no step is declared: those that its type has.
fn decimals_of(measure: Measure) -> u32 {
    match measure.kind() {
        Some(Kind::Rate | Kind::Ratio | Kind::Points) => RATE_DECIMALS,
        Some(Kind::Plain) => 0,
        None => MONEY_DECIMALS,
    }
}
