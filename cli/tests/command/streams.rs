//! `fen run` on policies that look beyond the row.

use crate::folder::{Done, Folder, repository};

/// A policy of this folder.
fn policy(name: &str) -> String {
    repository(&format!("cli/tests/command/streams/{name}.fen")).display().to_string()
}

/// Settles `claims.csv` to `out.csv`, with what else is said.
fn run(folder: &Folder, name: &str, claims: &str, more: &[&str]) -> Done {
    folder.write("claims.csv", claims);
    let policy = policy(name);
    let args = ["run", &policy, "--input", "claims.csv", "--output", "out.csv", "--rejects", "no.csv"];
    folder.fen(&[&args[..], more].concat())
}

/// Row, field and code of every reject.
fn rejects(folder: &Folder) -> Vec<String> {
    let text = folder.read("no.csv");
    text.lines().skip(1).map(|line| line.splitn(4, ',').take(3).collect::<Vec<_>>().join(",")).collect()
}

/// The first columns of a table.
fn first_columns(table: &str, columns: usize) -> String {
    let cut = |line: &str| line.split(',').take(columns).collect::<Vec<_>>().join(",") + "\n";
    table.lines().map(cut).collect()
}

const STAYS: &str = "person,discharged,hospital,previous,referral,day_surgery,total,eligible,fund_pays,person_pays
A,2022-09-01,county,,direct,false,10000.00,9000.00,6880.00,3120.00
A,2022-10-01,city,county,up,false,50000.00,45000.00,31290.00,18710.00
A,2022-11-01,county,city,down,false,3000.00,2800.00,2240.00,760.00
B,2022-11-02,city,,irregular,false,8000.00,7000.55,3780.33,4219.67
B,2022-12-01,city,,direct,true,6000.00,5001.01,3255.71,2744.29
C,2022-12-31,township,,direct,false,1000.00,900.00,630.00,370.00
C,2023-01-01,township,,direct,false,1000.00,900.00,644.00,356.00
D,2022-12-05,provincial,,direct,false,300000.00,280000.00,150000.00,150000.00
D,2022-12-06,county,,direct,false,9000.00,9000.00,0.00,9000.00
";

const BAD_STAYS: &str = "E,2022-07-31,county,,direct,false,9000.00,9000.00
F,2022-09-01,county,,direct,false,-5.00,9000.00
";

#[test]
fn stays_under_a_running_cap() {
    let folder = Folder::new();
    let claims = first_columns(STAYS, 8) + BAD_STAYS;
    run(&folder, "stay", &claims, &["--set", "irregular_cut=10pp"]).good();
    assert_eq!(folder.read("out.csv"), STAYS);
    assert_eq!(rejects(&folder), ["10,discharged,before_in_force", "11,total,below_min"]);
}

const DRG_CLAIMS: &str = "hospital,drg\nh1,AA1\nh1,BB2\nh2,AA1\nh3,CC3\nh3,BB2\n";
const DRG_ROWS: &str = "hospital,drg,points\nh1,AA1,100.0000\nh1,BB2,250.5000\nh2,AA1,85.0000\nh3,CC3,37.4429\n\
    h3,BB2,281.4117\n";
const DRG_HOSPITALS: &str =
    "hospital,earned,payment\nh1,350.5000,464635.60\nh2,85.0000,112679.10\nh3,318.8546,422685.30\n";
const DRG_POOL: &str = "point_value\n1325.6365\n";

#[test]
fn a_pool_of_points() {
    let folder = Folder::new();
    let fund = ["--set", "fund=1000000.00"];
    run(&folder, "drg_points", DRG_CLAIMS, &[&fund[..], &["--summary", "sum.json"]].concat()).good();
    assert_eq!(folder.read("out.csv"), DRG_ROWS);
    assert_eq!(folder.read("out.hospital.csv"), DRG_HOSPITALS);
    assert_eq!(folder.read("out.pool.csv"), DRG_POOL);
    let names = ["claims.csv", "no.csv", "out.csv", "out.hospital.csv", "out.pool.csv", "sum.json"];
    assert_eq!(folder.names(), names);
    let summary: serde_json::Value = serde_json::from_str(&folder.read("sum.json")).unwrap();
    assert_eq!(summary["grains"]["hospital"]["groups"], 3);
    assert_eq!(summary["grains"]["hospital"]["totals"]["payment"], "1000000.00");
    assert_eq!(summary["grains"]["pool"]["totals"]["point_value"], "1325.6365");
}

#[test]
fn a_claim_without_points_adds_nothing_to_the_pool() {
    let folder = Folder::new();
    let claims = format!("{DRG_CLAIMS}h9,AA1\nh1,ZZ9\n,AA1\nh1\n");
    run(&folder, "drg_points", &claims, &["--set", "fund=1000000.00"]).good();
    assert_eq!(folder.read("out.csv"), DRG_ROWS);
    assert_eq!(folder.read("out.hospital.csv"), DRG_HOSPITALS);
    assert_eq!(
        rejects(&folder),
        ["6,hospital,unknown_code", "7,drg,unknown_code", "8,hospital,missing", "9,,wrong_field_count"]
    );
}

#[test]
fn all_tables_on_standard_output() {
    let folder = Folder::new();
    folder.write("claims.csv", DRG_CLAIMS);
    let drg = policy("drg_points");
    let args = ["run", &drg, "--set", "fund=1000000.00", "--input"];
    let wanted = format!("{DRG_ROWS}\n{DRG_HOSPITALS}\n{DRG_POOL}");
    assert_eq!(folder.fen(&[&args[..], &["claims.csv"]].concat()).good(), wanted);
    // Standard input can be read once only; the policy needs it twice.
    assert_eq!(folder.fen_with_input(&[&args[..], &["-"]].concat(), DRG_CLAIMS.as_bytes()).good(), wanted);
    assert_eq!(folder.fen(&[&args[..], &["claims.csv", "--output", "-"]].concat()).good(), wanted);
    folder.fen(&["build", &drg, "-o", "policy.wasm"]).good();
    let args = ["run", "policy.wasm", "--set", "fund=1000000.00", "--input", "claims.csv"];
    assert_eq!(folder.fen(&args).good(), wanted);
}

#[test]
fn tables_are_found_by_names_without_an_ending() {
    let folder = Folder::new();
    folder.write("claims.csv", DRG_CLAIMS);
    let drg = policy("drg_points");
    folder.fen(&["run", &drg, "--set", "fund=1", "--input", "claims.csv", "--output", "a/out"]).good();
    assert_eq!(folder.read("a/out.pool"), "point_value\n0.0013\n");
    // The file of a grain is a file of the run, too.
    for args in [["--rejects", "out.pool.csv"], ["--summary", "./out.hospital.csv"]] {
        let run = ["run", &drg, "--set", "fund=1", "--input", "claims.csv", "--output", "out.csv"];
        folder.fen(&[&run[..], &args[..]].concat()).refused("fen::file::same_file");
    }
    assert_eq!(folder.names(), ["a", "claims.csv"]);
}

#[test]
fn a_schedule_over_the_year() {
    let folder = Folder::new();
    let table = "person,settled,standing,burden,paid
P,2022-03-01,ordinary,8000.00,0.00
P,2022-06-01,ordinary,7000.50,3000.30
P,2022-09-01,ordinary,30000.00,19500.05
P,2022-12-01,ordinary,400000.00,177499.65
P,2023-01-01,ordinary,20000.00,6000.00
";
    run(&folder, "catastrophic", &first_columns(table, 4), &[]).good();
    assert_eq!(folder.read("out.csv"), table);
    assert_eq!(folder.names(), ["claims.csv", "no.csv", "out.csv"]);
}

const READMISSIONS: &str = "person,drg,admitted,discharged,points,ordinal,readmitted
P,AA1,2022-03-01,2022-03-05,50.0000,1,true
P,BB2,2022-03-06,2022-03-10,250.5000,2,false
P,AA1,2022-03-20,2022-03-25,100.0000,3,false
P,AA1,2022-04-10,2022-04-12,100.0000,4,false
Q,AA1,2022-04-12,2022-04-13,100.0000,1,false
";

#[test]
fn links_to_later_claims() {
    let folder = Folder::new();
    run(&folder, "readmission", &first_columns(READMISSIONS, 4), &[]).good();
    assert_eq!(folder.read("out.csv"), READMISSIONS);
}

#[test]
fn out_of_order_rows_stop_the_run_or_are_sorted() {
    let folder = Folder::new();
    let mut lines: Vec<String> = first_columns(READMISSIONS, 4).lines().map(str::to_owned).collect();
    lines.swap(2, 4);
    lines.insert(3, "R,AA1,2022-01-01,yesterday".to_owned());
    // Without a new line at the end.
    let claims = lines.join("\n");
    for variant in [claims.clone(), format!("\u{feff}{}", claims.replace('\n', "\r\n"))] {
        let refused = run(&folder, "readmission", &variant, &[]).refused("fen::run::out_of_order");
        assert!(refused.contains("row 4") && refused.contains("--sort"), "{refused}");
        assert_eq!(folder.names(), ["claims.csv"]);
        run(&folder, "readmission", &variant, &["--sort"]).good();
        assert_eq!(folder.read("out.csv").trim_start_matches('\u{feff}'), READMISSIONS);
        assert_eq!(rejects(&folder), ["3,discharged,not_a_date"]);
        std::fs::remove_file(folder.path("out.csv")).unwrap();
        std::fs::remove_file(folder.path("no.csv")).unwrap();
    }
    let policy = policy("readmission");
    let args = ["run", &policy, "--sort", "--input", "-"];
    assert_eq!(folder.fen_with_input(&args, claims.as_bytes()).good(), READMISSIONS);
    run(&folder, "catastrophic", "person,settled,standing,burden\n", &["--sort"]).refused("fen::run::no_order");
}

const LINES: &str = "claim,discharged,hospital,class,amount,prepay
K1,2022-05-01,county,listed_a,1000.00,0.00
K1,2022-05-01,county,listed_b,10.10,0.51
K1,2022-05-01,county,listed_b,10.10,0.51
K1,2022-05-01,county,negotiated,200.05,20.01
K1,2022-05-01,county,unlisted,30.00,30.00
";
const LINE_CLAIMS: &str = "claim,total,in_scope,fund_pays\nK1,1250.25,1199.22,559.45\n";

#[test]
fn lines_of_claims() {
    let folder = Folder::new();
    // Claims whose lines do not agree, or of which a line is bad, are rejected whole; where lines stand does not matter.
    let bad = "K2,2022-05-01,county,listed_a,1.00\nK2,2022-05-02,county,listed_a,1.00\n\
        K3,2022-05-01,county,listed_a,1.00\nK4,2022-05-01,county,listed_a,1.00\nK3,2022-05-01,county,listed_a,1.001\n\
        K4,2022-05-01,county\nK5,2022-05-01,county,listed_a,-1.00\nK5,2022-05-01,county,listed_b,1.00\n";
    let claims = first_columns(LINES, 5);
    let (header, good) = claims.split_once('\n').unwrap();
    run(&folder, "fee_lines", &format!("{header}\n{bad}{good}"), &[]).good();
    assert_eq!(folder.read("out.csv"), LINES);
    assert_eq!(folder.read("out.claim.csv"), LINE_CLAIMS);
    assert_eq!(
        rejects(&folder),
        [
            "1,discharged,differs",
            "2,discharged,differs",
            "3,claim,claim_rejected",
            "4,claim,claim_rejected",
            "5,amount,too_many_decimals",
            "6,,wrong_field_count",
            "7,amount,below_min",
            "8,claim,claim_rejected",
        ]
    );
}

#[test]
fn claims_are_taken_back() {
    let folder = Folder::new();
    let claims = "claim,person,settled,burden,reverses
C1,P,2022-01-01,100.00,
C2,P,2022-01-02,50.00,
R1,,,what?,C1
C3,P,2022-01-03,30.00,
R2,P,,,C1
R3,P,,,C9
C3,P,2022-01-04,1.00,
";
    run(&folder, "burdens", claims, &[]).good();
    let wanted = "claim,person,settled,burden,reverses,borne,half
C1,P,2022-01-01,100.00,,100.00,50.00
C2,P,2022-01-02,50.00,,150.00,25.00
R1,,,what?,C1,-100.00,-50.00
C3,P,2022-01-03,30.00,,80.00,15.00
";
    assert_eq!(folder.read("out.csv"), wanted);
    assert_eq!(
        rejects(&folder),
        ["5,reverses,already_reversed", "6,reverses,unknown_claim", "7,claim,duplicate_claim"]
    );
    // Rows without a date come after those before them, also when they are sorted.
    let unsorted = "claim,person,settled,burden,reverses
C2,P,2022-01-02,50.00,
C1,P,2022-01-01,100.00,
R1,,,what?,C1
C3,P,2022-01-03,30.00,
";
    run(&folder, "burdens", unsorted, &["--sort"]).good();
    assert_eq!(folder.read("out.csv"), wanted);
    // A file that takes nothing back needs no column for it.
    run(&folder, "burdens", "claim,person,settled,burden\nC1,P,2022-01-01,100.00\n", &[]).good();
    assert_eq!(folder.read("out.csv"), "claim,person,settled,burden,borne,half\nC1,P,2022-01-01,100.00,100.00,50.00\n");
}

#[test]
fn nothing_can_be_divided_without_weights() {
    let folder = Folder::new();
    let claims = "hospital,weight\nh1,0\nh2,0\n";
    let done = run(&folder, "shares", claims, &["--set", "fund=10", "--summary", "sum.json"]);
    assert!(done.good().contains("no_weights"), "{}", done.stdout());
    assert_eq!(folder.read("out.hospital.csv"), "hospital,weights,share\nh1,0,\nh2,0,\n");
    assert_eq!(rejects(&folder), [",share,no_weights", ",share,no_weights"]);
    let listed = folder.read("no.csv");
    assert!(listed.contains("h1") && listed.contains("h2"), "{listed}");
    let summary: serde_json::Value = serde_json::from_str(&folder.read("sum.json")).unwrap();
    assert_eq!(summary["settled"], 2);
    assert_eq!(summary["grains"]["hospital"]["rejected"], 2);
    run(&folder, "shares", "hospital,weight\nh2,1\nh1,2\n", &["--set", "fund=10"]).good();
    assert_eq!(folder.read("out.hospital.csv"), "hospital,weights,share\nh1,2,6.67\nh2,1,3.33\n");
}

#[test]
fn running_values_go_on_from_batch_to_batch() {
    let folder = Folder::new();
    let (mut claims, mut wanted) =
        ("claim,person,settled,burden\n".to_owned(), "claim,person,settled,burden,borne,half\n".to_owned());
    let mut borne = [0_u64; 7];
    for row in 0..20_000_u64 {
        let person = usize::try_from(row % 7).unwrap();
        let claim = format!("C{row},P{person},2022-03-01,{row}.00");
        borne[person] += row;
        claims += &format!("{claim}\n");
        wanted += &format!("{claim},{}.00,{}.{}0\n", borne[person], row / 2, if row % 2 == 0 { 0 } else { 5 });
    }
    run(&folder, "burdens", &claims, &[]).good();
    assert!(folder.read("out.csv") == wanted);
}

#[test]
fn a_pool_of_more_than_one_batch() {
    let folder = Folder::new();
    let mut claims = "hospital,drg\n".to_owned();
    for row in 0..20_000 {
        claims += ["h1,AA1\n", "h3,CC3\n", "h2,BB2\n"][row % 3];
    }
    run(&folder, "drg_points", &claims, &["--set", "fund=99999999.99"]).good();
    assert_eq!(folder.read("out.csv").lines().count(), 20_001);
    let payments = folder.read("out.hospital.csv");
    let payments = payments.lines().skip(1).map(|line| line.rsplit(',').next().unwrap().replace('.', ""));
    assert_eq!(payments.map(|payment| payment.parse::<u64>().unwrap()).sum::<u64>(), 9_999_999_999);
}

#[test]
fn a_bad_row_is_never_taken_for_an_empty_one() {
    let folder = Folder::new();
    let source = "policy test.empty\nround half up to 0.01 yuan\nrows line of claim\nkey claim: id\n\
        input amount: money optional from 0 yuan to 100 yuan\n\
        known = when amount known : amount otherwise : 0 yuan\nsum_of = sum known per claim\noutput sum_of per claim\n";
    let source = source.replace("known = when", "given =\n  when").replace(" otherwise", "\n  otherwise");
    folder.write("policy.fen", source.replace("sum known", "sum given"));
    let run = |claims: &str| {
        folder.write("claims.csv", claims);
        folder.fen(&["run", "policy.fen", "--input", "claims.csv", "--output", "out.csv"])
    };
    let refused = run("claim,amount\nK1,1.00\nK1,1.005\n").refused("fen::run::bad_row");
    assert!(refused.contains("row 2"), "{refused}");
    assert_eq!(folder.names(), ["claims.csv", "policy.fen"]);
    run("claim,amount\nK1,1.00\nK1,\n").good();
    assert_eq!(folder.read("out.claim.csv"), "claim,sum_of\nK1,1.00\n");
}

#[test]
fn a_run_that_stops_leaves_nothing() {
    let folder = Folder::new();
    // Out of order far behind the first batch.
    let mut claims = "claim,person,settled,burden\n".to_owned();
    for row in 0..10_000 {
        claims += &format!("C{row},P,2022-03-01,1.00\n");
    }
    claims += "D,P,2022-02-28,1.00\n";
    let more = ["--summary", "sum.txt", "--state-out", "state.parquet"];
    let refused = run(&folder, "burdens", &claims, &more).refused("fen::run::out_of_order");
    assert!(refused.contains("row 10001"), "{refused}");
    assert_eq!(folder.names(), ["claims.csv"]);
    let burdens = policy("burdens");
    let done = folder.fen(&["run", &burdens, "--input", "claims.csv"]);
    done.refused("fen::run::out_of_order");
    assert_eq!(done.stdout(), "");
    // What stood there before stays.
    folder.write("out.csv", "mine");
    run(&folder, "burdens", &claims, &[]).refused("fen::run::out_of_order");
    assert_eq!(folder.read("out.csv"), "mine");
}

/// Where the policy says nothing of the order, the run says what the file's is.
#[test]
fn rows_that_stand_against_the_order_of_their_dates_are_told() {
    let folder = Folder::new();
    let policy = std::fs::read_to_string(policy("burdens")).unwrap().replace("ordered by settled\n", "");
    folder.write("burdens.fen", policy);
    let claims = "claim,person,settled,burden,reverses\nA,P,2022-03-01,1.00,\nR,,,,A\nB,P,2022-03-01,1.00,\nC,P,2022-02-01,1.00,\nD,P,2022-01-01,1.00,\n";
    folder.write("claims.csv", claims);
    let args = ["run", "burdens.fen", "--input", "claims.csv", "--output", "out.csv", "--summary", "sum.json"];
    let said = folder.fen(&args).good();
    assert!(said.contains("not stand in the order of settled (row 4 is earlier"), "{said}");
    let said = folder.fen(&[&args[..], &["--lang", "zh"]].concat()).good();
    assert!(said.contains("第 4 行早于前面的行") && said.contains("排序日期 settled"), "{said}");
    assert!(folder.read("sum.json").contains("\"first_row_out_of_order\": 4"));
    folder.write("claims.csv", claims.replace("2022-02-01", "2022-03-01").replace("2022-01-01", "2022-03-02"));
    let said = folder.fen(&args).good();
    assert!(!said.contains("order of settled"), "{said}");
    assert!(folder.read("sum.json").contains("\"first_row_out_of_order\": null"));
}
