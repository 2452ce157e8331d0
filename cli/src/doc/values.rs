//! Amounts, ranges and dates as readers write them, in both languages.

use fen_compiler::Text;
use fen_grammar::tree::{BaseUnit, Bounds, Date, Edge, Literal, LiteralKind, Quantity, Unit, UnitKind};
use num_bigint::BigInt;
use num_rational::BigRational;

/// More decimals than this are not written out.
const MOST_DECIMALS: usize = 12;

/// An exact number, with its thousands set apart.
fn number(value: &BigRational) -> String {
    let mut scaled = value.clone();
    let mut decimals = 0;
    while !scaled.is_integer() {
        if decimals == MOST_DECIMALS {
            return value.to_string();
        }
        scaled *= BigInt::from(10);
        decimals += 1;
    }
    let text = scaled.to_integer().to_string();
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |digits| ("-", digits));
    let digits = format!("{digits:0>width$}", width = decimals + 1);
    let whole = digits.len() - decimals;
    let mut shown = sign.to_owned();
    for (at, digit) in digits.chars().enumerate() {
        if at == whole {
            shown.push('.');
        } else if at > 0 && at < whole && (whole - at) % 3 == 0 {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

fn base_unit(unit: BaseUnit, is_one: bool) -> (&'static str, &'static str) {
    match (unit, is_one) {
        (BaseUnit::Yuan, _) => ("yuan", "元"),
        (BaseUnit::Point, false) => ("points", "点"),
        (BaseUnit::Point, true) => ("point", "点"),
        (BaseUnit::Day, false) => ("days", "天"),
        (BaseUnit::Day, true) => ("day", "天"),
        (BaseUnit::Month, false) => ("months", "个月"),
        (BaseUnit::Month, true) => ("month", "月"),
        (BaseUnit::Year, false) => ("years", "年"),
        (BaseUnit::Year, true) => ("year", "年"),
        (BaseUnit::Person, false) => ("persons", "人"),
        (BaseUnit::Person, true) => ("person", "人"),
        (BaseUnit::Case, false) => ("cases", "例"),
        (BaseUnit::Case, true) => ("case", "例"),
    }
}

/// A number of a unit.
fn amount(value: &BigRational, unit: &Unit) -> Text {
    let hundred = BigInt::from(100);
    let (mut en, mut zh) = match unit.kind {
        UnitKind::None => (number(value), number(value)),
        UnitKind::Percent => {
            (format!("{}%", number(&(value * hundred))), format!("{}%", number(&(value * BigInt::from(100)))))
        }
        UnitKind::PercentagePoint => {
            let points = number(&(value * hundred));
            (format!("{points}pp"), format!("{points}个百分点"))
        }
        UnitKind::Of(of) => {
            let shown = number(value);
            let (en, zh) = base_unit(of, shown == "1");
            (format!("{shown} {en}"), format!("{shown}{zh}"))
        }
    };
    for per in &unit.per {
        let (one, each) = base_unit(*per, true);
        en += &format!(" per {one}");
        zh += &format!("每{each}");
    }
    Text::new(en, zh)
}

/// A quantity.
pub(super) fn quantity(quantity: &Quantity) -> Text {
    amount(&quantity.value, &quantity.unit)
}

/// A day as in 2022-08-01.
pub(super) fn date(date: &Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year, date.month, date.day)
}

/// A written value; names as `named` calls them.
pub(super) fn literal(literal: &Literal, named: &dyn Fn(&str) -> Text) -> Text {
    match &literal.kind {
        LiteralKind::Quantity(one) => quantity(one),
        LiteralKind::Date(day) => Text::new(date(day), date(day)),
        LiteralKind::Bool(true) => Text::new("yes", "是"),
        LiteralKind::Bool(false) => Text::new("no", "否"),
        LiteralKind::Name(name) => named(name),
        LiteralKind::Text(text) => Text::new(text.clone(), text.clone()),
    }
}

/// The numbers of a range's bounds; a bare number takes the unit of the other bound.
pub(super) fn limits(bounds: &Bounds) -> (Option<Quantity>, Option<Quantity>) {
    let of = |literal: &Option<Literal>| match literal.as_ref().map(|literal| &literal.kind) {
        Some(LiteralKind::Quantity(quantity)) => Some(quantity.clone()),
        _ => None,
    };
    let (mut low, mut high) = (of(&bounds.low), of(&bounds.high));
    let lend = |bare: &mut Option<Quantity>, other: &Option<Quantity>| {
        if let (Some(bare), Some(other)) = (bare, other)
            && bare.unit.is_none()
            && !other.unit.is_none()
        {
            bare.value = &bare.value * &other.scale;
            bare.unit = other.unit.clone();
        }
    };
    lend(&mut low, &high.clone());
    lend(&mut high, &low.clone());
    (low, high)
}

/// A range in words. `has_low` says whether the lower bound belongs to it.
pub(super) fn range(bounds: &Bounds, has_low: bool) -> Text {
    let (low, high) = limits(bounds);
    let shown = |quantity: Option<Quantity>, written: &Option<Literal>| {
        let plain = |one: &Literal| literal(one, &|name| Text::new(name, name));
        quantity.as_ref().map(self::quantity).or_else(|| written.as_ref().map(plain))
    };
    let (low, high) = (shown(low, &bounds.low), shown(high, &bounds.high));
    let is_open = bounds.edge == Edge::Below;
    match (low, high) {
        (None, None) => Text::new("all", "全部"),
        (Some(low), None) if has_low => Text::new(format!("{} and more", low.en), format!("{}及以上", low.zh)),
        (Some(low), None) => Text::new(format!("more than {}", low.en), format!("超过{}", low.zh)),
        (None, Some(high)) if is_open => Text::new(format!("less than {}", high.en), format!("不足{}", high.zh)),
        (None, Some(high)) => Text::new(format!("up to {}", high.en), format!("{}以内（含）", high.zh)),
        (Some(low), Some(high)) if low == high => low,
        (Some(low), Some(high)) => {
            let (en, zh) = if has_low { ("from", "（含）") } else { ("more than", "以上（不含）") };
            let (till, to) = if is_open { ("to less than", "（不含）") } else { ("up to", "（含）") };
            Text::new(format!("{en} {} {till} {}", low.en, high.en), format!("{}{zh}至{}{to}", low.zh, high.zh))
        }
    }
}

/// Whether the lower bound of a range belongs to it: it does not if another one that ends there includes it.
pub(super) fn has_low(bounds: &Bounds, all: &[&Bounds]) -> bool {
    let Some(low) = limits(bounds).0 else { return true };
    let ends_there = |other: &&&Bounds| limits(other).1.is_some_and(|high| high.value == low.value);
    all.iter().find(ends_there).is_none_or(|other| other.edge == Edge::Below)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        let shown = |numerator: i64, denominator: i64| number(&BigRational::new(numerator.into(), denominator.into()));
        assert_eq!(shown(1_234_567, 1), "1,234,567");
        assert_eq!(shown(-123_456, 100), "-1,234.56");
        assert_eq!(shown(1, 1000), "0.001");
        assert_eq!(shown(0, 1), "0");
        assert_eq!(shown(1, 3), "1/3");
    }
}
