import type { Database } from './database/connection.ts';
import type { Vault } from './database/vault.ts';
import type { ReplyEvent, StopEvent } from './gateways/gateway.ts';
import { silencingFirst } from './messages/said.ts';
import { takeSpoken, type NamedAccount, type SpokenParts } from './spoken.ts';

/** What is heard is kept in. */
export interface HearingParts extends SpokenParts {
  readonly database: Database;
  readonly vault: Vault;
}

/** Replies that are taken side by side, at most: those who say STOP are barred by one transaction. */
const SIDE_BY_SIDE = 20;

/** Takes replies once they hold whatever happens, those that silence first. */
export async function takeReplies(
  parts: HearingParts,
  account: NamedAccount,
  events: readonly (ReplyEvent | StopEvent)[],
): Promise<void> {
  const spoken = silencingFirst(events);
  for (let from = 0; from < spoken.length; from += SIDE_BY_SIDE)
    await Promise.all(
      spoken.slice(from, from + SIDE_BY_SIDE).map((event) => takeSpoken(parts, account, event)),
    );
}
