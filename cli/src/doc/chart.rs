//! Ladders as pictures: one column per row, as wide as the row where that can be drawn, divided as the row divides.

use fen_compiler::Text;
use fen_grammar::tree::{Bounds, Quantity};
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive, Zero};

use super::html::{both, escape};
use super::values;

/// A ladder.
pub(super) struct Chart<'a> {
    pub(super) columns: Vec<Column<'a>>,
    /// What the rows yield.
    pub(super) names: Vec<Text>,
    pub(super) is_tier: bool,
}

/// A row of a ladder.
pub(super) struct Column<'a> {
    pub(super) bounds: &'a Bounds,
    /// By name; `None` for nothing, or for what is no constant.
    pub(super) values: Vec<Option<Quantity>>,
}

/// Units of the picture.
const LEFT: i64 = 24;
const WIDTH: i64 = 520;
const TOP: i64 = 28;
const HEIGHT: i64 = 170;
/// A row may be this many times as wide as another before all are drawn alike.
const WIDEST: i64 = 12;

impl Chart<'_> {
    /// The picture and its legend; empty where there is nothing to be drawn.
    pub(super) fn draw(&self) -> String {
        let has_rest = |column: &Column<'_>| column.values.iter().all(Option::is_none);
        let is_negative = self.values().any(|value| value.value.is_negative());
        let unit = self.values().next().map(|value| value.unit.clone());
        let is_mixed = self.values().any(|value| Some(&value.unit) != unit.as_ref());
        if self.columns.is_empty()
            || self.columns.len() > 40
            || is_negative
            || is_mixed
            || self.columns.iter().any(has_rest)
        {
            return String::new();
        }
        let height = |column: &Column<'_>| -> BigRational {
            let values = column.values.iter().flatten().map(|value| value.value.clone());
            if self.is_tier { values.sum() } else { values.max().unwrap_or_else(BigRational::zero) }
        };
        let Some(top) = self.columns.iter().map(height).max().filter(Signed::is_positive) else { return String::new() };
        let (widths, is_scaled) = self.widths();
        let mut picture = String::new();
        let top_label =
            self.values().next().map(|value| values::quantity(&Quantity { value: top.clone(), ..value.clone() }));
        picture += &grid(top_label.as_ref());
        let mut x = LEFT;
        for (at, (column, width)) in self.columns.iter().zip(&widths).enumerate() {
            self.bars(column, x, *width, &top, &mut picture);
            self.tick(column, at, x, *width, &mut picture);
            x += width;
        }
        let (right, bottom) = (LEFT + WIDTH, TOP + HEIGHT);
        picture += &format!("<path class=\"axis\" d=\"M{LEFT} {TOP}V{bottom}H{right}\"/>\n");
        let caption = self.caption();
        let size = format!("0 0 {} {}", right + 16, bottom + 30);
        let mut html = format!(
            "<figure class=\"chart\"><svg viewBox=\"{size}\" role=\"img\" aria-label=\"{}\">\n{picture}</svg>\n",
            escape(&caption)
        );
        html += "<figcaption>";
        for (at, name) in self.names.iter().enumerate() {
            html += &format!("<span class=\"key\"><i class=\"f{}\"></i>{}</span>", at % 6, both(name));
        }
        if !is_scaled && self.columns.len() > 1 {
            html +=
                &format!("<span class=\"key\">{}</span>", both(&Text::new("widths are not to scale", "宽度未按比例")));
        }
        html + "</figcaption></figure>\n"
    }

    fn values(&self) -> impl Iterator<Item = &Quantity> {
        self.columns.iter().flat_map(|column| column.values.iter().flatten())
    }

    /// What the picture shows, for those who do not see it.
    fn caption(&self) -> String {
        let names: Vec<&str> = self.names.iter().map(|name| name.zh.as_str()).collect();
        names.join("、")
    }

    /// How wide each row is drawn; whether that is to scale.
    fn widths(&self) -> (Vec<i64>, bool) {
        let sizes: Vec<Option<BigRational>> = self
            .columns
            .iter()
            .map(|column| {
                let (low, high) = values::limits(column.bounds);
                let high = high?.value;
                // The lowest row begins at nothing.
                let low = low.map_or_else(BigRational::zero, |low| low.value);
                Some(high - low).filter(Signed::is_positive)
            })
            .collect();
        let count = i64::try_from(self.columns.len()).unwrap_or(1).max(1);
        let equal = vec![WIDTH / count; self.columns.len()];
        let known: Vec<&BigRational> = sizes.iter().flatten().collect();
        let (Some(least), Some(most)) = (known.iter().min(), known.iter().max()) else { return (equal, false) };
        let is_last_open = |at: usize| at + 1 == sizes.len();
        let open_elsewhere = sizes.iter().enumerate().any(|(at, size)| size.is_none() && !is_last_open(at));
        if open_elsewhere || **most > *least * BigInt::from(WIDEST) {
            return (equal, false);
        }
        // A row without end is drawn as wide as the widest other one.
        let widths: Vec<BigRational> =
            sizes.iter().map(|size| size.clone().unwrap_or_else(|| (**most).clone())).collect();
        let whole: BigRational = widths.iter().cloned().sum();
        let drawn = widths.iter().map(|width| integer(&(width * BigInt::from(WIDTH) / &whole)));
        (drawn.collect(), true)
    }

    fn bars(&self, column: &Column<'_>, x: i64, width: i64, top: &BigRational, picture: &mut String) {
        let bottom = TOP + HEIGHT;
        let count = i64::try_from(self.names.len()).unwrap_or(1).max(1);
        let mut below = BigRational::zero();
        for (at, value) in column.values.iter().enumerate() {
            let Some(value) = value else { continue };
            let from = if self.is_tier { below.clone() } else { BigRational::zero() };
            let to = &from + &value.value;
            let (low, high) = (scaled(&from, top), scaled(&to, top));
            below = to;
            let (left, wide) = if self.is_tier {
                (x, width)
            } else {
                let wide = width / count;
                (x + wide * i64::try_from(at).unwrap_or(0), wide)
            };
            let tall = high - low;
            if tall == 0 {
                continue;
            }
            let y = bottom - high;
            *picture += &format!(
                "<rect class=\"f{}\" x=\"{}\" y=\"{y}\" width=\"{}\" height=\"{tall}\"/>\n",
                at % 6,
                left + 1,
                (wide - 2).max(1)
            );
            if tall >= 16 && wide >= 34 {
                let (middle, line) = (left + wide / 2, y + tall / 2 + 4);
                *picture += &label("t", middle, line, &values::quantity(value));
            }
        }
    }

    /// The bound between a row and the next.
    fn tick(&self, column: &Column<'_>, at: usize, x: i64, width: i64, picture: &mut String) {
        let (low, high) = values::limits(column.bounds);
        let line = TOP + HEIGHT + 18;
        let shown = |quantity: Option<Quantity>, written: &Option<fen_grammar::tree::Literal>| {
            let plain = |one: &fen_grammar::tree::Literal| values::literal(one, &|name| Text::new(name, name));
            quantity.as_ref().map(values::quantity).or_else(|| written.as_ref().map(plain))
        };
        if at == 0
            && let Some(text) = shown(low, &column.bounds.low)
        {
            *picture += &label("x", x, line, &text);
        }
        if let Some(text) = shown(high, &column.bounds.high) {
            *picture += &label("x", x + width, line, &text);
        } else {
            *picture += &format!("<path class=\"open\" d=\"M{} {TOP}v{HEIGHT}\"/>\n", x + width - 1);
            *picture += &format!("<text class=\"x\" x=\"{}\" y=\"{line}\">→</text>\n", x + width - 4);
        }
    }
}

fn grid(top: Option<&Text>) -> String {
    let mut grid = String::new();
    for quarter in 1..=4 {
        let y = TOP + HEIGHT - HEIGHT * quarter / 4;
        grid += &format!("<path class=\"grid\" d=\"M{LEFT} {y}h{WIDTH}\"/>\n");
    }
    if let Some(top) = top {
        // Above the axis, where it has room however long it is and however large a phone shows it.
        grid += &label("top", 0, TOP - 9, top);
    }
    grid + &format!("<text class=\"y\" x=\"{}\" y=\"{}\">0</text>\n", LEFT - 6, TOP + HEIGHT)
}

/// Text in the picture, in both languages.
fn label(class: &str, x: i64, y: i64, text: &Text) -> String {
    let one =
        |lang: &str, text: &str| format!("<text class=\"{class}{lang}\" x=\"{x}\" y=\"{y}\">{}</text>\n", escape(text));
    if text.en == text.zh { one("", &text.en) } else { one(" zh", &text.zh) + &one(" en", &text.en) }
}

fn scaled(value: &BigRational, top: &BigRational) -> i64 {
    integer(&(value * BigInt::from(HEIGHT) / top))
}

fn integer(value: &BigRational) -> i64 {
    value.to_integer().to_i64().unwrap_or(0)
}
