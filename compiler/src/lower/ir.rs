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

/// What an operation computes. Conditions are 0 or 1.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum OpKind {
    Constant(BigInt),
    /// The cell of an input column.
    Input(usize),
    /// The cell of a parameter.
    Parameter(usize),
    /// Whether the cell of an optional input, given by its operation, is not the one that says it is missing.
    Known(Ref),
    /// The same integer; where it matters it lies in this operation's range.
    Narrow(Ref, BigInt, BigInt),
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
    /// The quotient by a divisor that is positive where it matters, rounded to an integer. Never traps.
    Quotient {
        value: Ref,
        divisor: Ref,
        mode: RoundingMode,
    },
    Less(Ref, Ref),
    Equal(Ref, Ref),
    And(Ref, Ref),
    Or(Ref, Ref),
    Not(Ref),
    /// The second if the first is true, else the third.
    Select(Ref, Ref, Ref),
    /// How many entries of a list are not greater.
    Position {
        list: usize,
        value: Ref,
    },
    /// The entry of an array; the first one for an index that it does not have.
    Cell {
        array: usize,
        index: Ref,
    },
    /// See [`crate::check::program::ExprKind::AddMonths`].
    AddMonths {
        date: Ref,
        months: Ref,
        later: bool,
    },
    /// See [`crate::check::program::ExprKind::FullMonths`]; in months.
    FullMonths {
        from: Ref,
        to: Ref,
    },
}

/// An operation with the range of its results.
#[derive(Clone, Debug)]
pub(crate) struct Op {
    pub(crate) kind: OpKind,
    pub(crate) low: BigInt,
    pub(crate) high: BigInt,
    /// Whether the result is held as a condition.
    pub(crate) is_flag: bool,
    /// Whether the range holds for every row that is computed, not only where the result matters. What is not needed,
    /// such as an optional input that is missing, may be any number.
    pub(crate) is_solid: bool,
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
        if fits(low, high, 64) { Some(Self::W64) } else { fits(low, high, 128).then_some(Self::W128) }
    }
}

/// Whether two's complement of so many bits holds all integers of a range.
fn fits(low: &BigInt, high: &BigInt, bits: u64) -> bool {
    // One bit is the sign's. The least number needs as many bits as one beyond the greatest.
    let is_held = |end: &BigInt| end.bits() < bits || (end.is_negative() && (end + 1u8).bits() < bits);
    is_held(low) && is_held(high)
}

/// Whether 18 digits are enough, the precision of Arrow's Decimal64.
pub(crate) fn fits_18_digits(low: &BigInt, high: &BigInt) -> bool {
    let end = BigInt::from(1_000_000_000_000_000_000u64);
    *low > -end.clone() && *high < end
}

/// A cell of an output column.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OutputCell {
    pub(crate) value: Ref,
    /// Whether there is a value; there always is one if there is no such operation.
    pub(crate) present: Option<Ref>,
}

/// The work of one row.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kernel {
    /// Each operation comes after its operands.
    pub(crate) ops: Vec<Op>,
    /// The cells of the output columns.
    pub(crate) outputs: Vec<OutputCell>,
    /// The number of the look-up that rejects the row, or that of all look-ups if none does.
    pub(crate) fault: Option<Ref>,
    /// Ascending.
    pub(crate) lists: Vec<Vec<i64>>,
    /// Never empty.
    pub(crate) arrays: Vec<Vec<i64>>,
}

impl Kernel {
    pub(crate) fn op(&self, at: Ref) -> Option<&Op> {
        self.ops.get(at.0)
    }

    /// The operation whose result this is, behind those that only know more about it.
    pub(crate) fn source(&self, mut at: Ref) -> Ref {
        while let Some(Op { kind: OpKind::Narrow(inner, ..), .. }) = self.op(at) {
            at = *inner;
        }
        at
    }

    /// What must be computed.
    pub(crate) fn roots(&self) -> impl Iterator<Item = Ref> + '_ {
        self.outputs.iter().flat_map(|cell| [Some(cell.value), cell.present]).flatten().chain(self.fault)
    }

    /// Whether computing an operation takes 128 bits, even if its result needs only 64. Sums and products never do for
    /// such a result: their low halves depend on low halves only.
    pub(crate) fn works_wide(&self, op: &Op) -> bool {
        if op.width() == Width::W128 {
            return true;
        }
        let takes_wide = || {
            let mut is_wide = false;
            op.kind.operands(|at| is_wide |= self.op(at).is_some_and(|op| op.width() == Width::W128));
            is_wide
        };
        // The size of the value and up to a divisor are added as unsigned numbers.
        let overflows = |value: Ref, divisor: &BigInt| {
            let size = self.op(value).map(Op::size).unwrap_or_default();
            size + divisor > BigInt::from(u64::MAX)
        };
        match &op.kind {
            OpKind::Max(..) | OpKind::Min(..) | OpKind::Less(..) | OpKind::Equal(..) => takes_wide(),
            OpKind::Divide { value, divisor, .. } => takes_wide() || overflows(*value, divisor),
            OpKind::Quotient { value, divisor, .. } => {
                let greatest = self.op(*divisor).map(|op| op.high.clone()).unwrap_or_default();
                takes_wide() || overflows(*value, &greatest)
            }
            _ => false,
        }
    }

    /// What engines have to compile for an operation, where one on 64 bits counts 1.
    pub(crate) fn cost(&self, op: &Op) -> usize {
        match op.kind {
            OpKind::Divide { .. } | OpKind::Quotient { .. } => 4,
            _ if self.works_wide(op) => 4,
            _ => 1,
        }
    }

    /// Keeps inputs, parameters and what is needed.
    pub(super) fn drop_unused(&mut self) {
        let mut used: Vec<bool> =
            self.ops.iter().map(|op| matches!(op.kind, OpKind::Input(_) | OpKind::Parameter(_))).collect();
        for root in self.roots() {
            if let Some(used) = used.get_mut(root.0) {
                *used = true;
            }
        }
        // Operands come before what is computed from them.
        for at in (0..self.ops.len()).rev() {
            if used.get(at).copied().unwrap_or(false)
                && let Some(op) = self.ops.get(at)
            {
                op.kind.operands(|operand| {
                    if let Some(used) = used.get_mut(operand.0) {
                        *used = true;
                    }
                });
            }
        }
        let mut moved = HashMap::new();
        let mut ops = Vec::new();
        for ((at, op), is_used) in std::mem::take(&mut self.ops).into_iter().enumerate().zip(used) {
            if is_used {
                moved.insert(Ref(at), Ref(ops.len()));
                let kind = op.kind.renumbered(|at| moved.get(&at).copied().unwrap_or(at));
                ops.push(Op { kind, ..op });
            }
        }
        self.ops = ops;
        let to = |at: Ref| moved.get(&at).copied().unwrap_or(at);
        for cell in &mut self.outputs {
            *cell = OutputCell { value: to(cell.value), present: cell.present.map(to) };
        }
        self.fault = self.fault.map(to);
    }
}

impl Op {
    /// How the results are held, if not as a condition.
    pub(crate) fn width(&self) -> Width {
        Width::of(&self.low, &self.high).unwrap_or(Width::W128)
    }

    /// Whether the results are held in two locals: cells of 16 bytes, and what needs them.
    pub(crate) fn is_pair(&self) -> bool {
        match self.kind {
            OpKind::Input(_) | OpKind::Parameter(_) => !fits_18_digits(&self.low, &self.high),
            _ => self.width() == Width::W128,
        }
    }

    /// The greatest distance from zero.
    pub(crate) fn size(&self) -> BigInt {
        self.low.abs().max(self.high.abs())
    }
}

impl OpKind {
    /// Visits what the operation is computed from.
    pub(crate) fn operands(&self, mut visit: impl FnMut(Ref)) {
        match self {
            Self::Constant(_) | Self::Input(_) | Self::Parameter(_) => {}
            Self::Known(at) | Self::Narrow(at, ..) | Self::Not(at) => visit(*at),
            Self::Divide { value, .. } | Self::Position { value, .. } | Self::Cell { index: value, .. } => {
                visit(*value)
            }
            Self::Add(a, b)
            | Self::Sub(a, b)
            | Self::Mul(a, b)
            | Self::Max(a, b)
            | Self::Min(a, b)
            | Self::Less(a, b)
            | Self::Equal(a, b)
            | Self::And(a, b)
            | Self::Or(a, b)
            | Self::Quotient { value: a, divisor: b, .. }
            | Self::AddMonths { date: a, months: b, .. }
            | Self::FullMonths { from: a, to: b } => {
                visit(*a);
                visit(*b);
            }
            Self::Select(a, b, c) => {
                visit(*a);
                visit(*b);
                visit(*c);
            }
        }
    }

    fn renumbered(self, to: impl Fn(Ref) -> Ref) -> Self {
        match self {
            Self::Constant(_) | Self::Input(_) | Self::Parameter(_) => self,
            Self::Known(a) => Self::Known(to(a)),
            Self::Narrow(a, low, high) => Self::Narrow(to(a), low, high),
            Self::Not(a) => Self::Not(to(a)),
            Self::Add(a, b) => Self::Add(to(a), to(b)),
            Self::Sub(a, b) => Self::Sub(to(a), to(b)),
            Self::Mul(a, b) => Self::Mul(to(a), to(b)),
            Self::Max(a, b) => Self::Max(to(a), to(b)),
            Self::Min(a, b) => Self::Min(to(a), to(b)),
            Self::Less(a, b) => Self::Less(to(a), to(b)),
            Self::Equal(a, b) => Self::Equal(to(a), to(b)),
            Self::And(a, b) => Self::And(to(a), to(b)),
            Self::Or(a, b) => Self::Or(to(a), to(b)),
            Self::Select(a, b, c) => Self::Select(to(a), to(b), to(c)),
            Self::Divide { value, divisor, mode } => Self::Divide { value: to(value), divisor, mode },
            Self::Quotient { value, divisor, mode } => Self::Quotient { value: to(value), divisor: to(divisor), mode },
            Self::Position { list, value } => Self::Position { list, value: to(value) },
            Self::Cell { array, index } => Self::Cell { array, index: to(index) },
            Self::AddMonths { date, months, later } => Self::AddMonths { date: to(date), months: to(months), later },
            Self::FullMonths { from, to: until } => Self::FullMonths { from: to(from), to: to(until) },
        }
    }
}

/// A quotient by a positive divisor, rounded to an integer.
pub(crate) fn rounded(value: &BigInt, divisor: &BigInt, mode: RoundingMode) -> BigInt {
    let (whole, rest) = value.abs().div_mod_floor(divisor);
    let twice = &rest * 2u8;
    let up = match mode {
        RoundingMode::Down => false,
        RoundingMode::Up => !rest.is_zero(),
        RoundingMode::HalfUp => twice >= *divisor,
        RoundingMode::HalfEven => twice > *divisor || (twice == *divisor && whole.is_odd()),
    };
    let whole = if up { whole + 1u8 } else { whole };
    if value.is_negative() { -whole } else { whole }
}
