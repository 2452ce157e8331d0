//! Words, signs and numbers that people write from habit, and what the language has for them.

use crate::diagnostic::Text;

/// What is written from habit, and the English and the Chinese word or sign for it.
const HABITS: &[(&[&str], &str, &str)] = &[
    (&["大于", "高于", "多于"], ">", ">"),
    (&["小于", "低于", "少于"], "<", "<"),
    (&["大于等于", "大于或等于", "不小于", "不低于", "不少于"], ">=", ">="),
    (&["小于等于", "小于或等于", "不大于", "不高于", "不多于", "不超过"], "<=", "<="),
    (&["等于", "equals"], "==", "=="),
    (&["不等于"], "!=", "!="),
    (&["并且", "而且", "同时"], "and", "且"),
    (&["或者"], "or", "或"),
    (&["否则", "else"], "otherwise", "其余"),
    (&["→", "⇒", "➔"], "->", "->"),
    (&["✕", "✖", "·"], "*", "*"),
];

/// Functions by other names.
const FUNCTIONS: &[(&[&str], &str, &str)] = &[
    (&["最小", "取小", "最小值", "取小值", "孰低", "minimum", "least"], "min", "较小"),
    (&["最大", "取大", "最大值", "取大值", "孰高", "maximum", "greatest"], "max", "较大"),
];

/// Units by other names; of `千` and `百` the number gets more digits.
const UNITS: &[(&[&str], &str, &str)] = &[
    (&["圆", "块", "块钱", "元整", "圆整", "人民币", "RMB", "CNY"], "yuan", "元"),
    (&["万圆", "万块", "万"], "wan yuan", "万元"),
    (&["亿圆", "亿块", "亿"], "yi yuan", "亿元"),
];

/// The word or sign for one written from habit, and how much of `found` that one is: a number may stick to it.
pub(crate) fn word(found: &str) -> Option<(usize, &'static str, &'static str)> {
    HABITS.iter().find_map(|(written, en, zh)| {
        let sticks = |rest: &str| rest.is_empty() || rest.starts_with(|c: char| c.is_ascii_digit());
        let written = written.iter().find(|word| found.strip_prefix(**word).is_some_and(sticks))?;
        Some((written.len(), *en, *zh))
    })
}

/// The function that is meant by a name.
pub(crate) fn function(name: &str) -> Option<(&'static str, &'static str)> {
    let (_, en, zh) = FUNCTIONS.iter().find(|(written, ..)| written.contains(&name))?;
    Some((en, zh))
}

/// An amount with a unit from habit as it is to be written: `1`, `千元` is `1000 yuan`, 1000元.
pub(crate) fn amount(number: &str, unit: &str) -> Option<Text> {
    let (zeros, rest) = match unit.strip_prefix(['千', '百']) {
        Some(rest) => (if unit.starts_with('千') { 3 } else { 2 }, rest),
        None => (0, unit),
    };
    let known = UNITS.iter().find(|(written, ..)| written.contains(&rest)).map(|(_, en, zh)| (*en, *zh));
    let (en, zh) = known.or(match (zeros, rest) {
        (1.., "元") => Some(("yuan", "元")),
        (1.., "万元") => Some(("wan yuan", "万元")),
        (1.., "") => Some(("", "")),
        _ => None,
    })?;
    let number = if zeros == 0 { number.to_owned() } else { shifted(number, zeros)? };
    Some(Text::new(format!("{number} {en}").trim_end(), format!("{number}{zh}")))
}

/// A number times a power of ten.
fn shifted(number: &str, zeros: usize) -> Option<String> {
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    let moved = format!("{whole}{decimals:0<zeros$}");
    let point = whole.len() + zeros;
    let (whole, decimals) = (moved.get(..point)?, moved.get(point..)?);
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    Some(if decimals.is_empty() { whole.to_owned() } else { format!("{whole}.{decimals}") })
}

/// What to write for a name that stands for nothing in a policy: a word from habit, or an amount in Chinese numerals.
#[must_use]
pub fn instead(name: &str) -> Option<Text> {
    if let Some(digits) = in_digits(name) {
        return Some(Text::new(
            format!("numbers are written in digits: `{digits}`"),
            format!("数用阿拉伯数字：{digits}"),
        ));
    }
    let (_, en, zh) = word(name).or_else(|| function(name).map(|(en, zh)| (name.len(), en, zh)))?;
    Some(write(en, zh))
}

/// `write AMOUNT`
pub(crate) fn write_amount(amount: &Text) -> Text {
    Text::new(format!("write `{}`", amount.en), format!("请写 {}", amount.zh))
}

/// `write X`
pub(crate) fn write(en: &str, zh: &str) -> Text {
    let is_sign = !zh.contains(char::is_alphanumeric);
    Text::new(format!("write `{en}`"), if is_sign { format!("请写 {zh}") } else { format!("请写“{zh}”") })
}

/// Units that may stand behind Chinese numerals.
const MEASURED: [&str; 14] =
    ["万元", "亿元", "元", "个百分点", "个月", "月", "天", "日", "年", "岁", "点", "分", "人", "例"];

/// An amount in Chinese numerals in digits: `十五万元` is 15万元, `百分之七十` is 70%.
fn in_digits(text: &str) -> Option<String> {
    if let Some(share) = text.strip_prefix("百分之") {
        return Some(format!("{}%", whole(share)?));
    }
    let unit = MEASURED.into_iter().find(|unit| text.ends_with(unit))?;
    Some(format!("{}{unit}", whole(text.strip_suffix(unit)?)?))
}

/// A whole number below ten thousand times ten thousand in Chinese numerals.
fn whole(text: &str) -> Option<u64> {
    let (mut total, mut section, mut digit) = (0_u64, 0_u64, None);
    for c in text.chars() {
        let place = match c {
            '十' | '拾' => 10,
            '百' | '佰' => 100,
            '千' | '仟' => 1000,
            '万' | '萬' => {
                total += (section + digit.take().unwrap_or(0)).checked_mul(10_000)?;
                section = 0;
                continue;
            }
            '零' | '〇' if digit.is_none() => continue,
            _ if digit.is_some() => return None,
            _ => {
                digit = Some(numeral(c)?);
                continue;
            }
        };
        section += digit.take().unwrap_or(1) * place;
    }
    let number = total + section + digit.unwrap_or(0);
    (number > 0 && text.chars().count() <= 16).then_some(number)
}

fn numeral(c: char) -> Option<u64> {
    let place = ["一壹", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"];
    let at = place.iter().position(|same| same.contains(c))?;
    u64::try_from(at + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numerals_become_digits() {
        for (written, digits) in [
            ("十五万元", Some("15万元")),
            ("三百五十元", Some("350元")),
            ("两千零五元", Some("2005元")),
            ("一万二千元", Some("12000元")),
            ("百分之七十", Some("70%")),
            ("十二个月", Some("12个月")),
            ("一次性费用", None),
            ("元", None),
            ("三个", None),
            ("支付金额", None),
        ] {
            assert_eq!(in_digits(written).as_deref(), digits, "{written}");
        }
    }

    #[test]
    fn units_from_habit_become_those_of_the_language() {
        let amount = |number, unit| amount(number, unit).map(|text| text.zh);
        assert_eq!(amount("1", "千元").as_deref(), Some("1000元"));
        assert_eq!(amount("1.5", "千元").as_deref(), Some("1500元"));
        assert_eq!(amount("0.25", "百元").as_deref(), Some("25元"));
        assert_eq!(amount("1.2345", "千元").as_deref(), Some("1234.5元"));
        assert_eq!(amount("15", "万圆").as_deref(), Some("15万元"));
        assert_eq!(amount("300", "块").as_deref(), Some("300元"));
        assert_eq!(amount("300", "元"), None);
        assert_eq!(amount("300", "乡镇"), None);
    }
}
