//! Claims of several lines that can be taken back: which are settled, which are taken back where, and what each was given.

use fen_schema::{Column, RejectCode, Reversal};

use super::causes::{REVERSAL, SETTLED, TAKEN_BACK};
use super::claims::{Claims, Known};
use super::engine::{Engine, Instances};
use super::error::StreamError;
use super::groups::NONE;
use super::rows::Work;
use super::schedule::at;

/// The claims of a policy whose rows are lines.
pub(crate) struct LineClaims {
    /// Claims of this stream and of earlier ones, with the results of the earlier ones.
    pub(crate) known: Claims,
    /// By claim: its group; none for those of earlier streams.
    slots: Vec<u32>,
    /// By group.
    groups: Vec<OfGroup>,
    /// Rows that take a claim back, in the order of the stream.
    pub(crate) reversals: Vec<Taking>,
    /// The groups below this have their first line before the row at hand.
    begun: u32,
}

/// What is known of a claim's group.
#[derive(Clone, Copy, Default)]
struct OfGroup {
    /// The number of the claim's id.
    id: i32,
    fate: Fate,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Fate {
    #[default]
    Open,
    Settled,
    TakenBack,
    /// Its id is that of an earlier claim.
    Duplicate,
}

/// A row that takes a claim back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taking {
    /// The groups of claims below this begin before it.
    pub(crate) before: u32,
    /// The number of its own id.
    id: i32,
    /// That of the claim.
    pub(crate) of: i32,
}

/// One line in the results of claims.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    /// The number of the id.
    pub(crate) id: i32,
    /// Place of the claim among [`LineClaims::known`].
    claim: usize,
    is_reversal: bool,
}

impl LineClaims {
    /// None yet; `results` are the columns that claims are given.
    pub(crate) fn new(results: &[Column]) -> Self {
        let known = Claims::new(None, &[], results);
        Self { known, slots: Vec::new(), groups: Vec::new(), reversals: Vec::new(), begun: 0 }
    }

    /// The id of the claim that a group is, as it was admitted.
    pub(crate) fn id(&self, slot: u32) -> i32 {
        self.groups.get(at(slot)).map_or(i32::MIN, |group| group.id)
    }

    fn fate(&self, slot: u32) -> Fate {
        self.groups.get(at(slot)).map_or(Fate::Open, |group| group.fate)
    }

    fn set(&mut self, slot: u32, fate: Fate) {
        self.groups.get_mut(at(slot)).into_iter().for_each(|group| group.fate = fate);
    }

    /// The first line of a claim.
    fn begin(&mut self, slot: u32, id: i32, row: u64) -> Result<(), StreamError> {
        if at(slot) >= self.groups.len() {
            self.groups.resize(at(slot) + 1, OfGroup::default());
        }
        let is_new = self.known.known(id) == Known::No;
        let fate = if is_new { Fate::Settled } else { Fate::Duplicate };
        self.groups.get_mut(at(slot)).into_iter().for_each(|group| *group = OfGroup { id, fate });
        if is_new {
            self.known.settle(id, row, false)?;
            // Claims of earlier streams are there already.
            self.slots.resize(self.known.ids.len() - 1, NONE);
            self.slots.push(slot);
        }
        self.begun = self.begun.max(slot.saturating_add(1));
        Ok(())
    }

    /// A row takes a claim back, or cannot.
    fn reverse(&mut self, id: i32, of: i32) -> Result<(), (bool, RejectCode)> {
        if self.known.known(id) != Known::No {
            return Err((true, RejectCode::DuplicateClaim));
        }
        let Known::Claim(claim) = self.known.known(of) else { return Err((false, RejectCode::UnknownClaim)) };
        match self.known.is_taken_back.get_mut(claim) {
            Some(is_taken_back) if !*is_taken_back => *is_taken_back = true,
            _ => return Err((false, RejectCode::AlreadyReversed)),
        }
        if let Some(slot) = self.slots.get(claim).copied() {
            self.set(slot, Fate::TakenBack);
        }
        self.known.reverse(id);
        self.reversals.push(Taking { before: self.begun, id, of });
        Ok(())
    }

    /// What the results of claims have: claims and what takes them back, in the order of the stream.
    fn entries(&self) -> Vec<Entry> {
        let place = |id: i32| match self.known.known(id) {
            Known::Claim(claim) => Some(claim),
            _ => None,
        };
        let mut entries = Vec::new();
        let mut reversals = self.reversals.iter().peekable();
        for slot in 0..=u32::try_from(self.groups.len()).unwrap_or(NONE) {
            while let Some(taking) = reversals.next_if(|taking| taking.before <= slot) {
                entries.extend(place(taking.of).map(|claim| Entry { id: taking.id, claim, is_reversal: true }));
            }
            if matches!(self.fate(slot), Fate::Settled | Fate::TakenBack) {
                let id = self.id(slot);
                entries.extend(place(id).map(|claim| Entry { id, claim, is_reversal: false }));
            }
        }
        entries
    }
}

impl Engine {
    /// Decides about claims and rows that take claims back, once it is known which lines are rejected for other reasons.
    pub(crate) fn admit_lines(
        &mut self,
        reversal: Reversal,
        work: &mut Work<'_>,
        start: usize,
        end: usize,
    ) -> Result<(), StreamError> {
        let Some(lines) = &mut self.lines else { return Ok(()) };
        let slots = self.slots.get(at(self.plan.claim)).map_or(&[][..], Vec::as_slice);
        for row in (start..end).filter(|row| work.status(*row) == SETTLED).collect::<Vec<_>>() {
            let id = work.number(reversal.claim, row);
            if work.is_reversal(Some(reversal), row) {
                match lines.reverse(id, work.number(reversal.reverses, row)) {
                    Ok(()) => work.set(row, REVERSAL),
                    Err((is_own, code)) => {
                        let input = if is_own { reversal.claim } else { reversal.reverses };
                        work.set(row, self.causes.of_input(at(input), code));
                    }
                }
                continue;
            }
            let slot = slots.get(row - start).copied().unwrap_or(NONE);
            if lines.fate(slot) == Fate::Open {
                lines.begin(slot, id, work.first + u64::try_from(row).unwrap_or(0))?;
            }
            if lines.fate(slot) == Fate::Duplicate {
                work.set(row, self.causes.of_input(at(reversal.claim), RejectCode::DuplicateClaim));
            }
        }
        Ok(())
    }

    /// The lines of claims that are taken back.
    pub(crate) fn mark_lines(&self, work: &mut Work<'_>, start: usize, end: usize) {
        let Some(lines) = self.lines.as_ref().filter(|lines| !lines.reversals.is_empty()) else { return };
        let slots = self.slots.get(at(self.plan.claim)).map_or(&[][..], Vec::as_slice);
        for (row, slot) in (start..end).zip(slots) {
            if work.status(row) == SETTLED && lines.fate(*slot) == Fate::TakenBack {
                work.set(row, TAKEN_BACK);
            }
        }
    }

    /// Which of some groups are those of claims that are taken back.
    pub(crate) fn taken_back(&self, grain: usize, slots: &[u32]) -> Vec<bool> {
        let taken = self.grains.get(grain).map_or(&[][..], |grain| &grain.is_taken_back);
        slots.iter().map(|slot| taken.get(at(*slot)) == Some(&true)).collect()
    }

    /// The columns that claims are given, where rows are lines that can be taken back with their claim.
    pub(crate) fn results_of_claims(&self) -> &[fen_schema::ResultColumn] {
        let results = self.plan.results.iter().find(|results| results.grain == self.plan.claim);
        results.filter(|_| self.lines.is_some()).map_or(&[], |results| &results.outputs)
    }

    /// A result of a claim, by its place among those that are known, and why there is none if an amount could not be divided.
    pub(crate) fn result_of_claim(&self, result: usize, claim: usize) -> (Option<i128>, u16) {
        let (Some(lines), Some(of)) = (&self.lines, self.results_of_claims().get(result)) else {
            return (None, SETTLED);
        };
        // The columns of earlier streams can be empty, whatever the result can be.
        let given = |cell: i128| Some(cell).filter(|cell| *cell != of.column.layout.none());
        let Some(slot) = lines.slots.get(claim).copied().filter(|slot| *slot != NONE) else {
            return (lines.known.outputs.get(result).map(|cells| cells.get(claim)).and_then(given), SETTLED);
        };
        let Some(phase) = self.phases.get(at(of.source.phase)) else { return (None, SETTLED) };
        let grain = self.plan.phases.get(at(of.source.phase)).map_or(0, |phase| at(phase.grain));
        let slots = [slot];
        let instances = Instances::Groups(&slots);
        let place = self.places_in(grain, at(self.plan.claim), &instances).first().copied().unwrap_or(NONE);
        let missing = phase.missing.get(at(of.source.output)).and_then(|missing| missing.get(at(place)));
        match missing.copied().unwrap_or(SETTLED) {
            SETTLED if place != NONE => {
                (phase.outputs.get(at(of.source.output)).map(|cells| cells.get(at(place))).and_then(given), SETTLED)
            }
            cause => (None, cause),
        }
    }

    /// What stands in the results of claims, where they can be taken back.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        self.lines.as_ref().map_or_else(Vec::new, LineClaims::entries)
    }

    /// A cell of it, and why there is none if an amount could not be divided.
    pub(crate) fn entry(&self, result: usize, entry: Entry) -> (Option<i128>, u16) {
        let (Some(lines), Some(of)) = (&self.lines, self.results_of_claims().get(result)) else {
            return (None, SETTLED);
        };
        let (phase, output) = (at(of.source.phase), at(of.source.output));
        let is_taken_back = lines.known.is_taken_back.get(entry.claim) == Some(&true);
        if is_taken_back && self.pooled.output(phase, output) {
            return (None, SETTLED);
        }
        let (cell, cause) = self.result_of_claim(result, entry.claim);
        if entry.is_reversal {
            return (cell.map(|cell| if of.column.ty.is_amount() { -cell } else { cell }), SETTLED);
        }
        (cell, cause)
    }
}
