//! Every policy that the documentation and `policies/` show is accepted, and its examples come out.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::Path;

use fen_compiler::{Lang, Source, analyze, render};

fn accepted(name: &str, text: &str) {
    let source = Source::new(name, text);
    let analysis = analyze(&source);
    assert!(analysis.policy().is_some(), "{name}: {:#?}", render::json(&source, analysis.diagnostics(), Lang::En));
}

/// The contents of the ```fen blocks of a Markdown text.
fn blocks(markdown: &str) -> Vec<String> {
    let parts = markdown.split("\n```fen\n").skip(1);
    parts.map(|part| part.split("\n```").next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn documentation_is_accepted() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let policies = blocks(&std::fs::read_to_string(root.join("docs/language.md")).unwrap());
    assert_eq!(policies.len(), 2);
    for (at, text) in policies.iter().enumerate() {
        accepted(&format!("docs/language.md, block {}", at + 1), text);
    }
}

/// The same policy in both languages has the same code and columns in the same places; names and labels differ.
#[test]
fn languages_compile_to_the_same_code() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let policies = blocks(&std::fs::read_to_string(root.join("docs/language.md")).unwrap());
    let code = policies.iter().map(|text| {
        let wasm = analyze(&Source::new("policy.fen", text)).policy().unwrap().compile().unwrap().wasm;
        let sections = wasmparser::Parser::new(0).parse_all(&wasm).map(|payload| payload.unwrap().as_section());
        let sections =
            sections.flatten().filter(|(id, _)| *id != 0).map(|(_, range)| wasm.get(range).unwrap().to_vec());
        sections.collect::<Vec<_>>()
    });
    let code: Vec<_> = code.collect();
    assert!(!code.is_empty() && code.windows(2).all(|pair| pair.first() == pair.last()));
}
