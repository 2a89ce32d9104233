import type { ReadyRow } from '../batch/page.repository.ts';
import type { PlanReason } from '../../platform/index.ts';

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
