import { createCipheriv, createDecipheriv, hkdfSync, type KeyObject } from 'node:crypto';
import { blockIn, idIn, lettersOf } from '../contacts/link-letters.ts';

/**
 * Makes and reads the names of pages that show a payment plan, without keeping any.
 *
 * A name is the plan's id under a block cipher: nobody can tell one from another or make one up, and another
 * key ends all. Whether a plan is still shown is asked of its row.
 */
export class ScheduleTokens {
  readonly #key: Buffer;

  constructor(key: KeyObject) {
    this.#key = Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), 'schedule', 32));
  }

  tokenOf(seriesId: string): string {
    const cipher = createCipheriv('aes-256-ecb', this.#key, null).setAutoPadding(false);
    return lettersOf(Buffer.concat([cipher.update(seriesId.replaceAll('-', ''), 'hex'), cipher.final()]));
  }

  /** The id of the series; nothing when no name of ours reads so. */
  read(token: string): string | undefined {
    const block = blockIn(token);
    if (block === undefined) return undefined;
    const cipher = createDecipheriv('aes-256-ecb', this.#key, null).setAutoPadding(false);
    return idIn(Buffer.concat([cipher.update(block), cipher.final()]));
  }
}

/** The address of a page, below the address at which people reach the pages. */
export const scheduleAddress = (base: string, token: string): string => `${base}/s/${token}`;
