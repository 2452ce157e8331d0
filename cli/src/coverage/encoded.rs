//! Where policies name provisions, and what stands there.
//!
//! An id stands in the text above a block of Markdown, under the same heading, and belongs to all items of that block; or in
//! a comment, a label or a citation: to the item it stands in, or the one below.

use std::collections::BTreeMap;

use fen_compiler::literate::Role;
use fen_compiler::navigate::{self, NameKind, OutlineItem, OutlineKind};
use fen_compiler::{Source, examine};

use crate::disk::Disk;

/// The rules of one policy that implement a provision.
#[derive(Clone, Debug, Default)]
pub(super) struct Place {
    pub(super) file: String,
    /// The line of the first of them.
    pub(super) line: usize,
    pub(super) policy: String,
    /// Their names, as they stand in the policy.
    pub(super) rules: Vec<String>,
    /// Parameters that somebody has to give, which these rules use.
    pub(super) waiting: Vec<String>,
}

/// A quotation in a policy.
#[derive(PartialEq, Eq)]
pub(super) struct Quoted {
    pub(super) file: String,
    pub(super) line: usize,
    pub(super) text: String,
}

/// What a policy has of some provisions.
#[derive(Default)]
pub(super) struct Encoded {
    /// By id.
    pub(super) places: BTreeMap<String, Vec<Place>>,
    pub(super) quotes: Vec<Quoted>,
}

/// Looks for provisions in a policy.
pub(super) fn look(source: &Source, ids: &[&str], found: &mut Encoded) {
    let file = source.file().replace('\\', "/");
    let items: Vec<OutlineItem> = navigate::outline(navigate::code(source));
    let names = examine(source, &Disk).names(0);
    let waiting: Vec<&str> = names
        .entries()
        .filter(|entry| entry.kind == NameKind::RequiredParameter)
        .map(|entry| entry.name.as_str())
        .collect();
    let policy = items.iter().find(|item| item.kind == OutlineKind::Policy).map(|item| item.name.clone());
    let mut at: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (start, word) in words(source.text()) {
        if let Some(id) = ids.iter().find(|id| **id == word) {
            at.entry(id).or_default().extend(items_at(source, &items, start));
        }
    }
    for (id, mut places) in at {
        places.sort_unstable();
        places.dedup();
        let rules = places.iter().filter_map(|place| items.get(*place)).filter(|item| is_rule(item.kind));
        let rules: Vec<&OutlineItem> = rules.collect();
        let Some(first) = rules.first() else { continue };
        let mut place = Place {
            file: file.clone(),
            line: line_of(source, first.span.start),
            policy: policy.clone().unwrap_or_default(),
            ..Place::default()
        };
        for rule in rules {
            let name = if rule.name.is_empty() {
                navigate::code(source).get(rule.span.start..rule.span.end).unwrap_or_default().trim().to_owned()
            } else {
                rule.name.clone()
            };
            if !place.rules.contains(&name) {
                place.rules.push(name);
            }
            let text = navigate::code(source).get(rule.span.start..rule.span.end).unwrap_or_default();
            for (_, word) in words(text) {
                if waiting.contains(&word) && !place.waiting.iter().any(|known| known == word) {
                    place.waiting.push(word.to_owned());
                }
            }
        }
        found.places.entry(id.to_owned()).or_default().push(place);
    }
    for clause in source.outline().iter().flat_map(|outline| outline.clauses()) {
        if !clause.text.is_empty() {
            let line = line_of(source, clause.span.start);
            // A quotation may put several sentences below one another.
            for text in clause.text.lines().filter(|text| !text.trim().is_empty()) {
                let quoted = Quoted { file: file.clone(), line, text: text.trim().to_owned() };
                // The policies of one file have its quotations in common.
                if !found.quotes.contains(&quoted) {
                    found.quotes.push(quoted);
                }
            }
        }
    }
}

/// The line of a place in a source.
fn line_of(source: &Source, place: usize) -> usize {
    1 + source.text().get(..place).unwrap_or_default().matches('\n').count()
}

/// Whether an item says something of the law; examples and inputs do not.
fn is_rule(kind: OutlineKind) -> bool {
    !matches!(
        kind,
        OutlineKind::Policy
            | OutlineKind::Example
            | OutlineKind::Input
            | OutlineKind::Key
            | OutlineKind::Enum
            | OutlineKind::EnumValue
    )
}

/// The items that a place in the text speaks of, as places among all.
fn items_at(source: &Source, items: &[OutlineItem], start: usize) -> Vec<usize> {
    let from = |place: usize| items.iter().position(|item| item.span.end > place).into_iter();
    if navigate::is_code(source, start) {
        return from(start).collect();
    }
    let blocks = source.outline().into_iter().flat_map(|outline| outline.blocks());
    let mut rules = blocks.filter(|block| matches!(block.role, Role::Policy | Role::Elsewhere));
    let next = rules.find(|block| block.span.start >= start).filter(|block| block.role == Role::Policy);
    let Some(block) = next else { return Vec::new() };
    let mut headings = source.outline().into_iter().flat_map(|outline| outline.headings());
    if headings.any(|heading| start < *heading && *heading < block.span.start) {
        return Vec::new();
    }
    let inside = items
        .iter()
        .enumerate()
        .filter(|(_, item)| block.span.start <= item.span.start && item.span.end <= block.span.end);
    inside.map(|(at, _)| at).collect()
}

/// The words of a text: what names and ids are made of.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_part = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    let mut rest = 0;
    std::iter::from_fn(move || {
        let start = rest + text.get(rest..)?.find(is_part)?;
        let tail = text.get(start..)?;
        // Where letters of another writing follow, a word ends: `001-08适用`.
        let first_is_ascii = tail.starts_with(|c: char| c.is_ascii());
        let end =
            tail.find(|c: char| !is_part(c) || c.is_ascii() != first_is_ascii && first_is_ascii).unwrap_or(tail.len());
        rest = start + end;
        Some((start, tail.get(..end)?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_belong_to_the_items_they_stand_with() {
        let text = "# 一\n\n> 甲乙丙\n\n按 1-01 计提（1-02另见）。\n\n```fen\n政策 甲.乙\n输入 数: 金额 自 0元 至 10元\n参数 率: 比率 自 0% 至 100% = 待定\n\
            取整 四舍五入 到 0.01元\n额 = 率 * 数\n输出 额\n```\n\n```fen\n# 1-03\n双 = 2 * 数\n输出 双 \"1-04\"\n```\n";
        let mut found = Encoded::default();
        look(&Source::new("甲.md", text), &["1-01", "1-02", "1-03", "1-04", "1-0"], &mut found);
        let rules = |id: &str| found.places.get(id).map(|places| places[0].rules.clone()).unwrap_or_default();
        assert_eq!(rules("1-01"), ["率", "额"]);
        assert_eq!(rules("1-02"), ["率", "额"]);
        assert_eq!(rules("1-03"), ["双"]);
        assert_eq!(rules("1-04"), ["双"]);
        assert!(rules("1-0").is_empty());
        assert_eq!(found.places["1-01"][0].waiting, ["率"]);
        assert_eq!((found.quotes[0].text.as_str(), found.quotes[0].line), ("甲乙丙", 3));
    }
}
