//! What keeps the command from doing its work, in Chinese and English.

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
    pub(crate) fn read(path: &Path, error: &(dyn std::error::Error + 'static)) -> Self {
        let (path, why) = (path.display(), why(error));
        Self::new("fen::file::read", format!("cannot read {path}: {}", why.en), format!("无法读取 {path}：{}", why.zh))
    }

    /// A file that cannot be written.
    pub(crate) fn write(path: &Path, error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::OutputClosed;
        }
        let (path, why) = (path.display(), why(error));
        Self::new(
            "fen::file::write",
            format!("cannot write {path}: {}", why.en),
            format!("无法写入 {path}：{}", why.zh),
        )
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

/// What the operating system says, in Chinese for what is common; all other errors stay as they are.
pub(crate) fn why(error: &(dyn std::error::Error + 'static)) -> Text {
    let en = error.to_string();
    let mut causes = std::iter::successors(Some(error), |error| error.source());
    let system = causes.find_map(|cause| match cause.downcast_ref::<csv::Error>().map(csv::Error::kind) {
        Some(csv::ErrorKind::Io(error)) => Some(error),
        _ => cause.downcast_ref::<io::Error>(),
    });
    // What wraps something else has words of its own.
    let kind = system.filter(|error| error.get_ref().is_none()).map(io::Error::kind);
    let zh = match kind {
        Some(io::ErrorKind::NotFound) => "没有这个文件",
        Some(io::ErrorKind::PermissionDenied) => "没有权限",
        Some(io::ErrorKind::IsADirectory) => "这是文件夹，不是文件",
        Some(io::ErrorKind::NotADirectory) => "路径中有一段不是文件夹",
        Some(io::ErrorKind::AlreadyExists) => "已有同名文件",
        Some(io::ErrorKind::StorageFull) => "磁盘已满",
        Some(io::ErrorKind::ReadOnlyFilesystem) => "磁盘只读",
        Some(io::ErrorKind::InvalidFilename) => "文件名无效",
        Some(io::ErrorKind::FileTooLarge) => "文件过大",
        Some(io::ErrorKind::UnexpectedEof) => "文件不完整",
        Some(io::ErrorKind::ResourceBusy) => "文件正被占用",
        _ => return Text::new(en.clone(), en),
    };
    Text::new(en, zh)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_speaks_chinese() {
        let path = Path::new("甲.fen");
        let zh = |error: &io::Error| match Error::read(path, error) {
            Error::Said { text, .. } => text.zh,
            _ => String::new(),
        };
        assert_eq!(zh(&io::Error::from_raw_os_error(2)), "无法读取 甲.fen：没有这个文件");
        assert_eq!(zh(&io::Error::from(io::ErrorKind::IsADirectory)), "无法读取 甲.fen：这是文件夹，不是文件");
        assert_eq!(zh(&io::Error::other("bad line")), "无法读取 甲.fen：bad line");
        let csv = csv::Error::from(io::Error::from(io::ErrorKind::PermissionDenied));
        assert!(matches!(Error::read(path, &csv), Error::Said { text, .. } if text.zh.ends_with("没有权限")));
    }
}
