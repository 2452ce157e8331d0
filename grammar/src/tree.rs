//! The syntax tree: what was written, where, and nothing about what it means.

use num_rational::BigRational;

use crate::diagnostic::Lang;
use crate::source::Span;

/// All items of a source that could be parsed, in source order.
#[derive(Clone, Debug, Default)]
pub struct File {
    /// The items.
    pub items: Vec<Item>,
    /// Where the items stand that could not be parsed.
    pub broken: Vec<Span>,
}

/// One item.
#[derive(Clone, Debug)]
pub struct Item {
    /// The whole item, without surrounding blank lines and comments.
    pub span: Span,
    /// The language of its keywords; `None` if it has none.
    pub lang: Option<Lang>,
    /// What it is.
    pub kind: ItemKind,
}

/// What an item says.
#[derive(Clone, Debug)]
pub enum ItemKind {
    /// `policy NAME`
    Policy(Name),
    /// `title "…"`
    Title(Quoted),
    /// `source "…"`
    Source(Quoted),
    /// `in force from DATE to DATE`
    InForce(InForce),
    /// `round MODE to STEP`
    Rounding(Rounding),
    /// `input NAME: TYPE from … to …`
    Input(Input),
    /// `NAME = EXPRESSION`
    Definition(Definition),
    /// `SUBJECT tier BOUNDS -> SHARES`
    LadderRow(LadderRow),
    /// `output NAME, …`
    Output(Output),
    /// `always LEFT == RIGHT`
    Always(Always),
    /// `example "…" given … expect …`
    Example(Example),
}

/// A name where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The name itself.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// A quoted text where it stands; the span includes the quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quoted {
    /// The text between the quotes.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// A calendar date as written; whether the day exists is not known yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Date {
    /// Year, 0 to 9999.
    pub year: i16,
    /// Month as written.
    pub month: i8,
    /// Day as written.
    pub day: i8,
    /// Where it stands.
    pub span: Span,
}

/// `in force from DATE to DATE`
#[derive(Clone, Copy, Debug)]
pub struct InForce {
    /// First day.
    pub from: Date,
    /// Last day, inclusive.
    pub to: Option<Date>,
}

/// Which way a value between two steps goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RoundingMode {
    /// To the nearest step, a tie away from zero (四舍五入).
    HalfUp,
    /// To the nearest step, a tie to the even one (四舍六入五成双).
    HalfEven,
    /// Toward zero (舍去).
    Down,
    /// Away from zero (进一).
    Up,
}

/// `round MODE to STEP`
#[derive(Clone, Debug)]
pub struct Rounding {
    /// The mode.
    pub mode: RoundingMode,
    /// The step.
    pub step: Quantity,
}

/// A unit as written; 万元 and 亿元 are already multiplied out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// A bare number.
    None,
    /// Percent; the quantity's value is the fraction (5% is 1/20).
    Percent,
    /// Yuan.
    Yuan,
}

/// A number with its unit.
#[derive(Clone, Debug)]
pub struct Quantity {
    /// The exact value in its unit; 5% is 1/20, 2万元 is 20000.
    pub value: BigRational,
    /// What one of the written unit is: 1/100 for percent, 10000 for 万元.
    pub scale: BigRational,
    /// The unit.
    pub unit: Unit,
    /// Where it stands.
    pub span: Span,
}

/// A type as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeName {
    /// `money`
    Money,
}

/// `input NAME: TYPE from … to …  "…" / "…"`
#[derive(Clone, Debug)]
pub struct Input {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub ty: TypeName,
    /// Least admitted value.
    pub from: Option<Quantity>,
    /// Greatest admitted value.
    pub to: Option<Quantity>,
    /// Its labels, one or two.
    pub labels: Vec<Quoted>,
    /// Its clause.
    pub cite: Option<Quoted>,
}

/// `NAME = EXPRESSION as share of BASE`
#[derive(Clone, Debug)]
pub struct Definition {
    /// Its name.
    pub name: Name,
    /// Its value.
    pub value: Expr,
    /// What ladders on it count percents of.
    pub share_of: Option<Expr>,
    /// Its clause.
    pub cite: Option<Quoted>,
}

/// `SUBJECT tier LOW..HIGH -> NAME SHARE, …`
#[derive(Clone, Debug)]
pub struct LadderRow {
    /// The amount that is cut into tiers.
    pub subject: Name,
    /// The bounds as written; a bare number takes the unit of the other bound.
    pub low: Option<Quantity>,
    /// Upper bound.
    pub high: Option<Quantity>,
    /// Where the bounds stand.
    pub bounds: Span,
    /// What the slice yields.
    pub shares: Vec<Share>,
    /// Its clause.
    pub cite: Option<Quoted>,
}

/// `NAME PERCENT` in a ladder row.
#[derive(Clone, Debug)]
pub struct Share {
    /// The definition that receives it.
    pub name: Name,
    /// How much of the slice.
    pub rate: Quantity,
}

/// `output NAME "…" / "…", …`
#[derive(Clone, Debug)]
pub struct Output {
    /// The names with their labels.
    pub names: Vec<(Name, Vec<Quoted>)>,
    /// The clause.
    pub cite: Option<Quoted>,
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

/// `always LEFT == RIGHT`
#[derive(Clone, Debug)]
pub struct Always {
    /// Left side.
    pub left: Expr,
    /// How they must compare.
    pub comparison: Comparison,
    /// Right side.
    pub right: Expr,
    /// Where the whole condition stands.
    pub span: Span,
    /// Its clause.
    pub cite: Option<Quoted>,
}

/// `example "…" given … expect …`
#[derive(Clone, Debug)]
pub struct Example {
    /// What it shows.
    pub title: Quoted,
    /// Input values.
    pub given: Vec<Setting>,
    /// Expected outputs.
    pub expect: Vec<Setting>,
}

/// `NAME VALUE` in an example.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Input or output.
    pub name: Name,
    /// Its value.
    pub value: Quantity,
}

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
    /// A number with its unit.
    Quantity(Quantity),
    /// A name.
    Name(String),
    /// `-x`
    Negate(Box<Expr>),
    /// `x + y` and its like.
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// `max(x, y, …)` and its like.
    Call(Function, Vec<Expr>),
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
}
