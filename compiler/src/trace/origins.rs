//! Where values come from that are not of the row itself.

use fen_schema::Text;
use fen_schema::trace::{Gathered, Origin};

use super::kinds::text;
use super::texts::Texts;
use crate::check::program::{self, Body, ExprKind, Function, Program};
use crate::ids::{GrainId, LinkId, ValueId};

/// What an input is taken from; nothing for columns.
pub(super) fn origin(program: &Program, texts: &Texts<'_>, origin: &program::Origin) -> Option<Origin> {
    let written = |id: ValueId| match program.value(id).map(|value| (&value.body, value)) {
        // What a link knows of an input is called like it.
        Some((Body::Expr(expr), _)) if texts.line(expr.span).is_empty() => match expr.kind {
            ExprKind::Input(id) => program.input(id).map(|input| input.name.clone()).unwrap_or_default(),
            ExprKind::Value(id) => program.value(id).map(|value| value.name.clone()).unwrap_or_default(),
            _ => String::new(),
        },
        Some((Body::Expr(expr), value)) if !texts.is_named(value.span, &value.name) => texts.line(expr.span),
        Some((_, value)) => value.name.clone(),
        None => String::new(),
    };
    let grain = |id: GrainId| program.grain(id).map(|grain| text(&grain.label)).unwrap_or_default();
    let gathered = |function: Function, value: ValueId, when: Option<ValueId>, over: GrainId, per: GrainId| Gathered {
        function: name_of(function).to_owned(),
        of: if function == Function::Count { String::new() } else { written(value) },
        when: when.map(written),
        over: grain(over),
        per: named(program, per),
    };
    let link = |id: LinkId| program.links.get(id.0);
    Some(match origin {
        program::Origin::Column => return None,
        program::Origin::Running { function, value, when, over, grain } => {
            Origin::Running(gathered(*function, *value, *when, *over, *grain))
        }
        program::Origin::Total { function, value, when, over, grain } => {
            Origin::Total(gathered(*function, *value, *when, *over, *grain))
        }
        program::Origin::Part(split) => Origin::Part { split: program.splits.get(split.0)?.name.clone() },
        program::Origin::Linked(id) => {
            let link = link(*id)?;
            Origin::Linked { link: link.name.clone(), next: link.is_next, per: named(program, link.grain) }
        }
        program::Origin::Field { link: id, value } => {
            Origin::Field { link: link(*id)?.name.clone(), next: link(*id)?.is_next, of: written(*value) }
        }
    })
}

fn name_of(function: Function) -> &'static str {
    match function {
        Function::Sum => "sum",
        Function::Count => "count",
        Function::Max => "max",
        Function::Min => "min",
        Function::Last => "last",
    }
}

/// What a group is, by its label; empty for the pool.
fn named(program: &Program, id: GrainId) -> Text {
    let Some(grain) = program.grain(id) else { return Text::default() };
    if grain.keys.is_empty() && grain.period.is_none() && !grain.is_row { Text::default() } else { text(&grain.label) }
}
