//! Weights that nearly add up to 100 %: a slip of the pen in one of them.

use fen_grammar::diagnostic::{Diagnostic, Text};
use fen_grammar::source::Span;
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};

use super::{or_allow, param, warning};
use crate::check::program::{Body, Expr, ExprKind, Key, Program, Table, date_of};
use crate::check::types::{Kind, Measure, Type, step_of};
use crate::rules::Rules;

const CODE: &str = "fen::lint::weights";

pub(super) fn lint(program: &Program, rules: Rules<'_>) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> =
        program.tables.iter().filter_map(|table| table_of_weights(program, rules, table)).collect();
    for value in &program.values {
        if let Body::Expr(body) = &value.body {
            sums(body, &mut found);
        }
    }
    found
}

/// Close to the whole, and not the whole.
fn is_close(sum: &BigRational) -> bool {
    let off = (sum - BigRational::one()).abs();
    !off.is_zero() && off <= BigRational::new(1.into(), 100.into())
}

/// A table of rates over an enum that add up to nearly the whole.
fn table_of_weights(program: &Program, rules: Rules<'_>, table: &Table) -> Option<Diagnostic> {
    let is_rate = table.ty.measure().and_then(Measure::kind) == Some(Kind::Rate);
    let ([Key::Enum(id)], true) = (table.keys.as_slice(), is_rate) else { return None };
    let count = program.enums.get(id.0)?.values.len();
    // Two rates that come to 101% are nothing strange, unless something is divided by them.
    if count < 3 && !is_weight(program, table) {
        return None;
    }
    let mut days: Vec<Option<i32>> = table.rows.iter().map(|row| row.from).collect();
    days.sort_unstable();
    days.dedup();
    for day in days.iter().copied() {
        let latest = (0..count).map(|level| {
            let rows = table.rows.iter().filter(|row| {
                row.keys.first().is_some_and(|key| usize::try_from(*key).is_ok_and(|key| key == level))
                    && row.from <= day
            });
            rows.max_by_key(|row| row.from).map(|row| row.cell)
        });
        let Some(cells) = latest.collect::<Option<Vec<i64>>>() else { continue };
        let sum = cells.iter().fold(BigInt::zero(), |sum, cell| sum + cell);
        let sum = step_of(table.scale) * sum;
        if cells.iter().all(|cell| *cell > 0) && is_close(&sum) {
            // The first version needs no date to be found.
            let since = day.filter(|_| Some(&day) != days.first());
            return Some(said(&table.name, &sum, since, param(rules, &table.name)?));
        }
    }
    None
}

/// Whether a split divides by the table.
fn is_weight(program: &Program, table: &Table) -> bool {
    fn looks_up(program: &Program, expr: &Expr, table: &Table) -> bool {
        let own = matches!(&expr.kind, ExprKind::Lookup { table: id, .. } if program.table(*id).is_some_and(|known| known.name == table.name));
        own || expr.parts().into_iter().any(|part| looks_up(program, part, table))
    }
    program.splits.iter().any(|split| match program.value(split.weight).map(|value| &value.body) {
        Some(Body::Expr(body)) => looks_up(program, body, table),
        _ => false,
    })
}

/// Sums whose every term is a constant rate of something.
fn sums(expr: &Expr, found: &mut Vec<Diagnostic>) {
    if matches!(expr.kind, ExprKind::Add(..)) {
        let (mut terms, mut open) = (Vec::new(), vec![expr]);
        while let Some(term) = open.pop() {
            match &term.kind {
                ExprKind::Add(left, right) => open.extend([&**left, &**right]),
                _ => terms.push(term),
            }
        }
        let weights: Option<Vec<&BigRational>> = terms.iter().map(|term| weight(term)).collect();
        let sum = weights.map(|weights| weights.into_iter().fold(BigRational::zero(), |sum, weight| sum + weight));
        if let Some(sum) = sum.filter(is_close) {
            found.push(said("", &sum, None, expr.span));
        }
        terms.iter().flat_map(|term| term.parts()).for_each(|part| sums(part, found));
        return;
    }
    expr.parts().into_iter().for_each(|part| sums(part, found));
}

/// The rate that a term is of something that varies.
fn weight(term: &Expr) -> Option<&BigRational> {
    let ExprKind::Mul(left, right) = &term.kind else { return None };
    [(left, right), (right, left)].into_iter().find_map(|(weight, of)| match &weight.kind {
        ExprKind::Constant(value) if weight.ty == Type::RATE && of.facts.as_constant().is_none() => Some(value),
        _ => None,
    })
}

fn said(name: &str, sum: &BigRational, since: Option<i32>, span: Span) -> Diagnostic {
    let sum = Measure::RATE.show(sum).en;
    let since = since.and_then(|day| date_of(&BigRational::from_integer(day.into())));
    let message = match name {
        "" => Text::new(
            format!("the weights of this sum add up to {sum}, not 100%"),
            format!("此和式的权重合计为{sum}，不是100%"),
        ),
        _ if since.is_some() => {
            let since = since.map(|since| since.to_string()).unwrap_or_default();
            Text::new(
                format!("from {since} on, the values of `{name}` add up to {sum}, not 100%"),
                format!("自 {since} 起，“{name}”各项合计为{sum}，不是100%"),
            )
        }
        _ => Text::new(
            format!("the values of `{name}` add up to {sum}, not 100%"),
            format!("“{name}”各项合计为{sum}，不是100%"),
        ),
    };
    let help = or_allow(CODE, "check the weights one by one", "请逐项核对权重");
    warning(CODE, message, span, Text::new("nearly the whole", "接近而不等于全部")).with_help(help)
}
