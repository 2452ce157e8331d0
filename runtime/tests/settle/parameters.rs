//! Parameters: checked when they are set, in the module's memory before anything is settled.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Decimal64Type;
use arrow_array::{Int64Array, RecordBatch};
use fen_runtime::ParameterError;
use fen_schema::{ColumnType, Layout};

use crate::module::{Made, batch, column};

/// Gives back its parameters as outputs.
fn made() -> Made {
    let mut made = Made::new()
        .parameter("cut", ColumnType::Pp, 4, Layout::I64)
        .parameter("rate[county]", ColumnType::Rate, 4, Layout::I64)
        .parameter("from", ColumnType::Date, 0, Layout::I32)
        .parameter("strict", ColumnType::Bool, 0, Layout::I8)
        .parameter("level", ColumnType::Enum, 0, Layout::I8)
        .parameter("fund", ColumnType::Money, 2, Layout::I128);
    for parameter in made.schema.parameters.clone() {
        let to = made.place(64);
        let name = format!("{}_out", parameter.name);
        made.schema.outputs.push(column(&name, ColumnType::Number, 0, Layout::I64, to));
        let load = match parameter.layout {
            Layout::I8 => "i64.load8_s",
            Layout::I32 => "i64.load32_s",
            _ => "i64.load",
        };
        made.body.push_str(&format!("(i64.store (i32.const {to}) ({load} (i32.const {})))", parameter.offset));
    }
    made
}

fn claims() -> RecordBatch {
    batch(vec![("other", Arc::new(Int64Array::from(vec![1])))])
}

#[test]
fn values_arrive_in_the_module() {
    let policy = made().load().unwrap();
    let mut parameters = policy.parameters();
    let values =
        [("cut", "10pp"), ("rate[county]", "-80%"), ("from", "2022-08-01"), ("strict", "是"), ("level", "city（中）")];
    for (name, value) in values {
        parameters.set(name, value).unwrap();
    }
    let missing = |parameters: &fen_runtime::Parameters| parameters.missing().map(|one| one.name.clone()).collect();
    let names: Vec<String> = missing(&parameters);
    assert_eq!(names, ["fund"]);
    parameters.set("fund（中）", "-0.99").unwrap();
    parameters.set("rate[ county ]", "80%").unwrap();
    let texts: Vec<String> = parameters.iter().filter_map(|(_, text)| text).collect();
    assert_eq!(texts, ["10.00pp", "80.00%", "2022-08-01", "true", "city", "-0.99"]);

    let mut session = policy.session().unwrap();
    session.set_parameters(&parameters).unwrap();
    let numbers = |session: &mut fen_runtime::Session| -> Vec<i64> {
        let settled = session.settle(&claims()).unwrap();
        settled.outputs().columns().iter().map(|array| array.as_primitive::<Decimal64Type>().value(0)).collect()
    };
    assert_eq!(numbers(&mut session), [1_000, 8_000, 19_205, 1, 1, -99]);
    session.set_parameter("cut", "5个百分点").unwrap();
    assert_eq!(numbers(&mut session), [500, 8_000, 19_205, 1, 1, -99]);
    let mut other = policy.session().unwrap();
    other.set_parameters(&parameters).unwrap();
    assert_eq!(numbers(&mut other), [1_000, 8_000, 19_205, 1, 1, -99]);
}

#[test]
fn nothing_is_settled_before_all_are_set() {
    let mut session = made().session();
    session.set_parameter("cut", "10pp").unwrap();
    assert_eq!(session.missing_parameters().count(), 5);
    let error = session.settle(&claims()).unwrap_err();
    assert_eq!(error.code(), "fen::parameter::missing");
    let text = error.text();
    assert_eq!(
        text.en,
        "these parameters have no value: `rate[county]` (a rate from -100.00% to 100.00%), `from` (a date from \
         0001-01-01 to 9999-12-31), `strict` (a bool: true or false), `level` (one of: county, city, province), `fund` \
         (money in  from -1 to 1)"
    );
    assert!(text.zh.contains("“rate[county]”（比率，-100.00% 至 100.00%）"), "{}", text.zh);
}

#[test]
fn wrong_values_are_refused_and_change_nothing() {
    let policy = made().load().unwrap();
    let mut parameters = policy.parameters();
    parameters.set("cut", "10pp").unwrap();
    let mut said = |name: &str, value: &str| {
        let error = parameters.set(name, value).unwrap_err();
        assert!(!error.text().zh.is_empty());
        (error.code(), error.to_string())
    };
    assert_eq!(
        said("cutt", "10pp"),
        ("fen::parameter::unknown", "the policy test.copy has no parameter `cutt`; did you mean `cut`?".into())
    );
    assert_eq!(said("annual_cap", "1").1, "the policy test.copy has no parameter `annual_cap`");
    assert_eq!(
        said("cut", "0.1"),
        (
            "fen::parameter::not_a_value",
            "parameter `cut` cannot be `0.1`; it is percentage points from -100.00pp to 100.00pp, such as 10pp".into()
        )
    );
    assert_eq!(
        said("cut", "100.01pp"),
        (
            "fen::parameter::out_of_range",
            "parameter `cut` cannot be 100.01pp; it must be from -100.00pp to 100.00pp".into()
        )
    );
    for (name, value) in [("from", "2022-8-1"), ("level", "township"), ("strict", ""), ("fund", "0.001")] {
        assert_eq!(said(name, value).0, "fen::parameter::not_a_value", "{name}");
    }
    assert_eq!(parameters.iter().filter_map(|(_, text)| text).collect::<Vec<_>>(), ["10.00pp"]);
    let other = Made::new().load().unwrap();
    assert_eq!(other.session().unwrap().set_parameters(&parameters), Err(ParameterError::OtherPolicy));
    policy.session().unwrap().set_parameters(&made().load().unwrap().parameters()).unwrap();
}

#[test]
fn a_module_that_refuses_its_parameters_settles_nothing() {
    let mut made = Made::new();
    made.body = "(return (i32.const -2))".into();
    assert_eq!(made.session().settle(&claims()).unwrap_err().code(), "fen::batch::module");
}
