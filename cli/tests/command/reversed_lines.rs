//! Claims of several fee lines that are taken back: in one file, a month later, in tables of cases, explained.

use crate::folder::{Folder, repository};

fn ward() -> String {
    repository("cli/tests/command/streams/ward.fen").display().to_string()
}

const HEADER: &str = "claim,person,day,amount,own,reverses\n";
/// Of P: 1000.00 in two lines, then 800.00; a bad line.
const JANUARY: &str =
    "A1,P,2022-01-03,600,100,\nA1,P,2022-01-03,500,0,\nA2,P,2022-01-10,800,0,\nA3,P,2022-01-11,800,x,\n";
const FEBRUARY: &str = "R1,,,,,A1\nA4,P,2022-02-03,700,0,\nR2,,,,,A1\nR3,,,,,A3\n";

/// Results of lines and of claims, and rejects.
fn settle(folder: &Folder, name: &str, rows: &str, more: &[&str]) -> [String; 3] {
    let [input, output, rejects] = ["csv", "out.csv", "rejects.csv"].map(|end| format!("{name}.{end}"));
    folder.write(&input, format!("{HEADER}{rows}"));
    let ward = ward();
    let args = ["run", &ward, "--input", &input, "--output", &output, "--rejects", &rejects, "--lang", "en"];
    folder.fen(&[&args[..], more].concat()).good();
    [output, format!("{name}.out.claim.csv"), rejects].map(|file| folder.read(&file))
}

fn body(text: &str) -> &str {
    text.split_once('\n').map_or("", |(_, body)| body)
}

#[test]
fn a_month_later_and_in_one_file() {
    let folder = Folder::new();
    let [lines, claims, rejects] = settle(&folder, "both", &format!("{JANUARY}{FEBRUARY}"), &[]);
    // What was settled before the reversal stays; from there on 700.00 are free again. Claims add up to what is left.
    let expected = "claim,scope,before,paid\n\
        A1,1000.00,0.00,700.00\n\
        A2,800.00,700.00,300.00\n\
        R1,-1000.00,0.00,-700.00\n\
        A4,700.00,300.00,490.00\n";
    assert_eq!(claims, expected);
    assert!(lines.contains("\nA1,P,2022-01-03,600,100,,500.00\n") && lines.contains("\nR1,,,,,A1,\n"), "{lines}");
    assert!(rejects.contains("7,reverses,already_reversed,"), "{rejects}");
    assert!(rejects.contains("8,reverses,unknown_claim,"), "{rejects}");
    assert_eq!(folder.read("both.out.pool.csv"), "all_paid\n790.00\n");

    let january = settle(&folder, "january", JANUARY, &["--state-out", "january.parquet"]);
    let later = ["--state-in", "january.parquet", "--state-out", "february.parquet"];
    let february = settle(&folder, "february", FEBRUARY, &later);
    assert_eq!(format!("{}{}", january[0], body(&february[0])), lines);
    assert_eq!(format!("{}{}", january[1], body(&february[1])), claims);
    // Two months later; ids of January are still taken, and what was taken back stays so.
    let march = "R4,,,,,A2\nA5,P,2022-03-01,2000,0,\nA2,P,2022-03-02,1,0,\nR1,P,2022-03-02,1,0,\nR5,,,,,A1\n";
    let [_, claims, rejects] = settle(&folder, "march", march, &["--state-in", "february.parquet"]);
    assert_eq!(body(&claims), "R4,-800.00,-700.00,-300.00\nA5,2000.00,490.00,510.00\n");
    for reject in ["3,claim,duplicate_claim", "4,claim,duplicate_claim", "5,reverses,already_reversed"] {
        assert!(rejects.contains(reject), "{rejects}");
    }
}

#[test]
fn a_claim_that_is_taken_back_at_once_changes_nothing() {
    let folder = Folder::new();
    let (before, after) = ("B1,P,2022-01-01,500,0,\n", "B2,P,2022-01-04,2000,0,\n");
    let pair = "A1,P,2022-01-03,600,100,\nA1,P,2022-01-03,500,0,\nR1,,,,,A1\n";
    let [_, without, _] = settle(&folder, "without", &format!("{before}{after}"), &[]);
    let [_, with, _] = settle(&folder, "with", &format!("{before}{pair}{after}"), &[]);
    let others: Vec<&str> = with.lines().filter(|line| !line.starts_with("A1,") && !line.starts_with("R1,")).collect();
    assert_eq!(others.join("\n"), without.trim_end());
    assert!(with.contains("\nA1,1000.00,350.00,650.00\nR1,-1000.00,-350.00,-650.00\n"), "{with}");
    assert_eq!(folder.read("with.out.pool.csv"), folder.read("without.out.pool.csv"));
}

#[test]
fn rows_that_are_sorted_take_their_reversals_along() {
    let folder = Folder::new();
    let rows = "A2,P,2022-01-10,800,0,\nA1,P,2022-01-03,600,100,\nA4,P,2022-02-03,700,0,\nR1,,,,,A1\n";
    folder.write("claims.csv", format!("{HEADER}{rows}"));
    folder.fen(&["run", &ward(), "--input", "claims.csv", "--output", "x.csv"]).refused("fen::run::out_of_order");
    let [_, claims, _] = settle(&folder, "sorted", rows, &["--sort"]);
    let order: Vec<&str> = body(&claims).lines().filter_map(|line| line.split(',').next()).collect();
    assert_eq!(order, ["A1", "A2", "A4", "R1"]);
}

#[test]
fn they_are_explained() {
    let folder = Folder::new();
    folder.write("claims.csv", format!("{HEADER}{JANUARY}{FEBRUARY}"));
    let ward = ward();
    let told = |row: &str, lang: &str| {
        folder.fen(&["explain", &ward, "--input", "claims.csv", "--row", row, "--lang", lang]).good()
    };
    let reversal = told("5", "en");
    assert!(reversal.contains("row 5: takes back the claim whose claim is A1: its amounts, negated"), "{reversal}");
    assert!(reversal.contains("paid [claim] = -700.00 yuan"), "{reversal}");
    assert!(told("5", "zh").contains("第 5 行：冲销 claim 为 A1 的单据：金额取相反数"));
    assert!(told("1", "en").contains("paid [claim] = 700.00 yuan"));
    assert!(told("6", "en").contains("before [claim] = 300.00 yuan"));
}

#[test]
fn tables_of_cases_have_them() {
    let folder = Folder::new();
    folder.write("ward.fen", std::fs::read(ward()).unwrap());
    let cases = "stream,claim,person,day,amount,own,reverses,covered,scope,before,paid,all_paid,rejected\n\
        1,A1,P,2022-01-03,600,100,,500,1000,0,700,,\n\
        1,A1,P,2022-01-03,500,0,,500,,,700,missing,\n\
        1,A2,P,2022-01-10,800,0,,,,700,300,790,\n\
        1,R1,,,,,A1,missing,-1000,0,-700,missing,\n\
        1,A4,P,2022-02-03,700,0,,,,300,490,790,\n\
        1,R2,,,,,A1,,,,,,already_reversed\n";
    folder.write("ward.cases.csv", cases);
    let report = folder.fen(&["test", "ward.fen", "--lang", "en"]).good();
    assert!(report.contains("6 passed, 0 failed"), "{report}");
    folder.write("ward.cases.csv", cases.replace("-700", "-701"));
    let report = folder.fen(&["test", "ward.fen", "--lang", "en"]);
    assert!(report.code() == 1 && report.stdout().contains("expected -701.00, got -700.00"), "{}", report.stdout());
}
