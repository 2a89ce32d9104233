import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { checkText, type TextQuestion } from '../../../src/sms/text/content.ts';

/** Judged by the law of a day of 2027. */
const checked = (question: Omit<TextQuestion, 'on'>): ReturnType<typeof checkText> =>
  checkText({ on: '2027-04-12', ...question });

const codes = (question: Partial<TextQuestion>): readonly string[] =>
  checked({ text: 'Maison : ouvert.', purpose: 'appointment', ...question }).findings.map(
    ({ ruleId, severity }) => `${ruleId} ${severity}`,
  );

describe('a text has the finding', () => {
  test.each<[string, Partial<TextQuestion>, string]>([
    ['that advertising needs a way out', { purpose: 'marketing' }, 'OPT-06 warning'],
    [
      'that no way out works',
      { purpose: 'marketing', means: { canReceive: false, stopMentionReclassifies: false } },
      'OPT-06 error',
    ],
    [
      'that a reminder has no way out either',
      { means: { stopCode: '36180', canReceive: false, stopMentionReclassifies: true } },
      'OPT-07 error',
    ],
    [
      'that its short code is another account’s',
      { purpose: 'marketing', text: 'Maison. STOP au 36111' },
      'OPT-06 error',
    ],
    [
      'that its short code is another territory’s',
      {
        text: 'Maison : rappel. STOP 36229',
        territory: 'RE',
        means: { stopCode: { FR: '36229', RE: '36789' }, canReceive: false, stopMentionReclassifies: false },
      },
      'OPT-07 error',
    ],
    ['that nobody can reply STOP to a name', { text: 'Maison : rappel. Répondez STOP' }, 'OPT-07 error'],
    [
      'that its link out leads nowhere',
      { purpose: 'marketing', text: 'Promo {stopLink}', stopLink: '' },
      'OPT-06 error',
    ],
    ['that a reminder sells', { text: 'RDV le {date}. -10 % dès maintenant' }, 'TXT-03 error'],
    ['that a reminder may sell', { text: 'Dernière visite il y a 6 mois' }, 'TXT-03 warning'],
    ['that advertising serves', { purpose: 'marketing', text: 'Votre facture est prête' }, 'TXT-03 warning'],
    ['that its trade is barred', { purpose: 'marketing', text: 'Vos droits CPF expirent' }, 'SEC-01 error'],
    ['that its sender names it', { purpose: 'marketing', sender: 'MonCPF' }, 'SEC-01 error'],
    [
      'that its link names it',
      { purpose: 'marketing', text: 'https://maprimerenov-aide.fr/a' },
      'SEC-01 error',
    ],
    ['that its whole trade is barred', { purpose: 'marketing', sector: 'cpf' }, 'SEC-01 error'],
    ['that minors read it', { purpose: 'marketing', text: 'Offre lycéens' }, 'CON-05 warning'],
    ['that its campaign speaks of health', { name: 'Relance IRM', sector: 'health' }, 'TXT-01 error'],
    ['that it speaks of health', { text: 'Votre IRM', sector: 'health' }, 'TXT-01 error'],
    [
      'that a value speaks of health',
      { variables: { address: 'Service d’oncologie' }, sector: 'health' },
      'TXT-01 error',
    ],
    [
      'that its link speaks of health',
      { text: 'https://ma-cardiologie.fr/a', sector: 'health' },
      'TXT-01 error',
    ],
    ['that it names a person, in health', { text: 'Bonjour {firstName}', sector: 'health' }, 'TXT-01 error'],
    ['that it names a practitioner', { text: 'RDV avec Dr Martin', sector: 'health' }, 'TXT-01 warning'],
    ['that a variable is unknown', { text: 'Bonjour {prenom}' }, 'VARIABLE_UNKNOWN error'],
    ['that its number is surcharged', { text: 'Appelez 0899 12 34 56' }, 'TXT-04 error'],
    ['that its link is hidden', { text: 'bit.ly/a' }, 'TXT-04 error'],
    ['that its link is not ours', { text: 'https://autre.fr', ownDomains: ['maison.fr'] }, 'TXT-04 error'],
    ['that tomorrow passes', { text: 'À demain' }, 'STALE_WHEN_HELD warning'],
    [
      'that a far date is only told',
      { text: 'Le 12 août', startsOn: '2027-06-09' },
      'STALE_WHEN_HELD notice',
    ],
    [
      'that a near date may pass waiting',
      { text: 'Le 12/06', startsOn: '2027-06-09' },
      'STALE_WHEN_HELD warning',
    ],
    ['that one letter costs', { text: 'Votre reçu' }, 'TXT-02 warning'],
    ['that it is too long', { text: 'a'.repeat(500) }, 'TXT-02 error'],
    ['that it is empty', { text: ' ' }, 'TXT-02 error'],
    ['that its publisher comes too late', { brand: 'Lumière' }, 'SND-03 warning'],
    ['that its sender is a word', { sender: 'RDV' }, 'SND-01 error'],
    ['that its sender is a mobile', { sender: '0612345678' }, 'SND-02 error'],
  ])('%s', (_what, question, finding) => {
    expect(codes(question)).toContain(finding);
  });

  test.each<[string, Partial<TextQuestion>]>([
    [
      'a plain reminder',
      { text: 'Cabinet : RDV {weekday} {date} à {time}, {address}.', sector: 'health', sender: 'TILLEULS' },
    ],
    [
      'advertising that lets people out',
      { text: '{brand} : -20% sur tout. {stop}', purpose: 'marketing', brand: 'Maison' },
    ],
    [
      'advertising with its operator’s own code',
      {
        text: 'Maison : -20%. STOP au 36111',
        purpose: 'marketing',
        means: { stopCode: 'XXXXX', canReceive: false, stopMentionReclassifies: false },
      },
    ],
    ['advertising with its code stuck', { text: 'Maison : -20%. STOP36180', purpose: 'marketing' }],
    [
      'advertising with its code',
      { text: 'Maison : -20%. STOP au 36180', purpose: 'marketing', brand: 'Maison' },
    ],
    [
      'a health reminder that may name people',
      { text: 'Bonjour {firstName|}, RDV le {date}', sector: 'health', names: 'allowed' },
    ],
    [
      'a payment for works in progress',
      { text: 'Isolation thermique, échéance de {amount} le {dueOn}', purpose: 'payment' },
    ],
    [
      'an attribute that contacts have',
      { text: 'Votre carte {card}', purpose: 'renewal', variables: { card: '12' } },
    ],
  ])('nothing, when it is %s', (_what, question) => {
    expect(codes(question)).toEqual([]);
  });

  it('in the reader’s language', () => {
    const [found] = checked({ text: 'Votre reçu', purpose: 'payment', language: 'en' }).findings;
    expect(found).toEqual({
      ruleId: 'TXT-02',
      code: 'NOT_GSM7',
      severity: 'warning',
      in: 'text',
      at: 8,
      message: 'The character "ç" moves the whole message to UCS-2: 70 characters instead of 160. Write "c".',
    });
  });
});

const fields = (question: Partial<TextQuestion>): readonly string[] =>
  checked({ text: 'Maison : ouvert.', purpose: 'appointment', ...question }).findings.map(
    ({ ruleId, in: field, at }) => `${ruleId} ${field} ${at}`,
  );

describe('a finding says where it stands:', () => {
  test.each<[string, Partial<TextQuestion>, string]>([
    ['in the text', { text: 'Maison : votre IRM', sector: 'health' }, 'TXT-01 text 15'],
    ['in the sender', { sender: 'RDV' }, 'SND-01 sender 0'],
    ['in a sender of a barred trade', { purpose: 'marketing', sender: 'MonCPF' }, 'SEC-01 sender 0'],
    ['in the name of the campaign', { name: 'Relance IRM', sector: 'health' }, 'TXT-01 name 8'],
    [
      'in a value that tells of health',
      { variables: { address: 'Pavillon B, oncologie' }, sector: 'health' },
      'TXT-01 variable:address 12',
    ],
    [
      'in a value that sells',
      { text: '{brand} : {offer}', variables: { offer: 'Duo -20 %' } },
      'TXT-03 variable:offer 4',
    ],
    ['in a value whose link hides', { variables: { site: 'Voir bit.ly/a' } }, 'TXT-04 variable:site 5'],
    ['in a value that costs', { variables: { line: 'ou 0899 12 34 56' } }, 'TXT-04 variable:line 3'],
    [
      'in a name outside GSM-7',
      { text: 'Bonjour {firstName}.', variables: { firstName: 'Loïc' } },
      'TXT-02 variable:firstName 2',
    ],
    [
      'behind a name, as written, not filled',
      { text: 'Bonjour {firstName}, reçu.', variables: { firstName: 'Ana' } },
      'TXT-02 text 23',
    ],
  ])('%s', (_where, question, expected) => {
    expect(fields(question)).toContain(expected);
  });

  it('an unused value costs nothing', () => {
    expect(checked({ text: 'Ouvert.', purpose: 'payment', variables: { label: 'Forêt' } }).offenders).toEqual(
      [],
    );
  });
});

describe('a text is counted as', () => {
  it('what was written, and what will leave', () => {
    const text = `${'A'.repeat(152)}€${'B'.repeat(152)}`;
    expect(checked({ text, purpose: 'marketing' })).toMatchObject({
      encoding: 'GSM-7',
      units: 306,
      parts: 3,
      final: { units: 320, parts: 3 },
    });
  });

  it('two SMS with 61 UCS-2 characters and mention', () => {
    const verdict = checked({ text: 'ê'.repeat(61), purpose: 'marketing' });
    expect([verdict.parts, verdict.final.parts, verdict.final.units]).toEqual([1, 2, 75]);
  });

  it('more with a first name outside GSM-7', () => {
    const text = 'Bonjour {firstName}.';
    expect(checked({ text, purpose: 'marketing', variables: { firstName: 'Zoé' } }).encoding).toBe('GSM-7');
    expect(checked({ text, purpose: 'marketing', variables: { firstName: 'Loïc' } }).encoding).toBe('UCS-2');
  });

  it('less when rewritten, variables kept', () => {
    expect(checked({ text: 'Fête {firstName|chère cliente}', purpose: 'marketing' }).rewrite).toBe(
      'Fete {firstName|chère cliente}',
    );
  });
});

const broken = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 200 })
    .map((units) => String.fromCharCode(...units)),
  fc.constantFrom(
    '\0'.repeat(50),
    '\ud800',
    'a\udc00{',
    '{'.repeat(500),
    '}{|'.repeat(300),
    '€'.repeat(5000),
  ),
);

const purpose = fc.constantFrom('marketing', 'appointment', 'renewal', 'payment');
const sector = fc.constantFrom('general', 'health');

describe('the findings of a text', () => {
  it('are in the reader’s language, weighed in another', () => {
    const means = { canReceive: false, stopMentionReclassifies: false };
    const asked = {
      text: 'Appelez le 0899 12 34 56',
      purpose: 'marketing',
      means,
      stopLink: 'https://ml.fr/u/a',
    } as const;
    const verdict = checked({ ...asked, language: 'fr', readBy: 'en' });
    expect(verdict.final).toEqual(checked({ ...asked, language: 'fr' }).final);
    expect(verdict.findings.map(({ message }) => message)).toEqual([
      '"0899 12 34 56" is premium-rate: give a number at the price of a plain call or SMS.',
      expect.stringMatching(/^This advertising text has no way to say stop: "Ne plus recevoir : https/),
    ]);
  });
});

describe('any text', () => {
  it('has findings inside it, in two languages', () => {
    fc.assert(
      fc.property(fc.record({ text: broken, sender: broken, purpose, sector }), (asked) => {
        const { text, sender } = asked;
        const [french = [], english = []] = (['fr', 'en'] as const).map(
          (language) => checked({ ...asked, name: sender, brand: sender, language }).findings,
        );
        const { length } = text.normalize('NFC');
        expect(french.every(({ at }) => at >= 0)).toBe(true);
        expect(french.every(({ in: field, at }) => field !== 'text' || at <= length)).toBe(true);
        expect(french.map(({ code, at }) => [code, at])).toEqual(english.map(({ code, at }) => [code, at]));
        expect(french.every(({ message, ruleId }) => message !== '' && ruleId !== '')).toBe(true);
      }),
    );
  });

  test.each([
    'a jeun '.repeat(3000),
    '0 8 9 '.repeat(3000),
    'a.'.repeat(5000),
    `https://${'a-'.repeat(5000)}`,
    'votre abonnement '.repeat(1000),
    `dr ${'a'.repeat(20_000)}`,
    '1 er '.repeat(4000),
    '{a|'.repeat(5000),
  ])('of twenty thousand characters is judged: %.20s', (text) => {
    expect(checked({ text, purpose: 'marketing', sector: 'health' }).findings.length).toBeGreaterThan(0);
  });
});

/** A text of plain letters, as long as so many parts hold, without what is put after it. */
const ofParts = (parts: number): string => 'a'.repeat(parts * 153);

describe('a text that its author did not admit to be longer', () => {
  it.each([
    [3, false],
    [4, true],
    [5, true],
    [7, true],
  ])('of %i parts is refused: %s', (parts, isRefused) => {
    const found = checked({
      text: ofParts(parts),
      purpose: 'payment',
      append: 'as-written',
      brand: undefined,
    });
    expect(found.final.parts).toBe(parts);
    expect(found.findings.some(({ code }) => code === 'TOO_MANY_PARTS')).toBe(isRefused);
  });
});
