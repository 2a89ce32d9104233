import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readImport } from '../../../../src/people/import/import-reading.ts';
import { accountTerms } from '../../../../src/gateways/operators.ts';
import { rowTaker } from '../../../../src/web/api/bookings/bookings.ts';
import { personKey } from '../../../../src/crypto/tenant-keys.ts';
import { readBookings } from '../../../../src/reminders/import/import-bookings.ts';
import { cellsWith, everyCell } from '../../../support/canary.ts';
import { served, type Reply } from '../../server/served.ts';

/** Why somebody comes, in a word that stands nowhere else. */
const CANARY = 'oncocanari';
/** Columns that tell it, by every name that was met, and two that nobody reads. */
const TELLING = [
  'Motif',
  'Motif du rendez-vous',
  'Raison',
  'Reason',
  'Visit reason',
  'Objet',
  'Pathologie',
  'Diagnostic',
  'Symptômes',
  'Acte',
  'Spécialité',
  'Traitement',
  'Examen',
  'Note',
  'Commentaire',
  'Type de consultation',
  'Colonne 12',
];

const world = await served({ lawAt: '2026-11-24T10:00:00+01:00' });
const { ask, admin, api, at, database, tenantId, journalFolder, logged } = world;
await ask('PATCH', '/v1/tenant', { key: admin, body: { sector: 'health' } });

const answers: string[] = [];
async function tell(...asked: Parameters<typeof ask>): Promise<Reply> {
  const answer = await ask(...asked);
  answers.push(answer.text);
  return answer;
}

const csv = (telling: readonly string[], head: string, ...rows: string[]): string => {
  const cells = telling.map((_, turn) => (turn % 3 === 0 ? `"suivi;${CANARY}"` : CANARY));
  return [[head, ...telling], ...rows.map((row) => [row].concat(cells))]
    .map((row) => row.join(';'))
    .join('\r\n');
};

const BOOKINGS = csv(
  TELLING,
  'reference;telephone;debut;cabinet;consentement le;methode;texte consentement',
  'R-1;06 39 98 40 01;24/10/2028 11:00;Cabinet des Tilleuls;10/08/2026;papier;J’accepte les rappels.',
  'R-2;01 42 68 53 00;24/10/2028 11:00;Cabinet des Tilleuls;10/08/2026;papier;J’accepte les rappels.',
  'R-1;06 39 98 40 01;24/10/2028 11:00;Cabinet des Tilleuls;10/08/2026;"papier"x;J’accepte les rappels.',
);
const PEOPLE = csv(TELLING, 'telephone;prenom', '06 39 98 40 02;Rose', '01 42 68 53 00;Louis');
/** Each column but one that only its caller could know. */
const KEPT_AS_THEY_ARE = csv(
  TELLING.slice(0, -1),
  'telephone;ville',
  '06 39 98 40 02;Lyon',
  '01 42 68 53 00;Lyon',
);
/** Headings that nobody understands, below a title. */
const UNREAD = `Agenda du jour\n${csv(TELLING, 'colonne;autre', '06 39 98 40 02;Rose')}`;

/** What each file comes to. */
const READ = new Map([
  [BOOKINGS, ['finished', 3]],
  [KEPT_AS_THEY_ARE, ['finished', 2]],
  [PEOPLE, ['finished', 2]],
  [UNREAD, ['failed', 0]],
]);

const upload = (query: string, raw: string): Promise<Reply> =>
  tell('POST', `/v1/imports${query}`, { key: admin, raw, headers: { 'Content-Type': 'text/csv' } });

const found = async (): Promise<string[]> => {
  const [tenant, cells] = [
    await database.withTenant(tenantId, (tx) => api.vault.tenant(tx)),
    await everyCell(at.superUrl),
  ];
  const people = cells.flatMap(({ table, column, row, value }) =>
    table === 'contact_key' && column === 'wrapped' && Buffer.isBuffer(value)
      ? [personKey(tenant, String(row['contact_id']), value)]
      : [],
  );
  return cellsWith(cells, { tenant, people, inbox: undefined }, [CANARY]);
};

async function readOn(importId: string, isOfBookings: boolean): Promise<void> {
  const { clock, vault, gateways, optOut } = api;
  const keysOf = (id: string) => database.withTenant(id, (tx) => vault.tenant(tx));
  const take = rowTaker({ vault, clock }, accountTerms(gateways, optOut.base));
  const deps = { database, clock, keysOf, take };
  const read = isOfBookings ? readBookings : readImport;
  for (let plan = await read(deps, { tenantId, importId }); plan.kind !== 'done';)
    plan = await read(deps, { tenantId, importId });
}

const telling = Object.fromEntries(['motif', 'raison', 'visitReason', 'note'].map((name) => [name, CANARY]));
const booking = {
  contact: { phone: '06 39 98 40 03' },
  startsAt: '2028-10-24T11:00',
  practice: 'Cabinet des Tilleuls',
  consent: {
    method: 'paper',
    grantedAt: '2026-08-10',
    wording: 'J’accepte les rappels.',
    evidence: { documentRef: 'B-1', motif: CANARY },
  },
};

describe('why somebody comes to a practice', () => {
  it('is found nowhere, however it came', async () => {
    for (const [query, raw] of [
      ['?kind=appointments', BOOKINGS],
      [
        `?kind=appointments&mapping=${encodeURIComponent('{"Motif":"place","Note":"evidence.note"}')}`,
        BOOKINGS,
      ],
      ['?attributes=*', KEPT_AS_THEY_ARE],
      ['', PEOPLE],
      [
        `?mapping=${encodeURIComponent('{"Motif":"attributes.pourquoi","Colonne 12":"attributes.motif"}')}`,
        PEOPLE,
      ],
      ['', UNREAD],
      ['?kind=appointments', UNREAD],
    ] as const) {
      await upload(`${query === '' ? '?' : `${query}&`}dryRun=true`, raw);
      const { body } = await upload(query, raw);
      // As it lies there before anybody reads it.
      expect(await found()).toEqual([]);
      await readOn(String(body.id), query.includes('appointments'));
      const report = await tell('GET', `/v1/imports/${body.id}`, { key: admin });
      expect([report.body.state, report.body.rows]).toEqual(READ.get(raw));
      await tell('GET', `/v1/imports/${body.id}/rejected`, { key: admin });
    }
    await tell('PUT', '/v1/appointments/B-1?ignoreUnknown=true', {
      key: admin,
      body: { ...booking, ...telling },
    });
    await tell('PUT', '/v1/appointments/B-1', { key: admin, body: { ...booking, motif: CANARY } });
    await tell('POST', '/v1/appointments/bulk', {
      key: admin,
      body: [{ ...booking, externalId: 'B-2', motif: CANARY }],
    });
    const made = await tell('POST', '/v1/contacts', {
      key: admin,
      body: { phone: '06 39 98 40 04', attributes: telling },
    });
    await tell('PATCH', `/v1/contacts/${made.body.id}`, { key: admin, body: { attributes: telling } });
    await tell('GET', `/v1/contacts/${made.body.id}`, { key: admin });
    expect(await found()).toEqual([]);
    expect(answers.filter((answer) => answer.includes(CANARY))).toEqual([]);
    expect(logged()).not.toContain(CANARY);
    const files = await readdir(journalFolder, { recursive: true, withFileTypes: true });
    for (const file of files.filter((one) => one.isFile()))
      expect((await readFile(join(file.parentPath, file.name))).includes(CANARY)).toBe(false);
  });
});
