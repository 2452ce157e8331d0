//! The items of one source, for overviews. Read from the text alone, so that it is there whatever is wrong elsewhere.

use fen_grammar::diagnostic::Text;
use fen_grammar::source::Span;
use fen_grammar::tree::{Item, ItemKind, Name, Yields};

/// An item, or several rows of one ladder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutlineItem {
    /// What it is called.
    pub name: String,
    /// More about it, such as a type; possibly empty.
    pub detail: Text,
    /// What it is.
    pub kind: OutlineKind,
    /// All of it.
    pub span: Span,
    /// Its name.
    pub name_span: Span,
    /// What belongs to it, such as the values of an enum.
    pub children: Vec<OutlineItem>,
}

/// What an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OutlineKind {
    /// `policy`, `library`, `amend`
    Policy,
    /// `enum`
    Enum,
    /// A value of one.
    EnumValue,
    /// `input`
    Input,
    /// `key`
    Key,
    /// `param`
    Parameter,
    /// `NAME = …`
    Definition,
    /// The rows on one subject.
    Rows,
    /// A row.
    Row,
    /// `ladder`
    Ladder,
    /// `output`
    Output,
    /// `check`
    Indicator,
    /// `running`
    Running,
    /// `link`
    Link,
    /// `split`
    Split,
    /// `always`
    Always,
    /// `example`
    Example,
}

/// The items of a source that could be parsed.
#[must_use]
pub fn outline(text: &str) -> Vec<OutlineItem> {
    let (file, _) = fen_grammar::parse(text);
    let mut found: Vec<OutlineItem> = Vec::new();
    for item in &file.items {
        for one in of_item(item, text) {
            match found.last_mut() {
                // Rows on one subject belong together.
                Some(last)
                    if last.kind == OutlineKind::Rows && one.kind == OutlineKind::Rows && last.name == one.name =>
                {
                    last.span = last.span.to(one.span);
                    last.children.extend(one.children);
                }
                _ => found.push(one),
            }
        }
    }
    found
}

fn of_item(item: &Item, text: &str) -> Vec<OutlineItem> {
    let slice = |span: Span| text.get(span.start..span.end).unwrap_or_default();
    let one = |name: &Name, kind, detail: Text| {
        vec![OutlineItem {
            name: name.text.clone(),
            detail,
            kind,
            span: item.span,
            name_span: name.span,
            children: Vec::new(),
        }]
    };
    let as_written = |text: &str| Text::new(text, text);
    let none = || Text::new("", "");
    match &item.kind {
        ItemKind::Policy(name) | ItemKind::Library(name) => one(name, OutlineKind::Policy, none()),
        ItemKind::Amend(amend) => one(&amend.name, OutlineKind::Policy, as_written(&amend.base.text)),
        ItemKind::Enum(of) => {
            let mut found = one(&of.name, OutlineKind::Enum, none());
            if let Some(first) = found.first_mut() {
                first.children = of
                    .values
                    .iter()
                    .map(|(value, labels)| OutlineItem {
                        name: value.text.clone(),
                        detail: crate::check::label("", labels),
                        kind: OutlineKind::EnumValue,
                        span: labels.last().map_or(value.span, |label| value.span.to(label.span)),
                        name_span: value.span,
                        children: Vec::new(),
                    })
                    .collect();
            }
            found
        }
        ItemKind::Input(input) => {
            let kind = if input.is_key { OutlineKind::Key } else { OutlineKind::Input };
            one(&input.name, kind, as_written(slice(input.ty.span)))
        }
        ItemKind::Param(param) => one(&param.name, OutlineKind::Parameter, as_written(slice(param.ty.span))),
        ItemKind::Definition(definition) => one(&definition.name, OutlineKind::Definition, none()),
        ItemKind::Schedule(schedule) => one(&schedule.name, OutlineKind::Ladder, none()),
        ItemKind::Check(check) => one(&check.name, OutlineKind::Indicator, none()),
        ItemKind::Running(running) => one(&running.name, OutlineKind::Running, none()),
        ItemKind::Link(link) => one(&link.name, OutlineKind::Link, none()),
        ItemKind::Split(split) => one(&split.name, OutlineKind::Split, none()),
        ItemKind::LadderRow(row) => {
            let word = match row.yields {
                Yields::Tier(_) => Text::new("tiers", "分档"),
                Yields::Band(_) => Text::new("bands", "定档"),
            };
            let mut found = one(&row.subject, OutlineKind::Rows, word);
            if let Some(first) = found.first_mut() {
                first.children.push(OutlineItem {
                    name: slice(row.bounds.span).to_owned(),
                    detail: none(),
                    kind: OutlineKind::Row,
                    span: item.span,
                    name_span: row.bounds.span,
                    children: Vec::new(),
                });
            }
            found
        }
        ItemKind::Output(output) => {
            let column = |column: &fen_grammar::tree::OutputColumn| OutlineItem {
                name: column.name.text.clone(),
                detail: crate::check::label("", &column.labels),
                kind: OutlineKind::Output,
                span: column.labels.last().map_or(column.name.span, |label| column.name.span.to(label.span)),
                name_span: column.name.span,
                children: Vec::new(),
            };
            output.columns.iter().map(column).collect()
        }
        ItemKind::Always(always) => {
            let name =
                Name { text: slice(always.span).lines().next().unwrap_or_default().to_owned(), span: always.span };
            one(&name, OutlineKind::Always, Text::new("always", "恒有"))
        }
        ItemKind::Example(example) => {
            let name = Name { text: example.title.text.clone(), span: example.title.span };
            one(&name, OutlineKind::Example, Text::new("example", "示例"))
        }
        _ => Vec::new(),
    }
}
