//! Whether a schema describes columns that a host can use: their types, their names and their places in the memory.

use std::collections::HashSet;

use fen_schema::{Column, ColumnType, Layout, Reject, RejectCode, Schema};

use crate::plan::{self, MemorySize};
use fen_values::bound;

/// Bytes that columns are aligned to.
const ALIGNMENT: u64 = 16;
/// As many decimals as 128 bits can hold.
const MOST_DECIMALS: u32 = 36;

/// Refuses a schema whose columns overlap, leave the memory, or contradict themselves, and a plan that cannot be followed.
pub(crate) fn check(schema: &Schema, memory: MemorySize) -> Result<(), String> {
    let damaged = |why: &str| Err(why.to_owned());
    if schema.batch.capacity == 0 || i32::try_from(schema.batch.capacity).is_err() {
        return damaged("batches have no rows, or too many");
    }
    if schema.plan.is_none() {
        places_are_apart(schema, memory.initial)?;
    }
    let columns = schema.inputs.iter().chain(&schema.outputs);
    let mut names = HashSet::new();
    if !columns.clone().all(|column| names.insert(column.name.as_str())) {
        return damaged("two columns have the same name");
    }
    let mut names = HashSet::new();
    if !schema.parameters.iter().all(|column| names.insert(column.name.as_str())) {
        return damaged("two parameters have the same name");
    }
    columns.chain(&schema.parameters).try_for_each(has_a_type)?;
    for parameter in &schema.parameters {
        if parameter.optional || parameter.ty.is_text() {
            return Err(format!("the parameter {} is of no type that a parameter can have", parameter.name));
        }
    }
    let mut statuses = HashSet::new();
    for reject in &schema.rejects {
        if reject.status == 0 || !statuses.insert(reject.status) {
            return damaged("two reasons for rejection have the same status");
        }
        if !is_read(schema, reject) {
            return damaged("a reason for rejection names no input");
        }
    }
    if let Some(name) = &schema.dated_by
        && !schema.inputs.iter().any(|column| column.name == *name && column.ty == ColumnType::Date)
    {
        return damaged("`dated_by` names no date among the inputs");
    }
    match &schema.plan {
        Some(plan) => plan::check(schema, plan, memory),
        None => Ok(()),
    }
}

/// Whether the column of a reason is one that the module reads.
fn is_read(schema: &Schema, reject: &Reject) -> bool {
    let phases = schema.plan.iter().flat_map(|plan| &plan.phases);
    let mut read = phases.flat_map(|phase| {
        let cells = phase.state.iter().flat_map(|state| &state.tables).flat_map(|table| &table.cells);
        phase.inputs.iter().map(|input| &input.column).chain(cells.map(|cell| &cell.column))
    });
    reject.code == RejectCode::NotGiven
        || schema.inputs.iter().any(|column| column.name == reject.column)
        || read.any(|column| column.name == reject.column)
}

fn places_are_apart(schema: &Schema, memory: u64) -> Result<(), String> {
    let capacity = u64::from(schema.batch.capacity);
    let bytes = |column: &Column| u64::from(column.layout.bytes());
    let columns = schema.inputs.iter().chain(&schema.outputs);
    // Offset, bytes, and what the offset is to be a multiple of.
    let mut places: Vec<(u64, u64, u64)> =
        columns.map(|column| (u64::from(column.offset), capacity * bytes(column), ALIGNMENT)).collect();
    places.push((u64::from(schema.batch.status.offset), capacity * 2, ALIGNMENT));
    let parameters = schema.parameters.iter();
    places.extend(parameters.map(|column| (u64::from(column.offset), bytes(column), bytes(column))));
    apart(places, memory)
}

/// Refuses places (offset, bytes, and what the offset is to be a multiple of) that overlap or lie beyond the end.
pub(crate) fn apart(mut places: Vec<(u64, u64, u64)>, memory: u64) -> Result<(), String> {
    places.sort_unstable();
    let mut end = 0;
    for (offset, length, alignment) in places {
        if offset % alignment != 0 {
            return Err("a column is not aligned".into());
        }
        if offset < end {
            return Err("two columns overlap".into());
        }
        end = offset + length;
    }
    if end > memory { Err("a column lies outside the memory".into()) } else { Ok(()) }
}

/// Type, layout, scale, values and bounds of a column go together.
pub(crate) fn has_a_type(column: &Column) -> Result<(), String> {
    let name = &column.name;
    let is_layout = match column.ty {
        ColumnType::Bool | ColumnType::Enum => column.layout == Layout::I8,
        ColumnType::Date | ColumnType::Code | ColumnType::Id => column.layout == Layout::I32,
        _ => matches!(column.layout, Layout::I64 | Layout::I128),
    };
    if !is_layout {
        return Err(format!("the column {name} has a layout that is not its type's"));
    }
    if column.scale > if column.ty.is_amount() { MOST_DECIMALS } else { 0 } {
        return Err(format!("the column {name} has more decimals than can be stored"));
    }
    let mut names = HashSet::new();
    let is_enum = column.ty == ColumnType::Enum;
    if column.values.is_empty() == is_enum
        || column.values.len() > 127
        || !column.values.iter().all(|value| names.insert(value.name.as_str()))
    {
        return Err(format!("the column {name} has values that are not an enum's"));
    }
    let has_bounds = column.ty.is_amount() || is_enum || column.ty == ColumnType::Date;
    let is_bound = |text: &str| bound(text, column).is_some();
    if has_bounds && !(is_bound(&column.min) && is_bound(&column.max)) {
        return Err(format!("the column {name} has bounds that are none of its values"));
    }
    Ok(())
}
