import { packed } from '../../platform/index.ts';
import { AnsweringThread, ThreadEnded } from '../../base/index.ts';
import { type TenantKeys } from '../../crypto/index.ts';
import type { ReadyRow } from '../batch/page.repository.ts';
import {
  composerOf,
  writtenBy,
  type ComposedCampaign,
  type Composer,
  type ComposingOrder,
  type WrittenMessage,
} from './composing-text.ts';

/** Fewer texts are composed faster here than they are passed to the thread. */
const WORTH_PASSING = 50;
const IDLE_MS = 60_000;
/** Heap limits for a thousand people and their texts at a time. */
const LIMITS = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 64 };

/** The thread that composes beside the one that sends; answers are JSON. */
export type ComposingThread = AnsweringThread<ComposingOrder, string>;

/** Makes the thread; it starts with the first large page, and ends after a minute without one. */
export const composingThread = (): ComposingThread =>
  new AnsweringThread({
    script: new URL('composing-thread.ts', import.meta.url),
    limits: LIMITS,
    done: 'composed',
    idleMs: IDLE_MS,
  });

/** Returns a campaign's composer: single texts here, pages of them in the other thread. */
export function composerBeside(
  thread: ComposingThread,
  keys: TenantKeys,
  campaign: Omit<ComposedCampaign, 'keys'>,
): Composer {
  const here = composerOf(keys, campaign);
  return {
    compose: (row) => here.compose(row),
    composeAll: async (rows) => {
      const known = rows.filter(isKnown);
      const written =
        known.length < WORTH_PASSING
          ? undefined
          : await writtenThere(thread, { keys: keys.composing, ...campaign }, known);
      // One text for each of them, or all are made here: nobody may get another person's text.
      if (written?.length !== known.length) return rows.map((row) => writtenBy(here, keys, row));
      let turn = 0;
      return rows.map((row) => (isKnown(row) ? written[turn++] : writtenBy(here, keys, row)));
    },
  };
}

type Known = ReadyRow & { contactId: string; wrapped: Buffer; sealed: Buffer };

/** Says whether a person has data to open: an erased one has none. */
const isKnown = (row: ReadyRow): row is Known =>
  row.contactId !== null && row.wrapped !== null && row.sealed !== null;

/** Returns the thread's texts; undefined when it died: the caller then composes without it. */
async function writtenThere(
  thread: ComposingThread,
  campaign: ComposedCampaign,
  rows: readonly Known[],
): Promise<(WrittenMessage | undefined)[] | undefined> {
  const { bytes, ends } = packed(rows.flatMap(({ wrapped, sealed }) => [wrapped, sealed]));
  const contactIds = rows.map(({ contactId }) => contactId).join('\n');
  const place = { territory: rows[0]?.territory ?? '', timeZone: rows[0]?.timeZone ?? '' };
  try {
    const order = { campaign, ...place, contactIds, bytes, ends };
    const answer = await thread.ask(order, [bytes.buffer, ends.buffer]);
    // Written by the thread of this process.
    return (JSON.parse(answer) as (WrittenMessage | null)[]).map((one) => one ?? undefined);
  } catch (fault) {
    if (fault instanceof ThreadEnded) return undefined;
    throw fault;
  }
}
