//! Where columns, parameters and tables lie in the module's memory.

use std::collections::HashMap;

use fen_schema::Layout;
use num_bigint::BigInt;

use super::statuses::Statuses;
use crate::check::program::{Program, days_of};
use crate::check::types::{Type, step_of};
use crate::exact;
use crate::lower::ir::{Kernel, OpKind, fits_18_digits};
use crate::phases::{Phase, Source};

/// The name of the function that settles a batch in a phase.
pub(super) fn entry(phase: usize) -> String {
    numbered("settle", phase)
}

/// The name of the function that traces a row in a phase.
pub(super) fn second_entry(phase: usize) -> String {
    numbered("trace", phase)
}

fn numbered(name: &str, phase: usize) -> String {
    if phase == 0 { name.to_owned() } else { format!("{name}_{phase}") }
}

/// Rows of one batch: few enough that its columns stay in a core's cache, many enough that a call costs nothing.
pub(super) const CAPACITY: u32 = 4096;

/// Columns start here; the first bytes stay unused, so that address 0 is never data.
const FIRST: u32 = 64;

/// Added between columns, so that equal rows of different columns do not compete for the same cache set.
const STAGGER: u32 = 192;

const PAGE: u32 = 65_536;

/// The place of a column, or of a cell of a record.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    pub(super) layout: Layout,
    /// Within the record, if it is part of one.
    pub(super) offset: u32,
    /// The kind of record, if it is part of one.
    pub(super) table: Option<usize>,
    pub(super) low: BigInt,
    pub(super) high: BigInt,
    /// Whether the least number of the layout, which stands for nothing, is admitted too.
    pub(super) is_optional: bool,
}

/// The place of an array of constants, each of so many bytes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Array {
    pub(super) offset: u32,
    pub(super) bytes: u32,
    pub(super) length: u32,
}

/// Memory that is given to phases one after the other.
#[derive(Clone, Debug)]
pub(super) struct Space {
    /// Rows of a batch.
    capacity: u32,
    next: u32,
    /// What memory holds at first, by offset.
    pub(super) data: Vec<(u32, Vec<u8>)>,
    /// By parameter of the program; all phases read the same cells.
    parameters: Option<Vec<Cell>>,
    /// Which data are tables; parameters are not.
    tables: Vec<usize>,
    /// Tables of earlier phases, which others may have too.
    known: HashMap<Vec<u8>, u32>,
}

/// Where the records of one kind are told, and how long they are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Table {
    /// The column of places.
    pub(super) places: u32,
    pub(super) bytes: u32,
}

/// The places of everything that a phase touches.
#[derive(Clone, Debug, Default)]
pub(super) struct Plan {
    /// Rows of a batch.
    pub(super) capacity: u32,
    /// By input of the phase.
    pub(super) inputs: Vec<Cell>,
    /// By output of the phase that is a column.
    pub(super) outputs: Vec<Cell>,
    /// By parameter of the program.
    pub(super) parameters: Vec<Cell>,
    pub(super) status: u32,
    /// By list and by array of the kernel.
    pub(super) lists: Vec<Array>,
    pub(super) arrays: Vec<Array>,
    /// The status of a row by the number of the look-up that rejects it.
    pub(super) site_statuses: Array,
    /// The input that must lie in the period in force, with its first and its last day.
    pub(super) period: Option<(usize, i32, i32)>,
    /// By kind of record.
    pub(super) tables: Vec<Table>,
    /// Where records begin.
    pub(super) state: u32,
}

impl Space {
    /// For columns of so many rows.
    pub(super) fn new(capacity: u32) -> Self {
        Self { capacity, next: FIRST, data: Vec::new(), parameters: None, tables: Vec::new(), known: HashMap::new() }
    }

    /// The first byte that is not given away.
    pub(super) fn end(&self) -> u32 {
        self.next
    }

    /// Pages of memory.
    pub(super) fn pages(&self) -> u32 {
        self.next.div_ceil(PAGE)
    }

    /// What is placed from now on may share tables with what is there.
    pub(super) fn close_phase(&mut self) {
        let tables = self.tables.drain(..).filter_map(|at| self.data.get(at));
        self.known.extend(tables.map(|(offset, data)| (data.clone(), *offset)));
    }

    fn column(&mut self, ty: Type, low: BigInt, high: BigInt, is_optional: bool) -> Cell {
        let layout = layout(ty, &low, &high);
        let offset = self.rows(layout.bytes());
        Cell { layout, offset, table: None, low, high, is_optional }
    }

    fn parameters(&mut self, program: &Program) -> Vec<Cell> {
        if let Some(known) = &self.parameters {
            return known.clone();
        }
        let mut cells = Vec::new();
        for parameter in &program.parameters {
            let step = step_of(parameter.scale);
            let (low, high) = exact::within(&parameter.facts.low, &parameter.facts.high, &step);
            let layout = layout(parameter.ty, &low, &high);
            let offset = self.place(layout.bytes());
            // The least number: all bits but the highest are 0.
            let mut bytes = vec![0; usize::try_from(layout.bytes()).unwrap_or_default()];
            if let Some(last) = bytes.last_mut() {
                *last = 0x80;
            }
            self.data.push((offset, bytes));
            cells.push(Cell { layout, offset, table: None, low, high, is_optional: false });
        }
        self.parameters = Some(cells.clone());
        cells
    }

    /// Places numbers, each in as few bytes as hold them all but at least so many.
    fn array(&mut self, numbers: &[i64], least: u32) -> Array {
        let (low, high) =
            (numbers.iter().min().copied().unwrap_or_default(), numbers.iter().max().copied().unwrap_or_default());
        let bytes = [1, 2, 4].into_iter().find(|bytes| {
            let end = 1i64 << (8 * bytes - 1);
            *bytes >= least && -end <= low && high < end
        });
        let bytes = bytes.unwrap_or(8);
        let size = usize::try_from(bytes).unwrap_or(8);
        let data: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes().into_iter().take(size)).collect();
        let length = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
        if let Some(offset) = self.known.get(&data) {
            return Array { offset: *offset, bytes, length };
        }
        let offset = self.place(u32::try_from(data.len()).unwrap_or(u32::MAX));
        self.tables.push(self.data.len());
        self.data.push((offset, data));
        Array { offset, bytes, length }
    }

    /// Places a column of cells of so many bytes.
    fn rows(&mut self, bytes: u32) -> u32 {
        let stagger = if self.capacity > 1 { STAGGER } else { 0 };
        self.place(self.capacity * bytes + stagger)
    }

    fn place(&mut self, bytes: u32) -> u32 {
        let offset = self.next;
        self.next = self.next.saturating_add(bytes).saturating_add(15) / 16 * 16;
        offset
    }
}

impl Plan {
    pub(super) fn new(program: &Program, phase: &Phase, statuses: &Statuses, space: &mut Space) -> Self {
        let mut plan = Self { capacity: space.capacity, ..Self::default() };
        let mut lengths = vec![0; phase.tables.len()];
        for import in &phase.inputs {
            let input = &import.input;
            let step = step_of(input.scale);
            let (low, high) = exact::within(&input.facts.low, &input.facts.high, &step);
            plan.inputs.push(match import.source {
                Source::Record { table, .. } => {
                    let layout = layout(input.ty, &low, &high);
                    let mut offset = 0;
                    if let Some(length) = lengths.get_mut(table) {
                        offset = u32::next_multiple_of(*length, layout.bytes().min(8));
                        *length = offset + layout.bytes();
                    }
                    Cell { layout, offset, table: Some(table), low, high, is_optional: input.is_optional }
                }
                _ => space.column(input.ty, low, high, input.is_optional),
            });
        }
        let columns = phase.outputs.iter().filter(|output| output.is_column);
        for (output, cell) in columns.zip(&phase.kernel.outputs) {
            let Some(op) = phase.kernel.op(cell.value) else { continue };
            plan.outputs.push(space.column(output.ty, op.low.clone(), op.high.clone(), output.is_optional));
        }
        plan.status = space.rows(2);
        for length in lengths {
            let places = space.rows(4);
            plan.tables.push(Table { places, bytes: u32::next_multiple_of(length, 8) });
        }
        plan.parameters = space.parameters(program);
        if let (Some(input), Some((from, to))) = (phase.dated_by, program.in_force) {
            plan.period = Some((input, days_of(from), to.map_or(i32::MAX, days_of)));
        }
        plan.constants(&phase.kernel, statuses, space);
        plan
    }

    /// The lists and arrays that are used.
    fn constants(&mut self, kernel: &Kernel, statuses: &Statuses, space: &mut Space) {
        self.lists = vec![Array::default(); kernel.lists.len()];
        self.arrays = vec![Array::default(); kernel.arrays.len()];
        for op in &kernel.ops {
            match op.kind {
                OpKind::Position { list, .. } if self.lists.get(list).is_some_and(|one| one.bytes == 0) => {
                    let placed = space.array(kernel.lists.get(list).map(Vec::as_slice).unwrap_or_default(), 8);
                    if let Some(slot) = self.lists.get_mut(list) {
                        *slot = placed;
                    }
                }
                OpKind::Cell { array, .. } if self.arrays.get(array).is_some_and(|one| one.bytes == 0) => {
                    let placed = space.array(kernel.arrays.get(array).map(Vec::as_slice).unwrap_or_default(), 1);
                    if let Some(slot) = self.arrays.get_mut(array) {
                        *slot = placed;
                    }
                }
                _ => {}
            }
        }
        if kernel.fault.is_some() {
            let statuses: Vec<i64> = statuses.by_site.iter().map(|status| i64::from(*status)).collect();
            self.site_statuses = space.array(&statuses, 8);
        }
    }
}

/// Eight bytes where 18 digits are enough (the precision of Arrow's Decimal64), else sixteen, for amounts.
fn layout(ty: Type, low: &BigInt, high: &BigInt) -> Layout {
    match ty {
        Type::Bool | Type::Enum(_) => Layout::I8,
        Type::Date | Type::Code | Type::Id => Layout::I32,
        Type::Measure(_) if fits_18_digits(low, high) => Layout::I64,
        Type::Measure(_) => Layout::I128,
    }
}
