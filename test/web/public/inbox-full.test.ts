import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { inboundServed, SECRET } from './inbound-served.ts';

const { database, origin } = await inboundServed({ mostKeptBytes: 1 });

const tell = async (name: string, body: unknown): Promise<readonly [status: number, code: string]> => {
  const answered = await fetch(`${origin}/${name}/${SECRET}`, { method: 'POST', body: JSON.stringify(body) });
  const text = await answered.text();
  return [answered.status, text === '' ? '' : String((JSON.parse(text) as { code?: string }).code)];
};
const count = async (what: 'unread_delivery' | 'inbound'): Promise<number> => {
  const [row] = await database.outside((tx) =>
    tx.rows(sql<{ n: number }>`SELECT count(*)::int AS n FROM ${sql.table(what)}`),
  );
  return row?.n ?? 0;
};
const forget = () => database.outside((tx) => tx.run(sql`DELETE FROM unread_delivery`));

let numbers = 0;
const stop = () => ({
  number: `+336399${String((numbers += 1)).padStart(5, '0')}`,
  text: 'STOP',
  message_id: null,
});

/** An account whose room is used up by a call that nobody could read. */
describe('an account that keeps as much unread as it may', () => {
  beforeEach(async () => {
    await forget();
    await tell('octopush', { something: 1 });
  });

  it('is sent again what nobody can read', async () => {
    expect(await tell('octopush', { something: 2 })).toEqual([503, 'INBOX_FULL']);
    expect(await count('unread_delivery')).toBe(1);
  });

  it('counts what it keeps already', async () => {
    expect(await tell('octopush', { something: 1 })).toEqual([204, '']);
    expect(await count('unread_delivery')).toBe(1);
  });

  it('accepts a STOP even beside unreadable things', async () => {
    const before = await count('inbound');
    expect(await tell('octopush', stop())).toEqual([204, '']);
    expect(await tell('octopush', [stop(), { something: 3 }])).toEqual([503, 'INBOX_FULL']);
    expect(await count('inbound')).toBe(before + 2);
  });

  it('leaves other accounts their space', async () => {
    expect(await tell('brevo', { something: 4 })).toEqual([204, '']);
  });

  it('keeps again once a person dealt with it', async () => {
    expect((await tell('octopush', { something: 5 }))[0]).toBe(503);
    await forget();
    expect(await tell('octopush', { something: 5 })).toEqual([204, '']);
  });
});
