import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { messageId, messageKey } from '../../../../src/sending/message/message.repository.ts';

const BATCH = '01912f5a-0000-7000-8000-000000000001';

describe('the name of a message', () => {
  it('is read back as its key', () => {
    fc.assert(
      fc.property(
        fc.uuid(),
        fc.integer({ min: 0, max: 999_999_999 }),
        fc.constantFrom('msg', 'ack'),
        (batchId, seq, kind) => {
          expect(messageKey(messageId({ batchId, seq }, kind))).toEqual({ batchId, seq });
        },
      ),
    );
  });

  it.each([
    '',
    `msg_${BATCH}`,
    `msg_${BATCH}_`,
    `msg_${BATCH}_-1`,
    `msg_${BATCH}_1x`,
    `sms_${BATCH}_1`,
    `msg_${BATCH}_1234567890`,
    `msg_${BATCH.toUpperCase()}_1`,
    ` msg_${BATCH}_1`,
    `msg_${BATCH}_1\n`,
  ])('is none of ours: %j', (id) => {
    expect(messageKey(id)).toBeUndefined();
  });
});
