//! How a table is stored: an array by slot and date if most of it is filled, else a list to search.

use num_bigint::BigInt;

use super::FEW;
use super::ranks::Ranks;
use crate::check::program::{Break, Key, Program, Table};
use crate::lower::builder::Builder;

/// Slots and dates up to which an array is taken, whatever the table has: besides four per row.
const SMALL: u64 = 4096;

/// Slots are counted anew before they would be more than this.
const MANY: u64 = 1 << 31;

/// How a table is looked up.
#[derive(Clone, Debug)]
pub(in crate::lower) struct Plan {
    pub(super) keys: Keys,
    /// The first days of its rows, ascending. A slot's entries are what applies before all of them, and from each.
    pub(super) dates: Vec<BigInt>,
    pub(super) cells: Cells,
    /// The least cell of a row; what is less stands for no row.
    pub(super) least: i64,
}

/// How keys become the number of a slot.
#[derive(Clone, Debug, Default)]
pub(super) struct Keys {
    pub(super) keys: Vec<KeyPlan>,
}

#[derive(Clone, Debug)]
pub(super) struct KeyPlan {
    /// Applied to the slots of the keys before.
    pub(super) squeeze: Option<Ranks>,
    pub(super) breaks: Option<Vec<Break>>,
    /// Applied to the ordinal.
    pub(super) ranks: Option<Ranks>,
    /// Ordinals are less than it.
    pub(super) size: u64,
}

#[derive(Clone, Debug)]
pub(super) enum Cells {
    /// By slot if there are no dates, else of the only slot by date.
    Few(Vec<i64>),
    /// By slot and date.
    Dense(usize),
    /// Slots and dates of rows, the same with one in front that is none, and the cells with one in front.
    Sparse { list: usize, entries: usize, cells: usize },
}

impl Cells {
    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Self::Few(cells) if cells.is_empty())
    }
}

impl Plan {
    pub(in crate::lower) fn new(program: &Program, table: &Table, builder: &mut Builder) -> Self {
        let mut dates: Vec<i32> = table.rows.iter().filter_map(|row| row.from).collect();
        dates.sort_unstable();
        dates.dedup();
        let least = table.rows.iter().map(|row| row.cell).min().unwrap_or_default();
        let days = u64::try_from(dates.len()).unwrap_or(u64::MAX).saturating_add(1);
        let mut plan = Self {
            keys: Keys::default(),
            dates: dates.iter().copied().map(BigInt::from).collect(),
            cells: Cells::Few(Vec::new()),
            least,
        };
        if table.rows.is_empty() {
            return plan;
        }
        let rows = u64::try_from(table.rows.len()).unwrap_or(u64::MAX);
        let most = rows.saturating_mul(4).saturating_add(SMALL);
        let sizes: Vec<u64> = table.keys.iter().map(|key| size(program, key)).collect();
        let is_dense = |slots: Option<u64>| slots.and_then(|slots| slots.checked_mul(days)).filter(|all| *all <= most);
        // Codes are taken as they are if that leaves few holes, else those that have rows are counted.
        let all = sizes.iter().try_fold(1u64, |all, size| all.checked_mul(*size));
        let mut slots = vec![0; table.rows.len()];
        let mut count = 1u64;
        for (place, (key, size)) in table.keys.iter().zip(&sizes).enumerate() {
            let ordinal =
                |row: usize| table.rows.get(row).and_then(|row| row.keys.get(place)).copied().map_or(0, i64::from);
            let mut ordinals: Vec<i64> = (0..slots.len()).map(ordinal).collect();
            let mut planned = KeyPlan { squeeze: None, breaks: None, ranks: None, size: *size };
            match key {
                Key::Range(breaks) => planned.breaks = Some(breaks.clone()),
                Key::Code if is_dense(all).is_none() => {
                    let known = replace_by_ranks(&mut ordinals);
                    planned.ranks = Some(Ranks::new(&known, *size, builder));
                    planned.size = u64::try_from(known.len()).unwrap_or(u64::MAX).saturating_add(1);
                }
                Key::Enum(_) | Key::Code => {}
            }
            if count.checked_mul(planned.size).is_none_or(|slots| slots > MANY) && count > rows {
                let known = replace_by_ranks(&mut slots);
                planned.squeeze = Some(Ranks::new(&known, count, builder));
                count = u64::try_from(known.len()).unwrap_or(u64::MAX).saturating_add(1);
            }
            count = count.saturating_mul(planned.size);
            let size = i64::try_from(planned.size).unwrap_or(i64::MAX);
            for (slot, ordinal) in slots.iter_mut().zip(&ordinals) {
                *slot = slot.saturating_mul(size).saturating_add(*ordinal);
            }
            plan.keys.keys.push(planned);
        }
        let days = i64::try_from(days).unwrap_or(i64::MAX);
        let rows = table.rows.iter().zip(&slots).map(|(row, slot)| {
            let day = row.from.map_or(0, |from| dates.partition_point(|date| *date <= from));
            (slot.saturating_mul(days).saturating_add(i64::try_from(day).unwrap_or(i64::MAX)), row.cell)
        });
        let rows: Vec<(i64, i64)> = rows.collect();
        plan.cells = match is_dense(Some(count)).and_then(|all| usize::try_from(all).ok()) {
            Some(all) => {
                let cells = spread(&rows, all, usize::try_from(days).unwrap_or(1), least);
                let is_few = if dates.is_empty() { all <= FEW } else { count == 1 && dates.len() <= 2 * FEW };
                if is_few { Cells::Few(cells) } else { Cells::Dense(builder.array(cells)) }
            }
            None => sparse(rows, least, builder),
        };
        plan
    }
}

/// How many ordinals a key has. Codes that the policy does not know have one together, the last.
fn size(program: &Program, key: &Key) -> u64 {
    let size = match key {
        Key::Enum(id) => program.enums.get(id.0).map_or(1, |one| one.values.len().max(1)),
        Key::Code => program.codes.len() + 1,
        Key::Range(breaks) => breaks.len() + 1,
    };
    u64::try_from(size).unwrap_or(u64::MAX)
}

/// Replaces numbers by their places among the distinct ones, from 1, and returns those.
fn replace_by_ranks(numbers: &mut [i64]) -> Vec<i64> {
    let mut known = numbers.to_vec();
    known.sort_unstable();
    known.dedup();
    for number in numbers {
        let rank = known.partition_point(|one| one <= number);
        *number = i64::try_from(rank).unwrap_or(i64::MAX);
    }
    known
}

/// All entries of an array: a row applies until the next one of its slot; what is less than `least` is no row.
fn spread(rows: &[(i64, i64)], all: usize, days: usize, least: i64) -> Vec<i64> {
    let mut cells = vec![least.saturating_sub(1); all];
    for (entry, cell) in rows {
        let Ok(first) = usize::try_from(*entry) else { continue };
        let end = (first / days + 1) * days;
        for slot in cells.get_mut(first..end).unwrap_or_default() {
            *slot = *cell;
        }
    }
    cells
}

fn sparse(mut rows: Vec<(i64, i64)>, least: i64, builder: &mut Builder) -> Cells {
    rows.sort_unstable_by_key(|(entry, _)| *entry);
    let list: Vec<i64> = rows.iter().map(|(entry, _)| *entry).collect();
    let cells = [least].into_iter().chain(rows.iter().map(|(_, cell)| *cell)).collect();
    let entries = [-1].into_iter().chain(list.iter().copied()).collect();
    Cells::Sparse { list: builder.list(list), entries: builder.array(entries), cells: builder.array(cells) }
}
