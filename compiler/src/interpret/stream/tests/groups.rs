use num_bigint::BigInt;

use super::*;
use crate::check::program::{Body, ExprKind, Function, Origin};
use crate::check::types::Facts;
use crate::ids::SiteId;
use crate::interpret::samples::constant;
use crate::interpret::samples::streams::{ROWS, YEAR, day, pool};
use crate::interpret::stream::split::divide;

const CASES: [[i64; 2]; 5] = [[3, 0], [3, 1], [4, 0], [5, 2], [5, 1]];

fn cases(rows: &[[i64; 2]], fund: i64) -> Stream {
    let mut stream = stream(rows.iter().map(|row| row.map(code)));
    stream.parameters = vec![ratio(fund, 100)];
    stream
}

#[test]
fn points_of_a_pool() {
    let (p, cases) = (pool(false), cases(&CASES, 100_000_000));
    let points = [1_000_000, 2_505_000, 850_000, 374_429, 2_814_117];
    assert_eq!(rows(&p, &cases), points.map(|points| settled([points])));
    let hospital = |key, earned, payment| (vec![key], vec![Some(earned), Some(payment)], None);
    let expected =
        [hospital(3, 3_505_000, 46_463_560), hospital(4, 850_000, 11_267_910), hospital(5, 3_188_546, 42_268_530)];
    assert_eq!(groups(&p, &cases, "hospital"), expected);
    assert_eq!(groups(&p, &cases, "pool"), [(vec![], vec![Some(13_256_365)], None)]);
}

#[test]
fn a_case_that_no_table_knows_adds_nothing() {
    let mut rows_given = CASES.to_vec();
    rows_given.insert(1, [3, 6]);
    rows_given.insert(2, [6, 0]);
    let (p, cases) = (pool(true), cases(&rows_given, 100_000_000));
    let mut cases = cases;
    cases.texts = vec!["ZZ9".to_owned()];
    let rows = rows(&p, &cases);
    assert_eq!(rows[1], Err(Rejection::UnknownCode(SiteId(0))));
    assert_eq!(rows[2], Err(Rejection::UnknownCode(SiteId(1))));
    assert_eq!(rows[0], settled([1_000_000, 46_463_560]));
    assert_eq!(groups(&p, &cases, "hospital").len(), 3);
}

#[test]
fn without_settled_rows_there_are_no_groups() {
    let (p, cases) = (pool(false), cases(&[[3, 5]], 100));
    assert_eq!(groups(&p, &cases, "hospital"), []);
    assert_eq!(groups(&p, &cases, "pool"), []);
}

/// Weights can be zero if coefficients are.
#[test]
fn weights_of_zero() {
    let free = || {
        let mut p = pool(true);
        p.tables[1].rows.iter_mut().for_each(|row| row.cell = 0);
        p
    };
    let failed = Some(SplitId(0));
    let two = cases(&[[3, 0], [4, 0]], 1);
    assert_eq!(rows(&free(), &two), [Err(Rejection::NoWeights(SplitId(0))), Err(Rejection::NoWeights(SplitId(0)))]);
    // What does not need the split is there.
    let hospital = |key| (vec![key], vec![Some(0), None], failed);
    assert_eq!(groups(&free(), &two, "hospital"), [hospital(3), hospital(4)]);
    assert_eq!(groups(&free(), &two, "pool"), [(vec![], vec![Some(0)], None)]);
    let nothing = cases(&[[3, 0], [4, 0]], 0);
    assert_eq!(rows(&free(), &nothing), [settled([0, 0]), settled([0, 0])]);
}

/// Two pools; one cannot be divided. What is computed from its parts fails, whatever conditions stand before it.
#[test]
fn a_split_fails_in_its_pool_and_in_what_is_computed_from_it() {
    let mut p = crate::interpret::samples::program();
    let hospital = p.with_id("hospital");
    let kind = p.with_input("kind", Type::Bool, 0, Facts::bool(), false);
    let points = p.with_money("points");
    let both = p.with_grain("hospital.kind", &[hospital, kind], None);
    let kinds = p.with_grain("kind", &[kind], None);
    let everything = p.with_grain("pool", &[], None);
    let facts = p.inputs[points.0].facts.clone();
    let total = |value, over, grain| Origin::Total { function: Function::Sum, value, when: None, over, grain };
    let points = p.with_value_as(points);
    let earned = p.with_import("earned", (Type::MONEY, 2), facts.clone(), total(points, ROWS, both));
    let earned = p.with_value_of(both, "earned", p.input_expr(earned), None);
    let amount = p.with_value("amount", constant(ratio(-1, 1)), None);
    let split = p.with_split(amount, earned, both, kinds);
    let part = p.with_import("part", (Type::MONEY, 2), facts.clone(), Origin::Part(split));
    let part = p.with_value_of(both, "part", p.input_expr(part), None);
    let paid = p.with_import("paid", (Type::MONEY, 2), facts, total(part, both, everything));
    p.inputs.iter_mut().for_each(|input| input.facts.low = number(-1_000).min(input.facts.low.clone()));
    let paid = p.with_value_of(everything, "paid", p.input_expr(paid), None);
    let never = crate::interpret::samples::boolean(ExprKind::Constant(number(0)));
    let guarded = crate::interpret::samples::cases(vec![(never, p.value_expr(part))], constant(number(0)));
    let guarded = p.with_value_of(both, "guarded", guarded, None);
    p.with_output(guarded, 2, None);
    p.with_output_of(both, part, 2);
    p.with_output_of(everything, paid, 2);
    p.with_output_of(everything, amount, 2);
    let row = |hospital, kind, points| [code(hospital), code(kind), cents(points)];
    let all = [row(1, 1, 1), row(0, 1, 1), row(0, 0, 0), row(2, 1, 1), row(0, 1, 1)];
    let with_texts = |rows: &[[Cell; 3]]| {
        let mut stream = stream(rows.iter().cloned());
        stream.texts = ["a", "b", "c"].map(str::to_owned).to_vec();
        stream
    };
    let whole = with_texts(&all);
    let failed = Err(Rejection::NoWeights(split));
    let zero = || settled([0]);
    assert_eq!(rows(&p, &whole), [zero(), zero(), failed, zero(), zero()]);
    let group = |key: [i64; 2], part| (key.to_vec(), vec![Some(part)], None);
    let expected = [(vec![0, 0], vec![None], Some(split)), group([0, 1], -50), group([1, 1], -25), group([2, 1], -25)];
    assert_eq!(groups(&p, &whole, "hospital.kind"), expected);
    assert_eq!(groups(&p, &whole, "pool"), [(vec![], vec![None, Some(-100)], Some(split))]);
    let sound = with_texts(&all[..2]);
    assert_eq!(groups(&p, &sound, "pool"), [(vec![], vec![Some(-100), Some(-100)], None)]);
}

/// Three hospitals with equal weights; the steps that are left go to the smaller keys, by their texts.
#[test]
fn ties_go_to_the_smaller_text() {
    let mut p = pool(false);
    // No table knows the keys: every hospital has the coefficient 1.
    let one = constant(number(1));
    p.values[0].body = Body::Expr(Box::new(one));
    let mut cases = cases(&[[7, 0], [6, 0], [3, 0], [8, 0]], 2);
    cases.texts = ["z", "a", "乙"].map(str::to_owned).to_vec();
    let paid = groups(&p, &cases, "hospital").into_iter().map(|(key, outputs, _)| (key[0], outputs[1].unwrap()));
    assert_eq!(paid.collect::<Vec<_>>(), [(7, 1), (3, 1), (6, 0), (8, 0)]);
}

/// The step of the parts may be coarser than that of cells.
#[test]
fn parts_are_whole_steps() {
    let mut p = pool(false);
    p.inputs[4].facts = Facts::range(number(0), number(1_000), ratio(1, 20));
    let cases = cases(&[[3, 0], [4, 0]], 100);
    let paid = groups(&p, &cases, "hospital").into_iter().map(|(_, outputs, _)| outputs[1].unwrap());
    assert_eq!(paid.collect::<Vec<_>>(), [55, 45]);
}

#[test]
fn groups_are_sorted_by_key_then_period() {
    let mut p = crate::interpret::samples::program();
    let on = p.with_date("on");
    let person = p.with_id("person");
    let year = p.with_grain("person.year", &[person], Some(YEAR));
    let pool = p.with_grain("pool", &[], None);
    let value = p.with_value_as(on);
    let total = |function, value, over, grain| Origin::Total { function, value, when: None, over, grain };
    let facts = p.inputs[0].facts.clone();
    let count = p.with_import("count", (Type::NUMBER, 0), facts.clone(), total(Function::Count, value, ROWS, year));
    let count = p.with_value_of(year, "count", p.input_expr(count), None);
    let most = p.with_import("most", (Type::NUMBER, 0), facts.clone(), total(Function::Max, count, year, pool));
    let most = p.with_value_of(pool, "most", p.input_expr(most), None);
    let years = p.with_import("years", (Type::NUMBER, 0), facts, total(Function::Count, count, year, pool));
    let years = p.with_value_of(pool, "years", p.input_expr(years), None);
    p.with_output_of(year, count, 0);
    p.with_output_of(pool, most, 0);
    p.with_output_of(pool, years, 0);
    let claims = [(day(2023, 1, 1), 1), (day(2022, 1, 1), 1), (day(2023, 5, 1), 0), (day(2023, 12, 31), 1)];
    let mut claims = stream(claims.map(|(day, person)| [Some(day), code(person)]));
    claims.texts = ["b", "a"].map(str::to_owned).to_vec();
    let group = |key: [i64; 2], count| (key.to_vec(), vec![Some(count)], None);
    assert_eq!(groups(&p, &claims, "person.year"), [group([1, 2022], 1), group([1, 2023], 2), group([0, 2023], 1)]);
    assert_eq!(groups(&p, &claims, "pool"), [(vec![], vec![Some(2), Some(3)], None)]);
}

#[test]
fn a_total_out_of_range_stops_the_run() {
    let mut p = pool(false);
    p.inputs[3].facts.high = number(10);
    assert_eq!(settle_stream(&p, &cases(&CASES, 100)), Err(Overflow(InputId(3))));
}

#[test]
fn divided_steps_add_up() {
    let parts = |steps: i64, weights: &[i64]| -> Option<Vec<i64>> {
        let weights: Vec<_> = weights.iter().map(|weight| ratio(*weight, 7)).collect();
        let parts = divide(&BigInt::from(steps), &weights)?;
        assert_eq!(parts.iter().sum::<BigInt>(), steps.into());
        Some(parts.into_iter().map(|part| part.try_into().unwrap()).collect())
    };
    assert_eq!(parts(100, &[1, 1, 1]), Some(vec![34, 33, 33]));
    assert_eq!(parts(101, &[1, 1, 1]), Some(vec![34, 34, 33]));
    assert_eq!(parts(-101, &[1, 1, 1]), Some(vec![-34, -34, -33]));
    assert_eq!(parts(10, &[1, 2, 4]), Some(vec![1, 3, 6]));
    assert_eq!(parts(3, &[0, 0, 5]), Some(vec![0, 0, 3]));
    assert_eq!(parts(0, &[0, 0]), Some(vec![0, 0]));
    assert_eq!(parts(1, &[0, 0]), None);
    assert_eq!(parts(5, &[2, 3, 0, 5]), Some(vec![1, 2, 0, 2]));
}
