//! Operations.

use fen_grammar::tree::RoundingMode;
use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, Zero};
use wasm_encoder::{Function, Instruction as I};

use super::batch::is_known;
use super::helpers::Helper;
use super::row::Row;
use super::wide::{emit, less_than_of, split};
use crate::lower::ir::{Op, OpKind, Ref};
use crate::lower::locals::Place;

impl Row<'_> {
    pub(super) fn compute(&self, f: &mut Function) {
        for (at, op) in self.kernel.ops.iter().enumerate() {
            match self.place(Ref(at)) {
                _ if matches!(op.kind, OpKind::Input(_) | OpKind::Parameter(_) | OpKind::Narrow(..)) => {}
                Place::None => {}
                Place::Flag(to) => {
                    self.condition(f, op);
                    f.instruction(&I::LocalSet(to));
                }
                Place::Word(to) => {
                    self.compute_64(f, op);
                    f.instruction(&I::LocalSet(to));
                }
                Place::Pair(to) => self.compute_128(f, op, to),
            }
        }
    }

    /// Leaves a condition.
    fn condition(&self, f: &mut Function, op: &Op) {
        let is_wide = self.kernel.works_wide(op);
        match &op.kind {
            OpKind::Known(at) => {
                let column = self.kernel.op(*at).and_then(|op| match op.kind {
                    OpKind::Input(column) => self.plan.inputs.get(column),
                    _ => None,
                });
                if let Some(cell) = column {
                    is_known(f, self.place(*at), cell.layout);
                }
            }
            OpKind::Less(a, b) if is_wide => {
                less_than_of(f, &|f| self.low(f, *a), &|f| self.high(f, *a), &|f| self.low(f, *b), &|f| {
                    self.high(f, *b)
                })
            }
            OpKind::Equal(a, b) if is_wide => {
                self.binary(f, *a, *b, &I::I64Xor);
                self.high(f, *a);
                self.high(f, *b);
                emit(f, &[I::I64Xor, I::I64Or, I::I64Eqz]);
            }
            OpKind::Less(a, b) => self.binary(f, *a, *b, &I::I64LtS),
            OpKind::Equal(a, b) => self.binary(f, *a, *b, &I::I64Eq),
            OpKind::And(a, b) => self.join(f, *a, *b, &I::I32And),
            OpKind::Or(a, b) => self.join(f, *a, *b, &I::I32Or),
            OpKind::Not(a) => {
                self.flag(f, *a);
                f.instruction(&I::I32Eqz);
            }
            OpKind::Select(condition, a, b) => {
                self.flag(f, *a);
                self.flag(f, *b);
                self.flag(f, *condition);
                f.instruction(&I::Select);
            }
            _ => emit(f, &[I::I32Const(0)]),
        }
    }

    fn join(&self, f: &mut Function, a: Ref, b: Ref, instruction: &I<'_>) {
        self.flag(f, a);
        self.flag(f, b);
        f.instruction(instruction);
    }

    fn binary(&self, f: &mut Function, a: Ref, b: Ref, instruction: &I<'_>) {
        self.low(f, a);
        self.low(f, b);
        f.instruction(instruction);
    }

    /// Leaves a result of 64 bits.
    fn compute_64(&self, f: &mut Function, op: &Op) {
        // Sums and products of which only the low half is needed are computed from low halves.
        match &op.kind {
            OpKind::Add(a, b) => self.binary(f, *a, *b, &I::I64Add),
            OpKind::Sub(a, b) => self.binary(f, *a, *b, &I::I64Sub),
            OpKind::Mul(a, b) => self.binary(f, *a, *b, &I::I64Mul),
            OpKind::Max(..) | OpKind::Min(..) | OpKind::Divide { .. } | OpKind::Quotient { .. }
                if self.kernel.works_wide(op) =>
            {
                // The result is a pair for a moment, of which the low half stays.
                self.compute_128(f, op, self.scratch);
                f.instruction(&I::LocalGet(self.scratch));
            }
            OpKind::Max(a, b) => self.choose_64(f, *a, *b, &I::I64GtS),
            OpKind::Min(a, b) => self.choose_64(f, *a, *b, &I::I64LtS),
            OpKind::Select(condition, a, b) => {
                self.low(f, *a);
                self.low(f, *b);
                self.flag(f, *condition);
                f.instruction(&I::Select);
            }
            OpKind::Divide { value, divisor, mode } => {
                let bits = I::I64Const(split(divisor).0);
                let bias: Vec<I<'_>> = match split(&bias(divisor, *mode)).0 {
                    0 => Vec::new(),
                    bias => vec![I::I64Const(bias), I::I64Add],
                };
                let even = ties_to_even(divisor, *mode).then_some(None);
                self.divide_64(f, *value, &bits, &bias, even);
            }
            OpKind::Quotient { value, divisor, mode } => {
                let local = self.scratch + 3;
                self.divisor(f, *divisor);
                f.instruction(&I::LocalSet(local));
                let bias: Vec<I<'_>> = match mode {
                    RoundingMode::Down => Vec::new(),
                    RoundingMode::Up => vec![I::LocalGet(local), I::I64Add, I::I64Const(1), I::I64Sub],
                    RoundingMode::HalfUp | RoundingMode::HalfEven => {
                        vec![I::LocalGet(local), I::I64Const(1), I::I64ShrU, I::I64Add]
                    }
                };
                let even = (*mode == RoundingMode::HalfEven).then_some(Some(local));
                self.divide_64(f, *value, &I::LocalGet(local), &bias, even);
            }
            OpKind::Position { list, value } => {
                let list = self.plan.lists.get(*list).copied().unwrap_or_default();
                self.low(f, *value);
                emit(f, &[I::I32Const(list.offset.cast_signed()), I::I32Const(list.length.cast_signed())]);
                emit(f, &[I::Call(self.helpers.index(Helper::Position)), I::I64ExtendI32U]);
            }
            OpKind::Cell { array, index } => {
                let array = self.plan.arrays.get(*array).copied().unwrap_or_default();
                self.low(f, *index);
                let is_within = self
                    .kernel
                    .op(*index)
                    .is_some_and(|op| op.is_solid && !op.low.is_negative() && op.high < BigInt::from(array.length));
                self.load_cell(f, array, !is_within);
            }
            OpKind::AddMonths { date, months, later } => {
                self.low(f, *date);
                self.low(f, *months);
                f.instruction(&I::I64Const(i64::from(*later)));
                f.instruction(&I::Call(self.helpers.index(Helper::AddMonths)));
            }
            OpKind::FullMonths { from, to } => {
                self.binary(f, *from, *to, &I::Call(self.helpers.index(Helper::FullMonths)));
            }
            _ => emit(f, &[I::I64Const(0)]),
        }
    }

    /// Leaves a divisor of 64 bits; where it does not matter and is 0, another one.
    fn divisor(&self, f: &mut Function, divisor: Ref) {
        self.low(f, divisor);
        if !self.is_positive(divisor) {
            self.low(f, divisor);
            emit(f, &[I::I64Eqz, I::I64ExtendI32U, I::I64Or]);
        }
    }

    /// Whether a divisor is positive for every row that is computed.
    fn is_positive(&self, divisor: Ref) -> bool {
        self.kernel.op(divisor).is_some_and(|op| op.is_solid && op.low.is_positive())
    }

    fn choose_64(&self, f: &mut Function, a: Ref, b: Ref, first_if: &I<'_>) {
        self.low(f, a);
        self.low(f, b);
        self.binary(f, a, b, first_if);
        f.instruction(&I::Select);
    }

    /// Leaves a rounded quotient. The size of the value is divided and its sign put back, so that the modes are
    /// symmetric. `bias` adds to the size; `even` says that ties go to the even side, and in which local the divisor is
    /// if it may be odd, so that there are no ties.
    fn divide_64(&self, f: &mut Function, value: Ref, divisor: &I<'_>, bias: &[I<'_>], even: Option<Option<u32>>) {
        let (sign, size, quotient) = (self.scratch, self.scratch + 1, self.scratch + 2);
        let is_signed = self.kernel.op(value).is_some_and(|op| op.low.is_negative());
        self.low(f, value);
        if is_signed {
            // |x| = (x ^ s) - s with s = x >> 63
            self.low(f, value);
            emit(f, &[I::I64Const(63), I::I64ShrS, I::LocalTee(sign), I::I64Xor, I::LocalGet(sign), I::I64Sub]);
        }
        emit(f, bias);
        match even {
            None => emit(f, &[divisor.clone(), I::I64DivU]),
            Some(may_be_odd) => {
                // A tie has become a whole quotient; an odd one is one too many.
                emit(f, &[I::LocalTee(size), divisor.clone(), I::I64DivU, I::LocalTee(quotient)]);
                emit(f, &[I::LocalGet(quotient), I::I64Const(1), I::I64And]);
                emit(f, &[I::LocalGet(quotient), divisor.clone(), I::I64Mul, I::LocalGet(size), I::I64Eq]);
                emit(f, &[I::I64ExtendI32U, I::I64And]);
                if let Some(divisor) = may_be_odd {
                    emit(f, &[I::LocalGet(divisor), I::I64Const(-1), I::I64Xor, I::I64And]);
                }
                f.instruction(&I::I64Sub);
            }
        }
        if is_signed {
            emit(f, &[I::LocalGet(sign), I::I64Xor, I::LocalGet(sign), I::I64Sub]);
        }
    }

    /// Computes into the pair of locals `to` and `to + 1`.
    fn compute_128(&self, f: &mut Function, op: &Op, to: u32) {
        match &op.kind {
            OpKind::Add(a, b) => {
                // The carry is 1 where the low half of the sum is less than one of its terms.
                self.high(f, *a);
                self.high(f, *b);
                f.instruction(&I::I64Add);
                self.binary(f, *a, *b, &I::I64Add);
                f.instruction(&I::LocalTee(to));
                self.low(f, *b);
                emit(f, &[I::I64LtU, I::I64ExtendI32U, I::I64Add, I::LocalSet(to + 1)]);
            }
            OpKind::Sub(a, b) => {
                self.high(f, *a);
                self.high(f, *b);
                f.instruction(&I::I64Sub);
                self.binary(f, *a, *b, &I::I64LtU);
                emit(f, &[I::I64ExtendI32U, I::I64Sub, I::LocalSet(to + 1)]);
                self.binary(f, *a, *b, &I::I64Sub);
                f.instruction(&I::LocalSet(to));
            }
            OpKind::Mul(a, b) => {
                for at in [a, b] {
                    self.low(f, *at);
                    self.high(f, *at);
                }
                f.instruction(&I::Call(self.helpers.index(Helper::Multiply)));
                set_pair(f, to);
            }
            OpKind::Max(a, b) => self.choose_128(f, *a, *b, to, false),
            OpKind::Min(a, b) => self.choose_128(f, *a, *b, to, true),
            OpKind::Select(condition, a, b) => {
                for half in [Self::low, Self::high] {
                    half(self, f, *a);
                    half(self, f, *b);
                    self.flag(f, *condition);
                    f.instruction(&I::Select);
                }
                set_pair(f, to);
            }
            OpKind::Divide { value, divisor, mode } => {
                let (bias_low, bias_high) = split(&bias(divisor, *mode));
                let (divisor_low, divisor_high) = split(divisor);
                self.low(f, *value);
                self.high(f, *value);
                for constant in [bias_low, bias_high, divisor_low, divisor_high] {
                    f.instruction(&I::I64Const(constant));
                }
                f.instruction(&I::I32Const(i32::from(ties_to_even(divisor, *mode))));
                f.instruction(&I::Call(self.helpers.index(Helper::Divide)));
                set_pair(f, to);
            }
            OpKind::Quotient { value, divisor, mode } => self.quotient_128(f, *value, *divisor, *mode, to),
            // All others yield no more than 64 bits.
            _ => {
                self.compute_64(f, op);
                emit(f, &[I::LocalTee(to), I::I64Const(63), I::I64ShrS, I::LocalSet(to + 1)]);
            }
        }
    }

    fn quotient_128(&self, f: &mut Function, value: Ref, divisor: Ref, mode: RoundingMode, to: u32) {
        let (low, high) = (self.scratch + 6, self.scratch + 7);
        self.low(f, divisor);
        if !self.is_positive(divisor) {
            self.low(f, divisor);
            self.high(f, divisor);
            emit(f, &[I::I64Or, I::I64Eqz, I::I64ExtendI32U, I::I64Or]);
        }
        f.instruction(&I::LocalSet(low));
        self.high(f, divisor);
        f.instruction(&I::LocalSet(high));
        self.low(f, value);
        self.high(f, value);
        match mode {
            RoundingMode::Down => emit(f, &[I::I64Const(0), I::I64Const(0)]),
            RoundingMode::Up => {
                emit(f, &[I::LocalGet(low), I::I64Const(1), I::I64Sub]);
                // Where the low half is 0, one is borrowed.
                emit(f, &[I::LocalGet(high), I::LocalGet(low), I::I64Eqz, I::I64ExtendI32U, I::I64Sub]);
            }
            RoundingMode::HalfUp | RoundingMode::HalfEven => {
                emit(f, &[I::LocalGet(low), I::I64Const(1), I::I64ShrU]);
                emit(f, &[I::LocalGet(high), I::I64Const(63), I::I64Shl, I::I64Or]);
                emit(f, &[I::LocalGet(high), I::I64Const(1), I::I64ShrU]);
            }
        }
        emit(f, &[I::LocalGet(low), I::LocalGet(high)]);
        if mode == RoundingMode::HalfEven {
            // An odd divisor has no ties.
            emit(f, &[I::LocalGet(low), I::I32WrapI64, I::I32Const(1), I::I32And, I::I32Eqz]);
        } else {
            f.instruction(&I::I32Const(0));
        }
        f.instruction(&I::Call(self.helpers.index(Helper::Divide)));
        set_pair(f, to);
    }

    fn choose_128(&self, f: &mut Function, a: Ref, b: Ref, to: u32, least: bool) {
        let condition = self.scratch + 5;
        let (first, second) = if least { (a, b) } else { (b, a) };
        less_than_of(f, &|f| self.low(f, first), &|f| self.high(f, first), &|f| self.low(f, second), &|f| {
            self.high(f, second)
        });
        emit(f, &[I::I64ExtendI32U, I::LocalSet(condition)]);
        for half in [Self::low, Self::high] {
            half(self, f, a);
            half(self, f, b);
            emit(f, &[I::LocalGet(condition), I::I32WrapI64, I::Select]);
        }
        set_pair(f, to);
    }
}

/// Takes a pair off the stack.
fn set_pair(f: &mut Function, to: u32) {
    emit(f, &[I::LocalSet(to + 1), I::LocalSet(to)]);
}

/// What is added to the size of a value before the quotient is cut off.
fn bias(divisor: &BigInt, mode: RoundingMode) -> BigInt {
    match mode {
        RoundingMode::Down => BigInt::zero(),
        RoundingMode::Up => divisor - 1,
        RoundingMode::HalfUp | RoundingMode::HalfEven => divisor / 2,
    }
}

/// Whether there are ties, which an odd divisor cannot have, and they go to the even side.
fn ties_to_even(divisor: &BigInt, mode: RoundingMode) -> bool {
    mode == RoundingMode::HalfEven && divisor.is_even() && !divisor.is_one()
}
