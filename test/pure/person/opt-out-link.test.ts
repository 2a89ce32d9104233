import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import {
  endOf,
  OptOutTokens,
  sampleLink,
  scopeOfLink,
  TOKEN_LENGTH,
} from '../../../src/person/opt-out-link.ts';
import { CONSENT_PURPOSES } from '../../../src/person/consent-event.ts';
import { uuidV7 } from '../../../src/base/random.ts';
import { measure } from '../../../src/sms/encoding/encoding.ts';

const tokens = new OptOutTokens(createSecretKey(randomBytes(32)));
const at = (iso: string): DateTime => DateTime.fromISO(iso, { setZone: true });
const NOW = at('2026-11-25T10:00:00+01:00');
const marketing = (contactId: string, year = 2026) => ({ contactId, purpose: 'marketing', year }) as const;

describe('the token of a link', () => {
  it('names its person and purpose in any year', () => {
    const people = fc.record({
      contactId: fc.oneof(
        fc.uuid({ version: 4 }),
        fc.nat(4e12).map((ms) => uuidV7(ms)),
      ),
      purpose: fc.constantFrom(...CONSENT_PURPOSES),
      year: fc.integer({ min: 2026, max: 2080 }),
    });
    fc.assert(
      fc.property(people, (link) => {
        const token = tokens.tokenOf(link);
        expect(token).toMatch(/^[1-9A-HJ-NP-Za-km-z]{23}$/);
        expect(tokens.read(token, DateTime.utc(link.year, 7))).toEqual([{ kind: 'ours', link }]);
      }),
    );
  });

  // A message that is sent again must have the same text.
  it('is the same each time', () => {
    const link = marketing(randomUUID());
    expect(tokens.tokenOf(link)).toBe(tokens.tokenOf(link));
  });

  it('does not resemble the next contact’s', () => {
    const [one = '', other = ''] = [1, 2].map((end) =>
      tokens.tokenOf(marketing(`019acf00-0000-7000-8000-00000000000${end}`)),
    );
    const alike = one
      .slice(1)
      .split('')
      .filter((letter, place) => letter === other.charAt(place + 1));
    expect(alike.length).toBeLessThan(6);
  });

  it('reveals no person without its key', () => {
    const link = marketing(randomUUID());
    const other = new OptOutTokens(createSecretKey(randomBytes(32)));
    const read = other.read(tokens.tokenOf(link), NOW);
    expect(read.map((one) => one.link.contactId)).not.toContain(link.contactId);
  });

  it('names its person under every key', () => {
    const [before, now] = [createSecretKey(Buffer.alloc(32, 1)), createSecretKey(Buffer.alloc(32, 2))];
    const both = new OptOutTokens(before);
    // Fixed ids, because one token in thirty thousand also reads as another contact's token of the other key.
    const made = Array.from({ length: 500 }, (_, turn) =>
      marketing(`01920000-${String(turn).padStart(4, '0')}-7000-8000-000000000000`),
    );
    const texts = made.map((link) => both.tokenOf(link));
    both.adopt(new OptOutTokens(now, before));
    expect(both.tokenOf(marketing(made[0]?.contactId ?? ''))).not.toBe(texts[0]);
    const read = texts.map((text) => both.read(text, NOW));
    expect(read.map(([likeliest]) => likeliest?.link)).toEqual(made);
    // One token in 32 also reads under the other key, as the id of nobody.
    expect(read.some((readings) => readings.length > 1)).toBe(true);
  });

  it('cannot be changed to another purpose or year', () => {
    const link = marketing(randomUUID());
    const token = tokens.tokenOf(link);
    const altered = '123456789ABCDEFGHJKLMNPQRSTUVWXYZ'.split('').filter((head) => head !== token.charAt(0));
    const read = altered.map((head) => tokens.read(head + token.slice(1), NOW)[0]?.link.contactId);
    expect(read).not.toContain(link.contactId);
  });

  it('is nothing when cut, lengthened or misspelt', () => {
    const token = tokens.tokenOf(marketing(randomUUID()));
    const wrong = [
      '',
      token.slice(1),
      `${token}1`,
      `${token.slice(0, -1)}0`,
      `${token.slice(0, -1)}é`,
      'z'.repeat(23),
    ];
    expect(wrong.map((one) => tokens.read(one, NOW))).toEqual(wrong.map(() => []));
  });

  it('ends three years after its year', () => {
    const link = marketing(randomUUID());
    const token = tokens.tokenOf(link);
    expect(endOf(link).toISO()).toBe('2030-01-01T00:00:00.000Z');
    expect(tokens.read(token, at('2029-12-31T23:59:59Z'))).toEqual([{ kind: 'ours', link }]);
    expect(tokens.read(token, at('2030-01-01T00:00:00Z'))).toEqual([{ kind: 'expired', link }]);
  });

  it('holds across the new year', () => {
    const token = tokens.tokenOf(marketing(randomUUID(), 2027));
    expect(tokens.read(token, at('2026-12-31T23:59:59Z'))[0]?.kind).toBe('ours');
    expect(tokens.read(token, at('2027-01-01T00:00:00Z'))[0]?.kind).toBe('ours');
  });

  it('costs as much as its sample, in GSM-7', () => {
    const address = `https://sms.example.fr/u/${tokens.tokenOf(marketing(randomUUID()))}`;
    expect(measure(address)).toMatchObject({ encoding: 'GSM-7', units: address.length });
    expect(sampleLink('https://sms.example.fr')).toHaveLength(address.length);
    expect(TOKEN_LENGTH).toBe(23);
  });
});

describe('what a link stops', () => {
  it('is all advertising, for an advertisement’s link', () => {
    expect(scopeOfLink('marketing', 'this')).toEqual(['marketing']);
  });

  it('is its reminders and advertising, for a reminder’s', () => {
    expect(scopeOfLink('renewal', 'this')).toEqual(['marketing', 'renewal']);
  });

  it('is everything, when the person says so', () => {
    expect(scopeOfLink('marketing', 'everything')).toBe('all');
  });
});
