import fc from 'fast-check';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Refusal } from '../../../src/platform/errors.ts';
import { parsed } from '../../../src/web/server/input-error.ts';
import { jsonOf, LONGEST_TEXT, refuseUnwritable } from '../../../src/web/server/read-body.ts';
import { fault } from '../../../src/words/translation.ts';

const refusalOf = (work: () => unknown): Refusal => {
  try {
    work();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};
const refused = (text: string): Refusal => refusalOf(() => jsonOf(Buffer.from(text)));

describe('a body of JSON', () => {
  it.each([
    ['arrays', '['.repeat(300_000) + ']'.repeat(300_000)],
    ['objects', '{"a":'.repeat(150_000) + '1' + '}'.repeat(150_000)],
  ])('of 300,000 nested %s is refused quickly', (_, text) => {
    const began = performance.now();
    expect(refused(text).details.detail).toMatchObject({ en: 'The body is nested more than 64 deep.' });
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it('may be nested as deep as handwritten ones', () => {
    expect(jsonOf(Buffer.from(`${'['.repeat(60)}1${']'.repeat(60)}`))).toBeInstanceOf(Array);
  });

  it.each([
    ['{"attributes":{"__proto__":{"admin":true}}}', '/attributes/__proto__'],
    ['{"__proto__":1}', '/__proto__'],
    [String.raw`{"a":[{"b":"x\u0000"}]}`, '/a/0/b'],
    [String.raw`{"a~/b":"\ud800"}`, '/a~0~1b'],
  ])('as %s is refused at %s', (text, pointer) => {
    expect(refused(text).details.errors).toEqual([expect.objectContaining({ in: 'body', pointer })]);
  });
});

describe('a text that is sent', () => {
  it('is refused at its place when too long', () => {
    const long = fc
      .integer({ min: LONGEST_TEXT + 1, max: LONGEST_TEXT + 5_000 })
      .map((most) => 'x'.repeat(most));
    const path = fc.array(fc.oneof(fc.constantFrom('a', 'b', 'text'), fc.constant(0)), { maxLength: 6 });
    fc.assert(
      fc.property(path, long, (places, text) => {
        const value = places.reduceRight<unknown>(
          (inner, place) => (place === 0 ? [inner] : { before: 1, [place]: inner, behind: 'y' }),
          text,
        );
        expect(refused(JSON.stringify(value)).details.errors).toEqual([
          {
            in: 'body',
            pointer: places.map((place) => `/${place}`).join(''),
            message: fault('At most {longest} characters.', { longest: LONGEST_TEXT }),
          },
        ]);
      }),
    );
  });

  it('is refused as name, query and form too', () => {
    const long = 'x'.repeat(LONGEST_TEXT + 1);
    expect(refused(JSON.stringify({ a: { [long]: 1 } })).details.errors).toMatchObject([{ pointer: '/a' }]);
    expect(
      refusalOf(() => refuseUnwritable('query', { q: ['short', long], other: 'short' })).details.errors,
    ).toMatchObject([{ in: 'query', pointer: '/q' }]);
    expect(() => refuseUnwritable('query', { q: long.slice(1) })).not.toThrow();
    expect(jsonOf(Buffer.from(JSON.stringify([long.slice(1)])))).toEqual([long.slice(1)]);
  });

  it('may be as long as any API field', async () => {
    const document = await readFile(new URL('../../../docs/openapi.json', import.meta.url), 'utf8');
    const longest = [...document.matchAll(/"maxLength": (\d+)/g)].map(([, most]) => Number(most));
    expect(Math.max(...longest)).toBeLessThanOrEqual(LONGEST_TEXT);
  });
});

const parse = (value: unknown, schema: z.ZodType): Refusal =>
  refusalOf(() => parsed(schema, value, { where: 'body' }));

describe('a body with more faults than anybody reads', () => {
  it('names its first hundred unknown fields', () => {
    const value = Object.fromEntries(Array.from({ length: 60_000 }, (_, index) => [`field${index}`, 1]));
    const { errors = [] } = parse(value, z.strictObject({})).details;
    expect(errors).toHaveLength(100);
    expect(errors[0]).toEqual({
      in: 'body',
      pointer: '/field0',
      message: { fr: 'Clé non reconnue : "field0"', en: 'Unrecognized key: "field0"', isForPrograms: true },
    });
  });

  it('names the first hundred of 60,000 wrong items', () => {
    const value = Array.from({ length: 60_000 }, () => 1);
    expect(parse(value, z.array(z.string())).details.errors).toHaveLength(100);
  });
});
