//! Outpatient visits of the quarter.
//!
//! Who sees a doctor often has six times as many visits as others. Where they go is weighed in the list of
//! institutions: residents mostly to village clinics and township hospitals, employees to county hospitals. The fees lie
//! around 50 yuan (village), 100 (township), 220 (county) and 420 (city); 75 to 100 % of them are within the scope of the
//! policy, for a third of the visits all of them. The days are spread evenly. Two visits in 1000 have an amount with three
//! decimals or none at all: they must be rejected.

use std::fmt::Write as _;

use anyhow::{Context, Result};

use super::county::{COUNTY, DAYS, INSTITUTIONS, Institution, Person, around, date, draw_person, yes, yuan};
use crate::random::SplitMix64;

pub(crate) struct Visit {
    pub(crate) person: usize,
    pub(crate) institution: &'static Institution,
    day: u64,
    pub(crate) fees: u64,
    covered: u64,
    balance: u64,
    pub(crate) is_faulty: bool,
}

/// So many visits, by date.
pub(crate) fn visits(seed: u64, persons: &[Person], count: usize) -> Result<Vec<Visit>> {
    let mut random = SplitMix64::new(seed);
    let mut visits = Vec::with_capacity(count);
    for _ in 0..count {
        visits.push(visit(&mut random, persons)?);
    }
    visits.sort_by_key(|visit| visit.day);
    Ok(visits)
}

fn visit(random: &mut SplitMix64, persons: &[Person]) -> Result<Visit> {
    let (person, of) = draw_person(random, persons, 6, |person| if person.frequent { 6 } else { 1 })?;
    let institution = random
        .pick(&INSTITUTIONS, |place| if of.is_resident() { place.residents } else { place.employees })
        .context("the county has no institution")?;
    let middle = match institution.tier {
        "村级" => 5_000,
        "乡级" => 10_000,
        "县级" => 22_000,
        _ => 42_000,
    };
    let fees = around(random, middle);
    let share = if random.below(3) == 0 { 100 } else { random.between(75, 100) };
    Ok(Visit {
        person,
        institution,
        day: random.below(DAYS),
        fees,
        covered: fees * share / 100,
        balance: of.balance(random),
        is_faulty: random.chance(2),
    })
}

pub(crate) fn id(index: usize) -> String {
    format!("M{:06}", index + 1)
}

/// The file that the policy reads.
pub(crate) fn csv(persons: &[Person], visits: &[Visit]) -> Result<String> {
    let mut text = String::from(
        "单据号,人员,机构,就诊日,人员类别,机构级别,机构层级,机构县,参保县,零差率,医疗费总额,政策内费用,账户余额\n",
    );
    for (index, visit) in visits.iter().enumerate() {
        let institution = visit.institution;
        let fees = match visit.is_faulty {
            true if index % 2 == 0 => String::new(),
            true => format!("{}5", yuan(visit.fees)),
            false => yuan(visit.fees),
        };
        writeln!(
            text,
            "{},P{:06},{},{},{},{},{},{},{COUNTY},{},{fees},{},{}",
            id(index),
            visit.person + 1,
            institution.code,
            date(visit.day),
            persons.get(visit.person).context("a person")?.class,
            institution.level.name(),
            institution.tier,
            institution.county,
            yes(institution.no_markup),
            yuan(visit.covered),
            yuan(visit.balance),
        )?;
    }
    Ok(text)
}
