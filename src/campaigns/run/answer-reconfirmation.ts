import { type ContactDeps, recordConsents, addWording } from '../../people/index.ts';
import type { Transaction } from '../../platform/index.ts';
import { messageId, type LastMessage } from '../../sending/index.ts';
import { textPlace } from '../draft/creation.ts';
import { askedAgain, type AskedAgain } from './reconfirmation.repository.ts';

/** A person who said yes, and what they had read. */
export interface ReconfirmationAnswer {
  /** The reply that says it. */
  readonly inboundId: string;
  /** E.164 of whoever wrote. */
  readonly phone: string;
  /** The word, as it was typed. */
  readonly typed: string;
  /** ISO instant. */
  readonly receivedAt: string;
  readonly last: LastMessage | undefined;
}

/** A word longer than this is no keyword; the proof keeps its beginning. */
const LONGEST_KEYWORD = 160;

/**
 * Records a yes to the question whether an agreement still holds; anything else it leaves alone.
 *
 * The words agreed to are those of the campaign. A yes lifts no STOP: that takes another proof.
 */
export async function answerReconfirmation(
  tx: Transaction,
  deps: ContactDeps,
  answer: ReconfirmationAnswer,
): Promise<void> {
  const { last, phone } = answer;
  if (last?.purpose !== 'marketing') return;
  const asked = await askedAgain(tx, { ...last, phoneIndex: deps.keys.phoneIndex(phone) });
  if (asked === undefined) return;
  const wording = await addWording(tx, deps, wordsOf(deps, asked));
  const { contactId, campaignId } = asked;
  await recordConsents(tx, deps, [
    {
      contactId,
      purpose: 'marketing',
      method: 'sms_keyword',
      wordingId: wording.id,
      grantedAt: answer.receivedAt,
      evidence: {
        messageRef: answer.inboundId,
        keyword: answer.typed.trim().slice(0, LONGEST_KEYWORD),
        answers: messageId(last),
        campaignId,
      },
      channel: 'sms',
      actor: 'person',
    },
  ]);
}

/** The question as people read it, with the name of whoever asked. */
function wordsOf({ keys }: ContactDeps, asked: AskedAgain): Parameters<typeof addWording>[2] {
  const text = keys.open(textPlace(asked.campaignId), asked.sealed).toString('utf8');
  return {
    text: text.replaceAll(/\{brand(?:\|[^{}]*)?\}/g, asked.brand).replaceAll(/ ?\{stop\}/g, ' STOP'),
    purposes: ['marketing'],
    locale: asked.locale,
    brandId: asked.brandId ?? undefined,
  };
}
