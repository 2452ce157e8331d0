//! Why a row is rejected.

use fen_runtime::Cause;
use fen_schema::trace::{Form, Node};
use fen_schema::{Column, RejectCode, Text};

use crate::model::{Admitted, Refused, Rule, names};
use crate::walk::{Request, Walk, at};

impl Walk<'_> {
    pub(crate) fn refused(&self, cause: &Cause, request: &Request) -> Refused {
        let input = self.schema.inputs.iter().position(|column| column.name == cause.column);
        let column = input.and_then(|input| self.schema.inputs.get(input));
        let label = column.map(|column| column.label.clone());
        let plain = || Text { zh: cause.column.clone(), en: cause.column.clone() };
        Refused {
            code: cause.code,
            column: cause.column.clone(),
            label: label.unwrap_or_else(plain),
            reason: cause.reason.clone(),
            value: input.and_then(|input| self.input_text(input, request)),
            admitted: column.and_then(|column| self.admitted(cause.code, column)),
            rule: if cause.code == RejectCode::UnknownCode { self.looking_up(&cause.column) } else { None },
        }
    }

    fn admitted(&self, code: RejectCode, column: &Column) -> Option<Admitted> {
        let range = |min: Option<String>, max: Option<String>| Some(Admitted { min, max, values: Vec::new() });
        match code {
            RejectCode::BelowMin | RejectCode::AboveMax => range(Some(column.min.clone()), Some(column.max.clone())),
            RejectCode::BeforeInForce | RejectCode::AfterInForce => {
                let force = self.schema.in_force.as_ref()?;
                range(Some(force.from.clone()), force.to.clone())
            }
            RejectCode::UnknownValue if !column.values.is_empty() => {
                Some(Admitted { min: None, max: None, values: names(&column.values) })
            }
            _ => None,
        }
    }

    /// The first rule that looks a column up in a table.
    fn looking_up(&self, column: &str) -> Option<Rule> {
        let phase = self.phase(0)?;
        let is_it = |node: &Node| {
            let import = |import: u32| phase.imports.get(at(import)).is_some_and(|import| import.name == column);
            matches!(&node.form, Form::Lookup { keys, .. }
                if keys.iter().any(|key| matches!(key.form, Form::Import { import: of } if import(of))))
        };
        let found = phase.definitions.iter().find(|definition| contains(&definition.how, &is_it))?;
        let (name, text) = (found.name.clone(), found.text.clone());
        Some(Rule { name, text, citations: self.clauses(&found.citations) })
    }
}

/// Whether a part of a computation is of a kind.
fn contains(node: &Node, is_it: &dyn Fn(&Node) -> bool) -> bool {
    if is_it(node) {
        return true;
    }
    let any = |nodes: &[Node]| nodes.iter().any(|node| contains(node, is_it));
    match &node.form {
        Form::Operation { parts, .. } | Form::Remainder { parts, .. } => any(parts),
        Form::Lookup { keys, .. } | Form::HasRow { keys, .. } => any(keys),
        Form::Tiers { amount, base, .. } => {
            contains(amount, is_it) || base.as_ref().is_some_and(|base| contains(base, is_it))
        }
        Form::Choice { branches, .. } => branches.iter().any(|branch| {
            contains(&branch.then, is_it) || branch.when.as_ref().is_some_and(|when| contains(when, is_it))
        }),
        Form::Constant { .. }
        | Form::Import { .. }
        | Form::Parameter { .. }
        | Form::Definition { .. }
        | Form::Known { .. } => false,
    }
}
