import { type ContactDeps, recordConsents, addWording } from '../../people/index.ts';
import type { Transaction } from '../../platform/index.ts';
import { messageId, type LastMessage } from '../../sending/index.ts';
import { campaignTextPlace } from '../draft/creation.ts';
import { askedAgain, type AskedAgain } from './run.repository.ts';

/** A person's yes, and the question they had read. */
export interface ReconfirmationAnswer {
  /** The reply. */
  readonly inboundId: string;
  /** E.164 of the sender. */
  readonly phone: string;
  /** The word as typed. */
  readonly typed: string;
  /** ISO instant. */
  readonly receivedAt: string;
  readonly last: LastMessage | undefined;
}

/** A longer word is no keyword; the proof keeps its beginning. */
const LONGEST_KEYWORD = 160;

/**
 * Records a yes to a reconfirmation; any other reply is left alone. The wording agreed to is that of the campaign.
 * A yes lifts no STOP: that takes another proof.
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

/** Returns the question as people read it, with the name of its sender. */
function wordsOf({ keys }: ContactDeps, asked: AskedAgain): Parameters<typeof addWording>[2] {
  const text = keys.open(campaignTextPlace(asked.campaignId), asked.sealed).toString('utf8');
  return {
    text: text.replaceAll(/\{brand(?:\|[^{}]*)?\}/g, asked.brand).replaceAll(/ ?\{stop\}/g, ' STOP'),
    purposes: ['marketing'],
    locale: asked.locale,
    brandId: asked.brandId ?? undefined,
  };
}
