//! The examples of the language that look beyond one claim, from their source to their results, in both languages.

use std::collections::HashMap;

use fen_grammar::source::Source;

use super::*;
use crate::check::types::Type;
use crate::gather::Files;
use crate::policy::{Analysis, analyze, analyze_with};

#[test]
fn a_stream_of_claims() {
    let text = "policy test\nround half up to 0.01 yuan\n\ninput total: money from 0 yuan to 10 yuan\n\n\
                half = 50% * total\noutput half\n";
    let analysis = analyze(&Source::new("test.fen", text));
    let policy = analysis.policy().expect("a policy");
    let cells = StreamCells { rows: vec![vec![Some(101)], vec![None], vec![Some(1_001)]], ..StreamCells::default() };
    let outcome = policy.interpret_stream(&cells).expect("no total");
    let rejected = |code| Outcome::Rejected(code, "total".to_owned());
    let expected = [Outcome::Settled(vec![Some(51)]), rejected(RejectCode::BelowMin), rejected(RejectCode::AboveMax)];
    assert_eq!(outcome.rows, expected);
    assert_eq!(outcome.grains, []);
}

/// Files beside a policy.
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

fn analyzed(text: &str, files: &'static [(&'static str, &'static str)]) -> Analysis {
    let analysis = analyze_with(&Source::new("test.fen", text), &Beside(files));
    let said: Vec<_> = analysis.diagnostics().iter().map(|found| (found.code, found.message.en.clone())).collect();
    assert!(!analysis.has_error(), "{said:?}");
    analysis
}

/// The integer of a number with so many decimals.
fn scaled(text: &str, scale: u32) -> i128 {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{rest:0<0$}", scale as usize).parse().expect("a number")
}

/// Rows as text: cells by column, enum values by their place, conditions 0 or 1.
fn cells(policy: &Policy, rows: &str, parameters: &[i128]) -> StreamCells {
    let program = &policy.program;
    let mut texts: Vec<String> = Vec::new();
    let mut numbers: HashMap<String, usize> =
        program.codes.iter().enumerate().map(|(at, code)| (code.clone(), at)).collect();
    let mut cell = |at: usize, text: &str| -> Option<i128> {
        let input = &program.inputs[at];
        if text.is_empty() {
            return None;
        }
        Some(match input.ty {
            Type::Code | Type::Id => {
                let next = numbers.len();
                let number = *numbers.entry(text.to_owned()).or_insert(next);
                if number == next {
                    texts.push(text.to_owned());
                }
                number as i128
            }
            Type::Date => crate::check::program::days_of(text.parse().expect("a date")).into(),
            _ => scaled(text, input.scale),
        })
    };
    let lines = rows.lines().map(str::trim).filter(|line| !line.is_empty());
    let rows: Vec<Vec<Option<i128>>> =
        lines.map(|line| line.split('|').enumerate().map(|(at, text)| cell(at, text.trim())).collect()).collect();
    StreamCells { rows, parameters: parameters.to_vec(), texts }
}

/// Outputs as text, or why there are none.
fn shown(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Settled(outputs) => {
            let output = |output: &Option<i128>| output.map(|cell| cell.to_string()).unwrap_or_default();
            outputs.iter().map(output).collect::<Vec<_>>().join(" ")
        }
        Outcome::Rejected(code, _) => code.as_str().to_owned(),
    }
}

/// What becomes of the rows, and of the groups of each grain.
fn settled(
    text: &str,
    files: &'static [(&'static str, &'static str)],
    parameters: &[i128],
    rows: &str,
) -> (Vec<String>, Vec<Vec<String>>) {
    let analysis = analyzed(text, files);
    let policy = analysis.policy().expect("a policy");
    let outcome = policy.interpret_stream(&cells(policy, rows, parameters)).expect("in range");
    let group = |group: &GroupOutcome| shown(&Outcome::Settled(group.outputs.clone()));
    let grains = outcome.grains.iter().map(|grain| grain.groups.iter().map(group).collect());
    (outcome.rows.iter().map(shown).collect(), grains.collect())
}

#[test]
fn an_annual_cap() {
    let rows = "
        A | 2022-09-01 | 1 |   | 0 | 0 | 10000.00  | 9000.00
        A | 2022-10-01 | 2 | 1 | 1 | 0 | 50000.00  | 45000.00
        A | 2022-11-01 | 1 | 2 | 2 | 0 | 3000.00   | 2800.00
        B | 2022-11-02 | 2 |   | 3 | 0 | 8000.00   | 7000.55
        B | 2022-12-01 | 2 |   | 0 | 1 | 6000.00   | 5001.01
        C | 2022-12-31 | 0 |   | 0 | 0 | 1000.00   | 900.00
        C | 2023-01-01 | 0 |   | 0 | 0 | 1000.00   | 900.00
        D | 2022-12-05 | 3 |   | 0 | 0 | 300000.00 | 280000.00
        D | 2022-12-06 | 1 |   | 0 | 0 | 9000.00   | 9000.00
        E | 2022-07-31 | 1 |   | 0 | 0 | 9000.00   | 9000.00
        F | 2022-09-01 | 1 |   | 0 | 0 | -5.00     | 9000.00";
    let expected = [
        "688000 312000",
        "3129000 1871000",
        "224000 76000",
        "378033 421967",
        "325571 274429",
        "63000 37000",
        "64400 35600",
        "15000000 15000000",
        "0 900000",
        "before_in_force",
        "below_min",
    ];
    for text in [include_str!("../../../tests/grains/inpatient.fen"), include_str!("../../../tests/grains/住院.fen")]
    {
        assert_eq!(settled(text, &[], &[1_000], rows).0, expected);
    }
}

#[test]
fn points_and_their_value() {
    const FILES: &[(&str, &str)] = &[
        ("drg_points.csv", "drg,base_points\nAA1,100.00\nBB2,250.50\nCC3,33.33\n"),
        ("coefficients.csv", "hospital,coefficient\nh1,1.0000\nh2,0.8500\nh3,1.1234\n"),
    ];
    const ZH: &[(&str, &str)] = &[
        ("drg_points.csv", "病组,基准点数\nAA1,100.00\nBB2,250.50\nCC3,33.33\n"),
        ("coefficients.csv", "医院,差异系数\nh1,1.0000\nh2,0.8500\nh3,1.1234\n"),
    ];
    let rows = "
        h1 | AA1
        h1 | BB2
        h4 | AA1
        h2 | AA1
        h3 | CC3
        h3 | BB2";
    let points = ["1000000", "2505000", "unknown_code", "850000", "374429", "2814117"];
    let hospitals = ["3505000 46463560", "850000 11267910", "3188546 42268530"];
    for (text, files) in [
        (include_str!("../../../tests/grains/drg_points.fen"), FILES),
        (include_str!("../../../tests/grains/点数.fen"), ZH),
    ] {
        let (rows, grains) = settled(text, files, &[100_000_000], rows);
        assert_eq!(rows, points);
        assert_eq!(grains, [hospitals.map(str::to_owned).to_vec(), vec!["13256365".to_owned()]]);
    }
}

#[test]
fn a_schedule_over_the_year() {
    let rows = "
        A | 2022-03-01 | 0 | 8000.00
        A | 2022-06-01 | 0 | 7000.50
        A | 2022-09-01 | 0 | 30000.00
        A | 2022-12-01 | 0 | 400000.00
        A | 2023-01-01 | 0 | 20000.00";
    let paid = ["0", "300030", "1950005", "17749965", "600000"];
    for text in [include_str!("../../../tests/grains/catastrophic.fen"), include_str!("../../../tests/grains/大病.fen")]
    {
        assert_eq!(settled(text, &[], &[], rows).0, paid);
    }
}

#[test]
fn the_next_stay() {
    let rows = "
        P | AA1 | 2022-03-01 | 2022-03-05
        P | BB2 | 2022-03-06 | 2022-03-10
        P | AA1 | 2022-03-20 | 2022-03-25
        P | AA1 | 2022-04-10 | 2022-04-12
        Q | AA1 | 2022-04-12 | 2022-04-13";
    let expected = ["500000 1 1", "2505000 2 0", "1000000 3 0", "1000000 4 0", "1000000 1 0"];
    for text in
        [include_str!("../../../tests/grains/readmission.fen"), include_str!("../../../tests/grains/再入院.fen")]
    {
        assert_eq!(settled(text, &[], &[], rows).0, expected);
    }
}

#[test]
fn lines_of_a_claim() {
    let rows = "
        K1 | 2022-05-01 | 1 | 0 | 1000.00
        K1 | 2022-05-01 | 1 | 1 | 10.10
        K2 | 2022-05-01 | 1 | 0 | 1.00
        K1 | 2022-05-01 | 1 | 1 | 10.10
        K1 | 2022-05-01 | 1 | 2 | 200.05
        K2 | 2022-05-01 | 2 | 0 | 1.00
        K1 | 2022-05-01 | 1 | 3 | 30.00
        K3 | 2022-05-01 | 0 | 3 | -1
        K3 | 2022-05-01 | 0 | 3 | 1";
    let lines = ["0", "51", "differs", "51", "2001", "differs", "3000", "below_min", "claim_rejected"];
    for text in [include_str!("../../../tests/grains/fee_lines.fen"), include_str!("../../../tests/grains/明细.fen")]
    {
        let (rows, grains) = settled(text, &[], &[], rows);
        assert_eq!(rows, lines);
        assert_eq!(grains, [["125025 119922 55945"]]);
    }
}
