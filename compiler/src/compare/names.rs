//! Which names of two policies mean the same thing. Equal names do. Where the policies are written in different languages
//! (a policy and its translation), the others are matched by what is said of them, and what is left by its place; in one
//! language only by labels and by what is said of them.

use std::collections::{HashMap, HashSet};

use fen_grammar::tree::{Item, ItemKind, Quoted, Yields};

use super::entries::{Body, Entry, View};
use super::normal::Names;
use crate::rules::{RuleKind, named};

/// A thing that the two policies call differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renamed {
    /// What it is.
    pub kind: RuleKind,
    /// Its name in the old policy.
    pub old: String,
    /// Its name in the new one.
    pub new: String,
}

/// Names that have values: what expressions may refer to.
pub(super) fn own(items: &[Item]) -> HashSet<String> {
    let mut own = HashSet::new();
    for item in items {
        let mut add = |name: &str| {
            own.insert(name.to_owned());
        };
        match &item.kind {
            ItemKind::Enum(_) | ItemKind::Always(_) | ItemKind::Output(_) => {}
            ItemKind::LadderRow(row) => {
                add(&row.subject.text);
                receivers(&row.yields).into_iter().for_each(add);
            }
            kind => {
                if let Some((_, name)) = named(kind).filter(|(_, name)| !name.is_empty()) {
                    add(name);
                }
            }
        }
    }
    own
}

fn receivers(yields: &Yields) -> Vec<&str> {
    match yields {
        Yields::Tier(shares) => shares.iter().map(|share| share.name.text.as_str()).collect(),
        Yields::Band(grants) => grants.iter().map(|grant| grant.name.text.as_str()).collect(),
    }
}

/// Finds what the old policy's names are called in the new one, and gives its view those names.
pub(super) fn match_names(old: &mut View<'_>, new: &View<'_>, is_translation: bool) -> Vec<Renamed> {
    let mut renamed = Vec::new();
    enums(old, new, is_translation, &mut renamed);
    labelled(old, new, &mut renamed);
    // Each round may make more of what is said equal.
    loop {
        let before = renamed.len();
        alike(old, new, &mut renamed);
        receivers_of_ladders(old, new, is_translation, &mut renamed);
        inputs(old, new, &mut renamed);
        if renamed.len() == before && is_translation {
            by_place(old, new, &mut renamed);
        }
        if renamed.len() == before {
            break;
        }
    }
    renamed
}

/// Pairs of things of one kind that have no partner yet.
struct Open<'e, 'a> {
    old: Vec<&'e Entry<'a>>,
    new: Vec<&'e Entry<'a>>,
}

const NAMED: [RuleKind; 7] = [
    RuleKind::Input,
    RuleKind::Parameter,
    RuleKind::Definition,
    RuleKind::Running,
    RuleKind::Link,
    RuleKind::Split,
    RuleKind::Indicator,
];

fn open<'e, 'a>(old: &'e [Entry<'a>], new: &'e [Entry<'a>], kind: RuleKind) -> Open<'e, 'a> {
    let keys = |entries: &'e [Entry<'a>]| -> HashSet<&'e str> {
        entries.iter().filter(|entry| entry.kind == kind).map(|entry| entry.key.as_str()).collect()
    };
    let (old_keys, new_keys) = (keys(old), keys(new));
    let left = |entries: &'e [Entry<'a>], others: &HashSet<&str>| -> Vec<&'e Entry<'a>> {
        entries.iter().filter(|entry| entry.kind == kind && !others.contains(entry.key.as_str())).collect()
    };
    Open { old: left(old, &new_keys), new: left(new, &old_keys) }
}

fn rename(names: &mut Names, kind: RuleKind, old: &str, new: &str, renamed: &mut Vec<Renamed>) {
    if old == new {
        return;
    }
    let map = if kind == RuleKind::Enum { &mut names.enums } else { &mut names.symbols };
    map.insert(old.to_owned(), new.to_owned());
    renamed.push(Renamed { kind, old: old.to_owned(), new: new.to_owned() });
}

/// An enum with its values and their labels.
type Values = (String, Vec<(String, Vec<Quoted>)>);

/// Enums of as many values, in their order; and the values of enums that belong together, by their place.
fn enums(old: &mut View<'_>, new: &View<'_>, is_translation: bool, renamed: &mut Vec<Renamed>) {
    let all = |items: &'_ [Item]| -> Vec<Values> {
        let enums = items.iter().filter_map(|item| match &item.kind {
            ItemKind::Enum(one) => {
                let values = one.values.iter().map(|(name, labels)| (name.text.clone(), labels.clone()));
                Some((one.name.text.clone(), values.collect()))
            }
            _ => None,
        });
        enums.collect()
    };
    let (olds, mut news) = (all(old.rules.items), all(new.rules.items));
    let mut pairs = Vec::new();
    for (name, values) in &olds {
        if let Some(at) = news.iter().position(|(other, _)| other == name) {
            pairs.push((values.clone(), news.remove(at).1));
        }
    }
    for (name, values) in olds.iter().filter(|(name, _)| !all(new.rules.items).iter().any(|(other, _)| other == name)) {
        let fits = |(other, others): &Values| {
            let shared = values.iter().filter(|(value, _)| others.iter().any(|(other, _)| other == value)).count();
            let is_new = !olds.iter().any(|(old, _)| old == other);
            is_new && values.len() == others.len() && (is_translation || shared == values.len())
        };
        if let Some(at) = news.iter().position(fits) {
            let (other, others) = news.remove(at);
            rename(&mut old.names, RuleKind::Enum, name, &other, renamed);
            pairs.push((values.clone(), others));
        }
    }
    for (values, others) in pairs {
        if values.len() != others.len() {
            continue;
        }
        for ((value, labels), (other, other_labels)) in values.iter().zip(&others) {
            let is_elsewhere = others.iter().any(|(other, _)| other == value);
            let is_same = is_translation || share_label(value, labels, other, other_labels);
            if value != other && !is_elsewhere && is_same {
                old.names.values.insert(value.clone(), other.clone());
                renamed.push(Renamed { kind: RuleKind::Enum, old: value.clone(), new: other.clone() });
            }
        }
    }
}

/// Whether one of two things is called by a label of the other, or both have one label.
fn share_label(name: &str, labels: &[Quoted], other: &str, other_labels: &[Quoted]) -> bool {
    let is_label = |text: &str, labels: &[Quoted]| labels.iter().any(|label| label.text == text);
    is_label(name, other_labels)
        || is_label(other, labels)
        || labels.iter().any(|label| is_label(&label.text, other_labels))
}

fn labels(view: &View<'_>) -> HashMap<(RuleKind, String), Vec<Quoted>> {
    let labelled = view.rules.items.iter().filter_map(|item| {
        let (kind, name) = named(&item.kind)?;
        let labels = match &item.kind {
            ItemKind::Input(input) => &input.labels,
            ItemKind::Param(param) => &param.labels,
            ItemKind::Running(running) => &running.labels,
            ItemKind::Check(check) => &check.labels,
            _ => return None,
        };
        Some(((kind, name.to_owned()), labels.clone()))
    });
    labelled.collect()
}

fn labelled(old: &mut View<'_>, new: &View<'_>, renamed: &mut Vec<Renamed>) {
    let (old_labels, new_labels) = (labels(old), labels(new));
    let none = Vec::new();
    let (olds, news) = (old.entries(), new.entries());
    let mut pairs = Vec::new();
    for kind in NAMED {
        let Open { old: open_old, new: mut open_new } = open(&olds, &news, kind);
        for entry in open_old {
            let own = old_labels.get(&(kind, entry.name.clone())).unwrap_or(&none);
            let fits = |other: &&Entry<'_>| {
                let others = new_labels.get(&(kind, other.name.clone())).unwrap_or(&none);
                share_label(&entry.name, own, &other.name, others)
            };
            if let Some(at) = open_new.iter().position(fits) {
                let other = open_new.remove(at);
                pairs.push((kind, entry.name.clone(), other.name.clone()));
            }
        }
    }
    for (kind, one, other) in pairs {
        rename(&mut old.names, kind, &one, &other, renamed);
    }
}

/// Everything that is said of an entry, in normal form; nothing if little is said.
fn said(entry: &Entry<'_>) -> Option<String> {
    if entry.kind == RuleKind::Input {
        return None;
    }
    let mut said: Vec<String> = entry.facts.iter().map(|fact| format!("{}={}", fact.key, fact.form)).collect();
    said.sort();
    match &entry.body {
        Body::Plain => {}
        // Tables are compared later; a constant alone says too little.
        Body::Param(_) => return None,
        Body::Rows(rows) => {
            said.extend(rows.iter().map(|row| format!("{:?}{:?}{:?}", row.from, row.range, row.yields)))
        }
    }
    (!said.is_empty()).then(|| said.join("\n"))
}

/// Things of one kind of which the same is said.
fn alike(old: &mut View<'_>, new: &View<'_>, renamed: &mut Vec<Renamed>) {
    let (olds, news) = (old.entries(), new.entries());
    let mut pairs = Vec::new();
    for kind in NAMED {
        let Open { old: open_old, new: mut open_new } = open(&olds, &news, kind);
        for entry in open_old {
            let Some(own) = said(entry) else { continue };
            if let Some(at) = open_new.iter().position(|other| said(other).as_ref() == Some(&own)) {
                pairs.push((kind, entry.name.clone(), open_new.remove(at).name.clone()));
            }
        }
    }
    for (kind, one, other) in pairs {
        rename(&mut old.names, kind, &one, &other, renamed);
    }
    named_ladders(old, new, renamed);
}

/// Inputs of one type and range, if no other pair has those and a rule says the same of both.
fn inputs(old: &mut View<'_>, new: &View<'_>, renamed: &mut Vec<Renamed>) {
    let (olds, news) = (old.entries(), new.entries());
    let Open { old: open_old, new: open_new } = open(&olds, &news, RuleKind::Input);
    let rules = |entries: &[Entry<'_>]| -> HashSet<(RuleKind, String, String)> {
        let said = entries.iter().filter_map(|entry| Some((entry.kind, entry.key.clone(), said(entry)?)));
        said.collect()
    };
    let (known, wanted) = (rules(&olds), rules(&news));
    let mut pairs = Vec::new();
    for entry in &open_old {
        let is_like = |other: &&&Entry<'_>| facts(other) == facts(entry);
        let likes: Vec<_> = open_new.iter().filter(is_like).collect();
        let ([other], 1) = (likes.as_slice(), open_old.iter().filter(is_like).count()) else { continue };
        let mut names = old.names.clone();
        names.symbols.insert(entry.name.clone(), other.name.clone());
        let view = View { rules: old.rules, program: old.program, names };
        if rules(&view.entries()).difference(&known).any(|rule| wanted.contains(rule)) {
            pairs.push((entry.name.clone(), other.name.clone()));
        }
    }
    for (one, other) in pairs {
        rename(&mut old.names, RuleKind::Input, &one, &other, renamed);
    }
}

fn facts<'e>(entry: &'e Entry<'_>) -> Vec<(&'e str, &'e str)> {
    entry.facts.iter().map(|fact| (fact.key.as_str(), fact.form.as_str())).collect()
}

/// Ladders with a name of their own.
fn named_ladders(old: &mut View<'_>, new: &View<'_>, renamed: &mut Vec<Renamed>) {
    let (olds, news) = (old.entries(), new.entries());
    let is_own = |entry: &&Entry<'_>| !entry.facts.is_empty();
    let Open { old: open_old, new: open_new } = open(&olds, &news, RuleKind::Ladder);
    let mut open_new: Vec<_> = open_new.into_iter().filter(is_own).collect();
    let mut pairs = Vec::new();
    for entry in open_old.into_iter().filter(is_own) {
        if let Some(at) = open_new.iter().position(|other| said(other) == said(entry)) {
            pairs.push((entry.name.clone(), open_new.remove(at).name.clone()));
        }
    }
    for (one, other) in pairs {
        rename(&mut old.names, RuleKind::Ladder, &one, &other, renamed);
    }
}

/// Receivers of ladders on the same subject: those that get the same of all rows, and in translations those of one place.
fn receivers_of_ladders(old: &mut View<'_>, new: &View<'_>, is_translation: bool, renamed: &mut Vec<Renamed>) {
    let (olds, news) = (old.entries(), new.entries());
    let mut pairs: Vec<(String, String)> = Vec::new();
    for entry in olds.iter().filter(|entry| entry.kind == RuleKind::Ladder) {
        let Some(other) = news.iter().find(|other| other.kind == entry.kind && other.key == entry.key) else {
            continue;
        };
        let (Body::Rows(rows), Body::Rows(others)) = (&entry.body, &other.body) else { continue };
        let (mut own, mut their) = (columns(rows), columns(others));
        let known: HashSet<String> = own.iter().map(|(name, _)| name.clone()).collect();
        let their_known: HashSet<String> = their.iter().map(|(name, _)| name.clone()).collect();
        own.retain(|(name, _)| !their_known.contains(name));
        their.retain(|(name, _)| !known.contains(name));
        for (name, gets) in &own {
            let same = their.iter().position(|(_, theirs)| theirs == gets);
            if let Some(at) = same.or_else(|| (is_translation && own.len() == their.len()).then_some(0)) {
                pairs.push((name.clone(), their.remove(at).0));
            }
        }
    }
    for (one, other) in pairs {
        // The old policy's own name for what has this name in normal form.
        rename(&mut old.names, RuleKind::Definition, &one, &other, renamed);
    }
}

/// What the rows of a ladder yield, by receiver, in the order in which they are named.
fn columns(rows: &[super::entries::Row]) -> Vec<(String, Vec<String>)> {
    let mut columns: Vec<(String, Vec<String>)> = Vec::new();
    for row in rows {
        for (name, gets) in &row.yields {
            let gets = format!("{:?}{:?}{gets}", row.from, row.range);
            match columns.iter_mut().find(|(known, _)| known == name) {
                Some((_, known)) => known.push(gets),
                None => columns.push((name.clone(), vec![gets])),
            }
        }
    }
    columns.iter_mut().for_each(|(_, gets)| gets.sort());
    columns
}

/// In translations: things of one kind that are left, if they are as many in both; inputs of one type only.
fn by_place(old: &mut View<'_>, new: &View<'_>, renamed: &mut Vec<Renamed>) {
    let (olds, news) = (old.entries(), new.entries());
    for kind in [
        RuleKind::Input,
        RuleKind::Parameter,
        RuleKind::Link,
        RuleKind::Running,
        RuleKind::Definition,
        RuleKind::Split,
        RuleKind::Indicator,
        RuleKind::Ladder,
    ] {
        let Open { old: open_old, new: open_new } = open(&olds, &news, kind);
        let type_of =
            |entry: &Entry<'_>| entry.facts.iter().find(|fact| fact.key == "type").map(|fact| fact.form.clone());
        if open_old.is_empty() || open_old.len() != open_new.len() {
            continue;
        }
        let mut pairs = open_old.iter().zip(&open_new).filter(|(one, other)| type_of(one) == type_of(other)).peekable();
        if pairs.peek().is_none() || (kind == RuleKind::Ladder && pairs.clone().all(|(one, _)| one.facts.is_empty())) {
            continue;
        }
        for (one, other) in pairs {
            rename(&mut old.names, kind, &one.name, &other.name, renamed);
        }
        // What is said of other kinds of things may be equal now.
        return;
    }
}
