//! Parameters from the command line and from a file.

use std::fs;
use std::path::Path;

use fen_runtime::{Parameters, Policy, SettleError};
use toml::{Table, Value};

use crate::error::{Error, Outcome};
use crate::files::not_utf8;

/// How deep the tables of a file may nest: a parameter has no more keys.
const DEEPEST: usize = 8;

/// The values of a policy's parameters, all of them: those of `--set` go before those of `--params`.
pub(crate) fn parameters(sets: &[String], params: Option<&Path>, policy: &Policy) -> Outcome<Parameters> {
    let mut parameters = policy.parameters();
    for (name, text) in settings(sets, params)? {
        parameters.set(&name, &text)?;
    }
    whole(parameters)
}

/// Names and texts: those of a file, then those of the command line.
pub(crate) fn settings(sets: &[String], params: Option<&Path>) -> Outcome<Vec<(String, String)>> {
    let mut settings = params.map(read).transpose()?.unwrap_or_default();
    for set in sets {
        let (name, text) = set.split_once('=').ok_or_else(|| without_value(set))?;
        settings.push((name.trim().to_owned(), text.to_owned()));
    }
    Ok(settings)
}

/// Refuses parameters of which one is not set.
pub(crate) fn whole(parameters: Parameters) -> Outcome<Parameters> {
    let missing: Vec<_> = parameters.missing().cloned().collect();
    if !missing.is_empty() {
        let text = SettleError::MissingParameters(missing).text();
        return Err(Error::new(
            "fen::run::missing_parameter",
            format!("{}; give them with --set NAME=VALUE or --params FILE", text.en),
            format!("{}；请用 --set 名称=值 或 --params 文件 给出", text.zh),
        ));
    }
    Ok(parameters)
}

pub(crate) fn without_value(set: &str) -> Error {
    Error::new(
        "fen::run::parameter_syntax",
        format!("--set {set} gives no value; write --set NAME=VALUE"),
        format!("--set {set} 没有给出值，应写作 --set 名称=值"),
    )
}

/// Names and texts in a file.
pub(crate) fn read(path: &Path) -> Outcome<Vec<(String, String)>> {
    let bytes = fs::read(path).map_err(|error| Error::read(path, &error))?;
    let text = String::from_utf8(bytes).map_err(|_| not_utf8(path))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let table: Table = text.parse().map_err(|error| Error::read(path, &error))?;
    let mut values = Vec::new();
    collect(&table, &mut Vec::new(), &mut values, path)?;
    Ok(values)
}

/// Adds the values of a table: those of a table in a table belong to a parameter with keys, as in `rate[county]`.
fn collect(table: &Table, keys: &mut Vec<String>, values: &mut Vec<(String, String)>, path: &Path) -> Outcome<()> {
    for (key, value) in table {
        keys.push(key.clone());
        let name = name_of(keys);
        match value {
            Value::Table(inner) if keys.len() < DEEPEST => collect(inner, keys, values, path)?,
            Value::String(text) => values.push((name, text.clone())),
            Value::Integer(number) => values.push((name, number.to_string())),
            Value::Boolean(is) => values.push((name, is.to_string())),
            Value::Datetime(day) if day.date.is_some() && day.time.is_none() => values.push((name, day.to_string())),
            Value::Float(_) => return Err(needs_quotes(path, &name)),
            Value::Datetime(_) | Value::Array(_) | Value::Table(_) => return Err(no_value(path, &name)),
        }
        keys.pop();
    }
    Ok(())
}

/// `rate` and its keys as one name: `rate[county,2022]`.
fn name_of(keys: &[String]) -> String {
    match keys.split_first() {
        Some((name, [])) => name.clone(),
        Some((name, keys)) => format!("{name}[{}]", keys.join(",")),
        None => String::new(),
    }
}

fn needs_quotes(path: &Path, name: &str) -> Error {
    let path = path.display();
    Error::new(
        "fen::run::parameter_float",
        format!("{path}: put the value of `{name}` in quotation marks, as in \"12.50\"; a bare one may lose digits"),
        format!("{path}：“{name}”的值须加引号，如 \"12.50\"；不加引号的小数可能丢失位数"),
    )
}

fn no_value(path: &Path, name: &str) -> Error {
    let path = path.display();
    Error::new(
        "fen::run::parameter_syntax",
        format!("{path}: the value of `{name}` must be text, a whole number, true, false or a date"),
        format!("{path}：“{name}”的值应为文本、整数、true、false 或日期"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collected(text: &str) -> Result<Vec<(String, String)>, &'static str> {
        let table: Table = text.parse().map_err(|_| "syntax")?;
        let mut values = Vec::new();
        match collect(&table, &mut Vec::new(), &mut values, Path::new("p.toml")) {
            Ok(()) => Ok(values),
            Err(Error::Said { code, .. }) => Err(code),
            Err(_) => Err("other"),
        }
    }

    #[test]
    fn values_of_a_file() {
        let text = "cut = \"10pp\"\nfund = 1000\nfrom = 2022-08-01\nstrict = true\n[rate]\ncounty = \"80%\"\n[rate.city]\n2022 = \"70%\"\n";
        let wanted = [
            ("cut", "10pp"),
            ("from", "2022-08-01"),
            ("fund", "1000"),
            ("rate[city,2022]", "70%"),
            ("rate[county]", "80%"),
            ("strict", "true"),
        ];
        let mut values = collected(text).unwrap_or_default();
        values.sort();
        let values: Vec<(&str, &str)> = values.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        assert_eq!(values, wanted);
    }

    #[test]
    fn values_that_are_none() {
        assert_eq!(collected("cut = 0.1"), Err("fen::run::parameter_float"));
        assert_eq!(collected("cut = nan"), Err("fen::run::parameter_float"));
        assert_eq!(collected("cut = [1]"), Err("fen::run::parameter_syntax"));
        assert_eq!(collected("cut = 2022-08-01T00:00:00Z"), Err("fen::run::parameter_syntax"));
        assert_eq!(collected("cut = 07:00:00"), Err("fen::run::parameter_syntax"));
        assert_eq!(collected("cut = \"1\"\ncut = \"2\""), Err("syntax"));
        assert_eq!(collected("a.b.c.d.e.f.g.h.i = 1"), Err("fen::run::parameter_syntax"));
    }
}
