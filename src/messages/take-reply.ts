import { instant, type Clock } from '../clock.ts';
import { isSimulated } from '../contacts/simulated.ts';
import { withdraw } from '../contacts/withdraw.ts';
import type { VersionedKey } from '../database/cipher.ts';
import type { Database, Transaction } from '../database/connection.ts';
import type { TenantKeys, Vault } from '../database/vault.ts';
import type { ReplyEvent, StopEvent } from '../gateways/gateway.ts';
import { classifyReply, type Reply } from '../sms/inbound-word.ts';
import { oweThem } from './answer-owed.ts';
import type { AnswerKind } from './answer-text.ts';
import {
  acquaintance,
  keepInbound,
  keepReply,
  proveStopPath,
  tenantsOfAccount,
} from './inbound.repository.ts';
import { incomingDigest, sealIncoming } from './inbound-seal.repository.ts';
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

interface Taking {
  readonly deps: TakingDeps;
  readonly account: TakingAccount;
  readonly event: Told;
  readonly reading: Reply;
  readonly inboundId: string;
  readonly inboxKey: VersionedKey;
}

/**
 * Takes one reply: from the commit on, nothing more may begin for somebody who said STOP.
 *
 * One transaction across the tenants concerned; the same delivery twice changes nothing.
 */
export async function takeReply(deps: TakingDeps, account: TakingAccount, event: Told): Promise<void> {
  const reading: Reply =
    event.kind === 'stop' ? { kind: 'stop', scope: 'purpose', sure: true } : classifyReply(event.text);
  await deps.database.outside(async (tx) => {
    const inboxKey = await deps.vault.instanceKey(tx, 'inbox', machineIso(deps.clock));
    const taking: Taking = { deps, account, event, reading, inboundId: deps.newId(), inboxKey };
    if (!(await keepIncoming(tx, taking))) return;
    const match = await ownersOf(tx, taking);
    for (const [place, owner] of match.owners.entries())
      await takeFor(tx, taking, { owner, match, answers: place === 0 });
    if (reading.kind === 'stop') await proveStopPath(tx, account.id, deps.clock.now().toISO());
  });
}

const machineIso = (clock: Clock): string => instant(clock.machine()).toISO();

const keepIncoming = (
  tx: Transaction,
  { deps, account, event, reading, inboundId, inboxKey }: Taking,
): Promise<boolean> =>
  keepInbound(tx, {
    id: inboundId,
    accountId: account.id,
    digest: incomingDigest(inboxKey, event.identity),
    sealed: sealIncoming(inboxKey, { table: 'inbound', id: inboundId }, event),
    reading: reading.kind,
    receivedAt: deps.clock.now().toISO(),
    simulated: isSimulated(deps.clock),
  });

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
    unclear: reading.kind === 'unclear-stop' || (reading.kind === 'stop' && match.doubtful),
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

/** What a reply withdraws: a STOP its scope, a doubtful one all marketing. */
async function withdrawFor(
  within: Transaction,
  { deps, event, reading, inboundId }: Taking,
  { owner, keys }: { readonly owner: Acquaintance; readonly keys: TenantKeys },
): Promise<{ readonly contactId?: string } | undefined> {
  if (reading.kind !== 'stop' && reading.kind !== 'unclear-stop') return undefined;
  return withdraw(
    within,
    { keys, clock: deps.clock },
    {
      phone: event.from,
      scope: scopeOfStop(reading.scope, owner.last),
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
  if (reading.kind !== 'stop' || account.acknowledgesStop) return undefined;
  if (reading.scope === 'all') return 'stop-all';
  return last === undefined || last.purpose === 'marketing' ? 'stop-marketing' : 'stop-reminder';
}
