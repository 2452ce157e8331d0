//! Feasibility of linear constraints over the rationals: the general simplex method for bounded variables with Bland's
//! rule, as in Dutertre and de Moura, "A Fast Linear-Arithmetic Solver for DPLL(T)" (CAV 2006).

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, Zero};

use super::Work;
use super::bounds::{Bounds, Row};

/// The work exceeded its bound. Bland's rule ends by itself, but may take long.
pub(super) struct TooLong;

/// Variables first, then one slack per row. Every basic variable is a linear form of the others.
pub(super) struct Tableau {
    low: Vec<Option<BigRational>>,
    high: Vec<Option<BigRational>>,
    values: Vec<BigRational>,
    /// The basic variable of each row and its coefficients over all variables (zero at basic ones).
    rows: Vec<(usize, Vec<BigRational>)>,
    variables: usize,
}

impl Tableau {
    pub(super) fn new(bounds: &[Bounds], constraints: &[Row]) -> Self {
        let variables = bounds.len();
        let size = variables + constraints.len();
        let rational = |value: &BigInt| BigRational::from(value.clone());
        let mut tableau = Self {
            low: bounds.iter().map(|bounds| Some(rational(&bounds.low))).collect(),
            high: bounds.iter().map(|bounds| Some(rational(&bounds.high))).collect(),
            // Start at the bound nearest to zero.
            values: bounds
                .iter()
                .map(|bounds| rational(&BigInt::zero().clamp(bounds.low.clone(), bounds.high.clone())))
                .collect(),
            rows: Vec::new(),
            variables,
        };
        for (at, constraint) in constraints.iter().enumerate() {
            let mut coefficients = vec![BigRational::zero(); size];
            let mut value = BigRational::zero();
            for (var, factor) in &constraint.terms {
                if let (Some(slot), Some(start)) = (coefficients.get_mut(*var), tableau.values.get(*var)) {
                    *slot = rational(factor);
                    value += &*slot * start;
                }
            }
            tableau.low.push(constraint.low.as_ref().map(rational));
            tableau.high.push(Some(rational(&constraint.high)));
            tableau.values.push(value);
            tableau.rows.push((variables + at, coefficients));
        }
        tableau
    }

    /// Values of the variables within all bounds, or `None` if there are none.
    pub(super) fn feasible(mut self, work: &Work) -> Result<Option<Vec<BigRational>>, TooLong> {
        while work.take(self.rows.len() * self.values.len()) {
            let Some((row, basic, target)) = self.violated() else {
                self.values.truncate(self.variables);
                return Ok(Some(self.values));
            };
            let Some(entering) = self.entering(row, basic, &target) else { return Ok(None) };
            self.pivot_and_update(row, basic, entering, target);
        }
        Err(TooLong)
    }

    /// The row of the least basic variable outside its bounds, and the bound it must come to.
    fn violated(&self) -> Option<(usize, usize, BigRational)> {
        let mut best: Option<(usize, usize, BigRational)> = None;
        for (at, (basic, _)) in self.rows.iter().enumerate() {
            if best.as_ref().is_some_and(|(_, least, _)| least < basic) {
                continue;
            }
            let value = self.values.get(*basic)?;
            let low = self.low.get(*basic)?.as_ref().filter(|low| value < *low);
            let high = self.high.get(*basic)?.as_ref().filter(|high| value > *high);
            if let Some(target) = low.or(high) {
                best = Some((at, *basic, target.clone()));
            }
        }
        best
    }

    /// The least non-basic variable that can move the basic one of `row` toward `target`.
    fn entering(&self, row: usize, basic: usize, target: &BigRational) -> Option<usize> {
        let (_, coefficients) = self.rows.get(row)?;
        let increase = self.values.get(basic)? < target;
        coefficients.iter().enumerate().find_map(|(at, coefficient)| {
            if coefficient.is_zero() {
                return None;
            }
            let value = self.values.get(at)?;
            let can_grow = self.high.get(at)?.as_ref().is_none_or(|high| value < high);
            let can_shrink = self.low.get(at)?.as_ref().is_none_or(|low| value > low);
            let moves = if coefficient.is_positive() == increase { can_grow } else { can_shrink };
            moves.then_some(at)
        })
    }

    /// Makes `entering` basic in `row` and sets the leaving variable to `target`.
    fn pivot_and_update(&mut self, row: usize, leaving: usize, entering: usize, target: BigRational) {
        let Some((_, coefficients)) = self.rows.get(row) else { return };
        let coefficient = coefficients.get(entering).cloned().unwrap_or_default();
        let old = self.values.get(leaving).cloned().unwrap_or_default();
        let theta = (&target - old) / &coefficient;
        for (at, (basic, coefficients)) in self.rows.iter().enumerate() {
            if at == row {
                continue;
            }
            let change = coefficients.get(entering).map(|factor| factor * &theta).unwrap_or_default();
            if let Some(value) = self.values.get_mut(*basic) {
                *value += change;
            }
        }
        if let Some(value) = self.values.get_mut(leaving) {
            *value = target;
        }
        if let Some(value) = self.values.get_mut(entering) {
            *value += theta;
        }
        let solved = self.solve_row(row, leaving, entering, &coefficient);
        for (at, (_, coefficients)) in self.rows.iter_mut().enumerate() {
            if at == row {
                continue;
            }
            let Some(factor) = coefficients.get_mut(entering).map(std::mem::take) else { continue };
            if factor.is_zero() {
                continue;
            }
            for (slot, term) in coefficients.iter_mut().zip(&solved) {
                if !term.is_zero() {
                    *slot += term * &factor;
                }
            }
        }
        if let Some(slot) = self.rows.get_mut(row) {
            *slot = (entering, solved);
        }
    }

    /// The row solved for `entering`: coefficients of all other variables.
    fn solve_row(&self, row: usize, leaving: usize, entering: usize, coefficient: &BigRational) -> Vec<BigRational> {
        let Some((_, coefficients)) = self.rows.get(row) else { return Vec::new() };
        let solved = coefficients.iter().enumerate().map(|(at, factor)| {
            if at == entering {
                BigRational::zero()
            } else if at == leaving {
                coefficient.recip()
            } else {
                -(factor / coefficient)
            }
        });
        solved.collect()
    }
}
