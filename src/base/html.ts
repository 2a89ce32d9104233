/** A place in a page: between tags, in a tag, or in the value of an attribute. */
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

/** Markup, as opposed to a text. It has no `toString`: the lint refuses it where a text is wanted. */
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

/** A text as it is written between tags, or between the quotes of an attribute. */
export const escaped = (text: string): string =>
  /[&<>"']/.test(text) ? text.replaceAll(/[&<>"']/g, (sign) => SIGNS[sign] ?? sign) : text;

const NEXT: Readonly<Record<Place, Readonly<Record<string, Place>>>> = {
  element: { '<': 'tag' },
  tag: { '>': 'element', '"': 'value' },
  value: { '"': 'tag' },
};

/** Makes markup: what is put into it is escaped unless it is markup, and refused where it would not be safe. */
export function html(pieces: TemplateStringsArray, ...parts: readonly (Part | Written<'tag'>)[]): Html {
  const places = known.get(pieces) ?? placesIn(pieces);
  let source = pieces[0] ?? '';
  for (let at = 0; at < parts.length; at += 1)
    source += writtenAt(places[at] ?? 'tag', parts[at]) + (pieces[at + 1] ?? '');
  return new Written('element', source);
}

/** The place at the end of each piece of a template: read once, since a template is the same each time. */
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

/** Parts with something between each two. */
export const joined = (parts: readonly Part[], between: Part): Html =>
  html`${parts.map((part, index) => (index === 0 ? part : [between, part]))}`;

/** Parts on lines of their own. */
export const inLines = (parts: readonly Part[]): Html => joined(parts, '\n');

type Named = Readonly<Record<string, string | number | boolean | undefined>>;

/** Attributes by their names: `true` writes the name alone, `false` and `undefined` nothing. */
export function attributes(named: Named): Written<'tag'> {
  const written = Object.entries(named).map(([name, value]) => {
    if (!/^(?!on)[a-z][a-z-]*$/.test(name))
      throw new TypeError(`No page of ours has this attribute: ${name}`);
    if (value === false || value === undefined) return '';
    return value === true ? ` ${name}` : ` ${name}="${escaped(String(value))}"`;
  });
  return new Written('tag', written.join(''));
}

/** A script or a style of ours; what would end it early is refused. */
export function code(name: 'script' | 'style', named: Named, source: string): Html {
  if (/<\/(?:script|style)|<!--/i.test(source)) throw new TypeError(`This ${name} would end early.`);
  return trusted(`<${name}${attributes(named).source}>${source}</${name}>`);
}

/** Data for a script of the page: JSON without the sign that begins a tag. */
export const dataFor = (named: Named, value: unknown): Html =>
  code('script', named, JSON.stringify(value).replaceAll('<', '\\u003c'));

/** Declares a text to be markup: for a page that was made here and is changed as a whole. A test lists its callers. */
export const trusted = (source: string): Html => new Written('element', source);
