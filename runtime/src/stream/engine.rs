//! A stream on its way: everything that is remembered of it.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::RecordBatch;
use fen_schema::{Column, Layout, Plan, Schema, Source};

use super::broken::Broken;
use super::causes::Causes;
use super::cells::CellVec;
use super::claims::Claims;
use super::error::StreamError;
use super::groups::{Groups, NONE};
use super::inspect::SharedCells;
use super::kept::Kept;
use super::kernel::Kernel;
use super::lines::LineClaims;
use super::links::LinkCells;
use super::missing::{Missing, adapt};
use super::periods::Periods;
use super::pooled::Pooled;
use super::records::Records;
use super::schedule::{Facts, Pass, Step, at, grain_of, passes};
use super::texts::Texts;
use super::totals::TotalCells;
use super::watch::Watched;
use crate::load::Policy;
use crate::parameters::Parameters;

/// A stream on its way.
pub(crate) struct Engine {
    pub(crate) schema: Arc<Schema>,
    pub(crate) plan: Plan,
    pub(crate) kernel: Kernel,
    pub(crate) texts: Texts,
    pub(crate) causes: Causes,
    pub(crate) facts: Facts,
    pub(crate) pooled: Pooled,
    /// Claims that can be taken back, where rows are lines of them.
    pub(crate) lines: Option<LineClaims>,
    pub(crate) passes: Vec<Pass>,
    /// The place of the pass at hand.
    pub(crate) pass: usize,
    /// Rows of the pass so far.
    pub(crate) rows: u64,
    /// Rows of the first pass, when it is over.
    pub(crate) all_rows: Option<u64>,
    /// What the first pass found out of texts.
    pub(crate) kept: Kept,
    /// By row, if there is more than one pass: what became of it; see [`Causes`].
    pub(crate) status: Vec<u16>,
    /// The latest date of a settled row, if rows are ordered.
    pub(crate) latest: Option<i128>,
    /// By grain.
    pub(crate) grains: Vec<GrainCells>,
    /// By phase.
    pub(crate) phases: Vec<PhaseCells>,
    pub(crate) totals: Vec<TotalCells>,
    pub(crate) splits: Vec<SplitCells>,
    pub(crate) links: Vec<LinkCells>,
    pub(crate) shared: Vec<SharedCells>,
    /// What was restored.
    pub(crate) restored: Option<RecordBatch>,
    /// By grain: the groups of the rows or groups at hand. Kept to be written over.
    pub(crate) slots: Vec<Vec<u32>>,
    /// Rows that are to be explained.
    pub(crate) watched: Vec<Watched>,
}

/// What is known of the groups of one grain.
pub(crate) struct GrainCells {
    pub(crate) groups: Groups,
    pub(crate) periods: Option<Periods>,
    /// By group, if it matters: whether it has a settled row.
    pub(crate) is_settled: Vec<bool>,
    /// How many of them have.
    pub(crate) settled: usize,
    /// By group, if it has lines of one claim only: whether that is taken back.
    pub(crate) is_taken_back: Vec<bool>,
    /// By group, if it is that of claims: whether one of its rows is rejected.
    pub(crate) is_rejected: Vec<bool>,
    /// By input that is the same in a group, if it matters.
    pub(crate) cells: HashMap<usize, CellVec>,
    /// By coarser grain, if it matters: the group that each group belongs to.
    pub(crate) ups: HashMap<usize, Vec<u32>>,
}

/// What is known of a phase.
pub(crate) struct PhaseCells {
    /// By output, for coarser grains than that of rows: its cells by group.
    pub(crate) outputs: Vec<CellVec>,
    /// By output, then by group, as far as there is any: why it has no value.
    pub(crate) missing: Vec<Vec<u16>>,
    pub(crate) records: Option<Records>,
    /// What its records lack, where they may lack anything.
    pub(crate) broken: Option<Broken>,
    /// Claims that can be taken back.
    pub(crate) claims: Option<Claims>,
    /// Such claims of earlier streams.
    pub(crate) earlier: Option<Claims>,
}

/// What is known of a split.
#[derive(Default)]
pub(crate) struct SplitCells {
    /// If rows receive the parts: their weights and pools.
    pub(crate) weights: Vec<i128>,
    pub(crate) pools: Vec<u32>,
    /// By instance, when it has been divided.
    pub(crate) parts: Option<CellVec>,
    /// By instance, as far as there is any: why it receives nothing.
    pub(crate) missing: Vec<u16>,
    /// If rows receive the parts: by pool, as far as there is any: why they have no weights.
    pub(crate) missing_weights: Vec<u16>,
}

impl Engine {
    pub(crate) fn new(policy: &Policy, plan: Plan, parameters: &Parameters) -> Result<Self, StreamError> {
        let schema = Arc::clone(&policy.schema);
        let kernel = Kernel::new(policy, parameters)?;
        let facts = Facts::new(&schema, &plan);
        let passes = passes(&schema, &plan, &facts);
        let grains: Vec<GrainCells> = plan
            .grains
            .iter()
            .enumerate()
            .map(|(place, grain)| {
                let keys: Vec<_> = grain.keys.iter().filter_map(|key| schema.inputs.get(at(*key))).collect();
                let cells = facts.cells.iter().filter(|(of, _)| *of == place);
                let cells =
                    cells.filter_map(|(_, input)| Some((*input, CellVec::new(schema.inputs.get(*input)?.layout))));
                let ups = facts.ups.iter().filter(|(finer, _)| *finer == place).map(|(_, to)| (*to, Vec::new()));
                GrainCells {
                    groups: Groups::new(&keys, grain.period.is_some()),
                    periods: grain.period.as_ref().map(Periods::new),
                    is_settled: Vec::new(),
                    settled: 0,
                    is_taken_back: Vec::new(),
                    is_rejected: Vec::new(),
                    cells: cells.collect(),
                    ups: ups.collect(),
                }
            })
            .collect();
        let pooled = Pooled::new(&plan);
        let of_claims = plan.results.iter().find(|results| results.grain == plan.claim && plan.claim != 0);
        let of_claims = of_claims.iter().flat_map(|results| &results.outputs).map(|result| result.column.clone());
        let of_claims: Vec<Column> = of_claims.collect();
        let lines = (plan.reversal.is_some() && plan.claim != 0).then(|| LineClaims::new(&of_claims));
        let last_of_rows = plan.phases.iter().rposition(|phase| phase.grain == 0);
        let phases = plan.phases.iter().enumerate().map(|(place, phase)| {
            let outputs = phase.outputs.iter().filter(|_| phase.grain != 0);
            let records = Records::new(phase, pooled.outputs(place));
            let is_last = last_of_rows == Some(place) && lines.is_none();
            let returned = if is_last { schema.outputs.as_slice() } else { &[] };
            let is_logged = plan.reversal.is_some() && phase.grain == plan.claim;
            let claims = is_logged.then(|| Claims::new(records.as_ref(), &phase.outputs, returned));
            let outputs = outputs.map(|column| CellVec::new(column.layout)).collect();
            PhaseCells {
                outputs,
                missing: vec![Vec::new(); phase.outputs.len()],
                records,
                broken: Broken::new(phase),
                earlier: claims.clone(),
                claims,
            }
        });
        let phases: Vec<PhaseCells> = phases.collect();
        let links = plan.links.iter().map(|link| {
            let outputs = plan.phases.get(at(link.phase)).map_or(&[][..], |phase| &phase.outputs);
            LinkCells::new(link, outputs)
        });
        let shared = plan
            .shared
            .iter()
            .filter_map(|shared| Some(SharedCells::new(*shared, schema.inputs.get(at(shared.input))?.layout)));
        let later = passes.get(1..).unwrap_or_default();
        let is_read_again = schema.inputs.iter().enumerate().map(|(input, column)| {
            column.ty.is_text() && later.iter().any(|pass| pass.inputs.get(input).copied().unwrap_or(false))
        });
        let kept = Kept::new(is_read_again);
        Ok(Self {
            kernel,
            texts: Texts::new(&policy.codes)?,
            causes: Causes::new(Arc::clone(&schema)),
            facts,
            pooled,
            lines,
            kept,
            passes,
            pass: 0,
            rows: 0,
            all_rows: None,
            status: Vec::new(),
            latest: None,
            slots: vec![Vec::new(); grains.len()],
            watched: Vec::new(),
            grains,
            phases,
            totals: plan.totals.iter().map(TotalCells::new).collect(),
            splits: plan.splits.iter().map(|_| SplitCells::default()).collect(),
            links: links.collect(),
            shared: shared.collect(),
            restored: None,
            plan,
            schema,
        })
    }

    /// The rows of the pass are all there.
    pub(crate) fn end_pass(&mut self) -> Result<(), StreamError> {
        let pass = self.passes.get(self.pass).ok_or(StreamError::Passes)?.clone();
        if *self.all_rows.get_or_insert(self.rows) != self.rows {
            return Err(StreamError::OtherRows);
        }
        match pass.step {
            Step::Inspect | Step::Spread | Step::Give(_) => {}
            Step::Admit => self.begin_anew(0)?,
            Step::Run(phase) => self.run_groups(phase)?,
        }
        if let Some(Step::Give(phase)) = self.passes.get(self.pass + 1).map(|pass| pass.step) {
            self.begin_anew(phase)?;
        }
        self.rows = 0;
        self.latest = None;
        self.pass += 1;
        Ok(())
    }

    /// A phase is to be run over the same rows once more: its running values are what they were at first.
    fn begin_anew(&mut self, phase: usize) -> Result<(), StreamError> {
        if let Some(phase) = self.phases.get_mut(phase) {
            phase.claims.clone_from(&phase.earlier);
            phase.broken.iter_mut().for_each(Broken::clear);
        }
        self.forget_records(phase)
    }

    /// The cells of a source for some instances: rows (from the first row at hand) or groups of a grain; as those of a
    /// column. `buffer` is overwritten.
    pub(crate) fn gather_for(
        &self,
        source: Source,
        column: &Column,
        (grain, instances): (usize, &Instances<'_>),
        missing: &Missing,
        buffer: &mut Vec<u8>,
    ) {
        buffer.clear();
        let layout = self.gather(source, grain, instances, buffer);
        adapt(buffer, layout.unwrap_or(column.layout), column, missing);
    }

    /// The cells of a source as they are kept, and their layout.
    fn gather(&self, source: Source, grain: usize, instances: &Instances<'_>, buffer: &mut Vec<u8>) -> Option<Layout> {
        let empty = CellVec::I8(Vec::new());
        let cells = match source {
            Source::Input { input } => self.grains.get(grain).and_then(|grain| grain.cells.get(&at(input))),
            Source::Value { phase, output } => {
                self.phases.get(at(phase)).and_then(|phase| phase.outputs.get(at(output)))
            }
            Source::Total { total } => self.totals.get(at(total)).and_then(|total| total.cells.as_ref()),
            Source::Part { split } => self.splits.get(at(split)).and_then(|split| split.parts.as_ref()),
            Source::Linked { link } => {
                let link = self.links.get(at(link))?;
                let next = |instance: &u32| link.next(at(*instance)) != NONE;
                let places = self.places(source, grain, instances);
                buffer.extend(places.iter().map(|place| u8::from(*place != NONE && next(place))));
                return Some(Layout::I8);
            }
            Source::Field { link, field } => {
                let link = self.links.get(at(link))?;
                let cells = link.fields.get(at(field))?;
                let places = self.places(source, grain, instances);
                let next: Vec<u32> =
                    places.iter().map(|place| if *place == NONE { NONE } else { link.next(at(*place)) }).collect();
                cells.gather_or_none(&next, buffer);
                return Some(cells.layout());
            }
        };
        let cells = cells.unwrap_or(&empty);
        cells.gather(&self.places(source, grain, instances), buffer);
        Some(cells.layout())
    }

    /// The places of a source's cells for some instances.
    pub(crate) fn places<'i>(
        &'i self,
        source: Source,
        grain: usize,
        instances: &'i Instances<'i>,
    ) -> std::borrow::Cow<'i, [u32]> {
        let of = grain_of(&self.plan, source).unwrap_or(grain);
        self.places_in(of, grain, instances)
    }

    /// The groups of a coarser grain, or of their own, that some instances belong to.
    pub(crate) fn places_in<'i>(
        &'i self,
        of: usize,
        grain: usize,
        instances: &'i Instances<'i>,
    ) -> std::borrow::Cow<'i, [u32]> {
        match instances {
            Instances::Rows { first, count } if of == grain => {
                (0..*count).map(|row| u32::try_from(first + row).unwrap_or(NONE)).collect()
            }
            Instances::Rows { .. } => self.slots.get(of).map_or(&[][..], Vec::as_slice).into(),
            Instances::Groups(slots) if of == grain => (*slots).into(),
            Instances::Groups(slots) => {
                let ups = self.grains.get(grain).and_then(|grain| grain.ups.get(&of)).map_or(&[][..], Vec::as_slice);
                slots.iter().map(|slot| ups.get(at(*slot)).copied().unwrap_or(NONE)).collect()
            }
        }
    }
}

/// What a phase is run over.
pub(crate) enum Instances<'i> {
    /// The rows at hand: the number of the first in the stream, and how many they are.
    Rows { first: u64, count: u64 },
    /// Groups.
    Groups(&'i [u32]),
}
