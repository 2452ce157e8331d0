//! Links: the previous and the next claim of the same keys.

use fen_grammar::diagnostic::Text;
use fen_grammar::source::Span;

use super::imports::Ahead;
use super::program::{Expr, Link, Origin};
use super::types::{Facts, Type};
use super::{Checker, errors, grains};
use crate::ids::{InputId, LinkId, ValueId};
use crate::resolve::program::Symbol;

impl Checker<'_> {
    /// Takes what links share; their conditions are checked in the end.
    pub(super) fn links(&mut self) {
        let resolved = self.resolved;
        for link in &resolved.links {
            let grain = self.grain(&link.per).unwrap_or(grains::ROWS);
            let (name, is_next) = (link.name.text.clone(), link.is_next);
            self.program.links.push(Link { name, is_next, grain, when: None });
        }
    }

    /// `LINK known`
    pub(super) fn linked(&mut self, link: LinkId, span: Span) -> Option<Expr> {
        let name = &self.program.links.get(link.0)?.name;
        let known = self.program.inputs.iter().position(|input| input.origin == Origin::Linked(link));
        let import = match known {
            Some(at) => InputId(at),
            None => {
                let label = Text::new(name.clone(), name.clone());
                self.add_import(name.clone(), label, Type::Bool, Facts::bool(), Origin::Linked(link))
            }
        };
        self.input_expr(import, span)
    }

    /// `LINK.NAME`; it stands only where the link leads somewhere, and the field is there.
    pub(super) fn field(&mut self, link: LinkId, of: Symbol, span: Span) -> Option<Expr> {
        let import = self.field_import(link, of)?;
        let (is_optional, ..) = self.field_source(of)?;
        let known = Expr::known(import, span);
        let linked = self.linked(link, span)?;
        let is_said = self.path_says(&known.kind) || (!is_optional && self.path_says(&linked.kind));
        if !is_said {
            let there = if is_optional { known } else { linked };
            if let Some(claim) = self.find(there.negated()) {
                let name = self.program.input(import).map(|input| input.name.clone()).unwrap_or_default();
                self.report(errors::maybe_unlinked(span, &name, &self.link_name(link), is_optional, claim));
            }
        }
        self.input_expr(import, span)
    }

    /// `LINK.NAME known`
    pub(super) fn field_known(&mut self, link: LinkId, of: Symbol, span: Span) -> Option<Expr> {
        let import = self.field_import(link, of)?;
        Some(Expr::known(import, span))
    }

    fn link_name(&self, link: LinkId) -> String {
        self.program.links.get(link.0).map(|link| link.name.clone()).unwrap_or_default()
    }

    /// Whether a field can be missing though the link leads somewhere; and its name.
    fn field_source(&self, of: Symbol) -> Option<(bool, String)> {
        match of {
            Symbol::Input(id) => self.program.input(id).map(|input| (input.is_optional, input.name.clone())),
            Symbol::Value(id) => {
                let is_optional = self.running_import(id).and_then(|id| self.program.input(id));
                let name = &self.resolved.values.get(id.0)?.name.text;
                Some((is_optional.is_some_and(|input| input.is_optional), name.clone()))
            }
            _ => None,
        }
    }

    /// The import of a field; made when it is first used.
    fn field_import(&mut self, link: LinkId, of: Symbol) -> Option<InputId> {
        if let Some(known) = self.fields.get(&(link, of)) {
            return Some(*known);
        }
        let (_, field) = self.field_source(of)?;
        let is_next = self.program.links.get(link.0)?.is_next;
        let (ty, facts, value) = match of {
            Symbol::Input(id) => {
                let expr = self.input_expr(id, Span::default())?;
                let (ty, facts) = (expr.ty, expr.facts.clone());
                (ty, facts, Some(self.value_of(&field, expr)))
            }
            Symbol::Value(id) if is_next => {
                let expr = self.value_expr(id, Span::default())?;
                (expr.ty, expr.facts, Some(id))
            }
            // It may not be computed yet, as it may depend on the claim before.
            Symbol::Value(id) => {
                let (ty, facts) = self.assumed(Ahead::Field(link, of))?;
                (ty, facts, Some(id))
            }
            _ => return None,
        };
        let name = format!("{}.{field}", self.link_name(link));
        let label = Text::new(name.clone(), name.clone());
        let origin = Origin::Field { link, value: value.unwrap_or(ValueId(usize::MAX)) };
        let import = self.add_import(name, label, ty, facts, origin);
        self.fields.insert((link, of), import);
        // So that a claim that is shown says whether there is another one.
        let _ = self.linked(link, Span::default());
        Some(import)
    }

    /// Checks the conditions of links, and what was assumed of earlier claims, once all values are checked.
    pub(super) fn finish_links(&mut self) {
        let resolved = self.resolved;
        for (at, link) in resolved.links.iter().enumerate() {
            self.path.clear();
            let Some(when) = &link.when else { continue };
            let when = self.condition(when).map(|when| self.value_of("can be led to", when));
            if let Some(slot) = self.program.links.get_mut(at) {
                slot.when = when;
            }
        }
        let fields: Vec<(LinkId, Symbol)> = self.fields.keys().copied().collect();
        for (link, of) in fields {
            let Symbol::Value(id) = of else { continue };
            let span = resolved.links.get(link.0).map(|link| link.name.span).unwrap_or_default();
            if let Some(expr) = self.value_expr(id, span)
                && !self.program.links.get(link.0).is_some_and(|link| link.is_next)
                && self.can_be_taken(super::program::Function::Last, &expr)
            {
                self.follows(Ahead::Field(link, of), expr.ty, expr.facts, span);
            }
        }
    }
}
