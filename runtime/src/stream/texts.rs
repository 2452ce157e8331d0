//! Texts of codes and ids with numbers that stay for a whole stream.

use std::hash::BuildHasher;

use hashbrown::DefaultHashBuilder;

use crate::codes::Codes;

/// Texts that are looked up together, so that their places in memory are fetched side by side.
pub(crate) const BLOCK: usize = 512;
/// Entries of a table that does not matter, whatever else is kept.
const SMALL: usize = 1 << 15;
/// Numbers from here on are left for texts that are known for one batch only.
const LAST_NUMBER: usize = 0x7000_0000;

/// All texts that have a number: the module's codes first, each at its place, then others as they come.
///
/// A text costs its bytes, 4 for where it ends, and 11 to 16 in the table (more while there are few).
pub(crate) struct Texts {
    bytes: Vec<u8>,
    /// Where each text ends; it begins where the one before ends.
    ends: Vec<u32>,
    /// Open addressing: the upper half of an entry is a part of the hash, the lower one the number plus 1; 0 is free.
    table: Vec<u64>,
    hasher: DefaultHashBuilder,
}

/// More texts than there are numbers for them, or more than 4 GiB of them.
#[derive(Debug)]
pub(crate) struct TooMany;

impl Texts {
    /// The codes of a module.
    pub(crate) fn new(codes: &Codes) -> Result<Self, TooMany> {
        let hasher = DefaultHashBuilder::default();
        let mut texts = Self { bytes: Vec::new(), ends: Vec::new(), table: vec![0; 64], hasher };
        for code in codes.texts() {
            texts.add(code)?;
        }
        Ok(texts)
    }

    /// How many there are.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The text of a number.
    pub(crate) fn get(&self, number: usize) -> Option<&str> {
        std::str::from_utf8(self.slice(number)?).ok()
    }

    /// The number of a text, new if it has none.
    pub(crate) fn add(&mut self, text: &str) -> Result<u32, TooMany> {
        let tag = self.tag(text);
        match self.find_tagged(tag, text) {
            Some(number) => Ok(number),
            None => self.insert(tag, text),
        }
    }

    /// For many texts the number of each that has one.
    pub(crate) fn find_all(&self, texts: &[&str], mut found: impl FnMut(Option<u32>)) {
        if self.table.len() < SMALL {
            return texts.iter().for_each(|text| found(self.find_tagged(self.tag(text), text)));
        }
        for block in texts.chunks(BLOCK) {
            let (tags, guesses) = self.guess(block);
            for ((text, tag), (number, start, end)) in block.iter().zip(tags).zip(guesses) {
                let is_it = end > start && self.is(start, end, text);
                found(if is_it { Some(number) } else { self.find_tagged(tag, text) });
            }
        }
    }

    /// [`Self::add`] for many texts, but an empty text is none and gets 0.
    pub(crate) fn add_all(&mut self, texts: &[&str], numbers: &mut Vec<i32>) -> Result<(), TooMany> {
        if self.table.len() < SMALL {
            for text in texts {
                let number = if text.is_empty() { 0 } else { self.add(text)? };
                numbers.push(number.cast_signed());
            }
            return Ok(());
        }
        for block in texts.chunks(BLOCK) {
            let (tags, found) = self.guess(block);
            for ((text, tag), (number, start, end)) in block.iter().zip(tags).zip(found) {
                let is_it = end > start && self.is(start, end, text);
                let number = match number {
                    _ if text.is_empty() => 0,
                    number if is_it => number,
                    _ => self.find_tagged(tag, text).map_or_else(|| self.insert(tag, text), Ok)?,
                };
                numbers.push(number.cast_signed());
            }
        }
        Ok(())
    }

    /// For each text of a block the part of its hash, and the number at its first place in the table with where that text
    /// lies. Every step is a loop of its own: the loads of one do not wait for each other.
    fn guess(&self, block: &[&str]) -> (Vec<u32>, Vec<(u32, usize, usize)>) {
        let tags: Vec<u32> = block.iter().map(|text| self.tag(text)).collect();
        let entries: Vec<u64> = tags.iter().map(|tag| self.table.get(self.home(*tag)).copied().unwrap_or(0)).collect();
        let place = |(entry, tag): (u64, &u32)| {
            let number = (entry & 0xffff_ffff).wrapping_sub(1);
            if entry >> 32 != u64::from(*tag) || entry == 0 {
                return (0, 0, 0);
            }
            let (start, end) = self.range(usize::try_from(number).unwrap_or(usize::MAX));
            (u32::try_from(number).unwrap_or(0), start, end)
        };
        let found = entries.into_iter().zip(&tags).map(place).collect();
        (tags, found)
    }

    /// A part of a text's hash.
    #[inline]
    fn tag(&self, text: &str) -> u32 {
        // The upper half is the better mixed one.
        u32::try_from(self.hasher.hash_one(text) >> 32).unwrap_or(0)
    }

    /// Where in the table the search for a part of a hash begins.
    #[inline]
    fn home(&self, tag: u32) -> usize {
        let size = u64::try_from(self.table.len()).unwrap_or(0);
        usize::try_from((u64::from(tag) * size) >> 32).unwrap_or(0)
    }

    #[inline]
    fn range(&self, number: usize) -> (usize, usize) {
        let at = |number: usize| self.ends.get(number).map_or(0, |end| usize::try_from(*end).unwrap_or(0));
        (number.checked_sub(1).map_or(0, at), at(number))
    }

    fn slice(&self, number: usize) -> Option<&[u8]> {
        if number >= self.ends.len() {
            return None;
        }
        let (start, end) = self.range(number);
        self.bytes.get(start..end)
    }

    #[inline]
    fn find_tagged(&self, tag: u32, text: &str) -> Option<u32> {
        let mut place = self.home(tag);
        // There is always a free place.
        loop {
            let entry = *self.table.get(place)?;
            if entry == 0 {
                return None;
            }
            if entry >> 32 == u64::from(tag) {
                let number = u32::try_from((entry & 0xffff_ffff) - 1).ok()?;
                let (start, end) = self.range(usize::try_from(number).ok()?);
                if self.is(start, end, text) {
                    return Some(number);
                }
            }
            place = if place + 1 == self.table.len() { 0 } else { place + 1 };
        }
    }

    /// Whether a text lies there.
    #[inline]
    fn is(&self, start: usize, end: usize, text: &str) -> bool {
        self.bytes.get(start..end).is_some_and(|known| is_equal(known, text.as_bytes()))
    }

    fn insert(&mut self, tag: u32, text: &str) -> Result<u32, TooMany> {
        let number = self.ends.len();
        let end = u32::try_from(self.bytes.len() + text.len()).map_err(|_| TooMany)?;
        if number >= LAST_NUMBER {
            return Err(TooMany);
        }
        // Small tables are kept so empty that texts nearly always stand at their first place.
        let most = if self.table.len() < SMALL { self.table.len() / 4 } else { self.table.len() / 4 * 3 };
        if number >= most {
            self.grow();
        }
        self.bytes.extend_from_slice(text.as_bytes());
        self.ends.push(end);
        let number = u32::try_from(number).map_err(|_| TooMany)?;
        let home = self.home(tag);
        put(&mut self.table, home, u64::from(tag) << 32 | (u64::from(number) + 1));
        Ok(number)
    }

    /// Half as large again. Parts of hashes are enough to find the new places.
    fn grow(&mut self) {
        let size = self.table.len() + self.table.len() / 2;
        let old = std::mem::replace(&mut self.table, vec![0; size]);
        for entry in old.into_iter().filter(|entry| *entry != 0) {
            let home = self.home(u32::try_from(entry >> 32).unwrap_or(0));
            put(&mut self.table, home, entry);
        }
    }
}

/// Whether two texts are equal: without a call where they have 4 to 16 bytes, as most have.
#[inline]
fn is_equal(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let ends = |text: &[u8]| Some((text.first_chunk::<8>().copied()?, text.last_chunk::<8>().copied()?));
    let short_ends = |text: &[u8]| Some((text.first_chunk::<4>().copied()?, text.last_chunk::<4>().copied()?));
    match one.len() {
        4..=8 => short_ends(one) == short_ends(other),
        9..=16 => ends(one) == ends(other),
        _ => one == other,
    }
}

/// Puts an entry into the first free place.
fn put(table: &mut [u64], home: usize, entry: u64) {
    let Some((before, from)) = table.split_at_mut_checked(home) else { return };
    if let Some(place) = from.iter_mut().chain(before).find(|place| **place == 0) {
        *place = entry;
    }
}

/// Texts of the stream, and those that have a number for one batch only: from 2^31 − 1 downward.
pub(crate) struct Names<'s, 'b> {
    pub(crate) texts: &'s Texts,
    pub(crate) local: &'s Local<'b>,
}

/// Texts that have a number for one batch only.
#[derive(Default)]
pub(crate) struct Local<'b> {
    numbers: hashbrown::HashMap<&'b str, i32>,
    texts: Vec<&'b str>,
}

impl<'b> Local<'b> {
    /// The number of a text that the stream does not know.
    pub(crate) fn add(&mut self, text: &'b str) -> Result<i32, TooMany> {
        if let Some(number) = self.numbers.get(text) {
            return Ok(*number);
        }
        let place = i32::try_from(self.texts.len()).map_err(|_| TooMany)?;
        let number = i32::MAX - place;
        if usize::try_from(number).is_ok_and(|number| number < LAST_NUMBER) {
            return Err(TooMany);
        }
        self.texts.push(text);
        self.numbers.insert(text, number);
        Ok(number)
    }

    fn get(&self, number: i32) -> Option<&'b str> {
        self.texts.get(usize::try_from(i32::MAX - number).ok()?).copied()
    }
}

impl crate::codes::TextOf for Names<'_, '_> {
    fn text(&self, number: i32) -> Option<&str> {
        if number < 0 {
            return None;
        }
        usize::try_from(number).ok().and_then(|number| self.texts.get(number)).or_else(|| self.local.get(number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_keep_their_numbers() {
        let codes = Codes::read(Some(b"[\"A\",\"B\"]")).unwrap();
        let mut texts = Texts::new(&codes).unwrap();
        let all: Vec<String> = (0..10_000).map(|at| format!("P{}", at * 7 % 5_000)).collect();
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        let mut numbers = Vec::new();
        texts.add_all(&all, &mut numbers).unwrap();
        assert_eq!(texts.len(), 5_002);
        for (text, number) in all.iter().zip(&numbers) {
            assert_eq!(texts.get(usize::try_from(*number).unwrap()), Some(*text));
        }
        let mut again = Vec::new();
        texts.find_all(&all, |number| again.push(number.map_or(-1, u32::cast_signed)));
        assert_eq!(again, numbers);
        let mut known = Vec::new();
        texts.add_all(&["B", "", "A", "P3"], &mut known).unwrap();
        assert_eq!(known.get(..3), Some([1, 0, 0].as_slice()));
        texts.find_all(&["x", ""], |number| assert_eq!(number, None));
        assert_eq!(texts.len(), 5_002);
        for length in 0..20 {
            let (one, other) = ("abcdefghijklmnopqrst", "abcdefghijkLmnopqrsT");
            let (one, other) = (&one.as_bytes()[..length], &other.as_bytes()[..length]);
            assert!(is_equal(one, one) && is_equal(one, other) == (one == other));
        }
        assert!(texts.table.len() >= 5_002 && texts.table.len() <= 5_002 * 6);
    }

    #[test]
    fn other_texts_of_a_batch_count_down() {
        let texts = Texts::new(&Codes::read(None).unwrap()).unwrap();
        let mut local = Local::default();
        assert_eq!(local.add("x").unwrap(), i32::MAX);
        assert_eq!(local.add("y").unwrap(), i32::MAX - 1);
        assert_eq!(local.add("x").unwrap(), i32::MAX);
        let names = Names { texts: &texts, local: &local };
        assert_eq!(crate::codes::TextOf::text(&names, i32::MAX - 1), Some("y"));
        assert_eq!(crate::codes::TextOf::text(&names, -1), None);
        assert_eq!(crate::codes::TextOf::text(&names, 0), None);
    }
}
