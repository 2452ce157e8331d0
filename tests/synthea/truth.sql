-- What policy.fen says, written again for DuckDB: exact decimals, and whole fen (0.01 yuan) where something is divided. In DuckDB
-- `/` gives a floating-point number, so it does not occur; `//` and `%` on HUGEINT are exact. Sums are DECIMAL(38,2); they are
-- narrowed before they are multiplied. Texts compare by their bytes.
--
-- The table `source` holds the rows of the input, all cells as text, and `row`, their number from 1 (see check.py). The tables at the
-- end are the files that `fen run` writes, every cell as it must stand there, ordered by `place`.

-- Half up to 0.01 of an amount that is not negative: floor of a DECIMAL is a DECIMAL without decimals.
CREATE MACRO half_up(x) AS CAST(floor(x * 100 + 0.5) * 0.01 AS DECIMAL(18,2));
CREATE MACRO fen(x) AS CAST(x * 100 AS HUGEINT);
CREATE MACRO yuan(x) AS CAST(CAST(x AS DECIMAL(30,0)) * 0.01 AS DECIMAL(18,2));

-- Rows, and which of them are settled.

CREATE TABLE line AS
SELECT "row", claim, person, organization, class, CAST(begun AS DATE) AS begun, CAST(billed AS DECIMAL(18,2)) AS billed, kind,
       CAST(amount AS DECIMAL(18,2)) AS amount
FROM source;

CREATE TABLE fault AS
WITH own AS (
    SELECT "row", claim, CASE WHEN begun < DATE '1990-01-01' THEN 'begun' WHEN amount > 50000 THEN 'amount' END AS field
    FROM line
), spread AS (
    SELECT "row", field, bool_or(field IS NOT NULL) OVER (PARTITION BY claim) AS is_rejected FROM own
)
SELECT "row", coalesce(field, 'claim') AS field,
       CASE field WHEN 'begun' THEN 'before_in_force' WHEN 'amount' THEN 'above_max' ELSE 'claim_rejected' END AS code
FROM spread WHERE is_rejected;

-- Lines: what is paid in advance.

CREATE TABLE prepaid AS
SELECT line.*, year(begun) AS year,
       half_up(amount * CASE WHEN kind = 'encounter' THEN 0.000
                             WHEN kind = 'procedure' AND begun < DATE '2015-01-01' THEN 0.050
                             WHEN kind = 'procedure' THEN 0.025
                             WHEN kind = 'medication' AND begun < DATE '2015-01-01' THEN 0.125
                             WHEN kind = 'medication' THEN 0.100 END) AS prepay
FROM line ANTI JOIN fault USING ("row");

-- Claims, numbered by their first line, and within each person's year.

CREATE TABLE claim AS
SELECT claim, min("row") AS first, any_value(person) AS person, any_value(organization) AS organization,
       any_value(class) AS class, any_value(begun) AS begun, any_value(year) AS year, any_value(billed) AS billed,
       CAST(sum(amount) AS DECIMAL(18,2)) AS total, CAST(sum(amount - prepay) AS DECIMAL(18,2)) AS in_scope
FROM prepaid GROUP BY claim;

CREATE TABLE step AS
SELECT claim.*, row_number() OVER (PARTITION BY person, year ORDER BY first) AS ordinal,
       CAST(CASE WHEN begun < DATE '2010-01-01' THEN 300 ELSE 500 END AS DECIMAL(18,2)) AS deductible,
       CAST(CASE WHEN begun < DATE '2014-07-01' THEN 8000 ELSE 12000 END AS DECIMAL(18,2)) AS annual_cap,
       CAST(CASE class WHEN 'ambulatory' THEN 0.6 WHEN 'emergency' THEN 0.75 WHEN 'home' THEN 0.65 WHEN 'hospice' THEN 0.85
                       WHEN 'inpatient' THEN 0.7 WHEN 'outpatient' THEN 0.55 WHEN 'snf' THEN 0.625
                       WHEN 'urgentcare' THEN 0.6666 WHEN 'wellness' THEN 0.8 END
            + CASE WHEN in_scope < 500 THEN 0 WHEN in_scope < 5000 THEN 0.03 ELSE 0.055 END
            - CASE WHEN ordinal > 6 THEN 0.1 ELSE 0 END AS DECIMAL(5,4)) AS pay_rate
FROM claim;

-- The schedule of relief: 50% of what lies between 5 000 and 25 000, 60% of what lies above, at most 100 000 yuan.
CREATE MACRO relief_on(x) AS least(half_up(
    CAST(least(x, 25000) - least(x, 5000) AS DECIMAL(18,2)) * 0.5 + CAST(x - least(x, 25000) AS DECIMAL(18,2)) * 0.6),
    CAST(100000 AS DECIMAL(18,2)));

-- A person's year, claim after claim: the cap changes within a year, so no sum over the year says what is left of it.
CREATE TABLE settled_claim AS
WITH RECURSIVE year_so_far AS (
    SELECT person, year, CAST(0 AS BIGINT) AS ordinal, CAST('' AS VARCHAR) AS claim,
           CAST(0 AS DECIMAL(18,2)) AS deducted, CAST(0 AS DECIMAL(18,2)) AS fund_pays, CAST(0 AS DECIMAL(18,2)) AS relief,
           CAST(0 AS DECIMAL(18,2)) AS deducted_sum, CAST(0 AS DECIMAL(18,2)) AS paid_sum, CAST(0 AS DECIMAL(18,2)) AS burden_sum
    FROM step WHERE ordinal = 1
    UNION ALL
    SELECT person, year, ordinal, claim, deducted, fund_pays,
           CAST(relief_on(burden_sum + in_scope - fund_pays) - relief_on(burden_sum) AS DECIMAL(18,2)),
           CAST(deducted_sum + deducted AS DECIMAL(18,2)), CAST(paid_sum + fund_pays AS DECIMAL(18,2)),
           CAST(burden_sum + in_scope - fund_pays AS DECIMAL(18,2))
    FROM (
        SELECT *, least(half_up(pay_rate * CAST(in_scope - deducted AS DECIMAL(18,2))),
                        greatest(CAST(annual_cap - paid_sum AS DECIMAL(18,2)), 0)) AS fund_pays
        FROM (
            SELECT step.*, before.deducted_sum, before.paid_sum, before.burden_sum,
                   CASE WHEN class IN ('wellness', 'emergency') THEN CAST(0 AS DECIMAL(18,2))
                        ELSE least(in_scope, greatest(CAST(deductible - before.deducted_sum AS DECIMAL(18,2)), 0)) END AS deducted
            FROM year_so_far AS before
            JOIN step ON step.person = before.person AND step.year = before.year AND step.ordinal = before.ordinal + 1
        )
    )
)
SELECT step.*, run.deducted, run.fund_pays, run.relief, CAST(total - run.fund_pays - run.relief AS DECIMAL(18,2)) AS person_pays,
       CAST(greatest(billed - total, 0) AS DECIMAL(18,2)) AS unlisted
FROM step JOIN year_so_far AS run USING (claim);

-- Years, and what their organizations divide by largest remainder.

CREATE TABLE year_budget AS
SELECT year, CAST(sum(fund_pays) AS DECIMAL(18,2)) AS paid_in_year, half_up(CAST(sum(fund_pays) AS DECIMAL(18,2)) * 0.98) AS budget
FROM settled_claim GROUP BY year;

CREATE TABLE allotment AS
WITH weighed AS (
    SELECT organization, year, fen(sum(fund_pays)) AS weight, any_value(fen(budget)) AS amount,
           sum(fen(sum(fund_pays))) OVER (PARTITION BY year) AS weights
    FROM settled_claim JOIN year_budget USING (year) GROUP BY organization, year
), floored AS (
    -- A year whose weights are all zero has nothing to divide here: its budget is 98% of nothing.
    SELECT *, CASE WHEN weights = 0 THEN 0 ELSE amount * weight // CAST(weights AS HUGEINT) END AS part,
           CASE WHEN weights = 0 THEN 0 ELSE amount * weight % CAST(weights AS HUGEINT) END AS remainder
    FROM weighed
), ranked AS (
    SELECT *, amount - sum(part) OVER (PARTITION BY year) AS left_over,
           row_number() OVER (PARTITION BY year ORDER BY remainder DESC, organization) AS rank
    FROM floored
)
SELECT organization, year, yuan(weight) AS earned, yuan(part + CASE WHEN rank <= left_over THEN 1 ELSE 0 END) AS allotted
FROM ranked;

-- The fund for quality, divided once.

CREATE TABLE organization AS
WITH counted AS (
    SELECT organization, count(*) AS encounters, count(DISTINCT person) AS people FROM settled_claim GROUP BY organization
), lines AS (
    SELECT organization, count(*) AS lines_settled FROM prepaid GROUP BY organization
), earnings AS (
    SELECT organization, CAST(sum(earned) AS DECIMAL(18,2)) AS earned_ever, max(earned) AS best_year
    FROM allotment GROUP BY organization
), floored AS (
    SELECT organization, fen(quality_fund) AS amount,
           amount * encounters // CAST(sum(encounters) OVER () AS HUGEINT) AS part,
           amount * encounters % CAST(sum(encounters) OVER () AS HUGEINT) AS remainder
    FROM counted, parameter
), ranked AS (
    SELECT organization, part, amount - sum(part) OVER () AS left_over,
           row_number() OVER (ORDER BY remainder DESC, organization) AS rank
    FROM floored
)
SELECT organization, encounters, lines_settled, people, earned_ever, best_year,
       yuan(part + CASE WHEN rank <= left_over THEN 1 ELSE 0 END) AS bonus
FROM counted JOIN lines USING (organization) JOIN earnings USING (organization) JOIN ranked USING (organization);

-- What an allotment leaves of a claim's pay: fund_pays * allotted / earned, half up, in whole fen.
CREATE TABLE scaled AS
SELECT claim,
       CASE WHEN earned > 0
            THEN yuan((2 * fen(fund_pays) * fen(allotted) + fen(earned)) // (2 * fen(earned)))
            ELSE CAST(0 AS DECIMAL(18,2)) END AS settled
FROM settled_claim JOIN allotment USING (organization, year);

-- The files.

CREATE TABLE "rejects.csv" AS
SELECT "row" AS place, "row", field, code FROM fault;

CREATE TABLE "out.csv" AS
SELECT "row" AS place, source.* EXCLUDE ("row"), CAST(prepay AS VARCHAR) AS prepay
FROM source JOIN prepaid USING ("row");

CREATE TABLE "out.claim.csv" AS
SELECT first AS place, claim, total, in_scope, deducted, ordinal, CAST(pay_rate * 100 AS DECIMAL(5,2)) || '%' AS pay_rate, fund_pays,
       relief, person_pays, unlisted, settled
FROM settled_claim JOIN scaled USING (claim);

CREATE TABLE "out.person.year.csv" AS
SELECT row_number() OVER (ORDER BY person, year) AS place, person, year, count(*) AS visits, max(total) AS highest,
       sum(fund_pays) AS paid_year, sum(relief) AS relief_year
FROM settled_claim GROUP BY person, year;

CREATE TABLE "out.organization.year.csv" AS
SELECT row_number() OVER (ORDER BY organization, year) AS place, organization, year, earned, allotted FROM allotment;

CREATE TABLE "out.organization.csv" AS
SELECT row_number() OVER (ORDER BY organization) AS place, organization, encounters, lines_settled, people, earned_ever, best_year, bonus
FROM organization;

CREATE TABLE "out.year.csv" AS
SELECT year AS place, year, paid_in_year, budget FROM year_budget;

CREATE TABLE "out.pool.csv" AS
SELECT 1 AS place, sum(fund_pays) AS paid_overall, count(*) AS encounters_overall FROM settled_claim;
