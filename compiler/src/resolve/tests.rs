//! Policies about several claims are bound as they are meant, in both languages.

use fen_grammar::source::Source;
use insta::assert_snapshot;

use super::program::{ExprKind, GrainOf, Period, Program, Symbol, ValueBody};
use super::resolve;
use crate::gather::{Files, NoFiles, gather};

/// Files that hold nothing.
struct EmptyFiles;

impl Files for EmptyFiles {
    fn read(&self, _from: &str, path: &str) -> Result<Source, String> {
        Ok(Source::new(path, "a\n"))
    }

    fn policy(&self, from: &str, name: &str) -> Option<Source> {
        NoFiles.policy(from, name)
    }
}

fn resolved(text: &str) -> (Program, Vec<String>) {
    let gathered = gather(&Source::new("test.fen", text), &EmptyFiles);
    let (program, problems) = resolve(&gathered);
    let problems = gathered.diagnostics.iter().chain(&problems).map(|problem| {
        let label = problem.labels.first().unwrap();
        let here = text.get(label.span.start..label.span.end).unwrap();
        let help = problem.help.as_ref().map(|help| format!(" | {} | {}", help.en, help.zh)).unwrap_or_default();
        let (message, label) = (&problem.message, &label.text);
        format!("{here}: {} {} | {} | {} | {}{help}", problem.code, message.en, label.en, message.zh, label.zh)
    });
    (program, problems.collect())
}

/// The policies of the reference, and the same in Chinese.
const POLICIES: [&str; 10] = [
    include_str!("../../tests/grains/inpatient.fen"),
    include_str!("../../tests/grains/住院.fen"),
    include_str!("../../tests/grains/drg_points.fen"),
    include_str!("../../tests/grains/点数.fen"),
    include_str!("../../tests/grains/catastrophic.fen"),
    include_str!("../../tests/grains/大病.fen"),
    include_str!("../../tests/grains/readmission.fen"),
    include_str!("../../tests/grains/再入院.fen"),
    include_str!("../../tests/grains/fee_lines.fen"),
    include_str!("../../tests/grains/明细.fen"),
];

/// A grain by the names of its keys.
fn grain(program: &Program, of: &GrainOf, period: Option<Period>) -> String {
    let keys = match of {
        GrainOf::Row => "row".to_owned(),
        GrainOf::Keys(keys) => {
            keys.iter().map(|key| program.inputs[key.0].name.text.as_str()).collect::<Vec<_>>().join(" ")
        }
    };
    match period {
        Some(Period::Year { month, day }) => format!("{keys}/year {month}-{day}"),
        Some(Period::Month) => format!("{keys}/month"),
        None => keys,
    }
}

/// What a program says about several claims.
fn about(program: &Program) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    let grain = |one: &super::program::Grain| grain(program, &one.of, one.period);
    let claim = program.rows.claim.as_ref().map(|(name, _)| name.text.as_str());
    if !program.rows.name.is_empty() {
        writeln!(text, "rows {} of {claim:?}", program.rows.name).unwrap();
    }
    if let Some((_, id)) = &program.ordered_by {
        writeln!(text, "ordered by {}", program.inputs[id.0].name.text).unwrap();
    }
    if let Some(reversal) = &program.reversal {
        let name = |id: crate::ids::InputId| &program.inputs[id.0];
        let (claim, reverses) = (name(reversal.claim), name(reversal.reverses));
        let label = &reverses.labels[0].text;
        writeln!(text, "{} ({label}, optional {}) of {}", reverses.name.text, reverses.is_optional, claim.name.text)
            .unwrap();
    }
    for input in program.inputs.iter().filter(|input| input.per.is_some()) {
        let units = input.ty.as_ref().map_or(0, |ty| ty.per.len());
        writeln!(text, "input {}: {units} units, per {}", input.name.text, grain(input.per.as_ref().unwrap())).unwrap();
    }
    for running in &program.runnings {
        let per = running.aggregate.per.as_ref().map_or("everything".to_owned(), grain);
        writeln!(text, "running {}: {:?} per {per}", running.name.text, running.aggregate.function).unwrap();
    }
    for link in &program.links {
        writeln!(text, "link {}: next {} per {}", link.name.text, link.is_next, grain(&link.per)).unwrap();
    }
    for split in &program.splits {
        writeln!(text, "split {} over {}", split.name.text, split.over.len()).unwrap();
    }
    for output in program.outputs.iter().filter(|output| output.per.is_some()) {
        writeln!(text, "output {} per {}", output.name.text, grain(output.per.as_ref().unwrap())).unwrap();
    }
    for value in &program.values {
        let body = match &value.body {
            ValueBody::Running(_) => "running",
            ValueBody::Part(_) => "part",
            ValueBody::Expr(_) => &expressions(program, value),
            _ => continue,
        };
        if !body.is_empty() {
            writeln!(text, "value {}: {body}", value.name.text).unwrap();
        }
    }
    text
}

/// Aggregates and links in the expression of a value.
fn expressions(program: &Program, value: &super::program::Value) -> String {
    fn walk(program: &Program, expr: &super::program::Expr, found: &mut Vec<String>) {
        match &expr.kind {
            ExprKind::Aggregate(one) => {
                let per = one.per.as_ref().map_or("everything".to_owned(), |per| grain(program, &per.of, per.period));
                let of = match &one.of {
                    super::program::AggregateOf::Values(_) => "values".to_owned(),
                    other => format!("{other:?}"),
                };
                found.push(format!("{:?} of {of} per {per}", one.function));
            }
            ExprKind::Linked(link) => found.push(format!("{} known", program.links[link.0].name.text)),
            ExprKind::Field(link, field) => {
                let name = match field {
                    Symbol::Input(id) => &program.inputs[id.0].name.text,
                    Symbol::Value(id) => &program.values[id.0].name.text,
                    _ => "?",
                };
                found.push(format!("{name} of {}", program.links[link.0].name.text));
            }
            _ => {}
        }
        expr.parts().into_iter().for_each(|part| walk(program, part, found));
    }
    let mut found = Vec::new();
    if let ValueBody::Expr(expr) = &value.body {
        walk(program, expr, &mut found);
    }
    found.join(", ")
}

#[test]
fn the_policies_of_the_reference() {
    let mut all = Vec::new();
    for text in POLICIES {
        let (program, problems) = resolved(text);
        assert_eq!(problems, [""; 0], "{}", program.header.name);
        all.push(format!("{}\n{}", program.header.name, about(&program)));
    }
    assert_snapshot!(all.join("\n"), @r#"
    qujing.resident_inpatient
    running paid_before: Sum per person/year 1-1
    value paid_before: running

    曲靖.居民住院
    running 此前支付: Sum per 人员/year 1-1
    value 此前支付: running

    demo.drg_points
    split payment over 1
    output points per row
    output earned per hospital
    output payment per hospital
    value earned: Sum of values per hospital
    value point_value: Sum of values per everything
    value payment: part

    示范.点数付费
    split 拨付 over 1
    output 点数值 per row
    output 所得 per 医院
    output 拨付 per 医院
    value 所得: Sum of values per 医院
    value 点值: Sum of values per everything
    value 拨付: part

    demo.catastrophic
    running burden_before: Sum per person/year 1-1
    value burden_before: running

    示范.大病保险
    running 此前负担: Sum per 人员/year 1-1
    value 此前负担: running

    demo.readmission
    ordered by discharged
    running stays_before: Count per person/year 1-1
    link next_stay: next true per person drg
    value stays_before: running
    value readmitted: next_stay known, admitted of next_stay

    示范.再入院
    ordered by 出院日期
    running 此前次数: Count per 人员/year 1-1
    link 下次住院: next true per 人员 病组
    value 此前次数: running
    value 再入院: 下次住院 known, 入院日期 of 下次住院

    demo.fee_lines
    rows line of Some("claim")
    input discharged: 0 units, per claim
    input hospital: 0 units, per claim
    output prepay per row
    output total per claim
    output in_scope per claim
    output fund_pays per claim
    value total: Sum of values per claim
    value in_scope: Sum of values per claim

    示范.费用明细
    rows 明细 of Some("单据号")
    input 出院日期: 0 units, per 单据号
    input 医院: 0 units, per 单据号
    output 先付 per row
    output 总计 per 单据号
    output 范围内 per 单据号
    output 基金支付 per 单据号
    value 总计: Sum of values per 单据号
    value 范围内: Sum of values per 单据号
    "#);
}

/// A policy with a key, a date and these items.
fn with(items: &str) -> (Program, Vec<String>) {
    resolved(&format!(
        "policy a.b\nin force from 2022-01-01\nround half up to 0.01 yuan\nkey person: id\nkey claim: id\ninput day: date\ninput fee: money\n\
         dated by day\noutput pays\npays = fee\n{items}\n"
    ))
}

#[test]
fn units_and_grains() {
    let text = |items: &str| {
        let (program, problems) = with(items);
        format!("{}{}", about(&program), problems.join("\n"))
    };
    assert_snapshot!(text("input a: money per person"), @"input a: 0 units, per person");
    assert_snapshot!(text("input a: money per month per person per year from 0 yuan to 9 yuan per month"), @"input a: 1 units, per person/year 1-1");
    assert_snapshot!(text("input a: money from 0 yuan to 9 yuan per person"), @"input a: 0 units, per person");
    assert_snapshot!(text("input a: money per month from 0 yuan per month to 9 yuan per month per person"), @"input a: 1 units, per person");
    assert_snapshot!(text("input a: money per case"), @"");
    assert_snapshot!(text("input case: count\ninput a: money per case"), @"");
    assert_snapshot!(text("x = fee / 1 person\noutput x round half up to 1 yuan per person"), @"output x per person");
    assert_snapshot!(text("insurance year from 07-01\nx = sum fee per person per insurance year\noutput x per person per insurance year"), @"
    output x per person/year 7-1
    value x: Sum of values per person/year 7-1
    ");
    assert_snapshot!(text("x = count claims per month\ny = count person per month\nz = count (claims when fee > 1 yuan) per person"), @"
    value x: Count of Claims per /month
    value y: Count of Keys([InputId(0)]) per /month
    value z: Count of Claims per person
    ");
    assert_snapshot!(text("reverses claim\nrunning n = last day per person\nrunning m = sum fee"), @"
    reverses (冲销, optional true) of claim
    running n: Last per person
    running m: Sum per everything
    value n: running
    value m: running
    ");
    assert_snapshot!(text("冲销 claim"), @"冲销 (reverses, optional true) of claim");
    assert_snapshot!(text("split 5 yuan over claim, person by fee -> x"), @"
    split x over 2
    value x: part
    ");
    assert_snapshot!(text("link l = previous claim per person when fee > 0 yuan\nx = l known and l.fee == l.pays and day is l.day"), @"
    link l: next false per person
    value x: l known, fee of l, pays of l, day of l
    ");
}

#[test]
fn mistakes_about_several_claims() {
    let mistakes = [
        "x = sum fee per persn",
        "x = sum fee per hospital",
        "x = sum fee per pays",
        "input h: id optional\nx = sum fee per h",
        "input h: id optional\ninput i: date per h",
        "x = sum fee per insurance year",
        "insurance year from 02-29",
        "insurance year from 13-01",
        "rows visit\nrows line of claim",
        "rows line of clam",
        "rows line of claim\nreverses person",
        "reverses clam",
        "reverses claim\ninput reverses: id",
        "ordered by pays",
        "x = last fee per person",
        "x = count pays per person",
        "x = count (1 + 2) per person",
        "x = count peple per month",
        "rows line of claim\nlink l = next line per person",
        "link l = next claim per person\nx = l",
        "link l = next claim per person\nx = l.fe",
        "link l = next claim per person\nparam p: money = 1 yuan\nx = l.p",
        "link l = next claim per person\noutput l",
        "link l = next claim per person\nl tier .. -> a 100%",
        "link l = next claim per person\nx = l + 1 yuan",
        "split fee over pays by fee -> x",
        "running fee = sum fee per person",
    ];
    let said: Vec<String> = mistakes.iter().map(|items| format!("{items}\n  {}", with(items).1.join("\n  "))).collect();
    assert_snapshot!(said.join("\n"), @"
    x = sum fee per persn
      persn: fen::grain::unknown `persn` is neither an input nor what rows are called | did you mean `person`? | “persn”既不是输入，也不是行的名称 | 是否想写“person”？ | rows are grouped by inputs, as in `per person per year`; a row is called `claim`, and `rows line of claim` calls it otherwise | 分组须写输入，如“每 人员 每 年”；一行称为“单据”，可用“每行 明细 属于 单据号”另行命名
    x = sum fee per hospital
      hospital: fen::grain::unknown `hospital` is neither an input nor what rows are called | not defined anywhere | “hospital”既不是输入，也不是行的名称 | 各处均无定义 | rows are grouped by inputs, as in `per person per year`; a row is called `claim`, and `rows line of claim` calls it otherwise | 分组须写输入，如“每 人员 每 年”；一行称为“单据”，可用“每行 明细 属于 单据号”另行命名
    x = sum fee per pays
      pays: fen::grain::not_an_input `pays` is not an input | used as a key of a group here | “pays”不是输入 | 此处作为分组的键 | rows are grouped by what the file states, not by what is computed | 分组须依据输入的列，不能依据计算结果
    input h: id optional
    x = sum fee per h
      h: fen::grain::optional_key `h` may be missing, so that it is no key | used as a key here | “h”可缺，不能作键 | 此处作为键 | remove `optional` from the input | 请删去该输入的“可缺”
    input h: id optional
    input i: date per h
      h: fen::grain::optional_key `h` may be missing, so that it is no key | used as a key here | “h”可缺，不能作键 | 此处作为键 | remove `optional` from the input | 请删去该输入的“可缺”
    x = sum fee per insurance year
      insurance year: fen::grain::no_insurance_year the policy does not say when an insurance year begins | used here | 政策未写明参保年度何时开始 | 此处使用 | add for example `insurance year from 07-01` | 请补一行，例如“参保年度 自 07-01”
    insurance year from 02-29
      02-29: fen::grain::leap_day most years have no such day | 29 February | 多数年份没有这一天 | 二月二十九日 | let the year begin on 02-28 or 03-01 | 请改为 02-28 或 03-01
    insurance year from 13-01
      13-01: fen::date::invalid there is no such day | not in the calendar | 没有这一天 | 日历中不存在
    rows visit
    rows line of claim
      rows line of claim: fen::policy::repeated this can be said only once in a policy; rounding once for each unit | said again here | 此项在一份政策中只能写一次，取整则每种单位一次 | 此处重复 | remove one of the two | 请删去其中之一
    rows line of clam
      clam: fen::grain::rows_of_no_input `clam` is not an input | lines of one claim must share an input | “clam”不是输入 | 同一单据的各行须有相同的输入 | declare it, for example `key claim: id` | 请列为输入，例如“主键 单据号: 标识”
    rows line of claim
    reverses person
      person: fen::grain::reversal_of_lines rows are lines of `claim`, so that `claim` is taken back and not `person` | whole claims are taken back | 每行是“claim”的明细，冲销的须是“claim”，而非“person” | 冲销针对整张单据 | write `reverses claim` | 请写“冲销 claim”
    reverses clam
      clam: fen::grain::reverses_no_input `clam` is not an input | the input that tells claims apart is wanted here | “clam”不是输入 | 此处须写区分单据的输入 | declare it, for example `key claim: id` | 请列为输入，例如“主键 单据号: 标识”
    reverses claim
    input reverses: id
      reverses: fen::name::duplicate `reverses` is defined twice | defined again here | “reverses”重复定义 | 此处再次定义 | give one of the two another name | 请为其中之一另取名称
    ordered by pays
      pays: fen::date::not_an_input `pays` is not an input | the date must be one that the claim states | “pays”不是输入 | 适用日期须为输入的日期
    x = last fee per person
      last fee per person: fen::grain::last `last` stands in running values only | no order is known here | “最近”只能用于累计 | 此处没有先后次序 | write `running NAME = last VALUE per KEYS` | 请写“累计 名称 = 最近 数值 每 键”
    x = count pays per person
      pays: fen::grain::count rows, claims or the values of an input are counted | none of these | 计数的对象是行、单据或某一输入的取值 | 不属于以上各项 | write `count claims per person`, and for some of them `count (claims when CONDITION) per person` | 请写“计数 单据 每 人员”；只计其中一部分时写“计数 (单据 当 条件) 每 人员”
    x = count (1 + 2) per person
      1 + 2: fen::grain::count rows, claims or the values of an input are counted | none of these | 计数的对象是行、单据或某一输入的取值 | 不属于以上各项 | write `count claims per person`, and for some of them `count (claims when CONDITION) per person` | 请写“计数 单据 每 人员”；只计其中一部分时写“计数 (单据 当 条件) 每 人员”
    x = count peple per month
      peple: fen::grain::unknown `peple` is neither an input nor what rows are called | not defined anywhere | “peple”既不是输入，也不是行的名称 | 各处均无定义 | rows are grouped by inputs, as in `per person per year`; a row is called `claim`, and `rows line of claim` calls it otherwise | 分组须写输入，如“每 人员 每 年”；一行称为“单据”，可用“每行 明细 属于 单据号”另行命名
    rows line of claim
    link l = next line per person
      line: fen::link::no_claim a link leads to a claim, not to a `line` | not what claims are called | 关联指向单据，不指向“line” | 不是单据的名称 | write `next claim` or `previous claim` | 请写“下一 单据”或“上一 单据”
    link l = next claim per person
    x = l
      l: fen::link::alone `l` is a link, not a value | used as a value here | “l”是关联，不是数值 | 此处当作数值使用 | write `l.NAME` for what the other claim has, or `l known` for whether there is one | 另一单据的内容写作“l.名称”，是否存在写作“l 已知”
    link l = next claim per person
    x = l.fe
      fe: fen::name::unknown `fe` is not defined | did you mean `fee`? | “fe”没有定义 | 是否想写“fee”？ | define it with `fe = …`, or declare it as an input with `input fe: money from … to …` | 可用“fe = …”定义，或用“输入 fe: 金额 自 … 至 …”列为输入
    link l = next claim per person
    param p: money = 1 yuan
    x = l.p
      p: fen::link::field `p` does not belong to a claim | neither an input nor a value | “p”不属于单据 | 既不是输入，也不是计算结果 | parameters and ladders are the same for all claims | 参数与阶梯对所有单据相同，请直接使用
    link l = next claim per person
    output l
      l: fen::link::alone `l` is a link, not a value | used as a value here | “l”是关联，不是数值 | 此处当作数值使用 | write `l.NAME` for what the other claim has, or `l known` for whether there is one | 另一单据的内容写作“l.名称”，是否存在写作“l 已知”
    link l = next claim per person
    l tier .. -> a 100%
      l: fen::link::alone `l` is a link, not a value | used as a value here | “l”是关联，不是数值 | 此处当作数值使用 | write `l.NAME` for what the other claim has, or `l known` for whether there is one | 另一单据的内容写作“l.名称”，是否存在写作“l 已知”
    link l = next claim per person
    x = l + 1 yuan
      l: fen::link::alone `l` is a link, not a value | used as a value here | “l”是关联，不是数值 | 此处当作数值使用 | write `l.NAME` for what the other claim has, or `l known` for whether there is one | 另一单据的内容写作“l.名称”，是否存在写作“l 已知”
    split fee over pays by fee -> x
      pays: fen::grain::not_an_input `pays` is not an input | used as a key of a group here | “pays”不是输入 | 此处作为分组的键 | rows are grouped by what the file states, not by what is computed | 分组须依据输入的列，不能依据计算结果
    running fee = sum fee per person
      fee: fen::name::duplicate `fee` is defined twice | defined again here | “fee”重复定义 | 此处再次定义 | give one of the two another name | 请为其中之一另取名称
    ");
    let (_, problems) = resolved("policy a.b\nkey p: id\ninput f: money\nx = sum f per p per year\noutput x");
    assert_snapshot!(problems.join("\n"), @"year: fen::grain::no_date the policy does not say which date tells the period | a period is named here | 政策未写明以哪个日期确定期间 | 此处写有期间 | add `dated by INPUT` | 请补一行“适用日期 输入名”");
}

/// A policy that another one amends.
struct Base;

impl Files for Base {
    fn read(&self, _from: &str, _path: &str) -> Result<Source, String> {
        Err(String::new())
    }

    fn policy(&self, _from: &str, _name: &str) -> Option<Source> {
        let text = "policy a.b\nrows line of claim\nkey claim: id\nkey person: id\ninput day: date per claim\ninput fee: money\n\
            dated by day\ninsurance year from 01-02\nx = fee\ny = fee\nz = fee\noutput x, y, z per line\n\
            running r = sum q per person per year\nq = sum fee per claim\nlink l = next claim per person\n\
            split 1 yuan over person by q -> s";
        Some(Source::new("base.fen", text))
    }
}

#[test]
fn amendments_override_them() {
    let amended = |items: &str| {
        let text = format!("amend a.b as a.c\n{items}");
        let gathered = gather(&Source::new("test.fen", text), &Base);
        let (program, problems) = resolve(&gathered);
        let problems = gathered.diagnostics.iter().chain(&problems).map(|problem| problem.message.en.clone());
        format!("{}{}", about(&program), problems.collect::<Vec<_>>().join("\n"))
    };
    assert_snapshot!(amended(
        "rows line of claim\nrunning r = max q per person per insurance year\nlink l = previous claim per person\n\
         split 2 yuan over claim by q -> s\ninsurance year from 07-01\nordered by day\noutput y \"Y\" per claim"
    ), @r#"
    rows line of Some("claim")
    ordered by day
    input day: 0 units, per claim
    running r: Max per person/year 7-1
    link l: next false per person
    split s over 1
    output x per row
    output y per claim
    output z per row
    value r: running
    value q: Sum of values per claim
    value s: part
    "#);
    assert_snapshot!(amended("running rr = sum q per person\nlink s = next claim per person\nadd link m = next claim per person"), @r#"
    rows line of Some("claim")
    input day: 0 units, per claim
    running r: Sum per person/year 1-1
    link l: next true per person
    link m: next true per person
    split s over 1
    output x per row
    output y per row
    output z per row
    value r: running
    value q: Sum of values per claim
    value s: part
    the amended policy has no `rr` of this kind to override
    the amended policy has no `s` of this kind to override
    "#);
}
