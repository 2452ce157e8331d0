//! Rows that take a claim back.

use fen_schema::{RejectCode, Reversal};

use super::causes::{REVERSAL, SETTLED, TAKEN_BACK};
use super::cells::cell;
use super::claims::Known;
use super::engine::Engine;
use super::error::StreamError;
use super::groups::NONE;
use super::rows::{Work, is_live};
use super::schedule::{Pass, at};

impl Engine {
    /// A row that takes a claim back: the records are as if it had not been, and the row's outputs are those of the claim,
    /// negated.
    pub(crate) fn take_back(
        &mut self,
        pass: &Pass,
        reversal: Reversal,
        work: &mut Work<'_>,
        row: usize,
    ) -> Result<(), StreamError> {
        let nothing = |engine: &Self, work: &mut Work<'_>| {
            Self::push_outputs(work, engine.schema.outputs.iter().map(|_| 0));
        };
        if !matches!(work.status(row), SETTLED | REVERSAL) {
            nothing(self, work);
            return Ok(());
        }
        let place = pass.step.phase().unwrap_or(0);
        let Some(phase) = self.phases.get_mut(place) else { return Ok(()) };
        let Some(claims) = &mut phase.claims else { return Ok(()) };
        let id = work.number(reversal.claim, row);
        let of = match (claims.known(id), claims.known(work.number(reversal.reverses, row))) {
            (Known::No, Known::Claim(claim)) if claims.is_taken_back.get(claim) == Some(&false) => Ok(claim),
            (Known::No, Known::Claim(_)) => Err((reversal.reverses, RejectCode::AlreadyReversed)),
            (Known::No, _) => Err((reversal.reverses, RejectCode::UnknownClaim)),
            _ => Err((reversal.claim, RejectCode::DuplicateClaim)),
        };
        let claim = match of {
            Ok(claim) => claim,
            Err((input, code)) => {
                let cause = self.causes.of_input(at(input), code);
                work.set(row, cause);
                nothing(self, work);
                return Ok(());
            }
        };
        claims.take_back(claim, phase.records.as_ref(), &mut self.kernel)?;
        claims.reverse(id);
        let outputs = self.schema.outputs.iter().zip(&claims.outputs).map(|(column, cells)| {
            let cell = cells.get(claim);
            let is_given = !(column.optional && cell == column.layout.none());
            if column.ty.is_amount() && is_given { cell.wrapping_neg() } else { cell }
        });
        Self::push_outputs(work, outputs);
        if self.passes.len() > 1 {
            // Later passes know at the claim's row what becomes of it.
            let taken_back = claims.rows.get(claim).copied().unwrap_or(u64::MAX);
            match taken_back.checked_sub(work.first) {
                Some(row) => work.set(usize::try_from(row).unwrap_or(usize::MAX), TAKEN_BACK),
                None => {
                    if let Some(slot) = usize::try_from(taken_back).ok().and_then(|row| self.status.get_mut(row)) {
                        *slot = TAKEN_BACK;
                    }
                }
            }
            work.set(row, REVERSAL);
        }
        Ok(())
    }

    /// Takes note of what the rows at hand were given and added to running values.
    pub(crate) fn log_claims(
        &mut self,
        place: usize,
        pass: &Pass,
        work: &Work<'_>,
        start: usize,
        end: usize,
    ) -> Result<(), StreamError> {
        let (Some(reversal), Some(phase)) = (self.plan.reversal, self.plan.phases.get(place)) else { return Ok(()) };
        let Some(of) = self.phases.get_mut(place) else { return Ok(()) };
        let Some(claims) = &mut of.claims else { return Ok(()) };
        let count = end - start;
        let is_settled = |row: &usize| is_live(work.status(*row));
        for row in start..end {
            let id = work.number(reversal.claim, row);
            if is_settled(&row) {
                let never_counts = work.status(row) == TAKEN_BACK;
                claims.settle(id, work.first + u64::try_from(row).unwrap_or(0), never_counts)?;
            } else if claims.known(id) == Known::Pending {
                claims.forget(id);
            }
        }
        for (table, log) in of.records.iter().flat_map(|records| &records.tables).zip(&mut claims.tables) {
            let slots = self.slots.get(table.grain).map_or(&[][..], Vec::as_slice);
            let slots = (start..end).zip(slots).filter(|(row, _)| is_settled(row)).map(|(_, slot)| *slot);
            slots.for_each(|slot| log.push(slot));
            for added in &mut log.added {
                let Some(column) = phase.outputs.get(added.output) else { continue };
                let bytes = self.kernel.column(column.offset, count, column.layout.bytes())?;
                let size = usize::try_from(column.layout.bytes()).unwrap_or(1);
                for (_, bytes) in (start..end).zip(bytes.chunks(size)).filter(|(row, _)| is_settled(row)) {
                    added.values.push(cell(bytes, column.layout));
                }
            }
        }
        if !pass.is_last {
            return Ok(());
        }
        for (buffer, cells) in work.outputs.iter().zip(&mut claims.outputs) {
            // The rows at hand are the latest in the buffers.
            let first = buffer.len().saturating_sub(count);
            for row in (start..end).filter(is_settled) {
                cells.push(buffer.get(first + row - start));
            }
        }
        Ok(())
    }

    /// Takes note of the groups that the settled rows at hand belong to, and of what those have in common. The lines of a claim
    /// that is taken back still make up the claim.
    pub(crate) fn note_groups(&mut self, work: &Work<'_>, start: usize) {
        for grain in &self.facts.tracked {
            let (Some(of), Some(slots)) = (self.grains.get_mut(*grain), self.slots.get(*grain)) else { continue };
            if of.settled == of.groups.len() {
                continue;
            }
            of.is_settled.resize(of.groups.len(), false);
            let is_within = self.pooled.is_within(*grain);
            for (offset, slot) in slots.iter().enumerate().filter(|(_, slot)| **slot != NONE) {
                let is_taken_back = is_within && work.status(start + offset) == TAKEN_BACK;
                if work.status(start + offset) != SETTLED && !is_taken_back {
                    continue;
                }
                let Some(is_settled) = of.is_settled.get_mut(at(*slot)).filter(|is_settled| !**is_settled) else {
                    continue;
                };
                *is_settled = true;
                of.settled += 1;
                if is_taken_back {
                    of.is_taken_back.resize(of.is_settled.len(), false);
                    of.is_taken_back.get_mut(at(*slot)).into_iter().for_each(|is| *is = true);
                }
                for (input, cells) in &mut of.cells {
                    let layout = self.schema.inputs.get(*input).map_or(fen_schema::Layout::I8, |column| column.layout);
                    let bytes = work.cells(*input).and_then(|cells| cells.bytes(start + offset, 1));
                    cells.set(at(*slot), cell(bytes.unwrap_or_default(), layout));
                }
                for (coarser, ups) in &mut of.ups {
                    let up = self.slots.get(*coarser).and_then(|slots| slots.get(offset)).copied().unwrap_or(NONE);
                    if at(*slot) >= ups.len() {
                        ups.resize(at(*slot) + 1, NONE);
                    }
                    if let Some(place) = ups.get_mut(at(*slot)) {
                        *place = up;
                    }
                }
            }
        }
    }
}
