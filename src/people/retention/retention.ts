import type { Clock, Database, Transaction, TenantKeys } from '../../platform/index.ts';
import {
  emptyBookings,
  forgetFormAnswers,
  forgetImportRows,
  removeTexts,
} from './erasure-traces.repository.ts';
import { idAt } from '../consent/consent.repository.ts';
import { lockContacts } from '../contact/contact.repository.ts';
import { cutSomeReasons } from './cut-reasons.ts';
import { expireConsents } from '../consent/expire-consents.ts';
import { removePerson } from './person-removal.ts';
import {
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
  type Aged,
} from './retention.repository.ts';
import { endRun, noteRun, readRetentionRun, type RetentionRun } from './retention-run.repository.ts';

/** The dependencies of retention. */
export interface RetentionDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly keysOf: (tenantId: string) => Promise<TenantKeys>;
}

/** The tenant to clean, and the author. */
export interface Cleaning {
  readonly tenantId: string;
  /** `system` for the schedule. */
  readonly actor: string;
}

const AGED: readonly Aged[] = ['texts', 'answers', 'replies', 'cancellations', 'proofs', 'rights'];
/** Days between the notice and the removal of a contact: time to ask the person again. */
export const NOTICE_DAYS = 30;
/** A transaction of half a second at most. */
const PEOPLE_AT_ONCE = 100;
/** The next round goes on; nothing is unbounded. */
const MOST_PAGES = 200;
/** Of 500 people each. */
const MOST_PAGES_CUT = 1_000;

/** Counts the removals and notices of a cleaning now; removes nothing. */
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
  for (const what of AGED) lines[what] = await countAged(tx, what, at);
  const run = { id: idAt(clock.machine()), kind: 'rehearsal', actor, startedAt: at } as const;
  await noteRun(tx, run, counted(lines));
  await endRun(tx, run.id, at);
  return (await readRetentionRun(tx, run.id)) ?? { ...run, endedAt: at, lines };
}

/** Cleans one tenant, page by page; each removal is committed with its line of the certificate. */
export async function cleanTenant(deps: RetentionDeps, { tenantId, actor }: Cleaning): Promise<void> {
  const { database, clock } = deps;
  const at = clock.now().toISO();
  const keys = await deps.keysOf(tenantId);
  const run = { id: idAt(clock.machine()), kind: 'cleaning', actor, startedAt: at } as const;
  const page = (what: string, work: (tx: Transaction) => Promise<number>): Promise<void> =>
    paged(() =>
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
  for (const what of AGED) await page(what, (tx) => removeAged(tx, what, at));
  await database.withTenant(tenantId, (tx) => endRun(tx, run.id, clock.now().toISO()));
  await cutReasons(deps, { tenantId, keys });
}

/** Examines a tenant that serves health, page by page from the end of the previous round. */
async function cutReasons(
  { database, clock }: RetentionDeps,
  { tenantId, keys }: { readonly tenantId: string; readonly keys: TenantKeys },
): Promise<void> {
  for (let pages = 0; pages < MOST_PAGES_CUT; pages += 1) {
    const { isDone } = await database.withTenant(tenantId, (tx) => cutSomeReasons(tx, { keys, clock }));
    if (isDone) return;
  }
}

/** Removes people whose delay is over, with all their data; their suppressions stay. */
async function removeDue(
  tx: Transaction,
  deps: { readonly keys: TenantKeys; readonly clock: Clock },
  at: string,
): Promise<number> {
  const contacts = await lockContacts(tx, deps.keys, await readDue(tx, at, PEOPLE_AT_ONCE));
  for (const contact of contacts) {
    const whose = { contactId: contact.id, phoneIndex: contact.phoneIndex };
    await removePerson(tx, deps, contact);
    await removeTexts(tx, whose);
    await emptyBookings(tx, whose);
    await forgetFormAnswers(tx, whose);
    await forgetImportRows(tx, whose);
    await removeRepliesOf(tx, contact.id);
  }
  return contacts.length;
}

async function paged(work: () => Promise<number>): Promise<void> {
  for (let pages = 0; pages < MOST_PAGES; pages += 1) if ((await work()) === 0) return;
}

const counted = (lines: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(lines).filter(([, count]) => count > 0));
