//! Lines with columns to text.

use std::collections::BTreeMap;

use unicode_width::UnicodeWidthStr;

/// Nothing is aligned beyond this column: one long line would push all others off the page.
const FURTHEST: usize = 120;
/// Between code and the comment behind it.
const BEFORE_COMMENT: usize = 2;

/// A part of a line that begins in a column.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    /// Which column: larger ones stand further right.
    pub(super) column: u32,
    /// The least space before it.
    pub(super) gap: usize,
    pub(super) text: String,
}

/// Which lines are aligned with one another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Table {
    /// This line with none; those before and after it are one table nevertheless.
    Through,
    /// This line with none, and a table ends here.
    Break,
    /// With its neighbours that say the same.
    Of(String),
}

/// A line of code, or a comment on a line of its own.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) indent: usize,
    /// Whether a blank line stands before it.
    pub(super) after_blank: bool,
    /// Their columns rise.
    pub(super) cells: Vec<Cell>,
    pub(super) comment: Option<String>,
    pub(super) table: Table,
}

impl Line {
    /// A line that begins with `text`.
    pub(super) fn new(indent: usize, after_blank: bool, table: Table, text: String) -> Self {
        let first = Cell { column: 0, gap: 0, text };
        Self { indent, after_blank, cells: vec![first], comment: None, table }
    }

    /// A comment.
    pub(super) fn comment(indent: usize, after_blank: bool, text: String) -> Self {
        Self { indent, after_blank, cells: Vec::new(), comment: Some(text), table: Table::Through }
    }
}

/// The text of lines, each with the end `newline`.
pub(super) fn text(lines: &[Line], newline: &str) -> String {
    let mut gaps: Vec<Vec<usize>> = lines.iter().map(|line| line.cells.iter().map(|cell| cell.gap).collect()).collect();
    for table in tables(lines) {
        align(lines, &table, &mut gaps);
    }
    let mut codes: Vec<String> = lines.iter().zip(&gaps).map(|(line, gaps)| code(line, gaps)).collect();
    behind(lines, &mut codes);
    let mut text = String::new();
    for (at, (line, code)) in lines.iter().zip(&codes).enumerate() {
        if line.after_blank && at > 0 {
            text.push_str(newline);
        }
        text.push_str(code);
        text.push_str(newline);
    }
    text
}

/// The lines of each table.
fn tables(lines: &[Line]) -> Vec<Vec<usize>> {
    let mut tables: Vec<Vec<usize>> = Vec::new();
    let mut open: Option<&str> = None;
    for (at, line) in lines.iter().enumerate() {
        if line.after_blank {
            open = None;
        }
        match (&line.table, tables.last_mut()) {
            (Table::Through, _) => {}
            (Table::Break, _) => open = None,
            (Table::Of(name), Some(table)) if open == Some(name) => table.push(at),
            (Table::Of(name), _) => {
                tables.push(vec![at]);
                open = Some(name);
            }
        }
    }
    tables
}

/// Widens the gaps of a table, column after column.
fn align(lines: &[Line], table: &[usize], gaps: &mut [Vec<usize>]) {
    let mut columns: BTreeMap<u32, Vec<(usize, usize)>> = BTreeMap::new();
    let mut widths: BTreeMap<usize, usize> = BTreeMap::new();
    for at in table {
        let Some(line) = lines.get(*at) else { continue };
        widths.insert(*at, line.indent);
        for (place, cell) in line.cells.iter().enumerate() {
            if cell.column == 0 {
                widths.insert(*at, line.indent + cell.text.width());
                continue;
            }
            columns.entry(cell.column).or_default().push((*at, place));
        }
    }
    for places in columns.values() {
        let cell = |(at, place): &(usize, usize)| lines.get(*at).and_then(|line| line.cells.get(*place));
        let starts: Vec<usize> = places
            .iter()
            .map(|place| widths.get(&place.0).copied().unwrap_or(0) + cell(place).map_or(0, |cell| cell.gap))
            .collect();
        let furthest = starts.iter().copied().filter(|start| *start <= FURTHEST).max().unwrap_or(0);
        for (place, start) in places.iter().zip(starts) {
            let Some(cell) = cell(place) else { continue };
            let more = furthest.saturating_sub(start);
            if let Some(gap) = gaps.get_mut(place.0).and_then(|gaps| gaps.get_mut(place.1)) {
                *gap = cell.gap + more;
            }
            widths.insert(place.0, start + more + cell.text.width());
        }
    }
}

fn code(line: &Line, gaps: &[usize]) -> String {
    let mut code = " ".repeat(line.indent);
    for (cell, gap) in line.cells.iter().zip(gaps) {
        code.extend(std::iter::repeat_n(' ', *gap));
        code.push_str(&cell.text);
    }
    if line.cells.is_empty() {
        code.push_str(line.comment.as_deref().unwrap_or_default());
    }
    code
}

/// Adds the comments behind lines; those of neighbouring lines stand below one another.
fn behind(lines: &[Line], codes: &mut [String]) {
    let has_one = |line: &Line| line.comment.is_some() && !line.cells.is_empty();
    let mut at = 0;
    while at < lines.len() {
        let rest = lines.get(at..).unwrap_or_default();
        let goes_on = |(place, line): &(usize, &Line)| has_one(line) && (*place == 0 || !line.after_blank);
        let count = rest.iter().enumerate().take_while(goes_on).count();
        let group = codes.get_mut(at..at + count).unwrap_or_default();
        let widths: Vec<usize> = group.iter().map(|code| code.width()).collect();
        let furthest = widths.iter().copied().filter(|width| *width <= FURTHEST).max().unwrap_or(0);
        for ((line, code), width) in rest.iter().zip(group).zip(widths) {
            let spaces = furthest.saturating_sub(width) + BEFORE_COMMENT;
            code.extend(std::iter::repeat_n(' ', spaces));
            code.push_str(line.comment.as_deref().unwrap_or_default());
        }
        at += count.max(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(table: &str, cells: &[&str]) -> Line {
        let cells = (0_u32..).zip(cells);
        let cells = cells.map(|(column, text)| Cell { column, gap: usize::from(column > 0), text: (*text).to_owned() });
        let cells = cells.filter(|cell| !cell.text.is_empty()).collect();
        Line { cells, ..Line::new(0, false, Table::Of(table.to_owned()), String::new()) }
    }

    #[test]
    fn columns_that_a_line_lacks_are_passed_over() {
        let lines = [line("a", &["x", "1", "z"]), line("a", &["甲乙", "", "z"]), line("a", &["xyz", "123", "z"])];
        assert_eq!(text(&lines, "\n"), "x   1   z\n甲乙    z\nxyz 123 z\n");
    }

    #[test]
    fn long_lines_push_no_others() {
        let long = "y".repeat(FURTHEST);
        let lines = [line("a", &[&long, "1"]), line("a", &["x", "1"]), line("a", &["xyz", "1"])];
        assert_eq!(text(&lines, "\n"), format!("{long} 1\nx   1\nxyz 1\n"));
    }

    #[test]
    fn tables_end_at_blank_lines_and_breaks() {
        let mut lines = vec![line("a", &["x", "1"]), line("a", &["xyz", "1"]), line("b", &["xyzxyz", "1"])];
        assert_eq!(text(&lines, "\n"), "x   1\nxyz 1\nxyzxyz 1\n");
        lines[1].after_blank = true;
        assert_eq!(text(&lines, "\r\n"), "x 1\r\n\r\nxyz 1\r\nxyzxyz 1\r\n");
    }

    #[test]
    fn comments_stand_below_one_another() {
        let mut lines = vec![line("a", &["x"]), line("b", &["xyz"]), line("a", &["x"])];
        lines[0].comment = Some("# a".to_owned());
        lines[1].comment = Some("# b".to_owned());
        assert_eq!(text(&lines, "\n"), "x    # a\nxyz  # b\nx\n");
    }
}
