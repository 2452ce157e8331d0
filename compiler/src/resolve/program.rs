//! The program after its names are bound.

use fen_grammar::diagnostic::Lang;
use fen_grammar::source::Span;
use fen_grammar::tree::{BinaryOp, Comparison, Function, Name, Quantity, Quoted, Rounding};
use jiff::civil::Date;

/// An input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct InputId(pub(crate) usize);

/// A definition, or a share that a ladder yields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ValueId(pub(crate) usize);

/// A ladder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct LadderId(pub(crate) usize);

/// What a name can stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Symbol {
    Input(InputId),
    Value(ValueId),
}

/// A policy with its names bound; ids index the vectors.
#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) header: Header,
    pub(crate) inputs: Vec<Input>,
    pub(crate) values: Vec<Value>,
    pub(crate) ladders: Vec<Ladder>,
    pub(crate) outputs: Vec<Output>,
    pub(crate) invariants: Vec<Invariant>,
    pub(crate) examples: Vec<Example>,
    /// False if items are missing because they could not be parsed.
    pub(crate) is_whole: bool,
}

/// What stands at the head of a policy.
#[derive(Debug, Default)]
pub(crate) struct Header {
    pub(crate) name: String,
    /// The language of the policy's keywords.
    pub(crate) lang: Lang,
    pub(crate) title: Option<String>,
    pub(crate) source: Option<String>,
    /// First day, and last day if there is one; both inclusive.
    pub(crate) in_force: Option<(Date, Option<Date>)>,
    pub(crate) rounding: Option<Rounding>,
}

#[derive(Debug)]
pub(crate) struct Input {
    pub(crate) name: Name,
    pub(crate) from: Option<Quantity>,
    pub(crate) to: Option<Quantity>,
    pub(crate) labels: Vec<Quoted>,
    pub(crate) cite: Option<Quoted>,
    /// Its item could not be parsed; its name is known all the same.
    pub(crate) is_broken: bool,
}

#[derive(Debug)]
pub(crate) struct Value {
    pub(crate) name: Name,
    pub(crate) body: ValueBody,
    /// What ladders on this value count percents of.
    pub(crate) share_of: Option<Expr>,
    pub(crate) cite: Option<Quoted>,
}

#[derive(Debug)]
pub(crate) enum ValueBody {
    Expr(Expr),
    Share(LadderId),
}

/// All ladder rows with one subject.
#[derive(Debug)]
pub(crate) struct Ladder {
    /// `None` if its name is unknown.
    pub(crate) subject: Option<Symbol>,
    /// The subject where the first row names it.
    pub(crate) name: Name,
    pub(crate) rows: Vec<Row>,
    /// The shares, in the order of their first mention.
    pub(crate) columns: Vec<ValueId>,
    /// The share that takes what the rounded others leave, where there are several.
    pub(crate) remainder: Option<ValueId>,
    pub(crate) cite: Option<Quoted>,
    /// A row names one receiver twice, so that its shares cannot be added up.
    pub(crate) has_double_share: bool,
    /// False if rows may be missing because they could not be parsed.
    pub(crate) is_whole: bool,
}

#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) low: Option<Quantity>,
    pub(crate) high: Option<Quantity>,
    pub(crate) bounds: Span,
    pub(crate) shares: Vec<(ValueId, Quantity)>,
}

#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) name: Name,
    pub(crate) value: ValueId,
    pub(crate) labels: Vec<Quoted>,
    pub(crate) cite: Option<Quoted>,
}

#[derive(Debug)]
pub(crate) struct Invariant {
    pub(crate) left: Expr,
    pub(crate) comparison: Comparison,
    pub(crate) right: Expr,
    pub(crate) span: Span,
    /// As written.
    pub(crate) text: String,
    pub(crate) cite: Option<Quoted>,
}

#[derive(Debug)]
pub(crate) struct Example {
    pub(crate) title: Quoted,
    pub(crate) given: Vec<Setting>,
    pub(crate) expect: Vec<Setting>,
}

#[derive(Debug)]
pub(crate) struct Setting {
    pub(crate) name: Name,
    pub(crate) symbol: Symbol,
    pub(crate) value: Quantity,
}

#[derive(Debug)]
pub(crate) struct Expr {
    pub(crate) span: Span,
    pub(crate) kind: ExprKind,
}

#[derive(Debug)]
pub(crate) enum ExprKind {
    Quantity(Quantity),
    Symbol(Symbol),
    /// A name that is not defined; already reported.
    Unknown,
    Negate(Box<Expr>),
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    Call(Function, Vec<Expr>),
}
