//! Numbers for people.

/// A decimal number with commas between thousands.
pub(crate) fn grouped(number: &str) -> String {
    let (sign, digits) = match number.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", number),
    };
    let (whole, rest) = digits.split_once('.').map_or((digits, None), |(whole, rest)| (whole, Some(rest)));
    let mut text = sign.to_owned();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if let Some(rest) = rest {
        text.push('.');
        text.push_str(rest);
    }
    text
}

/// An integer of so many decimals as a decimal number.
pub(crate) fn decimal(number: i128, scale: u32) -> String {
    let digits = number.unsigned_abs().to_string();
    let width = usize::try_from(scale).unwrap_or(0);
    let digits = format!("{digits:0>least$}", least = width + 1);
    let (whole, rest) = digits.split_at_checked(digits.len() - width).unwrap_or((&digits, ""));
    let sign = if number < 0 { "-" } else { "" };
    if rest.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest}") }
}

/// The same with commas, and with a sign also if it is positive.
pub(crate) fn signed(number: i128, scale: u32) -> String {
    let text = grouped(&decimal(number, scale));
    if number > 0 { format!("+{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_and_decimals() {
        assert_eq!(grouped("1234567.89"), "1,234,567.89");
        assert_eq!(grouped("-123"), "-123");
        assert_eq!(grouped("999.99"), "999.99");
        assert_eq!(grouped("0"), "0");
        assert_eq!(grouped("-1234"), "-1,234");
        assert_eq!(decimal(-5, 2), "-0.05");
        assert_eq!(decimal(123_456, 2), "1234.56");
        assert_eq!(decimal(7, 0), "7");
        assert_eq!(signed(100_000, 2), "+1,000.00");
        assert_eq!(signed(0, 2), "0.00");
    }
}
