import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { counted } from '../../support/counted.ts';
import { served } from '../server/served.ts';

const [FEW, MANY] = [3, 12];
const NUMBERS = Array.from({ length: MANY }, (_, number) => number);

const { ask, admin, database, tenantId } = await served({ lawAt: '2027-03-02T10:00:00+01:00' });
const taken = counted(database);

type Row = Readonly<Record<string, unknown>>;

async function made(method: string, path: string, asked: object): Promise<Row> {
  const reply = await ask(method, path, { key: admin, ...asked });
  if (reply.status >= 300) throw new Error(reply.text);
  return reply.body;
}

const page = async (path: string): Promise<Row[]> => (await ask('GET', path, { key: admin })).body.items;

/** Nobody agreed; every other booking has a practice and steps of its own. */
async function booked(number: number): Promise<void> {
  const isEven = number % 2 === 0;
  const body = {
    contact: { phone: `06 39 98 60 ${number + 10}` },
    startsAt: `2027-03-03T15:${number + 10}`,
    practice: isEven ? 'Cabinet des Tilleuls' : `Cabinet ${number}`,
    reminders: isEven ? ['PT2H'] : ['P1D', 'PT2H'],
    consent: null,
  };
  await made('PUT', `/v1/appointments/A-${number}`, { body });
}

async function worded(text: string, locale: string): Promise<unknown> {
  return (await made('POST', '/v1/wordings', { body: { purpose: 'marketing', text, locale } }))['id'];
}

/** Each shows words of its own, which lack something; every other one in two languages. */
async function published(number: number): Promise<void> {
  const wordingId = await worded(`J’accepte les offres ${number}.`, 'fr');
  const translations = number % 2 === 0 ? {} : { en: await worded(`I agree to offers ${number}.`, 'en') };
  const body = {
    slug: 'page',
    title: `Page ${number}`,
    company: 'Maison Lumière SAS',
    purposes: [{ purpose: 'marketing', wordingId, translations }],
  };
  await made('POST', '/v1/forms', { body });
}

/** Each cites two wordings. */
async function imported(number: number): Promise<void> {
  const raw = `Téléphone;Prénom\r\n06 39 98 62 ${number + 10};Chloé\r\n`;
  const { id } = await made('POST', '/v1/imports', { raw, headers: { 'Content-Type': 'text/csv' } });
  await database.withTenant(tenantId, (tx) =>
    tx.run(sql`
      UPDATE import SET report = report || jsonb_build_object('wordings', (
        SELECT jsonb_object_agg(w.id, w.n) FROM (
          SELECT id, row_number() OVER (ORDER BY id) AS n FROM wording ORDER BY id OFFSET ${number} LIMIT 2) w))
       WHERE id = ${id}::uuid`),
  );
}

beforeAll(async () => {
  for (const number of NUMBERS) {
    await booked(number);
    await published(number);
  }
  for (const number of NUMBERS) await imported(number);
});

describe('a page', () => {
  it.each(['reminder-series', 'appointments', 'reminders/unreached', 'forms', 'imports'])(
    'of %s asks what a shorter one asks',
    async (list) => {
      const asks = async (limit: number): Promise<number> => {
        taken();
        expect(await page(`/v1/${list}?limit=${limit}`)).toHaveLength(limit);
        return taken();
      };
      // The first one may read keys, too.
      await asks(FEW);
      expect(await asks(MANY)).toBe(await asks(FEW));
    },
  );

  it.each(['reminder-series', 'forms', 'imports'])('of %s says what each says alone', async (list) => {
    const all = await page(`/v1/${list}?limit=500`);
    expect(all).toHaveLength(MANY);
    for (const one of all) {
      const { cost: _, ...alone } = (await ask('GET', `/v1/${list}/${String(one['id'])}`, { key: admin }))
        .body;
      expect(alone).toEqual(one);
    }
  });
});
