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
const WRITTEN: [(&str, &str); 3] = [
    ("surplus", include_str!("../../policies/qujing/surplus.fen")),
    ("结余留用", include_str!("../../policies/qujing/结余留用.fen")),
    (
        "retention",
        "policy national.procurement_retention\nsource \"医保发〔2020〕26号\"\nin force from 2020-06-01\n\
         round half up to 0.01 yuan\n\ninput base:  money from 0 yuan to 10_000_000_000 yuan\n\
         input score: count from 0 to 100\n\nscore band ..<60    -> retention = 0%\n\
         score band 60..<80  -> retention = 30%\nscore band 80..<90  -> retention = 40%\n\
         score band 90..     -> retention = 50%\n\nretained = base * retention\noutput retained\n",
    ),
];

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
