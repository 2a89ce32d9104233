import { refusedFileSentence } from '../contacts/refused-file.ts';
import { refusals, saidIn, type RefusalCode, type RefusalDetails } from '../errors.ts';
import type { Language } from '../law/rule.ts';
import type { ConsolePage } from './console-frame.ts';
import { escaped } from './escaped.ts';

const FRENCH: Partial<Readonly<Record<RefusalCode, string>>> = {
  NOT_FOUND: 'Il n’y a rien à cette adresse.',
  ROLE_NOT_ALLOWED: 'Le rôle de cette clé ne le permet pas.',
  INVALID_REQUEST: 'Quelque chose manque, ou n’est pas ce qui est attendu.',
  CAMPAIGN_CANNOT_MOVE: 'La campagne ne peut pas le faire là où elle en est.',
  EXPIRE_AT_PASSED: 'La fin de cette campagne est passée : donnez-lui une fin plus tardive.',
  TOO_MANY_REQUESTS: 'Trop de demandes à la fois : réessayez dans un moment.',
  DATABASE_UNAVAILABLE: 'La base de données ne répond pas : rien n’a changé.',
  IMPORT_NOT_CSV: 'Ce fichier n’est pas un CSV : enregistrez la liste en CSV et envoyez-la.',
  IMPORT_LINE_TOO_LONG:
    'Une ligne de ce fichier ne finit pas : un guillemet est resté ouvert, ou ce n’est pas un CSV.',
  IMPORT_UNREADABLE:
    'Ce gzip est abîmé ou incomplet : compressez de nouveau le fichier, ou envoyez-le tel quel.',
  IMPORT_TOO_LARGE:
    'Ce fichier, une fois décompressé s’il l’est, est plus grand que ce qu’un import accepte : envoyez-le en plusieurs parties.',
  MEDIA_TYPE_NOT_SUPPORTED: 'Ce type de contenu ne se lit pas à cette adresse.',
  REASON_NEEDED: 'Dites pourquoi : cette lecture est inscrite à l’audit.',
};

/** What was refused, and what to do. */
export function refusedPage(
  language: Language,
  refused: { readonly code: RefusalCode; readonly details: RefusalDetails },
): ConsolePage {
  const { code, details } = refused;
  const french = language === 'fr' ? FRENCH[code] : undefined;
  const sentence = french ?? refusals[code].title;
  return {
    title: language === 'fr' ? 'Pas possible' : 'Not possible',
    main: `<p class="alert" role="alert">${escaped(sentence)} <span>(${escaped(code)})</span></p>
${detailIn(language, details)}
${errorsIn(language, details['errors'])}`,
  };
}

function detailIn(language: Language, details: Readonly<Record<string, unknown>>): string {
  const told = refusedFileSentence(details, language);
  if (told !== undefined) return `<p>${escaped(told)}</p>`;
  const { detail } = details;
  return typeof detail === 'string' ? `<p lang="en">${escaped(detail)}</p>` : '';
}

function errorsIn(language: Language, errors: RefusalDetails['errors'] = []): string {
  const lines = saidIn(errors, language).map(
    ({ pointer, message }) => `<li>${escaped(`${pointer} : ${message}`)}</li>`,
  );
  return lines.length === 0 ? '' : `<ul>${lines.join('')}</ul>`;
}
