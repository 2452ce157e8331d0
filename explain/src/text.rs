//! An explanation as text: one line for each value, indented under what it is used for.

use fen_schema::Language;

use crate::model::{Admitted, Cited, Explanation, Fate, Refused};
use crate::tree::{Item, Mark, tree};
use crate::words::{called, pick, say};

/// An explanation for people who read it in a terminal.
#[must_use]
pub fn text(explanation: &Explanation, lang: Language) -> String {
    let mut lines = Lines { lang, out: String::new() };
    lines.head(explanation);
    lines.body(explanation);
    lines.out
}

/// The same without the lines that say of which policy and row it is.
#[must_use]
pub fn body(explanation: &Explanation, lang: Language) -> String {
    let mut lines = Lines { lang, out: String::new() };
    lines.body(explanation);
    lines.out
}

/// What became of the row, in a few words.
pub(crate) fn fate(explanation: &Explanation, lang: Language) -> String {
    let row = explanation.row;
    let word = match explanation.status {
        Fate::Settled => say(lang, "settled", "已结算"),
        Fate::Rejected => say(lang, "rejected", "被拒收"),
        Fate::Reversal => return taken_back(explanation, lang),
    };
    match lang {
        Language::En => format!("row {row}: {word}"),
        Language::Zh => format!("第 {row} 行：{word}"),
    }
}

/// Which claim a row takes back.
fn taken_back(explanation: &Explanation, lang: Language) -> String {
    let row = explanation.row;
    let Some(claim) = &explanation.reverses else { return String::new() };
    let name = called(&claim.name, &claim.label, lang);
    let value = claim.amount.value.as_deref().unwrap_or_default();
    match lang {
        Language::En => format!("row {row}: takes back the claim whose {name} is {value}: its amounts, negated"),
        Language::Zh => format!("第 {row} 行：冲销 {name} 为 {value} 的单据：金额取相反数"),
    }
}

/// What a column admits, in words.
pub(crate) fn admitted(admitted: &Admitted, lang: Language) -> String {
    let values = || admitted.values.join(say(lang, ", ", "、"));
    match (&admitted.min, &admitted.max, lang) {
        (Some(min), Some(max), Language::En) => format!("admitted: {min} to {max}"),
        (Some(min), Some(max), Language::Zh) => format!("允许范围：{min} 至 {max}"),
        (Some(min), None, Language::En) => format!("admitted: from {min} on"),
        (Some(min), None, Language::Zh) => format!("允许范围：{min} 起"),
        (None, _, Language::En) => format!("admitted: {}", values()),
        (None, _, Language::Zh) => format!("允许的值：{}", values()),
    }
}

/// A clause in words.
pub(crate) fn clause(cited: &Cited, lang: Language) -> String {
    let clause = &cited.clause;
    match (&cited.text, lang) {
        (None, Language::En) => format!("per {clause}"),
        (None, Language::Zh) => format!("按 {clause}"),
        (Some(text), Language::En) => format!("per {clause}: “{text}”"),
        (Some(text), Language::Zh) => format!("按 {clause}：“{text}”"),
    }
}

struct Lines {
    lang: Language,
    out: String,
}

impl Lines {
    fn line(&mut self, depth: usize, text: &str) {
        // The text of a clause or of a cell may have several lines.
        for line in text.split('\n') {
            if !line.is_empty() {
                self.out.push_str(&"  ".repeat(depth));
                self.out.push_str(line);
            }
            self.out.push('\n');
        }
    }

    fn head(&mut self, explanation: &Explanation) {
        let mut title = explanation.policy.clone();
        if let Some(known) = &explanation.title {
            title = format!("{title}  {known}");
        }
        if let Some(source) = &explanation.source {
            title = format!("{title}  {source}");
        }
        self.line(0, &title);
        let fate = fate(explanation, self.lang);
        self.line(0, &fate);
    }

    fn body(&mut self, explanation: &Explanation) {
        if let Some(reject) = &explanation.reject {
            self.reject(reject);
        }
        for item in tree(explanation, self.lang) {
            self.line(0, "");
            self.item(&item, 0);
        }
    }

    fn reject(&mut self, reject: &Refused) {
        let lang = self.lang;
        let reason = pick(&reject.reason, lang).to_owned();
        self.line(1, &format!("{}{reason}", say(lang, "reason: ", "原因：")));
        if !reject.column.is_empty() {
            let name = called(&reject.column, &reject.label, lang);
            self.line(1, &format!("{}{name}", say(lang, "field: ", "字段：")));
        }
        if let Some(value) = &reject.value {
            self.line(1, &format!("{}{value}", say(lang, "value: ", "填报值：")));
        }
        if let Some(known) = &reject.admitted {
            self.line(1, &admitted(known, lang));
        }
        if let Some(rule) = &reject.rule {
            self.line(1, &format!("{}{}", say(lang, "rule: ", "规则："), rule.text.replace('\n', "\n    ")));
            for cited in &rule.citations {
                self.line(2, &clause(cited, lang));
            }
        }
        self.line(1, &format!("{}{}", say(lang, "code: ", "代码："), reject.code.as_str()));
    }

    fn item(&mut self, item: &Item, depth: usize) {
        let mark = match item.mark {
            Mark::None => "",
            Mark::Taken => "→ ",
            Mark::Passed => "✗ ",
        };
        let head = match &item.value {
            Some(value) if item.title.is_empty() => format!("{mark}{value}"),
            Some(value) => format!("{mark}{} = {value}", item.title),
            None => format!("{mark}{}", item.title),
        };
        // One short remark stands on the line itself.
        match item.notes.iter().chain(&item.lead).collect::<Vec<_>>().as_slice() {
            [note] if !item.is_step && item.clauses.is_empty() => {
                let (open, close) = (say(self.lang, "  (", "（"), say(self.lang, ")", "）"));
                self.line(depth, &format!("{head}{open}{note}{close}"));
            }
            _ => {
                self.line(depth, &head);
                item.notes.iter().for_each(|note| self.line(depth + 1, note));
                item.clauses.iter().for_each(|cited| self.line(depth + 1, &clause(cited, self.lang)));
                item.lead.iter().for_each(|note| self.line(depth + 1, note));
            }
        }
        for child in &item.children {
            self.item(child, depth + 1);
        }
    }
}
