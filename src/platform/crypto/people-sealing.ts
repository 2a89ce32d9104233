import { proofDigest, randomPiece, uuidV7, AnsweringThread } from '../../base/index.ts';
import { CopyColumns } from '../database/copy-rows.ts';
import { IndexLayers, phoneIndexText, newPersonKey, type SealingKeys } from '../../crypto/index.ts';

/** People to be sealed. A list is one text, an item a line: one text passes to another thread faster than many. */
export interface SealingOrder {
  readonly keys: SealingKeys;
  /** Epoch milliseconds of the machine clock, for ids. */
  readonly machineMs: number;
  /** E.164. */
  readonly phones: string;
  /** Each as JSON. */
  readonly people: string;
  /** The number of proofs of each person. */
  readonly acts: readonly number[];
  /** The proofs of all people, in their order; each as JSON. */
  readonly proofs: string;
}

/** The same people sealed, in order; ids and digests one a line. */
export interface SealedPeople {
  readonly ids: string;
  readonly eventIds: string;
  /** Hexadecimal. */
  readonly proofDigests: string;
  /**
   * The rows for COPY: for each person index, id, sealed, wrapped key and its version, then for each of their acts
   * id, person, digest, salt and sealed proof.
   */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The offset in `bytes` at which the columns of each person, and of each act, end. */
  readonly ends: Uint32Array<ArrayBuffer>;
}

const SALT_BYTES = 16;
const BYTES_A_PERSON = 800;

/** Draws ids and keys, and seals all data of new people from a file. */
export function sealPeople({ keys, machineMs, ...order }: SealingOrder): SealedPeople {
  const { tenantId, data } = keys;
  const layers = new IndexLayers(keys.index);
  const holder = { tenantId, current: () => data };
  const [phones, people, proofs] = [linesOf(order.phones), linesOf(order.people), linesOf(order.proofs)];
  const ids = risingIds(phones.length, machineMs);
  // A person's events are in the order of their ids.
  const eventIds = Array.from({ length: Math.max(0, ...order.acts) }, (_, act) =>
    risingIds(phones.length, machineMs + act),
  );
  const [actIds, proofDigests]: [string[], string[]] = [[], []];
  const columns = new CopyColumns(phones.length * BYTES_A_PERSON);
  const ends = new Uint32Array(phones.length + proofs.length);
  let ended = 0;
  for (const [turn, id] of ids.entries()) {
    const { key, wrapped } = newPersonKey(holder, id);
    columns.bytes(layers.of(phoneIndexText(phones[turn] ?? ''))).uuid(id);
    columns
      .bytes(key.sealJson(people[turn] ?? ''))
      .bytes(wrapped)
      .int(data.version);
    ends[ended++] = columns.size;
    const acts = order.acts[turn] ?? 0;
    for (let act = 0; act < acts; act += 1) {
      const eventId = eventIds[act]?.[turn] ?? '';
      const text = proofs[actIds.length] ?? '';
      const salt = randomPiece(SALT_BYTES);
      const digest = proofDigest(salt, text);
      actIds.push(eventId);
      proofDigests.push(digest);
      columns.uuid(eventId).uuid(id).hex(digest).bytes(salt);
      columns.bytes(key.seal({ table: 'consent_proof', column: 'sealed', row: eventId }, text));
      ends[ended++] = columns.size;
    }
  }
  return {
    ids: ids.join('\n'),
    eventIds: actIds.join('\n'),
    proofDigests: proofDigests.join('\n'),
    bytes: new Uint8Array(columns.written),
    ends,
  };
}

/** Draws ids of one instant in rising order: PostgreSQL then writes its indexes at their end alone. */
const risingIds = (count: number, machineMs: number): string[] =>
  Array.from({ length: count }, () => uuidV7(machineMs)).toSorted();

const linesOf = (text: string): string[] => text.split('\n');

/** Joins pieces, with their end offsets: one buffer passes to another thread faster than many. */
export function packed(pieces: readonly Buffer[]): Pick<SealedPeople, 'bytes' | 'ends'> {
  const ends = new Uint32Array(pieces.length);
  let length = 0;
  for (const [turn, piece] of pieces.entries()) ends[turn] = length += piece.length;
  const bytes = new Uint8Array(length);
  for (const [turn, piece] of pieces.entries()) bytes.set(piece, (ends[turn] ?? 0) - piece.length);
  return { bytes, ends };
}

/** Seals people in this thread, or in another one of this process. */
export interface Sealer {
  seal(order: SealingOrder): Promise<SealedPeople>;
  close(): Promise<void>;
}

/** Bytes; a smaller file is sealed before a thread would have started. */
const WORTH_A_THREAD = 4 * 1024 * 1024;

/**
 * Returns the sealer for a file of that many bytes: a large file has a thread of its own, so that others are served
 * meanwhile.
 */
export const openSealer = (bytes: number): Sealer =>
  bytes < WORTH_A_THREAD ? sealerHere : new SealingThread();

const sealerHere: Sealer = {
  seal: (order) => Promise.resolve(sealPeople(order)),
  close: () => Promise.resolve(),
};

/** Heap limits of the thread, which holds a few hundred people at a time. */
const LITTLE = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 64 };
/** Longer than any merge it waits for. */
const IDLE_MS = 60_000;

class SealingThread implements Sealer {
  readonly #thread = new AnsweringThread<SealingOrder, SealedPeople>({
    script: new URL('people-thread.ts', import.meta.url),
    limits: LITTLE,
    done: 'sealed',
    idleMs: IDLE_MS,
  });

  seal(order: SealingOrder): Promise<SealedPeople> {
    return this.#thread.ask(order, []);
  }

  close(): Promise<void> {
    return this.#thread.close();
  }
}
