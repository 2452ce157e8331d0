//! Claims from a CSV file, batch by batch.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{RecordBatch, RecordBatchOptions};
use arrow_schema::{Field, SchemaRef};
use csv::ByteRecord;
use fen_runtime::{Cause, Cell, Rejected, parse_cell, reason};
use fen_schema::{Column, RejectCode, Schema, Text};

use super::bad_rows::BadRows;
use super::columns::{Cells, data_type};
use super::header::{Twins, match_columns};
use super::input::{Input, changed};
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
    /// For every input, its column in the file, if there is one.
    columns: Vec<Option<usize>>,
    schema: Schema,
    arrow: SchemaRef,
    rule: BadRows,
    rows: u64,
    /// By place in the stream, the row's number in the file; nothing if they are in its order.
    numbers: Option<Vec<u64>>,
    progress: Progress,
    /// Where a policy does not say what rows are ordered by.
    order_of_days: Option<Days>,
}

/// The order of the rows by a date on which running values and links depend, unless the policy says what it is.
struct Days {
    date: usize,
    latest: i64,
    /// The first row that is earlier than one before it.
    out_of_order: Option<u64>,
}

impl Days {
    fn new(schema: &Schema) -> Option<Self> {
        let plan = schema.plan.as_ref().filter(|plan| plan.ordered_by.is_none())?;
        plan.phases.iter().find(|phase| phase.state.is_some())?;
        let dated_by = schema.dated_by.as_ref()?;
        let date = schema.inputs.iter().position(|input| input.name == *dated_by)?;
        Some(Self { date, latest: i64::MIN, out_of_order: None })
    }

    fn pass(&mut self, row: u64, day: i64) {
        if day < self.latest {
            self.out_of_order.get_or_insert(row);
        }
        self.latest = self.latest.max(day);
    }
}

/// Some rows of the file.
#[derive(Default)]
pub(crate) struct Batch {
    /// The rows that are given to the module, as they stand in the file: as many as there are `numbers`, the rest is room for
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
    pub(crate) read: u64,
}

/// A row that is not settled.
pub(crate) struct RejectedRow {
    /// Its number in the file; the first row after the header is 1.
    pub(crate) row: u64,
    /// Why; the column is empty if it is the whole row.
    pub(crate) cause: Arc<Cause>,
    /// What stands in the column; nothing if it is empty or no column of the file.
    pub(crate) value: Option<String>,
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
    /// Begins to read a file: its header.
    pub(crate) fn open(input: &mut Input, schema: &Schema, progress: Progress) -> Outcome<Self> {
        Self::open_beside(input, schema, None, progress)
    }

    /// The same for a file that another policy reads too.
    pub(crate) fn open_beside(
        input: &mut Input,
        schema: &Schema,
        twins: Option<&Twins>,
        progress: Progress,
    ) -> Outcome<Self> {
        let path = input.path();
        require_csv(path)?;
        let path = path.to_owned();
        let mut reader = reader(input, &progress)?;
        let mut header = ByteRecord::new();
        let found = reader.read_byte_record(&mut header).map_err(|error| Error::read(&path, &error))?;
        progress.record();
        if !found {
            return Err(empty_file(&path, schema));
        }
        let columns = match_columns(&header, schema, twins, &path)?;
        // Where a policy looks beyond the row, bad rows are not left out: they may belong to a claim.
        let is_nullable = |column: &Column| column.optional || schema.plan.is_some();
        let fields =
            schema.inputs.iter().map(|column| Field::new(&column.name, data_type(column), is_nullable(column)));
        let arrow = Arc::new(arrow_schema::Schema::new(fields.collect::<Vec<Field>>()));
        let rule = BadRows::new(schema);
        Ok(Self {
            reader,
            path,
            header,
            columns,
            schema: schema.clone(),
            arrow,
            rule,
            rows: 0,
            numbers: None,
            progress,
            order_of_days: Days::new(schema),
        })
    }

    /// Begins again with the first row.
    pub(crate) fn rewind(&mut self, input: &mut Input) -> Outcome<()> {
        self.reader = reader(input, &self.progress)?;
        let mut header = ByteRecord::new();
        self.reader.read_byte_record(&mut header).map_err(|error| Error::read(&self.path, &error))?;
        self.progress.record();
        self.rows = 0;
        self.order_of_days.iter_mut().for_each(|days| days.latest = i64::MIN);
        if header == self.header { Ok(()) } else { Err(changed(&self.path)) }
    }

    /// Reads a row as it stands in the file and says at which byte it begins; `None` at the end of the file.
    pub(crate) fn read_raw(&mut self, record: &mut ByteRecord) -> Outcome<Option<u64>> {
        let start = self.reader.position().byte();
        let found = self.reader.read_byte_record(record).map_err(|error| Error::read(&self.path, &error))?;
        self.progress.record();
        Ok(found.then_some(start))
    }

    /// The byte after the last row that was read.
    pub(crate) fn end(&self) -> u64 {
        self.reader.position().byte()
    }

    /// The text of an input in a row.
    pub(crate) fn text<'r>(&self, record: &'r ByteRecord, input: usize) -> Option<&'r str> {
        let cell = record.get(self.columns.get(input).copied().flatten()?)?;
        std::str::from_utf8(cell).ok()
    }

    /// What stands in the column of a row for which it is rejected.
    fn value(&self, record: &ByteRecord, cause: &Cause) -> Option<String> {
        let input = self.schema.inputs.iter().position(|input| input.name == cause.column)?;
        self.text(record, input).map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    /// The first row, if there is one, that is earlier than the row before it although its results depend on the order of
    /// the rows, and the name of the date.
    pub(crate) fn out_of_order(&self) -> Option<(u64, &str)> {
        let order = self.order_of_days.as_ref()?;
        Some((order.out_of_order?, self.schema.inputs.get(order.date)?.name.as_str()))
    }

    /// The inputs of a row: their names in the policy, and their texts.
    pub(crate) fn named<'r>(&'r self, record: &'r ByteRecord) -> impl Iterator<Item = (&'r str, &'r str)> {
        let inputs = self.schema.inputs.iter().enumerate();
        inputs.map(|(at, input)| (input.name.as_str(), self.text(record, at).unwrap_or_default().trim()))
    }

    /// The rows come in another order than that of the file from now on; by row, its number in the file.
    pub(crate) fn renumber(&mut self, numbers: Vec<u64>) {
        self.numbers = Some(numbers);
    }

    /// By place in the stream, the row's number in the file, if they are not in its order.
    pub(crate) fn order(&self) -> Option<Vec<u64>> {
        self.numbers.clone()
    }

    /// The number that a row has in the file, by its place in the stream, from 0.
    pub(crate) fn number(&self, place: u64) -> u64 {
        let numbers = self.numbers.as_ref().zip(usize::try_from(place).ok());
        numbers.and_then(|(numbers, place)| numbers.get(place).copied()).unwrap_or(place + 1)
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
        batch.read = 0;
        batch.cells.resize_with(self.schema.inputs.len(), Cells::default);
        batch.cells.iter_mut().for_each(Cells::clear);
        while batch.read < BATCH_ROWS as u64 {
            let free = batch.numbers.len();
            if free == batch.records.len() {
                batch.records.push(ByteRecord::new());
            }
            let Some(mut record) = batch.records.get_mut(free).map(std::mem::take) else { break };
            if !self.reader.read_byte_record(&mut record).map_err(|error| Error::read(&self.path, &error))? {
                break;
            }
            self.progress.record();
            let row = self.number(self.rows);
            self.rows += 1;
            batch.read += 1;
            let is_good = self.sort_in(&record, row, batch)?;
            if let Some(days) = &mut self.order_of_days
                && let Some(day) = batch.cells.get(days.date).filter(|_| is_good).and_then(Cells::last)
            {
                days.pass(row, day);
            }
            if is_good || self.rule.keeps() {
                batch.numbers.push(row);
                batch.is_rejected.push(!is_good);
            }
            if let Some(slot) = batch.records.get_mut(free) {
                *slot = record;
            }
        }
        Ok(batch.read > 0)
    }

    /// Takes the cells of a row, or puts it among the rejected ones; whether it could be read.
    fn sort_in(&self, record: &ByteRecord, row: u64, batch: &mut Batch) -> Outcome<bool> {
        let before = batch.numbers.len();
        let Err(cause) = self.read_cells(record, batch) else { return Ok(true) };
        self.rule.refuse(row, &cause)?;
        let value = self.value(record, &cause);
        batch.rejected.push(RejectedRow { row, cause: Arc::new(cause), value });
        for (at, (cells, input)) in batch.cells.iter_mut().zip(&self.schema.inputs).enumerate() {
            cells.truncate(before, input);
            if self.rule.keeps() {
                let text = self.text(record, at).filter(|_| self.rule.is_key(at));
                cells.push(text.and_then(|text| parse_cell(text, input).ok()).unwrap_or(Cell::None), input);
            }
        }
        Ok(false)
    }

    /// Takes the cells of a row; why the row is bad, with some cells taken, if it is.
    fn read_cells(&self, record: &ByteRecord, batch: &mut Batch) -> Result<(), Cause> {
        if record.len() != self.header.len() {
            return Err(wrong_field_count(record.len(), self.header.len()));
        }
        let only = self.rule.reversal_reads(|input| self.text(record, input));
        for (at, ((column, input), cells)) in
            self.columns.iter().zip(&self.schema.inputs).zip(&mut batch.cells).enumerate()
        {
            let Some(column) = column.filter(|_| only.is_none_or(|only| only.contains(&at))) else {
                cells.push(Cell::None, input);
                continue;
            };
            let text = record.get(column).and_then(|cell| std::str::from_utf8(cell).ok());
            match text.map_or(Err(RejectCode::NotANumber), |text| parse_cell(text, input)) {
                Ok(cell) => cells.push(cell, input),
                Err(code) => {
                    let reason = reason(&self.schema, input, code);
                    return Err(Cause { column: input.name.clone(), code, reason });
                }
            }
        }
        Ok(())
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
    /// Takes note that the module rejected a claim. A row that could not be read has its reason already.
    pub(crate) fn reject(&mut self, rejected: &Rejected, claims: &Claims) {
        let (Some(row), Some(slot)) = (self.numbers.get(rejected.row), self.is_rejected.get_mut(rejected.row)) else {
            return;
        };
        if std::mem::replace(slot, true) {
            return;
        }
        let value = self.records.get(rejected.row).and_then(|record| claims.value(record, &rejected.cause));
        self.rejected.push(RejectedRow { row: *row, cause: Arc::clone(&rejected.cause), value });
    }

    /// The place of a row among those that are given to the module, by its number in the file.
    pub(crate) fn place_of(&self, row: u64) -> Option<usize> {
        self.numbers.iter().position(|number| *number == row)
    }

    /// The number in the file of one of the rows that are given to the module.
    pub(crate) fn number_at(&self, place: usize) -> Option<u64> {
        self.numbers.get(place).copied()
    }

    /// All rows given to the module, each with its number.
    #[cfg(test)]
    pub(crate) fn rows(&self) -> impl Iterator<Item = (u64, &ByteRecord)> {
        self.numbers.iter().copied().zip(&self.records)
    }

    /// The settled rows, each with its number in the file and its place among the claims given to the module.
    pub(crate) fn settled(&self) -> impl Iterator<Item = (u64, usize, &ByteRecord)> {
        let rows = self.numbers.iter().zip(&self.records).zip(&self.is_rejected).enumerate();
        rows.filter(|(_, (_, rejected))| !**rejected).map(|(at, ((number, record), _))| (*number, at, record))
    }

    /// The settled rows as they stand in the file, each with its place among the claims given to the module.
    pub(crate) fn settled_rows(&self) -> impl Iterator<Item = (usize, &ByteRecord)> {
        let records = self.records.iter().zip(&self.is_rejected).enumerate();
        records.filter(|(_, (_, rejected))| !**rejected).map(|(at, (record, _))| (at, record))
    }
}

fn reader(input: &mut Input, progress: &Progress) -> Outcome<csv::Reader<Metered>> {
    let inner = input.reader()?;
    let metered = Metered { inner, progress: progress.clone(), quotes: Quotes::default() };
    Ok(csv::ReaderBuilder::new().has_headers(false).flexible(true).buffer_capacity(1 << 16).from_reader(metered))
}

fn wrong_field_count(found: usize, wanted: usize) -> Cause {
    let reason = Text {
        en: format!("cells in the row: {found}, in the header: {wanted}"),
        zh: format!("本行有 {found} 列，表头有 {wanted} 列"),
    };
    Cause { column: String::new(), code: RejectCode::WrongFieldCount, reason }
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
