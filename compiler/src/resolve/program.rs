//! The program after its names are bound.

use fen_grammar::diagnostic::Lang;
use fen_grammar::source::Span;
use fen_grammar::tree::{
    self, AggregateFunction, BinaryOp, Bounds, Comparison, Direction, Duration, Function, IndicatorSeverity, Literal,
    Name, Quantity, Quoted, Rounding, RoundingMode,
};
use jiff::civil::Date;

use crate::ids::{EnumId, InputId, LadderId, LinkId, SplitId, ValueId};

/// A parameter as written: one value, or a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ParamId(pub(crate) usize);

/// A named ladder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ScheduleId(pub(crate) usize);

/// What a name can stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Symbol {
    Input(InputId),
    Param(ParamId),
    Value(ValueId),
    Schedule(ScheduleId),
    Link(LinkId),
}

/// What a name that stands somewhere refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Referent {
    Symbol(Symbol),
    /// An enum as a type.
    Enum(EnumId),
    /// A value of an enum, by its place.
    EnumValue(EnumId, usize),
    /// What rows are called.
    Row,
}

/// A policy with its names bound; ids index the vectors.
#[derive(Debug, Default)]
pub(crate) struct Program {
    pub(crate) header: Header,
    pub(crate) enums: Vec<tree::Enum>,
    pub(crate) inputs: Vec<Input>,
    pub(crate) params: Vec<Param>,
    pub(crate) values: Vec<Value>,
    pub(crate) ladders: Vec<Ladder>,
    pub(crate) schedules: Vec<Schedule>,
    pub(crate) outputs: Vec<Output>,
    pub(crate) indicators: Vec<Indicator>,
    pub(crate) invariants: Vec<Invariant>,
    pub(crate) examples: Vec<Example>,
    pub(crate) rows: Rows,
    pub(crate) runnings: Vec<Running>,
    pub(crate) links: Vec<Link>,
    pub(crate) splits: Vec<Split>,
    pub(crate) ordered_by: Option<(Name, InputId)>,
    pub(crate) reversal: Option<Reversal>,
    /// False if items are missing because they could not be parsed.
    pub(crate) is_whole: bool,
    /// Where names stand and what they refer to, but for names of enum values, whose types decide; in no order, and some
    /// more than once.
    pub(crate) mentions: Vec<(Span, Referent)>,
}

/// What the rows of a file are.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    /// What a row is called; empty if the policy does not say it.
    pub(crate) name: String,
    /// The key that the rows of one claim have in common, if rows are lines of claims.
    pub(crate) claim: Option<(Name, InputId)>,
}

/// A value over earlier claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct RunningId(pub(crate) usize);

/// What something is given for.
#[derive(Clone, Debug)]
pub(crate) struct Grain {
    pub(crate) of: GrainOf,
    pub(crate) period: Option<Period>,
    pub(crate) span: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum GrainOf {
    /// `per line`; also `per claim` where a row is a claim.
    Row,
    /// Columns with the same values in all rows of a group; `per claim` in policies over lines is the key of claims. Empty
    /// for the pool, or if there is only a period.
    Keys(Vec<InputId>),
}

/// A kind of period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Period {
    /// From that month and day on; never 29 February.
    Year { month: i8, day: i8 },
    /// A month of the calendar.
    Month,
}

#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) name: Name,
    pub(crate) aggregate: Aggregate,
    pub(crate) labels: Vec<Quoted>,
    pub(crate) cite: Option<Quoted>,
}

/// Something done with the values of several claims.
#[derive(Clone, Debug)]
pub(crate) struct Aggregate {
    pub(crate) function: AggregateFunction,
    pub(crate) of: AggregateOf,
    /// Those for which it is false are left out.
    pub(crate) when: Option<Expr>,
    /// `None` for the pool.
    pub(crate) per: Option<Grain>,
    pub(crate) span: Span,
}

#[derive(Clone, Debug)]
pub(crate) enum AggregateOf {
    /// The values of an expression.
    Values(Expr),
    /// `count lines`: rows.
    Rows,
    /// `count claims`
    Claims,
    /// `count person`: how many different values.
    Keys(Vec<InputId>),
}

#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) name: Name,
    pub(crate) is_next: bool,
    pub(crate) per: Grain,
    pub(crate) when: Option<Expr>,
}

#[derive(Debug)]
pub(crate) struct Split {
    /// What the parts are called; see [`ValueBody::Part`].
    pub(crate) name: Name,
    pub(crate) amount: Expr,
    pub(crate) over: Vec<(InputId, Span)>,
    pub(crate) weight: Expr,
    pub(crate) labels: Vec<Quoted>,
    pub(crate) cite: Option<Quoted>,
}

/// `reverses KEY`
#[derive(Clone, Debug)]
pub(crate) struct Reversal {
    pub(crate) name: Name,
    pub(crate) claim: InputId,
    /// The input that the item declares: an optional id called `reverses`, or `冲销`.
    pub(crate) reverses: InputId,
}

/// What stands at the head of a policy.
#[derive(Debug, Default)]
pub(crate) struct Header {
    pub(crate) name: String,
    /// Not a policy of its own.
    pub(crate) is_library: bool,
    /// The language of the policy's keywords.
    pub(crate) lang: Lang,
    pub(crate) title: Vec<Quoted>,
    pub(crate) source: Option<String>,
    /// First day, and last day if there is one; both inclusive.
    pub(crate) in_force: Option<(Date, Option<Date>)>,
    /// One per unit.
    pub(crate) roundings: Vec<Rounding>,
    pub(crate) dated_by: Option<(Name, InputId)>,
}

/// A type whose enum is bound.
#[derive(Clone, Debug)]
pub(crate) struct TypeRef {
    /// `None` if it is the name of no enum; already reported.
    pub(crate) base: Option<TypeBase>,
    pub(crate) per: Vec<tree::BaseUnit>,
    pub(crate) step: Option<Quantity>,
    pub(crate) span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TypeBase {
    Word(tree::TypeWord),
    Enum(EnumId),
}

#[derive(Debug)]
pub(crate) struct Input {
    pub(crate) name: Name,
    /// `None` if its item could not be parsed; its name is known all the same.
    pub(crate) ty: Option<TypeRef>,
    pub(crate) is_optional: bool,
    pub(crate) from: Option<Literal>,
    pub(crate) to: Option<Literal>,
    pub(crate) per: Option<Grain>,
    pub(crate) labels: Vec<Quoted>,
    pub(crate) cite: Option<Quoted>,
}

#[derive(Debug)]
pub(crate) struct Param {
    pub(crate) name: Name,
    pub(crate) keys: Vec<(Name, Option<Key>)>,
    pub(crate) ty: TypeRef,
    pub(crate) from: Option<Literal>,
    pub(crate) to: Option<Literal>,
    pub(crate) value: ParamValue,
    pub(crate) labels: Vec<Quoted>,
    pub(crate) cite: Option<Quoted>,
}

/// What a key of a table ranges over.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Key {
    Enum(EnumId),
    Input(InputId),
    Word(tree::TypeWord),
}

#[derive(Debug)]
pub(crate) enum ParamValue {
    Required,
    Cells(Vec<(Option<tree::Date>, Vec<tree::ParamCell>)>),
    /// The text of its file among the sources; `None` if it could not be read.
    File(Option<Span>),
}

#[derive(Debug)]
pub(crate) struct Value {
    pub(crate) name: Name,
    pub(crate) body: ValueBody,
    pub(crate) rounding: Option<Rounding>,
    /// What ladders on this value count percents of.
    pub(crate) share_of: Option<Expr>,
    pub(crate) exceptions: Vec<Exception>,
    pub(crate) cite: Option<Quoted>,
}

#[derive(Debug)]
pub(crate) enum ValueBody {
    Expr(Expr),
    Cases(Vec<Case>, Option<Box<Case>>),
    /// What the tiers of a ladder yield.
    Share(LadderId),
    /// What the bands of a ladder yield.
    Grant(LadderId),
    /// What came of earlier claims.
    Running(RunningId),
    /// What a split gives.
    Part(SplitId),
}

#[derive(Debug)]
pub(crate) struct Case {
    /// `None` for `otherwise`.
    pub(crate) condition: Option<Expr>,
    pub(crate) value: Expr,
    pub(crate) span: Span,
    pub(crate) cite: Option<Quoted>,
}

#[derive(Debug)]
pub(crate) struct Exception {
    pub(crate) name: Option<Name>,
    pub(crate) condition: Expr,
    pub(crate) value: Expr,
    pub(crate) overrides: Vec<Name>,
    pub(crate) span: Span,
    pub(crate) cite: Option<Quoted>,
}

/// All ladder rows with one subject.
#[derive(Debug)]
pub(crate) struct Ladder {
    /// `None` if its name is unknown.
    pub(crate) subject: Option<Symbol>,
    /// The subject where the first row names it.
    pub(crate) name: Name,
    pub(crate) is_band: bool,
    pub(crate) rows: Vec<Row>,
    /// What the rows yield, in the order of first mention.
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
    pub(crate) bounds: Bounds,
    pub(crate) from: Option<tree::Date>,
    pub(crate) shares: Vec<(ValueId, Quantity)>,
    pub(crate) grants: Vec<(ValueId, Expr)>,
    pub(crate) cite: Option<Quoted>,
    /// The whole row.
    pub(crate) span: Span,
}

#[derive(Debug)]
pub(crate) struct Schedule {
    pub(crate) name: Name,
    pub(crate) on: TypeRef,
    pub(crate) steps: Vec<Step>,
    pub(crate) cite: Option<Quoted>,
}

#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) from: Option<tree::Date>,
    pub(crate) is_tier: bool,
    pub(crate) bounds: Bounds,
    pub(crate) value: Expr,
}

#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) name: Name,
    pub(crate) value: ValueId,
    pub(crate) per: Option<Grain>,
    pub(crate) labels: Vec<Quoted>,
    pub(crate) cite: Option<Quoted>,
}

#[derive(Debug)]
pub(crate) struct Indicator {
    pub(crate) name: Name,
    /// The value that is compared with the target.
    pub(crate) value: ValueId,
    pub(crate) comparison: Comparison,
    pub(crate) target: Expr,
    pub(crate) guard: Option<Expr>,
    pub(crate) severity: Option<IndicatorSeverity>,
    pub(crate) labels: Vec<Quoted>,
}

impl Indicator {
    /// The output columns of its verdict and of its gap to the target.
    pub(crate) fn columns(name: &str, lang: Lang) -> [String; 2] {
        let (result, gap) = match lang {
            Lang::En => ("result", "gap"),
            Lang::Zh => ("结论", "差距"),
        };
        [format!("{name}_{result}"), format!("{name}_{gap}")]
    }
}

#[derive(Debug)]
pub(crate) struct Invariant {
    pub(crate) condition: Expr,
    pub(crate) guard: Option<Expr>,
    pub(crate) span: Span,
    /// As written.
    pub(crate) text: String,
    pub(crate) cite: Option<Quoted>,
}

#[derive(Debug)]
pub(crate) struct Example {
    pub(crate) title: Quoted,
    /// The file with values of parameters.
    pub(crate) sheet: Option<SheetFile>,
    pub(crate) given: Vec<Setting>,
    /// `None` if the claim is to be rejected.
    pub(crate) expect: Option<Vec<Setting>>,
}

/// A file of parameters.
#[derive(Debug)]
pub(crate) struct SheetFile {
    /// As it is named.
    pub(crate) path: Quoted,
    /// Where its text lies; `None` if it cannot be read.
    pub(crate) text: Option<Span>,
}

#[derive(Debug)]
pub(crate) struct Setting {
    pub(crate) name: Name,
    /// With the keys of one cell of a required table in the name.
    pub(crate) symbol: Symbol,
    pub(crate) value: Option<Literal>,
    pub(crate) span: Span,
}

#[derive(Clone, Debug)]
pub(crate) struct Expr {
    pub(crate) span: Span,
    pub(crate) kind: ExprKind,
}

#[derive(Clone, Debug)]
pub(crate) enum ExprKind {
    Quantity(Quantity),
    Date(tree::Date),
    Bool(bool),
    Text(String),
    /// A name that stands for something.
    Symbol(Symbol),
    /// A name of enum values, which may stand for something else too; the types around it decide.
    EnumValue(String, Option<Symbol>),
    /// A name that is not defined; already reported.
    Unknown,
    Negate(Box<Expr>),
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    Shift {
        date: Box<Expr>,
        by: Box<Expr>,
        subtract: bool,
        direction: Direction,
    },
    Call(Function, Vec<Expr>),
    Round(Box<Expr>, Option<RoundingMode>, Option<Quantity>),
    Compare(Comparison, Box<Expr>, Box<Expr>),
    In(Box<Expr>, Vec<Expr>),
    HasRow(Box<Expr>, ParamId),
    Known(Box<Expr>),
    Not(Box<Expr>),
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
    Lookup(ParamId, Vec<Expr>),
    Apply(ScheduleId, Box<Expr>),
    /// The row of a named ladder that a value reaches.
    RowOfSchedule(ScheduleId, Box<Expr>),
    /// The row of the ladder on a subject that it reaches.
    RowOfLadder(LadderId),
    Between(Duration, Box<Expr>, Box<Expr>),
    Aggregate(Box<Aggregate>),
    /// `LINK known`
    Linked(LinkId),
    /// `LINK.NAME`: an input, or a value that is computed for claims.
    Field(LinkId, Symbol),
}

impl Expr {
    /// The expressions that this one is directly made of.
    pub(crate) fn parts(&self) -> Vec<&Self> {
        match &self.kind {
            ExprKind::Quantity(_)
            | ExprKind::Date(_)
            | ExprKind::Bool(_)
            | ExprKind::Text(_)
            | ExprKind::Symbol(_)
            | ExprKind::EnumValue(..)
            | ExprKind::Unknown
            | ExprKind::RowOfLadder(_)
            | ExprKind::Linked(_)
            | ExprKind::Field(..) => Vec::new(),
            ExprKind::Aggregate(aggregate) => {
                let of = match &aggregate.of {
                    AggregateOf::Values(of) => Some(of),
                    AggregateOf::Rows | AggregateOf::Claims | AggregateOf::Keys(_) => None,
                };
                of.into_iter().chain(&aggregate.when).collect()
            }
            ExprKind::Negate(inner)
            | ExprKind::Round(inner, ..)
            | ExprKind::HasRow(inner, _)
            | ExprKind::Known(inner)
            | ExprKind::Not(inner)
            | ExprKind::Apply(_, inner)
            | ExprKind::RowOfSchedule(_, inner) => vec![inner],
            ExprKind::Binary(_, left, right)
            | ExprKind::Compare(_, left, right)
            | ExprKind::And(left, right)
            | ExprKind::Or(left, right)
            | ExprKind::Between(_, left, right) => vec![left, right],
            ExprKind::Shift { date, by, .. } => vec![date, by],
            ExprKind::Call(_, parts) | ExprKind::Lookup(_, parts) => parts.iter().collect(),
            ExprKind::In(inner, values) => std::iter::once(&**inner).chain(values).collect(),
        }
    }
}
