//! The body of a page: clauses on one side, the rules that implement them on the other.

use std::fmt::Write as _;

use fen_compiler::Text;

use super::html::{both, escape};

/// A body under construction.
#[derive(Default)]
pub(super) struct Body {
    html: String,
    clause: String,
    rules: String,
    /// Level, place and text of each heading.
    headings: Vec<(usize, String)>,
}

impl Body {
    /// Words; those behind rules begin a new row.
    pub(super) fn words(&mut self, html: &str) {
        if !self.rules.is_empty() {
            self.end_row();
        }
        self.clause += html;
    }

    /// Rules, under the words before them.
    pub(super) fn rules(&mut self, html: &str) {
        self.rules += html;
    }

    /// A heading, from 1; its HTML and its text.
    pub(super) fn heading(&mut self, level: usize, html: &str, text: &str) {
        self.end_row();
        let place = self.headings.len();
        self.headings.push((level, text.to_owned()));
        // The page has a title of its own above all of them.
        let level = (level + 1).min(6);
        let _ = writeln!(self.html, "<h{level} id=\"s-{place}\">{html}</h{level}>");
    }

    /// Ends the row of words and rules.
    pub(super) fn end_row(&mut self) {
        let (clause, rules) = (std::mem::take(&mut self.clause), std::mem::take(&mut self.rules));
        let html = &mut self.html;
        let _ = match (clause.is_empty(), rules.is_empty()) {
            (true, true) => Ok(()),
            (false, true) => writeln!(html, "<div class=\"prose\">{clause}</div>"),
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
        let listed: Vec<(usize, &(usize, String))> =
            self.headings.iter().enumerate().filter(|(_, (level, _))| (2..=3).contains(level)).collect();
        let mut contents = String::new();
        if listed.len() > 2 {
            let _ = write!(contents, "<nav class=\"contents\"><b>{}</b><ul>", both(&Text::new("Contents", "目录")));
            for (place, (level, text)) in listed {
                let _ = write!(contents, "<li class=\"l{level}\"><a href=\"#s-{place}\">{}</a></li>", escape(text));
            }
            contents += "</ul></nav>\n";
        }
        contents + &self.html
    }
}
