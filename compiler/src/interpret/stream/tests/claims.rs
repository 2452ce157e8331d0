use super::*;
use crate::check::program::{Function, Origin, Period};
use crate::ids::{InputId, SiteId, ValueId};
use crate::interpret::samples::constant;
use crate::interpret::samples::streams::{ROWS, YEAR, capped, day, readmissions};

/// Settled on a day: person, rank, eligible.
fn claim(on: BigRational, person: i64, rank: i64, eligible: i64) -> [Cell; 4] {
    [Some(on), code(person), code(rank), cents(eligible)]
}

#[test]
fn a_cap_over_a_year() {
    let claims = stream([
        claim(day(2022, 3, 1), 7, 0, 100_000),
        claim(day(2022, 3, 1), 7, 1, 60_001),
        claim(day(2022, 3, 1), 8, 1, 60_001),
        claim(day(2022, 12, 31), 7, 0, 100_000),
        claim(day(2023, 1, 1), 7, 0, 100_000),
    ]);
    let expected = [
        settled([100_000, 0]),
        settled([30_001, 100_000]),
        settled([30_001, 0]),
        settled([19_999, 130_001]),
        settled([100_000, 0]),
    ];
    assert_eq!(rows(&capped(YEAR), &claims), expected);
}

#[test]
fn insurance_years_and_months_begin_on_their_first_day() {
    let claims = |days: [BigRational; 4]| stream(days.map(|day| claim(day, 7, 0, 10_000)));
    let before = |period, days| -> Vec<Option<i64>> {
        rows(&capped(period), &claims(days)).into_iter().map(|row| row.unwrap()[1]).collect()
    };
    let july = Period::Year { month: 7, day: 1 };
    let days = [day(2022, 6, 30), day(2022, 7, 1), day(2023, 1, 1), day(2023, 7, 1)];
    assert_eq!(before(july, days), [0, 0, 10_000, 0].map(Some));
    let days = [day(2022, 6, 30), day(2022, 7, 1), day(2022, 7, 31), day(2022, 8, 1)];
    assert_eq!(before(Period::Month, days), [0, 0, 10_000, 0].map(Some));
    let number = |period, on: (i16, i8, i8)| super::super::groups::number_of(period, &day(on.0, on.1, on.2)).unwrap();
    assert_eq!(number(july, (2022, 6, 30)), 2021);
    assert_eq!(number(july, (2022, 7, 1)), 2022);
    assert_eq!(number(YEAR, (2022, 1, 1)), 2022);
    assert_eq!(number(Period::Month, (2022, 3, 31)), 12 * 2022 + 2);
}

#[test]
fn rejected_rows_count_for_nothing() {
    let mut negative = claim(day(2022, 3, 2), 7, 0, 0);
    negative[3] = cents(-1);
    let claims = stream([
        claim(day(2022, 3, 1), 7, 3, 100_000),
        negative,
        claim(day(2022, 3, 3), 7, 0, 20_000),
        claim(day(2022, 3, 4), 7, 9, 100_000),
        claim(day(2022, 3, 5), 7, 0, 20_000),
    ]);
    let expected = [
        Err(Rejection::UnknownCode(SiteId(0))),
        Err(Rejection::BelowMin(InputId(3))),
        settled([20_000, 0]),
        Err(Rejection::UnknownCode(SiteId(0))),
        settled([20_000, 20_000]),
    ];
    assert_eq!(rows(&capped(YEAR), &claims), expected);
}

#[test]
fn a_running_value_out_of_range_rejects_the_row_alone() {
    let mut p = capped(YEAR);
    p.inputs[4].facts.high = number(300);
    let claims = stream([20_000, 20_000, 20_000].map(|eligible| claim(day(2022, 3, 1), 7, 0, eligible)));
    let outside = Err(Rejection::AboveMax(InputId(4)));
    assert_eq!(rows(&p, &claims), [settled([20_000, 0]), settled([20_000, 20_000]), outside]);
}

/// What earlier claims with an even amount were, by every function.
#[test]
fn functions_over_earlier_claims() {
    let functions = [Function::Count, Function::Last, Function::Max, Function::Min, Function::Sum];
    let mut p = crate::interpret::samples::program();
    let amount = p.with_money("amount");
    let is_counted = p.with_input("counts", Type::Bool, 0, crate::check::types::Facts::bool(), false);
    let pool = p.with_grain("pool", &[], None);
    let (value, when) = (p.with_value_as(amount), p.with_value_as(is_counted));
    for function in functions {
        let origin = Origin::Running { function, value, when: Some(when), over: ROWS, grain: pool };
        let facts = p.inputs[0].facts.clone();
        let input = p.with_import("running", (Type::MONEY, 2), facts, origin);
        let known = crate::interpret::samples::boolean(crate::check::program::ExprKind::Known(input));
        let known = p.with_value_of(ROWS, "known", known, None);
        let running = p.with_value_of(ROWS, "running", p.input_expr(input), None);
        p.with_output(running, 2, Some(known));
    }
    let claims = [(300, 0), (500, 1), (200, 1), (900, 0), (400, 1)];
    let claims = stream(claims.map(|(amount, counts)| [cents(amount), code(counts)]));
    let none = Ok(vec![Some(0), None, None, None, Some(0)]);
    let expected = [
        none.clone(),
        none,
        settled([100, 500, 500, 500, 500]),
        settled([200, 200, 500, 200, 700]),
        settled([200, 200, 500, 200, 700]),
    ];
    assert_eq!(rows(&p, &claims), expected);
}

#[test]
fn the_next_claim_may_halve_the_points() {
    let stay = |person, drg, admitted, discharged| [code(person), code(drg), Some(admitted), Some(discharged)];
    let (p, q, aa1, bb2) = (10, 11, 0, 1);
    let stays = [
        stay(p, aa1, day(2022, 3, 1), day(2022, 3, 5)),
        stay(p, bb2, day(2022, 3, 6), day(2022, 3, 10)),
        stay(p, aa1, day(2022, 3, 20), day(2022, 3, 25)),
        stay(p, aa1, day(2022, 4, 10), day(2022, 4, 12)),
        stay(q, aa1, day(2022, 4, 12), day(2022, 4, 13)),
    ];
    let expected = [
        settled([500_000, 1, 1]),
        settled([2_505_000, 2, 0]),
        settled([1_000_000, 3, 0]),
        settled([1_000_000, 4, 0]),
        settled([1_000_000, 1, 0]),
    ];
    assert_eq!(rows(&readmissions(), &stream(stays.clone())), expected);

    // A stay that is rejected is nobody's next one.
    let mut stays = Vec::from(stays);
    stays.insert(2, stay(p, aa1, day(2022, 3, 7), day(2100, 1, 1)));
    let rejected = rows(&readmissions(), &stream(stays));
    assert!(rejected[2].is_err());
    assert_eq!(rejected[0], settled([500_000, 1, 1]));
    assert_eq!(rejected[3], settled([1_000_000, 3, 0]));
}

/// The link leads to the latest earlier claim that is not excluded; of one day that is the last in the stream.
#[test]
fn a_link_back_skips_what_its_condition_excludes() {
    let mut p = crate::interpret::samples::program();
    let person = p.with_id("person");
    let amount = p.with_input("amount", Type::NUMBER, 0, crate::check::types::Facts::integers(0, 100), false);
    let group = p.with_grain("person", &[person], None);
    let is_large = crate::interpret::samples::compare(
        fen_grammar::tree::Comparison::Gt,
        p.input_expr(amount),
        constant(number(10)),
    );
    let is_large = p.with_value("large", is_large, None);
    let link = p.with_link(false, group, Some(is_large));
    let value = p.with_value_as(amount);
    let facts = p.inputs[1].facts.clone();
    let field = p.with_import("field", (Type::NUMBER, 0), facts, Origin::Field { link, value });
    let linked = p.with_import("linked", (Type::Bool, 0), crate::check::types::Facts::bool(), Origin::Linked(link));
    let linked = p.with_value_of(ROWS, "linked", p.input_expr(linked), None);
    let field: ValueId = p.with_value_of(ROWS, "field", p.input_expr(field), None);
    p.with_output(linked, 0, None);
    p.with_output(field, 0, Some(linked));
    let claims = [(1, 20), (1, 5), (2, 30), (1, 40), (1, 1)];
    let claims = stream(claims.map(|(person, amount)| [code(person), code(amount)]));
    let none = || Ok(vec![Some(0), None]);
    assert_eq!(rows(&p, &claims), [none(), settled([1, 20]), none(), settled([1, 20]), settled([1, 40])]);
}
