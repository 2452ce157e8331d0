//! What became of a batch.

use std::sync::Arc;

use arrow_array::RecordBatch;
use fen_schema::{Column, ColumnType, RejectCode, Schema, Text};

use fen_values::{bound_text, names};

/// What became of a batch: every row is settled or rejected.
#[derive(Clone, Debug)]
pub struct Settlement {
    pub(crate) outputs: RecordBatch,
    pub(crate) rejects: Vec<Rejected>,
}

/// A row that was not settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// The row's number in the batch, from 0.
    pub row: usize,
    /// Why; shared by all rows rejected for the same reason.
    pub cause: Arc<Cause>,
}

/// Why a row was not settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// The column at fault.
    pub column: String,
    /// A stable code.
    pub code: RejectCode,
    /// The reason, for people.
    pub reason: Text,
}

impl Settlement {
    /// One column per output, one row per row of the batch; null where the row was rejected, and where an optional output
    /// is empty. Amounts are `Decimal64` or `Decimal128` of the column's scale, bools `Boolean`, dates `Date32`, enums
    /// `Dictionary(Int8, Utf8)` of their values' names, codes and ids `Utf8`.
    #[must_use]
    pub fn outputs(&self) -> &RecordBatch {
        &self.outputs
    }

    /// The rejected rows, in order.
    #[must_use]
    pub fn rejects(&self) -> &[Rejected] {
        &self.rejects
    }
}

/// The reason for a rejection that the host finds, before a module sees the row; the module's own words if it has any.
#[must_use]
pub fn reason(schema: &Schema, column: &Column, code: RejectCode) -> Text {
    let known = schema.rejects.iter().find(|reject| reject.code == code && reject.column == column.name);
    known.map_or_else(|| host_reason(column, code), |reject| reject.reason.clone())
}

fn host_reason(column: &Column, code: RejectCode) -> Text {
    let name = &column.name;
    let (min, max) = (bound_text(&column.min, column), bound_text(&column.max, column));
    let (en, zh) = match code {
        RejectCode::WrongFieldCount => {
            ("the row has not as many cells as the header".to_owned(), "列数与表头不符".to_owned())
        }
        RejectCode::Missing => (format!("{name} is missing"), format!("{name}为空")),
        RejectCode::NotANumber if column.ty == ColumnType::Pp => (
            format!("{name} is not a number of percentage points such as 5pp"),
            format!("{name}不是百分点数，例如 5pp 或 5个百分点"),
        ),
        RejectCode::NotANumber => (format!("{name} is not a number"), format!("{name}不是数字")),
        RejectCode::NotADate => {
            (format!("{name} is not a date such as 2022-08-01"), format!("{name}不是日期，例如 2022-08-01"))
        }
        RejectCode::UnknownValue if column.values.is_empty() => {
            (format!("{name} is neither true nor false"), format!("{name}不是 true/是 或 false/否"))
        }
        RejectCode::UnknownValue => (
            format!("{name} is none of {}", names(column, ", ")),
            format!("{name}不是下列取值之一：{}", names(column, "、")),
        ),
        RejectCode::TooManyDecimals if matches!(column.ty, ColumnType::Rate | ColumnType::Pp) => {
            let (scale, percent) = (column.scale, column.scale.saturating_sub(2));
            (
                format!("{name} has more than {percent} decimals in percent, that is {scale} in all"),
                format!("{name}以百分数计的小数超过{percent}位，即合计超过{scale}位"),
            )
        }
        RejectCode::TooManyDecimals => {
            (format!("{name} has more than {} decimals", column.scale), format!("{name}的小数超过{}位", column.scale))
        }
        RejectCode::BelowMin => (format!("{name} is below {min}"), format!("{name}低于{min}")),
        RejectCode::AboveMax => (format!("{name} is above {max}"), format!("{name}高于{max}")),
        RejectCode::BeforeInForce => {
            (format!("{name} is before the policy is in force"), format!("{name}早于政策施行之日"))
        }
        RejectCode::AfterInForce => {
            (format!("{name} is after the policy was in force"), format!("{name}晚于政策失效之日"))
        }
        RejectCode::UnknownCode => (format!("{name} is in no table"), format!("{name}不在对照表中")),
        RejectCode::NotGiven => ("the row was not given to the policy".to_owned(), "该行未交由政策处理".to_owned()),
        RejectCode::Differs => {
            (format!("{name} is not the same in all rows of its group"), format!("{name}在同组各行中不一致"))
        }
        RejectCode::ClaimRejected => {
            (format!("another row of the same {name} is rejected"), format!("同一{name}的其他行被拒收"))
        }
        RejectCode::NoWeights => {
            (format!("{name} cannot be divided: all weights are zero"), format!("{name}无法分配：权重全部为零"))
        }
        RejectCode::DuplicateClaim => {
            (format!("an earlier claim has the same {name}"), format!("{name}与先前的单据重复"))
        }
        RejectCode::UnknownClaim => {
            (format!("{name} names no earlier claim that was settled"), format!("{name}未指向先前已结算的单据"))
        }
        RejectCode::AlreadyReversed => {
            (format!("the claim that {name} names was taken back already"), format!("{name}所指的单据已被冲销"))
        }
    };
    Text { zh, en }
}
