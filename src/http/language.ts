import type { Request } from 'express';
import type { Language } from '../law/rule.ts';

/** French unless the caller prefers English. */
export function languageOf(req: Request): Language {
  return req.acceptsLanguages(['fr', 'en']) === 'en' ? 'en' : 'fr';
}
