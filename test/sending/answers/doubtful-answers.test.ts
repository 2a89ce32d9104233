import { describe, expect, it } from 'vitest';
import { readAnswers } from '../../../src/sending/answers/acknowledgement.repository.ts';
import { sendAnswers } from '../../../src/sending/answers/answer-owed.ts';
import type { ChunkDeps } from '../../../src/sending/batch/fail-over.ts';
import { aScriptedWorld } from '../pace/scripted-world.ts';
import { answeringDeps, oweCode } from './owing.ts';
import { untilSent } from '../../support/until-sent.ts';

const OLD = 2_001;
const signal = new AbortController().signal;
let batchId: string;

const s = await aScriptedWorld({ freeSlots: 10 });
await s.calm();
const answering: ChunkDeps = answeringDeps(s.world);

/** Copies the first answer of the batch to the places after it. */
const copies = (state: string) =>
  s.world.query(
    `WITH free AS (SELECT max(seq) AS last FROM acknowledgement WHERE batch_id = $1),
     copied AS (
       INSERT INTO acknowledgement (batch_id, seq, tenant_id, inbound_id, kind, phone_index, on_day, sealed, leave_before)
       SELECT a.batch_id, free.last + n, a.tenant_id, gen_random_uuid(), a.kind, sha256((free.last + n)::text::bytea), a.on_day, a.sealed, a.leave_before
         FROM acknowledgement a, free, generate_series(1, $2::int) n WHERE a.batch_id = $1 AND a.seq = 0
       RETURNING batch_id, seq, tenant_id),
     grown AS (UPDATE batch SET size = size + $2::int WHERE id = $1)
     INSERT INTO message (batch_id, seq, tenant_id, state, reason, submission_id, parts, encoding, digest)
     SELECT c.batch_id, c.seq, c.tenant_id, $3::message_state, d.reason, d.submission_id, d.parts, d.encoding, d.digest
       FROM copied c LEFT JOIN LATERAL (
         SELECT 'TIMEOUT' AS reason, m.submission_id, m.parts, m.encoding, m.digest FROM message m
          WHERE m.batch_id = $1 AND m.seq = 0 AND $3 = 'uncertain') d ON true`,
    [batchId, OLD, state],
  );
const readSeqs = async (): Promise<number[]> =>
  (await s.world.database.withTenant(s.world.tenantId, (tx) => readAnswers(tx, batchId))).map(
    ({ seq }) => seq,
  );

describe('answers behind two thousand in doubt', () => {
  it('leave at once at an operator without look-up', async () => {
    await oweCode(s.world, '+33639980071');
    await untilSent(() => sendAnswers(answering, { tenantId: s.world.tenantId, signal }));
    const [row] = await s.world.query(`SELECT id::text FROM batch WHERE kind = 'acknowledgements'`);
    batchId = String(row?.['id']);
    await copies('uncertain');
    await oweCode(s.world, '+33639980072');
    await untilSent(() => sendAnswers(answering, { tenantId: s.world.tenantId, signal }));
    expect(s.gateway.calls.map(({ call }) => call.recipients[0]?.to)).toEqual([
      '+33639980071',
      '+33639980072',
    ]);
  });

  it('leave those to be cleared up readable', async () => {
    await copies('ready');
    const read = await readSeqs();
    expect(read).toContain(1);
    expect(read).toContain(OLD + 2);
    expect(read.length).toBe(4_000);
  });
});
