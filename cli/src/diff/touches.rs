//! Which of the changed rules a claim reads: those that the output is computed from, on the claim's date, for the claim's
//! keys, as far as the claim's inputs tell.

use std::collections::HashSet;

use fen_compiler::{Change, Policy, RuleKind};

use super::book::Kept;
use super::outputs::Translation;

/// What is needed to tell.
pub(crate) struct Touches<'c> {
    changes: &'c [Change],
    policies: [&'c Policy; 2],
    names: &'c Translation,
    /// The new policy's name of the output.
    output: String,
    /// All that the output is computed from, in either policy.
    reads: HashSet<String>,
    dated_by: Option<String>,
}

impl<'c> Touches<'c> {
    pub(crate) fn new(
        changes: &'c [Change],
        policies: [&'c Policy; 2],
        names: &'c Translation,
        output: &str,
        dated_by: Option<String>,
    ) -> Self {
        let [old, new] = policies;
        let mut reads = new.reads(output);
        let old_output = names.old_of(output);
        reads.extend(old.reads(old_output).into_iter().map(|name| names.of(&name).to_owned()));
        Self { changes, policies, names, output: output.to_owned(), reads, dated_by }
    }

    pub(crate) fn changes(&self) -> &'c [Change] {
        self.changes
    }

    /// The output's name in a policy.
    pub(crate) fn output(&self, is_old: bool) -> &str {
        if is_old { self.names.old_of(&self.output) } else { &self.output }
    }

    /// What the new policy calls something.
    pub(crate) fn name<'n>(&'n self, name: &'n str, is_old: bool) -> &'n str {
        if is_old { self.names.of(name) } else { name }
    }

    /// The places of the changes that the claim reads.
    pub(crate) fn of(&self, claim: &Kept) -> Vec<usize> {
        let is_touched = |change: &Change| match change.kind {
            RuleKind::Setting | RuleKind::Enum | RuleKind::Invariant => false,
            RuleKind::Rounding => true,
            _ => self.reads.contains(&change.name) && self.has_keys(change, claim) && self.is_on_day(change, claim),
        };
        let changes = self.changes.iter().enumerate();
        changes.filter(|(_, change)| is_touched(change)).map(|(at, _)| at).collect()
    }

    /// The places of the changes that some names in an expression of a policy may read, whatever the claims.
    pub(crate) fn read_by(&self, expression: &str, is_old: bool) -> Vec<usize> {
        let [old, new] = self.policies;
        let policy = if is_old { old } else { new };
        let words = expression.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty());
        let reads: HashSet<String> = words.flat_map(|word| policy.reads(word)).collect();
        let reads: HashSet<&str> = reads.iter().map(|name| self.name(name, is_old)).collect();
        let is_read = |change: &Change| match change.kind {
            RuleKind::Setting | RuleKind::Enum | RuleKind::Invariant | RuleKind::Indicator => false,
            RuleKind::Rounding => true,
            _ => reads.contains(change.name.as_str()),
        };
        let changes = self.changes.iter().enumerate();
        changes.filter(|(_, change)| is_read(change)).map(|(at, _)| at).collect()
    }

    /// Whether a definition may read a ladder.
    pub(crate) fn is_ladder_of(&self, change: &Change, definition: &str, is_old: bool) -> bool {
        let [old, new] = self.policies;
        let policy = if is_old { old } else { new };
        policy.reads(definition).iter().any(|name| self.name(name, is_old) == change.name)
    }

    fn has_keys(&self, change: &Change, claim: &Kept) -> bool {
        // Ranges, and what is no row of the file, cannot be told apart here.
        let is_open = |key: &String| key.contains("..") || claim.inputs.is_empty();
        change.keys.iter().all(|key| is_open(key) || claim.inputs.iter().any(|(_, text)| text == key))
    }

    pub(crate) fn is_on_day(&self, change: &Change, claim: &Kept) -> bool {
        let day = self.dated_by.as_ref().and_then(|name| claim.inputs.iter().find(|(known, _)| known == name));
        let Some((_, day)) = day else { return true };
        let is_after = change.from.as_ref().is_none_or(|from| day >= from);
        is_after && change.to.as_ref().is_none_or(|to| day <= to)
    }
}
