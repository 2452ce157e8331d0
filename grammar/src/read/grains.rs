//! What something is given for, and the items and expressions about several claims.

use pest::iterators::Pair;

use super::{Deep, Parts, Read, ReadError, Reader, inner_rule};
use crate::kept::foreign_period;
use crate::parse::Rule;
use crate::source::Span;
use crate::tree::{
    Aggregate, AggregateFunction, Expr, ExprKind, Grain, Link, Name, PeriodWord, Rows, Running, Split, YearStart,
};

impl Reader {
    /// `per KEYS`, if it is there.
    pub(super) fn maybe_grain(&self, parts: &mut Parts<'_>) -> Read<Option<Grain>> {
        parts.maybe(Rule::grain).map(|pair| self.grain(pair)).transpose()
    }

    fn grain(&self, pair: Pair<'_, Rule>) -> Read<Grain> {
        let span = self.span(&pair);
        let (mut keys, mut period) = (Vec::new(), None);
        let foreign = foreign_period(&pair);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::period if foreign.is_some() => keys.extend(foreign.as_ref().map(|word| self.name(word))),
                Rule::grain_key => keys.push(self.name(&part)),
                Rule::period => period = Some((period_word(inner_rule(part.clone())?), self.span(&part))),
                _ => {}
            }
        }
        Ok(Grain { keys, period, span })
    }

    pub(super) fn rows(&self, mut parts: Parts<'_>) -> Read<Rows> {
        let row = self.name(&parts.take(Rule::name)?);
        Ok(Rows { row, claim: parts.maybe(Rule::name).map(|pair| self.name(&pair)) })
    }

    pub(super) fn year_start(&self, mut parts: Parts<'_>) -> Read<YearStart> {
        let pair = parts.take(Rule::day_of_year)?;
        let (month, day) = pair.as_str().split_once('-').ok_or(ReadError::Mismatch)?;
        let number = |text: &str| text.parse().map_err(|_| ReadError::Mismatch);
        Ok(YearStart { month: number(month)?, day: number(day)?, span: self.span(&pair) })
    }

    pub(super) fn running(&self, mut parts: Parts<'_>) -> Read<Running> {
        let name = self.name(&parts.take(Rule::name)?);
        let function_pair = parts.take(Rule::gathering)?;
        let start = self.span(&function_pair);
        let function = function(inner_rule(function_pair)?)?;
        let operand = parts.next().ok_or(ReadError::Mismatch)?;
        let end = self.span(&operand);
        let (of, when) = self.operand(operand)?;
        let per = self.maybe_grain(&mut parts)?;
        let span = start.to(per.as_ref().map_or(end, |per| per.span));
        let aggregate = Aggregate { function, of: of.expr, when: when.map(|when| when.expr), per, span };
        let labels = self.labels(&mut parts)?;
        Ok(Running { name, aggregate, labels, cite: self.cite(&mut parts)? })
    }

    pub(super) fn link(&self, mut parts: Parts<'_>) -> Read<Link> {
        let is_next = parts.pairs.clone().any(|pair| pair.as_rule() == Rule::kw_next);
        let name = self.name(&parts.take(Rule::name)?);
        let what = self.name(&parts.take(Rule::name)?);
        let per = self.grain(parts.take(Rule::grain)?)?;
        let when = parts.maybe(Rule::guard).map(|pair| self.guard(pair)).transpose()?.map(|when| when.expr);
        Ok(Link { name, is_next, what, per, when, cite: self.cite(&mut parts)? })
    }

    pub(super) fn split(&self, mut parts: Parts<'_>) -> Read<Split> {
        let amount = self.sum(parts.take(Rule::sum)?)?.expr;
        let over = self.names(&mut parts);
        let weight = self.sum(parts.take(Rule::sum)?)?.expr;
        let name = self.name(&parts.take(Rule::name)?);
        let labels = self.labels(&mut parts)?;
        Ok(Split { amount, over, weight, name, labels, cite: self.cite(&mut parts)? })
    }

    pub(super) fn guard(&self, pair: Pair<'_, Rule>) -> Read<Deep> {
        self.expr(Parts::of(pair).take(Rule::expr)?)
    }

    /// What an aggregate is about: something in brackets with its condition, or an operand.
    fn operand(&self, pair: Pair<'_, Rule>) -> Read<(Deep, Option<Deep>)> {
        let span = self.span(&pair);
        let is_gathered = pair.as_rule() == Rule::gathered;
        let mut parts = Parts::of(pair);
        if is_gathered {
            let mut of = self.expr(parts.take(Rule::expr)?)?;
            of.expr.span = span;
            return Ok((of, parts.maybe(Rule::guard).map(|pair| self.guard(pair)).transpose()?));
        }
        let inner = parts.next().ok_or(ReadError::Mismatch)?;
        if inner.as_rule() != Rule::plain {
            return Ok((self.atom(inner)?, None));
        }
        let kind = ExprKind::Literal(crate::tree::LiteralKind::Quantity(self.quantity(inner)?));
        Ok((Deep { expr: Expr { span, kind }, depth: 1 }, None))
    }

    /// `sum x per KEYS`, `total x`; also a ladder called like one of the words, applied to something.
    pub(super) fn aggregate(&self, pair: Pair<'_, Rule>) -> Read<Deep> {
        let span = self.span(&pair);
        let mut pairs = pair.into_inner();
        let word = pairs.next().ok_or(ReadError::Mismatch)?;
        let name = Name { text: word.as_str().trim_end().to_owned(), span: self.span(&word) };
        let function = match word.as_rule() {
            Rule::kw_total => AggregateFunction::Sum,
            _ => function(inner_rule(word)?)?,
        };
        let is_total = name.text == "total" || name.text == "总计";
        let mut parts = Parts { pairs };
        let (of, when) = match parts.maybe(Rule::expr) {
            Some(pair) => {
                let of = self.expr(pair)?;
                (of, parts.maybe(Rule::guard).map(|pair| self.guard(pair)).transpose()?)
            }
            None => self.operand(parts.next().ok_or(ReadError::Mismatch)?)?,
        };
        let per = parts.maybe(Rule::group).map(|pair| self.grain(pair)).transpose()?;
        if per.is_none() && !is_total {
            return self.deeper(of.depth, span, ExprKind::Apply(name, Box::new(of.expr)));
        }
        self.aggregated(function, of, when, per, span)
    }

    /// `max (x) per KEYS`, where a call was begun.
    pub(super) fn chosen(&self, function: AggregateFunction, of: Deep, pair: Pair<'_, Rule>, span: Span) -> Read<Deep> {
        let mut parts = Parts::of(pair);
        let when = parts.maybe(Rule::guard).map(|pair| self.guard(pair)).transpose()?;
        let per = self.grain(parts.take(Rule::group)?)?;
        self.aggregated(function, of, when, Some(per), span)
    }

    fn aggregated(
        &self,
        function: AggregateFunction,
        of: Deep,
        when: Option<Deep>,
        per: Option<Grain>,
        span: Span,
    ) -> Read<Deep> {
        let depth = of.depth.max(when.as_ref().map_or(0, |when| when.depth));
        let when = when.map(|when| when.expr);
        let aggregate = Aggregate { function, of: of.expr, when, per, span };
        self.deeper(depth, span, ExprKind::Aggregate(Box::new(aggregate)))
    }
}

fn period_word(rule: Rule) -> PeriodWord {
    match rule {
        Rule::kw_insurance_year => PeriodWord::InsuranceYear,
        Rule::kw_month => PeriodWord::Month,
        _ => PeriodWord::Year,
    }
}

fn function(rule: Rule) -> Read<AggregateFunction> {
    Ok(match rule {
        Rule::kw_sum => AggregateFunction::Sum,
        Rule::kw_tally => AggregateFunction::Count,
        Rule::kw_last => AggregateFunction::Last,
        Rule::kw_max => AggregateFunction::Max,
        Rule::kw_min => AggregateFunction::Min,
        _ => return Err(ReadError::Mismatch),
    })
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use crate::parse::parse;
    use crate::tree::{Aggregate, DefinitionBody, Expr, ExprKind, Grain, ItemKind, LiteralKind};

    fn grain(grain: &Grain) -> String {
        let keys: Vec<&str> = grain.keys.iter().map(|key| key.text.as_str()).collect();
        let period = grain.period.map(|(word, _)| format!("{word:?}")).unwrap_or_default();
        format!("<{}|{period}>", keys.join(" "))
    }

    fn aggregate(aggregate: &Aggregate) -> String {
        let when = aggregate.when.as_ref().map(|when| format!(" when {}", expr(when))).unwrap_or_default();
        let per = aggregate.per.as_ref().map(grain).unwrap_or_default();
        format!("{:?}({}{when}){per}", aggregate.function, expr(&aggregate.of))
    }

    fn expr(one: &Expr) -> String {
        match &one.kind {
            ExprKind::Name(name) | ExprKind::Literal(LiteralKind::Name(name)) => name.clone(),
            ExprKind::Literal(LiteralKind::Quantity(quantity)) => quantity.value.to_string(),
            ExprKind::Binary(op, left, right) => format!("{op:?}({}, {})", expr(left), expr(right)),
            ExprKind::Compare(op, left, right) => format!("{op:?}({}, {})", expr(left), expr(right)),
            ExprKind::Call(function, parts) => {
                format!("{function:?}({})", parts.iter().map(expr).collect::<Vec<_>>().join(", "))
            }
            ExprKind::Apply(name, of) => format!("{}({})", name.text, expr(of)),
            ExprKind::Lookup(name, keys) => {
                format!("{}[{}]", name.text, keys.iter().map(expr).collect::<Vec<_>>().join(", "))
            }
            ExprKind::In(of, _) => format!("in({})", expr(of)),
            ExprKind::Known(of) => format!("known({})", expr(of)),
            ExprKind::Round(of, ..) => format!("round({})", expr(of)),
            ExprKind::Between(_, from, to) => format!("between({}, {})", expr(from), expr(to)),
            ExprKind::Aggregate(one) => aggregate(one),
            other => format!("{other:?}"),
        }
    }

    /// What one item says, or the first thing wrong with it.
    fn read(item: &str) -> String {
        let (file, problems) = parse(item);
        if let Some(problem) = problems.first() {
            let help = problem.help.as_ref().map(|help| format!("; {}", help.en)).unwrap_or_default();
            return format!("{}: {}{help}", problem.message.en, problem.labels[0].text.en);
        }
        match &file.items[0].kind {
            ItemKind::Definition(one) => {
                let body = match &one.body {
                    DefinitionBody::Expr(body) => expr(body),
                    DefinitionBody::Cases(cases, otherwise) => {
                        let parts = cases.iter().chain(otherwise.as_deref());
                        let part = |case: &crate::tree::Case| {
                            format!("{}: {}", case.condition.as_ref().map(expr).unwrap_or_default(), expr(&case.value))
                        };
                        parts.map(part).collect::<Vec<_>>().join("; ")
                    }
                };
                let rounded = if one.rounding.is_some() { " rounded" } else { "" };
                let share = one.share_of.as_ref().map(|base| format!(" of {}", expr(base))).unwrap_or_default();
                format!("{} = {body}{rounded}{share}", one.name.text)
            }
            ItemKind::Rows(one) => {
                format!("{} of {}", one.row.text, one.claim.as_ref().map_or("nothing", |claim| claim.text.as_str()))
            }
            ItemKind::OrderedBy(name) | ItemKind::Reverses(name) => name.text.clone(),
            ItemKind::InsuranceYear(start) => format!("{}-{}", start.month, start.day),
            ItemKind::Running(one) => {
                format!("{} = {} {:?}", one.name.text, aggregate(&one.aggregate), one.labels.len())
            }
            ItemKind::Link(one) => {
                let when = one.when.as_ref().map(expr).unwrap_or_default();
                let which = if one.is_next { "next" } else { "previous" };
                format!("{} = {which} {}{} {when}", one.name.text, one.what.text, grain(&one.per))
            }
            ItemKind::Split(one) => {
                let over: Vec<&str> = one.over.iter().map(|key| key.text.as_str()).collect();
                format!("{} over {} by {} as {}", expr(&one.amount), over.join(" "), expr(&one.weight), one.name.text)
            }
            ItemKind::Output(one) => {
                let names: Vec<&str> = one.columns.iter().map(|column| column.name.text.as_str()).collect();
                let trailing: Vec<&str> = one.trailing.iter().map(|name| name.text.as_str()).collect();
                format!("{} {} {trailing:?}", names.join(" "), one.per.as_ref().map(grain).unwrap_or_default())
            }
            ItemKind::Input(one) => {
                let units: Vec<&str> = one.ty.per_names.iter().map(|name| name.text.as_str()).collect();
                let trailing: Vec<&str> = one.trailing.iter().map(|name| name.text.as_str()).collect();
                format!("{} {units:?} {trailing:?} {}", one.name.text, one.per.as_ref().map(grain).unwrap_or_default())
            }
            other => format!("{other:?}"),
        }
    }

    /// A period behind a range is about the input, unless the amounts are per period.
    #[test]
    fn periods_behind_ranges() {
        for (text, per, units) in [
            ("input a: money from 0 yuan to 9 yuan per year", "<|Year>", 0),
            ("输入 甲: 金额 自 0元 至 9元 每 月", "<|Month>", 0),
            ("输入 甲: 金额每点 自 0元每点 至 9元每点 每 年", "<|Year>", 1),
            ("输入 甲: 金额 自 0元 至 9元 每 年 每 县", "<县|Year>", 0),
            ("输入 甲: 金额 自 0元 至 9元 每 县 每 年", "<县|Year>", 0),
            ("输入 甲: 级别 可缺 每 年", "<|Year>", 0),
            ("输入 甲: 金额每年 自 0元每年 至 9元每年", "", 1),
            ("输入 甲: 金额 自 0元每年 至 9元每年", "", 1),
        ] {
            let (file, problems) = parse(text);
            assert!(problems.is_empty(), "{text}: {problems:?}");
            let ItemKind::Input(input) = &file.items[0].kind else { panic!("{text}") };
            assert_eq!(input.per.as_ref().map(grain).unwrap_or_default(), per, "{text}");
            if let Some(LiteralKind::Quantity(last)) = input.to.as_ref().map(|to| &to.kind) {
                assert_eq!(last.unit.per.len(), units, "{text}");
            }
            let formatted = crate::format(text, None).unwrap();
            assert_eq!(formatted.contains("  每 ") || formatted.contains("  per "), !per.is_empty(), "{formatted}");
        }
    }

    #[test]
    fn items_about_several_claims() {
        assert_eq!(read("rows line of claim"), "line of claim");
        assert_eq!(read("每行 明细 属于 单据号"), "明细 of 单据号");
        assert_eq!(read("rows visit"), "visit of nothing");
        assert_eq!(read("ordered by discharged"), "discharged");
        assert_eq!(read("排序日期 出院日期"), "出院日期");
        assert_eq!(read("insurance year from 07-01"), "7-1");
        assert_eq!(read("参保年度 自 07-01"), "7-1");
        assert_eq!(read("reverses claim"), "claim");
        assert_eq!(read("冲销 单据号"), "单据号");
        assert_eq!(read("running a = sum fund_pays per person per year"), "a = Sum(fund_pays)<person|Year> 0");
        assert_eq!(read("累计 甲 = 合计 基金支付 每 人员 每 年 \"x\""), "甲 = Sum(基金支付)<人员|Year> 1");
        assert_eq!(
            read("running a = count (claims when level is city) per person, drg per insurance year"),
            "a = Count(claims when Eq(level, city))<person drg|InsuranceYear> 0"
        );
        assert_eq!(read("累计 甲 = 最近 出院日期 每 人员"), "甲 = Last(出院日期)<人员|> 0");
        assert_eq!(read("running a = max (x - y) per month"), "a = Max(Sub(x, y))<|Month> 0");
        assert_eq!(read("running a = sum x"), "a = Sum(x)<> 0".replace("<>", ""));
        assert_eq!(read("link n = next claim per person, drg"), "n = next claim<person drg|> ");
        assert_eq!(read("关联 甲 = 上一 单据 每 人员 当 医院 为 县级"), "甲 = previous 单据<人员|> Eq(医院, 县级)");
        assert_eq!(read("split fund over hospital by earned -> payment"), "fund over hospital by earned as payment");
        assert_eq!(read("split total over a, b by sum x per a -> c"), "total over a b by Sum(x)<a|> as c");
        assert_eq!(read("分配 基金 给 医院 按 所得 -> 付款"), "基金 over 医院 by 所得 as 付款");
        assert_eq!(read("output a, b per hospital"), "a b <hospital|> []");
        assert_eq!(read("输出 甲、乙 每 医院 每 月"), "甲 乙 <医院|Month> []");
        assert_eq!(read("output a round half up to 1 yuan per person per line"), "a <line|> [\"person\"]");
    }

    #[test]
    fn inputs_of_groups() {
        assert_eq!(read("input discharged: date per claim"), "discharged [] [] <claim|>");
        assert_eq!(read("输入 出院日期: 日期 可缺 每 单据 \"x\""), "出院日期 [] [] <单据|>");
        assert_eq!(read("input a: money per person"), "a [\"person\"] [] ");
        assert_eq!(read("input a: money per person, drg"), "a [] [] <person drg|>");
        assert_eq!(
            read("input a: money per person from 0 yuan per person per drg"),
            "a [\"person\"] [\"person\"] <drg|>"
        );
        assert_eq!(read("input a: money from 0 to 9 yuan per claim per year"), "a [] [] <claim|Year>");
    }

    #[test]
    fn aggregates_in_expressions() {
        assert_eq!(read("a = sum points per hospital"), "a = Sum(points)<hospital|>");
        assert_eq!(
            read("a = fund / total points round half up to 1 yuan per point"),
            "a = Div(fund, Sum(points)) rounded"
        );
        assert_eq!(read("a = sum (x - y) per claim + 1"), "a = Add(Sum(Sub(x, y))<claim|>, 1)");
        assert_eq!(read("a = max (x - y) per claim"), "a = Max(Sub(x, y))<claim|>");
        assert_eq!(read("a = min x per person per insurance year"), "a = Min(x)<person|InsuranceYear>");
        assert_eq!(read("a = min (x when y is b) per person"), "a = Min(x when Eq(y, b))<person|>");
        assert_eq!(read("a = sum (x when y > 1) per person"), "a = Sum(x when Gt(y, 1))<person|>");
        assert_eq!(read("a = total (x when y > 1)"), "a = Sum(x when Gt(y, 1))");
        assert_eq!(read("a = sum rate[x] per person"), "a = Sum(rate[x])<person|>");
        assert_eq!(read("a = sum 1 yuan per person"), "a = Sum(1)<person|>");
        assert_eq!(read("a = sum max(x, y) per person"), "a = Sum(Max(x, y))<person|>");
        assert_eq!(read("a = count lines per claim - 1"), "a = Sub(Count(lines)<claim|>, 1)");
        assert_eq!(read("甲 = 合计 (乙 当 丙 为 丁) 每 单据"), "甲 = Sum(乙 when Eq(丙, 丁))<单据|>");
        assert_eq!(read("甲 = 计数 单据 每 人员 每 年"), "甲 = Count(单据)<人员|Year>");
        assert_eq!(read("甲 = 较大 乙 每 月"), "甲 = Max(乙)<|Month>");
        assert_eq!(read("甲 = 基金 / 总计 点数"), "甲 = Div(基金, Sum(点数))");
        assert_eq!(read("a = max(sum x per p, total y)"), "a = Max(Sum(x)<p|>, Sum(y))");
    }

    #[test]
    fn words_of_aggregates_stay_names() {
        for [sum, total] in
            [["sum", "total"], ["count", "total"], ["last", "total"], ["合计", "总计"], ["计数", "总计"]]
        {
            for name in [sum, total] {
                assert_eq!(read(&format!("a = {name} - b")), format!("a = Sub({name}, b)"));
                assert_eq!(read(&format!("a = b / {name}")), format!("a = Div(b, {name})"));
                assert_eq!(read(&format!("a = max({name}, b)")), format!("a = Max({name}, b)"));
                assert_eq!(read(&format!("a = {name}[b]")), format!("a = {name}[b]"));
            }
            assert_eq!(
                read(
                    &format!("{sum} = {sum} {total} per claim")
                        .replace("per", if sum.is_ascii() { "per" } else { "每" })
                ),
                {
                    let function = match sum {
                        "sum" | "合计" => "Sum",
                        "last" => "Last",
                        _ => "Count",
                    };
                    format!("{sum} = {function}({total})<claim|>")
                }
            );
        }
        assert_eq!(read("x = max - min"), "x = Sub(max, min)");
        assert_eq!(read("x = total round half up to 0.01 yuan"), "x = total rounded");
        assert_eq!(read("x = sum as share of total"), "x = sum of total");
        assert_eq!(read("x = total known"), "x = known(total)");
        assert_eq!(read("x = when total > 0 : count otherwise : last"), "x = Gt(total, 0): count; : last");
        assert_eq!(
            read("x = when total is count : total\n  when total in (a, b) : b"),
            "x = Eq(total, count): total; in(total): b"
        );
        assert_eq!(read("x = round(total half up to 1 yuan)"), "x = round(total)");
        assert_eq!(read("x = days from last to total"), "x = between(last, total)");
        assert_eq!(read("x = sum(b)"), "x = sum(b)");
        assert_eq!(read("x = 总计 取整 四舍五入 到 0.01元"), "x = 总计 rounded");
        assert_eq!(read("x = 总计 已知"), "x = known(总计)");
        assert_eq!(read("甲 = 当 总计 > 0 : 计数 其余 : 最近"), "甲 = Gt(总计, 0): 计数; : 最近");
        assert_eq!(read("甲 = 合计 占 总计"), "甲 = 合计 of 总计");
        assert_eq!(read("total = 3"), "total = 3");
        assert_eq!(read("running = 3"), "running = 3");
        assert_eq!(read("input total: money"), "total [] [] ");
    }

    #[test]
    fn what_is_wrong_is_said() {
        let wrong = [
            "a = sum x",
            "a = sum x - y per claim",
            "a = total x per claim",
            "running a = x per claim",
            "link a = next claim",
            "a = sum (x when y)",
            "a = sum x per year per year",
            "output a per",
        ];
        assert_snapshot!(wrong.map(read).join("\n"), @"
        the item ends too early: expected `(`, `[` or `per`
        `-` is not expected here: expected `(`, `[` or `per`; what is computed stands in brackets: `sum (a - b) per claim`
        `per` is not expected here: expected the end of the item, an operator, `round`, `cite`, `as share of` or `except`; a total is over everything; for groups write `sum x per person`
        `x` is not expected here: expected `sum`, `count`, `last`, `max` or `min`
        the item ends too early: expected `per`
        the item ends too early: expected `per`
        `year` is not expected here: expected something else
        the item ends too early: expected a period or a name
        ");
    }

    /// Nothing in brackets is read twice.
    #[test]
    fn nested_aggregates_are_read_quickly() {
        for word in ["sum", "total", "count", "max", "合计"] {
            for begin in [
                format!("{word}("),
                format!("{word} x["),
                format!("{word} max("),
                format!("max({word} x["),
                format!("{word} (a when ("),
            ] {
                let text = format!("x = {}", begin.repeat(30));
                assert!(read(&text).contains("ends too early"), "{text}: {}", read(&text));
            }
            let text = format!("x = {}1{}", format!("{word}(").repeat(40), ") per k".repeat(40));
            read(&text);
        }
    }
}
