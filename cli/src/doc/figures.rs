//! What stands beside the code of some rules: tables of parameters, ladders and enums.

use std::collections::HashMap;

use fen_compiler::{Files, Text};
use fen_grammar::source::{Source, Span};
use fen_grammar::tree::{
    Bounds, CellKey, Definition, DefinitionBody, Expr, ExprKind, Item, ItemKind, LiteralKind, Param, ParamValue,
    Quantity, Quoted, Schedule, Yields,
};

use super::chart::{Chart, Column};
use super::code::Code;
use super::html::{both, escape, link, say, table};
use super::values;
use crate::disk::Disk;

/// Rows of a file's table that a page shows.
const MOST_ROWS: usize = 60;

/// Draws what belongs to the items of one file.
pub(super) struct Figures<'a> {
    pub(super) source: &'a Source,
    pub(super) items: &'a [Item],
    pub(super) code: &'a Code<'a>,
    /// The labels of names: of values of enums, receivers of ladders.
    pub(super) labels: HashMap<String, Text>,
}

impl Figures<'_> {
    /// The figures of an item, if it has any.
    pub(super) fn of(&self, item: &Item) -> String {
        match &item.kind {
            ItemKind::Param(param) => self.param(param),
            ItemKind::Schedule(schedule) => self.schedule(schedule),
            ItemKind::Definition(definition) => self.definition(definition),
            ItemKind::LadderRow(row) => {
                // The whole ladder stands below its last row.
                let subject = &row.subject.text;
                let is_row =
                    |other: &&Item| matches!(&other.kind, ItemKind::LadderRow(other) if other.subject.text == *subject);
                let last = self.items.iter().rfind(is_row);
                if last.is_some_and(|last| last.span == item.span) { self.ladder(subject) } else { String::new() }
            }
            _ => String::new(),
        }
    }

    fn named(&self, name: &str) -> Text {
        self.labels.get(name).cloned().unwrap_or_else(|| Text::new(name, name))
    }

    /// A name with what people call it.
    fn name_and_label(&self, name: &str) -> String {
        let label = self.named(name);
        if label.en == name && label.zh == name {
            link(name)
        } else {
            format!("{} <small>{}</small>", link(name), both(&label))
        }
    }

    /// What belongs to the items at a place.
    pub(super) fn within(&self, span: Span) -> String {
        let is_here = |item: &&Item| span.start <= item.span.start && item.span.start < span.end;
        self.items.iter().filter(is_here).map(|item| self.of(item)).collect()
    }

    /// What stands above a table or chart.
    fn heading(&self, name: &str) -> String {
        format!("<p class=\"figure\">{}</p>\n", self.name_and_label(name))
    }

    fn literal(&self, literal: &fen_grammar::tree::Literal) -> Text {
        values::literal(literal, &|name| self.named(name))
    }

    /// The values of a parameter; empty if there is only one.
    fn param(&self, param: &Param) -> String {
        match &param.value {
            ParamValue::Required => String::new(),
            ParamValue::Cells(versions) if param.keys.is_empty() && versions.len() < 2 => String::new(),
            ParamValue::Cells(_) => self.heading(&param.name.text) + &self.cells(param),
            ParamValue::File(path) => self.heading(&param.name.text) + &self.file(&path.text),
        }
    }

    fn cells(&self, param: &Param) -> String {
        let ParamValue::Cells(versions) = &param.value else { return String::new() };
        let mut head: Vec<Text> = param.keys.iter().map(|key| self.named(&key.text)).collect();
        let all: Vec<&fen_grammar::tree::ParamCell> = versions.iter().flat_map(|(_, cells)| cells).collect();
        let ranges = |at: usize| -> Vec<&Bounds> {
            let keys = all.iter().filter_map(|cell| cell.keys.get(at));
            keys.filter_map(|key| if let CellKey::Range(bounds) = key { Some(&**bounds) } else { None }).collect()
        };
        let key = |at: usize, key: &CellKey| match key {
            CellKey::Value(value) => both(&self.literal(value)),
            CellKey::Range(bounds) => both(&values::range(bounds, values::has_low(bounds, &ranges(at)))),
        };
        let mut rows: Vec<(Vec<String>, Vec<String>)> = Vec::new();
        for (version, (from, cells)) in versions.iter().enumerate() {
            head.push(from.as_ref().map_or_else(
                || Text::new("value", "取值"),
                |from| Text::new(format!("from {}", values::date(from)), format!("自 {}", values::date(from))),
            ));
            for cell in cells {
                let keys: Vec<String> = cell.keys.iter().enumerate().map(|(at, one)| key(at, one)).collect();
                let value = both(&self.literal(&cell.value));
                let known = rows.iter().position(|(known, _)| *known == keys);
                let at = known.unwrap_or_else(|| {
                    rows.push((keys, Vec::new()));
                    rows.len() - 1
                });
                if let Some((_, values)) = rows.get_mut(at) {
                    values.resize(version, String::new());
                    values.push(value);
                }
            }
        }
        let rows: Vec<Vec<String>> = rows
            .into_iter()
            .map(|(mut keys, mut values)| {
                values.resize(versions.len(), String::new());
                let mut earlier = String::new();
                for value in &mut values {
                    // What a later date does not name stays as it was.
                    if value.is_empty() && !earlier.is_empty() {
                        *value = format!("<span class=\"same\">{earlier}</span>");
                    } else {
                        earlier.clone_from(value);
                    }
                }
                keys.extend(values);
                keys
            })
            .collect();
        table("values", &head, &rows)
    }

    /// A table in a file of its own.
    fn file(&self, path: &str) -> String {
        let Ok(file) = Disk.read(self.source.name(), path) else { return String::new() };
        let mut reader =
            csv::ReaderBuilder::new().flexible(true).from_reader(file.text().trim_start_matches('\u{feff}').as_bytes());
        let head: Vec<Text> =
            reader.headers().map(|row| row.iter().map(|cell| self.named(cell)).collect()).unwrap_or_default();
        let rows: Vec<Vec<String>> =
            reader.records().filter_map(Result::ok).map(|row| row.iter().map(escape).collect()).collect();
        let shown = rows.get(..rows.len().min(MOST_ROWS)).unwrap_or_default();
        let count = rows.len();
        let note = if shown.len() < count {
            say(
                &format!("the first {} of {count} rows of ", shown.len()),
                &format!("共 {count} 行，此处为前 {} 行，取自 ", shown.len()),
            )
        } else {
            say(&format!("{count} rows of "), &format!("共 {count} 行，取自 "))
        };
        format!("{}<p class=\"note\">{note}<code>{}</code></p>\n", table("values", &head, shown), escape(path))
    }

    /// The cases and exceptions of a definition; empty if it has none.
    fn definition(&self, definition: &Definition) -> String {
        let mut rows: Vec<Vec<String>> = Vec::new();
        let mut add = |condition: String, value: &Expr, cite: &Option<Quoted>| {
            let clause = cite.as_ref().map(|cite| escape(&cite.text)).unwrap_or_default();
            rows.push(vec![condition, self.expression(value), clause]);
        };
        let (cases, base) = match &definition.body {
            DefinitionBody::Expr(expr) => (Vec::new(), Some((expr, &definition.cite))),
            DefinitionBody::Cases(cases, otherwise) => {
                let cases = cases.iter().map(|case| (case.condition.as_ref(), &case.value, &case.cite)).collect();
                (cases, otherwise.as_deref().map(|case| (&case.value, &case.cite)))
            }
        };
        if cases.is_empty() && definition.exceptions.is_empty() {
            return String::new();
        }
        // Exceptions go before cases, whatever their order in the source.
        let exceptions = definition.exceptions.iter().map(|one| (Some(&one.condition), &one.value, &one.cite));
        for (condition, value, cite) in exceptions.chain(cases) {
            add(condition.map(|condition| self.code.part(condition.span)).unwrap_or_default(), value, cite);
        }
        if let Some((value, cite)) = base {
            add(say("otherwise", "其余"), value, cite);
        }
        let name = self.named(&definition.name.text);
        let head = [Text::new("when", "情形"), name, Text::new("clause", "条款")];
        table("cases", &head, &rows)
    }

    /// A named ladder.
    fn schedule(&self, schedule: &Schedule) -> String {
        let mut html = self.heading(&schedule.name.text);
        let several = schedule.versions.len() > 1;
        for (from, steps) in &schedule.versions {
            let bounds: Vec<&Bounds> = steps.iter().map(|step| &step.bounds).collect();
            let is_tier = steps.iter().any(|step| step.is_tier);
            let columns = steps.iter().map(|step| {
                let value = self.constant(&step.value);
                Column { bounds: &step.bounds, values: vec![value] }
            });
            let heads =
                if is_tier { Text::new("of this part", "该部分的比例") } else { Text::new("value", "取值") };
            let chart = Chart { columns: columns.collect(), names: vec![heads.clone()], is_tier };
            let rows = steps.iter().map(|step| {
                vec![
                    both(&values::range(&step.bounds, values::has_low(&step.bounds, &bounds))),
                    self.expression(&step.value),
                ]
            });
            let rows: Vec<Vec<String>> = rows.collect();
            html += &self.titled(from.as_ref().filter(|_| several || from.is_some()), &chart.draw());
            html += &table("ladder", &[amount_head(is_tier), heads], &rows);
        }
        html
    }

    /// All rows of a ladder on a subject.
    fn ladder(&self, subject: &str) -> String {
        let all: Vec<(&Item, &fen_grammar::tree::LadderRow)> = self
            .items
            .iter()
            .filter_map(|item| match &item.kind {
                ItemKind::LadderRow(row) if row.subject.text == subject => Some((item, row)),
                _ => None,
            })
            .collect();
        let mut dates: Vec<Option<String>> = all.iter().map(|(_, row)| row.from.as_ref().map(values::date)).collect();
        dates.sort();
        dates.dedup();
        let mut html = String::new();
        for date in dates {
            let rows: Vec<_> = all.iter().filter(|(_, row)| row.from.as_ref().map(values::date) == date).collect();
            let bounds: Vec<&Bounds> = rows.iter().map(|(_, row)| &row.bounds).collect();
            let mut names: Vec<String> = Vec::new();
            for (_, row) in &rows {
                let row_names: Vec<&str> = match &row.yields {
                    Yields::Tier(shares) => shares.iter().map(|share| share.name.text.as_str()).collect(),
                    Yields::Band(grants) => grants.iter().map(|grant| grant.name.text.as_str()).collect(),
                };
                for name in row_names {
                    if !names.iter().any(|known| known == name) {
                        names.push(name.to_owned());
                    }
                }
            }
            let is_tier = rows.iter().any(|(_, row)| matches!(row.yields, Yields::Tier(_)));
            let value = |yields: &Yields, name: &str| -> Option<Quantity> {
                match yields {
                    Yields::Tier(shares) => shares.iter().find(|one| one.name.text == name).map(|one| one.rate.clone()),
                    Yields::Band(grants) => {
                        grants.iter().find(|one| one.name.text == name).and_then(|one| self.constant(&one.value))
                    }
                }
            };
            let written = |yields: &Yields, name: &str| -> String {
                match yields {
                    Yields::Tier(_) => value(yields, name).map(|one| both(&values::quantity(&one))).unwrap_or_default(),
                    Yields::Band(grants) => grants
                        .iter()
                        .find(|one| one.name.text == name)
                        .map(|one| self.expression(&one.value))
                        .unwrap_or_default(),
                }
            };
            let columns = rows.iter().map(|(_, row)| Column {
                bounds: &row.bounds,
                values: names.iter().map(|name| value(&row.yields, name)).collect(),
            });
            let chart = Chart {
                columns: columns.collect(),
                names: names.iter().map(|name| self.named(name)).collect(),
                is_tier,
            };
            let clause = |span: Span| self.clause(span);
            let clauses: Vec<String> = rows
                .iter()
                .map(|(item, row)| {
                    row.cite.as_ref().map(|cite| cite.text.clone()).or_else(|| clause(item.span)).unwrap_or_default()
                })
                .collect();
            // One clause for all rows needs no column.
            let has_clauses =
                clauses.windows(2).any(|pair| matches!(pair, [one, other] if one != other && !one.is_empty()));
            let mut head = vec![Text::new(
                format!("{subject}: {}", amount_head(is_tier).en),
                format!("{subject}：{}", amount_head(is_tier).zh),
            )];
            head.extend(names.iter().map(|name| self.named(name)));
            if has_clauses {
                head.push(Text::new("clause", "条款"));
            }
            let cells = rows.iter().zip(&clauses).map(|((_, row), clause)| {
                let mut cells = vec![both(&values::range(&row.bounds, values::has_low(&row.bounds, &bounds)))];
                cells.extend(names.iter().map(|name| written(&row.yields, name)));
                if has_clauses {
                    cells.push(escape(clause));
                }
                cells
            });
            let cells: Vec<Vec<String>> = cells.collect();
            let day = rows.first().and_then(|(_, row)| row.from.as_ref());
            html += &self.titled(day, &chart.draw());
            html += &table("ladder", &head, &cells);
        }
        html
    }

    fn titled(&self, from: Option<&fen_grammar::tree::Date>, figure: &str) -> String {
        let title = from.map(|from| {
            let day = values::date(from);
            format!("<p class=\"note\">{}</p>\n", say(&format!("from {day}"), &format!("自 {day} 起")))
        });
        title.unwrap_or_default() + figure
    }

    fn clause(&self, span: Span) -> Option<String> {
        self.source.outline()?.clause_at(span.start).map(fen_grammar::literate::Clause::name)
    }

    /// The number that an expression is, if it is written as one.
    fn constant(&self, expr: &Expr) -> Option<Quantity> {
        match &expr.kind {
            ExprKind::Literal(LiteralKind::Quantity(quantity)) => Some(quantity.clone()),
            _ => None,
        }
    }

    fn expression(&self, expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::Literal(LiteralKind::Quantity(quantity)) => both(&values::quantity(quantity)),
            ExprKind::Literal(LiteralKind::Name(name)) => self.name_and_label(name),
            _ => self.code.part(expr.span),
        }
    }
}

fn amount_head(is_tier: bool) -> Text {
    if is_tier { Text::new("part of the amount", "部分") } else { Text::new("value", "数值") }
}
