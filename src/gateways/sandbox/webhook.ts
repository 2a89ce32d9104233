import { Client } from 'undici';

/** Ours answers in well under a second; an operator would give up as well. */
const PATIENCE_MS = 15_000;

/** Calls our inbound webhook, as an operator would. */
export class Webhook {
  readonly #url: () => string;
  #client: { readonly origin: string; readonly client: Client } | undefined;

  /** The address is requested at each call: the port may be known late. */
  constructor(url: () => string) {
    this.#url = url;
  }

  /** Sends events; returns the status, or 0 when it could not be reached. */
  async tell(events: readonly object[]): Promise<number> {
    const { origin, pathname } = new URL(this.#url());
    try {
      const { statusCode, body } = await this.#to(origin).request({
        method: 'POST',
        path: pathname,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ events }),
      });
      await body.dump();
      return statusCode;
    } catch {
      return 0;
    }
  }

  /** Aborts calls under way. */
  async close(): Promise<void> {
    await this.#client?.client.destroy();
  }

  #to(origin: string): Client {
    if (this.#client?.origin !== origin) {
      void this.#client?.client.close();
      const options = { pipelining: 1, headersTimeout: PATIENCE_MS, bodyTimeout: PATIENCE_MS };
      this.#client = { origin, client: new Client(origin, options) };
    }
    return this.#client.client;
  }
}
