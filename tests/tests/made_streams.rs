//! Interpreter and host agree on every row and every group, for policies that look beyond one claim and streams made up at
//! random: settled at once and in batches of any size, in another order, in two runs, person by person.
//!
//! `FEN_POLICIES` asks for another number of policies (a quarter of it), `FEN_SEED` for others; `FEN_TIMES=1` shows what
//! took longest.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use fen_compiler::{Source, analyze};
use fen_runtime::Runtime;
use fen_tests::differential::{errors, explained};
use fen_tests::policies::streams::stream_policy;
use fen_tests::streams::Compiled;
use fen_tests::streams::compare::{Tally, compare};
use fen_tests::streams::exchange::case;
use fen_tests::streams::host::Host;
use fen_tests::streams::rows::stream;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};

/// Policies of an ordinary run.
const POLICIES: u32 = 600;
const STREAMS: u64 = 3;
const ROWS: usize = 24;
const THREADS: u32 = 2;
/// Policies that the JavaScript host is given, and streams of each.
const JS_POLICIES: u64 = 60;
const JS_STREAMS: u64 = 3;

/// Faults that a made-up policy may honestly have, and how many of a thousand may have one of them.
const ADMITTED: [&str; 5] = [
    "fen::number::too_large",
    "fen::case::shadowed",
    "fen::exception::idle",
    "fen::proof::undecided",
    // A value without columns takes the grain of the first thing that is added up.
    "fen::grain::total",
];
const MOST_ADMITTED: usize = 250;

/// What a run came to.
#[derive(Default)]
struct Report {
    policies: usize,
    tally: Tally,
    skipped: BTreeMap<String, usize>,
    slowest: (Duration, String),
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().and_then(|number| number.parse().ok())
}

#[test]
fn interpreter_and_host_agree() {
    let policies = number("FEN_POLICIES").and_then(|count| u32::try_from(count / 4).ok()).unwrap_or(POLICIES);
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
    println!("{} policies, {:?}; skipped {:?}", report.policies, report.tally, report.skipped);
    if std::env::var_os("FEN_TIMES").is_some() {
        println!("slowest: {:?} for\n{}", report.slowest.0, report.slowest.1);
    }
    assert!(skipped * 1_000 <= MOST_ADMITTED * (report.policies + skipped), "too many policies are skipped");
    assert!(report.tally.settled >= 10 * report.policies, "most policies reject nearly everything");
}

fn runner(seed: u64, config: Config) -> TestRunner {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}

fn run(runtime: &Runtime, cases: u32, seed: u64, report: &Mutex<Report>) {
    let config = Config { cases, max_shrink_iters: 3_000, failure_persistence: None, ..Config::default() };
    let mut runner = runner(seed, config);
    let outcome = runner.run(&(stream_policy(), any::<u64>(), 1..=ROWS), |(text, seed, rows)| {
        let start = Instant::now();
        let source = Source::new("made_up.fen", text);
        let analysis = analyze(&source);
        let wrong = errors(&analysis);
        if let Some(code) = wrong.iter().find(|code| !ADMITTED.contains(code)) {
            return Err(TestCaseError::fail(format!("{code}\n{}", explained(&source, &analysis))));
        }
        let tally = match analysis.policy() {
            Some(policy) => all_streams(runtime, policy, seed, rows),
            None => Ok(Tally::default()),
        };
        let tally = tally.map_err(|error| TestCaseError::fail(format!("{error}\n{}", source.text())))?;
        let mut report = report.lock().unwrap();
        match wrong.first() {
            Some(code) => *report.skipped.entry((*code).to_owned()).or_default() += 1,
            None => report.policies += 1,
        }
        report.tally.add(&tally);
        if start.elapsed() > report.slowest.0 {
            report.slowest = (start.elapsed(), source.text().to_owned());
        }
        Ok(())
    });
    match outcome {
        Ok(()) => {}
        Err(TestError::Fail(reason, _)) => panic!("{reason}"),
        Err(TestError::Abort(reason)) => panic!("aborted: {reason}"),
    }
}

fn all_streams(
    runtime: &Runtime,
    policy: &fen_compiler::Policy,
    seed: u64,
    rows: usize,
) -> Result<Tally, Box<dyn std::error::Error>> {
    let compiled = Compiled::new(policy)?;
    let host = Host::new(runtime, &compiled)?;
    let mut tally = Tally::default();
    for at in 0..STREAMS {
        let seed = seed.wrapping_add(at);
        let cells = stream(&compiled.schema, &compiled.codes, rows, seed);
        tally.add(&compare(&compiled, &host, &cells, seed)?);
    }
    Ok(tally)
}

/// A policy without parameters that hosts can be held to.
fn some_policy(runner: &mut TestRunner) -> Option<(String, fen_compiler::Analysis)> {
    let text = stream_policy().new_tree(runner).unwrap().current();
    let analysis = analyze(&Source::new("made_up.fen", text.clone()));
    analysis.policy().is_some().then_some((text, analysis))
}

/// Claims that are taken back, and links to earlier claims with fields that are known late: hardly ever made up.
fn late_links() -> Option<(String, fen_compiler::Analysis)> {
    let text = include_str!("late_links.fen").to_owned();
    let analysis = analyze(&Source::new("late_links.fen", text.clone()));
    analysis.policy().is_some().then_some((text, analysis))
}

/// The JavaScript host against the interpreter.
#[test]
#[ignore = "needs Node; run by `cargo xtask test`"]
fn interpreter_and_javascript_agree() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("made_streams");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let mut runner = runner(number("FEN_SEED").unwrap_or(1), Config::default());
    let mut written = 0;
    while written < number("FEN_JS_POLICIES").unwrap_or(JS_POLICIES) {
        let made = if written == 0 { late_links() } else { some_policy(&mut runner) };
        let Some((text, analysis)) = made else { continue };
        let compiled = Compiled::new(analysis.policy().unwrap()).unwrap();
        let schema = &compiled.schema;
        let Some(plan) = &schema.plan else { continue };
        // Such rates cannot be read back from their text, `110%`.
        let mut kept = plan.phases.iter().filter_map(|phase| phase.state.as_ref()).flat_map(|state| &state.tables);
        let is_short =
            kept.any(|table| table.cells.iter().any(|cell| cell.column.unit == "%" && cell.column.scale < 2));
        if is_short || !schema.parameters.is_empty() {
            continue;
        }
        let streams = (0..JS_STREAMS).map(|at| stream(schema, &compiled.codes, ROWS, at));
        let cases: Vec<_> = streams.map(|cells| case(&compiled, &cells).unwrap()).collect();
        std::fs::write(folder.join(format!("{written}.wasm")), &compiled.wasm).unwrap();
        std::fs::write(folder.join(format!("{written}.fen")), text).unwrap();
        std::fs::write(folder.join(format!("{written}.json")), serde_json::Value::from(cases).to_string()).unwrap();
        written += 1;
    }
    let node = std::env::var("NODE").unwrap_or_else(|_| "node".to_owned());
    let mut command = std::process::Command::new(&node);
    command.args(["--test", "--test-reporter=dot", "differential.test.mjs"]);
    command.current_dir(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("web")).env("FEN_STREAMS", &folder);
    let output = command.output().unwrap_or_else(|error| panic!("cannot run {node}: {error}"));
    let (report, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{report}{errors}");
}
