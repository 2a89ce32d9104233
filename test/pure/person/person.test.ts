import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { neededGuardian, corrected, merged, type Person } from '../../../src/person/person.ts';
import { isNewProof, missingFields } from '../../../src/person/consent-event.ts';
import { isMinorOn, ofAgeFrom } from '../../../src/law/chapters/consent.ts';

const holder: Person = { phone: '+33612345678', attributes: {} };

describe('a name given again', () => {
  it.each<[string, string, boolean]>([
    ['Marie', 'marie', false],
    ['Éloïse', 'ELOISE', false],
    ['Jean-Paul', 'Jean Paul', false],
    ['Marie', 'Mario', true],
    ['Marie', '', false],
  ])('%s, then %s', (first, second, conflict) => {
    const twice = merged(merged(holder, { firstName: first }), { firstName: second });
    expect(twice.nameConflict === true).toBe(conflict);
  });

  it('is used again once somebody sets it', () => {
    const doubtful = merged(merged(holder, { firstName: 'Ana' }), { firstName: 'Eva' });
    expect(corrected(doubtful, { attributes: { city: 'Lyon' } })).toMatchObject({ nameConflict: true });
    expect(corrected(doubtful, { firstName: 'Eva' })).toEqual({ ...holder, firstName: 'Eva' });
  });

  it('is read from the attributes too', () => {
    const told = merged(holder, { attributes: { firstName: 'Ana', lastName: 'Ruiz', city: 'Lyon' } });
    expect(told).toEqual({ ...holder, firstName: 'Ana', lastName: 'Ruiz', attributes: { city: 'Lyon' } });
  });

  it('goes when null takes it away', () => {
    const named = merged(holder, { firstName: 'Ana', birthDate: '1980-01-01', attributes: { city: 'Lyon' } });
    expect(corrected(named, { firstName: null, birthDate: null, attributes: { city: null } })).toEqual(
      holder,
    );
  });
});

describe('a young person', () => {
  const days = fc.date({ min: new Date('1940-01-01'), max: new Date('2030-12-31'), noInvalidDate: true });
  const dates = days.map((at) => at.toISOString().slice(0, 10));

  it('ends minority on the law’s exact day', () => {
    fc.assert(
      fc.property(dates, dates, (born, on) => {
        expect(isMinorOn(born, on)).toBe(on < ofAgeFrom(born));
      }),
    );
  });

  it.each<[string, string, boolean]>([
    ['2011-11-26', '2026-11-25', true],
    ['2011-11-25', '2026-11-25', false],
  ])('born %s, on %s needs a guardian: %s', (born, on, needed) => {
    expect(neededGuardian(born, on)).toBe(needed);
  });
});

describe('a proof lacks', () => {
  it.each([
    ['web_form', { formUrl: 'https://x', userAgent: 'Firefox' }, []],
    ['web_form', {}, ['formUrl', 'ip|userAgent']],
    ['paper', { documentRef: 'BULL-2307-2682' }, []],
    ['event', { documentRef: ' ' }, ['documentRef']],
    ['oral', { recordingRef: 'r' }, ['operator']],
    ['sms_keyword', { messageRef: 'm', keyword: 'OUI' }, []],
    ['import', { source: 'till' }, ['documentRef']],
  ] as const)('%s with %j: %j', (method, evidence, missing) => {
    expect(missingFields(method, evidence)).toEqual(missing);
  });
});

describe('a proof is new', () => {
  type Evidence = Readonly<Record<string, string>>;
  const earlier = [
    { evidence: { documentRef: 'B1' }, occurredAt: '1' },
    { evidence: { formUrl: 'https://x', ip: '192.0.2.1' }, occurredAt: '2' },
  ];
  it.each<[Evidence, string, boolean]>([
    [{ documentRef: 'B2' }, '3', true],
    [{ documentRef: 'B1' }, '3', false],
    [{ formUrl: 'https://x', ip: '192.0.2.2' }, '3', true],
    // The same form and address on another evening is another proof.
    [{ formUrl: 'https://x', ip: '192.0.2.1', submittedAt: '3' }, '3', true],
    [{ formUrl: 'https://x', ip: '192.0.2.1', userAgent: 'Firefox' }, '3', true],
    [{ formUrl: 'https://y', ip: '192.0.2.1' }, '3', true],
    [{ formUrl: 'https://x', ip: '192.0.2.2' }, '2', true],
    // The same submission, whatever else is recorded, and evidence that does not show another submission.
    [{ formUrl: 'https://x', ip: '192.0.2.1', userAgent: 'Firefox' }, '2', false],
    [{ ip: '192.0.2.1', formUrl: 'https://x' }, '3', false],
    [{ formUrl: 'https://x' }, '3', false],
    [{ formUrl: 'https://x', userAgent: 'Firefox' }, '3', false],
    [{ source: 'agenda', recordRef: 'RDV-1' }, '3', false],
  ])('%j at %s: %s', (evidence, occurredAt, expected) => {
    expect(isNewProof({ evidence, occurredAt }, earlier)).toBe(expected);
  });
});
