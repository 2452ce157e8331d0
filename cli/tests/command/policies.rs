//! `fen check`, `build`, `test` and `schema`.

use crate::folder::{Folder, repository, surplus};

const GAP: &str = "policy test.gap\nround half up to 0.01 yuan\ninput a: money from 0 yuan to 100 yuan\n\
    a tier ..5 yuan -> b 100%\na tier 10 yuan.. -> b 50%\noutput b\n";

const FAILING: &str = "policy test.failing\nround half up to 0.01 yuan\ninput a: money from 0 yuan to 100 yuan\n\
    b = 50% * a\noutput b\nalways b <= 10 yuan\n\
    example \"half of ten\"\n  given a 10 yuan\n  expect b 5 yuan\n\
    example \"half of twelve\"\n  given a 12 yuan\n  expect b 5 yuan\n";

#[test]
fn check_tells_good_from_bad() {
    let folder = Folder::new();
    folder.write("bad.fen", GAP);
    let policies = repository("policies").display().to_string();
    assert_eq!(folder.fen(&["check", &policies]).code(), 0);
    let done = folder.fen(&["check", &policies, "bad.fen"]);
    assert_eq!(done.code(), 1);
    assert!(done.stderr().contains("fen::tier::gap"), "{}", done.stderr());
    let done = folder.fen(&["check", "bad.fen", "--lang", "zh"]);
    assert!(done.stderr().contains("没有对应的档"), "{}", done.stderr());
    folder.fen(&["check", "nothing.fen"]).refused("fen::file::read");
    let done = folder.fen(&["check", "nothing.fen", "bad.fen", "--format", "json"]);
    assert_eq!(done.code(), 2);
    assert!(done.stdout().contains("fen::file::read") && done.stdout().contains("fen::tier::gap"), "{}", done.stdout());
    std::fs::create_dir(folder.path("empty")).unwrap();
    folder.fen(&["check", "empty"]).refused("fen::file::no_policies");
    folder.write("gbk.fen", b"\xd5\xfe\xb2\xdf");
    folder.fen(&["check", "gbk.fen"]).refused("fen::file::not_utf8");
}

#[test]
fn check_as_json() {
    let folder = Folder::new();
    folder.write("bad.fen", GAP);
    let done = folder.fen(&["check", "bad.fen", "--format", "json"]);
    assert_eq!(done.code(), 1);
    insta::assert_snapshot!(done.stdout());
    assert_eq!(
        folder.fen(&["check", &surplus(), "--format", "json"]).good().replace(['\n', ' '], ""),
        "{\"diagnostics\":[]}"
    );
}

#[test]
fn failing_examples_and_invariants() {
    let folder = Folder::new();
    folder.write("failing.fen", FAILING);
    assert_eq!(folder.fen(&["check", "failing.fen"]).code(), 1);
    assert_eq!(folder.fen(&["build", "failing.fen", "-o", "out.wasm"]).code(), 1);
    let done = folder.fen(&["test", "failing.fen"]);
    assert_eq!(done.code(), 1);
    insta::assert_snapshot!(done.stdout());
    let json: serde_json::Value =
        serde_json::from_str(&folder.fen(&["test", "failing.fen", "--format", "json"]).stdout()).unwrap();
    assert_eq!((json["passed"].as_u64(), json["failed"].as_u64()), (Some(1), Some(2)));
    let junit = folder.fen(&["test", "failing.fen", "--format", "junit"]).stdout();
    assert!(junit.contains("tests=\"3\"") && junit.contains("failures=\"2\""), "{junit}");
    assert!(folder.fen(&["test", &repository("policies").display().to_string()]).good().contains("0 failed"));
    assert_eq!(folder.names(), ["failing.fen"]);
}

#[test]
fn build_writes_a_module_or_nothing() {
    let folder = Folder::new();
    folder.write("bad.fen", GAP);
    assert_eq!(folder.fen(&["build", "bad.fen", "-o", "bad.wasm"]).code(), 1);
    assert_eq!(folder.names(), ["bad.fen"]);
    folder.fen(&["build", &surplus(), "-o", "once.wasm"]).good();
    folder.fen(&["build", &surplus(), "-o", "twice.wasm"]).good();
    folder.write("own.fen", "policy a.b");
    folder.fen(&["build", "own.fen", "-o", "./own.fen"]).refused("fen::file::same_file");
    let bytes = |name: &str| std::fs::read(folder.path(name)).unwrap();
    assert!(bytes("once.wasm").starts_with(b"\0asm"));
    assert_eq!(bytes("once.wasm"), bytes("twice.wasm"));
}

#[test]
fn schema_of_policy_and_module_are_one() {
    let folder = Folder::new();
    folder.fen(&["build", &surplus(), "-o", "policy.wasm"]).good();
    let schema = folder.fen(&["schema", "policy.wasm"]).good();
    assert_eq!(folder.fen(&["schema", &surplus()]).good(), schema);
    let mut value: serde_json::Value = serde_json::from_str(&schema).unwrap();
    for hash in ["source_sha256", "trace_sha256"] {
        value[hash] = "…".into();
    }
    insta::assert_snapshot!(format!("{value:#}"));
}

#[test]
fn damaged_modules_are_refused() {
    let folder = Folder::new();
    folder.fen(&["build", &surplus(), "-o", "good.wasm"]).good();
    folder.write("claims.csv", "budget,spent\n1,1\n");
    let good = std::fs::read(folder.path("good.wasm")).unwrap();
    for length in [0, 3, 4, 7, 8, 20, good.len() / 2, good.len() - 1] {
        folder.write("cut.wasm", &good[..length]);
        let done = folder.fen(&["run", "cut.wasm", "--input", "claims.csv"]);
        done.refused("fen::module::");
        assert_eq!(done.stdout(), "", "cut at {length}");
    }
}

/// The language of messages may be named before the command, and what the system and the command line say is in it.
#[test]
fn everything_is_said_in_chinese() {
    let folder = Folder::new();
    let done = folder.fen(&["--lang", "zh", "check", "没有.fen"]);
    assert!(done.stderr().contains("没有这个文件"), "{}", done.stderr());
    assert!(!done.stderr().contains("No such file"), "{}", done.stderr());
    let done = folder.fen(&["check", "--lang", "zh"]);
    assert_eq!(done.code(), 2);
    assert!(done.stderr().contains("缺少必填的参数：<PATH>"), "{}", done.stderr());
    let done = folder.fen(&["--lang", "zh", "chekc", "a.fen"]);
    assert!(done.stderr().contains("是否想写“check”？"), "{}", done.stderr());
    assert!(folder.fen(&["check"]).stderr().contains("required arguments"));
    folder.write("gbk.fen", b"\xb4\xf2\xb0\xfc");
    let done = folder.fen(&["check", "gbk.fen", "--lang", "zh"]);
    assert!(done.stderr().contains("记事本：另存为，编码选 UTF-8"), "{}", done.stderr());
    // Before `fmt` it does not ask for a translation.
    folder.write("a.fen", "policy demo.a\ninput b: bool\noutput b\n");
    folder.fen(&["--lang", "zh", "fmt", "a.fen"]).good();
    assert!(folder.read("a.fen").starts_with("policy"));
}

/// A terminal without a language is spoken to in that of the policy.
#[test]
fn messages_are_in_the_language_of_the_policy() {
    let folder = Folder::new();
    folder.write("乙.fen", "政策 甲.乙\n输入 数: 金额 自 0元 至 10元\n输出 额\n");
    folder.write("b.fen", "policy a.b\ninput n: money from 0 yuan to 10 yuan\noutput m\n");
    let says = |locale: &str, args: &[&str]| {
        let said = folder.fen_in(locale, args, b"").stderr();
        assert!(said.contains("没有错误") != said.contains("without errors"), "{said}");
        said.contains("没有错误")
    };
    assert!(says("C.UTF-8", &["check", "乙.fen"]) && says("C", &["check", "乙.fen"]));
    assert!(!says("C.UTF-8", &["check", "b.fen"]) && !says("POSIX", &["check", "b.fen"]));
    assert!(!says("en_US.UTF-8", &["check", "乙.fen"]) && says("zh_CN.UTF-8", &["check", "b.fen"]));
    assert!(!says("C.UTF-8", &["check", "乙.fen", "--lang", "en"]));
}
