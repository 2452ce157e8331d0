//! Parameters: what a policy leaves open and its host must supply.

use std::borrow::Cow;
use std::sync::Arc;

use fen_schema::{Column, Schema, Text};

use crate::cell::{Cell, bound, bound_text, format_cell, parse_cell};
use crate::describe::{describe, example, nearest};
use crate::units::{shifted, split_unit};

/// Values for the parameters of a policy, checked one by one against its schema.
///
/// Made by [`crate::Policy::parameters`], empty at first; the same values can be given to any number of sessions with
/// [`crate::Session::set_parameters`].
///
/// ```no_run
/// # fn set(policy: &fen_runtime::Policy) -> Result<(), Box<dyn std::error::Error>> {
/// let mut parameters = policy.parameters();
/// parameters.set("irregular_cut", "10pp")?;
/// assert!(parameters.missing().next().is_none());
/// let mut session = policy.session()?;
/// session.set_parameters(&parameters)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Parameters {
    schema: Arc<Schema>,
    /// By parameter; nothing where none is set.
    cells: Vec<Option<i128>>,
}

impl Parameters {
    /// None is set.
    pub(crate) fn new(schema: Arc<Schema>) -> Self {
        let cells = vec![None; schema.parameters.len()];
        Self { schema, cells }
    }

    /// Sets a parameter, found by its name, such as `annual_cap` or `rate[county]`, or by its label in either language.
    /// The text is read like that of an input, see [`parse_cell`], and may have the unit behind it. What was set before is replaced.
    ///
    /// # Errors
    /// If there is no such parameter, the text is none of its values, or the value is out of its range; nothing is
    /// changed then.
    pub fn set(&mut self, name: &str, text: &str) -> Result<(), ParameterError> {
        let columns = &self.schema.parameters;
        let at = find(columns, name).ok_or_else(|| ParameterError::Unknown {
            name: name.to_owned(),
            nearest: nearest(name, columns.iter().map(|column| column.name.as_str())).map(str::to_owned),
            policy: self.schema.policy.clone(),
        })?;
        if let (Some(column), Some(slot)) = (columns.get(at), self.cells.get_mut(at)) {
            *slot = Some(read(text, column)?);
        }
        Ok(())
    }

    /// The parameters that are not set, in the order of the source.
    pub fn missing(&self) -> impl Iterator<Item = &Column> {
        self.all().filter(|(_, cell)| cell.is_none()).map(|(column, _)| column)
    }

    /// Every parameter, with its value as text if it is set.
    pub fn iter(&self) -> impl Iterator<Item = (&Column, Option<String>)> {
        self.all().map(|(column, cell)| {
            let text = cell.map(|number| {
                let mut text = String::new();
                format_cell(Cell::Number(number), column, &mut text);
                text
            });
            (column, text)
        })
    }

    /// Every parameter with its cell, if it is set.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&Column, Option<i128>)> {
        self.schema.parameters.iter().zip(self.cells.iter().copied())
    }

    /// Whether they are parameters of a policy with this schema.
    pub(crate) fn fit(&self, schema: &Arc<Schema>) -> bool {
        Arc::ptr_eq(&self.schema, schema) || self.schema.parameters == schema.parameters
    }
}

/// The parameter of this name, or else the only one of this label. Spaces in a name do not matter.
fn find(columns: &[Column], name: &str) -> Option<usize> {
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

fn read(text: &str, column: &Column) -> Result<i128, ParameterError> {
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
