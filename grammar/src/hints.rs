//! What to write instead of something that is a common slip: signs of other languages, of mathematics and of prose.

use crate::diagnostic::Text;
use crate::parse::Rule;
use crate::{habits, ranges};

/// What to do about `found`, which stands at the start of `rest` where one of `expected` is wanted.
pub(crate) fn hint(before: &str, rest: &str, found: &str, expected: &[Rule]) -> Option<Text> {
    let wants = |rule: Rule| expected.contains(&rule);
    let words: fn(&str) -> Option<(&'static str, &'static str)> = match expected {
        _ if wants(Rule::dots) || wants(Rule::dots_plain) || wants(Rule::bounds) => range,
        _ => |_| None,
    };
    if let Some(text) = ranges::meant(before, rest).or_else(|| own(before, rest, found, &wants)) {
        return Some(text);
    }
    let (en, zh) = words(found)
        .or_else(|| date(before, found))
        .or_else(|| aggregate(before, found, &wants))
        .or_else(|| sign(before, rest, found, &wants))
        .or_else(|| call(before, found))
        .or_else(|| word(before, found))?;
    Some(Text::new(en, zh))
}

/// Hints that show what is written, as it is to be written.
fn own(before: &str, rest: &str, found: &str, wants: &dyn Fn(Rule) -> bool) -> Option<Text> {
    if let Some(amount) = habits::amount(number_before(before), found).filter(|_| ends_with_digit(before)) {
        return Some(habits::write_amount(&amount));
    }
    if matches!(found, "," | "，") {
        let (en, zh) = habits::function(called(before)?)?;
        return Some(habits::write(en, zh));
    }
    if let Some((en, zh)) = preposition(before, found, wants) {
        return Some(habits::write(en, zh));
    }
    if matches!(found, "x" | "X") && wants(Rule::op_mul) {
        return Some(habits::write("*", "*"));
    }
    if let Some(content) = bracketed(rest) {
        return Some(habits::write(&format!("[{content}]"), &format!("[{content}]")));
    }
    habits::word(found).map(|(_, en, zh)| habits::write(en, zh))
}

/// `from` and `to` by other words.
pub(crate) fn preposition(
    before: &str,
    found: &str,
    wants: &dyn Fn(Rule) -> bool,
) -> Option<(&'static str, &'static str)> {
    use Rule::{dated_cells, kw_from, kw_to, range, valid_from, version};
    match found {
        "从" if [kw_from, range, dated_cells, valid_from, version].into_iter().any(wants) => Some(("from", "自")),
        "到" | "~" | "～" | "—" | "–" if wants(kw_to) && ["自", "from"].iter().any(|from| before.contains(from)) => {
            Some(("to", "至"))
        }
        _ => None,
    }
}

/// What stands in `【…】` at the start of a text.
pub(crate) fn bracketed(rest: &str) -> Option<&str> {
    let (content, _) = rest.strip_prefix('【')?.split_once('】')?;
    (!content.contains('\n')).then_some(content)
}

/// The number at the end of a text.
pub(crate) fn number_before(before: &str) -> &str {
    let is_part = |c: char| c.is_ascii_digit() || matches!(c, '_' | '.');
    let length = before.bytes().rev().take_while(|byte| is_part(char::from(*byte))).count();
    before.get(before.len() - length..).unwrap_or_default().trim_start_matches(['.', '_'])
}

/// The name before the bracket that is open at the end of a text; empty if none is.
pub(crate) fn called(before: &str) -> Option<&str> {
    let mut closed = 0_usize;
    let (open, _) = before.char_indices().rev().find(|(_, c)| match c {
        ')' | '）' => {
            closed += 1;
            false
        }
        '(' | '（' if closed > 0 => {
            closed -= 1;
            false
        }
        '(' | '（' => true,
        _ => false,
    })?;
    let name = before.get(..open)?;
    let length: usize = name.chars().rev().take_while(|c| c.is_alphanumeric() || *c == '_').map(char::len_utf8).sum();
    name.get(name.len() - length..)
}

type Hint = Option<(&'static str, &'static str)>;

/// `0-60`, `60分以下`, `>=60`
fn range(found: &str) -> Hint {
    let is_range = ["-", "—", "–", "~", "～", "至", "到", ">", "<", "＞", "＜", "≥", "≤"].contains(&found)
        || ["以下", "以上", "以内", "不满", "超过"].iter().any(|word| found.contains(word));
    is_range
        .then_some(("a range is written `0..60`, `..<60`, `..=60` or `60..`", "范围写作 0..60、..<60、..=60 或 60.."))
}

/// `2022/12/01`, `2022年12月1日`, `自2022-12-01`
fn date(before: &str, found: &str) -> Hint {
    let digits = before.chars().rev().take_while(char::is_ascii_digit).count();
    let is_date = digits == 4 && (matches!(found, "/" | "." | "／") || found.starts_with('年'));
    if is_date || (found.contains('年') && found.contains('月')) {
        return Some(("a date is written `2022-12-01`", "日期写作 2022-12-01"));
    }
    let sticks = |word: char| found.strip_prefix(word).is_some_and(starts_with_digit);
    (sticks('自') || sticks('至')).then_some(("a word is set apart by a space", "词语与数字之间须空一格"))
}

/// Signs of other languages, of mathematics and of prose.
fn sign(before: &str, rest: &str, found: &str, wants: &dyn Fn(Rule) -> bool) -> Hint {
    Some(match found {
        _ if rest.starts_with("=>") && wants(Rule::arrow) => ("write `->`", "请写 ->"),
        "=" | "＝" if wants(Rule::kw_missing) => (
            "a name and its value are set apart by a space, as in `hospital county`",
            "名称与值之间空一格，如“医院 县级”",
        ),
        "=" | "＝" if wants(Rule::compare) || wants(Rule::op_add) => {
            ("a comparison is written `==` or `is`", "比较请写 == 或“为”")
        }
        "=" | "＝" if wants(Rule::signed_quantity) || wants(Rule::quantity) => (
            "a tier gives shares of its slice, as in `retain 70%`; what holds for the whole amount is a `band`",
            "分档写每段的份额，如“留用 70%”；按整体取值请用“定档”",
        ),
        "&" | "＆" | "∧" => ("write `and`", "请写“且”"),
        "∨" => ("write `or`", "请写“或”"),
        "|" | "｜" if wants(Rule::op_add) => ("write `or`", "请写“或”"),
        ";" | "；" | "。" if wants(Rule::comma) && goes_on(rest, found) => {
            ("commas stand between the parts of a list", "各项之间用逗号")
        }
        ";" | "；" | "。" => ("an item ends with its line; leave the sign out", "条目以行结束，请删去此符号"),
        "," | "，" if ends_with_digit(before) && starts_with_digit(rest.get(found.len()..).unwrap_or("")) => {
            ("thousands are set apart as in `1_000`, by three digits each", "千位分隔请写作 1_000，每三位一分")
        }
        "," | "，" | "、" if wants(Rule::kw_each) => (
            "in an expression, keys are listed as in `per hospital per kind`",
            "式中列多个主键，请写作“每 医院 每 险种”",
        ),
        "¥" | "￥" | "$" => ("the unit stands behind the number, as in `500 yuan`", "单位写在数字之后，如 500元"),
        "《" | "「" | "『" | "〈" => {
            ("texts stand in double quotes, as in `cite \"三\"`", "文字须加双引号，如 见 \"三\"")
        }
        "'" | "‘" | "’" => ("texts stand in double quotes", "文字须加双引号"),
        "\"" | "“" | "”" | "＂" => {
            ("a quoted text ends on the line where it begins", "引号内的文字须在同一行结束")
        }
        "." => ("a code stands in quotes, as in `\"C50.9\"`", "编码须加引号，如 \"C50.9\""),
        _ if found.starts_with(|c: char| ('０'..='９').contains(&c)) => {
            ("write digits in half width: 0123456789", "数字请用半角：0123456789")
        }
        _ => return None,
    })
}

/// `sum a - b per k`, `total a per k`
fn aggregate(before: &str, found: &str, wants: &dyn Fn(Rule) -> bool) -> Hint {
    let is_sign = !found.is_empty() && found.chars().all(|c| "+-*/＋－＊／×÷<>=＜＞＝≤≥≠".contains(c));
    if is_sign && wants(Rule::kw_each) && !wants(Rule::op_add) {
        return Some((
            "what is computed stands in brackets: `sum (a - b) per claim`",
            "算式须加括号，例如“合计 (甲 - 乙) 每 单据”",
        ));
    }
    let is_total = before.contains("total") || before.contains("总计");
    (is_total && (found == "per" || found.starts_with('每'))).then_some((
        "a total is over everything; for groups write `sum x per person`",
        "总计是全部之和；分组请写“合计 甲 每 人员”",
    ))
}

/// `most(a, b)`: only functions take several things.
fn call(before: &str, found: &str) -> Hint {
    if !matches!(found, "," | "，") {
        return None;
    }
    let is_call = called(before).is_some_and(|name| !name.is_empty());
    is_call.then_some((
        "the functions of several values are `max`, `min` and `clamp`",
        "可写多项的函数有“较大”“较小”“限于”",
    ))
}

/// Words that are not of the language.
fn word(before: &str, found: &str) -> Hint {
    let last = before.trim_end().rsplit(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or("");
    if matches!(last, "if" | "如果" | "若") {
        return Some((
            "write cases: `when CONDITION : VALUE`, then `otherwise : VALUE`",
            "请分情形书写：当 条件 : 取值 其余 : 取值",
        ));
    }
    Some(match found {
        "of" | "的" => ("a part of something is a product, as in `5% * x`", "部分请写成相乘，例如 5% * 甲"),
        "percent" => ("write `%`", "请写 %"),
        "not" | "非" => ("that something differs is written `is not`", "不等请写“不为”"),
        "是" => ("that something equals is written `is`", "相等请写“为”"),
        "step" | "步长" => (
            "`step` stands directly behind the type, before `optional` and the range",
            "“步长”紧跟类型，写在“可缺”和范围（“自”）之前",
        ),
        "optional" | "可缺" => (
            "`optional` stands behind the type and its step, before the range",
            "“可缺”写在类型及其步长之后，范围（“自”）之前",
        ),
        "wan" | "yi" | "million" | "billion" => {
            ("write `wan yuan` (10 000) or `yi yuan` (100 000 000)", "请写 wan yuan（万元）或 yi yuan（亿元）")
        }
        _ => return None,
    })
}

/// Whether something stands behind `found` on its line.
fn goes_on(rest: &str, found: &str) -> bool {
    let behind = rest.get(found.len()..).unwrap_or_default();
    behind.lines().next().is_some_and(|line| !line.trim().is_empty())
}

fn ends_with_digit(text: &str) -> bool {
    text.ends_with(|c: char| c.is_ascii_digit())
}

fn starts_with_digit(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
}
