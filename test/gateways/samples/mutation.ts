import type { OperatorCall } from '../../../src/sending/gateway/gateway.ts';
import { classifyReply } from '../../../src/sms/inbound/inbound-word.ts';

/** Numbers that look random and are the same for one seed. */
function randomBy(seed: number): (below: number) => number {
  let state = (seed * 2_654_435_761 + 1) >>> 0;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    const mixed = Math.imul(state ^ (state >>> 12), 0x297a2d39) >>> 0;
    return ((mixed ^ (mixed >>> 15)) >>> 0) % below;
  };
}

type Random = ReturnType<typeof randomBy>;
type Value = string | number | null | readonly Value[] | Fields;
interface Fields {
  readonly pairs: readonly (readonly [name: string, value: Value])[];
}

const isFields = (value: Value): value is Fields => typeof value === 'object' && value !== null && 'pairs' in value;

const fromJson = (json: unknown): Value =>
  Array.isArray(json)
    ? json.map(fromJson)
    : typeof json === 'object' && json !== null
      ? { pairs: Object.entries(json).map(([name, value]) => [name, fromJson(value)] as const) }
      : (json as string | number | null);

const toJson = (value: Value): string => {
  if (isFields(value))
    return `{${value.pairs.map(([name, inner]) => `${JSON.stringify(name)}:${toJson(inner)}`).join(',')}}`;
  return Array.isArray(value) ? `[${value.map(toJson).join(',')}]` : JSON.stringify(value);
};

/** Words that people write, and words that they do not. */
const WORDS = ['STOP', 'Arrêt', 'stop svp', 'ARRÊT', 'désabonnement', 'Oui', 'merci beaucoup', 'à demain', '1', ''];
const TEXTS = new Set(['text', 'reply', 'message', 'Body']);

const withWords = (value: Value, words: string, number: string): Value =>
  isFields(value)
    ? {
        pairs: value.pairs.map(([name, inner]) => [
          name,
          TEXTS.has(name) && typeof inner === 'string' ? words : withWords(inner, words, number),
        ]),
      }
    : Array.isArray(value)
      ? value.map((one: Value) => withWords(one, words, number))
      : typeof value === 'string' && /^(?:\+|00)?33639980001$/.test(value)
        ? value.replace('33639980001', number)
        : value;

const changed = (fields: Fields, place: number, to: readonly (readonly [string, Value])[]): Fields => ({
  pairs: [...fields.pairs.slice(0, place), ...to, ...fields.pairs.slice(place + 1)],
});

const recased = (name: string, random: Random): string =>
  [name.toUpperCase(), name.toLowerCase(), name.replaceAll('_', '-'), name.replaceAll('_', '')][random(4)] ?? name;

/** A change of the field at a place. */
type Bend = (
  fields: Fields,
  at: { readonly place: number; readonly name: string; readonly value: Value; readonly random: Random },
) => Fields;

const MORE: readonly Value[] = [null, 7, 'x', { pairs: [['y', 'z']] }];

const asNumber = (value: Value): Value =>
  typeof value === 'string' && /^[1-9]\d{0,14}$/.test(value) ? Number(value) : value;

const BENDS: readonly Bend[] = [
  (fields, { place }) => changed(fields, place, []),
  (fields, { place, name }) => changed(fields, place, [[name, null]]),
  (fields, { place, name, value }) =>
    changed(fields, place, [
      [name, value],
      [name, value],
    ]),
  (fields, { place, name, value }) =>
    changed(fields, place, [
      [name, null],
      [name, value],
    ]),
  (fields, { place, name, value }) => changed(fields, place, [[name, [value]]]),
  (fields, { place, name, value, random }) => changed(fields, place, [[recased(name, random), value]]),
  ({ pairs }, { random }) => ({ pairs: pairs.toSorted(() => random(3) - 1) }),
  ({ pairs }, { random }) => ({
    pairs: [...pairs, [`more_${random(9)}`, MORE[random(MORE.length)] ?? null]],
  }),
  (fields, { place, name, value }) => changed(fields, place, [[name, asNumber(value)]]),
];

/** One change of one field. */
function bent(fields: Fields, random: Random): Fields {
  const place = random(Math.max(1, fields.pairs.length));
  const [name, value] = fields.pairs[place] ?? ['more', 'x'];
  if (isFields(value) && random(2) === 0) return changed(fields, place, [[name, bent(value, random)]]);
  const bend = BENDS[random(BENDS.length)];
  return bend === undefined ? fields : bend(fields, { place, name, value, random });
}

/** A list is changed in each of its members. */
function bentEach(value: Value, random: Random): Value {
  if (isFields(value)) return bent(value, random);
  return Array.isArray(value) ? value.map((one: Value) => bentEach(one, random)) : value;
}

const bytesIn = (text: string, random: Random): Buffer =>
  [Buffer.from(text), Buffer.from(text, 'latin1'), Buffer.from(text), Buffer.from(`\uFEFF${text}`, 'utf16le')][random(4)] ??
  Buffer.from(text);

const percent = (bytes: Buffer): string =>
  [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');

/** A form of the fields that are text, in UTF-8 or Latin-1. */
const formOf = ({ pairs }: Fields, random: Random): string => {
  const charset = random(2) === 0 ? 'utf8' : 'latin1';
  return pairs
    .flatMap(([name, value]) =>
      typeof value === 'string' || typeof value === 'number'
        ? [`${name}=${percent(Buffer.from(`${value}`, charset))}`]
        : [],
    )
    .join('&');
};

/** The fields of a sample, whichever way it came. */
function toldIn({ contentType, body, target }: OperatorCall): Value {
  if (contentType.includes('json')) return fromJson(JSON.parse(body.toString()));
  const form = body.length > 0 ? body.toString() : target.slice(1);
  const pairs = [...new URLSearchParams(form)];
  return { pairs: pairs.map(([name, value]) => [name, value.replace('\uFFFD', 'Ê')] as const) };
}

function manyTimesBent(value: Value, random: Random): Value {
  let bend = value;
  for (let change = random(4); change > 0; change -= 1) bend = bentEach(bend, random);
  return bend;
}

/** Makes a call that its operator never published, by a seed. */
export function mutated(sample: OperatorCall, seed: number, number: string): OperatorCall {
  const random = randomBy(seed);
  const isJson = sample.contentType.includes('json');
  const value = manyTimesBent(withWords(toldIn(sample), WORDS[random(WORDS.length)] ?? '', number), random);
  const wire = random(8);
  if (wire === 0 && isFields(value))
    return { ...sample, method: 'GET', target: `?${formOf(value, random)}`, body: Buffer.alloc(0) };
  const target = isJson || sample.body.length > 0 ? sample.target : '';
  const call = { ...sample, method: random(5) === 0 ? 'PUT' : 'POST', target };
  if (!isJson && isFields(value) && wire < 6)
    return {
      ...call,
      contentType: 'application/x-www-form-urlencoded',
      body: Buffer.from(formOf(value, random)),
    };
  const whole = bytesIn(toJson(wire === 1 ? [value, value] : value), random);
  const body = wire === 2 ? whole.subarray(0, random(whole.length)) : whole;
  return { ...call, contentType: 'application/json', body };
}

/** The forms in which a call may be written, whatever its content. */
export type Charset = 'utf8' | 'latin1' | 'utf16le';

/** A published call with other words, of another person, in one charset. */
export function saying(
  sample: OperatorCall,
  { words, number, charset }: { readonly words: string; readonly number: string; readonly charset: Charset },
): OperatorCall {
  const value = withWords(toldIn(sample), words, number);
  if (sample.contentType.includes('json'))
    return { ...sample, body: Buffer.from(`${charset === 'utf16le' ? '\uFEFF' : ''}${toJson(value)}`, charset) };
  const form = isFields(value)
    ? value.pairs.map(([name, inner]) => `${name}=${percent(Buffer.from(typeof inner === 'string' ? inner : JSON.stringify(inner), charset))}`).join('&')
    : '';
  return sample.body.length > 0
    ? { ...sample, body: Buffer.from(form) }
    : { ...sample, target: `?${form}` };
}

const SILENCING = new Set(['stop', 'stop-all', 'objection']);

/**
 * Numbers of people who can be seen to say STOP in a call, found without our readers.
 *
 * Things that tell of a message of ours are left out: what they say are our own words.
 */
export function plainStops({ body, target }: OperatorCall, isOurs: (names: ReadonlySet<string>) => boolean): readonly string[] {
  const things = body.length === 0 ? [pairsOf(target.slice(1))] : thingsIn(body);
  return things.flatMap((pairs) => {
    const values = pairs.map(([, value]) => value);
    const numbers = new Set(values.filter((value) => /^(?:\+|00)?336\d{8}$/.test(value)).map((value) => `+33${value.slice(-9)}`));
    const isStop = values.some((value) => SILENCING.has(classifyReply(value).kind));
    const isTheirs = isStop && numbers.size === 1 && !isOurs(new Set(pairs.map(([name]) => name.toLowerCase())));
    return isTheirs ? Array.from(numbers) : [];
  });
}

const plainText = (bytes: Buffer): string => {
  if (bytes.includes(0)) return bytes.toString('utf16le').replace('\uFEFF', '');
  const text = bytes.toString('utf8');
  return text.includes('\uFFFD') ? bytes.toString('latin1') : text;
};

const pairsOf = (form: string): (readonly [string, string])[] =>
  form.split('&').map((pair) => {
    const [name = '', value = ''] = pair.split('=');
    const bytes = Buffer.from(value.replaceAll('%', ''), 'hex');
    return [name, value.includes('%') ? plainText(bytes) : value] as const;
  });

function thingsIn(body: Buffer): (readonly (readonly [string, string])[])[] {
  const text = plainText(body);
  try {
    const json: unknown = JSON.parse(text);
    return [json].flat(9).map((one) => scalars(one, ''));
  } catch {
    return /^[[{]/.test(text) ? [] : [pairsOf(text)];
  }
}

const scalars = (json: unknown, name: string): (readonly [string, string])[] => {
  if (typeof json === 'string' || typeof json === 'number') return [[name, String(json)]];
  if (Array.isArray(json)) return json.flatMap((one) => scalars(one, name));
  if (typeof json !== 'object' || json === null) return [];
  return Object.entries(json).flatMap(([inner, value]) => scalars(value, inner));
};
