import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CiphertextRefused,
  keyedDigest,
  keyOf,
  newKeyBytes,
  sealBytes,
  unseal,
  versionOf,
} from '../../../src/crypto/cipher.ts';

const key = keyOf(3, newKeyBytes());
const place = { tenant: 't', table: 'contact', column: 'sealed', row: 'r' };

describe('a ciphertext', () => {
  it('opens where it was made, naming its key', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const sealed = sealBytes(key, place, text);
        expect(unseal(key, place, sealed).toString('utf8')).toBe(text);
        expect(versionOf(sealed)).toBe(3);
      }),
    );
  });

  it('is another each time', () => {
    expect(sealBytes(key, place, 'a').equals(sealBytes(key, place, 'a'))).toBe(false);
  });

  it.each([
    ['in another row', { ...place, row: 'other' }],
    ['in another column', { ...place, column: 'other' }],
    ['in another table', { ...place, table: 'other' }],
    ['for another tenant', { ...place, tenant: 'other' }],
  ])('does not open %s', (_, elsewhere) => {
    expect(() => unseal(key, elsewhere, sealBytes(key, place, 'a'))).toThrow(CiphertextRefused);
  });

  it('does not open after a changed byte', () => {
    fc.assert(
      fc.property(fc.nat({ max: 60 }), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const sealed = sealBytes(key, place, 'the number of a person, in clear');
        const index = at % sealed.length;
        sealed.writeUInt8(sealed.readUInt8(index) ^ by, index);
        expect(() => unseal(key, place, sealed)).toThrow(CiphertextRefused);
      }),
    );
  });

  it('does not open with another key', () => {
    expect(() => unseal(keyOf(3, newKeyBytes()), place, sealBytes(key, place, 'a'))).toThrow(
      CiphertextRefused,
    );
    expect(() => unseal(keyOf(4, newKeyBytes()), place, sealBytes(key, place, 'a'))).toThrow('version');
    expect(() => versionOf(Buffer.from('short'))).toThrow(CiphertextRefused);
  });
});

describe('a keyed digest', () => {
  it('is the HMAC of RFC 2104, any length', () => {
    const bytes = (most: number) => fc.uint8Array({ minLength: 1, maxLength: most });
    fc.assert(
      fc.property(bytes(100), bytes(1_500), fc.string({ unit: 'binary' }), (secret, some, text) => {
        const { key: own } = keyOf(1, Buffer.from(secret));
        for (const said of [Buffer.from(some), text]) {
          const hmac = createHmac('sha256', own).update(said).digest();
          expect([keyedDigest(own, said), keyedDigest(own, said)]).toEqual([hmac, hmac]);
        }
      }),
    );
  });
});
