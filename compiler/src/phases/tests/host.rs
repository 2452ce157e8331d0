//! Settles a whole stream over integers of any size, as a host does with the module.

use std::collections::{BTreeMap, HashMap};

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};

use crate::check::program::{Origin, Period, Program, date_of};
use crate::ids::{GrainId, InputId};
use crate::lower::evaluate::{Outcome, evaluate};
use crate::phases::{Cut, Phase, Place, Source};
use fen_schema::{StateFunction, TotalFunction};

type Cell = Option<BigInt>;
/// What tells an instance from others of its grain.
pub(super) type Key = Vec<BigInt>;
type Cells = HashMap<Key, Vec<Cell>>;

pub(super) struct Host<'a> {
    program: &'a Program,
    cut: &'a Cut,
    rows: &'a [Vec<Cell>],
    parameters: Vec<BigInt>,
    pub(super) rejected: Vec<bool>,
    /// By phase.
    outputs: Vec<Cells>,
}

/// Settles rows; cells are by column of the file.
pub(super) fn settle<'a>(program: &'a Program, cut: &'a Cut, rows: &'a [Vec<Cell>], parameters: &[i64]) -> Host<'a> {
    let parameters = parameters.iter().map(|cell| BigInt::from(*cell)).collect();
    let mut host = Host { program, cut, rows, parameters, rejected: vec![false; rows.len()], outputs: Vec::new() };
    for (at, phase) in cut.phases.iter().enumerate() {
        let cells = host.run(phase, at == 0);
        host.outputs.push(cells);
        if at == 0 {
            // Another row of the claim is rejected.
            let bad: Vec<Key> =
                (0..rows.len()).filter(|row| host.rejected[*row]).map(|row| host.key(program.claim, row)).collect();
            for row in 0..rows.len() {
                host.rejected[row] |= bad.contains(&host.key(program.claim, row));
            }
        }
    }
    host
}

impl Host<'_> {
    /// The results of a grain, in the order of the first row of each.
    pub(super) fn results(&self, grain: GrainId) -> Vec<Vec<Cell>> {
        let between = self.cut.between.as_ref().unwrap();
        let (_, columns) = between.results.iter().find(|(known, _)| *known == grain).unwrap();
        let cell = |row: usize, place: &Place| {
            let phase = &self.cut.phases[place.phase];
            self.outputs[place.phase][&self.key(phase.grain, row)][place.output].clone()
        };
        self.instances(grain).iter().map(|row| columns.iter().map(|(_, place)| cell(*row, place)).collect()).collect()
    }

    /// The first settled row of each instance.
    fn instances(&self, grain: GrainId) -> Vec<usize> {
        let mut seen = Vec::new();
        let rows = (0..self.rows.len()).filter(|row| !self.rejected[*row]);
        rows.filter(|row| {
            let key = self.key(grain, *row);
            let is_new = !seen.contains(&key);
            seen.push(key);
            is_new
        })
        .collect()
    }

    fn cell(&self, row: usize, id: InputId) -> Cell {
        self.rows[row][id.0].clone()
    }

    fn key(&self, grain: GrainId, row: usize) -> Key {
        let known = self.program.grain(grain).unwrap();
        if known.is_row {
            return vec![row.into()];
        }
        let keys = known.keys.iter().map(|key| self.cell(row, *key).unwrap_or_default());
        let period = known.period.map(|period| {
            let date = self.cell(row, self.program.dated_by.unwrap()).unwrap_or_default();
            let date = date_of(&BigRational::from(date)).unwrap();
            let year = i64::from(date.year());
            BigInt::from(match period {
                Period::Month => 12 * year + i64::from(date.month()) - 1,
                Period::Year { month, day } => year - i64::from((date.month(), date.day()) < (month, day)),
            })
        });
        keys.chain(period).collect()
    }

    fn run(&mut self, phase: &Phase, is_first: bool) -> Cells {
        let totals = self.totals();
        let parts = self.parts();
        let links = self.links();
        let mut records: Vec<Cells> = vec![Cells::new(); phase.tables.len()];
        let mut computed = Cells::new();
        for row in self.instances(phase.grain) {
            let inputs: Vec<Cell> = phase
                .inputs
                .iter()
                .map(|import| match import.source {
                    Source::Column(id) => self.cell(row, id),
                    Source::Value(place) => {
                        let grain = self.cut.phases[place.phase].grain;
                        self.outputs[place.phase][&self.key(grain, row)][place.output].clone()
                    }
                    Source::Total(total) => {
                        let grain = self.cut.between.as_ref().unwrap().totals[total].grain;
                        totals[&total].get(&self.key(grain, row)).cloned().unwrap_or_default()
                    }
                    Source::Part(split) => {
                        let own = self.cut.between.as_ref().unwrap().splits[split];
                        Some(parts[&split][&self.key(self.cut.phases[own.weight.phase].grain, row)].clone())
                    }
                    Source::Linked(link) => {
                        Some(u8::from(links[&link].contains_key(&self.key(self.program.claim, row))).into())
                    }
                    Source::Field { link, field } => {
                        links[&link].get(&self.key(self.program.claim, row)).and_then(|cells| cells[field].clone())
                    }
                    Source::Record { table, cell } => {
                        let known = &phase.tables[table];
                        let record = records[table]
                            .entry(self.key(known.grain, row))
                            .or_insert_with(|| known.cells.iter().map(|cell| fresh(cell.function)).collect());
                        record[cell].clone()
                    }
                })
                .collect();
            let sites = self.program.sites.len();
            match evaluate(&phase.kernel, &inputs, &self.parameters, sites) {
                Outcome::Settled(cells) => {
                    for (table, known) in phase.tables.iter().enumerate() {
                        let record = records[table].get_mut(&self.key(known.grain, row)).unwrap();
                        for (at, cell) in known.cells.iter().enumerate() {
                            record[at] = changed(cell.function, record[at].take(), cells[cell.output].clone());
                        }
                    }
                    computed.insert(self.key(phase.grain, row), cells);
                }
                Outcome::Rejected(_) => {
                    assert!(is_first, "a later phase rejects");
                    self.rejected[row] = true;
                }
            }
        }
        computed
    }

    /// Those whose phases have been run.
    fn totals(&self) -> HashMap<usize, BTreeMap<Key, Cell>> {
        let Some(between) = &self.cut.between else { return HashMap::new() };
        let mut totals = HashMap::new();
        for (at, total) in between.totals.iter().enumerate() {
            let Some(outputs) = self.outputs.get(total.of.phase) else { continue };
            let over = self.cut.phases[total.of.phase].grain;
            let mut groups: BTreeMap<Key, Cell> = BTreeMap::new();
            for row in self.instances(over) {
                let group = groups.entry(self.key(total.grain, row)).or_insert(match total.function {
                    TotalFunction::Sum | TotalFunction::Count => Some(BigInt::zero()),
                    TotalFunction::Max | TotalFunction::Min => None,
                });
                let Some(cell) = outputs[&self.key(over, row)][total.of.output].clone() else { continue };
                *group = Some(match (total.function, group.take()) {
                    (TotalFunction::Sum, Some(sum)) => sum + cell,
                    (TotalFunction::Count, Some(count)) => count + 1,
                    (TotalFunction::Max, Some(known)) => known.max(cell),
                    (TotalFunction::Min, Some(known)) => known.min(cell),
                    (_, None) => cell,
                });
            }
            totals.insert(at, groups);
        }
        totals
    }

    fn parts(&self) -> HashMap<usize, HashMap<Key, BigInt>> {
        let Some(between) = &self.cut.between else { return HashMap::new() };
        let mut all = HashMap::new();
        for (at, own) in between.splits.iter().enumerate() {
            let (Some(amounts), Some(weights)) =
                (self.outputs.get(own.amount.phase), self.outputs.get(own.weight.phase))
            else {
                continue;
            };
            let pool = self.program.splits[own.split.0].pool;
            let (grain, of) = (self.cut.phases[own.weight.phase].grain, self.cut.phases[own.amount.phase].grain);
            let mut parts = HashMap::new();
            for first in self.instances(pool) {
                let amount = amounts[&self.key(of, first)][own.amount.output].clone().unwrap();
                let members =
                    self.instances(grain).into_iter().filter(|row| self.key(pool, *row) == self.key(pool, first));
                let members: Vec<(Key, BigInt)> = members
                    .map(|row| self.key(grain, row))
                    .map(|key| (key.clone(), weights[&key][own.weight.output].clone().unwrap()))
                    .collect();
                let sum: BigInt = members.iter().map(|(_, weight)| weight).sum();
                let mut shares: Vec<(BigInt, Key, BigInt)> = members
                    .into_iter()
                    .map(|(key, weight)| {
                        let (share, rest) = (amount.abs() * weight).div_mod_floor(&sum);
                        (-rest, key, share)
                    })
                    .collect();
                shares.sort();
                let given: BigInt = shares.iter().map(|(_, _, share)| share).sum();
                let left = (amount.abs() - given).to_usize().unwrap();
                for (place, (_, key, share)) in shares.into_iter().enumerate() {
                    let share = share + u8::from(place < left);
                    parts.insert(key, if amount.is_negative() { -share } else { share });
                }
            }
            all.insert(at, parts);
        }
        all
    }

    /// The fields of the claim that each claim is led to.
    fn links(&self) -> HashMap<usize, HashMap<Key, Vec<Cell>>> {
        let Some(between) = &self.cut.between else { return HashMap::new() };
        let mut all = HashMap::new();
        for (at, own) in between.links.iter().enumerate() {
            let Some(outputs) = self.outputs.get(own.phase) else { continue };
            let grain = self.program.links[own.link.0].grain;
            let mut next: HashMap<Key, Vec<Cell>> = HashMap::new();
            let mut found = HashMap::new();
            for row in self.instances(self.program.claim).into_iter().rev() {
                let claim = self.key(self.program.claim, row);
                let group = self.key(grain, row);
                if let Some(cells) = next.get(&group) {
                    found.insert(claim.clone(), cells.clone());
                }
                let cells = &outputs[&claim];
                if own.when.is_none_or(|when| cells[when] == Some(BigInt::one())) {
                    next.insert(group, own.fields.iter().map(|field| cells[*field].clone()).collect());
                }
            }
            all.insert(at, found);
        }
        all
    }
}

fn fresh(function: StateFunction) -> Cell {
    match function {
        StateFunction::Sum | StateFunction::Count | StateFunction::Linked => Some(BigInt::zero()),
        StateFunction::Max | StateFunction::Min | StateFunction::Last => None,
    }
}

fn changed(function: StateFunction, old: Cell, given: Cell) -> Cell {
    let Some(given) = given else { return old };
    Some(match (function, old) {
        (StateFunction::Sum | StateFunction::Count, Some(old)) => old + given,
        (StateFunction::Max | StateFunction::Linked, Some(old)) => old.max(given),
        (StateFunction::Min, Some(old)) => old.min(given),
        (_, _) => given,
    })
}

/// Whether no column of a program is anything else.
pub(super) fn columns(program: &Program) -> usize {
    program.inputs.iter().filter(|input| input.origin == Origin::Column).count()
}
