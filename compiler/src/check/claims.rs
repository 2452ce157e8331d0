//! Claims made up to try a program on: the ends of ranges, the bounds of ladders and one step to either side first.

use fen_grammar::diagnostic::Text;
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Zero};

use super::program::Program;
use super::types::step_of;

/// An endless, repeatable sequence of claims within the admitted ranges.
pub(crate) struct Claims<'a> {
    program: &'a Program,
    /// Parts of one amount that matter for another: bounds of ladders and what they leave.
    ratios: Vec<BigRational>,
    state: u64,
}

impl<'a> Claims<'a> {
    /// The sequence for a seed.
    pub(crate) fn new(program: &'a Program, seed: u64) -> Self {
        let bounds =
            program.ladders.iter().flat_map(|ladder| &ladder.rows).flat_map(|row| [&row.low, &row.high]).flatten();
        let mut ratios: Vec<BigRational> =
            bounds.flat_map(|bound| [bound.clone(), BigRational::one() - bound]).collect();
        ratios.push(BigRational::one());
        Self { program, ratios, state: seed }
    }

    /// SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
    fn next_random(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound.max(1)).unwrap_or(u64::MAX);
        usize::try_from(self.next_random() % bound).unwrap_or(0)
    }

    /// One value of an input, given those before it.
    fn value(&mut self, at: usize, earlier: &[BigRational]) -> BigRational {
        let Some(input) = self.program.inputs.get(at) else { return BigRational::zero() };
        let step = step_of(input.scale);
        let (low, high) = (&input.facts.low, &input.facts.high);
        let raw: BigRational = match self.below(8) {
            0 => low.clone(),
            1 => high.clone(),
            2 => BigRational::zero(),
            3 => (high - low) * BigRational::new(self.next_random().into(), BigInt::from(u64::MAX)) + low,
            4 => {
                let digits = u32::try_from(self.below(14)).unwrap_or(0);
                BigRational::from(BigInt::from(self.next_random()) % BigInt::from(10).pow(digits)) * &step
            }
            _ => {
                let ratio = self.below(self.ratios.len());
                let ratio = self.ratios.get(ratio).cloned().unwrap_or_else(BigRational::one);
                let amount = self.below(earlier.len());
                earlier.get(amount).cloned().unwrap_or_else(|| BigRational::from(BigInt::from(100_000_000))) * ratio
            }
        };
        let nudge = BigInt::from(self.below(3)) - 1;
        let on_grid: BigRational = (raw / &step).floor() * &step + &step * nudge;
        on_grid.max(low.clone()).min(high.clone())
    }
}

impl Iterator for Claims<'_> {
    type Item = Vec<BigRational>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut claim = Vec::new();
        for at in 0..self.program.inputs.len() {
            let value = self.value(at, &claim);
            claim.push(value);
        }
        Some(claim)
    }
}

/// A claim in words: every input with its value.
pub(crate) fn show_claim(program: &Program, claim: &[BigRational]) -> Text {
    let parts = program.inputs.iter().zip(claim).map(|(input, value)| {
        let value = input.ty.show(value);
        (format!("{} {}", input.name, value.en), format!("{} {}", input.name, value.zh))
    });
    let (en, zh): (Vec<String>, Vec<String>) = parts.unzip();
    Text::new(en.join(", "), zh.join("，"))
}
