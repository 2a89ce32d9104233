import type { OutgoingHttpHeaders } from 'node:http';

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
