//! Search in ascending lists.

use wasm_encoder::{BlockType, Function, Instruction as I, MemArg, ValType};

use super::wide::emit;

/// How many entries of 8 bytes are not greater than a value. The number of steps depends on the length only.
pub(super) fn position() -> Function {
    let (value, start, length) = (0, 1, 2);
    let (at, half, next) = (3, 4, 5);
    let mut f = Function::new([(3, ValType::I32)]);
    let entry = I::I64Load(MemArg { offset: 0, align: 3, memory_index: 0 });
    // An empty list has no entry to look at.
    emit(&mut f, &[I::LocalGet(length), I::I32Eqz, I::If(BlockType::Empty), I::I32Const(0), I::Return, I::End]);
    emit(&mut f, &[I::LocalGet(start), I::LocalSet(at)]);
    // The entry at `at` is the last that is not greater, or the one before; `length` are left from there on.
    emit(&mut f, &[I::Block(BlockType::Empty), I::Loop(BlockType::Empty)]);
    emit(&mut f, &[I::LocalGet(length), I::I32Const(1), I::I32LeU, I::BrIf(1)]);
    emit(&mut f, &[I::LocalGet(length), I::I32Const(1), I::I32ShrU, I::LocalTee(half)]);
    emit(&mut f, &[I::I32Const(3), I::I32Shl, I::LocalGet(at), I::I32Add, I::LocalTee(next)]);
    // at = entry(next) <= value ? next : at
    emit(&mut f, &[I::LocalGet(at), I::LocalGet(next), entry.clone(), I::LocalGet(value), I::I64LeS, I::Select]);
    emit(&mut f, &[I::LocalSet(at), I::LocalGet(length), I::LocalGet(half), I::I32Sub, I::LocalSet(length)]);
    emit(&mut f, &[I::Br(0), I::End, I::End]);
    emit(&mut f, &[I::LocalGet(at), I::LocalGet(start), I::I32Sub, I::I32Const(3), I::I32ShrU]);
    emit(&mut f, &[I::LocalGet(at), entry, I::LocalGet(value), I::I64LeS, I::I32Add, I::End]);
    f
}
