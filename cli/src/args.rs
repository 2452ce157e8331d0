//! What can be written on the command line.

use std::path::PathBuf;

use clap::{CommandFactory, Parser, Subcommand, ValueEnum};
use fen_compiler::Lang;

/// Fen 分: policies of local health insurance, compiled and settled.
#[derive(Debug, Parser)]
#[command(name = "fen", version, arg_required_else_help = true, disable_help_subcommand = true)]
pub(crate) struct Args {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What the command can do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check policies and say what is wrong with them; exit 0 if nothing is, 1 if there are errors
    Check(CheckArgs),
    /// Compile a policy to a WebAssembly module
    Build(BuildArgs),
    /// Settle a file of claims
    ///
    /// Policies that add up, divide or look at other claims read the file as often as `fen schema --plan` says.
    /// No file gets its name before the run is complete; if it stops, none appears.
    Run(RunArgs),
    /// Run the examples and invariants of policies
    Test(TestArgs),
    /// Print what a policy takes and gives, as JSON, or draw how it is settled
    Schema(SchemaArgs),
    /// Render policies as pages: clauses beside rules, tables, charts, examples and a glossary
    Doc(DocArgs),
    /// Serve editors over standard input and output (Language Server Protocol)
    Lsp(LspArgs),
    /// Explain the code of a message, or print the help of a command
    Help(HelpArgs),
}

/// `fen check`
#[derive(Debug, clap::Args)]
pub(crate) struct CheckArgs {
    /// Policies, or folders of them
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// How to print diagnostics
    #[arg(long, value_enum, default_value_t = CheckFormat::Text)]
    pub(crate) format: CheckFormat,
    /// Language of messages (default: that of the terminal)
    #[arg(long, value_enum)]
    pub(crate) lang: Option<LangArg>,
}

/// How `fen check` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckFormat {
    /// Framed text on standard error
    Text,
    /// One JSON object on standard output
    Json,
}

/// `fen build`
#[derive(Debug, clap::Args)]
pub(crate) struct BuildArgs {
    /// The policy
    pub(crate) policy: PathBuf,
    /// Where to write the module
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// Language of messages (default: that of the terminal)
    #[arg(long, value_enum)]
    pub(crate) lang: Option<LangArg>,
}

/// `fen run`
#[derive(Debug, clap::Args)]
pub(crate) struct RunArgs {
    /// The policy, or a module compiled from it
    pub(crate) policy: PathBuf,
    /// The claims, a CSV file; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) input: PathBuf,
    /// Where to write the results (default: standard output); those of a coarser grain go to a file of their own: with
    /// `out.csv`, what is output per hospital goes to `out.hospital.csv`
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Where to list the rejected rows, and the rejected groups of coarser grains
    #[arg(long, value_name = "FILE")]
    pub(crate) rejects: Option<PathBuf>,
    /// Where to write the summary too; JSON if the name ends in `.json`
    #[arg(long, value_name = "FILE")]
    pub(crate) summary: Option<PathBuf>,
    /// A parameter's value, such as `irregular_cut=10pp` or `rate[county]=80%`; goes before --params
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) set: Vec<String>,
    /// A TOML file of parameter values, such as `irregular_cut = "10pp"`
    #[arg(long, value_name = "FILE")]
    pub(crate) params: Option<PathBuf>,
    /// Settle the rows in the order of the date that the policy orders them by; rows of one date keep their order
    #[arg(long)]
    pub(crate) sort: bool,
    /// What an earlier run has written with --state-out: running values go on from there
    #[arg(long, value_name = "FILE")]
    pub(crate) state_in: Option<PathBuf>,
    /// Where to write the running values at the end of the file (Parquet), for the run of the next one
    #[arg(long, value_name = "FILE")]
    pub(crate) state_out: Option<PathBuf>,
    /// Language of messages (default: that of the terminal)
    #[arg(long, value_enum)]
    pub(crate) lang: Option<LangArg>,
}

/// `fen test`
#[derive(Debug, clap::Args)]
pub(crate) struct TestArgs {
    /// Policies, or folders of them
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// How to print the outcome
    #[arg(long, value_enum, default_value_t = TestFormat::Text)]
    pub(crate) format: TestFormat,
    /// Language of messages (default: that of the terminal)
    #[arg(long, value_enum)]
    pub(crate) lang: Option<LangArg>,
}

/// How `fen test` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TestFormat {
    /// For people
    Text,
    /// JUnit XML on standard output
    Junit,
    /// One JSON object on standard output
    Json,
}

/// `fen schema`
#[derive(Debug, clap::Args)]
pub(crate) struct SchemaArgs {
    /// The policy, or a module compiled from it
    pub(crate) policy: PathBuf,
    /// Draw the plan: what is computed for whom, in which pass over the file, and what is added up in between
    #[arg(long)]
    pub(crate) plan: bool,
    /// Language of messages (default: that of the terminal)
    #[arg(long, value_enum)]
    pub(crate) lang: Option<LangArg>,
}

/// `fen doc`
#[derive(Debug, clap::Args)]
pub(crate) struct DocArgs {
    /// Policies, or folders of them
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// The folder to write the pages to
    #[arg(short, long, value_name = "DIR")]
    pub(crate) output: PathBuf,
    /// Language of messages, and the one that pages are first shown in (default: that of the terminal)
    #[arg(long, value_enum)]
    pub(crate) lang: Option<LangArg>,
}

/// `fen lsp`
#[derive(Debug, clap::Args)]
pub(crate) struct LspArgs {
    /// Language of messages (default: that of the editor)
    #[arg(long, value_enum)]
    pub(crate) lang: Option<LangArg>,
    /// Standard input and output, as editors ask for them; there is no other way
    #[arg(long, hide = true)]
    pub(crate) stdio: bool,
}

/// `fen help`
#[derive(Debug, clap::Args)]
pub(crate) struct HelpArgs {
    /// A code such as `fen::tier::gap`, its end (`tier::gap`, `open_end`), a group of codes (`tier`), or a command
    #[arg(value_name = "CODE|COMMAND")]
    pub(crate) topic: Option<String>,
    /// Language of the explanation (default: that of the terminal)
    #[arg(long, value_enum)]
    pub(crate) lang: Option<LangArg>,
}

/// A language of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LangArg {
    /// 中文
    Zh,
    /// English
    En,
}

impl From<LangArg> for Lang {
    fn from(lang: LangArg) -> Self {
        match lang {
            LangArg::Zh => Self::Zh,
            LangArg::En => Self::En,
        }
    }
}

impl Args {
    /// The language asked for.
    pub(crate) fn lang(&self) -> Option<Lang> {
        let lang = match &self.command {
            Command::Check(args) => args.lang,
            Command::Build(args) => args.lang,
            Command::Run(args) => args.lang,
            Command::Test(args) => args.lang,
            Command::Schema(args) => args.lang,
            Command::Doc(args) => args.lang,
            Command::Lsp(args) => args.lang,
            Command::Help(args) => args.lang,
        };
        lang.map(Lang::from)
    }

    /// Whether there is a command of this name.
    pub(crate) fn has_command(name: &str) -> bool {
        Self::command().find_subcommand(name).is_some()
    }
}
