//! Exact fractions as integers: a number, times a grid that is fixed at compile time, over a divisor if there is one
//! that differs from claim to claim.

use std::cmp::Ordering;

use fen_grammar::tree::{Comparison, RoundingMode};
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};

use super::builder::{Builder, Built, TooWide};
use super::ir::Ref;
use crate::check::types::{Facts, Grid};
use crate::exact;

/// A value: an integer times a positive grid, over a divisor.
#[derive(Clone, Debug)]
pub(super) struct Scaled {
    pub(super) op: Ref,
    pub(super) grid: BigRational,
    /// Positive where it matters.
    pub(super) under: Option<Ref>,
}

pub(super) type Exact = Result<Scaled, TooWide>;

impl Scaled {
    pub(super) fn new(op: Ref, grid: BigRational) -> Self {
        Self { op, grid, under: None }
    }

    /// An integer, such as that of a condition.
    pub(super) fn whole(op: Ref) -> Self {
        Self::new(op, BigRational::one())
    }
}

impl Builder {
    /// A number that is the same for all claims: one step of its own grid, so that factors cost nothing.
    pub(super) fn exactly(&mut self, value: &BigRational) -> Exact {
        let sign = match value.cmp(&BigRational::zero()) {
            Ordering::Less => -1,
            Ordering::Equal => 0,
            Ordering::Greater => 1,
        };
        let grid = if sign == 0 { BigRational::one() } else { value.abs() };
        Ok(Scaled::new(self.constant(sign)?, grid))
    }

    pub(super) fn negated(&mut self, value: &Scaled) -> Exact {
        let zero = self.constant(0)?;
        Ok(Scaled { op: self.sub(zero, value.op)?, ..value.clone() })
    }

    pub(super) fn plus(&mut self, left: &Scaled, right: &Scaled) -> Exact {
        self.combine(left, right, Self::add)
    }

    pub(super) fn minus(&mut self, left: &Scaled, right: &Scaled) -> Exact {
        self.combine(left, right, Self::sub)
    }

    fn combine(&mut self, left: &Scaled, right: &Scaled, how: fn(&mut Self, Ref, Ref) -> Built) -> Exact {
        let (a, b, grid) = self.comparable(left, right)?;
        let under = match (left.under, right.under) {
            (Some(left), Some(right)) if left != right => Some(self.mul(left, right)?),
            (left, right) => left.or(right),
        };
        Ok(Scaled { op: how(self, a, b)?, grid, under })
    }

    pub(super) fn times(&mut self, left: &Scaled, right: &Scaled) -> Exact {
        for (value, factor) in [(left, right), (right, left)] {
            if let (Some(only), None) = (self.only(factor.op), factor.under) {
                let factor = exact::product(&factor.grid, &only.clone().into());
                return self.scaled(value, &factor);
            }
        }
        let grid = exact::product(&left.grid, &right.grid);
        // A quotient times its divisor.
        for (value, factor) in [(left, right), (right, left)] {
            if value.under == Some(factor.op) && factor.under.is_none() {
                return Ok(Scaled::new(value.op, grid));
            }
        }
        let under = match (left.under, right.under) {
            (Some(left), Some(right)) => Some(self.mul(left, right)?),
            (left, right) => left.or(right),
        };
        Ok(Scaled { op: self.mul(left.op, right.op)?, grid, under })
    }

    /// Times a number that is the same for all claims.
    pub(super) fn scaled(&mut self, value: &Scaled, factor: &BigRational) -> Exact {
        if factor.is_zero() {
            return self.exactly(factor);
        }
        let scaled = Scaled { grid: exact::product(&value.grid, &factor.abs()), ..value.clone() };
        if factor.is_negative() { self.negated(&scaled) } else { Ok(scaled) }
    }

    /// By a divisor that is not zero where it matters.
    pub(super) fn over(&mut self, value: &Scaled, divisor: &Scaled) -> Exact {
        if let (Some(only), None) = (self.only(divisor.op), divisor.under)
            && !only.is_zero()
        {
            let factor = (&divisor.grid * only).recip();
            return self.scaled(value, &factor);
        }
        // (n / u) / (m / v) = n·v·sign(m) / (u·|m|)
        let number = match divisor.under {
            Some(under) => self.mul(value.op, under)?,
            None => value.op,
        };
        let (low, high) = self.range(divisor.op);
        let zero = self.constant(0)?;
        let one = self.constant(1)?;
        let (number, size) = if !low.is_negative() {
            (number, divisor.op)
        } else {
            let opposite = self.sub(zero, divisor.op)?;
            let against = self.sub(zero, number)?;
            if high.is_positive() {
                let is_negative = self.less(divisor.op, zero)?;
                (self.select(is_negative, against, number)?, self.max(divisor.op, opposite)?)
            } else {
                (against, opposite)
            }
        };
        let size = self.max(size, one)?;
        let under = match value.under {
            Some(under) => self.mul(under, size)?,
            None => size,
        };
        Ok(Scaled { op: number, grid: &value.grid / &divisor.grid, under: Some(under) })
    }

    /// Whether a comparison holds, as a condition.
    pub(super) fn compare(&mut self, comparison: Comparison, left: &Scaled, right: &Scaled) -> Built {
        let (a, b, _) = self.comparable(left, right)?;
        match comparison {
            Comparison::Eq => self.equal(a, b),
            Comparison::Ne => {
                let equal = self.equal(a, b)?;
                self.not(equal)
            }
            Comparison::Lt => self.less(a, b),
            Comparison::Le => self.at_most(a, b),
            Comparison::Gt => self.less(b, a),
            Comparison::Ge => self.at_most(b, a),
        }
    }

    /// The first value if the condition is true, else the second.
    pub(super) fn either(&mut self, condition: Ref, yes: &Scaled, no: &Scaled) -> Exact {
        let (a, b, grid) = self.on_common_grid(yes, no)?;
        let under = match (yes.under, no.under) {
            (None, None) => None,
            (left, right) => {
                let one = self.constant(1)?;
                Some(self.select(condition, left.unwrap_or(one), right.unwrap_or(one))?)
            }
        };
        Ok(Scaled { op: self.select(condition, a, b)?, grid, under })
    }

    pub(super) fn greatest(&mut self, left: &Scaled, right: &Scaled) -> Exact {
        self.extreme(left, right, Self::max, Comparison::Ge)
    }

    pub(super) fn least(&mut self, left: &Scaled, right: &Scaled) -> Exact {
        self.extreme(left, right, Self::min, Comparison::Le)
    }

    fn extreme(
        &mut self,
        left: &Scaled,
        right: &Scaled,
        choose: fn(&mut Self, Ref, Ref) -> Built,
        first_if: Comparison,
    ) -> Exact {
        if left.under == right.under {
            let (a, b, grid) = self.on_common_grid(left, right)?;
            return Ok(Scaled { op: choose(self, a, b)?, grid, under: left.under });
        }
        let is_first = self.compare(first_if, left, right)?;
        self.either(is_first, left, right)
    }

    /// The value or zero, whichever is greater.
    pub(super) fn at_least_zero(&mut self, value: &Scaled) -> Exact {
        let zero = self.constant(0)?;
        Ok(Scaled { op: self.max(value.op, zero)?, ..value.clone() })
    }

    pub(super) fn round(&mut self, value: &Scaled, step: &BigRational, mode: RoundingMode) -> Exact {
        Ok(Scaled::new(self.steps(value, step, mode)?, step.clone()))
    }

    /// How many steps a value is, rounded to a whole number of them.
    pub(super) fn steps(&mut self, value: &Scaled, step: &BigRational, mode: RoundingMode) -> Built {
        // (n · grid / u) / step = n · p / (q · u)
        let ratio = exact::product(&value.grid, &step.recip());
        let factor = self.constant(ratio.numer().clone())?;
        let number = self.mul(value.op, factor)?;
        match value.under {
            None => self.divide(number, ratio.denom().clone(), mode),
            Some(under) => {
                let factor = self.constant(ratio.denom().clone())?;
                let divisor = self.mul(under, factor)?;
                self.quotient(number, divisor, mode)
            }
        }
    }

    /// The value as a whole number of steps, which it is known to be.
    pub(super) fn in_steps(&mut self, value: &Scaled, step: &BigRational) -> Built {
        if self.only(value.op).is_some_and(Zero::is_zero) {
            return self.constant(0);
        }
        self.steps(value, step, RoundingMode::Down)
    }

    /// The same value with what is known about it where it matters.
    pub(super) fn informed(&mut self, value: &Scaled, facts: &Facts) -> Exact {
        let (low, high) = match value.under {
            None => exact::within(&facts.low, &facts.high, &value.grid),
            // low <= n / u <= high
            Some(under) => {
                let (least, most) = self.range(under);
                let low = &facts.low * if facts.low.is_negative() { &most } else { &least };
                let high = &facts.high * if facts.high.is_negative() { &least } else { &most };
                exact::within(&low, &high, &value.grid)
            }
        };
        let op = self.narrow(value.op, &low, &high)?;
        Ok(Scaled { op, ..value.clone() })
    }

    /// Two integers that compare as the values do and what they count: if one of the values has a divisor, they are
    /// multiplied by both, and by a common one not at all.
    fn comparable(&mut self, left: &Scaled, right: &Scaled) -> Result<(Ref, Ref, BigRational), TooWide> {
        let (a, b, grid) = self.on_common_grid(left, right)?;
        if left.under == right.under {
            return Ok((a, b, grid));
        }
        let a = match right.under {
            Some(under) => self.mul(a, under)?,
            None => a,
        };
        let b = match left.under {
            Some(under) => self.mul(b, under)?,
            None => b,
        };
        Ok((a, b, grid))
    }

    /// The integers of both values on the coarsest grid that holds both.
    fn on_common_grid(&mut self, left: &Scaled, right: &Scaled) -> Result<(Ref, Ref, BigRational), TooWide> {
        let grid = |builder: &Self, value: &Scaled| match builder.only(value.op) {
            Some(only) if only.is_zero() => Grid::Zero,
            Some(only) => Grid::Step(exact::product(&value.grid, &only.abs().into())),
            None => Grid::Step(value.grid.clone()),
        };
        let joined = grid(self, left).join(&grid(self, right));
        let grid = joined.step().cloned().unwrap_or_else(BigRational::one);
        Ok((self.on_grid(left, &grid)?, self.on_grid(right, &grid)?, grid))
    }

    /// The integer of a value on `grid`, of which it is a multiple.
    fn on_grid(&mut self, value: &Scaled, grid: &BigRational) -> Built {
        if let Some(only) = self.only(value.op) {
            let number = exact::floor(&exact::product(&value.grid, &only.clone().into()), grid);
            return self.constant(number);
        }
        let factor = self.constant(exact::floor(&value.grid, grid))?;
        self.mul(value.op, factor)
    }
}

/// The coarsest grid on which all numbers lie; 1 if all are zero.
pub(super) fn common_step<'a>(numbers: impl Iterator<Item = &'a BigRational>) -> BigRational {
    let mut joined = Grid::Zero;
    for number in numbers {
        joined = joined.join(&Facts::constant(number).grid);
    }
    joined.step().cloned().unwrap_or_else(BigRational::one)
}
