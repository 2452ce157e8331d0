//! Ladders of tiers in hinge form.

use std::collections::BTreeMap;

use num_rational::BigRational;
use num_traits::{Signed, Zero};

use super::builder::TooWide;
use super::fraction::{Exact, Scaled};
use super::{Lowered, Lowering};
use crate::check::program::LadderVersion;
use crate::ids::LadderId;

impl Lowering<'_> {
    /// The amount that a ladder divides.
    pub(super) fn subject(&mut self, ladder: LadderId) -> Result<Lowered, TooWide> {
        match self.program.ladder(ladder).and_then(|ladder| ladder.subject) {
            Some(subject) => self.symbol(subject),
            None => Ok(Lowered { value: self.zero()?, fault: None }),
        }
    }

    /// What a ladder's rows give a column of an amount, by the version that the date chooses.
    pub(super) fn slices(&mut self, ladder: LadderId, column: usize, amount: &Lowered) -> Result<Lowered, TooWide> {
        let Some(ladder) = self.program.ladder(ladder) else {
            return Ok(Lowered { value: self.zero()?, fault: None });
        };
        let base = match &ladder.base {
            Some(base) => self.expr(base)?,
            None => Lowered { value: self.builder.exactly(&BigRational::from_integer(1.into()))?, fault: None },
        };
        let date = self.date()?;
        let mut sum: Option<Scaled> = None;
        for version in &ladder.versions {
            let next = self.hinges(version, column, &amount.value, &base.value)?;
            sum = Some(match (sum, version.from, date) {
                (Some(before), Some(from), Some(date)) => {
                    let from = self.builder.constant(from)?;
                    let is_before = self.builder.less(date, from)?;
                    self.builder.either(is_before, &before, &next)?
                }
                _ => next,
            });
        }
        let value = match sum {
            Some(sum) => sum,
            None => self.zero()?,
        };
        Ok(Lowered { value, fault: self.first_fault(amount.fault, base.fault)? })
    }

    /// With the rate changing by d at each breakpoint b, the sum over the rows is Σ d·(max(x − b, 0) − max(−b, 0)),
    /// plus the rate below all breakpoints times x.
    fn hinges(&mut self, version: &LadderVersion, column: usize, amount: &Scaled, base: &Scaled) -> Exact {
        let mut lowest = BigRational::zero();
        let mut changes: BTreeMap<&BigRational, BigRational> = BTreeMap::new();
        for row in &version.rows {
            let Some(share) = row.shares.get(column) else { continue };
            match &row.low {
                None => lowest += share,
                Some(low) => *changes.entry(low).or_default() += share,
            }
            if let Some(high) = &row.high {
                *changes.entry(high).or_default() -= share;
            }
        }
        let mut sum = self.builder.scaled(amount, &lowest)?;
        for (bound, by) in changes.iter().filter(|(_, by)| !by.is_zero()) {
            let bound_amount = self.builder.scaled(base, bound)?;
            let beyond = self.builder.minus(amount, &bound_amount)?;
            let above = self.builder.at_least_zero(&beyond)?;
            let term = self.builder.scaled(&above, by)?;
            sum = self.builder.plus(&sum, &term)?;
            if bound.is_negative() {
                // max(−b, 0) = −b, since the base is never negative.
                let origin = self.builder.scaled(&bound_amount, by)?;
                sum = self.builder.plus(&sum, &origin)?;
            }
        }
        Ok(sum)
    }
}
