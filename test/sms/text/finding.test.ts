import { describe, expect, it } from 'vitest';
import { Refusal } from '../../../src/platform/errors.ts';
import { refuseTexts } from '../../../src/web/api/company/tenant-change.ts';
import { checkText } from '../../../src/sms/text/content.ts';
import { findingOf, foundInEach } from '../../../src/sms/text/finding.ts';
import { type Language, languageOf } from '../../../src/words/index.ts';

describe('a finding', () => {
  it('quotes the words at fault', () => {
    expect(findingOf('PREMIUM_NUMBER', 'fr', { words: '$& 0899', at: 4 })).toEqual({
      ruleId: 'TXT-04',
      code: 'PREMIUM_NUMBER',
      severity: 'error',
      in: 'text',
      at: 4,
      message: '« $& 0899 » est surtaxé : donnez un numéro au prix d’un appel ou d’un SMS ordinaire.',
    });
  });
});

describe('what a check finds for readers of both languages', () => {
  it('is paired by code and place', () => {
    const first = { code: 'BRACE_ALONE', in: 'text', at: 4 } as const;
    const second = { code: 'TEXT_EMPTY', in: 'sender', at: 0 } as const;
    const found = foundInEach((readBy) =>
      readBy === 'fr'
        ? [
            { ...first, message: 'une accolade' },
            { ...second, message: 'vide' },
          ]
        : [
            { ...second, message: 'empty' },
            { ...first, message: 'a brace' },
          ],
    );
    expect(found.map(({ message }) => message)).toEqual([
      { fr: 'une accolade', en: 'a brace' },
      { fr: 'vide', en: 'empty' },
    ]);
  });
});

describe('default texts of a tenant', () => {
  it.each(['fr-FR', 'en-GB'])('are judged in its language: %s', (locale) => {
    const differ = new Set<boolean>();
    for (let length = 400; length < 416; length += 1) {
      const text = `{practice} {weekday} {date} {time} ${'a'.repeat(length)} {stop}`;
      const [own, other] = [languageOf(locale), locale === 'fr-FR' ? 'en' : 'fr'].map((language) =>
        errorsOf(text, language as Language),
      );
      differ.add(own !== other);
      expect([length, refusedIn(text, locale)]).toEqual([length, own]);
    }
    expect(differ).toContain(true);
  });
});

const on = '2027-04-12';
const ABOUT = { on, purpose: 'appointment', sector: 'health', ownDomains: [] } as const;
const MEANS = {
  stopCode: '36180',
  canReceive: false,
  stopMentionReclassifies: false,
  canReceiveAnswers: true,
};

const errorsOf = (text: string, language: Language): number =>
  checkText({ ...ABOUT, text, means: MEANS, language }).findings.filter(
    ({ severity }) => severity === 'error',
  ).length;

function refusedIn(text: string, locale: string): number {
  try {
    refuseTexts({ appointment: text }, { sector: 'health', locale, domains: [], deaf: false, on });
    return 0;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.details.errors?.length ?? 0;
  }
}
