//! Where the rows of a run come from: a file that can be read from its beginning as often as a policy needs.

use std::fs::{File, Metadata};
use std::io::{self, BufWriter, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::error::{Error, Outcome};

/// The input of a run.
pub(crate) struct Input {
    path: PathBuf,
    source: Source,
}

enum Source {
    /// Standard input, a pipe or a device: it can be read once.
    Stream(Option<Box<dyn Read>>),
    /// A file of the user's, with what tells whether somebody has changed it since.
    File(File, State),
    /// A copy that goes away with the run.
    Copy(File),
}

/// Size and time of a file.
#[derive(PartialEq, Eq)]
struct State(u64, Option<SystemTime>);

impl State {
    fn of(metadata: &Metadata) -> Self {
        Self(metadata.len(), metadata.modified().ok())
    }
}

impl Input {
    /// Opens a file; `-` is standard input.
    pub(crate) fn open(path: &Path) -> Outcome<Self> {
        let failed = |error| Error::read(path, &error);
        let source = if path == Path::new("-") {
            Source::Stream(Some(Box::new(io::stdin().lock())))
        } else {
            let file = File::open(path).map_err(failed)?;
            let metadata = file.metadata().map_err(failed)?;
            if metadata.is_file() {
                Source::File(file, State::of(&metadata))
            } else {
                Source::Stream(Some(Box::new(file)))
            }
        };
        Ok(Self { path: path.to_owned(), source })
    }

    /// As it was named.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Its bytes, where that is known.
    pub(crate) fn size(&self) -> Option<u64> {
        match &self.source {
            Source::Stream(_) => None,
            Source::File(_, State(size, _)) => Some(*size),
            Source::Copy(file) => file.metadata().ok().map(|metadata| metadata.len()),
        }
    }

    /// Makes sure that it can be read more than once: what cannot be is copied to a temporary file.
    pub(crate) fn keep(&mut self) -> Outcome<()> {
        let Source::Stream(stream) = &mut self.source else { return Ok(()) };
        let mut copy = BufWriter::new(temporary()?);
        if let Some(mut stream) = stream.take() {
            // Reading and writing fail for different reasons, so they are told apart.
            let mut buffer = vec![0; 1 << 16];
            loop {
                let read = match stream.read(&mut buffer) {
                    Ok(0) => break,
                    Ok(read) => read,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                    Err(error) => return Err(Error::read(&self.path, &error)),
                };
                copy.write_all(buffer.get(..read).unwrap_or_default()).map_err(|error| not_copied(&error))?;
            }
        }
        self.replace(copy.into_inner().map_err(|error| not_copied(error.error()))?);
        Ok(())
    }

    /// Reads a temporary file from now on.
    pub(crate) fn replace(&mut self, copy: File) {
        self.source = Source::Copy(copy);
    }

    /// The same file with a place of its own in it, after [`Input::keep`].
    pub(crate) fn twin(&self) -> Outcome<Self> {
        let failed = |error| Error::read(&self.path, &error);
        let source = match &self.source {
            Source::File(_, state) => {
                let file = File::open(&self.path).map_err(failed)?;
                let now = State::of(&file.metadata().map_err(failed)?);
                if now != *state {
                    return Err(changed(&self.path));
                }
                Source::File(file, now)
            }
            Source::Stream(_) | Source::Copy(_) => {
                // Handles of a file without a name share one place in it.
                let (mut from, mut to) = (self.file()?, temporary()?);
                io::copy(&mut from, &mut to).map_err(|error| not_copied(&error))?;
                Source::Copy(to)
            }
        };
        Ok(Self { path: self.path.clone(), source })
    }

    /// Its bytes from the beginning. A stream has them once.
    pub(crate) fn reader(&mut self) -> Outcome<Box<dyn Read>> {
        Ok(match &mut self.source {
            Source::Stream(stream) => stream.take().unwrap_or_else(|| Box::new(io::empty())),
            Source::File(..) | Source::Copy(_) => Box::new(self.file()?),
        })
    }

    /// The file at its beginning, after [`Input::keep`]. All handles share one place in it.
    pub(crate) fn file(&self) -> Outcome<File> {
        self.unchanged()?;
        let (Source::File(file, _) | Source::Copy(file)) = &self.source else {
            return Err(Error::read(&self.path, &io::Error::other("it can be read only once")));
        };
        let again = file.try_clone().and_then(|mut file| file.rewind().map(|()| file));
        again.map_err(|error| Error::read(&self.path, &error))
    }

    /// Refuses to go on with a file that somebody has changed since it was opened: passes would see different rows.
    pub(crate) fn unchanged(&self) -> Outcome<()> {
        let Source::File(file, state) = &self.source else { return Ok(()) };
        let now = file.metadata().map_err(|error| Error::read(&self.path, &error))?;
        if State::of(&now) == *state { Ok(()) } else { Err(changed(&self.path)) }
    }
}

/// A temporary file without a name.
pub(crate) fn temporary() -> Outcome<File> {
    tempfile::tempfile().map_err(|error| not_copied(&error))
}

/// A temporary file could not be written.
pub(crate) fn not_copied(error: &io::Error) -> Error {
    let folder = std::env::temp_dir();
    let (folder, kind) = (folder.display(), error.kind());
    Error::new(
        "fen::file::temporary",
        format!("cannot write a temporary file in {folder}: {kind}; TMPDIR names another folder for it"),
        format!("无法在 {folder} 写入临时文件：{kind}；可用 TMPDIR 指定其他目录"),
    )
}

/// The file has other content than before.
pub(crate) fn changed(path: &Path) -> Error {
    let path = path.display();
    Error::new(
        "fen::file::changed",
        format!("{path} was changed while it was read; run again when nobody writes to it"),
        format!("{path} 在读取过程中被改动；请在无人写入后重新运行"),
    )
}
