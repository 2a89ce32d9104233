import type { Request } from 'express';
import type { Visit } from './visit.ts';

/** One address of the console, for somebody who signed in. */
export interface ConsoleRoute {
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly work: (visit: Visit) => Promise<void>;
  /** The page that bears a form, for whoever wants it in the other language; the same address when absent. */
  readonly from?: string;
  /** The field of its form that a field of the API is made from, by its JSON pointer, where their names differ. */
  readonly fieldOf?: (pointer: string, typed: Readonly<Record<string, string>>) => string | undefined;
  /** Reads its body itself: a file is not held in memory. */
  readonly streams?: true;
}

/** Where the page that answers can be asked for again: an act is not repeated by reading it in another language. */
export function addressOf(req: Request, { from }: Pick<ConsoleRoute, 'from'> = {}): string {
  const isAsked = req.method === 'GET' || req.method === 'HEAD';
  if (isAsked) return req.originalUrl;
  const [path = ''] = req.originalUrl.split('?');
  if (from === undefined) return path;
  return `/console${from.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(req.params[name] ?? '')))}`;
}
