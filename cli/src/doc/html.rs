//! Pieces of pages.

pub(super) use crate::chart::escaped as escape;
use fen_compiler::Text;

/// A text in both languages, of which the page shows one.
pub(super) fn both(text: &Text) -> String {
    if text.en == text.zh {
        return escape(&text.en);
    }
    format!(
        "<span class=\"zh\" lang=\"zh\">{}</span><span class=\"en\" lang=\"en\">{}</span>",
        escape(&text.zh),
        escape(&text.en)
    )
}

/// The same from its two forms.
pub(super) fn say(en: &str, zh: &str) -> String {
    both(&Text::new(en, zh))
}

/// A table whose head is in both languages. Cells are HTML; on a narrow screen each has its head before it. Columns without a
/// filled cell are left out.
pub(super) fn table(class: &str, head: &[Text], rows: &[Vec<String>]) -> String {
    let is_filled = |at: usize| rows.iter().any(|row| row.get(at).is_some_and(|cell| !cell.is_empty()));
    let mut html = format!("<div class=\"scroll\"><table class=\"{class}\"><thead><tr>");
    for (_, cell) in head.iter().enumerate().filter(|(at, _)| is_filled(*at)) {
        html += &format!("<th>{}</th>", both(cell));
    }
    html += "</tr></thead><tbody>\n";
    for row in rows {
        html += "<tr>";
        for (at, cell) in row.iter().enumerate().filter(|(at, _)| is_filled(*at)) {
            let caption = head.get(at).map(both).unwrap_or_default();
            let class = if cell.is_empty() { " class=\"empty\"" } else { "" };
            html += &format!("<td{class}><b class=\"cap\">{caption}</b><span class=\"cell\">{cell}</span></td>");
        }
        html += "</tr>\n";
    }
    html + "</tbody></table></div>\n"
}

/// The place of a name in a page.
pub(super) fn anchor(name: &str) -> String {
    format!("n-{}", escape(name))
}

/// A link to a name.
pub(super) fn link(name: &str) -> String {
    format!("<a href=\"#{}\">{}</a>", anchor(name), escape(name))
}
