//! The dictionary of all codes that a policy names: in conditions, in its tables and in its examples.

use std::borrow::Cow;

use fen_grammar::tree::{CellKey, Literal, LiteralKind};

use super::Checker;
use super::table_file;
use crate::resolve::program::{AggregateOf, Expr, ExprKind, ParamValue, ValueBody};

impl Checker<'_> {
    /// Numbers all codes in the order of their bytes.
    pub(super) fn codes(&mut self) {
        let resolved = self.resolved;
        let sources = self.sources;
        let mut codes: Vec<Cow<'_, str>> = Vec::new();
        for param in &resolved.params {
            match &param.value {
                ParamValue::Cells(versions) => {
                    for key in versions.iter().flat_map(|(_, cells)| cells).flat_map(|cell| &cell.keys) {
                        match key {
                            CellKey::Value(literal) => codes.extend(code(literal)),
                            CellKey::Range(_) => {}
                        }
                    }
                }
                ParamValue::File(Some(span)) if self.has_code_key(param) => {
                    table_file::texts(sources.slice(*span), param, &mut codes);
                }
                _ => {}
            }
        }
        let mut collect = |expr| collect(expr, &mut codes);
        for value in &resolved.values {
            match &value.body {
                ValueBody::Expr(expr) => collect(expr),
                ValueBody::Cases(cases, otherwise) => {
                    for case in cases.iter().chain(otherwise.as_deref()) {
                        case.condition.iter().chain([&case.value]).for_each(&mut collect);
                    }
                }
                ValueBody::Share(_) | ValueBody::Grant(_) | ValueBody::Running(_) | ValueBody::Part(_) => {}
            }
            for exception in &value.exceptions {
                collect(&exception.condition);
                collect(&exception.value);
            }
        }
        for aggregate in resolved.runnings.iter().map(|running| &running.aggregate) {
            if let AggregateOf::Values(of) = &aggregate.of {
                collect(of);
            }
            aggregate.when.iter().for_each(&mut collect);
        }
        resolved.links.iter().flat_map(|link| &link.when).for_each(&mut collect);
        for split in &resolved.splits {
            collect(&split.amount);
            collect(&split.weight);
        }
        for row in resolved.ladders.iter().flat_map(|ladder| &ladder.rows) {
            row.grants.iter().for_each(|(_, value)| collect(value));
        }
        for invariant in &resolved.invariants {
            invariant.guard.iter().chain([&invariant.condition]).for_each(&mut collect);
        }
        for indicator in &resolved.indicators {
            indicator.guard.iter().for_each(&mut collect);
        }
        for example in &resolved.examples {
            for setting in &example.given {
                codes.extend(setting.value.iter().filter_map(code));
            }
        }
        codes.sort_unstable();
        codes.dedup();
        self.program.codes = codes.into_iter().map(Cow::into_owned).collect();
    }

    /// The number of a code. Files are mostly in order, so that it is tried at `near` and after that first.
    pub(super) fn code_number(&self, code: &str, near: Option<u32>) -> Option<u32> {
        let is_it = |number: &u32| {
            usize::try_from(*number).ok().and_then(|at| self.program.codes.get(at)).is_some_and(|known| known == code)
        };
        let near = near.into_iter().flat_map(|near| [near.saturating_add(1), near]).find(is_it);
        if near.is_some() {
            return near;
        }
        let place = self.program.codes.binary_search_by(|known| known.as_str().cmp(code)).ok()?;
        u32::try_from(place).ok()
    }
}

fn code(literal: &Literal) -> Option<Cow<'_, str>> {
    match &literal.kind {
        LiteralKind::Text(text) => Some(text.trim().into()),
        // A name may be a code without quotation marks; one that is none does no harm here.
        _ => None,
    }
}

fn collect<'a>(expr: &'a Expr, codes: &mut Vec<Cow<'a, str>>) {
    if let ExprKind::Text(text) = &expr.kind {
        codes.push(text.into());
    }
    for part in expr.parts() {
        collect(part, codes);
    }
}
