//! What stands in the source, for people who read an explanation.

use fen_grammar::source::{Source, Sources, Span};

/// The texts of a policy.
pub(super) struct Texts<'a> {
    sources: &'a Sources,
}

impl<'a> Texts<'a> {
    pub(super) fn new(sources: &'a Sources) -> Self {
        Self { sources }
    }

    /// Whether a name stands at a place: what the compiler names itself does not.
    pub(super) fn is_named(&self, span: Span, name: &str) -> bool {
        self.sources.slice(span) == name
    }

    /// The text at a place in one line.
    pub(super) fn line(&self, span: Span) -> String {
        let lines = self.sources.slice(span).lines().map(without_comment);
        lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
    }

    /// The item that a place lies in: its line and the indented ones that go on with it.
    pub(super) fn item(&self, span: Span) -> String {
        let Some((source, span)) = self.sources.locate(span) else { return String::new() };
        let mut items: Vec<&str> = Vec::new();
        for (start, line) in lines_of(source) {
            if !line.starts_with([' ', '\t']) && !line.trim().is_empty() {
                if start > span.start {
                    break;
                }
                items.clear();
            }
            items.push(line);
        }
        let mut lines: Vec<&str> = items.into_iter().map(|line| without_comment(line).trim_end()).collect();
        lines.retain(|line| !line.is_empty());
        lines.join("\n")
    }
}

/// The lines of code with their ends, each with where it begins in the source; of Markdown those of its blocks.
fn lines_of(source: &Source) -> Vec<(usize, &str)> {
    if let Some(outline) = source.outline() {
        let lines = outline.policy_blocks().flat_map(|block| &block.lines);
        return lines.map(|line| (line.start, source.slice(*line))).collect();
    }
    let mut end = 0;
    let lines = source.text().split_inclusive('\n');
    lines
        .map(|line| {
            end += line.len();
            (end - line.len(), line)
        })
        .collect()
}

/// A line without the comment behind it.
fn without_comment(line: &str) -> &str {
    let mut is_quoted = false;
    for (at, char) in line.char_indices() {
        match char {
            '"' | '“' | '”' => is_quoted = !is_quoted,
            '#' | '＃' if !is_quoted => return line.get(..at).unwrap_or(line),
            _ => {}
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_of_markdown_are_those_of_its_blocks() {
        let mut sources = Sources::default();
        let text = "# T\n\n- words\n  ```fen\n  a = b\n    except when c: d\n  ```\n\nwords\n\n```fen\ne = f\n```\n";
        let start = sources.add(Source::new("a.md", text));
        let texts = Texts::new(&sources);
        let at = |what: &str| {
            let start = start + text.find(what).unwrap_or_default();
            Span { start, end: start + what.len() }
        };
        assert_eq!(texts.item(at("a = b")), "a = b\n  except when c: d");
        assert_eq!(texts.item(at("e = f")), "e = f");
    }

    #[test]
    fn items_are_found_with_their_lines() {
        let mut sources = Sources::default();
        let text = "input a: money\n\n# about b\nb = max(a,\n  1 yuan) # why\n\n  except when a: \"#1\"\nc = b\n";
        let start = sources.add(Source::new("a.fen", text));
        let texts = Texts::new(&sources);
        let at = |what: &str| {
            let start = start + text.find(what).unwrap_or_default();
            Span { start, end: start + what.len() }
        };
        assert_eq!(texts.item(at("b = ")), "b = max(a,\n  1 yuan)\n  except when a: \"#1\"");
        assert_eq!(texts.item(at("1 yuan")), texts.item(at("b = ")));
        assert_eq!(texts.item(at("c = b")), "c = b");
        assert_eq!(texts.line(at("max(a,\n  1 yuan)")), "max(a, 1 yuan)");
        assert!(texts.is_named(at("b"), "b") && !texts.is_named(at("b"), "b known"));
    }
}
