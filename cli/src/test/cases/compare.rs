//! What a case expects, and how that differs from what the policy gives.

use fen_compiler::{CaseOutcome, Text};
use fen_runtime::{Cell, format_cell, reason};
use fen_schema::{Column, ColumnType, RejectCode, Schema};

use super::header::{Columns, Role};
use super::table::Row;

/// A cell of a case that is not as expected.
pub(crate) struct Failure {
    /// What the column is called in the table, or else in the policy.
    pub(crate) column: String,
    pub(crate) expected: Text,
    pub(crate) got: Text,
    /// What was got less what was expected, where they are amounts.
    pub(crate) difference: Option<String>,
}

/// What an output is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    Number(i128),
    /// Empty.
    Nothing,
}

/// Whether a row is to be rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Rejection {
    /// Not said: it is to be settled.
    Unsaid,
    /// For whatever reason.
    Any,
    /// With this code, or for this column, or both.
    For(Option<RejectCode>, Option<String>),
}

impl Rejection {
    pub(super) fn is_wanted(&self) -> bool {
        *self != Self::Unsaid
    }

    /// The more precise of two.
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Unsaid | Self::Any, other @ (Self::Any | Self::For(..))) => other,
            (one, _) => one,
        }
    }
}

/// All codes with which rows are rejected.
const CODES: [RejectCode; 18] = [
    RejectCode::WrongFieldCount,
    RejectCode::Missing,
    RejectCode::NotANumber,
    RejectCode::NotADate,
    RejectCode::UnknownValue,
    RejectCode::TooManyDecimals,
    RejectCode::BelowMin,
    RejectCode::AboveMax,
    RejectCode::BeforeInForce,
    RejectCode::AfterInForce,
    RejectCode::UnknownCode,
    RejectCode::NotGiven,
    RejectCode::Differs,
    RejectCode::ClaimRejected,
    RejectCode::NoWeights,
    RejectCode::DuplicateClaim,
    RejectCode::UnknownClaim,
    RejectCode::AlreadyReversed,
];

/// What a cell of the column `rejected` says: nothing, yes or no, a code, a column, or both.
pub(super) fn rejection(text: &str, columns: &Columns<'_>) -> Result<Rejection, Text> {
    match text.to_lowercase().as_str() {
        "" | "false" | "no" | "否" => return Ok(Rejection::Unsaid),
        "true" | "yes" | "rejected" | "是" | "拒收" | "拒付" => return Ok(Rejection::Any),
        _ => {}
    }
    let (mut code, mut column) = (None, None);
    // A label may have blanks in it.
    let words: Vec<&str> = match column_of(text, columns) {
        Some(_) => vec![text],
        None => {
            text.split([' ', ',', ';', ':', '/', '，', '；', '：', '、', '`']).filter(|word| !word.is_empty()).collect()
        }
    };
    for word in words {
        if let Some(known) = CODES.into_iter().find(|code| code.as_str() == word) {
            code = Some(known);
        } else if let Some(name) = column_of(word, columns) {
            column = Some(name);
        } else {
            let codes: Vec<&str> = CODES.iter().map(|code| code.as_str()).collect();
            let codes = codes.join(", ");
            return Err(Text::new(
                format!("`{word}` is neither a column nor a code; write true, a column, or one of {codes}"),
                format!("“{word}”既不是列名也不是拒收代码；请写“是”、列名，或下列代码之一：{codes}"),
            ));
        }
    }
    Ok(Rejection::For(code, column))
}

/// The column of this name or label.
fn column_of(word: &str, columns: &Columns<'_>) -> Option<String> {
    let all = || columns.inputs.iter().chain(columns.outputs);
    let named = all().find(|column| column.name == word);
    let found = named.or_else(|| all().find(|column| column.label.zh == word || column.label.en == word));
    found.map(|column| column.name.clone())
}

/// A row and what is known of its columns.
pub(super) struct Expected<'a> {
    pub(super) schema: &'a Schema,
    pub(super) outputs: &'a [Column],
    pub(super) names: &'a [(Role, String)],
    pub(super) row: &'a Row,
}

impl Expected<'_> {
    /// What differs.
    pub(super) fn compare(&self, outcome: &CaseOutcome) -> Vec<Failure> {
        match (outcome, &self.row.rejection) {
            (CaseOutcome::Settled(outputs), Rejection::Unsaid) => self.cells(outputs),
            (CaseOutcome::Settled(_), wanted) => vec![Failure {
                column: self.called(Role::Rejected, "rejected"),
                expected: say(wanted),
                got: Text::new("settled", "已结算"),
                difference: None,
            }],
            (CaseOutcome::Rejected(code, column), wanted) => {
                let is_met = match wanted {
                    Rejection::Unsaid => false,
                    Rejection::Any => true,
                    Rejection::For(wanted, of) => {
                        wanted.is_none_or(|wanted| wanted == *code) && of.as_ref().is_none_or(|of| of == column)
                    }
                };
                if is_met { Vec::new() } else { vec![self.rejected(*code, column, wanted)] }
            }
        }
    }

    /// What a column is called.
    fn called(&self, role: Role, name: &str) -> String {
        let here = self.names.iter().find(|(known, _)| *known == role);
        here.map_or_else(|| name.to_owned(), |(_, name)| name.clone())
    }

    /// What the column of an input is called.
    fn input(&self, name: &str) -> String {
        let place = self.schema.inputs.iter().position(|input| input.name == name);
        place.map_or_else(|| name.to_owned(), |place| self.called(Role::Input(place), name))
    }

    fn rejected(&self, code: RejectCode, column: &str, wanted: &Rejection) -> Failure {
        let known = self.schema.inputs.iter().chain(self.outputs).find(|known| known.name == column);
        let why = known.map(|known| reason(self.schema, known, code));
        let (en, zh) = why.map_or_else(|| (column.to_owned(), column.to_owned()), |why| (why.en, why.zh));
        Failure {
            column: if wanted.is_wanted() { self.called(Role::Rejected, "rejected") } else { self.input(column) },
            expected: say(wanted),
            got: Text::new(format!("rejected: {} ({en})", code.as_str()), format!("拒收：{}（{zh}）", code.as_str())),
            difference: None,
        }
    }

    fn cells(&self, outputs: &[Result<Option<i128>, (RejectCode, String)>]) -> Vec<Failure> {
        let mut failures = Vec::new();
        for (place, wanted) in &self.row.expected {
            let (Some(column), Some(got)) = (self.outputs.get(*place), outputs.get(*place)) else { continue };
            let is_met = match (wanted, got) {
                (Wanted::Number(wanted), Ok(Some(got))) => wanted == got,
                (Wanted::Nothing, Ok(None)) => true,
                _ => false,
            };
            if is_met {
                continue;
            }
            let empty = || Text::new("empty", "空");
            let expected = match wanted {
                Wanted::Number(number) => shown(*number, column),
                Wanted::Nothing => empty(),
            };
            let (got_text, difference) = match (got, wanted) {
                (Ok(Some(got)), Wanted::Number(wanted)) => (shown(*got, column), difference(*got, *wanted, column)),
                (Ok(Some(got)), Wanted::Nothing) => (shown(*got, column), None),
                (Ok(None), _) => (empty(), None),
                (Err((code, split)), _) => (
                    Text::new(
                        format!("empty: {} (`{split}` cannot be divided, all weights are zero)", code.as_str()),
                        format!("空：{}（“{split}”无法分配，权重全部为零）", code.as_str()),
                    ),
                    None,
                ),
            };
            let column = self.called(Role::Output(*place), &column.name);
            failures.push(Failure { column, expected, got: got_text, difference });
        }
        failures
    }
}

fn shown(number: i128, column: &Column) -> Text {
    if column.ty == ColumnType::Bool {
        return if number == 0 { Text::new("false", "否") } else { Text::new("true", "是") };
    }
    let mut text = String::new();
    format_cell(Cell::Number(number), column, &mut text);
    Text::new(text.clone(), text)
}

/// Of amounts in the unit of the column, of dates in days.
fn difference(got: i128, wanted: i128, column: &Column) -> Option<String> {
    let difference = got.checked_sub(wanted)?;
    let sign = if difference > 0 { "+" } else { "" };
    match column.ty {
        ColumnType::Date => Some(format!("{sign}{difference}")),
        ColumnType::Bool | ColumnType::Enum | ColumnType::Code | ColumnType::Id => None,
        _ => {
            let mut text = String::new();
            // A difference of rates is one of percentage points.
            let ty = if column.ty == ColumnType::Rate { ColumnType::Pp } else { column.ty };
            format_cell(Cell::Number(difference), &Column { ty, ..column.clone() }, &mut text);
            Some(format!("{sign}{text}"))
        }
    }
}

fn say(rejection: &Rejection) -> Text {
    match rejection {
        Rejection::Unsaid => Text::new("settled", "结算"),
        Rejection::Any | Rejection::For(None, None) => Text::new("rejected", "拒收"),
        Rejection::For(code, column) => {
            let parts = [code.map(|code| code.as_str().to_owned()), column.clone()];
            let parts = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
            Text::new(format!("rejected: {parts}"), format!("拒收：{parts}"))
        }
    }
}
