//! Renaming: every use in every file, or none and the reason why. The policies are read again with the new name before the
//! editor is told, so that nothing changes its meaning.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

use fen_compiler::navigate::{Entry, NameKind, Names};
use fen_compiler::{Diagnostic, Severity, Source, Span, Text as Said};
use tower_lsp_server::ls_types::{Position, Range, TextEdit, Uri, WorkspaceEdit};

use super::analyst::known;
use super::places::{everywhere, others};
use super::text::Text;
use super::workspace::{Known, Overlay, View, Workspace};

/// The name at a position that can be given another one, and its range.
pub(crate) fn prepare(view: &View, position: Position) -> Option<(Range, String)> {
    let place = view.place(view.text.offset(position, view.encoding))?;
    let (occurrence, entry) = view.known.names.at(place)?;
    if !is_written(&view.known, entry) {
        return None;
    }
    Some((view.text.range(view.here(occurrence.span)?, view.encoding), entry.name.clone()))
}

/// Whether the name is one that the author has given: `reverses` declares an input by the word itself.
fn is_written(known: &Known, entry: &Entry) -> bool {
    let is_word = matches!(entry.name.as_str(), "reverses" | "冲销") && entry.item.start == entry.definition.start;
    known.examined.sources().slice(entry.definition) == entry.name && !is_word
}

/// The edits that rename, or why there are none.
pub(crate) fn rename(workspace: &Workspace, view: &View, position: Position, new: &str) -> Result<WorkspaceEdit, Said> {
    let nothing = || Said::new("there is no name here", "此处没有名称");
    if !view.is_fresh {
        return Err(Said::new("the policy is still being read; try again", "政策尚在读取，请稍后再试"));
    }
    let place = view.place(view.text.offset(position, view.encoding)).ok_or_else(nothing)?;
    let (occurrence, entry) = view.known.names.at(place).ok_or_else(nothing)?;
    if !is_written(&view.known, entry) {
        return Err(Said::new("this is a word of the language", "这是语言的固定词语，不能改名"));
    }
    let new = new.trim();
    if !is_name(new, entry.kind == NameKind::Policy) {
        return Err(Said::new(
            format!("`{new}` is no name: names are made of letters, digits and `_`, and do not begin with a digit"),
            format!("“{new}”不能作名称：名称由文字、数字和下划线组成，且不以数字开头"),
        ));
    }
    if new == entry.name {
        return Ok(WorkspaceEdit::default());
    }
    let overlay = workspace.overlay();
    let found = everywhere(view, occurrence, entry, others(workspace, &overlay, view, &entry.name));
    for policy in &found.policies {
        clash(&policy.names, entry, new)?;
    }
    let mut edits: BTreeMap<String, Vec<(Span, String)>> = BTreeMap::new();
    for (file, span) in found.places.keys() {
        let texts = found.policies.iter().find_map(|known| known.texts.get(file));
        let written = texts.and_then(|text| text.as_str().get(span.start..span.end)).unwrap_or_default();
        // `persons` is one way to say `person`; words such as `claim` are nobody's name.
        let plural = format!("{}s", entry.name);
        if written == entry.name {
            edits.entry(file.clone()).or_default().push((*span, new.to_owned()));
        } else if written == plural {
            edits.entry(file.clone()).or_default().push((*span, format!("{new}s")));
        }
    }
    let renamed = renamed(&overlay, &found.policies, &edits);
    for policy in &found.policies {
        keeps_its_meaning(policy, &renamed, new)?;
    }
    let mut changes: HashMap<Uri, Vec<TextEdit>> = HashMap::new();
    for (file, edits) in &edits {
        let text = found.policies.iter().find_map(|known| known.texts.get(file));
        let (Some(text), Some(uri)) = (text, workspace.uri(file)) else { continue };
        let edits = edits.iter().map(|(span, new)| TextEdit::new(text.range(*span, view.encoding), new.clone()));
        changes.insert(uri, edits.collect());
    }
    Ok(WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() })
}

/// Whether a text can be a name.
fn is_name(text: &str, has_dots: bool) -> bool {
    let is_one = |part: &str| {
        part.chars().all(fen_compiler::navigate::is_name_part)
            && part.chars().next().is_some_and(|first| !first.is_numeric())
    };
    if has_dots { text.split('.').all(is_one) } else { is_one(text) }
}

/// Refuses a name that something else has.
fn clash(names: &Names, entry: &Entry, new: &str) -> Result<(), Said> {
    let taken = match entry.kind {
        NameKind::EnumValue => names
            .entries()
            .find(|other| other.kind == NameKind::EnumValue && other.of_enum == entry.of_enum && other.name == new),
        NameKind::Exception => names
            .entries()
            .find(|other| other.kind == NameKind::Exception && other.item == entry.item && other.name == new),
        // Types have names of their own.
        NameKind::Enum => names.named(new).find(|other| other.kind == NameKind::Enum),
        _ => names.named(new).find(|other| other.kind != NameKind::Enum),
    };
    let Some(taken) = taken else { return Ok(()) };
    let kind = taken.kind.text();
    Err(Said::new(
        format!("`{new}` is taken: there is {} {} of this name", article(&kind.en), kind.en),
        format!("“{new}”已被占用：已有同名的{}", kind.zh),
    ))
}

fn article(word: &str) -> &'static str {
    if word.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}

/// The files after renaming.
fn renamed(overlay: &Overlay, policies: &[Arc<Known>], edits: &BTreeMap<String, Vec<(Span, String)>>) -> Overlay {
    let mut after = overlay.clone();
    for (file, edits) in edits {
        if let Some(text) = policies.iter().find_map(|known| known.texts.get(file)) {
            after.open.insert(file.clone(), Arc::new(text.replaced(edits)));
        }
    }
    after
}

/// Whether a policy is the same with the new name: the same names in the same places, and no new errors.
fn keeps_its_meaning(before: &Known, files: &Overlay, new: &str) -> Result<(), Said> {
    let root = before.examined.sources().iter().next();
    let source = root.and_then(|root| {
        let text: Option<&Arc<Text>> = files.open.get(root.file());
        match text {
            Some(text) => Some(Source::new(root.name(), text.as_str())),
            None => files.source(Path::new(root.name())).ok(),
        }
    });
    let Some(source) = source else { return Ok(()) };
    let after = known(&source, files, before.clock);
    let errors = |known: &Known| -> Vec<&'static str> {
        let errors = known.examined.diagnostics().iter().filter(|one| one.severity == Severity::Error);
        let mut codes: Vec<&'static str> = errors.map(|one| one.code).collect();
        codes.sort_unstable();
        codes
    };
    if errors(before) == errors(&after) && before.names.is_like(&after.names) {
        return Ok(());
    }
    let old = errors(before);
    let is_new = |one: &&Diagnostic| one.severity == Severity::Error && !old.contains(&one.code);
    let why = after.examined.diagnostics().iter().find(is_new).map(|one| one.message.clone());
    let why = why.unwrap_or_else(|| Said::new("it would mean something else", "含义会改变"));
    Err(Said::new(
        format!("`{new}` cannot be the name in {}: {}", source.name(), why.en),
        format!("在 {} 中不能改名为“{new}”：{}", source.name(), why.zh),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_from_other_texts() {
        assert!(is_name("fund_pays", false) && is_name("统筹支付2", false) && is_name("a.b", true));
        for text in ["", "2x", "a b", "a-b", "a.b", "（甲）", "😀"] {
            assert!(!is_name(text, false), "{text}");
        }
    }
}
