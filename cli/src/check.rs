//! `fen check`

use std::process::ExitCode;

use fen_compiler::{Lang, analyze, render};
use serde_json::json;

use crate::args::{CheckArgs, CheckFormat};
use crate::error::{Outcome, print, print_error};
use crate::{files, load};

/// Checks policies; exit code 0 if there are no errors, 1 if there are.
pub(crate) fn check(args: &CheckArgs, lang: Lang) -> Outcome<ExitCode> {
    let paths = files::policies(&args.paths)?;
    let mut all = Vec::new();
    let mut bad = 0_usize;
    for path in &paths {
        let source = files::source(path)?;
        let analysis = analyze(&source);
        bad += usize::from(analysis.has_error());
        match args.format {
            CheckFormat::Text => load::report(&source, &analysis, lang),
            CheckFormat::Json => all.extend(render::json(&source, analysis.diagnostics(), lang)),
        }
    }
    match args.format {
        CheckFormat::Json => print(&format!("{:#}\n", json!({ "diagnostics": all })))?,
        CheckFormat::Text => {
            let (count, good) = (paths.len(), paths.len() - bad);
            print_error(&match lang {
                Lang::En => format!("{good} of {count} without errors\n"),
                Lang::Zh => format!("共检查 {count} 份，其中 {good} 份没有错误\n"),
            });
        }
    }
    Ok(if bad == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}
