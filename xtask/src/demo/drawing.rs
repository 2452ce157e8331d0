//! The drawings of the report, as SVG with whole coordinates.

use std::fmt::Write as _;

use anyhow::Result;

use super::fund::{Fund, Point};

/// Parts of a whole, side by side; a part too small to be seen leaves no gap.
pub(crate) fn split(parts: &[i64], title: &str) -> Result<String> {
    const WIDTH: i64 = 1000;
    let whole = parts.iter().sum::<i64>().max(1);
    let mut svg =
        format!("<svg viewBox=\"0 0 {WIDTH} 40\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{title}\">");
    let mut before = 0;
    for (index, part) in parts.iter().enumerate() {
        let from = scaled(before, WIDTH, whole);
        before += part;
        let width = scaled(before, WIDTH, whole) - from;
        write!(svg, "<rect class=\"p{index}\" x=\"{from}\" y=\"0\" width=\"{width}\" height=\"40\"/>")?;
    }
    svg.push_str("</svg>");
    Ok(svg)
}

const LEFT: i64 = 44;
const RIGHT: i64 = 376;
const TOP: i64 = 34;
const BOTTOM: i64 = 230;
/// The drawing ends at a surplus of a fifth of the package, and at a tenth of it retained or carried: in ten thousandths.
const MOST_SURPLUS: i64 = 2000;
const MOST_SHARE: i64 = 1100;
/// Curves are drawn in tenths of a point, or they would have steps.
const FINE: i64 = 10;

/// What is retained and carried of a surplus, and where the county lies; all in percent of the package.
pub(crate) fn ladder(fund: &Fund) -> Result<String> {
    let budget = fund.budget.max(1);
    let place = |point: &Point, value: i64, fine: i64| {
        let surplus = (budget - point.spent).clamp(0, budget * MOST_SURPLUS / 10_000);
        (x(surplus * 10_000 / budget, fine), y(value * 10_000 / budget, fine))
    };
    let mut svg =
        String::from("<svg viewBox=\"0 0 390 290\" role=\"img\" aria-label=\"结余留用与结转 / Surplus ladder\">");
    for percent in [0, 5, 10, 15, 20] {
        let x = x(percent * 100, 1);
        write!(svg, "<path class=\"grid\" d=\"M{x} {TOP}V{BOTTOM}\"/>")?;
        write!(svg, "<text class=\"soft\" x=\"{x}\" y=\"{}\" text-anchor=\"middle\">{percent}%</text>", BOTTOM + 18)?;
    }
    for percent in [0, 5, 10] {
        let y = y(percent * 100, 1);
        write!(svg, "<path class=\"grid\" d=\"M{LEFT} {y}H{RIGHT}\"/>")?;
        write!(svg, "<text class=\"soft\" x=\"{}\" y=\"{}\" text-anchor=\"end\">{percent}%</text>", LEFT - 6, y + 4)?;
    }
    write!(svg, "<path class=\"axis\" d=\"M{LEFT} {TOP}V{BOTTOM}H{RIGHT}\"/>")?;
    write!(
        svg,
        "<text class=\"soft\" x=\"{RIGHT}\" y=\"{}\" text-anchor=\"end\">结余占打包总额 / surplus</text>",
        BOTTOM + 38
    )?;
    write!(svg, "<text class=\"soft\" x=\"4\" y=\"16\">留用、结转占打包总额 / retained, carried</text>")?;
    for (class, value) in [("s0", true), ("s3", false)] {
        let points = fund.curve.iter().map(|point| {
            let (x, y) = place(point, if value { point.retained } else { point.carried }, FINE);
            format!("{x},{y}")
        });
        let points = points.collect::<Vec<_>>().join(" ");
        write!(svg, "<g transform=\"scale(.1)\"><polyline class=\"{class}\" points=\"{points}\"/></g>")?;
    }
    let (here, retained) = place(&fund.county, fund.county.retained, 1);
    let (_, carried) = place(&fund.county, fund.county.carried, 1);
    write!(svg, "<path class=\"here\" d=\"M{here} {TOP}V{BOTTOM}\"/>")?;
    write!(svg, "<circle class=\"p0\" cx=\"{here}\" cy=\"{retained}\" r=\"5\"/>")?;
    write!(svg, "<circle class=\"p3\" cx=\"{here}\" cy=\"{carried}\" r=\"5\"/>")?;
    let (anchor, beside) = if here > (LEFT + RIGHT) / 2 { ("end", here - 6) } else { ("start", here + 6) };
    write!(svg, "<text x=\"{beside}\" y=\"{}\" text-anchor=\"{anchor}\">示例县</text>", TOP + 12)?;
    svg.push_str("</svg>");
    Ok(svg)
}

fn x(ten_thousandths: i64, fine: i64) -> i64 {
    LEFT * fine + scaled(ten_thousandths, (RIGHT - LEFT) * fine, MOST_SURPLUS)
}

fn y(ten_thousandths: i64, fine: i64) -> i64 {
    BOTTOM * fine - scaled(ten_thousandths, (BOTTOM - TOP) * fine, MOST_SHARE)
}

fn scaled(value: i64, length: i64, whole: i64) -> i64 {
    (value * length + whole / 2) / whole
}
