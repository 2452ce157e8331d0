//! The schema of a module: what the compiler writes into the custom section `fen.schema` and every host reads.
//!
//! `docs/abi.md` describes the same for hosts in other languages. Amounts are decimal strings, never floating point.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The version of the module interface that this crate describes.
pub const ABI_VERSION: u32 = 1;

/// The name of the custom section that holds the schema as JSON.
pub const SECTION: &str = "fen.schema";

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
    /// The document it implements.
    pub source: Option<String>,
    /// When it is in force.
    pub in_force: Option<InForce>,
    /// Who compiled it.
    pub compiler: String,
    /// SHA-256 of the source text, hexadecimal.
    pub source_sha256: String,
    /// SHA-256 of the module's bytes before its first custom section, hexadecimal; see [`sha256`].
    pub code_sha256: String,
    /// How batches are settled.
    pub batch: Batch,
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Its unit.
    pub unit: String,
    /// Cells are the value times 10^scale.
    pub scale: u32,
    /// Least value, as a decimal string.
    pub min: String,
    /// Greatest value, as a decimal string.
    pub max: String,
    /// How a cell is stored.
    pub layout: Layout,
    /// Byte offset of row 0.
    pub offset: u32,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnType {
    /// An amount of money.
    Money,
}

/// How a cell is stored: two's complement, little-endian.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Layout {
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
            Self::I64 => 8,
            Self::I128 => 16,
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
    /// More decimals than the column has.
    TooManyDecimals,
    /// Less than the least admitted value.
    BelowMin,
    /// More than the greatest admitted value.
    AboveMax,
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
        }
    }
}

/// Which clause a rule implements.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Citation {
    /// The rule: the name of a definition, or a ladder's subject.
    pub rule: String,
    /// The clause.
    pub clause: String,
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
