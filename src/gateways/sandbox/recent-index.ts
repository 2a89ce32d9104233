/** The position of a line in the file. */
export interface LinePlace {
  readonly offset: number;
  readonly length: number;
}

const FIELDS = ['key', 'reference', 'handset'] as const;

/** The fields by which lines are looked up. */
export type IndexedField = (typeof FIELDS)[number];

/** 2^18 lines cost about 10 MB, whatever the size of the log. */
const REMEMBERED = 262_144;

/** Computes FNV-1a: even enough for buckets; callers compare the line itself. */
function bucketOf(value: string, buckets: number): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < value.length; at += 1) {
    hash = Math.imul(hash ^ value.charCodeAt(at), 0x01000193);
  }
  return (hash >>> 0) % buckets;
}

/** The newest line of each bucket, and for each line the one before it in its bucket. */
class Chain {
  readonly #heads: Int32Array;
  readonly #previous: Int32Array;

  constructor(capacity: number) {
    this.#heads = new Int32Array(capacity);
    this.#previous = new Int32Array(capacity);
  }

  add(value: string, number: number): void {
    const bucket = bucketOf(value, this.#heads.length);
    this.#previous[number % this.#previous.length] = this.#heads[bucket] ?? 0;
    this.#heads[bucket] = number;
  }

  *walk(value: string, oldest: number): Generator<number> {
    let number = this.#heads[bucketOf(value, this.#heads.length)] ?? 0;
    while (number >= oldest) {
      yield number;
      number = this.#previous[number % this.#previous.length] ?? 0;
    }
  }
}

/** Finds the newest lines of a key, a reference or a handset, in bounded memory. */
export class RecentIndex {
  readonly #capacity: number;
  readonly #offsets: Float64Array;
  readonly #lengths: Int32Array;
  readonly #chains: Record<IndexedField, Chain>;
  #count = 0;

  constructor(capacity: number = REMEMBERED) {
    this.#capacity = capacity;
    this.#offsets = new Float64Array(capacity);
    this.#lengths = new Int32Array(capacity);
    this.#chains = {
      key: new Chain(capacity),
      reference: new Chain(capacity),
      handset: new Chain(capacity),
    };
  }

  /** Adds a line, and drops the oldest when full. */
  add(place: LinePlace, terms: Partial<Record<IndexedField, string>>): void {
    this.#count += 1;
    this.#offsets[this.#count % this.#capacity] = place.offset;
    this.#lengths[this.#count % this.#capacity] = place.length;
    for (const field of FIELDS) this.#chains[field].add(terms[field] ?? '', this.#count);
  }

  /** Yields possible positions of lines with that value, newest first; others may be among them. */
  *places(field: IndexedField, value: string): Generator<LinePlace> {
    for (const number of this.#chains[field].walk(value, this.#oldest())) yield this.#place(number);
  }

  /** The oldest line remembered. */
  get oldest(): LinePlace | undefined {
    return this.#count === 0 ? undefined : this.#place(this.#oldest());
  }

  #oldest(): number {
    return Math.max(1, this.#count - this.#capacity + 1);
  }

  #place(number: number): LinePlace {
    const slot = number % this.#capacity;
    return { offset: this.#offsets[slot] ?? 0, length: this.#lengths[slot] ?? 0 };
  }
}
