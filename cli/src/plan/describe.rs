//! The parts of a plan in words.

use fen_compiler::Lang;
use fen_schema::{
    Link, Period, PeriodUnit, Plan, Schema, Source, Split, StateFunction, StateTable, Text, Total, TotalFunction,
};

/// Words for a plan, in one language.
pub(super) struct Describe<'s> {
    pub(super) schema: &'s Schema,
    pub(super) plan: &'s Plan,
    pub(super) lang: Lang,
}

/// What stands where a plan refers to something it does not have. The runtime refuses such plans.
const NOTHING: &str = "?";

/// A name without the number that tells it from others in a schema.
fn named(name: &str) -> &str {
    let before = name.strip_suffix(')').and_then(|name| name.rsplit_once(" ("));
    before.filter(|(_, number)| number.bytes().all(|digit| digit.is_ascii_digit())).map_or(name, |(name, _)| name)
}

fn get<T>(list: &[T], place: u32) -> Option<&T> {
    list.get(usize::try_from(place).ok()?)
}

impl Describe<'_> {
    fn pick<'t>(&self, text: &'t Text) -> &'t str {
        if self.lang == Lang::En { &text.en } else { &text.zh }
    }

    /// An input's name.
    pub(super) fn input(&self, input: u32) -> String {
        get(&self.schema.inputs, input).map_or(NOTHING, |column| &column.name).to_owned()
    }

    /// An output of a phase.
    fn output(&self, phase: u32, output: u32) -> &str {
        let column = get(&self.plan.phases, phase).and_then(|phase| get(&phase.outputs, output));
        column.map_or(NOTHING, |column| named(&column.name))
    }

    /// What an output of a phase is called; nothing if it is only there to be added up, which is said elsewhere.
    pub(super) fn shown(&self, name: &str) -> Option<String> {
        match named(name).split_once(": ") {
            None => Some(named(name).to_owned()),
            Some((of, "divided")) if self.lang == Lang::En => Some(format!("amount of {of}")),
            Some((of, "divided")) => Some(format!("{of} 的总额")),
            Some(_) => None,
        }
    }

    /// `per hospital`, or `over everything`.
    pub(super) fn grain(&self, grain: u32) -> String {
        let Some(found) = get(&self.plan.grains, grain) else { return NOTHING.to_owned() };
        match self.lang {
            Lang::En if self.is_pool(grain) => "over everything".to_owned(),
            Lang::Zh if self.is_pool(grain) => "总体".to_owned(),
            Lang::En => format!("per {}", self.pick(&found.label)),
            Lang::Zh => format!("每 {}", self.pick(&found.label)),
        }
    }

    fn is_pool(&self, grain: u32) -> bool {
        grain != 0 && get(&self.plan.grains, grain).is_some_and(|grain| grain.keys.is_empty() && grain.period.is_none())
    }

    /// What rows of one group of a grain have in common.
    pub(super) fn keys(&self, grain: u32) -> String {
        let Some(found) = get(&self.plan.grains, grain) else { return NOTHING.to_owned() };
        if grain == 0 {
            return if self.lang == Lang::En { "each row of the file" } else { "文件的每一行" }.to_owned();
        }
        let mut keys: Vec<String> = found.keys.iter().map(|key| self.input(*key)).collect();
        keys.extend(found.period.as_ref().map(|period| self.period(period)));
        let keys = keys.join(", ");
        let is_claim = grain == self.plan.claim;
        match self.lang {
            Lang::En if self.is_pool(grain) => "all settled rows together".to_owned(),
            Lang::Zh if self.is_pool(grain) => "全部已结算的行".to_owned(),
            Lang::En if is_claim => format!("rows of the same {keys}; they are rejected together"),
            Lang::Zh if is_claim => format!("{keys} 相同的各行，拒收时一并拒收"),
            Lang::En => format!("rows of the same {keys}"),
            Lang::Zh => format!("{keys} 相同的各行"),
        }
    }

    fn period(&self, period: &Period) -> String {
        let dated_by = self.schema.dated_by.as_deref().unwrap_or(NOTHING);
        let Period { unit, month, day } = period;
        match (self.lang, unit, (month, day)) {
            (Lang::En, PeriodUnit::Month, _) => format!("month of {dated_by}"),
            (Lang::Zh, PeriodUnit::Month, _) => format!("“{dated_by}”所在月"),
            (Lang::En, PeriodUnit::Year, (1, 1)) => format!("year of {dated_by}"),
            (Lang::Zh, PeriodUnit::Year, (1, 1)) => format!("“{dated_by}”所在年"),
            (Lang::En, PeriodUnit::Year, _) => format!("year of {dated_by} from {month:02}-{day:02}"),
            (Lang::Zh, PeriodUnit::Year, _) => format!("“{dated_by}”所在年度（{month:02}-{day:02} 起）"),
        }
    }

    /// Where the cells of an input of a phase come from.
    pub(super) fn source(&self, source: Source) -> String {
        let link_name = |link: u32| get(&self.plan.links, link).map_or(NOTHING, |link| &link.name);
        match source {
            Source::Input { input } => self.input(input),
            Source::Value { phase, output } => {
                let name = self.output(phase, output);
                self.shown(name).unwrap_or_else(|| name.to_owned())
            }
            Source::Total { total } => get(&self.plan.totals, total).map_or_else(|| NOTHING.into(), |t| self.total(t)),
            Source::Part { split } => get(&self.plan.splits, split).map_or(NOTHING, |split| &split.name).to_owned(),
            Source::Linked { link } if self.lang == Lang::En => format!("whether there is a {}", link_name(link)),
            Source::Linked { link } => format!("有无 {}", link_name(link)),
            Source::Field { link, field } => {
                let field = get(&self.plan.links, link).and_then(|link| Some((link, get(&link.fields, field)?)));
                let field = field.map_or(NOTHING, |(link, field)| self.output(link.phase, *field));
                format!("{}.{field}", link_name(link))
            }
        }
    }

    /// `sum of points per hospital`
    pub(super) fn total(&self, total: &Total) -> String {
        // What is added up for a nameless total is called after it.
        if let Some((name, _)) = self.output(total.phase, total.output).split_once(": ") {
            return name.to_owned();
        }
        let (of, grain) = (self.output(total.phase, total.output), self.grain(total.grain));
        let (en, zh) = match total.function {
            TotalFunction::Sum => ("sum", "合计"),
            TotalFunction::Count => ("count", "计数"),
            TotalFunction::Max => ("greatest", "最大值"),
            TotalFunction::Min => ("least", "最小值"),
        };
        match self.lang {
            Lang::En => format!("{en} of {of} {grain}"),
            Lang::Zh => format!("{of} {zh}（{grain}）"),
        }
    }

    /// What is divided, among whom, by what.
    pub(super) fn split(&self, split: &Split) -> String {
        let amount = self.source(split.amount);
        let weight = self.output(split.phase, split.weight);
        let name = &split.name;
        let of = get(&self.plan.phases, split.phase).map_or(0, |phase| phase.grain);
        let of = self.grain(of);
        let within = if self.is_pool(split.pool) { None } else { Some(self.grain(split.pool)) };
        match self.lang {
            Lang::En => {
                let within = within.map(|pool| format!(", {pool} for itself")).unwrap_or_default();
                format!("{amount} by {weight} into {name} {of}{within}; the parts add up to it exactly")
            }
            Lang::Zh => {
                let within = within.map(|pool| format!("，{pool} 分别分配")).unwrap_or_default();
                format!("{amount} 按 {weight} 分配为 {name}（{of}）{within}；各份之和恰为总额")
            }
        }
    }

    /// Which claim a link leads to, and what is taken from there.
    pub(super) fn link(&self, link: &Link) -> String {
        let keys = get(&self.plan.grains, link.grain).map(|grain| {
            let keys = grain.keys.iter().map(|key| self.input(*key));
            keys.chain(grain.period.as_ref().map(|period| self.period(period))).collect::<Vec<_>>().join(", ")
        });
        let keys = keys.unwrap_or_else(|| NOTHING.to_owned());
        let fields: Vec<&str> = link.fields.iter().map(|field| self.output(link.phase, *field)).collect();
        let (name, fields) = (&link.name, fields.join(", "));
        let when = link.when.map(|when| self.output(link.phase, when));
        match self.lang {
            Lang::En => {
                let when = when.map(|when| format!(" for which {when} holds")).unwrap_or_default();
                let fields = if fields.is_empty() { fields } else { format!("; known of it: {fields}") };
                format!("{name}: the next claim of the same {keys}{when}{fields}")
            }
            Lang::Zh => {
                let when = when.map(|when| format!("且满足 {when} ")).unwrap_or_default();
                let fields = if fields.is_empty() { fields } else { format!("；取其 {fields}") };
                format!("{name}：{keys} 相同{when}的下一单据{fields}")
            }
        }
    }

    /// What is kept for each group from row to row, and how many bytes that takes.
    pub(super) fn table(&self, table: &StateTable) -> String {
        let cells = table.cells.iter().map(|cell| {
            let (en, zh) = match cell.function {
                StateFunction::Sum => ("sum", "合计"),
                StateFunction::Count => ("count", "计数"),
                StateFunction::Max => ("greatest", "最大值"),
                StateFunction::Min => ("least", "最小值"),
                StateFunction::Last => ("latest", "最近值"),
                StateFunction::Linked => ("whether there is one", "是否存在"),
            };
            match self.lang {
                Lang::En => format!("{} ({en})", cell.column.name),
                Lang::Zh => format!("{}（{zh}）", cell.column.name),
            }
        });
        let cells = cells.collect::<Vec<_>>().join(", ");
        let (bytes, grain) = (table.bytes, self.grain(table.grain));
        match self.lang {
            Lang::En => format!("{bytes} bytes {grain}: {cells}"),
            Lang::Zh => format!("{grain}，{bytes} 字节：{cells}"),
        }
    }
}
