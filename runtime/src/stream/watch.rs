//! Rows that are watched on their way: what the policy reads for them and for the groups that they belong to.

use std::sync::Arc;

use arrow_array::RecordBatch;
use fen_schema::{Phase, Schema, Source};

use super::causes::SETTLED;
use super::cells;
use super::engine::{Engine, Instances};
use super::error::StreamError;
use super::groups::NONE;
use super::missing::Missing;
use super::rows::Work;
use super::schedule::at;
use crate::codes::{Codes, Numbering, TextOf};
use crate::inputs;
use crate::settlement::Cause;

/// What a phase read for a row, or for the group that it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// By input of the phase: its cell.
    pub inputs: Vec<i128>,
    /// By input: its text, if it is a code or id.
    pub texts: Vec<Option<String>>,
    /// The cells of its records, of all tables in their order, as they were before.
    pub records: Vec<i128>,
    /// The texts of these cells.
    pub record_texts: Vec<Option<String>>,
    /// By output of the phase: why there is none, if there is none.
    pub lacking: Vec<Option<Arc<Cause>>>,
    /// By output of the phase: whether there is none because the claim is taken back, so that it is not among those that the output
    /// is computed from.
    pub left_out: Vec<bool>,
    /// By input: why it has no value, if it has none. Its cell means nothing then.
    pub missing: Vec<Option<Arc<Cause>>>,
    /// By input: of a part that a split gives, the sum of the weights.
    pub weights: Vec<Option<i128>>,
    /// By input: of a link, the number in the stream of the row that it leads to, where rows are claims.
    pub linked: Vec<Option<u64>>,
}

/// A row, and what was seen of it.
pub(crate) struct Watched {
    row: u64,
    /// By grain.
    slots: Vec<u32>,
    /// By phase.
    seen: Vec<Option<Seen>>,
    /// By split: the sum of the weights in its pool.
    weights: Vec<Option<i128>>,
}

/// One of the instances in the columns of a phase that is watched: the first one.
#[derive(Clone, Copy)]
pub(crate) enum First {
    /// The row with this number.
    Row(u64),
    /// The group with this slot in a grain.
    Group(usize, u32),
}

impl Watched {
    fn is(&self, first: First) -> bool {
        match first {
            First::Row(row) => self.row == row,
            First::Group(grain, slot) => self.slots.get(grain) == Some(&slot) && slot != NONE,
        }
    }
}

impl Engine {
    pub(crate) fn watch(&mut self, row: u64) {
        let (slots, seen) = (vec![NONE; self.grains.len()], vec![None; self.plan.phases.len()]);
        self.watched.push(Watched { row, slots, seen, weights: vec![None; self.plan.splits.len()] });
    }

    pub(crate) fn seen(&self, row: u64) -> Vec<Option<Seen>> {
        let watched = self.watched.iter().find(|watched| watched.row == row);
        watched.map(|watched| watched.seen.clone()).unwrap_or_default()
    }

    /// Some rows go through a phase at once: one that is watched is the first of them, so that its records are as all rows
    /// before it have left them.
    pub(crate) fn stop_at_watched(&self, work: &Work<'_>, start: usize, end: usize) -> usize {
        let row = |watched: &Watched| usize::try_from(watched.row.checked_sub(work.first)?).ok();
        let rows = self.watched.iter().filter_map(row).filter(|row| start < *row && *row < end);
        rows.min().unwrap_or(end)
    }

    /// The same of groups: in pieces that begin with those that are watched.
    pub(crate) fn cut_at_watched<'s>(&self, grain: usize, slots: &'s [u32]) -> Vec<&'s [u32]> {
        if self.watched.is_empty() {
            return vec![slots];
        }
        let mut pieces = Vec::new();
        let mut start = 0;
        for (place, slot) in slots.iter().enumerate().skip(1) {
            if self.is_watched(First::Group(grain, *slot)) {
                pieces.extend(slots.get(start..place));
                start = place;
            }
        }
        pieces.extend(slots.get(start..));
        pieces
    }

    pub(crate) fn is_watched(&self, first: First) -> bool {
        self.watched.iter().any(|watched| watched.is(first))
    }

    /// Takes note of the groups that the first of some rows belongs to, if it is one.
    pub(crate) fn note_slots(&mut self, work: &Work<'_>, start: usize) {
        let first = work.numbered(start);
        for watched in self.watched.iter_mut().filter(|watched| watched.is(first)) {
            for (known, slots) in watched.slots.iter_mut().zip(&self.slots) {
                if let Some(slot) = slots.first().filter(|slot| **slot != NONE) {
                    *known = *slot;
                }
            }
        }
    }

    /// Takes note of what a phase is about to read for the first of the instances in its columns.
    pub(crate) fn see(&mut self, place: usize, phase: &Phase, first: First) -> Result<(), StreamError> {
        let read = |address: u64, layout: fen_schema::Layout| {
            let bytes = self.kernel.read_at(address, at(layout.bytes()))?;
            Ok::<_, StreamError>(cells::cell(bytes, layout))
        };
        let text = |cell: i128, ty: fen_schema::ColumnType| {
            let number = usize::try_from(cell).ok().filter(|_| ty.is_text())?;
            self.texts.get(number).map(str::to_owned)
        };
        let (mut inputs, mut texts) = (Vec::new(), Vec::new());
        for input in &phase.inputs {
            let column = &input.column;
            let cell = read(column.offset.into(), column.layout)?;
            inputs.push(cell);
            texts.push(text(cell, column.ty));
        }
        let (mut records, mut record_texts) = (Vec::new(), Vec::new());
        for table in phase.state.iter().flat_map(|state| &state.tables) {
            let record = read(table.places.offset.into(), fen_schema::Layout::I32)?;
            let base = phase.state.as_ref().map_or(0, |state| u64::from(state.offset));
            for cell in &table.cells {
                // A row that is not to be settled has no record.
                let Ok(record) = u64::try_from(record) else { return Ok(()) };
                let found = read(base + record * 8 + u64::from(cell.column.offset), cell.column.layout)?;
                records.push(found);
                record_texts.push(text(found, cell.column.ty));
            }
        }
        let (missing, linked) = self.see_sources(phase, first);
        let weights = Vec::new();
        let (lacking, left_out) = (Vec::new(), Vec::new());
        let now = Seen { inputs, texts, records, record_texts, lacking, left_out, missing, weights, linked };
        for watched in self.watched.iter_mut().filter(|watched| watched.is(first)) {
            let weights = phase.inputs.iter().map(|input| match input.source {
                Source::Part { split } => watched.weights.get(at(split)).copied().flatten(),
                _ => None,
            });
            if let Some(seen) = watched.seen.get_mut(place) {
                *seen = Some(Seen { weights: weights.collect(), ..now.clone() });
            }
        }
        Ok(())
    }

    /// By input of a phase: why it has no value, and where a link leads.
    fn see_sources(&self, phase: &Phase, first: First) -> (Vec<Option<Arc<Cause>>>, Vec<Option<u64>>) {
        let slots = if let First::Group(_, slot) = first { vec![slot] } else { Vec::new() };
        let instances = match first {
            First::Row(first) => Instances::Rows { first, count: 1 },
            First::Group(..) => Instances::Groups(&slots),
        };
        let grain = at(phase.grain);
        let missing = phase.inputs.iter().map(|input| {
            let causes = self.missing(input.source, grain, &instances)?;
            self.causes.get(*causes.first()?).cloned()
        });
        let linked = phase.inputs.iter().map(|input| {
            let Source::Linked { link } = input.source else { return None };
            let of = self.plan.links.get(at(link)).and_then(|link| self.plan.phases.get(at(link.phase)))?;
            let place = self.places(input.source, grain, &instances).first().copied().filter(|place| *place != NONE)?;
            let next = self.links.get(at(link))?.next(at(place));
            Some(next.into()).filter(|_| of.grain == 0 && next != NONE)
        });
        (missing.collect(), linked.collect())
    }

    /// Takes note of the sum of the weights where those that are watched receive a part of a split, whose instances are given
    /// with their weights by pool.
    pub(crate) fn see_weights(&mut self, split: usize, grain: usize, pools: &[Vec<(u32, i128)>]) {
        for watched in &mut self.watched {
            let own = match grain {
                0 => u32::try_from(watched.row).unwrap_or(NONE),
                grain => watched.slots.get(grain).copied().unwrap_or(NONE),
            };
            let pool = pools.iter().find(|members| members.iter().any(|(instance, _)| *instance == own));
            let sum =
                pool.and_then(|members| members.iter().try_fold(0_i128, |sum, (_, weight)| sum.checked_add(*weight)));
            watched.weights.get_mut(split).into_iter().for_each(|known| *known = sum);
        }
    }

    /// Takes note of the outputs that it lacks.
    pub(crate) fn see_missing(&mut self, place: usize, missing: &[Missing], first: First, is_taken_back: bool) {
        let left_out: Vec<bool> =
            self.pooled.outputs(place).iter().map(|is_pooled| is_taken_back && *is_pooled).collect();
        let lacking = missing.iter().map(|causes| {
            let cause = causes.as_ref().and_then(|causes| causes.first()).copied().unwrap_or(SETTLED);
            self.causes.get(cause).cloned()
        });
        let lacking: Vec<_> = lacking.collect();
        for watched in self.watched.iter_mut().filter(|watched| watched.is(first)) {
            if let Some(Some(seen)) = watched.seen.get_mut(place) {
                seen.lacking.clone_from(&lacking);
                seen.left_out.clone_from(&left_out);
            }
        }
    }
}

impl Work<'_> {
    /// One of its rows, by its number in the stream.
    pub(crate) fn numbered(&self, row: usize) -> First {
        First::Row(self.first.saturating_add(u64::try_from(row).unwrap_or(u64::MAX)))
    }
}

/// Rows that are watched where every row is settled on its own.
#[derive(Default)]
pub(super) struct Apart {
    /// How many rows there were.
    rows: u64,
    watched: Vec<(u64, Option<Seen>)>,
}

impl Apart {
    pub(super) fn watch(&mut self, row: u64) {
        self.watched.push((row, None));
    }

    pub(super) fn seen(&self, row: u64) -> Option<Seen> {
        self.watched.iter().find(|(watched, _)| *watched == row).and_then(|(_, seen)| seen.clone())
    }

    /// Takes note of those in a batch.
    pub(super) fn look(&mut self, rows: &RecordBatch, schema: &Schema, codes: &Codes) -> Result<(), StreamError> {
        let count = u64::try_from(rows.num_rows()).unwrap_or(u64::MAX);
        let end = self.rows.saturating_add(count);
        for (row, seen) in self.watched.iter_mut().filter(|(row, _)| (self.rows..end).contains(row)) {
            let at = usize::try_from(*row - self.rows).unwrap_or(0);
            *seen = read(&rows.slice(at, 1), schema, codes)?;
        }
        self.rows = end;
        Ok(())
    }
}

/// What is to be seen of a row; nothing if a cell of it cannot be read, for no module sees it then.
fn read(row: &RecordBatch, schema: &Schema, codes: &Codes) -> Result<Option<Seen>, StreamError> {
    let mut numbering = Numbering::new(codes);
    let (columns, faults) = inputs::read(row, &schema.inputs, &mut numbering)?;
    if !faults.is_empty() {
        return Ok(None);
    }
    let cell = |(cells, column): (&inputs::Cells<'_>, &fen_schema::Column)| {
        cells::cell(cells.bytes(0, 1).unwrap_or_default(), column.layout)
    };
    let inputs: Vec<i128> = columns.iter().zip(&schema.inputs).map(cell).collect();
    let texts = inputs.iter().zip(&schema.inputs).map(|(cell, column)| {
        let number = i32::try_from(*cell).ok().filter(|_| column.ty.is_text())?;
        numbering.text(number).map(str::to_owned)
    });
    let (texts, lacking) = (texts.collect(), vec![None; schema.outputs.len()]);
    let left_out = vec![false; schema.outputs.len()];
    let (records, record_texts, missing, weights, linked) = Default::default();
    Ok(Some(Seen { inputs, texts, records, record_texts, lacking, left_out, missing, weights, linked }))
}
