//! 128-bit integers from 64-bit pieces: comparison in line, multiplication as a function of the module.

use num_bigint::BigInt;
use wasm_encoder::{Function, Instruction as I, ValType};

/// The low and the high 64 bits of an integer's two's complement.
pub(super) fn split(value: &BigInt) -> (i64, i64) {
    let mask = BigInt::from(u64::MAX);
    let half = |value: BigInt| u64::try_from(value & &mask).unwrap_or_default().cast_signed();
    (half(value.clone()), half(value >> 64))
}

/// Leaves 1 if one pair is less than another, else 0; the pieces are pushed by instructions.
pub(super) fn less_than(f: &mut Function, low: &[I<'_>], high: &[I<'_>], other_low: &[I<'_>], other_high: &[I<'_>]) {
    let push = |f: &mut Function, instructions: &[I<'_>]| {
        for instruction in instructions {
            f.instruction(instruction);
        }
    };
    less_than_of(f, &|f| push(f, low), &|f| push(f, high), &|f| push(f, other_low), &|f| push(f, other_high));
}

/// Leaves 1 if one pair is less than another, else 0; the pieces are pushed by functions.
pub(super) fn less_than_of(
    f: &mut Function,
    low: &dyn Fn(&mut Function),
    high: &dyn Fn(&mut Function),
    other_low: &dyn Fn(&mut Function),
    other_high: &dyn Fn(&mut Function),
) {
    // low < other_low where the high halves are equal, else high < other_high
    low(f);
    other_low(f);
    f.instruction(&I::I64LtU);
    high(f);
    other_high(f);
    f.instruction(&I::I64LtS);
    high(f);
    other_high(f);
    f.instruction(&I::I64Eq);
    f.instruction(&I::Select);
}

/// Appends instructions.
pub(super) fn emit(f: &mut Function, instructions: &[I<'_>]) {
    for instruction in instructions {
        f.instruction(instruction);
    }
}

/// Schoolbook multiplication of the low halves in pieces of 32 bits; the cross products only reach the high half.
pub(super) fn multiply() -> Function {
    let (a_low, a_high, b_low, b_high) = (0, 1, 2, 3);
    let (a0, a1, b0, b1, low, middle, other) = (4, 5, 6, 7, 8, 9, 10);
    let mut f = Function::new([(7, ValType::I64)]);
    let mask = I::I64Const(0xffff_ffff);
    for (value, least, most) in [(a_low, a0, a1), (b_low, b0, b1)] {
        emit(&mut f, &[I::LocalGet(value), mask.clone(), I::I64And, I::LocalSet(least)]);
        emit(&mut f, &[I::LocalGet(value), I::I64Const(32), I::I64ShrU, I::LocalSet(most)]);
    }
    // middle = a1·b0 + (a0·b0 >> 32); other = a0·b1 + (middle mod 2^32)
    emit(&mut f, &[I::LocalGet(a0), I::LocalGet(b0), I::I64Mul, I::LocalTee(low), I::I64Const(32), I::I64ShrU]);
    emit(&mut f, &[I::LocalGet(a1), I::LocalGet(b0), I::I64Mul, I::I64Add, I::LocalSet(middle)]);
    emit(&mut f, &[I::LocalGet(a0), I::LocalGet(b1), I::I64Mul, I::LocalGet(middle), mask.clone(), I::I64And]);
    emit(&mut f, &[I::I64Add, I::LocalSet(other)]);
    // low half = other << 32 | (low mod 2^32)
    emit(&mut f, &[I::LocalGet(other), I::I64Const(32), I::I64Shl, I::LocalGet(low), mask, I::I64And, I::I64Or]);
    // high half = a1·b1 + (middle >> 32) + (other >> 32) + a_low·b_high + a_high·b_low
    emit(&mut f, &[I::LocalGet(a1), I::LocalGet(b1), I::I64Mul, I::LocalGet(middle), I::I64Const(32), I::I64ShrU]);
    emit(&mut f, &[I::I64Add, I::LocalGet(other), I::I64Const(32), I::I64ShrU, I::I64Add]);
    emit(&mut f, &[I::LocalGet(a_low), I::LocalGet(b_high), I::I64Mul, I::I64Add]);
    emit(&mut f, &[I::LocalGet(a_high), I::LocalGet(b_low), I::I64Mul, I::I64Add, I::End]);
    f
}
