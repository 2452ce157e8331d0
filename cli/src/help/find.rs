//! Which code is meant.

use super::page::{Page, Section};

/// What a topic names.
pub(super) enum Found<'f, 'p> {
    /// One code.
    One(&'f Section<'p>),
    /// All codes of a group, such as those of `tier`.
    Group(Vec<&'f Section<'p>>),
    /// Several codes end like this.
    Several(Vec<&'f Section<'p>>),
    /// Nothing.
    None {
        /// The codes that may have been meant, the likeliest first.
        near: Vec<&'p str>,
    },
}

/// Finds a code by its whole or its end, or a group by its name.
pub(super) fn find<'f, 'p>(page: &'f Page<'p>, topic: &str) -> Found<'f, 'p> {
    let topic = topic.to_lowercase().replace('：', ":");
    if let Some(section) = page.sections().find(|section| section.code == topic) {
        return Found::One(section);
    }
    let named = |wanted: &str| {
        page.sections().filter(|section| ends(section.code).any(|end| end == wanted)).collect::<Vec<_>>()
    };
    let mut found = named(&topic);
    if found.len() == 1
        && let Some(section) = found.pop()
    {
        return Found::One(section);
    }
    let group = topic.strip_prefix("fen::").unwrap_or(&topic);
    let in_group: Vec<_> = page.sections().filter(|section| section.code.split("::").nth(1) == Some(group)).collect();
    if !found.is_empty() {
        return Found::Several(found);
    }
    if !in_group.is_empty() {
        return Found::Group(in_group);
    }
    Found::None { near: near(page, &topic) }
}

/// The other codes that end like this one: `missing` is the code of a row, and the end of codes of policies.
pub(super) fn namesakes<'f, 'p>(page: &'f Page<'p>, code: &str) -> Vec<&'f Section<'p>> {
    page.sections().filter(|section| section.code != code && ends(section.code).any(|end| end == code)).collect()
}

/// A code and what follows each `::` in it.
fn ends(code: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(code), |end| end.split_once("::").map(|(_, rest)| rest))
}

/// The most codes that are proposed.
const MOST: usize = 5;

/// The codes with the fewest slips to the topic, if they are few; else those that have its last word in them.
fn near<'p>(page: &Page<'p>, topic: &str) -> Vec<&'p str> {
    let slips = |code: &str| ends(code).map(|end| strsim::osa_distance(end, topic)).min().unwrap_or(usize::MAX);
    let most = topic.chars().count().div_ceil(4).max(1);
    let mut near: Vec<(usize, &str)> = page
        .sections()
        .map(|section| (slips(section.code), section.code))
        .filter(|(slips, _)| *slips <= most)
        .collect();
    near.sort_by_key(|(slips, _)| *slips);
    let fewest = near.first().map(|(slips, _)| *slips);
    near.retain(|(slips, _)| Some(*slips) == fewest);
    let mut near: Vec<&str> = near.into_iter().map(|(_, code)| code).collect();
    let last = topic.rsplit([':', ' ']).next().unwrap_or_default();
    if near.is_empty() && last.len() > 3 {
        near.extend(page.sections().map(|section| section.code).filter(|code| code.contains(last)));
    }
    near.truncate(MOST);
    near
}

/// The groups of codes, such as `tier`, in the order of the page.
pub(super) fn groups<'p>(page: &Page<'p>) -> Vec<&'p str> {
    let mut groups: Vec<&str> = Vec::new();
    for group in page.sections().filter_map(|section| section.code.strip_prefix("fen::")?.split("::").next()) {
        if !groups.contains(&group) {
            groups.push(group);
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "## A / 甲\n### fen::tier::gap: A / 甲\n### fen::case::gap: B / 乙\n### fen::tier::open_end: C / 丙\n### missing: D / 丁\n### fen::table::missing: E / 戊\n";

    fn found(topic: &str) -> String {
        let codes =
            |sections: Vec<&Section<'_>>| sections.iter().map(|section| section.code).collect::<Vec<_>>().join(" ");
        match find(&Page::read(PAGE), topic) {
            Found::One(section) => section.code.to_owned(),
            Found::Group(sections) => format!("group {}", codes(sections)),
            Found::Several(sections) => format!("several {}", codes(sections)),
            Found::None { near } => format!("none {}", near.join(" ")),
        }
    }

    #[test]
    fn codes_are_found_by_their_ends() {
        assert_eq!(found("fen::tier::gap"), "fen::tier::gap");
        assert_eq!(found("tier::gap"), "fen::tier::gap");
        assert_eq!(found("Tier::GAP"), "fen::tier::gap");
        assert_eq!(found("open_end"), "fen::tier::open_end");
        assert_eq!(found("gap"), "several fen::tier::gap fen::case::gap");
        assert_eq!(found("missing"), "missing");
        assert_eq!(found("table::missing"), "fen::table::missing");
        assert_eq!(found("tier"), "group fen::tier::gap fen::tier::open_end");
        assert_eq!(found("fen::case"), "group fen::case::gap");
    }

    #[test]
    fn slips_find_the_nearest_code() {
        assert_eq!(found("fen::teir::gap"), "none fen::tier::gap");
        assert_eq!(found("open_edn"), "none fen::tier::open_end");
        assert_eq!(found("mising"), "none missing fen::table::missing");
        assert_eq!(found("tire::gap"), "none fen::tier::gap");
        assert_eq!(found("some table"), "none fen::table::missing");
        assert_eq!(found("the open"), "none fen::tier::open_end");
        assert_eq!(found("deductible"), "none ");
        assert_eq!(found(""), "none ");
        assert_eq!(found("fen"), "none ");
    }
}
