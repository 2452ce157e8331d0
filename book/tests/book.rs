//! The book as a whole: no link is dead, both languages say the same, and the site stands by itself.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::Path;

use fen_book::{Book, Kind, Language, blocks, dead_links, write_site};

/// Its blocks are run by `compiler/tests/errors.rs`, which also says what they are.
const ERRORS: &str = "errors";

fn book() -> Book {
    Book::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).unwrap()
}

#[test]
fn no_link_is_dead() {
    assert_eq!(dead_links(&book()), Vec::<String>::new());
}

#[test]
fn every_block_is_of_a_kind_that_is_run() {
    for page in book().pages().iter().filter(|page| page.name != ERRORS) {
        for block in blocks(&page.markdown) {
            assert!(block.kind.is_ok(), "{}: line {}: {:?}", page.source, block.line, block.kind);
        }
    }
}

/// The pages of both languages have the same sections and blocks, in the same order. In the reference, English and Chinese
/// blocks stand side by side in one and Chinese ones alone in the other; its blocks are compared by
/// `the_chinese_reference_has_every_chinese_block`.
#[test]
fn languages_have_the_same_pages() {
    let book = book();
    let chinese = book.pages().iter().filter(|page| page.language == Language::Chinese);
    for one in chinese {
        let other = book.page(one.name, Language::English).unwrap();
        assert_eq!(one.outline(), other.outline(), "sections of {}", one.name);
        if one.name != "language" && one.name != ERRORS {
            let kinds =
                |markdown: &str| -> Vec<String> { blocks(markdown).iter().map(|block| kind(&block.kind)).collect() };
            assert_eq!(kinds(&one.markdown), kinds(&other.markdown), "blocks of {}", one.name);
        }
    }
}

/// A kind without the name of its file, which may be in the page's language.
fn kind(kind: &Result<Kind, String>) -> String {
    match kind {
        Ok(Kind::File(_)) => "file".to_owned(),
        Ok(Kind::Fen { file, is_added, refused }) => format!("fen {} {is_added} {refused:?}", file.is_some()),
        other => format!("{other:?}"),
    }
}

#[test]
fn the_chinese_reference_has_every_chinese_block() {
    let book = book();
    let texts = |language| -> Vec<(Kind, String)> {
        let page = book.page("language", language).unwrap();
        blocks(&page.markdown).into_iter().map(|block| (block.kind.unwrap(), block.text)).collect()
    };
    let (english, chinese) = (texts(Language::English), texts(Language::Chinese));
    let is_chinese = |text: &str| {
        let code = text.lines().flat_map(|line| line.split('#').next().unwrap_or_default().split('"').step_by(2));
        code.flat_map(str::chars).any(|c| ('\u{3400}'..='\u{9fff}').contains(&c))
    };
    let mut count = 0;
    for (kind, text) in english.iter().filter(|(kind, text)| *kind != Kind::Text && is_chinese(text)) {
        assert!(chinese.iter().any(|(one, other)| one == kind && other == text), "missing:\n{text}");
        count += 1;
    }
    assert!(count > 20, "{count} blocks");
    let codes = |blocks: &[(Kind, String)]| -> Vec<String> {
        let mut codes: Vec<String> = blocks
            .iter()
            .filter_map(|(kind, _)| match kind {
                Kind::Fen { refused, .. } => refused.clone(),
                _ => None,
            })
            .collect();
        codes.sort();
        codes
    };
    assert_eq!(codes(&english), codes(&chinese), "what is refused");
}

/// The addresses that a file of the site names.
fn addresses(html: &str) -> Vec<&str> {
    let behind = |mark| html.split(mark).skip(1).filter_map(|rest| rest.split('"').next());
    behind("href=\"").chain(behind("src=\"")).collect()
}

#[test]
fn the_site_stands_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    write_site(&book(), folder.path()).unwrap();
    let mut count = 0;
    for file in ["zh", "en"].map(|language| folder.path().join(language)).iter().flat_map(|at| at.read_dir().unwrap()) {
        let path = file.unwrap().path();
        let html = std::fs::read_to_string(&path).unwrap();
        assert!(!html.contains("<script") && !html.contains("src=\""), "{}", path.display());
        for address in addresses(&html).into_iter().filter(|address| !address.starts_with("data:")) {
            if address.contains("://") {
                continue;
            }
            let (file, anchor) = address.split_once('#').unwrap_or((address, ""));
            let to = if file.is_empty() { path.clone() } else { path.parent().unwrap().join(file) };
            let text = std::fs::read_to_string(&to).unwrap_or_else(|_| panic!("{}: {address}", path.display()));
            let is_there = anchor.is_empty() || text.contains(&format!("id=\"{anchor}\""));
            assert!(is_there, "{}: {address}", path.display());
            count += 1;
        }
    }
    assert!(count > 100, "{count} links");
}
