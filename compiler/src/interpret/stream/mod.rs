//! What a checked program means for a stream of rows: claims, or lines of claims, in their order. `docs/semantics.md` says
//! the same in words.
//!
//! Everything is computed *at a row*: the value of a hospital is its value at any of the hospital's rows. What a value takes
//! from elsewhere is an input of the row with an [`Origin`](crate::check::program::Origin); it is filled in when
//! something needs it, and then the row is a claim like any other.

mod cases;
mod evaluate;
mod groups;
mod origins;
mod reads;
mod rejections;
mod split;
mod whole;

use num_rational::BigRational;
use num_traits::Zero;

pub(crate) use self::cases::settle_cases;
use self::evaluate::{Row, Standing};
use self::groups::Groups;
pub(crate) use self::reads::Reads;
pub(crate) use self::reads::inputs_of;
pub(crate) use self::whole::whole_claims;
use super::Rejection;
use crate::check::program::{Output, Program};
use crate::check::types::Type;
use crate::ids::{GrainId, InputId, SplitId};

/// A stream, and the parameters it is settled with.
#[derive(Clone, Debug)]
pub(crate) struct Stream {
    /// By row, then by column; `None` is an empty cell.
    pub(crate) rows: Vec<Vec<Option<BigRational>>>,
    pub(crate) parameters: Vec<BigRational>,
    /// Codes and ids that the policy does not know; the number of the first one is the length of [`Program::codes`].
    pub(crate) texts: Vec<String>,
}

/// What becomes of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StreamOutcome {
    /// By row: its outputs in their order, or why it is rejected.
    pub(crate) rows: Vec<Result<Vec<Option<BigRational>>, Rejection>>,
    /// The coarser grains that have outputs, and their groups in order.
    pub(crate) grains: Vec<(GrainId, Vec<Group>)>,
}

/// What becomes of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    /// By key of the grain.
    pub(crate) keys: Vec<BigRational>,
    /// The number of its period, if the grain has periods.
    pub(crate) period: Option<i64>,
    /// The outputs of the grain in their order; `None` is an empty one.
    pub(crate) outputs: Vec<Option<BigRational>>,
    /// A split that could not be made, without which some of the outputs are empty.
    pub(crate) failed: Option<SplitId>,
}

/// A total, or a running value that is known only after all rejections are, lies outside its range. Nothing can be settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Overflow(pub(crate) InputId);

/// Settles a stream.
pub(crate) fn settle_stream(program: &Program, stream: &Stream) -> Result<StreamOutcome, Overflow> {
    let reads = Reads::new(program);
    let mut evaluation = Evaluation::new(program, stream, &reads);
    evaluation.reject();
    evaluation.find_first_rows();
    let rows = (0..stream.rows.len()).map(|row| evaluation.row_outputs(row)).collect();
    let coarser = (1..program.grains.len()).map(GrainId);
    let coarser: Vec<_> = coarser.filter(|id| program.outputs.iter().any(|output| output.grain == *id)).collect();
    let grains = coarser.into_iter().map(|grain| (grain, evaluation.group_outputs(grain))).collect();
    match evaluation.overflow {
        Some(overflow) => Err(overflow),
        None => Ok(StreamOutcome { rows, grains }),
    }
}

/// A stream that is being settled.
struct Evaluation<'a> {
    program: &'a Program,
    stream: &'a Stream,
    reads: &'a Reads,
    groups: Groups,
    rows: Vec<Row>,
    /// By split and the first row of the pool.
    parts: split::Parts,
    overflow: Option<Overflow>,
}

impl Evaluation<'_> {
    /// The outputs of a row, or why there are none.
    fn row_outputs(&mut self, row: usize) -> Result<Vec<Option<BigRational>>, Rejection> {
        let program = self.program;
        if let Some(Standing::Rejected(rejection)) = self.rows.get(row).map(|row| row.standing) {
            return Err(rejection);
        }
        let mut outputs = Vec::new();
        let mut broken: Option<SplitId> = None;
        let mut failed = None;
        for output in program.outputs.iter().filter(|output| output.grain == GrainId(0)) {
            if program.claim != GrainId(0) && self.reversed_by(row).is_some() {
                // It is no line.
                outputs.push(None);
                continue;
            }
            match self.result(output, row) {
                Ok(value) => outputs.push(value),
                Err(Rejection::NoWeights(split)) => broken = Some(broken.map_or(split, |other| other.min(split))),
                Err(rejection) => failed = failed.or(Some(rejection)),
            }
        }
        match broken.map(Rejection::NoWeights).or(failed) {
            Some(rejection) => Err(rejection),
            None => Ok(outputs),
        }
    }

    /// The row of the claim that a row takes back.
    fn reversed_by(&self, row: usize) -> Option<usize> {
        match self.rows.get(row)?.standing {
            Standing::Reversal { of } => Some(of),
            _ => None,
        }
    }

    /// An output that a claim has in the end: a row that takes a claim back has what that has, amounts negated.
    fn result(&mut self, output: &Output, row: usize) -> Result<Option<BigRational>, Rejection> {
        let of = self.reversed_by(row);
        let source = of.unwrap_or(row);
        // A claim that was taken back is in no total, so what is computed from totals is not given to it.
        if !self.counts_at_all(source) && self.reads.is_output_pooled(output) {
            return Ok(None);
        }
        let is_amount = self.program.value(output.value).is_some_and(|it| matches!(it.ty, Type::Measure(_)));
        let value = self.output(output, source)?;
        Ok(if of.is_some() && is_amount { value.map(|value| -value) } else { value })
    }

    /// The groups of a coarser grain. Claims that are taken back are among claims, and what takes them back.
    fn group_outputs(&mut self, grain: GrainId) -> Vec<Group> {
        let program = self.program;
        let is_group = |row: usize| match self.reversed_by(row) {
            Some(_) => grain == program.claim,
            None => self.counts_within(grain, row) && self.is_instance(grain, row),
        };
        let mut firsts: Vec<usize> = (0..self.rows.len()).filter(|row| is_group(*row)).collect();
        // Claims of lines stand in the order of the stream.
        if grain != program.claim {
            self.sort(grain, &mut firsts);
        }
        let group = |row: usize| {
            let mut key = self.groups.key(grain, row);
            if self.reversed_by(row).is_some() {
                key.values = program.reversal.and_then(|reversal| self.cell(row, reversal.claim)).into_iter().collect();
            }
            let mut group = Group { keys: key.values, period: key.period, outputs: Vec::new(), failed: None };
            for output in program.outputs.iter().filter(|output| output.grain == grain) {
                let value = self.result(output, row);
                if self.reversed_by(row).is_none()
                    && let Err(Rejection::NoWeights(split)) = value
                {
                    group.failed = Some(group.failed.map_or(split, |other| other.min(split)));
                }
                group.outputs.push(value.ok().flatten());
            }
            group
        };
        firsts.into_iter().map(group).collect()
    }

    /// An output at a row; `None` is an empty one.
    fn output(&mut self, output: &Output, row: usize) -> Result<Option<BigRational>, Rejection> {
        let present = output.present.map(|id| self.value(id, row));
        let value = self.value(output.value, row);
        let splits = [present.as_ref().and_then(|present| present.as_ref().err()), value.as_ref().err()];
        if let Some(split) = splits.into_iter().flatten().min() {
            return Err(Rejection::NoWeights(*split));
        }
        match present {
            Some(Ok(Ok(present))) if present.is_zero() => Ok(None),
            Some(Ok(Err(site))) => Err(Rejection::UnknownCode(site)),
            _ => match value {
                Ok(Ok(value)) => Ok(Some(value)),
                Ok(Err(site)) => Err(Rejection::UnknownCode(site)),
                Err(split) => Err(Rejection::NoWeights(split)),
            },
        }
    }
}

#[cfg(test)]
mod tests;
