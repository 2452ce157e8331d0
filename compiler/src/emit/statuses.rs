//! What each status above 0 means.

use fen_schema::{Reject, RejectCode, Text};

use crate::check::program::{Input, Program};
use crate::check::types::Type;
use crate::ids::{InputId, TableId};
use crate::phases::{Cut, Import, Source};

/// The statuses of a module, in the order in which reasons are looked for.
#[derive(Clone, Debug, Default)]
pub(super) struct Statuses {
    pub(super) rejects: Vec<Reject>,
    /// By phase the first status of each input; one that is ranked has two, below and above. Inputs of several phases
    /// that are the same have the same.
    pub(super) by_phase: Vec<Vec<u16>>,
    pub(super) before: Option<u16>,
    pub(super) after: Option<u16>,
    pub(super) by_site: Vec<u16>,
    /// Of a row that has no record.
    pub(super) not_given: Option<u16>,
}

/// Whether values of a type are rejected for being too small or too great; others are just not among the type's values.
pub(super) fn is_ranked(ty: Type) -> bool {
    matches!(ty, Type::Measure(_) | Type::Date)
}

impl Statuses {
    pub(super) fn of(program: &Program, cut: &Cut) -> Self {
        let mut statuses = Self::default();
        let is_column = |import: &&Import| matches!(import.source, Source::Column(_));
        // The first phase has all columns.
        let columns: Vec<&Import> = cut.phases.first().into_iter().flat_map(|first| &first.inputs).collect();
        // What is called the same may be two things with different limits.
        let is_same = |one: &Input, other: &Input| {
            let limits = |input: &Input| (input.facts.low.clone(), input.facts.high.clone());
            one.name == other.name && one.ty == other.ty && limits(one) == limits(other)
        };
        let mut known: Vec<(&Input, u16)> = Vec::new();
        for import in columns.into_iter().filter(is_column) {
            known.push((&import.input, statuses.input(program, &import.input)));
        }
        statuses.period(program);
        statuses.sites(program);
        for phase in &cut.phases {
            let mut own = Vec::new();
            for import in &phase.inputs {
                own.push(match known.iter().find(|(known, _)| is_same(known, &import.input)) {
                    Some((_, status)) => *status,
                    None => {
                        let status = statuses.input(program, &import.input);
                        known.push((&import.input, status));
                        status
                    }
                });
            }
            statuses.by_phase.push(own);
        }
        if cut.phases.iter().any(|phase| !phase.tables.is_empty()) {
            let reason =
                Text { en: "the row was not given to the module".into(), zh: "该行未交给模块处理".into() };
            statuses.not_given = Some(statuses.add(RejectCode::NotGiven, "", reason));
        }
        statuses
    }

    fn input(&mut self, program: &Program, input: &Input) -> u16 {
        if is_ranked(input.ty) {
            let (low, high) = (program.show(input.ty, &input.facts.low), program.show(input.ty, &input.facts.high));
            let (zh, en) = called(input);
            let is = |word_en: &str, word_zh: &str, limit: &fen_grammar::diagnostic::Text| Text {
                en: format!("{en} is {word_en} {}", limit.en),
                zh: format!("{zh}{word_zh}{}", limit.zh),
            };
            let below = match input.ty {
                Type::Date => is("before", "早于", &low),
                _ => is("below", "低于", &low),
            };
            let above = match input.ty {
                Type::Date => is("after", "晚于", &high),
                _ => is("above", "高于", &high),
            };
            let first = self.add(RejectCode::BelowMin, &input.name, below);
            self.add(RejectCode::AboveMax, &input.name, above);
            first
        } else {
            let (zh, en) = called(input);
            let reason =
                Text { en: format!("{en} is none of the known values"), zh: format!("{zh}不是已知的值") };
            self.add(RejectCode::UnknownValue, &input.name, reason)
        }
    }

    fn period(&mut self, program: &Program) {
        let (Some(input), Some((from, to))) = (program.dated_by.and_then(|id| program.input(id)), program.in_force)
        else {
            return;
        };
        let (zh, en) = called(input);
        let reason = Text {
            en: format!("{en} is before {from}, when the policy comes into force"),
            zh: format!("{zh}早于政策生效之日{from}"),
        };
        self.before = Some(self.add(RejectCode::BeforeInForce, &input.name, reason));
        if let Some(to) = to {
            let reason = Text {
                en: format!("{en} is after {to}, the last day the policy is in force"),
                zh: format!("{zh}晚于政策施行的最后一日{to}"),
            };
            self.after = Some(self.add(RejectCode::AfterInForce, &input.name, reason));
        }
    }

    /// Look-ups of the same table by the same column share a status.
    fn sites(&mut self, program: &Program) {
        let mut known: Vec<((InputId, TableId), u16)> = Vec::new();
        for site in &program.sites {
            let pair = (site.input, site.table);
            if let Some((_, status)) = known.iter().find(|(one, _)| *one == pair) {
                self.by_site.push(*status);
                continue;
            }
            let (Some(input), Some(table)) = (program.input(site.input), program.table(site.table)) else {
                self.by_site.push(0);
                continue;
            };
            let reason = Text {
                en: format!("`{}` is in no row of `{}`", input.name, table.name),
                zh: format!("“{}”中没有此{}", table.name, spaced(&input.label.zh)),
            };
            let status = self.add(RejectCode::UnknownCode, &input.name, reason);
            known.push((pair, status));
            self.by_site.push(status);
        }
    }

    fn add(&mut self, code: RejectCode, column: &str, reason: Text) -> u16 {
        let status = u16::try_from(self.rejects.len() + 1).unwrap_or(u16::MAX);
        self.rejects.push(Reject { status, code, column: column.to_owned(), reason });
        status
    }
}

/// An input by its name and, if it has one of its own, its label; Chinese and English.
fn called(input: &Input) -> (String, String) {
    let name = &input.name;
    let called = |label: &str| if label == name { name.clone() } else { format!("{name} ({label})") };
    (called(&input.label.zh), called(&input.label.en))
}

/// A word inside a Chinese sentence: one of Latin letters is set off.
fn spaced(word: &str) -> String {
    if word.is_ascii() { format!(" {word}") } else { word.to_owned() }
}
