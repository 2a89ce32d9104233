import {
  instant,
  type Clock,
  type Database,
  uuidV7,
  type Vault,
  receive,
  type Log,
  startLoop,
  type Loop,
} from '../../platform/index.ts';
import {
  type Health,
  type StopEvent,
  type Account,
  noteListPulled,
  noteAccount,
  tellOfDrifts,
  takeReply,
} from '../../sending/index.ts';
import { briefly, steadyHealth } from '../watched-gateway.ts';
import { isListDue } from '../../law/index.ts';

const EACH_MINUTE = 60_000;

interface Parts {
  readonly database: Database;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborted when the process is asked to stop. */
  readonly stopping: AbortSignal;
}

/** Checks each account's health, and once a day reads its operator's list of opt-outs. */
export function watchAccounts(parts: Parts, accounts: readonly Account[]): Loop {
  const pulledAt = new Map<string, number>();
  const work = async (): Promise<boolean> => {
    await Promise.all(accounts.map((account) => lookAt(parts, account, pulledAt)));
    await parts.database.outside((tx) => tellOfDrifts(tx, parts.clock));
    return false;
  };
  return startLoop({ name: 'accounts', everyMs: EACH_MINUTE, work, log: parts.log });
}

async function lookAt(parts: Parts, account: Account, pulledAt: Map<string, number>): Promise<void> {
  await noteHow(parts, account);
  const now = parts.clock.monotonic();
  const last = pulledAt.get(account.id);
  if (account.gateway.pullStops === undefined || !isListDue(last, now)) return;
  if (await pullStops(parts, account)) pulledAt.set(account.id, now);
}

async function noteHow(parts: Parts, { id, gateway }: Account): Promise<void> {
  const { database, clock } = parts;
  const health = await steadyHealth(gateway, parts);
  if (parts.stopping.aborted) return;
  const at = instant(clock.machine()).toISO();
  const found = { accountId: id, state: stateOf(health), credit: health.credit?.amount, at };
  await database.outside((tx) => noteAccount(tx, clock, found));
}

const stateOf = ({ ok, code }: Health): string => (ok ? 'up' : (code ?? 'down').toLowerCase());

/**
 * Takes over the operator's list: everybody on it sent STOP to one of our messages. Nobody gets a message for it:
 * they were answered when they wrote, or cannot be reached any more.
 */
export async function pullStops(parts: Omit<Parts, 'log'>, { id, gateway }: Account): Promise<boolean> {
  const { database, vault, clock } = parts;
  const list = await gateway.pullStops?.(briefly(parts.stopping));
  if (list?.kind !== 'LISTED') return false;
  const deps = { database, vault, clock, newId: () => uuidV7(clock.machine()) };
  for (const stop of list.stops)
    await takeReply(deps, { id, acknowledgesStop: true }, takingOfStop(clock, stop));
  await database.outside((tx) => noteListPulled(tx, id, clock.now().toISO()));
  return true;
}

function takingOfStop(clock: Clock, stop: StopEvent): Parameters<typeof takeReply>[2] {
  const { id, at: receivedAt, simulated } = receive(clock);
  return { event: { ...stop }, id, receivedAt, simulated, unanswered: true };
}
