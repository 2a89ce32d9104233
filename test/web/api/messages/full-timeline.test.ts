import { describe, expect, it } from 'vitest';
import { counted } from '../../../support/counted.ts';
import { aWorld, frozen } from '../../../support/world.ts';
import { served, type Reply } from '../../server/served.ts';

/** A Sunday in Paris. */
const at = await served({ lawAt: '2027-04-11T10:00:00+02:00' });
const { ask, admin, database } = at;
const world = aWorld(at);

const timeline = (query: string): Promise<Reply> => ask('GET', `/v1/timeline?${query}`, { key: admin });

async function put(path: string, body: object): Promise<void> {
  const { status, text } = await ask('PUT', path, { key: admin, body });
  if (status >= 300) throw new Error(text);
}

describe('the timeline of a person with much to come', () => {
  /** A message that waits, a campaign and a notice that are not frozen, an appointment. */
  async function more(numbers: readonly number[], contactId: string): Promise<void> {
    for (const number of numbers) {
      const audience = { contactIds: [contactId] };
      const text = `Ma société : les lampes ${number} sont arrivées. {stop}`;
      await frozen(at, await world.launched({ name: `Partie ${number}`, text, audience }));
      await world.launched({ name: `À venir ${number}`, text, audience });
      const day = `2027-04-${number + 12}`;
      const contact = { phone: '06 39 98 60 75' };
      await put(`/v1/appointments/RDV-${number}`, {
        contact,
        practice: 'Cabinet des Saules',
        startsAt: `${day}T15:15`,
        reminders: ['PT2H'],
        consent: {
          method: 'paper',
          grantedAt: '2026-08-21T03:30',
          wording: 'J’accepte les rappels par SMS.',
        },
      });
      const series = {
        kind: 'appointment',
        practiceId: 'saules',
        eventFrom: `${day}T00:00:00+02:00`,
        eventTo: `${day}T23:00:00+02:00`,
      };
      const notice = {
        purpose: 'appointment',
        expireAt: `${day}T14:00:00+02:00`,
        text: '{practice} : le cabinet ferme plus tôt. Une question : {phone}. {stop}',
        audience: { series },
      };
      await world.launched({ name: `Avis ${number}`, ...notice });
    }
  }

  it('asks what that of few asks', async () => {
    await put('/v1/practices/saules', { name: 'Cabinet des Saules' });
    const contactId = await world.agreed('0639986075');
    const taken = counted(database);
    const told = async (): Promise<[next: number, asked: number]> => {
      taken();
      const { body } = await timeline(`contact=${contactId}`);
      return [body.next.length, taken()];
    };
    await more([1, 2], contactId);
    await told();
    const [few, askedForFew] = await told();
    expect(few).toBe(2 * 4);
    await more([3, 4, 5, 6, 7], contactId);
    expect(await told()).toEqual([7 * 4, askedForFew]);

    const { next } = (await timeline(`contact=${contactId}`)).body;
    const waiting = next.filter(({ messageId }: { messageId?: string }) => messageId !== undefined);
    expect(waiting).toHaveLength(7);
    for (const { messageId, at: until, rule } of waiting)
      expect((await timeline(`message=${messageId}`)).body.heldBy).toMatchObject({ until, rule });
  });
});
