import { offendersIn } from '../../sms/index.ts';
import type { Composed } from '../../sending/index.ts';

type Counts = Readonly<Record<string, number>>;

/** The sizes of final texts, and the number of each. */
export interface Weights {
  readonly people: number;
  readonly parts: number;
  /** Counts of texts by number of parts. */
  readonly partsPerMessage: Counts;
  readonly encoding: Counts;
  /** Characters outside GSM-7, by the number of texts that they make dearer; the most frequent twenty. */
  readonly costlyCharacters: readonly { readonly character: string; readonly people: number }[];
  /** Counts of people without a text, by reason. */
  readonly excluded: Counts;
  /** The shortest and the longest text; null while there is none. */
  readonly cheapest: WeighedText | null;
  readonly dearest: WeighedText | null;
}

/** A person's text, by its cost. */
export interface WeighedText {
  readonly contactId: string;
  readonly parts: number;
}

const MOST_CHARACTERS = 20;

/** Sums final texts as the send path composes them. */
export class Weighing {
  #people = 0;
  #parts = 0;
  readonly #partsPerMessage = new Map<string, number>();
  readonly #encoding = new Map<string, number>();
  readonly #characters = new Map<string, number>();
  readonly #excluded = new Map<string, number>();
  #cheapest: Extreme | undefined;
  #dearest: Extreme | undefined;

  /** Counts one text for so many people; returns the number of recipients. */
  add(composed: Composed, about: { readonly people: number; readonly contactId: string | null }): number {
    const { people, contactId } = about;
    if (composed.kind === 'excluded') {
      more(this.#excluded, composed.because, people);
      return 0;
    }
    const { text, parts, encoding } = composed;
    this.#people += people;
    this.#parts += parts * people;
    more(this.#partsPerMessage, String(parts), people);
    more(this.#encoding, encoding, people);
    if (contactId !== null) this.#compare({ contactId, parts, length: text.length });
    if (encoding === 'UCS-2')
      for (const character of new Set(offendersIn(text).map((one) => one.character)))
        more(this.#characters, character, people);
    return people;
  }

  weights(): Weights {
    const characters = [...this.#characters].toSorted(([, one], [, other]) => other - one);
    return {
      people: this.#people,
      parts: this.#parts,
      partsPerMessage: Object.fromEntries(this.#partsPerMessage),
      encoding: Object.fromEntries(this.#encoding),
      costlyCharacters: characters
        .slice(0, MOST_CHARACTERS)
        .map(([character, people]) => ({ character, people })),
      excluded: Object.fromEntries(this.#excluded),
      cheapest: weighed(this.#cheapest),
      dearest: weighed(this.#dearest),
    };
  }

  #compare(text: Extreme): void {
    if (this.#cheapest === undefined || isDearer(this.#cheapest, text)) this.#cheapest = text;
    if (this.#dearest === undefined || isDearer(text, this.#dearest)) this.#dearest = text;
  }
}

interface Extreme extends WeighedText {
  readonly length: number;
}

/** Compares by parts, which are paid for, then by length. */
const isDearer = (one: Extreme, other: Extreme): boolean =>
  one.parts === other.parts ? one.length > other.length : one.parts > other.parts;

const weighed = (text: Extreme | undefined): WeighedText | null =>
  text === undefined ? null : { contactId: text.contactId, parts: text.parts };

const more = (counts: Map<string, number>, name: string, people: number): void => {
  counts.set(name, (counts.get(name) ?? 0) + people);
};
