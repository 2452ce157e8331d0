//! Where names stand in files of parameters: parameters, and values of enums, as keys and as values.

use fen_grammar::source::Span;
use fen_values::Setting;

use super::names::Known;
use crate::ids::EnumId;
use crate::resolve::program::{Key, Param, ParamId, ParamValue, Referent, Symbol, TypeBase};

/// The places of names in the files of parameters that a policy's examples name.
pub(super) fn mentions(known: &Known<'_>) -> Vec<(Span, Referent)> {
    let mut found = Vec::new();
    let mut texts: Vec<Span> = known.gathered.sheets.values().copied().collect();
    texts.sort_by_key(|text| text.start);
    texts.dedup();
    for text in texts {
        let written = known.sources.written(text);
        for setting in fen_values::settings(written).unwrap_or_default() {
            let sheet = Sheet { known, written, start: text.start };
            sheet.setting(&setting, &mut found);
        }
    }
    found
}

struct Sheet<'a> {
    known: &'a Known<'a>,
    written: &'a str,
    start: usize,
}

impl<'a> Sheet<'a> {
    fn setting(&self, setting: &Setting, found: &mut Vec<(Span, Referent)>) {
        let mut parts: Vec<(usize, &str)> = setting.keys_at.iter().map(|at| self.inner(at.clone())).collect();
        // `"rate[county,2022]"` is one key for the whole name.
        if let [(start, whole)] = parts.as_slice()
            && let Some((name, keys)) = whole.strip_suffix(']').and_then(|whole| whole.split_once('['))
        {
            let mut at = start + name.len() + 1;
            let mut all = vec![(*start, name)];
            for key in keys.split(',') {
                all.push((at, key));
                at += key.len() + 1;
            }
            parts = all;
        }
        let mut parts = parts.into_iter().map(|(start, text)| {
            let trimmed = text.trim();
            (start + text.find(trimmed).unwrap_or(0), trimmed)
        });
        let Some((start, name)) = parts.next() else { return };
        let params = &self.known.resolved.params;
        let param = params.iter().position(|param| param.name.text == name);
        let Some((place, param)) = param.and_then(|at| Some((at, params.get(at)?))) else { return };
        if !matches!(param.value, ParamValue::Required) {
            return;
        }
        found.push((self.span(start, name), Referent::Symbol(Symbol::Param(ParamId(place)))));
        for ((start, key), (_, of)) in parts.zip(&param.keys) {
            let of = match of {
                Some(Key::Enum(id)) => Some(*id),
                Some(Key::Input(id)) => self.known.enum_of_input(*id),
                _ => None,
            };
            found.extend(of.and_then(|of| self.value(of, start, key)));
        }
        let (start, text) = self.inner(setting.text_at.clone());
        found.extend(enum_of(param).and_then(|of| self.value(of, start, text)));
    }

    fn value(&self, of: EnumId, start: usize, text: &str) -> Option<(Span, Referent)> {
        let values = &self.known.resolved.enums.get(of.0)?.values;
        let at = values.iter().position(|(value, _)| value.text == text)?;
        Some((self.span(start, text), Referent::EnumValue(of, at)))
    }

    /// What is written at a place, without quotation marks, and where it begins.
    fn inner(&self, at: std::ops::Range<usize>) -> (usize, &'a str) {
        let text = self.written.get(at.clone()).unwrap_or_default();
        let inner = ['"', '\''].iter().find_map(|quote| text.strip_prefix(*quote)?.strip_suffix(*quote));
        inner.map_or((at.start, text), |inner| (at.start + 1, inner))
    }

    fn span(&self, start: usize, text: &str) -> Span {
        Span { start: self.start + start, end: self.start + start + text.len() }
    }
}

fn enum_of(param: &Param) -> Option<EnumId> {
    match param.ty.base? {
        TypeBase::Enum(id) => Some(id),
        TypeBase::Word(_) => None,
    }
}
