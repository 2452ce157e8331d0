//! Streams of ten million claims against the same work written by hand in Rust, on the same columns, in the same run.
//!
//! * `inpatient`: a stay with a yearly cap, of a million persons in random order. By hand it is one loop with one array
//!   of what was paid, a place for each person and year.
//! * `drg`: a pool divided over a thousand hospitals by points of eight hundred groups, settled in two passes.
//!
//! Both sides read ids as texts, hash them with the same hasher to find the place of each, check the ranges of what they
//! read, let nothing overflow, and write Arrow columns; by hand the map is that of `hashbrown`. A second pass reads the
//! ids anew. Before anything is measured, the results of both sides are compared. Beside criterion's figures, the last
//! lines of each give the ratio, measured in turns so that both sides see the same machine.
#![expect(
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark reports on standard output and stops when it cannot run"
)]

mod claims;
mod drg;
mod fen;
mod hand;
mod inpatient;
mod turns;

use criterion::{Criterion, criterion_group, criterion_main};

/// Both, or the one that is named on the command line.
fn streams(criterion: &mut Criterion) {
    let named: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let is_wanted = |name: &str| named.is_empty() || named.iter().any(|filter| name.contains(filter.as_str()));
    if is_wanted("inpatient") {
        inpatient::bench(criterion);
    }
    if is_wanted("drg") {
        drg::bench(criterion);
    }
}

criterion_group!(benches, streams);
criterion_main!(benches);
