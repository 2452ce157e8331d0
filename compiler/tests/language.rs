//! Every block of the language reference, in both languages, is compiled, and its examples come out.
//!
//! * ```` ```fen ```` is accepted. A block without a `policy`, `library` or `amend` item is a fragment: it is read with
//!   the ```` ```fen setting ```` block of its language, and all that it defines is an output.
//! * Two such blocks with nothing between them are the same in English and Chinese: they compile to the same code.
//! * ```` ```fen refused CODE ```` is refused with that code and no other.
//! * ````` ````markdown ````` is a policy in literate form.
//! * ```` ```csv NAME ````, ```` ```toml NAME ```` and ```` ```fen file NAME ```` are files that the blocks after them can name; the latter is
//!   accepted itself.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use fen_compiler::literate::{self, Outline};
use fen_compiler::render::{Style, text};
use fen_compiler::{Analysis, Files, Lang, Severity, Source, analyze, analyze_with};

/// A fenced block.
struct Block {
    /// What stands behind the fence.
    info: String,
    text: String,
    line: usize,
    /// Whether only blank lines stand between it and the block before.
    follows_directly: bool,
}

/// The reference with English and Chinese blocks side by side, and the one with Chinese blocks alone.
const PAGES: [&str; 2] = ["docs/language.md", "docs/book/zh/language.md"];

fn page(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)).unwrap()
}

fn blocks(markdown: &str) -> Vec<Block> {
    let outline = Outline::of(markdown);
    let mut end = 0;
    let block = |block: &literate::Block| {
        let between = markdown.get(end..block.span.start).unwrap();
        end = block.span.end;
        Block {
            info: block.info.clone(),
            text: block.lines.iter().filter_map(|line| markdown.get(line.start..line.end)).collect(),
            line: markdown.get(..block.span.start).unwrap().lines().count() + 1,
            follows_directly: between.trim().is_empty(),
        }
    };
    outline.blocks().iter().map(block).collect()
}

#[derive(Default)]
struct Page {
    files: HashMap<String, String>,
    /// By language: what fragments are read with.
    settings: HashMap<bool, String>,
}

impl Files for Page {
    fn read(&self, _from: &str, path: &str) -> Result<Source, String> {
        self.files.get(path).map(|text| Source::new(path, text)).ok_or_else(|| "there is no such file".to_owned())
    }

    fn policy(&self, _from: &str, name: &str) -> Option<Source> {
        let heads = [format!("policy {name}\n"), format!("政策 {name}\n")];
        let found = self.files.iter().find(|(_, text)| heads.iter().any(|head| text.starts_with(head)));
        found.map(|(path, text)| Source::new(path, text))
    }
}

/// Whether a block is in Chinese, quoted texts and comments apart.
fn is_chinese(text: &str) -> bool {
    let code = text.lines().flat_map(|line| line.split('#').next().unwrap_or_default().split('"').step_by(2));
    code.flat_map(str::chars).any(|c| ('\u{3400}'..='\u{9fff}').contains(&c))
}

/// The names that a fragment defines, in its order.
fn defined(fragment: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut add = |name: &str| {
        let name = name.trim().to_owned();
        if !names.contains(&name) {
            names.push(name);
        }
    };
    for line in fragment.lines().filter(|line| !line.starts_with([' ', '#'])) {
        let mut words = line.split_whitespace();
        let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        match second {
            "=" => add(first),
            "tier" | "分档" | "band" | "定档" => {
                let received = line.split("->").nth(1).unwrap_or_default();
                let received = received.split(" from ").next().unwrap_or_default();
                received.split([',', '，']).for_each(|one| add(one.split_whitespace().next().unwrap_or_default()));
            }
            _ => {}
        }
    }
    names
}

impl Page {
    /// A block as a whole policy.
    fn whole(&self, block: &Block) -> String {
        let begins = |words: &[&str]| block.text.lines().any(|line| words.iter().any(|word| line.starts_with(word)));
        if begins(&["policy ", "政策 ", "library ", "规则库 ", "amend ", "修订 "]) {
            return block.text.clone();
        }
        let is_chinese = is_chinese(&block.text);
        let setting = self.settings.get(&is_chinese).cloned().unwrap_or_default();
        let names = defined(&block.text);
        let outputs = match (begins(&["output ", "输出 ", "check ", "指标 "]), is_chinese) {
            (true, _) => String::new(),
            (false, false) if names.is_empty() => "whatever = true\noutput whatever\n".to_owned(),
            (false, true) if names.is_empty() => "随意 = 是\n输出 随意\n".to_owned(),
            (false, false) => format!("output {}\n", names.join(", ")),
            (false, true) => format!("输出 {}\n", names.join(", ")),
        };
        format!("{setting}{}{outputs}", block.text)
    }

    fn analyzed(&self, block: &Block) -> Analysis {
        analyze_with(&Source::new(format!("line {}", block.line), self.whole(block)), self)
    }

    /// Keeps what later blocks refer to.
    fn keep(&mut self, block: &Block) {
        match block.info.split_whitespace().collect::<Vec<&str>>().as_slice() {
            ["csv" | "toml", name] | ["fen", "file", name] => {
                self.files.insert((*name).to_owned(), block.text.clone());
            }
            _ => {}
        }
    }

    /// A page whose settings are known.
    fn of(blocks: &[Block]) -> Self {
        let settings = blocks.iter().filter(|block| block.info == "fen setting");
        let settings = settings.map(|block| (is_chinese(&block.text), block.text.clone())).collect();
        Self { settings, ..Self::default() }
    }
}

fn complaints(analysis: &Analysis) -> String {
    text(analysis.sources(), analysis.diagnostics(), Lang::En, Style::Plain)
}

#[test]
fn documentation_is_true() {
    for path in PAGES {
        let count = is_true(path);
        assert!(count > 45, "{path}: {count} blocks");
    }
}

/// Requires that the blocks of a page are what they say, and counts them.
fn is_true(path: &str) -> usize {
    let blocks = blocks(&page(path));
    let mut page = Page::of(&blocks);
    let mut wrong = String::new();
    let mut count = 0;
    for block in &blocks {
        page.keep(block);
        let analysis = page.analyzed(block);
        let is_library = block.text.starts_with("library") || block.text.starts_with("规则库");
        match block.info.split_whitespace().collect::<Vec<&str>>().as_slice() {
            ["fen"] | ["fen", "file", _] => {
                count += 1;
                if analysis.has_error() || (analysis.policy().is_none() && !is_library) {
                    wrong += &format!("{path}: line {}: refused\n{}\n", block.line, complaints(&analysis));
                }
            }
            ["fen", "refused", code] => {
                count += 1;
                // Of what a fragment leaves unused it is warned besides.
                let errors = analysis.diagnostics().iter().filter(|one| one.severity == Severity::Error);
                let codes: BTreeSet<&str> = errors.map(|one| one.code).collect();
                if codes != BTreeSet::from([*code]) {
                    wrong +=
                        &format!("{path}: line {}: not {code} but {codes:?}\n{}\n", block.line, complaints(&analysis));
                }
            }
            ["markdown"] => {
                count += 1;
                let name = format!("line {}.md", block.line);
                for source in Source::new(name, block.text.clone()).policies() {
                    let analysis = analyze(&source);
                    if analysis.has_error() || (analysis.policy().is_none() && source.policy().is_none()) {
                        wrong += &format!("line {}: refused\n{}\n", block.line, complaints(&analysis));
                    }
                }
            }
            ["fen", "setting"] | ["csv" | "toml", _] | ["text"] => {}
            other => wrong += &format!("{path}: line {}: {other:?}\n", block.line),
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    count
}

/// All sections of a module but the custom ones, which hold names and labels.
fn code(analysis: &Analysis) -> Vec<Vec<u8>> {
    let wasm = analysis.policy().unwrap().compile().unwrap().wasm;
    let sections = wasmparser::Parser::new(0).parse_all(&wasm).map(|payload| payload.unwrap().as_section());
    sections.flatten().filter(|(id, _)| *id != 0).map(|(_, range)| wasm.get(range).unwrap().to_vec()).collect()
}

/// The same policy in both languages has the same code and columns in the same places; names and labels differ.
#[test]
fn languages_compile_to_the_same_code() {
    let blocks = blocks(&page("docs/language.md"));
    let mut page = Page::of(&blocks);
    let mut pairs = 0;
    for pair in blocks.windows(2) {
        let [english, chinese] = pair else { continue };
        page.keep(english);
        let is_pair = english.info == "fen" && chinese.info == "fen" && chinese.follows_directly;
        if is_pair && !is_chinese(&english.text) {
            let (one, other) = (page.analyzed(english), page.analyzed(chinese));
            assert!(code(&one) == code(&other), "line {}: not the same as in Chinese", english.line);
            pairs += 1;
        }
    }
    assert!(pairs > 20, "{pairs} pairs");
}
