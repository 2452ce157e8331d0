//! Values, units and types as written.

use num_rational::BigRational;

use super::{Date, Name};
use crate::source::Span;

/// Something that is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BaseUnit {
    /// Yuan; 万元 and 亿元 are already multiplied out.
    Yuan,
    /// Points of a score.
    Point,
    /// Days.
    Day,
    /// Months.
    Month,
    /// Years.
    Year,
    /// Persons.
    Person,
    /// Cases.
    Case,
}

/// A unit as written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Unit {
    /// What stands before the first `per`.
    pub kind: UnitKind,
    /// What stands behind each `per`.
    pub per: Vec<BaseUnit>,
}

/// What stands directly behind a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnitKind {
    /// A bare number.
    None,
    /// Percent; the quantity's value is the fraction (5% is 1/20).
    Percent,
    /// Percentage points; the quantity's value is the fraction (5pp is 1/20).
    PercentagePoint,
    /// So many of something.
    Of(BaseUnit),
}

impl Unit {
    /// No unit.
    #[must_use]
    pub fn none() -> Self {
        Self { kind: UnitKind::None, per: Vec::new() }
    }

    /// Whether nothing is written.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.kind == UnitKind::None && self.per.is_empty()
    }
}

/// A number with its unit.
#[derive(Clone, Debug, PartialEq)]
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

/// A value as written.
#[derive(Clone, Debug)]
pub struct Literal {
    /// What it is.
    pub kind: LiteralKind,
    /// Where it stands.
    pub span: Span,
}

/// What a written value is.
#[derive(Clone, Debug)]
pub enum LiteralKind {
    /// A number with its unit.
    Quantity(Quantity),
    /// A date.
    Date(Date),
    /// True or false.
    Bool(bool),
    /// The name of an enum value.
    Name(String),
    /// A code.
    Text(String),
}

/// A type as written.
#[derive(Clone, Debug)]
pub struct TypeRef {
    /// What stands first.
    pub base: TypeBase,
    /// What stands behind each `per`.
    pub per: Vec<BaseUnit>,
    /// The same as names: `money per person` may be an amount that is the same for each `person`.
    pub per_names: Vec<Name>,
    /// `step …`
    pub step: Option<Quantity>,
    /// Where it stands.
    pub span: Span,
}

/// What a type begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeBase {
    /// A word of the language.
    Word(TypeWord),
    /// The name of an enum.
    Name(String),
}

/// A type that has a word of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TypeWord {
    /// `money`
    Money,
    /// `rate`
    Rate,
    /// `pp`
    Pp,
    /// `factor`
    Factor,
    /// `count`
    Count,
    /// `points`
    Points,
    /// `date`
    Date,
    /// `days`
    Days,
    /// `months`
    Months,
    /// `years`
    Years,
    /// `persons`
    Persons,
    /// `cases`
    Cases,
    /// `bool`
    Bool,
    /// `code`
    Code,
    /// `id`
    Id,
}
