/** How an agreement was given. */
export const METHODS = ['web_form', 'paper', 'event', 'oral', 'sms_keyword', 'import'] as const;

/** How an agreement was given. */
export type Method = (typeof METHODS)[number];

/** What shows that it was: references, addresses, names of fields of the caller. */
export type Evidence = Readonly<Record<string, string>>;

/** What each method asks for; any one of a group is enough. */
const asked: Readonly<Record<Method, readonly (readonly string[])[]>> = {
  web_form: [['formUrl'], ['ip', 'userAgent']],
  paper: [['documentRef']],
  event: [['documentRef']],
  oral: [['recordingRef'], ['operator']],
  sms_keyword: [['messageRef'], ['keyword']],
  import: [['source'], ['documentRef']],
};

/** The fields that would complete a proof; `ip|userAgent` means either. */
export function missingFields(method: Method, evidence: Evidence): string[] {
  return asked[method]
    .filter((group) => !group.some((field) => present(evidence[field])))
    .map((group) => group.join('|'));
}

/** A proof as it is compared: what was shown, and the instant it speaks of. */
export interface DatedProof {
  readonly evidence: Evidence;
  /** ISO instant. */
  readonly occurredAt: string;
}

/**
 * Whether a proof differs from every earlier one of the person.
 *
 * By its document; without one, by a form filled at a time and from an address never seen before,
 * since a synchronisation sends the old answers again with the hour of tonight.
 */
export function isNewProof(proof: DatedProof, earlier: readonly DatedProof[]): boolean {
  const { documentRef, formUrl, ip } = proof.evidence;
  if (present(documentRef)) return earlier.every(({ evidence }) => evidence['documentRef'] !== documentRef);
  if (!present(formUrl) || !present(ip)) return false;
  return earlier.every((other) => other.evidence['ip'] !== ip && other.occurredAt !== proof.occurredAt);
}

const present = (value: string | undefined): value is string => value !== undefined && value.trim() !== '';
