//! `fen fmt`

use std::io::{self, Read};
use std::path::Path;
use std::process::ExitCode;

use fen_compiler::literate::is_markdown;
use fen_compiler::render;
use fen_compiler::{Diagnostic, Lang, Source, Sources, bases, format_beside, format_markdown_beside};

use crate::args::FmtArgs;
use crate::disk::Disk;
use crate::error::{Error, Outcome, print, print_error};
use crate::{files, load};

/// What has become of the files.
#[derive(Default)]
struct Count {
    all: usize,
    /// Those that are or would be written.
    changed: usize,
    /// Those with mistakes, which are left alone.
    bad: usize,
    /// Whether one could not be read or written.
    is_incomplete: bool,
}

/// Formats policies in place, or says which ones would change; exit code 0 if all is well, 1 if a file has errors or would
/// change, 2 if one could not be read or written.
pub(crate) fn fmt(args: &FmtArgs, lang: Lang) -> Outcome<ExitCode> {
    let paths = files::documents(&args.paths)?;
    let mut count = Count::default();
    for path in paths.iter().map(|path| files::file(path)) {
        count.all += 1;
        match one(path, args, lang, &mut count) {
            Ok(()) => {}
            Err(Error::OutputClosed) => return Err(Error::OutputClosed),
            Err(error) => {
                error.report(lang);
                count.is_incomplete = true;
            }
        }
    }
    let is_piped = paths.iter().all(|path| is_standard(path));
    if !is_piped {
        print_error(&summary(&count, args.check, lang));
    }
    let Count { changed, bad, is_incomplete, .. } = count;
    Ok(match (is_incomplete, bad, args.check && changed > 0) {
        (true, ..) => ExitCode::from(2),
        (_, 0, false) => ExitCode::SUCCESS,
        _ => ExitCode::from(1),
    })
}

fn one(path: &Path, args: &FmtArgs, lang: Lang, count: &mut Count) -> Outcome<()> {
    let is_piped = is_standard(path);
    let source = if is_piped { standard_input()? } else { files::source(path)? };
    let to = args.lang.map(Lang::from);
    // In its own words nothing depends on what it amends.
    let bases = match to {
        Some(_) => bases(&source, &Disk).map_err(|base| no_base(path, &base))?,
        None => Vec::new(),
    };
    let is_markdown = match is_piped {
        true => args.markdown,
        false => is_markdown(source.name()),
    };
    let formatted = match is_markdown {
        true => format_markdown_beside(source.text(), &bases, to),
        false => format_beside(source.text(), &bases, to),
    };
    let formatted = match formatted {
        Ok(formatted) => formatted,
        Err(problems) => {
            count.bad += 1;
            report(source, &problems, lang);
            return Ok(());
        }
    };
    let changes = formatted != source.text();
    count.changed += usize::from(changes);
    match (args.check, is_piped) {
        (true, _) if changes => print(&format!("{}\n", path.display())),
        (false, true) => print(&formatted),
        (false, false) if changes => files::replace(path, formatted.as_bytes()),
        _ => Ok(()),
    }
}

fn no_base(path: &Path, base: &str) -> Error {
    let path = path.display();
    Error::new(
        "fen::format::base",
        format!("{path} amends `{base}`, which cannot be read: what is named there may have to be translated here"),
        format!("{path} 修订“{base}”，而该政策无法读取：其中的名称在此处可能需要翻译"),
    )
}

fn is_standard(path: &Path) -> bool {
    path == Path::new("-")
}

fn standard_input() -> Outcome<Source> {
    let path = Path::new("standard input");
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes).map_err(|error| Error::read(path, &error))?;
    files::source_of(path, bytes)
}

fn report(source: Source, problems: &[Diagnostic], lang: Lang) {
    let mut sources = Sources::default();
    sources.add(source);
    print_error(&render::text(&sources, problems, lang, load::style()));
}

fn summary(count: &Count, is_check: bool, lang: Lang) -> String {
    let Count { all, changed, bad, .. } = *count;
    let (mut text, refused) = match (lang, is_check) {
        (Lang::En, true) => (format!("{changed} of {all} would change"), format!(", {bad} with errors")),
        (Lang::En, false) => {
            (format!("{changed} of {all} changed"), format!(", {bad} with errors are left as they are"))
        }
        (Lang::Zh, true) => (format!("共 {all} 份，其中 {changed} 份需要整理"), format!("，{bad} 份有错误")),
        (Lang::Zh, false) => (format!("共 {all} 份，已整理 {changed} 份"), format!("，{bad} 份有错误，未作改动")),
    };
    if bad > 0 {
        text.push_str(&refused);
    }
    text.push('\n');
    text
}
