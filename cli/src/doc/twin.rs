//! A policy in the words of the other language, so that a page shows its rules in both.

use std::collections::HashMap;

use fen_compiler::Lang;
use fen_grammar::source::{Source, Span};
use fen_grammar::tree::{DefinitionBody, Item, ItemKind, Yields};

use crate::disk::Disk;

/// The same policy in other words.
pub(super) struct Twin {
    /// The language of the policy.
    pub(super) own: Lang,
    pub(super) source: Source,
    pub(super) items: Vec<Item>,
    /// Where the expressions of the policy stand in the other words.
    parts: HashMap<Span, Span>,
}

impl Twin {
    /// The twin of a source with these items, which is `translated` in the other words.
    pub(super) fn of(source: &Source, items: &[Item], translated: &str) -> Option<Self> {
        let own = items.iter().find_map(|item| item.lang)?;
        let source = Source::new(source.name(), translated);
        let (file, problems) = fen_grammar::parse_source(&source, 0);
        if !problems.is_empty() || file.items.len() != items.len() {
            return None;
        }
        let mut parts = HashMap::new();
        for (one, other) in items.iter().zip(&file.items) {
            let (one, other) = (expressions(one), expressions(other));
            if one.len() == other.len() {
                parts.extend(one.into_iter().zip(other));
            }
        }
        Some(Self { own, source, items: file.items, parts })
    }

    /// Where an expression of the policy stands in the other words.
    pub(super) fn part(&self, span: Span) -> Option<Span> {
        self.parts.get(&span).copied()
    }
}

/// A file in the words of the other language. None if its words are of both languages, or cannot be translated.
pub(super) fn translated(source: &Source) -> Option<String> {
    let (file, _) = fen_grammar::parse_source(source, 0);
    let mut langs = file.items.iter().filter_map(|item| item.lang);
    let own = langs.next()?;
    if langs.any(|lang| lang != own) {
        return None;
    }
    let other = match own {
        Lang::En => Lang::Zh,
        Lang::Zh => Lang::En,
    };
    let bases = fen_compiler::bases(source, &Disk).ok()?;
    let translated = match source.outline() {
        Some(_) => fen_grammar::format_markdown_beside(source.text(), &bases, Some(other)),
        None => fen_grammar::format_beside(source.text(), &bases, Some(other)),
    };
    translated.ok()
}

/// Where the expressions of an item stand that tables show.
fn expressions(item: &Item) -> Vec<Span> {
    match &item.kind {
        ItemKind::Definition(definition) => {
            let mut spans = Vec::new();
            match &definition.body {
                DefinitionBody::Expr(expr) => spans.push(expr.span),
                DefinitionBody::Cases(cases, otherwise) => {
                    for case in cases.iter().chain(otherwise.as_deref()) {
                        spans.extend(case.condition.as_ref().map(|condition| condition.span));
                        spans.push(case.value.span);
                    }
                }
            }
            spans.extend(definition.exceptions.iter().flat_map(|one| [one.condition.span, one.value.span]));
            spans
        }
        ItemKind::LadderRow(row) => match &row.yields {
            Yields::Band(grants) => grants.iter().map(|grant| grant.value.span).collect(),
            Yields::Tier(_) => Vec::new(),
        },
        ItemKind::Schedule(schedule) => {
            schedule.versions.iter().flat_map(|(_, steps)| steps).map(|step| step.value.span).collect()
        }
        ItemKind::Always(always) => vec![always.span],
        _ => Vec::new(),
    }
}
