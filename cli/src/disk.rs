//! The files that a source names: imports, tables and amended policies, on disk.

use std::fs;
use std::path::{Path, PathBuf};

use fen_compiler::{Files, Source};

use crate::files;

/// Files beside the source that names them.
pub(crate) struct Disk;

impl Files for Disk {
    fn read(&self, from: &str, path: &str) -> Result<Source, String> {
        let path = folder(from).join(path);
        let bytes = fs::read(files::file(&path)).map_err(|error| error.to_string())?;
        files::source_of(&path, bytes).map_err(|_| "it is not UTF-8 text".to_owned())
    }

    /// Looks through the policies in the folder of the source.
    fn policy(&self, from: &str, name: &str) -> Option<Source> {
        find_policy(from, name, Vec::new(), &|path| files::source(path).ok())
    }
}

/// The policy of this name beside the source that amends it, by whoever reads files; `more` are paths there that may not be
/// on disk.
pub(crate) fn find_policy(
    from: &str,
    name: &str,
    more: Vec<PathBuf>,
    read: &dyn Fn(&Path) -> Option<Source>,
) -> Option<Source> {
    let folder = folder(from);
    // A bare file name lies in the folder at hand.
    let listed = if folder.as_os_str().is_empty() { Path::new(".") } else { &folder };
    let listed = fs::read_dir(listed).into_iter().flatten();
    let listed = listed.filter_map(|entry| Some(folder.join(entry.ok()?.file_name())));
    let mut paths: Vec<PathBuf> = listed.chain(more).collect();
    paths.sort();
    paths.dedup();
    let sources = paths.into_iter().filter(|path| files::is_policy(path)).filter_map(|path| read(&path));
    let own = Path::new(from).file_name();
    let others = sources.flat_map(|source| source.policies()).filter(|one| Path::new(one.name()).file_name() != own);
    let mut named = others.filter(|source| source.lines().map(str::trim_end).any(|line| names(line, name)));
    named.next()
}

/// Whether a line is the head of a policy of this name.
fn names(line: &str, name: &str) -> bool {
    let line = line.split('#').next().unwrap_or_default();
    let mut words = line.trim_start_matches('\u{feff}').split_whitespace();
    let Some(head) = words.next() else { return false };
    if line.starts_with(char::is_whitespace) {
        return false;
    }
    match head {
        "policy" | "政策" => words.next() == Some(name),
        // amend BASE as NAME
        "amend" | "修订" => words.nth(2) == Some(name),
        _ => false,
    }
}

/// The folder of a source.
pub(crate) fn folder(from: &str) -> PathBuf {
    Path::new(from).parent().map(Path::to_owned).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_of_policies_are_recognized() {
        assert!(names("policy a.b", "a.b"));
        assert!(names("amend a.b as a.c # x", "a.c"));
        assert!(names("修订 甲.乙 为 甲.丙", "甲.丙"));
        assert!(!names("amend a.b as a.c", "a.b"));
        assert!(!names("  policy a.b", "a.b"));
    }
}
