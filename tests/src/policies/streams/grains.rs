//! What a value is given for, by the rules of `docs/language.md`.

use std::collections::BTreeSet;

pub(super) const YEAR: usize = 0;
pub(super) const MONTH: usize = 1;

/// Rows, or a group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Grain {
    pub(super) is_row: bool,
    pub(super) keys: BTreeSet<usize>,
    /// A year, a month, an insurance year.
    pub(super) period: Option<usize>,
}

impl Grain {
    pub(super) fn row() -> Self {
        Self { is_row: true, ..Self::default() }
    }

    pub(super) fn of(key: usize) -> Self {
        Self { keys: BTreeSet::from([key]), ..Self::default() }
    }
}

/// What a value depends on: the grain of what it takes from other claims, and columns.
#[derive(Clone, Debug, Default)]
pub(super) struct Spread {
    pub(super) fixed: Option<Grain>,
    pub(super) reads: BTreeSet<usize>,
}

impl Spread {
    pub(super) fn at(grain: Grain) -> Self {
        Self { fixed: Some(grain), ..Self::default() }
    }

    pub(super) fn column(at: usize) -> Self {
        Self { reads: BTreeSet::from([at]), ..Self::default() }
    }
}

/// How the grains of a policy belong together.
#[derive(Clone, Debug, Default)]
pub(super) struct Grains {
    /// By column: what it is declared to be the same for.
    pub(super) per: Vec<Option<Grain>>,
    pub(super) claim: Grain,
    pub(super) date: Option<usize>,
}

impl Grains {
    /// Whether all rows of a group have the same cell in a column.
    pub(super) fn determines(&self, grain: &Grain, column: usize) -> bool {
        if grain.is_row || grain.keys.contains(&column) {
            return true;
        }
        let per = self.per.get(column).and_then(Option::as_ref);
        per.is_some_and(|per| self.is_coarser(per, grain))
    }

    pub(super) fn is_coarser(&self, coarse: &Grain, fine: &Grain) -> bool {
        if coarse == fine || fine.is_row {
            return true;
        }
        let has_period = coarse.period.is_none()
            || coarse.period == fine.period
            || (fine.period == Some(MONTH) && coarse.period == Some(YEAR))
            || self.date.is_some_and(|date| self.determines(fine, date));
        !coarse.is_row && has_period && coarse.keys.iter().all(|key| self.determines(fine, *key))
    }

    pub(super) fn finest(&self, one: &Grain, other: &Grain) -> Grain {
        if self.is_coarser(one, other) {
            other.clone()
        } else if self.is_coarser(other, one) {
            one.clone()
        } else if self.is_coarser(one, &self.claim) && self.is_coarser(other, &self.claim) {
            self.claim.clone()
        } else {
            Grain::row()
        }
    }

    pub(super) fn join(&self, spread: &mut Spread, other: &Spread) {
        spread.fixed = match (&spread.fixed, &other.fixed) {
            (Some(one), Some(other)) => Some(self.finest(one, other)),
            (one, other) => one.clone().or_else(|| other.clone()),
        };
        spread.reads.extend(&other.reads);
    }

    /// The grain of a value.
    pub(super) fn of(&self, spread: &Spread) -> Grain {
        let own = |grain: &Grain| spread.reads.iter().all(|column| self.determines(grain, *column));
        let floating = if own(&self.claim) { self.claim.clone() } else { Grain::row() };
        // A column that is declared for a group has it for its grain.
        let declared = spread.reads.iter().filter_map(|column| self.per.get(*column).cloned().flatten());
        let grain = declared.chain(spread.fixed.clone()).reduce(|one, other| self.finest(&one, &other));
        match grain {
            Some(grain) if own(&grain) => grain,
            Some(grain) => self.finest(&grain, &floating),
            None => floating,
        }
    }

    /// Whether a value can be read at a grain.
    pub(super) fn fits(&self, spread: &Spread, grain: &Grain) -> bool {
        spread.fixed.as_ref().is_none_or(|fixed| self.is_coarser(fixed, grain))
            && spread.reads.iter().all(|column| self.determines(grain, *column))
    }
}
