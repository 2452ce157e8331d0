//! Functions of one number, as a policy computes them where no decision is taken: exact values, and slopes as if nothing
//! were rounded.

use std::rc::Rc;

use num_rational::BigRational;
use num_traits::{Signed, Zero};

use crate::check::program::Rounding;
use crate::interpret::round;

/// A function of `x` without decisions.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Function {
    /// `a + b·x`
    Affine(BigRational, BigRational),
    Round(Rc<Function>, Rounding),
    Add(Rc<Function>, Rc<Function>),
    Mul(Rc<Function>, Rc<Function>),
    Div(Rc<Function>, Rc<Function>),
    /// There is no value: a missing input, a quotient by zero.
    Undefined,
}

/// Value and slope as if nothing were rounded, and by how much rounding may change the value at most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ideal {
    pub(crate) value: BigRational,
    pub(crate) slope: BigRational,
    pub(crate) error: BigRational,
}

type Shared = Rc<Function>;

pub(crate) fn constant(value: BigRational) -> Shared {
    Rc::new(Function::Affine(value, BigRational::zero()))
}

pub(crate) fn add(left: &Shared, right: &Shared) -> Shared {
    match (&**left, &**right) {
        (Function::Undefined, _) | (_, Function::Undefined) => Rc::new(Function::Undefined),
        (Function::Affine(a, b), Function::Affine(c, d)) => Rc::new(Function::Affine(a + c, b + d)),
        (Function::Affine(a, b), _) if a.is_zero() && b.is_zero() => Rc::clone(right),
        (_, Function::Affine(c, d)) if c.is_zero() && d.is_zero() => Rc::clone(left),
        _ => Rc::new(Function::Add(Rc::clone(left), Rc::clone(right))),
    }
}

pub(crate) fn multiply(left: &Shared, right: &Shared) -> Shared {
    match (&**left, &**right) {
        (Function::Undefined, _) | (_, Function::Undefined) => Rc::new(Function::Undefined),
        (Function::Affine(a, b), Function::Affine(c, d)) if b.is_zero() || d.is_zero() => {
            Rc::new(Function::Affine(a * c, a * d + b * c))
        }
        _ => Rc::new(Function::Mul(Rc::clone(left), Rc::clone(right))),
    }
}

pub(crate) fn negate(inner: &Shared) -> Shared {
    multiply(inner, &constant(-BigRational::from_integer(1.into())))
}

/// A quotient by something that is nowhere zero.
pub(crate) fn divide(left: &Shared, right: &Shared) -> Shared {
    match (&**left, &**right) {
        (Function::Undefined, _) | (_, Function::Undefined) => Rc::new(Function::Undefined),
        (_, Function::Affine(c, d)) if d.is_zero() && !c.is_zero() => multiply(left, &constant(c.recip())),
        _ => Rc::new(Function::Div(Rc::clone(left), Rc::clone(right))),
    }
}

pub(crate) fn rounded(inner: &Shared, rounding: &Rounding) -> Shared {
    match &**inner {
        Function::Undefined => Rc::clone(inner),
        Function::Affine(a, b) if b.is_zero() => constant(round(a, rounding)),
        // Rounding what is rounded to the same step changes nothing.
        Function::Round(_, known) if known == rounding => Rc::clone(inner),
        _ => Rc::new(Function::Round(Rc::clone(inner), rounding.clone())),
    }
}

impl Function {
    pub(crate) fn as_constant(&self) -> Option<&BigRational> {
        match self {
            Self::Affine(value, slope) if slope.is_zero() => Some(value),
            _ => None,
        }
    }

    pub(crate) fn is_undefined(&self) -> bool {
        *self == Self::Undefined
    }

    /// The exact value.
    pub(crate) fn at(&self, x: &BigRational) -> Option<BigRational> {
        Some(match self {
            Self::Affine(a, b) => a + b * x,
            Self::Round(inner, rounding) => round(&inner.at(x)?, rounding),
            Self::Add(left, right) => left.at(x)? + right.at(x)?,
            Self::Mul(left, right) => left.at(x)? * right.at(x)?,
            Self::Div(left, right) => {
                let divisor = right.at(x)?;
                if divisor.is_zero() {
                    return None;
                }
                left.at(x)? / divisor
            }
            Self::Undefined => return None,
        })
    }

    /// Value and slope as if nothing were rounded.
    pub(crate) fn ideal(&self, x: &BigRational) -> Option<Ideal> {
        let nothing = BigRational::zero;
        Some(match self {
            Self::Affine(a, b) => Ideal { value: a + b * x, slope: b.clone(), error: nothing() },
            Self::Round(inner, rounding) => {
                let inner = inner.ideal(x)?;
                Ideal { error: inner.error + &rounding.step, ..inner }
            }
            Self::Add(left, right) => {
                let (left, right) = (left.ideal(x)?, right.ideal(x)?);
                Ideal {
                    value: left.value + right.value,
                    slope: left.slope + right.slope,
                    error: left.error + right.error,
                }
            }
            Self::Mul(left, right) => {
                let (left, right) = (left.ideal(x)?, right.ideal(x)?);
                Ideal {
                    slope: &left.slope * &right.value + &left.value * &right.slope,
                    error: left.value.abs() * &right.error
                        + right.value.abs() * &left.error
                        + &left.error * &right.error,
                    value: left.value * right.value,
                }
            }
            Self::Div(left, right) => {
                let (left, right) = (left.ideal(x)?, right.ideal(x)?);
                // As far from zero as rounding lets it be.
                let least = right.value.abs() - &right.error;
                if !least.is_positive() {
                    return None;
                }
                let value = &left.value / &right.value;
                Ideal {
                    slope: (&left.slope - &value * &right.slope) / &right.value,
                    error: (&left.error + value.abs() * &right.error) / least,
                    value,
                }
            }
            Self::Undefined => return None,
        })
    }

    /// Whether its slope is the same everywhere, as if nothing were rounded.
    pub(crate) fn is_straight(&self) -> bool {
        match self {
            Self::Affine(..) | Self::Undefined => true,
            Self::Round(inner, _) => inner.is_straight(),
            Self::Add(left, right) => left.is_straight() && right.is_straight(),
            Self::Mul(left, right) => {
                let is_flat = |one: &Self| matches!(one, Self::Affine(_, slope) if slope.is_zero());
                (is_flat(left) && right.is_straight()) || (is_flat(right) && left.is_straight())
            }
            Self::Div(..) => false,
        }
    }

    /// Whether anything is rounded in it.
    pub(crate) fn is_rounded(&self) -> bool {
        match self {
            Self::Affine(..) | Self::Undefined => false,
            Self::Round(..) => true,
            Self::Add(left, right) | Self::Mul(left, right) | Self::Div(left, right) => {
                left.is_rounded() || right.is_rounded()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use fen_grammar::tree::RoundingMode;

    use super::*;

    fn ratio(numer: i64, denom: i64) -> BigRational {
        BigRational::new(numer.into(), denom.into())
    }

    #[test]
    fn values_are_exact_and_slopes_ideal() {
        let x: Shared = Rc::new(Function::Affine(ratio(0, 1), ratio(1, 1)));
        let step = Rounding { mode: RoundingMode::HalfUp, step: ratio(1, 100) };
        let rounded = rounded(&multiply(&x, &constant(ratio(2, 3))), &step);
        assert_eq!(rounded.at(&ratio(1, 1)), Some(ratio(67, 100)));
        let ideal = rounded.ideal(&ratio(1, 1)).unwrap();
        assert_eq!((ideal.value, ideal.slope, ideal.error), (ratio(2, 3), ratio(2, 3), ratio(1, 100)));
        assert!(rounded.is_straight() && rounded.is_rounded());
        // 1/(x·x) at 2: slope -2/8.
        let inverse = divide(&constant(ratio(1, 1)), &multiply(&x, &x));
        assert_eq!(inverse.ideal(&ratio(2, 1)).unwrap().slope, ratio(-1, 4));
        assert!(!inverse.is_straight());
        assert_eq!(inverse.at(&ratio(0, 1)), None);
    }
}
