import type { TenantKeys } from '../../platform/crypto/tenant-keys.ts';
import type { ReadyRow } from '../batch/page.repository.ts';
import type { Composer, WrittenMessage } from './prepared.ts';

/** Composes for one person; undefined where their data are unreadable, which is our fault and not theirs. */
export function writtenBy(
  composer: Pick<Composer, 'compose'>,
  keys: Pick<TenantKeys, 'digest'>,
  row: ReadyRow,
): WrittenMessage | undefined {
  try {
    const composed = composer.compose(row);
    const digest = keys.digest(composed.kind === 'text' ? composed.text : '').toString('hex');
    return { composed, digest };
  } catch {
    return undefined;
  }
}
