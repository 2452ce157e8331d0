//! An explanation. `docs/explain.md` describes its JSON form.

use fen_schema::{ColumnType, EnumValue, Language, RejectCode, Text};
use serde::Serialize;

use crate::node::Node;

/// How the results of one claim come about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The version of this form: 1.
    pub explanation: u32,
    /// The policy's name.
    pub policy: String,
    /// Its title.
    pub title: Option<String>,
    /// The document it implements.
    pub source: Option<String>,
    /// The language its source is written in.
    pub language: Language,
    /// The row's number in its file, from 1.
    pub row: u64,
    /// What became of it.
    pub status: Fate,
    /// Which claim it takes back, if it does: the column of the claims' ids, and the id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reverses: Option<Given>,
    /// Why it is rejected, if it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reject: Option<Refused>,
    /// The claim, by input.
    pub inputs: Vec<Given>,
    /// The values of what the policy leaves open.
    pub parameters: Vec<Given>,
    /// The results: those of the row, then those of the groups that it belongs to.
    pub outputs: Vec<Output>,
    /// The definitions that they are computed from, each once.
    pub steps: Vec<Step>,
}

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Fate {
    /// It has results.
    Settled,
    /// It has none.
    Rejected,
    /// It takes an earlier claim back: its results are those of that claim, amounts negated.
    Reversal,
}

/// Why a row is rejected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// A stable code.
    pub code: RejectCode,
    /// The column at fault; empty if it is the whole row.
    pub column: String,
    /// What people call it.
    pub label: Text,
    /// The reason, for people.
    pub reason: Text,
    /// What stands in the column.
    pub value: Option<String>,
    /// What the policy admits there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub admitted: Option<Admitted>,
    /// The rule that looks the value up, if that is why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<Rule>,
}

/// What a column admits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Admitted {
    /// The least value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<String>,
    /// The greatest value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<String>,
    /// The values of an enum.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
}

/// A rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// Its name.
    pub name: String,
    /// As written.
    pub text: String,
    /// Its clauses.
    pub citations: Vec<Cited>,
}

/// A clause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cited {
    /// Its number in the document.
    pub clause: String,
    /// What it says, if the policy quotes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// A value, as text: as results are written in files, but with all its decimals, and as a fraction where no number of decimals
/// is enough.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Amount {
    /// What kind of value it is.
    #[serde(rename = "type")]
    pub ty: ColumnType,
    /// The unit as people write it behind a number.
    pub unit: Text,
    /// The value; nothing if it is missing.
    pub value: Option<String>,
    /// What people call the value of an enum, if that is not its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value_label: Option<Text>,
}

/// Something that is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Given {
    /// Its name.
    pub name: String,
    /// What people call it.
    pub label: Text,
    /// As written in files.
    #[serde(flatten)]
    pub amount: Amount,
}

/// A result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Output {
    /// Its name.
    pub name: String,
    /// What people call it.
    pub label: Text,
    /// What it is given for, if it is not the row: the grain's label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per: Option<Text>,
    /// As written in files.
    #[serde(flatten)]
    pub amount: Amount,
    /// The place of the definition among the steps; nothing if it was not computed: if the row takes a claim back or is taken
    /// back, or there is no value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<usize>,
    /// The place of the definition that says whether there is a value, if there may be none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub present: Option<usize>,
    /// Why there is no value, if it could not be computed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text>,
}

/// A definition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Its name.
    pub name: String,
    /// What people call it.
    pub label: Text,
    /// What it is computed for, if it is not the row: the grain's label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per: Option<Text>,
    /// Its value.
    #[serde(flatten)]
    pub amount: Amount,
    /// Its value before it was rounded, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exact: Option<String>,
    /// How it was rounded, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rounding: Option<Rounding>,
    /// As written; empty for a share of a ladder.
    pub text: String,
    /// Its clauses.
    pub citations: Vec<Cited>,
    /// How it was computed.
    pub how: Node,
}

/// A rounding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rounding {
    /// `half_up`, `half_even`, `down` or `up`.
    pub mode: String,
    /// To multiples of what.
    pub step: String,
}

impl Amount {
    /// The value with its unit.
    #[must_use]
    pub fn shown(&self, unit: &str) -> Option<String> {
        let value = self.value.as_ref()?;
        let has_own_unit = matches!(self.ty, ColumnType::Rate | ColumnType::Pp);
        if has_own_unit || unit.is_empty() {
            return Some(value.clone());
        }
        let space = if unit.is_ascii() { " " } else { "" };
        Some(format!("{value}{space}{unit}"))
    }
}

/// The names of values.
pub(crate) fn names(values: &[EnumValue]) -> Vec<String> {
    values.iter().map(|value| value.name.clone()).collect()
}
