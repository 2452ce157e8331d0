//! Exact numbers. Most of the time they take goes into greatest common divisors: counting steps needs none, and for numbers
//! of up to 127 bits, which is nearly all, one is found in the machine's own numbers.

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, ToPrimitive, Zero};

/// A quotient by a positive number, reduced.
fn reduced(numer: BigInt, denom: BigInt) -> BigRational {
    if denom.is_one() {
        return BigRational::new_raw(numer, denom);
    }
    match (numer.to_i128(), denom.to_i128()) {
        (Some(numer), Some(denom)) => {
            let gcd = numer.gcd(&denom);
            BigRational::new_raw((numer / gcd).into(), (denom / gcd).into())
        }
        _ => BigRational::new(numer, denom),
    }
}

fn times(left: &BigInt, right: &BigInt) -> BigInt {
    match (left.is_one(), right.is_one()) {
        (true, _) => right.clone(),
        (_, true) => left.clone(),
        _ => left * right,
    }
}

/// `left · right`
pub(crate) fn product(left: &BigRational, right: &BigRational) -> BigRational {
    reduced(times(left.numer(), right.numer()), times(left.denom(), right.denom()))
}

/// `value · count`
pub(crate) fn multiple(value: &BigRational, count: &BigInt) -> BigRational {
    reduced(times(value.numer(), count), value.denom().clone())
}

/// The greatest common divisor.
pub(crate) fn gcd(left: &BigInt, right: &BigInt) -> BigInt {
    match (left.to_i64(), right.to_i64()) {
        (Some(left), Some(right)) => i128::from(left).gcd(&right.into()).into(),
        _ => left.gcd(right),
    }
}

/// The least common multiple of positive numbers.
pub(crate) fn lcm(left: &BigInt, right: &BigInt) -> BigInt {
    match () {
        () if left == right || right.is_one() => left.clone(),
        () if left.is_one() => right.clone(),
        () => left / gcd(left, right) * right,
    }
}

/// `left + right`
pub(crate) fn sum(left: &BigRational, right: &BigRational) -> BigRational {
    if left.denom() == right.denom() {
        return reduced(left.numer() + right.numer(), left.denom().clone());
    }
    let numer = times(left.numer(), right.denom()) + times(right.numer(), left.denom());
    reduced(numer, times(left.denom(), right.denom()))
}

/// The greatest positive number that both are whole multiples of; both are positive.
pub(crate) fn common(left: &BigRational, right: &BigRational) -> BigRational {
    if left == right {
        return left.clone();
    }
    let (a, b) = (times(left.numer(), right.denom()), times(right.numer(), left.denom()));
    let gcd = match (a.to_i128(), b.to_i128()) {
        (Some(a), Some(b)) => a.gcd(&b).into(),
        _ => a.gcd(&b),
    };
    reduced(gcd, times(left.denom(), right.denom()))
}

/// A quotient that is not reduced; the divisor is positive.
fn quotient(value: &BigRational, step: &BigRational) -> (BigInt, BigInt) {
    (times(value.numer(), step.denom()), times(step.numer(), value.denom()))
}

/// How many whole steps a value is, rounded down. A step is positive.
pub(crate) fn floor(value: &BigRational, step: &BigRational) -> BigInt {
    let (numer, denom) = quotient(value, step);
    if denom.is_one() { numer } else { numer.div_floor(&denom) }
}

/// The same, rounded up.
pub(crate) fn ceil(value: &BigRational, step: &BigRational) -> BigInt {
    let (numer, denom) = quotient(value, step);
    if denom.is_one() { numer } else { Integer::div_ceil(&numer, &denom) }
}

/// Whether a value is a whole number of steps.
pub(crate) fn is_whole(value: &BigRational, step: &BigRational) -> bool {
    let (numer, denom) = quotient(value, step);
    denom.is_one() || (numer % denom).is_zero()
}

/// The first and the last whole number of steps in a range.
pub(crate) fn within(low: &BigRational, high: &BigRational, step: &BigRational) -> (BigInt, BigInt) {
    (ceil(low, step), floor(high, step))
}

/// Ten to this power.
pub(crate) fn power_of_ten(exponent: u32) -> BigInt {
    match 10_u64.checked_pow(exponent) {
        Some(power) => BigInt::from(power),
        None => BigInt::from(10).pow(exponent),
    }
}

#[cfg(test)]
mod tests {
    use num_traits::Signed;

    use super::*;

    #[test]
    fn exact_numbers_are_computed_as_by_the_library() {
        let ratio = |numer: i64, denom: i64| BigRational::new(numer.into(), denom.into());
        let huge = BigInt::from(6).pow(80);
        let values = [ratio(0, 1), ratio(5, 6), ratio(-7, 4), ratio(3, 1), BigRational::new(huge.clone(), 35.into())];
        for left in &values {
            for right in values.iter().chain([&BigRational::new(5.into(), huge.clone())]) {
                assert_eq!(product(left, right), left * right);
                assert_eq!(sum(left, right), left + right);
                if left.is_positive() && right.is_positive() {
                    let step = common(left, right);
                    let (one, other) = (left / &step, right / &step);
                    assert!(one.is_integer() && other.is_integer() && one.numer().gcd(other.numer()).is_one());
                }
            }
        }
    }

    #[test]
    fn steps_are_counted_as_by_a_quotient() {
        let ratio = |numer: i64, denom: i64| BigRational::new(numer.into(), denom.into());
        let values = [ratio(0, 1), ratio(7, 3), ratio(-7, 3), ratio(3, 100), ratio(-12, 1), ratio(1, 7)];
        for value in &values {
            for step in [ratio(1, 100), ratio(1, 3), ratio(5, 1), ratio(1, 1), ratio(7, 12)] {
                let exact = value / &step;
                assert_eq!(floor(value, &step), exact.floor().to_integer(), "{value} / {step}");
                assert_eq!(ceil(value, &step), exact.ceil().to_integer(), "{value} / {step}");
                assert_eq!(is_whole(value, &step), exact.is_integer(), "{value} / {step}");
            }
        }
        assert_eq!(power_of_ten(2), 100.into());
        assert_eq!(power_of_ten(30), BigInt::from(10).pow(30));
    }
}
