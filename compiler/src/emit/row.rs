//! The work of one row: inputs into locals, operations, outputs out of locals.

use fen_grammar::tree::RoundingMode;
use fen_schema::Layout;
use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, Zero};
use wasm_encoder::{Function, Instruction as I, MemArg};

use super::batch::push_address;
use super::layout::{Cell, Plan};
use super::wide::{self, Helpers, split};
use crate::lower::ir::{Kernel, Op, OpKind, Ref, Width};

/// Locals beyond those of operations that rounding needs for a moment.
const SCRATCH: u32 = 6;

/// Emits the work of one row. Every operation has a local, or a pair of them (low half first) if it needs 128 bits;
/// constants have none.
pub(super) struct Row<'a> {
    kernel: &'a Kernel,
    plan: &'a Plan,
    helpers: &'a Helpers,
    /// By operation.
    places: Vec<u32>,
    /// By input column.
    inputs: Vec<u32>,
    /// The first local that rounding may use.
    scratch: u32,
    first: u32,
}

impl<'a> Row<'a> {
    pub(super) fn new(kernel: &'a Kernel, plan: &'a Plan, helpers: &'a Helpers, first: u32) -> Self {
        let mut next = first;
        let mut places = Vec::new();
        let mut inputs = vec![first; plan.inputs.len()];
        for op in &kernel.ops {
            places.push(next);
            if let OpKind::Input(at) = op.kind
                && let Some(slot) = inputs.get_mut(at)
            {
                *slot = next;
            }
            next += match (&op.kind, op.width()) {
                (OpKind::Constant(_), _) => 0,
                (OpKind::Input(at), _) => plan.inputs.get(*at).map_or(1, |cell| cell.layout.bytes() / 8),
                (_, Width::W64) => 1,
                (_, Width::W128) => 2,
            };
        }
        Self { kernel, plan, helpers, places, inputs, scratch: next, first }
    }

    /// How many 64-bit locals the row needs.
    pub(super) fn locals(&self) -> u32 {
        self.scratch + SCRATCH - self.first
    }

    fn place(&self, at: Ref) -> u32 {
        self.places.get(at.0).copied().unwrap_or(self.scratch)
    }

    /// The local of an input column.
    pub(super) fn input(&self, column: usize) -> u32 {
        self.inputs.get(column).copied().unwrap_or(self.scratch)
    }

    pub(super) fn load_inputs(&self, f: &mut Function) {
        for (at, cell) in self.plan.inputs.iter().enumerate() {
            let local = self.input(at);
            for half in 0..cell.layout.bytes() / 8 {
                push_address(f, cell.layout);
                f.instruction(&I::I64Load(word(cell, half)));
                f.instruction(&I::LocalSet(local + half));
            }
        }
    }

    pub(super) fn store_outputs(&self, f: &mut Function) {
        for (output, cell) in self.kernel.outputs.iter().zip(&self.plan.outputs) {
            push_address(f, cell.layout);
            self.low(f, *output);
            f.instruction(&I::I64Store(word(cell, 0)));
            if cell.layout == Layout::I128 {
                push_address(f, cell.layout);
                self.high(f, *output);
                f.instruction(&I::I64Store(word(cell, 1)));
            }
        }
    }

    pub(super) fn clear_outputs(&self, f: &mut Function) {
        for cell in &self.plan.outputs {
            for half in 0..cell.layout.bytes() / 8 {
                push_address(f, cell.layout);
                f.instruction(&I::I64Const(0));
                f.instruction(&I::I64Store(word(cell, half)));
            }
        }
    }

    pub(super) fn compute(&self, f: &mut Function) {
        for (at, op) in self.kernel.ops.iter().enumerate() {
            let to = self.place(Ref(at));
            match op.width() {
                Width::W64 => self.compute_64(f, op, to),
                Width::W128 => self.compute_128(f, op, to),
            }
        }
    }

    /// The low half of a value, which is all of it if it fits 64 bits.
    fn low(&self, f: &mut Function, at: Ref) {
        match self.kernel.op(at).map(|op| &op.kind) {
            Some(OpKind::Constant(value)) => f.instruction(&I::I64Const(split(value).0)),
            _ => f.instruction(&I::LocalGet(self.place(at))),
        };
    }

    /// The high half of a value, sign-extended if it is held in 64 bits.
    fn high(&self, f: &mut Function, at: Ref) {
        match self.kernel.op(at) {
            Some(Op { kind: OpKind::Constant(value), .. }) => {
                f.instruction(&I::I64Const(split(value).1));
            }
            Some(op) if self.is_pair(op) => {
                f.instruction(&I::LocalGet(self.place(at) + 1));
            }
            _ => {
                for instruction in [I::LocalGet(self.place(at)), I::I64Const(63), I::I64ShrS] {
                    f.instruction(&instruction);
                }
            }
        }
    }

    fn is_pair(&self, op: &Op) -> bool {
        match op.kind {
            OpKind::Input(at) => self.plan.inputs.get(at).is_some_and(|cell| cell.layout == Layout::I128),
            _ => op.width() == Width::W128,
        }
    }

    fn compute_64(&self, f: &mut Function, op: &Op, to: u32) {
        // Sums and products of which only the low half is needed are computed from low halves.
        match &op.kind {
            OpKind::Constant(_) | OpKind::Input(_) => return,
            OpKind::Add(a, b) => self.binary(f, *a, *b, &I::I64Add),
            OpKind::Sub(a, b) => self.binary(f, *a, *b, &I::I64Sub),
            OpKind::Mul(a, b) => self.binary(f, *a, *b, &I::I64Mul),
            OpKind::Max(..) | OpKind::Min(..) | OpKind::Divide { .. } if self.kernel.works_wide(op) => {
                // The result is a pair for a moment, of which the low half stays.
                self.compute_128(f, op, self.scratch);
                f.instruction(&I::LocalGet(self.scratch));
            }
            OpKind::Max(a, b) => self.choose_64(f, *a, *b, &I::I64GtS),
            OpKind::Min(a, b) => self.choose_64(f, *a, *b, &I::I64LtS),
            OpKind::Divide { value, divisor, mode } => self.divide_64(f, *value, divisor, *mode),
        }
        f.instruction(&I::LocalSet(to));
    }

    fn binary(&self, f: &mut Function, a: Ref, b: Ref, instruction: &I<'_>) {
        self.low(f, a);
        self.low(f, b);
        f.instruction(instruction);
    }

    fn choose_64(&self, f: &mut Function, a: Ref, b: Ref, first_if: &I<'_>) {
        self.low(f, a);
        self.low(f, b);
        self.binary(f, a, b, first_if);
        f.instruction(&I::Select);
    }

    /// A rounded quotient. The size of the value is divided and its sign put back, so that the modes are symmetric.
    fn divide_64(&self, f: &mut Function, value: Ref, divisor: &BigInt, mode: RoundingMode) {
        let (sign, size, quotient) = (self.scratch, self.scratch + 1, self.scratch + 2);
        let is_signed = self.kernel.op(value).is_some_and(|op| op.low.is_negative());
        let (bias, _) = split(&bias(divisor, mode));
        let (divisor_bits, _) = split(divisor);
        self.low(f, value);
        if is_signed {
            // |x| = (x ^ s) - s with s = x >> 63
            self.low(f, value);
            for instruction in [I::I64Const(63), I::I64ShrS, I::LocalTee(sign), I::I64Xor, I::LocalGet(sign), I::I64Sub]
            {
                f.instruction(&instruction);
            }
        }
        if bias != 0 {
            f.instruction(&I::I64Const(bias));
            f.instruction(&I::I64Add);
        }
        if ties_to_even(divisor, mode) {
            // A tie has become a whole quotient; an odd one is one too many.
            for instruction in [I::LocalTee(size), I::I64Const(divisor_bits), I::I64DivU, I::LocalTee(quotient)] {
                f.instruction(&instruction);
            }
            for instruction in [I::LocalGet(quotient), I::I64Const(1), I::I64And] {
                f.instruction(&instruction);
            }
            for instruction in
                [I::LocalGet(quotient), I::I64Const(divisor_bits), I::I64Mul, I::LocalGet(size), I::I64Eq]
            {
                f.instruction(&instruction);
            }
            for instruction in [I::I64ExtendI32U, I::I64And, I::I64Sub] {
                f.instruction(&instruction);
            }
        } else {
            f.instruction(&I::I64Const(divisor_bits));
            f.instruction(&I::I64DivU);
        }
        if is_signed {
            for instruction in [I::LocalGet(sign), I::I64Xor, I::LocalGet(sign), I::I64Sub] {
                f.instruction(&instruction);
            }
        }
    }

    /// Computes into the pair of locals `to` and `to + 1`.
    fn compute_128(&self, f: &mut Function, op: &Op, to: u32) {
        match &op.kind {
            OpKind::Constant(_) | OpKind::Input(_) => {}
            OpKind::Add(a, b) => {
                // The carry is 1 where the low half of the sum is less than one of its terms.
                self.high(f, *a);
                self.high(f, *b);
                f.instruction(&I::I64Add);
                self.binary(f, *a, *b, &I::I64Add);
                f.instruction(&I::LocalTee(to));
                self.low(f, *b);
                for instruction in [I::I64LtU, I::I64ExtendI32U, I::I64Add, I::LocalSet(to + 1)] {
                    f.instruction(&instruction);
                }
            }
            OpKind::Sub(a, b) => {
                self.high(f, *a);
                self.high(f, *b);
                f.instruction(&I::I64Sub);
                self.binary(f, *a, *b, &I::I64LtU);
                for instruction in [I::I64ExtendI32U, I::I64Sub, I::LocalSet(to + 1)] {
                    f.instruction(&instruction);
                }
                self.binary(f, *a, *b, &I::I64Sub);
                f.instruction(&I::LocalSet(to));
            }
            OpKind::Mul(a, b) => {
                for at in [a, b] {
                    self.low(f, *at);
                    self.high(f, *at);
                }
                f.instruction(&I::Call(self.helpers.multiply()));
                f.instruction(&I::LocalSet(to + 1));
                f.instruction(&I::LocalSet(to));
            }
            OpKind::Max(a, b) => self.choose_128(f, *a, *b, to, false),
            OpKind::Min(a, b) => self.choose_128(f, *a, *b, to, true),
            OpKind::Divide { value, divisor, mode } => self.divide_128(f, *value, divisor, *mode, to),
        }
    }

    fn choose_128(&self, f: &mut Function, a: Ref, b: Ref, to: u32, least: bool) {
        let condition = self.scratch + 5;
        let (first, second) = if least { (a, b) } else { (b, a) };
        wide::less_than_of(f, &|f| self.low(f, first), &|f| self.high(f, first), &|f| self.low(f, second), &|f| {
            self.high(f, second)
        });
        f.instruction(&I::I64ExtendI32U);
        f.instruction(&I::LocalSet(condition));
        let pick = |f: &mut Function| {
            for instruction in [I::LocalGet(condition), I::I32WrapI64, I::Select] {
                f.instruction(&instruction);
            }
        };
        self.low(f, a);
        self.low(f, b);
        pick(f);
        self.high(f, a);
        self.high(f, b);
        pick(f);
        f.instruction(&I::LocalSet(to + 1));
        f.instruction(&I::LocalSet(to));
    }

    fn divide_128(&self, f: &mut Function, value: Ref, divisor: &BigInt, mode: RoundingMode, to: u32) {
        let (bias_low, bias_high) = split(&bias(divisor, mode));
        let (divisor_low, divisor_high) = split(divisor);
        self.low(f, value);
        self.high(f, value);
        for constant in [bias_low, bias_high, divisor_low, divisor_high] {
            f.instruction(&I::I64Const(constant));
        }
        f.instruction(&I::I32Const(i32::from(ties_to_even(divisor, mode))));
        f.instruction(&I::Call(self.helpers.divide()));
        f.instruction(&I::LocalSet(to + 1));
        f.instruction(&I::LocalSet(to));
    }
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

fn word(cell: &Cell, half: u32) -> MemArg {
    MemArg { offset: u64::from(cell.offset + 8 * half), align: 3, memory_index: 0 }
}
