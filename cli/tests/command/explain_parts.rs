//! `fen explain`: what is said of the parts of a computation.

use serde_json::Value as Json;

use crate::folder::{Folder, repository};

/// Explains a row of a policy that is written here.
fn explained(policy: &str, claims: &str, row: &str, more: &[&str]) -> String {
    let folder = Folder::new();
    folder.write("policy.fen", policy);
    folder.write("claims.csv", claims);
    let lang: &[&str] = if more.contains(&"--lang") { &[] } else { &["--lang", "en"] };
    let args = ["explain", "policy.fen", "--input", "claims.csv", "--row", row];
    folder.fen(&[&args[..], lang, more].concat()).good()
}

/// Explains a row of a policy that stands in a file.
fn of_file(name: &str, claims: &str, row: &str, more: &[&str]) -> String {
    let folder = Folder::new();
    folder.write("claims.csv", claims);
    let policy = repository(&format!("cli/tests/command/explained/{name}")).display().to_string();
    folder.fen(&[&["explain", &policy, "--input", "claims.csv", "--row", row], more].concat()).good()
}

fn json(text: &str) -> Json {
    serde_json::from_str(text).unwrap()
}

/// How a definition was computed.
fn how(explanation: &Json, name: &str) -> Json {
    let steps = explanation["steps"].as_array().unwrap();
    steps.iter().find(|step| step["name"] == name).unwrap()["how"].clone()
}

fn has(text: &str, lines: &[&str]) {
    for line in lines {
        assert!(text.contains(line), "`{line}` is not in\n{text}");
    }
}

const RETENTION: &str = "policy national.procurement_retention\nin force from 2020-06-01\nround half up to 0.01 yuan\n\
    input base: money from 0 yuan to 10_000_000_000 yuan\ninput score: count from 0 to 100\n\
    score band ..<60 -> retention = 0%\nscore band 60..<80 -> retention = 30%\n\
    score band 80..<90 -> retention = 40%\nscore band 90.. -> retention = 50%\n\
    retained = base * retention\noutput retained\n";

#[test]
fn bands_say_what_fell_into_them() {
    let claims = "base,score\n1000.55,85\n";
    has(&explained(RETENTION, claims, "1", &[]), &["score = 85 lies in 80..<90"]);
    has(&explained(RETENTION, claims, "1", &["--lang", "zh"]), &["score = 85，落入 80..<90 档"]);
    let how = how(&json(&explained(RETENTION, claims, "1", &["--format", "json"])), "retention");
    assert_eq!((&how["role"], &how["subject"]["value"]), (&"row".into(), &"85".into()));
}

const RANGES: &str = "policy demo.ranges\nin force from 2022-01-01\nround half up to 0.01 yuan\n\
    enum level = one \"一级医院\" / \"Grade 1\" | two\ninput age: years from 0 years to 150 years\n\
    input hospital: level\ninput cost: money from 0 yuan to 1_000_000 yuan\n\
    param rate by level, age: rate = one ..<60 years 50%, one 60..<80 years 60%, one 80 years.. 70%, two ..<60 years 40%, \
    two 60 years.. 45%\nbase = 2000 yuan\ncost2 = cost as share of base\ncost2 band ..<50% -> bonus = 1 yuan\n\
    cost2 band 50%.. -> bonus = 2 yuan\npays = rate[hospital, age] * cost + bonus + clamp(cost, 1 yuan, 3 yuan)\noutput pays\n";

#[test]
fn tables_by_ranges_and_shares_of_a_base() {
    let claims = "age,hospital,cost\n61,one,1500\n";
    let text = explained(RANGES, claims, "1", &[]);
    has(
        &text,
        &[
            "age = 61 years lies in 60..<80 years",
            "cost2 = 1500.00 yuan lies in 50%.. of base = 2000.00 yuan",
            "hospital = one (Grade 1)",
            "clamp(cost, 1 yuan, 3 yuan) = 3.00 yuan  (a value within its least and its greatest)",
            "→ 3 yuan",
        ],
    );
    let ages = RANGES.replace("150 years", "150 years of age");
    has(&explained(&ages, claims, "1", &["--lang", "zh"]), &["age = 61岁，落入 60..<80岁 档"]);
    let page = explained(RANGES, claims, "1", &["--format", "html", "--lang", "zh"]);
    has(&page, &["<dt>cost</dt><dd>1500.00元</dd>", "<dd>one（一级医院）</dd>"]);
}

const INDICATORS: &str = "policy yiwu.indicators\nin force 2022-01-01 to 2022-12-31\ninput visits_in_county: count from 0\n\
    input visits: count from 0\ncheck in_county_rate = visits_in_county / visits >= 90% cite \"二(五)22\" severity target\n  \
    when visits > 0\n";

#[test]
fn indicators_say_their_targets() {
    let claims = "visits_in_county,visits\n899,1000\n0,0\n";
    let missed = explained(INDICATORS, claims, "1", &[]);
    has(&missed, &["target missed: in_county_rate >= 90% does not hold", "= 90% - in_county_rate"]);
    let idle = explained(INDICATORS, claims, "2", &["--all"]);
    has(&idle, &["not applicable: visits > 0 does not hold", "in_county_rate = (none)\n  visits > 0 = false"]);
    assert!(!idle.contains("before rounding"), "{idle}");
    let idle = json(&explained(INDICATORS, claims, "2", &["--format", "json"]));
    assert!(idle["outputs"][0].get("step").is_none() && idle["outputs"][0]["present"].is_u64());
}

const MONTHS: &str = "policy demo.calendar\ninput day: date\ninput n: months from 0 months to 5 months\n\
    e = day + 1 month or earlier\nl = day + n or later\nback = day - 1 year or earlier\noutput e, l, back\n";

#[test]
fn months_are_told_as_they_are_written() {
    let text = explained(MONTHS, "day,n\n2022-01-31,1\n", "1", &[]);
    has(
        &text,
        &["= day + 1 month or earlier", "its last day (`or earlier`)", "the first day of the next month (`or later`)"],
    );
    has(&text, &["back = 2021-01-31\n  = day - 1 year or earlier\n  a date some months or years earlier"]);
    assert!(!text.contains("= 1\n") && !text.contains("-12"), "{text}");
    let later = json(&explained(MONTHS, "day,n\n2022-01-31,1\n", "1", &["--format", "json"]));
    assert_eq!(how(&later, "l")["shifted"], "later");
    assert!(how(&later, "back").get("shifted").is_none());
}

const EXCEPTIONS: &str = "policy demo.exceptions\nround half up to 0.01 yuan\ninput a: bool\ninput b: bool\n\
    input x: money from 0 yuan to 100 yuan\ny = x\n  except p when a : 1 yuan cite \"一\"\n  \
    except q when b : 2 yuan overrides p cite \"二\"\noutput y\n";

#[test]
fn exceptions_have_no_order() {
    let claims = "a,b,x\ntrue,true,5\ntrue,false,5\n";
    let both = explained(EXCEPTIONS, claims, "1", &["--all"]);
    has(
        &both,
        &[
            "exception q: b\n  per 二",
            "✗ exception p: a → 1 yuan\n    holds, but the exception that applies overrides it",
            "✗ the rule without exceptions: x  (replaced by the exception that applies)",
        ],
    );
    has(&explained(EXCEPTIONS, claims, "2", &["--all"]), &["✗ exception q: b → 2 yuan\n    does not apply"]);
}

#[test]
fn every_row_has_its_own_clause() {
    let claims = "budget,spent\n100000000,95000000\n100000001.37,80000000\n";
    let text = of_file("surplus.md", claims, "1", &["--lang", "zh"]);
    assert!(!text.contains("超过15%") && !text.contains("10%—15%"), "{text}");
    insta::assert_snapshot!("rows_with_clauses", of_file("surplus.md", claims, "2", &["--lang", "zh"]));
    let told = json(&of_file("surplus.md", claims, "2", &["--format", "json"]));
    assert_eq!(how(&told, "retain")["tiers"][3]["citations"][0]["text"], "超过15%的部分全部结转。");
    assert_eq!(how(&told, "carry")["tiers"]["value"], "10000001.233");
}

#[test]
fn a_ladder_on_an_input_has_its_own_clause() {
    let claims = "人员,就诊日,医院,总额,低保,孕产,年龄\n甲,2022-03-01,一级,1000.03,否,否,61\n甲,2022-11-30,三级,9000.00,是,是,61\n";
    insta::assert_snapshot!("clauses_zh", of_file("慢病.md", claims, "1", &["--lang", "zh"]));
    insta::assert_snapshot!("clauses_all_zh", of_file("慢病.md", claims, "2", &["--lang", "zh", "--all"]));
}

#[test]
fn reversals_and_divisions_that_fail() {
    let claims =
        "claim,person,hospital,d,w,amount,reverses\n1,A,h1,2022-01-01,0,500,\n2,A,h1,2022-01-02,0,900,\n3,,,,,,1\n";
    let failed = of_file("reversal.fen", claims, "1", &["--lang", "en"]);
    has(&failed, &["part [hospital] = (none)", "rest = (none)  (the claim is taken back, and counts in no total)"]);
    assert!(!failed.contains("part [hospital] = 0.00"), "{failed}");
    let reversal = of_file("reversal.fen", claims, "3", &["--lang", "en"]);
    has(&reversal, &["row 3: takes back the claim whose claim is 1: its amounts, negated"]);
}

#[test]
fn links_say_where_they_lead() {
    let folder = Folder::new();
    folder.write(
        "claims.csv",
        "person,drg,admitted,discharged\nP,AA1,2022-03-01,2022-03-05\nP,ZZ,x,2022-03-05\nP,AA1,2022-03-20,2022-03-25\n",
    );
    let policy = repository("compiler/tests/grains/readmission.fen").display().to_string();
    let args = ["explain", &policy, "--input", "claims.csv", "--row", "1", "--lang"];
    let text = folder.fen(&[&args[..], &["en"]].concat()).good();
    has(&text, &["whether there is a later claim of the same person, drg (`next_stay`)", "it is row 3"]);
    has(&folder.fen(&[&args[..], &["zh"]].concat()).good(), &["同一person、同一drg是否有后一单据", "即第 3 行"]);
}
