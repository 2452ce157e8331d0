//! What stands between tokens: ends of lines, blank lines and comments.

/// A comment on a line of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OwnLine {
    /// From `#` on.
    pub(super) text: String,
    /// Whether a blank line stands before it.
    pub(super) after_blank: bool,
    /// Whether it does not begin in column 0.
    pub(super) is_indented: bool,
}

/// What stands between two tokens, or between two items.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Trivia {
    /// The comment behind the first one, on its line.
    pub(super) behind: Option<String>,
    /// Comments on lines of their own.
    pub(super) own: Vec<OwnLine>,
    /// Whether a blank line stands before the second one, behind all comments.
    pub(super) ends_blank: bool,
    /// Whether the second one begins a line.
    pub(super) breaks: bool,
}

impl Trivia {
    /// Reads the text between two tokens; nothing but white space and comments stands there.
    pub(super) fn between(gap: &str) -> Self {
        let mut trivia = Self::default();
        let mut lines = gap.split('\n').peekable();
        trivia.behind = lines.next().and_then(comment).map(str::to_owned);
        while let Some(line) = lines.next() {
            trivia.breaks = true;
            match comment(line) {
                Some(text) => {
                    let is_indented = line.starts_with(char::is_whitespace);
                    let after_blank = std::mem::take(&mut trivia.ends_blank);
                    trivia.own.push(OwnLine { text: text.to_owned(), after_blank, is_indented });
                }
                // What stands before the second one on its own line is no blank line.
                None => trivia.ends_blank |= lines.peek().is_some(),
            }
        }
        trivia
    }

    /// Adds the comments that stand inside the first token: between the words of `in force`.
    pub(super) fn with_those_inside(mut self, token: &str) -> Self {
        if !token.contains('\n') {
            return self;
        }
        let mut inside: Vec<String> = token.split('\n').filter_map(comment).map(str::to_owned).collect();
        if inside.is_empty() {
            return self;
        }
        inside.extend(self.behind.take());
        let mut inside = inside.into_iter();
        self.behind = inside.next();
        let own = inside.map(|text| OwnLine { text, after_blank: false, is_indented: true });
        self.own = own.chain(self.own).collect();
        self.breaks = true;
        self
    }
}

/// The comment in a line without quoted texts.
fn comment(line: &str) -> Option<&str> {
    line.find('#').and_then(|at| line.get(at..)).map(str::trim_end)
}

/// All comments of a source, in order.
pub(super) fn comments(text: &str) -> Vec<&str> {
    text.split('\n').filter_map(comment_behind_texts).collect()
}

/// The comment at the end of a line that may hold quoted texts.
fn comment_behind_texts(line: &str) -> Option<&str> {
    let mut closing = None;
    for (at, c) in line.char_indices() {
        match (closing, c) {
            (None, '#') => return line.get(at..).map(str::trim_end),
            (None, '"' | '＂') => closing = Some(c),
            (None, '“') => closing = Some('”'),
            (Some(quote), c) if quote == c => closing = None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_blank_lines_are_told_apart() {
        let trivia = Trivia::between(" # a \r\n\n  # b\n# c\n\n\n ");
        assert_eq!(trivia.behind.as_deref(), Some("# a"));
        let own: Vec<_> = trivia.own.iter().map(|one| (one.text.as_str(), one.after_blank, one.is_indented)).collect();
        assert_eq!(own, [("# b", true, true), ("# c", false, false)]);
        assert!(trivia.ends_blank && trivia.breaks);
        assert_eq!(Trivia::between("  "), Trivia::default());
        let plain = Trivia::between("\r\n  ");
        assert!(plain.breaks && !plain.ends_blank);
    }

    #[test]
    fn a_sign_in_a_text_begins_no_comment() {
        assert_eq!(comments("a “#” \"#\" # b\nc \"#\nd#e"), ["# b", "#e"]);
    }
}
