//! Settles the stays and the visits, and checks that nothing is lost: every claim is settled or rejected, and what is
//! paid for it adds up to its fees, to the fen.

use std::collections::BTreeSet;
use std::fs;
use std::ops::{Add, AddAssign};
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};

use super::county::Person;
use super::fen::{Fen, Run, fen};
use super::stays::{self, Stay};
use super::visits::{self, Visit};

/// Who pays, by the fields of the national interface.
pub(crate) const PAYERS: [(&str, &str, &str); 6] = [
    ("hifp_pay", "基本医疗保险统筹基金", "Basic insurance, pool"),
    ("hifmi_pay", "居民大病保险", "Catastrophic insurance"),
    ("hifob_pay", "职工大额补助", "Beyond the limit, employees"),
    ("maf_pay", "医疗救助", "Medical assistance"),
    ("acct_pay", "个人账户", "Personal accounts"),
    ("psn_cash_pay", "个人现金", "Cash"),
];

/// What the results say of one claim, in fen.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Claim {
    pub(crate) fees: i64,
    /// Of each payer, in the order of `PAYERS`.
    pub(crate) paid: [i64; 6],
    pub(crate) deductible: i64,
    /// Of the pool's payment: for negotiated drugs that are paid separately.
    pub(crate) separate: i64,
    /// Whether a stay conforms to the rules of referral, and a visit has used the annual limit up.
    pub(crate) flag: bool,
}

impl Claim {
    pub(crate) fn pool(&self) -> i64 {
        self.paid.first().copied().unwrap_or_default()
    }

    /// What all funds pay.
    pub(crate) fn funds(&self) -> i64 {
        self.paid.iter().take(4).sum()
    }
}

impl Add for Claim {
    type Output = Self;

    fn add(mut self, other: Self) -> Self {
        self.fees += other.fees;
        self.deductible += other.deductible;
        self.separate += other.separate;
        for (sum, paid) in self.paid.iter_mut().zip(other.paid) {
            *sum += paid;
        }
        self
    }
}

impl AddAssign for Claim {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

/// The claims in their order in the file; rejected ones have no result.
pub(crate) struct Settled {
    pub(crate) persons: Vec<Person>,
    pub(crate) stays: Vec<(Stay, Option<Claim>)>,
    pub(crate) visits: Vec<(Visit, Option<Claim>)>,
    pub(crate) stays_file: PathBuf,
    pub(crate) visits_file: PathBuf,
    pub(crate) visits_module: PathBuf,
    pub(crate) runs: Vec<Run>,
}

impl Settled {
    /// All settled claims.
    pub(crate) fn claims(&self) -> impl Iterator<Item = Claim> + '_ {
        let stays = self.stays.iter().filter_map(|(_, claim)| *claim);
        stays.chain(self.visits.iter().filter_map(|(_, claim)| *claim))
    }
}

pub(crate) fn settle(fen: &Fen<'_>, persons: Vec<Person>, stays: Vec<Stay>, visits: Vec<Visit>) -> Result<Settled> {
    let (stays_file, visits_file) = (fen.folder.join("stays.csv"), fen.folder.join("visits.csv"));
    let lines: usize = stays.iter().map(|stay| stay.lines.len()).sum();
    fs::write(&stays_file, stays::csv(&persons, &stays)?)?;
    fs::write(&visits_file, visits::csv(&persons, &visits)?)?;

    let inpatient = fen.run("住院", &fen.policies.join("方案.md#住院"), Some("住院"), &[], &stays_file)?;
    ensure!(inpatient.rows == lines as u64, "{lines} fee lines were written, {} read", inpatient.rows);
    let stay_claims = read_stays(&inpatient, stays.len())?;

    let visits_module = fen.build(&fen.policies.join("方案.md#门诊"), "门诊")?;
    let outpatient = fen.run("门诊", &visits_module, Some("门诊"), &[], &visits_file)?;
    ensure!(outpatient.rows == visits.len() as u64, "{} visits were written, {} read", visits.len(), outpatient.rows);
    let visit_claims = read_visits(&outpatient, visits.len())?;

    for (index, (stay, claim)) in stays.iter().zip(&stay_claims).enumerate() {
        check(&stays::id(index), stay.fees(), stay.is_faulty, claim.as_ref())?;
    }
    for (index, (visit, claim)) in visits.iter().zip(&visit_claims).enumerate() {
        check(&visits::id(index), visit.fees, visit.is_faulty, claim.as_ref())?;
    }
    check_budgets(&inpatient, &stay_claims)?;
    Ok(Settled {
        persons,
        stays: stays.into_iter().zip(stay_claims).collect(),
        visits: visits.into_iter().zip(visit_claims).collect(),
        stays_file,
        visits_file,
        visits_module,
        runs: vec![inpatient, outpatient],
    })
}

/// A claim is rejected if and only if it was made faulty; a settled one is paid in full, to the fen.
fn check(id: &str, fees: u64, is_faulty: bool, claim: Option<&Claim>) -> Result<()> {
    let Some(claim) = claim else {
        ensure!(is_faulty, "{id} was rejected and has no fault");
        return Ok(());
    };
    ensure!(!is_faulty, "{id} was settled despite its fault");
    ensure!(i64::try_from(fees)? == claim.fees, "{id} costs {fees} fen and was settled for {}", claim.fees);
    let paid: i64 = claim.paid.iter().sum();
    ensure!(paid == claim.fees, "{id}: {paid} fen are paid of {}", claim.fees);
    ensure!(claim.paid.iter().all(|&paid| paid >= 0), "{id}: a payer gets money back");
    Ok(())
}

/// What the policy adds up per institution is what its claims have.
fn check_budgets(run: &Run, claims: &[Option<Claim>]) -> Result<()> {
    let mut sum = 0;
    for row in run.table(Some("机构.年"))?.rows(["总额内支出", "总额外支出"])? {
        for cell in row? {
            sum += fen(cell)?;
        }
    }
    let pool: i64 = claims.iter().flatten().map(Claim::pool).sum();
    ensure!(sum == pool, "the pool pays {pool} fen for stays, by institution {sum}");
    Ok(())
}

/// The claims of a run of the policy of stays, or of one compared with it.
pub(crate) fn read_stays(run: &Run, count: usize) -> Result<Vec<Option<Claim>>> {
    let table = run.table(Some("单据号"))?;
    let [pool, catastrophic, large, assistance, account, cash] = PAYERS.map(|(field, ..)| field);
    let columns = [
        "单据号",
        "medfee_sumamt",
        pool,
        catastrophic,
        large,
        assistance,
        account,
        cash,
        "act_pay_dedc",
        "另付统筹",
        "规范转诊",
    ];
    let mut claims = vec![None; count];
    for row in table.rows(columns)? {
        let [id, fees, pool, catastrophic, large, assistance, account, cash, deductible, separate, conforms] = row?;
        let claim = Claim {
            fees: fen(fees)?,
            paid: [fen(pool)?, fen(catastrophic)?, fen(large)?, fen(assistance)?, fen(account)?, fen(cash)?],
            deductible: fen(deductible)?,
            separate: fen(separate)?,
            flag: conforms == "true",
        };
        put(&mut claims, id, claim)?;
    }
    listed(run)?;
    Ok(claims)
}

/// The claims of a run of the policy of visits.
pub(crate) fn read_visits(run: &Run, count: usize) -> Result<Vec<Option<Claim>>> {
    let table = run.table(None)?;
    let columns = ["单据号", "医疗费总额", "hifp_pay", "acct_pay", "psn_cash_pay", "act_pay_dedc", "年内剩余"];
    let mut claims = vec![None; count];
    let mut rows = 0;
    for row in table.rows(columns)? {
        let [id, fees, pool, account, cash, deductible, left] = row?;
        let paid = [fen(pool)?, 0, 0, 0, fen(account)?, fen(cash)?];
        let flag = fen(left)? == 0;
        put(&mut claims, id, Claim { fees: fen(fees)?, paid, deductible: fen(deductible)?, separate: 0, flag })?;
        rows += 1;
    }
    ensure!(rows + run.rejected == count as u64, "{rows} visits settled and {} rejected of {count}", run.rejected);
    listed(run)?;
    Ok(claims)
}

fn put(claims: &mut [Option<Claim>], id: &str, claim: Claim) -> Result<()> {
    let number: usize = id.trim_start_matches(['Z', 'M']).parse().with_context(|| format!("claim `{id}`"))?;
    let place = number.checked_sub(1).and_then(|index| claims.get_mut(index));
    let place = place.with_context(|| format!("claim `{id}` was never made"))?;
    ensure!(place.replace(claim).is_none(), "claim {id} was settled twice");
    Ok(())
}

/// As many rows are listed as rejected as the summary says.
fn listed(run: &Run) -> Result<()> {
    let listed = fs::read_to_string(&run.rejects)?;
    let rows: BTreeSet<&str> = listed.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
    let numbered = rows.iter().filter(|row| row.bytes().all(|byte| byte.is_ascii_digit())).count();
    ensure!(numbered as u64 == run.rejected, "{numbered} rejected rows are listed, {} counted", run.rejected);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Claim, check};

    #[test]
    fn what_is_lost_stops_the_demo() {
        let whole = Claim { fees: 100, paid: [60, 0, 0, 0, 10, 30], ..Claim::default() };
        let short = Claim { paid: [60, 0, 0, 0, 10, 29], ..whole };
        let turned = Claim { paid: [60, 0, 0, 0, -10, 50], ..whole };
        assert!(check("Z1", 100, false, Some(&whole)).is_ok());
        assert!(check("Z1", 100, true, None).is_ok());
        assert!(check("Z1", 100, false, Some(&short)).is_err());
        assert!(check("Z1", 100, false, Some(&turned)).is_err());
        assert!(check("Z1", 101, false, Some(&whole)).is_err());
        assert!(check("Z1", 100, true, Some(&whole)).is_err());
        assert!(check("Z1", 100, false, None).is_err());
    }
}
