//! Files of parameters that examples name: what they give is as if the example had written it.

use std::sync::Arc;

use fen_grammar::source::Span;
use num_bigint::BigInt;

use super::program::Sheet;
use super::types::step_of;
use super::{Checker, errors};
use crate::columns;
use crate::resolve::program::{ParamValue, SheetFile};

/// Mistakes of one file that are reported; more of them are no news.
const MAX_PROBLEMS: usize = 20;

impl Checker<'_> {
    /// What a file gives; `None` if it cannot be used, which is said once.
    pub(super) fn sheet(&mut self, file: &SheetFile) -> Option<Arc<Sheet>> {
        let text = file.text?;
        if let Some(known) = self.sheets.get(&text) {
            return known.clone();
        }
        let sheet = self.read_sheet(file, text).map(Arc::new);
        self.sheets.insert(text, sheet.clone());
        sheet
    }

    fn read_sheet(&mut self, file: &SheetFile, text: Span) -> Option<Sheet> {
        let written = self.sources.written(text);
        let parameters = &self.program.parameters;
        let columns: Vec<_> = parameters.iter().map(|parameter| columns::parameter(&self.program, parameter)).collect();
        let (given, mistakes) = match fen_values::settings(written) {
            Ok(mut settings) => {
                // What is not known because of another mistake is no mistake of the file.
                settings.retain(|setting| self.is_certain(&setting.name));
                fen_values::assigned(&settings, &columns, &self.program.name)
            }
            Err(mistakes) => (Vec::new(), mistakes),
        };
        let mut values = vec![None; parameters.len()];
        for one in given {
            let scale = parameters.get(one.parameter).map_or(0, |parameter| parameter.scale);
            let value = step_of(scale) * BigInt::from(one.number);
            values.iter_mut().skip(one.parameter).take(1).for_each(|slot| *slot = Some(value.clone()));
        }
        for mistake in mistakes.iter().take(MAX_PROBLEMS) {
            let place = Span { start: text.start + mistake.at.start, end: text.start + mistake.at.end };
            let stated = self.stated(&mistake.error);
            self.report(errors::sheet(&mistake.error, place, file.path.span, stated));
        }
        mistakes.is_empty().then(|| Sheet { path: file.path.text.clone(), values })
    }

    /// Whether it is known if there is a parameter of this name: nothing that might declare it is broken.
    fn is_certain(&self, name: &str) -> bool {
        let plain = plain(name);
        let is_required = self.program.parameters.iter().any(|known| known.name.split('[').next() == Some(plain));
        let is_broken = |param: &crate::resolve::program::Param| {
            param.name.text == plain && matches!(param.value, ParamValue::Required) && !is_required
        };
        self.resolved.is_whole && !self.resolved.params.iter().any(is_broken)
    }

    /// The parameter that the policy itself states, if that is what an error is about.
    fn stated(&self, error: &fen_values::FileError) -> Option<Span> {
        let fen_values::FileError::Parameter(fen_values::ParameterError::Unknown { name, .. }) = error else {
            return None;
        };
        let stated = self.resolved.params.iter().find(|param| param.name.text == plain(name));
        stated.filter(|param| !matches!(param.value, ParamValue::Required)).map(|param| param.name.span)
    }
}

/// The name of a parameter without the keys of a cell.
fn plain(name: &str) -> &str {
    name.split('[').next().unwrap_or(name).trim()
}
