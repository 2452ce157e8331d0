//! Which tables of cases belong to a policy: `surplus.cases.csv` beside `surplus.fen`, or `surplus.cases.2023.csv`, and the
//! same with 用例. Those of `notice.md#surplus` are called alike.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Outcome};
use crate::files;

const WORDS: [&str; 2] = ["cases", "用例"];

/// The tables beside a policy, by name.
pub(crate) fn beside(policy: &Path) -> Outcome<Vec<PathBuf>> {
    let folder = policy.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Some(stem) = files::stem(policy) else { return Ok(Vec::new()) };
    let entries = fs::read_dir(folder).map_err(|error| Error::read(folder, &error))?;
    let mut found: Vec<PathBuf> = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| Error::read(folder, &error))?;
        let name = entry.file_name();
        if name.to_str().is_some_and(|name| is_table_of(stem, name)) {
            // As it was asked for: without `./` where the policy has none.
            found.push(policy.with_file_name(name));
        }
    }
    found.sort();
    Ok(found)
}

fn is_table_of(stem: &str, name: &str) -> bool {
    let Some(rest) = name.strip_prefix(stem).and_then(|rest| rest.strip_prefix('.')) else { return false };
    let mut parts = rest.split('.');
    let is_cases = parts.next().is_some_and(|word| WORDS.contains(&word));
    is_cases && parts.next_back().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_tables() {
        for name in ["surplus.cases.csv", "surplus.用例.csv", "surplus.cases.2023.csv", "surplus.cases.CSV"] {
            assert!(is_table_of("surplus", name), "{name}");
        }
        for name in [
            "surplus.csv",
            "surplus.cases",
            "surplus2.cases.csv",
            "surplus.cases.xlsx",
            "other.cases.csv",
            "surplus.casescsv",
        ] {
            assert!(!is_table_of("surplus", name), "{name}");
        }
    }
}
