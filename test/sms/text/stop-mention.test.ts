import { describe, expect, it, test } from 'vitest';
import {
  asksForStopReply,
  carriesStopCode,
  type OptOutMeans,
  type OptOutQuestion,
  stopCodeFor,
  stopMention,
  withStop,
} from '../../../src/sms/text/stop-mention.ts';

const code: OptOutMeans = { stopCode: '36180', canReceive: false, stopMentionReclassifies: false };
const touchy: OptOutMeans = { ...code, stopMentionReclassifies: true };
const twoWay: OptOutMeans = { ...code, canReceive: true };
const bare: OptOutMeans = { canReceive: false, stopMentionReclassifies: false };
const link = 'https://sms.example/u/abc';

const mention = (difference: Partial<OptOutQuestion>): string => {
  const found = stopMention({
    purpose: 'marketing',
    language: 'fr',
    territory: 'FR',
    means: code,
    ...difference,
  });
  return found.kind === 'mention' ? found.text : found.kind;
};

describe('somebody may say stop', () => {
  test.each([
    ['to advertising, by the short code', { means: code, stopLink: link }, 'STOP au 36180'],
    ['to advertising, by link without a code', { means: bare, stopLink: link }, `Ne plus recevoir : ${link}`],
    ['to English advertising, by the operator’s words', { language: 'en' }, 'STOP au 36180'],
    ['to Octopush, in its own placeholder', { means: { ...code, stopCode: 'XXXXX' } }, 'STOP au XXXXX'],
    [
      'to a reminder, by a reply',
      { purpose: 'appointment', means: twoWay },
      'Pour ne plus recevoir ces rappels, répondez STOP.',
    ],
    [
      'to a reminder in English, by a reply',
      { purpose: 'renewal', means: twoWay, language: 'en' },
      'To get no more reminders, reply STOP.',
    ],
    [
      'to a reminder without replies, by code',
      { purpose: 'payment', means: code, stopLink: link },
      'STOP au 36180',
    ],
    [
      'to a reminder code would advertise, by link',
      { purpose: 'appointment', means: touchy, stopLink: link },
      `Ne plus recevoir : ${link}`,
    ],
    [
      'to a reminder in English, by the link',
      { purpose: 'renewal', means: bare, stopLink: link, language: 'en' },
      `Opt out: ${link}`,
    ],
    ['in no way, which keeps advertising home', { means: bare }, 'impossible'],
    ['in no way, which keeps a reminder home', { purpose: 'renewal', means: touchy }, 'impossible'],
    ['when told who writes', { purpose: 'acknowledgement' }, 'STOP au 36180'],
    ['to nothing that was just asked for', { purpose: 'confirmation' }, 'none'],
    ['to nothing when told who writes, without means', { purpose: 'acknowledgement', means: bare }, 'none'],
  ] as const)('%s', (_how, difference, text) => {
    expect(mention(difference)).toBe(text);
  });

  it('by their territory’s code or its neighbour’s', () => {
    const means = { ...bare, stopCode: { FR: '36229', GP: '36789' } };
    expect(
      (['FR', 'FR-67', 'GP', 'BL', 'MF', 'RE'] as const).map((territory) => stopCodeFor(means, territory)),
    ).toEqual(['36229', '36229', '36789', '36789', '36789', undefined]);
    expect(mention({ means, territory: 'RE', stopLink: link })).toBe(`Ne plus recevoir : ${link}`);
  });
});

describe('a text', () => {
  test.each([
    ['STOP au 36180', true],
    ['stop 36111', true],
    ['STOP SMS au 36200', true],
    ['STOP au XXXXX', true],
    ['STOP au 30101', true],
    ['répondez STOP', false],
    ['Bus stop. 36180', false],
    ['code postal 36180', false],
  ])('%j has its short code: %s', (text, has) => {
    expect(carriesStopCode(text)).toBe(has);
  });

  test.each([
    ['Pour ne plus recevoir ces rappels, répondez STOP.', true],
    ['Repondez par STOP', true],
    ['reply STOP', true],
    ['Envoyez STOP au 36180', false],
    ['STOP au 36180', false],
  ])('%j asks for a reply: %s', (text, asks) => {
    expect(asksForStopReply(text)).toBe(asks);
  });

  test.each<[string, string, 'append' | 'as-written', string]>([
    ['gets the mention at its end', 'Promo.', 'append', 'Promo. {stop}'],
    ['keeps it where the author put it', '{stop} Promo.', 'append', '{stop} Promo.'],
    ['keeps the author’s link', 'Promo. {stopLink}', 'append', 'Promo. {stopLink}'],
    ['keeps the author’s short code', 'Promo. STOP au 36111', 'append', 'Promo. STOP au 36111'],
    ['is unchanged where the tenant wants no mention', 'RDV.', 'as-written', 'RDV.'],
  ])('%s', (_how, ...[text, append, placed]) => {
    expect(withStop(text, append)).toBe(placed);
    expect(withStop(placed, append)).toBe(placed);
  });
});
