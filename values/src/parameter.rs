//! Values of parameters from text.

use std::borrow::Cow;

use fen_schema::{Column, Text};

use crate::cell::{Cell, bound, bound_text, parse_cell};
use crate::describe::{describe, example, nearest};
use crate::units::{shifted, split_unit};

/// The place of the parameter of this name, or else the only one of this label. Spaces in a name do not matter.
#[must_use]
pub fn find(columns: &[Column], name: &str) -> Option<usize> {
    let plain = |name: &str| -> String { name.split_whitespace().collect() };
    let wanted = plain(name);
    let named = columns.iter().position(|column| column.name == name);
    named.or_else(|| columns.iter().position(|column| plain(&column.name) == wanted)).or_else(|| {
        let is_label = |column: &Column| plain(&column.label.zh) == wanted || plain(&column.label.en) == wanted;
        let mut labelled = columns.iter().enumerate().filter(|(_, column)| is_label(column));
        match (labelled.next(), labelled.next()) {
            (Some((at, _)), None) => Some(at),
            _ => None,
        }
    })
}

/// The number that a text gives a parameter, as a cell holds it. The unit may stand behind it.
///
/// # Errors
/// If the text is no value of the parameter, or is out of its range.
pub fn read(text: &str, column: &Column) -> Result<i128, ParameterError> {
    let (plain, places) = split_unit(text.trim(), column);
    let plain = if places == 0 { Cow::Borrowed(plain) } else { Cow::Owned(shifted(plain, places)) };
    let Ok(Cell::Number(number)) = parse_cell(&plain, column) else {
        return Err(ParameterError::NotAValue { parameter: Box::new(column.clone()), found: text.to_owned() });
    };
    let is_below = bound(&column.min, column).is_some_and(|least| number < least);
    let is_above = bound(&column.max, column).is_some_and(|greatest| number > greatest);
    if is_below || is_above {
        return Err(ParameterError::OutOfRange { parameter: Box::new(column.clone()), found: text.to_owned() });
    }
    Ok(number)
}

/// A name that is none of the parameters of a policy.
#[must_use]
pub fn unknown(name: &str, columns: &[Column], policy: &str) -> ParameterError {
    ParameterError::Unknown {
        name: name.to_owned(),
        nearest: nearest(name, columns.iter().map(|column| column.name.as_str())).map(str::to_owned),
        policy: policy.to_owned(),
    }
}

/// Why a parameter could not be set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.text().en)]
#[non_exhaustive]
pub enum ParameterError {
    /// The policy has none of this name.
    Unknown {
        /// What was asked for.
        name: String,
        /// The parameter that may have been meant.
        nearest: Option<String>,
        /// The policy's name.
        policy: String,
    },
    /// The text is no value of the parameter's type.
    NotAValue {
        /// The parameter.
        parameter: Box<Column>,
        /// The text.
        found: String,
    },
    /// The value is less or greater than the policy admits.
    OutOfRange {
        /// The parameter.
        parameter: Box<Column>,
        /// The text.
        found: String,
    },
    /// The values were made for a policy with other parameters.
    OtherPolicy,
}

impl ParameterError {
    /// A stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unknown { .. } => "fen::parameter::unknown",
            Self::NotAValue { .. } => "fen::parameter::not_a_value",
            Self::OutOfRange { .. } => "fen::parameter::out_of_range",
            Self::OtherPolicy => "fen::parameter::other_policy",
        }
    }

    /// What is wrong, for people.
    #[must_use]
    pub fn text(&self) -> Text {
        match self {
            Self::Unknown { name, nearest, policy } => {
                let (en, zh) = match nearest {
                    Some(nearest) => (format!("; did you mean `{nearest}`?"), format!("，是否指“{nearest}”？")),
                    None => Default::default(),
                };
                Text {
                    en: format!("the policy {policy} has no parameter `{name}`{en}"),
                    zh: format!("政策 {policy} 没有参数“{name}”{zh}"),
                }
            }
            Self::NotAValue { parameter, found } => {
                let (Text { en, zh }, name, example) = (describe(parameter), &parameter.name, example(parameter));
                Text {
                    en: format!("parameter `{name}` cannot be `{found}`; it is {en}, such as {example}"),
                    zh: format!("参数“{name}”不能取“{found}”；应为{zh}，例如 {example}"),
                }
            }
            Self::OutOfRange { parameter, found } => {
                let name = &parameter.name;
                let (from, to) = (bound_text(&parameter.min, parameter), bound_text(&parameter.max, parameter));
                Text {
                    en: format!("parameter `{name}` cannot be {found}; it must be from {from} to {to}"),
                    zh: format!("参数“{name}”不能取 {found}，应在 {from} 至 {to} 之间"),
                }
            }
            Self::OtherPolicy => Text {
                en: "these parameter values were made for a policy with other parameters".into(),
                zh: "这些参数值属于参数不同的另一政策".into(),
            },
        }
    }
}
