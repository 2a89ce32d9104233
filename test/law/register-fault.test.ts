import { describe, expect, it } from 'vitest';
import { rules, timingRules } from '../../src/law/book.ts';
import { profiles } from '../../src/law/profile.ts';
import type { Rule } from '../../src/rule/rule.ts';
import { TERRITORIES } from '../../src/rule/territory.ts';
import type { TimingRule } from '../../src/law/decide/decision.ts';
import { sundayRest } from '../../src/law/chapters/windows.ts';
import { doubled, openedStatutes, undated, unknownTerritories } from './register-fault.ts';

const aRule = (more: Partial<Rule>): Rule => ({ ...sundayRest, ...more });
const asStatute: TimingRule = { ...sundayRest, level: 'LAW' };

describe('the register of the law is refused', () => {
  it.each<[string, Partial<Rule>]>([
    ['for a rule that binds from no day', { inForceFrom: '' }],
    ['for a rule from a nonexistent day', { inForceFrom: '2027-02-30' }],
    ['for a rule with a malformed day', { inForceFrom: '20270228' }],
    ['for a rule that ends on no day', { inForceUntil: 'soon' }],
    ['for a rule that nobody read', { readOn: '' }],
    ['for a rule without a source', { source: '' }],
  ])('%s', (_about, more) => {
    expect(undated([...rules, aRule(more)])).toEqual(['WIN-02']);
  });

  it.each<[string, Partial<Rule>, string[]]>([
    ['for two endless rows of one rule', {}, ['WIN-02']],
    ['for a row that ends as another begins', { inForceUntil: '2006-01-01' }, ['WIN-02']],
    ['not for a row ended the day before', { inForceFrom: '2000-01-01', inForceUntil: '2005-12-31' }, []],
  ])('%s', (_about, more, named) => {
    expect(doubled([...rules, aRule(more)])).toEqual(named);
  });

  it('not when a row follows another directly', () => {
    const [before, after] = [aRule({ inForceUntil: '2026-12-31' }), aRule({ inForceFrom: '2027-01-01' })];
    expect([doubled([before, after]), doubled([before, aRule({ inForceFrom: '2026-12-31' })])]).toEqual([
      [],
      ['WIN-02'],
    ]);
  });

  it('for a territory unknown to the law', () => {
    expect(unknownTerritories([...TERRITORIES, 'FR-2A', 'constructor'])).toEqual(['FR-2A', 'constructor']);
  });

  it('for a profile opening what statutes close', () => {
    expect(openedStatutes([asStatute], profiles)).toEqual([
      'fr-charter-2026 WIN-02',
      'fr-functional-open WIN-02',
    ]);
  });

  it('not as it is today', () => {
    const rows = [...rules, ...profiles];
    expect([undated(rows), doubled(rows), openedStatutes(timingRules, profiles)]).toEqual([[], [], []]);
  });
});
