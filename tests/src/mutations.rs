//! Sources spoilt at random: tokens left out, doubled, swapped, replaced; cut off; with characters that nobody expects.

/// Tokens of the language, and some that are nearly ones.
const TOKENS: [&str; 97] = [
    "policy",
    "library",
    "amend",
    "import",
    "title",
    "source",
    "in",
    "force",
    "dated",
    "by",
    "round",
    "enum",
    "input",
    "key",
    "optional",
    "param",
    "required",
    "from",
    "to",
    "file",
    "output",
    "always",
    "check",
    "severity",
    "target",
    "example",
    "given",
    "expect",
    "rejected",
    "missing",
    "add",
    "cite",
    "allow",
    "step",
    "tier",
    "band",
    "ladder",
    "on",
    "as",
    "share",
    "of",
    "when",
    "otherwise",
    "except",
    "overrides",
    "or",
    "and",
    "not",
    "is",
    "known",
    "true",
    "max",
    "min",
    "clamp",
    "row",
    "earlier",
    "half",
    "up",
    "even",
    "per",
    "money",
    "rate",
    "pp",
    "count",
    "date",
    "days",
    "code",
    "yuan",
    "point",
    "%",
    "年数",
    "元",
    "分档",
    "定档",
    "例外",
    "当",
    "输入",
    "参数",
    "自",
    "到",
    "每",
    "万元",
    "0",
    "5",
    "2022-02-30",
    "1_000",
    "\"AA1\"",
    "(",
    ")",
    "[",
    "..",
    "..<",
    "->",
    "=",
    "==",
    "-",
    "/",
];

/// What nobody expects in a source.
const HOSTILE: [&str; 18] = [
    "\0", "\u{202e}", "\u{feff}", "\r", "\u{3000}", "\u{301}", "🦀", "𝟘", "１", "\"", "“", "”", "＂", "#", "\t", "\n",
    "\n\n  ", "…",
];

/// One change of a source.
#[derive(Clone, Debug)]
pub struct Mutation {
    /// What is done.
    pub kind: u8,
    /// Where, as a part of the whole.
    pub at: u16,
    /// With what.
    pub with: u16,
}

/// A source with some changes.
#[must_use]
pub fn mutated(text: &str, mutations: &[Mutation]) -> String {
    let mut tokens: Vec<String> = tokens(text).into_iter().map(str::to_owned).collect();
    for mutation in mutations {
        mutate(&mut tokens, mutation);
    }
    tokens.concat()
}

fn mutate(tokens: &mut Vec<String>, mutation: &Mutation) {
    let place = |part: u16, count: usize| (usize::from(part) * count) >> 16;
    let at = place(mutation.at, tokens.len());
    let other = place(mutation.with, tokens.len());
    let Some(token) = tokens.get(at).cloned() else { return };
    let replace = |tokens: &mut Vec<String>, with: String| {
        if let Some(slot) = tokens.get_mut(at) {
            *slot = with;
        }
    };
    match mutation.kind % 16 {
        0..=2 => drop(tokens.remove(at)),
        3 | 4 => tokens.insert(at, token),
        5 => tokens.swap(at, other),
        // The nearest one that is no space.
        6 => {
            let near = (at + 2).min(tokens.len() - 1);
            tokens.swap(at, near);
        }
        7..=9 => {
            let with = TOKENS.get(place(mutation.with, TOKENS.len())).copied().unwrap_or_default();
            replace(tokens, with.to_owned());
        }
        10 => {
            let with = tokens.get(other).cloned().unwrap_or_default();
            replace(tokens, with);
        }
        11 => {
            let with = tokens.get(other).cloned().unwrap_or_default();
            tokens.insert(at, with);
        }
        12 => tokens.truncate(at),
        13 | 14 => {
            let hostile = HOSTILE.get(place(mutation.with, HOSTILE.len())).copied().unwrap_or_default();
            tokens.insert(at, hostile.to_owned());
        }
        _ => {
            let many = ["(", "-", "not ", "9", "max(", "1 + ", "[", "when "];
            let one = many.get(usize::from(mutation.with) % many.len()).copied().unwrap_or_default();
            tokens.insert(at, one.repeat(usize::from(mutation.with) % 300));
        }
    }
}

/// Words and numbers, quoted texts, spaces, and signs, which together are the whole text.
fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut left = text;
    while let Some(first) = left.chars().next() {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let length = if is_word(first) {
            left.find(|c| !is_word(c)).unwrap_or(left.len())
        } else if first == '\n' {
            1
        } else if first.is_whitespace() {
            left.find(|c: char| !c.is_whitespace() || c == '\n').unwrap_or(left.len())
        } else if first == '"' {
            left.char_indices().skip(1).find(|(_, c)| *c == '"').map_or(left.len(), |(at, _)| at + 1)
        } else {
            let signs = ["..<", "..=", "..", "->", ">=", "<=", "==", "!="];
            signs.iter().find(|sign| left.starts_with(*sign)).map_or(first.len_utf8(), |sign| sign.len())
        };
        let (token, rest) = left.split_at_checked(length).unwrap_or((left, ""));
        tokens.push(token);
        left = rest;
    }
    tokens
}
