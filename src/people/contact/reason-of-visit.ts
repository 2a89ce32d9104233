import { plainHeading } from '../import/import-heading.ts';

/** Field names that give the reason of a visit: anywhere, and those at the beginning alone. */
const REASON =
  /motif|raison(?!sociale)|reason|patholog|diagnos|sympt|specialit|specialt|traitement|treatment|consultation|^(?:objet|acte|examen|exam$|note|commentaire|comment)/;

/** Says whether a field or column gives the reason for a medical visit, which is never stored. */
export const isReasonOfVisit = (name: string): boolean => REASON.test(plainHeading(name));

/** Removes the entries that give the reason of a visit. */
export const withoutReasons = <T>(record: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).filter(([name]) => !isReasonOfVisit(name)));

/** Removes from an agreement the evidence that gives the reason of a visit. */
export const harmlessEvidence = <G extends { readonly evidence: Readonly<Record<string, string>> }>(
  grant: G,
): G => ({
  ...grant,
  evidence: withoutReasons(grant.evidence),
});
