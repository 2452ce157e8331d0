//! Links between pages: where they lead, and which lead nowhere.

use std::path::{Component, Path, PathBuf};

use pulldown_cmark::{Event, Parser, Tag};

use crate::blocks::options;
use crate::pages::{Book, Page};

/// Where a link of a page leads.
pub(crate) enum Target<'a> {
    /// To another place in the world.
    Elsewhere,
    /// To a page of the book (perhaps its own), and there to an anchor.
    Page(&'a Page, Option<String>),
    /// To a file of the repository that is no page.
    File(PathBuf),
}

/// Where `link`, as it stands in a page, leads.
pub(crate) fn target<'a>(book: &'a Book, page: &'a Page, link: &str) -> Target<'a> {
    if link.contains("://") || link.starts_with("mailto:") {
        return Target::Elsewhere;
    }
    let (path, anchor) = match link.split_once('#') {
        Some((path, anchor)) => (path, Some(anchor.to_owned())),
        None => (link, None),
    };
    if path.is_empty() {
        return Target::Page(page, anchor);
    }
    let folder = Path::new(page.source).parent().unwrap_or(Path::new(""));
    let path = plain(&folder.join(path));
    let leads_to = |one: &&Page| Path::new(one.source) == path;
    let same = book.pages().iter().filter(|one| one.language == page.language).find(leads_to);
    match same.or_else(|| book.pages().iter().find(leads_to)) {
        Some(found) => Target::Page(found, anchor),
        None => Target::File(path),
    }
}

/// A relative path without `.` and `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                plain.pop();
            }
            Component::Normal(name) => plain.push(name),
            _ => {}
        }
    }
    plain
}

/// The links that lead nowhere: to a file that does not exist, or to a heading that its page does not have. One line each.
#[must_use]
pub fn dead_links(book: &Book) -> Vec<String> {
    let mut dead = Vec::new();
    for page in book.pages() {
        for event in Parser::new_ext(&page.markdown, options()) {
            let Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) = event else { continue };
            let lives = match target(book, page, &dest_url) {
                Target::Elsewhere | Target::Page(_, None) => true,
                Target::Page(to, Some(anchor)) => to.headings().iter().any(|heading| heading.anchor == anchor),
                Target::File(path) => book.root.join(path).exists(),
            };
            if !lives {
                dead.push(format!("{}: {dest_url}", page.source));
            }
        }
    }
    dead
}
