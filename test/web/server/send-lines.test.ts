import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import express, { type Response } from 'express';
import { afterEach, describe, expect, it } from 'vitest';
import { sendLines } from '../../../src/web/server/route.ts';

const PAGE = `${'x'.repeat(65_535)}\n`;
/** More than every buffer on the way holds. */
const PAGES = 4_000;

let server: Server | undefined;
let reader: Socket | undefined;
afterEach(async () => {
  reader?.destroy();
  server?.close();
  if (server !== undefined) await once(server, 'close');
});

/** A file of many pages on its way, and how much of it was made so far. */
interface Way {
  made: number;
  ended: boolean;
  readonly reader: Socket;
  /** The most that ever listened for its end. */
  listeners: number;
}

async function onItsWay(): Promise<Way> {
  const way = { made: 0, ended: false, listeners: 0 };
  async function* pages(res: Response): AsyncGenerator<string> {
    try {
      for (; way.made < PAGES; way.made += 1) {
        way.listeners = Math.max(way.listeners, res.listenerCount('close'));
        yield PAGE;
      }
    } finally {
      way.ended = true;
    }
  }
  const app = express().get('/file', (_, res) => sendLines(res, pages(res)));
  const listening = createServer(app).listen(0, '127.0.0.1');
  server = listening;
  await once(listening, 'listening');
  const socket = connect((listening.address() as AddressInfo).port, '127.0.0.1');
  reader = socket;
  socket.on('error', () => undefined);
  socket.write('GET /file HTTP/1.1\r\nhost: x\r\n\r\n');
  return Object.assign(way, { reader: socket });
}

/** How much is made once nothing more comes of itself. */
async function settled(way: Way): Promise<number> {
  let before = 0;
  const isSame = (): boolean => {
    const same = way.made > 0 && way.made === before;
    before = way.made;
    return same;
  };
  await expect.poll(isSame, { interval: 300 }).toBe(true);
  return way.made;
}

describe('a file whose reader', () => {
  it('does not read fills only the buffers', async () => {
    const way = await onItsWay();
    way.reader.pause();
    expect(await settled(way)).toBeLessThan(PAGES / 4);
    way.reader.resume();
    await expect.poll(() => way.made).toBe(PAGES);
    expect(way.listeners).toBeLessThan(10);
  });

  it('leaves makes no more, and is released', async () => {
    const way = await onItsWay();
    way.reader.pause();
    await settled(way);
    way.reader.destroy();
    await expect.poll(() => way.ended).toBe(true);
    expect(way.made).toBeLessThan(PAGES);
  });
});
