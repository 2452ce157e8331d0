//! Batches of claims through one instance of a module.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal64Type, Decimal128Type};
use arrow_array::{Array, ArrayRef, Decimal64Array, Decimal128Array, RecordBatch, RecordBatchOptions};
use arrow_buffer::{BooleanBufferBuilder, NullBuffer, ScalarBuffer};
use arrow_schema::{DataType, Field, SchemaRef};
use fen_schema::{Column, Layout, RejectCode, Schema, Text};
use wasmtime::{Engine, InstancePre, Memory, Store, TypedFunc};

use crate::error::{LoadError, SettleError};

#[cfg(target_endian = "big")]
compile_error!("columns are copied as they lie in memory, which is right on little-endian machines only");

/// One instance of a policy's module with its memory.
pub struct Session {
    store: Store<()>,
    memory: Memory,
    entry: TypedFunc<i32, i32>,
    schema: Arc<Schema>,
    results: SchemaRef,
    /// By status; nothing at 0 and at those that the schema does not know.
    causes: Vec<Option<Arc<Cause>>>,
    /// By input: the cause if its value is missing.
    missing: Vec<Arc<Cause>>,
    /// More than any batch takes.
    fuel: u64,
}

/// What became of a batch: every row is settled or rejected.
#[derive(Clone, Debug)]
pub struct Settlement {
    outputs: RecordBatch,
    rejects: Vec<Rejected>,
}

/// A row that was not settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// The row's number in the batch, from 0.
    pub row: usize,
    /// Why; shared by all rows rejected for the same reason.
    pub cause: Arc<Cause>,
}

/// Why a row was not settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// The column at fault.
    pub column: String,
    /// A stable code.
    pub code: RejectCode,
    /// The reason, for people.
    pub reason: Text,
}

impl Settlement {
    /// One column per output, one row per row of the batch; null where the row was rejected.
    #[must_use]
    pub fn outputs(&self) -> &RecordBatch {
        &self.outputs
    }

    /// The rejected rows, in order.
    #[must_use]
    pub fn rejects(&self) -> &[Rejected] {
        &self.rejects
    }
}

/// The reason for a rejection that the host finds, before a module sees the row; the module's own words if it has any.
#[must_use]
pub fn reason(schema: &Schema, column: &Column, code: RejectCode) -> Text {
    let known = schema.rejects.iter().find(|reject| reject.code == code && reject.column == column.name);
    known.map_or_else(|| host_reason(column, code), |reject| reject.reason.clone())
}

fn host_reason(column: &Column, code: RejectCode) -> Text {
    let name = &column.name;
    let (en, zh) = match code {
        RejectCode::WrongFieldCount => {
            ("the row has not as many cells as the header".to_owned(), "列数与表头不符".to_owned())
        }
        RejectCode::Missing => (format!("{name} is missing"), format!("{name}为空")),
        RejectCode::NotANumber => (format!("{name} is not a number"), format!("{name}不是数字")),
        RejectCode::TooManyDecimals => {
            (format!("{name} has more than {} decimals", column.scale), format!("{name}的小数超过{}位", column.scale))
        }
        RejectCode::BelowMin => (format!("{name} is below {}", column.min), format!("{name}低于{}", column.min)),
        RejectCode::AboveMax => (format!("{name} is above {}", column.max), format!("{name}高于{}", column.max)),
    };
    Text { zh, en }
}

/// An input column whose type has been checked.
enum Cells<'a> {
    Narrow(&'a Decimal64Array),
    Wide(&'a Decimal128Array),
}

impl Session {
    pub(crate) fn new(
        engine: &Engine,
        instance: &InstancePre<()>,
        schema: Arc<Schema>,
        module_bytes: u64,
    ) -> Result<Self, LoadError> {
        let mut store = Store::new(engine, ());
        // Every byte of code is at most one instruction, and none is run more than 128 times for a row (a division of 128
        // bits); twice that is left for good measure.
        let fuel = module_bytes.saturating_mul(256).saturating_mul(u64::from(schema.batch.capacity) + 1);
        let refused = |why: String| LoadError::Engine(why);
        let instance = instance.instantiate(&mut store).map_err(|error| refused(error.to_string()))?;
        let memory = instance.get_memory(&mut store, "memory").ok_or_else(|| refused("no memory".into()))?;
        let entry =
            instance.get_typed_func(&mut store, &schema.batch.entry).map_err(|error| refused(error.to_string()))?;
        let fields: Vec<Field> =
            schema.outputs.iter().map(|column| Field::new(&column.name, data_type(column), true)).collect();
        let results = Arc::new(arrow_schema::Schema::new(fields));
        let highest = schema.rejects.iter().map(|reject| usize::from(reject.status)).max().unwrap_or(0);
        let mut causes = vec![None; highest + 1];
        for reject in &schema.rejects {
            if let Some(slot) = causes.get_mut(usize::from(reject.status)) {
                let (column, code, reason) = (reject.column.clone(), reject.code, reject.reason.clone());
                *slot = Some(Arc::new(Cause { column, code, reason }));
            }
        }
        let missing = schema.inputs.iter().map(|column| {
            let (code, reason) = (RejectCode::Missing, host_reason(column, RejectCode::Missing));
            Arc::new(Cause { column: column.name.clone(), code, reason })
        });
        let missing = missing.collect();
        Ok(Self { store, memory, entry, schema, results, causes, missing, fuel })
    }

    /// What the module says of itself.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Settles a batch of any number of rows. Inputs are found by their names; they are `Decimal64` or `Decimal128` of
    /// the column's scale. A null is a missing value.
    ///
    /// # Errors
    /// If a column is missing or of another type, or the module fails. A bad row is no error: it is rejected.
    pub fn settle(&mut self, claims: &RecordBatch) -> Result<Settlement, SettleError> {
        let schema = Arc::clone(&self.schema);
        let inputs = schema.inputs.iter().map(|column| cells(claims, column)).collect::<Result<Vec<_>, _>>()?;
        let capacity = usize::try_from(schema.batch.capacity).unwrap_or(usize::MAX);
        let mut outputs: Vec<OutputBuffer> =
            schema.outputs.iter().map(|column| OutputBuffer::new(column.layout, claims.num_rows())).collect();
        let mut rejects = Vec::new();
        let mut start = 0;
        while start < claims.num_rows() {
            let rows = capacity.min(claims.num_rows() - start);
            for (column, cells) in schema.inputs.iter().zip(&inputs) {
                self.write(column, cells, start, rows)?;
            }
            let rejected = self.call(rows)?;
            if rejected > 0 || inputs.iter().any(Cells::has_nulls) {
                self.collect_rejects(&inputs, start, rows, &mut rejects)?;
            }
            for (column, buffer) in schema.outputs.iter().zip(&mut outputs) {
                buffer.extend(self.column(column.offset, rows, column.layout.bytes())?);
            }
            start += rows;
        }
        let settled = settled_rows(claims.num_rows(), &rejects);
        let columns = schema.outputs.iter().zip(outputs);
        let columns =
            columns.map(|(column, buffer)| buffer.finish(column, settled.clone())).collect::<Result<_, _>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(claims.num_rows()));
        let outputs = RecordBatch::try_new_with_options(Arc::clone(&self.results), columns, &options)
            .map_err(|error| SettleError::Module(error.to_string()))?;
        Ok(Settlement { outputs, rejects })
    }

    fn write(&mut self, column: &Column, cells: &Cells<'_>, start: usize, rows: usize) -> Result<(), SettleError> {
        let offset = usize::try_from(column.offset).unwrap_or(usize::MAX);
        let memory = self.memory.data_mut(&mut self.store).get_mut(offset..).unwrap_or_default();
        let outside = || SettleError::Module("a column lies outside the memory".into());
        match (cells, column.layout) {
            (Cells::Narrow(array), Layout::I64) => {
                let bytes: &[u8] = bytemuck::cast_slice(array.values().get(start..start + rows).ok_or_else(outside)?);
                memory.get_mut(..bytes.len()).ok_or_else(outside)?.copy_from_slice(bytes);
            }
            (Cells::Wide(array), Layout::I128) => {
                let bytes: &[u8] = bytemuck::cast_slice(array.values().get(start..start + rows).ok_or_else(outside)?);
                memory.get_mut(..bytes.len()).ok_or_else(outside)?.copy_from_slice(bytes);
            }
            (Cells::Narrow(array), Layout::I128) => {
                let values = array.values().iter().skip(start).take(rows);
                for (slot, value) in memory.chunks_exact_mut(16).zip(values) {
                    slot.copy_from_slice(&i128::from(*value).to_le_bytes());
                }
            }
            (Cells::Wide(array), Layout::I64) => {
                let values = array.values().iter().skip(start).take(rows);
                for (slot, value) in memory.chunks_exact_mut(8).zip(values) {
                    // What does not fit is out of range as well as the end of the layout, which it is replaced by.
                    let value = i64::try_from(*value).unwrap_or(if *value < 0 { i64::MIN } else { i64::MAX });
                    slot.copy_from_slice(&value.to_le_bytes());
                }
            }
        }
        Ok(())
    }

    /// Settles what is in the columns; how many rows were rejected.
    fn call(&mut self, rows: usize) -> Result<i32, SettleError> {
        let rows = i32::try_from(rows).unwrap_or(i32::MAX);
        self.store.set_fuel(self.fuel).map_err(|error| SettleError::Module(error.to_string()))?;
        let rejected =
            self.entry.call(&mut self.store, rows).map_err(|error| SettleError::Module(error.to_string()))?;
        if (0..=rows).contains(&rejected) {
            Ok(rejected)
        } else {
            Err(SettleError::Module(format!("it answered {rejected} for {rows} rows")))
        }
    }

    fn column(&self, offset: u32, rows: usize, bytes: u32) -> Result<&[u8], SettleError> {
        let offset = usize::try_from(offset).unwrap_or(usize::MAX);
        let length = rows * usize::try_from(bytes).unwrap_or(usize::MAX);
        self.memory
            .data(&self.store)
            .get(offset..offset + length)
            .ok_or_else(|| SettleError::Module("a column lies outside the memory".into()))
    }

    /// Adds the rows of the current batch that were rejected, by the module or because a value is missing.
    fn collect_rejects(
        &self,
        inputs: &[Cells<'_>],
        start: usize,
        rows: usize,
        rejects: &mut Vec<Rejected>,
    ) -> Result<(), SettleError> {
        let status = self.column(self.schema.batch.status.offset, rows, 2)?;
        let with_nulls: Vec<(&Cells<'_>, &Arc<Cause>)> =
            inputs.iter().zip(&self.missing).filter(|(cells, _)| cells.has_nulls()).collect();
        for (at, status) in status.as_chunks().0.iter().map(|status| u16::from_le_bytes(*status)).enumerate() {
            let row = start + at;
            if let Some((_, cause)) = with_nulls.iter().find(|(cells, _)| cells.is_null(row)) {
                rejects.push(Rejected { row, cause: Arc::clone(cause) });
            } else if status != 0 {
                let cause = self.causes.get(usize::from(status)).and_then(Option::as_ref);
                let cause = cause.ok_or_else(|| SettleError::Module(format!("it gave the unknown status {status}")))?;
                rejects.push(Rejected { row, cause: Arc::clone(cause) });
            }
        }
        Ok(())
    }
}

impl Cells<'_> {
    fn has_nulls(&self) -> bool {
        match self {
            Self::Narrow(array) => array.null_count() > 0,
            Self::Wide(array) => array.null_count() > 0,
        }
    }

    fn is_null(&self, row: usize) -> bool {
        match self {
            Self::Narrow(array) => array.is_null(row),
            Self::Wide(array) => array.is_null(row),
        }
    }
}

/// The Arrow type that holds a column's cells as they are.
fn data_type(column: &Column) -> DataType {
    let scale = i8::try_from(column.scale).unwrap_or(i8::MAX);
    match column.layout {
        Layout::I64 => DataType::Decimal64(18, scale),
        Layout::I128 => DataType::Decimal128(38, scale),
    }
}

fn cells<'a>(claims: &'a RecordBatch, column: &Column) -> Result<Cells<'a>, SettleError> {
    let array = claims.column_by_name(&column.name);
    let array = array.ok_or_else(|| SettleError::MissingColumn(column.name.clone()))?;
    match array.data_type() {
        DataType::Decimal64(_, scale) if u32::try_from(*scale) == Ok(column.scale) => {
            array.as_primitive_opt::<Decimal64Type>().map(Cells::Narrow)
        }
        DataType::Decimal128(_, scale) if u32::try_from(*scale) == Ok(column.scale) => {
            array.as_primitive_opt::<Decimal128Type>().map(Cells::Wide)
        }
        _ => None,
    }
    .ok_or_else(|| SettleError::ColumnType {
        column: column.name.clone(),
        expected: data_type(column).to_string(),
        found: array.data_type().to_string(),
    })
}

/// Which rows are not among the rejected; `None` if all are settled.
fn settled_rows(rows: usize, rejects: &[Rejected]) -> Option<NullBuffer> {
    if rejects.is_empty() {
        return None;
    }
    let mut settled = BooleanBufferBuilder::new(rows);
    settled.append_n(rows, true);
    for reject in rejects.iter().filter(|reject| reject.row < rows) {
        settled.set_bit(reject.row, false);
    }
    Some(NullBuffer::new(settled.finish()))
}

/// The cells of an output column, as they come out of the memory.
enum OutputBuffer {
    Narrow(Vec<i64>),
    Wide(Vec<i128>),
}

impl OutputBuffer {
    fn new(layout: Layout, rows: usize) -> Self {
        match layout {
            Layout::I64 => Self::Narrow(Vec::with_capacity(rows)),
            Layout::I128 => Self::Wide(Vec::with_capacity(rows)),
        }
    }

    fn extend(&mut self, bytes: &[u8]) {
        match self {
            Self::Narrow(cells) => cells.extend(bytes.as_chunks().0.iter().map(|cell| i64::from_le_bytes(*cell))),
            Self::Wide(cells) => cells.extend(bytes.as_chunks().0.iter().map(|cell| i128::from_le_bytes(*cell))),
        }
    }

    fn finish(self, column: &Column, settled: Option<NullBuffer>) -> Result<ArrayRef, SettleError> {
        let failed = |error: arrow_schema::ArrowError| SettleError::Module(error.to_string());
        Ok(match self {
            Self::Narrow(cells) => Arc::new(
                Decimal64Array::try_new(ScalarBuffer::from(cells), settled)
                    .map_err(failed)?
                    .with_data_type(data_type(column)),
            ),
            Self::Wide(cells) => Arc::new(
                Decimal128Array::try_new(ScalarBuffer::from(cells), settled)
                    .map_err(failed)?
                    .with_data_type(data_type(column)),
            ),
        })
    }
}
