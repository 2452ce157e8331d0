//! The row program of one phase: what it takes from elsewhere are inputs, what it yields are outputs.

use std::collections::{BTreeSet, HashMap};

use fen_grammar::diagnostic::Text;
use fen_grammar::source::Span;
use num_rational::BigRational;
use num_traits::{One, Zero};

use super::needs::{Draft, FIRST, Leaf, Needs};
use super::wanted::{Present, Wanted, What};
use crate::check::program::{
    Body, Choice, Clauses, Expr, ExprKind, Input, Ladder, LadderVersion, Origin, Output, Program, Table, Value,
};
use crate::check::types::{Facts, Type};
use crate::ids::{InputId, LadderId, Symbol, TableId, ValueId};

/// The program of a phase, and what each of its inputs is.
pub(super) fn derive(program: &Program, needs: &Needs, draft: &Draft) -> (Program, Vec<Leaf>) {
    let leaves = leaves(program, draft);
    let inputs = leaves.iter().filter_map(|leaf| input(program, leaf)).collect();
    let renaming = Renaming::of(&leaves);
    let mut derived = Program {
        name: program.name.clone(),
        enums: program.enums.clone(),
        codes: program.codes.clone(),
        dated_by: program.dated_by.and_then(|date| renaming.inputs.get(&date)).copied(),
        in_force: program.in_force,
        inputs,
        parameters: program.parameters.clone(),
        values: values(program, draft, &renaming),
        order: program.order.iter().copied().filter(|id| draft.values.contains(id)).collect(),
        sites: program.sites.clone(),
        required: Vec::new(),
        title: None,
        titles: None,
        source: None,
        lang: program.lang,
        tables: Vec::new(),
        ladders: Vec::new(),
        outputs: Vec::new(),
        grains: Vec::new(),
        claim: program.claim,
        links: Vec::new(),
        splits: Vec::new(),
        ordered_by: None,
        reversal: None,
        choices: program.choices.iter().map(|choice| renaming.choice(choice)).collect(),
        invariants: Vec::new(),
        examples: Vec::new(),
        citations: Vec::new(),
        clauses: Clauses::default(),
        places: crate::check::places::Places::default(),
    };
    let reads = || draft.values.iter().filter_map(|id| needs.reads.get(id.0));
    let tables: BTreeSet<TableId> = reads().flat_map(|reads| reads.tables.iter().copied()).collect();
    let ladders: BTreeSet<LadderId> = reads().flat_map(|reads| reads.ladders.iter().copied()).collect();
    derived.tables =
        program.tables.iter().enumerate().map(|(at, table)| kept(table, tables.contains(&TableId(at)))).collect();
    let own = program.ladders.iter().enumerate();
    derived.ladders = own.map(|(at, ladder)| renaming.ladder(ladder, ladders.contains(&LadderId(at)))).collect();
    for (wanted, _) in &draft.wanted {
        let output = output(&mut derived, program, &renaming, *wanted);
        derived.outputs.push(output);
    }
    (derived, leaves)
}

/// The first phase takes all columns of the file in their order; others those they need.
fn leaves(program: &Program, draft: &Draft) -> Vec<Leaf> {
    let mut columns: Vec<InputId> = if draft.key == FIRST {
        let all = program.inputs.iter().enumerate();
        all.filter(|(_, input)| input.origin == Origin::Column).map(|(at, _)| InputId(at)).collect()
    } else {
        let needed = draft.leaves.iter();
        needed.filter_map(|leaf| if let Leaf::Column(id) = leaf { Some(*id) } else { None }).collect()
    };
    columns.sort_unstable();
    let mut others: Vec<Leaf> = draft.leaves.iter().copied().filter(|leaf| !matches!(leaf, Leaf::Column(_))).collect();
    // In the order of the source, whatever they were found by.
    others.sort_by_key(|leaf| match leaf {
        Leaf::Column(id) | Leaf::Late(id) | Leaf::Record(id) | Leaf::Input(id, ..) => (0, id.0, false),
        Leaf::Flag(id) => (0, id.0, true),
        Leaf::Value(id, ..) => (1, id.0, false),
    });
    columns.into_iter().map(Leaf::Column).chain(others).collect()
}

fn input(program: &Program, leaf: &Leaf) -> Option<Input> {
    match leaf {
        Leaf::Column(id) | Leaf::Late(id) | Leaf::Record(id) | Leaf::Input(id, ..) => program.input(*id).cloned(),
        Leaf::Flag(id) => {
            let field = program.input(*id)?;
            let label = Text::new(format!("{} known", field.label.en), format!("{}已知", field.label.zh));
            let name = format!("{} known", field.name);
            Some(Input {
                name,
                label,
                ty: Type::Bool,
                scale: 0,
                is_optional: true,
                facts: Facts::bool(),
                ..field.clone()
            })
        }
        Leaf::Value(id, _, wanted) => {
            let value = program.value(*id)?;
            Some(Input {
                name: value.name.clone(),
                label: Text::new(value.name.clone(), value.name.clone()),
                ty: value.ty,
                scale: wanted.scale,
                is_optional: false,
                facts: value.facts.clone(),
                origin: Origin::Column,
                per: None,
            })
        }
    }
}

/// Values keep their numbers; nothing refers to those that the phase does not compute.
fn values(program: &Program, draft: &Draft, renaming: &Renaming) -> Vec<Value> {
    let value = |(at, value): (usize, &Value)| {
        if !draft.values.contains(&ValueId(at)) {
            return defined(String::new(), truth());
        }
        let body = match &value.body {
            Body::Expr(expr) => Body::Expr(Box::new(renaming.expr(expr))),
            Body::Share { ladder, column } => Body::Share { ladder: *ladder, column: *column },
            Body::Remainder { ladder } => Body::Remainder { ladder: *ladder },
        };
        Value { body, ..value.clone() }
    };
    program.values.iter().enumerate().map(value).collect()
}

fn kept(table: &Table, is_needed: bool) -> Table {
    if is_needed {
        return table.clone();
    }
    let facts = Facts::constant(&BigRational::zero());
    Table { name: String::new(), keys: Vec::new(), rows: Vec::new(), facts, ..*table }
}

fn output(derived: &mut Program, program: &Program, renaming: &Renaming, wanted: Wanted) -> Output {
    let mut add = |name: String, expr: Expr| {
        derived.values.push(defined(name, expr));
        let id = ValueId(derived.values.len() - 1);
        derived.order.push(id);
        id
    };
    let of_input = |id: InputId| {
        let input = program.input(id)?;
        let name = input.name.clone();
        Some((
            name,
            Expr { span: Span::default(), ty: input.ty, kind: ExprKind::Input(id), facts: input.facts.clone() },
        ))
    };
    let known = |id| condition(ExprKind::Known(id));
    let (name, value) = match wanted.what {
        What::Value(id) => match program.value(id) {
            Some(value) if renaming.values.contains_key(&id) => {
                let kind = ExprKind::Value(id);
                let expr = Expr { span: value.span, ty: value.ty, kind, facts: value.facts.clone() };
                (value.name.clone(), add(value.name.clone(), renaming.expr(&expr)))
            }
            Some(value) => (value.name.clone(), id),
            None => (String::new(), id),
        },
        What::Input(id) => match of_input(id) {
            Some((name, expr)) => (name.clone(), add(name, renaming.expr(&expr))),
            None => (String::new(), add(String::new(), truth())),
        },
        What::Known(id) => {
            let name = program.input(id).map(|input| format!("{} known", input.name)).unwrap_or_default();
            (name.clone(), add(name, renaming.expr(&known(id))))
        }
        What::OrLeast(id) => match of_input(id) {
            Some((name, expr)) => {
                let least = Expr {
                    kind: ExprKind::Constant(expr.facts.low.clone()),
                    facts: Facts::constant(&expr.facts.low),
                    ..expr.clone()
                };
                let (ty, facts) = (expr.ty, expr.facts.clone());
                let kind = ExprKind::Cases(vec![(known(id), expr)], Box::new(least));
                let expr = Expr { span: Span::default(), ty, kind, facts };
                (name.clone(), add(name, renaming.expr(&expr)))
            }
            None => (String::new(), add(String::new(), truth())),
        },
        What::True => ("counted".to_owned(), add("counted".to_owned(), truth())),
    };
    let present = match wanted.present {
        Present::Always => None,
        Present::If(id) if renaming.values.contains_key(&id) => {
            Some(add(String::new(), renaming.expr(&condition(ExprKind::Value(id)))))
        }
        Present::If(id) => Some(id),
        Present::IfKnown(id) => Some(add(String::new(), renaming.expr(&known(id)))),
    };
    let label = Text::new(name.clone(), name.clone());
    Output { name, value, present, label, scale: wanted.scale, grain: derived.claim }
}

fn condition(kind: ExprKind) -> Expr {
    Expr { span: Span::default(), ty: Type::Bool, kind, facts: Facts::bool() }
}

fn truth() -> Expr {
    let one = BigRational::one();
    Expr { facts: Facts::constant(&one), ..condition(ExprKind::Constant(one)) }
}

fn defined(name: String, expr: Expr) -> Value {
    let (span, ty, facts) = (expr.span, expr.ty, expr.facts.clone());
    Value { name, span, ty, body: Body::Expr(Box::new(expr)), rounding: None, facts, grain: None }
}

/// What the inputs of the phase are called in the policy.
#[derive(Default)]
struct Renaming {
    inputs: HashMap<InputId, InputId>,
    values: HashMap<ValueId, InputId>,
    flags: HashMap<InputId, InputId>,
}

impl Renaming {
    fn of(leaves: &[Leaf]) -> Self {
        let mut renaming = Self::default();
        for (at, leaf) in leaves.iter().enumerate() {
            let at = InputId(at);
            match leaf {
                Leaf::Column(id) | Leaf::Late(id) | Leaf::Record(id) | Leaf::Input(id, ..) => {
                    renaming.inputs.insert(*id, at)
                }
                Leaf::Flag(id) => renaming.flags.insert(*id, at),
                Leaf::Value(id, ..) => renaming.values.insert(*id, at),
            };
        }
        renaming
    }

    fn input(&self, id: InputId) -> InputId {
        self.inputs.get(&id).copied().unwrap_or(InputId(usize::MAX))
    }

    fn symbol(&self, symbol: Symbol) -> Symbol {
        match symbol {
            Symbol::Input(id) => Symbol::Input(self.input(id)),
            Symbol::Value(id) => self.values.get(&id).map_or(symbol, |id| Symbol::Input(*id)),
            Symbol::Parameter(_) => symbol,
        }
    }

    fn choice(&self, choice: &Choice) -> Choice {
        let renamed = |expr: &Option<Expr>| expr.as_ref().map(|expr| self.expr(expr));
        Choice { subject: renamed(&choice.subject), base: renamed(&choice.base), ..choice.clone() }
    }

    fn expr(&self, expr: &Expr) -> Expr {
        let mut renamed = expr.clone();
        self.rename(&mut renamed);
        renamed
    }

    fn rename(&self, expr: &mut Expr) {
        match &mut expr.kind {
            ExprKind::Input(id) => *id = self.input(*id),
            ExprKind::Known(id) => {
                let flag = self.flags.get(id).copied();
                let known = ExprKind::Known(self.input(*id));
                // The record of a claim that lacked the field holds some number, and that the field was not there.
                expr.kind = match flag {
                    Some(flag) => ExprKind::And(
                        Box::new(condition(ExprKind::Known(flag))),
                        Box::new(condition(ExprKind::Input(flag))),
                    ),
                    None => known,
                };
            }
            ExprKind::Value(id) => {
                if let Some(input) = self.values.get(id) {
                    expr.kind = ExprKind::Input(*input);
                }
            }
            _ => expr.parts_mut().into_iter().for_each(|part| self.rename(part)),
        }
    }

    fn ladder(&self, ladder: &Ladder, is_needed: bool) -> Ladder {
        if !is_needed {
            return Ladder { subject: None, base: None, versions: Vec::new(), columns: Vec::new() };
        }
        let version = |version: &LadderVersion| version.clone();
        Ladder {
            subject: ladder.subject.map(|subject| self.symbol(subject)),
            base: ladder.base.as_ref().map(|base| self.expr(base)),
            versions: ladder.versions.iter().map(version).collect(),
            columns: ladder.columns.clone(),
        }
    }
}
