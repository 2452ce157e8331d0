//! Phases of grains that are coarser than rows, run over their groups.

use fen_schema::Phase;

use super::causes::{SETTLED, TAKEN_BACK};
use super::cells::cell;
use super::claims::Known;
use super::engine::{Engine, Instances};
use super::error::StreamError;
use super::groups::NONE;
use super::missing::pass_on;
use super::places::Held;
use super::schedule::at;
use super::watch::First;
use crate::error::SettleError;

impl Engine {
    /// Runs a phase over all groups of its grain that have a settled row.
    pub(crate) fn run_phase(&mut self, place: usize, phase: &Phase) -> Result<(), StreamError> {
        let grain = at(phase.grain);
        let Some(of) = self.grains.get(grain) else { return Ok(()) };
        let count = of.groups.len();
        let slots: Vec<u32> = (0..).zip(&of.is_settled).filter(|(_, is)| **is).map(|(slot, _)| slot).collect();
        if let Some(cells) = self.phases.get_mut(place) {
            cells.outputs.iter_mut().for_each(|cells| cells.grow(count));
        }
        let reversals = self.lines.as_ref().filter(|_| phase.grain == self.plan.claim);
        let reversals = reversals.map_or_else(Vec::new, |lines| lines.reversals.clone());
        let mut left = slots.as_slice();
        for taking in reversals {
            let (before, after) = left.split_at(left.partition_point(|slot| *slot < taking.before));
            self.run_pieces(place, phase, before)?;
            self.take_back_claim(place, taking.of)?;
            left = after;
        }
        self.run_pieces(place, phase, left)
    }

    /// Groups between which no claim is taken back, as many at once as can go through a phase together.
    fn run_pieces(&mut self, place: usize, phase: &Phase, slots: &[u32]) -> Result<(), StreamError> {
        let grain = at(phase.grain);
        let capacity = at(self.schema.batch.capacity);
        // One that counts in some cells of its record until it is taken back, and never in others, goes alone.
        let is_apart = if self.mixes(place) { self.taken_back(grain, slots) } else { Vec::new() };
        let is_apart = |at: usize| is_apart.get(at) == Some(&true);
        let mut start = 0;
        for end in 1..=slots.len() {
            if end < slots.len() && !is_apart(end) && !is_apart(end - 1) {
                continue;
            }
            let piece = slots.get(start..end).unwrap_or_default();
            for slots in self.cut_at_watched(grain, piece).into_iter().flat_map(|slots| slots.chunks(capacity)) {
                self.run_some(place, phase, slots)?;
            }
            start = end;
        }
        Ok(())
    }

    /// Makes the records of claims as if one had not been.
    fn take_back_claim(&mut self, place: usize, id: i32) -> Result<(), StreamError> {
        let Some(phase) = self.phases.get_mut(place) else { return Ok(()) };
        let Some(claims) = &mut phase.claims else { return Ok(()) };
        match claims.known(id) {
            Known::Claim(claim) => claims.take_back(claim, phase.records.as_ref(), &mut self.kernel),
            _ => Ok(()),
        }
    }

    fn run_some(&mut self, place: usize, phase: &Phase, slots: &[u32]) -> Result<(), StreamError> {
        let grain = at(phase.grain);
        let instances = Instances::Groups(slots);
        let taken_back = self.taken_back(grain, slots);
        let is_any_taken_back = taken_back.contains(&true);
        let mut buffer = Vec::new();
        let mut missing = Vec::new();
        for input in &phase.inputs {
            let mut lacking = self.missing(input.source, grain, &instances);
            if is_any_taken_back && self.pooled.source(&self.plan, input.source) {
                let lacking = lacking.get_or_insert_with(|| vec![SETTLED; slots.len()]);
                let taken_back = lacking.iter_mut().zip(&taken_back).filter(|(_, is)| **is);
                taken_back.for_each(|(cause, _)| *cause = TAKEN_BACK);
            }
            self.gather_for(input.source, &input.column, (grain, &instances), &lacking, &mut buffer);
            self.kernel.write_at(input.column.offset.into(), &buffer)?;
            missing.push(lacking);
        }
        self.write_group_places(place, grain, &instances, &taken_back)?;
        let held =
            if taken_back.first() == Some(&true) { self.hold_late_of(place, grain, slots)? } else { Held::new() };
        let lead = First::Group(grain, slots.first().copied().unwrap_or(NONE));
        let is_seen = self.is_watched(lead);
        if is_seen {
            self.see(place, phase, lead)?;
        }
        let answer = self.kernel.call(place, slots.len())?;
        self.put_back(place, held)?;
        let status = self.kernel.column(phase.status.offset, slots.len(), 2)?.as_chunks::<2>().0;
        if status.iter().filter(|status| **status != [0, 0]).count() != answer {
            return Err(SettleError::Module("it miscounts the rows it rejects".into()).into());
        }
        // What is said of a claim that is taken back, where that is in nothing, is nothing.
        let status =
            status.iter().zip(&taken_back).map(|(status, is)| if *is { 0 } else { u16::from_le_bytes(*status) });
        let statuses: Vec<u16> = status.collect();
        let counts = |row: usize| statuses.get(row) == Some(&0) && taken_back.get(row) == Some(&false);
        let mut missing = self.missing_outputs(place, phase, &missing, &instances, counts)?;
        // This is not expected; but if it is so, the group has no outputs.
        for (row, status) in statuses.iter().copied().enumerate().filter(|(_, status)| *status != 0) {
            let unknown = || SettleError::Module(format!("it gave the unknown status {status}"));
            let cause = self.causes.of_status(status).ok_or_else(unknown)?;
            for missing in &mut missing {
                let missing = missing.get_or_insert_with(|| vec![SETTLED; slots.len()]);
                missing.get_mut(row).into_iter().for_each(|slot| *slot = cause);
            }
        }
        if is_seen {
            self.see_missing(place, &missing, lead, taken_back.first() == Some(&true));
        }
        if let Some(cells) = self.phases.get_mut(place) {
            for (column, cells) in phase.outputs.iter().zip(&mut cells.outputs) {
                cells.scatter(self.kernel.column(column.offset, slots.len(), column.layout.bytes())?, slots);
            }
            for (missing, known) in missing.iter().zip(&mut cells.missing) {
                pass_on(missing, slots, known);
            }
        }
        for place_of_total in 0..self.plan.totals.len() {
            let Some(total) = self.plan.totals.get(place_of_total).filter(|total| at(total.phase) == place) else {
                continue;
            };
            let mut groups = self.places_in(at(total.grain), grain, &Instances::Groups(slots)).into_owned();
            if !self.pooled.is_within(at(total.grain)) {
                let taken_back = groups.iter_mut().zip(&taken_back).filter(|(_, is)| **is);
                taken_back.for_each(|(group, _)| *group = NONE);
            }
            if let (Some(column), Some(cells)) =
                (phase.outputs.get(at(total.output)), self.totals.get_mut(place_of_total))
            {
                cells.reserve(self.grains.get(at(total.grain)).map_or(0, |grain| grain.groups.len()));
                let bytes = self.kernel.column(column.offset, slots.len(), column.layout.bytes())?;
                cells.add(column, bytes, &groups)?;
                pass_on(missing.get(at(total.output)).unwrap_or(&None), &groups, &mut cells.missing);
            }
        }
        self.log_groups(place, phase, slots, &taken_back)
    }

    /// Takes note of what claims of several lines added to running values.
    fn log_groups(
        &mut self,
        place: usize,
        phase: &Phase,
        slots: &[u32],
        taken_back: &[bool],
    ) -> Result<(), StreamError> {
        let Some(lines) = self.lines.as_ref().filter(|_| phase.grain == self.plan.claim) else { return Ok(()) };
        let instances = Instances::Groups(slots);
        let tables = self.phases.get(place).and_then(|phase| phase.records.as_ref()).map(|records| &records.tables);
        let tables = tables.into_iter().flatten().map(|table| self.places_in(table.grain, at(phase.grain), &instances));
        let records: Vec<Vec<u32>> = tables.map(std::borrow::Cow::into_owned).collect();
        let Some(claims) = self.phases.get_mut(place).and_then(|phase| phase.claims.as_mut()) else { return Ok(()) };
        for (slot, taken_back) in slots.iter().zip(taken_back) {
            claims.settle(lines.id(*slot), u64::from(*slot), *taken_back)?;
        }
        for (log, records) in claims.tables.iter_mut().zip(records) {
            records.into_iter().for_each(|record| log.push(record));
            for added in &mut log.added {
                let Some(column) = phase.outputs.get(added.output) else { continue };
                let bytes = self.kernel.column(column.offset, slots.len(), column.layout.bytes())?;
                let size = at(column.layout.bytes());
                bytes.chunks(size).for_each(|bytes| added.values.push(cell(bytes, column.layout)));
            }
        }
        Ok(())
    }

    fn write_group_places(
        &mut self,
        place: usize,
        grain: usize,
        instances: &Instances<'_>,
        taken_back: &[bool],
    ) -> Result<(), StreamError> {
        let count =
            self.phases.get(place).and_then(|phase| phase.records.as_ref()).map_or(0, |records| records.tables.len());
        for table in 0..count {
            let of = self.phases.get(place).and_then(|phase| phase.records.as_ref()?.tables.get(table));
            let Some((of, is_late)) = of.map(|table| (table.grain, table.is_all_late())) else { continue };
            let slots = self.places_in(of, grain, instances).into_owned();
            let groups = self.grains.get(of).map_or(0, |grain| grain.groups.len());
            let Some(records) = self.phases.get_mut(place).and_then(|phase| phase.records.as_mut()) else { continue };
            records.reserve(table, groups, &mut self.kernel)?;
            if is_late && taken_back.contains(&true) {
                records.clear_scratch(table, &mut self.kernel)?;
            }
            let Some(table) = records.tables.get(table) else { continue };
            self.kernel.fill(table.column, |cells| {
                for (slot, is_taken_back) in slots.iter().zip(taken_back) {
                    let is_apart = is_late && *is_taken_back;
                    let place = if is_apart { records.scratch_place(table) } else { records.place(table, *slot) };
                    cells.extend_from_slice(&place.to_le_bytes());
                }
            })?;
        }
        Ok(())
    }
}
