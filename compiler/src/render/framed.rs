//! Diagnostics as framed text, by miette.

use std::fmt;

use fen_grammar::diagnostic::{Diagnostic, Lang, Severity};
use fen_grammar::source::{Source, Sources, Span};
use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, NamedSource, SourceCode,
    SourceSpan, SpanContents,
};

/// How text is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Frames without colours.
    Plain,
    /// Frames and colours.
    Colours,
}

/// The diagnostics as text, one after the other.
#[must_use]
pub fn text(sources: &Sources, diagnostics: &[Diagnostic], lang: Lang, style: Style) -> String {
    let theme = match style {
        Style::Plain => GraphicalTheme::unicode_nocolor(),
        Style::Colours => GraphicalTheme::unicode(),
    };
    let handler = GraphicalReportHandler::new_themed(theme).with_links(false).with_width(110);
    let mut text = String::new();
    for diagnostic in diagnostics {
        let culprit = diagnostic.labels.first().map(|label| label.span).unwrap_or_default();
        let (source, _) = super::place(sources, culprit);
        let named = InCharacters(NamedSource::new(source.file(), source.text().to_owned()));
        let report = Report { diagnostic, lang, source: &named, places: places(sources, source, diagnostic, lang) };
        if handler.render_report(&mut text, &report).is_err() {
            text.push_str(diagnostic.message.get(lang));
        }
        text.push('\n');
    }
    match lang {
        Lang::En => text,
        // miette writes the word itself; both take six columns.
        Lang::Zh => text.replace("  help: ", "  建议：").replace("help: \u{1b}", "建议：\u{1b}"),
    }
}

/// A source whose columns are counted in characters, as editors and the JSON form count them; miette counts bytes.
struct InCharacters(NamedSource<String>);

impl SourceCode for InCharacters {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        lines_before: usize,
        lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let contents = self.0.read_span(span, lines_before, lines_after)?;
        let start = contents.span().offset();
        let line = self.0.inner().get(start.saturating_sub(contents.column())..start).unwrap_or_default();
        Ok(Box::new(MietteSpanContents::new_named(
            self.0.name().to_owned(),
            contents.data(),
            *contents.span(),
            contents.line(),
            line.chars().count(),
            contents.line_count(),
        )))
    }
}

/// A diagnostic as miette wants it.
struct Report<'a> {
    diagnostic: &'a Diagnostic,
    lang: Lang,
    source: &'a InCharacters,
    places: Places,
}

/// Where the labels of a diagnostic are to be shown.
struct Places {
    /// In the file of the culprit.
    here: Vec<(Span, String)>,
    /// In other files, in words.
    elsewhere: Vec<String>,
}

fn places(sources: &Sources, source: &Source, diagnostic: &Diagnostic, lang: Lang) -> Places {
    let mut places = Places { here: Vec::new(), elsewhere: Vec::new() };
    for label in &diagnostic.labels {
        let (file, span) = super::place(sources, label.span);
        let text = label.text.get(lang).to_owned();
        if std::ptr::eq(file, source) {
            places.here.push((span, text));
        } else {
            let at = file.position(span.start);
            places.elsewhere.push(format!("{}:{}:{}: {text}", file.file(), at.line, at.column));
        }
    }
    places
}

impl fmt::Debug for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.diagnostic.code)
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.diagnostic.message.get(self.lang))
    }
}

impl std::error::Error for Report<'_> {}

impl miette::Diagnostic for Report<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.diagnostic.code))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.diagnostic.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let help = self.diagnostic.help.as_ref().map(|help| help.get(self.lang).to_owned());
        let lines: Vec<String> = self.places.elsewhere.iter().cloned().chain(help).collect();
        (!lines.is_empty()).then(|| Box::new(lines.join("\n")) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let labels = self.places.here.iter().enumerate().map(|(at, (span, text))| {
            let place = (span.start, span.end.saturating_sub(span.start));
            if at == 0 {
                LabeledSpan::new_primary_with_span(Some(text.clone()), place)
            } else {
                LabeledSpan::new_with_span(Some(text.clone()), place)
            }
        });
        Some(Box::new(labels))
    }
}
