//! When values are known: how many times all rows must have been gone through before.

use super::reads::Reads;
use crate::check::program::{Function, Origin, Program};
use crate::ids::{GrainId, InputId, LinkId, ValueId};

/// The stage of every value and input.
#[derive(Clone, Debug)]
pub(super) struct Stages {
    values: Vec<usize>,
    inputs: Vec<usize>,
    /// What only the lines of one claim decide counts as known at once: what is left is the stage of what claims have in common.
    of_pools: bool,
}

impl Stages {
    /// Running values stand in a circle with what is added up, so that stages are raised until nothing changes. A circle
    /// through a total, which the check refuses, ends at the most that is possible.
    pub(super) fn of(program: &Program, reads: &[Reads]) -> Self {
        Self::found(program, reads, false)
    }

    /// The same where claims are known as a whole. A value of a stage above 0 depends on later claims, or on all claims of a
    /// group.
    pub(super) fn of_pools(program: &Program, reads: &[Reads]) -> Self {
        Self::found(program, reads, true)
    }

    fn found(program: &Program, reads: &[Reads], of_pools: bool) -> Self {
        let (values, inputs) = (vec![0; program.values.len()], vec![0; program.inputs.len()]);
        let mut stages = Self { values, inputs, of_pools };
        let most = program.inputs.len();
        for _ in 0..=program.values.len() + program.inputs.len() {
            let before = stages.clone();
            for id in &program.order {
                let Some(reads) = reads.get(id.0) else { continue };
                let stage = stages.of_reads(reads).max(stages.least(program, *id));
                if let Some(slot) = stages.values.get_mut(id.0) {
                    *slot = stage.min(most);
                }
            }
            for (at, input) in program.inputs.iter().enumerate() {
                let stage = stages.of_origin(program, &input.origin);
                if let Some(slot) = stages.inputs.get_mut(at) {
                    *slot = stage.min(most);
                }
            }
            if stages.values == before.values && stages.inputs == before.inputs {
                break;
            }
        }
        stages
    }

    pub(super) fn value(&self, id: ValueId) -> usize {
        self.values.get(id.0).copied().unwrap_or_default()
    }

    pub(super) fn input(&self, id: InputId) -> usize {
        self.inputs.get(id.0).copied().unwrap_or_default()
    }

    /// Of a value under a condition.
    pub(super) fn under(&self, value: ValueId, when: Option<ValueId>) -> usize {
        self.value(value).max(self.condition(when))
    }

    pub(super) fn condition(&self, when: Option<ValueId>) -> usize {
        when.map_or(0, |when| self.value(when))
    }

    fn of_reads(&self, reads: &Reads) -> usize {
        let values = reads.values.iter().map(|id| self.value(*id));
        values.chain(reads.inputs.iter().map(|id| self.input(*id))).max().unwrap_or_default()
    }

    fn of_origin(&self, program: &Program, origin: &Origin) -> usize {
        match origin {
            Origin::Column => 0,
            Origin::Running { function: Function::Count, when, over, .. } => {
                self.condition(*when).max(self.first(*over))
            }
            Origin::Running { value, when, over, .. } => self.under(*value, *when).max(self.first(*over)),
            Origin::Total { function: Function::Count, when, grain, .. } => {
                self.condition(*when) + self.step(program, *grain)
            }
            Origin::Total { value, when, grain, .. } => self.under(*value, *when) + self.step(program, *grain),
            Origin::Part(split) => match program.splits.get(split.0) {
                Some(split) => self.value(split.amount).max(self.value(split.weight)) + 1,
                None => 0,
            },
            Origin::Linked(link) => self.linked(program, *link, 0),
            Origin::Field { link, value } => self.linked(program, *link, self.value(*value)),
        }
    }

    /// Whether something of a link, its condition or a field, is known only at a later stage than the first.
    pub(super) fn is_late_link(&self, program: &Program, id: LinkId) -> bool {
        let is_late = |origin: &Origin| match origin {
            Origin::Linked(link) | Origin::Field { link, .. } => *link == id && self.of_origin(program, origin) > 0,
            _ => false,
        };
        program.inputs.iter().any(|input| is_late(&input.origin))
    }

    /// What is known of another claim is known when it is computed, of a later one one stage later.
    fn linked(&self, program: &Program, link: LinkId, stage: usize) -> usize {
        let Some(link) = program.links.get(link.0) else { return 0 };
        let stage = stage.max(self.condition(link.when));
        if link.is_next { stage + 1 } else { stage.max(self.first(program.claim)) }
    }

    /// Instances of grains other than rows are only known when all rows are.
    fn first(&self, grain: GrainId) -> usize {
        usize::from(grain != GrainId(0) && !self.of_pools)
    }

    fn least(&self, program: &Program, id: ValueId) -> usize {
        program.value(id).and_then(|value| value.grain).map_or(0, |grain| self.first(grain))
    }

    /// How many stages what groups of a grain come to is behind their instances.
    fn step(&self, program: &Program, grain: GrainId) -> usize {
        usize::from(!(self.of_pools && program.is_within_claim(grain)))
    }
}
