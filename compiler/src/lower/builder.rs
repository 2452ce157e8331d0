//! Builds a kernel; equal operations become one, and what the ranges decide is not computed.

use std::collections::HashMap;

use fen_grammar::tree::RoundingMode;
use num_bigint::BigInt;
use num_traits::{One, Signed, Zero};

use super::ir::{Kernel, Op, OpKind, OutputCell, Ref, Width, rounded};

/// An integer that may need more than 128 bits.
#[derive(Clone, Debug)]
pub(crate) struct TooWide {
    pub(crate) low: BigInt,
    pub(crate) high: BigInt,
}

pub(crate) type Built = Result<Ref, TooWide>;

#[derive(Default)]
pub(crate) struct Builder {
    kernel: Kernel,
    known: HashMap<OpKind, Ref>,
    lists: HashMap<Vec<i64>, usize>,
    arrays: HashMap<Vec<i64>, usize>,
}

impl Builder {
    pub(crate) fn finish(mut self, outputs: Vec<OutputCell>, fault: Option<Ref>) -> Kernel {
        self.kernel.outputs = outputs;
        self.kernel.fault = fault;
        self.kernel.drop_unused();
        self.kernel
    }

    pub(crate) fn constant(&mut self, value: impl Into<BigInt>) -> Built {
        let value = value.into();
        self.push(OpKind::Constant(value.clone()), value.clone(), value)
    }

    /// The cell of an input. If it is optional, it may be missing where it does not matter.
    pub(crate) fn input(&mut self, at: usize, low: BigInt, high: BigInt, is_optional: bool) -> Built {
        let input = self.push(OpKind::Input(at), low, high)?;
        if let Some(op) = self.kernel.ops.get_mut(input.0) {
            op.is_solid = !is_optional;
        }
        Ok(input)
    }

    pub(crate) fn parameter(&mut self, at: usize, low: BigInt, high: BigInt) -> Built {
        self.push(OpKind::Parameter(at), low, high)
    }

    /// Whether the input with this operation is there.
    pub(crate) fn known(&mut self, input: Ref) -> Built {
        self.flag(OpKind::Known(input))
    }

    pub(crate) fn add(&mut self, left: Ref, right: Ref) -> Built {
        if self.is(left, 0) {
            return Ok(right);
        }
        if self.is(right, 0) {
            return Ok(left);
        }
        let ((a, b), (c, d)) = (self.range(left), self.range(right));
        self.push(OpKind::Add(left, right), a + c, b + d)
    }

    pub(crate) fn sub(&mut self, left: Ref, right: Ref) -> Built {
        if self.is(right, 0) {
            return Ok(left);
        }
        if self.same(left, right) {
            return self.constant(0);
        }
        let ((a, b), (c, d)) = (self.range(left), self.range(right));
        self.push(OpKind::Sub(left, right), a - d, b - c)
    }

    pub(crate) fn mul(&mut self, left: Ref, right: Ref) -> Built {
        if self.is(left, 1) {
            return Ok(right);
        }
        if self.is(right, 1) {
            return Ok(left);
        }
        let ((a, b), (c, d)) = (self.range(left), self.range(right));
        let corners = [&a * &c, &a * &d, &b * &c, &b * &d];
        let low = corners.iter().min().cloned().unwrap_or_default();
        let high = corners.iter().max().cloned().unwrap_or_default();
        self.push(OpKind::Mul(left, right), low, high)
    }

    pub(crate) fn max(&mut self, left: Ref, right: Ref) -> Built {
        let ((a, b), (c, d)) = (self.range(left), self.range(right));
        if a >= d || left == right {
            return Ok(left);
        }
        if c >= b {
            return Ok(right);
        }
        self.push(OpKind::Max(left, right), a.max(c), b.max(d))
    }

    pub(crate) fn min(&mut self, left: Ref, right: Ref) -> Built {
        let ((a, b), (c, d)) = (self.range(left), self.range(right));
        if b <= c || left == right {
            return Ok(left);
        }
        if d <= a {
            return Ok(right);
        }
        self.push(OpKind::Min(left, right), a.min(c), b.min(d))
    }

    /// The quotient by a positive divisor, rounded to an integer.
    pub(crate) fn divide(&mut self, value: Ref, divisor: BigInt, mode: RoundingMode) -> Built {
        if divisor.is_one() {
            return Ok(value);
        }
        let (low, high) = self.range(value);
        within_127_bits(&low, &high, &divisor)?;
        let (low, high) = (rounded(&low, &divisor, mode), rounded(&high, &divisor, mode));
        self.push(OpKind::Divide { value, divisor, mode }, low, high)
    }

    /// The quotient by a divisor that is positive where it matters, rounded to an integer.
    pub(crate) fn quotient(&mut self, value: Ref, divisor: Ref, mode: RoundingMode) -> Built {
        let ((low, high), (least, most)) = (self.range(value), self.range(divisor));
        if least == most && least.is_positive() {
            return self.divide(value, least, mode);
        }
        within_127_bits(&low, &high, &most)?;
        let (least, most) = (least.max(BigInt::one()), most.max(BigInt::one()));
        let low = rounded(&low, if low.is_negative() { &least } else { &most }, mode);
        let high = rounded(&high, if high.is_negative() { &most } else { &least }, mode);
        self.push(OpKind::Quotient { value, divisor, mode }, low, high)
    }

    pub(crate) fn less(&mut self, left: Ref, right: Ref) -> Built {
        let ((a, b), (c, d)) = (self.range(left), self.range(right));
        if b < c {
            return self.constant(1);
        }
        if a >= d || self.same(left, right) {
            return self.constant(0);
        }
        self.flag(OpKind::Less(left, right))
    }

    /// Whether the first is not greater than the second.
    pub(crate) fn at_most(&mut self, left: Ref, right: Ref) -> Built {
        let greater = self.less(right, left)?;
        self.not(greater)
    }

    pub(crate) fn equal(&mut self, left: Ref, right: Ref) -> Built {
        let ((a, b), (c, d)) = (self.range(left), self.range(right));
        if b < c || d < a {
            return self.constant(0);
        }
        if self.same(left, right) || (a == b && c == d) {
            return self.constant(1);
        }
        for (flag, other) in [(left, right), (right, left)] {
            if self.is_flag(flag) && self.is(other, 1) {
                return Ok(flag);
            }
            if self.is_flag(flag) && self.is(other, 0) {
                return self.not(flag);
            }
        }
        self.flag(OpKind::Equal(left.min(right), left.max(right)))
    }

    pub(crate) fn not(&mut self, inner: Ref) -> Built {
        if let Some(Op { kind: OpKind::Not(inner), .. }) = self.kernel.op(inner) {
            return Ok(*inner);
        }
        match self.decided(inner) {
            Some(is_true) => self.constant(u8::from(!is_true)),
            None => self.flag(OpKind::Not(inner)),
        }
    }

    pub(crate) fn and(&mut self, left: Ref, right: Ref) -> Built {
        match (self.decided(left), self.decided(right)) {
            (Some(false), _) | (_, Some(true)) => Ok(left),
            (_, Some(false)) | (Some(true), _) => Ok(right),
            _ if left == right => Ok(left),
            _ => self.flag(OpKind::And(left.min(right), left.max(right))),
        }
    }

    pub(crate) fn or(&mut self, left: Ref, right: Ref) -> Built {
        match (self.decided(left), self.decided(right)) {
            (Some(true), _) | (_, Some(false)) => Ok(left),
            (_, Some(true)) | (Some(false), _) => Ok(right),
            _ if left == right => Ok(left),
            _ => self.flag(OpKind::Or(left.min(right), left.max(right))),
        }
    }

    /// The second if the condition is true, else the third.
    pub(crate) fn select(&mut self, condition: Ref, yes: Ref, no: Ref) -> Built {
        if let Some(Op { kind: OpKind::Not(inner), .. }) = self.kernel.op(condition) {
            return self.select(*inner, no, yes);
        }
        match self.decided(condition) {
            Some(true) => return Ok(yes),
            Some(false) => return Ok(no),
            None if yes == no => return Ok(yes),
            None => {}
        }
        let is_flag = |builder: &Self, at: Ref| builder.is_flag(at) || builder.decided(at).is_some();
        if is_flag(self, yes) && is_flag(self, no) {
            match (self.decided(yes), self.decided(no)) {
                (_, Some(false)) => return self.and(condition, yes),
                (Some(true), _) => return self.or(condition, no),
                (Some(false), _) => {
                    let not = self.not(condition)?;
                    return self.and(not, no);
                }
                (_, Some(true)) => {
                    let not = self.not(condition)?;
                    return self.or(not, yes);
                }
                (None, None) => return self.flag(OpKind::Select(condition, yes, no)),
            }
        }
        let ((a, b), (c, d)) = (self.range(yes), self.range(no));
        self.push(OpKind::Select(condition, yes, no), a.min(c), b.max(d))
    }

    /// An ascending list for [`Self::position`].
    pub(crate) fn list(&mut self, list: Vec<i64>) -> usize {
        let lists = &mut self.kernel.lists;
        *self.lists.entry(list).or_insert_with_key(|list| {
            lists.push(list.clone());
            lists.len() - 1
        })
    }

    /// An array for [`Self::cell`]; not empty.
    pub(crate) fn array(&mut self, array: Vec<i64>) -> usize {
        let arrays = &mut self.kernel.arrays;
        *self.arrays.entry(array).or_insert_with_key(|array| {
            arrays.push(array.clone());
            arrays.len() - 1
        })
    }

    /// How many entries of a list are not greater. The value needs 64 bits at most.
    pub(crate) fn position(&mut self, list: usize, value: Ref) -> Built {
        let length = self.kernel.lists.get(list).map(Vec::len).unwrap_or_default();
        self.push(OpKind::Position { list, value }, BigInt::zero(), length.into())
    }

    pub(crate) fn cell(&mut self, array: usize, index: Ref) -> Built {
        let cells = self.kernel.arrays.get(array).map(Vec::as_slice).unwrap_or_default();
        let low = cells.iter().min().copied().unwrap_or_default();
        let high = cells.iter().max().copied().unwrap_or_default();
        self.push(OpKind::Cell { array, index }, low.into(), high.into())
    }

    pub(crate) fn add_months(&mut self, date: Ref, months: Ref, later: bool) -> Built {
        let ((a, b), (c, d)) = (self.range(date), self.range(months));
        // A month has up to 31 days, and the day of the month moves by less.
        let low = a + c.min(BigInt::zero()) * 31 - 31;
        let high = b + d.max(BigInt::zero()) * 31 + 31;
        self.push(OpKind::AddMonths { date, months, later }, low, high)
    }

    pub(crate) fn full_months(&mut self, from: Ref, to: Ref) -> Built {
        let ((a, b), (c, d)) = (self.range(from), self.range(to));
        // At most one for every 28 days that have begun, at least one for every 31 that are full.
        let months = |days: BigInt, is_high: bool| {
            let is_most = days.is_positive() == is_high;
            let (each, mode) = if is_most { (28, RoundingMode::Up) } else { (31, RoundingMode::Down) };
            rounded(&days, &BigInt::from(each), mode)
        };
        self.push(OpKind::FullMonths { from, to }, months(c - b, false), months(d - a, true))
    }

    /// The same integer, known to lie in a range where it matters.
    pub(crate) fn narrow(&mut self, at: Ref, low: &BigInt, high: &BigInt) -> Built {
        let (a, b) = self.range(at);
        let (low, high) = ((&a).max(low).clone(), (&b).min(high).clone());
        // An empty range is that of something that never matters.
        if low > high || (low == a && high == b) {
            return Ok(at);
        }
        let source = self.kernel.source(at);
        self.push(OpKind::Narrow(source, low.clone(), high.clone()), low, high)
    }

    /// The same integer, which lies in a range for every row that is computed.
    pub(crate) fn narrow_always(&mut self, at: Ref, low: &BigInt, high: &BigInt) -> Built {
        let narrowed = self.narrow(at, low, high)?;
        if let Some(op) = self.kernel.ops.get_mut(narrowed.0) {
            op.is_solid = true;
        }
        Ok(narrowed)
    }

    /// The operation whose result this is, behind those that only know more about it.
    pub(crate) fn source(&self, at: Ref) -> Ref {
        self.kernel.source(at)
    }

    pub(crate) fn range(&self, at: Ref) -> (BigInt, BigInt) {
        self.kernel.op(at).map(|op| (op.low.clone(), op.high.clone())).unwrap_or_default()
    }

    /// The only value, if there is only one.
    pub(crate) fn only(&self, at: Ref) -> Option<&BigInt> {
        self.kernel.op(at).filter(|op| op.low == op.high).map(|op| &op.low)
    }

    /// How many operations there are by now.
    pub(crate) fn len(&self) -> usize {
        self.kernel.ops.len()
    }

    fn is(&self, at: Ref, value: u8) -> bool {
        self.only(at).is_some_and(|only| *only == BigInt::from(value))
    }

    fn same(&self, left: Ref, right: Ref) -> bool {
        self.kernel.source(left) == self.kernel.source(right)
    }

    fn is_flag(&self, at: Ref) -> bool {
        self.kernel.op(at).is_some_and(|op| op.is_flag)
    }

    /// Whether a condition is true, if it is the same for all claims.
    fn decided(&self, at: Ref) -> Option<bool> {
        self.only(at).filter(|only| !only.is_negative() && **only <= BigInt::one()).map(BigInt::is_one)
    }

    fn flag(&mut self, kind: OpKind) -> Built {
        let flag = self.push(kind, BigInt::zero(), BigInt::one())?;
        if let Some(op) = self.kernel.ops.get_mut(flag.0) {
            op.is_flag = true;
        }
        Ok(flag)
    }

    fn push(&mut self, mut kind: OpKind, low: BigInt, high: BigInt) -> Built {
        if low == high && !matches!(kind, OpKind::Input(_) | OpKind::Parameter(_)) {
            kind = OpKind::Constant(low.clone());
        }
        if let Some(known) = self.known.get(&kind) {
            return Ok(*known);
        }
        if Width::of(&low, &high).is_none() {
            return Err(TooWide { low, high });
        }
        let is_solid = self.is_solid(&kind);
        let at = Ref(self.kernel.ops.len());
        self.known.insert(kind.clone(), at);
        self.kernel.ops.push(Op { kind, low, high, is_flag: false, is_solid });
        Ok(at)
    }

    /// Whether a range derived from those of the operands holds always.
    fn is_solid(&self, kind: &OpKind) -> bool {
        match kind {
            OpKind::Narrow(..) => false,
            OpKind::Known(_) | OpKind::Less(..) | OpKind::Equal(..) | OpKind::Position { .. } | OpKind::Cell { .. } => {
                true
            }
            _ => {
                let mut is_solid = true;
                kind.operands(|at| is_solid &= self.kernel.op(at).is_some_and(|op| op.is_solid));
                is_solid
            }
        }
    }
}

/// On the way to a quotient, up to a divisor is added to the size of the value.
fn within_127_bits(low: &BigInt, high: &BigInt, divisor: &BigInt) -> Result<(), TooWide> {
    let size = low.abs().max(high.abs()) + divisor;
    match Width::of(&BigInt::zero(), &size) {
        Some(_) => Ok(()),
        None => Err(TooWide { low: -size.clone(), high: size }),
    }
}
