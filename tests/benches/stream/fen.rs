//! A policy's stream, and whether it computes what the side by hand does.

use std::hint::black_box;

use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal64Type, Decimal128Type};
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType;
use fen_compiler::{Source, analyze};
use fen_runtime::{GrainResult, Parameters, Policy, Runtime, Settlement, Stream};

use crate::hand::Settled;

/// A compiled policy with its parameters.
pub(crate) struct Fen {
    policy: Policy,
    parameters: Parameters,
}

impl Fen {
    pub(crate) fn new(text: &str, parameter: (&str, &str)) -> Self {
        let analysis = analyze(&Source::new("policy.fen", text));
        let policy = analysis.policy().ok_or_else(|| analysis.diagnostics().to_vec()).unwrap();
        let module = policy.compile().map_err(|_| "not compiled").unwrap();
        let policy = Runtime::new().unwrap().load(&module.wasm).unwrap();
        let mut parameters = policy.parameters();
        parameters.set(parameter.0, parameter.1).unwrap();
        Self { policy, parameters }
    }

    /// All passes over the claims; what the last one gives, batch by batch, and the results of coarser grains.
    pub(crate) fn settle(&self, batches: &[RecordBatch], mut each: impl FnMut(usize, &Settlement)) -> Vec<GrainResult> {
        let mut stream = Stream::new(&self.policy, self.parameters.clone()).unwrap();
        for pass in 1..=stream.passes() {
            for (at, batch) in batches.iter().enumerate() {
                let settlement = stream.settle(black_box(batch)).unwrap();
                if pass == stream.passes() {
                    each(at, &settlement);
                }
            }
            stream.end_pass().unwrap();
        }
        stream.results().unwrap()
    }

    pub(crate) fn passes(&self) -> usize {
        Stream::new(&self.policy, self.parameters.clone()).unwrap().passes()
    }
}

/// The figures are worth nothing unless both sides compute the same.
pub(crate) fn assert_equal(batch: usize, by_hand: &Settled, by_fen: &Settlement) {
    let rejected: Vec<usize> = by_fen.rejects().iter().map(|rejected| rejected.row).collect();
    assert_eq!(by_hand.rejected, rejected, "rejected rows of batch {batch}");
    for field in by_hand.outputs.schema().fields() {
        let name = field.name();
        let [hand, fen] = [&by_hand.outputs, by_fen.outputs()].map(|outputs| steps(&outputs[name]));
        assert!(hand == fen, "{name} differs in batch {batch}");
    }
}

/// The cells of a column of decimals as whole steps.
pub(crate) fn steps(column: &dyn Array) -> Vec<Option<i128>> {
    match column.data_type() {
        DataType::Decimal64(..) => {
            column.as_primitive::<Decimal64Type>().iter().map(|cell| cell.map(i128::from)).collect()
        }
        _ => column.as_primitive::<Decimal128Type>().iter().collect(),
    }
}
