//! Look-ups that can fail, numbered in an order in which they can be evaluated.

use super::Checker;
use super::program::{Body, Expr, ExprKind, Program, Site};
use crate::ids::SiteId;

impl Checker<'_> {
    pub(super) fn number_sites(&mut self) {
        let mut sites = Vec::new();
        let Program { values, order, ladders, invariants, .. } = &mut self.program;
        // The base of a ladder is evaluated with its first share; it comes before all that may fail there.
        for ladder in ladders.iter_mut() {
            ladder.base.iter_mut().for_each(|base| number(base, &mut sites));
        }
        for id in order.iter() {
            if let Some(Body::Expr(expr)) = values.get_mut(id.0).map(|value| &mut value.body) {
                number(expr, &mut sites);
            }
        }
        for invariant in invariants {
            number(&mut invariant.condition, &mut sites);
        }
        self.program.sites = sites;
    }
}

/// Numbers the look-ups of an expression from left to right; those of its parts come first.
fn number(expr: &mut Expr, sites: &mut Vec<Site>) {
    for part in expr.parts_mut() {
        number(part, sites);
    }
    let ExprKind::Lookup { table, keys, site } = &mut expr.kind else { return };
    if site.is_none() {
        return;
    }
    let input = keys.iter().find_map(|key| match key.kind {
        ExprKind::Input(id) if key.ty.is_text() => Some(id),
        _ => None,
    });
    if let Some(input) = input {
        *site = Some(SiteId(sites.len()));
        sites.push(Site { table: *table, input });
    }
}
