//! Where names are defined and used, in all files of a policy and in the other policies of the workspace.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fen_compiler::Span;
use fen_compiler::literate::{is_markdown, split};
use fen_compiler::navigate::{Entry, Names, Occurrence};
use tower_lsp_server::ls_types::{Location, Position, Range};

use super::analyst::known;
use super::hover::word_at;
use super::report;
use super::workspace::{Known, Overlay, View, Workspace};

/// Other policies of the workspace that are read to find uses of a name.
const MOST_POLICIES: usize = 200;
/// Files that are looked at for them.
const MOST_FILES: usize = 5_000;
/// Larger files are not looked at.
const MOST_BYTES: u64 = 4 << 20;

/// Where the name at a position is defined, or the file that is named there.
pub(crate) fn definition(workspace: &Workspace, view: &View, position: Position) -> Option<Location> {
    let offset = view.text.offset(position, view.encoding);
    if let Some(place) = view.place(offset) {
        if let Some((_, entry)) = view.known.names.at(place) {
            return report::location(workspace, &view.known, entry.definition);
        }
        if let Some(file) = view.known.names.file_at(place) {
            return match file.target {
                Some(target) => report::location(workspace, &view.known, target),
                None => Some(Location { uri: workspace.uri(split(&file.source).0)?, range: Range::default() }),
            };
        }
    }
    let (_, word) = word_at(view.text.as_str(), offset).filter(|_| view.is_code(offset))?;
    let whole = view.whole.as_ref()?;
    let entry = whole.names.named(word).next()?;
    report::location(workspace, whole, entry.definition)
}

/// The places of the name at a position in the same document.
pub(crate) fn highlights(view: &View, position: Position) -> Vec<(Range, bool)> {
    let place = view.place(view.text.offset(position, view.encoding));
    let Some((occurrence, _)) = place.and_then(|place| view.known.names.at(place)) else { return Vec::new() };
    let same = view.known.names.same(occurrence);
    same.filter_map(|one| Some((view.text.range(view.here(one.span)?, view.encoding), one.is_definition))).collect()
}

/// A place in a file.
pub(crate) type FilePlace = (String, Span);

/// A name in all policies that were looked at.
pub(crate) struct Everywhere {
    /// Where it stands, and whether it is defined there.
    pub(crate) places: BTreeMap<FilePlace, bool>,
    /// The policies in which it stands.
    pub(crate) policies: Vec<Arc<Known>>,
}

/// Finds the name at a place of a policy in that policy and in all others of the workspace that share it.
pub(crate) fn everywhere(view: &View, occurrence: &Occurrence, entry: &Entry, others: Vec<Arc<Known>>) -> Everywhere {
    let mut places: BTreeMap<FilePlace, bool> = BTreeMap::new();
    for one in view.known.names.same(occurrence) {
        places.extend(file_place(&view.known, one.span).map(|place| (place, one.is_definition)));
    }
    let mut policies = vec![Arc::clone(&view.known)];
    let mut rest = others;
    // What shares a place is the same; that may lead to more places.
    loop {
        let before = rest.len();
        let mut unrelated = Vec::new();
        for known in rest {
            let found = same_in(&known, &entry.name, &places);
            if found.is_empty() {
                unrelated.push(known);
            } else {
                places.extend(found);
                policies.push(known);
            }
        }
        rest = unrelated;
        if rest.len() == before {
            return Everywhere { places, policies };
        }
    }
}

/// All places in a policy of what has this name and stands at one of the places.
fn same_in(known: &Known, name: &str, places: &BTreeMap<FilePlace, bool>) -> Vec<(FilePlace, bool)> {
    let names: &Names = &known.names;
    let is_shared = |one: &Occurrence| file_place(known, one.span).is_some_and(|place| places.contains_key(&place));
    let shared = names.occurrences().find(|(one, entry)| entry.name == name && is_shared(one));
    let Some((shared, _)) = shared else { return Vec::new() };
    names.same(shared).filter_map(|one| Some((file_place(known, one.span)?, one.is_definition))).collect()
}

pub(crate) fn file_place(known: &Known, span: Span) -> Option<FilePlace> {
    let (source, span) = known.examined.sources().locate(span)?;
    Some((source.file().to_owned(), span))
}

/// The other policies that may use a name: those that are open, the files of this one by themselves, and those in the
/// folders of the workspace that hold the name.
pub(crate) fn others(workspace: &Workspace, overlay: &Overlay, view: &View, name: &str) -> Vec<Arc<Known>> {
    let mut found: Vec<Arc<Known>> = Vec::new();
    let mut seen: HashSet<String> = HashSet::new();
    for (root, state) in &workspace.roots {
        if let Some(latest) = state.latest.as_ref().filter(|_| workspace.is_fresh(root)) {
            seen.insert(root.clone());
            if !Arc::ptr_eq(latest, &view.known) {
                found.push(Arc::clone(latest));
            }
        }
    }
    let mut paths: BTreeSet<PathBuf> = BTreeSet::new();
    for source in view.known.texts.keys() {
        paths.insert(PathBuf::from(source));
    }
    let mut left = MOST_FILES;
    let own = Path::new(&view.name).parent().map(Path::to_owned);
    for folder in workspace.folders.iter().chain(&own) {
        let depth = if workspace.folders.contains(folder) { 12 } else { 1 };
        walk(folder, depth, &mut left, &mut paths);
    }
    for path in paths {
        if found.len() >= MOST_POLICIES {
            break;
        }
        let is_large = std::fs::metadata(&path).is_ok_and(|file| file.len() > MOST_BYTES);
        if is_large || !disk_policy(&path) {
            continue;
        }
        let Ok(file) = overlay.source(&path) else { continue };
        // A policy that amends another may not say the name itself.
        let may_use = file.text().contains(name) || file.text().contains("amend") || file.text().contains("修订");
        if may_use && file.text().len() as u64 <= MOST_BYTES {
            let others = file.policies().into_iter().filter(|one| !seen.contains(one.name()));
            found.extend(others.map(|one| Arc::new(known(&one, overlay, workspace.clock))));
        }
    }
    found
}

fn disk_policy(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "fen") || is_markdown(&path.to_string_lossy())
}

/// Policies in and below a folder.
fn walk(folder: &Path, depth: usize, left: &mut usize, found: &mut BTreeSet<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        if *left == 0 {
            return;
        }
        *left -= 1;
        let path = entry.path();
        let name = entry.file_name();
        let is_hidden = name.to_string_lossy().starts_with('.');
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_folder && depth > 1 && !is_hidden && name != "node_modules" && name != "target" {
            walk(&path, depth - 1, left, found);
        } else if !is_folder && disk_policy(&path) {
            found.insert(path);
        }
    }
}

/// Where the name at a position stands, in all policies of the workspace.
pub(crate) fn references(
    workspace: &Workspace,
    view: &View,
    position: Position,
    with_definition: bool,
) -> Option<Vec<Location>> {
    let place = view.place(view.text.offset(position, view.encoding))?;
    let (occurrence, entry) = view.known.names.at(place)?;
    let overlay = workspace.overlay();
    let found = everywhere(view, occurrence, entry, others(workspace, &overlay, view, &entry.name));
    let wanted = found.places.iter().filter(|(_, is_definition)| with_definition || !**is_definition);
    let location = |(file, span): &FilePlace| {
        let text = found.policies.iter().find_map(|known| known.texts.get(file))?;
        Some(Location { uri: workspace.uri(file)?, range: text.range(*span, view.encoding) })
    };
    Some(wanted.filter_map(|(place, _)| location(place)).collect())
}
