use proptest::prelude::*;

use super::*;
use crate::source::Source;
use crate::{parse_at, parse_source};

/// Each block in one line: role, info, whether it is closed, its lines without what is around them, its clause.
fn report(markdown: &str) -> String {
    let outline = Outline::of(markdown);
    assert_eq!(outline.code().len(), markdown.len());
    let line = |span: &Span| markdown.get(span.start..span.end).unwrap();
    let block = |block: &Block| {
        let lines: Vec<&str> = block.lines.iter().map(line).collect();
        let clause =
            block.clause.and_then(|at| outline.clauses().get(at)).map(|clause| (clause.name(), clause.text.clone()));
        format!(
            "{:?} {:?} {} {lines:?} {clause:?}",
            block.role,
            block.info,
            if block.is_closed { "closed" } else { "OPEN" }
        )
    };
    outline.blocks().iter().map(block).collect::<Vec<_>>().join("\n")
}

#[test]
fn blocks_are_those_of_commonmark() {
    insta::assert_snapshot!(report(
        "~~~fen\na\n~~~\n````fen\n```\nb\n````\n``` fen\nc\n```\n```fen ignore\nd\n```\n```fen,ignore\nd\n```\n```fen refused fen::a\nd\n```\n\
         ```fenl\ne\n```\n```\nf\n```\n    ```fen\n    g\n    ```\n```Fen\nh\n```\n`fen` ```fen``` inline\n<!--\n```fen\ni\n```\n-->\n   ```fen\n   j\n     k\n   ```\n"
    ));
}

#[test]
fn containers_are_stripped() {
    insta::assert_snapshot!(report(
        "1. one\n\n   ```fen\n   a\n     b\n\n   c\n   ```\n- two\n\n  ```fen\n\ttab\n  ```\n> quoted\n> ```fen\n> d\n>   e\n> ```\n"
    ));
}

#[test]
fn ends_of_lines_and_of_files() {
    let cases = [
        "\u{feff}```fen\r\na\r\n  b\r\n```\r\n",
        "```fen\na\n```",
        "```fen\na\n``` x",
        "```fen",
        "```fen\n",
        "```fen\n```",
        "> ```fen\n> a\n\nb",
        "- ```fen\n  a\n\nb",
        "```fen\na\n~~~\n",
        "````fen\na\n```\n",
    ];
    insta::assert_snapshot!(cases.map(report).join("\n"));
}

#[test]
fn clauses_are_quotes_under_headings() {
    insta::assert_snapshot!(report(
        "# 方案\n\n> 一句\n> 两句, two\n> three\n\n```fen\na\n```\n\n说明\n\n```fen\nb\n```\n\n### 三(五)3\n\n```fen\nnone\n```\n\n> **结余**在5%以内。\n\n> 1. 甲\n> 2. 乙\n>\n> 末\n\nthen\n\n\
         ```fen\nc\n```\n\n> 另\n\n```fen\nd\n```\n\n---\n\n```fen\nnone\n```\n\n> [!NOTE]\n> no clause\n\n```fen\nnone\n```\n\n> ### 四\n> 文字 `代码` &amp; <b>x</b><br>行\n\n```fen\ne\n```\n"
    ));
}

#[test]
fn places_are_those_of_the_markdown() {
    let markdown = "# 标题\n\n- 条目\n\n  ```fen\n  enum a = x\n    | y\n  bad!\n  ```\n\n```fen\n  lost\n```\n";
    let source = Source::new("a.md", markdown);
    let (file, diagnostics) = parse_source(&source, 0);
    let item = file.items.first().unwrap();
    assert_eq!(markdown.get(item.span.start..item.span.end), Some("enum a = x\n    | y"));
    let places: Vec<_> = diagnostics.iter().map(|one| (one.code, source.position(one.offset()))).collect();
    insta::assert_debug_snapshot!(places);
}

#[test]
fn files_without_rules_are_told() {
    let codes = |text: &str| -> Vec<&str> {
        parse_source(&Source::new("a.MD", text), 0).1.iter().map(|one| one.code).collect()
    };
    assert_eq!(codes(""), ["fen::markdown::no_blocks"]);
    assert_eq!(codes("text\n```fen ignore\n```\n"), ["fen::markdown::no_blocks"]);
    assert_eq!(codes("```\n\n```fen\na = 1\n"), ["fen::markdown::unclosed"]);
    assert_eq!(codes("```fen\na = 1\n```\n~~~\n"), ["fen::markdown::unclosed"]);
    assert_eq!(codes("```fen\na = 1\n```\n"), [""; 0]);
}

#[test]
fn clauses_are_found_by_their_names() {
    let outline = Outline::of("# 三（五）3\n> a\n\n# 四\n> b\n\n# 四\n> c\n\n# 五(1) 起付\n> d\n\n# 五(1)2\n> e\n");
    let text = |name| outline.clause_named(name).map(|clause| clause.text.as_str()).unwrap_or_default();
    assert_eq!(["三(五) 3", "四", "五", "五(1)", "五（1）2", "", " "].map(text), ["a", "", "", "d", "e", "", ""]);
}

#[test]
fn settings_at_the_head_of_a_file_are_no_text() {
    assert_eq!(beginning("\u{feff}---\ntitle: a\ntags:\n  - b\n---\n# c"), 32);
    let none = ["", "a", "---", "---\ntitle: a\n", "---\ntext\n---\n", "---\n```fen\na: b\n```\n---\n", "a: b\n---\n"];
    assert_eq!(none.map(beginning), [0; 7]);
    let outline = Outline::of("---\ntitle: a\n---\n> b\n\n```fen\nc\n```\n");
    assert_eq!(outline.clauses().iter().map(|clause| &clause.heading).collect::<Vec<_>>(), [&None]);
    assert_eq!(outline.policy_blocks().count(), 1);
}

/// Deep and long Markdown takes time in proportion to its length.
#[test]
fn hostile_markdown_is_read() {
    let deep = format!("{}a\n", "> ".repeat(50_000));
    let many = "> a\n\n".repeat(50_000);
    let blocks = "> a\n\n```fen\n# b\n```\n\n".repeat(10_000);
    let lists: String = (0..500).map(|depth| format!("{}- a\n", "  ".repeat(depth))).collect();
    for markdown in [deep, many, blocks, lists, "[".repeat(50_000), "*a **a ".repeat(10_000), "|a".repeat(10_000)] {
        holds(&markdown).unwrap();
    }
}

fn pieces_of_markdown() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("```fen\n"),
        Just("```\n"),
        Just("~~~fen\n"),
        Just("````fen ignore\n"),
        Just("> "),
        Just("- "),
        Just("1. "),
        Just("   "),
        Just("\t"),
        Just("\n"),
        Just("\r\n"),
        Just("# 三(五)3\n"),
        Just("甲 = 1元\n"),
        Just("input a: money\n"),
        Just("> [!NOTE]\n"),
        Just("---\n"),
        Just("|a|b|\n|-|-|\n"),
        Just("<!--"),
        Just("-->"),
        Just("\u{feff}"),
        Just("\0"),
        Just("`"),
        Just("[x](y)"),
        Just("  from 1 yuan\n"),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn holds(markdown: &str) -> Result<(), TestCaseError> {
    let source = Source::new("a.md", markdown);
    let outline = source.outline().unwrap();
    prop_assert_eq!(outline.code().len(), markdown.len());
    let lines = |text: &str| text.bytes().filter(|byte| *byte == b'\n').count();
    prop_assert_eq!(lines(outline.code()), lines(markdown));
    for (code, written) in outline.code().bytes().zip(markdown.bytes()) {
        prop_assert!(code == written || code == b' ');
    }
    let mut end = 0;
    for block in outline.blocks() {
        prop_assert!(end <= block.span.start && block.span.start <= block.span.end);
        end = block.span.start;
        for line in &block.lines {
            prop_assert!(end <= line.start && line.start <= line.end && line.end <= block.span.end);
            prop_assert!(markdown.get(line.start..line.end).is_some());
            end = line.end;
        }
    }
    let (file, diagnostics) = parse_source(&source, 7);
    for item in &file.items {
        prop_assert!(markdown.get(item.span.start - 7..item.span.end - 7).is_some());
    }
    for label in diagnostics.iter().flat_map(|one| &one.labels) {
        prop_assert!(label.span.start >= 7 && label.span.end <= markdown.len() + 7);
    }
    Ok(())
}

proptest! {
    #[test]
    fn any_markdown_is_read(markdown in pieces_of_markdown()) {
        holds(&markdown)?;
    }

    #[test]
    fn any_text_is_read(text in "(?s).{0,200}") {
        holds(&text)?;
    }

    /// What stands in one block is parsed as if it stood alone.
    #[test]
    fn a_block_is_read_like_a_file(lines in prop::collection::vec("[a-z甲 =#1|:]{0,12}", 0..12), before in "[a-z\n]{0,20}") {
        let code: String = lines.iter().map(|line| format!("{line}\n")).collect();
        let opening = format!("{before}\n\n```fen\n");
        let (file, diagnostics) = parse_source(&Source::new("a.md", format!("{opening}{code}```\n")), 0);
        let (alone, problems) = parse_at(&code, opening.len());
        prop_assert_eq!(format!("{file:?}"), format!("{alone:?}"));
        prop_assert_eq!(diagnostics, problems);
    }
}
