//! `--sort`: the rows of a file in the order of a date.

use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};

use csv::ByteRecord;
use fen_runtime::{Cell, parse_cell};
use fen_schema::Schema;

use super::claims::Claims;
use super::input::{Input, not_copied, temporary};
use crate::error::{Error, Outcome};

/// A row of the file.
struct Row {
    /// Days since 1970-01-01.
    day: i32,
    number: u64,
    start: u64,
    end: u64,
}

/// Puts a copy of the file in the place of the input, with the rows in the order of the date that the policy orders them
/// by; rows of one day keep their order. A row without a readable date comes after all rows before it in the file: it is
/// rejected, or it takes one of them back. 32 bytes of memory are needed for each row.
pub(crate) fn sort(input: &mut Input, claims: &mut Claims, schema: &Schema) -> Outcome<()> {
    let date = schema.plan.as_ref().and_then(|plan| plan.ordered_by).and_then(|date| usize::try_from(date).ok());
    let Some((date, column)) = date.and_then(|date| Some((date, schema.inputs.get(date)?))) else {
        return Err(no_order(schema));
    };
    input.keep()?;
    claims.rewind(input)?;
    let header_end = claims.end();
    let (mut rows, mut latest, mut record): (Vec<Row>, _, _) = (Vec::new(), i32::MIN, ByteRecord::new());
    while let Some(start) = claims.read_raw(&mut record)? {
        let cell = claims.text(&record, date).and_then(|text| parse_cell(text, column).ok());
        let day = match cell {
            Some(Cell::Number(day)) => i32::try_from(day).unwrap_or(latest),
            _ => latest,
        };
        latest = latest.max(day);
        rows.push(Row { day, number: claims.number(rows.len() as u64), start, end: claims.end() });
    }
    if !rows.is_sorted_by_key(|row| row.day) {
        rows.sort_by_key(|row| row.day);
        write(input, header_end, &rows)?;
        claims.renumber(rows.iter().map(|row| row.number).collect());
    }
    claims.rewind(input)
}

/// Writes the sorted copy.
fn write(input: &mut Input, header_end: u64, rows: &[Row]) -> Outcome<()> {
    let path = input.path().to_owned();
    let mut from = BufReader::with_capacity(1 << 16, input.file()?);
    let mut to = BufWriter::with_capacity(1 << 16, temporary()?);
    let (mut bytes, mut place) = (Vec::new(), 0);
    for (start, end) in std::iter::once((0, header_end)).chain(rows.iter().map(|row| (row.start, row.end))) {
        // Rows that stand together already are read without going back to the disk.
        let distance = i64::try_from(start).unwrap_or(i64::MAX).saturating_sub_unsigned(place);
        from.seek_relative(distance).map_err(|error| Error::read(&path, &error))?;
        bytes.resize(usize::try_from(end - start).unwrap_or(usize::MAX), 0);
        from.read_exact(&mut bytes).map_err(|error| Error::read(&path, &error))?;
        place = end;
        // The last row of a file may end without a new line.
        if !bytes.ends_with(b"\n") && !bytes.ends_with(b"\r") {
            bytes.push(b'\n');
        }
        to.write_all(&bytes).map_err(|error| not_copied(&error))?;
    }
    input.unchanged()?;
    let mut copy = to.into_inner().map_err(|error| not_copied(error.error()))?;
    copy.seek(SeekFrom::Start(0)).map_err(|error| not_copied(&error))?;
    input.replace(copy);
    Ok(())
}

fn no_order(schema: &Schema) -> Error {
    let policy = &schema.policy;
    Error::new(
        "fen::run::no_order",
        format!("{policy} does not say by which date its rows are ordered; run without --sort"),
        format!("{policy} 没有规定各行按哪个日期排序；请去掉 --sort"),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::claims::Batch;
    use super::super::progress::Progress;
    use super::*;

    /// Of a policy whose rows are ordered by `day`.
    fn schema() -> Result<Schema, serde_json::Error> {
        let column = |name: &str, ty: &str, layout: &str| {
            json!({
                "name": name, "label": { "zh": name, "en": name }, "type": ty, "unit": "", "scale": 0, "min": "", "max": "",
                "optional": false, "layout": layout, "offset": 0,
            })
        };
        serde_json::from_value(json!({
            "abi": fen_schema::ABI_VERSION, "policy": "a.b", "language": "en", "title": null, "source": null,
            "in_force": null, "dated_by": "day", "compiler": "", "source_sha256": "", "code_sha256": "",
            "batch": { "entry": "settle", "capacity": 1, "status": { "offset": 0 } }, "codes": 0, "codes_sha256": "",
            "parameters": [], "inputs": [column("id", "id", "i32"), column("day", "date", "i32")], "outputs": [],
            "rejects": [], "citations": [], "invariants": [],
            "plan": {
                "grains": [{ "name": "claim", "label": { "zh": "", "en": "" }, "keys": [], "period": null }], "claim": 0,
                "phases": [], "totals": [], "splits": [], "links": [], "results": [], "shared": [], "ordered_by": 1,
                "reversal": Value::Null,
            },
        }))
    }

    /// The ids of a file's rows after sorting, each with its row's number.
    fn sorted(text: &str) -> Result<String, String> {
        let failed = |error: Error| format!("{error:?}");
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let path = folder.path().join("claims.csv");
        std::fs::write(&path, text).map_err(|error| error.to_string())?;
        let schema = schema().map_err(|error| error.to_string())?;
        let mut input = Input::open(&path).map_err(failed)?;
        let mut claims = Claims::open(&mut input, &schema, Progress::new(None)).map_err(failed)?;
        sort(&mut input, &mut claims, &schema).map_err(failed)?;
        let mut found = Vec::new();
        for _ in 0..2 {
            found.clear();
            let mut batch = Batch::default();
            while claims.read(&mut batch).map_err(failed)? {
                found.extend(batch.rows().map(|(number, record)| {
                    format!("{}{number}", String::from_utf8_lossy(record.get(0).unwrap_or_default()).trim())
                }));
            }
            claims.rewind(&mut input).map_err(failed)?;
        }
        Ok(found.join(" "))
    }

    #[test]
    fn rows_of_one_day_keep_their_order() {
        let rows = ["a,2022-03-01", "b,2022-01-01", "c,2022-02-01", "\"d\n\",2022-01-01", "e,2022-03-01"];
        let wanted = Ok("b2 d4 c3 a1 e5".to_owned());
        for end in ["\n", "\r\n", "\r", "\n\n"] {
            let text = format!("id,day{end}{}", rows.join(end));
            assert_eq!(sorted(&text), wanted, "{end:?}");
            assert_eq!(sorted(&format!("{text}{end}")), wanted, "{end:?}");
            assert_eq!(sorted(&format!("\u{feff}{text}")), wanted, "{end:?}");
        }
    }

    #[test]
    fn rows_without_a_date_come_after_those_before_them() {
        let text = "id,day\na,2022-03-01\nx,never\nb,2022-02-01\ny\nc,2022-01-01\nd,2022-04-01\n";
        assert_eq!(sorted(text), Ok("c5 b3 a1 x2 y4 d6".to_owned()));
        assert_eq!(sorted("id,day\nx,\na,2022-01-01"), Ok("x1 a2".to_owned()));
        assert_eq!(sorted("id,day"), Ok(String::new()));
    }
}
