//! The grain of every value, of what is added up, divided and settled.

use std::collections::{BTreeSet, HashMap};

use fen_grammar::diagnostic::Text;
use fen_grammar::source::Span;

use super::grains::ROWS;
use super::program::{Body, Expr, ExprKind, Origin, Program, Table};
use super::totals::UNKNOWN;
use super::{Checker, errors};
use crate::ids::{GrainId, InputId, LadderId, LinkId, SplitId, Symbol, TableId, ValueId};
use crate::resolve::program::Indicator;

/// What a value depends on.
#[derive(Clone, Debug, Default)]
pub(super) struct Spread {
    /// The grain of what it takes from other claims; `None` if it takes nothing from them.
    pub(super) fixed: Option<GrainId>,
    /// Columns.
    pub(super) reads: BTreeSet<InputId>,
    /// Whether the date is among them only because something has versions.
    pub(super) is_dated: bool,
}

impl Program {
    /// The grain of a value that is given for as many rows as possible, but no more than what it reads has in common.
    pub(super) fn grain_of(&self, spread: &Spread) -> GrainId {
        let own = |grain: GrainId| spread.reads.iter().all(|input| self.determines(grain, *input));
        // An input that is declared for a group has it for its grain.
        let declared = spread.reads.iter().filter_map(|input| self.input(*input)?.per);
        let grain = declared.chain(spread.fixed).reduce(|one, other| self.finest(one, other));
        match grain {
            Some(grain) if own(grain) => grain,
            Some(grain) => self.finest(grain, if own(self.claim) { self.claim } else { ROWS }),
            None if own(self.claim) => self.claim,
            None => ROWS,
        }
    }
}

/// Spreads that are known.
#[derive(Default)]
pub(super) struct Spreads {
    known: HashMap<ValueId, Spread>,
}

impl Spreads {
    /// Of a value; a value that depends on itself is known to be an error.
    pub(super) fn value(&mut self, program: &Program, id: ValueId) -> Spread {
        if let Some(known) = self.known.get(&id) {
            return known.clone();
        }
        self.known.insert(id, Spread::default());
        let mut spread = Spread::default();
        match program.value(id).map(|value| &value.body) {
            Some(Body::Expr(expr)) => self.expr(program, expr, &mut spread),
            Some(Body::Share { ladder, .. }) => self.ladder(program, *ladder, &mut spread),
            Some(Body::Remainder { ladder }) => {
                self.ladder(program, *ladder, &mut spread);
                let columns = program.ladder(*ladder).map(|ladder| ladder.columns.clone()).unwrap_or_default();
                for column in columns.into_iter().filter(|column| *column != id) {
                    let other = self.value(program, column);
                    spread.join(program, &other);
                }
            }
            None => {}
        }
        self.known.insert(id, spread.clone());
        spread
    }

    fn ladder(&mut self, program: &Program, id: LadderId, spread: &mut Spread) {
        let Some(ladder) = program.ladder(id) else { return };
        match ladder.subject {
            Some(Symbol::Value(subject)) => {
                let other = self.value(program, subject);
                spread.join(program, &other);
            }
            Some(Symbol::Input(subject)) => self.input(program, subject, spread),
            Some(Symbol::Parameter(_)) | None => {}
        }
        if let Some(base) = &ladder.base {
            self.expr(program, base, spread);
        }
        if ladder.versions.len() > 1 {
            spread.dated(program);
        }
    }

    /// Adds what an expression depends on.
    pub(super) fn expr(&mut self, program: &Program, expr: &Expr, spread: &mut Spread) {
        match &expr.kind {
            ExprKind::Input(id) | ExprKind::Known(id) => self.input(program, *id, spread),
            ExprKind::Value(id) => {
                let other = self.value(program, *id);
                spread.join(program, &other);
            }
            ExprKind::Lookup { table, .. } | ExprKind::HasRow { table, .. } if has_versions(program, *table) => {
                spread.dated(program);
            }
            ExprKind::Apply(ladder, _) => self.ladder(program, *ladder, spread),
            _ => {}
        }
        expr.parts().into_iter().for_each(|part| self.expr(program, part, spread));
    }

    fn input(&mut self, program: &Program, id: InputId, spread: &mut Spread) {
        let grain = match program.input(id).map(|input| &input.origin) {
            Some(Origin::Running { .. } | Origin::Linked(_) | Origin::Field { .. }) => program.claim,
            Some(Origin::Total { grain, .. }) => *grain,
            Some(Origin::Part(split)) => match program.splits.get(split.0) {
                Some(split) => split.grain,
                None => return,
            },
            Some(Origin::Column) | None => {
                spread.reads.insert(id);
                return;
            }
        };
        spread.join(program, &Spread { fixed: Some(grain), ..Spread::default() });
    }
}

impl Spread {
    fn join(&mut self, program: &Program, other: &Self) {
        self.fixed = match (self.fixed, other.fixed) {
            (Some(one), Some(other)) => Some(program.finest(one, other)),
            (one, other) => one.or(other),
        };
        self.reads.extend(&other.reads);
        self.is_dated |= other.is_dated;
    }

    fn dated(&mut self, program: &Program) {
        if let Some(date) = program.dated_by {
            self.is_dated |= self.reads.insert(date);
        }
    }
}

/// Whether a date chooses between rows of a table.
fn has_versions(program: &Program, table: TableId) -> bool {
    let several = |table: &Table| {
        table.rows.iter().zip(table.rows.iter().skip(1)).any(|(before, after)| before.keys == after.keys)
    };
    program.table(table).is_some_and(several)
}

impl Checker<'_> {
    /// Finds the grains of all values, totals, splits and outputs; what does not go together is reported.
    pub(super) fn spread(&mut self) {
        let mut spreads = Spreads::default();
        // Imports come after what they are made of, so that grains of splits are known when they are needed.
        for at in 0..self.program.inputs.len() {
            match self.program.inputs.get(at).map(|input| input.origin.clone()) {
                Some(Origin::Total { value, when, over, grain, .. }) => {
                    self.total_grain(InputId(at), &mut spreads, (value, when, over, grain));
                }
                Some(Origin::Part(split)) => self.split_grain(split, &mut spreads),
                _ => {}
            }
        }
        for at in 0..self.program.inputs.len() {
            match self.program.inputs.get(at).map(|input| input.origin.clone()) {
                Some(Origin::Running { value, when, .. }) => self.of_claims(&mut spreads, value, when, None),
                Some(Origin::Field { link, value }) => self.of_claims(&mut spreads, value, None, Some(link)),
                _ => {}
            }
        }
        for at in 0..self.program.values.len() {
            let spread = spreads.value(&self.program, ValueId(at));
            let grain = spread.fixed.map(|_| self.program.grain_of(&spread));
            if let Some(value) = self.program.values.get_mut(at) {
                value.grain = grain;
            }
        }
        for link in self.program.links.clone() {
            if let Some(when) = link.when {
                self.of_claims(&mut spreads, when, None, None);
            }
        }
        self.groups_of_claims();
        self.output_grains(&mut spreads);
        self.invariant_grains(&mut spreads);
    }

    /// What a total is over: the grain of what is added up.
    fn total_grain(
        &mut self,
        import: InputId,
        spreads: &mut Spreads,
        (value, when, over, grain): (ValueId, Option<ValueId>, GrainId, GrainId),
    ) {
        let mut spread = spreads.value(&self.program, value);
        if let Some(when) = when {
            let condition = spreads.value(&self.program, when);
            spread.join(&self.program, &condition);
        }
        let own = self.program.grain_of(&spread);
        let finest = if over == UNKNOWN { own } else { over };
        let span = self.spans.get(&import).copied().unwrap_or_default();
        let name = self.name_of_value(value);
        if finest == grain || !self.program.is_coarser(grain, finest) {
            let (finer, coarser) = (self.grain_text(finest), self.grain_text(grain));
            let problem = if self.program.is_coarser(finest, grain) {
                errors::total_of_coarser(span, &name, &finer, &coarser)
            } else {
                errors::total_across(span, &name, &finer, &coarser)
            };
            self.report(problem);
            return;
        }
        if over != UNKNOWN
            && !self.program.is_coarser(own, over)
            && (spread.fixed.is_some() || !spread.reads.is_empty())
        {
            let (finer, coarser) = (self.grain_text(own), self.grain_text(over));
            self.report(errors::total_of_finer(span, &finer, &coarser));
            return;
        }
        if let Some(input) = self.program.inputs.get_mut(import.0)
            && let Origin::Total { over, .. } = &mut input.origin
        {
            *over = finest;
        }
    }

    /// Who receives parts of a split, and what a pool is.
    fn split_grain(&mut self, split: SplitId, spreads: &mut Spreads) {
        let source = self.split_sources.get(split.0).and_then(|source| self.resolved.splits.get(source.0));
        let (Some(source), Some(known)) = (source, self.program.splits.get(split.0).cloned()) else { return };
        let over: Vec<InputId> = source.over.iter().map(|(key, _)| *key).collect();
        let over_grain = self.grain_with(over.clone(), None);
        let weight = spreads.value(&self.program, known.weight);
        let floats =
            weight.fixed.is_none() && weight.reads.iter().all(|input| self.program.determines(over_grain, *input));
        let receivers = if floats { over_grain } else { self.program.grain_of(&weight) };
        let Some(grain) = self.program.grain(receivers).cloned() else { return };
        let span = source.weight.span;
        if !over.iter().all(|key| grain.keys.contains(key)) {
            let (weight, wanted) = (self.grain_text(receivers), self.grain_text(over_grain));
            let name = self.name_of_value(known.weight);
            self.report(errors::weight_grain(span, &name, &weight, &wanted, &source.name.text));
            return;
        }
        let rest = grain.keys.iter().copied().filter(|key| !over.contains(key)).collect();
        let pool = self.grain_with(rest, grain.period);
        let amount = spreads.value(&self.program, known.amount);
        let fits = amount.fixed.is_none_or(|fixed| self.program.is_coarser(fixed, pool))
            && amount.reads.iter().all(|input| self.program.determines(pool, *input));
        if !fits {
            let own = self.program.grain_of(&amount);
            let (amount, wanted) = (self.grain_text(own), self.grain_text(pool));
            let name = self.name_of_value(known.amount);
            self.report(errors::amount_grain(source.amount.span, &name, &amount, &wanted));
            return;
        }
        if let Some(split) = self.program.splits.get_mut(split.0) {
            (split.grain, split.pool) = (receivers, pool);
        }
    }

    /// What is remembered of earlier claims must be given for claims.
    fn of_claims(&mut self, spreads: &mut Spreads, value: ValueId, when: Option<ValueId>, link: Option<LinkId>) {
        for id in [Some(value), when].into_iter().flatten() {
            let spread = spreads.value(&self.program, id);
            let grain = self.program.grain_of(&spread);
            if !self.program.is_coarser(grain, self.program.claim) {
                let source = link.and_then(|link| self.resolved.links.get(link.0));
                let span = match source {
                    Some(source) => source.name.span,
                    None => self.program.value(id).map(|value| value.span).unwrap_or_default(),
                };
                let (name, own) = (self.name_of_value(id), self.grain_text(grain));
                let claim = self.grain_text(self.program.claim);
                self.report(errors::not_per_claim(span, &name, &own, &claim, link.is_some()));
            }
        }
    }

    /// For what each output is settled: as written, else for what its value is given.
    fn output_grains(&mut self, spreads: &mut Spreads) {
        let resolved = self.resolved;
        for at in 0..self.program.outputs.len() {
            let Some(output) = self.program.outputs.get(at).cloned() else { continue };
            let mut spread = spreads.value(&self.program, output.value);
            let with = output.present.into_iter().chain(self.together(&output.name));
            for other in with {
                let other = spreads.value(&self.program, other);
                spread.join(&self.program, &other);
            }
            let own = self.program.grain_of(&spread);
            let written = resolved.outputs.iter().find(|written| written.value == output.value);
            let per = written.and_then(|written| written.per.as_ref().map(|per| (written, per)));
            let mut grain = own;
            if let Some((written, per)) = per {
                let Some(wanted) = self.grain(per) else { continue };
                let fits = spread.fixed.is_none_or(|fixed| self.program.is_coarser(fixed, wanted))
                    && spread.reads.iter().all(|input| self.program.determines(wanted, *input));
                if !fits {
                    let (own, wanted) = (self.grain_text(own), self.grain_text(wanted));
                    let is_dated = spread.is_dated;
                    self.report(errors::output_grain(written.name.span, &written.name.text, &own, &wanted, is_dated));
                    continue;
                }
                grain = wanted;
            }
            let program = &self.program;
            let is_part = program.is_within_claim(grain) && grain != ROWS && grain != program.claim;
            if is_part && program.reversal.is_some() {
                let (own, claim) = (self.grain_text(grain), self.grain_text(self.program.claim));
                let span = written.map(|written| written.name.span).unwrap_or_default();
                self.report(errors::part_of_reversed(span, &output.name, &own, &claim));
                continue;
            }
            if let Some(output) = self.program.outputs.get_mut(at) {
                output.grain = grain;
            }
        }
    }

    /// The values of an indicator's outputs: its value, verdict and gap stand in one file.
    fn together(&self, output: &str) -> Vec<ValueId> {
        let lang = self.program.lang;
        let indicator = self.resolved.indicators.iter().map(|indicator| {
            let name = &indicator.name.text;
            let [result, gap] = Indicator::columns(name, lang);
            [name.clone(), result, gap]
        });
        let columns = indicator.into_iter().find(|columns| columns.iter().any(|column| column == output));
        let outputs = self.program.outputs.iter();
        let of =
            |columns: &[String; 3]| outputs.filter(|one| columns.contains(&one.name)).map(|one| one.value).collect();
        columns.as_ref().map(of).unwrap_or_default()
    }

    /// Where rows are lines, running values and links go by what the lines of a claim have in common.
    fn groups_of_claims(&mut self) {
        if self.program.claim_is_row() {
            return;
        }
        let resolved = self.resolved;
        let runnings = resolved.runnings.iter().filter_map(|running| running.aggregate.per.as_ref());
        let links = resolved.links.iter().map(|link| &link.per);
        let written: Vec<_> = runnings.chain(links).collect();
        for per in written {
            let Some(grain) = self.grain(per) else { continue };
            if !self.program.is_coarser(grain, self.program.claim) {
                let (group, claim) = (self.grain_text(grain), self.grain_text(self.program.claim));
                self.report(errors::group_within_claim(per.span, &group, &claim));
            }
        }
    }

    /// An invariant is about one claim.
    fn invariant_grains(&mut self, spreads: &mut Spreads) {
        let invariants: Vec<(Expr, Span)> =
            self.program.invariants.iter().map(|one| (one.condition.clone(), one.span)).collect();
        for (at, (condition, span)) in invariants.into_iter().enumerate() {
            let mut spread = Spread::default();
            spreads.expr(&self.program, &condition, &mut spread);
            if spread.fixed.is_some_and(|grain| grain != self.program.claim) {
                self.report(errors::invariant_of_many(span));
                if let Some(invariant) = self.program.invariants.get_mut(at) {
                    invariant.violated_by = None;
                }
            }
        }
    }

    /// What an instance of a grain is called.
    pub(super) fn grain_text(&self, grain: GrainId) -> Text {
        self.program.grain(grain).map(|grain| grain.label.clone()).unwrap_or_else(|| Text::new("?", "?"))
    }

    fn name_of_value(&self, id: ValueId) -> Text {
        let value = self.program.value(id);
        let named = self.resolved.values.get(id.0).map(|value| value.name.text.clone());
        let read = value.and_then(|value| match &value.body {
            Body::Expr(expr) => match expr.kind {
                ExprKind::Input(id) => self.program.input(id).map(|input| input.name.clone()),
                _ => None,
            },
            _ => None,
        });
        let written = value.map(|value| self.sources.slice(value.span).trim().to_owned());
        let name = named.or(read).or(written).unwrap_or_default();
        Text::new(name.clone(), name)
    }
}
