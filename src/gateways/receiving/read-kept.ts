import {
  BEFORE_ALL,
  instant,
  outageOf,
  type Clock,
  type Database,
  type Transaction,
  type Vault,
} from '../../platform/index.ts';
import { uuidV7 } from '../../base/index.ts';
import type { Config } from '../../settings/index.ts';
import { keptReader } from '../operators.ts';
import {
  leftCalls,
  settleCalls,
  unreadCalls,
  unsealedCall,
  openKept,
  keepReceiptsIn,
  isLockTimeout,
  machineIso,
  isReceipt,
  readSafely,
  repliesIn,
  takeReply,
  matchReceipts,
  replySettler,
  type CallContents,
  type KeptRow,
  type OpenedCall,
  type TakingDeps,
  type Accounts,
  type TakingAccount,
} from '../../sending/index.ts';

interface KeptAccount {
  readonly acknowledgesStop: boolean;
  readonly reader: ReturnType<typeof keptReader>;
}

export interface KeptDeps extends TakingDeps {
  readonly accountNamed: (name: string) => KeptAccount | undefined;
}

/** Counts of calls: `read` without unread pieces, `left` with some. */
const NONE = { read: 0, left: 0 };
const AT_ONCE = 50;

/** A call younger than this may still be read by its receiver. */
const LEFT_AFTER_MS = 15_000;

/** Reads calls that their process kept and never finished; returns their number. */
export async function readLeft(deps: KeptDeps): Promise<number> {
  const before = instant(deps.clock.machine() - LEFT_AFTER_MS).toISO();
  return deps.database.outside(async (tx) => {
    const rows = await leftCalls(tx, { before, most: AT_ONCE });
    const { read, left } = await readRows(tx, deps, { rows, isLate: false });
    return read + left;
  });
}

/** Reads all unreadable calls again, as after an upgrade. */
export async function readAllAgain(deps: KeptDeps): Promise<typeof NONE> {
  let total = NONE;
  for (let after = BEFORE_ALL; ;) {
    const { last, ...done } = await deps.database.outside(async (tx) => {
      const rows = await unreadCalls(tx, { after, most: AT_ONCE });
      return { last: rows.at(-1)?.id, ...(await readRows(tx, deps, { rows, isLate: true })) };
    });
    total = { read: total.read + done.read, left: total.left + done.left };
    if (last === undefined) return total;
    after = last;
  }
}

/** Reads calls one by one: one that cannot take effect is left to a person, and holds up no other. */
async function readRows(
  tx: Transaction,
  deps: KeptDeps,
  { rows, isLate }: { readonly rows: readonly KeptRow[]; readonly isLate: boolean },
): Promise<typeof NONE> {
  let total = NONE;
  if (rows.length === 0) return total;
  const keys = await deps.vault.instanceKeys(tx, 'inbox', machineIso(deps.clock));
  for (const row of rows) {
    const unread = await readOne(deps, { row, opened: openKept(keys, row), isLate });
    if (unread === 'later') continue;
    await settleCalls(tx, [{ id: row.id, unread }]);
    total = unread === 0 ? { ...total, read: total.read + 1 } : { ...total, left: total.left + 1 };
  }
  return total;
}

interface Reading {
  readonly row: KeptRow;
  readonly opened: OpenedCall;
  readonly isLate: boolean;
}

/** Reads one call; returns the count of its pieces that are still unread. */
async function readOne(deps: KeptDeps, reading: Reading): Promise<number | 'later'> {
  const { row, opened } = reading;
  const account = deps.accountNamed(row.accountName);
  if (account === undefined) return row.pieces;
  const contents = contentsOf(account, opened, row.id);
  try {
    await takeEffect(deps, { ...reading, contents, account });
    return contents.unread;
  } catch (cause) {
    if (isLockTimeout(cause)) return 'later';
    // The database is away: the call itself is not at fault.
    if (outageOf(cause) !== undefined) throw cause;
    return Math.max(contents.unread, 1);
  }
}

function contentsOf({ reader }: KeptAccount, opened: OpenedCall, id: string): CallContents {
  if (opened.wire === 'smpp') return readSafely((bytes: Buffer) => reader.pdu(bytes, id), opened.bytes);
  return readSafely(reader.call, unsealedCall(opened.sealed));
}

/** Applies the events of a call, each in a transaction of its own; repetitions change nothing. */
async function takeEffect(
  deps: KeptDeps,
  {
    row,
    opened,
    contents,
    account,
    isLate,
  }: Reading & { readonly contents: CallContents; readonly account: KeptAccount },
): Promise<void> {
  const { at, simulated } = opened.wire === 'http' ? opened.sealed : { at: row.receivedAt, simulated: false };
  const { accountId } = row;
  const { acknowledgesStop } = account;
  for (const event of repliesIn(contents, at))
    await takeReply(
      deps,
      { id: accountId, acknowledgesStop },
      // A person who wrote days ago gets no answer now.
      {
        event: { ...event },
        id: deps.newId(),
        receivedAt: at,
        simulated,
        ...(isLate && { unanswered: true as const }),
      },
    );
  const events = contents.events.filter(isReceipt);
  await deps.database.outside((tx) => keepReceiptsIn(tx, deps, { accountId, events }));
}

/** Applies inbound calls of operators to the messages and people they concern. */
export function inboxWork(
  {
    database,
    vault,
    clock,
    config,
  }: {
    readonly database: Database;
    readonly vault: Vault;
    readonly clock: Clock;
    readonly config: Pick<Config, 'gateways'>;
  },
  accounts: Accounts,
): () => Promise<boolean> {
  const kept = new Map(
    config.gateways.map((account): [string, KeptAccount] => [
      account.name,
      { acknowledgesStop: account.acknowledgesStop, reader: keptReader(account) },
    ]),
  );
  const deps = { database, vault, clock, newId: () => uuidV7(clock.machine()) };
  const accountOf = (id: string): TakingAccount | undefined => {
    const account = accounts.byId(id);
    return account && { id, acknowledgesStop: account.gateway.capabilities.acknowledgesStop };
  };
  const settle = replySettler(deps, accountOf);
  return async () => {
    const [settled] = await Promise.allSettled([settle()]);
    const left = await readLeft({ ...deps, accountNamed: (name) => kept.get(name) });
    const matched = await matchReceipts(deps);
    if (settled.status === 'rejected') throw settled.reason;
    return left + matched + settled.value > 0;
  };
}
