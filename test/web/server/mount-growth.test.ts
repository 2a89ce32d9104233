import { describe, expect, it } from 'vitest';
import { PIECES } from '../../pure/patterns/growth.ts';
import { charactersOf } from '../../pure/patterns/work.ts';
import { cases } from '../../support/cases.ts';
import { publicServed } from './public-served.ts';
import { served } from './served.ts';

const at = await publicServed();
const forms = await served();

const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';
const bearer = { authorization: `Bearer ${at.admin}` };

interface Mount {
  readonly name: string;
  /** Characters of the longer text: less than is refused for its length. */
  readonly length: number;
  /** Asks with a text, as somebody would who means no good. */
  readonly ask: (text: string) => Promise<Response>;
}

const posting =
  (url: string, type: string, headers: Readonly<Record<string, string>> = {}) =>
  (body: string): Promise<Response> =>
    fetch(url, {
      method: 'POST',
      body,
      headers: { 'content-type': type, origin: new URL(url).origin, ...headers },
      redirect: 'manual',
    });

/** What a header may hold. */
const asHeader = (text: string): string => text.replaceAll(/[^ -~]/g, '~').trim();
const asking = (url: string, headers: (text: string) => Record<string, string>) => (text: string) =>
  fetch(url, { headers: headers(asHeader(text)), redirect: 'manual' });

const reply = (text: string): string =>
  JSON.stringify({
    events: [{ kind: 'reply', id: text.slice(-20), from: '+33639980001', text, at: '2026-11-28T10:00:00Z' }],
  });

const MOUNTS: readonly Mount[] = [
  { name: 'a press of an opt-out link', length: 900, ask: posting(`${at.origin}/u/zzz`, FORM) },
  { name: 'a form', length: 8_000, ask: posting(`${forms.url}/f/zzz`, FORM) },
  { name: 'a callback', length: 8_000, ask: posting(at.inboundUrl, JSON_TYPE) },
  { name: 'a callback as a form', length: 8_000, ask: posting(at.inboundUrl, FORM) },
  {
    name: 'a reply of somebody',
    length: 8_000,
    ask: (text) => posting(at.inboundUrl, JSON_TYPE)(reply(text)),
  },
  { name: 'a sign-in', length: 8_000, ask: posting(`${at.origin}/console/session`, FORM) },
  { name: 'a sign-in at the codec', length: 3_000, ask: posting(`${at.origin}/codec`, FORM) },
  { name: 'payloads', length: 8_000, ask: posting(`${at.origin}/codec/decode`, JSON_TYPE, bearer) },
  { name: 'a body of the API', length: 8_000, ask: posting(`${at.origin}/v1/contacts`, JSON_TYPE, bearer) },
  {
    name: 'a number',
    length: 8_000,
    ask: (phone) => posting(`${at.origin}/v1/contacts`, JSON_TYPE, bearer)(JSON.stringify({ phone })),
  },
  { name: 'a file', length: 8_000, ask: posting(`${at.origin}/v1/imports?dryRun=true`, 'text/csv', bearer) },
  {
    name: 'a query',
    length: 3_000,
    ask: (text) => fetch(`${at.origin}/v1/contacts?phone=${encodeURIComponent(text)}`, { headers: bearer }),
  },
  {
    name: 'a path',
    length: 3_000,
    ask: (text) => fetch(`${at.origin}/u/${encodeURIComponent(text)}`, { redirect: 'manual' }),
  },
  { name: 'cookies', length: 6_000, ask: asking(`${at.origin}/console`, (text) => ({ cookie: text })) },
  {
    name: 'languages',
    length: 6_000,
    ask: asking(`${at.origin}/console`, (text) => ({ 'accept-language': text })),
  },
  {
    name: 'addresses of a proxy',
    length: 6_000,
    ask: asking(`${at.origin}/healthz`, (text) => ({ 'x-forwarded-for': text, forwarded: text })),
  },
];

/** One in so many hostile pieces. */
const EACH = cases(13, 1);
const pieces = PIECES.filter((_, turn) => turn % EACH === 0);

/** Linear work doubles, quadratic work is four times as much. */
const MOST = 2.5;
let texts = 0;
const textOf = (piece: string, length: number): string =>
  `${piece.repeat(Math.ceil(length / piece.length)).slice(0, length - 8)}${String((texts += 1)).padStart(8, '!')}`;

describe('the work of a request whose text is twice as long', () => {
  it.each(MOUNTS)('is twice as much at most: $name', async ({ ask, length }) => {
    const all = (long: number) => async (): Promise<void> => {
      for (const piece of pieces) {
        const answer = await ask(textOf(piece, long));
        expect(answer.status).toBeLessThan(500);
        await answer.arrayBuffer();
      }
    };
    await all(length / 2)();
    const half = await charactersOf(all(length / 2));
    const whole = await charactersOf(all(length));
    expect(half).toBeGreaterThan(0);
    expect(whole / half).toBeLessThan(MOST);
  });
});
