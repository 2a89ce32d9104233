import {
  type Clock,
  type Database,
  uuidV7,
  type Vault,
  receive,
  type InboundEntry,
  type Journal,
  type OptOutTaking,
  onlyHere,
} from '../../platform/index.ts';
import { type ReplyEvent, type StopEvent, type TakingAccount, takeReply } from '../../sending/index.ts';

/** The dependencies of receiving calls. */
export interface HearingParts {
  readonly database: Database;
  readonly vault: Vault;
  readonly clock: Clock;
  /** Replies are on disk before their effect is committed. */
  readonly journal: Pick<Journal, 'takeAll' | 'here'>;
}

/** An account that people write to, with its name. */
export interface NamedAccount extends TakingAccount {
  readonly name: string;
}

/** Takes replies; resolves once they are durable. */
export async function takeReplies(
  parts: HearingParts,
  account: NamedAccount,
  events: readonly (ReplyEvent | StopEvent)[],
): Promise<void> {
  await parts.journal.takeAll(events.map((event) => takingOf(parts, account, event)));
}

function takingOf(
  { database: everywhere, vault, clock, journal }: HearingParts,
  { name, ...account }: NamedAccount,
  event: ReplyEvent | StopEvent,
): OptOutTaking {
  const database = onlyHere(everywhere, journal);
  const deps = { database, vault, clock, newId: () => uuidV7(clock.machine()) };
  const reception = receive(clock);
  const entry: InboundEntry = {
    kind: 'inbound',
    gateway: name,
    accountId: account.id,
    event: { ...event },
    reception,
  };
  const { id, at: receivedAt, simulated } = reception;
  const reply = { event: entry.event, id, receivedAt, simulated };
  return { entry, commit: () => takeReply(deps, account, reply) };
}
