import { describe, expect, it } from 'vitest';
import { served } from './served.ts';

const { ask, keyOf } = await served({ lawAt: '2027-04-12T10:00:00+02:00' });
const scheduler = await keyOf('scheduler');

const BOOKED = {
  contact: { phone: '0639980171' },
  startsAt: '2099-03-03T15:15',
  practice: 'Cabinet des Tilleuls',
};

describe('a booking with a field that cannot be', () => {
  it.each([
    ['the day of birth', { person: { birthDate: '0001-02-03' } }, /^ce jour n’existe pas$/, /^no such day$/],
    [
      'its time zone',
      { timeZone: 'Mars/Olympus' },
      /^ce n’est pas un fuseau IANA$/,
      /^not an IANA time zone$/,
    ],
    [
      'a reminder of two years before',
      { reminders: ['P2Y'] },
      /^une durée avant le rendez-vous, comme P2D ou PT2H, un an au plus$/,
      /^a span before the event, such as P2D or PT2H, a year at most$/,
    ],
    [
      'an hour that clocks skip',
      { startsAt: '2028-03-26T02:30' },
      /^les horloges y sautent cette heure$/,
      /^clocks skip this hour there$/,
    ],
    ['an appointment that was', { startsAt: '2020-03-03T15:15' }, /^passé$/, /^in the past$/],
    ['an account of nobody', { gateway: 'nobody' }, /^introuvable$/, /^unknown$/],
    ['an empty reference of a person', { person: { ref: '' } }, /^Trop petit/, /^Too small/],
  ])('explains %s in French, or English if preferred', async (...[, wrong, fr, en]) => {
    const said = async (language: string): Promise<unknown> => {
      const headers = { 'Accept-Language': language };
      const asked = { key: scheduler, body: { ...BOOKED, ...wrong }, headers };
      return (await ask('PUT', '/v1/appointments/A-1', asked)).body.errors[0].message;
    };
    expect([await said('fr'), await said('en')]).toEqual([
      expect.stringMatching(fr),
      expect.stringMatching(en),
    ]);
  });
});
