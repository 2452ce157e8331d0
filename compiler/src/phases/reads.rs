//! What a value is computed from.

use std::collections::BTreeSet;

use crate::check::program::{Body, Expr, ExprKind, Program};
use crate::ids::{InputId, LadderId, Symbol, TableId, ValueId};

/// What values are computed from directly.
#[derive(Clone, Debug, Default)]
pub(super) struct Reads {
    pub(super) values: BTreeSet<ValueId>,
    pub(super) inputs: BTreeSet<InputId>,
    pub(super) tables: BTreeSet<TableId>,
    pub(super) ladders: BTreeSet<LadderId>,
    /// Whether a date chooses among versions.
    pub(super) is_dated: bool,
}

/// What each value reads, by its place.
pub(super) fn of_all(program: &Program) -> Vec<Reads> {
    // Large tables are looked through once.
    let dated: Vec<bool> = program.tables.iter().map(|table| table.rows.iter().any(|row| row.from.is_some())).collect();
    let bodies = program.values.iter().enumerate();
    bodies
        .map(|(at, value)| {
            let mut reads = Reads::default();
            reads.body(program, &dated, ValueId(at), &value.body);
            reads
        })
        .collect()
}

impl Reads {
    fn body(&mut self, program: &Program, dated: &[bool], own: ValueId, body: &Body) {
        match body {
            Body::Expr(expr) => self.expr(program, dated, expr),
            Body::Share { ladder, .. } => {
                self.subject(program, *ladder);
                self.ladder(program, dated, *ladder);
            }
            Body::Remainder { ladder } => {
                self.subject(program, *ladder);
                self.ladders.insert(*ladder);
                let columns = program.ladder(*ladder).map(|ladder| ladder.columns.as_slice()).unwrap_or_default();
                self.values.extend(columns.iter().filter(|column| **column != own));
            }
        }
    }

    fn subject(&mut self, program: &Program, ladder: LadderId) {
        match program.ladder(ladder).and_then(|ladder| ladder.subject) {
            Some(Symbol::Input(id)) => {
                self.inputs.insert(id);
            }
            Some(Symbol::Value(id)) => {
                self.values.insert(id);
            }
            Some(Symbol::Parameter(_)) | None => {}
        }
    }

    fn ladder(&mut self, program: &Program, dated: &[bool], id: LadderId) {
        let Some(ladder) = program.ladder(id) else { return };
        if self.ladders.insert(id) {
            self.is_dated |= ladder.versions.iter().any(|version| version.from.is_some());
            ladder.base.iter().for_each(|base| self.expr(program, dated, base));
        }
    }

    fn expr(&mut self, program: &Program, dated: &[bool], expr: &Expr) {
        match &expr.kind {
            ExprKind::Input(id) | ExprKind::Known(id) => {
                self.inputs.insert(*id);
            }
            ExprKind::Value(id) => {
                self.values.insert(*id);
            }
            ExprKind::Lookup { table, .. } | ExprKind::HasRow { table, .. } => {
                self.tables.insert(*table);
                self.is_dated |= dated.get(table.0).copied().unwrap_or(false);
            }
            ExprKind::Apply(ladder, _) => self.ladder(program, dated, *ladder),
            _ => {}
        }
        for part in expr.parts() {
            self.expr(program, dated, part);
        }
    }
}
