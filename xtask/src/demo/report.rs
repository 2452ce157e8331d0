//! The report: one page without scripts, for any width, that needs no network.

use std::fmt::Write as _;

use anyhow::Result;

use super::clauses::Clause;
use super::county::{INSTITUTIONS, Institution};
use super::fund::{Fund, Target};
use super::settle::{Claim, PAYERS, Settled};
use super::{Size, drawing};

const STYLE: &str = include_str!("page.css");

pub(crate) fn page(size: Size, settled: &Settled, clauses: &[Clause], fund: &Fund) -> Result<String> {
    let mut page = format!(
        "<!doctype html>\n<html lang=\"zh\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><title>示例县一季度试算</title><style>{STYLE}</style></head><body><main>\n\
         <h1>示例县 2022 年第四季度医保结算试算<small>A made-up county's quarter, settled by the rules of the Qujing notice</small></h1>\n\
         <p class=\"made-up\"><b>全部数据是合成的。</b>人员、机构、县和费用都由程序生成（种子 {}），不是任何真实的人或机构；文件没有写的标准取自配套参数（替代值），\
         不是曲靖的规定。规则出自曲政办发〔2022〕65号。<small>Everything here is synthetic; values that the notice leaves open are stand-ins.</small></p>\n",
        size.seed
    );
    tiles(&mut page, settled)?;
    payers(&mut page, settled)?;
    institutions(&mut page, settled)?;
    moved(&mut page, settled, clauses)?;
    surplus(&mut page, fund)?;
    targets(&mut page, &fund.targets)?;
    runs(&mut page, settled)?;
    notes(&mut page, size)?;
    page.push_str("</main></body></html>\n");
    Ok(page)
}

fn heading(page: &mut String, chinese: &str, english: &str) -> Result<()> {
    Ok(writeln!(page, "<h2>{chinese}<small>{english}</small></h2>")?)
}

fn tiles(page: &mut String, settled: &Settled) -> Result<()> {
    let sum = settled.claims().fold(Claim::default(), |sum, claim| sum + claim);
    let lines: usize = settled.stays.iter().map(|(stay, _)| stay.lines.len()).sum();
    let rejected = settled.stays.iter().filter(|(_, claim)| claim.is_none()).count()
        + settled.visits.iter().filter(|(_, claim)| claim.is_none()).count();
    page.push_str("<div class=\"tiles\">");
    for (name, value, more) in [
        ("参保人 / Insured", count(settled.persons.len()), String::new()),
        ("住院 / Stays", count(settled.stays.len()), format!("费用明细 {} 条", count(lines))),
        ("门诊 / Visits", count(settled.visits.len()), String::new()),
        ("费用总额 / Fees", format!("{} 万元", ten_thousands(sum.fees)), String::new()),
        ("基金支付 / Paid by funds", share(sum.funds(), sum.fees), format!("{} 万元", ten_thousands(sum.funds()))),
        ("拒收 / Rejected", count(rejected), "有意写错的单据，全部拒收".to_owned()),
    ] {
        write!(page, "<div class=\"tile\"><span>{name}</span><b>{value}</b><small>{more}</small></div>")?;
    }
    page.push_str("</div>\n");
    Ok(())
}

fn payers(page: &mut String, settled: &Settled) -> Result<()> {
    heading(page, "谁付了多少", "Who pays")?;
    let total = |claims: &mut dyn Iterator<Item = Claim>| claims.fold(Claim::default(), |sum, claim| sum + claim);
    let stays = total(&mut settled.stays.iter().filter_map(|(_, claim)| *claim));
    let visits = total(&mut settled.visits.iter().filter_map(|(_, claim)| *claim));
    let sum = stays + visits;
    writeln!(page, "<div class=\"split\">{}</div>", drawing::split(&sum.paid, "各方支付 / Payers")?)?;
    page.push_str(
        "<table class=\"cards\"><thead><tr><th>支付方</th><th>住院（元）</th><th>门诊（元）</th><th>合计（元）</th><th>占费用</th></tr></thead>\n",
    );
    for (index, (((field, name, english), paid), (stay, visit))) in
        PAYERS.iter().zip(sum.paid).zip(stays.paid.iter().zip(visits.paid)).enumerate()
    {
        writeln!(
            page,
            "<tr><td><span class=\"key k{index}\"></span>{name}<small>{english} · {field}</small></td>\
             <td data-label=\"住院\">{}</td><td data-label=\"门诊\">{}</td><td data-label=\"合计\">{}</td><td data-label=\"占费用\">{}</td></tr>",
            yuan(*stay),
            yuan(visit),
            yuan(paid),
            share(paid, sum.fees)
        )?;
    }
    writeln!(
        page,
        "<tr class=\"sum\"><td>医疗费总额<small>Total fees · medfee_sumamt</small></td><td data-label=\"住院\">{}</td>\
         <td data-label=\"门诊\">{}</td><td data-label=\"合计\">{}</td><td data-label=\"占费用\">100.00%</td></tr></table>",
        yuan(stays.fees),
        yuan(visits.fees),
        yuan(sum.fees)
    )?;
    writeln!(
        page,
        "<p class=\"good\">✓ 每一张单据和总计，各方支付之和都等于费用，一分不差；写出的行数等于已结算与拒收之和。\
         <small>For every claim, and in total, the payers add up to the fees, to the fen; rows in are rows settled and rejected.</small></p>"
    )?;
    Ok(())
}

fn institutions(page: &mut String, settled: &Settled) -> Result<()> {
    heading(page, "各机构", "Institutions")?;
    page.push_str(
        "<table class=\"cards\"><thead><tr><th>机构</th><th>住院例数</th><th>门诊人次</th><th>费用（万元）</th><th>基金（万元）</th><th>个人负担</th></tr></thead>\n",
    );
    for place in &INSTITUTIONS {
        let Institution { code, name, english, .. } = place;
        let of = |institution: &Institution| institution.code == *code;
        let stays: Vec<Claim> =
            settled.stays.iter().filter(|(stay, _)| of(stay.institution)).filter_map(|(_, claim)| *claim).collect();
        let visits: Vec<Claim> =
            settled.visits.iter().filter(|(visit, _)| of(visit.institution)).filter_map(|(_, claim)| *claim).collect();
        let sum = stays.iter().chain(&visits).fold(Claim::default(), |sum, &claim| sum + claim);
        writeln!(
            page,
            "<tr><td>{name}<small>{english} · {}</small></td><td data-label=\"住院\">{}</td><td data-label=\"门诊\">{}</td>\
             <td data-label=\"费用（万元）\">{}</td><td data-label=\"基金（万元）\">{}</td><td data-label=\"个人负担\">{}</td></tr>",
            place.level.name(),
            count(stays.len()),
            count(visits.len()),
            ten_thousands(sum.fees),
            ten_thousands(sum.funds()),
            share(sum.fees - sum.funds(), sum.fees)
        )?;
    }
    page.push_str("</table>\n");
    Ok(())
}

fn moved(page: &mut String, settled: &Settled, clauses: &[Clause]) -> Result<()> {
    heading(page, "每条规定改变了多少", "What each clause moves")?;
    if !clauses.is_empty() {
        page.push_str(
            "<p>每条规定单独去掉，全部单据重新结算一遍，逐单比较：有这条规定比没有多付（+）或少付（−）多少，元。年内累计的影响计入；起付线只计纳入支付的单据。\
             <small>All claims are settled again without the clause; differences in yuan.</small></p>\
             <table class=\"cards\"><thead><tr><th>规定</th><th>改变的单据</th><th>起付线</th><th>统筹基金</th><th>大病、大额、救助</th><th>个人</th></tr></thead>\n",
        );
    }
    for Clause { cite, code, name, english, claims, moved } in clauses {
        let others: i64 = moved.paid.iter().skip(1).take(3).sum();
        let person: i64 = moved.paid.iter().skip(4).sum();
        writeln!(
            page,
            "<tr><td>{name} <span class=\"cite\">{cite}，{code}</span><small>{english}</small></td><td data-label=\"单据\">{}</td>\
             <td data-label=\"起付线\">{}</td><td data-label=\"统筹\">{}</td><td data-label=\"大病等\">{}</td><td data-label=\"个人\">{}</td></tr>",
            grouped(*claims),
            signed(moved.deductible),
            signed(moved.pool()),
            signed(others),
            signed(person)
        )?;
    }
    if !clauses.is_empty() {
        page.push_str("</table>\n");
    }
    let separate: Vec<i64> = settled
        .stays
        .iter()
        .filter_map(|(_, claim)| *claim)
        .map(|claim| claim.separate)
        .filter(|&paid| paid > 0)
        .collect();
    let not_conforming = settled.stays.iter().filter(|(_, claim)| claim.is_some_and(|claim| !claim.flag)).count();
    let used_up = settled.visits.iter().filter(|(_, claim)| claim.is_some_and(|claim| claim.flag)).count();
    writeln!(
        page,
        "<ul><li>单独支付的谈判药品（三(八)1，001-29）：{} 例住院，统筹付 {} 元，不计入机构总额。<small>Separately paid drugs, outside the global budgets</small></li>\
         <li>不按规范转诊的住院（三(四)2，001-18）：{} 例。<small>Stays whose referral does not conform</small></li>\
         <li>年度限额已用完的门诊（三(四)1，001-12）：{} 人次。<small>Visits after which nothing is left of the annual limit</small></li></ul>",
        count(separate.len()),
        yuan(separate.iter().sum()),
        count(not_conforming),
        count(used_up)
    )?;
    Ok(())
}

fn surplus(page: &mut String, fund: &Fund) -> Result<()> {
    heading(page, "打包、预留与结余", "Package, reserves, surplus")?;
    let surplus = (fund.budget - fund.county.spent).max(0);
    writeln!(
        page,
        "<p>这一季度当作一个打包年度清算，筹资也按一季度计（合成）。示例县结余 {} 元，占打包总额 {}，所及档次 <span class=\"whole\">{}</span>，{}。\
         <small>The quarter stands for a year.</small></p><div class=\"ladder\">{}</div>\
         <p class=\"legend\"><span><i class=\"key k0\"></i>医共体留用 / retained</span> <span><i class=\"key k3\"></i>结转下年度 / carried</span> 曲线由打包清算的规则逐点算出。</p>",
        yuan(surplus),
        share(surplus, fund.budget),
        tier(&fund.tier),
        fund.outcome,
        drawing::ladder(fund)?
    )?;
    page.push_str("<table><thead><tr><th>项目</th><th>元</th></tr></thead>\n");
    for amount in &fund.amounts {
        let value = match super::fen::fen(&amount.value) {
            Ok(fen) if !amount.value.ends_with('%') => yuan(fen),
            _ => amount.value.clone(),
        };
        writeln!(
            page,
            "<tr><td>{} <span class=\"cite\">{}</span><small>{}</small></td><td>{value}</td></tr>",
            amount.name, amount.cite, amount.english
        )?;
    }
    page.push_str("</table>\n");
    Ok(())
}

/// The name of a tier in words; the policy writes `..5%`, `5..10%`, `15%..`.
fn tier(name: &str) -> String {
    match name.split_once("..") {
        Some(("", to)) => format!("{to}以内"),
        Some((from, "")) => format!("超过{from}"),
        Some((from, to)) => format!("{from}%—{to}"),
        None => name.to_owned(),
    }
}

fn targets(page: &mut String, targets: &[Target]) -> Result<()> {
    heading(page, "指标与目标", "Indicators against targets")?;
    page.push_str(
        "<table class=\"cards\"><thead><tr><th>指标</th><th></th><th>数值</th><th>目标</th><th>结论</th></tr></thead>\n",
    );
    for Target { cite, name, english, target, ratio, result } in targets {
        let class = match result.as_str() {
            "达标" => "good",
            "未达标" => "bad",
            _ => "none",
        };
        let reached = super::fen::fen(ratio).unwrap_or_default().clamp(0, 10_000);
        let aim: String = target.chars().filter(char::is_ascii_digit).collect();
        writeln!(
            page,
            "<tr><td>{name} <span class=\"cite\">{cite}</span><small>{english}</small></td><td class=\"wide\"><div class=\"meter\">\
             <i style=\"width:{}.{:02}%\"></i><b style=\"left:{aim}%\"></b></div></td><td data-label=\"数值\">{ratio}</td>\
             <td data-label=\"目标\">{target}</td><td class=\"{class}\">{result}</td></tr>",
            reached / 100,
            reached % 100
        )?;
    }
    page.push_str("</table>\n");
    page.push_str(
        "<p>占比的分母、县域内就诊按人数还是人次，文件没有写，两种读法都列出；按人数的，只在县域内就诊的居民才算。\
         <small>The notice leaves the denominators open; both readings are shown.</small></p>\n",
    );
    Ok(())
}

fn runs(page: &mut String, settled: &Settled) -> Result<()> {
    heading(page, "每次结算用时", "Timings")?;
    page.push_str(
        "<table class=\"cards\"><thead><tr><th>结算</th><th>行数</th><th>拒收</th><th>用时（秒）</th><th>每秒行数</th></tr></thead>\n",
    );
    for run in settled.runs.iter().filter(|run| run.rows >= 1000) {
        let per_second = run.rows.saturating_mul(1000).checked_div(run.milliseconds).unwrap_or_default();
        writeln!(
            page,
            "<tr><td>{}</td><td data-label=\"行数\">{}</td><td data-label=\"拒收\">{}</td><td data-label=\"秒\">{}.{:03}</td><td data-label=\"每秒\">{}</td></tr>",
            run.name,
            count(usize::try_from(run.rows)?),
            count(usize::try_from(run.rejected)?),
            run.milliseconds / 1000,
            run.milliseconds % 1000,
            count(usize::try_from(per_second)?)
        )?;
    }
    page.push_str("</table>\n<p>读写文件在内，编译不在内；住院一行是一条费用明细。不足一千行的结算没有列出。<small>Reading and writing files included, compiling not.</small></p>\n");
    Ok(())
}

fn notes(page: &mut String, Size { persons, stays, visits, seed }: Size) -> Result<()> {
    heading(page, "怎样重做", "How to repeat it")?;
    writeln!(
        page,
        "<p><code>cargo xtask demo --persons {persons} --stays {stays} --visits {visits} --seed {seed}</code></p>\
         <ul><li>同一种子，同样的数据。分布写在 <code>examples/README.md</code>。</li>\
         <li>政策：<code>policies/qujing</code> 中的 住院、门诊、打包分配、打包清算、基层基金、DRG覆盖；参数：<code>policies/qujing/params</code>。</li>\
         <li>年内累计（限额、大病、救助）从 10 月 1 日的零开始；个人账户余额每单另抽，不逐笔扣减。</li>\
         <li>住院率和人均筹资都定得比实际高几倍，为的是每条规定都用得上。</li></ul>"
    )?;
    Ok(())
}

fn count(number: usize) -> String {
    grouped(number as u64)
}

fn grouped(number: u64) -> String {
    if number < 1000 { number.to_string() } else { format!("{},{:03}", grouped(number / 1000), number % 1000) }
}

fn yuan(fen: i64) -> String {
    let sign = if fen < 0 { "−" } else { "" };
    format!("{sign}{}.{:02}", grouped(fen.unsigned_abs() / 100), fen.unsigned_abs() % 100)
}

fn signed(fen: i64) -> String {
    if fen > 0 { format!("+{}", yuan(fen)) } else { yuan(fen) }
}

/// In tens of thousands of yuan, with two decimals, half up.
fn ten_thousands(fen: i64) -> String {
    yuan((fen + 5000) / 10_000)
}

fn share(part: i64, whole: i64) -> String {
    let ten_thousandths = (part * 20_000 + whole).checked_div(2 * whole).unwrap_or_default();
    format!("{}.{:02}%", ten_thousandths / 100, ten_thousandths % 100)
}
