//! Kinds of values, as the schema tells them.

use fen_schema::trace::Kind;
use fen_schema::{EnumValue, Text};

use crate::check::program::{Input, Program};
use crate::check::types::{Measure, Type};
use crate::columns::column_type;
pub(super) use crate::columns::text;

/// The kinds that have been met; each once.
pub(super) struct Kinds<'a> {
    program: &'a Program,
    /// Of a type, or of an age.
    known: Vec<((Type, bool), Kind)>,
}

impl<'a> Kinds<'a> {
    pub(super) fn new(program: &'a Program) -> Self {
        Self { program, known: Vec::new() }
    }

    /// The place of a type.
    pub(super) fn of(&mut self, ty: Type) -> u32 {
        self.place(ty, false)
    }

    /// The place of the type of an input.
    pub(super) fn of_input(&mut self, input: &Input) -> u32 {
        self.place(input.ty, self.is_age(input))
    }

    /// Whether the source counts an input in years of age.
    pub(super) fn is_age(&self, input: &Input) -> bool {
        self.program.places.ages.contains(&input.name)
    }

    fn place(&mut self, ty: Type, is_age: bool) -> u32 {
        let at = match self.known.iter().position(|(known, _)| *known == (ty, is_age)) {
            Some(at) => at,
            None => {
                let values = match ty {
                    Type::Enum(id) => self.program.enums.get(id.0).map(|one| one.values.as_slice()).unwrap_or_default(),
                    _ => &[],
                };
                let values =
                    values.iter().map(|value| EnumValue { name: value.name.clone(), label: text(&value.label) });
                let unit = ty.measure().map(unit).unwrap_or_default();
                let unit = if is_age { of_age(&unit) } else { unit };
                self.known.push(((ty, is_age), Kind { ty: column_type(ty), unit, values: values.collect() }));
                self.known.len() - 1
            }
        };
        u32::try_from(at).unwrap_or(u32::MAX)
    }

    pub(super) fn into_list(self) -> Vec<Kind> {
        self.known.into_iter().map(|(_, kind)| kind).collect()
    }
}

/// The unit as people write it. A quotient of like amounts is a rate.
fn unit(measure: Measure) -> Text {
    text(&if measure == Measure::RATIO { Measure::RATE.suffix() } else { measure.suffix() })
}

/// The unit, or bounds with it, of an age.
pub(super) fn of_age(unit: &Text) -> Text {
    Text { zh: unit.zh.replace('年', "岁"), en: unit.en.clone() }
}
