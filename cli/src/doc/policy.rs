//! The page of one policy.

use std::collections::{HashMap, HashSet};

use fen_compiler::{NameFacts, Text};
use fen_grammar::literate::Role;
use fen_grammar::tree::{Item, ItemKind};
use fen_schema::Schema;

use super::code::Code;
use super::figures::Figures;
use super::glossary::{self, Entry};
use super::html::{both, escape, say};
use super::markdown::{self, Around};
use super::page::{Page, facts};
use super::sections::Sections;
use super::site::{Document, Site};
use super::twin::Twin;
use super::{picture, plain};

/// What the index says of a policy.
pub(super) struct Summary {
    pub(super) title: Text,
    pub(super) facts: Vec<(Text, String)>,
}

/// Everything that a page is made from.
pub(super) struct Known<'a> {
    pub(super) document: &'a Document,
    site: &'a Site,
    /// `None` for libraries.
    pub(super) schema: Option<Schema>,
    names: Vec<NameFacts>,
    entries: Vec<Entry>,
}

impl<'a> Known<'a> {
    pub(super) fn of(document: &'a Document, site: &'a Site) -> Self {
        let policy = document.analysis.policy();
        let schema = policy.and_then(|policy| policy.compile().ok()).map(|module| module.schema);
        let names = policy.map(fen_compiler::Policy::names).unwrap_or_default();
        let entries = glossary::entries(&document.source, &document.items);
        Self { document, site, schema, names, entries }
    }
}

/// The page of a policy, and what the index says of it.
pub(super) fn page(known: &Known<'_>) -> (Page, Summary) {
    let document = known.document;
    let summary = known.summary();
    let page = Page {
        title: summary.title.clone(),
        index: Some(document.place.to_root() + "index.html"),
        body: known.body(&summary),
    };
    (page, summary)
}

impl Known<'_> {
    fn items(&self) -> &[Item] {
        &self.document.items
    }

    fn summary(&self) -> Summary {
        let schema = self.schema.as_ref();
        fn written<T>(items: &[Item], pick: impl Fn(&ItemKind) -> Option<T>) -> Option<T> {
            items.iter().find_map(|item| pick(&item.kind))
        }
        let name = schema.map(|schema| schema.policy.clone()).or_else(|| {
            written(self.items(), |kind| match kind {
                ItemKind::Policy(name) | ItemKind::Library(name) => Some(name.text.clone()),
                _ => None,
            })
        });
        let name = name.unwrap_or_default();
        let title = written(self.items(), |kind| match kind {
            ItemKind::Title(labels) => glossary::label(labels),
            _ => None,
        });
        let one = |text: &str| Text::new(text, text);
        let of_base = || schema.and_then(|schema| schema.title.as_deref()).map(one);
        let title = title.or_else(of_base).unwrap_or_else(|| one(&name));
        let source = written(self.items(), |kind| match kind {
            ItemKind::Source(source) => Some(source.text.clone()),
            _ => None,
        });
        let source = source.or_else(|| schema.and_then(|schema| schema.source.clone()));
        let force = schema.and_then(|schema| schema.in_force.as_ref()).map(|force| match &force.to {
            Some(to) => say(&format!("{} to {to}", force.from), &format!("{} 至 {to}", force.from)),
            None => say(&format!("from {}", force.from), &format!("自 {} 起", force.from)),
        });
        let dated = schema.and_then(|schema| schema.dated_by.clone());
        let base = self.items().iter().find_map(|item| match &item.kind {
            ItemKind::Amend(amend) => Some(self.policy_link(&amend.base.text)),
            _ => None,
        });
        let kind = if schema.is_none() { say("library of rules", "规则库") } else { String::new() };
        let facts = vec![
            (Text::new("policy", "政策"), escape(&name)),
            (Text::new("kind", "类别"), kind),
            (Text::new("source", "依据"), escape(&source.unwrap_or_default())),
            (Text::new("in force", "施行"), force.unwrap_or_default()),
            (Text::new("goes by the date", "适用日期"), dated.map(|dated| escape(&dated)).unwrap_or_default()),
            (Text::new("amends", "修订"), base.unwrap_or_default()),
            (Text::new("file", "文件"), self.file()),
        ];
        Summary { title, facts }
    }

    /// Its file; where that holds several policies, leading to the page of all.
    fn file(&self) -> String {
        let shown = escape(&self.document.place.shown);
        self.site.notice_of(self.document).map_or(shown.clone(), |notice| {
            let page = escape(&(self.document.place.to_root() + &notice.place.address()));
            format!("<a data-page=\"{page}\" href=\"{page}\">{shown}</a>")
        })
    }

    /// A policy's name, which leads to its page if the site has one.
    fn policy_link(&self, name: &str) -> String {
        let is_it = |item: &Item| match &item.kind {
            ItemKind::Policy(own) => own.text == name,
            ItemKind::Amend(amend) => amend.name.text == name,
            _ => false,
        };
        let found = self.site.documents.iter().find(|document| document.items.iter().any(is_it));
        found.map_or_else(
            || escape(name),
            |found| {
                let page = escape(&(self.document.place.to_root() + &found.place.address()));
                format!("<a data-page=\"{page}\" href=\"{page}\">{}</a>", escape(name))
            },
        )
    }

    fn body(&self, summary: &Summary) -> String {
        let document = self.document;
        let code = self.code();
        let labels = self.labels();
        let named = |name: &str| labels.get(name).cloned().unwrap_or_else(|| Text::new(name, name));
        let figures = self.figures(&code);
        let around = Around {
            whole: self.site.notice_of(document).map(|notice| document.place.to_root() + &notice.place.address()),
            page: &|written| self.site.page(&document.path, &document.place, written),
            picture: &|written| picture::address(&document.path, written),
        };
        let body = match document.source.outline() {
            Some(outline) => {
                let is_own = |at: usize| outline.blocks().get(at).filter(|block| block.role == Role::Policy);
                let rules = |at: usize| is_own(at).map(|block| code.fenced(at) + &figures.within(block.span));
                let shown = match document.source.policy() {
                    Some(_) => markdown::sections(document.source.text(), outline),
                    None => markdown::ALL.to_vec(),
                };
                markdown::body(&document.source, outline, &shown, &rules, &around)
            }
            None => plain::body(&document.source, self.items(), &code, &|span| figures.within(span)),
        };
        let clause_of = |name: &str| {
            let citations = &self.schema.as_ref()?.citations;
            citations.iter().find(|citation| citation.rule == name).map(|citation| citation.clause.clone())
        };
        let sections = Sections {
            items: self.items(),
            entries: &self.entries,
            document: self.schema.as_ref().and_then(|schema| schema.source.clone()),
            named: &named,
        };
        let invariants = self.invariants(&code);
        format!(
            "<h1>{}</h1>\n{}{}{}{}{invariants}{}",
            both(&summary.title),
            facts(&summary.facts),
            body.finish(),
            sections.parameters(),
            sections.examples(),
            glossary::section(&self.entries, &self.names, &clause_of),
        )
    }

    /// What is needed to show its rules.
    pub(super) fn code(&self) -> Code<'_> {
        let source = &self.document.source;
        let defined: HashMap<usize, String> =
            self.entries.iter().map(|entry| (entry.span.start, entry.name.clone())).collect();
        let own = self.entries.iter().map(|entry| entry.name.clone());
        let names: HashSet<String> = own.chain(self.names.iter().map(|facts| facts.name.clone())).collect();
        let translated = self.document.translated.as_deref();
        Code { source, names, defined, twin: translated.and_then(|text| Twin::of(source, self.items(), text)) }
    }

    pub(super) fn figures<'c>(&'c self, code: &'c Code<'c>) -> Figures<'c> {
        Figures { source: &self.document.source, items: self.items(), code, labels: self.labels() }
    }

    /// What always holds.
    fn invariants(&self, code: &Code<'_>) -> String {
        let own = self.items().iter().filter_map(|item| match &item.kind {
            ItemKind::Always(always) => Some(code.part(always.span)),
            _ => None,
        });
        let list: String = own.map(|html| format!("<li>{html}</li>")).collect();
        if list.is_empty() {
            return list;
        }
        let title = say("What always holds", "恒有");
        format!("<section id=\"fen-invariants\"><h2>{title}</h2>\n<ul>{list}</ul></section>\n")
    }

    /// What people call names: labels of what is defined here or elsewhere, and of values of enums.
    fn labels(&self) -> HashMap<String, Text> {
        let mut labels: HashMap<String, Text> = HashMap::new();
        for item in self.items() {
            let ItemKind::Enum(one) = &item.kind else { continue };
            for (name, quoted) in &one.values {
                if let Some(label) = glossary::label(quoted) {
                    labels.insert(name.text.clone(), label);
                }
            }
        }
        labels.extend(self.names.iter().map(|facts| (facts.name.clone(), facts.label.clone())));
        labels.extend(self.entries.iter().filter_map(|entry| Some((entry.name.clone(), entry.label.clone()?))));
        labels
    }
}

/// What the index shows of a policy.
pub(super) fn card(document: &Document, summary: &Summary) -> String {
    let page = escape(&document.place.address());
    let mut html = format!("<li><h3><a data-page=\"{page}\" href=\"{page}\">{}</a></h3>", both(&summary.title));
    // The title goes before the name; the file names the page.
    let shown: Vec<(Text, String)> =
        summary.facts.iter().filter(|(_, value)| *value != both(&summary.title)).cloned().collect();
    html += &facts(&shown);
    let count = |pick: &dyn Fn(&ItemKind) -> bool| document.items.iter().filter(|item| pick(&item.kind)).count();
    let examples = count(&|kind| matches!(kind, ItemKind::Example(_)));
    let params = count(&|kind| matches!(kind, ItemKind::Param(_)));
    let words =
        Text::new(format!("{params} parameters, {examples} examples"), format!("参数 {params} 项，示例 {examples} 例"));
    html + &format!("<p class=\"note\">{}</p></li>\n", both(&words))
}
