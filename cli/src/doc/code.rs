//! Rules as they are written, with every name leading to where the glossary explains it.

use std::collections::{HashMap, HashSet};

use fen_grammar::source::{Source, Span};

use super::html::{anchor, escape};

/// What is needed to show code.
pub(super) struct Code<'a> {
    pub(super) source: &'a Source,
    /// The names that the glossary explains.
    pub(super) names: HashSet<String>,
    /// By place: the name that is defined there.
    pub(super) defined: HashMap<usize, String>,
}

impl Code<'_> {
    /// Some lines of the source.
    pub(super) fn block(&self, lines: &[Span]) -> String {
        let mut html = String::from("<pre class=\"code\"><code>");
        let text: Vec<&str> =
            lines.iter().map(|line| self.source.text().get(line.start..line.end).unwrap_or_default()).collect();
        let last = text.iter().rposition(|line| !line.trim().is_empty()).map_or(0, |at| at + 1);
        let first = text.iter().position(|line| !line.trim().is_empty()).unwrap_or(0);
        for (line, span) in text.iter().zip(lines).take(last).skip(first) {
            self.line(line.trim_end(), span.start, &mut html);
            html.push('\n');
        }
        html + "</code></pre>\n"
    }

    /// A part of an item.
    pub(super) fn part(&self, span: Span) -> String {
        let mut html = String::from("<code>");
        let text = self.source.slice(span);
        let words: Vec<&str> = text.split_whitespace().collect();
        self.line(&words.join(" "), usize::MAX, &mut html);
        html + "</code>"
    }

    /// One line that stands at a place.
    fn line(&self, line: &str, place: usize, html: &mut String) {
        let mut at = 0;
        while let Some(rest) = line.get(at..).filter(|rest| !rest.is_empty()) {
            let (length, kind) = token(rest);
            let text = rest.get(..length).unwrap_or(rest);
            match kind {
                Kind::Word => self.word(text, place.saturating_add(at), html),
                Kind::Blank => html.push_str(text),
                Kind::Sign => html.push_str(&escape(text)),
                Kind::Comment => html.push_str(&format!("<span class=\"c\">{}</span>", escape(text))),
                Kind::Quoted => html.push_str(&format!("<span class=\"q\">{}</span>", escape(text))),
                Kind::Number => html.push_str(&format!("<span class=\"m\">{}</span>", escape(text))),
            }
            at += text.len().max(1);
        }
    }

    fn word(&self, word: &str, place: usize, html: &mut String) {
        let shown = escape(word);
        if self.defined.get(&place).is_some_and(|name| name == word) {
            html.push_str(&format!("<a class=\"def\" id=\"d-{shown}\" href=\"#{}\">{shown}</a>", anchor(word)));
        } else if self.names.contains(word) {
            html.push_str(&format!("<a href=\"#{}\">{shown}</a>", anchor(word)));
        } else if let Some((owner, field)) = word.split_once('.').filter(|(owner, _)| self.names.contains(*owner)) {
            // A field of a linked claim.
            let (owner, field) = (escape(owner), escape(field));
            html.push_str(&format!("<a href=\"#{}\">{owner}</a>.{field}", anchor(&owner)));
        } else if fen_grammar::is_keyword(word) {
            html.push_str(&format!("<b>{shown}</b>"));
        } else {
            html.push_str(&shown);
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Word,
    Number,
    Quoted,
    Comment,
    Blank,
    Sign,
}

/// The first token of a text that is not empty: its length, and what it is.
fn token(text: &str) -> (usize, Kind) {
    let first = text.chars().next().unwrap_or(' ');
    let while_ =
        |holds: &dyn Fn(char) -> bool| text.char_indices().find(|(_, c)| !holds(*c)).map_or(text.len(), |(at, _)| at);
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    match first {
        '#' => (text.len(), Kind::Comment),
        '"' | '＂' | '“' => {
            let closing = if first == '“' { '”' } else { first };
            let end = text.char_indices().skip(1).find(|(_, c)| *c == closing);
            (end.map_or(text.len(), |(at, c)| at + c.len_utf8()), Kind::Quoted)
        }
        c if c.is_ascii_digit() => {
            let mut end = 0;
            let mut chars = text.char_indices().peekable();
            while let Some((at, c)) = chars.next() {
                let next_is_digit = chars.peek().is_some_and(|(_, next)| next.is_ascii_digit());
                if c.is_ascii_digit() || c == '_' || (c == '.' && next_is_digit) {
                    end = at + 1;
                } else {
                    break;
                }
            }
            (end, Kind::Number)
        }
        c if is_part(c) => {
            let mut end = while_(&is_part);
            // A dot joins the parts of a name; two are a range.
            while let Some(rest) = text.get(end..).and_then(|rest| rest.strip_prefix('.')) {
                let more = rest.char_indices().find(|(_, c)| !is_part(*c)).map_or(rest.len(), |(at, _)| at);
                if more == 0 || rest.starts_with(|c: char| c.is_ascii_digit()) {
                    break;
                }
                end += 1 + more;
            }
            (end, Kind::Word)
        }
        c if c.is_whitespace() => (while_(&char::is_whitespace), Kind::Blank),
        c => (c.len_utf8(), Kind::Sign),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_of_a_line() {
        let mut rest = "结余 分档 5..10.5% -> a.b 0.01元 “x # y” \"z\" # 注";
        let mut tokens = Vec::new();
        while !rest.is_empty() {
            let (length, kind) = token(rest);
            if kind != Kind::Blank {
                tokens.push(format!("{kind:?} {}", rest.get(..length).unwrap()));
            }
            rest = rest.get(length..).unwrap();
        }
        insta::assert_snapshot!(tokens.join("\n"), @r#"
        Word 结余
        Word 分档
        Number 5
        Sign .
        Sign .
        Number 10.5
        Sign %
        Sign -
        Sign >
        Word a.b
        Number 0.01
        Word 元
        Quoted “x # y”
        Quoted "z"
        Comment # 注
        "#);
    }
}
