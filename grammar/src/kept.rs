//! Words of the language that are names where they stand: keys behind `per` that are called like a unit, and ladders that are
//! called like an aggregate.

use pest::iterators::Pair;

use crate::parse::Rule;
use crate::words::language_of;

/// The words behind `per` in an item that are units, unless a key has their name: `money per person`. Those of its type, and
/// those of its last amount, each in order.
pub(crate) fn possible_keys<'a>(item: &Pair<'a, Rule>) -> Vec<Vec<Pair<'a, Rule>>> {
    let parts: Vec<Pair<'a, Rule>> = item.clone().into_inner().collect();
    let last = |rule: Rule| parts.iter().rev().find(|part| part.as_rule() == rule);
    match item.as_rule() {
        Rule::input_item => {
            let ty = last(Rule::type_ref);
            let of_type = ty.map(|ty| ty.clone().into_inner().filter_map(word).collect()).unwrap_or_default();
            vec![of_type, last(Rule::range).or(ty).map(of_amount).unwrap_or_default()]
        }
        Rule::output_item => vec![last(Rule::output_name).map(of_amount).unwrap_or_default()],
        _ => Vec::new(),
    }
}

/// The period for which an input is given though it stands where a unit could: `money from 0 yuan to 9 yuan per year`. That
/// is so if neither the type nor the lower bound is per period.
pub(crate) fn lone_period<'a>(ty: &Pair<'a, Rule>, range: Option<&Pair<'a, Rule>>) -> Option<Pair<'a, Rule>> {
    let is_period = |word: &Pair<'_, Rule>| matches!(word.as_str().trim_end(), "year" | "年" | "month" | "月");
    let range = range?;
    let of_type: Vec<Pair<'_, Rule>> = ty.clone().into_inner().filter_map(word).collect();
    let bounds: Vec<Pair<'_, Rule>> =
        range.clone().into_inner().filter(|part| part.as_rule() == Rule::literal).collect();
    let of_low = bounds.first().filter(|_| bounds.len() > 1).map(of_amount).unwrap_or_default();
    let of_last = of_amount(bounds.last()?);
    let of_other = of_type.iter().chain(&of_low).any(is_period);
    let last = of_last.last().filter(|word| is_period(word) && !of_other)?;
    let per = range.clone().into_inner().flatten().filter(|part| part.as_rule() == Rule::kw_per).last()?;
    let is_foreign = language_of(last.as_rule(), last.as_str()) != language_of(Rule::kw_per, per.as_str());
    (!is_foreign).then(|| last.clone())
}

/// The words behind each `per` of the last amount in a pair.
fn of_amount<'a>(pair: &Pair<'a, Rule>) -> Vec<Pair<'a, Rule>> {
    let (mut words, mut is_amount) = (Vec::new(), false);
    for part in pair.clone().into_inner().flatten() {
        match part.as_rule() {
            Rule::number => {
                words.clear();
                is_amount = true;
            }
            Rule::per if is_amount => words.extend(word(part)),
            _ => {}
        }
    }
    words
}

/// What stands behind `per`.
fn word(pair: Pair<'_, Rule>) -> Option<Pair<'_, Rule>> {
    if pair.as_rule() == Rule::per { pair.into_inner().next_back() } else { None }
}

/// Whether what looks like an aggregate is a ladder applied to something: `sum(x)` without a group.
pub(crate) fn is_application(aggregate: &Pair<'_, Rule>) -> bool {
    let mut parts = aggregate.clone().into_inner();
    let is_tally = parts.next().is_some_and(|word| word.as_rule() == Rule::tally);
    is_tally && !parts.any(|part| part.as_rule() == Rule::group)
}

/// What stands behind `每` or `per` and is a period in the other language only: `每 year` is a key that is called `year`.
pub(crate) fn foreign_periods<'a>(item: &Pair<'a, Rule>) -> Vec<Pair<'a, Rule>> {
    let grains = item.clone().into_inner().flatten().filter(|pair| matches!(pair.as_rule(), Rule::grain | Rule::group));
    grains.filter_map(|grain| foreign_period(&grain)).collect()
}

/// The word of a grain's period, if it is one of the other language than the word before it.
pub(crate) fn foreign_period<'a>(grain: &Pair<'a, Rule>) -> Option<Pair<'a, Rule>> {
    let language = |pair: &Pair<'_, Rule>| language_of(pair.as_rule(), pair.as_str());
    let each = grain.clone().into_inner().find(|part| part.as_rule() == Rule::kw_each)?;
    let period = grain.clone().into_inner().find(|part| part.as_rule() == Rule::period)?.into_inner().next()?;
    let is_one_word = !period.as_str().contains(char::is_whitespace);
    (is_one_word && language(&period) != language(&each)).then_some(period)
}

/// Where in an item words stand that may be names.
pub(crate) fn places(item: &Pair<'_, Rule>) -> Vec<usize> {
    let start = |pair: Pair<'_, Rule>| pair.as_span().start();
    let applied = item.clone().into_inner().flatten();
    let applied = applied.filter(|pair| pair.as_rule() == Rule::aggregate && is_application(pair));
    possible_keys(item).into_iter().flatten().chain(applied).chain(foreign_periods(item)).map(start).collect()
}
