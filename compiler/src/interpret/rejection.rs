//! Why rows are rejected.

use fen_schema::RejectCode;

use crate::check::program::Program;
use crate::ids::{InputId, SiteId, SplitId};

/// Why a claim is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rejection {
    /// The input is less than its least admitted value.
    BelowMin(InputId),
    /// The input is greater than its greatest admitted value.
    AboveMax(InputId),
    /// The input is none of the values of its type.
    UnknownValue(InputId),
    /// The date that the policy goes by is before the period in force.
    BeforeInForce,
    /// The date that the policy goes by is after the period in force.
    AfterInForce,
    /// A look-up that the claim needs finds no row.
    UnknownCode(SiteId),
    /// The input is not the same in all rows of its group.
    Differs(InputId),
    /// Another line of the claim is rejected.
    ClaimRejected,
    /// A part of a split is read that could not be given: all weights are zero, the amount is not.
    NoWeights(SplitId),
    /// An earlier settled claim has the same id.
    DuplicateClaim,
    /// No earlier settled claim has the id that is to be taken back.
    UnknownClaim,
    /// The claim was taken back already.
    AlreadyReversed,
}

impl Rejection {
    /// Its code, and the name of the column at fault.
    pub(crate) fn named(self, program: &Program) -> (RejectCode, String) {
        let input = |id: InputId| program.input(id).map(|input| input.name.clone()).unwrap_or_default();
        let first = |id: Option<InputId>| id.map(input).unwrap_or_default();
        match self {
            Self::BelowMin(id) => (RejectCode::BelowMin, input(id)),
            Self::AboveMax(id) => (RejectCode::AboveMax, input(id)),
            Self::UnknownValue(id) => (RejectCode::UnknownValue, input(id)),
            Self::BeforeInForce => (RejectCode::BeforeInForce, first(program.dated_by)),
            Self::AfterInForce => (RejectCode::AfterInForce, first(program.dated_by)),
            Self::UnknownCode(site) => {
                (RejectCode::UnknownCode, first(program.sites.get(site.0).map(|site| site.input)))
            }
            Self::Differs(id) => (RejectCode::Differs, input(id)),
            Self::ClaimRejected => {
                let claim = program.grain(program.claim);
                (RejectCode::ClaimRejected, first(claim.and_then(|claim| claim.keys.first().copied())))
            }
            Self::NoWeights(id) => {
                let split = program.splits.get(id.0);
                (RejectCode::NoWeights, split.map(|split| split.name.clone()).unwrap_or_default())
            }
            Self::DuplicateClaim => (RejectCode::DuplicateClaim, first(program.reversal.map(|one| one.claim))),
            Self::UnknownClaim => (RejectCode::UnknownClaim, first(program.reversal.map(|one| one.reverses))),
            Self::AlreadyReversed => (RejectCode::AlreadyReversed, first(program.reversal.map(|one| one.reverses))),
        }
    }
}
