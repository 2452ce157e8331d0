//! Ladders of tiers: every slice of an amount takes its own row.

use num_rational::BigRational;
use num_traits::{One, Zero};

use super::{Evaluated, Settled, both, claim_date};
use crate::check::program::{Ladder, LadderVersion};
use crate::ids::LadderId;

impl Settled<'_> {
    /// The amount that a ladder divides.
    pub(crate) fn subject(&self, ladder: LadderId) -> Evaluated {
        match self.program.ladder(ladder).and_then(|ladder| ladder.subject) {
            Some(subject) => self.symbol(subject),
            None => Ok(BigRational::zero()),
        }
    }

    /// Every row's slice of an amount times what the row gives the column.
    pub(super) fn slices(&self, ladder: LadderId, column: usize, amount: Evaluated) -> Evaluated {
        let Some(ladder) = self.program.ladder(ladder) else { return Ok(BigRational::zero()) };
        let base = ladder.base.as_ref().map_or_else(|| Ok(BigRational::one()), |base| self.expr(base));
        let (amount, base) = both(amount, base)?;
        let mut sum = BigRational::zero();
        let version = ladder.versions.get(self.version(ladder));
        for row in version.map(|version| version.rows.as_slice()).unwrap_or_default() {
            let low = row.low.as_ref().map(|low| low * &base);
            let high = row.high.as_ref().map(|high| high * &base);
            // The part of the way from nothing to the amount that lies in this row.
            let slice =
                clamp(&amount, low.as_ref(), high.as_ref()) - clamp(&BigRational::zero(), low.as_ref(), high.as_ref());
            sum += slice * row.shares.get(column).cloned().unwrap_or_else(BigRational::zero);
        }
        Ok(sum)
    }

    /// The place of the last version from the claim's date or before; of the first one if there is none.
    pub(crate) fn version(&self, ladder: &Ladder) -> usize {
        let date = claim_date(self.program, self.claim);
        let applies = |version: &LadderVersion| match (version.from, date) {
            (Some(from), Some(date)) => from <= date,
            _ => true,
        };
        ladder.versions.iter().rposition(applies).unwrap_or(0)
    }
}

fn clamp(value: &BigRational, low: Option<&BigRational>, high: Option<&BigRational>) -> BigRational {
    let raised = low.map_or(value, |low| low.max(value));
    high.map_or(raised, |high| high.min(raised)).clone()
}
