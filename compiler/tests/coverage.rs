//! Coverage of policies, and the examples that are suggested for what none reaches: they are valid source, they pass, and
//! they reach what they are for.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};

use fen_compiler::render::{Style, text};
use fen_compiler::{
    Analysis, CoveragePoint, Files, Lang, PointKind, Policy, Source, Standing, Suggested, Suggestion, analyze,
    analyze_with,
};

/// Files beside a policy.
struct Disk;

impl Files for Disk {
    fn read(&self, from: &str, path: &str) -> Result<Source, String> {
        let path = Path::new(from).parent().unwrap().join(path);
        let text = std::fs::read_to_string(&path).map_err(|error| error.to_string())?;
        Ok(Source::new(path.display().to_string(), text))
    }

    fn policy(&self, _: &str, _: &str) -> Option<Source> {
        None
    }
}

fn policies_in(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|end| end == "fen")).collect();
    found.sort();
    found
}

fn errors(analysis: &Analysis) -> String {
    text(analysis.sources(), analysis.diagnostics(), Lang::En, Style::Plain)
}

fn example(suggestion: &Suggestion) -> Option<&str> {
    match &suggestion.found {
        Suggested::Example(text) => Some(text),
        _ => None,
    }
}

/// The text of a policy with all examples that are suggested for it.
fn completed(source: &Source, policy: &Policy) -> (String, Vec<Suggestion>) {
    let suggestions = policy.suggest(&policy.coverage(), 1);
    let mut text = source.text().trim_end().to_owned();
    for suggestion in suggestions.iter().filter_map(example) {
        text.push_str("\n\n");
        text.push_str(suggestion);
    }
    (text, suggestions)
}

fn standing<'a>(points: &'a [CoveragePoint], wanted: &CoveragePoint) -> Option<&'a CoveragePoint> {
    points.iter().find(|point| point.span == wanted.span && point.text == wanted.text)
}

/// Suggested examples can be pasted into the policy as they are.
fn suggestions_pass(path: &Path) -> usize {
    let source = Source::new(path.display().to_string(), std::fs::read_to_string(path).unwrap());
    let analysis = analyze_with(&source, &Disk);
    let Some(policy) = analysis.policy() else { panic!("{}", errors(&analysis)) };
    let (text, suggestions) = completed(&source, policy);
    let again = Source::new(source.name(), text);
    let after = analyze_with(&again, &Disk);
    assert!(!after.has_error(), "{}\n{}", errors(&after), again.text());
    let after = after.policy().unwrap();
    let points = after.points(&after.coverage());
    for suggestion in &suggestions {
        if std::env::var_os("FEN_SHOW").is_some() {
            println!("{}\n{:#?}", path.display(), suggestion);
        }
        for wanted in &suggestion.points {
            let found = standing(&points, wanted).unwrap();
            let is_reached = found.standing == Standing::Reached;
            assert_eq!(is_reached, example(suggestion).is_some(), "{}: {suggestion:?}", path.display());
        }
    }
    suggestions.len()
}

#[test]
fn suggestions_for_rules_of_cities_can_be_pasted() {
    let counts: Vec<usize> = policies_in("tests/provisions").iter().map(|path| suggestions_pass(path)).collect();
    assert!(counts.iter().sum::<usize>() > 50, "{counts:?}");
}

#[test]
fn suggestions_for_policies_of_streams_can_be_pasted() {
    let counts: Vec<usize> = policies_in("../cli/tests/command/streams").iter().map(|path| suggestions_pass(path)).collect();
    assert!(counts.iter().sum::<usize>() > 10, "{counts:?}");
}
