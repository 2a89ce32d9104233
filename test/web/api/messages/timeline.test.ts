import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { ProcessClock } from '../../../../src/platform/clock.ts';
import { lawClock } from '../../../../src/web/sandbox/sandbox.ts';
import { aWorld, frozen, consent } from '../../../support/world.ts';
import { served, type Reply } from '../../server/served.ts';

const at = await served();
const { ask, admin, clock, database, tenantId, keyOf, anotherTenant } = at;
const world = aWorld(at);
const operator = await keyOf('operator');
const PHONE = '06 39 98 60 71';
const NUMBER = /0?6 ?39 ?98 ?60 ?71|639986071/;

const timeline = (query: string, key = operator, headers: Record<string, string> = {}): Promise<Reply> =>
  ask('GET', `/v1/timeline?${query}`, { key, headers });

const moveTo = async (instant: string): Promise<void> => {
  if (!(clock instanceof ProcessClock)) throw new Error('another clock');
  await lawClock(database, clock, true).move(instant);
};

/** A Sunday in Paris. */
beforeAll(() => moveTo('2027-04-11T10:00:00+02:00'));

const booked = async (id: string, more: object = {}): Promise<Reply> =>
  ask('PUT', `/v1/appointments/${id}`, {
    key: admin,
    body: {
      contact: { phone: PHONE },
      startsAt: '2027-04-20T15:15',
      practice: 'Cabinet des Tilleuls',
      reminders: ['P2D'],
      consent,
      ...more,
    },
  });

/** A reminder of that series that is ready to leave. */
async function reminderOf(seriesId: string): Promise<string> {
  const made = await database.withTenant(tenantId, (tx) =>
    tx.first(sql<{ batchId: string; seq: number }>`
      INSERT INTO message (batch_id, seq, tenant_id, contact_id, state)
      SELECT s.batch_id, p.revision * 1000 + p.position, s.tenant_id, s.contact_id, 'ready'
        FROM reminder_series s JOIN reminder_step p ON p.series_id = s.id WHERE s.id = ${seriesId} LIMIT 1
      RETURNING batch_id AS "batchId", seq`),
  );
  return `msg_${String(made?.batchId)}_${String(made?.seq)}`;
}

async function campaignOnSunday(): Promise<{ id: string; messageId: string; contactId: string }> {
  const contactId = await world.agreed('0639986072');
  const text = 'Ma société : les lampes sont arrivées. {stop}';
  const id = await world.launched({ name: 'Printemps', text, audience: { contactIds: [contactId] } });
  await frozen(at, id);
  const { items } = (await ask('GET', `/v1/campaigns/${id}/messages`, { key: admin })).body;
  return { id, messageId: items[0].id, contactId };
}

describe('an operator without the right to personal data', () => {
  it('sees when and why a reminder leaves', async () => {
    const { body } = await booked('RDV-71');
    const told = (await timeline(`series=${body.seriesId}`)).body;
    expect(told.about).toEqual({ kind: 'series', id: body.seriesId, title: 'RDV-71', state: 'open' });
    expect(told.next).toMatchObject([
      {
        at: expect.stringMatching(/^2027-04-17/),
        text: expect.stringMatching(
          /^Rappel, 2 jours avant : prévu\. Prévu dimanche 18\/04 .*avancé à samedi 17\/04/,
        ),
      },
    ]);
    expect(told.workflowId).toBe(`series/${body.seriesId}`);
    expect(JSON.stringify(told)).not.toMatch(NUMBER);
  });

  it('sees why a reminder will not leave', async () => {
    const { body } = await booked('RDV-72', { startsAt: '2027-04-11T15:15', reminders: ['P1D'] });
    const told = (await timeline(`series=${body.seriesId}`)).body;
    expect(told.next).toEqual([]);
    expect(told.happened).toMatchObject([
      { event: 'appointment.booked', text: 'Réservé.' },
      { event: 'step.skipped', text: expect.stringMatching(/^Rappel, 1 jour avant : pas envoyé\. .*WIN-04/) },
    ]);
  });

  it('sees which rule holds a campaign message', async () => {
    const { id, messageId, contactId } = await campaignOnSunday();
    const told = (await timeline(`message=${messageId}`)).body;
    expect(told.heldBy).toMatchObject({
      code: 'SUNDAY',
      until: '2027-04-12T08:00:00.000+02:00',
      rule: { id: 'WIN-02', source: expect.any(String) },
    });
    expect(told.related).toEqual([
      { kind: 'campaign', id },
      { kind: 'contact', id: contactId },
    ]);
    const whole = (await timeline(`campaign=${id}`)).body;
    expect(whole.heldBy).toMatchObject({ code: 'SUNDAY', until: '2027-04-12T08:00:00.000+02:00' });
    expect(whole.happened.map(({ event }: { event: string }) => event)).toContain('campaign.launched');
  });

  it('sees a person’s pause rather than Sunday', async () => {
    const { id, messageId } = await campaignOnSunday();
    await ask('POST', `/v1/campaigns/${id}/pause`, { key: operator });
    const told = (await timeline(`message=${messageId}`)).body;
    expect(told.heldBy).toMatchObject({ code: 'PAUSED', until: null, rule: null });
  });

  it('sees consent, past and future messages, masked', async () => {
    const { body } = await booked('RDV-73');
    const told = (await timeline(`contact=${body.contactId}`)).body;
    expect(told.about.kind).toBe('contact');
    expect(told.happened[0]).toMatchObject({ event: 'consent.granted', text: 'Accord (rendez-vous).' });
    expect(told.next.length).toBeGreaterThan(0);
    expect(JSON.stringify(told)).not.toMatch(NUMBER);
  });

  it('sees each waiting message with hour and rule', async () => {
    const { messageId, contactId } = await campaignOnSunday();
    const { next, happened, heldBy } = (await timeline(`contact=${contactId}`)).body;
    const waits = next.find((one: { messageId?: string }) => one.messageId === messageId);
    expect(waits).toMatchObject({
      at: '2027-04-12T08:00:00.000+02:00',
      text: expect.stringMatching(/^SMS \(offres\) : .*lundi 12\/04 à 08h00.*WIN-02/),
      rule: { id: 'WIN-02', source: expect.any(String) },
    });
    expect(heldBy).toMatchObject({ code: 'SUNDAY', until: '2027-04-12T08:00:00.000+02:00' });
    expect(happened.filter((one: { messageId?: string }) => one.messageId === messageId)).toEqual([]);
  });

  it('sees a launched campaign before its freeze', async () => {
    const post = (path: string, body: unknown = {}): Promise<Reply> =>
      ask('POST', path, { key: admin, body });
    const contactId = await world.agreed('0639986079');
    const stranger = String((await post('/v1/contacts', { phone: '0639986078' })).body.id);
    const launched = async (name: string, whom: object): Promise<string> => {
      const draft = { name, purpose: 'marketing', sender: 'LUMIERE', text: 'Ma société : -10 %. {stop}' };
      const more = { ...whom, startAt: '2027-05-04T10:00:00+02:00' };
      const { id } = (await post('/v1/campaigns', { ...draft, ...more })).body;
      expect((await post(`/v1/campaigns/${id}/launch`)).status).toBeLessThan(300);
      return String(id);
    };
    const ids = [
      await launched('pour elle', { audience: { contactIds: [contactId, stranger] } }),
      await launched('pour d’autres', { audience: { contactIds: [stranger] } }),
      await launched('par critère', {
        audience: { filter: { all: [{ field: 'taille', op: 'eq', value: 'M' }] } },
      }),
      await launched('sans elle', { audience: { all: true }, exclude: [{ contactIds: [contactId] }] }),
    ];
    const named = async (id: string, language = 'fr'): Promise<string[]> => {
      const { next } = (await timeline(`contact=${id}`, operator, { 'Accept-Language': language })).body;
      return next.map((one: { at: string; text: string }) => `${one.at.slice(0, 16)} ${one.text}`);
    };
    expect((await named(contactId)).toSorted()).toEqual([
      expect.stringMatching(/^2027-05-04T08:00 .*la campagne « par critère » est lancée ;.*peut-être/),
      expect.stringMatching(/^2027-05-04T08:00 .*la campagne « pour elle » est lancée, et lui écrirait\./),
    ]);
    expect((await named(contactId, 'en')).join()).toContain('is launched, and would write to this person');
    expect(await named(stranger)).toEqual([]);
    for (const id of ids) await post(`/v1/campaigns/${id}/cancel`);
    expect(await named(contactId)).toEqual([]);
  });

  it('sees a ready reminder once', async () => {
    const { body } = await booked('RDV-76');
    const before: unknown[] = (await timeline(`contact=${body.contactId}`)).body.next;
    const messageId = await reminderOf(String(body.seriesId));
    const { next } = (await timeline(`contact=${body.contactId}`)).body;
    expect(next).toHaveLength(before.length);
    expect(next).toContainEqual(
      expect.objectContaining({ messageId, text: expect.stringMatching(/^Rappel/) }),
    );
  });

  it('sees a paused series’ reminders', async () => {
    const contact = { phone: '06 39 98 60 73' };
    const { body } = await booked('RDV-77', { contact });
    await ask('POST', `/v1/reminder-series/${body.seriesId}/pause`, { key: operator });
    expect((await timeline(`contact=${body.contactId}`)).body.next).toHaveLength(1);
  });

  it('reads it in English when that is asked', async () => {
    const { body } = await booked('RDV-71');
    const told = await timeline(`series=${body.seriesId}`, operator, { 'accept-language': 'en' });
    expect(told.body.next).toMatchObject([
      { text: expect.stringMatching(/^Reminder, 2 days before: planned\. Planned Sunday 18\/04/) },
    ]);
  });
});

describe('a timeline', () => {
  it('of another tenant is not there', async () => {
    const { body } = await booked('RDV-71');
    const other = await anotherTenant();
    for (const query of [`series=${body.seriesId}`, `contact=${body.contactId}`])
      expect((await timeline(query, other.key)).status).toBe(404);
  });

  it('of a booking is hidden from marketers', async () => {
    const { body } = await booked('RDV-71');
    const marketer = await keyOf('marketer');
    expect((await timeline(`series=${body.seriesId}`, marketer)).status).toBe(403);
    const person = (await timeline(`contact=${body.contactId}`, marketer)).body;
    expect([person.next, person.related]).toEqual([[], []]);
  });

  it('of a reminder is hidden from marketers', async () => {
    const { body } = await booked('RDV-74');
    const reminder = await reminderOf(String(body.seriesId));
    const marketer = await keyOf('marketer');
    const [refused, seen] = [
      await timeline(`message=${reminder}`, marketer),
      await timeline(`message=${reminder}`),
    ];
    expect([refused.status, refused.body.code]).toEqual([403, 'ROLE_NOT_ALLOWED']);
    expect(JSON.stringify(refused.body)).not.toContain(body.seriesId);
    expect(seen.body.related).toContainEqual({ kind: 'series', id: body.seriesId });
    const messagesSeen = async (key: string): Promise<unknown[]> =>
      (await timeline(`contact=${body.contactId}`, key)).body.next.flatMap(
        ({ messageId }: { messageId?: string }) => messageId ?? [],
      );
    expect(await messagesSeen(operator)).toContain(reminder);
    expect(await messagesSeen(marketer)).not.toContain(reminder);
  });

  it('of an uncertain reminder is hidden from marketers', async () => {
    const { body } = await booked('RDV-75');
    const reminder = await reminderOf(String(body.seriesId));
    await database.withTenant(tenantId, async (tx) => {
      const batch = sql`(SELECT batch_id FROM reminder_series WHERE id = ${body.seriesId})`;
      const id = randomUUID();
      await tx.run(sql`
        INSERT INTO submission (id, tenant_id, account_id, batch_id, epoch, key, messages, marked_at, body_digest, outcome, outcome_code, outcome_at)
        SELECT ${id}, tenant_id, account_id, id, 1, ${id.slice(0, 20)}, 1, clock_timestamp(), '', 'unknown', 'timeout', clock_timestamp()
          FROM batch WHERE id = ${batch}`);
      await tx.run(sql`
        UPDATE message SET state = 'uncertain', reason = 'TIMEOUT', submission_id = ${id} WHERE batch_id = ${batch}`);
      await tx.run(sql`
        INSERT INTO tally (tenant_id, batch_id, state, reason, delta)
        SELECT tenant_id, batch_id, 'uncertain', 'TIMEOUT', 1 FROM message WHERE batch_id = ${batch}`);
    });
    const seenBy = async (key: string): Promise<readonly string[]> => [
      (await ask('GET', '/v1/uncertain', { key })).text,
      (await ask('GET', `/v1/messages/${reminder}`, { key })).text,
    ];
    const [marketer, other] = [await seenBy(await keyOf('marketer')), await seenBy(operator)];
    for (const text of other) expect(text).toContain(body.seriesId);
    for (const text of marketer) expect(text).not.toContain(body.seriesId);
    expect(marketer[1]).toContain('ROLE_NOT_ALLOWED');
    expect(marketer[0]).not.toContain(reminder);
  });

  it('of a campaign message is for marketers too', async () => {
    const { messageId, contactId } = await campaignOnSunday();
    const marketer = await keyOf('marketer');
    expect((await timeline(`message=${messageId}`, marketer)).status).toBe(200);
    const { next } = (await timeline(`contact=${contactId}`, marketer)).body;
    expect(next).toContainEqual(expect.objectContaining({ messageId }));
  });

  it.each(['', 'series=1', 'message=x', 'phone=0639986071'])('asked by "%s" is refused', async (query) => {
    expect((await timeline(query)).status).toBe(400);
  });

  it('is about one thing', async () => {
    const { body } = await booked('RDV-71');
    expect((await timeline(`series=${body.seriesId}&contact=${body.contactId}`)).status).toBe(400);
  });
});

describe('on the Monday, in open hours', () => {
  it('a waiting message shows that its operator waits', async () => {
    const { id, messageId } = await campaignOnSunday();
    await moveTo('2027-04-12T10:00:00+02:00');
    const until = '2027-04-12T12:00:00.000+02:00';
    await database.withTenant(tenantId, (tx) =>
      tx.run(sql`UPDATE batch SET next_action_at = ${until}::timestamptz, woken_at = NULL,
          waiting = jsonb_build_object('code', 'THROTTLED', 'until', ${until}::text)
         WHERE campaign_id = ${id}::uuid`),
    );
    expect((await timeline(`message=${messageId}`)).body.heldBy).toMatchObject({
      code: 'THROTTLED',
      text: 'L’opérateur a demandé d’attendre.',
      until,
    });
  });
});
