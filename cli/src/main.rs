//! The `fen` command.

mod args;
mod build;
mod chart;
mod check;
mod coverage;
mod diff;
mod disk;
mod doc;
mod error;
mod explain;
mod files;
mod fmt;
mod help;
mod language;
mod load;
mod lsp;
mod numbers;
mod plan;
mod run;
mod schema;
mod sweep;
mod test;
mod usage;
mod width;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Args, Command};

fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => return usage::report(&error),
    };
    let lang = language::choose(args.lang(), args.policy());
    let done = match args.command {
        Command::Check(args) => check::check(&args, lang),
        Command::Build(args) => build::build(&args, lang),
        Command::Run(args) => run::run(&args, lang),
        Command::Test(args) => test::test(&args, lang),
        Command::Schema(args) => schema::schema(&args, lang),
        Command::Fmt(args) => fmt::fmt(&args, lang),
        Command::Doc(args) => doc::doc(&args, lang),
        Command::Lsp(args) => lsp::lsp(&args, lang),
        Command::Help(args) => help::help(&args, lang),
        Command::Diff(args) => diff::diff(&args, lang),
        Command::Sweep(args) => sweep::sweep(&args, lang),
        Command::Coverage(args) => coverage::coverage(&args, lang),
        Command::Explain(args) => explain::explain(&args, lang),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            error.report(lang);
            ExitCode::from(2)
        }
    }
}
