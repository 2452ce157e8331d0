//! Tables and ladders in a trace: which row is found, and what the rows are.

use fen_schema::Text;
use fen_schema::trace::{TraceLadder, TraceRow, TraceTable, TraceTier, TraceVersion};
use num_bigint::BigInt;
use num_rational::BigRational;

use super::kinds::{of_age, text};
use super::{Tracer, number};
use crate::check::program::{Body, Break, Expr, ExprKind, Key, Ladder, LadderVersion, Program, Table, date_of};
use crate::check::types::{Facts, Measure, Type, decimal, step_of};
use crate::ids::{LadderId, TableId};

/// Tables of more rows are not listed in a trace.
const MOST_LISTED: usize = 200;

/// What a trace says of the row that is found in a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// Its place.
    Place,
    /// Its first day.
    Date,
    Nothing,
}

impl Told {
    pub(super) fn of(table: &Table) -> Self {
        if table.rows.len() <= MOST_LISTED {
            Self::Place
        } else if table.rows.iter().any(|row| row.from.is_some()) {
            Self::Date
        } else {
            Self::Nothing
        }
    }
}

/// The table that says of each row of another one what is told of it.
pub(super) fn companion(program: &Program, id: TableId) -> TableId {
    TableId(program.tables.len() + id.0)
}

/// A program with a companion for each table.
pub(super) fn with_places_of_rows(program: &Program) -> Program {
    let mut extended = program.clone();
    let companions = program.tables.iter().map(|table| {
        let told = Told::of(table);
        let mut companion = table.clone();
        companion.ty = Type::NUMBER;
        companion.scale = 0;
        for (at, row) in companion.rows.iter_mut().enumerate() {
            row.cell = match told {
                Told::Place => i64::try_from(at).unwrap_or(i64::MAX),
                Told::Date => row.from.unwrap_or(i32::MIN).into(),
                Told::Nothing => 0,
            };
        }
        companion.facts = Facts::integers(i32::MIN.into(), i32::MAX.into());
        companion
    });
    extended.tables.extend(companions.collect::<Vec<_>>());
    extended
}

impl Tracer<'_> {
    /// All tables, each with its rows unless they are too many.
    pub(super) fn tables(&mut self) -> Vec<TraceTable> {
        let program = self.program;
        let table = |(at, table): (usize, &Table)| {
            let types = self.keys.get(at).cloned().unwrap_or_default();
            let listed = if Told::of(table) == Told::Place { table.rows.as_slice() } else { &[] };
            let rows = listed.iter().map(|row| {
                let keys = table.keys.iter().zip(&row.keys).enumerate();
                let keys =
                    keys.map(|(place, (key, ordinal))| key_text(program, key, *ordinal, types.get(place).copied()));
                let value = step_of(table.scale) * BigInt::from(row.cell);
                TraceRow { keys: keys.collect(), from: row.from.map(day), value: value.to_string() }
            });
            let rows = rows.collect();
            {
                let keys = table.keys.iter().enumerate();
                let ranges = keys.filter(|(_, key)| matches!(key, Key::Range(_))).map(|(place, _)| number(place));
                TraceTable {
                    name: table.name.clone(),
                    kind: self.kinds.of(table.ty),
                    citations: self.clauses.of_rule(&table.name),
                    ranges: ranges.collect(),
                    rows,
                }
            }
        };
        program.tables.iter().enumerate().map(table).collect()
    }

    /// All ladders of tiers.
    pub(super) fn ladders(&mut self) -> Vec<TraceLadder> {
        let program = self.program;
        let types: Vec<Option<(Type, Type)>> = (0..program.ladders.len()).map(|at| applied(program, at)).collect();
        let ladders = program.ladders.iter().zip(types).enumerate();
        ladders.map(|(at, (ladder, applied))| self.ladder(LadderId(at), ladder, applied)).collect()
    }

    fn ladder(&mut self, id: LadderId, ladder: &Ladder, applied: Option<(Type, Type)>) -> TraceLadder {
        let program = self.program;
        let subject = ladder.subject.and_then(|subject| program.type_of(subject)).or(applied.map(|(amount, _)| amount));
        let unit = if ladder.base.is_some() { Type::RATE } else { subject.unwrap_or(Type::NUMBER) };
        let unit = if unit == Type::Measure(Measure::RATIO) { Type::RATE } else { unit };
        let columns = ladder.columns.iter().map(|id| program.value(*id).map_or(Type::MONEY, |value| value.ty));
        let yields: Vec<Type> = match applied {
            Some((_, yields)) => vec![yields],
            None => columns.collect(),
        };
        let share = |yields: &Type| share_type(subject.unwrap_or(Type::NUMBER), *yields);
        let kinds = yields.iter().map(|yields| self.kinds.of(share(yields))).collect();
        let version = |(place, version): (usize, &LadderVersion)| TraceVersion {
            from: version.from.map(day),
            rows: version
                .rows
                .iter()
                .enumerate()
                .map(|(at, row)| TraceTier {
                    range: range_text(row.low.as_ref(), row.high.as_ref(), "..", unit),
                    shares: row.shares.iter().map(ToString::to_string).collect(),
                    citations: self.clauses.of_tier(id, place, at),
                })
                .collect(),
        };
        let versions = ladder.versions.iter().enumerate().map(version).collect();
        TraceLadder { versions, kinds }
    }
}

impl Program {
    fn type_of(&self, symbol: crate::ids::Symbol) -> Option<Type> {
        use crate::ids::Symbol;
        Some(match symbol {
            Symbol::Input(id) => self.input(id)?.ty,
            Symbol::Parameter(id) => self.parameter(id)?.ty,
            Symbol::Value(id) => self.value(id)?.ty,
        })
    }
}

/// What a ladder with a name is applied to, and what that yields.
fn applied(program: &Program, ladder: usize) -> Option<(Type, Type)> {
    fn find(expr: &Expr, ladder: usize) -> Option<(Type, Type)> {
        if let ExprKind::Apply(id, amount) = &expr.kind
            && id.0 == ladder
        {
            return Some((amount.ty, expr.ty));
        }
        expr.parts().into_iter().find_map(|part| find(part, ladder))
    }
    program.values.iter().find_map(|value| match &value.body {
        Body::Expr(expr) => find(expr, ladder),
        _ => None,
    })
}

/// What a share is of which an amount yields something: a part of it, or something per unit.
fn share_type(amount: Type, yields: Type) -> Type {
    if amount == yields {
        return Type::RATE;
    }
    match (amount.measure(), yields.measure()) {
        (Some(amount), Some(yields)) => yields.per(amount).map_or(Type::NUMBER, Type::Measure),
        _ => Type::NUMBER,
    }
}

fn key_text(program: &Program, key: &Key, ordinal: u32, of: Option<(Type, bool)>) -> Text {
    let ty = of.map(|(ty, _)| ty);
    let plain = |text: String| Text { zh: text.clone(), en: text };
    let place = usize::try_from(ordinal).unwrap_or(usize::MAX);
    match key {
        Key::Enum(id) => {
            let value = program.enums.get(id.0).and_then(|one| one.values.get(place));
            plain(value.map(|value| value.name.clone()).unwrap_or_default())
        }
        Key::Code if ty == Some(Type::Bool) => {
            text(&program.show(Type::Bool, &BigRational::from(BigInt::from(ordinal))))
        }
        Key::Code => plain(program.codes.get(place).cloned().unwrap_or_default()),
        Key::Range(breaks) => {
            let low = place.checked_sub(1).and_then(|before| breaks.get(before));
            let high = breaks.get(place);
            let dots = if high.is_some_and(|high| high.is_inclusive) { "..<" } else { ".." };
            let at = |bound: Option<&Break>| bound.map(|bound| bound.at.clone());
            let range = range_text(at(low).as_ref(), at(high).as_ref(), dots, ty.unwrap_or(Type::NUMBER));
            if of.is_some_and(|(_, is_age)| is_age) { of_age(&range) } else { range }
        }
    }
}

/// Bounds as a drafter writes them; the unit stands once.
fn range_text(low: Option<&BigRational>, high: Option<&BigRational>, dots: &str, ty: Type) -> Text {
    let scale = if matches!(ty, Type::RATE | Type::PP) { 100 } else { 1 };
    let number = |bound: &BigRational| match ty {
        Type::Date => date_of(bound).map(|date| date.to_string()).unwrap_or_default(),
        _ => decimal(&(bound * BigInt::from(scale)), 0),
    };
    let suffix = ty.measure().map(|measure| text(&measure.suffix())).unwrap_or_default();
    let is_word = suffix.en.starts_with(char::is_alphabetic) && suffix.en != "pp";
    let written = |suffix: &str| match (low, high) {
        (Some(low), Some(high)) => format!("{}{dots}{}{suffix}", number(low), number(high)),
        (Some(low), None) => format!("{}{suffix}..", number(low)),
        (None, Some(high)) => format!("{dots}{}{suffix}", number(high)),
        (None, None) => "..".to_owned(),
    };
    let spaced = if is_word { format!(" {}", suffix.en) } else { suffix.en };
    Text { zh: written(&suffix.zh), en: written(&spaced) }
}

/// A day as text.
pub(super) fn day(days: i32) -> String {
    date_of(&BigRational::from(BigInt::from(days))).map(|date| date.to_string()).unwrap_or_default()
}
