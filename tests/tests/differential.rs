//! Interpreter and module agree on every bit of every output, for policies and claims made up at random.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use fen_compiler::{Lang, Outcome, Policy, Source, analyze, render};
use fen_runtime::Runtime;
use fen_tests::module::Settler;
use fen_tests::policies::policy;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

/// Policies of an ordinary run; `FEN_POLICIES` asks for another number.
const POLICIES: u32 = 400;
const CLAIMS: usize = 50;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

/// The policy of a source, or `None` if its only fault is that its numbers are too large.
fn compiled(text: &str) -> Option<(Source, fen_compiler::Analysis)> {
    let source = Source::new("made_up.fen", text);
    let analysis = analyze(&source);
    let wrong: Vec<_> =
        analysis.diagnostics().iter().filter(|problem| problem.code != "fen::number::too_large").cloned().collect();
    assert!(wrong.is_empty(), "{text}\n{:#?}", render::json(&source, &wrong, Lang::En));
    analysis.policy().is_some().then_some((source, analysis))
}

/// Claims within the ranges, and every input one step outside them.
fn claims(policy: &Policy, seed: u64) -> Vec<Vec<i128>> {
    let mut claims: Vec<Vec<i128>> = policy.claims(seed).take(CLAIMS).collect();
    let schema = policy.compile().unwrap().schema;
    for (at, input) in schema.inputs.iter().enumerate() {
        for (bound, step) in [(&input.min, -1), (&input.max, 1)] {
            let mut claim = claims[at % CLAIMS].clone();
            claim[at] = bound.replace('.', "").parse::<i128>().unwrap() + step;
            claims.push(claim);
        }
    }
    claims
}

#[test]
fn interpreter_and_module_agree() {
    let cases = std::env::var("FEN_POLICIES").ok().and_then(|count| count.parse().ok()).unwrap_or(POLICIES);
    let settled = AtomicUsize::new(0);
    let tried = AtomicUsize::new(0);
    let mut runner =
        TestRunner::new(Config { cases, max_shrink_iters: 2_000, failure_persistence: None, ..Config::default() });
    runner
        .run(&(policy(), any::<u64>()), |(text, seed)| {
            let Some((_, analysis)) = compiled(&text) else { return Ok(()) };
            let policy = analysis.policy().unwrap();
            let mut settler = Settler::new(&RUNTIME, policy).map_err(|error| TestCaseError::fail(error.to_string()))?;
            let claims = claims(policy, seed);
            let outcomes = settler.settle(&claims).map_err(|error| TestCaseError::fail(error.to_string()))?;
            for (claim, outcome) in claims.iter().zip(&outcomes) {
                prop_assert_eq!(outcome, &policy.interpret(claim), "claim {:?} of\n{}", claim, &text);
                settled.fetch_add(usize::from(matches!(outcome, Outcome::Settled(_))), Ordering::Relaxed);
            }
            tried.fetch_add(claims.len(), Ordering::Relaxed);
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
    let (settled, tried) = (settled.into_inner(), tried.into_inner());
    println!("{tried} claims tried on {cases} policies, {settled} of them settled");
    let wanted = usize::try_from(cases).unwrap() * CLAIMS / 2;
    assert!(settled >= wanted, "only {settled} claims were settled, {wanted} were wanted");
}
