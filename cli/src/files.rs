//! Files of policies, and files that appear whole or not at all.

use std::fs::{self, File};
use std::io::{self, BufWriter, Seek, Write};
use std::path::{Path, PathBuf};

use fen_compiler::Source;
use fen_compiler::literate::{is_markdown, split};
use tempfile::NamedTempFile;

use crate::error::{Error, Outcome, print};

/// The policies named by paths: files as they are, folders by all policies in and below them, sorted: `.fen` files, and
/// Markdown files with a ```` ```fen ```` block. A Markdown file with several policies is all of them, each as `通知.md#住院`.
pub(crate) fn policies(paths: &[PathBuf]) -> Outcome<Vec<PathBuf>> {
    Ok(documents(paths)?.iter().flat_map(|path| policies_of(path)).collect())
}

/// The policies that a file holds. One that cannot be read is left to whoever reads it.
fn policies_of(path: &Path) -> Vec<PathBuf> {
    let named = |source: Source| source.policies().iter().map(|one| PathBuf::from(one.name())).collect();
    let is_whole = is_markdown(&path.to_string_lossy()) && policy(path).is_none();
    match is_whole.then(|| source(path)) {
        Some(Ok(source)) => named(source),
        _ => vec![path.to_owned()],
    }
}

/// The file that a path means: of `通知.md#住院`, the Markdown file.
pub(crate) fn file(path: &Path) -> &Path {
    path.to_str().map_or(path, |path| Path::new(split(path).0))
}

/// The policy in a file that a path means.
pub(crate) fn policy(path: &Path) -> Option<&str> {
    split(path.to_str()?).1
}

/// What a policy's other files are called by: its name in a file with several policies, or else the file's.
pub(crate) fn stem(path: &Path) -> Option<&str> {
    policy(path).or_else(|| path.file_stem()?.to_str())
}

/// Reads the file that a path means.
pub(crate) fn bytes(path: &Path) -> Outcome<Vec<u8>> {
    fs::read(file(path)).map_err(|error| Error::read(file(path), &error))
}

/// The files named by paths, and those in and below folders that are named.
pub(crate) fn documents(paths: &[PathBuf]) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            let before = found.len();
            collect(path, &mut found)?;
            if found.len() == before {
                let shown = path.display();
                return Err(Error::new(
                    "fen::file::no_policies",
                    format!("no .fen file in {shown}, and no .md file with a ```fen block"),
                    format!("{shown} 中没有 .fen 文件，也没有含 ```fen 代码块的 .md 文件"),
                ));
            }
        } else {
            found.push(path.clone());
        }
    }
    Ok(found)
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) -> Outcome<()> {
    let entries = fs::read_dir(folder).and_then(|entries| entries.collect::<io::Result<Vec<_>>>());
    let mut entries = entries.map_err(|error| Error::read(folder, &error))?;
    entries.sort_by_key(fs::DirEntry::path);
    for entry in entries {
        let path = entry.path();
        // Links are not followed, so that a folder cannot contain itself.
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_folder {
            collect(&path, found)?;
        } else if is_policy(&path) {
            found.push(path);
        }
    }
    Ok(())
}

/// Whether a file found in a folder is a policy. A Markdown file that cannot be read is taken for one, so that it is said.
pub(crate) fn is_policy(path: &Path) -> bool {
    if path.extension().is_some_and(|ending| ending == "fen") {
        return true;
    }
    is_markdown(&path.to_string_lossy())
        && source(path)
            .map_or(true, |source| source.outline().is_none_or(|outline| outline.policy_blocks().next().is_some()))
}

/// Reads a policy.
pub(crate) fn source(path: &Path) -> Outcome<Source> {
    source_of(path, bytes(path)?)
}

/// The policy that a file's bytes are.
pub(crate) fn source_of(path: &Path, bytes: Vec<u8>) -> Outcome<Source> {
    let text = String::from_utf8(bytes).map_err(|_| not_utf8(path))?;
    Ok(Source::new(path.display().to_string(), text))
}

/// A text file in another encoding.
pub(crate) fn not_utf8(path: &Path) -> Error {
    let shown = path.display();
    let is_table = path.extension().is_none_or(|ending| ending.eq_ignore_ascii_case("csv"));
    // A policy has never been in Excel.
    let (en, zh) = if is_table {
        ("in Excel: \"CSV UTF-8\"", "Excel 中选“CSV UTF-8”")
    } else {
        ("in Notepad: Save as, encoding UTF-8", "记事本：另存为，编码选 UTF-8")
    };
    Error::new(
        "fen::file::not_utf8",
        format!("{shown} is not UTF-8 text; save it as UTF-8 ({en})"),
        format!("{shown} 不是 UTF-8 文本，请另存为 UTF-8（{zh}）"),
    )
}

/// Where a path leads, also if its file is not there yet: two spellings of one place are equal.
pub(crate) fn place(path: &Path) -> PathBuf {
    let path = file(path);
    if let Ok(place) = path.canonicalize() {
        return place;
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match (folder.canonicalize(), path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => std::path::absolute(path).unwrap_or_else(|_| path.to_owned()),
    }
}

/// Refuses to write over a file that the same command reads or writes as well: one of the two would be lost.
pub(crate) fn keep_apart(read: &[&Path], written: &[&Path]) -> Outcome<()> {
    let is_file = |path: &Path| path != Path::new("-") && fs::metadata(path).map_or(true, |file| file.is_file());
    let mut taken: Vec<PathBuf> = read.iter().filter(|path| is_file(path)).map(|path| place(path)).collect();
    for path in written.iter().filter(|path| is_file(path)) {
        let place = place(path);
        if taken.contains(&place) {
            let path = path.display();
            return Err(Error::new(
                "fen::file::same_file",
                format!("{path} is named twice; one would overwrite the other"),
                format!("{path} 出现两次，其一会被覆盖"),
            ));
        }
        taken.push(place);
    }
    Ok(())
}

/// Writes a text to a file that appears when it is whole; to standard output without a path.
pub(crate) fn write(path: Option<&Path>, text: &str) -> Outcome<()> {
    let Some(path) = path.filter(|path| *path != Path::new("-")) else { return print(text) };
    let mut draft = Draft::create(path)?;
    draft.write_all(text.as_bytes()).map_err(|error| Error::write(path, &error))?;
    draft.finish()
}

/// A file under construction. It gets its name only when it is whole.
pub(crate) enum Draft {
    /// Beside its later place.
    File(BufWriter<NamedTempFile>, PathBuf),
    /// A pipe or device, which cannot be replaced.
    Direct(BufWriter<File>, PathBuf),
}

impl Draft {
    /// Begins a file.
    pub(crate) fn create(path: &Path) -> Outcome<Self> {
        // The kind alone: the full message may name the temporary file.
        let failed = |error: io::Error| Error::write(path, &io::Error::from(error.kind()));
        if path.is_dir() {
            return Err(Error::write(path, &io::Error::from(io::ErrorKind::IsADirectory)));
        }
        if fs::metadata(path).is_ok_and(|existing| !existing.is_file()) {
            let file = File::options().write(true).open(path).map_err(failed)?;
            return Ok(Self::Direct(BufWriter::new(file), path.to_owned()));
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::create_dir_all(folder).map_err(failed)?;
        let mut builder = tempfile::Builder::new();
        builder.prefix(".fen-");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // What the user's mask leaves of it, as for any file that a program creates.
            builder.permissions(fs::Permissions::from_mode(0o666));
        }
        let file = builder.tempfile_in(folder).map_err(failed)?;
        Ok(Self::File(BufWriter::with_capacity(1 << 16, file), path.to_owned()))
    }

    /// Ends the file. It has no name yet.
    pub(crate) fn close(self) -> Outcome<Whole> {
        match self {
            Self::File(writer, path) => {
                let file = writer.into_inner().map_err(|error| Error::write(&path, error.error()))?;
                Ok(Whole::File(file, path))
            }
            Self::Direct(mut writer, path) => {
                writer.flush().map_err(|error| Error::write(&path, &error))?;
                Ok(Whole::Direct)
            }
        }
    }

    /// Gives the file its name.
    pub(crate) fn finish(self) -> Outcome<()> {
        publish(vec![self.close()?])
    }
}

/// A file that is written and only lacks its name.
pub(crate) enum Whole {
    /// Beside its place.
    File(NamedTempFile, PathBuf),
    /// What standard output is to get.
    Held(File),
    /// A pipe or device has all of it.
    Direct,
}

/// Gives files their names, after all of them have been written.
pub(crate) fn publish(files: Vec<Whole>) -> Outcome<()> {
    for file in &files {
        if let Whole::Held(held) = file {
            let (mut held, mut out) = (held, io::stdout().lock());
            let copied = held.rewind().and_then(|()| io::copy(&mut held, &mut out)).and_then(|_| out.flush());
            copied.map_err(|error| Error::write(Path::new("standard output"), &error))?;
        }
    }
    for file in files {
        if let Whole::File(file, path) = file {
            file.persist(&path).map_err(|error| Error::write(&path, &error.error))?;
        }
    }
    Ok(())
}

/// Puts other text in a file: whole, or not at all. Where a link leads to the file, the link stays; its permissions stay too.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Outcome<()> {
    let place = place(path);
    let failed = |error: &io::Error| Error::write(path, error);
    let permissions = fs::metadata(&place).map_err(|error| failed(&error))?.permissions();
    if permissions.readonly() {
        return Err(failed(&io::Error::from(io::ErrorKind::PermissionDenied)));
    }
    let mut draft = Draft::create(&place)?;
    draft.write_all(bytes).map_err(|error| failed(&error))?;
    if let Draft::File(writer, _) = &draft {
        writer.get_ref().as_file().set_permissions(permissions).map_err(|error| failed(&error))?;
    }
    draft.finish()
}

/// The file of a coarser grain: its name stands before the ending of `path`.
pub(crate) fn beside(path: &Path, grain: &str) -> PathBuf {
    match path.extension() {
        Some(ending) => path.with_extension(format!("{grain}.{}", ending.to_string_lossy())),
        None => path.with_extension(grain),
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::File(writer, _) => writer.write(bytes),
            Self::Direct(writer, _) => writer.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::File(writer, _) => writer.flush(),
            Self::Direct(writer, _) => writer.flush(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grains_stand_before_the_ending() {
        let beside = |path: &str, grain| beside(Path::new(path), grain).display().to_string();
        assert_eq!(beside("a/out.csv", "hospital"), "a/out.hospital.csv");
        assert_eq!(beside("out.csv", "person.year"), "out.person.year.csv");
        assert_eq!(beside("out", "pool"), "out.pool");
        assert_eq!(beside("结果.2022.CSV", "医院"), "结果.2022.医院.CSV");
    }
}
