//! Tables and ladders on a path.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::Zero;

use fen_grammar::tree::Comparison;

use super::opaque::Opaque;
use super::path::{Form, Path, Step, Stop};
use crate::check::program::{Expr, Key, TableRow};
use crate::check::types::{Facts, Grid, step_of};
use crate::ids::{LadderId, TableId};
use crate::solve::{Linear, Sign};

/// Ways that one key of a table may go; with more the whole look-up is taken as opaque.
const MAX_WAYS: usize = 64;

/// What a table has for keys.
pub(super) enum Located<'a> {
    /// These rows, which differ only in their dates.
    Group(&'a [TableRow]),
    /// No row.
    Nothing,
    /// Any of too many rows.
    Anything(Vec<Linear>),
}

/// One way for one key: at one ordinal with its rows, or strictly between two that have rows.
enum Way<'a> {
    At(u32, &'a [TableRow]),
    Between(BigInt, BigInt),
}

impl<'a> Path<'a> {
    /// The number in the table's row for the keys; the path ends if there is none.
    pub(super) fn lookup(&mut self, table: TableId, keys: &'a [Expr]) -> Step<Linear> {
        let program = self.program;
        let found = program.table(table).ok_or(Stop::Overrun)?;
        let rows = match self.locate(table, keys, Some(true))? {
            Located::Group(rows) => rows,
            Located::Nothing => return Err(Stop::Never),
            Located::Anything(keys) => {
                let facts = Facts { grid: Grid::Step(step_of(found.scale)), ..found.facts.clone() };
                return Ok(self.opaque(Opaque::Cell(table, keys), &facts).0);
            }
        };
        let same = rows.iter().all(|row| Some(row.cell) == rows.first().map(|first| first.cell));
        let froms: Vec<Option<i32>> = rows.iter().map(|row| row.from).collect();
        let version = if same && found.is_total { Some(0) } else { self.version(&froms)? };
        let row = version.and_then(|version| rows.get(version)).ok_or(Stop::Never)?;
        Ok(Linear::constant(step_of(found.scale) * BigInt::from(row.cell)))
    }

    /// The rows for the keys; `needed` if ways without a row do not matter.
    pub(super) fn locate(&mut self, table: TableId, keys: &'a [Expr], needed: Option<bool>) -> Step<Located<'a>> {
        let program = self.program;
        let table = program.table(table).ok_or(Stop::Overrun)?;
        let mut rows: &'a [TableRow] = &table.rows;
        let mut forms = Vec::new();
        for key in keys {
            forms.push(self.form(key)?);
        }
        if self.is_coarse && needed == Some(true) && forms.iter().any(|form| form.as_constant().is_none()) {
            return self.anything(&forms);
        }
        for (at, (key, form)) in table.keys.iter().zip(&forms).enumerate() {
            let ways = match key {
                Key::Range(breaks) => {
                    let (low, high) = if form.denom.is_none() { self.range(&form.numer) } else { Default::default() };
                    let all = form.denom.is_some();
                    let low = breaks.iter().take_while(|one| !all && below(one, &low)).count();
                    let high = breaks.iter().take_while(|one| all || below(one, &high)).count();
                    if high - low >= MAX_WAYS {
                        return self.anything(&forms);
                    }
                    (low..=high)
                        .map(|ordinal| at_ordinal(rows, at, u32::try_from(ordinal).unwrap_or(u32::MAX)))
                        .collect()
                }
                Key::Enum(_) | Key::Code => {
                    let form = self.linear(form)?;
                    let (low, high) = self.range(&form);
                    let Some(ways) = ordinals(rows, at, &low.ceil().to_integer(), &high.floor().to_integer()) else {
                        return self.anything(&forms);
                    };
                    ways
                }
            };
            let has_row = |way: &Way<'_>| matches!(way, Way::At(_, rows) if !rows.is_empty());
            let ways: Vec<Way<'a>> = ways.into_iter().filter(|way| needed != Some(true) || has_row(way)).collect();
            let choice = self.choose(ways.len())?;
            match (ways.into_iter().nth(choice).ok_or(Stop::Never)?, key) {
                (Way::At(ordinal, narrowed), Key::Range(breaks)) => {
                    let at = usize::try_from(ordinal).unwrap_or(usize::MAX);
                    if let Some(under) = at.checked_sub(1).and_then(|at| breaks.get(at)) {
                        let comparison = if under.is_inclusive { Comparison::Ge } else { Comparison::Gt };
                        self.relate(comparison, form, &Form::constant(under.at.clone()))?;
                    }
                    if let Some(over) = breaks.get(at) {
                        let comparison = if over.is_inclusive { Comparison::Lt } else { Comparison::Le };
                        self.relate(comparison, form, &Form::constant(over.at.clone()))?;
                    }
                    rows = narrowed;
                }
                (Way::At(ordinal, narrowed), _) => {
                    let difference = form.numer.clone().sub(&Linear::integer(ordinal));
                    self.require(&difference, Sign::Zero)?;
                    rows = narrowed;
                }
                (Way::Between(low, high), _) => {
                    self.between(&form.numer, &Linear::integer(low), &Linear::integer(high))?;
                    return Ok(Located::Nothing);
                }
            }
            if rows.is_empty() {
                return Ok(Located::Nothing);
            }
        }
        Ok(Located::Group(rows))
    }

    fn anything(&mut self, forms: &[Form]) -> Step<Located<'a>> {
        let forms = forms.iter().map(|form| self.linear(form)).collect::<Step<Vec<Linear>>>()?;
        Ok(Located::Anything(forms))
    }

    /// The amount that a ladder divides.
    pub(super) fn subject(&mut self, id: LadderId) -> Step<Linear> {
        let ladder = self.program.ladder(id).ok_or(Stop::Overrun)?;
        let subject = self.symbol(ladder.subject.ok_or(Stop::Overrun)?)?;
        self.linear(&subject)
    }

    /// What a column of a ladder yields for an amount.
    pub(super) fn share(&mut self, id: LadderId, column: usize, subject: &Linear) -> Step<Linear> {
        let program = self.program;
        let ladder = program.ladder(id).ok_or(Stop::Overrun)?;
        let base = match &ladder.base {
            Some(base) => {
                let base = self.form(base)?;
                self.linear(&base)?
            }
            None => Linear::integer(1),
        };
        let froms: Vec<Option<i32>> = ladder.versions.iter().map(|version| version.from).collect();
        let version = self.version(&froms)?.and_then(|at| ladder.versions.get(at)).ok_or(Stop::Never)?;
        let reached = self.choose(version.rows.len())?;
        let mut sum = Linear::default();
        let zero = BigRational::zero();
        for (at, row) in version.rows.iter().enumerate() {
            let share = row.shares.get(column).ok_or(Stop::Overrun)?;
            let low = row.low.as_ref().map(|low| base.clone().scale(low));
            let high = row.high.as_ref().map(|high| base.clone().scale(high));
            // The base is never negative, so that zero lies in the same row whatever the base is.
            let raised = row.low.as_ref().map_or(&zero, |low| low.max(&zero));
            let origin = row.high.as_ref().map_or(raised, |high| high.min(raised));
            let end = if at == reached {
                if let Some(low) = &low {
                    self.require(&low.clone().sub(subject), Sign::NotPositive)?;
                }
                if let Some(high) = &high {
                    self.require(&subject.clone().sub(high), Sign::NotPositive)?;
                }
                subject.clone()
            } else if at < reached {
                high.ok_or(Stop::Never)?
            } else {
                low.ok_or(Stop::Never)?
            };
            if !share.is_zero() {
                sum = sum.add(&end.sub(&base.clone().scale(origin)).scale(share));
            }
        }
        Ok(sum)
    }
}

/// Whether a break lies below a value.
fn below(one: &crate::check::program::Break, value: &BigRational) -> bool {
    one.at < *value || (one.is_inclusive && one.at == *value)
}

fn key_of(row: &TableRow, at: usize) -> u32 {
    row.keys.get(at).copied().unwrap_or(0)
}

/// The rows with one ordinal in one key; they are equal in the keys before it.
fn at_ordinal(rows: &[TableRow], at: usize, ordinal: u32) -> Way<'_> {
    let start = rows.partition_point(|row| key_of(row, at) < ordinal);
    let end = rows.partition_point(|row| key_of(row, at) <= ordinal);
    Way::At(ordinal, rows.get(start..end).unwrap_or_default())
}

/// The ordinals from `low` to `high` that have rows and the gaps between them; `None` if they are too many.
fn ordinals<'a>(rows: &'a [TableRow], at: usize, low: &BigInt, high: &BigInt) -> Option<Vec<Way<'a>>> {
    let (mut ways, mut gaps) = (Vec::new(), Vec::new());
    let mut next = low.clone();
    let start = rows.partition_point(|row| BigInt::from(key_of(row, at)) < *low);
    let mut rest = rows.get(start..).unwrap_or_default();
    while let Some(first) = rest.first().filter(|row| BigInt::from(key_of(row, at)) <= *high) {
        let ordinal = key_of(first, at);
        if next < BigInt::from(ordinal) {
            gaps.push(Way::Between(next.clone(), BigInt::from(ordinal) - 1));
        }
        let way = at_ordinal(rest, at, ordinal);
        if let Way::At(_, rows) = &way {
            rest = rest.get(rows.len()..).unwrap_or_default();
        }
        ways.push(way);
        next = BigInt::from(ordinal) + 1;
        if ways.len() > MAX_WAYS {
            return None;
        }
    }
    if next <= *high {
        gaps.push(Way::Between(next, high.clone()));
    }
    ways.extend(gaps);
    Some(ways)
}
