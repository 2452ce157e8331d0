//! Values, units and types as written.

use fen_grammar::diagnostic::{Diagnostic, nearest};
use fen_grammar::habits::instead;
use fen_grammar::source::Span;
use fen_grammar::tree::{BaseUnit, Literal, LiteralKind, Quantity, TypeWord, Unit, UnitKind};
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed};

use super::program::days_of;
use super::types::{Kind, Measure, Type, decimals};
use super::{Checker, errors};
use crate::resolve::header::date;
use crate::resolve::program::{Referent, TypeBase, TypeRef};

/// The decimals of rates, percentage points and factors that declare no step: 0.01%.
pub(super) const RATE_DECIMALS: u32 = 4;

/// The most decimals that a step may have.
const MAX_SCALE: u32 = 18;

fn base(unit: BaseUnit) -> Measure {
    match unit {
        BaseUnit::Yuan => Measure::MONEY,
        BaseUnit::Point => Measure::SCORE,
        BaseUnit::Day => Measure::DAYS,
        BaseUnit::Month => Measure::MONTHS,
        BaseUnit::Year => Measure::YEARS,
        BaseUnit::Person => Measure::PERSONS,
        BaseUnit::Case => Measure::CASES,
    }
}

/// What a number with this unit measures; `None` for a unit per itself.
pub(crate) fn measure_of(unit: &Unit) -> Option<Measure> {
    let first = match unit.kind {
        UnitKind::None => Measure::NUMBER,
        UnitKind::Percent => Measure::RATE,
        UnitKind::PercentagePoint => Measure::PP,
        UnitKind::Of(unit) => base(unit),
    };
    unit.per.iter().try_fold(first, |measure, per| measure.per(base(*per)))
}

impl Checker<'_> {
    /// The type that is meant, and the decimals of its cells; `None` if there is an error in it.
    pub(super) fn type_of(&mut self, written: &TypeRef) -> Option<(Type, u32)> {
        let (first, decimals) = match written.base? {
            TypeBase::Enum(id) => return self.without_unit(written, Type::Enum(id)),
            TypeBase::Word(TypeWord::Date) => return self.without_unit(written, Type::Date),
            TypeBase::Word(TypeWord::Bool) => return self.without_unit(written, Type::Bool),
            TypeBase::Word(TypeWord::Code) => return self.without_unit(written, Type::Code),
            TypeBase::Word(TypeWord::Id) => return self.without_unit(written, Type::Id),
            TypeBase::Word(TypeWord::Money) => (Measure::MONEY, super::MONEY_DECIMALS),
            TypeBase::Word(TypeWord::Rate) => (Measure::RATE, RATE_DECIMALS),
            TypeBase::Word(TypeWord::Pp) => (Measure::PP, RATE_DECIMALS),
            TypeBase::Word(TypeWord::Factor) => (Measure::NUMBER, RATE_DECIMALS),
            TypeBase::Word(TypeWord::Count) => (Measure::NUMBER, 0),
            TypeBase::Word(TypeWord::Points) => (Measure::SCORE, 2),
            TypeBase::Word(TypeWord::Days) => (Measure::DAYS, 0),
            TypeBase::Word(TypeWord::Months) => (Measure::MONTHS, 0),
            TypeBase::Word(TypeWord::Years) => (Measure::YEARS, 0),
            TypeBase::Word(TypeWord::Persons) => (Measure::PERSONS, 0),
            TypeBase::Word(TypeWord::Cases) => (Measure::CASES, 0),
        };
        let quotient = written.per.iter().try_fold(first, |measure, per| measure.per(base(*per)));
        let Some(measure) = quotient else {
            self.report(errors::unit_per_itself(written.span));
            return None;
        };
        let default = if written.per.is_empty() { decimals } else { decimals.max(RATE_DECIMALS) };
        let scale = match &written.step {
            None => default,
            Some(step) => self.step_decimals(step, measure)?,
        };
        Some((Type::Measure(measure), scale))
    }

    fn without_unit(&mut self, written: &TypeRef, ty: Type) -> Option<(Type, u32)> {
        if !written.per.is_empty() || written.step.is_some() {
            let name = self.name_of(ty);
            self.report(errors::type_without_unit(written.span, &name));
            return None;
        }
        Some((ty, 0))
    }

    /// The decimals of a declared step, which must be 1, 0.1, 0.01 and so on.
    fn step_decimals(&mut self, step: &Quantity, measure: Measure) -> Option<u32> {
        let fits = step.unit.is_none() || measure_of(&step.unit) == Some(measure);
        // `rate step 0.01` would be 1% or 0.01%.
        let is_clear = !step.unit.is_none() || !matches!(measure.kind(), Some(Kind::Rate | Kind::Points));
        let is_power = step.value.is_positive() && step.value.numer().is_one();
        let found = decimals(&step.value).filter(|found| {
            let power = BigInt::from(10).pow(*found);
            *found <= MAX_SCALE && *step.value.denom() == power
        });
        if let (true, true, true, Some(found)) = (fits, is_clear, is_power, found) {
            return Some(found);
        }
        self.report(errors::bad_step(step.span, measure));
        None
    }

    /// A written value of a type, as the number that it is computed with; `None` if there is an error in it.
    pub(super) fn literal(&mut self, literal: &Literal, ty: Type) -> Option<BigRational> {
        self.literal_of(&literal.kind, ty, literal.span)
    }

    pub(super) fn literal_of(&mut self, literal: &LiteralKind, ty: Type, span: Span) -> Option<BigRational> {
        let whole = |value: i64| BigRational::from(BigInt::from(value));
        let found = match (literal, ty) {
            (LiteralKind::Quantity(quantity), Type::Measure(measure)) => {
                let written = measure_of(&quantity.unit);
                let is_ratio = measure == Measure::RATIO && matches!(written, Some(Measure::RATE | Measure::NUMBER));
                (written == Some(measure) || is_ratio).then(|| quantity.value.clone())
            }
            (LiteralKind::Date(written), Type::Date) => {
                let found = date(written, &mut self.diagnostics);
                return found.map(|date| whole(days_of(date).into()));
            }
            (LiteralKind::Bool(value), Type::Bool) => Some(whole((*value).into())),
            (LiteralKind::Name(name), Type::Enum(id)) => {
                let found = self.enum_ordinal(name, id);
                if found.is_none() {
                    let known: Vec<String> = self.enum_values(id).iter().map(|value| value.name.clone()).collect();
                    let near = nearest(name, known.iter().map(String::as_str)).map(str::to_owned);
                    let enum_name = self.name_of(ty);
                    self.report(errors::unknown_value(name, span, &enum_name, &known, near));
                    return None;
                }
                found.inspect(|ordinal| self.mention_value(span, id, *ordinal)).map(whole)
            }
            (LiteralKind::Text(text) | LiteralKind::Name(text), Type::Code | Type::Id) => {
                self.code_number(text, None).map(|number| whole(number.into()))
            }
            _ => None,
        };
        if found.is_none() {
            let wanted = match ty {
                Type::Bool => fen_grammar::diagnostic::Text::new("true or false", "是或否"),
                _ => self.name_of(ty),
            };
            let written = self.literal_name(literal);
            let bare = match literal {
                LiteralKind::Quantity(quantity) if quantity.unit.is_none() && ty.measure().is_some() => {
                    Some(with_unit(&quantity.value, ty))
                }
                _ => None,
            };
            let mut problem: Diagnostic = errors::literal_type(span, &written, &wanted, bare, &self.example_for(ty));
            if let LiteralKind::Name(name) = literal {
                problem.help = instead(name).or(problem.help);
            }
            self.report(problem);
        }
        found
    }

    /// A value of a type as it could be written, to show how.
    fn example_for(&self, ty: Type) -> fen_grammar::diagnostic::Text {
        match ty {
            Type::Enum(id) => {
                let name = self.enum_values(id).first().map(|value| value.name.clone()).unwrap_or_default();
                fen_grammar::diagnostic::Text::new(name.clone(), name)
            }
            _ => example_of(ty),
        }
    }

    /// What kind of value is written.
    fn literal_name(&self, literal: &LiteralKind) -> fen_grammar::diagnostic::Text {
        use fen_grammar::diagnostic::Text;
        match literal {
            LiteralKind::Quantity(quantity) => {
                measure_of(&quantity.unit).map_or_else(|| Text::new("an odd unit", "不当的单位"), Measure::name)
            }
            LiteralKind::Date(_) => self.name_of(Type::Date),
            LiteralKind::Bool(_) => Text::new("true or false", "是或否"),
            LiteralKind::Name(_) => Text::new("a name", "名称"),
            LiteralKind::Text(_) => Text::new("a quoted text", "引号内的文字"),
        }
    }

    /// Notes that the name at `span` is that of an enum's value.
    pub(super) fn mention_value(&mut self, span: Span, id: EnumId, ordinal: i64) {
        if let Ok(place) = usize::try_from(ordinal) {
            self.mentions.push((span, Referent::EnumValue(id, place)));
        }
    }

    /// The place of a value in its enum; the name may have that of the enum before it.
    pub(super) fn enum_ordinal(&self, name: &str, id: EnumId) -> Option<i64> {
        let enum_name = self.program.enums.get(id.0).map_or("", |one| one.name.as_str());
        let bare = name.strip_prefix(enum_name).and_then(|rest| rest.strip_prefix('.')).unwrap_or(name);
        let place = self.enum_values(id).iter().position(|value| value.name == bare)?;
        i64::try_from(place).ok()
    }
}

use crate::ids::EnumId;

/// A bare number as it was likely meant: with the unit of a type. Of a rate, 0.7 is 70%.
pub(super) fn with_unit(value: &BigRational, ty: Type) -> fen_grammar::diagnostic::Text {
    let hundred = BigRational::from(BigInt::from(100));
    match ty.measure() {
        Some(measure) if measure == Measure::MONEY => {
            let suffix = measure.suffix();
            let number = super::types::decimal(value, 0);
            fen_grammar::diagnostic::Text::new(format!("{number} {}", suffix.en), format!("{number}{}", suffix.zh))
        }
        Some(measure) if measure.kind().is_none() => measure.show(value),
        Some(measure) if measure != Measure::NUMBER && value.abs() <= BigRational::one() => measure.show(value),
        Some(measure) if measure != Measure::NUMBER => measure.show(&(value / hundred)),
        _ => example_of(ty),
    }
}

/// A value of a type as it could be written, to show how.
pub(super) fn example_of(ty: Type) -> fen_grammar::diagnostic::Text {
    use fen_grammar::diagnostic::Text;
    match ty {
        Type::Measure(measure) => match measure.kind() {
            Some(Kind::Rate | Kind::Ratio) => Text::new("5%", "5%"),
            Some(Kind::Points) => Text::new("5pp", "5个百分点"),
            Some(Kind::Plain) => Text::new("5", "5"),
            None => {
                let suffix = measure.suffix();
                Text::new(format!("5 {}", suffix.en), format!("5{}", suffix.zh))
            }
        },
        Type::Date => Text::new("2022-08-01", "2022-08-01"),
        Type::Bool => Text::new("true", "是"),
        Type::Code | Type::Id => Text::new("\"A01\"", "\"A01\""),
        Type::Enum(_) => Text::new("one of its names", "其中一个名称"),
    }
}
