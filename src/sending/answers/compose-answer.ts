import { z } from 'zod';
import type { Transaction, TenantKeys } from '../../platform/index.ts';
import { isTerritory } from '../../law/index.ts';
import { measure, stopMention, type OptOutMeans } from '../../sms/index.ts';
import { optOutMeans, type Account } from '../accounts/account.ts';
import { readAnswers } from './acknowledgement.repository.ts';
import type { BatchRun } from '../batch/batch-run.repository.ts';
import type { Composer } from '../compose/prepared.ts';
import { languageOf } from '../../words/index.ts';

const Answer = z.object({ to: z.string(), sender: z.string(), text: z.string() });

/** Thrown for an answer that this attempt did not read: the next one does. */
class AnswerNotRead extends Error {
  override readonly name = 'AnswerNotRead';
}

/** The place of a sealed answer. */
export const answerPlace = (
  batchId: string,
  seq: number,
): { table: string; column: string; row: string } => ({
  table: 'acknowledgement',
  column: 'sealed',
  row: `${batchId}/${seq}`,
});

/**
 * Makes the texts of an acknowledgement batch, worded when the person wrote. The publisher is named with the
 * opt-out that the carrying account offers.
 */
export async function composerOfAnswers(
  tx: Transaction,
  keys: TenantKeys,
  { run, account }: { readonly run: BatchRun; readonly account: Account },
): Promise<Composer> {
  const answers = new Map((await readAnswers(tx, run.batchId)).map((answer) => [answer.seq, answer]));
  return {
    compose({ seq }) {
      const owed = answers.get(seq);
      if (owed === undefined) throw new AnswerNotRead(`answer ${seq} of batch ${run.batchId}`);
      const answer = Answer.parse(
        JSON.parse(keys.open(answerPlace(run.batchId, seq), owed.sealed).toString('utf8')),
      );
      const text =
        owed.kind === 'contact'
          ? withWayOut(answer.text, run, optOutMeans(account, answer.sender))
          : answer.text;
      const { parts, encoding } = measure(text);
      return { kind: 'text', ...answer, text, parts, encoding };
    },
  };
}

function withWayOut(text: string, { locale, ...run }: BatchRun, means: OptOutMeans): string {
  const territory = isTerritory(run.territory) ? run.territory : 'FR';
  const question = { purpose: 'acknowledgement', language: languageOf(locale), territory, means } as const;
  const mention = stopMention(question);
  return mention.kind === 'mention' ? `${text} ${mention.text}` : text;
}
