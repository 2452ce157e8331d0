//! Where columns, parameters and tables lie in the module's memory.

use fen_schema::Layout;
use num_bigint::BigInt;

use super::statuses::Statuses;
use crate::check::program::{Program, days_of};
use crate::check::types::{Type, step_of};
use crate::exact;
use crate::lower::ir::{Kernel, OpKind, fits_18_digits};

/// The name of the function that settles a batch.
pub(super) const ENTRY: &str = "settle";

/// Rows of one batch: few enough that its columns stay in a core's cache, many enough that a call costs nothing.
pub(super) const CAPACITY: u32 = 4096;

/// Columns start here; the first bytes stay unused, so that address 0 is never data.
const FIRST: u32 = 64;

/// Added between columns, so that equal rows of different columns do not compete for the same cache set.
const STAGGER: u32 = 192;

const PAGE: u32 = 65_536;

/// A column's place.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    pub(super) layout: Layout,
    pub(super) offset: u32,
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

/// The places of everything.
#[derive(Clone, Debug, Default)]
pub(super) struct Plan {
    /// By input of the program.
    pub(super) inputs: Vec<Cell>,
    /// By output of the program.
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
    /// What memory holds at first, by offset.
    pub(super) data: Vec<(u32, Vec<u8>)>,
    /// Pages of memory.
    pub(super) pages: u32,
    next: u32,
}

impl Plan {
    pub(super) fn new(program: &Program, kernel: &Kernel, statuses: &Statuses) -> Self {
        let mut plan = Self { next: FIRST, ..Self::default() };
        for input in &program.inputs {
            let step = step_of(input.scale);
            let (low, high) = exact::within(&input.facts.low, &input.facts.high, &step);
            let cell = plan.column(input.ty, low, high, input.is_optional);
            plan.inputs.push(cell);
        }
        for (output, cell) in program.outputs.iter().zip(&kernel.outputs) {
            let (Some(op), Some(value)) = (kernel.op(cell.value), program.value(output.value)) else { continue };
            let cell = plan.column(value.ty, op.low.clone(), op.high.clone(), output.present.is_some());
            plan.outputs.push(cell);
        }
        plan.status = plan.place(CAPACITY * 2 + STAGGER);
        for parameter in &program.parameters {
            let step = step_of(parameter.scale);
            let (low, high) = exact::within(&parameter.facts.low, &parameter.facts.high, &step);
            let layout = layout(parameter.ty, &low, &high);
            let offset = plan.place(layout.bytes());
            // The least number: all bits but the highest are 0.
            let mut bytes = vec![0; usize::try_from(layout.bytes()).unwrap_or_default()];
            if let Some(last) = bytes.last_mut() {
                *last = 0x80;
            }
            plan.data.push((offset, bytes));
            plan.parameters.push(Cell { layout, offset, low, high, is_optional: false });
        }
        if let (Some(id), Some((from, to))) = (program.dated_by, program.in_force) {
            plan.period = Some((id.0, days_of(from), to.map_or(i32::MAX, days_of)));
        }
        plan.tables(kernel, statuses);
        plan.pages = plan.next.div_ceil(PAGE);
        plan
    }

    fn column(&mut self, ty: Type, low: BigInt, high: BigInt, is_optional: bool) -> Cell {
        let layout = layout(ty, &low, &high);
        let offset = self.place(CAPACITY * layout.bytes() + STAGGER);
        Cell { layout, offset, low, high, is_optional }
    }

    /// The lists and arrays that are used.
    fn tables(&mut self, kernel: &Kernel, statuses: &Statuses) {
        self.lists = vec![Array::default(); kernel.lists.len()];
        self.arrays = vec![Array::default(); kernel.arrays.len()];
        for op in &kernel.ops {
            match op.kind {
                OpKind::Position { list, .. } if self.lists.get(list).is_some_and(|one| one.bytes == 0) => {
                    let placed = self.array(kernel.lists.get(list).map(Vec::as_slice).unwrap_or_default(), 8);
                    if let Some(slot) = self.lists.get_mut(list) {
                        *slot = placed;
                    }
                }
                OpKind::Cell { array, .. } if self.arrays.get(array).is_some_and(|one| one.bytes == 0) => {
                    let placed = self.array(kernel.arrays.get(array).map(Vec::as_slice).unwrap_or_default(), 1);
                    if let Some(slot) = self.arrays.get_mut(array) {
                        *slot = placed;
                    }
                }
                _ => {}
            }
        }
        if kernel.fault.is_some() {
            let statuses: Vec<i64> = statuses.by_site.iter().map(|status| i64::from(*status)).collect();
            self.site_statuses = self.array(&statuses, 8);
        }
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
        let offset = self.place(u32::try_from(data.len()).unwrap_or(u32::MAX));
        self.data.push((offset, data));
        Array { offset, bytes, length: u32::try_from(numbers.len()).unwrap_or(u32::MAX) }
    }

    fn place(&mut self, bytes: u32) -> u32 {
        let offset = self.next;
        self.next = self.next.saturating_add(bytes).saturating_add(15) / 16 * 16;
        offset
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
