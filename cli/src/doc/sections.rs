//! What stands below the rules: parameters with their sources, and examples.

use fen_compiler::Text;
use fen_grammar::tree::{Example, Item, ItemKind, Param, ParamValue, Setting};

use super::glossary::Entry;
use super::html::{both, escape, link, say, table};
use super::values;

/// What a section is made from.
pub(super) struct Sections<'a> {
    pub(super) items: &'a [Item],
    pub(super) entries: &'a [Entry],
    /// The document that the policy implements.
    pub(super) document: Option<String>,
    /// What names are called.
    pub(super) named: &'a dyn Fn(&str) -> Text,
}

impl Sections<'_> {
    /// All parameters: values, dates, and where they come from.
    pub(super) fn parameters(&self) -> String {
        let params = self.items.iter().filter_map(|item| match &item.kind {
            ItemKind::Param(param) => Some(param),
            _ => None,
        });
        let rows: Vec<Vec<String>> = params.map(|param| self.parameter(param)).collect();
        if rows.is_empty() {
            return String::new();
        }
        let head = [
            Text::new("parameter", "参数"),
            Text::new("label", "标签"),
            Text::new("by", "按"),
            Text::new("value", "取值"),
            Text::new("from", "起始日期"),
            Text::new("clause or source", "条款或来源"),
        ];
        let title = say("Parameters", "参数");
        format!("<section id=\"fen-parameters\"><h2>{title}</h2>\n{}</section>\n", table("parameters", &head, &rows))
    }

    fn parameter(&self, param: &Param) -> Vec<String> {
        let name = &param.name.text;
        let entry = self.entries.iter().find(|entry| entry.name == *name);
        let label = entry.and_then(|entry| entry.label.as_ref()).map(both).unwrap_or_default();
        let keys: Vec<String> = param.keys.iter().map(|key| escape(&key.text)).collect();
        let mut dates = String::new();
        let value = match &param.value {
            ParamValue::Required => say("to be supplied by whoever settles", "待定，由结算方提供"),
            ParamValue::File(path) => format!("<code>{}</code>", escape(&path.text)),
            ParamValue::Cells(versions) => {
                let shown: Vec<String> = versions
                    .iter()
                    .filter_map(|(from, _)| from.as_ref())
                    .map(|from| escape(&values::date(from)))
                    .collect();
                dates = shown.join("<br>");
                if let [(_, cells)] = versions.as_slice()
                    && let ([cell], true) = (cells.as_slice(), param.keys.is_empty())
                {
                    both(&values::literal(&cell.value, self.named))
                } else if param.keys.is_empty() {
                    let cells = versions.iter().flat_map(|(_, cells)| cells);
                    let shown: Vec<String> =
                        cells.map(|cell| both(&values::literal(&cell.value, self.named))).collect();
                    shown.join("<br>")
                } else {
                    let count = versions.iter().map(|(_, cells)| cells.len()).max().unwrap_or_default();
                    let words = say(&format!("table of {count} values"), &format!("表，共 {count} 项"));
                    format!("<a href=\"#d-{}\">{words}</a>", escape(name))
                }
            }
        };
        let clause = entry.and_then(|entry| entry.clause.clone());
        let source: Vec<String> = self.document.clone().into_iter().chain(clause).collect();
        vec![link(name), label, keys.join("、"), value, dates, escape(&source.join(" "))]
    }

    /// All examples: what is given, and what comes out.
    pub(super) fn examples(&self) -> String {
        let examples = self.items.iter().filter_map(|item| match &item.kind {
            ItemKind::Example(example) => Some(example),
            _ => None,
        });
        let rows: Vec<Vec<String>> = examples.map(|example| self.example(example)).collect();
        if rows.is_empty() {
            return String::new();
        }
        let head = [Text::new("example", "示例"), Text::new("given", "给定"), Text::new("comes out", "应得")];
        let title = say("Examples", "示例");
        let note = say("Every example is computed whenever the policy is checked.", "每次检查政策都会逐例试算。");
        format!(
            "<section id=\"fen-examples\"><h2>{title}</h2>\n<p class=\"note\">{note}</p>\n{}</section>\n",
            table("examples", &head, &rows)
        )
    }

    fn example(&self, example: &Example) -> Vec<String> {
        let expected = example.expect.as_ref().map_or_else(|| say("rejected", "拒收"), |expect| self.settings(expect));
        let file = example.params.as_ref().map_or_else(String::new, |path| {
            let words = say("parameters not given here: from the file", "此处未给定的参数取自文件");
            format!("<p>{words} <code>{}</code></p>", escape(&path.text))
        });
        vec![escape(&example.title.text), self.settings(&example.given) + &file, expected]
    }

    fn settings(&self, settings: &[Setting]) -> String {
        let one = |setting: &Setting| {
            let name = &setting.name.text;
            // `rate[county]` is a cell of `rate`.
            let (plain, key) = name.split_once('[').map_or((name.as_str(), ""), |(plain, key)| (plain, key));
            let key = if key.is_empty() { String::new() } else { format!("[{}", escape(key)) };
            let value = setting
                .value
                .as_ref()
                .map_or_else(|| say("missing", "缺"), |value| both(&values::literal(value, self.named)));
            format!("<li>{}{key} <span class=\"value\">{value}</span></li>", link(plain))
        };
        format!("<ul class=\"settings\">{}</ul>", settings.iter().map(one).collect::<String>())
    }
}
