//! Interpreter and module agree on every bit of every output, for policies and claims made up at random.
//!
//! `FEN_POLICIES` asks for another number of policies, `FEN_SEED` for others; `FEN_TIMES=1` shows what took longest.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use fen_compiler::{Source, analyze};
use fen_runtime::Runtime;
use fen_tests::differential::{Tally, compare, errors, explained};
use fen_tests::policies::policy;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};

/// Policies of an ordinary run.
const POLICIES: u32 = 2_400;
const CLAIMS: usize = 50;
const THREADS: u32 = 2;

/// Faults that a made-up policy may honestly have, and how many of a thousand may have one of them.
const ADMITTED: [&str; 6] = [
    "fen::number::too_large",
    "fen::proof::undecided",
    "fen::tier::undecided",
    "fen::number::divisor",
    // Conditions are made up without regard to those before them.
    "fen::case::shadowed",
    "fen::exception::idle",
];
const MOST_ADMITTED: usize = 150;

/// What a run came to.
#[derive(Default)]
struct Report {
    policies: usize,
    settled: usize,
    rejected: usize,
    skipped: BTreeMap<String, usize>,
    slowest: (Duration, String),
    /// All analyses, all comparisons.
    times: [Duration; 2],
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().and_then(|number| number.parse().ok())
}

#[test]
fn interpreter_and_module_agree() {
    let policies = number("FEN_POLICIES").and_then(|count| u32::try_from(count).ok()).unwrap_or(POLICIES);
    let seed = number("FEN_SEED").unwrap_or(1);
    let runtime = Runtime::new().unwrap();
    let report = Mutex::new(Report::default());
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (runtime, report) = (&runtime, &report);
            let share = policies / THREADS + u32::from(thread < policies % THREADS);
            let seed = seed.wrapping_mul(u64::from(THREADS)).wrapping_add(thread.into());
            scope.spawn(move || run(runtime, share, seed, report));
        }
    });
    let report = report.into_inner().unwrap();
    let skipped: usize = report.skipped.values().sum();
    let Report { policies: compared, settled, rejected, .. } = report;
    println!("{compared} policies, {settled} claims settled and {rejected} rejected; skipped {:?}", report.skipped);
    if std::env::var_os("FEN_TIMES").is_some() {
        let [analyses, comparisons] = report.times;
        println!("analyses took {analyses:?}, comparisons {comparisons:?}");
        println!("slowest analysis: {:?} for\n{}", report.slowest.0, report.slowest.1);
    }
    assert!(skipped * 1_000 <= MOST_ADMITTED * (compared + skipped), "too many policies are skipped");
    assert!(settled >= 10 * compared, "most policies reject nearly everything");
}

fn run(runtime: &Runtime, cases: u32, seed: u64, report: &Mutex<Report>) {
    let config = Config { cases, max_shrink_iters: 20_000, failure_persistence: None, ..Config::default() };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let outcome = runner.run(&(policy(), any::<u64>()), |(text, seed)| {
        let source = Source::new("made_up.fen", text);
        let start = Instant::now();
        let analysis = analyze(&source);
        let time = start.elapsed();
        let wrong = errors(&analysis);
        let unexpected = wrong.iter().find(|code| !ADMITTED.contains(code));
        if let Some(code) = unexpected {
            return Err(TestCaseError::fail(format!("{code}\n{}", explained(&source, &analysis))));
        }
        let start = Instant::now();
        let tally = match analysis.policy() {
            Some(policy) => compare(runtime, policy, CLAIMS, seed),
            None => Ok(Tally::default()),
        };
        let tally = tally.map_err(|error| TestCaseError::fail(format!("{error}\n{}", source.text())))?;
        let mut report = report.lock().unwrap();
        match wrong.first() {
            Some(code) => *report.skipped.entry((*code).to_owned()).or_default() += 1,
            None => report.policies += 1,
        }
        let compared = start.elapsed();
        report.times = [report.times[0] + time, report.times[1] + compared];
        report.settled += tally.settled;
        report.rejected += tally.rejected;
        if time > report.slowest.0 {
            report.slowest = (time, source.text().to_owned());
        }
        Ok(())
    });
    match outcome {
        Ok(()) => {}
        Err(TestError::Fail(reason, _)) => panic!("{reason}"),
        Err(TestError::Abort(reason)) => panic!("aborted: {reason}"),
    }
}
