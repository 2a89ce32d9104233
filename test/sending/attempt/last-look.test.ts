import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Rates } from '../../../src/sending/pace/rate.ts';
import { aScriptedWorld, tallyDiffers } from '../pace/scripted-world.ts';

const s = await aScriptedWorld();
beforeEach(() => s.calm());
afterEach(() => {
  Object.assign(s.gateway, { fake: true });
});

/** Changes the second of three people once their texts are made; returns the states of their messages. */
async function meanwhile(change: string): Promise<{ second: unknown[]; others: unknown[] }> {
  const batchId = await s.world.shard(3);
  const happens = () =>
    s.world.query(
      change.replaceAll('$1', `(SELECT contact_id FROM message WHERE batch_id = '${batchId}' AND seq = 1)`),
    );
  class Changing extends Rates {
    #happened = false;
    override async take(...asked: Parameters<Rates['take']>): ReturnType<Rates['take']> {
      if (!this.#happened) await happens();
      this.#happened = true;
      return super.take(...asked);
    }
  }
  const source = { renew: async () => 100, giveBack: async () => undefined };
  const rates = new Changing(source, s.clock, 3_000);
  await s.send(batchId, { deps: { ...s.world.deps, rates } });
  await rates.close();
  expect(await tallyDiffers(s.world, batchId)).toEqual([]);
  const rows = await s.world.query(
    'SELECT seq, state::text, reason FROM message WHERE batch_id = $1 ORDER BY seq',
    [batchId],
  );
  return {
    second: [rows[1]?.['state'], rows[1]?.['reason']],
    others: [rows[0]?.['state'], rows[2]?.['state']],
  };
}

const contact = (change: string): string => `UPDATE contact SET ${change} WHERE id = $1`;
const consent = (change: string): string => `UPDATE consent SET ${change} WHERE contact_id = $1`;
const barred = (scope: string, lifted: 'NULL' | 'now()' = 'NULL'): string =>
  `INSERT INTO suppression (id, tenant_id, phone_index, scope, since, source, recorded_at, lifted_at, lifted_by)
   SELECT uuidv7(), tenant_id, phone_index, '${scope}', now(), 'sms', now(), ${lifted}::timestamptz, CASE WHEN ${lifted}::timestamptz IS NOT NULL THEN uuidv7() END
     FROM contact WHERE id = $1`;

describe('somebody who was about to be written to', () => {
  it.each([
    [
      'whose number turns out to be none',
      contact(`retired_at = '2026-11-24', number_state = 'NUMBER_INVALID'`),
      'NUMBER_RETIRED',
    ],
    ['who gives up the number', contact(`retired_at = '2026-11-24'`), 'NUMBER_RETIRED'],
    ['whose line turns out to be a landline', contact(`line_type = 'landline'`), 'NUMBER_NOT_MOBILE'],
    ['whose place is known no more', contact(`place_from = 'unknown'`), 'PLACE_UNKNOWN'],
    ['who turns out to be under age', contact(`adult_on = '2026-11-25'`), 'MINOR'],
    ['whose agreement ends', consent(`until = '2026-11-24T10:00:00+01:00'`), 'CONSENT_EXPIRED'],
    ['who is to confirm it first', consent(`sendable = false, why = 'CONSENT_PENDING'`), 'CONSENT_PENDING'],
    ['who agreed to reminders alone', consent(`purpose = 'appointment'`), 'NO_BASIS'],
    ['who leaves advertising', barred('marketing'), 'SUPPRESSED'],
    ['who leaves everything', barred('all'), 'SUPPRESSED'],
    ['who is erased', 'DELETE FROM contact WHERE id = $1', 'ERASED'],
  ])('%s is not', async (_who, change, reason) => {
    const { second, others } = await meanwhile(change);
    expect(second).toEqual(['excluded', reason]);
    expect(others).toEqual(['accepted', 'accepted']);
  });

  it.each([
    ['who comes of age that day', contact(`adult_on = '2026-11-24'`)],
    ['whose agreement ends later', consent(`until = '2026-11-24T20:00:00+01:00'`)],
    ['who leaves reminders alone', barred('appointment')],
    ['who came back after leaving', barred('all', 'now()')],
    ['who is simulated, on a fake account', contact('simulated = true')],
  ])('%s is', async (_who, change) => {
    expect((await meanwhile(change)).second).toEqual(['accepted', null]);
  });

  it('of a rehearsed time is not, in reality', async () => {
    Object.assign(s.gateway, { fake: false });
    expect((await meanwhile(contact('simulated = true'))).second).toEqual(['excluded', 'SIMULATED']);
  });

  it('is not after moving into the night', async () => {
    s.clock.startAt('2026-11-24T18:00:00+01:00');
    const { second, others } = await meanwhile(contact(`territory = 'RE', time_zone = 'Indian/Reunion'`));
    expect([...second, ...others]).toEqual(['ready', null, 'accepted', 'accepted']);
  });
});
