use fen_grammar::source::Source;

use super::*;
use crate::analyze;

const STAY: &str = r#"
policy demo.stay
source "曲政办发〔2022〕65号"
in force from 2022-08-01
round half up to 0.01 yuan
enum level = township | county | city
input discharged: date
input hospital: level
input urgent:   bool
input eligible: money from 0 yuan to 1_000_000 yuan
dated by discharged
param standard by level: money = township 200 yuan, county 400 yuan, city 700 yuan   cite "一"
param rate by level: rate
  from 2022-01-01: township 90%, county 80%, city 70%
  cite "二"
param cap: money = 150_000 yuan
deductible = standard[hospital]
  except when urgent : 0 yuan  cite "三"
base = max(eligible - deductible, 0 yuan)
fund = min(rate[hospital] * base, cap)
output fund
base tier ..10_000 yuan        -> first 100%
base tier 10_000..50_000 yuan  -> first 50%
base tier 50_000 yuan..        -> first 0%
  cite "四"
output first
grade_of = eligible
grade_of band ..<1_000 yuan -> bonus = 1 yuan
grade_of band 1_000 yuan..  -> bonus = 2 yuan
output bonus
"#;

fn compared(old: &str, new: &str) -> Comparison {
    let [old, new] = [("old.fen", old), ("new.fen", new)].map(|(name, text)| analyze(&Source::new(name, text)));
    for analysis in [&old, &new] {
        assert!(!analysis.has_error(), "{:?}", analysis.diagnostics());
    }
    compare(old.policy().unwrap(), new.policy().unwrap())
}

/// Every change on one line.
fn lines(comparison: &Comparison) -> Vec<String> {
    let changes = comparison.changes.iter().map(|change| {
        let side = |side: &Option<Side>| {
            side.as_ref().map_or_else(
                || "-".to_owned(),
                |side| format!("{} [{}]", side.text.en, side.clause.as_deref().unwrap_or("")),
            )
        };
        let days = format!("{}..{}", change.from.as_deref().unwrap_or(""), change.to.as_deref().unwrap_or(""));
        let days = if days == ".." { String::new() } else { format!(" {days}") };
        let (kind, name, part) = (change.kind.as_str(), &change.name, &change.part.en);
        format!("{kind} {name} ({part}){days}: {} -> {}", side(&change.old), side(&change.new))
    });
    let renamed = comparison.renamed.iter().map(|one| format!("renamed {} {}", one.old, one.new));
    changes.chain(renamed).collect()
}

/// What comes of replacing texts in the policy.
fn diff(replaced: &[(&str, &str)]) -> Vec<String> {
    let mut new = STAY.to_owned();
    for (from, to) in replaced {
        assert!(new.contains(from), "{from}");
        new = new.replace(from, to);
    }
    lines(&compared(STAY, &new))
}

#[test]
fn what_makes_no_difference() {
    let nothing: Vec<String> = Vec::new();
    for replaced in [
        ("policy demo.stay", "policy demo.other"),
        ("param cap: money = 150_000 yuan", "# the cap\nparam cap: money =   150000.00 yuan  "),
        ("max(eligible - deductible, 0 yuan)", "max(0 yuan, -deductible + eligible)"),
        ("min(rate[hospital] * base, cap)", "min(cap, base * rate[hospital])"),
        ("township 200 yuan, county 400 yuan", "county 400 yuan, township 200 yuan"),
        ("city 70%\n", "city 70%\n  from 2023-01-01: county 80%\n"),
        ("from 2022-01-01: township", "from 2021-01-01: township"),
        ("-> first 0%", "-> first 0.0%"),
        ("10_000..50_000 yuan", "10_000..=50_000 yuan"),
        ("except when urgent", "except quick when not not urgent"),
    ] {
        assert_eq!(diff(&[replaced]), nothing, "{replaced:?}");
    }
}

#[test]
fn cells_of_tables_by_day() {
    assert_eq!(
        diff(&[("city 70%\n", "city 70%\n  from 2023-01-01: county 82%\n  from 2024-01-01: county 80%\n")]),
        ["parameter rate (county) 2023-01-01..2023-12-31: 80% [二] -> 82% [二]"]
    );
    assert_eq!(diff(&[("county 80%", "county 82%")]), ["parameter rate (county): 80% [二] -> 82% [二]"]);
    // A constant, and a table of one value that changes.
    let dated = "param cap: money\n  from 2022-01-01: 150_000 yuan\n  from 2024-01-01: 200_000 yuan";
    assert_eq!(
        diff(&[("param cap: money = 150_000 yuan", dated)]),
        ["parameter cap () 2024-01-01..: 150_000 yuan [] -> 200000.00 yuan []"]
    );
    assert_eq!(
        diff(&[("param cap: money = 150_000 yuan", "param cap: money from 1 yuan to 999_999 yuan = 200_000 yuan")]),
        ["parameter cap (range): - -> 1 yuan..999_999 yuan []", "parameter cap (): 150_000 yuan [] -> 200_000 yuan []"]
    );
}

#[test]
fn ranges_that_are_cut_otherwise() {
    let table = |rows: &str| {
        format!(
            "policy a.b\ninput age: years from 0 years to 120 years\nparam t by age: money = {rows}\nx = t[age]\noutput x\n"
        )
    };
    let old = table("..<7 years 1 yuan, 7..<60 years 2 yuan, 60 years.. 3 yuan");
    let cut = table("..<7 years 1 yuan, 7..<20 years 2 yuan, 20..<60 years 2 yuan, 60 years.. 3 yuan");
    assert_eq!(lines(&compared(&old, &cut)), Vec::<String>::new());
    let moved = table("..<7 years 1 yuan, 7..<65 years 2 yuan, 65 years.. 3 yuan");
    assert_eq!(lines(&compared(&old, &moved)), ["parameter t (60 years..<65 years): 3.00 yuan [] -> 2.00 yuan []"]);
    let owned = table("..=7 years 1 yuan, 7..<60 years 2 yuan, 60 years.. 3 yuan");
    assert_eq!(lines(&compared(&old, &owned)), ["parameter t (7 years..=7 years): 2.00 yuan [] -> 1.00 yuan []"]);
}

#[test]
fn rows_of_ladders() {
    assert_eq!(
        diff(&[("10_000..50_000 yuan  -> first 50%", "10_000..50_000 yuan  -> first 60%")]),
        ["ladder base (10_000..50_000 yuan): first 50% [四] -> first 60% [四]"]
    );
    assert_eq!(
        diff(&[("10_000..50_000 yuan ", "10_000..60_000 yuan "), ("base tier 50_000", "base tier 60_000")]),
        [
            "ladder base (10_000..60_000 yuan): 10_000..50_000 yuan -> first 50% [四] -> 10_000..60_000 yuan -> first 50% [四]",
            "ladder base (60_000 yuan..): 50_000 yuan.. -> first 0% [四] -> 60_000 yuan.. -> first 0% [四]"
        ]
    );
    // Whom the boundary belongs to matters in bands.
    assert_eq!(
        diff(&[("band ..<1_000 yuan", "band ..=1_000 yuan")]),
        ["ladder grade_of (..=1_000 yuan): ..<1_000 yuan -> bonus = 1 yuan [] -> ..=1_000 yuan -> bonus = 1 yuan []"]
    );
}

#[test]
fn exceptions_cases_and_settings() {
    assert_eq!(
        diff(&[("except when urgent : 0 yuan", "except when urgent : 100 yuan")]),
        ["definition deductible (except when urgent): 0 yuan [三] -> 100 yuan [三]"]
    );
    assert_eq!(
        diff(&[("except when urgent : 0", "except when urgent and eligible > 500 yuan : 0")]),
        ["definition deductible (except when urgent and eligible > 500 yuan): except when urgent: 0 yuan [三] -> \
          except when urgent and eligible > 500 yuan: 0 yuan [三]"]
    );
    assert_eq!(
        diff(&[("  except when urgent : 0 yuan  cite \"三\"\n", "")]),
        ["definition deductible (except when urgent): 0 yuan [三] -> -"]
    );
    assert_eq!(
        diff(&[("in force from 2022-08-01", "in force from 2022-08-01 to 2024-12-31"), ("half up", "down")]),
        [
            "setting  (in force): 2022-08-01 – [] -> 2022-08-01 – 2024-12-31 []",
            "rounding  (outputs): half up to 0.01 yuan [] -> down to 0.01 yuan []"
        ]
    );
    assert_eq!(
        diff(&[("to 1_000_000 yuan", "to 2_000_000 yuan")]),
        ["input eligible (range): 0 yuan..1_000_000 yuan [] -> 0 yuan..2_000_000 yuan []"]
    );
    assert_eq!(
        diff(&[("output bonus\n", "output bonus\nnet = eligible - fund\noutput net\n")]),
        ["definition net (): - -> net = eligible - fund []", "output net (): - -> output net []"]
            .map(|line| line.replace("output net []", "net []"))
    );
}

#[test]
fn names_in_one_language() {
    // What is said of it is the same, so it is the same thing under another name: that is a difference.
    let renamed = diff(&[("base ", "basis "), ("* base,", "* basis,")]);
    assert_eq!(renamed, ["renamed base basis"]);
    let comparison = compared(STAY, &STAY.replace("base ", "basis ").replace("* base,", "* basis,"));
    assert!(!comparison.is_same());
}

#[test]
fn renamed_inputs() {
    let policy = |input: &str, more: &str| {
        format!(
            "policy a.b\ninput {input}: money from 0 yuan to 1_000 yuan\n{more}p = 50% * {input}\nround half up to 0.01 yuan\noutput p\n"
        )
    };
    assert_eq!(lines(&compared(&policy("a", ""), &policy("b", ""))), ["renamed a b"]);
    // No rule says the same of both.
    let other = policy("b", "").replace("50%", "60%");
    assert_eq!(lines(&compared(&policy("a", ""), &other)).len(), 3);
    // Two could be meant.
    let two = policy("b", "input c: money from 0 yuan to 1_000 yuan\n").replace("* b", "* b + c");
    assert_eq!(lines(&compared(&policy("a", ""), &two)).len(), 4);
}

#[test]
fn cases_that_exclude_one_another_may_be_exchanged() {
    let policy = |cases: &str| {
        format!(
            "policy a.b\nenum k = a | b | c\ninput kind: k\ninput f: bool\nx = {cases}\n  otherwise : 3\noutput x\n"
        )
    };
    let diff = |one: &str, other: &str| lines(&compared(&policy(one), &policy(other)));
    let none: [&str; 0] = [];
    for (one, other) in [
        ("when kind is a : 1\n  when kind is b : 2", "when kind is b : 2\n  when kind is a : 1"),
        ("when kind in (a, c) : 1\n  when kind is b and f : 2", "when kind is b and f : 2\n  when kind in (a, c) : 1"),
        ("when f : 1\n  when not f and kind is a : 2", "when kind is a and not f : 2\n  when f : 1"),
    ] {
        assert_eq!(diff(one, other), none, "{one}");
    }
    let changed = diff("when f : 1\n  when kind is b : 2", "when kind is b : 2\n  when f : 1");
    assert_eq!(changed, ["definition x (order of cases): f; kind is b [] -> kind is b; f []"]);
}

#[test]
fn later_days_of_a_policy_that_follows() {
    let policy = |force: &str, values: &str| {
        format!(
            "policy a.b\nin force {force}\ninput d: date\ninput x: money from 0 yuan to 10_000 yuan\ndated by d\nparam c: money\n{values}y = min(x, c)\noutput y\n"
        )
    };
    let old = policy("from 2023-01-01 to 2023-12-31", "  from 2020-01-01: 100 yuan\n  from 2023-03-01: 150 yuan\n");
    let new = policy("from 2024-01-01", "  from 2020-01-01: 150 yuan\n  from 2024-07-01: 999 yuan\n");
    let changes = lines(&compared(&old, &new));
    assert_eq!(
        changes.get(1..),
        Some(&["parameter c () 2024-07-01..: 150.00 yuan [] -> 999.00 yuan []".to_owned()][..])
    );
}

#[test]
fn roundings_in_words_of_both_languages() {
    let new = STAY.replace("half up to 0.01 yuan", "half even to 0.01 yuan");
    let comparison = compared(STAY, &new);
    let side = comparison.changes[0].new.as_ref().unwrap();
    assert_eq!((side.text.en.as_str(), side.text.zh.as_str()), ("half even to 0.01 yuan", "四舍六入五成双到0.01元"));
}

#[test]
fn translations_are_the_same() {
    let [old, new] = ["surplus.fen", "结余留用.fen"].map(|name| {
        std::fs::read_to_string(format!("{}/../policies/qujing/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
    });
    for (one, other) in [(&old, &new), (&new, &old)] {
        let comparison = compared(one, other);
        assert_eq!(comparison.changes, []);
        assert!(comparison.is_translation && comparison.is_same());
        assert_eq!(comparison.renamed.len(), 5, "{:?}", comparison.renamed);
    }
    let changed = new.replace("留用 30%, 结转 70%", "留用 20%, 结转 80%");
    let comparison = compared(&old, &changed);
    assert!(!comparison.is_same());
    assert_eq!(comparison.changes.len(), 1, "{:?}", lines(&comparison));
}
