/** Periods: which one a day lies in, and how it is written. */

const DAY = 86_400_000;
const MONTHS = 12;

/**
 * The number of the period that a day lies in: of the calendar year in which a year begins; of a month 12 × year + month − 1.
 * @param {number} day days since 1970-01-01
 * @param {{unit: "year" | "month", month: number, day: number}} period
 */
export function periodOf(day, period) {
  const date = new Date(day * DAY);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + 1];
  if (period.unit === "month") return MONTHS * year + month - 1;
  const hasBegun = month > period.month || (month === period.month && date.getUTCDate() >= period.day);
  return hasBegun ? year : year - 1;
}

/** A period as text: `2022`, `2022-03`. */
export function writePeriod(number, { unit }) {
  const padded = (part, digits) => String(part).padStart(digits, "0");
  if (unit === "year") return padded(number, 4);
  const month = number % MONTHS;
  return `${padded((number - month) / MONTHS, 4)}-${padded(month + 1, 2)}`;
}

/** The number of a period that is written so, if it is one. */
export function readPeriod(text, { unit }) {
  const [, year, month] = /^([0-9]{4})(?:-(0[1-9]|1[0-2]))?$/.exec(text) ?? [];
  if (year === undefined || (month === undefined) !== (unit === "year")) return undefined;
  return unit === "year" ? Number(year) : MONTHS * Number(year) + Number(month) - 1;
}

/** What a column of periods is called. */
export function periodName({ unit }, language) {
  return { zh: { year: "年", month: "月" }, en: { year: "year", month: "month" } }[language][unit];
}
