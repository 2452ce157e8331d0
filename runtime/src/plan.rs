//! Whether a plan can be followed: everything it names is there, is of the right kind, and is known in time.

use fen_schema::{
    Column, ColumnType, GrainResults, Layout, Link, PeriodUnit, Phase, Plan, ResultColumn, Schema, Source, Split,
    State, StateTable, Total,
};

use crate::places::{apart, has_a_type};

/// The memory of a module, in bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MemorySize {
    pub(crate) initial: u64,
    pub(crate) maximum: u64,
}

type Checked = Result<(), String>;

/// Refuses a plan that is not what the interface says.
pub(crate) fn check(schema: &Schema, plan: &Plan, memory: MemorySize) -> Checked {
    let checker = Checker { schema, plan, memory };
    checker.grains()?;
    let is_first = plan.phases.first().is_some_and(|phase| {
        phase.grain == 0 && phase.entry == schema.batch.entry && phase.status == schema.batch.status
    });
    ensure(is_first, "the first phase is not that of the batches")?;
    for (place, phase) in plan.phases.iter().enumerate() {
        checker.phase(place, phase).map_err(|why| format!("phase {place}: {why}"))?;
    }
    plan.totals.iter().try_for_each(|total| checker.total(total))?;
    plan.splits.iter().enumerate().try_for_each(|(place, split)| checker.split(place, split))?;
    plan.links.iter().try_for_each(|link| checker.link(link))?;
    checker.results()?;
    checker.rows()
}

fn ensure(holds: bool, why: &str) -> Checked {
    if holds { Ok(()) } else { Err(why.to_owned()) }
}

fn at(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// Whether the cells of one column can be made those of the other. Layouts may differ.
fn fits(from: &Column, to: &Column) -> bool {
    from.ty == to.ty && from.scale == to.scale && from.values.len() == to.values.len()
}

struct Checker<'s> {
    schema: &'s Schema,
    plan: &'s Plan,
    memory: MemorySize,
}

impl Checker<'_> {
    fn input(&self, input: u32) -> Result<&Column, String> {
        self.schema.inputs.get(at(input)).ok_or_else(|| "it names an input that is not there".to_owned())
    }

    fn coarse(&self, grain: u32) -> Checked {
        ensure(grain != 0 && at(grain) < self.plan.grains.len(), "it names a grain that is not there")
    }

    fn output(&self, phase: u32, output: u32) -> Result<(&Phase, &Column), String> {
        let phase = self.plan.phases.get(at(phase));
        let found = phase.and_then(|phase| Some((phase, phase.outputs.get(at(output))?)));
        found.ok_or_else(|| "it names an output of a phase that is not there".to_owned())
    }

    fn grains(&self) -> Checked {
        let plan = self.plan;
        ensure(at(plan.claim) < plan.grains.len(), "the plan has no grain of claims")?;
        let rows = plan.grains.first();
        let is_plain = rows.is_some_and(|grain| grain.keys.is_empty() && grain.period.is_none());
        ensure(is_plain, "the grain of rows has keys")?;
        for grain in &plan.grains {
            for key in &grain.keys {
                ensure(!self.input(*key)?.optional, "a key is optional")?;
            }
            let Some(period) = &grain.period else { continue };
            ensure(self.schema.dated_by.is_some(), "there are periods, but no date")?;
            let days = match period.month {
                2 => 28,
                4 | 6 | 9 | 11 => 30,
                _ => 31,
            };
            let is_day = (1..=12).contains(&period.month) && (1..=days).contains(&period.day);
            let is_first = (period.month, period.day) == (1, 1);
            ensure(is_day && (is_first || period.unit == PeriodUnit::Year), "a period begins on no day")?;
        }
        Ok(())
    }

    fn phase(&self, place: usize, phase: &Phase) -> Checked {
        ensure(at(phase.grain) < self.plan.grains.len(), "its grain is not there")?;
        let capacity = u64::from(self.schema.batch.capacity);
        let mut places = vec![(u64::from(phase.status.offset), capacity * 2, 16)];
        let columns = phase.inputs.iter().map(|input| &input.column).chain(&phase.outputs);
        for column in columns {
            has_a_type(column)?;
            places.push((column.offset.into(), capacity * u64::from(column.layout.bytes()), 16));
        }
        let parameters = self.schema.parameters.iter();
        places.extend(parameters.map(|column| {
            let bytes = u64::from(column.layout.bytes());
            (u64::from(column.offset), bytes, bytes)
        }));
        let mut end = self.memory.initial;
        if let Some(state) = &phase.state {
            places.extend(state.tables.iter().map(|table| (u64::from(table.places.offset), capacity * 4, 16)));
            end = end.min(state.offset.into());
            self.state(phase, state)?;
        }
        apart(places, end)?;
        let count = self.schema.inputs.len();
        if place == 0 {
            let begins = phase.inputs.iter().take(count).map(|input| &input.column).eq(&self.schema.inputs);
            let own = phase.inputs.iter().take(count).enumerate();
            let mut own =
                own.map(|(at_input, of)| matches!(of.source, Source::Input { input } if at(input) == at_input));
            ensure(begins && own.all(|is| is), "its inputs are not the columns of the claims")?;
        }
        let uses = phase.uses.iter().flatten().all(|input| at(*input) < phase.inputs.len());
        ensure(uses, "an output is computed from inputs that are not there")?;
        phase.inputs.iter().try_for_each(|input| self.source(place, input.source, &input.column))
    }

    /// What is written into a column is there before the phase is run, and fits.
    fn source(&self, place: usize, source: Source, column: &Column) -> Checked {
        let before = |of: u32| ensure(at(of) < place, "it reads what is computed later");
        let is_same = |is: bool| ensure(is, "a column is of another type than what it reads");
        match source {
            Source::Input { input } => is_same(fits(self.input(input)?, column)),
            Source::Value { phase: of, output } => {
                before(of)?;
                let (of, from) = self.output(of, output)?;
                ensure(of.grain != 0, "it reads a value of other rows")?;
                is_same(fits(from, column))
            }
            Source::Total { total } => {
                let total = self.plan.totals.get(at(total)).ok_or("it reads a total that is not there")?;
                before(total.phase)?;
                is_same(column.ty != ColumnType::Bool && !column.ty.is_text())
            }
            Source::Part { split } => {
                let split = self.plan.splits.get(at(split)).ok_or("it reads a split that is not there")?;
                before(split.phase)?;
                if let Source::Value { phase, .. } = split.amount {
                    before(phase)?;
                }
                is_same(column.ty.is_amount())
            }
            Source::Linked { link } => {
                before(self.plan.links.get(at(link)).ok_or("it reads a link that is not there")?.phase)?;
                is_same(column.ty == ColumnType::Bool)
            }
            Source::Field { link, field } => {
                let link = self.plan.links.get(at(link)).ok_or("it reads a link that is not there")?;
                before(link.phase)?;
                let field = link.fields.get(at(field)).ok_or("it reads a field that is not there")?;
                is_same(fits(self.output(link.phase, *field)?.1, column))
            }
        }
    }

    fn state(&self, phase: &Phase, state: &State) -> Checked {
        ensure(phase.grain == self.plan.claim, "it has running values, but is not that of claims")?;
        ensure(
            state.offset.is_multiple_of(16) && u64::from(state.offset) <= self.memory.initial,
            "its records begin nowhere",
        )?;
        ensure(self.memory.maximum > self.memory.initial, "the memory cannot grow for its records")?;
        state.tables.iter().try_for_each(|table| self.table(phase, table))
    }

    fn table(&self, phase: &Phase, table: &StateTable) -> Checked {
        self.coarse(table.grain)?;
        ensure(table.bytes > 0 && table.bytes.is_multiple_of(8), "a record has no good length")?;
        let mut places = Vec::new();
        for cell in &table.cells {
            has_a_type(&cell.column)?;
            let bytes = u64::from(cell.column.layout.bytes());
            places.push((u64::from(cell.column.offset), bytes, 1));
            if let Some(output) = cell.contribution {
                ensure(at(output) < phase.outputs.len(), "a running value is made of an output that is not there")?;
            }
        }
        apart(places, table.bytes.into()).map_err(|_| "the cells of a record overlap or leave it".to_owned())
    }

    fn total(&self, total: &Total) -> Checked {
        self.coarse(total.grain)?;
        self.output(total.phase, total.output).map(drop)
    }

    fn split(&self, place: usize, split: &Split) -> Checked {
        self.coarse(split.pool)?;
        let (_, weight) = self.output(split.phase, split.weight)?;
        ensure(weight.ty.is_amount(), "a weight is no number")?;
        match split.amount {
            Source::Value { phase, output } => {
                let (phase, amount) = self.output(phase, output)?;
                ensure(phase.grain != 0 && amount.ty.is_amount(), "what is divided is not the amount of a pool")
            }
            Source::Total { total } => {
                ensure(at(total) < self.plan.totals.len(), "what is divided is a total that is not there")
            }
            // A split of a part of a later one, or of its own, would never end.
            Source::Part { split } => ensure(at(split) < place, "what is divided is a part that is not there"),
            Source::Input { input } => self.input(input).map(drop),
            Source::Linked { .. } | Source::Field { .. } => Err("what is divided is not the amount of a pool".into()),
        }
    }

    fn link(&self, link: &Link) -> Checked {
        self.coarse(link.grain)?;
        for output in link.when.iter().chain(&link.fields) {
            let (phase, _) = self.output(link.phase, *output)?;
            ensure(phase.grain == self.plan.claim, "a link is not one of claims")?;
        }
        let phase = self.plan.phases.get(at(link.phase));
        ensure(phase.is_some_and(|phase| phase.grain == self.plan.claim), "a link is not one of claims")?;
        match link.when {
            Some(when) => {
                let is_bool = self.output(link.phase, when)?.1.layout == Layout::I8;
                ensure(is_bool, "the condition of a link is no condition")
            }
            None => Ok(()),
        }
    }

    fn results(&self) -> Checked {
        let last = self.plan.phases.iter().rposition(|phase| phase.grain == 0);
        let mut grains = std::collections::HashSet::new();
        for GrainResults { grain, outputs } in &self.plan.results {
            ensure(at(*grain) < self.plan.grains.len() && grains.insert(*grain), "a grain has no results, or twice")?;
            for ResultColumn { source, column } in outputs {
                let (phase, from) = self.output(source.phase, source.output)?;
                has_a_type(column)?;
                ensure(fits(from, column), "a result is of another type than what it is")?;
                let is_known = phase.grain != 0 || (*grain == 0 && Some(at(source.phase)) == last);
                ensure(is_known, "a result is not known at the end")?;
            }
        }
        let rows = self.plan.results.iter().filter(|results| results.grain == 0).flat_map(|results| &results.outputs);
        let rows: Vec<&Column> = rows.map(|result| &result.column).collect();
        let outputs = &self.schema.outputs;
        let is_same = rows.iter().zip(outputs).all(|(one, other)| one.name == other.name && fits(one, other));
        ensure(rows.len() == outputs.len() && is_same, "the results of rows are not the outputs")
    }

    /// What is said of rows.
    fn rows(&self) -> Checked {
        for shared in &self.plan.shared {
            self.input(shared.input)?;
            self.coarse(shared.grain)?;
        }
        if let Some(date) = self.plan.ordered_by {
            ensure(self.input(date)?.ty == ColumnType::Date, "rows are ordered by what is no date")?;
        }
        if let Some(reversal) = self.plan.reversal {
            let (claim, reverses) = (self.input(reversal.claim)?, self.input(reversal.reverses)?);
            let are_ids = claim.ty.is_text() && reverses.ty.is_text() && !claim.optional && reverses.optional;
            let claim = self.plan.grains.get(at(self.plan.claim));
            let is_key = claim.is_some_and(|claim| claim.within_claim && claim.keys == [reversal.claim]);
            ensure(are_ids && (self.plan.claim == 0 || is_key), "claims are taken back that have no ids")?;
        }
        Ok(())
    }
}
