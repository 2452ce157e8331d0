//! Which files become which pages.

use std::collections::HashSet;
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

use fen_compiler::{Analysis, analyze_with};
use fen_grammar::source::Source;
use fen_grammar::tree::Item;

use super::twin;
use crate::disk::Disk;
use crate::error::Outcome;
use crate::files;

/// Where a page lies.
pub(super) struct Place {
    /// The path of its file as the site shows it.
    pub(super) shown: String,
    /// The parts of its path within the site.
    pub(super) page: Vec<String>,
}

/// A policy that gets a page.
pub(super) struct Document {
    pub(super) path: PathBuf,
    pub(super) place: Place,
    pub(super) source: Source,
    pub(super) analysis: Analysis,
    /// Its own items, without those of files it imports or amends.
    pub(super) items: Vec<Item>,
    /// Its file in the words of the other language.
    pub(super) translated: Option<Rc<str>>,
}

/// A Markdown file with several policies, which has a page of its own beside theirs.
pub(super) struct Notice {
    pub(super) path: PathBuf,
    pub(super) place: Place,
    pub(super) source: Source,
}

impl Notice {
    /// The folder of the pages of its policies: called like its own page.
    pub(super) fn folder(&self) -> Vec<String> {
        folder_of(&self.place.page)
    }
}

/// All policies of a site.
#[derive(Default)]
pub(super) struct Site {
    pub(super) documents: Vec<Document>,
    pub(super) notices: Vec<Notice>,
}

impl Place {
    /// The address of the page, from the index.
    pub(super) fn address(&self) -> String {
        self.page.iter().map(|part| in_address(part)).collect::<Vec<_>>().join("/")
    }

    /// The way from the page to the index's folder.
    pub(super) fn to_root(&self) -> String {
        "../".repeat(self.page.len().saturating_sub(1))
    }

    /// Where the page lies below a folder.
    pub(super) fn below(&self, folder: &Path) -> PathBuf {
        folder.join(self.page.iter().collect::<PathBuf>())
    }
}

impl Site {
    /// Reads and checks the policies named by paths.
    pub(super) fn read(paths: &[PathBuf]) -> Outcome<Self> {
        let mut site = Self::default();
        let mut taken: HashSet<String> = HashSet::from(["index.html".to_owned()]);
        let mut known: HashSet<(PathBuf, Option<String>)> = HashSet::new();
        for path in paths {
            for file in files::documents(std::slice::from_ref(path))? {
                if !known.insert((files::place(&file), files::policy(&file).map(str::to_owned))) {
                    continue;
                }
                let source = files::source(&file)?;
                let parts = parts(path, &file, paths.len() > 1);
                let shown = parts.join("/");
                let page = page(&parts, &mut taken);
                let translated = twin::translated(&source).map(Rc::from);
                match source.policies().as_slice() {
                    [] | [_] => site.add(file, Place { shown, page }, source, translated),
                    several => {
                        for one in several {
                            let below = below(&page, one.policy().unwrap_or_default(), &mut taken);
                            let place = Place { shown: shown.clone(), page: below };
                            site.add(PathBuf::from(one.name()), place, one.clone(), translated.clone());
                        }
                        site.notices.push(Notice { path: file, place: Place { shown, page }, source });
                    }
                }
            }
        }
        Ok(site)
    }

    fn add(&mut self, path: PathBuf, place: Place, source: Source, translated: Option<Rc<str>>) {
        let (tree, _) = fen_grammar::parse_source(&source, 0);
        let analysis = analyze_with(&source, &Disk);
        self.documents.push(Document { path, place, analysis, source, items: tree.items, translated });
    }

    /// The file with several policies that a policy stands in.
    pub(super) fn notice_of(&self, document: &Document) -> Option<&Notice> {
        self.notices
            .iter()
            .find(|notice| document.source.policy().is_some() && notice.path == files::file(&document.path))
    }

    /// Where a link in a file leads: the page of another one.
    pub(super) fn page(&self, from: &Path, place: &Place, written: &str) -> Option<String> {
        let (path, heading) = written.split_once('#').map_or((written, ""), |(path, place)| (path, place));
        let target = files::place(&files::file(from).parent()?.join(path));
        let notices = self.notices.iter().map(|notice| (&notice.path, &notice.place));
        let documents = self.documents.iter().map(|document| (&document.path, &document.place));
        let (_, found) = notices.chain(documents).find(|(path, _)| files::place(path) == target)?;
        let heading = if heading.is_empty() { String::new() } else { format!("#{heading}") };
        Some(place.to_root() + &found.address() + &heading)
    }
}

/// The page of one of several policies.
fn below(notice: &[String], policy: &str, taken: &mut HashSet<String>) -> Vec<String> {
    let mut parts = folder_of(notice);
    parts.push(format!("{policy}.md"));
    page(&parts, taken)
}

/// The folder that is called like a page.
fn folder_of(page: &[String]) -> Vec<String> {
    let mut parts = page.to_vec();
    if let Some(last) = parts.last_mut() {
        *last = last.trim_end_matches(".html").to_owned();
    }
    parts
}

/// The parts of a file's path that the site shows: those below the folder that was named.
fn parts(named: &Path, file: &Path, has_several: bool) -> Vec<String> {
    let file = files::file(file);
    let below = file.strip_prefix(files::file(named)).ok().filter(|below| !below.as_os_str().is_empty());
    let below = below.map_or_else(|| PathBuf::from(file.file_name().unwrap_or_default()), Path::to_owned);
    let names = below.components().filter_map(|part| match part {
        Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
        _ => None,
    });
    let folder = named.file_name().filter(|_| has_several && named.is_dir());
    folder.map(|name| name.to_string_lossy().into_owned()).into_iter().chain(names).collect()
}

/// The page of a file: its name with another ending, or behind its own if that is taken.
fn page(parts: &[String], taken: &mut HashSet<String>) -> Vec<String> {
    let (file, folders) = parts.split_last().map_or(("policy", parts), |(file, folders)| (file.as_str(), folders));
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let mut count = 1_u32;
    let mut name = format!("{stem}.html");
    loop {
        let mut page = folders.to_vec();
        page.push(name);
        // Some file systems do not tell case apart.
        if taken.insert(page.join("/").to_lowercase()) {
            return page;
        }
        name = if count == 1 { format!("{file}.html") } else { format!("{file}.{count}.html") };
        count += 1;
    }
}

/// A name as a part of an address.
fn in_address(name: &str) -> String {
    let mut address = String::new();
    for c in name.chars() {
        match c {
            '%' => address.push_str("%25"),
            '#' => address.push_str("%23"),
            '?' => address.push_str("%3F"),
            ' ' => address.push_str("%20"),
            '\\' => address.push_str("%5C"),
            // A name with a colon would be taken for a scheme.
            ':' => address.push_str("%3A"),
            c => address.push(c),
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_have_names_of_their_own() {
        let mut taken = HashSet::from(["index.html".to_owned()]);
        let mut page_of = |path: &str| {
            let parts: Vec<String> = path.split('/').map(str::to_owned).collect();
            page(&parts, &mut taken).join("/")
        };
        let pages = ["a.fen", "a.md", "A.fen", "index.md", "b/a.fen", "a.md"].map(&mut page_of);
        assert_eq!(pages, ["a.html", "a.md.html", "A.fen.html", "index.md.html", "b/a.html", "a.md.2.html"]);
        assert_eq!(in_address("50% #1?.html"), "50%25%20%231%3F.html");
    }
}
