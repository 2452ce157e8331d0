//! What a source amends, for those who only read names there.

use fen_grammar::source::Source;
use fen_grammar::tree::{File, ItemKind};

use super::Files;

/// More policies than this do not amend one another.
const MOST: usize = 64;

/// The policy that a source amends, the one which that amends, and so on, whatever is wrong with them; of a file with several
/// policies, those of all.
///
/// # Errors
/// The name of the first one that cannot be read.
pub fn bases(source: &Source, files: &dyn Files) -> Result<Vec<File>, String> {
    let mut found = Vec::new();
    for policy in source.policies() {
        found.extend(bases_of(&policy, files)?);
    }
    Ok(found)
}

fn bases_of(source: &Source, files: &dyn Files) -> Result<Vec<File>, String> {
    let (mut found, mut source) = (Vec::new(), source.clone());
    let (mut file, _) = fen_grammar::parse_source(&source, 0);
    while found.len() < MOST {
        let amend = file.items.iter().find_map(|item| match &item.kind {
            ItemKind::Amend(amend) => Some(amend),
            _ => None,
        });
        let Some(amend) = amend else { break };
        let base = match &amend.file {
            Some(path) => read(files, &source, &path.text).ok().map(|file| meant(file, &amend.base.text)),
            None => named(files, &source, &amend.base.text),
        };
        source = base.ok_or_else(|| amend.base.text.clone())?;
        file = fen_grammar::parse_source(&source, 0).0;
        found.push(file.clone());
    }
    Ok(found)
}

/// The source at a path that another one names.
pub(super) fn read(files: &dyn Files, from: &Source, path: &str) -> Result<Source, String> {
    from.beside(path).map_or_else(|| files.read(from.name(), path), Ok)
}

/// The policy of this name beside a source that amends it: in the same file, or in one of the same folder.
pub(super) fn named(files: &dyn Files, from: &Source, name: &str) -> Option<Source> {
    let beside = from.called(name).filter(|found| found.name() != from.name());
    beside.or_else(|| files.policy(from.name(), name))
}

/// Of several policies in a file of which none is named, the one that is called so.
pub(super) fn meant(file: Source, name: &str) -> Source {
    let found = if file.policy().is_none() { file.called(name) } else { None };
    found.unwrap_or(file)
}
