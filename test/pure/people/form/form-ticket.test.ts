import { createSecretKey, randomBytes } from 'node:crypto';
import { describe, expect, it, test } from 'vitest';
import { newSlug } from '../../../../src/people/form/form-terms.ts';
import {
  answerReference,
  answerReferred,
  issueTicket,
  readTicket,
} from '../../../../src/people/form/form-answer.repository.ts';

const key = createSecretKey(randomBytes(32));
const SHOWN = { shownAt: '2026-11-25T10:00:00.000Z', version: 3, language: 'fr' } as const;
const MS = 1_700_000_000_000;
const ticket = issueTicket(key, 'noel-7k3mq9x2', { ...SHOWN, machineMs: MS });
const read = (text: string, afterMs: number, slug = 'noel-7k3mq9x2', with_ = key) =>
  readTicket([with_], slug, { text, machineMs: MS + afterMs });

describe('the ticket of a page', () => {
  test.each([
    ['is too young after a second', 1_000, 'too-early'],
    ['is good after two seconds', 2_000, 'good'],
    ['is good after two hours', 7_200_000, 'good'],
    ['is too old a moment later', 7_200_001, 'too-late'],
    ['is too young on a moved clock', -60_000, 'too-early'],
  ])('%s', (_, afterMs, kind) => {
    expect(read(ticket, afterMs).kind).toBe(kind);
  });

  it('returns when, which version and language was shown', () => {
    expect(read(ticket, 5_000)).toMatchObject({ kind: 'good', ticket: SHOWN });
  });

  it('serves one form, under one key', () => {
    expect(read(ticket, 5_000, 'other-7k3mq9x2').kind).toBe('forged');
    expect(read(ticket, 5_000, 'noel-7k3mq9x2', createSecretKey(randomBytes(32))).kind).toBe('forged');
  });

  test.each([
    ['nothing', ''],
    ['a dot', '.'],
    ['another body', `x${ticket}`],
    ['another end', `${ticket.slice(0, -1)}${ticket.endsWith('A') ? 'B' : 'A'}`],
    ['no end', ticket.split('.')[0] ?? ''],
  ])('is not %s', (_, text) => {
    expect(read(text, 5_000).kind).toBe('forged');
  });

  it('differs from every other', () => {
    const other = issueTicket(key, 'noel-7k3mq9x2', { ...SHOWN, machineMs: MS });
    expect(other).not.toBe(ticket);
  });
});

describe('the name of an answer', () => {
  it('is read back on its own form alone', () => {
    const id = '01999999-9999-7999-8999-999999999999';
    const reference = answerReference(key, 'noel-7k3mq9x2', id);
    const renewed = createSecretKey(randomBytes(32));
    expect(answerReferred([renewed, key], 'noel-7k3mq9x2', reference)).toBe(id);
    expect(answerReferred([renewed], 'noel-7k3mq9x2', reference)).toBeUndefined();
    expect(answerReferred([key], 'noel-7k3mq9x2', reference)).toBe(id);
    expect(answerReferred([key], 'autre-7k3mq9x2', reference)).toBeUndefined();
    expect(answerReferred([key], 'noel-7k3mq9x2', id)).toBeUndefined();
  });
});

describe('a slug', () => {
  test.each([
    ['noel', /^noel-[2-9a-hjkmnp-z]{8}$/],
    ['Été à la Mer !', /^ete-a-la-mer-[2-9a-hjkmnp-z]{8}$/],
    ['——', /^sms-[2-9a-hjkmnp-z]{8}$/],
  ])('of %s has eight random characters', (words, shape) => {
    expect(newSlug(words)).toMatch(shape);
    expect(newSlug(words)).not.toBe(newSlug(words));
  });
});
