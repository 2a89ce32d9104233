import { describe, expect, it } from 'vitest';
import { OPERATORS } from '../../../src/gateways/operators.ts';
import { ASSUMPTION_WORDS } from '../../../src/gateways/entry.ts';
import { escaped } from '../../../src/base/html.ts';
import { trialPage } from '../../../src/web/console/gateways.ts';

const endedAt = '2026-11-28T21:00:00.000Z';
const reading = (language: 'fr' | 'en') => ({ language, zone: 'Europe/Paris' });

describe.each(['fr', 'en'] as const)('the page of a trial, in %s', (language) => {
  it.each(Object.entries(OPERATORS))(
    'explains for %s what to change if false',
    (name, { assumptions: ids }) => {
      const findings = ids.map((id) => ({ id, verdict: 'failed' as const, detail: '<b>112</b>' }));
      const main = trialPage(reading(language), {
        name,
        last: { endedAt, findings },
        latest: null,
        mayOrder: false,
      }).main.source;
      for (const id of ids) {
        expect(main).toContain(escaped(ASSUMPTION_WORDS[id].what[language]));
        expect(main).toContain(escaped(ASSUMPTION_WORDS[id].change[language]));
      }
      expect(main).toContain(`npm run account -- try ${name}`);
      expect(main).not.toContain('<b>112');
    },
  );

  it('changes nothing where all is held', () => {
    const findings = [{ id: 'sender', verdict: 'held' as const }];
    const main = trialPage(reading(language), {
      name: 'octo',
      last: { endedAt, findings },
      latest: null,
      mayOrder: false,
    }).main.source;
    expect(main).not.toContain(escaped(ASSUMPTION_WORDS.sender.change[language]));
  });

  it('leaves out assumptions of other versions', () => {
    const findings = [{ id: 'of-another-version', verdict: 'failed' as const }];
    expect(
      trialPage(reading(language), {
        name: 'octo',
        last: { endedAt, findings },
        latest: null,
        mayOrder: false,
      }).main.source,
    ).not.toContain('of-another-version');
  });
});
