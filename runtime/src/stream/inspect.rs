//! Rows that are rejected because of other rows: of their group, or of their claim.

use fen_schema::{RejectCode, Shared};

use super::causes::SETTLED;
use super::cells::{CellVec, cell};
use super::engine::{Engine, Instances};
use super::error::StreamError;
use super::groups::NONE;
use super::rows::Work;
use super::schedule::{Pass, Step, at};

/// An input that is to be the same in all rows of a group.
pub(crate) struct SharedCells {
    shared: Shared,
    /// By group: its first row's cell.
    cells: CellVec,
    is_known: Vec<bool>,
    pub(crate) differs: Vec<bool>,
}

impl SharedCells {
    pub(crate) fn new(shared: Shared, layout: fen_schema::Layout) -> Self {
        Self { shared, cells: CellVec::new(layout), is_known: Vec::new(), differs: Vec::new() }
    }

    fn note(&mut self, slot: u32, cell: i128) {
        let place = at(slot);
        if place >= self.is_known.len() {
            self.is_known.resize(place + 1, false);
            self.differs.resize(place + 1, false);
        }
        match self.is_known.get_mut(place) {
            Some(is_known) if !*is_known => {
                *is_known = true;
                self.cells.set(place, cell);
            }
            _ => {
                if self.cells.get(place) != cell
                    && let Some(differs) = self.differs.get_mut(place)
                {
                    *differs = true;
                }
            }
        }
    }
}

impl Engine {
    /// Rows whose claim can be told, whatever else is wrong with them.
    pub(crate) fn rows_of_claims(&self, work: &Work<'_>, start: usize, end: usize) -> Vec<bool> {
        let reversal = self.plan.reversal;
        let mut known: Vec<bool> = (start..end).map(|row| !work.is_reversal(reversal, row)).collect();
        let keys = self.plan.grains.get(at(self.plan.claim)).map_or(&[][..], |grain| &grain.keys);
        let faults = &work.columns.faults;
        let faults = faults.get(faults.partition_point(|fault| fault.row < start)..).unwrap_or_default();
        for fault in faults.iter().take_while(|fault| fault.row < end) {
            if keys.iter().any(|key| at(*key) == fault.input)
                && let Some(known) = known.get_mut(fault.row - start)
            {
                *known = false;
            }
        }
        known
    }

    /// Finds rows at fault, groups whose rows contradict each other, and claims with a rejected row.
    pub(crate) fn inspect(
        &mut self,
        work: &mut Work<'_>,
        known: &[bool],
        start: usize,
        end: usize,
    ) -> Result<(), StreamError> {
        let Some(plan) = self.plan.phases.first().cloned() else { return Ok(()) };
        let first = work.first + u64::try_from(start).unwrap_or(0);
        let instances = Instances::Rows { first, count: u64::try_from(end - start).unwrap_or(0) };
        self.write_rows(&plan, work, &instances, start, end)?;
        self.write_scratch(known)?;
        self.kernel.call(0, end - start)?;
        let status = self.kernel.column(plan.status.offset, end - start, 2)?.as_chunks::<2>().0;
        // Look-ups may depend on running values, which are not what they will be; but not where rows are lines of claims.
        let has_lines = self.plan.claim != 0;
        for ((row, is_known), status) in (start..).zip(known).zip(status) {
            let cause = self.causes.of_status(u16::from_le_bytes(*status)).unwrap_or(SETTLED);
            if *is_known && (has_lines || self.causes.is_of_the_row(cause)) {
                work.set(row, cause);
            }
        }
        for shared in &mut self.shared {
            let input = at(shared.shared.input);
            let layout = self.schema.inputs.get(input).map_or(fen_schema::Layout::I128, |column| column.layout);
            let slots = self.slots.get(at(shared.shared.grain)).map_or(&[][..], Vec::as_slice);
            for ((row, is_known), slot) in (start..).zip(known).zip(slots) {
                if *is_known && *slot != NONE && !self.causes.is_of_the_row(work.status(row)) {
                    let bytes = work.cells(input).and_then(|cells| cells.bytes(row, 1)).unwrap_or_default();
                    shared.note(*slot, cell(bytes, layout));
                }
            }
        }
        if has_lines {
            self.reject_claims(work, start, end, |status| status != SETTLED);
        }
        Ok(())
    }

    /// Every row with a record of its own that is thrown away: only what is wrong with the row itself is asked for.
    fn write_scratch(&mut self, known: &[bool]) -> Result<(), StreamError> {
        let Some(phase) = self.phases.first_mut() else { return Ok(()) };
        let Some(records) = &mut phase.records else { return Ok(()) };
        for table in 0..records.tables.len() {
            records.clear_scratch(table, &mut self.kernel)?;
            let Some(table) = records.tables.get(table) else { continue };
            self.kernel.fill(table.column, |cells| {
                for known in known {
                    let place = if *known { records.scratch_place(table) } else { -1 };
                    cells.extend_from_slice(&place.to_le_bytes());
                }
            })?;
        }
        Ok(())
    }

    /// Rejects rows of groups that contradict each other, and of claims that have a rejected row.
    pub(crate) fn apply(&mut self, pass: &Pass, work: &mut Work<'_>, start: usize, end: usize) {
        for row in start..end {
            let status = work.status(row);
            if status != SETTLED && self.causes.is_of_the_row(status) {
                continue;
            }
            let slot = |slots: &[Vec<u32>], grain: u32| {
                slots.get(at(grain)).and_then(|slots| slots.get(row - start)).copied().unwrap_or(NONE)
            };
            let differs = self.shared.iter().find(|shared| {
                let slot = slot(&self.slots, shared.shared.grain);
                shared.differs.get(at(slot)).copied().unwrap_or(false)
            });
            if let Some(shared) = differs {
                let cause = self.causes.of_input(at(shared.shared.input), RejectCode::Differs);
                work.set(row, cause);
            } else if status == SETTLED && pass.step != Step::Spread && self.plan.claim != 0 {
                let grain = self.grains.get(at(self.plan.claim));
                let is_rejected = grain.and_then(|grain| grain.is_rejected.get(at(slot(&self.slots, self.plan.claim))));
                if is_rejected == Some(&true) {
                    let key = self.plan.grains.get(at(self.plan.claim)).and_then(|grain| grain.keys.first());
                    let cause = self.causes.of_input(key.map_or(0, |key| at(*key)), RejectCode::ClaimRejected);
                    work.set(row, cause);
                }
            }
        }
        if pass.step == Step::Spread {
            self.reject_claims(work, start, end, |status| status != SETTLED);
        }
    }

    fn reject_claims(&mut self, work: &Work<'_>, start: usize, end: usize, is_rejected: fn(u16) -> bool) {
        let claim = at(self.plan.claim);
        let (Some(grain), Some(slots)) = (self.grains.get_mut(claim), self.slots.get(claim)) else { return };
        grain.is_rejected.resize(grain.groups.len(), false);
        for (row, slot) in (start..end).zip(slots) {
            if is_rejected(work.status(row))
                && let Some(flag) = grain.is_rejected.get_mut(at(*slot))
            {
                *flag = true;
            }
        }
    }
}
