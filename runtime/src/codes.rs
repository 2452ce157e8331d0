//! Codes and ids: texts outside, numbers in the module.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

/// The codes a module knows, each with its number: its place among them.
pub(crate) struct Codes {
    texts: Vec<Box<str>>,
    /// Places in `texts`.
    numbers: HashTable<usize>,
    hasher: DefaultHashBuilder,
}

impl Codes {
    /// Reads the section `fen.codes`: a JSON array of texts, ascending by their bytes.
    pub(crate) fn read(section: Option<&[u8]>) -> Result<Self, String> {
        let texts: Vec<Box<str>> = match section {
            Some(json) => serde_json::from_slice(json).map_err(|error| format!("the codes: {error}"))?,
            None => Vec::new(),
        };
        if !texts.is_sorted_by(|before, after| before.as_bytes() < after.as_bytes()) {
            return Err("the codes are not in ascending order".into());
        }
        let hasher = DefaultHashBuilder::default();
        let mut numbers = HashTable::with_capacity(texts.len());
        for (number, text) in texts.iter().enumerate() {
            numbers.insert_unique(hasher.hash_one(&**text), number, |number| hash(&hasher, texts.get(*number)));
        }
        Ok(Self { texts, numbers, hasher })
    }

    /// For a policy that knows none.
    pub(crate) fn none() -> Self {
        Self { texts: Vec::new(), numbers: HashTable::new(), hasher: DefaultHashBuilder::default() }
    }

    /// All of them, by number.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(AsRef::as_ref)
    }

    /// How many they are.
    pub(crate) fn len(&self) -> usize {
        self.texts.len()
    }
}

fn hash(hasher: &DefaultHashBuilder, text: Option<&impl AsRef<str>>) -> u64 {
    hasher.hash_one(text.map_or("", AsRef::as_ref))
}

/// Knows the text of a number.
pub(crate) trait TextOf {
    /// Nothing if the number was not given out.
    fn text(&self, number: i32) -> Option<&str>;
}

/// Gives the texts of one batch their numbers: known codes their places, other texts the numbers above.
pub(crate) struct Numbering<'c, 't> {
    codes: &'c Codes,
    /// Places in `texts`.
    unknown: HashTable<usize>,
    texts: Vec<&'t str>,
}

impl<'c, 't> Numbering<'c, 't> {
    /// For a new batch.
    pub(crate) fn new(codes: &'c Codes) -> Self {
        Self { codes, unknown: HashTable::new(), texts: Vec::new() }
    }

    /// The number of a text; `None` if there are too many texts.
    pub(crate) fn number(&mut self, text: &'t str) -> Option<i32> {
        let (codes, texts) = (self.codes, &mut self.texts);
        let hashed = codes.hasher.hash_one(text);
        let known = codes.numbers.find(hashed, |number| codes.texts.get(*number).is_some_and(|code| **code == *text));
        if let Some(number) = known {
            return i32::try_from(*number).ok();
        }
        let found = self.unknown.find(hashed, |number| texts.get(*number) == Some(&text));
        let number = match found {
            Some(number) => *number,
            None => {
                let number = texts.len();
                texts.push(text);
                self.unknown.insert_unique(hashed, number, |number| hash(&codes.hasher, texts.get(*number)));
                number
            }
        };
        i32::try_from(codes.len() + number).ok()
    }
}

impl TextOf for Numbering<'_, '_> {
    /// The text of a number given out in this batch.
    fn text(&self, number: i32) -> Option<&str> {
        let number = usize::try_from(number).ok()?;
        match self.codes.texts.get(number) {
            Some(text) => Some(text),
            None => self.texts.get(number.checked_sub(self.codes.len())?).copied(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_keep_their_places_and_other_texts_get_numbers_above() {
        let codes = Codes::read(Some("[\"A\",\"B\",\"肺炎\"]".as_bytes())).unwrap_or_else(|_| Codes::none());
        let mut numbering = Numbering::new(&codes);
        let numbers = ["B", "x", "肺炎", "y", "x", "A"].map(|text| numbering.number(text));
        assert_eq!(numbers, [1, 3, 2, 4, 3, 0].map(Some));
        assert_eq!(numbering.text(2), Some("肺炎"));
        assert_eq!(numbering.text(4), Some("y"));
        assert_eq!(numbering.text(5), None);
        assert_eq!(numbering.text(-1), None);
    }

    #[test]
    fn unordered_codes_are_refused() {
        for json in ["[\"B\",\"A\"]", "[\"A\",\"A\"]", "{}", "[1]", "[\"A\""] {
            assert!(Codes::read(Some(json.as_bytes())).is_err(), "{json}");
        }
        assert!(Codes::read(None).is_ok());
    }
}
