//! Results of grains that are coarser than rows.

use std::cmp::Ordering;
use std::sync::Arc;

use arrow_array::{
    Array, ArrayRef, BooleanArray, Date32Array, Decimal128Array, Int32Array, RecordBatch, RecordBatchOptions,
    StringArray,
};
use arrow_schema::{DataType, Field};
use fen_schema::{Column, ColumnType, Language, PeriodUnit};

use super::causes::SETTLED;
use super::engine::{Engine, Instances};
use super::error::StreamError;
use super::groups::{Key, NONE};
use super::missing::first;
use super::periods;
use super::schedule::at;
use super::texts::Texts;
use crate::codes::TextOf as _;
use crate::error::SettleError;
use crate::outputs::{OutputBuffer, data_type, value_names};
use crate::settlement::Cause;
use fen_values::{Cell, format_cell};

/// The results of one grain that is coarser than rows.
#[derive(Clone, Debug)]
pub struct GrainResult {
    pub(crate) grain: String,
    pub(crate) outputs: RecordBatch,
    pub(crate) rejects: Vec<(String, Arc<Cause>)>,
}

impl GrainResult {
    /// The grain's name, as it stands in names of files: `hospital`, `person.year`, `pool`.
    #[must_use]
    pub fn grain(&self) -> &str {
        &self.grain
    }

    /// One row for every group that has a settled row, sorted by key (claims of rows that are lines: in the order of their
    /// first lines). First its keys, named as the inputs; then its period, as `year` (a number) or `month` (a text such as
    /// `2022-03`), in Chinese policies `年` or `月`; then the outputs, with the types of [`crate::Settlement::outputs`].
    /// Outputs that could not be computed are null.
    #[must_use]
    pub fn outputs(&self) -> &RecordBatch {
        &self.outputs
    }

    /// The groups with outputs that could not be computed: their keys and period as text, and why.
    #[must_use]
    pub fn rejects(&self) -> &[(String, Arc<Cause>)] {
        &self.rejects
    }
}

/// The number of a text that stays.
pub(crate) struct Stay<'t>(pub(crate) &'t Texts);

impl crate::codes::TextOf for Stay<'_> {
    fn text(&self, number: i32) -> Option<&str> {
        self.0.get(usize::try_from(number).ok()?)
    }
}

impl Engine {
    /// The results of all coarser grains that have outputs.
    pub(crate) fn results(&self) -> Result<Vec<GrainResult>, StreamError> {
        if self.pass < self.passes.len() {
            return Err(StreamError::Passes);
        }
        let results = self.plan.results.iter().filter(|results| results.grain != 0);
        results.map(|results| self.result(results)).collect()
    }

    fn result(&self, results: &fen_schema::GrainResults) -> Result<GrainResult, StreamError> {
        let grain = at(results.grain);
        if self.lines.is_some() && results.grain == self.plan.claim {
            return self.result_of_entries(results);
        }
        let failed = |error: arrow_schema::ArrowError| StreamError::from(SettleError::Module(error.to_string()));
        let Some(plan) = self.plan.grains.get(grain) else { return Err(StreamError::Passes) };
        let slots =
            if results.grain == self.plan.claim { self.settled_groups(grain) } else { self.sorted_groups(grain) };
        let all = self.grains.get(grain).map_or_else(Vec::new, |grain| grain.groups.keys());
        let keys: Vec<&Key> = slots.iter().filter_map(|slot| all.get(at(*slot))).collect();
        let columns: Vec<&Column> = plan.keys.iter().filter_map(|key| self.schema.inputs.get(at(*key))).collect();
        let mut fields = Vec::new();
        let mut arrays: Vec<ArrayRef> = Vec::new();
        for (place, column) in columns.iter().enumerate() {
            let cells = keys.iter().map(|key| key.cells.get(place).copied());
            arrays.push(array(column, cells, &self.texts)?);
            fields.push(Field::new(&column.name, data_type(column), true));
        }
        if let Some(period) = &plan.period {
            let numbers = keys.iter().map(|key| key.period);
            let array: ArrayRef = match period.unit {
                PeriodUnit::Year => Arc::new(numbers.collect::<Int32Array>()),
                PeriodUnit::Month => {
                    let text = numbers.map(|period| period.map(|period| periods::text(period, PeriodUnit::Month)));
                    Arc::new(text.collect::<StringArray>())
                }
            };
            fields.push(Field::new(period_name(period.unit, self.schema.language), array.data_type().clone(), true));
            arrays.push(array);
        }
        let mut causes = vec![SETTLED; slots.len()];
        for output in &results.outputs {
            let Some(phase) = self.phases.get(at(output.source.phase)) else { continue };
            let of = self.plan.phases.get(at(output.source.phase)).map_or(grain, |phase| at(phase.grain));
            let instances = Instances::Groups(&slots);
            let places = self.places_in(of, grain, &instances);
            let cells = phase.outputs.get(at(output.source.output));
            let missing = phase.missing.get(at(output.source.output));
            let cells = places.iter().zip(&mut causes).map(|(place, cause)| {
                let missing = missing.and_then(|missing| missing.get(at(*place))).copied().unwrap_or(SETTLED);
                if missing != SETTLED {
                    *cause = first(*cause, missing);
                    return None;
                }
                cells.filter(|_| *place != NONE).map(|cells| cells.get(at(*place)))
            });
            arrays.push(array(&output.column, cells, &self.texts)?);
            fields.push(Field::new(&output.column.name, data_type(&output.column), true));
        }
        let options = RecordBatchOptions::new().with_row_count(Some(slots.len()));
        let schema = Arc::new(arrow_schema::Schema::new(fields));
        let outputs = RecordBatch::try_new_with_options(schema, arrays, &options).map_err(failed)?;
        let rejects = keys.iter().zip(&causes).filter_map(|(key, cause)| {
            Some((self.key_text(key, &columns, plan.period.as_ref()), Arc::clone(self.causes.get(*cause)?)))
        });
        Ok(GrainResult { grain: plan.name.clone(), outputs, rejects: rejects.collect() })
    }

    /// The results of claims that can be taken back with all of their lines, and of what takes them back.
    fn result_of_entries(&self, results: &fen_schema::GrainResults) -> Result<GrainResult, StreamError> {
        let Some(plan) = self.plan.grains.get(at(results.grain)) else { return Err(StreamError::Passes) };
        let columns: Vec<&Column> = plan.keys.iter().filter_map(|key| self.schema.inputs.get(at(*key))).collect();
        let entries = self.entries();
        let mut fields = Vec::new();
        let mut arrays: Vec<ArrayRef> = Vec::new();
        for column in &columns {
            arrays.push(array(column, entries.iter().map(|entry| Some(entry.id.into())), &self.texts)?);
            fields.push(Field::new(&column.name, data_type(column), true));
        }
        let mut causes = vec![SETTLED; entries.len()];
        for (result, output) in results.outputs.iter().enumerate() {
            let cells = entries.iter().zip(&mut causes).map(|(entry, cause)| {
                let (cell, missing) = self.entry(result, *entry);
                *cause = first(*cause, missing);
                cell
            });
            arrays.push(array(&output.column, cells, &self.texts)?);
            fields.push(Field::new(&output.column.name, data_type(&output.column), true));
        }
        let options = RecordBatchOptions::new().with_row_count(Some(entries.len()));
        let outputs = RecordBatch::try_new_with_options(Arc::new(arrow_schema::Schema::new(fields)), arrays, &options)
            .map_err(|error| StreamError::from(SettleError::Module(error.to_string())))?;
        let rejects = entries.iter().zip(&causes).filter_map(|(entry, cause)| {
            let key = Key { cells: vec![entry.id.into()], period: None };
            Some((self.key_text(&key, &columns, None), Arc::clone(self.causes.get(*cause)?)))
        });
        Ok(GrainResult { grain: plan.name.clone(), outputs, rejects: rejects.collect() })
    }

    fn key_text(&self, key: &Key, columns: &[&Column], period: Option<&fen_schema::Period>) -> String {
        let mut parts: Vec<String> = Vec::new();
        for (cell, column) in key.cells.iter().zip(columns) {
            let mut text = String::new();
            let number = i32::try_from(*cell).unwrap_or(-1);
            match Stay(&self.texts).text(number).filter(|_| column.ty.is_text()) {
                Some(known) => text.push_str(known),
                None => format_cell(Cell::Number(*cell), column, &mut text),
            }
            parts.push(text);
        }
        if let (Some(period), Some(number)) = (period, key.period) {
            parts.push(periods::text(number, period.unit));
        }
        parts.join(", ")
    }

    /// The groups with a settled row, in the order of their first rows.
    pub(crate) fn settled_groups(&self, grain: usize) -> Vec<u32> {
        let is_settled = self.grains.get(grain).map_or(&[][..], |grain| &grain.is_settled);
        (0..).zip(is_settled).filter(|(_, is)| **is).map(|(slot, _)| slot).collect()
    }

    /// The groups with a settled row, sorted by their keys: texts by their bytes, other cells by their numbers, then the
    /// period.
    pub(crate) fn sorted_groups(&self, grain: usize) -> Vec<u32> {
        let mut slots = self.settled_groups(grain);
        let keys = self.grains.get(grain).map_or_else(Vec::new, |grain| grain.groups.keys());
        let columns = self.plan.grains.get(grain).map_or(&[][..], |grain| &grain.keys);
        let is_text: Vec<bool> = columns
            .iter()
            .map(|key| self.schema.inputs.get(at(*key)).is_some_and(|column| column.ty.is_text()))
            .collect();
        let text = |cell: i128| usize::try_from(cell).ok().and_then(|number| self.texts.get(number));
        slots.sort_by(|one, other| {
            let (Some(one), Some(other)) = (keys.get(at(*one)), keys.get(at(*other))) else { return Ordering::Equal };
            let cells = one.cells.iter().zip(&other.cells).zip(&is_text);
            let by_cell = cells
                .map(|((one, other), is_text)| if *is_text { text(*one).cmp(&text(*other)) } else { one.cmp(other) });
            by_cell.fold(Ordering::Equal, Ordering::then).then(one.period.cmp(&other.period))
        });
        slots
    }
}

fn period_name(unit: PeriodUnit, language: Language) -> &'static str {
    match (unit, language) {
        (PeriodUnit::Year, Language::En) => "year",
        (PeriodUnit::Month, Language::En) => "month",
        (PeriodUnit::Year, Language::Zh) => "年",
        (PeriodUnit::Month, Language::Zh) => "月",
    }
}

/// Cells as an array of the type that outputs of this column have; null where there is none or it is empty.
fn array(column: &Column, cells: impl Iterator<Item = Option<i128>>, texts: &Texts) -> Result<ArrayRef, StreamError> {
    let cells: Vec<Option<i128>> = cells.collect();
    let mut buffer = OutputBuffer::new(column.layout, cells.len());
    // Whatever stands in the cells that are null: something every type has.
    cells.iter().for_each(|cell| buffer.push(cell.unwrap_or(0)));
    let is_given: arrow_buffer::NullBuffer = cells.iter().map(Option::is_some).collect();
    Ok(buffer.finish(column, Some(&is_given), &value_names(column), &Stay(texts))?)
}

/// Cells as an array that files of all kinds can hold: amounts of 128 bits, texts, dates, bools.
pub(crate) fn plain_array(column: &Column, cells: &[Option<i128>], texts: &Texts) -> (DataType, ArrayRef) {
    let given = |cell: &Option<i128>| cell.filter(|cell| *cell != column.layout.none());
    let cells = cells.iter().map(given);
    let array: ArrayRef = match column.ty {
        ColumnType::Bool => Arc::new(cells.map(|cell| cell.map(|cell| cell == 1)).collect::<BooleanArray>()),
        ColumnType::Date => {
            Arc::new(cells.map(|cell| cell.and_then(|cell| i32::try_from(cell).ok())).collect::<Date32Array>())
        }
        ColumnType::Enum => {
            let name = |cell: i128| column.values.get(usize::try_from(cell).ok()?).map(|value| value.name.as_str());
            Arc::new(cells.map(|cell| cell.and_then(name)).collect::<StringArray>())
        }
        ColumnType::Code | ColumnType::Id => {
            let text = |cell: i128| texts.get(usize::try_from(cell).ok()?);
            Arc::new(cells.map(|cell| cell.and_then(text)).collect::<StringArray>())
        }
        _ => {
            let scale = i8::try_from(column.scale).unwrap_or(0);
            let array = cells.collect::<Decimal128Array>();
            Arc::new(array.with_data_type(DataType::Decimal128(38, scale)))
        }
    };
    (array.data_type().clone(), array)
}
