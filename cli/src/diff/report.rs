//! What is reported, ready for any format.

use fen_compiler::{Change, Comparison, Lang, Side};
use fen_explain::Explanation;
use fen_runtime::{Cell, format_cell};
use fen_schema::{Column, ColumnType, Text};

use super::book::Kept;
use super::by::Group;
use super::causes::{Causes, Others, Through};
use super::outputs::Output;
use super::settle::Settled;
use crate::numbers::{decimal, grouped};
use crate::run::totals::unit_name;

/// Everything there is to say.
pub(crate) struct Report<'r> {
    pub(crate) comparison: &'r Comparison,
    /// What came of the claims; by claim that changes most, why.
    pub(crate) settled: Option<(&'r Settled, Vec<Causes>)>,
}

/// One of two texts.
pub(crate) fn say<'t>(lang: Lang, en: &'t str, zh: &'t str) -> &'t str {
    match lang {
        Lang::En => en,
        Lang::Zh => zh,
    }
}

/// A text of the schema.
pub(crate) fn label(text: &Text, lang: Lang) -> &str {
    say(lang, &text.en, &text.zh)
}

/// What a change is about: `parameter rate, county, from 2023-01-01`.
pub(crate) fn about(change: &Change, lang: Lang) -> String {
    let kind = change.kind.label();
    let mut text = kind.get(lang).to_owned();
    if !change.name.is_empty() {
        text = format!("{text} {}", change.name);
    }
    let part = change.part.get(lang);
    if !part.is_empty() {
        text = format!("{text}{}{part}", say(lang, ", ", "，"));
    }
    let days = match (&change.from, &change.to, lang) {
        (Some(from), Some(to), Lang::En) => format!(", {from} to {to}"),
        (Some(from), Some(to), Lang::Zh) => format!("，{from} 至 {to}"),
        (Some(from), None, Lang::En) => format!(", from {from}"),
        (Some(from), None, Lang::Zh) => format!("，自 {from} 起"),
        (None, Some(to), Lang::En) => format!(", until {to}"),
        (None, Some(to), Lang::Zh) => format!("，至 {to} 止"),
        (None, None, _) => String::new(),
    };
    text + &days
}

/// Clause, document and place of a side.
pub(crate) fn source(side: &Side) -> String {
    let mut parts = Vec::new();
    parts.extend(side.document.clone());
    parts.extend(side.clause.clone());
    parts.push(format!("{}:{}:{}", side.place.file, side.place.line, side.place.column));
    parts.join(" ")
}

/// An amount of an output with its unit.
pub(crate) fn amount(number: i128, output: &Output, lang: Lang) -> String {
    let unit = unit_name(&output.column.unit, lang);
    let space = if lang == Lang::En && !unit.is_empty() && unit != "%" { " " } else { "" };
    format!("{}{space}{unit}", grouped(&decimal(number, output.scale)))
}

/// The value of an output as the results have it; a dash where there is none.
pub(crate) fn value(value: Option<i128>, output: &Output) -> String {
    let Some(number) = value else { return "–".to_owned() };
    if output.column.ty.is_amount() && !matches!(output.column.ty, ColumnType::Rate | ColumnType::Pp) {
        return decimal(number, output.scale);
    }
    let column = Column { scale: output.scale, ..output.column.clone() };
    let mut text = String::new();
    format_cell(Cell::Number(number), &column, &mut text);
    text
}

/// The inputs that claims are grouped by, with their groups.
pub(crate) fn groups(settled: &Settled, lang: Lang) -> Vec<(&Column, Vec<Group>)> {
    let pairs = settled.by.iter().zip(&settled.book.groups);
    let groups = pairs.map(|(by, tallies)| (&by.column, by.groups(tallies, lang)));
    groups.filter(|(_, groups)| !groups.is_empty()).collect()
}

/// By output of the compared grain: name, old value, new value.
pub(crate) fn outputs(settled: &Settled, kept: &Kept, lang: Lang) -> Vec<(String, String, String)> {
    let Some(grain) = settled.grains.get(settled.main.0) else { return Vec::new() };
    let pairs = grain.outputs.iter().zip(kept.old.iter().zip(&kept.new));
    let shown = |number: Option<i128>, output: &Output| labelled(&value(number, output), &output.column, lang);
    pairs
        .map(|(output, (old, new))| {
            (label(&output.column.label, lang).to_owned(), shown(*old, output), shown(*new, output))
        })
        .collect()
}

/// The inputs of a claim that are given: what people call them, and their texts.
pub(crate) fn inputs(settled: &Settled, kept: &Kept, lang: Lang) -> Vec<(String, String)> {
    let given = kept.inputs.iter().filter(|(_, text)| !text.is_empty());
    given
        .map(|(name, text)| match settled.inputs.iter().find(|column| column.name == *name) {
            Some(column) => (label(&column.label, lang).to_owned(), labelled(text, column, lang)),
            None => (name.clone(), text.clone()),
        })
        .collect()
}

/// The value of an enum as people call it; other texts as they are.
fn labelled(text: &str, column: &Column, lang: Lang) -> String {
    let known = column.values.iter().find(|value| value.name == text);
    known.map_or_else(|| text.to_owned(), |value| label(&value.label, lang).to_owned())
}

/// The name of a claim, or of a group, that is shown: `row 3`, `hospital H1`; of the whole file, what it is.
pub(crate) fn claim_name(settled: &Settled, kept: &Kept, lang: Lang) -> String {
    match (kept.row, lang) {
        (Some(row), Lang::En) => format!("row {row}"),
        (Some(row), Lang::Zh) => format!("第 {row} 行"),
        (None, _) if kept.name.is_empty() => say(lang, "everything", "全部").to_owned(),
        (None, _) => format!("{} {}", settled.unit_name(lang), kept.name),
    }
}

/// What the list of changed rules behind a claim is headed by.
pub(crate) fn because(causes: &Causes, lang: Lang) -> &'static str {
    match causes.is_known {
        true => say(lang, "because of", "因"),
        false => say(lang, "may be because of", "可能因"),
    }
}

/// What a claim takes from other claims: `earlier claims (paid_before)`.
pub(crate) fn through(through: &Through, lang: Lang) -> String {
    let of = match through.of {
        Others::Earlier => say(lang, "through earlier claims", "经先前单据"),
        Others::All => say(lang, "through the total", "经合计"),
        Others::Divided => say(lang, "through the division", "经分配"),
        Others::Linked => say(lang, "through the claim it is linked to", "经所关联的单据"),
    };
    say(lang, &format!("{of} ({})", through.name), &format!("{of}（{}）", through.name)).to_owned()
}

/// How the results of a claim come about by both policies, each under its heading.
pub(crate) fn explanations<'s>(settled: &'s Settled, kept: &Kept, lang: Lang) -> Vec<(&'static str, &'s Explanation)> {
    let explained = kept.explained.and_then(|row| settled.explained.get(&row));
    let Some([old, new]) = explained else { return Vec::new() };
    let (by_old, by_new) = match lang {
        Lang::En => ("by the old policy", "by the new policy"),
        Lang::Zh => ("按旧政策", "按新政策"),
    };
    vec![(by_old, old), (by_new, new)]
}
