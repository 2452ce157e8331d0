//! Policies in literate form are what they would be without the words around them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::Path;

use fen_compiler::render::{Style, text};
use fen_compiler::{Analysis, Files, Lang, Module, Source, analyze, analyze_with};

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)).unwrap()
}

fn compiled(analysis: &Analysis) -> Module {
    let problems = text(analysis.sources(), analysis.diagnostics(), Lang::En, Style::Plain);
    analysis.policy().expect(&problems).compile().unwrap()
}

/// The policy with each of its paragraphs in a block of its own, indented by `indent` in a list.
fn woven(plain: &str, indent: &str, end: &str) -> String {
    let mut markdown = format!("# Title{end}{end}");
    for paragraph in plain.split("\n\n") {
        let (mark, rest) = if indent.is_empty() { ("", "") } else { ("- ", indent) };
        markdown += &format!("{mark}Words with `code`, 中文 and a fence ``` that is none.{end}{end}{rest}```fen{end}");
        for line in paragraph.lines() {
            markdown += &format!("{rest}{line}{end}");
        }
        markdown += &format!("{rest}```{end}{end}");
    }
    markdown
}

#[test]
fn words_around_the_rules_change_nothing() {
    for path in ["policies/qujing/surplus.fen", "policies/qujing/结余留用.fen", "compiler/tests/grains/inpatient.fen"]
    {
        let plain = read(path);
        let module = compiled(&analyze(&Source::new("policy.fen", plain.as_str())));
        for (indent, end) in [("", "\n"), ("  ", "\n"), ("  ", "\r\n")] {
            let markdown = woven(&plain, indent, end);
            let literate = compiled(&analyze(&Source::new("policy.md", markdown.as_str())));
            let mut schema = literate.schema;
            assert_eq!(schema.source_sha256, fen_schema::sha256(markdown.as_bytes()));
            assert_ne!(schema.source_sha256, module.schema.source_sha256);
            schema.source_sha256.clone_from(&module.schema.source_sha256);
            assert_eq!(schema, module.schema, "{path}");
        }
    }
}

#[test]
fn citations_carry_what_is_quoted() {
    let module = compiled(&analyze(&Source::new("方案.md#打包付费", read("policies/qujing/方案.md"))));
    insta::assert_snapshot!(serde_json::to_string_pretty(&module.schema.citations).unwrap());
}

#[test]
fn a_clause_that_is_named_goes_before_the_one_above() {
    let markdown = "# 一\n> first\n\n# 二\n> second\n\n```fen\npolicy a.b\ninput a: count from 0 to 9 cite \"一\"\n\
        b = a cite \"二\"\nc = a cite \"三\"\nd = a\noutput b, c, d\n```\n\n```fen\nlibrary\n```";
    let markdown = markdown.replace("\n\n```fen\nlibrary\n```", "\n");
    let module = compiled(&analyze(&Source::new("a.md", markdown)));
    let citations: Vec<String> =
        module.schema.citations.iter().map(|one| format!("{} {} {:?}", one.rule, one.clause, one.text)).collect();
    insta::assert_snapshot!(citations.join("\n"));
}

/// What is quoted is not the text of a document that is cited by its number, unless it is the policy's own.
#[test]
fn other_documents_are_not_what_is_quoted() {
    let markdown = "# 一\n> first\n\n```fen\n政策 甲.乙\n依据 \"曲政办发〔2022〕65号\"\n输入 a: 个数 自 0 至 9\n\
        b = a 见 \"医保发〔2020〕26号\"\nc = a 见 \"曲政办发〔2022〕65号一\"\n输出 b, c\n```\n";
    let module = compiled(&analyze(&Source::new("a.md", markdown)));
    let text = |rule: &str| module.schema.citations.iter().find(|one| one.rule == rule).unwrap().text.clone();
    assert_eq!((text("b"), text("c")), (None, Some("first".to_owned())));
}

struct Beside(Vec<(&'static str, String)>);

impl Files for Beside {
    fn read(&self, _from: &str, path: &str) -> Result<Source, String> {
        let found = self.0.iter().find(|(name, _)| *name == path);
        found.map(|(name, text)| Source::new(*name, text.as_str())).ok_or_else(|| "there is no such file".to_owned())
    }

    fn policy(&self, _from: &str, _name: &str) -> Option<Source> {
        self.0.first().map(|(name, text)| Source::new(*name, text.as_str()))
    }
}

/// A literate base, and a literate file of parameters: the clauses of each stay with its rules.
#[test]
fn literate_files_are_amended_and_imported() {
    let base = "# 一\n> base clause\n\n```fen\npolicy a.b\nin force from 2020-01-01\nimport cap from \"caps.md\"\ninput a: money from 0 yuan to 9 yuan\n\
        b = min(a, cap)\nc = a\noutput b, c\n```\n";
    let caps = "# 二\n> cap clause\n\n```fen\nlibrary a.caps\nparam cap: money = 5 yuan\n```\n";
    let files = Beside(vec![("base.md", base.to_owned()), ("caps.md", caps.to_owned())]);
    let amendment = "# 三\n> new clause\n\n```fen\namend a.b as a.c\nc = 1 yuan\n```\n\n```fen\nexample \"x\"\n  given a 7 yuan\n  expect b 5 yuan, c 1 yuan\n```\n";
    let module = compiled(&analyze_with(&Source::new("c.md", amendment), &files));
    let citations: Vec<String> =
        module.schema.citations.iter().map(|one| format!("{} {} {:?}", one.rule, one.clause, one.text)).collect();
    insta::assert_snapshot!(citations.join("\n"));
}
