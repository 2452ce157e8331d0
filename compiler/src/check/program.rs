//! The checked program: typed, ordered, every ladder complete. This is what the interpreter defines the meaning of and
//! what is lowered; nothing in it can fail any more.

use fen_grammar::diagnostic::{Lang, Text};
use fen_grammar::source::Span;
use fen_grammar::tree::{Comparison, RoundingMode};
use jiff::civil::Date;
use num_rational::BigRational;

use super::types::{Facts, Type};
use crate::resolve::program::{InputId, LadderId, Symbol, ValueId};

/// A checked policy; ids index the vectors.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    pub(crate) name: String,
    pub(crate) lang: Lang,
    pub(crate) title: Option<String>,
    pub(crate) source: Option<String>,
    /// First day, and last day if there is one; both inclusive.
    pub(crate) in_force: Option<(Date, Option<Date>)>,
    pub(crate) inputs: Vec<Input>,
    pub(crate) values: Vec<Value>,
    /// All values, each after those it is computed from.
    pub(crate) order: Vec<ValueId>,
    pub(crate) ladders: Vec<Ladder>,
    pub(crate) outputs: Vec<Output>,
    pub(crate) invariants: Vec<Invariant>,
    pub(crate) examples: Vec<Example>,
    /// Rule and clause.
    pub(crate) citations: Vec<(String, String)>,
}

#[derive(Clone, Debug)]
pub(crate) struct Input {
    pub(crate) name: String,
    pub(crate) label: Text,
    pub(crate) ty: Type,
    /// Cells have this many decimals.
    pub(crate) scale: u32,
    /// The admitted range; claims outside are rejected.
    pub(crate) facts: Facts,
}

#[derive(Clone, Debug)]
pub(crate) struct Value {
    pub(crate) name: String,
    pub(crate) span: Span,
    pub(crate) ty: Type,
    pub(crate) body: Body,
    /// Applied last; whatever uses the value uses it rounded.
    pub(crate) rounding: Option<Rounding>,
    /// After rounding.
    pub(crate) facts: Facts,
}

#[derive(Clone, Debug)]
pub(crate) enum Body {
    Expr(Box<Expr>),
    /// What the ladder's rows give this column.
    Share {
        ladder: LadderId,
        column: usize,
    },
    /// What the other columns of the ladder leave of its subject.
    Remainder {
        ladder: LadderId,
    },
}

#[derive(Clone, Debug)]
pub(crate) struct Rounding {
    pub(crate) mode: RoundingMode,
    pub(crate) step: BigRational,
}

#[derive(Clone, Debug)]
pub(crate) struct Ladder {
    pub(crate) subject: Symbol,
    /// Bounds are parts of it; never negative.
    pub(crate) base: Option<Expr>,
    /// From the lowest to the highest.
    pub(crate) rows: Vec<Row>,
    pub(crate) columns: Vec<ValueId>,
}

#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// Exclusive; `None` is open.
    pub(crate) low: Option<BigRational>,
    /// Inclusive; `None` is open.
    pub(crate) high: Option<BigRational>,
    /// By column.
    pub(crate) shares: Vec<BigRational>,
    /// Where its bounds are written.
    pub(crate) bounds: Span,
}

#[derive(Clone, Debug)]
pub(crate) struct Output {
    pub(crate) value: ValueId,
    pub(crate) label: Text,
    /// Cells have this many decimals.
    pub(crate) scale: u32,
}

#[derive(Clone, Debug)]
pub(crate) struct Invariant {
    pub(crate) left: Expr,
    pub(crate) comparison: Comparison,
    pub(crate) right: Expr,
    pub(crate) span: Span,
    /// As written.
    pub(crate) text: String,
}

#[derive(Clone, Debug)]
pub(crate) struct Example {
    pub(crate) title: String,
    /// One value per input.
    pub(crate) given: Vec<BigRational>,
    pub(crate) expect: Vec<(ValueId, BigRational, Span)>,
    pub(crate) span: Span,
}

#[derive(Clone, Debug)]
pub(crate) struct Expr {
    pub(crate) span: Span,
    pub(crate) ty: Type,
    pub(crate) kind: ExprKind,
    pub(crate) facts: Facts,
}

#[derive(Clone, Debug)]
pub(crate) enum ExprKind {
    Constant(BigRational),
    Input(InputId),
    Value(ValueId),
    Negate(Box<Expr>),
    Add(Box<Expr>, Box<Expr>),
    Sub(Box<Expr>, Box<Expr>),
    Mul(Box<Expr>, Box<Expr>),
    /// By a constant that is not zero.
    Div(Box<Expr>, BigRational),
    Max(Vec<Expr>),
    Min(Vec<Expr>),
}

impl Program {
    pub(crate) fn value(&self, id: ValueId) -> Option<&Value> {
        self.values.get(id.0)
    }

    pub(crate) fn input(&self, id: InputId) -> Option<&Input> {
        self.inputs.get(id.0)
    }

    pub(crate) fn ladder(&self, id: LadderId) -> Option<&Ladder> {
        self.ladders.get(id.0)
    }
}
