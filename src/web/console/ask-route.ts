import type { Request, Response } from 'express';
import { throughContention, type JournalEntry } from '../../platform/index.ts';
import { permit, shareStream } from '../server/answer-route.ts';
import type { Api } from '../server/api.ts';
import type { Caller } from '../server/caller.ts';
import { Journalled } from '../server/journalled.ts';
import type { Route } from '../server/route.ts';
import type { Language } from '../../words/index.ts';

/** The requester of a page and their request. */
export interface Asker {
  readonly caller: Caller;
  readonly language: Language;
  readonly req: Request;
  readonly res: Response;
}

/** A page's request to a route, as a client of the API would make it. */
export interface RouteAsked {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** The reason of a clear read. */
  readonly reason?: string | undefined;
}

/** Calls a route as a client would: the same roles, the same refusals, the same audit. */
export async function askRoute(
  api: Api,
  { route, asker }: { readonly route: Route; readonly asker: Asker },
  { params = {}, query = {}, body, reason }: RouteAsked,
): Promise<unknown> {
  const { caller, language } = asker;
  permit(route, caller);
  const raw = { params, query, body, language };
  const context = { caller, language, reason };
  if (route.stream !== undefined) shareStream(asker.res, route, caller);
  if (route.stream !== undefined) return (await route.stream(raw, { ...asker, reason }))?.body;
  const journalled = new Journalled(api.journal);
  const work = route.prepare(raw);
  const journal = (entry: JournalEntry): Promise<void> => journalled.write(entry);
  try {
    const answer = await throughContention(
      () => journalled.within(api.database, caller.tenantId, (tx) => work({ ...context, journal, tx })),
      // As for a client.
      () => !journalled.holds,
    );
    await journalled.committed();
    return answer.body;
  } catch (cause) {
    await journalled.owe();
    throw cause;
  }
}
