//! An explanation as a page that needs nothing else: no scripts, no fonts, no network.

use std::fmt::Write;

use fen_schema::Language;

use crate::model::{Explanation, Given, Refused};
use crate::text::{admitted, clause, fate};
use crate::tree::{Item, Mark, tree};
use crate::waterfall::{bars, svg};
use crate::words::{amount, called, pick, say};

/// How pages look.
const PAGE_STYLE: &str = include_str!("page.css");
/// How explanations look.
const STYLE: &str = include_str!("style.css");

/// A whole page.
#[must_use]
pub fn html(explanation: &Explanation, lang: Language) -> String {
    let code = match lang {
        Language::En => "en",
        Language::Zh => "zh-CN",
    };
    let title = escape(&format!("{} · {}", explanation.policy, fate(explanation, lang)));
    let mut page = Page { lang, out: String::new() };
    page.head(explanation);
    let (head, body) = (page.out, fragment(explanation, lang));
    format!(
        "<!doctype html>\n<html lang=\"{code}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <style>\n{STYLE}{PAGE_STYLE}</style>\n</head>\n<body>\n<main>\n{head}{body}</main>\n</body>\n</html>\n"
    )
}

/// The rules of style that [`fragment`] needs. They set the look of some elements, such as `h2` and `dl`, on the whole page.
#[must_use]
pub fn style() -> &'static str {
    STYLE
}

/// An explanation as a part of a page, without the heading that says of which policy and row it is.
#[must_use]
pub fn fragment(explanation: &Explanation, lang: Language) -> String {
    let mut page = Page { lang, out: String::new() };
    if let Some(reject) = &explanation.reject {
        page.reject(reject);
    }
    let items = tree(explanation, lang);
    if !items.is_empty() {
        page.heading(say(lang, "Results", "结算结果"));
        page.push("<dl class=\"results\">\n");
        for item in &items {
            let value = item.value.as_deref().unwrap_or_default();
            page.pair(&item.title, value);
        }
        page.push("</dl>\n");
    }
    page.pictures(explanation);
    page.given(say(lang, "The claim", "单据"), &explanation.inputs);
    page.given(say(lang, "Parameters", "参数"), &explanation.parameters);
    if !items.is_empty() {
        page.heading(say(lang, "How the results come about", "计算过程"));
        items.iter().for_each(|item| page.item(item, true));
    }
    page.out
}

/// Text as it stands in a page.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for char in text.chars() {
        match char {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

struct Page {
    lang: Language,
    out: String,
}

impl Page {
    fn push(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn element(&mut self, name: &str, class: &str, text: &str) {
        // Writing to a string cannot fail.
        let _ = write!(self.out, "<{name} class=\"{class}\">{}</{name}>", escape(text));
    }

    fn heading(&mut self, text: &str) {
        let _ = writeln!(self.out, "<h2>{}</h2>", escape(text));
    }

    fn pair(&mut self, name: &str, value: &str) {
        let _ = writeln!(self.out, "<div><dt>{}</dt><dd>{}</dd></div>", escape(name), escape(value));
    }

    fn head(&mut self, explanation: &Explanation) {
        let title = explanation.title.as_ref().unwrap_or(&explanation.policy);
        let _ = write!(self.out, "<header>\n<h1>{}</h1>\n<p>", escape(title));
        self.element("code", "policy", &explanation.policy);
        if let Some(source) = &explanation.source {
            self.push(" ");
            self.element("span", "source", source);
        }
        let _ = writeln!(self.out, "</p>\n<p class=\"fate\">{}</p>\n</header>", escape(&fate(explanation, self.lang)));
    }

    fn reject(&mut self, reject: &Refused) {
        let lang = self.lang;
        self.push("<dl class=\"reject\">\n");
        self.pair(say(lang, "Reason", "原因"), pick(&reject.reason, lang));
        if !reject.column.is_empty() {
            self.pair(say(lang, "Field", "字段"), &called(&reject.column, &reject.label, lang));
        }
        if let Some(value) = &reject.value {
            self.pair(say(lang, "Value", "填报值"), value);
        }
        if let Some(known) = &reject.admitted {
            let text = admitted(known, lang);
            let (name, text) = text.split_once(say(lang, ": ", "：")).unwrap_or(("", &text));
            self.pair(name, text);
        }
        if let Some(rule) = &reject.rule {
            self.pair(say(lang, "Rule", "规则"), &rule.text);
            for cited in &rule.citations {
                self.pair(say(lang, "Clause", "条款"), &clause(cited, lang));
            }
        }
        self.pair(say(lang, "Code", "代码"), reject.code.as_str());
        self.push("</dl>\n");
    }

    fn pictures(&mut self, explanation: &Explanation) {
        let lang = self.lang;
        let mut is_first = true;
        for output in &explanation.outputs {
            let bars = bars(explanation, output, lang);
            if bars.is_empty() {
                continue;
            }
            if std::mem::take(&mut is_first) {
                self.heading(say(lang, "The amounts", "金额构成"));
            }
            let name = called(&output.name, &output.label, lang);
            let picture = svg(&bars, &name, escape);
            let _ = writeln!(self.out, "<figure>\n<figcaption>{}</figcaption>\n{picture}\n</figure>", escape(&name));
        }
    }

    fn given(&mut self, title: &str, given: &[Given]) {
        if given.is_empty() {
            return;
        }
        self.heading(title);
        self.push("<dl class=\"given\">\n");
        for one in given {
            let value = amount(&one.amount, self.lang);
            self.pair(&called(&one.name, &one.label, self.lang), &value);
        }
        self.push("</dl>\n");
    }

    fn item(&mut self, item: &Item, is_open: bool) {
        let class = match item.mark {
            Mark::None => "item",
            Mark::Taken => "item taken",
            Mark::Passed => "item passed",
        };
        let has_notes = !(item.notes.is_empty() && item.lead.is_empty() && item.clauses.is_empty());
        let has_more = !item.children.is_empty() || item.is_step && has_notes;
        let (open, close) = match (has_more, is_open) {
            (true, true) => (format!("<details class=\"{class}\" open><summary>"), "</summary>"),
            (true, false) => (format!("<details class=\"{class}\"><summary>"), "</summary>"),
            (false, _) => (format!("<div class=\"{class}\"><p>"), "</p>"),
        };
        self.push(&open);
        self.element("code", if item.is_step { "name step" } else { "name" }, &item.title);
        if let Some(value) = &item.value {
            self.push(" ");
            self.element("b", "value", value);
        }
        if !item.is_step {
            for note in item.notes.iter().chain(&item.lead) {
                self.push(" ");
                self.element("span", "note", note);
            }
        }
        self.push(close);
        self.push("\n");
        if item.is_step {
            for note in &item.notes {
                self.element("p", "note", note);
                self.push("\n");
            }
        }
        for cited in &item.clauses {
            self.push("<blockquote class=\"clause\">");
            self.element("cite", "number", &cited.clause);
            if let Some(text) = &cited.text {
                self.push(" ");
                self.element("q", "quoted", text);
            }
            self.push("</blockquote>\n");
        }
        if item.is_step {
            for note in &item.lead {
                self.element("p", "note", note);
                self.push("\n");
            }
        }
        for child in &item.children {
            // What was not taken is folded.
            self.item(child, item.mark != Mark::Passed && child.mark != Mark::Passed);
        }
        self.push(if has_more { "</details>\n" } else { "</div>\n" });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_file_says_stays_text() {
        assert_eq!(escape("<script>'a' & \"b\""), "&lt;script&gt;&#39;a&#39; &amp; &quot;b&quot;");
    }
}
