use super::*;
use crate::ids::InputId;
use crate::interpret::samples::streams::reversible;

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
