//! Which column of a file is which input of the policy.

use std::collections::HashMap;
use std::path::Path;

use csv::ByteRecord;
use fen_schema::{Column, Schema};

use crate::error::{Error, Outcome};
use crate::files::not_utf8;

/// For every input of the policy, the column of the file that holds it: the one with its name, or with its label in
/// either language. Only the one that names claims to take back may be absent: a file without it takes none back.
///
/// In a file that two policies read, what the other one calls an input is looked for too; see [`Twins`].
pub(crate) fn match_columns(
    header: &ByteRecord,
    schema: &Schema,
    twins: Option<&Twins>,
    path: &Path,
) -> Outcome<Vec<Option<usize>>> {
    let names: Vec<Option<&str>> = header.iter().map(|name| std::str::from_utf8(name).ok().map(str::trim)).collect();
    let reverses = schema.plan.as_ref().and_then(|plan| plan.reversal).and_then(|reversal| {
        let at = usize::try_from(reversal.reverses).ok()?;
        schema.inputs.get(at)
    });
    let may_be_absent = |input: &Column| reverses.is_some_and(|reverses| reverses.name == input.name);
    let candidates = |input: &Column| match twins {
        None => candidates(&names, input, schema),
        Some(twins) => twins.candidates(&names, input, schema),
    };
    let is_missing = |input: &&Column| candidates(input).is_empty() && !may_be_absent(input);
    let missing: Vec<&Column> = schema.inputs.iter().filter(is_missing).collect();
    if !missing.is_empty() {
        // In another encoding none of the Chinese names can be found.
        if names.iter().any(Option::is_none) {
            return Err(not_utf8(path));
        }
        return Err(missing_columns(&missing, &names, path));
    }
    let mut columns = Vec::new();
    for input in &schema.inputs {
        match candidates(input).as_slice() {
            [] => columns.push(None),
            [only] => columns.push(Some(*only)),
            several => return Err(ambiguous(input, several, path)),
        }
    }
    for output in &schema.outputs {
        if names.contains(&Some(output.name.as_str())) {
            return Err(output_name_taken(output, path));
        }
    }
    Ok(columns)
}

/// What another policy that reads the same file calls the inputs: by the input's name, the other's column.
#[derive(Clone, Default)]
pub(crate) struct Twins(pub(crate) HashMap<String, Column>);

impl Twins {
    /// The column with the input's name, else with its label, else with the other policy's name or label for it: a file may
    /// have columns for both policies.
    fn candidates(&self, names: &[Option<&str>], input: &Column, schema: &Schema) -> Vec<usize> {
        let all = |is_it: &dyn Fn(&str) -> bool| -> Vec<usize> {
            let found = names.iter().enumerate().filter(|(_, name)| name.is_some_and(is_it));
            found.map(|(at, _)| at).collect()
        };
        let named = all(&|name| name == input.name);
        if !named.is_empty() {
            return named;
        }
        let own = candidates(names, input, schema);
        let Some(twin) = self.0.get(&input.name).filter(|_| own.is_empty()) else { return own };
        let is_free = |name: &str| {
            let others = || schema.inputs.iter().filter(|other| other.name != input.name);
            !others().any(|other| name == other.name || name == other.label.zh || name == other.label.en)
        };
        let named = all(&|name| name == twin.name && is_free(name));
        match named.is_empty() {
            true => all(&|name| (name == twin.label.zh || name == twin.label.en) && is_free(name)),
            false => named,
        }
    }
}

fn candidates(names: &[Option<&str>], input: &Column, schema: &Schema) -> Vec<usize> {
    let is_candidate = |name: &str| {
        let is_other_input = schema.inputs.iter().any(|other| other.name == name && other.name != input.name);
        name == input.name || (!is_other_input && (name == input.label.zh || name == input.label.en))
    };
    let found = names.iter().enumerate().filter(|(_, name)| name.is_some_and(is_candidate));
    found.map(|(at, _)| at).collect()
}

fn missing_columns(missing: &[&Column], names: &[Option<&str>], path: &Path) -> Error {
    let (en, zh): (Vec<String>, Vec<String>) =
        missing.iter().map(|column| (called(column, "or"), called(column, "或"))).unzip();
    let has: Vec<&str> = names.iter().flatten().copied().take(40).collect();
    let path = path.display();
    Error::new(
        "fen::claims::missing_column",
        format!("{path} has no column {}; its header is: {}", en.join(", "), has.join(", ")),
        format!("{path} 中没有 {} 列；表头为：{}", zh.join("、"), has.join("，")),
    )
}

/// A column's name and its labels, where they differ.
fn called(column: &Column, or: &str) -> String {
    let mut names = vec![format!("`{}`", column.name)];
    for label in [&column.label.zh, &column.label.en] {
        if *label != column.name && !names.contains(&format!("`{label}`")) {
            names.push(format!("`{label}`"));
        }
    }
    names.join(&format!(" {or} "))
}

fn ambiguous(input: &Column, several: &[usize], path: &Path) -> Error {
    let columns: Vec<String> = several.iter().map(|at| (at + 1).to_string()).collect();
    let (path, name, columns) = (path.display(), &input.name, columns.join(", "));
    Error::new(
        "fen::claims::ambiguous_column",
        format!("{path}: columns {columns} are all called `{name}` or by its label; leave one"),
        format!("{path}：第 {columns} 列都名为“{name}”或其标签，请只保留一列"),
    )
}

fn output_name_taken(output: &Column, path: &Path) -> Error {
    let (path, name) = (path.display(), &output.name);
    Error::new(
        "fen::claims::output_name_taken",
        format!("{path} has a column `{name}`, which is the name of an output; rename the column or leave it out"),
        format!("{path} 已有“{name}”列，与输出同名；请改名或删去该列"),
    )
}
