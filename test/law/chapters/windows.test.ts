import { describe, expect, test } from 'vitest';
import { sendingHours } from '../../../src/law/chapters/windows.ts';
import { at, under, wall } from '../conditions.ts';

const MARGIN_MS = 15 * 60_000;

describe('the hours of advertising with a margin of a quarter of an hour', () => {
  test.each<[string, string, [from: string, until: string] | undefined]>([
    ['are closed until eight', '2026-03-10T07:59', ['2026-03-10T00:00', '2026-03-10T08:00']],
    ['open at eight', '2026-03-10T08:00', undefined],
    ['are open a minute before the margin', '2026-03-10T19:44', undefined],
    ['are closed from the margin to midnight', '2026-03-10T19:45', ['2026-03-10T19:45', '2026-03-11T00:00']],
  ])('%s', (_sentence, moment, closed) => {
    const bar = sendingHours.closuresAt(at('FR', moment), under('fr-seed-strict', 'FR', MARGIN_MS));
    expect(bar && [wall(bar.from), wall(bar.until)]).toEqual(closed);
  });
});
