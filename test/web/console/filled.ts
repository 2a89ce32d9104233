import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { ConsoleServed } from './served.ts';
import { aWorld, frozen } from '../../support/world.ts';
import { hears } from './bring-reply.ts';

/** What fills every page of a console. */
export interface Everything {
  /** Where each walk through it begins, under `/console`. */
  readonly starts: readonly string[];
  readonly agreed: (phone: string) => Promise<string>;
  readonly aDraft: (contactIds: readonly string[]) => Promise<string>;
}

/** Fills a console: something of everything that a page bears a form for. The account `essai` is tried. */
export async function consoleFilled(world: ConsoleServed): Promise<Everything> {
  const { admin, ask, clock, database, tenantId } = world;
  const post = async (path: string, body: object = {}) =>
    (await ask('POST', path, { key: admin, body })).body;

  const agreements = aWorld({ ask, admin, clock });
  const agreed = (phone: string): Promise<string> =>
    agreements.agreed(phone, { grantedAt: '2026-11-24T09:59:00+01:00' });

  async function aDraft(contactIds: readonly string[]): Promise<string> {
    const text = 'Ma société : les lampes sont là. {stop}';
    const draft = { name: 'Été', purpose: 'marketing', sender: 'LUMIERE', text, audience: { contactIds } };
    const { id } = await post('/v1/campaigns', draft);
    await post(`/v1/campaigns/${id}/rehearsal`);
    return String(id);
  }

  /** A campaign whose only message may have left. */
  async function lost(contactId: string): Promise<string> {
    const campaignId = await aDraft([contactId]);
    await post(`/v1/campaigns/${campaignId}/launch`);
    await frozen(world, campaignId);
    const id = randomUUID();
    await database.withTenant(tenantId, async (tx) => {
      await tx.run(sql`INSERT INTO submission (id, tenant_id, account_id, batch_id, epoch, key, messages, marked_at, body_digest, outcome, outcome_code, outcome_at)
        SELECT ${id}::uuid, b.tenant_id, b.account_id, b.id, 1, 'k', 1, clock_timestamp(), '', 'unknown', 'timeout', clock_timestamp() FROM batch b WHERE b.campaign_id = ${campaignId}`);
      await tx.run(
        sql`UPDATE message SET state = 'uncertain', reason = 'TIMEOUT', submission_id = ${id} WHERE batch_id IN (SELECT id FROM batch WHERE campaign_id = ${campaignId})`,
      );
      await tx.run(sql`INSERT INTO tally (tenant_id, batch_id, state, reason, delta)
        SELECT b.tenant_id, b.id, change.state::message_state, change.reason, change.delta FROM batch b, (VALUES ('ready', NULL, -1), ('uncertain', 'TIMEOUT', 1)) AS change (state, reason, delta) WHERE b.campaign_id = ${campaignId}`);
    });
    return campaignId;
  }

  async function aBooking(reference: string): Promise<string> {
    const body = {
      contact: { phone: '06 39 98 31 05' },
      startsAt: '2026-12-20T15:15',
      practice: 'tilleuls',
      consent: { method: 'paper', grantedAt: '2026-08-21T03:30', wording: 'J’accepte les rappels par SMS.' },
    };
    return String((await ask('PUT', `/v1/appointments/${reference}`, { key: admin, body })).body.seriesId);
  }

  /** A trial of an account that asks what the telephone shows. */
  const aTrial = (): Promise<number> =>
    database.outside((tx) =>
      tx.run(sql`
        INSERT INTO account_trial (id, account_id, started_at, listens_until, beat_at, asks)
        SELECT gen_random_uuid(), id, now(), now() + interval '1 day', now() + interval '1 day', 'accents' FROM gateway_account WHERE name = 'essai'`),
    );

  /** Something of everything that a page bears a form for; where each walk through it begins. */
  async function everything(): Promise<readonly string[]> {
    await ask('PUT', '/v1/practices/tilleuls', { key: admin, body: { name: 'Cabinet des Tilleuls' } });
    await aTrial();
    const people = [await agreed('+33639983101'), await agreed('+33639983102'), await agreed('+33639983103')];
    await post('/v1/keys', { role: 'auditor', name: 'DPO' });
    const purposes = [{ purpose: 'marketing', wordingId: await agreements.wording() }];
    await post('/v1/forms', { slug: 'ete', title: 'Été', company: 'Ma société', purposes, confirm: 'code' });
    await hears(world, { text: 'laissez-moi tranquille', from: '+33639983102' });
    const decided = await hears(world, { text: 'laissez-moi', from: '+33639983102' });
    await post(`/v1/replies/${decided}/decision`, { decision: 'not-stop' });
    await hears(world, { text: 'Effacez mes données', from: '+33639983102' });
    const running = await aDraft([people[1] ?? '']);
    await post(`/v1/campaigns/${running}/launch`);
    const held = await aDraft([people[1] ?? '']);
    await post(`/v1/campaigns/${held}/launch`);
    await post(`/v1/campaigns/${held}/pause`);
    const paused = await aBooking('RDV-2');
    await post(`/v1/reminder-series/${paused}/pause`);
    const uncertain = await lost(people[0] ?? '');
    // Nobody reads it here: it may still be cancelled.
    const file = { raw: 'telephone\n0639983109\n', headers: { 'Content-Type': 'text/csv' } };
    await ask('POST', '/v1/imports?kind=contacts', { key: admin, ...file });
    const draft = await aDraft([people[2] ?? '']);
    const series = await aBooking('RDV-1');
    return [
      '',
      ...people.map((id) => `/people/${id}`),
      ...[running, held, uncertain, draft].map((id) => `/campaigns/${id}`),
      ...[paused, series].map((id) => `/series/${id}`),
    ];
  }
  return { starts: await everything(), agreed, aDraft };
}
