//! What values are computed from, and which of them are known only after all rejections are.

use crate::check::program::{Body, Expr, ExprKind, Origin, Output, Program};
use crate::ids::{GrainId, InputId, LinkId, Symbol, ValueId};
use crate::interpret::{needs, sorted};

/// What the values of a program read.
#[derive(Debug)]
pub(crate) struct Reads {
    values: Vec<Read>,
    /// By input; see [`Reads::is_late`].
    late_inputs: Vec<bool>,
    late_links: Vec<bool>,
}

/// What one value reads.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub(super) inputs: Vec<InputId>,
    pub(super) values: Vec<ValueId>,
    /// The value and all it is computed from at the same row, each after what it is computed from.
    pub(super) order: Vec<ValueId>,
    is_late: bool,
}

impl Reads {
    /// For a program; many streams may be settled with them.
    pub(crate) fn new(program: &Program) -> Self {
        let read = |at| {
            let (mut inputs, mut values) = (Vec::new(), Vec::new());
            needs(program, ValueId(at), &mut values);
            inputs_of(program, ValueId(at), &mut inputs);
            Read { inputs, values, order: sorted(program, vec![ValueId(at)]), is_late: false }
        };
        let values = (0..program.values.len()).map(read).collect();
        let late_inputs = vec![false; program.inputs.len()];
        let mut reads = Self { values, late_inputs, late_links: vec![false; program.links.len()] };
        while reads.find_late(program) {}
        reads
    }

    pub(super) fn of(&self, value: ValueId) -> Option<&Read> {
        self.values.get(value.0)
    }

    /// Whether a value is known only after all rejections are: it is computed from totals, parts of splits or later claims;
    /// or from earlier claims, if rows are lines, since an earlier claim may have lines to come.
    pub(super) fn is_late(&self, value: ValueId) -> bool {
        self.of(value).is_some_and(|read| read.is_late)
    }

    /// The same of an input.
    pub(super) fn is_input_late(&self, input: InputId) -> bool {
        self.late_inputs.get(input.0).copied().unwrap_or_default()
    }

    /// The same of a link: where it leads, or one of its fields.
    pub(super) fn is_link_late(&self, link: LinkId) -> bool {
        self.late_links.get(link.0).copied().unwrap_or_default()
    }

    pub(super) fn is_output_late(&self, output: &Output) -> bool {
        self.is_late(output.value) || output.present.is_some_and(|present| self.is_late(present))
    }

    /// Marks what is late because of what is known to be late; false if there was nothing to mark.
    fn find_late(&mut self, program: &Program) -> bool {
        let before = self.count_late();
        let over_lines = program.claim != GrainId(0);
        let is_late = |reads: &Self, value: Option<ValueId>| value.is_some_and(|value| reads.is_late(value));
        for (at, link) in program.links.iter().enumerate() {
            let fields = program.inputs.iter().any(|input| match input.origin {
                Origin::Field { link, value } => link == LinkId(at) && self.is_late(value),
                _ => false,
            });
            let late = link.is_next || over_lines || fields || is_late(self, link.when);
            self.late_links.iter_mut().skip(at).take(1).for_each(|mark| *mark |= late);
        }
        for (at, input) in program.inputs.iter().enumerate() {
            let late = match input.origin {
                Origin::Column => false,
                Origin::Running { value, when, .. } => over_lines || self.is_late(value) || is_late(self, when),
                Origin::Linked(link) | Origin::Field { link, .. } => self.is_link_late(link),
                Origin::Total { .. } | Origin::Part(_) => true,
            };
            self.late_inputs.iter_mut().skip(at).take(1).for_each(|mark| *mark |= late);
        }
        for at in 0..self.values.len() {
            let late = self.values.get(at).is_some_and(|read| {
                read.inputs.iter().any(|input| self.is_input_late(*input))
                    || read.values.iter().any(|value| self.is_late(*value))
            });
            self.values.iter_mut().skip(at).take(1).for_each(|read| read.is_late |= late);
        }
        self.count_late() > before
    }

    fn count_late(&self) -> usize {
        let values = self.values.iter().filter(|read| read.is_late).count();
        values + self.late_inputs.iter().chain(&self.late_links).filter(|late| **late).count()
    }
}

/// The inputs that a value reads itself.
pub(crate) fn inputs_of(program: &Program, id: ValueId, found: &mut Vec<InputId>) {
    match program.value(id).map(|value| &value.body) {
        Some(Body::Expr(body)) => inputs_in(program, body, found),
        Some(Body::Share { ladder, .. } | Body::Remainder { ladder }) => {
            let Some(ladder) = program.ladder(*ladder) else { return };
            if let Some(Symbol::Input(subject)) = ladder.subject {
                found.push(subject);
            }
            ladder.base.iter().for_each(|base| inputs_in(program, base, found));
        }
        None => {}
    }
}

/// The inputs that an expression names.
fn inputs_in(program: &Program, expr: &Expr, found: &mut Vec<InputId>) {
    match &expr.kind {
        ExprKind::Input(id) | ExprKind::Known(id) => found.push(*id),
        ExprKind::Apply(ladder, _) => {
            let base = program.ladder(*ladder).and_then(|ladder| ladder.base.as_ref());
            base.iter().for_each(|base| inputs_in(program, base, found));
        }
        _ => {}
    }
    expr.parts().into_iter().for_each(|part| inputs_in(program, part, found));
}
