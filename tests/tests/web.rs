//! The tests of the JavaScript host and of the pages, in Node and in a real headless Chromium.
//!
//! They need the built site and their tools, which `cargo xtask test` prepares and names in `FEN_SITE`, `FEN_CHROMIUM` and
//! `NODE`; a plain `cargo test` leaves them out.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use std::path::Path;
use std::process::Command;

fn node(test: &str) {
    let node = std::env::var("NODE").unwrap_or_else(|_| "node".to_owned());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("web");
    assert!(std::env::var_os("FEN_SITE").is_some(), "run `cargo xtask test`, which builds the site and sets FEN_SITE");
    let output = Command::new(&node).args(["--test", "--test-reporter=spec", test]).current_dir(folder).output();
    let output = output.unwrap_or_else(|error| panic!("cannot run {node}: {error}"));
    let report = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{report}{}", String::from_utf8_lossy(&output.stderr));
    print!("{report}");
}

#[test]
#[ignore = "needs the site and Node; run by `cargo xtask test`"]
fn host_in_node() {
    node("host.test.mjs");
}

#[test]
#[ignore = "needs the site and Node; run by `cargo xtask test`"]
fn types_in_node() {
    node("types.test.mjs");
}

#[test]
#[ignore = "needs the site and Node; run by `cargo xtask test`"]
fn refusals_in_node() {
    node("refusal.test.mjs");
}

#[test]
#[ignore = "needs the site, Node and Chromium; run by `cargo xtask test`"]
fn pages_in_chromium() {
    node("browser.test.mjs");
}
