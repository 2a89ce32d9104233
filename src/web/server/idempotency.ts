import { createHmac, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { instant, Refusal, type Transaction } from '../../platform/index.ts';
import { keyedDigest, sealBytes, unseal, type VersionedKey } from '../../crypto/index.ts';
import {
  forgetOldKeys,
  keepAnswer,
  keptAnswer,
  takeIdempotencyKey,
  dropIdempotencyKey,
} from '../../company/index.ts';
import { Answer, type Api } from './route.ts';
import { NO_TENANT, type Caller } from './caller.ts';

const KEPT_MS = 24 * 3_600_000;
const WAITED_MS = 5_000;

const ClientKey = z.string().regex(/^[\x21-\x7e]{1,200}$/);

export interface Repeatable {
  readonly caller: Caller;
  /** The value of `Idempotency-Key`; without it the work is done each time. */
  readonly key: string | undefined;
  /** What identifies the request: method, path and body. */
  readonly request: string;
}

/** Does the work once for a key within 24 h, in the caller's transaction; a repetition gets the stored answer. */
export async function once(
  api: Api,
  { tx, request }: { readonly tx: Transaction; readonly request: Repeatable },
  work: () => Promise<Answer>,
): Promise<Answer> {
  if (request.key === undefined) return work();
  const store = await storeOf(api, tx, request);
  const now = api.clock.machine();
  await forgetOldKeys(tx, store.keyDigest, { before: instant(now - KEPT_MS).toISO() });
  if (!(await takeKey(tx, store, now))) return answerAgain(tx, store);
  const answer = await work();
  await keep(tx, store, answer);
  return answer;
}

/** Under which digests a request's answer is stored. */
interface Store {
  readonly keyDigest: Buffer;
  readonly bodyDigest: Buffer;
  readonly digestKey: KeyObject;
  readonly seal: (text: string) => Buffer;
  readonly open: (sealed: Buffer) => Buffer;
}

/** Takes the key; returns false when an earlier request took it. */
const takeKey = (tx: Transaction, store: Store, machineMs: number): Promise<boolean> =>
  takeIdempotencyKey(tx, { ...store, at: instant(machineMs).toISO() }, WAITED_MS);

const keep = (tx: Transaction, store: Store, answer: Answer): Promise<void> =>
  keepAnswer(tx, { ...store, status: answer.status, answer: sealed(store, answer) });

/** Computes the digests of a request; refuses an invalid key. */
async function storeOf(api: Api, tx: Transaction, { key, caller, request }: Repeatable): Promise<Store> {
  const checked = ClientKey.safeParse(key);
  if (!checked.success)
    throw new Refusal('INVALID_REQUEST', { detail: 'Idempotency-Key is 1 to 200 printable characters.' });
  const named = `idempotency|${caller.keyId}|${checked.data}`;
  const digestKey = await digestKeyOf(api, tx, named);
  const keyDigest = keyedDigest(digestKey.key, named);
  const place = { table: 'idempotency_key', column: 'answer', row: keyDigest.toString('hex') };
  const bodyDigest = keyedDigest(digestKey.key, `request|${request}`);
  const store = { keyDigest, bodyDigest, digestKey: digestKey.key };
  if (tx.tenantId === NO_TENANT) {
    const outside = { tenant: NO_TENANT, ...place };
    return {
      ...store,
      seal: (text) => sealBytes(digestKey, outside, text),
      open: (sealed) => unseal(digestKey, outside, sealed),
    };
  }
  const keys = await api.vault.tenant(tx);
  return { ...store, seal: (text) => keys.seal(place, text), open: (sealed) => keys.open(place, sealed) };
}

/**
 * Returns the key of the digests: the one in force, or for the instance a former one under which an answer is still
 * stored.
 */
async function digestKeyOf(api: Api, tx: Transaction, named: string): Promise<VersionedKey> {
  if (tx.tenantId !== NO_TENANT) return (await api.vault.tenant(tx)).current('digest');
  const madeAt = instant(api.clock.machine()).toISO();
  const [inForce, ...older] = await api.vault.instanceKeys(tx, 'idempotency', madeAt);
  for (const key of older) if ((await keptAnswer(tx, keyedDigest(key.key, named))) !== undefined) return key;
  return inForce;
}

/** Returns the stored answer; refuses when the key was used for another request. */
async function answerAgain(tx: Transaction, store: Store): Promise<Answer> {
  const kept = await keptAnswer(tx, store.keyDigest);
  if (kept?.status == null || kept.answer === null) throw new Refusal('IDEMPOTENCY_KEY_IN_USE');
  if (!kept.bodyDigest.equals(store.bodyDigest)) throw new Refusal('IDEMPOTENCY_KEY_REUSED');
  const { body, headers } = Kept.parse(JSON.parse(store.open(kept.answer).toString('utf8')));
  return new Answer(kept.status, body, { ...headers, 'Idempotency-Replayed': 'true' });
}

const Kept = z.object({ body: z.unknown(), headers: z.record(z.string(), z.string()) });

const sealed = ({ seal: sealText }: Store, { body, headers }: Answer): Buffer =>
  sealText(JSON.stringify({ body, headers }));

/** No upload takes longer: a key that was taken earlier, without an answer, belonged to a process that died. */
const LONGEST_UPLOAD_MS = 15 * 60_000;

/** Receives a file once for a key within 24 h; the same file again gets the same answer and is not stored. */
export async function uploadOnce(
  api: Api,
  upload: Repeatable & {
    readonly bytes: AsyncIterable<Buffer>;
    readonly work: (bytes: AsyncIterable<Buffer>) => Promise<Answer>;
  },
): Promise<Answer> {
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
  try {
    const answer = await work(read);
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
