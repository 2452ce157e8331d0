//! Whatever is done to a source, the compiler says what is wrong with it: it neither panics nor hangs, on little stack. What
//! it accepts means the same to the interpreter and to the module.
//!
//! `FEN_MUTANTS` asks for another number of them, `FEN_SEED` for others; `FEN_TIMES=1` shows what took longest.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test fails by panicking"
)]

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use fen_compiler::{Analysis, Lang, Policy, Source, analyze, render};
use fen_runtime::Runtime;
use fen_tests::differential::compare;
use fen_tests::mutations::{Mutation, mutated};
use fen_tests::policies::policy_of;
use fen_tests::streams::host::Host;
use fen_tests::streams::{self, Compiled};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};

/// Mutants of an ordinary run.
const MUTANTS: u32 = 4_000;
const THREADS: usize = 2;
/// Policies made up to be spoilt, and the most items of each.
const POLICIES: usize = 60;
const ITEMS: usize = 8;
const CLAIMS: usize = 6;
/// As little as a thread of a host may have, and what the test itself takes.
const STACK: usize = (2 << 20) + (256 << 10);
/// Longer than this only a compiler takes that hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the threads are at: since when, and the source.
type Watched = Mutex<Option<(Instant, String)>>;

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().and_then(|number| number.parse().ok())
}

fn random(seed: u64, thread: usize, cases: u32) -> TestRunner {
    let config = Config { cases, max_shrink_iters: 2_000, failure_persistence: None, ..Config::default() };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8] = u8::try_from(thread).unwrap();
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}

/// Sources to spoil: all there are in the repository, and made-up ones.
fn sources(seed: u64) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut sources = Vec::new();
    for folder in ["compiler/tests/broken", "policies", "cli/tests", "docs"] {
        collect(&root.join(folder), &mut sources);
    }
    assert!(sources.len() >= 10, "where are the sources?");
    let mut runner = random(seed, 255, 1);
    sources.extend((0..POLICIES).map(|_| policy_of(ITEMS).new_tree(&mut runner).unwrap().current()));
    sources
}

fn collect(folder: &Path, sources: &mut Vec<String>) {
    let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        match path.extension().and_then(|extension| extension.to_str()) {
            _ if path.is_dir() => collect(&path, sources),
            Some("fen") => sources.push(std::fs::read_to_string(&path).unwrap()),
            Some("md") => {
                let text = std::fs::read_to_string(&path).unwrap();
                let blocks = text.split("```fen\n").skip(1).filter_map(|block| block.split("```").next());
                sources.extend(blocks.map(str::to_owned));
            }
            _ => {}
        }
    }
}

#[test]
fn spoilt_sources_are_survived() {
    let mutants = number("FEN_MUTANTS").and_then(|count| usize::try_from(count).ok()).unwrap_or(MUTANTS as usize);
    let seed = number("FEN_SEED").unwrap_or(1);
    let (sources, runtime) = (sources(seed), Runtime::new().unwrap());
    let watched: [Watched; THREADS] = std::array::from_fn(|_| Mutex::new(None));
    let (accepted, done) = (AtomicUsize::new(0), AtomicBool::new(false));
    let slowest = Mutex::new((Duration::ZERO, String::new()));
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..THREADS)
            .map(|thread| {
                let (sources, runtime, watched) = (&sources, &runtime, &watched[thread]);
                let (accepted, slowest) = (&accepted, &slowest);
                let work = move || {
                    let cases = u32::try_from(mutants.div_ceil(THREADS)).unwrap();
                    run(random(seed, thread, cases), sources, |text| {
                        survive(text, runtime, watched, accepted, slowest)
                    });
                };
                std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work).unwrap()
            })
            .collect();
        scope.spawn(|| watch(&watched, &done));
        let outcomes: Vec<_> = workers.into_iter().map(std::thread::ScopedJoinHandle::join).collect();
        done.store(true, Ordering::Relaxed);
        assert!(outcomes.iter().all(Result::is_ok), "see above");
    });
    println!("{mutants} mutants of {} sources, {} of them accepted", sources.len(), accepted.into_inner());
    if std::env::var_os("FEN_TIMES").is_some() {
        let (time, text) = slowest.into_inner().unwrap();
        println!("slowest analysis: {time:?} for\n{text}");
    }
}

fn run(mut runner: TestRunner, sources: &[String], survive: impl Fn(&str) -> Result<(), String>) {
    let mutation = (any::<u8>(), any::<u16>(), any::<u16>()).prop_map(|(kind, at, with)| Mutation { kind, at, with });
    let spoilt = (prop::sample::select(sources.to_vec()), prop::collection::vec(mutation, 1..4));
    let text = spoilt.prop_map(|(text, mutations)| mutated(&text, &mutations));
    let outcome = runner.run(&text, |text| survive(&text).map_err(|why| TestCaseError::fail(format!("{why}\n{text}"))));
    match outcome {
        Ok(()) => {}
        Err(TestError::Fail(reason, text)) => panic!("{reason}\n{text}"),
        Err(TestError::Abort(reason)) => panic!("aborted: {reason}"),
    }
}

/// Analyzes a source, shows what is wrong with it, and settles some claims if nothing is.
fn survive(
    text: &str,
    runtime: &Runtime,
    watched: &Watched,
    accepted: &AtomicUsize,
    slowest: &Mutex<(Duration, String)>,
) -> Result<(), String> {
    let start = Instant::now();
    *watched.lock().unwrap() = Some((start, text.to_owned()));
    // Running out of stack ends the process; then the source is found here.
    let thread = std::thread::current().id();
    let last = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("mutant-{thread:?}.fen"));
    std::fs::write(&last, text).unwrap();
    let analysis = analyze(&Source::new("mutant.fen", text));
    let time = start.elapsed();
    check_places(&analysis)?;
    for lang in [Lang::En, Lang::Zh] {
        drop(render::json(analysis.sources(), analysis.diagnostics(), lang));
    }
    if !analysis.has_error() && analysis.policy().is_none() && !text.contains("library") && !text.contains("规则库")
    {
        return Err("neither a policy nor an error".to_owned());
    }
    if let Some(policy) = analysis.policy() {
        accepted.fetch_add(1, Ordering::Relaxed);
        agree(runtime, policy).map_err(|error| error.to_string())?;
    }
    *watched.lock().unwrap() = None;
    let mut slowest = slowest.lock().unwrap();
    if time > slowest.0 {
        *slowest = (time, text.to_owned());
    }
    Ok(())
}

/// Settles a few claims by the interpreter and by the module.
fn agree(runtime: &Runtime, policy: &Policy) -> Result<(), Box<dyn std::error::Error>> {
    let compiled = Compiled::new(policy)?;
    if compiled.schema.plan.is_none() {
        compare(runtime, policy, CLAIMS, 0)?;
    } else {
        let cells = streams::rows::stream(&compiled.schema, &compiled.codes, CLAIMS, 0);
        streams::compare::compare(&compiled, &Host::new(runtime, &compiled)?, &cells, 0)?;
    }
    Ok(())
}

/// Every place that a diagnostic names lies in the source, between characters.
fn check_places(analysis: &Analysis) -> Result<(), String> {
    for diagnostic in analysis.diagnostics() {
        if diagnostic.message.en.is_empty() || diagnostic.message.zh.is_empty() {
            return Err(format!("{} has no message", diagnostic.code));
        }
        for label in &diagnostic.labels {
            let found = analysis.sources().locate(label.span);
            let found = found.and_then(|(source, span)| source.text().get(span.start..span.end));
            if found.is_none() {
                return Err(format!("{} points to {:?}", diagnostic.code, label.span));
            }
        }
    }
    Ok(())
}

/// Ends the process if a source takes for ever.
fn watch(watched: &[Watched], done: &AtomicBool) {
    while !done.load(Ordering::Relaxed) {
        std::thread::sleep(Duration::from_millis(100));
        for one in watched {
            let held = one.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            if let Some((start, text)) = held.as_ref().filter(|(start, _)| start.elapsed() > PATIENCE) {
                eprintln!("the compiler has been at this source for {:?}:\n{text}", start.elapsed());
                std::process::abort();
            }
        }
    }
}
