//! What a policy declares, for what is written after it.

use super::types::{Lang, Ty};

/// An input.
#[derive(Clone, Debug)]
pub(super) struct Input {
    pub(super) name: String,
    pub(super) ty: Ty,
    pub(super) is_optional: bool,
    /// Ends of its range in hundredths; for dates the months since January 1990.
    pub(super) low: i128,
    pub(super) high: i128,
}

/// Something with a name and a type.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) ty: Ty,
}

/// A definition or a column of a ladder.
#[derive(Clone, Debug)]
pub(super) struct Value {
    pub(super) name: String,
    pub(super) ty: Ty,
    /// Whether it says itself how it is rounded.
    pub(super) is_rounded: bool,
    /// Whether it is part of what a ladder divides.
    pub(super) is_part: bool,
}

/// A key of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyTy {
    Enum(usize),
    Bool,
    Code,
    /// Ranges of values.
    Range(Ty),
}

/// A table.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub(super) name: String,
    pub(super) ty: Ty,
    pub(super) keys: Vec<KeyTy>,
    /// Whether every combination of keys has a row.
    pub(super) is_total: bool,
}

/// A named ladder.
#[derive(Clone, Debug)]
pub(super) struct Schedule {
    pub(super) name: String,
    pub(super) on: Ty,
    pub(super) ty: Ty,
}

/// All that is declared so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    /// Whether a date chooses versions.
    pub(super) is_dated: bool,
    /// Types whose rounding the policy declares.
    pub(super) rounded: Vec<Ty>,
    /// The names of their values.
    pub(super) enums: Vec<Vec<String>>,
    pub(super) inputs: Vec<Input>,
    /// Parameters without keys.
    pub(super) constants: Vec<Named>,
    pub(super) tables: Vec<Table>,
    pub(super) values: Vec<Value>,
    pub(super) schedules: Vec<Schedule>,
    /// What ladders stand on.
    pub(super) subjects: Vec<String>,
    /// Sums of shares and what they are shares of.
    pub(super) wholes: Vec<(String, String)>,
    /// Names given so far.
    names: usize,
}

/// Codes that policies know.
pub(super) const CODES: [&str; 4] = ["AA1", "BB2", "肺炎", "C 3"];

impl Scope {
    /// A new name.
    pub(super) fn name(&mut self, en: &'static str, zh: &'static str, lang: Lang) -> String {
        self.names += 1;
        format!("{}{}", lang.word(en, zh), self.names)
    }

    /// The names of everything of a type that can stand in an expression.
    pub(super) fn names_of(&self, ty: Ty, known: &[String]) -> Vec<&str> {
        let is_there = |input: &&Input| input.ty == ty && (!input.is_optional || known.contains(&input.name));
        let inputs = self.inputs.iter().filter(is_there).map(|input| input.name.as_str());
        let constants = self.constants.iter().filter(|named| named.ty == ty).map(|named| named.name.as_str());
        let values = self.values.iter().filter(|value| value.ty == ty).map(|value| value.name.as_str());
        inputs.chain(values).chain(constants).collect()
    }

    /// Optional inputs that are not known to be there.
    pub(super) fn optional(&self, known: &[String]) -> Vec<&Input> {
        self.inputs.iter().filter(|input| input.is_optional && !known.contains(&input.name)).collect()
    }

    /// Adds a value that a definition gives.
    pub(super) fn define(&mut self, name: String, ty: Ty, is_rounded: bool) {
        self.values.push(Value { name, ty, is_rounded, is_part: false });
    }
}
