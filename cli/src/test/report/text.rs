//! The outcome for people.

use std::fmt::Write as _;

use fen_compiler::render::{self, Style};
use fen_compiler::{Diagnostic, Lang};

use super::{Case, Kind, Problem, Summary, Tested, coverage, failure, kind};

/// All policies, then what it comes to.
pub(in crate::test) fn text(tested: &[Tested], summary: &Summary, lang: Lang) -> String {
    let mut text = String::new();
    for one in tested {
        policy(&mut text, one, lang);
    }
    let Summary { passed, failed, claims, .. } = summary;
    let _ = match lang {
        Lang::En => writeln!(text, "{passed} passed, {failed} failed; each `always` tried on {claims} claims"),
        Lang::Zh => writeln!(text, "{passed} 项通过，{failed} 项失败；每条“恒有”试算 {claims} 例"),
    };
    text
}

fn policy(text: &mut String, tested: &Tested, lang: Lang) {
    let _ = writeln!(text, "{}", tested.name);
    for case in &tested.cases {
        self::case(text, case, lang);
    }
    for (file, cases) in &tested.tables {
        let _ = writeln!(text, "  {file}");
        for case in cases {
            self::case(text, case, lang);
            if let Some(Problem::Cells { row, failures, .. }) = &case.problem {
                for one in failures {
                    let _ = writeln!(text, "         {}", failure(*row, one, lang));
                }
            }
        }
    }
    let problems: Vec<Diagnostic> = tested
        .cases
        .iter()
        .filter(|case| case.kind != Kind::Compile)
        .filter_map(|case| match &case.problem {
            Some(Problem::Said(problem)) => Some((**problem).clone()),
            _ => None,
        })
        .collect();
    if !problems.is_empty() {
        text.push('\n');
        text.push_str(&render::text(tested.analysis.sources(), &problems, lang, Style::Plain));
        text.push('\n');
    }
    text.push_str(&coverage::text(tested, lang));
}

fn case(text: &mut String, case: &Case, lang: Lang) {
    let mark = match (case.problem.is_some(), lang) {
        (false, Lang::En) => "ok    ",
        (false, Lang::Zh) => "通过",
        (true, Lang::En) => "FAILED",
        (true, Lang::Zh) => "失败",
    };
    let _ = writeln!(text, "  {mark} {} {}", kind(case.kind, lang), case.name.get(lang));
}
