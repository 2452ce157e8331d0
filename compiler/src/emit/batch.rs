//! The entry of a module: a loop over the rows of one batch.

use fen_schema::Layout;
use num_bigint::BigInt;
use num_traits::ToPrimitive;
use wasm_encoder::{BlockType, Function, Instruction as I, MemArg, ValType};

use super::layout::{CAPACITY, Cell, Plan};
use super::row::Row;
use super::wide::{Helpers, split};
use crate::lower::ir::Kernel;

/// The only parameter: how many rows there are.
const ROWS: u32 = 0;
/// Bytes from the start of an 8-byte column to the current row.
const AT: u32 = 1;
/// The value of [`AT`] after the last row.
const END: u32 = 2;
/// How many rows were rejected so far.
const REJECTED: u32 = 3;
/// The status of the current row.
const STATUS: u32 = 4;
const FIRST_ROW_LOCAL: u32 = 5;

/// The function `settle`.
pub(super) fn function(kernel: &Kernel, plan: &Plan, helpers: &Helpers) -> Function {
    let row = Row::new(kernel, plan, helpers, FIRST_ROW_LOCAL);
    let mut locals = vec![(4, ValType::I32)];
    locals.push((row.locals(), ValType::I64));
    let mut f = Function::new(locals);

    // No such batch: nothing is written.
    for instruction in [I::LocalGet(ROWS), I::I32Const(signed(CAPACITY)), I::I32GtU, I::If(BlockType::Empty)] {
        f.instruction(&instruction);
    }
    for instruction in [I::I32Const(-1), I::Return, I::End] {
        f.instruction(&instruction);
    }
    for instruction in [I::LocalGet(ROWS), I::I32Const(3), I::I32Shl, I::LocalSet(END)] {
        f.instruction(&instruction);
    }
    for instruction in [I::LocalGet(ROWS), I::If(BlockType::Empty), I::Loop(BlockType::Empty)] {
        f.instruction(&instruction);
    }
    // A row ends by leaving `next`; an input out of range leaves `reject` first.
    f.instruction(&I::Block(BlockType::Empty)); // next
    f.instruction(&I::Block(BlockType::Empty)); // reject
    row.load_inputs(&mut f);
    out_of_range(&mut f, &row, plan);
    f.instruction(&I::BrIf(0));
    row.compute(&mut f);
    row.store_outputs(&mut f);
    store_status(&mut f, plan, &[I::I32Const(0)]);
    f.instruction(&I::Br(1));
    f.instruction(&I::End); // reject
    reject(&mut f, &row, plan);
    f.instruction(&I::End); // next
    for instruction in [I::LocalGet(AT), I::I32Const(8), I::I32Add, I::LocalTee(AT)] {
        f.instruction(&instruction);
    }
    for instruction in [I::LocalGet(END), I::I32LtU, I::BrIf(0), I::End, I::End] {
        f.instruction(&instruction);
    }
    f.instruction(&I::LocalGet(REJECTED));
    f.instruction(&I::End);
    f
}

/// Leaves 1 if any input of the row is outside its range, else 0.
fn out_of_range(f: &mut Function, row: &Row<'_>, plan: &Plan) {
    f.instruction(&I::I32Const(0));
    for (at, cell) in plan.inputs.iter().enumerate() {
        let input = row.input(at);
        match cell.layout {
            Layout::I64 => {
                // low <= x <= high in one comparison: x - low, taken as unsigned, is at most high - low.
                let (low, _) = split(&cell.low);
                let (width, _) = split(&(&cell.high - &cell.low));
                for instruction in [I::LocalGet(input), I::I64Const(low), I::I64Sub, I::I64Const(width), I::I64GtU] {
                    f.instruction(&instruction);
                }
            }
            Layout::I128 => {
                less_than_constant(f, input, &cell.low);
                less_than_constant(f, input, &(&cell.high + 1));
                f.instruction(&I::I32Eqz);
                f.instruction(&I::I32Or);
            }
        }
        f.instruction(&I::I32Or);
    }
}

/// Leaves 1 if the pair of locals holds less than a constant, else 0.
fn less_than_constant(f: &mut Function, local: u32, constant: &BigInt) {
    let (low, high) = split(constant);
    super::wide::less_than(
        f,
        &[I::LocalGet(local)],
        &[I::LocalGet(local + 1)],
        &[I::I64Const(low)],
        &[I::I64Const(high)],
    );
}

/// Leaves 1 if the input is less than a constant, else 0.
fn is_below(f: &mut Function, cell: &Cell, input: u32, constant: &BigInt) {
    match cell.layout {
        Layout::I64 => {
            let constant = constant.to_i64().unwrap_or(i64::MAX);
            for instruction in [I::LocalGet(input), I::I64Const(constant), I::I64LtS] {
                f.instruction(&instruction);
            }
        }
        Layout::I128 => less_than_constant(f, input, constant),
    }
}

/// Finds out which input is at fault, the first one if there are several, and clears the outputs.
fn reject(f: &mut Function, row: &Row<'_>, plan: &Plan) {
    for (at, cell) in plan.inputs.iter().enumerate().rev() {
        let below = i32::try_from(2 * at + 1).unwrap_or(i32::MAX);
        let input = row.input(at);
        // status = x < low ? below : (x > high ? below + 1 : status)
        f.instruction(&I::I32Const(below));
        f.instruction(&I::LocalGet(STATUS));
        f.instruction(&I::I32Const(below + 1));
        is_below(f, cell, input, &(&cell.high + 1));
        f.instruction(&I::Select);
        is_below(f, cell, input, &cell.low);
        f.instruction(&I::Select);
        f.instruction(&I::LocalSet(STATUS));
    }
    row.clear_outputs(f);
    store_status(f, plan, &[I::LocalGet(STATUS)]);
    for instruction in [I::LocalGet(REJECTED), I::I32Const(1), I::I32Add, I::LocalSet(REJECTED)] {
        f.instruction(&instruction);
    }
}

fn store_status(f: &mut Function, plan: &Plan, value: &[I<'_>]) {
    for instruction in [I::LocalGet(AT), I::I32Const(2), I::I32ShrU] {
        f.instruction(&instruction);
    }
    for instruction in value {
        f.instruction(instruction);
    }
    f.instruction(&I::I32Store16(MemArg { offset: u64::from(plan.status), align: 1, memory_index: 0 }));
}

/// Pushes the address of the current row in a column, apart from the column's offset.
pub(super) fn push_address(f: &mut Function, layout: Layout) {
    f.instruction(&I::LocalGet(AT));
    if layout == Layout::I128 {
        f.instruction(&I::I32Const(1));
        f.instruction(&I::I32Shl);
    }
}

fn signed(value: u32) -> i32 {
    value.cast_signed()
}
