import { describe, expect, it } from 'vitest';
import { planAsRead } from '../../../../src/sending/batch/next-plan.ts';

const because = { code: 'GONE', text: { fr: 'Ce lot n’existe plus.', en: 'This batch no longer exists.' } };
const down = (): Promise<never> => Promise.reject(new Error('no database'));

describe('a plan of work that is done', () => {
  it.each([
    ['its own language, unasked', { locale: 'en' }, down, 'en'],
    ['its tenant’s', {}, (): Promise<'en'> => Promise.resolve('en'), 'en'],
    ['French where the tenant cannot be read', {}, down, 'fr'],
  ] as const)('is worded in %s', async (_, notes, ofTenant, language) => {
    expect(await planAsRead({ kind: 'done', because, ...notes }, ofTenant)).toEqual({
      kind: 'done',
      locale: language,
      because: { code: 'GONE', text: because.text[language] },
    });
  });
});
