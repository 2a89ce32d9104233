import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { consoleServed } from './served.ts';

/** A Monday morning. */
const { admin, ask, open, cookieOf, database } = await consoleServed({ lawAt: '2026-11-30T09:00:00+01:00' });
const tenantId: string = (await ask('GET', '/v1/tenant', { key: admin })).body.id;

const shown = async (path: string, language: string): Promise<string> =>
  (await open(path, `${cookieOf('admin')}; bonheure_language=${language}`)).text();

/** A booking of tomorrow, and what somebody answered about it. */
async function answered(id: string, columns: string): Promise<{ id: string; contactId: string }> {
  const body = {
    contact: { phone: `06 39 98 63 ${id.slice(-2)}` },
    startsAt: '2026-12-01T15:15',
    practice: 'Cabinet',
    reminders: ['P2D'],
  };
  const { body: booked } = await ask('PUT', `/v1/appointments/${id}`, { key: admin, body });
  await database.withTenant(tenantId, (tx) =>
    tx.run(sql`UPDATE reminder_series SET ${sql.raw(columns)} WHERE id = ${booked.id}::uuid`),
  );
  return booked;
}

const AT = `'2026-11-30T08:30:00Z'`;

it.each([
  ['AG-21', `declined_at = ${AT}`, ['a répondu NON', 'answered NO'], 'DECLINED'],
  ['AG-22', `unclear_at = ${AT}`, ['Réponse à lire', 'An answer to read'], 'ANSWER_UNCLEAR'],
] as const)('%s is shown with its answer everywhere', async (id, columns, [french, english], code) => {
  const { id: seriesId, contactId } = await answered(id, columns);
  for (const [language, words] of [
    ['fr', french],
    ['en', english],
  ] as const) {
    expect(await shown(`/series/${seriesId}`, language)).toContain(words);
    expect(await shown('/to-call?from=2026-12-01', language)).toContain(`>${id}<`);
  }
  const happened = async (asked: string): Promise<string> =>
    JSON.stringify((await ask('GET', `/v1/timeline${asked}`, { key: admin })).body.happened);
  const event = { DECLINED: 'appointment.declined', ANSWER_UNCLEAR: 'appointment.reply-unclear' }[code];
  expect(await happened(`?contact=${contactId}`)).toContain(event);
  const list = await ask('GET', '/v1/reminders/unreached?from=2026-12-01', { key: admin });
  const found = list.body.items.find(({ externalId }: { externalId: string }) => externalId === id);
  expect(found.because.code).toBe(code);
});
