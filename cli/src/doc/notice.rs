//! The page of a Markdown file with several policies: all of it, each block as a part of its policy, whose own page has the rest.

use std::collections::HashMap;

use fen_compiler::Text;
use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use fen_grammar::literate::{Plain, beginning, dialect};
use fen_grammar::source::{Source, Span};

use super::code::Code;
use super::html::{escape, say};
use super::markdown::{self, Around};
use super::page::{Page, facts};
use super::picture;
use super::policy::Known;
use super::site::{Document, Notice, Site};

/// The page of a file, and what the index says of it.
pub(super) fn page(notice: &Notice, site: &Site, known: &[Known<'_>]) -> (Page, String) {
    let (title, start) = title(&notice.source).unwrap_or_else(|| (notice.place.shown.clone(), 0));
    let policies: Vec<&Known<'_>> =
        known.iter().filter(|one| site.notice_of(one.document).is_some_and(|own| own.path == notice.path)).collect();
    let links: Vec<String> = policies.iter().map(|policy| link(policy.document, &notice.place.to_root())).collect();
    let about =
        [(Text::new("policies", "政策"), links.join("、")), (Text::new("file", "文件"), escape(&notice.place.shown))];
    let body = format!("<h1>{}</h1>\n{}{}", escape(&title), facts(&about), body(notice, site, &policies, start));
    let page = Page {
        title: Text::new(title.clone(), title.clone()),
        index: Some(notice.place.to_root() + "index.html"),
        body,
    };
    let address = escape(&notice.place.address());
    // Libraries are no policies.
    let count = policies.iter().filter(|policy| policy.schema.is_some()).count();
    let words = say(&format!("the whole text, with {count} policies"), &format!("全文，含 {count} 个政策"));
    let card = format!(
        "<li><h3><a data-page=\"{address}\" href=\"{address}\">{}</a></h3><p class=\"note\">{words}</p></li>\n",
        escape(&title)
    );
    (page, card)
}

/// The Markdown from `start` on.
fn body(notice: &Notice, site: &Site, policies: &[&Known<'_>], start: usize) -> String {
    let Some(outline) = notice.source.outline() else { return String::new() };
    // Definitions have their places in the page of their policy.
    let codes: Vec<Code<'_>> = policies.iter().map(|known| Code { defined: HashMap::new(), ..known.code() }).collect();
    let rules = |at: usize| {
        let block = outline.blocks().get(at)?;
        let own = policies.iter().position(|one| one.document.source.policy() == block.policy.as_deref())?;
        let (known, code) = (policies.get(own)?, codes.get(own)?);
        let document = known.document;
        let html = code.fenced(at) + &known.figures(code).within(block.span);
        let root = notice.place.to_root();
        // In no text do quotation marks stand as they are.
        let own = format!("href=\"{}#", escape(&(root.clone() + &document.place.address())));
        let name = format!("<p class=\"note\">{}</p>", link(document, &root));
        Some(name + &html.replace("href=\"#", &own))
    };
    let around = Around {
        whole: None,
        page: &|written| site.page(&notice.path, &notice.place, written),
        picture: &|written| picture::address(&notice.path, written),
    };
    markdown::body(&notice.source, outline, &[Span { start, end: usize::MAX }], &rules, &around).finish()
}

/// A policy by its name in the file, leading to its page.
fn link(document: &Document, root: &str) -> String {
    let page = escape(&(root.to_owned() + &document.place.address()));
    format!("<a data-page=\"{page}\" href=\"{page}\">{}</a>", escape(document.source.policy().unwrap_or_default()))
}

/// The heading that a file begins with, and where it ends.
fn title(source: &Source) -> Option<(String, usize)> {
    let text = source.text();
    let offset = beginning(text);
    let mut plain = Plain::default();
    for (at, (event, range)) in Parser::new_ext(text.get(offset..)?, dialect()).into_offset_iter().enumerate() {
        match &event {
            Event::Start(Tag::Heading { .. }) if at == 0 => {}
            _ if at == 0 => return None,
            Event::End(TagEnd::Heading(_)) => return Some((plain.text().to_owned(), offset + range.end)),
            event => plain.add(event),
        }
    }
    None
}
