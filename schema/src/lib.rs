//! The schema of a module: what the compiler writes into the custom section `fen.schema` and every host reads.
//!
//! `docs/abi.md` describes the same for hosts in other languages. Amounts are decimal strings, never floating point.

mod plan;
pub mod trace;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use self::plan::{
    Grain, GrainResults, Link, Period, PeriodUnit, Phase, PhaseInput, Plan, Reads, ResultColumn, ResultSource,
    Reversal, Shared, Source, Split, State, StateCell, StateFunction, StateTable, Total, TotalFunction,
};

/// The version of the module interface that this crate describes.
pub const ABI_VERSION: u32 = 3;

/// The name of the custom section that holds the schema as JSON.
pub const SECTION: &str = "fen.schema";

/// The name of the custom section that holds the codes a policy knows, as a JSON array of texts.
pub const CODES_SECTION: &str = "fen.codes";

/// SHA-256 as lower-case hexadecimal.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

/// Everything a host needs to know about a module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schema {
    /// Interface version; see [`ABI_VERSION`].
    pub abi: u32,
    /// The policy's name, such as `qujing.surplus`.
    pub policy: String,
    /// The language its source is written in.
    pub language: Language,
    /// Its title.
    pub title: Option<String>,
    /// Its title in both languages, if it has one in each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub titles: Option<Text>,
    /// The document it implements.
    pub source: Option<String>,
    /// When it is in force.
    pub in_force: Option<InForce>,
    /// The input whose date must lie in that period and chooses the versions of parameters.
    pub dated_by: Option<String>,
    /// Who compiled it.
    pub compiler: String,
    /// SHA-256 of the source text, hexadecimal.
    pub source_sha256: String,
    /// SHA-256 of the module's bytes before its first custom section, hexadecimal; see [`sha256`].
    pub code_sha256: String,
    /// How batches are settled.
    pub batch: Batch,
    /// How many codes the section [`CODES_SECTION`] lists.
    pub codes: u32,
    /// SHA-256 of that section's data, hexadecimal.
    pub codes_sha256: String,
    /// SHA-256 of the section [`trace::TRACE_SECTION`], hexadecimal; empty if there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub trace_sha256: String,
    /// What the host must supply before it can settle: one cell each, like a column of one row.
    pub parameters: Vec<Column>,
    /// Columns the host writes.
    pub inputs: Vec<Column>,
    /// Columns the module writes.
    pub outputs: Vec<Column>,
    /// What each status above 0 means.
    pub rejects: Vec<Reject>,
    /// Which clause each rule implements.
    pub citations: Vec<Citation>,
    /// The invariants, as written.
    pub invariants: Vec<String>,
    /// How a stream of rows is settled, where the policy looks beyond the row at hand. `batch` is its first phase then,
    /// `inputs` are the columns of the claims (each at its place in that phase), and `outputs` those of its rows, each at its
    /// place in the last phase of the rows' grain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<Plan>,
}

/// A language of sources and messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English.
    En,
    /// Chinese.
    Zh,
}

/// One text in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// First and last day, ISO dates, both inclusive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InForce {
    /// First day.
    pub from: String,
    /// Last day, if there is one.
    pub to: Option<String>,
}

/// How a batch is settled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// The exported function `(i32) -> i32`.
    pub entry: String,
    /// The most rows of one call.
    pub capacity: u32,
    /// The status column: unsigned 16-bit, little-endian.
    pub status: Place,
}

/// A place in the module's memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Byte offset of row 0.
    pub offset: u32,
}

/// A column of one batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its name in the source.
    pub name: String,
    /// What people call it.
    pub label: Text,
    /// What kind of value it holds.
    #[serde(rename = "type")]
    pub ty: ColumnType,
    /// Its unit, as people write it in English, such as `yuan`, `%` or `yuan per point`; empty where there is none.
    pub unit: String,
    /// Cells are the value times 10^scale; 0 unless the type is a number of something.
    pub scale: u32,
    /// Least value: a decimal string, an ISO date, or the name of an enum value; empty for codes and ids.
    pub min: String,
    /// Greatest value, likewise.
    pub max: String,
    /// Whether a claim may leave the input out, or the output can be empty: the cell is the least number of its layout
    /// then.
    pub optional: bool,
    /// The values of an enum; the cell is the place of the value, from 0. Empty for other types.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<EnumValue>,
    /// How a cell is stored.
    pub layout: Layout,
    /// Byte offset of row 0.
    pub offset: u32,
}

/// A value of an enum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnumValue {
    /// Its name in the source.
    pub name: String,
    /// What people call it.
    pub label: Text,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnType {
    /// An amount of money in yuan.
    Money,
    /// A part of something: 5 % is 0.05.
    Rate,
    /// A difference of rates: 5 percentage points are 0.05.
    Pp,
    /// A count or a factor.
    Number,
    /// An amount of something else; see the column's unit.
    Measure,
    /// Days since 1970-01-01.
    Date,
    /// 0 or 1.
    Bool,
    /// A place among the column's values.
    Enum,
    /// A place among the codes, or from their number up for texts that are not among them.
    Code,
    /// Like a code.
    Id,
}

impl ColumnType {
    /// Whether cells are numbers of something, with a scale.
    #[must_use]
    pub fn is_amount(self) -> bool {
        matches!(self, Self::Money | Self::Rate | Self::Pp | Self::Number | Self::Measure)
    }

    /// Whether cells stand for texts that the policy only compares and looks up.
    #[must_use]
    pub fn is_text(self) -> bool {
        matches!(self, Self::Code | Self::Id)
    }
}

/// How a cell is stored: two's complement, little-endian.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Layout {
    /// 1 byte: bools and enums.
    I8,
    /// 4 bytes: dates, codes and ids.
    I32,
    /// 8 bytes.
    I64,
    /// 16 bytes.
    I128,
}

impl Layout {
    /// Bytes of one cell.
    #[must_use]
    pub fn bytes(self) -> u32 {
        match self {
            Self::I8 => 1,
            Self::I32 => 4,
            Self::I64 => 8,
            Self::I128 => 16,
        }
    }

    /// The cell of a missing or empty value: the least number.
    #[must_use]
    pub fn none(self) -> i128 {
        match self {
            Self::I8 => i8::MIN.into(),
            Self::I32 => i32::MIN.into(),
            Self::I64 => i64::MIN.into(),
            Self::I128 => i128::MIN,
        }
    }
}

/// What a status means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reject {
    /// The value of the status column.
    pub status: u16,
    /// A stable code such as `below_min`.
    pub code: RejectCode,
    /// The column at fault.
    pub column: String,
    /// The reason, for people.
    pub reason: Text,
}

/// Why a row is rejected. The text of `docs/abi.md` defines each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RejectCode {
    /// The row has not as many cells as the header.
    WrongFieldCount,
    /// An empty cell.
    Missing,
    /// Not a number, or not text at all.
    NotANumber,
    /// Not a date as in 2022-08-01.
    NotADate,
    /// Not one of the values that an enum or a bool has.
    UnknownValue,
    /// More decimals than the column has.
    TooManyDecimals,
    /// Less than the least admitted value.
    BelowMin,
    /// More than the greatest admitted value.
    AboveMax,
    /// Before the first day of the period in force.
    BeforeInForce,
    /// After its last day.
    AfterInForce,
    /// A table has no row for this code.
    UnknownCode,
    /// The host did not give the row to the module.
    NotGiven,
    /// The input is not the same in all rows of a group.
    Differs,
    /// Another row of the claim is rejected.
    ClaimRejected,
    /// An amount could not be divided: all weights are zero.
    NoWeights,
    /// The id of the claim is that of an earlier one.
    DuplicateClaim,
    /// No settled claim has the id that is to be taken back.
    UnknownClaim,
    /// The claim was taken back already.
    AlreadyReversed,
}

impl RejectCode {
    /// The code as it stands in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WrongFieldCount => "wrong_field_count",
            Self::Missing => "missing",
            Self::NotANumber => "not_a_number",
            Self::TooManyDecimals => "too_many_decimals",
            Self::BelowMin => "below_min",
            Self::AboveMax => "above_max",
            Self::NotADate => "not_a_date",
            Self::UnknownValue => "unknown_value",
            Self::BeforeInForce => "before_in_force",
            Self::AfterInForce => "after_in_force",
            Self::UnknownCode => "unknown_code",
            Self::NotGiven => "not_given",
            Self::Differs => "differs",
            Self::ClaimRejected => "claim_rejected",
            Self::NoWeights => "no_weights",
            Self::DuplicateClaim => "duplicate_claim",
            Self::UnknownClaim => "unknown_claim",
            Self::AlreadyReversed => "already_reversed",
        }
    }
}

/// Which clause a rule implements.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Citation {
    /// The rule: the name of a definition, or a ladder's subject.
    pub rule: String,
    /// What the clause is called, such as `三(五)3`.
    pub clause: String,
    /// What the clause says, where the policy quotes it; lines are separated by `\n`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl Schema {
    /// The JSON form that stands in the module.
    ///
    /// # Errors
    /// Never for schemas that can be built; the error is serde's.
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
