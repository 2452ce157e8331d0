//! Which records the rows at hand change.

use super::causes::{DUPLICATE, TAKEN_BACK};
use super::engine::{Engine, Instances};
use super::error::StreamError;
use super::records::Table;
use super::rows::{Work, is_live};

/// What a cell of a record held: table, cell, record and number.
pub(crate) type Held = Vec<(usize, usize, u32, i128)>;

impl Engine {
    /// Where the rows' records are; −1 for rows that are not to be settled.
    pub(crate) fn write_places(
        &mut self,
        phase: usize,
        work: &Work<'_>,
        start: usize,
        end: usize,
    ) -> Result<(), StreamError> {
        let of = self.phases.get_mut(phase);
        let Some(records) = of.and_then(|phase| phase.records.as_mut()) else { return Ok(()) };
        for table in 0..records.tables.len() {
            let Some((grain, is_late)) = records.tables.get(table).map(|table| (table.grain, table.is_all_late()))
            else {
                continue;
            };
            let groups = self.grains.get(grain).map_or(0, |grain| grain.groups.len());
            records.reserve(table, groups, &mut self.kernel)?;
            // What is late leaves out claims that are taken back from the beginning.
            let status = work.status.get(start..end).unwrap_or_default();
            if status.contains(&DUPLICATE) || (is_late && status.contains(&TAKEN_BACK)) {
                records.clear_scratch(table, &mut self.kernel)?;
            }
            let (Some(table), Some(slots)) = (records.tables.get(table), self.slots.get(grain)) else { continue };
            self.kernel.fill(table.column, |cells| {
                for (slot, status) in slots.iter().zip(status) {
                    let place = match *status {
                        TAKEN_BACK if is_late => records.scratch_place(table),
                        DUPLICATE => records.scratch_place(table),
                        status if is_live(status) => records.place(table, *slot),
                        _ => -1,
                    };
                    cells.extend_from_slice(&place.to_le_bytes());
                }
            })?;
        }
        Ok(())
    }

    /// Whether a row that is taken back later must be alone in its segment: it counts in some cells of its record, until then,
    /// and never in others.
    pub(crate) fn mixes(&self, phase: usize) -> bool {
        let records = self.phases.get(phase).and_then(|phase| phase.records.as_ref());
        records.is_some_and(|records| records.tables.iter().any(Table::is_mixed))
    }

    /// What the late cells of the records of such a row hold.
    pub(crate) fn hold_late(&self, phase: usize, work: &Work<'_>, start: usize) -> Result<Held, StreamError> {
        if work.status(start) != TAKEN_BACK {
            return Ok(Held::new());
        }
        self.held(phase, |grain| self.slots.get(grain).and_then(|slots| slots.first()).copied())
    }

    /// The same of the first of some groups.
    pub(crate) fn hold_late_of(&self, phase: usize, grain: usize, slots: &[u32]) -> Result<Held, StreamError> {
        self.held(phase, |of| self.places_in(of, grain, &Instances::Groups(slots)).first().copied())
    }

    fn held(&self, phase: usize, slot: impl Fn(usize) -> Option<u32>) -> Result<Held, StreamError> {
        let mut held = Held::new();
        if !self.mixes(phase) {
            return Ok(held);
        }
        let records = self.phases.get(phase).and_then(|phase| phase.records.as_ref());
        for (place, table) in records.iter().flat_map(|records| &records.tables).enumerate() {
            let Some(slot) = slot(table.grain).filter(|_| table.is_mixed()) else { continue };
            for (cell, (of, _)) in table.cells.iter().zip(&table.late).enumerate().filter(|(_, (_, late))| **late) {
                held.push((place, cell, slot, table.get(of, slot, &self.kernel)?));
            }
        }
        Ok(held)
    }

    /// Puts it back.
    pub(crate) fn put_back(&mut self, phase: usize, held: Held) -> Result<(), StreamError> {
        let records = self.phases.get(phase).and_then(|phase| phase.records.as_ref());
        let Some(records) = records else { return Ok(()) };
        for (table, cell, slot, number) in held {
            let Some(table) = records.tables.get(table) else { continue };
            let Some(cell) = table.cells.get(cell) else { continue };
            table.set(cell, slot, number, &mut self.kernel)?;
        }
        Ok(())
    }
}
