//! Integers that satisfy linear constraints: the engine behind proofs of coverage and the claims that refute them.
//!
//! Variables are integers within bounds; a constraint is a linear form that must not be positive. Every constraint
//! narrows the bounds at once, which decides most problems. [`Problem::solve`] either finds a solution, proves that there
//! is none, or gives up after a bounded amount of work and says so.
//!
//! A variable may also be real. Then a proof that there is no solution stays one, but a solution found need not exist: it
//! may lie on the end of a range that excludes it.

mod bounds;
mod linear;
mod simplex;

use std::cell::Cell;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::Zero;

use self::bounds::{Bounds, Made, Row};
pub(crate) use self::linear::{Linear, Var};
use self::simplex::Tableau;

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
    bounds: Vec<Bounds>,
    rows: Vec<Row>,
    is_empty: bool,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Solution {
    /// One value per variable; what is real is rounded down.
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

    /// A part of that.
    pub(crate) fn little() -> Self {
        Self(Cell::new(200_000))
    }

    /// As much as is nothing beside reading the question.
    pub(crate) fn least() -> Self {
        Self(Cell::new(10_000))
    }

    /// Does some of it; false if there is not so much left.
    pub(crate) fn take(&self, operations: usize) -> bool {
        let left = self.0.get().checked_sub(operations);
        self.0.set(left.unwrap_or(0));
        left.is_some()
    }
}

impl Problem {
    /// A new integer variable within bounds, both inclusive.
    pub(crate) fn var(&mut self, low: BigInt, high: BigInt) -> Var {
        self.add(Bounds { low, high, is_real: false })
    }

    /// A new real variable within bounds, both inclusive.
    pub(crate) fn real(&mut self, low: BigInt, high: BigInt) -> Var {
        self.add(Bounds { low, high, is_real: true })
    }

    fn add(&mut self, bounds: Bounds) -> Var {
        self.is_empty |= bounds.low > bounds.high;
        self.bounds.push(bounds);
        Var(self.bounds.len() - 1)
    }

    /// Adds a constraint; false if it is plain now that there is no solution.
    pub(crate) fn require(&mut self, form: &Linear, sign: Sign) -> bool {
        if self.is_empty {
            return false;
        }
        match bounds::row(form, sign, &self.bounds) {
            Made::Always => {}
            Made::Never => self.is_empty = true,
            Made::Row(row) => {
                if bounds::is_implied(&row, &self.bounds) {
                    return true;
                }
                let Ok(changed) = bounds::narrow_one(&mut self.bounds, &row) else {
                    self.is_empty = true;
                    return false;
                };
                // Those that a narrower variable touches.
                let touched = |row: &Row| row.terms.iter().any(|(var, _)| changed.contains(var));
                let mut start: Vec<usize> =
                    self.rows.iter().enumerate().filter(|(_, row)| touched(row)).map(|(at, _)| at).collect();
                if !bounds::is_implied(&row, &self.bounds) {
                    start.extend((!start.is_empty() && row.terms.len() > 1).then_some(self.rows.len()));
                    self.rows.push(row);
                }
                self.is_empty = bounds::narrow(&mut self.bounds, &self.rows, start).is_err();
            }
        }
        !self.is_empty
    }

    /// Between which values a form lies at least.
    pub(crate) fn range(&self, form: &Linear) -> (BigRational, BigRational) {
        bounds::range(form, &self.bounds, &self.rows)
    }

    /// Whether a form takes only multiples of its step.
    pub(crate) fn is_integral(&self, form: &Linear) -> bool {
        !form.vars().any(|var| self.bounds.get(var.0).is_some_and(|bounds| bounds.is_real))
    }

    /// The bounds of a variable.
    pub(crate) fn bounds(&self, var: Var) -> (BigInt, BigInt) {
        self.bounds.get(var.0).map(|bounds| (bounds.low.clone(), bounds.high.clone())).unwrap_or_default()
    }

    /// How many constraints are left that bounds alone do not express.
    pub(crate) fn rows(&self) -> usize {
        self.rows.len()
    }

    /// Decides the problem.
    pub(crate) fn solve(&self, work: &Work) -> Solution {
        if self.is_empty {
            return Solution::None;
        }
        let nearest = |bounds: &Bounds| BigInt::zero().clamp(bounds.low.clone(), bounds.high.clone());
        let mut values: Vec<BigInt> = self.bounds.iter().map(nearest).collect();
        let rows: Vec<&Row> = self.rows.iter().filter(|row| !bounds::is_implied(row, &self.bounds)).collect();
        if rows.is_empty() {
            return Solution::Found(values);
        }
        // Only the variables that are left in constraints.
        let mut used: Vec<usize> = rows.iter().flat_map(|row| &row.terms).map(|(var, _)| *var).collect();
        used.sort_unstable();
        used.dedup();
        let place = |var: usize| used.binary_search(&var).unwrap_or(0);
        let bounds: Vec<Bounds> = used.iter().filter_map(|var| self.bounds.get(*var)).cloned().collect();
        let mut rows: Vec<Row> = rows
            .into_iter()
            .map(|row| Row {
                terms: row.terms.iter().map(|(var, factor)| (place(*var), factor.clone())).collect(),
                ..row.clone()
            })
            .collect();
        let mut found = Solution::None;
        if rows.iter().any(|row| row.is_strict) {
            let mut strict = rows.clone();
            strict.iter_mut().filter(|row| row.is_strict).for_each(|row| row.high -= 1);
            found = branch_and_bound(bounds.clone(), &strict, work);
        }
        if !matches!(found, Solution::Found(_)) {
            rows.iter_mut().for_each(|row| row.is_strict = false);
            found = branch_and_bound(bounds, &rows, work);
        }
        let Solution::Found(solved) = found else { return found };
        for (var, value) in used.iter().zip(solved) {
            if let Some(slot) = values.get_mut(*var) {
                *slot = value;
            }
        }
        Solution::Found(values)
    }
}

fn branch_and_bound(bounds: Vec<Bounds>, rows: &[Row], work: &Work) -> Solution {
    let mut open = vec![bounds];
    let mut nodes = 0;
    while let Some(mut bounds) = open.pop() {
        nodes += 1;
        if nodes > MAX_NODES || !work.take(bounds.len() * rows.len()) {
            return Solution::GaveUp;
        }
        if bounds.iter().any(|bounds| bounds.low > bounds.high) {
            continue;
        }
        if nodes > 1 && bounds::narrow(&mut bounds, rows, (0..rows.len()).collect()).is_err() {
            continue;
        }
        let values = match Tableau::new(&bounds, rows).feasible(work) {
            Ok(Some(values)) => values,
            Ok(None) => continue,
            Err(simplex::TooLong) => return Solution::GaveUp,
        };
        let is_broken = |(value, bounds): (&BigRational, &Bounds)| !bounds.is_real && !value.is_integer();
        let Some(at) = values.iter().zip(&bounds).position(is_broken) else {
            return Solution::Found(values.into_iter().map(|value| value.floor().to_integer()).collect());
        };
        let floor = values.get(at).map(|value| value.floor().to_integer()).unwrap_or_default();
        let (mut below, mut above) = (bounds.clone(), bounds);
        if let (Some(below), Some(above)) = (below.get_mut(at), above.get_mut(at)) {
            below.high.clone_from(&floor);
            above.low = floor + 1;
        }
        open.extend([above, below]);
    }
    Solution::None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn linear(terms: &[i64], constant: i64) -> Linear {
        let vars =
            terms.iter().enumerate().map(|(at, value)| Linear::var(Var(at), BigRational::from(BigInt::from(*value))));
        vars.fold(Linear::integer(constant), |sum, term| sum.add(&term))
    }

    #[test]
    fn integers_only() {
        let mut problem = Problem::default();
        problem.var(0.into(), 10.into());
        problem.var(0.into(), 10.into());
        problem.require(&linear(&[2, -4], -1), Sign::Zero);
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
                problem.require(&linear(terms, *constant), [Sign::NotPositive, Sign::Negative, Sign::Zero][*sign]);
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
