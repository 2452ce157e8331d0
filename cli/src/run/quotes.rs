//! Whether a quotation of a CSV file is open. The reader of records takes what follows an open one for its content, to the
//! end of the file, without a word.

/// Where in a record the bytes passed so far end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// A quotation mark here opens a quotation.
    #[default]
    CellStart,
    Unquoted,
    Quoted,
    /// After a quotation mark in a quotation: the end of it, or the first of a doubled one.
    QuoteInQuoted,
}

/// Follows the quotations of a file.
#[derive(Debug)]
pub(crate) struct Quotes {
    state: State,
    line: u64,
    opened: u64,
}

impl Default for Quotes {
    fn default() -> Self {
        Self { state: State::CellStart, line: 1, opened: 0 }
    }
}

impl Quotes {
    /// Bytes of the file, in order.
    pub(crate) fn pass(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.line += u64::from(*byte == b'\n');
            self.state = match (self.state, byte) {
                (State::Quoted, b'"') => State::QuoteInQuoted,
                (State::Quoted, _) => State::Quoted,
                (State::QuoteInQuoted, b'"') => State::Quoted,
                (_, b',' | b'\n' | b'\r') => State::CellStart,
                (State::CellStart, b'"') => {
                    self.opened = self.line;
                    State::Quoted
                }
                // A byte order mark stands before the first cell.
                (State::CellStart, 0xef | 0xbb | 0xbf) if self.line == 1 => State::CellStart,
                _ => State::Unquoted,
            };
        }
    }

    /// The line in which a quotation was opened that is not closed.
    pub(crate) fn open_since(&self) -> Option<u64> {
        (self.state == State::Quoted).then_some(self.opened)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(text: &str) -> Option<u64> {
        let mut quotes = Quotes::default();
        text.as_bytes().chunks(3).for_each(|bytes| quotes.pass(bytes));
        quotes.open_since()
    }

    #[test]
    fn follows_quotations() {
        assert_eq!(open("a,b\n1,\"x\ny\"\n"), None);
        assert_eq!(open("a,b\n1,\"x\"\"y\"\n"), None);
        assert_eq!(open("a,b\n1,5\" pipe\n"), None);
        assert_eq!(open("a,b\n1,\"x\n2,3\n"), Some(2));
        assert_eq!(open("\u{feff}\"a,b\n1,2\n"), Some(1));
        assert_eq!(open("a\r\n\"\"\"\r\n"), Some(2));
    }
}
