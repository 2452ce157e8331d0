//! What values take from elsewhere than their own row: inputs that are no columns.

use fen_grammar::diagnostic::Text;
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, Zero};

use super::program::{Expr, ExprKind, Function, Input, Origin};
use super::types::{Facts, Grid, Measure, Type, decimals, step_of};
use super::{Checker, MONEY_DECIMALS, errors};
use crate::ids::{InputId, LinkId, ValueId};
use crate::resolve::program::{Expr as ResolvedExpr, RunningId, Symbol};

/// The most values that can be added up; ranges of totals follow from it, so that 18 digits are enough for the sum of
/// amounts of up to ten million yuan.
const MOST_VALUES: i64 = 999_999_999;

/// The most decimals of what is added up.
const MAX_DECIMALS: u32 = 18;

/// What a value that is not known before it is computed: of a running value, or of a field of an earlier claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Ahead {
    Running(RunningId),
    Field(LinkId, Symbol),
}

impl Checker<'_> {
    /// Adds an input that is no column.
    pub(super) fn add_import(&mut self, name: String, label: Text, ty: Type, facts: Facts, origin: Origin) -> InputId {
        let id = InputId(self.program.inputs.len());
        let is_optional = match &origin {
            Origin::Running { function, .. } => !matches!(function, Function::Sum | Function::Count),
            Origin::Field { .. } => true,
            Origin::Column | Origin::Linked(_) | Origin::Total { .. } | Origin::Part(_) => false,
        };
        let scale = scale_of(ty, &facts);
        self.program.inputs.push(Input { name, label, ty, scale, is_optional, facts, origin, per: None });
        self.input_is_suspect.push(false);
        id
    }

    /// A value of its own for an expression; a name stands for the value it has.
    pub(super) fn value_of(&mut self, name: &str, expr: Expr) -> ValueId {
        match expr.kind {
            ExprKind::Value(id) => id,
            _ => self.add_value(name.to_owned(), expr, None),
        }
    }

    /// An operand that is added up or compared over several claims, under its condition.
    pub(super) fn operand(
        &mut self,
        of: &ResolvedExpr,
        when: Option<&ResolvedExpr>,
    ) -> (Option<Expr>, Option<Option<Expr>>) {
        let when = when.map(|when| self.condition(when));
        let of = match &when {
            Some(Some(when)) => self.under(when.clone(), |checker| checker.expr(of)),
            _ => self.expr(of),
        };
        (of, when)
    }

    /// Whether what is done with several values can be done with these; reported if not.
    pub(super) fn can_be_taken(&mut self, function: Function, of: &Expr) -> bool {
        let ty = self.name_of(of.ty);
        match function {
            Function::Count => return true,
            Function::Sum if of.ty.measure().is_none() => {
                self.report(errors::not_an_amount(of.span, &ty));
                return false;
            }
            Function::Max | Function::Min if matches!(of.ty, Type::Bool | Type::Code | Type::Id) => {
                self.report(errors::no_order(of.span, &ty));
                return false;
            }
            _ => {}
        }
        let is_exact = match &of.facts.grid {
            Grid::Zero => true,
            Grid::Step(step) => decimals(step).is_some_and(|found| found <= MAX_DECIMALS),
            Grid::Free => false,
        };
        if !is_exact && !self.is_estimating {
            self.report(errors::kept_without_step(of.span));
        }
        is_exact || self.is_estimating
    }
}

/// The range of what comes of up to a billion values. There is at least one of them, unless `may_be_none`.
pub(super) fn taken(function: Function, facts: &Facts, may_be_none: bool) -> Facts {
    let most = BigRational::from(BigInt::from(MOST_VALUES));
    match function {
        Function::Count => Facts::integers(i64::from(!may_be_none), MOST_VALUES),
        Function::Max | Function::Min | Function::Last => facts.clone(),
        Function::Sum => {
            let zero = BigRational::zero();
            let low = if facts.low.is_negative() { &facts.low * &most } else { facts.low.clone() };
            let high = if facts.high.is_positive() { &facts.high * &most } else { facts.high.clone() };
            let (low, high) = if may_be_none { (low.min(zero.clone()), high.max(zero)) } else { (low, high) };
            Facts { low, high, grid: facts.grid.clone() }
        }
    }
}

/// The decimals of an import's cells.
fn scale_of(ty: Type, facts: &Facts) -> u32 {
    let Some(measure) = ty.measure() else { return 0 };
    let needed = facts.grid.step().and_then(decimals).unwrap_or(0);
    if measure == Measure::MONEY { needed.max(MONEY_DECIMALS) } else { needed }
}

/// What is assumed of values that are not computed yet, when a program is checked for the first time: nearly anything, or
/// nearly anything that is not negative.
pub(super) fn anything(ty: Type, widest: Facts, may_be_negative: bool) -> Facts {
    if ty.measure().is_none() {
        return widest;
    }
    let high = BigRational::from(BigInt::from(10).pow(ASSUMED_DIGITS));
    let low = if may_be_negative { -high.clone() } else { BigRational::zero() };
    Facts::range(low, high, step_of(0))
}

/// What is assumed of values before there was a claim: next to nothing.
pub(super) fn nothing(ty: Type, widest: Facts) -> Facts {
    if ty.measure().is_none() { widest } else { Facts::integers(0, 1) }
}

/// Whether values may grow as far as what was assumed of others.
pub(super) fn is_unbounded(facts: &Facts) -> bool {
    let limit = BigRational::from(BigInt::from(10).pow(ASSUMED_DIGITS / 2));
    facts.high > limit || facts.low < -limit
}

const ASSUMED_DIGITS: u32 = 90;
