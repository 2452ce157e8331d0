//! The rows through the policy: the file is read once for each pass. Policies that settle each row by itself have one.

use std::path::Path;

use fen_runtime::{Parameters, Policy, Stream, StreamError};

use super::claims::{Batch, Claims};
use super::columns::Outputs;
use super::grains::GrainTable;
use super::input::Input;
use super::state;
use crate::error::{Error, Outcome};

/// A stream that goes on from the state of an earlier run, if one is given.
pub(crate) fn open(policy: &Policy, parameters: Parameters, state_in: Option<&Path>) -> Outcome<Stream> {
    let mut stream = Stream::new(policy, parameters)?;
    if let Some(path) = state_in {
        stream.restore(&state::read(path, policy.schema())?).map_err(|error| in_state(path, &error))?;
    }
    Ok(stream)
}

/// Settles a file: gives what its last pass says of each batch, then the results of coarser grains.
pub(crate) fn settle_all(
    stream: &mut Stream,
    input: &mut Input,
    claims: &mut Claims,
    mut settled: impl FnMut(&mut Batch, &Outputs) -> Outcome<()>,
) -> Outcome<Vec<GrainTable>> {
    let mut batch = Batch::default();
    let passes = stream.passes();
    for pass in 1..=passes {
        if pass > 1 {
            claims.rewind(input)?;
        }
        while claims.read(&mut batch)? {
            let settlement = stream.settle(&claims.columns(&batch)?).map_err(|error| in_file(error, claims))?;
            if pass == passes {
                for rejected in settlement.rejects() {
                    batch.reject(rejected, claims);
                }
                settled(&mut batch, &Outputs::new(settlement.outputs()))?;
            }
        }
        stream.end_pass()?;
    }
    if passes > 1 {
        input.unchanged()?;
    }
    let results = stream.results()?;
    Ok(results.iter().map(|result| GrainTable::new(result, stream.schema())).collect())
}

/// An error of the stream with the row's number in the file, and with what can be done about it here.
pub(crate) fn in_file(error: StreamError, claims: &Claims) -> Error {
    let StreamError::OutOfOrder { row, column } = &error else { return error.into() };
    let row = claims.number(*row);
    Error::new(
        "fen::run::out_of_order",
        format!(
            "row {row} is out of order: its {column} is before that of an earlier row; sort the file by {column}, or run \
             with --sort"
        ),
        format!("第 {row} 行顺序有误：其{column}早于前面的行；请将文件按{column}排序，或加上 --sort"),
    )
}

/// An error of a state with the name of its file.
fn in_state(path: &Path, error: &StreamError) -> Error {
    let (path, text) = (path.display(), error.text());
    Error::new(error.code(), format!("{path}: {}", text.en), format!("{path}：{}", text.zh))
}
