//! The functions of a module beside its entry; those a kernel does not need are left out.

use wasm_encoder::{CodeSection, Function, FunctionSection, TypeSection, ValType};

use super::{calendar, divide, search, wide};
use crate::lower::ir::{Kernel, OpKind};

/// A function of the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Helper {
    /// `(lo, hi, lo, hi) -> (lo, hi)`: the product modulo 2^128.
    Multiply,
    /// `(lo, hi, bias lo, bias hi, divisor lo, divisor hi, even) -> (lo, hi)`: a rounded quotient.
    Divide,
    /// `(value, address, length) -> count`: how many entries of a list are not greater than a value.
    Position,
    /// `(days) -> (month, day)`: the month of a date and the day in it, from 0.
    MonthOf,
    /// `(month) -> days`: the first day of a month.
    FirstOf,
    /// `(days, months, later) -> days`
    AddMonths,
    /// `(days, days) -> months`
    FullMonths,
}

/// The functions that kernels need.
#[derive(Clone, Debug)]
pub(super) struct Helpers {
    used: Vec<Helper>,
    /// How many entries stand before them.
    entries: usize,
}

impl Helpers {
    pub(super) fn used_by<'a>(kernels: impl Iterator<Item = &'a Kernel>) -> Self {
        let mut helpers = Self { used: Vec::new(), entries: 0 };
        for kernel in kernels {
            helpers.entries += 1;
            helpers.add(kernel);
        }
        helpers
    }

    fn add(&mut self, kernel: &Kernel) {
        for op in &kernel.ops {
            let needed: &[Helper] = match op.kind {
                OpKind::Mul(..) if kernel.works_wide(op) => &[Helper::Multiply],
                OpKind::Divide { .. } | OpKind::Quotient { .. } if kernel.works_wide(op) => &[Helper::Divide],
                OpKind::Position { .. } => &[Helper::Position],
                OpKind::AddMonths { .. } => &[Helper::MonthOf, Helper::FirstOf, Helper::AddMonths],
                OpKind::FullMonths { .. } => &[Helper::MonthOf, Helper::FullMonths],
                _ => &[],
            };
            for helper in needed {
                if !self.used.contains(helper) {
                    self.used.push(*helper);
                }
            }
        }
    }

    /// The index of a function that is used.
    pub(super) fn index(&self, helper: Helper) -> u32 {
        let place = self.used.iter().position(|one| *one == helper).unwrap_or_default();
        u32::try_from(place + self.entries).unwrap_or(u32::MAX)
    }

    /// Adds the functions behind the entries, which are of type 0.
    pub(super) fn declare(&self, types: &mut TypeSection, functions: &mut FunctionSection, code: &mut CodeSection) {
        for helper in &self.used {
            let (params, results, function) = self.definition(*helper);
            functions.function(types.len());
            types.ty().function(params, results);
            code.function(&function);
        }
    }

    fn definition(&self, helper: Helper) -> (Vec<ValType>, Vec<ValType>, Function) {
        let words = |count| vec![ValType::I64; count];
        match helper {
            Helper::Multiply => (words(4), words(2), wide::multiply()),
            Helper::Divide => {
                let mut params = words(6);
                params.push(ValType::I32);
                (params, words(2), divide::divide())
            }
            Helper::Position => {
                (vec![ValType::I64, ValType::I32, ValType::I32], vec![ValType::I32], search::position())
            }
            Helper::MonthOf => (words(1), words(2), calendar::month_of()),
            Helper::FirstOf => (words(1), words(1), calendar::first_of()),
            Helper::AddMonths => {
                (words(3), words(1), calendar::add_months(self.index(Helper::MonthOf), self.index(Helper::FirstOf)))
            }
            Helper::FullMonths => (words(2), words(1), calendar::full_months(self.index(Helper::MonthOf))),
        }
    }
}
