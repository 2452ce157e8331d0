//! Markdown files with several policies.

use crate::folder::Folder;

const NOTICE: &str = "# 通知\n\n## 一、风险金\n\n> 提取1%风险金。\n\n1-01\n\n```fen 风险金\n政策 示范.风险金\n依据 \"通知\"\n取整 四舍五入 到 0.01元\n输入 筹资: 金额 自 0元 至 100元\n\
    计提 = 1% * 筹资\n输出 计提\n```\n\n## 二、门诊\n\n> 每次支付5元。\n\n1-02，见 [风险金](#一风险金)\n\n```fen 门诊\n政策 示范.门诊\n名称 \"普通门诊\" / \"Visits\"\n引入 场所 自 \"#共用\"\n输入 地点: 场所\n支付 = 5元\n输出 支付\n```\n\n\
    ## 三、共用\n\n```fen 共用\n规则库 示范.共用\n枚举 场所 = 诊所 | 医院\n```\n\n## 四、明年\n\n> 提取2%风险金。\n\n```fen 明年\n修订 示范.风险金 为 示范.明年\n计提 = 2% * 筹资\n```\n";

fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("通知.md", NOTICE);
    folder.write("筹资.csv", "筹资\n50\n");
    folder
}

#[test]
fn each_policy_is_checked_built_and_run() {
    let folder = folder();
    assert!(folder.fen(&["check", "通知.md", "--lang", "zh"]).stderr().contains("共检查 4 份，其中 4 份没有错误"));
    folder.fen(&["build", "通知.md", "-o", "模块/"]).good();
    let modules = std::fs::read_dir(folder.path("模块")).unwrap().count();
    assert_eq!(modules, 3, "a library has no module");
    for policy in ["通知.md#风险金", "模块/风险金.wasm"] {
        assert_eq!(folder.fen(&["run", policy, "--input", "筹资.csv"]).good(), "筹资,计提\n50,0.50\n");
    }
    for policy in ["通知.md#明年", "模块/明年.wasm"] {
        assert_eq!(folder.fen(&["run", policy, "--input", "筹资.csv"]).good(), "筹资,计提\n50,1.00\n");
    }
    folder.fen(&["build", "通知.md#门诊", "-o", "m.wasm"]).good();
    let explained =
        folder.fen(&["explain", "通知.md#明年", "--input", "筹资.csv", "--row", "1", "--lang", "zh"]).good();
    assert!(explained.contains("提取2%风险金"), "{explained}");
}

#[test]
fn whoever_wants_one_policy_says_which() {
    let folder = folder();
    for (args, code) in [
        (vec!["run", "通知.md", "--input", "筹资.csv"], "fen::markdown::several"),
        (vec!["build", "通知.md", "-o", "m.wasm"], "fen::markdown::several"),
        (vec!["run", "通知.md#门珍", "--input", "筹资.csv"], "fen::markdown::unknown_policy"),
    ] {
        let done = folder.fen(&args);
        assert!(done.code() != 0 && done.stderr().contains(code), "{}", done.stderr());
    }
    assert!(!folder.path("m.wasm").exists());
    folder.write("通知.md", NOTICE.replace("```fen 共用", "```fen"));
    let done = folder.fen(&["check", "通知.md", "--format", "json"]);
    assert_eq!(done.code(), 1);
    // It is said once, of the policy before it; the policy that needs the library does not find it.
    assert_eq!(done.stdout().matches("fen::markdown::unnamed").count(), 1, "{}", done.stdout());
}

#[test]
fn tables_of_cases_are_called_by_the_policy() {
    let folder = folder();
    folder.write("风险金.用例.csv", "筹资,计提\n50,0.50\n100,1.00\n");
    folder.write("明年.用例.csv", "筹资,计提\n50,1.00\n100,1.00\n");
    let done = folder.fen(&["test", "通知.md", "--lang", "zh"]);
    assert_eq!(done.code(), 1);
    let out = done.stdout();
    assert!(out.contains("通知.md#风险金") && out.contains("3 项通过，1 项失败"), "{out}");
}

#[test]
fn the_text_is_formatted_once() {
    let folder = folder();
    folder.write("通知.md", NOTICE.replace("计提 = 1% *", "计提=1%*"));
    let done = folder.fen(&["fmt", ".", "--lang", "zh"]);
    assert!(done.stderr().contains("共 1 份，已整理 1 份"), "{}", done.stderr());
    assert_eq!(folder.read("通知.md"), NOTICE);
    folder.fen(&["fmt", "通知.md", "--lang", "en"]).good();
    assert!(folder.read("通知.md").contains("amend 示范.风险金 as 示范.明年"), "{}", folder.read("通知.md"));
    folder.fen(&["check", "通知.md"]).good();
}

#[test]
fn the_text_has_a_page_and_so_has_each_policy() {
    let folder = folder();
    folder.fen(&["doc", "通知.md", "-o", "页面", "--lang", "zh"]).good();
    let whole = folder.read("页面/通知.html");
    for part in ["风险金", "门诊", "共用", "明年"] {
        assert!(folder.path(&format!("页面/通知/{part}.html")).exists());
        assert!(whole.contains(&format!("href=\"通知/{part}.html\"")), "{part}");
    }
    // Names lead to the glossary of the policy, headings are where links say.
    assert!(whole.contains("href=\"通知/门诊.html#n-支付\"") && whole.contains("id=\"一风险金\""), "{whole}");
    let part = folder.read("页面/通知/门诊.html");
    assert!(part.contains("每次支付5元") && !part.contains("提取1%"), "{part}");
    assert!(part.contains("href=\"../通知.html#一风险金\"") && part.contains("href=\"../通知.html\""), "{part}");
    assert!(folder.read("页面/index.html").contains("href=\"通知.html\""));
    // A title has a form for each language.
    assert!(part.contains(">普通门诊</span><span class=\"en\" lang=\"en\">Visits</span></h1>"), "{part}");
    folder.write("就诊.csv", "地点\n诊所\n");
    for (lang, title) in [("en", "示范.门诊 | Visits\n"), ("zh", "示范.门诊 | 普通门诊\n")] {
        let done = folder.fen(&["run", "通知.md#门诊", "--input", "就诊.csv", "--lang", lang]);
        assert!(done.stderr().starts_with(title), "{}", done.stderr());
    }
}

#[test]
fn clauses_are_those_of_the_policy_below_them() {
    let folder = folder();
    folder.write(
        "条款.csv",
        "id,clause,priority,quote,not_computable\n1-01,一,A,提取1%风险金。,\n1-02,二,A,每次支付5元。,\n",
    );
    folder.write("原文.txt", "提取1%风险金。每次支付5元。提取2%风险金。");
    let args = ["coverage", "通知.md", "--provisions", "条款.csv", "--notice", "原文.txt", "--lang", "zh"];
    let report = folder.fen(&args).good();
    insta::assert_snapshot!(report);
}
