//! Which phases there must be, what each computes, and what it takes from others: found from the outputs backwards.

use std::collections::{BTreeMap, BTreeSet};

use super::reads::{self, Reads};
use super::stages::Stages;
use super::wanted::{Present, Wanted, What, addend, contribution, divided, field, flag, scale_of};
use crate::check::program::{Origin, Output, Program};
use crate::ids::{GrainId, InputId, LinkId, SplitId, ValueId};

const ROWS: GrainId = GrainId(0);

/// What tells a phase from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) stage: usize,
    pub(super) grain: GrainId,
}

/// The phase that takes in the rows.
pub(super) const FIRST: Key = Key { stage: 0, grain: ROWS };

/// What a phase does not compute itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leaf {
    Column(InputId),
    /// A total, a part, or something of a later claim.
    Late(InputId),
    /// A running value, or something of an earlier claim.
    Record(InputId),
    /// Whether the field of an earlier claim was there, if that claim may lack it.
    Flag(InputId),
    /// A value of a coarser grain, from its phase.
    Value(ValueId, Key, Wanted),
    /// An input that only a phase of a coarser grain can be given.
    Input(InputId, Key, Wanted),
}

/// A phase, as far as it is known.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) key: Key,
    /// What it computes.
    pub(super) values: BTreeSet<ValueId>,
    pub(super) leaves: Vec<Leaf>,
    /// With whether the host reads it.
    pub(super) wanted: Vec<(Wanted, bool)>,
    /// Values whose look-ups must find rows.
    pub(super) required: Vec<ValueId>,
}

/// A link to later claims, with the fields that are known at one stage.
#[derive(Clone, Debug)]
pub(super) struct LinkDraft {
    pub(super) link: LinkId,
    pub(super) key: Key,
    pub(super) fields: Vec<InputId>,
}

/// All that the policy needs.
#[derive(Clone, Debug)]
pub(super) struct Needs {
    /// In the order in which they are run.
    pub(super) drafts: Vec<Draft>,
    pub(super) totals: Vec<InputId>,
    pub(super) splits: Vec<SplitId>,
    pub(super) links: Vec<LinkDraft>,
    /// By output of the policy.
    pub(super) results: Vec<(Key, Wanted)>,
    pub(super) stages: Stages,
    pub(super) reads: Vec<Reads>,
}

/// Finds the phases. The outputs of a grain come from the last phase that it needs anyway.
pub(super) fn needs(program: &Program) -> Needs {
    let reads = reads::of_all(program);
    let stages = Stages::of(program, &reads);
    let order = Order::of(program);
    let mut last: BTreeMap<GrainId, usize> = BTreeMap::new();
    for output in &program.outputs {
        let stage = last.entry(grain_of(program, output)).or_default();
        *stage = (*stage).max(stages.under(output.value, output.present));
    }
    loop {
        let mut planner = Planner {
            program,
            order: &order,
            needs: Needs {
                drafts: Vec::new(),
                totals: Vec::new(),
                splits: Vec::new(),
                links: Vec::new(),
                results: Vec::new(),
                stages: stages.clone(),
                reads: reads.clone(),
            },
            open: Vec::new(),
        };
        planner.all(&last);
        let mut needs = planner.needs;
        let mut is_later = false;
        for draft in &needs.drafts {
            if let Some(stage) = last.get_mut(&draft.key.grain)
                && *stage < draft.key.stage
            {
                *stage = draft.key.stage;
                is_later = true;
            }
        }
        if !is_later {
            needs.drafts.sort_by_key(|draft| order.place(draft.key));
            // Where several fail, the first one of the source is named.
            needs.splits.sort_unstable();
            return needs;
        }
    }
}

/// In which order phases are run.
struct Order {
    /// By grain: how many are coarser, or have the same groups. More for a finer one.
    depths: Vec<usize>,
}

impl Order {
    fn of(program: &Program) -> Self {
        let grains = || (0..program.grains.len()).map(GrainId);
        let depth = |grain: GrainId| grains().filter(|other| program.is_coarser(*other, grain)).count();
        Self { depths: grains().map(depth).collect() }
    }

    /// A finer phase may read values of a coarser one of the same stage. Of two whose grains have the same groups, as where one
    /// key is declared per another, only the later reads those of the earlier. The grain of claims is the first of all but
    /// rows: others with its groups get running values and links from it.
    fn place(&self, key: Key) -> impl Ord + use<> {
        let Key { stage, grain } = key;
        (key != FIRST, stage, self.depths.get(grain.0).copied().unwrap_or_default(), grain)
    }
}

/// The grain for which an output is computed: that of its value, which may be coarser than what it is given for; but what
/// is given for rows comes from a phase of rows.
fn grain_of(program: &Program, output: &Output) -> GrainId {
    if output.grain == ROWS {
        return ROWS;
    }
    let grain = |id: ValueId| program.value(id).and_then(|value| value.grain);
    match (grain(output.value), output.present.and_then(grain)) {
        (None, None) => output.grain,
        (Some(one), Some(other)) if program.is_coarser(one, other) => other,
        (Some(one), _) | (None, Some(one)) => one,
    }
}

/// Something that a phase needs.
enum Item {
    Value(ValueId),
    Input(InputId),
}

struct Planner<'a> {
    program: &'a Program,
    order: &'a Order,
    needs: Needs,
    open: Vec<(Key, Item)>,
}

impl Planner<'_> {
    /// The outputs, each from the phase of its grain at the stage that is told.
    fn all(&mut self, last: &BTreeMap<GrainId, usize>) {
        let program = self.program;
        self.draft(FIRST);
        for output in &program.outputs {
            let grain = grain_of(program, output);
            let key = Key { stage: last.get(&grain).copied().unwrap_or_default(), grain };
            let present = output.present.map_or(Present::Always, Present::If);
            let wanted = Wanted { what: What::Value(output.value), present, scale: output.scale };
            self.want(key, wanted, true);
            self.needs.results.push((key, wanted));
        }
        self.close();
        if self.needs.drafts.len() == 1 {
            return;
        }
        // With more phases than one, the first rejects what would lack something in a later one.
        let is_early = |id: &ValueId| {
            let grain = program.value(*id).and_then(|value| value.grain);
            self.needs.stages.value(*id) == 0 && grain.is_none_or(|grain| grain == ROWS)
        };
        let required: Vec<ValueId> = program.required.iter().copied().filter(is_early).collect();
        self.open.extend(required.iter().map(|id| (FIRST, Item::Value(*id))));
        if let Some(first) = self.draft(FIRST) {
            first.required = required;
        }
        self.close();
    }

    fn close(&mut self) {
        while let Some((key, item)) = self.open.pop() {
            match item {
                Item::Value(id) => self.value(key, id),
                Item::Input(id) => self.input(key, id),
            }
        }
    }

    /// The phase, which is added if there is none yet.
    fn draft(&mut self, key: Key) -> Option<&mut Draft> {
        let drafts = &mut self.needs.drafts;
        if !drafts.iter().any(|draft| draft.key == key) {
            let (values, leaves, wanted) = (BTreeSet::new(), Vec::new(), Vec::new());
            drafts.push(Draft { key, values, leaves, wanted, required: Vec::new() });
        }
        drafts.iter_mut().find(|draft| draft.key == key)
    }

    fn want(&mut self, key: Key, wanted: Wanted, is_column: bool) {
        let Some(draft) = self.draft(key) else { return };
        if let Some((_, known)) = draft.wanted.iter_mut().find(|(known, _)| *known == wanted) {
            *known |= is_column;
            return;
        }
        draft.wanted.push((wanted, is_column));
        match wanted.what {
            What::Value(id) => self.open.push((key, Item::Value(id))),
            What::Input(id) | What::Known(id) | What::OrLeast(id) => self.open.push((key, Item::Input(id))),
            What::True => {}
        }
        match wanted.present {
            Present::Always => {}
            Present::If(id) => self.open.push((key, Item::Value(id))),
            Present::IfKnown(id) => self.open.push((key, Item::Input(id))),
        }
    }

    /// Takes note of what is not computed; false if that was known already.
    fn leaf(&mut self, key: Key, leaf: Leaf) -> bool {
        let Some(draft) = self.draft(key) else { return false };
        let is_new = !draft.leaves.contains(&leaf);
        if is_new {
            draft.leaves.push(leaf);
        }
        is_new
    }

    fn value(&mut self, key: Key, id: ValueId) {
        let Some(value) = self.program.value(id) else { return };
        let of = |grain| Key { stage: self.needs.stages.value(id), grain };
        if let Some(of) = value.grain.filter(|grain| *grain != key.grain && *grain != ROWS).map(of)
            && let Some(scale) = scale_of(value)
            && self.program.is_coarser(of.grain, key.grain)
            && self.order.place(of) < self.order.place(key)
        {
            let wanted = Wanted { what: What::Value(id), present: Present::Always, scale };
            if self.leaf(key, Leaf::Value(id, of, wanted)) {
                self.want(of, wanted, true);
            }
            return;
        }
        if !self.draft(key).is_some_and(|draft| draft.values.insert(id)) {
            return;
        }
        let Some(reads) = self.needs.reads.get(id.0) else { return };
        self.open.extend(reads.values.iter().map(|id| (key, Item::Value(*id))));
        self.open.extend(reads.inputs.iter().map(|id| (key, Item::Input(*id))));
        if let Some(date) = self.program.dated_by.filter(|date| self.program.determines(key.grain, *date))
            && reads.is_dated
        {
            self.open.push((key, Item::Input(date)));
        }
    }

    fn input(&mut self, key: Key, id: InputId) {
        let program = self.program;
        let Some(input) = program.input(id) else { return };
        match &input.origin {
            Origin::Column => {
                self.leaf(key, Leaf::Column(id));
            }
            Origin::Running { over, .. } => self.record(key, id, *over),
            Origin::Linked(link) | Origin::Field { link, .. } => {
                if program.links.get(link.0).is_some_and(|link| link.is_next) {
                    self.later(key, id, *link);
                } else {
                    self.record(key, id, program.claim);
                }
            }
            Origin::Total { .. } => {
                self.leaf(key, Leaf::Late(id));
                if !self.needs.totals.contains(&id) {
                    self.needs.totals.push(id);
                    let Some((grain, wanted)) = addend(program, id) else { return };
                    let stage = self.stage_before(id);
                    self.want(Key { stage, grain }, wanted, true);
                }
            }
            Origin::Part(split) => {
                self.leaf(key, Leaf::Late(id));
                if !self.needs.splits.contains(split) {
                    self.needs.splits.push(*split);
                    let Some((amount, weight)) = self.divided(*split) else { return };
                    self.want(amount.0, amount.1, true);
                    self.want(weight.0, weight.1, true);
                }
            }
        }
    }

    fn stage_before(&self, id: InputId) -> usize {
        self.needs.stages.input(id).saturating_sub(1)
    }

    fn divided(&self, id: SplitId) -> Option<((Key, Wanted), (Key, Wanted))> {
        divided(self.program, &self.needs.stages, id)
    }

    /// What is carried from claim to claim is read by the phase of claims, and by others as a value of theirs.
    fn record(&mut self, key: Key, id: InputId, over: GrainId) {
        if over != key.grain {
            return self.elsewhere(key, id, over);
        }
        if !self.leaf(key, Leaf::Record(id)) {
            return;
        }
        let is_column = self.program.reversal.is_some() || self.may_be_missing(key, id);
        if let Some((_, wanted)) = contribution(self.program, id) {
            self.want(key, wanted, is_column);
        }
        if let Some(wanted) = flag(self.program, id) {
            self.leaf(key, Leaf::Flag(id));
            self.want(key, wanted, is_column);
        }
    }

    /// Whether a link's condition must be known because a field may have no value.
    fn may_be_missing(&self, key: Key, id: InputId) -> bool {
        let origin = self.program.input(id).map(|input| &input.origin);
        let Some(Origin::Linked(link) | Origin::Field { link, .. }) = origin else { return false };
        let has_condition = self.program.links.get(link.0).is_some_and(|link| link.when.is_some());
        key.stage > 0 && has_condition && !self.program.splits.is_empty()
    }

    fn later(&mut self, key: Key, id: InputId, link: LinkId) {
        let program = self.program;
        if program.claim != key.grain {
            return self.elsewhere(key, id, program.claim);
        }
        if !self.leaf(key, Leaf::Late(id)) {
            return;
        }
        let of = Key { stage: self.stage_before(id), grain: program.claim };
        let links = &mut self.needs.links;
        if !links.iter().any(|known| known.link == link && known.key == of) {
            links.push(LinkDraft { link, key: of, fields: Vec::new() });
        }
        let known = links.iter_mut().find(|known| known.link == link && known.key == of);
        if let Some(wanted) = field(program, id)
            && let Some(known) = known
            && !known.fields.contains(&id)
        {
            known.fields.push(id);
            self.want(of, wanted, true);
        }
        self.draft(of);
        if let Some(when) = program.links.get(link.0).and_then(|link| link.when) {
            self.want(of, Wanted { what: What::Value(when), present: Present::Always, scale: 0 }, true);
        }
    }

    fn elsewhere(&mut self, key: Key, id: InputId, grain: GrainId) {
        let Some(input) = self.program.input(id) else { return };
        let of = Key { stage: self.needs.stages.input(id), grain };
        let present = if input.is_optional { Present::IfKnown(id) } else { Present::Always };
        let wanted = Wanted { what: What::Input(id), present, scale: input.scale };
        if self.leaf(key, Leaf::Input(id, of, wanted)) {
            self.want(of, wanted, true);
        }
    }
}
