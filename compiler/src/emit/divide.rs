//! Division of 128-bit integers, as a function of the module.

use wasm_encoder::{BlockType, Function, Instruction as I, ValType};

use super::wide::{emit, less_than};

/// A rounded quotient: the size of the value plus a bias, divided by a positive divisor, with the sign put back; if
/// `even` is 1, a quotient without remainder that is odd is one too many.
pub(super) fn divide() -> Function {
    let (low, high, bias_low, bias_high, divisor_low, divisor_high, even) = (0, 1, 2, 3, 4, 5, 6);
    let digit = 18;
    let (sign, quotient_low, quotient_high, rest_low, rest_high, bits, borrow) = (7, 8, 9, 10, 11, 12, 13);
    // The last seven are those of `by_64_bits`.
    let mut f = Function::new([(14, ValType::I64)]);
    // |x| = (x ^ s) - s with s = x >> 127
    emit(&mut f, &[I::LocalGet(high), I::I64Const(63), I::I64ShrS, I::LocalSet(sign)]);
    negate_if(&mut f, sign, low, high, borrow);
    // + bias
    emit(&mut f, &[I::LocalGet(low), I::LocalGet(bias_low), I::I64Add, I::LocalTee(low), I::LocalGet(bias_low)]);
    emit(&mut f, &[I::I64LtU, I::I64ExtendI32U, I::LocalGet(high), I::LocalGet(bias_high), I::I64Add, I::I64Add]);
    emit(&mut f, &[I::LocalSet(high), I::I64Const(0), I::LocalSet(rest_high)]);
    // Most values that could need 128 bits do not.
    emit(&mut f, &[I::LocalGet(high), I::LocalGet(divisor_high), I::I64Or, I::I64Eqz, I::If(BlockType::Empty)]);
    emit(&mut f, &[I::LocalGet(low), I::LocalGet(divisor_low), I::I64DivU, I::LocalSet(quotient_low)]);
    rest_of(&mut f, low, [quotient_low, divisor_low], rest_low);
    f.instruction(&I::Else);
    // Divisors of up to 32 bits, the usual constants: four digits of 32 bits each.
    emit(&mut f, &[I::LocalGet(divisor_high), I::LocalGet(divisor_low), I::I64Const(32), I::I64ShrU, I::I64Or]);
    emit(&mut f, &[I::I64Eqz, I::If(BlockType::Empty)]);
    emit(&mut f, &[I::LocalGet(high), I::LocalGet(divisor_low), I::I64DivU, I::LocalSet(quotient_high)]);
    rest_of(&mut f, high, [quotient_high, divisor_low], rest_low);
    for shift in [32, 0] {
        // rest = rest << 32 | next digit of low
        emit(&mut f, &[I::LocalGet(rest_low), I::I64Const(32), I::I64Shl, I::LocalGet(low), I::I64Const(shift)]);
        emit(&mut f, &[I::I64ShrU, I::I64Const(0xffff_ffff), I::I64And, I::I64Or, I::LocalSet(rest_low)]);
        emit(&mut f, &[I::LocalGet(rest_low), I::LocalGet(divisor_low), I::I64DivU, I::LocalSet(digit)]);
        emit(&mut f, &[I::LocalGet(quotient_low), I::I64Const(32), I::I64Shl, I::LocalGet(digit), I::I64Or]);
        f.instruction(&I::LocalSet(quotient_low));
        rest_of(&mut f, rest_low, [digit, divisor_low], rest_low);
    }
    emit(&mut f, &[I::Else, I::LocalGet(divisor_high), I::I64Eqz, I::If(BlockType::Empty)]);
    by_64_bits(&mut f, [low, high], divisor_low, [quotient_low, quotient_high], rest_low);
    emit(&mut f, &[I::Else]);
    long_division(
        &mut f,
        [low, high],
        [divisor_low, divisor_high],
        [quotient_low, quotient_high],
        [rest_low, rest_high],
        bits,
    );
    emit(&mut f, &[I::End, I::End, I::End]);
    // quotient -= even & quotient & (rest == 0)
    emit(&mut f, &[I::LocalGet(rest_low), I::LocalGet(rest_high), I::I64Or, I::I64Eqz, I::LocalGet(even), I::I32And]);
    emit(&mut f, &[I::I64ExtendI32U, I::LocalGet(quotient_low), I::I64And, I::LocalSet(bits)]);
    // An odd quotient has its lowest bit set, so that nothing is borrowed.
    emit(&mut f, &[I::LocalGet(quotient_low), I::LocalGet(bits), I::I64Sub, I::LocalSet(quotient_low)]);
    negate_if(&mut f, sign, quotient_low, quotient_high, borrow);
    emit(&mut f, &[I::LocalGet(quotient_low), I::LocalGet(quotient_high), I::End]);
    f
}

/// What a division leaves of a value: a product is faster than a second division.
fn rest_of(f: &mut Function, value: u32, [quotient, divisor]: [u32; 2], rest: u32) {
    emit(f, &[I::LocalGet(value), I::LocalGet(quotient), I::LocalGet(divisor), I::I64Mul, I::I64Sub]);
    f.instruction(&I::LocalSet(rest));
}

/// Negates a pair where `sign` is -1 and leaves it where it is 0.
fn negate_if(f: &mut Function, sign: u32, low: u32, high: u32, borrow: u32) {
    emit(f, &[I::LocalGet(low), I::LocalGet(sign), I::I64Xor, I::LocalTee(low), I::LocalGet(sign), I::I64LtU]);
    emit(f, &[I::I64ExtendI32U, I::LocalSet(borrow)]);
    emit(f, &[I::LocalGet(low), I::LocalGet(sign), I::I64Sub, I::LocalSet(low)]);
    emit(f, &[I::LocalGet(high), I::LocalGet(sign), I::I64Xor, I::LocalGet(sign), I::I64Sub]);
    emit(f, &[I::LocalGet(borrow), I::I64Sub, I::LocalSet(high)]);
}

/// By a divisor of more than 32 and up to 64 bits: the high half first, then two digits of 32 bits of what is left, each
/// guessed from the divisor's high digit (Knuth's algorithm D) and corrected up to twice.
fn by_64_bits(
    f: &mut Function,
    [low, high]: [u32; 2],
    divisor: u32,
    [quotient_low, quotient_high]: [u32; 2],
    rest: u32,
) {
    let (shift, scaled, scaled_high, scaled_low, digit, guess, left) = (14, 15, 16, 17, 18, 19, 20);
    let mask = I::I64Const(0xffff_ffff);
    let base = I::I64Const(1 << 32);
    emit(f, &[I::LocalGet(high), I::LocalGet(divisor), I::I64DivU, I::LocalSet(quotient_high)]);
    rest_of(f, high, [quotient_high, divisor], rest);
    // Both are scaled so that the divisor's highest bit is set.
    emit(f, &[I::LocalGet(divisor), I::LocalGet(divisor), I::I64Clz, I::LocalTee(shift), I::I64Shl]);
    emit(f, &[I::LocalTee(scaled), I::I64Const(32), I::I64ShrU, I::LocalSet(scaled_high)]);
    emit(f, &[I::LocalGet(scaled), mask.clone(), I::I64And, I::LocalSet(scaled_low)]);
    emit(f, &[I::LocalGet(rest), I::LocalGet(shift), I::I64Shl, I::LocalGet(low), I::I64Const(1), I::I64ShrU]);
    emit(f, &[I::I64Const(63), I::LocalGet(shift), I::I64Sub, I::I64ShrU, I::I64Or, I::LocalSet(rest)]);
    emit(f, &[I::LocalGet(low), I::LocalGet(shift), I::I64Shl, I::LocalSet(low)]);
    for bits in [32, 0] {
        emit(f, &[I::LocalGet(low), I::I64Const(bits), I::I64ShrU, mask.clone(), I::I64And, I::LocalSet(digit)]);
        emit(f, &[I::LocalGet(rest), I::LocalGet(scaled_high), I::I64DivU, I::LocalSet(guess)]);
        rest_of(f, rest, [guess, scaled_high], left);
        for _ in 0..2 {
            // Too great if it is no digit, or guess · scaled_low > left << 32 | digit, which is only said of a small left.
            emit(f, &[I::LocalGet(left), base.clone(), I::I64LtU, I::LocalGet(guess), base.clone(), I::I64GeU]);
            emit(f, &[I::LocalGet(guess), I::LocalGet(scaled_low), I::I64Mul]);
            emit(f, &[I::LocalGet(left), I::I64Const(32), I::I64Shl, I::LocalGet(digit), I::I64Or, I::I64GtU]);
            emit(f, &[I::I32Or, I::I32And, I::If(BlockType::Empty)]);
            emit(f, &[I::LocalGet(guess), I::I64Const(1), I::I64Sub, I::LocalSet(guess)]);
            emit(f, &[I::LocalGet(left), I::LocalGet(scaled_high), I::I64Add, I::LocalSet(left), I::End]);
        }
        // rest = rest << 32 + digit − guess · scaled, of which the high bits cancel
        emit(f, &[I::LocalGet(rest), I::I64Const(32), I::I64Shl, I::LocalGet(digit), I::I64Or]);
        emit(f, &[I::LocalGet(guess), I::LocalGet(scaled), I::I64Mul, I::I64Sub, I::LocalSet(rest)]);
        emit(f, &[I::LocalGet(quotient_low), I::I64Const(32), I::I64Shl, I::LocalGet(guess), I::I64Or]);
        f.instruction(&I::LocalSet(quotient_low));
    }
    emit(f, &[I::LocalGet(rest), I::LocalGet(shift), I::I64ShrU, I::LocalSet(rest)]);
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
