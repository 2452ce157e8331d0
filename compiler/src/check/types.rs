//! Types and units, and what is known about the values of an expression: their range and their grid.

use fen_grammar::diagnostic::Text;
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};

use crate::exact::{ceil, common, floor, is_whole, power_of_ten, product, sum};
use crate::ids::EnumId;

/// What kind of value an expression has. Whatever the type, a value is computed with as a number: days since 1970-01-01
/// for a date, 0 or 1 for a bool, the place in its enum (from 0) for an enum value, the place in the dictionary for a
/// code or id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Type {
    /// An amount of something.
    Measure(Measure),
    /// A calendar day.
    Date,
    /// True or false.
    Bool,
    /// One of an ordered set of names.
    Enum(EnumId),
    /// A drug, a disease …: text that is only compared and looked up.
    Code,
    /// A person, a hospital …: text that is only compared and looked up.
    Id,
}

/// What an amount counts, with its exponent in the order of [`UNITS`], and what it is if it counts nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Measure {
    exponents: [i8; UNITS.len()],
    kind: Kind,
}

/// What an amount without a unit is. Amounts with a unit are `Plain`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// A count, a factor, a bare number.
    Plain,
    /// A part of something, written in percent. The value is the fraction: 5% is 1/20.
    Rate,
    /// A difference of rates, written in percentage points. The value is the fraction: 5pp is 1/20.
    Points,
    /// A quotient of like amounts, which is a rate where a rate is wanted and a bare number where one is.
    Ratio,
}

/// The units that amounts are made of: the plural, what follows `per`, Chinese.
pub(crate) const UNITS: [(&str, &str, &str); 7] = [
    ("yuan", "yuan", "元"),
    ("points", "point", "点"),
    ("days", "day", "天"),
    ("months", "month", "个月"),
    ("years", "year", "年"),
    ("persons", "person", "人"),
    ("cases", "case", "例"),
];

impl Measure {
    /// The unit at a place of [`UNITS`].
    pub(crate) const fn unit(at: usize) -> Self {
        let mut exponents = [0; UNITS.len()];
        let (_, rest) = exponents.split_at_mut(at);
        if let Some(slot) = rest.first_mut() {
            *slot = 1;
        }
        Self { exponents, kind: Kind::Plain }
    }

    pub(crate) const fn bare(kind: Kind) -> Self {
        Self { exponents: [0; UNITS.len()], kind }
    }

    pub(crate) const MONEY: Self = Self::unit(0);
    pub(crate) const SCORE: Self = Self::unit(1);
    pub(crate) const DAYS: Self = Self::unit(2);
    pub(crate) const MONTHS: Self = Self::unit(3);
    pub(crate) const YEARS: Self = Self::unit(4);
    pub(crate) const PERSONS: Self = Self::unit(5);
    pub(crate) const CASES: Self = Self::unit(6);
    pub(crate) const NUMBER: Self = Self::bare(Kind::Plain);
    pub(crate) const RATE: Self = Self::bare(Kind::Rate);
    pub(crate) const PP: Self = Self::bare(Kind::Points);
    pub(crate) const RATIO: Self = Self::bare(Kind::Ratio);

    /// Whether it counts nothing.
    pub(crate) fn is_bare(self) -> bool {
        self.exponents.iter().all(Zero::is_zero)
    }

    /// What it is if it counts nothing.
    pub(crate) fn kind(self) -> Option<Kind> {
        self.is_bare().then_some(self.kind)
    }

    /// The unit of a product; `None` if a unit would be multiplied by itself.
    pub(crate) fn times(self, other: Self) -> Option<Self> {
        let mut exponents = self.exponents;
        for (slot, other) in exponents.iter_mut().zip(other.exponents) {
            *slot += other;
            if slot.abs() > 1 {
                return None;
            }
        }
        let product = Self { exponents, kind: Kind::Plain };
        if !product.is_bare() {
            return Some(product);
        }
        Some(Self::bare(match (self.kind(), other.kind()) {
            (Some(Kind::Plain), Some(kind)) | (Some(kind), Some(Kind::Plain)) => kind,
            (Some(Kind::Points), _) | (_, Some(Kind::Points)) => Kind::Points,
            (Some(Kind::Rate), _) | (_, Some(Kind::Rate)) => Kind::Rate,
            (Some(Kind::Ratio), _) | (_, Some(Kind::Ratio)) => Kind::Ratio,
            _ => Kind::Plain,
        }))
    }

    /// So much per one of something; `None` for a unit per itself.
    pub(crate) fn per(self, unit: Self) -> Option<Self> {
        let mut exponents = self.exponents.iter().zip(unit.exponents);
        let is_itself = exponents.any(|(own, unit)| *own != 0 && unit != 0);
        if is_itself { None } else { self.times(unit.inverse()) }
    }

    /// The unit of one divided by this.
    pub(crate) fn inverse(self) -> Self {
        Self { exponents: self.exponents.map(|exponent| -exponent), kind: self.kind }
    }

    /// The unit as people write it behind a number, in the plural; empty for a bare number, `%` for a rate.
    pub(crate) fn suffix(self) -> Text {
        self.suffix_of(false)
    }

    /// The same, or behind the number 1.
    pub(crate) fn suffix_of(self, is_one: bool) -> Text {
        match self.kind() {
            Some(Kind::Rate) => return Text::new("%", "%"),
            Some(Kind::Points) => return Text::new("pp", "个百分点"),
            Some(Kind::Plain | Kind::Ratio) => return Text::new("", ""),
            None => {}
        }
        let units = || self.exponents.iter().zip(UNITS);
        let above: Vec<_> = units().filter(|(exponent, _)| **exponent > 0).map(|(_, unit)| unit).collect();
        let below: Vec<_> = units().filter(|(exponent, _)| **exponent < 0).map(|(_, unit)| unit).collect();
        let mut en: Vec<String> =
            above.iter().map(|(plural, one, _)| (if is_one { *one } else { *plural }).to_owned()).collect();
        en.extend(below.iter().map(|(_, singular, _)| format!("per {singular}")));
        let mut zh: String = above.iter().map(|(.., zh)| *zh).collect();
        for (.., unit) in below {
            zh.push('每');
            zh.push_str(unit.strip_prefix('个').unwrap_or(unit));
        }
        Text::new(en.join(" "), zh)
    }

    /// What people call it.
    pub(crate) fn name(self) -> Text {
        match self.kind() {
            Some(Kind::Plain) => Text::new("a bare number", "没有单位的数"),
            Some(Kind::Rate) => Text::new("a rate", "比率"),
            Some(Kind::Points) => Text::new("percentage points", "百分点"),
            Some(Kind::Ratio) => Text::new("a ratio", "比值"),
            None if self == Self::MONEY => Text::new("an amount of money", "金额"),
            None => {
                let suffix = self.suffix();
                Text::new(format!("an amount in {}", suffix.en), format!("以“{}”计的数", suffix.zh))
            }
        }
    }

    /// A value as people write it, exactly.
    pub(crate) fn show(self, value: &BigRational) -> Text {
        let shown = |scale: u32, least| decimal(&(value * BigInt::from(scale)), least);
        let number = match self.kind() {
            Some(Kind::Rate | Kind::Points | Kind::Ratio) => shown(100, 0),
            _ if self == Self::MONEY => shown(1, 2),
            _ => shown(1, 0),
        };
        let suffix = if self == Self::RATIO { Self::RATE.suffix() } else { self.suffix_of(value.is_one()) };
        let is_word = suffix.en.starts_with(|c: char| c.is_alphabetic()) && suffix.en != "pp";
        let space = if is_word { " " } else { "" };
        Text::new(format!("{number}{space}{}", suffix.en), format!("{number}{}", suffix.zh))
    }
}

impl Type {
    pub(crate) const MONEY: Self = Self::Measure(Measure::MONEY);
    pub(crate) const NUMBER: Self = Self::Measure(Measure::NUMBER);
    pub(crate) const RATE: Self = Self::Measure(Measure::RATE);
    pub(crate) const PP: Self = Self::Measure(Measure::PP);

    /// What it counts, if it is an amount.
    pub(crate) fn measure(self) -> Option<Measure> {
        match self {
            Self::Measure(measure) => Some(measure),
            _ => None,
        }
    }

    /// Whether it is text that is only compared and looked up.
    pub(crate) fn is_text(self) -> bool {
        matches!(self, Self::Code | Self::Id)
    }
}

/// A number with as many decimals as it needs and at least `least`; a fraction if no decimals are enough.
pub(crate) fn decimal(value: &BigRational, least: usize) -> String {
    let mut scaled = value.clone();
    let mut decimals = 0;
    while !scaled.is_integer() {
        if decimals == 40 {
            return value.to_string();
        }
        scaled *= BigInt::from(10);
        decimals += 1;
    }
    let padding = least.saturating_sub(decimals);
    let sign = if scaled.is_negative() { "-" } else { "" };
    let digits = format!("{}{}", scaled.numer().abs(), "0".repeat(padding));
    let decimals = decimals + padding;
    let digits = format!("{digits:0>width$}", width = decimals + 1);
    let (whole, rest) = digits.split_at(digits.len() - decimals);
    if rest.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest}") }
}

/// The number of decimals a value needs; `None` if no number of them is enough.
pub(crate) fn decimals(value: &BigRational) -> Option<u32> {
    let mut scaled = value.clone();
    (0..40).find(|_| {
        let done = scaled.is_integer();
        scaled *= BigInt::from(10);
        done
    })
}

/// What is known about the values of an expression, whatever claim is settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Facts {
    /// No value is less.
    pub(crate) low: BigRational,
    /// No value is greater.
    pub(crate) high: BigRational,
    /// All values are multiples of it.
    pub(crate) grid: Grid,
}

/// A positive number that all values of an expression are whole multiples of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Grid {
    /// All values are zero: multiples of anything.
    Zero,
    /// Multiples of this positive number.
    Step(BigRational),
    /// No such number is known: quotients by something that differs from claim to claim.
    Free,
}

impl Grid {
    /// The coarsest grid that holds both.
    pub(crate) fn join(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Step(left), Self::Step(right)) => Self::Step(common(left, right)),
            (Self::Free, _) | (_, Self::Free) => Self::Free,
            (grid, Self::Zero) | (Self::Zero, grid) => grid.clone(),
        }
    }

    /// The grid of products of values on the two.
    pub(crate) fn times(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Zero, _) | (_, Self::Zero) => Self::Zero,
            (Self::Step(left), Self::Step(right)) => Self::Step(product(left, right)),
            _ => Self::Free,
        }
    }

    /// Whether every value on this grid is a multiple of `step`.
    pub(crate) fn is_on(&self, step: &BigRational) -> bool {
        match self {
            Self::Zero => true,
            Self::Step(grid) => is_whole(grid, step),
            Self::Free => false,
        }
    }

    /// The number, if there is one.
    pub(crate) fn step(&self) -> Option<&BigRational> {
        match self {
            Self::Step(step) => Some(step),
            _ => None,
        }
    }
}

impl Facts {
    /// Exactly one value.
    pub(crate) fn constant(value: &BigRational) -> Self {
        let grid = if value.is_zero() { Grid::Zero } else { Grid::Step(value.abs()) };
        Self { low: value.clone(), high: value.clone(), grid }
    }

    /// Whole numbers of `step` from `low` to `high`.
    pub(crate) fn range(low: BigRational, high: BigRational, step: BigRational) -> Self {
        Self { low, high, grid: Grid::Step(step) }
    }

    /// Integers from `low` to `high`, as those of dates, bools, enums and codes.
    pub(crate) fn integers(low: i64, high: i64) -> Self {
        let integer = |value: i64| BigRational::from(BigInt::from(value));
        Self::range(integer(low), integer(high), BigRational::one())
    }

    /// False or true.
    pub(crate) fn bool() -> Self {
        Self::integers(0, 1)
    }

    /// The value, if there is only one.
    pub(crate) fn as_constant(&self) -> Option<&BigRational> {
        (self.low == self.high).then_some(&self.low)
    }

    /// Whether the numbers are far beyond all that can be computed with, so that going on would only take time.
    pub(crate) fn is_hopeless(&self) -> bool {
        let grid = self.grid.step().into_iter();
        let mut numbers = [&self.low, &self.high].into_iter().chain(grid);
        numbers.any(|number| number.numer().bits().max(number.denom().bits()) > 2_048)
    }

    pub(crate) fn negate(&self) -> Self {
        Self { low: -self.high.clone(), high: -self.low.clone(), grid: self.grid.clone() }
    }

    pub(crate) fn add(&self, other: &Self) -> Self {
        Self { low: sum(&self.low, &other.low), high: sum(&self.high, &other.high), grid: self.grid.join(&other.grid) }
    }

    pub(crate) fn multiply(&self, other: &Self) -> Self {
        let grid = self.grid.times(&other.grid);
        if let Some(factor) = other.as_constant() {
            let (low, high) = (product(&self.low, factor), product(&self.high, factor));
            return if factor.is_negative() { Self { low: high, high: low, grid } } else { Self { low, high, grid } };
        }
        let corners = [&self.low, &self.high].map(|one| [product(one, &other.low), product(one, &other.high)]).concat();
        let zero = BigRational::zero();
        let (low, high) = (corners.iter().min().unwrap_or(&zero), corners.iter().max().unwrap_or(&zero));
        Self { low: low.clone(), high: high.clone(), grid }
    }

    pub(crate) fn max(&self, other: &Self) -> Self {
        Self {
            low: (&self.low).max(&other.low).clone(),
            high: (&self.high).max(&other.high).clone(),
            grid: self.grid.join(&other.grid),
        }
    }

    pub(crate) fn min(&self, other: &Self) -> Self {
        Self {
            low: (&self.low).min(&other.low).clone(),
            high: (&self.high).min(&other.high).clone(),
            grid: self.grid.join(&other.grid),
        }
    }

    /// Either of two values.
    pub(crate) fn either(&self, other: &Self) -> Self {
        Self {
            low: (&self.low).min(&other.low).clone(),
            high: (&self.high).max(&other.high).clone(),
            grid: self.grid.join(&other.grid),
        }
    }

    /// After rounding to multiples of `step` in any mode.
    pub(crate) fn round(&self, step: &BigRational) -> Self {
        if self.grid.is_on(step) {
            return self.clone();
        }
        let low = product(step, &floor(&self.low, step).into());
        let high = product(step, &ceil(&self.high, step).into());
        Self { low, high, grid: Grid::Step(step.clone()) }
    }

    /// Of quotients by a divisor that is never zero where it counts. Where its range includes zero it is at least one
    /// step of its grid away from it; `None` if it has no grid then.
    pub(crate) fn divide(&self, divisor: &Self) -> Option<Self> {
        let zero = BigRational::zero();
        if let Some(only) = divisor.as_constant().filter(|only| !only.is_zero()) {
            return Some(self.multiply(&Self::constant(&only.recip())));
        }
        let mut ends = vec![divisor.low.clone(), divisor.high.clone()];
        if divisor.low <= zero && divisor.high >= zero {
            let step = divisor.grid.step()?;
            ends = vec![divisor.low.clone(), -step, step.clone(), divisor.high.clone()];
            ends.retain(|end| !end.is_zero() && *end >= divisor.low && *end <= divisor.high);
        }
        let quotients: Vec<BigRational> = ends.iter().flat_map(|end| [&self.low / end, &self.high / end]).collect();
        let (low, high) = (quotients.iter().min()?.clone(), quotients.iter().max()?.clone());
        let grid = if self.grid == Grid::Zero { Grid::Zero } else { Grid::Free };
        Some(Self { low, high, grid })
    }
}

/// One step of a number of `decimals`.
pub(crate) fn step_of(decimals: u32) -> BigRational {
    BigRational::new_raw(BigInt::one(), power_of_ten(decimals))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratio(numer: i64, denom: i64) -> BigRational {
        BigRational::new(numer.into(), denom.into())
    }

    #[test]
    fn numbers_are_shown_exactly() {
        assert_eq!(decimal(&ratio(1, 4), 2), "0.25");
        assert_eq!(decimal(&ratio(-1, 200), 2), "-0.005");
        assert_eq!(decimal(&ratio(12, 1), 2), "12.00");
        assert_eq!(decimal(&ratio(7, 1), 0), "7");
        assert_eq!(decimal(&ratio(1, 3), 2), "1/3");
        assert_eq!(Measure::RATE.show(&ratio(1, 8)).en, "12.5%");
        assert_eq!(Measure::MONEY.show(&ratio(1, 8)).en, "0.125 yuan");
        assert_eq!(decimals(&ratio(1, 8)), Some(3));
        assert_eq!(decimals(&ratio(100, 1)), Some(0));
        assert_eq!(decimals(&ratio(1, 3)), None);
    }

    #[test]
    fn units_multiply_and_divide() {
        let per_point = Measure::MONEY.times(Measure::SCORE.inverse()).unwrap();
        assert_eq!(per_point.suffix().en, "yuan per point");
        assert_eq!(per_point.suffix().zh, "元每点");
        assert_eq!(per_point.times(Measure::SCORE), Some(Measure::MONEY));
        assert_eq!(Measure::MONEY.times(Measure::RATE), Some(Measure::MONEY));
        assert_eq!(Measure::MONEY.times(Measure::MONEY), None);
        assert_eq!(Measure::NUMBER.times(Measure::RATE), Some(Measure::RATE));
        assert_eq!(Measure::RATE.times(Measure::RATE), Some(Measure::RATE));
    }

    #[test]
    fn grids_join_to_the_coarsest_common_one() {
        let join = |left, right| Grid::Step(left).join(&Grid::Step(right)).step().cloned().unwrap();
        assert_eq!(join(ratio(1, 100), ratio(1, 1)), ratio(1, 100));
        assert_eq!(join(ratio(1, 6), ratio(1, 4)), ratio(1, 12));
        assert_eq!(join(ratio(6, 1), ratio(4, 1)), ratio(2, 1));
        assert!(Grid::Step(ratio(1, 50)).is_on(&ratio(1, 100)));
        assert!(!Grid::Step(ratio(1, 1000)).is_on(&ratio(1, 100)));
        assert!(Grid::Zero.is_on(&ratio(1, 100)));
    }

    #[test]
    fn quotients_stay_a_step_away_from_zero() {
        let visits = Facts::integers(0, 1000);
        let facts = visits.divide(&visits).unwrap();
        assert_eq!((facts.low, facts.high, facts.grid), (ratio(0, 1), ratio(1000, 1), Grid::Free));
    }
}
