//! Texts of codes and ids with numbers that stay for a whole stream.

use std::hash::{BuildHasher, Hasher as _};

use hashbrown::DefaultHashBuilder;

use super::short::{Key, Short};
use crate::codes::Codes;

/// Texts that are looked up together, so that their places in memory are fetched side by side.
pub(crate) const BLOCK: usize = 512;
/// Up to so many texts, the short ones also stand in a table of their own, which does not matter beside whatever else is
/// kept.
const FEW: usize = 1 << 13;
/// Numbers from here on are left for texts that are known for one batch only.
const LAST_NUMBER: usize = 0x7000_0000;

/// All texts that have a number: the module's codes first, each at its place, then others as they come.
///
/// A text costs its bytes, 4 for where it ends, and 6 to 8 in the table (more while there are few).
pub(crate) struct Texts {
    bytes: Vec<u8>,
    /// Where each text ends; it begins where the one before ends.
    ends: Vec<u32>,
    /// Open addressing: by place a part of the hash, 0 where the place is free.
    tags: Vec<u8>,
    /// By place the number of the text.
    numbers: Vec<u32>,
    hasher: DefaultHashBuilder,
    /// While there are few texts: those of at most 16 bytes.
    short: Option<Short>,
}

/// More texts than there are numbers for them, or more than 4 GiB of them.
#[derive(Debug)]
pub(crate) struct TooMany;

/// Where a text would be in the table.
#[derive(Clone, Copy)]
struct Mark {
    home: usize,
    tag: u8,
}

impl Texts {
    /// The codes of a module.
    pub(crate) fn new(codes: &Codes) -> Result<Self, TooMany> {
        let hasher = DefaultHashBuilder::default();
        let short = Some(Short::new(&hasher));
        let (tags, numbers) = (vec![0; 64], vec![0; 64]);
        let mut texts = Self { bytes: Vec::new(), ends: Vec::new(), tags, numbers, hasher, short };
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
        match self.find(self.mark(text.as_bytes()), text) {
            Some(number) => Ok(number),
            None => self.insert(text),
        }
    }

    /// Whether there are so few that they are best looked up one by one, by [`Self::find_few`].
    pub(crate) fn are_few(&self) -> bool {
        self.short.is_some()
    }

    /// The number of a text. May say that a text has none once there are no longer few.
    #[inline]
    pub(crate) fn find_few(&self, text: &str) -> Option<u32> {
        match (&self.short, Key::new(text)) {
            (Some(short), Some(key)) => short.find(key),
            (Some(_), None) => self.find(self.mark(text.as_bytes()), text),
            (None, _) => None,
        }
    }

    /// The number of each text of a block that has one.
    pub(crate) fn find_all(&self, block: &[&str]) -> Vec<Option<u32>> {
        let again = |((text, mark), guess): ((&&str, Mark), Option<u32>)| guess.or_else(|| self.find(mark, text));
        block.iter().zip(self.marks(block)).zip(self.guess(block)).map(again).collect()
    }

    /// Of each text of a block the number of the first one with its tag, if it is that text. Every step is a loop of its own:
    /// the loads of one do not wait for each other.
    fn guess(&self, block: &[&str]) -> Vec<Option<u32>> {
        let places: Vec<usize> = self.marks(block).map(|mark| self.first_tagged(mark)).collect();
        let numbers: Vec<u32> = places.iter().map(|place| self.numbers.get(*place).copied().unwrap_or(0)).collect();
        let ranges: Vec<(usize, usize)> = numbers.iter().map(|number| self.range(index(*number))).collect();
        let found = block.iter().zip(numbers).zip(ranges);
        found.map(|((text, number), (start, end))| self.is(start, end, text).then_some(number)).collect()
    }

    fn marks<'t>(&'t self, block: &'t [&'t str]) -> impl Iterator<Item = Mark> + 't {
        block.iter().map(|text| self.mark(text.as_bytes()))
    }

    #[inline]
    fn mark(&self, text: &[u8]) -> Mark {
        let mut hasher = self.hasher.build_hasher();
        hasher.write(text);
        let hash = hasher.finish();
        let size = u64::try_from(self.tags.len()).unwrap_or(0);
        let home = usize::try_from(((hash >> 32) * size) >> 32).unwrap_or(0);
        let tag = u8::try_from(hash & 0xff).unwrap_or(0).max(1);
        Mark { home, tag }
    }

    /// The first place with this tag, from the text's home on up to a free one.
    #[inline]
    fn first_tagged(&self, mark: Mark) -> usize {
        let mut place = mark.home;
        // There is always a free place.
        while self.tags.get(place).is_some_and(|tag| *tag != 0 && *tag != mark.tag) {
            place = self.after(place);
        }
        place
    }

    #[inline]
    fn after(&self, place: usize) -> usize {
        if place + 1 == self.tags.len() { 0 } else { place + 1 }
    }

    #[inline]
    fn range(&self, number: usize) -> (usize, usize) {
        let at = |number: usize| self.ends.get(number).map_or(0, |end| index(*end));
        (number.checked_sub(1).map_or(0, at), at(number))
    }

    fn slice(&self, number: usize) -> Option<&[u8]> {
        if number >= self.ends.len() {
            return None;
        }
        let (start, end) = self.range(number);
        self.bytes.get(start..end)
    }

    fn find(&self, mark: Mark, text: &str) -> Option<u32> {
        let mut place = mark.home;
        // There is always a free place.
        loop {
            let tag = *self.tags.get(place)?;
            if tag == 0 {
                return None;
            }
            if tag == mark.tag {
                let number = *self.numbers.get(place)?;
                let (start, end) = self.range(index(number));
                if self.is(start, end, text) {
                    return Some(number);
                }
            }
            place = self.after(place);
        }
    }

    /// Whether a text lies there.
    #[inline]
    fn is(&self, start: usize, end: usize, text: &str) -> bool {
        end > start && self.bytes.get(start..end).is_some_and(|known| is_equal(known, text.as_bytes()))
    }

    fn insert(&mut self, text: &str) -> Result<u32, TooMany> {
        let number = self.ends.len();
        let end = u32::try_from(self.bytes.len() + text.len()).map_err(|_| TooMany)?;
        if number >= LAST_NUMBER {
            return Err(TooMany);
        }
        self.bytes.extend_from_slice(text.as_bytes());
        self.ends.push(end);
        if number >= self.tags.len() / 5 * 4 {
            self.grow();
        } else {
            self.put(number);
        }
        let number = u32::try_from(number).map_err(|_| TooMany)?;
        if index(number) >= FEW {
            self.short = None;
        }
        if let (Some(short), Some(key)) = (&mut self.short, Key::new(text)) {
            short.insert(key, number);
        }
        Ok(number)
    }

    /// Makes the table a quarter larger, doubles it while it is small. The old one is gone before the new one is there.
    fn grow(&mut self) {
        let size = self.tags.len() + self.tags.len() / if self.short.is_some() { 1 } else { 4 };
        (self.tags, self.numbers) = (Vec::new(), Vec::new());
        (self.tags, self.numbers) = (vec![0; size], vec![0; size]);
        (0..self.ends.len()).for_each(|number| self.put(number));
    }

    /// Puts a text into the first free place of the table.
    fn put(&mut self, number: usize) {
        let Some(text) = self.slice(number) else { return };
        let mark = self.mark(text);
        let Some((before, from)) = self.tags.split_at_mut_checked(mark.home) else { return };
        let place = from.iter().position(|tag| *tag == 0).map(|place| mark.home + place);
        let Some(place) = place.or_else(|| before.iter().position(|tag| *tag == 0)) else { return };
        if let (Some(tag), Some(slot)) = (self.tags.get_mut(place), self.numbers.get_mut(place)) {
            (*tag, *slot) = (mark.tag, u32::try_from(number).unwrap_or(0));
        }
    }
}

fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
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
        let numbers: Vec<u32> = all.iter().map(|text| texts.add(text).unwrap()).collect();
        assert!(texts.len() == 5_002 && texts.are_few());
        for (text, number) in all.iter().zip(&numbers) {
            assert_eq!(texts.get(index(*number)), Some(*text));
            assert_eq!(texts.find_few(text), Some(*number));
        }
        assert!(texts.find_all(&all).into_iter().flatten().eq(numbers));
        assert_eq!(texts.find_all(&["B", "", "A", "x"]), [Some(1), None, Some(0), None]);
        assert_eq!(["B", "", "A", "x"].map(|text| texts.find_few(text)), [Some(1), None, Some(0), None]);
        assert_eq!(texts.len(), 5_002);
        // Between four fifths of a table and of one that is a quarter larger.
        let many: Vec<String> = (0..100_000).map(|at| format!("{at:020}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert!(many.iter().map(|text| texts.add(text).unwrap()).eq(5_002..105_002));
        assert!(!texts.are_few() && texts.tags.len() * 16 <= texts.len() * 25 + 100);
        assert!(texts.find_all(&many).into_iter().flatten().eq(5_002..105_002));
        assert_eq!(texts.find_all(&["B", "", "A", "x"]), [Some(1), None, Some(0), None]);
        for length in 0..20 {
            let (one, other) = ("abcdefghijklmnopqrst", "abcdefghijkLmnopqrsT");
            let (one, other) = (&one.as_bytes()[..length], &other.as_bytes()[..length]);
            assert!(is_equal(one, one) && is_equal(one, other) == (one == other));
        }
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
