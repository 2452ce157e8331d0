//! The site: one HTML file for each page, beside one style sheet. It works from a folder, without a server or a network.

use std::path::Path;
use std::{fs, io};

use crate::highlight::Words;
use crate::html::{body, escaped};
use crate::pages::{Book, Language, Page};

const STYLE: &str = include_str!("style.css");

/// What stands around the pages, in one language.
struct Texts {
    html_language: &'static str,
    book: &'static str,
    chapters: &'static str,
    other: &'static str,
    skip: &'static str,
}

fn texts(language: Language) -> Texts {
    match language {
        Language::English => Texts {
            html_language: "en",
            book: "The Fen book",
            chapters: "Chapters",
            other: "中文",
            skip: "To the text",
        },
        Language::Chinese => {
            Texts {
                html_language: "zh-CN", book: "分：使用手册", chapters: "目录", other: "English", skip: "跳至正文"
            }
        }
    }
}

/// Writes the site into a folder, which is made if need be. Files that are there already are replaced.
///
/// # Errors
/// If a file cannot be written.
pub fn write_site(book: &Book, folder: &Path) -> io::Result<()> {
    let reference = book.page("language", Language::English).map(|page| page.markdown.as_str()).unwrap_or_default();
    let words = Words::of(reference);
    for language in Language::BOTH {
        fs::create_dir_all(folder.join(language.code()))?;
    }
    for page in book.pages() {
        fs::write(folder.join(page.target()), html(book, page, &words))?;
    }
    fs::write(folder.join("style.css"), STYLE)?;
    fs::write(folder.join("index.html"), entrance())
}

/// The page that asks for the language.
fn entrance() -> String {
    let links = Language::BOTH.map(|language| {
        let Texts { html_language, book, .. } = texts(language);
        format!("<p><a lang=\"{html_language}\" href=\"{}/index.html\">{book}</a></p>\n", language.code())
    });
    format!(
        "{}<body class=\"entrance\">\n<main>\n{}</main>\n</body>\n</html>\n",
        head("zh-CN", "Fen 分", "style.css"),
        links.concat()
    )
}

fn head(language: &str, title: &str, style: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{}</title>\n\
         <link rel=\"icon\" href=\"data:,\">\n<link rel=\"stylesheet\" href=\"{style}\">\n</head>\n",
        escaped(title)
    )
}

fn html(book: &Book, page: &Page, words: &Words) -> String {
    let texts = texts(page.language);
    let title = format!("{} · {}", page.title(), texts.book);
    let navigation = navigation(book, page);
    format!(
        "{head}<body>\n<a class=\"skip\" href=\"#text\">{skip}</a>\n<header>\n<p class=\"book\"><a href=\"../{code}/index.html\">{name}</a></p>\n\
         {switch}</header>\n<div class=\"columns\">\n\
         <nav class=\"side\" aria-label=\"{chapters}\">{navigation}</nav>\n\
         <details class=\"menu\"><summary>{chapters}</summary><nav aria-label=\"{chapters}\">{navigation}</nav></details>\n\
         <main id=\"text\">\n{body}{turn}</main>\n</div>\n</body>\n</html>\n",
        head = head(texts.html_language, &title, "../style.css"),
        skip = texts.skip,
        code = page.language.code(),
        name = texts.book,
        switch = switch(book, page, &texts),
        chapters = texts.chapters,
        body = body(book, page, words),
        turn = turn(book, page),
    )
}

/// The link to the same page in the other language, or to its first page where there is none.
fn switch(book: &Book, page: &Page, texts: &Texts) -> String {
    let other = if page.language == Language::English { Language::Chinese } else { Language::English };
    let same = book.pages().iter().find(|one| one.name == page.name && one.language == other);
    let address = same.map_or_else(|| format!("{}/index.html", other.code()), Page::target);
    let language = self::texts(other).html_language;
    format!(
        "<p class=\"switch\"><a lang=\"{language}\" hreflang=\"{language}\" href=\"../{address}\">{}</a></p>\n",
        texts.other
    )
}

/// All chapters; under the one at hand its sections.
fn navigation(book: &Book, page: &Page) -> String {
    let mut html = String::from("<ol>");
    for chapter in book.chapters(page.language) {
        let is_here = std::ptr::eq(chapter, page);
        let current = if is_here { " aria-current=\"page\"" } else { "" };
        html += &format!("<li><a href=\"../{}\"{current}>{}</a>", chapter.target(), escaped(&chapter.title()));
        if is_here {
            let sections = page.headings().into_iter().filter(|heading| heading.level == 2);
            let links = sections.map(|one| format!("<li><a href=\"#{}\">{}</a></li>", one.anchor, escaped(&one.text)));
            html += &format!("<ol>{}</ol>", links.collect::<String>());
        }
        html += "</li>";
    }
    html + "</ol>"
}

/// Links to the chapters before and after.
fn turn(book: &Book, page: &Page) -> String {
    let chapters = book.chapters(page.language);
    let here = chapters.iter().position(|chapter| std::ptr::eq(*chapter, page));
    let at = |place: Option<usize>| place.and_then(|place| chapters.get(place));
    let link = |chapter: Option<&&Page>, rel: &str, text: &dyn Fn(String) -> String| {
        chapter.map_or_else(String::new, |chapter| {
            format!("<a rel=\"{rel}\" href=\"../{}\">{}</a>", chapter.target(), text(escaped(&chapter.title())))
        })
    };
    let before = link(at(here.and_then(|here| here.checked_sub(1))), "prev", &|title| format!("← {title}"));
    let after = link(at(here.map(|here| here + 1)), "next", &|title| format!("{title} →"));
    format!("<nav class=\"turn\">{before}{after}</nav>\n")
}
