//! Names, completion and outlines of real policies.

use std::fmt::Write as _;

use fen_grammar::diagnostic::Lang;
use fen_grammar::source::Source;

use super::{CompletionKind, complete, outline};
use crate::{Files, NoFiles, examine};

const STAY: &str = include_str!("../../../cli/tests/command/stay.fen");

/// 2022-12-31
const TODAY: i64 = 19_357;

/// Every name with what is known of it, and where it stands.
fn table(source: &Source, files: &dyn Files, lang: Lang) -> String {
    let examined = examine(source, files);
    let names = examined.names(TODAY);
    let mut text = String::new();
    for entry in names.entries() {
        write!(text, "{} {}", entry.kind.text().get(lang), entry.name).unwrap();
        let said = [
            ("label", entry.label.as_ref().map(|text| text.get(lang).to_owned())),
            ("type", entry.ty.as_ref().map(|text| text.get(lang).to_owned())),
            ("unit", entry.unit.as_ref().map(|text| text.get(lang).to_owned())),
            ("of", entry.of_enum.clone()),
            ("range", entry.range.as_ref().map(|(low, high)| format!("{}..{}", low.get(lang), high.get(lang)))),
            ("step", entry.step.as_ref().map(|text| text.get(lang).to_owned())),
            ("rounding", entry.rounding.as_ref().map(|text| text.get(lang).to_owned())),
            ("per", entry.grain.as_ref().map(|text| text.get(lang).to_owned())),
            ("clauses", (!entry.clauses.is_empty()).then(|| entry.clauses.join(" | "))),
            ("keys", (!entry.keys.is_empty()).then(|| entry.keys.join(", "))),
        ];
        for (word, value) in said {
            if let Some(value) = value {
                write!(text, " {word}={value}").unwrap();
            }
        }
        for version in &entry.versions {
            let mark = if version.is_current { "*" } else { "" };
            write!(text, " {mark}[{} {}]", version.from.as_deref().unwrap_or("-"), version.values).unwrap();
        }
        let places = names.occurrences().filter(|(_, other)| std::ptr::eq(*other, entry)).map(|(one, _)| {
            let (source, span) = examined.sources().locate(one.span).unwrap();
            let at = source.position(span.start);
            let mark = if one.is_definition { "!" } else { "" };
            format!("{mark}{}:{}", at.line, at.column)
        });
        writeln!(text, " @ {}", places.collect::<Vec<_>>().join(" ")).unwrap();
    }
    text
}

#[test]
fn names_of_a_stay() {
    insta::assert_snapshot!(table(&Source::new("stay.fen", STAY), &NoFiles, Lang::En));
}

#[test]
fn names_in_chinese() {
    let text = "政策 甲.乙\n枚举 级别 = 乡镇 | 县级\n输入 医院: 级别\n输入 费用: 金额 自 0元 至 1万元 “费用” / “Cost”\n\
                参数 标准 按 级别: 金额\n  自 2022-01-01: 乡镇 200元, 县级 400元\n  自 2023-01-01: 乡镇 250元, 县级 400元\n\
                参数 线: 金额 = 待定\n输入 日: 日期\n适用日期 日\n施行 自 2022-01-01\n取整 四舍五入 到 0.01元\n\
                起付 = 标准[医院]\n  例外 甲 当 医院 为 县级 : 取整(费用 / 3) 见 “一”\n  例外 当 医院 为 级别.县级 且 费用 > 线 : 线 优先于 甲\n\
                费用 分档 ..5000元 -> 支付 50%\n费用 分档 5000元.. -> 支付 70%\n输出 支付, 起付\n\
                示例 “一” 给定 医院 县级, 费用 1元, 线 2元, 日 2022-01-01 应得 支付 0.5元\n";
    let source = Source::new("a.fen", text);
    let table = table(&source, &NoFiles, Lang::Zh);
    let hints = examine(&source, &NoFiles).names(TODAY);
    let hints: Vec<String> = hints
        .roundings()
        .iter()
        .map(|hint| format!("{} {}", text.get(..hint.at).unwrap().lines().last().unwrap(), hint.text.zh))
        .collect();
    insta::assert_snapshot!(format!("{table}\n{}", hints.join("\n")));
}

/// What stays of the names of a policy in which much is wrong.
#[test]
fn names_are_known_beside_mistakes() {
    let text = STAY
        .replace("key person: id", "key person id")
        .replace("pay_rate = rate[hospital]", "pay_rate = rate[hospital] + 1 yuan");
    insta::assert_snapshot!(table(&Source::new("stay.fen", text), &NoFiles, Lang::En));
}

/// A base, a library and a table.
struct Folder;

impl Files for Folder {
    fn read(&self, _from: &str, path: &str) -> Result<Source, String> {
        let text = match path {
            "common.fen" => "library a.common\nenum level = county | city\n",
            "trial.toml" => "cap = 5\nmode = \"full\"\n\"rate[county]\" = \"80%\"\n[rate]\ncity = \"70%\"\nwrong = 1\n",
            "rates.csv" => "level,rate\ncounty,80%\n city ,70%\n",
            _ => return Err("none".to_owned()),
        };
        Ok(Source::new(path, text))
    }

    fn policy(&self, _from: &str, name: &str) -> Option<Source> {
        (name == "a.base").then(|| {
            Source::new(
                "base.fen",
                "policy a.base\nimport level from \"common.fen\"\nin force from 2022-01-01\ninput hospital: level\n\
                 param rate by level: rate from file \"rates.csv\"\nparam cap: money = 5 yuan\n\
                 pays = rate[hospital] * min(cap, 10 yuan) round down to 0.01 yuan\noutput pays\n",
            )
        })
    }
}

#[test]
fn names_of_several_files() {
    let source = Source::new("b.fen", "amend a.base as a.b\nparam cap: money = 7 yuan cite \"x\"\n");
    let examined = examine(&source, &Folder);
    assert_eq!(examined.diagnostics(), []);
    let files: Vec<String> = examined
        .names(TODAY)
        .files()
        .iter()
        .map(|file| format!("{} -> {} {}", examined.sources().slice(file.span), file.source, file.target.is_some()))
        .collect();
    insta::assert_snapshot!(format!("{}\n{}", table(&source, &Folder, Lang::En), files.join("\n")));
}

#[test]
fn names_in_a_file_of_parameters() {
    let text = "policy a.b\nenum level = county | city\nenum way = full | half\ninput hospital: level\n\
                param rate by level: rate = required\nparam cap: money from 0 yuan to 9 yuan = required\nparam mode: way = required\n\
                pays = rate[hospital] * cap round down to 0.01 yuan\n  except when mode is half : 0 yuan\noutput pays\n\
                example \"a\" params from file \"trial.toml\" given hospital county expect pays 4 yuan\n";
    let source = Source::new("b.fen", text);
    let examined = examine(&source, &Folder);
    let codes: Vec<_> = examined.diagnostics().iter().map(|one| one.code).collect();
    assert_eq!(codes, ["fen::parameter::unknown"]);
    let names = examined.names(TODAY);
    let start = examined.sources().start("trial.toml").unwrap();
    let found = names.occurrences().filter(|(one, _)| one.span.start >= start).map(|(one, entry)| {
        let (file, span) = examined.sources().locate(one.span).unwrap();
        let at = file.position(span.start);
        assert_eq!(file.slice(span), entry.name);
        format!("{}:{} {}", at.line, at.column, entry.name)
    });
    assert_eq!(
        found.collect::<Vec<_>>(),
        ["1:1 cap", "2:1 mode", "2:9 full", "3:2 rate", "3:7 county", "4:2 rate", "5:1 city"]
    );
    let files: Vec<&str> = names.files().iter().map(|file| file.source.as_str()).collect();
    assert_eq!(files, ["trial.toml"]);
}

/// The proposals at a `‸` in a text, shortened.
fn proposals(text: &str) -> String {
    let at = text.find('‸').unwrap();
    let text = text.replace('‸', "");
    let names = examine(&Source::new("a.fen", text.clone()), &NoFiles).names(TODAY);
    let found = complete(&text, at, &names);
    let shown = found.items.iter().map(|item| match item.kind {
        CompletionKind::Name(_) => item.text.clone(),
        _ => format!("‘{}’", item.text),
    });
    let mark = if found.is_narrow { "narrow: " } else { "" };
    format!("{mark}{}", shown.collect::<Vec<_>>().join(" "))
}

#[test]
fn completion_knows_the_place() {
    let more = [
        "x = max(‸",
        "x = standard[‸",
        "x =\n  when hospital is ‸",
        "x = referral in (up, ‸",
        "x = hospital is not ‸",
        "x = total + 5 ‸",
        "input y: ‸",
        "param q by ‸",
        "param q by level: money = ‸",
        "output ‸",
        "dated by ‸",
        "example \"a\" ‸",
        "example \"a\" params from file \"b.toml\" ‸",
        "example \"a\" given ‸",
        "example \"a\" given total 3 yuan, hospital ‸",
        "example \"a\" given total 3 yuan expect ‸",
        "running r = sum total per ‸",
        "link l = next ‸",
        "x = 3\n  except when total > 5 yuan : ‸",
        "input ‸",
        "to‸",
        "param r2 by level: rate\n  from 2022-01-01: ‸",
        "title \"‸",
        "# ‸",
        "x = level.‸",
    ];
    let shown = more.map(|one| format!("{one}\n    {}", proposals(&format!("{STAY}\n{one}\n"))));
    insta::assert_snapshot!(shown.join("\n"));
}

#[test]
fn completion_speaks_the_language_of_the_file() {
    let zh = "政策 甲.乙\n枚举 级别 = 乡镇 | 县级\n输入 医院: 级别\n输入 费用: 金额\n";
    for (more, wanted) in [
        ("甲 = 100‸", "‘元’ ‘万元’ ‘亿元’"),
        ("甲 = 1 当 医院 为 ‸", ""),
        ("甲 =\n  当 医院 为 ‸", "narrow: 乡镇 县级"),
        ("输入 丙: ‸", "narrow: 级别 ‘金额’"),
        ("输入 丙: 金额 ‸", "‘自’ ‘至’ ‘可缺’"),
        ("输‸", "‘政策’"),
        ("累计 和 = 合计 费用 每‸", "‘年’"),
    ] {
        let found = proposals(&format!("{zh}{more}"));
        assert!(found.contains(wanted), "{more}: {found}");
    }
}

#[test]
fn outlines_gather_rows() {
    let text = format!(
        "{STAY}\ntotal tier ..5 yuan -> a 50%\ntotal tier 5 yuan.. -> a 60%\nalways a <= total\nexample \"x\" given total 1 yuan expect a 1 yuan\nbroken (\n"
    );
    let mut shown = String::new();
    for item in outline(&text) {
        let children: Vec<&str> = item.children.iter().map(|child| child.name.as_str()).collect();
        writeln!(shown, "{:?} {} {} {}", item.kind, item.name, item.detail.en, children.join("|")).unwrap();
    }
    insta::assert_snapshot!(shown);
}
