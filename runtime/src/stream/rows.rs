//! One pass over the rows: batches come in, segments of them go through a phase.

use std::sync::Arc;

use arrow_array::RecordBatch;
use fen_schema::{Column, RejectCode, Reversal, Source};

use super::causes::{DUPLICATE, REVERSAL, SETTLED, TAKEN_BACK};
use super::claims::Known;
use super::columns::{self, Columns};
use super::engine::{Engine, Instances};
use super::error::StreamError;
use super::groups::NONE;
use super::missing::{Missing, adapt};
use super::schedule::{Pass, Step, at, dated_by};
use crate::error::SettleError;
use crate::inputs::Cells;
use crate::outputs::OutputBuffer;
use crate::settlement::Settlement;

/// A batch on its way.
pub(crate) struct Work<'b> {
    pub(crate) columns: Columns<'b>,
    /// By row: what became of it so far; see [`super::causes`].
    pub(crate) status: Vec<u16>,
    /// Its first row's number in the stream.
    pub(crate) first: u64,
    pub(crate) outputs: Vec<OutputBuffer>,
    /// By row: why it lacks an output, although it counts.
    pub(crate) lacking: Vec<u16>,
}

impl Work<'_> {
    /// The cells of an input.
    pub(crate) fn cells(&self, input: usize) -> Option<&Cells<'_>> {
        self.columns.cells.get(input).and_then(Option::as_ref)
    }

    /// A cell of 4 bytes: a date, or the number of a text.
    pub(crate) fn number(&self, input: u32, row: usize) -> i32 {
        match self.cells(at(input)) {
            Some(Cells::I32(cells)) => cells.get(row).copied().unwrap_or(i32::MIN),
            _ => i32::MIN,
        }
    }

    /// Whether a row takes a claim back.
    pub(crate) fn is_reversal(&self, reversal: Option<Reversal>, row: usize) -> bool {
        reversal.is_some_and(|reversal| self.number(reversal.reverses, row) != i32::MIN)
    }

    pub(crate) fn status(&self, row: usize) -> u16 {
        self.status.get(row).copied().unwrap_or(SETTLED)
    }

    pub(crate) fn set(&mut self, row: usize, status: u16) {
        if let Some(slot) = self.status.get_mut(row) {
            *slot = status;
        }
    }
}

/// A claim that is taken back is in nothing that is pooled: its groups may have none, and what does not need it is computed all
/// the same.
fn mark_taken_back(missing: &mut Missing, is_pooled: bool, status: &[u16]) {
    if is_pooled && status.contains(&TAKEN_BACK) {
        let missing = missing.get_or_insert_with(|| vec![SETTLED; status.len()]);
        missing
            .iter_mut()
            .zip(status)
            .filter(|(_, status)| **status == TAKEN_BACK)
            .for_each(|(cause, _)| *cause = TAKEN_BACK);
    }
}

/// Whether a row with this status is given to a phase to be settled.
pub(crate) fn is_live(status: u16) -> bool {
    status == SETTLED || status == TAKEN_BACK
}

impl Engine {
    /// A batch of rows of the pass at hand.
    pub(crate) fn settle(&mut self, batch: &RecordBatch) -> Result<Settlement, StreamError> {
        let pass = self.passes.get(self.pass).ok_or(StreamError::Passes)?.clone();
        let rows = batch.num_rows();
        let count = u64::try_from(rows).unwrap_or(u64::MAX);
        if self.all_rows.is_some_and(|all| self.rows.saturating_add(count) > all) {
            return Err(StreamError::OtherRows);
        }
        let schema = Arc::clone(&self.schema);
        let arrays = columns::arrays(batch, &schema.inputs, &pass.inputs)?;
        let again_from = (self.pass > 0).then_some(usize::try_from(self.rows).unwrap_or(usize::MAX));
        let (texts, kept) = (&mut self.texts, &mut self.kept);
        let known = columns::Known { texts, stable: &self.facts.stable, kept, again_from };
        let columns = columns::read(&arrays, &schema.inputs, known)?;
        let returned: &[Column] = if pass.is_last { &schema.outputs } else { &[] };
        let outputs = returned.iter().map(|column| OutputBuffer::new(column.layout, rows)).collect();
        let status = self.known_status(rows)?;
        let (lacking, first) = (vec![SETTLED; if pass.is_last { rows } else { 0 }], self.rows);
        let mut work = Work { columns, status, first, outputs, lacking };
        if self.pass == 0 {
            self.note_faults(&mut work);
        }
        let capacity = at(schema.batch.capacity);
        let mut start = 0;
        while start < rows {
            let mut end = self.stop_at_watched(&work, start, rows.min(start + capacity));
            if let Some(reversal) = self.plan.reversal.filter(|_| pass.step.settles() && self.lines.is_none()) {
                if work.is_reversal(Some(reversal), start) {
                    self.take_back(&pass, reversal, &mut work, start)?;
                    self.skip_links(&pass);
                    start += 1;
                    continue;
                }
                end = self.expect_claims(&pass, reversal, &mut work, start, end);
            }
            self.segment(&pass, &mut work, start, end)?;
            start = end;
        }
        self.keep_status(&work);
        self.rows += count;
        self.settlement(&pass, work, rows)
    }

    /// A row that no phase is run for has its place among the rows that links lead to.
    fn skip_links(&mut self, pass: &Pass) {
        let Step::Run(phase) = pass.step else { return };
        let links = self.plan.links.iter().zip(&mut self.links);
        links.filter(|(link, _)| at(link.phase) == phase).for_each(|(_, cells)| cells.skip());
    }

    /// What became of the rows of a batch in earlier passes.
    fn known_status(&self, rows: usize) -> Result<Vec<u16>, StreamError> {
        if self.pass == 0 {
            return Ok(vec![SETTLED; rows]);
        }
        let first = usize::try_from(self.rows).unwrap_or(usize::MAX);
        let status = self.status.get(first..first.saturating_add(rows));
        status.map(<[u16]>::to_vec).ok_or(StreamError::OtherRows)
    }

    fn keep_status(&mut self, work: &Work<'_>) {
        if self.pass == 0 && self.passes.len() > 1 {
            self.status.extend_from_slice(&work.status);
        } else if self.pass > 0 {
            let first = usize::try_from(self.rows).unwrap_or(usize::MAX);
            let kept = self.status.get_mut(first..).unwrap_or_default();
            kept.iter_mut().zip(&work.status).for_each(|(slot, status)| *slot = *status);
        }
    }

    /// Rows with cells that cannot be read. Of a row that takes a claim back only two are read.
    fn note_faults(&mut self, work: &mut Work<'_>) {
        let reversal = self.plan.reversal;
        for fault in std::mem::take(&mut work.columns.faults) {
            let is_read = !work.is_reversal(reversal, fault.row)
                || reversal.is_some_and(|reversal| at(reversal.claim) == fault.input);
            if is_read && work.status(fault.row) == SETTLED {
                let cause = self.causes.of_input(fault.input, fault.code);
                work.set(fault.row, cause);
            }
            work.columns.faults.push(fault);
        }
    }

    /// Some rows, as many as a phase takes at once.
    fn segment(&mut self, pass: &Pass, work: &mut Work<'_>, start: usize, end: usize) -> Result<(), StreamError> {
        // In the passes that look for contradictions, rows count that are good by themselves, even if a table lacks them.
        let looks = pass.applies || matches!(pass.step, Step::Inspect | Step::Spread);
        let reversal = self.plan.reversal;
        let known: Vec<bool> = (start..end)
            .map(|row| match work.status(row) {
                status if is_live(status) => !looks || !work.is_reversal(reversal, row),
                status => looks && status != REVERSAL && !self.causes.is_of_the_row(status),
            })
            .collect();
        for (grain, _) in pass.grains.iter().enumerate().filter(|(_, is_needed)| **is_needed) {
            if pass.step == Step::Inspect && grain == at(self.plan.claim) {
                let known = self.rows_of_claims(work, start, end);
                self.find_slots(grain, work, start, &known);
            } else {
                self.find_slots(grain, work, start, &known);
            }
        }
        self.note_slots(work, start);
        if pass.applies {
            self.apply(pass, work, start, end);
        }
        match (pass.step, self.plan.reversal.filter(|_| self.lines.is_some())) {
            (Step::Admit, Some(reversal)) => return self.admit_lines(reversal, work, start, end),
            _ if pass.is_first_run => self.mark_lines(work, start, end),
            _ => {}
        }
        match pass.step {
            Step::Inspect => self.inspect(work, &known, start, end),
            Step::Spread => Ok(()),
            Step::Admit => self.run_rows(pass, 0, work, start, end),
            Step::Run(phase) | Step::Give(phase) => self.run_rows(pass, phase, work, start, end),
        }
    }

    /// The groups of some rows in a grain.
    fn find_slots(&mut self, grain: usize, work: &Work<'_>, start: usize, known: &[bool]) {
        let (Some(of), Some(slots)) = (self.grains.get_mut(grain), self.slots.get_mut(grain)) else { return };
        let keys = self.plan.grains.get(grain).map_or(&[][..], |grain| &grain.keys);
        let keys: Vec<&Cells<'_>> = keys.iter().filter_map(|key| work.cells(at(*key))).collect();
        let mut periods = Vec::new();
        let dates = dated_by(&self.schema).and_then(|date| work.cells(date));
        if let (Some(of), Some(Cells::I32(days))) = (&of.periods, dates) {
            periods.extend(days.iter().skip(start).take(known.len()).map(|day| of.number(*day)));
        }
        of.groups.find(&keys, &periods, start, known, slots);
    }

    /// Runs a phase over some rows, and adds up what it says if the pass is for that.
    fn run_rows(
        &mut self,
        pass: &Pass,
        phase: usize,
        work: &mut Work<'_>,
        start: usize,
        end: usize,
    ) -> Result<(), StreamError> {
        let count = end - start;
        let adds_up = matches!(pass.step, Step::Run(_));
        let plan = self.plan.phases.get(phase).cloned();
        let plan = plan.ok_or(StreamError::Passes)?;
        let first = work.first + u64::try_from(start).unwrap_or(0);
        let instances = Instances::Rows { first, count: u64::try_from(count).unwrap_or(0) };
        let missing = self.write_rows(&plan, work, &instances, start, end)?;
        self.write_places(phase, work, start, end)?;
        let held = self.hold_late(phase, work, start)?;
        let row = work.numbered(start);
        let is_seen = pass.step != Step::Admit && self.is_watched(row);
        if is_seen {
            self.see(phase, &plan, row)?;
        }
        let rejected = self.kernel.call(phase, count)?;
        self.put_back(phase, held)?;
        self.read_status(phase, &plan, work, rejected, (start, end))?;
        let counts = |row: usize| work.status(start + row) == SETTLED;
        let missing = self.missing_outputs(phase, &plan, &missing, &instances, counts)?;
        if is_seen {
            self.see_missing(phase, &missing, row, work.status(start) == TAKEN_BACK);
        }
        if pass.is_first_run || pass.step == Step::Admit {
            self.check_order(work, start, end)?;
        }
        if pass.is_last {
            self.give_outputs(phase, &plan, work, (&instances, &missing), start)?;
        }
        self.log_claims(phase, pass, work, start, end)?;
        if adds_up {
            if pass.is_first_run {
                self.note_groups(work, start);
            }
            let status = work.status.get(start..end).unwrap_or_default();
            self.leave_out(status);
            self.add_up_rows(phase, &plan, &missing, status)?;
        }
        Ok(())
    }

    /// Writes the columns of a phase; why inputs have no value, by input.
    pub(crate) fn write_rows(
        &mut self,
        plan: &fen_schema::Phase,
        work: &Work<'_>,
        instances: &Instances<'_>,
        start: usize,
        end: usize,
    ) -> Result<Vec<Missing>, StreamError> {
        let mut buffer = Vec::new();
        let mut all = Vec::new();
        for input in &plan.inputs {
            let column = &input.column;
            let offset = u64::from(column.offset);
            let mut missing = self.missing(input.source, 0, instances);
            let is_pooled = self.pooled.source(&self.plan, input.source);
            mark_taken_back(&mut missing, is_pooled, work.status.get(start..end).unwrap_or_default());
            if let Source::Input { input } = input.source {
                let bytes = work.cells(at(input)).and_then(|cells| cells.bytes(start, end - start));
                let bytes = bytes.unwrap_or_default();
                let layout = self.schema.inputs.get(at(input)).map_or(column.layout, |of| of.layout);
                if layout == column.layout {
                    self.kernel.write_at(offset, bytes)?;
                } else {
                    buffer.clear();
                    buffer.extend_from_slice(bytes);
                    adapt(&mut buffer, layout, column, &None);
                    self.kernel.write_at(offset, &buffer)?;
                }
            } else {
                self.gather_for(input.source, column, (0, instances), &missing, &mut buffer);
                self.kernel.write_at(offset, &buffer)?;
            }
            all.push(missing);
        }
        Ok(all)
    }

    /// What the phase said of each row.
    pub(crate) fn read_status(
        &mut self,
        phase: usize,
        plan: &fen_schema::Phase,
        work: &mut Work<'_>,
        rejected: usize,
        (start, end): (usize, usize),
    ) -> Result<(), StreamError> {
        let status = self.kernel.column(plan.status.offset, end - start, 2)?.as_chunks::<2>().0;
        if status.iter().filter(|status| **status != [0, 0]).count() != rejected {
            return Err(SettleError::Module("it miscounts the rows it rejects".into()).into());
        }
        let has_duplicates = work.status.get(start..end).unwrap_or_default().contains(&DUPLICATE);
        if rejected == 0 && !has_duplicates {
            return Ok(());
        }
        for (row, status) in (start..).zip(status) {
            let status = u16::from_le_bytes(*status);
            if work.status(row) == DUPLICATE {
                let own = self.causes.of_status(status).filter(|cause| self.causes.is_of_the_row(*cause));
                let claim = self.plan.reversal.map_or(0, |reversal| at(reversal.claim));
                let cause = own.unwrap_or_else(|| self.causes.of_input(claim, RejectCode::DuplicateClaim));
                work.set(row, cause);
            } else if status != 0 && is_live(work.status(row)) {
                // What later phases say of a claim that is taken back is nothing: it is in no total.
                if phase > 0 && work.status(row) == TAKEN_BACK {
                    continue;
                }
                let cause = self.causes.of_status(status);
                let unknown = || SettleError::Module(format!("it gave the unknown status {status}"));
                work.set(row, cause.ok_or_else(unknown)?);
            }
        }
        Ok(())
    }

    /// Takes the rows out of their groups that do not count. The lines of a claim that is taken back still make up the claim.
    fn leave_out(&mut self, status: &[u16]) {
        if status.iter().all(|status| *status == SETTLED) {
            return;
        }
        for (grain, slots) in self.slots.iter_mut().enumerate() {
            let is_within = self.pooled.is_within(grain);
            for (slot, status) in slots.iter_mut().zip(status) {
                if *status != SETTLED && !(is_within && *status == TAKEN_BACK) {
                    *slot = NONE;
                }
            }
        }
    }

    /// Rows that can be read stand in the order of their dates, also those that are rejected for other reasons.
    fn check_order(&mut self, work: &Work<'_>, start: usize, end: usize) -> Result<(), StreamError> {
        let Some(input) = self.plan.ordered_by else { return Ok(()) };
        let reversal = self.plan.reversal;
        let is_of_a_claim =
            |row: &usize| !self.causes.is_of_the_row(work.status(*row)) && !work.is_reversal(reversal, *row);
        for row in (start..end).filter(is_of_a_claim) {
            let date = i128::from(work.number(input, row));
            if self.latest.is_some_and(|latest| date < latest) {
                let column = self.schema.inputs.get(at(input)).map(|column| column.name.clone()).unwrap_or_default();
                return Err(StreamError::OutOfOrder { row: work.first + u64::try_from(row).unwrap_or(0), column });
            }
            self.latest = Some(date);
        }
        Ok(())
    }

    /// How far rows can go through the phase at once: no claim's id twice, and no row that takes one back.
    fn expect_claims(
        &mut self,
        pass: &Pass,
        reversal: Reversal,
        work: &mut Work<'_>,
        start: usize,
        end: usize,
    ) -> usize {
        let phase = pass.step.phase().unwrap_or(0);
        let mixes = self.mixes(phase);
        let Some(claims) = self.phases.get_mut(phase).and_then(|phase| phase.claims.as_mut()) else { return end };
        for row in start..end {
            if work.is_reversal(Some(reversal), row) {
                return row;
            }
            if !is_live(work.status(row)) {
                continue;
            }
            let is_apart = mixes && work.status(row) == TAKEN_BACK;
            if is_apart && row > start {
                return row;
            }
            let id = work.number(reversal.claim, row);
            match claims.known(id) {
                Known::No => claims.expect(id),
                Known::Pending => return row,
                Known::Claim(_) | Known::Reversal => work.set(row, DUPLICATE),
            }
            if is_apart {
                return row + 1;
            }
        }
        end
    }
}
