//! Running totals as a record batch, so that a later stream goes on from them.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::{ArrayRef, Int32Array, RecordBatch, RecordBatchOptions, StringArray};
use arrow_schema::{Field, Schema as ArrowSchema};
use fen_schema::{Column, ColumnType, Layout, Schema};
use serde_json::{Map, Value};

use super::cells::cell;
use super::claims::Known;
use super::engine::{Engine, PhaseCells};
use super::error::StreamError;
use super::groups::{Key, NONE};
use super::records::Table;
use super::results::{Stay, plain_array};
use super::schedule::at;
use super::texts::Texts;
use crate::codes::TextOf as _;
use fen_values::{Cell, format_cell};

const POLICY: &str = "fen.policy";
const SOURCE: &str = "fen.source_sha256";
const ABI: &str = "fen.abi";

/// The column that says what an id stands for, and what it can say; a claim that can be taken back says nothing.
pub(crate) const STANDING: &str = "standing";
pub(crate) const TAKEN_BACK: &str = "taken back";
pub(crate) const REVERSAL: &str = "reversal";

/// The column that says which values of a group are missing, by name, and for want of which split.
pub(crate) const MISSING: &str = "missing";

/// One group's row, or one claim's: its cells by column.
type Row = HashMap<String, i128>;

/// A row: that of a group, which has a table, or of a claim.
#[derive(Default)]
struct Entry {
    table: Option<String>,
    keys: Vec<String>,
    period: Option<i32>,
    claim: Option<String>,
    /// See [`STANDING`].
    standing: Option<&'static str>,
    /// See [`MISSING`].
    missing: Option<String>,
    values: Row,
}

/// A batch in the making.
#[derive(Default)]
struct Saved {
    rows: Vec<Entry>,
    /// The value columns, in their order, each under the name that it has here.
    columns: Vec<Column>,
    /// Whether there is a column [`MISSING`].
    may_lack: bool,
}

impl Saved {
    fn column(&mut self, name: &str, column: &Column) {
        if !self.columns.iter().any(|known| known.name == name) {
            self.columns.push(Column { name: name.to_owned(), optional: true, ..column.clone() });
        }
    }

    fn push(&mut self, entry: Entry) {
        self.rows.push(entry);
    }

    fn batch(self, schema: &Schema, has_claims: bool, texts: &Texts) -> Result<RecordBatch, StreamError> {
        let count = self.rows.len();
        let of = |cell: fn(&Entry) -> Option<&str>| self.rows.iter().map(cell).collect::<StringArray>();
        let mut fields = vec![Field::new("table", arrow_schema::DataType::Utf8, true)];
        let mut arrays: Vec<ArrayRef> = vec![Arc::new(of(|row| row.table.as_deref()))];
        for place in 0..self.rows.iter().map(|row| row.keys.len()).max().unwrap_or(0) {
            let key = self.rows.iter().map(|row| row.keys.get(place));
            arrays.push(Arc::new(key.collect::<StringArray>()));
            fields.push(Field::new(format!("key_{}", place + 1), arrow_schema::DataType::Utf8, true));
        }
        arrays.push(Arc::new(self.rows.iter().map(|row| row.period).collect::<Int32Array>()));
        fields.push(Field::new("period", arrow_schema::DataType::Int32, true));
        if has_claims {
            arrays.push(Arc::new(of(|row| row.claim.as_deref())));
            fields.push(Field::new("claim", arrow_schema::DataType::Utf8, true));
            arrays.push(Arc::new(of(|row| row.standing)));
            fields.push(Field::new(STANDING, arrow_schema::DataType::Utf8, true));
        }
        if self.may_lack {
            arrays.push(Arc::new(of(|row| row.missing.as_deref())));
            fields.push(Field::new(MISSING, arrow_schema::DataType::Utf8, true));
        }
        for column in &self.columns {
            let cells: Vec<Option<i128>> = self.rows.iter().map(|row| row.values.get(&column.name).copied()).collect();
            let (ty, array) = plain_array(column, &cells, texts);
            fields.push(Field::new(&column.name, ty, true));
            arrays.push(array);
        }
        let metadata =
            [(POLICY, schema.policy.clone()), (SOURCE, schema.source_sha256.clone()), (ABI, schema.abi.to_string())];
        let metadata = metadata.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(count));
        RecordBatch::try_new_with_options(Arc::new(ArrowSchema::new_with_metadata(fields, metadata)), arrays, &options)
            .map_err(|error| StreamError::DamagedState(error.to_string()))
    }
}

/// The state of a policy that remembers nothing.
pub(crate) fn nothing(schema: &Schema, texts: &Texts) -> Result<RecordBatch, StreamError> {
    Saved::default().batch(schema, false, texts)
}

/// Refuses the state of another policy.
pub(crate) fn check_policy(schema: &Schema, state: &RecordBatch) -> Result<(), StreamError> {
    let state = state.schema();
    let of = |name: &str| state.metadata().get(name).cloned();
    let found = of(POLICY).ok_or_else(|| StreamError::DamagedState("it names no policy".into()))?;
    if found != schema.policy || of(ABI) != Some(schema.abi.to_string()) {
        return Err(StreamError::OtherState { found, policy: schema.policy.clone() });
    }
    Ok(())
}

pub(crate) fn added_name(phase: usize, table: usize, cell: &str) -> String {
    format!("added.{phase}.{table}.{cell}")
}

pub(crate) fn group_name(phase: usize, table: usize) -> String {
    format!("group.{phase}.{table}")
}

pub(crate) fn output_name(output: &str) -> String {
    format!("output.{output}")
}

/// A column of numbers of rows.
pub(crate) fn number_column() -> Column {
    Column {
        name: String::new(),
        label: fen_schema::Text::default(),
        ty: ColumnType::Number,
        unit: String::new(),
        scale: 0,
        min: String::new(),
        max: String::new(),
        optional: true,
        values: Vec::new(),
        layout: Layout::I64,
        offset: 0,
    }
}

impl Engine {
    /// Running values of all groups, and the claims that can still be taken back.
    pub(crate) fn state(&self) -> Result<RecordBatch, StreamError> {
        if self.pass < self.passes.len() {
            return Err(StreamError::StateOutOfTurn);
        }
        let may_lack = self.phases.iter().any(|phase| phase.broken.is_some());
        let mut saved = Saved { may_lack, ..Saved::default() };
        // Where the row of a group is.
        let mut places: HashMap<(usize, usize, u32), usize> = HashMap::new();
        for (phase, cells) in self.phases.iter().enumerate() {
            for (place, table) in cells.records.iter().flat_map(|records| &records.tables).enumerate() {
                let Some(grain) = self.plan.grains.get(table.grain) else { continue };
                let keys = self.grains.get(table.grain).map_or_else(Vec::new, |grain| grain.groups.keys());
                let log = cells.claims.as_ref().and_then(|claims| claims.tables.get(place));
                let mut is_named = vec![false; keys.len()];
                let is_taken_back = cells.claims.iter().flat_map(|claims| &claims.is_taken_back);
                let slots = log.iter().flat_map(|log| &log.slots).zip(is_taken_back);
                for (slot, _) in slots.filter(|(_, is_taken_back)| !**is_taken_back) {
                    is_named.get_mut(at(*slot)).into_iter().for_each(|is| *is = true);
                }
                for of in &table.cells {
                    saved.column(&of.column.name, &of.column);
                }
                for ((slot, key), is_named) in (0..).zip(&keys).zip(is_named).take(table.room()) {
                    let record = table.record(slot, &self.kernel)?;
                    let missing = self.missing_cells(cells, (place, table), slot);
                    if table.is_new(record) && !is_named && missing.is_empty() {
                        continue;
                    }
                    let value = |of: &fen_schema::StateCell| {
                        let bytes = record.get(at(of.column.offset)..).unwrap_or_default();
                        (of.column.name.clone(), cell(bytes, of.column.layout))
                    };
                    places.insert((phase, place, slot), saved.rows.len());
                    let values = table.cells.iter().map(value).collect();
                    saved.push(Entry {
                        table: Some(grain.name.clone()),
                        keys: self.key_texts(table.grain, key),
                        period: key.period,
                        values,
                        missing: (!missing.is_empty()).then(|| Value::from(missing).to_string()),
                        ..Entry::default()
                    });
                }
            }
        }
        if self.plan.reversal.is_some() {
            self.save_claims(&mut saved, &places);
        }
        saved.batch(&self.schema, self.plan.reversal.is_some(), &self.texts)
    }

    /// Which cells of a record have no value, by name, and for want of which split.
    fn missing_cells(&self, phase: &PhaseCells, (place, table): (usize, &Table), slot: u32) -> Map<String, Value> {
        let Some(broken) = &phase.broken else { return Map::new() };
        let cells = table.cells.iter().enumerate();
        let missing = cells.filter_map(|(cell, of)| {
            let cause = self.causes.get(broken.cause(place, cell, slot))?;
            Some((of.column.name.clone(), cause.column.clone().into()))
        });
        missing.collect()
    }

    fn key_texts(&self, grain: usize, key: &Key) -> Vec<String> {
        let columns = self.plan.grains.get(grain).map_or(&[][..], |grain| &grain.keys);
        let columns = columns.iter().filter_map(|key| self.schema.inputs.get(at(*key)));
        let text = |(cell, column): (&i128, &Column)| {
            let number = i32::try_from(*cell).unwrap_or(-1);
            if let Some(text) = Stay(&self.texts).text(number).filter(|_| column.ty.is_text()) {
                return text.to_owned();
            }
            let mut text = String::new();
            format_cell(Cell::Number(*cell), column, &mut text);
            text
        };
        key.cells.iter().zip(columns).map(text).collect()
    }

    fn save_claims(&self, saved: &mut Saved, places: &HashMap<(usize, usize, u32), usize>) {
        let logs = self.phases.iter().enumerate();
        let logs: Vec<_> =
            logs.filter_map(|(phase, of)| Some((phase, of.records.as_ref(), of.claims.as_ref()?))).collect();
        let Some(last) = self.lines.as_ref().map(|lines| &lines.known).or(logs.last().map(|(_, _, last)| *last)) else {
            return;
        };
        // What claims are given: as rows, or, where rows are lines, as claims.
        let of_claims = self.results_of_claims().iter().map(|result| &result.column);
        let outputs: Vec<&Column> = match self.lines {
            Some(_) => of_claims.collect(),
            None => self.schema.outputs.iter().collect(),
        };
        for (phase, records, claims) in &logs {
            let tables = records.iter().flat_map(|records| &records.tables);
            for (place, (table, log)) in tables.zip(&claims.tables).enumerate() {
                saved.column(&group_name(*phase, place), &number_column());
                for added in &log.added {
                    let output = self.plan.phases.get(*phase).and_then(|phase| phase.outputs.get(added.output));
                    if let (Some(of), Some(output)) = (table.cells.get(added.cell), output) {
                        saved.column(&added_name(*phase, place, &of.column.name), output);
                    }
                }
            }
        }
        for output in &outputs {
            saved.column(&output_name(&output.name), output);
        }
        let mut push = |values: Row, id: usize, standing: Option<&'static str>| {
            saved.push(Entry { values, claim: self.texts.get(id).map(str::to_owned), standing, ..Entry::default() });
        };
        for (claim, id) in last.ids.iter().enumerate() {
            if last.is_taken_back.get(claim) == Some(&true) {
                push(Row::new(), at(*id), Some(TAKEN_BACK));
                continue;
            }
            let mut row = Row::new();
            for (place, (output, cells)) in outputs.iter().zip(&last.outputs).enumerate() {
                let cell = match self.lines {
                    Some(_) => self.result_of_claim(place, claim).0,
                    None => Some(cells.get(claim)),
                };
                cell.map(|cell| row.insert(output_name(&output.name), cell));
            }
            for (phase, records, claims) in &logs {
                let Known::Claim(claim) = claims.known(id.cast_signed()) else { continue };
                let tables = records.iter().flat_map(|records| &records.tables);
                for (place, (table, log)) in tables.zip(&claims.tables).enumerate() {
                    let slot = log.slots.get(claim).copied().unwrap_or(NONE);
                    let group = places.get(&(*phase, place, slot)).and_then(|group| i128::try_from(*group).ok());
                    group.map(|group| row.insert(group_name(*phase, place), group));
                    for added in &log.added {
                        if let Some(of) = table.cells.get(added.cell) {
                            row.insert(added_name(*phase, place, &of.column.name), added.values.get(claim));
                        }
                    }
                }
            }
            push(row, at(*id), None);
        }
        for id in last.reversals() {
            push(Row::new(), id, Some(REVERSAL));
        }
    }
}
