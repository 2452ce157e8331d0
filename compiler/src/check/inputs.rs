//! Types and admitted ranges of inputs and parameters.

use fen_grammar::source::Span;
use fen_grammar::tree::{Literal, Name};
use num_bigint::BigInt;
use num_rational::BigRational;

use super::program::{Input, Origin, days_of};
use super::types::{Facts, Kind, Measure, Type, step_of};
use super::{Checker, MONEY_DECIMALS, errors, label};
use crate::exact::{is_whole, power_of_ten};

/// A column without a declared bound admits what fits in so many digits (the precision of Arrow's Decimal64).
const DIGITS: u32 = 18;

/// Digits that a declared bound may have.
const MAX_DIGITS: u32 = 36;

impl Checker<'_> {
    /// Checks all inputs; those with an error get the widest range, so that what uses them can still be checked.
    pub(super) fn inputs(&mut self) {
        let resolved = self.resolved;
        for input in &resolved.inputs {
            let problems = self.diagnostics.len();
            let typed = input.ty.as_ref().and_then(|ty| self.type_of(ty));
            let (ty, scale) = typed.unwrap_or((Type::MONEY, MONEY_DECIMALS));
            let facts = self.range(&input.name, ty, scale, input.from.as_ref(), input.to.as_ref());
            let written = [&input.from, &input.to].into_iter().flatten().map(|bound| self.sources.slice(bound.span));
            if written.into_iter().any(|bound| bound.contains('岁') || bound.ends_with("of age")) {
                self.program.places.ages.insert(input.name.text.clone());
            }
            self.program.inputs.push(Input {
                name: input.name.text.clone(),
                label: label(&input.name.text, &input.labels),
                ty,
                scale,
                is_optional: input.is_optional,
                facts,
                origin: Origin::Column,
                per: None,
            });
            self.input_is_suspect.push(input.ty.is_none() || self.diagnostics.len() > problems);
        }
    }

    /// The range of a column: as declared, else the widest of its type.
    pub(super) fn range(
        &mut self,
        name: &Name,
        ty: Type,
        scale: u32,
        from: Option<&Literal>,
        to: Option<&Literal>,
    ) -> Facts {
        let widest = self.widest(ty, scale);
        if !matches!(ty, Type::Measure(_) | Type::Date) {
            if let Some(bound) = from.or(to) {
                let ty = self.name_of(ty);
                self.report(errors::range_of_names(name, bound.span, &ty));
            }
            return widest;
        }
        let low = from.and_then(|bound| self.bound(name, bound, ty, scale)).unwrap_or_else(|| widest.low.clone());
        let mut high = to.and_then(|bound| self.bound(name, bound, ty, scale)).unwrap_or_else(|| widest.high.clone());
        if high < low {
            if let Some(bound) = to.or(from) {
                self.report(errors::range_backwards(name, bound.span));
            }
            high.clone_from(&low);
        }
        Facts { low, high, grid: widest.grid }
    }

    fn bound(&mut self, name: &Name, bound: &Literal, ty: Type, scale: u32) -> Option<BigRational> {
        let value = self.literal(bound, ty)?;
        let step = step_of(scale);
        let most = &step * power_of_ten(MAX_DIGITS);
        if !is_whole(&value, &step) {
            self.range_problem(name, bound.span, &step, ty);
            return None;
        }
        if value > most || value < -most {
            self.report(errors::range_too_large(name, bound.span));
            return None;
        }
        Some(value)
    }

    fn range_problem(&mut self, name: &Name, span: Span, step: &BigRational, ty: Type) {
        let step = self.program.show(ty, step);
        self.report(errors::range_too_fine(name, span, &step));
    }

    /// The widest range of a type.
    pub(super) fn widest(&self, ty: Type, scale: u32) -> Facts {
        let step = step_of(scale);
        let both = |most: BigRational| Facts::range(-most.clone(), most, step.clone());
        let whole = |number: i64| BigRational::from(BigInt::from(number));
        match ty {
            Type::Measure(measure) => match measure.kind() {
                Some(Kind::Rate) => Facts::range(whole(0), whole(1), step),
                Some(Kind::Points) => Facts::range(whole(0), whole(1), step),
                _ if measure == Measure::DAYS => both(whole(1_000_000)),
                _ if measure == Measure::MONTHS => both(whole(12_000)),
                _ if measure == Measure::YEARS => both(whole(1_000)),
                _ => both(&step * (power_of_ten(DIGITS) - 1)),
            },
            Type::Date => {
                let day = |year, month, day| jiff::civil::Date::new(year, month, day).map(days_of).map_or(0, i64::from);
                Facts::integers(day(1900, 1, 1), day(2199, 12, 31))
            }
            Type::Bool => Facts::bool(),
            Type::Enum(id) => {
                let count = i64::try_from(self.enum_values(id).len()).unwrap_or(i64::MAX);
                Facts::integers(0, (count - 1).max(0))
            }
            Type::Code | Type::Id => Facts::integers(0, i32::MAX.into()),
        }
    }
}
