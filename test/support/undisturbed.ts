import { setTimeout as pause } from 'node:timers/promises';
import { aFlashSale, signedOnPaper } from './flash-sale.ts';
import type { Instance } from './instance.ts';

/** The secret with which the operator of the campaign tells us things. */
export const OPERATOR_SECRET = 'a-secret-of-an-operator-and-of-nobody';

/** One round: a campaign leaves, people say STOP, others read. */
export interface Round {
  readonly instance: Instance;
  /** Where the operator of the campaign tells what it took. */
  readonly operator: string;
  readonly phones: readonly string[];
  readonly stops: number;
  readonly stopEveryMs: number;
  readonly readEveryMs: number;
  /** Whose reads are timed: another tenant than the one that attacks. */
  readonly reader: string;
}

/** What was seen of it. */
export interface Seen {
  /** Messages that the operator took a second meanwhile. */
  readonly pace: number;
  readonly stops: readonly { readonly status: number; readonly ms: number }[];
  /** STOPs after whose answer the sender was not barred. */
  readonly withoutEffect: number;
  /** How long after its answer the last message reached somebody who had said STOP. */
  readonly lateMs: number;
  readonly reads: readonly Timed[];
}

/** What a request came to, how long it took, and when it was answered, by the clock of this machine. */
interface Timed {
  readonly status: number;
  readonly ms: number;
  readonly at: number;
}

type Taken = readonly [to: string, atMs: number, text: string];
const READS = ['/v1/tenant', '/v1/contacts?limit=50', '/v1/campaigns', '/v1/suppressions?limit=50'];
const UNDER_WAY = 100;

const asked = async <T>(url: string): Promise<T> => (await (await fetch(url)).json()) as T;

async function timed(url: string, init: RequestInit): Promise<Timed> {
  const began = performance.now();
  const status = await fetch(url, { ...init, signal: AbortSignal.timeout(30_000) }).then(
    async (answer) => {
      await answer.arrayBuffer();
      return answer.status;
    },
    () => 0,
  );
  return { status, ms: performance.now() - began, at: Date.now() };
}

const says = (phone: string): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({
    events: [{ kind: 'reply', id: `stop-${phone}`, from: phone, text: 'STOP', at: new Date().toISOString() }],
  }),
});

/** Reads of somebody who has nothing to do with any of it, until told to end. */
async function read({ instance, reader, readEveryMs }: Round, over: AbortSignal): Promise<Seen['reads']> {
  const reads: Promise<Timed>[] = [];
  const headers = { authorization: `Bearer ${reader}` };
  for (let turn = 0; !over.aborted; turn += 1) {
    reads.push(timed(`${instance.origin}${READS[turn % READS.length] ?? ''}`, { headers }));
    await pause(readEveryMs);
  }
  return Promise.all(reads);
}

/** People spread over the whole audience say STOP one after the other, each waiting for nobody. */
async function sayStop(round: Round): Promise<(Timed & { readonly phone: string })[]> {
  const { instance, phones, stops, stopEveryMs } = round;
  const { publicUrl, url } = await instance.run();
  const inbound = `${publicUrl ?? url}/v1/inbound/operator/${OPERATOR_SECRET}`;
  const told: Promise<Timed & { readonly phone: string }>[] = [];
  for (let turn = 0; turn < stops; turn += 1) {
    const phone = phones[Math.floor(((turn + 0.5) * phones.length) / stops)] ?? '';
    told.push(timed(inbound, says(phone)).then((answer) => ({ phone, ...answer })));
    await pause(stopEveryMs);
  }
  return Promise.all(told);
}

async function barred(instance: Instance): Promise<number> {
  let [count, after] = [0, ''];
  for (;;) {
    const { body } = await instance.call('GET', `/v1/suppressions?limit=500${after}`);
    count += (body['items'] as readonly unknown[]).length;
    if (typeof body['next'] !== 'string') return count;
    after = `&after=${body['next']}`;
  }
}

/** Makes the campaign of a round and launches it; resolves once it is well under way. */
export async function launched({ instance, operator, phones }: Round): Promise<string> {
  const campaignId = await aFlashSale(instance, signedOnPaper(phones));
  const before = await asked<number>(`${operator}/count`);
  await instance.call('POST', `/v1/campaigns/${campaignId}/launch`, {});
  while ((await asked<number>(`${operator}/count`)) < before + UNDER_WAY) await pause(50);
  return campaignId;
}

/** What STOPs, reads and the campaign come to while it leaves. */
export async function seenOf(round: Round): Promise<Seen> {
  const { instance, operator } = round;
  const [before, from, began] = [
    await barred(instance),
    await asked<number>(`${operator}/count`),
    performance.now(),
  ];
  const over = new AbortController();
  const reading = read(round, over.signal);
  const stops = await sayStop(round);
  const pace = ((await asked<number>(`${operator}/count`)) - from) / ((performance.now() - began) / 1_000);
  over.abort();
  const reads = await reading;
  const answered = new Map(stops.map(({ phone, at }) => [phone, at]));
  const late = (await asked<Taken[]>(`${operator}/taken`))
    .filter(([, , text]) => text.includes('-30 %'))
    .map(([to, at]) => at - (answered.get(to) ?? Number.POSITIVE_INFINITY));
  return {
    pace,
    stops,
    reads,
    withoutEffect: stops.length - ((await barred(instance)) - before),
    lateMs: Math.max(0, ...late),
  };
}
