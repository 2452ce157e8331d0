//! Which rows belong together.

use std::collections::HashMap;

use num_rational::BigRational;
use num_traits::ToPrimitive;

use super::{Evaluation, Stream};
use crate::check::program::{Grain, Period, Program, date_of};
use crate::ids::{GrainId, InputId};

/// The groups of every grain.
pub(super) struct Groups {
    /// By grain.
    grains: Vec<OfGrain>,
}

#[derive(Default)]
struct OfGrain {
    is_row: bool,
    keys: Vec<Key>,
    /// By group: its rows, in order. Rejected rows are among them, but none that could not be read.
    members: Vec<Vec<usize>>,
    /// By row: its group, if it belongs to one.
    groups: Vec<Option<usize>>,
    /// By row: the first row of its group that counts.
    firsts: Vec<Option<usize>>,
}

/// What the rows of a group have in common.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) values: Vec<BigRational>,
    pub(super) period: Option<i64>,
}

/// A key's value as it is compared.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Ranked {
    /// By its bytes.
    Text(String),
    Number(BigRational),
}

impl Groups {
    /// Of these rows.
    pub(super) fn new(program: &Program, stream: &Stream, rows: &[usize]) -> Self {
        let of_grain = |grain: &Grain| {
            let groups = vec![None; stream.rows.len()];
            let mut found = OfGrain { is_row: grain.is_row, groups, ..OfGrain::default() };
            let mut numbers: HashMap<Key, usize> = HashMap::new();
            for row in rows {
                let key = key_of(program, stream, grain, *row);
                // Every row is an instance of its own.
                let next = found.members.len();
                let group = if grain.is_row { next } else { *numbers.entry(key.clone()).or_insert(next) };
                if group == next {
                    found.keys.push(key);
                    found.members.push(Vec::new());
                }
                found.members.iter_mut().skip(group).take(1).for_each(|members| members.push(*row));
                found.groups.iter_mut().skip(*row).take(1).for_each(|slot| *slot = Some(group));
            }
            found
        };
        Self { grains: program.grains.iter().map(of_grain).collect() }
    }

    fn group(&self, grain: GrainId, row: usize) -> Option<(&OfGrain, usize)> {
        let grain = self.grains.get(grain.0)?;
        Some((grain, grain.groups.get(row).copied().flatten()?))
    }

    /// The rows of all groups of a grain.
    pub(super) fn of(&self, grain: GrainId) -> &[Vec<usize>] {
        self.grains.get(grain.0).map(|grain| grain.members.as_slice()).unwrap_or_default()
    }

    /// The rows of the group that a row belongs to, in order.
    pub(super) fn members(&self, grain: GrainId, row: usize) -> &[usize] {
        let members = self.group(grain, row).and_then(|(grain, group)| grain.members.get(group));
        members.map(Vec::as_slice).unwrap_or_default()
    }

    /// The key of the group that a row belongs to.
    pub(super) fn key(&self, grain: GrainId, row: usize) -> Key {
        self.group(grain, row).and_then(|(grain, group)| grain.keys.get(group)).cloned().unwrap_or_default()
    }

    /// The row at which what is the same for a whole group is computed: its first one that counts.
    pub(super) fn first(&self, grain: GrainId, row: usize) -> usize {
        match self.grains.get(grain.0) {
            Some(found) if !found.is_row => found.firsts.get(row).copied().flatten().unwrap_or(row),
            _ => row,
        }
    }

    /// Finds the first rows of all groups among those that count in a grain.
    pub(super) fn find_firsts(&mut self, counts: impl Fn(GrainId, usize) -> bool) {
        for (at, grain) in self.grains.iter_mut().enumerate() {
            let counts = |row: &usize| counts(GrainId(at), *row);
            let firsts = grain.members.iter().map(|rows| rows.iter().copied().find(counts));
            let firsts: Vec<Option<usize>> = firsts.collect();
            let of_group = |group: &Option<usize>| firsts.get((*group)?).copied().flatten();
            grain.firsts = grain.groups.iter().map(of_group).collect();
        }
    }
}

impl Evaluation<'_> {
    /// Puts rows into the order of their groups' keys, one key after the other as they are written, then the period.
    pub(super) fn sort(&self, grain: GrainId, rows: &mut [usize]) {
        let inputs = self.program.grain(grain).map(|grain| grain.keys.as_slice()).unwrap_or_default();
        rows.sort_by_cached_key(|row| {
            let key = self.groups.key(grain, *row);
            let values = inputs.iter().zip(key.values).map(|(input, value)| self.rank(*input, value));
            (values.collect::<Vec<_>>(), key.period)
        });
    }

    fn rank(&self, input: InputId, value: BigRational) -> Ranked {
        if !self.program.input(input).is_some_and(|input| input.ty.is_text()) {
            return Ranked::Number(value);
        }
        let known = &self.program.codes;
        let number = value.to_usize().unwrap_or(usize::MAX);
        let text = known.get(number).or_else(|| self.stream.texts.get(number.saturating_sub(known.len())));
        Ranked::Text(text.cloned().unwrap_or_default())
    }
}

fn key_of(program: &Program, stream: &Stream, grain: &Grain, row: usize) -> Key {
    let cell = |input: InputId| stream.rows.get(row).and_then(|row| row.get(input.0)).cloned().flatten();
    let values = grain.keys.iter().filter_map(|key| cell(*key)).collect();
    let period = grain.period.and_then(|period| number_of(period, &cell(program.dated_by?)?));
    Key { values, period }
}

/// The number of the period that a date falls into: the calendar year in which its year begins, or twelve times the year
/// plus the month, of which January is 0.
pub(super) fn number_of(period: Period, date: &BigRational) -> Option<i64> {
    let date = date_of(date)?;
    let year = i64::from(date.year());
    Some(match period {
        Period::Year { month, day } => year - i64::from((date.month(), date.day()) < (month, day)),
        Period::Month => 12 * year + i64::from(date.month()) - 1,
    })
}
