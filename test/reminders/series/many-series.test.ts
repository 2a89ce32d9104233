import { describe, expect, it } from 'vitest';
import { recordConsents } from '../../../src/people/consent/record-consents.ts';
import { declareWordings } from '../../../src/people/consent/wording.repository.ts';
import { changeNumber } from '../../../src/people/contact/contact.ts';
import { counted } from '../../support/counted.ts';
import { aClinic, aNumber, WORDING } from './clinic.ts';

/** More series than one transaction plans by itself. */
const SOME = 40;
const MANY = 200;

const clinic = await aClinic();
const [wording] = await clinic.within((tx) =>
  declareWordings(tx, clinic.deps, [{ text: WORDING, purposes: ['appointment'], locale: 'fr' }]),
);
const asked = counted(clinic.database);

/** Makes a person with so many appointments and no agreement; returns their open series. */
async function booked(
  series: number,
): Promise<{ readonly contactId: string; readonly ids: readonly string[] }> {
  const contact = { phone: aNumber(), firstName: 'Agnès', lastName: 'Hebert' };
  const ids: string[] = [];
  for (let turn = 0; turn < series; turn += 1)
    ids.push((await clinic.book({ contact, consent: undefined })).series.id);
  const [row] = await clinic.query('SELECT contact_id AS id FROM reminder_series WHERE id = $1', [ids[0]]);
  await clinic.query('DELETE FROM intent');
  asked();
  return { contactId: String(row?.['id']), ids };
}

async function agree(contactIds: readonly string[]): Promise<void> {
  await clinic.within(async (tx) => {
    const grant = {
      purpose: 'appointment' as const,
      method: 'paper' as const,
      wordingId: wording?.id,
      grantedAt: '2026-08-21T03:30',
      evidence: { documentRef: 'BULL-1' },
      actor: 'key:test',
    };
    await recordConsents(
      tx,
      clinic.deps,
      contactIds.map((contactId) => ({ contactId, ...grant })),
    );
  });
}

/** The series whose workflows are signalled. */
const woken = async (): Promise<readonly string[]> =>
  (await clinic.query(`SELECT input ->> 'seriesId' AS id FROM intent WHERE signal = 'changed'`)).map(
    ({ id }) => String(id),
  );

const planned = (ids: readonly string[]): Promise<Record<string, unknown>[]> =>
  clinic.query(
    `SELECT DISTINCT series_id FROM reminder_step WHERE series_id = ANY($1::uuid[]) AND state = 'planned'`,
    [ids],
  );

describe('a person with two hundred open series', () => {
  it('agrees in a bounded number of statements', async () => {
    const [few, many] = [await booked(SOME), await booked(MANY)];
    await agree([few.contactId]);
    const statements = asked();
    await agree([many.contactId]);
    expect(asked()).toBe(statements);
  });

  it('has each of them planned afterwards', async () => {
    const { contactId, ids } = await booked(MANY);
    await agree([contactId]);
    const signalled = await woken();
    expect(new Set(signalled)).toEqual(new Set(ids));
    for (const id of signalled) await clinic.plan(id);
    expect(await planned(ids)).toHaveLength(MANY);
  });

  it('changes their number in bounded statements', async () => {
    const [few, many] = [await booked(SOME), await booked(MANY)];
    const change = (contactId: string, e164: string) =>
      clinic.within((tx) =>
        changeNumber(tx, clinic.deps, { contactId, line: { e164, territories: ['FR'], lineType: 'mobile' } }),
      );
    await change(few.contactId, '+33639987701');
    const statements = asked();
    await change(many.contactId, '+33639987702');
    expect(asked()).toBe(statements);
    expect(await woken()).toEqual(expect.arrayContaining(many.ids.slice(SOME)));
  });
});

describe('many people who agree at once', () => {
  it('are planned in a bounded number of statements', async () => {
    const few = await booked(SOME);
    const many: Awaited<ReturnType<typeof booked>>[] = [];
    for (let turn = 0; turn < 2 * SOME; turn += 1) many.push(await booked(1));
    await agree([few.contactId]);
    const statements = asked();
    await agree(many.map(({ contactId }) => contactId));
    expect(asked()).toBe(statements);
    expect(await woken()).toEqual(expect.arrayContaining(many.flatMap(({ ids }) => ids)));
  });
});
