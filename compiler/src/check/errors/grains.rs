//! What can be wrong with what values are given for, and with what they take from other claims.

use fen_grammar::diagnostic::{Diagnostic, Text};
use fen_grammar::source::Span;

use super::{code, error, shown_by, t};

pub(in crate::check) fn not_a_group_key(span: Span, name: &str, ty: &Text) -> Diagnostic {
    let message = t(
        format!("`{name}` is {}; only ids, codes, enums, dates and bools can be keys", ty.en),
        format!("“{name}”是{}；只有标识、编码、枚举、日期和是否可作主键", ty.zh),
    );
    error("fen::grain::key", message, span, t("here", "在此处"))
        .with_help(t("give the groups an enum or an id", "请以枚举或标识分组"))
}

pub(in crate::check) fn total_per_row(span: Span) -> Diagnostic {
    let message = t("there is nothing to add up: every row is a group of its own", "无可汇总：每一行自成一组");
    error("fen::grain::total", message, span, t("per row", "按行"))
        .with_help(t("name a coarser group, or write the value itself", "请写更粗的分组，或直接写该值"))
}

pub(in crate::check) fn total_of_coarser(span: Span, name: &Text, own: &Text, wanted: &Text) -> Diagnostic {
    let message = if own == wanted {
        t(format!("`{}` is per {} already", name.en, own.en), format!("“{}”已是按“{}”给出的", name.zh, own.zh))
    } else {
        t(
            format!("`{}` is per {}, which is coarser than per {}", name.en, own.en, wanted.en),
            format!("“{}”按“{}”给出，粗于“{}”", name.zh, own.zh, wanted.zh),
        )
    };
    error("fen::grain::total", message, span, t("nothing to add up", "无可汇总"))
        .with_help(t("write the value itself: it can be read as it is", "请直接写该值，可直接引用"))
}

pub(in crate::check) fn total_across(span: Span, name: &Text, own: &Text, wanted: &Text) -> Diagnostic {
    let message = t(
        format!("`{}` is per {}; it cannot be added up per {}", name.en, own.en, wanted.en),
        format!("“{}”按“{}”给出，而同一“{}”可能分属多个“{}”", name.zh, own.zh, own.zh, wanted.zh),
    );
    error("fen::grain::total", message, span, t("belongs to no single group", "不属于单一分组")).with_help(t(
        format!(
            "add it up per {} and {} together, or declare the input that leads there `per {}`",
            own.en, wanted.en, own.en
        ),
        format!("请按“{}”和“{}”一并汇总，或将相应输入声明为“每 {}”", own.zh, wanted.zh, own.zh),
    ))
}

pub(in crate::check) fn total_of_finer(span: Span, own: &Text, counted: &Text) -> Diagnostic {
    let message = t(
        format!("the condition is per {}, but what is counted is per {}", own.en, counted.en),
        format!("条件按“{}”给出，而计数按“{}”", own.zh, counted.zh),
    );
    error("fen::grain::total", message, span, t("which of them decides?", "以哪一个为准？"))
}

pub(in crate::check) fn output_grain(span: Span, name: &str, own: &Text, wanted: &Text, is_dated: bool) -> Diagnostic {
    let message = t(
        format!("`{name}` is per {}; it cannot be output per {}", own.en, wanted.en),
        format!("“{name}”按“{}”给出，不能按“{}”输出", own.zh, wanted.zh),
    );
    let help = if is_dated {
        t(
            format!(
                "it depends on the date of the claim: add it up (`sum {name} per {}`), or give the parameter one value",
                wanted.en
            ),
            format!("它随案例日期而变：请汇总（“合计 {name} 每 {}”），或使参数只有一个取值", wanted.zh),
        )
    } else {
        t(
            format!("sum it (`sum {name} per {}`), or output it per {}", wanted.en, own.en),
            format!("请汇总（“合计 {name} 每 {}”），或按“{}”输出", wanted.zh, own.zh),
        )
    };
    error("fen::grain::mismatch", message, span, t(format!("per {}", own.en), format!("按“{}”", own.zh)))
        .with_help(help)
}

/// Parts of a claim, given for keys of their own, in a policy of lines that takes claims back.
pub(in crate::check) fn part_of_reversed(span: Span, name: &str, own: &Text, claim: &Text) -> Diagnostic {
    let message = t(
        format!("`{name}` is per {}; of claims that can be taken back, results are given per {}", own.en, claim.en),
        format!("“{name}”按“{}”给出；可冲销的单据，结果须按“{}”给出", own.zh, claim.zh),
    );
    error("fen::grain::part_of_reversed", message, span, t(format!("per {}", own.en), format!("按“{}”", own.zh)))
        .with_help(t(
            format!("sum it: `sum {name} per {}`, under a condition if its kinds are to be told apart", claim.en),
            format!("请汇总：“合计 {name} 每 {}”；需区分种类的，加上条件", claim.zh),
        ))
}

pub(in crate::check) fn weight_grain(span: Span, name: &Text, own: &Text, wanted: &Text, part: &str) -> Diagnostic {
    let message = t(
        format!("`{}` is per {}; `{part}` is per {}", name.en, own.en, wanted.en),
        format!("“{}”按“{}”给出，“{part}”按“{}”", name.zh, own.zh, wanted.zh),
    );
    error("fen::grain::mismatch", message, span, t(format!("per {}", own.en), format!("按“{}”", own.zh))).with_help(t(
        format!("sum it: `sum {} per {}`", name.en, wanted.en),
        format!("请汇总：“合计 {} 每 {}”", name.zh, wanted.zh),
    ))
}

pub(in crate::check) fn amount_grain(span: Span, name: &Text, own: &Text, wanted: &Text) -> Diagnostic {
    let message = t(
        format!("`{}` is per {}, but it is divided per {}", name.en, own.en, wanted.en),
        format!("“{}”按“{}”给出，却按“{}”分配", name.zh, own.zh, wanted.zh),
    );
    error("fen::grain::mismatch", message, span, t(format!("per {}", own.en), format!("按“{}”", own.zh))).with_help(t(
        "an amount that is divided is the same for the whole pool: sum it, or split it within smaller pools (weights with more keys)",
        "被分配的数额在整个池内须相同：请汇总，或在更小的池内分配（权重带更多的键）",
    ))
}

pub(in crate::check) fn not_per_claim(span: Span, name: &Text, own: &Text, claim: &Text, is_link: bool) -> Diagnostic {
    let (en, zh) = if is_link {
        ("links lead from claim to claim", "关联是案例与案例之间的")
    } else {
        ("running values go from claim to claim", "累计是逐个案例进行的")
    };
    let message = t(format!("`{}` is per {}; {en}", name.en, own.en), format!("“{}”按“{}”给出；{zh}", name.zh, own.zh));
    error("fen::grain::mismatch", message, span, t(format!("per {}", own.en), format!("按“{}”", own.zh))).with_help(t(
        format!("sum it first: `sum {} per {}`", name.en, claim.en),
        format!("请先汇总：“合计 {} 每 {}”", name.zh, claim.zh),
    ))
}

pub(in crate::check) fn group_within_claim(span: Span, group: &Text, claim: &Text) -> Diagnostic {
    let message = t(
        format!("the lines of one {} may differ in {}", claim.en, group.en),
        format!("同一“{}”的各行，其“{}”可能不同", claim.zh, group.zh),
    );
    error("fen::grain::within", message, span, t("to which group would the claim belong?", "该案例应归入哪一组？"))
        .with_help(t(
            format!("declare the keys, and the date of a period, `per {}`", claim.en),
            format!("请将这些键（以及期间所依日期）声明为“每 {}”", claim.zh),
        ))
}

pub(in crate::check) fn claim_without_id(span: Span, name: &str) -> Diagnostic {
    let message = t(format!("`{name}` cannot tell claims apart"), format!("“{name}”不能区分案例"));
    error("fen::grain::claim_id", message, span, t("not an id", "不是标识"))
        .with_help(t(format!("declare it as `key {name}: id`"), format!("请声明为“主键 {name}: 标识”")))
}

pub(in crate::check) fn invariant_of_many(span: Span) -> Diagnostic {
    let message = t(
        "an invariant is about one claim; this one depends on the others",
        "恒等式只涉及单个案例，而此处取决于其他案例",
    );
    error("fen::grain::invariant", message, span, t("totals or parts of a pool", "总额或池内份额"))
        .with_help(t("output the values, or use `check`", "请输出这些值，或使用“指标”"))
}

pub(in crate::check) fn kept_without_step(span: Span) -> Diagnostic {
    let message = t(
        "what is carried to other claims must be a multiple of a decimal step, and this is not",
        "带入其他案例的值须为某个十进制步长的倍数，而此值不是",
    );
    error("fen::grain::inexact", message, span, t("not rounded", "未取整")).with_help(t(
        "round it where it is defined, as in `round half up to 0.01 yuan`",
        "请在定义处取整，例如“取整 四舍五入 到 0.01元”",
    ))
}

pub(in crate::check) fn grows_without_bound(span: Span) -> Diagnostic {
    let message = t(
        "this may grow with every claim, without bound: what is added depends on what was added before",
        "此值可能随案例无限增长：所加之数取决于此前所加",
    );
    error("fen::grain::unbounded", message, span, t("no limit is known", "没有已知的上限"))
        .with_help(t(
            "for what is due for the year less what was paid, write `f(before + own) - f(before)`, where `before` adds up `own` \
             alone: nothing needs to add up itself; where the law has a cap, limit what is added, as in `min(x, 150_000 yuan)`",
            "若意在“年度应付减已付”，写成 f(此前 + 本次) - f(此前)，其中“此前”只累计“本次”，不必累计自身；法规规定了限额的，限制所加之数，例如“较小(x, 15万元)”",
        ))
}

pub(in crate::check) fn grows_finer(span: Span) -> Diagnostic {
    let message = t("this gets more decimals with every claim", "此值的小数位随案例不断增加");
    error("fen::grain::inexact", message, span, t("not rounded", "未取整")).with_help(t(
        "round what is added, as in `round half up to 0.01 yuan`",
        "请对所加之数取整，例如“取整 四舍五入 到 0.01元”",
    ))
}

pub(in crate::check) fn running_count_of_claims(span: Span) -> Diagnostic {
    let message = t("a running count counts claims", "累计计数的对象是案例");
    error("fen::grain::count", message, span, t("here", "在此处"))
        .with_help(t("write `count claims per …`", "请写“计数 单据 每 …”"))
}

pub(in crate::check) fn greatest_of_some(span: Span) -> Diagnostic {
    let message = t(
        "there may be none for which the condition holds, and then no greatest or least",
        "可能没有符合条件者，此时并无最大或最小值",
    );
    error("fen::grain::total", message, span, t("of none?", "若无其一？")).with_help(t(
        "define a value with a case for the others, and take that",
        "请先定义一个对其余情形也有取值的值，再取其最大或最小",
    ))
}

pub(in crate::check) fn negative_weight(span: Span, claim: Option<Text>) -> Diagnostic {
    let code = code(claim.as_ref(), "fen::grain::weight");
    let message = shown_by("a weight can be negative", "权重可能为负", claim);
    error(code, message, span, t("this weight", "此权重")).with_help(t("write `max(…, 0)`", "请写“较大(…, 0)”"))
}

pub(in crate::check) fn maybe_unlinked(
    span: Span,
    name: &str,
    link: &str,
    is_optional: bool,
    claim: Option<Text>,
) -> Diagnostic {
    let code = code(claim.as_ref(), "fen::input::maybe_missing");
    let message = shown_by(&format!("there may be no `{name}`"), &format!("可能没有“{name}”"), claim);
    let known = if is_optional { name } else { link };
    error(code, message, span, t("used here", "在此处使用"))
        .with_help(t(format!("use it only `when {known} known`"), format!("请只在“当 {known} 已知”时使用")))
}

pub(in crate::check) fn late_look_up(span: Span) -> Diagnostic {
    let message = t(
        "whether a row is found here is known only when all claims are, too late to reject one",
        "此处能否查到要待全部案例已知才能确定，届时已无法拒收",
    );
    error("fen::grain::lookup", message, span, t("its key comes from another claim", "其键来自其他案例"))
        .with_help(t("look it up for that claim, and take the value over", "请在该案例中查表，再引用其值"))
}
