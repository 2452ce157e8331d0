//! Writes the expressions of one item in one language.

use super::choices::Choices;
use super::scope::{Input, Scope};
use super::types::{Lang, Ty, day};

/// Writes expressions.
pub(super) struct Writer<'s, 'c> {
    pub(super) scope: &'s Scope,
    pub(super) choices: &'s mut Choices<'c>,
    pub(super) lang: Lang,
    /// Optional inputs that are there where the expression stands.
    pub(super) known: Vec<String>,
}

impl Writer<'_, '_> {
    /// One of several words.
    pub(super) fn word<const N: usize>(&mut self, words: [(&'static str, &'static str); N]) -> String {
        let (en, zh) = self.choices.of(&words).copied().unwrap_or_default();
        self.lang.word(en, zh).to_owned()
    }

    /// A date literal; ends of months are likely.
    pub(super) fn day(&mut self) -> String {
        let month = self.choices.between(372, 432);
        match self.choices.below(4) {
            0 => day(month, 1),
            1 => day(month, self.choices.between(1, 28)),
            2 => ["2020-02-29", "2022-12-31", "2023-01-31", "2024-02-29"]
                .get(self.choices.below(4))
                .copied()
                .unwrap_or_default()
                .to_owned(),
            _ => day(self.choices.between(0, 600), 15),
        }
    }

    /// A date.
    pub(super) fn date(&mut self, depth: usize) -> String {
        if depth == 0 {
            return self.leaf(Ty::Date);
        }
        match self.choices.weighted(&[4, 2, 3, 2]) {
            0 => self.leaf(Ty::Date),
            1 => {
                let (date, sign) = (self.leaf(Ty::Date), self.sign());
                let inputs = self.scope.inputs.iter().filter(|input| {
                    input.ty == Ty::Days && !input.is_optional && input.low >= -100_000 && input.high <= 100_000
                });
                let inputs: Vec<&str> = inputs.map(|input| input.name.as_str()).collect();
                let days = match self.choices.of(&inputs) {
                    Some(input) if self.choices.once_in(2) => (*input).to_owned(),
                    _ => Ty::Days.operand(i128::from(self.choices.between(0, 400)) * 100, self.lang),
                };
                format!("({date} {sign} {days})")
            }
            2 => {
                let (date, sign) = (self.leaf(Ty::Date), self.sign());
                let ty = if self.choices.once_in(3) { Ty::Years } else { Ty::Months };
                let count = ty.operand(i128::from(self.choices.between(0, 30)) * 100, self.lang);
                let direction = self.word([("or later", "顺延"), ("or earlier", "提前")]);
                format!("({date} {sign} {count} {direction})")
            }
            _ => {
                let function = self.word([("max", "较大"), ("min", "较小")]);
                format!("{function}({}, {})", self.date(depth - 1), self.date(depth - 1))
            }
        }
    }

    fn sign(&mut self) -> char {
        if self.choices.once_in(2) { '-' } else { '+' }
    }

    /// A condition.
    pub(super) fn condition(&mut self, depth: usize) -> String {
        if depth == 0 {
            return self.atom();
        }
        match self.choices.weighted(&[4, 2, 2, 1]) {
            0 => self.atom(),
            1 => {
                format!("({} {} {})", self.condition(depth - 1), self.lang.word("and", "且"), self.condition(depth - 1))
            }
            2 => {
                format!("({} {} {})", self.condition(depth - 1), self.lang.word("or", "或"), self.condition(depth - 1))
            }
            _ => format!("({} ({}))", self.lang.word("not", "非"), self.condition(depth - 1)),
        }
    }

    /// A condition without other conditions in it, unless it asks whether an input is there.
    pub(super) fn atom(&mut self) -> String {
        match self.choices.weighted(&[4, 3, 2, 2, 2, 2, 2]) {
            0 => self.compared_input(),
            1 => {
                let ty = self.choices.of(&super::types::AMOUNTS).copied().unwrap_or(Ty::Money);
                let (left, sign, right) = (self.expr(ty, 1), self.comparison(), self.expr(ty, 1));
                format!("{left} {sign} {right}")
            }
            2 => {
                let (left, sign, right) = (self.date(1), self.comparison(), self.date(1));
                format!("{left} {sign} {right}")
            }
            3 => self.about_enum(),
            4 => self.about_bool(),
            5 => self.about_code(),
            _ => self.about_optional(),
        }
    }

    pub(super) fn comparison(&mut self) -> &'static str {
        self.choices.word(&[">=", "<=", ">", "<", "==", "!=", "≥", "≤"])
    }

    /// An input and a value within its range.
    fn compared_input(&mut self) -> String {
        let inputs: Vec<&Input> =
            self.scope.inputs.iter().filter(|input| input.ty.is_amount() && !input.is_optional).collect();
        let Some(input) = self.choices.of(&inputs).copied() else { return self.about_bool() };
        let at = self.within(input);
        let bound = input.ty.operand(at, self.lang);
        format!("{} {} {bound}", input.name, self.comparison())
    }

    /// A point of an input's range, in hundredths.
    pub(super) fn within(&mut self, input: &Input) -> i128 {
        let (low, high) = (input.low, input.high);
        let part = i128::from(self.choices.between(0, 1_000));
        let at = low + (high - low) / 1_000 * part + (high - low) % 1_000 * part / 1_000;
        if input.ty.is_whole() { at / 100 * 100 } else { at }
    }

    fn about_enum(&mut self) -> String {
        if self.scope.enums.is_empty() {
            return self.about_bool();
        }
        let ty = Ty::Enum(self.choices.below(self.scope.enums.len()));
        let names = self.scope.names_of(ty, &self.known);
        let Some(name) = self.choices.of(&names).map(|name| (*name).to_owned()) else { return self.about_bool() };
        match self.choices.below(5) {
            0 => format!("{name} {} {}", self.lang.word("is", "为"), self.literal(ty)),
            1 => format!("{name} {} {}", self.lang.word("is not", "不为"), self.literal(ty)),
            2 => {
                let word = self.word([("in", "属于"), ("not in", "不属于")]);
                format!("{name} {word} ({}, {})", self.literal(ty), self.literal(ty))
            }
            3 => format!("{name} {} {}", self.comparison(), self.literal(ty)),
            _ => format!("{name} {} {}", self.comparison(), self.leaf(ty)),
        }
    }

    pub(super) fn about_bool(&mut self) -> String {
        let names = self.scope.names_of(Ty::Bool, &self.known);
        let Some(name) = self.choices.of(&names).map(|name| (*name).to_owned()) else {
            return self.word([("true", "是"), ("false", "否")]);
        };
        match self.choices.below(4) {
            0 => name,
            1 => format!("({} {name})", self.lang.word("not", "非")),
            2 => format!("{name} {} {}", self.lang.word("is", "为"), self.literal(Ty::Bool)),
            _ => format!("{name} {} {}", self.choices.word(&["==", "!="]), self.leaf(Ty::Bool)),
        }
    }

    fn about_code(&mut self) -> String {
        let code = self.code();
        if code.is_empty() {
            return self.about_bool();
        }
        let is_by_code = |table: &&super::scope::Table| table.keys == [super::scope::KeyTy::Code];
        let tables: Vec<String> = self.scope.tables.iter().filter(is_by_code).map(|table| table.name.clone()).collect();
        let within = |writer: &mut Self| writer.word([("in", "属于"), ("not in", "不属于")]);
        match self.choices.below(4) {
            1 => format!("{code} {} ({}, {})", within(self), self.literal(Ty::Code), self.literal(Ty::Code)),
            2 if !tables.is_empty() => {
                let table = self.choices.of(&tables).cloned().unwrap_or_default();
                format!("{code} {} {table}", within(self))
            }
            3 => format!("{code} {} {}", self.choices.word(&["==", "!="]), self.leaf(Ty::Code)),
            _ => format!("{code} {} {}", self.word([("is", "为"), ("is not", "不为")]), self.literal(Ty::Code)),
        }
    }

    /// Whether an optional input is there, and what it is.
    fn about_optional(&mut self) -> String {
        let optional = self.scope.optional(&self.known);
        let Some(input) = self.choices.of(&optional).copied().cloned() else { return self.about_bool() };
        let known = format!("{} {}", input.name, self.lang.word("known", "已知"));
        match self.choices.below(4) {
            0 => known,
            1 => format!("({} {known})", self.lang.word("not", "非")),
            _ => {
                let about = self.with_known(&input.name, |writer| {
                    let sign = match input.ty {
                        Ty::Bool | Ty::Code => writer.choices.word(&["==", "!="]),
                        _ => writer.comparison(),
                    };
                    format!("{} {sign} {}", input.name, writer.leaf(input.ty))
                });
                format!("({known} {} {about})", self.lang.word("and", "且"))
            }
        }
    }

    /// Writes something where an optional input is there.
    pub(super) fn with_known<T>(&mut self, name: &str, write: impl FnOnce(&mut Self) -> T) -> T {
        self.known.push(name.to_owned());
        let written = write(self);
        self.known.pop();
        written
    }
}
