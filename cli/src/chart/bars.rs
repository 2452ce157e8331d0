//! Bars to the left and to the right of nothing, one below the other, each under its label; narrow enough for a phone.

use std::fmt::Write as _;

use super::escaped;
use super::scale::Scale;

/// A bar.
pub(crate) struct Bar {
    pub(crate) label: String,
    pub(crate) value: i128,
    /// The value as people write it.
    pub(crate) text: String,
}

const WIDTH: i128 = 400;
const ROW: i128 = 40;
const HEIGHT: i128 = 12;

/// Draws bars. Colours are those of the classes `more`, `less` and `axis`.
pub(crate) fn bars(rows: &[Bar], title: &str) -> String {
    let low = rows.iter().map(|row| row.value).min().unwrap_or(0).min(0);
    let high = rows.iter().map(|row| row.value).max().unwrap_or(0).max(0);
    let scale = Scale::new((low, high), (2, WIDTH - 2));
    let zero = scale.place(0);
    let height = ROW * i128::try_from(rows.len()).unwrap_or(0) + 4;
    let mut svg = format!(
        "<svg class=\"bars\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{}\" xmlns=\"http://www.w3.org/2000/svg\">\n",
        escaped(title)
    );
    let mut top = 0;
    for row in rows {
        let end = scale.place(row.value);
        // What is not nothing is seen, however small it is.
        let (left, width) = match row.value {
            0 => (zero, 0),
            1.. => (zero, (end - zero).max(1)),
            _ => (end.min(zero - 1), (zero - end).max(1)),
        };
        let class = if row.value < 0 { "less" } else { "more" };
        let (text_at, bar_at) = (top + 16, top + 22);
        let _ = write!(
            svg,
            "<text x=\"2\" y=\"{text_at}\">{}</text><text class=\"value\" x=\"{}\" y=\"{text_at}\" text-anchor=\"end\">{}</text>",
            escaped(&row.label),
            WIDTH - 2,
            escaped(&row.text)
        );
        if width > 0 {
            let _ = write!(
                svg,
                "<rect class=\"{class}\" x=\"{left}\" y=\"{bar_at}\" width=\"{width}\" height=\"{HEIGHT}\"/>"
            );
        }
        // Only beside the bar: labels stand clear of it.
        let _ = writeln!(
            svg,
            "<line class=\"axis\" x1=\"{zero}\" y1=\"{}\" x2=\"{zero}\" y2=\"{}\"/>",
            bar_at - 1,
            bar_at + HEIGHT + 1
        );
        top += ROW;
    }
    svg + "</svg>\n"
}
