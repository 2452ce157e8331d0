//! The clauses of rules, ladders and their rows.

use fen_grammar::source::Span;
use fen_schema::trace::TraceClause;

use crate::check::program::{Alternative, Citation, Program};
use crate::ids::LadderId;

/// The clauses that have been met; each once.
pub(super) struct Clauses<'a> {
    program: &'a Program,
    known: Vec<TraceClause>,
}

impl<'a> Clauses<'a> {
    pub(super) fn new(program: &'a Program) -> Self {
        Self { program, known: Vec::new() }
    }

    pub(super) fn into_list(self) -> Vec<TraceClause> {
        self.known
    }

    /// Those of a rule itself.
    pub(super) fn of_rule(&mut self, name: &str) -> Vec<u32> {
        self.places(self.program.clauses.rules.iter().filter(|citation| citation.rule == name))
    }

    /// Those that all rows of the ladder have in common which a row stands in.
    pub(super) fn of_ladder(&mut self, row: Span) -> Vec<u32> {
        let found = self.program.clauses.ladder_at(row);
        self.places(found.iter().flat_map(|(ladder, _)| &ladder.whole))
    }

    /// The same of a ladder of tiers.
    pub(super) fn of_tiers(&mut self, ladder: LadderId) -> Vec<u32> {
        let places = self.program.places.tiers.get(&ladder);
        let row = places.and_then(|versions| versions.iter().flatten().next()).map(|row| row.span);
        row.map(|row| self.of_ladder(row)).unwrap_or_default()
    }

    /// Those of a row of tiers, unless all rows have them in common.
    pub(super) fn of_tier(&mut self, ladder: LadderId, version: usize, row: usize) -> Vec<u32> {
        let places = self.program.places.tiers.get(&ladder);
        let row = places.and_then(|versions| versions.get(version)?.get(row)).map(|row| row.span);
        row.map(|row| self.of_row(row)).unwrap_or_default()
    }

    /// The clause of an alternative: the one it names, or that of the row that it is.
    pub(super) fn of_alternative(&mut self, alternative: &Alternative) -> Vec<u32> {
        if let Some(row) = alternative.row {
            return self.of_row(row);
        }
        let Some(clause) = &alternative.clause else { return Vec::new() };
        let known = self.program.citations.iter().filter(|citation| citation.clause == *clause);
        let known = known.max_by_key(|citation| citation.text.is_some());
        let unknown = Citation { rule: String::new(), clause: clause.clone(), text: None };
        self.places([known.unwrap_or(&unknown)])
    }

    fn of_row(&mut self, row: Span) -> Vec<u32> {
        let found = self.program.clauses.ladder_at(row);
        let own = found.and_then(|(ladder, place)| ladder.rows.get(place)?.1.as_ref());
        self.places(own)
    }

    fn places<'c>(&mut self, citations: impl IntoIterator<Item = &'c Citation>) -> Vec<u32> {
        let mut places = Vec::new();
        for Citation { clause, text, .. } in citations {
            let clause = TraceClause { clause: clause.clone(), text: text.clone() };
            let known = self.known.iter().position(|known| *known == clause);
            let place = known.unwrap_or_else(|| {
                self.known.push(clause);
                self.known.len() - 1
            });
            places.push(super::number(place));
        }
        places
    }
}
