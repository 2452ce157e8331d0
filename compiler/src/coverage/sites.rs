//! Under which conditions a claim comes to a point: those in front of it inside its value, and those in front of the value on
//! the ways to it from the outputs. They are the solver's questions.

use std::collections::HashMap;
use std::rc::Rc;

use fen_grammar::source::Span;
use fen_grammar::tree::Comparison;
use num_rational::BigRational;
use num_traits::{Signed, Zero};

use super::limits::{self, Limit, Owner, Side};
use super::{Key, walk};
use crate::check::places::TierPlace;
use crate::check::program::{Body, Expr, ExprKind, Key as TableKey, Program, Table, TableRow};
use crate::check::types::Type;
use crate::ids::{LadderId, Symbol, TableId, ValueId};

/// Ways to a value that are tried.
const MAX_WAYS: usize = 6;

/// Values on one way.
const MAX_LENGTH: usize = 60;

/// A place where a point can be reached: in which value, and what must hold there.
#[derive(Clone, Debug)]
pub(super) struct Site {
    pub(super) value: ValueId,
    pub(super) conditions: Vec<Rc<Expr>>,
}

/// Where a value is used: by which other one, and what must hold there.
#[derive(Clone, Debug)]
struct Use {
    by: ValueId,
    conditions: Vec<Rc<Expr>>,
}

/// Where everything can be reached.
pub(super) struct Sites<'a> {
    program: &'a Program,
    sites: HashMap<Key, Vec<Site>>,
    uses: HashMap<ValueId, Vec<Use>>,
    /// What is wanted from the beginning, and under which condition.
    roots: HashMap<ValueId, Vec<Rc<Expr>>>,
}

impl<'a> Sites<'a> {
    /// Of a program.
    pub(super) fn new(program: &'a Program) -> Self {
        let mut roots: HashMap<ValueId, Vec<Rc<Expr>>> = HashMap::new();
        for id in walk::sources(program) {
            roots.insert(id, Vec::new());
        }
        for output in &program.outputs {
            let mut conditions = Vec::new();
            if let Some(id) = output.present {
                roots.insert(id, Vec::new());
                conditions.extend(value_expr(program, id).map(Rc::new));
            }
            roots.entry(output.value).or_insert(conditions);
        }
        let mut sites = Self { program, sites: HashMap::new(), uses: HashMap::new(), roots };
        for at in 0..program.values.len() {
            let mut finder = Finder { value: ValueId(at), path: Vec::new(), sites: &mut sites };
            finder.body();
        }
        sites
    }

    /// Where a point can be reached.
    pub(super) fn of(&self, key: Key) -> &[Site] {
        self.sites.get(&key).map(Vec::as_slice).unwrap_or_default()
    }

    /// What must hold for a value to be needed: one set of conditions for each way; false if there may be more ways.
    pub(super) fn ways(&self, value: ValueId) -> (Vec<Vec<Rc<Expr>>>, bool) {
        let mut ways = Vec::new();
        let mut open = vec![(value, Vec::new(), 0)];
        let mut is_whole = true;
        while let Some((id, conditions, length)) = open.pop() {
            if let Some(root) = self.roots.get(&id) {
                let mut way: Vec<Rc<Expr>> = conditions.clone();
                way.extend(root.iter().cloned());
                // Without conditions there is nothing more to know.
                if way.is_empty() {
                    return (vec![way], true);
                }
                ways.push(way);
                if ways.len() == MAX_WAYS {
                    return (ways, false);
                }
                continue;
            }
            if length > MAX_LENGTH {
                is_whole = false;
                continue;
            }
            for one in self.uses.get(&id).into_iter().flatten().rev() {
                let mut more = conditions.clone();
                more.extend(one.conditions.iter().cloned());
                open.push((one.by, more, length + 1));
            }
        }
        (ways, is_whole)
    }
}

/// Looks for points inside one value.
struct Finder<'s, 'a> {
    value: ValueId,
    /// What holds where we are.
    path: Vec<Rc<Expr>>,
    sites: &'s mut Sites<'a>,
}

impl Finder<'_, '_> {
    fn body(&mut self) {
        let program = self.sites.program;
        match program.value(self.value).map(|value| &value.body) {
            Some(Body::Expr(expr)) => self.expr(expr),
            Some(Body::Share { ladder, .. }) => self.ladder(*ladder),
            Some(Body::Remainder { ladder }) => {
                self.ladder(*ladder);
                let columns = program.ladder(*ladder).map(|ladder| ladder.columns.as_slice()).unwrap_or_default();
                let own = self.value;
                columns.iter().filter(|column| **column != own).for_each(|column| self.uses(*column));
            }
            None => {}
        }
    }

    fn site(&mut self, key: Key, more: Vec<Expr>) {
        let conditions = self.path.iter().cloned().chain(more.into_iter().map(Rc::new)).collect();
        self.sites.sites.entry(key).or_default().push(Site { value: self.value, conditions });
    }

    fn uses(&mut self, of: ValueId) {
        let one = Use { by: self.value, conditions: self.path.clone() };
        self.sites.uses.entry(of).or_default().push(one);
    }

    /// An expression gives the value of its choice, if it is that of one.
    fn chosen(&mut self, expr: &Expr) {
        if let Some(at) = self.sites.program.places.by_value.get(&expr.span) {
            self.site(Key::Choice(*at), Vec::new());
        }
    }

    fn under(&mut self, condition: Expr, expr: &Expr) {
        self.path.push(Rc::new(condition));
        self.alternative(expr);
        self.path.pop();
    }

    /// The value of one of several choices: that of a row reached stands where the row stands.
    fn alternative(&mut self, expr: &Expr) {
        if self.sites.program.places.rows.contains(&expr.span) {
            self.chosen(expr);
        }
        self.expr(expr);
    }

    fn expr(&mut self, expr: &Expr) {
        if !self.sites.program.places.rows.contains(&expr.span) {
            self.chosen(expr);
        }
        match &expr.kind {
            ExprKind::Value(id) => self.uses(*id),
            ExprKind::Cases(cases, last) => {
                let depth = self.path.len();
                for (condition, value) in cases {
                    self.expr(condition);
                    self.under(condition.clone(), value);
                    self.path.push(Rc::new(condition.clone().negated()));
                }
                self.alternative(last);
                self.path.truncate(depth);
            }
            ExprKind::And(left, right) => {
                self.expr(left);
                self.under((**left).clone(), right);
            }
            ExprKind::Or(left, right) => {
                self.expr(left);
                self.under((**left).clone().negated(), right);
            }
            ExprKind::Compare(..) | ExprKind::Max(_) | ExprKind::Min(_) => {
                if let Some(limit) = limits::limit(self.sites.program, expr) {
                    self.sides(limit);
                }
                self.parts(expr);
            }
            ExprKind::Lookup { table, keys, .. } => {
                self.parts(expr);
                self.cells(*table, keys);
            }
            ExprKind::Apply(ladder, amount) => {
                self.expr(amount);
                self.tiers(*ladder, amount);
            }
            _ => self.parts(expr),
        }
    }

    fn parts(&mut self, expr: &Expr) {
        expr.parts().into_iter().for_each(|part| self.expr(part));
    }

    fn sides(&mut self, limit: Limit<'_>) {
        let program = self.sites.program;
        let least = limits::step(program, limit.subject).map(|step| limits::least_whole(&step));
        let is_something = limits::whole_of(limit.limit).map(|whole| match &least {
            Some(least) => whole.clone().compare(Comparison::Ge, Expr::constant(whole.ty, least.clone(), whole.span)),
            None => is_something(whole),
        });
        for side in limit.owner.sides() {
            for mut conditions in near(program, limit, side) {
                conditions.extend(is_something.clone());
                self.site(Key::Side(limit.place, side), conditions);
            }
        }
    }

    fn ladder(&mut self, id: LadderId) {
        let program = self.sites.program;
        let Some(ladder) = program.ladder(id) else { return };
        ladder.base.iter().for_each(|base| self.expr(base));
        let subject = match ladder.subject {
            Some(Symbol::Value(subject)) => {
                self.uses(subject);
                value_expr(program, subject)
            }
            Some(Symbol::Input(subject)) => program.input(subject).map(|input| Expr {
                span: Span::default(),
                ty: input.ty,
                kind: ExprKind::Input(subject),
                facts: input.facts.clone(),
            }),
            _ => None,
        };
        if let Some(subject) = subject {
            self.tiers(id, &subject);
        }
    }

    /// The rows of tiers that an amount can lie in, and the bounds between them.
    fn tiers(&mut self, id: LadderId, subject: &Expr) {
        let program = self.sites.program;
        let (Some(ladder), Some(places)) = (program.ladder(id), program.places.tiers.get(&id)) else { return };
        for (at, (version, places)) in ladder.versions.iter().zip(places).enumerate() {
            let next = ladder.versions.get(at + 1).and_then(|next| next.from);
            let depth = self.path.len();
            self.path.extend(in_force(program, version.from.filter(|_| at > 0), next).into_iter().map(Rc::new));
            for (row, place) in version.rows.iter().zip(places) {
                let bound = |bound: &BigRational| match &ladder.base {
                    Some(base) => times(base, bound),
                    None => Expr::constant(subject.ty, bound.clone(), place.span),
                };
                let (low, high) = (row.low.as_ref().map(&bound), row.high.as_ref().map(&bound));
                if let Some(choice) = program.places.by_value.get(&place.span) {
                    let mut conditions = inside(subject, low.as_ref(), high.as_ref(), place);
                    conditions.extend(ladder.base.as_ref().map(is_something));
                    self.site(Key::Choice(*choice), conditions);
                }
                if let Some(high) = &high {
                    let owner = if place.has_high { Owner::Below } else { Owner::Above };
                    self.sides(Limit { subject, limit: high, owner, place: place.span });
                }
            }
            self.path.truncate(depth);
        }
    }

    /// The cells of a table of the policy that keys can find.
    fn cells(&mut self, id: TableId, keys: &[Expr]) {
        let program = self.sites.program;
        let (Some(table), Some(places)) = (program.table(id), program.places.tables.get(id.0)) else { return };
        if places.is_file {
            return;
        }
        for ((subject, key), places) in keys.iter().zip(&table.keys).zip(&places.breaks) {
            let TableKey::Range(breaks) = key else { continue };
            for (one, (span, _)) in breaks.iter().zip(places) {
                let limit = Expr::constant(subject.ty, one.at.clone(), *span);
                self.sides(Limit { subject, limit: &limit, owner: Owner::of_break(one), place: *span });
            }
        }
        for (at, (row, span)) in table.rows.iter().zip(&places.rows).enumerate() {
            let next = table.rows.get(at + 1).filter(|next| next.keys == row.keys);
            let is_first = at.checked_sub(1).and_then(|at| table.rows.get(at)).is_none_or(|one| one.keys != row.keys);
            let mut conditions = finds(table, row, keys);
            let from = row.from.filter(|_| !is_first);
            conditions.extend(in_force(program, from, next.and_then(|next| next.from)));
            self.site(Key::Cell(*span), conditions);
        }
    }
}

/// That what bounds are parts of is not nothing.
fn is_something(base: &Expr) -> Expr {
    base.clone().compare(Comparison::Ne, Expr::constant(base.ty, BigRational::zero(), base.span))
}

/// That keys find a row.
fn finds(table: &Table, row: &TableRow, keys: &[Expr]) -> Vec<Expr> {
    let mut conditions = Vec::new();
    for ((key, of), ordinal) in keys.iter().zip(&table.keys).zip(&row.keys) {
        match of {
            TableKey::Enum(_) | TableKey::Code => {
                let value = Expr::ordinal(key.ty, i64::from(*ordinal), key.span);
                conditions.push(key.clone().compare(Comparison::Eq, value));
            }
            TableKey::Range(breaks) => {
                let at = usize::try_from(*ordinal).unwrap_or(usize::MAX);
                let bound = |at: &BigRational| Expr::constant(key.ty, at.clone(), key.span);
                if let Some(low) = at.checked_sub(1).and_then(|at| breaks.get(at)) {
                    let comparison = if low.is_inclusive { Comparison::Ge } else { Comparison::Gt };
                    conditions.push(key.clone().compare(comparison, bound(&low.at)));
                }
                if let Some(high) = breaks.get(at) {
                    let comparison = if high.is_inclusive { Comparison::Lt } else { Comparison::Le };
                    conditions.push(key.clone().compare(comparison, bound(&high.at)));
                }
            }
        }
    }
    conditions
}

/// That the claim's date lies in a version.
fn in_force(program: &Program, from: Option<i32>, next: Option<i32>) -> Vec<Expr> {
    let Some(id) = program.dated_by else { return Vec::new() };
    let Some(input) = program.input(id) else { return Vec::new() };
    let span = Span::default();
    let date = Expr { span, ty: Type::Date, kind: ExprKind::Input(id), facts: input.facts.clone() };
    let day = |day: i32| Expr::ordinal(Type::Date, i64::from(day), span);
    let begun = from.map(|from| date.clone().compare(Comparison::Ge, day(from)));
    let ended = next.map(|next| date.clone().compare(Comparison::Lt, day(next)));
    begun.into_iter().chain(ended).collect()
}

/// That an amount lies in a row.
fn inside(subject: &Expr, low: Option<&Expr>, high: Option<&Expr>, place: &TierPlace) -> Vec<Expr> {
    let low = low.map(|low| {
        let comparison = if place.has_low { Comparison::Ge } else { Comparison::Gt };
        subject.clone().compare(comparison, low.clone())
    });
    let high = high.map(|high| {
        let comparison = if place.has_high { Comparison::Le } else { Comparison::Lt };
        subject.clone().compare(comparison, high.clone())
    });
    low.into_iter().chain(high).collect()
}

/// That a subject lies next to its limit on one side: any one of several sets of conditions.
fn near(program: &Program, limit: Limit<'_>, side: Side) -> Vec<Vec<Expr>> {
    if let Some(step) = limits::step(program, limit.subject) {
        return neighbours(limit.subject, limit.limit, &step, limit.owner, side);
    }
    // A quotient lies next to the limit if its numerator is a step away from that of the limit.
    if let Some((numerator, divisor)) = limits::quotient(program, limit.subject)
        && let (Some(factor), Some(step)) = (limit.limit.facts.as_constant(), limits::step(program, numerator))
    {
        let bound = Expr { ty: numerator.ty, ..times(divisor, factor) };
        let zero = Expr::constant(divisor.ty, BigRational::zero(), divisor.span);
        let is_positive = divisor.clone().compare(Comparison::Gt, zero);
        let mut all = neighbours(numerator, &bound, &step, limit.owner, side);
        all.iter_mut().for_each(|conditions| conditions.push(is_positive.clone()));
        if divisor.facts.low.is_negative() {
            all.push(vec![limit.subject.clone().compare(beyond(side), limit.limit.clone())]);
        }
        return all;
    }
    vec![vec![limit.subject.clone().compare(beyond(side), limit.limit.clone())]]
}

/// How all of a side compares with the limit.
fn beyond(side: Side) -> Comparison {
    match side {
        Side::At => Comparison::Eq,
        Side::Above => Comparison::Gt,
        Side::Below => Comparison::Lt,
        Side::Beside => Comparison::Ne,
    }
}

fn neighbours(subject: &Expr, limit: &Expr, step: &BigRational, owner: Owner, side: Side) -> Vec<Vec<Expr>> {
    let is = |comparison: Comparison, limit: Expr| subject.clone().compare(comparison, limit);
    let (below, above) = (moved(limit, &-step.clone()), moved(limit, step));
    let limit = || limit.clone();
    match (owner, side) {
        (Owner::Below, Side::At) => {
            // Exactly on the bound is what people expect; where it cannot be had, the last value before it.
            vec![vec![is(Comparison::Eq, limit())], vec![is(Comparison::Le, limit()), is(Comparison::Gt, below)]]
        }
        (Owner::Above, Side::At) => {
            vec![vec![is(Comparison::Eq, limit())], vec![is(Comparison::Ge, limit()), is(Comparison::Lt, above)]]
        }
        (Owner::Itself, Side::At) => vec![vec![is(Comparison::Eq, limit())]],
        (_, Side::Above) => vec![vec![is(Comparison::Gt, limit()), is(Comparison::Le, above)]],
        (_, Side::Below) => vec![vec![is(Comparison::Lt, limit()), is(Comparison::Ge, below)]],
        (_, Side::Beside) => vec![
            vec![is(Comparison::Gt, limit()), is(Comparison::Le, above)],
            vec![is(Comparison::Lt, limit()), is(Comparison::Ge, below)],
        ],
    }
}

/// An amount and a constant more.
fn moved(expr: &Expr, by: &BigRational) -> Expr {
    let by = Expr::constant(expr.ty, by.clone(), expr.span);
    Expr {
        span: expr.span,
        ty: expr.ty,
        facts: expr.facts.add(&by.facts),
        kind: ExprKind::Add(Box::new(expr.clone()), Box::new(by)),
    }
}

/// A part of an amount.
fn times(expr: &Expr, factor: &BigRational) -> Expr {
    let factor = Expr::constant(Type::NUMBER, factor.clone(), expr.span);
    Expr {
        span: expr.span,
        ty: expr.ty,
        facts: expr.facts.multiply(&factor.facts),
        kind: ExprKind::Mul(Box::new(expr.clone()), Box::new(factor)),
    }
}

/// A value as an expression.
fn value_expr(program: &Program, id: ValueId) -> Option<Expr> {
    let value = program.value(id)?;
    Some(Expr { span: value.span, ty: value.ty, kind: ExprKind::Value(id), facts: value.facts.clone() })
}
