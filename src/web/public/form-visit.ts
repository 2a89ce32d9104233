import type { KeyObject } from 'node:crypto';
import type { Request, Response } from 'express';
import { tenantOf, type Tenant } from '../../company/index.ts';
import {
  isSlug,
  isInUse,
  ownerOfForm,
  readForm,
  wordingIdsOf,
  type Form,
  readWordings,
  type Wording,
} from '../../people/index.ts';
import {
  instant,
  type Clock,
  type Database,
  type Transaction,
  throughContention,
  type Vault,
} from '../../platform/index.ts';
import type { TenantKeys } from '../../crypto/index.ts';
import { html } from '../../base/index.ts';
import { type Language, wordsIn } from '../../words/index.ts';
import { sendHtml, type FramedPage, framed } from '../page/page.ts';
import { requestLanguage } from '../server/request-log.ts';

export interface PublicForms {
  readonly database: Database;
  readonly vault: Vault;
  readonly clock: Clock;
  /** The base URL, without a slash at the end; a tenant may have its own. */
  readonly publicUrl: string;
  /** The id of the account that sends codes. */
  readonly accountId: string;
  /** Proxies whose headers are trusted to name a visitor's address. */
  readonly trustedProxies: readonly string[];
}

export interface FormVisit {
  readonly tx: Transaction;
  readonly form: Form;
  readonly wordings: readonly Wording[];
  readonly tenant: Tenant;
  readonly keys: TenantKeys;
  /** The keys of tickets: the first one signs, and the others have signed earlier tickets. */
  readonly ticketKeys: readonly [KeyObject, ...KeyObject[]];
  readonly formUrl: string;
}

/** Finds the form of a slug, and works in a transaction of its tenant; replies by itself when there is no open form. */
export function visitForm<T = FormReply>(
  forms: PublicForms,
  { req, slug }: { readonly req: Request; readonly slug: string },
  work: (visit: FormVisit) => Promise<T>,
): Promise<T | FormReply> {
  if (!isSlug(slug)) return Promise.resolve(outcomeReply(req, 'gone'));
  const { database, vault, clock, publicUrl } = forms;
  const visited = async (outer: Transaction): Promise<T | FormReply> => {
    const owner = await ownerOfForm(outer, slug);
    if (owner === undefined) return outcomeReply(req, 'gone');
    const [inForce, ...older] = await vault.instanceKeys(outer, 'forms', instant(clock.machine()).toISO());
    const tx = await outer.as(owner.tenantId);
    const form = await readForm(tx, owner.formId);
    const tenant = await tenantOf(tx);
    if (form === undefined || tenant === undefined) return outcomeReply(req, 'gone');
    const wordings = await readWordings(tx, wordingIdsOf(form.terms));
    const now = clock.now().toISO();
    if (form.closedAt !== null || !wordings.every((wording) => isInUse(wording, now)))
      return outcomeReply(req, 'closed');
    const formUrl = `${tenant.settings.publicUrl ?? publicUrl}/f/${slug}`;
    const keys = await vault.tenant(tx);
    const ticketKeys = [inForce.key, ...older.map(({ key }) => key)] as const;
    return work({ tx, form, wordings, tenant, keys, ticketKeys, formUrl });
  };
  return throughContention(() => database.outside(visited));
}

/** Returns the language of `?lang=`, or that of the browser, or that of the form. */
export function languageAsked(req: Request, locale = 'fr'): Language {
  const asked = req.query['lang'];
  if (asked === 'fr' || asked === 'en') return asked;
  return requestLanguage(req, locale);
}

/** Returns an address of the same form, in the same language and embedding. */
export function formAddressOf(
  req: Request,
  path: string,
  { language, more = {} }: { readonly language: Language; readonly more?: Readonly<Record<string, string>> },
): string {
  const query = new URLSearchParams({ lang: language, ...more });
  if (isEmbedded(req)) query.set('embed', '1');
  return `${path}?${query.toString()}`;
}

/** Returns a query parameter; empty when it is absent or repeated. */
export function queried(req: Request, name: string): string {
  const value = req.query[name];
  return typeof value === 'string' ? value : '';
}

const isEmbedded = (req: Request): boolean => req.query['embed'] === '1';

/** The reply to a visitor: a page, a redirect, or a word for a program. */
export type FormReply =
  | { readonly status: number; readonly page: FramedPage; readonly retryAfterSeconds?: number }
  | { readonly status: 303; readonly location: string }
  | { readonly status: number; readonly word: string };

const STATUS: Readonly<Record<PageOutcome, number>> = {
  refused: 200,
  again: 409,
  late: 410,
  early: 425,
  odd: 400,
  large: 413,
  elsewhere: 403,
  many: 429,
  closed: 410,
  gone: 404,
  deadLink: 410,
  away: 503,
};

export type PageOutcome =
  | 'refused'
  | 'again'
  | 'late'
  | 'early'
  | 'odd'
  | 'large'
  | 'elsewhere'
  | 'many'
  | 'closed'
  | 'gone'
  | 'deadLink'
  | 'away';

interface Onward {
  readonly href: string;
  readonly word: 'back' | 'toCode' | 'otherNumber';
}

/** Renders a page with one message, and a link. */
export function outcomePage(
  outcome: PageOutcome,
  about: {
    readonly language: Language;
    readonly within: readonly string[] | undefined;
    readonly onward?: Onward | undefined;
  },
): FramedPage {
  const { language, within, onward } = about;
  const words = wordsIn(language).publicPages.form;
  const title = words[`${outcome}Title`];
  const link =
    onward !== undefined && html`<p><a class="onward" href="${onward.href}">${words[onward.word]}</a></p>`;
  return framed(
    { language, title, within },
    html`<header><h1>${title}</h1><p class="lead">${words[`${outcome}Lead`]}</p></header>\n${link}`,
  );
}

const MANY_SECONDS = 300;
const AWAY_SECONDS = 60;

/** Replies with a page of one message, and a link back to the form. */
export function outcomeReply(
  req: Request,
  outcome: PageOutcome,
  about: { readonly form?: Form | undefined; readonly language?: Language; readonly onward?: Onward } = {},
): FormReply {
  const { form, language = languageAsked(req) } = about;
  const back: Onward | undefined =
    form === undefined || outcome === 'closed'
      ? undefined
      : { href: formAddressOf(req, `/f/${form.slug}`, { language }), word: 'back' };
  const page = outcomePage(outcome, {
    language,
    within: form === undefined ? undefined : frameSitesOf(req, form),
    onward: about.onward ?? back,
  });
  const retry = outcome === 'many' ? MANY_SECONDS : outcome === 'away' ? AWAY_SECONDS : undefined;
  return { status: STATUS[outcome], page, ...(retry === undefined ? {} : { retryAfterSeconds: retry }) };
}

/** Returns the sites that may embed a page, when it is requested embedded; otherwise undefined. */
export const frameSitesOf = (req: Request, { terms }: Form): readonly string[] | undefined =>
  isEmbedded(req) ? terms.origins : undefined;

/** Sends a reply; a page has its own content security policy. */
export function sendReply(res: Response, reply: FormReply): void {
  if ('location' in reply) {
    res.redirect(reply.status, reply.location);
    return;
  }
  if ('word' in reply) {
    res.status(reply.status).type('text').send(reply.word);
    return;
  }
  const { status, page, retryAfterSeconds } = reply;
  if (retryAfterSeconds !== undefined) res.set('Retry-After', String(retryAfterSeconds));
  if (!page.policy.includes("frame-ancestors 'none'")) res.removeHeader('X-Frame-Options');
  res.status(status).set('Content-Security-Policy', page.policy);
  sendHtml(res, page.html);
}
