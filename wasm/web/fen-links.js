/** Links to the next claim. */

/**
 * For each claim the next one of its group that counts, or −1.
 * @param {number[]} claims in the order of the stream
 * @param {(claim: number) => number | string} groupOf what both claims share
 * @param {(claim: number) => boolean} counts whether a claim can be another's next
 * @returns {Map<number, number>}
 */
export function nextLinks(claims, groupOf, counts) {
  const links = new Map();
  const latest = new Map();
  for (const claim of [...claims].reverse()) {
    const group = groupOf(claim);
    links.set(claim, latest.get(group) ?? -1);
    if (counts(claim)) latest.set(group, claim);
  }
  return links;
}
