//! `fen lsp` from end to end: a scripted editor speaks with the real server.

mod client;

use serde_json::{Value, json};

use self::client::{Editor, edited, place, uri};
use crate::folder::Folder;

const STAY: &str = include_str!("../stay.fen");

const SURPLUS: &str = include_str!("../../../../policies/qujing/surplus.fen");

const CHINESE: &str = "# 😀 表情\n政策 曲靖.结余\n施行 自 2022-08-01\n取整 四舍五入 到 0.01元\n枚举 级别 = 乡镇 | 县级\n\
                       输入 医院: 级别\n输入 费用: 金额 自 0元 至 1亿元 \"费用😀\" / \"Cost\"\n\
                       参数 标准 按 级别: 金额 = 乡镇 200元, 县级 400元\n\
                       起付线 = 标准[医院]\n支付 = 70% * 较大(费用 - 起付线, 0元)   # 😀\n输出 支付\n";

/// A folder with one open policy.
fn opened(text: &str) -> (Folder, Editor, String) {
    let folder = Folder::new();
    let path = folder.write("policy.fen", text);
    let mut editor = Editor::start(path.parent().unwrap(), &[], json!({}));
    let uri = uri(&path);
    editor.open(&uri, text);
    (folder, editor, uri)
}

#[test]
fn a_session_with_a_policy() {
    let (_folder, mut editor, uri) = opened(STAY);
    assert_eq!(editor.capabilities["positionEncoding"], "utf-16");
    editor.codes(&uri, &[]);

    let hover = editor.hover(&uri, place(STAY, "rate[hospital]", 0));
    for part in
        ["**rate** — parameter", "type: `rate`", "unit: %", "In force from 2023-01-01, of 2 versions", "township 92%"]
    {
        assert!(hover.contains(part), "{part} in {hover}");
    }
    let hover = editor.hover(&uri, place(STAY, "fund_pays ", 0));
    for part in [
        "definition, output",
        "type: `money`",
        "unit: yuan",
        "rounding: `round half up to 0.01 yuan`",
        "to 150000.00 yuan",
    ] {
        assert!(hover.contains(part), "{part} in {hover}");
    }
    assert!(editor.hover(&uri, place(STAY, "deductible", 0)).contains("clause: \"三(四)2\", \"三(三)3\""));
    assert_eq!(editor.hover(&uri, place(STAY, "except", 0)), "`except` · `例外`");

    let definition = editor.at("definition", &uri, place(STAY, "deductible, 0", 0), json!({}));
    assert_eq!(definition["uri"], uri);
    assert_eq!(start(&definition["range"]), place(STAY, "deductible", 0));

    let context = json!({ "context": { "includeDeclaration": true } });
    let references = editor.at("references", &uri, place(STAY, "hospital:", 0), context);
    assert_eq!(references.as_array().unwrap().len(), 6);
    let context = json!({ "context": { "includeDeclaration": false } });
    let references = editor.at("references", &uri, place(STAY, "township", 1), context);
    assert_eq!(references.as_array().unwrap().len(), 3);
    let highlights = editor.at("documentHighlight", &uri, place(STAY, "referral", 1), json!({}));
    assert_eq!(highlights.as_array().unwrap().len(), 5);

    let symbols = editor.ask("textDocument/documentSymbol", json!({ "textDocument": { "uri": uri } }));
    let names: Vec<&str> = symbols.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names[..3], ["qujing.resident_inpatient", "level", "transfer"]);
    assert_eq!(symbols[1]["children"][3]["name"], "provincial");

    let everything = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 999, "character": 0 } });
    let hints = editor.ask("textDocument/inlayHint", json!({ "textDocument": { "uri": uri }, "range": everything }));
    let hint =
        hints.as_array().unwrap().iter().find(|hint| position(&hint["position"]).0 == place(STAY, "fund_pays ", 0).0);
    assert_eq!(hint.unwrap()["label"], "round half up to 0.01 yuan");

    assert_eq!(editor.finish(), 0);
}

fn position(position: &Value) -> (u32, u32) {
    let number = |name: &str| position[name].as_u64().unwrap().try_into().unwrap();
    (number("line"), number("character"))
}

fn start(range: &Value) -> (u32, u32) {
    position(&range["start"])
}

/// What is said of a gap, and the quick fix that closes it.
#[test]
fn a_gap_is_reported_and_closed() {
    let row = "surplus tier 10..15%  -> retain 30%, carry 70%\n";
    let broken = SURPLUS.replace(row, "");
    assert_ne!(broken, SURPLUS);
    let (_folder, mut editor, uri) = opened(SURPLUS);
    editor.codes(&uri, &[]);
    let (line, _) = place(SURPLUS, row, 0);
    let range = json!({ "start": { "line": line, "character": 0 }, "end": { "line": line + 1, "character": 0 } });
    editor.change(&uri, 2, json!([{ "range": range, "text": "" }]));
    let said = editor.codes(&uri, &["fen::tier::gap"]);
    let message = said[0]["message"].as_str().unwrap();
    assert!(message.contains("(10%, 15%]: for example with"), "{message}");
    assert_eq!(said[0]["severity"], 1);
    assert_eq!(said[0]["source"], "fen");
    assert_eq!(said[0]["relatedInformation"][0]["message"], "this row ends before the gap");
    let actions = editor.ask(
        "textDocument/codeAction",
        json!({ "textDocument": { "uri": uri }, "range": said[0]["range"], "context": { "diagnostics": said } }),
    );
    assert_eq!(actions[0]["kind"], "quickfix");
    let fixed = edited(&broken, &actions[0]["edit"]["changes"][&uri]);
    assert!(fixed.contains("surplus tier 10..15% -> carry 100%\n"), "{fixed}");
    editor.replace(&uri, 3, &fixed);
    editor.diagnostics(&uri, |all| all.iter().all(|one| one["code"] != "fen::tier::gap"));
    assert_eq!(editor.finish(), 0);
}

#[test]
fn quick_fixes_put_slips_right() {
    for (from, to, code) in [
        ("min(pay_rate", "min(pay_rat", "fen::name::unknown"),
        ("referral is up", "referral is upp", "fen::enum::unknown_value"),
        (": 0 yuan ", ": 0 ", "fen::type::mismatch"),
        ("input total: ", "input total ", "fen::syntax::unexpected"),
        ("output fund", "outptu fund", "fen::syntax::unknown_item"),
        ("day_surgery: bool", "day_surgery: bol", "fen::type::unknown"),
    ] {
        let from_text = STAY.replace("input total:      ", "input total: ");
        let broken = from_text.replacen(from, to, 1);
        assert_ne!(broken, from_text, "{from}");
        let (_folder, mut editor, uri) = opened(&broken);
        let said = editor.diagnostics(&uri, |all| all.iter().any(|one| one["code"] == code));
        let culprit = said.iter().find(|one| one["code"] == code).unwrap();
        let actions = editor.ask(
            "textDocument/codeAction",
            json!({ "textDocument": { "uri": uri }, "range": culprit["range"], "context": { "diagnostics": [culprit] } }),
        );
        let fixed = edited(&broken, &actions[0]["edit"]["changes"][&uri]);
        editor.replace(&uri, 2, &fixed);
        editor.codes(&uri, &[]);
        assert_eq!(editor.finish(), 0, "{to}");
    }
}

#[test]
fn completion_follows_the_text_as_it_is_typed() {
    let (_folder, mut editor, uri) = opened(STAY);
    editor.codes(&uri, &[]);
    let end = u32::try_from(STAY.lines().count()).unwrap();
    let range = json!({ "start": { "line": end, "character": 0 }, "end": { "line": end, "character": 0 } });
    editor.change(&uri, 2, json!([{ "range": range, "text": "x =\n  when hospital is " }]));
    assert_eq!(editor.proposals(&uri, (end + 1, 19)), ["township", "county", "city", "provincial"]);
    let range = json!({ "start": { "line": end + 1, "character": 19 }, "end": { "line": end + 1, "character": 19 } });
    editor.change(&uri, 3, json!([{ "range": range, "text": "city : tot" }]));
    let found = editor.proposals(&uri, (end + 1, 29));
    assert!(
        ["total", "eligible", "max", "deductible"].iter().all(|name| found.iter().any(|one| one == name)),
        "{found:?}"
    );
    // What is typed is replaced, nothing else.
    let items = editor.at("completion", &uri, (end + 1, 29), json!({}));
    assert_eq!(start(&items[0]["textEdit"]["range"]), (end + 1, 26));
    assert!(editor.proposals(&uri, (end, 0)).contains(&"in force".to_owned()));
    // A space asks only where little makes sense.
    let by_space = json!({ "context": { "triggerKind": 2, "triggerCharacter": " " } });
    assert_eq!(editor.at("completion", &uri, (end + 1, 26), by_space), Value::Null);
    assert_eq!(editor.finish(), 0);
}

#[test]
fn chinese_and_emoji_have_their_places() {
    for text in [CHINESE.to_owned(), CHINESE.replace('\n', "\r\n")] {
        let folder = Folder::new();
        let path = folder.write("结余.fen", &text);
        let mut editor = Editor::start(path.parent().unwrap(), &["--lang", "zh"], json!({}));
        let uri = uri(&path);
        editor.open(&uri, &text);
        editor.codes(&uri, &[]);
        let hover = editor.hover(&uri, place(&text, "费用 - ", 0));
        for part in ["**费用** — 输入", "类型：`金额`", "单位：元", "范围：0.00元 至 100000000.00元", "费用😀 / Cost"]
        {
            assert!(hover.contains(part), "{part}: {hover}");
        }
        let hover = editor.hover(&uri, place(&text, "标准[", 0));
        assert!(hover.contains("按：级别") && hover.contains("取值\n```fen\n乡镇 200元, 县级 400元"), "{hover}");
        // Behind the emoji of the line before, and behind the label with one.
        let (line, _) = place(&text, "支付 =", 0);
        let end = text.lines().nth(line as usize).unwrap().encode_utf16().count();
        let at = |character: usize| json!({ "line": line, "character": character });
        editor.change(
            &uri,
            2,
            json!([{ "range": { "start": at(end), "end": at(end) }, "text": "😀" },
            { "range": { "start": at(5), "end": at(8) }, "text": "80%" }]),
        );
        let (at_cost, _) = place(&text, "起付线", 1);
        assert!(editor.hover(&uri, (at_cost, 20)).contains("**起付线**"));
        let line = u32::try_from(text.lines().count()).unwrap();
        let range = json!({ "start": { "line": line, "character": 0 }, "end": { "line": line, "character": 0 } });
        editor.change(&uri, 3, json!([{ "range": range, "text": "甲 =\n  当 医院 为 县级 : 费" }]));
        assert_eq!(editor.proposals(&uri, (line + 1, 10)), ["乡镇", "县级"]);
        let found = editor.proposals(&uri, (line + 1, 16));
        assert!(found.contains(&"费用".to_owned()) && found.contains(&"较大".to_owned()), "{found:?}");
        assert!(!found.iter().any(|one| one == "max"), "{found:?}");
        let said = editor.diagnostics(&uri, |all| all.iter().any(|one| one["code"] == "fen::name::unknown"));
        assert!(said.iter().any(|one| one["message"].as_str().unwrap().contains("“费”没有定义")), "{said:?}");
        assert_eq!(editor.finish(), 0);
    }
}

#[test]
fn places_count_bytes_where_the_editor_can() {
    let folder = Folder::new();
    let path = folder.write("a.fen", CHINESE);
    let capabilities = json!({ "general": { "positionEncodings": ["utf-32", "utf-8"] } });
    let mut editor = Editor::start(path.parent().unwrap(), &[], capabilities);
    assert_eq!(editor.capabilities["positionEncoding"], "utf-8");
    let uri = uri(&path);
    editor.open(&uri, CHINESE);
    let (line, _) = place(CHINESE, "起付线,", 0);
    let bytes = CHINESE.lines().nth(line as usize).unwrap().find("起付线").unwrap();
    let found = editor.at("definition", &uri, (line, bytes.try_into().unwrap()), json!({}));
    assert_eq!(start(&found["range"]), place(CHINESE, "起付线", 0));
    assert_eq!(found["range"]["end"]["character"], 9);
    assert_eq!(editor.finish(), 0);
}

const COMMON: &str = "library a.common\nenum level = county | city\n";
const BASE: &str = "policy a.base\nimport level from \"common.fen\"\nin force from 2022-01-01\nround down to 0.01 yuan\n\
                    input hospital: level\nparam rate by level: rate from file \"rates.csv\"\nparam cap: money = 5 yuan\n\
                    pays = rate[hospital] * cap\noutput pays\nexample \"e\" given hospital city expect pays 3.50 yuan\n";
const RATES: &str = "level,rate\ncounty,80%\ncity,70%\n";
const AMENDED: &str = "amend a.base as a.b\nparam cap: money = 7 yuan\n";

/// A base, a library, a table and an amendment.
fn several() -> (Folder, Editor, [String; 4]) {
    let folder = Folder::new();
    let files = [("common.fen", COMMON), ("base.fen", BASE), ("rates.csv", RATES), ("b.fen", AMENDED)];
    let uris = files.map(|(name, text)| uri(&folder.write(name, text)));
    let editor = Editor::start(folder.path("x").parent().unwrap(), &[], json!({}));
    (folder, editor, uris)
}

#[test]
fn unsaved_texts_of_all_files_count() {
    let (_folder, mut editor, [common, base, rates, amended]) = several();
    editor.open(&amended, AMENDED);
    editor.codes(&amended, &[]);
    // A table that is open: a row is lost.
    editor.tell(
        "textDocument/didOpen",
        json!({ "textDocument": { "uri": rates, "languageId": "csv", "version": 1, "text": "level,rate\ncounty,80%\n" } }),
    );
    // It is missed where it is looked up: in the base, which is not open.
    let said = editor.diagnostics(&base, |all| !all.is_empty());
    assert_eq!(said[0]["code"], "fen::table::missing");
    editor.replace(&rates, 2, RATES);
    editor.codes(&base, &[]);
    // A library that is open: a value is new, and the table lacks it.
    editor.open(&common, COMMON);
    editor.replace(&common, 2, &COMMON.replace("city", "city | village"));
    editor.codes(&base, &["fen::table::missing"]);
    // What is closed is what is on disk.
    editor.tell("textDocument/didClose", json!({ "textDocument": { "uri": common } }));
    editor.codes(&base, &[]);
    // The amendment itself.
    editor.replace(&amended, 2, &AMENDED.replace("param cap", "param cup"));
    let said = editor.codes(&amended, &["fen::amend::unknown"]);
    assert!(said[0]["message"].as_str().unwrap().contains("did you mean `cap`?"));
    assert_eq!(editor.finish(), 0);
}

#[test]
fn definitions_lead_to_other_files() {
    let (_folder, mut editor, [common, base, rates, amended]) = several();
    editor.open(&base, BASE);
    editor.open(&amended, AMENDED);
    editor.codes(&base, &[]);
    let leads = |editor: &mut Editor, from: &str, at| editor.at("definition", from, at, json!({}))["uri"].clone();
    assert_eq!(leads(&mut editor, &base, place(BASE, "level:", 0)), common);
    assert_eq!(leads(&mut editor, &base, place(BASE, "city", 0)), common);
    assert_eq!(leads(&mut editor, &base, place(BASE, "rates.csv", 0)), rates);
    assert_eq!(leads(&mut editor, &base, place(BASE, "common.fen", 0)), common);
    assert_eq!(leads(&mut editor, &amended, place(AMENDED, "a.base", 0)), base);
    assert!(editor.hover(&base, place(BASE, "rate[", 0)).contains("rates.csv (2)"));
    assert_eq!(editor.finish(), 0);
}

/// Files of parameters that examples name: unsaved texts count, they can be gone to, and renaming reaches them.
#[test]
fn files_of_parameters_belong_to_their_policies() {
    const STAY: &str = "policy a.stay\nenum level = county | city\nround down to 0.01 yuan\ninput hospital: level\n\
                        param rate by level: rate = required\npays = rate[hospital] * 5 yuan\noutput pays\n\
                        example \"e\" params from file \"trial.toml\" given hospital city expect pays 3.50 yuan\n";
    const TRIAL: &str = "\"rate[city]\" = \"70%\"\n[rate]\ncounty = \"80%\"\n";
    let folder = Folder::new();
    let [stay, trial] = [("stay.fen", STAY), ("trial.toml", TRIAL)].map(|(name, text)| uri(&folder.write(name, text)));
    let mut editor = Editor::start(folder.path("x").parent().unwrap(), &[], json!({}));
    editor.open(&stay, STAY);
    editor.codes(&stay, &[]);
    assert_eq!(editor.at("definition", &stay, place(STAY, "trial.toml", 0), json!({}))["uri"], trial);
    let wrong = TRIAL.replace("70%", "170%");
    editor.tell(
        "textDocument/didOpen",
        json!({ "textDocument": { "uri": trial, "languageId": "toml", "version": 1, "text": wrong } }),
    );
    let said = editor.diagnostics(&trial, |all| !all.is_empty());
    assert_eq!(
        (&said[0]["code"], &said[0]["range"]["start"]["line"]),
        (&json!("fen::parameter::out_of_range"), &json!(0))
    );
    editor.replace(&trial, 2, TRIAL);
    editor.codes(&trial, &[]);
    editor.codes(&stay, &[]);
    let found = editor.at("rename", &stay, place(STAY, "rate by", 0), json!({ "newName": "share" }));
    assert_eq!(found["changes"][&trial].as_array().map(Vec::len), Some(2), "{found}");
    let found = editor.at("rename", &stay, place(STAY, "county", 0), json!({ "newName": "rural" }));
    assert_eq!(found["changes"][&trial].as_array().map(Vec::len), Some(1), "{found}");
    assert_eq!(editor.finish(), 0);
}

#[test]
fn renaming_reaches_every_file() {
    let (_folder, mut editor, [common, base, rates, amended]) = several();
    editor.open(&amended, AMENDED);
    editor.open(&base, BASE);
    editor.codes(&amended, &[]);
    let rename =
        |editor: &mut Editor, from: &str, at, new: &str| editor.at("rename", from, at, json!({ "newName": new }));
    // A value of an enum: the library, the example and the table.
    let found = rename(&mut editor, &base, place(BASE, "city", 0), "municipal");
    let changes = &found["changes"];
    assert_eq!(edited(COMMON, &changes[&common]), COMMON.replace("city", "municipal"));
    assert_eq!(edited(BASE, &changes[&base]), BASE.replace("city", "municipal"));
    assert_eq!(edited(RATES, &changes[&rates]), RATES.replace("city", "municipal"));
    assert!(changes.get(&amended).is_none());
    // A parameter that another policy overrides.
    let found = rename(&mut editor, &amended, place(AMENDED, "cap", 0), "limit");
    let changes = &found["changes"];
    assert_eq!(edited(AMENDED, &changes[&amended]), AMENDED.replace("cap", "limit"));
    assert_eq!(edited(BASE, &changes[&base]), BASE.replace("cap", "limit"));
    // The enum itself, whose name heads a column.
    let found = rename(&mut editor, &base, place(BASE, "level", 0), "grade");
    let changes = &found["changes"];
    assert_eq!(edited(COMMON, &changes[&common]), COMMON.replace("level", "grade"));
    assert_eq!(edited(BASE, &changes[&base]), BASE.replace("level", "grade"));
    assert_eq!(edited(RATES, &changes[&rates]), RATES.replace("level", "grade"));
    // References go as far.
    let context = json!({ "context": { "includeDeclaration": true } });
    let found = editor.at("references", &base, place(BASE, "city", 0), context);
    assert_eq!(found.as_array().unwrap().len(), 3);
    assert_eq!(editor.finish(), 0);
}

#[test]
fn names_that_cannot_be_are_refused() {
    let (_folder, mut editor, uri) = opened(STAY);
    editor.codes(&uri, &[]);
    let total = place(STAY, "total:", 0);
    for (new, why) in
        [("eligible", "taken"), ("2nd", "no name"), ("a b", "no name"), ("", "no name"), ("annual_cap", "taken")]
    {
        let answer = editor.at("rename", &uri, total, json!({ "newName": new }));
        let message = answer["error"]["message"].as_str().unwrap_or_default();
        assert!(message.contains(why), "{new}: {answer}");
    }
    // Within one enum and beside a parameter: another value may be called like something else.
    let answer = editor.at("rename", &uri, place(STAY, "city", 0), json!({ "newName": "county" }));
    assert!(answer["error"]["message"].as_str().unwrap().contains("taken"), "{answer}");
    // A word that would not be read as a name where it stands.
    let answer = editor.at("rename", &uri, place(STAY, "provincial", 0), json!({ "newName": "true" }));
    assert!(answer["error"]["message"].as_str().unwrap().contains("cannot be the name"), "{answer}");
    let prepared = editor.at("prepareRename", &uri, total, json!({}));
    assert_eq!(prepared["placeholder"], "total");
    assert_eq!(editor.at("prepareRename", &uri, (0, 0), json!({})), Value::Null);
    assert_eq!(editor.finish(), 0);
}

/// The words of a text with what they are, by the server's numbers.
#[test]
fn words_are_highlighted_by_what_they_are() {
    let (_folder, mut editor, uri) = opened(CHINESE);
    let legend = editor.capabilities["semanticTokensProvider"]["legend"].clone();
    let found = editor.ask("textDocument/semanticTokens/full", json!({ "textDocument": { "uri": uri } }));
    let numbers: Vec<usize> =
        found["data"].as_array().unwrap().iter().map(|one| one.as_u64().unwrap().try_into().unwrap()).collect();
    let (mut line, mut column) = (0, 0);
    let mut shown = Vec::new();
    for token in numbers.chunks(5) {
        column = if token[0] == 0 { column + token[1] } else { token[1] };
        line += token[0];
        let units: Vec<u16> = CHINESE.lines().nth(line).unwrap().encode_utf16().collect();
        let word = String::from_utf16(&units[column..column + token[2]]).unwrap();
        let kind = legend["tokenTypes"][token[3]].as_str().unwrap();
        let modifiers = legend["tokenModifiers"].as_array().unwrap().iter().enumerate();
        let modifiers: Vec<&str> =
            modifiers.filter(|(at, _)| token[4] >> at & 1 == 1).map(|(_, name)| name.as_str().unwrap()).collect();
        shown.push(format!("{word} {kind} {}", modifiers.join(" ")).trim_end().to_owned());
    }
    insta::assert_snapshot!(shown.join("\n"));
    assert_eq!(editor.finish(), 0);
}

/// Whatever is typed, the server answers and stays.
#[test]
fn broken_texts_do_no_harm() {
    let (_folder, mut editor, uri) = opened(STAY);
    let mut version = 1;
    for text in [
        "",
        "\u{feff}",
        "😀",
        "policy",
        "policy a\nx = (((((",
        "\"",
        "x = \"\u{0}",
        "政策",
        "\r\r\n\r",
        "enum e = |",
        "amend a as a",
        "import x from \"policy.fen\"\npolicy a",
        "param p by p: p from file \"/nowhere\"",
        "x = x\noutput x",
        &"(".repeat(50_000),
        &"x = 1\n".repeat(2_000),
        &STAY.replace(' ', ""),
        &STAY.replace('\n', " "),
    ] {
        version += 1;
        editor.replace(&uri, version, text);
        for method in ["hover", "completion", "definition", "documentHighlight"] {
            let answer = editor.at(method, &uri, (0, 3), json!({}));
            assert!(answer.get("error").is_none(), "{method} of {text:.40}: {answer}");
        }
        let symbols = editor.ask("textDocument/documentSymbol", json!({ "textDocument": { "uri": uri } }));
        assert!(symbols.get("error").is_none(), "{symbols}");
    }
    // A change beyond all lines, one with its ends the wrong way round, and a document that is not open.
    let far = json!({ "start": { "line": 99_999, "character": 7 }, "end": { "line": 3, "character": 99_999 } });
    editor.change(&uri, version + 1, json!([{ "range": far, "text": "x" }]));
    editor.replace("file:///nowhere.fen", 1, "policy a");
    assert_eq!(editor.at("hover", "file:///no.fen", (0, 0), json!({})), Value::Null);
    editor.replace(&uri, version + 2, STAY);
    assert!(editor.hover(&uri, place(STAY, "deductible", 0)).contains("**deductible**"));
    editor.codes(&uri, &[]);
    assert_eq!(editor.finish(), 0);
}

#[test]
fn an_editor_that_vanishes_leaves_no_server() {
    let (_folder, editor, _) = opened(STAY);
    assert_eq!(editor.vanish(), 1);
}

/// The name stands in the text before, and the text now cannot be read where it is used.
#[test]
fn names_are_known_while_their_items_are_typed() {
    let (_folder, mut editor, uri) = opened(STAY);
    editor.codes(&uri, &[]);
    let broken = STAY.replace("deductible = standard[hospital]", "deductible = standard[hospital");
    editor.replace(&uri, 2, &broken);
    let hover = editor.hover(&uri, place(&broken, "deductible, 0", 0));
    assert!(hover.contains("**deductible** — definition"), "{hover}");
    let found = editor.at("definition", &uri, place(&broken, "deductible, 0", 0), json!({}));
    assert_eq!(start(&found["range"]), place(&broken, "deductible", 0));
    assert_eq!(editor.finish(), 0);
}

/// Examples are tried when there is time.
#[test]
fn failing_examples_are_shown() {
    let broken = SURPLUS.replace("expect retain 7_100_000 yuan", "expect retain 7_100_001 yuan");
    assert_ne!(broken, SURPLUS);
    let (_folder, mut editor, uri) = opened(&broken);
    editor.codes(&uri, &["fen::example::failed"]);
    editor.replace(&uri, 2, SURPLUS);
    editor.codes(&uri, &[]);
    editor.tell("textDocument/didClose", json!({ "textDocument": { "uri": uri } }));
    assert_eq!(editor.finish(), 0);
}

const LITERATE: &str = "# 结余 😀\n\n## 三(五)3\n\n> 结余部分按比例留用。\n\n```fen\n政策 甲.结余\n施行 自 2022-08-01\n取整 四舍五入 到 0.01元\n\
                        输入 结余: 金额 自 0元 至 1亿元\n留用 = 结余 * 30%\n```\n\n正文 留用 不是代码。\n\n```fen\n输出 留用\n```\n";

#[test]
fn policies_in_markdown_are_policies() {
    let folder = Folder::new();
    let path = folder.write("结余.md", LITERATE);
    let plain = folder.write("plain.md", "# no policy\n");
    let mut editor = Editor::start(path.parent().unwrap(), &["--lang", "zh"], json!({}));
    let plain = uri(&plain);
    editor.open(&plain, "# no policy\n");
    let uri = uri(&path);
    editor.open(&uri, LITERATE);
    editor.codes(&uri, &[]);
    let hover = editor.hover(&uri, place(LITERATE, "留用 =", 0));
    assert!(hover.contains("**留用** — 定义，输出") && hover.contains("> **三(五)3** 结余部分按比例留用。"), "{hover}");
    assert_eq!(editor.hover(&uri, place(LITERATE, "留用 不是", 0)), "");
    assert_eq!(editor.proposals(&uri, place(LITERATE, "不是", 0)), Vec::<String>::new());
    assert!(editor.proposals(&uri, place(LITERATE, "输出", 0)).contains(&"输入".to_owned()));
    let found = editor.at("definition", &uri, place(LITERATE, "留用\n```", 0), json!({}));
    assert_eq!(start(&found["range"]), place(LITERATE, "留用 =", 0));
    let found = editor.at("rename", &uri, place(LITERATE, "留用 =", 0), json!({ "newName": "医共体留用" }));
    let renamed = LITERATE.replace("留用 =", "医共体留用 =").replace("输出 留用", "输出 医共体留用");
    assert_eq!(edited(LITERATE, &found["changes"][&uri]), renamed);
    let symbols = editor.ask("textDocument/documentSymbol", json!({ "textDocument": { "uri": uri } }));
    assert_eq!(start(&symbols[1]["selectionRange"]), place(LITERATE, "结余: 金额", 0));
    // Mistakes lie where they are in the Markdown, and remedies too.
    let broken = LITERATE.replace("输出 留用", "输出 留甲");
    editor.replace(&uri, 2, &broken);
    let said = editor.diagnostics(&uri, |all| !all.is_empty());
    assert_eq!(start(&said[0]["range"]), place(&broken, "留甲", 0));
    let question =
        json!({ "textDocument": { "uri": uri }, "range": said[0]["range"], "context": { "diagnostics": [] } });
    let actions = editor.ask("textDocument/codeAction", question);
    assert_eq!(edited(&broken, &actions[0]["edit"]["changes"][&uri]), LITERATE);
    // Without its blocks it is text like any other.
    editor.replace(&uri, 3, "# nothing");
    editor.codes(&uri, &[]);
    assert_eq!(editor.hover(&plain, (0, 3)), "");
    assert_eq!(editor.finish(), 0);
}

#[test]
fn texts_are_laid_out() {
    let wide = CHINESE.replace("支付 = 70% * 较大(费用 - 起付线, 0元)", "支付   =  70%*较大( 费用-起付线,0元 )");
    assert_ne!(wide, CHINESE);
    let (_folder, mut editor, uri) = opened(&wide);
    let options = json!({ "textDocument": { "uri": uri }, "options": { "tabSize": 2, "insertSpaces": true } });
    let edits = editor.ask("textDocument/formatting", options.clone());
    let laid_out = edited(&wide, &edits);
    assert!(
        laid_out.contains("= 70% * 较大(费用 - 起付线, 0元)  # 😀") && laid_out.contains("# 😀 表情"),
        "{laid_out}"
    );
    editor.replace(&uri, 2, &laid_out);
    assert_eq!(editor.ask("textDocument/formatting", options.clone()), json!([]));
    // What cannot be read stays.
    editor.replace(&uri, 3, &wide.replace("输出 支付", "输出 支付 支付"));
    assert_eq!(editor.ask("textDocument/formatting", options), json!([]));
    assert_eq!(editor.finish(), 0);
}

const NOTICE: &str = "# 通知\n\n## 一\n\n> 提取1%。\n\n```fen 风险金\n政策 示范.风险金\n取整 四舍五入 到 0.01元\n引入 上限 自 \"#共用\"\n\
                      输入 筹资: 金额 自 0元 至 100元\n计提 = 较小(1% * 筹资, 上限)\n```\n\n## 二\n\n> 支付5元。\n\n```fen 门诊\n政策 示范.门诊\n\
                      引入 上限 自 \"#共用\"\n输入 费用: 金额 自 0元 至 100元\n计提 = 较小(费用, 上限)\n输出 计提\n```\n\n```fen 风险金\n输出 计提\n```\n\n\
                      ```fen 共用\n规则库 示范.共用\n参数 上限: 金额 = 5元\n```\n";

/// Each place of a text belongs to the policy that its block names.
#[test]
fn several_policies_in_one_text() {
    let folder = Folder::new();
    let path = folder.write("通知.md", NOTICE);
    let mut editor = Editor::start(path.parent().unwrap(), &["--lang", "zh"], json!({}));
    let uri = uri(&path);
    editor.open(&uri, NOTICE);
    // Three policies are read, each of which says something of the text.
    for _ in 0..3 {
        editor.codes(&uri, &[]);
    }
    // The same name is another thing in another policy.
    for (count, clause) in [(0, "提取1%"), (1, "支付5元")] {
        let hover = editor.hover(&uri, place(NOTICE, "计提 = 较小", count));
        assert!(hover.contains(clause), "{hover}");
    }
    let found = editor.at("definition", &uri, place(NOTICE, "计提\n```", 1), json!({}));
    assert_eq!(start(&found["range"]), place(NOTICE, "计提 = 较小(1%", 0));
    let found = editor.at("definition", &uri, place(NOTICE, "上限)", 1), json!({}));
    assert_eq!(start(&found["range"]), place(NOTICE, "上限: 金额", 0));
    // What is shared is renamed in all policies, what is not in one.
    let found = editor.at("rename", &uri, place(NOTICE, "上限: 金额", 0), json!({ "newName": "限额" }));
    assert_eq!(edited(NOTICE, &found["changes"][&uri]), NOTICE.replace("上限", "限额"));
    let found = editor.at("rename", &uri, place(NOTICE, "计提 = 较小(1%", 0), json!({ "newName": "风险金额" }));
    let renamed = NOTICE.replace("计提 = 较小(1%", "风险金额 = 较小(1%");
    let renamed = renamed.replace("```fen 风险金\n输出 计提", "```fen 风险金\n输出 风险金额");
    assert_eq!(edited(NOTICE, &found["changes"][&uri]), renamed);
    // The whole text is outlined and coloured, in its order.
    let symbols = editor.ask("textDocument/documentSymbol", json!({ "textDocument": { "uri": uri } }));
    let names: Vec<&str> = symbols.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        ["示范.风险金", "筹资", "计提", "示范.门诊", "费用", "计提", "计提", "计提", "示范.共用", "上限"]
    );
    let tokens = editor.ask("textDocument/semanticTokens/full", json!({ "textDocument": { "uri": uri } }));
    let lines: u64 = tokens["data"].as_array().unwrap().chunks(5).map(|token| token[0].as_u64().unwrap()).sum();
    assert_eq!(lines, u64::from(place(NOTICE, "5元\n```", 0).0));
    // A mistake in one policy is said once, and there.
    let broken = NOTICE.replace("较小(费用, 上限)", "较小(费用, 上线)");
    editor.replace(&uri, 2, &broken);
    let said = editor.diagnostics(&uri, |all| !all.is_empty());
    assert_eq!((said.len(), start(&said[0]["range"])), (1, place(&broken, "上线", 0)));
    let question =
        json!({ "textDocument": { "uri": uri }, "range": said[0]["range"], "context": { "diagnostics": [] } });
    let actions = editor.ask("textDocument/codeAction", question);
    assert_eq!(edited(&broken, &actions[0]["edit"]["changes"][&uri]), NOTICE);
    // A block without a name gets one.
    let unnamed = NOTICE.replace("```fen 风险金\n输出", "```fen\n输出");
    editor.replace(&uri, 3, &unnamed);
    let said = editor.diagnostics(&uri, |all| all.iter().any(|one| one["code"] == "fen::markdown::unnamed"));
    let culprit = said.iter().find(|one| one["code"] == "fen::markdown::unnamed").unwrap();
    let question =
        json!({ "textDocument": { "uri": uri }, "range": culprit["range"], "context": { "diagnostics": [] } });
    let actions = editor.ask("textDocument/codeAction", question);
    assert_eq!(edited(&unnamed, &actions[0]["edit"]["changes"][&uri]), NOTICE.replace("风险金\n输出", "门诊\n输出"));
    // Without its blocks nothing is left of it.
    editor.replace(&uri, 4, "# 无");
    editor.codes(&uri, &[]);
    assert_eq!(editor.finish(), 0);
}
