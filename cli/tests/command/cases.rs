//! `fen test` on tables of cases, and what it says of coverage.

use crate::folder::{Done, Folder, repository, surplus};

fn stream(name: &str) -> String {
    repository(&format!("cli/tests/command/streams/{name}.fen")).display().to_string()
}

/// Tests a policy of the streams with a table.
fn tested(name: &str, table: &str, more: &[&str]) -> Done {
    let folder = Folder::new();
    folder.write("table.csv", table);
    folder.fen(&[&["test", &stream(name), "--cases", "table.csv"], more].concat())
}

/// Tests the surplus policy with a table beside it.
fn surplus_with(table: impl AsRef<[u8]>, more: &[&str]) -> Done {
    let folder = Folder::new();
    folder.write("surplus.fen", std::fs::read(surplus()).unwrap());
    folder.write("surplus.cases.csv", table);
    folder.fen(&[&["test", "surplus.fen"], more].concat())
}

fn json(done: &Done) -> serde_json::Value {
    serde_json::from_str(&done.stdout()).unwrap()
}

const STAYS: &str =
    "case,person,discharged,hospital,previous,referral,day_surgery,total,eligible,fund_pays,person_pays,rejected
first,A,2022-09-01,county,,direct,false,10000.00,9000.00,6880.00,3120.00,
up,A,2022-10-01,city,county,up,false,50000.00,45000.00,31290.00,18710.00,
down,A,2022-11-01,county,city,down,false,3000.00,2800.00,2240.00,760.00,
,B,2022-11-02,city,,irregular,false,8000.00,7000.55,3780.33,4219.67,
,B,2022-12-01,city,,direct,true,6000.00,5001.01,3255.71,2744.29,
,C,2022-12-31,township,,direct,false,1000.00,900.00,630.00,370.00,
,C,2023-01-01,township,,direct,false,1000.00,900.00,644.00,356.00,
,D,2022-12-05,provincial,,direct,false,300000.00,280000.00,150000.00,150000.00,
,D,2022-12-06,county,,direct,false,9000.00,9000.00,0.00,9000.00,
before,E,2022-07-31,county,,direct,false,9000.00,9000.00,rejected,,
below,F,2022-09-01,county,,direct,false,-5.00,9000.00,,,below_min total
three decimals,F,2022-09-01,county,,direct,false,5.001,9000.00,,,too_many_decimals
";

#[test]
fn rows_are_one_stream() {
    let text = tested("stay", STAYS, &["--set", "irregular_cut=10pp"]).good();
    assert!(text.contains("ok     case up") && text.contains("ok     case row 5"), "{text}");
    assert!(text.contains("13 passed, 0 failed"), "{text}");
    assert!(text.contains("table cells 9/12, exceptions 4/4, rules without exception 2/2"), "{text}");
    tested("stay", STAYS, &[]).refused("fen::cases::missing_parameter");
    tested("stay", STAYS, &["--set", "irregular_cut=10"]).refused("fen::cases::parameter");
}

#[test]
fn streams_are_told_apart() {
    let header = "person,settled,standing,burden,paid";
    let rows = "P,2022-03-01,ordinary,8000,0\nP,2022-06-01,ordinary,7000.50,3000.30\nP,2022-09-01,ordinary,30000,19500.05\n\
        P,2022-12-01,ordinary,400000,177499.65\nP,2023-01-01,ordinary,20000,6000\n";
    tested("catastrophic", &format!("{header}\n{rows}"), &[]).good();
    // The same person again, with nothing paid before.
    let two: String =
        ["one", "two"].iter().flat_map(|stream| rows.lines().map(move |row| format!("{row},{stream}\n"))).collect();
    tested("catastrophic", &format!("{header},批次\n{two}"), &[]).good();
    let done = tested("catastrophic", &format!("{header}\n{rows}P,2023-02-01,ordinary,100,0.00\n"), &["--lang", "zh"]);
    assert_eq!(done.code(), 1);
    assert!(done.stdout().contains("第 7 行“paid”列：应得 0.00，实得 60.00，相差 +60.00"), "{}", done.stdout());
}

#[test]
fn outputs_of_groups_stand_on_their_rows() {
    let table = "hospital,drg,fund,points,earned,payment,point_value,rejected\n\
        h1,AA1,1000000,100,350.5,464635.60,1325.6365,\n\
        h1,BB2,1000000,250.5,,,,\n\
        h2,AA1,1000000,85,,112679.10,,\n\
        h3,CC3,1000000,37.4429,,,,\n\
        h3,BB2,1000000,281.4117,318.8546,\"422,685.30\",,\n\
        h3,XX9,1000000,,,,,unknown_code drg\n";
    let text = tested("drg_points", table, &[]).good();
    assert!(text.contains("base_points: 3/3 lines of its file") && text.contains("coefficient: 3/3 lines"), "{text}");
    let without = table.replace(",fund", "").replace(",1000000", "");
    tested("drg_points", &without, &["--set", "fund=1000000"]).good();
    let differ = table.replacen("h2,AA1,1000000", "h2,AA1,2000000", 1);
    tested("drg_points", &differ, &[]).refused("fen::cases::parameters_differ");
    let wrong = tested("drg_points", &table.replace("112679.10", "112679.11"), &["--format", "json"]);
    assert_eq!(wrong.code(), 1);
    let cells = &json(&wrong)["files"][0]["cases"][2]["cells"];
    let (column, row, difference) = (&cells[0]["column"], &cells[0]["row"], &cells[0]["difference"]);
    assert_eq!((column, row, difference), (&"payment".into(), &4.into(), &"-0.01".into()));
}

#[test]
fn lines_and_links() {
    let lines = "claim,discharged,hospital,class,amount,prepay,total,in_scope,fund_pays,rejected\n\
        K1,2022-01-01,county,listed_a,1000.00,0,1250.25,1199.22,559.45,\n\
        K1,2022-01-01,county,listed_b,10.10,0.51,,,,\n\
        K1,2022-01-01,county,listed_b,10.10,0.51,,,,\n\
        K1,2022-01-01,county,negotiated,200.05,20.01,,,559.45,\n\
        K1,2022-01-01,county,unlisted,30.00,30.00,,,,\n\
        K2,2022-01-01,county,listed_a,5.00,,,,,claim_rejected\n\
        K2,2022-01-01,county,listed_a,5.001,,,,,too_many_decimals\n\
        K3,2022-01-01,county,listed_a,5.00,,,,,differs hospital\n\
        K3,2022-01-01,city,listed_a,5.00,,,,,hospital\n";
    tested("fee_lines", lines, &[]).good();
    let stays = "person,drg,admitted,discharged,points,ordinal,readmitted\nP,AA1,2022/3/1,2022/3/5,50,1,true\n\
        P,BB2,2022/3/6,2022/3/10,250.5,2,FALSE\nP,AA1,2022/3/20,2022/3/25,100,3,否\nP,AA1,2022/4/10,2022/4/12,100,4,false\n";
    let text = tested("readmission", stays, &[]).good();
    // 15 days are reached, 16 as well.
    assert!(text.contains("table cells 2/2, cases 1/1, otherwise 1/1, boundary sides 2/2"), "{text}");
    let reordered = stays.replace("2022/4/10,2022/4/12", "2022/3/1,2022/3/2");
    tested("readmission", &reordered, &[]).refused("fen::cases::out_of_order");
}

/// Of a row that takes a claim back nothing else is read, nor does its day matter.
#[test]
fn rows_that_take_claims_back() {
    let table = "claim,person,settled,burden,reverses,borne,half,rejected\n\
        A,P,2022-03-01,100.00,,100.00,50.00,\n\
        B,P,2022-04-01,200.00,,300.00,100.00,\n\
        C,,,,A,-100.00,-50.00,\n\
        D,P,2022-02-01,x,,,,not_a_number\n\
        E,anyone,2022-01-01,many,A,,,already_reversed\n\
        F,P,2022-05-01,10元,,210.00,5.00元,\n";
    tested("burdens", table, &[]).good();
    let early = table.replace("C,,,,A", "C,Q,2022-01-15,0.001,A");
    tested("burdens", &early, &[]).good();
    let late = table.replace("F,P,2022-05-01", "F,P,2022-03-15");
    tested("burdens", &late, &[]).refused("fen::cases::out_of_order");
}

#[test]
fn what_spreadsheets_make_of_cells() {
    let table = "\u{feff}用例,打包总额,Actual spending,医共体留用,carry,备注\r\n\
        甲,\"¥100,000,000.00\",９２００００００,710万元,\"900,000\",x\r\n\r\n,,,,,\r\n乙,1亿元,100000000,0.000,0,\r\n";
    let text = surplus_with(table, &[]).good();
    assert!(text.contains("ok     case 甲") && text.contains("ok     case 乙"), "{text}");
    surplus_with("budget;spent;retain\n100000000;92000000;7100000\n", &[]).good();
    surplus_with("budget\tspent\tretain\n100000000\t92000000\t7100000\n", &[]).good();
    for bad in ["\"1,23\"", "1.23E+08", "(100)", "abc", "1.001", ""] {
        let done = surplus_with(format!("budget,spent,retain\n{bad},0,0\n"), &[]);
        let message = done.refused("fen::cases::cell");
        assert!(message.contains("row 2, column `budget`"), "{message}");
    }
    surplus_with(b"budget,spent,retain,\xb1\xb8\xd7\xa2\n1,1,0,\n", &[]).refused("fen::file::not_utf8");
}

#[test]
fn tables_that_check_nothing_are_refused() {
    for (table, code) in [
        ("", "fen::cases::empty"),
        ("budget,spent,retain\n", "fen::cases::empty"),
        ("budget,spent,retian\n1,1,0\n", "fen::cases::unknown_column"),
        ("budget,spent\n1,1\n", "fen::cases::nothing_expected"),
        ("budget,retain\n1,1\n", "fen::cases::missing_column"),
        ("budget,spent,打包总额,retain\n1,1,1,0\n", "fen::cases::column_twice"),
        ("budget,spent,retain\n1,1,0,5\n", "fen::cases::cell"),
        ("budget,spent,retain,rejected\n1,1,0,true\n", "fen::cases::cell"),
        ("budget,spent,rejected\n1,1,perhaps\n", "fen::cases::cell"),
        ("budget,spent,retain\n1,1,0.001\n", "fen::cases::cell"),
    ] {
        surplus_with(table, &[]).refused(code);
    }
    let hint = surplus_with("budget,spent,retian\n1,1,0\n", &[]).stderr();
    assert!(hint.contains("did you mean `retain`?"), "{hint}");
    let given = "person,settled,standing,burden,burden_before,paid\nP,2022-01-01,ordinary,1,1,0\n";
    tested("catastrophic", given, &[]).refused("fen::cases::computed_column");
    let folder = Folder::new();
    folder.write("t.csv", "a\n");
    let policies = repository("policies").display().to_string();
    folder.fen(&["test", &policies, "--cases", "t.csv"]).refused("fen::cases::several_policies");
}

const FAILING: &str = "case,budget,spent,retain,carry,rejected\n\
    wrong,100000000,92000000,7100000.01,900000,\n\
    settled after all,100,92,,,budget\n\
    rejected after all,-1,0,0,,\n\
    another reason,-1,0,,,above_max\n";

#[test]
fn cells_that_differ_are_named() {
    let done = surplus_with(FAILING, &[]);
    assert_eq!(done.code(), 1);
    insta::assert_snapshot!("failing_cells_en", done.stdout());
    insta::assert_snapshot!("failing_cells_zh", surplus_with(FAILING, &["--lang", "zh"]).stdout());
    let junit = surplus_with(FAILING, &["--format", "junit"]).stdout();
    assert!(junit.contains("<testsuite name=\"surplus.cases.csv\" tests=\"4\""), "{junit}");
    assert!(junit.contains("row 2, column `retain`: expected 7100000.01, got 7100000.00, difference -0.01"), "{junit}");
    assert!(junit.contains("coverage.percent"), "{junit}");
}

#[test]
fn coverage_as_json() {
    let done = surplus_with("budget,spent,retain\n100000000,90000000,8500000\n", &["--format", "json"]);
    done.good();
    let coverage = &json(&done)["files"][0]["coverage"];
    let points: Vec<String> = coverage["points"]
        .as_array()
        .unwrap()
        .iter()
        .map(|point| {
            format!("{} {} {} {}", point["line"], point["kind"], point["text"], point["standing"]).replace('"', "")
        })
        .collect();
    assert_eq!(
        points,
        [
            "13 boundary surplus, max(budget - spent, 0 yuan): exactly at 0 yuan not_reached",
            "13 boundary surplus, max(budget - spent, 0 yuan): just above 0 yuan not_reached",
            "16 row surplus tier ..5% -> retain 100% reached",
            "16 boundary surplus exactly at 5% not_reached",
            "16 boundary surplus just above 5% reached",
            "18 row surplus tier 5..10% -> retain 70%, carry 30% reached",
            "18 boundary surplus exactly at 10% reached",
            "18 boundary surplus just above 10% not_reached",
            "20 row surplus tier 10..15% -> retain 30%, carry 70% reached",
            "20 boundary surplus exactly at 15% not_reached",
            "20 boundary surplus just above 15% not_reached",
            "22 row surplus tier 15%.. -> carry 100% not_reached",
        ]
    );
    assert_eq!((&coverage["reached"], &coverage["total"], &coverage["percent"]), (&5.into(), &12.into(), &41.into()));
}

#[test]
fn a_least_coverage_can_be_asked_for() {
    let folder = Folder::new();
    folder.write("surplus.fen", std::fs::read(surplus()).unwrap());
    assert_eq!(folder.fen(&["test", "surplus.fen", "--coverage-min", "30"]).code(), 0);
    let done = folder.fen(&["test", "surplus.fen", "--coverage-min", "100"]);
    assert_eq!(done.code(), 1);
    assert!(done.stderr().contains("less than 100%"), "{}", done.stderr());
}

/// Pastes what is suggested into the policy; everything is reached then.
fn completed(name: &str, source: &str, word: &str) {
    let folder = Folder::new();
    folder.write(name, source);
    let suggested = folder.fen(&["test", name, "--suggest"]).good();
    assert!(suggested.contains(word), "{suggested}");
    folder.write(name, format!("{source}\n{suggested}"));
    let text = folder.fen(&["test", name, "--coverage-min", "100"]).good();
    assert!(text.contains("(100%)") && text.contains(" 0 failed"), "{text}");
    // Nothing is left to be suggested.
    let again = folder.fen(&["test", name, "--suggest"]).good();
    assert!(!again.contains("example \"") && !again.contains("示例 \""), "{again}");
}

#[test]
fn suggestions_can_be_pasted() {
    let read = |path: &str| std::fs::read_to_string(repository(path)).unwrap();
    completed("p.fen", &read("policies/qujing/surplus.fen"), "TO BE CONFIRMED");
    completed("p.fen", &read("policies/qujing/结余留用.fen"), "待人工核对");
    completed("p.fen", &read("cli/tests/command/stay.fen"), "irregular_cut");
    let literate = format!("# Surplus\n\n```fen\n{}```\n", read("policies/qujing/surplus.fen"));
    completed("p.md", &literate, "```fen");
}

#[test]
fn what_cannot_be_reached_is_said() {
    let folder = Folder::new();
    // 10 years is beyond the range; only several claims make two stays.
    folder.write(
        "p.fen",
        "policy demo.never\nin force from 2022-01-01\nround half up to 0.01 yuan\nkey person: id\ninput age: years from 0 years to 5 years\n\
         input paid: money from 0 yuan to 1_000 yuan\ninput day: date\ndated by day\nlink before = previous claim per person\n\
         is_old = age >= 10 years\nshare =\n  when before known : 50%\n  otherwise : 80%\npays = share * paid\n\
         output pays, is_old\n",
    );
    let text = folder.fen(&["test", "p.fen"]).good();
    assert!(
        text.contains("can never be reached:\n      p.fen:10  is_old, age >= 10 years: just below the bound"),
        "{text}"
    );
    let suggested = folder.fen(&["test", "p.fen", "--suggest"]).good();
    assert!(suggested.contains("# no claim can ever reach: is_old, age >= 10 years: exactly at"), "{suggested}");
    assert!(
        suggested.contains("# takes several claims, write a table of cases for: share: when before known : 50%"),
        "{suggested}"
    );
}

#[test]
fn invariants_are_shrunk_and_repeatable() {
    let folder = Folder::new();
    folder.write(
        "p.fen",
        "policy demo.shrink\nround half up to 0.01 yuan\nenum level = low | high\ninput where: level\ninput a: money from 0 yuan to 1_000_000 yuan\n\
         input b: money from 0 yuan to 1_000_000 yuan\ninput c: money from 0 yuan to 1_000_000 yuan\n\
         x = round(a * (b / 1_000_000 yuan)) + c\noutput x\nalways x <= 5_000 yuan\n",
    );
    let run =
        |seed: &str| folder.fen(&["test", "p.fen", "--claims", "500", "--seed", seed, "--format", "json"]).stdout();
    assert_eq!(run("7"), run("7"));
    for seed in ["1", "2", "3"] {
        let text = run(seed);
        assert!(text.contains("where low, a 0.00 yuan, b 0.00 yuan, c 6000.00 yuan"), "{text}");
    }
}

const COMPANION: &str = "policy test.companion
round half up to 0.01 yuan
enum level = county \"县级\" | city \"市级\"
input total: money from 0 yuan to 1_000_000 yuan
input hospital: level
param start by level: money from 0 yuan to 10_000 yuan = required
param rate: rate from 0% to 100% = required \"比例\"
param cap: money from 0 yuan to 1_000_000 yuan = required
pays = min(max(total - start[hospital], 0 yuan) * rate, cap) round half up to 0.01 yuan
output pays
example \"as in the file\" params from file \"params/a.toml\"
  given  total 1_000 yuan, hospital county
  expect pays 640 yuan
example \"the example goes before the file\" params from file \"params/a.toml\"
  given  total 1_000 yuan, hospital county, rate 50%, start[county] 100 yuan
  expect pays 450 yuan
example \"another file\" params from file \"params/b.toml\"
  given  total 1_000 yuan, hospital city
  expect pays 1 yuan
";

fn companion(table: &str) -> Folder {
    let folder = Folder::new();
    std::fs::create_dir(folder.path("params")).unwrap();
    folder.write("stay.fen", COMPANION);
    folder.write(
        "params/a.toml",
        "\u{feff}\"比例\" = \"80%\"\ncap = \"1万元\"\n[start]\ncounty = 200\ncity = \"600元\"\n",
    );
    folder.write("params/b.toml", "rate = \"80%\"\ncap = 1\n\"start[county]\" = 0\n\"start[ city ]\" = 0\n");
    if !table.is_empty() {
        folder.write("stay.cases.csv", table);
    }
    folder
}

/// One file means the same to examples, to tables of cases, to `fen run` and to `fen test --params`.
#[test]
fn parameters_come_from_companion_files() {
    let table = "case,total,hospital,params from file,start[county],rate,pays,rejected
the file,1000,county,params/a.toml,,,640,
a cell goes before the file,1000,county,params/a.toml,100,50%,450,
another file,1000,city,params/b.toml,,,1,
no file,1000,county,,100,,100,
outside,-1,county,params/a.toml,,,,below_min total
";
    let folder = companion(table);
    let set = ["--set", "rate=100%", "--set", "cap=100", "--set", "start[city]=0"];
    let text = folder.fen(&[&["test", "stay.fen"], &set[..]].concat()).good();
    assert!(text.contains("8 passed, 0 failed"), "{text}");
    // A row without a file lacks what no column gives.
    let done = folder.fen(&["test", "stay.fen"]);
    done.refused("row 5: neither the row nor its file gives start[city], cap");
    done.refused("row 5, column `rate`: the parameter takes");
    folder.write("claims.csv", "total,hospital\n1000,county\n");
    let run = folder.fen(&["run", "stay.fen", "--input", "claims.csv", "--params", "params/a.toml"]).good();
    assert!(run.contains("1000,county,640.00"), "{run}");
    let plain = companion("total,hospital,pays\n1000,county,640\n");
    plain.fen(&["test", "stay.fen", "--params", "params/a.toml"]).good();
}

#[test]
fn suggestions_take_their_parameters_from_the_file() {
    let folder = companion("");
    let text = folder.fen(&["test", "stay.fen", "--suggest"]).stdout();
    assert!(
        text.contains("params from file \"params/a.toml\"\n  given  total 12_700 yuan, hospital county\n"),
        "{text}"
    );
    folder.write("stay.fen", format!("{COMPANION}{text}"));
    folder.fen(&["check", "stay.fen"]).good();
}

#[test]
fn wrong_companion_files_are_refused_at_their_lines() {
    let folder = companion("total,hospital,params from file,pays\n1000,county,params/c.toml,640\n");
    folder.fen(&["test", "stay.fen"]).refused("fen::file::read");
    for (text, code, place) in [
        ("rate = 0.8\n", "fen::parameter::float", "1:8"),
        ("rate = \"80%\"\nrate = \"70%\"\n", "fen::parameter::twice", "2:1"),
        ("rate = \"80%\"\n\"比例\" = \"70%\"\n", "fen::parameter::twice", "2:1"),
        ("\n\nraet = \"80%\"\n", "fen::parameter::unknown", "3:1"),
        ("rate = \"80元\"\n", "fen::parameter::not_a_value", "1:8"),
        ("[start]\ncity = \"2万元\"\n", "fen::parameter::out_of_range", "2:8"),
        ("rate = \n", "fen::parameter::not_toml", "1:8"),
        ("rate = [1]\n", "fen::parameter::no_value", "1:8"),
    ] {
        // The same for an example, for a row of a table and for a run.
        folder.write("params/c.toml", text);
        let from_table = folder.fen(&["test", "stay.fen"]);
        from_table.refused(code);
        from_table.refused(&format!("params/c.toml:{place}"));
        folder.write("claims.csv", "total,hospital\n1000,county\n");
        let run = folder.fen(&["run", "stay.fen", "--input", "claims.csv", "--params", "params/c.toml"]);
        run.refused(code);
        run.refused(&format!("params/c.toml:{place}"));
        folder.write("other.fen", COMPANION.replace("params/b.toml", "params/c.toml"));
        let check = folder.fen(&["check", "other.fen"]);
        assert_eq!(check.code(), 1);
        assert!(
            check.stderr().contains(code) && check.stderr().contains(&format!("params/c.toml:{place}")),
            "{}",
            check.stderr()
        );
    }
    folder.write("other.fen", COMPANION.replace("params/b.toml", "params/d.toml"));
    assert!(folder.fen(&["check", "other.fen"]).stderr().contains("fen::file::unreadable"));
}
