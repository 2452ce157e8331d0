//! Types of values, and how values of them are written.

/// The type of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ty {
    Money,
    Rate,
    Pp,
    Number,
    /// A quotient of like amounts.
    Ratio,
    Points,
    Days,
    Months,
    Years,
    PerPoint,
    PerDay,
    Date,
    Bool,
    /// Of the declared ones, by place.
    Enum(usize),
    Code,
    /// The row of a ladder.
    Row,
}

/// The types that amounts have.
pub(super) const AMOUNTS: [Ty; 11] = [
    Ty::Money,
    Ty::Rate,
    Ty::Points,
    Ty::Number,
    Ty::Pp,
    Ty::Ratio,
    Ty::Days,
    Ty::PerPoint,
    Ty::PerDay,
    Ty::Years,
    Ty::Months,
];

/// A language of keywords.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lang {
    En,
    Zh,
}

impl Lang {
    pub(super) fn word(self, en: &'static str, zh: &'static str) -> &'static str {
        match self {
            Self::En => en,
            Self::Zh => zh,
        }
    }
}

impl Ty {
    pub(super) fn is_amount(self) -> bool {
        AMOUNTS.contains(&self)
    }

    /// Whether values have a declared type that inputs and tables can have.
    pub(super) fn name(self, lang: Lang, enums: &[Vec<String>]) -> String {
        let word = |en, zh| lang.word(en, zh).to_owned();
        match self {
            Self::Money => word("money", "金额"),
            Self::Rate | Self::Ratio => word("rate", "比率"),
            Self::Pp => word("pp", "百分点"),
            Self::Number => word("factor", "系数"),
            Self::Points => word("points", "点数"),
            Self::Days => word("days", "天数"),
            Self::Months => word("months", "月数"),
            Self::Years => word("years", "年数"),
            Self::PerPoint => word("money per point", "金额每点"),
            Self::PerDay => word("money per day", "金额每天"),
            Self::Date => word("date", "日期"),
            Self::Bool => word("bool", "是否"),
            Self::Code => word("code", "编码"),
            Self::Enum(at) if at < enums.len() => format!("e{at}"),
            Self::Enum(_) | Self::Row => String::new(),
        }
    }

    /// What follows a number of this type.
    pub(super) fn unit(self, lang: Lang) -> &'static str {
        match self {
            Self::Money => lang.word(" yuan", "元"),
            Self::Rate | Self::Ratio => "%",
            Self::Pp => lang.word("pp", "个百分点"),
            Self::Points => lang.word(" points", "点"),
            Self::Days => lang.word(" days", "天"),
            Self::Months => lang.word(" months", "个月"),
            Self::Years => lang.word(" years", "年"),
            Self::PerPoint => lang.word(" yuan per point", "元每点"),
            Self::PerDay => lang.word(" yuan per day", "元每天"),
            _ => "",
        }
    }

    /// Whether only whole numbers of it are natural.
    pub(super) fn is_whole(self) -> bool {
        matches!(self, Self::Days | Self::Months | Self::Years)
    }

    /// A value in hundredths of what is written before the unit.
    pub(super) fn literal(self, hundredths: i128, lang: Lang) -> String {
        format!("{}{}", decimal(hundredths), self.unit(lang))
    }

    /// A literal as part of an expression.
    pub(super) fn operand(self, hundredths: i128, lang: Lang) -> String {
        let literal = self.literal(hundredths, lang);
        if hundredths < 0 { format!("({literal})") } else { literal }
    }

    /// Steps that amounts are rounded to.
    pub(super) fn steps(self) -> &'static [&'static str] {
        match self {
            Self::Money => &["0.01", "0.1", "1", "100", "0.05", "0.001", "3", "10_000"],
            Self::Rate | Self::Ratio => &["0.01", "1", "0.0001", "5", "0.5"],
            Self::Pp => &["0.01", "0.1", "1"],
            Self::Points => &["0.0001", "0.01", "1", "0.5"],
            Self::PerPoint | Self::PerDay => &["0.0001", "0.01", "0.03", "1"],
            Self::Days | Self::Months | Self::Years => &["1", "0.1", "7"],
            _ => &["0.0001", "0.01", "1", "0.25"],
        }
    }
}

/// A number of hundredths.
pub(super) fn decimal(hundredths: i128) -> String {
    let sign = if hundredths < 0 { "-" } else { "" };
    let (whole, part) = (hundredths.unsigned_abs() / 100, hundredths.unsigned_abs() % 100);
    match part {
        0 => format!("{sign}{whole}"),
        _ if part.is_multiple_of(10) => format!("{sign}{whole}.{}", part / 10),
        _ => format!("{sign}{whole}.{part:02}"),
    }
}

/// A day of some months counted from January 1990; days beyond the 28th lead into the next month.
pub(super) fn day(months: i64, day: i64) -> String {
    format!("{:04}-{:02}-{:02}", 1990 + months.div_euclid(12), months.rem_euclid(12) + 1, day.clamp(1, 28))
}
