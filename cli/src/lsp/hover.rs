//! What is shown of a name: what it is, its type, range, rounding, clause, and the values in force.

use std::fmt::Write as _;

use fen_compiler::navigate::{Entry, NameKind};
use fen_compiler::{Lang, Text};
use tower_lsp_server::ls_types::{Hover, HoverContents, MarkupContent, MarkupKind, Position};

use super::workspace::View;

/// What is to be said of the name at a position.
pub(crate) fn hover(view: &View, position: Position) -> Option<Hover> {
    let offset = view.text.offset(position, view.encoding);
    let place = view.place(offset);
    if let Some((occurrence, entry)) = place.and_then(|place| view.known.names.at(place)) {
        let range = view.here(occurrence.span).map(|span| view.text.range(span, view.encoding));
        let value = card(entry, view.lang);
        return Some(Hover {
            contents: HoverContents::Markup(MarkupContent { kind: MarkupKind::Markdown, value }),
            range,
        });
    }
    if !view.is_code(offset) {
        return None;
    }
    // What is being typed may not be read yet; the name is known from before.
    let (span, word) = word_at(view.text.as_str(), offset)?;
    let value = match view.whole.as_ref().and_then(|known| known.names.named(word).next()) {
        Some(entry) => card(entry, view.lang),
        None => keyword(view, span)?,
    };
    let range = Some(view.text.range(span, view.encoding));
    Some(Hover { contents: HoverContents::Markup(MarkupContent { kind: MarkupKind::Markdown, value }), range })
}

/// The word at a byte, or directly before it.
pub(crate) fn word_at(text: &str, offset: usize) -> Option<(fen_compiler::Span, &str)> {
    let (before, after) = (text.get(..offset)?, text.get(offset..)?);
    let is_part = |c: &char| fen_compiler::navigate::is_name_part(*c);
    let start = offset - before.chars().rev().take_while(is_part).map(char::len_utf8).sum::<usize>();
    let end = offset + after.chars().take_while(is_part).map(char::len_utf8).sum::<usize>();
    let word = text.get(start..end).filter(|word| !word.is_empty())?;
    Some((fen_compiler::Span { start, end }, word))
}

/// A word of the language in both languages.
fn keyword(view: &View, span: fen_compiler::Span) -> Option<String> {
    let (en, zh) = fen_compiler::navigate::keyword(view.code(), span)?;
    Some(format!("`{en}` · `{zh}`"))
}

fn card(entry: &Entry, lang: Lang) -> String {
    let get = |text: &Text| text.get(lang).to_owned();
    let pick = |en: &'static str, zh: &'static str| if lang == Lang::Zh { zh } else { en };
    let mut text = String::new();
    let mut kind = get(&entry.kind.text());
    if entry.is_output {
        kind = if lang == Lang::Zh { format!("{kind}，输出") } else { format!("{kind}, output") };
    }
    let _ = write!(text, "**{}** — {kind}", entry.name);
    if let Some(label) = &entry.label {
        // The other language is worth seeing too.
        let both = if label.en == label.zh || label.en == entry.name || label.zh == entry.name {
            get(label)
        } else {
            format!("{} / {}", label.zh, label.en)
        };
        if both != entry.name {
            let _ = write!(text, "\n\n{both}");
        }
    }
    let colon = pick(": ", "：");
    let mut lines: Vec<String> = Vec::new();
    let mut line = |word: &str, value: String| lines.push(format!("- {word}{colon}{value}"));
    if let Some(ty) = &entry.ty {
        let word = if entry.kind == NameKind::Ladder { pick("applied to", "用于") } else { pick("type", "类型") };
        let mut shown = format!("`{}`", get(ty));
        if entry.is_optional {
            shown.push_str(pick(", optional", "，可缺"));
        }
        line(word, shown);
    }
    if entry.kind == NameKind::EnumValue
        && let Some(of) = &entry.of_enum
    {
        line(pick("enum", "枚举"), format!("`{of}`"));
    }
    if let Some(unit) = &entry.unit {
        line(pick("unit", "单位"), get(unit));
    }
    if !entry.keys.is_empty() {
        line(pick("by", "按"), entry.keys.join(pick(", ", "、")));
    }
    if let Some((low, high)) = &entry.range {
        let (low, high) = (get(low), get(high));
        let range = if low == high { low } else { format!("{low} {} {high}", pick("to", "至")) };
        line(pick("range", "范围"), range);
    }
    match (&entry.rounding, &entry.step) {
        (Some(rounding), _) => line(pick("rounding", "取整"), format!("`{}`", get(rounding))),
        (None, Some(step)) => line(pick("multiples of", "步长"), get(step)),
        (None, None) => {}
    }
    if let Some(grain) = &entry.grain {
        line(pick("given per", "每"), get(grain));
    }
    if entry.kind == NameKind::RequiredParameter {
        line(pick("value", "取值"), pick("supplied when claims are settled", "结算时提供").to_owned());
    }
    if !entry.clauses.is_empty() {
        let (open, close) = if lang == Lang::Zh { ("“", "”") } else { ("\"", "\"") };
        let clauses: Vec<String> = entry.clauses.iter().map(|clause| format!("{open}{clause}{close}")).collect();
        let word = if entry.kind == NameKind::Policy { pick("source", "依据") } else { pick("clause", "条款") };
        line(word, clauses.join(pick(", ", "、")));
    }
    if !lines.is_empty() {
        let _ = write!(text, "\n\n{}", lines.join("\n"));
    }
    if let Some((name, quoted)) = &entry.quoted {
        let _ = write!(text, "\n\n> **{name}** {}", quoted.replace('\n', "\n> "));
    }
    text.push_str(&values(entry, lang));
    text
}

/// The values of a parameter that are in force, or what stands behind the name.
fn values(entry: &Entry, lang: Lang) -> String {
    let pick = |en: &'static str, zh: &'static str| if lang == Lang::Zh { zh } else { en };
    let mut text = String::new();
    if let Some(current) = entry.versions.iter().find(|version| version.is_current) {
        let head = match (&current.from, entry.versions.len()) {
            (None, _) => pick("Value", "取值").to_owned(),
            (Some(from), 1) => format!("{} {from}", pick("From", "自")),
            (Some(from), count) => {
                let more = if lang == Lang::Zh {
                    format!("，共 {count} 个版本")
                } else {
                    format!(", of {count} versions")
                };
                format!("{} {from}{more}", pick("In force from", "现行，自"))
            }
        };
        let _ = write!(text, "\n\n{head}\n```fen\n{}\n```", current.values);
        for other in entry.versions.iter().filter(|version| !version.is_current) {
            let from = other.from.as_deref().unwrap_or_default();
            let _ = write!(text, "\n\n{} {from}\n```fen\n{}\n```", pick("From", "自"), other.values);
        }
    } else if let Some(written) = &entry.written {
        let _ = write!(text, "\n```fen\n{written}\n```");
    }
    text
}
