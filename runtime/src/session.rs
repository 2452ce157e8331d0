//! Batches of claims through one instance of a module.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow_buffer::{BooleanBufferBuilder, NullBuffer};
use arrow_schema::{Field, SchemaRef};
use fen_schema::{Column, RejectCode, Schema};
use fen_values::ParameterError;
use wasmtime::{Memory, Store, TypedFunc};

use crate::codes::{Codes, Numbering};
use crate::error::{LoadError, SettleError};
use crate::inputs::{self, Cells, Fault};
use crate::load::Policy;
use crate::outputs::{OutputBuffer, data_type, value_names};
use crate::parameters::Parameters;
use crate::settlement::{Cause, Rejected, Settlement, reason};

#[cfg(target_endian = "big")]
compile_error!("columns are copied as they lie in memory, which is right on little-endian machines only");

/// What `settle` answers if a parameter is not set or out of range.
const PARAMETERS_REFUSED: i32 = -2;

/// One instance of a policy's module with its memory.
pub struct Session {
    store: Store<()>,
    memory: Memory,
    entry: TypedFunc<i32, i32>,
    schema: Arc<Schema>,
    codes: Arc<Codes>,
    results: SchemaRef,
    /// By output: the names of its values.
    names: Vec<ArrayRef>,
    /// By status; nothing at 0 and at those that the schema does not know.
    causes: Vec<Option<Arc<Cause>>>,
    /// By input and code: the causes that this host has found so far.
    host_causes: HashMap<(usize, RejectCode), Arc<Cause>>,
    parameters: Parameters,
    /// Whether the parameters stand in the module's memory.
    parameters_are_written: bool,
    /// More than any batch takes.
    fuel: u64,
}

impl Session {
    pub(crate) fn new(policy: &Policy) -> Result<Self, LoadError> {
        let schema = Arc::clone(&policy.schema);
        if schema.plan.is_some() {
            return Err(LoadError::NeedsStream);
        }
        let mut store = Store::new(&policy.engine, ());
        // Every byte of code is at most one instruction, and none is run more than 128 times for a row (a division of 128
        // bits); twice that is left for good measure.
        let fuel = policy.size.saturating_mul(256).saturating_mul(u64::from(schema.batch.capacity) + 1);
        let refused = |why: String| LoadError::Engine(why);
        let instance = policy.instance.instantiate(&mut store).map_err(|error| refused(error.to_string()))?;
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
        Ok(Self {
            store,
            memory,
            entry,
            codes: Arc::clone(&policy.codes),
            results,
            names: schema.outputs.iter().map(value_names).collect(),
            causes,
            host_causes: HashMap::new(),
            parameters: policy.parameters(),
            parameters_are_written: false,
            schema,
            fuel,
        })
    }

    /// What the module says of itself.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Sets one parameter; see [`Parameters::set`].
    ///
    /// # Errors
    /// If there is no such parameter, the text is none of its values, or the value is out of its range; nothing is
    /// changed then.
    pub fn set_parameter(&mut self, name: &str, text: &str) -> Result<(), ParameterError> {
        self.parameters.set(name, text)?;
        self.parameters_are_written = false;
        Ok(())
    }

    /// Takes all parameters from values made by [`Policy::parameters`], in place of those set before. They may have been
    /// made for another version of the policy if its parameters are the same.
    ///
    /// # Errors
    /// If the values are those of a policy with other parameters; nothing is changed then.
    pub fn set_parameters(&mut self, parameters: &Parameters) -> Result<(), ParameterError> {
        if !parameters.fit(&self.schema) {
            return Err(ParameterError::OtherPolicy);
        }
        self.parameters.clone_from(parameters);
        self.parameters_are_written = false;
        Ok(())
    }

    /// The parameters that must be set before anything can be settled.
    pub fn missing_parameters(&self) -> impl Iterator<Item = &Column> {
        self.parameters.missing()
    }

    /// Settles a batch of any number of rows. Inputs are found by their names:
    ///
    /// | column | Arrow type |
    /// |---|---|
    /// | money, rate, pp, number, measure | `Decimal32`, `Decimal64` or `Decimal128` of the column's scale; for scale 0 also any integer |
    /// | date | `Date32` |
    /// | bool | `Boolean` |
    /// | enum | `Utf8`, `LargeUtf8`, `Utf8View`, or a dictionary of them: names or labels, as in [`crate::parse_cell`] |
    /// | code, id | the same; spaces and tabs around a text do not count |
    ///
    /// A null or an empty text is a missing value. In a dictionary every text is looked up once, however many rows have
    /// it.
    ///
    /// # Errors
    /// If a parameter is not set, a column is missing or of another type, or the module fails. A bad row is no error: it
    /// is rejected.
    pub fn settle(&mut self, claims: &RecordBatch) -> Result<Settlement, SettleError> {
        self.write_parameters()?;
        let schema = Arc::clone(&self.schema);
        let codes = Arc::clone(&self.codes);
        let mut numbering = Numbering::new(&codes);
        let (inputs, faults) = inputs::read(claims, &schema.inputs, &mut numbering)?;
        let capacity = usize::try_from(schema.batch.capacity).unwrap_or(usize::MAX);
        let mut outputs: Vec<OutputBuffer> =
            schema.outputs.iter().map(|column| OutputBuffer::new(column.layout, claims.num_rows())).collect();
        let mut rejects = Vec::new();
        let mut left = faults.as_slice();
        let mut start = 0;
        while start < claims.num_rows() {
            let rows = capacity.min(claims.num_rows() - start);
            for (column, cells) in schema.inputs.iter().zip(&inputs) {
                self.write(column, cells, start, rows)?;
            }
            let rejected = self.call(rows)?;
            if self.status(rows)?.iter().filter(|status| **status != [0, 0]).count() != rejected {
                return Err(SettleError::Module("it miscounts the rows it rejects".into()));
            }
            let (here, later) = left.split_at(left.partition_point(|fault| fault.row < start + rows));
            left = later;
            if rejected > 0 || !here.is_empty() {
                self.collect_rejects(here, start, rows, &mut rejects)?;
            }
            for (column, buffer) in schema.outputs.iter().zip(&mut outputs) {
                buffer.extend(self.column(column.offset, rows, column.layout.bytes())?);
            }
            start += rows;
        }
        let settled = settled_rows(claims.num_rows(), &rejects);
        let columns = schema.outputs.iter().zip(outputs).zip(&self.names);
        let columns = columns
            .map(|((column, buffer), names)| buffer.finish(column, settled.as_ref(), names, &numbering))
            .collect::<Result<_, _>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(claims.num_rows()));
        let outputs = RecordBatch::try_new_with_options(Arc::clone(&self.results), columns, &options)
            .map_err(|error| SettleError::Module(error.to_string()))?;
        Ok(Settlement { outputs, rejects })
    }

    fn write_parameters(&mut self) -> Result<(), SettleError> {
        if self.parameters_are_written {
            return Ok(());
        }
        let missing: Vec<Column> = self.parameters.missing().cloned().collect();
        if !missing.is_empty() {
            return Err(SettleError::MissingParameters(missing));
        }
        for (column, cell) in self.parameters.all() {
            // Little-endian, and the cell fits its layout: its first bytes are the cell.
            let bytes = cell.unwrap_or_else(|| column.layout.none()).to_le_bytes();
            let bytes = bytes.get(..usize::try_from(column.layout.bytes()).unwrap_or(0)).unwrap_or_default();
            let offset = usize::try_from(column.offset).unwrap_or(usize::MAX);
            let written = self.memory.write(&mut self.store, offset, bytes);
            written.map_err(|_| SettleError::Module("a parameter lies outside the memory".into()))?;
        }
        self.parameters_are_written = true;
        Ok(())
    }

    fn write(&mut self, column: &Column, cells: &Cells<'_>, start: usize, rows: usize) -> Result<(), SettleError> {
        let outside = || SettleError::Module("a column lies outside the memory".into());
        let offset = usize::try_from(column.offset).unwrap_or(usize::MAX);
        let bytes = cells.bytes(start, rows).ok_or_else(outside)?;
        self.memory.write(&mut self.store, offset, bytes).map_err(|_| outside())
    }

    /// Settles what is in the columns; how many rows were rejected.
    fn call(&mut self, rows: usize) -> Result<usize, SettleError> {
        let rows = i32::try_from(rows).unwrap_or(i32::MAX);
        self.store.set_fuel(self.fuel).map_err(|error| SettleError::Module(error.to_string()))?;
        let rejected =
            self.entry.call(&mut self.store, rows).map_err(|error| SettleError::Module(error.to_string()))?;
        match rejected {
            PARAMETERS_REFUSED => Err(SettleError::Module("it refuses its parameters".into())),
            rejected if (0..=rows).contains(&rejected) => Ok(usize::try_from(rejected).unwrap_or(0)),
            rejected => Err(SettleError::Module(format!("it answered {rejected} for {rows} rows"))),
        }
    }

    fn column(&self, offset: u32, rows: usize, bytes: u32) -> Result<&[u8], SettleError> {
        let offset = usize::try_from(offset).unwrap_or(usize::MAX);
        let length = rows.saturating_mul(usize::try_from(bytes).unwrap_or(usize::MAX));
        self.memory
            .data(&self.store)
            .get(offset..offset.saturating_add(length))
            .ok_or_else(|| SettleError::Module("a column lies outside the memory".into()))
    }

    /// The status of every row of the current batch, little-endian.
    fn status(&self, rows: usize) -> Result<&[[u8; 2]], SettleError> {
        Ok(self.column(self.schema.batch.status.offset, rows, 2)?.as_chunks().0)
    }

    /// Adds the rows of the current batch that were rejected: for a fault that this host found, else by the module.
    fn collect_rejects(
        &mut self,
        mut faults: &[Fault],
        start: usize,
        rows: usize,
        rejects: &mut Vec<Rejected>,
    ) -> Result<(), SettleError> {
        let status: Vec<u16> = self.status(rows)?.iter().map(|status| u16::from_le_bytes(*status)).collect();
        for (row, status) in (start..).zip(status) {
            if let Some((fault, later)) = faults.split_first()
                && fault.row == row
            {
                faults = later;
                rejects.push(Rejected { row, cause: self.host_cause(*fault) });
            } else if status != 0 {
                let cause = self.causes.get(usize::from(status)).and_then(Option::as_ref);
                let cause = cause.ok_or_else(|| SettleError::Module(format!("it gave the unknown status {status}")))?;
                rejects.push(Rejected { row, cause: Arc::clone(cause) });
            }
        }
        Ok(())
    }

    fn host_cause(&mut self, Fault { input, code, .. }: Fault) -> Arc<Cause> {
        let schema = &self.schema;
        let cause = self.host_causes.entry((input, code)).or_insert_with(|| {
            let column = schema.inputs.get(input);
            let text = column.map(|column| (column.name.clone(), reason(schema, column, code)));
            let (column, reason) = text.unwrap_or_else(|| (String::new(), fen_schema::Text::default()));
            Arc::new(Cause { column, code, reason })
        });
        Arc::clone(cause)
    }
}

/// Which rows are not among the rejected; `None` if all are settled.
pub(crate) fn settled_rows(rows: usize, rejects: &[Rejected]) -> Option<NullBuffer> {
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
