//! Rounding and comparison.

use fen_grammar::tree::{Comparison, RoundingMode};
use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{Signed, Zero};

use crate::check::program::Rounding;

/// The multiple of the step that the mode chooses.
pub(crate) fn round(value: &BigRational, rounding: &Rounding) -> BigRational {
    let steps = value.abs() / &rounding.step;
    let (whole, rest) = steps.numer().div_mod_floor(steps.denom());
    let twice: BigInt = rest.clone() * 2;
    let up = match rounding.mode {
        RoundingMode::Down => false,
        RoundingMode::Up => !rest.is_zero(),
        RoundingMode::HalfUp => twice >= *steps.denom(),
        RoundingMode::HalfEven => twice > *steps.denom() || (twice == *steps.denom() && whole.is_odd()),
    };
    let whole = if up { whole + 1 } else { whole };
    let size = BigRational::from(whole) * &rounding.step;
    if value.is_negative() { -size } else { size }
}

/// Whether a comparison holds.
pub(crate) fn holds(left: &BigRational, comparison: Comparison, right: &BigRational) -> bool {
    match comparison {
        Comparison::Eq => left == right,
        Comparison::Ne => left != right,
        Comparison::Lt => left < right,
        Comparison::Le => left <= right,
        Comparison::Gt => left > right,
        Comparison::Ge => left >= right,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_modes() {
        let step = BigRational::new(1.into(), 100.into());
        let round = |thousandths: i64, mode| {
            let rounding = Rounding { mode, step: step.clone() };
            (round(&BigRational::new(thousandths.into(), 1000.into()), &rounding) / &step).to_integer()
        };
        for (value, half_up, half_even, down, up) in [
            (5, 1, 0, 0, 1),
            (-5, -1, 0, 0, -1),
            (15, 2, 2, 1, 2),
            (-15, -2, -2, -1, -2),
            (14, 1, 1, 1, 2),
            (16, 2, 2, 1, 2),
            (10, 1, 1, 1, 1),
            (0, 0, 0, 0, 0),
        ] {
            assert_eq!(round(value, RoundingMode::HalfUp), half_up.into(), "{value} half up");
            assert_eq!(round(value, RoundingMode::HalfEven), half_even.into(), "{value} half even");
            assert_eq!(round(value, RoundingMode::Down), down.into(), "{value} down");
            assert_eq!(round(value, RoundingMode::Up), up.into(), "{value} up");
        }
    }
}
