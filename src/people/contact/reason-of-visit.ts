import { plainHeading } from '../import/import-heading.ts';

/** Names that tell why somebody comes wherever they stand, and those that do so at the beginning alone. */
const REASON =
  /motif|raison(?!sociale)|reason|patholog|diagnos|sympt|specialit|specialt|traitement|treatment|consultation|^(?:objet|acte|examen|exam$|note|commentaire|comment)/;

/** Whether a field or column tells why somebody comes to a practice: nobody's business, and never stored. */
export const isReasonOfVisit = (name: string): boolean => REASON.test(plainHeading(name));

/** A record without what tells why somebody comes. */
export const withoutReasons = <T>(record: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).filter(([name]) => !isReasonOfVisit(name)));

/** The same agreement, whose proof does not tell why somebody comes. */
export const harmlessEvidence = <G extends { readonly evidence: Readonly<Record<string, string>> }>(
  grant: G,
): G => ({
  ...grant,
  evidence: withoutReasons(grant.evidence),
});
