//! The open documents, and what is known of the policies among them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Component, Path, PathBuf};
use std::str::FromStr as _;
use std::sync::Arc;

use fen_compiler::literate::{join, split};
use fen_compiler::navigate::Names;
use fen_compiler::{Diagnostic, Examination, Files, Lang, Source, Span};
use tower_lsp_server::ls_types::{Diagnostic as Reported, Position, Uri};

use super::text::{Encoding, Shift, Text};
use crate::{disk, files};

/// An open document.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    /// As the editor writes it.
    pub(crate) uri: Uri,
    pub(crate) version: i32,
    pub(crate) text: Arc<Text>,
    /// Whether it is, or may hold, a policy of its own; tables are not.
    pub(crate) is_policy: bool,
    /// What it holds, if it is Markdown.
    pub(crate) source: Option<Arc<Source>>,
    /// Counts the changes of all documents; see [`Workspace::clock`].
    pub(crate) changed_at: u64,
}

/// What is known of a policy at one time.
pub(crate) struct Known {
    pub(crate) examined: Examination,
    pub(crate) names: Names,
    /// The texts of its sources, by file.
    pub(crate) texts: HashMap<String, Arc<Text>>,
    /// The time at which its sources were read.
    pub(crate) clock: u64,
}

/// An open policy: a document, or one of several policies in it.
#[derive(Default)]
pub(crate) struct Root {
    pub(crate) latest: Option<Arc<Known>>,
    /// The latest in which every item could be read: names of items that are being typed are known from here.
    pub(crate) whole: Option<Arc<Known>>,
    /// What is wrong with its examples and invariants, and the time of the [`Known`] that were tried.
    pub(crate) tried: Option<(u64, Vec<Diagnostic>)>,
}

/// All that the server knows.
#[derive(Default)]
pub(crate) struct Workspace {
    pub(crate) encoding: Encoding,
    pub(crate) lang: Lang,
    pub(crate) folders: Vec<PathBuf>,
    /// By the name of the file; see [`name_of`].
    pub(crate) documents: BTreeMap<String, Document>,
    pub(crate) roots: BTreeMap<String, Root>,
    /// The root that is being written.
    pub(crate) focus: Option<String>,
    /// Roots to be read again.
    pub(crate) outdated: BTreeSet<String>,
    /// Roots whose examples are to be tried.
    pub(crate) untried: BTreeSet<String>,
    /// What the editor was told, by the name of the source.
    pub(crate) told: BTreeMap<String, Vec<Reported>>,
    pub(crate) clock: u64,
    pub(crate) is_closed: bool,
}

/// The name of a source: its path, or the address of a document that has none.
pub(crate) fn name_of(uri: &Uri) -> String {
    if uri.as_str().starts_with("file:")
        && let Some(path) = uri.to_file_path()
    {
        return path_name(&path);
    }
    uri.as_str().to_owned()
}

/// The address of a source.
pub(crate) fn uri_of(name: &str) -> Option<Uri> {
    let path = Path::new(name);
    if path.is_absolute() { Uri::from_file_path(path) } else { Uri::from_str(name).ok() }
}

/// A path without `.` and `..`, so that one file has one name.
fn path_name(path: &Path) -> String {
    let mut parts = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if parts.file_name().is_some() => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.to_string_lossy().into_owned()
}

/// The files on disk, and before them the open documents, which may not be saved.
#[derive(Clone, Default)]
pub(crate) struct Overlay {
    pub(crate) open: HashMap<String, Arc<Text>>,
}

impl Overlay {
    /// The source at a path.
    pub(crate) fn source(&self, path: &Path) -> Result<Source, String> {
        let name = path_name(path);
        if let Some(text) = self.open.get(split(&name).0) {
            return Ok(Source::new(name, text.as_str()));
        }
        let bytes = std::fs::read(files::file(path)).map_err(|error| error.to_string())?;
        let text = String::from_utf8(bytes).map_err(|_| "it is not UTF-8 text".to_owned())?;
        Ok(Source::new(name, text))
    }
}

impl Files for Overlay {
    fn read(&self, from: &str, path: &str) -> Result<Source, String> {
        self.source(&disk::folder(from).join(path))
    }

    fn policy(&self, from: &str, name: &str) -> Option<Source> {
        let beside = disk::folder(from);
        let open = self.open.keys().map(PathBuf::from).filter(|path| path.parent() == Some(beside.as_path()));
        let unsaved: Vec<PathBuf> = open.collect();
        disk::find_policy(from, name, unsaved, &|path| self.source(path).ok())
    }
}

impl Workspace {
    pub(crate) fn overlay(&self) -> Overlay {
        let open = self.documents.iter().map(|(name, document)| (name.clone(), Arc::clone(&document.text)));
        Overlay { open: open.collect() }
    }

    /// Notes that a document has changed, on disk or in the editor: policies that are made of it are outdated.
    pub(crate) fn touch(&mut self, name: &str) {
        self.clock += 1;
        let clock = self.clock;
        if let Some(document) = self.documents.get_mut(name) {
            document.changed_at = clock;
        }
        let affected = self.roots.iter().filter(|(root, state)| {
            split(root).0 == name
                || state.latest.as_ref().is_none_or(|known| {
                    let lacks_files = known
                        .examined
                        .diagnostics()
                        .iter()
                        .any(|one| matches!(one.code, "fen::file::unreadable" | "fen::amend::base"));
                    known.texts.contains_key(name) || lacks_files
                })
        });
        let affected: Vec<String> = affected.map(|(root, _)| root.clone()).collect();
        for root in affected {
            self.untried.remove(&root);
            self.outdated.insert(root);
        }
    }

    /// Takes a document for these policies, and for no others any more; false if it was none other.
    pub(crate) fn take(&mut self, file: &str, policies: &[String]) -> bool {
        let gone: Vec<String> = self.roots_of(file).filter(|root| !policies.contains(root)).cloned().collect();
        for root in &gone {
            self.outdated.remove(root);
            self.untried.remove(root);
            self.roots.remove(root);
        }
        for policy in policies {
            self.roots.entry(policy.clone()).or_default();
        }
        !gone.is_empty()
    }

    /// The policies of a file that are open.
    pub(crate) fn roots_of(&self, file: &str) -> impl Iterator<Item = &String> {
        self.roots.keys().filter(move |root| split(root).0 == file)
    }

    /// Whether what is known of a root is what there is.
    pub(crate) fn is_fresh(&self, root: &str) -> bool {
        !self.outdated.contains(root)
            && self.roots.get(root).and_then(|root| root.latest.as_ref()).is_some_and(|known| {
                let changed = |name: &String| self.documents.get(name).map_or(0, |document| document.changed_at);
                known.texts.keys().all(|name| changed(name) <= known.clock)
            })
    }

    /// The roots that say most of a file: its own, else one that is made of it.
    pub(crate) fn roots_about(&self, name: &str) -> Vec<&str> {
        let own: Vec<&str> = self.roots_of(name).map(String::as_str).collect();
        if own.is_empty() { self.root_with(name).into_iter().collect() } else { own }
    }

    /// The root that says most of a place in a file: that of the policy there.
    pub(crate) fn root_at(&self, name: &str, position: Position) -> Option<&str> {
        let document = self.documents.get(name);
        let outline = document.and_then(|document| document.source.as_ref()?.outline());
        let policy = document
            .zip(outline)
            .and_then(|(document, outline)| outline.policy_at(document.text.offset(position, self.encoding)));
        let named = policy.map(|policy| join(name, policy));
        let own = self.roots.get_key_value(named.as_deref().unwrap_or(name)).map(|(own, _)| own.as_str());
        own.or_else(|| self.roots_about(name).into_iter().next())
    }

    /// A root that is made of a file.
    fn root_with(&self, name: &str) -> Option<&str> {
        let uses = |root: &Root| root.latest.as_ref().is_some_and(|known| known.texts.contains_key(name));
        self.roots.iter().find(|(_, root)| uses(root)).map(|(root, _)| root.as_str())
    }

    /// The text of a source now.
    pub(crate) fn text(&self, name: &str) -> Option<Arc<Text>> {
        self.documents.get(name).map(|document| Arc::clone(&document.text))
    }

    /// The address of a source, as the editor writes it.
    pub(crate) fn uri(&self, name: &str) -> Option<Uri> {
        self.documents.get(name).map(|document| document.uri.clone()).or_else(|| uri_of(name))
    }
}

/// What is known of a source for answering a question: perhaps of a somewhat older text.
#[derive(Clone)]
pub(crate) struct View {
    pub(crate) known: Arc<Known>,
    /// Older, if the latest is not whole.
    pub(crate) whole: Option<Arc<Known>>,
    /// The file.
    pub(crate) name: String,
    pub(crate) root: String,
    /// The text now.
    pub(crate) text: Arc<Text>,
    source: Source,
    pub(crate) shift: Shift,
    pub(crate) is_fresh: bool,
    pub(crate) encoding: Encoding,
    pub(crate) lang: Lang,
}

impl View {
    /// The view of a file from a root.
    pub(crate) fn of(workspace: &Workspace, name: &str, root_name: &str) -> Option<Self> {
        let root = workspace.roots.get(root_name)?;
        let known = Arc::clone(root.latest.as_ref()?);
        let old = known.texts.get(name).cloned().unwrap_or_default();
        let text = workspace.text(name).unwrap_or_else(|| Arc::clone(&old));
        let shift = Shift::between(old.as_str(), text.as_str());
        // Of the file as the root has it: it may import another policy of it.
        let sources = || known.examined.sources().iter().filter(|source| source.file() == name);
        let own = sources().find(|source| source.name() == root_name).or_else(|| sources().next());
        let source = Source::new(own.map_or(name, Source::name), text.as_str());
        Some(Self {
            whole: root.whole.clone(),
            name: name.to_owned(),
            root: root_name.to_owned(),
            source,
            text,
            shift,
            is_fresh: workspace.is_fresh(root_name),
            encoding: workspace.encoding,
            lang: workspace.lang,
            known,
        })
    }

    /// The views of a file from all roots that say most of it.
    pub(crate) fn all(workspace: &Workspace, name: &str) -> Vec<Self> {
        workspace.roots_about(name).into_iter().filter_map(|root| Self::of(workspace, name, root)).collect()
    }

    /// The part of the text now that is compiled, every byte in its place.
    pub(crate) fn code(&self) -> &str {
        fen_compiler::navigate::code(&self.source)
    }

    /// Whether a byte of the text now is compiled.
    pub(crate) fn is_code(&self, offset: usize) -> bool {
        fen_compiler::navigate::is_code(&self.source, offset)
    }

    /// The place among all sources of a byte of the text now.
    pub(crate) fn place(&self, offset: usize) -> Option<usize> {
        Some(self.known.examined.sources().start(self.source.name())? + self.shift.back(offset)?)
    }

    /// Where a place lies in the text now, if it lies in this source and was not changed.
    pub(crate) fn here(&self, span: Span) -> Option<Span> {
        let (source, span) = self.known.examined.sources().locate(span)?;
        if source.name() == self.source.name() { self.shift.forth(span) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_file_has_one_name() {
        let name = |uri: &str| name_of(&Uri::from_str(uri).unwrap());
        assert_eq!(name("file:///a/b.fen"), "/a/b.fen");
        assert_eq!(name("file:///a/%E6%94%BF%20策.fen".replace('策', "%E7%AD%96").as_str()), "/a/政 策.fen");
        assert_eq!(path_name(Path::new("/a/x/../b.fen")), "/a/b.fen");
        assert_eq!(name("untitled:Untitled-1"), "untitled:Untitled-1");
    }
}
