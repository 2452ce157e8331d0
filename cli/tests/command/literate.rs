//! Policies in literate form, wherever a policy is taken.

use crate::folder::{Folder, repository};

const BROKEN: &str = "# Visits\n\n> 每次不超过100元的部分，全额支付。\n\n1. the rule\n\n   ```fen\n   policy test.visits\n   \
    round half up to 0.01 yuan\n   input paid: money from 0 yuan to 1_000 yuan\n   output coverd\n   ```\n\n\
    ```fen\npaid tier ..100 yuan -> covered 100%\npaid tier 200 yuan.. -> covered 50%\n```\n";

const LITERATE: &str = "# 一\n\n> 超过一元的部分不予支付。\n\n```fen\npolicy test.base\nround half up to 0.01 yuan\n\
    input a: money from 0 yuan to 9 yuan\nb = min(a, 1 yuan)\noutput b\n```\n\n```fen ignore\nb = broken (\n```\n\n\
    ```fen\nexample \"two\"\n  given a 2 yuan\n  expect b 1 yuan\n```\n";

fn bundled() -> String {
    format!("{}#打包付费", repository("policies/qujing/方案.md").display())
}

#[test]
fn diagnostics_lie_in_the_markdown() {
    let folder = Folder::new();
    folder.write("visits.md", BROKEN.replace("coverd", "covered"));
    for lang in ["en", "zh"] {
        let done = folder.fen(&["check", "visits.md", "--lang", lang]);
        assert_eq!(done.code(), 1);
        insta::assert_snapshot!(format!("gap_{lang}"), done.stderr());
    }
    folder.write("visits.md", BROKEN);
    let done = folder.fen(&["check", "visits.md", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&done.stdout()).unwrap();
    let label = &json["diagnostics"][0]["labels"][0];
    let place =
        (label["file"].as_str(), label["line"].as_u64(), label["column"].as_u64(), label["end_column"].as_u64());
    assert_eq!(place, (Some("visits.md"), Some(11), Some(11), Some(17)), "{json:#}");
}

#[test]
fn a_literate_policy_is_checked_built_run_and_tested() {
    let folder = Folder::new();
    folder.fen(&["check", &bundled()]).good();
    assert!(folder.fen(&["test", &bundled()]).good().contains(" passed, 0 failed"));
    folder.fen(&["build", &bundled(), "-o", "bundled.wasm"]).good();
    let schema = folder.fen(&["schema", &bundled()]).good();
    assert_eq!(folder.fen(&["schema", "bundled.wasm"]).good(), schema);
    let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
    let surplus = schema["citations"].as_array().unwrap().iter().find(|one| one["rule"] == "结余").unwrap();
    assert_eq!(surplus["clause"], "三(五)3 结余分段");
    assert!(surplus["text"].as_str().unwrap().contains("结余超过15%以上的部分,全部结转"), "{surplus}");
    folder
        .write("years.csv", "筹资总额,基金支出,中心卫生院支出,一般卫生院支出\n300000000,273240000,81972000,60000000\n");
    for policy in [bundled().as_str(), "bundled.wasm"] {
        let out = folder.fen(&["run", policy, "--input", "years.csv"]).good();
        assert!(out.contains(",3000000.00,297000000.00,8910000.00,21087000.00,2673000.00,"), "{out}");
    }
}

#[test]
fn folders_hold_literate_policies_too() {
    let folder = Folder::new();
    std::fs::create_dir_all(folder.path("p/q")).unwrap();
    folder.write(
        "p/README.md",
        "# No policy\n\n```sh\nfen check p\n```\n\n    ```fen\n    an indented example\n    ```\n",
    );
    folder.write("p/shown.md", "```fen ignore\nnot ( a policy\n```\n");
    folder.write("p/base.md", LITERATE);
    folder.write("p/q/other.markdown", LITERATE.replace("test.base", "test.other"));
    let done = folder.fen(&["check", "p"]);
    assert_eq!((done.code(), done.stderr().as_str()), (0, "2 of 2 without errors\n"));
    folder.write("p/amended.fen", "amend test.base as test.amended\nb = min(a, 3 yuan)\n");
    folder.write("p/literate.md", "```fen\namend test.amended as test.twice\nb = min(a, 2 yuan)\n```\n");
    folder.write("p/named.fen", "amend test.base as test.named from file \"base.md\"\nb = a\n");
    let done = folder.fen(&["check", "p"]);
    assert_eq!((done.code(), done.stderr().as_str()), (0, "5 of 5 without errors\n"));
    folder.write("claims.csv", "a\n5\n");
    assert_eq!(folder.fen(&["run", "p/literate.md", "--input", "claims.csv"]).good(), "a,b\n5,2.00\n");
    folder.write("p/open.md", "# open\n\n```fen\npolicy a.b\n");
    let done = folder.fen(&["check", "p"]);
    assert!(done.code() == 1 && done.stderr().contains("fen::markdown::unclosed"), "{}", done.stderr());
    assert!(folder.fen(&["check", "p/README.md"]).stderr().contains("fen::markdown::no_blocks"));
}

#[test]
fn the_same_rules_make_the_same_code() {
    let folder = Folder::new();
    folder.write("base.md", LITERATE);
    let blocks: Vec<&str> = LITERATE.split("```fen\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    folder.write("base.fen", blocks.concat());
    let hash = |policy: &str| {
        let schema: serde_json::Value = serde_json::from_str(&folder.fen(&["schema", policy]).good()).unwrap();
        (schema["code_sha256"].clone(), schema["source_sha256"].clone())
    };
    let ((code, source), (plain_code, plain_source)) = (hash("base.md"), hash("base.fen"));
    assert_eq!(code, plain_code);
    assert_ne!(source, plain_source);
}
