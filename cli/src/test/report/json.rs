//! The outcome as JSON.

use fen_compiler::{CoveragePoint, Lang, Standing, Suggested, render, tally};
use serde_json::{Value, json};

use super::{Case, Kind, Problem, Summary, Tested, coverage};

/// One object with all policies.
pub(in crate::test) fn json(tested: &[Tested], summary: &Summary, lang: Lang) -> String {
    let files: Vec<Value> = tested.iter().map(|one| policy(one, lang)).collect();
    let Summary { passed, failed, claims, seed } = summary;
    let all = json!({ "passed": passed, "failed": failed, "claims": claims, "seed": seed, "files": files });
    format!("{all:#}\n")
}

fn policy(tested: &Tested, lang: Lang) -> Value {
    let own = tested.cases.iter().map(|one| case(tested, one, None, lang));
    let rows = tested.tables.iter().flat_map(|(file, cases)| cases.iter().map(move |one| (file, one)));
    let cases: Vec<Value> = own.chain(rows.map(|(file, one)| case(tested, one, Some(file), lang))).collect();
    let path = std::path::Path::new(&tested.name);
    let errors: Vec<Value> = tested.errors.iter().filter_map(|error| error.json(path, lang)).collect();
    let mut object = json!({
        "file": tested.name,
        "cases": cases,
        "coverage": tested.coverage.as_ref().map(|points| covered(tested, points, lang)),
        "suggestions": tested.suggestions.iter().map(|suggestion| {
            let (found, example) = match &suggestion.found {
                Suggested::Example(example) => ("example", Some(example)),
                Suggested::Impossible => ("impossible", None),
                Suggested::Several => ("several_claims", None),
                Suggested::Unknown => ("unknown", None),
            };
            let points: Vec<Value> = suggestion.points.iter().map(|one| point(tested, one, lang)).collect();
            json!({ "found": found, "example": example, "points": points })
        }).collect::<Vec<_>>(),
    });
    if let (false, Some(object)) = (errors.is_empty(), object.as_object_mut()) {
        object.insert("errors".to_owned(), errors.into());
    }
    object
}

fn case(tested: &Tested, case: &Case, table: Option<&String>, lang: Lang) -> Value {
    let diagnostics = match &case.problem {
        Some(Problem::Said(problem)) => render::json(tested.analysis.sources(), std::slice::from_ref(&**problem), lang),
        _ => render::json(tested.analysis.sources(), &[], lang),
    };
    let kind = match case.kind {
        Kind::Compile => "compile",
        Kind::Example => "example",
        Kind::Always => "always",
        Kind::Row => "case",
    };
    let mut object = json!({
        "kind": kind,
        "name": case.name.get(lang),
        "passed": case.problem.is_none(),
        "diagnostics": diagnostics,
    });
    let cells = match &case.problem {
        Some(Problem::Cells { row, failures, .. }) => failures
            .iter()
            .map(|failure| {
                json!({
                    "row": row,
                    "column": failure.column,
                    "expected": failure.expected.get(lang),
                    "got": failure.got.get(lang),
                    "difference": failure.difference,
                })
            })
            .collect(),
        _ => Vec::new(),
    };
    if let (Some(table), Some(object)) = (table, object.as_object_mut()) {
        object.insert("table".to_owned(), table.as_str().into());
        object.insert("cells".to_owned(), cells.into());
    }
    object
}

fn covered(tested: &Tested, points: &[CoveragePoint], lang: Lang) -> Value {
    let (reached, total) = coverage::counts(points);
    let kinds: serde_json::Map<String, Value> = tally(points)
        .into_iter()
        .map(|(kind, got, of)| (coverage::word(kind).to_owned(), json!({ "reached": got, "total": of })))
        .collect();
    let points: Vec<Value> = points.iter().map(|one| point(tested, one, lang)).collect();
    json!({
        "percent": coverage::percent(reached, total),
        "reached": reached,
        "total": total,
        "kinds": kinds,
        "points": points,
        "table_files": tested.table_files.iter().map(|file| {
            json!({ "table": file.name, "reached": file.reached, "total": file.total })
        }).collect::<Vec<_>>(),
    })
}

fn point(tested: &Tested, point: &CoveragePoint, lang: Lang) -> Value {
    let standing = match point.standing {
        Standing::Reached => "reached",
        Standing::Missed => "not_reached",
        Standing::Impossible => "impossible",
    };
    let place = tested.analysis.sources().locate(point.span);
    let place = place.map(|(source, span)| (source.file(), source.position(span.start)));
    json!({
        "kind": coverage::word(point.kind),
        "rule": point.rule,
        "text": point.text.get(lang),
        "standing": standing,
        "file": place.map(|(name, _)| name),
        "line": place.map(|(_, position)| position.line),
        "column": place.map(|(_, position)| position.column),
    })
}
