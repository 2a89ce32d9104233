import { setTimeout as pause } from 'node:timers/promises';
import { heapFlags } from '../src/main/embedded/processes.ts';
import { Child } from './child.ts';
import { onGround, type Ground } from './ground.ts';
import { machine } from './machine.ts';
import type { Told } from './receipts-operator.ts';
import type { HearingOrder, HearingReport } from './receipts-worker.ts';
import { figure, keepResult } from './result.ts';
import { accountsIn, frozen, peopled, type Frozen } from './send-ground.ts';
import '../src/main/wiring.ts';

const asked = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);

/** People of the campaign that receipts tell of: two receipts each, and one in twenty told twice. */
const PEOPLE = asked('N', 40_000);
/** Messages a second of another campaign, sent meanwhile. */
const MEANWHILE = asked('MEANWHILE', 500);
const SESSIONS = asked('SESSIONS', 4);
/** Receipts without an answer in one session. */
const WINDOW = asked('WINDOW', 250);
const LATENCY_MS = asked('LATENCY', 50);
const LAW_NOW = '2026-11-24T10:00:00+01:00';

/** A state that is final is left for no other: whoever tries ends the bench. */
const FORWARD_ONLY = `
  CREATE FUNCTION never_backward() RETURNS trigger LANGUAGE plpgsql AS
    $$BEGIN RAISE EXCEPTION 'a message went from % to %', OLD.state, NEW.state; END$$;
  CREATE TRIGGER forward_only BEFORE UPDATE ON message FOR EACH ROW
    WHEN (OLD.state IN ('delivered', 'undelivered', 'failed', 'excluded', 'expired') AND NEW.state IS DISTINCT FROM OLD.state
          OR OLD.state = 'accepted' AND NEW.state NOT IN ('accepted', 'delivered', 'undelivered'))
    EXECUTE FUNCTION never_backward();`;

/** Resolves once every receipt has found its message. */
async function matched({ own }: Ground, receipts: number): Promise<void> {
  for (;;) {
    const [row] = await own('SELECT count(*)::int AS n FROM receipt WHERE matched_at IS NOT NULL');
    if (Number(row?.['n']) === receipts) return;
    await pause(50);
  }
}

function orderOf(ground: Ground, first: Frozen, second: Frozen, url: string): HearingOrder {
  return {
    url: ground.url,
    tenantId: ground.tenantId,
    accountId: first.accountId,
    ringKey: ground.ringKey.toString('base64'),
    batches: first.batches,
    meanwhile: second.batches,
    meanwhilePerSecond: MEANWHILE,
    lawNow: LAW_NOW,
    smpp: { url, sessions: SESSIONS, window: 500 },
  };
}

async function measure(ground: Ground): Promise<object> {
  await peopled(ground, PEOPLE);
  const first = await frozen(ground);
  const second = await frozen(ground);
  await ground.own(FORWARD_ONLY);
  const operator = new Child('receipts-operator.ts', { latencyMs: LATENCY_MS, window: WINDOW });
  const { url } = await operator.said<{ url: string }>();
  const worker = new Child('receipts-worker.ts', orderOf(ground, first, second, url), {
    flags: heapFlags('worker'),
  });
  try {
    await worker.said();
    await worker.go();
    const { states: sent } = await accountsIn(ground, first);
    const before = await ground.serverMs();
    const hearing = worker.go<HearingReport>();
    await pause(500);
    const began = performance.now();
    const told = await operator.go<Told>();
    await matched(ground, told.receipts - told.repeated);
    const ms = performance.now() - began;
    const serverMs = (await ground.serverMs()) - before;
    void worker.go();
    const report = await hearing;
    await worker.end();
    const meanwhile = await expectClosed(ground, { first, second, told, sent });
    return figuresOf({ told, ms, report, serverMs, meanwhile });
  } finally {
    await Promise.all([worker.end(), operator.end()]);
  }
}

/** Every account closes; each message has the one end that its operator told. */
async function expectClosed(
  ground: Ground,
  about: {
    readonly first: Frozen;
    readonly second: Frozen;
    readonly told: Told;
    readonly sent: Readonly<Record<string, number>>;
  },
): Promise<number> {
  const { told, sent } = about;
  const first = await accountsIn(ground, about.first);
  const second = await accountsIn(ground, about.second);
  const inBoth = (state: string): number => (first.states[state] ?? 0) + (second.states[state] ?? 0);
  const isRight =
    inBoth('undelivered') === told.undelivered &&
    inBoth('delivered') === told.messages - told.undelivered &&
    first.states['accepted'] === undefined &&
    first.states['excluded'] === sent['excluded'];
  const isOpen = inBoth('submitting') + inBoth('uncertain') + told.refused > 0;
  if (!isRight || isOpen || !first.tallied || !second.tallied)
    throw new Error(`the accounts do not close: ${JSON.stringify({ told, sent, first, second })}`);
  return inBoth('accepted') + told.messages - (sent['accepted'] ?? 0);
}

function figuresOf({
  told,
  ms,
  report,
  serverMs,
  meanwhile,
}: {
  readonly told: Told;
  readonly ms: number;
  readonly report: HearingReport;
  readonly serverMs: number;
  readonly meanwhile: number;
}) {
  const each = (spent: number): number => Math.round((spent * 1_000) / told.receipts);
  return {
    people: PEOPLE,
    receipts: told.receipts,
    repeated: told.repeated,
    receiptsPerSecond: Math.round((told.receipts * 1_000) / ms),
    answeredPerSecond: Math.round((told.receipts * 1_000) / told.ms),
    answerP99Ms: Math.round(told.answerP99Ms),
    sentMeanwhilePerSecond: Math.round((meanwhile * 1_000) / report.ms),
    workerMicroseconds: each(report.cpuMs),
    postgresMicroseconds: each(serverMs),
    workerMiB: Math.round(report.rssMiB),
  };
}

/** How many receipts a second find their message while another campaign is sent: `npm run bench -- receipts`. */
export async function bench(): Promise<void> {
  process.stdout.write(`${machine('pg', 'smpp')}\n`);
  await onGround(async (ground) => {
    const figures = (await measure(ground)) as Readonly<Record<string, number>>;
    process.stdout.write(
      `${figure(figures['receipts'] ?? 0)} receipts, ${figure(figures['receiptsPerSecond'] ?? 0)} a second to their messages: ${JSON.stringify(figures)}\n`,
    );
    await keepResult('receipts', figures, ['pg', 'smpp']);
  });
}
