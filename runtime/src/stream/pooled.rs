//! What is computed from several claims of a group at once: claims that are ever taken back are in none of it, and are not
//! given it.

use fen_schema::{Plan, Source};

use super::schedule::at;

/// Which outputs and sources of a plan are pooled.
#[derive(Clone, Debug)]
pub(crate) struct Pooled {
    /// By phase, then by output.
    outputs: Vec<Vec<bool>>,
    /// By grain: whether a group has lines of one claim only.
    within: Vec<bool>,
}

impl Pooled {
    pub(crate) fn new(plan: &Plan) -> Self {
        let within = plan.grains.iter().map(|grain| plan.claim != 0 && grain.within_claim).collect();
        let mut pooled = Self { outputs: Vec::new(), within };
        // Sources name earlier phases.
        for phase in &plan.phases {
            let inputs: Vec<bool> = phase.inputs.iter().map(|input| pooled.source(plan, input.source)).collect();
            let state = phase.state.as_ref();
            let cells = state.iter().flat_map(|state| &state.tables).flat_map(|table| &table.cells);
            let cells: Vec<bool> = cells.map(|cell| cell.late).collect();
            let is_of_several = phase.grain != 0 && !pooled.is_within(at(phase.grain));
            let is_any = |list: &[bool], places: &[u32]| places.iter().any(|place| list.get(at(*place)) == Some(&true));
            let output = |place: usize| {
                let reads = state.and_then(|state| state.reads.get(place));
                is_of_several
                    || phase.uses.get(place).is_some_and(|uses| is_any(&inputs, uses))
                    || reads.is_some_and(|reads| is_any(&cells, &reads.cells))
            };
            let outputs = (0..phase.outputs.len()).map(output).collect();
            pooled.outputs.push(outputs);
        }
        pooled
    }

    /// Whether rows are lines, and those of a group are lines of one claim.
    pub(crate) fn is_within(&self, grain: usize) -> bool {
        self.within.get(grain) == Some(&true)
    }

    /// Whether an output is known only when it is known which claims of a group are taken back.
    pub(crate) fn output(&self, phase: usize, output: usize) -> bool {
        self.outputs.get(phase).and_then(|outputs| outputs.get(output)) == Some(&true)
    }

    /// The outputs of a phase.
    pub(crate) fn outputs(&self, phase: usize) -> &[bool] {
        self.outputs.get(phase).map_or(&[], Vec::as_slice)
    }

    /// The same of what a phase reads.
    pub(crate) fn source(&self, plan: &Plan, source: Source) -> bool {
        match source {
            Source::Input { .. } => false,
            Source::Value { phase, output } => {
                let grain = plan.phases.get(at(phase)).map_or(0, |phase| at(phase.grain));
                !self.is_within(grain) || self.output(at(phase), at(output))
            }
            Source::Total { total } => plan
                .totals
                .get(at(total))
                .is_none_or(|total| !self.is_within(at(total.grain)) || self.output(at(total.phase), at(total.output))),
            Source::Part { .. } | Source::Linked { .. } | Source::Field { .. } => true,
        }
    }
}
