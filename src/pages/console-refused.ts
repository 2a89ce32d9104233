import { refusals, type RefusalCode } from '../errors.ts';
import type { Language } from '../law/rule.ts';
import type { ConsolePage } from './console-frame.ts';
import { escaped } from './escaped.ts';

const FRENCH: Partial<Readonly<Record<RefusalCode, string>>> = {
  NOT_FOUND: 'Il n’y a rien à cette adresse.',
  ROLE_NOT_ALLOWED: 'Le rôle de cette clé ne le permet pas.',
  INVALID_REQUEST: 'Quelque chose manque, ou n’est pas ce qui est attendu.',
  CAMPAIGN_CANNOT_MOVE: 'La campagne ne peut pas le faire là où elle en est.',
  TOO_MANY_REQUESTS: 'Trop de demandes à la fois : réessayez dans un moment.',
  DATABASE_UNAVAILABLE: 'La base de données ne répond pas : rien n’a changé.',
  REASON_NEEDED: 'Dites pourquoi : cette lecture est inscrite à l’audit.',
};

/** What was refused, and what to do. */
export function refusedPage(
  language: Language,
  refused: { readonly code: RefusalCode; readonly details: Readonly<Record<string, unknown>> },
): ConsolePage {
  const { code, details } = refused;
  const french = language === 'fr' ? FRENCH[code] : undefined;
  const sentence = french ?? refusals[code].title;
  const detail = typeof details['detail'] === 'string' ? details['detail'] : '';
  return {
    title: language === 'fr' ? 'Pas possible' : 'Not possible',
    main: `<p class="alert" role="alert">${escaped(sentence)} <span>(${escaped(code)})</span></p>
${detail === '' ? '' : `<p lang="en">${escaped(detail)}</p>`}
${errorsIn(details['errors'])}`,
  };
}

function errorsIn(errors: unknown): string {
  if (!Array.isArray(errors)) return '';
  const lines = (errors as readonly unknown[]).flatMap((error) => {
    const { pointer, message } = (error ?? {}) as { readonly pointer?: unknown; readonly message?: unknown };
    return typeof message === 'string' ? [`<li>${escaped(`${String(pointer)} : ${message}`)}</li>`] : [];
  });
  return lines.length === 0 ? '' : `<ul>${lines.join('')}</ul>`;
}
