//! Both policies settle the same claims side by side, batch by batch.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use csv::ByteRecord;
use fen_compiler::Lang;
use fen_explain::Explanation;
use fen_runtime::{Cause, Cell, Parameters, Policy, Stream, format_cell, parse_cell};
use fen_schema::{Column, ColumnType, RejectCode, Schema, Text};

use super::book::{Book, Kept};
use super::by::{self, By};
use super::outputs::{Grain, Translation, Values, grains};
use crate::args::DiffArgs;
use crate::error::{Error, Outcome};
use crate::explain::{self, Explained};
use crate::run::claims::{Batch, Claims};
use crate::run::columns::Outputs;
use crate::run::grains::GrainTable;
use crate::run::header::Twins;
use crate::run::input::Input;
use crate::run::parameters::{settings, whole};
use crate::run::progress::Progress;
use crate::run::sort;
use crate::run::stream::in_file;

/// What came of settling the claims by both policies.
pub(crate) struct Settled {
    pub(crate) rows: u64,
    /// Rows that neither policy settles.
    pub(crate) rejected_by_both: u64,
    /// The inputs of the new policy, then those of the old one.
    pub(crate) inputs: Vec<Column>,
    pub(crate) grains: Vec<Grain>,
    /// By grain, by output: what the old and the new policy give in all.
    pub(crate) totals: Vec<Vec<(i128, i128)>>,
    /// The grain and the place of the output that is compared claim by claim.
    pub(crate) main: (usize, Option<usize>),
    pub(crate) book: Book,
    pub(crate) by: Vec<By>,
    pub(crate) newly_rejected: Reasons,
    pub(crate) newly_settled: Reasons,
    /// How rows, or the groups that are compared, are told apart.
    pub(crate) is_by_row: bool,
    /// How the results of the rows, or groups, that change most come about by the old and by the new policy, by [`Kept::explained`].
    pub(crate) explained: BTreeMap<u64, [Explanation; 2]>,
}

/// By field and code: how many rows, the reason, and the numbers of the first ones.
pub(crate) type Reasons = BTreeMap<(String, RejectCode), (u64, Text, Vec<u64>)>;

/// How many rows are named for each reason.
const NAMED_ROWS: usize = 5;

/// One policy on its way through the file.
struct Side {
    stream: Stream,
    input: Input,
    claims: Claims,
    batch: Batch,
}

impl Side {
    fn schema(&self) -> Schema {
        self.stream.schema().clone()
    }

    /// All passes but the last one.
    fn prepare(&mut self) -> Outcome<()> {
        for _ in 1..self.stream.passes() {
            while self.claims.read(&mut self.batch)? {
                let columns = self.claims.columns(&self.batch)?;
                self.stream.settle(&columns).map_err(|error| in_file(error, &self.claims))?;
            }
            self.stream.end_pass()?;
            self.claims.rewind(&mut self.input)?;
        }
        Ok(())
    }

    /// The next batch of the last pass; nothing at the end of the file.
    fn next(&mut self) -> Outcome<Option<Outputs>> {
        if !self.claims.read(&mut self.batch)? {
            return Ok(None);
        }
        let columns = self.claims.columns(&self.batch)?;
        let settlement = self.stream.settle(&columns).map_err(|error| in_file(error, &self.claims))?;
        for rejected in settlement.rejects() {
            self.batch.reject(rejected, &self.claims);
        }
        Ok(Some(Outputs::new(settlement.outputs())))
    }

    fn finish(&mut self) -> Outcome<Vec<GrainTable>> {
        self.stream.end_pass()?;
        self.input.unchanged()?;
        let results = self.stream.results()?;
        Ok(results.iter().map(|result| GrainTable::new(result, self.stream.schema())).collect())
    }

    /// Explains some rows. The file is settled once more for that.
    fn explain(&mut self, policy: &Policy, parameters: &Parameters, rows: &[u64]) -> Outcome<Vec<Explanation>> {
        self.claims.rewind(&mut self.input)?;
        let texts = explain::texts(&mut self.claims, policy.schema(), rows)?;
        self.claims.rewind(&mut self.input)?;
        let stream = Stream::new(policy, parameters.clone())?;
        Explained { policy, parameters, all: false }.rows(stream, &mut self.input, &mut self.claims, texts)
    }
}

/// Settles a file by both policies.
pub(crate) fn settle(args: &DiffArgs, path: &Path, [old, new]: [&Policy; 2], names: &Translation) -> Outcome<Settled> {
    let [old_parameters, new_parameters] = parameters(args, [old, new])?;
    let streams = [Stream::new(old, old_parameters.clone())?, Stream::new(new, new_parameters.clone())?];
    let mut input = Input::open(path)?;
    input.keep()?;
    let mut twin = input.twin()?;
    let times = streams.iter().map(Stream::passes).sum::<usize>() + 2 * usize::from(args.sort);
    let progress = Progress::new(input.size().map(|size| size.saturating_mul(times as u64)));
    let [old_twins, new_twins] = twins([old.schema(), new.schema()], names);
    let mut old_claims = Claims::open_beside(&mut input, old.schema(), Some(&old_twins), progress.clone())?;
    let mut new_claims = Claims::open_beside(&mut twin, new.schema(), Some(&new_twins), progress.clone())?;
    if args.sort {
        sorted((&mut input, &mut old_claims, old.schema()), (&mut twin, &mut new_claims, new.schema()), names)?;
    }
    let [old_stream, new_stream] = streams;
    let policies = [old, new];
    let mut old = Side { stream: old_stream, input, claims: old_claims, batch: Batch::default() };
    let mut new = Side { stream: new_stream, input: twin, claims: new_claims, batch: Batch::default() };
    old.prepare()?;
    new.prepare()?;
    let mut pairing = Pairing::new(args, &old.schema(), &new.schema(), names)?;
    loop {
        match (old.next()?, new.next()?) {
            (Some(old_outputs), Some(new_outputs)) => pairing.batch((&old, &old_outputs), (&new, &new_outputs)),
            (None, None) => break,
            _ => return Err(crate::run::input::changed(path)),
        }
    }
    let tables = [old.finish()?, new.finish()?];
    progress.finish();
    pairing.tables(&tables);
    let mut settled = pairing.settled;
    let rows: Vec<u64> = settled.book.top.kept().iter().filter_map(|kept| kept.explained).collect();
    if !rows.is_empty() {
        let [one, other] = policies;
        let olds = old.explain(one, &old_parameters, &rows)?;
        let news = new.explain(other, &new_parameters, &rows)?;
        for (mut old, mut new) in olds.into_iter().zip(news) {
            if !settled.is_by_row {
                // The row stands for a group.
                [&mut old, &mut new].into_iter().for_each(|one| one.outputs.retain(|output| output.per.is_some()));
            }
            settled.explained.insert(old.row, [old, new]);
        }
    }
    Ok(settled)
}

/// The parameters of both policies: what is set for both goes to whichever has it.
fn parameters(args: &DiffArgs, policies: [&Policy; 2]) -> Outcome<[Parameters; 2]> {
    let mut all = policies.map(Policy::parameters);
    for (name, text) in settings(&args.set, args.params.as_deref())? {
        let [old, new] = &mut all;
        let done = [old.set(&name, &text), new.set(&name, &text)];
        match done {
            [Ok(()), Ok(())]
            | [Ok(()), Err(fen_runtime::ParameterError::Unknown { .. })]
            | [Err(fen_runtime::ParameterError::Unknown { .. }), Ok(())] => {}
            [Err(fen_runtime::ParameterError::Unknown { .. }), Err(error)] | [Err(error), _] | [Ok(()), Err(error)] => {
                return Err(error.into());
            }
        }
    }
    let [mut old, mut new] = all;
    for (own, parameters) in [(&args.set_old, &mut old), (&args.set_new, &mut new)] {
        for (name, text) in settings(own, None)? {
            parameters.set(&name, &text)?;
        }
    }
    Ok([whole(old)?, whole(new)?])
}

/// By policy, what the other one calls its inputs.
fn twins([old, new]: [&Schema; 2], names: &Translation) -> [Twins; 2] {
    let mut twins = [Twins::default(), Twins::default()];
    let [old_twins, new_twins] = &mut twins;
    for column in &old.inputs {
        if let Some(other) = new.inputs.iter().find(|other| other.name == names.of(&column.name)) {
            old_twins.0.insert(column.name.clone(), other.clone());
            new_twins.0.insert(other.name.clone(), column.clone());
        }
    }
    twins
}

type Place<'a> = (&'a mut Input, &'a mut Claims, &'a Schema);

/// The rows of both in one order: that of the date by which one of the policies, or both, order them.
fn sorted(old: Place<'_>, new: Place<'_>, names: &Translation) -> Outcome<()> {
    let date = |schema: &Schema| {
        let at = schema.plan.as_ref()?.ordered_by?;
        schema.inputs.get(usize::try_from(at).ok()?).map(|column| column.name.clone())
    };
    let dates = (date(old.2).map(|name| names.of(&name).to_owned()), date(new.2));
    let (first, second) = match dates {
        (Some(one), Some(other)) if one != other => {
            return Err(Error::new(
                "fen::diff::two_orders",
                format!(
                    "the policies order rows by different dates, {one} and {other}: they cannot settle one file side by side"
                ),
                format!("两份政策分别按{one}和{other}排序，无法对同一文件并行结算"),
            ));
        }
        (Some(_), _) => (old, new),
        (None, _) => (new, old),
    };
    let (input, claims, schema) = first;
    sort::sort(input, claims, schema)?;
    let (other_input, other_claims, _) = second;
    *other_input = input.twin()?;
    other_claims.rewind(other_input)?;
    if let Some(order) = claims.order() {
        other_claims.renumber(order);
    }
    Ok(())
}

/// Rows and groups of both policies, put side by side.
struct Pairing<'n> {
    settled: Settled,
    names: &'n Translation,
    /// What groups belong to, if they are compared: by the text of their keys, their first row and, by input, where they
    /// belong.
    members: HashMap<String, (u64, Vec<Option<by::Place>>)>,
    /// The inputs of the new policy that tell groups apart.
    keys: Vec<(usize, Column)>,
}

impl<'n> Pairing<'n> {
    fn new(args: &DiffArgs, old: &Schema, new: &Schema, names: &'n Translation) -> Outcome<Self> {
        let grains = grains(old, new, names);
        let main = main_output(args.output_of.as_deref(), &grains, names)?;
        let by = by::inputs(&args.by, old, new, names)?;
        let totals = grains.iter().map(|grain| vec![(0, 0); grain.outputs.len()]).collect();
        let book = Book::new(main.1, by.len(), usize::from(args.top));
        let keys = grains.get(main.0).filter(|_| main.0 > 0).map(|grain| keys_of(&grain.name, new)).unwrap_or_default();
        let settled = Settled {
            rows: 0,
            rejected_by_both: 0,
            inputs: new.inputs.iter().chain(&old.inputs).cloned().collect(),
            grains,
            totals,
            main,
            book,
            by,
            newly_rejected: BTreeMap::new(),
            newly_settled: BTreeMap::new(),
            is_by_row: main.0 == 0,
            explained: BTreeMap::new(),
        };
        Ok(Self { settled, names, members: HashMap::new(), keys })
    }

    fn batch(&mut self, old: (&Side, &Outputs), new: (&Side, &Outputs)) {
        self.settled.rows += old.0.batch.read.max(new.0.batch.read);
        let places =
            |side: &Side| -> HashMap<u64, usize> { side.batch.settled().map(|(number, at, _)| (number, at)).collect() };
        let (olds, news) = (places(old.0), places(new.0));
        let mut only_old: HashSet<u64> = HashSet::new();
        // Records of the two lie at different places if one policy rejects more.
        let new_records: HashMap<u64, &ByteRecord> =
            new.0.batch.settled().map(|(number, _, record)| (number, record)).collect();
        for (number, at, record) in old.0.batch.settled() {
            let other = news.get(&number).copied();
            let other_record = new_records.get(&number).copied();
            if other.is_none() {
                only_old.insert(number);
            }
            self.row(number, (old.0, old.1, Some((at, record))), (new.0, new.1, other.zip(other_record)));
        }
        for (number, at, record) in new.0.batch.settled().filter(|(number, ..)| !olds.contains_key(number)) {
            self.row(number, (old.0, old.1, None), (new.0, new.1, Some((at, record))));
        }
        let is_only_new = |number: &u64| news.contains_key(number) && !olds.contains_key(number);
        note(&mut self.settled.newly_rejected, new.0, |number| only_old.contains(number));
        note(&mut self.settled.newly_settled, old.0, is_only_new);
        let both = old.0.batch.rejected.iter().filter(|row| !news.contains_key(&row.row));
        self.settled.rejected_by_both += both.count() as u64;
    }

    fn row(
        &mut self,
        number: u64,
        old: (&Side, &Outputs, Option<(usize, &ByteRecord)>),
        new: (&Side, &Outputs, Option<(usize, &ByteRecord)>),
    ) {
        let Settled { grains, totals, book, by, is_by_row, .. } = &mut self.settled;
        let Some(grain) = grains.first() else { return };
        let values = |(_, outputs, place): (&Side, &Outputs, Option<(usize, &ByteRecord)>), is_old: bool| {
            let (at, _) = place?;
            let cells: Vec<Cell<'_>> = outputs.row(at).collect();
            Some(grain.values(&cells, is_old, self.names))
        };
        let (one, other) = (values(old, true), values(new, false));
        if let Some(totals) = totals.first_mut() {
            add(totals, one.as_ref(), other.as_ref());
        }
        let records =
            ((&old.0.claims, old.2.map(|(_, record)| record)), (&new.0.claims, new.2.map(|(_, record)| record)));
        let groups: Vec<Option<by::Place>> = by.iter().map(|by| Some(by.group(records.0, records.1))).collect();
        if *is_by_row {
            let inputs = || inputs(records.0, records.1);
            book.add(one, other, &groups, |old, new| Kept {
                name: number.to_string(),
                row: Some(number),
                explained: Some(number),
                inputs: inputs(),
                old,
                new,
                difference: 0,
            });
            return;
        }
        let key = self.keys.iter().map(|(at, column)| {
            let (claims, record) = records.1;
            claims.text(record.or(records.0.1)?, *at).map(|text| canonical(text, column))
        });
        let Some(key) = key.collect::<Option<Vec<String>>>() else { return };
        let (_, members) = self.members.entry(key.join("\u{1f}")).or_insert_with(|| (number, groups.clone()));
        for (known, group) in members.iter_mut().zip(groups) {
            if *known != group {
                *known = Some(by::Place::Several);
            }
        }
    }

    /// Groups of coarser grains, whose results are there at the end.
    fn tables(&mut self, [old, new]: &[Vec<GrainTable>; 2]) {
        for (place, grain) in self.settled.grains.iter().enumerate().skip(1) {
            let one = old.iter().find(|table| table.name() == grain.old_name);
            let other = new.iter().find(|table| table.name() == grain.name);
            let rows = |table: Option<&GrainTable>, is_old: bool| -> Vec<(String, Values)> {
                let Some(table) = table else { return Vec::new() };
                let rows = table.rows().map(|row| {
                    let cells: Vec<Cell<'_>> = table.output_cells(row).collect();
                    (table.key_text(row), grain.values(&cells, is_old, self.names))
                });
                rows.collect()
            };
            let mut olds: HashMap<String, Values> = rows(one, true).into_iter().collect();
            let mut pairs: Vec<(String, Option<Values>, Option<Values>)> = rows(other, false)
                .into_iter()
                .map(|(key, new)| {
                    let old = olds.remove(&key);
                    (key, old, Some(new))
                })
                .collect();
            let mut gone: Vec<(String, Values)> = olds.into_iter().collect();
            gone.sort();
            pairs.extend(gone.into_iter().map(|(key, old)| (key, Some(old), None)));
            for (key, one, other) in pairs {
                if let Some(totals) = self.settled.totals.get_mut(place) {
                    add(totals, one.as_ref(), other.as_ref());
                }
                if place != self.settled.main.0 {
                    continue;
                }
                let nothing = vec![None; self.settled.by.len()];
                let member = self.members.get(&key);
                let (explained, groups) = (member.map(|(row, _)| *row), member.map_or(&nothing, |(_, groups)| groups));
                let name = key.replace('\u{1f}', ", ");
                self.settled.book.add(one, other, groups, |old, new| Kept {
                    name,
                    row: None,
                    explained,
                    inputs: Vec::new(),
                    old,
                    new,
                    difference: 0,
                });
            }
        }
    }
}

/// The inputs of the new policy that the keys of a grain are.
fn keys_of(name: &str, new: &Schema) -> Vec<(usize, Column)> {
    let grain = new.plan.as_ref().and_then(|plan| plan.grains.iter().find(|grain| grain.name == name));
    // A period stands in no column.
    let Some(grain) = grain.filter(|grain| grain.period.is_none()) else { return Vec::new() };
    let keys = grain.keys.iter().filter_map(|key| usize::try_from(*key).ok());
    keys.filter_map(|key| Some((key, new.inputs.get(key)?.clone()))).collect()
}

/// What the texts of a row are, under the names of the new policy, then those that only the old one reads.
fn inputs(old: (&Claims, Option<&ByteRecord>), new: (&Claims, Option<&ByteRecord>)) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for (claims, record) in [new, old] {
        let Some(record) = record.or(old.1) else { continue };
        for (name, text) in claims.named(record) {
            if !found.iter().any(|(known, _)| known == name) {
                found.push((name.to_owned(), text.to_owned()));
            }
        }
    }
    found
}

fn add(totals: &mut [(i128, i128)], old: Option<&Values>, new: Option<&Values>) {
    for (at, (one, other)) in totals.iter_mut().enumerate() {
        let amount = |values: Option<&Values>| values.and_then(|values| *values.get(at)?).unwrap_or(0);
        *one += amount(old);
        *other += amount(new);
    }
}

/// Takes note of why a policy rejects rows that the other one settles.
fn note(reasons: &mut Reasons, side: &Side, is_meant: impl Fn(&u64) -> bool) {
    for rejected in side.batch.rejected.iter().filter(|rejected| is_meant(&rejected.row)) {
        let Cause { column, code, reason } = &*rejected.cause;
        let (count, _, rows) =
            reasons.entry((column.clone(), *code)).or_insert_with(|| (0, reason.clone(), Vec::new()));
        *count += 1;
        if rows.len() < NAMED_ROWS {
            rows.push(rejected.row);
        }
    }
}

/// The output that is compared claim by claim: the one asked for, else the first amount of money, else the first amount.
fn main_output(asked: Option<&str>, grains: &[Grain], names: &Translation) -> Outcome<(usize, Option<usize>)> {
    let all = || {
        grains
            .iter()
            .enumerate()
            .flat_map(|(place, grain)| grain.outputs.iter().enumerate().map(move |(at, output)| (place, at, output)))
    };
    let Some(asked) = asked else {
        let both = || all().filter(|(_, _, output)| output.is_in(true) && output.is_in(false));
        let money = both().find(|(_, _, output)| output.column.ty == ColumnType::Money);
        let found = money.or_else(|| both().find(|(_, _, output)| output.is_amount()));
        return Ok(found.map_or((0, None), |(place, at, _)| (place, Some(at))));
    };
    let is_it =
        |name: &str, label: &Text| name == asked || name == names.of(asked) || label.en == asked || label.zh == asked;
    match all().find(|(_, _, output)| is_it(&output.column.name, &output.column.label)) {
        Some((place, at, output)) if output.is_amount() => Ok((place, Some(at))),
        Some(_) => Err(Error::new(
            "fen::diff::output",
            format!("`{asked}` is no amount that can be compared; choose another output"),
            format!("“{asked}”不是可以比较的数额；请另选一项输出"),
        )),
        None => {
            let known: Vec<&str> = all().map(|(_, _, output)| output.column.name.as_str()).collect();
            Err(Error::new(
                "fen::diff::output",
                format!("neither policy has an output `{asked}`; outputs are {}", known.join(", ")),
                format!("两份政策都没有输出“{asked}”；输出有：{}", known.join("、")),
            ))
        }
    }
}

impl Settled {
    /// The output that is compared.
    pub(crate) fn main_output(&self) -> Option<&super::outputs::Output> {
        self.grains.get(self.main.0)?.outputs.get(self.main.1?)
    }

    /// Whether the two policies give the same results for all claims.
    pub(crate) fn is_same(&self) -> bool {
        let all = &self.book.all;
        let sums_differ = self.totals.iter().flatten().any(|(old, new)| old != new);
        let gone = !self.newly_rejected.is_empty() || !self.newly_settled.is_empty();
        !(sums_differ || gone || all.changed > 0 || all.newly_rejected > 0 || all.newly_settled > 0)
    }

    /// What is counted in tables.
    pub(crate) fn count_name(&self, lang: Lang) -> String {
        match self.is_by_row {
            true => if lang == Lang::Zh { "例数" } else { "claims" }.to_owned(),
            false => self.unit_name(lang),
        }
    }

    /// What a row, or a group that is compared, is called.
    pub(crate) fn unit_name(&self, lang: Lang) -> String {
        let label = self.grains.get(self.main.0).and_then(|grain| grain.label.clone());
        match (label, lang) {
            (Some(label), Lang::En) => label.en,
            (Some(label), Lang::Zh) => label.zh,
            (None, Lang::En) => "row".to_owned(),
            (None, Lang::Zh) => "行".to_owned(),
        }
    }
}

/// A row's cell as it would be written again: so that `是` and `true` are one value.
fn canonical(text: &str, column: &Column) -> String {
    match parse_cell(text, column) {
        Ok(cell @ Cell::Number(_)) => {
            let mut text = String::new();
            format_cell(cell, column, &mut text);
            text
        }
        _ => text.trim().to_owned(),
    }
}
