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

/** What the console needs. */
export interface ConsoleParts {
  readonly api: Api;
  /** The routes of the API by method and path, such as `GET /v1/campaigns`. */
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
  /** The refused form, while its page is made again. */
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

  /** Says whether the visitor's role may use that route of the API. */
  may(name: string): boolean {
    return this.#route(name).roles.includes(this.caller.role);
  }

  /**
   * Refuses visitors whose role may not use that route of the API, so that a form is only shown to people who may
   * send it.
   */
  needs(name: string): void {
    permit(this.#route(name), this.caller);
  }

  /** Calls a route of the API as `order` does, and parses the answer by its schema. */
  async ask<S extends z.ZodType>(name: string, schema: S, call: RouteCall = {}): Promise<z.output<S>> {
    return schema.parse(await this.order(name, call));
  }

  /** Reads the requested page of a list of the API. */
  list<S extends z.ZodType>(name: string, item: S, { query, ...call }: RouteCall = {}) {
    return this.ask(name, listOf(item), { ...call, query: { ...this.pageQuery, ...query } });
  }

  /**
   * Calls a route of the API as a client would, with the same roles, refusals and audit; returns the answer unparsed.
   */
  async order(name: string, { params = {}, query = {}, body, reason }: RouteCall = {}): Promise<unknown> {
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

  /** Shows the effect of an order first; gives the order once the visitor has confirmed it, and then leads back. */
  async orderOnceSure(
    name: string,
    { back, ...call }: RouteCall & Pick<OrderQuestion, 'back'>,
    question: () => Omit<OrderQuestion, 'back'> | Promise<Omit<OrderQuestion, 'back'>>,
  ): Promise<void> {
    if (!this.isSure) {
      this.needs(name);
      this.askFirst({ back, ...(await question()) });
      return;
    }
    await this.order(name, call);
    this.goTo(back);
  }

  /** The pages of the menu that the visitor's role may open. */
  get doors(): readonly Door[] {
    return DOORS.filter(({ needs }) => this.may(needs));
  }

  param(name: string): string {
    return String(this.req.params[name] ?? '');
  }

  /** Returns the value of a query parameter; undefined when it is absent, empty, or repeated. */
  query(name: string): string | undefined {
    const value = this.#refused === undefined ? this.req.query[name] : undefined;
    return typeof value === 'string' && value !== '' ? value : undefined;
  }

  /** Returns the query parameters with those names that have a value. */
  queryOf(...names: readonly string[]): Readonly<Record<string, string>> {
    return given(names, (name) => this.query(name));
  }

  /** Returns the form's fields with those names that are not empty. */
  fieldsOf(...names: readonly string[]): Readonly<Record<string, string>> {
    return given(names, (name) => this.field(name));
  }

  /** The parameters of the requested page of a list. */
  get pageQuery(): Readonly<Record<string, string>> {
    return { limit: '50', ...this.queryOf('after') };
  }

  /** Returns a field of the form; undefined when it was left empty. */
  field(name: string): string | undefined {
    const value = this.fields[name]?.trim();
    return value === '' ? undefined : value;
  }

  /** All fields of the form. */
  get fields(): Readonly<Record<string, string>> {
    return this.#refused === undefined ? textsOf(this.req.body) : {};
  }

  /** Shows the page with the refused form again, with the typed values; returns false when no page has that form. */
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

  /** True when the visitor has confirmed the effect of an order. */
  get isSure(): boolean {
    return this.field('sure') === 'yes';
  }

  /** Shows the effect of an order, and a button that confirms it. */
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
      // A live page reloads itself, which would send the form again.
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
    // A page that was requested by its address, and has no such form, has nothing to correct.
    if (this.req.method !== 'POST' && !bearsForm(framed.html, refused)) throw refused.refusal;
    const html = shownAgain(framed.html, refused, language);
    sendConsole(this.res, { ...framed, html }, refused.refusal.status);
  }

  /** Streams changes to a page, as the API does; a HEAD request takes no place for a stream. */
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

  /** Redirects to the page named by the form's field `from`, if it is one of the console; otherwise to the accounts. */
  goBack(): void {
    const from = this.field('from') ?? '';
    this.goTo(isOfConsole(from) ? from.slice('/console'.length) : '/gateways');
  }

  /** Returns the address of a workflow on Temporal's page. */
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

/** Returns a record of the values that are not undefined, by name. */
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

/** Ignores a refusal of the request itself; throws any other error. */
export function unlessRefused(error: unknown): undefined {
  if (!(error instanceof Refusal) || error.status >= 500) throw error;
}

/** Makes a function that ignores a refusal with that code, and throws any other error. */
export const unless =
  (code: RefusalCode) =>
  (error: unknown): undefined => {
    if (!(error instanceof Refusal) || error.code !== code) throw error;
  };

function textsOf(from: unknown): Readonly<Record<string, string>> {
  if (typeof from !== 'object' || from === null) return {};
  return Object.fromEntries(
    Object.entries(from).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
}

/** Says whether an address is one of the console, whatever a link or a form contains. */
export const isOfConsole = (address: string): boolean => /^\/console(?:[/?]|$)/.test(address);

/** Sends a page with its own content security policy. */
export function sendConsole(res: Response, { html, policy }: FramedPage, status: number): void {
  res.status(status).set({
    'Content-Security-Policy': policy,
    // With a stricter policy browsers do not say from which page a form comes, which we check.
    'Referrer-Policy': 'same-origin',
  });
  sendHtml(res, html);
}

interface RouteCall {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** The reason for reading data in clear. */
  readonly reason?: string | undefined;
}

/** One address of the console, for signed-in visitors. */
export interface ConsoleRoute {
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly work: (visit: Visit) => Promise<void>;
  /**
   * The path of the page with the form, when it is another one: it is shown again after a refusal, and in another
   * language.
   */
  readonly from?: string;
  /** Returns the form's field for the JSON pointer of a field of the API, when their names differ. */
  readonly fieldOf?: (pointer: string, typed: Readonly<Record<string, string>>) => string | undefined;
  /** True when the route reads its body itself, so that a file is not held in memory. */
  readonly streams?: true;
}

/**
 * Returns the address of the page in another language, which for a form is the page that has it: a change of language
 * must not send a form again.
 */
export function pageAddressOf(req: Request, { from }: ConsoleRoute): string {
  if (req.method === 'GET' || req.method === 'HEAD') return req.originalUrl;
  const [path = ''] = req.originalUrl.split('?');
  if (from === undefined) return path;
  return `/console${from.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(req.params[name] ?? '')))}`;
}
