//! The outcome as JUnit XML: a suite for each policy and for each table of cases.

use std::path::Path;

use fen_compiler::Lang;
use fen_compiler::render::{self, Style};
use quick_junit::{NonSuccessKind, Report, SerializeError, TestCase, TestCaseStatus, TestSuite};

use super::{Case, Problem, Tested, coverage, failure, kind};
use crate::error::{Error, Outcome};

/// All policies.
pub(in crate::test) fn junit(tested: &[Tested], lang: Lang) -> Outcome<String> {
    let mut report = Report::new("fen");
    for one in tested {
        let mut suite = TestSuite::new(one.name.as_str());
        for case in &one.cases {
            suite.add_test_case(test_case(one, case, lang));
        }
        for error in &one.errors {
            if let Error::Said { code, text } = error {
                let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
                status.set_message(text.get(lang)).set_type(*code);
                suite.add_test_case(TestCase::new(*code, status));
            }
        }
        if let Some(points) = &one.coverage {
            let (reached, total) = coverage::counts(points);
            for (name, value) in [
                ("coverage.percent", coverage::percent(reached, total)),
                ("coverage.reached", reached),
                ("coverage.total", total),
            ] {
                suite.add_property((name, value.to_string().as_str()));
            }
            suite.set_system_out(coverage::text(one, lang));
        }
        report.add_test_suite(suite);
        for (file, cases) in &one.tables {
            let mut suite = TestSuite::new(file.as_str());
            for case in cases {
                suite.add_test_case(test_case(one, case, lang));
            }
            report.add_test_suite(suite);
        }
    }
    let failed = |error: SerializeError| Error::read(Path::new("JUnit"), &error);
    report.to_string().map(|xml| xml + "\n").map_err(failed)
}

fn test_case(tested: &Tested, case: &Case, lang: Lang) -> TestCase {
    let status = match &case.problem {
        None => TestCaseStatus::success(),
        Some(Problem::Said(problem)) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message(problem.message.get(lang)).set_type(problem.code);
            let problem = std::slice::from_ref(&**problem);
            status.set_description(render::text(tested.analysis.sources(), problem, lang, Style::Plain));
            status
        }
        Some(Problem::Cells { file, row, failures }) => {
            let lines: Vec<String> = failures.iter().map(|one| failure(*row, one, lang)).collect();
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message(lines.first().map_or("", String::as_str)).set_type("fen::cases::failed");
            status.set_description(format!("{file}\n{}", lines.join("\n")));
            status
        }
    };
    TestCase::new(format!("{} {}", kind(case.kind, lang), case.name.get(lang)), status)
}
