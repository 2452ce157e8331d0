//! Expressions, whose depth is bounded here.

use pest::iterators::Pair;

use super::{Deep, MAX_DEPTH, Parts, Read, ReadError, Reader, inner_rule};
use crate::parse::Rule;
use crate::source::Span;
use crate::tree::{AggregateFunction, BinaryOp, Comparison, Direction, Duration, Expr, ExprKind, Function};

impl Reader {
    pub(super) fn expr(&self, pair: Pair<'_, Rule>) -> Read<Deep> {
        self.logic(pair, Rule::both, ExprKind::Or, &|reader, pair| {
            reader.logic(pair, Rule::negation, ExprKind::And, &Self::negation)
        })
    }

    /// Conditions joined by one word.
    fn logic<'a>(
        &self,
        pair: Pair<'a, Rule>,
        operand: Rule,
        join: fn(Box<Expr>, Box<Expr>) -> ExprKind,
        read: &dyn Fn(&Self, Pair<'a, Rule>) -> Read<Deep>,
    ) -> Read<Deep> {
        let mut parts = Parts::of(pair);
        let mut left = read(self, parts.take(operand)?)?;
        while let Some(pair) = parts.maybe(operand) {
            let right = read(self, pair)?;
            left = self.joined(left, right, join)?;
        }
        Ok(left)
    }

    fn joined(&self, left: Deep, right: Deep, join: impl FnOnce(Box<Expr>, Box<Expr>) -> ExprKind) -> Read<Deep> {
        let span = left.expr.span.to(right.expr.span);
        let depth = left.depth.max(right.depth);
        self.deeper(depth, span, join(Box::new(left.expr), Box::new(right.expr)))
    }

    /// An expression one deeper than its deepest part.
    pub(super) fn deeper(&self, depth: usize, span: Span, kind: ExprKind) -> Read<Deep> {
        if depth >= MAX_DEPTH {
            return Err(ReadError::TooDeep(span));
        }
        Ok(Deep { expr: Expr { span, kind }, depth: depth + 1 })
    }

    fn negation(&self, pair: Pair<'_, Rule>) -> Read<Deep> {
        let span = self.span(&pair);
        let nots = pair.clone().into_inner().filter(|pair| pair.as_rule() == Rule::kw_not).count();
        let inner = self.relation(Parts::of(pair).take(Rule::relation)?)?;
        if nots % 2 == 0 {
            return Ok(inner);
        }
        self.deeper(inner.depth, span, ExprKind::Not(Box::new(inner.expr)))
    }

    fn relation(&self, pair: Pair<'_, Rule>) -> Read<Deep> {
        let span = self.span(&pair);
        let mut parts = pair.into_inner();
        let left = self.sum(parts.next().ok_or(ReadError::Mismatch)?)?;
        let Some(word) = parts.next() else { return Ok(left) };
        let compared = |reader: &Self, left, comparison, right| {
            reader.joined(left, right, |left, right| ExprKind::Compare(comparison, left, right))
        };
        match word.as_rule() {
            Rule::compare => {
                let comparison = comparison(inner_rule(word)?)?;
                let right = self.sum(parts.next().ok_or(ReadError::Mismatch)?)?;
                compared(self, left, comparison, right)
            }
            Rule::kw_is | Rule::kw_is_not => {
                let is_not = word.as_rule() == Rule::kw_is_not;
                let right = self.value(parts.next().ok_or(ReadError::Mismatch)?)?;
                compared(self, left, if is_not { Comparison::Ne } else { Comparison::Eq }, right)
            }
            Rule::kw_known => self.deeper(left.depth, span, ExprKind::Known(Box::new(left.expr))),
            Rule::kw_in | Rule::kw_not_in => {
                let is_not = word.as_rule() == Rule::kw_not_in;
                let members = Parts::of(parts.next().ok_or(ReadError::Mismatch)?);
                let kind = self.membership(left.expr, members)?;
                let member = self.deeper(left.depth, span, kind)?;
                if is_not {
                    return self.deeper(member.depth, span, ExprKind::Not(Box::new(member.expr)));
                }
                Ok(member)
            }
            _ => Err(ReadError::Mismatch),
        }
    }

    fn membership(&self, left: Expr, mut members: Parts<'_>) -> Read<ExprKind> {
        let left = Box::new(left);
        if let Some(name) = members.maybe(Rule::name) {
            return Ok(ExprKind::InTable(left, self.name(&name)));
        }
        let mut values = Vec::new();
        while let Some(pair) = members.maybe(Rule::value) {
            values.push(self.value(pair)?.expr);
        }
        Ok(ExprKind::In(left, values))
    }

    /// A value behind `is` or in a list.
    fn value(&self, pair: Pair<'_, Rule>) -> Read<Deep> {
        let span = self.span(&pair);
        let inner = Parts::of(pair).pairs.next().ok_or(ReadError::Mismatch)?;
        let kind = match inner.as_rule() {
            Rule::literal => self.literal(inner)?.kind,
            _ => self.literal_kind(inner)?,
        };
        Ok(Deep { expr: Expr { span, kind: ExprKind::Literal(kind) }, depth: 1 })
    }

    pub(super) fn sum(&self, pair: Pair<'_, Rule>) -> Read<Deep> {
        let mut parts = pair.into_inner().peekable();
        let mut left = self.product(parts.next().ok_or(ReadError::Mismatch)?)?;
        while let Some(op) = parts.next() {
            let subtract = op.as_rule() == Rule::op_sub;
            let right = self.product(parts.next().ok_or(ReadError::Mismatch)?)?;
            let direction = parts.next_if(|pair| pair.as_rule() == Rule::direction).map(inner_rule).transpose()?;
            left = self.joined(left, right, |left, right| match direction {
                Some(rule) => {
                    let direction = if rule == Rule::kw_later { Direction::Later } else { Direction::Earlier };
                    ExprKind::Shift { date: left, by: right, subtract, direction }
                }
                None => ExprKind::Binary(if subtract { BinaryOp::Sub } else { BinaryOp::Add }, left, right),
            })?;
        }
        Ok(left)
    }

    fn product(&self, pair: Pair<'_, Rule>) -> Read<Deep> {
        let mut parts = pair.into_inner();
        let mut left = self.factor(parts.next().ok_or(ReadError::Mismatch)?)?;
        while let Some(op) = parts.next() {
            let op = if op.as_rule() == Rule::op_mul { BinaryOp::Mul } else { BinaryOp::Div };
            let right = self.factor(parts.next().ok_or(ReadError::Mismatch)?)?;
            left = self.joined(left, right, |left, right| ExprKind::Binary(op, left, right))?;
        }
        Ok(left)
    }

    fn factor(&self, pair: Pair<'_, Rule>) -> Read<Deep> {
        let span = self.span(&pair);
        let mut negative = false;
        for part in pair.into_inner() {
            if part.as_rule() == Rule::op_sub {
                negative = !negative;
                continue;
            }
            let inner = self.atom(part)?;
            if !negative {
                return Ok(inner);
            }
            return self.deeper(inner.depth, span, ExprKind::Negate(Box::new(inner.expr)));
        }
        Err(ReadError::Mismatch)
    }

    pub(super) fn atom(&self, pair: Pair<'_, Rule>) -> Read<Deep> {
        let span = self.span(&pair);
        let leaf = |kind| Ok(Deep { expr: Expr { span, kind }, depth: 1 });
        match pair.as_rule() {
            Rule::reference | Rule::kept => self.reference(pair),
            Rule::aggregate => self.aggregate(pair),
            Rule::quantity | Rule::date | Rule::truth | Rule::string => {
                leaf(ExprKind::Literal(self.literal_kind(pair)?))
            }
            Rule::paren => {
                let mut inner = self.expr(Parts::of(pair).take(Rule::expr)?)?;
                inner.expr.span = span;
                Ok(inner)
            }
            Rule::call => self.call(pair),
            Rule::round_call => self.round_call(pair),
            Rule::row_of => self.row_of(pair),
            Rule::between => self.between(pair),
            _ => Err(ReadError::Mismatch),
        }
    }

    /// A name, a look-up in a table, or a ladder applied to something.
    fn reference(&self, pair: Pair<'_, Rule>) -> Read<Deep> {
        let span = self.span(&pair);
        let mut parts = Parts::of(pair);
        let name = self.name(&parts.take(Rule::dotted_name)?);
        if let Some(applied) = parts.maybe(Rule::applied) {
            let inner = self.sum(Parts::of(applied).take(Rule::sum)?)?;
            return self.deeper(inner.depth, span, ExprKind::Apply(name, Box::new(inner.expr)));
        }
        let (keys, depth) = self.arguments(&mut parts, Rule::expr, span)?;
        if keys.is_empty() {
            return Ok(Deep { expr: Expr { span, kind: ExprKind::Name(name.text) }, depth: 1 });
        }
        self.deeper(depth, span, ExprKind::Lookup(name, keys))
    }

    fn row_of(&self, pair: Pair<'_, Rule>) -> Read<Deep> {
        let span = self.span(&pair);
        let mut parts = Parts::of(pair);
        let name = self.name(&parts.take(Rule::name)?);
        let Some(applied) = parts.maybe(Rule::applied) else {
            return Ok(Deep { expr: Expr { span, kind: ExprKind::RowOf(name, None) }, depth: 1 });
        };
        let argument = self.sum(Parts::of(applied).take(Rule::sum)?)?;
        self.deeper(argument.depth, span, ExprKind::RowOf(name, Some(Box::new(argument.expr))))
    }

    fn between(&self, pair: Pair<'_, Rule>) -> Read<Deep> {
        let unit = match pair.clone().into_inner().next().map(|pair| pair.as_rule()) {
            Some(Rule::kw_days) => Duration::Days,
            Some(Rule::kw_months) => Duration::Months,
            _ => Duration::Years,
        };
        let span = self.span(&pair);
        let mut parts = Parts::of(pair);
        let from = self.sum(parts.take(Rule::sum)?)?;
        let to = self.sum(parts.take(Rule::sum)?)?;
        let mut between = self.joined(from, to, |from, to| ExprKind::Between(unit, from, to))?;
        between.expr.span = span;
        Ok(between)
    }

    fn round_call(&self, pair: Pair<'_, Rule>) -> Read<Deep> {
        let span = self.span(&pair);
        let mut parts = Parts::of(pair);
        let inner = self.sum(parts.take(Rule::sum)?)?;
        let mode = parts.maybe(Rule::rounding_mode).map(super::tokens::rounding_mode).transpose()?;
        let step = parts.maybe(Rule::quantity).map(|pair| self.quantity(pair)).transpose()?;
        self.deeper(inner.depth, span, ExprKind::Round(Box::new(inner.expr), mode, step))
    }

    fn call(&self, pair: Pair<'_, Rule>) -> Read<Deep> {
        let span = self.span(&pair);
        let mut parts = Parts::of(pair);
        let function = match inner_rule(parts.take(Rule::function)?)? {
            Rule::kw_max => Function::Max,
            Rule::kw_min => Function::Min,
            _ => Function::Clamp,
        };
        let mut ahead = parts.pairs.clone();
        if let Some(chosen) = ahead.find(|pair| pair.as_rule() == Rule::chosen) {
            let of = self.sum(parts.take(Rule::sum)?)?;
            return match function {
                Function::Max => self.chosen(AggregateFunction::Max, of, chosen, span),
                Function::Min => self.chosen(AggregateFunction::Min, of, chosen, span),
                Function::Clamp => self.deeper(of.depth, span, ExprKind::Call(function, vec![of.expr])),
            };
        }
        let (args, depth) = self.arguments(&mut parts, Rule::sum, span)?;
        self.deeper(depth, span, ExprKind::Call(function, args))
    }

    /// Arguments, and how deep the deepest is.
    fn arguments(&self, parts: &mut Parts<'_>, rule: Rule, span: Span) -> Read<(Vec<Expr>, usize)> {
        let (mut args, mut depth) = (Vec::new(), 0);
        while let Some(pair) = parts.maybe(rule) {
            let arg = if rule == Rule::sum { self.sum(pair)? } else { self.expr(pair)? };
            depth = depth.max(arg.depth);
            args.push(arg.expr);
        }
        if args.len() > MAX_DEPTH {
            return Err(ReadError::TooDeep(span));
        }
        Ok((args, depth))
    }
}

fn comparison(rule: Rule) -> Read<Comparison> {
    match rule {
        Rule::op_eq => Ok(Comparison::Eq),
        Rule::op_ne => Ok(Comparison::Ne),
        Rule::op_lt => Ok(Comparison::Lt),
        Rule::op_le => Ok(Comparison::Le),
        Rule::op_gt => Ok(Comparison::Gt),
        Rule::op_ge => Ok(Comparison::Ge),
        _ => Err(ReadError::Mismatch),
    }
}
