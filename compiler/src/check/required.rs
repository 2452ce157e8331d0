//! What every row must have: the look-ups that decide whether it is rejected, before anything is known of others.

use std::collections::{HashMap, HashSet};

use super::program::{Body, Expr, ExprKind, Origin, Program};
use super::{Checker, errors};
use crate::ids::{Symbol, ValueId};

impl Checker<'_> {
    /// Finds the values that every row must have.
    pub(super) fn required(&mut self) {
        if self.program.inputs.iter().all(|input| input.origin == Origin::Column) {
            return;
        }
        let late = Late::of(&self.program);
        let mut required: Vec<ValueId> = Vec::new();
        let mut guarded: Vec<(ValueId, ValueId)> = Vec::new();
        let mut hoisted: Vec<Expr> = Vec::new();
        let mut add = |value: ValueId, when: Option<ValueId>| match when {
            None => required.push(value),
            Some(when) => guarded.push((value, when)),
        };
        for output in &self.program.outputs {
            if !late.value(output.value) && output.present.is_none_or(|present| !late.value(present)) {
                add(output.value, output.present);
            }
        }
        for input in &self.program.inputs {
            match &input.origin {
                Origin::Running { value, when, .. } | Origin::Total { value, when, .. } => add(*value, *when),
                Origin::Field { value, .. } if !self.program.is_optional_input(*value) => add(*value, None),
                Origin::Field { .. } | Origin::Column | Origin::Linked(_) | Origin::Part(_) => {}
            }
        }
        let links = self.program.links.iter().filter_map(|link| link.when);
        let splits = self.program.splits.iter().flat_map(|split| [split.amount, split.weight]);
        links.chain(splits).for_each(|value| add(value, None));
        // What comes late needs all that it names of what is early.
        for (at, value) in self.program.values.iter().enumerate() {
            if !late.value(ValueId(at)) {
                continue;
            }
            let mut named = Named::default();
            match &value.body {
                Body::Expr(expr) => named.expr(expr),
                Body::Share { ladder, .. } | Body::Remainder { ladder } => {
                    let Some(ladder) = self.program.ladder(*ladder) else { continue };
                    if let Some(Symbol::Value(subject)) = ladder.subject {
                        named.values.push(subject);
                    }
                    ladder.base.iter().for_each(|base| named.expr(base));
                }
            }
            named.values.into_iter().for_each(|value| add(value, None));
            hoisted.extend(named.lookups);
        }
        for lookup in hoisted {
            if lookup.parts().into_iter().any(|key| late.expr(&self.program, key)) {
                self.report(errors::late_look_up(lookup.span));
            } else {
                let value = self.add_value("found".to_owned(), lookup, None);
                required.push(value);
            }
        }
        for (value, when) in guarded {
            if late.value(value) || late.value(when) {
                continue;
            }
            let known = [when, value].map(|id| self.program.value(id).map(|known| (id, known.span)));
            let [Some((when, span)), Some((value, _))] = known else { continue };
            let (Some(when), Some(value)) = (self.value_expr(when, span), self.value_expr(value, span)) else {
                continue;
            };
            let nothing = Expr::constant(value.ty, num_traits::Zero::zero(), span);
            let needed = Expr::cases(vec![(when, value)], nothing, span);
            let needed = self.add_value("needed".to_owned(), needed, None);
            required.push(needed);
        }
        let mut seen = HashSet::new();
        let fallible = Fallible::of(&self.program);
        required.retain(|id| {
            let is_new = seen.insert(*id);
            is_new && !late.value(*id) && fallible.value(*id)
        });
        self.program.required = required;
    }
}

/// Values and look-ups that an expression names.
#[derive(Default)]
struct Named {
    values: Vec<ValueId>,
    lookups: Vec<Expr>,
}

impl Named {
    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Value(id) => self.values.push(*id),
            ExprKind::Lookup { site: Some(_), .. } => self.lookups.push(expr.clone()),
            _ => {}
        }
        expr.parts().into_iter().for_each(|part| self.expr(part));
    }
}

/// Which values are known only when other rows are: those that depend on totals, splits and next claims, and, where rows are
/// lines, on what claims carry on.
struct Late {
    inputs: Vec<bool>,
    values: Vec<bool>,
}

impl Late {
    fn of(program: &Program) -> Self {
        let is_late = |origin: &Origin| match origin {
            Origin::Column => false,
            Origin::Total { .. } | Origin::Part(_) => true,
            Origin::Running { .. } => !program.claim_is_row(),
            Origin::Linked(link) | Origin::Field { link, .. } => {
                !program.claim_is_row() || program.links.get(link.0).is_some_and(|link| link.is_next)
            }
        };
        let inputs = program.inputs.iter().map(|input| is_late(&input.origin)).collect();
        let mut late = Self { inputs, values: vec![false; program.values.len()] };
        // What running values carry on may itself be late, and then they are.
        loop {
            let mut has_changed = false;
            for at in 0..program.values.len() {
                if !late.value(ValueId(at)) && late.body(program, ValueId(at)) {
                    has_changed |= late.values.get_mut(at).is_some_and(|slot| !std::mem::replace(slot, true));
                }
            }
            for (at, input) in program.inputs.iter().enumerate() {
                let of = match &input.origin {
                    Origin::Running { value, when, .. } => [Some(*value), *when],
                    Origin::Field { link, value } => {
                        [Some(*value), program.links.get(link.0).and_then(|link| link.when)]
                    }
                    Origin::Linked(link) => [program.links.get(link.0).and_then(|link| link.when), None],
                    _ => [None, None],
                };
                if of.into_iter().flatten().any(|value| late.value(value)) {
                    has_changed |= late.inputs.get_mut(at).is_some_and(|slot| !std::mem::replace(slot, true));
                }
            }
            if !has_changed {
                return late;
            }
        }
    }

    fn value(&self, id: ValueId) -> bool {
        self.values.get(id.0).copied().unwrap_or(false)
    }

    fn expr(&self, program: &Program, expr: &Expr) -> bool {
        let own = match &expr.kind {
            ExprKind::Input(id) | ExprKind::Known(id) => self.inputs.get(id.0).copied().unwrap_or(false),
            ExprKind::Value(id) => self.value(*id),
            ExprKind::Apply(ladder, _) => self.base(program, *ladder),
            _ => false,
        };
        own || expr.parts().into_iter().any(|part| self.expr(program, part))
    }

    fn base(&self, program: &Program, ladder: crate::ids::LadderId) -> bool {
        let base = program.ladder(ladder).and_then(|ladder| ladder.base.as_ref());
        base.is_some_and(|base| self.expr(program, base))
    }

    fn body(&self, program: &Program, id: ValueId) -> bool {
        match program.value(id).map(|value| &value.body) {
            Some(Body::Expr(expr)) => self.expr(program, expr),
            Some(Body::Share { ladder, .. } | Body::Remainder { ladder }) => {
                let subject = program.ladder(*ladder).and_then(|ladder| ladder.subject);
                let is_late = match subject {
                    Some(Symbol::Value(id)) => self.value(id),
                    Some(Symbol::Input(id)) => self.inputs.get(id.0).copied().unwrap_or(false),
                    Some(Symbol::Parameter(_)) | None => false,
                };
                is_late || self.base(program, *ladder)
            }
            None => false,
        }
    }
}

/// Which values may need a look-up that finds no row.
struct Fallible {
    values: HashMap<ValueId, bool>,
}

impl Fallible {
    fn of(program: &Program) -> Self {
        let mut fallible = Self { values: HashMap::new() };
        for id in &program.order {
            let can_fail = match program.value(*id).map(|value| &value.body) {
                Some(Body::Expr(expr)) => fallible.expr(program, expr),
                Some(Body::Share { ladder, .. } | Body::Remainder { ladder }) => fallible.ladder(program, *ladder),
                None => false,
            };
            fallible.values.insert(*id, can_fail);
        }
        fallible
    }

    fn value(&self, id: ValueId) -> bool {
        self.values.get(&id).copied().unwrap_or(true)
    }

    fn ladder(&self, program: &Program, id: crate::ids::LadderId) -> bool {
        let Some(ladder) = program.ladder(id) else { return false };
        let subject = matches!(ladder.subject, Some(Symbol::Value(id)) if self.value(id));
        subject || ladder.base.as_ref().is_some_and(|base| self.expr(program, base))
    }

    fn expr(&self, program: &Program, expr: &Expr) -> bool {
        let own = match &expr.kind {
            ExprKind::Lookup { site, .. } => site.is_some(),
            ExprKind::Value(id) => self.value(*id),
            ExprKind::Apply(ladder, _) => self.ladder(program, *ladder),
            _ => false,
        };
        own || expr.parts().into_iter().any(|part| self.expr(program, part))
    }
}

impl Program {
    /// Whether a row is a claim of its own.
    pub(crate) fn claim_is_row(&self) -> bool {
        self.claim == super::grains::ROWS
    }

    /// Whether a value stands for an optional input, which may be missing.
    pub(crate) fn is_optional_input(&self, value: ValueId) -> bool {
        match self.value(value).map(|value| &value.body) {
            Some(Body::Expr(expr)) => {
                matches!(expr.kind, ExprKind::Input(id) if self.input(id).is_some_and(|input| input.is_optional))
            }
            _ => false,
        }
    }
}
