//! The body of a page: clauses on one side, the rules that implement them on the other.

use std::fmt::Write as _;

use fen_compiler::Text;

use super::html::{both, escape};

/// A body under construction.
#[derive(Default)]
pub(super) struct Body {
    html: String,
    /// Words, each a paragraph, quote, list or table.
    clause: Vec<String>,
    rules: String,
    /// Level, text and place of each heading.
    headings: Vec<(usize, String, String)>,
}

impl Body {
    /// Words; those behind rules begin a new row.
    pub(super) fn words(&mut self, html: &str) {
        if !self.rules.is_empty() {
            self.end_row();
        }
        self.clause.push(html.to_owned());
    }

    /// Rules, under the words before them.
    pub(super) fn rules(&mut self, html: &str) {
        self.rules += html;
    }

    /// A heading, from 1; its HTML and its text.
    pub(super) fn heading(&mut self, level: usize, html: &str, text: &str) {
        self.end_row();
        let place = self.place(text);
        self.headings.push((level, text.to_owned(), place.clone()));
        // The page has a title of its own above all of them.
        let level = (level + 1).min(6);
        let _ = writeln!(self.html, "<h{level} id=\"{place}\">{html}</h{level}>");
    }

    /// What links to a heading say, as most viewers of Markdown have it: `#三五3-结余留用` for `三(五)3 结余留用`.
    fn place(&self, text: &str) -> String {
        let kept = text.trim().chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | ' '));
        let mut slug: String = kept.map(|c| if c == ' ' { '-' } else { c }).collect::<String>().to_lowercase();
        // These are the places of what else a page has.
        if slug.is_empty() || ["n-", "d-", "fen-"].iter().any(|own| slug.starts_with(own)) {
            slug.insert_str(0, "s-");
        }
        let is_free = |slug: &String| self.headings.iter().all(|(_, _, taken)| taken != slug);
        let numbered = (1..=self.headings.len() + 1).map(|at| format!("{slug}-{at}"));
        std::iter::once(slug.clone()).chain(numbered).find(is_free).unwrap_or_default()
    }

    /// Ends the row of words and rules.
    pub(super) fn end_row(&mut self) {
        let (mut words, rules) = (std::mem::take(&mut self.clause), std::mem::take(&mut self.rules));
        let clause = if rules.is_empty() { String::new() } else { words.split_off(beside(&words)).concat() };
        let html = &mut self.html;
        if !words.is_empty() {
            let _ = writeln!(html, "<div class=\"prose\">{}</div>", words.concat());
        }
        let _ = match (clause.is_empty(), rules.is_empty()) {
            (_, true) => Ok(()),
            (true, false) => writeln!(html, "<div class=\"row alone\"><div class=\"rules\">{rules}</div></div>"),
            (false, false) => {
                writeln!(
                    html,
                    "<div class=\"row\"><div class=\"clause\">{clause}</div><div class=\"rules\">{rules}</div></div>"
                )
            }
        };
    }

    /// The whole body, after a table of its headings if there are several.
    pub(super) fn finish(mut self) -> String {
        self.end_row();
        let listed: Vec<&(usize, String, String)> =
            self.headings.iter().filter(|(level, ..)| (2..=3).contains(level)).collect();
        let mut contents = String::new();
        if listed.len() > 2 {
            let _ = write!(contents, "<nav class=\"contents\"><b>{}</b><ul>", both(&Text::new("Contents", "目录")));
            for (level, text, place) in listed {
                let _ = write!(contents, "<li class=\"l{level}\"><a href=\"#{place}\">{}</a></li>", escape(text));
            }
            contents += "</ul></nav>\n";
        }
        contents + &self.html
    }
}

/// Which words go beside the rules below them: the clause and what follows it, or the last paragraph. What takes much room goes above.
fn beside(words: &[String]) -> usize {
    let is_wide = |html: &String| html.contains("<table") || html.contains("<pre");
    let narrow = words.iter().rposition(is_wide).map_or(0, |at| at + 1);
    let rest = words.get(narrow..).unwrap_or_default();
    let quote = rest.iter().position(|html| html.starts_with("<blockquote"));
    narrow + quote.unwrap_or(rest.len().saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clauses_stand_beside_their_rules_and_long_words_above() {
        let beside = |words: &[&str]| beside(&words.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>());
        assert_eq!(beside(&["<p>a</p>", "<blockquote>b</blockquote>", "<p>c</p>"]), 1);
        assert_eq!(beside(&["<p>a</p>", "<p>b</p>"]), 1);
        assert_eq!(beside(&["<blockquote>b</blockquote>", "<div class=\"scroll\"><table>", "<p>c</p>"]), 2);
        assert_eq!(beside(&["<p>c</p>", "<pre>"]), 2);
        assert_eq!(beside(&[]), 0);
    }
}
