//! `fen test`

use std::fmt::Write as _;
use std::process::ExitCode;

use fen_compiler::render::{self, Style};
use fen_compiler::{Analysis, Diagnostic, Lang, TestReport, analyze_with};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use serde_json::json;

use crate::args::{TestArgs, TestFormat};
use crate::disk::Disk;
use crate::error::{Error, Outcome, print};
use crate::{files, load};

/// Claims that every invariant is tried on.
const CLAIMS: usize = 2_000;
/// Equal runs try equal claims.
const SEED: u64 = 1;

/// One thing that was tried, and what is wrong with it, if anything.
struct Case {
    kind: &'static str,
    name: String,
    problem: Option<Diagnostic>,
}

/// What was tried of one policy.
struct Tested {
    name: String,
    analysis: Analysis,
    cases: Vec<Case>,
}

/// Runs examples and invariants; exit code 0 if all hold, 1 if not or if a policy has errors.
pub(crate) fn test(args: &TestArgs, lang: Lang) -> Outcome<ExitCode> {
    let mut tested = Vec::new();
    let mut broken = false;
    for path in files::policies(&args.paths)? {
        let source = files::source(&path)?;
        let analysis = analyze_with(&source, &Disk);
        let cases = match analysis.untested_policy() {
            Some(policy) => cases(policy.test(CLAIMS, SEED)),
            None if analysis.has_error() => {
                broken = true;
                load::report(&analysis, lang);
                let problem = analysis.diagnostics().first().cloned();
                let name = analysis.diagnostics().first().map_or("", |first| first.code).to_owned();
                vec![Case { kind: "compile", name, problem }]
            }
            // A library has nothing to try.
            None => Vec::new(),
        };
        tested.push(Tested { name: source.name().to_owned(), analysis, cases });
    }
    let failed = tested.iter().flat_map(|tested| &tested.cases).filter(|case| case.problem.is_some()).count();
    print(&match args.format {
        TestFormat::Text => text(&tested, failed, lang),
        TestFormat::Json => as_json(&tested, failed, lang),
        TestFormat::Junit => junit(&tested, lang)?,
    })?;
    Ok(if failed == 0 && !broken { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn cases(report: TestReport) -> Vec<Case> {
    let case = |kind| move |(name, problem)| Case { kind, name, problem };
    let examples = report.examples.into_iter().map(case("example"));
    examples.chain(report.invariants.into_iter().map(case("always"))).collect()
}

fn kind(case: &Case, lang: Lang) -> &'static str {
    match (case.kind, lang) {
        ("example", Lang::Zh) => "示例",
        ("always", Lang::Zh) => "恒有",
        ("compile", Lang::Zh) => "编译",
        (kind, _) => kind,
    }
}

fn text(tested: &[Tested], failed: usize, lang: Lang) -> String {
    let mut text = String::new();
    for Tested { name, analysis, cases } in tested {
        let _ = writeln!(text, "{name}");
        for case in cases {
            let mark = match (case.problem.is_some(), lang) {
                (false, Lang::En) => "ok    ",
                (false, Lang::Zh) => "通过",
                (true, Lang::En) => "FAILED",
                (true, Lang::Zh) => "失败",
            };
            let _ = writeln!(text, "  {mark} {} {}", kind(case, lang), case.name);
        }
        let problems: Vec<Diagnostic> =
            cases.iter().filter(|case| case.kind != "compile").filter_map(|case| case.problem.clone()).collect();
        if !problems.is_empty() {
            text.push('\n');
            text.push_str(&render::text(analysis.sources(), &problems, lang, Style::Plain));
        }
    }
    let passed = tested.iter().map(|tested| tested.cases.len()).sum::<usize>() - failed;
    let _ = match lang {
        Lang::En => writeln!(text, "{passed} passed, {failed} failed; each `always` tried on {CLAIMS} claims"),
        Lang::Zh => writeln!(text, "{passed} 项通过，{failed} 项失败；每条“恒有”试算 {CLAIMS} 例"),
    };
    text
}

fn as_json(tested: &[Tested], failed: usize, lang: Lang) -> String {
    let files: Vec<_> = tested
        .iter()
        .map(|Tested { name, analysis, cases }| {
            let cases: Vec<_> = cases
                .iter()
                .map(|case| {
                    json!({
                        "kind": case.kind,
                        "name": case.name,
                        "passed": case.problem.is_none(),
                        "diagnostics": render::json(analysis.sources(), case.problem.as_slice(), lang),
                    })
                })
                .collect();
            json!({ "file": name, "cases": cases })
        })
        .collect();
    let passed = tested.iter().map(|tested| tested.cases.len()).sum::<usize>() - failed;
    format!("{:#}\n", json!({ "passed": passed, "failed": failed, "claims": CLAIMS, "files": files }))
}

fn junit(tested: &[Tested], lang: Lang) -> Outcome<String> {
    let mut report = Report::new("fen");
    for Tested { name, analysis, cases } in tested {
        let mut suite = TestSuite::new(name.as_str());
        for case in cases {
            let mut status = TestCaseStatus::success();
            if let Some(problem) = &case.problem {
                status = TestCaseStatus::non_success(NonSuccessKind::Failure);
                status.set_message(problem.message.get(lang));
                status.set_type(problem.code);
                status.set_description(render::text(
                    analysis.sources(),
                    std::slice::from_ref(problem),
                    lang,
                    Style::Plain,
                ));
            }
            suite.add_test_case(TestCase::new(format!("{} {}", kind(case, lang), case.name), status));
        }
        report.add_test_suite(suite);
    }
    let failed = |error: quick_junit::SerializeError| Error::read(std::path::Path::new("JUnit"), &error);
    report.to_string().map(|xml| xml + "\n").map_err(failed)
}
