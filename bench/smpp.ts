import { setTimeout as pause } from 'node:timers/promises';
import { heapFlags } from '../src/main/embedded/processes.ts';
import { SmppGateway } from '../src/gateways/smpp/smpp-gateway.ts';
import { aCall } from '../test/gateways/sandbox/support.ts';
import { Child } from './child.ts';
import { onGround, type Ground } from './ground.ts';
import { machine } from './machine.ts';
import { figure, keepResult } from './result.ts';
import { accountsIn, frozen, peopled } from './send-ground.ts';
import { smppAccount, type SmppOrder, type SmppReport } from './smpp-order.ts';
import '../src/main/wiring.ts';

const asked = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);

/** People of the campaign. */
const PEOPLE = asked('N', 60_000);
const SESSIONS = asked('SESSIONS', 4);
const WINDOW = asked('WINDOW', 500);
const LATENCY_MS = asked('LATENCY', 50);
/** Messages of the wire alone, without a ledger. */
const BARE = asked('BARE', 100_000);
const LAW_NOW = '2026-11-24T10:00:00+01:00';

interface Counted {
  readonly taken: number;
  readonly doubles: number;
  readonly mostOpen: number;
  readonly cpuMs: number;
}

async function withOperator<T>(work: (operator: Child, url: string) => Promise<T>): Promise<T> {
  const operator = new Child('smpp-operator.ts', { latencyMs: LATENCY_MS });
  const { url } = await operator.said<{ url: string }>();
  try {
    return await work(operator, url);
  } finally {
    await operator.end();
  }
}

/** Writes calls as long as there are seats; nothing is marked and nothing recorded. */
async function bare(operator: Child, url: string): Promise<number> {
  const gateway = new SmppGateway(smppAccount({ url, sessions: SESSIONS, window: WINDOW }));
  while (gateway.freeSlots() < SESSIONS * WINDOW) await pause(5);
  const signal = new AbortController().signal;
  const began = performance.now();
  let written = 0;
  const answers = { accepted: 0 };
  const isOver = (): boolean => answers.accepted === BARE;
  while (!isOver()) {
    for (const slot of gateway.reserve(Math.min(BARE - written, 500))) {
      const to = `+336${String(10_000_000 + written)}`;
      written += 1;
      const attempt = {
        slot,
        writeBefore: Infinity,
        signal,
        monotonic: () => performance.now(),
        machine: () => Date.now(),
      };
      void gateway.submit(aCall({ recipients: [{ to, reference: '' }] }), attempt).then(({ kind }) => {
        if (kind === 'ACCEPTED') answers.accepted += 1;
        else throw new Error(kind);
      });
    }
    await pause(1);
  }
  const ms = performance.now() - began;
  const counted = await operator.go<Counted>();
  await gateway.close();
  if (counted.taken !== BARE || counted.doubles !== 0) throw new Error(JSON.stringify(counted));
  return (BARE * 1_000) / ms;
}

async function withLedger(ground: Ground, operator: Child, url: string): Promise<object> {
  await peopled(ground, PEOPLE);
  const campaign = await frozen(ground);
  const { accountId, batches } = campaign;
  const { url: databaseUrl, tenantId, ringKey } = ground;
  const order: SmppOrder = {
    url: databaseUrl,
    tenantId,
    accountId,
    ringKey: ringKey.toString('base64'),
    batches,
    lawNow: LAW_NOW,
    smpp: { url, sessions: SESSIONS, window: WINDOW },
  };
  const worker = new Child('smpp-worker.ts', order, { flags: heapFlags('worker') });
  await worker.said();
  const before = await ground.serverMs();
  const { ms, cpuMs, rssMiB } = await worker.go<SmppReport>();
  const serverMs = (await ground.serverMs()) - before;
  const counted = await operator.go<Counted>();
  await worker.end();
  const { states, tallied } = await accountsIn(ground, campaign);
  const lost = PEOPLE - (states['accepted'] ?? 0) - (states['excluded'] ?? 0);
  if (lost !== 0 || counted.doubles !== 0 || !tallied)
    throw new Error(`the accounts do not close: ${JSON.stringify({ states, tallied, counted })}`);
  const each = (spent: number): number => Math.round((spent * 1_000) / counted.taken);
  return {
    messagesPerSecond: Math.round((counted.taken * 1_000) / ms),
    accepted: counted.taken,
    excludedAtTheLastLook: states['excluded'] ?? 0,
    mostOnTheWire: counted.mostOpen,
    workerMicroseconds: each(cpuMs),
    postgresMicroseconds: each(serverMs),
    operatorMicroseconds: each(counted.cpuMs),
    workerMiB: Math.round(rssMiB),
  };
}

/** How many messages a second leave over SMPP, on the wire alone and with everything kept: `npm run bench -- smpp`. */
export async function bench(): Promise<void> {
  process.stdout.write(`${machine('pg', 'smpp')}\n`);
  const wire = Math.round(await withOperator(bare));
  process.stdout.write(
    `the wire alone, ${SESSIONS} × ${WINDOW}, ${LATENCY_MS} ms: ${figure(wire)} a second\n`,
  );
  await onGround(async (ground) => {
    const kept = await withOperator((operator, url) => withLedger(ground, operator, url));
    process.stdout.write(
      `with the last look, the mark, each answer and the accounts in PostgreSQL: ${JSON.stringify(kept)}\n`,
    );
    const asWas = { people: PEOPLE, sessions: SESSIONS, window: WINDOW, latencyMs: LATENCY_MS };
    await keepResult('smpp', { ...asWas, wireMessagesPerSecond: wire, ...kept });
  });
}
