//! The work of one row: inputs into locals, operations, outputs out of locals.

use fen_schema::Layout;
use num_bigint::BigInt;
use wasm_encoder::{Function, Instruction as I, MemArg};

use super::batch::push_address;
use super::helpers::Helpers;
use super::layout::{Array, Cell, Plan};
use super::state::push_record;
use super::wide::{emit, split};
use crate::lower::ir::{Kernel, OpKind, Ref};
use crate::lower::locals::{Locals, Place};

/// Locals beyond those of operations that are needed for a moment.
const SCRATCH_FLAGS: u32 = 1;
const SCRATCH_WORDS: u32 = 8;

/// Emits the work of one row. Every result has a local, or a pair of them (low half first) if it needs 128 bits;
/// constants have none.
pub(super) struct Row<'a> {
    pub(super) kernel: &'a Kernel,
    pub(super) plan: &'a Plan,
    pub(super) helpers: &'a Helpers,
    locals: Locals,
    /// The first local of 32 bits, and of 64.
    flags: u32,
    words: u32,
    /// The first local that may be used for a moment.
    pub(super) scratch: u32,
}

impl<'a> Row<'a> {
    pub(super) fn new(kernel: &'a Kernel, plan: &'a Plan, helpers: &'a Helpers, first: u32) -> Self {
        let locals = Locals::of(kernel);
        let words = first + locals.flags() + SCRATCH_FLAGS;
        let scratch = words + locals.words();
        Self { kernel, plan, helpers, locals, flags: first, words, scratch }
    }

    /// How many locals of 32 bits and of 64 bits the row needs.
    pub(super) fn locals(&self) -> (u32, u32) {
        (self.locals.flags() + SCRATCH_FLAGS, self.locals.words() + SCRATCH_WORDS)
    }

    fn absolute(&self, place: Place) -> Place {
        match place {
            Place::None => Place::None,
            Place::Flag(at) => Place::Flag(self.flags + at),
            Place::Word(at) => Place::Word(self.words + at),
            Place::Pair(at) => Place::Pair(self.words + at),
        }
    }

    pub(super) fn place(&self, at: Ref) -> Place {
        self.absolute(self.locals.place(at))
    }

    /// Where an input's cell is held.
    pub(super) fn input(&self, column: usize) -> Place {
        self.absolute(self.locals.input(column))
    }

    /// Where a parameter's cell is held.
    pub(super) fn parameter(&self, at: usize) -> Place {
        self.absolute(self.locals.parameter(at))
    }

    pub(super) fn load_inputs(&self, f: &mut Function) {
        for (at, cell) in self.plan.inputs.iter().enumerate() {
            match cell.table {
                None => load(f, cell, self.input(at), &|f| push_address(f, cell.layout)),
                Some(table) => self.load_of_record(f, cell, self.input(at), table),
            }
        }
    }

    fn load_of_record(&self, f: &mut Function, cell: &Cell, place: Place, table: usize) {
        let cell = Cell { offset: self.plan.state.saturating_add(cell.offset), ..cell.clone() };
        load(f, &cell, place, &|f| push_record(f, table));
    }

    /// A local of 32 bits that may be used for a moment.
    pub(super) fn scratch_flag(&self) -> u32 {
        self.words - SCRATCH_FLAGS
    }

    /// A parameter has one cell, as the first row of a column.
    pub(super) fn load_parameters(&self, f: &mut Function) {
        for (at, cell) in self.plan.parameters.iter().enumerate() {
            load(f, cell, self.parameter(at), &|f| emit(f, &[I::I32Const(0)]));
        }
    }

    pub(super) fn store_outputs(&self, f: &mut Function) {
        for (output, cell) in self.kernel.outputs.iter().zip(&self.plan.outputs) {
            let (none_low, none_high) = split(&cell.layout.none().into());
            let or_none = |f: &mut Function, none: i64| {
                if let Some(present) = output.present {
                    f.instruction(&I::I64Const(none));
                    self.flag(f, present);
                    f.instruction(&I::Select);
                }
            };
            push_address(f, cell.layout);
            self.low(f, output.value);
            or_none(f, none_low);
            f.instruction(&store(cell));
            if cell.layout == Layout::I128 {
                push_address(f, cell.layout);
                self.high(f, output.value);
                or_none(f, none_high);
                f.instruction(&I::I64Store(memory(cell.offset + 8, 3)));
            }
        }
    }

    pub(super) fn clear_outputs(&self, f: &mut Function) {
        for cell in &self.plan.outputs {
            push_address(f, cell.layout);
            emit(f, &[I::I64Const(0), store(cell)]);
            if cell.layout == Layout::I128 {
                push_address(f, cell.layout);
                emit(f, &[I::I64Const(0), I::I64Store(memory(cell.offset + 8, 3))]);
            }
        }
    }

    /// The low half of a value, which is all of it if it fits 64 bits.
    pub(super) fn low(&self, f: &mut Function, at: Ref) {
        match self.place(at) {
            Place::None => emit(f, &[I::I64Const(split(&self.constant(at)).0)]),
            Place::Flag(local) => emit(f, &[I::LocalGet(local), I::I64ExtendI32U]),
            Place::Word(local) | Place::Pair(local) => emit(f, &[I::LocalGet(local)]),
        }
    }

    /// The high half of a value, sign-extended if it is held in 64 bits.
    pub(super) fn high(&self, f: &mut Function, at: Ref) {
        match self.place(at) {
            Place::None => emit(f, &[I::I64Const(split(&self.constant(at)).1)]),
            Place::Flag(_) => emit(f, &[I::I64Const(0)]),
            Place::Word(local) => emit(f, &[I::LocalGet(local), I::I64Const(63), I::I64ShrS]),
            Place::Pair(local) => emit(f, &[I::LocalGet(local + 1)]),
        }
    }

    /// A condition: 0 or 1 in 32 bits.
    pub(super) fn flag(&self, f: &mut Function, at: Ref) {
        match self.place(at) {
            Place::None => {
                let (constant, _) = split(&self.constant(at));
                emit(f, &[I::I32Const(i32::from(constant != 0))]);
            }
            Place::Flag(local) => emit(f, &[I::LocalGet(local)]),
            Place::Word(local) | Place::Pair(local) => {
                emit(f, &[I::LocalGet(local), I::I32WrapI64]);
                // Of a cell without a value other bits would go into what is joined with it, and that may be needed.
                if !self.kernel.op(self.kernel.source(at)).is_some_and(|op| op.is_solid) {
                    emit(f, &[I::I32Const(1), I::I32And]);
                }
            }
        }
    }

    fn constant(&self, at: Ref) -> BigInt {
        match self.kernel.op(self.kernel.source(at)).map(|op| &op.kind) {
            Some(OpKind::Constant(value)) => value.clone(),
            _ => BigInt::default(),
        }
    }

    /// Replaces an index on the stack, of 64 bits, by the entry of an array; if the index may be any number, by the
    /// first entry where there is none.
    pub(super) fn load_cell(&self, f: &mut Function, array: Array, is_checked: bool) {
        f.instruction(&I::I32WrapI64);
        if is_checked {
            let index = self.scratch_flag();
            emit(f, &[I::LocalTee(index), I::I32Const(0), I::LocalGet(index)]);
            emit(f, &[I::I32Const(array.length.cast_signed()), I::I32LtU, I::Select]);
        }
        let shift = array.bytes.max(1).ilog2();
        if shift > 0 {
            emit(f, &[I::I32Const(shift.cast_signed()), I::I32Shl]);
        }
        let place = memory(array.offset, shift);
        f.instruction(&match array.bytes {
            1 => I::I64Load8S(place),
            2 => I::I64Load16S(place),
            4 => I::I64Load32S(place),
            _ => I::I64Load(place),
        });
    }
}

/// Loads a cell into its place.
fn load(f: &mut Function, cell: &Cell, place: Place, address: &dyn Fn(&mut Function)) {
    let (Place::Word(local) | Place::Pair(local)) = place else { return };
    address(f);
    f.instruction(&match cell.layout {
        Layout::I8 => I::I64Load8S(memory(cell.offset, 0)),
        Layout::I32 => I::I64Load32S(memory(cell.offset, 2)),
        Layout::I64 | Layout::I128 => I::I64Load(memory(cell.offset, 3)),
    });
    f.instruction(&I::LocalSet(local));
    if matches!(place, Place::Pair(_)) {
        address(f);
        emit(f, &[I::I64Load(memory(cell.offset + 8, 3)), I::LocalSet(local + 1)]);
    }
}

/// Stores a cell, or its low half.
pub(super) fn store(cell: &Cell) -> I<'static> {
    match cell.layout {
        Layout::I8 => I::I64Store8(memory(cell.offset, 0)),
        Layout::I32 => I::I64Store32(memory(cell.offset, 2)),
        Layout::I64 | Layout::I128 => I::I64Store(memory(cell.offset, 3)),
    }
}

pub(super) fn memory(offset: u32, align: u32) -> MemArg {
    MemArg { offset: u64::from(offset), align, memory_index: 0 }
}
