//! Every policy in `tests/provisions` is accepted and can be compiled: rules as cities write them, a small one per file.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use fen_compiler::render::{Style, text};
use fen_compiler::{Lang, Source, analyze};

#[test]
fn rules_of_cities_are_accepted() {
    insta::glob!("provisions/*.fen", |path| {
        let source = Source::new(path.to_string_lossy(), std::fs::read_to_string(path).unwrap());
        let analysis = analyze(&source);
        let report = text(analysis.sources(), analysis.diagnostics(), Lang::En, Style::Plain);
        assert!(report.is_empty(), "{report}");
        analysis.policy().unwrap().compile().unwrap();
    });
}
