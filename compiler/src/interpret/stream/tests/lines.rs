use super::*;
use crate::ids::{InputId, SiteId};
use crate::interpret::samples::streams::{day, fee_lines};

/// Of a claim and person: item and amount.
fn line(claim: i64, person: i64, item: i64, amount: i64) -> [Cell; 6] {
    [code(claim), code(person), Some(day(2022, 5, 1)), code(1), code(item), cents(amount)]
}

const K1: [(i64, i64); 5] = [(0, 100_000), (1, 1_010), (1, 1_010), (2, 20_005), (3, 3_000)];

#[test]
fn lines_add_up_to_claims() {
    let lines = stream(K1.map(|(item, amount)| line(7, 20, item, amount)));
    let p = fee_lines();
    assert_eq!(rows(&p, &lines), [0, 51, 51, 2_001, 3_000].map(|prepay| settled([prepay])));
    let claim = vec![Some(125_025), Some(119_922), Some(55_945), Some(0)];
    assert_eq!(groups(&p, &lines, "claim"), [(vec![7], claim, None)]);
}

/// The place of a claim is that of its first line: claim 9 comes before 8, though most of it stands behind.
#[test]
fn a_claim_stands_where_its_first_line_does() {
    let lines = stream([line(9, 20, 0, 50_000), line(8, 20, 0, 100_000), line(9, 20, 0, 50_000), line(7, 21, 0, 0)]);
    let claim = |key, total, pays, before| (vec![key], [total, total, pays, before].map(Some).to_vec(), None);
    let expected = [claim(9, 100_000, 42_000, 0), claim(8, 100_000, 42_000, 42_000), claim(7, 0, 0, 0)];
    assert_eq!(groups(&fee_lines(), &lines, "claim"), expected);
}

#[test]
fn one_bad_line_rejects_its_claim() {
    let lines = stream([
        line(7, 20, 0, 1_000),
        line(8, 20, 0, 2_000),
        line(7, 20, 4, 1_000),
        line(9, 20, 0, -1),
        line(9, 20, 0, 1_000),
        line(6, 20, 0, 50_000),
    ]);
    let p = fee_lines();
    let expected = [
        Err(Rejection::ClaimRejected),
        settled([0]),
        Err(Rejection::UnknownCode(SiteId(0))),
        Err(Rejection::BelowMin(InputId(5))),
        Err(Rejection::ClaimRejected),
        settled([0]),
    ];
    assert_eq!(rows(&p, &lines), expected);
    let keys: Vec<_> = groups(&p, &lines, "claim").into_iter().map(|(key, ..)| key[0]).collect();
    assert_eq!(keys, [8, 6]);
    let (code, column) = Rejection::ClaimRejected.named(&p);
    assert_eq!((code.as_str(), column.as_str()), ("claim_rejected", "claim"));
}

/// Lines that differ are rejected for that, before anything is looked up; lines that cannot be read do not make others differ.
#[test]
fn lines_that_differ() {
    let mut other = line(7, 20, 4, 1_000);
    other[3] = code(2);
    let mut unread = line(8, 21, 0, 1_000);
    (unread[3], unread[5]) = (code(2), cents(-1));
    let lines = stream([line(7, 20, 0, 1_000), other, line(8, 21, 0, 1_000), unread, line(9, 22, 0, 1_000)]);
    let differs = Err(Rejection::Differs(InputId(3)));
    let below = Err(Rejection::BelowMin(InputId(5)));
    let expected = [differs.clone(), differs, Err(Rejection::ClaimRejected), below, settled([0])];
    assert_eq!(rows(&fee_lines(), &lines), expected);
}
