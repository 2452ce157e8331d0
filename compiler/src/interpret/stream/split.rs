//! Dividing an amount so that nothing is lost.

use std::collections::HashMap;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};

use super::Evaluation;
use super::evaluate::AtRow;
use crate::exact;
use crate::ids::SplitId;

/// By split and first row of a pool: the parts, by the first row of who receives them.
pub(super) type Parts = HashMap<(SplitId, usize), Result<HashMap<usize, BigRational>, SplitId>>;

impl Evaluation<'_> {
    /// What the instance that a row belongs to receives: whole steps.
    pub(super) fn part(&mut self, id: SplitId, step: &BigRational, row: usize) -> Result<BigRational, SplitId> {
        let Some(split) = self.program.splits.get(id.0) else { return Err(id) };
        let pool = self.groups.first(split.pool, row);
        if !self.parts.contains_key(&(id, pool)) {
            let parts = self.parts_of(id, step, pool);
            self.parts.insert((id, pool), parts);
        }
        let parts = self.parts.get(&(id, pool)).ok_or(id)?;
        let parts = parts.as_ref().map_err(|split| *split)?;
        Ok(parts.get(&row).cloned().unwrap_or_default())
    }

    /// What every instance of a pool receives.
    fn parts_of(
        &mut self,
        id: SplitId,
        step: &BigRational,
        pool: usize,
    ) -> Result<HashMap<usize, BigRational>, SplitId> {
        let program = self.program;
        let split = program.splits.get(id.0).ok_or(id)?;
        let mut receivers = self.instances(split.grain, split.pool, pool);
        self.sort(split.grain, &mut receivers);
        let weights: Vec<_> = receivers.iter().map(|row| self.value(split.weight, *row)).collect();
        let amount = self.value(split.amount, pool);
        if let Some(broken) = weights.iter().chain([&amount]).filter_map(|value| value.as_ref().err()).min() {
            return Err(*broken);
        }
        // Look-ups that could fail are among what every row needs; so there are values.
        let number = |value: AtRow| value.ok().and_then(Result::ok).unwrap_or_default();
        let weights: Vec<BigRational> = weights.into_iter().map(number).collect();
        let steps = exact::floor(&number(amount), step);
        let parts = divide(&steps, &weights).ok_or(id)?;
        let parts = parts.into_iter().map(|steps| step * steps);
        Ok(receivers.into_iter().zip(parts).collect())
    }
}

/// Divides whole steps by weights, by largest remainder; of equal remainders the first one goes first. `None` if there are
/// steps, but all weights are zero.
pub(super) fn divide(steps: &BigInt, weights: &[BigRational]) -> Option<Vec<BigInt>> {
    let sum = weights.iter().fold(BigRational::zero(), |sum, weight| sum + weight);
    if sum.is_zero() {
        return steps.is_zero().then(|| vec![BigInt::zero(); weights.len()]);
    }
    let size = BigRational::from(steps.abs());
    let exact: Vec<BigRational> = weights.iter().map(|weight| &size * weight / &sum).collect();
    let mut parts: Vec<BigInt> = exact.iter().map(|part| part.floor().to_integer()).collect();
    let mut left = parts.iter().fold(steps.abs(), |left, part| left - part);
    let mut by_remainder: Vec<_> = exact.iter().zip(&mut parts).collect();
    by_remainder.sort_by_key(|(exact, _)| exact.floor() - *exact);
    for (_, part) in by_remainder {
        if left.is_positive() {
            *part += BigInt::one();
            left -= 1;
        }
    }
    if steps.is_negative() {
        parts.iter_mut().for_each(|part| *part = -&*part);
    }
    Some(parts)
}
