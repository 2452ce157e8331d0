//! `fen test`: examples, invariants and tables of cases, and what of a policy they reach.

mod cases;
mod report;
mod suggest;

use std::path::Path;
use std::process::ExitCode;

use fen_compiler::{Analysis, CoveragePoint, Diagnostic, Lang, Suggestion, TableFile, TestReport, Text, analyze_with};

use crate::args::{TestArgs, TestFormat};
use crate::disk::Disk;
use crate::error::{Error, Outcome, print, print_error};
use crate::run::parameters;
use crate::{files, load};

/// Lines of a table in a file that are listed where they are not reached; there may be thousands.
const LINES_LISTED: usize = 3;

/// What was tried.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// The policy itself, which has errors.
    Compile,
    Example,
    Always,
    /// A row of a table.
    Row,
}

/// One thing that was tried.
struct Case {
    kind: Kind,
    name: Text,
    problem: Option<Problem>,
}

/// What is wrong with it.
enum Problem {
    Said(Box<Diagnostic>),
    /// Cells of a row of a table that are not as expected.
    Cells {
        file: String,
        row: u64,
        failures: Vec<cases::Failure>,
    },
}

/// What was tried of one policy.
struct Tested {
    name: String,
    analysis: Analysis,
    cases: Vec<Case>,
    /// Rows of tables, by file.
    tables: Vec<(String, Vec<Case>)>,
    /// Tables that could not be used.
    errors: Vec<Error>,
    /// `None` if the policy could not be tried.
    coverage: Option<Vec<CoveragePoint>>,
    table_files: Vec<TableFile>,
    suggestions: Vec<Suggestion>,
}

/// What the outcome is printed with.
struct Summary {
    passed: usize,
    failed: usize,
    claims: usize,
    seed: u64,
}

impl Tested {
    fn all(&self) -> impl Iterator<Item = &Case> {
        self.cases.iter().chain(self.tables.iter().flat_map(|(_, cases)| cases))
    }
}

/// Runs examples, invariants and tables; exit code 0 if all are as they should be, 1 if not or if a policy has errors, 2 if a
/// table cannot be used.
pub(crate) fn test(args: &TestArgs, lang: Lang) -> Outcome<ExitCode> {
    let paths = files::policies(&args.paths)?;
    if !args.cases.is_empty() && paths.len() != 1 {
        return Err(cases_of_several());
    }
    let settings = settings(args)?;
    let mut tested = Vec::new();
    for path in paths {
        tested.push(policy(&path, args, &settings, lang)?);
    }
    let failed = tested.iter().flat_map(Tested::all).filter(|case| case.problem.is_some()).count();
    let passed = tested.iter().flat_map(Tested::all).count() - failed;
    let summary = Summary { passed, failed, claims: args.claims, seed: args.seed };
    let short = args.coverage_min.map(|least| report::short_of(&tested, least, lang)).unwrap_or_default();
    match args.format {
        TestFormat::Text if args.suggest => {
            print_error(&report::text(&tested, &summary, lang));
            print(&suggest::source(&tested))?;
        }
        TestFormat::Text => print(&report::text(&tested, &summary, lang))?,
        TestFormat::Json => print(&report::json(&tested, &summary, lang))?,
        TestFormat::Junit => print(&report::junit(&tested, lang)?)?,
    }
    print_error(&short);
    let errors: Vec<&Error> = tested.iter().flat_map(|tested| &tested.errors).collect();
    errors.iter().for_each(|error| error.report(lang));
    Ok(match (errors.is_empty(), failed == 0 && short.is_empty()) {
        (false, _) => ExitCode::from(2),
        (true, true) => ExitCode::SUCCESS,
        (true, false) => ExitCode::from(1),
    })
}

fn policy(path: &Path, args: &TestArgs, settings: &[(String, String)], lang: Lang) -> Outcome<Tested> {
    let source = files::source(path)?;
    let analysis = analyze_with(&source, &Disk);
    let mut tested = Tested {
        name: source.name().to_owned(),
        cases: Vec::new(),
        tables: Vec::new(),
        errors: Vec::new(),
        coverage: None,
        table_files: Vec::new(),
        suggestions: Vec::new(),
        analysis,
    };
    match tested.analysis.untested_policy() {
        Some(policy) => {
            tested.cases = cases(policy.test(args.claims, args.seed));
            let mut coverage = policy.coverage();
            let tables = if args.cases.is_empty() { cases::beside(path)? } else { args.cases.clone() };
            let runner = if tables.is_empty() { None } else { Some(cases::Runner::new(policy, settings)?) };
            for (table, runner) in tables.iter().zip(runner.iter().cycle()) {
                match runner.run(table, &mut coverage) {
                    Ok(done) => tested.tables.push(rows(done)),
                    Err(error) => tested.errors.push(error),
                }
            }
            tested.coverage = Some(policy.points(&coverage));
            tested.table_files = policy.table_files(&coverage, LINES_LISTED);
            if args.suggest {
                tested.suggestions = policy.suggest(&coverage, args.seed);
            }
        }
        None if tested.analysis.has_error() => {
            load::report(&tested.analysis, lang);
            let problem =
                tested.analysis.diagnostics().iter().find(|one| one.severity == fen_compiler::Severity::Error);
            let name = problem.map_or("", |first| first.code);
            let problem = problem.map(|problem| Problem::Said(Box::new(problem.clone())));
            tested.cases.push(Case { kind: Kind::Compile, name: Text::new(name, name), problem });
        }
        // A library has nothing to try.
        None => {}
    }
    Ok(tested)
}

fn cases(report: TestReport) -> Vec<Case> {
    let case = |kind| {
        move |(name, problem): (String, Option<Diagnostic>)| Case {
            kind,
            name: Text::new(name.clone(), name),
            problem: problem.map(|problem| Problem::Said(Box::new(problem))),
        }
    };
    let examples = report.examples.into_iter().map(case(Kind::Example));
    examples.chain(report.invariants.into_iter().map(case(Kind::Always))).collect()
}

fn rows(table: cases::Tested) -> (String, Vec<Case>) {
    let file = table.path.display().to_string();
    let case = |row: cases::RowCase| {
        let problem = (!row.failures.is_empty()).then(|| Problem::Cells {
            file: file.clone(),
            row: row.row,
            failures: row.failures,
        });
        Case { kind: Kind::Row, name: row.title, problem }
    };
    let cases = table.rows.into_iter().map(case).collect();
    (file, cases)
}

/// Names and texts of parameters: those of `--set` first.
fn settings(args: &TestArgs) -> Outcome<Vec<(String, String)>> {
    let mut settings = Vec::new();
    for set in &args.set {
        let (name, text) = set.split_once('=').ok_or_else(|| parameters::without_value(set))?;
        settings.push((name.trim().to_owned(), text.to_owned()));
    }
    if let Some(path) = &args.params {
        settings.extend(parameters::read(path)?.1.into_iter().map(|one| (one.name, one.text)));
    }
    Ok(settings)
}

fn cases_of_several() -> Error {
    Error::new(
        "fen::cases::several_policies",
        "--cases belongs to one policy; name one, or put the tables beside their policies (surplus.cases.csv beside surplus.fen)",
        "--cases 只能用于一个政策；请只指定一个政策，或将用例表放在各政策旁（如 surplus.fen 旁的 surplus.用例.csv）",
    )
}
