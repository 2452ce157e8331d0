//! Tables as CSV.

use std::fs::File;
use std::io::{self, BufWriter, Stdout, Write};
use std::path::{Path, PathBuf};

use super::input::temporary;
use crate::error::{Error, Outcome};
use crate::files::{Draft, Whole};

enum Target {
    Stdout(BufWriter<Stdout>),
    /// Standard output, when everything is written.
    Held(BufWriter<File>),
    File(Draft),
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stdout(out) => out.write(bytes),
            Self::Held(held) => held.write(bytes),
            Self::File(draft) => draft.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Stdout(out) => out.flush(),
            Self::Held(held) => held.flush(),
            Self::File(draft) => draft.flush(),
        }
    }
}

/// A CSV file that appears when it is whole.
pub(crate) struct Table {
    writer: csv::Writer<Target>,
    path: PathBuf,
}

impl Table {
    /// Begins a file; standard output without a path, which gets everything at once if it is held back.
    pub(crate) fn create(path: Option<&Path>, is_held: bool) -> Outcome<Self> {
        let (target, path) = match path {
            Some(path) if path != Path::new("-") => (Target::File(Draft::create(path)?), path.to_owned()),
            _ => {
                let target = match is_held {
                    true => Target::Held(BufWriter::with_capacity(1 << 16, temporary()?)),
                    false => Target::Stdout(BufWriter::with_capacity(1 << 16, io::stdout())),
                };
                (target, PathBuf::from("standard output"))
            }
        };
        Ok(Self { writer: csv::Writer::from_writer(target), path })
    }

    fn failed(path: &Path, error: csv::Error) -> Error {
        match error.into_kind() {
            csv::ErrorKind::Io(error) => Error::write(path, &error),
            other => Error::write(path, &io::Error::other(format!("{other:?}"))),
        }
    }

    /// Writes a cell.
    pub(crate) fn field(&mut self, field: impl AsRef<[u8]>) -> Outcome<()> {
        self.writer.write_field(field).map_err(|error| Self::failed(&self.path, error))
    }

    /// Ends a row.
    pub(crate) fn end_row(&mut self) -> Outcome<()> {
        self.writer.write_record(None::<&[u8]>).map_err(|error| Self::failed(&self.path, error))
    }

    /// Begins another table in the same file, after a blank line.
    pub(crate) fn next(self) -> Outcome<Self> {
        let Self { writer, path } = self;
        let mut target = writer.into_inner().map_err(|error| Error::write(&path, error.error()))?;
        target.write_all(b"\n").map_err(|error| Error::write(&path, &error))?;
        Ok(Self { writer: csv::Writer::from_writer(target), path })
    }

    /// Ends the file. It has no name yet.
    pub(crate) fn close(self) -> Outcome<Whole> {
        let failed = |error: io::Error| Error::write(&self.path, &error);
        match self.writer.into_inner().map_err(|error| Error::write(&self.path, error.error()))? {
            Target::Stdout(mut out) => out.flush().map(|()| Whole::Direct).map_err(failed),
            Target::Held(held) => held.into_inner().map(Whole::Held).map_err(|error| failed(error.into_error())),
            Target::File(draft) => draft.close(),
        }
    }
}
