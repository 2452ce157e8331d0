//! Which of the changed rules a claim touches: those that the output is computed from, on the claim's date, for the claim's
//! keys, as far as the claim's inputs tell.

use std::collections::HashSet;

use fen_compiler::{Change, Policy, RuleKind};

use super::book::Kept;
use super::outputs::Translation;

/// What is needed to tell.
pub(crate) struct Touches<'c> {
    changes: &'c [Change],
    /// All that the output is computed from, in either policy.
    reads: HashSet<String>,
    dated_by: Option<String>,
}

impl<'c> Touches<'c> {
    pub(crate) fn new(
        changes: &'c [Change],
        [old, new]: [&Policy; 2],
        names: &Translation,
        output: &str,
        dated_by: Option<String>,
    ) -> Self {
        let mut reads = new.reads(output);
        let old_output = names.old_of(output);
        reads.extend(old.reads(old_output).into_iter().map(|name| names.of(&name).to_owned()));
        Self { changes, reads, dated_by }
    }

    /// The places of the changes that the claim touches.
    pub(crate) fn of(&self, claim: &Kept) -> Vec<usize> {
        let is_touched = |change: &Change| match change.kind {
            RuleKind::Setting | RuleKind::Enum | RuleKind::Invariant => false,
            RuleKind::Rounding => true,
            _ => self.reads.contains(&change.name) && self.has_keys(change, claim) && self.is_on_day(change, claim),
        };
        let changes = self.changes.iter().enumerate();
        changes.filter(|(_, change)| is_touched(change)).map(|(at, _)| at).collect()
    }

    fn has_keys(&self, change: &Change, claim: &Kept) -> bool {
        // Ranges, and what is no row of the file, cannot be told apart here.
        let is_open = |key: &String| key.contains("..") || claim.inputs.is_empty();
        change.keys.iter().all(|key| is_open(key) || claim.inputs.iter().any(|(_, text)| text == key))
    }

    fn is_on_day(&self, change: &Change, claim: &Kept) -> bool {
        let day = self.dated_by.as_ref().and_then(|name| claim.inputs.iter().find(|(known, _)| known == name));
        let Some((_, day)) = day else { return true };
        let is_after = change.from.as_ref().is_none_or(|from| day >= from);
        is_after && change.to.as_ref().is_none_or(|to| day <= to)
    }
}
