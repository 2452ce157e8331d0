//! How a result came about: what stands in the custom sections `fen.trace` and `fen.trace.code`.
//!
//! Every phase of a policy has a second entry that settles one row and writes the values of all definitions and of their
//! parts beside the outputs. The second entries stand in a module of their own, so that whoever only settles neither
//! compiles nor holds them. `fen.trace` says what the cells mean that they write: the definitions with their text, what each
//! is computed from, which alternatives it chooses from. `docs/explain.md` describes it for hosts in other languages.

use serde::{Deserialize, Serialize};

use crate::{ColumnType, EnumValue, Layout, Text};

/// The name of the custom section that describes the trace, as JSON.
pub const TRACE_SECTION: &str = "fen.trace";

/// The name of the custom section that holds the module with the second entries.
pub const TRACE_CODE_SECTION: &str = "fen.trace.code";

/// What the cells mean that the second entries write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// Kinds of values; others name them by their place.
    pub kinds: Vec<Kind>,
    /// Clauses; others name them by their place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clauses: Vec<TraceClause>,
    /// By input of the schema: the kind of its values.
    #[serde(default)]
    pub input_kinds: Vec<u32>,
    /// By parameter of the schema: the kind of its values.
    #[serde(default)]
    pub parameter_kinds: Vec<u32>,
    /// The tables of parameters.
    pub tables: Vec<TraceTable>,
    /// The ladders of tiers.
    pub ladders: Vec<TraceLadder>,
    /// Where the cells of the schema's parameters are.
    pub parameters: Vec<TraceCell>,
    /// By phase of the plan; one if there is no plan.
    pub phases: Vec<TracePhase>,
}

/// What kind of value something is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kind {
    /// As of a column.
    #[serde(rename = "type")]
    pub ty: ColumnType,
    /// The unit as people write it behind a number; empty where there is none.
    pub unit: Text,
    /// The values of an enum.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<EnumValue>,
}

/// A clause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceClause {
    /// What it is called.
    pub clause: String,
    /// What it says, if the source quotes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// A table of parameters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceTable {
    /// Its name in the source.
    pub name: String,
    /// What its values are.
    pub kind: u32,
    /// Its clauses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub citations: Vec<u32>,
    /// The places of the keys that are ranges.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ranges: Vec<u32>,
    /// Its rows by key and date; empty if they are too many to be listed here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<TraceRow>,
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceRow {
    /// By key: as people write it.
    pub keys: Vec<Text>,
    /// The first day on which it applies, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// An exact number, such as `7/10`.
    pub value: String,
}

/// A ladder of tiers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceLadder {
    /// By date, ascending.
    pub versions: Vec<TraceVersion>,
    /// By column: what its shares are.
    pub kinds: Vec<u32>,
}

/// The rows of a ladder from a day on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceVersion {
    /// The first day on which it applies, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// From the lowest to the highest.
    pub rows: Vec<TraceTier>,
}

/// A row of a ladder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceTier {
    /// Its bounds, as people write them.
    pub range: Text,
    /// By column: what one unit of its slice yields, an exact number.
    pub shares: Vec<String>,
    /// Its own clauses; none where the ladder has the same for all rows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub citations: Vec<u32>,
}

/// The trace of a phase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TracePhase {
    /// The exported function `(i32) -> i32`. It is given 1, settles one row as the phase's own entry does, and writes the
    /// cells below too. Running values are given like other inputs, and none is changed.
    pub entry: String,
    /// Byte offset of the status, an unsigned number of 16 bits.
    pub status: u32,
    /// What the phase reads.
    pub imports: Vec<Import>,
    /// Where the cells of the phase's outputs are.
    pub results: Vec<TraceCell>,
    /// The cells that are written beside them.
    pub cells: Vec<TraceCell>,
    /// The definitions that it computes, each after those it is computed from.
    pub definitions: Vec<Definition>,
    /// By output of the phase.
    pub outputs: Vec<TraceOutput>,
}

/// A cell of a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceCell {
    /// How it is stored.
    pub layout: Layout,
    /// Byte offset.
    pub offset: u32,
}

/// An output of a phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceOutput {
    /// The definition whose value it is.
    pub definition: u32,
    /// The definition that says whether there is a value, if there may be none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub present: Option<u32>,
}

/// Something that a phase reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Import {
    /// Its name in the source.
    pub name: String,
    /// What people call it.
    pub label: Text,
    /// What kind of value it is.
    pub kind: u32,
    /// Cells are the value times 10^scale.
    pub scale: u32,
    /// Whether it may be missing.
    pub optional: bool,
    /// Where its cell is.
    pub cell: TraceCell,
    /// What the host writes there.
    pub source: ImportSource,
    /// What it is taken from, if it is not of the row itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
}

/// What the cell of an import holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum ImportSource {
    /// An input of the schema, or, in a plan, an input of the phase.
    Input {
        /// Its place.
        input: u32,
    },
    /// A cell of a record.
    Record {
        /// Its place among the cells of all tables of the phase.
        record: u32,
    },
}

/// What a value is taken from that is not of the row itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Origin {
    /// From the earlier rows of a group.
    Running(Gathered),
    /// From all rows of a group.
    Total(Gathered),
    /// What a split gives.
    Part {
        /// The split's name.
        split: String,
    },
    /// Whether a link leads to a claim.
    Linked {
        /// The link.
        link: String,
        /// Whether it leads to a later claim.
        next: bool,
        /// What both claims have in common.
        #[serde(default)]
        per: Text,
    },
    /// A value of the claim that a link leads to.
    Field {
        /// The link.
        link: String,
        /// Whether it leads to a later claim.
        next: bool,
        /// What of the claim, as written.
        of: String,
    },
}

/// What is made of the values of several rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gathered {
    /// `sum`, `count`, `max`, `min` or `last`.
    pub function: String,
    /// Of what, as written; empty for a count.
    pub of: String,
    /// Only where this holds, as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// The name of the grain whose instances are gathered.
    pub over: Text,
    /// The name of the grain of the group.
    pub per: Text,
}

/// A definition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Definition {
    /// Its name in the source.
    pub name: String,
    /// What people call it.
    pub label: Text,
    /// What kind of value it is.
    pub kind: u32,
    /// As written.
    pub text: String,
    /// Its clauses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub citations: Vec<u32>,
    /// Its value before it is rounded.
    pub exact: Point,
    /// How it is rounded, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rounding: Option<TraceRounding>,
    /// Its value.
    pub value: Point,
    /// How it is computed.
    pub how: Node,
}

/// A rounding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceRounding {
    /// `half_up`, `half_even`, `down` or `up`.
    pub mode: String,
    /// An exact number.
    pub step: String,
}

/// Where a value is: `"7/10"`, a number that is always the same; `[cell, step]`, the number in a cell times a step;
/// `[cell, step, divisor]`, the same divided by the number in another cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Point {
    /// Always the same.
    Constant(String),
    /// A cell, and what it counts.
    Cell(u32, String),
    /// A cell, what it counts, and the cell of what that is divided by.
    Quotient(u32, String, u32),
}

/// A part of a computation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    /// As written.
    pub text: String,
    /// What kind of value it has.
    pub kind: u32,
    /// Its value.
    pub at: Point,
    /// What it is.
    #[serde(flatten)]
    pub form: Form,
}

/// What a part of a computation is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Form {
    /// A number that stands in the source.
    Constant {
        /// The clauses of the parameter, if it has a name.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        citations: Vec<u32>,
    },
    /// Something that is read.
    Import {
        /// Its place among the phase's imports.
        import: u32,
    },
    /// A parameter of the module.
    Parameter {
        /// Its place among the schema's parameters.
        parameter: u32,
        /// Its clauses.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        citations: Vec<u32>,
    },
    /// Another definition.
    Definition {
        /// Its place among the phase's definitions.
        definition: u32,
    },
    /// Whether something that is read is there.
    Known {
        /// Its place among the phase's imports.
        import: u32,
    },
    /// Something done with other values.
    Operation {
        /// `negate`, `add`, `sub`, `mul`, `div`, `max`, `min`, `clamp` (a value, its least, its greatest), `round`,
        /// `compare`, `and`, `or`, `not`, `add_months`, `sub_months` or `full_months`. Of `and` and `or` the second part is needed only if the first one does not decide.
        operator: String,
        /// The values.
        parts: Vec<Node>,
        /// How it is rounded, if the operator is `round`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rounding: Option<TraceRounding>,
        /// Of `add_months` and `sub_months`: whether a day that the month lacks becomes the first of the next one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        later: Option<bool>,
    },
    /// One of several alternatives: the first one whose condition is true. Nothing of those behind it is needed; the
    /// conditions of exceptions always have a meaning.
    Choice {
        /// The place of the one that is chosen.
        taken: Point,
        /// The amount that lies in one of the rows, if the alternatives are rows of a ladder.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        subject: Option<Box<Node>>,
        /// What the bounds of the rows are parts of, if they are.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        base: Option<Box<Node>>,
        /// The last one has no condition.
        branches: Vec<Branch>,
    },
    /// A value of a table.
    Lookup {
        /// Its place among the tables.
        table: u32,
        /// The keys.
        keys: Vec<Node>,
        /// The place of the row that is found, if rows are listed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        row: Option<Point>,
        /// The first day of the row that is found, as days since 1970-01-01, if rows are not listed but have dates. The least
        /// number of 32 bits stands for a row without a date.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<Point>,
    },
    /// Whether a table has a row.
    HasRow {
        /// Its place among the tables.
        table: u32,
        /// The keys.
        keys: Vec<Node>,
    },
    /// What the tiers of a ladder make of an amount.
    Tiers {
        /// Its place among the ladders.
        ladder: u32,
        /// The column of its shares.
        column: u32,
        /// The amount.
        amount: Box<Node>,
        /// What the bounds are parts of, if they are.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        base: Option<Box<Node>>,
        /// The clauses of a ladder that has a name.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        citations: Vec<u32>,
        /// The place of the version that applies.
        version: Point,
        /// By version and row: the slice of the amount, and what it yields.
        slices: Vec<Vec<[Point; 2]>>,
    },
    /// What other definitions leave of an amount.
    Remainder {
        /// The amount first, then the others.
        parts: Vec<Node>,
        /// What the rows of the ladder give this one: tiers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tiers: Option<Box<Node>>,
    },
}

/// An alternative.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Branch {
    /// `case`, `otherwise`, `exception`, `rule` (what exceptions are made from), `row`, `met`, `missed` or `not_applicable`.
    pub role: String,
    /// What people call it: the name of an exception, the bounds of a row, when an indicator applies; empty where there is
    /// none.
    pub label: Text,
    /// The first day on which it applies, if it is a row with one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Its own clauses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub citations: Vec<u32>,
    /// When it applies; rows of ladders have no condition of their own here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Node>,
    /// Its value.
    pub then: Node,
}

impl Trace {
    /// The JSON form that stands in the module.
    ///
    /// # Errors
    /// Never for traces that can be built; the error is serde's.
    pub fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }

    /// Reads the JSON form.
    ///
    /// # Errors
    /// Says what is missing or of the wrong kind.
    pub fn from_json(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }
}
