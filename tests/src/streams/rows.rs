//! Rows for a policy: few keys, so that groups collide; days around the ends of periods; some that are bad, and some that take
//! others back.

use fen_compiler::StreamCells;
use fen_schema::{Column, ColumnType, Period, PeriodUnit, Plan, Schema};

use super::random::Random;
use crate::differential::days;

/// Texts that no policy knows; the order of their bytes is not that in which they are met.
const TEXTS: [&str; 5] = ["z", "H10", "乙", "a", "é"];
/// Days with something on both sides.
const DAYS: [&str; 11] = [
    "2022-01-01",
    "2022-03-01",
    "2022-06-30",
    "2022-07-01",
    "2022-07-02",
    "2022-12-31",
    "2023-01-01",
    "2022-12-01",
    "2023-02-28",
    "2022-08-31",
    "2021-12-31",
];

/// Makes up streams.
struct Maker<'s> {
    schema: &'s Schema,
    plan: Option<&'s Plan>,
    random: Random,
    texts: Vec<String>,
    known: usize,
    /// Of how many cells one is bad; 0 for none.
    bad: usize,
    /// Of how many cells that groups have in common one differs; 0 for none.
    differs: usize,
    salt: u64,
}

/// Rows in an order that the policy admits.
#[must_use]
pub fn stream(schema: &Schema, codes: &[String], most: usize, seed: u64) -> StreamCells {
    let mut random = Random::new(seed);
    let count = random.below(most + 1);
    let bad = random.of(&[0, 300, 60]).unwrap_or(0);
    let differs = random.of(&[0, 0, 12]).unwrap_or(0);
    let salt = u64::try_from(random.below(1 << 30)).unwrap_or(0);
    let (plan, known) = (schema.plan.as_ref(), codes.len());
    let mut maker = Maker { schema, plan, random, texts: codes.to_vec(), known, bad, differs, salt };
    let mut rows: Vec<Vec<Option<i128>>> = (0..count).map(|at| maker.row(at, count)).collect();
    if let Some(by) = plan.and_then(|plan| plan.ordered_by) {
        sort(&mut rows, at(by));
    }
    maker.reversals(&mut rows);
    let parameters = schema.parameters.iter().map(|column| maker.amount(column)).collect();
    StreamCells { rows, parameters, texts: maker.texts.split_off(known) }
}

/// The same rows in another order; only for policies that ask for none.
#[must_use]
pub fn shuffled(cells: &StreamCells, seed: u64) -> (StreamCells, Vec<usize>) {
    let mut order: Vec<usize> = (0..cells.rows.len()).collect();
    Random::new(seed).shuffle(&mut order);
    let rows = order.iter().filter_map(|row| cells.rows.get(*row).cloned()).collect();
    (StreamCells { rows, ..cells.clone() }, order)
}

fn sort(rows: &mut [Vec<Option<i128>>], by: usize) {
    let mut latest = i128::MIN;
    let mut keyed: Vec<(i128, Vec<Option<i128>>)> = Vec::new();
    for row in rows.iter_mut() {
        latest = row.get(by).copied().flatten().unwrap_or(latest);
        keyed.push((latest, std::mem::take(row)));
    }
    keyed.sort_by_key(|(date, _)| *date);
    for (row, (_, sorted)) in rows.iter_mut().zip(keyed) {
        *row = sorted;
    }
}

impl Maker<'_> {
    fn row(&mut self, at_row: usize, count: usize) -> Vec<Option<i128>> {
        let inputs = &self.schema.inputs;
        let mut row: Vec<Option<Option<i128>>> = vec![None; inputs.len()];
        // What groups have in common comes after their keys.
        for _ in 0..inputs.len() {
            for (place, column) in inputs.iter().enumerate() {
                if row.get(place).is_some_and(Option::is_some) {
                    continue;
                }
                let shared = self.plan.and_then(|plan| plan.shared.iter().find(|shared| at(shared.input) == place));
                let cell = match shared.and_then(|shared| Some((shared, self.plan?.grains.get(at(shared.grain))?))) {
                    None => Some(self.cell(place, column, at_row, count)),
                    Some((_, grain)) => self.group(&row, &grain.keys, grain.period.as_ref()).map(|group| {
                        if self.differs > 0 && self.random.is_one_in(self.differs) {
                            return self.cell(place, column, at_row, count);
                        }
                        let mut own =
                            Random::new(group ^ self.salt.wrapping_mul(u64::try_from(place).unwrap_or(0) + 77));
                        std::mem::swap(&mut self.random, &mut own);
                        let bad = std::mem::replace(&mut self.bad, 0);
                        let cell = self.cell(place, column, at_row, count);
                        std::mem::swap(&mut self.random, &mut own);
                        self.bad = bad;
                        cell
                    }),
                };
                if let (Some(slot), Some(cell)) = (row.get_mut(place), cell) {
                    *slot = Some(cell);
                }
            }
        }
        row.into_iter().map(Option::flatten).collect()
    }

    /// A number for the group that a row belongs to, if its keys are known.
    fn group(&self, row: &[Option<Option<i128>>], keys: &[u32], period: Option<&Period>) -> Option<u64> {
        let mut hash = 0_u64;
        for key in keys {
            let cell = row.get(at(*key)).copied().flatten()?;
            hash = hash.wrapping_mul(0x1_0000_01b3).wrapping_add(u64::try_from(cell.unwrap_or(-1) + 9).unwrap_or(0));
        }
        if let Some(period) = period {
            let date =
                self.schema.inputs.iter().position(|input| Some(&input.name) == self.schema.dated_by.as_ref())?;
            let day = row.get(date).copied().flatten()?.unwrap_or(0);
            let begins = |year: i128| days(&format!("{year:04}-{:02}-{:02}", period.month, period.day)).unwrap_or(0);
            let year = (2020..2025).rev().find(|year| begins(*year) <= day).unwrap_or(0);
            let number = if period.unit == PeriodUnit::Year { year } else { day / 200 };
            hash = hash.wrapping_mul(31).wrapping_add(u64::try_from(number).unwrap_or(0));
        }
        Some(hash)
    }

    fn cell(&mut self, place: usize, column: &Column, at_row: usize, count: usize) -> Option<i128> {
        if column.name == "reverses" {
            return None;
        }
        if column.optional {
            if self.random.below(5) < 2 {
                return None;
            }
        } else if self.bad > 0 && self.random.is_one_in(self.bad) {
            return None;
        }
        match column.ty {
            ColumnType::Id | ColumnType::Code => Some(self.text(place, at_row, count)),
            ColumnType::Bool => Some(i128::from(self.random.below(2) == 0)),
            ColumnType::Enum => i128::try_from(self.random.below(column.values.len())).ok(),
            ColumnType::Date => {
                let day = self.random.of(&DAYS).and_then(days)?;
                let more = if self.random.is_one_in(3) { i128::try_from(self.random.below(3)).ok()? - 1 } else { 0 };
                Some(day + more)
            }
            _ => {
                let cell = self.amount(column);
                let is_bad = self.bad > 0 && self.random.is_one_in(self.bad);
                Some(if is_bad { scaled(&column.max, column.scale).saturating_add(1) } else { cell })
            }
        }
    }

    fn amount(&mut self, column: &Column) -> i128 {
        let (low, high) = (scaled(&column.min, column.scale), scaled(&column.max, column.scale));
        self.random.between(low, high)
    }

    fn text(&mut self, place: usize, at_row: usize, count: usize) -> i128 {
        let is_claim = self.schema.inputs.get(place).is_some_and(|input| input.name == "claim");
        let of_lines = self.plan.is_some_and(|plan| plan.claim != 0);
        let text = match is_claim {
            // Now and then the id of a row that takes a claim back.
            true if of_lines && self.random.is_one_in(40) => format!("r{}", self.random.below(at_row + 1)),
            true if of_lines => format!("c{}", self.random.below(count / 3 + 1)),
            true if self.random.is_one_in(15) => format!("c{}", self.random.below(at_row + 1)),
            true => format!("c{at_row}"),
            false => match self.random.below(8) {
                at @ 0..=4 if self.known > 0 => return i128::try_from(at % self.known).unwrap_or(0),
                at if at < 7 || self.bad == 0 => (*TEXTS.get(at % 3).unwrap_or(&"z")).to_owned(),
                _ => self.random.of(&TEXTS).unwrap_or("z").to_owned(),
            },
        };
        self.number(text)
    }

    fn number(&mut self, text: String) -> i128 {
        let known = self.texts.iter().position(|known| *known == text);
        let place = known.unwrap_or_else(|| {
            self.texts.push(text);
            self.texts.len() - 1
        });
        i128::try_from(place).unwrap_or(0)
    }

    /// Makes some rows take others back.
    fn reversals(&mut self, rows: &mut [Vec<Option<i128>>]) {
        let Some(reversal) = self.plan.and_then(|plan| plan.reversal) else { return };
        let (claim, reverses) = (at(reversal.claim), at(reversal.reverses));
        let of_lines = self.plan.is_some_and(|plan| plan.claim != 0);
        for row in 1..rows.len() {
            if !self.random.is_one_in(if of_lines { 7 } else { 4 }) {
                continue;
            }
            let id = if self.random.is_one_in(12) {
                Some(self.number("nobody".to_owned()))
            } else {
                // Now and then itself, or a later one.
                let other =
                    if self.random.is_one_in(15) { self.random.below(rows.len()) } else { self.random.below(row) };
                rows.get(other).and_then(|row| row.get(claim).copied().flatten())
            };
            // A line has the id of its claim, most rows that take one back an id of their own.
            let own = (of_lines && !self.random.is_one_in(8)).then(|| self.number(format!("r{row}")));
            if let (Some(own), Some(cell)) = (own, rows.get_mut(row).and_then(|row| row.get_mut(claim))) {
                *cell = Some(own);
            }
            let drops = self.random.below(3);
            for (place, cell) in rows.get_mut(row).into_iter().flatten().enumerate() {
                if place == reverses {
                    *cell = id;
                } else if place != claim && drops > 0 && self.random.is_one_in(drops) {
                    *cell = None;
                }
            }
        }
    }
}

fn at(place: u32) -> usize {
    usize::try_from(place).unwrap_or(usize::MAX)
}

/// The integer of a bound.
fn scaled(text: &str, scale: u32) -> i128 {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    let decimals = usize::try_from(scale).unwrap_or(0);
    format!("{whole}{rest:0<decimals$}").parse().unwrap_or(0)
}
