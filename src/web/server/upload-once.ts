import { createHmac } from 'node:crypto';
import { instant } from '../../platform/index.ts';
import { dropIdempotencyKey, forgetOldKeys } from '../../company/index.ts';
import type { Answer } from './answer.ts';
import type { Api } from './api.ts';
import { answerAgain, keep, KEPT_MS, storeOf, takeKey, type Repeatable, type Store } from './idempotency.ts';

/** No upload lasts longer; a key taken before that belonged to a process that died. */
const LONGEST_UPLOAD_MS = 15 * 60_000;

/** A file being uploaded, and its handling. */
export interface RepeatableUpload extends Repeatable {
  readonly bytes: AsyncIterable<Buffer>;
  readonly work: (bytes: AsyncIterable<Buffer>) => Promise<Answer>;
}

/** Receives a file once for a key; the same file again gets the same answer, without being stored. */
export async function uploadOnce(api: Api, upload: RepeatableUpload): Promise<Answer> {
  const { caller, key, bytes, work } = upload;
  if (key === undefined) return work(bytes);
  const within = <T>(done: Parameters<typeof api.database.withTenant<T>>[1]): Promise<T> =>
    api.database.withTenant(caller.tenantId, done);
  const now = api.clock.machine();
  const store = await within((tx) => storeOf(api, tx, upload));
  const isTaken = await within(async (tx) => {
    await forgetOldKeys(tx, store.keyDigest, {
      before: instant(now - KEPT_MS).toISO(),
      unfinishedBefore: instant(now - LONGEST_UPLOAD_MS).toISO(),
    });
    return takeKey(tx, store, now);
  });
  const digest = createHmac('sha256', store.digestKey).update(store.bodyDigest);
  const read = digested(bytes, digest);
  if (!isTaken) {
    for await (const piece of read) void piece;
    return within((tx) => answerAgain(tx, { ...store, bodyDigest: digest.digest() }));
  }
  return received({ store, within, digest, work: () => work(read) });
}

interface Receiving {
  readonly store: Store;
  readonly within: <T>(done: (tx: Parameters<typeof keep>[0]) => Promise<T>) => Promise<T>;
  readonly digest: ReturnType<typeof createHmac>;
  readonly work: () => Promise<Answer>;
}

async function received({ store, within, digest, work }: Receiving): Promise<Answer> {
  try {
    const answer = await work();
    await within((tx) => keep(tx, { ...store, bodyDigest: digest.digest() }, answer));
    return answer;
  } catch (error) {
    await within((tx) => dropIdempotencyKey(tx, store.keyDigest));
    throw error;
  }
}

async function* digested(
  bytes: AsyncIterable<Buffer>,
  digest: ReturnType<typeof createHmac>,
): AsyncGenerator<Buffer> {
  for await (const piece of bytes) {
    digest.update(piece);
    yield piece;
  }
}
