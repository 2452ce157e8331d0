//! Parameters: what a policy leaves open and its host must supply.

use std::sync::Arc;

use fen_schema::{Column, Schema};
use fen_values::{Cell, ParameterError, find, format_cell, read, unknown};

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
        let at = find(columns, name).ok_or_else(|| unknown(name, columns, &self.schema.policy))?;
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
