//! What can be wrong with a program, by subject. Where a claim shows a problem, the message contains it.

mod cases;
mod coverage;
mod dates;
mod examples;
mod grains;
mod ladders;
mod outputs;
mod proofs;
mod tables;
mod types;

use fen_grammar::diagnostic::{Diagnostic, Text};
use fen_grammar::source::Span;

pub(super) use self::cases::*;
pub(super) use self::coverage::*;
pub(super) use self::dates::*;
pub(super) use self::examples::*;
pub(super) use self::grains::*;
pub(super) use self::ladders::*;
pub(super) use self::outputs::*;
pub(super) use self::proofs::*;
pub(super) use self::tables::*;
pub(super) use self::types::*;

fn error(code: &'static str, message: Text, span: Span, here: Text) -> Diagnostic {
    Diagnostic::error(code, message, span, here)
}

fn t(en: impl Into<String>, zh: impl Into<String>) -> Text {
    Text::new(en, zh)
}

/// `…: for example with CLAIM`, or that it could not be decided.
fn shown_by(en: &str, zh: &str, claim: Option<Text>) -> Text {
    match claim {
        Some(claim) => t(format!("{en}: for example with {}", claim.en), format!("{zh}，例如：{}", claim.zh)),
        None => t(format!("it could not be decided whether {en}"), format!("无法判定下述情况是否会出现：{zh}")),
    }
}

/// The code of something that could not be decided, else the given one.
fn code(claim: Option<&Text>, decided: &'static str) -> &'static str {
    if claim.is_some() { decided } else { "fen::proof::undecided" }
}

fn near_or(near: Option<&str>, en: &str, zh: &str) -> Text {
    near.map_or_else(|| t(en, zh), |near| t(format!("did you mean `{near}`?"), format!("是否想写“{near}”？")))
}
