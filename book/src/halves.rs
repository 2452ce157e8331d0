//! Pages that say everything in both languages, such as `docs/errors.md`: each reader gets a half.

use crate::pages::Language;
use crate::slug::Slugs;

/// What stands before the two languages of a heading.
const BETWEEN: &str = " / ";
/// What the Chinese half of a section begins with.
const CHINESE_HALF: &str = "**原因**";

/// The half of a page in one language. Headings are `English / 中文`, behind a code and a colon if there are any. A section is English up to the
/// paragraph that begins with **原因**; elsewhere a paragraph is in the language of its first letter. Entries of the contents lead to headings. Comments are left out.
pub(crate) fn half(markdown: &str, language: Language) -> String {
    let mut written = String::new();
    let (mut fence, mut is_comment, mut is_chinese_half) = (None, false, false);
    for line in markdown.lines() {
        let is_other = match (&fence, is_comment) {
            (Some(mark), _) => {
                if line.trim_end() == *mark {
                    fence = None;
                }
                is_chinese_half != (language == Language::Chinese)
            }
            (None, true) => {
                is_comment = !line.contains("-->");
                true
            }
            (None, false) if line.starts_with("<!--") => {
                is_comment = !line.contains("-->");
                true
            }
            (None, false) if line.starts_with('#') => {
                is_chinese_half = false;
                written += &heading(line, language);
                true
            }
            (None, false) if line.starts_with("* [") && line.contains(BETWEEN) => {
                written += &entry(line, language);
                true
            }
            (None, false) => {
                is_chinese_half |= line.starts_with(CHINESE_HALF);
                if line.starts_with("```") {
                    fence = Some(line.chars().take_while(|c| *c == '`').collect::<String>());
                }
                // Before the half begins, a paragraph tells its language itself.
                let is_chinese = is_chinese_half || line.chars().next().is_some_and(is_han);
                !line.is_empty() && is_chinese != (language == Language::Chinese)
            }
        };
        if !is_other {
            written += line;
            written.push('\n');
        }
    }
    written
}

fn is_han(c: char) -> bool {
    ('\u{3400}'..='\u{9fff}').contains(&c)
}

/// A line of the contents: the half of the heading that it names, and the anchor that this half has.
fn entry(line: &str, language: Language) -> String {
    let title = line.trim_start_matches("* [").split("](").next().unwrap_or_default();
    let (english, chinese) = title.split_once(BETWEEN).unwrap_or((title, title));
    let title = if language == Language::English { english } else { chinese };
    format!("* [{title}](#{})\n", Slugs::default().next(title))
}

fn heading(line: &str, language: Language) -> String {
    let Some((english, chinese)) = line.split_once(BETWEEN) else { return format!("{line}\n") };
    if language == Language::English {
        return format!("{english}\n");
    }
    // What is common to both: the signs of the heading, and a code.
    let common = match english.split_once(": ") {
        Some((code, _)) => format!("{code}："),
        None => format!("{} ", english.split(' ').next().unwrap_or_default()),
    };
    format!("{common}{chinese}\n")
}

#[cfg(test)]
mod tests {
    use super::half;
    use crate::pages::Language;

    const PAGE: &str = "# Errors / 错误\n\nAll codes.\n\n所有代码。\n\n<!--\nnot shown\n-->\n\n* [Tiers / 分档](#tiers--分档)\n\n## Tiers / 分档\n\n\
        ### fen::a::b: A gap / 缺口\n\n**Cause.** X.\n\n```fen refused fen::a::b\n中文\n```\n\n**原因** 甲。\n\n````markdown corrected\n```fen\nx\n```\n````\n";

    #[test]
    fn every_reader_gets_a_half() {
        let shown =
            |language| half(PAGE, language).lines().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("|");
        let english = "# Errors|All codes.|* [Tiers](#tiers)|## Tiers|### fen::a::b: A gap|**Cause.** X.|```fen refused fen::a::b|中文|```";
        assert_eq!(shown(Language::English), english);
        let chinese = "# 错误|所有代码。|* [分档](#分档)|## 分档|### fen::a::b：缺口|**原因** 甲。|````markdown corrected|```fen|x|```|````";
        assert_eq!(shown(Language::Chinese), chinese);
    }
}
