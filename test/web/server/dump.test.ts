import { createHash, createHmac, randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { readImport } from '../../../src/people/import/import-reading.ts';
import { uuidV7 } from '../../../src/base/random.ts';
import { takeReply } from '../../../src/sending/replies/take-reply.ts';
import { everyCell, type Cell } from '../../support/canary.ts';
import { served } from './served.ts';

const PHONE = '+33639987741';
/** As anybody could write them. */
const CANARIES = ['39987741', '39 98 77 41', '39.98.77.41', 'Zéphyrine', 'Zephyrine', 'Canarimont'];
const SAID = 'Le genou de Zéphyrine va mieux';

const world = await served({ lawAt: '2026-11-24T10:00:00+01:00' });
const { ask, admin, api, at, database, tenantId } = world;
const post = (path: string, body: object) => ask('POST', path, { key: admin, body });
let cells: Cell[] = [];

async function imported(raw: string): Promise<void> {
  const headers = { 'Content-Type': 'text/csv' };
  const { body } = await ask('POST', '/v1/imports?attributes=*', { key: admin, raw, headers });
  const keysOf = (id: string) => database.withTenant(id, (tx) => api.vault.tenant(tx));
  await readImport({ database, clock: api.clock, keysOf }, { tenantId, importId: body.id });
  // One that nobody has read yet lies there whole.
  await ask('POST', '/v1/imports', { key: admin, raw, headers });
}

beforeAll(async () => {
  await post('/v1/contacts', {
    phone: PHONE,
    attributes: { firstName: 'Zéphyrine', lastName: 'Canarimont', ville: 'Canarimont' },
  });
  await imported(
    [
      'telephone;prenom;nom;date_optin;source_optin;texte_optin;ref_bulletin',
      '06 39 98 77 41;Zéphyrine;Canarimont;04/03/2026;caisse;J’accepte les offres par SMS.;B-Canarimont',
      '06 39 98 77 41;Zéphyrine;Canarimont;;caisse;J’accepte les offres par SMS.;',
    ].join('\n'),
  );
  await ask('PUT', '/v1/appointments/RDV-Canarimont', {
    key: admin,
    body: {
      contact: { phone: PHONE },
      person: { firstName: 'Zéphyrine', lastName: 'Canarimont' },
      startsAt: '2027-06-10T10:00:00+02:00',
      practice: 'Cabinet des Tilleuls',
      consent: { method: 'oral', grantedAt: '2026-11-01T10:00:00+01:00', wording: 'Oui aux rappels.' },
    },
  });
  const gateway = await everyCell(at.superUrl);
  const account = gateway.find(({ table, column }) => table === 'gateway_account' && column === 'id');
  const newId = (): string => uuidV7(api.clock.machine());
  await takeReply(
    { database, vault: api.vault, clock: api.clock, newId },
    { id: String(account?.value), acknowledgesStop: false },
    {
      event: { kind: 'reply', identity: randomUUID(), from: PHONE, to: 'SOCIETE', text: SAID },
      id: newId(),
      receivedAt: api.clock.now().toISO(),
      simulated: false,
    },
  );
  await post('/v1/consents/withdrawals', { phone: PHONE, purpose: 'all', channel: 'counter' });
  await post('/v1/suppressions', { phone: PHONE, purpose: 'marketing', source: 'liste' });
  cells = await everyCell(at.superUrl);
});

const bytesOf = (value: unknown): Buffer =>
  Buffer.isBuffer(value)
    ? value
    : Buffer.from(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));

/** Where one of these stands, as bytes, as letters of hexadecimal or as base64. */
const placesOf = (needles: readonly Buffer[]): string[] =>
  cells
    .filter(({ value }) => value !== null)
    .flatMap(({ table, column, value }) => {
      const bytes = bytesOf(value);
      const text = bytes.toString('latin1').toLowerCase();
      const found = needles.some(
        (needle) =>
          bytes.includes(needle) ||
          text.includes(needle.toString('hex')) ||
          bytes.toString('latin1').includes(needle.toString('base64').replace(/=+$/, '').slice(1, -1)),
      );
      return found ? [`${table}.${column}`] : [];
    });

describe('a dump of the database, without its keys', () => {
  it('holds what was done, findable in clear', () => {
    expect(placesOf([Buffer.from('liste')])).toContain('suppression.source');
    const tables = new Set(cells.map(({ table }) => table));
    for (const table of [
      'contact',
      'consent_proof',
      'import_slice',
      'rejected_row',
      'reply',
      'inbound',
      'reminder_series',
    ])
      expect(tables).toContain(table);
  });

  it('shows no number, name or words', () => {
    expect(placesOf([...CANARIES, SAID].map((word) => Buffer.from(word)))).toEqual([]);
  });

  it('holds no digest open to guessing', () => {
    const writings = ['+33639987741', '33639987741', '0639987741', '0033639987741', '639987741'];
    const known = cells
      .filter(({ table, column }) => table === 'tenant' && column === 'id')
      .map(({ value }) => String(value));
    const salts = ['', 'phone|', ...known.map((id) => `${id}|`)];
    const texts = writings.flatMap((writing) => salts.map((salt) => salt + writing));
    const plain = ['md5', 'sha1', 'sha256', 'sha512'].flatMap((name) =>
      texts.map((text) => createHash(name).update(text).digest()),
    );
    const keyed = ['', ...known].flatMap((key) =>
      texts.map((text) => createHmac('sha256', key).update(text).digest()),
    );
    const digests = plain.concat(keyed);
    expect(digests).toHaveLength(90);
    expect(placesOf(digests)).toEqual([]);
    const index = cells.find(({ table, column }) => table === 'contact' && column === 'phone_index')?.value;
    expect(placesOf([index as Buffer])).toContain('suppression.phone_index');
  });

  it('differs by tenant for one number', async () => {
    const other = await world.anotherTenant();
    await ask('POST', '/v1/contacts', { key: other.key, body: { phone: PHONE } });
    const all = await everyCell(at.superUrl);
    const indexes = all
      .filter(({ table, column }) => table === 'contact' && column === 'phone_index')
      .map(({ value }) => (value as Buffer).toString('hex'));
    expect(new Set(indexes).size).toBe(indexes.length);
  });
});
