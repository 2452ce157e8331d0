//! How a policy that looks beyond the row at hand is settled: the grains of its values, the phases its work is cut
//! into, and what the host does between them. A policy that does not has no plan.
//!
//! A host settles a *stream*: rows in their order. Every phase is a pure kernel over the instances of one grain; the host
//! numbers keys, adds up, divides and follows links, all over exact integers.

use serde::{Deserialize, Serialize};

use crate::{Column, Place, Text};

/// What a host does with a stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Grain 0 is that of the rows of the file.
    pub grains: Vec<Grain>,
    /// The grain that the policy calls a claim: 0, or, where the rows are fee lines, the one that its lines have in
    /// common. A claim is rejected with all of its rows.
    pub claim: u32,
    /// In the order in which they are run. Those of grain 0 each take one pass over the file.
    pub phases: Vec<Phase>,
    /// What is added up between phases.
    pub totals: Vec<Total>,
    /// Amounts that are divided between phases.
    pub splits: Vec<Split>,
    /// Links to later claims; links to earlier ones are running values.
    pub links: Vec<Link>,
    /// The outputs by grain, that of the rows first; a grain without outputs is not listed.
    pub results: Vec<GrainResults>,
    /// Inputs, by their place, that must be equal within a group: if they are not, all of its rows are rejected as
    /// `differs`.
    pub shared: Vec<Shared>,
    /// The date by which the rows are ordered, as a place among the inputs. The rows are in order then, or a host sorts
    /// them (rows of one date stay as they are).
    pub ordered_by: Option<u32>,
    /// Rows that take an earlier claim back.
    pub reversal: Option<Reversal>,
}

/// What a value is given for: the row, or all rows that have the same keys in the same period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grain {
    /// As it stands in names of files: `claim`, `hospital`, `person.year`, `pool`.
    pub name: String,
    /// What people call it.
    pub label: Text,
    /// Places among the schema's inputs, in the order of the source; none of them is optional. Empty for grain 0 and for
    /// the pool.
    pub keys: Vec<u32>,
    /// The period that the date of a row's claim (`dated_by`) falls into, if the grain has one.
    pub period: Option<Period>,
    /// Whether all rows of a group are lines of one claim. Told where lines of claims can be taken back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub within_claim: bool,
}

/// A kind of period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// How long.
    pub unit: PeriodUnit,
    /// The day on which a year begins: month and day, 1-01 for calendar years; never 2-29. A month begins on its first day.
    pub month: u8,
    /// See `month`.
    pub day: u8,
}

/// How long a period is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PeriodUnit {
    /// A year; it is known by the number of the calendar year it begins in.
    Year,
    /// A month of the calendar; it is known by 12 × year + month − 1.
    Month,
}

/// One kernel: it is called like the entry of a policy without a plan, over the instances of its grain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phase {
    /// The exported function `(i32) -> i32`.
    pub entry: String,
    /// The grain of its rows.
    pub grain: u32,
    /// Its status column.
    pub status: Place,
    /// What the host writes for each of its rows.
    pub inputs: Vec<PhaseInput>,
    /// What it computes for each of its rows.
    pub outputs: Vec<Column>,
    /// By output: the places of the inputs that it is computed from, whatever conditions stand before them, directly or
    /// through what records were changed by. Inputs of source [`Source::Input`] are left out: an output is known early if
    /// none is left. An output of an instance that lacks one of these inputs (the part of an amount that could not be
    /// divided) has no value.
    #[serde(default)]
    pub uses: Vec<Vec<u32>>,
    /// What it carries from row to row. A phase with state is run over its instances in the order of the stream, the
    /// instances of a group in the order of their first row. Each phase has records of its own, new ones at the beginning of
    /// its pass or those it left when the stream before was settled.
    pub state: Option<State>,
}

/// A column that the host writes, and what it writes there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhaseInput {
    /// Where its cells come from.
    pub source: Source,
    /// What they are.
    pub column: Column,
}

/// Where the cells of a phase's input come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum Source {
    /// The claims' own column, by its place among the schema's inputs. For a group it is the cell that its rows have in
    /// common.
    Input {
        /// Its place.
        input: u32,
    },
    /// An output of an earlier phase of a coarser grain, for the group that the instance belongs to. An empty cell is the
    /// least number of the layout.
    Value {
        /// Place among the phases.
        phase: u32,
        /// Place among its outputs.
        output: u32,
    },
    /// A total of the group that the instance belongs to, by its place.
    Total {
        /// Its place.
        total: u32,
    },
    /// What the instance, or the group it belongs to, receives of a split, by its place.
    Part {
        /// Its place.
        split: u32,
    },
    /// Whether a link leads somewhere: 1 or 0.
    Linked {
        /// Place among the links.
        link: u32,
    },
    /// A field of the claim that a link leads to; the least number of the layout if it leads nowhere, or the field's cell is
    /// empty there (its layout may be another one).
    Field {
        /// Place among the links.
        link: u32,
        /// Place among the fields of the link.
        field: u32,
    },
}

/// An aggregate over all settled instances of a finer grain that belong to a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Total {
    /// What is done.
    pub function: TotalFunction,
    /// The phase that computes what is added up; its grain is the finer one.
    pub phase: u32,
    /// Place among its outputs. An empty cell adds nothing and is not counted.
    pub output: u32,
    /// The grain of the total.
    pub grain: u32,
}

/// What is done with several values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TotalFunction {
    /// Their sum, exactly; cells have the scale of the values.
    Sum,
    /// How many there are.
    Count,
    /// The greatest.
    Max,
    /// The least.
    Min,
}

/// A division of an amount by weights that loses nothing: everyone gets `floor(amount × weight ÷ sum of weights)` steps,
/// and the steps that are left go one each to the greatest remainders, among equal ones to the smaller key (see
/// `docs/abi.md`). A negative amount is divided like its size, and every part is negative.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Split {
    /// What receives the parts: the name of the value, for messages.
    pub name: String,
    /// What people call it.
    pub label: Text,
    /// The amount of a pool: a cell of whole steps, with the scale of the parts. It is always a [`Source::Value`], of a phase
    /// of the pools' grain or a coarser one.
    pub amount: Source,
    /// How many units of a cell a step is, as a decimal integer: 1 if parts are exact to the last decimal they have.
    pub step: String,
    /// The phase whose instances receive parts; its grain is that of the parts.
    pub phase: u32,
    /// Place of the weight among that phase's outputs; never negative.
    pub weight: u32,
    /// The grain of the pools: within each, its amount is divided. If all weights of a pool are zero and its amount is not,
    /// all its instances are rejected as `no_weights`.
    pub pool: u32,
}

/// A link to the next claim of the same keys. (A rejected claim, or one that was taken back, is nobody's next claim.)
/// One link of the source may stand here several times, with the fields that are known after different phases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Its name in the source.
    pub name: String,
    /// The keys that both claims share, and the period if both lie in the same one: a grain.
    pub grain: u32,
    /// The phase that computes the fields; its grain is that of claims.
    pub phase: u32,
    /// Place among its outputs of the condition for being led to, if there is one: 1 or 0.
    pub when: Option<u32>,
    /// Places among its outputs.
    pub fields: Vec<u32>,
}

/// The records that a phase keeps in the module's memory, one for every group of each table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The byte at which records begin, a multiple of 16, the same in all phases. All memory from here on belongs to the host,
    /// which makes it grow; at first there may be room for no record at all.
    pub offset: u32,
    /// The kinds of records.
    pub tables: Vec<StateTable>,
    /// By output of the phase: what it is computed from directly. Given only where records may be changed by something that
    /// has no value, see [`Phase::uses`], or hold a cell that is [`late`](StateCell::late): an output that reads one is late.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reads: Vec<Reads>,
}

/// What something is computed from, whatever conditions stand before it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reads {
    /// Places of the phase's inputs; those of source [`Source::Input`] are left out.
    pub inputs: Vec<u32>,
    /// Cells of records, by their places among those of all tables.
    pub cells: Vec<u32>,
}

/// The records of one grain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateTable {
    /// Its keys and period.
    pub grain: u32,
    /// Length of a record in bytes, a multiple of 8.
    pub bytes: u32,
    /// The column of the phase that says where each row's record is: a 4-byte number that, times 8, is its distance from
    /// [`State::offset`]. −1 for a row that is not to be settled. The status of a row of which one record does not lie within
    /// memory is of code `not_given`, whatever its other cells are, and none of its records is touched.
    pub places: Place,
    /// What a record holds.
    pub cells: Vec<StateCell>,
}

/// One cell of a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateCell {
    /// What the module does with it when it settles a row.
    pub function: StateFunction,
    /// Its name, type, unit, scale and layout; `offset` is that within the record, a multiple of the cell's bytes (of 8 for
    /// cells of 16 bytes). A new record holds 0 for sums, counts and `linked`, and the least number of the layout for the
    /// others.
    pub column: Column,
    /// Place among the phase's outputs of what a row contributes, where the policy has reversals, or the cell belongs to a link
    /// with a condition whose `reads` are given: the addend, the value,
    /// or whether (0 or 1) the row is counted or linked to. An empty cell contributes nothing. Scale and meaning are those of
    /// the cell, the layout may be another one.
    pub contribution: Option<u32>,
    /// What a row changes the cell by is computed from this: a cell that was changed by something that has no value has none
    /// either. Given where [`State::reads`] is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reads: Option<Reads>,
    /// Of a cell that belongs to a link, what the link's condition is computed from: the cell has no value if the latest
    /// claim for which the condition holds, or may hold, has none. Given where [`State::reads`] is; where `contribution` is not,
    /// the link has no condition, and each claim makes up for those before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<Reads>,
    /// Whether claims that are taken back never count in it, although its contribution uses nothing late: it belongs to a link
    /// with a late field, or is changed by such a cell. [`State::reads`] are given then, too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub late: bool,
}

/// What a cell of a record holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StateFunction {
    /// The sum of earlier values.
    Sum,
    /// The number of earlier claims.
    Count,
    /// The greatest earlier value.
    Max,
    /// The least earlier value.
    Min,
    /// The latest earlier value, also a field of the previous claim.
    Last,
    /// Whether there is a previous claim.
    Linked,
}

/// Outputs of one grain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrainResults {
    /// The grain.
    pub grain: u32,
    /// Their columns, in the order of the source, each with the phase that computes it and its place there; the grain of
    /// that phase may be coarser.
    pub outputs: Vec<ResultColumn>,
}

/// An output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultColumn {
    /// Where its cells come from.
    pub source: ResultSource,
    /// What they are; `offset` has no meaning.
    pub column: Column,
}

/// Where the cells of a result come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultSource {
    /// Place among the phases.
    pub phase: u32,
    /// Place among its outputs.
    pub output: u32,
}

/// An input that is the same for all rows of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shared {
    /// Its place among the inputs.
    pub input: u32,
    /// The grain.
    pub grain: u32,
}

/// Rows that take an earlier claim back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reversal {
    /// The id of the claim, as a place among the inputs; no two settled claims have the same.
    pub claim: u32,
    /// The optional id of the claim that is taken back, likewise.
    pub reverses: u32,
}
