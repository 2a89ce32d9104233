import { ifComposable } from './composing-faults.ts';
import type { ReadyRow } from '../batch/page.repository.ts';
import type { PlanReason, RefusalCode, TenantKeys } from '../../platform/index.ts';
import type { Finding } from '../../sms/index.ts';

/** The measured final text for one person, or the reason why there is none. */
export type Composed =
  | {
      readonly kind: 'text';
      /** E.164. */
      readonly to: string;
      readonly sender: string;
      readonly text: string;
      readonly parts: number;
      readonly encoding: 'GSM-7' | 'UCS-2';
    }
  | {
      readonly kind: 'excluded';
      readonly because:
        | 'TEXT_CANNOT_RENDER'
        | 'TOO_MANY_PARTS'
        | 'CONTENT_REFUSED'
        | 'ANSWERS_IMPOSSIBLE'
        | 'ERASED'
        | 'CANCELLED';
    };

/** The text for one person, and its keyed digest in hexadecimal. */
export interface WrittenMessage {
  readonly composed: Composed;
  readonly digest: string;
}

/** Makes final texts; one for each kind of batch. */
export interface Composer {
  /** The reason why nothing may be sent until a person acts; absent without one. */
  readonly holds?: PlanReason | undefined;
  /** Decrypts, renders and checks one message; throws nothing for a cause in a person's data. */
  compose(row: ReadyRow): Composed;
  /** The same for many people of one place, beside this thread, in order; absent where that is not worth it. */
  readonly composeAll?: (rows: readonly ReadyRow[]) => Promise<readonly (WrittenMessage | undefined)[]>;
}

/** A row with its text, ready for a call. */
export interface Prepared {
  readonly row: ReadyRow;
  readonly composed: Composed;
  /** The keyed digest of its text. */
  readonly digest: Buffer;
}

/** Composes for one person; undefined where their data are unreadable, which is our fault and not theirs. */
export function writtenBy(
  composer: Pick<Composer, 'compose'>,
  keys: Pick<TenantKeys, 'digest'>,
  row: ReadyRow,
): WrittenMessage | undefined {
  const composed = ifComposable(() => composer.compose(row));
  if (composed === undefined) return undefined;
  const digest = keys.digest(composed.kind === 'text' ? composed.text : '').toString('hex');
  return { composed, digest };
}

/** Findings with a refusal of their own. */
const REFUSED_AS: Readonly<Partial<Record<Finding['code'], RefusalCode>>> = {
  OPT_OUT_IMPOSSIBLE: 'OPT_OUT_IMPOSSIBLE',
  REPLY_IMPOSSIBLE: 'OPT_OUT_IMPOSSIBLE',
  STOP_CODE_NOT_YOURS: 'OPT_OUT_IMPOSSIBLE',
  ANSWERS_IMPOSSIBLE: 'ANSWERS_IMPOSSIBLE',
  TOO_MANY_PARTS: 'TOO_MANY_PARTS',
  VARIABLE_UNKNOWN: 'TEXT_CANNOT_RENDER',
  VARIABLE_MALFORMED: 'TEXT_CANNOT_RENDER',
  BRACE_ALONE: 'TEXT_CANNOT_RENDER',
};

/** Returns the code under which a text with this finding is refused. */
export const refusedAs = ({ code }: Pick<Finding, 'code'>): RefusalCode =>
  REFUSED_AS[code] ?? 'CONTENT_REFUSED';
