//! `fen run` with columns of every type and with parameters, through modules made by hand.

use fen_schema::{ColumnType, Layout};

use crate::folder::Folder;
use crate::module::Made;

fn types() -> Made {
    let mut made = Made::new()
        .copies("level", ColumnType::Enum, 0, Layout::I8, false)
        .copies("before", ColumnType::Enum, 0, Layout::I8, true)
        .copies("surgery", ColumnType::Bool, 0, Layout::I8, false)
        .copies("day", ColumnType::Date, 0, Layout::I32, true)
        .copies("drug", ColumnType::Code, 0, Layout::I32, false)
        .copies("part", ColumnType::Rate, 4, Layout::I64, false)
        .copies("cut", ColumnType::Pp, 4, Layout::I64, true)
        .copies("total", ColumnType::Money, 2, Layout::I128, false)
        .copies("count", ColumnType::Number, 0, Layout::I64, true);
    made.codes = Some("[\"AA1\"]".into());
    made.schema.codes = 1;
    for columns in [&mut made.schema.inputs, &mut made.schema.outputs] {
        columns
            .iter_mut()
            .filter(|column| column.ty == ColumnType::Money)
            .for_each(|column| column.unit = "yuan".into());
    }
    made
}

fn open() -> Made {
    Made::new()
        .copies("day", ColumnType::Date, 0, Layout::I32, true)
        .parameter("irregular_cut", ColumnType::Pp, 4, Layout::I64)
        .parameter("rate[county]", ColumnType::Rate, 4, Layout::I64)
        .parameter("strict", ColumnType::Bool, 0, Layout::I8)
}

#[test]
fn columns_of_every_type() {
    let folder = Folder::new();
    folder.write("types.wasm", types().wasm());
    let header = "note,level,before,surgery,day,drug,part,cut,total,count";
    folder.write(
        "claims.csv",
        format!(
            "{header}\n\
             a,city,,是,2022-08-01,AA1,70.25%,5pp,12.3,7\n\
             b,county（中）, county ,false,,肺炎,0.5,,-0.01,\n\
             c,City,,true,,x,1,,0,\n\
             d,city,,yes,,x,1,,0,\n\
             e,city,,true,2022-02-30,x,1,,0,\n\
             f,city,,true,,,1,,0,\n\
             g,city,,true,,x,70 %,,0,\n\
             h,city,,true,,x,1,5,0,\n\
             i,city,,true,,x,1,,0.001,\n\
             j,,,true,,x,1,,0,\n\
             k,province,city,true,9999-12-31, x y\t,-70%,-1.5个百分点,1,-1\n"
        ),
    );
    let args = ["run", "types.wasm", "--input", "claims.csv", "--output", "out.csv", "--rejects", "no.csv"];
    folder.fen(&[&args[..], &["--summary", "sum.json"]].concat()).good();
    let results = folder.read("out.csv");
    assert_eq!(
        results,
        format!(
            "{header},level_out,before_out,surgery_out,day_out,drug_out,part_out,cut_out,total_out,count_out\n\
             a,city,,是,2022-08-01,AA1,70.25%,5pp,12.3,7,city,,true,2022-08-01,AA1,70.25%,5.00pp,12.30,7\n\
             b,county（中）, county ,false,,肺炎,0.5,,-0.01,,county,county,false,,肺炎,50.00%,,-0.01,\n\
             k,province,city,true,9999-12-31, x y\t,-70%,-1.5个百分点,1,-1,province,city,true,9999-12-31,x y,-70.00%,-1.50pp,1.00,-1\n"
        )
    );
    let rejects: Vec<String> = folder
        .read("no.csv")
        .lines()
        .skip(1)
        .map(|line| line.splitn(4, ',').take(3).collect::<Vec<_>>().join(","))
        .collect();
    assert_eq!(
        rejects,
        [
            "3,level,unknown_value",
            "4,surgery,unknown_value",
            "5,day,not_a_date",
            "6,drug,missing",
            "7,part,not_a_number",
            "8,cut,not_a_number",
            "9,total,too_many_decimals",
            "10,level,missing",
        ]
    );
    let summary: serde_json::Value = serde_json::from_str(&folder.read("sum.json")).unwrap();
    assert_eq!(summary["totals"], serde_json::json!({ "total_out": "13.29", "count_out": "6" }));
    assert_eq!(summary["counts"]["level_out"], serde_json::json!({ "county": 1, "city": 1, "province": 1 }));
    assert_eq!(summary["counts"]["before_out"], serde_json::json!({ "county": 1, "city": 1, "province": 0 }));
    assert_eq!(summary["counts"]["surgery_out"], serde_json::json!({ "false": 1, "true": 2 }));
}

#[test]
fn summaries_count_values() {
    let folder = Folder::new();
    folder.write("types.wasm", types().wasm());
    folder.write("claims.csv", "level,before,surgery,day,drug,part,cut,total,count\ncity,,true,,x,1,,12345.67,3\n");
    for lang in ["en", "zh"] {
        let done = folder.fen(&["run", "types.wasm", "--input", "claims.csv", "--output", "out.csv", "--lang", lang]);
        let is_speed = |line: &&str| line.contains("claims per second") || line.contains("用时");
        let text: Vec<String> = done.good().lines().filter(|line| !is_speed(line)).map(str::to_owned).collect();
        insta::assert_snapshot!(format!("values_{lang}"), text.join("\n"));
    }
}

#[test]
fn parameters_from_command_line_and_file() {
    let folder = Folder::new();
    let mut made = open();
    // The parameter goes out as it came in.
    let (from, to) = (made.schema.parameters[0].offset, made.place(32));
    let mut output = made.schema.parameters[0].clone();
    output.name = "cut_out".into();
    output.offset = to;
    made.schema.outputs.push(output);
    made.body.push_str(&format!("(i64.store (i32.const {to}) (i64.load (i32.const {from})))"));
    folder.write("open.wasm", made.wasm());
    folder.write("claims.csv", "day\n2022-08-01\n");
    folder.write("params.toml", "irregular_cut = \"5pp\"\nstrict = true\n[rate]\ncounty = \"80%\"\n");
    let run = |args: &[&str]| folder.fen(&[&["run", "open.wasm", "--input", "claims.csv"], args].concat());
    assert_eq!(run(&["--params", "params.toml"]).good(), "day,day_out,cut_out\n2022-08-01,2022-08-01,5.00pp\n");
    let set = ["--set", "irregular_cut=10pp", "--params", "params.toml"];
    assert_eq!(run(&set).good(), "day,day_out,cut_out\n2022-08-01,2022-08-01,10.00pp\n");
    let set = ["--set", "irregular_cut=10pp", "--set", "rate[county]=0.8", "--set", "strict=是"];
    assert_eq!(run(&set).good(), "day,day_out,cut_out\n2022-08-01,2022-08-01,10.00pp\n");
}

#[test]
fn wrong_parameters_are_refused() {
    let folder = Folder::new();
    folder.write("open.wasm", open().wasm());
    folder.write("claims.csv", "day\n2022-08-01\n");
    let run = |args: &[&str]| folder.fen(&[&["run", "open.wasm", "--input", "claims.csv"], args].concat());
    let done = run(&["--set", "irregular_cut=10pp"]);
    done.refused("fen::run::missing_parameter");
    assert!(
        done.stderr().contains("`rate[county]` (a rate from -100.00% to 100.00%), `strict` (a bool: true or false)")
    );
    run(&["--set", "iregular_cut=10pp"]).refused("did you mean `irregular_cut`?");
    run(&["--set", "irregular_cut=10"]).refused("fen::parameter::not_a_value");
    run(&["--set", "irregular_cut=200pp"]).refused("fen::parameter::out_of_range");
    run(&["--set", "irregular_cut"]).refused("fen::run::parameter_syntax");
    run(&["--params", "nothing.toml"]).refused("fen::file::read");
    for (text, code) in [
        ("irregular_cut = 0.1", "fen::parameter::float"),
        ("irregular_cut = [1]", "fen::parameter::no_value"),
        ("irregular_cut = ", "fen::parameter::not_toml"),
        ("[rates]\ncounty = \"80%\"", "params.toml:2:1: the policy"),
        ("[rates]\ncounty = \"80%\"", "fen::parameter::unknown"),
        ("irregular_cut = \"5pp\"\n\" irregular_cut\" = \"10pp\"\n", "fen::parameter::twice"),
    ] {
        folder.write("params.toml", text);
        run(&["--params", "params.toml"]).refused(code);
    }
    run(&["--params", "params.toml", "--output", "params.toml"]).refused("fen");
    assert!(!folder.names().contains(&"out.csv".to_owned()));
}

/// What the language examples, section 2, say of these claims; paid before is an input here.
#[test]
fn an_inpatient_stay() {
    const CLAIMS: [&str; 9] = [
        "A,2022-09-01,county,,direct,false,10000.00,9000.00,0",
        "A,2022-10-01,city,county,up,false,50000.00,45000.00,0",
        "A,2022-11-01,county,city,down,false,3000.00,2800.00,0",
        "B,2022-11-02,city,,irregular,false,8000.00,7000.55,0",
        "B,2022-12-01,city,,direct,true,6000.00,5001.01,0",
        "C,2022-12-31,township,,direct,false,1000.00,900.00,0",
        "C,2023-01-01,township,,direct,false,1000.00,900.00,0",
        "D,2022-12-05,provincial,,direct,false,300000.00,280000.00,0",
        "D,2022-12-06,county,,direct,false,9000.00,9000.00,150000",
    ];
    const PAID: [&str; 9] = [
        "6880.00,3120.00",
        "31290.00,18710.00",
        "2240.00,760.00",
        "3780.33,4219.67",
        "3255.71,2744.29",
        "630.00,370.00",
        "644.00,356.00",
        "150000.00,150000.00",
        "0.00,9000.00",
    ];
    let folder = Folder::new();
    folder.write("stay.fen", include_str!("stay.fen"));
    let header = "person,discharged,hospital,previous,referral,day_surgery,total,eligible,paid_before";
    let rejected =
        "E,2022-07-31,county,,direct,false,9000.00,9000.00,0\nF,2022-09-01,county,,direct,false,-5.00,9000.00,0";
    folder.write("claims.csv", format!("{header}\n{}\n{rejected}\n", CLAIMS.join("\n")));
    let args = ["run", "stay.fen", "--input", "claims.csv", "--rejects", "no.csv"];
    folder.fen(&args).refused("`irregular_cut` (percentage points from 0.00pp to 100.00pp)");
    let results = folder.fen(&[&args[..], &["--set", "irregular_cut=10pp"]].concat()).good();
    let rows: Vec<String> = CLAIMS.iter().zip(PAID).map(|(claim, paid)| format!("{claim},{paid}")).collect();
    assert_eq!(results, format!("{header},fund_pays,person_pays\n{}\n", rows.join("\n")));
    let rejects = folder.read("no.csv");
    assert!(
        rejects.contains("\n10,discharged,before_in_force,") && rejects.contains("\n11,total,below_min,"),
        "{rejects}"
    );
}

#[test]
fn codes_are_looked_up() {
    let folder = Folder::new();
    let policy = "policy demo.points\nin force from 2022-01-01\nround half up to 0.01 yuan\n\ninput drg: code\n\
        param base_points by drg: points step 0.01\n  from 2022-01-01: \"AA1\" 100.00 points, \"BB2\" 250.50 points\n\
        input day: date\ndated by day\npoints = base_points[drg]\noutput points round half up to 0.01 point\n";
    folder.write("points.fen", policy);
    folder.write("claims.csv", "drg,day\nBB2,2022-01-01\nCC3,2022-01-01\n AA1 ,2022-01-01\n,2022-01-01\n");
    let done = folder.fen(&["run", "points.fen", "--input", "claims.csv", "--rejects", "no.csv"]);
    assert_eq!(done.good(), "drg,day,points\nBB2,2022-01-01,250.50\n AA1 ,2022-01-01,100.00\n");
    let rejects = folder.read("no.csv");
    assert!(rejects.contains("\n2,drg,unknown_code,") && rejects.contains("\n4,drg,missing,"), "{rejects}");
}
