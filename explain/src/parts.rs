//! Parts of divisions, and what has no value because something could not be divided.

use fen_schema::trace::{Form, Import, ImportSource, Node};
use fen_schema::{Split, Text};
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive, Zero};

use crate::node::Share;
use crate::numbers::{amount, is_true, number, shown};
use crate::walk::{Walk, at};

impl Walk<'_> {
    /// How a part was divided: the steps hold the amount and the weight.
    pub(crate) fn share(
        &self,
        split: &Split,
        [divided, weight]: [usize; 2],
        weights: i128,
        (import, part): (&Import, i128),
    ) -> Option<Share> {
        let column = self.schema.plan.as_ref()?.phases.get(at(split.phase))?.outputs.get(at(split.weight))?;
        let of = |step: usize| {
            let (phase, definition) = self.wanted_at(step)?;
            let definition = self.phase(phase)?.definitions.get(definition)?;
            Some((self.value(phase, &definition.value)?, self.kind(definition.kind)))
        };
        let ((whole, _), (weight, kind)) = (of(divided)?, of(weight)?);
        let weights = BigRational::new(weights.into(), ten_to(column.scale));
        if weights.is_zero() {
            return None;
        }
        let exact = whole * weight / &weights;
        let step = number(&split.step)? / ten_to(import.scale);
        let down = (exact.abs() / &step).floor() * &step * exact.signum();
        let of_part = self.kind(import.kind);
        let least = usize::try_from(import.scale).unwrap_or(0);
        let text = |value: &BigRational| shown(value, &of_part, least);
        let part = BigRational::new(part.into(), ten_to(import.scale));
        Some(Share {
            weights: amount(Some(&weights), &kind, at(column.scale)),
            exact: shown(&exact, &of_part, 0)?,
            down: text(&down)?,
            step: shown(&step, &of_part, 0)?,
            extra: part != down,
        })
    }

    /// Why something that a phase reads has no value, if it has none.
    pub(crate) fn missing(&self, phase: usize, import: &Import) -> Option<Text> {
        let ImportSource::Input { input } = import.source else { return None };
        let seen = self.seen.get(phase)?.as_ref()?;
        Some(seen.missing.get(at(input))?.as_ref()?.reason.clone())
    }

    /// Whether a part of a computation has no value because something that it needs has none.
    pub(crate) fn lacks(&self, phase: usize, node: &Node) -> bool {
        let seen = self.seen.get(phase).and_then(Option::as_ref);
        let lacks_any = seen.is_some_and(|seen| seen.missing.iter().any(Option::is_some));
        lacks_any && self.needs_missing(phase, node)
    }

    fn needs_missing(&self, phase: usize, node: &Node) -> bool {
        let any = |nodes: &[Node]| nodes.iter().any(|node| self.needs_missing(phase, node));
        match &node.form {
            Form::Constant { .. } | Form::Parameter { .. } | Form::Known { .. } => false,
            Form::Import { import } => {
                let import = self.phase(phase).and_then(|phase| phase.imports.get(at(*import)));
                import.is_some_and(|import| self.missing(phase, import).is_some())
            }
            Form::Definition { definition } => {
                let place = (phase, at(*definition));
                if let Some(known) = self.lacking.borrow().get(&place) {
                    return *known;
                }
                let definition = self.phase(phase).and_then(|phase| phase.definitions.get(at(*definition)));
                let lacks = definition.is_some_and(|definition| self.needs_missing(phase, &definition.how));
                self.lacking.borrow_mut().insert(place, lacks);
                lacks
            }
            Form::Operation { operator, parts, .. } if operator == "and" || operator == "or" => {
                let decides = |part: &Node| is_true(self.value(phase, &part.at).as_ref()) == (operator == "or");
                let needed = parts.iter().position(decides).map_or(parts.len(), |place| place + 1);
                any(parts.get(..needed).unwrap_or_default())
            }
            Form::Operation { parts, .. } | Form::Remainder { parts, .. } => any(parts),
            Form::Choice { taken, subject, base, branches } => {
                let taken = self.value(phase, taken).and_then(|taken| taken.to_integer().to_usize()).unwrap_or(0);
                let asked = branches.iter().take(taken + 1).filter_map(|branch| branch.when.as_ref());
                let read = subject.iter().chain(base).map(|node| &**node);
                let then = branches.get(taken).map(|branch| &branch.then);
                asked.chain(read).chain(then).any(|node| self.needs_missing(phase, node))
            }
            Form::Lookup { keys, .. } | Form::HasRow { keys, .. } => any(keys),
            Form::Tiers { amount, base, .. } => {
                let read = [amount].into_iter().chain(base);
                read.into_iter().any(|node| self.needs_missing(phase, node))
            }
        }
    }
}

fn ten_to(scale: u32) -> BigInt {
    BigInt::from(10).pow(scale)
}
