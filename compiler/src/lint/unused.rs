//! What a policy defines and never uses: a clause that was left out, most likely.

use std::collections::{HashMap, HashSet};

use fen_grammar::diagnostic::{Diagnostic, Text};
use fen_grammar::is_name_part;
use fen_grammar::source::Span;
use fen_grammar::tree::{Item, ItemKind, Name, Yields};

use super::{or_allow, warning};
use crate::rules::Rules;

const CODE: &str = "fen::lint::unused";

pub(super) fn lint(rules: Rules<'_>) -> Vec<Diagnostic> {
    // Values of enums stand for their enums.
    let mut defined: HashMap<&str, Vec<&Item>> = HashMap::new();
    for item in rules.items {
        for name in defines(item) {
            defined.entry(&name.text).or_default().push(item);
        }
        if let ItemKind::Enum(one) = &item.kind {
            one.values.iter().for_each(|(value, _)| defined.entry(&value.text).or_default().push(item));
        }
    }
    let mut used = Used { rules, defined: &defined, items: HashSet::new(), names: HashSet::new() };
    used.by(rules.items.iter().filter(|item| is_wanted(item)).collect());
    let own = rules.sources.iter().next().map_or(0, |source| source.text().len());
    // What is imported or amended is written elsewhere.
    let mut left: Vec<(&Item, &Name)> = Vec::new();
    for item in rules.items.iter().filter(|item| item.span.start <= own && !is_wanted(item)) {
        let is_known = |name: &Name, left: &[(&Item, &Name)]| left.iter().any(|(_, known)| known.text == name.text);
        for name in defines(item) {
            if !used.is_used(item, name) && !is_known(name, &left) {
                left.push((item, name));
            }
        }
    }
    // What only serves something unused is not said: that may be all that is missing. Then what serves itself.
    let mut found: Vec<(Span, Diagnostic)> = Vec::new();
    let served: HashSet<&str> = left
        .iter()
        .flat_map(|(item, own)| words(rules.sources.slice(item.span)).into_iter().filter(|word| *word != own.text))
        .collect();
    let (firsts, others): (Vec<_>, Vec<_>) = left.iter().partition(|(_, name)| !served.contains(name.text.as_str()));
    for (item, name) in firsts.into_iter().chain(others) {
        if !used.is_used(item, name) {
            found.push((name.span, unused(name)));
            used.names.insert(&name.text);
            used.by(defined.get(name.text.as_str()).cloned().unwrap_or_default());
        }
    }
    found.sort_by_key(|(span, _)| span.start);
    found.into_iter().map(|(_, diagnostic)| diagnostic).collect()
}

/// What is used so far.
struct Used<'a> {
    rules: Rules<'a>,
    defined: &'a HashMap<&'a str, Vec<&'a Item>>,
    items: HashSet<Span>,
    names: HashSet<&'a str>,
}

impl<'a> Used<'a> {
    /// Some items use what they mention, and that what it mentions.
    fn by(&mut self, mut open: Vec<&'a Item>) {
        self.items.extend(open.iter().map(|item| item.span));
        while let Some(item) = open.pop() {
            for word in words(self.rules.sources.slice(item.span)) {
                let Some((name, items)) = self.defined.get_key_value(word) else { continue };
                self.names.insert(name);
                open.extend(items.iter().filter(|item| self.items.insert(item.span)));
            }
        }
    }

    fn is_used(&self, item: &Item, name: &Name) -> bool {
        match item.kind {
            // One receiver of a ladder may be used, and another one not.
            ItemKind::LadderRow(_) => self.names.contains(name.text.as_str()),
            _ => self.items.contains(&item.span),
        }
    }
}

fn unused(name: &Name) -> Diagnostic {
    let text = &name.text;
    let message = Text::new(
        format!("`{text}` is not used: nothing that is settled or checked depends on it"),
        format!("“{text}”没有用到：输出、指标和恒有都与它无关"),
    );
    let here = Text::new("defined here", "在此定义");
    let help = or_allow(
        CODE,
        "a clause that uses it may have been left out; write it, or leave this out",
        "用到它的条款可能漏写；请补上，或删去此处",
    );
    warning(CODE, message, name.span, here).with_help(help)
}

/// What is there for its own sake.
fn is_wanted(item: &Item) -> bool {
    !matches!(
        item.kind,
        ItemKind::Enum(_)
            | ItemKind::Param(_)
            | ItemKind::Definition(_)
            | ItemKind::LadderRow(_)
            | ItemKind::Schedule(_)
            | ItemKind::Running(_)
            | ItemKind::Link(_)
            | ItemKind::Split(_)
            // What is given in an example says nothing of the rules, and an import uses nothing.
            | ItemKind::Example(_)
            | ItemKind::Import(_)
            | ItemKind::Title(_)
            | ItemKind::Source(_)
    )
}

/// The names under which an item can be used.
fn defines(item: &Item) -> Vec<&Name> {
    match &item.kind {
        ItemKind::Enum(one) => vec![&one.name],
        ItemKind::Param(one) => vec![&one.name],
        ItemKind::Definition(one) => vec![&one.name],
        ItemKind::Schedule(one) => vec![&one.name],
        ItemKind::Running(one) => vec![&one.name],
        ItemKind::Link(one) => vec![&one.name],
        ItemKind::Split(one) => vec![&one.name],
        ItemKind::LadderRow(row) => match &row.yields {
            Yields::Tier(shares) => shares.iter().map(|share| &share.name).collect(),
            Yields::Band(grants) => grants.iter().map(|grant| &grant.name).collect(),
        },
        _ => Vec::new(),
    }
}

/// The words of a text, without comments and quoted texts.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for line in text.lines() {
        let mut is_quoted = false;
        for part in line.split_inclusive(['"', '“', '”', '＂']) {
            let (code, is_comment) = match part.split_once('#') {
                Some((code, _)) if !is_quoted => (code, true),
                _ => (part, false),
            };
            if !is_quoted {
                words.extend(code.split(|c| !is_name_part(c)).filter(|word| !word.is_empty()));
            }
            if is_comment {
                break;
            }
            is_quoted = !is_quoted;
        }
    }
    // Nothing need stand between `每` and a name.
    let each: Vec<&str> = words.iter().filter_map(|word| word.strip_prefix('每')).collect();
    words.extend(each);
    words
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn words_of_code() {
        assert_eq!(words("a = b[c.d] # e\n  cite \"f # g\" h  每人"), ["a", "b", "c", "d", "cite", "h", "每人", "人"]);
    }
}
