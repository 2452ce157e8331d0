//! Examples for what no case reaches, as source: everything that is no example is a comment. For a literate policy it is a
//! block of Markdown.

use std::fmt::Write as _;

use fen_compiler::literate::is_markdown;
use fen_compiler::{Lang, Suggested, Suggestion};

use super::Tested;
use super::report::place;

/// Points that are listed over one example.
const MOST_LISTED: usize = 6;

/// The suggestions for all policies, each in the language of its policy.
pub(super) fn source(tested: &[Tested]) -> String {
    let mut text = String::new();
    for one in tested {
        let Some(policy) = one.analysis.untested_policy() else { continue };
        let lang = policy.lang();
        let is_fenced = is_markdown(&one.name);
        if is_fenced {
            text.push_str("```fen\n");
        }
        if tested.len() > 1 || one.suggestions.is_empty() {
            let _ = writeln!(text, "# {}", one.name);
        }
        if one.suggestions.is_empty() {
            text.push_str(match lang {
                Lang::En => "# Everything that a claim can come to is reached.\n",
                Lang::Zh => "# 案例可及之处均已覆盖。\n",
            });
        }
        for suggestion in &one.suggestions {
            text.push_str(&block(one, suggestion, lang));
        }
        if is_fenced {
            text.push_str("```\n");
        }
    }
    text
}

/// A suggestion with what it is for.
fn block(tested: &Tested, suggestion: &Suggestion, lang: Lang) -> String {
    let mut text = String::new();
    let reaches = match lang {
        Lang::En => "reaches",
        Lang::Zh => "覆盖",
    };
    let list: Vec<String> = suggestion
        .points
        .iter()
        .take(MOST_LISTED)
        .map(|point| format!("{} ({})", point.text.get(lang), place(tested, point)))
        .collect();
    let more = suggestion.points.len().saturating_sub(MOST_LISTED);
    let first = list.first().cloned().unwrap_or_default();
    match &suggestion.found {
        Suggested::Example(example) => {
            for one in &list {
                let _ = writeln!(text, "# {reaches}: {one}");
            }
            let _ = match (lang, more) {
                (_, 0) => Ok(()),
                (Lang::En, _) => writeln!(text, "# {reaches}: and {more} more"),
                (Lang::Zh, _) => writeln!(text, "# {reaches}: 另有 {more} 处"),
            };
            text.push_str(match lang {
                Lang::En => "# TO BE CONFIRMED: computed by this policy itself; compare with the notice, then delete this line\n",
                Lang::Zh => "# 待人工核对：以下结果由本政策自行算出，请对照文件确认后删去本行\n",
            });
            text.push_str(example);
        }
        Suggested::Impossible => {
            let _ = match lang {
                Lang::En => writeln!(text, "# no claim can ever reach: {first}"),
                Lang::Zh => writeln!(text, "# 任何案例都不可能到达：{first}"),
            };
        }
        Suggested::Several => {
            let _ = match lang {
                Lang::En => writeln!(text, "# takes several claims, write a table of cases for: {first}"),
                Lang::Zh => writeln!(text, "# 需多笔单据才能到达，请写用例表：{first}"),
            };
        }
        Suggested::Unknown => {
            let _ = match lang {
                Lang::En => writeln!(text, "# no claim was found for: {first}"),
                Lang::Zh => writeln!(text, "# 未找到案例：{first}"),
            };
        }
    }
    text.push('\n');
    text
}
