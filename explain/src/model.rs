//! An explanation. `docs/explain.md` describes its JSON form.

use fen_schema::trace::Origin;
use fen_schema::{ColumnType, EnumValue, Language, RejectCode, Text};
use serde::Serialize;

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

/// A part of a computation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Node {
    /// As written.
    pub text: String,
    /// Its value.
    #[serde(flatten)]
    pub amount: Amount,
    /// What it is.
    #[serde(flatten)]
    pub form: NodeForm,
}

/// What a part of a computation is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum NodeForm {
    /// A number that stands in the source.
    Constant {
        /// The clauses of the parameter, if it has a name.
        citations: Vec<Cited>,
    },
    /// Something of the claim, or taken from elsewhere.
    Input {
        /// Its name.
        name: String,
        /// What people call it.
        label: Text,
        /// What it is taken from, if it is not of the claim itself.
        #[serde(skip_serializing_if = "Option::is_none")]
        origin: Option<Origin>,
        /// Of a total: the step with what this row, or its group, adds to it.
        #[serde(skip_serializing_if = "Option::is_none")]
        own: Option<usize>,
        /// Of a part: the steps with the amount that is divided, and with the weight.
        #[serde(skip_serializing_if = "Option::is_none")]
        divided: Option<[usize; 2]>,
        /// Of a part: how it was divided.
        #[serde(skip_serializing_if = "Option::is_none")]
        share: Option<Box<Share>>,
        /// Of a link: the number of the row that it leads to.
        #[serde(skip_serializing_if = "Option::is_none")]
        row: Option<u64>,
        /// Why there is no value, if it could not be computed.
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<Text>,
    },
    /// What the policy leaves open.
    Parameter {
        /// Its name.
        name: String,
        /// What people call it.
        label: Text,
        /// Its clauses.
        citations: Vec<Cited>,
    },
    /// Another definition.
    Step {
        /// Its place among the steps.
        step: usize,
    },
    /// Whether an input is there.
    Known {
        /// Its name.
        name: String,
        /// What people call it.
        label: Text,
    },
    /// Something done with other values.
    Operation {
        /// See [`fen_schema::trace::Form::Operation`]; `computed` if no more is told.
        operator: String,
        /// The values, as far as they were needed.
        parts: Vec<Node>,
        /// Of `max`, `min` and `clamp`: the place of the one that was taken.
        #[serde(skip_serializing_if = "Option::is_none")]
        taken: Option<usize>,
        /// Of `round`: how.
        #[serde(skip_serializing_if = "Option::is_none")]
        rounding: Option<Rounding>,
        /// Of `add_months` and `sub_months`, if the month lacks that day: `earlier` if its last day was taken, `later` if the
        /// first one of the next month was.
        #[serde(skip_serializing_if = "Option::is_none")]
        shifted: Option<String>,
    },
    /// One of several alternatives.
    Choice {
        /// `case`, `otherwise`, `exception`, `rule`, `row`, `met`, `missed`, `not_applicable` or `value`.
        role: String,
        /// The name of an exception, the bounds of a row, when an indicator applies.
        label: Text,
        /// The first day on which the row applies, if it has one.
        #[serde(skip_serializing_if = "Option::is_none")]
        from: Option<String>,
        /// The clause.
        citations: Vec<Cited>,
        /// The amount that lies in the row.
        #[serde(skip_serializing_if = "Option::is_none")]
        subject: Option<Box<Node>>,
        /// What the bounds of the row are parts of, if they are.
        #[serde(skip_serializing_if = "Option::is_none")]
        base: Option<Box<Node>>,
        /// Why it applied; of `missed` the target, which does not hold.
        #[serde(skip_serializing_if = "Option::is_none")]
        when: Option<Box<Node>>,
        /// Its value.
        then: Box<Node>,
        /// The others, on request.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        passed: Vec<Passed>,
    },
    /// A value of a table.
    Lookup {
        /// The table's name.
        table: String,
        /// The keys.
        keys: Vec<Node>,
        /// Of keys that are ranges: those of the row that was found.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        ranges: Vec<KeyRange>,
        /// The first day on which the row that was found applies, if it has one.
        #[serde(skip_serializing_if = "Option::is_none")]
        from: Option<String>,
        /// The clauses of the table.
        citations: Vec<Cited>,
        /// Rows of the same keys from other days on, on request.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        passed: Vec<PassedRow>,
    },
    /// Whether a table has a row.
    HasRow {
        /// The table's name.
        table: String,
        /// The keys.
        keys: Vec<Node>,
    },
    /// What the tiers of a ladder make of an amount.
    Tiers {
        /// The amount.
        amount: Box<Node>,
        /// What the bounds are parts of, if they are.
        #[serde(skip_serializing_if = "Option::is_none")]
        base: Option<Box<Node>>,
        /// The first day on which the rows apply, if they have one.
        #[serde(skip_serializing_if = "Option::is_none")]
        from: Option<String>,
        /// The clauses of a ladder that has a name.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        citations: Vec<Cited>,
        /// The rows that the amount reaches; all of them on request.
        tiers: Vec<Tier>,
    },
    /// What other definitions leave of an amount.
    Remainder {
        /// The amount first, then the others.
        parts: Vec<Node>,
        /// What the rows of the ladder give, before rounding.
        #[serde(skip_serializing_if = "Option::is_none")]
        tiers: Option<Box<Node>>,
    },
}

/// How a part was divided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Share {
    /// The sum of the weights.
    pub weights: Amount,
    /// The amount times the weight by that sum.
    pub exact: String,
    /// That in whole steps, rounded down.
    pub down: String,
    /// A step, as those are that are left over.
    pub step: String,
    /// Whether it received one of them.
    pub extra: bool,
}

/// The range that a key lies in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeyRange {
    /// The place of the key.
    pub key: usize,
    /// The range, as people write it.
    pub range: Text,
}

/// An alternative that was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Passed {
    /// As of the one that was taken.
    pub role: String,
    /// The name of an exception, the bounds of a row.
    pub label: Text,
    /// The first day on which the row applies, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The clause.
    pub citations: Vec<Cited>,
    /// Its condition as written; empty if it has none.
    pub condition: String,
    /// Its value as written.
    pub text: String,
    /// Why it was not taken.
    pub state: State,
    /// The condition, if it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<Box<Node>>,
}

/// Why an alternative was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Its condition was not true.
    False,
    /// One before it was taken.
    NotReached,
    /// Its condition is true, but the exception that was taken overrides it.
    Overridden,
    /// The exception that was taken stands in its place.
    Replaced,
    /// It is another row.
    Elsewhere,
    /// It applies from a later day on.
    Later,
    /// One from a later day on has taken its place.
    Superseded,
}

/// A row of a table that was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PassedRow {
    /// The first day on which it applies.
    pub from: String,
    /// Its value.
    pub value: String,
    /// Why it was not taken.
    pub state: State,
}

/// A row of a ladder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tier {
    /// Its bounds.
    pub range: Text,
    /// What one unit of the slice yields.
    pub share: Amount,
    /// The part of the amount that lies in it.
    pub slice: Amount,
    /// What that yields.
    pub yields: Amount,
    /// Its own clauses; none where the ladder has the same for all rows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub citations: Vec<Cited>,
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
