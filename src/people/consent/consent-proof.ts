/** The methods of giving an agreement. */
export const METHODS = ['web_form', 'paper', 'event', 'oral', 'sms_keyword', 'import'] as const;

/** One method of giving an agreement. */
export type Method = (typeof METHODS)[number];

/** The evidence of an agreement: references, addresses, names of fields of the caller. */
export type Evidence = Readonly<Record<string, string>>;

/** The evidence that each method requires; any one of a group is enough. */
const asked: Readonly<Record<Method, readonly (readonly string[])[]>> = {
  web_form: [['formUrl'], ['ip', 'userAgent']],
  paper: [['documentRef']],
  event: [['documentRef']],
  oral: [['recordingRef'], ['operator']],
  sms_keyword: [['messageRef'], ['keyword']],
  import: [['source'], ['documentRef']],
};

/** Lists the fields that would complete a proof; `ip|userAgent` means either. */
export function missingFields(method: Method, evidence: Evidence): string[] {
  return asked[method]
    .filter((group) => !group.some((field) => present(evidence[field])))
    .map((group) => group.join('|'));
}

/** A proof with its date, for comparison. */
export interface DatedProof {
  readonly evidence: Evidence;
  /** ISO instant. */
  readonly occurredAt: string;
}

/**
 * Says whether a proof differs from every earlier one of the person. It is compared by its document; without one,
 * by the form, its time and its address together, and by something besides the time: a synchronisation sends the
 * old answers again with the time of last night.
 */
export function isNewProof(proof: DatedProof, earlier: readonly DatedProof[]): boolean {
  const shown = new Set(earlier.flatMap(marksOf));
  const own = decisiveMarks(proof);
  return own.length > 0 && own.every((mark) => !shown.has(mark));
}

/** Returns every mark by which a later proof is recognized as this one. */
export const marksOf = (proof: DatedProof): string[] => [...documentMarks(proof), ...formMarks(proof)];

/** Returns the marks that must be new for a proof to be new; empty where nothing could show that it is. */
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
