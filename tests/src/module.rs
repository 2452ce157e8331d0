//! A compiled policy behind the same interface as the interpreter: cells in, outcomes out.

use std::error::Error;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal64Type, Decimal128Type};
use arrow_array::{ArrayRef, Decimal64Array, Decimal128Array, RecordBatch};
use arrow_schema::{DataType, Field, Schema};
use fen_compiler::{Outcome, Policy};
use fen_runtime::{Runtime, Session};
use fen_schema::{Column, Layout};

/// A policy's module in wasmtime.
pub struct Settler {
    session: Session,
}

impl Settler {
    /// Compiles a policy and loads its module.
    ///
    /// # Errors
    /// If the compiler or the runtime refuses it.
    pub fn new(runtime: &Runtime, policy: &Policy) -> Result<Self, Box<dyn Error>> {
        let module = policy.compile().map_err(|_| "the module was not written")?;
        Ok(Self { session: runtime.load(&module.wasm)?.session()? })
    }

    /// Settles claims, each given by one cell per input.
    ///
    /// # Errors
    /// If the batch cannot be made or the module fails.
    pub fn settle(&mut self, claims: &[Vec<i128>]) -> Result<Vec<Outcome>, Box<dyn Error>> {
        let batch = batch(&self.session.schema().inputs, claims)?;
        let settlement = self.session.settle(&batch)?;
        let mut outcomes: Vec<Outcome> = (0..claims.len())
            .map(|row| {
                Outcome::Settled(settlement.outputs().columns().iter().map(|column| cell(column, row)).collect())
            })
            .collect();
        for rejected in settlement.rejects() {
            if let Some(outcome) = outcomes.get_mut(rejected.row) {
                *outcome = Outcome::Rejected(rejected.cause.code, rejected.cause.column.clone());
            }
        }
        Ok(outcomes)
    }
}

/// Claims as Arrow columns.
///
/// # Errors
/// If a cell does not fit its column.
pub fn batch(inputs: &[Column], claims: &[Vec<i128>]) -> Result<RecordBatch, Box<dyn Error>> {
    let mut fields = Vec::new();
    let mut columns: Vec<ArrayRef> = Vec::new();
    for (at, input) in inputs.iter().enumerate() {
        let cells = claims.iter().map(|claim| claim.get(at).copied().ok_or("a claim lacks a cell"));
        let cells = cells.collect::<Result<Vec<i128>, _>>()?;
        let scale = i8::try_from(input.scale)?;
        let column: ArrayRef = match input.layout {
            Layout::I64 => {
                let cells = cells.into_iter().map(i64::try_from).collect::<Result<Vec<_>, _>>()?;
                Arc::new(Decimal64Array::from(cells).with_data_type(DataType::Decimal64(18, scale)))
            }
            Layout::I128 => Arc::new(Decimal128Array::from(cells).with_data_type(DataType::Decimal128(38, scale))),
        };
        fields.push(Field::new(&input.name, column.data_type().clone(), false));
        columns.push(column);
    }
    Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)?)
}

fn cell(column: &ArrayRef, row: usize) -> i128 {
    match column.as_primitive_opt::<Decimal64Type>() {
        Some(cells) => i128::from(cells.value(row)),
        None => column.as_primitive::<Decimal128Type>().value(row),
    }
}
