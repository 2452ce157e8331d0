//! `fen check`

use std::process::ExitCode;

use fen_compiler::{Lang, analyze_with, render};
use serde_json::json;

use crate::args::{CheckArgs, CheckFormat};
use crate::disk::Disk;
use crate::error::{Outcome, print, print_error};
use crate::{files, load};

/// Checks policies; exit code 0 if there are no errors, 1 if there are, 2 if a file could not be read.
pub(crate) fn check(args: &CheckArgs, lang: Lang) -> Outcome<ExitCode> {
    let paths = files::policies(&args.paths)?;
    let mut all = Vec::new();
    let (mut bad, mut read, mut unreadable) = (0_usize, 0_usize, false);
    let mut first_code = None;
    for path in &paths {
        let source = match files::source(path) {
            Ok(source) => source,
            Err(error) => {
                unreadable = true;
                match args.format {
                    CheckFormat::Text => error.report(lang),
                    CheckFormat::Json => all.extend(error.json(path, lang)),
                }
                continue;
            }
        };
        let analysis = analyze_with(&source, &Disk);
        read += 1;
        bad += usize::from(analysis.has_error());
        first_code = first_code.or_else(|| analysis.diagnostics().first().map(|diagnostic| diagnostic.code));
        match args.format {
            CheckFormat::Text => load::report(&analysis, lang),
            CheckFormat::Json => all.extend(render::json(analysis.sources(), analysis.diagnostics(), lang)),
        }
    }
    match args.format {
        CheckFormat::Json => print(&format!("{:#}\n", json!({ "diagnostics": all })))?,
        CheckFormat::Text => {
            let (count, good) = (paths.len(), read - bad);
            print_error(&match lang {
                Lang::En => format!("{good} of {count} without errors\n"),
                Lang::Zh => format!("共检查 {count} 份，其中 {good} 份没有错误\n"),
            });
            if let Some(code) = first_code {
                print_error(&match lang {
                    Lang::En => format!("more on a code: fen help {code}\n"),
                    Lang::Zh => format!("代码详解：fen help {code}\n"),
                });
            }
        }
    }
    Ok(match (unreadable, bad) {
        (true, _) => ExitCode::from(2),
        (_, 0) => ExitCode::SUCCESS,
        _ => ExitCode::from(1),
    })
}
