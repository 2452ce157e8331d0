use fen_grammar::tree::RoundingMode;
use num_bigint::BigInt;

use super::builder::Builder;
use super::evaluate::{Outcome, evaluate};
use super::lower;
use crate::check::program::{Claim, Program, Rounding, days_of};
use crate::check::types::{Facts, Type};
use crate::ids::{SiteId, ValueId};
use crate::interpret::samples::{
    Maker, Random, add, cell, claim, constant, div, large_claim, large_table, months, mul, number, program, quotients,
    surplus,
};
use crate::interpret::{Rejection, settle};
use crate::lower::ir::Kernel;
use crate::lower::locals::Locals;

/// What the interpreter says of a claim, if its inputs are admitted.
fn expected(program: &Program, claim: &Claim) -> Option<Outcome> {
    match settle(program, claim) {
        Ok(settled) => {
            let cells = settled.outputs().into_iter().zip(&program.outputs);
            Some(Outcome::Settled(cells.map(|(value, output)| value.map(|value| cell(&value, output.scale))).collect()))
        }
        Err(Rejection::UnknownCode(SiteId(site))) => Some(Outcome::Rejected(site)),
        Err(_) => None,
    }
}

fn evaluated(program: &Program, kernel: &Kernel, claim: &Claim) -> Outcome {
    let inputs: Vec<Option<BigInt>> = claim
        .inputs
        .iter()
        .zip(&program.inputs)
        .map(|(value, input)| value.as_ref().map(|value| cell(value, input.scale)))
        .collect();
    let parameters: Vec<BigInt> =
        claim.parameters.iter().zip(&program.parameters).map(|(value, one)| cell(value, one.scale)).collect();
    evaluate(kernel, &inputs, &parameters, program.sites.len())
}

#[test]
fn kernels_mean_what_the_interpreter_says() {
    let (mut lowered, mut settled, mut rejected) = (0, 0, 0);
    for seed in 0..600 {
        let program = Maker::program(seed);
        let Ok(kernel) = lower(&program) else { continue };
        lowered += 1;
        let mut random = Random(seed);
        for _ in 0..60 {
            let claim = claim(&program, &mut random);
            let Some(expected) = expected(&program, &claim) else { continue };
            match expected {
                Outcome::Settled(_) => settled += 1,
                Outcome::Rejected(_) => rejected += 1,
            }
            assert_eq!(evaluated(&program, &kernel, &claim), expected, "seed {seed}, {claim:?}");
        }
    }
    assert!(lowered > 200 && settled > 1000 && rejected > 1000, "{lowered} {settled} {rejected}");
}

/// The made-up programs reach every kind of operation, narrow and wide.
#[test]
fn made_up_programs_use_all_operations() {
    let mut seen = std::collections::BTreeMap::new();
    for seed in 0..300 {
        let program = Maker::program(seed);
        let Ok(kernel) = lower(&program) else { continue };
        for op in &kernel.ops {
            let name = format!("{:?}", op.kind);
            let name = name.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned();
            *seen.entry((name, kernel.works_wide(op))).or_insert(0) += 1;
        }
    }
    for name in
        "Add AddMonths And Cell Divide Equal FullMonths Known Less Max Min Mul Narrow Not Or Parameter Position \
                 Quotient Select Sub"
            .split(' ')
    {
        assert!(seen.contains_key(&(name.to_owned(), false)), "{name}");
    }
    for name in ["Add", "Divide", "Equal", "Less", "Max", "Min", "Mul", "Quotient", "Select", "Sub"] {
        assert!(seen.contains_key(&(name.to_owned(), true)), "{name} of 128 bits");
    }
}

/// Checks made-up claims; returns how many were settled and how many rejected by a look-up.
fn check(program: &Program, claims: usize, make: fn(&Program, &mut Random) -> Claim) -> (usize, usize) {
    let kernel = lower(program).unwrap();
    let mut random = Random(7);
    let (mut settled, mut rejected) = (0, 0);
    for _ in 0..claims {
        let claim = make(program, &mut random);
        let Some(expected) = expected(program, &claim) else { continue };
        match expected {
            Outcome::Settled(_) => settled += 1,
            Outcome::Rejected(_) => rejected += 1,
        }
        assert_eq!(evaluated(program, &kernel, &claim), expected, "{claim:?}");
    }
    (settled, rejected)
}

#[test]
fn quotients_and_months_are_exact() {
    assert!(check(&quotients(), 500, claim).0 > 100);
    assert!(check(&months(), 2000, claim).0 > 1000);
    assert!(check(&surplus(), 2000, claim).0 > 1000);
}

#[test]
fn large_tables_are_searched() {
    let (settled, rejected) = check(&large_table(5000, 4), 1000, large_claim);
    assert!(settled > 100 && rejected > 100, "{settled} {rejected}");
}

/// So many values at once that no engine has locals for all of them, but few are needed at a time.
#[test]
fn locals_are_used_again() {
    let mut p = program();
    let input = p.with_input("n", Type::NUMBER, 0, Facts::integers(0, 1000), false);
    let mut last = p.with_value("first", p.input_expr(input), None);
    for at in 0..38_000 {
        let next = add(add(p.value_expr(last), p.input_expr(input)), constant(number(at % 5)));
        let halved = div(next, constant(number(2)));
        last = p.with_value("next", halved, Some(Rounding { mode: RoundingMode::Down, step: number(1) }));
    }
    p.with_output(last, 0, None);
    let error = lower(&p).unwrap_err();
    assert_eq!(error.code, "fen::policy::too_large");
    p.outputs[0].value = ValueId(8_000);
    let kernel = lower(&p).unwrap();
    assert!(kernel.ops.len() > 20_000);
    assert!(Locals::of(&kernel).count() < 10);
}

#[test]
fn numbers_that_may_be_too_large_are_named() {
    let mut p = program();
    let facts = Facts::range(number(0), number(1_000_000_000_000_000), number(1));
    let input = p.with_input("n", Type::NUMBER, 0, facts, false);
    let n = || p.input_expr(input);
    let cube = mul(mul(n(), n()), n());
    let value = p.with_value("cube", cube, None);
    p.with_output(value, 0, None);
    let error = lower(&p).unwrap_err();
    assert_eq!(error.code, "fen::number::too_large");
    assert!(error.message.en.contains("`cube`"), "{}", error.message.en);
}

/// Even where dates are always far apart.
#[test]
fn full_months_lie_in_their_range() {
    let day = |year, month, day| days_of(jiff::civil::date(year, month, day));
    let spans = [
        (day(2021, 4, 23), day(2023, 12, 30), 32),
        (day(2023, 12, 30), day(2021, 4, 23), -32),
        (day(2024, 1, 31), day(2024, 2, 29), 0),
        (day(2024, 1, 31), day(2024, 3, 1), 1),
        (day(2023, 7, 1), day(2023, 8, 31), 1),
    ];
    for (from, to, months) in spans {
        let mut builder = Builder::default();
        let (Ok(from), Ok(to)) = (builder.constant(from), builder.constant(to)) else { panic!() };
        let Ok(full) = builder.full_months(from, to) else { panic!() };
        let (low, high) = builder.range(full);
        assert!(low <= months.into() && high >= months.into(), "{months} is not from {low} to {high}");
    }
}
