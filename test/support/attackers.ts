import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { constants, setPriority } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { attackTable, type AttackGround } from './attack-table.ts';

/** How hard to attack. */
export interface HowHard {
  readonly slow: number;
  readonly junkMiB: number;
  readonly files: number;
  readonly exports: number;
  readonly bombs: number;
}

/** Whom to attack, and how hard. */
export type AttackOrder = HowHard & AttackGround;

/** How often each attack was answered, by status; 0 where no answer came. */
export type Repelled = Readonly<Record<string, Readonly<Record<number, number>>>>;

/** What attacks came to: how they were answered, and whether each was refused each time. */
export interface Outcome {
  readonly repelled: Repelled;
  readonly refused: Readonly<Record<string, boolean>>;
  /** When each attack of the table was under way, in milliseconds of the clock of this machine. */
  readonly spans: readonly Span[];
}

/** When an attack was under way. */
export interface Span {
  readonly name: string;
  readonly fromMs: number;
  readonly toMs: number;
}

const SESSION_PRIORITY = '/proc/self/autogroup';
const BODY = 16_384;
const EACH_MS = 250;
const LIFE_MS = 3_000;
const MIB = 1_048_576;
const FORM = 'application/x-www-form-urlencoded';

/** Texts on which a careless pattern takes quadratic time or worse. */
const HOSTILE = ['List-Unsubscribe', '"List-Unsubscribe"', '', 'phone=', '{"events":[{"text":"'].flatMap(
  (head) =>
    [' ', '\r\n', '(', "'", '[', '{', '=', '0', '+', ' |', 'é('].map((piece) =>
      (head + piece.repeat(BODY)).slice(0, BODY - 64),
    ),
);
const MOUNTS = [
  '/u/zzz',
  '/s/zzz',
  '/f/zzz',
  '/v1/inbound/sandbox/wrong',
  '/console/session',
  '/codec/decode',
  '/codec',
  '/v1/contacts',
];

const order = JSON.parse(process.env['ORDER'] ?? '{}') as AttackOrder;
const counted: Record<string, Record<number, number>> = {};
const refused: Record<string, boolean> = {};
const spans: Span[] = [];
const over = new AbortController();

function count(attack: string, status: number): void {
  const statuses = (counted[attack] ??= {});
  statuses[status] = (statuses[status] ?? 0) + 1;
}

async function send(attack: string, url: string, init: RequestInit): Promise<void> {
  try {
    const answer = await fetch(url, { ...init, signal: over.signal, redirect: 'manual' });
    await answer.arrayBuffer();
    count(attack, answer.status);
  } catch {
    count(attack, 0);
  }
}

/** Again and again until it is over, whatever comes of it. */
async function keepOn(attack: () => Promise<unknown>): Promise<void> {
  while (!over.signal.aborted) {
    await attack();
    await pause(EACH_MS, undefined, { signal: over.signal }).catch(() => undefined);
  }
}

const post = (body: string | Uint8Array<ArrayBuffer>, type = FORM): RequestInit => ({
  method: 'POST',
  body,
  headers: { 'content-type': type },
});

/** Each hostile text in turn, at every public mount of every process. */
function hostileTexts(): Promise<void> {
  let turn = 0;
  return keepOn(() => {
    const body = HOSTILE[(turn += 1) % HOSTILE.length] ?? '';
    const urls = order.origins.flatMap((origin) => MOUNTS.map((mount) => `${origin}${mount}`));
    return Promise.all(urls.map((url) => send('hostile texts', url, post(body))));
  });
}

/** One connection that sends a byte now and then, and comes back when it is cut. */
async function slow(
  attack: string,
  { url, head }: { readonly url: URL; readonly head: string },
): Promise<void> {
  while (!over.signal.aborted) {
    const socket = connect(Number(url.port), url.hostname);
    const beat = setInterval(() => socket.write('x'), LIFE_MS);
    over.signal.addEventListener('abort', () => socket.destroy(), { once: true });
    const heard: string[] = [];
    socket.on('data', (piece: Buffer) => heard.push(piece.toString('latin1')));
    socket.on('error', () => undefined);
    socket.once('connect', () => socket.write(head));
    await new Promise((closed) => socket.once('close', closed));
    clearInterval(beat);
    count(attack, Number(/^HTTP\/1\.1 (\d{3})/.exec(heard.join(''))?.[1] ?? 0));
    await pause(EACH_MS, undefined, { signal: over.signal }).catch(() => undefined);
  }
}

const beginning = (path: string, headers: readonly string[] = []): string =>
  [`POST ${path} HTTP/1.1`, 'Host: localhost', ...headers, 'Content-Length: 16000', '', 'key='].join('\r\n');

function slowConnections(): Promise<unknown> {
  return Promise.all(
    Array.from({ length: order.slow }, (_, n) => {
      const mount = MOUNTS[n % MOUNTS.length] ?? '';
      const origin = order.origins[n % order.origins.length] ?? '';
      return slow('slow connections', {
        url: new URL(origin),
        head: beginning(mount, [`Content-Type: ${FORM}`]),
      });
    }),
  );
}

/** Bytes that are no request, and bodies of requests that are none. */
async function junk(): Promise<void> {
  const piece = randomBytes(MIB);
  for (let n = 0; n < order.junkMiB && !over.signal.aborted; n += 1) {
    const origin = order.origins[n % order.origins.length] ?? '';
    if (n % 2 === 0) await send('junk', `${origin}${MOUNTS[(n / 2) % MOUNTS.length] ?? ''}`, post(piece));
    else await spill(new URL(origin), piece);
    await pause(EACH_MS / 10);
  }
}

async function spill(url: URL, piece: Buffer): Promise<void> {
  const socket = connect(Number(url.port), url.hostname);
  socket.on('error', () => undefined).on('data', () => undefined);
  socket.end(piece);
  await new Promise((closed) => socket.once('close', closed));
  count('junk', 0);
}

/** Files that come a byte at a time, and exports that nobody reads, all of one tenant. */
function oneTenant(): Promise<unknown> {
  const [origin = ''] = order.origins;
  const url = new URL(origin);
  const authorization = `Authorization: Bearer ${order.key}`;
  const file = beginning('/v1/imports?kind=contacts', [authorization, 'Content-Type: text/csv']);
  const readOut = [
    `GET /v1/contacts/export HTTP/1.1`,
    'Host: localhost',
    authorization,
    'X-Reason: mine',
    '',
    '',
  ];
  return Promise.all([
    ...Array.from({ length: order.files }, () => slow('files of one tenant', { url, head: file })),
    ...Array.from({ length: order.exports }, () =>
      slow('exports of one tenant', { url, head: readOut.join('\r\n') }),
    ),
  ]);
}

/** Four megabytes of JSON within JSON for the codec, each from somebody who has no key. */
function bombs(): Promise<void> {
  const half = '['.repeat(2 * MIB - 64);
  const bomb = half + half.replaceAll('[', ']');
  return keepOn(async () => {
    const each = Array.from({ length: order.bombs }, (_, n) =>
      send(
        'codec',
        `${order.origins[n % order.origins.length] ?? ''}/codec/decode`,
        post(bomb, 'application/json'),
      ),
    );
    await Promise.all(each);
    await pause(LIFE_MS, undefined, { signal: over.signal }).catch(() => undefined);
  });
}

function wrongSignIns(): Promise<void> {
  const [origin = ''] = order.origins;
  return keepOn(() =>
    Promise.all([
      ...Array.from({ length: 5 }, (_, n) =>
        send('wrong sign-ins', `${origin}/console/session`, {
          ...post(`key=guess-${n}-${randomBytes(16).toString('hex')}`),
          headers: { 'content-type': FORM, origin, 'sec-fetch-site': 'same-origin' },
        }),
      ),
      ...Array.from({ length: 5 }, () =>
        send('wrong sign-ins', `${origin}/v1/tenant`, {
          headers: { authorization: `Bearer ${randomBytes(24).toString('hex')}` },
        }),
      ),
    ]),
  );
}

/** Each attack of the table once, then again for as long as there is time. */
async function fromTheTable(): Promise<void> {
  do
    for (const attack of attackTable) {
      if (over.signal.aborted && attack.name in refused) return;
      const fromMs = Date.now();
      const heard = await attack.send(order);
      spans.push({ name: attack.name, fromMs, toMs: Date.now() });
      for (const { status } of heard) count(attack.name, status);
      refused[attack.name] = (refused[attack.name] ?? true) && attack.isRefused(heard, order);
    }
  while (!over.signal.aborted);
}

/**
 * Strangers have processors of their own: what theirs costs here is not to be taken for what they cost us. Where Linux
 * schedules a session as one, a priority counts within the session alone, and the session has one of its own.
 */
function comeLast(): void {
  setPriority(constants.priority.PRIORITY_LOW);
  if (existsSync(SESSION_PRIORITY)) writeFileSync(SESSION_PRIORITY, String(constants.priority.PRIORITY_LOW));
}

/** What a tenant does with its own key is answered; what others send opens nothing, and is never our fault. */
const OF_A_KEY = new Set(['files of one tenant', 'exports of one tenant']);

function outcome(): Outcome {
  for (const [attack, statuses] of Object.entries(counted)) {
    const opens = (status: number): boolean => !OF_A_KEY.has(attack) && status >= 200 && status < 400;
    refused[attack] ??= !Object.keys(statuses)
      .map(Number)
      .some((status) => status === 500 || opens(status));
  }
  return { repelled: counted, refused, spans };
}

comeLast();
process.once('disconnect', () => process.exit(0));
process.once('message', () => {
  const attacks = [
    hostileTexts(),
    slowConnections(),
    junk(),
    oneTenant(),
    bombs(),
    wrongSignIns(),
    fromTheTable(),
  ];
  process.once('message', () => {
    over.abort();
    void Promise.all(attacks).then(() => process.send?.(outcome()));
  });
  process.send?.('begun');
});
process.send?.('ready');
