//! Amounts as decimal text.

use fen_schema::{Layout, RejectCode};

/// The integer that decimal text stands for: its value times ten to the power of `scale`, divided by ten to the power of
/// `shift`, which is 2 for text in percent.
///
/// # Errors
/// The code with which a row is to be rejected. Only asks whether the amount can be stored, not whether it is in range.
#[inline]
pub(crate) fn parse(text: &str, scale: u32, shift: u32, layout: Layout, optional: bool) -> Result<i128, RejectCode> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(whole) || !is_number(decimals) {
        return Err(RejectCode::NotANumber);
    }
    let decimals = if digits.contains('.') { decimals } else { "" };
    let kept = scale.checked_sub(shift).map(|kept| usize::try_from(kept).unwrap_or(usize::MAX));
    let kept = kept.filter(|kept| decimals.len() <= *kept).ok_or(RejectCode::TooManyDecimals)?;
    let too_far = if negative { RejectCode::BelowMin } else { RejectCode::AboveMax };
    let padding = std::iter::repeat_n(b'0', kept - decimals.len());
    let digits = whole.bytes().chain(decimals.bytes()).chain(padding).map(|digit| digit - b'0');
    let size = if whole.len() + kept <= 18 {
        // Nearly all amounts: 18 digits always fit 64 bits.
        i128::from(digits.fold(0_i64, |size, digit| size * 10 + i64::from(digit)))
    } else {
        // The least number has one digit more than fits: it is reached from below.
        let push = |size: i128, digit: u8| size.checked_mul(10).and_then(|size| size.checked_sub(i128::from(digit)));
        let size = digits.into_iter().try_fold(0_i128, push).ok_or(too_far)?;
        return fit(if negative { Some(size) } else { size.checked_neg() }, layout, optional).ok_or(too_far);
    };
    fit(Some(if negative { -size } else { size }), layout, optional).ok_or(too_far)
}

/// The amount, if a cell of the layout can hold it. In an optional column the least number stands for no amount.
#[inline]
pub fn fit(amount: Option<i128>, layout: Layout, optional: bool) -> Option<i128> {
    let fits = |amount: &i128| match layout {
        Layout::I8 => i8::try_from(*amount).is_ok(),
        Layout::I32 => i32::try_from(*amount).is_ok(),
        Layout::I64 => i64::try_from(*amount).is_ok(),
        Layout::I128 => true,
    };
    amount.filter(fits).filter(|amount| !optional || *amount != layout.none())
}

/// Appends an integer as decimal text with exactly `scale` digits after the point.
pub(crate) fn format(value: i128, scale: u32, text: &mut String) {
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

/// Appends an integer in percent: two decimals less than its scale, none if it has fewer.
pub(crate) fn format_percent(value: i128, scale: u32, text: &mut String) {
    match scale.checked_sub(2) {
        Some(decimals) => format(value, decimals, text),
        None if value == 0 => text.push('0'),
        None => {
            format(value, 0, text);
            text.extend(std::iter::repeat_n('0', usize::try_from(2 - scale.min(2)).unwrap_or(0)));
        }
    }
}
