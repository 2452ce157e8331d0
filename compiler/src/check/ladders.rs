//! Ladders: bounds and shares of every row, and whether the rows cover the subject's range once.

use fen_grammar::diagnostic::Text;
use fen_grammar::source::Span;
use fen_grammar::tree::{Quantity, Unit};
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};

use super::Checker;
use super::ladder_errors::{
    BoundUnit, BoundsBackwards, BoundsEmpty, Gap, NegativeBase, OpenEnd, Overlap, ShareOutside, ShareUnit, SharesSum,
    Undecided,
};
use super::program::{Ladder, Row};
use super::types::{Facts, Grid, Type};
use crate::resolve::program::{self as resolved, LadderId, Symbol};
use crate::witness::{Region, Search, Target, Witness};

/// Gaps and overlaps of one ladder that are looked into; more of them are no news.
const MAX_PROBLEMS: usize = 20;

/// What stands for a ladder until it is checked.
pub(super) fn placeholder(ladder: &resolved::Ladder) -> Ladder {
    let subject = ladder.subject.unwrap_or(Symbol::Input(resolved::InputId(usize::MAX)));
    Ladder { subject, base: None, rows: Vec::new(), columns: ladder.columns.clone() }
}

/// Range and grid of what a column of a ladder gets, before rounding.
pub(super) fn share_facts(ladder: &Ladder, column: usize, subject: &Facts) -> Facts {
    let zero = BigRational::zero();
    let rates: Vec<&BigRational> = ladder.rows.iter().filter_map(|row| row.shares.get(column)).collect();
    let most = rates.iter().copied().max().unwrap_or(&zero).max(&zero);
    let least = rates.iter().copied().min().unwrap_or(&zero).min(&zero);
    // The share lies between `least` and `most` of the subject, on whichever side of zero that is.
    let corners =
        [&subject.low * most, &subject.low * least, &subject.high * most, &subject.high * least, zero.clone()];
    let (low, high) = (corners.iter().min().unwrap_or(&zero), corners.iter().max().unwrap_or(&zero));
    let mut grid = Grid(None);
    let base = ladder.base.as_ref().map_or_else(|| Grid(Some(BigRational::one())), |base| base.facts.grid.clone());
    for row in &ladder.rows {
        let Some(share) = row.shares.get(column).filter(|share| !share.is_zero()) else { continue };
        let share = Grid(Some(share.abs()));
        grid = grid.join(&subject.grid.times(&share));
        for bound in [&row.low, &row.high].into_iter().flatten() {
            grid = grid.join(&Facts::constant(bound).grid.times(&base).times(&share));
        }
    }
    Facts { low: low.clone(), high: high.clone(), grid }
}

impl Checker<'_> {
    /// Checks a ladder's rows once; whether they can be used.
    pub(super) fn ladder(&mut self, id: LadderId) -> bool {
        if let Some(known) = self.ladder_is_sound.get(id.0).copied().flatten() {
            return known;
        }
        let checked = self.resolved.ladders.get(id.0).and_then(|ladder| self.rows(ladder));
        let sound = checked.is_some();
        if let (Some(ladder), Some(slot)) = (checked, self.program.ladders.get_mut(id.0)) {
            *slot = ladder;
        }
        if let Some(slot) = self.ladder_is_sound.get_mut(id.0) {
            *slot = Some(sound);
        }
        sound
    }

    fn rows(&mut self, ladder: &resolved::Ladder) -> Option<Ladder> {
        let subject = ladder.subject?;
        let (ty, _) = self.symbol_facts(subject)?;
        let base = match subject {
            Symbol::Value(id) => {
                let declared = self.resolved.values.get(id.0).is_some_and(|value| value.share_of.is_some());
                let base = self.bases.get(&id).cloned();
                if declared && base.is_none() {
                    return None;
                }
                base
            }
            Symbol::Input(_) => None,
        };
        let unit = if base.is_some() { Type::Rate } else { ty };
        let mut rows: Vec<Row> = Vec::new();
        let mut sound = true;
        for row in &ladder.rows {
            match self.row(ladder, row, unit, base.is_some()) {
                Some(checked) => rows.push(checked),
                None => sound = false,
            }
        }
        rows.sort_by(|left, right| left.low.cmp(&right.low).then_with(|| left.high.cmp(&right.high)));
        sound.then(|| Ladder { subject, base, rows, columns: ladder.columns.clone() })
    }

    fn row(&mut self, ladder: &resolved::Ladder, row: &resolved::Row, unit: Type, has_base: bool) -> Option<Row> {
        let low = self.bound(ladder, row.low.as_ref(), row.high.as_ref(), unit, has_base);
        let high = self.bound(ladder, row.high.as_ref(), row.low.as_ref(), unit, has_base);
        let shares = self.row_shares(ladder, row);
        let (low, high, shares) = (low?, high?, shares?);
        if let (Some(low), Some(high)) = (&low, &high) {
            if high < low {
                self.report(BoundsBackwards { span: row.bounds });
                return None;
            }
            if high == low {
                self.report(BoundsEmpty { span: row.bounds });
                return None;
            }
        }
        Some(Row { low, high, shares, bounds: row.bounds })
    }

    /// One bound; a bare number takes the unit of the other. The outer `None` is an error, the inner an open end.
    #[expect(clippy::option_option, reason = "an error and an open end are different things")]
    fn bound(
        &mut self,
        ladder: &resolved::Ladder,
        bound: Option<&Quantity>,
        other: Option<&Quantity>,
        unit: Type,
        has_base: bool,
    ) -> Option<Option<BigRational>> {
        let Some(bound) = bound else { return Some(None) };
        let (written, value) = match other {
            Some(other) if bound.unit == Unit::None => (other.unit, &bound.value * &other.scale),
            _ => (bound.unit, bound.value.clone()),
        };
        if Type::of(written) == unit {
            return Some(Some(value));
        }
        let (span, subject, name) = (bound.span, unit.name(), ladder.name.text.clone());
        self.report(BoundUnit { span, name, written: Type::of(written), unit: subject, has_base });
        None
    }

    /// The shares of a row by column; in a ladder that splits they are parts of a whole.
    fn row_shares(&mut self, ladder: &resolved::Ladder, row: &resolved::Row) -> Option<Vec<BigRational>> {
        let mut shares = vec![BigRational::zero(); ladder.columns.len()];
        let mut sound = true;
        for (value, share) in &row.shares {
            let Some(column) = ladder.columns.iter().position(|column| column == value) else { continue };
            if share.unit != Unit::Percent {
                self.report(ShareUnit { span: share.span });
                sound = false;
            } else if ladder.columns.len() > 1 && (share.value.is_negative() || share.value > BigRational::one()) {
                self.report(ShareOutside { span: share.span });
                sound = false;
            }
            if let Some(slot) = shares.get_mut(column) {
                slot.clone_from(&share.value);
            }
        }
        sound.then_some(shares)
    }

    /// Whether the rows of every sound ladder cover its subject's range once and give all of it away.
    pub(super) fn coverage(&mut self) {
        for (at, ladder) in self.resolved.ladders.iter().enumerate() {
            if !self.ladder(LadderId(at)) {
                continue;
            }
            // What a claim would show of values with errors may not be true.
            let is_sound = ladder.subject.is_some_and(|subject| !self.is_suspect(subject));
            if is_sound && ladder.is_whole {
                self.base_sign(ladder, LadderId(at));
                self.rows_cover_once(ladder, LadderId(at));
            }
            self.shares_add_up(ladder, LadderId(at), is_sound);
        }
    }

    fn search(&self, id: LadderId, region: &Region) -> Witness {
        let Some(ladder) = self.program.ladder(id) else { return Witness::Undecided };
        Search::new(&self.program).find_slice(ladder.subject, ladder.base.as_ref(), region)
    }

    fn base_sign(&mut self, ladder: &resolved::Ladder, id: LadderId) {
        let Some(base) = self.program.ladder(id).and_then(|ladder| ladder.base.as_ref()) else { return };
        if !base.facts.low.is_negative() {
            return;
        }
        let span = base.span;
        let found = Search::new(&self.program).find(&Target::Negative(base));
        if let Some(claim) = self.claim(&found) {
            self.report(NegativeBase { span, name: ladder.name.text.clone(), claim });
        }
    }

    /// What a finding says of a claim: `None` if there is none, an empty text if it could not be decided.
    fn claim(&self, found: &Witness) -> Option<Option<Text>> {
        match found {
            Witness::Claim(claim) => Some(Some(super::show_claim(&self.program, claim))),
            Witness::Impossible => None,
            Witness::Undecided => Some(None),
        }
    }

    fn rows_cover_once(&mut self, ladder: &resolved::Ladder, id: LadderId) {
        let Some(checked) = self.program.ladder(id) else { return };
        let unit = if checked.base.is_some() {
            Type::Rate
        } else {
            self.symbol_facts(checked.subject).map_or(Type::Money, |(ty, _)| ty)
        };
        let name = ladder.name.text.clone();
        let rows = checked.rows.clone();
        let Some(first) = rows.first() else { return };
        let mut problems: Vec<(Kind, Region, Span, Span)> = Vec::new();
        if let Some(low) = &first.low {
            problems.push((Kind::Below, Region::below(low.clone()), first.bounds, first.bounds));
        }
        // The row reaching highest so far.
        let (mut top, mut top_span) = (first.high.clone(), first.bounds);
        for row in rows.iter().skip(1) {
            let span = row.bounds;
            match (&top, &row.low) {
                (Some(top), Some(low)) if top < low => {
                    problems.push((Kind::Gap, Region::between(Some(top.clone()), Some(low.clone())), span, top_span));
                }
                (Some(top), Some(low)) if top == low => {}
                _ => {
                    let until = match (&top, &row.high) {
                        (Some(top), Some(high)) => Some(top.min(high).clone()),
                        (top, high) => top.clone().or_else(|| high.clone()),
                    };
                    problems.push((Kind::Overlap, Region::between(row.low.clone(), until), span, top_span));
                }
            }
            if top.as_ref().is_some_and(|top| row.high.as_ref().is_none_or(|high| high > top)) {
                (top, top_span) = (row.high.clone(), span);
            }
        }
        if let Some(top) = top {
            problems.push((Kind::Above, Region::between(Some(top), None), top_span, top_span));
        }
        for (kind, region, span, other) in problems.into_iter().take(MAX_PROBLEMS) {
            let found = self.search(id, &region);
            let Some(claim) = self.claim(&found) else { continue };
            let name = name.clone();
            match (kind, claim) {
                (_, None) => self.report(Undecided { span, name, region: region.show(unit) }),
                (Kind::Gap, Some(claim)) => self.report(Gap {
                    span,
                    below: other,
                    name,
                    region: region.show(unit),
                    row: region.row(unit),
                    claim,
                }),
                (Kind::Overlap, Some(claim)) => {
                    self.report(Overlap { span, other, name, region: region.show(unit), claim })
                }
                (Kind::Below | Kind::Above, Some(claim)) => {
                    let (region, row) = (region.show(unit), region.row(unit));
                    self.report(OpenEnd { span, name, region, row, is_top: kind == Kind::Above, claim });
                }
            }
        }
    }

    fn shares_add_up(&mut self, ladder: &resolved::Ladder, id: LadderId, is_sound: bool) {
        if ladder.columns.len() < 2 || ladder.has_double_share {
            return;
        }
        let rows = self.program.ladder(id).map(|ladder| ladder.rows.clone()).unwrap_or_default();
        for row in rows {
            let sum = row.shares.iter().fold(BigRational::zero(), |sum, share| sum + share);
            if sum.is_one() {
                continue;
            }
            let found =
                if is_sound { self.search(id, &Region::between(row.low, row.high)) } else { Witness::Undecided };
            let claim = self.claim(&found).flatten();
            let missing = ladder.columns.iter().zip(&row.shares).filter(|(_, share)| share.is_zero());
            let missing =
                missing.filter_map(|(id, _)| self.program.value(*id)).map(|value| value.name.clone()).collect();
            self.report(SharesSum { bounds: row.bounds, sum, missing, claim });
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Below,
    Gap,
    Overlap,
    Above,
}
