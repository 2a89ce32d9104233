import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { CannotTell, Interrupted } from './refusal.ts';

/** A JSON object as it was answered. */
export type Body = Readonly<Record<string, unknown>>;

/** How to ask something of the running system. */
interface Asking {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The running system, over HTTP. */
export interface System {
  readonly url: string;
  /** The JSON of a 2xx answer; anything else is a sentence. */
  ask<T = Body>(method: string, where: string, asking?: Asking): Promise<T>;
}

const NOT_RUNNING = (folder: string): string =>
  `Bonheure does not run: there is no run.json in ${folder}. Start it in another terminal with "npm start", ` +
  'wait for "Bonheure is ready", then run the demo again (with the same BONHEURE_DATA, when you set one).';

/** Finds the instance of this folder and its admin key. */
export async function findSystem(
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<{ readonly system: System; readonly withoutSignal: System }> {
  const folder = path.resolve(env['BONHEURE_DATA'] ?? '.bonheure');
  const url = await addressIn(folder);
  const key = await keyOf(env, folder);
  return {
    system: talking({ url, key, signal }),
    withoutSignal: talking({ url, key, signal: new AbortController().signal }),
  };
}

async function addressIn(folder: string): Promise<string> {
  const text = await readFile(path.join(folder, 'run.json'), 'utf8').catch(() => undefined);
  if (text === undefined) throw new CannotTell(NOT_RUNNING(folder));
  const { url } = JSON.parse(text) as { readonly url: string };
  const ready = await fetch(`${url}/readyz`).catch(() => undefined);
  if (ready === undefined)
    throw new CannotTell(NOT_RUNNING(folder).replace('there is no', 'nothing answers at the address of the'));
  if (!ready.ok)
    throw new CannotTell(
      'Bonheure is still starting, or a part of it is down. Wait for "Bonheure is ready", then run the demo again.',
    );
  return url;
}

async function keyOf(env: NodeJS.ProcessEnv, folder: string): Promise<string> {
  const file = path.join(folder, 'keys', 'admin-key');
  const kept = await readFile(file, 'utf8').catch(() => undefined);
  const key = env['BONHEURE_ADMIN_KEY'] ?? kept?.trim();
  if (key === undefined)
    throw new CannotTell(
      `No admin key was found: set BONHEURE_ADMIN_KEY as for "npm start", or keep ${file}.`,
    );
  return key;
}

function talking({ url, key, signal }: { url: string; key: string; signal: AbortSignal }): System {
  return {
    url,
    ask: async <T>(method: string, where: string, { body, headers = {} }: Asking = {}) => {
      const asIs = typeof body === 'string';
      const answer = await reached(`${url}${where}`, {
        method,
        signal,
        headers: {
          'accept-language': 'en',
          ...(where.startsWith('/sandbox') ? {} : { authorization: `Bearer ${key}` }),
          ...(body === undefined || asIs ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: asIs ? body : JSON.stringify(body) }),
      });
      const text = await answer.text();
      const read: unknown = text === '' ? {} : JSON.parse(text);
      if (!answer.ok) throw refused(`${method} ${where}`, answer.status, read);
      // The contract of the API says what it answers; a demo trusts it.
      return read as T;
    },
  };
}

async function reached(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (cause) {
    if (init.signal?.aborted === true) throw new Interrupted();
    throw new CannotTell(
      'Bonheure stopped answering. See its terminal; once it is ready again, run the demo again.',
      {
        cause,
      },
    );
  }
}

function refused(request: string, status: number, read: unknown): CannotTell {
  const { title, detail, code } = read as { title?: string; detail?: string; code?: string };
  if (status === 401)
    return new CannotTell(
      'The admin key is not known to this instance: set BONHEURE_ADMIN_KEY as for "npm start".',
    );
  return new CannotTell(
    `${request} answered ${status} ${code ?? ''}: ${detail ?? title ?? 'no reason given'}`,
  );
}
