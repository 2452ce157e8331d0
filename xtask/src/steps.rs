//! A step of a longer run: announced by its name, closed by its time, or named in the error that stops the run.

use std::time::Instant;

use anyhow::{Context, Result};

/// Runs one step.
pub(crate) fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    announce(name);
    let start = Instant::now();
    let value = work().with_context(|| format!("step `{name}` failed"))?;
    eprintln!("xtask: {name}: done in {:.1?}", start.elapsed());
    Ok(value)
}

/// Says which step begins.
pub(crate) fn announce(name: &str) {
    eprintln!("xtask: {name} …");
}
