//! One row that is watched on its way: what the policy reads for it and for the groups that it belongs to.

use std::sync::Arc;

use arrow_array::RecordBatch;
use fen_schema::{Phase, Schema};

use super::causes::SETTLED;
use super::cells;
use super::engine::Engine;
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
}

/// The row, and what was seen of it.
pub(crate) struct Watched {
    row: u64,
    /// By grain.
    slots: Vec<u32>,
    /// By phase.
    seen: Vec<Option<Seen>>,
}

impl Engine {
    pub(crate) fn watch(&mut self, row: u64) {
        let (slots, seen) = (vec![NONE; self.grains.len()], vec![None; self.plan.phases.len()]);
        self.watched = Some(Watched { row, slots, seen });
    }

    pub(crate) fn seen(&self) -> Vec<Option<Seen>> {
        self.watched.as_ref().map(|watched| watched.seen.clone()).unwrap_or_default()
    }

    /// Some rows go through a phase at once: the one that is watched is the first of them, so that its records are as all
    /// rows before it have left them.
    pub(crate) fn stop_at_watched(&self, work: &Work<'_>, start: usize, end: usize) -> usize {
        let row = self.watched.as_ref().and_then(|watched| watched.row.checked_sub(work.first));
        let row = row.and_then(|row| usize::try_from(row).ok());
        row.filter(|row| start < *row && *row < end).unwrap_or(end)
    }

    pub(crate) fn is_watched(&self, work: &Work<'_>, row: usize) -> bool {
        let number = work.first.saturating_add(u64::try_from(row).unwrap_or(u64::MAX));
        self.watched.as_ref().is_some_and(|watched| watched.row == number)
    }

    /// Takes note of the groups that the first of some rows belongs to, if it is the one.
    pub(crate) fn note_slots(&mut self, work: &Work<'_>, start: usize) {
        if !self.is_watched(work, start) {
            return;
        }
        let Some(watched) = &mut self.watched else { return };
        for (known, slots) in watched.slots.iter_mut().zip(&self.slots) {
            if let Some(slot) = slots.first().filter(|slot| **slot != NONE) {
                *known = *slot;
            }
        }
    }

    /// The group of a grain that is watched.
    pub(crate) fn watched_slot(&self, grain: usize) -> Option<u32> {
        self.watched.as_ref()?.slots.get(grain).copied().filter(|slot| *slot != NONE)
    }

    /// Takes note of what a phase is about to read for one of the instances in its columns.
    pub(crate) fn see(&mut self, place: usize, phase: &Phase, instance: usize) -> Result<(), StreamError> {
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
            let offset = instance * at(column.layout.bytes());
            let cell = read(u64::from(column.offset) + u64::try_from(offset).unwrap_or(0), column.layout)?;
            inputs.push(cell);
            texts.push(text(cell, column.ty));
        }
        let (mut records, mut record_texts) = (Vec::new(), Vec::new());
        for table in phase.state.iter().flat_map(|state| &state.tables) {
            let offset = u64::from(table.places.offset) + u64::try_from(instance * 4).unwrap_or(0);
            let record = read(offset, fen_schema::Layout::I32)?;
            let base = phase.state.as_ref().map_or(0, |state| u64::from(state.offset));
            for cell in &table.cells {
                // A row that is not to be settled has no record.
                let Ok(record) = u64::try_from(record) else { return Ok(()) };
                let found = read(base + record * 8 + u64::from(cell.column.offset), cell.column.layout)?;
                records.push(found);
                record_texts.push(text(found, cell.column.ty));
            }
        }
        if let Some(seen) = self.watched.as_mut().and_then(|watched| watched.seen.get_mut(place)) {
            *seen = Some(Seen { inputs, texts, records, record_texts, lacking: Vec::new() });
        }
        Ok(())
    }

    /// Takes note of the outputs that one of these instances lacks.
    pub(crate) fn see_missing(&mut self, place: usize, missing: &[Missing], instance: usize) {
        let lacking = missing.iter().map(|causes| {
            let cause = causes.as_ref().and_then(|causes| causes.get(instance)).copied().unwrap_or(SETTLED);
            self.causes.get(cause).cloned()
        });
        let lacking = lacking.collect();
        if let Some(Some(seen)) = self.watched.as_mut().and_then(|watched| watched.seen.get_mut(place)) {
            seen.lacking = lacking;
        }
    }
}

/// The same for rows that are settled one by one: takes note of a row if it is in a batch.
pub(super) fn watch(
    watched: &mut Option<(u64, Option<Seen>)>,
    rows: &RecordBatch,
    schema: &Schema,
    codes: &Codes,
) -> Result<(), StreamError> {
    let Some((left, seen)) = watched else { return Ok(()) };
    let count = u64::try_from(rows.num_rows()).unwrap_or(u64::MAX);
    if seen.is_some() {
        return Ok(());
    }
    if *left >= count {
        *left -= count;
        return Ok(());
    }
    let row = rows.slice(usize::try_from(*left).unwrap_or(0), 1);
    let mut numbering = Numbering::new(codes);
    let (columns, faults) = inputs::read(&row, &schema.inputs, &mut numbering)?;
    // A cell that cannot be read is not seen by any module.
    if !faults.is_empty() {
        return Ok(());
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
    *seen = Some(Seen { inputs, texts, records: Vec::new(), record_texts: Vec::new(), lacking });
    Ok(())
}
