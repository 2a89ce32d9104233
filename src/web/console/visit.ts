import type { Request, Response } from 'express';
import type { z } from 'zod';
import { Refusal, type JournalEntry, type RefusalCode } from '../../platform/index.ts';
import {
  consoleFrame,
  DOORS,
  haltBar,
  surePage,
  type ConsolePage,
  type Door,
  type OrderQuestion,
} from './frame-page.ts';
import { awaitExport, permit, shareStream } from '../server/answer.ts';
import type { Api, Route } from '../server/route.ts';
import type { Caller } from '../server/caller.ts';
import { bearsForm, shownAgain, type RefusedForm } from './refused-form.ts';
import { HaltsShown } from '../api/company/halts.ts';
import { follow, type Followed, type Live, type LiveAsked } from '../api/messages/live.ts';
import { Id, listOf } from '../server/schema.ts';
import { sendHtml, type FramedPage } from '../page/page.ts';
import type { Language } from '../../words/index.ts';
import { Journalled } from '../server/journalled.ts';

/** The dependencies of the console. */
export interface ConsoleParts {
  readonly api: Api;
  /** By method and path, as pages name them. */
  readonly routes: ReadonlyMap<string, Route>;
  readonly live: Live;
  /** Temporal's own page, and its namespace. */
  readonly temporal: { readonly ui: string; readonly namespace: string };
}

/** One request of a signed-in visitor. */
export class Visit {
  readonly parts: ConsoleParts;
  readonly caller: Caller;
  readonly authorization: string | undefined;
  readonly language: Language;
  readonly req: Request;
  readonly res: Response;
  /** The address of this page in the other language. */
  readonly #at: string;
  #halts: z.output<typeof HaltsShown> = { sealed: false, halts: [] };
  /** The refusal, while the page with the form is made once more. */
  #refused: RefusedForm | undefined;

  constructor(
    parts: ConsoleParts,
    who: { readonly caller: Caller; readonly authorization: string | undefined; readonly language: Language },
    { req, res, at }: { readonly req: Request; readonly res: Response; readonly at: string },
  ) {
    this.parts = parts;
    this.caller = who.caller;
    this.authorization = who.authorization;
    this.language = who.language;
    this.req = req;
    this.res = res;
    this.#at = at;
  }

  /** Reads the halts in force, which every page shows. */
  async look(): Promise<void> {
    this.#halts = await this.ask('GET /v1/halt', HaltsShown);
  }

  /** The halts in force, and whether the instance is sealed after a restore. */
  get halts(): z.output<typeof HaltsShown> {
    return this.#halts;
  }

  /** The zone of the tenant. */
  get zone(): string {
    return this.caller.home.timeZone;
  }

  /** Says whether the role of this key permits that route of the API. */
  may(name: string): boolean {
    return this.#route(name).roles.includes(this.caller.role);
  }

  /** Refuses visitors without the right to that route of the API: a form is for people who may send it. */
  needs(name: string): void {
    permit(this.#route(name), this.caller);
  }

  /** Calls `GET /v1/…` or an order of the API, and parses the answer by its schema. */
  async ask<S extends z.ZodType>(name: string, schema: S, asked: RouteAsked = {}): Promise<z.output<S>> {
    return schema.parse(await this.order(name, asked));
  }

  /** Reads the page of a list of the API that was asked for. */
  list<S extends z.ZodType>(name: string, item: S, { query, ...asked }: RouteAsked = {}) {
    return this.ask(name, listOf(item), { ...asked, query: { ...this.pageAsked, ...query } });
  }

  /** Calls a route as a client would, without reading the answer: the same roles, the same refusals, the same audit. */
  async order(name: string, { params = {}, query = {}, body, reason }: RouteAsked = {}): Promise<unknown> {
    const { api } = this.parts;
    const { caller, language, req, res } = this;
    const route = this.#route(name);
    permit(route, caller);
    const raw = { params, query, body, language };
    const context = { api, caller, language, reason };
    if (route.stream !== undefined) {
      shareStream(res, route, caller);
      await awaitExport(res, route, caller);
      if (res.closed) return undefined;
      return (await route.stream(raw, { ...context, req, res }))?.body;
    }
    const journalled = new Journalled(api.journal);
    const work = route.prepare(raw);
    const journal = (entry: JournalEntry): Promise<void> => journalled.write(entry);
    const answer = await journalled.run(api.database, caller.tenantId, (tx) =>
      work({ ...context, journal, tx }),
    );
    return answer.body;
  }

  /** Shows the effect of an order first, and gives it only after another press; then leads back. */
  async orderOnceSure(
    name: string,
    { back, ...asked }: RouteAsked & Pick<OrderQuestion, 'back'>,
    question: () => Omit<OrderQuestion, 'back'> | Promise<Omit<OrderQuestion, 'back'>>,
  ): Promise<void> {
    if (!this.isSure) {
      this.needs(name);
      this.askFirst({ back, ...(await question()) });
      return;
    }
    await this.order(name, asked);
    this.goTo(back);
  }

  /** The pages that the role of this key opens. */
  get doors(): readonly Door[] {
    return DOORS.filter(({ needs }) => this.may(needs));
  }

  param(name: string): string {
    return String(this.req.params[name] ?? '');
  }

  /** Returns the value of a query parameter; undefined when it is absent, empty, or repeated. */
  asked(name: string): string | undefined {
    const value = this.#refused === undefined ? this.req.query[name] : undefined;
    return typeof value === 'string' && value !== '' ? value : undefined;
  }

  /** Returns the query parameters of those names that are given. */
  askedOf(...names: readonly string[]): Readonly<Record<string, string>> {
    return given(names, (name) => this.asked(name));
  }

  /** Returns the form's values of those names that are not empty. */
  saidOf(...names: readonly string[]): Readonly<Record<string, string>> {
    return given(names, (name) => this.said(name));
  }

  /** The page of a list that was asked for. */
  get pageAsked(): Readonly<Record<string, string>> {
    return { limit: '50', ...this.askedOf('after') };
  }

  /** Returns a form's value; undefined when the field was left empty. */
  said(name: string): string | undefined {
    const value = this.fields[name]?.trim();
    return value === '' ? undefined : value;
  }

  /** Every field of the form. */
  get fields(): Readonly<Record<string, string>> {
    return this.#refused === undefined ? textsOf(this.req.body) : {};
  }

  /** Makes the page with the form once more, with the typed values; says whether there is one. */
  async again(
    work: (visit: Visit) => Promise<void>,
    { refusal, fieldOf }: Pick<RefusedForm, 'refusal' | 'fieldOf'>,
  ): Promise<boolean> {
    const { originalUrl, method, query } = this.req;
    const [to = '', typed] =
      method === 'POST' ? [originalUrl, textsOf(this.req.body)] : [originalUrl.split('?')[0], textsOf(query)];
    this.#refused = { refusal, to, typed, fieldOf };
    try {
      await work(this);
      return true;
    } catch (error) {
      if (!(error instanceof Refusal) || this.res.headersSent) throw error;
      return false;
    } finally {
      this.#refused = undefined;
    }
  }

  /** True when the visitor saw the consequences and confirmed. */
  get isSure(): boolean {
    return this.said('sure') === 'yes';
  }

  /** Shows the effect of an order, and gives it only after another press. */
  askFirst(question: OrderQuestion): void {
    const [action = ''] = this.req.originalUrl.split('?');
    this.show(surePage(this.language, question, { action, fields: this.fields }));
  }

  /** Shows a page within the frame of the console. */
  show(page: ConsolePage, status = 200): void {
    const { language, doors, caller } = this;
    const refused = this.#refused;
    const framed = consoleFrame({
      ...page,
      // A live page asks for itself again: that would send the form again.
      live: refused === undefined ? page.live : undefined,
      language,
      doors,
      who: caller.name,
      role: caller.role,
      zone: this.zone,
      at: this.#at,
      bar: haltBar(this.#halts, { language, mayRelease: this.may('PUT /v1/halt'), at: this.#at }),
    });
    if (refused === undefined) return sendConsole(this.res, framed, status);
    // A page that was asked for and bears no form has nothing to be put right.
    if (this.req.method !== 'POST' && !bearsForm(framed.html, refused)) throw refused.refusal;
    const html = shownAgain(framed.html, refused, language);
    sendConsole(this.res, { ...framed, html }, refused.refusal.status);
  }

  /** Streams changes to a page, as the API would; a request for the headers alone takes no place. */
  async follow(of: (asked: LiveAsked) => Followed): Promise<void> {
    const { parts, caller, authorization, language, req, res } = this;
    const id = Id.safeParse(this.param('id'));
    if (!id.success) throw new Refusal('NOT_FOUND');
    if (req.method === 'HEAD') res.status(200).end();
    else await follow(parts.api, { caller, authorization, res }, of({ caller, language, id: id.data }));
  }

  /** Redirects to another page of the console. */
  goTo(path: string): void {
    this.res.redirect(303, `/console${path}`);
  }

  /** Redirects to the page of the form, if it is one of the console; else to the accounts. */
  goBack(): void {
    const from = this.said('from') ?? '';
    this.goTo(isOfConsole(from) ? from.slice('/console'.length) : '/gateways');
  }

  /** Returns the address of that workflow on Temporal's page. */
  workflowUrl(workflowId: string): string {
    const { ui, namespace } = this.parts.temporal;
    return `${ui}/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(workflowId)}`;
  }

  #route(name: string): Route {
    const route = this.parts.routes.get(name);
    if (route === undefined) throw new Refusal('NOT_FOUND');
    return route;
  }
}

/** Collects the values that are there, by name. */
export const given = <N extends string, T>(
  names: readonly N[],
  of: (name: N) => T | undefined,
): Readonly<Record<string, T>> =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = of(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );

/** Passes over a refusal of the request itself. */
export function unlessRefused(error: unknown): undefined {
  if (!(error instanceof Refusal) || error.status >= 500) throw error;
}

/** Passes over a refusal with that code. */
export const unless =
  (code: RefusalCode) =>
  (error: unknown): undefined => {
    if (!(error instanceof Refusal) || error.code !== code) throw error;
  };

/** Returns the texts of a body or a query. */
function textsOf(from: unknown): Readonly<Record<string, string>> {
  if (typeof from !== 'object' || from === null) return {};
  return Object.fromEntries(
    Object.entries(from).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
}

/** Matches addresses of the console only, whatever a link or a form contains. */
export const isOfConsole = (address: string): boolean => /^\/console(?:[/?]|$)/.test(address);

/** Sends a page under its own policy; nothing of it is cached. */
export function sendConsole(res: Response, { html, policy }: FramedPage, status: number): void {
  res.status(status).set({
    'Content-Security-Policy': policy,
    // Browsers hide where a form comes from under a stricter one, and we ask where it comes from.
    'Referrer-Policy': 'same-origin',
  });
  sendHtml(res, html);
}

/** A page's request to a route, as a client of the API would make it. */
interface RouteAsked {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** The reason of a clear read. */
  readonly reason?: string | undefined;
}

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
export function pageAddressOf(req: Request, { from }: ConsoleRoute): string {
  if (req.method === 'GET' || req.method === 'HEAD') return req.originalUrl;
  const [path = ''] = req.originalUrl.split('?');
  if (from === undefined) return path;
  return `/console${from.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(req.params[name] ?? '')))}`;
}
