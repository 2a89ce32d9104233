import { once } from 'node:events';
import pg from 'pg';
import { Agent } from 'undici';
import { SUBMISSION_PATH } from '../src/gateways/sandbox/routes.ts';
import { boss } from './peers/boss.ts';
import { bull } from './peers/bull.ts';
import { graphile } from './peers/graphile.ts';
import type { Peer, PeerOrder, Progress } from './peers/peer.ts';
import { plain } from './peers/plain.ts';

const PEERS: Readonly<Record<string, (order: PeerOrder) => Peer>> = {
  'graphile-worker': graphile,
  'pg-boss': boss,
  bullmq: bull,
  pg: plain,
};
const CONNECTIONS = 20;

/**
 * The same durable work for everybody: a row before the call, the call, a row after it.
 *
 * What is not marked as sent is sent, also when it is handed over a second time: that is all a handler can know.
 */
function handler({ databaseUrl, origin, inFlight }: PeerOrder) {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: CONNECTIONS });
  const agent = new Agent({ connections: inFlight, pipelining: 1 });
  const claim = {
    name: 'claim',
    text: `UPDATE outgoing SET state = 'claimed', claimed_at = clock_timestamp() WHERE id = $1 AND state <> 'sent' RETURNING phone, text`,
  };
  const settle = {
    name: 'settle',
    text: `UPDATE outgoing SET state = 'sent', provider_id = $2, sent_at = clock_timestamp() WHERE id = $1`,
  };
  return async (id: number): Promise<void> => {
    const { rows } = await pool.query<{ phone: string; text: string }>({ ...claim, values: [id] });
    const [row] = rows;
    if (row === undefined) return;
    const answer = await agent.request({
      origin,
      path: SUBMISSION_PATH,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        key: String(id),
        reference: String(id),
        to: row.phone,
        from: 'LUMIERE',
        text: row.text,
      }),
    });
    const taken = (await answer.body.json()) as { id: string };
    await pool.query({ ...settle, values: [id, taken.id] });
  };
}

/** One peer in a process of its own: begins at the first word of its parent, and answers each with how far it is. */
async function main(order: PeerOrder): Promise<void> {
  const peer = PEERS[order.peer]?.(order);
  if (peer === undefined) throw new Error(`there is no peer ${order.peer}`);
  if (order.queues) await peer.prepare();
  const handle = handler(order);
  process.send?.('ready');
  await once(process, 'message');
  const [began, used] = [performance.now(), process.cpuUsage()];
  let handled = 0;
  let lastAt = began;
  const tell = (): void => {
    const { user, system } = process.cpuUsage(used);
    process.send?.({ handled, ms: lastAt - began, cpuMs: (user + system) / 1_000 } satisfies Progress);
  };
  await peer.start(async (id) => {
    await handle(id);
    handled += 1;
    lastAt = performance.now();
  });
  process.on('message', tell);
  tell();
}

process.once('disconnect', () => process.exit(0));
await main(JSON.parse(process.env['ORDER'] ?? '{}') as PeerOrder);
