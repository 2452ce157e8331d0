//! Drawings of plans that are made by hand.

use serde_json::{Value, json};

use super::*;

fn column(name: &str) -> Value {
    json!({
        "name": name, "label": { "zh": name, "en": name }, "type": "number", "unit": "", "scale": 0, "min": "0",
        "max": "9", "optional": false, "layout": "i64", "offset": 0,
    })
}

fn columns(names: &[&str]) -> Value {
    names.iter().map(|name| column(name)).collect()
}

fn schema(plan: Value) -> Schema {
    let json = json!({
        "abi": fen_schema::ABI_VERSION, "policy": "demo.plan", "language": "en", "title": null, "source": null,
        "in_force": null, "dated_by": "discharged", "compiler": "", "source_sha256": "", "code_sha256": "",
        "batch": { "entry": "settle", "capacity": 1, "status": { "offset": 0 } }, "codes": 0, "codes_sha256": "",
        "parameters": [], "inputs": columns(&["person", "hospital", "drg", "discharged", "reverses"]),
        "outputs": columns(&["points", "ordinal"]), "rejects": [], "citations": [], "invariants": [], "plan": plan,
    });
    serde_json::from_value(json).unwrap_or_else(|error| std::panic::panic_any(error.to_string()))
}

fn grain(name: &str, label: &str, keys: &[u32], period: Value) -> Value {
    json!({ "name": name, "label": { "zh": label, "en": label }, "keys": keys, "period": period })
}

fn inputs(sources: &[Value]) -> Value {
    sources.iter().map(|source| json!({ "source": source, "column": column("x") })).collect()
}

fn plan() -> Value {
    let input = |at: u32| json!({ "from": "input", "input": at });
    let state = json!({ "offset": 0, "tables": [{
        "grain": 3, "bytes": 16, "places": { "offset": 0 }, "cells": [
            { "function": "count", "column": column("stays_before"), "contribution": null },
            { "function": "last", "column": column("last_points"), "contribution": null },
        ],
    }] });
    let phase = |entry: &str, grain: u32, inputs: Value, outputs: Value, state: Value| json!({ "entry": entry, "grain": grain, "status": { "offset": 0 }, "inputs": inputs, "outputs": outputs, "state": state });
    let result = |name: &str| json!({ "source": { "phase": 0, "output": 0 }, "column": column(name) });
    json!({
        "grains": [
            grain("claim", "claim", &[], Value::Null),
            grain("hospital", "hospital", &[1], Value::Null),
            grain("pool", "pool", &[], Value::Null),
            grain("person.year", "person and insurance year", &[0], json!({ "unit": "year", "month": 7, "day": 1 })),
        ],
        "claim": 0,
        "phases": [
            phase("settle", 0, inputs(&[input(1), input(2)]), columns(&["points", "drg"]), state),
            phase("settle2", 1, inputs(&[json!({ "from": "total", "total": 0 })]), columns(&["weight"]), Value::Null),
            phase("settle3", 2, inputs(&[json!({ "from": "total", "total": 1 })]), columns(&["fund", "point_value"]), Value::Null),
            phase("settle4", 0, inputs(&[
                input(0), json!({ "from": "value", "phase": 2, "output": 1 }), json!({ "from": "part", "split": 0 }),
                json!({ "from": "linked", "link": 0 }), json!({ "from": "field", "link": 0, "field": 0 }),
            ]), columns(&["points", "ordinal"]), Value::Null),
        ],
        "totals": [
            { "function": "sum", "phase": 0, "output": 0, "grain": 1 },
            { "function": "count", "phase": 0, "output": 0, "grain": 2 },
        ],
        "splits": [{
            "name": "payment", "label": { "zh": "payment", "en": "payment" },
            "amount": { "from": "value", "phase": 2, "output": 0 }, "step": "1", "phase": 1, "weight": 0, "pool": 2,
        }],
        "links": [{ "name": "next_stay", "grain": 3, "phase": 0, "when": null, "fields": [1] }],
        "results": [
            { "grain": 0, "outputs": [result("points"), result("ordinal")] },
            { "grain": 1, "outputs": [result("payment")] },
            { "grain": 2, "outputs": [result("point_value")] },
        ],
        "shared": [{ "input": 3, "grain": 3 }],
        "ordered_by": 3,
        "reversal": { "claim": 2, "reverses": 4 },
    })
}

#[test]
fn plans_in_english() {
    insta::assert_snapshot!(draw(&schema(plan()), Lang::En));
}

#[test]
fn plans_in_chinese() {
    insta::assert_snapshot!(draw(&schema(plan()), Lang::Zh));
}

#[test]
fn policies_without_a_plan() {
    insta::assert_snapshot!(draw(&schema(Value::Null), Lang::En));
}
