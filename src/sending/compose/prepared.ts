import type { ReadyRow } from '../batch/page.repository.ts';
import type { Reason } from '../../platform/index.ts';

/** The final text for one person, weighed, or why there is none. */
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

/** What was composed for one person, and the keyed digest of its text in hexadecimal. */
export interface Written {
  readonly composed: Composed;
  readonly digest: string;
}

/** Makes final texts; one for each kind of batch. */
export interface Composer {
  /** Why nothing of it may leave until a person acts; absent when it may. */
  readonly holds?: Reason | undefined;
  /** Decrypts, renders and checks one message; throws nothing for what a person's data may cause. */
  compose(row: ReadyRow): Composed;
  /** The same for many people of one place, beside this thread, in their order; absent where that is not worth it. */
  readonly composeAll?: (rows: readonly ReadyRow[]) => Promise<readonly (Written | undefined)[]>;
}

/** A row with its text, ready for a call. */
export interface Prepared {
  readonly row: ReadyRow;
  readonly composed: Composed;
  /** The keyed digest of its text. */
  readonly digest: Buffer;
}
