//! Why a stream cannot be settled, in Chinese and English.

use fen_schema::Text;

use crate::error::{LoadError, SettleError};
use fen_values::ParameterError;

/// Why a stream cannot be settled. It is over then: what it gave before is not to be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.text().en)]
#[non_exhaustive]
pub enum StreamError {
    /// The module could not be made ready.
    Load(LoadError),
    /// The parameters are those of another policy.
    Parameter(ParameterError),
    /// A batch could not be settled.
    Settle(SettleError),
    /// A settled row has an earlier date than one before it.
    OutOfOrder {
        /// The row's number in the stream, from 0.
        row: u64,
        /// The column with the date.
        column: String,
    },
    /// A later pass had other rows than the first.
    OtherRows,
    /// Rows after the last pass, or results before its end.
    Passes,
    /// A total is beyond what the policy was made for, or beyond 128 bits.
    TotalOutOfRange {
        /// The total.
        name: String,
    },
    /// A division did not give what it must.
    Division {
        /// The split.
        name: String,
    },
    /// The running totals need more than the 4 GiB that a module's memory can have, or than this machine has.
    OutOfMemory,
    /// More rows or different texts than can be numbered.
    TooMany,
    /// The state is that of another policy.
    OtherState {
        /// Its policy.
        found: String,
        /// The policy at hand.
        policy: String,
    },
    /// The state is not what [`crate::Stream::state`] gives.
    DamagedState(String),
    /// State is restored before the first row, and given after the last pass.
    StateOutOfTurn,
}

impl From<LoadError> for StreamError {
    fn from(error: LoadError) -> Self {
        Self::Load(error)
    }
}

impl From<ParameterError> for StreamError {
    fn from(error: ParameterError) -> Self {
        Self::Parameter(error)
    }
}

impl From<SettleError> for StreamError {
    fn from(error: SettleError) -> Self {
        Self::Settle(error)
    }
}

impl From<super::texts::TooMany> for StreamError {
    fn from(_: super::texts::TooMany) -> Self {
        Self::TooMany
    }
}

impl StreamError {
    /// A stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Load(error) => error.code(),
            Self::Parameter(error) => error.code(),
            Self::Settle(error) => error.code(),
            Self::OutOfOrder { .. } => "fen::stream::out_of_order",
            Self::OtherRows => "fen::stream::other_rows",
            Self::Passes => "fen::stream::passes",
            Self::TotalOutOfRange { .. } => "fen::stream::total_out_of_range",
            Self::Division { .. } => "fen::stream::division",
            Self::OutOfMemory => "fen::stream::out_of_memory",
            Self::TooMany => "fen::stream::too_many",
            Self::OtherState { .. } => "fen::state::other_policy",
            Self::DamagedState(_) => "fen::state::damaged",
            Self::StateOutOfTurn => "fen::state::out_of_turn",
        }
    }

    /// What is wrong, for people.
    #[must_use]
    pub fn text(&self) -> Text {
        let text = |en: String, zh: String| Text { zh, en };
        match self {
            Self::Load(error) => error.text(),
            Self::Parameter(error) => error.text(),
            Self::Settle(error) => error.text(),
            Self::OutOfOrder { row, column } => text(
                format!("row {} is out of order: its `{column}` is before that of an earlier row; sort the rows by it", row + 1),
                format!("第{}行顺序有误：其“{column}”早于前面的行；请先按该列排序", row + 1),
            ),
            Self::OtherRows => text(
                "the rows of this pass are not those of the first; all passes take the same rows in the same order".into(),
                "本遍的数据与第一遍不同；每一遍须按相同顺序给出相同的行".into(),
            ),
            Self::Passes => text(
                "the stream has had all its passes, or not yet; give all rows once for every pass, then ask for results".into(),
                "数据遍数不符：每一遍给出全部行，最后一遍结束后再取结果".into(),
            ),
            Self::TotalOutOfRange { name } => text(
                format!("`{name}` is greater or less than the policy provides for: at most 999,999,999 values are added up"),
                format!("“{name}”超出政策所能计算的范围：合计的数值不得多于 999999999 个"),
            ),
            Self::Division { name } => text(
                format!("the parts of `{name}` do not add up to the amount; nothing was settled"),
                format!("“{name}”各份之和与总额不符；未作结算"),
            ),
            Self::OutOfMemory => text(
                "the running totals need more than 4 GiB, or than this machine has; settle fewer keys at a time".into(),
                "累计值所需内存超过 4 GiB 或本机可用内存；请分批结算，减少每批的键数".into(),
            ),
            Self::TooMany => text(
                "the stream has too many rows or different texts to number them".into(),
                "数据的行数或不同文本过多，无法编号".into(),
            ),
            Self::OtherState { found, policy } => text(
                format!("this state is that of `{found}`, not of `{policy}` as it is now"),
                format!("该累计状态属于“{found}”，不属于当前的“{policy}”"),
            ),
            Self::DamagedState(why) => {
                text(format!("the state cannot be read: {why}"), format!("累计状态无法读取：{why}"))
            }
            Self::StateOutOfTurn => text(
                "state is restored before the first row and taken after the last pass".into(),
                "累计状态只能在第一行之前恢复，在最后一遍结束之后取出".into(),
            ),
        }
    }
}
