//! 128-bit integers from 64-bit pieces: comparison in line, multiplication and division as functions of the module.

use num_bigint::BigInt;
use wasm_encoder::{BlockType, CodeSection, Function, FunctionSection, Instruction as I, TypeSection, ValType};

use crate::lower::ir::{Kernel, OpKind};

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

/// The functions that a kernel needs; those it does not need are left out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Helpers {
    multiply: bool,
    divide: bool,
}

impl Helpers {
    pub(super) fn used_by(kernel: &Kernel) -> Self {
        let mut helpers = Self { multiply: false, divide: false };
        for op in kernel.ops.iter().filter(|op| kernel.works_wide(op)) {
            helpers.multiply |= matches!(op.kind, OpKind::Mul(..));
            helpers.divide |= matches!(op.kind, OpKind::Divide { .. });
        }
        helpers
    }

    /// The index of `(lo, hi, lo, hi) -> (lo, hi)`: the product modulo 2^128.
    pub(super) fn multiply(self) -> u32 {
        1
    }

    /// The index of `(lo, hi, bias lo, bias hi, divisor lo, divisor hi, even) -> (lo, hi)`: a rounded quotient.
    pub(super) fn divide(self) -> u32 {
        1 + u32::from(self.multiply)
    }

    /// Adds the functions behind the entry, which is function 0 of type 0.
    pub(super) fn declare(self, types: &mut TypeSection, functions: &mut FunctionSection, code: &mut CodeSection) {
        if self.multiply {
            functions.function(types.len());
            types.ty().function([ValType::I64; 4], [ValType::I64; 2]);
            code.function(&multiply());
        }
        if self.divide {
            functions.function(types.len());
            let mut params = vec![ValType::I64; 6];
            params.push(ValType::I32);
            types.ty().function(params, [ValType::I64; 2]);
            code.function(&divide());
        }
    }
}

fn emit(f: &mut Function, instructions: &[I<'_>]) {
    for instruction in instructions {
        f.instruction(instruction);
    }
}

/// Schoolbook multiplication of the low halves in pieces of 32 bits; the cross products only reach the high half.
fn multiply() -> Function {
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

/// A rounded quotient: the size of the value plus a bias, divided by a positive divisor, with the sign put back; if
/// `even` is 1, a quotient without remainder that is odd is one too many.
fn divide() -> Function {
    let (low, high, bias_low, bias_high, divisor_low, divisor_high, even) = (0, 1, 2, 3, 4, 5, 6);
    let (sign, quotient_low, quotient_high, rest_low, rest_high, bits, borrow) = (7, 8, 9, 10, 11, 12, 13);
    let mut f = Function::new([(7, ValType::I64)]);
    // |x| = (x ^ s) - s with s = x >> 127
    emit(&mut f, &[I::LocalGet(high), I::I64Const(63), I::I64ShrS, I::LocalSet(sign)]);
    negate_if(&mut f, sign, low, high, borrow);
    // + bias
    emit(&mut f, &[I::LocalGet(low), I::LocalGet(bias_low), I::I64Add, I::LocalTee(low), I::LocalGet(bias_low)]);
    emit(&mut f, &[I::I64LtU, I::I64ExtendI32U, I::LocalGet(high), I::LocalGet(bias_high), I::I64Add, I::I64Add]);
    emit(&mut f, &[I::LocalSet(high), I::I64Const(0), I::LocalSet(rest_high)]);
    // Divisors of up to 32 bits, the usual ones: four digits of 32 bits each.
    emit(&mut f, &[I::LocalGet(divisor_high), I::LocalGet(divisor_low), I::I64Const(32), I::I64ShrU, I::I64Or]);
    emit(&mut f, &[I::I64Eqz, I::If(BlockType::Empty)]);
    emit(&mut f, &[I::LocalGet(high), I::LocalGet(divisor_low), I::I64DivU, I::LocalSet(quotient_high)]);
    emit(&mut f, &[I::LocalGet(high), I::LocalGet(divisor_low), I::I64RemU, I::LocalSet(rest_low)]);
    for shift in [32, 0] {
        // rest = rest << 32 | next digit of low
        emit(&mut f, &[I::LocalGet(rest_low), I::I64Const(32), I::I64Shl, I::LocalGet(low), I::I64Const(shift)]);
        emit(&mut f, &[I::I64ShrU, I::I64Const(0xffff_ffff), I::I64And, I::I64Or, I::LocalSet(rest_low)]);
        emit(&mut f, &[I::LocalGet(quotient_low), I::I64Const(32), I::I64Shl, I::LocalGet(rest_low)]);
        emit(&mut f, &[I::LocalGet(divisor_low), I::I64DivU, I::I64Or, I::LocalSet(quotient_low)]);
        emit(&mut f, &[I::LocalGet(rest_low), I::LocalGet(divisor_low), I::I64RemU, I::LocalSet(rest_low)]);
    }
    emit(&mut f, &[I::Else]);
    long_division(
        &mut f,
        [low, high],
        [divisor_low, divisor_high],
        [quotient_low, quotient_high],
        [rest_low, rest_high],
        bits,
    );
    emit(&mut f, &[I::End]);
    // quotient -= even & quotient & (rest == 0)
    emit(&mut f, &[I::LocalGet(rest_low), I::LocalGet(rest_high), I::I64Or, I::I64Eqz, I::LocalGet(even), I::I32And]);
    emit(&mut f, &[I::I64ExtendI32U, I::LocalGet(quotient_low), I::I64And, I::LocalSet(bits)]);
    // An odd quotient has its lowest bit set, so that nothing is borrowed.
    emit(&mut f, &[I::LocalGet(quotient_low), I::LocalGet(bits), I::I64Sub, I::LocalSet(quotient_low)]);
    negate_if(&mut f, sign, quotient_low, quotient_high, borrow);
    emit(&mut f, &[I::LocalGet(quotient_low), I::LocalGet(quotient_high), I::End]);
    f
}

/// Negates a pair where `sign` is -1 and leaves it where it is 0.
fn negate_if(f: &mut Function, sign: u32, low: u32, high: u32, borrow: u32) {
    emit(f, &[I::LocalGet(low), I::LocalGet(sign), I::I64Xor, I::LocalTee(low), I::LocalGet(sign), I::I64LtU]);
    emit(f, &[I::I64ExtendI32U, I::LocalSet(borrow)]);
    emit(f, &[I::LocalGet(low), I::LocalGet(sign), I::I64Sub, I::LocalSet(low)]);
    emit(f, &[I::LocalGet(high), I::LocalGet(sign), I::I64Xor, I::LocalGet(sign), I::I64Sub]);
    emit(f, &[I::LocalGet(borrow), I::I64Sub, I::LocalSet(high)]);
}

/// Bit by bit, 128 times: the rest takes the next bit of the value, and gives the divisor away where it can.
fn long_division(
    f: &mut Function,
    [low, high]: [u32; 2],
    [divisor_low, divisor_high]: [u32; 2],
    [quotient_low, quotient_high]: [u32; 2],
    [rest_low, rest_high]: [u32; 2],
    bits: u32,
) {
    emit(f, &[I::I64Const(128), I::LocalSet(bits), I::Loop(BlockType::Empty)]);
    // rest = rest << 1 | top bit of value; value <<= 1; quotient <<= 1
    shift_left(f, rest_low, rest_high);
    emit(f, &[I::LocalGet(rest_low), I::LocalGet(high), I::I64Const(63), I::I64ShrU, I::I64Or, I::LocalSet(rest_low)]);
    shift_left(f, low, high);
    shift_left(f, quotient_low, quotient_high);
    // Both rest and divisor are below 2^127, so that the signed comparison is right.
    less_than(
        f,
        &[I::LocalGet(rest_low)],
        &[I::LocalGet(rest_high)],
        &[I::LocalGet(divisor_low)],
        &[I::LocalGet(divisor_high)],
    );
    emit(f, &[I::I32Eqz, I::If(BlockType::Empty)]);
    emit(f, &[I::LocalGet(rest_high), I::LocalGet(divisor_high), I::I64Sub]);
    emit(
        f,
        &[
            I::LocalGet(rest_low),
            I::LocalGet(divisor_low),
            I::I64LtU,
            I::I64ExtendI32U,
            I::I64Sub,
            I::LocalSet(rest_high),
        ],
    );
    emit(f, &[I::LocalGet(rest_low), I::LocalGet(divisor_low), I::I64Sub, I::LocalSet(rest_low)]);
    emit(f, &[I::LocalGet(quotient_low), I::I64Const(1), I::I64Or, I::LocalSet(quotient_low), I::End]);
    emit(
        f,
        &[I::LocalGet(bits), I::I64Const(1), I::I64Sub, I::LocalTee(bits), I::I64Eqz, I::I32Eqz, I::BrIf(0), I::End],
    );
}

fn shift_left(f: &mut Function, low: u32, high: u32) {
    emit(f, &[I::LocalGet(high), I::I64Const(1), I::I64Shl, I::LocalGet(low), I::I64Const(63), I::I64ShrU, I::I64Or]);
    emit(f, &[I::LocalSet(high), I::LocalGet(low), I::I64Const(1), I::I64Shl, I::LocalSet(low)]);
}
