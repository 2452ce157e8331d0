//! `docs/errors.md` explains every code that is in the sources, and no other; its examples are refused with the codes that
//! they say, and what its remedies make of them compiles. The top of the page says how it is written. The rows that
//! it says are rejected are settled in the tests of the command.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "../../cli/src/help/page.rs"]
mod page;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use fen_compiler::{Analysis, Files, Lang, Source, analyze_with, literate};

use crate::page::{Page, Piece, Section};

/// Codes of the compiler that no policy of reasonable size brings about. Their sections say so in an **Example.**
const WITHOUT_A_POLICY: [&str; 9] = [
    "fen::file::too_many",
    "fen::format::name",
    "fen::internal::emit",
    "fen::internal::format",
    "fen::internal::syntax",
    "fen::ladder::too_many_rows",
    "fen::parameter::other_policy",
    "fen::policy::too_large",
    "fen::table::too_large",
];

const LANGUAGES: [&str; 2] = ["English", "Chinese"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn errors() -> String {
    std::fs::read_to_string(root().join("docs/errors.md")).unwrap()
}

/// The codes that the sources in a folder mention in quotes, but for those in tests.
fn codes_in(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if !path.ends_with("tests") {
                codes_in(&path, found);
            }
        } else if path.extension().is_some_and(|ending| ending == "rs") && !path.ends_with("tests.rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
            let quoted = text.split("\"fen::").skip(1).map(|rest| rest.split('"').next().unwrap());
            found.extend(quoted.filter(|rest| rest.contains("::")).map(|rest| format!("fen::{rest}")));
        }
    }
}

fn codes(folders: &[&str]) -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    folders.iter().for_each(|folder| codes_in(&root().join(folder).join("src"), &mut codes));
    codes
}

/// The crates whose codes people see: all but those that only build and test.
fn crates() -> Vec<String> {
    let entries = std::fs::read_dir(root()).unwrap().map(|entry| entry.unwrap());
    let folders = entries.filter(|entry| entry.path().join("Cargo.toml").exists() && entry.path().join("src").exists());
    let names = folders.map(|folder| folder.file_name().into_string().unwrap());
    names.filter(|name| !["tests", "xtask"].contains(&name.as_str())).collect()
}

/// The codes of rejected rows, as `RejectCode::as_str` writes them.
fn reject_codes() -> BTreeSet<String> {
    let text = std::fs::read_to_string(root().join("schema/src/lib.rs")).unwrap();
    let names = text.split("impl RejectCode {").nth(1).unwrap().split("\n}").next().unwrap();
    let codes: BTreeSet<_> =
        names.split("=> \"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect();
    assert!(codes.contains("below_min"));
    codes
}

#[test]
fn every_code_has_a_section() {
    let crates = crates();
    let mut codes = codes(&crates.iter().map(String::as_str).collect::<Vec<_>>());
    codes.extend(reject_codes());
    let text = errors();
    let page = Page::read(&text);
    let mut explained = BTreeSet::new();
    for section in page.sections() {
        assert!(explained.insert(section.code.to_owned()), "{} has two sections", section.code);
    }
    let missing: Vec<_> = codes.difference(&explained).collect();
    assert!(
        missing.is_empty(),
        "docs/errors.md has no section for {missing:?}: cause, example and remedy, in both languages"
    );
    let needless: Vec<_> = explained.difference(&codes).collect();
    assert!(needless.is_empty(), "docs/errors.md has sections for {needless:?}, which no source mentions");
    let headings = text.lines().filter(|line| line.starts_with("### ")).count();
    assert_eq!(headings, explained.len(), "a heading is not `### CODE: Title / 标题`");
}

/// Both halves of every section have their paragraphs, in their order, and the title is in both languages.
#[test]
fn every_section_is_whole() {
    let text = errors();
    for section in Page::read(&text).sections() {
        let code = section.code;
        let [en, zh] = section.titles;
        assert!(!en.is_empty() && zh.chars().any(is_chinese) && !en.chars().any(is_chinese), "{code}: {en} / {zh}");
        for (at, labels) in
            [["**Cause.** ", "**Example.** ", "**Remedy.** "], ["**原因** ", "**例** ", "**办法** "]].iter().enumerate()
        {
            let half = &section.halves[at];
            let prose = half.iter().filter_map(|piece| match piece {
                Piece::Prose(text) => Some(*text),
                Piece::Block { .. } => None,
            });
            let found: Vec<_> = prose
                .map(|text| labels.iter().position(|label| text.starts_with(label) && text.len() > label.len()))
                .collect();
            let is_shown = examples(half).next().is_some();
            let wanted: &[_] = if is_shown { &[Some(0), Some(2)] } else { &[Some(0), Some(1), Some(2)] };
            assert_eq!(
                found, wanted,
                "{code} in {}: paragraphs are {labels:?}; the second where no block is",
                LANGUAGES[at]
            );
            let has_chinese_prose =
                half.iter().any(|piece| matches!(piece, Piece::Prose(text) if text.chars().any(is_chinese)));
            assert!(at == 0 || has_chinese_prose, "{code} says nothing in Chinese");
        }
    }
}

fn is_chinese(c: char) -> bool {
    ('\u{3400}'..='\u{9fff}').contains(&c)
}

/// The infos of blocks that show a code.
fn examples<'h>(half: &'h [Piece<'_>]) -> impl Iterator<Item = &'h str> {
    half.iter().filter_map(|piece| match piece {
        Piece::Block { info, .. }
            if ["fen refused ", "fen warned ", "markdown refused ", "csv rejected "]
                .iter()
                .any(|kind| info.starts_with(kind)) =>
        {
            Some(*info)
        }
        _ => None,
    })
}

/// What an example says of itself.
struct Example<'p> {
    /// The codes that it says it is refused with.
    codes: BTreeSet<&'p str>,
    are_warnings: bool,
    /// A Markdown file, which is corrected as a whole.
    is_markdown: bool,
    policy: &'p [&'p str],
    corrected: Option<&'p [&'p str]>,
    /// By name: the files that it names, and those of the remedy.
    files: [BTreeMap<&'p str, &'p [&'p str]>; 2],
}

/// The example of half a section; `None` if it has none.
fn example<'p>(section: &'p Section<'_>, language: usize) -> Option<Example<'p>> {
    let mut example: Option<Example<'p>> = None;
    let mut files = BTreeMap::new();
    for piece in &section.halves[language] {
        let Piece::Block { info, lines } = piece else { continue };
        let mut words = info.split(' ');
        match (words.next().unwrap(), words.next()) {
            (language @ ("fen" | "markdown"), Some(kind @ ("refused" | "warned"))) => {
                assert!(example.is_none(), "{} has two examples", section.code);
                let (codes, are_warnings, is_markdown) = (words.collect(), kind == "warned", language == "markdown");
                let files = [std::mem::take(&mut files), BTreeMap::new()];
                example = Some(Example { codes, are_warnings, is_markdown, policy: lines, corrected: None, files });
            }
            ("fen" | "markdown", Some("corrected")) => example.as_mut().unwrap().corrected = Some(lines),
            ("fen", Some("file")) => {
                files.insert(words.next().unwrap(), lines);
            }
            ("csv", Some("rejected" | "corrected")) => {}
            ("csv" | "toml" | "markdown", Some(name)) => {
                files.insert(name, lines);
            }
            _ => panic!("{}: a block is none of those that the top of the page names: ```{info}", section.code),
        }
    }
    if let Some(example) = &mut example {
        example.files[1] = files;
    }
    example
}

impl Example<'_> {
    /// The policy as the remedy makes it: what is corrected stands in the place of the marked lines, or at the end.
    fn corrected(&self) -> String {
        if self.is_markdown {
            return lines(self.corrected.unwrap_or_default());
        }
        let mut text = String::new();
        let mut corrected = Some(lines(self.corrected.unwrap_or_default()));
        for line in self.policy {
            if line.trim_end().ends_with("# ✗") {
                text += &corrected.take().unwrap_or_default();
            } else {
                text += &lines(&[line]);
            }
        }
        text + &corrected.unwrap_or_default()
    }

    fn analyze(&self, text: String, stages: usize) -> Analysis {
        let name = if self.is_markdown { "example.md" } else { "example.fen" };
        analyze_with(&Source::new(name, text), &Shown(&self.files[..stages]))
    }
}

fn lines(lines: &[&str]) -> String {
    lines.iter().flat_map(|line| [line, "\n"]).collect()
}

/// The files of an example; later ones replace those before.
struct Shown<'p>(&'p [BTreeMap<&'p str, &'p [&'p str]>]);

impl Files for Shown<'_> {
    fn read(&self, _from: &str, path: &str) -> Result<Source, String> {
        let found = self.0.iter().rev().find_map(|files| files.get(literate::split(path).0));
        found.map(|file| Source::new(path, lines(file))).ok_or_else(|| "there is no such file".to_owned())
    }

    fn policy(&self, _from: &str, _name: &str) -> Option<Source> {
        None
    }
}

#[test]
fn examples_fail_with_their_codes_and_remedies_help() {
    let of_compiler = codes(&["compiler", "grammar", "values"]);
    let text = errors();
    let mut wrong = Vec::new();
    for section in Page::read(&text).sections().filter(|section| of_compiler.contains(section.code)) {
        for (at, language) in LANGUAGES.iter().enumerate() {
            let code = section.code;
            let Some(example) = example(section, at) else {
                assert!(WITHOUT_A_POLICY.contains(&code), "{code} has no example in {language}");
                continue;
            };
            assert!(!WITHOUT_A_POLICY.contains(&code), "{code} needs no exemption");
            assert!(example.codes.contains(code), "the example of {code} in {language} is about another code");
            let before = example.analyze(lines(example.policy), 1);
            let found: BTreeSet<_> = before.diagnostics().iter().map(|one| one.code).collect();
            if found != example.codes || before.has_error() == example.are_warnings {
                wrong.push(format!("{code} in {language} brings about {found:?}:\n{}", rendered(&before)));
            }
            let is_marked = example.policy.iter().any(|line| line.ends_with("# ✗"));
            assert!(
                is_marked || example.corrected.is_some() || !example.files[1].is_empty(),
                "{code} has no correction"
            );
            let after = example.analyze(example.corrected(), 2);
            if !after.diagnostics().is_empty() {
                wrong.push(format!("{code} in {language}, corrected, brings about:\n{}", rendered(&after)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn rendered(analysis: &Analysis) -> String {
    analysis.diagnostics().iter().map(|one| format!("  {}: {}\n", one.code, one.message.get(Lang::En))).collect()
}
