//! Examples as they are written, in the language of the policy.

use std::fmt::Write as _;

use fen_grammar::diagnostic::Lang;
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::Signed;

use crate::check::program::{Claim, Origin, Program};
use crate::check::types::{Kind, Measure, Type, decimal};
use crate::interpret::settle;

/// A line that is longer is broken.
const WIDTH: usize = 100;

/// The source of an example of a claim that is settled, with all outputs that can be written; `None` if there is none.
pub(crate) fn example(program: &Program, title: &str, claim: &Claim) -> Option<String> {
    let settled = settle(program, claim).ok()?;
    let lang = program.lang;
    let missing = || match lang {
        Lang::En => "missing".to_owned(),
        Lang::Zh => "缺".to_owned(),
    };
    let mut given = Vec::new();
    for (input, value) in program.inputs.iter().zip(&claim.inputs) {
        let Some(value) = value else { continue };
        let is_given = match input.origin {
            Origin::Column => true,
            // Running values are nothing unless they are given.
            Origin::Running { .. } => input.is_optional || *value != BigRational::default(),
            _ => false,
        };
        if is_given {
            given.push(format!("{} {}", input.name, literal(program, input.ty, value)?));
        }
    }
    // A file that the policy's examples name gives what it can.
    let sheet = program.sheet();
    let from_file = |at: usize| sheet.and_then(|sheet| sheet.values.get(at)).and_then(Option::as_ref);
    let parameters = program.parameters.iter().zip(&claim.parameters).enumerate();
    for (_, (parameter, value)) in parameters.filter(|(at, (_, value))| from_file(*at) != Some(*value)) {
        given.push(format!("{} {}", parameter.name, literal(program, parameter.ty, value)?));
    }
    let mut expect = Vec::new();
    for (output, value) in program.outputs.iter().zip(settled.outputs()) {
        let Some(ty) = program.value(output.value).map(|value| value.ty) else { continue };
        let shown = match value {
            None => Some(missing()),
            Some(value) => literal(program, ty, &value),
        };
        expect.extend(shown.map(|shown| format!("{} {shown}", output.name)));
    }
    if expect.is_empty() {
        return None;
    }
    let title: String = title.chars().map(|c| if matches!(c, '"' | '“' | '”' | '\n') { '\'' } else { c }).collect();
    let (head, file_words, given_word, expect_word) = match lang {
        Lang::En => ("example", "params from file", "given ", "expect"),
        Lang::Zh => ("示例", "参数取自文件", "给定", "应得"),
    };
    let file = sheet.map_or_else(String::new, |sheet| format!(" {file_words} \"{}\"", sheet.path));
    let mut text = format!("{head} \"{title}\"{file}\n");
    // A policy without inputs gives nothing.
    if !given.is_empty() {
        list(&mut text, given_word, &given);
    }
    list(&mut text, expect_word, &expect);
    Some(text)
}

fn list(text: &mut String, word: &str, parts: &[String]) {
    let mut line = format!("  {word} ");
    for (at, part) in parts.iter().enumerate() {
        let comma = if at + 1 < parts.len() { "," } else { "" };
        if at > 0 && line.chars().count() + part.chars().count() > WIDTH {
            let _ = writeln!(text, "{}", line.trim_end());
            line = "         ".to_owned();
        }
        let _ = write!(line, "{part}{comma} ");
    }
    let _ = writeln!(text, "{}", line.trim_end());
}

/// A value as the policy writes it; `None` if there is no way to.
fn literal(program: &Program, ty: Type, value: &BigRational) -> Option<String> {
    let lang = program.lang;
    match ty {
        Type::Measure(measure) => Some(amount(measure, value, lang)),
        Type::Date | Type::Bool => Some(program.show(ty, value).get(lang).to_owned()),
        Type::Enum(_) => {
            let name = program.show(ty, value).get(lang).to_owned();
            let is_name = name.chars().all(|c| c.is_alphanumeric() || c == '_')
                && !name.chars().next().is_none_or(|c| c.is_numeric());
            is_name.then_some(name)
        }
        Type::Code | Type::Id => {
            let at = usize::try_from(value.to_integer()).ok()?;
            let known = program.codes.get(at).cloned();
            let text = known.unwrap_or_else(|| unknown(program, at.saturating_sub(program.codes.len())));
            Some(format!("\"{text}\""))
        }
    }
}

/// A text that the policy does not know.
fn unknown(program: &Program, at: usize) -> String {
    let letters = ('A'..='Z').map(String::from).filter(|letter| !program.codes.contains(letter));
    letters.chain((1..).map(|number| format!("A{number}"))).nth(at).unwrap_or_default()
}

fn amount(measure: Measure, value: &BigRational, lang: Lang) -> String {
    let scale = match measure.kind() {
        Some(Kind::Rate | Kind::Points | Kind::Ratio) => 100,
        _ => 1,
    };
    let value = value * BigInt::from(scale);
    let suffix = match measure.kind() {
        Some(Kind::Ratio) => Measure::RATE.suffix(),
        _ => measure.suffix_of(value == BigRational::from(BigInt::from(1))),
    };
    if let (Lang::Zh, true) = (lang, suffix.zh.starts_with('元')) {
        for (unit, size) in [("亿", 100_000_000), ("万", 10_000)] {
            let of = &value / BigInt::from(size);
            // 1.5亿 reads well, 1.2345678亿 does not.
            if of.abs() >= BigRational::from(BigInt::from(1)) && (&of * BigInt::from(100)).is_integer() {
                return format!("{}{unit}{}", grouped(&decimal(&of, 0)), suffix.zh);
            }
        }
    }
    let number = grouped(&decimal(&value, 0));
    let space = if suffix.en.starts_with(char::is_alphabetic) && suffix.en != "pp" { " " } else { "" };
    match lang {
        Lang::En => format!("{number}{space}{}", suffix.en),
        Lang::Zh => format!("{number}{}", suffix.zh),
    }
}

/// With `_` between thousands.
fn grouped(number: &str) -> String {
    let (sign, rest) = number.strip_prefix('-').map_or(("", number), |rest| ("-", rest));
    let (whole, decimals) = rest.split_once('.').map_or((rest, None), |(whole, decimals)| (whole, Some(decimals)));
    let length = whole.len();
    let mut text = sign.to_owned();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && length > 4 && (length - at).is_multiple_of(3) {
            text.push('_');
        }
        text.push(digit);
    }
    decimals.iter().for_each(|decimals| {
        text.push('.');
        text.push_str(decimals);
    });
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(grouped("7100000.01"), "7_100_000.01");
        assert_eq!(grouped("-12345"), "-12_345");
        assert_eq!(grouped("1000"), "1000");
        assert_eq!(grouped("0.0001"), "0.0001");
    }

    #[test]
    fn amounts_are_written_like_people_write_them() {
        let money = |yuan: i64, lang| amount(Measure::MONEY, &BigRational::from(BigInt::from(yuan)), lang);
        assert_eq!(money(7_100_000, Lang::En), "7_100_000 yuan");
        assert_eq!(money(7_100_000, Lang::Zh), "710万元");
        assert_eq!(money(150_000_000, Lang::Zh), "1.5亿元");
        assert_eq!(money(7_100_001, Lang::Zh), "7_100_001元");
        assert_eq!(amount(Measure::RATE, &BigRational::new(1.into(), 8.into()), Lang::En), "12.5%");
    }
}
