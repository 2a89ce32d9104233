import { expect, describe, it } from 'vitest';
import { journalDoubt } from '../../../src/platform/database/process.repository.ts';
import { aWay } from '../../support/way.ts';
import { Visitor } from './form-visitor.ts';
import { served } from '../server/served.ts';

const way = await aWay();
const api = await served({ through: way.folder });
const visitor = new Visitor(api);
const { ask, admin } = api;

async function aPerson(phone: string): Promise<{ id: string; path: string }> {
  const { id } = (await ask('POST', '/v1/contacts', { key: admin, body: { phone } })).body as { id: string };
  const link = await ask('GET', `/v1/contacts/${id}/opt-out-link`, { key: admin });
  return { id, path: new URL(String(link.body.url)).pathname };
}

const left = async (id: string): Promise<object[]> =>
  (await ask('GET', `/v1/contacts/${id}/consents`, { key: admin })).body.events as object[];

describe('a link pressed while the database is away', () => {
  it('is journaled before the page says so', async () => {
    const [person, looker] = [await aPerson('+33639980901'), await aPerson('+33639980902')];
    await way.cut();
    const page = await visitor.post(person.path, {});
    expect([page.status, page.html.includes('Votre demande est enregistrée')]).toEqual([200, true]);
    const looked = await visitor.get(looker.path);
    expect([looked.status, looked.html.includes('réessayez dans une minute')]).toEqual([503, true]);
    const lost = await visitor.post('/u/nobody', {});
    expect(lost.status).toBe(404);
    await way.mend();
    await expect
      .poll(() => left(person.id))
      .toMatchObject([{ kind: 'withdrawn', channel: 'link', purpose: 'marketing', actor: 'person' }]);
    expect(await left(looker.id)).toEqual([]);
  });

  it('is recorded once, however often pressed', async () => {
    const person = await aPerson('+33639980903');
    await way.cut();
    const away = await Promise.all(Array.from({ length: 5 }, () => visitor.post(person.path, {})));
    expect(away.map(({ html }) => html.includes('Votre demande est enregistrée'))).toEqual(
      away.map(() => true),
    );
    await way.mend();
    await expect.poll(async () => (await left(person.id)).length).toBeGreaterThan(0);
    // The gate opens when everything that waited has its effect.
    await expect.poll(() => api.database.outside(journalDoubt)).toBeUndefined();
    await visitor.post(person.path, {});
    expect(await left(person.id)).toHaveLength(1);
  });
});
