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

use fen_compiler::{Files, Source, analyze_with};

/// Policies of several grains that are compiled for the JavaScript host.
const EXAMPLES: [&str; 6] = ["catastrophic", "drg_points", "fee_lines", "inpatient", "readmission", "再入院"];

/// The tables that they refer to.
struct Tables;

impl Files for Tables {
    fn read(&self, _: &str, path: &str) -> Result<Source, String> {
        let text = match path {
            "drg_points.csv" => "drg,base_points\nAA1,100.00\nBB2,250.50\nCC3,33.33\n",
            "coefficients.csv" => "hospital,coefficient\nh1,1.0000\nh2,0.8500\nh3,1.1234\n",
            _ => return Err(format!("{path} is no table of the examples")),
        };
        Ok(Source::new(path, text))
    }

    fn policy(&self, _: &str, _: &str) -> Option<Source> {
        None
    }
}

/// Compiles the examples into a folder of their own.
fn compile_examples(folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../compiler/tests/grains");
    for example in EXAMPLES {
        let text = std::fs::read_to_string(sources.join(format!("{example}.fen"))).unwrap();
        let analysis = analyze_with(&Source::new(example, text), &Tables);
        let policy = analysis.policy().unwrap_or_else(|| panic!("{example}: {:?}", analysis.diagnostics()));
        std::fs::write(folder.join(format!("{example}.wasm")), policy.compile().unwrap().wasm).unwrap();
    }
}

fn node(test: &str) {
    let node = std::env::var("NODE").unwrap_or_else(|_| "node".to_owned());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("web");
    assert!(std::env::var_os("FEN_SITE").is_some(), "run `cargo xtask test`, which builds the site and sets FEN_SITE");
    let examples = Path::new(env!("CARGO_TARGET_TMPDIR")).join("examples");
    let mut command = Command::new(&node);
    command.args(["--test", "--test-reporter=spec", test]).current_dir(folder).env("FEN_EXAMPLES", examples);
    let output = command.output();
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
fn streams_in_node() {
    node("stream.test.mjs");
}

#[test]
#[ignore = "needs the site and Node; run by `cargo xtask test`"]
fn examples_in_node() {
    compile_examples(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("examples"));
    node("examples.test.mjs");
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
