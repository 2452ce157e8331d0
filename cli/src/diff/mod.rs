//! `fen diff`: which rules two policies do not have in common, and what that makes of claims.

mod book;
mod bounds;
mod by;
mod causes;
mod html;
mod json;
mod outputs;
mod report;
mod settle;
mod text;
mod touches;

use std::path::Path;
use std::process::ExitCode;

use fen_compiler::{Analysis, Lang, Policy, analyze_with, compare};
use fen_runtime::Runtime;

use self::outputs::Translation;
use self::report::Report;
pub(crate) use self::report::say;
use self::touches::Touches;
use crate::args::{DiffArgs, ReportFormat};
use crate::disk::Disk;
use crate::error::{Error, Outcome};
use crate::files::{self, keep_apart};
use crate::load;

/// Compares two policies; exit code 0 if they say the same, 1 if they differ, 2 if that could not be found out.
pub(crate) fn diff(args: &DiffArgs, lang: Lang) -> Outcome<ExitCode> {
    let read = [Some(&args.old), Some(&args.new), args.input.as_ref(), args.params.as_ref()];
    let read: Vec<&Path> = read.into_iter().flatten().map(AsRef::as_ref).collect();
    let written: Vec<&Path> = args.output.iter().map(AsRef::as_ref).collect();
    keep_apart(&read, &written)?;
    // Warnings are `fen check`'s to say.
    let (old, new) = (analyze(&args.old, lang)?, analyze(&args.new, lang)?);
    let (old, new) = (policy(&old, &args.old)?, policy(&new, &args.new)?);
    let comparison = compare(old, new);
    let names = Translation::new(&comparison.renamed);
    let settled = match &args.input {
        None => None,
        Some(path) => {
            let runtime = Runtime::new()?;
            let [one, other] = [old, new].map(|policy| {
                let module = policy.compile().map_err(|failure| {
                    let text = fen_compiler::Diagnostic::from(failure).message;
                    Error::new("fen::internal::emit", text.en, text.zh)
                })?;
                Ok::<_, Error>(runtime.load(&module.wasm)?)
            });
            let (one, other) = (one?, other?);
            let settled = settle::settle(args, path, [&one, &other], &names)?;
            Some((settled, other.schema().dated_by.clone()))
        }
    };
    let report = Report {
        comparison: &comparison,
        settled: settled.as_ref().map(|(settled, dated_by)| {
            let touches = settled.main_output().map(|output| {
                Touches::new(&comparison.changes, [old, new], &names, &output.column.name, dated_by.clone())
            });
            let causes = settled.book.top.kept().iter().map(|claim| {
                let explained = claim.explained.and_then(|row| settled.explained.get(&row));
                touches.as_ref().map(|touches| causes::causes(touches, claim, explained)).unwrap_or_default()
            });
            (settled, causes.collect())
        }),
    };
    let said = match args.format {
        ReportFormat::Text => text::text(&report, lang),
        ReportFormat::Json => json::json(&report),
        ReportFormat::Html => html::html(&report, lang),
    };
    files::write(args.output.as_deref(), &said)?;
    let is_same = comparison.is_same() && settled.as_ref().is_none_or(|(settled, _)| settled.is_same());
    Ok(if is_same { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn analyze(path: &Path, lang: Lang) -> Outcome<Analysis> {
    let source = files::source(path)?;
    let analysis = analyze_with(&source, &Disk);
    if analysis.has_error() {
        load::report(&analysis, lang);
        return Err(Error::Reported);
    }
    Ok(analysis)
}

fn policy<'a>(analysis: &'a Analysis, path: &Path) -> Outcome<&'a Policy> {
    let path = path.display();
    analysis.policy().ok_or_else(|| {
        Error::new(
            "fen::build::library",
            format!("{path} is a library; policies that import from it can be compared"),
            format!("{path} 是规则库，不能单独比较；请比较引用它的政策"),
        )
    })
}
