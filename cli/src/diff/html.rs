//! The report as one HTML page that needs nothing else.

use std::fmt::Write as _;

use fen_compiler::{Lang, Side};

use super::book::Kept;
use super::by::Group;
use super::causes::Causes;
use super::outputs::Output;
use super::report::{
    Report, about, amount, because, claim_name, explanations, groups, inputs, label, outputs, say, source, through,
};
use super::settle::{Reasons, Settled};
use super::text::{counts, difference, head};
use crate::chart::{Bar, bars, escaped};
use crate::language::schema_language;
use crate::numbers::{decimal, grouped, signed};

const STYLE: &str = include_str!("page.css");

pub(crate) fn html(report: &Report<'_>, lang: Lang) -> String {
    let title = format!("{} → {}", report.comparison.old.name, report.comparison.new.name);
    let mut body = format!("<h1>{}</h1>\n<dl class=\"heads\">", escaped(&title));
    for (word, one) in
        [(say(lang, "Old", "旧"), &report.comparison.old), (say(lang, "New", "新"), &report.comparison.new)]
    {
        let _ = write!(body, "<dt>{word}</dt><dd>{}</dd>", escaped(&head(one, lang)));
    }
    body += "</dl>\n";
    if let Some((settled, _)) = &report.settled {
        tiles(settled, lang, &mut body);
    }
    rules(report, lang, &mut body);
    if let Some((settled, causes)) = &report.settled {
        totals(settled, lang, &mut body);
        by(settled, lang, &mut body);
        top(report, settled, causes, lang, &mut body);
        rejections(settled, lang, &mut body);
    }
    let (code, title, explained) = (say(lang, "en", "zh-CN"), escaped(&title), fen_explain::style());
    format!(
        "<!doctype html>\n<html lang=\"{code}\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{explained}{STYLE}</style>\n<body>\n<main>\n{body}</main>\n</body>\n</html>\n"
    )
}

/// The few numbers that matter most.
fn tiles(settled: &Settled, lang: Lang, body: &mut String) {
    body.push_str("<div class=\"tiles\">");
    let mut tile = |word: &str, value: &str, class: &str| {
        let _ =
            write!(body, "<div class=\"tile {class}\"><span>{}</span><b>{}</b></div>", escaped(word), escaped(value));
    };
    let all = &settled.book.all;
    if let Some(output) = settled.main_output() {
        let name = label(&output.column.label, lang);
        let sum = all.difference();
        let text = signed(sum, output.scale);
        let class = match sum {
            0 => "",
            1.. => "up",
            _ => "down",
        };
        tile(&format!("{name}{}", say(lang, ", difference", "，差额")), &text, class);
        let sum = |count: u64, sign: &str, sum: i128| match count {
            0 => "0".to_owned(),
            _ => format!("{} ({sign}{})", grouped(&count.to_string()), amount(sum, output, lang)),
        };
        let (more, less) = (sum(all.gaining, "+", all.gains), sum(all.losing, "-", all.losses));
        tile(say(lang, "more for", "增加的例数"), &more, if all.gaining > 0 { "up" } else { "" });
        tile(say(lang, "less for", "减少的例数"), &less, if all.losing > 0 { "down" } else { "" });
    }
    for (word, count) in counts(settled, lang) {
        tile(&word, &grouped(&count.to_string()), "");
    }
    body.push_str("</div>\n");
}

fn rules(report: &Report<'_>, lang: Lang, body: &mut String) {
    let comparison = report.comparison;
    let _ = writeln!(body, "<h2>{}</h2>", say(lang, "Rules that differ", "不同的规则"));
    if comparison.changes.is_empty() {
        let _ = writeln!(body, "<p>{}</p>", say(lang, "None.", "没有。"));
    }
    for (at, change) in comparison.changes.iter().enumerate() {
        let word = difference(change.difference, lang);
        let _ = write!(
            body,
            "<section class=\"change {}\" id=\"change-{}\"><h3><span class=\"word\">{word}</span> {}</h3><div class=\"sides\">",
            change.difference.as_str(),
            at + 1,
            escaped(&about(change, lang))
        );
        for (word, one) in [(say(lang, "old", "旧"), &change.old), (say(lang, "new", "新"), &change.new)] {
            side(word, one.as_ref(), lang, body);
        }
        body.push_str("</div></section>\n");
    }
    if !comparison.renamed.is_empty() {
        let title = match comparison.is_translation {
            true => say(lang, "Other names for the same", "名称不同而含义相同"),
            false => say(lang, "Renamed", "改名"),
        };
        let names: Vec<String> = comparison
            .renamed
            .iter()
            .map(|one| format!("<code>{}</code> = <code>{}</code>", escaped(&one.old), escaped(&one.new)))
            .collect();
        let _ = writeln!(body, "<h3>{title}</h3><p>{}</p>", names.join(say(lang, ", ", "，")));
    }
}

fn side(word: &str, side: Option<&Side>, lang: Lang, body: &mut String) {
    let _ = match side {
        Some(side) => write!(
            body,
            "<div><span class=\"word\">{word}</span> <code>{}</code><small>{}</small></div>",
            escaped(side.text.get(lang)),
            escaped(&source(side))
        ),
        None => write!(body, "<div><span class=\"word\">{word}</span> –</div>"),
    };
}

fn totals(settled: &Settled, lang: Lang, body: &mut String) {
    let _ = write!(
        body,
        "<h2>{}</h2>\n<div class=\"scroll\"><table><tr><th></th><th>{}</th><th>{}</th><th>{}</th></tr>",
        say(lang, "Totals", "合计"),
        say(lang, "old", "旧"),
        say(lang, "new", "新"),
        say(lang, "difference", "差额")
    );
    for (grain, totals) in settled.grains.iter().zip(&settled.totals) {
        for (output, (old, new)) in grain.outputs.iter().zip(totals).filter(|(output, _)| output.is_amount()) {
            let sum = |sum: i128, is_old: bool| match output.is_in(is_old) {
                true => grouped(&decimal(sum, output.scale)),
                false => "–".to_owned(),
            };
            let _ = write!(
                body,
                "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
                escaped(label(&output.column.label, lang)),
                sum(*old, true),
                sum(*new, false),
                signed(new - old, output.scale)
            );
        }
    }
    body.push_str("</table></div>\n");
}

fn by(settled: &Settled, lang: Lang, body: &mut String) {
    let Some(output) = settled.main_output() else { return };
    for (column, groups) in groups(settled, lang) {
        let name = label(&column.label, lang);
        let title = match lang {
            Lang::En => format!("{} by {name}", label(&output.column.label, lang)),
            Lang::Zh => format!("{}，按{name}", label(&output.column.label, lang)),
        };
        let rows: Vec<Bar> = groups
            .iter()
            .map(|group| {
                let value = group.tally.difference();
                Bar { label: group.name.clone(), value, text: signed(value, output.scale) }
            })
            .collect();
        let _ = write!(body, "<h2>{}</h2>\n<div class=\"by\">{}", escaped(&title), bars(&rows, &title));
        group_table(&groups, output, &settled.count_name(lang), lang, body);
        body.push_str("</div>\n");
    }
}

fn group_table(groups: &[Group], output: &Output, claims: &str, lang: Lang, body: &mut String) {
    body.push_str("<div class=\"scroll\"><table><tr><th></th>");
    for word in [
        claims,
        say(lang, "more", "增加"),
        say(lang, "less", "减少"),
        say(lang, "old", "旧"),
        say(lang, "new", "新"),
        say(lang, "difference", "差额"),
    ] {
        let _ = write!(body, "<th>{}</th>", escaped(word));
    }
    body.push_str("</tr>");
    for Group { name, tally, .. } in groups {
        let sum = |sum: i128| grouped(&decimal(sum, output.scale));
        let _ = write!(
            body,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            escaped(name),
            tally.claims(),
            tally.gaining,
            tally.losing,
            sum(tally.old),
            sum(tally.new),
            signed(tally.difference(), output.scale)
        );
    }
    body.push_str("</table></div>");
}

fn top(report: &Report<'_>, settled: &Settled, causes: &[Causes], lang: Lang, body: &mut String) {
    let (kept, Some(output)) = (settled.book.top.kept(), settled.main_output()) else { return };
    if kept.is_empty() {
        return;
    }
    let _ = writeln!(body, "<h2>{}</h2>", say(lang, "What changes most", "变化最大的"));
    for (claim, causes) in kept.iter().zip(causes) {
        let name = claim_name(settled, claim, lang);
        let class = if claim.difference < 0 { "down" } else { "up" };
        let _ = write!(
            body,
            "<details class=\"claim\"><summary>{} <b class=\"{class}\">{}</b></summary>",
            escaped(&name),
            signed(claim.difference, output.scale)
        );
        claim_body(report, settled, (claim, causes), lang, body);
        body.push_str("</details>\n");
    }
}

fn claim_body(
    report: &Report<'_>,
    settled: &Settled,
    (claim, causes): (&Kept, &Causes),
    lang: Lang,
    body: &mut String,
) {
    let inputs: Vec<String> = inputs(settled, claim, lang)
        .into_iter()
        .map(|(name, text)| format!("{} <code>{}</code>", escaped(&name), escaped(&text)))
        .collect();
    if !inputs.is_empty() {
        let _ = write!(body, "<p>{}</p>", inputs.join(say(lang, ", ", "，")));
    }
    let (old, new) = (say(lang, "old", "旧"), say(lang, "new", "新"));
    let _ = write!(body, "<div class=\"scroll\"><table><tr><th></th><th>{old}</th><th>{new}</th></tr>");
    for (name, old, new) in outputs(settled, claim, lang) {
        let class = if old == new { "" } else { " class=\"differs\"" };
        let _ = write!(
            body,
            "<tr{class}><td>{}</td><td>{}</td><td>{}</td></tr>",
            escaped(&name),
            escaped(&old),
            escaped(&new)
        );
    }
    body.push_str("</table></div>");
    causes_lists(report, causes, lang, body);
    let explanations = explanations(settled, claim, lang);
    if !explanations.is_empty() {
        body.push_str("<div class=\"explanations\">");
        for (word, explanation) in explanations {
            let fragment = fen_explain::fragment(explanation, schema_language(lang));
            let _ = write!(body, "<section><h3>{}</h3>{fragment}</section>", escaped(word));
        }
        body.push_str("</div>");
    }
}

/// Links to the changed rules behind a claim.
fn causes_lists(report: &Report<'_>, causes: &Causes, lang: Lang, body: &mut String) {
    let links = |changes: &[usize]| -> String {
        let changes = changes.iter().filter_map(|at| Some((at, report.comparison.changes.get(*at)?)));
        let links = changes.map(|(at, change)| {
            format!("<li><a href=\"#change-{}\">{}</a></li>", at + 1, escaped(&about(change, lang)))
        });
        links.collect()
    };
    let mut list = |title: &str, changes: &[usize]| {
        let _ = write!(body, "<p>{}</p><ul>{}</ul>", escaped(title), links(changes));
    };
    if !causes.changes.is_empty() {
        let mut title = because(causes, lang).to_owned();
        if let (Lang::En, Some(first)) = (lang, title.get_mut(..1)) {
            first.make_ascii_uppercase();
        }
        list(&title, &causes.changes);
    }
    for one in &causes.through {
        let title = through(one, lang);
        let title = match lang {
            _ if one.changes.is_empty() => title,
            Lang::En => format!("{title}, which may read"),
            Lang::Zh => format!("{title}，其中可能涉及"),
        };
        list(&title, &one.changes);
    }
}

fn rejections(settled: &Settled, lang: Lang, body: &mut String) {
    for (title, reasons) in [
        (say(lang, "Why the new policy rejects", "新政策拒收的原因"), &settled.newly_rejected),
        (say(lang, "Why the old policy rejects", "旧政策拒收的原因"), &settled.newly_settled),
    ] {
        reasons_list(title, reasons, lang, body);
    }
}

fn reasons_list(title: &str, reasons: &Reasons, lang: Lang, body: &mut String) {
    if reasons.is_empty() {
        return;
    }
    let _ = write!(body, "<h2>{title}</h2><ul>");
    for (count, reason, rows) in reasons.values() {
        let rows: Vec<String> = rows.iter().map(u64::to_string).collect();
        let rows = rows.join(", ");
        let _ = match lang {
            Lang::En => write!(body, "<li>{count} × {} <small>row {rows}</small></li>", escaped(&reason.en)),
            Lang::Zh => write!(body, "<li>{count} 例：{} <small>第 {rows} 行</small></li>", escaped(&reason.zh)),
        };
    }
    body.push_str("</ul>\n");
}
