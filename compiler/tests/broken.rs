//! Every policy in `tests/broken` is refused; what the compiler says of it stands beside it, in both languages. The
//! files that those policies name lie in `tests/broken/files`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use fen_compiler::render::{Style, json, text};
use fen_compiler::{Files, Lang, Source, analyze, analyze_with, literate};

/// The folder `tests/broken/files`.
struct Folder;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/broken")
}

impl Files for Folder {
    fn read(&self, _from: &str, path: &str) -> Result<Source, String> {
        let read = std::fs::read_to_string(folder().join("files").join(literate::split(path).0));
        read.map(|text| Source::new(path, text)).map_err(|_| "there is no such file".to_owned())
    }

    fn policy(&self, _from: &str, _name: &str) -> Option<Source> {
        None
    }
}

#[test]
fn broken_policies_are_explained() {
    insta::glob!("broken/*.{fen,md}", |path| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let source = Source::new(name, std::fs::read_to_string(path).unwrap());
        let analysis = analyze_with(&source, &Folder);
        assert!(analysis.has_error() && analysis.policy().is_none());
        let both =
            [Lang::En, Lang::Zh].map(|lang| text(analysis.sources(), analysis.diagnostics(), lang, Style::Plain));
        insta::assert_snapshot!(both.join("\n"));
    });
}

/// Codes that no policy of reasonable size brings about: those of mistakes in the compiler, and limits that have tests
/// of their own, here or beside the limit.
const WITHOUT_A_POLICY: [&str; 7] = [
    "fen::format::name",
    "fen::internal::emit",
    "fen::internal::format",
    "fen::internal::syntax",
    "fen::file::too_many",
    "fen::policy::too_large",
    "fen::table::too_large",
];

/// All codes in the sources have a broken policy.
#[test]
fn every_code_is_shown() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut codes = BTreeSet::new();
    for crate_folder in ["src", "../grammar/src"] {
        codes_in(&root.join(crate_folder), &mut codes);
    }
    let mut shown = BTreeSet::new();
    // Warnings have policies of their own, which are not broken.
    let lints = folder().with_file_name("lints");
    for entry in [folder(), lints].iter().flat_map(|folder| std::fs::read_dir(folder).unwrap()) {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "fen" || ending == "md") {
            let source = Source::new(path.to_string_lossy(), std::fs::read_to_string(&path).unwrap());
            shown.extend(analyze_with(&source, &Folder).diagnostics().iter().map(|one| one.code.to_owned()));
        }
    }
    let exempt: BTreeSet<String> = WITHOUT_A_POLICY.map(str::to_owned).into();
    let missing: Vec<&String> = codes.iter().filter(|code| !shown.contains(*code) && !exempt.contains(*code)).collect();
    assert!(missing.is_empty(), "no policy in tests/broken shows {missing:?}");
    let needless: Vec<&String> = exempt.iter().filter(|code| shown.contains(*code) || !codes.contains(*code)).collect();
    assert!(needless.is_empty(), "{needless:?} need no exemption");
}

/// The codes that the sources in a folder mention in quotes, but for those in tests.
fn codes_in(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if !path.ends_with("tests") {
                codes_in(&path, found);
            }
            continue;
        }
        if path.extension().is_none_or(|ending| ending != "rs") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        if !path.ends_with("tests.rs") {
            found.extend(text.split("\"fen::").skip(1).map(|rest| format!("fen::{}", rest.split('"').next().unwrap())));
        }
    }
}

/// The row that a message says is missing makes the ladder whole, in either language.
#[test]
fn proposed_rows_close_the_gaps() {
    for (name, yields) in [
        ("gap.fen", "retain 50%, carry 50%"),
        ("open_top.fen", "carry 100%"),
        ("open_bottom.fen", "retain 100%"),
        ("band_gap_of_one_point.fen", "quota = 2 * paid"),
        ("beyond.fen", "b 100%"),
    ] {
        for lang in [Lang::En, Lang::Zh] {
            let text = std::fs::read_to_string(folder().join(name)).unwrap();
            let rows = missing_rows(&text, lang);
            assert!(!rows.is_empty(), "{name} proposes no row");
            let first = format!("{text}{} -> {yields}\n", rows[0]);
            assert_eq!(missing_rows(&first, lang), rows[1..], "{name} with {}", rows[0]);
        }
    }
}

/// The rows that are proposed in `help: add a row `…``.
fn missing_rows(text: &str, lang: Lang) -> Vec<String> {
    let analysis = analyze(&Source::new("policy.fen", text));
    let gaps =
        analysis.diagnostics().iter().filter(|one| ["fen::tier::gap", "fen::tier::open_end"].contains(&one.code));
    let row = |help: &str| Some(help.split(['`', '“']).nth(1)?.split(" -> ").next()?.to_owned());
    gaps.filter_map(|one| row(one.help.as_ref()?.get(lang))).collect()
}

#[test]
fn json_counts_lines_and_characters_from_one() {
    let source = Source::new("中.fen", "政策 a\n输出 甲乙 丙\n");
    let analysis = analyze(&source);
    let report = json(analysis.sources(), analysis.diagnostics(), Lang::Zh);
    insta::assert_snapshot!(format!("{:#}", serde_json::Value::from(report)));
}

/// The codes of all that is said about a source.
fn codes(source: String, files: &dyn Files) -> Vec<&'static str> {
    let analysis = analyze_with(&Source::new("limits.fen", source), files);
    analysis.diagnostics().iter().map(|diagnostic| diagnostic.code).collect()
}

/// A long ladder that is applied to many amounts.
#[test]
fn policies_too_large_for_a_module_are_refused() {
    let mut text = "policy too.large\nround down to 1 yuan\ninput a: money from 0 yuan to 1_000 yuan\n".to_owned();
    text += "ladder long on money\n  tier ..1 yuan -> 0%\n";
    for at in 1..1_000 {
        writeln!(text, "  tier {at}..{} yuan -> {}%", at + 1, at % 7).unwrap();
    }
    text += "  tier 1_000 yuan.. -> 0%\n";
    for at in 0..100 {
        writeln!(text, "d{at} = long(a + {at} yuan)\noutput d{at}").unwrap();
    }
    assert_eq!(codes(text, &Folder), ["fen::policy::too_large"]);
}

/// The ranges of two keys cut each other into pieces.
#[test]
fn tables_too_large_for_a_module_are_refused() {
    let mut text = "policy too.large\ninput a: count from 0 to 10_000\ninput b: count from 0 to 10_000\n".to_owned();
    text += "param t by a, b: count = 2_000.. 2_000.. 0";
    for at in 0..2_000 {
        write!(text, ", {at}..<{next} .. {at}, 2_000.. {at}..<{next} {at}", next = at + 1).unwrap();
    }
    text += "\noutput x\nx = t[a, b]\n";
    assert_eq!(codes(text, &Folder), ["fen::table::too_large"]);
}

/// Files of one enum each.
struct Many;

impl Files for Many {
    fn read(&self, _from: &str, path: &str) -> Result<Source, String> {
        Ok(Source::new(path, format!("library a.b\nenum e{path} = x | y\n")))
    }

    fn policy(&self, _from: &str, _name: &str) -> Option<Source> {
        None
    }
}

/// Files that import one another without end.
struct Endless;

impl Files for Endless {
    fn read(&self, _from: &str, path: &str) -> Result<Source, String> {
        let at: usize = path.parse().unwrap();
        let text = format!("library a.b\nimport e{0} from \"{0}\"\nenum e{at} = x | y\n", at + 1);
        Ok(Source::new(path, text))
    }

    fn policy(&self, _from: &str, _name: &str) -> Option<Source> {
        None
    }
}

#[test]
fn policies_of_too_many_files_are_refused() {
    let rest = "input i: e1\noutput o\no = i is x\n";
    let imports: String = (0..502).fold(String::new(), |text, at| text + &format!("import e{at} from \"{at}\"\n"));
    assert_eq!(codes(format!("policy a.b\n{imports}{rest}"), &Many), ["fen::file::too_many"]);
    assert_eq!(codes(format!("policy a.b\nimport e1 from \"1\"\n{rest}"), &Endless), ["fen::file::too_many"]);
}

/// What can be applied puts right what it is offered for.
#[test]
fn remedies_put_right_what_they_are_for() {
    let (mut applied, mut codes) = (0, BTreeSet::new());
    let mut failures = String::new();
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "fen") {
            continue;
        }
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        let analysis = analyze_with(&Source::new(name.as_str(), text.as_str()), &Folder);
        for diagnostic in analysis.diagnostics() {
            for fix in &diagnostic.fixes {
                let mut edits = analysis.edits(fix);
                assert!(!edits.is_empty());
                if edits.iter().any(|(span, _)| span.end > text.len()) {
                    // In another file.
                    continue;
                }
                edits.sort_by_key(|(span, _)| span.start);
                let mut after = text.clone();
                for (span, new) in edits.iter().rev() {
                    after.replace_range(span.start..span.end, new);
                }
                let again = analyze_with(&Source::new(name.as_str(), after.as_str()), &Folder);
                let count = |all: &[fen_compiler::Diagnostic]| {
                    all.iter().filter(|one| one.code == diagnostic.code && one.message == diagnostic.message).count()
                };
                if count(again.diagnostics()) >= count(analysis.diagnostics()) {
                    writeln!(failures, "{name}: {} [{}]: {}", diagnostic.message.en, diagnostic.code, fix.title.en)
                        .unwrap();
                }
                applied += 1;
                codes.insert(diagnostic.code);
            }
        }
    }
    assert!(failures.is_empty(), "{failures}");
    assert!(applied > 50 && codes.len() > 12, "{applied} {codes:?}");
}
