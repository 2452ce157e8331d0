//! Dividing an amount by weights so that nothing is lost.

use num_bigint::BigUint;

/// Why an amount cannot be divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// All weights are zero, the amount is not.
    NoWeights,
    /// A weight is negative, or the weights do not add up within 128 bits, or the parts do not add up to the amount.
    Broken,
}

/// The parts of an amount: `floor(|amount| × weight ÷ sum of weights)` each, and one step more for those with the greatest
/// remainders until nothing is left, the earlier of equal ones first. Weights stand in the order of the keys.
pub(crate) fn divide(amount: i128, weights: &[i128]) -> Result<Vec<i128>, Failure> {
    let size = amount.unsigned_abs();
    let mut sum = 0_u128;
    for weight in weights {
        let weight = u128::try_from(*weight).map_err(|_| Failure::Broken)?;
        sum = sum.checked_add(weight).ok_or(Failure::Broken)?;
    }
    if sum == 0 {
        return if size == 0 { Ok(vec![0; weights.len()]) } else { Err(Failure::NoWeights) };
    }
    let mut parts = Vec::with_capacity(weights.len());
    let mut remainders = Vec::with_capacity(weights.len());
    let mut left = size;
    for weight in weights {
        let (part, remainder) = multiply_divide(size, weight.unsigned_abs(), sum).ok_or(Failure::Broken)?;
        left = left.checked_sub(part).ok_or(Failure::Broken)?;
        parts.push(part);
        remainders.push(remainder);
    }
    let left = usize::try_from(left).map_err(|_| Failure::Broken)?;
    if left > 0 {
        let mut order: Vec<usize> = (0..parts.len()).collect();
        // The sort is stable: equal remainders stay in the order of the keys.
        order.sort_by_key(|place| std::cmp::Reverse(remainders.get(*place).copied().unwrap_or(0)));
        for place in order.into_iter().take(left) {
            if let Some(part) = parts.get_mut(place) {
                *part += 1;
            }
        }
    }
    let total = parts.iter().try_fold(0_u128, |total, part| total.checked_add(*part));
    if total != Some(size) {
        return Err(Failure::Broken);
    }
    let signed = |part: u128| {
        let part = i128::try_from(part).ok();
        if amount < 0 { part.map(|part| -part) } else { part }
    };
    match parts.iter().map(|part| signed(*part)).collect() {
        Some(parts) => Ok(parts),
        // Only the size of the least number is too large, and only if one takes it all.
        None => Err(Failure::Broken),
    }
}

/// Quotient and remainder of a product, exactly.
fn multiply_divide(amount: u128, weight: u128, sum: u128) -> Option<(u128, u128)> {
    if let Some(product) = amount.checked_mul(weight) {
        return Some(match (u64::try_from(product), u64::try_from(sum)) {
            (Ok(product), Ok(sum)) => ((product / sum).into(), (product % sum).into()),
            _ => (product / sum, product % sum),
        });
    }
    let (product, sum) = (BigUint::from(amount) * BigUint::from(weight), BigUint::from(sum));
    let (quotient, remainder) = (&product / &sum, product % &sum);
    Some((quotient.try_into().ok()?, remainder.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drg_points() {
        let parts = divide(100_000_000, &[3_505_000, 850_000, 3_188_546]).unwrap();
        assert_eq!(parts, [46_463_560, 11_267_910, 42_268_530]);
    }

    #[test]
    fn ties_go_to_the_smaller_key() {
        assert_eq!(divide(2, &[1, 1, 1]).unwrap(), [1, 1, 0]);
        assert_eq!(divide(-2, &[1, 1, 1]).unwrap(), [-1, -1, 0]);
        assert_eq!(divide(1, &[0, 1, 2]).unwrap(), [0, 0, 1]);
        assert_eq!(divide(7, &[0, 0, 5]).unwrap(), [0, 0, 7]);
    }

    #[test]
    fn without_weights() {
        assert_eq!(divide(0, &[0, 0]).unwrap(), [0, 0]);
        assert_eq!(divide(1, &[0, 0]), Err(Failure::NoWeights));
        assert_eq!(divide(0, &[]).unwrap(), []);
        assert_eq!(divide(1, &[]), Err(Failure::NoWeights));
        assert_eq!(divide(1, &[-1, 2]), Err(Failure::Broken));
        assert_eq!(divide(1, &[i128::MAX, i128::MAX, 2]), Err(Failure::Broken));
    }

    #[test]
    fn products_beyond_128_bits() {
        let large = 10_i128.pow(37);
        let parts = divide(large, &[large, large, large]).unwrap();
        assert_eq!(parts, [large / 3 + 1, large / 3, large / 3]);
        assert_eq!(divide(i128::MAX, &[i128::MAX / 2, i128::MAX / 2]).unwrap().iter().sum::<i128>(), i128::MAX);
    }
}
