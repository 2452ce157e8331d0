//! `fen sweep`: outputs over one varying input.

use serde_json::Value;

use crate::folder::Folder;

const BAND: &str = "policy demo.band\nsource \"示例\"\nin force from 2022-01-01\nround half up to 0.01 yuan\nenum level = township | county\n\
    input discharged: date\ninput hospital: level\ninput total: money from 0 yuan to 100_000 yuan  \"医疗费\" / \"Total cost\"\ndated by discharged\n\
    param standard by level: money\n  from 2022-01-01: township 200 yuan, county 400 yuan\n  from 2023-01-01: township 300 yuan, county 400 yuan\n\
    base = max(total - standard[hospital], 0 yuan)\nbase band ..=1_000 yuan -> share = 80%\nbase band 1_000 yuan.. -> share = 60%  cite \"四\" allow \"fen::lint::band_falls\"\n\
    fund = min(base * share, 5_000 yuan)  cite \"五\"\noutput fund \"基金支付\" / \"Fund pays\"\n";

const GIVEN: [&str; 4] = ["--given", "discharged=2022-06-01", "--given", "hospital=county"];

#[test]
fn a_table_with_exact_places() {
    let folder = Folder::new();
    folder.write("p.fen", BAND);
    let done = folder.fen(&[&["sweep", "p.fen", "--vary", "total=0..10000:2500"], GIVEN.as_slice()].concat());
    let table = done.good();
    let rows: Vec<&str> = table.lines().collect();
    assert_eq!(rows[0], "total,fund,rejected,marks,rules");
    for row in ["0.00,0.00,,,", "2500.00,1260.00,,,", "5000.00,2760.00,,,", "10000.00,5000.00,,,", "1400.01,600.01,,,"]
    {
        assert!(rows.contains(&row), "{row} is not in {table}");
    }
    let jump = rows.iter().find(|row| row.starts_with("1400.00,800.00,")).unwrap();
    assert!(
        jump.contains("jump, not monotone -200.00 yuan") || jump.contains("\"fund: jump, not monotone -200.00 yuan\""),
        "{jump}"
    );
    assert!(jump.contains("base band 1_000 yuan.. -> share = 60%") && jump.contains("示例 四"), "{jump}");
    assert!(rows.iter().any(|row| row.starts_with("8733.33,5000.00")), "{table}");
    let said = done.stderr();
    for part in [
        "total 400.00  fund: kink",
        "slope 0 before, 0.8 after",
        "total 26200/3  fund: kink",
        "slope 0.6 before, 0 after",
    ] {
        assert!(said.contains(part), "{part} is not in {said}");
    }
}

#[test]
fn json_and_drawings_in_both_languages() {
    let folder = Folder::new();
    folder.write("p.fen", BAND);
    let base = [&["sweep", "p.fen", "--vary", "total=0..10000"], GIVEN.as_slice()].concat();
    let json: Value =
        serde_json::from_str(&folder.fen(&[base.as_slice(), &["--format", "json"]].concat()).good()).unwrap();
    let kinds: Vec<&Value> = json["marks"].as_array().unwrap().iter().map(|mark| &mark["kinds"]).collect();
    assert_eq!(
        kinds,
        [&serde_json::json!(["kink"]), &serde_json::json!(["jump", "not_monotone"]), &serde_json::json!(["kink"])]
    );
    assert_eq!(json["marks"][1]["x"], "1400.00");
    assert_eq!(json["marks"][1]["rules"][0]["clause"], "四");
    assert_eq!(json["marks"][1]["around"][2]["value"], "600.01");
    for (lang, label) in [("zh", "基金支付（元）"), ("en", "Fund pays (yuan)")] {
        let svg = folder.fen(&[base.as_slice(), &["--format", "svg", "--lang", lang]].concat()).good();
        assert!(svg.starts_with("<svg") && svg.contains(label), "{svg}");
    }
}

#[test]
fn dates_enums_and_running_values_vary_too() {
    let folder = Folder::new();
    folder.write("p.fen", BAND);
    let days = folder.fen(&[
        "sweep",
        "p.fen",
        "--vary",
        "discharged=2022-12-30..2023-01-02",
        "--given",
        "hospital=township",
        "--given",
        "total=1000",
    ]);
    assert!(days.good().starts_with("discharged,fund,rejected,marks,rules\n2022-12-30,640.00,,,\n2022-12-31,640.00,,,\n2023-01-01,560.00,,fund: jump -80.00 yuan"), "{}", days.stdout());
    let before = folder.fen(&[
        "sweep",
        "p.fen",
        "--vary",
        "discharged=2021-12-31..2022-01-01",
        "--given",
        "hospital=township",
        "--given",
        "total=1000",
    ]);
    assert!(
        before.good().contains("2021-12-31,,discharged: before_in_force,,\n2022-01-01,640.00,,,\n"),
        "{}",
        before.stdout()
    );
    let levels = folder.fen(&[
        "sweep",
        "p.fen",
        "--vary",
        "hospital",
        "--given",
        "discharged=2022-06-01",
        "--given",
        "total=1_000元",
    ]);
    assert!(levels.good().contains("township,640.00,,,\ncounty,480.00,,,\n"), "{}", levels.stdout());
    let drawn = [
        "sweep",
        "p.fen",
        "--vary",
        "hospital",
        "--given",
        "discharged=2022-06-01",
        "--given",
        "total=1000",
        "--format",
        "svg",
    ];
    assert!(folder.fen(&drawn).good().contains(">township</text>"));
}

#[test]
fn refusals() {
    let folder = Folder::new();
    folder.write("p.fen", BAND);
    let sweep = |args: &[&str]| folder.fen(&[&["sweep", "p.fen"], args].concat());
    let missing = sweep(&["--vary", "total=0..10"]).refused("fen::sweep::missing");
    assert!(missing.contains("discharged, hospital"), "{missing}");
    let with = |vary: &str| folder.fen(&[&["sweep", "p.fen", "--vary", vary], GIVEN.as_slice()].concat());
    with("totl=0..10").refused("fen::sweep::unknown");
    with("hospital").refused("fen::sweep::given");
    with("total=0..a").refused("fen::sweep::value");
    with("total=0..10:0.001").refused("fen::sweep::value");
    with("total=10..0").refused("fen::sweep::range");
    with("total=5").refused("fen::sweep::range");
    with("total=0..100000:0.01").refused("fen::sweep::too_many");
    let output =
        folder.fen(&[&["sweep", "p.fen", "--vary", "total=0..10", "--outputs", "paid"], GIVEN.as_slice()].concat());
    output.refused("fen::sweep::output");
}
