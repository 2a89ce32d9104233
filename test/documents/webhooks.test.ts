import { describe, expect, test } from 'vitest';
import { WEBHOOK_EVENTS } from '../../src/company/webhooks/webhook-endpoint.repository.ts';
import { codesIn, textOf } from './shelf.ts';

const shown = textOf('docs/recipes/webhooks.md')
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .flatMap((line) => codesIn(line.split('|')[1] ?? ''));

describe('the table of webhook events', () => {
  test('has each event once, and no other', () => {
    expect(shown.toSorted()).toEqual([...WEBHOOK_EVENTS].toSorted());
  });
});
