import { createCipheriv, createDecipheriv, hkdfSync, type KeyObject } from 'node:crypto';
import { DateTime, Duration } from 'luxon';
import { CONTACT_KEPT } from '../law/index.ts';
import { CONSENT_PURPOSES, type ConsentPurpose } from './consent-event.ts';

/** Letters and digits that are not confused and that no phone takes for the end of an address. */
const LETTERS = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** Letters of one block of a cipher: 58^22 is the first power that exceeds 2^128. */
const BLOCK_LENGTH = 22;

/** Encodes a block of 16 bytes in letters, with a constant length. */
export function lettersOf(block: Buffer): string {
  let rest = BigInt(`0x${block.toString('hex')}`);
  let text = '';
  for (let place = 0; place < BLOCK_LENGTH; place += 1) {
    text = LETTERS.charAt(Number(rest % 58n)) + text;
    rest /= 58n;
  }
  return text;
}

/** Decodes letters to a block; undefined when they encode none. */
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

/** Returns the id in a block; most forgeries contain no UUID at all. */
export function idIn(block: Buffer): string | undefined {
  const text = block.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return /^.{14}[47].{4}[89ab]/.test(text) ? text : undefined;
}

/** A person without a sign of life for so many years is not written to any more (RET-01). */
const LIVES_YEARS = CONTACT_KEPT.map((kept) => Math.ceil(Duration.fromISO(kept).as('years')));
const FIRST_YEAR = 2026;

/** As many as the first letter can distinguish, with a purpose each. */
const YEARS = 14;

/** Length of every token: texts are counted before a link is made. */
export const TOKEN_LENGTH = 1 + BLOCK_LENGTH;

/** A person's opt-out link for a purpose. */
export interface OptOutLink {
  readonly contactId: string;
  readonly purpose: ConsentPurpose;
  /** The calendar year (UTC) in which it was made. */
  readonly year: number;
}

/** A valid link of ours, or an expired one. */
export interface TokenReading {
  readonly kind: 'ours' | 'expired';
  readonly link: OptOutLink;
}

/**
 * Makes and reads tokens without storing any: the same person, purpose and year give the same one. A token is the
 * contact's id under a block cipher, so that nobody can distinguish or forge one: of 2^128 only those of existing
 * contacts mean anything. Erasing the contact ends its links; another key ends none.
 */
export class OptOutTokens {
  #keys: readonly [BlockKeys, ...BlockKeys[]];

  /** Takes the key that makes tokens, then the earlier keys. */
  constructor(inForce: KeyObject, ...older: readonly KeyObject[]) {
    this.#keys = [new BlockKeys(inForce), ...older.map((key) => new BlockKeys(key))];
  }

  /** Takes over other keys: holders of this go on with them. */
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
   * Returns every possible meaning of a token at an instant of the law clock, the most likely first. One key at
   * most made it; rarely another one decodes an id too, of nobody.
   */
  read(token: string, now: DateTime): TokenReading[] {
    const block = blockIn(token.slice(1));
    const place = LETTERS.indexOf(token.charAt(0));
    const purpose = CONSENT_PURPOSES[place % CONSENT_PURPOSES.length];
    const turn = Math.floor(place / CONSENT_PURPOSES.length);
    if (block === undefined || purpose === undefined || turn < 0 || turn >= YEARS) return [];
    const year = yearOf(turn, now);
    const ids = this.#keys.flatMap((keys) => idUnder(keys.of(purpose, year), block));
    const likely = ids.filter((id) => wasMade(id, now));
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

/** Says whether an id holds an instant of the last ten years, as those of contacts do. */
function wasMade(id: string, now: DateTime): boolean {
  const madeMs = Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
  return id.charAt(14) === '7' && Math.abs(now.toMillis() - madeMs) < TEN_YEARS_MS;
}

/** The keys of one secret, by purpose and year. */
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

/** Builds a sample address of full length, to count a text before anybody receives it. */
export const sampleLink = (base: string | undefined): string =>
  base === undefined ? '' : linkAddress(base, LETTERS.slice(0, TOKEN_LENGTH));

/** Returns the scope of an opt-out link: that of a STOP to the message, or everything when the person says so. */
export function scopeOfLink(
  purpose: ConsentPurpose,
  asked: 'this' | 'everything',
): readonly ConsentPurpose[] | 'all' {
  if (asked === 'everything') return 'all';
  return purpose === 'marketing' ? ['marketing'] : ['marketing', purpose];
}

function headOf(purpose: ConsentPurpose, year: number): string {
  const turn = (year - FIRST_YEAR + YEARS * 100) % YEARS;
  return LETTERS.charAt(turn * CONSENT_PURPOSES.length + CONSENT_PURPOSES.indexOf(purpose));
}

/** Returns the latest possible year of the letter; one ahead, for clocks that differ at midnight. */
function yearOf(turn: number, now: DateTime): number {
  const next = now.toUTC().year + 1;
  const ahead = (next - FIRST_YEAR + YEARS * 100) % YEARS;
  return next - ((ahead - turn + YEARS) % YEARS);
}

/** The maker of opt-out links and their target; without an address there is none. */
export interface OptOutLinks {
  readonly tokens: OptOutTokens;
  /** The base URL of this instance, unless a tenant has its own. */
  readonly base: string | undefined;
}
