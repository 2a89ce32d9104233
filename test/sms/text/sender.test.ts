import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { mayStandForAny } from '../../../src/rule/sender.ts';
import { checkSender, senderFromBrand } from '../../../src/sms/text/content-rule.ts';

const on = '2027-04-12';

describe('a sender', () => {
  test.each([
    ['names a practice', 'TILLEULS', undefined],
    ['may hold digits', 'Garage42', undefined],
    ['has three characters', 'ABC', undefined],
    ['has eleven characters', 'MaisonLumie', undefined],
    ['has two characters', 'AB', 'SND-01'],
    ['has twelve characters', 'MaisonLumier', 'SND-01'],
    ['has a space', 'Maison L', 'SND-01'],
    ['has an accent', 'LUMIÈRE', 'SND-01'],
    ['has a sign', 'C&A SHOP', 'SND-01'],
    ['is digits only', '36180', 'SND-01'],
    ['is empty', '', 'SND-01'],
    ['is a generic word', 'RDV', 'SND-01'],
    ['is a generic word in small letters', 'infos', 'SND-01'],
    ['is a 06', '0612345678', 'SND-02'],
    ['is a 07 with its country', '+33 7 12 34 56 78', 'SND-02'],
    ['is a mobile of La Réunion', '0692123456', 'SND-02'],
  ])('that %s: %s → %s', (_what, sender, ruleId) => {
    expect(checkSender(sender, { on })[0]?.ruleId).toBe(ruleId);
  });

  it('shows no specialty of a practice', () => {
    expect(checkSender('CANCEROLOGI', { on, sector: 'health' })).toMatchObject([{ ruleId: 'TXT-01' }]);
    expect(checkSender('CANCEROLOGI', { on })).toEqual([]);
  });
});

describe('a sender that an account puts in the place of any', () => {
  test.each([
    ['36180', true],
    ['+33937000000', true],
    ['09 37 00 00 00', true],
    ['LUMIERE', true],
    ['+33757000000', false],
    ['06 39 98 00 01', false],
    ['+262692000001', false],
    ['INFO', false],
    ['Maison Lumière', false],
  ])('%s: %s', (sender, may) => {
    expect(mayStandForAny(sender, on)).toBe(may);
  });
});

describe('a brand becomes', () => {
  test.each([
    ['Maison Lumière', 'MaisonLumie'],
    ['Cabinet des Tilleuls', 'CabinetdesT'],
    ['L’Œuf & Co', 'LOEufCo'],
    ['Éts Müller', 'EtsMuller'],
    ['C&A', undefined],
    ['1001', undefined],
    ['Info', undefined],
    ['鶴', undefined],
  ])('%s → %s', (brand, sender) => {
    expect(senderFromBrand(brand, on)).toBe(sender);
  });

  it('a sender that operators take, or none', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), (brand) => {
        const sender = senderFromBrand(brand, on);
        expect(sender ?? 'none').toMatch(/^(?=.*[A-Za-z])[A-Za-z0-9]{3,11}$/);
      }),
    );
  });
});
