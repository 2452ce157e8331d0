//! `cargo xtask demo`: a made-up county's quarter through the policies of the Qujing notice, and a report of it.
//!
//! Everything is drawn from one seed, by integer arithmetic alone: the same seed gives the same files for ever. How
//! persons, stays and visits are distributed is written at the head of [`county`], [`stays`] and [`visits`], what is
//! assumed of the fund at the head of [`fund`].

mod clauses;
mod county;
mod drawing;
mod fen;
mod fund;
mod report;
mod settle;
mod stays;
mod visits;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result};
use clap::Args;
use xshell::cmd;

use self::fen::Fen;
use crate::steps::step;
use crate::workspace::Workspace;

/// How much is drawn, and from which seed.
#[derive(Clone, Copy, Args)]
pub(crate) struct Size {
    /// Number of insured.
    #[arg(long, default_value_t = 50_000)]
    pub(crate) persons: u64,
    /// Number of inpatient stays.
    #[arg(long, default_value_t = 10_000)]
    pub(crate) stays: usize,
    /// Number of outpatient visits.
    #[arg(long, default_value_t = 150_000)]
    pub(crate) visits: usize,
    /// Seed of the generator.
    #[arg(long, default_value_t = 65)]
    pub(crate) seed: u64,
}

/// What is measured beside the settlement.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    /// Every clause too, by settling everything again without it.
    Clauses,
    #[cfg(test)]
    Settlement,
}

/// Writes target/demo/report.html with the command, which is built unless one is given.
pub(crate) fn run(workspace: &Workspace, size: Size, command: Option<&Path>) -> Result<()> {
    let start = Instant::now();
    let command = match command {
        Some(command) => std::path::absolute(command)?,
        None => step("build of the command", || {
            cmd!(workspace.shell, "cargo build --release -p fen-cli").quiet().run()?;
            Ok(workspace.target.join("release/fen"))
        })?,
    };
    let folder = workspace.target.join("demo");
    let report = county_quarter(workspace, command, &folder, size, Depth::Clauses)?;
    eprintln!("xtask: the report is {}, after {:.1?}", report.display(), start.elapsed());
    Ok(())
}

fn county_quarter(workspace: &Workspace, command: PathBuf, folder: &Path, size: Size, depth: Depth) -> Result<PathBuf> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let policies = workspace.root.join("policies/qujing");
    let fen = Fen { shell: &workspace.shell, command, policies, folder: folder.to_path_buf() };
    let (persons, stays, visits) = step("a county's quarter", || {
        let persons = county::persons(size.seed, size.persons);
        let stays = stays::stays(size.seed ^ 0x57a7, &persons, size.stays)?;
        let visits = visits::visits(size.seed ^ 0xb151, &persons, size.visits)?;
        Ok((persons, stays, visits))
    })?;
    let mut settled = step("stays and visits", || settle::settle(&fen, persons, stays, visits))?;
    let fund = step("the fund", || fund::compute(&fen, &mut settled))?;
    let clauses = match depth {
        Depth::Clauses => step("every clause", || {
            let amended = workspace.root.join("xtask/src/demo/条款对照.fen");
            clauses::measure(&fen, &mut settled, &amended)
        })?,
        #[cfg(test)]
        Depth::Settlement => Vec::new(),
    };
    let report = folder.join("report.html");
    fs::write(&report, report::page(size, &settled, &clauses, &fund)?)?;
    Ok(report)
}

#[cfg(test)]
mod tests;
