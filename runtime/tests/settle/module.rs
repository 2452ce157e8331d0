//! Modules made by hand: they copy inputs to outputs, so that every layout can be seen to go in and come out.

use arrow_array::{ArrayRef, RecordBatch};
use fen_runtime::{Policy, Runtime, Session};
use fen_schema::{
    ABI_VERSION, Batch, CODES_SECTION, Column, ColumnType, EnumValue, Language, Layout, Place, Reject, RejectCode,
    SECTION, Schema, Text,
};

pub(crate) const CAPACITY: u32 = 4;

/// A module in the making.
pub(crate) struct Made {
    pub(crate) schema: Schema,
    pub(crate) codes: Option<String>,
    /// What `settle` does, beside checking its argument and copying: WAT that may use the local `$n`.
    pub(crate) body: String,
    /// Other parts, such as data.
    pub(crate) parts: String,
    next: u32,
}

pub(crate) fn text(text: &str) -> Text {
    Text { zh: format!("{text}（中）"), en: text.to_owned() }
}

impl Made {
    /// Without columns.
    pub(crate) fn new() -> Self {
        let schema = Schema {
            abi: ABI_VERSION,
            policy: "test.copy".into(),
            language: Language::En,
            title: None,
            titles: None,
            source: None,
            in_force: None,
            dated_by: None,
            compiler: "none".into(),
            source_sha256: String::new(),
            code_sha256: String::new(),
            batch: Batch { entry: "settle".into(), capacity: CAPACITY, status: Place { offset: 0 } },
            codes: 0,
            codes_sha256: String::new(),
            trace_sha256: String::new(),
            parameters: Vec::new(),
            inputs: Vec::new(),
            outputs: Vec::new(),
            rejects: Vec::new(),
            citations: Vec::new(),
            invariants: Vec::new(),
            plan: None,
        };
        Self { schema, codes: None, body: String::new(), parts: String::new(), next: 16 }
    }

    pub(crate) fn place(&mut self, bytes: u32) -> u32 {
        let offset = self.next;
        self.next += bytes.next_multiple_of(16);
        offset
    }

    /// An input, and an output that is a copy of it.
    pub(crate) fn copies(mut self, name: &str, ty: ColumnType, scale: u32, layout: Layout, optional: bool) -> Self {
        let bytes = layout.bytes() * CAPACITY;
        let (from, to) = (self.place(bytes), self.place(bytes));
        let input = Column { optional, ..column(name, ty, scale, layout, from) };
        let output = Column { name: format!("{name}_out"), offset: to, ..input.clone() };
        self.schema.inputs.push(input);
        self.schema.outputs.push(output);
        let size = layout.bytes();
        let copy =
            format!("(memory.copy (i32.const {to}) (i32.const {from}) (i32.mul (local.get $n) (i32.const {size})))\n");
        self.body.push_str(&copy);
        self
    }

    pub(crate) fn parameter(mut self, name: &str, ty: ColumnType, scale: u32, layout: Layout) -> Self {
        let offset = self.place(16);
        self.schema.parameters.push(column(name, ty, scale, layout, offset));
        self
    }

    /// Rejects rows whose bool input is true.
    pub(crate) fn rejects_true(mut self, input: &str) -> Self {
        let at = self.schema.inputs.iter().find(|column| column.name == input).unwrap().offset;
        let reason = Text { zh: "不行".into(), en: "no".into() };
        self.schema.rejects.push(Reject { status: 3, code: RejectCode::AboveMax, column: input.into(), reason });
        self.body.push_str(&format!(
            "(local.set $i (i32.const 0))
            (block $done (loop $rows
              (br_if $done (i32.ge_s (local.get $i) (local.get $n)))
              (if (i32.eq (i32.load8_s offset={at} (local.get $i)) (i32.const 1)) (then
                (i32.store16 (i32.mul (local.get $i) (i32.const 2)) (i32.const 3))
                (local.set $rejected (i32.add (local.get $rejected) (i32.const 1)))))
              (local.set $i (i32.add (local.get $i) (i32.const 1)))
              (br $rows)))\n"
        ));
        self
    }

    pub(crate) fn wasm(&self) -> Vec<u8> {
        let wat = format!(
            "(module (memory (export \"memory\") 1 1)
              (func (export \"settle\") (param $n i32) (result i32) (local $i i32) (local $rejected i32)
                (if (i32.gt_u (local.get $n) (i32.const {CAPACITY})) (then (return (i32.const -1))))
                (memory.fill (i32.const 0) (i32.const 0) (i32.const 8))
                {}
                (local.get $rejected))
              {})",
            self.body, self.parts
        );
        let mut wasm = wat::parse_str(wat).unwrap();
        // Without the names of locals, which would stand after the code.
        let payloads = wasmparser::Parser::new(0).parse_all(&wasm).map(|payload| payload.unwrap().as_section());
        let code_end = payloads.flatten().filter(|(id, _)| *id != 0).map(|(_, range)| range.end).max().unwrap();
        wasm.truncate(code_end);
        let mut schema = self.schema.clone();
        schema.code_sha256 = fen_schema::sha256(&wasm);
        let codes = self.codes.as_deref().unwrap_or_default();
        if schema.codes_sha256.is_empty() {
            schema.codes_sha256 = fen_schema::sha256(codes.as_bytes());
        }
        custom(&mut wasm, SECTION, &schema.to_json().unwrap());
        if self.codes.is_some() {
            custom(&mut wasm, CODES_SECTION, codes.as_bytes());
        }
        wasm
    }

    pub(crate) fn load(&self) -> Result<Policy, fen_runtime::LoadError> {
        Runtime::new().unwrap().load(&self.wasm())
    }

    pub(crate) fn session(&self) -> Session {
        self.load().unwrap().session().unwrap()
    }

    pub(crate) fn refused(&self) -> String {
        self.load().map(drop).unwrap_err().code().to_owned()
    }
}

pub(crate) fn column(name: &str, ty: ColumnType, scale: u32, layout: Layout, offset: u32) -> Column {
    let value = |name: &str| EnumValue { name: name.into(), label: text(name) };
    let is_enum = ty == ColumnType::Enum;
    let (min, max) = match ty {
        ColumnType::Date => ("0001-01-01", "9999-12-31"),
        ColumnType::Enum => ("county", "province"),
        ColumnType::Bool | ColumnType::Code | ColumnType::Id => ("", ""),
        _ => ("-1", "1"),
    };
    Column {
        name: name.into(),
        label: text(name),
        ty,
        unit: String::new(),
        scale,
        min: min.into(),
        max: max.into(),
        optional: false,
        values: if is_enum { ["county", "city", "province"].map(value).into() } else { Vec::new() },
        layout,
        offset,
    }
}

/// Appends a custom section.
fn custom(wasm: &mut Vec<u8>, name: &str, data: &[u8]) {
    let leb = |mut value: usize| {
        let mut bytes = Vec::new();
        while value > 127 {
            bytes.push(u8::try_from(value % 128).unwrap() + 128);
            value /= 128;
        }
        bytes.push(u8::try_from(value).unwrap());
        bytes
    };
    let content = [leb(name.len()), name.as_bytes().to_vec(), data.to_vec()].concat();
    wasm.push(0);
    wasm.extend(leb(content.len()));
    wasm.extend(content);
}

pub(crate) fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true))).unwrap()
}
