//! `fen help`, and what `docs/errors.md` says of rows that are rejected.

#[path = "../../src/help/page.rs"]
#[allow(dead_code, reason = "the command uses more of it")]
mod page;

use std::collections::BTreeSet;
use std::path::Path;

use self::page::{Page, Piece, Section};
use crate::folder::Folder;

fn errors() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/errors.md")).unwrap()
}

#[test]
fn codes_are_explained_in_both_languages() {
    let folder = Folder::new();
    let en = folder.fen(&["help", "fen::tier::gap"]);
    assert_eq!(en.code(), 0);
    insta::assert_snapshot!("gap_en", en.stdout());
    let zh = folder.fen(&["help", "tier::gap", "--lang", "zh"]);
    assert_eq!(zh.code(), 0);
    insta::assert_snapshot!("gap_zh", zh.stdout());
    assert_eq!(folder.fen(&["help", "[fen::tier::gap]"]).stdout(), en.stdout());
    assert!(folder.fen(&["help", "below_min"]).stdout().starts_with("below_min\nBelow"));
    let row = folder.fen(&["help", "missing"]).stdout();
    assert!(row.starts_with("missing\n") && row.contains("\nSee also:\nfen::"), "{row}");
    let ending = folder.fen(&["help", "open_end"]);
    assert!(ending.stdout().starts_with("fen::tier::open_end\n"), "{}", ending.stdout());
}

/// Every section can be asked for, and says something in both languages.
#[test]
fn every_code_can_be_asked_for() {
    let (folder, text) = (Folder::new(), errors());
    let page = Page::read(&text);
    let mut groups = BTreeSet::new();
    for section in page.sections() {
        // One code of each group: starting the command a hundred times takes long.
        if groups.insert(section.code.split("::").nth(1)) {
            for (lang, label) in [("en", "Cause. "), ("zh", "原因：")] {
                let done = folder.fen(&["help", section.code, "--lang", lang]);
                assert_eq!(done.code(), 0, "{}", section.code);
                assert!(done.stdout().starts_with(&format!("{}\n", section.code)) && done.stdout().contains(label));
            }
        }
    }
}

#[test]
fn unknown_codes_get_a_proposal() {
    let folder = Folder::new();
    let done = folder.fen(&["help", "fen::teir::gap"]);
    assert_eq!((done.code(), done.stdout().as_str()), (2, ""));
    assert!(done.stderr().contains("did you mean `fen::tier::gap`?"), "{}", done.stderr());
    let done = folder.fen(&["help", "fen::teir::gap", "--lang", "zh"]);
    assert!(done.stderr().contains("是否指“fen::tier::gap”？"), "{}", done.stderr());
    let done = folder.fen(&["help", "gap"]);
    assert_eq!(done.code(), 2);
    assert!(done.stderr().contains("fen::tier::gap") && done.stderr().contains("fen::case::gap"), "{}", done.stderr());
    let done = folder.fen(&["help", "nothing at all"]);
    assert_eq!(done.code(), 2);
    assert!(done.stderr().contains("a code looks like `fen::tier::gap`"), "{}", done.stderr());
    let done = folder.fen(&["--lang", "zh", "help", "未知代码"]);
    assert!(
        done.stderr().contains("代码形如 fen::tier::gap") && done.stderr().contains("syntax、"),
        "{}",
        done.stderr()
    );
}

#[test]
fn groups_are_listed() {
    let done = Folder::new().fen(&["help", "exception"]);
    assert_eq!(done.code(), 0);
    let codes: Vec<_> = done.stdout().lines().map(|line| line.split(' ').next().unwrap().to_owned()).collect();
    assert!(codes.len() >= 4 && codes.iter().all(|code| code.starts_with("fen::exception::")), "{codes:?}");
}

/// What clap gave before codes could be asked for.
#[test]
fn commands_have_their_help() {
    let folder = Folder::new();
    let whole = folder.fen(&["help"]);
    assert_eq!((whole.code(), whole.stdout()), (0, folder.fen(&["--help"]).stdout()));
    assert!(
        whole.stdout().contains("Usage: fen [OPTIONS] <COMMAND>") && whole.stdout().contains("  help "),
        "{}",
        whole.stdout()
    );
    for command in ["check", "run", "help"] {
        let of_one = folder.fen(&["help", command]);
        assert_eq!((of_one.code(), of_one.stdout()), (0, folder.fen(&[command, "--help"]).stdout()));
        assert!(of_one.stdout().contains(&format!("Usage: fen {command} ")), "{}", of_one.stdout());
    }
}

fn lines(lines: &[&str]) -> String {
    lines.iter().flat_map(|line| [line, "\n"]).collect()
}

/// The codes in a list of rejects.
fn rejected(folder: &Folder, policy: &str, rows: &[&str]) -> BTreeSet<String> {
    folder.write("rows.csv", lines(rows));
    let done = folder.fen(&["run", policy, "--input", "rows.csv", "--output", "out.csv", "--rejects", "rejects.csv"]);
    assert_eq!(done.code(), 0, "{}", done.stderr());
    let list = folder.read("rejects.csv");
    let header: Vec<_> = list.lines().next().unwrap().split(',').map(str::to_owned).collect();
    let at = header.iter().position(|name| name == "code").unwrap();
    list.lines().skip(1).map(|line| line.split(',').nth(at).unwrap().to_owned()).collect()
}

/// The rows that the page shows are rejected with the codes that it names, and settled as it corrects them.
#[test]
fn rows_are_rejected_as_the_page_says() {
    let (folder, text) = (Folder::new(), errors());
    let page = Page::read(&text);
    let area = page.areas.iter().find(|area| area.sections.iter().any(|section| section.code == "below_min")).unwrap();
    for piece in &area.head {
        if let Piece::Block { info, lines: policy } = piece {
            folder.write(info.strip_prefix("fen file ").unwrap(), lines(policy));
        }
    }
    for section in &area.sections {
        // Nothing in a file can bring it about.
        let shown = usize::from(section.code != "not_given") * 2;
        assert_eq!(
            section.halves.iter().filter(|half| shows(&folder, section, half)).count(),
            shown,
            "{}",
            section.code
        );
    }
}

fn shows(folder: &Folder, section: &Section<'_>, half: &[Piece<'_>]) -> bool {
    let mut policy = None;
    for piece in half {
        let Piece::Block { info, lines } = piece else { continue };
        if let Some((codes, name)) = info.strip_prefix("csv rejected ").and_then(|rest| rest.split_once(" by ")) {
            let wanted: BTreeSet<String> = codes.split(' ').map(str::to_owned).collect();
            assert!(wanted.contains(section.code), "{} shows {codes}", section.code);
            assert_eq!(rejected(folder, name, lines), wanted, "{}", section.code);
            policy = Some(name);
        } else {
            assert_eq!(*info, "csv corrected", "{}", section.code);
            assert_eq!(rejected(folder, policy.unwrap(), lines), BTreeSet::new(), "{}, corrected", section.code);
            return true;
        }
    }
    false
}
