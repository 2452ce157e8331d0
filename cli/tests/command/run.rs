//! `fen run`: claims from files, results and rejects to files.

use crate::folder::{Folder, repository, surplus};

const TABLE: &str = "budget,spent\n\
    100000000.00,95000000.00\n100000000.00,94999999.99\n100000000.00,92000000.00\n\
    100000000.00,80000000.00\n100000000.00,100000001.00\n0.00,0.00\n";

fn expected() -> serde_json::Value {
    let text = std::fs::read_to_string(repository("tests/expectations/surplus.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn texts(value: &serde_json::Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_expected_cell_from_source_and_from_module() {
    let expected = expected();
    for policy in expected["policies"].as_array().unwrap() {
        let (inputs, outputs) = (texts(&policy["inputs"]), texts(&policy["outputs"]));
        let folder = Folder::new();
        let source = repository(policy["source"].as_str().unwrap()).display().to_string();
        folder.fen(&["build", &source, "-o", "policy.wasm"]).good();
        let (mut claims, mut results) = (inputs.join(","), [inputs.clone(), outputs].concat().join(","));
        let mut rejects = "row,field,code".to_owned();
        for (at, case) in expected["cases"].as_array().unwrap().iter().enumerate() {
            let cells = texts(&case["inputs"]);
            claims += &format!("\n{}", cells.join(","));
            match case["outputs"].as_array() {
                Some(_) => results += &format!("\n{}", [cells, texts(&case["outputs"])].concat().join(",")),
                None => {
                    let column = case["rejected"]["column"].as_u64().unwrap();
                    let field = &inputs[usize::try_from(column).unwrap()];
                    rejects += &format!("\n{},{field},{}", at + 1, case["rejected"]["code"].as_str().unwrap());
                }
            }
        }
        folder.write("claims.csv", claims);
        for program in [source.as_str(), "policy.wasm"] {
            let args = ["run", program, "--input", "claims.csv", "--output", "out.csv", "--rejects", "no.csv"];
            folder.fen(&args).good();
            assert_eq!(folder.read("out.csv").trim_end(), results, "{program}");
            let listed: Vec<String> = folder
                .read("no.csv")
                .lines()
                .map(|line| line.splitn(4, ',').take(3).collect::<Vec<_>>().join(","))
                .collect();
            assert_eq!(listed.join("\n"), rejects, "{program}");
        }
    }
}

#[test]
fn results_to_standard_output_summary_to_standard_error() {
    let folder = Folder::new();
    folder.write("claims.csv", TABLE);
    let done = folder.fen(&["run", &surplus(), "--input", "claims.csv"]);
    assert!(done.good().starts_with("budget,spent,retain,carry\n100000000.00,95000000.00,5000000.00,0.00\n"));
    assert!(done.stderr().contains("settled"));
    let streamed = folder.fen_with_input(&["run", &surplus(), "--input", "-"], TABLE.as_bytes());
    assert_eq!(streamed.good(), done.stdout());
}

#[test]
fn spelling_of_files_does_not_matter() {
    let plain = "id,budget,spent,note\n1,100.00,92.00,\"a, b\"\n2,0.50,0.10,\"two\nlines\"\n";
    let folder = Folder::new();
    folder.write("plain.csv", plain);
    let wanted = folder.fen(&["run", &surplus(), "--input", "plain.csv"]).good();
    assert_eq!(
        wanted,
        "id,budget,spent,note,retain,carry\n1,100.00,92.00,\"a, b\",7.10,0.90\n2,0.50,0.10,\"two\nlines\",0.05,0.35\n"
    );
    let variants = [
        plain.replace("\r\n", "\n").replace("\n1", "\r\n1").replace("\n2", "\r\n2"),
        format!("\u{feff}{plain}"),
        format!("\u{feff}{}", plain.replace("id,", "\"id\",")),
        plain.trim_end().to_owned(),
        plain.replace("\n2", "\n\n\n2"),
        plain.replace("100.00", " 100.00 ").replace(" 100.00 ,92", "100.00,92"),
    ];
    for (at, variant) in variants.iter().enumerate() {
        folder.write("variant.csv", variant);
        assert_eq!(folder.fen(&["run", &surplus(), "--input", "variant.csv"]).good(), wanted, "variant {at}");
    }
}

#[test]
fn columns_are_found_by_label_in_either_language() {
    let folder = Folder::new();
    for header in ["打包总额,实际支出", "Bundled budget,Actual spending", "打包总额,Actual spending", "budget,实际支出"]
    {
        folder.write("claims.csv", format!("{header}\n100,92\n"));
        let results = folder.fen(&["run", &surplus(), "--input", "claims.csv"]).good();
        assert_eq!(results, format!("{header},retain,carry\n100,92,7.10,0.90\n"));
    }
}

#[test]
fn every_row_is_settled_or_rejected() {
    let folder = Folder::new();
    let input = repository("examples/county_years.csv");
    let args =
        ["run", &surplus(), "--input", &input.display().to_string(), "--output", "out.csv", "--rejects", "no.csv"];
    let args = [&args[..], &["--summary", "summary.json"]].concat();
    folder.fen(&args).good();
    let rows = |text: String| text.lines().count() - 1;
    let (all, settled, rejected) =
        (rows(std::fs::read_to_string(&input).unwrap()), rows(folder.read("out.csv")), rows(folder.read("no.csv")));
    assert!(all >= 10_000 && rejected > 0);
    assert_eq!(settled + rejected, all);
    let summary: serde_json::Value = serde_json::from_str(&folder.read("summary.json")).unwrap();
    assert_eq!(summary["rows"], all);
    assert_eq!(summary["settled"], settled);
    assert_eq!(summary["rejected"], rejected);
    // The rejects are in the order of the rows.
    let numbers: Vec<u64> =
        folder.read("no.csv").lines().skip(1).map(|line| line.split(',').next().unwrap().parse().unwrap()).collect();
    assert!(numbers.is_sorted());
    // The totals are the sums of the columns.
    let mut totals = [0_i128; 2];
    for line in folder.read("out.csv").lines().skip(1) {
        for (total, cell) in totals.iter_mut().zip(line.split(',').skip(4)) {
            *total += cell.replace('.', "").parse::<i128>().unwrap();
        }
    }
    for (name, total) in ["retain", "carry"].into_iter().zip(totals) {
        assert_eq!(summary["totals"][name].as_str().unwrap().replace('.', "").parse::<i128>().unwrap(), total);
    }
}

#[test]
fn organizations_pass_through() {
    let folder = Folder::new();
    let input = repository("examples/org_years.csv").display().to_string();
    folder.fen(&["run", &surplus(), "--input", &input, "--output", "out.csv"]).good();
    let results = folder.read("out.csv");
    assert_eq!(results.lines().count(), 1013);
    assert!(results.starts_with("organization,year,budget,spent,retain,carry\n"));
    assert!(results.contains("\n017ea04b-09f8-3041-a750-47a3738c1575,2015,23561.30,82.02,2356.13,21123.15\n"));
}

#[test]
fn bad_rows_are_rejected_alone() {
    let folder = Folder::new();
    let claims: &[u8] = b"budget,spent\n1.00\n1.00,2.00,3.00\n\xff,1.00\n1.00,\xff\n,\n1.00,0.50\n-1,abc\n";
    folder.write("claims.csv", claims);
    let done = folder.fen(&["run", &surplus(), "--input", "claims.csv", "--rejects", "no.csv"]);
    assert_eq!(done.good(), "budget,spent,retain,carry\n1.00,0.50,0.10,0.40\n");
    insta::assert_snapshot!(folder.read("no.csv"));
}

#[test]
fn header_alone_is_an_empty_stream() {
    let folder = Folder::new();
    folder.write("claims.csv", "budget,spent\n");
    assert_eq!(folder.fen(&["run", &surplus(), "--input", "claims.csv"]).good(), "budget,spent,retain,carry\n");
}

#[test]
fn files_that_cannot_be_settled_are_refused() {
    let folder = Folder::new();
    let open_quote = format!("budget,spent\n1,1\n\"1,1\n{}", "1,1\n".repeat(5_000_000));
    let cases: [(&str, &[u8], &str); 10] = [
        ("empty.csv", b"", "fen::claims::empty"),
        ("bom.csv", "\u{feff}".as_bytes(), "fen::claims::empty"),
        ("missing.csv", b"budget,paid\n1,1\n", "fen::claims::missing_column"),
        ("twice.csv", b"budget,spent,spent\n1,1,1\n", "fen::claims::ambiguous_column"),
        ("label.csv", "budget,打包总额,spent\n1,1,1\n".as_bytes(), "fen::claims::ambiguous_column"),
        ("output.csv", b"budget,spent,retain\n1,1,1\n", "fen::claims::output_name_taken"),
        ("gbk.csv", b"\xb4\xf2\xb0\xfc,\xca\xb5\xbc\xca\n1,1\n", "fen::file::not_utf8"),
        ("claims.xlsx", b"PK", "fen::claims::format"),
        ("quote.csv", open_quote.as_bytes(), "quotation mark"),
        ("open.csv", b"budget,spent,note\n1,1,\"a\n1,1,b\n", "opened in line 2"),
    ];
    for (name, content, code) in cases {
        folder.write(name, content);
        folder.fen(&["run", &surplus(), "--input", name, "--output", "out.csv", "--rejects", "no.csv"]).refused(code);
        std::fs::remove_file(folder.path(name)).unwrap();
        assert!(folder.names().is_empty(), "{name} left {:?} behind", folder.names());
    }
}

#[test]
fn mistakes_on_the_command_line_are_refused() {
    let folder = Folder::new();
    folder.write("claims.csv", TABLE);
    let policy = surplus();
    let run = |args: &[&str]| folder.fen(&[&["run", &policy, "--input", "claims.csv"], args].concat());
    run(&["--output", "claims.csv"]).refused("fen::file::same_file");
    run(&["--output", "./claims.csv"]).refused("fen::file::same_file");
    run(&["--output", "out.csv", "--rejects", "out.csv"]).refused("fen::file::same_file");
    run(&["--output", "out.csv", "--rejects", "./out.csv"]).refused("fen::file::same_file");
    run(&["--rejects", "-"]).refused("fen::run::standard_output");
    run(&["--output", "out.csv", "--rejects", "-", "--summary", "-"]).refused("fen::run::standard_output");
    run(&["--output", "out.csv", "--summary", "."]).refused("fen::file::write");
    run(&["--output", "out.parquet"]).refused("fen::claims::format");
    run(&["--set", "cap=3"]).refused("fen::parameter::unknown");
    run(&["--params", "params.toml"]).refused("fen::file::read");
    run(&["--colour"]).refused("--colour");
    folder.fen(&["run", &policy, "--input", "nothing.csv"]).refused("fen::file::read");
    folder.fen(&["run", "nothing.fen", "--input", "claims.csv"]).refused("fen::file::read");
    assert_eq!(folder.read("claims.csv"), TABLE);
    assert_eq!(folder.names(), ["claims.csv"]);
}

#[test]
fn output_folders_are_made() {
    let folder = Folder::new();
    folder.write("claims.csv", TABLE);
    folder.fen(&["run", &surplus(), "--input", "claims.csv", "--output", "a/b/out.csv"]).good();
    assert_eq!(folder.read("a/b/out.csv").lines().count(), 7);
}

#[test]
fn summaries_speak_both_languages() {
    let folder = Folder::new();
    folder.write("claims.csv", format!("{TABLE}1.005,1\n"));
    for lang in ["en", "zh"] {
        let done = folder.fen(&["run", &surplus(), "--input", "claims.csv", "--output", "out.csv", "--lang", lang]);
        // The speed differs from run to run.
        let text: Vec<String> = done
            .good()
            .lines()
            .filter(|line| !line.contains("claims per second") && !line.contains("用时"))
            .map(str::to_owned)
            .collect();
        insta::assert_snapshot!(format!("summary_{lang}"), text.join("\n"));
    }
}
