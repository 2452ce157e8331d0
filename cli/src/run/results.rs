//! What a run writes row by row: results and rejected rows.

use std::path::Path;

use csv::ByteRecord;
use fen_compiler::Lang;
use fen_runtime::{Cause, format_cell};
use fen_schema::{Column, Schema};

use super::claims::{Claims, RejectedRow, require_csv};
use super::columns::Outputs;
use super::table::Table;
use crate::error::Outcome;
use crate::files::Whole;

/// The settled rows: every column of the input, then the outputs.
pub(crate) struct Results {
    table: Table,
    columns: Vec<Column>,
    text: String,
}

impl Results {
    /// Begins the file; standard output without a path.
    pub(crate) fn create(path: Option<&Path>, claims: &Claims, schema: &Schema) -> Outcome<Self> {
        path.map_or(Ok(()), require_csv)?;
        // Whether a stream can be settled is certain at its end only.
        let mut table = Table::create(path, schema.plan.is_some())?;
        for name in claims.header() {
            table.field(name)?;
        }
        for output in &schema.outputs {
            table.field(&output.name)?;
        }
        table.end_row()?;
        Ok(Self { table, columns: schema.outputs.clone(), text: String::new() })
    }

    /// Writes a row of the input and its outputs.
    pub(crate) fn write(&mut self, row: &ByteRecord, outputs: &Outputs, at: usize) -> Outcome<()> {
        for field in row {
            self.table.field(field)?;
        }
        for (cell, column) in outputs.row(at).zip(&self.columns) {
            self.text.clear();
            format_cell(cell, column, &mut self.text);
            self.table.field(&self.text)?;
        }
        self.table.end_row()
    }

    /// The table, after its last row.
    pub(crate) fn into_table(self) -> Table {
        self.table
    }
}

/// The rejected rows: number, field, code and reason.
pub(crate) struct Rejects {
    table: Table,
    lang: Lang,
}

impl Rejects {
    /// Begins the file.
    pub(crate) fn create(path: &Path, lang: Lang) -> Outcome<Self> {
        require_csv(path)?;
        let mut table = Table::create(Some(path), false)?;
        for name in ["row", "field", "code", "reason"] {
            table.field(name)?;
        }
        table.end_row()?;
        Ok(Self { table, lang })
    }

    /// Writes a row.
    pub(crate) fn write(&mut self, rejected: &RejectedRow) -> Outcome<()> {
        self.table.field(rejected.row.to_string())?;
        self.cause(&rejected.cause, rejected.value.as_deref())
    }

    /// Writes a group, which is no row of the file.
    pub(crate) fn write_group(&mut self, cause: &Cause) -> Outcome<()> {
        self.table.field("")?;
        self.cause(cause, None)
    }

    fn cause(&mut self, cause: &Cause, value: Option<&str>) -> Outcome<()> {
        self.table.field(&cause.column)?;
        self.table.field(cause.code.as_str())?;
        let reason = match (self.lang, value) {
            (Lang::En, None) => cause.reason.en.clone(),
            (Lang::Zh, None) => cause.reason.zh.clone(),
            (Lang::En, Some(value)) => format!("{}; it says {value}", cause.reason.en),
            (Lang::Zh, Some(value)) => format!("{}；此处为 {value}", cause.reason.zh),
        };
        self.table.field(&reason)?;
        self.table.end_row()
    }

    /// Ends the file. It has no name yet.
    pub(crate) fn close(self) -> Outcome<Whole> {
        self.table.close()
    }
}
