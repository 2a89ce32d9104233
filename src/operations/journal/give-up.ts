import { z } from 'zod';
import { tenantOf } from '../../company/index.ts';
import { holderIdOf, readContact, tenantOfToken, suppressAlone } from '../../people/index.ts';
import { type Scope } from '../../person/index.ts';
import {
  type Transaction,
  writeFaultOf,
  type Incoming,
  type DrainDeps,
  type ApplyDeps,
  type Occasion,
  type JournalEntry,
  processFolders,
  readFolder,
  type PlaceRead,
  placeNameOf,
  type Trouble,
  type Wait,
} from '../../platform/index.ts';
import { uuidV7 } from '../../base/index.ts';
import { scopeOfStop, replyOwnersOf, silenced, takingOf } from '../../sending/index.ts';
import { applyEntry } from './apply-entry.ts';

/** A person whom an entry concerns, in one tenant; the contact is null where only the number is known. */
interface Concerned {
  readonly tenantId: string;
  readonly contactId: string | null;
}

/** An entry of the journal that has no effect yet, described by ids and never by a number. */
export interface PendingEntry {
  readonly place: string;
  /** `damaged` when its bytes cannot be decrypted or understood. */
  readonly why: 'damaged' | Wait['why'];
  readonly kind: JournalEntry['kind'] | null;
  /** The id of the reply or event that it would become. */
  readonly entryId: string | null;
  /** ISO instant. */
  readonly receivedAt: string | null;
  readonly concerned: readonly Concerned[];
}

/** What became of an entry: applied after all, its person suppressed instead (`barred`), lost, or still waiting. */
export interface GivenUp extends PendingEntry {
  readonly became: 'applied' | 'barred' | 'lost' | 'waits';
}

/** What an entry says of its person, which is enough to suppress them. */
interface Named {
  readonly event?: Incoming;
  readonly accountId?: string;
  readonly tenantId?: string;
  readonly phone?: string;
  readonly contactId?: string;
  readonly scope: Scope | readonly Scope[];
}

/** Describes an entry without effect and its people; changes nothing. */
export async function describeEntry(deps: DrainDeps, held: Trouble | Wait): Promise<PendingEntry> {
  const read = await readAt(deps, held);
  const named = namedIn(read);
  const people = named === undefined ? [] : await eachPerson(deps, named, () => Promise.resolve());
  return pendingEntryOf(held, read, people);
}

/** Tries an entry once more; if the database refuses it, suppresses its person where the number can be read. */
export async function giveUp(deps: DrainDeps, held: Trouble | Wait): Promise<GivenUp> {
  const read = await readAt(deps, held);
  if (read?.entry !== undefined) {
    const fault = await applyAgain(deps, read.entry, held.occasion);
    if (fault === undefined) return { ...pendingEntryOf(held, read, []), became: 'applied' };
    if (fault !== 'refused') return { ...pendingEntryOf(held, read, []), why: fault, became: 'waits' };
  }
  const named = namedIn(read);
  if (named === undefined) return { ...pendingEntryOf(held, read, []), became: 'lost' };
  try {
    const people = await eachPerson(deps, named, (tx, one) => suppress(deps, tx, one));
    return { ...pendingEntryOf(held, read, people), became: people.length === 0 ? 'lost' : 'barred' };
  } catch {
    return { ...pendingEntryOf(held, read, []), became: 'waits' };
  }
}

async function applyAgain(
  deps: DrainDeps,
  entry: JournalEntry,
  occasion: Occasion,
): Promise<Wait['why'] | undefined> {
  try {
    if (await applyEntry(deps, entry, occasion)) deps.effective?.(entry);
    return undefined;
  } catch (error) {
    const { fault } = writeFaultOf(error);
    return fault === 'gone' ? 'busy' : fault;
  }
}

async function readAt(
  { root, keys }: DrainDeps,
  { processId, at }: Trouble | Wait,
): Promise<PlaceRead | undefined> {
  const folders = await processFolders(root);
  const folder = folders.find((one) => one.processId === processId);
  if (folder === undefined) return undefined;
  for await (const read of readFolder(keys, folder, { from: at }))
    // When the file of the entry is gone, the first entry of the next file is another one.
    return placeNameOf({ processId, at: read.at }) === placeNameOf({ processId, at }) ? read : undefined;
  return undefined;
}

function pendingEntryOf(
  held: Trouble | Wait,
  read: PlaceRead | undefined,
  concerned: readonly Concerned[],
): PendingEntry {
  const { entry } = read ?? {};
  return {
    place: placeNameOf(held),
    why: held.why,
    kind: entry?.kind ?? null,
    entryId: entry?.reception.id ?? null,
    receivedAt: entry?.reception.at ?? null,
    concerned,
  };
}

function namedIn(read: PlaceRead | undefined): Named | undefined {
  if (read?.entry !== undefined) return namedByEntry(read.entry);
  return read?.foreign === undefined ? undefined : namedByUnknown(read.foreign);
}

function namedByEntry(entry: JournalEntry): Named {
  switch (entry.kind) {
    case 'inbound':
      return { event: entry.event, accountId: entry.accountId, scope: [] };
    // The call could not be read, so its people are unknown.
    case 'call':
      return { accountId: entry.accountId, scope: [] };
    case 'leaving':
      return { tenantId: entry.tenantId, ...entry.person, scope: entry.scope };
    case 'pressed':
      return { contactId: entry.contactId, scope: entry.scope };
    case 'erasure':
      return { tenantId: entry.tenantId, contactId: entry.contactId, scope: 'all' };
    default:
      return entry satisfies never;
  }
}

const Text = z.string().optional().catch(undefined);
/** The fields that entries of any version are likely to have in common. */
const Foreign = z.object({
  tenantId: Text,
  contactId: Text,
  accountId: Text,
  person: z.object({ phone: Text, contactId: Text }).optional().catch(undefined),
  event: z.object({ from: Text }).optional().catch(undefined),
});

/** Reads the person of an entry of another version, who is suppressed for everything, since the request is unknown. */
function namedByUnknown(foreign: unknown): Named | undefined {
  const found = Foreign.safeParse(foreign).data;
  if (found === undefined) return undefined;
  const { accountId, event, person, ...others } = found;
  if (event?.from !== undefined && accountId !== undefined) {
    const stop: Incoming = { kind: 'stop', identity: '', from: event.from, text: 'STOP TOUT' };
    return { event: stop, accountId, scope: [] };
  }
  const named: Named = { ...defined(others), ...defined(person ?? {}), scope: 'all' };
  const isWhole =
    named.contactId !== undefined || (named.phone !== undefined && named.tenantId !== undefined);
  return isWhole ? named : undefined;
}

/** Returns fields without the undefined ones. */
const defined = (
  fields: Readonly<Record<string, string | undefined>>,
): Pick<Named, 'tenantId' | 'phone' | 'contactId'> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

type Each = (tx: Transaction, one: { readonly phone: string } & Pick<Named, 'scope'>) => Promise<void>;

/** Calls a function with the person in each tenant that knows them, in one transaction; returns these people. */
function eachPerson(deps: ApplyDeps, named: Named, each: Each): Promise<readonly Concerned[]> {
  return deps.database.outside(async (tx) => {
    const { event, accountId } = named;
    if (event !== undefined && accountId !== undefined)
      return eachOwner(tx, deps, { event, accountId, each });
    const tenantId = named.tenantId ?? (await tenantOfToken(tx, named.contactId ?? ''));
    return tenantId === undefined ? [] : personOfTenant(await tx.as(tenantId), deps, { named, each });
  });
}

/** Does it for the person of one tenant; nobody when they do not exist any more. */
async function personOfTenant(
  tx: Transaction,
  { vault }: ApplyDeps,
  { named, each }: { readonly named: Named; readonly each: Each },
): Promise<readonly Concerned[]> {
  if ((await tenantOf(tx)) === undefined) return [];
  const keys = await vault.tenant(tx);
  const { contactId } = named;
  const holder = contactId === undefined ? undefined : await readContact(tx, keys, contactId);
  const phone = named.phone ?? holder?.person.phone;
  if (phone === undefined) return [];
  await each(tx, { phone, scope: named.scope });
  const concerned = contactId ?? (await holderIdOf(tx, keys.phoneIndex(phone))) ?? null;
  return [{ tenantId: tx.tenantId, contactId: concerned }];
}

async function eachOwner(
  tx: Transaction,
  deps: ApplyDeps,
  { event, accountId, each }: { readonly event: Incoming; readonly accountId: string; readonly each: Each },
): Promise<readonly Concerned[]> {
  const { clock } = deps;
  const taking = takingOf(
    { ...deps, newId: () => uuidV7(clock.machine()) },
    { id: accountId, acknowledgesStop: true },
    { event, id: '', receivedAt: clock.now().toISO(), simulated: false },
  );
  const optOut = silenced(taking.reading);
  // A reply that was no opt-out suppresses nobody, although its entry could not be applied.
  if (optOut === undefined) return [];
  const found: Concerned[] = [];
  for (const { tenantId, last } of (await replyOwnersOf(tx, taking)).owners) {
    const within = await tx.as(tenantId);
    const keys = await deps.vault.tenant(within);
    await each(within, { phone: event.from, scope: scopeOfStop(optOut, last) });
    found.push({ tenantId, contactId: (await holderIdOf(within, keys.phoneIndex(event.from))) ?? null });
  }
  return found;
}

async function suppress(
  deps: ApplyDeps,
  tx: Transaction,
  { phone, scope }: Parameters<Each>[1],
): Promise<void> {
  const keys = await deps.vault.tenant(tx);
  await suppressAlone(tx, { keys, clock: deps.clock }, { phone, scope, source: 'journal' });
}
