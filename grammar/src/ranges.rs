//! Ranges as prose has them, and as they are written: `1万元以下`, `1…5万元`.

use crate::diagnostic::Text;
use crate::tokens::is_part;

/// Words behind an amount that make a range of it: up to it, and whether it belongs to the range.
const BEHIND: &[(&str, bool, Option<bool>)] = &[
    ("及以下", true, Some(true)),
    ("以内", true, Some(true)),
    ("以下", true, None),
    ("不满", true, Some(false)),
    ("及以上", false, None),
    ("以上", false, None),
];

/// Signs for the two dots.
const DOTS: [char; 4] = ['…', '。', '⋯', '‥'];

/// The range that is written around a place in an item, in the language's signs. `rest` is what stands there.
pub(crate) fn meant(before: &str, rest: &str) -> Option<Text> {
    let has_ranges =
        ["tier", "band", "param", "ladder", "分档", "定档", "参数", "阶梯"].iter().any(|word| before.contains(word));
    if !has_ranges {
        return None;
    }
    let is_tier = ["tier", "分档"].iter().any(|word| before.contains(word));
    // A row has its bounds between two signs; anywhere else a range is one word.
    let subject = ["tier", "band", "分档", "定档"].into_iter().filter_map(|word| before.rsplit_once(word)).next();
    let number = subject.map_or_else(|| trailing(before), |(_, bounds)| bounds.trim_start());
    let dots = dots(rest);
    let behind = rest.get(dots..)?.trim_start();
    let found = if subject.is_some() { up_to_arrow(behind) } else { leading(behind) };
    if dots > 0 && !(number.is_empty() && found.is_empty()) {
        let range = format!("{number}..{found}");
        return Some(Text::new(format!("a range is written `{range}`"), format!("范围写作 {range}")));
    }
    let whole = format!("{number}{found}");
    let (word, is_upper, belongs) = BEHIND.iter().find(|(word, ..)| whole.ends_with(word))?;
    let amount = whole.strip_suffix(word)?;
    if !amount.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    Some(match (is_upper, is_tier, belongs) {
        (false, ..) => Text::new(format!("a range is written `{amount}..`"), format!("范围写作 {amount}..")),
        (true, true, _) => Text::new(format!("a range is written `..{amount}`"), format!("范围写作 ..{amount}")),
        (true, false, Some(belongs)) => {
            let sign = if *belongs { '=' } else { '<' };
            Text::new(format!("a range is written `..{sign}{amount}`"), format!("范围写作 ..{sign}{amount}"))
        }
        (true, false, None) => Text::new(
            format!("a range is written `..<{amount}`, or `..={amount}` if the bound belongs to it"),
            format!("范围写作 ..<{amount}；含本数的写 ..={amount}"),
        ),
    })
}

/// How many bytes of signs for two dots stand at the start of a text.
pub(crate) fn dots(text: &str) -> usize {
    let signs = text.chars().take_while(|c| DOTS.contains(c));
    let length: usize = signs.map(char::len_utf8).sum();
    // One full stop ends a sentence.
    if text.get(..length) == Some("。") { 0 } else { length }
}

/// The number or name at the end of a text.
fn trailing(text: &str) -> &str {
    let start = text
        .rfind(|c: char| !(is_part(c) || c == '.'))
        .map_or(0, |at| at + text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8));
    text.get(start..).unwrap_or_default()
}

/// The text before an arrow.
fn up_to_arrow(text: &str) -> &str {
    text.split(['-', '－', '→', '=', '＝', '\n']).next().unwrap_or_default().trim_end()
}

/// The number or name at the start of a text.
fn leading(text: &str) -> &str {
    text.split(|c: char| !(is_part(c) || c == '.')).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_becomes_signs() {
        let range = |before: &str, rest: &str| meant(before, rest).map(|text| text.zh);
        for (before, rest, wanted) in [
            ("总额 分档 1", "。。5万元 -> 甲 1%", Some("范围写作 1..5万元")),
            ("fee tier 1", "…5 wan yuan -> s 1%", Some("范围写作 1..5 wan yuan")),
            ("总额 分档 ", "…1万元 -> 甲 1%", Some("范围写作 ..1万元")),
            ("总额 分档 1万元", "……5万元 -> 甲 1%", Some("范围写作 1万元..5万元")),
            ("总额 分档 1万元", "以下 -> 甲 1%", Some("范围写作 ..1万元")),
            ("总额 分档 1.5万元", "以上 -> 甲 1%", Some("范围写作 1.5万元..")),
            ("得分 定档 60", "分以下 -> 率 = 0%", Some("范围写作 ..<60分；含本数的写 ..=60分")),
            ("得分 定档 60", "分及以下 -> 率 = 0%", Some("范围写作 ..=60分")),
            ("总额 分档 1万元", "。", None),
            ("甲 = 总额 1万元", "以下", None),
            ("总额 分档 以上", "以上 -> 甲 1%", None),
        ] {
            assert_eq!(range(before, rest).as_deref(), wanted, "{before}|{rest}");
        }
    }
}
