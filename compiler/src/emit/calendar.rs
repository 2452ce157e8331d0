//! Dates as days since 1970-01-01, and their months, as functions of the module.
//!
//! Years begin in March here, so that the day that leap years add is the last of a year; months are counted from the
//! March of a year so long ago that no date of 32 bits is before it, so that all divisions are of positive numbers.
//! Nothing here can trap: all divisors are constants.

use wasm_encoder::{Function, Instruction as I, ValType};

use super::wide::emit;

/// Eras of 400 years before the year 0 from which is counted.
const ERAS: i64 = 25_000;

/// Days of an era.
const ERA: i64 = 146_097;

/// Days from the March from which is counted to 1970.
const OFFSET: i64 = 719_468 + ERAS * ERA;

/// The month of a date, and the day in it, from 0.
pub(super) fn month_of() -> Function {
    let day = 0;
    let (era, year, month) = (1, 2, 3);
    let mut f = Function::new([(3, ValType::I64)]);
    let divide = |f: &mut Function, by: i64| emit(f, &[I::I64Const(by), I::I64DivU]);
    // era = day / ERA; day = day % ERA
    emit(&mut f, &[I::LocalGet(day), I::I64Const(OFFSET), I::I64Add, I::LocalTee(day)]);
    divide(&mut f, ERA);
    emit(&mut f, &[I::LocalSet(era), I::LocalGet(day), I::I64Const(ERA), I::I64RemU, I::LocalTee(day)]);
    // year of the era = (day − day / 1460 + day / 36524 − day / 146096) / 365: without leap days
    for (by, put) in [(1460, I::I64Sub), (36_524, I::I64Add), (146_096, I::I64Sub)] {
        emit(&mut f, &[I::LocalGet(day)]);
        divide(&mut f, by);
        emit(&mut f, &[put]);
    }
    divide(&mut f, 365);
    // day of the year = day − (365·year + year / 4 − year / 100)
    emit(&mut f, &[I::LocalSet(year), I::LocalGet(day), I::LocalGet(year), I::I64Const(365), I::I64Mul, I::I64Sub]);
    for (by, put) in [(4, I::I64Sub), (100, I::I64Add)] {
        emit(&mut f, &[I::LocalGet(year)]);
        divide(&mut f, by);
        emit(&mut f, &[put]);
    }
    // month = (5·day + 2) / 153: five months from March have 153 days
    emit(&mut f, &[I::LocalTee(day), I::I64Const(5), I::I64Mul, I::I64Const(2), I::I64Add]);
    divide(&mut f, 153);
    emit(&mut f, &[I::LocalSet(month)]);
    emit(&mut f, &[I::LocalGet(era), I::I64Const(400), I::I64Mul, I::LocalGet(year), I::I64Add]);
    emit(&mut f, &[I::I64Const(12), I::I64Mul, I::LocalGet(month), I::I64Add]);
    emit(&mut f, &[I::LocalGet(day)]);
    month_start(&mut f, month);
    emit(&mut f, &[I::I64Sub, I::End]);
    f
}

/// Leaves the day of the year on which a month of it begins: (153·month + 2) / 5.
fn month_start(f: &mut Function, month: u32) {
    emit(f, &[I::LocalGet(month), I::I64Const(153), I::I64Mul, I::I64Const(2), I::I64Add, I::I64Const(5), I::I64DivU]);
}

/// The first day of a month.
pub(super) fn first_of() -> Function {
    let month = 0;
    let year = 1;
    let mut f = Function::new([(1, ValType::I64)]);
    emit(&mut f, &[I::LocalGet(month), I::I64Const(12), I::I64DivU, I::LocalSet(year)]);
    emit(&mut f, &[I::LocalGet(month), I::I64Const(12), I::I64RemU, I::LocalSet(month)]);
    emit(&mut f, &[I::LocalGet(year), I::I64Const(365), I::I64Mul]);
    for (by, put) in [(4, I::I64Add), (100, I::I64Sub), (400, I::I64Add)] {
        emit(&mut f, &[I::LocalGet(year), I::I64Const(by), I::I64DivU, put]);
    }
    month_start(&mut f, month);
    emit(&mut f, &[I::I64Add, I::I64Const(OFFSET), I::I64Sub, I::End]);
    f
}

/// The date some months later: the same day, or the last one of a shorter month, or the first one of the next.
pub(super) fn add_months(month_of: u32, first_of: u32) -> Function {
    let (date, months, later) = (0, 1, 2);
    let (day, first, last) = (3, 4, 5);
    let mut f = Function::new([(3, ValType::I64)]);
    emit(&mut f, &[I::LocalGet(date), I::Call(month_of), I::LocalSet(day)]);
    emit(&mut f, &[I::LocalGet(months), I::I64Add, I::LocalTee(months), I::Call(first_of), I::LocalSet(first)]);
    // last = the next month's first day − first − 1 + later
    emit(&mut f, &[I::LocalGet(months), I::I64Const(1), I::I64Add, I::Call(first_of), I::LocalGet(first), I::I64Sub]);
    emit(&mut f, &[I::I64Const(1), I::I64Sub, I::LocalGet(later), I::I64Add, I::LocalSet(last)]);
    emit(&mut f, &[I::LocalGet(day), I::LocalGet(last), I::LocalGet(day), I::LocalGet(last), I::I64LtS, I::Select]);
    emit(&mut f, &[I::LocalGet(first), I::I64Add, I::End]);
    f
}

/// Full months from one date to another, negative if it is earlier.
pub(super) fn full_months(month_of: u32) -> Function {
    let (from, to) = (0, 1);
    let (sign, from_month, from_day, to_month, to_day) = (2, 3, 4, 5, 6);
    let mut f = Function::new([(5, ValType::I64)]);
    // sign = to < from ? −1 : 0
    emit(&mut f, &[I::I64Const(0), I::LocalGet(to), I::LocalGet(from), I::I64LtS, I::I64ExtendI32U, I::I64Sub]);
    emit(&mut f, &[I::LocalSet(sign)]);
    for (date, month, day) in [(from, from_month, from_day), (to, to_month, to_day)] {
        emit(&mut f, &[I::LocalGet(date), I::Call(month_of), I::LocalSet(day), I::LocalSet(month)]);
    }
    // From the earlier date on: (x ^ sign) − sign is the difference without its sign.
    let size = |f: &mut Function, to: u32, from: u32| {
        emit(f, &[I::LocalGet(to), I::LocalGet(from), I::I64Sub, I::LocalGet(sign), I::I64Xor]);
        emit(f, &[I::LocalGet(sign), I::I64Sub]);
    };
    size(&mut f, to_month, from_month);
    // One less if the later date's day is before the other's.
    size(&mut f, to_day, from_day);
    emit(&mut f, &[I::I64Const(63), I::I64ShrU, I::I64Sub]);
    emit(&mut f, &[I::LocalGet(sign), I::I64Xor, I::LocalGet(sign), I::I64Sub, I::End]);
    f
}
