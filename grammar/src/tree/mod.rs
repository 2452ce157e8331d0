//! The syntax tree: what was written, where, and nothing about what it means.

mod expressions;
mod values;

pub use self::expressions::{
    Aggregate, AggregateFunction, BinaryOp, Comparison, Direction, Duration, Expr, ExprKind, Function,
};
pub use self::values::{BaseUnit, Literal, LiteralKind, Quantity, TypeBase, TypeRef, TypeWord, Unit, UnitKind};
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
    /// `add …`: in a policy that amends another, something the other does not have.
    pub is_added: bool,
    /// `cite "…" allow "CODE", …`: the warnings that its author knows of.
    pub allows: Vec<Quoted>,
    /// What it is.
    pub kind: ItemKind,
}

/// What an item says.
#[derive(Clone, Debug)]
pub enum ItemKind {
    /// `policy NAME`
    Policy(Name),
    /// `library NAME`
    Library(Name),
    /// `amend BASE as NAME`
    Amend(Amend),
    /// `import NAME, … from "FILE"`
    Import(Import),
    /// `title "…"`
    Title(Vec<Quoted>),
    /// `source "…"`
    Source(Quoted),
    /// `in force from DATE to DATE`
    InForce(InForce),
    /// `dated by INPUT`
    DatedBy(Name),
    /// `round MODE to STEP`
    Rounding(Rounding),
    /// `enum NAME = VALUE | …`
    Enum(Enum),
    /// `input NAME: TYPE …` or `key NAME: TYPE`
    Input(Input),
    /// `param NAME by KEY, …: TYPE …`
    Param(Param),
    /// `NAME = EXPRESSION`
    Definition(Definition),
    /// `SUBJECT tier BOUNDS -> SHARES` or `SUBJECT band BOUNDS -> NAME = VALUE`
    LadderRow(LadderRow),
    /// `ladder NAME on TYPE …`
    Schedule(Schedule),
    /// `output NAME, …`
    Output(Output),
    /// `always CONDITION`
    Always(Always),
    /// `check NAME = RATIO >= TARGET`
    Check(Check),
    /// `example "…" params from file "…" given … expect …`
    Example(Example),
    /// `rows LINE of KEY`
    Rows(Rows),
    /// `ordered by INPUT`
    OrderedBy(Name),
    /// `insurance year from 07-01`
    InsuranceYear(YearStart),
    /// `reverses KEY`
    Reverses(Name),
    /// `running NAME = sum X per KEYS`
    Running(Running),
    /// `link NAME = next claim per KEYS`
    Link(Link),
    /// `split AMOUNT over KEYS by WEIGHT -> NAME`
    Split(Split),
}

/// `rows LINE of KEY`
#[derive(Clone, Debug)]
pub struct Rows {
    /// What a row is called.
    pub row: Name,
    /// The key that the rows of one claim have in common; `None` if a row is a claim.
    pub claim: Option<Name>,
}

/// The day on which the insurance year begins, as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct YearStart {
    /// Month.
    pub month: i8,
    /// Day.
    pub day: i8,
    /// Where it stands.
    pub span: Span,
}

/// `per KEY, KEY per year`: what something is given for.
#[derive(Clone, Debug)]
pub struct Grain {
    /// Inputs, or the name of rows or claims, as written.
    pub keys: Vec<Name>,
    /// The period, if it names one.
    pub period: Option<(PeriodWord, Span)>,
    /// All of it.
    pub span: Span,
}

/// The name of a kind of period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PeriodWord {
    /// `year`: of the calendar.
    Year,
    /// `month`: of the calendar.
    Month,
    /// `insurance year`
    InsuranceYear,
}

/// `running NAME = sum X per KEYS`
#[derive(Clone, Debug)]
pub struct Running {
    /// Its name.
    pub name: Name,
    /// What is done with earlier claims; without a grain, with all of them.
    pub aggregate: Aggregate,
    /// Its labels.
    pub labels: Vec<Quoted>,
    /// Its clause.
    pub cite: Option<Quoted>,
}

/// `link NAME = next claim per KEYS when CONDITION`
#[derive(Clone, Debug)]
pub struct Link {
    /// Its name.
    pub name: Name,
    /// `next`, not `previous`.
    pub is_next: bool,
    /// What it leads to: the word for claims.
    pub what: Name,
    /// What both claims share.
    pub per: Grain,
    /// Which claims it can lead to.
    pub when: Option<Expr>,
    /// Its clause.
    pub cite: Option<Quoted>,
}

/// `split AMOUNT over KEYS by WEIGHT -> NAME`
#[derive(Clone, Debug)]
pub struct Split {
    /// What is divided.
    pub amount: Expr,
    /// Who receives parts.
    pub over: Vec<Name>,
    /// By what.
    pub weight: Expr,
    /// What the parts are called.
    pub name: Name,
    /// Their labels.
    pub labels: Vec<Quoted>,
    /// The clause.
    pub cite: Option<Quoted>,
}

/// `amend BASE as NAME`
#[derive(Clone, Debug)]
pub struct Amend {
    /// The policy that is amended.
    pub base: Name,
    /// The name of the amended policy.
    pub name: Name,
    /// The file the base stands in, if it is said.
    pub file: Option<Quoted>,
}

/// `import NAME, … from "FILE"`
#[derive(Clone, Debug)]
pub struct Import {
    /// Enums, parameters and ladders of the file.
    pub names: Vec<Name>,
    /// The file, relative to the one that imports.
    pub file: Quoted,
}

/// `enum NAME = VALUE | …`
#[derive(Clone, Debug)]
pub struct Enum {
    /// Its name.
    pub name: Name,
    /// Its values with their labels, in order.
    pub values: Vec<(Name, Vec<Quoted>)>,
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

/// `input NAME: TYPE from … to …  "…" / "…"`
#[derive(Clone, Debug)]
pub struct Input {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub ty: TypeRef,
    /// Whether a claim may leave it out.
    pub is_optional: bool,
    /// Whether it is declared as a key.
    pub is_key: bool,
    /// Least admitted value.
    pub from: Option<Literal>,
    /// Greatest admitted value.
    pub to: Option<Literal>,
    /// `per claim`: it is the same in all rows of a group.
    pub per: Option<Grain>,
    /// What stands behind each `per` of the last amount written: its unit, or the beginning of the grain.
    pub trailing: Vec<Name>,
    /// Its labels, one or two.
    pub labels: Vec<Quoted>,
    /// Its clause.
    pub cite: Option<Quoted>,
}

/// `param NAME by KEY, …: TYPE …`
#[derive(Clone, Debug)]
pub struct Param {
    /// Its name.
    pub name: Name,
    /// What it depends on.
    pub keys: Vec<Name>,
    /// The type of its values.
    pub ty: TypeRef,
    /// Least admitted value.
    pub from: Option<Literal>,
    /// Greatest admitted value.
    pub to: Option<Literal>,
    /// Where its values are.
    pub value: ParamValue,
    /// Its labels, one or two.
    pub labels: Vec<Quoted>,
    /// Its clause.
    pub cite: Option<Quoted>,
}

/// Where the values of a parameter are.
#[derive(Clone, Debug)]
pub enum ParamValue {
    /// `= required`: they must be supplied before a claim is settled.
    Required,
    /// They stand here, by the date from which they apply if they have one.
    Cells(Vec<(Option<Date>, Vec<ParamCell>)>),
    /// `from file "…"`
    File(Quoted),
}

/// One value of a parameter behind its keys.
#[derive(Clone, Debug)]
pub struct ParamCell {
    /// The keys, in order.
    pub keys: Vec<CellKey>,
    /// The value.
    pub value: Literal,
    /// All of it.
    pub span: Span,
}

/// A key of a parameter's value.
#[derive(Clone, Debug)]
pub enum CellKey {
    /// A single value.
    Value(Literal),
    /// A range.
    Range(Box<Bounds>),
}

/// `NAME = EXPRESSION as share of BASE except …`
#[derive(Clone, Debug)]
pub struct Definition {
    /// Its name.
    pub name: Name,
    /// Its value.
    pub body: DefinitionBody,
    /// How it is rounded.
    pub rounding: Option<Rounding>,
    /// What ladders on it count percents of.
    pub share_of: Option<Expr>,
    /// What takes the place of the value in some cases.
    pub exceptions: Vec<Exception>,
    /// Its clause.
    pub cite: Option<Quoted>,
}

/// The value of a definition.
#[derive(Clone, Debug)]
pub enum DefinitionBody {
    /// One expression.
    Expr(Expr),
    /// One of several.
    Cases(Vec<Case>, Option<Box<Case>>),
}

/// `when CONDITION: VALUE`; the condition of `otherwise` is empty.
#[derive(Clone, Debug)]
pub struct Case {
    /// When it applies.
    pub condition: Option<Expr>,
    /// The value.
    pub value: Expr,
    /// All of it.
    pub span: Span,
    /// Its clause.
    pub cite: Option<Quoted>,
}

/// `except NAME when CONDITION: VALUE overrides OTHER, …`
#[derive(Clone, Debug)]
pub struct Exception {
    /// Its name, if it has one.
    pub name: Option<Name>,
    /// When it applies.
    pub condition: Expr,
    /// The value.
    pub value: Expr,
    /// The exceptions it comes before.
    pub overrides: Vec<Name>,
    /// All of it.
    pub span: Span,
    /// Its clause.
    pub cite: Option<Quoted>,
}

/// `LOW..HIGH`
#[derive(Clone, Debug)]
pub struct Bounds {
    /// The lower bound; a bare number takes the unit of the other bound.
    pub low: Option<Literal>,
    /// The upper bound.
    pub high: Option<Literal>,
    /// Whether the upper bound belongs to the range.
    pub edge: Edge,
    /// All of it.
    pub span: Span,
}

/// To whom the upper bound of a range belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Edge {
    /// `..`: not said.
    Plain,
    /// `..=`: to this range.
    UpTo,
    /// `..<`: to the next one.
    Below,
}

/// A row of a ladder on a subject.
#[derive(Clone, Debug)]
pub struct LadderRow {
    /// The amount that is cut into tiers or falls into a band.
    pub subject: Name,
    /// The bounds as written.
    pub bounds: Bounds,
    /// What it yields.
    pub yields: Yields,
    /// The date from which the row applies.
    pub from: Option<Date>,
    /// Its clause.
    pub cite: Option<Quoted>,
}

/// What a row of a ladder yields.
#[derive(Clone, Debug)]
pub enum Yields {
    /// `tier`: parts of its slice.
    Tier(Vec<Share>),
    /// `band`: values.
    Band(Vec<Grant>),
}

/// `NAME PERCENT` in a row of tiers.
#[derive(Clone, Debug)]
pub struct Share {
    /// The definition that receives it.
    pub name: Name,
    /// How much of the slice.
    pub rate: Quantity,
}

/// `NAME = VALUE` in a row of bands.
#[derive(Clone, Debug)]
pub struct Grant {
    /// The definition that receives it.
    pub name: Name,
    /// Its value.
    pub value: Expr,
}

/// `ladder NAME on TYPE …`
#[derive(Clone, Debug)]
pub struct Schedule {
    /// Its name.
    pub name: Name,
    /// The type of what it is applied to.
    pub on: TypeRef,
    /// Its rows, by the date from which they apply if they have one.
    pub versions: Vec<(Option<Date>, Vec<Step>)>,
    /// Its clause.
    pub cite: Option<Quoted>,
}

/// A row of a named ladder.
#[derive(Clone, Debug)]
pub struct Step {
    /// `tier`, not `band`.
    pub is_tier: bool,
    /// The bounds as written.
    pub bounds: Bounds,
    /// What it yields.
    pub value: Expr,
}

/// `output NAME "…" / "…", …`
#[derive(Clone, Debug)]
pub struct Output {
    /// What is settled.
    pub columns: Vec<OutputColumn>,
    /// What they are given for, if it is said.
    pub per: Option<Grain>,
    /// What stands behind each `per` of the last rounding: its unit, or the beginning of the grain.
    pub trailing: Vec<Name>,
    /// The clause.
    pub cite: Option<Quoted>,
}

/// `NAME "…" / "…" round …`
#[derive(Clone, Debug)]
pub struct OutputColumn {
    /// The definition.
    pub name: Name,
    /// Its labels.
    pub labels: Vec<Quoted>,
    /// How it is rounded.
    pub rounding: Option<Rounding>,
}

/// `always CONDITION when GUARD`
#[derive(Clone, Debug)]
pub struct Always {
    /// What must hold.
    pub condition: Expr,
    /// Of which claims it must hold.
    pub guard: Option<Expr>,
    /// The condition and the guard.
    pub span: Span,
    /// Its clause.
    pub cite: Option<Quoted>,
}

/// `check NAME = RATIO >= TARGET severity … when GUARD`
#[derive(Clone, Debug)]
pub struct Check {
    /// Its name.
    pub name: Name,
    /// The comparison of the ratio with its target.
    pub condition: Expr,
    /// When it applies.
    pub guard: Option<Expr>,
    /// How much it matters.
    pub severity: Option<IndicatorSeverity>,
    /// Its labels.
    pub labels: Vec<Quoted>,
    /// Its clause.
    pub cite: Option<Quoted>,
}

/// How much it matters that an indicator misses its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IndicatorSeverity {
    /// A target that must be met.
    Target,
    /// A warning.
    Warning,
}

/// `example "…" given … expect …`
#[derive(Clone, Debug)]
pub struct Example {
    /// What it shows.
    pub title: Quoted,
    /// The file with values of required parameters that are not given here.
    pub params: Option<Quoted>,
    /// Input values, and those of required parameters.
    pub given: Vec<Setting>,
    /// Expected outputs; `None` if the claim is to be rejected.
    pub expect: Option<Vec<Setting>>,
}

/// `NAME VALUE` or `NAME[KEY] VALUE` in an example.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Input, parameter or output; with its keys in brackets if it has any.
    pub name: Name,
    /// The keys in the brackets.
    pub keys: Vec<Name>,
    /// Its value; `None` if it is missing.
    pub value: Option<Literal>,
    /// All of it.
    pub span: Span,
}
