//! The formatter changes how a source looks and nothing else: what it writes is read as the same policy, comes out the same when
//! it is formatted again, goes into the other language and back, and compiles to the same code.
//!
//! `FEN_MUTANTS` asks for another number of spoilt sources, `FEN_SEED` for others.
#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use fen_compiler::{Lang, Source, analyze, format};
use fen_tests::mutations::{Mutation, mutated};
use fen_tests::policies::{policy, policy_of};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

const MUTANTS: u32 = 1_000;
const POLICIES: u32 = 60;

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().and_then(|number| number.parse().ok())
}

fn random(cases: u32) -> TestRunner {
    let config = Config { cases, max_shrink_iters: 2_000, failure_persistence: None, ..Config::default() };
    let mut bytes = [7; 32];
    bytes[..8].copy_from_slice(&number("FEN_SEED").unwrap_or(1).to_le_bytes());
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}

/// Files of the repository with one of some endings.
fn files(endings: &[&str]) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut found = Vec::new();
    for folder in ["compiler/tests", "policies", "cli/tests", "docs", "tests/tests"] {
        collect(&root.join(folder), endings, &mut found);
    }
    found
}

fn collect(folder: &Path, endings: &[&str], found: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            collect(&path, endings, found);
        } else if path.extension().is_some_and(|ending| endings.iter().any(|one| ending == *one)) {
            found.push(path);
        }
    }
}

/// All sources of the repository, those that are refused too.
fn sources() -> Vec<String> {
    let mut sources = Vec::new();
    for path in files(&["fen", "md"]) {
        let text = std::fs::read_to_string(&path).unwrap();
        if path.extension().is_some_and(|ending| ending == "fen") {
            sources.push(text);
            continue;
        }
        let blocks = text.split("```fen").skip(1).filter_map(|block| block.split_once('\n')?.1.split("```").next());
        sources.extend(blocks.map(str::to_owned));
    }
    assert!(sources.len() >= 100, "where are the sources?");
    sources
}

/// The tree of a source without places and languages; words that the tree keeps as written by their English form.
fn tree(text: &str) -> String {
    let (file, problems) = fen_grammar::parse(text);
    assert!(problems.is_empty(), "{problems:?}\n{text}");
    let mut tree = String::new();
    for item in &file.items {
        writeln!(tree, "{} {:?} {:?}", item.is_added, item.allows, item.kind).unwrap();
    }
    let mut bare = String::new();
    let mut rest = tree.as_str();
    while let Some((before, after)) = rest.split_once("Span { start: ") {
        bare.push_str(before);
        rest = after.split_once('}').unwrap().1;
    }
    bare.push_str(rest);
    for (words, word) in [
        (&["claims", "单据"][..], "claim"),
        (&["years of age", "year of age", "years", "年", "岁"], "year"),
        (&["months", "个月", "月"], "month"),
        (&["days", "天", "日"], "day"),
        (&["points", "marks", "mark", "点", "分"], "point"),
        (&["persons", "人"], "person"),
        (&["cases", "例"], "case"),
        (&["元"], "yuan"),
    ] {
        for other in words {
            bare = bare.replace(&format!("\"{other}\""), &format!("\"{word}\""));
        }
    }
    // Names that the language gives.
    for (zh, en) in [("_结论", "_result"), ("_差距", "_gap"), ("\"冲销\"", "\"reverses\""), (".冲销", ".reverses")]
    {
        bare = bare.replace(zh, en);
    }
    for (zh, en) in [("达标", "met"), ("未达标", "missed"), ("预警", "warning"), ("不适用", "not_applicable")]
    {
        bare = bare.replace(&format!("\"{zh}\""), &format!("\"{en}\""));
    }
    bare
}

/// Everything that must hold of a source; whether it is one that can be formatted.
fn holds(text: &str) -> bool {
    let Ok(formatted) = format(text, None) else {
        let (_, problems) = fen_grammar::parse(text);
        assert!(!problems.is_empty(), "{:?}\n{text}", format(text, None));
        return false;
    };
    assert_eq!(format(&formatted, None).as_ref(), Ok(&formatted), "formatted twice:\n{text}");
    let own = tree(text);
    assert!(tree(&formatted) == own, "another tree:\n{text}\n{formatted}");
    for (lang, other) in [(Lang::En, Lang::Zh), (Lang::Zh, Lang::En)] {
        let one = match format(text, Some(lang)) {
            Ok(one) => one,
            // A name that is a word of the other language.
            Err(problems) => {
                assert_eq!(problems[0].code, "fen::format::name", "{text}");
                continue;
            }
        };
        assert_eq!(format(&one, Some(lang)).as_ref(), Ok(&one), "formatted twice:\n{text}");
        assert_eq!(format(&one, None).as_ref(), Ok(&one), "its own language:\n{text}");
        assert!(tree(&one) == own, "another tree:\n{text}\n{one}");
        if let Ok(there) = format(&one, Some(other)) {
            assert_eq!(format(&there, Some(lang)).as_ref(), Ok(&one), "there and back:\n{text}\n{there}");
        }
    }
    true
}

#[test]
fn sources_of_the_repository() {
    let formatted = sources().iter().filter(|text| holds(text)).count();
    assert!(formatted >= 80, "only {formatted} have no mistakes in their syntax");
}

#[test]
fn policies_made_up() {
    random(POLICIES)
        .run(&policy(), |text| {
            assert!(holds(&text));
            Ok(())
        })
        .unwrap();
}

#[test]
fn spoilt_sources() {
    let mut sources = sources();
    let mut runner = random(1);
    sources.extend((0..40).map(|_| policy_of(6).new_tree(&mut runner).unwrap().current()));
    let mutants = number("FEN_MUTANTS").and_then(|count| u32::try_from(count).ok()).unwrap_or(MUTANTS);
    let mutation = (any::<u8>(), any::<u16>(), any::<u16>()).prop_map(|(kind, at, with)| Mutation { kind, at, with });
    let strategy = (any::<prop::sample::Index>(), prop::collection::vec(mutation, 1..4));
    let formatted = std::cell::Cell::new(0);
    random(mutants)
        .run(&strategy, |(source, mutations)| {
            let text = mutated(&sources[source.index(sources.len())], &mutations);
            formatted.set(formatted.get() + u32::from(holds(&text)));
            Ok(())
        })
        .unwrap();
    println!("{} of {mutants} were still without mistakes in their syntax", formatted.get());
    assert!(formatted.get() > mutants / 20);
}

/// White space and comments where nobody expects them.
#[test]
fn scattered_sources() {
    let sources: Vec<String> = sources().into_iter().filter(|text| fen_grammar::parse(text).1.is_empty()).collect();
    let scatter = prop::collection::vec((any::<u16>(), 0..8_usize), 1..12);
    random(400)
        .run(&(any::<prop::sample::Index>(), scatter), |(source, scatter)| {
            let text = scattered(&sources[source.index(sources.len())], &scatter);
            holds(&text);
            Ok(())
        })
        .unwrap();
}

/// A source with something else between some of its words.
fn scattered(text: &str, scatter: &[(u16, usize)]) -> String {
    const BETWEEN: [&str; 8] = [
        " # note",
        "  \n  ",
        " # 注\n\t",
        "\n\n\n  # a “note”\n# another\n  ",
        "\u{3000}",
        " \r\n ",
        "\t\t",
        " #\n  #\n\n  ",
    ];
    let spaces: Vec<usize> = text.match_indices([' ', '\n']).map(|(at, _)| at).collect();
    let mut with: BTreeMap<usize, usize> = BTreeMap::new();
    for (part, between) in scatter {
        if let Some(at) = spaces.get((usize::from(*part) * spaces.len()) >> 16) {
            with.insert(*at, *between);
        }
    }
    let mut scattered = String::new();
    for (at, c) in text.char_indices() {
        if let Some(between) = with.get(&at) {
            scattered.push_str(BETWEEN[*between]);
        }
        scattered.push(c);
    }
    scattered
}

/// The code section of what a source compiles to, and whether its examples come out; `None` if it does not compile.
fn code(text: &str) -> Option<(Vec<u8>, usize)> {
    let analysis = analyze(&Source::new("policy.fen", text));
    let policy = analysis.policy()?;
    let failed = policy.test(0, 0).examples.iter().filter(|(_, problem)| problem.is_some()).count();
    let wasm = policy.compile().unwrap().wasm;
    let payloads = wasmparser::Parser::new(0).parse_all(&wasm).map(Result::unwrap);
    let range = payloads.into_iter().find_map(|payload| match payload {
        wasmparser::Payload::CodeSectionStart { range, .. } => Some(range),
        _ => None,
    });
    Some((wasm[range.unwrap()].to_vec(), failed))
}

/// Whether a source compiles; what it is formatted to then compiles to the same code.
fn compiles_alike(text: &str) -> bool {
    let Some(own) = code(text) else { return false };
    for lang in [None, Some(Lang::En), Some(Lang::Zh)] {
        let formatted = format(text, lang).unwrap();
        assert!(code(&formatted).as_ref() == Some(&own), "other code:\n{text}\n{formatted}");
    }
    true
}

#[test]
fn translations_compile_to_the_same_code() {
    random(24)
        .run(&policy(), |text| {
            compiles_alike(&text);
            Ok(())
        })
        .unwrap();
    let compiled = sources().iter().filter(|text| compiles_alike(text)).count();
    assert!(compiled >= 40, "only {compiled} compile");
}
