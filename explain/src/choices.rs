//! Choices: the alternative that was taken, and why the others were not.

use fen_schema::trace::{Branch, Point};
use num_traits::ToPrimitive;

use crate::model::{NodeForm, Passed, State};
use crate::numbers::is_true;
use crate::walk::Walk;

impl Walk<'_> {
    pub(crate) fn choice(&mut self, phase: usize, taken: &Point, branches: &[Branch]) -> NodeForm {
        let taken = self.value(phase, taken).and_then(|taken| taken.to_integer().to_usize()).unwrap_or(0);
        let Some(branch) = branches.get(taken) else { return NodeForm::Constant { citations: Vec::new() } };
        let mut passed = Vec::new();
        let others =
            branches.iter().enumerate().filter(|(at, other)| *at != taken && self.all && other.role != "value");
        for (at, other) in others.collect::<Vec<_>>() {
            passed.push(self.passed(phase, other, at < taken));
        }
        NodeForm::Choice {
            role: branch.role.clone(),
            label: branch.label.clone(),
            from: branch.from.clone(),
            citations: branch.clause.iter().map(|clause| self.clause(clause)).collect(),
            when: branch.when.as_ref().map(|when| Box::new(self.node(phase, when))),
            then: Box::new(self.node(phase, &branch.then)),
            passed,
        }
    }

    /// An alternative that was not taken; what stands behind the one that was taken was not asked for.
    fn passed(&mut self, phase: usize, branch: &Branch, is_before: bool) -> Passed {
        let asked = branch.when.as_ref().filter(|_| is_before);
        let is_false = asked.is_some_and(|when| !is_true(self.value(phase, &when.at).as_ref()));
        let state = match branch.role.as_str() {
            "row" => State::Elsewhere,
            _ if is_false => State::False,
            _ => State::NotReached,
        };
        Passed {
            role: branch.role.clone(),
            label: branch.label.clone(),
            from: branch.from.clone(),
            citations: branch.clause.iter().map(|clause| self.clause(clause)).collect(),
            condition: branch.when.as_ref().map(|when| when.text.clone()).unwrap_or_default(),
            text: branch.then.text.clone(),
            state,
            when: asked.map(|when| Box::new(self.node(phase, when))),
        }
    }
}
