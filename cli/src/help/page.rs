//! Reads `docs/errors.md`, whose top says how it is written.

/// The page.
pub(crate) struct Page<'p> {
    /// In their order.
    pub(crate) areas: Vec<Area<'p>>,
}

/// Codes of one kind.
pub(crate) struct Area<'p> {
    /// What stands between its heading and its first section.
    #[allow(dead_code, reason = "only tests run the policies that stand here")]
    pub(crate) head: Vec<Piece<'p>>,
    /// One for each code.
    pub(crate) sections: Vec<Section<'p>>,
}

/// What is said of one code.
pub(crate) struct Section<'p> {
    /// The code, such as `fen::tier::gap` or `below_min`.
    pub(crate) code: &'p str,
    /// In English and Chinese.
    pub(crate) titles: [&'p str; 2],
    /// In English and Chinese.
    pub(crate) halves: [Vec<Piece<'p>>; 2],
}

/// A paragraph or a block.
pub(crate) enum Piece<'p> {
    /// One line of prose.
    Prose(&'p str),
    /// A fenced block.
    Block {
        /// What stands behind the fence.
        info: &'p str,
        /// What stands between the fences.
        lines: Vec<&'p str>,
    },
}

impl<'p> Page<'p> {
    /// Takes the page apart. What does not follow the form is not found in it; a test sees to that.
    pub(crate) fn read(text: &'p str) -> Self {
        let mut areas: Vec<Area<'p>> = Vec::new();
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            if line.strip_prefix("## ").is_some() {
                areas.push(Area { head: Vec::new(), sections: Vec::new() });
            } else if let Some((code, titles)) = line.strip_prefix("### ").and_then(|rest| rest.split_once(": ")) {
                let titles = titles.split_once(" / ").unwrap_or((titles, titles)).into();
                let section = Section { code, titles, halves: [Vec::new(), Vec::new()] };
                if let Some(area) = areas.last_mut() {
                    area.sections.push(section);
                }
            } else if let Some(piece) = piece(line, &mut lines) {
                let Some(area) = areas.last_mut() else { continue };
                match area.sections.last_mut() {
                    Some(section) => section.push(piece),
                    None => area.head.push(piece),
                }
            }
        }
        Self { areas }
    }

    /// All sections.
    pub(crate) fn sections(&self) -> impl Iterator<Item = &Section<'p>> {
        self.areas.iter().flat_map(|area| &area.sections)
    }
}

/// What begins with a line; a block takes all lines up to a fence as long as the one that opens it.
fn piece<'p>(line: &'p str, lines: &mut impl Iterator<Item = &'p str>) -> Option<Piece<'p>> {
    if !line.starts_with("```") {
        return (!line.trim().is_empty()).then_some(Piece::Prose(line));
    }
    let info = line.trim_start_matches('`');
    let fence = line.strip_suffix(info)?;
    Some(Piece::Block { info, lines: lines.take_while(|line| *line != fence).collect() })
}

impl<'p> Section<'p> {
    fn push(&mut self, piece: Piece<'p>) {
        let [en, zh] = &mut self.halves;
        let is_chinese = !zh.is_empty() || matches!(piece, Piece::Prose(text) if text.starts_with("**原因**"));
        if is_chinese { zh.push(piece) } else { en.push(piece) }
    }
}
