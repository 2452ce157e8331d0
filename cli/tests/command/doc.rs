//! `fen doc`.

use crate::folder::{Folder, repository, surplus};

const INPATIENT: &str = include_str!("inpatient.md");

/// The text of a page without its style and script, and without marks.
fn text(html: &str) -> String {
    let body = html.split("<body>").nth(1).unwrap().split("<script>").next().unwrap();
    let mut text = String::new();
    let mut is_mark = false;
    for c in body.chars() {
        match c {
            '<' => is_mark = true,
            '>' => is_mark = false,
            c if !is_mark => text.push(c),
            _ => {}
        }
    }
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// Everything that is opened is closed, and nothing comes from outside.
fn sound(html: &str) {
    let body = html.split("<body>").nth(1).unwrap().split("<script>").next().unwrap();
    let mut open: Vec<String> = Vec::new();
    for mark in body.split('<').skip(1) {
        let mark = mark.split('>').next().unwrap();
        let name: String = mark.trim_start_matches('/').chars().take_while(|c| c.is_ascii_alphanumeric()).collect();
        if mark.starts_with('/') {
            assert_eq!(open.pop().as_deref(), Some(name.as_str()), "</{name}> closes another mark");
        } else if !mark.ends_with('/') && !["br", "img", "meta"].contains(&name.as_str()) {
            open.push(name);
        }
        for attribute in ["src=\"", "<link", "url("] {
            for address in mark.split(attribute).skip(1) {
                assert!(address.starts_with("data:"), "{mark} comes from outside");
            }
        }
    }
    assert!(open.is_empty() || open == ["body"], "{open:?} stay open");
    assert!(!html.contains("@import") && !html.contains("<link") && !html.contains("src=\"http"));
    let ids: Vec<&str> = body.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    let mut unique = ids.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), ids.len(), "an id stands twice: {ids:?}");
    for target in body.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(ids.contains(&target), "#{target} leads nowhere");
    }
}

#[test]
fn a_folder_becomes_a_site() {
    let folder = Folder::new();
    let policies = repository("policies").display().to_string();
    let done = folder.fen(&["doc", &policies, "-o", "site", "--lang", "zh"]);
    done.good();
    let index = folder.read("site/index.html");
    sound(&index);
    assert!(index.contains("<html lang=\"zh\" data-lang=\"zh\""));
    assert!(
        index.contains("href=\"qujing/surplus.html\"") && index.contains("href=\"qujing/方案/打包付费.html\""),
        "{index}"
    );
    for (page, root) in [("surplus", "../"), ("结余留用", "../"), ("方案", "../"), ("方案/打包付费", "../../")]
    {
        let html = folder.read(&format!("site/qujing/{page}.html"));
        sound(&html);
        assert!(html.contains(&format!("href=\"{root}index.html\"")));
        assert!(html.contains("<svg"), "{page} has no chart");
    }
    insta::assert_snapshot!(text(&folder.read("site/qujing/方案/打包付费.html")));
}

#[test]
fn plain_policies_have_pages_with_their_comments_beside_the_rules() {
    let folder = Folder::new();
    folder.fen(&["doc", &surplus(), "-o", "site", "--lang", "en"]).good();
    let html = folder.read("site/surplus.html");
    sound(&html);
    let row =
        html.split("<div class=\"row\">").find(|row| row.contains("30%结转进入下年度打包总额预算指标内")).unwrap();
    assert!(row.contains("5..") || row.contains("<span class=\"m\">10</span>%"), "{row}");
    insta::assert_snapshot!(text(&html));
}

#[test]
fn tables_charts_and_dates() {
    let folder = Folder::new();
    folder.write("inpatient.md", INPATIENT);
    folder.write("dot.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
    folder.write("prices.csv", "drug,prices\nA,1.00\nB,2.50\n");
    folder.fen(&["doc", "inpatient.md", "-o", "site", "--lang", "en"]).good();
    let html = folder.read("site/inpatient.html");
    sound(&html);
    assert!(
        html.contains("&lt;script&gt;") && !html.contains("javascript:") && html.contains("data:image/svg+xml;base64,")
    );
    insta::assert_snapshot!(text(&html));
    let chart = html.split("<svg").nth(1).unwrap().split("</svg>").next().unwrap();
    insta::assert_snapshot!("chart", chart);
}

/// Rules are shown in the words of both languages, unless they are written in both.
#[test]
fn rules_in_both_languages() {
    let folder = Folder::new();
    let english = "policy a.b\ninput a: money from 0 yuan to 9 yuan\n# first\nb = a\n  except when a > 1 yuan and a < 2 yuan: 0 yuan\noutput b\nalways b <= a\n";
    folder.write("one.fen", english);
    folder.write("two.md", format!("```fen\n{english}```\n"));
    folder.write("mixed.fen", english.replace("output b", "输出 b"));
    folder.fen(&["doc", ".", "-o", "site"]).good();
    for (page, is_twice) in [("one", true), ("two", true), ("mixed", false)] {
        let html = folder.read(&format!("site/{page}.html"));
        sound(&html);
        for words in [
            "<pre class=\"code zh\"><code>",
            "<b>输入</b>",
            "<code class=\"zh\">",
            "<b>且</b>",
            "<b>例外</b> <b>当</b>",
        ] {
            assert_eq!(html.contains(words), is_twice, "{page}: {words}");
        }
        assert!(html.contains("<b>except</b> <b>when</b>"));
    }
}

#[test]
fn nothing_is_written_for_policies_with_errors() {
    let folder = Folder::new();
    folder.write("good.fen", "policy a.b\ninput a: count from 0 to 9\noutput b\nb = a\n");
    folder.write("bad.md", "```fen\npolicy a.c\noutput b\n```\n");
    let done = folder.fen(&["doc", "good.fen", "bad.md", "-o", "site"]);
    assert_eq!(done.code(), 1);
    assert!(done.stderr().contains("fen::name::unknown") && done.stderr().contains("nothing is written"));
    assert!(!folder.path("site").exists());
    folder.fen(&["doc", "good.fen", "-o", "good.fen"]).refused("fen::doc::not_a_folder");
    folder.fen(&["doc", "nothing", "-o", "site"]).refused("fen::file::read");
}

#[test]
fn policies_that_use_one_another() {
    let folder = Folder::new();
    folder.write("base.md", "# 一\n\n> clause\n\n```fen\npolicy a.base\nimport cap from \"lib/caps.fen\"\ninput a: money from 0 yuan to 9 yuan\nb = min(a, cap)\noutput b\n```\n\nSee [later](later.fen) and [caps](./lib/caps.fen#n-cap) and [gone](gone.md).\n");
    std::fs::create_dir(folder.path("lib")).unwrap();
    folder.write("lib/caps.fen", "library a.caps\n# the cap of 2022\nparam cap: money = 5 yuan cite \"二\"\n");
    folder.write("later.fen", "amend a.base as a.later\nb = a   cite \"三\"\n");
    folder.fen(&["doc", ".", "-o", "site"]).good();
    let (base, later, caps) =
        (folder.read("site/base.html"), folder.read("site/later.html"), folder.read("site/lib/caps.html"));
    for page in [&base, &later, &caps] {
        sound(page);
    }
    assert!(
        base.contains("<a href=\"later.html\">later</a>") && base.contains("<a href=\"lib/caps.html#n-cap\">caps</a>"),
        "{base}"
    );
    assert!(base.contains("and gone."), "{base}");
    assert!(later.contains("href=\"base.html\">a.base</a>"), "{later}");
    assert!(caps.contains("href=\"../index.html\"") && text(&caps).contains("library of rules"));
}
