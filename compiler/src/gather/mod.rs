//! Files to one list of items: what a policy imports is put before its own items, what it amends is overridden by them.
//!
//! The compiler reads no files itself; whoever calls it says by [`Files`] how a name in a source becomes a text. Places
//! of all sources are told apart by [`Sources`].

mod amend;
mod bases;
mod errors;
mod import;

use std::collections::HashMap;

use fen_grammar::diagnostic::Diagnostic;
use fen_grammar::source::{Source, Sources, Span};
use fen_grammar::tree::{Item, ItemKind, Name, ParamValue, Quoted};

pub use self::bases::bases;

/// The most files that one policy may be made of.
const MAX_FILES: usize = 500;

/// How many files may refer to one another, each to the next.
const MAX_DEPTH: usize = 50;

/// How the compiler comes by the files that a source names.
pub trait Files {
    /// The file at `path` as it is written in the source called `from`.
    ///
    /// # Errors
    /// Why the file cannot be read, for people.
    fn read(&self, from: &str, path: &str) -> Result<Source, String>;

    /// The file that holds the policy `name`, which the source called `from` amends; `None` if there is none.
    fn policy(&self, from: &str, name: &str) -> Option<Source>;
}

/// There are no files but the source itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoFiles;

impl Files for NoFiles {
    fn read(&self, _from: &str, _path: &str) -> Result<Source, String> {
        Err("no other files here".to_owned())
    }

    fn policy(&self, _from: &str, _name: &str) -> Option<Source> {
        None
    }
}

/// All that a policy is made of.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    pub(crate) sources: Sources,
    pub(crate) items: Vec<Item>,
    /// Where items stand that could not be parsed.
    pub(crate) broken: Vec<Span>,
    /// Tables in files of their own, by the place where the file is named: where its text begins.
    pub(crate) tables: HashMap<Span, Span>,
    /// Files of parameters for examples, by the place where one is named: where its text lies.
    pub(crate) sheets: HashMap<Span, Span>,
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// The end of the main source's code.
    pub(crate) end: usize,
    /// Names in `import` items.
    pub(crate) imports: Vec<Name>,
    /// The names of policies that others amend.
    pub(crate) bases: Vec<Name>,
    /// The names of items that others have taken the place of.
    pub(crate) overridden: Vec<Name>,
    /// Quoted paths, and the names of the sources they lead to.
    pub(crate) paths: Vec<(Span, String)>,
}

/// Gathers a source and all it refers to.
pub(crate) fn gather(source: &Source, files: &dyn Files) -> Gathered {
    let mut gatherer = Gatherer {
        files,
        gathered: Gathered::default(),
        open: Vec::new(),
        parsed: HashMap::new(),
        sheets: HashMap::new(),
        count: 0,
    };
    // Where code ends: words may follow it.
    let last = source.outline().and_then(|outline| outline.policy_blocks().last());
    gatherer.gathered.end =
        last.map_or(source.text().len(), |block| block.lines.last().map_or(block.span.end, |line| line.end));
    let items = gatherer.source(source.clone(), None);
    let mut gathered = gatherer.gathered;
    gathered.items = items;
    gathered
}

struct Gatherer<'a> {
    files: &'a dyn Files,
    gathered: Gathered,
    /// The names of the sources that are being gathered, each named by the one before.
    open: Vec<String>,
    /// Sources that are gathered already.
    parsed: HashMap<String, Vec<Item>>,
    /// Files of parameters that are gathered already, and where their texts lie.
    sheets: HashMap<String, Span>,
    count: usize,
}

impl Gatherer<'_> {
    fn report(&mut self, diagnostic: Diagnostic) {
        self.gathered.diagnostics.push(diagnostic);
    }

    /// All items of a source, with those it imports or amends. `named_at` is where another source names it.
    fn source(&mut self, source: Source, named_at: Option<Span>) -> Vec<Item> {
        let name = source.name().to_owned();
        if let Some(known) = self.parsed.get(&name) {
            return known.clone();
        }
        if let Some(span) = named_at {
            if let Some(at) = self.open.iter().position(|open| *open == name) {
                let cycle = self.open.iter().skip(at).cloned().collect();
                self.report(errors::cycle(span, cycle));
                return Vec::new();
            }
            if self.open.len() > MAX_DEPTH {
                self.report(errors::too_deep(span, MAX_DEPTH));
                return Vec::new();
            }
            self.count += 1;
            if self.count > MAX_FILES {
                if self.count == MAX_FILES + 1 {
                    self.report(errors::too_many_files(span, MAX_FILES));
                }
                return Vec::new();
            }
        }
        if let Some(problem) = which(&source) {
            let start = self.gathered.sources.add(source.clone());
            let span = named_at.unwrap_or(Span { start, end: start });
            self.report(problem(span));
            self.gathered.broken.push(span);
            return Vec::new();
        }
        self.open.push(name.clone());
        let length = source.text().len();
        let offset = self.gathered.sources.add(source.clone());
        let (file, diagnostics) = fen_grammar::parse_source(&source, offset);
        self.gathered.diagnostics.extend(diagnostics);
        self.gathered.broken.extend(file.broken);
        for item in &file.items {
            self.table(&source, item);
            self.sheet(&source, item);
        }
        let items = self.imports(&source, file.items);
        let items = self.amended(&source, Span { start: offset, end: offset + length }, items);
        self.open.pop();
        self.parsed.insert(name, items.clone());
        items
    }

    /// Fetches the file of a parameter whose values stand in one.
    fn table(&mut self, from: &Source, item: &Item) {
        let ItemKind::Param(param) = &item.kind else { return };
        let ParamValue::File(path) = &param.value else { return };
        if let Some(source) = self.read(from, path) {
            let length = source.text().len();
            let start = self.gathered.sources.add(source);
            self.gathered.tables.insert(path.span, Span { start, end: start + length });
        }
    }

    /// Fetches the file that gives an example its parameters; for several examples it is one source.
    fn sheet(&mut self, from: &Source, item: &Item) {
        let ItemKind::Example(example) = &item.kind else { return };
        let Some(path) = &example.params else { return };
        let Some(source) = self.read(from, path) else { return };
        let known = self.sheets.get(source.name()).copied();
        let text = known.unwrap_or_else(|| {
            let (name, length) = (source.name().to_owned(), source.text().len());
            let start = self.gathered.sources.add(source);
            let text = Span { start, end: start + length };
            self.sheets.insert(name, text);
            text
        });
        self.gathered.sheets.insert(path.span, text);
    }

    fn read(&mut self, from: &Source, path: &Quoted) -> Option<Source> {
        match bases::read(self.files, from, &path.text) {
            Ok(source) => {
                self.gathered.paths.push((path.span, source.name().to_owned()));
                Some(source)
            }
            Err(why) => {
                self.report(errors::unreadable(path, &why));
                None
            }
        }
    }
}

/// Why it is not clear which policy of a file is meant.
fn which(source: &Source) -> Option<impl FnOnce(Span) -> Diagnostic> {
    let known = source.outline()?.policies();
    let is_clear = source.policy().map_or(known.len() < 2, |policy| known.iter().any(|one| one == policy));
    let problem = move |span| match source.policy() {
        Some(policy) => errors::unknown_policy(span, source.file(), policy, known),
        None => errors::several_policies(span, source.file(), known),
    };
    (!is_clear).then_some(problem)
}

/// What an item defines: what kind of thing, and its name. Rows of a ladder define their subject's ladder.
fn defines(item: &Item) -> Option<(&'static str, &Name)> {
    match &item.kind {
        ItemKind::Enum(one) => Some(("enum", &one.name)),
        ItemKind::Input(input) => Some(("input", &input.name)),
        ItemKind::Param(param) => Some(("param", &param.name)),
        ItemKind::Definition(definition) => Some(("definition", &definition.name)),
        ItemKind::LadderRow(row) => Some(("row", &row.subject)),
        ItemKind::Schedule(schedule) => Some(("ladder", &schedule.name)),
        ItemKind::Check(check) => Some(("check", &check.name)),
        ItemKind::Running(running) => Some(("running", &running.name)),
        ItemKind::Link(link) => Some(("link", &link.name)),
        ItemKind::Split(split) => Some(("split", &split.name)),
        _ => None,
    }
}
