//! What inputs take from other rows.

use num_rational::BigRational;
use num_traits::{One, Zero};

use super::{Evaluation, Standing};
use crate::check::program::Function;
use crate::exact;
use crate::ids::{GrainId, LinkId, SplitId, ValueId};
use crate::interpret::truth;

impl Evaluation<'_> {
    /// Whether a row counts in totals, splits and links to later claims: it is settled and never taken back. A row that
    /// takes another one back counts nowhere.
    pub(super) fn counts_at_all(&self, row: usize) -> bool {
        self.rows.get(row).is_some_and(|row| row.standing == Standing::Settled && row.taken_back_by.is_none())
    }

    /// Whether a row counts in the groups of a grain. The lines of a claim that is taken back still make up the claim.
    pub(super) fn counts_within(&self, grain: GrainId, row: usize) -> bool {
        let is_settled = self.rows.get(row).is_some_and(|row| row.standing == Standing::Settled);
        is_settled && (self.program.is_within_claim(grain) || self.counts_at_all(row))
    }

    /// Whether an earlier row counts for another one: until it is taken back. What is pooled is not computed for claims that
    /// are ever taken back.
    fn counts_for(&self, row: usize, later: usize, is_pooled: bool) -> bool {
        let Some(row) = self.rows.get(row) else { return false };
        let is_there = row.taken_back_by.is_none_or(|by| !is_pooled && by > later);
        row.standing == Standing::Settled && is_there
    }

    /// Whether a row is the one at which the instance it belongs to is computed.
    pub(super) fn is_instance(&self, grain: GrainId, row: usize) -> bool {
        self.groups.first(grain, row) == row
    }

    /// The instances of `over` before that of a row, in the same group.
    pub(super) fn earlier(&self, over: GrainId, grain: GrainId, row: usize, is_pooled: bool) -> Vec<usize> {
        let members = self.groups.members(grain, row).iter().copied();
        let before = members.take_while(|other| *other < row);
        before.filter(|other| self.is_instance(over, *other) && self.counts_for(*other, row, is_pooled)).collect()
    }

    /// The instances of `over` in the group that a row belongs to, in the order of the stream.
    pub(super) fn instances(&self, over: GrainId, grain: GrainId, row: usize) -> Vec<usize> {
        let members = self.groups.members(grain, row).iter().copied();
        members.filter(|other| self.counts_within(grain, *other) && self.is_instance(over, *other)).collect()
    }

    /// What a function makes of a value at several rows; `None` if there is nothing to make something of.
    pub(super) fn aggregate(
        &mut self,
        function: Function,
        value: ValueId,
        when: Option<ValueId>,
        rows: &[usize],
    ) -> Result<Option<BigRational>, SplitId> {
        let mut found = Vec::new();
        let mut broken: Option<SplitId> = None;
        for row in rows {
            let condition = when.map_or_else(|| Ok(Ok(BigRational::one())), |when| self.value(when, *row));
            let value = match function {
                Function::Count => Ok(Ok(BigRational::one())),
                _ => self.value(value, *row),
            };
            let splits = [condition.as_ref().err(), value.as_ref().err(), broken.as_ref()];
            broken = splits.into_iter().flatten().min().copied();
            if let (Ok(Ok(condition)), Ok(Ok(value))) = (condition, value)
                && !condition.is_zero()
            {
                found.push(value);
            }
        }
        if let Some(split) = broken {
            return Err(split);
        }
        Ok(match function {
            Function::Sum | Function::Count => {
                Some(found.iter().fold(BigRational::zero(), |sum, one| exact::sum(&sum, one)))
            }
            Function::Max => found.into_iter().max(),
            Function::Min => found.into_iter().min(),
            Function::Last => found.pop(),
        })
    }

    /// Whether a link leads somewhere.
    pub(super) fn linked(&mut self, link: LinkId, row: usize) -> Result<Option<BigRational>, SplitId> {
        Ok(Some(truth(self.target(link, row)?.is_some())))
    }

    /// A value of the claim that a link leads to; `None` if there is none.
    pub(super) fn field(&mut self, link: LinkId, value: ValueId, row: usize) -> Result<Option<BigRational>, SplitId> {
        match self.target(link, row)? {
            Some(target) => Ok(self.value(value, target)?.ok()),
            None => Ok(None),
        }
    }

    /// The claim that a link leads to.
    fn target(&mut self, id: LinkId, row: usize) -> Result<Option<usize>, SplitId> {
        let program = self.program;
        let Some(link) = program.links.get(id.0) else { return Ok(None) };
        let candidates = if link.is_next {
            let mut later = self.instances(program.claim, link.grain, row);
            later.retain(|other| *other > row);
            later
        } else {
            let mut earlier = self.earlier(program.claim, link.grain, row, self.reads.is_link_pooled(id));
            earlier.reverse();
            earlier
        };
        for candidate in candidates {
            let Some(when) = link.when else { return Ok(Some(candidate)) };
            if self.value(when, candidate)?.is_ok_and(|holds| !holds.is_zero()) {
                return Ok(Some(candidate));
            }
        }
        Ok(None)
    }
}
