//! What can be written next at a place in an item.

use crate::cut::cut;
use crate::diagnostic::Lang;
use crate::heads::{HEADS, Head, head};
use crate::parse::{Rule, failure};
use crate::source::Span;
use crate::tokens::{Token, TokenKind, is_part, is_type, is_unit, tokens_of_part};
use crate::words::{WORDS, language_of};

/// The kind of an item, as far as it matters to what its names stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ItemWord {
    /// No item yet, or one that has no kind yet.
    Start,
    /// `import`
    Import,
    /// `amend`
    Amend,
    /// `dated by` and `ordered by`
    Date,
    /// `enum`
    Enum,
    /// `input` and `key`
    Input,
    /// `param`
    Param,
    /// `NAME = …`
    Definition,
    /// `NAME tier …` and `NAME band …`
    Row,
    /// `ladder`
    Ladder,
    /// `output`
    Output,
    /// `example`
    Example,
    /// `rows` and `reverses`
    Key,
    /// `running`
    Running,
    /// `link`
    Link,
    /// `split`
    Split,
    /// Any other.
    Other,
}

/// A word that can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Word {
    /// English; empty if it has no such form.
    pub en: &'static str,
    /// Chinese.
    pub zh: &'static str,
    /// What it is.
    pub kind: TokenKind,
}

/// What can be written at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// The item.
    pub item: ItemWord,
    /// The language of the words that stand in the item before the place; `None` if there are none.
    pub lang: Option<Lang>,
    /// What stands in the item before the place, without the part of a word directly before it. Places are those of the
    /// whole source.
    pub before: Vec<Token>,
    /// The part of a word directly before the place.
    pub begun: Span,
    /// Words of the language.
    pub words: Vec<Word>,
    /// Whether a name can stand here.
    pub takes_name: bool,
    /// Whether a type can stand here, which may be the name of an enum.
    pub takes_type: bool,
    /// Whether a new name is given here, which is not known yet.
    pub is_new_name: bool,
}

/// What can be written at byte `at` of a source.
#[must_use]
pub fn expected(text: &str, at: usize) -> Expected {
    let at = (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let begun = begun(text, at);
    let before = text.get(..begun.start).unwrap_or_default();
    let line = before.rfind('\n').map_or(0, |at| at + 1);
    let is_at_start = before.get(line..).is_none_or(|line| line.trim_start_matches('\u{feff}').is_empty());
    let piece = if is_at_start { None } else { cut(before).pop().filter(|piece| piece.starts_in_column_0) };
    let Some(start) = piece.map(|piece| piece.span.start) else { return item_start(begun) };
    let item = before.get(start..).unwrap_or_default();
    let mut before = tokens_of_part(item);
    let is_in_text = before.last().is_some_and(|last| {
        let text = item.get(last.span.start..last.span.end).unwrap_or_default();
        let is_open = last.kind == TokenKind::Text && last.span.end == item.len() && !is_closed(text);
        is_open || last.kind == TokenKind::Comment && !item.get(last.span.end..).unwrap_or_default().contains('\n')
    });
    for token in &mut before {
        token.span = Span { start: token.span.start + start, end: token.span.end + start };
    }
    let mut expected = Expected {
        item: ItemWord::Other,
        lang: language_of_words(item),
        before,
        begun,
        words: Vec::new(),
        takes_name: false,
        takes_type: false,
        is_new_name: false,
    };
    if is_in_text {
        return expected;
    }
    let Head::Item(rule, _) = head(item) else {
        // The second word decides what the item is.
        expected.item = ItemWord::Start;
        expected.add(Rule::kw_tier);
        expected.add(Rule::kw_band);
        let first = item.split_whitespace().next().unwrap_or_default();
        if matches!(first, "add" | "增设") {
            expected.words = heads();
            expected.takes_name = true;
        }
        return expected;
    };
    expected.item = item_word(rule);
    // Nothing in the language begins with this sign, so that the parser stops here whatever can follow.
    let open = format!("{item} \u{1}");
    let (reached, rules) = failure(rule, &open).unwrap_or_default();
    if reached + 1 < open.len() {
        // Something before the place is wrong; anything may have been meant.
        expected.takes_name = true;
        for rule in EXPRESSION {
            expected.add(*rule);
        }
        return expected;
    }
    for rule in rules {
        expected.add(rule);
    }
    expected.is_new_name = expected.takes_name && is_new(rule, &expected.before, item, start);
    expected
}

/// The words that any of some rules can begin with.
pub(crate) fn words_of(rules: &[Rule]) -> Vec<Word> {
    let mut expected = item_start(Span::default());
    expected.words.clear();
    for rule in rules {
        expected.add(*rule);
    }
    expected.words
}

/// The part of a word directly before a place: what follows the digits of a number is a word of its own, and so is what
/// follows 每.
fn begun(text: &str, at: usize) -> Span {
    let before = text.get(..at).unwrap_or_default();
    let run = before.chars().rev().take_while(|c| is_part(*c)).map(char::len_utf8).sum::<usize>();
    let start = at - run;
    let word = text.get(start..at).unwrap_or_default();
    let digits = word.chars().take_while(|c| c.is_ascii_digit() || *c == '_').count();
    let skipped = match word.strip_prefix('每') {
        _ if word.starts_with(|c: char| c.is_ascii_digit()) => digits,
        Some(_) => '每'.len_utf8(),
        None => 0,
    };
    Span { start: start + skipped, end: at }
}

fn is_closed(text: &str) -> bool {
    let mut chars = text.chars();
    let close = match chars.next() {
        Some('“') => '”',
        Some(quote) => quote,
        None => return true,
    };
    chars.next_back() == Some(close)
}

/// A word of the language in both languages, if one stands at `span` in a source; of several words the part at `span`.
#[must_use]
pub fn keyword(text: &str, span: Span) -> Option<(&'static str, &'static str)> {
    // Only the item that the place lies in is of interest.
    let piece = cut(text).into_iter().find(|piece| piece.span.start <= span.start && span.end <= piece.span.end)?;
    let item = text.get(piece.span.start..piece.span.end)?;
    let own = Span { start: span.start - piece.span.start, end: span.end - piece.span.start };
    let token = crate::tokens::tokens(item).into_iter().find(|token| token.span == own)?;
    if !matches!(token.kind, TokenKind::Keyword | TokenKind::Type | TokenKind::Unit) {
        return None;
    }
    let word = text.get(span.start..span.end)?;
    let fits_kind = |rule: Rule| (token.kind == TokenKind::Unit) == is_unit(rule);
    let whole = WORDS.iter().find(|(rule, en, zh)| fits_kind(*rule) && (*en == word || *zh == word));
    let part = || WORDS.iter().find(|(_, en, _)| en.split(' ').any(|part| part == word));
    whole.or_else(part).map(|(_, en, zh)| (*en, *zh)).filter(|(en, _)| !en.is_empty())
}

/// The language that most items of a source are written in; `None` if no item has a word.
#[must_use]
pub fn language(text: &str) -> Option<Lang> {
    let (mut en, mut zh) = (0_usize, 0_usize);
    for piece in cut(text) {
        match head(text.get(piece.span.start..piece.span.end).unwrap_or_default()) {
            Head::Item(_, Some(Lang::En)) => en += 1,
            Head::Item(_, Some(Lang::Zh)) => zh += 1,
            _ => {}
        }
    }
    (en + zh > 0).then_some(if zh > en { Lang::Zh } else { Lang::En })
}

/// The language of the words of an item.
fn language_of_words(item: &str) -> Option<Lang> {
    let tokens = tokens_of_part(item);
    let mut words = tokens.iter().filter(|token| matches!(token.kind, TokenKind::Keyword | TokenKind::Unit));
    words.find_map(|token| {
        let text = item.get(token.span.start..token.span.end)?;
        let (rule, ..) = WORDS.iter().find(|(_, en, zh)| en.split(' ').any(|word| word == text) || *zh == text)?;
        language_of(*rule, text)
    })
}

/// The words that begin an item.
fn heads() -> Vec<Word> {
    let words = |rule: &Rule| WORDS.iter().find(|(word, ..)| word == rule);
    let full = |en: &str| match en {
        "in" => words(&Rule::kw_in_force),
        "dated" => words(&Rule::kw_dated_by),
        "ordered" => words(&Rule::kw_ordered_by),
        "insurance" => words(&Rule::kw_insurance_year),
        _ => None,
    };
    let head = |(en, zh, _): &(&'static str, &'static str, Rule)| match full(en) {
        Some((_, en, zh)) => Word { en, zh, kind: TokenKind::Keyword },
        None => Word { en, zh, kind: TokenKind::Keyword },
    };
    HEADS.iter().map(head).collect()
}

fn item_start(begun: Span) -> Expected {
    let mut words = heads();
    words.push(Word { en: "add", zh: "增设", kind: TokenKind::Keyword });
    Expected {
        item: ItemWord::Start,
        lang: None,
        before: Vec::new(),
        begun,
        words,
        // A row of a ladder begins with its subject.
        takes_name: true,
        takes_type: false,
        is_new_name: false,
    }
}

fn item_word(rule: Rule) -> ItemWord {
    match rule {
        Rule::import_item => ItemWord::Import,
        Rule::amend_item => ItemWord::Amend,
        Rule::dated_by_item | Rule::ordered_by_item => ItemWord::Date,
        Rule::enum_item => ItemWord::Enum,
        Rule::input_item => ItemWord::Input,
        Rule::param_item => ItemWord::Param,
        Rule::definition_item => ItemWord::Definition,
        Rule::ladder_item => ItemWord::Row,
        Rule::schedule_item => ItemWord::Ladder,
        Rule::output_item => ItemWord::Output,
        Rule::example_item => ItemWord::Example,
        Rule::rows_item | Rule::reverses_item => ItemWord::Key,
        Rule::running_item => ItemWord::Running,
        Rule::link_item => ItemWord::Link,
        Rule::split_item => ItemWord::Split,
        _ => ItemWord::Other,
    }
}

/// Whether the name that comes next is one that the item gives.
fn is_new(rule: Rule, before: &[Token], item: &str, start: usize) -> bool {
    let text = |token: &Token| item.get(token.span.start - start..token.span.end - start).unwrap_or_default();
    let mut own = before.iter().filter(|token| token.kind != TokenKind::Comment);
    let count = own.clone().filter(|token| !matches!(text(token), "add" | "增设")).count();
    let last = own.next_back().map(text).unwrap_or_default();
    match rule {
        Rule::policy_item | Rule::library_item | Rule::rows_item => count == 1,
        Rule::input_item | Rule::param_item | Rule::schedule_item | Rule::running_item | Rule::link_item => count == 1,
        Rule::check_item => count == 1,
        Rule::enum_item => true,
        Rule::amend_item => matches!(last, "as" | "为"),
        Rule::split_item => last == ">" || last == "＞",
        _ => false,
    }
}

/// The rules that stand for the beginning of an expression.
const EXPRESSION: &[Rule] = &[Rule::expr];

impl Expected {
    /// Adds what a rule can begin with.
    fn add(&mut self, rule: Rule) {
        use Rule as R;
        let more: &[Rule] = match rule {
            R::name
            | R::dotted_name
            | R::enum_value
            | R::output_name
            | R::grain_key
            | R::reference
            | R::share
            | R::grant
            | R::setting => {
                self.takes_name = true;
                &[]
            }
            R::key | R::keys if rule == R::key => {
                (self.takes_name, self.takes_type) = (true, true);
                &TYPES
            }
            R::type_ref | R::type_word => {
                self.takes_type = true;
                &TYPES
            }
            R::expr | R::both | R::negation | R::relation | R::sum | R::product | R::factor | R::word | R::of_what => {
                self.takes_name = true;
                &[
                    R::kw_not,
                    R::kw_max,
                    R::kw_min,
                    R::kw_clamp,
                    R::kw_round,
                    R::kw_row_of,
                    R::kw_sum,
                    R::kw_tally,
                    R::kw_total,
                    R::kw_days,
                    R::kw_months,
                    R::kw_years,
                    R::kw_true,
                    R::kw_false,
                ]
            }
            R::literal | R::value | R::cell | R::cells | R::cell_head | R::cell_part | R::members => {
                self.takes_name = true;
                &[R::kw_true, R::kw_false]
            }
            R::truth => &[R::kw_true, R::kw_false],
            R::call | R::function => &[R::kw_max, R::kw_min, R::kw_clamp],
            R::aggregate => &[R::kw_sum, R::kw_tally, R::kw_total],
            R::tally => &[R::kw_sum, R::kw_tally],
            R::pick => &[R::kw_max, R::kw_min],
            R::gathering => &[R::kw_sum, R::kw_tally, R::kw_last, R::kw_max, R::kw_min],
            R::round_call | R::rounding => &[R::kw_round],
            R::row_of => &[R::kw_row_of],
            R::between => &[R::kw_days, R::kw_months, R::kw_years],
            R::dated_cells | R::version | R::valid_from => &[R::kw_from],
            R::param_value => &[R::kw_from_file, R::kw_from],
            R::type_step => &[R::kw_steps],
            R::range => &[R::kw_from, R::kw_to],
            R::keys => &[R::kw_by],
            R::cite => &[R::kw_cite],
            R::severity => &[R::kw_severity],
            R::guard | R::cases | R::case | R::chosen => &[R::kw_when],
            R::otherwise => &[R::kw_otherwise],
            R::exception => &[R::kw_except],
            R::overrides => &[R::kw_overrides],
            R::share_of => &[R::kw_share_of],
            R::rounding_mode => &[R::kw_half_up, R::kw_half_even, R::kw_down, R::kw_up],
            R::step => &[R::kw_tier, R::kw_band],
            R::grain | R::group | R::per => &[R::kw_each],
            R::period => &[R::kw_insurance_year, R::kw_year, R::kw_month],
            R::params_file => &[R::kw_params_from],
            R::given => &[R::kw_given],
            R::expected => &[R::kw_expect],
            R::verb | R::compare => &[R::kw_is, R::kw_is_not, R::kw_in, R::kw_not_in, R::kw_known],
            R::direction => &[R::kw_earlier, R::kw_later],
            R::unit | R::base_unit | R::plain_unit => &UNITS,
            R::unit_percent => {
                self.push(Word { en: "%", zh: "%", kind: TokenKind::Unit });
                &[]
            }
            _ => {
                if let Some((_, en, zh)) = WORDS.iter().find(|(word, ..)| *word == rule) {
                    let kind = match rule {
                        _ if is_unit(rule) => TokenKind::Unit,
                        _ if is_type(rule) => TokenKind::Type,
                        _ => TokenKind::Keyword,
                    };
                    self.push(Word { en, zh, kind });
                }
                &[]
            }
        };
        for rule in more {
            self.add(*rule);
        }
    }

    fn push(&mut self, word: Word) {
        if !self.words.contains(&word) {
            self.words.push(word);
        }
    }
}

const TYPES: [Rule; 15] = [
    Rule::kw_money,
    Rule::kw_rate,
    Rule::kw_pp,
    Rule::kw_factor,
    Rule::kw_count,
    Rule::kw_points,
    Rule::kw_date,
    Rule::kw_days,
    Rule::kw_months,
    Rule::kw_years,
    Rule::kw_persons,
    Rule::kw_cases,
    Rule::kw_bool,
    Rule::kw_code,
    Rule::kw_id,
];

const UNITS: [Rule; 11] = [
    Rule::unit_percent,
    Rule::unit_yuan,
    Rule::unit_wan_yuan,
    Rule::unit_yi_yuan,
    Rule::unit_pp,
    Rule::unit_point,
    Rule::unit_day,
    Rule::unit_month,
    Rule::unit_year,
    Rule::unit_person,
    Rule::unit_case,
];

#[cfg(test)]
mod tests {
    use super::*;

    /// The English words at the end of a text, `+name` and `+type` behind them.
    fn words(text: &str) -> String {
        let expected = expected(text, text.len());
        let mut words: Vec<&str> = expected.words.iter().map(|word| word.en).collect();
        words.extend(expected.takes_name.then_some("+name"));
        words.extend(expected.takes_type.then_some("+type"));
        words.extend(expected.is_new_name.then_some("+new"));
        words.join(" ")
    }

    #[test]
    fn what_follows_is_what_the_grammar_says() {
        let texts = [
            "input x: ",
            "input x: mon",
            "input x: money ",
            "input x: money from 0 ",
            "input x: money from 0",
            "param p by ",
            "param p: money ",
            "param p: money = ",
            "output a ",
            "output ",
            "dated by ",
            "x = ",
            "x = a ",
            "x = a is ",
            "x = a in (",
            "x = 5 ",
            "x = a and ",
            "x = p[",
            "x = d + 3 months ",
            "x = a round ",
            "x = a round half up to 0.01 ",
            "x tier ..5% ",
            "x tier ..5% -> ",
            "x tier ..5% -> a 70% ",
            "x =\n  when a is b ",
            "x =\n  when a is b : 3\n  ",
            "x = a\n  except when ",
            "example \"a\" ",
            "example \"a\" given ",
            "example \"a\" given a 3 yuan, ",
            "example \"a\" given a 3 yuan ",
            "check r = a / b >= 90% ",
            "check r = a / b >= 90% severity ",
            "running r = ",
            "running r = sum a ",
            "running r = sum a per ",
            "link l = ",
            "split a ",
            "split a over ",
            "always a ",
            "ladder l on money\n  ",
            "enum e = ",
            "input ",
            "in force ",
            "title \"a",
            "x = a # ",
        ];
        let lines = texts.map(|text| format!("{text:?}: {}", words(text))).join("\n");
        insta::assert_snapshot!(lines);
    }

    #[test]
    fn items_begin_in_column_0() {
        assert!(words("x = 1\n").contains("policy library amend"));
        assert!(words("x = 1\npol").contains("in force"));
        assert!(words("surplus ").contains("tier band"));
    }

    #[test]
    fn units_follow_numbers_directly() {
        let at = expected("甲 = 100", "甲 = 100".len());
        assert_eq!(at.begun, Span { start: "甲 = 100".len(), end: "甲 = 100".len() });
        assert!(at.words.iter().any(|word| word.zh == "万元"));
        assert_eq!(at.lang, None);
        assert_eq!(expected("输入 甲: 金额 自 0", 24).lang, Some(Lang::Zh));
    }
}
