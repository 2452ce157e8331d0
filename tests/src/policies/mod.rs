//! Well-formed policies made up at random, as source text: all of the language that settles claims.
//!
//! They are built by type, out of numbers that decide one choice each ([`Choices`]); so nearly all of them are accepted,
//! and one that fails shrinks to a small one by leaving numbers out.

mod amounts;
mod choices;
mod declare;
mod definitions;
mod ladders;
mod results;
mod scope;
pub mod streams;
mod tables;
mod types;
mod writer;

use proptest::prelude::*;

use self::choices::Choices;
use self::scope::Scope;
use self::types::{Lang, Ty};
use self::writer::Writer;

/// The most items made up after the header, and the most choices of each.
const ITEMS: usize = 20;
const CHOICES: usize = 120;

/// The first items that declare something.
const DECLARATIONS: usize = 6;

/// The source of a policy.
pub fn policy() -> impl Strategy<Value = String> {
    policy_of(ITEMS)
}

/// The source of a policy with at most so many items after its header.
pub fn policy_of(items: usize) -> impl Strategy<Value = String> {
    let item = prop::collection::vec(any::<u16>(), 0..CHOICES);
    prop::collection::vec(item, 2..items + 2).prop_map(|items| write(&items))
}

/// The source that some numbers stand for: those of the first list decide on the header, of each further one on an item.
#[must_use]
pub fn write(items: &[Vec<u16>]) -> String {
    let mut maker = Maker { scope: Scope::default(), text: Vec::new() };
    let mut items = items.iter();
    maker.header(&mut Choices::new(items.next().map(Vec::as_slice).unwrap_or_default()));
    for (at, numbers) in items.enumerate() {
        maker.item(&mut Choices::new(numbers), at < DECLARATIONS);
    }
    maker.finish()
}

/// A policy on its way.
struct Maker {
    scope: Scope,
    text: Vec<String>,
}

impl Maker {
    /// Makes up an item and what it needs; the first ones declare what the others are made of.
    fn item(&mut self, choices: &mut Choices<'_>, is_early: bool) {
        let lang = if choices.once_in(4) { Lang::Zh } else { Lang::En };
        let weights = if is_early {
            [0, 10, 2, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        } else {
            [12, 4, 1, 4, 12, 12, 10, 8, 8, 6, 5, 5, 6]
        };
        match choices.weighted(&weights) {
            0 => self.definition(choices, lang),
            1 => self.input(choices, lang),
            2 => self.add_enum(choices, lang),
            3 => self.parameter(choices, lang),
            4 => self.cases(choices, lang),
            5 => self.exceptions(choices, lang),
            6 => self.tiers(choices, lang),
            7 => self.bands(choices, lang),
            8 => self.named_ladder(choices, lang),
            9 => self.indicator(choices, lang),
            10 => self.quotient(choices, lang),
            11 => self.row_reached(choices, lang),
            _ => self.invariant(choices, lang),
        }
    }

    /// The whole text, with outputs.
    fn finish(mut self) -> String {
        self.outputs();
        self.text.join("\n") + "\n"
    }

    fn writer<'s, 'c>(&'s self, choices: &'s mut Choices<'c>, lang: Lang) -> Writer<'s, 'c> {
        Writer { scope: &self.scope, choices, lang, known: Vec::new() }
    }

    /// Adds an item; in Chinese ones the signs may be as wide as the letters.
    fn push(&mut self, choices: &mut Choices<'_>, lang: Lang, mut item: String) {
        if choices.once_in(5) {
            item += lang.word(" cite \"三(四)2\"", " 见 \"三(四)2\"");
        }
        if lang == Lang::Zh && choices.once_in(3) {
            for (narrow, wide) in
                [("(", "（"), (")", "）"), (",", "，"), (":", "："), ("*", "×"), ("[", "［"), ("]", "］")]
            {
                item = item.replace(narrow, wide);
            }
        }
        self.text.push(item);
    }

    /// A type for a definition.
    fn some_type(&self, choices: &mut Choices<'_>) -> Ty {
        let enums = self.scope.enums.len();
        match choices.weighted(&[8, 4, 2, 2, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2]) {
            at @ 0..=10 => types::AMOUNTS.get(at).copied().unwrap_or(Ty::Money),
            11 => Ty::Date,
            12 if enums > 0 => Ty::Enum(choices.below(enums)),
            _ => Ty::Bool,
        }
    }
}
