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
 * By its document; without one, by the form, its time and its address together, and by something besides the
 * time: a synchronisation sends the old answers again with the hour of tonight.
 */
export function isNewProof(proof: DatedProof, earlier: readonly DatedProof[]): boolean {
  const shown = new Set(earlier.flatMap(marksOf));
  const own = decisiveMarks(proof);
  return own.length > 0 && own.every((mark) => !shown.has(mark));
}

/** Everything by which a later proof could be known as this one again. */
export const marksOf = (proof: DatedProof): string[] => [...documentMarks(proof), ...formMarks(proof)];

/** What must not have been seen before for a proof to be new; none where nothing could show that it is. */
export function decisiveMarks(proof: DatedProof): string[] {
  const byDocument = documentMarks(proof);
  return byDocument.length > 0 ? byDocument : formMarks(proof);
}

function documentMarks({ evidence: { documentRef } }: DatedProof): string[] {
  return present(documentRef) ? [`documentRef|${documentRef}`] : [];
}

function formMarks({ evidence, occurredAt }: DatedProof): string[] {
  const { formUrl, ip } = evidence;
  if (!present(formUrl) || !present(ip)) return [];
  const fields = Object.entries(evidence).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return [`form|${JSON.stringify([formUrl, occurredAt, ip])}`, `evidence|${JSON.stringify(fields)}`];
}

const present = (value: string | undefined): value is string => value !== undefined && value.trim() !== '';
