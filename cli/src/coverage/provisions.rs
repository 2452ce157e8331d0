//! The list of a notice's computable clauses: a CSV file with one row each.

use std::path::Path;

use crate::error::{Error, Outcome};
use crate::files;

/// What stands for words that are left out of a quotation.
const LEFT_OUT: [&str; 3] = ["⋯", "……", "…"];

/// A computable clause.
#[derive(Clone, Debug, Default)]
pub(super) struct Provision {
    /// What rules name it by, such as `001-23a`.
    pub(super) id: String,
    /// Where it stands in the notice.
    pub(super) clause: String,
    /// The notice's words; what is left out stands as `⋯`.
    pub(super) quote: String,
    /// How much depends on it: A, B or C.
    pub(super) priority: String,
    /// Why it has nothing to compute, if it has not.
    pub(super) not_computable: String,
}

impl Provision {
    /// The pieces of its quotation.
    pub(super) fn pieces(&self) -> impl Iterator<Item = &str> {
        let pieces = LEFT_OUT.iter().fold(vec![self.quote.as_str()], |pieces, mark| {
            pieces.into_iter().flat_map(|piece| piece.split(mark)).collect()
        });
        pieces.into_iter().map(str::trim).filter(|piece| !piece.is_empty())
    }
}

/// Reads the list; no id may stand in it twice.
pub(super) fn read(path: &Path) -> Outcome<Vec<Provision>> {
    let bytes = std::fs::read(path).map_err(|error| Error::read(path, &error))?;
    let text = String::from_utf8(bytes).map_err(|_| files::not_utf8(path))?;
    let mut reader =
        csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let header = reader.headers().map_err(|error| Error::read(path, &error))?.clone();
    let column = |name: &str| header.iter().position(|known| known == name);
    for name in ["id", "clause", "quote"] {
        if column(name).is_none() {
            let shown = path.display();
            return Err(Error::new(
                "fen::coverage::column",
                format!("{shown} has no column `{name}`; it needs id, clause and quote"),
                format!("{shown} 没有 `{name}` 列；须有 id、clause、quote 三列"),
            ));
        }
    }
    let mut all: Vec<Provision> = Vec::new();
    for row in reader.records() {
        let row = row.map_err(|error| Error::read(path, &error))?;
        let cell = |name: &str| column(name).and_then(|at| row.get(at)).unwrap_or_default().to_owned();
        let provision = Provision {
            id: cell("id"),
            clause: cell("clause"),
            quote: cell("quote"),
            priority: cell("priority"),
            not_computable: cell("not_computable"),
        };
        if let Some(twice) = all.iter().find(|known| known.id == provision.id) {
            let (shown, id) = (path.display(), &twice.id);
            return Err(Error::new(
                "fen::coverage::twice",
                format!("{shown} has the provision {id} twice"),
                format!("{shown} 中条款 {id} 出现两次"),
            ));
        }
        all.push(provision);
    }
    Ok(all)
}

/// A text without what the layout of a page puts into it: blanks and ends of lines.
pub(super) fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && *c != '\u{feff}').collect()
}
