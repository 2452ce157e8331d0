//! Typing rules of dates.

use fen_grammar::source::Span;
use fen_grammar::tree::{Direction, Duration};
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed};

use super::program::{Expr, ExprKind};
use super::types::{Facts, Measure, Type};
use super::{Checker, errors};
use crate::resolve::program as resolved;

fn whole(number: i64) -> BigRational {
    BigRational::from(BigInt::from(number))
}

impl Checker<'_> {
    /// `date + days`, `date - days`
    pub(super) fn date_sum(&mut self, left: Expr, right: Expr, subtract: bool, span: Span) -> Option<Expr> {
        let measure = right.ty.measure().filter(|_| left.ty == Type::Date);
        if measure == Some(Measure::DAYS) {
            if !right.facts.grid.is_on(&BigRational::one()) {
                self.report(errors::parts_of_days(right.span));
                return None;
            }
            let days = if subtract { right.facts.negate() } else { right.facts.clone() };
            let facts = left.facts.add(&days);
            if !self.is_in_calendar(&facts, span) {
                return None;
            }
            let (left, right) = (Box::new(left), Box::new(right));
            let kind = if subtract { ExprKind::Sub(left, right) } else { ExprKind::Add(left, right) };
            return Some(Expr { span, ty: Type::Date, kind, facts });
        }
        if measure.is_some_and(|measure| measure == Measure::MONTHS || measure == Measure::YEARS) {
            self.report(errors::missing_day(span));
            return None;
        }
        let (a, b) = (self.name_of(left.ty), self.name_of(right.ty));
        self.report(errors::date_arithmetic(span, &a, &b, subtract));
        None
    }

    /// `date + months or earlier`
    pub(super) fn shift(
        &mut self,
        date: &resolved::Expr,
        by: &resolved::Expr,
        subtract: bool,
        direction: Direction,
        span: Span,
    ) -> Option<Expr> {
        let (date, by) = (self.expr(date), self.expr(by));
        let (date, by) = (date?, by?);
        let unit = match by.ty.measure() {
            Some(Measure::MONTHS) => 1,
            Some(Measure::YEARS) => 12,
            _ => 0,
        };
        if date.ty != Type::Date || unit == 0 {
            let (date_name, by_name) = (self.name_of(date.ty), self.name_of(by.ty));
            self.report(errors::shift_types(span, &date_name, &by_name));
            return None;
        }
        if !by.facts.grid.is_on(&BigRational::one()) {
            self.report(errors::parts_of_days(by.span));
            return None;
        }
        let factor = whole(if subtract { -unit } else { unit });
        let ty = Type::Measure(Measure::MONTHS);
        let months = Expr {
            span: by.span,
            ty,
            facts: by.facts.multiply(&Facts::constant(&factor)),
            kind: ExprKind::Mul(Box::new(by), Box::new(Expr::constant(Type::NUMBER, factor, span))),
        };
        // A month has 28 to 31 days; the year evens it out, but a bound need not be sharp.
        let days = |months: &BigRational, is_high: bool| {
            let most = months.is_positive() == is_high;
            months * whole(if most { 31 } else { 28 })
        };
        let low = &date.facts.low + days(&months.facts.low, false) - whole(3);
        let high = &date.facts.high + days(&months.facts.high, true) + whole(3);
        let facts = Facts::range(low, high, BigRational::one());
        if !self.is_in_calendar(&facts, span) {
            return None;
        }
        let later = direction == Direction::Later;
        let kind = ExprKind::AddMonths { date: Box::new(date), months: Box::new(months), later };
        Some(Expr { span, ty: Type::Date, kind, facts })
    }

    /// Whether dates stay within the years 1 to 9999.
    fn is_in_calendar(&mut self, facts: &Facts, span: Span) -> bool {
        let is_in = facts.low >= whole(-719_162) && facts.high <= whole(2_932_896);
        if !is_in {
            self.report(errors::beyond_calendar(span));
        }
        is_in
    }

    /// `days from a to b`
    pub(super) fn between(
        &mut self,
        unit: Duration,
        from: &resolved::Expr,
        to: &resolved::Expr,
        span: Span,
    ) -> Option<Expr> {
        let (from, to) = (self.expr(from), self.expr(to));
        let (from, to) = (from?, to?);
        for side in [&from, &to] {
            if side.ty != Type::Date {
                let ty = self.name_of(side.ty);
                self.report(errors::not_a_date(side.span, &ty));
                return None;
            }
        }
        let days = to.facts.add(&from.facts.negate());
        let (measure, months, least, most) = match unit {
            Duration::Days => {
                let kind = ExprKind::Sub(Box::new(to), Box::new(from));
                return Some(Expr { span, ty: Type::Measure(Measure::DAYS), kind, facts: days });
            }
            Duration::Months => (Measure::MONTHS, 1, 28, 31),
            Duration::Years => (Measure::YEARS, 12, 365, 366),
        };
        // As many as there can be at most on either side of none, and as few as there must be.
        let low = (&days.low / whole(if days.low.is_positive() { most } else { least })).floor();
        let high = (&days.high / whole(if days.high.is_negative() { most } else { least })).ceil();
        let facts = Facts::range(low, high, BigRational::one());
        let kind = ExprKind::FullMonths { from: Box::new(from), to: Box::new(to), unit: months };
        Some(Expr { span, ty: Type::Measure(measure), kind, facts })
    }
}
