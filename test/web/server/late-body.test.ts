import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { served } from './served.ts';

const { admin, url } = await served();

/** What a sender reads that looks at the answer only once it has sent everything. */
function sentWhole(head: string, pieces: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    const piece = Buffer.alloc(1024 * 1024, 7);
    let left = pieces;
    socket.pause();
    socket.on('error', reject);
    const write = (): void => {
      while (left > 0) {
        left -= 1;
        if (!socket.write(piece)) return void socket.once('drain', write);
      }
      socket.once('data', (answer) => {
        socket.destroy();
        resolve(answer.toString());
      });
      socket.resume();
    };
    socket.write(head.replaceAll('\n', '\r\n'));
    write();
  });
}

describe('a sender that is refused while it sends', () => {
  it.each([
    ['a picture', `Authorization: Bearer ${admin}\n`, / 422 [^]*IMPORT_NOT_CSV/],
    ['without a key', '', / 401 [^]*UNAUTHENTICATED/],
  ])('(%s) is answered all the same', async (_, who, answer) => {
    const about = `POST /v1/imports HTTP/1.1\nHost: x\n${who}Content-Type: text/csv\nContent-Length: ${64 * 1024 * 1024}\n\n`;
    expect(await sentWhole(about, 64)).toMatch(answer);
  });
});
