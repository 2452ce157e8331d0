//! A compiled policy behind the same interface as the interpreter: cells in, outcomes out.

use std::error::Error;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Decimal64Type, Decimal128Type, Int8Type};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Date32Array, Decimal64Array, Decimal128Array, RecordBatch, RecordBatchOptions,
    StringArray,
};
use arrow_schema::{DataType, Field, Schema};
use fen_compiler::{Cells, Outcome, Policy};
use fen_runtime::{Cell, Runtime, Session, format_cell};
use fen_schema::{CODES_SECTION, Column, ColumnType, Layout};
use wasmparser::{Parser, Payload};

/// A policy's module in wasmtime.
pub struct Settler {
    session: Session,
    codes: Vec<String>,
}

impl Settler {
    /// Compiles a policy and loads its module.
    ///
    /// # Errors
    /// If the compiler or the runtime refuses it.
    pub fn new(runtime: &Runtime, policy: &Policy) -> Result<Self, Box<dyn Error>> {
        let module = policy.compile().map_err(|_| "the module was not written")?;
        let session = runtime.load(&module.wasm)?.session()?;
        Ok(Self { session, codes: codes(&module.wasm)? })
    }

    /// What the module says of itself.
    #[must_use]
    pub fn schema(&self) -> &fen_schema::Schema {
        self.session.schema()
    }

    /// Settles claims; neighbours with equal parameters go in one batch.
    ///
    /// # Errors
    /// If a batch cannot be made or the module fails.
    pub fn settle(&mut self, claims: &[Cells]) -> Result<Vec<Outcome>, Box<dyn Error>> {
        let mut outcomes = Vec::with_capacity(claims.len());
        for alike in claims.chunk_by(|one, next| one.parameters == next.parameters) {
            let parameters = alike.first().map(|claim| claim.parameters.as_slice()).unwrap_or_default();
            self.set(parameters)?;
            outcomes.extend(self.settle_alike(alike)?);
        }
        Ok(outcomes)
    }

    fn set(&mut self, parameters: &[i128]) -> Result<(), Box<dyn Error>> {
        let columns = self.session.schema().parameters.clone();
        for (column, number) in columns.iter().zip(parameters) {
            let mut text = String::new();
            format_cell(Cell::Number(*number), column, &mut text);
            self.session.set_parameter(&column.name, &text)?;
        }
        Ok(())
    }

    fn settle_alike(&mut self, claims: &[Cells]) -> Result<Vec<Outcome>, Box<dyn Error>> {
        let rows: Vec<&[Option<i128>]> = claims.iter().map(|claim| claim.inputs.as_slice()).collect();
        let batch = batch_of(&self.session.schema().inputs, &rows, &self.codes)?;
        let settlement = self.session.settle(&batch)?;
        let columns = settlement.outputs().columns();
        let mut outcomes = (0..claims.len())
            .map(|row| Ok(Outcome::Settled(columns.iter().map(|column| cell(column, row)).collect::<Result<_, _>>()?)))
            .collect::<Result<Vec<Outcome>, Box<dyn Error>>>()?;
        for rejected in settlement.rejects() {
            if let Some(outcome) = outcomes.get_mut(rejected.row) {
                *outcome = Outcome::Rejected(rejected.cause.code, rejected.cause.column.clone());
            }
        }
        Ok(outcomes)
    }
}

/// The codes that a module knows, in the order of their numbers.
pub(crate) fn codes(wasm: &[u8]) -> Result<Vec<String>, Box<dyn Error>> {
    for payload in Parser::new(0).parse_all(wasm) {
        if let Payload::CustomSection(section) = payload?
            && section.name() == CODES_SECTION
        {
            return Ok(serde_json::from_slice(section.data())?);
        }
    }
    Ok(Vec::new())
}

/// Claims without codes as Arrow columns; no cell is missing.
///
/// # Errors
/// If a cell does not fit its column.
pub fn batch(inputs: &[Column], claims: &[Vec<i128>]) -> Result<RecordBatch, Box<dyn Error>> {
    let rows: Vec<Vec<Option<i128>>> = claims.iter().map(|row| row.iter().copied().map(Some).collect()).collect();
    batch_of(inputs, &rows.iter().map(Vec::as_slice).collect::<Vec<_>>(), &[])
}

pub(crate) fn batch_of(
    inputs: &[Column],
    rows: &[&[Option<i128>]],
    codes: &[String],
) -> Result<RecordBatch, Box<dyn Error>> {
    let mut fields = Vec::new();
    let mut columns: Vec<ArrayRef> = Vec::new();
    for (at, input) in inputs.iter().enumerate() {
        let cells = rows.iter().map(|row| row.get(at).copied().ok_or("a claim lacks a cell"));
        let column = column_of(input, &cells.collect::<Result<Vec<_>, _>>()?, codes)?;
        fields.push(Field::new(&input.name, column.data_type().clone(), true));
        columns.push(column);
    }
    let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
    Ok(RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), columns, &options)?)
}

fn column_of(input: &Column, cells: &[Option<i128>], codes: &[String]) -> Result<ArrayRef, Box<dyn Error>> {
    Ok(match input.ty {
        ColumnType::Bool => Arc::new(cells.iter().map(|cell| cell.map(|cell| cell != 0)).collect::<BooleanArray>()),
        ColumnType::Date => Arc::new(narrow::<i32>(cells)?.into_iter().collect::<Date32Array>()),
        ColumnType::Enum => {
            let name = |at: usize| input.values.get(at).map_or("(none of them)", |value| value.name.as_str());
            let names = cells.iter().map(|cell| cell.map(|cell| usize::try_from(cell).map_or("(none)", name)));
            Arc::new(names.collect::<StringArray>())
        }
        ColumnType::Code | ColumnType::Id => {
            let text = |number: i128| {
                let known = usize::try_from(number).ok().and_then(|at| codes.get(at));
                known.map_or_else(|| format!("(not listed {number})"), Clone::clone)
            };
            Arc::new(cells.iter().map(|cell| cell.map(text)).collect::<StringArray>())
        }
        _ => {
            let scale = i8::try_from(input.scale)?;
            match input.layout {
                Layout::I128 => {
                    let cells: Decimal128Array = cells.iter().copied().collect();
                    Arc::new(cells.with_data_type(DataType::Decimal128(38, scale)))
                }
                _ => {
                    let cells: Decimal64Array = narrow::<i64>(cells)?.into_iter().collect();
                    Arc::new(cells.with_data_type(DataType::Decimal64(18, scale)))
                }
            }
        }
    })
}

fn narrow<T: TryFrom<i128>>(cells: &[Option<i128>]) -> Result<Vec<Option<T>>, &'static str> {
    let narrow = |cell: i128| T::try_from(cell).map_err(|_| "a cell does not fit its column");
    cells.iter().map(|cell| cell.map(narrow).transpose()).collect()
}

/// A cell of an output, as the module wrote it.
pub(crate) fn cell(column: &ArrayRef, row: usize) -> Result<Option<i128>, Box<dyn Error>> {
    if column.is_null(row) {
        return Ok(None);
    }
    let number = match column.data_type() {
        DataType::Boolean => i128::from(column.as_boolean().value(row)),
        DataType::Date32 => column.as_primitive::<Date32Type>().value(row).into(),
        DataType::Decimal64(..) => column.as_primitive::<Decimal64Type>().value(row).into(),
        DataType::Decimal128(..) => column.as_primitive::<Decimal128Type>().value(row),
        DataType::Dictionary(..) => column.as_dictionary::<Int8Type>().keys().value(row).into(),
        other => return Err(format!("an output of type {other}").into()),
    };
    Ok(Some(number))
}
