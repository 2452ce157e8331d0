//! Which locals of a function hold the results of a kernel's operations; those whose results are needed no more are
//! used again.

use std::collections::HashMap;

use super::ir::{Kernel, Op, OpKind, Ref};

/// Where a result is held. Locals of each kind are counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// It is a constant.
    None,
    /// A local of 32 bits: a condition.
    Flag(u32),
    /// A local of 64 bits.
    Word(u32),
    /// Two locals of 64 bits, the low half first.
    Pair(u32),
}

/// The places of all results.
#[derive(Clone, Debug, Default)]
pub(crate) struct Locals {
    /// By operation.
    places: Vec<Place>,
    /// By input and by parameter: they stay as long as the row, and as long as the batch.
    inputs: HashMap<usize, Place>,
    parameters: HashMap<usize, Place>,
    flags: u32,
    words: u32,
    free_flags: Vec<u32>,
    free_words: Vec<u32>,
    free_pairs: Vec<u32>,
}

impl Locals {
    pub(crate) fn of(kernel: &Kernel) -> Self {
        let mut last_use = vec![0; kernel.ops.len()];
        for (at, op) in kernel.ops.iter().enumerate() {
            op.kind.operands(|operand| {
                if let Some(last) = last_use.get_mut(kernel.source(operand).0) {
                    *last = at;
                }
            });
        }
        for root in kernel.roots() {
            if let Some(last) = last_use.get_mut(kernel.source(root).0) {
                *last = usize::MAX;
            }
        }
        let mut locals = Self::default();
        for (at, op) in kernel.ops.iter().enumerate() {
            let place = locals.place_of(kernel, op);
            locals.places.push(place);
            // Only now, so that a result is never held where an operand still is.
            let mut ended = Vec::new();
            op.kind.operands(|operand| {
                let source = kernel.source(operand);
                let is_column =
                    kernel.op(source).is_some_and(|op| matches!(op.kind, OpKind::Input(_) | OpKind::Parameter(_)));
                if last_use.get(source.0) == Some(&at) && !is_column && !ended.contains(&source) {
                    ended.push(source);
                }
            });
            for source in ended {
                match locals.place(source) {
                    Place::None => {}
                    Place::Flag(local) => locals.free_flags.push(local),
                    Place::Word(local) => locals.free_words.push(local),
                    Place::Pair(local) => locals.free_pairs.push(local),
                }
            }
        }
        locals
    }

    fn place_of(&mut self, kernel: &Kernel, op: &Op) -> Place {
        let place = match &op.kind {
            OpKind::Constant(_) => Place::None,
            OpKind::Narrow(inner, ..) => return self.place(kernel.source(*inner)),
            _ if op.is_flag => Place::Flag(self.free_flags.pop().unwrap_or_else(|| {
                self.flags += 1;
                self.flags - 1
            })),
            _ if op.is_pair() => Place::Pair(self.free_pairs.pop().unwrap_or_else(|| {
                self.words += 2;
                self.words - 2
            })),
            _ => Place::Word(self.free_words.pop().unwrap_or_else(|| {
                self.words += 1;
                self.words - 1
            })),
        };
        match op.kind {
            OpKind::Input(at) => self.inputs.insert(at, place),
            OpKind::Parameter(at) => self.parameters.insert(at, place),
            _ => None,
        };
        place
    }

    pub(crate) fn place(&self, at: Ref) -> Place {
        self.places.get(at.0).copied().unwrap_or(Place::None)
    }

    pub(crate) fn input(&self, at: usize) -> Place {
        self.inputs.get(&at).copied().unwrap_or(Place::None)
    }

    pub(crate) fn parameter(&self, at: usize) -> Place {
        self.parameters.get(&at).copied().unwrap_or(Place::None)
    }

    /// How many locals of 32 bits there are.
    pub(crate) fn flags(&self) -> u32 {
        self.flags
    }

    /// How many locals of 64 bits there are.
    pub(crate) fn words(&self) -> u32 {
        self.words
    }

    /// How many there are of both kinds.
    pub(crate) fn count(&self) -> usize {
        usize::try_from(self.flags + self.words).unwrap_or(usize::MAX)
    }
}
