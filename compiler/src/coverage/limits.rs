//! Bounds and their two sides: the value on the bound, and the one next to it on the other side.

use fen_grammar::source::Span;
use fen_grammar::tree::Comparison;
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};

use crate::check::program::{Body, Break, Expr, ExprKind, Program};
use crate::check::types::{Grid, Kind, Measure, Type, step_of};
use crate::interpret::Settled;

/// How deep values are followed to see what they are made of.
const MAX_DEPTH: usize = 20;

/// Where a value lies, seen from a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Side {
    /// The last value below a bound that belongs to what lies above.
    Below,
    /// On the bound; where it falls between two values, the last one on the side that it belongs to.
    At,
    /// The first value above a bound that belongs to what lies below.
    Above,
    /// The value next to one that is compared for equality, on either side.
    Beside,
}

/// To what a bound belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// To what lies below, as in `x <= 5`.
    Below,
    /// To what lies above, as in `x >= 5`.
    Above,
    /// To itself, as in `x == 5`.
    Itself,
}

impl Owner {
    /// The sides that are told apart.
    pub(crate) fn sides(self) -> [Side; 2] {
        match self {
            Self::Below => [Side::At, Side::Above],
            Self::Above => [Side::Below, Side::At],
            Self::Itself => [Side::At, Side::Beside],
        }
    }

    /// To what a break of a table's key belongs.
    pub(crate) fn of_break(one: &Break) -> Self {
        if one.is_inclusive { Self::Above } else { Self::Below }
    }

    /// The side that a value lies on, if it lies next to the bound; `distance` is the value less the bound. Without a step
    /// any value of a side counts as next to it.
    pub(super) fn side(self, distance: &BigRational, step: Option<&BigRational>) -> Option<Side> {
        let is_near = |is_inclusive: bool| match step {
            Some(step) => distance.abs() < *step || (is_inclusive && distance.abs() == *step),
            None => true,
        };
        match self {
            Self::Below if distance.is_positive() => is_near(true).then_some(Side::Above),
            Self::Above if distance.is_negative() => is_near(true).then_some(Side::Below),
            Self::Itself if distance.is_zero() => Some(Side::At),
            Self::Itself => is_near(true).then_some(Side::Beside),
            Self::Below | Self::Above => {
                let is_at = if step.is_some() { is_near(false) } else { distance.is_zero() };
                is_at.then_some(Side::At)
            }
        }
    }
}

/// A comparison of something with a limit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limit<'a> {
    pub(crate) subject: &'a Expr,
    pub(crate) limit: &'a Expr,
    pub(crate) owner: Owner,
    /// What tells it from others: the comparison, or the limit itself.
    pub(crate) place: Span,
}

/// A comparison of an amount, a date or a place in an enum's order with something that the policy fixes; also the one that
/// `max` and `min` of two such make: a deductible, a cap.
pub(crate) fn limit<'a>(program: &Program, expr: &'a Expr) -> Option<Limit<'a>> {
    if program.places.rows.contains(&expr.span) {
        return upper_bound(expr);
    }
    if let ExprKind::Max(parts) | ExprKind::Min(parts) = &expr.kind {
        let [left, right] = parts.as_slice() else { return None };
        let (subject, limit) = subject_and_limit(program, left, right).map(|(subject, limit, _)| (subject, limit))?;
        return Some(Limit { subject, limit, owner: Owner::Below, place: limit.span });
    }
    let ExprKind::Compare(comparison, left, right) = &expr.kind else { return None };
    let is_ranked = match left.ty {
        Type::Measure(_) | Type::Date => true,
        Type::Enum(_) => !matches!(comparison, Comparison::Eq | Comparison::Ne),
        Type::Bool | Type::Code | Type::Id => false,
    };
    if !is_ranked {
        return None;
    }
    let (subject, limit, turned) = subject_and_limit(program, left, right)?;
    let owner = match (comparison, turned) {
        (Comparison::Eq | Comparison::Ne, _) => Owner::Itself,
        (Comparison::Le | Comparison::Gt, false) | (Comparison::Ge | Comparison::Lt, true) => Owner::Below,
        (Comparison::Lt | Comparison::Ge, false) | (Comparison::Gt | Comparison::Le, true) => Owner::Above,
    };
    Some(Limit { subject, limit, owner, place: expr.span })
}

/// Which of two is the limit, and whether it is the left one.
fn subject_and_limit<'a>(program: &Program, left: &'a Expr, right: &'a Expr) -> Option<(&'a Expr, &'a Expr, bool)> {
    match (is_fixed(program, left, 0), is_fixed(program, right, 0)) {
        (false, true) => Some((left, right, false)),
        (true, false) => Some((right, left, true)),
        _ => None,
    }
}

/// The comparison of a ladder's subject with the upper bound of a row; nothing of one with the lower bound, which is the upper
/// one of another row.
fn upper_bound(expr: &Expr) -> Option<Limit<'_>> {
    let ExprKind::Compare(comparison, subject, limit) = &expr.kind else { return None };
    let owner = match comparison {
        Comparison::Le => Owner::Below,
        Comparison::Lt => Owner::Above,
        _ => return None,
    };
    Some(Limit { subject, limit, owner, place: expr.span })
}

/// Whether the policy fixes a value: a number, a parameter, what a table says, or a part of an amount. What is chosen
/// between such values is one too.
fn is_fixed(program: &Program, expr: &Expr, depth: usize) -> bool {
    if depth > MAX_DEPTH {
        return false;
    }
    let is_fixed = |expr: &Expr| is_fixed(program, expr, depth + 1);
    match &expr.kind {
        ExprKind::Constant(_) | ExprKind::Parameter(_) | ExprKind::Lookup { .. } => true,
        ExprKind::Mul(left, right) => {
            let is_constant = |expr: &Expr| matches!(expr.kind, ExprKind::Constant(_));
            is_constant(left) || is_constant(right) || (is_fixed(left) && is_fixed(right))
        }
        ExprKind::Negate(inner) | ExprKind::Round(inner, _) => is_fixed(inner),
        ExprKind::Add(left, right) | ExprKind::Sub(left, right) | ExprKind::Div(left, right) => {
            is_fixed(left) && is_fixed(right)
        }
        ExprKind::Max(parts) | ExprKind::Min(parts) => parts.iter().all(is_fixed),
        ExprKind::Cases(cases, last) => cases.iter().all(|(_, value)| is_fixed(value)) && is_fixed(last),
        ExprKind::Value(id) => match program.value(*id).map(|value| &value.body) {
            Some(Body::Expr(body)) => is_fixed(body),
            _ => false,
        },
        _ => false,
    }
}

/// What a limit is a part of, if it is one.
pub(crate) fn whole_of(limit: &Expr) -> Option<&Expr> {
    let ExprKind::Mul(left, right) = &limit.kind else { return None };
    match (&left.kind, &right.kind) {
        (ExprKind::Constant(_), ExprKind::Constant(_)) => None,
        (ExprKind::Constant(_), _) => Some(right),
        (_, ExprKind::Constant(_)) => Some(left),
        _ => None,
    }
}

/// An amount of fewer steps is too small to tell its parts apart: 5% and 10% of one fen lie next to the same values.
const LEAST_STEPS: i64 = 1_000;

/// The least amount whose parts are told apart.
pub(crate) fn least_whole(step: &BigRational) -> BigRational {
    step * BigInt::from(LEAST_STEPS)
}

/// Whether bounds that are parts of an amount lie far enough from each other for their sides to be told apart.
pub(crate) fn tells_parts_apart(whole: &BigRational, step: Option<&BigRational>) -> bool {
    match step {
        Some(step) => whole.abs() >= least_whole(step),
        None => !whole.is_zero(),
    }
}

/// How far apart two neighbouring values of an expression lie, as people count: what it is computed in, but where that is
/// no power of ten (70% of a fen) not less than the usual step of its type.
pub(crate) fn step(program: &Program, expr: &Expr) -> Option<BigRational> {
    let grid = match &expr.facts.grid {
        Grid::Step(grid) => grid.clone(),
        Grid::Zero => return usual(expr.ty),
        Grid::Free => return rounded(program, expr, 0),
    };
    let is_decimal = (0..20).any(|decimals| grid == step_of(decimals)) || grid.is_integer();
    match usual(expr.ty) {
        Some(usual) if !is_decimal => Some(grid.max(usual)),
        _ => Some(grid),
    }
}

/// The step that the value of a name is rounded to.
fn rounded(program: &Program, expr: &Expr, depth: usize) -> Option<BigRational> {
    match &expr.kind {
        ExprKind::Round(_, rounding) => Some(rounding.step.clone()),
        ExprKind::Value(id) if depth < MAX_DEPTH => {
            let value = program.value(*id)?;
            match (&value.rounding, &value.body) {
                (Some(rounding), _) => Some(rounding.step.clone()),
                (None, Body::Expr(body)) => rounded(program, body, depth + 1),
                _ => None,
            }
        }
        _ => None,
    }
}

fn usual(ty: Type) -> Option<BigRational> {
    match ty {
        Type::Measure(Measure::MONEY | Measure::SCORE) => Some(step_of(2)),
        Type::Measure(measure) => match measure.kind() {
            Some(Kind::Rate | Kind::Points | Kind::Ratio) => Some(step_of(4)),
            Some(Kind::Plain) => None,
            None => Some(BigRational::one()),
        },
        Type::Date | Type::Enum(_) | Type::Bool | Type::Code | Type::Id => Some(BigRational::one()),
    }
}

/// The quotient that an expression is, through names.
pub(crate) fn quotient<'a>(program: &'a Program, expr: &'a Expr) -> Option<(&'a Expr, &'a Expr)> {
    let mut expr = expr;
    for _ in 0..MAX_DEPTH {
        match &expr.kind {
            ExprKind::Div(left, right) => return Some((left, right)),
            ExprKind::Value(id) => match program.value(*id).map(|value| (&value.body, &value.rounding)) {
                Some((Body::Expr(body), None)) => expr = body,
                _ => return None,
            },
            _ => return None,
        }
    }
    None
}

/// The same for one claim: a quotient moves by a step of its numerator.
pub(super) fn step_at(settled: &Settled<'_>, expr: &Expr) -> Option<BigRational> {
    let program = settled.program();
    step(program, expr).or_else(|| {
        let (numerator, divisor) = quotient(program, expr)?;
        let divisor = settled.expr(divisor).ok().filter(|divisor| !divisor.is_zero())?;
        Some(step(program, numerator)? / divisor.abs())
    })
}

#[cfg(test)]
mod tests {
    use num_bigint::BigInt;

    use super::*;

    fn cents(cents: i64) -> BigRational {
        BigRational::new(BigInt::from(cents), BigInt::from(100))
    }

    #[test]
    fn only_the_neighbours_of_a_bound_count() {
        let side = |owner: Owner, distance: i64| owner.side(&cents(distance), Some(&cents(1)));
        assert_eq!(side(Owner::Below, 0), Some(Side::At));
        assert_eq!(side(Owner::Below, 1), Some(Side::Above));
        assert_eq!(side(Owner::Below, 2), None);
        assert_eq!(side(Owner::Below, -1), None);
        assert_eq!(side(Owner::Above, 0), Some(Side::At));
        assert_eq!(side(Owner::Above, -1), Some(Side::Below));
        assert_eq!(side(Owner::Above, 1), None);
        assert_eq!(side(Owner::Itself, 0), Some(Side::At));
        assert_eq!(side(Owner::Itself, -1), Some(Side::Beside));
        assert_eq!(side(Owner::Itself, 2), None);
    }

    #[test]
    fn bounds_between_two_values_have_a_last_value_before_them() {
        let half = |parts: i64| BigRational::new(BigInt::from(parts), BigInt::from(200));
        assert_eq!(Owner::Below.side(&half(-1), Some(&cents(1))), Some(Side::At));
        assert_eq!(Owner::Below.side(&half(1), Some(&cents(1))), Some(Side::Above));
        assert_eq!(Owner::Above.side(&half(1), Some(&cents(1))), Some(Side::At));
    }

    #[test]
    fn without_a_step_a_side_is_all_of_it() {
        assert_eq!(Owner::Below.side(&cents(500), None), Some(Side::Above));
        assert_eq!(Owner::Below.side(&cents(-1), None), None);
        assert_eq!(Owner::Below.side(&cents(0), None), Some(Side::At));
    }
}
