//! What a table has no row for, combination by combination: each is a small question, however large the table.

use fen_grammar::source::Span;
use fen_grammar::tree::Comparison;

use super::Checker;
use super::program::{Break, Expr, Key, Table, TableRow};
use super::types::Type;

/// A combination of keys without a row.
pub(super) struct MissingRow {
    /// That a claim has these keys.
    pub(super) condition: Expr,
    /// What is to be written: the names of the keys. `None` where a key is a range, or where only a date is missing.
    pub(super) keys: Option<String>,
}

/// Combinations without a row that are looked into one by one.
const MOST: usize = 2_000;

impl Checker<'_> {
    /// The keys, and perhaps dates, for which a table of enums and ranges has no row; `None` if they are too many to be
    /// listed.
    pub(super) fn missing_rows(&self, table: &Table, keys: &[Expr], span: Span) -> Option<Vec<MissingRow>> {
        let sizes: Vec<u32> = table.keys.iter().map(|key| self.ordinals(key)).collect::<Option<_>>()?;
        let count = sizes.iter().try_fold(1_usize, |count, size| count.checked_mul(usize::try_from(*size).ok()?))?;
        if count > 200_000 {
            return None;
        }
        let mut missing = Vec::new();
        let mut rows = table.rows.iter().peekable();
        let mut ordinals = vec![0_u32; sizes.len()];
        for _ in 0..count {
            // Rows are sorted as the ordinals are counted; the first of a combination has the earliest date.
            let first: Option<&TableRow> = rows.next_if(|row| row.keys == ordinals);
            while rows.next_if(|row| row.keys == ordinals).is_some() {}
            let late = first.and_then(|row| row.from).filter(|from| self.first_day().is_none_or(|day| *from > day));
            if first.is_none() || late.is_some() {
                if missing.len() == MOST {
                    return None;
                }
                let mut conditions = Vec::new();
                for ((key, expr), ordinal) in table.keys.iter().zip(keys).zip(&ordinals) {
                    conditions.extend(has_ordinal(key, expr, *ordinal, span));
                }
                if let (Some(from), Some(date)) = (late, self.claim_date()) {
                    conditions.push(date.compare(Comparison::Lt, Expr::ordinal(Type::Date, from.into(), span)));
                }
                let keys = if late.is_none() { self.names_of_keys(table, &ordinals) } else { None };
                missing.push(MissingRow { condition: Expr::all(conditions, span), keys });
            }
            for (ordinal, size) in ordinals.iter_mut().zip(&sizes).rev() {
                *ordinal += 1;
                if *ordinal < *size {
                    break;
                }
                *ordinal = 0;
            }
        }
        Some(missing)
    }

    /// Keys as they stand in a row; only those that are enums have names.
    fn names_of_keys(&self, table: &Table, ordinals: &[u32]) -> Option<String> {
        let name = |(key, ordinal): (&Key, &u32)| match key {
            Key::Enum(id) => {
                let value = self.enum_values(*id).get(usize::try_from(*ordinal).ok()?)?;
                Some(value.name.clone())
            }
            Key::Range(_) | Key::Code => None,
        };
        let names: Option<Vec<String>> = table.keys.iter().zip(ordinals).map(name).collect();
        names.map(|names| names.join(" "))
    }

    fn ordinals(&self, key: &Key) -> Option<u32> {
        match key {
            Key::Enum(id) => u32::try_from(self.enum_values(*id).len()).ok(),
            Key::Range(breaks) => u32::try_from(breaks.len() + 1).ok(),
            Key::Code => None,
        }
    }
}

/// That a key has an ordinal.
fn has_ordinal(key: &Key, expr: &Expr, ordinal: u32, span: Span) -> Vec<Expr> {
    match key {
        Key::Enum(_) => vec![expr.clone().compare(Comparison::Eq, Expr::ordinal(expr.ty, ordinal.into(), span))],
        Key::Range(breaks) => {
            let place = usize::try_from(ordinal).unwrap_or(usize::MAX);
            let bound = |at: &Break, passed: bool| {
                let comparison = match (passed, at.is_inclusive) {
                    (true, true) => Comparison::Ge,
                    (true, false) => Comparison::Gt,
                    (false, true) => Comparison::Lt,
                    (false, false) => Comparison::Le,
                };
                expr.clone().compare(comparison, Expr::constant(expr.ty, at.at.clone(), span))
            };
            let low = place.checked_sub(1).and_then(|place| breaks.get(place)).map(|at| bound(at, true));
            low.into_iter().chain(breaks.get(place).map(|at| bound(at, false))).collect()
        }
        Key::Code => Vec::new(),
    }
}
