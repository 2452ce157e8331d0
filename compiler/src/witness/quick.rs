//! What facts alone say of a condition.

use std::cmp::Ordering;

use fen_grammar::tree::Comparison;
use num_traits::Zero;

use super::path::is_bounded;
use crate::check::program::{Expr, ExprKind};

/// Whether a condition is true of every claim, or false of every one; `None` if facts do not tell.
pub(super) fn truth(expr: &Expr) -> Option<bool> {
    match &expr.kind {
        ExprKind::Not(inner) => truth(inner).map(|truth| !truth),
        ExprKind::And(left, right) => connect(truth(left), || truth(right), true),
        ExprKind::Or(left, right) => connect(truth(left), || truth(right), false),
        ExprKind::Compare(comparison, left, right) => compare(*comparison, left, right),
        _ => expr.facts.as_constant().map(|value| !value.is_zero()),
    }
}

/// Both are `neutral`, or one of them is not.
fn connect(left: Option<bool>, right: impl FnOnce() -> Option<bool>, neutral: bool) -> Option<bool> {
    if left == Some(!neutral) {
        return left;
    }
    let right = right();
    if right == Some(!neutral) { right } else { left.and(right) }
}

fn compare(comparison: Comparison, left: &Expr, right: &Expr) -> Option<bool> {
    use Comparison::{Eq, Ge, Gt, Le, Lt, Ne};
    if left == right {
        return Some(matches!(comparison, Eq | Le | Ge));
    }
    let exactly = |order: Ordering| match comparison {
        Eq => order.is_eq(),
        Ne => order.is_ne(),
        Lt => order.is_lt(),
        Le => order.is_le(),
        Gt => order.is_gt(),
        Ge => order.is_ge(),
    };
    if let (ExprKind::Constant(left), ExprKind::Constant(right)) = (&left.kind, &right.kind) {
        return Some(exactly(left.cmp(right)));
    }
    if !is_bounded(left.ty) || !is_bounded(right.ty) {
        return (left == right).then(|| exactly(Ordering::Equal));
    }
    let (a, b) = (&left.facts, &right.facts);
    if a.high < b.low {
        return Some(exactly(Ordering::Less));
    }
    if a.low > b.high {
        return Some(exactly(Ordering::Greater));
    }
    match comparison {
        Le if a.high <= b.low => return Some(true),
        Ge if a.low >= b.high => return Some(true),
        Lt if a.low >= b.high => return Some(false),
        Gt if a.high <= b.low => return Some(false),
        _ => {}
    }
    (left == right || (a.as_constant().is_some() && a.as_constant() == b.as_constant()))
        .then(|| exactly(Ordering::Equal))
}

/// A condition that must hold or not.
pub(super) type Literal<'a> = (&'a Expr, bool);

/// The parts that all must hold for the condition to be true.
pub(super) fn conjuncts<'a>(expr: &'a Expr, wanted: bool, into: &mut Vec<Literal<'a>>) {
    match &expr.kind {
        ExprKind::Not(inner) => conjuncts(inner, !wanted, into),
        ExprKind::And(left, right) if wanted => {
            conjuncts(left, true, into);
            conjuncts(right, true, into);
        }
        ExprKind::Or(left, right) if !wanted => {
            conjuncts(left, false, into);
            conjuncts(right, false, into);
        }
        _ => into.push((expr, wanted)),
    }
}

/// Conditions looked at in pairs; more would take longer than searching.
const MAX_PAIRED: usize = 40;

/// Whether the parts contradict each other as written, or one is false in itself.
pub(super) fn is_absurd(literals: &[Literal<'_>]) -> bool {
    if literals.iter().any(|(expr, wanted)| truth(expr).is_some_and(|truth| truth != *wanted)) {
        return true;
    }
    let literals = literals.get(..MAX_PAIRED).unwrap_or(literals);
    literals.iter().enumerate().any(|(at, (expr, wanted))| {
        literals.iter().skip(at + 1).any(|(other, other_wanted)| wanted != other_wanted && expr == other)
    })
}

/// About how many ways through a condition there are, so that those with few come first; 0 if there is only one.
pub(super) fn ways((expr, wanted): &Literal<'_>) -> usize {
    match &expr.kind {
        ExprKind::Not(inner) => ways(&(inner, !wanted)),
        ExprKind::And(left, right) | ExprKind::Or(left, right) => {
            let all = matches!(expr.kind, ExprKind::And(..)) == *wanted;
            let sum = ways(&(left, *wanted)).saturating_add(ways(&(right, *wanted)));
            sum.saturating_add(if all { 0 } else { 2 })
        }
        ExprKind::Compare(comparison, left, right) => {
            let differ = matches!((comparison, wanted), (Comparison::Ne, true) | (Comparison::Eq, false));
            effort(left).saturating_add(effort(right)).saturating_add(usize::from(differ))
        }
        ExprKind::HasRow { .. } => 4,
        _ => effort(expr),
    }
}

fn effort(expr: &Expr) -> usize {
    if expr.facts.as_constant().is_some() {
        return 0;
    }
    let sum = |parts: &[Expr]| parts.iter().fold(parts.len(), |sum, part| sum.saturating_add(effort(part)));
    match &expr.kind {
        ExprKind::Constant(_) | ExprKind::Input(_) | ExprKind::Parameter(_) | ExprKind::Known(_) => 0,
        ExprKind::Negate(inner) | ExprKind::Not(inner) | ExprKind::Round(inner, _) => effort(inner),
        ExprKind::Add(left, right)
        | ExprKind::Sub(left, right)
        | ExprKind::Mul(left, right)
        | ExprKind::Div(left, right)
        | ExprKind::And(left, right)
        | ExprKind::Or(left, right)
        | ExprKind::Compare(_, left, right) => effort(left).saturating_add(effort(right)),
        ExprKind::Max(parts) | ExprKind::Min(parts) => sum(parts),
        ExprKind::Cases(cases, last) => {
            cases.iter().fold(effort(last), |sum, (_, value)| sum.saturating_add(2 + effort(value)))
        }
        ExprKind::Lookup { .. } | ExprKind::HasRow { .. } => 4,
        ExprKind::Value(_) => 3,
        ExprKind::Apply(_, inner) => effort(inner) + 3,
        ExprKind::AddMonths { date, months, .. } => effort(date).saturating_add(effort(months)),
        ExprKind::FullMonths { from, to, .. } => effort(from).saturating_add(effort(to)).saturating_add(1),
    }
}
