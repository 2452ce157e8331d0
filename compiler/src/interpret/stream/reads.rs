//! What values are computed from, and which of them are known only after all rejections are.

use crate::check::program::{Body, Expr, ExprKind, Origin, Output, Program};
use crate::ids::{GrainId, InputId, LinkId, Symbol, ValueId};
use crate::interpret::{needs, sorted};

/// What the values of a program read.
#[derive(Debug)]
pub(crate) struct Reads {
    values: Vec<Read>,
    late: Marks,
    pooled: Marks,
}

/// What one value reads.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub(super) inputs: Vec<InputId>,
    pub(super) values: Vec<ValueId>,
    /// The value and all it is computed from at the same row, each after what it is computed from.
    pub(super) order: Vec<ValueId>,
}

/// Some of the values, inputs and links of a program: whatever is computed from one of them is one, too.
#[derive(Debug)]
struct Marks {
    /// Whether what the lines of one claim decide is among them.
    of_lines: bool,
    values: Vec<bool>,
    inputs: Vec<bool>,
    links: Vec<bool>,
}

impl Reads {
    /// For a program; many streams may be settled with them.
    pub(crate) fn new(program: &Program) -> Self {
        let read = |at| {
            let (mut inputs, mut values) = (Vec::new(), Vec::new());
            needs(program, ValueId(at), &mut values);
            inputs_of(program, ValueId(at), &mut inputs);
            Read { inputs, values, order: sorted(program, vec![ValueId(at)]) }
        };
        let values: Vec<Read> = (0..program.values.len()).map(read).collect();
        let (late, pooled) = (Marks::find(program, &values, true), Marks::find(program, &values, false));
        Self { values, late, pooled }
    }

    pub(super) fn of(&self, value: ValueId) -> Option<&Read> {
        self.values.get(value.0)
    }

    /// Whether a value is known only after all rejections are: it is computed from totals, parts of splits or later claims;
    /// or from earlier claims, if rows are lines, since an earlier claim may have lines to come.
    pub(super) fn is_late(&self, value: ValueId) -> bool {
        self.late.value(value)
    }

    /// The same of an input.
    pub(super) fn is_input_late(&self, input: InputId) -> bool {
        self.late.input(input)
    }

    pub(super) fn is_output_late(&self, output: &Output) -> bool {
        self.is_late(output.value) || output.present.is_some_and(|present| self.is_late(present))
    }

    /// Whether an input is computed from later claims, from totals over several claims, or from parts of splits. Claims that are
    /// ever taken back are not among those. What the lines of one claim come to, and what is taken from earlier claims, is not
    /// pooled.
    pub(super) fn is_input_pooled(&self, input: InputId) -> bool {
        self.pooled.input(input)
    }

    /// The same of a link: where it leads, or one of its fields.
    pub(super) fn is_link_pooled(&self, link: LinkId) -> bool {
        self.pooled.link(link)
    }

    pub(super) fn is_output_pooled(&self, output: &Output) -> bool {
        self.pooled.value(output.value) || output.present.is_some_and(|present| self.pooled.value(present))
    }
}

impl Marks {
    fn find(program: &Program, reads: &[Read], of_lines: bool) -> Self {
        let (values, inputs) = (vec![false; program.values.len()], vec![false; program.inputs.len()]);
        let mut marks = Self { of_lines, values, inputs, links: vec![false; program.links.len()] };
        while marks.find_more(program, reads) {}
        marks
    }

    fn value(&self, value: ValueId) -> bool {
        self.values.get(value.0).copied().unwrap_or_default()
    }

    fn input(&self, input: InputId) -> bool {
        self.inputs.get(input.0).copied().unwrap_or_default()
    }

    fn link(&self, link: LinkId) -> bool {
        self.links.get(link.0).copied().unwrap_or_default()
    }

    /// Marks what is computed from what is marked; false if there was nothing to mark.
    fn find_more(&mut self, program: &Program, reads: &[Read]) -> bool {
        let before = self.count();
        let over_lines = self.of_lines && program.claim != GrainId(0);
        let is_marked = |marks: &Self, value: Option<ValueId>| value.is_some_and(|value| marks.value(value));
        for (at, link) in program.links.iter().enumerate() {
            let fields = program.inputs.iter().any(|input| match input.origin {
                Origin::Field { link, value } => link == LinkId(at) && self.value(value),
                _ => false,
            });
            let is = link.is_next || over_lines || fields || is_marked(self, link.when);
            self.links.iter_mut().skip(at).take(1).for_each(|mark| *mark |= is);
        }
        for (at, input) in program.inputs.iter().enumerate() {
            let is_within = |grain: GrainId| !self.of_lines && program.is_within_claim(grain);
            let is = match input.origin {
                Origin::Column => false,
                Origin::Running { value, when, .. } => over_lines || self.value(value) || is_marked(self, when),
                Origin::Linked(link) | Origin::Field { link, .. } => self.link(link),
                Origin::Total { value, when, grain, .. } => {
                    !is_within(grain) || self.value(value) || is_marked(self, when)
                }
                Origin::Part(_) => true,
            };
            self.inputs.iter_mut().skip(at).take(1).for_each(|mark| *mark |= is);
        }
        for (at, read) in reads.iter().enumerate() {
            let is = read.inputs.iter().any(|input| self.input(*input))
                || read.values.iter().any(|value| self.value(*value));
            self.values.iter_mut().skip(at).take(1).for_each(|mark| *mark |= is);
        }
        self.count() > before
    }

    fn count(&self) -> usize {
        self.values.iter().chain(&self.inputs).chain(&self.links).filter(|mark| **mark).count()
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
