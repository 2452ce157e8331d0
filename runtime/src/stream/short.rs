//! Short texts and their numbers, the bytes in the table itself: finding one is a single load from memory that stays near
//! the core.

use std::hash::BuildHasher;

/// A text of 1 to 16 bytes: its first and last bytes, which overlap unless there are 16, and how many they are.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
#[repr(C, packed(4))]
pub(crate) struct Key {
    first: u64,
    last: u64,
    length: u32,
}

impl Key {
    /// Nothing for texts of other lengths.
    #[inline]
    pub(crate) fn new(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let (first, last) = match bytes.len() {
            8..=16 => (u64::from_le_bytes(*bytes.first_chunk()?), u64::from_le_bytes(*bytes.last_chunk()?)),
            4..=7 => {
                (u32::from_le_bytes(*bytes.first_chunk()?).into(), u32::from_le_bytes(*bytes.last_chunk()?).into())
            }
            1..=3 => {
                let middle = *bytes.get(bytes.len() / 2)?;
                (u16::from_le_bytes([*bytes.first()?, middle]).into(), u64::from(*bytes.last()?))
            }
            _ => return None,
        };
        Some(Self { first, last, length: u32::try_from(bytes.len()).ok()? })
    }
}

#[derive(Clone, Copy, Default)]
struct Entry {
    key: Key,
    /// The number plus 1; 0 is free.
    number: u32,
}

/// The table: open addressing, at most half full.
pub(crate) struct Short {
    entries: Vec<Entry>,
    count: usize,
    /// Chosen at random, so that nobody can make up texts that all have the same place.
    seeds: (u64, u64),
}

impl Short {
    pub(crate) fn new(hasher: &impl BuildHasher) -> Self {
        Self { entries: vec![Entry::default(); 64], count: 0, seeds: (hasher.hash_one(1), hasher.hash_one(2)) }
    }

    #[inline]
    fn home(&self, key: Key) -> usize {
        let (one, other) = self.seeds;
        let product = u128::from(key.first ^ one ^ u64::from(key.length)) * u128::from(key.last ^ other);
        let mixed = (product >> 64) ^ (product & u128::from(u64::MAX));
        let mask = self.entries.len() - 1;
        usize::try_from(mixed).unwrap_or(0) & mask
    }

    /// The number of a text that is there.
    #[inline]
    pub(crate) fn find(&self, key: Key) -> Option<u32> {
        let mut place = self.home(key);
        // There is always a free place.
        loop {
            let entry = self.entries.get(place)?;
            if entry.key == key {
                return Some(entry.number - 1);
            }
            if entry.number == 0 {
                return None;
            }
            place = (place + 1) & (self.entries.len() - 1);
        }
    }

    /// Puts a text in that is not there.
    pub(crate) fn insert(&mut self, key: Key, number: u32) {
        if self.count * 8 >= self.entries.len() {
            let size = self.entries.len() * 2;
            let old = std::mem::replace(&mut self.entries, vec![Entry::default(); size]);
            old.into_iter().filter(|entry| entry.number != 0).for_each(|entry| self.put(entry));
        }
        self.count += 1;
        self.put(Entry { key, number: number + 1 });
    }

    fn put(&mut self, entry: Entry) {
        let home = self.home(entry.key);
        let Some((before, from)) = self.entries.split_at_mut_checked(home) else { return };
        if let Some(place) = from.iter_mut().chain(before).find(|place| place.number == 0) {
            *place = entry;
        }
    }
}

#[cfg(test)]
mod tests {
    use hashbrown::DefaultHashBuilder;

    use super::*;

    #[test]
    fn texts_are_found_by_all_their_bytes() {
        let alphabet = ["a", "b", "\0"];
        let mut texts = vec![String::new()];
        for length in 0..7 {
            let longest: Vec<String> = texts.iter().filter(|text| text.len() == length).cloned().collect();
            texts.extend(longest.iter().flat_map(|text| alphabet.map(|letter| format!("{text}{letter}"))));
        }
        texts.extend((0..2_000).map(|number| format!("H{number:015}")));
        texts.extend((0..2_000).map(|number| format!("{number:09}")));
        let mut short = Short::new(&DefaultHashBuilder::default());
        for (number, text) in (0..).zip(texts.iter().skip(1)) {
            let key = Key::new(text).unwrap();
            assert_eq!(short.find(key), None, "{text:?}");
            short.insert(key, number);
        }
        for (number, text) in (0..).zip(texts.iter().skip(1)) {
            assert_eq!(short.find(Key::new(text).unwrap()), Some(number), "{text:?}");
        }
        assert!(Key::new("").is_none() && Key::new("12345678901234567").is_none());
    }
}
