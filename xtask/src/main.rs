//! The project's own tool: sets up a machine, tests everything, builds the site, the book and the example claims, and
//! runs the demo.
#![expect(clippy::print_stderr, reason = "a command-line tool reports its progress on standard error")]

mod book;
mod claims;
mod demo;
mod differential;
mod node;
mod python;
mod random;
mod setup;
mod site;
mod steps;
mod test;
mod wasm_std;
mod workspace;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::workspace::Workspace;

/// Sets up a machine, tests everything, builds the site, the book and the example claims, runs the demo.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Installs what is missing (or says what to install), then runs format, lints and every test.
    Test,
    /// Builds the pages, the policies and the compiler for the browser into target/site.
    Site,
    /// Builds the book into target/book.
    Book,
    /// Writes synthetic county-years, the same ones for the same seed.
    Claims {
        /// Number of rows.
        #[arg(long, default_value_t = claims::DEFAULT_ROWS)]
        rows: u64,
        /// Seed of the generator.
        #[arg(long, default_value_t = claims::DEFAULT_SEED)]
        seed: u64,
        /// File to write, `-` for standard output; without other options, the committed examples/county_years.csv.
        #[arg(long)]
        output: Option<PathBuf>,
    },
    /// Settles a made-up county's quarter by the Qujing policies and writes target/demo/report.html.
    Demo {
        #[command(flatten)]
        size: demo::Size,
        /// The `fen` command to settle with; without it, a release is built.
        #[arg(long)]
        command: Option<PathBuf>,
    },
    /// Compares interpreter and module on as many made-up policies as wanted.
    Differential {
        /// Number of policies.
        #[arg(long, default_value_t = differential::DEFAULT_POLICIES)]
        policies: u32,
        /// Seed of the policies; without it, another one every time.
        #[arg(long)]
        seed: Option<u64>,
    },
    /// Runs the benchmarks.
    Bench,
}

fn main() -> ExitCode {
    match run(&Arguments::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: &Task) -> anyhow::Result<()> {
    let workspace = Workspace::open()?;
    match task {
        Task::Test => test::run(&workspace),
        Task::Site => {
            let wasm_std = setup::wasm_std(&workspace.shell)?;
            let site = site::build(&workspace, wasm_std)?;
            eprintln!("xtask: the site is in {}", site.display());
            Ok(())
        }
        Task::Book => book::build(&workspace),
        Task::Claims { rows, seed, output } => claims::generate(&workspace, *rows, *seed, output.as_deref()),
        Task::Demo { size, command } => demo::run(&workspace, *size, command.as_deref()),
        Task::Differential { policies, seed } => differential::run(&workspace, *policies, *seed),
        Task::Bench => {
            xshell::cmd!(workspace.shell, "cargo bench -p fen-tests").run()?;
            Ok(())
        }
    }
}
