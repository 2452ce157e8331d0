//! Sources and how they are to look.

use crate::diagnostic::Lang;
use crate::format::{format, format_markdown};

fn formatted(text: &str) -> String {
    let once = format(text, None).unwrap();
    assert_eq!(format(&once, None).unwrap(), once, "formatted twice");
    once
}

/// Both are formatted, and each is the other's translation.
fn translations(en: &str, zh: &str) {
    assert_eq!(formatted(en), en);
    assert_eq!(formatted(zh), zh);
    assert_eq!(format(en, Some(Lang::Zh)).unwrap(), zh);
    assert_eq!(format(zh, Some(Lang::En)).unwrap(), en);
    assert_eq!(format(en, Some(Lang::En)).unwrap(), en);
    assert_eq!(format(zh, Some(Lang::Zh)).unwrap(), zh);
}

fn refusal(text: &str, lang: Option<Lang>) -> (&'static str, String) {
    let problems = format(text, lang).unwrap_err();
    let span = problems[0].labels[0].span;
    (problems[0].code, text.get(span.start..span.end).unwrap().to_owned())
}

#[test]
fn ladders_and_labels_stand_below_one_another() {
    let source = "surplus tier ..5% -> retain 100%
# what the clause says
surplus   tier 5..10%->retain 70% ,carry 30%

surplus tier 15%.. -> carry 100%
  cite \"三(五)3\"
结余   分档 5 .. 10%   ->   留用 70%,   结转 30%
结余 分档 ..5% -> 留用 100%,结转 0%
score band ..<60->rate=0%,grade=low from 2022-01-01
score band 60..<80->rate = 30% , grade = high  from 2022-01-01   cite \"x\"
";
    assert_eq!(
        formatted(source),
        "surplus tier ..5%    -> retain 100%
# what the clause says
surplus tier 5..10%  -> retain 70%, carry 30%

surplus tier 15%..  -> carry 100%
  cite \"三(五)3\"
结余 分档 5..10%  -> 留用 70%,  结转 30%
结余 分档 ..5%    -> 留用 100%, 结转 0%
score band ..<60    -> rate = 0%,  grade = low   from 2022-01-01
score band 60..<80  -> rate = 30%, grade = high  from 2022-01-01   cite \"x\"
"
    );
    let source = "输入 打包总额:金额 自 0元 至 1000亿元   \"打包总额\"/\"Budget\"
输入 月: 月数   可缺  每   单据 \"月\"   # 注
key person : id
input born: date per person
enum level=a|b  \"乙\"|c
enum transfer = x | y
output a \"甲\"
output long  \"乙\" / \"B\" per   claim
";
    assert_eq!(
        formatted(source),
        "输入 打包总额: 金额 自 0元 至 1000亿元   \"打包总额\" / \"Budget\"
输入 月:       月数 可缺  每 单据        \"月\"  # 注
key person: id
input born: date  per person
enum level    = a | b \"乙\" | c
enum transfer = x | y
output a    \"甲\"
output long \"乙\" / \"B\" per claim
"
    );
}

#[test]
fn parts_of_an_item_begin_lines() {
    let source = "fee = when a is b : 0 yuan  cite \"x\" otherwise:max( 1 yuan,2 yuan )
  round half up to 1 yuan
share = 60% except birth when stay >= 3 days : 100%
    except poor when score<10 : 80%
        overrides birth cite \"y\"
param t by k: money from 2022-01-01: a 1 yuan, bb 22 yuan,
      ccc 3 yuan from 2023-01-01 : aaa 1 yuan, b 2 yuan
ladder l on money tier ..1 wan yuan -> 0% tier 10_000 yuan.. -> 60% cite \"z\"
ladder m on days from 2022-01-01 band ..<60 -> 0%
example \"e\" given a 1 yuan, b true expect rejected
";
    assert_eq!(
        formatted(source),
        "fee =
  when a is b : 0 yuan   cite \"x\"
  otherwise   : max(1 yuan, 2 yuan)
  round half up to 1 yuan
share = 60%
  except birth when stay >= 3 days : 100%
  except poor  when score < 10     : 80%
    overrides birth   cite \"y\"
param t by k: money
  from 2022-01-01: a   1 yuan, bb 22 yuan,
                   ccc 3 yuan
  from 2023-01-01: aaa 1 yuan, b  2 yuan
ladder l on money
  tier ..1 wan yuan   -> 0%
  tier 10_000 yuan..  -> 60%
  cite \"z\"
ladder m on days
  from 2022-01-01
  band ..<60  -> 0%
example \"e\"
  given  a 1 yuan, b true
  expect rejected
"
    );
}

/// The clause and what is overridden are read in either order, and written in one.
#[test]
fn what_is_overridden_stands_before_the_clause() {
    let source = "share = 60% except birth when b : 100% cite \"x\"  except poor when p : 80% cite \"y\" allow \"fen::lint::a\" overrides birth
  except late when l : 1%
    cite \"z\" # z
    overrides poor, birth allow \"fen::lint::b\"
";
    assert_eq!(
        formatted(source),
        "share = 60%
  except birth when b : 100%                   cite \"x\"
  except poor  when p : 80%  overrides birth   cite \"y\" allow \"fen::lint::a\"
  except late  when l : 1%
    cite \"z\"  # z
    overrides poor, birth allow \"fen::lint::b\"
"
    );
}

#[test]
fn tables_of_values_have_columns() {
    let source = "param quota by sex, age: money =
  男 ..<7岁 120元, 女 60岁.. 180元 ,
  男 60 .. 5元, 其他人 7..<60岁 75元
"
    .replace("param", "参数")
    .replace(" by ", " 按 ")
    .replace("money", "金额");
    assert_eq!(
        formatted(&source),
        "参数 quota 按 sex, age: 金额 =
  男 ..<7岁 120元, 女     60岁..   180元,
  男 60..   5元,   其他人 7..<60岁 75元
"
    );
}

#[test]
fn comments_stay_where_they_are() {
    let source = "# first

  # indented before anything

policy a.b # behind
  # belongs to the policy

# alone
a = 1 + # one
  # two

  2 -\t# three
# in column 0, yet within
  3    # four
in # within a word
  force from # \"from\"
  2022-01-01
title \"a # no comment\"  # a comment
b = 1
# last";
    assert_eq!(
        formatted(source),
        "# first

# indented before anything

policy a.b  # behind
  # belongs to the policy

# alone
a = 1 +  # one
  # two

  2 -  # three
  # in column 0, yet within
  3       # four
in force  # within a word
  from    # \"from\"
  2022-01-01
title \"a # no comment\"  # a comment
b = 1
# last
"
    );
}

#[test]
fn ends_of_lines_are_those_of_the_first() {
    assert_eq!(formatted("\u{feff}a=1\r\n\r\n\r\n\r\nb=2\n\n"), "\u{feff}a = 1\r\n\r\nb = 2\r\n");
    assert_eq!(formatted("\n\n a\r\n = 1".trim_start()), "a\r\n  = 1\r\n");
    assert_eq!(formatted("a\n\n\n =\u{3000}1"), "a\n\n  = 1\n");
    assert_eq!(formatted(""), "");
    assert_eq!(formatted(" \n\t\n"), "");
    assert_eq!(formatted("# only"), "# only\n");
}

#[test]
fn signs_are_half_width() {
    let source = "输入 甲：金额 自 0元 至 1_000万元 “甲，（x）” ／ “A”\n乙＝较大（甲 － 1元，0元）× 50％÷ 2\n恒有 乙 ≤ 甲 且 甲！＝表［1、2］\n乙 分档 ．．5％ －＞ 丙 100％";
    assert_eq!(
        formatted(source),
        "输入 甲: 金额 自 0元 至 1_000万元   “甲，（x）” / “A”\n乙 = 较大(甲 - 1元, 0元) * 50% / 2\n恒有 乙 <= 甲 且 甲 != 表[1, 2]\n乙 分档 ..5%  -> 丙 100%\n"
    );
}

#[test]
fn signs_and_brackets_are_set() {
    let source = "a=-b-( -c )*max( d,-1 yuan )/round(e half   up to 1   yuan)
f=not(g in( h , \"x\"))or row   of l( m )==n[ o ,p ]and q is not r
s = sum( t )  + sum (t) per u + total( t when v )
w = x + 3 months or   later
";
    assert_eq!(
        formatted(source),
        "a = -b - (-c) * max(d, -1 yuan) / round(e half up to 1 yuan)
f = not (g in (h, \"x\")) or row of l(m) == n[o, p] and q is not r
s = sum(t) + sum (t) per u + total (t when v)
w = x + 3 months or later
"
    );
}

#[test]
fn units_keep_what_they_say() {
    translations(
        "a = 1000 yi yuan + 1.50 wan yuan + 100_000 yuan
b = 60 years of age + 1 year of age + 60 years + 1 year
c = 90 marks + 1 mark + 90 points + 0.5 points
d = 12.5 yuan per point per mark + 1 yuan per month + 3 months + 15 days
round half up to 0.0001 yuan per point
round down to 10 points
input e: money per year of age step 0.01 from 0pp to 5%
",
        "a = 1000亿元 + 1.50万元 + 100_000元
b = 60岁 + 1岁 + 60年 + 1年
c = 90分 + 1分 + 90点 + 0.5点
d = 12.5元每点每分 + 1元每月 + 3个月 + 15天
取整 四舍五入 到 0.0001元每点
取整 舍去 到 10点
输入 e: 金额每岁 步长 0.01 自 0个百分点 至 5%
",
    );
    assert_eq!(formatted("a = 15日 + 3月 + 5百分点"), "a = 15天 + 3个月 + 5个百分点\n");
    assert_eq!(formatted("a = 1 days + 3 month"), "a = 1 day + 3 months\n");
}

#[test]
fn names_are_kept() {
    translations(
        "key person: id
key 人:     id
input born:  date                                  per person
input visit: money per point                       per person per year
input 出生:  date                                  per 人
input sums:  money from 0 yuan to 1 yuan per case  per person
input other: money per case
output a round half up to 1 yuan per person
x = sum(a) + last(b)
",
        "主键 person: 标识
主键 人:     标识
输入 born:  日期                    每 person
输入 visit: 金额每点                每 person 每 年
输入 出生:  日期                    每 人
输入 sums:  金额 自 0元 至 1元每例  每 person
输入 other: 金额每例
输出 a 取整 四舍五入 到 1元 每 person
x = sum(a) + last(b)
",
    );
}

#[test]
fn what_the_language_names_is_translated() {
    translations(
        "policy a.b
key person: id
link next_stay = next claim per person
running before = count (claims when x) per person per insurance year
share = count claims per person / total claims
check rate = share >= 90%
reverses person
taken = reverses known or next_stay.reverses known
output share per claim
example \"e\"
  given  reverses \"C1\", missed 5
  expect rate_result not_applicable, rate_gap 0.1pp, other_gap missed
",
        "政策 a.b
主键 person: 标识
关联 next_stay = 下一 单据 每 person
累计 before = 计数 (单据 当 x) 每 person 每 参保年度
share = 计数 单据 每 person / 总计 单据
指标 rate = share >= 90%
冲销 person
taken = 冲销 已知 或 next_stay.冲销 已知
输出 share 每 单据
示例 \"e\"
  给定 冲销 \"C1\", missed 5
  应得 rate_结论 不适用, rate_差距 0.1个百分点, other_gap missed
",
    );
    // Where claims, or something else, are called so by the policy, and where that is not known.
    translations(
        "rows line of claim\nkey claim: id\nx = count lines per claim\n",
        "每行 line 属于 claim\n主键 claim: 标识\nx = 计数 lines 每 claim\n",
    );
    translations("amend a as b\nx = count claims per p\n", "修订 a 为 b\nx = 计数 claims 每 p\n");
    assert_eq!(refusal("policy a\ncheck x = y >= 1\nx_差距 = 1\n", Some(Lang::Zh)).0, "fen::format::name");
}

#[test]
fn words_with_two_meanings_find_back() {
    translations(
        "amend a.b as a.c from file \"x.fen\"
param t by level: rate = a 5%, b 6%
ladder l on money
  tier ..1 yuan  -> 0%
x = round(a to 1 yuan) as share of b
y = a is not b or c is d and e not in (f, g) or h in t
z = days from a to b
always a == b when c
split fund over hospital by earned -> part
rows line of claim
",
        "修订 a.b 为 a.c 取自文件 \"x.fen\"
参数 t 按 level: 比率 = a 5%, b 6%
阶梯 l 按 金额
  分档 ..1元  -> 0%
x = 取整(a 到 1元) 占 b
y = a 不为 b 或 c 为 d 且 e 不属于 (f, g) 或 h 属于 t
z = 天数 自 a 至 b
恒有 a == b 当 c
分配 fund 给 hospital 按 earned -> part
每行 line 属于 claim
",
    );
}

#[test]
fn mistakes_are_refused() {
    assert_eq!(refusal("a = 1\nb = 1 +\n", None), ("fen::syntax::unexpected", "+".to_owned()));
    assert_eq!(refusal("  a\n", None), ("fen::syntax::indented", "a".to_owned()));
    // `a is not and b`: in English the name would be a word.
    assert_eq!(
        refusal("x = 1\ny = a 为 not 且 b\n", Some(Lang::En)),
        ("fen::format::name", "y = a 为 not 且 b".to_owned())
    );
}

#[test]
fn long_tables_stay_small() {
    let wide: String = (0..2_000).map(|at| format!("k{at} 1%, ")).collect();
    let narrow = "a 1%,\n  ".repeat(2_000);
    let text = format!("param t by k: rate =\n  {wide}\n  {narrow}b 2%\n");
    let done = formatted(&text);
    assert!(done.len() < 2 * text.len(), "{} became {}", text.len(), done.len());
}

#[test]
fn markdown_is_touched_in_its_blocks_only() {
    let text = "\u{feff}# Title  \r\n\n```fen\npolicy   a\n\nkey person:id\n```\n\n  | a|b |\n\n```fen refused x\nb=\n```\n~~~\nc=1\n~~~\n\
                1. item\n\n   ```fen\n   input d: date per person\n\n   e=1\n     + 2\n   ```\n````fen\n````\n````fen\nf=\"```\"\n```` \ntail";
    let done = "\u{feff}# Title  \r\n\n```fen\npolicy a\n\nkey person: id\n```\n\n  | a|b |\n\n```fen refused x\nb=\n```\n~~~\nc=1\n~~~\n\
                1. item\n\n   ```fen\n   input d: date  per person\n\n   e = 1\n     + 2\n   ```\n````fen\n````\n````fen\nf = \"```\"\n```` \ntail";
    assert_eq!(format_markdown(text, None).unwrap(), done);
    assert_eq!(format_markdown(done, None).unwrap(), done);
    let zh = format_markdown(done, Some(Lang::Zh)).unwrap();
    assert!(zh.contains("   输入 d: 日期  每 person\n"), "{zh}");
    assert_eq!(format_markdown(&zh, Some(Lang::En)).unwrap(), done);
    let nested = "> ```fen\n> # a\n>\n> a=1\n>   +2\n> ```\n\n- x\n  - ~~~fen\n    b=1\n\n\n\n    c=2\n    ~~~\n```fen\n\n\n```\n";
    let done = "> ```fen\n> # a\n>\n> a = 1\n>   + 2\n> ```\n\n- x\n  - ~~~fen\n    b = 1\n\n    c = 2\n    ~~~\n```fen\n\n\n```\n";
    assert_eq!(format_markdown(nested, None).unwrap(), done);
    let crlf = |text: &str| text.replace('\n', "\r\n");
    assert_eq!(format_markdown(&crlf(nested), None).unwrap(), crlf(done));
    assert_eq!(format_markdown("# no blocks\n", None).unwrap(), "# no blocks\n");
    assert_eq!(format_markdown("```fen\na = 1\n", None).unwrap_err()[0].code, "fen::markdown::unclosed");
    let bad = "text\n\n  ```fen\n  a = 1\n  b = = 2\n  ```\n";
    let problems = format_markdown(bad, None).unwrap_err();
    let span = problems[0].labels[0].span;
    assert_eq!((problems.len(), bad.get(span.start - 4..span.end)), (1, Some("b = =")));
}

#[test]
fn examples_name_their_file_of_parameters() {
    translations(
        "example \"a stay\" params from file \"params/b.toml\"
  given  total 3 yuan, cap 5 yuan
  expect pays 3 yuan
",
        "示例 \"a stay\" 参数取自文件 \"params/b.toml\"
  给定 total 3元, cap 5元
  应得 pays 3元
",
    );
    assert_eq!(
        formatted("example \"a\"\n    params  from   file \"b\" given total 1 yuan expect rejected\n"),
        "example \"a\"\n  params from file \"b\"\n  given  total 1 yuan\n  expect rejected\n"
    );
}
