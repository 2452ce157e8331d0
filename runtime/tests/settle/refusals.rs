//! Modules that break the interface are refused when they are loaded.

use fen_runtime::{LoadError, MemoryFault};
use fen_schema::{ColumnType, EnumValue, Layout, Reject, RejectCode};

use crate::module::{Made, text};

fn made() -> Made {
    let mut made = Made::new()
        .copies("amount", ColumnType::Money, 2, Layout::I64, false)
        .copies("level", ColumnType::Enum, 0, Layout::I8, true)
        .copies("day", ColumnType::Date, 0, Layout::I32, false)
        .copies("drug", ColumnType::Code, 0, Layout::I32, false)
        .parameter("cut", ColumnType::Pp, 4, Layout::I64);
    made.codes = Some("[\"A\",\"B\"]".into());
    made.schema.codes = 2;
    made.schema.dated_by = Some("day".into());
    made
}

#[test]
fn a_module_that_follows_the_interface_is_loaded() {
    let mut made = made();
    made.load().unwrap();
    made.parts = "(data (i32.const 65530) \"abcdef\") (data (i32.const 4096) \"\")".into();
    made.load().unwrap();
    // Without codes their section can be left out.
    Made::new().load().unwrap();
}

#[test]
fn data_that_do_not_lie_in_the_memory() {
    for data in ["(data (i32.const 65531) \"abcdef\")", "(data (i32.const -1) \"a\")", "(data \"abc\")"] {
        let mut made = made();
        made.parts = data.into();
        assert_eq!(made.load().map(drop), Err(LoadError::Memory(MemoryFault::Data)), "{data}");
    }
}

#[test]
fn codes_that_are_not_those_of_the_schema() {
    let mut other = made();
    other.schema.codes_sha256 = fen_schema::sha256(b"[\"A\",\"C\"]");
    assert_eq!(other.load().map(drop), Err(LoadError::Altered));
    let mut absent = made();
    absent.schema.codes_sha256 = fen_schema::sha256(b"[\"A\",\"B\"]");
    absent.codes = None;
    assert_eq!(absent.load().map(drop), Err(LoadError::Altered));
    for (codes, count) in [("[\"A\",\"B\"]", 3), ("[\"B\",\"A\"]", 2), ("[\"A\",\"A\"]", 2), ("{}", 0), ("[1,2]", 2)] {
        let mut damaged = made();
        damaged.codes = Some(codes.into());
        damaged.schema.codes = count;
        assert_eq!(damaged.refused(), "fen::module::damaged_schema", "{codes}");
    }
}

#[test]
fn schemas_that_contradict_themselves() {
    type Change = fn(&mut Made);
    let changes: [(&str, Change); 17] = [
        ("a parameter on a column", |m| m.schema.parameters[0].offset = m.schema.inputs[0].offset + 8),
        ("a parameter outside", |m| m.schema.parameters[0].offset = 65_536),
        ("a parameter not aligned", |m| m.schema.parameters[0].offset += 4),
        ("an optional parameter", |m| m.schema.parameters[0].optional = true),
        ("a parameter that is a code", |m| {
            m.schema.parameters[0].ty = ColumnType::Code;
            m.schema.parameters[0].layout = Layout::I32;
            m.schema.parameters[0].scale = 0;
        }),
        ("two parameters of one name", |m| {
            let mut again = m.schema.parameters[0].clone();
            again.offset = m.place(16);
            m.schema.parameters.push(again);
        }),
        ("a parameter without a range", |m| m.schema.parameters[0].max = String::new()),
        ("a bool of 64 bits", |m| m.schema.inputs[0].ty = ColumnType::Bool),
        ("money of 32 bits", |m| m.schema.inputs[2].ty = ColumnType::Money),
        ("an enum without values", |m| m.schema.inputs[1].values.clear()),
        ("an enum with too many values", |m| {
            let value = |at: i32| EnumValue { name: at.to_string(), label: text("x") };
            m.schema.inputs[1].values.extend((0..125).map(value));
        }),
        ("two values of one name", |m| m.schema.inputs[1].values[0].name = "city".into()),
        ("values of a date", |m| m.schema.inputs[2].values = m.schema.inputs[1].values.clone()),
        ("a date with decimals", |m| m.schema.inputs[2].scale = 2),
        ("a bound that is no date", |m| m.schema.inputs[2].min = "0.00".into()),
        ("dated by no date", |m| m.schema.dated_by = Some("amount".into())),
        ("a reject of no input", |m| {
            let reason = text("x");
            m.schema.rejects.push(Reject { status: 1, code: RejectCode::BelowMin, column: "x".into(), reason });
        }),
    ];
    for (what, change) in changes {
        let mut made = made();
        change(&mut made);
        assert_eq!(made.refused(), "fen::module::damaged_schema", "{what}");
    }
}

#[test]
fn version_1_is_another_interface() {
    let mut made = made();
    made.schema.abi = 1;
    assert_eq!(made.load().map(drop), Err(LoadError::AbiVersion(1)));
}
