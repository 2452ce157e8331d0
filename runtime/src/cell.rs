//! Cells as text: the rules of `docs/abi.md`, section "Text".

use fen_schema::{Column, Layout, RejectCode};

/// The integer that a cell's text stands for: its value times ten to the power of the column's scale.
///
/// # Errors
/// The code with which the row is to be rejected. Whether the value is in the column's range is not asked here, only
/// whether it can be stored.
pub fn parse_cell(text: &str, column: &Column) -> Result<i128, RejectCode> {
    let text = text.trim_matches([' ', '\t']);
    if text.is_empty() {
        return Err(RejectCode::Missing);
    }
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(whole) || !is_number(decimals) {
        return Err(RejectCode::NotANumber);
    }
    let scale = usize::try_from(column.scale).unwrap_or(usize::MAX);
    let decimals = if digits.contains('.') { decimals } else { "" };
    if decimals.len() > scale {
        return Err(RejectCode::TooManyDecimals);
    }
    let too_far = if negative { RejectCode::BelowMin } else { RejectCode::AboveMax };
    let padding = std::iter::repeat_n(b'0', scale - decimals.len());
    let digits = whole.bytes().chain(decimals.bytes()).chain(padding).map(|digit| digit - b'0');
    let size = if whole.len() + scale <= 18 {
        // Nearly all amounts: 18 digits always fit 64 bits.
        i128::from(digits.fold(0_i64, |size, digit| size * 10 + i64::from(digit)))
    } else {
        let push = |size: i128, digit: u8| size.checked_mul(10).and_then(|size| size.checked_add(i128::from(digit)));
        digits.into_iter().try_fold(0_i128, push).ok_or(too_far)?
    };
    let value = if negative { -size } else { size };
    match column.layout {
        Layout::I64 if i64::try_from(value).is_err() => Err(too_far),
        _ => Ok(value),
    }
}

/// Appends a cell as decimal text with exactly `scale` digits after the point.
pub fn format_cell(value: i128, scale: u32, text: &mut String) {
    use std::fmt::Write as _;
    if value < 0 {
        text.push('-');
    }
    let size = value.unsigned_abs();
    let width = usize::try_from(scale).unwrap_or(0);
    // Writing to a string cannot fail.
    let _ = match (u64::try_from(size), 10_u64.checked_pow(scale), 10_u128.checked_pow(scale)) {
        _ if scale == 0 => write!(text, "{size}"),
        // Nearly all amounts: 128-bit division is slow.
        (Ok(size), Some(unit), _) => write!(text, "{}.{:0width$}", size / unit, size % unit),
        (_, _, Some(unit)) => write!(text, "{}.{:0width$}", size / unit, size % unit),
        _ => write!(text, "{size}"),
    };
}

#[cfg(test)]
mod tests {
    use fen_schema::{ColumnType, Text};

    use super::*;

    fn column(layout: Layout) -> Column {
        Column {
            name: "x".into(),
            label: Text { zh: "x".into(), en: "x".into() },
            ty: ColumnType::Money,
            unit: "yuan".into(),
            scale: 2,
            min: "0.00".into(),
            max: "1.00".into(),
            layout,
            offset: 0,
        }
    }

    #[test]
    fn text_rules() {
        let parse = |text| parse_cell(text, &column(Layout::I64));
        assert_eq!(parse("12.34"), Ok(1234));
        assert_eq!(parse(" 12.3\t"), Ok(1230));
        assert_eq!(parse("-0.01"), Ok(-1));
        assert_eq!(parse("007"), Ok(700));
        assert_eq!(parse(""), Err(RejectCode::Missing));
        assert_eq!(parse("  "), Err(RejectCode::Missing));
        assert_eq!(parse("1.000"), Err(RejectCode::TooManyDecimals));
        for text in ["1e3", "+1", "1,000.00", ".5", "5.", "-", "--1", "1.2.3", "NaN", "¥5", "１", "1 000", "0x10", "."]
        {
            assert_eq!(parse(text), Err(RejectCode::NotANumber), "{text}");
        }
        assert_eq!(parse("92233720368547758.07"), Ok(i128::from(i64::MAX)));
        assert_eq!(parse("92233720368547758.08"), Err(RejectCode::AboveMax));
        assert_eq!(parse("-92233720368547758.08"), Ok(i128::from(i64::MIN)));
        assert_eq!(parse("-92233720368547758.09"), Err(RejectCode::BelowMin));
        assert_eq!(parse(&"9".repeat(60)), Err(RejectCode::AboveMax));
        assert_eq!(parse_cell("92233720368547758.08", &column(Layout::I128)), Ok(1 << 63));
    }

    #[test]
    fn cells_are_written_exactly() {
        let format = |value, scale| {
            let mut text = String::new();
            format_cell(value, scale, &mut text);
            text
        };
        assert_eq!(format(1234, 2), "12.34");
        assert_eq!(format(-5, 2), "-0.05");
        assert_eq!(format(0, 2), "0.00");
        assert_eq!(format(7, 0), "7");
        assert_eq!(format(i128::MIN, 2), "-1701411834604692317316873037158841057.28");
    }
}
