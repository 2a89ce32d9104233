/** Where something stands in a page: between tags, in a tag, or in the value of an attribute. */
type Place = 'element' | 'tag' | 'value';

/** Markup for one place of a page. Only this file makes it, so that no text can pass for it. */
class Written<P extends Place> {
  readonly source: string;
  readonly #place: P;
  constructor(place: P, source: string) {
    this.#place = place;
    this.source = source;
  }
  static at(place: Place, part: unknown): part is Written<Place> {
    return part instanceof Written && part.#place === place;
  }
}

/** Markup, as opposed to a text. It has no `toString`, so that the lint refuses it where a text is wanted. */
export type Html = Written<'element'>;

/** A part of a page: a text is escaped, a list is printed item by item; `false` and `undefined` print nothing. */
export type Part = Html | string | number | false | undefined | readonly Part[];

const SIGNS: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escapes a text for a place between tags, or between the quotes of an attribute. */
export const escaped = (text: string): string =>
  /[&<>"']/.test(text) ? text.replaceAll(/[&<>"']/g, (sign) => SIGNS[sign] ?? sign) : text;

const NEXT: Readonly<Record<Place, Readonly<Record<string, Place>>>> = {
  element: { '<': 'tag' },
  tag: { '>': 'element', '"': 'value' },
  value: { '"': 'tag' },
};

/**
 * Makes markup from a template. Parts are escaped unless they are markup. Throws for a part where it would not be
 * safe, such as a text in a tag.
 */
export function html(pieces: TemplateStringsArray, ...parts: readonly (Part | Written<'tag'>)[]): Html {
  const places = known.get(pieces) ?? placesIn(pieces);
  let source = pieces[0] ?? '';
  for (let at = 0; at < parts.length; at += 1)
    source += writtenAt(places[at] ?? 'tag', parts[at]) + (pieces[at + 1] ?? '');
  return new Written('element', source);
}

/** The place at the end of each piece of a template; read once, since the pieces of a template never change. */
const known = new WeakMap<TemplateStringsArray, readonly Place[]>();

function placesIn(pieces: TemplateStringsArray): readonly Place[] {
  let place: Place = 'element';
  const places = pieces.map((piece) => {
    if (/<(?:script|style)\b/i.test(piece)) throw new TypeError('A script or a style is made by `code`.');
    for (const sign of piece) place = NEXT[place][sign] ?? place;
    return place;
  });
  if (place !== 'element') throw new TypeError(`A tag stays open: ${pieces.join('…')}`);
  known.set(pieces, places);
  return places;
}

function writtenAt(place: Place, part: Part | Written<'tag'>): string {
  if (part === false || part === undefined) return '';
  if (Written.at(place, part)) return part.source;
  if (place !== 'tag' && (typeof part === 'string' || typeof part === 'number')) return escaped(String(part));
  if (place === 'element' && Array.isArray(part))
    return part.map((one: Part) => writtenAt(place, one)).join('');
  throw new TypeError(`What was given cannot stand there: ${place}.`);
}

/** Empty markup. */
export const nothing: Html = html``;

/** Joins parts, with something between each two. */
export const joined = (parts: readonly Part[], between: Part): Html =>
  html`${parts.map((part, index) => (index === 0 ? part : [between, part]))}`;

/** Joins parts, each on a line of its own. */
export const inLines = (parts: readonly Part[]): Html => joined(parts, '\n');

type Named = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * Writes attributes by name: `true` writes the name alone, `false` and `undefined` write nothing. Throws for names
 * such as `onclick`.
 */
export function attributes(named: Named): Written<'tag'> {
  const written = Object.entries(named).map(([name, value]) => {
    if (!/^(?!on)[a-z][a-z-]*$/.test(name))
      throw new TypeError(`No page of ours has this attribute: ${name}`);
    if (value === false || value === undefined) return '';
    return value === true ? ` ${name}` : ` ${name}="${escaped(String(value))}"`;
  });
  return new Written('tag', written.join(''));
}

/** Makes a script or a style element of our own code; throws for code that would end it early. */
export function code(name: 'script' | 'style', named: Named, source: string): Html {
  if (/<\/(?:script|style)|<!--/i.test(source)) throw new TypeError(`This ${name} would end early.`);
  return trusted(`<${name}${attributes(named).source}>${source}</${name}>`);
}

/** Makes a script element with data as JSON, in which `<` is escaped. */
export const dataFor = (named: Named, value: unknown): Html =>
  code('script', named, JSON.stringify(value).replaceAll('<', '\\u003c'));

/**
 * Takes a text for markup, without escaping: for a page that we made and change as a whole. A test lists its callers.
 */
export const trusted = (source: string): Html => new Written('element', source);
