//! Links to the next claim of the same keys.

use fen_schema::{Column, Link};

use super::causes::SETTLED;
use super::cells::CellVec;
use super::error::StreamError;
use super::groups::NONE;
use super::missing::Missing;
use super::schedule::at;

/// What one link needs of every instance (row or claim), in their order.
pub(crate) struct LinkCells {
    /// First the group of each, then, when all are there, the instance that it is linked to.
    next: Vec<u32>,
    /// Whether it can be linked to; nothing if all can.
    when: Option<Vec<bool>>,
    pub(crate) fields: Vec<CellVec>,
    /// By instance, as far as there is any: why it is not known whether it can be linked to.
    lacking_when: Vec<u16>,
    /// By field and instance, as far as there is any: why it has no value.
    lacking: Vec<Vec<u16>>,
}

impl LinkCells {
    /// For the outputs of the link's phase.
    pub(crate) fn new(link: &Link, outputs: &[Column]) -> Self {
        let field = |output: &u32| usize::try_from(*output).ok().and_then(|output| outputs.get(output));
        Self {
            next: Vec::new(),
            when: link.when.map(|_| Vec::new()),
            fields: link.fields.iter().filter_map(field).map(|column| CellVec::new(column.layout)).collect(),
            lacking_when: Vec::new(),
            lacking: vec![Vec::new(); link.fields.len()],
        }
    }

    /// Why instances that are added next have no condition, and, by field, no value.
    pub(crate) fn lack(&mut self, when: &Missing, fields: &[&Missing]) {
        let first = self.next.len();
        let note = |list: &mut Vec<u16>, causes: &Missing| {
            let Some(causes) = causes else { return };
            list.resize(first, SETTLED);
            list.extend_from_slice(causes);
        };
        note(&mut self.lacking_when, when);
        self.lacking.iter_mut().zip(fields).for_each(|(list, causes)| note(list, causes));
    }

    /// Whether anything may be missing.
    pub(crate) fn lacks_any(&self) -> bool {
        !self.lacking_when.is_empty() || self.lacking.iter().any(|list| !list.is_empty())
    }

    /// Why it is not known whether the link leads to an instance, or what the field is there.
    pub(crate) fn missing(&self, instance: u32, field: Option<usize>) -> u16 {
        let cause = |list: &[u16]| list.get(at(instance)).copied().unwrap_or(SETTLED);
        match (cause(&self.lacking_when), field) {
            (SETTLED, Some(field)) => self.lacking.get(field).map_or(SETTLED, |list| cause(list)),
            (why, _) => why,
        }
    }

    /// Adds instances: their groups, or none for those that count for nothing, their condition and fields as they lie in
    /// the memory.
    pub(crate) fn add(&mut self, slots: &[u32], when: Option<&[u8]>, fields: &[&[u8]]) -> Result<(), StreamError> {
        self.next.extend_from_slice(slots);
        if u32::try_from(self.next.len()).is_err() {
            return Err(StreamError::TooMany);
        }
        if let (Some(list), Some(when)) = (&mut self.when, when) {
            list.extend(when.iter().map(|cell| *cell == 1));
        }
        for (list, bytes) in self.fields.iter_mut().zip(fields) {
            list.extend(bytes);
        }
        Ok(())
    }

    /// A row that takes a claim back: it is linked to nothing, but has its place among the rows.
    pub(crate) fn skip(&mut self) {
        self.next.push(NONE);
        self.when.iter_mut().for_each(|when| when.push(false));
        self.fields.iter_mut().for_each(|cells| cells.push(0));
    }

    /// All instances are there: finds the next one of each, in one walk backwards.
    pub(crate) fn finish(&mut self, slots: usize) {
        let mut latest = vec![NONE; slots];
        for (place, slot) in self.next.iter_mut().enumerate().rev() {
            let Some(latest) = usize::try_from(*slot).ok().and_then(|slot| latest.get_mut(slot)) else { continue };
            *slot = *latest;
            // One of which it is not known leaves open where the link leads.
            let is_open = self.lacking_when.get(place).is_some_and(|cause| *cause != SETTLED);
            if is_open || self.when.as_ref().is_none_or(|when| when.get(place) == Some(&true)) {
                *latest = u32::try_from(place).unwrap_or(NONE);
            }
        }
        self.when = None;
    }

    /// Where the link of an instance leads.
    pub(crate) fn next(&self, instance: usize) -> u32 {
        self.next.get(instance).copied().unwrap_or(NONE)
    }
}

#[cfg(test)]
mod tests {
    use fen_schema::Layout;

    use super::*;

    fn linked(when: Option<&[u8]>) -> Vec<u32> {
        let mut cells = LinkCells {
            next: Vec::new(),
            when: when.map(|_| Vec::new()),
            fields: vec![CellVec::new(Layout::I32)],
            lacking_when: Vec::new(),
            lacking: vec![Vec::new()],
        };
        let slots = [0, 1, 0, NONE, 0, 1];
        for (at, slot) in slots.iter().enumerate() {
            let field = i32::try_from(at).unwrap().to_le_bytes();
            if at == 5 {
                cells.lack(&Some(vec![7]), &[&None]);
            }
            cells.add(&[*slot], when.map(|when| &when[at..=at]), &[field.as_slice()]).unwrap();
        }
        cells.finish(2);
        assert_eq!(cells.fields[0].get(4), 4);
        assert_eq!([3, 5, NONE].map(|at| cells.missing(at, Some(0))), [SETTLED, 7, SETTLED]);
        (0..7).map(|at| cells.next(at)).collect()
    }

    #[test]
    fn the_next_of_the_same_group() {
        assert_eq!(linked(None), [2, 5, 4, NONE, NONE, NONE, NONE]);
        assert_eq!(linked(Some(&[1, 1, 0, 1, 1, 0])), [4, 5, 4, NONE, NONE, NONE, NONE]);
    }
}
