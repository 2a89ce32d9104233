import { describe, expect, it } from 'vitest';
import { waitingFor } from '../../../../src/reminders/series/series-view.ts';

const text = {
  fr: 'Plus de crédit chez l’opérateur. Code de l’opérateur : 29.',
  en: 'No credit is left at the operator. The operator’s code: 29.',
};
const seen = (kept: string | typeof text, language: 'fr' | 'en'): string | undefined =>
  waitingFor({ waiting: { code: 'CREDIT', text: kept }, territory: 'FR' }, language)?.text;

describe('what a series waits for', () => {
  it.each(['fr', 'en'] as const)('keeps the code of the operator in %s', (language) => {
    expect(seen(text, language)).toBe(text[language]);
  });

  it('is shown as an earlier version kept it', () => {
    expect(seen(text.fr, 'en')).toBe(text.fr);
  });
});
