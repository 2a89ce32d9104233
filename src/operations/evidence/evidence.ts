import { DateTime } from 'luxon';
import type { Clock, Transaction } from '../../platform/index.ts';
import type { TenantKeys } from '../../crypto/index.ts';
import { messagesTo } from '../../sending/index.ts';
import { maskPhone } from '../../sms/index.ts';
import {
  keyNamedBy,
  type Anchor,
  pastStatuses,
  proofPlace,
  readCustomersPast,
  statusesAt,
  readChosenBases,
  readRecord,
  type RecordedActs,
  readContact,
  type Contact,
  readAnchorsOver,
  inclusionPath,
  leavesOf,
} from '../../people/index.ts';
import { evidenceArchive, linesFile, type EvidenceKey, evidenceSummary } from './evidence-file.ts';
import {
  readChainedEvents,
  readController,
  readFormsShown,
  readRepliesOf,
  readSaleStatements,
  readSuppressionsOf,
  readWordingsShown,
  type ChainedEvent,
} from './evidence.repository.ts';
import { frenchDay } from '../../rule/index.ts';

/** The most messages and replies of a file, the newest ones. */
const MOST_MESSAGES = 1_000;

/** What building an evidence file needs. */
export interface EvidenceDeps {
  readonly keys: TenantKeys;
  readonly clock: Clock;
  /** Returns the signing key, given the one that the newest anchor names. */
  readonly signing: (stamped: string | undefined) => EvidenceKey;
}

/** Whose evidence is wanted, and whether the number and the texts are in clear. */
interface EvidenceRequest {
  readonly contactId: string;
  readonly clear: boolean;
  /** ISO instant of the machine clock. */
  readonly madeAt: string;
}

/** Builds the signed archive with the evidence of a person's agreements; undefined for an unknown person. */
export async function evidenceOf(
  tx: Transaction,
  deps: EvidenceDeps,
  request: EvidenceRequest,
): Promise<Buffer | undefined> {
  const acts = await readActs(tx, deps, request.contactId);
  const controller = await readController(tx);
  if (acts === undefined || controller === undefined) return undefined;
  const { contact, events, suppressions } = acts;
  const proofs = proofsOf(deps.keys, { contact, contactId: request.contactId }, events);
  const seen = await readSeen(tx, events, proofs);
  const sent = await readSent(tx, { deps, request, contact });
  const person = personView(contact, request);
  const { madeAt } = request;
  const summary = { controller, person, events, suppressions, proofs, madeAt, ...seen, ...sent };
  const files = [
    { name: 'summary.html', bytes: Buffer.from(evidenceSummary(summary).source) },
    linesFile('events.jsonl', events.map(eventLine)),
    linesFile('proofs.jsonl', proofs.filter(({ cutAt }) => cutAt === null).map(uncutLine)),
    ...cutFile(proofs),
    linesFile('paths.jsonl', seen.tree.paths),
    linesFile('anchors.jsonl', seen.tree.anchors.map(anchorLine)),
    linesFile('wordings.jsonl', seen.wordings),
    linesFile('forms.jsonl', seen.forms),
    linesFile('statements.jsonl', seen.statements),
    linesFile('suppressions.jsonl', suppressions),
    linesFile('messages.jsonl', sent.messages),
    linesFile('replies.jsonl', sent.replies),
    linesFile('standing.json', [sent.consentsNow]),
  ];
  const listed = events.map(({ id, position, hash }) => ({ id, position, hash }));
  return evidenceArchive(files, {
    tenant: controller,
    contact: person,
    madeAt,
    events: listed,
    key: deps.signing(keyNamedBy(seen.tree.anchors.at(-1))),
  });
}

/** Reads a person's acts, and those behind the suppressions of the number. */
async function readActs(tx: Transaction, { keys }: EvidenceDeps, contactId: string) {
  const contact = await readContact(tx, keys, contactId);
  const suppressions = await readSuppressionsOf(tx, { contactId, phoneIndex: contact?.phoneIndex });
  const named = suppressions.flatMap(({ eventId, liftedBy }) => [eventId, liftedBy]);
  const events = await readChainedEvents(tx, { contactId, named: named.filter((id) => id !== null) });
  // Of an erased person only events are left.
  const known = contact !== undefined || events.some((event) => event.contactId === contactId);
  return known ? { contact, events, suppressions } : undefined;
}

const isSaleBased = ({ purpose, basis }: ChainedEvent): boolean =>
  purpose === 'marketing' && basis === 'legitimate_interest';

/** Reads what the person saw (wordings and forms), the statements behind it, and what an authority has stamped. */
async function readSeen(tx: Transaction, events: readonly ChainedEvent[], proofs: readonly OpenedProof[]) {
  const cited = events.flatMap(({ wordingId }) => (wordingId === null ? [] : [wordingId]));
  const positions = events.flatMap(({ position }) => (position === null ? [] : [position]));
  return {
    wordings: await readWordingsShown(tx, cited),
    forms: await readFormsShown(tx, fingerprintsIn(proofs)),
    statements: events.some(isSaleBased) ? await readSaleStatements(tx) : [],
    tree: await evidenceTree(tx, positions),
  };
}

/**
 * Reads the anchors, and the paths from each event to the first anchor over it and to the newest one. The first anchor
 * was made before any later rewriting; the newest covers all events at once.
 */
async function evidenceTree(tx: Transaction, positions: readonly number[]) {
  const anchors = await readAnchorsOver(tx, 'consent', positions);
  const newest = anchors.at(-1);
  /** `anchor` is the count of links under the anchor; `path` has the siblings from leaf to root, in hexadecimal. */
  const paths: { position: number; anchor: number; path: readonly string[] }[] = [];
  if (newest === undefined) return { anchors, paths };
  const leaves = await leavesOf(tx, 'consent');
  for (const position of positions) {
    const first = anchors.find((anchor) => anchor.position >= position);
    for (const { position: anchor } of new Set([first, newest].filter((one) => one !== undefined))) {
      if (anchor < position) continue;
      const path = await inclusionPath(leaves, position - 1, anchor);
      paths.push({ position, anchor, path: path.map((hash) => hash.toString('hex')) });
    }
  }
  return { anchors, paths };
}

/** Reads the person's messages, replies and present consents. */
async function readSent(tx: Transaction, { deps, request, contact }: Omit<LinesContext, 'recorded'>) {
  const indexes = contact === undefined ? [] : [contact.phoneIndex];
  const recorded = await readRecord(tx, { contactIds: [request.contactId], indexes });
  const at = deps.clock.now();
  const bases = await readChosenBases(tx);
  const purposes = contact === undefined ? null : statusesAt(contact, recorded, { at, bases });
  return {
    messages: await messageLines(tx, { deps, request, contact, recorded }),
    replies: await replyLines(tx, deps.keys, request),
    consentsNow: { at: at.toISO(), purposes },
  };
}

function personView(
  contact: Contact | undefined,
  { contactId, clear }: EvidenceRequest,
): {
  readonly id: string;
  /** In clear or masked; null once the person is erased. */
  readonly phone: string | null;
  readonly simulated: boolean | null;
  readonly createdAt: string | null;
  readonly retiredAt: string | null;
} {
  if (contact === undefined)
    return { id: contactId, phone: null, simulated: null, createdAt: null, retiredAt: null };
  const { person, simulated, createdAt, retiredAt } = contact;
  const phone = clear ? person.phone : maskPhone(person.phone);
  return { id: contactId, phone, simulated, createdAt, retiredAt: retiredAt ?? null };
}

function eventLine(kept: ChainedEvent) {
  const { digest, position, previousHash, hash, salt, sealed, cutAt, ...event } = kept;
  const proofKept = salt !== null && sealed !== null && cutAt === null;
  return { event, digest, position, previousHash, hash, proofKept };
}

const anchorLine = ({ statement, token, stampedAt, position }: Anchor) => ({
  position,
  statement,
  stampedAt,
  token: token.toString('base64'),
});

/** A decrypted proof, whose digest is in the event. */
interface OpenedProof {
  readonly eventId: string;
  /** Hexadecimal. */
  readonly salt: string;
  /** Canonical JSON, word for word. */
  readonly proof: string;
  /** When the reason of a visit was removed from it, after which the digest of the event no longer covers it. */
  readonly cutAt: string | null;
}

const uncutLine = ({ cutAt: _none, ...proof }: OpenedProof) => proof;

/** Builds the file of proofs from which the reason of a visit was removed, if there are any. */
function cutFile(proofs: readonly OpenedProof[]) {
  const cut = proofs.flatMap(({ eventId, proof, cutAt }) =>
    cutAt === null ? [] : { eventId, proof, cutAt },
  );
  return cut.length === 0 ? [] : [linesFile('cut-proofs.jsonl', cut)];
}

function proofsOf(
  keys: TenantKeys,
  { contact, contactId: wanted }: { readonly contact: Contact | undefined; readonly contactId: string },
  events: readonly ChainedEvent[],
): OpenedProof[] {
  return events.flatMap(({ id, contactId, salt, sealed, cutAt }) => {
    if (salt === null || sealed === null) return [];
    const place = proofPlace(id);
    // A proof without a holder, or of a person erased since, is sealed under the archive key; that of another holder
    // of the number stays closed.
    if (contactId === null || (contact === undefined && contactId === wanted))
      return [{ eventId: id, salt, cutAt, proof: keys.open(place, sealed, 'archive').toString('utf8') }];
    if (contactId !== contact?.id) return [];
    return [{ eventId: id, salt, cutAt, proof: contact.key.open(place, sealed).toString('utf8') }];
  });
}

function fingerprintsIn(proofs: readonly OpenedProof[]): string[] {
  return proofs.flatMap(({ proof }) => {
    // The recorder of the event sealed a proof text here.
    const { evidence } = JSON.parse(proof) as { readonly evidence: Readonly<Record<string, string>> };
    const found = evidence['renderedSha256'];
    return found === undefined ? [] : [found];
  });
}

interface LinesContext {
  readonly deps: EvidenceDeps;
  readonly request: EvidenceRequest;
  readonly contact: Contact | undefined;
  readonly recorded: RecordedActs;
}

/** Lists the messages with their decision, and the person's consents at the instant of acceptance. */
async function messageLines(tx: Transaction, { deps, request, contact, recorded }: LinesContext) {
  const found = await messagesTo(tx, deps.keys, { contactId: request.contactId, most: MOST_MESSAGES });
  const customers = await readCustomersPast(tx, frenchDay(deps.clock.now()));
  return found.toReversed().map(({ view, clearText }) => {
    const { to: _masked, ...shown } = view;
    const accepted = view.timeline.find(({ event }) => event === 'accepted');
    const consents =
      accepted && contact
        ? pastStatuses(contact, recorded, { at: DateTime.fromISO(accepted.at), customers })
        : null;
    return Object.assign(shown, { standing: consents, text: request.clear ? (clearText() ?? null) : null });
  });
}

async function replyLines(tx: Transaction, keys: TenantKeys, { contactId, clear }: EvidenceRequest) {
  const found = await readRepliesOf(tx, contactId, MOST_MESSAGES);
  return found.map(({ sealed, ...shown }) => {
    if (!clear) return Object.assign(shown, { text: null });
    const place = { table: 'reply', column: 'sealed', row: shown.id };
    // The receiver of the reply sealed the incoming message here.
    const { text } = JSON.parse(keys.open(place, sealed).toString('utf8')) as { readonly text?: string };
    return Object.assign(shown, { text: text ?? null });
  });
}
