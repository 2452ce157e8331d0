//! Inputs, parameters and outputs as the columns of a schema, apart from where they lie in a module's memory.

use fen_grammar::diagnostic;
use fen_schema::{Column, ColumnType, EnumValue, Layout, Text};
use num_bigint::BigInt;
use num_rational::BigRational;

use crate::check::program::{Parameter, Program, date_of};
use crate::check::types::{Kind, Measure, Type, decimal, step_of};
use crate::exact;

/// What a column is.
pub(crate) struct Facts<'a> {
    pub(crate) name: &'a str,
    pub(crate) label: &'a diagnostic::Text,
    pub(crate) ty: Type,
    pub(crate) scale: u32,
}

/// A column of cells from `low` to `high`, in the widest layout, at no place.
pub(crate) fn column(program: &Program, facts: &Facts<'_>, low: &BigInt, high: &BigInt) -> Column {
    let values = match facts.ty {
        Type::Enum(id) => program.enums.get(id.0).map(|one| one.values.as_slice()).unwrap_or_default(),
        _ => &[],
    };
    Column {
        name: facts.name.to_owned(),
        label: text(facts.label),
        ty: column_type(facts.ty),
        unit: facts.ty.measure().map(unit).unwrap_or_default(),
        scale: facts.scale,
        min: limit(program, facts, low),
        max: limit(program, facts, high),
        optional: false,
        values: values.iter().map(|value| EnumValue { name: value.name.clone(), label: text(&value.label) }).collect(),
        layout: Layout::I128,
        offset: 0,
    }
}

/// A required parameter: what its text may be.
pub(crate) fn parameter(program: &Program, parameter: &Parameter) -> Column {
    let Parameter { name, label, ty, scale, facts } = parameter;
    let (low, high) = exact::within(&facts.low, &facts.high, &step_of(*scale));
    column(program, &Facts { name, label, ty: *ty, scale: *scale }, &low, &high)
}

/// What a column of values of a type holds.
pub(crate) fn column_type(ty: Type) -> ColumnType {
    match ty {
        Type::Measure(Measure::MONEY) => ColumnType::Money,
        Type::Measure(measure) => match measure.kind() {
            Some(Kind::Rate | Kind::Ratio) => ColumnType::Rate,
            Some(Kind::Points) => ColumnType::Pp,
            Some(Kind::Plain) => ColumnType::Number,
            None => ColumnType::Measure,
        },
        Type::Date => ColumnType::Date,
        Type::Bool => ColumnType::Bool,
        Type::Enum(_) => ColumnType::Enum,
        Type::Code => ColumnType::Code,
        Type::Id => ColumnType::Id,
    }
}

/// The unit as people write it. A quotient of like amounts is a rate.
fn unit(measure: Measure) -> String {
    if measure == Measure::RATIO { Measure::RATE.suffix().en } else { measure.suffix().en }
}

/// A limit of a column's cells as text.
fn limit(program: &Program, facts: &Facts<'_>, cell: &BigInt) -> String {
    let value = BigRational::from(cell.clone());
    match facts.ty {
        Type::Measure(_) => decimal(&(step_of(facts.scale) * value), usize::try_from(facts.scale).unwrap_or_default()),
        Type::Date => date_of(&value).map(|date| date.to_string()).unwrap_or_default(),
        Type::Bool | Type::Enum(_) => program.show(facts.ty, &value).en,
        Type::Code | Type::Id => String::new(),
    }
}

pub(crate) fn text(text: &diagnostic::Text) -> Text {
    Text { zh: text.zh.clone(), en: text.en.clone() }
}
