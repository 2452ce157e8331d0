//! Expressions.

use super::{Grain, LiteralKind, Name, Quantity, RoundingMode};
use crate::source::Span;

/// An expression. Its depth is bounded by the parser, so that walking it recursively is safe.
#[derive(Clone, Debug)]
pub struct Expr {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub kind: ExprKind,
}

/// What an expression is.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// A value.
    Literal(LiteralKind),
    /// A name; with a dot, an enum and its value.
    Name(String),
    /// `-x`
    Negate(Box<Expr>),
    /// `x + y` and its like.
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// `date + x months or earlier`; `subtract`, then the direction.
    Shift {
        /// The date.
        date: Box<Expr>,
        /// The months or years.
        by: Box<Expr>,
        /// Backwards.
        subtract: bool,
        /// What to do where the month has no such day.
        direction: Direction,
    },
    /// `max(x, y, …)` and its like.
    Call(Function, Vec<Expr>),
    /// `round(x …)`
    Round(Box<Expr>, Option<RoundingMode>, Option<Quantity>),
    /// `x == y` and its like; also `x is y`, whose right side is the name of a value.
    Compare(Comparison, Box<Expr>, Box<Expr>),
    /// `x in (y, …)`
    In(Box<Expr>, Vec<Expr>),
    /// `x in TABLE`
    InTable(Box<Expr>, Name),
    /// `x known`
    Known(Box<Expr>),
    /// `not x`
    Not(Box<Expr>),
    /// `x and y`
    And(Box<Expr>, Box<Expr>),
    /// `x or y`
    Or(Box<Expr>, Box<Expr>),
    /// `TABLE[key, …]`
    Lookup(Name, Vec<Expr>),
    /// `LADDER(x)`
    Apply(Name, Box<Expr>),
    /// `row of LADDER(x)` or `row of SUBJECT`
    RowOf(Name, Option<Box<Expr>>),
    /// `days from x to y`
    Between(Duration, Box<Expr>, Box<Expr>),
    /// `sum x per KEYS`, `total x`
    Aggregate(Box<Aggregate>),
}

/// `sum x per KEYS`: something done with the values of several claims.
#[derive(Clone, Debug)]
pub struct Aggregate {
    /// What is done.
    pub function: AggregateFunction,
    /// With what; for a count, the name of what is counted.
    pub of: Expr,
    /// `(x when CONDITION)`: those for which it is false are left out.
    pub when: Option<Expr>,
    /// The group; `None` for `total`.
    pub per: Option<Grain>,
    /// All of it.
    pub span: Span,
}

/// What is done with the values of several claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AggregateFunction {
    /// `sum`, and `total` without a group.
    Sum,
    /// `count`
    Count,
    /// `max`
    Max,
    /// `min`
    Min,
    /// `last`: in running values only.
    Last,
}

/// Which way a date goes that its month does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// To the last day of the month.
    Earlier,
    /// To the first day of the next month.
    Later,
}

/// What lies between two dates is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Duration {
    /// Days.
    Days,
    /// Full months.
    Months,
    /// Full years.
    Years,
}

/// Arithmetic on two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BinaryOp {
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
}

/// A built-in function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Function {
    /// The greatest argument.
    Max,
    /// The least argument.
    Min,
    /// The first argument, raised to the second and lowered to the third.
    Clamp,
}

/// How two values compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// `==`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
}
