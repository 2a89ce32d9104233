import { IndexLayers, phoneText, type IndexLayer } from './blind-index.ts';
import type { VersionedKey } from './cipher.ts';
import { newPersonKey } from './person-key.ts';
import { randomPiece } from './random-piece.ts';
import { uuidV7 } from './uuid-v7.ts';
import { proofDigest } from '../contacts/proof-digest.ts';

/** The keys of a tenant that newcomers are sealed under. */
export interface SealingKeys {
  readonly tenantId: string;
  readonly data: VersionedKey;
  /** Oldest first. */
  readonly index: readonly IndexLayer[];
}

/** People to be sealed: one of a list a line, since one text passes to another thread sooner than many. */
export interface SealingOrder {
  readonly keys: SealingKeys;
  /** Epoch milliseconds of the machine clock, for ids. */
  readonly machineMs: number;
  /** E.164. */
  readonly phones: string;
  /** Each person as JSON, which holds no line end. */
  readonly people: string;
  /** How many of the proofs are of each person. */
  readonly acts: readonly number[];
  /** Each as JSON. */
  readonly proofs: string;
}

/** The same people sealed, in their order; ids and digests one a line. */
export interface SealedPeople {
  readonly ids: string;
  readonly keyVersion: number;
  readonly eventIds: string;
  /** Hexadecimal. */
  readonly proofDigests: string;
  /** For each person index, sealed and wrapped key, then for each of their acts salt and sealed proof. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where each of these ends. */
  readonly ends: Uint32Array<ArrayBuffer>;
}

const SALT_BYTES = 16;

/** Draws ids and keys, and seals everything that files tell of people nobody may know yet. */
export function sealPeople({ keys, machineMs, ...order }: SealingOrder): SealedPeople {
  const { tenantId, data } = keys;
  const layers = new IndexLayers(keys.index);
  const holder = { tenantId, current: () => data };
  const [ids, eventIds, proofDigests, pieces]: [string[], string[], string[], Buffer[]] = [[], [], [], []];
  const [people, proofs] = [linesOf(order.people), linesOf(order.proofs)];
  for (const [turn, phone] of linesOf(order.phones).entries()) {
    const id = uuidV7(machineMs);
    const { key, wrapped } = newPersonKey(holder, id);
    ids.push(id);
    pieces.push(layers.of(phoneText(phone)), key.sealJson(people[turn] ?? ''), wrapped);
    const acts = order.acts[turn] ?? 0;
    for (let act = 0; act < acts; act += 1) {
      // A person's events are in the order of their ids.
      const eventId = uuidV7(machineMs + act);
      const text = proofs[eventIds.length] ?? '';
      const salt = randomPiece(SALT_BYTES);
      eventIds.push(eventId);
      proofDigests.push(proofDigest(salt, text));
      pieces.push(salt, key.seal({ table: 'consent_proof', column: 'sealed', row: eventId }, text));
    }
  }
  return {
    ids: lined(ids),
    keyVersion: data.version,
    eventIds: lined(eventIds),
    proofDigests: lined(proofDigests),
    ...packed(pieces),
  };
}

/** Texts without line ends as one. */
const lined = (texts: readonly string[]): string => texts.join('\n');

/** The same texts again. */
const linesOf = (text: string): string[] => text.split('\n');

/** Pieces one after another, and where each of them ends: one buffer passes to another thread sooner than many. */
export function packed(pieces: readonly Buffer[]): Pick<SealedPeople, 'bytes' | 'ends'> {
  const ends = new Uint32Array(pieces.length);
  let length = 0;
  for (const [turn, piece] of pieces.entries()) ends[turn] = length += piece.length;
  const bytes = new Uint8Array(length);
  for (const [turn, piece] of pieces.entries()) bytes.set(piece, (ends[turn] ?? 0) - piece.length);
  return { bytes, ends };
}
