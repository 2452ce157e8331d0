//! `fen coverage`: clauses, rules and quotations.

use crate::folder::{Folder, fen_in_repository, repository};

const NOTICE: &str = "一、住院费用在起付标准以上的部分,按70%支付。\n二、门诊费用适当支付。三、各地应加强管理。\n";
const LIST: &str = "id,clause,quote,priority,not_computable\n7-01,一,住院费用 ⋯ 按70%支付,A,\n7-02,二,门诊费用适当支付,B,\n7-03,三,各地应加强管理,C,没有数量\n";
const POLICY: &str = "# 住院\n\n## 一\n\n> 住院费用在起付标准以上的部分,按70%支付。\n\n起付标准另定（7-01）。\n\n```fen\n政策 某地.住院\n取整 四舍五入 到 0.01元\n\
    输入 费用: 金额 自 0元 至 10万元\n参数 起付标准: 金额 自 0元 至 1万元 = 待定\n支付 = 70% * 较大(费用 - 起付标准, 0元)\n输出 支付\n```\n";

fn run(folder: &Folder, more: &[&str]) -> crate::folder::Done {
    let args = [
        "coverage",
        "policies",
        "--provisions",
        "list.csv",
        "--notice",
        "notice.txt",
        "-o",
        "report.md",
        "--lang",
        "zh",
    ];
    folder.fen(&[&args[..], more].concat())
}

#[test]
fn clauses_are_listed_with_their_rules() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path("policies")).unwrap();
    folder.write("policies/住院.md", POLICY);
    folder.write("notice.txt", NOTICE);
    folder.write("list.csv", LIST);
    // The second clause stands nowhere.
    let done = run(&folder, &[]);
    assert_eq!(done.code(), 1);
    assert!(done.stderr().contains("[fen::coverage::missing]: 没有规则写明 7-02（二）"), "{}", done.stderr());
    folder.write("policies/门诊.fen", "政策 某地.门诊\n取整 四舍五入 到 0.01元\n输入 费用: 金额 自 0元 至 10万元\n# 7-02\n参数 比例: 比率 = 待定\n支付 = 比例 * 费用  # 7-02\n输出 支付\n");
    let done = run(&folder, &[]);
    assert_eq!(done.code(), 0, "{}", done.stderr());
    insta::assert_snapshot!("coverage_report", folder.read("report.md"));
}

#[test]
fn quotations_must_stand_in_the_notice() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path("policies")).unwrap();
    folder.write("policies/住院.md", POLICY.replace("按70%支付。", "按75%支付。"));
    folder.write("notice.txt", NOTICE);
    folder.write("list.csv", LIST.replace(",A,", ",A,-").replace(",B,", ",B,-").replace("各地应", "各县应"));
    let done = run(&folder, &[]);
    assert_eq!(done.code(), 1);
    let said = done.stderr();
    assert!(said.contains("policies/住院.md:5：notice.txt 中没有“住院费用在起付标准以上的部分,按75%支付。”"), "{said}");
    assert!(said.contains("7-03：notice.txt 中没有“各县应加强管理”") && said.contains("共 2 处问题"), "{said}");
}

#[test]
fn lists_that_cannot_be_read_are_refused() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path("policies")).unwrap();
    folder.write("policies/住院.md", POLICY);
    folder.write("notice.txt", NOTICE);
    folder.write("list.csv", "id,clause\n7-01,一\n");
    run(&folder, &[]).refused("fen::coverage::column");
    folder.write("list.csv", format!("{LIST}7-01,一,住院,A,\n"));
    run(&folder, &[]).refused("fen::coverage::twice");
    assert_eq!(folder.names(), ["list.csv", "notice.txt", "policies"]);
}

/// Every clause of the Qujing notice has rules or a reason, every quotation stands in it, and `docs/coverage.md` says so.
#[test]
fn the_report_of_the_qujing_notice_is_true() {
    let args = [
        "coverage",
        "policies/qujing",
        "--provisions",
        "policies/qujing/provisions.csv",
        "--notice",
        "policies/qujing/通知原文.txt",
        "--lang",
        "zh",
    ];
    let report = fen_in_repository(&args).good();
    let written = std::fs::read_to_string(repository("docs/coverage.md")).unwrap();
    assert!(report == written, "write it anew: fen {} -o docs/coverage.md", args.join(" "));
}
