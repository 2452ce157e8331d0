//! A sweep as CSV, and its marks as text.

use std::fmt::Write as _;

use fen_compiler::{Lang, Mark, Rule, Sweep};

use super::kind;
use crate::error::{Error, Outcome};

/// One row a point: the varying value, the outputs, why the claim is rejected, and what is marked there.
pub(crate) fn csv(swept: &Sweep, lang: Lang) -> Outcome<String> {
    let failed = |error: csv::Error| Error::read(std::path::Path::new("CSV"), &error);
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut header = vec![swept.variable.name.as_str()];
    header.extend(swept.outputs.iter().map(|output| output.name.as_str()));
    header.extend(["rejected", "marks", "rules"]);
    writer.write_record(&header).map_err(failed)?;
    for point in &swept.points {
        let mut row = vec![point.x.clone()];
        match &point.outputs {
            Ok(outputs) => {
                row.extend(outputs.iter().map(|value| value.clone().unwrap_or_default()));
                row.push(String::new());
            }
            Err((code, column)) => {
                row.extend(swept.outputs.iter().map(|_| String::new()));
                row.push(if column.is_empty() { code.clone() } else { format!("{column}: {code}") });
            }
        }
        let here: Vec<&Mark> = swept.marks.iter().filter(|mark| mark.cell == point.cell).collect();
        row.push(here.iter().map(|mark| said(mark, swept, lang)).collect::<Vec<_>>().join("; "));
        let mut rules: Vec<String> = here.iter().flat_map(|mark| &mark.rules).map(rule_text).collect();
        rules.dedup();
        row.push(rules.join("; "));
        writer.write_record(&row).map_err(failed)?;
    }
    let bytes = writer.into_inner().map_err(|error| Error::read(std::path::Path::new("CSV"), error.error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// `paid: jump -200.00 yuan`
fn said(mark: &Mark, swept: &Sweep, lang: Lang) -> String {
    let name = swept.outputs.get(mark.output).map(|output| output.name.as_str()).unwrap_or_default();
    let kinds: Vec<&str> = mark.kinds.iter().map(|one| kind(*one, lang)).collect();
    let jump = mark.jump.as_ref().map(|jump| format!(" {jump}")).unwrap_or_default();
    match lang {
        Lang::En => format!("{name}: {}{jump}", kinds.join(", ")),
        Lang::Zh => format!("{name}：{}{jump}", kinds.join("、")),
    }
}

fn rule_text(rule: &Rule) -> String {
    let mut text = rule.text.clone();
    let source: Vec<&str> = [&rule.document, &rule.clause].into_iter().flatten().map(String::as_str).collect();
    if !source.is_empty() {
        text = format!("{text} [{}]", source.join(" "));
    }
    format!("{text} ({}:{})", rule.place.file, rule.place.line)
}

/// The marks one below the other, numbered as in the drawing.
pub(crate) fn marks(swept: &Sweep, lang: Lang) -> String {
    let mut text = String::new();
    for (at, mark) in swept.marks.iter().enumerate() {
        let _ = match lang {
            Lang::En => writeln!(text, "{}  {} {}  {}", at + 1, swept.variable.name, mark.x, said(mark, swept, lang)),
            Lang::Zh => writeln!(text, "{}  {} {}  {}", at + 1, swept.variable.name, mark.x, said(mark, swept, lang)),
        };
        let around: Vec<String> =
            mark.around.iter().map(|(x, value)| format!("{x}: {}", value.as_deref().unwrap_or("–"))).collect();
        let _ = writeln!(text, "   {}", around.join("   "));
        let _ = match lang {
            Lang::En => writeln!(text, "   slope {} before, {} after", mark.slopes.0, mark.slopes.1),
            Lang::Zh => writeln!(text, "   斜率：此前 {}，此后 {}", mark.slopes.0, mark.slopes.1),
        };
        for rule in &mark.rules {
            let _ = writeln!(text, "   {}", rule_text(rule));
        }
    }
    text
}
