//! Text in columns that fits a terminal.

use crate::width::{columns_of, padded};

/// Columns of a line.
const WIDTH: usize = 100;
/// Columns before what an entry says.
const INDENT: usize = 16;

/// A text under construction.
#[derive(Default)]
pub(super) struct Sheet {
    text: String,
}

impl Sheet {
    /// Begins a part.
    pub(super) fn heading(&mut self, text: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(text);
        self.text.push('\n');
    }

    /// Begins a part of a part.
    pub(super) fn subheading(&mut self, text: &str) {
        self.text.push_str("  ");
        self.text.push_str(text);
        self.text.push('\n');
    }

    /// A line of its own.
    pub(super) fn line(&mut self, text: &str) {
        self.subheading(text);
    }

    /// A word and a list beside it; nothing if the list is empty.
    pub(super) fn entry(&mut self, word: &str, list: &[String]) {
        self.entry_at(INDENT, word, list);
    }

    /// A list on its own.
    pub(super) fn list(&mut self, list: &[String]) {
        self.entry_at(4, "", list);
    }

    /// Words with lists beside them, all lists below each other.
    pub(super) fn entries(&mut self, entries: &[(String, Vec<String>)]) {
        let widest = entries.iter().map(|(word, _)| columns_of(word)).max().unwrap_or(0);
        let indent = INDENT.max(4 + widest + 2);
        entries.iter().for_each(|(word, list)| self.entry_at(indent, word, list));
    }

    fn entry_at(&mut self, indent: usize, word: &str, list: &[String]) {
        let Some((last, others)) = list.split_last() else { return };
        self.text.push_str(&padded(&format!("    {word}"), indent));
        let mut column = indent;
        for part in others.iter().map(|part| format!("{part}, ")).chain([last.clone()]) {
            if column > indent && column + columns_of(part.trim_end()) > WIDTH {
                self.text.truncate(self.text.trim_end().len());
                self.text.push('\n');
                self.text.push_str(&" ".repeat(indent));
                column = indent;
            }
            self.text.push_str(&part);
            column += columns_of(&part);
        }
        self.text.push('\n');
    }

    /// The whole text.
    pub(super) fn text(self) -> String {
        self.text
    }
}
