//! What has no value because an amount could not be divided: parts, and whatever is computed from them.

use fen_schema::{Column, Layout, Phase, Source};

use super::broken::Ran;
use super::causes::SETTLED;
use super::cells;
use super::engine::{Engine, Instances};
use super::error::StreamError;
use super::groups::NONE;
use super::schedule::at;
use fen_values::bound;

/// Why some instances have no value, one by one ([`SETTLED`] where they have); nothing if all have.
pub(crate) type Missing = Option<Vec<u16>>;

/// Of two causes the one whose split stands first.
pub(crate) fn first(one: u16, other: u16) -> u16 {
    match (one, other) {
        (SETTLED, cause) | (cause, SETTLED) => cause,
        (one, other) => one.min(other),
    }
}

impl Engine {
    /// Why a source has no value for some instances.
    pub(crate) fn missing(&self, source: Source, grain: usize, instances: &Instances<'_>) -> Missing {
        let missing = match source {
            Source::Value { phase, output } => self.phases.get(at(phase))?.missing.get(at(output))?,
            Source::Total { total } => &self.totals.get(at(total))?.missing,
            Source::Part { split } => &self.splits.get(at(split))?.missing,
            Source::Linked { .. } | Source::Field { .. } => return self.missing_link(source, grain, instances),
            Source::Input { .. } => return None,
        };
        if missing.is_empty() {
            return None;
        }
        let places = self.places(source, grain, instances);
        Some(places.iter().map(|place| missing.get(at(*place)).copied().unwrap_or(SETTLED)).collect())
    }

    /// The same of a link: of where it leads, or of a field.
    fn missing_link(&self, source: Source, grain: usize, instances: &Instances<'_>) -> Missing {
        let (link, field) = match source {
            Source::Linked { link } => (link, None),
            Source::Field { link, field } => (link, Some(at(field))),
            _ => return None,
        };
        let link = self.links.get(at(link)).filter(|link| link.lacks_any())?;
        let places = self.places(source, grain, instances);
        let place = |place: &u32| if *place == NONE { NONE } else { link.next(at(*place)) };
        Some(places.iter().map(|instance| link.missing(place(instance), field)).collect())
    }

    /// Why outputs of a phase have no value, by output, from why its inputs have none. The phase was just run over these
    /// instances; `counts` says which of them are settled and never taken back.
    pub(crate) fn missing_outputs(
        &mut self,
        place: usize,
        phase: &Phase,
        inputs: &[Missing],
        instances: &Instances<'_>,
        counts: impl Fn(usize) -> bool,
    ) -> Result<Vec<Missing>, StreamError> {
        let broken = self.phases.get_mut(place).map(|phase| &mut phase.broken);
        let broken = broken.and_then(|broken| broken.take_if(|broken| !broken.lacks_nothing(inputs)));
        let Some(mut broken) = broken else { return Ok(Self::missing_by_uses(phase, inputs)) };
        let count = match instances {
            Instances::Rows { count, .. } => usize::try_from(*count).unwrap_or(0),
            Instances::Groups(slots) => slots.len(),
        };
        let counts: Vec<bool> = (0..count).map(counts).collect();
        let tables = phase.state.iter().flat_map(|state| &state.tables);
        let slots: Vec<_> = tables.map(|table| self.places_in(at(table.grain), at(phase.grain), instances)).collect();
        let slots = slots.iter().map(|slots| &**slots).collect();
        let missing = broken.follow(phase, &Ran { inputs, counts: &counts, slots }, &self.kernel);
        if let Some(phase) = self.phases.get_mut(place) {
            phase.broken = Some(broken);
        }
        missing
    }

    /// The same where no record lacks anything.
    fn missing_by_uses(phase: &Phase, inputs: &[Missing]) -> Vec<Missing> {
        let output = |place: usize| {
            let mut found: Missing = None;
            for input in phase.uses.get(place).into_iter().flatten() {
                let Some(causes) = inputs.get(at(*input)).and_then(Option::as_ref) else { continue };
                let known = found.get_or_insert_with(|| vec![SETTLED; causes.len()]);
                known.iter_mut().zip(causes).for_each(|(known, cause)| *known = first(*known, *cause));
            }
            found
        };
        (0..phase.outputs.len()).map(output).collect()
    }
}

/// Makes cells of one layout those of a column: converts them, and puts something that the column admits where there is no
/// value, so that what does not need it is computed.
pub(crate) fn adapt(bytes: &mut Vec<u8>, from: Layout, column: &Column, missing: &Missing) {
    let to = column.layout;
    if from != to {
        let size = at(from.bytes()).max(1);
        let convert = |bytes: &[u8]| {
            let cell = cells::cell(bytes, from);
            cells::bytes(if cell == from.none() { to.none() } else { cell }, to)
        };
        *bytes = bytes.chunks(size).flat_map(convert).collect();
    }
    let Some(missing) = missing else { return };
    let least = if column.optional { Some(to.none()) } else { bound(&column.min, column) };
    let least = cells::bytes(least.unwrap_or(0), to);
    for (cell, cause) in bytes.chunks_mut(least.len().max(1)).zip(missing) {
        if *cause != SETTLED {
            cell.copy_from_slice(&least);
        }
    }
}

/// Adds causes to those of groups: of each instance to the group it belongs to.
pub(crate) fn pass_on(missing: &Missing, slots: &[u32], groups: &mut Vec<u16>) {
    for (cause, slot) in
        missing.iter().flatten().zip(slots).filter(|(cause, slot)| **cause != SETTLED && **slot != u32::MAX)
    {
        if at(*slot) >= groups.len() {
            groups.resize(at(*slot) + 1, SETTLED);
        }
        if let Some(known) = groups.get_mut(at(*slot)) {
            *known = first(*known, *cause);
        }
    }
}

#[cfg(test)]
mod tests {
    use fen_schema::{ColumnType, Text};

    use super::*;

    #[test]
    fn cells_are_adapted() {
        let mut column = Column {
            name: "x".into(),
            label: Text::default(),
            ty: ColumnType::Money,
            unit: String::new(),
            scale: 2,
            min: "1.00".into(),
            max: "2.00".into(),
            optional: false,
            values: Vec::new(),
            layout: Layout::I128,
            offset: 0,
        };
        let cells =
            |cells: &[i128], layout| cells.iter().flat_map(|cell| cells::bytes(*cell, layout)).collect::<Vec<u8>>();
        let mut bytes = cells(&[5, i64::MIN.into(), -7], Layout::I64);
        adapt(&mut bytes, Layout::I64, &column, &Some(vec![0, 0, 3]));
        assert_eq!(bytes, cells(&[5, i128::MIN, 100], Layout::I128));
        (column.layout, column.optional) = (Layout::I64, true);
        adapt(&mut bytes, Layout::I128, &column, &Some(vec![1, 0, 0]));
        assert_eq!(bytes, cells(&[i64::MIN.into(), i64::MIN.into(), 100], Layout::I64));
        let mut groups = Vec::new();
        pass_on(&Some(vec![0, 4, 2, 3]), &[0, 2, 2, u32::MAX], &mut groups);
        assert_eq!(groups, [0, 0, 2]);
    }
}
