//! A scripted editor: speaks the protocol with a real `fen lsp`.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

/// No answer for so long is none.
const PATIENCE: Duration = Duration::from_secs(120);

/// An editor with a server of its own.
pub(crate) struct Editor {
    server: Child,
    input: Option<ChildStdin>,
    messages: Receiver<Value>,
    /// What came while something else was waited for.
    kept: Vec<Value>,
    requests: u64,
    pub(crate) capabilities: Value,
}

impl Editor {
    /// Starts a server for a folder and agrees with it; `capabilities` are the editor's.
    pub(crate) fn start(folder: &Path, args: &[&str], capabilities: Value) -> Self {
        let mut server = Command::new(env!("CARGO_BIN_EXE_fen"))
            .arg("lsp")
            .args(args)
            .env("LC_ALL", "en_US.UTF-8")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(server.stdout.take().unwrap());
        let (sender, messages) = channel();
        thread::spawn(move || {
            while let Some(message) = read(&mut output) {
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        let input = server.stdin.take();
        let mut editor = Self { server, input, messages, kept: Vec::new(), requests: 0, capabilities: Value::Null };
        let agreed = editor.ask(
            "initialize",
            json!({
                "processId": null,
                "locale": "en",
                "workspaceFolders": [{ "uri": uri(folder), "name": "w" }],
                "capabilities": capabilities,
            }),
        );
        editor.capabilities = agreed["capabilities"].clone();
        editor.tell("initialized", json!({}));
        editor
    }

    fn send(&mut self, message: &Value) {
        let body = message.to_string();
        let input = self.input.as_mut().unwrap();
        write!(input, "Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        input.flush().unwrap();
    }

    /// A notification.
    pub(crate) fn tell(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// A request without waiting for its answer: its number.
    pub(crate) fn begin(&mut self, method: &str, params: Value) -> u64 {
        self.requests += 1;
        let id = self.requests;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        id
    }

    /// The answer to a request; an error is the whole answer.
    pub(crate) fn answer(&mut self, id: u64) -> Value {
        let answer = self.wait(|message| message["id"] == id && message.get("method").is_none());
        match answer.get("result") {
            Some(result) => result.clone(),
            None => answer,
        }
    }

    pub(crate) fn ask(&mut self, method: &str, params: Value) -> Value {
        let id = self.begin(method, params);
        self.answer(id)
    }

    /// The first message that has come or comes and is wanted.
    fn wait(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.kept.iter().position(&wanted) {
            return self.kept.remove(at);
        }
        loop {
            let message = self.messages.recv_timeout(PATIENCE).unwrap();
            if wanted(&message) {
                return message;
            }
            self.kept.push(message);
        }
    }

    pub(crate) fn open(&mut self, uri: &str, text: &str) {
        let language = if uri.ends_with(".md") { "markdown" } else { "fen" };
        let document = json!({ "uri": uri, "languageId": language, "version": 1, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": document }));
    }

    /// Replaces the whole text.
    pub(crate) fn replace(&mut self, uri: &str, version: i32, text: &str) {
        self.change(uri, version, json!([{ "text": text }]));
    }

    pub(crate) fn change(&mut self, uri: &str, version: i32, changes: Value) {
        let document = json!({ "uri": uri, "version": version });
        self.tell("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes }));
    }

    /// Waits until what is said of a document is as wanted.
    pub(crate) fn diagnostics(&mut self, uri: &str, wanted: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        let message = self.wait(|message| {
            message["method"] == "textDocument/publishDiagnostics"
                && message["params"]["uri"] == uri
                && wanted(message["params"]["diagnostics"].as_array().unwrap())
        });
        message["params"]["diagnostics"].as_array().unwrap().clone()
    }

    /// Waits until these codes are said of a document.
    pub(crate) fn codes(&mut self, uri: &str, codes: &[&str]) -> Vec<Value> {
        self.diagnostics(uri, |all| all.iter().map(|one| one["code"].as_str().unwrap()).eq(codes.iter().copied()))
    }

    /// A request about a place.
    pub(crate) fn at(&mut self, method: &str, uri: &str, place: (u32, u32), mut more: Value) -> Value {
        more["textDocument"] = json!({ "uri": uri });
        more["position"] = json!({ "line": place.0, "character": place.1 });
        self.ask(&format!("textDocument/{method}"), more)
    }

    /// The labels of what is proposed at a place.
    pub(crate) fn proposals(&mut self, uri: &str, place: (u32, u32)) -> Vec<String> {
        let found = self.at("completion", uri, place, json!({}));
        let items = found.as_array().cloned().unwrap_or_default();
        items.iter().map(|item| item["label"].as_str().unwrap().to_owned()).collect()
    }

    /// The text of a hover.
    pub(crate) fn hover(&mut self, uri: &str, place: (u32, u32)) -> String {
        let found = self.at("hover", uri, place, json!({}));
        found["contents"]["value"].as_str().unwrap_or_default().to_owned()
    }

    /// Says goodbye; the exit code of the server.
    pub(crate) fn finish(mut self) -> i32 {
        assert_eq!(self.ask("shutdown", Value::Null), Value::Null);
        self.tell("exit", Value::Null);
        self.server.wait().unwrap().code().unwrap()
    }

    /// Goes without a word; the exit code of the server.
    pub(crate) fn vanish(mut self) -> i32 {
        drop(self.input.take());
        self.server.wait().unwrap().code().unwrap()
    }
}

fn read(output: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim() {
            "" => break,
            line => {
                if let Some(value) = line.strip_prefix("Content-Length: ") {
                    length = value.parse().ok()?;
                }
            }
        }
    }
    let mut body = vec![0; length];
    output.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

/// The address of a path.
pub(crate) fn uri(path: &Path) -> String {
    let mut uri = "file://".to_owned();
    for byte in path.to_str().unwrap().bytes() {
        match byte {
            b'/' | b'-' | b'.' | b'_' | b'~' => uri.push(byte.into()),
            _ if byte.is_ascii_alphanumeric() => uri.push(byte.into()),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

/// Line and character (in units of UTF-16) of the `count`-th time that a part stands in a text, from 0.
pub(crate) fn place(text: &str, part: &str, count: usize) -> (u32, u32) {
    let (at, _) = text.match_indices(part).nth(count).unwrap();
    let (before, _) = text.split_at(at);
    let line = before.matches('\n').count();
    let column = before.rsplit('\n').next().unwrap().encode_utf16().count();
    (line.try_into().unwrap(), column.try_into().unwrap())
}

/// A text after the edits that the server proposes for it.
pub(crate) fn edited(text: &str, edits: &Value) -> String {
    let offset = |position: &Value| {
        let line = usize::try_from(position["line"].as_u64().unwrap()).unwrap();
        let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
        let wanted = usize::try_from(position["character"].as_u64().unwrap()).unwrap();
        let mut units = 0;
        for (at, c) in text.split_at(start).1.char_indices() {
            if units >= wanted {
                return start + at;
            }
            units += c.len_utf16();
        }
        text.len()
    };
    let mut edits: Vec<(usize, usize, String)> = edits
        .as_array()
        .unwrap()
        .iter()
        .map(|edit| {
            let range = &edit["range"];
            (offset(&range["start"]), offset(&range["end"]), edit["newText"].as_str().unwrap().to_owned())
        })
        .collect();
    edits.sort();
    let mut after = text.to_owned();
    for (start, end, new) in edits.iter().rev() {
        after.replace_range(*start..*end, new);
    }
    after
}
