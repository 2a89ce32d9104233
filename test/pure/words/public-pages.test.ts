import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { refusedPage } from '../../../src/web/console/refused-form.ts';
import { codecPage } from '../../../src/web/codec/codec.ts';
import { codePage, donePage, linkPage, openPage } from '../../../src/web/public/form-page.ts';
import type { FramedPage } from '../../../src/web/page/page.ts';
import { outcomePage, type PageOutcome } from '../../../src/web/public/form-visit.ts';
import { sorryPage } from '../../../src/web/public/link-page.ts';
import { askPage, keptPage, stoppedPage } from '../../../src/web/public/opt-out.ts';
import { schedulePage } from '../../../src/web/public/schedule.ts';
import type { Tenant } from '../../../src/company/tenant/tenant.ts';
import { CONSENT_PURPOSES } from '../../../src/person/consent-event.ts';
import { refusals, type RefusalCode } from '../../../src/platform/errors.ts';
import { faultsIn, readableIn, type Language } from '../../support/language-faults.ts';

const TOLD = [
  'refused',
  'again',
  'late',
  'early',
  'odd',
  'large',
  'elsewhere',
  'many',
  'closed',
  'gone',
  'deadLink',
  'away',
] as const satisfies readonly PageOutcome[];

const ONWARD = ['back', 'toCode', 'otherNumber'] as const;

/** Every page that somebody without a key may meet, in each of its states. */
function pagesIn(language: Language): readonly FramedPage[] {
  const form = { language, company: 'Lumo', within: undefined, back: '/f/ete', action: '/f/ete' };
  const link = {
    language,
    company: 'Lumo',
    legalName: 'Lumo',
    contact: { phone: '01 99 00 12 34' },
    action: '/u/x',
    otherLanguage: '/u/x?lang',
  };
  return [
    ...TOLD.map((told) => outcomePage(told, { language, within: undefined })),
    ...ONWARD.map((word) =>
      outcomePage('refused', { language, within: undefined, onward: { href: '/f/ete', word } }),
    ),
    ...([undefined, 'wrong'] as const).map((wrong) => codePage({ ...form, reference: 'x', wrong })),
    linkPage(form),
    openPage(form),
    donePage({ ...form, agreed: [], blocked: [] }),
    donePage({ ...form, agreed: CONSENT_PURPOSES, blocked: CONSENT_PURPOSES }),
    ...CONSENT_PURPOSES.flatMap((purpose) => {
      const about = { ...link, purpose, scope: [purpose] };
      return [askPage(about), stoppedPage(about, 'now'), stoppedPage({ ...about, scope: 'all' }, 'already')];
    }),
    keptPage(language),
    ...(['optOut', 'schedule'] as const).flatMap((kind) =>
      (['gone', 'expired', 'many', 'away'] as const).map((why) => sorryPage(kind, why, language)),
    ),
    schedulePage({
      language,
      brand: 'Lumo',
      otherLanguage: '/s/x',
      label: 'Confort',
      // All that the page reads of it.
      tenant: { legalName: 'Lumo', contact: { phone: '01 99 00 12 34' } } as unknown as Tenant,
      instalments: (['paid', 'due', 'past'] as const).map((state, at) => ({
        number: at + 1,
        dueOn: `2026-1${at}-12`,
        amount: { amount: '49.00', currency: 'EUR' },
        state,
      })),
    }),
    ...(['in', 'out', 'refused'] as const).map((state) =>
      codecPage({ language, state, ui: 'http://localhost:8233', endpoint: 'http://localhost:8080/codec' }),
    ),
  ];
}

describe.each(['fr', 'en'] as const)('somebody who reads %s', (language) => {
  it('sees one language on every public page', () => {
    const pages = pagesIn(language);
    process.stdout.write(`${pages.length} pages in ${language} looked at.\n`);
    expect(pages.length).toBeGreaterThan(40);
    expect(pages.flatMap(({ html }) => faultsIn(readableIn(html.source, language), language))).toEqual([]);
    expect(pages.filter(({ html }) => !html.source.includes(`<html lang="${language}"`))).toEqual([]);
  });

  it('sees one language on every refusing page', () => {
    const codes = Object.keys(refusals) as RefusalCode[];
    const pages = codes.map((code) => refusedPage(language, { code, details: {} }));
    expect(pages.flatMap(({ main }) => faultsIn(readableIn(main.source, language), language))).toEqual([]);
  });
});

/** What the document of the API says to whoever writes a program. */
function sentencesOf(value: unknown, name = ''): readonly string[] {
  if (typeof value === 'string') return /^(?:title|summary|description)$/.test(name) ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    /^examples?$/.test(key) ? [] : sentencesOf(inner, Array.isArray(value) ? name : key),
  );
}

describe('a reader of the API documents', () => {
  it('meets English alone', () => {
    const root = new URL('../../../', import.meta.url);
    const document: unknown = JSON.parse(readFileSync(new URL('docs/openapi.json', root), 'utf8'));
    const said = sentencesOf(document);
    expect(said.length).toBeGreaterThan(1_000);
    const faults = said.flatMap((text) => faultsIn(text, 'en'));
    expect(faults.filter(({ kind }) => kind === 'other language')).toEqual([]);
    expect(readFileSync(new URL('src/web/server/docs.html', root), 'utf8')).toContain('<html lang="en">');
  });
});
