import type { Express, Handler, Request, Response } from 'express';
import { budgets } from '../server/budgets.ts';
import { Bound, neighbourhood, BoundedWait } from '../server/bounds.ts';
import { formFields, holdsOnly, type FormFields, sendForm, originOf } from './form-sending.ts';
import {
  sendReply,
  outcomeReply,
  type FormReply,
  frameSitesOf,
  type PublicForms,
  formAddressOf,
  languageAsked,
  queried,
  visitForm,
  type FormVisit,
} from './form-visit.ts';
import { showForm, showSheets, codePage, donePage, linkPage, openPage } from './form-page.ts';
import { pageApp } from './link-page.ts';
import { nameRoute } from '../server/request-log.ts';
import { isLiveLink, openLink, tryCode, type TriedCode } from '../../sending/index.ts';
import { answerReferred } from '../../people/index.ts';
import { evenlyAfter } from '../../base/index.ts';
import type { Language } from '../../words/index.ts';
import { onOutage } from '../server/answer.ts';

const { looks: LOOKS, sendings: SENDINGS_OF_ADDRESS } = budgets.classes.forms.ofAddress;
const SENDINGS_OF_FORM = budgets.formSendings;
/**
 * Limits on submissions that wait because they came faster than anybody reads a form, as when a browser fills it in.
 */
const TOO_FAST = { most: 100, longestMs: 2_000 };
/** Milliseconds that every submission takes, so that the time does not reveal whether a number is known. */
const ANSWERED_AFTER_MS = 250;

/** Serves the pages of forms at `/f/{slug}`, without a key, a script, or anything from other sites. */
export function publicForms(forms: PublicForms): Express {
  const app = pageApp(forms.trustedProxies);
  const looks = new Bound(LOOKS.most, LOOKS.withinMs);
  const byAddress = new Bound(SENDINGS_OF_ADDRESS.most, SENDINGS_OF_ADDRESS.withinMs);
  const byForm = new Bound(SENDINGS_OF_FORM.most, SENDINGS_OF_FORM.withinMs);
  const boundedWait = new BoundedWait(TOO_FAST);
  const now = (): number => forms.clock.monotonic();

  const look = (template: string, answer: (req: Request) => Promise<FormReply>): Handler =>
    replying(template, (req) =>
      looks.admits(addressOfVisitor(req), now()) ? answer(req) : Promise.resolve(outcomeReply(req, 'many')),
    );
  const act = (template: string, answer: Acting): Handler =>
    replying(template, (req, res) => {
      const patient = byAddress.admits(addressOfVisitor(req), now()) && byForm.admits(slugOf(req), now());
      if (!patient) return Promise.resolve(outcomeReply(req, 'many'));
      return isFromElsewhere(req)
        ? Promise.resolve(outcomeReply(req, 'elsewhere'))
        : evenly(() => answer(req, res));
    });

  app
    .route('/:slug')
    .get(look('/f/{slug}', (req) => showForm(forms, req, slugOf(req))))
    .post(
      act('/f/{slug}', async (req, res) =>
        sendForm({ ...forms, boundedWait }, req, { slug: slugOf(req), read: await formFields(req, res) }),
      ),
    );
  app
    .route('/:slug/code')
    .get(look('/f/{slug}/code', (req) => showCode(forms, req, slugOf(req))))
    .post(
      act('/f/{slug}/code', async (req, res) =>
        sendCodeTyped(forms, req, { slug: slugOf(req), read: await formFields(req, res) }),
      ),
    );
  app
    .route('/:slug/c/:token')
    .get(look('/f/{slug}/c/{token}', (req) => showLink(forms, req, linkOf(req))))
    .post(act('/f/{slug}/c/{token}', (req) => pressLink(forms, req, linkOf(req))));
  app.get(
    '/:slug/sheet',
    look('/f/{slug}/sheet', (req) => showSheets(forms, req, slugOf(req))),
  );
  app.use(replying('/f/{slug}', (req) => Promise.resolve(outcomeReply(req, 'gone'))));
  return app.use(away);
}

type Acting = (req: Request, res: Response) => Promise<FormReply>;

const addressOfVisitor = (req: Request): string => neighbourhood(req.ip ?? '');

const slugOf = (req: Request): string => String(req.params['slug']);

const linkOf = (req: Request): { slug: string; token: string } => ({
  slug: slugOf(req),
  token: String(req.params['token']),
});

const replying =
  (template: string, answer: Acting): Handler =>
  async (req, res) => {
    nameRoute(res, template);
    sendReply(res, await answer(req, res));
  };

/** Says whether a page of another site sends a form in its visitor's name. */
function isFromElsewhere(req: Request): boolean {
  const site = req.headers['sec-fetch-site'];
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}

const evenly = (answer: () => Promise<FormReply>): Promise<FormReply> =>
  evenlyAfter(ANSWERED_AFTER_MS, answer());

const away = onOutage(({ req, res }) => sendReply(res, outcomeReply(req, 'away')));

/** Shows the field for a code, or announces a link; the same page for everybody. */
async function showCode(forms: PublicForms, req: Request, slug: string): Promise<FormReply> {
  const reference = queried(req, 'a');
  return visitForm(forms, { req, slug }, (visit) => {
    const language = languageAsked(req, visit.form.terms.locale);
    if (answerReferred(visit.ticketKeys, slug, reference) === undefined)
      return Promise.resolve(outcomeReply(req, 'odd', { form: visit.form, language }));
    return Promise.resolve(awaiting(req, visit, { language, reference, wrong: undefined }));
  });
}

function awaiting(
  req: Request,
  { form }: FormVisit,
  page: { readonly language: Language; readonly reference: string; readonly wrong: 'wrong' | undefined },
): FormReply {
  const { language, reference, wrong } = page;
  const path = `/f/${form.slug}`;
  const back = formAddressOf(req, path, { language });
  const about = { language, company: form.terms.company.name, within: frameSitesOf(req, form), back };
  if (form.terms.confirm === 'link') return { status: 200, page: linkPage(about) };
  const action = formAddressOf(req, `${path}/code`, { language, more: { a: reference } });
  return {
    status: wrong === undefined ? 200 : 422,
    page: codePage({ ...about, action, reference, wrong }),
  };
}

async function sendCodeTyped(
  forms: PublicForms,
  req: Request,
  { slug, read }: { readonly slug: string; readonly read: FormFields },
): Promise<FormReply> {
  if (read.kind !== 'fields') return outcomeReply(req, read.kind);
  const { fields } = read;
  return visitForm(forms, { req, slug }, async (visit) => {
    const { form, ticketKeys, tx, keys, formUrl } = visit;
    const language = languageAsked(req, form.terms.locale);
    const reference = fields.get('answer') ?? '';
    const answerId = answerReferred(ticketKeys, slug, reference);
    if (answerId === undefined || !holdsOnly(fields, ['answer', 'code']))
      return outcomeReply(req, 'odd', { form, language });
    const code = (fields.get('code') ?? '').replaceAll(/[\s.-]/g, '');
    const origin = originOf(req, formUrl);
    const tried = await tryCode(tx, { keys, clock: forms.clock }, { ...origin, form, answerId, code });
    return tried.kind === 'wrong'
      ? awaiting(req, visit, { language, reference, wrong: 'wrong' })
      : confirmed(req, visit, { tried, language });
  });
}

function confirmed(
  req: Request,
  { form }: FormVisit,
  {
    tried,
    language,
  }: { readonly tried: Extract<TriedCode, { kind: 'confirmed' }>; readonly language: Language },
): FormReply {
  const about = { language, company: form.terms.company.name, within: frameSitesOf(req, form) };
  return { status: 200, page: donePage({ ...about, ...tried }) };
}

/** Shows what a link would confirm; opening the link confirms nothing, since scanners open links too. */
async function showLink(
  forms: PublicForms,
  req: Request,
  { slug, token }: { readonly slug: string; readonly token: string },
): Promise<FormReply> {
  return visitForm(forms, { req, slug }, async ({ form, tx, keys }) => {
    const language = languageAsked(req, form.terms.locale);
    if (!(await isLiveLink(tx, { keys, clock: forms.clock }, { form, token })))
      return outcomeReply(req, 'deadLink', { form, language });
    const action = formAddressOf(req, `/f/${slug}/c/${token}`, { language });
    const company = form.terms.company.name;
    return { status: 200, page: openPage({ language, company, within: undefined, action }) };
  });
}

async function pressLink(
  forms: PublicForms,
  req: Request,
  { slug, token }: { readonly slug: string; readonly token: string },
): Promise<FormReply> {
  return visitForm(forms, { req, slug }, async (visit) => {
    const { form, tx, keys, formUrl } = visit;
    const language = languageAsked(req, form.terms.locale);
    const origin = originOf(req, formUrl);
    const tried = await openLink(tx, { keys, clock: forms.clock }, { ...origin, form, token });
    return tried.kind === 'wrong'
      ? outcomeReply(req, 'deadLink', { form, language })
      : confirmed(req, visit, { tried, language });
  });
}
