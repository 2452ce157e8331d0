//! Which output of one policy is which of the other.

use std::collections::HashMap;

use fen_compiler::Renamed;
use fen_runtime::Cell;
use fen_schema::{Column, ColumnType, Schema, Text};

use crate::run::grains::coarser;

/// Names of the old policy as the new one has them.
#[derive(Clone, Default)]
pub(crate) struct Translation(HashMap<String, String>);

impl Translation {
    pub(crate) fn new(renamed: &[Renamed]) -> Self {
        Self(renamed.iter().map(|one| (one.old.clone(), one.new.clone())).collect())
    }

    /// The old policy's name for something.
    pub(crate) fn old_of<'a>(&'a self, name: &'a str) -> &'a str {
        self.0.iter().find(|(_, new)| *new == name).map_or(name, |(old, _)| old)
    }

    pub(crate) fn of<'a>(&'a self, name: &'a str) -> &'a str {
        self.0.get(name).map_or(name, String::as_str)
    }
}

/// An output, of both policies or of one of them.
pub(crate) struct Output {
    /// As the new policy has it, if it has it.
    pub(crate) column: Column,
    /// Amounts are compared at this scale, the finer of the two.
    pub(crate) scale: u32,
    /// Its place among the outputs of its grain.
    old: Option<(usize, Column)>,
    new: Option<(usize, Column)>,
}

/// The outputs of one grain.
pub(crate) struct Grain {
    /// As the new policy calls it; empty for that of the rows.
    pub(crate) name: String,
    /// The same as the old one calls it.
    pub(crate) old_name: String,
    /// What people call one of its groups; nothing for rows, and for everything.
    pub(crate) label: Option<Text>,
    pub(crate) outputs: Vec<Output>,
}

/// By output: its value at its scale; nothing where it is empty or the policy does not have it.
pub(crate) type Values = Vec<Option<i128>>;

impl Output {
    fn new(old: Option<(usize, &Column)>, new: Option<(usize, &Column)>) -> Option<Self> {
        let column = new.or(old)?.1.clone();
        let scale = [old, new].iter().flatten().map(|(_, column)| column.scale).max()?;
        let owned = |side: Option<(usize, &Column)>| side.map(|(at, column)| (at, column.clone()));
        Some(Self { column, scale, old: owned(old), new: owned(new) })
    }

    /// Whether it can be added up.
    pub(crate) fn is_amount(&self) -> bool {
        matches!(self.column.ty, ColumnType::Money | ColumnType::Number | ColumnType::Measure)
    }

    pub(crate) fn is_in(&self, is_old: bool) -> bool {
        if is_old { self.old.is_some() } else { self.new.is_some() }
    }

    fn value(&self, cells: &[Cell<'_>], is_old: bool, names: &Translation) -> Option<i128> {
        let (at, column) = if is_old { self.old.as_ref()? } else { self.new.as_ref()? };
        let Cell::Number(number) = *cells.get(*at)? else { return None };
        if column.ty == ColumnType::Enum && is_old {
            // Values are told apart by their names; one that the new policy lacks is no value of it.
            let place = usize::try_from(number).ok()?;
            let name = names.of(&column.values.get(place)?.name);
            let known = self.column.values.iter().position(|value| value.name == name);
            return known.map_or_else(|| Some(-1 - number), |at| i128::try_from(at).ok());
        }
        let finer = 10_i128.checked_pow(self.scale.saturating_sub(column.scale))?;
        Some(number.saturating_mul(if column.ty.is_amount() { finer } else { 1 }))
    }
}

impl Grain {
    /// The outputs of a row or group.
    pub(crate) fn values(&self, cells: &[Cell<'_>], is_old: bool, names: &Translation) -> Values {
        self.outputs.iter().map(|output| output.value(cells, is_old, names)).collect()
    }
}

/// All outputs, by grain: that of the rows first.
pub(crate) fn grains(old: &Schema, new: &Schema, names: &Translation) -> Vec<Grain> {
    let mut all = vec![Grain {
        name: String::new(),
        old_name: String::new(),
        label: None,
        outputs: matched(&old.outputs, &new.outputs, names),
    }];
    let of = |schema: &Schema| -> Vec<(String, Text, Vec<Column>, bool)> {
        let grains = schema.plan.iter().flat_map(coarser);
        let columns =
            |results: &fen_schema::GrainResults| results.outputs.iter().map(|one| one.column.clone()).collect();
        grains
            .map(|(grain, results)| {
                let is_pool = grain.keys.is_empty() && grain.period.is_none();
                (grain.name.clone(), grain.label.clone(), columns(results), is_pool)
            })
            .collect()
    };
    let mut news = of(new);
    for (old_name, label, outputs, is_pool) in of(old) {
        let name = old_name.split('.').map(|part| names.of(part)).collect::<Vec<_>>().join(".");
        let found = news.iter().position(|(other, _, _, other_is_pool)| *other == name || (is_pool && *other_is_pool));
        let (name, label, others) = match found.map(|at| news.remove(at)) {
            Some((name, label, others, _)) => (name, label, others),
            None => (name, label, Vec::new()),
        };
        let label = (!is_pool).then_some(label);
        all.push(Grain { name, old_name, label, outputs: matched(&outputs, &others, names) });
    }
    for (name, label, outputs, is_pool) in news {
        let label = (!is_pool).then_some(label);
        all.push(Grain { old_name: name.clone(), name, label, outputs: matched(&[], &outputs, names) });
    }
    all
}

fn matched(old: &[Column], new: &[Column], names: &Translation) -> Vec<Output> {
    let mut left: Vec<(usize, &Column)> = old.iter().enumerate().collect();
    let mut outputs = Vec::new();
    for (at, column) in new.iter().enumerate() {
        let is_it = |(_, other): &(usize, &Column)| {
            // What counts something else now is another output.
            names.of(&other.name) == column.name && other.ty == column.ty && other.unit == column.unit
        };
        let found = left.iter().position(is_it).map(|at| left.remove(at));
        outputs.extend(Output::new(found, Some((at, column))));
    }
    outputs.extend(left.into_iter().filter_map(|one| Output::new(Some(one), None)));
    outputs
}
