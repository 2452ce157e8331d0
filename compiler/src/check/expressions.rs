//! Typing rules of amounts, with the range and grid of each; see `conditions` and `dates` for the rest.

use fen_grammar::source::Span;
use fen_grammar::tree::{BinaryOp, Comparison, Function, Quantity, RoundingMode};
use num_rational::BigRational;
use num_traits::{One, Zero};

use super::errors::{DivisionByZero, Hopeless, Mismatch, ProductType, QuotientType, RateSum};
use super::literals::measure_of;
use super::parameters::Meaning;
use super::program::{Expr, ExprKind, Rounding};
use super::types::{Kind, Measure, Type};
use super::{Checker, errors};
use crate::ids::{EnumId, InputId, Symbol};
use crate::resolve::program::{self as resolved, ParamId, Referent};

impl Checker<'_> {
    /// Types an expression; `None` if it has an error, which is reported.
    pub(super) fn expr(&mut self, expr: &resolved::Expr) -> Option<Expr> {
        self.expr_as(expr, None)
    }

    /// Types an expression where a value of a type is wanted, which decides what the names of enum values mean.
    pub(super) fn expr_as(&mut self, expr: &resolved::Expr, wanted: Option<Type>) -> Option<Expr> {
        let typed = self.typed(expr, wanted);
        if typed.as_ref().is_some_and(|typed| typed.facts.is_hopeless()) {
            self.report(Hopeless { span: expr.span });
            return None;
        }
        typed
    }

    /// Expressions are deep; every arm is a call, so that this takes little stack.
    fn typed(&mut self, expr: &resolved::Expr, wanted: Option<Type>) -> Option<Expr> {
        use resolved::ExprKind as Kind;
        let span = expr.span;
        match &expr.kind {
            Kind::Quantity(quantity) => self.quantity(quantity, span),
            Kind::Date(_) | Kind::Bool(_) | Kind::Text(_) => self.plain_literal(&expr.kind, span),
            Kind::Symbol(symbol) => self.symbol(*symbol, span),
            Kind::EnumValue(name, symbol) => self.enum_value(name, *symbol, wanted, span),
            Kind::Unknown => None,
            Kind::Negate(inner) => self.negative(inner, span),
            Kind::Binary(op, left, right) => self.binary(*op, left, right, span),
            Kind::Shift { date, by, subtract, direction } => self.shift(date, by, *subtract, *direction, span),
            Kind::Call(function, args) => self.call(*function, args, span),
            Kind::Round(inner, mode, step) => self.round_call(inner, *mode, step.as_ref(), span),
            Kind::Compare(comparison, left, right) => self.comparison(*comparison, left, right, span),
            Kind::In(inner, values) => self.membership(inner, values, span),
            Kind::HasRow(inner, table) => self.has_row(inner, *table, span),
            Kind::Known(inner) => self.known(inner, span),
            Kind::Not(inner) => self.negation(inner, span),
            Kind::And(left, right) => self.both(left, right, true, span),
            Kind::Or(left, right) => self.both(left, right, false, span),
            Kind::Lookup(table, keys) => self.lookup(*table, keys, span),
            Kind::Apply(ladder, inner) => self.apply(*ladder, inner, span),
            Kind::RowOfSchedule(ladder, inner) => self.row_of_schedule(*ladder, inner, span),
            Kind::RowOfLadder(ladder) => self.row_of_ladder(*ladder, span),
            Kind::Between(unit, from, to) => self.between(*unit, from, to, span),
            Kind::Aggregate(aggregate) => self.aggregate(aggregate),
            Kind::Linked(link) => self.linked(*link, span),
            Kind::Field(link, of) => self.field(*link, *of, span),
        }
    }

    fn quantity(&mut self, quantity: &Quantity, span: Span) -> Option<Expr> {
        match measure_of(&quantity.unit) {
            Some(measure) => Some(Expr::constant(Type::Measure(measure), quantity.value.clone(), span)),
            None => {
                self.report(errors::unit_per_itself(span));
                None
            }
        }
    }

    fn plain_literal(&mut self, literal: &resolved::ExprKind, span: Span) -> Option<Expr> {
        use fen_grammar::tree::LiteralKind;
        let (literal, ty) = match literal {
            resolved::ExprKind::Date(date) => (LiteralKind::Date(*date), Type::Date),
            resolved::ExprKind::Bool(value) => (LiteralKind::Bool(*value), Type::Bool),
            resolved::ExprKind::Text(text) => (LiteralKind::Text(text.clone()), Type::Code),
            _ => return None,
        };
        let value = self.literal_of(&literal, ty, span)?;
        Some(Expr::constant(ty, value, span))
    }

    pub(super) fn symbol(&mut self, symbol: resolved::Symbol, span: Span) -> Option<Expr> {
        match symbol {
            resolved::Symbol::Input(id) => {
                self.must_be_known(id, span);
                self.input_expr(id, span)
            }
            resolved::Symbol::Param(id) => self.parameter_named(id, span),
            resolved::Symbol::Value(id) => {
                if let Some(import) = self.running_import(id) {
                    self.must_be_known(import, span);
                    return self.input_expr(import, span);
                }
                let expr = self.value_expr(id, span)?;
                self.must_apply(id, span);
                Some(expr)
            }
            resolved::Symbol::Schedule(_) | resolved::Symbol::Link(_) => None,
        }
    }

    fn parameter_named(&mut self, id: ParamId, span: Span) -> Option<Expr> {
        let meaning = self.meaning(id)?.clone();
        let keys = self.resolved.params.get(id.0).map_or(0, |param| param.keys.len());
        if keys > 0 {
            let name = self.resolved.params.get(id.0)?.name.text.clone();
            self.report(errors::table_without_keys(span, &name, keys));
            return None;
        }
        self.parameter_expr(&meaning, span)
    }

    /// An optional input stands only where it is proven to be there.
    fn must_be_known(&mut self, id: InputId, span: Span) {
        if !self.program.input(id).is_some_and(|input| input.is_optional) || self.path_says(&ExprKind::Known(id)) {
            return;
        }
        let known = Expr::known(id, span);
        if let Some(claim) = self.find(known.negated()) {
            let name = self.program.input(id).map(|input| input.name.clone()).unwrap_or_default();
            self.report(errors::maybe_missing(span, &name, claim));
        }
    }

    /// The value of an indicator exists only where the indicator applies.
    fn must_apply(&mut self, id: crate::ids::ValueId, span: Span) {
        let Some(guard) = self.guards.get(&id).cloned() else { return };
        if let Some(claim) = self.find(guard.negated()) {
            let name = self.program.value(id).map(|value| value.name.clone()).unwrap_or_default();
            self.report(errors::maybe_not_applicable(span, &name, claim));
        }
    }

    /// The name of a value of an enum: of the enum that is wanted, else of the only one that has it.
    fn enum_value(
        &mut self,
        name: &str,
        symbol: Option<resolved::Symbol>,
        wanted: Option<Type>,
        span: Span,
    ) -> Option<Expr> {
        if let Some(Type::Enum(id)) = wanted
            && let Some(ordinal) = self.enum_ordinal(name, id)
        {
            self.mention_value(span, id, ordinal);
            return Some(Expr::ordinal(Type::Enum(id), ordinal, span));
        }
        if let Some(symbol) = symbol {
            self.mentions.push((span, Referent::Symbol(symbol)));
            return self.symbol(symbol, span);
        }
        let having: Vec<(EnumId, i64)> = (0..self.program.enums.len())
            .filter_map(|at| self.enum_ordinal(name, EnumId(at)).map(|ordinal| (EnumId(at), ordinal)))
            .collect();
        match (having.as_slice(), wanted) {
            (_, Some(wanted @ Type::Enum(id))) => {
                let known: Vec<String> = self.enum_values(id).iter().map(|value| value.name.clone()).collect();
                let near = fen_grammar::diagnostic::nearest(name, known.iter().map(String::as_str)).map(str::to_owned);
                let ty = self.name_of(wanted);
                self.report(errors::unknown_value(name, span, &ty, &known, near));
                None
            }
            ([(id, ordinal)], _) => {
                self.mention_value(span, *id, *ordinal);
                Some(Expr::ordinal(Type::Enum(*id), *ordinal, span))
            }
            (_, Some(Type::Code | Type::Id)) => {
                self.report(errors::code_without_quotes(name, span));
                None
            }
            ([], _) => {
                self.report(errors::unknown_enum_value(name, span));
                None
            }
            (several, _) => {
                let names: Vec<String> = several
                    .iter()
                    .filter_map(|(id, _)| self.program.enums.get(id.0))
                    .map(|one| format!("{}.{name}", one.name))
                    .collect();
                self.report(errors::ambiguous_value(name, span, &names));
                None
            }
        }
    }

    /// What an expression measures; reported if it is no amount.
    fn amount(&mut self, expr: &Expr) -> Option<Measure> {
        let measure = expr.ty.measure();
        if measure.is_none() {
            let ty = self.name_of(expr.ty);
            self.report(errors::not_an_amount(expr.span, &ty));
        }
        measure
    }

    fn binary(&mut self, op: BinaryOp, left: &resolved::Expr, right: &resolved::Expr, span: Span) -> Option<Expr> {
        let left = self.expr(left);
        let right = self.expr(right);
        self.combined(op, left, right, span)
    }

    fn combined(&mut self, op: BinaryOp, left: Option<Expr>, right: Option<Expr>, span: Span) -> Option<Expr> {
        let (left, right) = (left?, right?);
        match op {
            BinaryOp::Add | BinaryOp::Sub if left.ty == Type::Date || right.ty == Type::Date => {
                self.date_sum(left, right, op == BinaryOp::Sub, span)
            }
            BinaryOp::Add => self.sum(left, right, span, false),
            BinaryOp::Sub => self.sum(left, right, span, true),
            BinaryOp::Mul => self.product(left, right, span),
            BinaryOp::Div => self.quotient(left, right, span),
        }
    }

    fn negative(&mut self, inner: &resolved::Expr, span: Span) -> Option<Expr> {
        let inner = self.expr(inner)?;
        self.amount(&inner)?;
        let (ty, facts) = (inner.ty, inner.facts.negate());
        Some(Expr { span, ty, kind: ExprKind::Negate(Box::new(inner)), facts })
    }

    fn sum(&mut self, left: Expr, right: Expr, span: Span, subtract: bool) -> Option<Expr> {
        let (a, b) = (self.amount(&left), self.amount(&right));
        let (a, b) = (a?, b?);
        let is_one = |side: &Expr| side.facts.as_constant().is_some_and(One::is_one);
        let measure = match (a.kind(), b.kind()) {
            (Some(Kind::Rate | Kind::Ratio), Some(Kind::Points)) => Some(Measure::RATE),
            (Some(Kind::Points), Some(Kind::Rate | Kind::Ratio)) if !subtract => Some(Measure::RATE),
            // The factor 1 + 5% can mean one thing only.
            (Some(Kind::Plain), Some(Kind::Rate | Kind::Ratio)) if is_one(&left) => Some(Measure::NUMBER),
            (Some(Kind::Rate | Kind::Ratio), Some(Kind::Plain)) if is_one(&right) => Some(Measure::NUMBER),
            // So can 100% less a rate: what is left of the whole.
            (Some(Kind::Rate), Some(Kind::Rate | Kind::Ratio)) if is_one(&left) => Some(Measure::RATE),
            (Some(Kind::Rate), Some(Kind::Rate | Kind::Ratio)) | (Some(Kind::Ratio), Some(Kind::Rate)) => {
                let is_weighted = [&left, &right].into_iter().any(|side| matches!(side.kind, ExprKind::Mul(..)));
                self.report(RateSum { span, subtract, is_weighted });
                Some(Measure::RATE)
            }
            _ => None,
        };
        let (mut left, mut right) = (left, right);
        let ty = match measure {
            Some(measure) => Type::Measure(measure),
            None => {
                let (en, zh) = if subtract { ("subtract", "相减") } else { ("add", "相加") };
                (left, right) = self.same_type(left, right, en, zh)?;
                left.ty
            }
        };
        let (facts, kind) = if subtract {
            (left.facts.add(&right.facts.negate()), ExprKind::Sub(Box::new(left), Box::new(right)))
        } else {
            (left.facts.add(&right.facts), ExprKind::Add(Box::new(left), Box::new(right)))
        };
        Some(Expr { span, ty, kind, facts })
    }

    fn product(&mut self, left: Expr, right: Expr, span: Span) -> Option<Expr> {
        let (a, b) = (self.amount(&left), self.amount(&right));
        let (a, b) = (a?, b?);
        let Some(measure) = a.times(b) else {
            self.report(ProductType { span, left: (left.span, a.name()), right: (right.span, b.name()) });
            return None;
        };
        let mut facts = left.facts.multiply(&right.facts);
        if left == right {
            // A square is never negative.
            facts.low = facts.low.max(BigRational::zero());
        }
        let kind = ExprKind::Mul(Box::new(left), Box::new(right));
        Some(Expr { span, ty: Type::Measure(measure), kind, facts })
    }

    fn quotient(&mut self, left: Expr, right: Expr, span: Span) -> Option<Expr> {
        let (a, b) = (self.amount(&left), self.amount(&right));
        let (a, b) = (a?, b?);
        let is_constant = right.facts.as_constant().is_some();
        let measure = match (a.kind(), b.kind()) {
            (Some(Kind::Plain), Some(Kind::Plain)) if is_constant => Some(Measure::NUMBER),
            (Some(x), Some(y)) if x == y => Some(Measure::RATIO),
            (Some(kind), Some(Kind::Plain | Kind::Ratio | Kind::Rate)) => Some(Measure::bare(kind)),
            (None, None) if a == b => Some(Measure::RATIO),
            (_, Some(Kind::Points)) => None,
            (_, Some(_)) => Some(a),
            _ => a.times(b.inverse()),
        };
        let Some(measure) = measure else {
            self.report(QuotientType { span, left: a.name(), right: b.name() });
            return None;
        };
        if right.facts.as_constant().is_some_and(Zero::is_zero) {
            self.report(DivisionByZero { span: right.span });
            return None;
        }
        let zero = BigRational::zero();
        if right.facts.low <= zero && right.facts.high >= zero {
            let nothing = Expr::constant(right.ty, zero, right.span);
            let found = self.find(right.clone().compare(Comparison::Eq, nothing));
            if let Some(claim) = found {
                self.report(errors::maybe_zero(right.span, claim));
                return None;
            }
        }
        let Some(facts) = left.facts.divide(&right.facts) else {
            self.report(errors::divisor_too_small(right.span));
            return None;
        };
        let kind = ExprKind::Div(Box::new(left), Box::new(right));
        Some(Expr { span, ty: Type::Measure(measure), kind, facts })
    }

    fn call(&mut self, function: Function, args: &[resolved::Expr], span: Span) -> Option<Expr> {
        let typed: Vec<Option<Expr>> = args.iter().map(|arg| self.expr(arg)).collect();
        let mut args: Vec<Expr> = Vec::new();
        for arg in typed {
            let arg = arg?;
            if arg.ty != Type::Date {
                self.amount(&arg)?;
            }
            match args.pop() {
                None => args.push(arg),
                Some(last) => {
                    let (last, arg) = self.same_type(last, arg, "compare", "比较")?;
                    args.extend([last, arg]);
                }
            }
        }
        let ty = args.last()?.ty;
        if function == Function::Clamp {
            return self.clamp(args, ty, span);
        }
        let first = args.first()?.facts.clone();
        let rest = args.iter().skip(1);
        let (facts, kind) = match function {
            Function::Max => (rest.fold(first, |facts, arg| facts.max(&arg.facts)), ExprKind::Max(args)),
            _ => (rest.fold(first, |facts, arg| facts.min(&arg.facts)), ExprKind::Min(args)),
        };
        Some(Expr { span, ty, kind, facts })
    }

    /// `clamp(x, low, high)`: what lies between the two stays as it is. Limits that can cross have no meaning.
    fn clamp(&mut self, args: Vec<Expr>, ty: Type, span: Span) -> Option<Expr> {
        let Ok([value, low, high]) = <[Expr; 3]>::try_from(args) else {
            self.report(errors::clamp_arguments(span));
            return None;
        };
        if low.facts.high > high.facts.low
            && let Some(claim) = self.find(low.clone().compare(Comparison::Gt, high.clone()))
        {
            self.report(errors::limits_cross(span, claim));
        }
        let facts = value.facts.max(&low.facts);
        let raised = Expr { span, ty, kind: ExprKind::Max(vec![value, low]), facts };
        let facts = raised.facts.min(&high.facts);
        Some(Expr { span, ty, kind: ExprKind::Min(vec![raised, high]), facts })
    }

    fn round_call(
        &mut self,
        inner: &resolved::Expr,
        mode: Option<RoundingMode>,
        step: Option<&Quantity>,
        span: Span,
    ) -> Option<Expr> {
        let inner = self.expr(inner)?;
        let measure = self.amount(&inner)?;
        let declared = self.rounding_for(measure);
        let step = match step {
            Some(step) => Some(self.rounding_step(step, measure)?),
            None => declared.as_ref().map(|declared| declared.step.clone()),
        };
        let mode = mode.or_else(|| declared.as_ref().map(|declared| declared.mode)).or_else(|| self.only_mode());
        let (Some(mode), Some(step)) = (mode, step) else {
            let fix = self.rounding_declared(span, measure);
            self.report(errors::round_how(span, measure).with_fix(fix));
            return None;
        };
        let facts = inner.facts.round(&step);
        let ty = inner.ty;
        Some(Expr { span, ty, kind: ExprKind::Round(Box::new(inner), Rounding { mode, step }), facts })
    }

    fn lookup(&mut self, id: ParamId, keys: &[resolved::Expr], span: Span) -> Option<Expr> {
        let meaning = self.meaning(id).cloned();
        let types: Vec<Type> = match &meaning {
            Some(Meaning::Table { keys, .. }) => keys.clone(),
            Some(Meaning::RequiredTable { keys, .. }) => keys.iter().map(|id| Type::Enum(*id)).collect(),
            Some(_) | None => Vec::new(),
        };
        let typed: Vec<Option<Expr>> =
            keys.iter().enumerate().map(|(at, key)| self.expr_as(key, types.get(at).copied())).collect();
        let meaning = meaning?;
        if types.len() != keys.len() || types.is_empty() {
            self.report(errors::wrong_keys(span, types.len(), keys.len()));
            return None;
        }
        let typed = typed.into_iter().collect::<Option<Vec<Expr>>>()?;
        let mut keys = Vec::new();
        for (key, wanted) in typed.into_iter().zip(types) {
            keys.push(self.key(key, wanted)?);
        }
        self.look_up(&meaning, keys, span)
    }

    /// A key of the type its table has; codes and ids are looked up as they stand in the claim.
    fn key(&mut self, key: Expr, wanted: Type) -> Option<Expr> {
        let fits = key.ty == wanted || (key.ty.is_text() && wanted.is_text()) || is_ratio_for(key.ty, wanted);
        if !fits {
            let (written, wanted) = (self.name_of(key.ty), self.name_of(wanted));
            self.report(errors::key_type(key.span, &written, &wanted));
            return None;
        }
        if wanted.is_text() && !matches!(key.kind, ExprKind::Input(_)) {
            self.report(errors::key_not_an_input(key.span));
            return None;
        }
        Some(key)
    }

    /// `x in TABLE`
    fn has_row(&mut self, inner: &resolved::Expr, id: ParamId, span: Span) -> Option<Expr> {
        let Some(Meaning::Table { id: table, keys }) = self.meaning(id).cloned() else {
            let _ = self.expr(inner);
            if self.meaning(id).is_some() {
                self.report(errors::wrong_keys(span, 0, 1));
            }
            return None;
        };
        let [wanted] = keys.as_slice() else {
            self.report(errors::wrong_keys(span, keys.len(), 1));
            return None;
        };
        let inner = self.expr_as(inner, Some(*wanted))?;
        let key = self.key(inner, *wanted)?;
        let kind = ExprKind::HasRow { table, keys: vec![key] };
        Some(Expr { span, ty: Type::Bool, kind, facts: super::types::Facts::bool() })
    }

    /// Brings operands to one type. Operands of different types are reported, and it goes on as if the one without a unit
    /// had that of the other. A bare 0 is not money: it could be a slip for a rate.
    pub(super) fn same_type(
        &mut self,
        mut left: Expr,
        mut right: Expr,
        en: &'static str,
        zh: &'static str,
    ) -> Option<(Expr, Expr)> {
        if left.ty == right.ty || (left.ty.is_text() && right.ty.is_text()) {
            return Some((left, right));
        }
        if is_ratio_for(left.ty, right.ty) {
            left.ty = right.ty;
            return Some((left, right));
        }
        if is_ratio_for(right.ty, left.ty) {
            right.ty = left.ty;
            return Some((left, right));
        }
        let bare = [&left, &right].into_iter().find(|side| side.ty == Type::NUMBER);
        let without_unit = bare.and_then(|side| {
            let other = if side.span == left.span { right.ty } else { left.ty };
            let value = side.facts.as_constant().filter(|_| other.measure().is_some());
            value.map(|value| (side.span, super::literals::with_unit(value, other)))
        });
        let is_written = bare.is_some_and(|side| self.is_number(side.span));
        let (left_side, right_side) = ((left.span, self.name_of(left.ty)), (right.span, self.name_of(right.ty)));
        self.report(Mismatch { verb: (en, zh), left: left_side, right: right_side, without_unit, is_written });
        if left.ty.measure().is_none() || right.ty.measure().is_none() {
            return None;
        }
        let ty = if left.ty == Type::NUMBER { right.ty } else { left.ty };
        (left.ty, right.ty) = (ty, ty);
        Some((left, right))
    }

    /// Type and facts of a subject.
    pub(super) fn subject_expr(&mut self, symbol: resolved::Symbol, span: Span) -> Option<Expr> {
        match symbol {
            resolved::Symbol::Input(id) => {
                self.must_be_known(id, span);
                self.input_expr(id, span)
            }
            resolved::Symbol::Value(id) => {
                if let Some(import) = self.running_import(id) {
                    self.must_be_known(import, span);
                }
                self.value_expr(id, span)
            }
            _ => None,
        }
    }
}

/// Whether a ratio can serve as an amount of another type.
fn is_ratio_for(ty: Type, wanted: Type) -> bool {
    ty == Type::Measure(Measure::RATIO)
        && matches!(wanted.measure().and_then(Measure::kind), Some(Kind::Rate | Kind::Plain))
}

/// The symbol of the checked program that a subject is.
pub(super) fn checked_symbol(symbol: resolved::Symbol) -> Option<Symbol> {
    match symbol {
        resolved::Symbol::Input(id) => Some(Symbol::Input(id)),
        resolved::Symbol::Value(id) => Some(Symbol::Value(id)),
        _ => None,
    }
}
