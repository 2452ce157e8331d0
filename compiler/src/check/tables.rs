//! Tables: their rows, and look-ups in them.

use std::cmp::Ordering;
use std::collections::HashMap;

use fen_grammar::diagnostic::Text;
use fen_grammar::source::Span;
use fen_grammar::tree::{Bounds, CellKey, Comparison, Edge, Name};
use num_rational::BigRational;
use num_traits::ToPrimitive;

use super::parameters::Meaning;
use super::places::TablePlaces;
use super::program::{Break, Expr, ExprKind, Key, Table, TableRow};
use super::types::{Facts, Measure, Type, step_of};
use super::{Checker, errors, table_file};
use crate::exact;
use crate::ids::{ParameterId, SiteId};
use crate::resolve::program::{Param, ParamValue};

/// The most rows of a table.
const MAX_ROWS: usize = 2_000_000;

/// A row as written.
pub(super) struct RawRow {
    pub(super) keys: Vec<RawKey>,
    pub(super) from: Option<i32>,
    pub(super) cell: i64,
    pub(super) span: Span,
}

pub(super) enum RawKey {
    Ordinal(u32),
    Range(Box<RawRange>),
}

pub(super) struct RawRange {
    pub(super) low: Option<BigRational>,
    pub(super) high: Option<BigRational>,
    pub(super) edge: Edge,
    pub(super) span: Span,
}

impl Checker<'_> {
    /// A parameter with keys or dates.
    pub(super) fn table(
        &mut self,
        param: &Param,
        keys: &[(&Name, Type)],
        ty: Type,
        scale: u32,
        facts: &Facts,
    ) -> Option<Meaning> {
        let key_types: Vec<Type> = keys.iter().map(|(_, ty)| *ty).collect();
        let problems = self.diagnostics.len();
        let mut raw = match &param.value {
            ParamValue::File(Some(text)) => {
                table_file::Reading { param, keys, ty, scale, facts, text: *text }.rows(self)
            }
            _ => self.inline_rows(param, &key_types, ty, scale, facts),
        };
        if self.diagnostics.len() > problems {
            return None;
        }
        if raw.is_empty() {
            self.report(errors::empty_table(&param.name));
            return None;
        }
        self.dates_of(param, &mut raw)?;
        let keys = self.keys(&key_types, &raw)?;
        let (rows, spans) = self.expand(param, &keys, &raw)?;
        let cells = || rows.iter().map(|row| row.cell);
        let step = step_of(scale);
        let cell = |cell: Option<i64>| &step * num_bigint::BigInt::from(cell.unwrap_or(0));
        let facts = Facts::range(cell(cells().min()), cell(cells().max()), step.clone());
        let is_total = self.is_total(&keys, &rows);
        let name = param.name.text.clone();
        let is_file = matches!(param.value, ParamValue::File(_));
        let breaks = if is_file { Vec::new() } else { self.break_places(&key_types, &keys, &raw) };
        self.program.places.tables.push(TablePlaces { name: name.clone(), is_file, rows: spans, breaks });
        let id = self.add_table(Table { name, ty, scale, keys, rows, facts, is_total });
        Some(Meaning::Table { id, keys: key_types })
    }

    fn inline_rows(&mut self, param: &Param, keys: &[Type], ty: Type, scale: u32, facts: &Facts) -> Vec<RawRow> {
        let mut rows = Vec::new();
        let ParamValue::Cells(versions) = &param.value else { return rows };
        for (from, cells) in versions {
            let day = match from {
                Some(date) => match self.day(date) {
                    None => continue,
                    day => day,
                },
                None => None,
            };
            for cell in cells {
                if cell.keys.len() != keys.len() {
                    self.report(errors::wrong_keys(cell.span, keys.len(), cell.keys.len()));
                    continue;
                }
                let mut raw = Vec::new();
                for (key, ty) in cell.keys.iter().zip(keys) {
                    raw.extend(self.raw_key(key, *ty));
                }
                let value = self.parameter_value(&cell.value, ty, scale, facts);
                let Some(cell_value) = value.and_then(|value| self.cell(&value, scale, cell.value.span)) else {
                    continue;
                };
                if raw.len() == keys.len() {
                    rows.push(RawRow { keys: raw, from: day, cell: cell_value, span: cell.span });
                }
            }
        }
        rows
    }

    fn cell(&mut self, value: &BigRational, scale: u32, span: Span) -> Option<i64> {
        let cell = exact::floor(value, &step_of(scale)).to_i64().filter(|cell| *cell > i64::MIN);
        if cell.is_none() {
            self.report(errors::cell_too_large(span));
        }
        cell
    }

    fn raw_key(&mut self, key: &CellKey, ty: Type) -> Option<RawKey> {
        match (key, ty) {
            (CellKey::Value(literal), Type::Enum(_) | Type::Bool | Type::Code | Type::Id) => {
                let ordinal = self.literal(literal, ty)?.to_integer().to_u32()?;
                Some(RawKey::Ordinal(ordinal))
            }
            (CellKey::Range(bounds), Type::Measure(_) | Type::Date) => self.raw_range(bounds, ty),
            (CellKey::Value(literal), _) => {
                self.report(errors::key_not_a_range(literal.span));
                None
            }
            (CellKey::Range(bounds), _) => {
                let ty = self.name_of(ty);
                self.report(errors::key_is_a_range(bounds.span, &ty));
                None
            }
        }
    }

    fn raw_range(&mut self, bounds: &Bounds, ty: Type) -> Option<RawKey> {
        let (low, high) = self.bounds(bounds, ty)?;
        if bounds.edge == Edge::Plain && high.is_some() {
            let problem = self.with_owners(errors::boundary_unowned(bounds.span, true), bounds.span);
            self.report(problem);
            return None;
        }
        if let (Some(low), Some(high)) = (&low, &high)
            && high <= low
        {
            self.report(errors::range_without_values(bounds.span));
            return None;
        }
        Some(RawKey::Range(Box::new(RawRange { low, high, edge: bounds.edge, span: bounds.span })))
    }

    /// Dates are needed to choose between versions; a single version that holds from the start is as good as none.
    fn dates_of(&mut self, param: &Param, rows: &mut [RawRow]) -> Option<()> {
        let dated = rows.iter().filter(|row| row.from.is_some()).count();
        if dated == 0 {
            return Some(());
        }
        if let Some(undated) = rows.iter().find(|row| row.from.is_none()) {
            let span = undated.span;
            self.report(errors::date_missing(span));
            return None;
        }
        if self.program.dated_by.is_some() {
            return Some(());
        }
        let first = rows.first().and_then(|row| row.from);
        let in_force = self.program.in_force.map(|(from, _)| super::program::days_of(from));
        let is_one = rows.iter().all(|row| row.from == first);
        if is_one && in_force.zip(first).is_some_and(|(in_force, first)| first <= in_force) {
            rows.iter_mut().for_each(|row| row.from = None);
            return Some(());
        }
        if self.resolved.header.dated_by.is_none() {
            self.report(errors::no_date_to_choose(&param.name));
        }
        None
    }

    /// What the ordinals of each key mean.
    fn keys(&mut self, types: &[Type], rows: &[RawRow]) -> Option<Vec<Key>> {
        let mut keys = Vec::new();
        for (at, ty) in types.iter().enumerate() {
            keys.push(match ty {
                Type::Enum(id) => Key::Enum(*id),
                Type::Bool => Key::Enum(self.truth_enum()),
                Type::Code | Type::Id => Key::Code,
                Type::Measure(_) | Type::Date => Key::Range(self.breaks(at, rows)?),
            });
        }
        Some(keys)
    }

    /// False and true as an enum, for keys.
    fn truth_enum(&mut self) -> crate::ids::EnumId {
        use super::program::{Enum, EnumValue};
        let value = |en: &str, zh: &str| EnumValue { name: en.to_owned(), label: Text::new(en, zh) };
        let known = self.program.enums.iter().position(|one| one.name == "bool");
        let at = known.unwrap_or_else(|| {
            let values = vec![value("false", "否"), value("true", "是")];
            self.program.enums.push(Enum { name: "bool".to_owned(), values });
            self.program.enums.len() - 1
        });
        crate::ids::EnumId(at)
    }

    /// All places where one range of a key ends and another begins. Whoever ends at a place says to whom it belongs; a
    /// place where nothing ends belongs to the range that begins there.
    fn breaks(&mut self, key: usize, rows: &[RawRow]) -> Option<Vec<Break>> {
        let mut owned: HashMap<BigRational, (bool, Span)> = HashMap::new();
        for row in rows {
            let Some(RawKey::Range(range)) = row.keys.get(key) else { continue };
            let Some(high) = &range.high else { continue };
            let is_inclusive = range.edge == Edge::Below;
            if let Some((known, earlier)) = owned.insert(high.clone(), (is_inclusive, range.span))
                && known != is_inclusive
            {
                self.report(errors::boundary_contested(range.span, earlier));
                return None;
            }
        }
        for row in rows {
            let Some(RawKey::Range(range)) = row.keys.get(key) else { continue };
            let Some(low) = &range.low else { continue };
            owned.entry(low.clone()).or_insert((true, range.span));
        }
        let mut breaks: Vec<Break> =
            owned.into_iter().map(|(at, (is_inclusive, _))| Break { at, is_inclusive }).collect();
        breaks.sort();
        Some(breaks)
    }

    /// Where the breaks of each key are written.
    fn break_places(&self, types: &[Type], keys: &[Key], rows: &[RawRow]) -> Vec<Vec<(Span, Text)>> {
        let places = |(at, (key, ty)): (usize, (&Key, &Type))| {
            let Key::Range(breaks) = key else { return Vec::new() };
            let ranges = || rows.iter().filter_map(move |row| row.keys.get(at));
            let ranges = || ranges().filter_map(|key| if let RawKey::Range(range) = key { Some(range) } else { None });
            let place = |one: &Break| {
                let ends = ranges().find(|range| range.high.as_ref() == Some(&one.at));
                let begins = || ranges().find(|range| range.low.as_ref() == Some(&one.at));
                let span = ends.or_else(begins).map(|range| range.span).unwrap_or_default();
                (span, self.program.show(*ty, &one.at))
            };
            breaks.iter().map(place).collect()
        };
        keys.iter().zip(types).enumerate().map(places).collect()
    }

    /// One row per combination of ordinals, sorted, and where each is written; two for the same one are an error.
    fn expand(&mut self, param: &Param, keys: &[Key], raw: &[RawRow]) -> Option<(Vec<TableRow>, Vec<Span>)> {
        let mut rows: Vec<(TableRow, Span)> = Vec::with_capacity(raw.len());
        // By key: the first and the last ordinal of a row.
        let mut ends: Vec<(u32, u32)> = Vec::with_capacity(keys.len());
        for row in raw {
            ends.clear();
            for (key, written) in keys.iter().zip(&row.keys) {
                match (key, written) {
                    (Key::Range(breaks), RawKey::Range(range)) => {
                        let place = |at: &BigRational| breaks.partition_point(|known| known.at < *at);
                        let first = range.low.as_ref().map_or(0, |low| place(low) + 1);
                        let last = range.high.as_ref().map_or(breaks.len(), place);
                        ends.push((u32::try_from(first).unwrap_or(0), u32::try_from(last).unwrap_or(0)));
                    }
                    (_, RawKey::Ordinal(ordinal)) => ends.push((*ordinal, *ordinal)),
                    _ => {}
                }
            }
            let mut next = Some(ends.iter().map(|(first, _)| *first).collect::<Vec<u32>>());
            while let Some(keys) = next {
                next = following(&keys, &ends);
                rows.push((TableRow { keys, from: row.from, cell: row.cell }, row.span));
                if rows.len() > MAX_ROWS {
                    self.report(errors::table_too_large(&param.name, MAX_ROWS));
                    return None;
                }
            }
        }
        rows.sort_by(|(left, _), (right, _)| left.keys.cmp(&right.keys).then(left.from.cmp(&right.from)));
        let doubles = rows.windows(2).filter_map(|pair| match pair {
            [(left, earlier), (right, span)] if left.keys == right.keys && left.from == right.from => {
                Some((*earlier, *span))
            }
            _ => None,
        });
        let doubles: Vec<(Span, Span)> = doubles.take(20).collect();
        for (earlier, span) in &doubles {
            let (first, second) = (*earlier.min(span), *earlier.max(span));
            self.report(errors::double_key(second, first));
        }
        doubles.is_empty().then(|| rows.into_iter().unzip())
    }

    /// Whether every combination has a row on every day; tables with ranges or codes are looked into where they are used.
    fn is_total(&self, keys: &[Key], rows: &[TableRow]) -> bool {
        let mut combinations = 1_usize;
        for key in keys {
            let size = match key {
                Key::Enum(id) => self.enum_values(*id).len(),
                Key::Range(breaks) => breaks.len() + 1,
                Key::Code => return false,
            };
            combinations = combinations.saturating_mul(size);
        }
        let first_day = self.first_day();
        let mut covered = 0;
        let mut last: Option<&TableRow> = None;
        for row in rows {
            // The first row of each combination has its earliest date.
            if last.is_none_or(|last| last.keys != row.keys)
                && row.from.is_none_or(|from| first_day.is_some_and(|first| from <= first))
            {
                covered += 1;
            }
            last = Some(row);
        }
        covered == combinations
    }

    /// `TABLE[key, …]`, whose keys are typed already.
    pub(super) fn look_up(&mut self, meaning: &Meaning, keys: Vec<Expr>, span: Span) -> Option<Expr> {
        match meaning {
            Meaning::Constant { .. } | Meaning::Required { .. } => None,
            Meaning::RequiredTable { first, keys: enums } => self.required_cell(*first, enums, &keys, span),
            Meaning::Table { id, .. } => {
                let table = self.program.table(*id)?;
                let (ty, facts, is_total) = (table.ty, table.facts.clone(), table.is_total);
                let has_code = table.keys.iter().any(|key| matches!(key, Key::Code));
                // Numbered when all look-ups are known.
                let site = (has_code && !is_total).then_some(SiteId(usize::MAX));
                if !has_code && !is_total {
                    let name = table.name.clone();
                    let found = match self.missing_rows(table, &keys, span) {
                        Some(missing) => {
                            missing.into_iter().find_map(|missing| Some((self.find(missing.condition)?, missing.keys)))
                        }
                        None => {
                            let kind = ExprKind::HasRow { table: *id, keys: keys.clone() };
                            let has_row = Expr { span, ty: Type::Bool, kind, facts: Facts::bool() };
                            self.find(has_row.negated()).map(|claim| (claim, None))
                        }
                    };
                    if let Some((claim, row)) = found
                        && self.incomplete.insert(*id)
                    {
                        let param = self.resolved.params.iter().find(|param| param.name.text == name);
                        let place = param.map(|param| param.name.span);
                        let row = row.map(|keys| blank_row(&keys, ty));
                        self.report(errors::no_row(span, &name, claim, place, row));
                    }
                }
                Some(Expr { span, ty, kind: ExprKind::Lookup { table: *id, keys, site }, facts })
            }
        }
    }

    /// One of the cells that the host supplies, chosen by the keys.
    fn required_cell(
        &mut self,
        first: ParameterId,
        enums: &[crate::ids::EnumId],
        keys: &[Expr],
        span: Span,
    ) -> Option<Expr> {
        let mut cells: Vec<(Vec<Expr>, usize)> = vec![(Vec::new(), first.0)];
        for (id, key) in enums.iter().zip(keys) {
            let size = self.enum_values(*id).len();
            let mut next = Vec::new();
            for (conditions, at) in &cells {
                for ordinal in 0..size {
                    let value = Expr::ordinal(key.ty, i64::try_from(ordinal).unwrap_or(0), span);
                    let mut conditions = conditions.clone();
                    conditions.push(key.clone().compare(Comparison::Eq, value));
                    next.push((conditions, first.0 + (at - first.0) * size + ordinal));
                }
            }
            cells = next;
        }
        let mut cases = Vec::new();
        for (conditions, at) in cells {
            let parameter = self.program.parameter(ParameterId(at))?;
            let (ty, facts) = (parameter.ty, parameter.facts.clone());
            let value = Expr { span, ty, kind: ExprKind::Parameter(ParameterId(at)), facts };
            cases.push((Expr::all(conditions, span), value));
        }
        let (_, otherwise) = cases.pop()?;
        Some(Expr::cases(cases, otherwise, span))
    }
}

/// A row whose value is to be filled in: `county … yuan`.
fn blank_row(keys: &str, ty: Type) -> Text {
    let unit = ty.measure().map_or_else(|| Text::new("", ""), Measure::suffix);
    let space = if unit.en.starts_with(|c: char| c.is_ascii_alphabetic()) { " " } else { "" };
    Text::new(format!("{keys} …{space}{}", unit.en), format!("{keys} …{}", unit.zh))
}

/// The combination of ordinals after this one, the last key counting fastest.
fn following(keys: &[u32], ends: &[(u32, u32)]) -> Option<Vec<u32>> {
    let at = keys.iter().zip(ends).rposition(|(key, (_, last))| key < last)?;
    let ordinal = |(place, (key, (first, _))): (usize, (&u32, &(u32, u32)))| match place.cmp(&at) {
        Ordering::Less => *key,
        Ordering::Equal => key + 1,
        Ordering::Greater => *first,
    };
    Some(keys.iter().zip(ends).enumerate().map(ordinal).collect())
}
