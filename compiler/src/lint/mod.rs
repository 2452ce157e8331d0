//! Warnings: rules that compile, and most likely do not say what the notice says. Each can be allowed beside the clause
//! that wants it so: `cite "三(五)" allow "fen::lint::band_falls"`.

mod bands;
mod early;
mod levels;
mod unused;
mod weights;

use fen_grammar::diagnostic::{Diagnostic, Severity, Text, nearest};
use fen_grammar::source::Span;
use fen_grammar::tree::{Item, ItemKind};

use crate::check::program::Program;
use crate::rules::Rules;

/// All codes of warnings.
const CODES: [&str; 7] = [
    "fen::lint::band_falls",
    "fen::lint::rate_order",
    "fen::lint::deductible_order",
    "fen::lint::weights",
    "fen::lint::rounded_early",
    "fen::lint::unused",
    "fen::lint::needless_allow",
];

/// What is worth a second look in a policy without errors.
pub(crate) fn lint(program: &Program, rules: Rules<'_>) -> Vec<Diagnostic> {
    let mut found = bands::lint(program, rules);
    found.extend(levels::lint(program, rules));
    found.extend(weights::lint(program, rules));
    found.extend(early::lint(program, rules));
    found.extend(unused::lint(rules));
    allowed(found, rules.items)
}

/// Leaves out what is allowed where it is found, and says which permissions nothing needs.
fn allowed(found: Vec<Diagnostic>, items: &[Item]) -> Vec<Diagnostic> {
    let mut used: Vec<Span> = Vec::new();
    let mut left: Vec<Diagnostic> = Vec::new();
    for diagnostic in found {
        let mut is_allowed = false;
        for item in items {
            // Every place that is shown counts: a ladder is more than one item.
            let is_here = diagnostic
                .labels
                .iter()
                .any(|label| item.span.start <= label.span.start && label.span.start < item.span.end);
            for allow in item.allows.iter().filter(|allow| is_here && allow.text == diagnostic.code) {
                is_allowed = true;
                used.push(allow.span);
            }
        }
        if !is_allowed {
            left.push(diagnostic);
        }
    }
    for allow in items.iter().flat_map(|item| &item.allows).filter(|allow| !used.contains(&allow.span)) {
        let text = &allow.text;
        let is_known = CODES.contains(&text.as_str());
        let near = nearest(text, CODES).filter(|_| !is_known);
        let help = match near {
            Some(near) => Text::new(format!("did you mean \"{near}\"?"), format!("是否想写“{near}”？")),
            None => Text::new("leave it out", "请删去"),
        };
        let message =
            Text::new(format!("nothing here is warned of by \"{text}\""), format!("此处没有“{text}”所指的警告"));
        let here = Text::new("allows nothing", "无所允许");
        left.push(warning("fen::lint::needless_allow", message, allow.span, here).with_help(help));
    }
    left
}

fn warning(code: &'static str, message: Text, span: Span, here: Text) -> Diagnostic {
    Diagnostic { severity: Severity::Warning, ..Diagnostic::error(code, message, span, here) }
}

/// How to keep what is meant.
fn or_allow(code: &str, en: &str, zh: &str) -> Text {
    Text::new(
        format!("{en}; if the notice says so, write `cite \"…\" allow \"{code}\"` behind the rule"),
        format!("{zh}；如文件确有此规定，请在该规则后写“见 \"…\" 允许 \"{code}\"”"),
    )
}

/// Where a parameter stands.
fn param(rules: Rules<'_>, name: &str) -> Option<Span> {
    rules.items.iter().find_map(|item| match &item.kind {
        ItemKind::Param(param) if param.name.text == name => Some(param.name.span),
        _ => None,
    })
}
