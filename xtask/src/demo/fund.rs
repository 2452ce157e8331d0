//! The side of the fund: the county's package, what is reserved of it, the clearing, the floors of township hospitals
//! and the targets of DRG payment, all from what was settled. The quarter stands for a year, its financing too.
//!
//! Financing is 860 yuan for each resident and quarter: several times what is real, as one in five of the insured is
//! admitted in the quarter. Three neighbouring counties take part in the allocation, with 1.7, 0.8 and 2.3 times as many
//! residents. There are no other deductions and nothing is carried in; the expected growth of care in the county is 5
//! percentage points. The share paid outside the county is that of this quarter, in place of last year's.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use anyhow::Result;

use super::county::{CITY, COUNTY, INSTITUTIONS, Institution};
use super::fen::{Fen, fen};
use super::settle::{Claim, Settled};
use super::stays::DRG_GROUPS;

const PER_HEAD: u64 = 86_000;
const NEIGHBOURS: [(&str, u64); 3] = [("邻县甲", 17), ("邻县乙", 8), ("邻县丙", 23)];
/// The curve of the ladder: surpluses from 0 in steps of a quarter of a percent of the package, to a fifth of it.
const STEPS: i64 = 80;

/// An amount and its names, as the policies say it.
pub(crate) struct Amount {
    pub(crate) cite: &'static str,
    pub(crate) name: &'static str,
    pub(crate) english: &'static str,
    pub(crate) value: String,
}

/// A ratio against its target, as the policies say it.
pub(crate) struct Target {
    pub(crate) cite: &'static str,
    pub(crate) name: String,
    pub(crate) english: &'static str,
    pub(crate) target: &'static str,
    pub(crate) ratio: String,
    pub(crate) result: String,
}

/// A point of the ladder: what is spent, and what is retained and carried of the rest.
#[derive(Clone, Copy)]
pub(crate) struct Point {
    pub(crate) spent: i64,
    pub(crate) retained: i64,
    pub(crate) carried: i64,
}

pub(crate) struct Fund {
    pub(crate) amounts: Vec<Amount>,
    pub(crate) targets: Vec<Target>,
    pub(crate) budget: i64,
    pub(crate) county: Point,
    pub(crate) tier: String,
    pub(crate) outcome: String,
    pub(crate) curve: Vec<Point>,
}

/// What residents have at one institution.
#[derive(Default)]
struct Spending {
    revenue: i64,
    inpatient: i64,
    outpatient: i64,
}

pub(crate) fn compute(run: &Fen<'_>, settled: &mut Settled) -> Result<Fund> {
    let spending = spending(settled);
    let pool = |is_one: &dyn Fn(&Institution) -> bool| -> i64 {
        let places = INSTITUTIONS.iter().filter(|place| is_one(place)).filter_map(|place| spending.get(place.code));
        places.map(|place| place.inpatient + place.outpatient).sum()
    };
    let spent = pool(&|_| true);
    let residents = settled.persons.iter().filter(|person| person.is_resident()).count() as u64;
    let mut fund = Fund {
        amounts: Vec::new(),
        targets: Vec::new(),
        budget: 0,
        county: Point { spent, retained: 0, carried: 0 },
        tier: String::new(),
        outcome: String::new(),
        curve: Vec::new(),
    };
    allocate(run, settled, &mut fund, residents, pool(&|place| !place.in_county()), spent)?;
    clear(
        run,
        settled,
        &mut fund,
        residents,
        [pool(&|p| p.class == "中心卫生院"), pool(&|p| p.class == "一般卫生院")],
    )?;
    floors(run, settled, &mut fund, &spending)?;
    drg(run, settled, &mut fund)?;
    // In the order of the notice.
    fund.targets.sort_by_key(|target| target.cite);
    Ok(fund)
}

fn spending(settled: &Settled) -> BTreeMap<&'static str, Spending> {
    let mut spending: BTreeMap<&str, Spending> = BTreeMap::new();
    let resident = |person: usize| settled.persons.get(person).is_some_and(|person| person.is_resident());
    for (stay, claim) in &settled.stays {
        let Some(claim) = claim else { continue };
        let place = spending.entry(stay.institution.code).or_default();
        place.revenue += claim.fees;
        place.inpatient += if resident(stay.person) { claim.pool() } else { 0 };
    }
    for (visit, claim) in &settled.visits {
        let Some(claim) = claim else { continue };
        let place = spending.entry(visit.institution.code).or_default();
        place.revenue += claim.fees;
        place.outpatient += if resident(visit.person) { claim.pool() } else { 0 };
    }
    spending
}

/// Risk fund, reserve, the counties' packages, and the county's reserve for care elsewhere.
fn allocate(
    run: &Fen<'_>,
    settled: &mut Settled,
    fund: &mut Fund,
    residents: u64,
    outside: i64,
    spent: i64,
) -> Result<()> {
    let heads: Vec<(&str, u64)> =
        NEIGHBOURS.iter().map(|&(county, tenths)| (county, (residents * tenths / 10).max(1))).collect();
    let financing = PER_HEAD * (residents + heads.iter().map(|(_, heads)| heads).sum::<u64>());
    let outside = if spent == 0 { 0 } else { outside * 10_000 / spent };
    let mut text =
        String::from("统筹区,县,分配日,筹资总额,其他扣除,分配权数,上年县域外支付比例,县域内就诊增长预期,核定打包额\n");
    for (county, heads) in [(COUNTY, residents)].into_iter().chain(heads) {
        let (financing, outside) = (yuan(i64::try_from(financing)?), percent(outside));
        text.push_str(&format!("示例市,{county},2023-03-31,{financing},0.00,{heads},{outside},5.00pp,\n"));
    }
    let input = run.folder.join("allocation.csv");
    fs::write(&input, text)?;
    let done = run.run("打包分配", &run.policies.join("方案.md#打包分配"), Some("打包分配"), &[], &input)?;
    let [risk, package, reserve] = done.table(Some("统筹区.年"))?.only(["风险金", "打包总额", "清算资金"])?;
    let [of_county] = done.table(Some("统筹区.县.年"))?.only(["县打包额"])?;
    let [share, elsewhere, left] = done.table(None)?.only(["预留比例", "代垫代付", "县域可用"])?;
    let total = yuan(i64::try_from(financing)?);
    for (cite, name, english, value) in [
        ("", "全市筹资总额（四县，合成）", "Financing of the four counties (synthetic)", total),
        ("三(五)1", "风险金 1%", "Risk fund", risk),
        ("三(五)1", "打包总额", "Bundled budget", package),
        ("三(五)1", "清算资金 3%", "City assessment reserve", reserve),
        ("三(五)1", "示例县打包额", "The county's bundled budget", of_county),
        ("三(五)2", "代垫代付预留比例", "Reserve share for care elsewhere", share),
        ("三(五)2", "代垫代付基金", "Reserve for care elsewhere", elsewhere),
        ("三(五)2", "县域可用额", "Available in the county", left),
    ] {
        fund.amounts.push(Amount { cite, name, english, value });
    }
    settled.runs.push(done);
    Ok(())
}

/// The clearing of the county, and the same for other amounts spent, which draws the ladder.
fn clear(run: &Fen<'_>, settled: &mut Settled, fund: &mut Fund, residents: u64, township: [i64; 2]) -> Result<()> {
    let financing = i64::try_from(PER_HEAD * residents)?;
    let [central, other] = township;
    let counts = counts(settled);
    let mut text = String::from(
        "县,年度末日,筹资总额,县打包总额,基金支出,中心卫生院支出,一般卫生院支出,上年结转,县域内就诊居民,就诊居民,县域内人次,总人次\n",
    );
    let mut row = |county: &str, spent: i64| {
        let [in_county, all, visits_in, visits] = counts;
        text.push_str(&format!(
            "{county},2022-12-31,{},,{},{},{},0.00,{in_county},{all},{visits_in},{visits}\n",
            yuan(financing),
            yuan(spent),
            yuan(central),
            yuan(other)
        ));
    };
    row(COUNTY, fund.county.spent);
    // The package is the financing without the risk fund of 1 %.
    let package = financing * 99 / 100;
    for step in 0..=STEPS {
        row(&format!("曲线{step}"), package - package * step / (STEPS * 5));
    }
    let input = run.folder.join("clearing.csv");
    fs::write(&input, &text)?;
    let policy = run.policies.join("方案.md#打包清算");
    for (name, sets, ratio, title) in [
        ("打包清算", [].as_slice(), "县域内就诊率_人次", "县域内就诊率（按人次）"),
        ("打包清算按人数", ["按人次统计=false"].as_slice(), "县域内就诊率_居民", "县域内就诊率（按人数）"),
    ] {
        let done = run.run(name, &policy, Some("打包清算"), sets, &input)?;
        let table = done.table(None)?;
        if fund.curve.is_empty() {
            read_clearing(&table, fund)?;
        }
        let [value, result] = table.only([ratio, &format!("{ratio}_结论")])?;
        fund.targets.push(target("三(五)1", title, "Treated in the county", "≥ 90%", value, result));
        settled.runs.push(done);
    }
    Ok(())
}

fn read_clearing(table: &super::fen::Table, fund: &mut Fund) -> Result<()> {
    let mut points = Vec::new();
    for row in table.rows(["基金支出", "留用", "结转"])? {
        let [spent, retained, carried] = row?;
        points.push(Point { spent: fen(spent)?, retained: fen(retained)?, carried: fen(carried)? });
    }
    fund.county = points.first().copied().unwrap_or(fund.county);
    fund.curve = points.split_off(1.min(points.len()));
    let [budget, spent, retained, carried, deficit, outcome, tier] =
        table.only(["打包总额", "基金支出", "留用", "结转", "超支", "情形", "所及档次"])?;
    fund.budget = fen(&budget)?;
    fund.tier = tier;
    fund.outcome = outcome;
    for (cite, name, english, value) in [
        ("三(五)3", "示例县打包总额（清算口径）", "The county's budget, as cleared", budget),
        ("三(五)3", "居民统筹基金支出", "Pool spending on residents", spent),
        ("三(五)3", "医共体留用", "Retained by the community", retained),
        ("三(五)3", "结转下年度", "Carried into next year's budget", carried),
        ("", "超支（分担未规定）", "Deficit (sharing not laid down)", deficit),
    ] {
        fund.amounts.push(Amount { cite, name, english, value });
    }
    for (name, english, limit) in [
        ("中心卫生院占比", "Central township hospitals, of all spending", "≥ 30%"),
        ("一般卫生院占比", "Other township hospitals, of all spending", "≥ 25%"),
    ] {
        let [value, result] = table.only([name, &format!("{name}_结论")])?;
        fund.targets.push(target("三(五)4", &format!("{name}（占全县支出）"), english, limit, value, result));
    }
    Ok(())
}

/// Residents treated, in the county and at all; their stays and visits, in the county and at all.
fn counts(settled: &Settled) -> [u64; 4] {
    let (mut inside, mut all) = (BTreeSet::new(), BTreeSet::new());
    let (mut visits_inside, mut visits) = (0, 0);
    let stays = settled.stays.iter().map(|(stay, claim)| (stay.person, stay.institution, claim));
    let others = settled.visits.iter().map(|(visit, claim)| (visit.person, visit.institution, claim));
    for (person, institution, claim) in stays.chain(others) {
        if claim.is_none() || !settled.persons.get(person).is_some_and(|person| person.is_resident()) {
            continue;
        }
        all.insert(person);
        visits += 1;
        if institution.in_county() {
            inside.insert(person);
            visits_inside += 1;
        }
    }
    // Who was treated outside as well does not count as treated in the county.
    let outside: BTreeSet<usize> = (settled.stays.iter().map(|(stay, _)| (stay.person, stay.institution)))
        .chain(settled.visits.iter().map(|(visit, _)| (visit.person, visit.institution)))
        .filter(|(_, institution)| institution.county == CITY)
        .map(|(person, _)| person)
        .collect();
    let only_inside = inside.iter().filter(|person| !outside.contains(person)).count() as u64;
    [only_inside, all.len() as u64, visits_inside, visits]
}

/// The floors, one row per institution of the county.
fn floors(run: &Fen<'_>, settled: &mut Settled, fund: &mut Fund, spending: &BTreeMap<&str, Spending>) -> Result<()> {
    let mut text = String::from("县,机构,年度末日,类别,基金支出,机构收入,县打包额,零差率,门诊合规,其他合规\n");
    for place in INSTITUTIONS.iter().filter(|place| place.in_county()) {
        let none = Spending::default();
        let Spending { revenue, inpatient, outpatient } = spending.get(place.code).unwrap_or(&none);
        text.push_str(&format!(
            "{COUNTY},{},2022-12-31,{},{},{},{},{},{},{}\n",
            place.code,
            place.class,
            yuan(inpatient + outpatient),
            yuan(*revenue),
            yuan(fund.budget),
            if place.no_markup { "是" } else { "否" },
            yuan(*outpatient),
            yuan(*inpatient)
        ));
    }
    let input = run.folder.join("floors.csv");
    fs::write(&input, text)?;
    let done = run.run("基层基金", &run.policies.join("方案.md#基层基金"), Some("基层基金"), &[], &input)?;
    let table = done.table(None)?;
    let (mut in_full, mut inside) = (0, 0);
    for row in table.rows(["机构", "支出占比", "支出占比_结论", "不控金额", "总额内金额"])? {
        let [code, ratio, result, full, budget] = row?;
        in_full += fen(full)?;
        inside += fen(budget)?;
        let place = INSTITUTIONS.iter().find(|place| place.code == code);
        if let Some(place) = place.filter(|_| result != "不适用") {
            let limit = if place.class == "中心卫生院" { "≥ 30%" } else { "≥ 25%" };
            let name = format!("{}（占本机构收入）", place.name);
            fund.targets.push(target("三(五)4", &name, place.english, limit, ratio.to_owned(), result.to_owned()));
        }
    }
    for (name, english, value) in [
        ("乡村两级据实或全额拨付", "Paid in full to townships and villages", in_full),
        ("总额控制内金额", "Inside the global budget", inside),
    ] {
        fund.amounts.push(Amount { cite: "三(五)4", name, english, value: yuan(value) });
    }
    settled.runs.push(done);
    Ok(())
}

/// The targets of DRG payment, for the institutions and groups of the made-up county.
fn drg(run: &Fen<'_>, settled: &mut Settled, fund: &mut Fund) -> Result<()> {
    let eligible = INSTITUTIONS.iter().filter(|place| place.has_beds()).count();
    let paid = INSTITUTIONS.iter().filter(|place| place.paid_by_drg).count();
    let (mut groups, mut covered) = (BTreeSet::new(), BTreeSet::new());
    let (mut all, mut by_drg) = (0, 0);
    for (stay, claim) in &settled.stays {
        groups.insert(stay.group);
        let pool = claim.as_ref().map_or(0, Claim::pool);
        all += pool;
        if stay.institution.paid_by_drg && stay.group <= DRG_GROUPS {
            covered.insert(stay.group);
            by_drg += pool;
        }
    }
    let text = format!(
        "统计截止日,符合条件机构,实行机构,病种总数,覆盖病种,住院基金支出,DRG基金支出\n\
         2022-12-31,{eligible},{paid},{},{},{},{}\n",
        groups.len(),
        covered.len(),
        yuan(all),
        yuan(by_drg)
    );
    let input = run.folder.join("drg.csv");
    fs::write(&input, text)?;
    let done = run.run("DRG覆盖", &run.policies.join("方案.md#DRG覆盖"), None, &[], &input)?;
    for (name, english, limit) in [
        ("机构覆盖率", "DRG: institutions covered", "≥ 40%"),
        ("病种覆盖率", "DRG: disease groups covered", "≥ 70%"),
        ("基金占比", "DRG: share of inpatient spending", "≥ 30%"),
    ] {
        let [value, result] = done.table(None)?.only([name, &format!("{name}_结论")])?;
        fund.targets.push(target("三(三)2", &format!("DRG {name}"), english, limit, value, result));
    }
    settled.runs.push(done);
    Ok(())
}

fn target(
    cite: &'static str,
    name: &str,
    english: &'static str,
    target: &'static str,
    ratio: String,
    result: String,
) -> Target {
    Target { cite, name: name.to_owned(), english, target, ratio, result }
}

fn yuan(fen: i64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}

fn percent(ten_thousandths: i64) -> String {
    format!("{}.{:02}%", ten_thousandths / 100, ten_thousandths % 100)
}
