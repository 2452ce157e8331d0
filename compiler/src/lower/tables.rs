//! Looking values up: keys become ordinals, ordinals and date one number, and that number is the index of an array or is
//! searched for in a list.

mod plan;
mod ranks;

use std::rc::Rc;

use num_bigint::BigInt;
use num_traits::One;

pub(super) use self::plan::Plan;
use self::plan::{Cells, Keys};
use super::Lowering;
use super::builder::{Builder, TooWide};
use super::fraction::Scaled;
use super::ir::Ref;
use crate::check::types::step_of;
use crate::ids::TableId;

/// Up to so many comparisons are cheaper than a search.
pub(super) const FEW: usize = 4;

impl Lowering<'_> {
    /// The value for keys at the claim's date, and whether there is none. Without a row the value is one of the
    /// table's all the same.
    pub(super) fn lookup(&mut self, id: TableId, keys: &[Scaled]) -> Result<(Scaled, Ref), TooWide> {
        let Some(table) = self.program.table(id) else { return Ok((self.zero()?, self.builder.constant(1)?)) };
        let plan = match self.plans.get(&id) {
            Some(plan) => Rc::clone(plan),
            None => {
                let plan = Rc::new(Plan::new(self.program, table, &mut self.builder));
                self.plans.insert(id, Rc::clone(&plan));
                plan
            }
        };
        let slot = self.slot(&plan.keys, keys)?;
        let date = match self.date()? {
            Some(date) => date,
            None => self.builder.constant(i32::MAX)?,
        };
        let (value, missing) = self.builder.cell_of(&plan, slot, date)?;
        Ok((Scaled::new(value, step_of(table.scale)), missing))
    }

    /// The number of the keys' combination.
    fn slot(&mut self, plan: &Keys, keys: &[Scaled]) -> Result<Ref, TooWide> {
        let mut slot = self.builder.constant(0)?;
        for (key, ordinals) in plan.keys.iter().zip(keys) {
            if let Some(ranks) = &key.squeeze {
                slot = self.builder.rank(ranks, slot)?;
            }
            let ordinal = match &key.breaks {
                Some(breaks) => self.builder.breaks_below(breaks, ordinals)?,
                None => self.whole(ordinals)?,
            };
            let ordinal = match &key.ranks {
                Some(ranks) => self.builder.rank(ranks, ordinal)?,
                None => {
                    // Whatever is beyond has no row.
                    let last = self.builder.constant(key.size - 1)?;
                    self.builder.min(ordinal, last)?
                }
            };
            let size = self.builder.constant(key.size)?;
            let before = self.builder.mul(slot, size)?;
            slot = self.builder.add(before, ordinal)?;
        }
        Ok(slot)
    }
}

impl Builder {
    /// The value of a slot at a date, and whether there is none.
    fn cell_of(&mut self, plan: &Plan, slot: Ref, date: Ref) -> Result<(Ref, Ref), TooWide> {
        if plan.cells.is_empty() {
            return Ok((self.constant(0)?, self.constant(1)?));
        }
        let days = self.constant(plan.dates.len() + 1)?;
        let first = self.mul(slot, days)?;
        let cell = match &plan.cells {
            Cells::Few(cells) if plan.dates.is_empty() => self.choose(cells, slot)?,
            Cells::Few(cells) => {
                // One slot: the last of the dates that have come.
                let mut cells = cells.iter();
                let mut chosen = self.constant(cells.next().copied().unwrap_or_default())?;
                for (from, cell) in plan.dates.iter().zip(cells) {
                    let (from, cell) = (self.constant(from.clone())?, self.constant(*cell)?);
                    let is_before = self.less(date, from)?;
                    chosen = self.select(is_before, chosen, cell)?;
                }
                chosen
            }
            Cells::Dense(array) => {
                let day = self.count_at_most(&plan.dates, date)?;
                let index = self.add(first, day)?;
                self.cell(*array, index)?
            }
            Cells::Sparse { list, entries, cells } => {
                let day = self.count_at_most(&plan.dates, date)?;
                let wanted = self.add(first, day)?;
                // The last row that is not beyond the slot and date is the one if it is of this slot.
                let position = self.position(*list, wanted)?;
                let entry = self.cell(*entries, position)?;
                let value = self.cell(*cells, position)?;
                return Ok((value, self.less(entry, first)?));
            }
        };
        let least = self.constant(plan.least)?;
        Ok((self.max(cell, least)?, self.less(cell, least)?))
    }

    /// One of a few constants.
    fn choose(&mut self, cells: &[i64], slot: Ref) -> Result<Ref, TooWide> {
        let mut chosen = self.constant(cells.last().copied().unwrap_or_default())?;
        for (at, cell) in cells.iter().enumerate().rev().skip(1) {
            let (at, cell) = (self.constant(at)?, self.constant(*cell)?);
            let is_it = self.equal(slot, at)?;
            chosen = self.select(is_it, cell, chosen)?;
        }
        Ok(chosen)
    }

    /// How many numbers of an ascending list are not greater than a value.
    fn count_at_most(&mut self, list: &[BigInt], value: Ref) -> Result<Ref, TooWide> {
        let (low, high) = self.range(value);
        let always = list.partition_point(|one| *one <= low);
        let never = list.partition_point(|one| *one <= high);
        let open = list.get(always..never).unwrap_or_default();
        let always = self.constant(always)?;
        let small: Option<Vec<i64>> = open.iter().map(|one| i64::try_from(one).ok()).collect();
        let count = match small {
            Some(small) if open.len() > FEW => {
                // A value beyond 64 bits is as good as one just beyond the list.
                let least = open.first().map(|first| first - BigInt::one()).unwrap_or_default();
                let mut value = value;
                if i64::try_from(&low).is_err() || i64::try_from(&high).is_err() {
                    let (least, most) =
                        (self.constant(least)?, self.constant(open.last().cloned().unwrap_or_default())?);
                    value = self.max(value, least)?;
                    value = self.min(value, most)?;
                }
                let list = self.list(small);
                self.position(list, value)?
            }
            _ => {
                let mut count = self.constant(0)?;
                for one in open {
                    let one = self.constant(one.clone())?;
                    let is_reached = self.at_most(one, value)?;
                    count = self.add(count, is_reached)?;
                }
                count
            }
        };
        self.add(always, count)
    }
}
