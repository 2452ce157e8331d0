//! What outputs of a phase are computed from, whatever conditions stand before it: where that is missing, they are too.

use std::collections::{BTreeSet, HashMap};

use super::needs::{Draft, Leaf, Needs};
use super::wanted::{Present, Wanted, What};
use super::{Reads, Records};
use crate::ids::{InputId, ValueId};

/// By output: the places of the inputs, columns and records aside. What a record is changed by counts as if it were read.
pub(super) fn uses(needs: &Needs, draft: &Draft, leaves: &[Leaf], tables: &[Records]) -> Vec<BTreeSet<usize>> {
    let own = Own::of(needs, draft, leaves);
    let mut uses: Vec<BTreeSet<usize>> = draft.wanted.iter().map(|(wanted, _)| own.reads(*wanted)).collect();
    let cells: Vec<(usize, usize)> =
        tables.iter().flat_map(|records| &records.cells).map(|cell| (cell.input, cell.output)).collect();
    // What one record is changed by may be read from another.
    for _ in 0..=cells.len() {
        for (input, output) in &cells {
            let behind = uses.get(*output).cloned().unwrap_or_default();
            for one in uses.iter_mut().filter(|one| one.contains(input)) {
                one.extend(&behind);
            }
        }
    }
    let is_given = |at: &usize| !matches!(leaves.get(*at), Some(Leaf::Column(_) | Leaf::Record(_) | Leaf::Flag(_)));
    uses.into_iter().map(|one| one.into_iter().filter(is_given).collect()).collect()
}

/// By output: what it is computed from directly.
pub(super) fn reads(needs: &Needs, draft: &Draft, leaves: &[Leaf], tables: &[Records]) -> Vec<Reads> {
    draft.wanted.iter().map(|(wanted, _)| reads_of(needs, draft, leaves, tables, *wanted)).collect()
}

/// What something that a phase could yield is computed from directly.
pub(super) fn reads_of(needs: &Needs, draft: &Draft, leaves: &[Leaf], tables: &[Records], wanted: Wanted) -> Reads {
    let cells: Vec<usize> = tables.iter().flat_map(|records| &records.cells).map(|cell| cell.input).collect();
    let mut reads = Reads::default();
    for at in Own::of(needs, draft, leaves).reads(wanted) {
        match leaves.get(at) {
            Some(Leaf::Record(_) | Leaf::Flag(_)) => reads.cells.extend(cells.iter().position(|cell| *cell == at)),
            Some(Leaf::Column(_)) | None => {}
            Some(Leaf::Late(_) | Leaf::Value(..) | Leaf::Input(..)) => reads.inputs.push(at),
        }
    }
    reads
}

/// The inputs of a phase by what they stand for.
struct Own<'a> {
    needs: &'a Needs,
    draft: &'a Draft,
    inputs: HashMap<InputId, usize>,
    flags: HashMap<InputId, usize>,
    values: HashMap<ValueId, usize>,
}

impl<'a> Own<'a> {
    fn of(needs: &'a Needs, draft: &'a Draft, leaves: &[Leaf]) -> Self {
        let (inputs, flags, values) = (HashMap::new(), HashMap::new(), HashMap::new());
        let mut own = Self { needs, draft, inputs, flags, values };
        for (at, leaf) in leaves.iter().enumerate() {
            match leaf {
                Leaf::Column(id) | Leaf::Late(id) | Leaf::Record(id) | Leaf::Input(id, ..) => {
                    own.inputs.insert(*id, at)
                }
                Leaf::Flag(id) => own.flags.insert(*id, at),
                Leaf::Value(id, ..) => own.values.insert(*id, at),
            };
        }
        own
    }

    /// The inputs that an output is computed from.
    fn reads(&self, wanted: Wanted) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        let mut open: Vec<ValueId> = Vec::new();
        match wanted.what {
            What::Value(id) => open.push(id),
            What::Input(id) | What::Known(id) | What::OrLeast(id) => self.input(id, &mut found),
            What::True => {}
        }
        match wanted.present {
            Present::Always => {}
            Present::If(id) => open.push(id),
            Present::IfKnown(id) => self.input(id, &mut found),
        }
        let mut seen = BTreeSet::new();
        while let Some(id) = open.pop() {
            if let Some(at) = self.values.get(&id) {
                found.insert(*at);
            } else if self.draft.values.contains(&id)
                && seen.insert(id)
                && let Some(reads) = self.needs.reads.get(id.0)
            {
                open.extend(&reads.values);
                reads.inputs.iter().for_each(|id| self.input(*id, &mut found));
            }
        }
        found
    }

    fn input(&self, id: InputId, found: &mut BTreeSet<usize>) {
        found.extend(self.inputs.get(&id));
        found.extend(self.flags.get(&id));
    }
}
