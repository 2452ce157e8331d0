//! What can be written on the command line.

use std::path::{Path, PathBuf};

use clap::{CommandFactory, Parser, Subcommand, ValueEnum};
use fen_compiler::Lang;

/// Fen 分: policies of local health insurance, compiled and settled.
#[derive(Debug, Parser)]
#[command(name = "fen", version, arg_required_else_help = true, disable_help_subcommand = true)]
pub(crate) struct Args {
    // Not global: before `fmt` it is the language of messages alone.
    /// Language of messages (default: that of the terminal)
    #[arg(long, value_enum)]
    lang: Option<LangArg>,
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
    /// Run the examples, invariants and tables of cases of policies, and say what no case reaches
    ///
    /// A table of cases is a CSV file beside the policy: `surplus.cases.csv` (or `surplus.用例.csv`) beside `surplus.fen`. Its
    /// columns are inputs, parameters and the outputs that are expected, by name or label; every row is a case.
    Test(TestArgs),
    /// Print what a policy takes and gives, as JSON, or draw how it is settled
    Schema(SchemaArgs),
    /// Format policies, or translate their words
    ///
    /// Comments, names, numbers and quoted texts stay as they are. Of Markdown files the ```fen blocks are formatted. A file
    /// with mistakes in its syntax is left as it is.
    Fmt(FmtArgs),
    /// Explain the results of one claim: the values behind each, the alternatives that applied, the clauses
    Explain(ExplainArgs),
    /// Write a report: of every computable clause of a notice, which rules implement it and what they wait for
    Coverage(CoverageArgs),
    /// Render policies as pages: clauses beside rules, tables, charts, examples and a glossary
    Doc(DocArgs),
    /// Serve editors over standard input and output (Language Server Protocol)
    Lsp(LspArgs),
    /// Explain the code of a message, or print the help of a command
    Help(HelpArgs),
    /// Compare two policies rule by rule, and what they make of the same claims
    ///
    /// Exit code 0 if they say the same, 1 if they differ, 2 if that could not be found out.
    Diff(DiffArgs),
    /// Compute outputs over one varying input, and say where they jump, bend or turn round, and why
    Sweep(SweepArgs),
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
    /// The policy; of a Markdown file with several, one of them as `notice.md#inpatient`, or all with a folder as output
    pub(crate) policy: PathBuf,
    /// Where to write the module; a folder (`modules/`) gets one for each policy of the file
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
    /// A table of cases for the policy, in the place of those beside it; may be given several times
    #[arg(long, value_name = "FILE")]
    pub(crate) cases: Vec<PathBuf>,
    /// Print examples for what no case reaches, ready to be pasted into the policy; the outcome goes to standard error
    #[arg(long)]
    pub(crate) suggest: bool,
    /// Claims that every `always` is tried on
    #[arg(long, value_name = "N", default_value_t = 2_000)]
    pub(crate) claims: usize,
    /// What claims are made up from: equal seeds give equal claims
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Fail where the cases reach less of a policy than this part, in percent
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    pub(crate) coverage_min: Option<u8>,
    /// A parameter's value for tables that have no column for it, such as `cut=10pp`; goes before --params
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) set: Vec<String>,
    /// A TOML file of parameter values, such as `cut = "10pp"`
    #[arg(long, value_name = "FILE")]
    pub(crate) params: Option<PathBuf>,
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

/// `fen fmt`
#[derive(Debug, clap::Args)]
pub(crate) struct FmtArgs {
    /// Policies, or folders of them; `-` is standard input, formatted to standard output
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Write the words of the language in this one; also the language of messages
    #[arg(long, value_enum)]
    pub(crate) lang: Option<LangArg>,
    /// Write nothing; list the files that would change, and exit with 1 if there are any
    #[arg(long)]
    pub(crate) check: bool,
    /// Standard input is Markdown, of which the ```fen blocks are formatted
    #[arg(long)]
    pub(crate) markdown: bool,
}

/// `fen explain`
#[derive(Debug, clap::Args)]
pub(crate) struct ExplainArgs {
    /// The policy, or a module compiled from it
    pub(crate) policy: PathBuf,
    /// The claims, a CSV file; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) input: PathBuf,
    /// The row to explain; the first one after the header is 1
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) row: u64,
    /// How to show it
    #[arg(long, value_enum, default_value_t = ExplainFormat::Text)]
    pub(crate) format: ExplainFormat,
    /// Also show the alternatives that were not taken, and why
    #[arg(long)]
    pub(crate) all: bool,
    /// Where to write it (default: standard output)
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// A parameter's value, such as `irregular_cut=10pp` or `rate[county]=80%`; goes before --params
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) set: Vec<String>,
    /// A TOML file of parameter values, such as `irregular_cut = "10pp"`
    #[arg(long, value_name = "FILE")]
    pub(crate) params: Option<PathBuf>,
    /// Take the rows in the order of the date that the policy orders them by, as `fen run --sort` does
    #[arg(long)]
    pub(crate) sort: bool,
    /// What an earlier run has written with --state-out: running values go on from there
    #[arg(long, value_name = "FILE")]
    pub(crate) state_in: Option<PathBuf>,
    /// Language of the explanation and of messages (default: that of the terminal)
    #[arg(long, value_enum)]
    pub(crate) lang: Option<LangArg>,
}

/// How `fen explain` shows a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExplainFormat {
    /// Indented text
    Text,
    /// One JSON object
    Json,
    /// A page with the amounts as pictures; it needs no other files
    Html,
}

/// `fen coverage`
#[derive(Debug, clap::Args)]
pub(crate) struct CoverageArgs {
    /// Policies, or folders of them
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// The computable clauses, a CSV file with the columns `id`, `clause`, `quote`, and perhaps `priority` and
    /// `not_computable` (why there is no rule)
    #[arg(long, value_name = "FILE")]
    pub(crate) provisions: PathBuf,
    /// The notice as text: all quotations must stand in it
    #[arg(long, value_name = "FILE")]
    pub(crate) notice: Option<PathBuf>,
    /// Where to write the report, as Markdown (default: standard output)
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Language of the report and of messages (default: that of the terminal)
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

/// `fen diff`
#[derive(Debug, clap::Args)]
pub(crate) struct DiffArgs {
    /// The old policy
    pub(crate) old: PathBuf,
    /// The new policy
    pub(crate) new: PathBuf,
    /// Claims, a CSV file, that both policies settle; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) input: Option<PathBuf>,
    /// A parameter's value for whichever policy has it; goes before --params
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) set: Vec<String>,
    /// A parameter's value for the old policy; goes before --set
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) set_old: Vec<String>,
    /// A parameter's value for the new policy; goes before --set
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) set_new: Vec<String>,
    /// A TOML file of parameter values, for whichever policy has them
    #[arg(long, value_name = "FILE")]
    pub(crate) params: Option<PathBuf>,
    /// Settle the rows in the order of the date that the policies order them by
    #[arg(long)]
    pub(crate) sort: bool,
    /// Group the claims by this input; may be given several times (default: every enum and condition, and bands of the first
    /// amount of money)
    #[arg(long, value_name = "INPUT")]
    pub(crate) by: Vec<String>,
    /// The output that says who gains and who loses (default: the first amount of money)
    #[arg(long, value_name = "NAME")]
    pub(crate) output_of: Option<String>,
    /// How many of the claims that change most are shown
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u16).range(0..=1000))]
    pub(crate) top: u16,
    /// What the report looks like
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub(crate) format: ReportFormat,
    /// Where to write the report (default: standard output)
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Language of the report (default: that of the terminal)
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

/// What a report looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// For people, on a terminal
    Text,
    /// One JSON object
    Json,
    /// A page with charts that needs no other file
    Html,
}

/// `fen sweep`
#[derive(Debug, clap::Args)]
pub(crate) struct SweepArgs {
    /// The policy
    pub(crate) policy: PathBuf,
    /// What varies: an input, a running value or a required parameter, such as `eligible=0..20000:100`; all values of an
    /// enum without a range
    #[arg(long, value_name = "NAME=FROM..TO[:STEP]")]
    pub(crate) vary: String,
    /// Another input of the claim
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) given: Vec<String>,
    /// A parameter's value; goes before --params
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) set: Vec<String>,
    /// A TOML file of parameter values
    #[arg(long, value_name = "FILE")]
    pub(crate) params: Option<PathBuf>,
    /// The outputs, separated by commas (default: all)
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub(crate) outputs: Vec<String>,
    /// A table, a drawing or JSON; marks are also said on standard error
    #[arg(long, value_enum, default_value_t = SweepFormat::Csv)]
    pub(crate) format: SweepFormat,
    /// Where to write it (default: standard output)
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Language of messages and of the drawing (default: that of the terminal)
    #[arg(long, value_enum)]
    pub(crate) lang: Option<LangArg>,
}

/// What a sweep looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SweepFormat {
    /// One row a point
    Csv,
    /// Curves
    Svg,
    /// One JSON object
    Json,
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
            Command::Fmt(args) => args.lang,
            Command::Explain(args) => args.lang,
            Command::Coverage(args) => args.lang,
            Command::Doc(args) => args.lang,
            Command::Lsp(args) => args.lang,
            Command::Help(args) => args.lang,
            Command::Diff(args) => args.lang,
            Command::Sweep(args) => args.lang,
        };
        lang.or(self.lang).map(Lang::from)
    }

    /// The policy that the command is about, or the first one.
    pub(crate) fn policy(&self) -> Option<&Path> {
        match &self.command {
            Command::Check(args) => args.paths.first().map(PathBuf::as_path),
            Command::Build(args) => Some(&args.policy),
            Command::Run(args) => Some(&args.policy),
            Command::Test(args) => args.paths.first().map(PathBuf::as_path),
            Command::Schema(args) => Some(&args.policy),
            Command::Fmt(args) => args.paths.first().map(PathBuf::as_path),
            Command::Explain(args) => Some(&args.policy),
            Command::Coverage(args) => args.paths.first().map(PathBuf::as_path),
            Command::Doc(args) => args.paths.first().map(PathBuf::as_path),
            Command::Diff(args) => Some(&args.new),
            Command::Sweep(args) => Some(&args.policy),
            Command::Lsp(_) | Command::Help(_) => None,
        }
    }

    /// Whether there is a command of this name.
    pub(crate) fn has_command(name: &str) -> bool {
        Self::command().find_subcommand(name).is_some()
    }
}
