//! Questions to the solver: whether a claim can come to something that must not be.

use fen_grammar::diagnostic::Text;

use super::program::{Expr, ExprKind};
use super::{Checker, show_claim};
use crate::witness::{self, Witness};

/// What was found: nothing if there is no such claim; else the claim in words, or that it could not be decided.
pub(super) type Finding = Option<Option<Text>>;

impl Checker<'_> {
    /// Whether a claim can come to where we are with `bad` being true. What a claim would show of values with errors may
    /// not be true, so that nothing is found there.
    pub(super) fn find(&self, bad: Expr) -> Finding {
        self.find_clear(&bad, &[])
    }

    /// The same; of several claims rather one for which the wishes hold.
    pub(super) fn find_clear(&self, bad: &Expr, wishes: &[Expr]) -> Finding {
        match self.witness(bad, wishes)? {
            Witness::Impossible => None,
            Witness::Claim(claim) => {
                let goals: Vec<&Expr> = self.path.iter().chain([bad]).collect();
                Some(Some(show_claim(&self.program, &claim, &goals)))
            }
            Witness::Undecided => Some(None),
        }
    }

    /// What the solver says; `None` where a mistake may be behind the question.
    pub(super) fn witness(&self, bad: &Expr, wishes: &[Expr]) -> Option<Witness> {
        if self.is_estimating {
            return None;
        }
        let goals: Vec<&Expr> = self.path.iter().chain([bad]).collect();
        goals.iter().all(|goal| self.is_sound(goal)).then(|| witness::find(&self.program, &goals, wishes))
    }

    /// Whether it is proven that no claim comes to where we are and meets a condition. What a proof would build on must be
    /// without errors.
    pub(super) fn never(&self, condition: &Expr) -> bool {
        let goals: Vec<&Expr> = self.path.iter().chain([condition]).collect();
        !self.is_estimating && goals.iter().all(|goal| self.is_sound(goal)) && witness::excludes(&self.program, &goals)
    }

    /// Whether the path says so in as many words.
    pub(super) fn path_says(&self, condition: &ExprKind) -> bool {
        fn says(known: &Expr, condition: &ExprKind) -> bool {
            match &known.kind {
                ExprKind::And(left, right) => says(left, condition) || says(right, condition),
                kind => kind == condition,
            }
        }
        self.path.iter().any(|known| says(known, condition))
    }

    /// Does something where a condition is known to hold.
    pub(super) fn under<T>(&mut self, condition: Expr, work: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(condition);
        let result = work(self);
        self.path.pop();
        result
    }
}
