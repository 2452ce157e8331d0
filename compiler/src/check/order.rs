//! The order in which values are computed: each after those it depends on.

use std::collections::BTreeSet;

use fen_grammar::diagnostic::Diagnostic;

use super::errors::Cycle;
use crate::resolve::program::{Expr, ExprKind, Program, Symbol, ValueBody, ValueId};

/// All values that depend on no cycle, in an order in which they can be computed; cycles are reported.
pub(crate) fn order(program: &Program, diagnostics: &mut Vec<Diagnostic>) -> Vec<ValueId> {
    let needs: Vec<BTreeSet<ValueId>> = (0..program.values.len()).map(|at| value_needs(program, ValueId(at))).collect();
    let mut needed_by: Vec<Vec<ValueId>> = vec![Vec::new(); needs.len()];
    for (at, needs) in needs.iter().enumerate() {
        for need in needs {
            if let Some(users) = needed_by.get_mut(need.0) {
                users.push(ValueId(at));
            }
        }
    }
    let mut open: Vec<usize> = needs.iter().map(BTreeSet::len).collect();
    let mut ready: BTreeSet<ValueId> =
        open.iter().enumerate().filter(|(_, open)| **open == 0).map(|(at, _)| ValueId(at)).collect();
    let mut order = Vec::with_capacity(needs.len());
    while let Some(id) = ready.pop_first() {
        order.push(id);
        for user in needed_by.get(id.0).into_iter().flatten() {
            if let Some(open) = open.get_mut(user.0) {
                *open -= 1;
                if *open == 0 {
                    ready.insert(*user);
                }
            }
        }
    }
    if order.len() < needs.len() {
        let stuck: BTreeSet<ValueId> =
            open.iter().enumerate().filter(|(_, open)| **open > 0).map(|(at, _)| ValueId(at)).collect();
        report_cycles(program, &needs, stuck, diagnostics);
    }
    order
}

/// Follows needs among the stuck values until one comes again; what lies between is a cycle.
fn report_cycles(
    program: &Program,
    needs: &[BTreeSet<ValueId>],
    mut stuck: BTreeSet<ValueId>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    while let Some(start) = stuck.first().copied() {
        let mut path = vec![start];
        let mut at = start;
        loop {
            let Some(next) = needs.get(at.0).and_then(|needs| needs.iter().find(|need| stuck.contains(need))).copied()
            else {
                // Only leads to a cycle that is reported already.
                stuck.retain(|id| !path.contains(id));
                break;
            };
            if let Some(begin) = path.iter().position(|id| *id == next) {
                let cycle: Vec<ValueId> = path.iter().skip(begin).copied().collect();
                let names = cycle.iter().filter_map(|id| program.values.get(id.0)).map(|value| value.name.clone());
                diagnostics.push(Cycle { names: names.collect() }.into());
                stuck.retain(|id| !path.contains(id));
                break;
            }
            path.push(next);
            at = next;
        }
    }
}

fn value_needs(program: &Program, id: ValueId) -> BTreeSet<ValueId> {
    let values = needs(program, id).into_iter().filter_map(|need| match need {
        Symbol::Value(id) => Some(id),
        Symbol::Input(_) => None,
    });
    values.collect()
}

/// What a value is computed from directly.
pub(super) fn needs(program: &Program, id: ValueId) -> BTreeSet<Symbol> {
    let mut needs = BTreeSet::new();
    let Some(value) = program.values.get(id.0) else { return needs };
    match &value.body {
        ValueBody::Expr(expr) => collect(expr, &mut needs),
        ValueBody::Share(ladder) => {
            let Some(ladder) = program.ladders.get(ladder.0) else { return needs };
            needs.extend(ladder.subject);
            if ladder.remainder == Some(id) {
                needs
                    .extend(ladder.columns.iter().filter(|column| **column != id).map(|column| Symbol::Value(*column)));
            }
        }
    }
    if let Some(base) = &value.share_of {
        collect(base, &mut needs);
    }
    needs
}

fn collect(expr: &Expr, needs: &mut BTreeSet<Symbol>) {
    match &expr.kind {
        ExprKind::Symbol(symbol) => {
            needs.insert(*symbol);
        }
        ExprKind::Negate(inner) => collect(inner, needs),
        ExprKind::Binary(_, left, right) => {
            collect(left, needs);
            collect(right, needs);
        }
        ExprKind::Call(_, args) => args.iter().for_each(|arg| collect(arg, needs)),
        ExprKind::Quantity(_) | ExprKind::Unknown => {}
    }
}

/// Everything that is an output, or is used by a definition or an invariant.
pub(super) fn used(program: &Program) -> BTreeSet<Symbol> {
    let mut used: BTreeSet<Symbol> = program.outputs.iter().map(|output| Symbol::Value(output.value)).collect();
    for value in &program.values {
        if let ValueBody::Expr(expr) = &value.body {
            collect(expr, &mut used);
        }
        if let Some(base) = &value.share_of {
            collect(base, &mut used);
        }
    }
    used.extend(program.ladders.iter().filter_map(|ladder| ladder.subject));
    for invariant in &program.invariants {
        collect(&invariant.left, &mut used);
        collect(&invariant.right, &mut used);
    }
    used
}
