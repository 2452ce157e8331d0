//! Linear forms over variables.

use std::collections::BTreeMap;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Zero};

use crate::exact::{lcm as lcm_of, product, sum};

/// A variable of a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Var(pub(crate) usize);

/// Coefficients of variables and a constant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Linear {
    pub(super) terms: BTreeMap<Var, BigRational>,
    pub(super) constant: BigRational,
}

impl Linear {
    pub(crate) fn constant(value: BigRational) -> Self {
        Self { terms: BTreeMap::new(), constant: value }
    }

    pub(crate) fn integer(value: impl Into<BigInt>) -> Self {
        Self::constant(BigRational::from(value.into()))
    }

    pub(crate) fn var(var: Var, factor: BigRational) -> Self {
        Self { terms: BTreeMap::from([(var, factor)]), constant: BigRational::zero() }
    }

    /// The value, if no variable is left in it.
    pub(crate) fn as_constant(&self) -> Option<&BigRational> {
        self.terms.is_empty().then_some(&self.constant)
    }

    /// How many variables it has.
    pub(crate) fn len(&self) -> usize {
        self.terms.len()
    }

    pub(crate) fn scale(mut self, factor: &BigRational) -> Self {
        if factor.is_zero() {
            return Self::default();
        }
        if !factor.is_one() {
            self.terms.values_mut().for_each(|value| *value = product(value, factor));
            self.constant = product(&self.constant, factor);
        }
        self
    }

    pub(crate) fn negate(mut self) -> Self {
        self.terms.values_mut().for_each(|value| *value = -std::mem::take(value));
        self.constant = -self.constant;
        self
    }

    pub(crate) fn add(mut self, other: &Self) -> Self {
        self.constant = sum(&self.constant, &other.constant);
        for (var, value) in &other.terms {
            let slot = self.terms.entry(*var).or_default();
            *slot = sum(slot, value);
            if slot.is_zero() {
                self.terms.remove(var);
            }
        }
        self
    }

    pub(crate) fn sub(self, other: &Self) -> Self {
        self.negate().add(other).negate()
    }

    /// Its value where the variables have these.
    pub(crate) fn at(&self, values: &[BigInt]) -> BigRational {
        let term =
            |(var, factor): (&Var, &BigRational)| values.get(var.0).map_or_else(BigRational::zero, |v| factor * v);
        self.terms.iter().map(term).fold(self.constant.clone(), |sum, term| sum + term)
    }

    /// The number that makes this of the other, if there is one.
    pub(crate) fn ratio_to(&self, other: &Self) -> Option<BigRational> {
        let (var, value) = other.terms.first_key_value()?;
        let ratio = self.terms.get(var)? / value;
        let is_same = self.terms.len() == other.terms.len() && self.constant == &other.constant * &ratio;
        let mut pairs = self.terms.iter().zip(&other.terms);
        (is_same && pairs.all(|((a, x), (b, y))| a == b && *x == y * &ratio)).then_some(ratio)
    }

    /// A number that all its values are multiples of where the variables are integers.
    pub(crate) fn step(&self) -> BigRational {
        let numbers = self.terms.values().chain([&self.constant]);
        let lcm = numbers.fold(BigInt::one(), |lcm, value| lcm_of(&lcm, value.denom()));
        BigRational::new_raw(BigInt::one(), lcm)
    }

    /// Without its constant, and the constant.
    pub(crate) fn split(self) -> (Self, BigRational) {
        (Self { terms: self.terms, constant: BigRational::zero() }, self.constant)
    }

    /// The coefficient of the first variable.
    pub(crate) fn lead(&self) -> Option<&BigRational> {
        self.terms.values().next()
    }

    /// The coefficient of the first variable that another form has.
    pub(crate) fn along(&self, other: &Self) -> Option<&BigRational> {
        self.terms.get(other.terms.keys().next()?)
    }

    pub(crate) fn vars(&self) -> impl Iterator<Item = Var> + '_ {
        self.terms.keys().copied()
    }
}
