//! Types, and what is known about the values of an expression: their range and their grid.

use fen_grammar::diagnostic::Text;
use fen_grammar::tree::Unit;
use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};

/// What a value is an amount of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Type {
    /// Yuan.
    Money,
    /// A part of something, written in percent.
    Rate,
    /// A bare number.
    Number,
}

impl Type {
    pub(crate) fn of(unit: Unit) -> Self {
        match unit {
            Unit::None => Self::Number,
            Unit::Percent => Self::Rate,
            Unit::Yuan => Self::Money,
        }
    }

    /// What people call it.
    pub(crate) fn name(self) -> Text {
        match self {
            Self::Money => Text::new("an amount of money", "金额"),
            Self::Rate => Text::new("a rate", "比率"),
            Self::Number => Text::new("a bare number", "没有单位的数"),
        }
    }

    /// A value of this type as people write it, exactly.
    pub(crate) fn show(self, value: &BigRational) -> Text {
        match self {
            Self::Money => {
                let number = decimal(value, 2);
                Text::new(format!("{number} yuan"), format!("{number}元"))
            }
            Self::Rate => {
                let number = decimal(&(value * BigInt::from(100)), 0);
                Text::new(format!("{number}%"), format!("{number}%"))
            }
            Self::Number => {
                let number = decimal(value, 0);
                Text::new(number.clone(), number)
            }
        }
    }
}

/// A number with as many decimals as it needs and at least `least`; a fraction if no decimals are enough.
pub(crate) fn decimal(value: &BigRational, least: usize) -> String {
    let mut scaled = value.clone();
    let mut decimals = 0;
    while !scaled.is_integer() {
        if decimals == 40 {
            return value.to_string();
        }
        scaled *= BigInt::from(10);
        decimals += 1;
    }
    let padding = least.saturating_sub(decimals);
    let sign = if scaled.is_negative() { "-" } else { "" };
    let digits = format!("{}{}", scaled.numer().abs(), "0".repeat(padding));
    let decimals = decimals + padding;
    let digits = format!("{digits:0>width$}", width = decimals + 1);
    let (whole, rest) = digits.split_at(digits.len() - decimals);
    if rest.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest}") }
}

/// The number of decimals a value needs; `None` if no number of them is enough.
pub(crate) fn decimals(value: &BigRational) -> Option<u32> {
    let mut scaled = value.clone();
    (0..40).find(|_| {
        let done = scaled.is_integer();
        scaled *= BigInt::from(10);
        done
    })
}

/// What is known about the values of an expression, whatever claim is settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Facts {
    /// No value is less.
    pub(crate) low: BigRational,
    /// No value is greater.
    pub(crate) high: BigRational,
    /// All values are multiples of it.
    pub(crate) grid: Grid,
}

/// A positive number that all values of an expression are whole multiples of; `None` if they are all zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Grid(pub(crate) Option<BigRational>);

impl Grid {
    /// The coarsest grid that holds both.
    pub(crate) fn join(&self, other: &Self) -> Self {
        match (&self.0, &other.0) {
            (Some(left), Some(right)) => {
                let numer = (left.numer() * right.denom()).gcd(&(right.numer() * left.denom()));
                Self(Some(BigRational::new(numer, left.denom() * right.denom())))
            }
            (Some(grid), None) | (None, Some(grid)) => Self(Some(grid.clone())),
            (None, None) => Self(None),
        }
    }

    /// The grid of products of values on the two.
    pub(crate) fn times(&self, other: &Self) -> Self {
        match (&self.0, &other.0) {
            (Some(left), Some(right)) => Self(Some(left * right)),
            _ => Self(None),
        }
    }

    /// Whether every value on this grid is a multiple of `step`.
    pub(crate) fn is_on(&self, step: &BigRational) -> bool {
        self.0.as_ref().is_none_or(|grid| (grid / step).is_integer())
    }
}

impl Facts {
    /// Exactly one value.
    pub(crate) fn constant(value: &BigRational) -> Self {
        let grid = Grid((!value.is_zero()).then(|| value.abs()));
        Self { low: value.clone(), high: value.clone(), grid }
    }

    /// The value, if there is only one.
    pub(crate) fn as_constant(&self) -> Option<&BigRational> {
        (self.low == self.high).then_some(&self.low)
    }

    /// Whether the numbers are far beyond all that can be computed with, so that going on would only take time.
    pub(crate) fn is_hopeless(&self) -> bool {
        let grid = self.grid.0.iter();
        let mut numbers = [&self.low, &self.high].into_iter().chain(grid);
        numbers.any(|number| number.numer().bits().max(number.denom().bits()) > 2_048)
    }

    pub(crate) fn negate(&self) -> Self {
        Self { low: -self.high.clone(), high: -self.low.clone(), grid: self.grid.clone() }
    }

    pub(crate) fn add(&self, other: &Self) -> Self {
        Self { low: &self.low + &other.low, high: &self.high + &other.high, grid: self.grid.join(&other.grid) }
    }

    pub(crate) fn multiply(&self, other: &Self) -> Self {
        let corners =
            [&self.low * &other.low, &self.low * &other.high, &self.high * &other.low, &self.high * &other.high];
        let grid = self.grid.times(&other.grid);
        let zero = BigRational::zero();
        let (low, high) = (corners.iter().min().unwrap_or(&zero), corners.iter().max().unwrap_or(&zero));
        Self { low: low.clone(), high: high.clone(), grid }
    }

    pub(crate) fn max(&self, other: &Self) -> Self {
        Self {
            low: (&self.low).max(&other.low).clone(),
            high: (&self.high).max(&other.high).clone(),
            grid: self.grid.join(&other.grid),
        }
    }

    pub(crate) fn min(&self, other: &Self) -> Self {
        Self {
            low: (&self.low).min(&other.low).clone(),
            high: (&self.high).min(&other.high).clone(),
            grid: self.grid.join(&other.grid),
        }
    }

    /// After rounding to multiples of `step` in any mode.
    pub(crate) fn round(&self, step: &BigRational) -> Self {
        if self.grid.is_on(step) {
            return self.clone();
        }
        let low = (&self.low / step).floor() * step;
        let high = (&self.high / step).ceil() * step;
        Self { low, high, grid: Grid(Some(step.clone())) }
    }
}

/// One over ten to the power of `decimals`.
pub(crate) fn step_of(decimals: u32) -> BigRational {
    BigRational::new(BigInt::one(), BigInt::from(10).pow(decimals))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratio(numer: i64, denom: i64) -> BigRational {
        BigRational::new(numer.into(), denom.into())
    }

    #[test]
    fn numbers_are_shown_exactly() {
        assert_eq!(decimal(&ratio(1, 4), 2), "0.25");
        assert_eq!(decimal(&ratio(-1, 200), 2), "-0.005");
        assert_eq!(decimal(&ratio(12, 1), 2), "12.00");
        assert_eq!(decimal(&ratio(7, 1), 0), "7");
        assert_eq!(decimal(&ratio(1, 3), 2), "1/3");
        assert_eq!(Type::Rate.show(&ratio(1, 8)).en, "12.5%");
        assert_eq!(decimals(&ratio(1, 8)), Some(3));
        assert_eq!(decimals(&ratio(100, 1)), Some(0));
        assert_eq!(decimals(&ratio(1, 3)), None);
    }

    #[test]
    fn grids_join_to_the_coarsest_common_one() {
        let join = |left, right| Grid(Some(left)).join(&Grid(Some(right))).0.unwrap();
        assert_eq!(join(ratio(1, 100), ratio(1, 1)), ratio(1, 100));
        assert_eq!(join(ratio(1, 6), ratio(1, 4)), ratio(1, 12));
        assert_eq!(join(ratio(6, 1), ratio(4, 1)), ratio(2, 1));
        assert!(Grid(Some(ratio(1, 50))).is_on(&ratio(1, 100)));
        assert!(!Grid(Some(ratio(1, 1000))).is_on(&ratio(1, 100)));
        assert!(Grid(None).is_on(&ratio(1, 100)));
    }
}
