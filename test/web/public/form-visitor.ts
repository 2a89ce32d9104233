import { answerPlace } from '../../../src/sending/answers/answer-owed.ts';
import type { Served } from '../server/served.ts';

/** A page as somebody without JavaScript gets it. */
export interface Seen {
  readonly status: number;
  readonly html: string;
  readonly headers: Headers;
  readonly location: string | undefined;
}

/** Nobody reads faster: a ticket is too young before. */
const READING_MS = 2_100;

/** A visitor of the public pages: no key, no script, fields as the page names them. */
export class Visitor {
  readonly #served: Served;
  readonly #headers: Record<string, string>;

  constructor(served: Served, address = '203.0.113.7', headers: Record<string, string> = {}) {
    this.#served = served;
    this.#headers = { 'X-Forwarded-For': address, 'User-Agent': 'Mozilla/5.0 (a phone)', ...headers };
  }

  async get(path: string, headers: Record<string, string> = {}): Promise<Seen> {
    return seen(await this.#served.ask('GET', path, { headers: { ...this.#headers, ...headers } }));
  }

  async post(path: string, fields: string | Record<string, string>, headers: Record<string, string> = {}) {
    const raw = typeof fields === 'string' ? fields : new URLSearchParams(fields).toString();
    return seen(
      await this.#served.ask('POST', path, {
        raw,
        headers: {
          ...this.#headers,
          'Content-Type': 'application/x-www-form-urlencoded',
          ...headers,
        },
      }),
    );
  }

  /** The ticket of a page that was shown as long ago as reading takes: one page at a time. */
  async ticket(path: string): Promise<string> {
    const { clock } = this.#served;
    clock.machine = () => Date.now() - READING_MS;
    const { html } = await this.get(path).finally(() => Reflect.deleteProperty(clock, 'machine'));
    return hidden(html, 'ticket');
  }

  /** The tickets of so many pages, shown one after the other. */
  async tickets(paths: readonly string[]): Promise<string[]> {
    const taken: string[] = [];
    for (const path of paths) taken.push(await this.ticket(path));
    return taken;
  }

  /** Fills a form and sends it. */
  async fill(path: string, fields: Record<string, string>): Promise<Seen> {
    return this.post(path, { ticket: await this.ticket(path), act: 'accept', ...fields });
  }
}

/** The value of a hidden field. */
export const hidden = (html: string, name: string): string =>
  new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? '';

const seen = ({ status, text, headers }: { status: number; text: string; headers: Headers }): Seen => ({
  status,
  html: text,
  headers,
  location: headers.get('location') ?? undefined,
});

/** The texts owed to people, oldest first; what the workflow would send. */
export async function owedTexts(served: Served, tenantId: string): Promise<{ to: string; text: string }[]> {
  return served.database.withTenant(tenantId, async (tx) => {
    const keys = await served.api.vault.tenant(tx);
    const { sql } = await import('kysely');
    const rows = await tx.rows(
      sql<{ batch: string; seq: number; sealed: Buffer }>`
        SELECT batch_id AS batch, seq, sealed FROM acknowledgement WHERE kind = 'confirmation' ORDER BY batch_id, seq`,
    );
    return rows.map(
      ({ batch, seq, sealed }) =>
        JSON.parse(keys.open(answerPlace(batch, seq), sealed).toString('utf8')) as {
          to: string;
          text: string;
        },
    );
  });
}

/** Counts everything that a sending could leave behind. */
export async function leftBehind(served: Served): Promise<Record<string, number>> {
  const { Client } = await import('pg');
  const client = new Client({ connectionString: served.at.superUrl });
  await client.connect();
  try {
    const counts: Record<string, number> = {};
    for (const table of [
      'contact',
      'consent_event',
      'consent_proof',
      'form_answer',
      'form_code',
      'form_text',
      'acknowledgement',
      'message',
    ])
      counts[table] = Number(
        (await client.query<{ n: string }>(`SELECT count(*) AS n FROM ${table}`)).rows[0]?.n,
      );
    return counts;
  } finally {
    await client.end();
  }
}
