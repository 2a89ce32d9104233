import type { Request } from 'express';
import { languageOf as languageOfLocale, type Language } from '../../words/index.ts';

/** Returns the language that a request prefers, French or English; that of the locale when it names neither. */
export function requestLanguage(req: Request, locale = 'fr'): Language {
  const own = languageOfLocale(locale);
  if (req.headers['accept-language'] === undefined) return own;
  const accepted = req.acceptsLanguages(own === 'fr' ? ['fr', 'en'] : ['en', 'fr']);
  return accepted === 'fr' || accepted === 'en' ? accepted : own;
}
