//! Programs that put one thing to the test.

use fen_grammar::source::Span;
use fen_grammar::tree::{Comparison, RoundingMode};
use jiff::civil::date;
use num_bigint::BigInt;
use num_rational::BigRational;

use super::{MODES, Random, cases, compare, constant, div, expr, max, number, program, ratio, rounded, sub};
use crate::check::program::{
    Body, Claim, ExprKind, Key, Ladder, LadderVersion, Program, Rounding, Row, TableRow, Value, days_of,
};
use crate::check::types::{Facts, Measure, Type};
use crate::ids::{InputId, LadderId, Symbol, ValueId};

/// Rounded quotients of inputs, of as many bits as there can be, in all modes.
pub(crate) fn quotients() -> Program {
    let mut p = program();
    let bits = |bits: u32| BigRational::from(BigInt::from(1) << bits);
    for (value, divisor) in [(30, 20), (61, 61), (100, 20), (100, 40), (110, 63), (124, 62), (125, 110), (125, 125)] {
        let name = format!("n{value}_{divisor}");
        let value = Facts::range(-bits(value), bits(value), number(1));
        let value = p.with_input(&name, Type::NUMBER, 0, value, false);
        let divisor = Facts::range(-bits(divisor), bits(divisor), number(1));
        let divisor = p.with_input(&format!("by_{name}"), Type::NUMBER, 0, divisor, false);
        let (value, divisor) = (p.input_expr(value), p.input_expr(divisor));
        for (at, mode) in MODES.into_iter().enumerate() {
            let quotient = rounded(div(value.clone(), divisor.clone()), mode, number(1));
            let is_defined = compare(Comparison::Ne, divisor.clone(), constant(number(0)));
            let chosen = cases(vec![(is_defined, quotient)], constant(number(0)));
            let id = p.with_value(&format!("{name}_{at}"), chosen, None);
            p.with_output(id, 0, None);
        }
    }
    p
}

/// Months from and between dates of all years.
pub(crate) fn months() -> Program {
    let mut p = program();
    let days = |y, m, d| i64::from(days_of(date(y, m, d)));
    let dates = Facts::integers(days(-9998, 1, 1), days(9998, 12, 31));
    let from = p.with_input("from", Type::Date, 0, dates.clone(), false);
    let to = p.with_input("to", Type::Date, 0, dates, false);
    let months = p.with_input("months", Type::Measure(Measure::MONTHS), 0, Facts::integers(-1200, 1200), false);
    let of = |id: InputId, p: &Program| Box::new(p.input_expr(id));
    for unit in [1, 12] {
        let kind = ExprKind::FullMonths { from: of(from, &p), to: of(to, &p), unit };
        let body = expr(Type::Measure(Measure::MONTHS), kind, Facts::integers(-240_000, 240_000));
        let id = p.with_value("full", body, None);
        p.with_output(id, 0, None);
    }
    for later in [false, true] {
        let kind = ExprKind::AddMonths { date: of(from, &p), months: of(months, &p), later };
        // What lies outside the calendar is not compared.
        let moved = expr(Type::Date, kind, Facts::integers(days(-9999, 1, 1) - 40_000, days(9999, 12, 31) + 40_000));
        let is_far = |year| compare(Comparison::Lt, *of(from, &p), constant(number(days(year, 1, 1))));
        let chosen = cases(vec![(is_far(-9890), p.input_expr(from)), (is_far(9890), moved)], p.input_expr(from));
        let id = p.with_value("moved", chosen, None);
        p.with_output(id, 0, None);
    }
    p
}

/// A look-up in a table of many rows by codes and dates.
pub(crate) fn large_table(codes: u32, rows_per_code: u32) -> Program {
    let mut p = program();
    p.codes = (0..codes).map(|code| format!("code{code:07}")).collect();
    let day = p.with_input("day", Type::Date, 0, Facts::integers(15_000, 25_000), false);
    p.dated_by = Some(day);
    let drug = p.with_input("drug", Type::Code, 0, Facts::integers(0, i32::MAX.into()), false);
    let place = p.with_input("place", Type::Id, 0, Facts::integers(0, i32::MAX.into()), false);
    let mut rows = Vec::new();
    for code in (0..codes).step_by(2) {
        for row in 0..rows_per_code {
            let keys = vec![code, (code * 7 + row / 2) % codes];
            let from = Some(16_000 + (row as i32 % 2) * 1000 + code as i32 % 700);
            rows.push(TableRow { keys, from, cell: i64::from(code * 100 + row) });
        }
    }
    let table = p.with_table(Type::MONEY, 2, vec![Key::Code, Key::Code], rows);
    let site = p.with_site(table, drug);
    let found = p.lookup(table, vec![p.input_expr(drug), p.input_expr(place)], Some(site));
    let id = p.with_value("price", found, None);
    p.with_output(id, 2, None);
    p
}

/// A claim that finds a row of a large table about as often as not.
pub(crate) fn large_claim(program: &Program, random: &mut Random) -> Claim {
    let codes = program.codes.len() as i64;
    let code = random.range(0, codes + 3);
    let place = (code * 7 + random.range(0, 2)) % codes;
    Claim {
        inputs: [random.range(15_000, 20_000), code, place].map(|cell| Some(number(cell))).into(),
        parameters: Vec::new(),
    }
}

/// Surplus sharing: a ladder of parts of a budget, divided between two receivers.
pub(crate) fn surplus() -> Program {
    let mut p = program();
    let yuan = Facts::range(number(0), number(100_000_000_000), ratio(1, 100));
    let budget = p.with_input("budget", Type::MONEY, 2, yuan.clone(), false);
    let spent = p.with_input("spent", Type::MONEY, 2, yuan.clone(), false);
    let left = max(sub(p.input_expr(budget), p.input_expr(spent)), constant(number(0)));
    let subject = p.with_value("surplus", left, None);
    let bounds = [None, Some(ratio(5, 100)), Some(ratio(10, 100)), Some(ratio(15, 100)), None];
    let rows = [(100, 0), (70, 30), (30, 70), (0, 100)].into_iter().enumerate().map(|(at, (retain, carry))| Row {
        low: bounds[at].clone(),
        high: bounds[at + 1].clone(),
        shares: vec![ratio(retain, 100), ratio(carry, 100)],
    });
    let versions = vec![LadderVersion { from: None, rows: rows.collect() }];
    let ladder = LadderId(0);
    let base = Some(p.input_expr(budget));
    let rounding = Rounding { mode: RoundingMode::HalfUp, step: ratio(1, 100) };
    let bodies = [(Body::Share { ladder, column: 0 }, Some(rounding)), (Body::Remainder { ladder }, None)];
    let mut columns = Vec::new();
    for (body, rounding) in bodies {
        let (name, span) = ("share".to_owned(), Span::default());
        p.values.push(Value { name, span, ty: Type::MONEY, body, rounding, facts: yuan.clone(), grain: None });
        let id = ValueId(p.values.len() - 1);
        p.order.push(id);
        p.with_output(id, 2, None);
        columns.push(id);
    }
    let subject = Some(Symbol::Value(subject));
    p.ladders.push(Ladder { subject, base, versions, columns });
    p
}
