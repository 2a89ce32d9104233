import type { Request, Response } from 'express';
import { html } from '../../platform/index.ts';
import { sendHtml } from '../page/send-html.ts';
import type { Form } from '../../people/index.ts';
import { type FramedPage, framed } from './form-frame.ts';
import { formAddressOf, isEmbedded, languageAsked } from './form-visit.ts';
import { type Language, wordsIn } from '../../words/index.ts';

/** The reply to a visitor: a page, or a redirect. */
export type FormReply =
  | { readonly status: number; readonly page: FramedPage; readonly retryAfterSeconds?: number }
  | { readonly status: 303; readonly location: string };

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

/** A refusal or an outcome on a page of its own. */
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

/** The target of a page's link. */
interface Onward {
  readonly href: string;
  readonly word: 'back' | 'toCode' | 'otherNumber';
}

/** Renders a page with one message, and a link onwards. */
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

/** Replies with one message on a page of its own, and the way back to the form. */
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

/** Returns the sites that may embed a page, when it is requested inside one. */
export const frameSitesOf = (req: Request, { terms }: Form): readonly string[] | undefined =>
  isEmbedded(req) ? terms.origins : undefined;

/** Sends a page under its own policy; nothing of it is cached. */
export function sendReply(res: Response, reply: FormReply): void {
  if ('location' in reply) {
    res.redirect(reply.status, reply.location);
    return;
  }
  const { status, page, retryAfterSeconds } = reply;
  if (retryAfterSeconds !== undefined) res.set('Retry-After', String(retryAfterSeconds));
  if (!page.policy.includes("frame-ancestors 'none'")) res.removeHeader('X-Frame-Options');
  res.status(status).set('Content-Security-Policy', page.policy);
  sendHtml(res, page.html);
}
