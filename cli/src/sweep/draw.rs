//! A sweep as a drawing: one curve for each output, one below the other.

use fen_compiler::{Lang, Sweep, SweptColumn};

use crate::chart::{Axis, Curve, Mark, Piece, curves};
use crate::error::{Error, Outcome};

pub(crate) fn svg(swept: &Sweep, policy: &str, lang: Lang) -> Outcome<String> {
    let axis = |column: &SweptColumn| {
        let label = column.label.get(lang);
        let unit = column.unit.get(lang);
        let label = match (unit.is_empty(), lang) {
            (true, _) => label.to_owned(),
            (false, Lang::En) => format!("{label} ({unit})"),
            (false, Lang::Zh) => format!("{label}（{unit}）"),
        };
        Axis { label, scale: column.scale, is_date: column.is_date, names: Vec::new() }
    };
    let drawable = swept.outputs.iter().enumerate().filter(|(_, output)| output.is_numeric);
    let all: Vec<Curve> = drawable
        .map(|(at, output)| {
            let mut x = axis(&swept.variable);
            let pieces = if swept.variable.is_numeric {
                let pieces = swept.curves.get(at).cloned().unwrap_or_default();
                pieces.into_iter().map(|points| Piece { points }).collect()
            } else {
                // Values without anything between them: a step for each.
                x.names = swept.points.iter().map(|point| (point.cell, point.x.clone())).collect();
                steps(swept, at)
            };
            let marks = swept.marks.iter().enumerate().filter(|(_, mark)| mark.output == at);
            let marks = marks
                .map(|(number, mark)| Mark {
                    x: mark.cell,
                    y: mark.height,
                    number: number + 1,
                    is_jump: mark.jump.is_some(),
                })
                .collect();
            Curve { title: format!("{policy}: {}", output.label.get(lang)), x, y: axis(output), pieces, marks }
        })
        .collect();
    if all.is_empty() {
        return Err(Error::new(
            "fen::sweep::nothing_to_draw",
            "none of these outputs is a number; use --format csv",
            "这些输出都不是数，无法作图；请用 --format csv",
        ));
    }
    Ok(curves(&all))
}

/// A level line for each value.
fn steps(swept: &Sweep, output: usize) -> Vec<Piece> {
    let scale = swept.outputs.get(output).map_or(0, |output| output.scale);
    let height = |text: &str| {
        let digits: String = text.chars().filter(|c| c.is_ascii_digit() || *c == '-').collect();
        let decimals = text.split_once('.').map_or(0, |(_, rest)| rest.chars().filter(char::is_ascii_digit).count());
        let missing = u32::try_from(decimals).ok().and_then(|decimals| scale.checked_sub(decimals)).unwrap_or(0);
        digits.parse::<i128>().ok()?.checked_mul(10_i128.checked_pow(missing)?)
    };
    let values = swept.points.iter().filter_map(|point| {
        let text = point.outputs.as_ref().ok()?.get(output)?.as_ref()?;
        Some(Piece { points: vec![(point.cell, height(text)?)] })
    });
    values.collect()
}
