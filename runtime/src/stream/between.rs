//! What is done between the passes over the rows: links, totals and divisions.

use fen_schema::{Phase, Source};

use super::causes::SETTLED;
use super::cells::CellVec;
use super::divide::{Failure, divide};
use super::engine::{Engine, Instances};
use super::error::StreamError;
use super::groups::NONE;
use super::missing::{Missing, first, pass_on};
use super::schedule::{at, grain_of};
use crate::error::SettleError;

impl Engine {
    /// Adds up what a phase said of the rows at hand.
    pub(crate) fn add_up_rows(
        &mut self,
        place: usize,
        phase: &Phase,
        missing: &[Missing],
        status: &[u16],
    ) -> Result<(), StreamError> {
        let count = status.len();
        let lacks = |output: u32| missing.get(at(output)).unwrap_or(&None);
        for (total, cells) in self.plan.totals.iter().zip(&mut self.totals) {
            if at(total.phase) == place
                && let (Some(column), Some(slots)) =
                    (phase.outputs.get(at(total.output)), self.slots.get(at(total.grain)))
            {
                cells.reserve(self.grains.get(at(total.grain)).map_or(0, |grain| grain.groups.len()));
                cells.add(column, self.kernel.column(column.offset, count, column.layout.bytes())?, slots)?;
                pass_on(lacks(total.output), slots, &mut cells.missing);
            }
        }
        for (split, cells) in self.plan.splits.iter().zip(&mut self.splits) {
            if at(split.phase) == place
                && let (Some(column), Some(slots)) =
                    (phase.outputs.get(at(split.weight)), self.slots.get(at(split.pool)))
            {
                let bytes = self.kernel.column(column.offset, count, column.layout.bytes())?;
                let size = at(column.layout.bytes());
                cells.weights.extend(bytes.chunks(size).map(|bytes| super::cells::cell(bytes, column.layout)));
                // A claim that is taken back receives nothing, within itself either.
                let pools =
                    slots.iter().zip(status).map(|(slot, status)| if *status == SETTLED { *slot } else { NONE });
                cells.pools.extend(pools);
                pass_on(lacks(split.weight), slots, &mut cells.missing_weights);
            }
        }
        for (link, cells) in self.plan.links.iter().zip(&mut self.links).filter(|(link, _)| at(link.phase) == place) {
            let kernel = &self.kernel;
            let column = |output: u32| {
                let column = phase.outputs.get(at(output));
                let column = column.ok_or_else(|| SettleError::Module("it lacks an output".into()))?;
                kernel.column(column.offset, count, column.layout.bytes())
            };
            let when = link.when.map(column).transpose()?;
            let fields = link.fields.iter().map(|field| column(*field)).collect::<Result<Vec<_>, _>>()?;
            let lacking = link.fields.iter().map(|field| lacks(*field)).collect::<Vec<_>>();
            cells.lack(link.when.map_or(&None, lacks), &lacking);
            cells.add(self.slots.get(at(link.grain)).map_or(&[][..], Vec::as_slice), when, &fields)?;
        }
        Ok(())
    }

    /// After a pass of one phase: the phases of coarser grains that come next, and whatever the phase after them reads.
    pub(crate) fn run_groups(&mut self, after: usize) -> Result<(), StreamError> {
        self.finish_links(after);
        for place in after + 1..self.plan.phases.len() {
            let Some(phase) = self.plan.phases.get(place).cloned() else { break };
            for input in &phase.inputs {
                match input.source {
                    Source::Total { total } => {
                        let grain = self.plan.totals.get(at(total)).map_or(0, |total| at(total.grain));
                        let slots = self.grains.get(grain).map_or(0, |grain| grain.groups.len());
                        if let Some(total) = self.totals.get_mut(at(total)) {
                            total.finish(&input.column, slots)?;
                        }
                    }
                    Source::Part { split } => self.divide(at(split), input.column.layout)?,
                    _ => {}
                }
            }
            if phase.grain == 0 {
                break;
            }
            self.run_phase(place, &phase)?;
            self.link_groups(place, &phase)?;
        }
        Ok(())
    }

    /// Links between groups: the claims of rows that are lines.
    fn link_groups(&mut self, place: usize, phase: &Phase) -> Result<(), StreamError> {
        let Some(of) = self.grains.get(at(phase.grain)) else { return Ok(()) };
        let all: Vec<u32> = (0..u32::try_from(of.groups.len()).unwrap_or(0)).collect();
        let cells = self.phases.get(place);
        let number = u32::try_from(place).unwrap_or(NONE);
        let mut added = Vec::new();
        for (at_link, link) in self.plan.links.iter().enumerate().filter(|(_, link)| at(link.phase) == place) {
            let column = |output: u32| {
                let mut bytes = Vec::new();
                if let Some(cells) = cells.and_then(|cells| cells.outputs.get(at(output))) {
                    cells.gather(&all, &mut bytes);
                }
                bytes
            };
            let instances = Instances::Groups(&all);
            let groups = self.places_in(at(link.grain), at(phase.grain), &instances);
            let is = |list: &[bool], slot: usize| list.get(slot) == Some(&true);
            let counts = |slot: usize| is(&of.is_settled, slot) && !is(&of.is_taken_back, slot);
            let groups = groups.iter().enumerate().map(|(slot, group)| if counts(slot) { *group } else { NONE });
            let groups: Vec<u32> = groups.collect();
            let fields: Vec<Vec<u8>> = link.fields.iter().map(|field| column(*field)).collect();
            let lacks =
                |output: u32| self.missing(Source::Value { phase: number, output }, at(phase.grain), &instances);
            let lacking: Vec<Missing> = link.fields.iter().map(|field| lacks(*field)).collect();
            added.push((at_link, groups, (link.when.map(column), fields), (link.when.and_then(lacks), lacking)));
        }
        for (link, groups, (when, fields), (lacking_when, lacking)) in added {
            let fields: Vec<&[u8]> = fields.iter().map(Vec::as_slice).collect();
            if let Some(link) = self.links.get_mut(link) {
                link.lack(&lacking_when, &lacking.iter().collect::<Vec<_>>());
                link.add(&groups, when.as_deref(), &fields)?;
            }
        }
        self.finish_links(place);
        Ok(())
    }

    fn finish_links(&mut self, place: usize) {
        for (link, cells) in self.plan.links.iter().zip(&mut self.links).filter(|(link, _)| at(link.phase) == place) {
            cells.finish(self.grains.get(at(link.grain)).map_or(0, |grain| grain.groups.len()));
        }
    }

    /// Divides the amounts of all pools of a split, unless it has been done.
    fn divide(&mut self, place: usize, layout: fen_schema::Layout) -> Result<(), StreamError> {
        let Some(split) = self.plan.splits.get(place).cloned() else { return Ok(()) };
        if self.splits.get(place).is_none_or(|cells| cells.parts.is_some()) {
            return Ok(());
        }
        if let Source::Part { split: other } = split.amount {
            self.divide(at(other), fen_schema::Layout::I128)?;
        }
        let broken = || StreamError::Division { name: split.name.clone() };
        let (instances, weights, pools) = self.weights(place, at(split.phase), &split);
        let count = instances.iter().map(|instance| at(*instance) + 1).max().unwrap_or(0);
        let mut by_pool: Vec<Vec<(u32, i128)>> = Vec::new();
        for ((instance, weight), pool) in instances.iter().zip(weights).zip(&pools).filter(|(_, pool)| **pool != NONE) {
            if at(*pool) >= by_pool.len() {
                by_pool.resize_with(at(*pool) + 1, Vec::new);
            }
            if let Some(members) = by_pool.get_mut(at(*pool)) {
                members.push((*instance, weight));
            }
        }
        let grain = self.plan.phases.get(at(split.phase)).map_or(0, |phase| at(phase.grain));
        self.see_weights(place, grain, &by_pool);
        let step: i128 = split.step.parse().ok().filter(|step| *step > 0).ok_or_else(broken)?;
        let mut parts = CellVec::new(layout);
        parts.grow(count);
        let mut missing = Vec::new();
        for (pool, members) in (0..).zip(&by_pool).filter(|(_, members)| !members.is_empty()) {
            let weights: Vec<i128> = members.iter().map(|(_, weight)| *weight).collect();
            let lacking = self.missing_weight(place, at(split.phase), split.weight, pool, members);
            let cause = match self.amount(split.amount, at(split.pool), pool) {
                Err(cause) => first(cause, lacking),
                Ok(_) if lacking != SETTLED => lacking,
                Ok(amount) if amount % step != 0 => return Err(broken()),
                Ok(amount) => match divide(amount / step, &weights) {
                    Ok(given) => {
                        for ((instance, _), steps) in members.iter().zip(given) {
                            let part = steps.checked_mul(step).ok_or_else(broken)?;
                            parts.set(at(*instance), part);
                            if parts.get(at(*instance)) != part {
                                return Err(broken());
                            }
                        }
                        continue;
                    }
                    Err(Failure::NoWeights) => self.causes.no_weights(&split.name),
                    Err(Failure::Broken) => return Err(broken()),
                },
            };
            missing.resize(count, SETTLED);
            for (instance, _) in members {
                if let Some(slot) = missing.get_mut(at(*instance)) {
                    *slot = cause;
                }
            }
        }
        if let Some(cells) = self.splits.get_mut(place) {
            (cells.weights, cells.pools) = Default::default();
            (cells.parts, cells.missing) = (Some(parts), missing);
        }
        Ok(())
    }

    /// The instances that have a weight, in the order of their keys, with weight and pool.
    fn weights(&self, place: usize, phase: usize, split: &fen_schema::Split) -> (Vec<u32>, Vec<i128>, Vec<u32>) {
        let grain = self.plan.phases.get(phase).map_or(0, |phase| at(phase.grain));
        if grain == 0 {
            // Rows have no keys: they stay in their order.
            let Some(cells) = self.splits.get(place) else { return Default::default() };
            let rows = (0..u32::try_from(cells.weights.len()).unwrap_or(0)).collect();
            return (rows, cells.weights.clone(), cells.pools.clone());
        }
        let Some(cells) = self.phases.get(phase) else { return Default::default() };
        let mut slots = self.sorted_groups(grain);
        let taken_back = self.taken_back(grain, &slots);
        let mut taken_back = taken_back.iter();
        slots.retain(|_| taken_back.next() != Some(&true));
        let weights = cells.outputs.get(at(split.weight));
        let weights = slots.iter().map(|slot| weights.map_or(0, |cells| cells.get(at(*slot)))).collect();
        let pools = self.places_in(at(split.pool), grain, &Instances::Groups(&slots)).into_owned();
        (slots, weights, pools)
    }

    /// Why a member of a pool has no weight, if one has none.
    fn missing_weight(&self, place: usize, phase: usize, weight: u32, pool: u32, members: &[(u32, i128)]) -> u16 {
        let of_rows = self.splits.get(place).and_then(|cells| cells.missing_weights.get(at(pool)));
        let missing = self.phases.get(phase).and_then(|cells| cells.missing.get(at(weight)));
        let of_groups = members.iter().filter_map(|(member, _)| missing?.get(at(*member)));
        of_rows.into_iter().chain(of_groups).fold(SETTLED, |known, cause| first(known, *cause))
    }

    /// The amount of a pool, or why it has none.
    fn amount(&self, source: Source, pool: usize, slot: u32) -> Result<i128, u16> {
        let slots = [slot];
        let instances = Instances::Groups(&slots);
        if let Some([cause]) = self.missing(source, pool, &instances).as_deref()
            && *cause != SETTLED
        {
            return Err(*cause);
        }
        let place = self.places(source, pool, &instances).first().copied().unwrap_or(NONE);
        let cells = match source {
            Source::Total { total } => {
                return Ok(self.totals.get(at(total)).and_then(|total| total.get(place)).unwrap_or(0));
            }
            Source::Value { phase, output } => {
                self.phases.get(at(phase)).and_then(|phase| phase.outputs.get(at(output)))
            }
            Source::Part { split } => self.splits.get(at(split)).and_then(|split| split.parts.as_ref()),
            Source::Input { input } => self.grains.get(pool).and_then(|grain| grain.cells.get(&at(input))),
            Source::Linked { .. } | Source::Field { .. } => None,
        };
        debug_assert!(grain_of(&self.plan, source).is_none_or(|grain| grain != 0), "amounts are those of groups");
        Ok(cells.map_or(0, |cells| cells.get(at(place))))
    }
}
