//! Typing rules of expressions, with the range and grid of each.

use fen_grammar::source::Span;
use fen_grammar::tree::{BinaryOp, Function};
use num_rational::BigRational;
use num_traits::Zero;

use super::Checker;
use super::errors::{DivisionByZero, DivisorNotConstant, Hopeless, Mismatch, ProductType, QuotientType, RateSum};
use super::program::{Expr, ExprKind};
use super::types::{Facts, Type};
use crate::resolve::program::{self as resolved, Symbol};

impl Checker<'_> {
    /// Types an expression; `None` if it has an error, which is reported.
    pub(super) fn expr(&mut self, expr: &resolved::Expr) -> Option<Expr> {
        let typed = self.typed(expr)?;
        if typed.facts.is_hopeless() {
            self.report(Hopeless { span: expr.span });
            return None;
        }
        Some(typed)
    }

    fn typed(&mut self, expr: &resolved::Expr) -> Option<Expr> {
        let span = expr.span;
        match &expr.kind {
            resolved::ExprKind::Quantity(quantity) => {
                let facts = Facts::constant(&quantity.value);
                let kind = ExprKind::Constant(quantity.value.clone());
                Some(Expr { span, ty: Type::of(quantity.unit), kind, facts })
            }
            resolved::ExprKind::Symbol(symbol) => {
                let (ty, facts) = self.symbol_facts(*symbol)?;
                let kind = match symbol {
                    Symbol::Input(id) => ExprKind::Input(*id),
                    Symbol::Value(id) => ExprKind::Value(*id),
                };
                Some(Expr { span, ty, kind, facts })
            }
            resolved::ExprKind::Unknown => None,
            resolved::ExprKind::Negate(inner) => {
                let inner = self.expr(inner)?;
                let (ty, facts) = (inner.ty, inner.facts.negate());
                Some(Expr { span, ty, kind: ExprKind::Negate(Box::new(inner)), facts })
            }
            resolved::ExprKind::Binary(op, left, right) => {
                let (left, right) = (self.expr(left), self.expr(right));
                self.binary(*op, left?, right?, span)
            }
            resolved::ExprKind::Call(function, args) => self.call(*function, args, span),
        }
    }

    /// Type and facts of a name; `None` if its definition has an error.
    pub(super) fn symbol_facts(&self, symbol: Symbol) -> Option<(Type, Facts)> {
        match symbol {
            Symbol::Input(id) => self.program.input(id).map(|input| (input.ty, input.facts.clone())),
            Symbol::Value(id) if self.is_poisoned(id) => None,
            Symbol::Value(id) => self.program.value(id).map(|value| (value.ty, value.facts.clone())),
        }
    }

    fn binary(&mut self, op: BinaryOp, left: Expr, right: Expr, span: Span) -> Option<Expr> {
        match op {
            BinaryOp::Add => self.sum(left, right, span, false),
            BinaryOp::Sub => self.sum(left, right, span, true),
            BinaryOp::Mul => self.product(left, right, span),
            BinaryOp::Div => self.quotient(left, right, span),
        }
    }

    fn sum(&mut self, left: Expr, right: Expr, span: Span, subtract: bool) -> Option<Expr> {
        let (en, zh) = if subtract { ("subtract", "相减") } else { ("add", "相加") };
        let (left, right) = self.same_type(left, right, en, zh);
        let ty = left.ty;
        if ty == Type::Rate {
            self.report(RateSum { span, subtract });
        }
        let (facts, kind) = if subtract {
            (left.facts.add(&right.facts.negate()), ExprKind::Sub(Box::new(left), Box::new(right)))
        } else {
            (left.facts.add(&right.facts), ExprKind::Add(Box::new(left), Box::new(right)))
        };
        Some(Expr { span, ty, kind, facts })
    }

    fn product(&mut self, left: Expr, right: Expr, span: Span) -> Option<Expr> {
        let ty = match (left.ty, right.ty) {
            (Type::Money, Type::Money) => {
                self.report(ProductType { span, left: left.span, right: right.span });
                Type::Money
            }
            (Type::Money, _) | (_, Type::Money) => Type::Money,
            (Type::Number, Type::Number) => Type::Number,
            _ => Type::Rate,
        };
        let facts = left.facts.multiply(&right.facts);
        Some(Expr { span, ty, kind: ExprKind::Mul(Box::new(left), Box::new(right)), facts })
    }

    fn quotient(&mut self, left: Expr, right: Expr, span: Span) -> Option<Expr> {
        let ty = match (left.ty, right.ty) {
            (ty, Type::Number) | (ty @ (Type::Money | Type::Number), Type::Rate) => ty,
            (left_ty, right_ty) => {
                self.report(QuotientType { span, left: left_ty.name(), right: right_ty.name() });
                return None;
            }
        };
        let Some(divisor) = right.facts.as_constant().cloned() else {
            self.report(DivisorNotConstant { span: right.span });
            return None;
        };
        if divisor.is_zero() {
            self.report(DivisionByZero { span: right.span });
            return None;
        }
        let facts = left.facts.multiply(&Facts::constant(&divisor.recip()));
        Some(Expr { span, ty, kind: ExprKind::Div(Box::new(left), divisor), facts })
    }

    fn call(&mut self, function: Function, args: &[resolved::Expr], span: Span) -> Option<Expr> {
        let typed: Vec<Option<Expr>> = args.iter().map(|arg| self.expr(arg)).collect();
        let mut args = Vec::new();
        for arg in typed {
            let arg = arg?;
            match args.pop() {
                None => args.push(arg),
                Some(last) => {
                    let (last, arg) = self.same_type(last, arg, "compare", "比较");
                    args.extend([last, arg]);
                }
            }
        }
        let first = args.first()?;
        let (ty, first) = (first.ty, first.facts.clone());
        let rest = args.iter().skip(1);
        let (facts, kind) = match function {
            Function::Max => (rest.fold(first, |facts, arg| facts.max(&arg.facts)), ExprKind::Max(args)),
            Function::Min => (rest.fold(first, |facts, arg| facts.min(&arg.facts)), ExprKind::Min(args)),
        };
        Some(Expr { span, ty, kind, facts })
    }

    /// Reports operands of different types, and goes on as if the one without a unit had that of the other. A bare 0 is
    /// not money: it could be a slip for a rate.
    pub(super) fn same_type(
        &mut self,
        mut left: Expr,
        mut right: Expr,
        en: &'static str,
        zh: &'static str,
    ) -> (Expr, Expr) {
        if left.ty == right.ty {
            return (left, right);
        }
        let zero_without_unit = [&left, &right]
            .into_iter()
            .find(|side| side.ty == Type::Number && side.facts.as_constant().is_some_and(BigRational::is_zero))
            .map(|side| side.span);
        let (left_side, right_side) = ((left.span, left.ty.name()), (right.span, right.ty.name()));
        self.report(Mismatch { verb: (en, zh), left: left_side, right: right_side, zero_without_unit });
        let ty = if left.ty == Type::Number { right.ty } else { left.ty };
        (left.ty, right.ty) = (ty, ty);
        (left, right)
    }
}
