//! What the names of a policy mean and where they stand, for editors: available however many errors there are, for all that
//! could be read. Names and texts only; no ids of the compiler leave this module.

mod complete;
mod describe;
mod names;
mod outline;
mod sheets;
mod table_cells;
#[cfg(test)]
mod tests;

use fen_grammar::diagnostic::Text;
use fen_grammar::source::{Source, Span};

pub use fen_grammar::{Token, TokenKind, is_name_part, keyword, language, tokens};

pub use self::complete::{Completion, CompletionKind, Completions, complete};
pub use self::outline::{OutlineItem, OutlineKind, outline};

pub(crate) use self::names::{Known, names};

/// The text of a source that is compiled, with every byte in its place.
#[must_use]
pub fn code(source: &Source) -> &str {
    source.code()
}

/// Whether what stands at a byte of a source is compiled: not if it is the text around the blocks of Markdown.
#[must_use]
pub fn is_code(source: &Source, offset: usize) -> bool {
    let Some(outline) = source.outline() else { return true };
    let mut lines = outline.policy_blocks().flat_map(|block| &block.lines);
    lines.any(|line| line.start <= offset && offset <= line.end)
}

/// All names of a policy.
#[derive(Clone, Debug, Default)]
pub struct Names {
    entries: Vec<Entry>,
    /// By place; no two are equal.
    occurrences: Vec<Occurrence>,
    files: Vec<FileReference>,
    roundings: Vec<RoundingHint>,
}

/// Something that has a name.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: NameKind,
    /// Where its name is given; the first place if there are several.
    pub definition: Span,
    /// The item that defines it.
    pub item: Span,
    /// Its labels, if it has any.
    pub label: Option<Text>,
    /// Whether it is an output.
    pub is_output: bool,
    /// The type; `None` if it has none, or an error.
    pub ty: Option<Text>,
    /// The unit of its amounts.
    pub unit: Option<Text>,
    /// The enum that its values are of.
    pub of_enum: Option<String>,
    /// The least and the greatest value.
    pub range: Option<(Text, Text)>,
    /// What its values are multiples of.
    pub step: Option<Text>,
    /// How it is rounded.
    pub rounding: Option<Text>,
    /// What it is given for, such as `claim` or `person.year`.
    pub grain: Option<Text>,
    /// Whether a claim may leave it out.
    pub is_optional: bool,
    /// The keys of a table, as written.
    pub keys: Vec<String>,
    /// The enums that the keys of a table are of; `None` for other keys.
    pub key_enums: Vec<Option<String>>,
    /// The values of a parameter by the dates from which they apply.
    pub versions: Vec<Version>,
    /// What stands behind the name's `=`, shortened; of an enum its values.
    pub written: Option<String>,
    /// The names of an enum's values.
    pub values: Vec<String>,
    /// The clauses it cites.
    pub clauses: Vec<String>,
    /// The clause that its source quotes above it: what it is called, and its text.
    pub quoted: Option<(String, String)>,
}

/// What has a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NameKind {
    /// A policy or library.
    Policy,
    /// An ordered set of named values.
    Enum,
    /// One of them.
    EnumValue,
    /// A column of the claims.
    Input,
    /// A column that is declared as a key.
    Key,
    /// A parameter that has its values in the policy or in a file.
    Parameter,
    /// A parameter that is supplied from outside.
    RequiredParameter,
    /// A value with a definition.
    Definition,
    /// What a ladder yields.
    Share,
    /// An indicator.
    Indicator,
    /// A value over earlier claims.
    Running,
    /// What a split gives.
    Part,
    /// A link to another claim.
    Link,
    /// A named ladder.
    Ladder,
    /// An exception of a definition.
    Exception,
    /// What rows are called.
    Row,
}

impl NameKind {
    /// What people call it.
    #[must_use]
    pub fn text(self) -> Text {
        match self {
            Self::Policy => Text::new("policy", "政策"),
            Self::Enum => Text::new("enum", "枚举"),
            Self::EnumValue => Text::new("enum value", "枚举取值"),
            Self::Input => Text::new("input", "输入"),
            Self::Key => Text::new("key", "主键"),
            Self::Parameter => Text::new("parameter", "参数"),
            Self::RequiredParameter => Text::new("required parameter", "待定参数"),
            Self::Definition => Text::new("definition", "定义"),
            Self::Share => Text::new("result of a ladder", "阶梯所得"),
            Self::Indicator => Text::new("indicator", "指标"),
            Self::Running => Text::new("running value", "累计"),
            Self::Part => Text::new("part of a split", "分配所得"),
            Self::Link => Text::new("link", "关联"),
            Self::Ladder => Text::new("ladder", "阶梯"),
            Self::Exception => Text::new("exception", "例外"),
            Self::Row => Text::new("what rows are called", "行的名称"),
        }
    }
}

/// The values of a parameter from a date on.
#[derive(Clone, Debug)]
pub struct Version {
    /// The date as written; `None` if they have none.
    pub from: Option<String>,
    /// The values as written, shortened.
    pub values: String,
    /// Whether they apply on the day that was asked for; of several that begin later, the first.
    pub is_current: bool,
}

/// A place where a name stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// The name; of a qualified one its own part.
    pub span: Span,
    /// Whether the name is given here.
    pub is_definition: bool,
    entry: usize,
}

/// A place where a file is named.
#[derive(Clone, Debug)]
pub struct FileReference {
    /// The path with its quotes, or the name of a policy.
    pub span: Span,
    /// The name of the source it leads to.
    pub source: String,
    /// Where in that source, as a place among all; `None` for its beginning.
    pub target: Option<Span>,
}

/// A value that is rounded although its definition does not say so itself.
#[derive(Clone, Debug)]
pub struct RoundingHint {
    /// The byte behind which the hint belongs.
    pub at: usize,
    /// Mode and step, as they are written in a policy.
    pub text: Text,
}

impl Names {
    /// All that have a name, in the order in which the compiler knows them.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }

    /// All places of names, by place.
    pub fn occurrences(&self) -> impl Iterator<Item = (&Occurrence, &Entry)> {
        self.occurrences.iter().filter_map(|one| Some((one, self.entries.get(one.entry)?)))
    }

    /// The name at a byte, or directly before it.
    #[must_use]
    pub fn at(&self, offset: usize) -> Option<(&Occurrence, &Entry)> {
        let after = self.occurrences.partition_point(|one| one.span.start <= offset);
        let near = self.occurrences.get(..after)?.iter().rev().take(2);
        let found = near.filter(|one| offset <= one.span.end).min_by_key(|one| offset == one.span.end)?;
        Some((found, self.entries.get(found.entry)?))
    }

    /// All places where the name stands that `occurrence` refers to.
    pub fn same<'a>(&'a self, occurrence: &'a Occurrence) -> impl Iterator<Item = &'a Occurrence> {
        self.occurrences.iter().filter(move |one| one.entry == occurrence.entry)
    }

    /// What has this name, apart from values of enums and exceptions, which have it within their enum or definition only.
    pub fn named<'a>(&'a self, text: &'a str) -> impl Iterator<Item = &'a Entry> {
        let is_local = |kind| matches!(kind, NameKind::EnumValue | NameKind::Exception);
        self.entries.iter().filter(move |entry| entry.name == text && !is_local(entry.kind))
    }

    /// Whether others are the same names in the same places, apart from what they are called.
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        let shape = |names: &Self| -> Vec<(usize, bool)> {
            names.occurrences.iter().map(|one| (one.entry, one.is_definition)).collect()
        };
        self.entries.len() == other.entries.len() && shape(self) == shape(other)
    }

    /// Where files are named.
    #[must_use]
    pub fn files(&self) -> &[FileReference] {
        &self.files
    }

    /// The file named at a byte.
    #[must_use]
    pub fn file_at(&self, offset: usize) -> Option<&FileReference> {
        self.files.iter().find(|file| file.span.start <= offset && offset <= file.span.end)
    }

    /// Where values are rounded without saying so.
    #[must_use]
    pub fn roundings(&self) -> &[RoundingHint] {
        &self.roundings
    }
}
