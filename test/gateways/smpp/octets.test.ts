import fc from 'fast-check';
import { PDU } from 'smpp';
import { describe, expect, it, test } from 'vitest';
import { writtenText } from '../../../src/gateways/smpp/alphabet.ts';
import { submitBytes, sentParts, submitsOf } from '../../../src/gateways/smpp/submit-sm.ts';
import { composed, measure } from '../../../src/sms/encoding/encoding.ts';
import { gsm7, ucs2 } from '../fakes/smpp-words.ts';
import { aCall } from '../sandbox/support.ts';

const hex = (text: string): string => writtenText({ text, ...measure(text) }, 'gsm-7').whole.toString('hex');
const read = (octets: Buffer, encoding: 'GSM-7' | 'UCS-2'): string =>
  encoding === 'GSM-7' ? gsm7(octets) : ucs2(octets);

describe('a text in octets', () => {
  test.each([
    ['keeps the GSM alphabet in its order', '@£$ àé', '000102207f05'],
    ['writes Ç at 9, as phones read it', 'Ça', '0961'],
    ['puts € and brackets behind an escape', '€[', '1b651b3c'],
    ['leaves the escape between Ξ and Æ', 'ΞÆ', '1a1c'],
    ['takes two octets each with ç', 'ça', '00e70061'],
    ['keeps an emoji whole', '🎉', 'd83cdf89'],
  ])('%s', (_sentence, text, octets) => {
    expect(hex(text)).toBe(octets);
  });

  const unit = fc.oneof(
    fc.constantFrom('a', 'é', '€', '[', 'ç', '🎉', ' ', '\n', 'É', '~'),
    fc.string({ minLength: 1, maxLength: 1, unit: 'grapheme' }),
  );
  it('takes the counted parts and comes together again', () => {
    fc.assert(
      fc.property(fc.array(unit, { minLength: 1, maxLength: 700 }), (units) => {
        const text = composed(units.join(''));
        const { encoding, parts } = measure(text);
        const { parts: pieces } = writtenText({ text, encoding }, 'gsm-7');

        expect(pieces).toHaveLength(parts);
        // What a part holds can be read alone: no character is torn.
        expect(pieces.map((piece) => read(piece, encoding)).join('')).toBe(text);
        for (const piece of pieces.length > 1 ? pieces : [])
          expect(piece.length).toBeLessThanOrEqual(encoding === 'GSM-7' ? 153 : 134);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a text for an operator of another alphabet', () => {
  const texts = fc
    .array(fc.constantFrom('a', 'é', '€', '[', 'à', 'Δ', '@', '_', ' '), { minLength: 1, maxLength: 700 })
    .map((units) => units.join(''));

  test.each([
    ['latin-1', 'é@_[', 0, 'e9405f5b'],
    ['latin-1', '10 €', 8, '00310030002020ac'],
    ['utf-8', 'é 10 €', 0, 'c3a920313020e282ac'],
    ['utf-8', '🎉', 8, 'd83cdf89'],
  ] as const)('in %s writes %s under data_coding %i', (alphabet, text, dataCoding, octets) => {
    const written = writtenText({ text, ...measure(text) }, alphabet);

    expect(written).toMatchObject({ dataCoding });
    expect(written.whole.toString('hex')).toBe(octets);
  });

  it('fits its parts and comes together again', () => {
    fc.assert(
      fc.property(texts, fc.constantFrom('latin-1', 'utf-8'), (text, alphabet) => {
        const { encoding, parts } = measure(text);
        const { dataCoding, parts: pieces } = writtenText({ text, encoding }, alphabet);
        const asText = (piece: Buffer): string =>
          dataCoding === 8 ? ucs2(piece) : piece.toString(alphabet === 'utf-8' ? 'utf8' : 'latin1');

        expect(pieces.map(asText).join('')).toBe(text);
        expect(pieces.length).toBeGreaterThanOrEqual(parts);
        for (const piece of pieces) expect(piece.length).toBeLessThanOrEqual(pieces.length > 1 ? 248 : 254);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a message of three parts', () => {
  const text = 'Rappel de votre rendez-vous. '.repeat(12);
  const call = aCall({ text, purpose: 'appointment', validForMs: 90_061_000 });
  const hand = { sourceAddress: undefined, alphabet: 'gsm-7' } as const;

  it('carries headers and asks for each receipt', () => {
    const parts = submitsOf(call, { ...hand, longTexts: 'udh' }, 0x1_0a);

    expect(parts.map((part) => part['registered_delivery'])).toEqual([1, 1, 1]);
    expect(parts.map((part) => part['esm_class'])).toEqual([0x40, 0x40, 0x40]);
    expect(parts.map((part) => (part['short_message'] as Buffer).subarray(0, 6).toString('hex'))).toEqual([
      '0500030a0301',
      '0500030a0302',
      '0500030a0303',
    ]);
  });

  it('is numbered by fields if the account says', () => {
    const parts = submitsOf(call, { ...hand, longTexts: 'sar' }, 266);

    expect(parts.map((part) => [part['sar_msg_ref_num'], part['sar_segment_seqnum']])).toEqual([
      [266, 1],
      [266, 2],
      [266, 3],
    ]);
    expect(parts[0]?.['sar_total_segments']).toBe(3);
  });

  it('is one payload if the account says', () => {
    const [whole, ...others] = submitsOf(call, { ...hand, longTexts: 'message-payload' }, 1);

    expect(others).toEqual([]);
    expect(gsm7(whole?.['message_payload'] as Buffer)).toBe(text);
    expect(whole?.['short_message']).toBeUndefined();
  });

  it('has its number of parts known before sending', () => {
    const units = fc.array(fc.constantFrom('a', '€', 'ç', 'é', 'Ω', '🎉', ' '), { maxLength: 400 });
    fc.assert(
      fc.property(
        units,
        fc.constantFrom('udh', 'sar', 'message-payload'),
        fc.constantFrom('gsm-7', 'latin-1', 'utf-8'),
        (some, longTexts, alphabet) => {
          const written = composed(some.join(''));
          const one = { ...hand, longTexts, alphabet } as const;
          const submits = submitsOf(aCall({ text: written, ...measure(written) }), one, 1);
          expect(sentParts({ text: written, ...measure(written) }, one)).toBe(submits.length);
        },
      ),
    );
  });

  it('expires after the given validity at the operator', () => {
    expect(submitsOf(call, { ...hand, longTexts: 'udh' }, 1)[0]?.['validity_period']).toBe(
      '000001010101000R',
    );
  });
});

describe('a sender', () => {
  test.each([
    ['in letters', 'CABINET', 5, 0, 'CABINET'],
    ['that is a short code', '36180', 3, 1, '36180'],
    ['that is a number', '+33757000000', 1, 1, '33757000000'],
  ])('%s is written with its type', (_what, sender, ton, npi, address) => {
    const [part] = submitsOf(
      aCall({ sender }),
      { longTexts: 'udh', alphabet: 'gsm-7', sourceAddress: undefined },
      1,
    );

    expect(part).toMatchObject({ source_addr_ton: ton, source_addr_npi: npi, source_addr: address });
  });
});

describe('a submit_sm', () => {
  const sender = fc.constantFrom('LUMIERE', '36180', '+33639980001', 'Dr Martin');
  const text = fc
    .array(fc.constantFrom('a', '€', 'ç', '🎉', ' '), { minLength: 1, maxLength: 400 })
    .map((units) => composed(units.join('')));

  it('is written as the library writes it', () => {
    fc.assert(
      fc.property(
        fc.record({ sender, text, validForMs: fc.option(fc.integer({ min: 1, max: 10 ** 9 })) }),
        fc.constantFrom('udh', 'sar', 'message-payload'),
        fc.integer({ min: 1, max: 0x7fffffff }),
        ({ validForMs, ...different }, longTexts, sequence) => {
          const { encoding } = measure(different.text);
          const call = aCall({ ...different, encoding, ...(validForMs !== null && { validForMs }) });
          const parts = submitsOf(
            call,
            { longTexts, alphabet: 'gsm-7', sourceAddress: undefined },
            sequence & 0xffff,
          );

          for (const part of parts)
            expect(submitBytes(sequence, part).toString('hex')).toBe(
              new PDU('submit_sm', { ...part, sequence_number: sequence }).toBuffer().toString('hex'),
            );
        },
      ),
    );
  });
});
