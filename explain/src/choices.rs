//! Choices: the alternative that was taken, and why the others were not.

use fen_schema::trace::{Branch, Node, Point};
use num_traits::ToPrimitive;

use crate::node::{NodeForm, Passed, State};
use crate::numbers::is_true;
use crate::walk::Walk;

impl Walk<'_> {
    pub(crate) fn choice(
        &mut self,
        phase: usize,
        taken: &Point,
        (subject, base): (Option<&Node>, Option<&Node>),
        branches: &[Branch],
    ) -> NodeForm {
        let taken = self.value(phase, taken).and_then(|taken| taken.to_integer().to_usize()).unwrap_or(0);
        let Some(branch) = branches.get(taken) else { return NodeForm::Constant { citations: Vec::new() } };
        let mut passed = Vec::new();
        // Rows of other versions have nothing to do with the claim.
        let is_told = |other: &Branch| other.role != "value" && (other.role != "row" || other.from == branch.from);
        let others = branches.iter().enumerate().filter(|(at, other)| *at != taken && self.all && is_told(other));
        for (at, other) in others.collect::<Vec<_>>() {
            passed.push(self.passed(phase, other, branch, at < taken));
        }
        let target = branches.iter().find(|other| other.role == "met").filter(|_| branch.role == "missed");
        let when = branch.when.as_ref().or_else(|| target?.when.as_ref());
        let mut told = |node: Option<&Node>| node.map(|node| Box::new(self.node(phase, node)));
        let (subject, base, when) = (told(subject), told(base), told(when));
        NodeForm::Choice {
            role: branch.role.clone(),
            label: branch.label.clone(),
            from: branch.from.clone(),
            citations: self.clauses(&branch.citations),
            subject,
            base,
            when,
            then: Box::new(self.node(phase, &branch.then)),
            passed,
        }
    }

    /// An alternative that was not taken. Of cases, what stands behind the one that was taken was not asked for; exceptions
    /// have no order.
    fn passed(&mut self, phase: usize, branch: &Branch, taken: &Branch, is_before: bool) -> Passed {
        let is_exception = branch.role == "exception";
        let asked = branch.when.as_ref().filter(|_| is_before || is_exception);
        let is_so = asked.map(|when| is_true(self.value(phase, &when.at).as_ref()));
        let state = match (branch.role.as_str(), is_so) {
            ("row", _) => State::Elsewhere,
            (_, Some(false)) => State::False,
            ("exception", _) => State::Overridden,
            ("rule", _) if taken.role == "exception" => State::Replaced,
            _ => State::NotReached,
        };
        // A verdict is its own value.
        let is_verdict = matches!(branch.role.as_str(), "met" | "missed" | "not_applicable");
        Passed {
            role: branch.role.clone(),
            label: branch.label.clone(),
            from: branch.from.clone(),
            citations: self.clauses(&branch.citations),
            condition: branch.when.as_ref().map(|when| when.text.clone()).unwrap_or_default(),
            text: if is_verdict { String::new() } else { branch.then.text.clone() },
            state,
            when: asked.map(|when| Box::new(self.node(phase, when))),
        }
    }
}
