//! `cargo xtask differential`: the differential test of `tests/`, at any length.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use xshell::cmd;

use crate::steps::announce;
use crate::workspace::Workspace;

/// Policies of a run of which nothing else is said.
pub(crate) const DEFAULT_POLICIES: u32 = 20_000;

/// Runs the test as the tests are built, where overflows are noticed; a failure prints the smallest policy that shows it.
pub(crate) fn run(workspace: &Workspace, policies: u32, seed: Option<u64>) -> Result<()> {
    let seed = match seed {
        Some(seed) => seed,
        None => SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs(),
    };
    announce(&format!("differential test of {policies} policies, seed {seed}"));
    let shell = &workspace.shell;
    let _policies = shell.push_env("FEN_POLICIES", policies.to_string());
    let _seed = shell.push_env("FEN_SEED", seed.to_string());
    let _times = shell.push_env("FEN_TIMES", "1");
    cmd!(shell, "cargo test -p fen-tests --test differential -- --nocapture")
        .run()
        .with_context(|| format!("the test failed; `--seed {seed}` repeats it"))
}
