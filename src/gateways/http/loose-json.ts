/** A JSON value as text: a repeated name occurs twice, a number as written. */
export type Tree = string | null | readonly Tree[] | Branch;

/** An object of JSON. */
export interface Branch {
  readonly fields: readonly (readonly [name: string, value: Tree])[];
  /** True when it ended before it was closed. */
  readonly isCut: boolean;
}

/** The values of a text, and whether some of it was unreadable. */
export interface LooseJson {
  readonly values: readonly Tree[];
  readonly isBroken: boolean;
}

/** Operators' calls are not a tenth as deep. */
const DEEPEST = 32;

const STRING = /"[^"\\]*(?:\\[^][^"\\]*)*"/y;
const LITERAL = /[^\s,:{}[\]"]+/y;
const BLANK = /[\s\uFEFF]*/y;

/**
 * Reads JSON as far as it goes. A text that is cut gives the whole values before the cut; several values one after
 * the other are several.
 */
export function looseJson(text: string): LooseJson {
  const reader = new Reader(text);
  const values: Tree[] = [];
  while (!reader.isAtEnd) {
    const value = reader.value(0);
    if (value !== undefined) values.push(value);
    if (reader.isBroken) break;
  }
  return { values, isBroken: reader.isBroken };
}

class Reader {
  isBroken = false;
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    this.#taken(BLANK);
    return this.#at >= this.#text.length;
  }

  /** Returns undefined when no whole value is here; then its parent is broken. */
  value(depth: number): Tree | undefined {
    const open = this.#next();
    if (depth > DEEPEST) return this.#broken();
    if (open === '{') return this.#object(depth);
    if (open === '[') return this.#array(depth);
    if (open === '"') return this.#string();
    const literal = this.#taken(LITERAL);
    // A number at the end of a cut text may have lost digits.
    if (literal === '' || (depth > 0 && this.isAtEnd)) return this.#broken();
    return literal === 'null' ? null : literal;
  }

  #object(depth: number): Branch {
    const fields: (readonly [string, Tree])[] = [];
    this.#at += 1;
    while (!this.isBroken && !this.#closes('}')) {
      const name = this.#next() === '"' ? this.#string() : this.#broken();
      if (name === undefined || !this.#passes(':')) break;
      const value = this.value(depth + 1);
      if (value !== undefined) fields.push([name, value]);
      if (!this.isBroken) this.#separates('}');
    }
    return { fields, isCut: this.isBroken };
  }

  #array(depth: number): readonly Tree[] {
    const items: Tree[] = [];
    this.#at += 1;
    while (!this.isBroken && !this.#closes(']')) {
      const item = this.value(depth + 1);
      if (item !== undefined) items.push(item);
      if (!this.isBroken) this.#separates(']');
    }
    return items;
  }

  #string(): string | undefined {
    const token = this.#taken(STRING);
    return token === '' ? this.#broken() : unescaped(token);
  }

  #next(): string {
    this.#taken(BLANK);
    return this.#text.charAt(this.#at);
  }

  #closes(mark: string): boolean {
    if (this.#next() !== mark) return false;
    this.#at += 1;
    return true;
  }

  #passes(mark: string): boolean {
    if (this.#closes(mark)) return true;
    this.isBroken = true;
    return false;
  }

  /** Accepts a comma, or the end that follows. */
  #separates(end: string): void {
    if (this.#next() !== end) this.#passes(',');
  }

  #broken(): undefined {
    this.isBroken = true;
    return undefined;
  }

  #taken(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const [token = ''] = pattern.exec(this.#text) ?? [];
    this.#at += token.length;
    return token;
  }
}

/** A line break inside a text is invalid in JSON, and accepted all the same. */
function unescaped(token: string): string {
  for (const written of [token, token.replaceAll(CONTROL, escapedControl)])
    try {
      return String(JSON.parse(written));
    } catch {
      continue;
    }
  return token.slice(1, -1);
}

// oxlint-disable-next-line no-control-regex -- they are what is looked for
const CONTROL = /[\u0000-\u001F]/g;
const escapedControl = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
