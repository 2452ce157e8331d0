//! One instance of a policy's module: its memory and its phases.

use std::sync::Arc;

use fen_schema::{Column, Schema};
use wasmtime::{Memory, Store, TypedFunc};

use super::error::StreamError;
use crate::error::{LoadError, SettleError};
use crate::load::Policy;
use crate::parameters::Parameters;

/// What a phase answers if a parameter is not set or out of range.
const PARAMETERS_REFUSED: i32 = -2;
/// Bytes of a page of memory.
const PAGE: u64 = 65_536;
/// Memory grows by at least this many pages, so that it does not grow too often.
const GROWTH: u64 = 16;

/// An instance of a module.
pub(crate) struct Kernel {
    store: Store<()>,
    memory: Memory,
    /// By phase.
    entries: Vec<TypedFunc<i32, i32>>,
    /// More than any call takes.
    fuel: u64,
    /// Where memory is free; records lie before.
    free: u64,
    cells: Vec<u8>,
}

impl Kernel {
    /// A new instance, given its parameters.
    pub(crate) fn new(policy: &Policy, parameters: &Parameters) -> Result<Self, StreamError> {
        let schema: Arc<Schema> = Arc::clone(&policy.schema);
        let refused = |why: String| StreamError::Load(LoadError::Engine(why));
        let mut store = Store::new(&policy.engine, ());
        let instance = policy.instance.instantiate(&mut store).map_err(|error| refused(error.to_string()))?;
        let memory = instance.get_memory(&mut store, "memory").ok_or_else(|| refused("no memory".into()))?;
        let mut entries = Vec::new();
        for phase in schema.plan.iter().flat_map(|plan| &plan.phases) {
            let entry = instance.get_typed_func(&mut store, &phase.entry);
            entries.push(entry.map_err(|error| refused(error.to_string()))?);
        }
        // As in a session: every byte of code is at most one instruction, run at most 128 times for a row.
        let fuel = policy.size.saturating_mul(256).saturating_mul(u64::from(schema.batch.capacity) + 1);
        let mut kernel = Self { store, memory, entries, fuel, free: 0, cells: Vec::new() };
        let missing: Vec<Column> = parameters.missing().cloned().collect();
        if !missing.is_empty() {
            return Err(SettleError::MissingParameters(missing).into());
        }
        for (column, cell) in parameters.all() {
            let cell = cell.unwrap_or_else(|| column.layout.none());
            kernel.write_at(column.offset.into(), &super::cells::bytes(cell, column.layout))?;
        }
        Ok(kernel)
    }

    /// Runs a phase on the rows in its columns; how many it rejects.
    pub(crate) fn call(&mut self, phase: usize, rows: usize) -> Result<usize, StreamError> {
        let failed = |why: String| StreamError::from(SettleError::Module(why));
        let rows = i32::try_from(rows).unwrap_or(i32::MAX);
        let entry = self.entries.get(phase).ok_or_else(|| failed("it lacks a phase".into()))?;
        self.store.set_fuel(self.fuel).map_err(|error| failed(error.to_string()))?;
        match entry.call(&mut self.store, rows).map_err(|error| failed(error.to_string()))? {
            PARAMETERS_REFUSED => Err(failed("it refuses its parameters".into())),
            rejected if (0..=rows).contains(&rejected) => Ok(usize::try_from(rejected).unwrap_or(0)),
            rejected => Err(failed(format!("it answered {rejected} for {rows} rows"))),
        }
    }

    /// A column's first cells.
    pub(crate) fn column(&self, offset: u32, rows: usize, bytes: u32) -> Result<&[u8], StreamError> {
        let length = rows.saturating_mul(usize::try_from(bytes).unwrap_or(usize::MAX));
        self.read_at(offset.into(), length)
    }

    /// Writes a column's first cells, which a function puts into an empty buffer.
    pub(crate) fn fill(&mut self, offset: u32, cells: impl FnOnce(&mut Vec<u8>)) -> Result<(), StreamError> {
        let mut buffer = std::mem::take(&mut self.cells);
        buffer.clear();
        cells(&mut buffer);
        let written = self.write_at(offset.into(), &buffer);
        self.cells = buffer;
        written
    }

    pub(crate) fn read_at(&self, address: u64, length: usize) -> Result<&[u8], StreamError> {
        let start = usize::try_from(address).unwrap_or(usize::MAX);
        let bytes = self.memory.data(&self.store).get(start..start.saturating_add(length));
        bytes.ok_or_else(|| SettleError::Module("a column lies outside the memory".into()).into())
    }

    pub(crate) fn write_at(&mut self, address: u64, bytes: &[u8]) -> Result<(), StreamError> {
        let start = usize::try_from(address).unwrap_or(usize::MAX);
        let written = self.memory.write(&mut self.store, start, bytes);
        written.map_err(|_| SettleError::Module("a column lies outside the memory".into()).into())
    }

    /// Where so many bytes are free, not before `from`. The memory grows for them.
    pub(crate) fn allocate(&mut self, from: u64, bytes: usize) -> Result<u64, StreamError> {
        let place = self.free.max(from).next_multiple_of(16);
        let end = place.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
        let size = u64::try_from(self.memory.data_size(&self.store)).unwrap_or(u64::MAX);
        if end > size {
            let pages = (end - size).div_ceil(PAGE);
            let grown = self.memory.grow(&mut self.store, pages.max(GROWTH));
            if grown.is_err() && self.memory.grow(&mut self.store, pages).is_err() {
                return Err(StreamError::OutOfMemory);
            }
        }
        self.free = end;
        Ok(place)
    }
}
