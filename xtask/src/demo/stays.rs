//! Inpatient stays of the quarter, with their fee lines.
//!
//! Stays come in episodes of one person; old people and those who see a doctor often have more of them. Of 1000 episodes:
//!
//! | episodes | what happens |
//! |---:|---|
//! | 60 | township hospital, then up to a county hospital |
//! | 35 | county hospital, then up to the city |
//! | 15 | township, county, city |
//! | 40 | county hospital, then down to a township hospital |
//! | 15 | county, up to the city, down to the county |
//! | 15 | township hospital, then to the city with a certificate, one level left out |
//! | 35 | straight to the city, without anything: not conforming |
//! | 15 | the city as an emergency |
//! | 10 | the city, registered as living elsewhere |
//! | 10 | from one county hospital to the other |
//! | 80 | day surgery in a county hospital |
//! | 10 | county hospital, then day surgery in the city |
//! | 660 | one stay in the county |
//!
//! Transfers follow 0 to 3 days after the discharge, with a certificate. All discharges lie in the quarter. The fees of
//! a stay lie around 1500 yuan (township), 4200 (county), 13 000 (city) and 2800 (day surgery), one stay in 150 costs 4
//! to 12 times as much. They fall on 3 to 12 lines; of 100 lines 52 are 甲类, 33 乙类, 7 谈判药 (two fifths of them paid
//! separately), 8 丙类; a quarter of the lines but those of 丙类 have a price, a quantity and a payment standard of 70 to
//! 110 % of the price. Three stays in 1000 have a line whose amount is no number: they must be rejected.

use std::fmt::Write as _;

use anyhow::{Context, Result, ensure};

use super::county::{
    CITY, COUNTY, DAYS, INSTITUTIONS, Institution, Level, Person, around, date, draw_person, yes, yuan,
};
use crate::random::SplitMix64;

/// Disease groups, numbered from 1; those up to `DRG_GROUPS` are paid by DRG where the institution is.
const GROUPS: u64 = 120;
pub(crate) const DRG_GROUPS: u64 = 78;

pub(crate) struct Stay {
    pub(crate) person: usize,
    pub(crate) institution: &'static Institution,
    pub(crate) group: u64,
    pub(crate) step: Step,
    pub(crate) is_chinese: bool,
    pub(crate) admitted: u64,
    pub(crate) discharged: u64,
    pub(crate) balance: u64,
    pub(crate) lines: Vec<Line>,
    pub(crate) is_faulty: bool,
}

/// How one came to a stay.
#[derive(Clone, Copy, Default)]
pub(crate) struct Step {
    pub(crate) is_day_surgery: bool,
    pub(crate) certificate: bool,
    emergency: bool,
    registered: bool,
}

pub(crate) struct Line {
    class: &'static str,
    separate: bool,
    pub(crate) amount: u64,
    /// Price and payment standard in ten thousandths of a yuan, and the quantity.
    price: Option<(u64, u64, u64)>,
}

impl Stay {
    pub(crate) fn fees(&self) -> u64 {
        self.lines.iter().map(|line| line.amount).sum()
    }
}

/// So many stays, by date of discharge.
pub(crate) fn stays(seed: u64, persons: &[Person], count: usize) -> Result<Vec<Stay>> {
    let mut random = SplitMix64::new(seed);
    let mut stays = Vec::with_capacity(count);
    let mut free_from = vec![0; persons.len()];
    let mut tries = 0;
    while stays.len() < count {
        tries += 1;
        ensure!(tries < 1000 + 100 * count, "{} insured have no room for {count} stays", persons.len());
        let (index, person) = draw_person(&mut random, persons, 12, weight)?;
        let free = free_from.get_mut(index).context("a person")?;
        let episode = episode(&mut random, person)?;
        let start = random.below(DAYS).max(*free);
        let Some(end) = admit(&mut random, index, person, start, &episode, count, &mut stays) else { continue };
        *free = end + 1;
    }
    // The order of the draws decides among the discharges of one day: it follows the chains.
    stays.sort_by_key(|stay| stay.discharged);
    Ok(stays)
}

fn weight(person: &Person) -> u64 {
    let by_age = match person.age {
        0..18 => 2,
        18..60 => 3,
        60..70 => 6,
        _ => 8,
    };
    by_age + if person.frequent { 4 } else { 0 }
}

/// Adds the stays of an episode, unless it would outlast the quarter; returns its last day.
fn admit(
    random: &mut SplitMix64,
    person: usize,
    of: &Person,
    start: u64,
    episode: &[(&'static Institution, Step)],
    count: usize,
    stays: &mut Vec<Stay>,
) -> Option<u64> {
    let mut admitted = start;
    let mut found = Vec::new();
    let mut end = start;
    for &(institution, step) in episode {
        end = admitted + nights(random, institution.level, step);
        if end >= DAYS {
            return None;
        }
        found.push((institution, step, admitted, end));
        admitted = end + random.below(4);
    }
    for (institution, step, admitted, discharged) in found.into_iter().take(count - stays.len()) {
        stays.push(Stay {
            person,
            institution,
            group: random.between(1, GROUPS),
            step,
            is_chinese: institution.is_chinese_medicine() && random.chance(600),
            admitted,
            discharged,
            balance: of.balance(random),
            lines: lines(random, institution.level, step),
            is_faulty: random.chance(3),
        });
    }
    Some(end)
}

fn nights(random: &mut SplitMix64, level: Level, step: Step) -> u64 {
    match level {
        _ if step.is_day_surgery => random.below(2),
        Level::First => random.between(3, 8),
        Level::Second => random.between(4, 12),
        Level::Third => random.between(5, 16),
    }
}

fn episode(random: &mut SplitMix64, person: &Person) -> Result<Vec<(&'static Institution, Step)>> {
    let plain = Step::default();
    let certified = Step { certificate: true, ..plain };
    let surgery = Step { is_day_surgery: true, ..plain };
    let township = pick(random, Institution::is_township)?;
    let hospital = pick(random, Institution::is_county_hospital)?;
    let city = pick(random, Institution::is_city)?;
    Ok(match random.below(1000) {
        0..60 => vec![(township, plain), (hospital, certified)],
        60..95 => vec![(hospital, plain), (city, certified)],
        95..110 => vec![(township, plain), (hospital, certified), (city, certified)],
        110..150 => vec![(hospital, plain), (township, certified)],
        150..165 => vec![(hospital, plain), (city, certified), (hospital, certified)],
        165..180 => vec![(township, plain), (city, certified)],
        180..215 => vec![(city, plain)],
        215..230 => vec![(city, Step { emergency: true, ..plain })],
        230..240 => vec![(city, Step { registered: true, ..plain })],
        240..250 => {
            let other = pick(random, |other| other.is_county_hospital() && other.code != hospital.code)?;
            vec![(hospital, plain), (other, certified)]
        }
        250..330 => vec![(hospital, surgery)],
        330..340 => vec![(hospital, plain), (city, Step { is_day_surgery: true, ..certified })],
        // Residents stay in a township hospital in four of ten cases, employees in one.
        _ if random.chance(if person.is_resident() { 400 } else { 100 }) => vec![(township, plain)],
        _ => vec![(hospital, plain)],
    })
}

fn pick(random: &mut SplitMix64, is_one: impl Fn(&Institution) -> bool) -> Result<&'static Institution> {
    random
        .pick(&INSTITUTIONS, |institution| if is_one(institution) { institution.residents } else { 0 })
        .context("the county has no such institution")
}

fn lines(random: &mut SplitMix64, level: Level, step: Step) -> Vec<Line> {
    let middle = match level {
        _ if step.is_day_surgery => 280_000,
        Level::First => 150_000,
        Level::Second => 420_000,
        Level::Third => 1_300_000,
    };
    let mut fees = around(random, middle);
    if random.below(150) == 0 {
        fees *= random.between(4, 12);
    }
    let parts: Vec<u64> = (0..random.between(3, 12)).map(|_| random.between(1, 100)).collect();
    let whole: u64 = parts.iter().sum();
    parts.into_iter().map(|part| line(random, fees * part / whole + 1)).collect()
}

fn line(random: &mut SplitMix64, amount: u64) -> Line {
    let class = match random.below(100) {
        0..52 => "甲类",
        52..85 => "乙类",
        85..92 => "谈判药",
        _ => "丙类",
    };
    let separate = class == "谈判药" && random.chance(400);
    if class == "丙类" || !random.chance(250) {
        return Line { class, separate, amount, price: None };
    }
    let quantity = random.between(1, 20);
    let price = (amount * 100 / quantity).max(1);
    let standard = price * random.between(70, 110) / 100;
    // What the price times the quantity makes, in whole fen.
    let amount = (price * quantity + 50) / 100;
    Line { class, separate, amount, price: Some((price, quantity, standard)) }
}

pub(crate) fn id(index: usize) -> String {
    format!("Z{:06}", index + 1)
}

/// The file that the policy reads; the group passes through.
pub(crate) fn csv(persons: &[Person], stays: &[Stay]) -> Result<String> {
    let mut text = String::from(
        "单据号,人员,机构,入院日,出院日,人员类别,困难类别,年龄,就医方式,机构级别,机构县,参保县,转诊证明,急诊,异地备案,\
         中医住院,账户余额,病种,目录类别,单独支付,金额,单价,数量,支付标准\n",
    );
    for (index, stay) in stays.iter().enumerate() {
        let person = persons.get(stay.person).context("a person")?;
        let institution = stay.institution;
        let claim = format!(
            "{},P{:06},{},{},{},{},{},{},{},{},{},{COUNTY},{},{},{},{},{},G{:03}",
            id(index),
            stay.person + 1,
            institution.code,
            date(stay.admitted),
            date(stay.discharged),
            person.class,
            person.hardship,
            person.age,
            if stay.step.is_day_surgery { "日间手术" } else { "住院" },
            institution.level.name(),
            if institution.in_county() { COUNTY } else { CITY },
            yes(stay.step.certificate),
            yes(stay.step.emergency),
            yes(stay.step.registered),
            yes(stay.is_chinese),
            yuan(stay.balance),
            stay.group,
        );
        for (number, line) in stay.lines.iter().enumerate() {
            let amount = if stay.is_faulty && number == 0 { "待核".to_owned() } else { yuan(line.amount) };
            write!(text, "{claim},{},{},{amount},", line.class, yes(line.separate))?;
            match line.price {
                Some((price, quantity, standard)) => {
                    writeln!(text, "{},{quantity},{}", four_decimals(price), four_decimals(standard))?;
                }
                None => text.push_str(",,\n"),
            }
        }
    }
    Ok(text)
}

fn four_decimals(amount: u64) -> String {
    format!("{}.{:04}", amount / 10_000, amount % 10_000)
}
