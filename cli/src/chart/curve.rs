//! A curve over one amount, drawn piece by piece, so that a jump is a gap and not a steep line.

use std::fmt::Write as _;

use super::escaped;
use super::scale::Scale;
use crate::numbers::{decimal, grouped};

/// What one axis shows.
pub(crate) struct Axis {
    pub(crate) label: String,
    /// Decimals of its amounts.
    pub(crate) scale: u32,
    /// Its amounts are days since 1970-01-01.
    pub(crate) is_date: bool,
    /// Its places have these names, and nothing lies between them.
    pub(crate) names: Vec<(i128, String)>,
}

/// Points that belong together.
pub(crate) struct Piece {
    pub(crate) points: Vec<(i128, i128)>,
}

/// A place that is worth looking at.
pub(crate) struct Mark {
    pub(crate) x: i128,
    pub(crate) y: i128,
    /// What it is called in the list below the drawing.
    pub(crate) number: usize,
    pub(crate) is_jump: bool,
}

/// A curve with its axes.
pub(crate) struct Curve {
    pub(crate) title: String,
    pub(crate) x: Axis,
    pub(crate) y: Axis,
    pub(crate) pieces: Vec<Piece>,
    pub(crate) marks: Vec<Mark>,
}

const WIDTH: i128 = 900;
const HEIGHT: i128 = 520;
const LEFT: i128 = 120;
const RIGHT: i128 = 870;
const TOP: i128 = 64;
const BOTTOM: i128 = 440;

/// Draws curves one below the other; a file of its own.
pub(crate) fn curves(all: &[Curve]) -> String {
    let height = HEIGHT * i128::try_from(all.len()).unwrap_or(1);
    let mut svg = format!(
        "<svg viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" role=\"img\" xmlns=\"http://www.w3.org/2000/svg\">\n\
         <style>text{{font:16px system-ui,'Noto Sans CJK SC','Noto Sans SC',sans-serif;fill:#222}}.small{{font-size:13px;fill:#555}}\
         .grid{{stroke:#ddd}}.axis{{stroke:#444}}.line{{fill:none;stroke:#1c5d99;stroke-width:3;stroke-linejoin:round}}\
         .kink{{fill:#fff;stroke:#1c5d99;stroke-width:2}}.jump{{fill:#b3261e}}.jump+text{{fill:#b3261e}}</style>\n\
         <rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#fff\"/>\n"
    );
    let mut top = 0;
    for curve in all {
        let _ = writeln!(
            svg,
            "<g transform=\"translate(0 {top})\"><text x=\"{LEFT}\" y=\"28\">{}</text>",
            escaped(&curve.title)
        );
        svg += &plot(curve);
        svg += "</g>\n";
        top += HEIGHT;
    }
    svg + "</svg>\n"
}

fn plot(curve: &Curve) -> String {
    let mut svg = String::new();
    let points = || curve.pieces.iter().flat_map(|piece| &piece.points);
    let ends =
        |of: fn(&(i128, i128)) -> i128| (points().map(of).min().unwrap_or(0), points().map(of).max().unwrap_or(1));
    let (low, high) = ends(|point| point.1);
    // The picture of an amount begins at nothing.
    let (first, last) = ends(|point| point.0);
    // Names stand in the middle of their part of the axis.
    let x = match curve.x.names.len() {
        0 => Scale::new((first, last), (LEFT, RIGHT)),
        count => {
            let half = (RIGHT - LEFT) / (2 * i128::try_from(count).unwrap_or(1));
            Scale::new((first, last), (LEFT + half, RIGHT - half))
        }
    };
    let y = Scale::new((low.min(0), high.max(0)), (BOTTOM, TOP));
    for tick in y.ticks(7) {
        let at = y.place(tick);
        let _ = writeln!(
            svg,
            "<line class=\"grid\" x1=\"{LEFT}\" y1=\"{at}\" x2=\"{RIGHT}\" y2=\"{at}\"/><text class=\"small\" x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>",
            LEFT - 8,
            at + 5,
            shown(tick, &curve.y)
        );
    }
    let ticks: Vec<(i128, String)> = match curve.x.names.as_slice() {
        [] => {
            x.ticks(if curve.x.is_date { 6 } else { 8 }).into_iter().map(|tick| (tick, shown(tick, &curve.x))).collect()
        }
        names => names.to_vec(),
    };
    for (tick, name) in ticks {
        let at = x.place(tick);
        let _ = writeln!(
            svg,
            "<line class=\"axis\" x1=\"{at}\" y1=\"{BOTTOM}\" x2=\"{at}\" y2=\"{}\"/><text class=\"small\" x=\"{at}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
            BOTTOM + 6,
            BOTTOM + 24,
            escaped(&name)
        );
    }
    let _ = writeln!(
        svg,
        "<line class=\"axis\" x1=\"{LEFT}\" y1=\"{BOTTOM}\" x2=\"{RIGHT}\" y2=\"{BOTTOM}\"/><line class=\"axis\" x1=\"{LEFT}\" y1=\"{TOP}\" x2=\"{LEFT}\" y2=\"{BOTTOM}\"/>\n\
         <text x=\"{RIGHT}\" y=\"{}\" text-anchor=\"end\">{}</text>\n<text class=\"small\" x=\"{LEFT}\" y=\"50\">{}</text>",
        BOTTOM + 54,
        escaped(&curve.x.label),
        escaped(&curve.y.label)
    );
    for piece in &curve.pieces {
        let mut path = String::new();
        for (at, (across, up)) in piece.points.iter().enumerate() {
            let _ = write!(path, "{}{} {}", if at == 0 { "M" } else { "L" }, x.place(*across), y.place(*up));
        }
        if piece.points.len() == 1 {
            path = if curve.x.names.is_empty() { path + "h1" } else { path + "m-30 0h60" };
        }
        let _ = writeln!(svg, "<path class=\"line\" d=\"{path}\"/>");
    }
    for mark in &curve.marks {
        let (across, up) = (x.place(mark.x), y.place(mark.y));
        let class = if mark.is_jump { "jump" } else { "kink" };
        // The number stands where the edge of the picture leaves room.
        let text_at = if up - 12 < TOP { up + 22 } else { up - 12 };
        let _ = writeln!(
            svg,
            "<circle class=\"{class}\" cx=\"{across}\" cy=\"{up}\" r=\"6\"/><text class=\"small\" x=\"{across}\" y=\"{text_at}\" text-anchor=\"middle\">{}</text>",
            mark.number
        );
    }
    svg
}

/// An amount at an axis, without needless noughts.
fn shown(value: i128, axis: &Axis) -> String {
    if axis.is_date {
        let mut text = String::new();
        let column = date_column();
        fen_runtime::format_cell(fen_runtime::Cell::Number(value), &column, &mut text);
        return text;
    }
    let text = grouped(&decimal(value, axis.scale));
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

fn date_column() -> fen_schema::Column {
    let text = || fen_schema::Text { zh: String::new(), en: String::new() };
    fen_schema::Column {
        name: String::new(),
        label: text(),
        ty: fen_schema::ColumnType::Date,
        unit: String::new(),
        scale: 0,
        min: String::new(),
        max: String::new(),
        optional: false,
        values: Vec::new(),
        layout: fen_schema::Layout::I32,
        offset: 0,
    }
}
