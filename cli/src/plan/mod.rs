//! `fen schema --plan`: how a policy is settled, drawn as text for the people who run it.

mod describe;
mod sheet;
#[cfg(test)]
mod tests;

use fen_compiler::Lang;
use fen_runtime::{Step, steps};
use fen_schema::{Phase, Plan, Schema};

use self::describe::Describe;
use self::sheet::Sheet;

/// Draws what is computed for whom, in which pass over the file, and what is done between passes.
pub(crate) fn draw(schema: &Schema, lang: Lang) -> String {
    let mut sheet = Sheet::default();
    match &schema.plan {
        Some(plan) => Drawing { describe: Describe { schema, plan, lang }, steps: steps(plan), schema, plan, lang }
            .draw(&mut sheet),
        None => draw_rows(schema, lang, &mut sheet),
    }
    sheet.text()
}

/// A policy without a plan.
fn draw_rows(schema: &Schema, lang: Lang, sheet: &mut Sheet) {
    let pick = |en: &'static str, zh: &'static str| if lang == Lang::En { en } else { zh };
    sheet.heading(&schema.policy);
    sheet.line(pick(
        "every row is settled by itself, in one pass over the file; nothing is kept from row to row",
        "逐行结算，文件读一遍；行与行之间不保留任何数据",
    ));
    sheet.entry(pick("reads", "读取"), &schema.inputs.iter().map(|column| column.name.clone()).collect::<Vec<_>>());
    sheet.entry(pick("gives", "得出"), &schema.outputs.iter().map(|column| column.name.clone()).collect::<Vec<_>>());
}

struct Drawing<'s> {
    describe: Describe<'s>,
    steps: Vec<Step>,
    schema: &'s Schema,
    plan: &'s Plan,
    lang: Lang,
}

impl Drawing<'_> {
    fn pick<'t>(&self, en: &'t str, zh: &'t str) -> &'t str {
        if self.lang == Lang::En { en } else { zh }
    }

    fn draw(&self, sheet: &mut Sheet) {
        let passes = self.steps.len();
        sheet.heading(&match (self.lang, passes) {
            (Lang::En, 1) => format!("{}: the file is read once", self.schema.policy),
            (Lang::En, passes) => format!("{}: the file is read {passes} times", self.schema.policy),
            (Lang::Zh, passes) => format!("{}：文件读 {passes} 遍", self.schema.policy),
        });
        self.rows(sheet);
        if !self.schema.parameters.is_empty() {
            let parameters = self.schema.parameters.iter().map(|parameter| parameter.name.clone());
            sheet.heading(self.pick("parameters, known everywhere", "参数，各步均可用"));
            sheet.list(&parameters.collect::<Vec<_>>());
        }
        self.grains(sheet);
        // Groups are run as soon as what they need has been added up.
        let mut phases = (0..).zip(&self.plan.phases).peekable();
        for (pass, step) in (1..).zip(&self.steps) {
            self.pass_heading(pass, sheet);
            if let Some((en, zh)) = look(*step, self.plan.claim != 0) {
                sheet.line(self.pick(en, zh));
                continue;
            }
            if let Some((at, phase)) = phases.next_if(|(_, phase)| phase.grain == 0) {
                self.phase(at, phase, sheet);
            }
            if phases.peek().is_some_and(|(_, phase)| phase.grain != 0) {
                sheet.heading(&match self.lang {
                    Lang::En => format!("after pass {pass}, in memory"),
                    Lang::Zh => format!("第 {pass} 遍之后，在内存中"),
                });
            }
            while let Some((at, phase)) = phases.next_if(|(_, phase)| phase.grain != 0) {
                self.phase(at, phase, sheet);
            }
        }
        self.results(sheet);
    }

    fn pass_heading(&self, pass: usize, sheet: &mut Sheet) {
        sheet.heading(&match self.lang {
            Lang::En => format!("pass {pass} over the file"),
            Lang::Zh => format!("第 {pass} 遍读文件"),
        });
    }

    /// What is demanded of the rows.
    fn rows(&self, sheet: &mut Sheet) {
        let describe = &self.describe;
        if let Some(date) = self.plan.ordered_by {
            let date = describe.input(date);
            sheet.line(&match self.lang {
                Lang::En => format!("rows come in the order of {date}; `fen run --sort` puts them in it"),
                Lang::Zh => format!("各行须按“{date}”排序；fen run --sort 可代为排序"),
            });
        }
        for shared in &self.plan.shared {
            let (input, grain) = (describe.input(shared.input), describe.grain(shared.grain));
            sheet.line(&match self.lang {
                Lang::En => {
                    format!("{input} is the same in all rows {grain}; where it is not, all of them are rejected")
                }
                Lang::Zh => format!("“{input}”在同组（{grain}）各行中须一致，否则该组各行全部拒收"),
            });
        }
        if let Some(reversal) = self.plan.reversal {
            let (reverses, claim) = (describe.input(reversal.reverses), describe.input(reversal.claim));
            sheet.line(&match (self.lang, self.plan.claim) {
                (Lang::En, 0) => format!("a row with {reverses} takes the earlier row back whose {claim} it names"),
                (Lang::Zh, 0) => format!("填有“{reverses}”的行，冲销先前“{claim}”与之相同的行"),
                (Lang::En, _) => format!("a row with {reverses} takes the earlier claim back whose {claim} it names"),
                (Lang::Zh, _) => format!("填有“{reverses}”的行，冲销先前“{claim}”与之相同的整张单据"),
            });
        }
        if settles_periods(self.plan) {
            sheet.line(self.pick(
                "whole periods are settled: the file holds all rows of its periods",
                "按整个期间结算：文件须包含该期间的全部各行",
            ));
        } else if self.plan.claim != 0 {
            sheet.line(self.pick(
                "whole claims are settled: the file holds all rows of its claims",
                "按整张单据结算：文件须包含各单据的全部各行",
            ));
        }
    }

    /// What the groups are made of.
    fn grains(&self, sheet: &mut Sheet) {
        sheet.heading(self.pick("grains", "粒度"));
        let grains = (0..).zip(&self.plan.grains).map(|(at, grain)| (grain.name.clone(), vec![self.describe.keys(at)]));
        sheet.entries(&grains.collect::<Vec<_>>());
    }

    fn phase(&self, at: usize, phase: &Phase, sheet: &mut Sheet) {
        let describe = &self.describe;
        let grain = describe.grain(phase.grain);
        sheet.subheading(&match self.lang {
            Lang::En => format!("phase {}, {grain} (`{}`)", at + 1, phase.entry),
            Lang::Zh => format!("第 {} 步，{grain}（{}）", at + 1, phase.entry),
        });
        let reads: Vec<String> = phase.inputs.iter().map(|input| describe.source(input.source)).collect();
        sheet.entry(self.pick("reads", "读取"), &reads);
        if let Some(state) = &phase.state {
            for table in &state.tables {
                sheet.entry(self.pick("carries", "结转"), &[describe.table(table)]);
            }
        }
        let gives: Vec<String> = phase.outputs.iter().filter_map(|column| describe.shown(&column.name)).collect();
        sheet.entry(self.pick("gives", "得出"), &gives);
        let is_here = |phase: u32| usize::try_from(phase) == Ok(at);
        let totals = self.plan.totals.iter().filter(|total| is_here(total.phase));
        sheet.entry(self.pick("adds up", "汇总"), &totals.map(|total| describe.total(total)).collect::<Vec<_>>());
        for split in self.plan.splits.iter().filter(|split| is_here(split.phase)) {
            sheet.entry(self.pick("divides", "分配"), &[describe.split(split)]);
        }
        for link in self.plan.links.iter().filter(|link| is_here(link.phase)) {
            sheet.entry(self.pick("links", "关联"), &[describe.link(link)]);
        }
    }

    fn results(&self, sheet: &mut Sheet) {
        sheet.heading(self.pick("results", "结果"));
        let results = self.plan.results.iter().map(|results| {
            let outputs = results.outputs.iter().map(|output| output.column.name.clone());
            (self.describe.grain(results.grain), outputs.collect())
        });
        sheet.entries(&results.collect::<Vec<_>>());
    }
}

/// Whether something depends on rows that come later than those of the claim at hand.
pub(crate) fn settles_periods(plan: &Plan) -> bool {
    let is_of_claim = |grain: u32| plan.claim != 0 && grain == plan.claim;
    !plan.links.is_empty() || !plan.splits.is_empty() || plan.totals.iter().any(|total| !is_of_claim(total.grain))
}

/// What a pass does that adds nothing up.
fn look(step: Step, has_lines: bool) -> Option<(&'static str, &'static str)> {
    match step {
        Step::Inspect => Some((
            "looks for rows that are at fault, and for groups whose rows contradict each other",
            "查找有误的行，以及各行互相矛盾的组",
        )),
        Step::Spread => Some(("looks for claims with rows in such groups", "查找有行属于这些组的单据")),
        Step::Admit if has_lines => Some(("sees which claims are taken back", "确定哪些单据被冲销")),
        Step::Admit => Some((
            "runs phase 1 to see which claims are settled and taken back; nothing is added up yet",
            "运行第 1 步，确定哪些单据结算、哪些被冲销，尚不累加",
        )),
        Step::Give(_) => Some((
            "runs the last phase of the rows again: they have outputs that were not known before",
            "再次运行各行的最后一步：部分输出此前尚未得出",
        )),
        _ => None,
    }
}
