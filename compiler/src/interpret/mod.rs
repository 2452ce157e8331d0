//! The reference interpreter: what a checked program means, over exact fractions. Everything else is tested against it.

use fen_grammar::tree::{Comparison, RoundingMode};
use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};

use crate::check::program::{Body, Expr, ExprKind, Ladder, Program, Rounding};
use crate::resolve::program::{InputId, LadderId, Symbol, ValueId};

/// Why a claim is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rejection {
    /// The input is less than its least admitted value.
    BelowMin(InputId),
    /// The input is greater than its greatest admitted value.
    AboveMax(InputId),
}

/// All values of one claim.
#[derive(Clone, Debug)]
pub(crate) struct Settled<'a> {
    program: &'a Program,
    inputs: &'a [BigRational],
    values: Vec<BigRational>,
}

/// Settles one claim, given by one value per input.
pub(crate) fn settle<'a>(program: &'a Program, inputs: &'a [BigRational]) -> Result<Settled<'a>, Rejection> {
    for (at, (input, value)) in program.inputs.iter().zip(inputs).enumerate() {
        if *value < input.facts.low {
            return Err(Rejection::BelowMin(InputId(at)));
        }
        if *value > input.facts.high {
            return Err(Rejection::AboveMax(InputId(at)));
        }
    }
    let mut settled = Settled { program, inputs, values: vec![BigRational::zero(); program.values.len()] };
    for id in &program.order {
        let Some(value) = program.value(*id) else { continue };
        let exact = settled.body(&value.body, *id);
        let result = value.rounding.as_ref().map_or_else(|| exact.clone(), |rounding| round(&exact, rounding));
        if let Some(slot) = settled.values.get_mut(id.0) {
            *slot = result;
        }
    }
    Ok(settled)
}

impl Settled<'_> {
    /// The value of a definition or share.
    pub(crate) fn value(&self, id: ValueId) -> BigRational {
        self.values.get(id.0).cloned().unwrap_or_else(BigRational::zero)
    }

    /// The value of an input, definition or share.
    pub(crate) fn symbol(&self, symbol: Symbol) -> BigRational {
        match symbol {
            Symbol::Input(id) => self.inputs.get(id.0).cloned().unwrap_or_else(BigRational::zero),
            Symbol::Value(id) => self.value(id),
        }
    }

    /// The exact value of an expression.
    pub(crate) fn expr(&self, expr: &Expr) -> BigRational {
        match &expr.kind {
            ExprKind::Constant(value) => value.clone(),
            ExprKind::Input(id) => self.symbol(Symbol::Input(*id)),
            ExprKind::Value(id) => self.value(*id),
            ExprKind::Negate(inner) => -self.expr(inner),
            ExprKind::Add(left, right) => self.expr(left) + self.expr(right),
            ExprKind::Sub(left, right) => self.expr(left) - self.expr(right),
            ExprKind::Mul(left, right) => self.expr(left) * self.expr(right),
            ExprKind::Div(inner, divisor) => self.expr(inner) / divisor,
            ExprKind::Max(args) => args.iter().map(|arg| self.expr(arg)).max().unwrap_or_else(BigRational::zero),
            ExprKind::Min(args) => args.iter().map(|arg| self.expr(arg)).min().unwrap_or_else(BigRational::zero),
        }
    }

    fn body(&self, body: &Body, id: ValueId) -> BigRational {
        match body {
            Body::Expr(expr) => self.expr(expr),
            Body::Share { ladder, column } => {
                self.program.ladder(*ladder).map_or_else(BigRational::zero, |ladder| self.share(ladder, *column))
            }
            Body::Remainder { ladder } => self.remainder(*ladder, id),
        }
    }

    /// Every row's slice of the subject times what the row gives the column.
    fn share(&self, ladder: &Ladder, column: usize) -> BigRational {
        let subject = self.symbol(ladder.subject);
        let base = ladder.base.as_ref().map_or_else(BigRational::one, |base| self.expr(base));
        let mut sum = BigRational::zero();
        for row in &ladder.rows {
            let low = row.low.as_ref().map(|low| low * &base);
            let high = row.high.as_ref().map(|high| high * &base);
            // The part of the way from nothing to the subject that lies in this row.
            let slice =
                clamp(&subject, low.as_ref(), high.as_ref()) - clamp(&BigRational::zero(), low.as_ref(), high.as_ref());
            sum += slice * row.shares.get(column).cloned().unwrap_or_else(BigRational::zero);
        }
        sum
    }

    fn remainder(&self, ladder: LadderId, id: ValueId) -> BigRational {
        let Some(ladder) = self.program.ladder(ladder) else { return BigRational::zero() };
        let others = ladder.columns.iter().filter(|column| **column != id);
        others.fold(self.symbol(ladder.subject), |rest, other| rest - self.value(*other))
    }
}

fn clamp(value: &BigRational, low: Option<&BigRational>, high: Option<&BigRational>) -> BigRational {
    let raised = low.map_or(value, |low| low.max(value));
    high.map_or(raised, |high| high.min(raised)).clone()
}

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
