import { z } from 'zod';
import type { Clock, Database, Transaction } from '../../platform/index.ts';
import { uuidV7 } from '../../base/index.ts';
import type { TenantKeys } from '../../crypto/index.ts';
import { readProofs } from '../consent/consent.repository.ts';
import {
  lockContacts,
  updateContacts,
  type Contact,
  type ContactDeps,
} from '../contact/contact.repository.ts';
import { expireConsents } from '../consent/record-consents.ts';
import {
  emptyBookings,
  forgetFormAnswers,
  forgetImportRows,
  removePerson,
  resealProofs,
  removeTexts,
} from './person-removal.repository.ts';
import {
  actsAfter,
  contactsAfter,
  lockCutting,
  saveCutting,
  type Cutting,
  type PlacedProof,
  countAged,
  countBaseless,
  countDue,
  countSilent,
  forgiveBased,
  noticeBaseless,
  readDue,
  readSilent,
  removeAged,
  removeRepliesOf,
  endRun,
  noteRun,
  readRetentionRun,
  RECORD_KINDS,
  type RetentionRun,
} from './retention.repository.ts';
import { recordAudits, servesHealth } from '../../company/index.ts';
import { proofPlace, proofText, type ProofText } from '../consent/consent-account.ts';
import { isReasonOfVisit, withoutReasons } from '../../person/index.ts';
import { CONTACT_KEPT, LOG_KEPT, PROOF_KEPT, REPLY_KEPT, TEXT_KEPT, howLong } from '../../law/index.ts';
import type { Day } from '../../rule/index.ts';
import { bilingual, type Language, type Words } from '../../words/index.ts';

/** What retention needs. */
export interface RetentionDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly keysOf: (tenantId: string) => Promise<TenantKeys>;
}

/** Days between the notice and the removal of a contact: time to ask the person again. */
export const NOTICE_DAYS = 30;

/** So many people take half a second, which one transaction may take. */
const PEOPLE_AT_ONCE = 100;

/** The most pages of one kind in a round; the next round goes on. */
const MOST_PAGES = 200;

/** The most pages of a round, of 500 contacts or proofs each. */
const MOST_PAGES_CUT = 1_000;

/** Counts what a cleaning would remove and give notice of now, and stores the counts as a run; removes nothing. */
export async function rehearseRetention(
  tx: Transaction,
  { clock, actor }: { readonly clock: Clock; readonly actor: string },
): Promise<RetentionRun> {
  const at = clock.now().toISO();
  const lines: Record<string, number> = {
    consentsExpired: await countSilent(tx, at),
    contactsRemoved: await countDue(tx, at),
  };
  for (const { because, count } of await countBaseless(tx, at)) lines[`contacts.${because}`] = count;
  for (const what of RECORD_KINDS) lines[what] = await countAged(tx, what, at);
  const run = { id: uuidV7(clock.machine()), kind: 'rehearsal', actor, startedAt: at } as const;
  await noteRun(tx, run, nonZero(lines));
  await endRun(tx, run.id, at);
  return (await readRetentionRun(tx, run.id)) ?? { ...run, endedAt: at, lines };
}

/**
 * Removes from one tenant what the law no longer allows to keep, page by page. Each removal is committed with its
 * count in the certificate, which names the actor.
 */
export async function cleanTenant(
  deps: RetentionDeps,
  { tenantId, actor }: { readonly tenantId: string; readonly actor: string },
): Promise<void> {
  const { database, clock } = deps;
  const at = clock.now().toISO();
  const keys = await deps.keysOf(tenantId);
  const run = { id: uuidV7(clock.machine()), kind: 'cleaning', actor, startedAt: at } as const;
  const page = (what: string, work: (tx: Transaction) => Promise<number>): Promise<void> =>
    untilEmpty(() =>
      database.withTenant(tenantId, async (tx) => {
        const count = await work(tx);
        if (count > 0) await noteRun(tx, run, { [what]: count });
        return count;
      }),
    );
  await page('consentsExpired', async (tx) =>
    expireConsents(tx, { keys, clock }, await readSilent(tx, at, PEOPLE_AT_ONCE)),
  );
  await database.withTenant(tenantId, forgiveBased);
  const removeAt = clock.now().plus({ days: NOTICE_DAYS }).toISO();
  await page('contactsNoticed', (tx) => noticeBaseless(tx, { at, removeAt }));
  await page('contactsRemoved', (tx) => removeDue(tx, { keys, clock }, at));
  for (const what of RECORD_KINDS) await page(what, (tx) => removeAged(tx, what, at));
  await database.withTenant(tenantId, (tx) => endRun(tx, run.id, clock.now().toISO()));
  await cutReasons(deps, { tenantId, keys });
}

/** Removes the reasons of visits from a tenant that serves health, page by page from where the last round ended. */
async function cutReasons(
  { database, clock }: RetentionDeps,
  { tenantId, keys }: { readonly tenantId: string; readonly keys: TenantKeys },
): Promise<void> {
  for (let pages = 0; pages < MOST_PAGES_CUT; pages += 1) {
    if (await database.withTenant(tenantId, (tx) => cutSomeReasons(tx, { keys, clock }))) return;
  }
}

/** Removes people whose delay after the notice is over, with all their data; their suppressions stay. */
async function removeDue(
  tx: Transaction,
  deps: { readonly keys: TenantKeys; readonly clock: Clock },
  at: string,
): Promise<number> {
  const contacts = await lockContacts(tx, deps.keys, await readDue(tx, at, PEOPLE_AT_ONCE));
  for (const contact of contacts) {
    const traces = { contactId: contact.id, phoneIndex: contact.phoneIndex };
    await removePerson(tx, deps, contact);
    await removeTexts(tx, traces);
    await emptyBookings(tx, traces);
    await forgetFormAnswers(tx, traces);
    await forgetImportRows(tx, traces);
    await removeRepliesOf(tx, contact.id);
  }
  return contacts.length;
}

async function untilEmpty(work: () => Promise<number>): Promise<void> {
  for (let pages = 0; pages < MOST_PAGES; pages += 1) if ((await work()) === 0) return;
}

const nonZero = (lines: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(lines).filter(([, count]) => count > 0));

/** So many contacts or proofs take half a second, which one transaction may take. */
const CUT_AT_ONCE = 500;

/**
 * Removes one page of reasons of visits when the tenant serves health: earlier versions kept them, and a tenant may
 * begin to serve health. Returns true when none is left; from then on it costs one query.
 */
async function cutSomeReasons(tx: Transaction, deps: ContactDeps): Promise<boolean> {
  if (!(await servesHealth(tx))) {
    await saveCutting(tx, undefined);
    return true;
  }
  const cutting = await lockCutting(tx);
  if (cutting.phase === 'done') return true;
  const next =
    cutting.phase === 'contacts'
      ? await cutAttributes(tx, deps, cutting.after)
      : await cutProofs(tx, deps, cutting.after);
  await saveCutting(tx, next);
  return next.phase === 'done';
}

const hasReasonOfVisit = (record: Readonly<Record<string, unknown>>): boolean =>
  Object.keys(record).some((name) => isReasonOfVisit(name));

async function cutAttributes(tx: Transaction, { keys, clock }: ContactDeps, after: string): Promise<Cutting> {
  const ids = await contactsAfter(tx, { after, most: CUT_AT_ONCE });
  const last = ids.at(-1);
  if (last === undefined) return { phase: 'proofs', after: 0 };
  const affected = (await lockContacts(tx, keys, ids)).filter(({ person }) =>
    hasReasonOfVisit(person.attributes),
  );
  const changed = affected.map((contact) => ({ contact, draft: withoutVisitReasons(contact) }));
  await updateContacts(tx, changed, clock.now().toISO());
  const cut = changed.map(({ contact }) => auditEntry('contact.reasons-cut', contact.id));
  await recordAudits(tx, cut, { at: clock.now().toISO(), machineMs: clock.machine() });
  return { phase: 'contacts', after: last };
}

const auditEntry = (action: string, subject: string) => ({ actor: 'system', action, subject });

const withoutVisitReasons = (contact: Contact): Contact => ({
  ...contact,
  person: { ...contact.person, attributes: withoutReasons(contact.person.attributes) },
});

async function cutProofs(tx: Transaction, deps: ContactDeps, after: number): Promise<Cutting> {
  const acts = await actsAfter(tx, { after, most: CUT_AT_ONCE });
  const last = acts.at(-1);
  if (last === undefined) return { phase: 'done' };
  const cut = await proofsWithoutReasons(tx, deps, acts);
  const at = deps.clock.now().toISO();
  await resealProofs(tx, cut, at);
  const entries = cut.map(({ eventId }) => auditEntry('consent.proof-cut', eventId));
  await recordAudits(tx, entries, { at, machineMs: deps.clock.machine() });
  return { phase: 'proofs', after: last.position };
}

/** Returns the proofs that contained a reason of visit, sealed without it under the same key. */
async function proofsWithoutReasons(
  tx: Transaction,
  { keys }: ContactDeps,
  acts: readonly PlacedProof[],
): Promise<{ readonly eventId: string; readonly sealed: Buffer }[]> {
  const people = [...new Set(acts.flatMap(({ contactId }) => contactId ?? []))];
  // They are locked before their proofs are read: an erasure meanwhile waits, and removes the new proofs too.
  const held = new Map((await lockContacts(tx, keys, people)).map((contact) => [contact.id, contact]));
  const sealed = await readProofs(
    tx,
    acts.map(({ eventId }) => eventId),
  );
  return acts.flatMap(({ eventId, contactId }) => {
    const proof = sealed.get(eventId);
    if (proof === undefined) return [];
    const place = proofPlace(eventId);
    const key = contactId === null ? undefined : held.get(contactId)?.key;
    const opened = key === undefined ? keys.open(place, proof, 'archive') : key.open(place, proof);
    // `appendAct` sealed a proof text here.
    const recordedProof = JSON.parse(opened.toString('utf8')) as ProofText;
    if (!hasReasonOfVisit(recordedProof.evidence)) return [];
    const text = proofText({ ...recordedProof, evidence: withoutReasons(recordedProof.evidence) });
    return [
      { eventId, sealed: key === undefined ? keys.seal(place, text, 'archive') : key.seal(place, text) },
    ];
  });
}

/** A run of retention as the API shows it: a certificate or a rehearsal, each line with its rule and reason. */
export const RunShown = z
  .object({
    id: z.string(),
    kind: z.enum(['rehearsal', 'cleaning']),
    actor: z.string(),
    startedAt: z.string(),
    endedAt: z.string().nullable(),
    lines: z
      .array(z.object({ what: z.string(), count: z.int(), ruleId: z.string(), text: z.string() }))
      .readonly(),
  })
  .meta({ id: 'RetentionRun' });

/** Builds the view of a run, with the retention periods of the day on which it started. */
export function runView({ lines, ...run }: RetentionRun, language: Language): z.output<typeof RunShown> {
  const kinds = kindsOn(run.startedAt);
  return {
    ...run,
    lines: Object.entries(lines).map(([what, count]) => {
      const [kind = what, because = ''] = what.split('.');
      const { ruleId, words } = kinds[kind] ?? baseless(because);
      return { what, count, ruleId, text: words[language] };
    }),
  };
}

interface Kind {
  readonly ruleId: string;
  readonly words: Words;
}

const notice = howLong({ days: NOTICE_DAYS });

const baseless = (because: string): Kind => ({
  ruleId: 'RET-01',
  words: bilingual.retention.baseless({ because, notice }),
});

function kindsOn(day: Day): Readonly<Record<string, Kind>> {
  const [contact, proof] = [howLong(CONTACT_KEPT.on(day)), howLong(PROOF_KEPT.on(day))];
  const [text, log] = [howLong(TEXT_KEPT.on(day)), howLong(LOG_KEPT.on(day))];
  const { retention } = bilingual;
  return {
    consentsExpired: { ruleId: 'RET-01', words: retention.consentsExpired({ contact }) },
    contactsNoticed: { ruleId: 'RET-01', words: retention.contactsNoticed({ notice }) },
    contactsRemoved: { ruleId: 'RET-01', words: retention.contactsRemoved({ notice }) },
    texts: { ruleId: 'RET-04', words: retention.texts({ text }) },
    answers: { ruleId: 'RET-04', words: retention.answers({ text }) },
    replies: { ruleId: 'RET-04', words: retention.replies({ log: howLong(REPLY_KEPT.on(day)) }) },
    rights: { ruleId: 'RET-03', words: retention.rights({ proof }) },
    cancellations: { ruleId: 'RET-04', words: retention.cancellations({ log }) },
    proofs: { ruleId: 'RET-03', words: retention.proofs({ proof }) },
  };
}
