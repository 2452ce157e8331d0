//! Every policy in `tests/broken` is refused; what the compiler says of it stands beside it, in both languages.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use fen_compiler::render::{Style, json, text};
use fen_compiler::{Lang, Source, analyze};

#[test]
fn broken_policies_are_explained() {
    insta::glob!("broken/*.fen", |path| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let source = Source::new(name, std::fs::read_to_string(path).unwrap());
        let analysis = analyze(&source);
        assert!(analysis.has_error() && analysis.policy().is_none());
        let both = [Lang::En, Lang::Zh].map(|lang| text(&source, analysis.diagnostics(), lang, Style::Plain));
        insta::assert_snapshot!(both.join("\n"));
    });
}

#[test]
fn json_counts_lines_and_characters_from_one() {
    let source = Source::new("中.fen", "政策 a\n输出 甲乙 丙\n");
    let report = json(&source, analyze(&source).diagnostics(), Lang::Zh);
    insta::assert_snapshot!(format!("{:#}", serde_json::Value::from(report)));
}

#[test]
fn policies_too_large_for_a_module_are_refused() {
    use std::fmt::Write as _;
    let mut text = "policy too.large\ninput a: money from 0 yuan to 100_000 yuan\nd0 = a\n".to_owned();
    for at in 1..12_000 {
        writeln!(text, "d{at} = max(d{} - 0.01 yuan, a - {at}.00 yuan)", at - 1).unwrap();
    }
    text += "output d11999\n";
    let source = Source::new("too_large.fen", text);
    let analysis = analyze(&source);
    let codes: Vec<&str> = analysis.diagnostics().iter().map(|diagnostic| diagnostic.code).collect();
    assert_eq!(codes, ["fen::policy::too_large"]);
}
