//! How long checking and building takes, and how it grows with the source.
//!
//! The policies are made up: per rule a table by enum, cases, an exception, a capped product and a comment, ten lines or so
//! each, and one table of drugs from a file. The baseline of the last lines is reading the same bytes once (SHA-256), in the
//! same run; what matters is that the ratio does not grow with the source.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark reports on standard output and stops when it cannot run"
)]

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use fen_compiler::{Files, Source, analyze_with, examine, navigate};

/// One CSV file.
struct Table(String);

impl Files for Table {
    fn read(&self, _from: &str, path: &str) -> Result<Source, String> {
        Ok(Source::new(path, self.0.clone()))
    }

    fn policy(&self, _from: &str, _name: &str) -> Option<Source> {
        None
    }
}

/// A policy of `rules` rules, each of ten lines.
fn policy(rules: usize) -> String {
    let mut text = String::from(
        "policy bench.large\ntitle \"Many rules\"\nin force from 2022-01-01\nround half up to 0.01 yuan\n\
         enum level = township | county | city | provincial\nenum kind = ordinary | chronic | surgery\n\
         input settled: date\ninput hospital: level\ninput kind: kind\ninput previous: level optional\n\
         input amount: money from 0 yuan to 1_000_000 yuan\ninput days: days from 0 days to 365 days\n\
         input drug: code\ndated by settled\nparam price by drug: money from file \"drugs.csv\"\n\
         total_0 = min(price[drug], amount)\n",
    );
    for rule in 1..=rules {
        let last = rule - 1;
        write!(
            text,
            "# rule {rule}\nparam rate_{rule} by level: rate\n  \
             from 2022-01-01: township 90%, county 80%, city 70%, provincial 60%\n  \
             from 2023-01-01: township 92%, county 80%, city 70%, provincial 61%\n\
             total_{rule} =\n  when kind is surgery and days > {} days : min(rate_{rule}[hospital] * amount, {rule}00 yuan) / 2\n  \
             otherwise : max(amount - {rule} yuan, 0 yuan) / 4 + round(total_{last} / 2)\n  \
             except when kind is chronic and previous known : rate_{rule}[previous] * max(amount - 100 yuan, 0 yuan)\n  \
             cite \"{rule}\"\n",
            rule % 300
        )
        .unwrap();
    }
    writeln!(text, "output total_{rules}").unwrap();
    text
}

/// Prices of drugs.
fn drugs(rows: usize) -> String {
    let mut text = String::from("drug,price\n");
    for row in 0..rows {
        writeln!(text, "XA{row:06},{}.{:02}", row % 900 + 1, row % 100).unwrap();
    }
    text
}

fn check(source: &Source, files: &Table) {
    let analysis = analyze_with(source, files);
    assert!(!analysis.has_error(), "{:#?}", analysis.diagnostics());
    black_box(analysis);
}

fn build(source: &Source, files: &Table) {
    let analysis = analyze_with(source, files);
    black_box(analysis.policy().unwrap().compile().unwrap());
}

fn best(mut work: impl FnMut()) -> Duration {
    let times = (0..7).map(|_| {
        let start = Instant::now();
        work();
        start.elapsed()
    });
    times.min().unwrap()
}

fn compile(criterion: &mut Criterion) {
    let files = Table(drugs(10_000));
    let source = Source::new("large.fen", policy(50));
    let mut group = criterion.benchmark_group("500 lines, 50 definitions, 10 000 rows");
    group.sample_size(20);
    group.bench_function("check", |bencher| bencher.iter(|| check(&source, &files)));
    group.bench_function("build", |bencher| bencher.iter(|| build(&source, &files)));
    group.finish();
    println!("rules   lines      bytes     check     build   check / reading the bytes");
    for rules in [50, 200, 800, 2_000] {
        let source = Source::new("large.fen", policy(rules));
        let small = Table(drugs(10));
        let bytes = source.text().len();
        let read = best(|| {
            black_box(fen_schema::sha256(source.text().as_bytes()));
        });
        let (checked, built) = (best(|| check(&source, &small)), best(|| build(&source, &small)));
        let ratio = checked.as_nanos() / read.as_nanos().max(1);
        let lines = source.text().lines().count();
        println!("{rules:>5} {lines:>7} {bytes:>10} {checked:>9.1?} {built:>9.1?} {ratio:>8}");
    }
}

/// What an editor does after each keystroke in a file of 500 lines: everything up to the messages, then what is asked.
fn editor(criterion: &mut Criterion) {
    let files = Table(drugs(100));
    let text = policy(70);
    let source = Source::new("large.fen", text.as_str());
    let examined = examine(&source, &files);
    let names = examined.names(0);
    let mut group = criterion.benchmark_group("a keystroke in 500 lines");
    group.sample_size(20);
    group.bench_function("examine", |bencher| bencher.iter(|| black_box(examine(&source, &files))));
    group.bench_function("names", |bencher| bencher.iter(|| black_box(examined.names(0))));
    group.bench_function("tokens", |bencher| bencher.iter(|| black_box(navigate::tokens(&text))));
    group.bench_function("outline", |bencher| bencher.iter(|| black_box(navigate::outline(&text))));
    let typed = format!("{text}x = max(tot");
    let at = typed.len();
    group.bench_function("complete", |bencher| bencher.iter(|| black_box(navigate::complete(&typed, at, &names))));
    group.finish();
}

criterion_group!(benches, compile, editor);
criterion_main!(benches);
