//! Streams of made-up rows through compiled modules, compared with the reference interpreter.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod streams {
    pub(crate) mod compare;
    pub(crate) mod policies;
    mod refusals;
}

use streams::compare::Compared;
use streams::policies as sources;

/// Streams per policy.
const STREAMS: u64 = 60;

fn agrees(source: &str, parameters: &[(&str, &str, i128)]) {
    let compared = Compared::new(source, parameters);
    for seed in 0..STREAMS {
        compared.stream(seed);
    }
}

#[test]
fn running_caps() {
    agrees(sources::CAP, &[]);
}

#[test]
fn running_of_all_kinds() {
    agrees(sources::RUNNING, &[]);
}

#[test]
fn running_values_with_reversals() {
    agrees(sources::REVERSALS, &[]);
}

#[test]
fn pools() {
    agrees(sources::POOL, &[("fund", "1000000", 100_000_000)]);
}

#[test]
fn links_to_later_claims() {
    agrees(sources::READMISSION, &[]);
}

#[test]
fn lines_of_claims() {
    agrees(sources::LINES, &[]);
}

#[test]
fn lines_of_claims_that_are_taken_back() {
    agrees(sources::TAKEN_LINES, &[]);
}

#[test]
fn inputs_that_are_shared() {
    agrees(sources::SHARED, &[]);
}

#[test]
fn grains_with_the_same_groups() {
    sources::SAME_GROUPS.into_iter().for_each(|source| agrees(source, &[]));
}

#[test]
fn flags_that_are_missing() {
    agrees(sources::MISSING_FLAGS, &[]);
}

#[test]
fn totals_with_reversals() {
    agrees(sources::REVERSED_TOTALS, &[]);
}

#[test]
fn splits_within_pools() {
    agrees(sources::SPLITS, &[]);
}

#[test]
fn parts_that_cannot_be_made() {
    agrees(sources::MISSING_PARTS, &[]);
    agrees(sources::MISSING_LINKS, &[]);
    agrees(sources::TAKEN_PARTS, &[]);
}

#[test]
fn early_and_late_running_values_with_reversals() {
    agrees(sources::EARLY_AND_LATE, &[]);
}

#[test]
fn streams_in_pieces() {
    for source in [sources::CAP, sources::RUNNING, sources::REVERSALS, sources::MONTHLY] {
        let compared = Compared::new(source, &[]);
        for seed in 0..STREAMS {
            compared.pieces(seed);
        }
    }
}
