//! `fen diff`: rules that differ, and what that makes of claims whose answer is known.

use std::fmt::Write as _;

use serde_json::Value;

use crate::folder::{Folder, repository, surplus};

/// A county's rate times what the deductible leaves, capped over the year.
const OLD: &str = "policy demo.stay\nsource \"旧文\"\nin force from 2022-01-01\nround half up to 0.01 yuan\n\
    enum level = township | county | city\nkey person: id\ninput discharged: date\ninput hospital: level\n\
    input urgent: bool\ninput eligible: money from 0 yuan to 1_000_000 yuan\ndated by discharged\n\
    param rate by level: rate\n  from 2022-01-01: township 90%, county 80%, city 70%\n  cite \"一\"\n\
    param cap: money = 100_000 yuan  cite \"二\"\n\
    running before = sum fund per person per year\n\
    fund = min(rate[hospital] * max(eligible - 400 yuan, 0 yuan), max(cap - before, 0 yuan))\n\
    own = eligible - fund\noutput fund \"基金\" / \"Fund\", own\n";

fn new() -> String {
    OLD.replace("demo.stay", "demo.stay_2023").replace("county 80%", "county 82%").replace("\"旧文\"", "\"新文\"")
}

/// Random but always the same.
fn claims(rows: u64) -> Vec<(u64, u64, u64, u64)> {
    let mut state = 7_u64;
    let mut next = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    (0..rows).map(|_| (next(4_000), next(3), next(2), next(3_000_000))).collect()
}

fn file(claims: &[(u64, u64, u64, u64)]) -> String {
    let mut text = "person,discharged,hospital,urgent,eligible\n".to_owned();
    for (at, (person, level, urgent, fen)) in claims.iter().enumerate() {
        let level = ["township", "county", "city"][usize::try_from(*level).unwrap()];
        let day = 1 + at * 28 / claims.len();
        let (yuan, fen) = (fen / 100, fen % 100);
        writeln!(text, "p{person},2022-03-{day:02},{level},{},{yuan}.{fen:02}", *urgent == 1).unwrap();
    }
    text
}

/// What the fund pays for every claim in fen, worked out without any of this project's code.
fn pays(claims: &[(u64, u64, u64, u64)], rates: [u64; 3], cap: u64) -> Vec<u64> {
    let mut before = vec![0; 4_000];
    let mut paid = Vec::new();
    for (person, level, _, fen) in claims {
        let exact = rates[usize::try_from(*level).unwrap()] * fen.saturating_sub(40_000);
        let room = cap - before[usize::try_from(*person).unwrap()];
        let rounded = if exact >= room * 100 { room } else { (exact + 50) / 100 };
        before[usize::try_from(*person).unwrap()] += rounded;
        paid.push(rounded);
    }
    paid
}

fn yuan(fen: i128) -> String {
    format!("{}{}.{:02}", if fen < 0 { "-" } else { "" }, fen.abs() / 100, fen.abs() % 100)
}

fn total(values: impl Iterator<Item = u64>) -> i128 {
    values.map(i128::from).sum()
}

fn json(folder: &Folder, args: &[&str]) -> Value {
    let done = folder.fen(args);
    assert!(done.code() < 2, "{}", done.stderr());
    serde_json::from_str(&done.stdout()).unwrap()
}

#[test]
fn a_policy_and_its_translation_are_the_same() {
    let folder = Folder::new();
    let chinese = repository("policies/qujing/结余留用.fen").display().to_string();
    let done = folder.fen(&["diff", &surplus(), &chinese]);
    assert!(done.good().contains("no rule differs"), "{}", done.stdout());
    assert!(done.stdout().contains("budget = 打包总额"), "{}", done.stdout());
}

#[test]
fn changed_rules_with_both_clauses() {
    let folder = Folder::new();
    folder.write("old.fen", OLD);
    folder.write("new.fen", new());
    let done = folder.fen(&["diff", "old.fen", "new.fen"]);
    assert_eq!(done.code(), 1);
    let text = done.stdout();
    for part in [
        "1 rule differs",
        "changed parameter rate, county",
        "old  80%",
        "旧文 一 old.fen:12:1",
        "new  82%",
        "新文 一 new.fen:12:1",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    let chinese = folder.fen(&["diff", "old.fen", "new.fen", "--lang", "zh"]);
    assert!(chinese.stdout().contains("改动 参数 rate，county"), "{}", chinese.stdout());
    let report = json(&folder, &["diff", "old.fen", "new.fen", "--format", "json"]);
    assert_eq!(report["same"], false);
    assert_eq!(report["changes"][0]["keys"][0], "county");
    assert_eq!(report["changes"][0]["new"]["clause"], "一");
    assert_eq!(report["claims"], Value::Null);
}

#[test]
fn amendments_are_compared_as_what_comes_of_them() {
    let folder = Folder::new();
    folder.write("old.fen", OLD);
    folder.write(
        "new.fen",
        "amend demo.stay as demo.stay_2023\nsource \"新文\"\nparam cap: money = 120_000 yuan  cite \"三\"\n",
    );
    let report = json(&folder, &["diff", "old.fen", "new.fen", "--format", "json"]);
    assert_eq!(report["changes"].as_array().unwrap().len(), 1, "{report:#}");
    let change = &report["changes"][0];
    assert_eq!((change["name"].as_str(), change["old"]["clause"].as_str()), (Some("cap"), Some("二")));
    assert_eq!((change["new"]["clause"].as_str(), change["new"]["source"].as_str()), (Some("三"), Some("新文")));
    assert_eq!(change["old"]["source"], "旧文");
}

#[test]
fn sums_gains_and_groups_are_those_worked_out_by_hand() {
    let folder = Folder::new();
    folder.write("old.fen", OLD);
    folder.write("new.fen", new());
    let claims = claims(20_000);
    folder.write("claims.csv", file(&claims));
    let (old, new) = (pays(&claims, [90, 80, 70], 10_000_000), pays(&claims, [90, 82, 70], 10_000_000));
    let report =
        json(&folder, &["diff", "old.fen", "new.fen", "--input", "claims.csv", "--format", "json", "--top", "3"]);
    let all = &report["claims"];
    let both = || old.iter().copied().zip(new.iter().copied());
    let (before, after) = (total(old.iter().copied()), total(new.iter().copied()));
    assert!(before < after);
    assert_eq!(all["output"], "fund");
    assert_eq!((all["rows"].as_u64(), all["settled_by_both"].as_u64()), (Some(20_000), Some(20_000)));
    assert_eq!(all["old"], yuan(before));
    assert_eq!(all["new"], yuan(after));
    assert_eq!(all["difference"], yuan(after - before));
    // The cap takes back later what a higher rate gives earlier.
    let gains = total(both().map(|(old, new)| new.saturating_sub(old)));
    let losses = total(both().map(|(old, new)| old.saturating_sub(new)));
    assert!(losses > 0);
    assert_eq!((&all["gains"], &all["losses"]), (&Value::from(yuan(gains)), &Value::from(yuan(losses))));
    let count = |is: fn(&(u64, u64)) -> bool| u64::try_from(both().filter(is).count()).unwrap();
    assert_eq!(all["gaining"], count(|(old, new)| new > old));
    assert_eq!(all["losing"], count(|(old, new)| new < old));
    assert_eq!(all["changed"], count(|(old, new)| new != old));
    // What the person pays changes by as much the other way.
    assert_eq!(all["totals"][1]["output"], "own");
    assert_eq!(all["totals"][1]["difference"], yuan(before - after));
    for (level, name) in [(0, "township"), (1, "county"), (2, "city")] {
        let of =
            |paid: &[u64]| total(claims.iter().zip(paid).filter(|(claim, _)| claim.1 == level).map(|(_, paid)| *paid));
        let group = &all["by"][0]["groups"][usize::try_from(level).unwrap()];
        assert_eq!(group["value"], name);
        assert_eq!((&group["old"], &group["new"]), (&Value::from(yuan(of(&old))), &Value::from(yuan(of(&new)))));
    }
    // Every band, and all of them together.
    let bands = all["by"].as_array().unwrap().iter().find(|by| by["input"] == "eligible").unwrap();
    let mut rest = after - before;
    for band in bands["groups"].as_array().unwrap() {
        let bound = |name: &str| band[name].as_str().unwrap().parse::<u64>().unwrap() * 100;
        let inside = |claim: &(u64, u64, u64, u64)| (bound("from")..bound("to")).contains(&claim.3);
        let of =
            |paid: &[u64]| total(claims.iter().zip(paid).filter(|(claim, _)| inside(claim)).map(|(_, paid)| *paid));
        assert_eq!(band["difference"], yuan(of(&new) - of(&old)), "{band:#}");
        rest -= of(&new) - of(&old);
    }
    assert_eq!(rest, 0);
    // The claims that change most, the first ones first.
    let mut order: Vec<usize> = (0..claims.len()).collect();
    order.sort_by_key(|at| std::cmp::Reverse(old[*at].abs_diff(new[*at])));
    let rows: Vec<u64> = all["top"].as_array().unwrap().iter().map(|one| one["row"].as_u64().unwrap()).collect();
    let wanted: Vec<u64> = order.iter().take(3).map(|at| u64::try_from(*at).unwrap() + 1).collect();
    assert_eq!(rows, wanted);
    // A rate of its own, or what is left of the cap after earlier claims.
    let has = |part: &str| !all["top"][0][part].as_array().unwrap().is_empty();
    assert!(if claims[order[0]].1 == 1 { has("changes") || has("through") } else { has("through") });
}

/// The same as `fen explain` says of them, one by one.
#[test]
fn what_changes_most_is_explained() {
    let folder = Folder::new();
    folder.write("old.fen", OLD);
    folder.write("new.fen", new().replace("100_000 yuan", "9_000 yuan"));
    folder.write("claims.csv", file(&claims(6_000)) + "broken\n");
    let explain = |policy: &str, row: &str| {
        json(&folder, &["explain", policy, "--input", "claims.csv", "--row", row, "--format", "json"])
    };
    let report = json(&folder, &["diff", "old.fen", "new.fen", "--input", "claims.csv", "--format", "json"]);
    let top = report["claims"]["top"].as_array().unwrap();
    assert!(top.len() > 2);
    for one in top {
        let row = one["row"].to_string();
        assert_eq!(one["explanations"]["old"], explain("old.fen", &row));
        assert_eq!(one["explanations"]["new"], explain("new.fen", &row));
    }
    let text = folder.fen(&["diff", "old.fen", "new.fen", "--input", "claims.csv", "--lang", "zh"]).stdout();
    assert!(text.contains("    按旧政策\n") && text.contains("      fund（基金） = "), "{text}");
}

#[test]
fn newly_rejected_and_newly_settled() {
    let folder = Folder::new();
    folder.write("old.fen", OLD.replace("in force from 2022-01-01", "in force from 2022-01-01 to 2022-03-14"));
    folder.write("new.fen", OLD.replace("in force from 2022-01-01", "in force from 2022-03-10"));
    let header = "person,discharged,hospital,urgent,eligible\n";
    folder.write("claims.csv", format!("{header}a,2022-03-09,county,false,1400\na,2022-03-12,county,false,1400\na,2022-03-15,city,false,400\na,never,city,false,1\n"));
    let report = json(&folder, &["diff", "old.fen", "new.fen", "--input", "claims.csv", "--format", "json"]);
    let all = &report["claims"];
    assert_eq!((all["newly_rejected"].as_u64(), all["newly_settled"].as_u64()), (Some(1), Some(1)));
    assert_eq!((all["rejected_by_both"].as_u64(), all["settled_by_both"].as_u64()), (Some(1), Some(1)));
    assert_eq!(
        (all["rejections"][0]["code"].as_str(), &all["rejections"][0]["first_rows"]),
        (Some("before_in_force"), &serde_json::json!([1]))
    );
    assert_eq!(all["no_longer_rejected"][0]["code"], "after_in_force");
    assert_eq!((all["old"].as_str(), all["new"].as_str()), (Some("1600.00"), Some("800.00")));
    let text = folder.fen(&["diff", "old.fen", "new.fen", "--input", "claims.csv", "--lang", "zh"]);
    assert!(text.stdout().contains("新政策拒收的原因"), "{}", text.stdout());
}

/// Points of hospitals, whose fund is divided: what is compared are hospitals.
#[test]
fn groups_are_compared_where_money_is_theirs() {
    let policy = |weight: &str| {
        format!(
            "policy demo.pool\nround half up to 0.01 yuan\nenum level = low | high\nkey hospital: id\ninput kind: level  per hospital\n\
             input points: points from 0 points to 1_000 points\nparam factor by level: factor = low 1, high {weight}\n\
             param fund: money = required\nweighted = points * factor[kind]  round half up to 0.0001 point\n\
             earned = sum weighted per hospital\nsplit fund over hospital by earned -> payment\noutput weighted per claim\n\
             output payment per hospital\n"
        )
    };
    let folder = Folder::new();
    folder.write("old.fen", policy("1"));
    folder.write("new.fen", policy("3"));
    folder.write("claims.csv", "hospital,kind,points\na,low,100\nb,high,50\na,low,100\nb,high,50\n");
    let args = ["diff", "old.fen", "new.fen", "--input", "claims.csv", "--format", "json", "--set", "fund=600.00"];
    let report = json(&folder, &args);
    let all = &report["claims"];
    assert_eq!((all["output"].as_str(), all["per"].as_str()), (Some("payment"), Some("hospital")));
    assert_eq!((all["gaining"].as_u64(), all["gains"].as_str()), (Some(1), Some("160.00")));
    assert_eq!((all["losing"].as_u64(), all["losses"].as_str()), (Some(1), Some("160.00")));
    assert_eq!(all["difference"], "0.00");
    let group = |at: usize| (all["by"][0]["groups"][at]["old"].clone(), all["by"][0]["groups"][at]["new"].clone());
    assert_eq!(group(0), ("400.00".into(), "240.00".into()));
    assert_eq!(group(1), ("200.00".into(), "360.00".into()));
    // A hospital stands for itself in the explanation of its first row.
    let explained = &all["top"][1]["explanations"]["new"];
    let outputs: Vec<&Value> = explained["outputs"].as_array().unwrap().iter().map(|one| &one["name"]).collect();
    assert_eq!((explained["row"].as_u64(), outputs), (Some(2), vec![&Value::from("payment")]));
    // Another fund for the new policy.
    let args = [args.as_slice(), &["--set-new", "fund=1200.00"]].concat();
    assert_eq!(json(&folder, &args)["claims"]["difference"], "600.00");
}

/// A file has the columns of one of the policies, or those of both.
#[test]
fn columns_have_the_names_of_either_policy() {
    let folder = Folder::new();
    let chinese = repository("policies/qujing/结余留用.fen").display().to_string();
    let headers = ["budget,spent", "打包总额,实际支出", "budget,实际支出"];
    for text in headers.map(|header| format!("{header}\n100,50\n")) {
        folder.write("s.csv", &text);
        for pair in [[surplus(), chinese.clone()], [chinese.clone(), surplus()]] {
            let [one, other] = pair;
            let done = folder.fen(&["diff", &one, &other, "--input", "s.csv"]);
            assert!(done.good().contains("settled by both (row)  1"), "{text} {}", done.stdout());
        }
    }
    folder.write("s.csv", "budget,spent,打包总额,实际支出\n100,50,100,50\n");
    folder.fen(&["diff", &surplus(), &chinese, "--input", "s.csv"]).good();
    folder.write("s.csv", "budget\n100\n");
    folder.fen(&["diff", &surplus(), &chinese, "--input", "s.csv"]).refused("fen::claims::missing_column");
    let policy = |input: &str| {
        format!(
            "policy c.x\nround half up to 0.01 yuan\ninput {input}: money from 0 yuan to 1000 yuan\np = 50% * {input}\noutput p\n"
        )
    };
    folder.write("a.fen", policy("a"));
    folder.write("cost.fen", policy("cost"));
    folder.write("c.csv", "a\n5\n");
    let done = folder.fen(&["diff", "a.fen", "cost.fen", "--input", "c.csv"]);
    assert!(done.stdout().contains("p      2.50  2.50"), "{}", done.stdout());
}

/// Tables by what a hospital has several of add up.
#[test]
fn groups_of_several_kinds() {
    let policy = |fund: &str| {
        format!(
            "policy c.pool\nround half up to 0.01 yuan\nenum kind = emp \"职工\" / \"employees\" | res\nkey hospital: id\n\
             input kind: kind\ninput cost: money from 0 yuan to 100_000 yuan\nparam fund: money = {fund}\n\
             spent = sum cost per hospital\nsplit fund over hospital by spent -> payment\noutput payment per hospital\n"
        )
    };
    let folder = Folder::new();
    folder.write("old.fen", policy("10_000 yuan"));
    folder.write("new.fen", policy("12_000 yuan"));
    folder.write("c.csv", "hospital,kind,cost\na,emp,100\nb,res,100\nb,emp,300\nc,res,500\n");
    let args = ["diff", "old.fen", "new.fen", "--input", "c.csv"];
    let report = json(&folder, &[args.as_slice(), &["--format", "json"]].concat());
    let by = report["claims"]["by"].as_array().unwrap();
    assert_eq!(by.len(), 1, "amounts of single rows are not those of a hospital");
    let groups = by[0]["groups"].as_array().unwrap();
    let sums: Vec<_> =
        groups.iter().map(|one| (&one["value"], one["several"] == true, one["difference"].as_str())).collect();
    let (emp, res, null) = (Value::from("emp"), Value::from("res"), Value::Null);
    assert_eq!(sums, [(&emp, false, Some("200.00")), (&res, false, Some("1000.00")), (&null, true, Some("800.00"))]);
    let text = folder.fen(&args).stdout();
    assert!(text.contains("several           1     1") && text.contains("kind       hospital"), "{text}");
    assert!(text.contains("through the division (payment), which may read parameter fund"), "{text}");
}

/// Only the rules that make a difference to the claim are its causes.
#[test]
fn causes_alter_the_value() {
    let ladder = "fund = min(rate[hospital] * scope + extra, max(cap - before, 0 yuan))\nscope = max(eligible - 400 yuan, 0 yuan)\n\
        scope tier ..5_000 yuan -> extra 0%\nscope tier 5_000..10_000 yuan -> extra 5%\nscope tier 10_000 yuan.. -> extra 10%\n";
    let whole = "fund = min(rate[hospital] * max(eligible - 400 yuan, 0 yuan), max(cap - before, 0 yuan))\n";
    let old = OLD.replace(whole, ladder).replace("100_000 yuan", "20_000 yuan");
    let new = old
        .replace("county 80%", "county 82%")
        .replace("20_000 yuan", "25_000 yuan")
        .replace("5_000..10_000", "5_000..12_000")
        .replace("tier 10_000 yuan..", "tier 12_000 yuan..");
    let folder = Folder::new();
    folder.write("old.fen", &old);
    folder.write("new.fen", &new);
    folder.write(
        "c.csv",
        "person,discharged,hospital,urgent,eligible\na,2022-03-01,county,false,629.66\nb,2022-03-02,city,false,15400\n\
         c,2022-03-02,township,false,40000\nd,2022-03-02,county,false,8000\nd,2022-03-03,city,false,30000\n",
    );
    let report = json(&folder, &["diff", "old.fen", "new.fen", "--input", "c.csv", "--format", "json"]);
    let changes = report["changes"].as_array().unwrap();
    let top = report["claims"]["top"].as_array().unwrap();
    let causes = |row: u64| {
        let claim = top.iter().find(|one| one["row"] == row).unwrap();
        let changes: Vec<&str> = claim["changes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|at| changes[usize::try_from(at.as_u64().unwrap()).unwrap()]["name"].as_str().unwrap())
            .collect();
        let through: Vec<&str> =
            claim["through"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
        (changes, through)
    };
    assert_eq!(causes(1), (vec!["rate"], vec![]));
    assert_eq!(causes(2), (vec!["scope", "scope"], vec![]));
    assert_eq!(causes(3), (vec!["cap"], vec![]));
    assert_eq!(causes(4), (vec!["rate"], vec![]));
    assert_eq!(causes(5), (vec!["cap"], vec!["before"]));
}

/// What a total is of, and not what stands beside it among the outputs.
#[test]
fn totals_read_their_own_rules() {
    let policy = |rate: &str, fund: &str| {
        format!(
            "policy c.t\nround half up to 0.01 yuan\ninput x: money from 0 yuan to 10_000 yuan\nparam r: rate = {rate}\n\
             param fund: money = {fund}\nw = r * x\nall = total w\nrest = fund - all\noutput w, rest\n"
        )
    };
    let folder = Folder::new();
    folder.write("old.fen", policy("50%", "1_000 yuan"));
    folder.write("new.fen", policy("60%", "2_000 yuan"));
    folder.write("c.csv", "x\n100\n200\n");
    let args = ["diff", "old.fen", "new.fen", "--input", "c.csv", "--output-of", "rest"];
    let text = folder.fen(&args).stdout();
    assert!(text.contains("everything  +970.00"), "{text}");
    let through = text.lines().find(|line| line.contains("through the total")).unwrap_or_default();
    assert!(through.ends_with("which may read parameter r"), "{text}");
}

/// What changes only through other claims says so.
#[test]
fn changes_through_other_claims() {
    let policy = |rate: &str| {
        format!(
            "policy c.r\nround half up to 0.01 yuan\nenum k = a | b \"乙\" / \"second\"\nkey p: id\ninput d: date\ninput kind: k\n\
             input x: money from 0 yuan to 10_000 yuan\ndated by d\nparam r by k: rate = a {rate}, b 60%\n\
             running before = sum pays per p per year\npays = min(r[kind] * x, max(1_000 yuan - before, 0 yuan))\noutput pays\n"
        )
    };
    let folder = Folder::new();
    folder.write("old.fen", policy("50%"));
    folder.write("new.fen", policy("70%"));
    folder.write("c.csv", "p,d,kind,x\nP,2022-01-01,a,1000\nP,2022-02-01,b,1000\n");
    let text = folder.fen(&["diff", "old.fen", "new.fen", "--input", "c.csv"]).stdout();
    assert!(text.contains("    because of parameter r, a\n      old  50%\n      new  70%\n    by the old"), "{text}");
    assert!(
        text.contains("    through earlier claims (before), which may read parameter r, a\n    by the old"),
        "{text}"
    );
    assert!(text.contains("kind second"), "{text}");
    let text = folder.fen(&["diff", "old.fen", "new.fen", "--input", "c.csv", "--lang", "zh"]).stdout();
    assert!(text.contains("经先前单据（before），其中可能涉及参数 r，a") && text.contains("kind 乙"), "{text}");
}

#[test]
fn pages_need_nothing_else() {
    let folder = Folder::new();
    folder.write("old.fen", OLD);
    folder.write("new.fen", new().replace("enum level", "# <b>&\nenum level"));
    folder.write("claims.csv", file(&claims(50)) + "<i>,2022-03-01,county,false,9000\n");
    for lang in ["zh", "en"] {
        let args =
            ["diff", "old.fen", "new.fen", "--input", "claims.csv", "--format", "html", "-o", "r.html", "--lang", lang];
        assert_eq!(folder.fen(&args).code(), 1);
        let page = folder.read("r.html");
        assert!(page.starts_with("<!doctype html>") && page.contains("<svg"), "{page}");
        assert!(
            !page.contains("<i>") && !page.contains("src=") && !page.contains("http://")
                || page.matches("http://").count() == page.matches("http://www.w3.org/2000/svg").count()
        );
        assert!(page.contains(if lang == "zh" { "不同的规则" } else { "Rules that differ" }));
    }
}

#[test]
fn refusals() {
    let folder = Folder::new();
    folder.write("old.fen", OLD);
    folder.write("new.fen", new());
    folder.write("bad.fen", "policy a.b\n");
    folder.write("claims.csv", file(&claims(5)));
    assert_eq!(folder.fen(&["diff", "old.fen", "bad.fen"]).code(), 2);
    folder.fen(&["diff", "old.fen", "none.fen"]).refused("fen::file::read");
    let with = |more: &[&str]| {
        let args = [&["diff", "old.fen", "new.fen", "--input", "claims.csv"], more].concat();
        folder.fen(&args)
    };
    with(&["--by", "hospitol"]).refused("fen::diff::unknown_input");
    with(&["--by", "person"]).refused("fen::diff::by");
    with(&["--output-of", "paid"]).refused("fen::diff::output");
    with(&["--set", "nothing=1"]).refused("fen::parameter::unknown");
    with(&["-o", "claims.csv"]).refused("fen::file::same_file");
}

#[test]
fn standard_input_is_read_by_both() {
    let folder = Folder::new();
    folder.write("old.fen", OLD);
    folder.write("new.fen", new());
    let claims = claims(300);
    folder.write("claims.csv", file(&claims));
    let args = ["diff", "old.fen", "new.fen", "--format", "json", "--input"];
    let named = folder.fen(&[args.as_slice(), &["claims.csv"]].concat()).stdout();
    let piped = folder.fen_with_input(&[args.as_slice(), &["-"]].concat(), file(&claims).as_bytes()).stdout();
    assert_eq!(named, piped);
    assert!(named.contains("\"rows\": 300"));
}
