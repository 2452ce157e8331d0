//! The outcome of tests: for people, as JSON, and as JUnit XML.

mod coverage;
mod json;
mod junit;
mod text;

pub(super) use self::coverage::{place, short_of};
pub(super) use self::json::json;
pub(super) use self::junit::junit;
pub(super) use self::text::text;
use super::{Case, Kind, Problem, Summary, Tested};

use fen_compiler::{Lang, Text};

/// What a kind of case is called.
fn kind(kind: Kind, lang: Lang) -> &'static str {
    match (kind, lang) {
        (Kind::Example, Lang::En) => "example",
        (Kind::Always, Lang::En) => "always",
        (Kind::Row, Lang::En) => "case",
        (Kind::Compile, Lang::En) => "compile",
        (Kind::Example, Lang::Zh) => "示例",
        (Kind::Always, Lang::Zh) => "恒有",
        (Kind::Row, Lang::Zh) => "用例",
        (Kind::Compile, Lang::Zh) => "编译",
    }
}

/// A cell that is not as expected, in words.
fn failure(row: u64, failure: &super::cases::Failure, lang: Lang) -> String {
    let super::cases::Failure { column, expected, got, difference } = failure;
    let Text { en, zh } = match difference {
        Some(difference) => Text::new(format!(", difference {difference}"), format!("，相差 {difference}")),
        None => Text::new("", ""),
    };
    match lang {
        Lang::En => format!("row {row}, column `{column}`: expected {}, got {}{en}", expected.en, got.en),
        Lang::Zh => format!("第 {row} 行“{column}”列：应得 {}，实得 {}{zh}", expected.zh, got.zh),
    }
}
