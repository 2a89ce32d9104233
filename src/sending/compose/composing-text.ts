import type { ReadyRow } from '../batch/page.repository.ts';
import type { PlanReason, RefusalCode } from '../../platform/index.ts';
import { type TenantKeys, CiphertextRefused } from '../../crypto/index.ts';
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

/** Thrown by a composer when the data of one person do not give a text now; each cause has its own class. */
export abstract class NotComposable extends Error {}

/** Returns what was composed; undefined where a person's data are unreadable. Any other fault is ours, and is thrown. */
export function ifComposable<T>(compose: () => T): T | undefined {
  try {
    return compose();
  } catch (cause) {
    if (cause instanceof CiphertextRefused || cause instanceof NotComposable) return undefined;
    throw cause;
  }
}

/** The inputs of texts, and the place of people of whom nothing is known any more. */
export interface ComposingTerms {
  readonly composer: Composer;
  readonly keys: TenantKeys;
  readonly run: { readonly territory: string; readonly timeZone: string };
}

/** Rows of one page, by the present place of their people: a person who moved since the freeze is decided alone. */
export class ReadyPage {
  readonly rows: readonly ReadyRow[];
  readonly places: readonly ReadyPlace[];

  constructor(writing: ComposingTerms, rows: readonly ReadyRow[]) {
    const { territory, timeZone } = writing.run;
    // Rows that were refused before go last: one person's obstacle then holds nobody else back.
    const inTurn = rows.toSorted(
      (one, other) => Number(one.isTried === true) - Number(other.isTried === true),
    );
    const groups = Map.groupBy(inTurn, (row) => `${row.territory ?? territory} ${row.timeZone ?? timeZone}`);
    this.rows = rows;
    this.places = [...groups].map(([name, together]) => new ReadyPlace(writing, name, together));
  }
}

/** The people of one place on a page, and their texts on demand. */
export class ReadyPlace {
  readonly name: string;
  readonly rows: readonly ReadyRow[];
  readonly territory: string;
  readonly timeZone: string;
  readonly #writing: ComposingTerms;
  #prepared: Promise<readonly Prepared[]> | undefined;

  constructor(writing: ComposingTerms, name: string, rows: readonly ReadyRow[]) {
    this.name = name;
    this.rows = rows;
    this.territory = rows[0]?.territory ?? writing.run.territory;
    this.timeZone = rows[0]?.timeZone ?? writing.run.timeZone;
    this.#writing = writing;
  }

  /** Returns their texts, made once; fewer than rows where a person's data are unreadable. */
  prepared(): Promise<readonly Prepared[]> {
    this.#prepared ??= this.#write();
    return this.#prepared;
  }

  async #write(): Promise<readonly Prepared[]> {
    const { composer, keys } = this.#writing;
    const written = composer.composeAll
      ? await composer.composeAll(this.rows)
      : this.rows.map((row) => writtenBy(composer, keys, row));
    return this.rows.flatMap((row, turn) => prepared(row, written[turn]));
  }
}

const prepared = (row: ReadyRow, written: WrittenMessage | undefined): Prepared[] =>
  written === undefined
    ? []
    : [{ row, composed: written.composed, digest: Buffer.from(written.digest, 'hex') }];
