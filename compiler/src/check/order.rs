//! The order in which values are computed: each after those it depends on.

use std::collections::BTreeSet;

use fen_grammar::diagnostic::Diagnostic;

use super::errors::Cycle;
use crate::ids::{LinkId, ValueId};
use crate::resolve::program::{
    Aggregate, AggregateOf, Expr, ExprKind, Grain, GrainOf, Ladder, Program, ScheduleId, Symbol, ValueBody,
};

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
        _ => None,
    });
    values.collect()
}

/// What a value is computed from directly: inputs and values.
///
/// What earlier claims came to is there before the claim at hand: running values and links to earlier claims need nothing.
pub(super) fn needs(program: &Program, id: ValueId) -> BTreeSet<Symbol> {
    named(program, id, false)
}

/// What a value is computed from directly, and with `earlier` what it takes from earlier claims by links too.
fn named(program: &Program, id: ValueId, earlier: bool) -> BTreeSet<Symbol> {
    let mut needs = Needs::new(program, earlier);
    let Some(value) = program.values.get(id.0) else { return BTreeSet::new() };
    needs.body(&value.body, id);
    value.share_of.iter().for_each(|base| needs.expr(base));
    for exception in &value.exceptions {
        needs.expr(&exception.condition);
        needs.expr(&exception.value);
    }
    let guards = program.indicators.iter().filter(|indicator| indicator.value == id);
    guards.filter_map(|indicator| indicator.guard.as_ref()).for_each(|guard| needs.expr(guard));
    needs.found
}

struct Needs<'a> {
    program: &'a Program,
    found: BTreeSet<Symbol>,
    /// Named ladders that are looked into already.
    schedules: BTreeSet<ScheduleId>,
    /// Links that are looked into already.
    links: BTreeSet<LinkId>,
    /// Whether links to earlier claims count too.
    earlier: bool,
}

impl<'a> Needs<'a> {
    fn new(program: &'a Program, earlier: bool) -> Self {
        Self { program, found: BTreeSet::new(), schedules: BTreeSet::new(), links: BTreeSet::new(), earlier }
    }

    fn body(&mut self, body: &ValueBody, id: ValueId) {
        match body {
            ValueBody::Expr(expr) => self.expr(expr),
            ValueBody::Cases(cases, otherwise) => {
                for case in cases.iter().chain(otherwise.as_deref()) {
                    case.condition.iter().for_each(|condition| self.expr(condition));
                    self.expr(&case.value);
                }
            }
            ValueBody::Share(ladder) | ValueBody::Grant(ladder) => {
                let Some(ladder) = self.program.ladders.get(ladder.0) else { return };
                self.subject(ladder);
                if ladder.remainder == Some(id) {
                    let others = ladder.columns.iter().filter(|column| **column != id);
                    self.found.extend(others.map(|column| Symbol::Value(*column)));
                }
                let grants = ladder.rows.iter().flat_map(|row| &row.grants).filter(|(column, _)| *column == id);
                grants.for_each(|(_, value)| self.expr(value));
            }
            ValueBody::Running(_) => {}
            ValueBody::Part(id) => {
                let Some(split) = self.program.splits.get(id.0) else { return };
                self.found.extend(split.over.iter().map(|(key, _)| Symbol::Input(*key)));
                self.expr(&split.amount);
                self.expr(&split.weight);
            }
        }
    }

    /// A later claim must be computed before what is linked to it.
    fn link(&mut self, id: LinkId, field: Option<Symbol>) {
        let Some(link) = self.program.links.get(id.0).filter(|link| link.is_next || self.earlier) else { return };
        self.found.extend(field);
        if self.links.insert(id) {
            self.grain(&link.per);
            link.when.iter().for_each(|when| self.expr(when));
        }
    }

    fn grain(&mut self, grain: &Grain) {
        if let GrainOf::Keys(keys) = &grain.of {
            self.found.extend(keys.iter().map(|key| Symbol::Input(*key)));
        }
    }

    /// The keys of an aggregate; its operand is a part of the expression.
    fn keys(&mut self, aggregate: &Aggregate) {
        if let AggregateOf::Keys(keys) = &aggregate.of {
            self.found.extend(keys.iter().map(|key| Symbol::Input(*key)));
        }
        aggregate.per.iter().for_each(|grain| self.grain(grain));
    }

    fn subject(&mut self, ladder: &Ladder) {
        self.found.extend(ladder.subject);
        if let Some(Symbol::Value(subject)) = ladder.subject
            && let Some(base) = self.program.values.get(subject.0).and_then(|value| value.share_of.as_ref())
        {
            self.expr(base);
        }
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Symbol(symbol) | ExprKind::EnumValue(_, Some(symbol)) => {
                self.found.insert(*symbol);
            }
            ExprKind::Apply(id, _) | ExprKind::RowOfSchedule(id, _) if self.schedules.insert(*id) => {
                let schedule = self.program.schedules.get(id.0);
                schedule.into_iter().flat_map(|schedule| &schedule.steps).for_each(|step| self.expr(&step.value));
            }
            ExprKind::RowOfLadder(id) => {
                if let Some(ladder) = self.program.ladders.get(id.0) {
                    self.subject(ladder);
                }
            }
            ExprKind::Aggregate(aggregate) => self.keys(aggregate),
            ExprKind::Linked(id) => self.link(*id, None),
            ExprKind::Field(id, field) => self.link(*id, Some(*field)),
            _ => {}
        }
        expr.parts().into_iter().for_each(|part| self.expr(part));
    }
}

/// Everything that is an output, or is used by a definition, an indicator or an invariant.
pub(super) fn used(program: &Program) -> BTreeSet<Symbol> {
    let mut used: BTreeSet<Symbol> = program.outputs.iter().map(|output| Symbol::Value(output.value)).collect();
    for (at, value) in program.values.iter().enumerate() {
        if !matches!(value.body, ValueBody::Share(_)) {
            used.extend(named(program, ValueId(at), true));
        }
    }
    used.extend(program.ladders.iter().filter_map(|ladder| ladder.subject));
    let mut more = Needs::new(program, true);
    for running in &program.runnings {
        more.keys(&running.aggregate);
        if let AggregateOf::Values(of) = &running.aggregate.of {
            more.expr(of);
        }
        running.aggregate.when.iter().for_each(|when| more.expr(when));
    }
    for link in &program.links {
        more.grain(&link.per);
        link.when.iter().for_each(|when| more.expr(when));
    }
    for indicator in &program.indicators {
        more.expr(&indicator.target);
    }
    for invariant in &program.invariants {
        invariant.guard.iter().chain([&invariant.condition]).for_each(|condition| more.expr(condition));
    }
    used.extend(more.found);
    used
}

#[cfg(test)]
mod tests {
    use fen_grammar::source::Source;

    use super::order;
    use crate::gather::{NoFiles, gather};

    /// The circles in a policy, and how many values can be computed.
    fn circles(items: &str) -> (usize, usize) {
        let text = format!("policy a.b\nkey k: id\ninput fee: money\ninput day: date\ndated by day\n{items}\n");
        let gathered = gather(&Source::new("a.fen", text), &NoFiles);
        let (program, problems) = crate::resolve::resolve(&gathered);
        assert_eq!(problems.len() + gathered.diagnostics.len(), 0, "{problems:?}");
        let mut circles = Vec::new();
        let order = order(&program, &mut circles);
        (circles.len(), order.len())
    }

    #[test]
    fn earlier_claims_break_circles() {
        assert_eq!(circles("running a = sum b per k\nb = fee - a\noutput b"), (0, 2));
        assert_eq!(circles("link l = previous claim per k\na = l.b\nb = a + fee\noutput b"), (0, 2));
        assert_eq!(circles("link l = next claim per k\na = l.b\nb = a + fee\noutput b"), (1, 0));
        assert_eq!(
            circles("link l = next claim per k when b > 1 yuan\nb = when l known : fee otherwise : fee\noutput b"),
            (1, 0)
        );
        assert_eq!(circles("a = sum b per k\nb = fee - a\noutput b"), (1, 0));
        assert_eq!(circles("split a over k by fee -> b\na = total b\noutput b"), (1, 0));
        assert_eq!(circles("split 1 yuan over k by a -> b\na = total fee\noutput b"), (0, 2));
    }
}
