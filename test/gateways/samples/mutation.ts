import type { HeardCall } from '../../../src/gateways/heard-call.ts';
import { classifyReply } from '../../../src/sms/inbound-word.ts';

/** Numbers that look random and are the same for one seed. */
export function randomBy(seed: number): (below: number) => number {
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

/** What people write, and what they do not. */
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

/** One change of one field. */
function bent(fields: Fields, random: Random): Fields {
  const place = random(Math.max(1, fields.pairs.length));
  const [name, value] = fields.pairs[place] ?? ['more', 'x'];
  if (isFields(value) && random(2) === 0) return changed(fields, place, [[name, bent(value, random)]]);
  switch (random(9)) {
    case 0:
      return changed(fields, place, []);
    case 1:
      return changed(fields, place, [[name, null]]);
    case 2:
      return changed(fields, place, [[name, value], [name, value]]);
    case 3:
      return changed(fields, place, [[name, null], [name, value]]);
    case 4:
      return changed(fields, place, [[name, [value]]]);
    case 5:
      return changed(fields, place, [[recased(name, random), value]]);
    case 6:
      return { pairs: fields.pairs.toSorted(() => random(3) - 1) };
    case 7:
      return { pairs: [...fields.pairs, [`more_${random(9)}`, [null, 7, 'x', { pairs: [['y', 'z']] } as Fields][random(4)] ?? null]] };
    default:
      return changed(fields, place, [[name, typeof value === 'string' && /^[1-9]\d{0,14}$/.test(value) ? Number(value) : value]]);
  }
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
    .filter(([, value]) => typeof value === 'string' || typeof value === 'number')
    .map(([name, value]) => `${name}=${percent(Buffer.from(String(value), charset))}`)
    .join('&');
};

/** A call that its operator never published, the same for one seed. */
export function mutated(sample: HeardCall, seed: number, number: string): HeardCall {
  const random = randomBy(seed);
  const isJson = sample.contentType.includes('json');
  const form = isJson || sample.body.length > 0 ? sample.body.toString() : sample.target.slice(1);
  const told = isJson
    ? fromJson(JSON.parse(sample.body.toString()))
    : { pairs: [...new URLSearchParams(form)].map(([name, value]) => [name, value.replace('\uFFFD', 'Ê')] as const) };
  let value = withWords(told, WORDS[random(WORDS.length)] ?? '', number);
  for (let change = random(4); change > 0; change -= 1)
    value = isFields(value)
      ? bent(value, random)
      : Array.isArray(value)
        ? value.map((one: Value) => (isFields(one) ? bent(one, random) : one))
        : value;
  const wire = random(8);
  if (wire === 0 && isFields(value))
    return { ...sample, method: 'GET', target: `?${formOf(value, random)}`, body: Buffer.alloc(0) };
  const ours = isJson || sample.body.length > 0 ? sample.target : '';
  const call = { ...sample, method: random(5) === 0 ? 'PUT' : 'POST', target: ours };
  if (!isJson && isFields(value) && wire < 6)
    return { ...call, contentType: 'application/x-www-form-urlencoded', body: Buffer.from(formOf(value, random)) };
  const body = bytesIn(toJson(wire === 1 ? [value, value] : value), random);
  return { ...call, contentType: 'application/json', body: wire === 2 ? body.subarray(0, random(body.length)) : body };
}

const SILENCING = new Set(['stop', 'stop-all', 'objection']);

/**
 * Numbers of people who can be seen to say STOP in a call, found without our readers.
 *
 * Things that tell of a message of ours are left out: what they say are our own words.
 */
export function plainStops({ body, target }: HeardCall, isOurs: (names: ReadonlySet<string>) => boolean): readonly string[] {
  const things = body.length === 0 ? [pairsOf(target.slice(1))] : thingsIn(body);
  return things.flatMap((pairs) => {
    const values = pairs.map(([, value]) => value);
    const numbers = new Set(values.filter((value) => /^(?:\+|00)?336\d{8}$/.test(value)).map((value) => `+33${value.slice(-9)}`));
    const isStop = values.some((value) => SILENCING.has(classifyReply(value).kind));
    return isStop && numbers.size === 1 && !isOurs(new Set(pairs.map(([name]) => name.toLowerCase()))) ? [...numbers] : [];
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
