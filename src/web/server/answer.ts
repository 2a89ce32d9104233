import type { OutgoingHttpHeaders } from 'node:http';
import { once } from 'node:events';
import type { Response } from 'express';

/** An answer whose status or headers differ from the route's. */
export class Answer<T = unknown> {
  readonly status: number;
  readonly body: T;
  readonly headers: OutgoingHttpHeaders;

  constructor(status: number, body: T, headers: OutgoingHttpHeaders = {}) {
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** Writes texts as fast as the reader takes them; a disconnection ends it. */
export async function sendLines(res: Response, lines: AsyncIterable<string>): Promise<void> {
  for await (const text of lines) {
    if (res.destroyed) return;
    if (!res.write(text)) await taken(res);
  }
  res.end();
}

/** Resolves once the reader took the waiting data, or disconnected; its listeners are removed then, however often it is called. */
async function taken(res: Response): Promise<void> {
  const over = new AbortController();
  const { signal } = over;
  await Promise.race([once(res, 'drain', { signal }), once(res, 'close', { signal })]);
  over.abort();
}
