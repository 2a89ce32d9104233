import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { LogLine } from './crash-count.ts';

/**
 * An operator in a process of its own: answers each call after a while, and counts.
 *
 * Bare sockets: an HTTP server would take half of what is measured beside it.
 */
const order = JSON.parse(process.env['ORDER'] ?? '{}') as {
  latencyMs: number;
  /** Beyond so many a second it answers 429; it never says the number. */
  hiddenLimit?: number;
  /** It keeps its log, for look-ups and for whoever counts afterwards. */
  logs?: boolean;
};
const JITTER = 0.2;
const SECOND_MS = 1_000;

const arrivals: number[] = [];
const taken = new Map<string, number>();
const refusals: number[] = [];
const log: (LogLine & { readonly key: string; readonly to: string; readonly id: string })[] = [];
/** Where the last second begins among the arrivals that were taken. */
let oldest = 0;
let used = process.cpuUsage();

const answerOf = (status: string, body: object): string => {
  const text = JSON.stringify(body);
  return `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`;
};
const TOO_FAST = answerOf('429 Too Many Requests', { code: 'TOO_FAST' });

/** The answer to one request to send; null where the second is full. */
function take(body: string): string {
  const now = performance.now();
  while (oldest < arrivals.length && (arrivals[oldest] ?? 0) <= now - SECOND_MS) oldest += 1;
  if (order.hiddenLimit !== undefined && arrivals.length - oldest >= order.hiddenLimit) {
    refusals.push(now);
    return TOO_FAST;
  }
  arrivals.push(now);
  const { reference, key, to } = JSON.parse(body) as { reference: string; key: string; to: string };
  const id = `o-${arrivals.length}`;
  taken.set(reference, (taken.get(reference) ?? 0) + 1);
  if (order.logs === true) log.push({ reference, key, to, id, at: Date.now() });
  return answerOf('200 OK', { id, parts: 1 });
}

/** What it took under the key that is asked for, as the sandbox answers it. */
function lookUp(target: string): object {
  const key = new URL(target, 'http://operator').searchParams.get('key');
  return log
    .filter((line) => line.key === key)
    .map(({ id, reference, to }) => ({ id, reference, to, parts: 1, state: 'accepted' }));
}

/** Messages in the busiest sliding second. */
function busiest(): number {
  let [most, from] = [0, 0];
  arrivals.forEach((at, n) => {
    while ((arrivals[from] ?? 0) <= at - SECOND_MS) from += 1;
    most = Math.max(most, n - from + 1);
  });
  return most;
}

function figures(): object {
  const { user, system } = process.cpuUsage(used);
  const doubles = [...taken.values()].filter((times) => times > 1).length;
  return {
    taken: arrivals.length,
    distinct: taken.size,
    doubles,
    throttled: refusals.length,
    busiestSecond: busiest(),
    firstAt: arrivals[0] ?? 0,
    lastAt: arrivals.at(-1) ?? 0,
    /** Taken, and refused, in each second since the first was taken. */
    seconds: perSecond(arrivals),
    refusedSeconds: perSecond(refusals),
    cpuMs: (user + system) / 1_000,
  };
}

function perSecond(moments: readonly number[]): number[] {
  const seconds: number[] = [];
  for (const at of moments) {
    const second = Math.floor((at - (arrivals[0] ?? 0)) / SECOND_MS);
    seconds[second] = (seconds[second] ?? 0) + 1;
  }
  return Array.from(seconds, (count) => count ?? 0);
}

function forget(): object {
  arrivals.length = 0;
  refusals.length = 0;
  taken.clear();
  oldest = 0;
  used = process.cpuUsage();
  return {};
}

function answer(socket: Socket, head: string, body: string): void {
  if (head.startsWith('GET /figures')) socket.write(answerOf('200 OK', figures()));
  else if (head.startsWith('GET /forget')) socket.write(answerOf('200 OK', forget()));
  else if (head.startsWith('GET /taken')) socket.write(answerOf('200 OK', { taken: arrivals.length }));
  else if (head.startsWith('GET /log')) socket.write(answerOf('200 OK', log));
  else if (head.startsWith('GET /sandbox/messages'))
    socket.write(answerOf('200 OK', lookUp(head.split(' ', 2)[1] ?? '')));
  else if (!head.startsWith('POST')) socket.write(answerOf('200 OK', {}));
  else {
    const text = take(body);
    const around = order.latencyMs * (1 + JITTER * (2 * ((arrivals.length * 0.618_034) % 1) - 1));
    setTimeout(() => socket.write(text), Math.round(around));
  }
}

const server = createServer((socket) => {
  let waiting = '';
  socket.setNoDelay(true);
  socket.setEncoding('latin1');
  socket.on('error', () => undefined);
  socket.on('data', (piece: string) => {
    waiting += piece;
    for (;;) {
      const end = waiting.indexOf('\r\n\r\n');
      if (end < 0) return;
      const head = waiting.slice(0, end);
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (waiting.length < end + 4 + length) return;
      const body = waiting.slice(end + 4, end + 4 + length);
      waiting = waiting.slice(end + 4 + length);
      answer(socket, head, body);
    }
  });
});
server.listen(0, '127.0.0.1', 4_096, () => {
  const { port } = server.address() as AddressInfo;
  process.send?.({ origin: `http://127.0.0.1:${port}` });
});
process.once('disconnect', () => process.exit(0));
