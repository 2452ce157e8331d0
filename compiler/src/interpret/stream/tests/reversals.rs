use super::*;
use crate::ids::InputId;
use crate::interpret::samples::streams::{day, reversible, reversible_lines};

/// A claim of person 50.
fn claim(id: i64, eligible: i64) -> [Cell; 4] {
    [code(id), None, code(50), cents(eligible)]
}

/// What a reversal does not read may be anything.
fn reversal(id: i64, of: i64) -> [Cell; 4] {
    [code(id), code(of), None, cents(-7)]
}

/// Outputs: paid, the last eligible amount, the previous claim, and the total of the pool.
#[test]
fn a_claim_that_is_taken_back_counts_until_then() {
    let claims = stream([
        claim(1, 100_000),
        claim(2, 80_000),
        reversal(3, 1),
        claim(4, 120_000),
        reversal(5, 4),
        claim(6, 90_000),
    ]);
    let p = reversible();
    let expected = [
        Ok(vec![Some(100_000), Some(0), Some(0), None]),
        // 1000 were paid before; that stays.
        settled([50_000, 100_000, 1, 140_000]),
        Ok(vec![Some(-100_000), Some(0), Some(0), None]),
        // Of 1500 only the 500 of claim 2 are used.
        Ok(vec![Some(100_000), Some(80_000), Some(2), None]),
        Ok(vec![Some(-100_000), Some(-80_000), Some(2), None]),
        settled([90_000, 80_000, 2, 140_000]),
    ];
    assert_eq!(rows(&p, &claims), expected);
    assert_eq!(groups(&p, &claims, "pool"), [(vec![], vec![Some(140_000)], None)]);
}

#[test]
fn what_cannot_be_taken_back() {
    let unknown = Err(Rejection::UnknownClaim);
    let claims = stream([
        reversal(9, 1),
        claim(1, 1_000),
        reversal(2, 1),
        reversal(3, 1),
        reversal(4, 2),
        reversal(5, 5),
        claim(1, 1_000),
        claim(6, -1),
        reversal(7, 6),
        claim(6, 1_000),
        [code(8), code(6), None, None],
    ]);
    let rows = rows(&reversible(), &claims);
    assert_eq!(rows[0], unknown);
    assert!(rows[1].is_ok() && rows[2].is_ok());
    assert_eq!(rows[3], Err(Rejection::AlreadyReversed));
    assert_eq!(rows[4], unknown, "a reversal is no claim");
    assert_eq!(rows[5], unknown, "itself");
    assert_eq!(rows[6], Err(Rejection::DuplicateClaim));
    assert_eq!(rows[7], Err(Rejection::BelowMin(InputId(3))));
    assert_eq!(rows[8], unknown, "a rejected claim");
    assert!(rows[9].is_ok(), "the id of a rejected claim is free");
    assert!(rows[10].is_ok());
}

#[test]
fn a_group_whose_claims_are_all_taken_back_is_none() {
    let claims = stream([claim(1, 1_000), reversal(2, 1)]);
    assert_eq!(groups(&reversible(), &claims, "pool"), []);
    let rows = rows(&reversible(), &claims);
    assert_eq!(rows[0], Ok(vec![Some(1_000), Some(0), Some(0), None]));
    assert_eq!(rows[1], Ok(vec![Some(-1_000), Some(0), Some(0), None]));
}

/// A line of person 50.
fn line(claim: i64, amount: i64) -> [Cell; 7] {
    [code(claim), code(50), Some(day(2022, 5, 1)), code(0), code(0), cents(amount), None]
}

/// What is not read may be anything.
fn reversal_of_lines(id: i64, of: i64) -> [Cell; 7] {
    [code(id), None, None, code(77), None, cents(-7), code(of)]
}

/// Per claim: total, in scope, paid (70% above 200.00), paid before, and the total of the pool.
#[test]
fn a_claim_of_lines_that_is_taken_back_counts_until_then() {
    let p = reversible_lines();
    let lines = stream([
        line(1, 30_000),
        line(2, 120_000),
        line(1, 40_000),
        reversal_of_lines(3, 1),
        // A line behind the reversal is one of the claim all the same.
        line(1, 50_000),
        line(4, 20_000),
    ]);
    assert_eq!(
        rows(&p, &lines),
        [0, 0, 0, -1, 0, 0].map(|prepay| match prepay {
            0 => settled([0]),
            _ => Ok(vec![None]),
        })
    );
    let claim = |key, cells: [i64; 4], everything: Option<i64>| {
        (vec![key], cells.into_iter().map(Some).chain([everything]).collect(), None)
    };
    let expected = [
        claim(1, [120_000, 120_000, 70_000, 0], None),
        // 700.00 were paid before; that stays.
        claim(2, [120_000, 120_000, 70_000, 70_000], Some(70_000)),
        claim(3, [-120_000, -120_000, -70_000, 0], None),
        claim(4, [20_000, 20_000, 0, 70_000], Some(70_000)),
    ];
    assert_eq!(groups(&p, &lines, "claim"), expected);
    assert_eq!(groups(&p, &lines, "pool"), [(vec![], vec![Some(70_000)], None)]);
}

#[test]
fn what_cannot_be_taken_back_of_lines() {
    let p = reversible_lines();
    let mut bad = line(6, 1_000);
    bad[5] = cents(-1);
    let mut nameless = reversal_of_lines(1, 2);
    nameless[0] = None;
    let lines = stream([
        reversal_of_lines(9, 1),
        line(1, 1_000),
        line(2, 1_000),
        reversal_of_lines(3, 1),
        reversal_of_lines(4, 1),
        reversal_of_lines(2, 2),
        reversal_of_lines(5, 3),
        line(6, 1_000),
        bad,
        reversal_of_lines(7, 6),
        line(3, 1_000),
        line(3, 1_000),
        nameless,
        // An id that no settled row has is free.
        reversal_of_lines(6, 2),
    ]);
    let expected = [
        Err(Rejection::UnknownClaim),
        settled([0]),
        settled([0]),
        Ok(vec![None]),
        Err(Rejection::AlreadyReversed),
        Err(Rejection::DuplicateClaim),
        Err(Rejection::UnknownClaim),
        Err(Rejection::ClaimRejected),
        Err(Rejection::BelowMin(InputId(5))),
        Err(Rejection::UnknownClaim),
        Err(Rejection::DuplicateClaim),
        Err(Rejection::DuplicateClaim),
        Err(Rejection::UnknownValue(InputId(0))),
        Ok(vec![None]),
    ];
    assert_eq!(rows(&p, &lines), expected);
    let keys: Vec<i64> = groups(&p, &lines, "claim").into_iter().map(|(key, ..)| key[0]).collect();
    assert_eq!(keys, [1, 2, 3, 6]);
    assert_eq!(groups(&p, &lines, "pool"), []);
}
