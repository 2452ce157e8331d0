//! The rows of ladders: their bounds, who owns each boundary, and their versions by date.

use std::collections::BTreeMap;

use fen_grammar::diagnostic::Text;
use fen_grammar::source::Span;
use fen_grammar::tree::{self, BaseUnit, Bounds, Comparison, Edge, Literal, LiteralKind, Name, UnitKind};
use num_rational::BigRational;
use num_traits::ToPrimitive;

use super::program::{Expr, ExprKind, days_of};
use super::types::{Type, decimal};
use super::{Checker, errors};

/// Bounds whose lower one, a bare number, was likely meant in yuan: `9000..5万元` is `9000元..5万元`.
fn in_yuan(bounds: &Bounds) -> Option<Text> {
    let quantity = |literal: &Option<Literal>| match literal.as_ref().map(|literal| &literal.kind) {
        Some(LiteralKind::Quantity(quantity)) => Some(quantity.clone()),
        _ => None,
    };
    let (low, high) = (quantity(&bounds.low)?, quantity(&bounds.high)?);
    let is_yuan = high.unit.kind == UnitKind::Of(BaseUnit::Yuan) && high.unit.per.is_empty();
    let (en, zh) = match high.scale.to_integer().to_u32() {
        Some(10_000) => (" wan yuan", "万元"),
        Some(100_000_000) => (" yi yuan", "亿元"),
        _ => return None,
    };
    if !is_yuan || !low.unit.is_none() || low.value >= high.value {
        return None;
    }
    let (low, high) = (decimal(&low.value, 0), decimal(&(&high.value / &high.scale), 0));
    let dots = match bounds.edge {
        Edge::Plain => "..",
        Edge::Below => "..<",
        Edge::UpTo => "..=",
    };
    Some(Text::new(format!("{low} yuan{dots}{high}{en}"), format!("{low}元{dots}{high}{zh}")))
}

/// The rows of one ladder.
#[derive(Clone, Debug)]
pub(super) struct Rows {
    /// The type of bounds.
    pub(super) unit: Type,
    /// By date, ascending; one without a date is the only one.
    pub(super) versions: Vec<Version>,
}

#[derive(Clone, Debug)]
pub(super) struct Version {
    pub(super) from: Option<i32>,
    /// From the lowest to the highest.
    pub(super) rows: Vec<Row>,
}

/// A range of values.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// `None` is open.
    pub(super) low: Option<BigRational>,
    /// Whether the bound belongs to the range.
    pub(super) has_low: bool,
    pub(super) high: Option<BigRational>,
    pub(super) has_high: bool,
    pub(super) span: Span,
    /// Its place among the rows as written.
    pub(super) at: usize,
}

/// A row as written.
pub(super) struct Written<'a> {
    pub(super) bounds: &'a Bounds,
    pub(super) from: Option<tree::Date>,
}

impl Checker<'_> {
    /// Reads bounds; a bare number takes the unit of the other.
    pub(super) fn bounds(&mut self, bounds: &Bounds, ty: Type) -> Option<(Option<BigRational>, Option<BigRational>)> {
        let low = self.row_bound(bounds.low.as_ref(), bounds.high.as_ref(), ty);
        let high = self.row_bound(bounds.high.as_ref(), bounds.low.as_ref(), ty);
        Some((low?, high?))
    }

    /// One bound. The outer `None` is an error, the inner an open end.
    #[expect(clippy::option_option, reason = "an error and an open end are different things")]
    fn row_bound(&mut self, bound: Option<&Literal>, other: Option<&Literal>, ty: Type) -> Option<Option<BigRational>> {
        let Some(bound) = bound else { return Some(None) };
        if let (LiteralKind::Quantity(quantity), Some(LiteralKind::Quantity(other))) =
            (&bound.kind, other.map(|other| &other.kind))
            && quantity.unit.is_none()
            && !other.unit.is_none()
        {
            let value = &quantity.value * &other.scale;
            let quantity = tree::Quantity { value, unit: other.unit.clone(), ..quantity.clone() };
            return self.literal_of(&LiteralKind::Quantity(quantity), ty, bound.span).map(Some);
        }
        self.literal(bound, ty).map(Some)
    }

    /// The rows of a ladder, sorted; `None` if they cannot be used.
    pub(super) fn rows_of(&mut self, name: &Name, written: &[Written<'_>], unit: Type, is_band: bool) -> Option<Rows> {
        let mut versions: BTreeMap<Option<i32>, Vec<Row>> = BTreeMap::new();
        let mut is_whole = true;
        for (at, row) in written.iter().enumerate() {
            let from = match &row.from {
                None => None,
                Some(date) => match self.day(date) {
                    None => {
                        is_whole = false;
                        continue;
                    }
                    day => day,
                },
            };
            if let Some(span) = percent_bound(row.bounds, unit) {
                let wanted = self.name_of(unit);
                self.report(errors::percent_bound(span, &name.text, &wanted));
                is_whole = false;
                continue;
            }
            match self.row(row.bounds, unit, is_band, at) {
                Some(row) => versions.entry(from).or_default().push(row),
                None => is_whole = false,
            }
        }
        if versions.len() > 1 && versions.contains_key(&None) {
            self.report(errors::date_missing(name.span));
            return None;
        }
        let mut versions: Vec<Version> = versions.into_iter().map(|(from, rows)| Version { from, rows }).collect();
        if versions.iter().any(|version| version.from.is_some()) && self.program.dated_by.is_none() {
            let in_force = self.program.in_force.map(|(from, _)| days_of(from));
            match versions.as_mut_slice() {
                [only] if in_force.is_some() && only.from <= in_force => only.from = None,
                _ => {
                    if self.resolved.header.dated_by.is_none() {
                        self.report(errors::no_date_to_choose(name));
                    }
                    return None;
                }
            }
        }
        for version in &mut versions {
            is_whole &= self.owners(&mut version.rows, is_band);
            version.rows.sort_by(|left, right| left.low.cmp(&right.low).then_with(|| left.high.cmp(&right.high)));
        }
        (is_whole && !versions.is_empty()).then_some(Rows { unit, versions })
    }

    fn row(&mut self, bounds: &Bounds, unit: Type, is_band: bool, at: usize) -> Option<Row> {
        let (low, high) = self.bounds(bounds, unit)?;
        if is_band && bounds.edge == Edge::Plain && high.is_some() {
            let problem = self.with_owners(errors::boundary_unowned(bounds.span, false), bounds.span);
            self.report(problem);
            return None;
        }
        if let (Some(low), Some(high)) = (&low, &high) {
            if high < low {
                self.report(errors::BoundsBackwards { span: bounds.span, likely: in_yuan(bounds) });
                return None;
            }
            if high == low {
                self.report(errors::BoundsEmpty { span: bounds.span });
                return None;
            }
        }
        let has_high = bounds.edge != Edge::Below;
        Some(Row { low, has_low: true, high, has_high, span: bounds.span, at })
    }

    /// Where a row ends it says to whom the boundary belongs; the one that begins there takes what is left. Where none
    /// ends, a band owns the boundary it begins at; of tiers only the lowest does, since `5..10%` is (5%, 10%].
    fn owners(&mut self, rows: &mut [Row], is_band: bool) -> bool {
        let mut ends: BTreeMap<BigRational, (bool, Span)> = BTreeMap::new();
        for row in rows.iter() {
            if let Some(high) = &row.high
                && let Some((has_high, earlier)) = ends.insert(high.clone(), (row.has_high, row.span))
                && has_high != row.has_high
            {
                self.report(errors::boundary_contested(row.span, earlier));
                return false;
            }
        }
        let lowest = rows.iter().map(|row| row.low.clone()).min().flatten();
        for row in rows {
            if let Some(low) = &row.low {
                row.has_low = match ends.get(low) {
                    Some((has_high, _)) => !has_high,
                    None => is_band || lowest.as_ref() == Some(low),
                };
            }
        }
        true
    }

    /// That the claim's date lies in a version.
    pub(super) fn in_version(&self, rows: &Rows, at: usize, span: Span) -> Option<Expr> {
        let date = self.claim_date()?;
        let day = |at: usize| rows.versions.get(at).and_then(|version| version.from);
        let bound = |day: i32| Expr::ordinal(Type::Date, day.into(), span);
        let begun = day(at).map(|day| date.clone().compare(Comparison::Ge, bound(day)));
        let ended = day(at + 1).map(|day| date.clone().compare(Comparison::Lt, bound(day)));
        begun.into_iter().chain(ended).reduce(Expr::and)
    }
}

/// A bound in percents where an amount is bounded.
fn percent_bound(bounds: &Bounds, unit: Type) -> Option<Span> {
    let is_percent = |bound: &&Literal| matches!(&bound.kind, LiteralKind::Quantity(quantity) if quantity.unit.kind == UnitKind::Percent);
    let found = [&bounds.low, &bounds.high].into_iter().flatten().find(is_percent)?;
    (unit != Type::RATE && unit.measure().is_some()).then_some(found.span)
}

impl Row {
    /// That a value lies in the row, whose bounds are parts of `base` if there is one.
    pub(super) fn holds(&self, subject: &Expr, base: Option<&Expr>, unit: Type) -> Expr {
        let bound = |bound: &BigRational| {
            let factor = Expr::constant(unit, bound.clone(), self.span);
            match base {
                None => factor,
                Some(base) => Expr {
                    span: self.span,
                    ty: base.ty,
                    facts: base.facts.multiply(&factor.facts),
                    kind: ExprKind::Mul(Box::new(base.clone()), Box::new(factor)),
                },
            }
        };
        let subject = Expr { span: self.span, ..subject.clone() };
        let low = self.low.as_ref().map(|low| {
            let comparison = if self.has_low { Comparison::Ge } else { Comparison::Gt };
            subject.clone().compare(comparison, bound(low))
        });
        let high = self.high.as_ref().map(|high| {
            let comparison = if self.has_high { Comparison::Le } else { Comparison::Lt };
            subject.clone().compare(comparison, bound(high))
        });
        Expr::all(low.into_iter().chain(high), self.span)
    }

    /// The bounds as a drafter writes them, without a unit they share.
    pub(super) fn text(&self, unit: Type, is_band: bool) -> Text {
        let dots = match (self.has_high || self.high.is_none(), is_band) {
            (false, _) => "..<",
            (true, true) => "..=",
            (true, false) => "..",
        };
        self.text_with(unit, dots)
    }

    /// The same with the given dots.
    pub(super) fn text_with(&self, unit: Type, dots: &str) -> Text {
        let scale = match unit {
            Type::Measure(measure) if measure == super::types::Measure::RATE => 100,
            _ => 1,
        };
        let number = |bound: &BigRational| match unit {
            Type::Date => super::program::date_of(bound).map(|date| date.to_string()).unwrap_or_default(),
            _ => decimal(&(bound * num_bigint::BigInt::from(scale)), 0),
        };
        let suffix = unit.measure().map_or_else(|| Text::new("", ""), super::types::Measure::suffix);
        let is_word = suffix.en.starts_with(char::is_alphabetic) && suffix.en != "pp";
        let suffix = if is_word { Text::new(format!(" {}", suffix.en), suffix.zh) } else { suffix };
        let written = |suffix: &str| match (&self.low, &self.high) {
            (Some(low), Some(high)) => format!("{}{dots}{}{suffix}", number(low), number(high)),
            (Some(low), None) => format!("{}{suffix}..", number(low)),
            (None, Some(high)) => format!("{dots}{}{suffix}", number(high)),
            (None, None) => "..".to_owned(),
        };
        Text::new(written(&suffix.en), written(&suffix.zh))
    }
}
