//! `fen explain`: the tree of values behind the results of one claim.

use crate::folder::{Folder, repository, surplus};

const STAYS: &str = "person,discharged,hospital,previous,referral,day_surgery,total,eligible\n\
    A,2022-09-01,county,,direct,false,10000.00,9000.00\nA,2022-10-01,city,county,up,false,50000.00,45000.00\n\
    A,2022-11-01,county,city,down,false,3000.00,2800.00\nB,2022-11-02,city,,irregular,false,8000.00,7000.55\n\
    B,2022-12-01,city,,direct,true,6000.00,5001.01\nC,2022-12-31,township,,direct,false,1000.00,900.00\n\
    C,2023-01-01,township,,direct,false,1000.00,900.00\nD,2022-12-05,provincial,,direct,false,300000.00,280000.00\n\
    D,2022-12-06,county,,direct,false,9000.00,9000.00\nE,2022-07-31,county,,direct,false,9000.00,9000.00\n\
    F,2022-09-01,county,,direct,false,-5.00,9000.00\n";

const DRG: &str = "hospital,drg\nh1,AA1\nh1,BB2\nh2,AA1\nh3,CC3\nh3,BB2\nh3,XX9\n";

const LINES: &str = "claim,discharged,hospital,class,amount\nK1,2021-05-01,county,listed_a,1000.00\n\
    K1,2021-05-01,county,listed_b,10.10\nK1,2021-05-01,county,listed_b,10.10\nK1,2021-05-01,county,negotiated,200.05\n\
    K1,2021-05-01,county,unlisted,30.00\n";

fn grains(policy: &str) -> String {
    repository(&format!("compiler/tests/grains/{policy}.fen")).display().to_string()
}

fn stay(row: &str, more: &[&str]) -> String {
    let folder = Folder::new();
    folder.write("stays.csv", STAYS);
    let policy = grains("inpatient");
    let args = ["explain", &policy, "--input", "stays.csv", "--row", row, "--set", "irregular_cut=10pp"];
    folder.fen(&[&args[..], more].concat()).good()
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

/// The value of a definition.
fn step(explanation: &serde_json::Value, name: &str) -> String {
    let steps = explanation["steps"].as_array().unwrap();
    let step = steps.iter().find(|step| step["name"] == name).unwrap();
    step["value"].as_str().unwrap().to_owned()
}

#[test]
fn an_inpatient_stay_in_both_languages() {
    insta::assert_snapshot!("stay_en", stay("2", &["--all", "--lang", "en"]));
    insta::assert_snapshot!("stay_zh", stay("2", &["--lang", "zh"]));
    insta::assert_snapshot!("stay_json", stay("2", &["--format", "json"]));
}

/// The amounts of the language examples, computed by hand.
#[test]
fn every_stay_has_the_values_known_for_it() {
    for (row, deductible, rate, before, paid) in [
        ("1", "400.00", "80%", "0.00", "6880.00"),
        ("2", "300.00", "70%", "6880.00", "31290.00"),
        ("3", "0.00", "80%", "38170.00", "2240.00"),
        ("4", "700.00", "60%", "0.00", "3780.33"),
        ("5", "350.00", "70%", "3780.33", "3255.71"),
        ("6", "200.00", "90%", "0.00", "630.00"),
        ("7", "200.00", "92%", "0.00", "644.00"),
        ("9", "400.00", "80%", "150000.00", "0.00"),
    ] {
        let explanation = json(&stay(row, &["--format", "json"]));
        assert_eq!(explanation["status"], "settled");
        assert_eq!(step(&explanation, "deductible"), deductible, "row {row}");
        assert_eq!(step(&explanation, "pay_rate"), rate, "row {row}");
        assert_eq!(step(&explanation, "fund_pays"), paid, "row {row}");
        assert!(explanation.to_string().contains("\"name\":\"paid_before\",\"origin\""), "row {row}");
        let text = stay(row, &["--lang", "en"]);
        assert!(text.contains(&format!("paid_before = {before} yuan")), "row {row}: {text}");
    }
}

#[test]
fn rejected_rows_are_explained() {
    let late = stay("10", &["--lang", "en"]);
    assert!(late.contains("field: discharged") && late.contains("value: 2022-07-31"), "{late}");
    assert!(late.contains("admitted: from 2022-08-01 on"), "{late}");
    let negative = stay("11", &["--lang", "zh"]);
    assert!(negative.contains("字段：total") && negative.contains("填报值：-5.00"), "{negative}");
    assert!(negative.contains("允许范围：0.00 至 10000000.00"), "{negative}");
    let folder = Folder::new();
    folder.write("stays.csv", STAYS.replace("A,2022-09-01,county", "A,2022-09-01,village"));
    let policy = grains("inpatient");
    let args =
        ["explain", &policy, "--input", "stays.csv", "--row", "1", "--set", "irregular_cut=10pp", "--lang", "en"];
    let unknown = folder.fen(&args).good();
    assert!(unknown.contains("value: village") && unknown.contains("township, county, city, provincial"), "{unknown}");
}

#[test]
fn ladders_and_pages_of_a_module() {
    let folder = Folder::new();
    folder.write("claims.csv", "budget,spent\n100000000.00,92000000.00\n");
    folder.fen(&["build", &surplus(), "-o", "policy.wasm"]).good();
    let from_source =
        folder.fen(&["explain", &surplus(), "--input", "claims.csv", "--row", "1", "--lang", "zh"]).good();
    insta::assert_snapshot!("surplus_zh", from_source);
    let args = ["explain", "policy.wasm", "--input", "claims.csv", "--row", "1", "--lang", "zh"];
    assert_eq!(folder.fen(&args).good(), from_source);
    folder.fen(&[&args[..], &["--format", "html", "--output", "page.html"]].concat()).good();
    let page = folder.read("page.html");
    assert!(page.starts_with("<!doctype html>\n<html lang=\"zh-CN\">") && page.contains("<svg class=\"waterfall\""));
    // A page needs nothing else, and its pictures have no fractions.
    assert!(!page.contains("<script") && !page.contains("http"), "{page}");
    for (_, rest) in page.match_indices("<rect").map(|(at, _)| page.split_at(at)) {
        assert!(!rest.split('>').next().unwrap().contains('.'));
    }
}

#[test]
fn pools_and_lines_are_explained_with_what_they_read() {
    let folder = Folder::new();
    folder.write("drg.csv", DRG);
    folder.write("drg_points.csv", "drg,base_points\nAA1,100.00\nBB2,250.50\nCC3,33.33\n");
    folder.write("coefficients.csv", "hospital,coefficient\nh1,1.0000\nh2,0.8500\nh3,1.1234\n");
    folder.write("policy.fen", std::fs::read_to_string(repository("compiler/tests/grains/drg_points.fen")).unwrap());
    let args = ["explain", "policy.fen", "--input", "drg.csv", "--set", "fund=1000000", "--lang", "en", "--row"];
    insta::assert_snapshot!("drg_en", folder.fen(&[&args[..], &["4"]].concat()).good());
    let unknown = folder.fen(&[&args[..], &["6"]].concat()).good();
    assert!(
        unknown.contains("value: XX9") && unknown.contains("rule: points ") && unknown.contains("= base_points[drg]"),
        "{unknown}"
    );
    folder.write("lines.csv", LINES);
    let lines = grains("fee_lines");
    let args = ["explain", &lines, "--input", "lines.csv", "--row", "4", "--lang", "en"];
    insta::assert_snapshot!("lines_en", folder.fen(&args).good());
}

#[test]
fn what_cannot_be_explained_is_refused() {
    let folder = Folder::new();
    folder.write("claims.csv", "budget,spent\n100.00,92.00\n");
    let args = |row: &'static str| {
        vec!["explain".to_owned(), surplus(), "--input".into(), "claims.csv".into(), "--row".into(), row.into()]
    };
    let call = |args: Vec<String>| folder.fen(&args.iter().map(String::as_str).collect::<Vec<_>>());
    call(args("2")).refused("fen::explain::no_such_row");
    assert_eq!(call(args("0")).code(), 2);
    let same = [args("1"), vec!["--output".into(), "claims.csv".into()]].concat();
    call(same).refused("fen::file::same_file");
}
