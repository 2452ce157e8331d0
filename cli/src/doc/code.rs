//! Rules as they are written, with every name leading to where the glossary explains it.

use std::collections::{HashMap, HashSet};

use fen_compiler::Lang;
use fen_grammar::source::{Source, Span};

use super::html::{anchor, escape};
use super::twin::Twin;

/// What is needed to show code.
pub(super) struct Code<'a> {
    pub(super) source: &'a Source,
    /// The names that the glossary explains.
    pub(super) names: HashSet<String>,
    /// By place: the name that is defined there.
    pub(super) defined: HashMap<usize, String>,
    /// The same in the words of the other language.
    pub(super) twin: Option<Twin>,
}

impl Code<'_> {
    /// A block of a literate policy, by its place among all blocks of the Markdown.
    pub(super) fn fenced(&self, at: usize) -> String {
        let lines = |source: &Source| Some(source.outline()?.blocks().get(at)?.lines.clone());
        let other = self.twin.as_ref().and_then(|twin| lines(&twin.source));
        lines(self.source).map(|own| self.block(&own, other.as_deref())).unwrap_or_default()
    }

    /// Some lines of the source, and the same lines of its twin.
    pub(super) fn block(&self, lines: &[Span], other: Option<&[Span]>) -> String {
        let mut html = String::new();
        if let (Some(first), Some(last)) = (lines.first(), lines.last()) {
            let mut defined: Vec<(&usize, &String)> =
                self.defined.iter().filter(|(at, _)| (first.start..last.end).contains(*at)).collect();
            defined.sort();
            for (_, name) in defined {
                html += &format!("<span id=\"d-{}\"></span>", escape(name));
            }
        }
        match (&self.twin, other) {
            (Some(twin), Some(other)) => {
                let [own, foreign] = languages(twin.own);
                html += &self.lines(self.source, lines, &format!("code {own}"));
                html += &self.lines(&twin.source, other, &format!("code {foreign}"));
            }
            _ => html += &self.lines(self.source, lines, "code"),
        }
        html
    }

    fn lines(&self, source: &Source, lines: &[Span], class: &str) -> String {
        let mut html = format!("<pre class=\"{class}\"><code>");
        let text: Vec<&str> =
            lines.iter().map(|line| source.text().get(line.start..line.end).unwrap_or_default()).collect();
        let last = text.iter().rposition(|line| !line.trim().is_empty()).map_or(0, |at| at + 1);
        let first = text.iter().position(|line| !line.trim().is_empty()).unwrap_or(0);
        for line in text.iter().take(last).skip(first) {
            self.line(line.trim_end(), &mut html);
            html.push('\n');
        }
        html + "</code></pre>\n"
    }

    /// A part of an item, in both languages.
    pub(super) fn part(&self, span: Span) -> String {
        let one = |source: &Source, span: Span, class: &str| {
            let mut html = format!("<code{class}>");
            let words: Vec<&str> = source.slice(span).split_whitespace().collect();
            self.line(&words.join(" "), &mut html);
            html + "</code>"
        };
        let other = self.twin.as_ref().and_then(|twin| Some((twin, twin.part(span)?)));
        match other {
            Some((twin, other)) if twin.source.slice(other) != self.source.slice(span) => {
                let [own, foreign] = languages(twin.own).map(|lang| format!(" class=\"{lang}\""));
                one(self.source, span, &own) + &one(&twin.source, other, &foreign)
            }
            _ => one(self.source, span, ""),
        }
    }

    fn line(&self, line: &str, html: &mut String) {
        let mut at = 0;
        while let Some(rest) = line.get(at..).filter(|rest| !rest.is_empty()) {
            let (length, kind) = token(rest);
            let text = rest.get(..length).unwrap_or(rest);
            match kind {
                Kind::Word => self.word(text, html),
                Kind::Blank => html.push_str(text),
                Kind::Sign => html.push_str(&escape(text)),
                Kind::Comment => html.push_str(&format!("<span class=\"c\">{}</span>", escape(text))),
                Kind::Quoted => html.push_str(&format!("<span class=\"q\">{}</span>", escape(text))),
                Kind::Number => html.push_str(&format!("<span class=\"m\">{}</span>", escape(text))),
            }
            at += text.len().max(1);
        }
    }

    fn word(&self, word: &str, html: &mut String) {
        let shown = escape(word);
        if self.names.contains(word) {
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

/// The classes of a policy's own language and of the other one.
fn languages(own: Lang) -> [&'static str; 2] {
    match own {
        Lang::Zh => ["zh", "en"],
        Lang::En => ["en", "zh"],
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
