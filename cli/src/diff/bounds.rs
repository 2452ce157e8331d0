//! Bounds of rows as numbers, however they are written.

/// The numbers on both sides of `..`, without zeros that say nothing; `None` for what has no numbers. Dates stay as they are.
pub(crate) fn bounds(text: &str) -> Option<(Option<String>, Option<String>)> {
    let (low, high) = text.split_once("..")?;
    let high = high.trim_start_matches(['=', '<']);
    let (low, high) = (number(low)?, number(high)?);
    // A number without a unit has that of the other one.
    let unit = |own: &Option<Number>, other: &Option<Number>| match (own, other) {
        (Some(own), Some(other)) if own.is_bare => other.power,
        (Some(own), _) => own.power,
        (None, _) => 0,
    };
    let (low_power, high_power) = (unit(&low, &high), unit(&high, &low));
    if low.is_none() && high.is_none() {
        return None;
    }
    Some((low.map(|low| low.at(low_power)), high.map(|high| high.at(high_power))))
}

struct Number {
    whole: String,
    decimals: String,
    /// The power of ten in its unit.
    power: usize,
    is_bare: bool,
}

/// Nothing inside for an open end; nothing at all for what is no number.
fn number(text: &str) -> Option<Option<Number>> {
    let text: String = text.chars().filter(|c| !matches!(c, '_' | ',' | ' ')).collect();
    if text.is_empty() {
        return Some(None);
    }
    let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-'))).unwrap_or(text.len());
    let (digits, unit) = text.split_at_checked(end)?;
    if digits.is_empty() || unit.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let power = match unit {
        unit if unit.starts_with('万') || unit.starts_with("wan") => 4,
        unit if unit.starts_with('亿') => 8,
        _ => 0,
    };
    let (whole, decimals) = (whole.to_owned(), decimals.to_owned());
    Some(Some(Number { whole, decimals, power, is_bare: unit.is_empty() }))
}

impl Number {
    fn at(self, power: usize) -> String {
        let decimals = format!("{:0<power$}", self.decimals);
        let (more, rest) = decimals.split_at_checked(power).unwrap_or((&decimals, ""));
        let whole = format!("{}{more}", self.whole);
        let whole = whole.trim_start_matches('0');
        let whole = if whole.is_empty() { "0" } else { whole };
        match rest.trim_end_matches('0') {
            "" => whole.to_owned(),
            rest => format!("{whole}.{rest}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_numbers() {
        let of = |low: &str, high: &str| {
            let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            Some((some(low), some(high)))
        };
        for (text, wanted) in [
            ("5_000..12_000 yuan", of("5000", "12000")),
            ("..=5000.00 yuan", of("", "5000")),
            ("1..2.5万元", of("10000", "25000")),
            ("1 wan yuan..", of("10000", "")),
            ("..<0.90", of("", "0.9")),
            ("2024-01-01..", of("2024-01-01", "")),
            ("county", None),
        ] {
            assert_eq!(bounds(text), wanted, "{text}");
        }
    }
}
