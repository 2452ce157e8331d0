//! In how many passes a stream is settled, and what each of them needs to know of its rows.

use std::collections::BTreeSet;

use fen_schema::{ColumnType, Plan, ResultColumn, Schema, Source, StateFunction};

/// What a pass is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// Finds rows that are at fault by themselves, and groups whose rows contradict each other.
    Inspect,
    /// Finds the claims that have a row in such a group. (Only if groups may cut through claims.)
    Spread,
    /// Finds out which rows are settled and which claims are taken back, before anything is added up.
    Admit,
    /// Runs a phase, by its place.
    Run(usize),
    /// Runs the last phase of the rows once more, for rows have outputs that were not known before.
    Give(usize),
}

impl Step {
    /// The phase that the step runs over rows.
    pub(crate) fn phase(self) -> Option<usize> {
        match self {
            Self::Run(phase) | Self::Give(phase) => Some(phase),
            Self::Inspect | Self::Admit => Some(0),
            Self::Spread => None,
        }
    }

    /// Whether rows go through a phase with their records.
    pub(crate) fn settles(self) -> bool {
        matches!(self, Self::Admit | Self::Run(_) | Self::Give(_))
    }
}

/// One walk over all rows.
#[derive(Clone, Debug)]
pub(crate) struct Pass {
    pub(crate) step: Step,
    /// Whether rows are rejected at its beginning for what an inspection found.
    pub(crate) applies: bool,
    /// Whether it is the first that runs a phase and adds up.
    pub(crate) is_first_run: bool,
    pub(crate) is_last: bool,
    /// By input: whether it is read.
    pub(crate) inputs: Vec<bool>,
    /// By grain: whether a row's group must be known.
    pub(crate) grains: Vec<bool>,
}

/// What must be known of groups.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    /// Grains whose groups are run or reported: which of them have a settled row is kept.
    pub(crate) tracked: BTreeSet<usize>,
    /// Pairs of a grain and a coarser one: which group every group belongs to is kept.
    pub(crate) ups: BTreeSet<(usize, usize)>,
    /// Pairs of a grain and an input: the cell that a group's rows have in common is kept.
    pub(crate) cells: BTreeSet<(usize, usize)>,
    /// By input: whether its texts keep their numbers for the whole stream.
    pub(crate) stable: Vec<bool>,
}

/// A place in a plan.
pub(crate) fn at(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// The grain whose instances a source has cells for; nothing for inputs.
pub(crate) fn grain_of(plan: &Plan, source: Source) -> Option<usize> {
    let of_phase = |phase: u32| plan.phases.get(at(phase)).map(|phase| at(phase.grain));
    match source {
        Source::Input { .. } => None,
        Source::Value { phase, .. } => of_phase(phase),
        Source::Total { total } => plan.totals.get(at(total)).map(|total| at(total.grain)),
        Source::Part { split } => plan.splits.get(at(split)).and_then(|split| of_phase(split.phase)),
        Source::Linked { link } | Source::Field { link, .. } => {
            plan.links.get(at(link)).and_then(|link| of_phase(link.phase))
        }
    }
}

/// The grains that a phase's instances must know their groups of.
fn grains_of_phase(plan: &Plan, place: usize) -> BTreeSet<usize> {
    let Some(phase) = plan.phases.get(place) else { return BTreeSet::new() };
    let mut grains: BTreeSet<usize> = phase.inputs.iter().filter_map(|input| grain_of(plan, input.source)).collect();
    grains.extend(phase.state.iter().flat_map(|state| &state.tables).map(|table| at(table.grain)));
    grains.extend(plan.totals.iter().filter(|total| at(total.phase) == place).map(|total| at(total.grain)));
    grains.extend(plan.splits.iter().filter(|split| at(split.phase) == place).map(|split| at(split.pool)));
    grains.extend(plan.links.iter().filter(|link| at(link.phase) == place).map(|link| at(link.grain)));
    grains.remove(&0);
    grains
}

impl Facts {
    pub(crate) fn new(schema: &Schema, plan: &Plan) -> Self {
        let mut facts = Self::default();
        let (tracked, ups) = (&mut facts.tracked, &mut facts.ups);
        for (place, phase) in plan.phases.iter().enumerate().filter(|(_, phase)| phase.grain != 0) {
            let grain = at(phase.grain);
            tracked.insert(grain);
            ups.extend(grains_of_phase(plan, place).into_iter().map(|coarser| (grain, coarser)));
            facts.cells.extend(phase.inputs.iter().filter_map(|input| match input.source {
                Source::Input { input } => Some((grain, at(input))),
                _ => None,
            }));
        }
        for split in &plan.splits {
            let pool = at(split.pool);
            match split.amount {
                Source::Input { input } => {
                    facts.cells.insert((pool, at(input)));
                    tracked.insert(pool);
                }
                amount => ups.extend(grain_of(plan, amount).map(|grain| (pool, grain))),
            }
        }
        for results in plan.results.iter().filter(|results| results.grain != 0) {
            let grain = at(results.grain);
            tracked.insert(grain);
            let phases = results.outputs.iter().filter_map(|output| plan.phases.get(at(output.source.phase)));
            ups.extend(phases.map(|phase| (grain, at(phase.grain))));
        }
        ups.retain(|(finer, coarser)| finer != coarser && *finer != 0 && *coarser != 0);
        tracked.extend(ups.iter().map(|(finer, _)| *finer));
        facts.stable = stable(schema, plan, &facts.cells);
        facts
    }
}

/// Which inputs' texts must keep their numbers: those of keys and of cells that outlive a batch.
fn stable(schema: &Schema, plan: &Plan, cells: &BTreeSet<(usize, usize)>) -> Vec<bool> {
    let is_text = |phase: u32, output: u32| {
        let phase = plan.phases.get(at(phase));
        phase.and_then(|phase| phase.outputs.get(at(output))).is_some_and(|column| column.ty.is_text())
    };
    let state = plan.phases.iter().flat_map(|phase| &phase.state).flat_map(|state| &state.tables);
    let remembers_text = state
        .flat_map(|table| &table.cells)
        .any(|cell| cell.column.ty.is_text() && cell.function != StateFunction::Count);
    let links_text = plan.links.iter().any(|link| link.fields.iter().any(|field| is_text(link.phase, *field)));
    let adds_text = plan.totals.iter().any(|total| is_text(total.phase, total.output));
    let of_claims = plan.results.iter().filter(|results| results.grain == plan.claim);
    let of_claims = of_claims.flat_map(|results| &results.outputs).any(|result| result.column.ty.is_text());
    let returns_text = plan.reversal.is_some() && of_claims;
    if remembers_text || links_text || adds_text || returns_text {
        return schema.inputs.iter().map(|column| column.ty.is_text()).collect();
    }
    let mut stable = vec![false; schema.inputs.len()];
    let keys = plan.grains.iter().flat_map(|grain| &grain.keys).map(|key| at(*key));
    let shared = plan.shared.iter().map(|shared| at(shared.input));
    let reversal = plan.reversal.iter().flat_map(|reversal| [at(reversal.claim), at(reversal.reverses)]);
    for input in keys.chain(shared).chain(reversal).chain(cells.iter().map(|(_, input)| *input)) {
        if let Some(slot) = stable.get_mut(input) {
            *slot = true;
        }
    }
    stable
}

/// What the passes over a stream's rows are for, in their order.
#[must_use]
pub fn steps(plan: &Plan) -> Vec<Step> {
    let inspects = plan.claim != 0 || !plan.shared.is_empty();
    // Groups are those of rows that are never taken back.
    let adds_up = plan.phases.iter().any(|phase| phase.grain != 0)
        || !(plan.totals.is_empty() && plan.splits.is_empty() && plan.links.is_empty());
    let cuts_claims = plan.claim != 0 && plan.shared.iter().any(|shared| shared.grain != plan.claim);
    let mut steps = Vec::new();
    if inspects {
        steps.push(Step::Inspect);
    }
    if inspects && cuts_claims {
        steps.push(Step::Spread);
    }
    if plan.reversal.is_some() && (adds_up || plan.claim != 0) {
        steps.push(Step::Admit);
    }
    let phases = plan.phases.iter().enumerate();
    steps.extend(phases.filter(|(_, phase)| phase.grain == 0).map(|(place, _)| Step::Run(place)));
    let last = plan.phases.iter().rposition(|phase| phase.grain == 0).unwrap_or(0);
    if row_results(plan).any(|output| at(output.source.phase) > last) {
        steps.push(Step::Give(last));
    }
    steps
}

/// The passes of a plan, in their order.
pub(crate) fn passes(schema: &Schema, plan: &Plan, facts: &Facts) -> Vec<Pass> {
    let steps = steps(plan);
    let count = steps.len();
    let first_run = steps.iter().position(|step| matches!(step, Step::Run(_)));
    let mut passes = Vec::new();
    for (place, step) in steps.iter().enumerate() {
        let before = place.checked_sub(1).and_then(|before| steps.get(before));
        let mut pass = Pass {
            step: *step,
            applies: matches!(before, Some(Step::Inspect | Step::Spread)),
            is_first_run: first_run == Some(place),
            is_last: place + 1 == count,
            inputs: Vec::new(),
            grains: Vec::new(),
        };
        let grains = grains_of_pass(plan, facts, &pass);
        pass.inputs = (0..schema.inputs.len())
            .map(|input| place == 0 || reads(schema, plan, facts, &pass, &grains, input))
            .collect();
        pass.grains = (0..plan.grains.len()).map(|grain| grains.contains(&grain)).collect();
        passes.push(pass);
    }
    passes
}

fn grains_of_pass(plan: &Plan, facts: &Facts, pass: &Pass) -> BTreeSet<usize> {
    let mut grains = match pass.step.phase() {
        Some(phase) if pass.step.settles() => grains_of_phase(plan, phase),
        _ => BTreeSet::new(),
    };
    if pass.is_last {
        let phases = row_results(plan).filter_map(|output| plan.phases.get(at(output.source.phase)));
        grains.extend(phases.map(|phase| at(phase.grain)));
    }
    if pass.applies || matches!(pass.step, Step::Inspect | Step::Spread) {
        grains.insert(at(plan.claim));
        grains.extend(plan.shared.iter().map(|shared| at(shared.grain)));
    }
    if plan.reversal.is_some() && (pass.is_first_run || pass.step == Step::Admit) {
        grains.insert(at(plan.claim));
    }
    if pass.is_first_run {
        grains.extend(&facts.tracked);
        grains.extend(facts.ups.iter().map(|(_, coarser)| *coarser));
    }
    grains.remove(&0);
    grains
}

/// Whether a pass reads an input.
fn reads(schema: &Schema, plan: &Plan, facts: &Facts, pass: &Pass, grains: &BTreeSet<usize>, input: usize) -> bool {
    let phase = pass.step.phase().and_then(|phase| plan.phases.get(phase));
    let in_phase = phase.is_some_and(|phase| {
        phase.inputs.iter().any(|of| matches!(of.source, Source::Input { input: place } if at(place) == input))
    });
    let grains: Vec<_> = grains.iter().filter_map(|grain| plan.grains.get(*grain)).collect();
    let is_key = grains.iter().any(|grain| grain.keys.iter().any(|key| at(*key) == input));
    let has_period = grains.iter().any(|grain| grain.period.is_some());
    let reversal = plan.reversal.iter().flat_map(|reversal| [at(reversal.claim), at(reversal.reverses)]);
    let decides = pass.is_first_run || pass.step == Step::Admit;
    in_phase
        || is_key
        || (has_period && dated_by(schema) == Some(input))
        || reversal.into_iter().any(|place| place == input)
        || (decides && plan.ordered_by.map(at) == Some(input))
        || (pass.is_first_run && facts.cells.iter().any(|(_, place)| *place == input))
}

/// The outputs of rows.
pub(crate) fn row_results(plan: &Plan) -> impl Iterator<Item = &ResultColumn> {
    plan.results.iter().filter(|results| results.grain == 0).flat_map(|results| &results.outputs)
}

/// The place of the date that periods go by.
pub(crate) fn dated_by(schema: &Schema) -> Option<usize> {
    let name = schema.dated_by.as_ref()?;
    schema.inputs.iter().position(|column| column.name == *name && column.ty == ColumnType::Date)
}
