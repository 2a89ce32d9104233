import { describe, expect, it, test } from 'vitest';
import { defaultText, type TextName, sampleValues, vocabularyOf } from '../../../src/sms/text/variable.ts';
import { measure } from '../../../src/sms/encoding/encoding.ts';
import { healthWords } from '../../../src/sms/text/health-word.ts';
import { promotionalWords } from '../../../src/sms/text/word-list.ts';
import { render, parseTemplate } from '../../../src/sms/text/template.ts';
import type { Purpose } from '../../../src/rule/index.ts';
import { languageOf } from '../../../src/words/index.ts';

/** The purpose of each default text, hence its variables and its opt-out. */
const TEXT_PURPOSES: Readonly<Record<TextName, Purpose>> = {
  appointment: 'appointment',
  moved: 'appointment',
  cancelled: 'appointment',
  renewal: 'renewal',
  ending: 'renewal',
  schedule: 'payment',
  'schedule-summary': 'payment',
  payment: 'payment',
  overdue: 'payment',
  'stop-marketing': 'acknowledgement',
  'stop-reminder': 'acknowledgement',
  'stop-all': 'acknowledgement',
  contact: 'acknowledgement',
  start: 'acknowledgement',
  'confirmation-code': 'confirmation',
  'confirmation-link': 'confirmation',
};
const TEXT_NAMES = Object.keys(TEXT_PURPOSES).filter((name): name is TextName => name in TEXT_PURPOSES);

const all = (['fr', 'en'] as const).flatMap((language) =>
  TEXT_NAMES.map((name) => [language, name] as const),
);

const read = (language: 'fr' | 'en', name: TextName, values = {}): string => {
  const template = parseTemplate(
    defaultText(name, language),
    vocabularyOf(TEXT_PURPOSES[name], { sector: 'health' }),
  );
  const rendered =
    template.kind === 'template' ? render(template, { ...sampleValues(language), ...values }) : template;
  return rendered.kind === 'text' ? rendered.text : JSON.stringify(rendered);
};

const formatted = {
  weekday: { fr: 'mer.', en: 'Wed' },
  time: { fr: '18h45', en: '18:45' },
  amount: { fr: '1 249,00 €', en: '€1,249.00' },
} as const;

describe('the words that people receive', () => {
  test.each(all)('in %s, %s: fit one SMS in GSM-7', (language, name) => {
    const text = read(language, name);
    expect(text).not.toMatch(/[{}]/);
    expect(measure(text)).toMatchObject({ encoding: 'GSM-7', parts: 1 });
  });

  // A day of next year, the longest hour, and the sentence of an amount in thousands.
  test.each(all)('in %s, %s: fit on the longest day', (language, name) => {
    const values = {
      weekday: formatted.weekday[language],
      date: '28/12/2028',
      time: formatted.time[language],
      renewsOn: '28/12/2028',
      refuseBy: '28/11/2028',
      dueOn: '28/12/2028',
      amount: formatted.amount[language],
    };
    expect(measure(read(language, name, values))).toMatchObject({ encoding: 'GSM-7', parts: 1 });
  });

  test.each(all)('in %s, %s: open with who writes', (language, name) => {
    expect(read(language, name)).toMatch(/^(?:Cabinet des Tilleuls|Maison Lumière)/);
  });

  // The acknowledgement of a STOP names the offers that it ends.
  test.each(all.filter(([, name]) => TEXT_PURPOSES[name] !== 'acknowledgement'))(
    'in %s, %s: sell nothing',
    (language, name) => {
      expect(promotionalWords(read(language, name))).toEqual([]);
    },
  );

  test.each(all)('in %s, %s: reveal nothing of health', (language, name) => {
    const text = read(language, name);
    expect(healthWords(text)).toEqual([]);
  });

  it('need a second SMS at most', () => {
    const stop = 'Pour ne plus recevoir ces rappels, répondez STOP.';
    const parts = TEXT_NAMES.map((name) => measure(read('fr', name, { stop })).parts);
    expect(Math.max(...parts)).toBe(2);
  });
});

describe('a locale', () => {
  test.each([
    ['fr', 'fr'],
    ['fr-FR', 'fr'],
    ['en', 'en'],
    ['en-GB', 'en'],
    ['EN', 'en'],
    ['enm', 'fr'],
    ['de', 'fr'],
    ['', 'fr'],
  ])('%j speaks %s', (locale, language) => {
    expect(languageOf(locale)).toBe(language);
  });
});
