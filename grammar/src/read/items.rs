//! Items.

use pest::iterators::Pair;

use super::{OddUnit, Parts, Read, ReadError, Reader};
use crate::habits;
use crate::kept::lone_period;
use crate::parse::Rule;
use crate::tree::{
    Always, Amend, Case, CellKey, Check, Definition, DefinitionBody, Enum, Example, Exception, Grain, Grant, Import,
    InForce, IndicatorSeverity, Input, ItemKind, LadderRow, Literal, LiteralKind, Name, Output, OutputColumn, Param,
    ParamCell, ParamValue, PeriodWord, Rounding, Schedule, Setting, Share, Step, Yields,
};

impl Reader {
    /// The item as a tree.
    pub(crate) fn item(&self, pair: Pair<'_, Rule>) -> Read<ItemKind> {
        let rule = pair.as_rule();
        let mut parts = Parts::of(pair);
        Ok(match rule {
            Rule::policy_item => ItemKind::Policy(self.name(&parts.take(Rule::dotted_name)?)),
            Rule::library_item => ItemKind::Library(self.name(&parts.take(Rule::dotted_name)?)),
            Rule::amend_item => ItemKind::Amend(Amend {
                base: self.name(&parts.take(Rule::dotted_name)?),
                name: self.name(&parts.take(Rule::dotted_name)?),
                file: parts.maybe(Rule::string).map(|pair| self.quoted(pair)).transpose()?,
            }),
            Rule::import_item => {
                let names = self.names(&mut parts);
                ItemKind::Import(Import { names, file: self.quoted(parts.take(Rule::string)?)? })
            }
            Rule::title_item => ItemKind::Title(self.labels(&mut parts)?),
            Rule::source_item => ItemKind::Source(self.quoted(parts.take(Rule::string)?)?),
            Rule::in_force_item => ItemKind::InForce(InForce {
                from: self.date(&parts.take(Rule::date)?)?,
                to: parts.maybe(Rule::date).map(|pair| self.date(&pair)).transpose()?,
            }),
            Rule::dated_by_item => ItemKind::DatedBy(self.name(&parts.take(Rule::name)?)),
            Rule::rounding_item => ItemKind::Rounding(Rounding {
                mode: super::tokens::rounding_mode(parts.take(Rule::rounding_mode)?)?,
                step: self.quantity(parts.take(Rule::quantity)?)?,
            }),
            Rule::enum_item => ItemKind::Enum(self.enumeration(parts)?),
            Rule::input_item => ItemKind::Input(self.input(parts)?),
            Rule::param_item => ItemKind::Param(self.param(parts)?),
            Rule::output_item => ItemKind::Output(self.output(parts)?),
            Rule::always_item => ItemKind::Always(self.always(parts)?),
            Rule::check_item => ItemKind::Check(self.check(parts)?),
            Rule::definition_item => ItemKind::Definition(self.definition(parts)?),
            Rule::ladder_item => ItemKind::LadderRow(self.ladder_row(parts)?),
            Rule::schedule_item => ItemKind::Schedule(self.schedule(parts)?),
            Rule::example_item => ItemKind::Example(self.example(parts)?),
            Rule::rows_item => ItemKind::Rows(self.rows(parts)?),
            Rule::ordered_by_item => ItemKind::OrderedBy(self.name(&parts.take(Rule::name)?)),
            Rule::insurance_year_item => ItemKind::InsuranceYear(self.year_start(parts)?),
            Rule::reverses_item => ItemKind::Reverses(self.name(&parts.take(Rule::name)?)),
            Rule::running_item => ItemKind::Running(self.running(parts)?),
            Rule::link_item => ItemKind::Link(self.link(parts)?),
            Rule::split_item => ItemKind::Split(self.split(parts)?),
            _ => return Err(ReadError::Mismatch),
        })
    }

    fn enumeration(&self, mut parts: Parts<'_>) -> Read<Enum> {
        let name = self.name(&parts.take(Rule::name)?);
        let mut values = Vec::new();
        while let Some(pair) = parts.maybe(Rule::enum_value) {
            let mut inner = Parts::of(pair);
            values.push((self.name(&inner.take(Rule::name)?), self.labels(&mut inner)?));
        }
        Ok(Enum { name, values })
    }

    fn input(&self, mut parts: Parts<'_>) -> Read<Input> {
        let is_key = parts.pairs.clone().any(|pair| pair.as_rule() == Rule::kw_key);
        let is_optional = parts.pairs.clone().any(|pair| pair.as_rule() == Rule::kw_optional);
        let name = self.name(&parts.take(Rule::name)?);
        let type_pair = parts.take(Rule::type_ref)?;
        let mut ahead = parts.pairs.clone();
        let range = ahead.find(|pair| pair.as_rule() == Rule::range);
        let lone_period = lone_period(&type_pair, range.as_ref()).map(|word| self.name(&word));
        let ty = self.type_ref(type_pair.clone())?;
        let mut trailing = self.trailing(range.unwrap_or(type_pair));
        let (mut from, mut to) = self.range(&mut parts)?;
        let mut per = self.maybe_grain(&mut parts)?;
        if let Some(word) = lone_period.filter(|_| per.as_ref().is_none_or(|per| per.period.is_none())) {
            trailing.pop();
            if let Some(Literal { kind: LiteralKind::Quantity(quantity), .. }) = to.as_mut().or(from.as_mut()) {
                quantity.unit.per.pop();
            }
            let period = match word.text.as_str() {
                "year" | "年" => PeriodWord::Year,
                _ => PeriodWord::Month,
            };
            let (keys, span) = per.map_or_else(|| (Vec::new(), word.span), |per| (per.keys, word.span.to(per.span)));
            per = Some(Grain { keys, period: Some((period, word.span)), span });
        }
        let labels = self.labels(&mut parts)?;
        Ok(Input { name, ty, is_optional, is_key, from, to, per, trailing, labels, cite: self.cite(&mut parts)? })
    }

    fn range(&self, parts: &mut Parts<'_>) -> Read<(Option<Literal>, Option<Literal>)> {
        let (mut from, mut to, mut is_upper) = (None, None, false);
        for pair in parts.maybe(Rule::range).into_iter().flat_map(Pair::into_inner) {
            match pair.as_rule() {
                Rule::kw_to => is_upper = true,
                Rule::literal if is_upper => to = Some(self.literal(pair)?),
                Rule::literal => from = Some(self.literal(pair)?),
                _ => {}
            }
        }
        Ok((from, to))
    }

    fn param(&self, mut parts: Parts<'_>) -> Read<Param> {
        let name = self.name(&parts.take(Rule::name)?);
        let mut keys = Vec::new();
        if let Some(pair) = parts.maybe(Rule::keys) {
            let mut inner = Parts::of(pair);
            while let Some(key) = inner.maybe(Rule::key) {
                keys.push(self.name(&key));
            }
        }
        let ty = self.type_ref(parts.take(Rule::type_ref)?)?;
        let (from, to) = self.range(&mut parts)?;
        let value = self.param_value(parts.take(Rule::param_value)?)?;
        let labels = self.labels(&mut parts)?;
        Ok(Param { name, keys, ty, from, to, value, labels, cite: self.cite(&mut parts)? })
    }

    fn param_value(&self, pair: Pair<'_, Rule>) -> Read<ParamValue> {
        let mut versions = Vec::new();
        for pair in pair.into_inner() {
            match pair.as_rule() {
                Rule::kw_required => return Ok(ParamValue::Required),
                Rule::string => return Ok(ParamValue::File(self.quoted(pair)?)),
                Rule::cells => versions.push((None, self.cells(pair)?)),
                Rule::dated_cells => {
                    let mut inner = Parts::of(pair);
                    let date = self.date(&inner.take(Rule::date)?)?;
                    versions.push((Some(date), self.cells(inner.take(Rule::cells)?)?));
                }
                _ => {}
            }
        }
        Ok(ParamValue::Cells(versions))
    }

    fn cells(&self, pair: Pair<'_, Rule>) -> Read<Vec<ParamCell>> {
        let mut cells = Vec::new();
        for pair in pair.into_inner().filter(|pair| pair.as_rule() == Rule::cell) {
            let span = self.span(&pair);
            let mut keys = Vec::new();
            let mut last = String::new();
            let mut before: Option<Pair<'_, Rule>> = None;
            for part in pair.into_inner() {
                if let Some(number) = before.replace(part.clone()) {
                    self.no_odd_unit(&number, &part)?;
                }
                part.as_str().trim_end().clone_into(&mut last);
                let is_range = part.clone().into_inner().any(|inner| is_dots(inner.as_rule()));
                keys.push(if is_range {
                    CellKey::Range(Box::new(self.bounds(part)?))
                } else {
                    CellKey::Value(self.cell_value(part.into_inner().next().ok_or(ReadError::Mismatch)?)?)
                });
            }
            // What stands last is the value.
            let value = match keys.pop() {
                Some(CellKey::Value(value)) => value,
                Some(CellKey::Range(bounds)) => return Err(ReadError::RangeForValue(bounds.span, last)),
                None => return Err(ReadError::Mismatch),
            };
            cells.push(ParamCell { keys, value, span });
        }
        Ok(cells)
    }

    /// Refuses a number with a unit that the language does not have.
    fn no_odd_unit(&self, number: &Pair<'_, Rule>, unit: &Pair<'_, Rule>) -> Read<()> {
        let has = |pair: &Pair<'_, Rule>, rule: Rule| {
            pair.clone().into_inner().flatten().any(|inner| inner.as_rule() == rule)
        };
        let is_bare = has(number, Rule::number) && !has(number, Rule::unit) && !has(number, Rule::dots);
        if !is_bare || !has(unit, Rule::dotted_name) {
            return Ok(());
        }
        let (span, found) = (self.span(unit), unit.as_str().trim_end());
        let number_span = self.span(number);
        let amount = habits::amount(number.as_str().trim_end(), found);
        if amount.is_none() && number_span.end != span.start {
            return Ok(());
        }
        Err(ReadError::OddUnit(Box::new(OddUnit { span, number: number_span, found: found.to_owned(), amount })))
    }

    /// A literal, or a quoted text.
    fn cell_value(&self, pair: Pair<'_, Rule>) -> Read<Literal> {
        if matches!(pair.as_rule(), Rule::literal | Rule::bound) {
            return self.literal(pair);
        }
        let span = self.span(&pair);
        Ok(Literal { kind: self.literal_kind(pair)?, span })
    }

    fn output(&self, mut parts: Parts<'_>) -> Read<Output> {
        let (mut columns, mut trailing) = (Vec::new(), Vec::new());
        while let Some(pair) = parts.maybe(Rule::output_name) {
            trailing = self.trailing(pair.clone());
            let mut inner = Parts::of(pair);
            let name = self.name(&inner.take(Rule::name)?);
            // On either side of the rounding.
            let mut labels = self.labels(&mut inner)?;
            let rounding = self.maybe_rounding(&mut inner)?;
            labels.extend(self.labels(&mut inner)?);
            columns.push(OutputColumn { name, labels, rounding });
        }
        let per = self.maybe_grain(&mut parts)?;
        Ok(Output { columns, per, trailing, cite: self.cite(&mut parts)? })
    }

    fn always(&self, mut parts: Parts<'_>) -> Read<Always> {
        let pair = parts.take(Rule::expr)?;
        let mut span = self.span(&pair);
        let condition = self.expr(pair)?.expr;
        let mut guard = None;
        if let Some(pair) = parts.maybe(Rule::guard) {
            span = span.to(self.span(&pair));
            guard = Some(self.guard(pair)?.expr);
        }
        Ok(Always { condition, guard, span, cite: self.cite(&mut parts)? })
    }

    fn check(&self, mut parts: Parts<'_>) -> Read<Check> {
        let name = self.name(&parts.take(Rule::name)?);
        let condition = self.expr(parts.take(Rule::expr)?)?.expr;
        let mut check = Check { name, condition, guard: None, severity: None, labels: Vec::new(), cite: None };
        while let Some(pair) = parts.next() {
            match pair.as_rule() {
                Rule::cite => check.cite = Some(self.cited(pair)?),
                Rule::guard => check.guard = Some(self.guard(pair)?.expr),
                Rule::labels => check.labels = self.label_texts(pair)?,
                Rule::severity => {
                    let is_target = pair.into_inner().any(|pair| pair.as_rule() == Rule::kw_target);
                    let severity = if is_target { IndicatorSeverity::Target } else { IndicatorSeverity::Warning };
                    check.severity = Some(severity);
                }
                Rule::EOI => {}
                _ => return Err(ReadError::Mismatch),
            }
        }
        Ok(check)
    }

    fn definition(&self, mut parts: Parts<'_>) -> Read<Definition> {
        let name = self.name(&parts.take(Rule::name)?);
        let body = match parts.maybe(Rule::cases) {
            Some(pair) => self.cases(pair)?,
            None => DefinitionBody::Expr(self.expr(parts.take(Rule::expr)?)?.expr),
        };
        let rounding = self.maybe_rounding(&mut parts)?;
        let share_of = match parts.maybe(Rule::share_of) {
            Some(pair) => Some(self.sum(Parts::of(pair).take(Rule::sum)?)?.expr),
            None => None,
        };
        let mut exceptions = Vec::new();
        while let Some(pair) = parts.maybe(Rule::exception) {
            exceptions.push(self.exception(pair)?);
        }
        let rounding = rounding.or(self.maybe_rounding(&mut parts)?);
        Ok(Definition { name, body, rounding, share_of, exceptions, cite: self.cite(&mut parts)? })
    }

    fn cases(&self, pair: Pair<'_, Rule>) -> Read<DefinitionBody> {
        let (mut cases, mut otherwise) = (Vec::new(), None);
        for pair in pair.into_inner() {
            let (span, rule) = (self.span(&pair), pair.as_rule());
            let mut parts = Parts::of(pair);
            let condition = match rule {
                Rule::case => Some(self.expr(parts.take(Rule::expr)?)?.expr),
                _ => None,
            };
            let value = self.expr(parts.take(Rule::expr)?)?.expr;
            let is_otherwise = condition.is_none();
            let case = Case { condition, value, span, cite: self.cite(&mut parts)? };
            if is_otherwise {
                otherwise = Some(Box::new(case));
            } else {
                cases.push(case);
            }
        }
        Ok(DefinitionBody::Cases(cases, otherwise))
    }

    fn exception(&self, pair: Pair<'_, Rule>) -> Read<Exception> {
        let span = self.span(&pair);
        let mut parts = Parts::of(pair);
        let name = parts.maybe(Rule::name).map(|pair| self.name(&pair));
        let condition = self.expr(parts.take(Rule::expr)?)?.expr;
        let value = self.expr(parts.take(Rule::expr)?)?.expr;
        // The clause stands behind what is overridden, or before it.
        let mut cite = self.cite(&mut parts)?;
        let overrides = match parts.maybe(Rule::overrides) {
            Some(pair) => self.names(&mut Parts::of(pair)),
            None => Vec::new(),
        };
        if cite.is_none() {
            cite = self.cite(&mut parts)?;
        }
        Ok(Exception { name, condition, value, overrides, span, cite })
    }

    fn ladder_row(&self, mut parts: Parts<'_>) -> Read<LadderRow> {
        let subject = self.name(&parts.take(Rule::name)?);
        let is_band = parts.pairs.clone().any(|pair| pair.as_rule() == Rule::kw_band);
        let bounds = self.bounds(parts.take(Rule::bounds)?)?;
        let yields = if is_band {
            let mut grants = Vec::new();
            while let Some(pair) = parts.maybe(Rule::grant) {
                let mut inner = Parts::of(pair);
                let name = self.name(&inner.take(Rule::name)?);
                grants.push(Grant { name, value: self.expr(inner.take(Rule::expr)?)?.expr });
            }
            Yields::Band(grants)
        } else {
            let mut shares = Vec::new();
            while let Some(pair) = parts.maybe(Rule::share) {
                let mut inner = Parts::of(pair);
                let name = self.name(&inner.take(Rule::name)?);
                shares.push(Share { name, rate: self.signed_quantity(inner.take(Rule::signed_quantity)?)? });
            }
            Yields::Tier(shares)
        };
        let from = match parts.maybe(Rule::valid_from) {
            Some(pair) => Some(self.date(&Parts::of(pair).take(Rule::date)?)?),
            None => None,
        };
        Ok(LadderRow { subject, bounds, yields, from, cite: self.cite(&mut parts)? })
    }

    fn schedule(&self, mut parts: Parts<'_>) -> Read<Schedule> {
        let name = self.name(&parts.take(Rule::name)?);
        let on = self.type_ref(parts.take(Rule::type_ref)?)?;
        let mut versions = Vec::new();
        let mut undated = Vec::new();
        while let Some(pair) = parts.maybe(Rule::step) {
            undated.push(self.step(pair)?);
        }
        if !undated.is_empty() {
            versions.push((None, undated));
        }
        while let Some(pair) = parts.maybe(Rule::version) {
            let mut inner = Parts::of(pair);
            let date = self.date(&inner.take(Rule::date)?)?;
            let mut steps = Vec::new();
            while let Some(pair) = inner.maybe(Rule::step) {
                steps.push(self.step(pair)?);
            }
            versions.push((Some(date), steps));
        }
        Ok(Schedule { name, on, versions, cite: self.cite(&mut parts)? })
    }

    fn step(&self, pair: Pair<'_, Rule>) -> Read<Step> {
        let mut parts = Parts::of(pair);
        let is_tier = parts.pairs.clone().any(|pair| pair.as_rule() == Rule::kw_tier);
        let bounds = self.bounds(parts.take(Rule::bounds)?)?;
        Ok(Step { is_tier, bounds, value: self.expr(parts.take(Rule::expr)?)?.expr })
    }

    fn example(&self, mut parts: Parts<'_>) -> Read<Example> {
        let title = self.quoted(parts.take(Rule::string)?)?;
        let params = parts.maybe(Rule::params_file).map(|pair| self.quoted(Parts::of(pair).take(Rule::string)?));
        let given = self.settings(parts.take(Rule::given)?)?;
        let expected = parts.take(Rule::expected)?;
        let is_rejected = expected.clone().into_inner().any(|pair| pair.as_rule() == Rule::kw_rejected);
        let expect = if is_rejected { None } else { Some(self.settings(expected)?) };
        Ok(Example { title, params: params.transpose()?, given, expect })
    }

    fn settings(&self, pair: Pair<'_, Rule>) -> Read<Vec<Setting>> {
        let mut parts = Parts::of(pair);
        let mut settings = Vec::new();
        while let Some(pair) = parts.maybe(Rule::setting) {
            let span = self.span(&pair);
            let mut inner = Parts::of(pair);
            let first = self.name(&inner.take(Rule::name)?);
            let keys = self.names(&mut inner);
            let name = match keys.last() {
                None => first,
                Some(last) => {
                    let texts: Vec<&str> = keys.iter().map(|key| key.text.as_str()).collect();
                    let text = format!("{}[{}]", first.text, texts.join(","));
                    Name { text, span: first.span.to(last.span) }
                }
            };
            let value = match inner.next() {
                Some(pair) if pair.as_rule() == Rule::literal => Some(self.literal(pair)?),
                Some(pair) => Some(self.text_literal(pair)?),
                None => None,
            };
            settings.push(Setting { name, keys, value, span });
        }
        Ok(settings)
    }

    fn text_literal(&self, pair: Pair<'_, Rule>) -> Read<Literal> {
        let span = self.span(&pair);
        Ok(Literal { kind: self.literal_kind(pair)?, span })
    }
}

fn is_dots(rule: Rule) -> bool {
    matches!(rule, Rule::dots | Rule::dots_end)
}
