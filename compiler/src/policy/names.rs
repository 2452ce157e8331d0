//! What a policy's names stand for: the facts of a glossary.

use fen_grammar::diagnostic::Text;
use num_rational::BigRational;

use super::Policy;
use crate::check::program::{Origin, Program, Rounding};
use crate::check::types::{Kind, Measure, Type};

/// What is known of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameFacts {
    /// The name.
    pub name: String,
    /// What people call it; the name itself where there is no label.
    pub label: Text,
    /// What kind of values it has, such as `money`.
    pub ty: Text,
    /// Their unit, such as `yuan per point`; empty if they have none.
    pub unit: Text,
    /// The least and the greatest value; `None` if the type has no such values.
    pub range: Option<(Text, Text)>,
    /// To what it is rounded, if it is.
    pub step: Option<Text>,
    /// Whether it can be missing.
    pub is_optional: bool,
    /// What there is one value for, such as `hospital`; empty for one per row.
    pub per: Text,
}

impl Policy {
    /// What the names of inputs, parameters and definitions stand for, each once.
    #[must_use]
    pub fn names(&self) -> Vec<NameFacts> {
        let program = &self.program;
        let mut names: Vec<NameFacts> = Vec::new();
        let mut add = |facts: NameFacts| {
            if !names.iter().any(|known| known.name == facts.name) {
                names.push(facts);
            }
        };
        for input in &program.inputs {
            if matches!(input.origin, Origin::Column | Origin::Running { .. } | Origin::Part(_)) {
                let facts = facts(program, &input.name, input.ty, (&input.facts.low, &input.facts.high));
                add(NameFacts { label: input.label.clone(), is_optional: input.is_optional, ..facts });
            }
        }
        for parameter in &program.parameters {
            // A cell of a table has its key in brackets.
            let name = parameter.name.split('[').next().unwrap_or_default();
            let range = (&parameter.facts.low, &parameter.facts.high);
            let facts = facts(program, name, parameter.ty, range);
            let label = if name == parameter.name { parameter.label.clone() } else { facts.label.clone() };
            add(NameFacts { label, ..facts });
        }
        for table in &program.tables {
            add(facts(program, &table.name, table.ty, (&table.facts.low, &table.facts.high)));
        }
        // What the compiler makes up on the way has a name that nobody could write.
        for value in program.values.iter().filter(|value| !value.name.contains(' ')) {
            let output = program.outputs.iter().find(|output| output.name == value.name);
            let facts = facts(program, &value.name, value.ty, (&value.facts.low, &value.facts.high));
            let label = output.map_or_else(|| facts.label.clone(), |output| output.label.clone());
            let grain = value.grain.and_then(|id| program.grain(id)).filter(|grain| !grain.is_row);
            let per = grain.map_or_else(|| facts.per.clone(), |grain| grain.label.clone());
            let step = value.rounding.as_ref().map(|rounding: &Rounding| program.show(value.ty, &rounding.step));
            add(NameFacts { label, per, step, ..facts });
        }
        names
    }
}

fn facts(program: &Program, name: &str, ty: Type, (low, high): (&BigRational, &BigRational)) -> NameFacts {
    let has_range = matches!(ty, Type::Measure(_) | Type::Date);
    NameFacts {
        name: name.to_owned(),
        label: Text::new(name, name),
        ty: type_name(program, ty),
        unit: ty.measure().map_or_else(|| Text::new("", ""), unit),
        range: has_range.then(|| (program.show(ty, low), program.show(ty, high))),
        step: None,
        is_optional: false,
        per: Text::new("", ""),
    }
}

fn unit(measure: Measure) -> Text {
    if measure == Measure::RATIO { Measure::RATE.suffix() } else { measure.suffix() }
}

fn type_name(program: &Program, ty: Type) -> Text {
    match ty {
        Type::Measure(Measure::MONEY) => Text::new("money", "金额"),
        Type::Measure(measure) => match measure.kind() {
            Some(Kind::Plain) => Text::new("number", "数"),
            Some(Kind::Rate) => Text::new("rate", "比率"),
            Some(Kind::Points) => Text::new("percentage points", "百分点"),
            Some(Kind::Ratio) => Text::new("ratio", "比值"),
            None => Text::new("amount", "数量"),
        },
        Type::Date => Text::new("date", "日期"),
        Type::Bool => Text::new("yes or no", "是否"),
        Type::Code => Text::new("code", "编码"),
        Type::Id => Text::new("id", "标识"),
        Type::Enum(id) => match program.enums.get(id.0).map(|one| one.name.as_str()) {
            Some("verdict") => Text::new("verdict", "结论"),
            Some(name) if !name.is_empty() => Text::new(name, name),
            _ => Text::new("one of several", "选项"),
        },
    }
}

#[cfg(test)]
mod tests {
    use crate::{Source, analyze};

    #[test]
    fn names_have_types_units_and_ranges() {
        let text = "policy a.b\nround half up to 0.01 yuan\nenum level = county | city\nkey person: id\ninput hospital: level\n\
            input paid: money from 0 yuan to 100 yuan \"费用\" / \"Charges\"\ninput beds: count optional from 1 to 9\n\
            param rate by level: rate = county 80%, city 70%\nparam cut: pp = required\n\
            running before = sum paid per person\nback = (rate[hospital] - cut) * paid\noutput back \"报销\"\n";
        let analysis = analyze(&Source::new("a.fen", text));
        let names = analysis.policy().unwrap().names();
        let line = |one: &super::NameFacts| {
            let range = one.range.as_ref().map(|(low, high)| format!("{}..{}", low.en, high.zh));
            let step = one.step.as_ref().map(|step| step.zh.as_str());
            format!(
                "{} {}/{} {} [{}] {range:?} {step:?} {}",
                one.name, one.label.en, one.label.zh, one.ty.zh, one.unit.zh, one.is_optional
            )
        };
        insta::assert_snapshot!(names.iter().map(line).collect::<Vec<_>>().join("\n"), @r#"
        person person/person 标识 [] None None false
        hospital hospital/hospital level [] None None false
        paid Charges/费用 金额 [元] Some("0.00 yuan..100.00元") None false
        beds beds/beds 数 [] Some("1..9") None true
        before before/before 金额 [元] Some("0.00 yuan..99999999900.00元") None false
        cut cut/cut 百分点 [个百分点] Some("0pp..100个百分点") None false
        rate rate/rate 比率 [%] Some("70%..80%") None false
        back back/报销 金额 [元] Some("-30.00 yuan..80.00元") Some("0.01元") false
        "#);
    }
}
