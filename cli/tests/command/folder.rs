//! The `fen` command run on real files.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A folder of its own for one test.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, content).unwrap();
        path
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// The names of all files in the folder, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    /// Runs `fen` in this folder, in English.
    pub(crate) fn fen(&self, args: &[&str]) -> Done {
        self.fen_with_input(args, b"")
    }

    pub(crate) fn fen_with_input(&self, args: &[&str], input: &[u8]) -> Done {
        self.fen_in("en_US.UTF-8", args, input)
    }

    /// The same in a terminal of this locale.
    pub(crate) fn fen_in(&self, locale: &str, args: &[&str], input: &[u8]) -> Done {
        run(self.0.path(), locale, args, input)
    }
}

/// Runs `fen` in the root of the repository, in English: for what names files as seen from there.
pub(crate) fn fen_in_repository(args: &[&str]) -> Done {
    run(&repository("."), "en_US.UTF-8", args, b"")
}

fn run(at: &Path, locale: &str, args: &[&str], input: &[u8]) -> Done {
    let mut child = Command::new(env!("CARGO_BIN_EXE_fen"))
        .args(args)
        .current_dir(at)
        .env("LC_ALL", locale)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that stops early does not read all of it.
    let _ = child.stdin.take().unwrap().write_all(input);
    Done(child.wait_with_output().unwrap())
}

/// What a run of the command came to.
pub(crate) struct Done(Output);

impl Done {
    pub(crate) fn code(&self) -> i32 {
        self.0.status.code().unwrap()
    }

    pub(crate) fn stdout(&self) -> String {
        String::from_utf8(self.0.stdout.clone()).unwrap()
    }

    pub(crate) fn stderr(&self) -> String {
        String::from_utf8(self.0.stderr.clone()).unwrap()
    }

    /// Requires success and returns what was printed.
    pub(crate) fn good(&self) -> String {
        assert_eq!(self.code(), 0, "{}{}", self.stdout(), self.stderr());
        self.stdout()
    }

    /// Requires that the command could not do its work, for a reason with this code.
    pub(crate) fn refused(&self, code: &str) -> String {
        let message = self.stderr();
        assert_eq!(self.code(), 2, "{message}");
        assert!(message.contains(code), "{code} is not the reason: {message}");
        message
    }
}

/// A file of the repository.
pub(crate) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path).canonicalize().unwrap()
}

/// The English policy of the language examples, section 1.
pub(crate) fn surplus() -> String {
    repository("policies/qujing/surplus.fen").display().to_string()
}
