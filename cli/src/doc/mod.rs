//! `fen doc`: policies as a static site.
//!
//! One page per policy, each whole in itself: no script, style, font or picture comes from elsewhere, so that a page works from
//! a disk and in an archive. What a page shows is taken from the policy and nothing else.

mod body;
mod chart;
mod code;
mod figures;
mod glossary;
mod html;
mod markdown;
mod notice;
mod page;
mod picture;
mod plain;
mod policy;
mod sections;
mod site;
mod twin;
mod values;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use fen_compiler::{Lang, Text};

use self::html::{escape, say};
use self::page::Page;
use self::policy::Known;
use self::site::{Place, Site};
use crate::args::DocArgs;
use crate::error::{Error, Outcome, print_error};
use crate::files::{self, Draft};
use crate::load;

/// Renders policies; exit code 1 if one of them has errors, and then nothing is written.
pub(crate) fn doc(args: &DocArgs, lang: Lang) -> Outcome<ExitCode> {
    if args.output.exists() && !args.output.is_dir() {
        let path = args.output.display();
        return Err(Error::new(
            "fen::doc::not_a_folder",
            format!("{path} is a file; -o names a folder"),
            format!("{path} 是文件，-o 须指定文件夹"),
        ));
    }
    let site = Site::read(&args.paths)?;
    for document in &site.documents {
        load::report(&document.analysis, lang);
    }
    let bad = site.documents.iter().filter(|document| document.analysis.has_error()).count();
    if bad > 0 {
        print_error(&match lang {
            Lang::En => format!("{bad} of {} have errors; nothing is written\n", site.documents.len()),
            Lang::Zh => format!("共 {} 份，其中 {bad} 份有错误，未生成任何页面\n", site.documents.len()),
        });
        return Ok(ExitCode::from(1));
    }
    let mut pages: Vec<(PathBuf, String)> = Vec::new();
    let mut cards: Vec<(&Place, String)> = Vec::new();
    let known: Vec<Known<'_>> = site.documents.iter().map(|document| Known::of(document, &site)).collect();
    for one in &known {
        let (document, (page, summary)) = (one.document, policy::page(one));
        pages.push((document.place.below(&args.output), page.render(lang)));
        cards.push((&document.place, policy::card(document, &summary)));
    }
    for notice in &site.notices {
        let (page, card) = notice::page(notice, &site, &known);
        pages.push((notice.place.below(&args.output), page.render(lang)));
        cards.push((&notice.place, card));
    }
    // Every folder's pages stand together. First those beside the index, and of these the files with several policies; then the
    // folders of these.
    cards.sort_by_key(|(place, _)| {
        let folders = place.page.split_last().map(|(_, folders)| folders.to_vec()).unwrap_or_default();
        let is_notice = site.notices.iter().any(|notice| std::ptr::eq(&raw const notice.place, *place));
        let is_of_notice = site.notices.iter().any(|notice| notice.folder() == folders);
        (!folders.is_empty() && !is_of_notice, folders, !is_notice)
    });
    pages.push((args.output.join("index.html"), index(&cards, site.documents.len()).render(lang)));
    let read: Vec<&Path> = site.documents.iter().map(|document| document.path.as_path()).collect();
    let written: Vec<&Path> = pages.iter().map(|(path, _)| path.as_path()).collect();
    files::keep_apart(&read, &written)?;
    let mut whole = Vec::new();
    for (path, html) in &pages {
        let mut draft = Draft::create(path)?;
        draft.write_all(html.as_bytes()).map_err(|error| Error::write(path, &error))?;
        whole.push(draft.close()?);
    }
    files::publish(whole)?;
    let (count, index) = (site.documents.len(), args.output.join("index.html"));
    print_error(&match lang {
        Lang::En => format!("{count} policies -> {}\n", index.display()),
        Lang::Zh => format!("共 {count} 份政策 -> {}\n", index.display()),
    });
    Ok(ExitCode::SUCCESS)
}

/// The page that lists all policies, by folder.
fn index(cards: &[(&Place, String)], count: usize) -> Page {
    let title = Text::new("Policies", "政策目录");
    let mut body = format!("<h1>{}</h1>\n", html::both(&title));
    let mut folder: Option<String> = None;
    for (place, card) in cards {
        let own = place.page.split_last().map(|(_, folders)| folders.join("/")).unwrap_or_default();
        if folder.as_ref() != Some(&own) {
            if folder.is_some() {
                body += "</ul>\n";
            }
            if !own.is_empty() {
                body += &format!("<h2>{}</h2>\n", escape(&own));
            }
            body += "<ul class=\"cards\">\n";
            folder = Some(own);
        }
        body += card;
    }
    if folder.is_some() {
        body += "</ul>\n";
    }
    body += &format!("<p class=\"note\">{}</p>\n", say(&format!("{count} in all"), &format!("共 {count} 份")));
    Page { title, index: None, body }
}
