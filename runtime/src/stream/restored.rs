//! Going on from the running totals of an earlier stream.

use std::collections::HashMap;

use arrow_array::cast::AsArray as _;
use arrow_array::types::Int32Type;
use arrow_array::{Array as _, RecordBatch};
use fen_schema::Column;

use super::causes::SETTLED;
use super::cells::cell;
use super::claims::Claims;
use super::columns::{self, Known};
use super::engine::Engine;
use super::error::StreamError;
use super::groups::{Key, NONE};
use super::kept::Kept;
use super::saved::{
    MISSING, REVERSAL, STANDING, TAKEN_BACK, added_name, check_policy, group_name, number_column, output_name,
};
use super::schedule::at;
use super::texts::Texts;
use fen_values::{Cell, parse_cell};

impl Engine {
    /// Takes over what an earlier stream of the policy left.
    pub(crate) fn restore(&mut self, state: &RecordBatch) -> Result<(), StreamError> {
        if self.pass > 0 || self.rows > 0 || self.restored.is_some() {
            return Err(StreamError::StateOutOfTurn);
        }
        check_policy(&self.schema, state)?;
        let groups = self.restore_records(state, 0..self.phases.len())?;
        if self.plan.reversal.is_some() {
            self.restore_claims(state, &groups)?;
        }
        for phase in &mut self.phases {
            phase.earlier.clone_from(&phase.claims);
        }
        self.restored = Some(state.clone());
        Ok(())
    }

    /// All records of a phase are as they were when the stream began.
    pub(crate) fn forget_records(&mut self, phase: usize) -> Result<(), StreamError> {
        if let Some(records) = self.phases.get_mut(phase).and_then(|phase| phase.records.as_mut()) {
            records.clear(&mut self.kernel)?;
        }
        if let Some(state) = self.restored.clone() {
            self.restore_records(&state, phase..phase + 1)?;
        }
        Ok(())
    }

    /// Writes the records; which slot the row of each group came to.
    fn restore_records(
        &mut self,
        state: &RecordBatch,
        phases: std::ops::Range<usize>,
    ) -> Result<HashMap<(usize, usize, usize), u32>, StreamError> {
        let damaged = |why: &str| StreamError::DamagedState(why.to_owned());
        let tables = state.column_by_name("table").ok_or_else(|| damaged("no column `table`"))?;
        let tables = tables.as_string_opt::<i32>().ok_or_else(|| damaged("`table` is no text"))?;
        let periods = state.column_by_name("period").and_then(|array| array.as_primitive_opt::<Int32Type>());
        let periods = periods.ok_or_else(|| damaged("no column `period` of whole numbers"))?;
        let missing = self.read_missing(state)?;
        let mut places = HashMap::new();
        for phase in phases {
            let count = self.phases.get(phase).and_then(|phase| phase.records.as_ref()).map_or(0, |of| of.tables.len());
            for place in 0..count {
                let of = self.phases.get(phase).and_then(|of| of.records.as_ref()?.tables.get(place));
                let Some((grain, cells)) = of.map(|table| (table.grain, table.cells.clone())) else { continue };
                let Some(plan) = self.plan.grains.get(grain).cloned() else { continue };
                let all = self.phases.iter().flat_map(|of| of.records.iter().flat_map(|records| &records.tables));
                let is_shared = all.filter(|table| table.grain == grain).count() > 1;
                let mut values = Vec::new();
                for of in &cells {
                    values.push(read(state, &of.column.name, &of.column, &mut self.texts)?);
                }
                for row in (0..state.num_rows()).filter(|row| tables.is_valid(*row) && tables.value(*row) == plan.name)
                {
                    // A group can remember nothing and yet be that of claims.
                    let lacks = |of: &fen_schema::StateCell| {
                        Some(*missing.get(row)?.get(&of.column.name)?).filter(|cause| *cause != SETTLED)
                    };
                    let is_empty = values.iter().all(|values| values.get(row).copied().flatten().is_none());
                    if is_shared && is_empty && cells.iter().all(|of| lacks(of).is_none()) {
                        // The row is of another phase.
                        continue;
                    }
                    let key = Key {
                        cells: self.read_key(state, &plan.keys, row)?,
                        period: plan.period.as_ref().and_then(|_| periods.is_valid(row).then(|| periods.value(row))),
                    };
                    if key.period.is_some() != plan.period.is_some() {
                        return Err(damaged("a group has no period"));
                    }
                    let Some(of) = self.grains.get_mut(grain) else { continue };
                    let slot = of.groups.slot(&key);
                    let groups = of.groups.len();
                    let Some(records) = self.phases.get_mut(phase).and_then(|phase| phase.records.as_mut()) else {
                        continue;
                    };
                    records.reserve(place, groups, &mut self.kernel)?;
                    let Some(table) = records.tables.get(place) else { continue };
                    for (of, values) in cells.iter().zip(&values) {
                        if let Some(value) = values.get(row).copied().flatten() {
                            table.set(of, slot, value, &mut self.kernel)?;
                        }
                    }
                    let broken = self.phases.get_mut(phase).and_then(|phase| phase.broken.as_mut());
                    if let Some(broken) = broken {
                        let lost = cells.iter().enumerate().filter_map(|(cell, of)| Some((cell, lacks(of)?)));
                        lost.for_each(|(cell, cause)| broken.lose(place, cell, slot, cause));
                    }
                    places.insert((phase, place, row), slot);
                }
            }
        }
        Ok(places)
    }

    /// By row: which cells have no value, by name, and why.
    fn read_missing(&mut self, state: &RecordBatch) -> Result<Vec<HashMap<String, u16>>, StreamError> {
        let Some(array) = state.column_by_name(MISSING).filter(|_| self.phases.iter().any(|of| of.broken.is_some()))
        else {
            return Ok(Vec::new());
        };
        let damaged = |why: &str| StreamError::DamagedState(format!("`{MISSING}` {why}"));
        let array = array.as_string_opt::<i32>().ok_or_else(|| damaged("is no text"))?;
        let mut rows = Vec::new();
        for text in array {
            let names: HashMap<String, String> = match text {
                Some(text) => serde_json::from_str(text).map_err(|_| damaged("is no list of values and splits"))?,
                None => HashMap::new(),
            };
            let mut row = HashMap::new();
            for (cell, split) in names {
                if !self.plan.splits.iter().any(|known| known.name == split) {
                    return Err(damaged(&format!("names the split {split}, which the policy does not have")));
                }
                row.insert(cell, self.causes.no_weights(&split));
            }
            rows.push(row);
        }
        Ok(rows)
    }

    fn read_key(&mut self, state: &RecordBatch, keys: &[u32], row: usize) -> Result<Vec<i128>, StreamError> {
        let mut cells = Vec::new();
        for (place, key) in keys.iter().enumerate() {
            let name = format!("key_{}", place + 1);
            let damaged = || StreamError::DamagedState(format!("row {} has no good `{name}`", row + 1));
            let array =
                state.column_by_name(&name).and_then(|array| array.as_string_opt::<i32>()).ok_or_else(damaged)?;
            let column = self.schema.inputs.get(at(*key)).ok_or_else(damaged)?;
            let text = array.is_valid(row).then(|| array.value(row)).ok_or_else(damaged)?;
            cells.push(match parse_cell(text, column).map_err(|_| damaged())? {
                Cell::Text(text) => self.texts.add(text)?.into(),
                Cell::Number(number) => number,
                Cell::None => return Err(damaged()),
            });
        }
        Ok(cells)
    }

    fn restore_claims(
        &mut self,
        state: &RecordBatch,
        groups: &HashMap<(usize, usize, usize), u32>,
    ) -> Result<(), StreamError> {
        let damaged = |why: &str| StreamError::DamagedState(why.to_owned());
        let ids = state.column_by_name("claim").ok_or_else(|| damaged("no column `claim`"))?;
        let ids = ids.as_string_opt::<i32>().ok_or_else(|| damaged("`claim` is no text"))?;
        let standing = state.column_by_name(STANDING).and_then(|array| array.as_string_opt::<i32>());
        let standing = standing.ok_or_else(|| damaged("no column `standing` of text"))?;
        let standing = |row: usize| standing.is_valid(row).then(|| standing.value(row));
        let of_claims: Vec<usize> = (0..state.num_rows()).filter(|row| ids.is_valid(*row)).collect();
        let (reversals, rows): (Vec<usize>, Vec<usize>) =
            of_claims.into_iter().partition(|row| standing(*row) == Some(REVERSAL));
        let add = |claims: &mut Claims, texts: &mut Texts| -> Result<(), StreamError> {
            for row in &rows {
                let id = texts.add(ids.value(*row))?;
                claims.settle(id.cast_signed(), u64::MAX, false)?;
                if standing(*row) == Some(TAKEN_BACK)
                    && let Some(is_taken_back) = claims.is_taken_back.last_mut()
                {
                    *is_taken_back = true;
                }
            }
            for row in &reversals {
                let id = texts.add(ids.value(*row))?;
                claims.reverse(id.cast_signed());
            }
            Ok(())
        };
        let give = |claims: &mut Claims, columns: &[Column], texts: &mut Texts| -> Result<(), StreamError> {
            for (output, cells) in columns.iter().zip(&mut claims.outputs) {
                let values = read(state, &output_name(&output.name), output, texts)?;
                for row in &rows {
                    cells.push(values.get(*row).copied().flatten().unwrap_or(output.layout.none()));
                }
            }
            Ok(())
        };
        let of_claims: Vec<Column> = self.results_of_claims().iter().map(|result| result.column.clone()).collect();
        if let Some(lines) = &mut self.lines {
            add(&mut lines.known, &mut self.texts)?;
            give(&mut lines.known, &of_claims, &mut self.texts)?;
        }
        for (phase, of) in self.phases.iter_mut().enumerate() {
            let Some(claims) = &mut of.claims else { continue };
            add(claims, &mut self.texts)?;
            let tables = of.records.iter().flat_map(|records| &records.tables);
            for (place, (table, log)) in tables.zip(&mut claims.tables).enumerate() {
                let group = read(state, &group_name(phase, place), &number_column(), &mut self.texts)?;
                for row in &rows {
                    let group = group.get(*row).copied().flatten().and_then(|group| usize::try_from(group).ok());
                    let slot = group.and_then(|group| groups.get(&(phase, place, group)));
                    match (slot, standing(*row)) {
                        (Some(slot), _) => log.push(*slot),
                        (None, Some(TAKEN_BACK)) => log.push(NONE),
                        _ => return Err(damaged("a claim's group is missing")),
                    }
                }
                for added in &mut log.added {
                    let output = self.plan.phases.get(phase).and_then(|phase| phase.outputs.get(added.output));
                    let (Some(of), Some(output)) = (table.cells.get(added.cell), output) else { continue };
                    let values = read(state, &added_name(phase, place, &of.column.name), output, &mut self.texts)?;
                    for row in &rows {
                        let value = values.get(*row).copied().flatten();
                        added.values.push(value.unwrap_or(output.layout.none()));
                    }
                }
            }
            give(claims, &self.schema.outputs, &mut self.texts)?;
        }
        Ok(())
    }
}

/// The cells of a column of a state.
fn read(state: &RecordBatch, name: &str, column: &Column, texts: &mut Texts) -> Result<Vec<Option<i128>>, StreamError> {
    let damaged = |why: String| StreamError::DamagedState(why);
    let column = [Column { name: name.to_owned(), optional: true, ..column.clone() }];
    let arrays = columns::arrays(state, &column, &[true]).map_err(|error| damaged(error.to_string()))?;
    let kept = &mut Kept::new(std::iter::empty());
    let known = Known { texts, stable: &[true], kept, again_from: None };
    let read = columns::read(&arrays, &column, known).map_err(|error| damaged(error.to_string()))?;
    if let Some(fault) = read.faults.first() {
        return Err(damaged(format!("row {} has no good `{name}`", fault.row + 1)));
    }
    let [column] = &column;
    let cells = read.cells.first().and_then(Option::as_ref);
    let cell_at = |row: usize| {
        let bytes = cells.and_then(|cells| cells.bytes(row, 1)).unwrap_or_default();
        Some(cell(bytes, column.layout)).filter(|cell| *cell != column.layout.none())
    };
    Ok((0..state.num_rows()).map(cell_at).collect())
}
