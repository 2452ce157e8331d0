//! The made-up county: its insured, its institutions, and the quarter that is settled.
//!
//! No person, institution, county or code is a real one. Of 1000 insured, 850 are residents, 105 employees and 45
//! retired employees. Ages of residents: 22 % below 18, 54 % from 18 to 59, 14 % in their sixties, 10 % from 70 to 95;
//! employees are 22 to 59, retired ones 52 to 90. Of 1000 residents 8 are 特困, 50 低保, 10 边缘 and 5 因病致贫. 15 % of
//! all insured, and half of those over 60, see a doctor often.

use anyhow::{Context, Result};

use crate::random::SplitMix64;

pub(crate) const COUNTY: &str = "示例县";
pub(crate) const CITY: &str = "示例市区";
/// Days from 1 October to 31 December 2022.
pub(crate) const DAYS: u64 = 92;
pub(crate) const RESIDENT: &str = "城乡居民";

pub(crate) struct Person {
    pub(crate) class: &'static str,
    pub(crate) hardship: &'static str,
    pub(crate) age: u64,
    /// Sees a doctor often.
    pub(crate) frequent: bool,
}

impl Person {
    pub(crate) fn is_resident(&self) -> bool {
        self.class == RESIDENT
    }

    /// What a personal account holds, in fen: drawn for each claim, residents have none.
    pub(crate) fn balance(&self, random: &mut SplitMix64) -> u64 {
        if self.is_resident() { 0 } else { random.below(500_001) }
    }
}

/// Where one is treated; `residents` and `employees` are the weights of the outpatient visits of each.
pub(crate) struct Institution {
    pub(crate) code: &'static str,
    pub(crate) name: &'static str,
    pub(crate) english: &'static str,
    /// As `机构类别` of the floors of township hospitals.
    pub(crate) class: &'static str,
    pub(crate) level: Level,
    pub(crate) tier: &'static str,
    pub(crate) county: &'static str,
    pub(crate) no_markup: bool,
    pub(crate) paid_by_drg: bool,
    pub(crate) residents: u64,
    pub(crate) employees: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    First,
    Second,
    Third,
}

impl Level {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::First => "一级",
            Self::Second => "二级",
            Self::Third => "三级",
        }
    }
}

impl Institution {
    pub(crate) fn in_county(&self) -> bool {
        self.county == COUNTY
    }

    pub(crate) fn has_beds(&self) -> bool {
        self.class != "村卫生室"
    }

    pub(crate) fn is_city(&self) -> bool {
        self.level == Level::Third
    }

    pub(crate) fn is_township(&self) -> bool {
        self.has_beds() && self.level == Level::First
    }

    pub(crate) fn is_county_hospital(&self) -> bool {
        self.level == Level::Second
    }

    pub(crate) fn is_chinese_medicine(&self) -> bool {
        self.code == "H2"
    }
}

/// What the institutions of a kind have in common.
const VILLAGE: Institution = Institution {
    code: "",
    name: "",
    english: "",
    class: "村卫生室",
    level: Level::First,
    tier: "村级",
    county: COUNTY,
    no_markup: true,
    paid_by_drg: false,
    residents: 11,
    employees: 2,
};
const TOWNSHIP: Institution =
    Institution { class: "一般卫生院", tier: "乡级", residents: 5, employees: 2, ..VILLAGE };
const CENTRAL: Institution = Institution { class: "中心卫生院", residents: 8, employees: 4, ..TOWNSHIP };
const HOSPITAL: Institution = Institution {
    class: "其他机构",
    level: Level::Second,
    tier: "县级",
    paid_by_drg: true,
    residents: 14,
    employees: 40,
    ..VILLAGE
};

pub(crate) static INSTITUTIONS: [Institution; 12] = [
    Institution { code: "H1", name: "县人民医院", english: "County hospital", ..HOSPITAL },
    Institution {
        code: "H2",
        name: "县中医医院",
        english: "County hospital of Chinese medicine",
        residents: 6,
        employees: 16,
        ..HOSPITAL
    },
    Institution {
        code: "Z1",
        name: "东镇中心卫生院",
        english: "Central township hospital, east",
        paid_by_drg: true,
        ..CENTRAL
    },
    Institution { code: "Z2", name: "西镇中心卫生院", english: "Central township hospital, west", ..CENTRAL },
    Institution { code: "Y1", name: "南乡卫生院", english: "Township hospital, south", ..TOWNSHIP },
    Institution { code: "Y2", name: "北乡卫生院", english: "Township hospital, north", ..TOWNSHIP },
    Institution { code: "Y3", name: "山乡卫生院", english: "Township hospital, hills", ..TOWNSHIP },
    Institution { code: "C1", name: "甲村卫生室", english: "Village clinic A", ..VILLAGE },
    Institution { code: "C2", name: "乙村卫生室", english: "Village clinic B", ..VILLAGE },
    Institution { code: "C3", name: "丙村卫生室", english: "Village clinic C", ..VILLAGE },
    Institution { code: "C4", name: "丁村卫生室", english: "Village clinic D", no_markup: false, ..VILLAGE },
    Institution {
        code: "S1",
        name: "市第一医院（县外）",
        english: "City hospital, outside the county",
        level: Level::Third,
        tier: "市级以上",
        county: CITY,
        residents: 6,
        employees: 22,
        ..HOSPITAL
    },
];

/// The insured of the county.
pub(crate) fn persons(seed: u64, count: u64) -> Vec<Person> {
    let mut random = SplitMix64::new(seed);
    (0..count).map(|_| person(&mut random)).collect()
}

fn person(random: &mut SplitMix64) -> Person {
    let class = match random.below(1000) {
        0..850 => RESIDENT,
        850..955 => "在职",
        _ => "退休",
    };
    let age = match (class, random.below(100)) {
        ("在职", _) => random.between(22, 59),
        ("退休", _) => random.between(52, 90),
        (_, 0..22) => random.between(0, 17),
        (_, 22..76) => random.between(18, 59),
        (_, 76..90) => random.between(60, 69),
        _ => random.between(70, 95),
    };
    let hardship = match (class, random.below(1000)) {
        (RESIDENT, 0..8) => "特困",
        (RESIDENT, 8..58) => "低保",
        (RESIDENT, 58..68) => "边缘",
        (RESIDENT, 68..73) => "因病致贫",
        _ => "一般",
    };
    let frequent = random.chance(if age > 60 { 500 } else { 100 });
    Person { class, hardship, age, frequent }
}

/// One of the insured, as often as the weight (of at most `most`) says.
pub(crate) fn draw_person<'a>(
    random: &mut SplitMix64,
    persons: &'a [Person],
    most: u64,
    weight: impl Fn(&Person) -> u64,
) -> Result<(usize, &'a Person)> {
    loop {
        let index = usize::try_from(random.below(persons.len() as u64))?;
        let person = persons.get(index).context("nobody is insured")?;
        if random.below(most) < weight(person) {
            return Ok((index, person));
        }
    }
}

/// An amount around a middle, in fen: three factors between a half and 1.7, so that few are far above it.
pub(crate) fn around(random: &mut SplitMix64, middle: u64) -> u64 {
    (0..3).fold(middle, |amount, _| amount * random.between(50, 170) / 100).max(1)
}

/// A day of the quarter, counted from 0.
pub(crate) fn date(day: u64) -> String {
    match day {
        0..31 => format!("2022-10-{:02}", day + 1),
        31..61 => format!("2022-11-{:02}", day - 30),
        _ => format!("2022-12-{:02}", day - 60),
    }
}

pub(crate) fn yuan(fen: u64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}

pub(crate) fn yes(value: bool) -> &'static str {
    if value { "是" } else { "否" }
}
