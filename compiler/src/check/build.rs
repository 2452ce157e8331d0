//! Expressions that the check makes itself: conditions to be proven, and what cases, bands and indicators become.

use fen_grammar::source::Span;
use fen_grammar::tree::Comparison;
use num_bigint::BigInt;
use num_rational::BigRational;

use super::program::{Expr, ExprKind};
use super::types::{Facts, Type};
use crate::ids::InputId;

impl Expr {
    pub(crate) fn constant(ty: Type, value: BigRational, span: Span) -> Self {
        Self { span, ty, facts: Facts::constant(&value), kind: ExprKind::Constant(value) }
    }

    /// The constant of a date, bool, enum value or code.
    pub(crate) fn ordinal(ty: Type, value: i64, span: Span) -> Self {
        Self::constant(ty, BigRational::from(BigInt::from(value)), span)
    }

    fn condition(kind: ExprKind, span: Span) -> Self {
        Self { span, ty: Type::Bool, kind, facts: Facts::bool() }
    }

    /// Whether an optional input is there.
    pub(crate) fn known(id: InputId, span: Span) -> Self {
        Self::condition(ExprKind::Known(id), span)
    }

    pub(crate) fn compare(self, comparison: Comparison, other: Self) -> Self {
        let span = self.span.to(other.span);
        Self::condition(ExprKind::Compare(comparison, Box::new(self), Box::new(other)), span)
    }

    pub(crate) fn and(self, other: Self) -> Self {
        let span = self.span.to(other.span);
        Self::condition(ExprKind::And(Box::new(self), Box::new(other)), span)
    }

    pub(crate) fn or(self, other: Self) -> Self {
        let span = self.span.to(other.span);
        Self::condition(ExprKind::Or(Box::new(self), Box::new(other)), span)
    }

    pub(crate) fn negated(self) -> Self {
        let span = self.span;
        Self::condition(ExprKind::Not(Box::new(self)), span)
    }

    pub(crate) fn truth(value: bool, span: Span) -> Self {
        Self::ordinal(Type::Bool, i64::from(value), span)
    }

    /// All of several conditions; true if there are none.
    pub(crate) fn all(conditions: impl IntoIterator<Item = Self>, span: Span) -> Self {
        conditions.into_iter().reduce(Self::and).unwrap_or_else(|| Self::truth(true, span))
    }

    /// A choice between values of one type.
    pub(crate) fn cases(cases: Vec<(Self, Self)>, otherwise: Self, span: Span) -> Self {
        let facts = cases.iter().fold(otherwise.facts.clone(), |facts, (_, value)| facts.either(&value.facts));
        let ty = otherwise.ty;
        if cases.is_empty() {
            return otherwise;
        }
        Self { span, ty, kind: ExprKind::Cases(cases, Box::new(otherwise)), facts }
    }
}
