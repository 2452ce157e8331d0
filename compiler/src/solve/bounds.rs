//! Bounds of variables, narrowed by constraints.

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};

use super::{Linear, Sign};
use crate::exact;

/// Where a variable lies, both ends inclusive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bounds {
    pub(super) low: BigInt,
    pub(super) high: BigInt,
    /// It need not be an integer.
    pub(super) is_real: bool,
}

/// Integer coefficients whose sum with the variables lies in a range.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) terms: Vec<(usize, BigInt)>,
    pub(super) low: Option<BigInt>,
    pub(super) high: BigInt,
    /// The sum must be less than `high`, which integers alone do not express because some of the variables are none.
    pub(super) is_strict: bool,
}

/// The variables cannot all be within bounds.
pub(super) struct Empty;

pub(super) enum Made {
    Always,
    Never,
    Row(Row),
}

/// Visits of constraints after a new one. Narrowing more would find more, but may go on for long.
const MAX_VISITS: usize = 12;

/// A constraint with integer coefficients; strictness and gcd are used up in the bound if all variables are integers.
pub(super) fn row(form: &Linear, sign: Sign, bounds: &[Bounds]) -> Made {
    if let Some(value) = form.as_constant() {
        let holds = match sign {
            Sign::NotPositive => !value.is_positive(),
            Sign::Negative => value.is_negative(),
            Sign::Zero => value.is_zero(),
        };
        return if holds { Made::Always } else { Made::Never };
    }
    let is_real = form.terms.keys().any(|var| bounds.get(var.0).is_some_and(|bounds| bounds.is_real));
    let mut lcm = form.terms.values().fold(BigInt::one(), |lcm, value| exact::lcm(&lcm, value.denom()));
    if is_real {
        lcm = exact::lcm(&lcm, form.constant.denom());
    }
    let mut terms: Vec<(usize, BigInt)> =
        form.terms.iter().map(|(var, value)| (var.0, value.numer() * (&lcm / value.denom()))).collect();
    let mut limit = -exact::multiple(&form.constant, &lcm);
    if !is_real {
        let gcd = terms.iter().fold(BigInt::zero(), |gcd, (_, value)| exact::gcd(&gcd, value));
        if !gcd.is_one() {
            terms.iter_mut().for_each(|(_, value)| *value /= &gcd);
            limit /= &gcd;
        }
    }
    let high = match sign {
        Sign::Negative if is_real => limit.to_integer(),
        Sign::Negative => limit.ceil().to_integer() - 1,
        Sign::NotPositive => limit.floor().to_integer(),
        Sign::Zero if limit.is_integer() => limit.to_integer(),
        Sign::Zero => return Made::Never,
    };
    let low = (sign == Sign::Zero).then(|| high.clone());
    Made::Row(Row { terms, low, high, is_strict: is_real && sign == Sign::Negative })
}

/// The least and the greatest sum that the bounds admit.
fn activity(row: &Row, bounds: &[Bounds]) -> (BigInt, BigInt) {
    let (mut least, mut most) = (BigInt::zero(), BigInt::zero());
    for (var, factor) in &row.terms {
        let Some(Bounds { low, high, .. }) = bounds.get(*var) else { continue };
        let (near, far) = if factor.is_positive() { (low, high) } else { (high, low) };
        least += factor * near;
        most += factor * far;
    }
    (least, most)
}

/// The range of a linear form, from bounds and from constraints on a multiple of it.
pub(super) fn range(form: &Linear, bounds: &[Bounds], rows: &[Row]) -> (BigRational, BigRational) {
    let (mut least, mut most) = (form.constant.clone(), form.constant.clone());
    for (var, factor) in &form.terms {
        let Some(Bounds { low, high, .. }) = bounds.get(var.0) else { continue };
        let (near, far) = if factor.is_positive() { (low, high) } else { (high, low) };
        least = exact::sum(&least, &exact::multiple(factor, near));
        most = exact::sum(&most, &exact::multiple(factor, far));
    }
    if form.terms.len() < 2 {
        return (least, most);
    }
    for row in rows.iter().filter(|row| row.terms.len() == form.terms.len()) {
        let Some(factor) = multiple(form, row) else { continue };
        let at = |limit: &BigInt| exact::sum(&exact::multiple(&factor, limit), &form.constant);
        let high = Some(at(&row.high));
        let low = row.low.as_ref().map(at);
        let (low, high) = if factor.is_positive() { (low, high) } else { (high, low) };
        if let Some(low) = low.filter(|low| *low > least) {
            least = low;
        }
        if let Some(high) = high.filter(|high| *high < most) {
            most = high;
        }
    }
    (least, most)
}

/// What the sum of a row must be multiplied by to be the form without its constant, if there is such a number.
fn multiple(form: &Linear, row: &Row) -> Option<BigRational> {
    // Nearly all rows are about other variables.
    if !form.terms.keys().zip(&row.terms).all(|(var, (at, _))| var.0 == *at) {
        return None;
    }
    let mut pairs = form.terms.values().zip(&row.terms);
    let (factor, (_, of)) = pairs.next()?;
    let multiple = factor / of;
    let is_same = pairs.all(|(factor, (_, of))| exact::multiple(&multiple, of) == *factor);
    is_same.then_some(multiple)
}

/// Whether every point within bounds satisfies the constraint.
pub(super) fn is_implied(row: &Row, bounds: &[Bounds]) -> bool {
    let (least, most) = activity(row, bounds);
    let below = if row.is_strict { most < row.high } else { most <= row.high };
    below && row.low.as_ref().is_none_or(|low| least >= *low)
}

/// Narrows the bounds by the constraint at `start` and by those that it touches then.
pub(super) fn narrow(bounds: &mut [Bounds], rows: &[Row], start: Vec<usize>) -> Result<(), Empty> {
    let mut queue = start;
    let mut visits = 0;
    while let Some(at) = queue.pop() {
        visits += 1;
        if visits > MAX_VISITS {
            return Ok(());
        }
        let Some(row) = rows.get(at) else { continue };
        for var in narrow_one(bounds, row)? {
            for (other, row) in rows.iter().enumerate() {
                if other != at && !queue.contains(&other) && row.terms.iter().any(|(at, _)| *at == var) {
                    queue.push(other);
                }
            }
        }
    }
    Ok(())
}

/// Narrows the bounds by one constraint; the variables whose bounds changed.
pub(super) fn narrow_one(bounds: &mut [Bounds], row: &Row) -> Result<Vec<usize>, Empty> {
    let (least, most) = activity(row, bounds);
    if least > row.high || (row.is_strict && least == row.high) || row.low.as_ref().is_some_and(|low| most < *low) {
        return Err(Empty);
    }
    let mut changed = Vec::new();
    let above = (most > row.high).then(|| &row.high - &least);
    let below = row.low.as_ref().filter(|low| least < **low).map(|low| &most - low);
    for (var, factor) in &row.terms {
        let Some(slot) = bounds.get_mut(*var) else { continue };
        let size = factor.abs();
        // How far the variable may go from the end where the sum is least, and from the one where it is most.
        let width = &slot.high - &slot.low;
        let reach = |room: &BigInt| if slot.is_real { room.div_ceil(&size) } else { room.div_floor(&size) };
        let up = above.as_ref().map(reach).filter(|reach| *reach < width);
        let down = below.as_ref().map(reach).filter(|reach| *reach < width);
        let (from_low, from_high) = if factor.is_positive() { (up, down) } else { (down, up) };
        if from_low.is_none() && from_high.is_none() {
            continue;
        }
        let high = from_low.map(|reach| &slot.low + reach);
        let low = from_high.map(|reach| &slot.high - reach);
        if let Some(high) = high {
            slot.high = high;
        }
        if let Some(low) = low {
            slot.low = low;
        }
        if slot.low > slot.high {
            return Err(Empty);
        }
        changed.push(*var);
    }
    Ok(changed)
}
