//! Results of grains coarser than the rows: a table with one row for each group.

use std::ops::Range;
use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use fen_runtime::{Cause, Cell, GrainResult, format_cell};
use fen_schema::{Column, ColumnType, Grain, GrainResults, Layout, Plan, Schema, Text};

use super::columns::Outputs;
use super::table::Table;
use crate::error::Outcome;
use crate::files::{Whole, beside};

/// The coarser grains that a policy has outputs for.
pub(crate) fn coarser(plan: &Plan) -> impl Iterator<Item = (&Grain, &GrainResults)> {
    let results = plan.results.iter().filter(|results| results.grain != 0);
    results.filter_map(|results| Some((plan.grains.get(usize::try_from(results.grain).ok()?)?, results)))
}

/// The files for coarser grains if there is one for the rows: each beside it.
pub(crate) fn paths(output: Option<&Path>, schema: &Schema) -> Vec<PathBuf> {
    let output = output.filter(|path| *path != Path::new("-") && !is_special(path));
    let grains = schema.plan.iter().flat_map(coarser);
    output.map(|path| grains.map(|(grain, _)| beside(path, &grain.name)).collect()).unwrap_or_default()
}

/// A pipe or device: it has nothing beside it.
fn is_special(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|file| !file.is_file() && !file.is_dir())
}

/// The results of one grain.
pub(crate) struct GrainTable {
    name: String,
    label: Option<Text>,
    keys: usize,
    /// Keys, the period, and outputs.
    columns: Vec<Column>,
    rows: usize,
    cells: Outputs,
    rejected: Vec<Cause>,
}

impl GrainTable {
    /// Of what a stream has settled.
    pub(crate) fn new(result: &GrainResult, schema: &Schema) -> Self {
        let plan = schema.plan.as_ref();
        let of_it = plan.and_then(|plan| coarser(plan).find(|(grain, _)| grain.name == result.grain()));
        let table = result.outputs();
        let mut columns: Vec<Column> = Vec::new();
        let mut label = None;
        if let Some((grain, _)) = of_it {
            let inputs = grain.keys.iter().filter_map(|key| schema.inputs.get(usize::try_from(*key).ok()?));
            columns.extend(inputs.cloned());
            if grain.period.is_some() {
                columns.push(period(table, columns.len()));
            }
            label = (!columns.is_empty()).then(|| grain.label.clone());
        }
        let keys = columns.len();
        columns
            .extend(of_it.iter().flat_map(|(_, results)| results.outputs.iter().map(|output| output.column.clone())));
        Self {
            name: of_it.map(|(grain, _)| grain.name.clone()).unwrap_or_default(),
            label,
            keys,
            columns,
            rows: table.num_rows(),
            cells: Outputs::new(table),
            rejected: result.rejects().iter().map(|(group, cause)| of_group(group, cause)).collect(),
        }
    }

    /// The grain, as it stands in names of files.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// What people call one of its groups; nothing if there is only one, of everything.
    pub(crate) fn label(&self) -> Option<Text> {
        self.label.clone()
    }

    /// The outputs.
    pub(crate) fn outputs(&self) -> &[Column] {
        self.columns.get(self.keys..).unwrap_or_default()
    }

    /// One for each group.
    pub(crate) fn rows(&self) -> Range<usize> {
        0..self.rows
    }

    /// The outputs of a group.
    pub(crate) fn output_cells(&self, row: usize) -> impl Iterator<Item = Cell<'_>> {
        self.cells.row(row).skip(self.keys)
    }

    /// The keys and the period of a group, apart by a character that is in no text.
    pub(crate) fn key_text(&self, row: usize) -> String {
        let cells = self.cells.row(row).zip(&self.columns).take(self.keys);
        let texts = cells.map(|(cell, column)| {
            let mut text = String::new();
            format_cell(cell, column, &mut text);
            text
        });
        texts.collect::<Vec<_>>().join("\u{1f}")
    }

    /// Why groups were rejected, one by one.
    pub(crate) fn rejected(&self) -> impl Iterator<Item = &Cause> {
        self.rejected.iter()
    }

    /// Writes everything.
    fn write(&self, table: &mut Table) -> Outcome<()> {
        for column in &self.columns {
            table.field(&column.name)?;
        }
        table.end_row()?;
        let mut text = String::new();
        for row in self.rows() {
            for (cell, column) in self.cells.row(row).zip(&self.columns) {
                text.clear();
                format_cell(cell, column, &mut text);
                table.field(&text)?;
            }
            table.end_row()?;
        }
        Ok(())
    }
}

/// The reason with the group that it is about.
fn of_group(group: &str, cause: &Cause) -> Cause {
    let mut cause = cause.clone();
    if !group.is_empty() {
        cause.reason =
            Text { en: format!("{group}: {}", cause.reason.en), zh: format!("{group}：{}", cause.reason.zh) };
    }
    cause
}

/// The column of the period, whose cells are a number (2022) or a text (2022-03).
fn period(table: &RecordBatch, place: usize) -> Column {
    let name = table.schema().fields().get(place).map(|field| field.name().clone()).unwrap_or_default();
    Column {
        label: Text { zh: name.clone(), en: name.clone() },
        name,
        ty: ColumnType::Id,
        unit: String::new(),
        scale: 0,
        min: String::new(),
        max: String::new(),
        optional: false,
        values: Vec::new(),
        layout: Layout::I32,
        offset: 0,
    }
}

/// Where the tables of coarser grains go: a file for each, begun before anything is settled, or all below the rows.
pub(crate) struct GrainFiles {
    files: Vec<Table>,
}

impl GrainFiles {
    /// Begins the files.
    pub(crate) fn create(paths: &[PathBuf]) -> Outcome<Self> {
        let files = paths.iter().map(|path| Table::create(Some(path), false)).collect::<Outcome<_>>()?;
        Ok(Self { files })
    }

    /// Writes the tables, in the order of the paths, and ends all files.
    pub(crate) fn close(self, mut rows: Table, tables: &[GrainTable]) -> Outcome<Vec<Whole>> {
        let mut files = self.files.into_iter();
        let mut whole = Vec::new();
        for grain in tables {
            match files.next() {
                Some(mut file) => {
                    grain.write(&mut file)?;
                    whole.push(file.close()?);
                }
                None => {
                    rows = rows.next()?;
                    grain.write(&mut rows)?;
                }
            }
        }
        whole.insert(0, rows.close()?);
        Ok(whole)
    }
}
