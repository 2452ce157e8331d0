//! Records of running values, which lie in the module's memory from [`fen_schema::State::offset`] on.

use fen_schema::{Phase, StateCell, StateFunction, StateTable};

use super::cells;
use super::error::StreamError;
use super::kernel::Kernel;
use super::schedule::at;

/// Records that are made room for at once.
const CHUNK: usize = 1 << 10;

/// The records of one phase.
pub(crate) struct Records {
    offset: u64,
    pub(crate) tables: Vec<Table>,
}

/// The records of one grain.
pub(crate) struct Table {
    pub(crate) grain: usize,
    /// Offset of the column of places.
    pub(crate) column: u32,
    /// Length of a record.
    bytes: usize,
    /// A new record.
    initial: Vec<u8>,
    /// Where each chunk of records begins in the memory.
    chunks: Vec<u64>,
    /// Where a record is that is thrown away.
    scratch: Option<u64>,
    pub(crate) cells: Vec<StateCell>,
    /// By cell: whether what it is changed by is late, so that claims that are taken back never count in it. Known where claims
    /// can be taken back.
    pub(crate) late: Vec<bool>,
}

impl Records {
    /// None yet; nothing for a phase that keeps none. `pooled` says which outputs of the phase are.
    pub(crate) fn new(phase: &Phase, pooled: &[bool]) -> Option<Self> {
        let state = phase.state.as_ref()?;
        let tables = state.tables.iter().map(|table| Table::new(table, pooled)).collect();
        Some(Self { offset: state.offset.into(), tables })
    }

    /// Makes room for the records of so many slots; new ones are as the interface says.
    pub(crate) fn reserve(&mut self, table: usize, slots: usize, kernel: &mut Kernel) -> Result<(), StreamError> {
        let Some(table) = self.tables.get_mut(table) else { return Ok(()) };
        while table.chunks.len() * CHUNK < slots {
            let place = kernel.allocate(self.offset, CHUNK * table.bytes)?;
            kernel.write_at(place, &table.initial.repeat(CHUNK))?;
            table.chunks.push(place);
        }
        Ok(())
    }

    /// The distance of a record from the offset divided by 8; −1 for no slot.
    pub(crate) fn place(&self, table: &Table, slot: u32) -> i32 {
        match table.address(slot) {
            Some(address) => i32::try_from((address - self.offset) / 8).unwrap_or(-1),
            None => -1,
        }
    }

    /// A record to be thrown away is new again.
    pub(crate) fn clear_scratch(&mut self, table: usize, kernel: &mut Kernel) -> Result<(), StreamError> {
        let Some(table) = self.tables.get_mut(table) else { return Ok(()) };
        let place = match table.scratch {
            Some(place) => place,
            None => kernel.allocate(self.offset, table.bytes)?,
        };
        table.scratch = Some(place);
        kernel.write_at(place, &table.initial)
    }

    /// Where it is.
    pub(crate) fn scratch_place(&self, table: &Table) -> i32 {
        table.scratch.and_then(|place| i32::try_from((place - self.offset) / 8).ok()).unwrap_or(-1)
    }

    /// Makes all records new again.
    pub(crate) fn clear(&mut self, kernel: &mut Kernel) -> Result<(), StreamError> {
        for table in &self.tables {
            let image = table.initial.repeat(CHUNK);
            for chunk in &table.chunks {
                kernel.write_at(*chunk, &image)?;
            }
        }
        Ok(())
    }
}

impl Table {
    fn new(table: &StateTable, pooled: &[bool]) -> Self {
        let bytes = usize::try_from(table.bytes).unwrap_or(0);
        let mut initial = vec![0; bytes];
        for cell in &table.cells {
            let at = usize::try_from(cell.column.offset).unwrap_or(usize::MAX);
            let new = cells::bytes(new_cell(cell), cell.column.layout);
            initial.iter_mut().skip(at).zip(new).for_each(|(slot, byte)| *slot = byte);
        }
        Self {
            grain: usize::try_from(table.grain).unwrap_or(usize::MAX),
            column: table.places.offset,
            bytes,
            initial,
            chunks: Vec::new(),
            scratch: None,
            cells: table.cells.clone(),
            late: table.cells.iter().map(|cell| is_late(cell, pooled)).collect(),
        }
    }

    /// Whether claims that are taken back count in no cell.
    pub(crate) fn is_all_late(&self) -> bool {
        self.late.iter().all(|late| *late)
    }

    /// Whether they count in some cells, until they are taken back, but not in others.
    pub(crate) fn is_mixed(&self) -> bool {
        self.late.contains(&true) && self.late.contains(&false)
    }

    /// How many records there is room for.
    pub(crate) fn room(&self) -> usize {
        self.chunks.len() * CHUNK
    }

    /// Where a record is in the memory.
    pub(crate) fn address(&self, slot: u32) -> Option<u64> {
        let slot = usize::try_from(slot).ok()?;
        let chunk = self.chunks.get(slot / CHUNK)?;
        Some(chunk + u64::try_from((slot % CHUNK) * self.bytes).ok()?)
    }

    /// The bytes of a record.
    pub(crate) fn record<'k>(&self, slot: u32, kernel: &'k Kernel) -> Result<&'k [u8], StreamError> {
        match self.address(slot) {
            Some(address) => kernel.read_at(address, self.bytes),
            None => Ok(&[]),
        }
    }

    /// Whether a record is as if it were new.
    pub(crate) fn is_new(&self, record: &[u8]) -> bool {
        record.is_empty() || record == self.initial
    }

    /// One cell of a record.
    pub(crate) fn get(&self, cell: &StateCell, slot: u32, kernel: &Kernel) -> Result<i128, StreamError> {
        let record = self.record(slot, kernel)?;
        let at = usize::try_from(cell.column.offset).unwrap_or(usize::MAX);
        Ok(cells::cell(record.get(at..).unwrap_or_default(), cell.column.layout))
    }

    /// Writes one cell of a record; the number fits the layout.
    pub(crate) fn set(
        &self,
        cell: &StateCell,
        slot: u32,
        number: i128,
        kernel: &mut Kernel,
    ) -> Result<(), StreamError> {
        match self.address(slot) {
            Some(address) => {
                kernel.write_at(address + u64::from(cell.column.offset), &cells::bytes(number, cell.column.layout))
            }
            None => Ok(()),
        }
    }
}

fn is_late(cell: &StateCell, pooled: &[bool]) -> bool {
    cell.late || cell.contribution.and_then(|output| pooled.get(at(output))) == Some(&true)
}

/// What a cell of a new record holds.
pub(crate) fn new_cell(cell: &StateCell) -> i128 {
    match cell.function {
        StateFunction::Sum | StateFunction::Count | StateFunction::Linked => 0,
        StateFunction::Max | StateFunction::Min | StateFunction::Last => cell.column.layout.none(),
    }
}
