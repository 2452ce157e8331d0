//! Claims from a CSV file, batch by batch.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{RecordBatch, RecordBatchOptions};
use arrow_schema::{Field, SchemaRef};
use csv::ByteRecord;
use fen_runtime::{Cause, Rejected, parse_cell, reason};
use fen_schema::{RejectCode, Schema, Text};

use super::columns::{Cells, data_type};
use super::header::match_columns;
use super::progress::{MAX_RECORD_BYTES, Progress};
use super::quotes::Quotes;
use crate::error::{Error, Outcome};

/// Rows that are read before they are settled.
const BATCH_ROWS: usize = 8_192;

/// A file of claims.
pub(crate) struct Claims {
    reader: csv::Reader<Metered>,
    path: PathBuf,
    header: ByteRecord,
    /// For every input, its column in the file.
    columns: Vec<usize>,
    schema: Schema,
    arrow: SchemaRef,
    rows: u64,
    progress: Progress,
}

/// Some rows of the file.
#[derive(Default)]
pub(crate) struct Batch {
    /// The rows that could be read, as they stand in the file: as many as there are `numbers`, the rest is room for
    /// later rows.
    records: Vec<ByteRecord>,
    /// By record, its row's number.
    numbers: Vec<u64>,
    /// By input, one cell per record.
    cells: Vec<Cells>,
    /// By record.
    is_rejected: Vec<bool>,
    /// Rows that are not settled.
    pub(crate) rejected: Vec<RejectedRow>,
    /// How many rows were read.
    pub(crate) rows: u64,
}

/// A row that is not settled.
pub(crate) struct RejectedRow {
    /// Its number in the file; the first row after the header is 1.
    pub(crate) row: u64,
    /// Why; the column is empty if it is the whole row.
    pub(crate) cause: Arc<Cause>,
}

/// A reader that reports what passes through it, and stops at a record without end or a quotation without one.
struct Metered {
    inner: Box<dyn Read>,
    progress: Progress,
    quotes: Quotes,
}

impl Read for Metered {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.quotes.pass(buffer.get(..read).unwrap_or_default());
        if let (0, Some(line)) = (read, self.quotes.open_since()) {
            let why = format!("the quotation mark opened in line {line} is never closed");
            return Err(io::Error::new(io::ErrorKind::InvalidData, why));
        }
        if self.progress.read(read as u64) {
            Ok(read)
        } else {
            let why = format!("a row is longer than {MAX_RECORD_BYTES} bytes; is a quotation mark left open?");
            Err(io::Error::new(io::ErrorKind::InvalidData, why))
        }
    }
}

impl Claims {
    /// Opens a file and reads its header; `-` is standard input.
    pub(crate) fn open(path: &Path, schema: &Schema, progress: Progress) -> Outcome<Self> {
        let is_stream = path == Path::new("-");
        require_csv(path)?;
        let inner: Box<dyn Read> = if is_stream {
            Box::new(io::stdin().lock())
        } else {
            Box::new(File::open(path).map_err(|error| Error::read(path, &error))?)
        };
        let metered = Metered { inner, progress: progress.clone(), quotes: Quotes::default() };
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).buffer_capacity(1 << 16).from_reader(metered);
        let mut header = ByteRecord::new();
        let found = reader.read_byte_record(&mut header).map_err(|error| Error::read(path, &error))?;
        progress.record();
        if !found {
            return Err(empty_file(path, schema));
        }
        let columns = match_columns(&header, schema, path)?;
        let fields: Vec<Field> =
            schema.inputs.iter().map(|column| Field::new(&column.name, data_type(column), column.optional)).collect();
        let arrow = Arc::new(arrow_schema::Schema::new(fields));
        let (path, schema) = (path.to_owned(), schema.clone());
        Ok(Self { reader, path, header, columns, schema, arrow, rows: 0, progress })
    }

    /// The names of all columns of the file.
    pub(crate) fn header(&self) -> &ByteRecord {
        &self.header
    }

    /// Reads the next rows; false at the end of the file.
    pub(crate) fn read(&mut self, batch: &mut Batch) -> Outcome<bool> {
        batch.numbers.clear();
        batch.rejected.clear();
        batch.is_rejected.clear();
        batch.rows = 0;
        batch.cells.resize_with(self.schema.inputs.len(), Cells::default);
        batch.cells.iter_mut().for_each(Cells::clear);
        while batch.rows < BATCH_ROWS as u64 {
            let free = batch.numbers.len();
            if free == batch.records.len() {
                batch.records.push(ByteRecord::new());
            }
            let Some(mut record) = batch.records.get_mut(free).map(std::mem::take) else { break };
            if !self.reader.read_byte_record(&mut record).map_err(|error| Error::read(&self.path, &error))? {
                break;
            }
            self.progress.record();
            self.rows += 1;
            batch.rows += 1;
            if self.sort_in(&record, batch) {
                batch.numbers.push(self.rows);
                batch.is_rejected.push(false);
            }
            if let Some(slot) = batch.records.get_mut(free) {
                *slot = record;
            }
        }
        Ok(batch.rows > 0)
    }

    /// Takes the cells of a row, or puts it among the rejected ones; whether it could be read.
    fn sort_in(&self, record: &ByteRecord, batch: &mut Batch) -> bool {
        let row = self.rows;
        if record.len() != self.header.len() {
            let (found, wanted) = (record.len(), self.header.len());
            let reason = Text {
                en: format!("cells in the row: {found}, in the header: {wanted}"),
                zh: format!("本行有 {found} 列，表头有 {wanted} 列"),
            };
            let cause = Cause { column: String::new(), code: RejectCode::WrongFieldCount, reason };
            batch.rejected.push(RejectedRow { row, cause: Arc::new(cause) });
            return false;
        }
        let before = batch.numbers.len();
        for ((column, input), cells) in self.columns.iter().zip(&self.schema.inputs).zip(&mut batch.cells) {
            let text = record.get(*column).and_then(|cell| std::str::from_utf8(cell).ok());
            match text.map_or(Err(RejectCode::NotANumber), |text| parse_cell(text, input)) {
                Ok(cell) => cells.push(cell, input),
                Err(code) => {
                    let cause = Cause { column: input.name.clone(), code, reason: reason(&self.schema, input, code) };
                    batch.rejected.push(RejectedRow { row, cause: Arc::new(cause) });
                    for (cells, input) in batch.cells.iter_mut().zip(&self.schema.inputs) {
                        cells.truncate(before, input);
                    }
                    return false;
                }
            }
        }
        true
    }

    /// The readable rows as Arrow columns.
    pub(crate) fn columns(&self, batch: &Batch) -> Outcome<RecordBatch> {
        let failed = |error: arrow_schema::ArrowError| Error::read(&self.path, &error);
        let columns = self.schema.inputs.iter().zip(&batch.cells);
        let arrays = columns.map(|(input, cells)| cells.array(input)).collect::<Result<_, _>>().map_err(failed)?;
        let options = RecordBatchOptions::new().with_row_count(Some(batch.numbers.len()));
        RecordBatch::try_new_with_options(Arc::clone(&self.arrow), arrays, &options).map_err(failed)
    }
}

impl Batch {
    /// Takes note that the module rejected a claim.
    pub(crate) fn reject(&mut self, rejected: &Rejected) {
        let (Some(row), Some(slot)) = (self.numbers.get(rejected.row), self.is_rejected.get_mut(rejected.row)) else {
            return;
        };
        *slot = true;
        self.rejected.push(RejectedRow { row: *row, cause: Arc::clone(&rejected.cause) });
    }

    /// The settled rows as they stand in the file, each with its place among the claims given to the module.
    pub(crate) fn settled_rows(&self) -> impl Iterator<Item = (usize, &ByteRecord)> {
        let records = self.records.iter().zip(&self.is_rejected).enumerate();
        records.filter(|(_, (_, rejected))| !**rejected).map(|(at, (record, _))| (at, record))
    }
}

/// CSV is told by the name's ending; standard input and pipes are taken to be CSV.
pub(crate) fn require_csv(path: &Path) -> Outcome<()> {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    match ending.as_deref() {
        None | Some("csv") => Ok(()),
        Some(ending) => Err(Error::new(
            "fen::claims::format",
            format!("{}: .{ending} files cannot be read or written; use .csv", path.display()),
            format!("{}：不支持 .{ending} 文件，请用 .csv", path.display()),
        )),
    }
}

fn empty_file(path: &Path, schema: &Schema) -> Error {
    let names: Vec<&str> = schema.inputs.iter().map(|column| column.name.as_str()).collect();
    let (path, names) = (path.display(), names.join(","));
    Error::new(
        "fen::claims::empty",
        format!("{path} is empty; it should begin with a header such as {names}"),
        format!("{path} 是空文件，应以表头开始，例如 {names}"),
    )
}
