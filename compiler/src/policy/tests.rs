//! Policies from their source to what is said of them.

use super::*;

struct Beside(&'static [(&'static str, &'static str)]);

impl Files for Beside {
    fn read(&self, _: &str, path: &str) -> Result<Source, String> {
        let found = self.0.iter().find(|(name, _)| *name == path);
        found.map(|(name, text)| Source::new(*name, *text)).ok_or_else(|| "there is no such file".to_owned())
    }

    fn policy(&self, _: &str, _: &str) -> Option<Source> {
        None
    }
}

/// The codes of all that is said of a policy.
fn codes(text: &str, files: &'static [(&'static str, &'static str)]) -> Vec<&'static str> {
    let analysis = analyze_with(&Source::new("test.fen", text), &Beside(files));
    analysis.diagnostics().iter().map(|found| found.code).collect()
}

const SWITCH: &str = "policy a.base
round half up to 0.01 yuan
enum way = by_points | by_ratio
input total: money from 0 yuan to 100 yuan
param way: way = required
lowered = when way is by_points : 70% - 10pp
  when way is by_ratio : 70% * 90%
other = 100%
  except when way is by_ratio : 90%
third = when way is by_points : 100%
  otherwise : 80%
pays = total * lowered * other * third
output pays
";

/// What an amendment decides leaves the other way of the base without a claim.
#[test]
fn amendments_decide_switches() {
    const FILES: &[(&str, &str)] = &[("base.fen", SWITCH)];
    assert_eq!(codes(SWITCH, FILES), [""; 0]);
    let amended = "amend a.base as a.new from file \"base.fen\"\nparam way: way = by_points\n\
                   example \"one\"\n  given total 100 yuan\n  expect pays 60 yuan\n";
    assert_eq!(codes(amended, FILES), [""; 0]);
    let own = format!("{amended}other = 100%\n  except when way is by_ratio : 90%\n");
    assert_eq!(codes(&own, FILES), ["fen::exception::idle"]);
    let decided = SWITCH.replace("required", "by_points");
    let found = codes(&decided, FILES);
    assert_eq!(found, ["fen::case::shadowed", "fen::exception::idle", "fen::case::idle_otherwise"]);
}

const LINES: &str = "policy a.lines
in force from 2022-01-01
round half up to 0.01 yuan
rows line of claim
key claim: id
key person: id per claim
input disease: code per claim
input seen: date per claim
input amount: money from 0 yuan to 100 yuan
dated by seen
param standard by disease: money = \"A\" 10 yuan
running before = count claims per person per year
scope = sum amount per claim
listed = when disease in standard : standard[disease]
  otherwise : 0 yuan
pays = when disease not in standard : 0 yuan
  when before < 5 : min(standard[disease], scope)
  otherwise : 0 yuan
output pays per claim
";

/// An example is rejected where a run rejects: what comes late needs its look-ups whatever stands before them.
#[test]
fn examples_need_late_look_ups() {
    let given = "example \"x\"\n  given claim \"1\", person \"p\", disease \"Z\", seen 2022-02-01, amount 5 yuan\n";
    let text = |of: &str, expect: &str| {
        let lines = LINES.replace("min(standard[disease], scope)", &format!("min({of}, scope)"));
        format!("{lines}always scope >= listed or true\n{given}  expect {expect}\n")
    };
    assert_eq!(codes(&text("standard[disease]", "rejected"), &[]), [""; 0]);
    assert_eq!(codes(&text("standard[disease]", "pays 0 yuan"), &[]), ["fen::example::failed"]);
    let analysis = analyze(&Source::new("test.fen", text("standard[disease]", "pays 0 yuan")));
    let message = &analysis.diagnostics().first().unwrap().message;
    assert!(message.en.ends_with("`disease` is in no row of `standard`"), "{}", message.en);
    // With its condition it is an early value of its own.
    assert_eq!(codes(&text("listed", "pays 0 yuan"), &[]), [""; 0]);
}

/// A split without weights gives its one receiver nothing to go on with, as in a run.
#[test]
fn examples_without_weights_are_rejected() {
    let text = |amount: &str, weight: &str, expect: &str| {
        format!(
            "policy a.split\nround half up to 0.01 yuan\nkey county: id\n\
             input pool: money from 0 yuan to 100 yuan\ninput weight: count from 0 to 10\n\
             everything = total pool\nw = sum weight per county\nsplit everything over county by w -> got\n\
             large = when w > 100 : got\n  otherwise : 0 yuan\nshown = total large\noutput shown\n\
             example \"x\"\n  given county \"a\", pool {amount}, weight {weight}\n  expect {expect}\n"
        )
    };
    assert_eq!(codes(&text("3 yuan", "0", "rejected"), &[]), [""; 0]);
    assert_eq!(codes(&text("3 yuan", "0", "shown 0 yuan"), &[]), ["fen::example::failed"]);
    for weight in ["0", "1"] {
        assert_eq!(codes(&text("0 yuan", weight, "shown 0 yuan"), &[]), [""; 0], "{weight}");
    }
    assert_eq!(codes(&text("3 yuan", "1", "shown 0 yuan"), &[]), [""; 0]);
}

/// Of the many values of a claim only those are shown that what was found depends on.
#[test]
fn claims_show_what_matters() {
    let others: String = (0..40).map(|at| format!("input other{at}: money from 0 yuan to 9 yuan\n")).collect();
    let sum: Vec<String> = (0..40).map(|at| format!("other{at}")).collect();
    let text = format!(
        "policy a.b\nround half up to 0.01 yuan\n{others}input before: money optional from 0 yuan to 9 yuan\n\
         input stay: days from 0 days to 9 days\n\
         paid = when stay > 3 days : before\n  otherwise : 0 yuan\nall = {}\noutput paid, all\n",
        sum.join(" + ")
    );
    let analysis = analyze(&Source::new("test.fen", text));
    let found = analysis.diagnostics().iter().find(|found| found.code == "fen::input::maybe_missing").unwrap();
    let shown = format!("{} {:?}", found.message.en, found.labels);
    assert!(shown.contains("before missing") && shown.contains("stay") && !shown.contains("other"), "{shown}");
}

/// A number that may be too large is shown where it is computed, also if it comes from other rows.
#[test]
fn numbers_too_large_are_shown_in_their_place() {
    let text = "policy a.b\nround half up to 0.01 yuan\n\
                input cost: money from 0 yuan to 100_000_000_000_000_000_000_000_000_000_000 yuan\n\
                b = total cost\noutput b\n";
    let analysis = analyze(&Source::new("test.fen", text));
    let found = analysis.diagnostics().first().unwrap();
    assert_eq!((found.code, found.offset()), ("fen::number::too_large", text.find("total cost").unwrap()));
}
