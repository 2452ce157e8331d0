//! What can be put in the place of what the grammar does not want. A replacement is offered only if more of the item can be
//! read with it.

use crate::diagnostic::{Fix, Text, nearest};
use crate::expect::words_of;
use crate::habits;
use crate::hints::{bracketed, called, number_before, preposition};
use crate::parse::{Rule, failure};
use crate::ranges;
use crate::source::Span;

/// Longer items are not read again and again.
const MAX_BYTES: usize = 4_000;

/// An item that could not be read.
pub(crate) struct Failed<'a> {
    pub(crate) text: &'a str,
    pub(crate) rule: Rule,
    /// The place of `found`.
    pub(crate) at: usize,
    pub(crate) found: &'a str,
    pub(crate) expected: &'a [Rule],
}

/// Replacements; `offset` is where the item begins.
pub(crate) fn remedies(failed: &Failed<'_>, offset: usize) -> Vec<Fix> {
    if failed.text.len() > MAX_BYTES {
        return Vec::new();
    }
    let slips = slips(failed).into_iter().filter(|slip| reads_on(failed, slip));
    let missing = missing(failed).into_iter().filter(|slip| reads_to_the_end(failed, slip));
    slips.chain(missing).take(2).map(|slip| slip.fix(failed, offset)).collect()
}

/// The word of the language that is meant by something like it, if more of the item can be read with it.
pub(crate) fn near(failed: &Failed<'_>) -> Option<&'static str> {
    if failed.text.len() > MAX_BYTES {
        return None;
    }
    let words = words_of(failed.expected);
    let known = words.iter().flat_map(|word| [word.en, word.zh]).filter(|word| !word.is_empty());
    let near = nearest(failed.found, known)?;
    reads_on(failed, &Slip::new(failed.found.len(), near, near)).then_some(near)
}

/// So many bytes from the place on are replaced, or from before it.
struct Slip {
    /// How many bytes before the place are replaced too.
    back: usize,
    length: usize,
    text: Text,
}

impl Slip {
    fn new(length: usize, en: &str, zh: &str) -> Self {
        Self { back: 0, length, text: Text::new(en, zh) }
    }

    /// Replaces `back` bytes before the place too.
    fn from(back: usize, length: usize, text: Text) -> Self {
        Self { back, length: back + length, text }
    }

    fn fix(&self, failed: &Failed<'_>, offset: usize) -> Fix {
        let start = offset + self.start(failed);
        let span = Span { start, end: start + self.length };
        let (en, zh) = (self.text.en.trim(), self.text.zh.trim());
        let title = match (self.length, en) {
            (_, "") => Text::new(format!("remove `{}`", failed.found), format!("删去“{}”", failed.found)),
            (0, _) => Text::new(format!("insert `{en}`"), format!("补上“{zh}”")),
            _ => Text::new(format!("write `{en}`"), format!("改为“{zh}”")),
        };
        Fix::replace(title, span, self.text.clone())
    }

    /// What is inserted stands directly behind what comes before.
    fn start(&self, failed: &Failed<'_>) -> usize {
        match self.length {
            0 => failed.text.get(..failed.at).map_or(failed.at, |before| before.trim_end().len()),
            _ => failed.at.saturating_sub(self.back),
        }
    }

    /// The item with the replacement, in one of the languages, and how much longer it is.
    fn applied(&self, failed: &Failed<'_>, text: &str) -> Option<String> {
        let start = self.start(failed);
        let rest = failed.text.get(start + self.length..)?;
        Some(format!("{}{text}{rest}", failed.text.get(..start)?))
    }
}

/// Signs of other languages, of mathematics and of prose.
fn slips(failed: &Failed<'_>) -> Vec<Slip> {
    let (found, rest) = (failed.found, failed.text.get(failed.at..).unwrap_or_default());
    let length = found.len();
    let one = |en: &str, zh: &str| vec![Slip::new(length, en, zh)];
    let before = failed.text.get(..failed.at).unwrap_or_default();
    let wants = |rule: Rule| failed.expected.contains(&rule);
    let number = number_before(before);
    if let Some(amount) = habits::amount(number, found).filter(|_| before.ends_with(|c: char| c.is_ascii_digit())) {
        return vec![Slip::from(number.len(), length, amount)];
    }
    if let Some((en, zh)) = preposition(before, found, &wants) {
        return one(en, zh);
    }
    if let Some(content) = bracketed(rest) {
        let text = format!("[{content}]");
        return vec![Slip::new(content.len() + '【'.len_utf8() + '】'.len_utf8(), &text, &text)];
    }
    if matches!(found, "," | "，")
        && let Some(name) = called(before)
        && let Some((en, zh)) = habits::function(name)
        && let Some(at) = before.rfind(name)
    {
        // From the name on, up to the comma.
        let inner = before.get(at + name.len()..).unwrap_or_default();
        let text = |function: &str| format!("{function}{inner}");
        return vec![Slip::from(before.len() - at, 0, Text::new(text(en), text(zh)))];
    }
    let dots = ranges::dots(rest);
    if dots > 0 && found != "。" || rest.starts_with("。。") {
        return vec![Slip::new(dots, "..", "..")];
    }
    if let Some((stuck, en, zh)) = habits::word(found) {
        let apart = if stuck < length { " " } else { "" };
        return vec![Slip::new(stuck, &format!("{en}{apart}"), &format!("{zh}{apart}"))];
    }
    match found {
        "x" | "X" if wants(Rule::op_mul) => one("*", "*"),
        "=" | "＝" if wants(Rule::kw_missing) => one(" ", " "),
        "；" | ";" if wants(Rule::comma) => vec![Slip::new(length, ",", ","), Slip::new(length, "", "")],
        "=" if rest.starts_with("=>") => vec![Slip::new(2, "->", "->")],
        "=" | "＝" if rest.starts_with("=>") || rest.starts_with("＝>") => one("-", "-"),
        "=" | "＝" => one("==", "=="),
        "&" | "＆" | "∧" => vec![Slip::new(if rest.starts_with("&&") { 2 } else { length }, "and", "且")],
        "|" | "｜" | "∨" => vec![Slip::new(if rest.starts_with("||") { 2 } else { length }, "or", "或")],
        ";" | "；" | "。" => one("", ""),
        "," | "，" => one("_", "_"),
        "of" | "的" => one("*", "*"),
        "percent" => one("%", "%"),
        "是" => one("is", "为"),
        "-" | "—" | "–" | "~" | "～" | "至" | "到" => one("..", ".."),
        _ if found.starts_with(|c: char| ('０'..='９').contains(&c)) => {
            let half: String = found.chars().map(half_width).collect();
            one(&half, &half)
        }
        _ => near(failed).map(|near| Slip::new(length, near, near)).into_iter().collect(),
    }
}

fn half_width(c: char) -> char {
    if !('０'..='９').contains(&c) {
        return c;
    }
    char::from_u32(u32::from(c) - u32::from('０') + u32::from('0')).unwrap_or(c)
}

/// A sign that is wanted and not there.
fn missing(failed: &Failed<'_>) -> Vec<Slip> {
    let signs = [
        (Rule::colon, ":"),
        (Rule::arrow, " ->"),
        (Rule::equals, " ="),
        (Rule::close, ")"),
        (Rule::bracket_close, "]"),
        (Rule::comma, ","),
    ];
    let wanted = signs.iter().filter(|(rule, _)| failed.expected.contains(rule));
    wanted.map(|(_, sign)| Slip::new(0, sign, sign)).collect()
}

/// Whether more of the item can be read, in one language or the other.
fn reads_on(failed: &Failed<'_>, slip: &Slip) -> bool {
    reach(failed, slip).is_some_and(|(rest, length)| rest < length)
}

fn reads_to_the_end(failed: &Failed<'_>, slip: &Slip) -> bool {
    let applied = slip.applied(failed, &slip.text.en);
    applied.is_some_and(|applied| failure(failed.rule, &applied).is_none())
}

/// How much of the item cannot be read with the replacement, and how much stands behind what is replaced.
fn reach(failed: &Failed<'_>, slip: &Slip) -> Option<(usize, usize)> {
    // What stands before the place can be read already.
    let end = slip.start(failed) + slip.length;
    let behind = failed.text.len().checked_sub(if slip.back > 0 { failed.at } else { end })?;
    let unread = |text: &str| {
        let applied = slip.applied(failed, text)?;
        Some(failure(failed.rule, &applied).map_or(0, |(at, _)| applied.len().saturating_sub(at)))
    };
    let rest = [&slip.text.en, &slip.text.zh].into_iter().filter_map(|text| unread(text)).min()?;
    // What could not be read before begins with what is replaced.
    Some((rest, behind.max(1)))
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Lang;

    /// The item with the first remedy applied.
    fn healed(item: &str, lang: Lang) -> Option<String> {
        let (_, diagnostics) = crate::parse(item);
        let fix = diagnostics.first()?.fixes.first()?.clone();
        let mut text = item.to_owned();
        for edit in fix.edits.iter().rev() {
            text.replace_range(edit.span.start..edit.span.end, edit.text.get(lang));
        }
        Some(text)
    }

    #[test]
    fn slips_of_the_pen_are_put_right() {
        for (written, right) in [
            ("x tier ..5% => a 100%", "x tier ..5% -> a 100%"),
            ("always a = b", "always a == b"),
            ("always a > b & c > d", "always a > b and c > d"),
            ("x = 5% of y", "x = 5% * y"),
            ("x = 1,000 yuan", "x = 1_000 yuan"),
            ("x = y;", "x = y"),
            ("x = ５０ yuan", "x = 50 yuan"),
            ("input x money", "input x: money"),
            ("x = max(a, b", "x = max(a, b)"),
            ("x tier 5..10% a 100%", "x tier 5..10% -> a 100%"),
            ("inptu x: money", "input x: money"),
            ("otherwise : 3", "  otherwise : 3"),
        ] {
            assert_eq!(healed(written, Lang::En).as_deref(), Some(right));
        }
        assert_eq!(healed("恒有 甲 > 乙 & 丙 > 丁", Lang::Zh).as_deref(), Some("恒有 甲 > 乙 且 丙 > 丁"));
        assert_eq!(healed("恒有 甲 是 乙", Lang::Zh).as_deref(), Some("恒有 甲 为 乙"));
        assert_eq!(healed("x = )", Lang::En), None);
        assert_eq!(healed("import a", Lang::En), None);
    }
}
