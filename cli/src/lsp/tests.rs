//! Whatever a text becomes under an editor's changes, every question about it has an answer.

use std::collections::BTreeMap;
use std::path::Path;
use std::str::FromStr as _;
use std::sync::Arc;

use proptest::prelude::*;
use tower_lsp_server::ls_types::{Position, Range, TextDocumentContentChangeEvent, Uri};

use super::text::{Encoding, Text};
use super::workspace::{Document, Overlay, Root, View, Workspace};
use super::{actions, analyst, complete, highlight, hover, layout, places, rename, report, symbols};

const NAME: &str = "/nowhere/policy.fen";

const STAY: &str = include_str!("../../tests/command/stay.fen");
const CHINESE: &str = "政策 甲.乙\n取整 四舍五入 到 0.01元\n枚举 级别 = 乡镇 | 县级\n输入 医院: 级别\n输入 费用: 金额 自 0元 至 1亿元\n\
                       参数 标准 按 级别: 金额 = 乡镇 200元, 县级 400元\n费用 分档 ..5000元 -> 支付 50%\n费用 分档 5000元.. -> 支付 70%\n\
                       起付线 = 标准[医院]\n  例外 甲 当 医院 为 县级 : 0元\n输出 支付, 起付线\n示例 “一” 给定 医院 县级, 费用 1元 应得 支付 0.5元\n";

/// A workspace in which `older` was read and `newer` is there now.
fn workspace(older: &str, newer: &str) -> Workspace {
    let source = fen_compiler::Source::new(NAME, older);
    let known = Arc::new(analyst::known(&source, &Overlay::default(), 1));
    let root = Root { latest: Some(Arc::clone(&known)), whole: Some(known), tried: None };
    let document = Document {
        uri: Uri::from_str("file:///nowhere/policy.fen").unwrap(),
        version: 2,
        text: Arc::new(Text::new(newer)),
        is_policy: true,
        source: None,
        changed_at: if older == newer { 1 } else { 2 },
    };
    Workspace {
        documents: BTreeMap::from([(NAME.to_owned(), document)]),
        roots: BTreeMap::from([(NAME.to_owned(), root)]),
        clock: 2,
        ..Workspace::default()
    }
}

/// Asks everything about a place.
fn ask(older: &str, newer: &str, position: Position) {
    let mut workspace = workspace(older, newer);
    let view = View::of(&workspace, NAME, NAME).unwrap();
    let everything = Range::new(Position::new(0, 0), Position::new(u32::MAX, 0));
    let _ = hover::hover(&view, position);
    let _ = complete::complete(&view, position, false);
    let _ = places::definition(&workspace, &view, position);
    let _ = places::highlights(&view, position);
    let _ = rename::prepare(&view, position);
    let _ = layout::layout(&view);
    let _ = symbols::symbols(std::slice::from_ref(&view));
    let _ = highlight::highlight(std::slice::from_ref(&view), None);
    let _ = actions::hints(&view, everything);
    let _ = actions::actions(&workspace, &view, everything);
    report::publish(&mut workspace, Some(NAME), &|_| {});
}

const PARTS: [&str; 24] = [
    "\n", "  ", "(", ")", "\"", "# ", "😀", "甲", "x", " = ", "when ", "当 ", " is ", "5%", "..", " -> ", "tier ",
    "分档 ", "[", "from ", ": ", "output ", "\r\n", "\u{feff}",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn no_change_is_too_much(
        is_chinese in any::<bool>(),
        changes in prop::collection::vec((0_u32..45, 0_u32..60, 0_u32..3, prop::sample::select(&PARTS[..])), 1..6),
    ) {
        let older = if is_chinese { CHINESE } else { STAY };
        let mut text = Text::new(older);
        let mut last = Position::new(0, 0);
        for (line, character, length, part) in changes {
            let range = Some(Range::new(Position::new(line, character), Position::new(line, character + 4 * length)));
            last = Position::new(line, character);
            let change = TextDocumentContentChangeEvent { range, range_length: None, text: part.to_owned() };
            text = text.changed(&change, Encoding::Utf16);
        }
        // From the text before, and from the text now.
        ask(older, text.as_str(), last);
        ask(text.as_str(), text.as_str(), last);
    }
}

/// A name is renamed everywhere or nowhere: what is renamed and renamed back is what it was.
#[test]
fn renaming_there_and_back_changes_nothing() {
    for text in [STAY, CHINESE] {
        let workspace_before = workspace(text, text);
        let view = View::of(&workspace_before, NAME, NAME).unwrap();
        let definitions: Vec<(usize, String)> = view
            .known
            .names
            .occurrences()
            .filter(|(one, _)| one.is_definition)
            .map(|(one, entry)| (one.span.start, entry.name.clone()))
            .collect();
        assert!(definitions.len() > 8);
        for (at, name) in definitions {
            let position = view.text.position(at, Encoding::Utf16);
            let renamed = applied(&workspace_before, &view, position, "renamed_改");
            assert_ne!(renamed, text, "{name}");
            let after = workspace(&renamed, &renamed);
            let view = View::of(&after, NAME, NAME).unwrap();
            let at = renamed.find("renamed_改").unwrap();
            let position = view.text.position(at, Encoding::Utf16);
            assert_eq!(applied(&after, &view, position, &name), text, "{name}");
        }
    }
}

/// The text after renaming.
fn applied(workspace: &Workspace, view: &View, position: Position, new: &str) -> String {
    let edit = rename::rename(workspace, view, position, new).unwrap_or_else(|why| panic!("{new}: {}", why.en));
    let changes = edit.changes.unwrap();
    let edits = changes.values().flatten();
    let edits: Vec<_> =
        edits.map(|edit| (view.text.span(edit.range, Encoding::Utf16), edit.new_text.clone())).collect();
    assert!(!Path::new(NAME).exists());
    view.text.replaced(&edits).as_str().to_owned()
}
