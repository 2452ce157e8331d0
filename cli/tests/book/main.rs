//! Every page of the book, block by block, through the real command; see `fen_book::Kind` for what blocks are.
//!
//! A page has a folder of its own. Policies that it shows are accepted and their examples come out, or they are refused with
//! the code that is named. Commands print what the page says they print. With `FEN_BOOK=update`, what they print is written into
//! the page instead, to be read before it is committed.
//!
//! Not here: the language reference and the explained errors, whose blocks `compiler/tests/language.rs` and `errors.rs` compile, and
//! programs in Rust, which are documentation tests of `fen-tests`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test fails by panicking"
)]

mod console;
mod folder;

use std::path::{Path, PathBuf};

use fen_book::{Block, Book, Kind, Language, Page, blocks};

use crate::folder::Folder;

/// Whose blocks are compiled elsewhere.
const ELSEWHERE: [&str; 2] = ["language", "errors"];
/// Whose programs are documentation tests, see `tests/src/book.rs`.
const WITH_RUST: &str = "engineers";
const WITH_PAGES: &str = "web";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// Runs the blocks of a page in its folder. Returns what is wrong, and how many blocks were run.
fn run(page: &Page, folder: &Folder) -> (String, usize) {
    let (mut wrong, mut count) = (String::new(), 0);
    let mut markdown = page.markdown.clone();
    for block in blocks(&page.markdown) {
        let complaint = match &block.kind {
            // Without Node, what only Node can run is left to the other test.
            Ok(Kind::Console) if !folder.has_node() && block.text.contains("$ node ") => None,
            Ok(Kind::Console) => {
                let printed = folder.console(&block.text);
                let is_as_shown = console::matches(&block.text, &printed);
                if !is_as_shown && std::env::var("FEN_BOOK").is_ok_and(|what| what == "update") {
                    markdown = markdown.replacen(&block.text, &console::shown(&printed), 1);
                }
                (!is_as_shown).then(|| format!("prints\n{printed}"))
            }
            Ok(kind) => of_kind(page, folder, &block, kind),
            Err(info) => Some(format!("no test runs blocks of the kind `{info}`")),
        };
        count += 1;
        wrong += &complaint.map_or(String::new(), |what| format!("{}: line {}: {what}\n", page.source, block.line));
    }
    if markdown != page.markdown {
        std::fs::write(root().join(page.source), markdown).unwrap();
    }
    (wrong, count)
}

/// What is wrong with a block that is no console.
fn of_kind(page: &Page, folder: &Folder, block: &Block, kind: &Kind) -> Option<String> {
    match kind {
        Kind::Fen { file, is_added, refused } => {
            let name = file.as_deref().unwrap_or("block.fen");
            let before = if *is_added { folder.read(name) } else { String::new() };
            folder.write(name, &format!("{before}{}", block.text));
            let codes = folder.codes(name);
            let expected: Vec<String> = refused.iter().cloned().collect();
            (codes != expected).then(|| format!("not {expected:?} but {codes:?}"))
        }
        Kind::Literate => {
            folder.write("block.md", &block.text);
            let codes = folder.codes("block.md");
            (!codes.is_empty()).then(|| format!("refused: {codes:?}"))
        }
        Kind::File(name) => {
            folder.write(name, &block.text);
            None
        }
        Kind::JsonColumn => {
            serde_json::from_str::<fen_schema::Column>(&block.text).err().map(|error| error.to_string())
        }
        Kind::Rust => (page.name != WITH_RUST).then(|| "programs stand in the guide for engineers".to_owned()),
        Kind::Setting => Some("settings are for the language reference".to_owned()),
        Kind::Text | Kind::Console => None,
    }
}

fn node() -> String {
    std::env::var("NODE").unwrap_or_else(|_| "node".to_owned())
}

fn run_all(is_wanted: impl Fn(&Page) -> bool, node: Option<&str>) -> Vec<Folder> {
    let book = Book::read(&root()).unwrap();
    let (mut wrong, mut count) = (String::new(), 0);
    let mut folders = Vec::new();
    for page in book.pages().iter().filter(|page| !ELSEWHERE.contains(&page.name) && is_wanted(page)) {
        let folder = Folder::new(page.language == Language::Chinese, node, &root());
        let (complaints, blocks) = run(page, &folder);
        wrong += &complaints;
        count += blocks;
        folders.push(folder);
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(count > 10, "{count} blocks");
    folders
}

#[test]
fn pages_are_true() {
    run_all(|page| page.name != WITH_PAGES, None);
}

/// Programs in JavaScript, in Node.
#[test]
#[ignore = "needs Node; run by `cargo xtask test`"]
fn programs_in_javascript_are_true() {
    run_all(|page| page.name == WITH_RUST, Some(&node()));
}

/// The programs and pages of the guide for web developers, in Node and in Chromium.
#[test]
#[ignore = "needs Node, Chromium and the packages of tests/web; run by `cargo xtask test`"]
fn pages_of_web_developers_are_true() {
    let node = node();
    for folder in run_all(|page| page.name == WITH_PAGES, Some(&node)) {
        let mut command = std::process::Command::new(&node);
        command.args(["--test", "--test-reporter=spec", "book.test.mjs"]).current_dir(root().join("tests/web"));
        let output = command.env("FEN_BOOK_PAGES", folder.path()).output().unwrap();
        let report = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{report}{}", String::from_utf8_lossy(&output.stderr));
    }
}
