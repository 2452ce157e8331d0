"""Compares what `fen run` wrote with the same settlement in SQL:  python check.py LINES.csv OUT.csv REJECTS.csv QUALITY_FUND

The results of coarser grains stand beside OUT.csv (`OUT.claim.csv`, …). Every file is compared with the table of truth.sql that
has its name: the header, then each row, each cell as text. Of the rejects, row number, field and code are compared.

The rows of LINES.csv are themselves derived a second time, from the published files by joins, and compared as sets.

Prints what was compared; exits with 1 at the first file that differs, after its first differences.
"""

import csv
import pathlib
import sys

import duckdb

HERE = pathlib.Path(__file__).parent
# How many differences of a file are printed.
SHOWN = 10

LINES_AGAIN = """
    SELECT Id, PATIENT, ORGANIZATION, ENCOUNTERCLASS, START[:10], TOTAL_CLAIM_COST, 'encounter', CODE, BASE_ENCOUNTER_COST
    FROM encounters
    UNION ALL
    SELECT e.Id, e.PATIENT, ORGANIZATION, ENCOUNTERCLASS, e.START[:10], TOTAL_CLAIM_COST, 'procedure', l.CODE, BASE_COST
    FROM procedures l JOIN encounters e ON e.Id = l.ENCOUNTER
    UNION ALL
    SELECT e.Id, e.PATIENT, ORGANIZATION, ENCOUNTERCLASS, e.START[:10], TOTAL_CLAIM_COST, 'medication', l.CODE, TOTALCOST
    FROM medications l JOIN encounters e ON e.Id = l.ENCOUNTER
"""


def read(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def load(database, name, path):
    """A table of texts, with `row`, the number of the row from 1."""
    options = "header = true, all_varchar = true, delim = ',', quote = '\"', parallel = false"
    database.execute(
        f'CREATE TABLE {name} AS SELECT row_number() OVER () AS "row", * FROM read_csv(?, {options})', [str(path)]
    )


def compare(what, wanted, found):
    """Header and rows, cell by cell."""
    if wanted == found:
        print(f"{what}: {len(wanted) - 1} rows, {sum(map(len, wanted[1:]))} cells are equal")
        return
    differing = [
        f"  line {at}, {column}: wanted {want!r}, found {have!r}"
        for at, (want_row, have_row) in enumerate(zip(wanted, found), 1)
        for column, want, have in zip(wanted[0], want_row, have_row)
        if want != have
    ]
    sizes = [f"{len(table)} lines of {len(table[0]) if table else 0} cells" for table in (wanted, found)]
    print(f"{what} differs: wanted {sizes[0]}, found {sizes[1]}; {len(differing)} cells differ", *differing[:SHOWN], sep="\n")
    sys.exit(1)


def truth(database, table):
    """A table of truth.sql as lines of texts."""
    cursor = database.execute(f'SELECT * EXCLUDE (place) FROM "{table}" ORDER BY place')
    header = [column[0] for column in cursor.description]
    floats = [name for name, kind in zip(header, (column[1] for column in cursor.description)) if kind in ("DOUBLE", "FLOAT")]
    if floats:
        sys.exit(f"{table}: {floats} were computed in floating point")
    return [header] + [[str(cell) for cell in row] for row in cursor.fetchall()]


def main(lines, out, rejects, quality_fund):
    database = duckdb.connect()
    load(database, "source", lines)
    for name in ("encounters", "procedures", "medications"):
        load(database, name, HERE / "data" / f"{name}.csv")
    columns = 'claim, person, organization, class, begun, billed, kind, code, amount'
    for one, other in (f"SELECT {columns} FROM source", LINES_AGAIN), (LINES_AGAIN, f"SELECT {columns} FROM source"):
        lost = database.execute(f"({one}) EXCEPT ALL ({other})").fetchall()
        if lost:
            sys.exit(f"{lines} is not what the published files say: {lost[:SHOWN]}")

    database.execute("CREATE TABLE parameter (quality_fund DECIMAL(18,2))")
    database.execute("INSERT INTO parameter VALUES (CAST(? AS DECIMAL(18,2)))", [quality_fund])
    database.execute((HERE / "truth.sql").read_text(encoding="utf-8"))

    out = pathlib.Path(out)
    compare("out.csv", truth(database, "out.csv"), read(out))
    for grain in ("claim", "person.year", "organization.year", "organization", "year", "pool"):
        file = out.with_name(f"{out.stem}.{grain}{out.suffix}")
        compare(f"out.{grain}.csv", truth(database, f"out.{grain}.csv"), read(file))
    compare("rejects.csv", truth(database, "rejects.csv"), [row[:3] for row in read(rejects)])


if __name__ == "__main__":
    main(*sys.argv[1:])
