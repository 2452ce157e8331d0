//! Integers that satisfy linear constraints: the engine behind proofs of coverage and the claims that refute them.
//!
//! Variables are integers within bounds; a constraint is a linear form that must not be positive. [`solve`] either finds
//! a solution, proves that there is none, or gives up after a bounded amount of work and says so.

mod simplex;

use std::cell::Cell;
use std::collections::BTreeMap;

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};

use self::simplex::Tableau;

/// A variable of a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Var(pub(crate) usize);

/// Coefficients of variables and a constant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Linear {
    terms: BTreeMap<Var, BigRational>,
    constant: BigRational,
}

impl Linear {
    pub(crate) fn constant(value: BigRational) -> Self {
        Self { terms: BTreeMap::new(), constant: value }
    }

    pub(crate) fn var(var: Var, factor: BigRational) -> Self {
        Self { terms: BTreeMap::from([(var, factor)]), constant: BigRational::zero() }
    }

    /// The value, if no variable is left in it.
    pub(crate) fn as_constant(&self) -> Option<&BigRational> {
        self.terms.is_empty().then_some(&self.constant)
    }

    pub(crate) fn scale(&self, factor: &BigRational) -> Self {
        if factor.is_zero() {
            return Self::default();
        }
        let terms = self.terms.iter().map(|(var, value)| (*var, value * factor)).collect();
        Self { terms, constant: &self.constant * factor }
    }

    pub(crate) fn add(&self, other: &Self) -> Self {
        let mut sum = self.clone();
        sum.constant += &other.constant;
        for (var, value) in &other.terms {
            let slot = sum.terms.entry(*var).or_default();
            *slot += value;
            if slot.is_zero() {
                sum.terms.remove(var);
            }
        }
        sum
    }

    pub(crate) fn sub(&self, other: &Self) -> Self {
        self.add(&other.scale(&-BigRational::one()))
    }
}

/// How a linear form compares with zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    NotPositive,
    Negative,
    Zero,
}

/// What is asked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Problem {
    bounds: Vec<(BigInt, BigInt)>,
    constraints: Vec<(Linear, Sign)>,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Solution {
    /// One value per variable.
    Found(Vec<BigInt>),
    /// There is none.
    None,
    /// Not decided within the bounds of work.
    GaveUp,
}

/// Splits of the range of a variable before giving up.
const MAX_NODES: usize = 400;

/// What may still be done before giving up, in operations on rational numbers.
#[derive(Debug)]
pub(crate) struct Work(Cell<usize>);

impl Work {
    /// Enough for every problem that people write, and done within a second.
    pub(crate) fn enough() -> Self {
        Self(Cell::new(4_000_000))
    }

    /// Does some of it; false if there is not so much left.
    fn take(&self, operations: usize) -> bool {
        let left = self.0.get().checked_sub(operations);
        self.0.set(left.unwrap_or(0));
        left.is_some()
    }
}

impl Problem {
    /// A new integer variable within bounds, both inclusive.
    pub(crate) fn var(&mut self, low: BigInt, high: BigInt) -> Var {
        self.bounds.push((low, high));
        Var(self.bounds.len() - 1)
    }

    pub(crate) fn require(&mut self, form: Linear, sign: Sign) {
        self.constraints.push((form, sign));
    }

    /// Whether a constraint depends on a variable.
    pub(crate) fn mentions(&self, var: Var) -> bool {
        self.constraints.iter().any(|(form, _)| form.terms.contains_key(&var))
    }

    /// Decides the problem.
    pub(crate) fn solve(&self, work: &Work) -> Solution {
        let mut rows = Vec::new();
        for (form, sign) in &self.constraints {
            match row(form, *sign) {
                Row::Always => {}
                Row::Never => return Solution::None,
                Row::Bounded(row) => rows.push(row),
            }
        }
        let mut open = vec![self.bounds.clone()];
        let mut nodes = 0;
        while let Some(bounds) = open.pop() {
            nodes += 1;
            if nodes > MAX_NODES || !work.take(bounds.len() * rows.len()) {
                return Solution::GaveUp;
            }
            if bounds.iter().any(|(low, high)| low > high) {
                continue;
            }
            let values = match Tableau::new(&bounds, &rows).feasible(work) {
                Ok(Some(values)) => values,
                Ok(None) => continue,
                Err(simplex::TooLong) => return Solution::GaveUp,
            };
            let Some(at) = values.iter().position(|value| !value.is_integer()) else {
                return Solution::Found(values.into_iter().map(|value| value.to_integer()).collect());
            };
            let floor = values.get(at).map(|value| value.floor().to_integer()).unwrap_or_default();
            let (mut below, mut above) = (bounds.clone(), bounds);
            if let (Some(below), Some(above)) = (below.get_mut(at), above.get_mut(at)) {
                below.1.clone_from(&floor);
                above.0 = floor + 1;
            }
            open.extend([above, below]);
        }
        Solution::None
    }
}

/// Integer coefficients whose sum with the variables lies in a range.
#[derive(Clone, Debug)]
struct BoundedRow {
    terms: Vec<(usize, BigInt)>,
    low: Option<BigInt>,
    high: BigInt,
}

enum Row {
    Always,
    Never,
    Bounded(BoundedRow),
}

/// A constraint with integer coefficients; strictness and gcd are used up in the bound.
fn row(form: &Linear, sign: Sign) -> Row {
    if let Some(value) = form.as_constant() {
        let holds = match sign {
            Sign::NotPositive => !value.is_positive(),
            Sign::Negative => value.is_negative(),
            Sign::Zero => value.is_zero(),
        };
        return if holds { Row::Always } else { Row::Never };
    }
    let lcm = form.terms.values().fold(BigInt::one(), |lcm, value| lcm.lcm(value.denom()));
    let terms: Vec<(usize, BigInt)> =
        form.terms.iter().map(|(var, value)| (var.0, (value * &lcm).to_integer())).collect();
    let gcd = terms.iter().fold(BigInt::zero(), |gcd, (_, value)| gcd.gcd(value));
    let terms = terms.into_iter().map(|(var, value)| (var, value / &gcd)).collect();
    let limit = -(&form.constant * &lcm) / &gcd;
    let high = match sign {
        Sign::Negative => limit.ceil().to_integer() - 1,
        Sign::NotPositive => limit.floor().to_integer(),
        Sign::Zero if limit.is_integer() => limit.to_integer(),
        Sign::Zero => return Row::Never,
    };
    let low = (sign == Sign::Zero).then(|| high.clone());
    Row::Bounded(BoundedRow { terms, low, high })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn linear(terms: &[i64], constant: i64) -> Linear {
        let vars =
            terms.iter().enumerate().map(|(at, value)| Linear::var(Var(at), BigRational::from(BigInt::from(*value))));
        vars.fold(Linear::constant(BigRational::from(BigInt::from(constant))), |sum, term| sum.add(&term))
    }

    #[test]
    fn integers_only() {
        let mut problem = Problem::default();
        problem.var(0.into(), 10.into());
        problem.var(0.into(), 10.into());
        problem.require(linear(&[2, -4], -1), Sign::Zero);
        assert_eq!(problem.solve(&Work::enough()), Solution::None);
    }

    proptest! {
        /// Small problems are decided as trying every point decides them.
        #[test]
        fn agrees_with_trying_all(
            rows in prop::collection::vec((prop::collection::vec(-4_i64..5, 3), -12_i64..13, 0_usize..3), 0..5)
        ) {
            let mut problem = Problem::default();
            for _ in 0..3 {
                problem.var((-3).into(), 4.into());
            }
            for (terms, constant, sign) in &rows {
                problem.require(linear(terms, *constant), [Sign::NotPositive, Sign::Negative, Sign::Zero][*sign]);
            }
            let holds = |point: &[i64]| rows.iter().all(|(terms, constant, sign)| {
                let sum: i64 = terms.iter().zip(point).map(|(a, x)| a * x).sum::<i64>() + constant;
                [sum <= 0, sum < 0, sum == 0][*sign]
            });
            let range = -3_i64..=4;
            let exists = range.clone().any(|x| range.clone().any(|y| range.clone().any(|z| holds(&[x, y, z]))));
            match problem.solve(&Work::enough()) {
                Solution::Found(point) => {
                    let point: Vec<i64> = point.iter().map(|value| value.try_into().unwrap()).collect();
                    prop_assert!(holds(&point));
                }
                Solution::None => prop_assert!(!exists),
                Solution::GaveUp => prop_assert!(false, "gave up on a small problem"),
            }
        }
    }
}
