import { createCipheriv, createDecipheriv, hkdfSync, type KeyObject } from 'node:crypto';
import { blockIn, idIn, lettersOf } from '../../people/index.ts';

/**
 * Makes and reads the names of pages that show a payment plan, without storing any. A name is the plan's id under a
 * block cipher: nobody can distinguish or forge one, and another key ends all. Whether a plan is still shown
 * depends on its row.
 */
export class ScheduleTokens {
  readonly #keys: readonly [Buffer, ...Buffer[]];

  /** Takes the key that makes names, then the earlier keys. */
  constructor(inForce: KeyObject, ...older: readonly KeyObject[]) {
    this.#keys = [blockKey(inForce), ...older.map(blockKey)];
  }

  tokenOf(seriesId: string): string {
    const cipher = createCipheriv('aes-256-ecb', this.#keys[0], null).setAutoPadding(false);
    return lettersOf(Buffer.concat([cipher.update(seriesId.replaceAll('-', ''), 'hex'), cipher.final()]));
  }

  /** Returns the possible ids of series; of several one exists at most. */
  read(token: string): string[] {
    const block = blockIn(token);
    if (block === undefined) return [];
    return this.#keys.flatMap((key) => {
      const cipher = createDecipheriv('aes-256-ecb', key, null).setAutoPadding(false);
      const id = idIn(Buffer.concat([cipher.update(block), cipher.final()]));
      return id === undefined ? [] : [id];
    });
  }
}

const blockKey = (secret: KeyObject): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), 'schedule', 32));

/** Returns the address of a page, below the base URL of the pages. */
export const scheduleAddress = (base: string, token: string): string => `${base}/s/${token}`;
