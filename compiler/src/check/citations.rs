//! Which clause each rule implements: what `cite` names, and what the source quotes above the rule.

use fen_grammar::literate::Clause;
use fen_grammar::source::{Sources, Span};
use fen_grammar::tree::{Name, Quoted};

use super::program::{Citation, Clauses, LadderClauses};
use crate::resolve::program::{self as resolved, ValueBody};

/// The citations of all rules, without repetition.
pub(super) fn citations(resolved: &resolved::Program, sources: &Sources) -> Vec<Citation> {
    let mut finder = Finder::new(resolved, sources);
    finder.rules(resolved, true);
    finder.found
}

/// The same, told apart for explanations: rules, the ladders on what they name, and the rows of these.
pub(super) fn clauses(resolved: &resolved::Program, sources: &Sources) -> Clauses {
    let finder = || Finder::new(resolved, sources);
    let mut rules = finder();
    rules.rules(resolved, false);
    let ladders = resolved.ladders.iter().map(|ladder| {
        let cites = cites_of_rows(ladder);
        let rows: Vec<_> =
            ladder.rows.iter().zip(cites).map(|(row, cite)| (row.span, finder().row(row.span, cite))).collect();
        let mut whole = finder();
        whole.ladder(ladder);
        let own = |(_, clause): &(Span, Option<Citation>)| clause.clone();
        // What all rows have in common is said once.
        let is_one = rows.first().is_none_or(|first| rows.iter().all(|row| own(row) == own(first)));
        match is_one {
            true => {
                LadderClauses { whole: whole.found, rows: rows.into_iter().map(|(span, _)| (span, None)).collect() }
            }
            false => LadderClauses { whole: Vec::new(), rows },
        }
    });
    let schedules = resolved.schedules.iter().map(|schedule| {
        let mut whole = finder();
        whole.rule((schedule.name.text.clone(), schedule.name.span), schedule.cite.as_ref());
        let rows = schedule.steps.iter().map(|step| (step.bounds.span, None));
        LadderClauses { whole: whole.found, rows: rows.collect() }
    });
    let ladders = ladders.chain(schedules).collect();
    Clauses { rules: rules.found, ladders }
}

/// What each row of a ladder cites. A clause under one row only is that of the whole ladder; of several each is that of the row
/// it stands under, and of those above that have none.
fn cites_of_rows(ladder: &resolved::Ladder) -> Vec<Option<&Quoted>> {
    let cited = ladder.rows.iter().filter(|row| row.cite.is_some()).count();
    let mut next = ladder.cite.as_ref();
    let mut cites: Vec<Option<&Quoted>> = Vec::new();
    for row in ladder.rows.iter().rev() {
        next = row.cite.as_ref().filter(|_| cited > 1).or(next);
        cites.push(next);
    }
    cites.reverse();
    cites
}

/// The clauses of a rule's cases and exceptions.
fn cites_of_alternatives(value: &resolved::Value) -> impl Iterator<Item = &Quoted> {
    let cases: Vec<&resolved::Case> = match &value.body {
        ValueBody::Cases(cases, otherwise) => cases.iter().chain(otherwise.as_deref()).collect(),
        _ => Vec::new(),
    };
    let exceptions = value.exceptions.iter().filter_map(|exception| exception.cite.as_ref());
    cases.into_iter().filter_map(|case| case.cite.as_ref()).chain(exceptions)
}

struct Finder<'a> {
    sources: &'a Sources,
    /// The document that the policy implements.
    document: Option<&'a str>,
    found: Vec<Citation>,
}

impl<'a> Finder<'a> {
    fn new(resolved: &'a resolved::Program, sources: &'a Sources) -> Self {
        Self { sources, document: resolved.header.source.as_deref(), found: Vec::new() }
    }

    /// Whether a citation gives the number of another document, such as 医保发〔2020〕26号: what is quoted here is not its text.
    fn is_of_another(&self, cite: &Quoted) -> bool {
        cite.text.contains('〔') && self.document.is_none_or(|own| !cite.text.contains(own))
    }

    /// All rules; with their alternatives and the ladders on them, if wanted.
    fn rules(&mut self, resolved: &resolved::Program, with_parts: bool) {
        let named = |name: &Name| (name.text.clone(), name.span);
        for input in &resolved.inputs {
            self.rule(named(&input.name), input.cite.as_ref());
        }
        for param in &resolved.params {
            self.rule(named(&param.name), param.cite.as_ref());
        }
        for value in &resolved.values {
            // What a ladder or a split yields, and what comes of earlier claims, is cited by the rule that yields it.
            let is_own = matches!(value.body, ValueBody::Expr(_) | ValueBody::Cases(..));
            // A rule without a clause of its own has the first one of its parts.
            let is_of_part = |cite: &&Quoted| cites_of_alternatives(value).any(|part| part.span == cite.span);
            let cite = value.cite.as_ref().filter(|cite| with_parts || !is_of_part(cite));
            if is_own || cite.is_some() {
                self.rule(named(&value.name), cite);
            }
            for cite in cites_of_alternatives(value).filter(|_| with_parts) {
                self.rule(named(&value.name), Some(cite));
            }
        }
        for running in &resolved.runnings {
            self.rule(named(&running.name), running.cite.as_ref());
        }
        for link in &resolved.links {
            self.rule(named(&link.name), None);
        }
        for split in &resolved.splits {
            self.rule(named(&split.name), split.cite.as_ref());
        }
        for ladder in resolved.ladders.iter().filter(|_| with_parts) {
            self.ladder(ladder);
        }
        for schedule in &resolved.schedules {
            self.rule(named(&schedule.name), schedule.cite.as_ref());
        }
        for output in &resolved.outputs {
            // What is listed as an output is ruled elsewhere; the quote above the list need not be about it.
            if output.cite.is_some() {
                self.rule(named(&output.name), output.cite.as_ref());
            }
        }
        for invariant in &resolved.invariants {
            self.rule(("always".to_owned(), invariant.span), invariant.cite.as_ref());
        }
    }

    /// The clause of a row that stands at a place.
    fn row(mut self, at: Span, cite: Option<&Quoted>) -> Option<Citation> {
        let rule = String::new();
        match (self.sources.clause_at(at), cite) {
            (Some(clause), Some(cite)) if !self.is_of_another(cite) => {
                self.push(Citation { rule, clause: cite.text.clone(), text: Some(clause.text.clone()) });
            }
            (_, cite) => self.rule((rule, at), cite),
        }
        self.found.into_iter().next()
    }

    /// The clause of a rule that stands at a place.
    fn rule(&mut self, (rule, at): (String, Span), cite: Option<&Quoted>) {
        let quoted = self.sources.clause_at(at);
        match cite {
            Some(cite) => self.cited(rule, cite, quoted.map(|clause| clause.text.clone())),
            None => self.quoted(rule, quoted),
        }
    }

    /// The rows of a ladder may stand under several clauses.
    fn ladder(&mut self, ladder: &resolved::Ladder) {
        let mut clauses: Vec<&Clause> = Vec::new();
        for row in &ladder.rows {
            let clause = self.sources.clause_at(row.span);
            clauses.extend(clause.filter(|clause| !clauses.contains(clause)));
        }
        let rule = ladder.name.text.clone();
        if let Some(cite) = &ladder.cite {
            let text: Vec<&str> = clauses.iter().map(|clause| clause.text.as_str()).collect();
            self.cited(rule, cite, (!text.is_empty()).then(|| text.join("\n")));
            return;
        }
        for clause in clauses {
            self.quoted(rule.clone(), Some(clause));
        }
    }

    /// A clause that is named: its text is what the source quotes under that name, or else what it quotes above the rule.
    fn cited(&mut self, rule: String, cite: &Quoted, above: Option<String>) {
        let named = self.sources.clause_named(cite.span, &cite.text).map(|clause| clause.text.clone());
        let above = above.filter(|_| !self.is_of_another(cite));
        self.push(Citation { rule, clause: cite.text.clone(), text: named.or(above) });
    }

    /// A clause that is only quoted. Parts of one clause are quoted one by one.
    fn quoted(&mut self, rule: String, clause: Option<&'a Clause>) {
        let Some(clause) = clause else { return };
        let name = clause.name();
        let earlier = self.found.iter_mut().find(|known| known.rule == rule && known.clause == name);
        match (earlier, clause.heading.is_some()) {
            (Some(Citation { text: Some(text), .. }), true) if *text != clause.text => {
                text.push('\n');
                text.push_str(&clause.text);
            }
            _ => self.push(Citation { rule, clause: name, text: Some(clause.text.clone()) }),
        }
    }

    fn push(&mut self, citation: Citation) {
        if !self.found.contains(&citation) {
            self.found.push(citation);
        }
    }
}
