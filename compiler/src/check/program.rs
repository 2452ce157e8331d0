//! The checked program: typed, ordered, every ladder and every set of cases complete. This is what the interpreter
//! defines the meaning of and what is lowered; nothing in it can fail any more but a look-up of a code that no row has,
//! which rejects the claim.
//!
//! Every value is a number, whatever its type; see [`Type`]. Cases, exceptions, bands, indicators and rows reached are
//! already expressed by [`ExprKind::Cases`] and comparisons; what is left of ladders are tiers.
//!
//! What a value takes from elsewhere than its own row (earlier claims, totals, linked claims, parts of a split) is an input
//! with an [`Origin`] too. So proofs, ranges and kernels see a row program; what the inputs hold is said by the grains.

use std::sync::Arc;

use fen_grammar::diagnostic::{Lang, Text};
use fen_grammar::source::Span;
use fen_grammar::tree::{Comparison, RoundingMode};
use jiff::civil::Date;
use num_rational::BigRational;

use super::places::Places;
use super::types::{Facts, Type};
use crate::ids::{EnumId, GrainId, InputId, LadderId, LinkId, ParameterId, SiteId, SplitId, Symbol, TableId, ValueId};
pub(crate) use crate::resolve::program::Period;

/// A checked policy; ids index the vectors.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    pub(crate) name: String,
    pub(crate) lang: Lang,
    pub(crate) title: Option<String>,
    /// Its title in both languages, if it has one in each.
    pub(crate) titles: Option<Text>,
    pub(crate) source: Option<String>,
    /// First day, and last day if there is one; both inclusive.
    pub(crate) in_force: Option<(Date, Option<Date>)>,
    /// The input whose date chooses versions and must lie in the period in force; never an optional one.
    pub(crate) dated_by: Option<InputId>,
    pub(crate) enums: Vec<Enum>,
    /// The codes and ids that the policy knows, sorted; a code is the place of its text here. Texts that are not here
    /// have numbers from the length of this list up, equal texts equal ones.
    pub(crate) codes: Vec<String>,
    /// The columns of the claims first, then what values take from elsewhere.
    pub(crate) inputs: Vec<Input>,
    /// Parameters that the host must supply.
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) tables: Vec<Table>,
    pub(crate) values: Vec<Value>,
    /// All values, each after those it is computed from.
    pub(crate) order: Vec<ValueId>,
    pub(crate) ladders: Vec<Ladder>,
    /// Look-ups that can fail, in an order in which they can be evaluated; the first one that fails rejects the claim.
    pub(crate) sites: Vec<Site>,
    pub(crate) outputs: Vec<Output>,
    /// Grain 0 is that of the rows; no two are equal.
    pub(crate) grains: Vec<Grain>,
    /// The grain of claims: 0, or, where rows are fee lines, that of the claims they belong to.
    pub(crate) claim: GrainId,
    pub(crate) links: Vec<Link>,
    pub(crate) splits: Vec<Split>,
    /// Values that every row must have, whatever its outputs are: a look-up without a row in them rejects the row. They
    /// depend on nothing that is known only after all rows are. In line policies they are of the
    /// grain of rows, or float. If the policy has one phase, they are what its outputs need anyway.
    pub(crate) required: Vec<ValueId>,
    /// The date by which rows are ordered.
    pub(crate) ordered_by: Option<InputId>,
    pub(crate) reversal: Option<Reversal>,
    /// What is known of the alternatives of choices; only explanations need it.
    pub(crate) choices: Vec<Choice>,
    pub(crate) invariants: Vec<Invariant>,
    pub(crate) examples: Vec<Example>,
    pub(crate) citations: Vec<Citation>,
    /// The same as explanations tell them apart.
    pub(crate) clauses: Clauses,
    /// Where alternatives stand in the source.
    pub(crate) places: Places,
}

/// Which clause a rule implements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Citation {
    /// The name of what the source defines, the subject of a ladder, or `always`.
    pub(crate) rule: String,
    /// What the clause is called.
    pub(crate) clause: String,
    /// What it says, where the source quotes it.
    pub(crate) text: Option<String>,
}

/// Which clause each part of the source implements; only explanations need it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Clauses {
    /// Those of rules themselves: not those of their cases and exceptions, nor those of ladders on what a rule names.
    pub(crate) rules: Vec<Citation>,
    pub(crate) ladders: Vec<LadderClauses>,
}

/// Which clauses a ladder implements.
#[derive(Clone, Debug)]
pub(crate) struct LadderClauses {
    /// Those of all its rows.
    pub(crate) whole: Vec<Citation>,
    /// By row, in the order of the source: where it stands, and its own clause.
    pub(crate) rows: Vec<(Span, Option<Citation>)>,
}

impl Clauses {
    /// The ladder that a row stands in, and the row's place.
    pub(crate) fn ladder_at(&self, row: Span) -> Option<(&LadderClauses, usize)> {
        let holds = |span: &Span| span.start <= row.start && row.end <= span.end;
        self.ladders.iter().find_map(|ladder| {
            let place = ladder.rows.iter().position(|(span, _)| holds(span))?;
            Some((ladder, place))
        })
    }
}

/// What the alternatives of a choice ([`ExprKind::Cases`]) are, in its order.
#[derive(Clone, Debug)]
pub(crate) struct Choice {
    /// That of the choice, and that of its first condition: together they tell it from others.
    pub(crate) span: Span,
    pub(crate) first: Span,
    /// The amount that lies in one of the rows, if they are rows of a ladder.
    pub(crate) subject: Option<Expr>,
    /// What the bounds of the rows are parts of.
    pub(crate) base: Option<Expr>,
    pub(crate) alternatives: Vec<Alternative>,
}

#[derive(Clone, Debug)]
pub(crate) struct Alternative {
    pub(crate) role: Role,
    /// The name of an exception, the bounds of a row, the condition of a case that is what remains.
    pub(crate) label: Text,
    /// The first day of a row's version.
    pub(crate) from: Option<i32>,
    pub(crate) clause: Option<String>,
    /// Where a row stands.
    pub(crate) row: Option<Span>,
}

/// What an alternative is in the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Case,
    Otherwise,
    Exception,
    /// What exceptions are made from.
    Rule,
    Row,
    Met,
    Missed,
    NotApplicable,
}

impl Alternative {
    pub(crate) fn new(role: Role) -> Self {
        Self { role, label: Text::new("", ""), from: None, clause: None, row: None }
    }
}

/// An ordered set of names: declared, the rows of a ladder, or the verdicts of indicators.
#[derive(Clone, Debug)]
pub(crate) struct Enum {
    /// Empty if the set is not declared.
    pub(crate) name: String,
    pub(crate) values: Vec<EnumValue>,
}

#[derive(Clone, Debug)]
pub(crate) struct EnumValue {
    pub(crate) name: String,
    pub(crate) label: Text,
}

#[derive(Clone, Debug)]
pub(crate) struct Input {
    pub(crate) name: String,
    pub(crate) label: Text,
    pub(crate) ty: Type,
    /// Cells are the value times ten to this power; 0 unless the type is a measure.
    pub(crate) scale: u32,
    /// Whether a claim may leave it out.
    pub(crate) is_optional: bool,
    /// The admitted range; claims outside are rejected. For a bool, an enum and a code it is that of the type.
    pub(crate) facts: Facts,
    pub(crate) origin: Origin,
    /// The grain it is declared for, if it is the same in several rows; the rows of a group in which it differs are all
    /// rejected. Always `None` if it is no column.
    pub(crate) per: Option<GrainId>,
}

impl Input {
    /// Whether it is a part of a split, or a total that could be over such parts: missing where the split cannot be made.
    pub(crate) fn is_shared_out(&self) -> bool {
        matches!(self.origin, Origin::Part(_) | Origin::Total { .. }) && !self.is_optional
    }
}

/// Where an input's value comes from. A group's rows, claims and instances are always the settled ones: a rejected row
/// counts for nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A column of the file.
    Column,
    /// From the earlier instances of `over` (rows or claims) in the same group of `grain`, in the order of the stream. A
    /// sum or count of none is 0; otherwise the input is optional and missing.
    Running {
        function: Function,
        /// What is added up, counted or remembered; floats, or is of the grain `over`.
        value: ValueId,
        /// Of type bool: instances for which it is false are left out.
        when: Option<ValueId>,
        over: GrainId,
        grain: GrainId,
    },
    /// Whether a link leads to a claim.
    Linked(LinkId),
    /// A value of the claim that a link leads to; missing if it leads to none, or the field is an optional input that is
    /// missing there.
    Field {
        link: LinkId,
        /// An input stands for itself here: a value whose body is that input.
        value: ValueId,
    },
    /// Over the instances of `over` (which is finer) in a group of `grain`, which has at least one row.
    /// `Last` does not occur. If `when` leaves none, a sum or count is 0 and others are missing.
    Total {
        function: Function,
        /// Floats, or is of the grain `over`.
        value: ValueId,
        when: Option<ValueId>,
        over: GrainId,
        grain: GrainId,
    },
    /// What a split gives.
    Part(SplitId),
}

/// What is done with the values of several claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Function {
    Sum,
    Count,
    Max,
    Min,
    Last,
}

/// What a value is given for: all rows with equal keys whose dates fall into the same period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Grain {
    /// What its instances are called in the source: `claim`, `line`, `hospital`; the keys and period joined by dots.
    pub(crate) name: String,
    pub(crate) label: Text,
    /// Columns, never optional, in the order of the source. Empty for rows and for the pool.
    pub(crate) keys: Vec<InputId>,
    /// Of the date that the policy goes by.
    pub(crate) period: Option<Period>,
    /// Every row is an instance of its own.
    pub(crate) is_row: bool,
}

/// A link to the previous or next claim of the same group, among those for which `when` is true.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub(crate) name: String,
    pub(crate) is_next: bool,
    /// Keys and period that both claims share.
    pub(crate) grain: GrainId,
    /// Of type bool, of the other claim.
    pub(crate) when: Option<ValueId>,
}

/// A division of an amount by weights: see [`fen_schema::Split`].
#[derive(Clone, Debug)]
pub(crate) struct Split {
    pub(crate) name: String,
    pub(crate) label: Text,
    /// Rounded to the step of the parts; floats (parameters only), or is of the grain of pools or a coarser one.
    pub(crate) amount: ValueId,
    /// Never negative. Of grain `grain`.
    pub(crate) weight: ValueId,
    pub(crate) grain: GrainId,
    pub(crate) pool: GrainId,
}

/// Rows that take an earlier claim back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reversal {
    /// The id of a claim.
    pub(crate) claim: InputId,
    /// The optional id of the claim that is taken back.
    pub(crate) reverses: InputId,
}

/// A parameter that the policy leaves open. It is a measure, a bool, a date or an enum.
#[derive(Clone, Debug)]
pub(crate) struct Parameter {
    /// With its key in brackets if it is one cell of a table, as in `rate[county]`.
    pub(crate) name: String,
    pub(crate) label: Text,
    pub(crate) ty: Type,
    pub(crate) scale: u32,
    /// The admitted range; the module refuses to settle with a value outside.
    pub(crate) facts: Facts,
}

/// Values by keys and date.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) ty: Type,
    /// Cells are the value times ten to this power.
    pub(crate) scale: u32,
    pub(crate) keys: Vec<Key>,
    /// Sorted by keys, then by date; no two are equal in both. For one combination of keys either no row has a date or
    /// all have one; then the last row from the claim's date or before applies (see [`Program::dated_by`]).
    pub(crate) rows: Vec<TableRow>,
    /// Of its values.
    pub(crate) facts: Facts,
    /// Whether every combination of keys that a claim can have has a row at every date it can have.
    pub(crate) is_total: bool,
}

#[derive(Clone, Debug)]
pub(crate) enum Key {
    /// The ordinal of a row's key is the place of the value.
    Enum(EnumId),
    /// The ordinal is the code's number.
    Code,
    /// The ordinal is the number of breaks that lie below the value: a break is below a value that is greater, and, if
    /// it is inclusive, below its own value too. Ascending.
    Range(Vec<Break>),
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Break {
    pub(crate) at: BigRational,
    /// False sorts first: of `60..=60` the break before is inclusive and the one after is not, which cannot both be
    /// had at one place; a table has one break per place.
    pub(crate) is_inclusive: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TableRow {
    /// One ordinal per key.
    pub(crate) keys: Vec<u32>,
    /// First day, as days since 1970-01-01.
    pub(crate) from: Option<i32>,
    /// The value times ten to the power of the table's scale.
    pub(crate) cell: i64,
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
    /// What it is given for; `None` if it is computed from columns and parameters alone and so floats: it can be computed
    /// wherever these are the same for all rows.
    pub(crate) grain: Option<GrainId>,
}

#[derive(Clone, Debug)]
pub(crate) enum Body {
    Expr(Box<Expr>),
    /// What the ladder's rows give this column of its subject.
    Share {
        ladder: LadderId,
        column: usize,
    },
    /// What the other columns of the ladder leave of its subject.
    Remainder {
        ladder: LadderId,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rounding {
    pub(crate) mode: RoundingMode,
    pub(crate) step: BigRational,
}

/// A ladder of tiers: every slice of an amount takes its own row.
#[derive(Clone, Debug)]
pub(crate) struct Ladder {
    /// The amount it divides among its columns; `None` if it has a name and is applied to amounts
    /// ([`ExprKind::Apply`]).
    pub(crate) subject: Option<Symbol>,
    /// Bounds are parts of it; never negative.
    pub(crate) base: Option<Expr>,
    /// By date, ascending; one without a date is the only one. The claim's date chooses (see [`Program::dated_by`]).
    pub(crate) versions: Vec<LadderVersion>,
    /// The receivers; empty if it has a name, then every row has one share.
    pub(crate) columns: Vec<ValueId>,
}

#[derive(Clone, Debug)]
pub(crate) struct LadderVersion {
    /// First day, as days since 1970-01-01. No claim is older than the first version.
    pub(crate) from: Option<i32>,
    /// From the lowest to the highest, without a gap between them.
    pub(crate) rows: Vec<Row>,
}

#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// `None` is open.
    pub(crate) low: Option<BigRational>,
    /// `None` is open.
    pub(crate) high: Option<BigRational>,
    /// By column: what one unit of the slice yields.
    pub(crate) shares: Vec<BigRational>,
}

/// A look-up that can fail.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    pub(crate) table: TableId,
    /// The column that is at fault if no row is found.
    pub(crate) input: InputId,
}

#[derive(Clone, Debug)]
pub(crate) struct Output {
    pub(crate) name: String,
    pub(crate) value: ValueId,
    /// The output is empty for claims for which this is false; its value is not needed then.
    pub(crate) present: Option<ValueId>,
    pub(crate) label: Text,
    /// Cells are the value times ten to this power; 0 unless the type is a measure.
    pub(crate) scale: u32,
    /// What it is given for: the grain of its value, or a finer one.
    pub(crate) grain: GrainId,
}

#[derive(Clone, Debug)]
pub(crate) struct Invariant {
    /// Of type bool.
    pub(crate) condition: Expr,
    pub(crate) span: Span,
    /// As written.
    pub(crate) text: String,
    /// Whether it was proven for all claims.
    pub(crate) is_proven: bool,
    /// A claim that was found to violate it.
    pub(crate) violated_by: Option<Claim>,
}

#[derive(Clone, Debug)]
pub(crate) struct Example {
    pub(crate) title: String,
    /// The file that gives what the example does not.
    pub(crate) sheet: Option<Arc<Sheet>>,
    pub(crate) given: Claim,
    pub(crate) expect: Expected,
    pub(crate) span: Span,
}

/// Values of parameters from a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sheet {
    /// As an example names it.
    pub(crate) path: String,
    /// By parameter.
    pub(crate) values: Vec<Option<BigRational>>,
}

#[derive(Clone, Debug)]
pub(crate) enum Expected {
    /// By place in the outputs: the value, or that it is empty.
    Outputs(Vec<(usize, Option<BigRational>, Span)>),
    /// The claim is rejected.
    Rejected,
}

/// A claim and the parameters it is settled with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Claim {
    /// By input; `None` if it is left out.
    pub(crate) inputs: Vec<Option<BigRational>>,
    /// By parameter.
    pub(crate) parameters: Vec<BigRational>,
}

/// Equal are expressions that mean the same because they are written the same; spans do not count.
#[derive(Clone, Debug)]
pub(crate) struct Expr {
    pub(crate) span: Span,
    pub(crate) ty: Type,
    pub(crate) kind: ExprKind,
    pub(crate) facts: Facts,
}

impl PartialEq for Expr {
    fn eq(&self, other: &Self) -> bool {
        self.ty == other.ty && self.kind == other.kind
    }
}

/// Operands are evaluated from left to right. All are needed, except where it is said.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ExprKind {
    Constant(BigRational),
    /// An optional input stands only where it is proven to be known.
    Input(InputId),
    Parameter(ParameterId),
    Value(ValueId),
    /// Whether an optional input is there.
    Known(InputId),
    Negate(Box<Expr>),
    Add(Box<Expr>, Box<Expr>),
    Sub(Box<Expr>, Box<Expr>),
    Mul(Box<Expr>, Box<Expr>),
    /// By something that is proven not to be zero where it is needed.
    Div(Box<Expr>, Box<Expr>),
    Max(Vec<Expr>),
    Min(Vec<Expr>),
    Round(Box<Expr>, Rounding),
    /// Of two values of one type.
    Compare(Comparison, Box<Expr>, Box<Expr>),
    /// The right one is needed only if the left one is true.
    And(Box<Expr>, Box<Expr>),
    /// The right one is needed only if the left one is false.
    Or(Box<Expr>, Box<Expr>),
    Not(Box<Expr>),
    /// The value of the first case whose condition is true, else the last one. Conditions after that and the values of
    /// other cases are not needed.
    Cases(Vec<(Expr, Expr)>, Box<Expr>),
    /// Keys of type code or id are always inputs.
    Lookup {
        table: TableId,
        keys: Vec<Expr>,
        /// `None` if it cannot fail.
        site: Option<SiteId>,
    },
    /// Whether the table has a row for these keys at the claim's date.
    HasRow {
        table: TableId,
        keys: Vec<Expr>,
    },
    /// What a named ladder yields for an amount.
    Apply(LadderId, Box<Expr>),
    /// A date some whole months after another (or before, if negative; a year is twelve). Where the month has no such
    /// day it is the last day of the month, or, if `later`, the first of the next.
    AddMonths {
        date: Box<Expr>,
        months: Box<Expr>,
        later: bool,
    },
    /// Full months or years from one date to another; those from a later date to an earlier one are negative. A full
    /// month ends on the day of the same number; where there is none, on the first day of the next month (so a person
    /// born on 29 February is a year older on 1 March of common years).
    FullMonths {
        from: Box<Expr>,
        to: Box<Expr>,
        /// Months of one unit counted: 1 or 12.
        unit: u8,
    },
}

impl Grain {
    /// That of the rows of a file.
    pub(crate) fn rows() -> Self {
        Self { name: "claim".into(), label: Text::new("claim", "单据"), keys: Vec::new(), period: None, is_row: true }
    }
}

impl Program {
    /// The file that gives the policy's examples their parameters; the first, if there are several.
    pub(crate) fn sheet(&self) -> Option<&Sheet> {
        self.examples.iter().find_map(|example| example.sheet.as_deref())
    }

    /// The same program with the parameters of that file and no others; `None` if there is no file.
    pub(crate) fn as_in_sheet(&self) -> Option<Self> {
        let sheet = self.sheet()?;
        let mut program = self.clone();
        for (parameter, value) in program.parameters.iter_mut().zip(&sheet.values) {
            if let Some(value) = value {
                parameter.facts = Facts::constant(value);
            }
        }
        Some(program)
    }

    pub(crate) fn grain(&self, id: GrainId) -> Option<&Grain> {
        self.grains.get(id.0)
    }

    pub(crate) fn value(&self, id: ValueId) -> Option<&Value> {
        self.values.get(id.0)
    }

    pub(crate) fn input(&self, id: InputId) -> Option<&Input> {
        self.inputs.get(id.0)
    }

    pub(crate) fn parameter(&self, id: ParameterId) -> Option<&Parameter> {
        self.parameters.get(id.0)
    }

    pub(crate) fn table(&self, id: TableId) -> Option<&Table> {
        self.tables.get(id.0)
    }

    pub(crate) fn ladder(&self, id: LadderId) -> Option<&Ladder> {
        self.ladders.get(id.0)
    }

    /// A value of a type as people write it.
    pub(crate) fn show(&self, ty: Type, value: &BigRational) -> Text {
        let ordinal = || usize::try_from(value.to_integer()).unwrap_or(usize::MAX);
        match ty {
            Type::Measure(measure) => measure.show(value),
            Type::Bool if *value == BigRational::from(num_bigint::BigInt::from(0)) => Text::new("false", "否"),
            Type::Bool => Text::new("true", "是"),
            Type::Date => {
                let shown = date_of(value).map_or_else(|| value.to_string(), |date| date.to_string());
                Text::new(shown.clone(), shown)
            }
            Type::Enum(id) => {
                let values = self.enums.get(id.0).map(|one| one.values.as_slice()).unwrap_or_default();
                let name = values.get(ordinal()).map_or("?", |value| value.name.as_str());
                Text::new(name, name)
            }
            Type::Code | Type::Id => match self.codes.get(ordinal()) {
                Some(code) => Text::new(format!("\"{code}\""), format!("“{code}”")),
                None => Text::new("(not listed)", "（未列出）"),
            },
        }
    }
}

/// The day so many days after 1970-01-01.
pub(crate) fn date_of(days: &BigRational) -> Option<Date> {
    let days = i32::try_from(days.to_integer()).ok()?;
    Date::new(1970, 1, 1).ok()?.checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

/// Days since 1970-01-01.
pub(crate) fn days_of(date: Date) -> i32 {
    let epoch = Date::new(1970, 1, 1).unwrap_or_default();
    date.since(epoch).map(|span| span.get_days()).unwrap_or_default()
}

impl Expr {
    /// The expressions that this one is directly made of.
    pub(crate) fn parts(&self) -> Vec<&Self> {
        match &self.kind {
            ExprKind::Constant(_)
            | ExprKind::Input(_)
            | ExprKind::Parameter(_)
            | ExprKind::Value(_)
            | ExprKind::Known(_) => Vec::new(),
            ExprKind::Negate(inner) | ExprKind::Round(inner, _) | ExprKind::Not(inner) | ExprKind::Apply(_, inner) => {
                vec![inner]
            }
            ExprKind::Add(left, right)
            | ExprKind::Sub(left, right)
            | ExprKind::Mul(left, right)
            | ExprKind::Div(left, right)
            | ExprKind::Compare(_, left, right)
            | ExprKind::And(left, right)
            | ExprKind::Or(left, right) => vec![left, right],
            ExprKind::Max(parts) | ExprKind::Min(parts) => parts.iter().collect(),
            ExprKind::Cases(cases, otherwise) => {
                cases.iter().flat_map(|(condition, value)| [condition, value]).chain([&**otherwise]).collect()
            }
            ExprKind::Lookup { keys, .. } | ExprKind::HasRow { keys, .. } => keys.iter().collect(),
            ExprKind::AddMonths { date, months, .. } => vec![date, months],
            ExprKind::FullMonths { from, to, .. } => vec![from, to],
        }
    }

    /// The same, to be changed.
    pub(crate) fn parts_mut(&mut self) -> Vec<&mut Self> {
        match &mut self.kind {
            ExprKind::Constant(_)
            | ExprKind::Input(_)
            | ExprKind::Parameter(_)
            | ExprKind::Value(_)
            | ExprKind::Known(_) => Vec::new(),
            ExprKind::Negate(inner) | ExprKind::Round(inner, _) | ExprKind::Not(inner) | ExprKind::Apply(_, inner) => {
                vec![inner]
            }
            ExprKind::Add(left, right)
            | ExprKind::Sub(left, right)
            | ExprKind::Mul(left, right)
            | ExprKind::Div(left, right)
            | ExprKind::Compare(_, left, right)
            | ExprKind::And(left, right)
            | ExprKind::Or(left, right) => vec![left, right],
            ExprKind::Max(parts) | ExprKind::Min(parts) => parts.iter_mut().collect(),
            ExprKind::Cases(cases, otherwise) => {
                cases.iter_mut().flat_map(|(condition, value)| [condition, value]).chain([&mut **otherwise]).collect()
            }
            ExprKind::Lookup { keys, .. } | ExprKind::HasRow { keys, .. } => keys.iter_mut().collect(),
            ExprKind::AddMonths { date, months, .. } => vec![date, months],
            ExprKind::FullMonths { from, to, .. } => vec![from, to],
        }
    }
}
