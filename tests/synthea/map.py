"""Turns the files of a Synthea sample into fee lines, one row per line:  python map.py LINES.csv

An encounter is a claim. Its lines are

    encounter    its own BASE_ENCOUNTER_COST; so every claim has a line, also one without procedures and medications
    procedure    BASE_COST of a procedure of the encounter
    medication   TOTALCOST (BASE_COST times DISPENSES) of a medication prescribed in it

joined by ENCOUNTER. Columns:

    claim          the encounter's Id
    person         PATIENT
    organization   ORGANIZATION
    class          ENCOUNTERCLASS
    begun          the day of the encounter's START (UTC, as in the file); lines take it from their encounter, not from
                   their own START, since all lines of a claim have one date
    billed         the encounter's TOTAL_CLAIM_COST
    kind           of the line, as above
    code           CODE of the encounter, procedure or medication; the policy does not know it, it passes through
    amount         of the line

`billed` is mostly not the sum of the lines (of 915 claims it is): the sample leaves out immunizations, imaging and supplies, and
the generator does not bill all it lists. It is taken as it is.

Amounts are copied as text and never become numbers. A policy's money has at most two decimals, and so has every amount of
the sample; an amount with more, a sign or an exponent stops the script: rounding it would be a decision that belongs into a
policy. Cells are completed to two decimals.

Rows are ordered by day, then by kind in the order above, then by START and Id of the encounter, then as they stand in their file.
So the rows are ordered by date, as the policy demands; claims of one day follow each other by START and Id, since the first line of
each is its base cost; and the lines of several claims of one day are mixed.
"""

import csv
import pathlib
import re
import sys

DATA = pathlib.Path(__file__).parent / "data"
COLUMNS = ["claim", "person", "organization", "class", "begun", "billed", "kind", "code", "amount"]


def rows(name):
    with open(DATA / name, newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def money(text):
    found = re.fullmatch(r"([0-9]+)(?:\.([0-9]{1,2}))?", text)
    if found is None:
        sys.exit(f"not an amount with at most two decimals: {text!r}")
    return f"{found[1]}.{(found[2] or '').ljust(2, '0')}"


def lines():
    """Each line with what it is sorted by."""
    encounters = {row["Id"]: row for row in rows("encounters.csv")}
    sources = [
        ("encounter", "encounters.csv", "Id", "BASE_ENCOUNTER_COST"),
        ("procedure", "procedures.csv", "ENCOUNTER", "BASE_COST"),
        ("medication", "medications.csv", "ENCOUNTER", "TOTALCOST"),
    ]
    for rank, (kind, name, key, amount) in enumerate(sources):
        for place, row in enumerate(rows(name)):
            # A line without its encounter would be a KeyError; there is none.
            claim = encounters[row[key]]
            if row["PATIENT"] != claim["PATIENT"]:
                sys.exit(f"{name}: a line of {row[key]} is another patient's")
            begun = claim["START"][:10]
            cells = [claim["Id"], claim["PATIENT"], claim["ORGANIZATION"], claim["ENCOUNTERCLASS"], begun]
            cells += [money(claim["TOTAL_CLAIM_COST"]), kind, row["CODE"], money(row[amount])]
            yield (begun, rank, claim["START"], claim["Id"], place), cells


def main(path):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(cells for _, cells in sorted(lines()))


if __name__ == "__main__":
    main(sys.argv[1])
