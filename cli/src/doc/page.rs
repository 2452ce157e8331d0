//! The frame of every page. It needs nothing from outside: style and script stand in it.

use fen_compiler::{Lang, Text};

use super::html::{both, escape, say};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("switch.js");

/// A page.
pub(super) struct Page {
    /// What stands in the title of the window.
    pub(super) title: Text,
    /// Where the index lies, if this is not it.
    pub(super) index: Option<String>,
    /// Everything below the bar.
    pub(super) body: String,
}

impl Page {
    /// The whole page, shown in `lang` until its reader chooses.
    pub(super) fn render(&self, lang: Lang) -> String {
        let code = match lang {
            Lang::Zh => "zh",
            Lang::En => "en",
        };
        let index = self.index.as_ref().map(|index| {
            format!("<a class=\"home\" href=\"{}\">{}</a>", escape(index), say("All policies", "全部政策"))
        });
        let (zh, en) = (escape(&self.title.zh), escape(&self.title.en));
        format!(
            "<!DOCTYPE html>\n<html lang=\"{code}\" data-lang=\"{code}\" data-title-zh=\"{zh}\" data-title-en=\"{en}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
             <header class=\"bar\">{}<span class=\"languages\"><button type=\"button\" data-set=\"zh\" lang=\"zh\">中文</button>\
             <button type=\"button\" data-set=\"en\" lang=\"en\">English</button></span></header>\n<main>\n{}</main>\n\
             <footer>{}</footer>\n<script>\n{SCRIPT}</script>\n</body>\n</html>\n",
            escape(self.title.get(lang)),
            index.unwrap_or_default(),
            self.body,
            say("Written by the fen command from the policy itself.", "由 fen 命令根据政策文件生成。"),
        )
    }
}

/// Facts under a title: what they are about, and the facts as HTML. Empty ones are left out.
pub(super) fn facts(facts: &[(Text, String)]) -> String {
    let mut html = String::from("<dl class=\"facts\">");
    for (name, value) in facts.iter().filter(|(_, value)| !value.is_empty()) {
        html += &format!("<div><dt>{}</dt><dd>{value}</dd></div>", both(name));
    }
    html + "</dl>\n"
}
