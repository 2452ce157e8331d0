//! The report, as Markdown.

use std::fmt::Write as _;

use fen_compiler::Lang;

use super::encoded::{Encoded, Place};
use super::provisions::Provision;
use crate::diff::say;

pub(super) fn markdown(provisions: &[Provision], encoded: &Encoded, lang: Lang) -> String {
    let places = |one: &Provision| encoded.places.get(&one.id).map(Vec::as_slice).unwrap_or_default();
    let (all, done) = (provisions.len(), provisions.iter().filter(|one| !places(one).is_empty()).count());
    let open = provisions.iter().filter(|one| places(one).iter().any(|place| !place.waiting.is_empty())).count();
    let none = provisions.iter().filter(|one| places(one).is_empty() && !one.not_computable.is_empty()).count();
    let mut text = format!("# {}\n\n", say(lang, "Clauses and rules", "条款与规则"));
    let _ = match lang {
        Lang::En => writeln!(
            text,
            "Of {all} clauses {done} are implemented, {open} of them with parameters that the notice leaves open; {none} have nothing to compute.\n"
        ),
        Lang::Zh => writeln!(
            text,
            "条款共 {all} 条：{done} 条已写成规则，其中 {open} 条有通知未定、须另行给定的参数；{none} 条没有可计算的内容。\n"
        ),
    };
    let head = match lang {
        Lang::En => ["id", "clause", "the notice says", "", "implemented by", "waits for"],
        Lang::Zh => ["编号", "条款", "原文", "级别", "落实", "待定参数"],
    };
    let _ = writeln!(text, "| {} |\n|---|---|---|---|---|---|", head.join(" | "));
    for one in provisions {
        let places = places(one);
        let by = match places {
            [] if one.not_computable.is_empty() => say(lang, "**nothing**", "**无**").to_owned(),
            [] => format!("{}{}", say(lang, "nothing to compute: ", "无可计算内容："), cell(&one.not_computable)),
            places => places.iter().map(|place| shown(place, lang)).collect::<Vec<_>>().join("<br>"),
        };
        let mut waiting: Vec<&str> = places.iter().flat_map(|place| &place.waiting).map(String::as_str).collect();
        waiting.dedup();
        let cells = [
            &one.id,
            &cell(&one.clause),
            &cell(&one.quote),
            &one.priority,
            &by,
            &cell(&waiting.join(say(lang, ", ", "、"))),
        ];
        let _ = writeln!(text, "| {} |", cells.map(String::as_str).join(" | "));
    }
    text
}

fn shown(place: &Place, lang: Lang) -> String {
    let rules: Vec<String> = place.rules.iter().map(|rule| cell(rule)).collect();
    let rules = rules.join(say(lang, ", ", "、"));
    format!("`{}:{}` {}{}{rules}", cell(&place.file), place.line, cell(&place.policy), say(lang, ": ", "："))
}

/// A text in one cell of a table.
fn cell(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}
