import { PassThrough } from 'node:stream';
import express from 'express';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { Refusal, type RefusalCode } from '../../../../src/platform/errors.ts';
import { answerErrors } from '../../../../src/web/server/answer.ts';

/** The level and code of what is logged when a call is answered so. */
async function logged(error: Error): Promise<unknown> {
  const lines = new PassThrough();
  const app = express()
    .get('/', () => {
      throw error;
    })
    .use(answerErrors(pino({ base: null, timestamp: false }, lines)));
  const server = app.listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const address = server.address();
  const port = address === null || typeof address === 'string' ? 0 : address.port;
  await (await fetch(`http://127.0.0.1:${port}/`)).text();
  server.close();
  const line: unknown = lines.read();
  const { level, code }: Record<string, unknown> = JSON.parse(String(line));
  return [level, code];
}

describe('an answer is logged', () => {
  it.each<[RefusalCode, number]>([
    ['NOT_READY', 30],
    ['SEALED', 30],
    ['DATABASE_UNAVAILABLE', 50],
  ])('of %s at level %i', async (code, level) => {
    expect(await logged(new Refusal(code))).toEqual([level, code]);
  });

  it('as our fault when unexpected', async () => {
    expect(await logged(new TypeError('x is not a function'))).toEqual([50, 'INTERNAL']);
  });
});
