//! Streams and what they mean as JSON, for hosts in other languages: the form that `tests/web/differential.test.mjs` reads.

use std::error::Error;

use fen_compiler::{Outcome, StreamCells};
use serde_json::{Value, json};

use super::Compiled;

/// The cells of a list as texts: JSON knows no integers of 128 bits.
fn texts(cells: &[Option<i128>]) -> Value {
    cells.iter().map(|cell| cell.map(|cell| cell.to_string())).collect()
}

/// A stream, and what becomes of it.
///
/// # Errors
/// If the stream cannot be settled.
pub fn case(compiled: &Compiled<'_>, cells: &StreamCells) -> Result<Value, Box<dyn Error>> {
    let outcome = compiled.policy.interpret_stream(cells).map_err(|total| format!("{total:?}"))?;
    let inputs = &compiled.schema.inputs;
    let rows = outcome.rows.iter().zip(&cells.rows).map(|(row, given)| match row {
        Outcome::Settled(outputs) => json!({ "outputs": texts(outputs) }),
        Outcome::Rejected(code, column) => {
            // An empty cell is out of range to the interpreter.
            let cell = inputs.iter().position(|input| input.name == *column).and_then(|at| given.get(at));
            let is_own = !matches!(code.as_str(), "differs" | "claim_rejected");
            let code = if is_own && cell == Some(&None) { "missing" } else { code.as_str() };
            json!({ "code": code, "column": column })
        }
    });
    let grains = outcome.grains.iter().map(|grain| {
        let groups = grain.groups.iter().map(|group| {
            let keys: Vec<_> = group.keys.iter().copied().map(Some).collect();
            let failed = group.failed.as_ref().map(|(_, split)| split);
            json!({ "keys": texts(&keys), "period": group.period, "outputs": texts(&group.outputs), "failed": failed })
        });
        json!({ "name": grain.name, "groups": groups.collect::<Vec<_>>() })
    });
    Ok(json!({
        "given": cells.rows.iter().map(|row| texts(row)).collect::<Vec<_>>(),
        "texts": cells.texts,
        "rows": rows.collect::<Vec<_>>(),
        "grains": grains.collect::<Vec<_>>(),
    }))
}
