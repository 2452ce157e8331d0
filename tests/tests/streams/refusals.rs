//! What the runtime refuses: plans that cannot be followed, streams that are none.

use fen_compiler::{Source, analyze};
use fen_runtime::{LoadError, Runtime, Stream, StreamError};
use fen_schema::{CODES_SECTION, SECTION, Schema};
use wasmparser::{Parser, Payload};

use super::compare::Compared;
use super::policies as sources;

/// The module of a policy with another schema.
fn altered(source: &str, alter: impl FnOnce(&mut Schema)) -> Result<(), LoadError> {
    let analysis = analyze(&Source::new("test.fen", source));
    let module = analysis.policy().expect("a policy").compile().expect("a module");
    let mut schema = module.schema.clone();
    // What the module says of explanations is left out.
    schema.trace_sha256.clear();
    alter(&mut schema);
    let mut code_end = 8;
    let mut codes = Vec::new();
    for payload in Parser::new(0).parse_all(&module.wasm) {
        let payload = payload.unwrap();
        match &payload {
            Payload::CustomSection(section) if section.name() == CODES_SECTION => codes = section.data().to_vec(),
            _ => {}
        }
        if let Some((id, range)) = payload.as_section()
            && id != 0
        {
            code_end = range.end;
        }
    }
    let mut wasm = module.wasm[..code_end].to_vec();
    custom(&mut wasm, SECTION, &schema.to_json().unwrap());
    if !codes.is_empty() {
        custom(&mut wasm, CODES_SECTION, &codes);
    }
    Runtime::new().unwrap().load(&wasm).map(drop)
}

fn custom(wasm: &mut Vec<u8>, name: &str, data: &[u8]) {
    let leb = |value: usize| (0..5).map(move |at| (value >> (7 * at)) as u8 & 127 | if at < 4 { 128 } else { 0 });
    let mut content: Vec<u8> = leb(name.len()).collect();
    content.extend(name.as_bytes());
    content.extend(data);
    wasm.push(0);
    wasm.extend(leb(content.len()));
    wasm.extend(content);
}

fn plan(schema: &mut Schema) -> &mut fen_schema::Plan {
    schema.plan.as_mut().unwrap()
}

#[test]
fn plans_that_cannot_be_followed() {
    type Alter = fn(&mut Schema);
    let cases: &[(&str, &str, Alter)] = &[
        ("no first phase", sources::CAP, |schema| plan(schema).phases.clear()),
        ("a grain of a key that is not there", sources::CAP, |schema| plan(schema).grains[1].keys = vec![99]),
        ("no grain of rows", sources::CAP, |schema| plan(schema).grains[0].keys = vec![0]),
        ("a year from 30 February", sources::CAP, |schema| {
            let period = plan(schema).grains.iter_mut().find_map(|grain| grain.period.as_mut()).unwrap();
            (period.month, period.day) = (2, 30);
        }),
        ("a place out of range", sources::CAP, |schema| {
            plan(schema).phases[0].state.as_mut().unwrap().tables[0].places.offset = u32::MAX - 15;
        }),
        ("places over a column", sources::CAP, |schema| {
            let offset = schema.inputs[0].offset;
            plan(schema).phases[0].state.as_mut().unwrap().tables[0].places.offset = offset;
        }),
        ("records over columns", sources::CAP, |schema| plan(schema).phases[0].state.as_mut().unwrap().offset = 16),
        ("records that begin nowhere", sources::CAP, |schema| {
            plan(schema).phases[0].state.as_mut().unwrap().offset = 1 << 31;
        }),
        ("a cell beyond its record", sources::CAP, |schema| {
            plan(schema).phases[0].state.as_mut().unwrap().tables[0].bytes = 0;
        }),
        ("an unknown phase", sources::POOL, |schema| plan(schema).totals[0].phase = 77),
        ("an unknown output", sources::POOL, |schema| plan(schema).totals[0].output = 77),
        ("a total of rows", sources::POOL, |schema| plan(schema).totals[0].grain = 0),
        ("a circle", sources::POOL, |schema| {
            let last = u32::try_from(plan(schema).phases.len()).unwrap() - 1;
            for total in &mut plan(schema).totals {
                (total.phase, total.output) = (last, 0);
            }
        }),
        ("an unknown pool", sources::POOL, |schema| plan(schema).splits[0].pool = 77),
        ("a result that is not known", sources::POOL, |schema| {
            plan(schema).results.last_mut().unwrap().outputs[0].source.phase = 0;
        }),
        ("another entry", sources::POOL, |schema| plan(schema).phases[1].entry = "other".into()),
        ("a field that is not there", sources::READMISSION, |schema| plan(schema).links[0].fields = vec![77]),
        ("an order that is no date", sources::READMISSION, |schema| plan(schema).ordered_by = Some(0)),
        ("claims without ids", sources::REVERSALS, |schema| plan(schema).reversal.as_mut().unwrap().claim = 77),
    ];
    for (what, source, alter) in cases {
        assert_eq!(altered(source, |_| {}), Ok(()), "{what}");
        let refused = altered(source, alter).map_err(|error| error.code());
        assert_eq!(refused, Err("fen::module::damaged_schema"), "{what}");
    }
}

#[test]
fn batches_of_a_policy_with_a_plan() {
    let compared = Compared::new(sources::CAP, &[]);
    let refused = compared.loaded().session().map(drop).unwrap_err();
    assert_eq!(refused.code(), "fen::module::needs_stream");
}

#[test]
fn streams_that_are_none() {
    let compared = Compared::new(sources::SHARED, &[]);
    let mut stream = compared.open();
    let rows = compared.batch_of_seed(5);
    assert!(stream.passes() > 1 && rows.num_rows() > 2);
    stream.settle(&rows).unwrap();
    stream.end_pass().unwrap();
    assert_eq!(stream.results().unwrap_err(), StreamError::Passes);
    stream.settle(&rows.slice(0, 2)).unwrap();
    assert_eq!(stream.end_pass().unwrap_err(), StreamError::OtherRows);
    assert_eq!(stream.settle(&rows).unwrap_err(), StreamError::OtherRows);

    let compared = Compared::new(sources::POOL, &[]);
    let refused = Stream::new(compared.loaded(), compared.loaded().parameters()).map(drop).unwrap_err();
    assert_eq!(refused.code(), "fen::parameter::missing");
}

#[test]
fn rows_out_of_order() {
    let compared = Compared::new(sources::READMISSION, &[]);
    let text = |number| Some(number);
    let row = |day| vec![text(0), text(1), Some(19_000), Some(day)];
    let mut stream = compared.open();
    let rows = compared.batch(&[row(19_000), row(19_005), vec![text(0), text(1), None, Some(18_900)], row(19_004)]);
    let refused = stream.settle(&rows).unwrap_err();
    assert_eq!(refused, StreamError::OutOfOrder { row: 3, column: "discharged".into() });
}

#[test]
fn state_of_another_policy() {
    let state = |compared: &Compared| {
        let mut stream = compared.open();
        stream.end_pass().unwrap();
        stream.state().unwrap()
    };
    let (cap, running) = (Compared::new(sources::CAP, &[]), Compared::new(sources::RUNNING, &[]));
    let other = state(&running);
    let refused = cap.open().restore(&other).unwrap_err();
    assert_eq!(refused, StreamError::OtherState { found: "test.running".into(), policy: "test.cap".into() });
    let own = state(&cap);
    let damaged = own.project(&[0]).unwrap();
    assert_eq!(cap.open().restore(&damaged).unwrap_err().code(), "fen::state::damaged");
    let mut stream = cap.open();
    stream.settle(&cap.batch_of_seed(1)).unwrap();
    assert_eq!(stream.restore(&own).unwrap_err(), StreamError::StateOutOfTurn);
}
