//! Which group of a grain a row belongs to: keys and period to a slot, a number from 0 in the order of first rows.

use std::hash::BuildHasher;

use fen_schema::{Column, Layout};
use hashbrown::{DefaultHashBuilder, HashTable};

use crate::inputs::Cells;

/// No group.
pub(crate) const NONE: u32 = u32::MAX;

/// The groups of one grain.
pub(crate) struct Groups {
    layouts: Vec<Layout>,
    has_period: bool,
    slots: usize,
    keys: Keys,
}

/// How keys are found. The most common kinds need no hash.
enum Keys {
    /// One group of everything.
    One,
    /// A text: its number leads to the slot.
    Text { heads: Vec<u32> },
    /// A text and a period: its number leads to the slot of the latest new period, that one to the one before.
    TextPeriod { heads: Vec<u32>, chain: Vec<(i32, u32)> },
    /// At most 8 bytes of keys and period.
    Packed { table: HashTable<u32>, keys: Vec<u64>, hasher: DefaultHashBuilder },
    /// More.
    Wide { table: HashTable<u32>, keys: Vec<Box<[u8]>>, hasher: DefaultHashBuilder },
}

/// The keys of a group, and its period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) cells: Vec<i128>,
    pub(crate) period: Option<i32>,
}

impl Groups {
    /// No groups yet; of keys in these columns.
    pub(crate) fn new(columns: &[&Column], has_period: bool) -> Self {
        let layouts: Vec<Layout> = columns.iter().map(|column| column.layout).collect();
        let bytes: u32 = layouts.iter().map(|layout| layout.bytes()).sum::<u32>() + if has_period { 4 } else { 0 };
        let hasher = DefaultHashBuilder::default();
        let keys = match (columns, has_period) {
            ([], false) => Keys::One,
            ([column], false) if column.ty.is_text() => Keys::Text { heads: Vec::new() },
            ([column], true) if column.ty.is_text() => Keys::TextPeriod { heads: Vec::new(), chain: Vec::new() },
            _ if bytes <= 8 => Keys::Packed { table: HashTable::new(), keys: Vec::new(), hasher },
            _ => Keys::Wide { table: HashTable::new(), keys: Vec::new(), hasher },
        };
        Self { layouts, has_period, slots: 0, keys }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.slots
    }

    /// The slots of some rows of a batch, new where a group is new; [`NONE`] for rows that are not live. `periods` are
    /// those of these rows, if the grain has a period.
    pub(crate) fn find(
        &mut self,
        keys: &[&Cells<'_>],
        periods: &[i32],
        start: usize,
        live: &[bool],
        slots: &mut Vec<u32>,
    ) {
        slots.clear();
        let texts = match keys {
            [Cells::I32(cells)] => cells.get(start..).unwrap_or_default(),
            _ => &[],
        };
        let count = &mut self.slots;
        match &mut self.keys {
            Keys::One => {
                *count = 1;
                slots.extend(live.iter().map(|live| if *live { 0 } else { NONE }));
            }
            Keys::Text { heads } => {
                for (number, live) in texts.iter().zip(live) {
                    slots.push(if *live { head(heads, *number, count) } else { NONE });
                }
            }
            Keys::TextPeriod { heads, chain } => {
                // Two loops: the loads of one do not wait for each other.
                slots.extend(texts.iter().zip(live).map(|(number, live)| match usize::try_from(*number) {
                    Ok(number) if *live => heads.get(number).copied().unwrap_or(NONE),
                    _ => NONE,
                }));
                for (((number, period), live), slot) in texts.iter().zip(periods).zip(live).zip(slots.iter_mut()) {
                    if *live && at(chain, *slot).is_none_or(|(found, _)| found != *period) {
                        *slot = in_chain(heads, chain, *number, *period);
                    }
                }
                *count = chain.len();
            }
            Keys::Packed { table, keys: known, hasher } => {
                for (row, live) in live.iter().enumerate() {
                    if !live {
                        slots.push(NONE);
                        continue;
                    }
                    let key = packed(keys, &self.layouts, periods.get(row).copied(), start + row);
                    slots.push(packed_slot(table, known, hasher, key));
                }
                *count = known.len();
            }
            Keys::Wide { table, keys: known, hasher } => {
                for (row, live) in live.iter().enumerate() {
                    if !live {
                        slots.push(NONE);
                        continue;
                    }
                    let mut key: Vec<u8> = keys
                        .iter()
                        .flat_map(|cells| cells.bytes(start + row, 1).unwrap_or_default())
                        .copied()
                        .collect();
                    key.extend(periods.get(row).into_iter().flat_map(|period| period.to_le_bytes()));
                    slots.push(wide_slot(table, known, hasher, &key));
                }
                *count = known.len();
            }
        }
    }

    /// The slot of a key, new if the group is new.
    pub(crate) fn slot(&mut self, key: &Key) -> u32 {
        let cells: Vec<Cells<'_>> =
            key.cells.iter().zip(&self.layouts).map(|(cell, layout)| one(*cell, *layout)).collect();
        let cells: Vec<&Cells<'_>> = cells.iter().collect();
        let mut slots = Vec::new();
        self.find(&cells, key.period.as_slice(), 0, &[true], &mut slots);
        slots.first().copied().unwrap_or(NONE)
    }

    /// The keys of all groups, by slot.
    pub(crate) fn keys(&self) -> Vec<Key> {
        let empty = Key { cells: Vec::new(), period: None };
        match &self.keys {
            Keys::One => vec![empty; self.slots],
            Keys::Text { heads } => {
                let mut keys = vec![empty; self.slots];
                for (number, slot) in (0..).zip(heads) {
                    if let Some(key) = usize::try_from(*slot).ok().and_then(|slot| keys.get_mut(slot)) {
                        key.cells = vec![number];
                    }
                }
                keys
            }
            Keys::TextPeriod { heads, chain } => {
                let mut keys = vec![empty; self.slots];
                for (number, head) in (0..).zip(heads) {
                    let mut slot = *head;
                    while let Some((period, next)) = at(chain, slot) {
                        if let Some(key) = usize::try_from(slot).ok().and_then(|slot| keys.get_mut(slot)) {
                            *key = Key { cells: vec![number], period: Some(period) };
                        }
                        slot = next;
                    }
                }
                keys
            }
            Keys::Packed { keys, .. } => keys.iter().map(|key| self.unpack(&key.to_le_bytes())).collect(),
            Keys::Wide { keys, .. } => keys.iter().map(|key| self.unpack(key)).collect(),
        }
    }

    fn unpack(&self, mut bytes: &[u8]) -> Key {
        let mut cells = Vec::new();
        for layout in &self.layouts {
            let length = usize::try_from(layout.bytes()).unwrap_or(0);
            let (cell, rest) = bytes.split_at_checked(length).unwrap_or_default();
            cells.push(super::cells::cell(cell, *layout));
            bytes = rest;
        }
        let period = bytes.first_chunk().map(|period| i32::from_le_bytes(*period)).filter(|_| self.has_period);
        Key { cells, period }
    }
}

fn one(cell: i128, layout: Layout) -> Cells<'static> {
    match layout {
        Layout::I8 => Cells::I8(vec![i8::try_from(cell).unwrap_or(0)]),
        Layout::I32 => Cells::I32(vec![i32::try_from(cell).unwrap_or(0)].into()),
        Layout::I64 => Cells::I64(vec![i64::try_from(cell).unwrap_or(0)].into()),
        Layout::I128 => Cells::I128(vec![cell].into()),
    }
}

fn at(chain: &[(i32, u32)], slot: u32) -> Option<(i32, u32)> {
    chain.get(usize::try_from(slot).ok()?).copied()
}

/// Makes the list long enough for the number.
fn reach(heads: &mut Vec<u32>, number: usize) {
    if number >= heads.len() {
        heads.resize(number + 1, NONE);
    }
}

#[inline]
fn head(heads: &mut Vec<u32>, number: i32, count: &mut usize) -> u32 {
    let Ok(number) = usize::try_from(number) else { return NONE };
    reach(heads, number);
    match heads.get_mut(number) {
        Some(slot) => {
            if *slot == NONE {
                *slot = u32::try_from(*count).unwrap_or(NONE);
                *count += 1;
            }
            *slot
        }
        None => NONE,
    }
}

fn in_chain(heads: &mut Vec<u32>, chain: &mut Vec<(i32, u32)>, number: i32, period: i32) -> u32 {
    let Ok(number) = usize::try_from(number) else { return NONE };
    reach(heads, number);
    let Some(head) = heads.get_mut(number) else { return NONE };
    let mut slot = *head;
    while let Some((found, next)) = at(chain, slot) {
        if found == period {
            return slot;
        }
        slot = next;
    }
    let slot = u32::try_from(chain.len()).unwrap_or(NONE);
    chain.push((period, *head));
    *head = slot;
    slot
}

fn packed(keys: &[&Cells<'_>], layouts: &[Layout], period: Option<i32>, row: usize) -> u64 {
    let mut key = 0_u64;
    let mut shift = 0_u32;
    for (cells, layout) in keys.iter().zip(layouts) {
        let bits = match cells {
            Cells::I8(cells) => cells.get(row).map_or(0, |cell| u64::from(cell.cast_unsigned())),
            Cells::I32(cells) => cells.get(row).map_or(0, |cell| u64::from(cell.cast_unsigned())),
            Cells::I64(cells) => cells.get(row).map_or(0, |cell| cell.cast_unsigned()),
            Cells::I128(_) => 0,
        };
        key |= bits.checked_shl(shift).unwrap_or(0);
        shift += layout.bytes() * 8;
    }
    key | period.map_or(0, |period| u64::from(period.cast_unsigned()).checked_shl(shift).unwrap_or(0))
}

fn packed_slot(table: &mut HashTable<u32>, keys: &mut Vec<u64>, hasher: &DefaultHashBuilder, key: u64) -> u32 {
    let hash = hasher.hash_one(key);
    let of = |slot: &u32| usize::try_from(*slot).ok().and_then(|slot| keys.get(slot)).copied();
    if let Some(slot) = table.find(hash, |slot| of(slot) == Some(key)) {
        return *slot;
    }
    let slot = u32::try_from(keys.len()).unwrap_or(NONE);
    table.insert_unique(hash, slot, |slot| hasher.hash_one(of(slot).unwrap_or(key)));
    keys.push(key);
    slot
}

fn wide_slot(table: &mut HashTable<u32>, keys: &mut Vec<Box<[u8]>>, hasher: &DefaultHashBuilder, key: &[u8]) -> u32 {
    let hash = hasher.hash_one(key);
    let of = |slot: &u32| usize::try_from(*slot).ok().and_then(|slot| keys.get(slot)).map(AsRef::as_ref);
    if let Some(slot) = table.find(hash, |slot| of(slot) == Some(key)) {
        return *slot;
    }
    let slot = u32::try_from(keys.len()).unwrap_or(NONE);
    table.insert_unique(hash, slot, |slot| hasher.hash_one(of(slot).unwrap_or(key)));
    keys.push(key.into());
    slot
}

#[cfg(test)]
mod tests {
    use fen_schema::{ColumnType, Text};

    use super::*;

    fn column(ty: ColumnType, layout: Layout) -> Column {
        Column {
            name: "k".into(),
            label: Text::default(),
            ty,
            unit: String::new(),
            scale: 0,
            min: String::new(),
            max: String::new(),
            optional: false,
            values: Vec::new(),
            layout,
            offset: 0,
        }
    }

    #[test]
    fn slots_are_given_in_the_order_of_first_rows() {
        let id = column(ColumnType::Id, Layout::I32);
        let level = column(ColumnType::Enum, Layout::I8);
        let amount = column(ColumnType::Money, Layout::I128);
        let ids = Cells::I32(vec![5, 3, 5, 9, 3, 5].into());
        let levels = Cells::I8(vec![1, 1, 1, -1, 1, 2]);
        let amounts = Cells::I128(vec![-1, 2, -1, 3, 2, -1].into());
        let years = [2022, 2022, 2023, 2022, 2022, 2022];
        let live = [true, true, true, false, true, true];
        let run = |columns: &[&Column], cells: &[&Cells<'_>], periods: &[i32], expected: [u32; 6]| {
            let mut groups = Groups::new(columns, !periods.is_empty());
            let mut slots = Vec::new();
            for _ in 0..2 {
                groups.find(cells, periods, 0, &live, &mut slots);
                assert_eq!(slots, expected);
            }
            // Keys lead back to their slots.
            for (slot, key) in (0..).zip(groups.keys()) {
                assert_eq!(groups.slot(&key), slot, "{key:?}");
            }
            // From the second row on.
            groups.find(cells, periods.get(1..).unwrap_or_default(), 1, &live[1..2], &mut slots);
            assert_eq!(slots, [expected[1]]);
        };
        run(&[], &[], &[], [0, 0, 0, NONE, 0, 0]);
        run(&[&id], &[&ids], &[], [0, 1, 0, NONE, 1, 0]);
        run(&[&id], &[&ids], &years, [0, 1, 2, NONE, 1, 0]);
        run(&[], &[], &years, [0, 0, 1, NONE, 0, 0]);
        run(&[&level], &[&levels], &years, [0, 0, 1, NONE, 0, 2]);
        run(&[&id, &level], &[&ids, &levels], &[], [0, 1, 0, NONE, 1, 2]);
        run(&[&id, &level], &[&ids, &levels], &years, [0, 1, 2, NONE, 1, 3]);
        run(&[&amount, &id], &[&amounts, &ids], &[], [0, 1, 0, NONE, 1, 0]);
    }
}
