//! `import NAME, … from "FILE"`: enums, parameters and ladders of other files.

use std::collections::HashSet;

use fen_grammar::diagnostic::nearest;
use fen_grammar::source::{Source, Span};
use fen_grammar::tree::{Import, Item, ItemKind, TypeBase};

use super::{Gatherer, defines, errors};

impl Gatherer<'_> {
    /// The items with what they import before them.
    pub(super) fn imports(&mut self, from: &Source, items: Vec<Item>) -> Vec<Item> {
        let mut imported: Vec<Item> = Vec::new();
        let mut known: HashSet<Span> = HashSet::new();
        let mut own = Vec::new();
        for item in items {
            match &item.kind {
                ItemKind::Import(import) => {
                    for item in self.import(from, import) {
                        // One thing may be asked for by several.
                        if known.insert(item.span) {
                            imported.push(item);
                        }
                    }
                }
                _ => own.push(item),
            }
        }
        imported.extend(own);
        imported
    }

    /// The items that an import names, and those that they refer to.
    fn import(&mut self, from: &Source, import: &Import) -> Vec<Item> {
        self.gathered.imports.extend(import.names.iter().cloned());
        let problems = self.gathered.diagnostics.len();
        let read = self.read(from, &import.file);
        let items = read.map(|source| self.source(source, Some(import.file.span))).unwrap_or_default();
        if items.is_empty() && (self.gathered.diagnostics.len() > problems || self.count > super::MAX_FILES) {
            // Nothing is known of the file; its names are not reported where they are used.
            self.gathered.broken.extend(import.names.iter().map(|name| name.span));
            return Vec::new();
        }
        let can_be_imported =
            |item: &&Item| matches!(item.kind, ItemKind::Enum(_) | ItemKind::Param(_) | ItemKind::Schedule(_));
        let mut wanted: Vec<String> = Vec::new();
        for name in &import.names {
            let found = items.iter().find(|item| defines(item).is_some_and(|(_, known)| known.text == name.text));
            match found {
                Some(item) if can_be_imported(&item) => wanted.push(name.text.clone()),
                Some(_) => {
                    self.report(errors::not_for_import(name));
                    self.gathered.broken.push(name.span);
                }
                None => {
                    let known = items.iter().filter(can_be_imported).filter_map(defines);
                    let near = nearest(&name.text, known.map(|(_, name)| name.text.as_str())).map(str::to_owned);
                    self.report(errors::unknown_import(name, &import.file, near));
                    self.gathered.broken.push(name.span);
                }
            }
        }
        let mut chosen: HashSet<&str> = HashSet::new();
        while let Some(name) = wanted.pop() {
            let found = items
                .iter()
                .filter(can_be_imported)
                .find_map(|item| defines(item).filter(|(_, known)| known.text == name).map(|(_, name)| (item, name)));
            if let Some((item, name)) = found
                && chosen.insert(&name.text)
            {
                wanted.extend(refers_to(item));
            }
        }
        let is_chosen = |item: &&Item| defines(item).is_some_and(|(_, name)| chosen.contains(name.text.as_str()));
        items.iter().filter(can_be_imported).filter(is_chosen).cloned().collect()
    }
}

/// The names that an enum, a parameter or a ladder needs.
fn refers_to(item: &Item) -> Vec<String> {
    let of_type = |base: &TypeBase| match base {
        TypeBase::Name(name) => Some(name.clone()),
        TypeBase::Word(_) => None,
    };
    match &item.kind {
        ItemKind::Param(param) => {
            param.keys.iter().map(|key| key.text.clone()).chain(of_type(&param.ty.base)).collect()
        }
        ItemKind::Schedule(schedule) => of_type(&schedule.on.base).into_iter().collect(),
        _ => Vec::new(),
    }
}
