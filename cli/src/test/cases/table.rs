//! Reading a table of cases.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use csv::{ReaderBuilder, StringRecord};
use fen_compiler::Text;
use fen_runtime::Cell;
use fen_schema::{Column, RejectCode};
use fen_values::{Given, find};

use super::cells::{self, Bad};
use super::compare::{Rejection, Wanted, rejection};
use super::header::{Columns, Role, roles};
use crate::error::{Error, Outcome};
use crate::files::not_utf8;
use crate::run::parameters;

/// Mistakes of one table that are shown; more of them are no news.
const MOST_SHOWN: usize = 20;

/// A table with what its cells stand for.
pub(super) struct Table {
    pub(super) rows: Vec<Row>,
    /// Codes and ids that the policy does not know.
    pub(super) texts: Vec<String>,
    /// What the columns are called here.
    pub(super) names: Vec<(Role, String)>,
}

/// A case.
pub(super) struct Row {
    pub(super) line: u64,
    pub(super) name: String,
    pub(super) stream: String,
    pub(super) inputs: Vec<Option<i128>>,
    pub(super) parameters: Vec<i128>,
    /// Why a run would reject the row before the policy sees it.
    pub(super) fault: Option<(RejectCode, String)>,
    pub(super) expected: Vec<(usize, Wanted)>,
    pub(super) rejection: Rejection,
}

impl Row {
    /// What the case is called.
    pub(super) fn title(&self) -> Text {
        match self.name.as_str() {
            "" => Text::new(format!("row {}", self.line), format!("第 {} 行", self.line)),
            name => Text::new(name, name),
        }
    }
}

/// Codes and ids as numbers.
struct Texts<'a> {
    known: HashMap<&'a str, usize>,
    more: HashMap<String, usize>,
    texts: Vec<String>,
}

impl<'a> Texts<'a> {
    fn new(codes: &'a [String]) -> Self {
        let known = codes.iter().enumerate().map(|(at, code)| (code.as_str(), at)).collect();
        Self { known, more: HashMap::new(), texts: Vec::new() }
    }

    fn number(&mut self, text: &str) -> i128 {
        let at = match self.known.get(text) {
            Some(at) => *at,
            None => {
                let next = self.texts.len();
                let at = *self.more.entry(text.to_owned()).or_insert(next);
                if at == next {
                    self.texts.push(text.to_owned());
                }
                self.known.len() + at
            }
        };
        i128::try_from(at).unwrap_or(i128::MAX)
    }
}

/// A mistake in a cell.
struct Mistake {
    line: u64,
    column: String,
    text: String,
    what: Text,
}

impl Table {
    pub(super) fn read(
        path: &Path,
        columns: &Columns<'_>,
        settings: &[(String, String)],
        codes: &[String],
    ) -> Outcome<Self> {
        let bytes = fs::read(path).map_err(|error| Error::read(path, &error))?;
        let text = String::from_utf8(bytes).map_err(|_| not_utf8(path))?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter(text))
            .from_reader(text.as_bytes());
        let mut records = reader.records();
        let header = match records.next() {
            Some(header) => header.map_err(|error| Error::read(path, &error))?,
            None => return Err(empty(path)),
        };
        let names: Vec<&str> = header.iter().map(cells::trimmed).collect();
        let roles = roles(&names, columns, path)?;
        let sheets = Sheets { table: path, columns, known: HashMap::new() };
        let mut reading = Reading {
            columns,
            sheets,
            names: &names,
            roles: &roles,
            parameters: fixed(columns, &roles, settings, path)?,
            texts: Texts::new(codes),
            mistakes: Vec::new(),
        };
        let mut rows = Vec::new();
        for record in records {
            let record = record.map_err(|error| Error::read(path, &error))?;
            // Spreadsheets leave rows of empty cells behind.
            if !record.iter().all(|cell| cells::trimmed(cell).is_empty()) {
                rows.push(reading.row(&record)?);
            }
        }
        if !reading.mistakes.is_empty() {
            return Err(mistaken(path, &reading.mistakes));
        }
        if rows.is_empty() {
            return Err(empty(path));
        }
        let named = roles.iter().zip(&names).filter_map(|(role, name)| Some(((*role)?, (*name).to_owned())));
        Ok(Self { rows, texts: reading.texts.texts, names: named.collect() })
    }
}

/// Some spreadsheets separate cells by semicolons or tabs.
fn delimiter(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or_default();
    let is_there = |c: char| header.contains(c);
    match (is_there(','), is_there('\t'), is_there(';')) {
        (false, true, _) => b'\t',
        (false, false, true) => b';',
        _ => b',',
    }
}

/// The values of parameters that no column gives: from the settings, or none.
fn fixed(
    columns: &Columns<'_>,
    roles: &[Option<Role>],
    settings: &[(String, String)],
    path: &Path,
) -> Outcome<Vec<Option<i128>>> {
    let mut values = Vec::new();
    let mut missing: Vec<&str> = Vec::new();
    for (at, parameter) in columns.parameters.iter().enumerate() {
        let set = settings.iter().find(|(name, _)| find(columns.parameters, name) == Some(at));
        // Where rows name files, each is asked for what it lacks.
        let is_column = [Role::Parameter(at), Role::Sheet].iter().any(|role| roles.contains(&Some(*role)));
        match set {
            Some((_, text)) => {
                let value = match cells::read(text, parameter) {
                    Ok(Cell::Number(number)) if is_within(number, parameter) => number,
                    _ => return Err(bad_setting(parameter, text)),
                };
                values.push(Some(value));
            }
            None if is_column => values.push(None),
            None => missing.push(&parameter.name),
        }
    }
    if missing.is_empty() { Ok(values) } else { Err(without_parameters(&missing, path)) }
}

/// Whether a parameter may have a value.
fn is_within(number: i128, column: &Column) -> bool {
    let bound = |text: &str| match cells::read(text, column) {
        Ok(Cell::Number(number)) => Some(number),
        _ => None,
    };
    bound(&column.min).is_none_or(|min| number >= min) && bound(&column.max).is_none_or(|max| number <= max)
}

struct Reading<'a> {
    columns: &'a Columns<'a>,
    sheets: Sheets<'a>,
    names: &'a [&'a str],
    roles: &'a [Option<Role>],
    parameters: Vec<Option<i128>>,
    texts: Texts<'a>,
    mistakes: Vec<Mistake>,
}

impl Reading<'_> {
    fn row(&mut self, record: &StringRecord) -> Outcome<Row> {
        let line = record.position().map_or(0, csv::Position::line);
        let mut row = Row {
            line,
            name: String::new(),
            stream: String::new(),
            inputs: vec![None; self.columns.inputs.len()],
            parameters: Vec::new(),
            fault: None,
            expected: Vec::new(),
            rejection: Rejection::Unsaid,
        };
        if record.iter().skip(self.roles.len()).any(|cell| !cells::trimmed(cell).is_empty()) {
            let what = Text::new("the row has more cells than the header", "该行的单元格多于表头");
            self.mistake(line, "", "", what);
        }
        let unread = self.unread(record);
        let mut parameters = self.given_by_files(record)?;
        for (at, role) in self.roles.iter().enumerate() {
            let text = cells::trimmed(record.get(at).unwrap_or_default());
            let name = self.names.get(at).copied().unwrap_or_default();
            match role {
                None if text.is_empty() => {}
                None => self.mistake(line, name, text, Text::new("its column has no name", "该列没有列名")),
                Some(Role::Title) => text.clone_into(&mut row.name),
                Some(Role::Stream) => text.clone_into(&mut row.stream),
                Some(Role::Note | Role::Sheet) => {}
                Some(Role::Rejected) => match rejection(text, self.columns) {
                    Ok(found) => row.rejection = row.rejection.and(found),
                    Err(what) => self.mistake(line, name, text, what),
                },
                Some(Role::Input(place)) if unread.is_some_and(|read| !read.contains(place)) => {}
                Some(Role::Input(place)) => self.input(&mut row, *place, text),
                Some(Role::Parameter(place)) => self.parameter(line, &mut parameters, *place, text),
                Some(Role::Output(place)) => self.output(&mut row, *place, text),
            }
        }
        self.without_value(line, &parameters);
        row.parameters = parameters.into_iter().map(Option::unwrap_or_default).collect();
        self.contradictions(&row);
        Ok(row)
    }

    /// The values of parameters that the file of a row gives, or else the command.
    fn given_by_files(&mut self, record: &StringRecord) -> Outcome<Vec<Option<i128>>> {
        let at = self.roles.iter().position(|role| *role == Some(Role::Sheet));
        let named = at.map_or("", |at| cells::trimmed(record.get(at).unwrap_or_default()));
        let mut values = self.parameters.clone();
        if !named.is_empty() {
            for given in self.sheets.of(named)? {
                values.iter_mut().skip(given.parameter).take(1).for_each(|slot| *slot = Some(given.number));
            }
        }
        Ok(values)
    }

    /// Parameters that nothing gives; those with a column of their own are said there.
    fn without_value(&mut self, line: u64, parameters: &[Option<i128>]) {
        let has_column = |at: usize| self.roles.contains(&Some(Role::Parameter(at)));
        let open = parameters.iter().enumerate().filter(|(at, value)| value.is_none() && !has_column(*at));
        let names: Vec<&str> =
            open.filter_map(|(at, _)| self.columns.parameters.get(at)).map(|column| column.name.as_str()).collect();
        if !names.is_empty() {
            let (en, zh) = (names.join(", "), names.join("、"));
            let what =
                Text::new(format!("neither the row nor its file gives {en}"), format!("该行及其文件均未给出参数{zh}"));
            self.mistake(line, "", "", what);
        }
    }

    /// If a row takes a claim back, the inputs that are read of it all the same.
    fn unread(&self, record: &StringRecord) -> Option<[usize; 2]> {
        let (claim, reverses) = self.columns.reversal?;
        let at = self.roles.iter().position(|role| *role == Some(Role::Input(reverses)))?;
        let is_there = !cells::trimmed(record.get(at).unwrap_or_default()).is_empty();
        is_there.then_some([claim, reverses])
    }

    fn mistake(&mut self, line: u64, column: &str, text: &str, what: Text) {
        self.mistakes.push(Mistake { line, column: column.to_owned(), text: text.to_owned(), what });
    }

    fn input(&mut self, row: &mut Row, place: usize, text: &str) {
        let Some(column) = self.columns.inputs.get(place) else { return };
        let cell = match cells::read(text, column) {
            Ok(Cell::Number(number)) => Some(number),
            Ok(Cell::Text(text)) => Some(self.texts.number(text)),
            Ok(Cell::None) => None,
            Err(Bad::Unclear(what)) => return self.mistake(row.line, &column.name, text, what),
            Err(Bad::Rejected(code)) => {
                row.fault.get_or_insert((code, column.name.clone()));
                None
            }
        };
        row.inputs.iter_mut().skip(place).take(1).for_each(|slot| *slot = cell);
    }

    fn parameter(&mut self, line: u64, values: &mut [Option<i128>], place: usize, text: &str) {
        let Some(column) = self.columns.parameters.get(place) else { return };
        if text.is_empty() && values.get(place).is_some_and(Option::is_some) {
            return;
        }
        match cells::read(text, column) {
            Ok(Cell::Number(number)) if is_within(number, column) => {
                values.iter_mut().skip(place).take(1).for_each(|slot| *slot = Some(number));
            }
            Err(Bad::Unclear(what)) => self.mistake(line, &column.name, text, what),
            _ => {
                let takes = fen_runtime::describe(column);
                let what = Text::new(format!("the parameter takes {}", takes.en), format!("该参数应为{}", takes.zh));
                self.mistake(line, &column.name, text, what);
            }
        }
    }

    fn output(&mut self, row: &mut Row, place: usize, text: &str) {
        let Some(column) = self.columns.outputs.get(place) else { return };
        if text.is_empty() {
            return;
        }
        if matches!(text.to_lowercase().as_str(), "missing" | "缺" | "空") {
            row.expected.push((place, Wanted::Nothing));
            return;
        }
        if matches!(text.to_lowercase().as_str(), "rejected" | "拒收" | "拒付") {
            row.rejection = std::mem::replace(&mut row.rejection, Rejection::Unsaid).and(Rejection::Any);
            return;
        }
        match cells::read(text, column) {
            Ok(Cell::Number(number)) => row.expected.push((place, Wanted::Number(number))),
            Err(Bad::Unclear(what)) => self.mistake(row.line, &column.name, text, what),
            Ok(_) | Err(Bad::Rejected(_)) => {
                let takes = fen_runtime::describe(column);
                let what = Text::new(
                    format!("the output can never be this; it is {}, in steps of its last decimal", takes.en),
                    format!("该输出不可能为此值；它是{}，精确到其最小单位", takes.zh),
                );
                self.mistake(row.line, &column.name, text, what);
            }
        }
    }

    /// A row that must be rejected has no outputs, and one that cannot be read is rejected.
    fn contradictions(&mut self, row: &Row) {
        if row.rejection.is_wanted() && !row.expected.is_empty() {
            let what = Text::new(
                "the row says that it is rejected, and expects outputs too; leave one out",
                "该行既写明拒收，又列出应得结果，请删去其一",
            );
            self.mistake(row.line, "", "", what);
        }
        if let (Some((code, name)), false) = (&row.fault, row.rejection.is_wanted()) {
            let column = self.columns.inputs.iter().find(|column| column.name == *name);
            let why = column.map(|column| cells::why(column, *code));
            let (en, zh) = why.map_or_else(Default::default, |why| (why.en, why.zh));
            let what = Text::new(
                format!("{en}; where the row is to be rejected for it, say so in a column `rejected`"),
                format!("{zh}；若该行本应因此拒收，请在“拒收”列注明"),
            );
            self.mistake(row.line, name, "", what);
        }
    }
}

/// Files of parameters that rows name; each is read once.
struct Sheets<'a> {
    table: &'a Path,
    columns: &'a Columns<'a>,
    known: HashMap<String, Vec<Given>>,
}

impl Sheets<'_> {
    /// What a file gives, which is named as the table sees it.
    fn of(&mut self, named: &str) -> Outcome<&[Given]> {
        if !self.known.contains_key(named) {
            let (source, settings) = parameters::read(&self.table.with_file_name(named))?;
            let given = parameters::given(&source, &settings, self.columns.parameters, self.columns.policy)?;
            self.known.insert(named.to_owned(), given);
        }
        Ok(self.known.get(named).map(Vec::as_slice).unwrap_or_default())
    }
}

fn mistaken(path: &Path, mistakes: &[Mistake]) -> Error {
    let shown = path.display();
    let (mut en, mut zh) = (format!("{shown} cannot be used:"), format!("{shown} 无法使用："));
    for mistake in mistakes.iter().take(MOST_SHOWN) {
        let Mistake { line, column, text, what } = mistake;
        let (in_en, in_zh) = match column.as_str() {
            "" => (String::new(), String::new()),
            column => (format!(", column `{column}`"), format!("“{column}”列")),
        };
        let cell = if text.is_empty() { String::new() } else { format!(" \"{text}\"") };
        en.push_str(&format!("\n  row {line}{in_en}{cell}: {}", what.en));
        zh.push_str(&format!("\n  第 {line} 行{in_zh}{cell}：{}", what.zh));
    }
    if let Some(more @ 1..) = mistakes.len().checked_sub(MOST_SHOWN) {
        en.push_str(&format!("\n  and {more} more"));
        zh.push_str(&format!("\n  另有 {more} 处"));
    }
    Error::new("fen::cases::cell", en, zh)
}

fn empty(path: &Path) -> Error {
    let path = path.display();
    Error::new("fen::cases::empty", format!("{path} has no cases"), format!("{path} 中没有用例"))
}

fn bad_setting(parameter: &Column, text: &str) -> Error {
    let takes = fen_runtime::describe(parameter);
    let name = &parameter.name;
    Error::new(
        "fen::cases::parameter",
        format!("`{name}` cannot be {text}: it takes {}", takes.en),
        format!("“{name}”不能为 {text}：应为{}", takes.zh),
    )
}

fn without_parameters(missing: &[&str], path: &Path) -> Error {
    let path = path.display();
    Error::new(
        "fen::cases::missing_parameter",
        format!(
            "{path} gives no {}; add a column for each, or a column `params from file` that names a file, or use --set \
             NAME=VALUE or --params FILE",
            missing.join(", ")
        ),
        format!(
            "{path} 未给出参数{}；请增加相应的列，或以“参数取自文件”列写明文件，或用 --set 名称=值 或 --params 文件 给出",
            missing.join("、")
        ),
    )
}
