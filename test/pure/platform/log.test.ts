import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { faultOf } from '../../../src/platform/log.ts';

/** What PostgreSQL says of a row that breaks a rule. */
const refusedRow = Object.assign(new Error('duplicate key: Key (name)=(Canari)'), {
  severity: 'ERROR',
  code: '23505',
  detail: 'Key (name)=(Canari) already exists.',
});

/** What the parser of JSON says of a text. */
function malformed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return error;
  }
}

describe('a fault in the log (I7)', () => {
  it.each([
    ['a row that PostgreSQL refused', refusedRow],
    ['what somebody wrote, in quotes', new Error('cannot read "Canari" as a date')],
    ['what somebody wrote, in guillemets that nothing closes', new Error('cannot read « Canari as a date')],
    ['a number, in any writing', new Error('no route to +33 6 39 98 00 01 or 0639980001')],
    ['a piece of JSON', malformed('x"Jean Canari Dupont"')],
    ['an input', z.string().max(3).safeParse('Canari').error],
    ['a cause', new Error('failed', { cause: refusedRow })],
    ['no error at all', 'Canari 0639980001'],
  ])('never quotes %s', (_, fault) => {
    expect(JSON.stringify(faultOf(fault))).not.toMatch(/Canari|39 ?98/);
  });

  it('keeps its name, code and place', () => {
    const fault = faultOf(refusedRow);
    expect(fault).toMatchObject({ name: 'Error', code: '23505' });
    expect(fault.at[0]).toContain('log.test.ts');
  });
});
