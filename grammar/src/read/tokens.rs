//! Names, texts, dates, amounts and types.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Num, One, Pow};
use pest::iterators::Pair;

use super::{MAX_DIGITS, Parts, Read, ReadError, Reader, inner_rule};
use crate::parse::Rule;
use crate::tree::{
    BaseUnit, Bounds, Date, Edge, Literal, LiteralKind, Name, Quantity, Quoted, Rounding, RoundingMode, TypeBase,
    TypeRef, TypeWord, Unit, UnitKind,
};

impl Reader {
    pub(super) fn name(&self, pair: &Pair<'_, Rule>) -> Name {
        Name { text: pair.as_str().to_owned(), span: self.span(pair) }
    }

    pub(super) fn names(&self, parts: &mut Parts<'_>) -> Vec<Name> {
        std::iter::from_fn(|| parts.maybe(Rule::name)).map(|pair| self.name(&pair)).collect()
    }

    pub(super) fn quoted(&self, pair: Pair<'_, Rule>) -> Read<Quoted> {
        let span = self.span(&pair);
        let text = pair.into_inner().next().ok_or(ReadError::Mismatch)?.as_str().to_owned();
        Ok(Quoted { text, span })
    }

    pub(super) fn labels(&self, parts: &mut Parts<'_>) -> Read<Vec<Quoted>> {
        let Some(pair) = parts.maybe(Rule::labels) else { return Ok(Vec::new()) };
        self.label_texts(pair)
    }

    pub(super) fn label_texts(&self, pair: Pair<'_, Rule>) -> Read<Vec<Quoted>> {
        pair.into_inner().filter(|pair| pair.as_rule() == Rule::string).map(|pair| self.quoted(pair)).collect()
    }

    pub(super) fn cite(&self, parts: &mut Parts<'_>) -> Read<Option<Quoted>> {
        parts.maybe(Rule::cite).map(|pair| self.cited(pair)).transpose()
    }

    pub(super) fn cited(&self, pair: Pair<'_, Rule>) -> Read<Quoted> {
        self.quoted(Parts::of(pair).take(Rule::string)?)
    }

    /// The warnings that the clauses of an item allow.
    pub(crate) fn allows(&self, item: &Pair<'_, Rule>) -> Read<Vec<Quoted>> {
        let mut allows = Vec::new();
        for allow in item.clone().into_inner().flatten().filter(|pair| pair.as_rule() == Rule::allow) {
            for text in allow.into_inner().filter(|pair| pair.as_rule() == Rule::string) {
                allows.push(self.quoted(text)?);
            }
        }
        Ok(allows)
    }

    pub(super) fn date(&self, pair: &Pair<'_, Rule>) -> Read<Date> {
        let mut parts = pair.as_str().split('-');
        let mut next = || parts.next().ok_or(ReadError::Mismatch);
        let year = next()?.parse().map_err(|_| ReadError::Mismatch)?;
        let month = next()?.parse().map_err(|_| ReadError::Mismatch)?;
        let day = next()?.parse().map_err(|_| ReadError::Mismatch)?;
        Ok(Date { year, month, day, span: self.span(pair) })
    }

    pub(super) fn literal(&self, pair: Pair<'_, Rule>) -> Read<Literal> {
        let span = self.span(&pair);
        let inner = Parts::of(pair).pairs.next().ok_or(ReadError::Mismatch)?;
        Ok(Literal { kind: self.literal_kind(inner)?, span })
    }

    /// What stands inside `literal`, or a `string`.
    pub(super) fn literal_kind(&self, pair: Pair<'_, Rule>) -> Read<LiteralKind> {
        Ok(match pair.as_rule() {
            Rule::date => LiteralKind::Date(self.date(&pair)?),
            Rule::signed_quantity => LiteralKind::Quantity(self.signed_quantity(pair)?),
            Rule::quantity => LiteralKind::Quantity(self.quantity(pair)?),
            Rule::truth => LiteralKind::Bool(inner_rule(pair)? == Rule::kw_true),
            Rule::dotted_name | Rule::name => LiteralKind::Name(pair.as_str().to_owned()),
            Rule::string => LiteralKind::Text(self.quoted(pair)?.text),
            _ => return Err(ReadError::Mismatch),
        })
    }

    pub(super) fn bounds(&self, pair: Pair<'_, Rule>) -> Read<Bounds> {
        let span = self.span(&pair);
        let (mut low, mut high, mut edge) = (None, None, None);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::dots => {
                    edge = Some(match inner_rule(part)? {
                        Rule::dots_below => Edge::Below,
                        Rule::dots_up_to => Edge::UpTo,
                        _ => Edge::Plain,
                    });
                }
                Rule::dots_end => edge = Some(Edge::Plain),
                _ if edge.is_some() => high = Some(self.literal(part)?),
                _ => low = Some(self.literal(part)?),
            }
        }
        Ok(Bounds { low, high, edge: edge.ok_or(ReadError::Mismatch)?, span })
    }

    pub(super) fn signed_quantity(&self, pair: Pair<'_, Rule>) -> Read<Quantity> {
        let span = self.span(&pair);
        let mut parts = Parts::of(pair);
        let negative = parts.maybe(Rule::op_sub).is_some();
        let quantity = self.quantity(parts.take(Rule::quantity)?)?;
        let value = if negative { -quantity.value.clone() } else { quantity.value.clone() };
        Ok(Quantity { value, span, ..quantity })
    }

    pub(super) fn quantity(&self, pair: Pair<'_, Rule>) -> Read<Quantity> {
        let span = self.span(&pair);
        let mut parts = Parts::of(pair);
        let number_pair = parts.take(Rule::number)?;
        let value = self.number(&number_pair)?;
        let Some(unit) = parts.maybe(Rule::unit).or_else(|| parts.maybe(Rule::plain_unit)) else {
            return Ok(Quantity { value, scale: BigRational::one(), unit: Unit::none(), span });
        };
        let (unit, scale) = self.unit(unit)?;
        let value = if scale.is_one() { value } else { value * &scale };
        Ok(Quantity { value, scale, unit, span })
    }

    fn number(&self, pair: &Pair<'_, Rule>) -> Read<BigRational> {
        let (text, span) = (pair.as_str(), self.span(pair));
        if text.len() > MAX_DIGITS {
            return Err(ReadError::TooManyDigits(span));
        }
        // `007` may be a code, and `1,000` two numbers, of which the second begins with zeros.
        let needed = text.trim_start_matches(['0', '_']);
        let is_whole = needed.starts_with(|c: char| c.is_ascii_digit());
        let right = if is_whole { needed.to_owned() } else { format!("0{needed}") };
        if right.len() < text.len() {
            return Err(ReadError::LeadingZeros(span, right));
        }
        number(text)
    }

    /// A unit, and what one of it is.
    fn unit(&self, pair: Pair<'_, Rule>) -> Read<(Unit, BigRational)> {
        let mut parts = Parts::of(pair);
        let written = inner_rule(parts.take(Rule::base_unit)?)?;
        let per = self.per(&mut parts)?;
        let whole = |number: i64| BigRational::from(BigInt::from(number));
        let (kind, scale) = match written {
            Rule::unit_percent => (UnitKind::Percent, whole(100).recip()),
            Rule::unit_pp => (UnitKind::PercentagePoint, whole(100).recip()),
            Rule::unit_wan_yuan => (UnitKind::Of(BaseUnit::Yuan), whole(10_000)),
            Rule::unit_yi_yuan => (UnitKind::Of(BaseUnit::Yuan), whole(100_000_000)),
            rule => (UnitKind::Of(base_unit(rule)?), whole(1)),
        };
        Ok((Unit { kind, per }, scale))
    }

    /// What stands behind each `per` that comes next, as names.
    fn per_names(&self, parts: &Parts<'_>) -> Vec<Name> {
        let units = parts.pairs.clone().filter(|pair| pair.as_rule() == Rule::per);
        units.filter_map(|pair| pair.into_inner().next_back()).map(|pair| self.name(&pair)).collect()
    }

    /// What stands behind each `per` of the last amount in a pair.
    pub(super) fn trailing(&self, pair: Pair<'_, Rule>) -> Vec<Name> {
        let (mut names, mut is_amount) = (Vec::new(), false);
        for part in pair.into_inner().flatten() {
            match part.as_rule() {
                Rule::number => {
                    names.clear();
                    is_amount = true;
                }
                Rule::per if is_amount => names.extend(part.into_inner().next_back().map(|unit| self.name(&unit))),
                _ => {}
            }
        }
        names
    }

    fn per(&self, parts: &mut Parts<'_>) -> Read<Vec<BaseUnit>> {
        let mut units = Vec::new();
        while let Some(pair) = parts.maybe(Rule::per) {
            let unit = pair.into_inner().find(|pair| pair.as_rule() != Rule::kw_per).ok_or(ReadError::Mismatch)?;
            units.push(base_unit(unit.as_rule())?);
        }
        Ok(units)
    }

    pub(super) fn type_ref(&self, pair: Pair<'_, Rule>) -> Read<TypeRef> {
        let span = self.span(&pair);
        let mut parts = Parts::of(pair);
        let first = parts.pairs.next().ok_or(ReadError::Mismatch)?;
        let base = match first.as_rule() {
            Rule::type_word => TypeBase::Word(type_word(inner_rule(first)?)?),
            _ => TypeBase::Name(first.as_str().to_owned()),
        };
        let names = self.per_names(&parts);
        let per = self.per(&mut parts)?;
        let step = parts.maybe(Rule::type_step).map(|pair| self.type_step(pair)).transpose()?;
        Ok(TypeRef { base, per, per_names: names, step, span })
    }

    fn type_step(&self, pair: Pair<'_, Rule>) -> Read<Quantity> {
        let mut parts = Parts::of(pair);
        let number_pair = parts.take(Rule::number)?;
        let span = self.span(&number_pair);
        let value = self.number(&number_pair)?;
        match parts.maybe(Rule::unit) {
            None => Ok(Quantity { value, scale: BigRational::one(), unit: Unit::none(), span }),
            Some(pair) => {
                let span = span.to(self.span(&pair));
                let (unit, scale) = self.unit(pair)?;
                Ok(Quantity { value: value * &scale, scale, unit, span })
            }
        }
    }

    pub(super) fn rounding(&self, pair: Pair<'_, Rule>) -> Read<Rounding> {
        let mut parts = Parts::of(pair);
        let mode = rounding_mode(parts.take(Rule::rounding_mode)?)?;
        Ok(Rounding { mode, step: self.quantity(parts.take(Rule::quantity)?)? })
    }

    pub(super) fn maybe_rounding(&self, parts: &mut Parts<'_>) -> Read<Option<Rounding>> {
        parts.maybe(Rule::rounding).map(|pair| self.rounding(pair)).transpose()
    }
}

fn base_unit(rule: Rule) -> Read<BaseUnit> {
    Ok(match rule {
        Rule::unit_yuan => BaseUnit::Yuan,
        Rule::unit_point => BaseUnit::Point,
        Rule::unit_day => BaseUnit::Day,
        Rule::unit_month => BaseUnit::Month,
        Rule::unit_year => BaseUnit::Year,
        Rule::unit_person => BaseUnit::Person,
        Rule::unit_case => BaseUnit::Case,
        _ => return Err(ReadError::Mismatch),
    })
}

fn type_word(rule: Rule) -> Read<TypeWord> {
    Ok(match rule {
        Rule::kw_money => TypeWord::Money,
        Rule::kw_rate => TypeWord::Rate,
        Rule::kw_pp => TypeWord::Pp,
        Rule::kw_factor => TypeWord::Factor,
        Rule::kw_count => TypeWord::Count,
        Rule::kw_points => TypeWord::Points,
        Rule::kw_date => TypeWord::Date,
        Rule::kw_days => TypeWord::Days,
        Rule::kw_months => TypeWord::Months,
        Rule::kw_years => TypeWord::Years,
        Rule::kw_persons => TypeWord::Persons,
        Rule::kw_cases => TypeWord::Cases,
        Rule::kw_bool => TypeWord::Bool,
        Rule::kw_code => TypeWord::Code,
        Rule::kw_id => TypeWord::Id,
        _ => return Err(ReadError::Mismatch),
    })
}

pub(super) fn rounding_mode(pair: Pair<'_, Rule>) -> Read<RoundingMode> {
    match inner_rule(pair)? {
        Rule::kw_half_up => Ok(RoundingMode::HalfUp),
        Rule::kw_half_even => Ok(RoundingMode::HalfEven),
        Rule::kw_down => Ok(RoundingMode::Down),
        Rule::kw_up => Ok(RoundingMode::Up),
        _ => Err(ReadError::Mismatch),
    }
}

fn number(text: &str) -> Read<BigRational> {
    // Nearly all numbers are whole and short.
    if let Ok(whole) = text.parse::<u64>() {
        return Ok(BigRational::from_integer(BigInt::from(whole)));
    }
    let digits = text.replace('_', "");
    let (whole, decimals) = digits.split_once('.').unwrap_or((&digits, ""));
    let numerator = BigInt::from_str_radix(&format!("{whole}{decimals}"), 10).map_err(|_| ReadError::Mismatch)?;
    Ok(BigRational::new(numerator, BigInt::from(10).pow(decimals.len())))
}
