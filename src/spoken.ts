import type { Clock } from './clock.ts';
import { uuidV7 } from './database/uuid-v7.ts';
import type { ReplyEvent, StopEvent } from './gateways/gateway.ts';
import { inTime } from './in-time.ts';
import { receive, type InboundEntry } from './journal/entry.ts';
import type { Journal } from './journal/journal.ts';
import type { TakingAccount } from './messages/reply-taking.ts';
import { StopDoor, type DoorDeps } from './messages/take-reply.ts';

/** What a STOP brings about besides its bar is waited for so long: operators give up after seconds. */
const PATIENCE_MS = 800;

/** What is said is kept in. */
export interface SpokenParts {
  readonly clock: Clock;
  /** Replies are on the disk before their effect is committed. */
  readonly journal: Pick<Journal, 'take'>;
  readonly door: Pick<StopDoor, 'take'>;
  /** Told of each reply that took effect at once. */
  readonly effective?: (entry: InboundEntry) => void;
}

/** An account that somebody wrote to, by its name too. */
export interface NamedAccount extends TakingAccount {
  readonly name: string;
}

/** The door of a process: one for all that it hears. */
export const openDoor = (deps: Omit<DoorDeps, 'newId'>): StopDoor =>
  new StopDoor({ ...deps, newId: () => uuidV7(deps.clock.machine()) });

/** Takes one reply; resolves once it holds whatever happens. False when the operator told it before. */
export async function takeSpoken(
  { clock, journal, door, effective }: SpokenParts,
  { name, ...account }: NamedAccount,
  event: ReplyEvent | StopEvent,
): Promise<boolean> {
  const reception = receive(clock);
  const entry: InboundEntry = {
    kind: 'inbound',
    gateway: name,
    accountId: account.id,
    event: { ...event },
    reception,
  };
  const { id, at: receivedAt, simulated } = reception;
  let rest: Promise<unknown> = Promise.resolve();
  let isNew = true;
  await journal.take(entry, async () => {
    const taken = await door.take(account, { event: entry.event, id, receivedAt, simulated });
    ({ rest, isNew } = taken);
    if (isNew) effective?.(entry);
  });
  await inTime(rest, PATIENCE_MS, undefined);
  return isNew;
}
