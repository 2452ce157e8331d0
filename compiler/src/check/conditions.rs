//! Typing rules of conditions.

use fen_grammar::source::Span;
use fen_grammar::tree::Comparison;

use super::program::Expr;
use super::types::Type;
use super::{Checker, errors};
use crate::resolve::program::{self as resolved, Symbol};

impl Checker<'_> {
    /// An expression that must be a condition.
    pub(super) fn condition(&mut self, expr: &resolved::Expr) -> Option<Expr> {
        let typed = self.expr_as(expr, Some(Type::Bool))?;
        if typed.ty != Type::Bool {
            let is_value = matches!(typed.ty, Type::Enum(_)) && typed.facts.as_constant().is_some();
            let ty = self.name_of(typed.ty);
            self.report(errors::not_a_condition(typed.span, &ty, is_value));
            return None;
        }
        Some(typed)
    }

    /// `not inner`
    pub(super) fn negation(&mut self, inner: &resolved::Expr, span: Span) -> Option<Expr> {
        let inner = self.condition(inner)?;
        Some(Expr { span, ..inner.negated() })
    }

    /// `left and right`, `left or right`: the right one is only looked at if the left one does not decide.
    pub(super) fn both(
        &mut self,
        left: &resolved::Expr,
        right: &resolved::Expr,
        is_and: bool,
        span: Span,
    ) -> Option<Expr> {
        let left = self.condition(left);
        let known = left.as_ref().map(|left| if is_and { left.clone() } else { left.clone().negated() });
        let right = match known {
            Some(known) => self.under(known, |checker| checker.condition(right)),
            None => self.condition(right),
        };
        let joined = if is_and { left?.and(right?) } else { left?.or(right?) };
        Some(Expr { span, ..joined })
    }

    pub(super) fn comparison(
        &mut self,
        comparison: Comparison,
        left: &resolved::Expr,
        right: &resolved::Expr,
        span: Span,
    ) -> Option<Expr> {
        // The names of enum values get their meaning from the other side.
        let is_name = |side: &resolved::Expr| matches!(side.kind, resolved::ExprKind::EnumValue(..));
        let (left, right) = if is_name(left) && !is_name(right) {
            let right = self.expr(right);
            (self.expr_as(left, right.as_ref().map(|right| right.ty)), right)
        } else {
            let left = self.expr(left);
            let right = self.expr_as(right, left.as_ref().map(|left| left.ty));
            (left, right)
        };
        self.compared(comparison, left?, right?, span)
    }

    pub(super) fn compared(&mut self, comparison: Comparison, left: Expr, right: Expr, span: Span) -> Option<Expr> {
        let (left, right) = self.same_type(left, right, "compare", "比较")?;
        let is_ordered = !matches!(left.ty, Type::Bool | Type::Code | Type::Id);
        if !is_ordered && !matches!(comparison, Comparison::Eq | Comparison::Ne) {
            let ty = self.name_of(left.ty);
            self.report(errors::no_order(span, &ty));
            return None;
        }
        Some(Expr { span, ..left.compare(comparison, right) })
    }

    /// `x in (a, b)`
    pub(super) fn membership(&mut self, inner: &resolved::Expr, values: &[resolved::Expr], span: Span) -> Option<Expr> {
        let inner = self.expr(inner)?;
        let mut any: Option<Expr> = None;
        for value in values {
            let value = self.expr_as(value, Some(inner.ty))?;
            let one = self.compared(Comparison::Eq, inner.clone(), value, span)?;
            any = Some(match any {
                None => one,
                Some(any) => any.or(one),
            });
        }
        any.map(|any| Expr { span, ..any })
    }

    /// `x known`
    pub(super) fn known(&mut self, inner: &resolved::Expr, span: Span) -> Option<Expr> {
        let input = match &inner.kind {
            resolved::ExprKind::Symbol(Symbol::Input(id))
            | resolved::ExprKind::EnumValue(_, Some(Symbol::Input(id))) => *id,
            resolved::ExprKind::Symbol(Symbol::Value(id)) if self.running_import(*id).is_some() => {
                self.running_import(*id)?
            }
            resolved::ExprKind::Field(link, of) => return self.field_known(*link, *of, span),
            resolved::ExprKind::Unknown => return None,
            _ => {
                self.report(errors::known_of_no_input(inner.span));
                return None;
            }
        };
        if !self.program.input(input).is_some_and(|input| input.is_optional) {
            if !self.is_suspect(crate::ids::Symbol::Input(input)) {
                let name = self.program.input(input).map(|input| input.name.clone()).unwrap_or_default();
                self.report(errors::always_known(inner.span, &name));
            }
            return None;
        }
        Some(Expr::known(input, span))
    }
}
