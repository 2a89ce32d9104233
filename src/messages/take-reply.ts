import { z } from 'zod';
import { instant, type Clock } from '../clock.ts';
import { isSimulated } from '../contacts/simulated.ts';
import { suppressAlone } from '../contacts/suppress.ts';
import { withdraw } from '../contacts/withdraw.ts';
import type { Database, Transaction } from '../database/connection.ts';
import type { TenantKeys, Vault } from '../database/vault.ts';
import type { ReplyEvent, StopEvent } from '../gateways/gateway.ts';
import { classifyReply, operatorStop, type Reply } from '../sms/inbound-word.ts';
import { oweThem } from './answer-owed.ts';
import type { AnswerKind } from './answer-text.ts';
import {
  acquaintance,
  keepInbound,
  keepReply,
  proveStopPath,
  settleInbound,
  tenantsOfAccount,
  unsettledInbound,
  waitBriefly,
} from './inbound.repository.ts';
import { incomingDigest, openIncoming, sealIncoming } from './inbound-seal.repository.ts';
import { matchReply, scopeOfStop, type Acquaintance, type ReplyMatch } from './reply-match.ts';

/** What taking a reply needs. */
export interface TakingDeps {
  /** Two connections of its own: a STOP waits for nobody. */
  readonly database: Database;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** The account a reply came through. */
export interface TakingAccount {
  readonly id: string;
  /** The operator tells the person itself that it stopped. */
  readonly acknowledgesStop: boolean;
}

type Told = ReplyEvent | StopEvent;
/** As much of it as is kept: what came by JSON may lack nothing else. */
type Heard = Pick<Told, 'identity' | 'from' | 'kind'> & {
  readonly to?: string | undefined;
  readonly text?: string | undefined;
};

interface Taking {
  readonly deps: TakingDeps;
  readonly account: TakingAccount;
  readonly event: Heard;
  readonly reading: Reply;
  readonly inboundId: string;
}

/**
 * Takes one reply: from the commit on, nothing more may begin for somebody who said STOP.
 *
 * One transaction across the tenants concerned; the same delivery twice changes nothing. It waits for no lock
 * longer than 200 ms: then the suppression alone is committed, and `settleReplies` does the rest.
 */
export async function takeReply(deps: TakingDeps, account: TakingAccount, event: Told): Promise<void> {
  const reading = readingOf(event);
  const taking = { deps, account, event, reading, inboundId: deps.newId() };
  try {
    await deps.database.outside((tx) => takeWhole(tx, taking));
  } catch (cause) {
    if (!isLockTimeout(cause)) throw cause;
    await deps.database.outside((tx) => takeBarely(tx, taking));
  }
}

/** Completes replies of which only the suppression was kept; answers how many. */
export async function settleReplies(
  deps: TakingDeps,
  accountOf: (accountId: string) => TakingAccount | undefined,
): Promise<number> {
  return deps.database.outside(async (tx) => {
    const inboxKey = await deps.vault.instanceKey(tx, 'inbox', machineIso(deps.clock));
    const waiting = await unsettledInbound(tx, MOST_SETTLED);
    for (const one of waiting) {
      const account = accountOf(one.accountId);
      if (account === undefined) continue;
      const event = Incoming.parse(openIncoming(inboxKey, { table: 'inbound', id: one.id }, one.sealed));
      await takeForOwners(tx, { deps, account, event, reading: readingOf(event), inboundId: one.id });
      await settleInbound(tx, one.id, deps.clock.now().toISO());
    }
    return waiting.length;
  });
}

const MOST_SETTLED = 100;

const Incoming = z.discriminatedUnion('kind', [
  z.looseObject({
    kind: z.literal('reply'),
    identity: z.string(),
    from: z.string(),
    to: z.string().optional(),
    text: z.string(),
  }),
  z.looseObject({
    kind: z.literal('stop'),
    identity: z.string(),
    from: z.string(),
    to: z.string().optional(),
    text: z.string().optional(),
  }),
]);

const readingOf = (event: Heard): Reply =>
  (event.kind === 'stop' ? operatorStop : classifyReply)(event.text ?? '');

/** How far a reply silences; nothing when it asks for none of that. */
function silenced({ kind }: Reply): 'all' | 'purpose' | undefined {
  if (kind === 'stop-all') return 'all';
  return kind === 'stop' || kind === 'objection' ? 'purpose' : undefined;
}

const isStop = ({ kind }: Reply): boolean => kind === 'stop' || kind === 'stop-all';

/** PostgreSQL's lock_not_available. */
const isLockTimeout = (cause: unknown): boolean =>
  typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === '55P03';

async function takeWhole(tx: Transaction, taking: Taking): Promise<void> {
  await waitBriefly(tx);
  if (!(await keepIncoming(tx, taking, 'settled'))) return;
  await takeForOwners(tx, taking);
}

/** What makes a STOP effective, and nothing that could wait. */
async function takeBarely(tx: Transaction, taking: Taking): Promise<void> {
  const { deps, event, reading } = taking;
  if (!(await keepIncoming(tx, taking, 'unsettled'))) return;
  const asked = silenced(reading);
  if (asked === undefined) return;
  const { owners } = await ownersOf(tx, taking);
  for (const owner of owners) {
    const within = await tx.as(owner.tenantId);
    const keys = await deps.vault.tenant(within);
    const scope = scopeOfStop(asked, owner.last);
    for (const one of scope === 'all' ? (['all'] as const) : scope) {
      await suppressAlone(
        within,
        { keys, clock: deps.clock },
        { phone: event.from, scope: one, source: 'sms' },
      );
    }
  }
}

async function takeForOwners(tx: Transaction, taking: Taking): Promise<void> {
  const match = await ownersOf(tx, taking);
  for (const [place, owner] of match.owners.entries())
    await takeFor(tx, taking, { owner, match, answers: place === 0 });
  if (isStop(taking.reading)) await proveStopPath(tx, taking.account.id, taking.deps.clock.now().toISO());
}

const machineIso = (clock: Clock): string => instant(clock.machine()).toISO();

async function keepIncoming(
  tx: Transaction,
  taking: Taking,
  settled: 'settled' | 'unsettled',
): Promise<boolean> {
  const { deps, account, event, reading, inboundId } = taking;
  const inboxKey = await deps.vault.instanceKey(tx, 'inbox', machineIso(deps.clock));
  return keepInbound(tx, {
    id: inboundId,
    accountId: account.id,
    digest: incomingDigest(inboxKey, event.identity),
    sealed: sealIncoming(inboxKey, { table: 'inbound', id: inboundId }, event),
    reading: reading.kind,
    receivedAt: deps.clock.now().toISO(),
    settled: settled === 'settled',
    simulated: isSimulated(deps.clock),
  });
}

async function ownersOf(tx: Transaction, { deps, account, event }: Taking): Promise<ReplyMatch> {
  const known: Acquaintance[] = [];
  for (const tenantId of await tenantsOfAccount(tx, account.id)) {
    const within = await tx.as(tenantId);
    const keys = await deps.vault.tenant(within);
    known.push(await acquaintance(within, account.id, keys.phoneIndex(event.from)));
  }
  return matchReply(known, event.to);
}

interface Owner {
  readonly owner: Acquaintance;
  readonly match: ReplyMatch;
  /** One tenant answers, even when several are concerned. */
  readonly answers: boolean;
}

async function takeFor(tx: Transaction, taking: Taking, { owner, match, answers }: Owner): Promise<void> {
  const { deps, account, event, reading, inboundId } = taking;
  const within = await tx.as(owner.tenantId);
  const keys = await deps.vault.tenant(within);
  const left = await withdrawFor(within, taking, { owner, keys });
  await keepReply(within, {
    inboundId,
    contactId: left?.contactId ?? null,
    accountId: account.id,
    reading: reading.kind,
    unclear: reading.kind === 'objection' || (isStop(reading) && match.doubtful),
    last: owner.last,
    sealed: keys.seal(
      { table: 'reply', column: 'sealed', row: inboundId },
      JSON.stringify({ from: event.from, to: event.to, text: event.text ?? '' }),
    ),
    receivedAt: deps.clock.now().toISO(),
  });
  const kind = answers ? answerKindOf(taking, owner) : undefined;
  if (kind !== undefined) {
    await oweThem(
      within,
      { keys, clock: deps.clock, newId: deps.newId },
      { inboundId, kind, accountId: account.id, to: event.from, last: owner.last },
    );
  }
}

/** What a reply withdraws: a STOP its scope, an objection marketing at least. */
async function withdrawFor(
  within: Transaction,
  { deps, event, reading, inboundId }: Taking,
  { owner, keys }: { readonly owner: Acquaintance; readonly keys: TenantKeys },
): Promise<{ readonly contactId?: string } | undefined> {
  const asked = silenced(reading);
  if (asked === undefined) return undefined;
  return withdraw(
    within,
    { keys, clock: deps.clock },
    {
      phone: event.from,
      scope: scopeOfStop(asked, owner.last),
      channel: 'sms',
      occurredAt: deps.clock.now().toISO(),
      actor: 'person',
      evidence: { messageRef: inboundId },
      simulated: isSimulated(deps.clock),
    },
  );
}

function answerKindOf({ account, reading }: Taking, { last }: Acquaintance): AnswerKind | undefined {
  if (reading.kind === 'contact') return 'contact';
  if (!isStop(reading) || account.acknowledgesStop) return undefined;
  if (reading.kind === 'stop-all') return 'stop-all';
  return last === undefined || last.purpose === 'marketing' ? 'stop-marketing' : 'stop-reminder';
}
