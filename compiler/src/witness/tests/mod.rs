mod brute;
mod build;

use fen_grammar::tree::RoundingMode;
use num_rational::BigRational;

use self::build::*;
use super::{Witness, find};
use crate::check::claims::show_claim;
use crate::check::program::*;
use crate::check::types::Type;
use crate::ids::*;

/// The claim that is found, in words.
fn claim(program: &Program, condition: &Expr) -> String {
    match find(program, &[condition], &[]) {
        Witness::Claim(claim) => show_claim(program, &claim, &[]).en,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn is_impossible(program: &Program, condition: &Expr) {
    let found = find(program, &[condition], &[]);
    assert_eq!(found, Witness::Impossible);
}

#[test]
fn exceptions_of_an_enum_overlap() {
    let mut p = program();
    let transfer = p.new_enum(&["direct", "up", "down", "irregular"]);
    let referral = p.one_of("referral", transfer);
    let day_surgery = p.flag("day_surgery");
    let previous = p.one_of("previous", transfer);
    let known = p.optional(&previous);
    let (down, up) = (is(&referral, 2), and(&is(&referral, 1), &known));
    assert_eq!(claim(&p, &and(&down, &day_surgery)), "referral down, day_surgery true, previous missing");
    is_impossible(&p, &and(&down, &up));
    is_impossible(&p, &and(&down, &and(&day_surgery, &is(&referral, 0))));
    assert_eq!(claim(&p, &up), "referral up, day_surgery false, previous direct");
    // No case is true only for the one left out.
    let ordinals = [is(&referral, 0), is(&referral, 1), is(&referral, 2), is(&referral, 3)];
    is_impossible(&p, &none(&ordinals));
    assert!(claim(&p, &none(&ordinals[..3])).starts_with("referral irregular"));
    assert!(claim(&p, &gt(&referral, &constant(transfer, number(2, 1)))).starts_with("referral irregular"));
}

#[test]
fn gaps_of_one_fen() {
    let mut p = program();
    let a = p.money("a", 0, 1_000);
    let b = p.money("b", 0, 1_000);
    let below = lt(&a, &yuan(100));
    is_impossible(&p, &none(&[below.clone(), ge(&a, &yuan(100))]));
    let gap = none(&[below, ge(&a, &constant(Type::MONEY, number(10_001, 100)))]);
    assert_eq!(claim(&p, &gap), "a 100.00 yuan, b 0.00 yuan");
    let sum = add(&a, &b);
    is_impossible(&p, &none(&[lt(&sum, &yuan(100)), ge(&sum, &yuan(100))]));
    assert_eq!(claim(&p, &none(&[lt(&sum, &yuan(100)), gt(&sum, &yuan(100))])), "a 100.00 yuan, b 0.00 yuan");
    // Twice an amount is never an odd number of fen.
    is_impossible(&p, &eq(&add(&a, &a), &constant(Type::MONEY, number(3, 100))));
    is_impossible(&p, &and(&lt(&a, &b), &lt(&b, &a)));
    // A value with cases, rounded.
    let part = cases(&[(&lt(&a, &yuan(10)), &yuan(0))], &scaled((1, 3), &a));
    let part = p.define(part, Some(to_fen(RoundingMode::HalfUp)));
    is_impossible(&p, &gt(&part, &a));
    assert_eq!(claim(&p, &eq(&part, &constant(Type::MONEY, number(1_001, 100)))), "a 30.02 yuan, b 0.00 yuan");
    is_impossible(&p, &eq(&part, &yuan(3)));
}

#[test]
fn quotients_and_their_divisors() {
    let mut p = program();
    let inside = p.count("inside", 0, 1_000_000);
    let visits = p.count("visits", 0, 1_000_000);
    let guard = gt(&visits, &bare(0));
    let no_visits = eq(&visits, &bare(0));
    is_impossible(&p, &and(&guard, &no_visits));
    assert_eq!(claim(&p, &no_visits), "inside 0, visits 0");
    let rate = div(&inside, &visits);
    let high = constant(Type::RATE, number(9, 10));
    let met = and(&guard, &ge(&rate, &high));
    let missed = and(&guard, &lt(&rate, &high));
    is_impossible(&p, &and(&met, &missed));
    assert!(matches!(find(&p, &[&met], &[]), Witness::Claim(_)));
    // 90% is met by exactly so many.
    let exactly = all(&[guard.clone(), eq(&visits, &bare(1_000)), lt(&rate, &high), ge(&inside, &bare(899))]);
    assert_eq!(claim(&p, &exactly), "inside 899, visits 1000");
    is_impossible(&p, &and(&exactly, &gt(&inside, &bare(899))));
    // A rate times its divisor is the number again.
    is_impossible(&p, &and(&guard, &ne(&mul(&rate, &visits), &inside)));
    // A quotient against another: opaque, but found.
    let others = p.count("others", 1, 1_000);
    let other = div(&inside, &others);
    assert!(matches!(find(&p, &[&and(&guard, &gt(&rate, &other))], &[]), Witness::Claim(_)));
    assert!(matches!(find(&p, &[&and(&guard, &gt(&add(&rate, &other), &bare(3)))], &[]), Witness::Claim(_)));
    // A rounded quotient is within the step.
    let rounded = round(&rate, RoundingMode::HalfUp);
    is_impossible(&p, &all(&[guard.clone(), gt(&rounded, &add(&rate, &high))]));
    assert!(matches!(find(&p, &[&and(&guard, &gt(&rounded, &rate))], &[]), Witness::Claim(_)));
}

#[test]
fn products_of_inputs() {
    let mut p = program();
    let price = p.money("price", 0, 1_000);
    let days = p.count("days", 0, 100);
    let total = mul(&price, &days);
    let found = claim(&p, &and(&gt(&total, &yuan(5_000)), &lt(&total, &yuan(5_001))));
    assert!(found.starts_with("price"), "{found}");
    is_impossible(&p, &gt(&total, &yuan(100_000)));
    is_impossible(&p, &and(&gt(&total, &yuan(50_000)), &lt(&days, &bare(50))));
    is_impossible(&p, &and(&lt(&total, &yuan(0)), &gt(&price, &yuan(1))));
    is_impossible(&p, &none(&[lt(&total, &yuan(10)), ge(&total, &yuan(10))]));
    is_impossible(&p, &gt(&min(&total, &yuan(100)), &yuan(100)));
    assert_eq!(claim(&p, &eq(&total, &yuan(1_234))), "price 12.34 yuan, days 100");
}

#[test]
fn ages() {
    let mut p = program();
    let birth = p.date("birth");
    let discharged = p.date("discharged");
    p.dated_by = Some(InputId(1));
    let age = units(&birth, &discharged, 12);
    let years = |years: i64| constant(age.ty, number(years, 1));
    is_impossible(&p, &none(&[lt(&age, &years(18)), ge(&age, &years(18))]));
    is_impossible(&p, &and(&lt(&age, &years(18)), &ge(&age, &years(60))));
    assert_eq!(
        claim(&p, &none(&[lt(&age, &years(18)), gt(&age, &years(18))])),
        "birth 2003-09-01, discharged 2022-08-01"
    );
    // Nobody is 60 who was born less than 59 years ago.
    let young = gt(&birth, &constant(Type::Date, number(day(1990, 1, 1), 1)));
    let soon = lt(&discharged, &constant(Type::Date, number(day(2040, 1, 1), 1)));
    is_impossible(&p, &all(&[ge(&age, &years(60)), young, soon]));
    assert!(claim(&p, &lt(&age, &years(0))).ends_with("discharged 2022-08-01"));
    let months = units(&birth, &discharged, 1);
    let ty = months.ty;
    is_impossible(&p, &all(&[eq(&age, &years(1)), gt(&months, &constant(ty, number(23, 1)))]));
    let infant = all(&[ge(&months, &constant(ty, number(6, 1))), lt(&months, &constant(ty, number(7, 1)))]);
    assert_eq!(claim(&p, &infant), "birth 2022-02-01, discharged 2022-08-01");
    // Three months later, the last day of February.
    let due = later(&birth, 3);
    let last = is(&due, day(2023, 2, 28));
    assert!(claim(&p, &last).starts_with("birth 2022-11-"), "{}", claim(&p, &last));
    is_impossible(&p, &gt(&due, &add(&birth, &bare(93))));
}

#[test]
fn days_and_versions() {
    let mut p = program();
    let discharged = p.date("discharged");
    p.dated_by = Some(InputId(0));
    is_impossible(&p, &lt(&discharged, &constant(Type::Date, number(day(2022, 8, 1), 1))));
    let from = |year, month| constant(Type::Date, number(day(year, month, 1), 1));
    let (first, second) = (lt(&discharged, &from(2023, 1)), ge(&discharged, &from(2023, 2)));
    assert_eq!(claim(&p, &none(&[first.clone(), second])), "discharged 2023-01-01");
    is_impossible(&p, &none(&[first, ge(&discharged, &from(2023, 1))]));
    // A table that has no row between two dates.
    let level = p.new_enum(&["county", "city"]);
    let hospital = p.one_of("hospital", level);
    let rows: &[(&[u32], Option<i64>, i64)] = &[
        (&[0], Some(day(2022, 1, 1)), 40_000),
        (&[0], Some(day(2023, 1, 1)), 50_000),
        (&[1], Some(day(2022, 9, 1)), 70_000),
    ];
    let table = p.add_table(vec![Key::Enum(EnumId(0))], rows);
    let has_row =
        expr(Type::Bool, ExprKind::HasRow { table, keys: vec![hospital.clone()] }, crate::check::types::Facts::bool());
    assert_eq!(claim(&p, &not(&has_row)), "discharged 2022-08-01, hospital city");
    is_impossible(&p, &and(&not(&has_row), &is(&hospital, 0)));
    let cell = p.looked_up(table, &[&hospital]);
    assert_eq!(claim(&p, &and(&has_row, &gt(&cell, &yuan(600)))), "discharged 2022-09-01, hospital city");
    assert_eq!(claim(&p, &eq(&cell, &yuan(500))), "discharged 2023-01-01, hospital county");
    is_impossible(&p, &and(&eq(&cell, &yuan(500)), &lt(&discharged, &from(2023, 1))));
}

#[test]
fn tables_by_ranges_and_codes() {
    let mut p = program();
    p.codes = (0..90).map(|at| format!("D{at:03}")).collect();
    let drg = p.text("drg");
    let other = p.text("other");
    let amount = p.money("amount", 0, 1_000);
    let breaks =
        vec![Break { at: number(100, 1), is_inclusive: false }, Break { at: number(200, 1), is_inclusive: true }];
    let ranged = p.add_table(vec![Key::Range(breaks)], &[(&[0], None, 100), (&[1], None, 200), (&[2], None, 300)]);
    let cell = p.looked_up(ranged, &[&amount]);
    let exactly = |yuan: i64| eq(&amount, &build::yuan(yuan));
    is_impossible(&p, &and(&exactly(100), &ne(&cell, &yuan(1))));
    is_impossible(&p, &and(&exactly(200), &ne(&cell, &yuan(3))));
    assert!(
        claim(&p, &and(&eq(&cell, &yuan(2)), &gt(&amount, &constant(Type::MONEY, number(19_998, 100)))))
            .ends_with("199.99 yuan")
    );
    // Many rows: opaque.
    let keys: Vec<[u32; 1]> = (0..80).map(|at| [at]).collect();
    let rows: Vec<(&[u32], Option<i64>, i64)> =
        keys.iter().zip(0..).map(|(key, at)| (key.as_slice(), None, 1_000 + at)).collect();
    let points = p.add_table(vec![Key::Code], &rows);
    let cell = p.looked_up(points, &[&drg]);
    is_impossible(&p, &gt(&cell, &yuan(12)));
    assert!(claim(&p, &ge(&cell, &constant(Type::MONEY, number(1_079, 100)))).starts_with("drg \"D079\""));
    assert!(claim(&p, &and(&gt(&mul(&cell, &amount), &yuan(100)), &is(&drg, 7))).starts_with("drg \"D007\""));
    let has_row = expr(
        Type::Bool,
        ExprKind::HasRow { table: points, keys: vec![drg.clone()] },
        crate::check::types::Facts::bool(),
    );
    is_impossible(&p, &and(&is(&drg, 7), &not(&has_row)));
    assert!(claim(&p, &and(&not(&has_row), &is(&drg, 87))).starts_with("drg \"D087\""));
    // Texts that are not listed may be equal or not.
    let unlisted = |text: &Expr| none(&(0..90).map(|at| is(text, at)).collect::<Vec<_>>());
    let both = and(&unlisted(&drg), &unlisted(&other));
    for relation in [eq(&drg, &other), ne(&drg, &other)] {
        assert!(claim(&p, &and(&both, &relation)).starts_with("drg (not listed), other (not listed)"));
    }
    is_impossible(&p, &all(&[unlisted(&drg), eq(&drg, &other), is(&other, 3)]));
}

#[test]
fn optional_inputs_are_guarded() {
    let mut p = program();
    let a = p.money("a", 0, 100);
    let known = p.optional(&a);
    let b = p.flag("b");
    is_impossible(&p, &and(&known, &not(&known)));
    assert_eq!(claim(&p, &and(&b, &not(&known))), "a missing, b true");
    // Behind the guard the value is there.
    let guarded = cases(&[(&known, &a)], &yuan(7));
    let guarded = p.define(guarded, None);
    assert_eq!(claim(&p, &gt(&guarded, &yuan(7))), "a 100.00 yuan, b false");
    assert_eq!(claim(&p, &eq(&guarded, &yuan(7))), "a 7.00 yuan, b false");
    assert_eq!(claim(&p, &all(&[eq(&guarded, &yuan(7)), not(&known)])), "a missing, b false");
    is_impossible(&p, &and(&not(&known), &ne(&guarded, &yuan(7))));
    // Bools as numbers and compared with each other.
    let flag = p.define(or(&b, &known), None);
    is_impossible(&p, &and(&ne(&flag, &b), &not(&known)));
    assert_eq!(claim(&p, &ne(&flag, &b)), "a 0.00 yuan, b false");
    let chosen = p.define(cases(&[(&b, &known)], &not(&known)), None);
    is_impossible(&p, &all(&[chosen.clone(), b.clone(), not(&known)]));
    is_impossible(&p, &and(&chosen, &not(&chosen)));
}

fn two_versions(p: &mut Program) -> (Expr, Expr) {
    let amount = p.money("amount", 0, 100_000);
    let row = |low: Option<i64>, high: Option<i64>, share: i64| Row {
        low: low.map(|low| number(low, 1)),
        high: high.map(|high| number(high, 1)),
        shares: vec![number(share, 100)],
    };
    let version = |from: i64, share: i64| LadderVersion {
        from: Some(i32::try_from(from).unwrap()),
        rows: vec![row(None, Some(10_000), 0), row(Some(10_000), None, share)],
    };
    p.ladders.push(Ladder {
        subject: None,
        base: None,
        versions: vec![version(day(2022, 1, 1), 60), version(day(2023, 1, 1), 70)],
        columns: vec![],
    });
    let facts = crate::check::types::Facts::range(number(0, 1), number(63_000, 1), number(1, 1_000));
    let paid = expr(Type::MONEY, ExprKind::Apply(LadderId(0), Box::new(amount.clone())), facts);
    (amount, paid)
}

#[test]
fn named_ladders() {
    let mut p = program();
    let discharged = p.date("discharged");
    p.dated_by = Some(InputId(0));
    let (amount, paid) = two_versions(&mut p);
    is_impossible(&p, &gt(&paid, &amount));
    is_impossible(&p, &gt(&paid, &scaled((7, 10), &amount)));
    let more = gt(&paid, &scaled((6, 10), &amount));
    assert!(claim(&p, &more).starts_with("discharged 2023-01-01, amount 80000"));
    is_impossible(&p, &and(&more, &le(&discharged, &constant(Type::Date, number(day(2022, 12, 31), 1)))));
}

#[test]
fn wishes_are_kept_if_they_can_be_had() {
    let mut p = program();
    let a = p.money("a", 0, 1_000);
    let wishes = [eq(&a, &yuan(150)), lt(&a, &yuan(3)), gt(&a, &yuan(5))];
    let Witness::Claim(found) = find(&p, &[&gt(&a, &yuan(10))], &wishes) else { panic!() };
    assert_eq!(found.inputs, [Some(BigRational::from(int(&number(150, 1))))]);
    let x = max(&a, &yuan(3));
    assert!(!is_free(&x));
}

/// On a thread with half the stack that a program has.
#[test]
fn long_chains_of_definitions() {
    let run = || {
        let mut p = program();
        let a = p.money("a", 0, 1_000);
        let flag = p.flag("flag");
        let (mut sum, mut truth) = (a.clone(), flag.clone());
        for _ in 0..20_000 {
            sum = p.define(add(&sum, &yuan(1)), None);
            truth = p.define(not(&truth), None);
        }
        let _ = find(&p, &[&lt(&sum, &yuan(20_000))], &[]);
        is_impossible(&p, &lt(&sum, &yuan(0)));
        let _ = find(&p, &[&truth], &[]);
        is_impossible(&p, &and(&truth, &not(&truth)));
        let _ = find(&p, &[&and(&truth, &gt(&sum, &yuan(20_300)))], &[]);
        // Few definitions, but deep ones.
        let mut p = program();
        let flag = p.flag("flag");
        let a = p.money("a", 0, 1_000);
        let mut deep = a.clone();
        for _ in 0..30 {
            for _ in 0..60 {
                deep = min(&add(&deep, &yuan(1)), &sub(&yuan(700), &a));
                deep = cases(&[(&flag, &deep)], &a);
            }
            deep = p.define(deep, None);
        }
        let _ = find(&p, &[&lt(&deep, &yuan(20))], &[]);
    };
    std::thread::Builder::new().stack_size(4 << 20).spawn(run).unwrap().join().unwrap();
}

#[test]
fn made_up_claims_are_admitted_and_come_to_the_edges() {
    let mut p = program();
    p.codes = vec!["A".into()];
    let settled = p.date("settled");
    p.dated_by = Some(InputId(0));
    let amount = p.money("amount", 0, 1_000);
    let code = p.text("code");
    let known = p.optional(&amount);
    let edge = constant(Type::MONEY, number(12_345, 100));
    p.define(lt(&amount, &edge), None);
    let claims: Vec<Claim> = crate::check::claims::Claims::new(&p, 7).take(400).collect();
    let any = |condition: &Expr| {
        let holds = |claim: &&Claim| crate::interpret::evaluate(&p, claim, condition) == Some(number(1, 1));
        claims.iter().any(|claim| holds(&claim))
    };
    for shift in -1..=1 {
        assert!(any(&and(&known, &eq(&amount, &constant(Type::MONEY, number(12_345 + shift, 100))))));
    }
    assert!(any(&is(&settled, day(2022, 8, 1))) && any(&is(&code, 1)) && any(&not(&known)));
    let always = eq(&bare(1), &bare(1));
    assert!(claims.iter().all(|claim| crate::interpret::evaluate(&p, claim, &always).is_some()));
    let claim = Claim { inputs: vec![Some(number(19_205, 1)), None, Some(number(1, 1))], parameters: vec![] };
    let shown = show_claim(&p, &claim, &[]);
    assert_eq!(shown.en, "settled 2022-08-01, amount missing, code (not listed)");
    assert_eq!(shown.zh, "settled 2022-08-01，amount 缺，code （未列出）");
}
