//! The parts of the computations of an explanation.

use fen_schema::Text;
use fen_schema::trace::Origin;
use serde::Serialize;

use crate::model::{Amount, Cited, Rounding};

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
        origin: Option<Box<Origin>>,
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
