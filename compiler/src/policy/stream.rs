//! Streams of claims by the reference interpreter.

use fen_schema::RejectCode;
use num_rational::BigRational;

use super::{Outcome, Policy, cell};
use crate::ids::{GrainId, SplitId};
use crate::interpret::stream::{Group, Overflow, settle_stream};

/// A stream of rows (claims, or lines of claims) in their order, and the parameters it is settled with. Cells are
/// integers, which are the value times ten to the power of the column's scale.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StreamCells {
    /// By row, then by column of the schema's inputs; `None` is a missing value. A code or id is the place of its text in
    /// the schema's list of codes; of one that is not there, the length of that list plus its place in `texts`.
    pub rows: Vec<Vec<Option<i128>>>,
    /// One per parameter.
    pub parameters: Vec<i128>,
    /// Texts of codes and ids that the policy does not know, no two of them equal.
    pub texts: Vec<String>,
}

/// What the interpreter says of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamOutcome {
    /// By row; the cells are those of the outputs that are given per row.
    pub rows: Vec<Outcome>,
    /// The coarser grains that have outputs, in the order of the schema.
    pub grains: Vec<GrainOutcome>,
}

/// The outputs of a grain that is coarser than the rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrainOutcome {
    /// The grain's name, as in `hospital` or `person.year`.
    pub name: String,
    /// Its groups, sorted by keys, then by period; claims of lines in the order of the stream.
    pub groups: Vec<GroupOutcome>,
}

/// The outputs of one group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupOutcome {
    /// The cells of its keys, numbered like those of rows.
    pub keys: Vec<i128>,
    /// Its period, if the grain has one: the calendar year in which a year begins; 12 × year + month − 1 for months.
    pub period: Option<i64>,
    /// One cell per output of the grain; `None` is an empty one.
    pub outputs: Vec<Option<i128>>,
    /// A split whose weights are all zero, and because of which some outputs are empty: the code, and the split's name.
    pub failed: Option<(RejectCode, String)>,
}

/// A total is out of its range: the stream cannot be settled. That takes more than 999 999 999 claims or groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutOfRange {
    pub(super) total: String,
}

impl OutOfRange {
    /// The name of the total, or of the running value.
    #[must_use]
    pub fn total(&self) -> &str {
        &self.total
    }
}

impl Policy {
    /// Settles a stream by the reference interpreter. It begins with nothing: no claims came before. The rows are taken to
    /// be in the order that the policy asks for.
    ///
    /// # Errors
    /// If a total is out of its range.
    pub fn interpret_stream(&self, cells: &StreamCells) -> Result<StreamOutcome, OutOfRange> {
        let program = &self.program;
        let stream = self.stream(cells);
        let outcome = settle_stream(program, &stream).map_err(|Overflow(id)| OutOfRange {
            total: program.input(id).map(|input| input.name.clone()).unwrap_or_default(),
        })?;
        let rows = outcome.rows.into_iter().map(|row| match row {
            Ok(outputs) => Outcome::Settled(self.output_cells(GrainId(0), outputs)),
            Err(rejection) => self.rejected(rejection),
        });
        let grains = outcome.grains.into_iter().map(|(id, groups)| GrainOutcome {
            name: program.grain(id).map(|grain| grain.name.clone()).unwrap_or_default(),
            groups: groups.into_iter().map(|group| self.group_cells(id, group)).collect(),
        });
        Ok(StreamOutcome { rows: rows.collect(), grains: grains.collect() })
    }

    fn output_cells(&self, grain: GrainId, values: Vec<Option<BigRational>>) -> Vec<Option<i128>> {
        let outputs = self.program.outputs.iter().filter(|output| output.grain == grain);
        outputs.zip(values).map(|(output, value)| value.map(|value| cell(&value, output.scale))).collect()
    }

    fn group_cells(&self, id: GrainId, group: Group) -> GroupOutcome {
        let program = &self.program;
        let keys = program.grain(id).map(|grain| grain.keys.as_slice()).unwrap_or_default();
        let keys = keys.iter().zip(&group.keys);
        let scale = |input| program.input(input).map_or(0, |input| input.scale);
        let failed = |id: SplitId| {
            let name = program.splits.get(id.0).map(|split| split.name.clone()).unwrap_or_default();
            (RejectCode::NoWeights, name)
        };
        GroupOutcome {
            keys: keys.map(|(input, value)| cell(value, scale(*input))).collect(),
            period: group.period,
            outputs: self.output_cells(id, group.outputs),
            failed: group.failed.map(failed),
        }
    }
}

#[cfg(test)]
mod tests;
