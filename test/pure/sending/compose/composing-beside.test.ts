import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { composerBeside, composingThread } from '../../../../src/sending/compose/composing-beside.ts';
import { keyOf, newKeyBytes } from '../../../../src/crypto/cipher.ts';
import { newPersonKey, TenantKeys } from '../../../../src/crypto/tenant-keys.ts';
import type { ReadyRow } from '../../../../src/sending/batch/page.repository.ts';
import { writtenBy } from '../../../../src/sending/compose/composing-text.ts';

const layer = (version: number) => ({
  ...keyOf(version, newKeyBytes()),
  inForce: true,
  reached: Buffer.alloc(0),
});
const keys = new TenantKeys(
  randomUUID(),
  new Map([
    ['data', [layer(2)]],
    ['index', [layer(1)]],
    ['archive', [layer(1)]],
    ['digest', [layer(1)]],
  ]),
);
const thread = composingThread();
afterAll(() => thread.close());

const composer = composerBeside(thread, keys, {
  text: {
    text: 'Maison Lumière : bonjour {firstName}, {points|peu} points. {stopLink}\n{stop}',
    purpose: 'marketing',
    sender: 'LUMIERE',
    brand: 'Maison Lumière',
    sector: 'general',
    language: 'fr',
    maxParts: 3,
    means: { stopCode: '36180', canReceive: false, stopMentionReclassifies: false },
    said: undefined,
  },
  links: {
    base: 'https://sms.exemple.fr',
    key: keyOf(1, newKeyBytes()),
    year: 2026,
    purpose: 'marketing',
  },
});

const NAMES = ['Ana', 'Chloë', 'Zoé 🎁', '"Guillemets"', '{x}', 'Ligne\nBrisée', undefined];

/** A ready row of a person in Réunion. */
function aRow(seq: number): ReadyRow {
  const contactId = randomUUID();
  const { key, wrapped } = newPersonKey(keys, contactId);
  const firstName = NAMES[seq % NAMES.length];
  const person = { phone: `+26269200${1000 + seq}`, firstName, attributes: { points: seq } };
  const sealed = key.sealPerson(person);
  return {
    seq,
    contactId,
    territory: 'RE',
    timeZone: 'Indian/Reunion',
    sealed,
    wrapped,
    numberVersion: 1,
  };
}

const erased = (seq: number): ReadyRow => ({ ...aRow(seq), contactId: null, sealed: null, wrapped: null });
const altered = (row: ReadyRow): ReadyRow => ({ ...row, sealed: Buffer.from(row.sealed ?? '').fill(7, 40) });

const all = (rows: readonly ReadyRow[]) => composer.composeAll?.(rows) ?? Promise.reject(new Error('nobody'));

describe('texts of a campaign, made in another thread', () => {
  it('equal those made here on any page', async () => {
    const rows = Array.from({ length: 500 }, (_, seq) => (seq % 97 === 5 ? erased(seq) : aRow(seq)));
    const written = await all(rows);
    expect(written).toEqual(rows.map((row) => writtenBy(composer, keys, row)));
    expect(written[0]).toMatchObject({
      composed: { kind: 'text', to: '+262692001000', sender: 'LUMIERE', encoding: 'GSM-7' },
    });
    expect(written[5]).toMatchObject({ composed: { kind: 'excluded', because: 'ERASED' } });
  });

  it('leave out only somebody with altered data', async () => {
    const rows = Array.from({ length: 120 }, (_, seq) => (seq === 60 ? altered(aRow(seq)) : aRow(seq)));
    const written = await all(rows);
    expect(written.flatMap((one, turn) => (one === undefined ? [turn] : []))).toEqual([60]);
  });

  it('are made here when that thread dies', async () => {
    const rows = Array.from({ length: 60 }, (_, seq) => aRow(seq));
    const asked = all(rows);
    await thread.close();
    expect(await asked).toEqual(rows.map((row) => writtenBy(composer, keys, row)));
    expect(await all(rows)).toEqual(await asked);
  });

  it('are made here where they are few', async () => {
    const rows = [aRow(0), erased(1), altered(aRow(2))];
    expect(await all(rows)).toEqual(rows.map((row) => writtenBy(composer, keys, row)));
  });
});
