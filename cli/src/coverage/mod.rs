//! `fen coverage`: of every computable clause of a notice, where policies implement it and what they wait for.

mod encoded;
mod provisions;
mod report;

use std::process::ExitCode;

use fen_compiler::Lang;

use self::encoded::Encoded;
use self::provisions::plain;
use crate::args::CoverageArgs;
use crate::error::{Error, Outcome, print_error};
use crate::files;

/// Writes the report; exit code 0 if every clause has rules or a reason for having none, and every quotation is one; else 1.
pub(crate) fn coverage(args: &CoverageArgs, lang: Lang) -> Outcome<ExitCode> {
    let provisions = provisions::read(&args.provisions)?;
    let ids: Vec<&str> = provisions.iter().map(|provision| provision.id.as_str()).collect();
    let mut encoded = Encoded::default();
    for path in files::policies(&args.paths)? {
        encoded::look(&files::source(&path)?, &ids, &mut encoded);
    }
    let mut problems: Vec<Error> = provisions
        .iter()
        .filter(|one| one.not_computable.is_empty() && !encoded.places.contains_key(&one.id))
        .map(|one| {
            let (id, clause) = (&one.id, &one.clause);
            Error::new(
                "fen::coverage::missing",
                format!("no rule names {id} ({clause}), and no reason says why it has none"),
                format!("没有规则写明 {id}（{clause}），也没有写明无须计算的理由"),
            )
        })
        .collect();
    if let Some(path) = &args.notice {
        let notice = files::source(path)?;
        let notice = plain(notice.text());
        let wrong = provisions.iter().flat_map(|one| one.pieces().map(move |piece| (one.id.clone(), piece.to_owned())));
        let quoted = encoded.quotes.iter().map(|quote| (format!("{}:{}", quote.file, quote.line), quote.text.clone()));
        for (place, text) in wrong.chain(quoted).filter(|(_, text)| !notice.contains(&plain(text))) {
            problems.push(Error::new(
                "fen::coverage::quote",
                format!("{place}: not in {}: \"{text}\"", path.display()),
                format!("{place}：{} 中没有“{text}”", path.display()),
            ));
        }
    }
    files::write(args.output.as_deref(), &report::markdown(&provisions, &encoded, lang))?;
    problems.iter().for_each(|problem| problem.report(lang));
    if problems.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    print_error(&match lang {
        Lang::En => format!("{} problems\n", problems.len()),
        Lang::Zh => format!("共 {} 处问题\n", problems.len()),
    });
    Ok(ExitCode::from(1))
}
