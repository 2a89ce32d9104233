import type { AcceptedMessage } from '../../../src/sending/attempt/outcome.repository.ts';
import type { SendWorld } from '../../support/send-world.ts';

/** People whose messages are on the wire, with the operator's answers; none of them is recorded yet. */
export async function onTheWire(
  world: SendWorld,
  people: number,
): Promise<{ batchId: string; accepted: AcceptedMessage[] }> {
  const batchId = await world.shard(people);
  await world.query(
    `UPDATE message SET state = 'submitting', submission_id = contact_id WHERE batch_id = $1`,
    [batchId],
  );
  await world.query(
    `INSERT INTO tally SELECT tenant_id, id, x.state::message_state, NULL, x.delta FROM batch,
       (VALUES ('submitting', $2::int), ('ready', -$2::int)) x(state, delta) WHERE id = $1`,
    [batchId, people],
  );
  const rows = await world.query('SELECT seq, submission_id AS id FROM message WHERE batch_id = $1', [
    batchId,
  ]);
  const accepted = rows.map(({ seq, id }) => ({
    kind: 'accepted' as const,
    seq: Number(seq),
    submissionId: String(id),
    gatewayId: `g${String(id)}`,
    recipient: Buffer.alloc(0),
    firstByteAt: 1,
    answeredAt: 2,
  }));
  return { batchId, accepted };
}
