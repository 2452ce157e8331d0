//! Values of several claims: aggregates, running values, splits, and links with what they lead to.

use fen_grammar::source::Span;
use fen_grammar::tree::{self, AggregateFunction, ItemKind, Name};

use super::errors::grains as errors;
use super::grains::Place;
use super::program::{
    Aggregate, AggregateOf, Expr, ExprKind, Grain, GrainOf, Link, Referent, Running, RunningId, Split, Symbol, Value,
    ValueBody,
};
use super::{Resolver, bare};
use crate::ids::{LinkId, SplitId};

impl Resolver<'_> {
    /// All links in the order of their ids.
    pub(super) fn links(&mut self) {
        let gathered = self.gathered;
        for item in &gathered.items {
            let ItemKind::Link(link) = &item.kind else { continue };
            if let Some(place) = self.place(&link.what)
                && !self.is_claim(place)
            {
                self.report(errors::link_to_no_claim(&link.what));
            }
            let nothing = Grain { of: GrainOf::Keys(Vec::new()), period: None, span: link.per.span };
            let per = self.grain(&link.per).unwrap_or(nothing);
            let when = link.when.as_ref().map(|when| self.expr(when));
            self.program.links.push(Link { name: link.name.clone(), is_next: link.is_next, per, when });
        }
    }

    pub(super) fn running(&mut self, running: &tree::Running) -> Value {
        let Some(aggregate) = self.aggregate(&running.aggregate) else {
            return self.mistaken(&running.name);
        };
        let id = RunningId(self.program.runnings.len());
        let (labels, cite) = (running.labels.clone(), running.cite.clone());
        self.program.runnings.push(Running { name: running.name.clone(), aggregate, labels, cite: cite.clone() });
        Value { cite, ..bare(&running.name, ValueBody::Running(id)) }
    }

    pub(super) fn part(&mut self, split: &tree::Split) -> Value {
        let amount = self.expr(&split.amount);
        let mut over = Vec::new();
        for name in &split.over {
            // An input that tells claims apart may be called like them.
            let place = match self.symbols.get(name.text.as_str()) {
                Some((Symbol::Input(id), _)) => {
                    let id = *id;
                    self.mention(name.span.start, &name.text, Referent::Symbol(Symbol::Input(id)));
                    Some(Place::Key(id))
                }
                _ => self.place(name),
            };
            match place {
                Some(Place::Key(id)) if over.iter().all(|(known, _)| *known != id) && self.key_is_there(id, name) => {
                    over.push((id, name.span));
                }
                Some(Place::Key(_)) | None => {}
                Some(Place::Row) => self.report(errors::group_of_no_input(name)),
            }
        }
        let weight = self.expr(&split.weight);
        if over.is_empty() {
            return self.mistaken(&split.name);
        }
        let id = SplitId(self.program.splits.len());
        let (name, labels, cite) = (split.name.clone(), split.labels.clone(), split.cite.clone());
        self.program.splits.push(Split { name, amount, over, weight, labels, cite: cite.clone() });
        Value { cite, ..bare(&split.name, ValueBody::Part(id)) }
    }

    /// A value that stands for nothing; why is reported.
    fn mistaken(&self, name: &Name) -> Value {
        bare(name, ValueBody::Expr(Expr { span: name.span, kind: ExprKind::Unknown }))
    }

    /// An aggregate inside an expression.
    pub(super) fn aggregated(&mut self, aggregate: &tree::Aggregate) -> ExprKind {
        if aggregate.function == AggregateFunction::Last {
            self.report(errors::last_outside_running(aggregate.span));
            return ExprKind::Unknown;
        }
        self.aggregate(aggregate).map_or(ExprKind::Unknown, |aggregate| ExprKind::Aggregate(Box::new(aggregate)))
    }

    /// `None` if what it counts or its group was reported.
    fn aggregate(&mut self, aggregate: &tree::Aggregate) -> Option<Aggregate> {
        let function = if self.counts_all(aggregate) { AggregateFunction::Count } else { aggregate.function };
        let of = match function {
            AggregateFunction::Count => self.counted(&aggregate.of),
            _ => Some(AggregateOf::Values(self.expr(&aggregate.of))),
        };
        let when = aggregate.when.as_ref().map(|when| self.expr(when));
        let per = match &aggregate.per {
            Some(per) => Some(self.grain(per)?),
            None => None,
        };
        Some(Aggregate { function, of: of?, when, per, span: aggregate.span })
    }

    /// `total claims`: how many there are in all.
    fn counts_all(&self, aggregate: &tree::Aggregate) -> bool {
        let tree::ExprKind::Name(text) = &aggregate.of.kind else { return false };
        let is_named = self.symbols.contains_key(text.as_str());
        aggregate.per.is_none() && !is_named && self.place_of(text).is_some()
    }

    /// What a count counts.
    fn counted(&mut self, of: &tree::Expr) -> Option<AggregateOf> {
        let tree::ExprKind::Name(text) = &of.kind else {
            self.report(errors::counts_no_rows(of.span));
            return None;
        };
        let name = Name { text: text.clone(), span: of.span };
        let is_computed =
            self.symbols.get(text.as_str()).is_some_and(|(symbol, _)| !matches!(symbol, Symbol::Input(_)));
        if is_computed && self.place_of(text).is_none() {
            self.report(errors::counts_no_rows(of.span));
            return None;
        }
        let place = self.place(&name)?;
        if self.is_claim(place) {
            return Some(AggregateOf::Claims);
        }
        match place {
            Place::Row => Some(AggregateOf::Rows),
            Place::Key(id) => self.key_is_there(id, &name).then(|| AggregateOf::Keys(vec![id])),
        }
    }

    /// The link that an expression names.
    pub(super) fn link_of(&self, expr: &tree::Expr) -> Option<LinkId> {
        let tree::ExprKind::Name(text) = &expr.kind else { return None };
        self.link_called(text)
    }

    pub(super) fn link_called(&self, text: &str) -> Option<LinkId> {
        match self.symbols.get(text) {
            Some((Symbol::Link(id), _)) => Some(*id),
            _ => None,
        }
    }

    /// `LINK.NAME`; `None` if what stands before the dot is no link.
    pub(super) fn field(&mut self, text: &str, span: Span) -> Option<ExprKind> {
        let (written, field) = text.split_once('.')?;
        let link = self.link_called(written)?;
        self.mention(span.start, written, Referent::Symbol(Symbol::Link(link)));
        let start = span.end.saturating_sub(field.len());
        let name = Name { text: field.to_owned(), span: Span { start, end: span.end } };
        Some(match self.lookup(&name) {
            Some(symbol @ (Symbol::Input(_) | Symbol::Value(_))) => ExprKind::Field(link, symbol),
            Some(_) => {
                self.report(errors::field_of_no_claim(&name));
                ExprKind::Unknown
            }
            None => ExprKind::Unknown,
        })
    }
}
