//! Where in the source the alternatives stand that a claim can come to: cases, exceptions, rows of ladders, cells of tables
//! and the bounds that decide between them. The checked program has them as choices, rows and comparisons; coverage has to
//! say which of them were reached, as the drafter wrote them.

use std::collections::{HashMap, HashSet};

use fen_grammar::diagnostic::Text;
use fen_grammar::source::Span;
use fen_grammar::tree;

use super::Checker;
use super::rows::Rows;
use crate::ids::LadderId;
use crate::resolve::program::{self as resolved, Case, ValueBody};

/// The places of one program.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places {
    /// Cases, exceptions and rows, in the order of the source.
    pub(crate) choices: Vec<Choice>,
    /// The choice that an expression is the value of, by the expression's place; of a row also by the place of its bounds.
    pub(crate) by_value: HashMap<Span, usize>,
    /// By table of the program.
    pub(crate) tables: Vec<TablePlaces>,
    /// By ladder of tiers: its versions and rows, in the order of the checked ones.
    pub(crate) tiers: HashMap<LadderId, Vec<Vec<TierPlace>>>,
    /// The bounds of all rows of ladders.
    pub(crate) rows: HashSet<Span>,
    /// Where one row of a ladder ends and the next begins.
    pub(crate) bounds: Vec<Bound>,
    /// The names of inputs whose bounds are written in years of age.
    pub(crate) ages: HashSet<String>,
    /// Comparisons that the source writes, and the rules they stand in.
    pub(crate) comparisons: HashMap<Span, String>,
}

/// Something that a rule comes to for some claims.
#[derive(Clone, Debug)]
pub(crate) struct Choice {
    pub(crate) kind: ChoiceKind,
    /// The name of the definition, or of the ladder or its subject.
    pub(crate) rule: String,
    /// All of it.
    pub(crate) span: Span,
    /// The first day of the version that a row belongs to.
    pub(crate) from: Option<tree::Date>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum ChoiceKind {
    /// `when …`
    Case,
    /// `otherwise`
    Otherwise,
    /// `except when …`
    Exception,
    /// What holds where no exception does.
    Rule,
    /// A row of a ladder of tiers.
    Tier,
    /// A row of a ladder of bands.
    Band,
}

/// The cells of a table.
#[derive(Clone, Debug)]
pub(crate) struct TablePlaces {
    pub(crate) name: String,
    /// Whether they lie in a file of their own.
    pub(crate) is_file: bool,
    /// By row of the checked table.
    pub(crate) rows: Vec<Span>,
    /// By key, by break of the checked table: the range that ends or begins there first, and the bound as it is written.
    /// Empty for keys that are no ranges, and for tables in files.
    pub(crate) breaks: Vec<Vec<(Span, Text)>>,
}

/// A row of tiers.
#[derive(Clone, Debug)]
pub(crate) struct TierPlace {
    /// Its bounds.
    pub(crate) span: Span,
    pub(crate) has_low: bool,
    pub(crate) has_high: bool,
}

/// Where one row ends and another begins.
#[derive(Clone, Debug)]
pub(crate) struct Bound {
    /// The bounds of the row that ends.
    pub(crate) span: Span,
    /// Whether the bound belongs to that row.
    pub(crate) has_high: bool,
    /// The ladder or its subject.
    pub(crate) rule: String,
    /// The bound as it is written.
    pub(crate) at: Text,
}

impl Places {
    /// Brings the choices into the order of the source.
    fn sort(&mut self) {
        let span = |at: usize| self.choices.get(at).map(|choice| choice.span);
        let mut order: Vec<usize> = (0..self.choices.len()).collect();
        order.sort_by_key(|at| span(*at));
        let rank: HashMap<usize, usize> = order.iter().enumerate().map(|(new, old)| (*old, new)).collect();
        self.by_value.values_mut().for_each(|at| *at = rank.get(at).copied().unwrap_or(*at));
        self.choices.sort_by_key(|choice| choice.span);
        self.bounds.sort_by_key(|bound| bound.span);
    }
}

impl Checker<'_> {
    /// Takes note of what the source says, once it is known to be without errors.
    pub(super) fn places(&mut self) {
        let resolved = self.resolved;
        for value in &resolved.values {
            self.value_places(value);
        }
        for indicator in &resolved.indicators {
            let name = &indicator.name;
            let span = name.span.to(indicator.target.span);
            self.program.places.comparisons.insert(span, name.text.clone());
            indicator.guard.iter().for_each(|guard| self.comparisons(&name.text, guard));
        }
        for (at, ladder) in resolved.ladders.iter().enumerate() {
            let id = LadderId(at);
            let kind = if ladder.is_band { ChoiceKind::Band } else { ChoiceKind::Tier };
            for row in &ladder.rows {
                let values: Vec<Span> = row.grants.iter().map(|(_, value)| value.span).collect();
                let shares = row.shares.iter().map(|(_, share)| share.span);
                let end = values.iter().copied().chain(shares).max();
                let span = until(row.span, end);
                self.choice(kind, &ladder.name.text, span, row.from, values.into_iter().chain([row.bounds.span]));
                row.grants.iter().for_each(|(_, value)| self.comparisons(&ladder.name.text, value));
            }
            if let Some(Some(rows)) = self.rows.get(&id).cloned() {
                self.row_places(&ladder.name.text, &rows, (!ladder.is_band).then_some(id));
            }
        }
        for (at, ladder) in resolved.schedules.iter().enumerate() {
            for step in &ladder.steps {
                let kind = if step.is_tier { ChoiceKind::Tier } else { ChoiceKind::Band };
                let span = step.bounds.span.to(step.value.span);
                let values = [step.value.span, step.bounds.span];
                self.choice(kind, &ladder.name.text, span, step.from, values);
                self.comparisons(&ladder.name.text, &step.value);
            }
            if let Some(Some(schedule)) = self.schedules.get(&at).cloned() {
                self.row_places(&ladder.name.text, schedule.rows(), schedule.ladder());
            }
        }
        for split in &resolved.splits {
            self.comparisons(&split.name.text, &split.amount);
            self.comparisons(&split.name.text, &split.weight);
        }
        for link in &resolved.links {
            link.when.iter().for_each(|when| self.comparisons(&link.name.text, when));
        }
        self.program.places.sort();
    }

    fn choice(
        &mut self,
        kind: ChoiceKind,
        rule: &str,
        span: Span,
        from: Option<tree::Date>,
        values: impl IntoIterator<Item = Span>,
    ) {
        let places = &mut self.program.places;
        let at = places.choices.len();
        places.choices.push(Choice { kind, rule: rule.to_owned(), span, from });
        places.by_value.extend(values.into_iter().map(|span| (span, at)));
    }

    fn value_places(&mut self, value: &resolved::Value) {
        let rule = &value.name.text;
        match &value.body {
            ValueBody::Expr(expr) => {
                if !value.exceptions.is_empty() {
                    self.choice(ChoiceKind::Rule, rule, expr.span, None, [expr.span]);
                }
                self.comparisons(rule, expr);
            }
            ValueBody::Cases(cases, otherwise) => {
                for case in cases {
                    self.case(ChoiceKind::Case, rule, case);
                }
                otherwise.iter().for_each(|case| self.case(ChoiceKind::Otherwise, rule, case));
            }
            ValueBody::Running(id) => {
                let aggregate = self.resolved.runnings.get(id.0).map(|running| &running.aggregate);
                if let Some(aggregate) = aggregate {
                    self.aggregate_places(rule, aggregate);
                }
            }
            ValueBody::Share(_) | ValueBody::Grant(_) | ValueBody::Part(_) => {}
        }
        for exception in &value.exceptions {
            let span = until(exception.span, Some(exception.value.span));
            self.choice(ChoiceKind::Exception, rule, span, None, [exception.value.span]);
            self.comparisons(rule, &exception.condition);
            self.comparisons(rule, &exception.value);
        }
        value.share_of.iter().for_each(|base| self.comparisons(rule, base));
    }

    fn case(&mut self, kind: ChoiceKind, rule: &str, case: &Case) {
        self.choice(kind, rule, until(case.span, Some(case.value.span)), None, [case.value.span]);
        case.condition.iter().for_each(|condition| self.comparisons(rule, condition));
        self.comparisons(rule, &case.value);
    }

    fn aggregate_places(&mut self, rule: &str, aggregate: &resolved::Aggregate) {
        if let resolved::AggregateOf::Values(of) = &aggregate.of {
            self.comparisons(rule, of);
        }
        aggregate.when.iter().for_each(|when| self.comparisons(rule, when));
    }

    /// The comparisons written in an expression, and what compares as well.
    fn comparisons(&mut self, rule: &str, expr: &resolved::Expr) {
        if matches!(expr.kind, resolved::ExprKind::Compare(..) | resolved::ExprKind::Call(..)) {
            self.program.places.comparisons.insert(expr.span, rule.to_owned());
        }
        expr.parts().into_iter().for_each(|part| self.comparisons(rule, part));
    }

    /// The bounds between the rows of a ladder; of one of tiers also its rows.
    fn row_places(&mut self, rule: &str, rows: &Rows, tiers: Option<LadderId>) {
        let unit = rows.unit;
        let mut bounds = Vec::new();
        self.program.places.rows.extend(rows.versions.iter().flat_map(|version| &version.rows).map(|row| row.span));
        for pair in rows.versions.iter().flat_map(|version| version.rows.windows(2)) {
            let [row, next] = pair else { continue };
            if let (Some(high), true) = (&row.high, row.high == next.low) {
                let at = self.program.show(unit, high);
                bounds.push(Bound { span: row.span, has_high: row.has_high, rule: rule.to_owned(), at });
            }
        }
        self.program.places.bounds.extend(bounds);
        if let Some(id) = tiers {
            let place = |row: &super::rows::Row| TierPlace {
                span: row.span,
                has_low: row.has_low,
                has_high: row.has_high || row.high.is_none(),
            };
            let versions = rows.versions.iter().map(|version| version.rows.iter().map(place).collect());
            self.program.places.tiers.insert(id, versions.collect());
        }
    }
}

/// The part of a rule up to the end of its value: without the clause that it cites.
fn until(all: Span, end: Option<Span>) -> Span {
    Span { end: end.map_or(all.end, |end| end.end.max(all.start)), ..all }
}
