//! What a policy's own names are, as far as words of the language depend on them.

use std::collections::{BTreeSet, HashSet};

use crate::diagnostic::Lang;
use crate::tree::{File, Item, ItemKind, Name, Yields};

/// Names that a source declares, and what it calls things that have no name of their own.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    /// Inputs declared as keys.
    keys: Vec<String>,
    /// What rows are called.
    rows: Option<String>,
    /// Indicators.
    indicators: BTreeSet<String>,
    /// Everything that has a name.
    declared: HashSet<String>,
    /// Whether what the source amends may declare more.
    amends: bool,
    /// The language of the policy's head, in which the columns of indicators are named,
    head: Option<Lang>,
    /// and that of the item that declares the column of reversals.
    reversal: Option<Lang>,
    /// Whether the words for claims mean claims, and not something of the policy's that is called like them.
    pub(super) claims_are_words: bool,
}

/// The columns of an indicator: what stands behind its name.
const COLUMNS: [(&str, &str); 2] = [("_result", "_结论"), ("_gap", "_差距")];
/// The values of its verdict.
const VERDICTS: [(&str, &str); 4] =
    [("met", "达标"), ("missed", "未达标"), ("warning", "预警"), ("not_applicable", "不适用")];
/// The column of reversals.
const REVERSAL: (&str, &str) = ("reverses", "冲销");

fn in_language((en, zh): (&'static str, &'static str), lang: Lang) -> &'static str {
    match lang {
        Lang::En => en,
        Lang::Zh => zh,
    }
}

/// The words for claims: each is understood in either language.
const CLAIMS: [&str; 3] = ["claim", "claims", "单据"];

/// Whether a text is one of the words for claims.
pub(super) fn is_claim(text: &str) -> bool {
    CLAIMS.contains(&text)
}

impl Names {
    /// The names declared in the parts of one source, and in what it amends.
    pub(super) fn of<'a>(parts: impl IntoIterator<Item = &'a File>, bases: &'a [File]) -> Self {
        let mut names = Self::default();
        for item in bases.iter().flat_map(|base| &base.items) {
            names.add(item);
        }
        // Their heads are not the head of this source.
        (names.head, names.reversal, names.amends) = (None, None, false);
        for item in parts.into_iter().flat_map(|part| &part.items) {
            names.add(item);
        }
        names.claims_are_words = !names.amends && !CLAIMS.iter().any(|word| names.declared.contains(*word));
        names
    }

    fn add(&mut self, item: &Item) {
        let mut declare = |name: &Name| {
            self.declared.insert(name.text.clone());
        };
        match &item.kind {
            ItemKind::Policy(_) => self.head = item.lang,
            ItemKind::Amend(_) => (self.head, self.amends) = (item.lang, true),
            ItemKind::Reverses(_) => self.reversal = item.lang,
            ItemKind::Input(input) => {
                declare(&input.name);
                if input.is_key {
                    self.keys.push(input.name.text.clone());
                }
            }
            ItemKind::Rows(rows) => {
                declare(&rows.row);
                rows.claim.iter().for_each(declare);
                self.rows = Some(rows.row.text.clone());
            }
            ItemKind::Check(one) => {
                declare(&one.name);
                self.indicators.insert(one.name.text.clone());
            }
            ItemKind::Enum(one) => {
                declare(&one.name);
                one.values.iter().for_each(|(value, _)| declare(value));
            }
            ItemKind::Import(import) => import.names.iter().for_each(declare),
            ItemKind::Param(one) => declare(&one.name),
            ItemKind::Definition(one) => declare(&one.name),
            ItemKind::Schedule(one) => declare(&one.name),
            ItemKind::Running(one) => declare(&one.name),
            ItemKind::Link(one) => declare(&one.name),
            ItemKind::Split(one) => declare(&one.name),
            ItemKind::LadderRow(row) => match &row.yields {
                Yields::Tier(shares) => shares.iter().for_each(|share| declare(&share.name)),
                Yields::Band(grants) => grants.iter().for_each(|grant| declare(&grant.name)),
            },
            _ => {}
        }
    }

    /// The names of the same source after its words have been translated.
    pub(super) fn translated(&self, lang: Option<Lang>) -> Self {
        let turned = |own: Option<Lang>| own.map(|own| lang.unwrap_or(own));
        Self { head: turned(self.head), reversal: turned(self.reversal), ..self.clone() }
    }

    /// A name that the source gives to something and that is also that of a column, here or in another language.
    pub(super) fn clash(&self, lang: Lang) -> Option<String> {
        let both = [Lang::En, Lang::Zh];
        let is_turned = |own: Option<Lang>| own.is_some_and(|own| own != lang);
        let named =
            |name: &String| COLUMNS.map(|column| both.map(|lang| format!("{name}{}", in_language(column, lang))));
        let columns = self.indicators.iter().filter(|_| is_turned(self.head)).flat_map(named).flatten();
        let reversals = both.into_iter().filter(|_| is_turned(self.reversal));
        columns
            .chain(reversals.map(|lang| in_language(REVERSAL, lang).to_owned()))
            .find(|name| self.declared.contains(name))
    }

    /// Whether what stands behind `per` is a group of the policy's, in an item about `own`.
    pub(super) fn is_group(&self, text: &str, own: &str) -> bool {
        let is_row = self.rows.as_deref().is_some_and(|row| text == row || text.strip_suffix('s') == Some(row));
        is_row || (text != own && self.keys.iter().any(|key| key == text))
    }

    /// The name of an indicator's verdict or gap in an example, whose value is a name if `value` is one: what it is in either
    /// language, and how it is written in `lang`. The value in the same way if it is a verdict.
    pub(super) fn column(
        &self,
        text: &str,
        value: Option<&str>,
        lang: Option<Lang>,
    ) -> Option<(Turned, Option<Turned>)> {
        let own = self.head?;
        let to = lang.unwrap_or(own);
        let verdict = value.and_then(|value| VERDICTS.into_iter().find(|verdict| in_language(*verdict, own) == value));
        let (indicator, column) =
            COLUMNS.into_iter().find_map(|column| Some((text.strip_suffix(in_language(column, own))?, column)))?;
        let is_result = column.0 == "_result";
        // Of a base only what is said here is known.
        let is_known = self.indicators.contains(indicator)
            || (self.amends && is_result && verdict.is_some() && !self.declared.contains(text));
        let turned = |pair: (&str, &str), begin: &str, to: &str| Turned {
            meaning: format!("{begin}{}", pair.0),
            text: format!("{begin}{to}"),
        };
        let verdict = verdict.filter(|_| is_result).map(|verdict| turned(verdict, "", in_language(verdict, to)));
        is_known.then(|| (turned(column, indicator, in_language(column, to)), verdict))
    }

    /// The column of reversals, or that of a link's claim.
    pub(super) fn reversal(&self, text: &str, lang: Option<Lang>) -> Option<Turned> {
        let own = self.reversal?;
        let name = in_language(REVERSAL, own);
        if self.declared.contains(name) {
            return None;
        }
        let begin = text.strip_suffix(name).filter(|begin| begin.is_empty() || begin.ends_with('.'))?;
        let to = in_language(REVERSAL, lang.unwrap_or(own));
        Some(Turned { meaning: format!("{begin}{}", REVERSAL.0), text: format!("{begin}{to}") })
    }
}

/// A name that the language gives.
pub(super) struct Turned {
    /// What it is called in English.
    pub(super) meaning: String,
    /// How it is to be written.
    pub(super) text: String,
}
