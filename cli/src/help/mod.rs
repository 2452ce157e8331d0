//! `fen help`

mod find;
mod page;

use std::process::ExitCode;

use clap::Parser;
use fen_compiler::Lang;

use self::find::{Found, find, groups, namesakes};
use self::page::{Page, Piece, Section};
use crate::args::{Args, HelpArgs};
use crate::error::{Error, Outcome, print};

/// What is said of every code.
const ERRORS: &str = include_str!("../../../docs/errors.md");

/// How many columns of a terminal prose takes.
const WIDTH: usize = 100;

/// Explains a code, or prints the help of the command or of one of its parts.
pub(crate) fn help(args: &HelpArgs, lang: Lang) -> Outcome<ExitCode> {
    let Some(topic) = &args.topic else { return usage(&["fen", "--help"]) };
    let topic = topic.trim_matches(['[', ']', ' ']);
    if Args::has_command(topic) {
        return usage(&["fen", topic, "--help"]);
    }
    let page = Page::read(ERRORS);
    match find(&page, topic) {
        Found::One(section) => {
            let others = namesakes(&page, section.code);
            print(&(section_text(section, lang) + &see_also(&others, lang)))?;
        }
        Found::Group(sections) => print(&list(&sections, lang))?,
        Found::Several(sections) => return Err(ambiguous(topic, &sections, lang)),
        Found::None { near } => return Err(unknown(topic, &near, &groups(&page))),
    }
    Ok(ExitCode::SUCCESS)
}

/// What clap prints for `--help`.
fn usage(arguments: &[&str]) -> Outcome<ExitCode> {
    match Args::try_parse_from(arguments) {
        Ok(_) => Ok(ExitCode::SUCCESS),
        Err(help) => help.print().map(|()| ExitCode::SUCCESS).map_err(|error| Error::write("-".as_ref(), &error)),
    }
}

/// A section as text: its title, its paragraphs at the width of a terminal, its blocks indented.
fn section_text(section: &Section<'_>, lang: Lang) -> String {
    let [en, zh] = &section.halves;
    let pieces = match lang {
        Lang::En => en,
        Lang::Zh => zh,
    };
    let mut text = format!("{}\n{}\n", section.code, title(section, lang));
    for piece in pieces {
        text.push('\n');
        match piece {
            Piece::Prose(prose) => {
                text.push_str(&textwrap::fill(&plain(prose, lang), WIDTH));
                text.push('\n');
            }
            Piece::Block { info, lines } => {
                if let Some(name) = file_name(info) {
                    text.push_str(&format!("    [{name}]\n"));
                }
                for line in lines {
                    text.push_str(format!("    {line}").trim_end());
                    text.push('\n');
                }
            }
        }
    }
    text
}

/// The name of the file that a block is.
fn file_name(info: &str) -> Option<&str> {
    let name = ["csv ", "toml ", "fen file "].iter().find_map(|kind| info.strip_prefix(kind))?;
    (!name.contains(' ') && name.contains('.')).then_some(name)
}

/// Prose without Markdown: no stars, and in Chinese quotation marks around code.
fn plain(prose: &str, lang: Lang) -> String {
    if lang == Lang::En {
        return prose.replace("**", "");
    }
    let prose = match prose.strip_prefix("**").and_then(|rest| rest.split_once("** ")) {
        Some((label, rest)) => format!("{label}：{rest}"),
        None => prose.to_owned(),
    };
    let mut text = String::new();
    for (at, part) in prose.split('`').enumerate() {
        // Quotation marks need no spaces around them.
        let (is_code, is_first) = (at % 2 == 1, at == 0);
        match (is_code, is_first) {
            (true, _) => text = text.trim_end_matches(' ').to_owned() + "“" + part + "”",
            (false, true) => text.push_str(part),
            (false, false) => text.push_str(part.trim_start_matches(' ')),
        }
    }
    text
}

fn title<'p>(section: &Section<'p>, lang: Lang) -> &'p str {
    let [en, zh] = section.titles;
    match lang {
        Lang::En => en,
        Lang::Zh => zh,
    }
}

/// Codes with their titles, a line each.
fn list(sections: &[&Section<'_>], lang: Lang) -> String {
    let width = sections.iter().map(|section| section.code.len()).max().unwrap_or_default();
    let line = |section: &&Section<'_>| format!("{:width$}  {}\n", section.code, title(section, lang));
    sections.iter().map(line).collect()
}

/// Other codes that may have been meant.
fn see_also(sections: &[&Section<'_>], lang: Lang) -> String {
    if sections.is_empty() {
        return String::new();
    }
    let label = match lang {
        Lang::En => "See also:",
        Lang::Zh => "另见：",
    };
    format!("\n{label}\n{}", list(sections, lang))
}

fn ambiguous(topic: &str, sections: &[&Section<'_>], lang: Lang) -> Error {
    let list = list(sections, lang);
    let list = list.trim_end();
    Error::new(
        "fen::help::ambiguous",
        format!("several codes end in `{topic}`:\n{list}"),
        format!("有几个代码以“{topic}”结尾：\n{list}"),
    )
}

fn unknown(topic: &str, near: &[&str], groups: &[&str]) -> Error {
    let (en, zh) = match near {
        [] => (
            format!(
                "; a code looks like `fen::tier::gap` and stands above its message, its end `tier::gap` or a group of codes \
                 will do: {}; `fen --help` lists the commands",
                groups.join(", ")
            ),
            format!(
                "；代码形如 fen::tier::gap，写在每条提示的开头，也可只写后半部分 tier::gap，或一类代码：{}；命令见 fen --help",
                groups.join("、")
            ),
        ),
        near => {
            let quoted = |open: char, close: char, comma: &str| {
                near.iter().map(|code| format!("{open}{code}{close}")).collect::<Vec<_>>().join(comma)
            };
            (format!("; did you mean {}?", quoted('`', '`', " or ")), format!("，是否指{}？", quoted('“', '”', "或")))
        }
    };
    Error::new(
        "fen::help::unknown",
        format!("`{topic}` is neither a code nor a command{en}"),
        format!("“{topic}”既不是代码，也不是命令{zh}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section() -> String {
        let page = "## A / 甲\n\n### fen::a::b: One / 一\n\n**Cause.** Write `x`.\n\n```csv f.csv\na,b\n\n```\n\n**原因** 写 `x`，不写 `y`。\n";
        let page = Page::read(page);
        let texts =
            [Lang::En, Lang::Zh].map(|lang| page.sections().map(|one| section_text(one, lang)).collect::<String>());
        texts.join("---\n")
    }

    #[test]
    fn sections_are_plain_text() {
        let wanted = "fen::a::b\nOne\n\nCause. Write `x`.\n\n    [f.csv]\n    a,b\n\n---\nfen::a::b\n一\n\n原因：写“x”，不写“y”。\n";
        assert_eq!(section(), wanted);
    }
}
