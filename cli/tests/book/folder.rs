//! The folder of a page, and commands in it.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

pub(crate) struct Folder {
    folder: TempDir,
    /// Where commands are looked for: `fen` and, if wanted, `node` first.
    path: OsString,
    /// Kept as long as the folder.
    _tools: TempDir,
    locale: &'static str,
    sources: OsString,
    has_node: bool,
}

impl Folder {
    pub(crate) fn new(is_chinese: bool, node: Option<&str>, root: &Path) -> Self {
        let (folder, tools) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let fen = Path::new(env!("CARGO_BIN_EXE_fen")).parent().unwrap();
        if let Some(node) = node.filter(|node| node.contains('/')) {
            std::os::unix::fs::symlink(node, tools.path().join("node")).unwrap();
        }
        let others = std::env::var_os("PATH").unwrap_or_default();
        let folders = [tools.path().to_owned(), fen.to_owned()].into_iter().chain(std::env::split_paths(&others));
        let path = std::env::join_paths(folders).unwrap();
        let locale = if is_chinese { "zh_CN.UTF-8" } else { "en_US.UTF-8" };
        Self { folder, path, _tools: tools, locale, sources: root.into(), has_node: node.is_some() }
    }

    /// Whether programs in JavaScript can be run.
    pub(crate) fn has_node(&self) -> bool {
        self.has_node
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, name: &str, content: &str) {
        std::fs::write(self.path().join(name), content).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join(name)).unwrap()
    }

    /// Runs a line of a shell. What it prints in either way, and its exit code.
    fn shell(&self, line: &str) -> (String, i32) {
        let mut command = Command::new("sh");
        command.arg("-c").arg(format!("exec 2>&1\n{line}")).current_dir(self.path());
        command.env("PATH", &self.path).env("LC_ALL", self.locale).env("FEN", &self.sources);
        let output = command.output().unwrap();
        (String::from_utf8(output.stdout).unwrap(), output.status.code().unwrap_or(-1))
    }

    /// Runs the commands of a block: its lines behind `$ `. What stands after such a line comes from it. `$?` is the exit code
    /// of the command before.
    pub(crate) fn console(&self, block: &str) -> String {
        let mut printed = String::new();
        let mut last = 0;
        for line in block.lines().filter_map(|line| line.strip_prefix("$ ")) {
            let (text, code) = self.shell(&format!("(exit {last})\n{line}"));
            printed += &format!("$ {line}\n{text}");
            if !text.is_empty() && !text.ends_with('\n') {
                printed.push('\n');
            }
            last = code;
        }
        printed
    }

    /// The codes of the errors of a policy, its examples included, each once.
    pub(crate) fn codes(&self, name: &str) -> Vec<String> {
        let (text, _) = self.shell(&format!("fen check --format json '{name}'"));
        let report: serde_json::Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}"));
        let all = report["diagnostics"].as_array().cloned().unwrap_or_default();
        let errors = all.iter().filter(|one| one["severity"] == "error");
        let mut codes: Vec<String> = errors.map(|one| one["code"].as_str().unwrap_or_default().to_owned()).collect();
        codes.sort();
        codes.dedup();
        codes
    }
}
