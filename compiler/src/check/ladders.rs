//! Ladders: tiers that divide an amount, bands that give it a value, and ladders with a name that are applied to amounts.

use fen_grammar::diagnostic::Text;
use fen_grammar::source::Span;
use fen_grammar::tree::{Name, Quantity};
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};

use super::coverage::{Covering, is_negative};
use super::errors::{NegativeBase, ShareOutside, ShareUnit, SharesSum, UnusedShare};
use super::expressions::checked_symbol;
use super::literals::measure_of;
use super::program::{self, Alternative, Body, Enum, EnumValue, Expr, ExprKind, Ladder, LadderVersion, Role};
use super::rows::{Row, Rows, Written};
use super::types::{Facts, Grid, Measure, Type};
use super::{Checker, errors, order};
use crate::ids::{EnumId, LadderId, ValueId};
use crate::resolve::program::{self as resolved, ScheduleId};

/// The most rows that can be told apart by name: a cell of one byte holds which one is reached.
const MAX_ROW_NAMES: usize = 127;

/// What stands for a ladder until it is checked.
pub(super) fn placeholder(ladder: &resolved::Ladder) -> Ladder {
    Ladder {
        subject: ladder.subject.and_then(checked_symbol),
        base: None,
        versions: Vec::new(),
        columns: ladder.columns.clone(),
    }
}

/// A ladder with a name.
#[derive(Clone, Debug)]
pub(super) struct Schedule {
    rows: Rows,
    is_band: bool,
    /// The tiers; `None` for bands.
    tiers: Option<(LadderId, Measure)>,
    is_applied: bool,
    /// Something is wrong with its coverage; said once.
    is_reported: bool,
}

impl Schedule {
    /// Its rows.
    pub(super) fn rows(&self) -> &Rows {
        &self.rows
    }

    /// The tiers it is in the checked program.
    pub(super) fn ladder(&self) -> Option<LadderId> {
        self.tiers.map(|(ladder, _)| ladder)
    }
}

/// Range and grid of what a column of a ladder gets, before rounding.
fn share_facts(ladder: &Ladder, column: usize, subject: &Facts) -> Facts {
    let zero = BigRational::zero();
    let rows = || ladder.versions.iter().flat_map(|version| &version.rows);
    let rates: Vec<&BigRational> = rows().filter_map(|row| row.shares.get(column)).collect();
    let most = rates.iter().copied().max().unwrap_or(&zero).max(&zero);
    let least = rates.iter().copied().min().unwrap_or(&zero).min(&zero);
    // The share lies between `least` and `most` of the subject, on whichever side of zero that is.
    let corners =
        [&subject.low * most, &subject.low * least, &subject.high * most, &subject.high * least, zero.clone()];
    let (low, high) = (corners.iter().min().unwrap_or(&zero), corners.iter().max().unwrap_or(&zero));
    let mut grid = Grid::Zero;
    let base = ladder.base.as_ref().map_or_else(|| Grid::Step(BigRational::one()), |base| base.facts.grid.clone());
    for row in rows() {
        let Some(share) = row.shares.get(column).filter(|share| !share.is_zero()) else { continue };
        let share = Grid::Step(share.abs());
        grid = grid.join(&subject.grid.times(&share));
        for bound in [&row.low, &row.high].into_iter().flatten() {
            grid = grid.join(&Facts::constant(bound).grid.times(&base).times(&share));
        }
    }
    Facts { low: low.clone(), high: high.clone(), grid }
}

impl Checker<'_> {
    /// The rows of a ladder on a subject, checked once.
    fn ladder_rows(&mut self, id: LadderId) -> Option<Rows> {
        if let Some(known) = self.rows.get(&id) {
            return known.clone();
        }
        let rows = self.ladder_rows_anew(id);
        self.rows.insert(id, rows.clone());
        rows
    }

    fn ladder_rows_anew(&mut self, id: LadderId) -> Option<Rows> {
        let ladder = self.resolved.ladders.get(id.0)?;
        let subject = self.subject_expr(ladder.subject?, ladder.name.span)?;
        let base = self.ladder_base(ladder)?;
        let is_amount = subject.ty.measure().is_some() || (ladder.is_band && subject.ty == Type::Date);
        if !is_amount {
            let ty = self.name_of(subject.ty);
            self.report(errors::subject_type(&ladder.name, &ty, ladder.is_band));
            return None;
        }
        let unit = match subject.ty {
            _ if base.is_some() => Type::RATE,
            // A ratio may be bounded by percentages or by bare numbers.
            Type::Measure(Measure::RATIO) if has_bare_bounds(ladder) => Type::NUMBER,
            Type::Measure(Measure::RATIO) => Type::RATE,
            ty => ty,
        };
        let written: Vec<Written<'_>> =
            ladder.rows.iter().map(|row| Written { bounds: &row.bounds, from: row.from }).collect();
        let rows = self.rows_of(&ladder.name, &written, unit, ladder.is_band)?;
        if !ladder.is_band {
            self.tiers(id, ladder, &rows, &subject, base.as_ref())?;
        }
        if ladder.is_whole {
            self.base_sign(ladder, base.as_ref());
            let name = &ladder.name.text;
            let is_band = ladder.is_band;
            let is_named = false;
            let covering = Covering { name, rows: &rows, subject: &subject, base: base.as_ref(), is_band, is_named };
            self.covers(&covering);
            self.shares_add_up(id, ladder, &covering);
        }
        Some(rows)
    }

    /// What bounds are parts of; the outer `None` is an error.
    #[expect(clippy::option_option, reason = "an error and no base are different things")]
    fn ladder_base(&self, ladder: &resolved::Ladder) -> Option<Option<Expr>> {
        let Some(resolved::Symbol::Value(id)) = ladder.subject else { return Some(None) };
        let is_declared = self.resolved.values.get(id.0).is_some_and(|value| value.share_of.is_some());
        let base = self.bases.get(&id).cloned();
        (base.is_some() || !is_declared).then_some(base)
    }

    /// Puts the tiers of a ladder into the checked program.
    fn tiers(
        &mut self,
        id: LadderId,
        ladder: &resolved::Ladder,
        rows: &Rows,
        subject: &Expr,
        base: Option<&Expr>,
    ) -> Option<()> {
        let mut shares: Vec<Vec<BigRational>> = Vec::new();
        let mut is_whole = true;
        for row in &ladder.rows {
            match self.row_shares(ladder, row, subject) {
                Some(found) => shares.push(found),
                None => is_whole = false,
            }
        }
        if !is_whole {
            return None;
        }
        let versions = tier_versions(rows, |at| shares.get(at).cloned().unwrap_or_default());
        let slot = self.program.ladders.get_mut(id.0)?;
        slot.base = base.cloned();
        slot.versions = versions;
        Some(())
    }

    /// The shares of a row by column; in a ladder that splits they are parts of a whole.
    fn row_shares(
        &mut self,
        ladder: &resolved::Ladder,
        row: &resolved::Row,
        subject: &Expr,
    ) -> Option<Vec<BigRational>> {
        let mut shares = vec![BigRational::zero(); ladder.columns.len()];
        let mut sound = true;
        for (value, share) in &row.shares {
            let Some(column) = ladder.columns.iter().position(|column| column == value) else { continue };
            let splits = ladder.columns.len() > 1;
            let measure = measure_of(&share.unit);
            let product = measure.zip(subject.ty.measure()).and_then(|(share, subject)| subject.times(share));
            let is_rate = measure == Some(Measure::RATE);
            if !is_rate && (splits || product.is_none() || measure == Some(Measure::NUMBER)) {
                self.report(ShareUnit { span: share.span });
                sound = false;
            } else if splits && (share.value.is_negative() || share.value > BigRational::one()) {
                self.report(ShareOutside { span: share.span });
                sound = false;
            } else if !self.same_share_unit(ladder, *value, share) {
                sound = false;
            }
            if let Some(slot) = shares.get_mut(column) {
                slot.clone_from(&share.value);
            }
        }
        sound.then_some(shares)
    }

    /// All rows give a receiver something in one unit.
    fn same_share_unit(&mut self, ladder: &resolved::Ladder, value: ValueId, share: &Quantity) -> bool {
        let first = ladder.rows.iter().flat_map(|row| &row.shares).find(|(id, _)| *id == value);
        let is_same = first.is_none_or(|(_, first)| first.unit == share.unit);
        if !is_same {
            let first = first.map(|(_, first)| first.span).unwrap_or_default();
            self.report(errors::share_units_differ(share.span, first));
        }
        is_same
    }

    /// What the tiers of a ladder give one of its columns.
    pub(super) fn share(&mut self, id: LadderId, value: ValueId) -> Option<(Type, Facts, Body)> {
        self.ladder_rows(id)?;
        let resolved = self.resolved.ladders.get(id.0)?;
        let subject = self.subject_expr(resolved.subject?, resolved.name.span)?;
        let checked = self.program.ladder(id)?;
        if resolved.remainder == Some(value) {
            let facts = self.remainder_facts(checked, value, &subject.facts);
            return Some((subject.ty, facts, Body::Remainder { ladder: id }));
        }
        let column = checked.columns.iter().position(|column| *column == value)?;
        let facts = share_facts(checked, column, &subject.facts);
        let share = resolved.rows.iter().flat_map(|row| &row.shares).find(|(id, _)| *id == value)?;
        let ty = Type::Measure(part_of(subject.ty.measure()?, measure_of(&share.1.unit)?)?);
        Some((ty, facts, Body::Share { ladder: id, column }))
    }

    fn remainder_facts(&self, ladder: &Ladder, id: ValueId, subject: &Facts) -> Facts {
        let others =
            ladder.columns.iter().filter(|column| **column != id).filter_map(|column| self.program.value(*column));
        let plain = others.clone().fold(subject.clone(), |rest, other| rest.add(&other.facts.negate()));
        // Each other share differs from its exact value by less than a step, and all exact shares lie between
        // nothing and the subject.
        let slack =
            others.filter_map(|other| other.rounding.as_ref()).fold(BigRational::zero(), |sum, r| sum + &r.step);
        let zero = BigRational::zero();
        let low = (&subject.low).min(&zero) - &slack;
        let high = (&subject.high).max(&zero) + &slack;
        Facts { low: plain.low.max(low), high: plain.high.min(high), grid: plain.grid }
    }

    fn base_sign(&mut self, ladder: &resolved::Ladder, base: Option<&Expr>) {
        let Some(base) = base.filter(|base| base.facts.low.is_negative()) else { return };
        if let Some(claim) = self.find(is_negative(base)) {
            self.report(NegativeBase { span: base.span, name: ladder.name.text.clone(), claim });
        }
    }

    fn shares_add_up(&mut self, id: LadderId, ladder: &resolved::Ladder, covering: &Covering<'_>) {
        if ladder.columns.len() < 2 || ladder.has_double_share || ladder.is_band {
            return;
        }
        let shares = |checked: &Checker<'_>, at: usize, place: usize| {
            let version = checked.program.ladder(id).and_then(|ladder| ladder.versions.get(at));
            version.and_then(|version| version.rows.get(place)).map(|row| row.shares.clone()).unwrap_or_default()
        };
        for (at, version) in covering.rows.versions.iter().enumerate() {
            for (place, row) in version.rows.iter().enumerate() {
                let shares = shares(self, at, place);
                let sum = shares.iter().fold(BigRational::zero(), |sum, share| sum + share);
                if sum.is_one() {
                    continue;
                }
                let claim = self.reached(covering, row).flatten();
                let missing = ladder.columns.iter().zip(&shares).filter(|(_, share)| share.is_zero());
                let missing = missing.filter_map(|(id, _)| self.resolved.values.get(id.0));
                let missing = missing.map(|value| value.name.text.clone()).collect();
                self.report(SharesSum { bounds: row.span, sum, missing, claim });
            }
        }
    }

    /// What the bands of a ladder give one of its columns: a choice by row.
    pub(super) fn grant(&mut self, id: LadderId, value: ValueId) -> Option<Expr> {
        let rows = self.ladder_rows(id)?;
        let ladder = self.resolved.ladders.get(id.0)?;
        let subject = self.subject_expr(ladder.subject?, ladder.name.span)?;
        let base = self.ladder_base(ladder)?;
        let name = self.resolved.values.get(value.0)?.name.clone();
        let value_of = |at: usize| {
            let row = ladder.rows.get(at)?;
            row.grants.iter().find(|(column, _)| *column == value).map(|(_, value)| value)
        };
        let mut is_whole = true;
        for (at, row) in ladder.rows.iter().enumerate() {
            if value_of(at).is_none() {
                self.report(errors::grant_missing(row.span, &name));
                is_whole = false;
            }
        }
        if !is_whole {
            return None;
        }
        self.by_row(&rows, &subject, base.as_ref(), name.span, value_of)
    }

    /// A choice by the row that a subject lies in.
    fn by_row<'e>(
        &mut self,
        rows: &Rows,
        subject: &Expr,
        base: Option<&Expr>,
        span: Span,
        value_of: impl Fn(usize) -> Option<&'e resolved::Expr>,
    ) -> Option<Expr> {
        let mut wanted = None;
        let mut is_whole = true;
        let mut cases = Vec::new();
        let mut notes = Vec::new();
        for (version_at, version) in rows.versions.iter().enumerate() {
            let in_version = self.in_version(rows, version_at, span);
            for row in &version.rows {
                let in_row = row.holds(subject, base, rows.unit);
                let condition = match &in_version {
                    // The row is what decides; that it is of this version goes without saying.
                    Some(in_version) => Expr { span: in_row.span, ..in_version.clone().and(in_row) },
                    None => in_row,
                };
                let typed = value_of(row.at)
                    .and_then(|value| self.under(condition.clone(), |checker| checker.expr_as(value, wanted)));
                match typed {
                    Some(typed) => {
                        wanted = wanted.or(Some(typed.ty));
                        cases.push((condition, typed));
                        notes.push(noted(row, row.text(rows.unit, true), version.from));
                    }
                    None => is_whole = false,
                }
            }
        }
        if !is_whole {
            return None;
        }
        let (_, mut last) = cases.pop()?;
        let mut unified = Vec::new();
        for (condition, value) in cases {
            let (value, joined) = self.same_type(value, last, "choose between", "并列为取值")?;
            last = joined;
            unified.push((condition, value));
        }
        let chosen = Expr::cases(unified, last, span);
        self.note_choice(&chosen, (Some(subject), base), notes);
        Some(chosen)
    }

    /// A part of a whole that nothing uses is money that is lost, most likely by a slip of the pen.
    pub(super) fn unused_shares(&mut self) {
        let resolved = self.resolved;
        if !resolved.is_whole {
            return;
        }
        let used = order::used(resolved);
        for ladder in resolved.ladders.iter().filter(|ladder| !ladder.is_band && ladder.columns.len() > 1) {
            let is_unused = |column: &&ValueId| !used.contains(&resolved::Symbol::Value(**column));
            for column in ladder.columns.iter().filter(is_unused) {
                let Some(value) = resolved.values.get(column.0) else { continue };
                let others = ladder.columns.iter().filter(|other| *other != column);
                let others =
                    others.filter_map(|other| resolved.values.get(other.0)).map(|other| other.name.text.as_str());
                let suggestion = fen_grammar::diagnostic::nearest(&value.name.text, others).map(str::to_owned);
                self.report(UnusedShare { name: value.name.clone(), suggestion });
            }
        }
    }

    /// A named ladder, checked once apart from what it is applied to.
    fn schedule(&mut self, id: ScheduleId) -> Option<Schedule> {
        if let Some(known) = self.schedules.get(&id.0) {
            return known.clone();
        }
        let schedule = self.schedule_anew(id);
        self.schedules.insert(id.0, schedule.clone());
        schedule
    }

    fn schedule_anew(&mut self, id: ScheduleId) -> Option<Schedule> {
        let schedule = self.resolved.schedules.get(id.0)?;
        let (on, _) = self.type_of(&schedule.on)?;
        let first = schedule.steps.first()?;
        let is_band = !first.is_tier;
        if let Some(other) = schedule.steps.iter().find(|step| step.is_tier != first.is_tier) {
            self.report(errors::steps_differ(other.bounds.span, first.bounds.span));
            return None;
        }
        if on.measure().is_none() && !(is_band && on == Type::Date) {
            let ty = self.name_of(on);
            self.report(errors::subject_type(&schedule.name, &ty, is_band));
            return None;
        }
        let written: Vec<Written<'_>> =
            schedule.steps.iter().map(|step| Written { bounds: &step.bounds, from: step.from }).collect();
        let rows = self.rows_of(&schedule.name, &written, on, is_band)?;
        let tiers = if is_band { None } else { Some(self.schedule_tiers(schedule, &rows, on)?) };
        Some(Schedule { rows, is_band, tiers, is_applied: false, is_reported: false })
    }

    fn schedule_tiers(&mut self, schedule: &resolved::Schedule, rows: &Rows, on: Type) -> Option<(LadderId, Measure)> {
        let mut shares = Vec::new();
        let mut measure: Option<(Measure, Span)> = None;
        for step in &schedule.steps {
            let share = self.expr(&step.value)?;
            let product = share.ty.measure().zip(on.measure()).and_then(|(share, on)| part_of(on, share));
            let value = share.facts.as_constant().cloned();
            let is_number = share.ty == Type::NUMBER;
            let (Some(product), Some(value), false) = (product, value, is_number) else {
                self.report(ShareUnit { span: step.value.span });
                return None;
            };
            if let Some((known, first)) = measure.filter(|(known, _)| *known != product) {
                let _ = known;
                self.report(errors::share_units_differ(step.value.span, first));
                return None;
            }
            measure = Some((product, step.value.span));
            shares.push(vec![value]);
        }
        let versions = tier_versions(rows, |at| shares.get(at).cloned().unwrap_or_default());
        let ladder = self.add_ladder(Ladder { subject: None, base: None, versions, columns: Vec::new() });
        Some((ladder, measure?.0))
    }

    /// `ladder(amount)`
    pub(super) fn apply(&mut self, id: ScheduleId, argument: &resolved::Expr, span: Span) -> Option<Expr> {
        let argument = self.expr(argument)?;
        let schedule = self.schedule(id)?;
        let argument = self.fitting(id, &schedule, argument, span)?;
        match schedule.tiers {
            Some((ladder, measure)) => {
                let facts = self.program.ladder(ladder).map(|ladder| share_facts(ladder, 0, &argument.facts))?;
                let kind = ExprKind::Apply(ladder, Box::new(argument));
                Some(Expr { span, ty: Type::Measure(measure), kind, facts })
            }
            None => {
                let resolved::Schedule { steps, .. } = self.resolved.schedules.get(id.0)?;
                self.by_row(&schedule.rows, &argument, None, span, |at| steps.get(at).map(|step| &step.value))
            }
        }
    }

    /// What a named ladder is applied to: of its type, and covered by its rows.
    fn fitting(&mut self, id: ScheduleId, schedule: &Schedule, argument: Expr, span: Span) -> Option<Expr> {
        let unit = schedule.rows.unit;
        let wanted = Expr::constant(unit, BigRational::zero(), span);
        let fits = argument.ty == unit
            || (argument.ty == Type::Measure(Measure::RATIO) && matches!(unit, Type::RATE | Type::NUMBER));
        if !fits {
            let (written, wanted) = (self.name_of(argument.ty), self.name_of(wanted.ty));
            self.report(errors::ladder_argument(argument.span, &written, &wanted));
            return None;
        }
        let argument = Expr { ty: unit, ..argument };
        let name: &Name = &self.resolved.schedules.get(id.0)?.name;
        let mut is_fine = true;
        if !schedule.is_reported {
            let (rows, is_band) = (&schedule.rows, schedule.is_band);
            let subject = &argument;
            let covering = Covering { name: &name.text, rows, subject, base: None, is_band, is_named: true };
            is_fine = self.covers(&covering);
        }
        if let Some(Some(slot)) = self.schedules.get_mut(&id.0) {
            slot.is_applied = true;
            slot.is_reported |= !is_fine;
        }
        Some(argument)
    }

    /// Ladders that are applied to nothing are checked all the same, as far as that can be done.
    pub(super) fn unapplied_ladders(&mut self) {
        for (at, ladder) in self.resolved.schedules.iter().enumerate() {
            let Some(schedule) = self.schedule(ScheduleId(at)) else { continue };
            if !schedule.is_applied {
                let subject = Expr::constant(schedule.rows.unit, BigRational::zero(), ladder.name.span);
                let (rows, is_band) = (&schedule.rows, schedule.is_band);
                let name = &ladder.name.text;
                self.covers_itself(&Covering { name, rows, subject: &subject, base: None, is_band, is_named: true });
            }
        }
    }

    /// `row of ladder(amount)`
    pub(super) fn row_of_schedule(&mut self, id: ScheduleId, argument: &resolved::Expr, span: Span) -> Option<Expr> {
        let argument = self.expr(argument)?;
        let schedule = self.schedule(id)?;
        let argument = self.fitting(id, &schedule, argument, span)?;
        self.row_reached(&schedule.rows, &argument, None, schedule.is_band, span)
    }

    /// `row of SUBJECT`
    pub(super) fn row_of_ladder(&mut self, id: LadderId, span: Span) -> Option<Expr> {
        let rows = self.ladder_rows(id)?;
        let ladder = self.resolved.ladders.get(id.0)?;
        let subject = self.subject_expr(ladder.subject?, span)?;
        let base = self.ladder_base(ladder)?;
        self.row_reached(&rows, &subject, base.as_ref(), ladder.is_band, span)
    }

    /// The row that a subject lies in, as a value of an enum of the rows' bounds.
    fn row_reached(
        &mut self,
        rows: &Rows,
        subject: &Expr,
        base: Option<&Expr>,
        is_band: bool,
        span: Span,
    ) -> Option<Expr> {
        let mut names: Vec<Text> = Vec::new();
        let mut cases = Vec::new();
        let mut notes = Vec::new();
        for (at, version) in rows.versions.iter().enumerate() {
            let in_version = self.in_version(rows, at, span);
            for row in &version.rows {
                let name = row.text(rows.unit, is_band);
                notes.push(noted(row, name.clone(), version.from));
                let place = names.iter().position(|known| *known == name).unwrap_or_else(|| {
                    names.push(name);
                    names.len() - 1
                });
                let in_row = row.holds(subject, base, rows.unit);
                let condition = match &in_version {
                    // The row is what decides; that it is of this version goes without saying.
                    Some(in_version) => Expr { span: in_row.span, ..in_version.clone().and(in_row) },
                    None => in_row,
                };
                cases.push((condition, place, row.span));
            }
        }
        if names.len() > MAX_ROW_NAMES {
            self.report(errors::too_many_row_names(span, MAX_ROW_NAMES));
            return None;
        }
        let ty = Type::Enum(self.row_enum(names));
        let mut cases: Vec<(Expr, Expr)> = cases
            .into_iter()
            .map(|(condition, place, row)| (condition, Expr::ordinal(ty, i64::try_from(place).unwrap_or(0), row)))
            .collect();
        let (_, last) = cases.pop()?;
        let chosen = Expr::cases(cases, last, span);
        self.note_choice(&chosen, (Some(subject), base), notes);
        Some(chosen)
    }

    fn row_enum(&mut self, names: Vec<Text>) -> EnumId {
        let lang = self.program.lang;
        let is_same = |one: &Enum| one.name.is_empty() && one.values.iter().map(|value| &value.label).eq(names.iter());
        let known = self.program.enums.iter().position(is_same);
        let at = known.unwrap_or_else(|| {
            let value = |label: Text| EnumValue { name: label.get(lang).to_owned(), label };
            let values = names.into_iter().map(value).collect();
            self.program.enums.push(Enum { name: String::new(), values });
            self.program.enums.len() - 1
        });
        EnumId(at)
    }

    /// Whether a value is part of what a ladder divides.
    pub(super) fn is_part_of_a_whole(&self, body: &resolved::ValueBody) -> bool {
        let resolved::ValueBody::Share(ladder) = body else { return false };
        self.resolved.ladders.get(ladder.0).is_some_and(|ladder| ladder.columns.len() > 1)
    }
}

/// What a row is as an alternative.
fn noted(row: &Row, label: Text, from: Option<i32>) -> Alternative {
    Alternative { label, from, row: Some(row.span), ..Alternative::new(Role::Row) }
}

/// Whether no bound of a ladder has a unit.
fn has_bare_bounds(ladder: &resolved::Ladder) -> bool {
    use fen_grammar::tree::LiteralKind;
    let bounds = ladder.rows.iter().flat_map(|row| [&row.bounds.low, &row.bounds.high]).flatten();
    let is_bare = |kind: &LiteralKind| matches!(kind, LiteralKind::Quantity(quantity) if quantity.unit.is_none());
    bounds.map(|bound| &bound.kind).all(is_bare)
}

/// What a share of an amount measures: a part of it, unless the share has a unit of its own. A part of a bare number is
/// one too, so that the parts of a whole can be added up again.
fn part_of(subject: Measure, share: Measure) -> Option<Measure> {
    if share == Measure::RATE { Some(subject) } else { subject.times(share) }
}

/// The tiers by date; `shares` gives those of a row by its place in the source.
fn tier_versions(rows: &Rows, shares: impl Fn(usize) -> Vec<BigRational>) -> Vec<LadderVersion> {
    let versions = rows.versions.iter().map(|version| LadderVersion {
        from: version.from,
        rows: version
            .rows
            .iter()
            .map(|row| program::Row { low: row.low.clone(), high: row.high.clone(), shares: shares(row.at) })
            .collect(),
    });
    versions.collect()
}
