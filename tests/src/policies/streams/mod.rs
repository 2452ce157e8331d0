//! Policies made up at random that look beyond one claim: keys and groups, totals through several grains, running values,
//! links, splits, fee lines, reversals.
//!
//! Like the others they are written out of numbers that decide one choice each. The grain of every value is known by the
//! same rules that the compiler goes by, so that nearly all of them are accepted.

mod beyond;
mod columns;
mod definitions;
mod expressions;
mod grains;
mod parameters;
mod results;

use proptest::prelude::*;

use self::grains::{Grain, Grains, Spread};
use super::choices::Choices;

const ITEMS: usize = 12;
const CHOICES: usize = 60;

/// The source of a policy.
pub fn stream_policy() -> impl Strategy<Value = String> {
    let item = prop::collection::vec(any::<u16>(), 0..CHOICES);
    prop::collection::vec(item, 2..ITEMS).prop_map(|items| write(&items))
}

/// The source that some numbers stand for: those of the first list decide on the columns, of each further one on an item.
#[must_use]
pub fn write(items: &[Vec<u16>]) -> String {
    let mut items = items.iter();
    let mut maker = Maker::new(&mut Choices::new(items.next().map(Vec::as_slice).unwrap_or_default()));
    for numbers in items {
        maker.item(&mut Choices::new(numbers));
    }
    maker.finish()
}

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ty {
    Money,
    Points,
    Number,
    Rate,
    Bool,
    Date,
    Level,
    Kind,
    Text,
}

/// What a policy may look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// Everything.
    All,
    /// Earlier claims only, so that its state can be carried on.
    Earlier,
    /// Claims of the same person only.
    Person,
}

/// A column.
#[derive(Clone, Debug)]
struct Input {
    name: &'static str,
    ty: Ty,
    is_optional: bool,
}

/// A table with one key.
#[derive(Clone, Debug)]
struct Table {
    name: &'static str,
    ty: Ty,
    /// The columns that it can be looked up with.
    keys: Vec<usize>,
    has_versions: bool,
}

/// A value with a name.
#[derive(Clone, Debug)]
struct Value {
    name: String,
    ty: Ty,
    spread: Spread,
    /// Whether it may be missing: a running value that remembers.
    is_maybe: bool,
    /// Whether it depends on itself by way of earlier claims.
    is_open: bool,
}

/// A policy on its way.
struct Maker {
    reach: Reach,
    is_dated: bool,
    has_lines: bool,
    inputs: Vec<Input>,
    grains: Grains,
    tables: Vec<Table>,
    values: Vec<Value>,
    names: usize,
    text: Vec<String>,
}

impl Maker {
    fn item(&mut self, choices: &mut Choices<'_>) {
        let weights = match self.reach {
            Reach::All => [6, 6, 4, 2, 4, 4, 4, 5],
            Reach::Earlier => [5, 0, 8, 3, 6, 4, 0, 4],
            Reach::Person => [5, 6, 6, 2, 5, 4, 2, 4],
        };
        match choices.weighted(&weights) {
            0 => self.definition(choices),
            1 => self.aggregate_of_its_own(choices),
            2 => self.running(choices),
            3 => self.capped(choices),
            4 => self.link(choices),
            5 => self.remembered(choices),
            6 => self.split(choices),
            _ => self.cases(choices),
        }
    }

    fn name(&mut self, of: &str) -> String {
        self.names += 1;
        format!("{of}{}", self.names)
    }

    fn define(&mut self, name: String, ty: Ty, spread: Spread) {
        self.values.push(Value { name, ty, spread, is_maybe: false, is_open: false });
    }

    fn input(&self, name: &str) -> Option<usize> {
        self.inputs.iter().position(|input| input.name == name)
    }

    /// The grain of a running value, link, total or output.
    fn some_grain(&self, choices: &mut Choices<'_>) -> Grain {
        let keys: Vec<usize> = (0..self.inputs.len()).filter(|at| self.is_key(*at)).collect();
        let mut grain = Grain::default();
        let count = if self.reach == Reach::Person { choices.below(2) } else { choices.weighted(&[1, 6, 3]) };
        for _ in 0..count {
            grain.keys.extend(choices.of(&keys).copied());
        }
        if self.reach == Reach::Person {
            grain.keys.extend(self.input("person"));
        }
        if self.is_dated && choices.once_in(3) {
            grain.period = Some(choices.weighted(&[2, 1, 2]));
        }
        grain
    }

    fn is_key(&self, at: usize) -> bool {
        self.inputs.get(at).is_some_and(|input| {
            !input.is_optional
                && matches!(input.name, "person" | "hospital" | "region" | "level" | "kind" | "drug" | "flag")
        })
    }

    /// `per person per year`, or with commas; nothing for the pool.
    fn per(&self, grain: &Grain, comma: bool) -> String {
        if grain.is_row {
            return format!(" per {}", if self.has_lines { "line" } else { "claim" });
        }
        let mut text = String::new();
        for (at, key) in grain.keys.iter().enumerate() {
            text += if at == 0 || !comma { " per " } else { ", " };
            text += self.inputs.get(*key).map(|input| input.name).unwrap_or_default();
        }
        if let Some(period) = grain.period {
            text += [" per year", " per month", " per insurance year"].get(period).copied().unwrap_or_default();
        }
        text
    }
}
