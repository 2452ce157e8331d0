//! An item's pairs to tokens: how each is spelled, and how it stands to the one before it.

use pest::iterators::Pair;

use super::names::{Names, Turned, is_claim};
use super::units::{self, Before};
use crate::diagnostic::Lang;
use crate::kept;
use crate::parse::Rule;
use crate::words::{WORDS, is_word, language_of};

/// A token as it is to be written.
#[derive(Clone, Debug)]
pub(super) struct Token {
    /// Its spelling.
    pub(super) text: String,
    /// Where it stands in the item.
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether a space separates it from the token before it.
    pub(super) is_apart: bool,
    /// Whether it stays on the line of the token before it.
    pub(super) stays: bool,
    /// Which column it begins.
    pub(super) column: Option<Column>,
    /// Which part of the item it begins, on a line of its own.
    pub(super) part: Option<Part>,
}

/// A column, and the least space before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    /// One that lines of a kind have in common.
    At(u32, usize),
    /// A part of a cell of a table of values, by its place in the cell.
    Cell(u32),
}

/// A part of an item that begins a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// A case.
    Case,
    /// An exception.
    Exception,
    /// A row of a named ladder.
    Step,
    /// Values from a date.
    Cells,
    /// What is given or expected in an example.
    Example,
    /// Something about the whole item.
    Tail,
}

/// The columns of lines, from left to right.
pub(super) mod columns {
    pub(in crate::format) const EQUALS: u32 = 1;
    pub(in crate::format) const TYPE: u32 = 2;
    pub(in crate::format) const TEXT: u32 = 3;
    pub(in crate::format) const CONDITION: u32 = 4;
    pub(in crate::format) const COLON: u32 = 5;
    pub(in crate::format) const ARROW: u32 = 6;
    pub(in crate::format) const CELLS: u32 = 100;
    pub(in crate::format) const SHARES: u32 = 1 << 20;
    pub(in crate::format) const OVERRIDES: u32 = (1 << 30) + 1;
    pub(in crate::format) const ROUNDING: u32 = (1 << 30) + 2;
    pub(in crate::format) const GRAIN: u32 = (1 << 30) + 3;
    pub(in crate::format) const FROM: u32 = (1 << 30) + 4;
    pub(in crate::format) const LABELS: u32 = (1 << 30) + 5;
    pub(in crate::format) const CITE: u32 = (1 << 30) + 6;
}

/// What a formatted item must have in common with its source: the pairs, and what stands in them, but for spelling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    Begin(Rule),
    End,
    /// A word of the language.
    Word(Rule),
    /// A unit that is special or is not.
    Unit(Rule, bool),
    /// The word for claims.
    Claims,
    /// A name that the language gives.
    Given(String),
    /// A name, number, date or text.
    Own(Rule, String),
}

/// Tokens and marks of an item.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    pub(super) tokens: Vec<Token>,
    pub(super) marks: Vec<Mark>,
}

/// Reads the tokens of an item, spelled in `lang`, or else in its own language.
pub(super) fn tokens(item: Pair<'_, Rule>, names: &Names, lang: Option<Lang>) -> Tokens {
    let places = kept::places(&item);
    let written = item.clone().into_inner().flatten();
    let own = written
        .filter(|pair| !places.contains(&pair.as_span().start()))
        .find_map(|pair| language_of(pair.as_rule(), pair.as_str()));
    let mut walk = Walk {
        lang: lang.or(own).unwrap_or_default(),
        item: Some(item.as_rule()),
        kept: kept_words(&item, names, own),
        claims: if names.claims_are_words { claims(&item) } else { Vec::new() },
        given: given_names(&item, names, lang),
        ..Walk::default()
    };
    walk.prepare(&item);
    walk.children(item);
    walk.done
}

/// The words behind `per` that stand for groups.
fn kept_words(item: &Pair<'_, Rule>, names: &Names, own_lang: Option<Lang>) -> Vec<usize> {
    let inner = || item.clone().into_inner();
    let own = inner().find(|part| part.as_rule() == Rule::name).map(|name| name.as_str().to_owned());
    let own = own.filter(|_| item.as_rule() == Rule::input_item).unwrap_or_default();
    // An amount for each unit is an amount.
    let is_amount = |ty: Pair<'_, Rule>| {
        let word = ty.into_inner().next().filter(|word| word.as_rule() == Rule::type_word);
        let word = word.and_then(|word| word.into_inner().next()).map(|word| word.as_rule());
        word.is_some_and(|rule| !matches!(rule, Rule::kw_date | Rule::kw_bool | Rule::kw_code | Rule::kw_id))
    };
    let counts = inner().find(|part| part.as_rule() == Rule::type_ref).is_none_or(is_amount);
    let mut kept = Vec::new();
    for words in kept::possible_keys(item) {
        let is_group = |word: &Pair<'_, Rule>| {
            let is_foreign = own_lang.is_some() && language_of(word.as_rule(), word.as_str()) != own_lang;
            !counts || is_foreign || names.is_group(word.as_str(), &own)
        };
        let first = words.iter().position(is_group).unwrap_or(words.len());
        kept.extend(words.iter().skip(first).map(|word| word.as_span().start()));
    }
    if let Some(ty) = inner().find(|part| part.as_rule() == Rule::type_ref && item.as_rule() == Rule::input_item) {
        let range = inner().find(|part| part.as_rule() == Rule::range);
        kept.extend(kept::lone_period(&ty, range.as_ref()).map(|word| word.as_span().start()));
    }
    kept.extend(kept::foreign_periods(item).iter().map(|word| word.as_span().start()));
    kept
}

/// Where the word for claims stands, and whether there are many: what is counted, what a group is and what a link leads to.
fn claims(item: &Pair<'_, Rule>) -> Vec<(usize, bool)> {
    let place = |pair: &Pair<'_, Rule>| is_claim(pair.as_str().trim_end()).then(|| pair.as_span().start());
    let mut found = Vec::new();
    for pair in std::iter::once(item.clone()).chain(item.clone().into_inner().flatten()) {
        let parts: Vec<Pair<'_, Rule>> = pair.clone().into_inner().collect();
        match pair.as_rule() {
            Rule::grain_key => found.extend(place(&pair).map(|at| (at, false))),
            Rule::link_item => {
                let behind =
                    parts.iter().skip_while(|part| !matches!(part.as_rule(), Rule::kw_next | Rule::kw_previous));
                found.extend(behind.skip(1).take(1).filter_map(place).map(|at| (at, false)));
            }
            Rule::running_item | Rule::aggregate => {
                let counts = parts.iter().any(|part| {
                    let word = part.clone().into_inner().next().map(|word| word.as_rule());
                    let is_count =
                        matches!(part.as_rule(), Rule::tally | Rule::gathering) && word == Some(Rule::kw_tally);
                    is_count || part.as_rule() == Rule::kw_total
                });
                if counts && !kept::is_application(&pair) {
                    let of = parts.iter().find_map(|part| match part.as_rule() {
                        Rule::gathered => part.clone().into_inner().find(|inner| inner.as_rule() == Rule::expr),
                        Rule::of_what | Rule::expr => Some(part.clone()),
                        _ => None,
                    });
                    found.extend(of.as_ref().and_then(place).map(|at| (at, true)));
                }
            }
            _ => {}
        }
    }
    found
}

/// Names that the language gives, and where they stand: columns of indicators with their verdicts in examples, and the column of
/// reversals.
fn given_names(item: &Pair<'_, Rule>, names: &Names, lang: Option<Lang>) -> Vec<(usize, Turned)> {
    let mut found = Vec::new();
    for pair in item.clone().into_inner().flatten() {
        let mut parts = pair.clone().into_inner();
        match pair.as_rule() {
            Rule::setting => {
                let Some(name) = parts.next() else { continue };
                let value = parts.next().filter(|part| part.as_rule() == Rule::literal);
                let value = value.and_then(|value| value.into_inner().next());
                let value = value.filter(|value| value.as_rule() == Rule::dotted_name);
                if let Some((column, verdict)) = names.column(name.as_str(), value.as_ref().map(Pair::as_str), lang) {
                    found.push((name.as_span().start(), column));
                    found.extend(value.zip(verdict).map(|(value, verdict)| (value.as_span().start(), verdict)));
                } else if let Some(turned) = names.reversal(name.as_str(), lang) {
                    found.push((name.as_span().start(), turned));
                }
            }
            Rule::reference => {
                let name = parts.next().filter(|_| parts.next().is_none());
                let turned = name.and_then(|name| Some((name.as_span().start(), names.reversal(name.as_str(), lang)?)));
                found.extend(turned);
            }
            _ => {}
        }
    }
    found
}

/// The way through an item.
#[derive(Default)]
struct Walk {
    lang: Lang,
    item: Option<Rule>,
    /// Where words stand that are names.
    kept: Vec<usize>,
    /// Where the word for claims stands, and whether there are many.
    claims: Vec<(usize, bool)>,
    /// Names that the language gives, and where they stand.
    given: Vec<(usize, Turned)>,
    done: Tokens,
    /// The next token stands directly behind the last one,
    joined: bool,
    /// and on its line.
    bound: bool,
    /// What the next token begins.
    column: Option<Column>,
    part: Option<Part>,
    /// Whether an opening bracket stands directly behind the name before it.
    is_call: bool,
    /// The number whose unit may come.
    number: String,
    /// Within the step of a rounding or of a type.
    is_step: bool,
    /// Whether the `per` that comes next is about a group, not a unit.
    is_group: bool,
    /// Whether what an input or an output is given for has begun.
    has_grain: bool,
    /// Whether the item's columns are those of its kind: an output of one name, exceptions that all have one.
    is_plain: bool,
    /// A definition of several lines.
    is_long: bool,
    /// How many annotations of an indicator have been read.
    annotations: u32,
    /// The place in a cell, or among shares.
    place: u32,
}

impl Walk {
    /// What the whole item decides for its parts.
    fn prepare(&mut self, item: &Pair<'_, Rule>) {
        let count = |rule: Rule| item.clone().into_inner().filter(|part| part.as_rule() == rule).count();
        let exceptions: Vec<_> = item.clone().into_inner().filter(|part| part.as_rule() == Rule::exception).collect();
        let is_named = |exception: &Pair<'_, Rule>| {
            exception.clone().into_inner().nth(1).is_some_and(|part| part.as_rule() == Rule::name)
        };
        self.is_plain = match item.as_rule() {
            Rule::output_item => count(Rule::output_name) == 1,
            Rule::definition_item => exceptions.iter().all(is_named),
            Rule::param_item => count(Rule::keys) == 0,
            _ => true,
        };
        self.is_long = count(Rule::cases) + exceptions.len() > 0;
    }

    fn children(&mut self, pair: Pair<'_, Rule>) {
        let rule = pair.as_rule();
        self.done.marks.push(Mark::Begin(rule));
        for (at, child) in pair.into_inner().enumerate() {
            self.child(child, rule, at);
        }
        self.done.marks.push(Mark::End);
    }

    fn child(&mut self, pair: Pair<'_, Rule>, parent: Rule, at: usize) {
        let rule = pair.as_rule();
        self.place_of(&pair, parent, at);
        let was_step = self.is_step;
        if at > 0 && matches!(parent, Rule::bounds | Rule::cell_head | Rule::cell_part) {
            (self.joined, self.bound) = (true, true);
        }
        match rule {
            Rule::EOI | Rule::end_of_unit => {}
            Rule::name | Rule::dotted_name | Rule::string | Rule::number | Rule::date | Rule::day_of_year => {
                self.own(&pair);
            }
            _ if is_word(rule) || units::is_unit(rule) || pair.clone().into_inner().next().is_none() => {
                self.word(&pair, parent, at);
            }
            Rule::rounding | Rule::type_step => {
                self.is_step = true;
                self.children(pair);
            }
            Rule::quantity if matches!(parent, Rule::round_call | Rule::rounding_item) => {
                self.is_step = true;
                self.children(pair);
            }
            Rule::applied | Rule::round_call => {
                self.is_call = true;
                self.children(pair);
            }
            Rule::call => {
                self.is_call = !pair.clone().into_inner().any(|part| part.as_rule() == Rule::chosen);
                self.children(pair);
            }
            Rule::aggregate => {
                self.is_call = kept::is_application(&pair);
                if self.is_call {
                    self.kept.push(pair.as_span().start());
                }
                self.children(pair);
            }
            Rule::per => {
                let word = pair.clone().into_inner().next_back();
                self.is_group = word.is_some_and(|word| self.kept.contains(&word.as_span().start()));
                if self.is_group {
                    self.begin_grain();
                }
                self.children(pair);
            }
            _ => self.children(pair),
        }
        self.is_step = was_step;
    }

    /// Decides where a pair begins a line or a column.
    fn place_of(&mut self, pair: &Pair<'_, Rule>, parent: Rule, at: usize) {
        use columns as c;
        let Some(item) = self.item else { return };
        let is_item = parent == item;
        let column = match (pair.as_rule(), item) {
            (Rule::case | Rule::otherwise, _) => return self.part = Some(Part::Case),
            (Rule::exception, _) => return self.part = Some(Part::Exception),
            (Rule::step, _) => return self.part = Some(Part::Step),
            (Rule::version, _) => return self.part = Some(Part::Tail),
            (Rule::dated_cells, _) => return self.part = Some(Part::Cells),
            (Rule::given | Rule::expected, _) => return self.part = Some(Part::Example),
            (Rule::rounding | Rule::share_of | Rule::cite, Rule::definition_item) if is_item && self.is_long => {
                return self.part = Some(Part::Tail);
            }
            (Rule::cite, Rule::schedule_item | Rule::example_item) if is_item => return self.part = Some(Part::Tail),
            (Rule::cite | Rule::severity | Rule::labels, Rule::check_item) => {
                self.annotations += 1;
                Column::At(c::OVERRIDES + self.annotations, 3)
            }
            (Rule::cite, _) => Column::At(c::CITE, 3),
            (Rule::labels, Rule::output_item) if self.is_plain => Column::At(c::LABELS, 1),
            (Rule::labels, Rule::input_item | Rule::param_item | Rule::running_item | Rule::split_item) => {
                Column::At(c::LABELS, 3)
            }
            (Rule::rounding, Rule::definition_item) => Column::At(c::ROUNDING, 2),
            (Rule::rounding, Rule::output_item) if self.is_plain => Column::At(c::ROUNDING, 1),
            (Rule::grain, Rule::input_item | Rule::output_item) => return self.begin_grain(),
            (Rule::overrides, _) => Column::At(c::OVERRIDES, 2),
            (Rule::valid_from, _) => Column::At(c::FROM, 2),
            (Rule::arrow, Rule::ladder_item | Rule::schedule_item) => {
                self.place = 0;
                Column::At(c::ARROW, 2)
            }
            (Rule::share | Rule::grant, _) => {
                self.place += 1;
                if self.place == 1 {
                    return;
                }
                Column::At(c::SHARES + self.place.min(1000), 1)
            }
            (Rule::equals, Rule::definition_item | Rule::enum_item | Rule::running_item | Rule::link_item)
                if is_item =>
            {
                Column::At(c::EQUALS, 1)
            }
            (Rule::type_ref, Rule::input_item) => Column::At(c::TYPE, 1),
            (Rule::type_ref, Rule::param_item) if self.is_plain => Column::At(c::TYPE, 1),
            (Rule::string, Rule::title_item | Rule::source_item) => Column::At(c::TEXT, 1),
            (Rule::setting | Rule::kw_rejected, _) if at == 1 => Column::At(c::TEXT, 1),
            (Rule::kw_when, Rule::definition_item) if parent == Rule::exception && self.is_plain => {
                Column::At(c::CONDITION, 1)
            }
            (Rule::colon, _) if matches!(parent, Rule::case | Rule::otherwise | Rule::exception) => {
                Column::At(c::COLON, 1)
            }
            (Rule::cell, _) => return self.place = 0,
            (Rule::cell_head | Rule::cell_part, _) => {
                self.place += 1;
                Column::Cell(self.place - 1)
            }
            _ => return,
        };
        self.column = Some(column);
    }

    /// What an input or an output is given for begins a column; names that could be units may stand before the others.
    fn begin_grain(&mut self) {
        let gap = match self.item {
            _ if self.has_grain => return,
            Some(Rule::input_item) => 2,
            _ if self.is_plain => 1,
            _ => return,
        };
        self.has_grain = true;
        self.column = Some(Column::At(columns::GRAIN, gap));
    }

    /// A token that is the policy's own, or one of the words for claims.
    fn own(&mut self, pair: &Pair<'_, Rule>) {
        let (rule, text) = (pair.as_rule(), pair.as_str());
        if let Some((_, is_many)) = self.claims.iter().find(|(at, _)| *at == pair.as_span().start()) {
            let word = match (self.lang, is_many) {
                (Lang::Zh, _) => "单据",
                (Lang::En, true) => "claims",
                (Lang::En, false) => "claim",
            };
            self.done.marks.push(Mark::Claims);
            return self.push(pair, word.to_owned(), true, false);
        }
        if let Some((_, turned)) = self.given.iter().find(|(at, _)| *at == pair.as_span().start()) {
            let Turned { meaning, text } = turned;
            self.done.marks.push(Mark::Given(meaning.clone()));
            return self.push(pair, text.clone(), true, false);
        }
        if rule == Rule::number {
            text.clone_into(&mut self.number);
        }
        self.done.marks.push(Mark::Own(rule, text.to_owned()));
        self.push(pair, text.to_owned(), true, false);
    }

    fn word(&mut self, pair: &Pair<'_, Rule>, parent: Rule, at: usize) {
        let (rule, start) = (pair.as_rule(), pair.as_span().start());
        if self.kept.contains(&start) && (is_word(rule) || units::is_unit(rule)) {
            return self.kept_word(pair, parent);
        }
        let special = units::is_special(rule, pair.as_str());
        self.done.marks.push(if units::is_unit(rule) { Mark::Unit(rule, special) } else { Mark::Word(rule) });
        let is_zh = self.lang == Lang::Zh;
        if units::is_unit(rule) {
            let before = match parent {
                Rule::per => Before::Per,
                _ if self.is_step => Before::Step(&self.number),
                _ => Before::Number(&self.number),
            };
            let text = units::unit(rule, pair.as_str(), before, self.lang).unwrap_or_default();
            let is_apart = !is_zh && !matches!(rule, Rule::unit_percent | Rule::unit_pp);
            return self.push(pair, text.to_owned(), is_apart, true);
        }
        let is_apart = match rule {
            Rule::comma | Rule::close | Rule::bracket_open | Rule::bracket_close => false,
            Rule::colon => matches!(parent, Rule::case | Rule::otherwise | Rule::exception),
            Rule::open => !self.is_call || matches!(parent, Rule::paren | Rule::members),
            Rule::kw_per => !is_zh || self.is_group,
            _ => true,
        };
        let stays = matches!(rule, Rule::comma | Rule::kw_per) || (rule == Rule::colon && !is_apart);
        let text = spelled(rule, self.lang).unwrap_or_else(|| pair.as_str().to_owned());
        self.push(pair, text, is_apart, stays);
        match rule {
            Rule::open => {
                self.is_call = false;
                self.joined = true;
            }
            Rule::bracket_open => self.joined = true,
            Rule::op_sub if parent == Rule::factor || (parent == Rule::signed_quantity && at == 0) => {
                (self.joined, self.bound) = (true, true);
            }
            Rule::kw_per => self.bound = true,
            _ => {}
        }
    }

    /// A word of the language that is a name where it stands.
    fn kept_word(&mut self, pair: &Pair<'_, Rule>, parent: Rule) {
        let rule = pair.as_rule();
        let period = match pair.as_str() {
            "year" | "年" => spelled(Rule::kw_year, self.lang),
            "month" | "月" => spelled(Rule::kw_month, self.lang),
            _ => None,
        };
        match period.filter(|_| parent == Rule::per) {
            Some(period) => {
                self.done.marks.push(Mark::Word(rule));
                self.push(pair, period, true, false);
            }
            None => {
                self.done.marks.push(Mark::Own(rule, pair.as_str().to_owned()));
                self.push(pair, pair.as_str().to_owned(), true, false);
            }
        }
    }

    fn push(&mut self, pair: &Pair<'_, Rule>, text: String, is_apart: bool, stays: bool) {
        let is_apart = is_apart && !std::mem::take(&mut self.joined);
        let stays = std::mem::take(&mut self.bound) || stays;
        let (column, part) = (self.column.take(), self.part.take());
        let (start, end) = (pair.as_span().start(), pair.as_span().end());
        self.done.tokens.push(Token { text, start, end, is_apart, stays, column, part });
    }
}

/// A word or sign in a language; `None` for what has no fixed spelling.
fn spelled(rule: Rule, lang: Lang) -> Option<String> {
    if let Some((_, en, zh)) = WORDS.iter().find(|(word, ..)| *word == rule) {
        return Some(match lang {
            Lang::En => (*en).to_owned(),
            Lang::Zh => (*zh).to_owned(),
        });
    }
    let sign = match rule {
        Rule::colon => ":",
        Rule::comma => ",",
        Rule::slash | Rule::op_div => "/",
        Rule::bar => "|",
        Rule::open => "(",
        Rule::close => ")",
        Rule::bracket_open => "[",
        Rule::bracket_close => "]",
        Rule::dots_plain | Rule::dots_end => "..",
        Rule::dots_below => "..<",
        Rule::dots_up_to => "..=",
        Rule::arrow => "->",
        Rule::equals => "=",
        Rule::op_eq => "==",
        Rule::op_ne => "!=",
        Rule::op_le => "<=",
        Rule::op_ge => ">=",
        Rule::op_lt => "<",
        Rule::op_gt => ">",
        Rule::op_add => "+",
        Rule::op_sub => "-",
        Rule::op_mul => "*",
        _ => return None,
    };
    Some(sign.to_owned())
}
