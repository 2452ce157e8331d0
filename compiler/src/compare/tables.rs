//! Tables: what each combination of keys is worth on each day, wherever the rows stand and however ranges are cut.

use std::collections::BTreeMap;

use fen_grammar::diagnostic::Text;
use fen_grammar::tree::{LiteralKind, Param, ParamValue};
use num_bigint::BigInt;

use super::days::{Days, Stretch};
use super::entries::{View, same};
use crate::check::program::{Break, Key, Table};
use crate::check::types::{Measure, Type, step_of};

/// More cells than this, after ranges are cut into each other's pieces, are not told apart.
const MOST_CELLS: usize = 4_000_000;

/// A value in normal form, and as it is shown.
#[derive(Clone, Debug)]
pub(super) struct Worth {
    pub(super) form: String,
    pub(super) text: Text,
}

impl PartialEq for Worth {
    fn eq(&self, other: &Self) -> bool {
        self.form == other.form
    }
}

/// A place of one key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Name(String),
    /// A piece of the line, cut at the breaks of both tables.
    Piece(usize),
}

/// By day, what a combination of keys is worth.
type History = Vec<(Option<i32>, Worth)>;

/// A difference: the keys as they are shown, and the days.
pub(super) struct Difference {
    pub(super) keys: Text,
    pub(super) stretch: Stretch<Worth>,
}

/// The values of a parameter. `None` if it has none in the source.
pub(super) fn compare(
    (old, old_param): (&View<'_>, &Param),
    (new, new_param): (&View<'_>, &Param),
    days: Days,
) -> Option<Vec<Difference>> {
    if matches!(old_param.value, ParamValue::Required) || matches!(new_param.value, ParamValue::Required) {
        return None;
    }
    let (old_table, new_table) = (table(old, old_param), table(new, new_param));
    let cuts = cuts(old_table, new_table, |at| new.key_type(new_param, at))?;
    let (old_cells, new_cells) = (cells(old, old_param, old_table, &cuts)?, cells(new, new_param, new_table, &cuts)?);
    // Names of keys as the new policy has them; those that it lacks as the old one has them.
    let shown: BTreeMap<&Place, &String> = old_cells.shown.iter().chain(&new_cells.shown).collect();
    let nothing = Vec::new();
    let mut keys: Vec<&Vec<Place>> = old_cells.worth.keys().chain(new_cells.worth.keys()).collect();
    keys.sort();
    keys.dedup();
    let unit = old_table.or(new_table).and_then(|table| table.keys.len().checked_sub(1));
    let mut differences: Vec<(Vec<Place>, usize, Stretch<Worth>)> = Vec::new();
    for key in keys {
        let of = |cells: &Cells| cells.worth.get(key).unwrap_or(&nothing).clone();
        let stretches = days.stretches(&of(&old_cells), &of(&new_cells));
        for stretch in stretches.into_iter().filter(|stretch| stretch.old != stretch.new) {
            // Pieces of one line that lie side by side and differ in the same way are one.
            let last =
                differences.iter_mut().rev().find(|(_, _, known)| *known == stretch).filter(|(known, end, _)| {
                    match (known.split_last(), key.split_last()) {
                        (Some((Place::Piece(_), known)), Some((Place::Piece(at), others))) => {
                            known == others && *end + 1 == *at
                        }
                        _ => false,
                    }
                });
            let end = match key.last() {
                Some(Place::Piece(at)) => *at,
                _ => 0,
            };
            match last {
                Some((_, known, _)) => *known = end,
                None => differences.push((key.clone(), end, stretch)),
            }
        }
    }
    let text = |key: &[Place], end: usize| {
        let mut texts: Vec<Text> = Vec::new();
        for (dimension, place) in key.iter().enumerate() {
            texts.push(match place {
                Place::Name(_) => same(shown.get(place).map_or("?", |name| name.as_str()).to_owned()),
                Place::Piece(first) => {
                    let last = if Some(dimension) == unit { end.max(*first) } else { *first };
                    piece(new, cuts.get(dimension), *first, last)
                }
            });
        }
        let (en, zh): (Vec<String>, Vec<String>) = texts.into_iter().map(|text| (text.en, text.zh)).unzip();
        Text::new(en.join(", "), zh.join("，"))
    };
    Some(
        differences
            .iter()
            .map(|(key, end, stretch)| Difference { keys: text(key, *end), stretch: stretch.clone() })
            .collect(),
    )
}

fn table<'p>(view: &View<'p>, param: &Param) -> Option<&'p Table> {
    view.program.tables.iter().find(|table| table.name == param.name.text)
}

/// By key, where its line is cut, and of what type it is; nothing for names.
type Cuts = Vec<Option<(Vec<Break>, Type)>>;

/// `None` if the tables have other keys.
fn cuts(old: Option<&Table>, new: Option<&Table>, ty: impl Fn(usize) -> Type) -> Option<Cuts> {
    let keys = |table: Option<&Table>| table.map(|table| table.keys.clone()).unwrap_or_default();
    let (old_keys, new_keys) = (keys(old), keys(new));
    if old_keys.len() != new_keys.len() {
        return None;
    }
    let both = old_keys.into_iter().zip(new_keys);
    both.enumerate()
        .map(|(at, keys)| match keys {
            (Key::Range(mut breaks), Key::Range(more)) => {
                breaks.extend(more);
                breaks.sort_by(|one, other| rank(one).cmp(&rank(other)));
                breaks.dedup();
                Some(Some((breaks, ty(at))))
            }
            (Key::Range(_), _) | (_, Key::Range(_)) => None,
            _ => Some(None),
        })
        .collect()
}

/// Of two breaks at one place the one below the place comes first.
fn rank(one: &Break) -> (&num_rational::BigRational, bool) {
    (&one.at, !one.is_inclusive)
}

/// What all combinations of keys are worth.
struct Cells {
    worth: BTreeMap<Vec<Place>, History>,
    shown: BTreeMap<Place, String>,
}

fn cells(view: &View<'_>, param: &Param, table: Option<&Table>, cuts: &Cuts) -> Option<Cells> {
    let mut cells = Cells { worth: BTreeMap::new(), shown: BTreeMap::new() };
    let Some(table) = table else {
        let ParamValue::Cells(versions) = &param.value else { return None };
        let value = &versions.first()?.1.first()?.value;
        let form = match &value.kind {
            LiteralKind::Quantity(quantity) => quantity.value.to_string(),
            _ => view.names.written(value),
        };
        let worth = Worth { form, text: same(view.rules.text(value.span)) };
        cells.worth.insert(Vec::new(), vec![(None, worth)]);
        return Some(cells);
    };
    let mut count = 0_usize;
    for row in &table.rows {
        let value = step_of(table.scale) * BigInt::from(row.cell);
        let text = view.program.show(table.ty, &value);
        let form = match table.ty {
            Type::Measure(_) => value.to_string(),
            Type::Enum(_) => view.names.value(&text.en).to_owned(),
            _ => text.en.clone(),
        };
        let mut keys: Vec<Vec<Place>> = vec![Vec::new()];
        for ((key, ordinal), cut) in table.keys.iter().zip(&row.keys).zip(cuts) {
            let places: Vec<Place> = match (key, cut) {
                (Key::Range(own), Some((breaks, _))) => {
                    pieces(own, breaks, usize::try_from(*ordinal).ok()?).map(Place::Piece).collect()
                }
                _ => {
                    let name = name_of(view, key, *ordinal)?;
                    let place = Place::Name(view.names.value(&name).to_owned());
                    cells.shown.insert(place.clone(), name);
                    vec![place]
                }
            };
            keys = keys
                .iter()
                .flat_map(|key| places.iter().map(|place| [key.as_slice(), std::slice::from_ref(place)].concat()))
                .collect();
        }
        count += keys.len();
        if count > MOST_CELLS {
            return None;
        }
        for key in keys {
            let worth = Worth { form: form.clone(), text: text.clone() };
            cells.worth.entry(key).or_default().push((row.from, worth));
        }
    }
    Some(cells)
}

fn name_of(view: &View<'_>, key: &Key, ordinal: u32) -> Option<String> {
    let at = usize::try_from(ordinal).ok()?;
    match key {
        Key::Enum(id) => Some(view.program.enums.get(id.0)?.values.get(at)?.name.clone()),
        Key::Code => view.program.codes.get(at).cloned(),
        Key::Range(_) => None,
    }
}

/// The pieces of a line cut at all breaks that make up one of its own.
fn pieces(own: &[Break], all: &[Break], ordinal: usize) -> std::ops::Range<usize> {
    let place = |at: Option<&Break>| at.map(|at| all.partition_point(|known| rank(known) < rank(at)) + 1);
    let first = ordinal.checked_sub(1).and_then(|before| place(own.get(before))).unwrap_or(0);
    let end = place(own.get(ordinal)).unwrap_or(all.len() + 1);
    first..end
}

/// A piece of a line as it is written.
fn piece(view: &View<'_>, cut: Option<&Option<(Vec<Break>, Type)>>, first: usize, last: usize) -> Text {
    let Some(Some((breaks, ty))) = cut else { return same("?".to_owned()) };
    let low = first.checked_sub(1).and_then(|at| breaks.get(at));
    let high = breaks.get(last);
    let show = |at: Option<&Break>| at.map(|at| view.program.show(*ty, &at.at)).unwrap_or_else(|| same(String::new()));
    let edge = match high {
        Some(high) if high.is_inclusive => "..<",
        Some(_) => "..=",
        None => "..",
    };
    let (low, high) = (show(low), show(high));
    Text::new(format!("{}{edge}{}", low.en, high.en), format!("{}{edge}{}", low.zh, high.zh))
}

impl View<'_> {
    /// The type of a key that has ranges.
    fn key_type(&self, param: &Param, at: usize) -> Type {
        let Some(name) = param.keys.get(at).map(|key| key.text.as_str()) else { return Type::NUMBER };
        if let Some(input) = self.program.inputs.iter().find(|input| input.name == name) {
            return input.ty;
        }
        match self.key_of(name) {
            "money" => Type::MONEY,
            "rate" => Type::RATE,
            "date" => Type::Date,
            "points" => Type::Measure(Measure::SCORE),
            "days" => Type::Measure(Measure::DAYS),
            "months" => Type::Measure(Measure::MONTHS),
            "years" => Type::Measure(Measure::YEARS),
            "persons" => Type::Measure(Measure::PERSONS),
            "cases" => Type::Measure(Measure::CASES),
            _ => Type::NUMBER,
        }
    }
}
