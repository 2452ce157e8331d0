//! What keeps the command from doing its work, in Chinese and English.

use std::fmt::Display;
use std::io::{self, Write};
use std::path::Path;

use fen_compiler::{Lang, Text};

/// Why the command could not do its work.
#[derive(Debug)]
pub(crate) enum Error {
    /// A message with its code.
    Said { code: &'static str, text: Text },
    /// Everything has been said already.
    Reported,
    /// Whoever reads the output has gone.
    OutputClosed,
}

/// What a step of the command gives.
pub(crate) type Outcome<T> = Result<T, Error>;

impl Error {
    /// An error from its texts.
    pub(crate) fn new(code: &'static str, en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self::Said { code, text: Text::new(en, zh) }
    }

    /// A file that cannot be read.
    pub(crate) fn read(path: &Path, error: &dyn Display) -> Self {
        let path = path.display();
        Self::new("fen::file::read", format!("cannot read {path}: {error}"), format!("无法读取 {path}：{error}"))
    }

    /// A file that cannot be written.
    pub(crate) fn write(path: &Path, error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::OutputClosed;
        }
        let path = path.display();
        Self::new("fen::file::write", format!("cannot write {path}: {error}"), format!("无法写入 {path}：{error}"))
    }

    /// The same as one of the diagnostics that `fen check --format json` prints; nothing if all has been said.
    pub(crate) fn json(&self, path: &Path, lang: Lang) -> Option<serde_json::Value> {
        let Self::Said { code, text } = self else { return None };
        Some(serde_json::json!({
            "file": path.display().to_string(),
            "code": code,
            "severity": "error",
            "message": text.get(lang),
            "help": null,
            "labels": [],
        }))
    }

    /// Tells the user.
    pub(crate) fn report(&self, lang: Lang) {
        if let Self::Said { code, text } = self {
            let word = match lang {
                Lang::En => "error",
                Lang::Zh => "错误",
            };
            // Nobody is left to tell if this fails.
            let _ = writeln!(io::stderr().lock(), "{word} [{code}]: {}", text.get(lang));
        }
    }
}

impl From<fen_runtime::LoadError> for Error {
    fn from(error: fen_runtime::LoadError) -> Self {
        let text = error.text();
        Self::new(error.code(), text.en, text.zh)
    }
}

impl From<fen_runtime::SettleError> for Error {
    fn from(error: fen_runtime::SettleError) -> Self {
        let text = error.text();
        Self::new(error.code(), text.en, text.zh)
    }
}

impl From<fen_runtime::StreamError> for Error {
    fn from(error: fen_runtime::StreamError) -> Self {
        let text = error.text();
        Self::new(error.code(), text.en, text.zh)
    }
}

impl From<fen_runtime::ParameterError> for Error {
    fn from(error: fen_runtime::ParameterError) -> Self {
        let text = error.text();
        Self::new(error.code(), text.en, text.zh)
    }
}

impl From<fen_explain::Problem> for Error {
    fn from(error: fen_explain::Problem) -> Self {
        let text = error.text();
        Self::new(error.code(), text.en, text.zh)
    }
}

/// Writes to standard output.
pub(crate) fn print(text: &str) -> Outcome<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|error| Error::write(Path::new("standard output"), &error))
}

/// Writes to standard error.
pub(crate) fn print_error(text: &str) {
    // Nobody is left to tell if this fails.
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
