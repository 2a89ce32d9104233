import { z } from 'zod';
import type { Transaction } from '../database/connection.ts';
import type { TenantKeys } from '../database/vault.ts';
import { measure } from '../sms/encoding.ts';
import { readAnswers } from './acknowledgement.repository.ts';
import type { BatchRun } from './batch-run.repository.ts';
import type { Composer } from './prepared.ts';

const Answer = z.object({ to: z.string(), sender: z.string(), text: z.string() });

/** An answer that this attempt did not read: the next one does. */
class AnswerNotRead extends Error {
  override readonly name = 'AnswerNotRead';
}

/** The place of an answer, for whoever seals or opens it. */
export const answerPlace = (
  batchId: string,
  seq: number,
): { table: string; column: string; row: string } => ({
  table: 'acknowledgement',
  column: 'sealed',
  row: `${batchId}/${seq}`,
});

/** Makes the answers of a standing batch, written when the person wrote. */
export async function composerOfAnswers(tx: Transaction, keys: TenantKeys, run: BatchRun): Promise<Composer> {
  const answers = new Map((await readAnswers(tx, run.batchId)).map(({ seq, sealed }) => [seq, sealed]));
  return {
    compose({ seq }) {
      const sealed = answers.get(seq);
      if (sealed === undefined) throw new AnswerNotRead(`answer ${seq} of batch ${run.batchId}`);
      const answer = Answer.parse(
        JSON.parse(keys.open(answerPlace(run.batchId, seq), sealed).toString('utf8')),
      );
      const { parts, encoding } = measure(answer.text);
      return { kind: 'text', ...answer, parts, encoding };
    },
  };
}
