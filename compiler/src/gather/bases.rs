//! What a source amends, for those who only read names there.

use fen_grammar::source::Source;
use fen_grammar::tree::{File, ItemKind};

use super::Files;

/// More policies than this do not amend one another.
const MOST: usize = 64;

/// The policy that a source amends, the one which that amends, and so on, whatever is wrong with them.
///
/// # Errors
/// The name of the first one that cannot be read.
pub fn bases(source: &Source, files: &dyn Files) -> Result<Vec<File>, String> {
    let (mut found, mut name) = (Vec::new(), source.name().to_owned());
    let (mut file, _) = fen_grammar::parse_source(source, 0);
    while found.len() < MOST {
        let amend = file.items.iter().find_map(|item| match &item.kind {
            ItemKind::Amend(amend) => Some(amend),
            _ => None,
        });
        let Some(amend) = amend else { break };
        let base = match &amend.file {
            Some(path) => files.read(&name, &path.text).ok(),
            None => files.policy(&name, &amend.base.text),
        };
        let base = base.ok_or_else(|| amend.base.text.clone())?;
        base.name().clone_into(&mut name);
        file = fen_grammar::parse_source(&base, 0).0;
        found.push(file.clone());
    }
    Ok(found)
}
