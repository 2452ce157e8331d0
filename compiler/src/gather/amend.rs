//! `amend BASE as NAME`: a policy that is another one but for what it overrides.

use std::collections::HashSet;

use fen_grammar::diagnostic::nearest;
use fen_grammar::source::{Source, Span};
use fen_grammar::tree::{Amend, Item, ItemKind, Output, OutputColumn};

use super::bases::{meant, named};
use super::{Gatherer, defines, errors};

impl Gatherer<'_> {
    /// `own` is where the text of the source lies. The items, or, if one of them amends a policy, that policy with the items in place of what they override.
    pub(super) fn amended(&mut self, from: &Source, own: Span, items: Vec<Item>) -> Vec<Item> {
        let amends: Vec<(Item, Amend)> = items
            .iter()
            .filter_map(|item| match &item.kind {
                ItemKind::Amend(amend) => Some((item.clone(), amend.clone())),
                _ => None,
            })
            .collect();
        let Some((first, amend)) = amends.first() else {
            for item in items.iter().filter(|item| item.is_added) {
                self.report(errors::added_to_nothing(item.span));
            }
            return items;
        };
        for (again, _) in amends.iter().skip(1) {
            self.report(errors::amends_twice(again.span, first.span));
        }
        let base = match &amend.file {
            Some(path) => self.read(from, path).map(|file| meant(file, &amend.base.text)),
            None => named(self.files, from, &amend.base.text),
        };
        let Some(base) = base else {
            if amend.file.is_none() {
                self.report(errors::unknown_base(&amend.base));
            }
            // Nothing can be said of the items without what they amend.
            self.gathered.broken.push(first.span);
            return Vec::new();
        };
        self.gathered.bases.push(amend.base.clone());
        let base = self.source(base, Some(amend.base.span));
        let held = base.iter().find_map(|item| match &item.kind {
            ItemKind::Policy(name) if name.text != amend.base.text => Some(name),
            _ => None,
        });
        if let Some(held) = held {
            self.report(errors::other_base(&amend.base, held));
        }
        // The examples of the base are about the base.
        let mut merged: Vec<Item> =
            base.into_iter().filter(|item| !matches!(item.kind, ItemKind::Example(_))).collect();
        let mut replaced_ladders: HashSet<String> = HashSet::new();
        let is_own = |item: &Item| own.start <= item.span.start && item.span.start < own.end;
        for item in items {
            if is_own(&item) {
                self.overlay(&mut merged, item, amend, &mut replaced_ladders, &is_own);
            } else {
                // What the source imports comes to what the base has.
                merged.push(item);
            }
        }
        merged
    }

    /// Puts an item of the source (`is_own`) in the place of what it overrides. Two for one place stay both, and are
    /// reported as doubled later.
    fn overlay(
        &mut self,
        merged: &mut Vec<Item>,
        item: Item,
        amend: &Amend,
        replaced: &mut HashSet<String>,
        is_own: &dyn Fn(&Item) -> bool,
    ) {
        match &item.kind {
            ItemKind::Amend(_) => {
                for known in merged.iter_mut() {
                    if matches!(known.kind, ItemKind::Policy(_)) {
                        known.kind = ItemKind::Policy(amend.name.clone());
                        known.span = item.span;
                        known.lang = item.lang;
                    }
                }
            }
            ItemKind::Title(_)
            | ItemKind::Source(_)
            | ItemKind::InForce(_)
            | ItemKind::DatedBy(_)
            | ItemKind::Rows(_)
            | ItemKind::OrderedBy(_)
            | ItemKind::InsuranceYear(_)
            | ItemKind::Reverses(_) => {
                let kind = std::mem::discriminant(&item.kind);
                merged.retain(|known| std::mem::discriminant(&known.kind) != kind || is_own(known));
                merged.push(item);
            }
            ItemKind::Rounding(rounding) => {
                let unit = rounding.step.unit.clone();
                let is_same =
                    |known: &Item| matches!(&known.kind, ItemKind::Rounding(known) if known.step.unit == unit);
                merged.retain(|known| !is_same(known) || is_own(known));
                merged.push(item);
            }
            ItemKind::Output(output) if !item.is_added => {
                let output = output.clone();
                self.relabel(merged, &item, &output);
            }
            ItemKind::LadderRow(row) if !item.is_added => {
                let subject = row.subject.clone();
                let is_row =
                    |known: &Item| matches!(&known.kind, ItemKind::LadderRow(row) if row.subject.text == subject.text);
                if replaced.insert(subject.text.clone()) {
                    if !merged.iter().any(is_row) {
                        self.report(errors::nothing_to_override(&subject, None));
                        self.gathered.broken.push(item.span);
                        return;
                    }
                    let rows = merged.iter().filter(|known| is_row(known)).filter_map(defines);
                    self.gathered.overridden.extend(rows.map(|(_, name)| name.clone()));
                    merged.retain(|known| !is_row(known));
                } else if !merged.iter().any(is_row) {
                    return;
                }
                merged.push(item);
            }
            _ => self.replace(merged, item, is_own),
        }
    }

    /// Puts an item in the place of what has its name, if it is of its kind.
    fn replace(&mut self, merged: &mut Vec<Item>, item: Item, is_own: &dyn Fn(&Item) -> bool) {
        if item.is_added {
            merged.push(item);
            return;
        }
        let Some((kind, name)) = defines(&item) else {
            // Invariants and examples have no name; they are added to those there are.
            merged.push(item);
            return;
        };
        let same = |known: &Item| {
            defines(known).is_some_and(|(known_kind, known)| known_kind == kind && known.text == name.text)
        };
        let place = merged.iter().position(|known| same(known) && !is_own(known));
        if let Some(slot) = place.and_then(|at| merged.get_mut(at)) {
            self.gathered.overridden.extend(defines(slot).map(|(_, name)| name.clone()));
            *slot = item;
            return;
        }
        if merged.iter().any(same) {
            merged.push(item);
            return;
        }
        let known = merged.iter().filter_map(defines).filter(|(known_kind, _)| *known_kind == kind);
        let near = nearest(&name.text, known.map(|(_, name)| name.text.as_str())).map(str::to_owned);
        self.report(errors::nothing_to_override(name, near));
        self.gathered.broken.push(item.span);
    }

    /// Outputs of the base that are named again get the labels, the rounding and, if it is said, the grain given here.
    fn relabel(&mut self, merged: &mut Vec<Item>, item: &Item, output: &Output) {
        for column in &output.columns {
            let is_it = |slot: &OutputColumn| slot.name.text == column.name.text;
            let place = merged
                .iter()
                .position(|known| matches!(&known.kind, ItemKind::Output(known) if known.columns.iter().any(is_it)));
            let Some(known) = place.and_then(|at| merged.get_mut(at)) else {
                self.report(errors::nothing_to_override(&column.name, None));
                continue;
            };
            let ItemKind::Output(base) = &mut known.kind else { continue };
            if output.per.is_none() && output.trailing.is_empty() {
                for slot in base.columns.iter_mut().filter(|slot| is_it(slot)) {
                    self.gathered.overridden.push(slot.name.clone());
                    *slot = column.clone();
                }
                continue;
            }
            // Its neighbours keep their grain, and all keep their order.
            let at = base.columns.iter().position(is_it).unwrap_or(0);
            let mut own = Output { columns: vec![column.clone()], cite: base.cite.clone(), ..output.clone() };
            if output.columns.last().is_none_or(|last| !is_it(last)) {
                own.trailing.clear();
            }
            let after = Output { columns: base.columns.split_off(at + 1), ..base.clone() };
            base.columns.truncate(at);
            if !after.columns.is_empty() {
                base.trailing.clear();
            }
            let (span, lang, is_added) = (known.span, known.lang, known.is_added);
            let rest = Item { span, lang, is_added, allows: Vec::new(), kind: ItemKind::Output(after) };
            let own = Item {
                span: item.span,
                lang: item.lang,
                is_added,
                allows: item.allows.clone(),
                kind: ItemKind::Output(own),
            };
            let at = place.map_or(merged.len(), |at| at + 1);
            merged.splice(at..at, [own, rest]);
        }
    }
}
