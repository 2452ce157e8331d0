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
    let counts: Vec<usize> =
        policies_in("../cli/tests/command/streams").iter().map(|path| suggestions_pass(path)).collect();
    assert!(counts.iter().sum::<usize>() > 10, "{counts:?}");
}

/// Line, kind and standing of every point of a policy, as its examples reach it: `+`, `-`, or `x` if nothing can.
fn reached(text: &str) -> Vec<String> {
    let analysis = analyze(&Source::new("test.fen", text));
    let Some(policy) = analysis.policy() else { panic!("{}", errors(&analysis)) };
    let shown = |point: CoveragePoint| {
        let mark = match point.standing {
            Standing::Reached => '+',
            Standing::Missed => '-',
            Standing::Impossible => 'x',
        };
        format!("{mark} {}", point.text.en)
    };
    policy.points(&policy.coverage()).into_iter().map(shown).collect()
}

#[test]
fn rows_and_bounds_of_bands() {
    let policy = "policy t
input score: count from 0 to 100
score band ..<60   -> share = 0%
score band 60..=80 -> share = 30%
score band 80..    -> share = 50%
output share
";
    let with = |score: u32| {
        let share = match score {
            ..60 => 0,
            60..=80 => 30,
            _ => 50,
        };
        format!("{policy}example \"a\"\n  given score {score}\n  expect share {share}%\n")
    };
    let marks = |score: u32| reached(&with(score)).iter().filter_map(|point| point.chars().next()).collect::<String>();
    // Row, just below 60, exactly 60; row, exactly 80, just above 80; row.
    assert_eq!(marks(58), "+------");
    assert_eq!(marks(59), "++-----");
    assert_eq!(marks(60), "--++---");
    assert_eq!(marks(61), "---+---");
    assert_eq!(marks(80), "---++--");
    assert_eq!(marks(81), "-----++");
    assert_eq!(
        reached(&with(80)),
        [
            "- score band ..<60 -> share = 0%",
            "- score just below 60",
            "- score exactly at 60",
            "+ score band 60..=80 -> share = 30%",
            "+ score exactly at 80",
            "- score just above 80",
            "- score band 80.. -> share = 50%",
        ]
    );
}

#[test]
fn only_what_an_output_needs_counts() {
    let policy = "policy t
round half up to 0.01 yuan
enum kind = a | b
input kind: kind
input covered: bool
input paid: money from 0 yuan to 1_000 yuan
share =
  when kind is a : 50%
  otherwise      : 70%
idle =
  when kind is a : 1
  otherwise      : 2
pays = 0 yuan
  except when covered and paid > 10 yuan : share * paid
output pays
";
    let with = |given: &str, pays: &str| format!("{policy}example \"a\"\n  given {given}\n  expect pays {pays} yuan\n");
    let of = |given: &str, pays: &str| reached(&with(given, pays));
    // Nothing reads `idle`, so that no claim comes to its cases.
    assert_eq!(
        of("kind a, covered false, paid 10.01 yuan", "0"),
        [
            "- share: when kind is a : 50%",
            "- share: otherwise : 70%",
            "x idle: when kind is a : 1",
            "x idle: otherwise : 2",
            "+ pays = 0 yuan, no exception applies",
            "- pays: except when covered and paid > 10 yuan : share * paid",
            "- pays, paid > 10 yuan: exactly at the bound",
            "- pays, paid > 10 yuan: just above the bound",
        ]
    );
    let marks = |given: &str, pays: &str| {
        of(given, pays).iter().filter_map(|point| point.chars().next()).filter(|mark| *mark != 'x').collect::<String>()
    };
    assert_eq!(marks("kind a, covered true, paid 10 yuan", "0"), "--+-+-");
    assert_eq!(marks("kind b, covered true, paid 10.01 yuan", "7.01"), "-+-+-+");
}

#[test]
fn versions_of_tables_and_named_ladders() {
    let points = reached(
        "policy t
in force from 2022-01-01
round half up to 0.01 yuan
input day: date
input a: money from 0 yuan to 1_000 yuan
dated by day
param cap: money
  from 2020-01-01: 300 yuan
  from 2023-01-01: 400 yuan
ladder schedule on money
  tier ..100 yuan -> 10%
  tier 100 yuan.. -> 20%
pays = min(schedule(a) + schedule(2 * a), cap)
output pays
example \"both amounts count\"
  given day 2023-01-01, a 60 yuan
  expect pays 20 yuan
",
    );
    assert_eq!(
        points,
        [
            "- cap: 300 yuan (from 2020-01-01)",
            "+ cap: 400 yuan (from 2023-01-01)",
            "+ schedule: ..100 yuan -> 10%",
            "- schedule exactly at 100.00 yuan",
            "- schedule just above 100.00 yuan",
            "+ schedule: 100 yuan.. -> 20%",
            "- pays, min(schedule(a) + schedule(2 * a), cap): exactly at cap",
            // 300 yuan is the most that 10% and 20% of 1 000 and 2 000 yuan come to.
            "x pays, min(schedule(a) + schedule(2 * a), cap): just above cap",
        ]
    );
}

#[test]
fn a_quotient_moves_by_a_step_of_its_numerator() {
    let policy = "policy t
input met: count from 0 to 1_000
input all: count from 0 to 1_000
check rate = met / all >= 90%
  when all > 0
";
    let marks = |met: u32, all: u32| {
        let text = format!("{policy}example \"a\"\n  given met {met}, all {all}\n  expect rate_result {}\n", {
            if all == 0 {
                "not_applicable"
            } else if 10 * met >= 9 * all {
                "met"
            } else {
                "missed"
            }
        });
        reached(&text).iter().filter_map(|point| point.chars().next()).collect::<String>()
    };
    let points = reached(policy);
    assert_eq!(points.len(), 4, "{points:?}");
    // Just below and exactly at 90%; exactly at and just above 0 (of `all`).
    assert_eq!(marks(899, 1000), "+---");
    assert_eq!(marks(900, 1000), "-+--");
    assert_eq!(marks(898, 1000), "----");
    assert_eq!(marks(0, 0), "--+-");
    assert_eq!(marks(1, 5), "----");
    // Of one, all or nothing are next to each other.
    assert_eq!(marks(0, 1), "+--+");
    assert_eq!(marks(1, 1), "-+-+");
    // 6 of 7 is less than 90%, and 7 of 7 the first that is not.
    assert_eq!(marks(6, 7), "+---");
    assert_eq!(marks(7, 7), "-+--");
}

#[test]
fn what_no_claim_comes_to_is_told_from_what_none_came_to() {
    let points = reached(
        "policy t
input age: years from 0 years to 5 years
is_old = age >= 10 years
is_small = age < 3 years
output is_old, is_small
",
    );
    assert_eq!(
        points,
        [
            "x is_old, age >= 10 years: just below the bound",
            "x is_old, age >= 10 years: exactly at the bound",
            "- is_small, age < 3 years: just below the bound",
            "- is_small, age < 3 years: exactly at the bound",
        ]
    );
}

#[test]
fn suggestions_are_the_same_again() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/provisions/referral.fen");
    let source = Source::new("referral.fen", std::fs::read_to_string(path).unwrap());
    let analysis = analyze(&source);
    let policy = analysis.policy().unwrap();
    assert_eq!(completed(&source, policy).0, completed(&source, policy).0);
    let points = policy.points(&policy.coverage());
    assert!(points.iter().any(|point| point.kind == PointKind::Exception));
}

#[test]
fn bounds_of_ranges_in_tables() {
    let policy = "policy t
enum sex = male | female
input sex: sex
input age: years from 0 years to 100 years
param quota by sex, age: money =
  male ..<7 years 120 yuan, male 7..=60 years 60 yuan, male 60 years.. 180 yuan,
  female ..<7 years 120 yuan, female 7..=60 years 70 yuan, female 60 years.. 180 yuan
pays = quota[sex, age]
output pays
";
    let text = |age: u32, pays: u32| {
        reached(&format!("{policy}example \"a\"\n  given sex female, age {age} years\n  expect pays {pays} yuan\n"))
    };
    let hit = |age, pays| text(age, pays).into_iter().filter(|point| point.starts_with('+')).collect::<Vec<_>>();
    assert_eq!(hit(6, 120), ["+ quota just below 7 years", "+ quota: female ..<7 years 120 yuan"]);
    assert_eq!(hit(7, 70), ["+ quota exactly at 7 years", "+ quota: female 7..=60 years 70 yuan"]);
    assert_eq!(hit(60, 70), ["+ quota exactly at 60 years", "+ quota: female 7..=60 years 70 yuan"]);
    assert_eq!(hit(61, 180), ["+ quota just above 60 years", "+ quota: female 60 years.. 180 yuan"]);
    assert_eq!(text(6, 120).len(), 10);
}
