//! A compiled policy that settles streams, behind the interface of the interpreter.

use std::error::Error;

use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::DataType;
use fen_compiler::{GrainOutcome, GroupOutcome, Outcome, StreamCells};
use fen_runtime::{Cell, Policy, Runtime, Stream, format_cell};
use fen_schema::{RejectCode, Schema};

use super::{Compiled, texts};
use crate::module::{batch_of, cell};

/// What a host makes of a stream; the failed groups of a grain are told in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// By row.
    pub rows: Vec<Outcome>,
    /// Coarser grains with outputs.
    pub grains: Vec<GrainOutcome>,
    /// By grain, then by failed group: the code and the column.
    pub failed: Vec<Vec<(String, String)>>,
}

/// A module and the codes it knows.
pub struct Host {
    policy: Policy,
    codes: Vec<String>,
}

impl Host {
    /// Loads a module.
    ///
    /// # Errors
    /// If it is refused.
    pub fn new(runtime: &Runtime, compiled: &Compiled<'_>) -> Result<Self, Box<dyn Error>> {
        Ok(Self { policy: runtime.load(&compiled.wasm)?, codes: compiled.codes.clone() })
    }

    /// Settles a stream in batches of so many rows.
    ///
    /// # Errors
    /// If the host gives up.
    pub fn settle(&self, cells: &StreamCells, batch: usize) -> Result<Settled, Box<dyn Error>> {
        let mut state = None;
        self.settle_on(cells, batch, &mut state)
    }

    /// Settles a stream that goes on from the state of an earlier one; the state is replaced.
    ///
    /// # Errors
    /// If the host gives up.
    pub fn settle_on(
        &self,
        cells: &StreamCells,
        batch: usize,
        state: &mut Option<RecordBatch>,
    ) -> Result<Settled, Box<dyn Error>> {
        let mut parameters = self.policy.parameters();
        for (column, number) in self.policy.schema().parameters.iter().zip(&cells.parameters) {
            let mut text = String::new();
            format_cell(Cell::Number(*number), column, &mut text);
            parameters.set(&column.name, &text)?;
        }
        let texts = texts(&self.codes, cells);
        let mut stream = Stream::new(&self.policy, parameters)?;
        if let Some(state) = state.as_ref() {
            stream.restore(state)?;
        }
        let mut rows = Vec::new();
        let passes = stream.passes();
        for pass in 1..=passes {
            // Batches may be cut differently in every pass.
            for some in cells.rows.chunks(if pass == passes { batch } else { batch + pass }.max(1)) {
                let some: Vec<&[Option<i128>]> = some.iter().map(Vec::as_slice).collect();
                let settlement = stream.settle(&batch_of(&self.policy.schema().inputs, &some, &texts)?)?;
                if pass < passes {
                    continue;
                }
                let first = rows.len();
                let columns = settlement.outputs().columns();
                for row in 0..some.len() {
                    let cells = columns.iter().map(|column| cell(column, row)).collect::<Result<_, _>>()?;
                    rows.push(Outcome::Settled(cells));
                }
                for rejected in settlement.rejects() {
                    if let Some(outcome) = rows.get_mut(first + rejected.row) {
                        let code = match rejected.cause.code {
                            RejectCode::UnknownValue | RejectCode::BelowMin => RejectCode::Missing,
                            other => other,
                        };
                        *outcome = Outcome::Rejected(code, rejected.cause.column.clone());
                    }
                }
            }
            stream.end_pass()?;
        }
        let mut settled = Settled { rows, ..Settled::default() };
        let mut results = stream.results()?;
        results.sort_by(|one, other| one.grain().cmp(other.grain()));
        for result in results {
            let groups = groups(self.policy.schema(), result.grain(), result.outputs(), &texts)?;
            settled.grains.push(GrainOutcome { name: result.grain().to_owned(), groups });
            let failed =
                result.rejects().iter().map(|(_, cause)| (cause.code.as_str().to_owned(), cause.column.clone()));
            settled.failed.push(failed.collect());
        }
        *state = Some(stream.state()?);
        Ok(settled)
    }
}

/// The groups of a grain; which of them failed is not said here.
fn groups(
    schema: &Schema,
    name: &str,
    batch: &RecordBatch,
    texts: &[String],
) -> Result<Vec<GroupOutcome>, Box<dyn Error>> {
    let grain = schema.plan.iter().flat_map(|plan| &plan.grains).find(|grain| grain.name == name);
    let grain = grain.ok_or("a result of an unknown grain")?;
    let has_period = grain.period.is_some();
    let before = grain.keys.len() + usize::from(has_period);
    let mut groups = Vec::new();
    for row in 0..batch.num_rows() {
        let mut group = GroupOutcome { keys: Vec::new(), period: None, outputs: Vec::new(), failed: None };
        for (at, column) in batch.columns().iter().enumerate() {
            if at < grain.keys.len() {
                group.keys.push(key(column, row, texts)?);
            } else if at < before {
                group.period = Some(period(column, row)?);
            } else {
                group.outputs.push(cell(column, row)?);
            }
        }
        groups.push(group);
    }
    Ok(groups)
}

fn key(column: &ArrayRef, row: usize, texts: &[String]) -> Result<i128, Box<dyn Error>> {
    if *column.data_type() != DataType::Utf8 {
        return Ok(cell(column, row)?.ok_or("a key is missing")?);
    }
    let text = column.as_string::<i32>().value(row);
    let place = texts.iter().position(|known| known == text).ok_or("a key that no row has")?;
    Ok(i128::try_from(place)?)
}

fn period(column: &ArrayRef, row: usize) -> Result<i64, Box<dyn Error>> {
    if *column.data_type() == DataType::Int32 {
        return Ok(column.as_primitive::<Int32Type>().value(row).into());
    }
    let text = column.as_string::<i32>().value(row);
    let (year, month) = text.split_once('-').ok_or("a month without a year")?;
    Ok(12 * year.parse::<i64>()? + month.parse::<i64>()? - 1)
}
