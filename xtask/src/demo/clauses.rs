//! What each clause moves: the claims are settled once more without it, and the results compared claim by claim.

use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::fen::Fen;
use super::settle::{Claim, Settled, read_stays, read_visits};

/// A clause, and the difference that it makes.
pub(crate) struct Clause {
    pub(crate) cite: &'static str,
    pub(crate) code: &'static str,
    pub(crate) name: &'static str,
    pub(crate) english: &'static str,
    /// Claims whose results it changes.
    pub(crate) claims: u64,
    /// With the clause, less without it.
    pub(crate) moved: Claim,
}

/// How a clause is switched off.
struct Switch {
    cite: &'static str,
    code: &'static str,
    name: &'static str,
    english: &'static str,
    of_stays: bool,
    /// The amended policy has two switches that the policy itself has not.
    sets: &'static [&'static str],
}

const SWITCHES: [Switch; 7] = [
    Switch {
        cite: "三(三)3",
        code: "001-11",
        name: "日间手术起付标准减半",
        english: "Half deductible for day surgery",
        of_stays: true,
        sets: &["日间手术起始日=2099-12-31", "计补足差额=true", "计下转免付=true"],
    },
    Switch {
        cite: "三(四)2",
        code: "001-15",
        name: "规范上转只补起付标准差额",
        english: "Upward referral: only the difference",
        of_stays: true,
        sets: &["计补足差额=false", "计下转免付=true"],
    },
    Switch {
        cite: "三(四)2",
        code: "001-16",
        name: "规范下转不再付起付标准",
        english: "Downward referral: no deductible",
        of_stays: true,
        sets: &["计补足差额=true", "计下转免付=false"],
    },
    Switch {
        cite: "三(四)2",
        code: "001-17",
        name: "不规范转诊降低支付比例",
        english: "Lowered rate, referral not conforming",
        of_stays: true,
        sets: &["降低百分点=0pp", "计补足差额=true", "计下转免付=true"],
    },
    Switch {
        cite: "三(四)1",
        code: "001-12",
        name: "居民门诊限额由300元提高到400元",
        english: "Outpatient limit 400 yuan, not 300",
        of_stays: false,
        sets: &["居民限额提高日=2099-12-31"],
    },
    Switch {
        cite: "三(四)1",
        code: "001-13",
        name: "减免扩大到县域内零差率机构",
        english: "Scope widened to the county",
        of_stays: false,
        sets: &["减免扩大日=2099-12-31"],
    },
    Switch {
        cite: "三(四)1",
        code: "001-14",
        name: "职工门诊共济（12月31日起）",
        english: "Outpatient pooling for employees",
        of_stays: false,
        sets: &["职工共济起始日=2099-12-31"],
    },
];

/// Measures every clause; `amended` is the source of the policy of stays with switches.
pub(crate) fn measure(fen: &Fen<'_>, settled: &mut Settled, amended: &Path) -> Result<Vec<Clause>> {
    let stays_module = fen.build(amended, "条款对照")?;
    // With everything switched on, the amended policy must be the policy itself.
    let sets = ["计补足差额=true", "计下转免付=true"];
    let same = fen.run("条款对照", &stays_module, Some("住院"), &sets, &settled.stays_file)?;
    let same = read_stays(&same, settled.stays.len())?;
    let (differing, _) = differences(settled.stays.iter().map(|(_, claim)| claim), &same)?;
    ensure!(differing == 0, "{} settles {differing} stays otherwise than 住院.md", amended.display());
    SWITCHES.iter().map(|switch| without(fen, settled, switch, &stays_module)).collect()
}

fn without(fen: &Fen<'_>, settled: &mut Settled, switch: &Switch, stays_module: &Path) -> Result<Clause> {
    let &Switch { cite, code, name, english, of_stays, sets } = switch;
    let title = format!("不计{code}");
    let run = if of_stays {
        fen.run(&title, stays_module, Some("住院"), sets, &settled.stays_file)?
    } else {
        fen.run(&title, &settled.visits_module, Some("门诊"), sets, &settled.visits_file)?
    };
    let (claims, moved) = if of_stays {
        let without = read_stays(&run, settled.stays.len())?;
        differences(settled.stays.iter().map(|(_, claim)| claim), &without)?
    } else {
        let without = read_visits(&run, settled.visits.len())?;
        differences(settled.visits.iter().map(|(_, claim)| claim), &without)?
    };
    settled.runs.push(run);
    Ok(Clause { cite, code, name, english, claims, moved })
}

fn differences<'a>(with: impl Iterator<Item = &'a Option<Claim>>, without: &[Option<Claim>]) -> Result<(u64, Claim)> {
    let mut claims = 0;
    let mut sum = Claim::default();
    for (with, without) in with.zip(without) {
        let (Some(with), Some(without)) = (with, without) else {
            (with.is_none() && without.is_none()).then_some(()).context("a clause decides what is rejected")?;
            continue;
        };
        let amounts = |claim: &Claim| (claim.paid, claim.deductible, claim.separate);
        claims += u64::from(amounts(with) != amounts(without));
        let mut difference = Claim { fees: with.fees - without.fees, ..Claim::default() };
        difference.deductible = with.deductible - without.deductible;
        for ((difference, with), without) in difference.paid.iter_mut().zip(with.paid).zip(without.paid) {
            *difference = with - without;
        }
        sum += difference;
    }
    Ok((claims, sum))
}
