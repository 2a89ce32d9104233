import type { Request } from 'express';
import {
  shownForm,
  textFingerprint,
  textShown,
  newSheetReference,
  upToDate,
  issueTicket,
} from '../../people/index.ts';
import { sheetPage } from './form-sheet-page.ts';
import { formPage, type FormPage } from './form-page.ts';
import { frameOf, toldReply, type FormReply } from './form-reply.ts';
import { addressOf, languageAsked, queried, visitForm, type PublicForms } from './form-visit.ts';
import { frenchDay } from '../../law/index.ts';

/** Two to a page: twenty pages at once. */
const MOST_SHEETS = 40;

/** Shows a form, with a ticket for one sending. */
export async function showForm(forms: PublicForms, req: Request, slug: string): Promise<FormReply> {
  const found = await visitForm(forms, { slug }, async ({ tx, wordings, ticketKeys, ...visit }) => {
    const form = await upToDate(tx, forms, visit);
    const language = languageAsked(req, form.terms.locale);
    const shown = shownForm(form, wordings, { language, medium: 'screen', on: frenchDay(forms.clock.now()) });
    const { clock } = forms;
    const ticket = issueTicket(ticketKeys[0], slug, {
      shownAt: clock.now().toISO(),
      version: form.version,
      language,
      machineMs: clock.machine(),
    });
    const frame = { form, within: frameOf(req, form) };
    const page = formPage({ ...frame, ...addresses(req, slug, language), shown, ticket, ...NOTHING_TYPED });
    return { status: 200, page };
  });
  return found.kind === 'found' ? found.answer : toldReply(req, found.kind);
}

const NOTHING_TYPED = { errors: [], phone: '', firstName: '' } as const;

/** Where a form is sent, and where it is in the other language. */
export function addresses(
  req: Request,
  slug: string,
  language: 'fr' | 'en',
): Pick<FormPage, 'action' | 'otherLanguage'> {
  const path = `/f/${slug}`;
  return {
    action: addressOf(req, path, { language }),
    otherLanguage: addressOf(req, path, { language: language === 'fr' ? 'en' : 'fr' }),
  };
}

/** Shows sheets to print, each with a number of its own. */
export async function showSheets(forms: PublicForms, req: Request, slug: string): Promise<FormReply> {
  const copies = Number(/^\d{1,2}$/.exec(queried(req, 'copies'))?.[0] ?? 2);
  const count = Math.min(MOST_SHEETS, Math.max(1, copies));
  const found = await visitForm(forms, { slug }, async ({ tx, wordings, ...visit }) => {
    const form = await upToDate(tx, forms, visit);
    const language = languageAsked(req, form.terms.locale);
    const shown = shownForm(form, wordings, { language, medium: 'paper', on: frenchDay(forms.clock.now()) });
    const references = Array.from({ length: count }, () => newSheetReference(form));
    const sha256 = textFingerprint(textShown(shown));
    const page = sheetPage({ shown, slug, version: form.version, sha256, references });
    return { status: 200, page };
  });
  return found.kind === 'found' ? found.answer : toldReply(req, found.kind);
}
