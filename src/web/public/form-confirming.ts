import type { Request } from 'express';
import { isLiveLink, openLink, tryCode, type Tried } from '../../sending/index.ts';
import { answerReferred } from '../../people/index.ts';
import { codePage, donePage, linkPage, openPage } from './form-confirmation-page.ts';
import { holdsOnly, type FormFields } from './form-fields.ts';
import { frameOf, toldReply, type FormReply } from './form-reply.ts';
import { originOf } from './form-sending.ts';
import { addressOf, languageAsked, queried, visitForm, type PublicForms, type Visit } from './form-visit.ts';
import type { Language } from '../../words/index.ts';

/** Shows where the code is typed, or says that a link is on its way: the same whoever asks. */
export async function showCode(forms: PublicForms, req: Request, slug: string): Promise<FormReply> {
  const reference = queried(req, 'a');
  const found = await visitForm(forms, { slug }, (visit) => {
    const language = languageAsked(req, visit.form.terms.locale);
    if (answerReferred(visit.ticketKeys, slug, reference) === undefined)
      return Promise.resolve(toldReply(req, 'odd', { form: visit.form, language }));
    return Promise.resolve(awaiting(req, visit, { language, reference, wrong: undefined }));
  });
  return found.kind === 'found' ? found.answer : toldReply(req, found.kind);
}

function awaiting(
  req: Request,
  { form }: Visit,
  page: { readonly language: Language; readonly reference: string; readonly wrong: 'wrong' | undefined },
): FormReply {
  const { language, reference, wrong } = page;
  const path = `/f/${form.slug}`;
  const back = addressOf(req, path, { language });
  const about = { language, company: form.terms.company.name, within: frameOf(req, form), back };
  if (form.terms.confirm === 'link') return { status: 200, page: linkPage(about) };
  const action = addressOf(req, `${path}/code`, { language, more: { a: reference } });
  return {
    status: wrong === undefined ? 200 : 422,
    page: codePage({ ...about, action, reference, wrong }),
  };
}

/** Tries the code that somebody typed. */
export async function sendCodeTyped(
  forms: PublicForms,
  req: Request,
  { slug, read }: { readonly slug: string; readonly read: FormFields },
): Promise<FormReply> {
  if (read.kind !== 'fields') return toldReply(req, read.kind);
  const { fields } = read;
  const found = await visitForm(forms, { slug }, async (visit) => {
    const { form, ticketKeys, tx, keys, formUrl } = visit;
    const language = languageAsked(req, form.terms.locale);
    const reference = fields.get('answer') ?? '';
    const answerId = answerReferred(ticketKeys, slug, reference);
    if (answerId === undefined || !holdsOnly(fields, ['answer', 'code']))
      return toldReply(req, 'odd', { form, language });
    const code = (fields.get('code') ?? '').replaceAll(/[\s.-]/g, '');
    const origin = originOf(req, formUrl);
    const tried = await tryCode(tx, { keys, clock: forms.clock }, { ...origin, form, answerId, code });
    return tried.kind === 'wrong'
      ? awaiting(req, visit, { language, reference, wrong: 'wrong' })
      : confirmed(req, visit, { tried, language });
  });
  return found.kind === 'found' ? found.answer : toldReply(req, found.kind);
}

function confirmed(
  req: Request,
  { form }: Visit,
  { tried, language }: { readonly tried: Extract<Tried, { kind: 'confirmed' }>; readonly language: Language },
): FormReply {
  const about = { language, company: form.terms.company.name, within: frameOf(req, form) };
  return { status: 200, page: donePage({ ...about, ...tried }) };
}

/** Shows what a link would confirm: scanners that follow links confirm nothing. */
export async function showLink(
  forms: PublicForms,
  req: Request,
  { slug, token }: { readonly slug: string; readonly token: string },
): Promise<FormReply> {
  const found = await visitForm(forms, { slug }, async ({ form, tx, keys }) => {
    const language = languageAsked(req, form.terms.locale);
    if (!(await isLiveLink(tx, { keys, clock: forms.clock }, { form, token })))
      return toldReply(req, 'deadLink', { form, language });
    const action = addressOf(req, `/f/${slug}/c/${token}`, { language });
    const company = form.terms.company.name;
    return { status: 200, page: openPage({ language, company, within: undefined, action }) };
  });
  return found.kind === 'found' ? found.answer : toldReply(req, found.kind);
}

/** Confirms the number that received a link. */
export async function pressLink(
  forms: PublicForms,
  req: Request,
  { slug, token }: { readonly slug: string; readonly token: string },
): Promise<FormReply> {
  const found = await visitForm(forms, { slug }, async (visit) => {
    const { form, tx, keys, formUrl } = visit;
    const language = languageAsked(req, form.terms.locale);
    const origin = originOf(req, formUrl);
    const tried = await openLink(tx, { keys, clock: forms.clock }, { ...origin, form, token });
    return tried.kind === 'wrong'
      ? toldReply(req, 'deadLink', { form, language })
      : confirmed(req, visit, { tried, language });
  });
  return found.kind === 'found' ? found.answer : toldReply(req, found.kind);
}
