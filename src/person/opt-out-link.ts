import { createCipheriv, createDecipheriv, hkdfSync, type KeyObject } from 'node:crypto';
import { DateTime, Duration } from 'luxon';
import { CONTACT_KEPT } from '../law/index.ts';
import { CONSENT_PURPOSES, type ConsentPurpose } from './consent-event.ts';

/** Letters and digits that are not confused, and after which no phone ends an address. */
const LETTERS = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** Letters of one block of the cipher: 58^22 is the first power of 58 that exceeds 2^128. */
const BLOCK_LENGTH = 22;

/** Encodes a block of 16 bytes in 22 letters. */
export function lettersOf(block: Buffer): string {
  let rest = BigInt(`0x${block.toString('hex')}`);
  let text = '';
  for (let index = 0; index < BLOCK_LENGTH; index += 1) {
    text = LETTERS.charAt(Number(rest % 58n)) + text;
    rest /= 58n;
  }
  return text;
}

/** Decodes letters to a block of 16 bytes; undefined when they encode none. */
export function blockIn(letters: string): Buffer | undefined {
  if (letters.length !== BLOCK_LENGTH) return undefined;
  let whole = 0n;
  for (const letter of letters) {
    const value = LETTERS.indexOf(letter);
    if (value < 0) return undefined;
    whole = whole * 58n + BigInt(value);
  }
  const digits = whole.toString(16).padStart(32, '0');
  return digits.length === 32 ? Buffer.from(digits, 'hex') : undefined;
}

/** Returns the UUID in a block; undefined when there is none, as in most forgeries. */
export function idIn(block: Buffer): string | undefined {
  const text = block.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return /^.{14}[47].{4}[89ab]/.test(text) ? text : undefined;
}

/** A person without a sign of life for so many years is not written to any more (RET-01). */
const LIVES_YEARS = CONTACT_KEPT.map((kept) => Math.ceil(Duration.fromISO(kept).as('years')));
const FIRST_YEAR = 2026;

/** Years that the first letter of a token can distinguish, together with the purpose. */
const YEARS = 14;

/** Length of every token: constant, since texts are counted before a link is made. */
export const TOKEN_LENGTH = 1 + BLOCK_LENGTH;

/** A person's opt-out link for a purpose. */
export interface OptOutLink {
  readonly contactId: string;
  readonly purpose: ConsentPurpose;
  /** The calendar year (UTC) in which it was made. */
  readonly year: number;
}

/** A possible meaning of a token: a valid link (`ours`), or an expired one. */
export interface TokenReading {
  readonly kind: 'ours' | 'expired';
  readonly link: OptOutLink;
}

/**
 * Makes and reads tokens without storing any: the same person, purpose and year give the same token. A token is the
 * contact's id encrypted as one block, so that nobody can tell tokens apart or forge one: of 2^128 only those of
 * existing contacts mean anything. Erasing the contact ends its links; replacing the key ends none.
 */
export class OptOutTokens {
  #keys: readonly [BlockKeys, ...BlockKeys[]];

  /** Takes the key that makes tokens, then the earlier keys, by which tokens are still read. */
  constructor(inForce: KeyObject, ...older: readonly KeyObject[]) {
    this.#keys = [new BlockKeys(inForce), ...older.map((key) => new BlockKeys(key))];
  }

  /** Replaces the keys by those of another object, for everybody who holds this one. */
  adopt(other: OptOutTokens): void {
    this.#keys = other.#keys;
  }

  tokenOf({ contactId, purpose, year }: OptOutLink): string {
    const head = headOf(purpose, year);
    const cipher = createCipheriv('aes-256-ecb', this.#keys[0].of(purpose, year), null).setAutoPadding(false);
    const block = Buffer.concat([cipher.update(contactId.replaceAll('-', ''), 'hex'), cipher.final()]);
    return head + lettersOf(block);
  }

  /**
   * Returns every possible meaning of a token at an instant of the law clock, the most likely one first. At most one
   * key made it; rarely another one decodes an id too, which is nobody's.
   */
  read(token: string, now: DateTime): TokenReading[] {
    const block = blockIn(token.slice(1));
    const index = LETTERS.indexOf(token.charAt(0));
    const purpose = CONSENT_PURPOSES[index % CONSENT_PURPOSES.length];
    const turn = Math.floor(index / CONSENT_PURPOSES.length);
    if (block === undefined || purpose === undefined || turn < 0 || turn >= YEARS) return [];
    const year = yearOf(turn, now);
    const ids = this.#keys.flatMap((keys) => idUnder(keys.of(purpose, year), block));
    const likely = ids.filter((id) => hasRecentInstant(id, now));
    return [...likely, ...ids.filter((id) => !likely.includes(id))].map((contactId) => {
      const link = { contactId, purpose, year };
      return { kind: now < endOf(link) ? 'ours' : 'expired', link };
    });
  }
}

function idUnder(key: Buffer, block: Buffer): string[] {
  const cipher = createDecipheriv('aes-256-ecb', key, null).setAutoPadding(false);
  const id = idIn(Buffer.concat([cipher.update(block), cipher.final()]));
  return id === undefined ? [] : [id];
}

const TEN_YEARS_MS = 10 * 366 * 86_400_000;

/** Says whether an id is a UUIDv7 with an instant within ten years of now, as ids of contacts are. */
function hasRecentInstant(id: string, now: DateTime): boolean {
  const madeMs = Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
  return id.charAt(14) === '7' && Math.abs(now.toMillis() - madeMs) < TEN_YEARS_MS;
}

/** Derives the keys of one secret, by purpose and year. */
class BlockKeys {
  readonly #secret: KeyObject;
  readonly #made = new Map<string, Buffer>();

  constructor(secret: KeyObject) {
    this.#secret = secret;
  }

  of(purpose: ConsentPurpose, year: number): Buffer {
    const use = `${purpose}|${year}`;
    const known = this.#made.get(use);
    if (known !== undefined) return known;
    const made = Buffer.from(hkdfSync('sha256', this.#secret, Buffer.alloc(0), `opt-out|${use}`, 32));
    this.#made.set(use, made);
    return made;
  }
}

/** Returns the instant at which a link expires. */
export const endOf = ({ year }: Pick<OptOutLink, 'year'>): DateTime<true> =>
  DateTime.utc(year + LIVES_YEARS.on(`${year}-12-31`) + 1) as DateTime<true>;
// a year of our times always exists

/** Builds the address of a link, below the base URL of the pages. */
export const linkAddress = (base: string, token: string): string => `${base}/u/${token}`;

/** Builds a sample address of full length, with which a text is counted before anybody receives it. */
export const sampleLink = (base: string | undefined): string =>
  base === undefined ? '' : linkAddress(base, LETTERS.slice(0, TOKEN_LENGTH));

/** Returns the scope of an opt-out by a link: that of a STOP to the message, or everything if the person chooses so. */
export function scopeOfLink(
  purpose: ConsentPurpose,
  choice: 'this' | 'everything',
): readonly ConsentPurpose[] | 'all' {
  if (choice === 'everything') return 'all';
  return purpose === 'marketing' ? ['marketing'] : ['marketing', purpose];
}

function headOf(purpose: ConsentPurpose, year: number): string {
  const turn = (year - FIRST_YEAR + YEARS * 100) % YEARS;
  return LETTERS.charAt(turn * CONSENT_PURPOSES.length + CONSENT_PURPOSES.indexOf(purpose));
}

/** Returns the latest year that a first letter can mean, up to the next one, since clocks differ at midnight. */
function yearOf(turn: number, now: DateTime): number {
  const next = now.toUTC().year + 1;
  const ahead = (next - FIRST_YEAR + YEARS * 100) % YEARS;
  return next - ((ahead - turn + YEARS) % YEARS);
}

/** What makes opt-out links: the tokens, and the address of the pages; without an address there are no links. */
export interface OptOutLinks {
  readonly tokens: OptOutTokens;
  /** The base URL of this instance, unless a tenant has its own. */
  readonly base: string | undefined;
}
