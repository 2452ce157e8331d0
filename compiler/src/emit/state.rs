//! What a phase carries from row to row: records, one for every group, at places that the host tells.
//!
//! A place is trusted with nothing: a record that would not lie within memory is not touched, and its row not settled.

use fen_schema::{Layout, StateFunction};
use wasm_encoder::{Function, Instruction as I};

use super::batch::{AT, RECORD, is_known};
use super::layout::{Cell, Plan};
use super::row::{Row, memory, store};
use super::wide::{emit, less_than_of};
use crate::lower::ir::{OutputCell, Ref};
use crate::lower::locals::Place;
use crate::phases::{Phase, RecordCell};

/// Pages are of so many bytes, as a power of two; places count eight bytes each.
const PAGE_BITS: i64 = 16;
const PLACE_BITS: i32 = 3;

fn local_of(first: u32, table: usize) -> u32 {
    first.saturating_add(u32::try_from(table).unwrap_or(u32::MAX))
}

/// Pushes where the current row's record begins, apart from where records begin.
pub(super) fn push_record(f: &mut Function, table: usize) {
    f.instruction(&I::LocalGet(local_of(RECORD, table)));
}

/// Finds, for each kind of record, the last place at which one lies within memory; less than 0 if there is none.
pub(super) fn last_places(f: &mut Function, plan: &Plan, first: u32) {
    for (at, table) in plan.tables.iter().enumerate() {
        let used = i64::from(plan.state).saturating_add(table.bytes.into());
        emit(f, &[I::MemorySize(0), I::I64ExtendI32U, I::I64Const(PAGE_BITS), I::I64Shl, I::I64Const(used), I::I64Sub]);
        emit(f, &[I::I64Const(PLACE_BITS.into()), I::I64ShrS, I::LocalSet(local_of(first, at))]);
    }
}

/// Finds the records of the current row, and leaves 1 if one of them does not lie within memory, else 0.
pub(super) fn find_records(f: &mut Function, plan: &Plan, first: u32) {
    f.instruction(&I::I32Const(0));
    for (at, table) in plan.tables.iter().enumerate() {
        let record = local_of(RECORD, at);
        emit(f, &[I::LocalGet(AT), I::I32Const(1), I::I32ShrU, I::I32Load(memory(table.places, 2))]);
        // Taken as unsigned, what is negative is beyond all memory.
        emit(f, &[I::LocalTee(record), I::I64ExtendI32U, I::LocalGet(local_of(first, at)), I::I64GtS, I::I32Or]);
        emit(f, &[I::LocalGet(record), I::I32Const(PLACE_BITS), I::I32Shl, I::LocalSet(record)]);
    }
}

/// Changes the records of a row that is settled.
pub(super) fn update_records(f: &mut Function, phase: &Phase, row: &Row<'_>) {
    for (table, records) in phase.tables.iter().enumerate() {
        for cell in &records.cells {
            let (Some(home), Some(given)) = (row.plan.inputs.get(cell.input), row.kernel.outputs.get(cell.output))
            else {
                continue;
            };
            let home = Cell { offset: row.plan.state.saturating_add(home.offset), ..home.clone() };
            Update { row, table, home, given: *given, old: row.input(cell.input) }.emit(f, cell);
        }
    }
}

/// The change of one cell.
struct Update<'a> {
    row: &'a Row<'a>,
    table: usize,
    home: Cell,
    given: OutputCell,
    /// What the cell held before.
    old: Place,
}

impl<'a> Update<'a> {
    fn emit(&self, f: &mut Function, cell: &RecordCell) {
        match cell.function {
            StateFunction::Sum | StateFunction::Count => self.add(f),
            StateFunction::Max | StateFunction::Min | StateFunction::Last | StateFunction::Linked => {
                self.is_taken(f, cell.function);
                f.instruction(&I::LocalSet(self.row.scratch_flag()));
                self.replace(f);
            }
        }
    }

    /// The old cell and what the row adds, or 0.
    fn add(&self, f: &mut Function) {
        let (low, high) = (self.row.scratch, self.row.scratch + 1);
        self.added(f, Row::low);
        emit(f, &[I::LocalSet(high)]);
        push_record(f, self.table);
        self.old_low(f);
        emit(f, &[I::LocalGet(high), I::I64Add, I::LocalTee(low)]);
        f.instruction(&store(&self.home));
        if self.home.layout == Layout::I128 {
            push_record(f, self.table);
            self.old_high(f);
            self.added(f, Row::high);
            f.instruction(&I::I64Add);
            // The carry is 1 where the low half of the sum is less than one of its terms.
            emit(f, &[I::LocalGet(low), I::LocalGet(high), I::I64LtU, I::I64ExtendI32U, I::I64Add]);
            f.instruction(&I::I64Store(memory(self.home.offset + 8, 3)));
        }
    }

    fn added(&self, f: &mut Function, half: fn(&Row<'a>, &mut Function, Ref)) {
        half(self.row, f, self.given.value);
        if let Some(present) = self.given.present {
            f.instruction(&I::I64Const(0));
            self.row.flag(f, present);
            f.instruction(&I::Select);
        }
    }

    /// Leaves 1 if the row's value takes the place of the old cell, else 0.
    fn is_taken(&self, f: &mut Function, function: StateFunction) {
        let new = self.given.value;
        match function {
            // What is missing is less than anything.
            StateFunction::Max => {
                self.is_less(f, true);
            }
            StateFunction::Min => {
                is_known(f, self.old, self.home.layout);
                f.instruction(&I::I32Eqz);
                self.is_less(f, false);
                f.instruction(&I::I32Or);
            }
            StateFunction::Linked => self.row.flag(f, new),
            StateFunction::Sum | StateFunction::Count | StateFunction::Last => {
                f.instruction(&I::I32Const(1));
            }
        }
        if let Some(present) = self.given.present {
            self.row.flag(f, present);
            f.instruction(&I::I32And);
        }
    }

    /// Leaves 1 if the old cell is less than the row's value, or the other way round.
    fn is_less(&self, f: &mut Function, is_old_less: bool) {
        let (row, new) = (self.row, self.given.value);
        let (new_low, new_high) = (|f: &mut Function| row.low(f, new), |f: &mut Function| row.high(f, new));
        let (old_low, old_high) = (|f: &mut Function| self.old_low(f), |f: &mut Function| self.old_high(f));
        match (self.home.layout == Layout::I128, is_old_less) {
            (true, true) => less_than_of(f, &old_low, &old_high, &new_low, &new_high),
            (true, false) => less_than_of(f, &new_low, &new_high, &old_low, &old_high),
            (false, true) => {
                old_low(f);
                new_low(f);
                f.instruction(&I::I64LtS);
            }
            (false, false) => {
                new_low(f);
                old_low(f);
                f.instruction(&I::I64LtS);
            }
        }
    }

    fn replace(&self, f: &mut Function) {
        let choose = |f: &mut Function| emit(f, &[I::LocalGet(self.row.scratch_flag()), I::Select]);
        push_record(f, self.table);
        self.row.low(f, self.given.value);
        self.old_low(f);
        choose(f);
        f.instruction(&store(&self.home));
        if self.home.layout == Layout::I128 {
            push_record(f, self.table);
            self.row.high(f, self.given.value);
            self.old_high(f);
            choose(f);
            f.instruction(&I::I64Store(memory(self.home.offset + 8, 3)));
        }
    }

    fn old_low(&self, f: &mut Function) {
        match self.old {
            Place::Word(local) | Place::Pair(local) => emit(f, &[I::LocalGet(local)]),
            Place::None | Place::Flag(_) => emit(f, &[I::I64Const(0)]),
        }
    }

    fn old_high(&self, f: &mut Function) {
        match self.old {
            Place::Pair(local) => emit(f, &[I::LocalGet(local + 1)]),
            Place::Word(local) => emit(f, &[I::LocalGet(local), I::I64Const(63), I::I64ShrS]),
            Place::None | Place::Flag(_) => emit(f, &[I::I64Const(0)]),
        }
    }
}
