//! Colours for blocks of policies and of commands.

use std::collections::HashSet;

use crate::html::escaped;

/// The words of the language, in both of its forms.
pub(crate) struct Words(HashSet<String>);

impl Words {
    /// All words between backticks in the tables under the last heading of the language reference.
    pub(crate) fn of(reference: &str) -> Self {
        let table = reference.rsplit("\n## ").next().unwrap_or_default();
        let rows = table.lines().filter(|line| line.starts_with('|'));
        let quoted = rows.flat_map(|row| row.split('`').skip(1).step_by(2));
        Self(quoted.flat_map(str::split_whitespace).map(str::to_owned).collect())
    }

    #[cfg(test)]
    pub(crate) fn has(&self, word: &str) -> bool {
        self.0.contains(word)
    }
}

fn span(class: &str, text: &str) -> String {
    format!("<span class=\"{class}\">{}</span>", escaped(text))
}

/// Takes the characters from the front of `rest` for which `is_part` holds.
fn take<'a>(rest: &mut &'a str, is_part: impl Fn(char) -> bool) -> &'a str {
    let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
    let (taken, left) = rest.split_at(end);
    *rest = left;
    taken
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// A policy as HTML: words, numbers with their unit, texts and comments are told apart.
pub(crate) fn policy(text: &str, words: &Words) -> String {
    let mut html = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        html += &match first {
            '#' => span("c", take(&mut rest, |c| c != '\n')),
            '"' | '“' => {
                let close = if first == '"' { '"' } else { '”' };
                let length = rest.char_indices().skip(1).find(|(_, c)| *c == close || *c == '\n');
                let end = length.map_or(rest.len(), |(at, c)| if c == '\n' { at } else { at + c.len_utf8() });
                let (quoted, left) = rest.split_at(end);
                rest = left;
                span("s", quoted)
            }
            '0'..='9' => {
                let number = take(&mut rest, |c| c.is_ascii_digit() || c == '_');
                span("n", number)
            }
            c if is_name(c) => {
                let word = take(&mut rest, is_name);
                if words.0.contains(word) { span("k", word) } else { escaped(word) }
            }
            _ => {
                let end = first.len_utf8();
                let (sign, left) = rest.split_at(end);
                rest = left;
                escaped(sign)
            }
        };
    }
    html
}

/// Commands and what they print: the commands stand out.
pub(crate) fn console(text: &str) -> String {
    let lines = text.lines().map(|line| if line.starts_with("$ ") { span("k", line) } else { escaped(line) });
    lines.map(|line| line + "\n").collect()
}

#[cfg(test)]
mod tests {
    use super::{Words, policy};

    #[test]
    fn words_numbers_texts_and_comments() {
        let words = Words::of("# x\n\n## Words\n\n| `tier` | `分档` |\n| `in force` | `施行` |\n");
        assert!(words.has("force") && !words.has("surplus"));
        let html = policy("surplus 分档 ..5% # a < b\n\"x\" 1_000元", &words);
        let expected = "surplus <span class=\"k\">分档</span> ..<span class=\"n\">5</span>% <span class=\"c\"># a &lt; b</span>\n\
                        <span class=\"s\">&quot;x&quot;</span> <span class=\"n\">1_000</span>元";
        assert_eq!(html, expected);
    }
}
