//! What there is to be reached in a policy.

use std::cmp::Reverse;
use std::collections::HashSet;

use fen_grammar::diagnostic::Text;
use fen_grammar::source::Span;
use jiff::civil::Date;
use num_bigint::BigInt;
use num_rational::BigRational;

use super::Key;
use super::limits::{self, Owner, Side};
use crate::check::places::ChoiceKind;
use crate::check::program::{Body, Expr, Key as TableKey, Program, date_of};

/// Something to be reached.
#[derive(Clone, Debug)]
pub(crate) struct Point {
    pub(crate) key: Key,
    pub(crate) what: What,
    /// The rule it belongs to: a definition, a ladder or its subject, a table.
    pub(crate) rule: String,
    /// Where it stands.
    pub(crate) span: Span,
    /// The bound, where the source does not show it by itself.
    pub(crate) bound: Option<Text>,
    /// Where the bound stands, if it is one of the two in `max` or `min`.
    pub(crate) operand: Option<Span>,
    /// The first day of its version, where there are versions.
    pub(crate) from: Option<Date>,
}

/// What kind of thing it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum What {
    Choice(ChoiceKind),
    /// A cell of a table in the policy.
    Cell,
    Side(Side),
}

/// All of them, in the order of the source; lines of tables in files of their own are none.
pub(crate) fn points(program: &Program) -> Vec<Point> {
    let places = &program.places;
    let choices = places.choices.iter().enumerate().map(|(at, choice)| Point {
        key: Key::Choice(at),
        what: What::Choice(choice.kind),
        rule: choice.rule.clone(),
        span: choice.span,
        bound: None,
        operand: None,
        from: choice.from.and_then(|from| Date::new(from.year, from.month, from.day).ok()),
    });
    let mut points: Vec<Point> = choices.collect();
    for (table, rows) in places.tables.iter().zip(&program.tables).filter(|(table, _)| !table.is_file) {
        let mut seen: HashSet<Span> = HashSet::new();
        for (span, row) in table.rows.iter().zip(&rows.rows).filter(|(span, _)| seen.insert(**span)) {
            let what = What::Cell;
            let from = row.from.and_then(|day| date_of(&BigRational::from(BigInt::from(day))));
            let rule = table.name.clone();
            points.push(Point { key: Key::Cell(*span), what, rule, span: *span, bound: None, operand: None, from });
        }
    }
    for (table, places) in program.tables.iter().zip(&places.tables) {
        for (key, spans) in table.keys.iter().zip(&places.breaks) {
            let TableKey::Range(breaks) = key else { continue };
            for (one, (span, at)) in breaks.iter().zip(spans) {
                points.extend(Owner::of_break(one).sides().map(|side| Point {
                    key: Key::Side(*span, side),
                    what: What::Side(side),
                    rule: places.name.clone(),
                    span: *span,
                    bound: Some(at.clone()),
                    operand: None,
                    from: None,
                }));
            }
        }
    }
    for bound in &places.bounds {
        let owner = if bound.has_high { Owner::Below } else { Owner::Above };
        points.extend(owner.sides().map(|side| Point {
            key: Key::Side(bound.span, side),
            what: What::Side(side),
            rule: bound.rule.clone(),
            span: bound.span,
            bound: Some(bound.at.clone()),
            operand: None,
            from: None,
        }));
    }
    let mut seen: HashSet<Span> = HashSet::new();
    for expr in exprs(program) {
        compared(program, expr, &mut seen, &mut points);
    }
    // A row comes before its bounds.
    points.sort_by_key(|point| (point.span.start, Reverse(point.span.end), point.key));
    points
}

/// The bodies of all values, and what ladders count percents of.
pub(super) fn exprs(program: &Program) -> impl Iterator<Item = &Expr> {
    let bodies = program.values.iter().filter_map(|value| match &value.body {
        Body::Expr(expr) => Some(&**expr),
        Body::Share { .. } | Body::Remainder { .. } => None,
    });
    bodies.chain(program.ladders.iter().filter_map(|ladder| ladder.base.as_ref()))
}

/// The sides of comparisons that the source writes.
fn compared(program: &Program, expr: &Expr, seen: &mut HashSet<Span>, points: &mut Vec<Point>) {
    if let Some(rule) = program.places.comparisons.get(&expr.span)
        && let Some(limit) = limits::limit(program, expr)
        && seen.insert(limit.place)
    {
        points.extend(limit.owner.sides().map(|side| Point {
            key: Key::Side(limit.place, side),
            what: What::Side(side),
            rule: rule.clone(),
            span: expr.span,
            bound: None,
            operand: (limit.place != expr.span).then_some(limit.place),
            from: None,
        }));
    }
    expr.parts().into_iter().for_each(|part| compared(program, part, seen, points));
}
