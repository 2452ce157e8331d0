//! What a claim comes to: from the outputs along what they need.

use std::collections::HashSet;

use num_rational::BigRational;
use num_traits::Zero;

use super::limits::{self, Owner};
use super::{Key, Reached};
use crate::check::places::TierPlace;
use crate::check::program::{Body, Expr, ExprKind, Key as TableKey, LadderVersion, Origin, Program};
use crate::ids::{LadderId, Symbol, TableId, ValueId};
use crate::interpret::Settled;

/// What a claim that is alone in its stream comes to.
pub(crate) fn of_claim(settled: &Settled<'_>, reached: &mut Reached) {
    let program = settled.program();
    let mut open = sources(program);
    for output in &program.outputs {
        let is_present = output.present.is_none_or(|present| {
            open.push(present);
            settled.value(present).is_ok_and(|present| !present.is_zero())
        });
        if is_present {
            open.push(output.value);
        }
    }
    let mut seen: HashSet<ValueId> = HashSet::new();
    while let Some(id) = open.pop() {
        if seen.insert(id) {
            of_value(settled, id, &mut open, reached);
        }
    }
}

/// What totals, running values, links and splits are made of, which every row contributes to.
pub(crate) fn sources(program: &Program) -> Vec<ValueId> {
    let mut found = Vec::new();
    for input in &program.inputs {
        match &input.origin {
            Origin::Running { value, when, .. } | Origin::Total { value, when, .. } => {
                found.push(*value);
                found.extend(when);
            }
            Origin::Field { value, .. } => found.push(*value),
            Origin::Column | Origin::Linked(_) | Origin::Part(_) => {}
        }
    }
    found.extend(program.links.iter().filter_map(|link| link.when));
    found.extend(program.splits.iter().flat_map(|split| [split.amount, split.weight]));
    found
}

/// What a value comes to by itself; the values that it needs are added to `needs`.
pub(crate) fn of_value(settled: &Settled<'_>, id: ValueId, needs: &mut Vec<ValueId>, reached: &mut Reached) {
    let program = settled.program();
    let mut walk = Walk { settled, program, needs, reached };
    match program.value(id).map(|value| &value.body) {
        Some(Body::Expr(expr)) => walk.expr(expr),
        Some(Body::Share { ladder, .. }) => walk.ladder(*ladder),
        Some(Body::Remainder { ladder }) => {
            walk.ladder(*ladder);
            let columns = program.ladder(*ladder).map(|ladder| ladder.columns.as_slice()).unwrap_or_default();
            walk.needs.extend(columns.iter().filter(|column| **column != id));
        }
        None => {}
    }
}

struct Walk<'a, 'c> {
    settled: &'a Settled<'c>,
    program: &'c Program,
    needs: &'a mut Vec<ValueId>,
    reached: &'a mut Reached,
}

impl Walk<'_, '_> {
    fn is_true(&self, condition: &Expr) -> Option<bool> {
        self.settled.expr(condition).ok().map(|value| !value.is_zero())
    }

    /// An expression gives the value of its choice, if it is that of one.
    fn chosen(&mut self, expr: &Expr) {
        self.reached.extend(self.program.places.by_value.get(&expr.span).map(|at| Key::Choice(*at)));
    }

    fn expr(&mut self, expr: &Expr) {
        // Whether a row applies is asked where the row stands, too.
        if !self.program.places.rows.contains(&expr.span) {
            self.chosen(expr);
        }
        match &expr.kind {
            ExprKind::Value(id) => self.needs.push(*id),
            ExprKind::Cases(cases, last) => self.cases(cases, last),
            ExprKind::And(left, right) => {
                self.expr(left);
                if self.is_true(left) == Some(true) {
                    self.expr(right);
                }
            }
            ExprKind::Or(left, right) => {
                self.expr(left);
                if self.is_true(left) == Some(false) {
                    self.expr(right);
                }
            }
            ExprKind::Compare(..) | ExprKind::Max(_) | ExprKind::Min(_) => {
                self.comparison(expr);
                self.parts(expr);
            }
            ExprKind::Lookup { table: table_id, keys, .. } => {
                self.parts(expr);
                let row = self.settled.row_found(*table_id, keys);
                let table = self.program.places.tables.get(table_id.0);
                let cell = row.and_then(|row| table?.rows.get(row));
                self.reached.extend(cell.map(|cell| Key::Cell(*cell)));
                self.breaks(*table_id, keys);
            }
            ExprKind::Apply(ladder, amount) => {
                self.expr(amount);
                if let Ok(value) = self.settled.expr(amount) {
                    let step = limits::step_at(self.settled, amount);
                    self.tiers(*ladder, &value, step.as_ref());
                }
            }
            _ => self.parts(expr),
        }
    }

    fn parts(&mut self, expr: &Expr) {
        expr.parts().into_iter().for_each(|part| self.expr(part));
    }

    fn cases(&mut self, cases: &[(Expr, Expr)], last: &Expr) {
        for (condition, value) in cases {
            self.expr(condition);
            match self.is_true(condition) {
                Some(true) => {
                    self.chosen(value);
                    return self.expr(value);
                }
                Some(false) => {}
                None => return,
            }
        }
        self.chosen(last);
        self.expr(last);
    }

    /// Where keys lie, seen from the bounds of a table's ranges.
    fn breaks(&mut self, id: TableId, keys: &[Expr]) {
        let (Some(table), Some(places)) = (self.program.table(id), self.program.places.tables.get(id.0)) else {
            return;
        };
        for ((expr, key), places) in keys.iter().zip(&table.keys).zip(&places.breaks) {
            let (TableKey::Range(breaks), Ok(value)) = (key, self.settled.expr(expr)) else { continue };
            let step = limits::step_at(self.settled, expr);
            for (one, (span, _)) in breaks.iter().zip(places) {
                let side = Owner::of_break(one).side(&(&value - &one.at), step.as_ref());
                self.reached.extend(side.map(|side| Key::Side(*span, side)));
            }
        }
    }

    /// Where the two sides of a comparison lie.
    fn comparison(&mut self, expr: &Expr) {
        let Some(limit) = limits::limit(self.program, expr) else { return };
        let (Ok(subject), Ok(bound)) = (self.settled.expr(limit.subject), self.settled.expr(limit.limit)) else {
            return;
        };
        let step = limits::step_at(self.settled, limit.subject);
        let whole = limits::whole_of(limit.limit).and_then(|whole| self.settled.expr(whole).ok());
        if whole.is_some_and(|whole| !limits::tells_parts_apart(&whole, step.as_ref())) {
            return;
        }
        let side = limit.owner.side(&(subject - bound), step.as_ref());
        self.reached.extend(side.map(|side| Key::Side(limit.place, side)));
    }

    /// A ladder that divides its subject.
    fn ladder(&mut self, id: LadderId) {
        let Some(ladder) = self.program.ladder(id) else { return };
        if let Some(base) = &ladder.base {
            self.expr(base);
        }
        let facts = match ladder.subject {
            Some(Symbol::Value(subject)) => {
                self.needs.push(subject);
                self.program.value(subject).map(|value| (ExprKind::Value(subject), value.ty, value.facts.clone()))
            }
            Some(Symbol::Input(subject)) => {
                self.program.input(subject).map(|input| (ExprKind::Input(subject), input.ty, input.facts.clone()))
            }
            _ => None,
        };
        let (Some((kind, ty, facts)), Ok(amount)) = (facts, self.settled.subject(id)) else { return };
        let subject = Expr { span: fen_grammar::source::Span::default(), ty, kind, facts };
        let step = limits::step_at(self.settled, &subject);
        self.tiers(id, &amount, step.as_ref());
    }

    /// The row of tiers that an amount lies in, and the bounds that it lies at.
    fn tiers(&mut self, id: LadderId, amount: &BigRational, step: Option<&BigRational>) {
        let Some(ladder) = self.program.ladder(id) else { return };
        let base = match ladder.base.as_ref().map(|base| self.settled.expr(base)) {
            // Parts of nothing are all the same.
            Some(Ok(base)) if !base.is_zero() => Some(base),
            Some(_) => return,
            None => None,
        };
        let bound = |bound: &BigRational| base.as_ref().map_or_else(|| bound.clone(), |base| bound * base);
        let version = self.settled.version(ladder);
        let places = self.program.places.tiers.get(&id).and_then(|versions| versions.get(version));
        let (Some(version), Some(places)) = (ladder.versions.get(version), places) else { return };
        for (row, place) in rows(version, places) {
            let is_above = row.0.is_none_or(|low| {
                let low = bound(low);
                *amount > low || (place.has_low && *amount == low)
            });
            let is_below = row.1.is_none_or(|high| {
                let high = bound(high);
                *amount < high || (place.has_high && *amount == high)
            });
            if is_above && is_below {
                let choice = self.program.places.by_value.get(&place.span);
                self.reached.extend(choice.map(|at| Key::Choice(*at)));
            }
            let is_clear = base.as_ref().is_none_or(|base| limits::tells_parts_apart(base, step));
            if let (Some(high), true) = (row.1, is_clear) {
                let owner = if place.has_high { Owner::Below } else { Owner::Above };
                let side = owner.side(&(amount - bound(high)), step);
                self.reached.extend(side.map(|side| Key::Side(place.span, side)));
            }
        }
    }
}

type Ends<'a> = (Option<&'a BigRational>, Option<&'a BigRational>);

fn rows<'a>(
    version: &'a LadderVersion,
    places: &'a [TierPlace],
) -> impl Iterator<Item = (Ends<'a>, &'a TierPlace)> + use<'a> {
    version.rows.iter().map(|row| (row.low.as_ref(), row.high.as_ref())).zip(places)
}
