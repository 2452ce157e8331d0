//! The parts of computations, as far as they were needed for the row.

use fen_schema::trace::{Form, ImportSource, Node as Traced, Origin};
use fen_schema::{Source, Text};
use num_traits::{ToPrimitive, Zero};

use crate::model::Amount;
use crate::node::{KeyRange, Node, NodeForm, PassedRow, State, Tier};
use crate::numbers::{amount, day, is_true, number, shown};
use crate::walk::{Walk, at};

impl Walk<'_> {
    pub(crate) fn node(&mut self, phase: usize, node: &Traced) -> Node {
        let mut told = self.amount(phase, &node.at, node.kind, 0);
        let form = match &node.form {
            Form::Constant { citations } => NodeForm::Constant { citations: self.clauses(citations) },
            Form::Import { import } => return self.import(phase, at(*import), node.text.clone(), told),
            Form::Parameter { parameter, citations } => {
                let column = self.schema.parameters.get(at(*parameter));
                let (name, label) =
                    column.map(|column| (column.name.clone(), column.label.clone())).unwrap_or_default();
                NodeForm::Parameter { citations: self.clauses(citations), name, label }
            }
            Form::Definition { definition } => NodeForm::Step { step: self.step_of(phase, at(*definition)) },
            Form::Known { import } => {
                let (name, label) = self.import_named(phase, at(*import));
                NodeForm::Known { name, label }
            }
            Form::Operation { operator, parts, rounding, later } => {
                let parts = self.operands(phase, operator, parts);
                let rounding = rounding.as_ref().map(|rounding| self.rounding(rounding, node.kind));
                let is_extreme = matches!(operator.as_str(), "max" | "min" | "clamp");
                let taken = parts.iter().position(|part| is_extreme && part.amount.value == told.value);
                let shifted = later.and_then(|later| shifted(later, parts.first(), &told));
                NodeForm::Operation { operator: operator.clone(), parts, taken, rounding, shifted }
            }
            Form::Choice { taken, subject, base, branches } => {
                self.choice(phase, taken, (subject.as_deref(), base.as_deref()), branches)
            }
            Form::Lookup { table, keys, row, from } => {
                let keys = keys.iter().map(|key| self.node(phase, key)).collect();
                self.lookup(phase, at(*table), keys, (row.as_ref(), from.as_ref()))
            }
            Form::HasRow { table, keys } => {
                let keys = keys.iter().map(|key| self.node(phase, key)).collect();
                NodeForm::HasRow { table: self.table_name(at(*table)), keys }
            }
            Form::Tiers { ladder, column, amount, base, citations, version, slices } => {
                let version =
                    self.value(phase, version).and_then(|version| version.to_integer().to_usize()).unwrap_or(0);
                let slices = slices.get(version).map_or(&[][..], Vec::as_slice);
                let known = self.trace.ladders.get(at(*ladder)).and_then(|ladder| ladder.versions.get(version));
                let from = known.and_then(|version| version.from.clone());
                let rows = known.map(|version| version.rows.clone()).unwrap_or_default();
                let kind = self.trace.ladders.get(at(*ladder)).and_then(|ladder| ladder.kinds.get(at(*column)));
                let kind = kind.copied().unwrap_or(u32::MAX);
                let mut tiers = Vec::new();
                for (row, [slice, yields]) in rows.iter().zip(slices) {
                    let is_reached = self.value(phase, slice).is_some_and(|slice| !slice.is_zero());
                    if !is_reached && !self.all {
                        continue;
                    }
                    let share = row.shares.get(at(*column)).and_then(|share| number(share));
                    tiers.push(Tier {
                        range: row.range.clone(),
                        share: crate::numbers::amount(share.as_ref(), &self.kind(kind), 0),
                        slice: self.amount(phase, slice, amount.kind, 0),
                        yields: self.amount(phase, yields, node.kind, 0),
                        citations: self.clauses(&row.citations),
                    });
                }
                let base = base.as_ref().map(|base| Box::new(self.node(phase, base)));
                let citations = self.clauses(citations);
                NodeForm::Tiers { amount: Box::new(self.node(phase, amount)), base, from, citations, tiers }
            }
            Form::Remainder { parts, tiers } => {
                let tiers = tiers.as_ref().map(|tiers| Box::new(self.node(phase, tiers)));
                NodeForm::Remainder { parts: parts.iter().map(|part| self.node(phase, part)).collect(), tiers }
            }
        };
        if let NodeForm::Step { step } = &form {
            // A definition is shown as it is rounded.
            told.value = self.rounded_value(*step).or(told.value);
        }
        if self.lacks(phase, node) {
            (told.value, told.value_label) = (None, None);
        }
        Node { text: node.text.clone(), amount: told, form }
    }

    /// The values that an operation needed: of conditions only until it is decided.
    fn operands(&mut self, phase: usize, operator: &str, parts: &[Traced]) -> Vec<Node> {
        let mut needed = Vec::new();
        for part in parts {
            let is_so = is_true(self.value(phase, &part.at).as_ref());
            needed.push(self.node(phase, part));
            if (operator == "and" && !is_so) || (operator == "or" && is_so) {
                break;
            }
        }
        needed
    }

    fn import_named(&self, phase: usize, import: usize) -> (String, Text) {
        let import = self.phase(phase).and_then(|phase| phase.imports.get(import));
        import.map(|import| (import.name.clone(), import.label.clone())).unwrap_or_default()
    }

    /// Something that is read: of the row, of a record, or what another phase has computed.
    fn import(&mut self, phase: usize, place: usize, text: String, mut told: Amount) -> Node {
        let known = self.phase(phase).and_then(|phase| phase.imports.get(place)).cloned();
        let Some(import) = known else {
            return Node { text, amount: told, form: NodeForm::Constant { citations: Vec::new() } };
        };
        let traced = self.traced.get(phase).and_then(Option::as_ref);
        let cell = traced.and_then(|traced| traced.imports.get(place)).copied();
        if import.optional && cell == Some(import.cell.layout.none()) {
            told.value = None;
        }
        let source = match import.source {
            ImportSource::Input { input } => {
                let phase = self.schema.plan.as_ref().and_then(|plan| plan.phases.get(phase));
                phase.and_then(|phase| phase.inputs.get(at(input))).map(|input| input.source)
            }
            ImportSource::Record { .. } => None,
        };
        let seen = self.seen.get(phase).and_then(Option::as_ref);
        let of_input = match import.source {
            ImportSource::Input { input } => Some(at(input)),
            ImportSource::Record { .. } => None,
        };
        let reason = self.missing(phase, &import);
        if reason.is_some() {
            told.value = None;
        }
        let row = seen.zip(of_input).and_then(|(seen, input)| seen.linked.get(input).copied().flatten());
        let row = row.and_then(|row| self.numbers.get(&row).copied());
        let weights = seen.zip(of_input).and_then(|(seen, input)| seen.weights.get(input).copied().flatten());
        let mut own = None;
        let mut divided = None;
        let mut share = None;
        match source {
            Some(Source::Value { phase, output }) => {
                if let Some(step) = self.result(phase, output) {
                    if reason.is_none() {
                        told.value = self.rounded_value(step).or(told.value);
                    }
                    return Node { text, amount: told, form: NodeForm::Step { step } };
                }
            }
            Some(Source::Total { total }) => {
                let total = self.schema.plan.as_ref().and_then(|plan| plan.totals.get(at(total)));
                let of = total.map(|total| (total.phase, total.output));
                let is_counted =
                    matches!(&import.origin, Some(Origin::Total(gathered)) if gathered.function == "count");
                own = of.filter(|_| !is_counted).and_then(|(phase, output)| self.result(phase, output));
            }
            Some(Source::Part { split }) => {
                let split = self.schema.plan.as_ref().and_then(|plan| plan.splits.get(at(split))).cloned();
                if let Some(split) = split
                    && let Source::Value { phase, output } = split.amount
                {
                    let amount = self.result(phase, output);
                    let weight = self.result(split.phase, split.weight);
                    divided = amount.zip(weight).map(|(amount, weight)| [amount, weight]);
                    if let (Some(divided), Some(weights), Some(cell), None) = (divided, weights, cell, &reason) {
                        share = self.share(&split, divided, weights, (&import, cell)).map(Box::new);
                    }
                }
            }
            _ => {}
        }
        let (name, label, origin) = (import.name, import.label, import.origin.map(Box::new));
        let form = NodeForm::Input { name, label, origin, own, divided, share, row, reason };
        Node { text, amount: told, form }
    }

    /// The step that an output of a phase is, if the phase was traced.
    fn result(&mut self, phase: u32, output: u32) -> Option<usize> {
        let phase = at(phase);
        self.traced.get(phase)?.as_ref()?;
        let output = *self.phase(phase)?.outputs.get(at(output))?;
        Some(self.step_of(phase, at(output.definition)))
    }

    fn table_name(&self, table: usize) -> String {
        self.trace.tables.get(table).map(|table| table.name.clone()).unwrap_or_default()
    }

    fn lookup(
        &self,
        phase: usize,
        table: usize,
        keys: Vec<Node>,
        (row, from): (Option<&fen_schema::trace::Point>, Option<&fen_schema::trace::Point>),
    ) -> NodeForm {
        let name = self.table_name(table);
        let citations = self.trace.tables.get(table).map(|table| self.clauses(&table.citations)).unwrap_or_default();
        let integer = |point| self.value(phase, point).and_then(|value| value.to_integer().to_i64());
        let known = self.trace.tables.get(table);
        let place = row.and_then(integer).and_then(|row| usize::try_from(row).ok());
        let found = known.zip(place).and_then(|(known, place)| known.rows.get(place));
        let ranges = known.zip(found).map(|(known, found)| {
            let range = |key: &u32| {
                let key = at(*key);
                Some(KeyRange { key, range: found.keys.get(key)?.clone() })
            };
            known.ranges.iter().filter_map(range).collect()
        });
        let mut passed = Vec::new();
        if let (Some(known), Some(found), Some(place), true) = (known, found, place, self.all) {
            let kind = self.kind(known.kind);
            for (other, row) in known.rows.iter().enumerate() {
                let Some(from) = row.from.clone().filter(|_| other != place && row.keys == found.keys) else {
                    continue;
                };
                let value = number(&row.value).and_then(|value| shown(&value, &kind, 0)).unwrap_or_default();
                let state = if other > place { State::Later } else { State::Superseded };
                passed.push(PassedRow { from, value, state });
            }
        }
        let undated = i64::from(i32::MIN);
        let day = from.and_then(integer).filter(|days| *days != undated).and_then(day);
        let from = found.and_then(|row| row.from.clone()).or(day);
        NodeForm::Lookup { table: name, keys, ranges: ranges.unwrap_or_default(), from, citations, passed }
    }

    /// The value of a step with the decimals that it is rounded to.
    fn rounded_value(&self, step: usize) -> Option<String> {
        let (phase, definition) = self.wanted_at(step)?;
        let definition = self.phase(phase)?.definitions.get(definition)?;
        let rounding = definition.rounding.as_ref()?;
        let least = number(&rounding.step).and_then(|step| crate::numbers::decimals(&step))?;
        let value = self.value(phase, &definition.value).filter(|_| !self.lacks(phase, &definition.how))?;
        amount(Some(&value), &self.kind(definition.kind), least).value
    }
}

/// What became of a day that the month lacks which some months lead to.
fn shifted(later: bool, from: Option<&Node>, to: &Amount) -> Option<String> {
    let day = |amount: &Amount| amount.value.as_deref().and_then(|date| date.rsplit('-').next()).map(str::to_owned);
    let (from, to) = (day(&from?.amount)?, day(to)?);
    (from != to).then(|| if later { "later" } else { "earlier" }.to_owned())
}
