import type { OperatorCall } from '../../sending/index.ts';

type Entry = readonly [name: string, value: string | null];

/** Longer than any operator's id. */
const LONGEST_ID = 200;

/** Maximum number of items in one call; the rest is kept unread. */
const MOST_ITEMS = 20_000;

/** Maximum number of fields around a list: each of its members carries them. */
const MOST_AROUND = 20;

/** One item of an operator's call: fields by name, whatever their case and the signs between their words. */
export class Item {
  /** True when it ended before it was closed. */
  readonly isCut: boolean;
  readonly #entries: readonly Entry[];
  readonly #byName = new Map<string, (string | null)[]>();

  constructor(entries: readonly Entry[], isCut = false) {
    this.#entries = entries;
    this.isCut = isCut;
    for (const [path, value] of entries)
      for (const name of new Set([plain(path), plain(path.slice(path.lastIndexOf('.') + 1))]))
        this.#add(name, value);
  }

  #add(name: string, value: string | null): void {
    const values = this.#byName.get(name);
    if (values === undefined) this.#byName.set(name, [value]);
    else values.push(value);
  }

  /** Says whether a field of that name is present, empty or not. */
  has(...names: readonly string[]): boolean {
    return names.some((name) => this.#byName.has(plain(name)));
  }

  all(...names: readonly string[]): readonly string[] {
    return names
      .flatMap((name) => this.#byName.get(plain(name)) ?? [])
      .filter((value): value is string => value !== null);
  }

  first(...names: readonly string[]): string | undefined {
    return this.all(...names).find((value) => value.trim() !== '');
  }

  /** Returns the first of them that a reader accepts. */
  read<T>(names: readonly string[], read: (value: string) => T | undefined): T | undefined {
    for (const value of this.all(...names)) {
      const accepted = read(value);
      if (accepted !== undefined) return accepted;
    }
    return undefined;
  }

  /** Returns the id under one of these names, without what cannot be stored. */
  id(...names: readonly string[]): string | undefined {
    return this.read(names, idOf);
  }

  get values(): readonly string[] {
    return this.#entries.flatMap(([, value]) => (value === null ? [] : [value]));
  }

  /** Equal for repetitions of the same item, in whatever order. */
  get identity(): string {
    return JSON.stringify(this.#entries.map(([name, value]) => [plain(name), value]).toSorted(byText));
  }
}

const byText = (one: unknown, other: unknown): number =>
  JSON.stringify(one) < JSON.stringify(other) ? -1 : 1;

const plain = (name: string): string => name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');

function idOf(written: string): string | undefined {
  const id = written.trim();
  const isKept = id !== '' && id.length <= LONGEST_ID && id.isWellFormed() && !id.includes('\0');
  return isKept ? id : undefined;
}

/** The items of one call, and the number of unreadable pieces. */
export interface Items {
  readonly items: readonly Item[];
  readonly broken: number;
}

/** Takes a call apart: its body as JSON or as a form, whatever its declared type and encoding, and else its query. */
export function itemsOf(call: OperatorCall): Items {
  const query = formPairs(queryOf(call));
  const text = textOfBytes(call.body, call.contentType).trim();
  if (text === '')
    return query.length === 0 ? { items: [], broken: 1 } : { items: [new Item(query)], broken: 0 };
  if (/^[{["]/.test(text)) return jsonItems(text, query);
  const form = /^[^=\s<]+=/.test(text) ? formPairs(narrow(call, text)) : [];
  return form.length === 0 ? { items: [], broken: 1 } : { items: [new Item([...form, ...query])], broken: 0 };
}

/** Returns the query after `?`, still encoded; empty when there is none. */
export const queryOf = ({ target }: OperatorCall): string =>
  target.includes('?') ? target.slice(target.indexOf('?') + 1) : '';

/**
 * Returns a form with a character for each byte, as its values are decoded; one in UTF-16 is turned into UTF-8
 * first.
 */
const narrow = ({ body }: OperatorCall, text: string): string =>
  body.includes(0) ? Buffer.from(text, 'utf8').toString('latin1') : body.toString('latin1').trim();

function jsonItems(text: string, query: readonly Entry[]): Items {
  const { values, isBroken } = looseJson(text);
  const all = values.flatMap((value) => itemsIn(value, query.slice(0, MOST_AROUND)));
  const items = all.slice(0, MOST_ITEMS);
  return { items, broken: isBroken || items.length === 0 ? 1 : all.length - items.length };
}

const isBranch = (tree: readonly Tree[] | Branch): tree is Branch => !Array.isArray(tree);

/** Splits lists; fields around a list belong to each of its members, and stand alone where it has none. */
function itemsIn(tree: Tree, around: readonly Entry[]): readonly Item[] {
  if (tree === null || typeof tree === 'string') return [];
  if (!isBranch(tree)) return tree.flatMap((member) => itemsIn(member, around));
  const own = ownEntries(tree, '');
  const members = listsIn(tree);
  const shared = [...own, ...around].slice(0, MOST_AROUND);
  const found = members.flatMap((member) => itemsIn(member, shared));
  if (found.length > 0) return found;
  return own.length === 0 ? [] : [new Item([...own, ...around], tree.isCut)];
}

/** Returns the fields of an object with those of its nested objects, each under its path. */
const ownEntries = ({ fields }: Branch, before: string): readonly Entry[] =>
  fields.flatMap(([name, value]): readonly Entry[] => {
    const path = before + name;
    if (value === null || typeof value === 'string') return [[path, value]];
    if (isBranch(value)) return ownEntries(value, `${path}.`);
    return membersOf(value)
      .filter(isScalar)
      .map((one) => [path, one]);
  });

const isScalar = (tree: Tree): tree is string | null => tree === null || typeof tree === 'string';

/** Returns the members of a list and of the lists within it. */
const membersOf = (list: readonly Tree[]): readonly (string | null | Branch)[] =>
  list.flatMap((one) => (isScalar(one) || isBranch(one) ? [one] : membersOf(one)));

const listsIn = ({ fields }: Branch): readonly Branch[] =>
  fields.flatMap(([, value]): readonly Branch[] => {
    if (isScalar(value)) return [];
    if (isBranch(value)) return listsIn(value);
    return membersOf(value).filter((one): one is Branch => !isScalar(one));
  });

/** Says whether a call contains several items. */
export const isBatch = (call: OperatorCall): boolean => itemsOf(call).items.length > 1;

/** A JSON value as text: a repeated name occurs twice, a number as written. */
type Tree = string | null | readonly Tree[] | Branch;

interface Branch {
  readonly fields: readonly (readonly [name: string, value: Tree])[];
  /** True when it ended before it was closed. */
  readonly isCut: boolean;
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
function looseJson(text: string): { readonly values: readonly Tree[]; readonly isBroken: boolean } {
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

const CONTROL = /\p{Cc}/gu;
const escapedControl = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Decodes bytes: UTF-8, UTF-16 where they show it, else Windows-1252, which reads Latin-1 as well. */
export function textOfBytes(bytes: Buffer, contentType = ''): string {
  const wide = wideCharset(bytes, contentType);
  if (wide !== undefined) return new TextDecoder(wide).decode(bytes);
  try {
    return UTF_8.decode(bytes);
  } catch {
    return WINDOWS_1252.decode(bytes);
  }
}

const UTF_8 = new TextDecoder('utf-8', { fatal: true });
const WINDOWS_1252 = new TextDecoder('windows-1252');

/** Detects UTF-16 by its mark, by its label, or by the zero bytes of the signs with which every call begins. */
function wideCharset(bytes: Buffer, contentType: string): 'utf-16le' | 'utf-16be' | undefined {
  const begins = bytes.toString('latin1', 0, 2);
  if (/^(?:\xFF\xFE|[^\0]\0)/.test(begins)) return 'utf-16le';
  if (/^(?:\xFE\xFF|\0[^\0])/.test(begins)) return 'utf-16be';
  const label = /charset="?utf-16(le|be)?/i.exec(contentType);
  if (label === null) return undefined;
  return label[1]?.toLowerCase() === 'le' ? 'utf-16le' : 'utf-16be';
}

/** Returns the names and values of a form or a query, each decoded by its own bytes. */
export const formPairs = (form: string): readonly (readonly [name: string, value: string])[] =>
  form
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const sign = pair.indexOf('=');
      const end = sign === -1 ? pair.length : sign;
      return [decoded(pair.slice(0, end)), decoded(pair.slice(end + 1))] as const;
    });

/** Decodes a name or value of a form, which holds a byte in each character, as Node reads an address. */
function decoded(written: string): string {
  const bytes = Buffer.from(written.replaceAll('+', ' '), 'latin1');
  const inLatin = bytes
    .toString('latin1')
    .replaceAll(/%([0-9a-f]{2})/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return textOfBytes(Buffer.from(inLatin, 'latin1'));
}
