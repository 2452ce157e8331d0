//! `fen schema --plan`

use crate::folder::{Folder, repository, surplus};

#[test]
fn plans_of_the_language_examples() {
    let folder = Folder::new();
    for name in ["stay", "drg_points", "catastrophic", "readmission", "fee_lines", "burdens"] {
        let policy = repository(&format!("cli/tests/command/streams/{name}.fen")).display().to_string();
        for lang in ["en", "zh"] {
            let plan = folder.fen(&["schema", "--plan", &policy, "--lang", lang]).good();
            insta::assert_snapshot!(format!("{name}_{lang}"), plan);
        }
        // The same without `--plan` is JSON.
        let json: serde_json::Value = serde_json::from_str(&folder.fen(&["schema", &policy]).good()).unwrap();
        assert!(json["plan"].is_object(), "{name}");
    }
}

#[test]
fn policies_without_a_plan() {
    let folder = Folder::new();
    let plan = folder.fen(&["schema", "--plan", &surplus()]).good();
    assert!(plan.contains("every row is settled by itself"), "{plan}");
}
