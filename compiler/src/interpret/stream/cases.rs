//! A stream as test cases see it: every row with all outputs, also those of the groups it belongs to, and what of the policy
//! the rows come to.

use std::collections::HashSet;

use num_rational::BigRational;
use num_traits::Zero;

use super::reads::Reads;
use super::{Evaluation, Overflow, Rejection, Stream};
use crate::check::program::Program;
use crate::coverage::{Reached, of_value, sources};
use crate::ids::{GrainId, SplitId, ValueId};
use crate::interpret::Settled;

/// An output at a row: `None` is an empty one; or the split that could not be made.
pub(crate) type AtRow = Result<Option<BigRational>, SplitId>;

/// Settles a stream; by row all outputs of the program in their order, or why the row is rejected. What a group has is given to
/// each of its rows.
pub(crate) fn settle_cases(
    program: &Program,
    reads: &Reads,
    stream: &Stream,
    reached: &mut Reached,
) -> Result<Vec<Result<Vec<AtRow>, Rejection>>, Overflow> {
    let mut evaluation = Evaluation::new(program, stream, reads);
    evaluation.reject();
    evaluation.find_first_rows();
    let rows = (0..stream.rows.len()).map(|row| evaluation.case(row)).collect();
    evaluation.reach(reached);
    evaluation.overflow.map_or(Ok(rows), Err)
}

impl Evaluation<'_> {
    fn case(&mut self, row: usize) -> Result<Vec<AtRow>, Rejection> {
        let program = self.program;
        let mut own = self.row_outputs(row)?.into_iter();
        let counts = self.counts_at_all(row);
        let outputs = program.outputs.iter().map(|output| match output.grain {
            GrainId(0) => Ok(own.next().flatten()),
            // A claim that is taken back, or takes another back, is in no group of several claims.
            grain if !counts && grain != program.claim => Ok(None),
            _ => match self.result(output, row) {
                Ok(value) => Ok(value),
                Err(Rejection::NoWeights(split)) => Err(split),
                Err(_) => Ok(None),
            },
        });
        Ok(outputs.collect())
    }

    /// What the settled rows come to.
    fn reach(&mut self, reached: &mut Reached) {
        let program = self.program;
        let mut open: Vec<(ValueId, usize)> = Vec::new();
        for row in (0..self.rows.len()).filter(|row| self.counts_at_all(*row)).collect::<Vec<_>>() {
            open.extend(sources(program).into_iter().map(|id| (id, row)));
            for output in &program.outputs {
                open.extend(output.present.map(|present| (present, row)));
                let is_present = output
                    .present
                    .is_none_or(|present| matches!(self.value(present, row), Ok(Ok(present)) if !present.is_zero()));
                if is_present {
                    open.push((output.value, row));
                }
            }
        }
        let mut seen: HashSet<(ValueId, usize)> = HashSet::new();
        let mut needs = Vec::new();
        while let Some((id, row)) = open.pop() {
            let home = self.home_of_value(id, row);
            if !seen.insert((id, home)) || self.value(id, home).is_err() {
                continue;
            }
            let Some(row) = self.rows.get_mut(home) else { continue };
            let values = std::mem::take(&mut row.values);
            let settled = Settled { program, claim: &row.claim, values };
            of_value(&settled, id, &mut needs, reached);
            row.values = settled.values;
            open.extend(needs.drain(..).map(|id| (id, home)));
        }
    }
}
