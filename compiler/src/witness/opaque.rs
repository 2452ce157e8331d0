//! What is not linear: a variable stands for it, with what is certain about it.
//!
//! Equal things share one variable, which alone decides most questions about them (such as an age under 18 or not). What a
//! problem's solution says of such a variable need not be so; [`Path::repaired`] asks for a solution for which it is.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};

use super::dates;
use super::path::{Path, Step, Stop};
use crate::check::program::{Expr, Key, Rounding, Table};
use crate::check::types::{Facts, Grid, step_of};
use crate::ids::{TableId, ValueId};
use crate::solve::{Linear, Problem, Sign, Solution};

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Opaque {
    Product(Linear, Linear),
    /// By something positive.
    Quotient(Linear, Linear),
    Rounded(Linear, Rounding),
    Months {
        from: Linear,
        to: Linear,
        unit: u8,
    },
    Shifted {
        date: Linear,
        months: Linear,
        later: bool,
    },
    /// Of a table with many rows.
    Cell(TableId, Vec<Linear>),
    /// One that many others are between, or whose cases are not told apart.
    Value(ValueId),
    /// Another expression whose cases are not told apart.
    Cases(*const Expr),
}

/// Constraints that settle what something opaque is.
type Settling = Vec<(Linear, Sign)>;

/// Rows of a table that are tried.
const SAMPLED_ROWS: usize = 12;

impl Path<'_> {
    /// The variable for something, and whether it is a new one.
    pub(super) fn opaque(&mut self, what: Opaque, facts: &Facts) -> (Linear, bool) {
        if let Some(form) = self.known_opaque(&what) {
            return (form, false);
        }
        let (var, step) = self.fresh(facts);
        let form = Linear::var(var, step);
        self.opaques.push((what, form.clone()));
        (form, true)
    }

    fn known_opaque(&self, what: &Opaque) -> Option<Linear> {
        self.opaques.iter().find(|(known, _)| known == what).map(|(_, form)| form.clone())
    }

    /// The product of two forms that are not constant: that of their variable parts, of the first coefficient one, and
    /// what remains. So products that differ in factors and summands only share a variable.
    pub(super) fn multiply(&mut self, left: Linear, right: Linear, facts: &Facts) -> Step<Linear> {
        let ((left, c), (right, d)) = (left.split(), right.split());
        let rest = left.clone().scale(&d).add(&right.clone().scale(&c)).add(&Linear::constant(&c * &d));
        let (Some(a), Some(b)) = (left.lead().cloned(), right.lead().cloned()) else { return Ok(rest) };
        let (left, right) = (left.scale(&a.recip()), right.scale(&b.recip()));
        let (left, right) = if left.vars().le(right.vars()) { (left, right) } else { (right, left) };
        let product = self.monic_product(left, right)?;
        let product = product.scale(&(a * b)).add(&rest);
        self.between(&product, &Linear::constant(facts.low.clone()), &Linear::constant(facts.high.clone()))?;
        Ok(product)
    }

    fn monic_product(&mut self, left: Linear, right: Linear) -> Step<Linear> {
        let is_integral = self.problem.is_integral(&left) && self.problem.is_integral(&right);
        let grid = if is_integral { Grid::Step(left.step() * right.step()) } else { Grid::Free };
        let facts = self.facts_of(&left).multiply(&self.facts_of(&right));
        let (product, is_new) = self.opaque(Opaque::Product(left.clone(), right.clone()), &Facts { grid, ..facts });
        if is_new {
            self.hull(&left, &right, &product)?;
        }
        Ok(product)
    }

    /// The quotient by something positive and not constant: what the divisor goes into evenly, and a quotient of first
    /// coefficients one.
    pub(super) fn divide(&mut self, numer: &Linear, denom: &Linear) -> Step<Linear> {
        let lead = denom.lead().cloned().unwrap_or_else(BigRational::one);
        let whole = numer.along(denom).map_or_else(BigRational::zero, |along| along / &lead);
        let rest = numer.clone().sub(&denom.clone().scale(&whole));
        let whole = Linear::constant(whole);
        let factor = rest.lead().or(rest.as_constant()).cloned().unwrap_or_else(BigRational::one);
        if factor.is_zero() {
            return Ok(whole);
        }
        let (rest, denom) = (rest.scale(&factor.recip()), denom.clone().scale(&lead.abs().recip()));
        let quotient = self.monic_quotient(rest, denom)?;
        Ok(quotient.scale(&(factor / lead.abs())).add(&whole))
    }

    fn monic_quotient(&mut self, numer: Linear, denom: Linear) -> Step<Linear> {
        let (low, high) = self.range(&denom);
        let (least, most) = self.range(&numer);
        // The divisor is positive, but bounds alone need not say how far from zero it is; at least one of its steps.
        let low = if low.is_positive() { low } else { self.least_positive(&denom) };
        let high = high.max(low.clone());
        let ends = [&least / &low, &least / &high, &most / &low, &most / &high];
        let zero = BigRational::zero();
        let facts = Facts {
            low: ends.iter().min().unwrap_or(&zero).clone(),
            high: ends.iter().max().unwrap_or(&zero).clone(),
            grid: Grid::Free,
        };
        let (quotient, is_new) = self.opaque(Opaque::Quotient(numer.clone(), denom.clone()), &facts);
        if is_new {
            self.hull(&quotient, &denom, &numer)?;
        }
        Ok(quotient)
    }

    /// The four planes that enclose a product (McCormick, Mathematical Programming 1976).
    pub(super) fn hull(&mut self, left: &Linear, right: &Linear, product: &Linear) -> Step<()> {
        let ((a, b), (c, d)) = (self.range(left), self.range(right));
        for (x, y, is_under) in [(&a, &c, true), (&b, &d, true), (&b, &c, false), (&a, &d, false)] {
            let plane = right.clone().scale(x).add(&left.clone().scale(y)).sub(&Linear::constant(x * y)).sub(product);
            self.require(&if is_under { plane } else { plane.negate() }, Sign::NotPositive)?;
        }
        Ok(())
    }

    /// No positive value of the form is less.
    pub(super) fn least_positive(&self, form: &Linear) -> BigRational {
        if self.problem.is_integral(form) {
            return form.step();
        }
        // Facts have at most 2048 bits, so that no value is nearer to zero.
        BigRational::new(BigInt::one(), BigInt::one() << 4_096_usize)
    }

    pub(super) fn full_months(&mut self, from: Linear, to: Linear, unit: u8, facts: &Facts) -> Step<Linear> {
        if let (Some(from), Some(to)) = (self.day(&from), self.day(&to)) {
            return Ok(Linear::integer(dates::full_units(from, to, unit)));
        }
        let what = Opaque::Months { from: from.clone(), to: to.clone(), unit };
        if let Some(count) = self.known_opaque(&what) {
            return Ok(count);
        }
        let days = to.clone().sub(&from);
        let (low, high) = self.range(&days);
        let ways: Vec<bool> = [(!high.is_negative(), false), (low.is_negative(), true)]
            .into_iter()
            .filter(|(can_be, _)| *can_be)
            .map(|(_, is_negative)| is_negative)
            .collect();
        let choice = self.choose(ways.len())?;
        let is_negative = *ways.get(choice).ok_or(Stop::Never)?;
        let days = if is_negative { days.negate() } else { days };
        self.require(&days.clone().negate().add(&Linear::integer(i32::from(is_negative))), Sign::NotPositive)?;
        let (count, _) = self.opaque(what, facts);
        let size = if is_negative { count.clone().negate() } else { count.clone() };
        self.require(&size.clone().negate(), Sign::NotPositive)?;
        // Between so many full units and one more, of the shortest and the longest.
        let (short, long) = if unit == 12 { (365, 366) } else { (28, 31) };
        let more = size.clone().add(&Linear::integer(1));
        self.between(&days, &size.clone().scale(&whole(short)), &more.clone().scale(&whole(long)))?;
        let (average, slack) = (mean(unit), Linear::integer(8));
        self.between(&days, &size.scale(&average).sub(&slack), &more.scale(&average).add(&slack))?;
        self.link(&from, &to, is_negative)?;
        Ok(count)
    }

    /// Years and months between the same days agree.
    fn link(&mut self, from: &Linear, to: &Linear, is_negative: bool) -> Step<()> {
        let of = |wanted: u8| {
            self.opaques.iter().find_map(|(what, form)| match what {
                Opaque::Months { from: a, to: b, unit } if *unit == wanted && a == from && b == to => {
                    Some(form.clone())
                }
                _ => None,
            })
        };
        let (Some(years), Some(months)) = (of(12), of(1)) else { return Ok(()) };
        let rest = months.sub(&years.scale(&whole(12)));
        let rest = if is_negative { rest.negate() } else { rest };
        self.between(&rest, &Linear::default(), &Linear::integer(11))
    }

    pub(super) fn add_months(&mut self, date: Linear, months: Linear, later: bool, facts: &Facts) -> Step<Linear> {
        let count = self.fixed(&months).and_then(|months| months.to_integer().to_i64());
        if let (Some(date), Some(count)) = (self.day(&date), count) {
            return Ok(Linear::integer(dates::add_months(date, count, later)));
        }
        let (result, is_new) =
            self.opaque(Opaque::Shifted { date: date.clone(), months: months.clone(), later }, facts);
        if !is_new {
            return Ok(result);
        }
        let days = result.clone().sub(&date);
        let (average, slack) = (months.clone().scale(&mean(1)), Linear::integer(8));
        self.between(&days, &average.clone().sub(&slack), &average.add(&slack))?;
        let (low, high) = self.range(&months);
        let (short, long) = (months.clone().scale(&whole(28)), months.scale(&whole(31)));
        if !low.is_negative() {
            self.between(&days, &short, &long)?;
        } else if !high.is_positive() {
            self.between(&days, &long, &short)?;
        }
        Ok(result)
    }

    fn day(&self, form: &Linear) -> Option<i64> {
        self.fixed(form).and_then(|value| value.to_integer().to_i64())
    }

    /// Whether something but rounding is opaque.
    pub(super) fn is_opaque(&self) -> bool {
        self.opaques.iter().any(|(what, _)| !matches!(what, Opaque::Rounded(..)))
    }

    /// The problem with what is opaque settled as it really is, near a solution; and its solution.
    pub(super) fn repaired(&self, mut values: Vec<BigInt>) -> Option<(Problem, Vec<BigInt>)> {
        let mut problem = self.problem.clone();
        for (what, form) in &self.opaques {
            let ways = self.settlings(what, form, &values);
            if ways.is_empty() {
                continue;
            }
            let mut solved = ways.into_iter().filter_map(|way| {
                let mut problem = problem.clone();
                if !way.iter().all(|(form, sign)| problem.require(form, *sign)) {
                    return None;
                }
                match problem.solve(self.work) {
                    Solution::Found(values) => Some((problem, values)),
                    _ => None,
                }
            });
            (problem, values) = solved.next()?;
        }
        Some((problem, values))
    }

    /// Ways to settle what something is, those nearest to the solution first.
    fn settlings(&self, what: &Opaque, form: &Linear, values: &[BigInt]) -> Vec<Settling> {
        match what {
            Opaque::Rounded(..) | Opaque::Value(_) | Opaque::Cases(_) => Vec::new(),
            Opaque::Product(left, right) => {
                let pin = |one: &Linear, other: &Linear| -> Vec<Settling> {
                    let pins = self.pins(one, values).into_iter();
                    pins.map(|value| vec![equal(one, &value), zero(form.clone().sub(&other.clone().scale(&value)))])
                        .collect()
                };
                [pin(left, right), pin(right, left)].concat()
            }
            Opaque::Quotient(numer, denom) => {
                let pins = self.pins(denom, values).into_iter().filter(Signed::is_positive);
                pins.map(|value| vec![equal(denom, &value), zero(form.clone().scale(&value).sub(numer))]).collect()
            }
            Opaque::Months { from, to, unit } => {
                let Some(count) = day_at(form, values) else { return Vec::new() };
                let count_is = equal(form, &whole(count));
                let mut ways: Vec<Settling> = Vec::new();
                for (one, other, days) in
                    [(to, from, dates::froms as fn(i64, i64, u8) -> Option<(i64, i64)>), (from, to, dates::tos)]
                {
                    for day in self.days(one, values) {
                        let Some((first, last)) = days(day, count, *unit) else { continue };
                        ways.push(vec![
                            count_is.clone(),
                            equal(one, &whole(day)),
                            (Linear::integer(first).sub(other), Sign::NotPositive),
                            (other.clone().sub(&Linear::integer(last)), Sign::NotPositive),
                        ]);
                    }
                }
                ways
            }
            Opaque::Shifted { date, months, later } => {
                let Some(count) = day_at(months, values) else { return Vec::new() };
                let days = self.days(date, values).into_iter();
                days.map(|day| {
                    let result = dates::add_months(day, count, *later);
                    vec![equal(date, &whole(day)), equal(months, &whole(count)), equal(form, &whole(result))]
                })
                .collect()
            }
            Opaque::Cell(table, keys) => {
                self.program.table(*table).map(|table| self.cells(table, keys, form)).unwrap_or_default()
            }
        }
    }

    fn cells(&self, table: &Table, keys: &[Linear], form: &Linear) -> Vec<Settling> {
        if table.keys.iter().any(|key| matches!(key, Key::Range(_))) {
            return Vec::new();
        }
        let every = table.rows.len().div_ceil(SAMPLED_ROWS).max(1);
        let extremes = [table.rows.iter().min_by_key(|row| row.cell), table.rows.iter().max_by_key(|row| row.cell)];
        let rows = extremes.into_iter().flatten().chain(table.rows.iter().step_by(every));
        rows.map(|row| {
            let cell = step_of(table.scale) * BigInt::from(row.cell);
            let keys = keys.iter().zip(&row.keys).map(|(key, ordinal)| equal(key, &whole(i64::from(*ordinal))));
            keys.chain([equal(form, &cell)]).collect()
        })
        .collect()
    }

    /// Values to give a form: its own, round ones, its ends.
    fn pins(&self, form: &Linear, values: &[BigInt]) -> Vec<BigRational> {
        let (low, high) = self.range(form);
        let mut pins = vec![form.at(values)];
        let round = [100_i64, 1, 10_000, 1_000_000].map(whole);
        let middle = (&low + &high) / BigInt::from(2);
        for pin in round.into_iter().chain([high.clone(), low.clone(), middle.floor()]) {
            if pin >= low && pin <= high && !pins.contains(&pin) {
                pins.push(pin);
            }
        }
        pins
    }

    /// Days to give a form: the first of the period in force, of a year, of a month, its own.
    fn days(&self, form: &Linear, values: &[BigInt]) -> Vec<i64> {
        let Some(own) = day_at(form, values) else { return Vec::new() };
        let [month, year] = dates::firsts(own);
        let (low, high) = self.range(form);
        let start = self.program.in_force.map(|(first, _)| i64::from(crate::check::program::days_of(first)));
        let mut days: Vec<i64> = start.into_iter().chain([year, month, own]).collect();
        days.extend([&low, &high].into_iter().filter_map(|end| end.to_integer().to_i64()));
        days.retain(|day| whole(*day) >= low && whole(*day) <= high);
        days.dedup();
        days
    }
}

fn whole(value: i64) -> BigRational {
    BigRational::from(BigInt::from(value))
}

/// Days of a month or year on average.
fn mean(unit: u8) -> BigRational {
    BigRational::new(BigInt::from(146_097_u32 * u32::from(unit)), BigInt::from(4_800))
}

fn equal(form: &Linear, value: &BigRational) -> (Linear, Sign) {
    zero(form.clone().sub(&Linear::constant(value.clone())))
}

fn zero(form: Linear) -> (Linear, Sign) {
    (form, Sign::Zero)
}

fn day_at(form: &Linear, values: &[BigInt]) -> Option<i64> {
    form.at(values).floor().to_integer().to_i64()
}
