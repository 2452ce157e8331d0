//! `fen fmt`.

use std::fs;

use crate::folder::{Folder, repository, surplus};

const LOOSE: &str =
    "policy   a.b # a note\nkey person:id\ninput amount :money from 0 yuan to 1 wan yuan\n\n\n\noutput   amount";
const NEAT: &str =
    "policy a.b  # a note\nkey person: id\ninput amount: money from 0 yuan to 1 wan yuan\n\noutput amount\n";
const CHINESE: &str = "政策 a.b  # a note\n主键 person: 标识\n输入 amount: 金额 自 0元 至 1万元\n\n输出 amount\n";

#[test]
fn files_are_formatted_in_place() {
    let folder = Folder::new();
    folder.write("loose.fen", LOOSE);
    folder.write("neat.fen", NEAT);
    fs::create_dir(folder.path("below")).unwrap();
    folder.write("below/loose.fen", LOOSE);
    let done = folder.fen(&["fmt", "--check", "."]);
    assert_eq!(done.code(), 1);
    assert_eq!(done.stdout().lines().collect::<Vec<_>>(), ["./below/loose.fen", "./loose.fen"]);
    assert!(done.stderr().contains("2 of 3 would change"), "{}", done.stderr());
    assert_eq!((folder.read("loose.fen"), folder.read("below/loose.fen")), (LOOSE.to_owned(), LOOSE.to_owned()));
    let done = folder.fen(&["fmt", "loose.fen", "neat.fen", "below"]);
    assert_eq!(done.good(), "");
    assert!(done.stderr().contains("2 of 3 changed"), "{}", done.stderr());
    assert_eq!((folder.read("loose.fen"), folder.read("below/loose.fen")), (NEAT.to_owned(), NEAT.to_owned()));
    assert_eq!(folder.fen(&["fmt", "--check", "."]).good(), "");
    assert_eq!(folder.names(), ["below", "loose.fen", "neat.fen"]);
}

#[test]
fn words_are_translated_there_and_back() {
    let folder = Folder::new();
    folder.write("policy.fen", NEAT);
    assert_eq!(folder.fen(&["fmt", "--check", "--lang", "zh", "policy.fen"]).code(), 1);
    folder.fen(&["fmt", "--lang", "zh", "policy.fen"]).good();
    assert_eq!(folder.read("policy.fen"), CHINESE);
    folder.fen(&["fmt", "--lang", "en", "policy.fen"]).good();
    assert_eq!(folder.read("policy.fen"), NEAT);
    // A whole policy and its translation settle alike; names and labels stay.
    let source = fs::read_to_string(surplus()).unwrap();
    folder.write("surplus.fen", &source);
    folder.fen(&["fmt", "--lang", "zh", "surplus.fen"]).good();
    let chinese = folder.read("surplus.fen");
    assert!(chinese.contains("surplus 分档 5..10%   -> retain 70%, carry 30%"), "{chinese}");
    let claims = folder.write("claims.csv", "budget,spent\n100000000,92000000\n100000000,94999999.99\n");
    let run = |policy: &str| folder.fen(&["run", policy, "--input", &claims.display().to_string()]).good();
    assert_eq!(run("surplus.fen"), run(&surplus()));
    folder.fen(&["test", "surplus.fen"]).good();
}

#[test]
fn mistakes_are_left_alone() {
    let folder = Folder::new();
    folder.write("bad.fen", "a=1\nb = 1 +\n");
    folder.write("loose.fen", LOOSE);
    let done = folder.fen(&["fmt", "bad.fen", "loose.fen"]);
    assert_eq!(done.code(), 1);
    assert!(done.stderr().contains("fen::syntax::unexpected"), "{}", done.stderr());
    assert!(done.stderr().contains("1 of 2 changed, 1 with errors are left as they are"), "{}", done.stderr());
    assert_eq!((folder.read("bad.fen"), folder.read("loose.fen")), ("a=1\nb = 1 +\n".to_owned(), NEAT.to_owned()));
    let done = folder.fen(&["fmt", "--lang", "zh", "bad.fen"]);
    assert!(done.stderr().contains("本条没有写完") && done.stderr().contains("未作改动"), "{}", done.stderr());
    // A name that is a word in the other language.
    folder.write("names.fen", "y = a 为 not 且 b\n");
    let done = folder.fen(&["fmt", "--lang", "en", "names.fen"]);
    assert_eq!(done.code(), 1);
    assert!(done.stderr().contains("fen::format::name"), "{}", done.stderr());
    assert_eq!(folder.read("names.fen"), "y = a 为 not 且 b\n");
    folder.fen(&["fmt", "nothing.fen"]).refused("fen::file::read");
    folder.write("gbk.fen", b"\xd5\xfe\xb2\xdf");
    folder.fen(&["fmt", "gbk.fen"]).refused("fen::file::not_utf8");
}

#[test]
fn standard_input_goes_to_standard_output() {
    let folder = Folder::new();
    let done = folder.fen_with_input(&["fmt", "-"], LOOSE.as_bytes());
    assert_eq!((done.good(), done.stderr()), (NEAT.to_owned(), String::new()));
    assert_eq!(folder.fen_with_input(&["fmt", "-", "--lang", "zh"], LOOSE.as_bytes()).good(), CHINESE);
    let done = folder.fen_with_input(&["fmt", "-", "--check"], LOOSE.as_bytes());
    assert_eq!((done.code(), done.stdout()), (1, "-\n".to_owned()));
    assert_eq!(folder.fen_with_input(&["fmt", "-", "--check"], NEAT.as_bytes()).good(), "");
    let done = folder.fen_with_input(&["fmt", "-"], b"a = 1 +");
    assert_eq!((done.code(), done.stdout()), (1, String::new()));
    assert!(done.stderr().contains("fen::syntax::unexpected"), "{}", done.stderr());
}

#[test]
fn of_markdown_the_blocks_are_formatted() {
    let folder = Folder::new();
    let text = |code: &str| format!("# 曲靖  \r\n\n> 第一条\n\n```fen\n{code}```\n\n* a|b\n\n```text\nx=1\n```");
    folder.write("policy.md", text(&format!("{LOOSE}\n")));
    folder.fen(&["fmt", "policy.md"]).good();
    assert_eq!(folder.read("policy.md"), text(NEAT));
    folder.fen(&["fmt", "--lang", "zh", "."]).good();
    assert_eq!(folder.read("policy.md"), text(CHINESE));
    let bad = "one\n\n```fen\na = 1\nb = 1 +\n```\n";
    folder.write("policy.md", bad);
    let done = folder.fen(&["fmt", "policy.md"]);
    assert_eq!(done.code(), 1);
    assert!(done.stderr().contains("policy.md:5:"), "{}", done.stderr());
    assert_eq!(folder.read("policy.md"), bad);
}

#[test]
fn the_policies_of_the_repository_are_formatted() {
    let folder = Folder::new();
    assert_eq!(folder.fen(&["fmt", "--check", &repository("policies").display().to_string()]).good(), "");
}

#[cfg(unix)]
#[test]
fn links_and_permissions_stay() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let path = folder.write("policy.fen", LOOSE);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    std::os::unix::fs::symlink("policy.fen", folder.path("link.fen")).unwrap();
    folder.fen(&["fmt", "link.fen"]).good();
    assert_eq!(folder.read("policy.fen"), NEAT);
    assert!(fs::symlink_metadata(folder.path("link.fen")).unwrap().is_symlink());
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
    folder.write("policy.fen", LOOSE);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o440)).unwrap();
    folder.fen(&["fmt", "policy.fen"]).refused("fen::file::write");
    assert_eq!(folder.read("policy.fen"), LOOSE);
}

/// An amendment uses the columns of an indicator of its base, which the language names.
#[test]
fn amendments_are_translated_beside_their_bases() {
    let folder = Folder::new();
    folder.write(
        "base.fen",
        "policy k.base\ninput a: count from 0 to 100\ninput b: count from 1 to 100\ncheck rate = a / b >= 90%\n",
    );
    folder.write(
        "am.fen",
        "amend k.base as k.am from file \"base.fen\"\nadd x = a + 1\nadd output x\nexample \"q\"\n  given  a 1, b 2\n  expect rate_gap 40pp, rate_result missed, x 2\n",
    );
    folder.fen(&["test", "am.fen"]).good();
    let english = (folder.read("am.fen"), folder.read("base.fen"));
    for lang in ["zh", "en"] {
        folder.fen(&["fmt", "am.fen", "base.fen", "--lang", lang]).good();
        folder.fen(&["test", "am.fen"]).good();
        if lang == "zh" {
            assert!(
                folder.read("am.fen").contains("rate_差距 40个百分点, rate_结论 未达标"),
                "{}",
                folder.read("am.fen")
            );
        }
    }
    assert_eq!((folder.read("am.fen"), folder.read("base.fen")), english);
    let other = Folder::new();
    other.write("am.fen", &english.0);
    other.fen(&["fmt", "am.fen", "--lang", "zh"]).refused("fen::format::base");
    other.fen(&["fmt", "am.fen"]).good();
}

#[test]
fn markdown_from_standard_input() {
    let folder = Folder::new();
    let text = "# Title\n\n```fen\nx   = 1\n```\n";
    let done = folder.fen_with_input(&["fmt", "-", "--markdown"], text.as_bytes());
    assert_eq!(done.good(), "# Title\n\n```fen\nx = 1\n```\n");
}
