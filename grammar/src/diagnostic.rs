//! What every stage reports: a code, places, what is wrong and what to do, in Chinese and English.
//!
//! A stage describes each kind of problem by one struct with typed fields and an implementation of [`Problem`];
//! [`Diagnostic`] is its finished form. Nothing here renders: see `fen_compiler::render`.

use crate::source::Span;

/// A language of messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Chinese.
    Zh,
}

/// One text in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// English.
    pub en: String,
    /// Chinese.
    pub zh: String,
}

impl Text {
    /// A text from its two forms.
    pub fn new(en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self { en: en.into(), zh: zh.into() }
    }

    /// The form in `lang`.
    #[must_use]
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.en,
            Lang::Zh => &self.zh,
        }
    }
}

/// A marked place in the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What is to be seen there.
    pub text: Text,
}

impl Label {
    /// A label at `span`.
    pub fn new(span: Span, en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self { span, text: Text::new(en, zh) }
    }
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The policy cannot be compiled.
    Error,
    /// The policy compiles; its author should look.
    Warning,
}

/// One replacement that belongs to a [`Fix`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; empty to insert.
    pub span: Span,
    /// What is put there: the form in the language of the item that `span` lies in.
    pub text: Text,
}

/// A remedy that a tool can apply: all of its edits together. No two of them overlap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does.
    pub title: Text,
    /// The replacements.
    pub edits: Vec<Edit>,
}

impl Fix {
    /// Puts `text` in the place of `span`.
    #[must_use]
    pub fn replace(title: Text, span: Span, text: Text) -> Self {
        Self { title, edits: vec![Edit { span, text }] }
    }

    /// Puts the name `near` where something like it is written.
    #[must_use]
    pub fn rename(span: Span, near: &str) -> Self {
        let title = Text::new(format!("write `{near}`"), format!("改为“{near}”"));
        Self::replace(title, span, Text::new(near, near))
    }

    /// Takes out what stands at `span`.
    #[must_use]
    pub fn remove(title: Text, span: Span) -> Self {
        Self::replace(title, span, Text::new("", ""))
    }
}

/// A finished message. The first label is the culprit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable code such as `fen::tier::gap`; never reused for anything else.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong.
    pub message: Text,
    /// Where; the first is the culprit.
    pub labels: Vec<Label>,
    /// What to do about it.
    pub help: Option<Text>,
    /// Remedies that can be applied without another decision, the likeliest first.
    pub fixes: Vec<Fix>,
}

impl Diagnostic {
    /// An error: its code, what is wrong, and where, with what is to be seen there.
    #[must_use]
    pub fn error(code: &'static str, message: Text, span: Span, here: Text) -> Self {
        let labels = vec![Label { span, text: here }];
        Self { code, severity: Severity::Error, message, labels, help: None, fixes: Vec::new() }
    }

    /// With another place that matters.
    #[must_use]
    pub fn with_label(mut self, span: Span, text: Text) -> Self {
        self.labels.push(Label { span, text });
        self
    }

    /// With what to do about it.
    #[must_use]
    pub fn with_help(mut self, help: Text) -> Self {
        self.help = Some(help);
        self
    }

    /// With a remedy that can be applied.
    #[must_use]
    pub fn with_fix(mut self, fix: impl Into<Option<Fix>>) -> Self {
        self.fixes.extend(fix.into());
        self
    }

    /// The start of the culprit, for sorting in source order.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.labels.first().map_or(0, |label| label.span.start)
    }
}

/// One kind of problem, with its facts in typed fields.
pub trait Problem {
    /// The stable code.
    const CODE: &'static str;
    /// How bad it is.
    const SEVERITY: Severity = Severity::Error;

    /// What is wrong, in the user's words.
    fn message(&self) -> Text;
    /// The places, culprit first.
    fn labels(&self) -> Vec<Label>;
    /// What to do about it.
    fn help(&self) -> Option<Text> {
        None
    }
    /// What a tool can do about it.
    fn fixes(&self) -> Vec<Fix> {
        Vec::new()
    }
}

impl<P: Problem> From<P> for Diagnostic {
    fn from(problem: P) -> Self {
        Self {
            code: P::CODE,
            severity: P::SEVERITY,
            message: problem.message(),
            labels: problem.labels(),
            help: problem.help(),
            fixes: problem.fixes(),
        }
    }
}

/// The known name nearest to `name`, if one is near enough to be a slip of the pen.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = name.chars().count();
    if length > 64 {
        return None;
    }
    known
        .into_iter()
        .filter(|candidate| candidate.chars().count() <= 64)
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= (length.max(candidate.chars().count()) + 1) / 3)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Edit distance with insertions, deletions, substitutions (Levenshtein).
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, from) in left.chars().enumerate() {
        let mut previous = i;
        let mut last = i + 1;
        let mut next = vec![last];
        for (to, above) in right.iter().zip(row.iter().skip(1)) {
            last = (previous + usize::from(from != *to)).min(above + 1).min(last + 1);
            previous = *above;
            next.push(last);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggests_slips_only() {
        assert_eq!(nearest("budgte", ["spent", "budget"]), Some("budget"));
        assert_eq!(nearest("结佘", ["结余", "结转"]), Some("结余"));
        assert_eq!(nearest("weather", ["spent", "budget"]), None);
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
