//! Policies that look beyond the row at hand.

pub(crate) const CAP: &str = "policy test.cap
in force from 2022-01-01
round half up to 0.01 yuan
key person: id
input settled: date
input amount: money from 0 yuan to 1000 yuan
dated by settled
running paid_before = sum paid per person per year
paid = min(70% * amount, max(1500 yuan - paid_before, 0 yuan))
output paid, paid_before
";

pub(crate) const RUNNING: &str = "policy test.running
in force from 2022-01-01
round half up to 0.01 yuan
enum level = low | high
key person: id
key hospital: id
input settled: date
input level: level
input drg: code
input amount: money from 0 yuan to 1000 yuan
dated by settled
insurance year from 07-01
running n = count claims per person, hospital per insurance year
running most = max amount per person per month
running least = min amount per hospital, level
running latest = last settled per person
running before = last drg per person
link previous_stay = previous claim per person, drg
greatest =
  when most known : most
  otherwise : 0 yuan
smallest =
  when least known : least
  otherwise : 0 yuan
gap =
  when latest known : days from latest to settled
  otherwise : 0 days
same =
  when before known and before is drg : 1
  otherwise : 0
stays =
  when previous_stay known : previous_stay.amount
  otherwise : 0 yuan
output n, greatest, smallest, gap, same, stays
";

pub(crate) const REVERSALS: &str = "policy test.reversals
in force from 2022-01-01
round half up to 0.01 yuan
key claim: id
key person: id
input settled: date
input amount: money from 0 yuan to 1000 yuan
dated by settled
reverses claim
running paid_before = sum paid per person per year
running n = count claims per person
running most = max amount per person
running latest = last amount per person
paid = min(70% * amount, max(1500 yuan - paid_before, 0 yuan))
greatest =
  when most known : most
  otherwise : 0 yuan
recent =
  when latest known : latest
  otherwise : 0 yuan
output paid, n, greatest, recent
";

pub(crate) const POOL: &str = "policy test.pool
in force from 2019-08-01
round half up to 0.01 yuan
key hospital: id
input drg: code
param base_points by drg: points step 0.01
  from 2019-01-01: \"T1\" 100.00 points, \"T2\" 250.50 points, \"T3\" 33.33 points
param fund: money from 0 yuan to 100_000_000_000 yuan = required
input settled: date
dated by settled
points = base_points[drg] round half up to 0.0001 point
earned = sum points per hospital
split fund over hospital by earned -> payment
output points per claim
output earned, payment per hospital
output everything
everything = total points
";

pub(crate) const READMISSION: &str = "policy test.readmission
in force from 2022-01-01
round half up to 0.01 yuan
key person: id
input drg: code
input admitted: date
input discharged: date
dated by discharged
ordered by discharged
link next_stay = next claim per person, drg
running stays_before = count claims per person per year
readmitted = next_stay known and days from discharged to next_stay.admitted <= 15 days
ordinal = stays_before + 1
output ordinal, readmitted
";

pub(crate) const LINES: &str = "policy test.lines
in force from 2021-03-01
round half up to 0.01 yuan
enum class = listed_a | listed_b | negotiated | unlisted
enum level = township | county | city
rows line of claim
key claim: id
input discharged: date per claim
input hospital: level per claim
input person: id per claim
input class: class
input amount: money from 0 yuan to 1000 yuan
dated by discharged
param prepay_rate by class: rate
  from 2021-03-01: listed_a 0%, listed_b 5%, negotiated 10%, unlisted 100%
param standard by level: money
  from 2021-01-01: township 200 yuan, county 400 yuan, city 700 yuan
prepay = prepay_rate[class] * amount round half up to 0.01 yuan
total = sum amount per claim
in_scope = sum (amount - prepay) per claim
running paid_before = sum fund_pays per person per year
fund_pays = min(70% * max(in_scope - standard[hospital], 0 yuan), max(900 yuan - paid_before, 0 yuan))
output prepay per line
output total, in_scope, fund_pays per claim
";

pub(crate) const SHARED: &str = "policy test.shared
in force from 2022-01-01
round half up to 0.01 yuan
key person: id
key hospital: id
input settled: date
input beds: count from 1 to 3 per hospital
input cost: money from 0 yuan to 1000 yuan
dated by settled
running cost_before = sum cost per person per year
in_year = sum cost per person per year
at_home = sum cost per hospital
per_bed = at_home / beds
output cost_before
output in_year per person per year
output per_bed per hospital
output total_cost
total_cost = total cost
";

pub(crate) const REVERSED_TOTALS: &str = "policy test.reversed_totals
in force from 2022-01-01
round half up to 0.01 yuan
key claim: id
key person: id
key hospital: id
input settled: date
input amount: money from 0 yuan to 1000 yuan
dated by settled
reverses claim
running paid_before = sum paid per person per year
paid = min(70% * amount, max(1500 yuan - paid_before, 0 yuan))
at_hospital = sum paid per hospital
highest = max paid per hospital
n = count claims per hospital
output paid, paid_before
output at_hospital, highest, n per hospital
";

pub(crate) const SPLITS: &str = "policy test.splits
in force from 2022-01-01
round half up to 0.01 yuan
enum kind = work | resident
param fund by kind: money
  from 2022-01-01: work 1000 yuan, resident 333.33 yuan
key hospital: id
input kind: kind
input settled: date
input points: points step 0.01 from 0 points to 3 points
dated by settled
earned = sum points per hospital per kind
split fund[kind] over hospital by earned -> share
in_all = sum share per hospital
doubled = 2 * points
mine = share
output earned, share per hospital per kind
output doubled, mine
output in_all per hospital
output everything
everything = total points
";

/// Parts that could not be made go on through running values and links.
pub(crate) const MISSING_PARTS: &str = "policy test.missing_parts
in force from 2022-01-01
round half up to 0.01 yuan
key claim: id
key person: id
key hospital: id
input settled: date
input points: points step 0.01 from 0 points to 3 points
dated by settled
claims_of = count claims per hospital
fund = 10.01 yuan * claims_of
weight = sum points per hospital per person
split fund over person by weight -> part
running before = sum part per person
running often = count claims per person
running latest = last (part when points > 1 points) per hospital
link earlier = previous claim per hospital when part > 1 yuan
link later = next claim per person when part > 1 yuan
link following = next claim per hospital
had =
  when latest known : latest
  otherwise : 0 yuan
led =
  when earlier known : earlier.points
  otherwise : 0 points
goes =
  when later known : later.points
  otherwise : 0 points
gets =
  when following known : following.part
  otherwise : 0 yuan
output before, had, led
output goes, gets, often
output weight, part per hospital, person
";

/// Parts that could not be made, and links that lead past them.
pub(crate) const MISSING_LINKS: &str = include_str!("../../web/streams/missing_links.fen");

/// Conditions in which a flag may be missing.
pub(crate) const MISSING_FLAGS: &str = include_str!("../../web/streams/missing_flags.fen");

/// Grains whose groups are the same, since a key is declared per another one.
pub(crate) const SAME_GROUPS: [&str; 2] =
    [include_str!("../../web/streams/same_groups.fen"), include_str!("../../web/streams/same_claims.fen")];

/// Missing parts where reversals are known, and claims that are taken back count in early running values until then.
pub(crate) const TAKEN_PARTS: &str = include_str!("../../web/streams/taken.fen");

/// Totals and splits of months, and running values that go on from month to month.
pub(crate) const MONTHLY: &str = include_str!("../../web/streams/monthly.fen");

pub(crate) const EARLY_AND_LATE: &str = "policy test.early_and_late
in force from 2022-01-01
round half up to 0.01 yuan
key claim: id
key person: id
input settled: date
input amount: money from 0 yuan to 1000 yuan
dated by settled
reverses claim
everything = (total amount)
running r2 = sum everything per person
running r3 = count claims per person
running r4 = max amount per person
running r5 = last (amount when everything > 3000 yuan) per person
of_person = sum amount per person
link early = previous claim per person when amount > 100 yuan
link late = previous claim per person
saw =
  when early known : early.amount
  otherwise : 0 yuan
read =
  when late known : late.of_person + late.amount
  otherwise : 0 yuan
was =
  when late known : late.amount
  otherwise : 0 yuan
had =
  when r4 known : r4
  otherwise : 0 yuan
latest =
  when r5 known : r5
  otherwise : 0 yuan
output r2, r3, had, latest, saw, read, was
";

/// Fee lines whose claims can be taken back: what counts until then, and what never counts.
pub(crate) const TAKEN_LINES: &str = include_str!("../../web/streams/taken_lines.fen");
