//! Aggregates: what values of many claims come to.

use fen_grammar::diagnostic::Text;
use num_traits::One;

use super::grains::ROWS;
use super::imports::taken;
use super::program::{Expr, Function, Origin};
use super::types::Type;
use super::{Checker, errors, runnings};
use crate::ids::{GrainId, InputId};
use crate::resolve::program::{Aggregate, AggregateOf};

/// An aggregate that has been met; the same one again is the same input.
pub(super) struct Total {
    function: Function,
    of: Expr,
    when: Option<Expr>,
    over: Option<GrainId>,
    grain: GrainId,
    import: InputId,
}

impl Checker<'_> {
    /// `sum x per KEYS`, `total x`. Over what is added up is not known before the grains are, see [`super::spread`];
    /// a count says it.
    pub(super) fn aggregate(&mut self, aggregate: &Aggregate) -> Option<Expr> {
        let function = runnings::function_of(aggregate.function);
        let grain = match &aggregate.per {
            Some(per) => self.grain(per),
            None => Some(self.grain_with(Vec::new(), None)),
        };
        let one = Expr::constant(Type::NUMBER, One::one(), aggregate.span);
        // The condition of the path is that of the claim at hand, not of those that are added up.
        let path = std::mem::take(&mut self.path);
        let (of, when) = match &aggregate.of {
            AggregateOf::Values(of) => self.operand(of, aggregate.when.as_ref()),
            AggregateOf::Rows | AggregateOf::Claims | AggregateOf::Keys(_) => {
                (Some(one), aggregate.when.as_ref().map(|when| self.condition(when)))
            }
        };
        self.path = path;
        let (of, grain) = (of?, grain?);
        let when = match when {
            Some(None) => return None,
            Some(Some(when)) => Some(when),
            None => None,
        };
        if grain == ROWS {
            self.report(errors::total_per_row(aggregate.span));
            return None;
        }
        if matches!(function, Function::Max | Function::Min) && when.is_some() {
            self.report(errors::greatest_of_some(aggregate.span));
            return None;
        }
        if !self.can_be_taken(function, &of) {
            return None;
        }
        let over = match &aggregate.of {
            AggregateOf::Values(_) => None,
            AggregateOf::Rows => Some(ROWS),
            AggregateOf::Claims => Some(self.program.claim),
            AggregateOf::Keys(keys) => {
                let known = self.program.grain(grain).cloned()?;
                Some(self.grain_with([known.keys, keys.clone()].concat(), known.period))
            }
        };
        let import = self.total(function, of, when, over, grain, aggregate.span);
        self.input_expr(import, aggregate.span)
    }

    fn total(
        &mut self,
        function: Function,
        of: Expr,
        when: Option<Expr>,
        over: Option<GrainId>,
        grain: GrainId,
        span: fen_grammar::source::Span,
    ) -> InputId {
        let is_known = |known: &&Total| {
            known.function == function
                && known.of == of
                && known.when == when
                && known.over == over
                && known.grain == grain
        };
        if let Some(known) = self.totals.iter().find(is_known) {
            return known.import;
        }
        let facts = taken(function, &of.facts, when.is_some());
        let (ty, facts) = if function == Function::Count { (Type::NUMBER, facts) } else { (of.ty, facts) };
        let name: Vec<&str> = self.sources.slice(span).split_whitespace().collect();
        let name = name.join(" ");
        let value = self.value_of(&format!("{name}: of one"), of.clone());
        let condition = when.clone().map(|when| self.value_of("counted", when));
        let origin = Origin::Total { function, value, when: condition, over: over.unwrap_or(UNKNOWN), grain };
        let import = self.add_import(name.clone(), Text::new(name.clone(), name), ty, facts, origin);
        self.spans.insert(import, span);
        self.totals.push(Total { function, of, when, over, grain, import });
        import
    }
}

/// Stands for what is added up over until the grains are known.
pub(super) const UNKNOWN: GrainId = GrainId(usize::MAX);
