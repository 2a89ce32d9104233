import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { isGuessable } from '../../../../src/settings/variables.ts';

describe('a key that somebody would guess', () => {
  test.each([
    'a'.repeat(22),
    'ab'.repeat(20),
    '12345678901234567890123',
    'abcdefghijklmnopqrstuv',
    'zyxwvutsrqponmlkjihgfe',
    'motdepasse-motdepasse-motdepasse',
    'aaaaaaaaaabbbbbbbbbbcc',
    'qwertyuiopasdfghjklzxcvbnm',
    'AzertyuiopQsdfghjklmWxcvbn',
    'bonheure-admin-key-2026',
    'BonheureAdminPassword!!',
    'admin_secret_test_changeme_1',
  ])('is %s', (key) => {
    expect(isGuessable(key)).toBe(true);
  });

  test.each(['test-admin-key-of-the-first-tenant', 'instance-canary-5517-key', 'one-two-three-admin-key'])(
    'is not %s',
    (key) => {
      expect(isGuessable(key)).toBe(false);
    },
  );

  it('is none of random bytes, however written', () => {
    fc.assert(
      fc.property(fc.constantFrom('hex', 'base64', 'base64url'), (how) => {
        expect(isGuessable(randomBytes(24).toString(how))).toBe(false);
      }),
    );
  });
});
