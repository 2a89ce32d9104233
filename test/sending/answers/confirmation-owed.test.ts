import { describe, expect, it } from 'vitest';
import { suppress } from '../../../src/people/opt-out/opt-out.repository.ts';
import type { ChunkDeps } from '../../../src/sending/batch/fail-over.ts';
import { sendAnswers } from '../../../src/sending/answers/answer-owed.ts';
import { ShiftedClock } from '../../support/law-clock.ts';
import { anOperator } from '../../support/operator.ts';
import { aSendWorld } from '../../support/send-world.ts';
import { answeringDeps, oweCode } from './owing.ts';
import { untilSent } from '../../support/until-sent.ts';

const clock = new ShiftedClock();
const signal = new AbortController().signal;

const operator = await anOperator(clock);
const world = await aSendWorld(operator, clock);
const answering: ChunkDeps = answeringDeps(world);

const owe = (to: string, code: string) => oweCode(world, to, code);
const send = () => untilSent(() => sendAnswers(answering, { tenantId: world.tenantId, signal }));
const sentTo = async (phone: string) => (await operator.log()).filter(({ to }) => to === phone);
const endings = (phone: string) =>
  world.query(
    `SELECT m.state::text, m.reason FROM acknowledgement a JOIN message m ON m.batch_id = a.batch_id AND m.seq = a.seq
      WHERE a.phone_index = $1 ORDER BY m.seq`,
    [world.keys.phoneIndex(phone)],
  );

describe('a code for a number', () => {
  it('leaves on Sunday night as a confirmation', async () => {
    clock.startAt('2026-11-29T03:12:00+01:00');
    await owe('+33639980061', '482151');
    expect((await send()).kind).toBe('done');
    const [sent, ...more] = await sentTo('+33639980061');
    expect(more).toEqual([]);
    expect(sent?.text).toBe(
      "Maison Lumière : votre code 482151 pour confirmer votre numéro. Vous n'avez rien demandé ? Ignorez ce SMS.",
    );
    expect(sent?.reference).toMatch(/^ack_/);
    expect(
      await world.query(`SELECT DISTINCT purpose FROM batch WHERE kind = 'acknowledgements'`, []),
    ).toEqual([{ purpose: 'confirmation' }]);
  });

  it('is sent each time it is owed', async () => {
    await owe('+33639980062', '111111');
    await owe('+33639980062', '222222');
    await send();
    expect(await sentTo('+33639980062')).toHaveLength(2);
  });

  it('that missed its minute never leaves', async () => {
    clock.startAt('2026-11-29T03:20:00+01:00');
    await owe('+33639980063', '333333');
    clock.startAt('2026-11-29T03:21:01+01:00');
    expect((await send()).kind).toBe('done');
    expect(await sentTo('+33639980063')).toEqual([]);
    expect(await endings('+33639980063')).toEqual([{ state: 'expired', reason: 'EXPIRE_AT' }]);
  });

  it('reaches people who only stopped advertising', async () => {
    const leave = (phone: string, scope: 'marketing' | 'all') =>
      world.database.withTenant(world.tenantId, (tx) =>
        suppress(tx, { keys: world.keys, clock }, [{ phone, scope, source: 'sms', actor: 'person' }]),
      );
    await leave('+33639980064', 'marketing');
    await leave('+33639980065', 'all');
    await owe('+33639980064', '444444');
    await owe('+33639980065', '555555');
    await send();
    expect(await sentTo('+33639980064')).toHaveLength(1);
    expect(await sentTo('+33639980065')).toEqual([]);
    expect(await endings('+33639980065')).toEqual([{ state: 'excluded', reason: 'SUPPRESSED' }]);
  });

  it('stays unsent while its tenant is in shadow', async () => {
    await world.query('UPDATE tenant SET shadow = true');
    await owe('+33639980066', '666666');
    await send();
    await world.query('UPDATE tenant SET shadow = false');
    expect(await sentTo('+33639980066')).toEqual([]);
    expect(await endings('+33639980066')).toEqual([{ state: 'excluded', reason: 'SHADOW' }]);
  });

  it('keeps the accounts of its batch closed', async () => {
    const differing = await world.query(
      `SELECT t.state::text, sum(t.delta)::int AS told FROM tally t JOIN batch b ON b.id = t.batch_id
        WHERE b.purpose = 'confirmation' GROUP BY t.state HAVING sum(t.delta) <> 0`,
      [],
    );
    const counted = await world.query(
      `SELECT m.state::text, count(*)::int AS told FROM message m JOIN batch b ON b.id = m.batch_id
        WHERE b.purpose = 'confirmation' GROUP BY m.state ORDER BY m.state`,
      [],
    );
    expect(differing.toSorted(byState)).toEqual(counted.toSorted(byState));
  });
});

const byState = (one: Record<string, unknown>, other: Record<string, unknown>): number =>
  String(one['state']) < String(other['state']) ? -1 : 1;
