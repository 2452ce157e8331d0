//! Charts as SVG, for pages and files. Every coordinate is an integer; amounts are integers of some number of decimals.

mod bars;
mod curve;
mod scale;

pub(crate) use self::bars::{Bar, bars};
pub(crate) use self::curve::{Axis, Curve, Mark, Piece, curves};

/// Text as it may stand in HTML and SVG.
pub(crate) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            // Neither format has room for other controls.
            control if control.is_control() && !matches!(control, '\n' | '\t') => safe.push(' '),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_escaped() {
        assert_eq!(escaped("a<b & \"c\"\u{1}"), "a&lt;b &amp; &quot;c&quot; ");
    }

    /// No number in a drawing has a fraction.
    #[test]
    fn coordinates_are_whole() {
        let rows = [("甲", 333), ("乙", -1), ("丙", 0)].map(|(name, value)| Bar {
            label: name.into(),
            value,
            text: value.to_string(),
        });
        let axis = |name: &str| Axis { label: name.into(), scale: 2, is_date: false, names: Vec::new() };
        let pieces = vec![Piece { points: vec![(0, 0), (7, 3), (100, 999)] }];
        let marks = vec![Mark { x: 7, y: 3, number: 1, is_jump: true }];
        let drawn = curves(&[Curve { title: "t".into(), x: axis("x"), y: axis("y"), pieces, marks }]);
        for svg in [bars(&rows, "t"), drawn] {
            for attribute in svg.split(['"']).skip(1).step_by(2) {
                let is_font = attribute.chars().any(|c| c.is_alphabetic() && !"MLHVZhlmvz".contains(c));
                assert!(is_font || !attribute.contains('.'), "{attribute}");
            }
        }
    }
}
