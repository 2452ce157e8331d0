//! The rules of a policy by the place where they stand: what they are called, how they read, and which clause of which
//! document they implement.

use std::collections::{HashMap, HashSet};

use fen_grammar::diagnostic::Text;
use fen_grammar::source::{Sources, Span};
use fen_grammar::tree::{DefinitionBody, Item, ItemKind, Quoted, Yields};

/// What kind of rule it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RuleKind {
    /// The period in force, dates that count, what rows are.
    Setting,
    /// How outputs are rounded.
    Rounding,
    /// A set of names.
    Enum,
    /// A column of the claims.
    Input,
    /// A number or a table.
    Parameter,
    /// A definition with its cases and exceptions.
    Definition,
    /// Tiers or bands.
    Ladder,
    /// What came of earlier claims.
    Running,
    /// Another claim of the same keys.
    Link,
    /// A division of an amount.
    Split,
    /// What is settled.
    Output,
    /// A value against its target.
    Indicator,
    /// What must always hold.
    Invariant,
}

impl RuleKind {
    /// As it stands in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Setting => "setting",
            Self::Rounding => "rounding",
            Self::Enum => "enum",
            Self::Input => "input",
            Self::Parameter => "parameter",
            Self::Definition => "definition",
            Self::Ladder => "ladder",
            Self::Running => "running",
            Self::Link => "link",
            Self::Split => "split",
            Self::Output => "output",
            Self::Indicator => "indicator",
            Self::Invariant => "invariant",
        }
    }

    /// What people call it.
    #[must_use]
    pub fn label(self) -> Text {
        let zh = match self {
            Self::Setting => "适用范围",
            Self::Rounding => "取整",
            Self::Enum => "枚举",
            Self::Input => "输入",
            Self::Parameter => "参数",
            Self::Definition => "定义",
            Self::Ladder => "阶梯",
            Self::Running => "累计",
            Self::Link => "关联",
            Self::Split => "分配",
            Self::Output => "输出",
            Self::Indicator => "指标",
            Self::Invariant => "恒有",
        };
        Text::new(self.as_str(), zh)
    }
}

/// A place in a file, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Character in the line, from 1.
    pub column: usize,
}

/// A rule, or a part of one, where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// What kind of rule it is.
    pub kind: RuleKind,
    /// The name that it defines.
    pub name: String,
    /// As it is written, on one line.
    pub text: String,
    /// The clause that it implements.
    pub clause: Option<String>,
    /// The document that the clause stands in.
    pub document: Option<String>,
    /// Where it stands.
    pub place: Place,
}

/// Rules by place.
#[derive(Clone, Copy)]
pub(crate) struct Rules<'a> {
    pub(crate) items: &'a [Item],
    pub(crate) sources: &'a Sources,
}

impl Rules<'_> {
    /// The text at a place on one line; long ones are cut.
    pub(crate) fn text(&self, span: Span) -> String {
        const MOST: usize = 400;
        // Comments are not part of what a rule says.
        let lines = self.sources.slice(span).lines().map(without_comment);
        let words: Vec<&str> = lines.flat_map(str::split_whitespace).collect();
        let text = words.join(" ");
        match text.char_indices().nth(MOST) {
            Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
            None => text,
        }
    }

    pub(crate) fn place(&self, span: Span) -> Place {
        match self.sources.locate(span) {
            Some((source, span)) => {
                let position = source.position(span.start);
                Place { file: source.file().to_owned(), line: position.line, column: position.column }
            }
            None => Place { file: String::new(), line: 0, column: 0 },
        }
    }

    /// The document that the file of a place implements: what its own `source` item says.
    pub(crate) fn document(&self, span: Span) -> Option<String> {
        let (source, _) = self.sources.locate(span)?;
        let named = self.items.iter().find_map(|item| match &item.kind {
            ItemKind::Source(document) if self.is_in(item.span, source.name()) => Some(document.text.clone()),
            _ => None,
        });
        // The head of an amended policy is replaced by that of the amendment; its text still says what it implements.
        named.or_else(|| source.lines().find_map(head_of_source))
    }

    fn is_in(&self, span: Span, name: &str) -> bool {
        self.sources.locate(span).is_some_and(|(source, _)| source.name() == name)
    }

    /// The smallest part of a rule that holds a place, with the clause that is nearest to it.
    pub(crate) fn at(&self, span: Span) -> Option<Rule> {
        let holds = |outer: Span| outer.start <= span.start && span.start < outer.end.max(outer.start + 1);
        let item =
            self.items.iter().filter(|item| holds(item.span)).min_by_key(|item| item.span.end - item.span.start)?;
        let (kind, name) = named(&item.kind)?;
        let (part, clause) = match &item.kind {
            ItemKind::Definition(definition) => {
                let cases: Vec<_> = match &definition.body {
                    DefinitionBody::Cases(cases, otherwise) => cases.iter().chain(otherwise.as_deref()).collect(),
                    DefinitionBody::Expr(_) => Vec::new(),
                };
                let cases = cases.into_iter().map(|case| (case.span, &case.cite));
                let exceptions = definition.exceptions.iter().map(|exception| (exception.span, &exception.cite));
                let part = cases.chain(exceptions).find(|(span, _)| holds(*span));
                let own = part.and_then(|(_, cite)| cite.as_ref()).or(definition.cite.as_ref());
                // Of a definition that is one expression, the part that is meant.
                let meant = if span.end > span.start && span.end <= item.span.end { span } else { item.span };
                (part.map_or(meant, |(span, _)| span), own.cloned())
            }
            ItemKind::LadderRow(row) => (item.span, row.cite.clone().or_else(|| self.ladder_cite(&row.subject.text))),
            ItemKind::Schedule(schedule) => {
                let steps = schedule.versions.iter().flat_map(|(_, steps)| steps);
                let step = steps.map(|step| step.bounds.span.to(step.value.span)).find(|span| holds(*span));
                (step.unwrap_or(item.span), schedule.cite.clone())
            }
            kind => (item.span, cite(kind).cloned()),
        };
        Some(Rule {
            kind,
            name: name.to_owned(),
            text: self.text(part),
            clause: clause.map(|clause| clause.text),
            document: self.document(item.span),
            place: self.place(part),
        })
    }

    /// The names of everything that a name may be computed from, itself among them, as far as the words in the rules tell.
    pub(crate) fn reads(&self, name: &str) -> HashSet<String> {
        let mut defined: HashMap<&str, Vec<Span>> = HashMap::new();
        for item in self.items {
            if matches!(item.kind, ItemKind::Example(_) | ItemKind::Always(_) | ItemKind::Enum(_)) {
                continue;
            }
            if let ItemKind::Output(output) = &item.kind {
                // One column is not computed from the others beside it.
                for column in &output.columns {
                    defined.entry(&column.name.text).or_default().push(column.name.span);
                }
                continue;
            }
            let Some((_, name)) = named(&item.kind) else { continue };
            defined.entry(name).or_default().push(item.span);
            if let ItemKind::LadderRow(row) = &item.kind {
                let receivers: Vec<&str> = match &row.yields {
                    Yields::Tier(shares) => shares.iter().map(|share| share.name.text.as_str()).collect(),
                    Yields::Band(grants) => grants.iter().map(|grant| grant.name.text.as_str()).collect(),
                };
                receivers.into_iter().for_each(|name| defined.entry(name).or_default().push(item.span));
            }
        }
        let (mut found, mut open) = (HashSet::new(), vec![name.to_owned()]);
        while let Some(name) = open.pop() {
            let Some(spans) = defined.get(name.as_str()).filter(|_| found.insert(name.clone())) else { continue };
            for line in spans.iter().flat_map(|span| self.sources.slice(*span).lines()) {
                let words = without_comment(line).split(|c: char| !(c.is_alphanumeric() || c == '_'));
                open.extend(words.filter(|word| defined.contains_key(word)).map(str::to_owned));
            }
        }
        found
    }

    /// The clause of a ladder as a whole stands under its last row.
    pub(crate) fn ladder_cite(&self, subject: &str) -> Option<Quoted> {
        let mut rows = self.items.iter().filter_map(|item| match &item.kind {
            ItemKind::LadderRow(row) if row.subject.text == subject => Some(&row.cite),
            _ => None,
        });
        rows.next_back().cloned().flatten()
    }
}

fn without_comment(line: &str) -> &str {
    let mut is_quoted = false;
    for (at, character) in line.char_indices() {
        match character {
            '"' | '“' | '”' => is_quoted = !is_quoted,
            '#' if !is_quoted => return line.get(..at).unwrap_or(line),
            _ => {}
        }
    }
    line
}

/// The document that a line `source "…"` names.
fn head_of_source(line: &str) -> Option<String> {
    let rest = line.strip_prefix("source").or_else(|| line.strip_prefix("依据"))?.trim_start();
    let text = rest.strip_prefix(['"', '“'])?;
    let end = text.find(['"', '”'])?;
    text.get(..end).map(str::to_owned)
}

/// What an item defines.
pub(crate) fn named(item: &ItemKind) -> Option<(RuleKind, &str)> {
    Some(match item {
        ItemKind::Enum(one) => (RuleKind::Enum, &one.name.text),
        ItemKind::Input(input) => (RuleKind::Input, &input.name.text),
        ItemKind::Param(param) => (RuleKind::Parameter, &param.name.text),
        ItemKind::Definition(definition) => (RuleKind::Definition, &definition.name.text),
        ItemKind::LadderRow(row) => (RuleKind::Ladder, &row.subject.text),
        ItemKind::Schedule(schedule) => (RuleKind::Ladder, &schedule.name.text),
        ItemKind::Output(output) => (RuleKind::Output, output.columns.first().map_or("", |column| &column.name.text)),
        ItemKind::Check(check) => (RuleKind::Indicator, &check.name.text),
        ItemKind::Running(running) => (RuleKind::Running, &running.name.text),
        ItemKind::Link(link) => (RuleKind::Link, &link.name.text),
        ItemKind::Split(split) => (RuleKind::Split, &split.name.text),
        ItemKind::Always(_) => (RuleKind::Invariant, ""),
        ItemKind::InForce(_)
        | ItemKind::DatedBy(_)
        | ItemKind::Rows(_)
        | ItemKind::OrderedBy(_)
        | ItemKind::InsuranceYear(_)
        | ItemKind::Reverses(_) => (RuleKind::Setting, ""),
        ItemKind::Rounding(_) => (RuleKind::Rounding, ""),
        _ => return None,
    })
}

/// The clause of an item as a whole.
pub(crate) fn cite(item: &ItemKind) -> Option<&Quoted> {
    match item {
        ItemKind::Input(input) => input.cite.as_ref(),
        ItemKind::Param(param) => param.cite.as_ref(),
        ItemKind::Definition(definition) => definition.cite.as_ref(),
        ItemKind::LadderRow(row) => row.cite.as_ref(),
        ItemKind::Schedule(schedule) => schedule.cite.as_ref(),
        ItemKind::Output(output) => output.cite.as_ref(),
        ItemKind::Check(check) => check.cite.as_ref(),
        ItemKind::Running(running) => running.cite.as_ref(),
        ItemKind::Link(link) => link.cite.as_ref(),
        ItemKind::Split(split) => split.cite.as_ref(),
        ItemKind::Always(always) => always.cite.as_ref(),
        _ => None,
    }
}
