//! What can be written at a place: words of the language that the grammar admits there, and names that make sense there.

use fen_grammar::diagnostic::{Lang, Text};
use fen_grammar::source::Span;
use fen_grammar::{Expected, ItemWord, Token, TokenKind, Word, expected, language};

use super::{Entry, NameKind, Names};

/// What can be written at a place.
#[derive(Clone, Debug, Default)]
pub struct Completions {
    /// The part of a word that is there already.
    pub replace: Span,
    /// The proposals, the likeliest first.
    pub items: Vec<Completion>,
    /// Whether little else makes sense than what is proposed.
    pub is_narrow: bool,
}

/// A proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// What is written.
    pub text: String,
    /// What it is.
    pub kind: CompletionKind,
    /// More about it.
    pub detail: Text,
}

/// What is proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CompletionKind {
    /// A word of the language.
    Keyword,
    /// A type.
    Type,
    /// A unit.
    Unit,
    /// A name.
    Name(NameKind),
}

/// What can be written at byte `at` of `text`, one of the sources of a policy with these names.
#[must_use]
pub fn complete(text: &str, at: usize, names: &Names) -> Completions {
    let expected = expected(text, at);
    let lang = expected.lang.or_else(|| language(text)).unwrap_or(Lang::En);
    let place = Place::new(text, &expected);
    let mut found = Completions { replace: expected.begun, ..Completions::default() };
    if expected.is_new_name {
        return found;
    }
    let choice = choose(&place, names);
    found.is_narrow = choice.is_narrow || (!expected.takes_name && !expected.words.is_empty());
    for entry in choice.entries {
        found.add_name(entry);
    }
    if !choice.is_only {
        let is_after_number = place.tokens.last().is_some_and(|token| token.kind == TokenKind::Number);
        let mut words: Vec<&Word> = expected.words.iter().filter(|word| place.makes_sense(word)).collect();
        // Behind a number stands its unit.
        words.sort_by_key(|word| !is_after_number || word.kind != TokenKind::Unit);
        for word in words {
            found.add_word(word, lang);
        }
    }
    for (en, zh) in choice.words {
        let text = if lang == Lang::Zh { zh } else { en };
        found.add(Completion { text: text.to_owned(), kind: CompletionKind::Keyword, detail: Text::new(zh, en) });
    }
    found
}

impl Completions {
    fn add(&mut self, one: Completion) {
        if !self.items.iter().any(|known| known.text == one.text) {
            self.items.push(one);
        }
    }

    fn add_name(&mut self, entry: &Entry) {
        let kind = entry.kind.text();
        let with = |more: &str, kind: &str| if more.is_empty() { kind.to_owned() } else { format!("{more} ({kind})") };
        let (en, zh) = entry.ty.as_ref().map_or(("", ""), |ty| (ty.en.as_str(), ty.zh.as_str()));
        let mut detail = Text::new(with(en, &kind.en), with(zh, &kind.zh));
        if entry.kind == NameKind::EnumValue
            && let Some(of) = &entry.of_enum
        {
            detail = Text::new(of, of);
        }
        self.add(Completion { text: entry.name.clone(), kind: CompletionKind::Name(entry.kind), detail });
    }

    fn add_word(&mut self, word: &Word, lang: Lang) {
        let (text, other) = if lang == Lang::Zh { (word.zh, word.en) } else { (word.en, word.zh) };
        if text.is_empty() {
            return;
        }
        let kind = match word.kind {
            TokenKind::Unit => CompletionKind::Unit,
            TokenKind::Type => CompletionKind::Type,
            _ => CompletionKind::Keyword,
        };
        self.add(Completion { text: text.to_owned(), kind, detail: Text::new(other, other) });
    }
}

/// Names that make sense at a place.
#[derive(Default)]
struct Choice<'a> {
    entries: Vec<&'a Entry>,
    /// Words that are names of rows and claims.
    words: Vec<(&'static str, &'static str)>,
    is_narrow: bool,
    /// Words of the language make no sense here.
    is_only: bool,
}

/// The tokens before a place.
struct Place<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    expected: &'a Expected,
}

impl<'a> Place<'a> {
    fn new(text: &'a str, expected: &'a Expected) -> Self {
        let tokens = expected.before.iter().filter(|token| token.kind != TokenKind::Comment).copied().collect();
        Self { text, tokens, expected }
    }

    /// The text of the token so many places before the end.
    fn back(&self, count: usize) -> &'a str {
        let at = self.tokens.len().checked_sub(count + 1);
        at.and_then(|at| self.tokens.get(at)).map_or("", |token| self.word(token))
    }

    fn word(&self, token: &Token) -> &'a str {
        self.text.get(token.span.start..token.span.end).unwrap_or_default()
    }

    /// Whether a word that the grammar admits could be meant.
    fn makes_sense(&self, word: &Word) -> bool {
        let is_truth = matches!(word.en, "true" | "false");
        let says_bool = || self.tokens.iter().any(|token| matches!(self.word(token), "bool" | "是否"));
        !is_truth || self.expected.item != ItemWord::Param || says_bool()
    }

    /// How many tokens back one of these words stands, the nearest.
    fn find(&self, words: &[&str]) -> Option<usize> {
        self.tokens.iter().rev().position(|token| words.contains(&self.word(token)))
    }

    /// What is compared with what comes next: the name before `is`, `==` or `in (`.
    fn compared(&self) -> Option<&'a str> {
        let is_name = |word: &str| word.starts_with(fen_grammar::is_name_part);
        let name = match self.back(0) {
            "is" | "为" | "不为" => self.back(1),
            "not" if matches!(self.back(1), "is") => self.back(2),
            "=" if matches!(self.back(1), "=" | "!") => self.back(2),
            _ => {
                // `x in (a, b`
                let open = self.find(&["(", "（"])?;
                let is_list = self.tokens.iter().rev().take(open).all(|token| {
                    matches!(token.kind, TokenKind::Name | TokenKind::Keyword)
                        || matches!(self.word(token), "," | "，" | "、")
                });
                let verb = self.back(open + 1);
                match verb {
                    _ if !is_list => return None,
                    "in" if self.back(open + 2) == "not" => self.back(open + 3),
                    "in" | "属于" | "不属于" => self.back(open + 2),
                    _ => return None,
                }
            }
        };
        is_name(name).then_some(name)
    }

    /// The table whose brackets are open, and which of its keys comes next.
    fn key(&self) -> Option<(&'a str, usize)> {
        let (mut commas, mut depth) = (0, 0_usize);
        for (at, token) in self.tokens.iter().enumerate().rev() {
            match self.word(token) {
                "]" | "］" | ")" | "）" => depth += 1,
                "(" | "（" if depth == 0 => return None,
                "[" | "［" if depth == 0 => {
                    let name = at.checked_sub(1).and_then(|at| self.tokens.get(at))?;
                    return Some((self.word(name), commas));
                }
                "(" | "（" | "[" | "［" => depth -= 1,
                "," | "，" | "、" if depth == 0 => commas += 1,
                _ => {}
            }
        }
        None
    }
}

fn values<'a>(names: &'a Names, of: &str) -> Vec<&'a Entry> {
    let is_value = |entry: &&Entry| entry.kind == NameKind::EnumValue && entry.of_enum.as_deref() == Some(of);
    names.entries().filter(is_value).collect()
}

fn of_kind<'a>(names: &'a Names, kinds: &[NameKind]) -> Vec<&'a Entry> {
    names.entries().filter(|entry| kinds.contains(&entry.kind)).collect()
}

fn choose<'a>(place: &Place<'_>, names: &'a Names) -> Choice<'a> {
    use NameKind as K;
    let narrow = |entries: Vec<&'a Entry>| Choice { is_narrow: true, entries, ..Choice::default() };
    let only = |entries: Vec<&'a Entry>| Choice { is_narrow: true, is_only: true, entries, ..Choice::default() };
    let expected = place.expected;
    if matches!(place.back(0), ".") {
        // `link.`, or `enum.`
        let before = place.back(1);
        if names.named(before).any(|entry| entry.kind == K::Link) {
            return only(of_kind(names, &[K::Input, K::Key, K::Definition, K::Share, K::Running, K::Part]));
        }
        return only(values(names, before));
    }
    if !expected.takes_name && !expected.takes_type {
        return Choice::default();
    }
    if expected.takes_type && !expected.takes_name {
        return narrow(of_kind(names, &[K::Enum]));
    }
    let last = place.back(0);
    match expected.item {
        ItemWord::Start => {
            Choice { entries: of_kind(names, &[K::Definition, K::Input, K::Running]), ..Choice::default() }
        }
        ItemWord::Date => only(inputs_of(names, &["date", "日期"])),
        ItemWord::Key => only(of_kind(names, &[K::Key, K::Input])),
        ItemWord::Import | ItemWord::Amend => Choice::default(),
        ItemWord::Output if last != "per" && last != "每" => {
            let results = of_kind(names, &[K::Definition, K::Share, K::Running, K::Part]);
            only(results.into_iter().filter(|entry| !entry.is_output).collect())
        }
        ItemWord::Example => setting(place, names),
        ItemWord::Param => parameter(place, names),
        ItemWord::Row if matches!(last, ">" | "＞" | "," | "，" | "、") => {
            Choice { entries: of_kind(names, &[K::Share]), ..Choice::default() }
        }
        _ if matches!(last, "per" | "每") => group(place, names),
        ItemWord::Split if matches!(last, "over" | "给") => only(of_kind(names, &[K::Key, K::Input])),
        ItemWord::Link if matches!(last, "next" | "previous" | "下一" | "上一") => group(place, names),
        _ if matches!(last, "overrides" | "优先于") => {
            let start = place.tokens.first().map_or(0, |token| token.span.start);
            let own = place.text.get(start..).unwrap_or_default();
            let named = of_kind(names, &[K::Exception]);
            only(named.into_iter().filter(|entry| own.contains(&entry.name)).collect())
        }
        _ => expression(place, names),
    }
}

/// Inputs of a type.
fn inputs_of<'a>(names: &'a Names, types: &[&str]) -> Vec<&'a Entry> {
    let inputs = of_kind(names, &[NameKind::Input, NameKind::Key]);
    inputs.into_iter().filter(|entry| entry.ty.as_ref().is_some_and(|ty| types.contains(&ty.en.as_str()))).collect()
}

/// `per …`, `next …`
fn group<'a>(place: &Place<'_>, names: &'a Names) -> Choice<'a> {
    let keys = of_kind(names, &[NameKind::Key]);
    let others =
        inputs_of(names, &["id", "code", "标识", "编码"]).into_iter().filter(|one| one.kind == NameKind::Input);
    let enums = of_kind(names, &[NameKind::Input]).into_iter().filter(|entry| entry.of_enum.is_some());
    let is_link = place.expected.item == ItemWord::Link && !matches!(place.back(0), "per" | "每");
    let mut entries = of_kind(names, &[NameKind::Row]);
    if !is_link {
        entries.extend(keys.into_iter().chain(others).chain(enums));
    }
    Choice { entries, words: vec![("claim", "单据")], is_narrow: true, is_only: false }
}

/// In an example: names of inputs, parameters and outputs, then their values.
fn setting<'a>(place: &Place<'_>, names: &'a Names) -> Choice<'a> {
    use NameKind as K;
    let last = place.back(0);
    let is_name = matches!(last, "given" | "给定" | "expect" | "应得" | "," | "，" | "、");
    if let Some((table, at)) = place.key() {
        let key = names.named(table).find_map(|entry| entry.key_enums.get(at)?.clone());
        return Choice {
            entries: key.map(|of| values(names, &of)).unwrap_or_default(),
            is_narrow: true,
            is_only: true,
            ..Choice::default()
        };
    }
    if !is_name {
        // A value.
        let of = names.named(last).find_map(|entry| entry.of_enum.clone());
        let is_enum = of.is_some();
        let entries = of.map(|of| values(names, &of)).unwrap_or_default();
        return Choice { entries, is_narrow: true, is_only: is_enum, ..Choice::default() };
    }
    let expect = place.find(&["expect", "应得"]);
    let given = place.find(&["given", "给定"]);
    let is_expected = expect.is_some_and(|expect| given.is_none_or(|given| expect < given));
    let entries = if is_expected {
        names.entries().filter(|entry| entry.is_output).collect()
    } else {
        of_kind(names, &[K::Input, K::Key, K::RequiredParameter, K::Running])
    };
    // What is there already is not given twice.
    let is_written = |entry: &&Entry| {
        let from = place.tokens.len() - expect.filter(|_| is_expected).or(given).unwrap_or(0);
        place.tokens.iter().skip(from).any(|token| place.word(token) == entry.name)
    };
    let entries = entries.into_iter().filter(|entry| !is_written(entry)).collect();
    Choice { entries, is_narrow: true, ..Choice::default() }
}

/// `param NAME by KEY: TYPE`, then the values of keys.
fn parameter<'a>(place: &Place<'_>, names: &'a Names) -> Choice<'a> {
    use NameKind as K;
    let colon = place.find(&[":", "："]);
    let by = place.find(&["by", "按"]);
    if colon.is_none() && by.is_some() {
        let mut entries = of_kind(names, &[K::Enum]);
        entries.extend(of_kind(names, &[K::Key, K::Input]));
        return Choice { entries, is_narrow: true, ..Choice::default() };
    }
    let mut keys = place.tokens.iter().skip_while(|token| !matches!(place.word(token), "by" | "按")).skip(1);
    let mut enums: Vec<String> = Vec::new();
    for token in keys.by_ref().take_while(|token| !matches!(place.word(token), ":" | "：")) {
        for entry in names.named(place.word(token)) {
            let of = if entry.kind == K::Enum { Some(entry.name.clone()) } else { entry.of_enum.clone() };
            enums.extend(of.filter(|of| !enums.contains(of)));
        }
    }
    // Or the parameter's own values.
    let own =
        place.tokens.iter().rev().find_map(|token| names.named(place.word(token)).find(|one| one.kind == K::Enum));
    enums.extend(own.map(|entry| entry.name.clone()).filter(|of| !enums.contains(of)));
    let entries: Vec<&Entry> = enums.iter().flat_map(|of| values(names, of)).collect();
    Choice { is_narrow: !entries.is_empty(), entries, ..Choice::default() }
}

/// Names in an expression.
fn expression<'a>(place: &Place<'_>, names: &'a Names) -> Choice<'a> {
    use NameKind as K;
    if let Some(compared) = place.compared() {
        let of = names.named(compared).find_map(|entry| entry.of_enum.clone());
        if let Some(of) = of {
            return Choice { entries: values(names, &of), is_narrow: true, is_only: true, ..Choice::default() };
        }
    }
    let all = [
        K::Definition,
        K::Input,
        K::Key,
        K::Parameter,
        K::RequiredParameter,
        K::Share,
        K::Running,
        K::Part,
        K::Ladder,
        K::Link,
        K::Indicator,
    ];
    let mut entries = of_kind(names, &all);
    if let Some((table, at)) = place.key() {
        let key = names.named(table).find_map(|entry| entry.key_enums.get(at)?.clone());
        if let Some(of) = key {
            let (mut fit, rest): (Vec<_>, Vec<_>) =
                entries.into_iter().partition(|entry| entry.of_enum.as_ref() == Some(&of));
            fit.extend(values(names, &of));
            fit.extend(rest.into_iter().filter(|entry| entry.of_enum.is_some()));
            return Choice { entries: fit, is_narrow: true, is_only: true, ..Choice::default() };
        }
    }
    // The definition at hand cannot be computed from itself.
    let own = place.tokens.first().map_or("", |token| place.word(token));
    if place.expected.item == ItemWord::Definition {
        entries.retain(|entry| entry.name != own);
    }
    Choice { entries, ..Choice::default() }
}
