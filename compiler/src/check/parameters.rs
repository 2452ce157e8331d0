//! Parameters: constants, tables, and what the host must supply.

use fen_grammar::source::Span;
use fen_grammar::tree::{Literal, Name, ParamCell};
use num_rational::BigRational;

use super::program::{Expr, ExprKind, Parameter, Table};
use super::types::{Facts, Type, step_of};
use super::{Checker, errors, label};
use crate::exact::is_whole;
use crate::ids::{EnumId, ParameterId, TableId};
use crate::resolve::header::date;
use crate::resolve::program::{Key, Param, ParamValue};

/// Required cells of one table: more than people fill in by hand.
const MAX_REQUIRED: usize = 1_000;

/// What a parameter is.
#[derive(Clone, Debug)]
pub(crate) enum Meaning {
    /// One value.
    Constant { ty: Type, value: BigRational },
    /// One value that the host supplies.
    Required { id: ParameterId },
    /// One value per combination of enum values, which the host supplies; the last key counts fastest.
    RequiredTable { first: ParameterId, keys: Vec<EnumId> },
    /// Values by keys and date.
    Table { id: TableId, keys: Vec<Type> },
}

impl Checker<'_> {
    pub(super) fn parameters(&mut self) {
        for param in &self.resolved.params {
            let problems = self.diagnostics.len();
            let meaning = self.parameter(param).filter(|_| self.diagnostics.len() == problems);
            self.meanings.push(meaning);
        }
    }

    /// Whether a table has a key of codes or ids.
    pub(super) fn has_code_key(&self, param: &Param) -> bool {
        use crate::resolve::program::TypeBase;
        use fen_grammar::tree::TypeWord::{Code, Id};
        param.keys.iter().any(|(_, key)| match key {
            Some(Key::Word(word)) => matches!(word, Code | Id),
            Some(Key::Input(id)) => {
                let ty = self.resolved.inputs.get(id.0).and_then(|input| input.ty.as_ref());
                ty.is_some_and(|ty| matches!(ty.base, Some(TypeBase::Word(Code | Id))))
            }
            _ => false,
        })
    }

    fn parameter(&mut self, param: &Param) -> Option<Meaning> {
        let (ty, scale) = self.type_of(&param.ty)?;
        if ty.is_text() {
            let ty = self.name_of(ty);
            self.report(errors::parameter_type(&param.name, &ty));
            return None;
        }
        let facts = self.range(&param.name, ty, scale, param.from.as_ref(), param.to.as_ref());
        let mut keys = Vec::new();
        for (name, key) in &param.keys {
            keys.push((name, self.key_type((*key)?)?));
        }
        match &param.value {
            ParamValue::Required if keys.is_empty() => {
                let id = self.add_parameter(param, param.name.text.clone(), ty, scale, facts);
                Some(Meaning::Required { id })
            }
            ParamValue::Required => self.required_table(param, &keys, ty, scale, &facts),
            ParamValue::Cells(versions) => {
                if let ([], [(None, cells)]) = (keys.as_slice(), versions.as_slice()) {
                    return self.constant(&param.name, cells, ty, scale, &facts);
                }
                self.table(param, &keys, ty, scale, &facts)
            }
            ParamValue::File(text) => {
                (*text)?;
                self.table(param, &keys, ty, scale, &facts)
            }
        }
    }

    fn add_parameter(&mut self, param: &Param, name: String, ty: Type, scale: u32, facts: Facts) -> ParameterId {
        let label = label(&param.name.text, &param.labels);
        self.program.parameters.push(Parameter { name, label, ty, scale, facts });
        ParameterId(self.program.parameters.len() - 1)
    }

    /// The type of the values that a key compares.
    fn key_type(&mut self, key: Key) -> Option<Type> {
        match key {
            Key::Enum(id) => Some(Type::Enum(id)),
            Key::Input(id) => self.program.input(id).map(|input| input.ty),
            Key::Word(word) => {
                let base = Some(crate::resolve::program::TypeBase::Word(word));
                let span = Span::default();
                let written = crate::resolve::program::TypeRef { base, per: Vec::new(), step: None, span };
                self.type_of(&written).map(|(ty, _)| ty)
            }
        }
    }

    fn constant(&mut self, name: &Name, cells: &[ParamCell], ty: Type, scale: u32, facts: &Facts) -> Option<Meaning> {
        let [cell] = cells else {
            self.report(errors::several_values(name, cells.get(1).map_or(name.span, |cell| cell.span)));
            return None;
        };
        if !cell.keys.is_empty() {
            self.report(errors::wrong_keys(cell.span, 0, cell.keys.len()));
            return None;
        }
        let value = self.parameter_value(&cell.value, ty, scale, facts)?;
        Some(Meaning::Constant { ty, value })
    }

    /// A value of a parameter: of its type, on its step, in its range.
    pub(super) fn parameter_value(
        &mut self,
        literal: &Literal,
        ty: Type,
        scale: u32,
        facts: &Facts,
    ) -> Option<BigRational> {
        let value = self.literal(literal, ty)?;
        let step = step_of(scale);
        if !is_whole(&value, &step) {
            let step = self.program.show(ty, &step);
            self.report(errors::value_too_fine(literal.span, &step));
            return None;
        }
        if value < facts.low || value > facts.high {
            let range = (self.program.show(ty, &facts.low), self.program.show(ty, &facts.high));
            self.report(errors::value_out_of_range(literal.span, &range));
            return None;
        }
        Some(value)
    }

    fn required_table(
        &mut self,
        param: &Param,
        keys: &[(&Name, Type)],
        ty: Type,
        scale: u32,
        facts: &Facts,
    ) -> Option<Meaning> {
        let mut enums = Vec::new();
        for (name, key) in keys {
            let Type::Enum(id) = key else {
                self.report(errors::required_key(name));
                return None;
            };
            enums.push(*id);
        }
        let sizes: Vec<usize> = enums.iter().map(|id| self.enum_values(*id).len()).collect();
        let count =
            sizes.iter().try_fold(1_usize, |count, size| count.checked_mul(*size).filter(|n| *n <= MAX_REQUIRED));
        let Some(count) = count else {
            self.report(errors::required_too_large(&param.name, MAX_REQUIRED));
            return None;
        };
        let first = ParameterId(self.program.parameters.len());
        for at in 0..count {
            let mut names: Vec<String> = Vec::new();
            let mut rest = at;
            for (id, size) in enums.iter().zip(&sizes).rev() {
                names.push(self.enum_values(*id).get(rest % size).map(|value| value.name.clone())?);
                rest /= size;
            }
            names.reverse();
            let name = format!("{}[{}]", param.name.text, names.join(","));
            self.add_parameter(param, name, ty, scale, facts.clone());
        }
        Some(Meaning::RequiredTable { first, keys: enums })
    }

    /// A parameter without keys.
    pub(super) fn parameter_expr(&mut self, meaning: &Meaning, span: Span) -> Option<Expr> {
        match meaning {
            Meaning::Constant { ty, value } => Some(Expr::constant(*ty, value.clone(), span)),
            Meaning::Required { id } => {
                let parameter = self.program.parameter(*id)?;
                let (ty, facts) = (parameter.ty, parameter.facts.clone());
                Some(Expr { span, ty, kind: ExprKind::Parameter(*id), facts })
            }
            Meaning::Table { .. } | Meaning::RequiredTable { .. } => self.look_up(meaning, Vec::new(), span),
        }
    }

    pub(super) fn add_table(&mut self, table: Table) -> TableId {
        self.program.tables.push(table);
        TableId(self.program.tables.len() - 1)
    }

    /// The day from which a version applies, as days since 1970-01-01.
    pub(super) fn day(&mut self, written: &fen_grammar::tree::Date) -> Option<i32> {
        date(written, &mut self.diagnostics).map(super::program::days_of)
    }
}
