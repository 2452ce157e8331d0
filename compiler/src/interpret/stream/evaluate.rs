//! Values and inputs at a row.

use std::collections::HashMap;

use num_rational::BigRational;

use super::groups::Groups;
use super::{Evaluation, Overflow, Reads, Rejection, Stream};
use crate::check::program::{Claim, Origin, Program};
use crate::check::types::step_of;
use crate::ids::{GrainId, InputId, SplitId, ValueId};
use crate::interpret::{Evaluated, Settled, UNDEFINED};

/// A value, or the split that could not be made, from which it is computed. Unlike a look-up that fails, such a split counts
/// whatever conditions stand before it.
pub(super) type AtRow = Result<Evaluated, SplitId>;

/// A row and what is known of it by now.
pub(super) struct Row {
    /// Its columns; other inputs are filled in when they are needed.
    pub(super) claim: Claim,
    pub(super) standing: Standing,
    /// The row that takes it back.
    pub(super) taken_back_by: Option<usize>,
    /// What other inputs hold.
    filled: HashMap<InputId, Result<Option<BigRational>, SplitId>>,
    pub(super) values: HashMap<ValueId, Evaluated>,
    broken: HashMap<ValueId, SplitId>,
}

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Its turn has not come.
    Open,
    Rejected(Rejection),
    Settled,
    /// It takes the claim of an earlier row back.
    Reversal {
        of: usize,
    },
}

impl<'a> Evaluation<'a> {
    pub(super) fn new(program: &'a Program, stream: &'a Stream, reads: &'a Reads) -> Self {
        let row = |cells: &Vec<Option<BigRational>>| {
            let mut inputs = cells.clone();
            inputs.resize(program.inputs.len(), None);
            Row {
                claim: Claim { inputs, parameters: stream.parameters.clone() },
                standing: Standing::Open,
                taken_back_by: None,
                filled: HashMap::new(),
                values: HashMap::new(),
                broken: HashMap::new(),
            }
        };
        Self {
            program,
            stream,
            reads,
            groups: Groups::new(program, stream, &[]),
            rows: stream.rows.iter().map(row).collect(),
            parts: HashMap::new(),
            overflow: None,
        }
    }

    /// A value at a row. One of a coarser grain is computed at the first row of the group.
    pub(super) fn value(&mut self, id: ValueId, row: usize) -> AtRow {
        let row = self.home_of_value(id, row);
        if let Some(known) = self.known(id, row) {
            return known;
        }
        let reads = self.reads;
        for id in reads.of(id).map(|read| read.order.as_slice()).unwrap_or_default() {
            if self.known(*id, row).is_none() {
                let home = self.home_of_value(*id, row);
                let result = if home == row { self.compute(*id, row) } else { self.value(*id, home) };
                self.remember(*id, row, result);
            }
        }
        self.known(id, row).unwrap_or(Ok(Err(UNDEFINED)))
    }

    /// Computes a value at a row, where those it is computed from are known.
    fn compute(&mut self, id: ValueId, row: usize) -> AtRow {
        let reads = self.reads;
        let Some(read) = reads.of(id) else { return Ok(Err(UNDEFINED)) };
        let inputs = read.inputs.iter().map(|input| self.input(*input, row).map(|_| ()));
        let mut broken: Option<SplitId> = inputs.filter_map(Result::err).min();
        for part in &read.values {
            if let Some(Err(split)) = self.known(*part, row) {
                broken = Some(broken.map_or(split, |other| other.min(split)));
            }
        }
        if let Some(split) = broken {
            return Err(split);
        }
        let Some(row) = self.rows.get_mut(row) else { return Ok(Err(UNDEFINED)) };
        let values = std::mem::take(&mut row.values);
        let mut settled = Settled { program: self.program, claim: &row.claim, values };
        settled.compute(id);
        row.values = settled.values;
        Ok(row.values.get(&id).cloned().unwrap_or(Err(UNDEFINED)))
    }

    fn known(&self, id: ValueId, row: usize) -> Option<AtRow> {
        let row = self.rows.get(row)?;
        let broken = || row.broken.get(&id).map(|split| Err(*split));
        row.values.get(&id).cloned().map(Ok).or_else(broken)
    }

    fn remember(&mut self, id: ValueId, row: usize, result: AtRow) {
        let Some(row) = self.rows.get_mut(row) else { return };
        match result {
            Ok(value) => row.values.insert(id, value).is_none(),
            Err(split) => row.broken.insert(id, split).is_none(),
        };
    }

    /// What an input holds at a row. What is the same for a whole group is found at its first row.
    pub(super) fn input(&mut self, id: InputId, row: usize) -> Result<Option<BigRational>, SplitId> {
        let Some(state) = self.rows.get(row) else { return Ok(None) };
        let Some(input) = self.program.input(id) else { return Ok(None) };
        if input.origin == Origin::Column {
            return Ok(state.claim.inputs.get(id.0).cloned().flatten());
        }
        if let Some(filled) = state.filled.get(&id) {
            return filled.clone();
        }
        let home = self.groups.first(self.grain_of(&input.origin), row);
        let result = if home == row { self.import(id, row) } else { self.input(id, home) };
        if let Some(state) = self.rows.get_mut(row) {
            state.filled.insert(id, result.clone());
            state.claim.inputs.iter_mut().skip(id.0).take(1).for_each(|cell| *cell = result.clone().ok().flatten());
        }
        result
    }

    /// What an input takes from elsewhere, at the row where it is to be found.
    fn import(&mut self, id: InputId, row: usize) -> Result<Option<BigRational>, SplitId> {
        let program = self.program;
        let Some(input) = program.input(id) else { return Ok(None) };
        let is_late = self.reads.is_input_late(id);
        let result = match input.origin {
            Origin::Column => Ok(None),
            Origin::Running { function, value, when, over, grain } => {
                let earlier = self.earlier(over, grain, row, self.reads.is_input_pooled(id));
                self.aggregate(function, value, when, &earlier)
            }
            Origin::Total { function, value, when, over, grain } => {
                let instances = self.instances(over, grain, row);
                self.aggregate(function, value, when, &instances)
            }
            Origin::Linked(link) => self.linked(link, row),
            Origin::Field { link, value } => self.field(link, value, row),
            Origin::Part(split) => {
                // The step of the parts is that of the grid they are known to lie on.
                let step = input.facts.grid.step().cloned().unwrap_or_else(|| step_of(input.scale));
                self.part(split, &step, row).map(Some)
            }
        };
        // That of a running value which is known at once rejects the row instead.
        let is_outside = |value: &BigRational| *value < input.facts.low || *value > input.facts.high;
        if is_late && matches!(&result, Ok(Some(value)) if is_outside(value)) {
            self.overflow.get_or_insert(Overflow(id));
        }
        result
    }

    /// For what an input is the same.
    fn grain_of(&self, origin: &Origin) -> GrainId {
        match origin {
            Origin::Column => GrainId(0),
            Origin::Running { over, .. } => *over,
            Origin::Linked(_) | Origin::Field { .. } => self.program.claim,
            Origin::Total { grain, .. } => *grain,
            Origin::Part(split) => self.program.splits.get(split.0).map_or(GrainId(0), |split| split.grain),
        }
    }

    pub(super) fn home_of_value(&self, id: ValueId, row: usize) -> usize {
        match self.program.value(id).and_then(|value| value.grain) {
            Some(grain) => self.groups.first(grain, row),
            None => row,
        }
    }
}
