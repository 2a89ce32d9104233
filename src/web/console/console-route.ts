import type { Request } from 'express';
import type { Visit } from './visit.ts';

/** One address of the console, for a signed-in visitor. */
export interface ConsoleRoute {
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly work: (visit: Visit) => Promise<void>;
  /** The page with the form, for a change of language; the same address when absent. */
  readonly from?: string;
  /** Returns the form's field for a field of the API, by its JSON pointer, where their names differ. */
  readonly fieldOf?: (pointer: string, typed: Readonly<Record<string, string>>) => string | undefined;
  /** Set when it reads its body itself: a file is not held in memory. */
  readonly streams?: true;
}

/** Returns the address at which the page can be requested again: an act is not repeated by a change of language. */
export function pageAddressOf(req: Request, { from }: Pick<ConsoleRoute, 'from'> = {}): string {
  const isAsked = req.method === 'GET' || req.method === 'HEAD';
  if (isAsked) return req.originalUrl;
  const [path = ''] = req.originalUrl.split('?');
  if (from === undefined) return path;
  return `/console${from.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(req.params[name] ?? '')))}`;
}
