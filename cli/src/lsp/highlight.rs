//! Semantic highlighting: what every word is, by what its name stands for.

use std::collections::BTreeMap;

use fen_compiler::Span;
use fen_compiler::navigate::{Entry, NameKind, TokenKind, tokens};
use tower_lsp_server::ls_types::{
    Range, SemanticToken, SemanticTokenModifier, SemanticTokenType, SemanticTokensLegend,
};

use super::workspace::View;

/// The kinds of tokens, by the numbers that stand for them.
const TYPES: [SemanticTokenType; 14] = [
    SemanticTokenType::COMMENT,
    SemanticTokenType::STRING,
    SemanticTokenType::NUMBER,
    SemanticTokenType::KEYWORD,
    SemanticTokenType::TYPE,
    SemanticTokenType::OPERATOR,
    SemanticTokenType::NAMESPACE,
    SemanticTokenType::ENUM,
    SemanticTokenType::ENUM_MEMBER,
    SemanticTokenType::PARAMETER,
    SemanticTokenType::PROPERTY,
    SemanticTokenType::VARIABLE,
    SemanticTokenType::FUNCTION,
    SemanticTokenType::new("unit"),
];

/// Where a name is given.
const DECLARATION: u32 = 1;
/// What does not differ from claim to claim.
const READONLY: u32 = 2;
/// What is settled.
const OUTPUT: u32 = 4;

/// What the numbers of tokens stand for.
pub(crate) fn legend() -> SemanticTokensLegend {
    SemanticTokensLegend {
        token_types: TYPES.to_vec(),
        token_modifiers: vec![
            SemanticTokenModifier::DECLARATION,
            SemanticTokenModifier::READONLY,
            SemanticTokenModifier::new("output"),
        ],
    }
}

/// All tokens of the text now, or those in a range, by the policies in it.
pub(crate) fn highlight(views: &[View], range: Option<Range>) -> Vec<SemanticToken> {
    let mut found: Vec<Shown> = views.iter().flat_map(|view| shown(view, range)).collect();
    found.sort_unstable_by_key(|one| (one.line, one.start));
    let (mut line, mut start) = (0, 0);
    let mut tokens = Vec::new();
    for one in found {
        let delta_line = one.line.saturating_sub(line);
        let delta_start = if delta_line == 0 { one.start.saturating_sub(start) } else { one.start };
        (line, start) = (one.line, one.start);
        let (length, token_type, token_modifiers_bitset) = (one.length, one.kind, one.modifiers);
        tokens.push(SemanticToken { delta_line, delta_start, length, token_type, token_modifiers_bitset });
    }
    tokens
}

/// A token with its place, from 0.
struct Shown {
    line: u32,
    start: u32,
    length: u32,
    kind: u32,
    modifiers: u32,
}

/// The tokens of one policy.
fn shown(view: &View, range: Option<Range>) -> Vec<Shown> {
    let wanted = range.map(|range| view.text.span(range, view.encoding));
    let mut places: Places<'_> = BTreeMap::new();
    for (occurrence, entry) in view.known.names.occurrences() {
        if let Some(span) = view.here(occurrence.span) {
            places.insert(span.start, (span.end, entry, occurrence.is_definition));
        }
    }
    let mut found = Vec::new();
    for token in tokens(view.code()) {
        if wanted.is_some_and(|wanted| token.span.end < wanted.start || token.span.start > wanted.end) {
            continue;
        }
        let (kind, modifiers) = match token.kind {
            TokenKind::Comment => (0, 0),
            TokenKind::Text => (1, 0),
            TokenKind::Number => (2, 0),
            TokenKind::Keyword => (3, 0),
            TokenKind::Type => (4, 0),
            TokenKind::Sign => (5, 0),
            TokenKind::Unit => (13, 0),
            TokenKind::Name => match place_of(view, &places, token.span) {
                Some((entry, is_definition)) => of_name(entry, is_definition),
                // A name that stands for nothing keeps the colour that the grammar of the editor gives it.
                None => continue,
            },
        };
        let range = view.text.range(token.span, view.encoding);
        found.push(Shown {
            line: range.start.line,
            start: range.start.character,
            length: range.end.character.saturating_sub(range.start.character),
            kind,
            modifiers,
        });
    }
    found
}

/// By beginning: the end of a name, what it stands for, and whether it is given there.
type Places<'a> = BTreeMap<usize, (usize, &'a Entry, bool)>;

/// What stands at a place; where the text has changed, what has this name elsewhere.
fn place_of<'a>(view: &'a View, places: &Places<'a>, span: Span) -> Option<(&'a Entry, bool)> {
    // A name with dots is several words.
    let before = places.range(..=span.start).next_back();
    let here = before.filter(|(_, (end, ..))| span.end <= *end).map(|(_, (_, entry, defines))| (*entry, *defines));
    here.or_else(|| {
        let name = view.text.as_str().get(span.start..span.end)?;
        let known = view.known.names.named(name).next();
        let known = known.or_else(|| view.whole.as_ref().and_then(|whole| whole.names.named(name).next()));
        known.map(|entry| (entry, false))
    })
}

fn of_name(entry: &Entry, is_definition: bool) -> (u32, u32) {
    let (kind, constant) = match entry.kind {
        NameKind::Policy => (6, READONLY),
        NameKind::Enum => (7, READONLY),
        NameKind::EnumValue => (8, READONLY),
        NameKind::Input | NameKind::Key | NameKind::Row => (9, 0),
        NameKind::Parameter | NameKind::RequiredParameter => (10, READONLY),
        NameKind::Ladder => (12, READONLY),
        NameKind::Definition
        | NameKind::Share
        | NameKind::Indicator
        | NameKind::Running
        | NameKind::Part
        | NameKind::Link
        | NameKind::Exception => (11, 0),
    };
    let declaration = if is_definition { DECLARATION } else { 0 };
    let output = if entry.is_output { OUTPUT } else { 0 };
    (kind, constant | declaration | output)
}
