import { describe, expect, it } from 'vitest';
import { apartFromRehearsal, countedTwice } from '../../../src/web/console/campaign-parts.ts';

describe('how a campaign parted from its rehearsal', () => {
  const went = { messages: 4_989, parts: 5_001 };

  it('is not mentioned when as foreseen', () => {
    expect(apartFromRehearsal({ ...went, messagesApart: 0, partsApart: 0 }, 'fr').source).toBe('');
  });

  it('is worded for one and none per language', () => {
    const one = { messages: 1, parts: 1, messagesApart: 1, partsApart: -1 };
    expect(apartFromRehearsal(one, 'fr').source).toMatch(
      /prévoyait 0 message, 2 parties.; il est parti 1 message, 1 partie\./,
    );
    expect(apartFromRehearsal(one, 'en').source).toContain(
      'foresaw 0 messages, 2 parts; what left is 1 message, 1 part.',
    );
  });

  it('is given in messages and parts', () => {
    expect(apartFromRehearsal({ ...went, messagesApart: -11, partsApart: 12 }, 'en').source).toContain(
      'The rehearsal foresaw 5,000 messages, 4,989 parts; what left is 4,989 messages, 5,001 parts.',
    );
    expect(apartFromRehearsal({ ...went, messagesApart: -11, partsApart: 12 }, 'fr').source).toMatch(
      /La simulation prévoyait 5.000 messages, 4.989 parties.; il est parti 4.989 messages, 5.001 parties\./,
    );
  });
});

describe('what an operator counted', () => {
  const counted = {
    parts: { ours: 1_000, theirs: 1_050 },
    cost: { ours: '50.00', theirs: '52.50', currency: 'EUR' },
  };

  it('is shown beside ours, marked beyond rounding', () => {
    expect(countedTwice({ ...counted, isAlarming: true }, 'en').source).toBe(
      '<span class="warned">1,050 parts (ours: 1,000)<br>€52.50 (ours: €50.00)</span>',
    );
    expect(countedTwice({ ...counted, cost: null, isAlarming: false }, 'en').source).toBe(
      '<span>1,050 parts (ours: 1,000)</span>',
    );
  });
});
