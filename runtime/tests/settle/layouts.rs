//! Every layout and Arrow type goes in and comes out.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Decimal64Type, Decimal128Type, Int8Type, Int16Type, UInt64Type};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Date32Array, Decimal64Array, Decimal128Array, DictionaryArray, Int16Array,
    Int64Array, LargeStringArray, StringArray, StringViewArray, UInt8Array, UInt64Array,
};
use fen_runtime::Settlement;
use fen_schema::{ColumnType, Layout, RejectCode};

use crate::module::{Made, batch};

/// Row, column and code of every rejection.
fn rejects(settlement: &Settlement) -> Vec<(usize, String, RejectCode)> {
    settlement.rejects().iter().map(|one| (one.row, one.cause.column.clone(), one.cause.code)).collect()
}

fn decimal64(cells: Vec<Option<i64>>, scale: i8) -> ArrayRef {
    Arc::new(Decimal64Array::from(cells).with_precision_and_scale(18, scale).unwrap())
}

fn texts(array: &ArrayRef) -> Vec<Option<String>> {
    array.as_string::<i32>().iter().map(|text| text.map(str::to_owned)).collect()
}

fn some(texts: &[&str]) -> Vec<Option<String>> {
    texts.iter().map(|text| Some((*text).to_owned())).collect()
}

#[test]
fn amounts_of_both_widths_and_all_integers() {
    let made = Made::new()
        .copies("narrow", ColumnType::Money, 2, Layout::I64, false)
        .copies("wide", ColumnType::Measure, 4, Layout::I128, false)
        .copies("count", ColumnType::Number, 0, Layout::I64, false);
    let mut session = made.session();
    let narrow = vec![i64::MIN, -1, 0, 1, i64::MAX, 7];
    let wide = vec![i128::MIN, -1, 0, 1, i128::MAX, 7];
    let wide_array = Decimal128Array::from(wide.clone()).with_precision_and_scale(38, 4).unwrap();
    let narrow_array = decimal64(narrow.iter().copied().map(Some).collect(), 2);
    let counts: [ArrayRef; 3] = [
        Arc::new(Int64Array::from(vec![1, 2, 3, -4, 5, 6])),
        Arc::new(Int16Array::from(vec![1, 2, 3, -4, 5, 6])),
        Arc::new(Decimal128Array::from(vec![1, 2, 3, -4, 5, 6]).with_precision_and_scale(38, 0).unwrap()),
    ];
    for count in counts {
        let claims = batch(vec![
            ("count", count),
            ("wide", Arc::new(wide_array.clone())),
            ("narrow", Arc::clone(&narrow_array)),
        ]);
        let settled = session.settle(&claims).unwrap();
        assert_eq!(rejects(&settled), []);
        let outputs = settled.outputs();
        assert_eq!(outputs.column(0).as_primitive::<Decimal64Type>().values(), narrow.as_slice());
        assert_eq!(outputs.column(1).as_primitive::<Decimal128Type>().values(), wide.as_slice());
        assert_eq!(outputs.column(2).as_primitive::<Decimal64Type>().values(), &[1, 2, 3, -4, 5, 6]);
    }
    let count = Made::new().copies("count", ColumnType::Number, 0, Layout::I64, false);
    let array = UInt64Array::from(vec![Some(5), Some(u64::MAX), None]);
    let settled = count.session().settle(&batch(vec![("count", Arc::new(array))])).unwrap();
    assert_eq!(
        rejects(&settled),
        [(1, "count".into(), RejectCode::AboveMax), (2, "count".into(), RejectCode::Missing)]
    );
    let byte = UInt8Array::from(vec![255]);
    let settled = count.session().settle(&batch(vec![("count", Arc::new(byte))])).unwrap();
    assert_eq!(settled.outputs().column(0).as_primitive::<Decimal64Type>().values(), &[255]);
}

#[test]
fn amounts_of_another_scale_or_type_are_refused() {
    let mut session = Made::new().copies("a", ColumnType::Money, 2, Layout::I64, false).session();
    let wrong: [ArrayRef; 3] =
        [decimal64(vec![Some(1)], 3), Arc::new(Int64Array::from(vec![1])), Arc::new(StringArray::from(vec!["1.00"]))];
    for array in wrong {
        let error = session.settle(&batch(vec![("a", array)])).unwrap_err();
        assert_eq!(error.code(), "fen::batch::column_type");
    }
    assert_eq!(
        session.settle(&batch(vec![("b", Arc::new(Int64Array::from(vec![1])))])).unwrap_err().code(),
        "fen::batch::missing_column"
    );
}

#[test]
fn optional_amounts_may_be_missing_and_their_least_number_is_none() {
    for layout in [Layout::I64, Layout::I128] {
        let made = Made::new().copies("a", ColumnType::Money, 2, layout, true);
        let claims = batch(vec![("a", decimal64(vec![Some(5), None, Some(i64::MIN), Some(-3), None], 2))]);
        let settled = made.session().settle(&claims).unwrap();
        let output = settled.outputs().column(0);
        assert_eq!(output.logical_null_count(), if layout == Layout::I64 { 3 } else { 2 });
        let below = [(2, "a".into(), RejectCode::BelowMin)];
        assert_eq!(rejects(&settled), if layout == Layout::I64 { below.to_vec() } else { Vec::new() });
        assert!(output.is_valid(0) && output.is_null(1) && output.is_valid(3) && output.is_null(4));
    }
    // Without gaps nothing is copied twice, and nothing is missing.
    let made = Made::new().copies("a", ColumnType::Money, 2, Layout::I64, true);
    let settled = made.session().settle(&batch(vec![("a", decimal64(vec![Some(5), Some(6)], 2))])).unwrap();
    assert_eq!(settled.outputs().column(0).null_count(), 0);
}

#[test]
fn dates_and_bools() {
    for optional in [false, true] {
        let made = Made::new().copies("day", ColumnType::Date, 0, Layout::I32, optional).copies(
            "is",
            ColumnType::Bool,
            0,
            Layout::I8,
            optional,
        );
        let days = Date32Array::from(vec![Some(0), None, Some(-719_162), Some(19_205), Some(1)]);
        let is = BooleanArray::from(vec![Some(true), Some(false), None, Some(false), Some(true)]);
        let settled =
            made.session().settle(&batch(vec![("day", Arc::new(days.clone())), ("is", Arc::new(is.clone()))]));
        let settled = settled.unwrap();
        let (day_out, is_out) = (settled.outputs().column(0), settled.outputs().column(1).as_boolean());
        if optional {
            assert_eq!(rejects(&settled), []);
            assert_eq!(day_out.as_primitive::<Date32Type>(), &days);
            assert_eq!(is_out, &is);
        } else {
            let wanted = [(1, "day".into(), RejectCode::Missing), (2, "is".into(), RejectCode::Missing)];
            assert_eq!(rejects(&settled), wanted);
            assert_eq!(day_out.as_primitive::<Date32Type>().iter().collect::<Vec<_>>()[3..], [Some(19_205), Some(1)]);
            assert_eq!(is_out.iter().collect::<Vec<_>>(), [Some(true), None, None, Some(false), Some(true)]);
        }
    }
}

fn text_arrays(texts: &[Option<&str>]) -> Vec<ArrayRef> {
    let short: DictionaryArray<Int8Type> = texts.iter().copied().collect();
    let large: DictionaryArray<UInt64Type> = texts.iter().copied().collect();
    let keys = large.keys().clone();
    let views = StringViewArray::from_iter(large.values().as_string::<i32>().iter());
    vec![
        Arc::new(StringArray::from(texts.to_vec())),
        Arc::new(LargeStringArray::from(texts.to_vec())),
        Arc::new(StringViewArray::from_iter(texts.iter().copied())),
        Arc::new(short),
        Arc::new(large),
        Arc::new(DictionaryArray::try_new(keys, Arc::new(views)).unwrap()),
    ]
}

#[test]
fn enums_from_every_kind_of_text() {
    let given =
        [Some("city"), Some(" province（中）\t"), None, Some("township"), Some(""), Some("county"), Some("city")];
    for optional in [false, true] {
        let made = Made::new().copies("level", ColumnType::Enum, 0, Layout::I8, optional);
        let mut session = made.session();
        for array in text_arrays(&given) {
            let kind = array.data_type().to_string();
            let settled = session.settle(&batch(vec![("level", array)])).unwrap();
            let unknown = (3, "level".to_owned(), RejectCode::UnknownValue);
            let missing = |row| (row, "level".to_owned(), RejectCode::Missing);
            let wanted = if optional { vec![unknown] } else { vec![missing(2), unknown, missing(4)] };
            assert_eq!(rejects(&settled), wanted, "{kind}");
            let names = settled.outputs().column(0).as_dictionary::<Int8Type>();
            let names: Vec<_> = names.downcast_dict::<StringArray>().unwrap().into_iter().collect();
            let wanted = [Some("city"), Some("province"), None, None, None, Some("county"), Some("city")];
            assert_eq!(names, wanted, "{kind}");
            let reason = &settled.rejects().iter().find(|one| one.row == 3).unwrap().cause.reason;
            assert_eq!(reason.en, "level is none of county, city, province");
        }
    }
}

#[test]
fn codes_and_ids_share_their_numbers() {
    let mut made = Made::new().copies("drug", ColumnType::Code, 0, Layout::I32, false).copies(
        "person",
        ColumnType::Id,
        0,
        Layout::I32,
        true,
    );
    // The numbers themselves, as counts.
    let at = made.schema.inputs[0].offset;
    let to = made.place(8 * crate::module::CAPACITY);
    let number = crate::module::column("number", ColumnType::Number, 0, Layout::I64, to);
    made.schema.outputs.push(number);
    made.body.push_str(&format!(
        "(local.set $i (i32.const 0)) (block $done (loop $rows
          (br_if $done (i32.ge_s (local.get $i) (local.get $n)))
          (i64.store offset={to} (i32.mul (local.get $i) (i32.const 8))
            (i64.load32_s offset={at} (i32.mul (local.get $i) (i32.const 4))))
          (local.set $i (i32.add (local.get $i) (i32.const 1))) (br $rows)))"
    ));
    made.codes = Some("[\"AA1\",\"BB2\",\"肺炎\"]".into());
    made.schema.codes = 3;
    let mut session = made.session();
    let drugs = [Some("BB2"), Some("x"), Some("肺炎"), Some(" AA1 "), Some("y"), Some("x"), None];
    let persons = [Some("p1"), Some("x"), None, Some(" "), Some("AA1"), Some("p1"), Some("p1")];
    for (drug, person) in text_arrays(&drugs).into_iter().zip(text_arrays(&persons)) {
        let settled = session.settle(&batch(vec![("drug", drug), ("person", person)])).unwrap();
        assert_eq!(rejects(&settled), [(6, "drug".into(), RejectCode::Missing)]);
        let outputs = settled.outputs();
        assert_eq!(texts(outputs.column(0))[..6], some(&["BB2", "x", "肺炎", "AA1", "y", "x"]));
        let person = texts(outputs.column(1));
        assert_eq!(person[..2], some(&["p1", "x"]));
        assert_eq!(person[2..4], [None, None]);
        assert_eq!(person[4..6], some(&["AA1", "p1"]));
        assert_eq!(person[6], None);
        let numbers = outputs.column(2).as_primitive::<Decimal64Type>();
        assert_eq!(
            numbers.values()[..6].iter().map(|n| (0..3).contains(n)).collect::<Vec<_>>(),
            [true, false, true, true, false, false]
        );
        assert_eq!(numbers.value(1), numbers.value(5));
        assert_ne!(numbers.value(1), numbers.value(4));
        assert_eq!((numbers.value(0), numbers.value(2), numbers.value(3)), (1, 2, 0));
    }
    // A dictionary without texts, all of whose keys are null.
    let empty: DictionaryArray<Int16Type> = [None::<&str>, None].into_iter().collect();
    let claims = batch(vec![("drug", Arc::new(empty.clone()) as ArrayRef), ("person", Arc::new(empty))]);
    assert_eq!(session.settle(&claims).unwrap().rejects().len(), 2);
}

#[test]
fn what_the_host_finds_goes_before_what_the_module_finds() {
    let made = Made::new()
        .copies("bad", ColumnType::Bool, 0, Layout::I8, false)
        .copies("level", ColumnType::Enum, 0, Layout::I8, false)
        .rejects_true("bad");
    let bad = BooleanArray::from(vec![true, true, false, false, true, false]);
    let level = StringArray::from(vec!["city", "?", "?", "city", "county", "city"]);
    let settled = made.session().settle(&batch(vec![("bad", Arc::new(bad)), ("level", Arc::new(level))])).unwrap();
    let level = || "level".to_owned();
    assert_eq!(
        rejects(&settled),
        [
            (0, "bad".into(), RejectCode::AboveMax),
            (1, level(), RejectCode::UnknownValue),
            (2, level(), RejectCode::UnknownValue),
            (4, "bad".into(), RejectCode::AboveMax),
        ]
    );
    assert_eq!(settled.outputs().column(1).logical_null_count(), 4);
}

#[test]
fn senseless_answers_are_not_believed() {
    // An enum without a value of that place, a bool that is neither, a code that nobody gave.
    let cases =
        [(ColumnType::Enum, Layout::I8, 9), (ColumnType::Bool, Layout::I8, 2), (ColumnType::Code, Layout::I32, 5)];
    for (ty, layout, cell) in cases {
        let mut made = Made::new();
        let at = made.place(16);
        made.schema.outputs.push(crate::module::column("a", ty, 0, layout, at));
        made.body = format!("(i32.store (i32.const {at}) (i32.const {cell}))");
        let claims = batch(vec![("other", Arc::new(Int64Array::from(vec![1])))]);
        assert_eq!(made.session().settle(&claims).unwrap_err().code(), "fen::batch::module");
    }
}
