//! Files of parameters: TOML, with a name and a value for each. A value is a text, a whole number, true or false, or a date;
//! those of a table belong to a parameter with keys: under `[rate]`, `county = "80%"` is `rate[county]`.

use std::ops::Range;

use fen_schema::{Column, Text};
use toml::de::{DeTable, DeValue};

use crate::parameter::{ParameterError, find, read, unknown};

/// How deep the tables of a file may nest: a parameter has no more keys.
const DEEPEST: usize = 8;

/// A name with its text in a file, and where both stand, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// With its keys in brackets, as in `rate[county,2022]`.
    pub name: String,
    /// The value as `--set` would give it.
    pub text: String,
    /// Where the keys of the file stand that make up the name: one, or those of tables and the last one.
    pub keys_at: Vec<Range<usize>>,
    /// Where the value stands.
    pub text_at: Range<usize>,
}

/// The value of a parameter in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// The place of the parameter.
    pub parameter: usize,
    /// As a cell of the parameter holds it.
    pub number: i128,
}

/// Something wrong in a file, and where, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Where.
    pub at: Range<usize>,
    /// What.
    pub error: FileError,
}

/// What can be wrong in a file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.text().en)]
#[non_exhaustive]
pub enum FileError {
    /// It is not TOML.
    NotToml(String),
    /// A decimal number without quotes.
    Float(String),
    /// A list, a time or another thing that no parameter can be.
    NoValue(String),
    /// Two values for one parameter.
    Twice {
        /// What it is called the second time.
        name: String,
        /// The parameter.
        parameter: String,
    },
    /// A value that the parameter cannot have, or an unknown parameter.
    Parameter(ParameterError),
}

impl Setting {
    /// Where the name stands; of one with keys from tables, the last key.
    fn name_at(&self) -> Range<usize> {
        self.keys_at.last().cloned().unwrap_or_else(|| self.text_at.clone())
    }
}

impl FileError {
    /// A stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotToml(_) => "fen::parameter::not_toml",
            Self::Float(_) => "fen::parameter::float",
            Self::NoValue(_) => "fen::parameter::no_value",
            Self::Twice { .. } => "fen::parameter::twice",
            Self::Parameter(error) => error.code(),
        }
    }

    /// What is wrong, for people.
    #[must_use]
    pub fn text(&self) -> Text {
        let (en, zh) = match self {
            Self::NotToml(why) => (format!("this is not valid TOML: {why}"), format!("不是有效的 TOML：{why}")),
            Self::Float(name) => (
                format!("put the value of `{name}` in quotation marks, as in \"12.50\"; a bare one may lose digits"),
                format!("“{name}”的值须加引号，如 \"12.50\"；不加引号的小数可能丢失位数"),
            ),
            Self::NoValue(name) => (
                format!("the value of `{name}` must be text, a whole number, true, false or a date"),
                format!("“{name}”的值应为文本、整数、true、false 或日期"),
            ),
            Self::Twice { name, parameter } if name == parameter => {
                (format!("`{name}` has two values here; leave one"), format!("“{name}”在此有两个值，请只保留一个"))
            }
            Self::Twice { name, parameter } => (
                format!("`{name}` is the parameter `{parameter}`, which has a value here already; leave one"),
                format!("“{name}”即参数“{parameter}”，前面已给出取值，请只保留一个"),
            ),
            Self::Parameter(error) => return error.text(),
        };
        Text { zh, en }
    }
}

/// Names and texts in a file, in its order.
///
/// # Errors
/// All that is wrong, in the order of the file: what is no TOML, or else values that no parameter can have.
pub fn settings(text: &str) -> Result<Vec<Setting>, Vec<Mistake>> {
    let plain = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (table, errors) = DeTable::parse_recoverable(plain);
    let mut reading = Reading { before: text.len() - plain.len(), settings: Vec::new(), mistakes: Vec::new() };
    if errors.is_empty() {
        reading.table(table.get_ref(), &mut Vec::new(), &mut Vec::new());
    }
    for error in errors {
        let at = reading.place(error.span().unwrap_or(0..0));
        // One slip often makes several errors.
        if reading.mistakes.iter().all(|known| known.at != at) {
            let error = match error.message() {
                "duplicate key" => {
                    let name = text.get(at.clone()).unwrap_or_default().trim_matches(['"', '\'']).to_owned();
                    FileError::Twice { parameter: name.clone(), name }
                }
                why => FileError::NotToml(why.to_owned()),
            };
            reading.mistakes.push(Mistake { at, error });
        }
    }
    let Reading { mut settings, mut mistakes, .. } = reading;
    if mistakes.is_empty() {
        settings.sort_by_key(|setting| setting.text_at.start);
        return Ok(settings);
    }
    mistakes.sort_by_key(|mistake| mistake.at.start);
    Err(mistakes)
}

/// What settings of a file come to for the parameters of a policy, which is called `policy`, and all that is wrong with
/// them.
#[must_use]
pub fn assigned(settings: &[Setting], columns: &[Column], policy: &str) -> (Vec<Given>, Vec<Mistake>) {
    let mut given: Vec<Given> = Vec::new();
    let mut mistakes = Vec::new();
    for setting in settings {
        let mut wrong = |at: &Range<usize>, error| mistakes.push(Mistake { at: at.clone(), error });
        let found = find(columns, &setting.name).and_then(|at| Some((at, columns.get(at)?)));
        let Some((parameter, column)) = found else {
            wrong(&setting.name_at(), FileError::Parameter(unknown(&setting.name, columns, policy)));
            continue;
        };
        if given.iter().any(|known| known.parameter == parameter) {
            let (name, parameter) = (setting.name.clone(), column.name.clone());
            wrong(&setting.name_at(), FileError::Twice { name, parameter });
            continue;
        }
        match read(&setting.text, column) {
            Ok(number) => given.push(Given { parameter, number }),
            Err(error) => wrong(&setting.text_at, FileError::Parameter(error)),
        }
    }
    (given, mistakes)
}

struct Reading {
    /// Bytes before the text that is read.
    before: usize,
    settings: Vec<Setting>,
    mistakes: Vec<Mistake>,
}

impl Reading {
    fn place(&self, at: Range<usize>) -> Range<usize> {
        at.start + self.before..at.end + self.before
    }

    fn table(&mut self, table: &DeTable<'_>, keys: &mut Vec<String>, keys_at: &mut Vec<Range<usize>>) {
        for (key, value) in table {
            keys.push(key.get_ref().clone().into_owned());
            keys_at.push(self.place(key.span()));
            let name = name_of(keys);
            let text_at = self.place(value.span());
            let text = match value.get_ref() {
                DeValue::Table(inner) if keys.len() < DEEPEST => {
                    self.table(inner, keys, keys_at);
                    keys.pop();
                    keys_at.pop();
                    continue;
                }
                DeValue::String(text) => Ok(text.clone().into_owned()),
                // What is too large for anything stays as it is written.
                DeValue::Integer(number) => Ok(i128::from_str_radix(number.as_str(), number.radix())
                    .map_or_else(|_| number.as_str().to_owned(), |number| number.to_string())),
                DeValue::Boolean(is) => Ok(is.to_string()),
                DeValue::Datetime(day) if day.date.is_some() && day.time.is_none() => Ok(day.to_string()),
                DeValue::Float(_) => Err(FileError::Float(name.clone())),
                DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => Err(FileError::NoValue(name.clone())),
            };
            match text {
                Ok(text) => self.settings.push(Setting { name, text, keys_at: keys_at.clone(), text_at }),
                Err(error) => self.mistakes.push(Mistake { at: text_at, error }),
            }
            keys.pop();
            keys_at.pop();
        }
    }
}

/// `rate` and its keys as one name: `rate[county,2022]`.
fn name_of(keys: &[String]) -> String {
    match keys.split_first() {
        Some((name, [])) => name.clone(),
        Some((name, keys)) => format!("{name}[{}]", keys.join(",")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use fen_schema::{ColumnType, Layout};

    use super::*;

    fn pairs(text: &str) -> Vec<(String, String)> {
        settings(text).unwrap().into_iter().map(|setting| (setting.name, setting.text)).collect()
    }

    fn codes(text: &str) -> Vec<&'static str> {
        settings(text).unwrap_err().iter().map(|mistake| mistake.error.code()).collect()
    }

    #[test]
    fn values_of_a_file() {
        let text = "cut = \"10pp\"\nfund = 1_000\nfrom = 2022-08-01\nstrict = true\nflags = 0x10\n[rate]\ncounty = \"80%\"\n[rate.city]\n2022 = \"70%\"\n";
        let wanted = [
            ("cut", "10pp"),
            ("fund", "1000"),
            ("from", "2022-08-01"),
            ("strict", "true"),
            ("flags", "16"),
            ("rate[county]", "80%"),
            ("rate[city,2022]", "70%"),
        ];
        assert_eq!(pairs(text), wanted.map(|(name, text)| (name.to_owned(), text.to_owned())));
        assert_eq!(pairs("\u{feff}cut = 1\r\n"), [("cut".to_owned(), "1".to_owned())]);
        let found = settings("\u{feff}\"a[b]\" = \"5%\"\n").unwrap();
        assert_eq!((found[0].name_at(), found[0].text_at.clone()), (3..9, 12..16));
        let found = settings("[rate]\ncounty = 1\n").unwrap();
        assert_eq!(found[0].keys_at, [1..5, 7..13]);
    }

    #[test]
    fn values_that_are_none() {
        assert_eq!(codes("cut = 0.1"), ["fen::parameter::float"]);
        assert_eq!(codes("cut = nan"), ["fen::parameter::float"]);
        assert_eq!(codes("cut = [1]\ncap = 2022-08-01T00:00:00Z\n"), ["fen::parameter::no_value"; 2]);
        assert_eq!(codes("cut = 07:00:00"), ["fen::parameter::no_value"]);
        assert_eq!(codes("a.b.c.d.e.f.g.h.i = 1"), ["fen::parameter::no_value"]);
        assert_eq!(codes("cut = \"1\"\ncut = \"2\""), ["fen::parameter::twice"]);
        assert_eq!(codes("cut = "), ["fen::parameter::not_toml"]);
        assert_eq!(codes("元 = 1"), ["fen::parameter::not_toml"]);
    }

    #[test]
    fn values_go_to_their_parameters() {
        let column = |name: &str, zh: &str| Column {
            name: name.into(),
            label: Text { zh: zh.into(), en: name.into() },
            ty: ColumnType::Money,
            unit: "yuan".into(),
            scale: 2,
            min: "0.00".into(),
            max: "100000.00".into(),
            optional: false,
            values: Vec::new(),
            layout: Layout::I128,
            offset: 0,
        };
        let columns = [column("cap", "封顶线"), column("rate[county,2022]", "")];
        let tried = |text: &str| assigned(&settings(text).unwrap(), &columns, "p");
        let (given, mistakes) = tried("\"封顶线\" = \"1.5万元\"\nrate.county.2022 = 7\n");
        assert_eq!(given.iter().map(|one| (one.parameter, one.number)).collect::<Vec<_>>(), [(0, 1_500_000), (1, 700)]);
        assert_eq!(mistakes, []);
        let (_, mistakes) =
            tried("cap = 1\n\"封顶线\" = 2\nrate.county.2022 = \"x\"\n\"rate[county, 2022]\" = -1\ncups = 1\n");
        let found: Vec<_> = mistakes.iter().map(|one| (one.error.code(), one.at.start)).collect();
        assert_eq!(
            found,
            [
                ("fen::parameter::twice", 8),
                ("fen::parameter::not_a_value", 43),
                ("fen::parameter::out_of_range", 70),
                ("fen::parameter::unknown", 73),
            ]
        );
    }
}
