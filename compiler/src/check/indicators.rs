//! Indicators: a value against a target, compared exactly; the value, the verdict and the gap are outputs.

use fen_grammar::diagnostic::{Lang, Text};
use fen_grammar::source::Span;
use fen_grammar::tree::{Comparison, IndicatorSeverity, RoundingMode};
use num_rational::BigRational;

use super::outputs::output_scale;
use super::program::{Alternative, Enum, EnumValue, Expr, ExprKind, Output, Role, Rounding};
use super::types::{Kind, Measure, Type, decimals, step_of};
use super::{Checker, errors, label};
use crate::ids::{EnumId, GrainId, ValueId};
use crate::resolve::program::Indicator;

/// The values of the verdict, in the order of their numbers.
const VERDICTS: [(&str, &str); 4] =
    [("met", "达标"), ("missed", "未达标"), ("warning", "预警"), ("not_applicable", "不适用")];

/// Decimals of a rate that is shown: 0.01%.
const RATE_DECIMALS: u32 = 4;

/// Decimals of a gap between rates that is shown: 0.0001 percentage points.
const GAP_DECIMALS: u32 = 6;

impl Checker<'_> {
    pub(super) fn indicators(&mut self) {
        for indicator in &self.resolved.indicators {
            self.path.clear();
            self.path.extend(self.guards.get(&indicator.value).cloned());
            self.indicator(indicator);
            self.path.clear();
        }
    }

    fn indicator(&mut self, indicator: &Indicator) -> Option<()> {
        let span = indicator.name.span;
        let value = self.value_expr(indicator.value, span)?;
        let target = self.expr_as(&indicator.target, Some(value.ty))?;
        let (value, target) = self.same_type(value, target, "compare", "比较")?;
        let Some(measure) = value.ty.measure() else {
            let ty = self.name_of(value.ty);
            self.report(errors::not_an_amount(span, &ty));
            return None;
        };
        let met = value.clone().compare(indicator.comparison, target.clone());
        let guard = self.guards.get(&indicator.value).cloned();
        if indicator.guard.is_some() && guard.is_none() {
            return None;
        }
        let verdicts = self.verdicts();
        let verdict = |at: i64| Expr::ordinal(Type::Enum(verdicts), at, span);
        let missed = match indicator.severity {
            Some(IndicatorSeverity::Warning) => 2,
            _ => 1,
        };
        let mut cases = vec![(met, verdict(0))];
        let mut roles = vec![Role::Met, Role::Missed];
        if let Some(guard) = &guard {
            cases.insert(0, (guard.clone().negated(), verdict(3)));
            roles.insert(0, Role::NotApplicable);
        }
        let result = Expr::cases(cases, verdict(missed), span);
        let applies = indicator.guard.as_ref().map(|guard| self.sources.slice(guard.span)).unwrap_or_default();
        let alternatives = roles.into_iter().map(|role| {
            let label = if role == Role::NotApplicable { applies } else { "" };
            Alternative { label: Text::new(label, label), ..Alternative::new(role) }
        });
        let alternatives = alternatives.collect();
        self.note_choice(&result, (None, None), alternatives);
        let gap = gap(indicator.comparison, &value, &target, measure, span);
        let present = guard.map(|guard| self.add_value(format!("{} applies", indicator.name.text), guard, None));
        let shown = self.shown(&value, measure, RATE_DECIMALS, RoundingMode::HalfUp);
        let gap_rounding = self.shown(&gap, measure, GAP_DECIMALS, RoundingMode::Up);
        let name = &indicator.name.text;
        let [result_name, gap_name] = Indicator::columns(name, self.program.lang);
        let own = label(name, &indicator.labels);
        let labelled = |en: &str, zh: &str| Text::new(format!("{}: {en}", own.en), format!("{}{zh}", own.zh));
        let value_id = self.add_value(name.clone(), value, shown);
        let result_id = self.add_value(result_name.clone(), result, None);
        let gap_id = self.add_value(gap_name.clone(), gap, gap_rounding);
        self.indicator_output(indicator, name.clone(), value_id, present, own.clone());
        self.indicator_output(indicator, result_name, result_id, None, labelled("result", "（结论）"));
        self.indicator_output(indicator, gap_name, gap_id, present, labelled("gap to target", "（与目标的差距）"));
        Some(())
    }

    fn indicator_output(
        &mut self,
        indicator: &Indicator,
        name: String,
        value: ValueId,
        present: Option<ValueId>,
        label: Text,
    ) {
        let is_taken = self.program.outputs.iter().any(|output| output.name == name)
            || self.program.inputs.iter().any(|input| input.name == name);
        if is_taken {
            self.report(errors::indicator_name_taken(&indicator.name, &name));
            return;
        }
        let Some(checked) = self.program.value(value) else { return };
        let scale = output_scale(checked.ty, &checked.facts);
        self.program.outputs.push(Output { name, value, present, label, scale, grain: GrainId(0) });
    }

    /// How a number is rounded to be shown; the verdict does not depend on it.
    fn shown(&self, expr: &Expr, measure: Measure, rate_decimals: u32, mode: RoundingMode) -> Option<Rounding> {
        let decimals_shown = match measure.kind() {
            Some(Kind::Rate | Kind::Ratio | Kind::Points) => rate_decimals,
            _ => match expr.facts.grid.step().and_then(decimals) {
                Some(needed) if needed <= GAP_DECIMALS => return None,
                _ => GAP_DECIMALS,
            },
        };
        let step = step_of(decimals_shown);
        (!expr.facts.grid.is_on(&step)).then_some(Rounding { mode, step })
    }

    fn verdicts(&mut self) -> EnumId {
        let known = self.program.enums.iter().position(|one| one.name == "verdict" && one.values.len() == 4);
        let at = known.unwrap_or_else(|| {
            let values = VERDICTS
                .iter()
                .map(|(en, zh)| EnumValue {
                    name: match self.program.lang {
                        Lang::En => (*en).to_owned(),
                        Lang::Zh => (*zh).to_owned(),
                    },
                    label: Text::new(en.replace('_', " "), *zh),
                })
                .collect();
            self.program.enums.push(Enum { name: "verdict".to_owned(), values });
            self.program.enums.len() - 1
        });
        EnumId(at)
    }
}

/// By how much a target is missed; negative if it is more than met.
fn gap(comparison: Comparison, value: &Expr, target: &Expr, measure: Measure, span: Span) -> Expr {
    let (more, less) = match comparison {
        Comparison::Ge | Comparison::Gt | Comparison::Eq | Comparison::Ne => (target, value),
        Comparison::Le | Comparison::Lt => (value, target),
    };
    let ty = match measure.kind() {
        Some(Kind::Rate | Kind::Ratio) => Type::PP,
        _ => Type::Measure(measure),
    };
    let facts = more.facts.add(&less.facts.negate());
    let difference = Expr { span, ty, kind: ExprKind::Sub(Box::new(more.clone()), Box::new(less.clone())), facts };
    if !matches!(comparison, Comparison::Eq | Comparison::Ne) {
        return difference;
    }
    let negated = Expr {
        facts: difference.facts.negate(),
        kind: ExprKind::Negate(Box::new(difference.clone())),
        ..difference.clone()
    };
    let facts = difference.facts.max(&negated.facts);
    let zero = BigRational::default();
    let facts = super::types::Facts { low: facts.low.max(zero), ..facts };
    Expr { span, ty, kind: ExprKind::Max(vec![difference, negated]), facts }
}
