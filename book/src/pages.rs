//! The pages of the book, and where they stand.

use std::io;
use std::path::{Path, PathBuf};

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use crate::halves::half;
use crate::slug::Slugs;

/// The language of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// 中文.
    Chinese,
}

impl Language {
    /// Both, in the order in which the site names them.
    pub const BOTH: [Self; 2] = [Self::Chinese, Self::English];

    /// The name of its folder, which is also its code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh",
        }
    }
}

/// A chapter: its name in the site, and its source in each language, seen from the root of the repository.
struct Chapter {
    name: &'static str,
    english: &'static str,
    /// The same page if that has a half for each language.
    chinese: &'static str,
}

const fn chapter(name: &'static str, english: &'static str, chinese: &'static str) -> Chapter {
    Chapter { name, english, chinese }
}

/// The chapters in the order of the book.
const CHAPTERS: [Chapter; 13] = [
    chapter("index", "docs/book/en/index.md", "docs/book/zh/index.md"),
    chapter("tutorial", "docs/book/en/tutorial.md", "docs/book/zh/tutorial.md"),
    chapter("drafters", "docs/book/en/drafters.md", "docs/book/zh/drafters.md"),
    chapter("tools", "docs/book/en/tools.md", "docs/book/zh/tools.md"),
    chapter("compare", "docs/compare.md", "docs/book/zh/compare.md"),
    chapter("editor", "docs/editor.md", "docs/book/zh/editor.md"),
    chapter("language", "docs/language.md", "docs/book/zh/language.md"),
    chapter("semantics", "docs/semantics.md", "docs/book/zh/semantics.md"),
    chapter("errors", "docs/errors.md", "docs/errors.md"),
    chapter("engineers", "docs/book/en/engineers.md", "docs/book/zh/engineers.md"),
    chapter("web", "docs/book/en/web.md", "docs/book/zh/web.md"),
    chapter("explain", "docs/explain.md", "docs/book/zh/explain.md"),
    chapter("abi", "docs/abi.md", "docs/book/zh/abi.md"),
];

/// One chapter in one language.
#[derive(Debug)]
pub struct Page {
    /// The chapter's name in the site, the same in both languages.
    pub name: &'static str,
    /// The language it is written in.
    pub language: Language,
    /// Where its source stands, seen from the root of the repository, with `/` between folders.
    pub source: &'static str,
    /// Its Markdown; of a page in both languages, the half in this one.
    pub markdown: String,
}

impl Page {
    /// Its first heading.
    #[must_use]
    pub fn title(&self) -> String {
        self.headings().into_iter().next().map(|heading| heading.text).unwrap_or_default()
    }

    /// Its file in the site, seen from the site's folder.
    #[must_use]
    pub fn target(&self) -> String {
        format!("{}/{}.html", self.language.code(), self.name)
    }

    pub(crate) fn headings(&self) -> Vec<Heading> {
        let mut slugs = Slugs::default();
        let mut headings = Vec::new();
        let mut open: Option<Heading> = None;
        for event in Parser::new_ext(&self.markdown, crate::blocks::options()) {
            match (event, &mut open) {
                (Event::Start(Tag::Heading { level, .. }), _) => {
                    open = Some(Heading { level: level as usize, text: String::new(), anchor: String::new() });
                }
                (Event::Text(text) | Event::Code(text), Some(heading)) => heading.text += &text,
                (Event::End(TagEnd::Heading(_)), Some(_)) => {
                    headings
                        .extend(open.take().map(|heading| Heading { anchor: slugs.next(&heading.text), ..heading }));
                }
                _ => {}
            }
        }
        headings
    }

    /// The levels of its headings, in their order: 1 for the title.
    #[must_use]
    pub fn outline(&self) -> Vec<usize> {
        self.headings().iter().map(|heading| heading.level).collect()
    }
}

/// A heading of a page.
pub(crate) struct Heading {
    pub(crate) level: usize,
    pub(crate) text: String,
    pub(crate) anchor: String,
}

/// The whole book.
#[derive(Debug)]
pub struct Book {
    /// The root of the repository.
    pub(crate) root: PathBuf,
    pages: Vec<Page>,
}

impl Book {
    /// Reads all pages.
    ///
    /// # Errors
    /// If one is missing or is no text.
    pub fn read(root: &Path) -> io::Result<Self> {
        let mut pages = Vec::new();
        for language in Language::BOTH {
            for Chapter { name, english, chinese } in &CHAPTERS {
                let source = match language {
                    Language::English => *english,
                    Language::Chinese => *chinese,
                };
                let mut markdown = std::fs::read_to_string(root.join(source))
                    .map_err(|error| io::Error::new(error.kind(), format!("{source}: {error}")))?;
                if chinese == english {
                    markdown = half(&markdown, language);
                }
                pages.push(Page { name, language, source, markdown });
            }
        }
        Ok(Self { root: root.to_owned(), pages })
    }

    /// All pages: the Chinese ones in the order of the book, then the English ones.
    #[must_use]
    pub fn pages(&self) -> &[Page] {
        &self.pages
    }

    /// The page of this name in the language.
    #[must_use]
    pub fn page(&self, name: &str, language: Language) -> Option<&Page> {
        self.pages.iter().find(|page| page.name == name && page.language == language)
    }

    /// The chapters as a reader of the language sees them.
    pub(crate) fn chapters(&self, language: Language) -> Vec<&Page> {
        self.pages.iter().filter(|page| page.language == language).collect()
    }
}
