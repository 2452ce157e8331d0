//! Claims that nobody here wrote, settled by `fen run` and compared, every cell, with the same settlement in SQL: see
//! `tests/synthea/README.md`.
//!
//! Needs a Python with DuckDB, which `cargo xtask test` prepares and names in `FEN_PYTHON`; a plain `cargo test` leaves
//! this out.
#![allow(clippy::panic, clippy::print_stdout, clippy::unwrap_used, reason = "a test fails by panicking")]

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// An amount of which the last fen go to some of many organizations with equal remainders.
const QUALITY_FUND: &str = "750000.00";

fn synthea(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/synthea").join(file)
}

/// Runs a program in a folder and returns what it printed.
fn run(command: &mut Command, folder: &Path) -> String {
    let output = command.current_dir(folder).output().unwrap_or_else(|error| panic!("cannot run {command:?}: {error}"));
    let report = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{command:?}\n{report}{}", String::from_utf8_lossy(&output.stderr));
    report
}

/// The Python of `FEN_PYTHON`, else the machine's; with DuckDB, or the test fails and says what to do.
fn python() -> OsString {
    let python = std::env::var_os("FEN_PYTHON").unwrap_or_else(|| "python3".into());
    let answer = Command::new(&python).args(["-c", "import duckdb"]).output();
    let advice =
        "run `cargo xtask test`, or set FEN_PYTHON to a Python that has what tests/synthea/requirements.txt names";
    match answer {
        Ok(output) if output.status.success() => python,
        Ok(output) => panic!("{python:?} has no DuckDB: {advice}\n{}", String::from_utf8_lossy(&output.stderr)),
        Err(error) => panic!("cannot run {python:?}: {error}; {advice}"),
    }
}

#[test]
#[ignore = "needs Python with DuckDB; run by `cargo xtask test`"]
fn every_cell_equals_the_same_settlement_in_sql() {
    let python = python();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    run(Command::new(&python).arg(synthea("map.py")).arg("lines.csv"), folder);
    let fund = format!("quality_fund={QUALITY_FUND}");
    let mut fen = Command::new(env!("CARGO_BIN_EXE_fen"));
    fen.arg("run").arg(synthea("policy.fen")).args(["--lang", "en", "--input", "lines.csv", "--output", "out.csv"]);
    run(fen.args(["--rejects", "rejects.csv", "--set", &fund]), folder);
    let mut check = Command::new(&python);
    check.arg(synthea("check.py")).args(["lines.csv", "out.csv", "rejects.csv", QUALITY_FUND]);
    print!("{}", run(&mut check, folder));
}
