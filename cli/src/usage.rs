//! What is wrong with a command line, in Chinese; in English the parser of the command line says it.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use fen_compiler::Lang;

use crate::error::print_error;
use crate::files::is_policy;
use crate::language;

/// Tells what is wrong with the command line, or prints the help that was asked for.
pub(crate) fn report(error: &clap::Error) -> ExitCode {
    let policy = std::env::args().skip(1).map(PathBuf::from).find(|path| path.is_file() && is_policy(path));
    let lang = language::choose(asked(std::env::args().skip(1)), policy.as_deref());
    let code = ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
    match (lang, chinese(error)) {
        (Lang::Zh, Some(text)) if error.use_stderr() => print_error(&text),
        // Nobody is left to tell if this fails.
        _ => drop(error.print()),
    }
    code
}

/// The language that is asked for on a command line that could not be read.
fn asked(mut arguments: impl Iterator<Item = String>) -> Option<Lang> {
    while let Some(argument) = arguments.next() {
        let value = match argument.strip_prefix("--lang") {
            Some("") => arguments.next(),
            Some(value) => value.strip_prefix('=').map(str::to_owned),
            None => continue,
        };
        match value.as_deref() {
            Some("zh") => return Some(Lang::Zh),
            Some("en") => return Some(Lang::En),
            _ => {}
        }
    }
    None
}

/// The message in Chinese; `None` for kinds that have none, and for help.
fn chinese(error: &clap::Error) -> Option<String> {
    let what = what(error)?;
    let mut text = format!("错误：{what}\n");
    // The likeliest stands last.
    let near = |kind| texts(error, kind).pop();
    let near = [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue]
        .into_iter()
        .find_map(near);
    if let Some(near) = near {
        text += &format!("\n  是否想写“{near}”？\n");
    }
    let usage = texts(error, ContextKind::Usage).concat();
    if !usage.is_empty() {
        text += &format!("\n{}\n", usage.trim_end().replace("Usage: ", "用法：").replace("[OPTIONS]", "[选项]"));
    }
    Some(text + "\n用 --help 查看全部用法。\n")
}

fn what(error: &clap::Error) -> Option<String> {
    let one = |kind| texts(error, kind).join("、");
    let argument = one(ContextKind::InvalidArg);
    let value = one(ContextKind::InvalidValue);
    Some(match error.kind() {
        ErrorKind::MissingRequiredArgument => format!("缺少必填的参数：{argument}"),
        ErrorKind::MissingSubcommand => "缺少要执行的命令".to_owned(),
        ErrorKind::InvalidSubcommand => format!("没有名为“{}”的命令", one(ContextKind::InvalidSubcommand)),
        ErrorKind::UnknownArgument => format!("不认识参数“{argument}”"),
        ErrorKind::InvalidValue if value.is_empty() => format!("{argument} 之后缺少取值{}", choices(error)),
        ErrorKind::InvalidValue => format!("{argument} 不能取“{value}”{}", choices(error)),
        ErrorKind::ValueValidation => format!("{argument} 不能取“{value}”{}", wanted(error)),
        ErrorKind::ArgumentConflict => {
            let prior = one(ContextKind::PriorArg);
            match prior.as_str() {
                "" => format!("{argument} 与其他参数不能同时使用"),
                _ if prior == argument => format!("{argument} 只能写一次"),
                _ => format!("{argument} 与 {prior} 不能同时使用"),
            }
        }
        ErrorKind::TooManyValues => format!("{argument} 的取值过多：“{value}”"),
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => format!("{argument} 的取值个数不对"),
        ErrorKind::InvalidUtf8 => "参数不是 UTF-8 文本".to_owned(),
        _ => return None,
    })
}

/// What a number must be.
fn wanted(error: &clap::Error) -> String {
    let why = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    match why.split_once(" is not in ") {
        Some((_, range)) => format!("，应在 {range} 之内"),
        None if why.contains("invalid digit") => "，应为整数".to_owned(),
        None => String::new(),
    }
}

/// The values that can be chosen from.
fn choices(error: &clap::Error) -> String {
    match texts(error, ContextKind::ValidValue).as_slice() {
        [] => String::new(),
        values => format!("，可取：{}", values.join("、")),
    }
}

/// What the parser notes of a kind.
fn texts(error: &clap::Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        Some(ContextValue::StyledStr(text)) => vec![text.to_string()],
        Some(ContextValue::StyledStrs(texts)) => texts.iter().map(ToString::to_string).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::args::Args;

    #[test]
    fn mistakes_on_the_command_line_are_said_in_chinese() {
        let said = |line: &str| {
            let error = Args::try_parse_from(line.split(' ')).unwrap_err();
            chinese(&error).unwrap_or_default()
        };
        let all = [
            "fen check",
            "fen chek a.fen",
            "fen check a.fen --langg zh",
            "fen check a.fen --format xml",
            "fen check a.fen --format",
            "fen explain a.fen --input b.csv --row 0",
            "fen test a.fen --claims many",
            "fen check --lang zh --lang zh a.fen",
            "fen build a.fen b.fen -o c",
            "fen --help",
        ];
        let texts: Vec<String> = all.iter().map(|line| format!("$ {line}\n{}", said(line))).collect();
        insta::assert_snapshot!(texts.join("\n"));
    }

    #[test]
    fn the_language_is_found_on_a_broken_line() {
        let asked = |line: &str| asked(line.split(' ').map(str::to_owned));
        assert_eq!(asked("check --lang zh"), Some(Lang::Zh));
        assert_eq!(asked("--lang=en chek"), Some(Lang::En));
        assert_eq!(asked("check --language zh"), None);
    }
}
