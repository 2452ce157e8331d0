//! The files a run writes: results and rejected rows.

use std::io::{self, BufWriter, Stdout, Write};
use std::path::{Path, PathBuf};

use csv::ByteRecord;
use fen_compiler::Lang;
use fen_runtime::format_cell;
use fen_schema::{Column, Schema};

use super::claims::{Claims, RejectedRow, require_csv};
use super::columns::Outputs;
use crate::error::{Error, Outcome};
use crate::files::Draft;

enum Target {
    Stdout(BufWriter<Stdout>),
    File(Draft),
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stdout(out) => out.write(bytes),
            Self::File(draft) => draft.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Stdout(out) => out.flush(),
            Self::File(draft) => draft.flush(),
        }
    }
}

/// A CSV file that appears when it is whole.
struct Table {
    writer: csv::Writer<Target>,
    path: PathBuf,
}

impl Table {
    fn create(path: Option<&Path>) -> Outcome<Self> {
        let (target, path) = match path {
            Some(path) if path != Path::new("-") => {
                require_csv(path)?;
                (Target::File(Draft::create(path)?), path.to_owned())
            }
            _ => (Target::Stdout(BufWriter::with_capacity(1 << 16, io::stdout())), PathBuf::from("standard output")),
        };
        Ok(Self { writer: csv::Writer::from_writer(target), path })
    }

    fn failed(path: &Path, error: csv::Error) -> Error {
        match error.into_kind() {
            csv::ErrorKind::Io(error) => Error::write(path, &error),
            other => Error::write(path, &io::Error::other(format!("{other:?}"))),
        }
    }

    fn field(&mut self, field: impl AsRef<[u8]>) -> Outcome<()> {
        self.writer.write_field(field).map_err(|error| Self::failed(&self.path, error))
    }

    fn end_row(&mut self) -> Outcome<()> {
        self.writer.write_record(None::<&[u8]>).map_err(|error| Self::failed(&self.path, error))
    }

    fn finish(self) -> Outcome<()> {
        let target = self.writer.into_inner().map_err(|error| Error::write(&self.path, error.error()))?;
        match target {
            Target::Stdout(mut out) => out.flush().map_err(|error| Error::write(&self.path, &error)),
            Target::File(draft) => draft.finish(),
        }
    }
}

/// The settled rows: every column of the input, then the outputs.
pub(crate) struct Results {
    table: Table,
    columns: Vec<Column>,
    text: String,
}

impl Results {
    /// Begins the file; standard output without a path.
    pub(crate) fn create(path: Option<&Path>, claims: &Claims, schema: &Schema) -> Outcome<Self> {
        let mut table = Table::create(path)?;
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

    /// Gives the file its name.
    pub(crate) fn finish(self) -> Outcome<()> {
        self.table.finish()
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
        let mut table = Table::create(Some(path))?;
        for name in ["row", "field", "code", "reason"] {
            table.field(name)?;
        }
        table.end_row()?;
        Ok(Self { table, lang })
    }

    /// Writes a row.
    pub(crate) fn write(&mut self, rejected: &RejectedRow) -> Outcome<()> {
        self.table.field(rejected.row.to_string())?;
        let cause = &rejected.cause;
        self.table.field(&cause.column)?;
        self.table.field(cause.code.as_str())?;
        self.table.field(match self.lang {
            Lang::En => &cause.reason.en,
            Lang::Zh => &cause.reason.zh,
        })?;
        self.table.end_row()
    }

    /// Gives the file its name.
    pub(crate) fn finish(self) -> Outcome<()> {
        self.table.finish()
    }
}
