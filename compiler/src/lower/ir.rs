//! The intermediate representation: one row's work as a straight line of integer operations, every result with its
//! proven range.

use std::collections::HashMap;

use fen_grammar::tree::RoundingMode;
use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{Signed, Zero};

/// An operation of a kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Ref(pub(crate) usize);

/// What an operation computes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum OpKind {
    Constant(BigInt),
    /// The cell of an input column.
    Input(usize),
    Add(Ref, Ref),
    Sub(Ref, Ref),
    Mul(Ref, Ref),
    Max(Ref, Ref),
    Min(Ref, Ref),
    /// The quotient by a positive constant, rounded to an integer.
    Divide {
        value: Ref,
        divisor: BigInt,
        mode: RoundingMode,
    },
}

/// An operation with the range of its results.
#[derive(Clone, Debug)]
pub(crate) struct Op {
    pub(crate) kind: OpKind,
    pub(crate) low: BigInt,
    pub(crate) high: BigInt,
}

/// How an integer is held while a row is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Width {
    W64,
    W128,
}

impl Width {
    /// The width that holds all integers from `low` to `high`; `None` if none does.
    pub(crate) fn of(low: &BigInt, high: &BigInt) -> Option<Self> {
        let fits = |bits: u32| {
            let end = BigInt::from(1) << (bits - 1);
            *low >= -end.clone() && *high < end
        };
        if fits(64) { Some(Self::W64) } else { fits(128).then_some(Self::W128) }
    }
}

/// The work of one row.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kernel {
    /// Each operation comes after its operands.
    pub(crate) ops: Vec<Op>,
    /// The cells of the output columns.
    pub(crate) outputs: Vec<Ref>,
}

impl Kernel {
    pub(crate) fn op(&self, at: Ref) -> Option<&Op> {
        self.ops.get(at.0)
    }

    /// Whether computing an operation takes 128 bits, even if its result needs only 64. Sums and products never do for
    /// such a result: their low halves depend on low halves only.
    pub(crate) fn works_wide(&self, op: &Op) -> bool {
        if op.width() == Width::W128 {
            return true;
        }
        let operands = op.kind.operands();
        let takes_wide = operands.into_iter().filter_map(|at| self.op(at)).any(|op| op.width() == Width::W128);
        match &op.kind {
            OpKind::Max(..) | OpKind::Min(..) => takes_wide,
            OpKind::Divide { value, divisor, .. } => {
                // The size of the value and up to a divisor are added as unsigned numbers.
                let size = self.op(*value).map(|op| op.low.abs().max(op.high.abs())).unwrap_or_default();
                takes_wide || size + divisor > BigInt::from(u64::MAX)
            }
            _ => false,
        }
    }
}

impl Op {
    /// How the results are held.
    pub(crate) fn width(&self) -> Width {
        Width::of(&self.low, &self.high).unwrap_or(Width::W128)
    }
}

/// An integer that may need more than 128 bits.
#[derive(Clone, Debug)]
pub(crate) struct TooWide {
    pub(crate) low: BigInt,
    pub(crate) high: BigInt,
}

/// Builds a kernel; equal operations become one, and what the ranges decide is not computed.
#[derive(Default)]
pub(crate) struct Builder {
    kernel: Kernel,
    known: HashMap<OpKind, Ref>,
}

impl Builder {
    pub(crate) fn finish(mut self, outputs: Vec<Ref>) -> Kernel {
        self.kernel.outputs = outputs;
        self.drop_unused();
        self.kernel
    }

    pub(crate) fn constant(&mut self, value: BigInt) -> Result<Ref, TooWide> {
        self.push(OpKind::Constant(value.clone()), value.clone(), value)
    }

    pub(crate) fn input(&mut self, at: usize, low: BigInt, high: BigInt) -> Result<Ref, TooWide> {
        self.push(OpKind::Input(at), low, high)
    }

    pub(crate) fn add(&mut self, left: Ref, right: Ref) -> Result<Ref, TooWide> {
        let ((a, b), (c, d)) = (self.range(left), self.range(right));
        if a.is_zero() && b.is_zero() {
            return Ok(right);
        }
        if c.is_zero() && d.is_zero() {
            return Ok(left);
        }
        self.push(OpKind::Add(left, right), a + c, b + d)
    }

    pub(crate) fn sub(&mut self, left: Ref, right: Ref) -> Result<Ref, TooWide> {
        let ((a, b), (c, d)) = (self.range(left), self.range(right));
        if c.is_zero() && d.is_zero() {
            return Ok(left);
        }
        if left == right {
            return self.constant(BigInt::zero());
        }
        self.push(OpKind::Sub(left, right), a - d, b - c)
    }

    pub(crate) fn mul(&mut self, left: Ref, right: Ref) -> Result<Ref, TooWide> {
        let ((a, b), (c, d)) = (self.range(left), self.range(right));
        let one = BigInt::from(1);
        if a == one && b == one {
            return Ok(right);
        }
        if c == one && d == one {
            return Ok(left);
        }
        let corners = [&a * &c, &a * &d, &b * &c, &b * &d];
        let low = corners.iter().min().cloned().unwrap_or_default();
        let high = corners.iter().max().cloned().unwrap_or_default();
        self.push(OpKind::Mul(left, right), low, high)
    }

    pub(crate) fn max(&mut self, left: Ref, right: Ref) -> Result<Ref, TooWide> {
        let ((a, b), (c, d)) = (self.range(left), self.range(right));
        if a >= d {
            return Ok(left);
        }
        if c >= b {
            return Ok(right);
        }
        self.push(OpKind::Max(left, right), a.max(c), b.max(d))
    }

    pub(crate) fn min(&mut self, left: Ref, right: Ref) -> Result<Ref, TooWide> {
        let ((a, b), (c, d)) = (self.range(left), self.range(right));
        if b <= c {
            return Ok(left);
        }
        if d <= a {
            return Ok(right);
        }
        self.push(OpKind::Min(left, right), a.min(c), b.min(d))
    }

    /// The quotient by a positive divisor, rounded to an integer.
    pub(crate) fn divide(&mut self, value: Ref, divisor: BigInt, mode: RoundingMode) -> Result<Ref, TooWide> {
        if divisor == BigInt::from(1) {
            return Ok(value);
        }
        let (low, high) = self.range(value);
        // On the way, up to a divisor is added to the size of the value.
        let size = low.abs().max(high.abs()) + &divisor;
        if Width::of(&BigInt::zero(), &size).is_none() {
            return Err(TooWide { low: -size.clone(), high: size });
        }
        let (low, high) = (low.div_floor(&divisor), high.div_ceil(&divisor));
        self.push(OpKind::Divide { value, divisor, mode }, low, high)
    }

    /// Tells the builder that all results of `at` lie within a range, which other reasoning has proven.
    pub(crate) fn narrow(&mut self, at: Ref, low: &BigInt, high: &BigInt) {
        if let Some(op) = self.kernel.ops.get_mut(at.0) {
            op.low = (&op.low).max(low).clone();
            op.high = (&op.high).min(high).clone();
        }
    }

    pub(crate) fn range(&self, at: Ref) -> (BigInt, BigInt) {
        self.kernel.op(at).map(|op| (op.low.clone(), op.high.clone())).unwrap_or_default()
    }

    fn push(&mut self, kind: OpKind, low: BigInt, high: BigInt) -> Result<Ref, TooWide> {
        if let Some(known) = self.known.get(&kind) {
            return Ok(*known);
        }
        if Width::of(&low, &high).is_none() {
            return Err(TooWide { low, high });
        }
        let at = Ref(self.kernel.ops.len());
        self.known.insert(kind.clone(), at);
        self.kernel.ops.push(Op { kind, low, high });
        Ok(at)
    }

    /// Keeps inputs and what the outputs need.
    fn drop_unused(&mut self) {
        let mut used = vec![false; self.kernel.ops.len()];
        let mut open = self.kernel.outputs.clone();
        while let Some(at) = open.pop() {
            match used.get_mut(at.0) {
                Some(used) if !*used => *used = true,
                _ => continue,
            }
            if let Some(op) = self.kernel.op(at) {
                open.extend(op.kind.operands());
            }
        }
        let mut moved = HashMap::new();
        let mut ops = Vec::new();
        for (at, op) in std::mem::take(&mut self.kernel.ops).into_iter().enumerate() {
            if used.get(at).copied().unwrap_or(false) || matches!(op.kind, OpKind::Input(_)) {
                moved.insert(Ref(at), Ref(ops.len()));
                let kind = op.kind.renumbered(&moved);
                ops.push(Op { kind, ..op });
            }
        }
        self.kernel.ops = ops;
        for output in &mut self.kernel.outputs {
            *output = moved.get(output).copied().unwrap_or(*output);
        }
    }
}

impl OpKind {
    /// What the operation is computed from.
    pub(crate) fn operands(&self) -> Vec<Ref> {
        match self {
            Self::Constant(_) | Self::Input(_) => Vec::new(),
            Self::Add(a, b) | Self::Sub(a, b) | Self::Mul(a, b) | Self::Max(a, b) | Self::Min(a, b) => vec![*a, *b],
            Self::Divide { value, .. } => vec![*value],
        }
    }

    fn renumbered(self, moved: &HashMap<Ref, Ref>) -> Self {
        let to = |at: Ref| moved.get(&at).copied().unwrap_or(at);
        match self {
            Self::Constant(_) | Self::Input(_) => self,
            Self::Add(a, b) => Self::Add(to(a), to(b)),
            Self::Sub(a, b) => Self::Sub(to(a), to(b)),
            Self::Mul(a, b) => Self::Mul(to(a), to(b)),
            Self::Max(a, b) => Self::Max(to(a), to(b)),
            Self::Min(a, b) => Self::Min(to(a), to(b)),
            Self::Divide { value, divisor, mode } => Self::Divide { value: to(value), divisor, mode },
        }
    }
}
