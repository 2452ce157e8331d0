//! `cargo xtask test`: everything that has to hold before a change is good.

use std::time::Instant;

use anyhow::{Context, Result};
use xshell::{Shell, cmd};

use crate::steps::{announce, step};
use crate::workspace::Workspace;
use crate::{setup, site};

/// Runs every step in turn and stops at the first that fails. The closing lines of cargo's test runner come last:
/// nothing is printed after them.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let start = Instant::now();
    let shell = &workspace.shell;
    let tools = step("set-up", || setup::tools(workspace))?;
    step("format", || Ok(cmd!(shell, "cargo fmt --all --check").run()?))?;
    step("lints", || Ok(cmd!(shell, "cargo clippy --workspace --all-targets -- -D warnings").run()?))?;
    licences(shell)?;
    let site = step("site", || site::build(workspace, tools.wasm_std))?;
    step("build of the tests", || Ok(cmd!(shell, "cargo test --workspace --no-run").run()?))?;

    // The tests that need other tools find them here, and the pages.
    let _site = shell.push_env("FEN_SITE", &site);
    let _chromium = shell.push_env("FEN_CHROMIUM", &tools.chromium);
    let _node = shell.push_env("NODE", &tools.node);
    let _python = shell.push_env("FEN_PYTHON", &tools.python);
    eprintln!("xtask: everything but the tests took {:.1?}", start.elapsed());
    announce("tests");
    cmd!(shell, "cargo test --workspace --no-fail-fast -- --include-ignored").run().context("step `tests` failed")
}

fn licences(shell: &Shell) -> Result<()> {
    if cmd!(shell, "cargo deny --version").quiet().ignore_stdout().ignore_stderr().run().is_err() {
        eprintln!(
            "xtask: licences, bans and sources: not run (`cargo install --locked cargo-deny` installs the check)"
        );
        return Ok(());
    }
    step("licences, bans and sources", || Ok(cmd!(shell, "cargo deny check licenses bans sources").run()?))
}
