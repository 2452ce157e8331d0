//! The entry of a phase: a loop over the rows of one batch.

use fen_schema::Layout;
use num_bigint::BigInt;
use wasm_encoder::{BlockType, Function, Instruction as I, MemArg, ValType};

use super::helpers::Helpers;
use super::layout::{Cell, Plan};
use super::row::Row;
use super::state;
use super::statuses::{Statuses, is_ranked};
use super::wide::{emit, less_than, split};
use crate::lower::locals::Place;
use crate::phases::{Phase, Source};

/// The only parameter: how many rows there are.
const ROWS: u32 = 0;
/// Bytes from the start of an 8-byte column to the current row.
pub(super) const AT: u32 = 1;
/// The value of [`AT`] after the last row.
const END: u32 = 2;
/// How many rows were rejected so far.
const REJECTED: u32 = 3;
/// The status of the current row.
const STATUS: u32 = 4;
/// Where the row's records begin, for each kind; behind them are the locals of the row.
pub(super) const RECORD: u32 = 5;

/// What the entry returns if there is no such batch, and if a parameter is not set.
const NO_BATCH: i32 = -1;
const NO_PARAMETERS: i32 = -2;

/// The function of a phase, by its place.
pub(super) fn function(phase: &Phase, at: usize, plan: &Plan, statuses: &Statuses, helpers: &Helpers) -> Function {
    let kernel = &phase.kernel;
    let tables = u32::try_from(plan.tables.len()).unwrap_or(u32::MAX);
    let row = Row::new(kernel, plan, helpers, RECORD + tables);
    let (flags, words) = row.locals();
    // Behind the words of the row stands the last place of each kind of record.
    let last_places = RECORD + tables + flags + words;
    let mut function = Function::new([(4 + tables + flags, ValType::I32), (words + tables, ValType::I64)]);
    let f = &mut function;

    // Nothing is written where the answer is negative.
    emit(f, &[I::LocalGet(ROWS), I::I32Const(plan.capacity.cast_signed()), I::I32GtU, I::If(BlockType::Empty)]);
    emit(f, &[I::I32Const(NO_BATCH), I::Return, I::End]);
    if !plan.parameters.is_empty() {
        row.load_parameters(f);
        f.instruction(&I::I32Const(0));
        for (at, cell) in plan.parameters.iter().enumerate() {
            out_of_range(f, row.parameter(at), cell, &cell.low, &cell.high);
            f.instruction(&I::I32Or);
        }
        emit(f, &[I::If(BlockType::Empty), I::I32Const(NO_PARAMETERS), I::Return, I::End]);
    }
    state::last_places(f, plan, last_places);
    emit(f, &[I::LocalGet(ROWS), I::I32Const(3), I::I32Shl, I::LocalSet(END)]);
    emit(f, &[I::LocalGet(ROWS), I::If(BlockType::Empty), I::Loop(BlockType::Empty)]);
    // A row ends by leaving `next`; an input out of range leaves `refuse` first, a look-up without a row `unknown`.
    f.instruction(&I::Block(BlockType::Empty)); // next
    f.instruction(&I::Block(BlockType::Empty)); // reject
    if kernel.fault.is_some() {
        f.instruction(&I::Block(BlockType::Empty)); // unknown
    }
    f.instruction(&I::Block(BlockType::Empty)); // refuse
    if let Some(not_given) = statuses.not_given.filter(|_| !plan.tables.is_empty()) {
        state::find_records(f, plan, last_places);
        emit(f, &[I::If(BlockType::Empty), I::I32Const(not_given.into()), I::LocalSet(STATUS)]);
        f.instruction(&I::Br(if kernel.fault.is_some() { 3 } else { 2 }));
        f.instruction(&I::End);
    }
    row.load_inputs(f);
    any_out_of_range(f, &row, plan);
    f.instruction(&I::BrIf(0));
    row.compute(f);
    if let Some(fault) = kernel.fault {
        row.low(f, fault);
        let sites = i64::try_from(statuses.by_site.len()).unwrap_or(i64::MAX);
        emit(f, &[I::I64Const(sites), I::I64Ne, I::BrIf(1)]);
    }
    row.store_outputs(f);
    state::update_records(f, phase, &row);
    store_status(f, plan, &[I::I32Const(0)]);
    f.instruction(&I::Br(if kernel.fault.is_some() { 3 } else { 2 }));
    f.instruction(&I::End); // refuse
    refuse(f, phase, at, &row, statuses);
    if let Some(fault) = kernel.fault {
        f.instruction(&I::Br(1));
        f.instruction(&I::End); // unknown
        row.low(f, fault);
        row.load_cell(f, plan.site_statuses, false);
        emit(f, &[I::I32WrapI64, I::LocalSet(STATUS)]);
    }
    f.instruction(&I::End); // reject
    row.clear_outputs(f);
    store_status(f, plan, &[I::LocalGet(STATUS)]);
    emit(f, &[I::LocalGet(REJECTED), I::I32Const(1), I::I32Add, I::LocalSet(REJECTED)]);
    f.instruction(&I::End); // next
    emit(f, &[I::LocalGet(AT), I::I32Const(8), I::I32Add, I::LocalTee(AT)]);
    emit(f, &[I::LocalGet(END), I::I32LtU, I::BrIf(0), I::End, I::End]);
    emit(f, &[I::LocalGet(REJECTED), I::End]);
    function
}

/// Leaves 1 if any input of the row is outside its range, or its date outside the period in force, else 0.
fn any_out_of_range(f: &mut Function, row: &Row<'_>, plan: &Plan) {
    f.instruction(&I::I32Const(0));
    for (at, cell) in plan.inputs.iter().enumerate() {
        let place = row.input(at);
        let (low, high) = match plan.period {
            Some((input, from, to)) if input == at => {
                ((&cell.low).max(&from.into()).clone(), (&cell.high).min(&to.into()).clone())
            }
            _ => (cell.low.clone(), cell.high.clone()),
        };
        out_of_range(f, place, cell, &low, &high);
        if cell.is_optional {
            is_known(f, place, cell.layout);
            f.instruction(&I::I32And);
        }
        f.instruction(&I::I32Or);
    }
}

/// Leaves 1 if a cell is outside a range, else 0.
fn out_of_range(f: &mut Function, place: Place, cell: &Cell, low: &BigInt, high: &BigInt) {
    match place {
        _ if low > high => {
            f.instruction(&I::I32Const(1));
        }
        Place::Pair(local) => {
            less_than_constant(f, local, low);
            less_than_constant(f, local, &(high + 1));
            emit(f, &[I::I32Eqz, I::I32Or]);
        }
        Place::Word(local) => {
            debug_assert_ne!(cell.layout, Layout::I128);
            // low <= x <= high in one comparison: x - low, taken as unsigned, is at most high - low.
            let (width, _) = split(&(high - low));
            let (low, _) = split(low);
            emit(f, &[I::LocalGet(local), I::I64Const(low), I::I64Sub, I::I64Const(width), I::I64GtU]);
        }
        Place::None | Place::Flag(_) => {
            f.instruction(&I::I32Const(0));
        }
    }
}

/// Leaves 1 if a cell is not the least number of its layout, which stands for nothing, else 0.
pub(super) fn is_known(f: &mut Function, place: Place, layout: Layout) {
    let (low, high) = split(&layout.none().into());
    match place {
        Place::Pair(local) => {
            emit(f, &[I::LocalGet(local), I::I64Const(low), I::I64Xor]);
            emit(f, &[I::LocalGet(local + 1), I::I64Const(high), I::I64Xor, I::I64Or, I::I64Eqz, I::I32Eqz]);
        }
        Place::Word(local) => emit(f, &[I::LocalGet(local), I::I64Const(low), I::I64Ne]),
        Place::None | Place::Flag(_) => emit(f, &[I::I32Const(1)]),
    }
}

/// Leaves 1 if the pair of locals holds less than a constant, else 0.
fn less_than_constant(f: &mut Function, local: u32, constant: &BigInt) {
    let (low, high) = split(constant);
    less_than(f, &[I::LocalGet(local)], &[I::LocalGet(local + 1)], &[I::I64Const(low)], &[I::I64Const(high)]);
}

/// Leaves 1 if a cell is less than a constant, else 0.
fn is_below(f: &mut Function, place: Place, constant: &BigInt) {
    match place {
        Place::Pair(local) => less_than_constant(f, local, constant),
        Place::Word(local) => {
            let constant = i64::try_from(constant).unwrap_or(i64::MAX);
            emit(f, &[I::LocalGet(local), I::I64Const(constant), I::I64LtS]);
        }
        Place::None | Place::Flag(_) => emit(f, &[I::I32Const(0)]),
    }
}

/// Leaves 1 if a cell is greater than a constant, else 0.
fn is_above(f: &mut Function, place: Place, constant: &BigInt) {
    is_below(f, place, &(constant + 1));
    f.instruction(&I::I32Eqz);
}

/// Finds out which input is at fault, the first one if there are several, else that the date is.
fn refuse(f: &mut Function, phase: &Phase, at: usize, row: &Row<'_>, statuses: &Statuses) {
    let plan = row.plan;
    // status = (what is wrong) ? its status : status, from what counts least to what counts most
    let status = |f: &mut Function, status: u16, wrong: &dyn Fn(&mut Function)| {
        emit(f, &[I::I32Const(status.into()), I::LocalGet(STATUS)]);
        wrong(f);
        emit(f, &[I::Select, I::LocalSet(STATUS)]);
    };
    let own = statuses.by_phase.get(at).map(Vec::as_slice).unwrap_or_default();
    let inputs: Vec<_> = phase.inputs.iter().zip(&plan.inputs).zip(own).enumerate().collect();
    let is_column = |source: Source| matches!(source, Source::Column(_));
    let wrong = |f: &mut Function, are_columns: bool| {
        for (at, ((import, cell), first)) in inputs.iter().rev() {
            if is_column(import.source) != are_columns {
                continue;
            }
            let place = row.input(*at);
            let below = |f: &mut Function| {
                is_below(f, place, &cell.low);
                if cell.is_optional {
                    is_known(f, place, cell.layout);
                    f.instruction(&I::I32And);
                }
            };
            if is_ranked(import.input.ty) {
                status(f, **first + 1, &|f| is_above(f, place, &cell.high));
                status(f, **first, &below);
            } else {
                status(f, **first, &|f| {
                    below(f);
                    is_above(f, place, &cell.high);
                    f.instruction(&I::I32Or);
                });
            }
        }
    };
    wrong(f, false);
    if let Some((input, from, to)) = plan.period {
        let place = row.input(input);
        if let Some(after) = statuses.after {
            status(f, after, &|f| is_above(f, place, &to.into()));
        }
        if let Some(before) = statuses.before {
            status(f, before, &|f| is_below(f, place, &from.into()));
        }
    }
    wrong(f, true);
}

fn store_status(f: &mut Function, plan: &Plan, value: &[I<'_>]) {
    emit(f, &[I::LocalGet(AT), I::I32Const(2), I::I32ShrU]);
    emit(f, value);
    f.instruction(&I::I32Store16(MemArg { offset: u64::from(plan.status), align: 1, memory_index: 0 }));
}

/// Pushes the address of the current row in a column, apart from the column's offset.
pub(super) fn push_address(f: &mut Function, layout: Layout) {
    f.instruction(&I::LocalGet(AT));
    match layout {
        Layout::I8 => emit(f, &[I::I32Const(3), I::I32ShrU]),
        Layout::I32 => emit(f, &[I::I32Const(1), I::I32ShrU]),
        Layout::I64 => {}
        Layout::I128 => emit(f, &[I::I32Const(1), I::I32Shl]),
    }
}
