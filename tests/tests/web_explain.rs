//! The JavaScript host explains claims as the Rust host does: the same JSON, for written policies and for made-up ones.
//!
//! It needs Node, which `cargo xtask test` names in `NODE`; a plain `cargo test` leaves it out.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::Command;

use fen_compiler::{Policy, Source, analyze};
use fen_runtime::Runtime;
use fen_tests::explained::Explainer;
use fen_tests::policies::policy;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::json;

const POLICIES: usize = 40;
const CLAIMS: usize = 6;

/// Policies of the language examples that settle every row by itself.
const WRITTEN: [(&str, &str); 8] = [
    ("surplus", include_str!("../../policies/qujing/surplus.fen")),
    ("结余留用", include_str!("../../policies/qujing/结余留用.fen")),
    ("exceptions", EXCEPTIONS),
    ("ranges", RANGES),
    ("months", MONTHS),
    ("indicators", INDICATORS),
    ("rows.md", include_str!("../../cli/tests/command/explained/surplus.md")),
    (
        "retention",
        "policy national.procurement_retention\nsource \"医保发〔2020〕26号\"\nin force from 2020-06-01\n\
         round half up to 0.01 yuan\n\ninput base:  money from 0 yuan to 10_000_000_000 yuan\n\
         input score: count from 0 to 100\n\nscore band ..<60    -> retention = 0%\n\
         score band 60..<80  -> retention = 30%\nscore band 80..<90  -> retention = 40%\n\
         score band 90..     -> retention = 50%\n\nretained = base * retention\noutput retained\n",
    ),
];

/// A rule with exceptions that override one another.
const EXCEPTIONS: &str = "policy demo.exceptions\nround half up to 0.01 yuan\ninput a: bool\ninput b: bool\n\
    input x: money from 0 yuan to 100 yuan\ny = x / 3\n  except p when a : 1 yuan cite \"一\"\n  \
    except q when b : 2 yuan overrides p cite \"二\"\noutput y\n";

/// A table by ranges, a ladder on shares, a named ladder, limits, names of values.
const RANGES: &str = "policy demo.ranges\nin force from 2022-01-01\nround half up to 0.01 yuan\n\
    enum level = one \"一级医院\" / \"Grade 1\" | two\ninput age: years from 0 years to 150 years\n\
    input hospital: level\ninput cost: money from 0 yuan to 1_000_000 yuan\nparam most: money = required\n\
    param rate by level, age: rate = one ..<60 years 50%, one 60..<80 years 60%, one 80 years.. 70%, \
    two ..<60 years 40%, two 60 years.. 45%\nbase = 2000 yuan\ncost2 = cost as share of base\n\
    cost2 band ..<50% -> bonus = 1 yuan\ncost2 band 50%.. -> bonus = 2 yuan cite \"九\"\n\
    ladder s on money\n  tier ..100 yuan -> 0%\n  tier 100 yuan.. -> 10%\n  cite \"三\"\n\
    pays = min(rate[hospital, age] * cost + bonus + s(cost) + clamp(cost, 1 yuan, 3 yuan), most)\noutput pays\n";

/// Months that lack a day, in both directions.
const MONTHS: &str = "policy demo.calendar\ninput day: date\ninput n: months from 0 months to 5 months\n\
    e = day + 1 month or earlier\nl = day + n or later\nback = day - 1 year or earlier\noutput e, l, back\n";

/// An indicator that need not apply.
const INDICATORS: &str = "policy yiwu.indicators\nin force 2022-01-01 to 2022-12-31\n\
    input visits_in_county: count from 0 to 20\ninput visits: count from 0 to 20\n\
    check in_county_rate = visits_in_county / visits >= 90% cite \"二(五)22\" severity target\n  when visits > 0\n";

/// Writes a policy's module, and claims with their explanations.
fn write(runtime: &Runtime, folder: &Path, name: &str, policy: &Policy) {
    let explainer = Explainer::new(runtime, policy).unwrap();
    let inputs = &explainer.schema().inputs;
    let mut cases = Vec::new();
    for (at, claim) in policy.claims(5).take(CLAIMS).enumerate() {
        let all = at % 2 == 0;
        let texts = explainer.texts(&claim);
        let row: serde_json::Map<_, _> = inputs
            .iter()
            .zip(texts)
            .map(|(column, text)| (column.name.clone(), json!(text.unwrap_or_default())))
            .collect();
        let explanation = explainer.explain(&claim, all).unwrap_or_else(|error| panic!("{name}: {error}"));
        let parameters: serde_json::Map<_, _> =
            explainer.parameters(&claim).into_iter().map(|(name, text)| (name, json!(text))).collect();
        cases.push(json!({ "row": row, "parameters": parameters, "all": all, "explanation": explanation }));
    }
    std::fs::write(folder.join(format!("{name}.wasm")), &explainer.wasm).unwrap();
    std::fs::write(folder.join(format!("{name}.json")), json!(cases).to_string()).unwrap();
}

#[test]
#[ignore = "needs Node; run by `cargo xtask test`"]
fn both_hosts_explain_alike() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("explained");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let runtime = Runtime::new().unwrap();
    for (name, text) in WRITTEN {
        let analysis = analyze(&Source::new(name, text));
        write(&runtime, &folder, name, analysis.policy().unwrap());
    }
    let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &[9; 32]));
    for at in 0..POLICIES {
        let made = policy().new_tree(&mut runner).unwrap().current();
        let analysis = analyze(&Source::new("made_up.fen", made));
        if let Some(policy) = analysis.policy() {
            write(&runtime, &folder, &format!("made_up_{at}"), policy);
        }
    }
    let node = std::env::var("NODE").unwrap_or_else(|_| "node".to_owned());
    let mut command = Command::new(&node);
    command.args(["--test", "--test-reporter=spec", "explain.test.mjs"]).env("FEN_EXPLAINED", &folder);
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("web"));
    let output = command.output().unwrap_or_else(|error| panic!("cannot run {node}: {error}"));
    let report = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{report}{}", String::from_utf8_lossy(&output.stderr));
    print!("{report}");
}
